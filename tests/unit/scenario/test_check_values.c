/* SPDX-License-Identifier: Apache-2.0 */
/* What writes, updates and creates send. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

/* The records of LINE, a line each. */
static const char *sent(const char *line)
{
    static char shown[1000];
    char text[1000];
    struct buf out;
    snprintf(text, sizeof text, HEADER "%s\n", line);
    struct scenario *scenario = checked(text);
    buf_init(&out, sizeof shown - 1);
    records_format(&scenario->steps[0].operation.values, &out);
    snprintf(shown, sizeof shown, "%s", buf_text(&out));
    buf_release(&out);
    scenario_free(scenario);
    return shown;
}

START_TEST(a_single_value_goes_to_a_resource)
{
    ck_assert_str_eq(sent("write /3/0/13 1700000000"), "/3/0/13 1700000000\n");
    ck_assert_str_eq(sent("write /16/0/0/1 \"Acme\" as text"), "/16/0/0/1 \"Acme\"\n");
    ck_assert_str_eq(sent("write /6/0/0 48.25"), "/6/0/0 48.25\n");
    ck_assert_str_eq(sent("write /1/0/6 true"), "/1/0/6 true\n");
}
END_TEST

START_TEST(pairs_are_relative_to_the_target)
{
    ck_assert_str_eq(sent("write $pf/0 0=\"a\",1=\"b\""), "/16/0/0/0 \"a\"\n/16/0/0/1 \"b\"\n");
    ck_assert_str_eq(sent("update $pf 0/1=\"a\" , 0/2 = \"b c\" as tlv"),
                     "/16/0/0/1 \"a\"\n/16/0/0/2 \"b c\"\n");
    ck_assert_str_eq(sent("write /1/0 1=60,6=false"), "/1/0/1 60\n/1/0/6 false\n");
    ck_assert_str_eq(sent("create /16/7 0/0=\"x\""), "/16/7/0/0 \"x\"\n");
}
END_TEST

START_TEST(a_create_without_an_id_leaves_the_choice_to_the_device)
{
    ck_assert_str_eq(sent("create /16 0/0=\"x\""), "/16/65535/0/0 \"x\"\n");
    ck_assert_str_eq(sent("create /16"), "");
}
END_TEST

START_TEST(nothing_empties_the_target)
{
    ck_assert_str_eq(sent("write $pf/0"), "/16/0/0 (empty)\n");
    ck_assert_str_eq(sent("write $pf as tlv"), "/16/0 (empty)\n");
    ck_assert_str_eq(sent("create /16/3"), "/16/3 (empty)\n");
}
END_TEST

START_TEST(what_expects_an_error_is_taken_as_it_looks)
{
    ck_assert_str_eq(sent("write $pf/3 \"a\" => 4.05"), "/16/0/3 \"a\"\n");
    ck_assert_str_eq(sent("write $pf/0/0 42 => 4.00"), "/16/0/0/0 42\n");
    ck_assert_str_eq(sent("write $pf/9 hex:00 => 4.04"), "/16/0/9 hex:00\n");
    ck_assert_str_eq(sent("write $pf 9=1,0=\"x\" => 4.00"), "/16/0/9 1\n/16/0/0 \"x\"\n");
}
END_TEST

START_TEST(names_may_hold_values_and_pairs)
{
    struct scenario *scenario =
        checked(HEADER "let all = 0=\"a\",1=\"b\"\nlet one = \"x y\"\n"
                       "write $pf/0 $all\nwrite $pf/0/1 $one\nwrite $pf/0/1 \"<$pf> \\$pf\"\n");
    ck_assert_uint_eq(scenario->steps[0].operation.values.count, 2);
    const struct value *value = &scenario->steps[1].operation.values.items[0].value;
    ck_assert(bytes_is(value_bytes(value), "x y"));
    value = &scenario->steps[2].operation.values.items[0].value;
    ck_assert(bytes_is(value_bytes(value), "</16/0> $pf"));
    scenario_free(scenario);
}
END_TEST

START_TEST(a_saved_value_is_filled_in_later)
{
    struct scenario *scenario =
        checked(HEADER "read $pf/0/0 => 2.05 any save id\nwrite $pf/0/1 $id\n");
    const struct step *step = &scenario->steps[1];
    struct saved saved = {0};
    struct operation operation;
    ck_assert_str_eq(step->sends, "id");
    ck_assert(!operation_fill(step, &saved, &operation));
    records_release(&operation.values);
    save(&saved, "id", "/16/0/3", value_string("HOST"));
    ck_assert(operation_fill(step, &saved, &operation));
    ck_assert(bytes_is(value_bytes(&operation.values.items[0].value), "HOST"));
    records_release(&operation.values);
    saved_release(&saved);
    scenario_free(scenario);
}
END_TEST

UNIT_MAIN("check_values", a_single_value_goes_to_a_resource, pairs_are_relative_to_the_target,
          a_create_without_an_id_leaves_the_choice_to_the_device, nothing_empties_the_target,
          what_expects_an_error_is_taken_as_it_looks, names_may_hold_values_and_pairs,
          a_saved_value_is_filled_in_later)
