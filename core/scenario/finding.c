/* SPDX-License-Identifier: Apache-2.0 */
/* What a step came to, where no comparison told it. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

enum { GET = 1 }; /* CoAP method code */

struct finding finding_of(enum comparison result, const char *format, ...)
{
    struct finding finding = {.result = result};
    va_list values;
    va_start(values, format);
    vsnprintf(finding.reason, sizeof finding.reason, format, values);
    va_end(values);
    return finding;
}

struct finding finding_of_silence(const struct step *step, bool is_theirs, const char *why)
{
    if (expectation_accepts_silence(&step->expectation))
        return (struct finding){.result = COMPARISON_MET};
    if (is_theirs && step->operation.kind == OPERATION_REPEAT)
        return finding_of(COMPARISON_UNKNOWN,
                          "a device that answers later, by a message of its own, need only "
                          "acknowledge what is repeated");
    struct finding finding = finding_of(COMPARISON_BROKEN, "%.290s", why);
    finding.at = step->expectation.code_at;
    return finding;
}

/* Nothing that a rule could judge: who was to do it is gone, or could not. */
static bool is_of_environment(enum status status)
{
    return status == ST_IO || status == ST_UNREACHABLE || status == ST_TIMEOUT ||
           status == ST_REFUSED;
}

struct finding finding_of_status(enum status status, const char *why)
{
    const char *reason = why[0] != '\0' ? why : status_text(status);
    bool is_unknown = status == ST_UNSUPPORTED;
    struct finding finding =
        finding_of(is_unknown ? COMPARISON_UNKNOWN : COMPARISON_ERROR, "%.290s", reason);
    finding.is_lost = is_of_environment(status);
    finding.is_undone = is_unknown;
    return finding;
}

struct finding finding_of_absence(const char *why)
{
    struct finding finding = finding_of(COMPARISON_ERROR, "%.290s", why);
    finding.is_lost = true;
    return finding;
}

bool status_is_silence(enum status status)
{
    return status == ST_TIMEOUT || status == ST_UNREACHABLE || status == ST_NOT_FOUND ||
           status == ST_CANCELLED;
}

/* What changes nothing leaves nothing undone. */
static bool may_change(const struct step *step)
{
    const struct operation *operation = &step->operation;
    bool only_looks =
        operation->kind == OPERATION_READ || operation->kind == OPERATION_DISCOVER ||
        operation->kind == OPERATION_READ_COMPOSITE ||
        (operation->kind == OPERATION_RAW && operation->method == GET && operation->observe < 0);
    return step->verb->kind != STEP_OPERATION || !only_looks;
}

void finding_follow(struct finding *finding, const struct step *step, bool *is_undone)
{
    if (finding->result == COMPARISON_BROKEN && *is_undone) {
        finding->result = COMPARISON_UNKNOWN;
        snprintf(finding->reason, sizeof finding->reason,
                 "what a step before it should have done could not be done");
    }
    *is_undone = *is_undone || (finding->is_undone && may_change(step));
}
