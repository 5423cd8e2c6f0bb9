/* SPDX-License-Identifier: Apache-2.0 */
/* Suites, challenge octets, keys and hashes as data. */
#include "base/std.h"

#include "base/provision.h"
#include "tests/unit/base/wiped.h"
#include "tests/unit/unit.h"

static const struct bytes key_a = {(const uint8_t *)"0123456789abcdef", 16};
static const struct bytes key_b = {(const uint8_t *)"0123456789abcdeg", 16};

START_TEST(services_and_rules_have_names)
{
    ck_assert_str_eq(service_name(SERVICE_AUTHENTICATION), "authentication");
    ck_assert_str_eq(service_name(SERVICE_ENCRYPTION), "encryption");
    static const enum challenge_rule rules[] = {CHALLENGE_MINIMAL, CHALLENGE_INT64, CHALLENGE_TEXT};
    static const char *const names[] = {"minimal", "int64", "text"};
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        enum challenge_rule found = CHALLENGE_MINIMAL;
        ck_assert_str_eq(challenge_rule_name(rules[i]), names[i]);
        ck_assert(challenge_rule_named(bytes_of(names[i]), &found));
        ck_assert_int_eq(found, rules[i]);
    }
    enum challenge_rule found = CHALLENGE_INT64;
    ck_assert(!challenge_rule_named(bytes_of("minima"), &found));
    ck_assert(!challenge_rule_named(bytes_of(""), &found));
    ck_assert_int_eq(found, CHALLENGE_INT64);
}
END_TEST

START_TEST(services_are_known_by_their_symbols)
{
    enum service found = SERVICE_ENCRYPTION;
    ck_assert(service_symbol_named(bytes_of("SRV_AUTHENT"), &found));
    ck_assert_int_eq(found, SERVICE_AUTHENTICATION);
    ck_assert(service_symbol_named(bytes_of("SRV_ENCRYPT"), &found));
    ck_assert_int_eq(found, SERVICE_ENCRYPTION);
    ck_assert(!service_symbol_named(bytes_of("SRV_AUTHEN"), &found));
    ck_assert(!service_symbol_named(bytes_of("srv_authent"), &found));
    ck_assert_int_eq(found, SERVICE_ENCRYPTION);
}
END_TEST

static void check_challenge(enum challenge_rule rule, const char *text, const char *hex)
{
    struct buf octets;
    struct buf shown;
    buf_init(&octets, 64);
    buf_init(&shown, 200);
    ck_assert_msg(challenge_octets(rule, bytes_of(text), &octets), "%s", text);
    buf_put_hex(&shown, buf_bytes(&octets));
    ck_assert_str_eq(buf_text(&shown), hex);
    buf_release(&octets);
    buf_release(&shown);
}

/* I-4; the example of the specification first. */
START_TEST(minimal_challenges_have_no_leading_zeros)
{
    check_challenge(CHALLENGE_MINIMAL, "0x2345178", "02345178");
    check_challenge(CHALLENGE_MINIMAL, "36983160", "02345178");
    check_challenge(CHALLENGE_MINIMAL, "0", "00");
    check_challenge(CHALLENGE_MINIMAL, "0x0", "00");
    check_challenge(CHALLENGE_MINIMAL, "0x0000000000000000", "00");
    check_challenge(CHALLENGE_MINIMAL, "255", "ff");
    check_challenge(CHALLENGE_MINIMAL, "256", "0100");
    check_challenge(CHALLENGE_MINIMAL, "0x00000000000000ff", "ff");
    check_challenge(CHALLENGE_MINIMAL, "0xffffffffffffff", "ffffffffffffff");
    check_challenge(CHALLENGE_MINIMAL, "72057594037927936", "0100000000000000");
    check_challenge(CHALLENGE_MINIMAL, "9223372036854775807", "7fffffffffffffff");
    check_challenge(CHALLENGE_MINIMAL, "0xFFFFFFFFFFFFFFFF", "ffffffffffffffff");
    check_challenge(CHALLENGE_MINIMAL, "-1", "ffffffffffffffff");
    check_challenge(CHALLENGE_MINIMAL, "-9223372036854775808", "8000000000000000");
}
END_TEST

START_TEST(int64_challenges_have_eight_octets)
{
    check_challenge(CHALLENGE_INT64, "0", "0000000000000000");
    check_challenge(CHALLENGE_INT64, "0x2345178", "0000000002345178");
    check_challenge(CHALLENGE_INT64, "-2", "fffffffffffffffe");
    check_challenge(CHALLENGE_INT64, "0x8000000000000000", "8000000000000000");
}
END_TEST

START_TEST(text_challenges_are_taken_as_they_stand)
{
    check_challenge(CHALLENGE_TEXT, "0", "30");
    check_challenge(CHALLENGE_TEXT, "-17", "2d3137");
    check_challenge(CHALLENGE_TEXT, "0x00Aa", "307830304161");
}
END_TEST

START_TEST(what_is_no_challenge_is_refused_by_every_rule)
{
    static const char *const bad[] = {
        "",
        "abc",
        "+1",
        "01",
        "-0",
        " 1",
        "1 ",
        "1.0",
        "0x",
        "0X1",
        "-0x1",
        "0xg",
        "0x12345678901234567",
        "9223372036854775808",
        "-9223372036854775809",
    };
    struct buf octets;
    buf_init(&octets, 64);
    buf_puts(&octets, "<");
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        for (int rule = CHALLENGE_MINIMAL; rule <= CHALLENGE_TEXT; rule++) {
            ck_assert_msg(!challenge_octets((enum challenge_rule)rule, bytes_of(bad[i]), &octets),
                          "%s", bad[i]);
            ck_assert_str_eq(buf_text(&octets), "<");
        }
    buf_release(&octets);
}
END_TEST

START_TEST(a_challenge_that_does_not_fit_is_told)
{
    struct buf octets;
    buf_init(&octets, 7);
    ck_assert(!challenge_octets(CHALLENGE_INT64, bytes_of("1"), &octets));
    ck_assert(octets.bad);
    buf_release(&octets);
}
END_TEST

/* I-6, I-7. */
START_TEST(the_suites_are_those_of_the_rules)
{
    static const struct suite_info expected[] = {
        {SUITE_SHA256_AES128_CMAC, "sha256+aes128-cmac", SERVICE_AUTHENTICATION, 16, 0, 32, 16,
         true},
        {SUITE_SHA256_AES256_CMAC, "sha256+aes256-cmac", SERVICE_AUTHENTICATION, 32, 0, 32, 16,
         true},
        {SUITE_SHA256_HMAC_SHA256, "sha256+hmac-sha256", SERVICE_AUTHENTICATION, 32, 0, 32, 32,
         true},
        {SUITE_SHA384_HMAC_SHA384, "sha384+hmac-sha384", SERVICE_AUTHENTICATION, 48, 0, 48, 48,
         true},
        {SUITE_SHA256_ECDSA_P256, "sha256+ecdsa-p256", SERVICE_AUTHENTICATION, 32, 65, 32, 64,
         true},
        {SUITE_AES128_CCM, "aes128-ccm", SERVICE_ENCRYPTION, 16, 0, 0, 28, true},
        {SUITE_AES128_GCM, "aes128-gcm", SERVICE_ENCRYPTION, 16, 0, 0, 28, true},
        {SUITE_AES256_GCM, "aes256-gcm", SERVICE_ENCRYPTION, 32, 0, 0, 28, true},
        {SUITE_AES256_CCM, "aes256-ccm", SERVICE_ENCRYPTION, 32, 0, 0, 28, true},
        {SUITE_AES128_CBC, "aes128-cbc", SERVICE_ENCRYPTION, 16, 0, 0, 32, false},
        {SUITE_AES256_CBC, "aes256-cbc", SERVICE_ENCRYPTION, 32, 0, 0, 32, false},
    };
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        const struct suite_info *info = suite_info(expected[i].suite);
        ck_assert_ptr_nonnull(info);
        ck_assert_ptr_eq(info, suite_named(bytes_of(expected[i].name)));
        ck_assert_int_eq(info->suite, expected[i].suite);
        ck_assert_str_eq(info->name, expected[i].name);
        ck_assert_int_eq(info->service, expected[i].service);
        ck_assert_uint_eq(info->key_len, expected[i].key_len);
        ck_assert_uint_eq(info->public_len, expected[i].public_len);
        ck_assert_uint_eq(info->hash_len, expected[i].hash_len);
        ck_assert_uint_eq(info->result_len, expected[i].result_len);
        ck_assert(info->integrity == expected[i].integrity);
    }
}
END_TEST

START_TEST(the_suite_list_is_complete_and_ends)
{
    size_t count = 0;
    for (const struct suite_info *info; (info = suite_at(count)) != NULL; count++) {
        ck_assert_ptr_eq(info, suite_info(info->suite));
        ck_assert_uint_le(info->key_len, KEY_MOST);
        ck_assert_uint_le(info->public_len, KEY_MOST);
        ck_assert_uint_le(info->hash_len, HASH_MOST);
    }
    ck_assert_uint_eq(count, SUITE_AES256_CBC);
    ck_assert_ptr_null(suite_at(SIZE_MAX));
    ck_assert_ptr_null(suite_info(SUITE_NONE));
    ck_assert_ptr_null(suite_named(bytes_of("aes128")));
    ck_assert_ptr_null(suite_named(bytes_of("")));
}
END_TEST

START_TEST(instances_are_found_by_id)
{
    struct provision provision;
    provision_init(&provision);
    ck_assert_ptr_null(provision_find(&provision, 0));
    provision_add(&provision, 7);
    struct provision_instance *added = provision_add(&provision, 65534);
    ck_assert_uint_eq(added->instance, 65534);
    ck_assert_int_eq(added->challenge_rule, CHALLENGE_MINIMAL);
    ck_assert_int_eq(added->service[SERVICE_ENCRYPTION].suite, SUITE_NONE);
    ck_assert_ptr_eq(provision_find(&provision, 65534), added);
    ck_assert_uint_eq(provision_find(&provision, 7)->instance, 7);
    ck_assert_ptr_null(provision_find(&provision, 8));
    provision_release(&provision);
    ck_assert_uint_eq(provision.count, 0);
    provision_release(&provision);
}
END_TEST

START_TEST(keys_are_found_by_index)
{
    struct provision provision;
    provision_init(&provision);
    struct provision_service *service = &provision_add(&provision, 0)->service[0];
    ck_assert_ptr_null(provision_key(service, 0));
    provision_add_key(service, 3, key_a);
    struct provision_key *added = provision_add_key(service, 0, key_b);
    ck_assert_uint_eq(added->index, 0);
    ck_assert(!added->is_public);
    ck_assert_uint_eq(added->line, 0);
    const struct provision_key *found = provision_key(service, 3);
    ck_assert_uint_eq(found->len, 16);
    ck_assert_mem_eq(found->octets, key_a.data, 16);
    ck_assert_mem_eq(provision_key(service, 0)->octets, key_b.data, 16);
    ck_assert_ptr_null(provision_key(service, 1));
    provision_release(&provision);
}
END_TEST

START_TEST(keys_have_limits_of_length_and_number)
{
    uint8_t octets[KEY_MOST + 1] = {0};
    struct provision provision;
    provision_init(&provision);
    struct provision_service *service = &provision_add(&provision, 0)->service[0];
    ck_assert_ptr_null(provision_add_key(service, 0, (struct bytes){octets, KEY_MOST + 1}));
    ck_assert_uint_eq(service->key_count, 0);
    for (unsigned i = 0; i < KEYS_MOST; i++)
        ck_assert_ptr_nonnull(provision_add_key(service, i, (struct bytes){octets, KEY_MOST}));
    ck_assert_ptr_null(provision_add_key(service, KEYS_MOST, key_a));
    ck_assert_uint_eq(service->key_count, KEYS_MOST);
    provision_release(&provision);
}
END_TEST

START_TEST(hashes_have_a_limit_of_number)
{
    struct provision provision;
    provision_init(&provision);
    struct provision_service *service = &provision_add(&provision, 0)->service[0];
    for (unsigned i = 0; i < IDENTITIES_MOST; i++) {
        struct provision_hash *hash = provision_add_hash(service, i + 100);
        ck_assert_uint_eq(hash->identity, i + 100);
        ck_assert_uint_eq(hash->len, 0);
        ck_assert_ptr_null(hash->text);
    }
    ck_assert_ptr_null(provision_add_hash(service, 0));
    ck_assert_uint_eq(service->hashes[0].identity, 100);
    provision_release(&provision);
}
END_TEST

static void provision_something(struct provision *provision)
{
    provision_init(provision);
    struct provision_instance *instance = provision_add(provision, 1);
    instance->challenge_rule = CHALLENGE_INT64;
    struct provision_service *service = &instance->service[SERVICE_AUTHENTICATION];
    service->suite = SUITE_SHA256_AES128_CMAC;
    provision_add_key(service, 0, key_a);
    struct provision_hash *hash = provision_add_hash(service, 3);
    hash->text = xmemdup("1.0", 3);
    hash->text_len = 3;
    hash = provision_add_hash(service, 4);
    memset(hash->octets, 0xAA, 32);
    hash->len = 32;
    service = &instance->service[SERVICE_ENCRYPTION];
    service->suite = SUITE_AES128_CCM;
    provision_add_key(service, 0, key_b);
}

START_TEST(a_copy_is_deep)
{
    struct provision provision;
    struct provision copy;
    provision_something(&provision);
    provision_copy(&provision, &copy);
    provision_release(&provision);
    const struct provision_instance *instance = provision_find(&copy, 1);
    ck_assert_int_eq(instance->challenge_rule, CHALLENGE_INT64);
    const struct provision_service *service = &instance->service[SERVICE_AUTHENTICATION];
    ck_assert_int_eq(service->suite, SUITE_SHA256_AES128_CMAC);
    ck_assert_mem_eq(provision_key(service, 0)->octets, key_a.data, 16);
    ck_assert_uint_eq(service->hash_count, 2);
    ck_assert_mem_eq(service->hashes[0].text, "1.0", 3);
    ck_assert_ptr_null(service->hashes[1].text);
    ck_assert_uint_eq(service->hashes[1].len, 32);
    service = &instance->service[SERVICE_ENCRYPTION];
    ck_assert_mem_eq(provision_key(service, 0)->octets, key_b.data, 16);
    ck_assert_ptr_null(service->hashes);
    provision_release(&copy);
    provision_init(&provision);
    provision_copy(&provision, &copy);
    ck_assert_uint_eq(copy.count, 0);
    provision_release(&copy);
}
END_TEST

START_TEST(release_zeroes_keys_hashes_and_texts)
{
    struct provision provision;
    provision_something(&provision);
    const struct provision_service *service = provision.instances[0].service;
    uintptr_t key_1 = (uintptr_t)service[0].keys[0].octets;
    uintptr_t key_2 = (uintptr_t)service[1].keys[0].octets;
    uintptr_t hash = (uintptr_t)service[0].hashes[1].octets;
    uintptr_t text = (uintptr_t)service[0].hashes[0].text;
    wiped_forget();
    provision_release(&provision);
    ck_assert(wiped(key_1, KEY_MOST));
    ck_assert(wiped(key_2, KEY_MOST));
    ck_assert(wiped(hash, HASH_MOST));
    ck_assert(wiped(text, 3));
}
END_TEST

START_TEST(adding_leaves_no_old_copy_of_a_key_or_hash)
{
    struct provision provision;
    provision_something(&provision);
    struct provision_service *service = &provision.instances[0].service[0];
    uintptr_t key = (uintptr_t)service->keys[0].octets;
    uintptr_t hash = (uintptr_t)service->hashes[1].octets;
    wiped_forget();
    provision_add_key(service, 1, key_b);
    provision_add_hash(service, 5);
    ck_assert(wiped(key, KEY_MOST));
    ck_assert(wiped(hash, HASH_MOST));
    ck_assert_mem_eq(service->keys[0].octets, key_a.data, 16);
    ck_assert_uint_eq(service->hashes[1].octets[31], 0xAA);
    provision_release(&provision);
}
END_TEST

/* rule: PF-SC-3 */
START_TEST(keys_of_different_octets_are_not_shared)
{
    const struct provision_key *first = NULL;
    const struct provision_key *second = NULL;
    struct provision provision;
    provision_init(&provision);
    ck_assert(!provision_shared_key(&provision, &first, &second));
    provision_release(&provision);
    provision_something(&provision);
    ck_assert(!provision_shared_key(&provision, &first, &second));
    struct bytes prefix = {key_a.data, 15};
    provision_add_key(&provision.instances[0].service[1], 1, prefix);
    ck_assert(!provision_shared_key(&provision, &first, &second));
    ck_assert_ptr_null(first);
    provision_release(&provision);
}
END_TEST

START_TEST(a_key_shared_between_services_is_found)
{
    const struct provision_key *first = NULL;
    const struct provision_key *second = NULL;
    struct provision provision;
    provision_something(&provision);
    struct provision_service *service = provision.instances[0].service;
    provision_add_key(&service[SERVICE_ENCRYPTION], 9, key_a);
    ck_assert(provision_shared_key(&provision, &first, &second));
    ck_assert_ptr_eq(first, &service[SERVICE_AUTHENTICATION].keys[0]);
    ck_assert_ptr_eq(second, &service[SERVICE_ENCRYPTION].keys[1]);
    provision_release(&provision);
}
END_TEST

START_TEST(a_key_shared_between_instances_or_within_a_set_is_found)
{
    const struct provision_key *first = NULL;
    const struct provision_key *second = NULL;
    struct provision provision;
    provision_something(&provision);
    provision_add_key(&provision_add(&provision, 0)->service[SERVICE_AUTHENTICATION], 0, key_b);
    ck_assert(provision_shared_key(&provision, &first, &second));
    ck_assert_ptr_eq(first, &provision.instances[0].service[SERVICE_ENCRYPTION].keys[0]);
    ck_assert_ptr_eq(second, &provision.instances[1].service[SERVICE_AUTHENTICATION].keys[0]);
    /* The earliest repetition is the one that is told. */
    struct provision_service *service = &provision.instances[0].service[SERVICE_AUTHENTICATION];
    provision_add_key(service, 5, key_a);
    ck_assert(provision_shared_key(&provision, &first, &second));
    ck_assert_ptr_eq(first, &service->keys[0]);
    ck_assert_ptr_eq(second, &service->keys[1]);
    provision_release(&provision);
}
END_TEST

START_TEST(many_keys_are_compared_quickly)
{
    const struct provision_key *first = NULL;
    const struct provision_key *second = NULL;
    struct provision provision;
    provision_init(&provision);
    for (unsigned i = 0; i < 400; i++) {
        struct provision_service *service = &provision_add(&provision, i)->service[0];
        for (unsigned k = 0; k < KEYS_MOST; k++) {
            uint8_t octets[16] = {(uint8_t)(i >> 8), (uint8_t)i, (uint8_t)k};
            provision_add_key(service, k, (struct bytes){octets, sizeof octets});
        }
    }
    ck_assert(!provision_shared_key(&provision, &first, &second));
    provision_release(&provision);
}
END_TEST

UNIT_MAIN("provision", services_and_rules_have_names, services_are_known_by_their_symbols,
          minimal_challenges_have_no_leading_zeros, int64_challenges_have_eight_octets,
          text_challenges_are_taken_as_they_stand, what_is_no_challenge_is_refused_by_every_rule,
          a_challenge_that_does_not_fit_is_told, the_suites_are_those_of_the_rules,
          the_suite_list_is_complete_and_ends, instances_are_found_by_id, keys_are_found_by_index,
          keys_have_limits_of_length_and_number, hashes_have_a_limit_of_number, a_copy_is_deep,
          release_zeroes_keys_hashes_and_texts, adding_leaves_no_old_copy_of_a_key_or_hash,
          keys_of_different_octets_are_not_shared, a_key_shared_between_services_is_found,
          a_key_shared_between_instances_or_within_a_set_is_found, many_keys_are_compared_quickly)
