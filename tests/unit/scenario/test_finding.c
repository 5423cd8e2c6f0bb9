/* SPDX-License-Identifier: Apache-2.0 */
/* What a step came to, where no comparison told it. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

START_TEST(a_finding_has_a_sentence)
{
    struct finding finding = finding_of(COMPARISON_ERROR, "%s %d", "number", 16);
    ck_assert_int_eq(finding.result, COMPARISON_ERROR);
    ck_assert_str_eq(finding.reason, "number 16");
}
END_TEST

START_TEST(a_long_sentence_is_cut)
{
    char text[1000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    ck_assert_uint_lt(strlen(finding_of(COMPARISON_ERROR, "%s", text).reason), 300);
    ck_assert_uint_lt(strlen(finding_of_status(ST_IO, text).reason), 300);
}
END_TEST

START_TEST(what_nobody_can_do_is_unknown_and_all_else_an_error)
{
    ck_assert_int_eq(finding_of_status(ST_UNSUPPORTED, "").result, COMPARISON_UNKNOWN);
    ck_assert_int_eq(finding_of_status(ST_IO, "").result, COMPARISON_ERROR);
    ck_assert_str_eq(finding_of_status(ST_IO, "").reason, status_text(ST_IO));
    ck_assert_str_eq(finding_of_status(ST_IO, "no socket").reason, "no socket");
    ck_assert(finding_of_status(ST_UNREACHABLE, "").is_lost); /* of the environment */
    ck_assert(!finding_of_status(ST_INVALID, "").is_lost);
}
END_TEST

START_TEST(silence_breaks_what_does_not_ask_for_it)
{
    struct scenario *scenario = checked(HEADER "read /16\nread /16 => none\n");
    struct finding finding = finding_of_silence(&scenario->steps[0], false, false, "no answer");
    ck_assert_int_eq(finding.result, COMPARISON_BROKEN);
    ck_assert_str_eq(finding.reason, "no answer");
    ck_assert_int_eq(finding_of_silence(&scenario->steps[1], false, false, "").result,
                     COMPARISON_MET);
    scenario_free(scenario);
}
END_TEST

/* What is said of OUTCOME, of which REASON is said already, by the first step of LINE. */
static void formats(const char *line, const char *reason, struct outcome *outcome,
                    const char *wanted)
{
    char text[300];
    snprintf(text, sizeof text, HEADER "%s\n", line);
    struct scenario *scenario = checked(text);
    struct finding finding = finding_of(COMPARISON_BROKEN, "%s", reason);
    finding_name_formats(&finding, fake_oracle(), &scenario->steps[0], outcome);
    ck_assert_str_eq(finding.reason, wanted);
    finding = finding_of(COMPARISON_UNKNOWN, "%s", reason);
    finding_name_formats(&finding, fake_oracle(), &scenario->steps[0], outcome);
    ck_assert_str_eq(finding.reason, reason);
    scenario_free(scenario);
}

START_TEST(another_format_than_asked_for_is_named)
{
    struct outcome outcome;
    outcome_init(&outcome);
    outcome.code = 0x45;
    formats("read /16 as tlv", "old", &outcome, "old"); /* there is no content */
    buf_puts(&outcome.payload, "x");
    formats("read /16 as tlv", "old", &outcome, "asked for tlv (11542), answered no format; old");
    outcome.format = 0;
    formats("read /16 as tlv", "", &outcome, "asked for tlv (11542), answered text (0)");
    formats("raw GET /16 accept=tlv", "", &outcome, "asked for tlv (11542), answered text (0)");
    formats("observe /16 as 4711", "", &outcome, "asked for 4711, answered text (0)");
    formats("read /16 as text", "old", &outcome, "old");
    formats("read /16", "old", &outcome, "old");
    formats("write /16/0/0/0 \"x\" as tlv", "old", &outcome, "old");
    outcome.code = 0x84;
    formats("read /16 as tlv", "old", &outcome, "old"); /* a diagnostic text */
    outcome_release(&outcome);
}
END_TEST

/* RFC 7252 4.2: what answers a duplicate is the acknowledgement, with whatever was in it. */
START_TEST(silence_to_a_repetition_depends_on_the_first_answer)
{
    struct scenario *scenario = checked(HEADER "read /16\nrepeat => 2.05 same\n");
    const struct step *repeat = &scenario->steps[1];
    ck_assert_int_eq(finding_of_silence(repeat, true, false, "no answer").result,
                     COMPARISON_UNKNOWN);
    struct finding finding = finding_of_silence(repeat, true, true, "no answer");
    ck_assert_int_eq(finding.result, COMPARISON_BROKEN);
    ck_assert_ptr_nonnull(strstr(finding.reason, "no answer; the first answer came with the ack"));
    ck_assert_int_eq(finding_of_silence(repeat, false, false, "").result, COMPARISON_BROKEN);
    scenario_free(scenario);
}
END_TEST

START_TEST(some_statuses_are_silence)
{
    static const enum status silent[] = {ST_TIMEOUT, ST_UNREACHABLE, ST_NOT_FOUND, ST_CANCELLED};
    static const enum status loud[] = {ST_OK, ST_INVALID, ST_IO, ST_UNSUPPORTED, ST_REFUSED};
    for (size_t i = 0; i < COUNT_OF(silent); i++)
        ck_assert(status_is_silence(silent[i]));
    for (size_t i = 0; i < COUNT_OF(loud); i++)
        ck_assert(!status_is_silence(loud[i]));
}
END_TEST

UNIT_MAIN("finding", a_finding_has_a_sentence, a_long_sentence_is_cut,
          what_nobody_can_do_is_unknown_and_all_else_an_error,
          silence_breaks_what_does_not_ask_for_it,
          silence_to_a_repetition_depends_on_the_first_answer, some_statuses_are_silence,
          another_format_than_asked_for_is_named)
