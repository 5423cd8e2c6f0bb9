/* SPDX-License-Identifier: Apache-2.0 */
/* The port itself: dispatch, limits, texts, and what every engine asks of a provision. */
#include "base/std.h"

#include "secure/secure.h"
#include "tests/fake/fake_secure.h"
#include "tests/unit/unit.h"
#include "tests/unit/secure/samples.h"

static const uint8_t many[IDENTITY_LEN_MOST + 1];

static struct secure_request request_of(enum service service, size_t challenge_len, size_t data_len)
{
    return (struct secure_request){.instance = 1,
                                   .service = service,
                                   .challenge = {many, challenge_len},
                                   .data = {many, data_len}};
}

START_TEST(says_each_result_in_words)
{
    for (int i = SECURE_OK; i <= SECURE_FAILED; i++) {
        const char *text = secure_result_text((enum secure_result)i);
        ck_assert_str_ne(text, "unknown result");
        ck_assert(islower((unsigned char)text[0]));
    }
}
END_TEST

START_TEST(hands_calls_to_the_engine)
{
    struct fake_secure fake;
    struct secure *secure = fake_secure_init(&fake);
    struct buf out;
    struct buf opened;
    buf_init(&out, AUTH_DATA_MOST);
    buf_init(&opened, AUTH_DATA_MOST);
    struct secure_request sign = request_of(SERVICE_AUTHENTICATION, 4, 0);
    ck_assert_int_eq(secure_compute(secure, &sign, &out), SECURE_OK);
    ck_assert_str_eq(buf_text(&out), "sig(/16/1 identity=0 key=0 round=0 challenge=00000000)");
    ck_assert_int_eq(secure_verify(secure, &sign, buf_bytes(&out)), SECURE_OK);
    ck_assert_int_eq(secure_provision(secure, 1, 0, bytes_of("new")), SECURE_OK);
    ck_assert_int_eq(secure_verify(secure, &sign, buf_bytes(&out)), SECURE_REJECTED);
    buf_clear(&out);
    struct secure_request encrypt = request_of(SERVICE_ENCRYPTION, 4, 9);
    ck_assert_int_eq(secure_compute(secure, &encrypt, &out), SECURE_OK);
    ck_assert_int_eq(secure_open(secure, &encrypt, buf_bytes(&out), &opened), SECURE_OK);
    ck_assert_uint_eq(opened.len, 9);
    ck_assert_uint_eq(fake.computed, 2);
    ck_assert_uint_eq(fake.provisioned, 1);
    secure_free(secure);
    secure_free(NULL);
    ck_assert_uint_eq(fake.freed, 1);
    buf_release(&out);
    buf_release(&opened);
}
END_TEST

START_TEST(keeps_requests_outside_the_limits_from_the_engine)
{
    struct fake_secure fake;
    struct secure *secure = fake_secure_init(&fake);
    struct buf out;
    buf_init(&out, 2 * AUTH_DATA_MOST);
    static const struct {
        size_t challenge_len, data_len;
        enum secure_result result;
    } cases[] = {
        {0, 0, SECURE_FAILED},
        {1, 0, SECURE_OK},
        {CHALLENGE_LEN_MOST, IDENTITY_LEN_MOST, SECURE_OK},
        {CHALLENGE_LEN_MOST + 1, 0, SECURE_FAILED},
        {1, IDENTITY_LEN_MOST + 1, SECURE_FAILED},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct secure_request request =
            request_of(SERVICE_ENCRYPTION, cases[i].challenge_len, cases[i].data_len);
        buf_clear(&out);
        ck_assert_int_eq(secure_compute(secure, &request, &out), cases[i].result);
        struct bytes auth_data = buf_bytes(&out);
        struct buf opened;
        buf_init(&opened, AUTH_DATA_MOST);
        ck_assert_int_eq(secure_open(secure, &request, auth_data, &opened), cases[i].result);
        buf_release(&opened);
        request.service = SERVICE_AUTHENTICATION;
        ck_assert_int_eq(secure_verify(secure, &request, auth_data),
                         cases[i].result == SECURE_OK ? SECURE_REJECTED : SECURE_FAILED);
    }
    ck_assert_uint_eq(fake.computed, 2);
    ck_assert_int_eq(secure_provision(secure, 1, 0, (struct bytes){many, IDENTITY_LEN_MOST}),
                     SECURE_OK);
    ck_assert_int_eq(secure_provision(secure, 1, 0, (struct bytes){many, sizeof many}),
                     SECURE_FAILED);
    ck_assert_uint_eq(fake.provisioned, 1);
    buf_release(&out);
}
END_TEST

/* Expects that PROVISION, which is released, is refused with TEXT about a key in line LINE. */
static void assert_refused(struct provision *provision, const char *text, unsigned line)
{
    struct error error = {0};
    ck_assert(!secure_check_provision(provision, &error));
    ck_assert_str_eq(error.text, text);
    ck_assert_uint_eq(error.line, line);
    ck_assert(!secure_check_provision(provision, NULL));
    provision_release(provision);
}

START_TEST(accepts_each_suite_with_keys_and_hashes_of_its_lengths)
{
    for (size_t i = 0; suite_at(i) != NULL; i++) {
        const struct suite_info *info = suite_at(i);
        struct provision provision;
        provision_init(&provision);
        struct provision_service *service = service_of(&provision, 1, info->service);
        service->suite = info->suite;
        provision_add_key(service, 0, (struct bytes){many, info->key_len});
        if (info->public_len > 0)
            provision_add_key(service, 1, (struct bytes){many, info->public_len})->is_public = true;
        if (info->hash_len > 0)
            add_given_hash(service, 0, (struct bytes){many, info->hash_len});
        struct error error = {0};
        ck_assert_msg(secure_check_provision(&provision, &error), "%s", error.text);
        provision_release(&provision);
    }
}
END_TEST

START_TEST(refuses_a_key_that_is_longer_or_shorter_than_its_suite_takes)
{
    for (size_t i = 0; suite_at(i) != NULL; i++)
        for (int is_public = 0; is_public < 2; is_public++)
            for (int step = -1; step <= 1; step += 2) {
                const struct suite_info *info = suite_at(i);
                size_t right = is_public ? info->public_len : info->key_len;
                size_t len = right + (size_t)step;
                if (right == 0)
                    continue;
                struct provision provision;
                provision_init(&provision);
                struct provision_service *service = service_of(&provision, 7, info->service);
                service->suite = info->suite;
                provision_add_key(service, 4, (struct bytes){many, info->key_len});
                struct provision_key *key =
                    provision_add_key(service, 5, (struct bytes){many, len});
                key->is_public = is_public;
                key->line = 12;
                char text[200];
                snprintf(text, sizeof text,
                         "%s 5 for %s on \"/16/7\" has %zu octets: suite \"%s\" takes %zu",
                         is_public ? "public key" : "key", service_name(info->service), len,
                         info->name, right);
                assert_refused(&provision, text, 12);
            }
}
END_TEST

START_TEST(refuses_a_public_key_for_a_symmetric_suite)
{
    struct provision provision;
    provision_init(&provision);
    struct provision_service *service = service_of(&provision, 1, SERVICE_ENCRYPTION);
    service->suite = SUITE_AES128_CCM;
    provision_add_key(service, 0, (struct bytes){many, 16})->is_public = true;
    assert_refused(&provision,
                   "public key 0 for encryption on \"/16/1\" has 16 octets: "
                   "suite \"aes128-ccm\" takes 0",
                   0);
}
END_TEST

START_TEST(refuses_a_given_hash_of_another_length)
{
    struct provision provision;
    provision_init(&provision);
    struct provision_service *service = service_of(&provision, 1, SERVICE_AUTHENTICATION);
    service->suite = SUITE_SHA256_AES128_CMAC;
    add_given_hash(service, 3, (struct bytes){many, 20});
    assert_refused(&provision,
                   "the hash of identity 3 for authentication on \"/16/1\" has 20 octets: "
                   "suite \"sha256+aes128-cmac\" takes 32",
                   0);
}
END_TEST

START_TEST(refuses_a_suite_of_the_other_service)
{
    struct provision provision;
    provision_init(&provision);
    service_of(&provision, 1, SERVICE_AUTHENTICATION)->suite = SUITE_AES128_CCM;
    assert_refused(&provision,
                   "suite \"aes128-ccm\" is not one for authentication on \"/16/1\": "
                   "choose one for authentication",
                   0);
    service_of(&provision, 1, SERVICE_ENCRYPTION)->suite = SUITE_SHA256_HMAC_SHA256;
    assert_refused(&provision,
                   "suite \"sha256+hmac-sha256\" is not one for encryption on \"/16/1\": "
                   "choose one for encryption",
                   0);
}
END_TEST

/* rule: PF-SC-3 */
START_TEST(refuses_key_octets_that_two_places_share)
{
    static const struct {
        unsigned instance;
        enum service service;
        enum suite suite;
        const char *text;
    } second[] = {
        {1, SERVICE_AUTHENTICATION, SUITE_SHA256_AES128_CMAC,
         "key 9 for authentication on \"/16/1\" has the same octets as key 0 for authentication "
         "on \"/16/1\": give each key set keys of its own"},
        {1, SERVICE_ENCRYPTION, SUITE_AES128_CCM,
         "key 9 for encryption on \"/16/1\" has the same octets as key 0 for authentication "
         "on \"/16/1\": give each key set keys of its own"},
        {2, SERVICE_AUTHENTICATION, SUITE_SHA256_AES128_CMAC,
         "key 9 for authentication on \"/16/2\" has the same octets as key 0 for authentication "
         "on \"/16/1\": give each key set keys of its own"},
    };
    for (size_t i = 0; i < COUNT_OF(second); i++) {
        struct provision provision;
        provision_init(&provision);
        struct provision_service *service = service_of(&provision, 1, SERVICE_AUTHENTICATION);
        service->suite = SUITE_SHA256_AES128_CMAC;
        provision_add_key(service, 0, hex(KEY_128));
        service = service_of(&provision, second[i].instance, second[i].service);
        service->suite = second[i].suite;
        provision_add_key(service, 9, hex(KEY_128))->line = 31;
        assert_refused(&provision, second[i].text, 31);
    }
}
END_TEST

START_TEST(accepts_a_provision_with_nothing_in_it)
{
    struct provision provision;
    provision_init(&provision);
    ck_assert(secure_check_provision(&provision, NULL));
    provision_add(&provision, 1);
    ck_assert(secure_check_provision(&provision, NULL));
    provision_release(&provision);
}
END_TEST

UNIT_MAIN("secure", says_each_result_in_words, hands_calls_to_the_engine,
          keeps_requests_outside_the_limits_from_the_engine,
          accepts_each_suite_with_keys_and_hashes_of_its_lengths,
          refuses_a_key_that_is_longer_or_shorter_than_its_suite_takes,
          refuses_a_public_key_for_a_symmetric_suite, refuses_a_given_hash_of_another_length,
          refuses_a_suite_of_the_other_service, refuses_key_octets_that_two_places_share,
          accepts_a_provision_with_nothing_in_it)
