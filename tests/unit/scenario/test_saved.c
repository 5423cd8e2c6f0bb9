/* SPDX-License-Identifier: Apache-2.0 */
/* What steps save, and how it is put back. */
#include "base/std.h"

#include "tests/unit/scenario/played.h"

static struct path path_at(const char *text)
{
    struct path path;
    ck_assert(path_parse(bytes_of(text), &path));
    return path;
}

static void answer_two(void)
{
    struct outcome *outcome = fake_stage_value(&script.fake, "/16/0/0/1", value_string("a"));
    fake_content(outcome, "/16/0/0/5", value_string("b"));
}

START_TEST(several_values_are_put_back_as_they_were)
{
    setup();
    answer_two();
    fake_stage_answer(&script.fake, 204);
    fake_stage_answer(&script.fake, 204);
    play(HEADER
         "read $pf/0 => 2.05 any save all\nwrite $pf/0 7=\"x\"\ncleanup\nwrite $pf/0 $all\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    ck_assert_ptr_nonnull(
        strstr(script_log(&script), "write /16/0/0 /16/0/0/1=\"a\" /16/0/0/5=\"b\""));
    teardown();
}
END_TEST

START_TEST(so_is_a_single_one_of_several)
{
    setup();
    fake_stage_value(&script.fake, "/16/0/0/4", value_string("only"));
    fake_stage_answer(&script.fake, 204);
    play(HEADER "read $pf/0 => 2.05 any save all\nwrite $pf/0 $all\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    ck_assert_ptr_nonnull(strstr(script_log(&script), "/16/0/0/4=\"only\""));
    teardown();
}
END_TEST

START_TEST(they_can_be_compared_with)
{
    setup();
    answer_two();
    answer_two();
    fake_stage_value(&script.fake, "/16/0/0/1", value_string("a"));
    play(HEADER
         "read $pf/0 => 2.05 any save all\nread $pf/0 => 2.05 $all\nread $pf/0 => 2.05 $all\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_uint_eq(script.result.check_count, 3);
    ck_assert_int_eq(verdict_at(1), VERDICT_PASS);
    ck_assert_int_eq(verdict_at(2), VERDICT_FAIL);
    teardown();
}
END_TEST

START_TEST(a_set_fits_a_place_of_the_same_depth)
{
    struct saved saved = {0};
    struct outcome outcome;
    outcome_init(&outcome);
    outcome.decoded = true;
    ck_assert(records_add(&outcome.values, path_at("/16/0/0/1"), value_string("a")));
    ck_assert(records_add(&outcome.values, path_at("/16/0/0/2"), value_string("b")));
    saved_keep(&saved, bytes_of("all"), &outcome, path_at("/16/0/0"), false);
    ck_assert_ptr_null(saved_find(&saved, "all"));
    ck_assert_ptr_nonnull(saved_entry(&saved, "all"));
    char name[] = "all";
    struct step step = {.sends = name};
    struct operation operation;
    operation_init(&step.operation, OPERATION_WRITE);
    step.operation.path = path_at("/16/3/0");
    ck_assert(operation_fill(&step, &saved, &operation));
    ck_assert(path_equal(operation.values.items[1].path, path_at("/16/3/0/2")));
    records_release(&operation.values);
    step.operation.path = path_at("/16/3");
    ck_assert(!operation_fill(&step, &saved, &operation));
    records_release(&operation.values);
    operation_release(&step.operation);
    outcome_release(&outcome);
    saved_release(&saved);
}
END_TEST

START_TEST(a_name_holds_what_came_last)
{
    struct saved saved = {0};
    save(&saved, "a", "/16/0/3", value_string("1"));
    save(&saved, "a", "/16/0/3", value_string("2"));
    ck_assert_uint_eq(saved.count, 1);
    ck_assert(bytes_is(value_bytes(saved_find(&saved, "a")), "2"));
    ck_assert_ptr_null(saved_find(&saved, "b"));
    saved_release(&saved);
}
END_TEST

UNIT_MAIN("saved", several_values_are_put_back_as_they_were, so_is_a_single_one_of_several,
          they_can_be_compared_with, a_set_fits_a_place_of_the_same_depth,
          a_name_holds_what_came_last)
