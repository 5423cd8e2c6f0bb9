/* SPDX-License-Identifier: Apache-2.0 */
/* A server's security file; its messages are in tests/golden/errors/security-*. */
#include "base/std.h"

#include "model/credentials.h"
#include "tests/unit/model/support.h"

START_TEST(loads_the_shipped_one)
{
    struct error_list errors;
    error_list_init(&errors);
    struct server_security *security =
        server_security_load("profiles/keys/server.security", &errors);
    ck_assert_msg(security != NULL, "%s", errors.count > 0 ? errors.items[0].text : "?");
    ck_assert_uint_eq(errors.count, 0);
    ck_assert_uint_eq(security->psk_count, 2);
    const struct buf *key = server_security_psk(security, bytes_of("urn:dev:vehicle-0001"));
    ck_assert_ptr_nonnull(key);
    ck_assert_uint_eq(key->len, 16);
    ck_assert_uint_eq(key->data[15], 15);
    ck_assert_ptr_null(server_security_psk(security, bytes_of("urn:dev:vehicle-0002")));
    ck_assert_ptr_null(server_security_psk(security, bytes_of("")));
    ck_assert_uint_eq(security->client_public_key_count, 1);
    ck_assert_uint_eq(security->client_public_keys[0].len, 91);
    ck_assert_uint_eq(security->public_key.len, 91);
    ck_assert_uint_gt(security->key.len, 100);
    ck_assert_uint_gt(security->certificate.len, 300);
    ck_assert_uint_gt(security->trust.len, 300);
    server_security_free(security);
    error_list_release(&errors);
}
END_TEST

START_TEST(needs_no_more_than_one_mode)
{
    struct error_list errors;
    error_list_init(&errors);
    struct server_security *security = server_security_parse(
        bytes_of("{ \"security\": 1, \"psk\": { \"a\": \"text:secret\" } }"), "s", ".", &errors);
    ck_assert_ptr_nonnull(security);
    ck_assert_uint_eq(security->key.len, 0);
    server_security_free(security);
    server_security_free(NULL);
    error_list_release(&errors);
}
END_TEST

START_TEST(says_that_a_file_is_not_there_or_no_json)
{
    struct error_list errors;
    error_list_init(&errors);
    ck_assert_ptr_null(server_security_load("no/such/file", &errors));
    ck_assert_ptr_null(server_security_load("profiles/keys/ca.pem", &errors));
    ck_assert_uint_eq(errors.errors, 2);
    error_list_release(&errors);
}
END_TEST

UNIT_MAIN("server_security", loads_the_shipped_one, needs_no_more_than_one_mode,
          says_that_a_file_is_not_there_or_no_json)
