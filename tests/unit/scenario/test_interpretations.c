/* SPDX-License-Identifier: Apache-2.0 */
/* The interpretations. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

START_TEST(they_are_numbered_without_a_gap)
{
    size_t count = 0;
    for (const struct interpretation *at = interpretation_at(0); at != NULL;
         at = interpretation_at(++count)) {
        char id[16];
        snprintf(id, sizeof id, "I-%zu", count + 1);
        ck_assert_str_eq(at->id, id);
        ck_assert_uint_ge(strlen(at->problem), 5);
        ck_assert_uint_ge(strlen(at->decision), 5);
    }
    ck_assert_uint_eq(count, 23);
    ck_assert_ptr_null(interpretation_at(count));
}
END_TEST

START_TEST(those_that_a_profile_sets_name_its_key)
{
    static const char *const keys[][2] = {{"I-2", "auth_data_instances"},
                                          {"I-4", "challenge_octets"},
                                          {"I-13", "lenient_arguments"},
                                          {"I-17", "strict_create"},
                                          {"I-20", "read_only"}};
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        size_t index = (size_t)(strtol(keys[i][0] + 2, NULL, 10) - 1);
        ck_assert_str_eq(interpretation_at(index)->option, keys[i][1]);
    }
    ck_assert_ptr_null(interpretation_at(0)->option);
}
END_TEST

UNIT_MAIN("interpretations", they_are_numbered_without_a_gap,
          those_that_a_profile_sets_name_its_key)
