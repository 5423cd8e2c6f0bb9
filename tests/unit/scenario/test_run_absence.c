/* SPDX-License-Identifier: Apache-2.0 */
/* Ends of others that are not there: their silence is an error and no broken rule. */
#include "base/std.h"

#include "tests/unit/scenario/played.h"

START_TEST(a_server_of_others_that_never_answers_is_an_error)
{
    setup();
    script.fake.event_count = 0; /* it registers nobody */
    script.options.third_party_server = true;
    fake_stage_event(&script.fake, 10, ACTOR_FAILED, "/")->event.text =
        "nobody listens there; trying again in 4 s";
    play(HEADER "expect register within 1s\nread /16\n");
    expect_verdict(VERDICT_ERROR, ST_UNREACHABLE);
    ck_assert_uint_eq(script.result.check_count, 1);
    ck_assert_ptr_nonnull(
        strstr(script_reason(&script), "the server does not answer: nobody listens there"));
    ck_assert_ptr_null(strstr(script_reason(&script), "again"));
    teardown();
}
END_TEST

static char given_up[200];

static void note_give_up(struct stage *stage, const char *why)
{
    UNUSED(stage);
    snprintf(given_up, sizeof given_up, "%s", why);
}

START_TEST(the_stage_learns_that_nobody_answers)
{
    setup();
    struct stage_ops ops = *script.fake.stage.ops;
    ops.give_up = note_give_up;
    script.fake.stage.ops = &ops;
    script.fake.event_count = 0;
    script.options.third_party_server = true;
    play(HEADER "expect register within 1s\n");
    ck_assert_str_eq(given_up, "the server does not answer");
    teardown();
}
END_TEST

static bool is_there;
static unsigned asked;

static bool look(struct stage *stage, struct error *out_why)
{
    UNUSED(stage);
    asked++;
    error_set(out_why, "nobody answers");
    return !is_there;
}

/* Plays TEXT with a device of others, which IS there or not; how often the stage was asked. */
static unsigned play_theirs(const char *text, bool is)
{
    struct stage_ops ops = *script.fake.stage.ops;
    ops.is_gone = look;
    script.fake.stage.ops = &ops;
    script.options.third_party_device = true;
    is_there = is;
    asked = 0;
    play(text);
    return asked;
}

START_TEST(a_device_of_others_that_is_silent_may_be_gone)
{
    setup();
    ck_assert_uint_eq(play_theirs(HEADER "expect register\nexpect notify $pf/3 1\n", false), 1);
    expect_verdict(VERDICT_ERROR, ST_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "nobody answers"));
    teardown();
    setup();
    ck_assert_uint_eq(play_theirs(HEADER "expect register\nexpect notify $pf/3 1\n", true), 1);
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

START_TEST(one_that_says_something_is_there)
{
    setup();
    fake_stage_notify(&script.fake, 10, "/16/0/3", value_integer(2));
    ck_assert_uint_eq(play_theirs(HEADER "expect register\nexpect notify $pf/3 1\n", false), 0);
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

START_TEST(one_that_was_told_to_do_something_is_not_asked)
{
    setup();
    ck_assert_uint_eq(
        play_theirs(HEADER "expect register\ndevice update\nexpect notify $pf/3 1\n", false), 0);
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

START_TEST(silence_at_the_end_is_asked_about)
{
    static const char quiet[] = HEADER "expect register\nexpect no notify $pf/3 within 1s\n";
    setup();
    ck_assert_uint_eq(play_theirs(quiet, false), 1);
    expect_verdict(VERDICT_ERROR, ST_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "nobody answers"));
    /* The step has one verdict. */
    ck_assert_uint_eq(script.result.check_count, 2);
    ck_assert_int_eq(script.result.checks[0].verdict, VERDICT_PASS);
    ck_assert_int_eq(script.result.checks[1].verdict, VERDICT_ERROR);
    teardown();
    setup();
    ck_assert_uint_eq(play_theirs(quiet, true), 1);
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();
    setup();
    fake_stage_answer(&script.fake, 205);
    ck_assert_uint_eq(play_theirs(HEADER "expect register\nexpect no notify $pf/3 within 1s\n"
                                         "cleanup\nread /3/0/0\n",
                                  false),
                      1);
    expect_verdict(VERDICT_ERROR, ST_UNREACHABLE);
    teardown();
}
END_TEST

START_TEST(silence_that_an_answer_follows_is_proven)
{
    setup();
    fake_stage_answer(&script.fake, 205);
    ck_assert_uint_eq(play_theirs(HEADER "expect register\nexpect no notify $pf/3 within 1s\n"
                                         "read /3/0/0 => 2.05\nwait 1s\n",
                                  false),
                      0);
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();
    setup();
    ck_assert_uint_eq(play_theirs(HEADER "expect register\ndevice update\n"
                                         "expect no notify $pf/3 within 1s\n",
                                  false),
                      0);
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();
}
END_TEST

/* Plays TEXT with a server of others, which is gone; how often the stage was asked. */
static unsigned play_at_theirs(const char *text)
{
    struct stage_ops ops = *script.fake.stage.ops;
    ops.is_gone = look;
    script.fake.stage.ops = &ops;
    script.options.third_party_server = true;
    is_there = false;
    asked = 0;
    play(text);
    return asked;
}

START_TEST(a_server_of_others_that_is_silent_may_be_gone)
{
    setup();
    ck_assert_uint_eq(play_at_theirs(HEADER "expect register\nexpect no notify $pf/3 within 1s\n"),
                      1);
    expect_verdict(VERDICT_ERROR, ST_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "nobody answers"));
    teardown();
    setup();
    fake_stage_fail(&script.fake, ST_TIMEOUT, "nothing came");
    ck_assert_uint_eq(play_at_theirs(HEADER "expect register\nread $pf/3\n"), 1);
    expect_verdict(VERDICT_ERROR, ST_UNREACHABLE);
    teardown();
    setup(); /* it was told to be silent */
    ck_assert_uint_eq(play_at_theirs(HEADER "expect register\nserver silence\n"
                                            "expect no notify $pf/3 within 1s\n"),
                      0);
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();
}
END_TEST

UNIT_MAIN("run_absence", a_server_of_others_that_is_silent_may_be_gone,
          silence_at_the_end_is_asked_about, silence_that_an_answer_follows_is_proven,
          a_server_of_others_that_never_answers_is_an_error, the_stage_learns_that_nobody_answers,
          a_device_of_others_that_is_silent_may_be_gone, one_that_says_something_is_there,
          one_that_was_told_to_do_something_is_not_asked)
