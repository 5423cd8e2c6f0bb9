/* SPDX-License-Identifier: Apache-2.0 */
/* What a broken rule means: verdicts, their order, and what stops a scenario. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[VERDICTS] = {
        [VERDICT_PASS] = "pass",
        [VERDICT_WARN] = "warn",
        [VERDICT_FAIL] = "fail",
        [VERDICT_INCONCLUSIVE] = "inconclusive",
        [VERDICT_NOT_APPLICABLE] = "not applicable",
        [VERDICT_ERROR] = "error",
    };
    return names[verdict];
}

enum verdict verdict_worse(enum verdict a, enum verdict b)
{
    static const int ranks[VERDICTS] = {
        [VERDICT_PASS] = 0,         [VERDICT_NOT_APPLICABLE] = 1, [VERDICT_WARN] = 2,
        [VERDICT_INCONCLUSIVE] = 3, [VERDICT_FAIL] = 4,           [VERDICT_ERROR] = 5,
    };
    return ranks[b] > ranks[a] ? b : a;
}

static bool is_one_of(const struct rule *rule, const char *const *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rule->id, ids[i]) == 0)
            return true;
    return false;
}

/* The shall and must sentences of B.1 (DID4 to DID6). */
static bool binds_gsma(const struct rule *rule)
{
    static const char *const ids[] = {"PF-GSMA-1", "PF-GSMA-4"};
    return is_one_of(rule, ids, COUNT_OF(ids));
}

/* A MUST that a look from outside cannot be sure about. */
static bool is_doubtful(const struct rule *rule)
{
    static const char *const ids[] = {"PF-OBJ-7"};
    return is_one_of(rule, ids, COUNT_OF(ids));
}

static bool only_warns(const struct rule *rule, const struct claims *claims)
{
    switch (rule->strength) {
    case RULE_MUST:
    case RULE_TABLE:
    case RULE_LWM2M:
        return is_doubtful(rule);
    case RULE_APPENDIX:
        return !(claims->gsma && binds_gsma(rule));
    case RULE_INTERPRETATION:
        return true;
    }
    return false;
}

enum verdict verdict_of_break(const struct rule *rule, const struct run_options *options,
                              const struct claims *claims)
{
    bool is_theirs =
        (options->third_party_device && (rule->sides & (SIDE_DEVICE | SIDE_COMPONENT)) != 0) ||
        (options->third_party_server && (rule->sides & SIDE_SERVER) != 0);
    if (!is_theirs || options->strict || !only_warns(rule, claims))
        return VERDICT_FAIL;
    return VERDICT_WARN;
}

enum verdict verdict_of_finding(const struct rule *rule, enum comparison result,
                                const struct run_options *options, const struct claims *claims)
{
    switch (result) {
    case COMPARISON_MET:
        return VERDICT_PASS;
    case COMPARISON_BROKEN:
        return rule == NULL ? VERDICT_ERROR : verdict_of_break(rule, options, claims);
    case COMPARISON_UNKNOWN:
        return VERDICT_INCONCLUSIVE;
    case COMPARISON_ELSE:
        return VERDICT_NOT_APPLICABLE;
    case COMPARISON_LENIENT:
        return options->strict ? VERDICT_FAIL : VERDICT_WARN;
    case COMPARISON_ERROR:
        return VERDICT_ERROR;
    }
    return VERDICT_ERROR;
}

bool rule_stops(const struct rule *rule)
{
    return rule->strength != RULE_INTERPRETATION && rule->strength != RULE_APPENDIX;
}

void result_release(struct result *result)
{
    for (size_t i = 0; i < result->check_count; i++)
        buf_release(&result->checks[i].text);
    free(result->checks);
    buf_release(&result->reason);
    buf_release(&result->earlier);
    result->checks = NULL;
    result->check_count = 0;
}
