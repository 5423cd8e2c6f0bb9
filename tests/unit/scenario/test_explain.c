/* SPDX-License-Identifier: Apache-2.0 */
/* Text for people. */
#include "base/std.h"

#include "scenario/explain_impl.h"
#include "tests/unit/scenario/script.h"

static struct outcome outcome;

/* OUTCOME, released, about PATH; lives until the next call. */
static const char *shown(const char *path)
{
    static char text[3000];
    struct path at;
    struct buf out;
    ck_assert(path_parse(bytes_of(path), &at));
    buf_init(&out, sizeof text - 1);
    outcome_explain(&outcome, at, &out);
    snprintf(text, sizeof text, "%s", buf_text(&out));
    buf_release(&out);
    outcome_release(&outcome);
    return text;
}

static void answer(uint8_t code)
{
    outcome_init(&outcome);
    outcome.code = code;
}

START_TEST(outcomes_read_like_expectations)
{
    answer(0x84);
    ck_assert_str_eq(shown("/16"), "4.04");
    answer(0);
    ck_assert_str_eq(shown("/16"), "no answer");
    answer(0x45);
    fake_content(&outcome, "/16/0/3", value_integer(1));
    ck_assert_str_eq(shown("/16/0/3"), "2.05 1");
    answer(0x45);
    fake_content(&outcome, "/16/0/0/0", value_string("a"));
    fake_content(&outcome, "/16/0/0/1", value_string("b"));
    ck_assert_str_eq(shown("/16/0/0"), "2.05 {0=\"a\",1=\"b\"}");
    answer(0x45);
    fake_content(&outcome, "/16/0/0/0", value_string("a"));
    fake_content(&outcome, "/16/0/2", value_none());
    ck_assert_str_eq(shown("/16/0"), "2.05 {0/0=\"a\",2=empty}");
    answer(0x45);
    fake_content(&outcome, "/16/0/2", value_none());
    ck_assert_str_eq(shown("/16/0/2"), "2.05 empty");
    answer(0x45);
    outcome.decoded = true;
    ck_assert_str_eq(shown("/16/0/2"), "2.05 empty");
    answer(0x45);
    fake_content(&outcome, "/3/0/0", value_string("a"));
    ck_assert_str_eq(shown("/16/0/2"), "2.05 {/3/0/0=\"a\"}");
}
END_TEST

START_TEST(locations_and_judgements_are_shown)
{
    answer(0x41);
    outcome.has_location = true;
    outcome.location = path_instance(16, 1);
    ck_assert_str_eq(shown("/16"), "2.01 /16/1");
    answer(0x45);
    outcome.judgement = JUDGEMENT_MISMATCH;
    ck_assert_str_eq(shown("/16/0"), "2.05 mismatch");
}
END_TEST

START_TEST(payloads_are_shown_as_text_or_octets)
{
    answer(0x45);
    buf_puts(&outcome.payload, "</16>,</16/0>;dim=4");
    ck_assert_str_eq(shown("/16"), "2.05 </16>,</16/0>;dim=4");
    answer(0x45);
    buf_put_u8(&outcome.payload, 0x1b);
    ck_assert_str_eq(shown("/16"), "2.05 hex:1b");
    answer(0x45);
    buf_puts(&outcome.payload, "\xC2\x9B"); /* C1 CSI */
    ck_assert_str_eq(shown("/16"), "2.05 hex:c29b");
    answer(0x45);
    for (int i = 0; i < 700; i++)
        buf_put_u8(&outcome.payload, 'a');
    ck_assert_ptr_nonnull(strstr(shown("/16"), "... (700 octets)"));
}
END_TEST

START_TEST(many_records_are_cut)
{
    answer(0x45);
    for (unsigned i = 0; i < 40; i++) {
        struct path path = path_child(path_resource(16, 0, 0), i);
        outcome.decoded = records_add(&outcome.values, path, value_string("x"));
    }
    ck_assert_ptr_nonnull(strstr(shown("/16/0/0"), "31=\"x\", and 8 more}"));
}
END_TEST

static const char *heard_shown(const struct heard *heard)
{
    static char text[300];
    struct buf out;
    buf_init(&out, sizeof text - 1);
    heard_explain(heard, &out);
    snprintf(text, sizeof text, "%s", buf_text(&out));
    buf_release(&out);
    return text;
}

START_TEST(events_are_shown)
{
    struct heard heard = {.kind = ACTOR_UPDATED};
    ck_assert_str_eq(heard_shown(&heard), "update");
    heard.has_list = true;
    ck_assert_str_eq(heard_shown(&heard), "update links()");
    char links[] = "</16/0>";
    char lifetime[] = "20";
    heard.links = links;
    heard.lifetime = lifetime;
    ck_assert_str_eq(heard_shown(&heard), "update lt=20 links(</16/0>)");
    heard = (struct heard){.kind = ACTOR_NOTIFIED, .path = path_resource(16, 0, 3)};
    heard.outcome.code = 0x84;
    ck_assert_str_eq(heard_shown(&heard), "notify /16/0/3 4.04");
    heard = (struct heard){.kind = ACTOR_SENT};
    heard.outcome.decoded = true;
    ck_assert_str_eq(heard_shown(&heard), "send empty");
    heard = (struct heard){.kind = ACTOR_REQUESTED, .path = path_object(16), .method = 2};
    ck_assert_str_eq(heard_shown(&heard), "request POST /16");
}
END_TEST

static const char *wanted_shown(const char *line)
{
    static char shown_text[300];
    char text[300];
    struct buf out;
    snprintf(text, sizeof text, HEADER "%s\n", line);
    struct scenario *scenario = checked(text);
    buf_init(&out, sizeof shown_text - 1);
    wanted_explain(&scenario->steps[0], &out);
    snprintf(shown_text, sizeof shown_text, "%s", buf_text(&out));
    buf_release(&out);
    scenario_free(scenario);
    return shown_text;
}

START_TEST(what_is_wanted_is_shown_as_written_or_implied)
{
    ck_assert_str_eq(wanted_shown("read $pf/3 => 2.05  1|2"), "2.05  1|2");
    ck_assert_str_eq(wanted_shown("discover /16 => 2.05|4.04 links(<$pf>)"),
                     "2.05|4.04 links(</16/0>)");
    ck_assert_str_eq(wanted_shown("read $pf/3"), "2.05");
    ck_assert_str_eq(wanted_shown("raw GET /x"), "2.xx");
    ck_assert_str_eq(wanted_shown("expect notify $pf/3 1"), "notify /16/0/3 1");
    ck_assert_str_eq(wanted_shown("expect notify $pf/3 => 4.04"), "notify /16/0/3 4.04");
    ck_assert_str_eq(wanted_shown("expect update with list"), "update with list");
    ck_assert_str_eq(wanted_shown("expect no notify $pf/3 within 1s"), "no notify /16/0/3");
}
END_TEST

START_TEST(steps_are_named_by_action_and_target)
{
    static const char *const rows[][2] = {
        {"read $pf/3", "read /16/0/3"},
        {"raw GET /x?a=b", "raw /x?a=b"},
        {"component fail next", "component fail next"},
        {"expect no notify $pf within 1s", "expect no notify /16/0"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[200];
        struct buf out;
        snprintf(text, sizeof text, HEADER "%s\n", rows[i][0]);
        struct scenario *scenario = checked(text);
        buf_init(&out, 100);
        step_name(&scenario->steps[0], &out);
        ck_assert_str_eq(buf_text(&out), rows[i][1]);
        buf_release(&out);
        scenario_free(scenario);
    }
}
END_TEST

START_TEST(the_whole_explanation)
{
    const char *text = HEADER "covers PF-STATE-6\nread $pf/2 => 2.05 empty   [PF-STATE-6]\n";
    struct scenario *scenario = checked(text);
    struct finding finding = {.result = COMPARISON_BROKEN,
                              .at = scenario->steps[0].expectation.value_at,
                              .reason = "because"};
    struct explanation explanation = {.source = &scenario->source,
                                      .step = &scenario->steps[0],
                                      .finding = &finding,
                                      .rule = scenario->steps[0].rules[0],
                                      .verdict = VERDICT_FAIL,
                                      .actual = bytes_of("2.05 hex:00"),
                                      .messages = bytes_of("one\ntwo\n")};
    struct buf out;
    buf_init(&out, EXPLANATION_MOST);
    explain(&explanation, &out);
    ck_assert_str_eq(buf_text(&out),
                     "f:4:20: fail: read /16/0/2\n"
                     "    read $pf/2 => 2.05 empty   [PF-STATE-6]\n"
                     "                       ^\n"
                     "  expected  2.05 empty\n"
                     "  actual    2.05 hex:00\n"
                     "  reason    because\n"
                     "  rule      PF-STATE-6 (5.2.1, M): In IDLE the buffer holds no valid data: "
                     "what can be read after a reset is not the old result (nothing at all on our "
                     "device, I-11).\n"
                     "  messages  one\n"
                     "            two\n");
    buf_release(&out);
    scenario_free(scenario);
}
END_TEST

START_TEST(what_is_not_there_is_left_out)
{
    struct scenario *scenario = checked(HEADER "wait 1s\n");
    struct finding finding = {.result = COMPARISON_ERROR};
    struct explanation explanation = {.source = &scenario->source,
                                      .step = &scenario->steps[0],
                                      .finding = &finding,
                                      .verdict = VERDICT_ERROR};
    struct buf out;
    buf_init(&out, EXPLANATION_MOST);
    explain(&explanation, &out);
    ck_assert_str_eq(buf_text(&out), "f:3:1: error: wait\n    wait 1s\n    ^\n");
    buf_release(&out);
    scenario_free(scenario);
}
END_TEST

START_TEST(a_rule_of_ours_has_no_section)
{
    struct scenario *scenario = checked(HEADER "covers PF-STATE-8\nread /16 [PF-STATE-8]\n");
    struct finding finding = {.result = COMPARISON_BROKEN};
    struct explanation explanation = {.source = &scenario->source,
                                      .step = &scenario->steps[0],
                                      .finding = &finding,
                                      .rule = scenario->steps[0].rules[0],
                                      .verdict = VERDICT_WARN};
    struct buf out;
    buf_init(&out, EXPLANATION_MOST);
    explain(&explanation, &out);
    ck_assert_ptr_nonnull(strstr(buf_text(&out), "  rule      PF-STATE-8 (I): A refused"));
    buf_release(&out);
    scenario_free(scenario);
}
END_TEST

UNIT_MAIN("explain", outcomes_read_like_expectations, locations_and_judgements_are_shown,
          payloads_are_shown_as_text_or_octets, many_records_are_cut, events_are_shown,
          what_is_wanted_is_shown_as_written_or_implied, steps_are_named_by_action_and_target,
          the_whole_explanation, what_is_not_there_is_left_out, a_rule_of_ours_has_no_section)
