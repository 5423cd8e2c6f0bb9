/* SPDX-License-Identifier: Apache-2.0 */
/* The PSA engine: authentication and provisioning. Keys and encryption have files of their own. */
#include "base/std.h"

#include "secure/secure.h"
#include "tests/unit/unit.h"
#include "tests/unit/secure/samples.h"

/* Signatures over Hash("1.4.2") ‖ 02 34 51 78. */
static const struct sample {
    enum suite suite;
    const char *key, *other_key, *golden;
} samples[] = {
    {SUITE_SHA256_AES128_CMAC, KEY_128, "000102030405060708090a0b0c0d0e0f",
     "c67a589016575846234a53ce0ef36cb0"},
    {SUITE_SHA256_AES256_CMAC, KEY_256,
     "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f",
     "f22df471bd7fec2a024ea69df55ea40a"},
    {SUITE_SHA256_HMAC_SHA256, "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20",
     KEY_256, "913fe0f66fe1759e9525486beb87328e011c6cd977ae4fc0d69d49178667cfbf"},
    {SUITE_SHA384_HMAC_SHA384, KEY_384, KEY_128 KEY_256,
     "f1076e90bda68afb177a692163d20f80e6d59610821380a7d794c942a91b32b7"
     "c69cbb24df7a3dae7ed2ec757e92b111"},
    {SUITE_SHA256_ECDSA_P256, PRIVATE_P256, KEY_256,
     "ad853bf3601aaaa8172bb466dea356e12a17745b8803596a415e977cfbce9dba"
     "6bd9fcd9e351994cb3c5577825d9e4cbee2db785011362e5326ca4fa4973532d"},
};

struct fixture {
    struct chance chance;
    struct secure *secure;
    struct buf out;
};

/* Instance 1: identities 3 and 0 with keys 0 and 1; instance 2: identity 3, other keys. */
static void fixture_init(struct fixture *fixture, const struct sample *sample)
{
    struct provision provision;
    provision_init(&provision);
    struct provision_service *service = service_of(&provision, 1, SERVICE_AUTHENTICATION);
    service->suite = sample->suite;
    provision_add_key(service, 0, hex(sample->key));
    provision_add_key(service, 1, hex(sample->other_key));
    add_hash_of(service, 0, "HOST4711");
    add_hash_of(service, 3, "1.4.2");
    service = service_of(&provision, 2, SERVICE_AUTHENTICATION);
    service->suite = SUITE_SHA256_HMAC_SHA256;
    provision_add_key(service, 0, bytes_of("thirty-two octets of another key"));
    add_hash_of(service, 3, "1.4.2");
    chance_init_seed(&fixture->chance, 1);
    fixture->secure = engine_of(&provision, &fixture->chance);
    buf_init_secret(&fixture->out, AUTH_DATA_MOST);
}

static void fixture_release(struct fixture *fixture)
{
    secure_free(fixture->secure);
    buf_release(&fixture->out);
}

static struct bytes compute(struct fixture *fixture, const struct secure_request *request)
{
    buf_clear(&fixture->out);
    ck_assert_int_eq(secure_compute(fixture->secure, request, &fixture->out), SECURE_OK);
    return buf_bytes(&fixture->out);
}

/* rule: PF-AUTH-1, I-5, I-6 */
START_TEST(signs_the_example_of_the_specification_with_every_suite)
{
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct fixture fixture;
        fixture_init(&fixture, &samples[i]);
        struct secure_request request = example();
        struct bytes golden = hex(samples[i].golden);
        struct bytes signature = compute(&fixture, &request);
        if (samples[i].suite != SUITE_SHA256_ECDSA_P256)
            assert_octets(signature, golden);
        ck_assert_uint_eq(signature.len, suite_info(samples[i].suite)->result_len);
        ck_assert_int_eq(secure_verify(fixture.secure, &request, signature), SECURE_OK);
        ck_assert_int_eq(secure_verify(fixture.secure, &request, golden), SECURE_OK);
        fixture_release(&fixture);
    }
}
END_TEST

/* rule: PF-AUTH-3 */
START_TEST(refuses_a_signature_when_any_single_input_is_changed)
{
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct fixture fixture;
        fixture_init(&fixture, &samples[i]);
        struct bytes golden = hex(samples[i].golden);
        struct secure_request changed[5];
        for (size_t k = 0; k < COUNT_OF(changed); k++)
            changed[k] = example();
        changed[0].challenge = hex("02345179");
        changed[1].challenge = hex("0002345178");
        changed[2].identity = 0;
        changed[3].key_index = 1;
        changed[4].instance = 2;
        for (size_t k = 0; k < COUNT_OF(changed); k++)
            ck_assert_int_eq(secure_verify(fixture.secure, &changed[k], golden), SECURE_REJECTED);
        fixture_release(&fixture);
    }
}
END_TEST

START_TEST(signs_differently_when_any_single_input_is_changed)
{
    struct fixture fixture;
    fixture_init(&fixture, &samples[0]);
    struct secure_request request = example();
    struct bytes golden = hex(samples[0].golden);
    request.identity = 0;
    ck_assert(!bytes_equal(compute(&fixture, &request), golden));
    request = example();
    request.key_index = 1;
    ck_assert(!bytes_equal(compute(&fixture, &request), golden));
    request = example();
    request.challenge = hex("02345179");
    ck_assert(!bytes_equal(compute(&fixture, &request), golden));
    fixture_release(&fixture);
}
END_TEST

START_TEST(refuses_a_signature_with_any_octet_changed_cut_or_added)
{
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct fixture fixture;
        fixture_init(&fixture, &samples[i]);
        struct secure_request request = example();
        struct bytes golden = hex(samples[i].golden);
        uint8_t octets[128] = {0};
        memcpy(octets, golden.data, golden.len);
        for (size_t at = 0; at < golden.len; at++) {
            octets[at] ^= 0x10;
            ck_assert_int_eq(
                secure_verify(fixture.secure, &request, (struct bytes){octets, golden.len}),
                SECURE_REJECTED);
            octets[at] ^= 0x10;
            ck_assert_int_eq(secure_verify(fixture.secure, &request, (struct bytes){octets, at}),
                             SECURE_REJECTED);
        }
        ck_assert_int_eq(
            secure_verify(fixture.secure, &request, (struct bytes){octets, golden.len + 1}),
            SECURE_REJECTED);
        ck_assert_int_eq(secure_verify(fixture.secure, &request, (struct bytes){NULL, 0}),
                         SECURE_REJECTED);
        fixture_release(&fixture);
    }
}
END_TEST

/* A signature of zeros, or with parts as large as the order of the curve, is none. */
START_TEST(refuses_ecdsa_parts_out_of_range)
{
    struct fixture fixture;
    fixture_init(&fixture, &samples[4]);
    struct secure_request request = example();
    uint8_t octets[64];
    static const uint8_t fill[] = {0x00, 0xff};
    for (size_t i = 0; i < COUNT_OF(fill); i++) {
        memset(octets, fill[i], sizeof octets);
        ck_assert_int_eq(
            secure_verify(fixture.secure, &request, (struct bytes){octets, sizeof octets}),
            SECURE_REJECTED);
    }
    fixture_release(&fixture);
}
END_TEST

static void assert_vector(enum suite suite, const char *key, const char *message,
                          const char *expected)
{
    const struct suite_info *info = suite_info(suite);
    struct bytes octets = hex(message);
    struct provision provision;
    provision_init(&provision);
    struct provision_service *service = service_of(&provision, 1, SERVICE_AUTHENTICATION);
    service->suite = suite;
    provision_add_key(service, 0, hex(key));
    add_given_hash(service, 0, (struct bytes){octets.data, info->hash_len});
    struct chance chance;
    chance_init_seed(&chance, 1);
    struct secure *secure = engine_of(&provision, &chance);
    struct secure_request request = {
        .instance = 1, .challenge = {octets.data + info->hash_len, octets.len - info->hash_len}};
    struct buf out;
    buf_init(&out, AUTH_DATA_MOST);
    ck_assert_int_eq(secure_compute(secure, &request, &out), SECURE_OK);
    assert_octets(buf_bytes(&out), hex(expected));
    ck_assert_int_eq(secure_verify(secure, &request, hex(expected)), SECURE_OK);
    buf_release(&out);
    secure_free(secure);
}

#define RFC4493_40                                                                                 \
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"                             \
    "30c81c46a35ce411"
#define RFC4493_64 RFC4493_40 "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"

/* A standard's message is put in as a given hash and the challenge behind it. RFC 4493's
 * examples of 0 and 16 octets are shorter than any hash, so they cannot pass; the RFC's own key
 * and messages of 40 and 64 octets do, one with a part block, one without. */
START_TEST(reproduces_the_vectors_of_rfc_4493_and_sp_800_38b)
{
    assert_vector(SUITE_SHA256_AES128_CMAC, KEY_128, RFC4493_40,
                  "dfa66747de9ae63030ca32611497c827");
    assert_vector(SUITE_SHA256_AES128_CMAC, KEY_128, RFC4493_64,
                  "51f0bebf7e3b9d92fc49741779363cfe");
    assert_vector(SUITE_SHA256_AES256_CMAC, KEY_256, RFC4493_40,
                  "aaf3d8f1de5640c232f5b169b9c911e6");
    assert_vector(SUITE_SHA256_AES256_CMAC, KEY_256, RFC4493_64,
                  "e1992190549f6ed5696a2c056c315410");
}
END_TEST

#define TEN(OCTET) OCTET OCTET OCTET OCTET OCTET OCTET OCTET OCTET OCTET OCTET

/* 2.7.2.1 and 2.7.2.2: keys of the hash's length, messages of 50 octets. */
START_TEST(reproduces_the_vectors_of_rfc_4868)
{
    assert_vector(SUITE_SHA256_HMAC_SHA256, TEN("aaaaaa") "aaaa",
                  TEN("dd") TEN("dd") TEN("dd") TEN("dd") TEN("dd"),
                  "cdcb1220d1ecccea91e53aba3092f962e549fe6ce9ed7fdc43191fbde45c30b0");
    assert_vector(SUITE_SHA256_HMAC_SHA256,
                  "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20",
                  TEN("cd") TEN("cd") TEN("cd") TEN("cd") TEN("cd"),
                  "372efcf9b40b35c2115b1346903d2ef42fced46f0846e7257bb156d3d7b30d3f");
    assert_vector(SUITE_SHA384_HMAC_SHA384, TEN("aaaaaaaa") "aaaaaaaaaaaaaaaa",
                  TEN("dd") TEN("dd") TEN("dd") TEN("dd") TEN("dd"),
                  "809f439be00274321d4a538652164b53554a508184a0c3160353e3428597003d"
                  "35914a18770f9443987054944b7c4b4a");
}
END_TEST

/* rule: PF-SC-2, PF-SC-4 */
START_TEST(says_what_is_missing)
{
    struct fixture fixture;
    fixture_init(&fixture, &samples[0]);
    const struct {
        struct secure_request request;
        enum secure_result result;
    } cases[] = {
        {{.instance = 9, .identity = 3}, SECURE_NO_SERVICE},
        {{.instance = 1, .identity = 4}, SECURE_NO_HASH},
        {{.instance = 1, .identity = 3, .key_index = 7}, SECURE_NO_KEY},
        {{.instance = 1, .service = SERVICE_ENCRYPTION}, SECURE_NO_SERVICE},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct secure_request request = cases[i].request;
        request.challenge = hex("01");
        ck_assert_int_eq(secure_compute(fixture.secure, &request, &fixture.out), cases[i].result);
        ck_assert_uint_eq(fixture.out.len, 0);
        ck_assert_int_eq(request.service == SERVICE_ENCRYPTION
                             ? secure_open(fixture.secure, &request, hex("00"), &fixture.out)
                             : secure_verify(fixture.secure, &request, hex("00")),
                         cases[i].result);
    }
    fixture_release(&fixture);
}
END_TEST

START_TEST(leaves_an_output_alone_that_has_no_room)
{
    struct fixture fixture;
    fixture_init(&fixture, &samples[0]);
    struct secure_request request = example();
    struct buf tight;
    buf_init(&tight, 17);
    buf_puts(&tight, "ab");
    ck_assert_int_eq(secure_compute(fixture.secure, &request, &tight), SECURE_FAILED);
    ck_assert_uint_eq(tight.len, 2);
    ck_assert(!tight.bad);
    buf_release(&tight);
    buf_init(&tight, 18);
    buf_puts(&tight, "ab");
    ck_assert_int_eq(secure_compute(fixture.secure, &request, &tight), SECURE_OK);
    ck_assert_uint_eq(tight.len, 18);
    ck_assert_int_eq(secure_compute(fixture.secure, &request, &tight), SECURE_FAILED);
    buf_release(&tight);
    fixture_release(&fixture);
}
END_TEST

START_TEST(a_given_hash_signs_like_the_identity_that_it_is_of)
{
    struct provision provision;
    provision_init(&provision);
    struct provision_service *service = service_of(&provision, 1, SERVICE_AUTHENTICATION);
    service->suite = SUITE_SHA256_AES128_CMAC;
    provision_add_key(service, 0, hex(KEY_128));
    add_given_hash(service, 3, hex(HASH_1_4_2));
    add_hash_of(service, 4, "");
    struct fixture fixture = {0};
    fixture.secure = engine_of(&provision, &fixture.chance);
    buf_init(&fixture.out, AUTH_DATA_MOST);
    struct secure_request request = example();
    assert_octets(compute(&fixture, &request), hex(samples[0].golden));
    request.identity = 4; /* the hash of nothing is a hash too */
    ck_assert_uint_eq(compute(&fixture, &request).len, 16);
    fixture_release(&fixture);
}
END_TEST

/* rule: PF-AUTH-2. A server asks whether the value that it read would give the signature. */
START_TEST(verifies_against_a_text_that_it_never_signs)
{
    struct fixture fixture;
    fixture_init(&fixture, &samples[0]);
    struct secure_request request = example();
    struct bytes signature = compute(&fixture, &request);
    request.data = bytes_of("1.4.2");
    ck_assert_int_eq(secure_verify(fixture.secure, &request, signature), SECURE_OK);
    request.data = bytes_of("6.6.6");
    ck_assert_int_eq(secure_verify(fixture.secure, &request, signature), SECURE_REJECTED);
    assert_octets(compute(&fixture, &request), hex(samples[0].golden));
    fixture_release(&fixture);
}
END_TEST

/* rule: I-23 */
START_TEST(an_identity_provisioned_anew_wins_on_its_instance_only)
{
    struct fixture fixture;
    fixture_init(&fixture, &samples[0]);
    struct secure_request request = example();
    struct secure_request elsewhere = request;
    elsewhere.instance = 2;
    uint8_t other[32];
    memcpy(other, compute(&fixture, &elsewhere).data, sizeof other);
    for (int i = 0; i < 2 * IDENTITIES_MOST; i++)
        ck_assert_int_eq(secure_provision(fixture.secure, 1, 3, bytes_of("2.0")), SECURE_OK);
    ck_assert_int_eq(secure_verify(fixture.secure, &request, hex(samples[0].golden)),
                     SECURE_REJECTED);
    assert_octets(compute(&fixture, &elsewhere), (struct bytes){other, sizeof other});
    ck_assert_int_eq(secure_provision(fixture.secure, 1, 3, bytes_of("1.4.2")), SECURE_OK);
    assert_octets(compute(&fixture, &request), hex(samples[0].golden));
    request.identity = 8; /* one that the profile did not have */
    ck_assert_int_eq(secure_provision(fixture.secure, 1, 8, bytes_of("1.4.2")), SECURE_OK);
    assert_octets(compute(&fixture, &request), hex(samples[0].golden));
    ck_assert_int_eq(secure_provision(fixture.secure, 9, 3, bytes_of("x")), SECURE_NO_SERVICE);
    fixture_release(&fixture);
}
END_TEST

START_TEST(provisions_at_most_so_many_identities_anew)
{
    struct fixture fixture;
    fixture_init(&fixture, &samples[0]);
    for (unsigned i = 0; i < IDENTITIES_MOST; i++)
        ck_assert_int_eq(secure_provision(fixture.secure, 1, i, bytes_of("x")), SECURE_OK);
    ck_assert_int_eq(secure_provision(fixture.secure, 1, IDENTITIES_MOST, bytes_of("x")),
                     SECURE_FAILED);
    ck_assert_int_eq(secure_provision(fixture.secure, 2, 0, bytes_of("x")), SECURE_OK);
    fixture_release(&fixture);
}
END_TEST

static struct secure *ecdsa_verifier(struct chance *chance)
{
    struct provision provision;
    provision_init(&provision);
    struct provision_service *service = service_of(&provision, 1, SERVICE_AUTHENTICATION);
    service->suite = SUITE_SHA256_ECDSA_P256;
    provision_add_key(service, 0, hex(PUBLIC_P256))->is_public = true;
    add_hash_of(service, 3, "1.4.2");
    return engine_of(&provision, chance);
}

START_TEST(a_public_key_verifies_and_signs_nothing)
{
    struct fixture fixture;
    fixture_init(&fixture, &samples[4]);
    struct secure *server = ecdsa_verifier(&fixture.chance);
    struct secure_request request = example();
    struct bytes signature = compute(&fixture, &request);
    ck_assert_int_eq(secure_verify(server, &request, signature), SECURE_OK);
    ck_assert_int_eq(secure_verify(server, &request, hex(samples[4].golden)), SECURE_OK);
    request.challenge = hex("03");
    ck_assert_int_eq(secure_verify(server, &request, signature), SECURE_REJECTED);
    ck_assert_int_eq(secure_compute(server, &request, &fixture.out), SECURE_NO_KEY);
    secure_free(server);
    fixture_release(&fixture);
}
END_TEST

UNIT_MAIN("secure_psa", signs_the_example_of_the_specification_with_every_suite,
          verifies_against_a_text_that_it_never_signs,
          refuses_a_signature_when_any_single_input_is_changed,
          signs_differently_when_any_single_input_is_changed,
          refuses_a_signature_with_any_octet_changed_cut_or_added, refuses_ecdsa_parts_out_of_range,
          reproduces_the_vectors_of_rfc_4493_and_sp_800_38b, reproduces_the_vectors_of_rfc_4868,
          says_what_is_missing, leaves_an_output_alone_that_has_no_room,
          a_given_hash_signs_like_the_identity_that_it_is_of,
          an_identity_provisioned_anew_wins_on_its_instance_only,
          provisions_at_most_so_many_identities_anew, a_public_key_verifies_and_signs_nothing)
