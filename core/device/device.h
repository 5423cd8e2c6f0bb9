/* SPDX-License-Identifier: Apache-2.0 */
/* An LwM2M device (client) with the Portfolio object: one instance of this struct is one device. */
#ifndef DEVICE_DEVICE_H
#define DEVICE_DEVICE_H

#include "base/clock.h"
#include "base/trace.h"
#include "model/state.h"
#include "net/endpoint.h"
#include "secure/component.h"

struct device;        /* opaque */
struct portfolio_ops; /* what object 16 does; see defects.h */

/* Where the server of an account is found, instead of where its URI says; scheme, and so transport
 * and security, stay the URI's. */
struct place {
    unsigned ssid;       /* 0: the bootstrap server */
    const char *address; /* (borrowed) "host:port" */
};

struct device_config {
    const struct profile *profile;         /* (borrowed) */
    struct clock *clock;                   /* (borrowed) */
    struct trace *trace;                   /* (borrowed) may be NULL */
    struct endpoint *endpoint;             /* (borrowed) the device sets handlers, trace and side */
    struct component *component;           /* (borrowed) the secure component, provisioned */
    const struct portfolio_ops *portfolio; /* (borrowed) NULL: object 16 as it should be */
    const char *uri; /* (borrowed) to use instead of that of the first account, until a bootstrap;
                        NULL: none */
    bool gives_up;   /* a server whose first handshake fails is not tried again: its owner ends the
                        device; not after a restart */
    const struct place *places; /* (borrowed) NULL: none */
    size_t place_count;
    struct state *state; /* (borrowed) what outlived the last run; emptied; NULL: there was none */
    const char *state_file; /* (borrowed) where it is kept; NULL: only as long as the device is,
                             * and not even so when the profile has no "state" */
};

/* The state of the registration; a row of the table in registration.c. */
enum registration_state {
    REGISTRATION_OFF,     /* not started, or deregistered on request */
    REGISTRATION_PENDING, /* Register is under way */
    REGISTRATION_ALIVE,
    REGISTRATION_UPDATING, /* alive, Update is under way */
    REGISTRATION_WAITING,  /* failed; trying again after a back-off */
    REGISTRATION_LEAVING,  /* De-register is under way */
    REGISTRATION_DISABLED, /* Disable was executed; registers again when its time is over */
    REGISTRATION_ASLEEP,   /* alive, in queue mode, and not listening */
    REGISTRATION_HELD      /* not yet its turn, or its initial delay runs */
};
enum { REGISTRATION_STATES = 9 };
const char *registration_state_name(enum registration_state state);

/* Outlives nothing that it borrows. Nothing is sent yet. */
struct device *device_new(const struct device_config *config);
/* Says nothing on the wire; deregister first. Keeps the state. */
void device_free(struct device *device);

/* Each starts something with all servers; what comes of it is seen in the trace and in
 * device_registration. */
void device_register(struct device *device);
void device_update(struct device *device); /* without parameters unless something changed */
void device_deregister(struct device *device);
/* Power cycle: no De-register; what the profile does not say is gone, values that were written and
 * instances that were created too, unless it has "state" (I-21); then it registers again on a new
 * session. */
void device_restart(struct device *device);
/* Of several registrations the one that is most in force; off only when all are. */
enum registration_state device_registration(const struct device *device);

/* Sets a value as the device's owner does (any readable resource, also what servers cannot write).
 * Takes VALUE over. ST_NOT_FOUND or ST_INVALID with a sentence. Observers are told. */
MUST_USE enum status device_set(struct device *device, struct path path, struct value value,
                                struct error *error);
/* Sends what is at PATHS, of any depth, to each server that is registered with, may read it and has
 * not muted it (LwM2M 1.1, Send): as it is now, object 0 and what is not there left out; AuthData
 * stays where it is. What the server makes of it is seen in the trace. ST_UNSUPPORTED, ST_INVALID
 * (not registered), ST_REFUSED (muted), ST_NOT_FOUND (nothing there) or what the endpoint says,
 * with a sentence. */
MUST_USE enum status device_send(struct device *device, const struct records *paths,
                                 struct error *error);
/* The trusted out-of-band act of I-23 on `/16/x/0/y`: hashes the current value anew. */
MUST_USE enum status device_provision(struct device *device, struct path identity,
                                      struct error *error);
/* What the device holds, for `show`; borrowed until a restart. */
const struct model *device_model(const struct device *device);

/* The state tables as text, for `list states`: registration, bootstrap and object 16. */
void registration_print(struct buf *out);
void bootstrap_print(struct buf *out);
void portfolio_print(struct buf *out);

#endif
