/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario is played until it passes, and what passed late says so. */
#include "tests/unit/unit.h"

#include "cli/attempts.h"
#include "scenario/scenario.h"

struct script {
    const enum verdict *verdicts;
    enum status status; /* of each error */
    unsigned played;
    unsigned stops_after; /* so many; 0: never */
};

static void play(void *arg, unsigned number, struct result *out, enum status *out_status)
{
    struct script *script = arg;
    ck_assert_uint_eq(number, script->played);
    *out = (struct result){
        .verdict = script->verdicts[number], .started_utc = 100 + number, .duration_ms = 10};
    buf_init(&out->reason, 100);
    if (out->verdict != VERDICT_PASS)
        buf_printf(&out->reason, "reason %u", number);
    *out_status = out->verdict == VERDICT_ERROR ? script->status : ST_OK;
    script->played++;
}

static bool is_stopped(void *arg)
{
    const struct script *script = arg;
    return script->stops_after > 0 && script->played >= script->stops_after;
}

static enum status attempt(struct script *script, unsigned retries, bool strict, struct result *out)
{
    const struct attempts attempts = {retries, strict, play, is_stopped, script};
    enum status status = ST_IO;
    attempts_play(&attempts, out, &status);
    return status;
}

#define SCRIPT(...)                                                                                \
    {                                                                                              \
        .verdicts = (const enum verdict[]){__VA_ARGS__}, .status = ST_TIMEOUT                      \
    }

START_TEST(what_does_not_fail_is_played_once)
{
    static const enum verdict verdicts[] = {VERDICT_PASS, VERDICT_WARN, VERDICT_INCONCLUSIVE,
                                            VERDICT_NOT_APPLICABLE};
    for (size_t i = 0; i < COUNT_OF(verdicts); i++) {
        struct script script = {.verdicts = &verdicts[i]};
        struct result result;
        ck_assert_int_eq(attempt(&script, 5, true, &result), ST_OK);
        ck_assert_uint_eq(script.played, 1);
        ck_assert_int_eq(result.verdict, verdicts[i]);
        ck_assert_uint_eq(result.attempts, 1);
        ck_assert(!result.is_flaky);
        result_release(&result);
    }
}
END_TEST

START_TEST(a_late_pass_is_flaky_and_tells_what_was_before)
{
    struct script script = SCRIPT(VERDICT_FAIL, VERDICT_ERROR, VERDICT_PASS);
    struct result result;
    ck_assert_int_eq(attempt(&script, 5, false, &result), ST_OK);
    ck_assert_uint_eq(script.played, 3);
    ck_assert_int_eq(result.verdict, VERDICT_WARN);
    ck_assert(result.is_flaky);
    ck_assert_uint_eq(result.attempts, 3);
    ck_assert_str_eq(buf_text(&result.earlier), "reason 0");
    ck_assert_str_eq(buf_text(&result.reason),
                     "flaky: it passed at attempt 3, but not at the first");
    ck_assert_int_eq(result.started_utc, 100);
    ck_assert_int_eq(result.duration_ms, 30);
    result_release(&result);
}
END_TEST

START_TEST(a_late_pass_is_a_failure_when_strict)
{
    struct script script = SCRIPT(VERDICT_ERROR, VERDICT_WARN);
    struct result result;
    ck_assert_int_eq(attempt(&script, 1, true, &result), ST_OK);
    ck_assert_int_eq(result.verdict, VERDICT_FAIL);
    ck_assert(result.is_flaky);
    result_release(&result);
}
END_TEST

START_TEST(what_never_passes_is_as_at_first)
{
    struct script script = SCRIPT(VERDICT_ERROR, VERDICT_INCONCLUSIVE, VERDICT_NOT_APPLICABLE);
    struct result result;
    ck_assert_int_eq(attempt(&script, 2, false, &result), ST_TIMEOUT);
    ck_assert_uint_eq(script.played, 3);
    ck_assert_int_eq(result.verdict, VERDICT_ERROR);
    ck_assert_uint_eq(result.attempts, 3);
    ck_assert(!result.is_flaky);
    ck_assert_str_eq(buf_text(&result.reason), "reason 0");
    result_release(&result);
}
END_TEST

START_TEST(what_cannot_get_better_is_not_tried_again)
{
    struct script invalid = SCRIPT(VERDICT_ERROR, VERDICT_PASS);
    struct script stopped = SCRIPT(VERDICT_FAIL, VERDICT_PASS);
    struct script alone = SCRIPT(VERDICT_FAIL, VERDICT_PASS);
    struct result result;
    invalid.status = ST_INVALID;
    ck_assert_int_eq(attempt(&invalid, 3, false, &result), ST_INVALID);
    ck_assert_uint_eq(invalid.played, 1);
    result_release(&result);
    stopped.stops_after = 1;
    ck_assert_int_eq(attempt(&stopped, 3, false, &result), ST_OK);
    ck_assert_uint_eq(stopped.played, 1);
    ck_assert_int_eq(result.verdict, VERDICT_FAIL);
    result_release(&result);
    ck_assert_int_eq(attempt(&alone, 0, false, &result), ST_OK);
    ck_assert_uint_eq(alone.played, 1);
    result_release(&result);
}
END_TEST

UNIT_MAIN("attempts", what_does_not_fail_is_played_once,
          a_late_pass_is_flaky_and_tells_what_was_before, a_late_pass_is_a_failure_when_strict,
          what_never_passes_is_as_at_first, what_cannot_get_better_is_not_tried_again)
