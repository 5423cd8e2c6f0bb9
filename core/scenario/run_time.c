/* SPDX-License-Identifier: Apache-2.0 */
/* How long a scenario may take, by the clock of its stage and by the machine's. */
#include "base/std.h"

#include "scenario/run_impl.h"

enum { TIMEOUT_MS = 60000 };

int64_t run_usual_limit(const struct run *run)
{
    int64_t usual = run->scenario->timeout_ms > 0 ? run->scenario->timeout_ms : TIMEOUT_MS;
    return run->options->timeout_ms > 0 ? run->options->timeout_ms : usual;
}

void run_limit(struct run *run, int64_t limit_ms)
{
    const struct stage_ops *ops = run->stage->ops;
    run->deadline = ops->now(run->stage) + limit_ms;
    if (ops->pace != NULL)
        ops->pace(run->stage, limit_ms);
}

const char *run_lost_pace(const struct run *run)
{
    const struct stage_ops *ops = run->stage->ops;
    return ops->lost_pace == NULL ? NULL : ops->lost_pace(run->stage);
}
