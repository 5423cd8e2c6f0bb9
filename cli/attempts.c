/* SPDX-License-Identifier: Apache-2.0 */
/* Attempts at one scenario, and what they come to together. */
#include "base/std.h"

#include "cli/attempts.h"
#include "report/report.h"
#include "scenario/scenario.h"

enum { EARLIER_MOST = 1 << 20 };

static bool has_failed(const struct result *result)
{
    return result->verdict == VERDICT_FAIL || result->verdict == VERDICT_ERROR;
}

static bool has_passed(const struct result *result)
{
    return result->verdict == VERDICT_PASS || result->verdict == VERDICT_WARN;
}

/* AGAIN passed after FIRST did not: takes it over, with what FIRST says. */
static void supersede(struct result *first, struct result *again, bool strict)
{
    again->attempts = first->attempts;
    first->attempts = 1; /* what is told of it is of that one */
    buf_init(&again->earlier, EARLIER_MOST);
    result_explain(first, &again->earlier);
    again->is_flaky = true;
    again->verdict = strict ? VERDICT_FAIL : VERDICT_WARN;
    buf_clear(&again->reason);
    buf_printf(&again->reason, "flaky: it passed at attempt %u, but not at the first",
               again->attempts);
    again->started_utc = first->started_utc;
    again->duration_ms += first->duration_ms;
    result_release(first);
    *first = *again;
}

void attempts_play(const struct attempts *attempts, struct result *out, enum status *out_status)
{
    attempts->play(attempts->arg, 0, out, out_status);
    out->attempts = 1;
    bool goes_on = has_failed(out) && *out_status != ST_INVALID;
    while (goes_on && out->attempts <= attempts->retries && !attempts->is_stopped(attempts->arg)) {
        struct result again;
        enum status status = ST_OK;
        attempts->play(attempts->arg, out->attempts, &again, &status);
        out->attempts++;
        goes_on = !has_passed(&again);
        if (goes_on) {
            out->duration_ms += again.duration_ms;
            result_release(&again);
        } else {
            supersede(out, &again, attempts->strict);
            *out_status = status;
        }
    }
}
