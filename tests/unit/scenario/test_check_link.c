/* SPDX-License-Identifier: Apache-2.0 */
/* What is done to the path between both ends, as dictated. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

START_TEST(steps_become_impairments)
{
    static const struct {
        const char *line;
        struct impairment impairment;
    } rows[] = {
        {"link loss 30%", {.action = LINK_DROP, .per_thousand = 300}},
        {"link loss 0%", {.action = LINK_DROP}},
        {"link duplicate 0.5% from server",
         {.action = LINK_DUPLICATE, .sender = LINK_FROM_SERVER, .per_thousand = 5}},
        {"link reorder 99.9%", {.action = LINK_REORDER, .per_thousand = 999}},
        {"link corrupt 100% from device",
         {.action = LINK_CORRUPT, .sender = LINK_FROM_DEVICE, .per_thousand = 1000}},
        {"link drop next", {.action = LINK_DROP, .count = 1}},
        {"link drop next 3", {.action = LINK_DROP, .count = 3}},
        {"link drop next response", {.action = LINK_DROP, .count = 1, .message = LINK_RESPONSE}},
        {"link duplicate next request from device",
         {.action = LINK_DUPLICATE,
          .count = 1,
          .message = LINK_REQUEST,
          .sender = LINK_FROM_DEVICE}},
        {"link reorder next 2 ack from server",
         {.action = LINK_REORDER, .count = 2, .message = LINK_ACK, .sender = LINK_FROM_SERVER}},
        {"link corrupt next 1000 from device",
         {.action = LINK_CORRUPT, .count = 1000, .sender = LINK_FROM_DEVICE}},
        {"link delay 100ms", {.action = LINK_DELAY, .delay_ms = 100}},
        {"link delay 2s from device",
         {.action = LINK_DELAY, .delay_ms = 2000, .sender = LINK_FROM_DEVICE}},
        {"link rebind", {.action = LINK_REBIND}},
        {"link ok", {.action = LINK_HEAL}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[200];
        snprintf(text, sizeof text, HEADER "%s\n", rows[i].line);
        struct scenario *scenario = checked(text);
        const struct impairment *got = &scenario->steps[0].impairment;
        const struct impairment *wanted = &rows[i].impairment;
        ck_assert_int_eq(got->action, wanted->action);
        ck_assert_int_eq(got->sender, wanted->sender);
        ck_assert_int_eq(got->message, wanted->message);
        ck_assert_uint_eq(got->count, wanted->count);
        ck_assert_uint_eq(got->per_thousand, wanted->per_thousand);
        ck_assert_int_eq(got->delay_ms, wanted->delay_ms);
        ck_assert(scenario_setting(scenario).has_link);
        scenario_free(scenario);
    }
}
END_TEST

START_TEST(datagrams_are_read)
{
    static const enum link_sender senders[] = {LINK_FROM_DEVICE, LINK_FROM_SERVER,
                                               LINK_FROM_STRANGER};
    struct scenario *scenario = checked(HEADER "raw octets from device hex:40007f00 => none\n"
                                               "raw octets from server base64:QAB/AA==\n"
                                               "raw octets from stranger hex: => reset | 4.xx\n");
    for (size_t i = 0; i < COUNT_OF(senders); i++) {
        const struct impairment *got = &scenario->steps[i].impairment;
        ck_assert_int_eq(got->action, LINK_INJECT);
        ck_assert_int_eq(got->sender, senders[i]);
        ck_assert_uint_eq(value_bytes(&got->octets).len, i == 2 ? 0 : 4);
        ck_assert_str_eq(scenario->steps[i].rules[0]->id, "COAP-REQUEST");
    }
    ck_assert_uint_eq(scenario->steps[2].expectation.codes[0].low, CODE_RESET);
    ck_assert(scenario_is_plain_only(scenario));
    scenario_free(scenario);
    scenario = checked(HEADER "link drop next 3 ack\n");
    ck_assert(scenario_is_plain_only(scenario));
    scenario_free(scenario);
    scenario = checked(HEADER "link drop next 3 from device\nlink loss 3%\nread /3\n");
    ck_assert(!scenario_is_plain_only(scenario));
    scenario_free(scenario);
}
END_TEST

START_TEST(without_such_a_step_no_link_is_asked_for)
{
    struct scenario *scenario = checked(HEADER "read /16\n");
    ck_assert(!scenario_setting(scenario).has_link);
    scenario_free(scenario);
}
END_TEST

START_TEST(other_amounts_are_refused)
{
    static const char share[] = "here should be a share of the messages from 0% to 100%, such as "
                                "30% or 0.5%";
    static const char many[] = "here should be how many messages, from 1 to 1000";
    static const struct {
        const char *line;
        const char *sentence;
    } rows[] = {
        {"link loss", share},
        {"link loss 30", share},
        {"link loss %", share},
        {"link loss 101%", share},
        {"link loss -1%", share},
        {"link loss 0.05%", share},
        {"link loss ten%", share},
        {"link drop next 0", many},
        {"link drop next 1001", many},
        {"link drop next 1x", many},
        {"link delay", "here should be a time with a unit, such as 300ms or 2s"},
        {"link delay 100", "here should be a time with a unit, such as 300ms or 2s"},
        {"link delay 1s from nobody", "here should be who sends: device or server"},
        {"raw octets hex:00", "who seems to send is missing; write: raw octets from "
                              "device|server|stranger hex:... [=> CODE | reset | none]"},
        {"raw octets from server 42", "\"42\" is no opaque; write hex:0a0b or base64:Cgs="},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[200];
        struct fake_stage fake;
        struct error_list errors;
        snprintf(text, sizeof text, HEADER "%s\n", rows[i].line);
        struct scenario *scenario = parsed(text);
        error_list_init(&errors);
        fake_stage_init(&fake);
        ck_assert_int_eq(scenario_check(scenario, &fake.claims, fake_oracle(), NULL, 0, &errors),
                         ST_INVALID);
        ck_assert_uint_eq(errors.count, 1);
        ck_assert_str_eq(errors.items[0].text, rows[i].sentence);
        fake_stage_release(&fake);
        error_list_release(&errors);
        scenario_free(scenario);
    }
}
END_TEST

static struct script script;

START_TEST(the_link_of_the_cast_is_impaired)
{
    script_open(&script);
    fake_stage_answer(&script.fake, 205);
    script_play(&script, HEADER "link loss 30%\nlink drop next 2 ack from server\nread /16\n");
    ck_assert_int_eq(script.result.verdict, VERDICT_PASS);
    ck_assert_ptr_nonnull(
        strstr(script_log(&script), "link action 0 sender 0 message 0 count 0 rate 300 delay 0\n"));
    ck_assert_ptr_nonnull(
        strstr(script_log(&script), "link action 0 sender 2 message 3 count 2 rate 0 delay 0\n"));
    script_close(&script);
}
END_TEST

START_TEST(a_path_that_is_not_ours_proves_nothing)
{
    script_open(&script);
    script.fake.no_link = true;
    script_play(&script, HEADER "link loss 30%\n");
    ck_assert_int_eq(script.result.verdict, VERDICT_INCONCLUSIVE);
    ck_assert_str_eq(script_reason(&script),
                     "line 3: link loss: the path to this server is not ours to impair");
    script_close(&script);
}
END_TEST

START_TEST(a_link_that_cannot_do_it_says_so)
{
    script_open(&script);
    script.fake.link_status = ST_UNSUPPORTED;
    script_play(&script, HEADER "link ok\n");
    ck_assert_int_eq(script.result.verdict, VERDICT_INCONCLUSIVE);
    ck_assert_str_eq(script_reason(&script), "line 3: link ok: the link does not obey");
    script_close(&script);
    script_open(&script);
    script.fake.link_status = ST_IO;
    script_play(&script, HEADER "link rebind\n");
    ck_assert_int_eq(script.result.verdict, VERDICT_ERROR);
    script_close(&script);
}
END_TEST

UNIT_MAIN("check link", steps_become_impairments, datagrams_are_read,
          without_such_a_step_no_link_is_asked_for, other_amounts_are_refused,
          the_link_of_the_cast_is_impaired, a_path_that_is_not_ours_proves_nothing,
          a_link_that_cannot_do_it_says_so)
