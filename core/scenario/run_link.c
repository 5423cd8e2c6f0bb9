/* SPDX-License-Identifier: Apache-2.0 */
/* What is done to the path between both ends, and what answers `raw octets`: codes alone. */
#include "base/std.h"

#include "base/datagram.h"
#include "scenario/run_impl.h"

enum { TYPE_RESET = 3 };

/* A payload, which may be secret, only by its length. */
static void note_datagram(struct run *run, const char *way, struct bytes octets, size_t shown)
{
    struct buf *out = &run->datagrams;
    buf_printf(out, "           %s  hex:", way);
    buf_put_hex(out, (struct bytes){octets.data, shown});
    if (shown < octets.len)
        buf_printf(out, " and %zu octets of payload", octets.len - shown);
    buf_puts(out, "\n");
}

/* Why ANSWER is none to what was SENT, which may be wrong itself; NULL: it is one. */
static const char *misfit(struct bytes sent, struct bytes answer)
{
    const char *fault = datagram_fault(answer);
    bool is_reset = (answer.data[0] >> 4 & 3) == TYPE_RESET;
    if (fault != NULL || is_reset || datagram_fault(sent) != NULL)
        return fault;
    return bytes_equal(datagram_token(sent), datagram_token(answer)) ? NULL
                                                                     : "it has another token";
}

static bool octets_answered(struct run *run, struct bytes sent, struct outcome *out)
{
    struct link_port *link = run->link;
    struct buf answer;
    buf_init_secret(&answer, out->payload.limit);
    bool is_there = link->ops->take_answer(link, &answer) && answer.len >= 4;
    if (is_there && (answer.data[0] >> 4 & 3) == TYPE_RESET)
        out->code = CODE_RESET;
    else if (is_there)
        out->code = answer.data[1];
    const char *why = is_there ? misfit(sent, buf_bytes(&answer)) : NULL;
    out->misanswered = why != NULL;
    if (why != NULL)
        snprintf(out->problem, sizeof out->problem, "the answer is none: %s", why);
    if (is_there)
        note_datagram(run, "the answer   ", buf_bytes(&answer),
                      datagram_payload_at(buf_bytes(&answer)));
    buf_release(&answer);
    return is_there;
}

static const void *look_for_answer(struct run *run, const struct step *step)
{
    struct bytes sent = value_bytes(&step->impairment.octets);
    return octets_answered(run, sent, &run->answer) ? &run->answer : NULL;
}

/* What `raw octets` is answered, unless nobody asks. */
static void await_answer(struct run *run, const struct step *step, struct performed *performed)
{
    if (!step_injects(step) || !step->has_expected)
        return;
    struct bytes sent = value_bytes(&step->impairment.octets);
    outcome_init(&run->answer);
    note_datagram(run, "as dictated  ", sent, sent.len);
    run_await(run, step, look_for_answer);
    performed->finding = run->answer.misanswered
                             ? finding_of_misanswer(step, run->answer.problem)
                             : compare_outcome(&run->comparer, step, &run->answer);
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
