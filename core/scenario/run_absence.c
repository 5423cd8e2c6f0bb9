/* SPDX-License-Identifier: Apache-2.0 */
/* Ends of others that are not there, or not any more: what they do not do then breaks no rule. */
#include "base/std.h"

#include "scenario/run_impl.h"

enum { FAILURE_SHOWN = 200 };

/* How the registration ended while nobody asked the device for it; NULL: it has not. */
static const char *end_of_registration(const struct run *run)
{
    const struct registered *known = events_registration(&run->events, run->cast.servers[0].id);
    if (!run->options->third_party_device || run->is_provoked || known == NULL || known->alive)
        return NULL;
    return known->has_expired
               ? "the registration has expired: no Update of the device came within its lifetime"
               : "the device has left: it ended its registration";
}

void run_put_failure(const char *lead, const char *why, struct buf *out)
{
    const char *plan = why == NULL ? NULL : strstr(why, "; trying again");
    size_t len = plan == NULL ? FAILURE_SHOWN : (size_t)(plan - why);
    if (why != NULL)
        buf_printf(out, "%s%.*s", lead, (int)(len < FAILURE_SHOWN ? len : FAILURE_SHOWN), why);
}

/* A server under test that nobody reaches breaks no rule. */
static struct finding finding_of_silent_server(struct run *run)
{
    struct buf text;
    buf_init(&text, 300);
    buf_puts(&text, "the server does not answer");
    run_put_failure(": ", events_failure(&run->events), &text);
    if (run->stage->ops->give_up != NULL) /* it will not try again */
        run->stage->ops->give_up(run->stage, buf_text(&text));
    struct finding finding = finding_of_absence(buf_text(&text));
    buf_release(&text);
    return finding;
}

/* The end of others; it may have been told to be silent. */
static bool is_gone(struct run *run, struct error *out_why)
{
    const struct stage_ops *ops = run->stage->ops;
    const struct run_options *options = run->options;
    bool may_be = !run->in_cleanup && ((options->third_party_device && !run->is_provoked) ||
                                       (options->third_party_server && !run->is_controlled));
    error_clear(out_why);
    return may_be && ops->is_gone != NULL && ops->is_gone(run->stage, out_why);
}

void run_look_for_absence(struct run *run, struct performed *performed)
{
    struct error why;
    const char *end = end_of_registration(run);
    if (performed->finding.result != COMPARISON_BROKEN)
        return;
    if (end != NULL)
        performed->finding = finding_of_absence(end);
    else if (run->options->third_party_server && !run->events.has_answered)
        performed->finding = finding_of_silent_server(run);
    else if (performed->is_silent && is_gone(run, &why))
        performed->finding = finding_of_absence(why.text);
}

void run_note_silence(struct run *run, const struct step *step, const struct performed *performed)
{
    bool listens = step->verb->kind == STEP_EXPECT || step->verb->kind == STEP_OPERATION ||
                   step->verb->kind == STEP_LINK;
    if (performed->is_heard)
        run->unheard = NULL;
    else if (listens && step_is_check(step) && performed->finding.result == COMPARISON_MET)
        run->unheard = step;
}

/* What is judged anew has no verdict beside that one. */
static void drop_passes(struct run *run, const struct step *step)
{
    struct result *result = run->result;
    size_t kept = 0;
    unsigned line = 0;
    unsigned column = 0;
    source_locate(&run->scenario->source, step->line.data, &line, &column);
    for (size_t i = 0; i < result->check_count; i++) {
        struct check *check = &result->checks[i];
        if (check->line == line && check->verdict == VERDICT_PASS)
            buf_release(&check->text);
        else
            result->checks[kept++] = *check;
    }
    result->check_count = kept;
}

bool run_ends_in_absence(struct run *run, struct performed *out)
{
    struct error why;
    if (run->unheard == NULL || !is_gone(run, &why))
        return false;
    drop_passes(run, run->unheard);
    out->finding = finding_of_absence(why.text);
    return true;
}
