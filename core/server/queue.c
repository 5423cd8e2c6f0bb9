/* SPDX-License-Identifier: Apache-2.0 */
/* Queue mode as a server sees it: requests to a client that sleeps wait until it is heard again
 * (LwM2M TS 1.1, 6.5). */
#include "base/std.h"

#include "server/server_impl.h"

/* MAX_TRANSMIT_WAIT of CoAP: how long a client listens after its last message. */
enum { AWAKE_MS = 93000 };

static int64_t now(const struct client_entry *entry)
{
    return clock_now(entry->server->config.clock);
}

static struct run *oldest_held(const struct client_entry *entry)
{
    struct run *oldest = NULL;
    for (struct run *run = entry->runs; run != NULL; run = run->next)
        if (run->held != NULL)
            oldest = run;
    return oldest;
}

static bool is_reachable(const struct client_entry *entry)
{
    return entry->client.peer != NULL && (!entry->client.queues || now(entry) < entry->awake_until);
}

bool queue_holds(const struct client_entry *entry)
{
    return entry->client.queues && (!is_reachable(entry) || oldest_held(entry) != NULL);
}

void queue_hold(struct run *run, const struct message *message)
{
    run->held = xalloc(sizeof *run->held);
    message_copy(message, run->held);
}

void queue_release(struct run *run)
{
    if (run->held == NULL)
        return;
    message_release(run->held);
    free(run->held);
    run->held = NULL;
}

/* One by one: the next when the one before has ended. */
static void send_next(void *arg)
{
    struct client_entry *entry = arg;
    struct run *run = oldest_held(entry);
    if (run == NULL || entry->released != NULL || !is_reachable(entry))
        return;
    entry->released = run;
    operate_send_held(run);
}

void queue_heard(struct client_entry *entry)
{
    int64_t awake_ms = entry->server->config.awake_ms;
    entry->awake_until = now(entry) + (awake_ms > 0 ? awake_ms : AWAKE_MS);
    if (oldest_held(entry) != NULL)
        timer_start(&entry->waking, entry->server->config.clock, 0, send_next, entry);
}

void queue_ended(const struct run *run, enum status status)
{
    struct client_entry *entry = run->entry;
    if (entry->released == run)
        entry->released = NULL;
    if (status == ST_OK)
        queue_heard(entry);
    else
        entry->awake_until = 0; /* it said nothing, so it sleeps */
}
