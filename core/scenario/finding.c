/* SPDX-License-Identifier: Apache-2.0 */
/* What a step came to, where no comparison told it. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

struct finding finding_of(enum comparison result, const char *format, ...)
{
    struct finding finding = {.result = result};
    va_list values;
    va_start(values, format);
    vsnprintf(finding.reason, sizeof finding.reason, format, values);
    va_end(values);
    return finding;
}

struct finding finding_of_silence(const struct step *step, const char *why)
{
    if (expectation_accepts_silence(&step->expectation))
        return (struct finding){.result = COMPARISON_MET};
    struct finding finding = finding_of(COMPARISON_BROKEN, "%.290s", why);
    finding.at = step->expectation.code_at;
    return finding;
}

struct finding finding_of_status(enum status status, const char *why)
{
    const char *reason = why[0] != '\0' ? why : status_text(status);
    return finding_of(status == ST_UNSUPPORTED ? COMPARISON_UNKNOWN : COMPARISON_ERROR, "%.290s",
                      reason);
}

bool status_is_silence(enum status status)
{
    return status == ST_TIMEOUT || status == ST_UNREACHABLE || status == ST_NOT_FOUND ||
           status == ST_CANCELLED;
}
