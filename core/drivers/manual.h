/* SPDX-License-Identifier: Apache-2.0 */
/* Actors that are moved by a person: what is to be done is shown, what came of it is seen at our
 * end, and asked for where only the person sees it. */
#ifndef DRIVERS_MANUAL_H
#define DRIVERS_MANUAL_H

#include "drivers/sim.h"

/* Who is asked. */
struct person {
    void (*show)(void *arg, const char *text); /* whole lines */
    /* The next line that was typed, appended to OUT. ST_TIMEOUT: there is none yet; ST_IO: there
     * will be none any more. Never waits. */
    enum status (*listen)(void *arg, struct buf *out);
    void *arg; /* (borrowed) of both */
};

enum { MANUAL_PATIENCE_MS = 10 * 60 * 1000 }; /* what a person may take for a step */

struct manual_config {
    struct sim_world world;
    const struct person *person;       /* (borrowed) */
    const char *endpoint;              /* (borrowed) of the device */
    const struct provision *provision; /* (borrowed) how challenges are written; may be NULL */
    const struct progress *progress;   /* (borrowed) what the tasks are of; NULL: nobody knows */
    int64_t patience_ms;               /* 0: MANUAL_PATIENCE_MS */
};

/* Somebody else's server. It tells of registrations only, and leaves even that to its user. */
struct server_actor *manual_server_new(const struct manual_config *config);
/* What the device side saw: a request that was asked for is done when it has arrived. */
void manual_server_hear(struct server_actor *actor, const struct actor_event *event);
/* How long this actor has waited for its person so far: time that is nobody's. */
int64_t manual_server_waited_ms(const struct server_actor *actor);

/* Somebody else's device. */
struct device_actor *manual_device_new(const struct manual_config *config);
int64_t manual_device_waited_ms(const struct device_actor *actor);

#endif
