/* SPDX-License-Identifier: Apache-2.0 */
/* What a scenario has left changed at an end that is somebody else's. */
#include "base/std.h"

#include "scenario/run_impl.h"

void run_tell_left(struct run *run)
{
    const struct scenario *scenario = run->scenario;
    const struct stage_ops *ops = run->stage->ops;
    const char *left = ops->left == NULL ? "" : ops->left(run->stage);
    struct result *result = run->result;
    unsigned column = 0;
    if (left[0] == '\0' || scenario->step_count == 0)
        return;
    result->checks = xgrow(result->checks, result->check_count + 1, sizeof *result->checks);
    struct check *check = &result->checks[result->check_count++];
    *check = (struct check){.verdict = VERDICT_WARN};
    buf_init(&check->text, EXPLANATION_MOST);
    buf_printf(&check->text, "left changed: %s", left);
    source_locate(&scenario->source, scenario->steps[scenario->step_count - 1].line.data,
                  &check->line, &column);
    if (result->verdict != VERDICT_PASS)
        return;
    result->verdict = VERDICT_WARN;
    buf_put(&result->reason, buf_bytes(&check->text));
}
