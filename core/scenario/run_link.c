/* SPDX-License-Identifier: Apache-2.0 */
/* What is done to the path between both ends, and what answers `raw octets`: codes alone. */
#include "base/std.h"

#include "scenario/run_impl.h"

enum { TYPE_RESET = 3 };

static bool octets_answered(struct link_port *link, struct outcome *out)
{
    struct buf answer;
    buf_init_secret(&answer, out->payload.limit);
    bool is_there = link->ops->take_answer(link, &answer) && answer.len >= 4;
    if (is_there && (answer.data[0] >> 4 & 3) == TYPE_RESET)
        out->code = CODE_RESET;
    else if (is_there)
        out->code = answer.data[1];
    buf_release(&answer);
    return is_there;
}

static const void *look_for_answer(struct run *run, const struct step *step)
{
    UNUSED(step);
    return octets_answered(run->link, &run->answer) ? &run->answer : NULL;
}

/* What `raw octets` is answered, unless nobody asks. */
static void await_answer(struct run *run, const struct step *step, struct performed *performed)
{
    if (!step_injects(step) || !step->has_expected)
        return;
    outcome_init(&run->answer);
    run_await(run, step, look_for_answer);
    performed->finding = compare_outcome(&run->comparer, step, &run->answer);
    performed->is_heard = run->answer.code != 0;
    outcome_explain(&run->answer, step->path, &performed->actual);
    outcome_release(&run->answer);
}

void run_link(struct run *run, const struct step *step, struct performed *performed)
{
    struct error error;
    const struct cast_server *server = run_server_of(run, step, &performed->finding);
    error_clear(&error);
    if (server == NULL)
        return;
    run->link = server->link;
    if (run->link == NULL) {
        performed->finding =
            finding_of(COMPARISON_UNKNOWN, "the path to this server is not ours to impair");
        return;
    }
    enum status status = run->link->ops->impair(run->link, &step->impairment, &error);
    if (status != ST_OK)
        performed->finding = finding_of_status(status, error.text);
    else
        await_answer(run, step, performed);
}
