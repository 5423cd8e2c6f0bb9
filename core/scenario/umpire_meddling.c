/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody else's server does otherwise than the steps ask for: our own device may then be in
 * another state than they count on. */
#include "base/std.h"

#include "scenario/umpire_impl.h"

static bool holds_data(const struct records *values)
{
    for (size_t i = 0; i < values->count; i++) {
        const struct record *record = &values->items[i];
        if (path_is_portfolio(record->path, AUTH_DATA) && record->value.type != VALUE_NONE)
            return true;
    }
    return false;
}

/* What was refused, and a look at what does not change by it, leave the device as it was. */
static bool may_matter(const struct actor_event *event)
{
    bool only_looks =
        (event->method == CODE_GET || event->method == CODE_FETCH) && event->request->observe < 0;
    bool is_success = event->outcome->code >> 5 == 2;
    return is_success && (!only_looks || holds_data(&event->outcome->values));
}

/* Steps say what is asked for in raw messages, and a service is the server's own. */
static bool is_free(const struct umpire *umpire)
{
    return (umpire->operation != NULL && umpire_is_verbatim(umpire->operation)) ||
           umpire_is_service(umpire);
}

void umpire_note_extra(struct umpire *umpire, const struct actor_event *event)
{
    char path[PATH_TEXT];
    bool took_data = umpire->has_arrived && holds_data(&umpire->answer.values);
    if (umpire->trusts && !is_free(umpire) && (may_matter(event) || took_data))
        snprintf(umpire->meddling, sizeof umpire->meddling, "the server asked %s \"%s\" by itself",
                 method_name(event->method), path_text(event->path, path));
}

void umpire_note_difference(struct umpire *umpire, const struct actor_event *event, size_t findings)
{
    char path[PATH_TEXT];
    if (umpire->trusts && !is_free(umpire) && umpire->found_count > findings)
        snprintf(umpire->meddling, sizeof umpire->meddling,
                 "the server asked %s \"%s\" in another way than its step says",
                 method_name(event->method), path_text(event->path, path));
}

void umpire_note_refusal(struct umpire *umpire, const struct actor_event *event)
{
    if (umpire->trusts)
        snprintf(umpire->meddling, sizeof umpire->meddling,
                 "the server answered %s \"%.40s\" of the device in a way that breaks a rule",
                 method_name(event->method), event->text);
}

/* That ends an observation, which is what a step may have asked for. */
void umpire_note_reset(struct umpire *umpire)
{
    if (umpire->trusts && umpire->strays_due > 0)
        umpire->strays_due--;
    else if (umpire->trusts)
        snprintf(umpire->meddling, sizeof umpire->meddling,
                 "the server answered a message of the device by Reset");
}

void umpire_note_omission(struct umpire *umpire)
{
    char path[PATH_TEXT];
    if (umpire->trusts)
        snprintf(umpire->meddling, sizeof umpire->meddling,
                 "the server did not do what it was asked for: %s \"%s\"",
                 operation_name(umpire->operation->kind), path_text(umpire->operation->path, path));
}

const char *umpire_meddling(const struct umpire *umpire)
{
    return umpire->meddling[0] == '\0' ? NULL : umpire->meddling;
}
