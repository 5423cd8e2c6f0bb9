/* SPDX-License-Identifier: Apache-2.0 */
/* Steps become typed operations, stimuli and events. (Their errors are golden files.) */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

/* The only step below the header, checked; free the scenario. */
static const struct step *step_of(struct scenario **out, const char *header, const char *line)
{
    char text[2000];
    snprintf(text, sizeof text, HEADER "%s%s\n", header, line);
    *out = checked(text);
    ck_assert_uint_eq((*out)->step_count, 1);
    return &(*out)->steps[0];
}

static const char *path_shown(struct path path)
{
    static char text[PATH_TEXT];
    return path_text(path, text);
}

START_TEST(operations_have_a_target_and_a_format)
{
    static const struct {
        const char *line;
        enum operation_kind kind;
        const char *path;
        int format;
    } rows[] = {
        {"read /16", OPERATION_READ, "/16", -1},
        {"read /16/0/0/1 as text", OPERATION_READ, "/16/0/0/1", 0},
        {"observe /16/0 as tlv", OPERATION_OBSERVE, "/16/0", 11542},
        {"observe /16/0/3 as 110", OPERATION_OBSERVE, "/16/0/3", 110},
        {"cancel /16/0/3", OPERATION_CANCEL, "/16/0/3", -1},
        {"cancel /16/0/3 as tlv", OPERATION_CANCEL, "/16/0/3", 11542},
        {"delete /16/0", OPERATION_DELETE, "/16/0", -1},
        {"discover /16", OPERATION_DISCOVER, "/16", -1},
        {"write /16/0/0/1 \"a\" as opaque", OPERATION_WRITE, "/16/0/0/1", 42},
        {"create /16 as tlv", OPERATION_CREATE, "/16", 11542},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scenario *scenario;
        const struct step *step = step_of(&scenario, "", rows[i].line);
        ck_assert_int_eq(step->operation.kind, rows[i].kind);
        ck_assert_str_eq(path_shown(step->operation.path), rows[i].path);
        ck_assert_int_eq(step->operation.format, rows[i].format);
        scenario_free(scenario);
    }
}
END_TEST

START_TEST(cancel_can_be_by_reset)
{
    struct scenario *scenario;
    ck_assert(step_of(&scenario, "", "cancel /16/0/3 by reset")->operation.by_reset);
    scenario_free(scenario);
}
END_TEST

START_TEST(an_observation_can_be_renewed)
{
    struct scenario *scenario;
    const struct step *again = step_of(&scenario, "", "observe /16/0/3 as tlv again => 2.05");
    ck_assert(again->operation.again);
    ck_assert_int_eq(again->operation.format, 11542);
    scenario_free(scenario);
    ck_assert(!step_of(&scenario, "", "observe /16/0/3")->operation.again);
    scenario_free(scenario);
    ck_assert(!step_of(&scenario, "", "cancel /16/0/3")->operation.by_reset);
    scenario_free(scenario);
}
END_TEST

START_TEST(arguments_are_readable_or_verbatim)
{
    static const struct {
        const char *line, *text;
        bool verbatim;
    } rows[] = {
        {"execute /16/0/1", NULL, false},
        {"execute /16/0/1 0=SRV_AUTHENT,1=0", "0=SRV_AUTHENT,1=0", false},
        {"execute /16/0/1 0=0, 1=$key,  2=5  # why", "0=0, 1=1,  2=5", false},
        {"execute /16/0/1 \"0='0',1='\\x41'\"", "0='0',1='A'", true},
        {"execute /16/0/1 \"\"", "", true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scenario *scenario;
        const struct step *step = step_of(&scenario, "", rows[i].line);
        ck_assert_int_eq(step->operation.verbatim, rows[i].verbatim);
        if (rows[i].text == NULL)
            ck_assert_ptr_null(step->operation.text);
        else
            ck_assert_str_eq(step->operation.text, rows[i].text);
        scenario_free(scenario);
    }
}
END_TEST

static const char *extra = "4='x'";

static void check_extra(const char *line, const char *wanted)
{
    struct fake_stage fake;
    struct error_list errors;
    char text[300];
    snprintf(text, sizeof text, HEADER "covers %s\n%s\n",
             strncmp(line, "decrypt", 7) == 0 ? "PF-ENC-1" : "PF-STATE-1", line);
    struct scenario *scenario = parsed(text);
    fake_stage_init(&fake);
    error_list_init(&errors);
    fake.claims.extra_arguments = extra;
    ck_assert_int_eq(scenario_check(scenario, &fake.claims, fake_oracle(), NULL, 0, &errors),
                     ST_OK);
    ck_assert_str_eq(scenario->steps[0].operation.text, wanted);
    scenario_free(scenario);
    fake_stage_release(&fake);
    error_list_release(&errors);
}

START_TEST(extra_arguments_of_the_profile_are_sent_along)
{
    check_extra("execute /16/0/1 0=0,1=4,2=5 [PF-STATE-1]", "0=0,1=4,2=5,4='x'");
    check_extra("execute /16/0/1 0=0,4=mine [PF-STATE-1]", "0=0,4=mine");
    check_extra("execute /16/0/1 \"0='0'\" [PF-STATE-1]", "0='0'");
    check_extra("execute /3/0/4 0 [PF-STATE-1]", "0");
    check_extra("decrypt /16/0 identity=0", "4='x'");
    /* Each by itself; a comma in quotes is part of a value. */
    extra = "4='a,5',6,7='b'";
    check_extra("execute /16/0/1 0=0,6=mine [PF-STATE-1]", "0=0,6=mine,4='a,5',7='b'");
    check_extra("execute /16/0/1 0=0 [PF-STATE-1]", "0=0,4='a,5',6,7='b'");
    extra = "4='x'";
}
END_TEST

START_TEST(services_have_an_identity_and_a_key)
{
    struct scenario *scenario;
    const struct step *step =
        step_of(&scenario, "covers PF-AUTH-1\n", "authenticate $pf identity=2 key=7");
    ck_assert_str_eq(path_shown(step->operation.path), "/16/0");
    ck_assert_uint_eq(step->operation.identity, 2);
    ck_assert_uint_eq(step->operation.key_index, 7);
    scenario_free(scenario);
    step = step_of(&scenario, "covers PF-ENC-1\n", "decrypt $pf identity=3");
    ck_assert_uint_eq(step->operation.identity, 3);
    ck_assert_uint_eq(step->operation.key_index, 0);
    scenario_free(scenario);
}
END_TEST

START_TEST(attributes_are_a_query)
{
    struct scenario *scenario;
    ck_assert_str_eq(step_of(&scenario, "", "attributes /16/0/3 pmin=1&pmax=10")->operation.text,
                     "pmin=1&pmax=10");
    scenario_free(scenario);
}
END_TEST

START_TEST(repeat_speaks_of_the_target_before)
{
    struct scenario *scenario = checked(HEADER "read /16/0/3\nwait 1s\nrepeat => 2.05 1\n");
    ck_assert_str_eq(path_shown(scenario->steps[2].path), "/16/0/3");
    scenario_free(scenario);
}
END_TEST

START_TEST(a_step_that_expects_an_error_may_go_where_it_must_not)
{
    static const char *const lines[] = {
        "read /99 => 4.04",          "read /16/0/1 => 4.05",        "write /16/0/3 1 => 4.05",
        "write /16/0/9 1 => 4.xx",   "execute /16/0 => 4.05",       "delete /16/0/0 => 4.00|4.05",
        "create /3 0=\"a\" => 4.05", "write /16/0/3 \"a\" => 4.00", "read /16/0/3/0 => 5.xx",
        "write /16/0 9/1=2 => 4.00", "discover /16/0/0/0 => none",  "write /16/0/0 1 => 4.00",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct scenario *scenario;
        step_of(&scenario, "", lines[i]);
        scenario_free(scenario);
    }
}
END_TEST

START_TEST(stimuli_have_their_operands)
{
    struct scenario *scenario;
    const struct step *step = step_of(&scenario, "", "device set /16/0/0/3 \"2.0\"");
    ck_assert_int_eq(step->stimulus.kind, STIMULUS_SET);
    ck_assert_str_eq(path_shown(step->stimulus.path), "/16/0/0/3");
    ck_assert_int_eq(step->stimulus.value.type, VALUE_STRING);
    scenario_free(scenario);
    step = step_of(&scenario, "", "component delay 300ms");
    ck_assert_int_eq(step->stimulus.duration_ms, 300);
    scenario_free(scenario);
    step = step_of(&scenario, "", "component provision $pf/0/3");
    ck_assert_str_eq(path_shown(step->stimulus.path), "/16/0/0/3");
    scenario_free(scenario);
    step = step_of(&scenario, "", "wait 1.5s");
    ck_assert_int_eq(step->within_ms, 1500);
    scenario_free(scenario);
}
END_TEST

START_TEST(events_have_a_path_and_a_method)
{
    struct scenario *scenario;
    const struct step *step = step_of(&scenario, "", "expect notify $pf/3 1 within 1s");
    ck_assert_str_eq(path_shown(step->path), "/16/0/3");
    scenario_free(scenario);
    step = step_of(&scenario, "", "expect request POST $pf/1");
    ck_assert_uint_eq(step->method, 2);
    ck_assert_str_eq(path_shown(step->path), "/16/0/1");
    scenario_free(scenario);
}
END_TEST

UNIT_MAIN("check_step", operations_have_a_target_and_a_format, cancel_can_be_by_reset,
          an_observation_can_be_renewed, arguments_are_readable_or_verbatim,
          extra_arguments_of_the_profile_are_sent_along, services_have_an_identity_and_a_key,
          attributes_are_a_query, repeat_speaks_of_the_target_before,
          a_step_that_expects_an_error_may_go_where_it_must_not, stimuli_have_their_operands,
          events_have_a_path_and_a_method)
