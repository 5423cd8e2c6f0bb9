/* SPDX-License-Identifier: Apache-2.0 */
/* What the reporting interface keeps of each server: its attributes, and how much it owes. */
#include "base/std.h"

#include "device/reporting_impl.h"

/* Where the server is, or would be. */
static struct audience **find(struct audience **audiences, unsigned ssid)
{
    struct audience **at = audiences;
    while (*at != NULL && (*at)->ssid != ssid)
        at = &(*at)->next;
    return at;
}

struct audience *audience_of(struct audience *audiences, unsigned ssid)
{
    return *find(&audiences, ssid);
}

struct audience *audience_join(struct audience **audiences, unsigned ssid, bool evaluates)
{
    struct audience **at = find(audiences, ssid);
    if (*at != NULL)
        return *at;
    struct audience *audience = xalloc(sizeof *audience);
    audience->ssid = ssid;
    attributes_init(&audience->attributes, evaluates);
    *at = audience;
    return audience;
}

void audience_part(struct audience **audiences, unsigned ssid)
{
    struct audience **at = find(audiences, ssid);
    struct audience *audience = *at;
    if (audience == NULL)
        return;
    *at = audience->next;
    audience_drop(&audience->sent);
    audience_drop(&audience->stored);
    attributes_release(&audience->attributes);
    free(audience);
}

/* --- what is kept for it -------------------------------------------------------------------- */

bool audience_store(struct audience *audience, struct notice *notice)
{
    notices_insert(&audience->stored, notice);
    if (audience->stored.count <= STORED_MOST)
        return true;
    struct notice *oldest = notices_pop(&audience->stored);
    observation_settle(oldest->observation);
    notice_free(oldest);
    return false;
}

void audience_drop(struct notices *notices)
{
    struct notice *notice;
    while ((notice = notices_pop(notices)) != NULL) {
        observation_settle(notice->observation);
        notice_free(notice);
    }
}
