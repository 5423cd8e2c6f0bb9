/* SPDX-License-Identifier: Apache-2.0 */
/* What our own device was seen to do, while somebody else's server tells of it: what that server
 * withholds, makes up, or does by itself is not held against the device. */
#include "base/std.h"

#include "base/coap.h"
#include "scenario/run_impl.h"
#include "scenario/theirs_impl.h"

void run_see(struct run *run, const struct actor_event *event)
{
    struct actor_event seen = *event;
    struct outcome outcome;
    if (!run->options->third_party_server || !actor_event_mirrored(event, &seen.kind))
        return;
    outcome = *event->outcome; /* what it owns stays the event's */
    if (event->kind == ACTOR_POSTED)
        outcome.code = CODE_CONTENT;
    seen.outcome = event->kind == ACTOR_REPLIED ? NULL : &outcome;
    seen.text = NULL;
    events_add(&run->seen, &seen);
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The server has told SEEN as it was. */
static bool is_same(const struct heard *seen, const struct heard *told)
{
    return seen->outcome.code == told->outcome.code &&
           umpire_same_values(&seen->outcome.values, &told->outcome.values) &&
           same_text(seen->links, told->links) && same_text(seen->lifetime, told->lifetime);
}

/* What the device did that STEP is met by, up to what the server has told of, HEARD, or NULL: all
 * that it did. What is passed over on the way is over. *IS_IDLE: the device has done nothing of
 * that kind. */
static const struct heard *find_deed(struct run *run, const struct step *step,
                                     const struct heard *heard, bool *is_idle)
{
    const struct heard *seen = events_take(&run->seen, step);
    *is_idle = seen == NULL;
    while (seen != NULL && run_compare_heard(run, step, seen).result != COMPARISON_MET) {
        if (heard != NULL && is_same(seen, heard))
            return NULL;
        seen = events_take(&run->seen, step);
    }
    return seen;
}

static bool is_registered(const struct run *run, const struct step *step)
{
    const struct registered *known = events_registration(&run->seen, step->server);
    if (known == NULL || !known->alive)
        return false;
    const struct registration_seen seen = {known->links != NULL, known->links, known->lifetime,
                                           known->terms};
    return compare_registration(&run->comparer, &step->expectation, &seen).result == COMPARISON_MET;
}

static const char *find_excuse(struct run *run, const struct step *step, const struct heard *heard,
                               bool is_broken)
{
    bool is_idle = false;
    if (step->verb->what == EXPECT_REGISTER)
        return is_registered(run, step)
                   ? "the device was accepted like that, but the server, or what drives it, tells "
                     "something else"
                   : NULL;
    bool is_absence = (step->verb->flags & VERB_ABSENT) != 0;
    if (is_absence && !is_broken)
        return NULL;
    const struct heard *deed = find_deed(run, step, is_broken ? heard : NULL, &is_idle);
    if (heard != NULL && is_idle)
        return "the server, or what drives it, tells of something that the device has not done";
    if (deed == NULL || is_absence)
        return NULL;
    return heard == NULL ? "the device has done this, but the server, or what drives it, does not "
                           "tell of it"
                         : "the device has done this, but the server, or what drives it, tells "
                           "something else";
}

void run_look_at_device(struct run *run, const struct step *step, const struct heard *heard,
                        struct performed *performed)
{
    enum comparison result = performed->finding.result;
    bool is_broken = result == COMPARISON_BROKEN;
    if (!run->options->third_party_server || step_looks_inside(step) ||
        (!is_broken && result != COMPARISON_MET))
        return;
    const char *excuse = find_excuse(run, step, heard, is_broken);
    performed->excuse = is_broken ? excuse : NULL;
}

void run_excuse_device(const struct run *run, struct performed *performed)
{
    struct finding *finding = &performed->finding;
    const char *excuse = performed->excuse;
    if (!run->options->third_party_server || finding->result != COMPARISON_BROKEN ||
        umpire_is_servers(run->umpire, performed->fits))
        return;
    if (excuse == NULL)
        excuse = umpire_meddling(run->umpire);
    if (excuse != NULL)
        *finding = finding_of(COMPARISON_UNKNOWN, "%.200s; that is not the device's fault", excuse);
}
