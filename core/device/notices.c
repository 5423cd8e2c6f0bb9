/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications in a row: to be sent, to be acknowledged, or kept for a server that is away. */
#include "base/std.h"

#include "device/reporting_impl.h"

void notice_free(struct notice *notice)
{
    message_release(&notice->message);
    records_release(&notice->records);
    free(notice);
}

void notices_push(struct notices *notices, struct notice *notice)
{
    notice->next = NULL;
    if (notices->first == NULL)
        notices->first = notice;
    else
        notices->last->next = notice;
    notices->last = notice;
    notices->count++;
}

struct notice *notices_pop(struct notices *notices)
{
    struct notice *notice = notices->first;
    if (notice == NULL)
        return NULL;
    notices->first = notice->next;
    notice->next = NULL;
    notices->count--;
    return notice;
}

void notices_append(struct notices *notices, struct notices *more)
{
    struct notice *notice;
    while ((notice = notices_pop(more)) != NULL)
        notices_push(notices, notice);
}

void notices_insert(struct notices *notices, struct notice *notice)
{
    struct notices later = {0};
    struct notices all = *notices;
    struct notice *at;
    *notices = (struct notices){0};
    while ((at = notices_pop(&all)) != NULL)
        notices_push(at->number < notice->number ? notices : &later, at);
    notices_push(notices, notice);
    notices_append(notices, &later);
}

void notices_split(struct notices *notices, const struct registration *registration,
                   struct notices *out)
{
    struct notices all = *notices;
    struct notice *at;
    *notices = (struct notices){0};
    while ((at = notices_pop(&all)) != NULL)
        notices_push(at->observation->registration == registration ? out : notices, at);
}

void notices_remove(struct notices *notices, const struct notice *notice)
{
    struct notices all = *notices;
    struct notice *at;
    *notices = (struct notices){0};
    while ((at = notices_pop(&all)) != NULL)
        if (at != notice)
            notices_push(notices, at);
}
