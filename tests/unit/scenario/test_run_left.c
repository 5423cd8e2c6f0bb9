/* SPDX-License-Identifier: Apache-2.0 */
/* What stays changed at somebody else's end is told, and spoils no other verdict. */
#include "base/std.h"

#include "tests/unit/scenario/played.h"

START_TEST(what_is_left_changed_warns)
{
    setup();
    script.fake.left = "/16/2/0, /16/7";
    fake_stage_answer(&script.fake, 204);
    play(HEADER "write $pf/0/1 \"x\" => 2.04\n");
    expect_verdict(VERDICT_WARN, ST_OK);
    ck_assert_str_eq(script_reason(&script), "left changed: /16/2/0, /16/7");
    size_t last = script.result.check_count - 1;
    ck_assert_int_eq(verdict_at(last), VERDICT_WARN);
    ck_assert_str_eq(buf_text(&script.result.checks[last].text), "left changed: /16/2/0, /16/7");
    teardown();
}
END_TEST

START_TEST(a_verdict_that_there_is_stays)
{
    setup();
    script.fake.left = "/16/2/0";
    fake_stage_answer(&script.fake, 400);
    play(HEADER "write $pf/0/1 \"x\" => 2.04\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_ptr_null(strstr(script_reason(&script), "left changed"));
    ck_assert_int_eq(verdict_at(script.result.check_count - 1), VERDICT_WARN);
    teardown();
}
END_TEST

UNIT_MAIN("run_left", what_is_left_changed_warns, a_verdict_that_there_is_stays)
