/* SPDX-License-Identifier: Apache-2.0 */
/* What a profile file may not say yet; the messages are in tests/golden/errors/profile-later. */
#include "base/std.h"

#include "tests/unit/model/support.h"

static size_t errors_of(const char *text)
{
    struct error_list errors;
    error_list_init(&errors);
    profile_free(profile_of_file(bytes_of(text), "p.json", &errors));
    size_t count = errors.errors;
    error_list_release(&errors);
    return count;
}

START_TEST(lets_pass_what_has_always_been_possible)
{
    ck_assert_uint_eq(errors_of("{ \"endpoint\": \"a\", \"lwm2m\": \"1.0\", \"servers\": ["
                                "  { \"ssid\": 1, \"uri\": \"coap://a\","
                                "    \"security\": { \"mode\": \"none\" } } ] }"),
                      0);
}
END_TEST

START_TEST(is_of_no_account_to_what_tests_parse)
{
    profile_free(good_profile("{ \"endpoint\": \"a\", \"state\": \"/tmp/s\" }"));
}
END_TEST

UNIT_MAIN("profile_later", lets_pass_what_has_always_been_possible,
          is_of_no_account_to_what_tests_parse)
