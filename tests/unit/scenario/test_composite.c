/* SPDX-License-Identifier: Apache-2.0 */
/* Steps on several paths at once: how they are read, performed, awaited and shown. */
#include "base/std.h"

#include "scenario/explain_impl.h"
#include "tests/unit/scenario/script.h"

static const struct step *step_of(struct scenario **out, const char *line)
{
    char text[400];
    snprintf(text, sizeof text, HEADER "%s\n", line);
    *out = checked(text);
    return &(*out)->steps[0];
}

/* The only complaint about LINE. */
static const char *complaint(const char *line)
{
    static char shown[1000];
    char text[400];
    struct fake_stage fake;
    struct error_list errors;
    snprintf(text, sizeof text, HEADER "%s\n", line);
    error_list_init(&errors);
    fake_stage_init(&fake);
    struct scenario *scenario = scenario_parse(bytes_of(text), "f", &errors);
    if (scenario != NULL)
        ck_assert_int_eq(scenario_check(scenario, &fake.claims, fake_oracle(), NULL, 0, &errors),
                         ST_INVALID);
    snprintf(shown, sizeof shown, "%s", error_shown(&errors));
    scenario_free(scenario);
    fake_stage_release(&fake);
    error_list_release(&errors);
    return shown;
}

static const char *shown_name(const struct step *step)
{
    static char shown[200];
    struct buf out;
    buf_init(&out, sizeof shown - 1);
    step_name(step, &out);
    snprintf(shown, sizeof shown, "%s", buf_text(&out));
    buf_release(&out);
    return shown;
}

/* A notification of the observation of /16/0/3 and /3/0/0 as one. */
static void notify_both(struct script *script, const struct records *paths, int64_t at)
{
    struct fake_event *event = fake_stage_event(&script->fake, at, ACTOR_NOTIFIED, "/");
    event->event.paths = paths;
    event->outcome.code = 0x45;
    fake_content(&event->outcome, "/16/0/3", value_integer(1));
    fake_content(&event->outcome, "/3/0/0", value_string("Acme"));
}

static struct records both(void)
{
    struct records paths;
    records_init(&paths);
    ck_assert(records_add(&paths, path_resource(16, 0, 3), value_none()));
    ck_assert(records_add(&paths, path_resource(3, 0, 0), value_none()));
    return paths;
}

START_TEST(paths_become_records_without_values)
{
    static const struct {
        const char *line;
        enum operation_kind kind;
        size_t count;
        int format;
        const char *name;
    } rows[] = {
        {"read-composite $pf/3 /3/0", OPERATION_READ_COMPOSITE, 2, -1,
         "read-composite /16/0/3 /3/0"},
        {"read-composite / as tlv", OPERATION_READ_COMPOSITE, 1, 11542, "read-composite /"},
        {"observe-composite /16 /3/0/0 as 110", OPERATION_OBSERVE_COMPOSITE, 2, 110,
         "observe-composite /16 /3/0/0"},
        {"cancel-composite /16/0/3 by reset", OPERATION_CANCEL_COMPOSITE, 1, -1,
         "cancel-composite /16/0/3"},
        {"read-composite /16/0/1", OPERATION_READ_COMPOSITE, 1, -1, "read-composite /16/0/1"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scenario *scenario;
        const struct step *step = step_of(&scenario, rows[i].line);
        ck_assert_int_eq(step->operation.kind, rows[i].kind);
        ck_assert_uint_eq(step->operation.values.count, rows[i].count);
        ck_assert_int_eq(step->operation.values.items[0].value.type, VALUE_NONE);
        ck_assert_int_eq(step->operation.format, rows[i].format);
        ck_assert_uint_eq(step->operation.path.depth, 0);
        ck_assert_str_eq(shown_name(step), rows[i].name);
        scenario_free(scenario);
    }
}
END_TEST

START_TEST(values_have_whole_paths)
{
    struct scenario *scenario;
    const struct step *step =
        step_of(&scenario, "write-composite $pf/0/1=\"a\", 1/0/1=60 as 112 => 2.04");
    const struct records *values = &step->operation.values;
    ck_assert_uint_eq(values->count, 2);
    ck_assert(path_equal(values->items[0].path, path_child(path_resource(16, 0, 0), 1)));
    ck_assert_int_eq(values->items[1].value.integer, 60);
    ck_assert_int_eq(step->operation.format, 112);
    ck_assert_str_eq(step->rules[0]->id, "LWM2M-WRITE-COMPOSITE");
    scenario_free(scenario);
}
END_TEST

START_TEST(says_what_is_wrong_with_paths)
{
    static const struct {
        const char *line, *text;
    } rows[] = {
        {"read-composite", "f:3:15: error: a path is missing; write: read-composite PATH... [as "
                           "FORMAT] [=> EXPECTED]"},
        {"read-composite /3/0 /3/0", "f:3:21: error: this path stands here twice; leave one out"},
        {"read-composite /9/0", "f:3:16: error: object 9 is not known; declare it in the profile"},
        {"write-composite /16/0/3=1", "f:3:17: error: \"/16/0/3\" (AuthStatus) does not allow "
                                      "'write-composite'; expect the error, as in => 4.05"},
        {"observe-composite 16", "f:3:19: error: \"16\" is no path; write /16/0 or $pf/3"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ck_assert_str_eq(complaint(rows[i].line), rows[i].text);
}
END_TEST

START_TEST(what_came_is_compared_by_whole_paths)
{
    struct script script;
    script_open(&script);
    struct outcome *outcome = fake_stage_value(&script.fake, "/16/0/3", value_integer(1));
    fake_content(outcome, "/3/0/0", value_string("Acme"));
    fake_stage_value(&script.fake, "/16/0/3", value_integer(1));
    script_play(&script, HEADER "read-composite $pf/3 /3/0/0 => 2.05 {$pf/3=1, 3/0/0=\"Acme\"}\n"
                                "read-composite $pf/3 $pf/2 => 2.05 has {/16/0/3=2} without "
                                "$pf/2\n");
    ck_assert_str_eq(script_reason(&script),
                     "line 4: read-composite /16/0/3 /16/0/2: expected 2.05 has {/16/0/3=2} "
                     "without /16/0/2, got 2.05 {/16/0/3=1}");
    script_close(&script);
}
END_TEST

START_TEST(notifications_of_several_paths_are_of_a_kind_of_their_own)
{
    struct script script;
    struct records paths = both();
    script_open(&script);
    fake_stage_answer(&script.fake, 205);
    notify_both(&script, &paths, 50);
    fake_stage_notify(&script.fake, 60, "/16/0/3", value_integer(2));
    script_play(&script, HEADER "observe-composite /16/0/3 /3/0/0\n"
                                "expect no notify composite /16/0/3 within 100ms\n"
                                "expect notify /16/0/3 2\n"
                                "expect notify composite /3/0/0 /16/0/3 has {3/0/0=\"Acme\"}\n"
                                "expect no notify composite /3/0/0 /16/0/3 within 100ms\n");
    ck_assert_str_eq(script_reason(&script), "");
    ck_assert_int_eq(script.result.verdict, VERDICT_PASS);
    ck_assert_str_eq(script.result.checks[3].rule->id, "LWM2M-OBSERVE-COMPOSITE");
    script_close(&script);
    records_release(&paths);
}
END_TEST

START_TEST(shows_a_notification_that_does_not_fit)
{
    struct script script;
    struct records paths = both();
    script_open(&script);
    notify_both(&script, &paths, 10);
    script_play(&script, HEADER "expect notify composite /16/0/3 /3/0/0 => 2.05 without 3/0\n");
    ck_assert_str_eq(script_reason(&script),
                     "line 3: expect notify composite /16/0/3 /3/0/0: expected notify composite "
                     "/16/0/3 /3/0/0 2.05 without 3/0, got notify composite /16/0/3 /3/0/0 2.05 "
                     "{/16/0/3=1,/3/0/0=\"Acme\"}: /3/0 should not be there");
    script_close(&script);
    records_release(&paths);
}
END_TEST

UNIT_MAIN("composite", paths_become_records_without_values, values_have_whole_paths,
          says_what_is_wrong_with_paths, what_came_is_compared_by_whole_paths,
          notifications_of_several_paths_are_of_a_kind_of_their_own,
          shows_a_notification_that_does_not_fit)
