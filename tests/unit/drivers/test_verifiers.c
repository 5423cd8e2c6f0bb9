/* SPDX-License-Identifier: Apache-2.0 */
/* The server's keys: who is found, what replaces what, that private keys do not stay. */
#include "base/std.h"

#include "tests/unit/drivers/scene.h"

/* RFC 6979 A.2.5 */
#define PRIVATE_P256 "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"

static struct scene scene;

static struct secure_request request_of(unsigned instance)
{
    static const uint8_t challenge[] = {0x02, 0x34, 0x51, 0x78};
    return (struct secure_request){.instance = (uint16_t)instance,
                                   .service = SERVICE_AUTHENTICATION,
                                   .identity = 3,
                                   .key_index = 4,
                                   .challenge = {challenge, sizeof challenge}};
}

/* A provision with one ECDSA key of LEN octets of PRIVATE_P256 and the identity "1.4.2". */
static void fill_ecdsa(struct provision *provision, size_t len)
{
    struct buf octets;
    buf_init(&octets, 64);
    provision_init(provision);
    struct provision_service *service =
        &provision_add(provision, 0)->service[SERVICE_AUTHENTICATION];
    service->suite = SUITE_SHA256_ECDSA_P256;
    ck_assert(parse_hex(bytes_of(PRIVATE_P256), &octets));
    provision_add_key(service, 4, (struct bytes){octets.data, len});
    struct provision_hash *hash = provision_add_hash(service, 3);
    hash->text = xmemdup("1.4.2", 5);
    hash->text_len = 5;
    buf_release(&octets);
}

START_TEST(finds_an_endpoint_by_its_name)
{
    scene_open(&scene);
    const struct verifier *verifier = verifiers_find(scene.verifiers, "scene");
    ck_assert_ptr_nonnull(verifier);
    ck_assert_ptr_nonnull(provision_find(verifier->provision, 1));
    ck_assert_ptr_null(verifiers_find(scene.verifiers, "other"));
    ck_assert_ptr_null(verifiers_find(NULL, "scene"));
    scene_close(&scene);
}
END_TEST

START_TEST(keeps_no_key_octets_beside_the_component)
{
    scene_open(&scene);
    const struct verifier *verifier = verifiers_find(scene.verifiers, "scene");
    const struct provision_service *service =
        &provision_find(verifier->provision, 1)->service[SERVICE_AUTHENTICATION];
    static const uint8_t zeros[KEY_MOST];
    ck_assert_uint_eq(service->key_count, 2);
    ck_assert_uint_eq(service->keys[0].index, 4);
    ck_assert_uint_eq(service->keys[0].len, 0);
    ck_assert_mem_eq(service->keys[0].octets, zeros, KEY_MOST);
    scene_close(&scene);
}
END_TEST

START_TEST(verifies_with_symmetric_keys)
{
    scene_open(&scene);
    struct buf signature;
    buf_init(&signature, 64);
    ck_assert(parse_hex(bytes_of(SIGNATURE_1_4_2), &signature));
    const struct verifier *verifier = verifiers_find(scene.verifiers, "scene");
    struct secure_request request = request_of(1);
    ck_assert_int_eq(secure_verify(verifier->secure, &request, buf_bytes(&signature)), SECURE_OK);
    signature.data[0] ^= 1;
    ck_assert_int_eq(secure_verify(verifier->secure, &request, buf_bytes(&signature)),
                     SECURE_REJECTED);
    buf_release(&signature);
    scene_close(&scene);
}
END_TEST

START_TEST(holds_only_the_public_half_of_asymmetric_keys)
{
    scene_open(&scene);
    struct provision provision;
    struct buf signature;
    fill_ecdsa(&provision, 32);
    buf_init(&signature, 128);
    ck_assert_int_eq(verifiers_add(scene.verifiers, "p256", &provision, NULL), ST_OK);
    struct secure *device = secure_psa_new(&provision, &scene.chance, NULL);
    const struct verifier *verifier = verifiers_find(scene.verifiers, "p256");
    struct secure_request request = request_of(0);
    ck_assert_int_eq(secure_compute(device, &request, &signature), SECURE_OK);
    ck_assert_int_eq(secure_verify(verifier->secure, &request, buf_bytes(&signature)), SECURE_OK);
    ck_assert_int_eq(secure_compute(verifier->secure, &request, &signature), SECURE_NO_KEY);
    secure_free(device);
    buf_release(&signature);
    provision_release(&provision);
    scene_close(&scene);
}
END_TEST

START_TEST(refuses_what_is_no_private_key)
{
    scene_open(&scene);
    struct provision provision;
    struct error error;
    fill_ecdsa(&provision, 31);
    error_clear(&error);
    ck_assert_int_eq(verifiers_add(scene.verifiers, "p256", &provision, &error), ST_INVALID);
    ck_assert_str_eq(error.text, "key 4 is no private key of suite \"sha256+ecdsa-p256\"; "
                                 "give it 32 octets");
    ck_assert_ptr_null(verifiers_find(scene.verifiers, "p256"));
    provision_release(&provision);
    scene_close(&scene);
}
END_TEST

START_TEST(a_second_provision_replaces_the_first)
{
    scene_open(&scene);
    struct provision provision;
    fill_ecdsa(&provision, 32);
    ck_assert_int_eq(verifiers_add(scene.verifiers, "scene", &provision, NULL), ST_OK);
    const struct verifier *verifier = verifiers_find(scene.verifiers, "scene");
    ck_assert_ptr_null(provision_find(verifier->provision, 1));
    ck_assert_ptr_nonnull(provision_find(verifier->provision, 0));
    provision_release(&provision);
    scene_close(&scene);
}
END_TEST

START_TEST(keeps_the_first_when_the_second_is_refused)
{
    scene_open(&scene);
    struct provision provision;
    fill_ecdsa(&provision, 31);
    ck_assert_int_eq(verifiers_add(scene.verifiers, "scene", &provision, NULL), ST_INVALID);
    ck_assert_ptr_nonnull(provision_find(verifiers_find(scene.verifiers, "scene")->provision, 1));
    provision_release(&provision);
    scene_close(&scene);
}
END_TEST

START_TEST(takes_a_whole_keyring)
{
    scene_open(&scene);
    struct keyring_entry entries[2];
    struct keyring keyring = {entries, 2};
    entries[0].endpoint = xstrdup("one");
    entries[1].endpoint = xstrdup("two");
    fill_ecdsa(&entries[0].provision, 32);
    fill_ecdsa(&entries[1].provision, 31);
    ck_assert_int_eq(verifiers_add_keyring(scene.verifiers, &keyring, NULL), ST_INVALID);
    ck_assert_ptr_nonnull(verifiers_find(scene.verifiers, "one"));
    ck_assert_ptr_null(verifiers_find(scene.verifiers, "two"));
    for (size_t i = 0; i < 2; i++) {
        provision_release(&entries[i].provision);
        free(entries[i].endpoint);
    }
    scene_close(&scene);
}
END_TEST

UNIT_MAIN("verifiers", finds_an_endpoint_by_its_name, keeps_no_key_octets_beside_the_component,
          verifies_with_symmetric_keys, holds_only_the_public_half_of_asymmetric_keys,
          refuses_what_is_no_private_key, a_second_provision_replaces_the_first,
          keeps_the_first_when_the_second_is_refused, takes_a_whole_keyring)
