/* SPDX-License-Identifier: Apache-2.0 */
/* How long a scenario may take, by the clock of its stage and by the machine's. */
#include "base/std.h"

#include "base/portfolio.h"
#include "scenario/run_impl.h"

enum {
    TIMEOUT_MS = 60000,
    SOON_MS = 100 /* a process that takes less is not there to be met while it runs */
};
static const double LONGEST_MS = 1e12; /* whatever the patience: decades */

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

/* --- patience -------------------------------------------------------------------------- */
int64_t run_with_patience(const struct run *run, int64_t ms)
{
    double factor = run->options->patience > 0 ? run->options->patience : 1.0;
    double scaled = (double)ms * factor;
    return scaled < LONGEST_MS ? (int64_t)scaled : (int64_t)LONGEST_MS;
}

/* Nobody tells it how long its secure component takes. */
static bool is_left_alone(const struct run *run)
{
    return run->options->third_party_device && run->cast.device == NULL;
}

int64_t run_awaited_time(const struct run *run, int64_t ms)
{
    return run_with_patience(run, is_left_alone(run) ? ms + run->claims->latency_ms : ms);
}

int64_t run_waiting_time(const struct run *run, int64_t ms)
{
    bool is_foreign = run->options->third_party_server;
    return is_left_alone(run) ? run_awaited_time(run, ms)
           : is_foreign       ? run_with_patience(run, ms)
                              : ms;
}

int64_t run_delay_time(const struct run *run, int64_t ms)
{
    int64_t most = run->claims->limit_ms;
    int64_t scaled = run->options->third_party_server ? run_with_patience(run, ms) : ms;
    return ms < most && scaled > most ? most : scaled;
}

/* --- haste ----------------------------------------------------------------------------- */
static bool starts_process(const struct step *step)
{
    return step->verb->kind == STEP_OPERATION && step->operation.kind == OPERATION_EXECUTE;
}

static bool is_about_result(const struct step *step)
{
    bool is_read =
        step->verb->kind == STEP_OPERATION &&
        (step->operation.kind == OPERATION_READ || step->operation.kind == OPERATION_OBSERVE);
    return is_read &&
           (path_is_portfolio(step->path, AUTH_DATA) || path_is_portfolio(step->path, AUTH_STATUS));
}

static void note_time(struct run *run, const struct step *step, int64_t started_at)
{
    bool is_absence = (step->verb->flags & VERB_ABSENT) != 0;
    bool is_delay =
        step->verb->kind == STEP_STIMULUS && step->stimulus.kind == STIMULUS_COMPONENT_DELAY;
    bool waits = step->verb->kind == STEP_WAIT;
    if (is_delay)
        run->delay_ms = run_delay_time(run, step->stimulus.duration_ms);
    if (starts_process(step) && run->delay_ms >= SOON_MS)
        run->busy_until = started_at + run->delay_ms;
    else if (waits || (step->verb->kind == STEP_EXPECT && !is_absence))
        run->busy_until = 0;
    run->has_waited = waits;
}

void run_look_for_haste(struct run *run, const struct step *step, int64_t started_at,
                        struct performed *performed)
{
    struct finding *finding = &performed->finding;
    bool is_broken = finding->result == COMPARISON_BROKEN;
    bool is_late = run->options->third_party_server && run->busy_until > 0 &&
                   run->stage->ops->now(run->stage) >= run->busy_until;
    if (is_broken && is_late && !starts_process(step))
        *finding = finding_of(COMPARISON_UNKNOWN,
                              "the server took so long that the secure component, which was told "
                              "to take %" PRId64 " ms, had ended before; --patience gives it more",
                              run->delay_ms);
    else if (is_broken && is_left_alone(run) && run->has_waited && is_about_result(step) &&
             finding->reason[0] == '\0')
        snprintf(finding->reason, sizeof finding->reason,
                 "if the secure component only takes longer, claim that as \"latency\" in the "
                 "profile, or give --patience");
    note_time(run, step, started_at);
}
