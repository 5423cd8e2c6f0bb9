/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody else's device did otherwise than ours, while a scenario is played. */
#include "base/std.h"

#include "scenario/run_impl.h"
#include "scenario/theirs_impl.h"

enum { ERROR_MS = 5000 };

/* What is not met may be no broken rule. */
static void accept(const struct run *run, const struct step *step, const struct outcome *outcome,
                   struct finding *finding)
{
    struct finding nobody;
    const struct cast_server *server = run_server_of(run, step, &nobody);
    const struct acceptance acceptance = {
        .stage = run->stage,
        .server = server == NULL ? NULL : server->actor,
        .endpoint = run->claims->endpoint,
        .scenario = run->scenario,
        .comparer = &run->comparer,
        .error_ms = run_with_patience(run, ERROR_MS),
        .is_partial = run->claims->is_partial,
        .is_spread = run->is_spread,
        .is_1_0 = claims_lack_format(run->claims, "senml-cbor"),
        .in_cleanup = run->in_cleanup,
        .was_refused = run->result->verdict == VERDICT_NOT_APPLICABLE,
    };
    if (server != NULL)
        accept_outcome(&acceptance, step, outcome, finding);
}

void run_accept(struct run *run, const struct step *step, const struct outcome *outcome,
                struct finding *finding)
{
    const struct choices choices = {run->claims, run->comparer.oracle, run->result};
    if (!run->options->third_party_device)
        return;
    if (finding->result == COMPARISON_BROKEN)
        accept(run, step, outcome, finding);
    if (finding->result == COMPARISON_MET)
        choices_name(&choices, step, outcome, finding);
    run->is_spread = run->is_spread || outcome_is_spread(outcome);
}
