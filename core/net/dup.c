/* SPDX-License-Identifier: Apache-2.0 */
/* Requests seen lately and their answers, by peer and message id, the oldest first. */
#define uthash_malloc(size)     xalloc(size)
#define uthash_free(data, size) free(data)
#include <uthash.h>

#include "base/std.h"

#include "net/dup.h"

struct dup_key {
    const void *peer; /* (borrowed) a name only */
    uintptr_t message_id;
};

struct dup {
    struct dup_key key;
    int64_t seen; /* clock_now() */
    struct packet answer;
    UT_hash_handle hh;
};

struct dups {
    struct clock *clock; /* (borrowed) */
    struct dup *all;     /* (owned) a hash in the order of arrival */
    struct timer expiry; /* of the oldest */
};

struct dups *dups_new(struct clock *clock)
{
    struct dups *dups = xalloc(sizeof *dups);
    dups->clock = clock;
    return dups;
}

static void drop(struct dups *dups, struct dup *dup)
{
    HASH_DEL(dups->all, dup);
    packet_release(&dup->answer);
    free(dup);
}

void dups_free(struct dups *dups)
{
    if (dups == NULL)
        return;
    timer_stop(&dups->expiry);
    while (dups->all != NULL)
        drop(dups, dups->all);
    free(dups);
}

static void expire(void *arg)
{
    struct dups *dups = arg;
    int64_t now = clock_now(dups->clock);
    while (dups->all != NULL && dups->all->seen + EXCHANGE_LIFETIME_MS <= now)
        drop(dups, dups->all);
    if (dups->all != NULL)
        timer_start(&dups->expiry, dups->clock, dups->all->seen + EXCHANGE_LIFETIME_MS - now,
                    expire, dups);
}

const struct packet *dups_find(const struct dups *dups, const void *peer, int message_id)
{
    struct dup_key key = {peer, (uintptr_t)message_id};
    struct dup *found = NULL;
    if (dups == NULL)
        return NULL;
    HASH_FIND(hh, dups->all, &key, sizeof key, found);
    return found != NULL ? &found->answer : NULL;
}

void dups_keep(struct dups *dups, const void *peer, int message_id, const struct packet *answer)
{
    if (dups == NULL)
        return;
    if (HASH_COUNT(dups->all) == DUPS_MOST)
        drop(dups, dups->all);
    struct dup *dup = xalloc(sizeof *dup);
    dup->key = (struct dup_key){peer, (uintptr_t)message_id};
    dup->seen = clock_now(dups->clock);
    dup->answer = *answer;
    message_copy(&answer->message, &dup->answer.message);
    HASH_ADD(hh, dups->all, key, sizeof dup->key, dup);
    if (!timer_running(&dups->expiry))
        timer_start(&dups->expiry, dups->clock, EXCHANGE_LIFETIME_MS, expire, dups);
}

void dups_forget_peer(struct dups *dups, const void *peer)
{
    struct dup *next;
    for (struct dup *at = dups == NULL ? NULL : dups->all; at != NULL; at = next) {
        next = at->hh.next;
        if (at->key.peer == peer)
            drop(dups, at);
    }
}
