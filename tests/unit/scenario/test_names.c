/* SPDX-License-Identifier: Apache-2.0 */
/* Names and what they stand for. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

START_TEST(the_last_value_counts)
{
    struct names names = {0};
    names_set(&names, bytes_of("a"), "1", false);
    names_set(&names, bytes_of("b"), "2", false);
    names_set(&names, bytes_of("a"), "3", false);
    ck_assert_uint_eq(names.count, 2);
    ck_assert_str_eq(names_find(&names, bytes_of("a"))->value, "3");
    ck_assert_ptr_null(names_find(&names, bytes_of("c")));
    names_release(&names);
    ck_assert_uint_eq(names.count, 0);
}
END_TEST

START_TEST(what_was_set_from_outside_stays)
{
    struct names names = {0};
    names_set(&names, bytes_of("a"), "outside", true);
    names_set(&names, bytes_of("a"), "inside", false);
    names_set(&names, bytes_of("a"), NULL, false);
    ck_assert_str_eq(names_find(&names, bytes_of("a"))->value, "outside");
    names_release(&names);
}
END_TEST

START_TEST(a_saved_name_has_no_value_yet)
{
    struct names names = {0};
    names_set(&names, bytes_of("a"), "1", false);
    names_set(&names, bytes_of("a"), NULL, false);
    ck_assert_ptr_null(names_find(&names, bytes_of("a"))->value);
    names_release(&names);
}
END_TEST

START_TEST(copies_of_octets_end)
{
    char *text = bytes_text((struct bytes){(const uint8_t *)"abc", 2});
    ck_assert_str_eq(text, "ab");
    free(text);
    text = bytes_text((struct bytes){NULL, 0});
    ck_assert_str_eq(text, "");
    free(text);
}
END_TEST

UNIT_MAIN("names", the_last_value_counts, what_was_set_from_outside_stays,
          a_saved_name_has_no_value_yet, copies_of_octets_end)
