/* SPDX-License-Identifier: Apache-2.0 */
/* What all reports share: cleaning, explaining, times. */
#include "base/std.h"

#include "report/report_impl.h"
#include "tests/unit/report/sample.h"

#define MARK "\xEF\xBF\xBD" /* U+FFFD */

static const char *clean(const char *text, size_t len)
{
    static char cleaned[256];
    struct buf out;
    buf_init(&out, sizeof cleaned - 1);
    text_clean((struct bytes){(const uint8_t *)text, len}, &out);
    snprintf(cleaned, sizeof cleaned, "%s", buf_text(&out));
    buf_release(&out);
    return cleaned;
}

START_TEST(keeps_what_is_harmless)
{
    static const char text[] = "a\tb\n\xC3\xA9 \xE2\x86\x92 \xF0\x9F\x9A\x97 ~";
    ck_assert_str_eq(clean(text, sizeof text - 1), text);
    ck_assert_str_eq(clean("", 0), "");
}
END_TEST

START_TEST(replaces_what_is_not)
{
    ck_assert_str_eq(clean("a\0b", 3), "a" MARK "b");
    ck_assert_str_eq(clean("\x1B[31m", 5), MARK "[31m");
    ck_assert_str_eq(clean("\r\x7F", 2), MARK MARK);
    ck_assert_str_eq(clean("\xC2\x9B\xC2\xA0", 4), MARK "\xC2\xA0"); /* C1, no-break space */
    ck_assert_str_eq(clean("\xFFz", 2), MARK "z");
    ck_assert_str_eq(clean("\xC3", 1), MARK);
    ck_assert_str_eq(clean("\xC3z", 2), MARK "z");
    ck_assert_str_eq(clean("\xED\xA0\x80", 3), MARK MARK MARK); /* a surrogate */
    ck_assert_str_eq(clean("\xEF\xBF\xBE\xEF\xBF\xBF\xEF\xBF\xBD", 9), MARK MARK MARK);
}
END_TEST

/* The explanation of a result with checks TEXTS (NULL ends) of VERDICT and REASON. */
static const char *explain(enum verdict verdict, const char *const *texts, const char *reason)
{
    static char explained[256];
    struct check checks[4] = {{.verdict = VERDICT_PASS}};
    struct result result = {.verdict = verdict, .checks = checks, .check_count = 1};
    struct buf out;
    if (verdict == VERDICT_WARN)
        sample_put(&checks[0].text, "accepted by I-11");
    sample_put(&result.reason, reason);
    for (size_t i = 0; texts[i] != NULL; i++) {
        checks[result.check_count].verdict = verdict;
        sample_put(&checks[result.check_count++].text, texts[i]);
    }
    buf_init(&out, sizeof explained - 1);
    result_explain(&result, &out);
    snprintf(explained, sizeof explained, "%s", buf_text(&out));
    buf_release(&out);
    for (size_t i = 0; i < result.check_count; i++)
        buf_release(&checks[i].text);
    buf_release(&result.reason);
    return explained;
}

START_TEST(explains_by_the_checks_else_by_the_reason)
{
    static const char *const two[] = {"one\n\n", "two\n  three\n", NULL};
    static const char *const none[] = {NULL};
    ck_assert_str_eq(explain(VERDICT_FAIL, two, "why"), "one\n\ntwo\n  three");
    ck_assert_str_eq(explain(VERDICT_WARN, two, "why"), "accepted by I-11\n\none\n\ntwo\n  three");
    ck_assert_str_eq(explain(VERDICT_ERROR, none, "why"), "why");
    ck_assert_str_eq(explain(VERDICT_PASS, none, "why"), "");
    ck_assert_str_eq(explain(VERDICT_NOT_APPLICABLE, none, "why"), "");
    ck_assert_str_eq(explain(VERDICT_INCONCLUSIVE, two, "why"), "one\n\ntwo\n  three");
}
END_TEST

START_TEST(explains_by_the_reason_what_no_check_came_to)
{
    struct check checks[2] = {{.verdict = VERDICT_PASS}, {.verdict = VERDICT_WARN}};
    struct result result = {.verdict = VERDICT_ERROR, .checks = checks, .check_count = 2};
    struct buf out;
    buf_init(&out, 255);
    sample_put(&checks[0].text, "accepted by I-11");
    sample_put(&checks[1].text, "odd");
    sample_put(&result.reason, "line 10: wait: the time limit passed before its end");
    result_explain(&result, &out);
    ck_assert_str_eq(buf_text(&out), "accepted by I-11\n\nodd\n\n"
                                     "line 10: wait: the time limit passed before its end");
    buf_release(&out);
    for (size_t i = 0; i < 2; i++)
        buf_release(&checks[i].text);
    buf_release(&result.reason);
}
END_TEST

START_TEST(writes_times)
{
    struct buf out;
    buf_init(&out, 100);
    text_utc(1592265600123, &out);
    buf_puts(&out, " ");
    text_utc(0, &out);
    buf_puts(&out, " ");
    text_seconds(61005, &out);
    ck_assert_str_eq(buf_text(&out), "2020-06-16T00:00:00 1970-01-01T00:00:00 61.005");
    buf_release(&out);
}
END_TEST

START_TEST(sorts_verdicts)
{
    static const struct {
        bool skip, failure;
    } kinds[VERDICTS] = {[VERDICT_FAIL] = {false, true},
                         [VERDICT_ERROR] = {false, true},
                         [VERDICT_INCONCLUSIVE] = {true, false},
                         [VERDICT_NOT_APPLICABLE] = {true, false}};
    for (size_t i = 0; i < VERDICTS; i++) {
        ck_assert_int_eq(verdict_is_skip((enum verdict)i), kinds[i].skip);
        ck_assert_int_eq(verdict_is_failure((enum verdict)i), kinds[i].failure);
    }
}
END_TEST

UNIT_MAIN("text", keeps_what_is_harmless, replaces_what_is_not,
          explains_by_the_checks_else_by_the_reason, explains_by_the_reason_what_no_check_came_to,
          writes_times, sorts_verdicts)
