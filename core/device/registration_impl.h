/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a registration share: registration.c (when it speaks by itself, its life),
 * registration_table.c (states and actions), registration_link.c (session and requests); for
 * core/device only. */
#ifndef DEVICE_REGISTRATION_IMPL_H
#define DEVICE_REGISTRATION_IMPL_H

#include "device/device_impl.h"

struct registration {
    struct device *device; /* (borrowed) */
    struct account account;
    const char *uri; /* (borrowed) instead of that of the account, or NULL */
    enum registration_state state;
    struct peer *peer;         /* (borrowed) the session; NULL: none */
    struct exchange *exchange; /* (borrowed) the request under way, or NULL */
    struct segments location;
    unsigned wanted;        /* WANT_ flags that no message has carried yet */
    int64_t failures;       /* one after the other */
    bool failed;            /* so many that it counts as impossible, or the server does not want */
    bool fresh;             /* not registered since the account came */
    bool has_worked;        /* the server has answered on the session */
    int64_t renewable_at;   /* clock_now() from which on a session that broke is replaced at once */
    int64_t sent_at;        /* clock_now() of the last Register or Update */
    struct timer timer;     /* update is due, back-off or Disable is over: see the table */
    struct timer awake;     /* in queue mode: until the device stops listening */
    struct timer disabling; /* until the answer to Disable has left */
    struct model_watcher watcher;
    char problem[400];         /* why the last request failed: the middle of a sentence */
    struct registration *next; /* (owned) of device->registrations */
};

/* Keeps why something failed, for whoever tells it. */
void registration_problem(struct registration *registration, const char *format, ...)
    PRINTF_LIKE(2, 3);
/* Whether a session that fell silent is to be replaced at once: it is a secured one or a
 * connection, which ends with the other end's memory of it, it has worked, and the last one was not
 * replaced just now. */
bool registration_is_renewable(const struct registration *registration);
/* Observations live as long as the session. */
void registration_hang_up(struct registration *registration);
/* Forgets the request under way. */
void registration_drop_request(struct registration *registration);
/* Sends a Register, on a new session when there is none; false: it could not, for the problem. */
bool registration_send_register(struct registration *registration);
/* The same to the location of the registration: what has to be told, or that it ends. */
bool registration_send_update(struct registration *registration);
bool registration_send_deregister(struct registration *registration);
/* Starts the timer of the state anew. */
void registration_wait(struct registration *registration, int64_t delay_ms);
void registration_emit(struct registration *registration, enum event_kind kind, const char *text);
void registration_emit_state(struct registration *registration, enum registration_state from);

#endif
