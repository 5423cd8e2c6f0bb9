/* SPDX-License-Identifier: Apache-2.0 */
/* Lines performed at once. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

static struct fake_stage fake;
static struct console *console;
static struct buf answer;
static struct error error;

static void open(bool server, bool device)
{
    fake_stage_init(&fake);
    console = console_new(&fake.claims, fake_oracle(), server ? &fake.servers[0].actor : NULL,
                          device ? &fake.device : NULL, "help, quit");
    fake.listener.hear = NULL;
    fake.event_count = 0;
    buf_init(&answer, 10000);
}

static void close(void)
{
    console_free(console);
    fake_stage_release(&fake);
    buf_release(&answer);
}

static enum status line(const char *text)
{
    buf_clear(&answer);
    return console_line(console, bytes_of(text), &answer, &error);
}

static void expect_error(const char *wanted)
{
    char shown[600];
    struct buf out;
    buf_init(&out, sizeof shown - 1);
    error_format(&error, &out);
    snprintf(shown, sizeof shown, "%s", buf_text(&out));
    buf_release(&out);
    ck_assert_str_eq(shown, wanted);
}

START_TEST(an_operation_is_performed_and_its_answer_shown)
{
    open(true, false);
    fake_stage_value(&fake, "/16/0/3", value_integer(1));
    ck_assert_int_eq(line("read $pf/3"), ST_OK);
    ck_assert_str_eq(buf_text(&answer), "2.05 1\n");
    ck_assert_str_eq(buf_text(&fake.log), "0 read /16/0/3\n");
    close();
}
END_TEST

START_TEST(an_answer_that_is_not_expected_is_refused)
{
    open(true, false);
    fake_stage_answer(&fake, 404);
    fake_stage_value(&fake, "/16/0/3", value_integer(1));
    ck_assert_int_eq(line("read $pf/3"), ST_REFUSED);
    ck_assert_str_eq(buf_text(&answer), "4.04\n");
    expect_error("error: expected 2.05");
    ck_assert_int_eq(line("read $pf/3 => 2.05 not 1"), ST_REFUSED);
    ck_assert_str_eq(buf_text(&answer), "2.05 1\n");
    expect_error("error: expected 2.05 not 1: it must not be that");
    close();
}
END_TEST

START_TEST(an_error_can_be_expected)
{
    open(true, false);
    fake_stage_answer(&fake, 404);
    ck_assert_int_eq(line("read /16/9 => 4.04"), ST_OK);
    close();
}
END_TEST

START_TEST(silence_is_told)
{
    open(true, false);
    fake_stage_fail(&fake, ST_TIMEOUT, "no answer within 1 s");
    fake_stage_fail(&fake, ST_TIMEOUT, "no answer within 1 s");
    ck_assert_int_eq(line("read /16"), ST_TIMEOUT);
    expect_error("error: no answer within 1 s");
    ck_assert_int_eq(line("read /16 => none within 1s"), ST_OK);
    ck_assert_str_eq(buf_text(&answer), "no answer\n");
    close();
}
END_TEST

START_TEST(services_are_judged)
{
    open(true, false);
    fake_stage_answer(&fake, 205)->judgement = JUDGEMENT_GENUINE;
    struct outcome *outcome = fake_stage_answer(&fake, 205);
    outcome->judgement = JUDGEMENT_MISMATCH;
    snprintf(outcome->problem, sizeof outcome->problem, "it does not fit");
    ck_assert_int_eq(line("authenticate /16/0 identity=0"), ST_OK);
    ck_assert_str_eq(buf_text(&answer), "2.05 genuine\n");
    ck_assert_int_eq(line("authenticate /16/0 identity=0"), ST_REFUSED);
    expect_error("error: expected genuine: it does not fit");
    close();
}
END_TEST

START_TEST(names_and_saved_values_stay)
{
    open(true, false);
    fake_stage_value(&fake, "/16/0/3", value_integer(1));
    fake_stage_value(&fake, "/16/0/3", value_integer(1));
    fake_stage_answer(&fake, 204);
    ck_assert_int_eq(line("let status = $pf/3"), ST_OK);
    ck_assert_int_eq(line("read $status => 2.05 any save s"), ST_OK);
    ck_assert_int_eq(line("read $status => 2.05 not $s"), ST_REFUSED);
    ck_assert_int_eq(line("write $pf/3 $s"), ST_INVALID);
    expect_error("4:7: error: \"/16/0/3\" (AuthStatus) does not allow 'write'; expect the error, "
                 "as in => 4.05");
    ck_assert_int_eq(line("write $pf/3 $s => 2.xx|4.05"), ST_INVALID);
    close();
}
END_TEST

START_TEST(nothing_is_written_that_was_not_saved)
{
    open(true, false);
    fake_stage_answer(&fake, 404);
    ck_assert_int_eq(line("read $pf/0/0 => 4.04 save id"), ST_OK);
    ck_assert_int_eq(line("write $pf/0/1 $id"), ST_INVALID);
    expect_error("error: nothing was saved as \"$id\"");
    close();
}
END_TEST

START_TEST(the_server_is_controlled)
{
    open(true, false);
    ck_assert_int_eq(line("server forget"), ST_OK);
    fake.control_status = ST_NOT_FOUND;
    ck_assert_int_eq(line("server restart"), ST_NOT_FOUND);
    expect_error("error: the server does not obey");
    close();
}
END_TEST

START_TEST(empty_lines_and_comments_do_nothing)
{
    open(true, true);
    ck_assert_int_eq(line(""), ST_OK);
    ck_assert_int_eq(line("  # why"), ST_OK);
    ck_assert_uint_eq(answer.len, 0);
    ck_assert_uint_eq(fake.log.len, 0);
    close();
}
END_TEST

START_TEST(wrong_lines_are_told_with_their_number)
{
    open(true, false);
    ck_assert_int_eq(line("raed /16"), ST_INVALID);
    ck_assert_ptr_nonnull(strstr(error.text, ", raw, repeat, server, help, quit"));
    ck_assert_uint_eq(error.line, 1);
    ck_assert_uint_eq(error.column, 1);
    ck_assert_int_eq(line("read \"/16"), ST_INVALID);
    expect_error("2:6: error: this text does not end; put a quotation mark behind it");
    ck_assert_int_eq(line("finish"), ST_INVALID);
    expect_error("3:1: error: 'finish' is for scenarios; a bootstrap file ends with it by itself");
    ck_assert_int_eq(line("read /16 \xff"), ST_INVALID);
    expect_error("4:1: error: the line is not UTF-8 text");
    ck_assert_int_eq(line("let x"), ST_INVALID);
    expect_error("5:1: error: a name and its text are wanted; write: let NAME = TEXT");
    ck_assert_int_eq(line("let x = $gone"), ST_INVALID);
    ck_assert_uint_eq(fake.log.len, 0);
    close();
}
END_TEST

/* A server meets devices that know more than it does. */
START_TEST(a_server_asks_for_what_it_does_not_know)
{
    open(true, false);
    fake_stage_answer(&fake, 205);
    ck_assert_int_eq(line("read /99/0/1"), ST_OK);
    fake_stage_answer(&fake, 204);
    ck_assert_int_eq(line("execute /3/0/999"), ST_OK);
    ck_assert_int_eq(line("write /99/0/1 5"), ST_INVALID);
    expect_error("3:7: error: object 99 is not known; its values need a file of --definitions");
    ck_assert_int_eq(line("read /99/0/1/2/3"), ST_INVALID);
    close();
    open(false, true);
    ck_assert_int_eq(line("set /99/0/1 5"), ST_INVALID);
    close();
}
END_TEST

START_TEST(what_only_a_scenario_can_do_is_refused)
{
    static const char *const lines[] = {"wait 1s", "expect register", "device restart",
                                        "expect no notify /16 within 1s"};
    open(true, false);
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        ck_assert_int_eq(line(lines[i]), ST_INVALID);
        ck_assert_ptr_nonnull(strstr(error.text, "cannot be used here; write it in a scenario"));
    }
    close();
}
END_TEST

START_TEST(a_device_takes_stimuli_in_short)
{
    static const struct {
        const char *line, *log, *answer;
    } rows[] = {
        {"set /16/0/0/3 \"2.0\"", "0 set /16/0/0/3=\"2.0\"\n", "set done\n"},
        {"device set $pf/0/3 \"2.0\"", "0 set /16/0/0/3=\"2.0\"\n", "set done\n"},
        {"update", "0 update\n", "update done\n"},
        {"restart", "0 restart\n", "restart done\n"},
        {"register", "0 register\n", "register done\n"},
        {"deregister", "0 deregister\n", "deregister done\n"},
        {"show", "0 show\n", "show done\n"},
        {"show /16/0", "0 show /16/0\n", "show done\n"},
        {"component delay 300ms", "0 delay 300\n", "delay done\n"},
        {"component fail next", "0 fail next\n", "fail next done\n"},
        {"component fail", "0 fail\n", "fail done\n"},
        {"component hang", "0 hang\n", "hang done\n"},
        {"component forge", "0 forge\n", "forge done\n"},
        {"component ok", "0 ok\n", "ok done\n"},
        {"component provision /16/0/0/3", "0 provision /16/0/0/3\n", "provision done\n"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        open(false, true);
        ck_assert_int_eq(line(rows[i].line), ST_OK);
        ck_assert_str_eq(buf_text(&fake.log), rows[i].log);
        ck_assert_str_eq(buf_text(&answer), rows[i].answer);
        close();
    }
}
END_TEST

START_TEST(a_device_that_does_not_obey_says_so)
{
    open(false, true);
    fake.stimulus_status = ST_INVALID;
    ck_assert_int_eq(line("component ok"), ST_INVALID);
    expect_error("error: the device does not obey");
    ck_assert_int_eq(line("read /16"), ST_INVALID);
    close();
}
END_TEST

START_TEST(it_works_without_claims)
{
    fake_stage_init(&fake);
    fake.event_count = 0;
    buf_init(&answer, 1000);
    console = console_new(NULL, fake_oracle(), &fake.servers[0].actor, NULL, NULL);
    fake_stage_answer(&fake, 205);
    ck_assert_int_eq(line("read /16/0"), ST_OK);
    ck_assert_int_eq(line("read $pf"), ST_INVALID);
    fake_stage_answer(&fake, 205)->judgement = JUDGEMENT_GENUINE;
    ck_assert_int_eq(line("decrypt /16/0 identity=0"), ST_OK);
    close();
    console_free(NULL);
}
END_TEST

UNIT_MAIN("console", an_operation_is_performed_and_its_answer_shown,
          an_answer_that_is_not_expected_is_refused, an_error_can_be_expected, silence_is_told,
          services_are_judged, names_and_saved_values_stay, nothing_is_written_that_was_not_saved,
          the_server_is_controlled, empty_lines_and_comments_do_nothing,
          wrong_lines_are_told_with_their_number, a_server_asks_for_what_it_does_not_know,
          what_only_a_scenario_can_do_is_refused, a_device_takes_stimuli_in_short,
          a_device_that_does_not_obey_says_so, it_works_without_claims)
