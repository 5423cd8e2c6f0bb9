/* SPDX-License-Identifier: Apache-2.0 */
/* The server's half of a profile, read and written. */
#include "base/std.h"

#include "tests/unit/model/support.h"

static struct keyring *good_keyring(struct bytes text)
{
    struct error_list errors;
    error_list_init(&errors);
    struct keyring *keyring = keyring_parse(text, "keys.json", ".", &errors);
    ck_assert_msg(keyring != NULL, "%s", errors.count > 0 ? errors.items[0].text : "?");
    ck_assert_uint_eq(errors.count, 0);
    error_list_release(&errors);
    return keyring;
}

START_TEST(finds_what_belongs_to_an_endpoint)
{
    struct keyring *keyring = good_keyring(bytes_of(
        "{ \"keyring\": 1, \"description\": \"two devices\", \"endpoints\": {"
        "  \"a\": { \"16/1\": { \"challenge_octets\": \"int64\", \"authentication\": {"
        "    \"suite\": \"sha256+aes128-cmac\", \"keys\": { \"0\": \"text:0123456789abcdef\" },"
        "    \"hashes\": { \"3\": \"text:0123456789abcdef0123456789abcdef\" } } } },"
        "  \"b\": { \"16/0\": { \"encryption\": { \"keys\": { \"2\": \"text:0123456789abcdef\" } } "
        "} }"
        "} }"));
    const struct provision_instance *a = provision_find(keyring_find(keyring, "a"), 1);
    const struct provision_instance *b = provision_find(keyring_find(keyring, "b"), 0);
    ck_assert_int_eq(a->challenge_rule, CHALLENGE_INT64);
    ck_assert_int_eq(b->challenge_rule, CHALLENGE_MINIMAL);
    ck_assert_uint_eq(a->service[SERVICE_AUTHENTICATION].hashes[0].identity, 3);
    ck_assert_int_eq(a->service[SERVICE_ENCRYPTION].suite, SUITE_NONE);
    ck_assert_ptr_nonnull(provision_key(&b->service[SERVICE_ENCRYPTION], 2));
    ck_assert_ptr_null(keyring_find(keyring, "c"));
    ck_assert_ptr_null(provision_find(keyring_find(keyring, "a"), 0));
    keyring_free(keyring);
}
END_TEST

START_TEST(takes_the_public_half_of_an_ecdsa_key)
{
    char text[512];
    char point[2 * 65 + 1];
    memset(point, '5', sizeof point - 1);
    point[sizeof point - 1] = '\0';
    snprintf(text, sizeof text,
             "{ \"keyring\": 1, \"endpoints\": { \"a\": { \"16/0\": { \"authentication\": {"
             "  \"suite\": \"sha256+ecdsa-p256\", \"keys\": { \"0\": \"hex:%s\" } } } } } }",
             point);
    struct keyring *keyring = good_keyring(bytes_of(text));
    const struct provision_instance *instance = provision_find(keyring_find(keyring, "a"), 0);
    const struct provision_key *key = provision_key(&instance->service[SERVICE_AUTHENTICATION], 0);
    ck_assert(key->is_public);
    ck_assert_uint_eq(key->len, 65);
    keyring_free(keyring);
}
END_TEST

static void provide(struct provision *provision)
{
    provision_init(provision);
    struct provision_instance *instance = provision_add(provision, 1);
    instance->challenge_rule = CHALLENGE_TEXT;
    instance->service[SERVICE_AUTHENTICATION].suite = SUITE_SHA256_AES128_CMAC;
    instance->service[SERVICE_ENCRYPTION].suite = SUITE_AES128_GCM;
    provision_add_key(&instance->service[SERVICE_AUTHENTICATION], 0, bytes_of("0123456789abcdef"));
    provision_add_key(&instance->service[SERVICE_AUTHENTICATION], 9, bytes_of("fedcba9876543210"));
    provision_add_key(&instance->service[SERVICE_ENCRYPTION], 1, bytes_of("abcdefghijklmnop"));
    struct provision_hash *hash = provision_add_hash(&instance->service[SERVICE_AUTHENTICATION], 2);
    hash->text = xmemdup("unhashed", 8);
    hash->text_len = 8;
    hash = provision_add_hash(&instance->service[SERVICE_AUTHENTICATION], 3);
    memset(hash->octets, 0xA5, hash->len = 32);
}

START_TEST(writes_what_it_reads_back)
{
    struct provision provision;
    struct buf out;
    provide(&provision);
    buf_init_secret(&out, 1 << 16);
    keyring_write("a \"quoted\\ name", &provision, &out);
    struct keyring *keyring = good_keyring(buf_bytes(&out));
    const struct provision_instance *instance =
        provision_find(keyring_find(keyring, "a \"quoted\\ name"), 1);
    ck_assert_ptr_nonnull(instance);
    ck_assert_int_eq(instance->challenge_rule, CHALLENGE_TEXT);
    const struct provision_service *signing = &instance->service[SERVICE_AUTHENTICATION];
    ck_assert_int_eq(signing->suite, SUITE_SHA256_AES128_CMAC);
    ck_assert_uint_eq(signing->key_count, 2);
    ck_assert_uint_eq(signing->keys[1].index, 9);
    ck_assert_mem_eq(signing->keys[1].octets, "fedcba9876543210", 16);
    ck_assert_uint_eq(signing->hash_count, 1);
    ck_assert_uint_eq(signing->hashes[0].identity, 3);
    ck_assert_uint_eq(signing->hashes[0].octets[31], 0xA5);
    ck_assert_int_eq(instance->service[SERVICE_ENCRYPTION].suite, SUITE_AES128_GCM);
    keyring_free(keyring);
    provision_release(&provision);
    buf_release(&out);
}
END_TEST

START_TEST(writes_an_instance_without_services_and_none_at_all)
{
    struct provision provision;
    struct buf out;
    provision_init(&provision);
    buf_init(&out, 1 << 16);
    keyring_write("a", &provision, &out);
    keyring_free(good_keyring(buf_bytes(&out)));
    buf_clear(&out);
    provision_add(&provision, 0);
    keyring_write("a", &provision, &out);
    struct keyring *keyring = good_keyring(buf_bytes(&out));
    ck_assert_uint_eq(keyring_find(keyring, "a")->count, 1);
    keyring_free(keyring);
    provision_release(&provision);
    buf_release(&out);
}
END_TEST

START_TEST(reports_a_file_that_is_not_there_or_does_not_parse)
{
    struct error_list errors;
    error_list_init(&errors);
    ck_assert_ptr_null(keyring_load("tests/no-such-keyring.json", &errors));
    ck_assert_ptr_null(keyring_parse(bytes_of("{"), "k", ".", &errors));
    ck_assert_ptr_null(keyring_parse(bytes_of("[]"), "k", ".", &errors));
    ck_assert_uint_eq(errors.errors, 3);
    error_list_release(&errors);
    keyring_free(NULL);
}
END_TEST

UNIT_MAIN("keyring", finds_what_belongs_to_an_endpoint, takes_the_public_half_of_an_ecdsa_key,
          writes_what_it_reads_back, writes_an_instance_without_services_and_none_at_all,
          reports_a_file_that_is_not_there_or_does_not_parse)
