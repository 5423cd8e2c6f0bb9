/* SPDX-License-Identifier: Apache-2.0 */
/* The table of verdicts (what breaking a rule means on a third party). */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

static const struct rule *rule(const char *id)
{
    const struct rule *found = rule_find(bytes_of(id));
    ck_assert_msg(found != NULL, "%s", id);
    return found;
}

/* The verdict letter of each rule in four worlds: everything is ours; somebody else's device; one
 * that claims GSMA; somebody else's server. */
static const struct {
    const char *id;
    const char *verdicts;
} rows[] = {
    {"PF-STATE-1", "FFFF"}, /* M, device */
    {"PF-OBJ-2", "FFFF"},   /* T, device */
    {"PF-DM-1", "FFFF"},    /* L, device */
    {"LWM2M-READ", "FFFF"}, /* L, both */
    {"PF-SC-2", "FFFF"},    /* M, component */
    {"PF-STATE-7", "FWWF"}, /* A of B.2, device */
    {"PF-STATE-8", "FWWF"}, /* I, device */
    {"PF-SC-7", "FWWF"},    /* I, component */
    {"PF-GSMA-1", "FWFF"},  /* A of B.1 with shall */
    {"PF-GSMA-4", "FWFF"},  /* A of B.1 with must */
    {"PF-GSMA-2", "FWWF"},  /* A of B.1, illustration */
    {"PF-GSMA-3", "FWWF"},  /* A of B.1, illustration */
    {"PF-OBJ-7", "FWWF"},   /* M, but a link is not always an attachment */
    {"PF-SRV-1", "FFFW"},   /* A of B.2, server */
    {"PF-SRV-2", "FFFW"},   /* I, server */
    {"PF-SRV-4", "FFFF"},   /* L, server */
};

START_TEST(strength_side_and_claims_decide)
{
    const struct run_options worlds[] = {{0},
                                         {.third_party_device = true},
                                         {.third_party_device = true},
                                         {.third_party_server = true}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t world = 0; world < COUNT_OF(worlds); world++) {
            struct claims claims = {.gsma = world == 2};
            enum verdict verdict = verdict_of_break(rule(rows[i].id), &worlds[world], &claims);
            ck_assert_msg((verdict == VERDICT_WARN ? 'W' : 'F') == rows[i].verdicts[world],
                          "%s in world %zu", rows[i].id, world);
        }
    }
}
END_TEST

START_TEST(strict_turns_warnings_into_failures)
{
    const struct run_options strict = {
        .strict = true, .third_party_device = true, .third_party_server = true};
    const struct claims claims = {0};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ck_assert_int_eq(verdict_of_break(rule(rows[i].id), &strict, &claims), VERDICT_FAIL);
}
END_TEST

START_TEST(weak_rules_do_not_stop)
{
    ck_assert(rule_stops(rule("PF-STATE-1")));
    ck_assert(rule_stops(rule("PF-OBJ-2")));
    ck_assert(rule_stops(rule("LWM2M-READ")));
    ck_assert(!rule_stops(rule("PF-STATE-7")));
    ck_assert(!rule_stops(rule("PF-STATE-8")));
}
END_TEST

START_TEST(verdicts_have_an_order)
{
    static const enum verdict order[] = {VERDICT_PASS, VERDICT_NOT_APPLICABLE,
                                         VERDICT_WARN, VERDICT_INCONCLUSIVE,
                                         VERDICT_FAIL, VERDICT_ERROR};
    for (size_t a = 0; a < COUNT_OF(order); a++)
        for (size_t b = 0; b < COUNT_OF(order); b++)
            ck_assert_int_eq(verdict_worse(order[a], order[b]), order[a > b ? a : b]);
}
END_TEST

START_TEST(verdicts_have_names)
{
    ck_assert_str_eq(verdict_name(VERDICT_PASS), "pass");
    ck_assert_str_eq(verdict_name(VERDICT_WARN), "warn");
    ck_assert_str_eq(verdict_name(VERDICT_FAIL), "fail");
    ck_assert_str_eq(verdict_name(VERDICT_INCONCLUSIVE), "inconclusive");
    ck_assert_str_eq(verdict_name(VERDICT_NOT_APPLICABLE), "not applicable");
    ck_assert_str_eq(verdict_name(VERDICT_ERROR), "error");
}
END_TEST

START_TEST(results_can_be_released_twice)
{
    struct result result = {0};
    buf_init(&result.reason, 100);
    buf_puts(&result.reason, "why");
    result.checks = xarray(1, sizeof *result.checks);
    result.check_count = 1;
    buf_init(&result.checks[0].text, 100);
    buf_puts(&result.checks[0].text, "text");
    result_release(&result);
    ck_assert_uint_eq(result.check_count, 0);
    result_release(&result);
}
END_TEST

UNIT_MAIN("verdict", strength_side_and_claims_decide, strict_turns_warnings_into_failures,
          weak_rules_do_not_stop, verdicts_have_an_order, verdicts_have_names,
          results_can_be_released_twice)
