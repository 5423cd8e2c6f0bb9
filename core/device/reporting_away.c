/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of observations when their server is away or has gone (LwM2M TS 1.1, resource 6 of
 * the Server object). */
#include "base/std.h"

#include "device/reporting_impl.h"

void reporting_store(struct reporting *reporting, struct notice *notice)
{
    char path[PATH_TEXT];
    struct audience *audience = notice->observation->audience;
    const char *name = observation_name(notice->observation, path);
    if (!audience_store(audience, notice))
        trace_say(reporting->device->config.trace, EVENT_WARNING, "device",
                  "server %u is away: what it is to hear of \"%s\" takes the place of the oldest",
                  audience->ssid, name);
}

/* rule: I-10 */
bool reporting_wants(const struct notice *notice)
{
    const struct observation *observation = notice->observation;
    return (notice->last || !observation->over) && !notice->message.sensitive && !notice->again &&
           observation_stores(observation);
}

void reporting_miss(struct reporting *reporting, struct notice *notice)
{
    struct audience *audience = notice->observation->audience;
    notice->again = true;
    audience->away = true;
    audience->back = false;
    registration_update(notice->observation->registration);
    reporting_store(reporting, notice);
}

static bool stores(const struct registration *registration)
{
    return account_boolean(registration_account(registration), ACCOUNT_STORING, true);
}

static struct audience *audience_with(const struct reporting *reporting,
                                      const struct registration *registration)
{
    return audience_of(reporting->audiences, registration_account(registration)->ssid);
}

static void drop_queued(struct reporting *reporting, const struct registration *registration)
{
    struct notices gone = {0};
    notices_split(&reporting->queue, registration, &gone);
    audience_drop(&gone);
    if (reporting->queue.count == 0)
        timer_stop(&reporting->flush);
}

/* What is sent already stays until its outcome is known. */
static void void_all(struct reporting *reporting, const struct registration *registration)
{
    struct audience *audience = audience_with(reporting, registration);
    drop_queued(reporting, registration);
    for (struct observation *at = reporting->observations; at != NULL; at = at->next)
        at->over = at->over || at->registration == registration;
    if (audience != NULL) {
        audience_drop(&audience->stored);
        audience->away = false;
        audience->back = false;
    }
    reporting_sweep(reporting);
    reporting_schedule(reporting);
}

void reporting_clear(struct reporting *reporting, const struct registration *registration)
{
    if (!stores(registration))
        void_all(reporting, registration);
}

/* What cannot be kept is told as it is when the server is there again. */
static void keep(struct reporting *reporting, struct notices *notices)
{
    struct notice *notice;
    while ((notice = notices_pop(notices)) != NULL) {
        if (reporting_wants(notice)) {
            reporting_store(reporting, notice);
            continue;
        }
        notice->observation->owed = true;
        observation_settle(notice->observation);
        notice_free(notice);
    }
}

void reporting_forget(struct reporting *reporting, const struct registration *registration)
{
    struct audience *audience = audience_with(reporting, registration);
    struct notices lost = {0};
    if (audience == NULL)
        return;
    if (!stores(registration)) {
        reporting_end(reporting, registration);
        return;
    }
    audience->away = true;
    audience->back = false;
    notices_split(&reporting->queue, registration, &lost);
    notices_append(&audience->sent, &lost);
    keep(reporting, &audience->sent);
    for (struct observation *at = reporting->observations; at != NULL; at = at->next)
        if (at->audience == audience)
            at->peer = NULL;
    reporting_sweep(reporting);
    reporting_schedule(reporting);
}

void reporting_end(struct reporting *reporting, const struct registration *registration)
{
    struct audience *audience = audience_with(reporting, registration);
    if (audience != NULL)
        audience_drop(&audience->sent);
    void_all(reporting, registration);
}

/* What was stored, without what the server may not read any more: of that it hears the end. */
static void take_stored(struct reporting *reporting, struct audience *audience, struct notices *out)
{
    struct notice *notice;
    while ((notice = notices_pop(&audience->stored)) != NULL) {
        size_t count = notice->records.count;
        access_filter(reporting->device, audience->ssid, &notice->records);
        if (notice->records.count == count) {
            notices_push(out, notice);
            continue;
        }
        notice->observation->owed = true;
        observation_settle(notice->observation);
        notice_free(notice);
    }
}

/* Nothing may overtake what was sent before. */
void reporting_try(struct reporting *reporting, struct audience *audience)
{
    struct notices stored = {0};
    const struct registration *registration = registration_of(reporting->device, audience->ssid);
    bool is_there = registration != NULL && registration_peer(registration) != NULL;
    audience->back = is_there && audience->sent.count > 0;
    if (audience->back || !is_there)
        return;
    audience->away = false;
    for (struct observation *at = reporting->observations; at != NULL; at = at->next) {
        if (at->audience != audience)
            continue;
        at->peer = registration_peer(registration);
        at->held = false;
    }
    take_stored(reporting, audience, &stored);
    reporting_enqueue(reporting, &stored);
    reporting_report(reporting);
}

void reporting_resume(struct reporting *reporting, const struct registration *registration)
{
    struct audience *audience = audience_with(reporting, registration);
    if (audience != NULL && (audience->away || stores(registration)))
        reporting_try(reporting, audience);
}
