/* SPDX-License-Identifier: Apache-2.0 */
/* Observe requests by token. */
#include "base/std.h"

#include "net/observers.h"

struct observer {
    struct observer *next; /* (owned) */
    struct message asked;  /* without its payload */
    unsigned szx;
};

static void drop(struct observers *observers, struct observer **place)
{
    struct observer *observer = *place;
    *place = observer->next;
    observers->count--;
    message_release(&observer->asked);
    free(observer);
}

void observers_release(struct observers *observers)
{
    while (observers->first != NULL)
        drop(observers, &observers->first);
}

static bool has_token(const struct message *a, const struct message *b)
{
    return a->token_len == b->token_len && memcmp(a->token, b->token, a->token_len) == 0;
}

static void add(struct observers *observers, const struct message *request, unsigned szx)
{
    if (observers->count == OBSERVERS_MOST)
        drop(observers, &observers->first);
    struct observer *observer = xalloc(sizeof *observer);
    message_copy(request, &observer->asked);
    buf_release(&observer->asked.payload);
    observer->szx = szx;
    struct observer **end = &observers->first;
    while (*end != NULL)
        end = &(*end)->next;
    *end = observer;
    observers->count++;
}

void observers_note(struct observers *observers, const struct message *request, unsigned szx,
                    bool accepted)
{
    if (request->observe != 0 && request->observe != 1)
        return;
    struct observer **at = &observers->first;
    while (*at != NULL && !has_token(&(*at)->asked, request))
        at = &(*at)->next;
    if (*at != NULL)
        drop(observers, at);
    if (accepted && request->observe == 0)
        add(observers, request, szx);
}

static const struct observer *find(const struct observers *observers,
                                   const struct message *notification)
{
    const struct observer *at = observers->first;
    while (at != NULL && !has_token(&at->asked, notification))
        at = at->next;
    return at;
}

bool observers_have(const struct observers *observers, const struct message *notification)
{
    return find(observers, notification) != NULL;
}

unsigned observers_complete(const struct observers *observers, struct message *notification)
{
    const struct observer *at = find(observers, notification);
    if (at == NULL)
        return SZX_MOST;
    segments_release(&notification->path);
    segments_release(&notification->query);
    segments_copy(&at->asked.path, &notification->path);
    segments_copy(&at->asked.query, &notification->query);
    notification->accept = at->asked.accept;
    return at->szx;
}
