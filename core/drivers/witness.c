/* SPDX-License-Identifier: Apache-2.0 */
/* Fills in what a driver leaves out, from what the device was seen to say. */
#include "base/std.h"

#include "drivers/witness.h"
#include "net/message.h"

enum { NOBODY = -1, TOLD_MOST = 32 };

/* A notification or a Send that no event of the server has claimed. */
struct told {
    bool is_send; /* has neither path nor code */
    struct path path;
    bool several; /* of a composite observation; its path is the root then */
    uint8_t code;
    int format;
};

struct witness {
    struct server_actor actor;   /* first: what users see */
    struct server_actor *server; /* (owned) */
    struct actor_listener listener;
    bool awaits;   /* the device, of which the server has not heard yet */
    bool answered; /* since the operation under way began */
    uint8_t code;
    int format;
    struct told told[TOLD_MOST]; /* the oldest first */
    size_t told_count;
};

/* --- what the device says ----------------------------------------------------------------------
 */

static void forget(struct witness *self, size_t at)
{
    memmove(&self->told[at], &self->told[at + 1], (--self->told_count - at) * sizeof self->told[0]);
}

static void note_told(struct witness *self, const struct actor_event *event)
{
    if (self->told_count == TOLD_MOST)
        forget(self, 0);
    self->told[self->told_count++] = (struct told){.is_send = event->kind == ACTOR_POSTED,
                                                   .path = event->path,
                                                   .several = event->paths != NULL,
                                                   .code = event->outcome->code,
                                                   .format = event->outcome->format};
}

/* A server that refuses a Send tells nothing of it. */
static bool is_refused_send(const struct actor_event *event)
{
    return strcmp(event->text, "/dp") == 0 && event->outcome->code >= CODE_BAD_REQUEST;
}

static void forget_send(struct witness *self)
{
    for (size_t i = self->told_count; i > 0; i--)
        if (self->told[i - 1].is_send) {
            forget(self, i - 1);
            return;
        }
}

static void hear_device(void *arg, const struct actor_event *event)
{
    struct witness *self = arg;
    if (event->outcome != NULL && event->kind == ACTOR_REQUESTED) {
        self->answered = true;
        self->code = event->outcome->code;
        self->format = event->outcome->format;
    } else if (event->outcome != NULL &&
               (event->kind == ACTOR_TOLD || event->kind == ACTOR_POSTED)) {
        note_told(self, event);
    } else if (event->kind == ACTOR_REPLIED && is_refused_send(event)) {
        forget_send(self);
    }
    if (self->listener.hear != NULL)
        self->listener.hear(self->listener.arg, event);
}

/* --- what the server says ----------------------------------------------------------------------
 */

static size_t find_told(const struct witness *self, const struct actor_event *event)
{
    bool is_send = event->kind == ACTOR_SENT;
    bool several = event->paths != NULL;
    size_t at = 0;
    for (; at < self->told_count; at++) {
        const struct told *told = &self->told[at];
        bool fits = is_send ? told->is_send : !told->is_send && told->several == several;
        if (fits && (is_send || several || path_equal(told->path, event->path)))
            break;
    }
    return at;
}

/* The oldest notification of that observation, or Send, which then is claimed. */
static void complete(struct witness *self, const struct actor_event *event, struct outcome *outcome)
{
    size_t at = find_told(self, event);
    if (at == self->told_count)
        return;
    const struct told told = self->told[at];
    forget(self, at);
    if (outcome->code == 0)
        outcome->code = told.is_send ? CODE_CONTENT : told.code;
    if (outcome->format == NOBODY && (told.is_send || outcome->code == told.code))
        outcome->format = told.format;
}

/* Events come late, by a way of their own: the last ones of the device of the scenario before. */
static bool is_stale(struct witness *self, enum actor_event_kind kind)
{
    if (kind == ACTOR_REGISTERED)
        self->awaits = false;
    return self->awaits && (kind == ACTOR_UPDATED || kind == ACTOR_DEREGISTERED ||
                            kind == ACTOR_EXPIRED || kind == ACTOR_NOTIFIED || kind == ACTOR_SENT);
}

static void hear_server(void *arg, const struct actor_event *event)
{
    struct witness *self = arg;
    if (is_stale(self, event->kind))
        return;
    const struct actor_listener *listener = &self->actor.listener;
    struct actor_event told = *event;
    struct outcome outcome;
    bool is_report = event->kind == ACTOR_NOTIFIED || event->kind == ACTOR_SENT;
    if (is_report && event->outcome != NULL) {
        outcome = *event->outcome; /* what it owns stays the event's */
        complete(self, event, &outcome);
        told.outcome = &outcome;
    }
    if (listener->hear != NULL)
        listener->hear(listener->arg, &told);
}

/* --- the actor ---------------------------------------------------------------------------------
 */

static enum status perform(struct server_actor *actor, const char *endpoint,
                           const struct operation *operation, struct outcome *out,
                           struct error *error)
{
    struct witness *self = (struct witness *)actor;
    self->answered = false;
    enum status status = self->server->ops->perform(self->server, endpoint, operation, out, error);
    if (status == ST_OK && out->format == NOBODY && self->answered && out->code == self->code)
        out->format = self->format;
    return status;
}

static enum status control(struct server_actor *actor, enum server_control what,
                           struct error *error)
{
    const struct witness *self = (const struct witness *)actor;
    return self->server->ops->control(self->server, what, error);
}

static bool tells(const struct server_actor *actor, enum actor_event_kind kind)
{
    const struct witness *self = (const struct witness *)actor;
    return self->server->ops->tells == NULL || self->server->ops->tells(self->server, kind);
}

static void witness_free(struct server_actor *actor)
{
    struct witness *self = (struct witness *)actor;
    self->server->ops->free(self->server);
    free(self);
}

static const struct server_actor_ops ops = {
    .perform = perform, .control = control, .tells = tells, .free = witness_free};

struct server_actor *witness_new(struct server_actor *server, bool tells_registrations)
{
    struct witness *self = xalloc(sizeof *self);
    self->actor.ops = &ops;
    self->server = server;
    self->awaits = tells_registrations;
    server->listener = (struct actor_listener){hear_server, self};
    return &self->actor;
}

void witness_watch(struct server_actor *actor, struct device_actor *device,
                   struct actor_listener listener)
{
    struct witness *self = (struct witness *)actor;
    self->listener = listener;
    device->listener = (struct actor_listener){hear_device, self};
}
