/* SPDX-License-Identifier: Apache-2.0 */
/* The skeleton of a step. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

static struct sheet sheet;
static struct step step;

static bool read(const char *line, bool device_only)
{
    struct words words;
    sheet_open(&sheet, line);
    step = (struct step){0};
    ck_assert(lex_words(&sheet.source, bytes_of(line), &words));
    const struct speaker person = {.has_device = true, .words = "help"};
    return step_parse(&sheet.source, &words, device_only ? &person : NULL, &step);
}

static void accept(const char *line)
{
    ck_assert_msg(read(line, false), "%s", line);
    ck_assert_uint_eq(sheet.errors.count, 0);
    sheet_close(&sheet);
}

static const char *refused(const char *line)
{
    ck_assert(!read(line, false));
    const char *shown = error_shown(&sheet.errors);
    sheet_close(&sheet);
    return shown;
}

struct action_row {
    const char *line;
    enum step_kind kind;
    unsigned what;
};

START_TEST(each_action_is_found)
{
    static const struct action_row rows[] = {
        {"read /16", STEP_OPERATION, OPERATION_READ},
        {"write /16 1", STEP_OPERATION, OPERATION_WRITE},
        {"update /16 1", STEP_OPERATION, OPERATION_UPDATE},
        {"execute /16", STEP_OPERATION, OPERATION_EXECUTE},
        {"create /16", STEP_OPERATION, OPERATION_CREATE},
        {"delete /16", STEP_OPERATION, OPERATION_DELETE},
        {"discover /16", STEP_OPERATION, OPERATION_DISCOVER},
        {"observe /16", STEP_OPERATION, OPERATION_OBSERVE},
        {"cancel /16", STEP_OPERATION, OPERATION_CANCEL},
        {"attributes /16 a=1", STEP_OPERATION, OPERATION_ATTRIBUTES},
        {"authenticate /16/0 identity=0", STEP_OPERATION, OPERATION_AUTHENTICATE},
        {"decrypt /16/0 identity=0", STEP_OPERATION, OPERATION_DECRYPT},
        {"raw GET /", STEP_OPERATION, OPERATION_RAW},
        {"repeat", STEP_OPERATION, OPERATION_REPEAT},
        {"server forget", STEP_CONTROL, SERVER_FORGET},
        {"server  restart", STEP_CONTROL, SERVER_RESTART},
        {"device register", STEP_STIMULUS, STIMULUS_REGISTER},
        {"device update", STEP_STIMULUS, STIMULUS_UPDATE},
        {"device deregister", STEP_STIMULUS, STIMULUS_DEREGISTER},
        {"device restart", STEP_STIMULUS, STIMULUS_RESTART},
        {"device set /3/0/0 1", STEP_STIMULUS, STIMULUS_SET},
        {"device hold response", STEP_STIMULUS, STIMULUS_HOLD},
        {"device release", STEP_STIMULUS, STIMULUS_RELEASE},
        {"component delay 1s", STEP_STIMULUS, STIMULUS_COMPONENT_DELAY},
        {"component fail next", STEP_STIMULUS, STIMULUS_COMPONENT_FAIL_NEXT},
        {"component fail", STEP_STIMULUS, STIMULUS_COMPONENT_FAIL},
        {"component hang", STEP_STIMULUS, STIMULUS_COMPONENT_HANG},
        {"component forge", STEP_STIMULUS, STIMULUS_COMPONENT_FORGE},
        {"component ok", STEP_STIMULUS, STIMULUS_COMPONENT_OK},
        {"component provision /16/0/0/0", STEP_STIMULUS, STIMULUS_COMPONENT_PROVISION},
        {"link loss 1%", STEP_LINK, LINK_DROP},
        {"link drop next", STEP_LINK, LINK_DROP},
        {"link duplicate 1%", STEP_LINK, LINK_DUPLICATE},
        {"link duplicate next", STEP_LINK, LINK_DUPLICATE},
        {"link reorder 1%", STEP_LINK, LINK_REORDER},
        {"link reorder next", STEP_LINK, LINK_REORDER},
        {"link corrupt 1%", STEP_LINK, LINK_CORRUPT},
        {"link corrupt next", STEP_LINK, LINK_CORRUPT},
        {"link delay 1s", STEP_LINK, LINK_DELAY},
        {"link rebind", STEP_LINK, LINK_REBIND},
        {"link ok", STEP_LINK, LINK_HEAL},
        {"expect register", STEP_EXPECT, EXPECT_REGISTER},
        {"expect fresh register", STEP_EXPECT, EXPECT_FRESH_REGISTER},
        {"expect update", STEP_EXPECT, EXPECT_UPDATE},
        {"expect deregister", STEP_EXPECT, EXPECT_DEREGISTER},
        {"expect expiry", STEP_EXPECT, EXPECT_EXPIRY},
        {"expect notify /16", STEP_EXPECT, EXPECT_NOTIFY},
        {"expect request GET /16", STEP_EXPECT, EXPECT_REQUEST},
        {"wait 1s", STEP_WAIT, 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        accept(rows[i].line);
        ck_assert_int_eq(step.verb->kind, rows[i].kind);
        ck_assert_uint_eq(step.verb->what, rows[i].what);
        ck_assert_uint_eq(step.verb->flags & VERB_ABSENT, 0);
    }
}
END_TEST

START_TEST(absence_can_be_expected)
{
    static const struct {
        const char *line;
        unsigned what;
    } rows[] = {{"expect no notify /16 within 1s", EXPECT_NOTIFY},
                {"expect no update within 1s", EXPECT_UPDATE},
                {"expect no register within 1s", EXPECT_FRESH_REGISTER},
                {"expect no deregister within 1s", EXPECT_DEREGISTER},
                {"expect no request GET /16 within 1s", EXPECT_REQUEST}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        accept(rows[i].line);
        ck_assert_uint_eq(step.verb->what, rows[i].what);
        ck_assert_uint_ne(step.verb->flags & VERB_ABSENT, 0);
    }
}
END_TEST

START_TEST(the_parts_of_a_step_are_taken_apart)
{
    accept("should read /16/0/2 as tlv => 2.05 any save tok within 1.5s [PF-ARG-1 PF-ARG-2]");
    ck_assert(step.should);
    ck_assert(bytes_is(step.operands, "/16/0/2 as tlv"));
    ck_assert(step.has_expected);
    ck_assert(bytes_is(step.expected, "2.05 any"));
    ck_assert(bytes_is(step.save, "tok"));
    ck_assert(step.has_within);
    ck_assert_int_eq(step.within_ms, 1500);
    ck_assert_uint_eq(step.rule_count, 2);
    ck_assert_str_eq(step.rules[1]->id, "PF-ARG-2");
    accept("must read /16/0/2 within 1s save tok");
    ck_assert(!step.should);
    ck_assert(!step.has_expected);
    ck_assert(bytes_is(step.save, "tok"));
    ck_assert_int_eq(step.within_ms, 1000);
}
END_TEST

START_TEST(operands_may_hold_the_words_of_the_tail)
{
    accept("write /16/0/0 0=\"save x within 1s\"");
    ck_assert_uint_eq(step.save.len, 0);
    ck_assert(!step.has_within);
    accept("read save");
    ck_assert(bytes_is(step.operands, "save"));
}
END_TEST

START_TEST(a_check_without_a_rule_gets_the_one_it_implies)
{
    accept("read /16");
    ck_assert_uint_eq(step.rule_count, 0);
    step_imply_rule(&step);
    ck_assert_str_eq(step.rules[0]->id, "LWM2M-READ");
    accept("expect update");
    step_imply_rule(&step);
    ck_assert_str_eq(step.rules[0]->id, "LWM2M-UPDATE");
    accept("read /16 [PF-ARG-1]");
    step_imply_rule(&step);
    ck_assert_uint_eq(step.rule_count, 1);
    accept("wait 1s");
    step_imply_rule(&step);
    ck_assert_uint_eq(step.rule_count, 0);
}
END_TEST

START_TEST(unknown_actions_show_what_there_is)
{
    ck_assert_ptr_nonnull(strstr(refused("raed /16"), "f:1:1: error: \"raed\" is no action; write "
                                                      "one of: read, write, update, execute"));
    ck_assert_str_eq(refused("server stop"), "f:1:1: error: \"server\" is not complete; write one "
                                             "of: server forget, server restart, server silence");
    ck_assert_ptr_nonnull(strstr(refused("should component"), "component fail next"));
    ck_assert_str_eq(refused("should"), "f:1:1: error: an action is missing behind 'should'");
    ck_assert_str_eq(refused("must"), "f:1:1: error: an action is missing behind 'must'");
}
END_TEST

START_TEST(parts_that_do_not_belong_are_refused)
{
    ck_assert_str_eq(refused("wait 1s => 2.05"),
                     "f:1:9: error: '=>' does not belong here; write: wait TIME");
    ck_assert_str_eq(refused("read /16 =>"), "f:1:10: error: nothing stands behind '=>'; write a "
                                             "code such as 2.05 or leave it out");
    ck_assert_str_eq(refused("expect update save x"),
                     "f:1:20: error: 'save' does not belong here; write: expect update [with "
                     "WHAT] [within TIME]");
    ck_assert_str_eq(refused("component ok within 1s"),
                     "f:1:1: error: 'within' does not belong here; write: component ok");
    ck_assert_str_eq(refused("expect no update"), "f:1:1: error: how long to watch is missing; "
                                                  "write: expect no update within TIME");
    ck_assert_str_eq(refused("repeat /16"),
                     "f:1:8: error: this does not belong here; write: repeat [=> EXPECTED]");
    ck_assert_str_eq(refused("wait 1s [PF-ARG-1]"),
                     "f:1:1: error: this step checks nothing, so it can have no rule; move the "
                     "rule to a check");
}
END_TEST

START_TEST(the_tail_is_checked)
{
    ck_assert_str_eq(refused("read /16 within soon"),
                     "f:1:17: error: \"soon\" is no time; write a number with a unit such as "
                     "300ms or 2s");
    ck_assert_str_eq(refused("read /16 save 1st"),
                     "f:1:15: error: \"1st\" is no name; write letters, digits and _");
    ck_assert_str_eq(refused("read /16 [PF-NONE-1]"),
                     "f:1:11: error: rule \"PF-NONE-1\" is not known; see 'list rules'");
    ck_assert_str_eq(refused("read /16 []"),
                     "f:1:10: error: no rule stands between the brackets; name one");
    ck_assert_ptr_nonnull(strstr(refused("read /16 [PF-ARG-1 PF-ARG-1 PF-ARG-1 PF-ARG-1 PF-ARG-1 "
                                         "PF-ARG-1 PF-ARG-1 PF-ARG-1 PF-ARG-1]"),
                                 "more than 8 rules for one check; split the step"));
}
END_TEST

START_TEST(the_console_of_a_device_knows_short_forms)
{
    static const struct {
        const char *line;
        unsigned what;
    } rows[] = {{"set /3/0/0 \"a\"", STIMULUS_SET},  {"update", STIMULUS_UPDATE},
                {"restart", STIMULUS_RESTART},       {"register", STIMULUS_REGISTER},
                {"deregister", STIMULUS_DEREGISTER}, {"show /16", STIMULUS_SHOW},
                {"device update", STIMULUS_UPDATE},  {"component fail", STIMULUS_COMPONENT_FAIL},
                {"device show", STIMULUS_SHOW}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ck_assert_msg(read(rows[i].line, true), "%s", rows[i].line);
        ck_assert_int_eq(step.verb->kind, STEP_STIMULUS);
        ck_assert_uint_eq(step.verb->what, rows[i].what);
        sheet_close(&sheet);
    }
    ck_assert(!read("read /16", true));
    ck_assert_str_eq(error_shown(&sheet.errors),
                     "f:1:1: error: \"read\" is no action; write one of: register, update, "
                     "deregister, restart, set, show, send, hold, release, component, help");
    sheet_close(&sheet);
}
END_TEST

UNIT_MAIN("parse_step", each_action_is_found, absence_can_be_expected,
          the_parts_of_a_step_are_taken_apart, operands_may_hold_the_words_of_the_tail,
          a_check_without_a_rule_gets_the_one_it_implies, unknown_actions_show_what_there_is,
          parts_that_do_not_belong_are_refused, the_tail_is_checked,
          the_console_of_a_device_knows_short_forms)
