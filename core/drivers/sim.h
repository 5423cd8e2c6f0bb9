/* SPDX-License-Identifier: Apache-2.0 */
/* Our own device and server as actors of a scenario, and the oracle that knows the data model and
 * the keys. The stages on which they stand are in drivers/stages.h.
 *
 * Each end also stands alone: command `device` is the device actor against somebody's server,
 * command `server` the server actor against somebody's devices. */
#ifndef DRIVERS_SIM_H
#define DRIVERS_SIM_H

#include "device/defects.h"
#include "device/device.h"
#include "model/profile.h"
#include "scenario/actor.h"
#include "scenario/oracle.h"
#include "server/bsserver.h"
#include "server/defects.h"
#include "server/server.h"

/* What every end stands on; it outlives them. */
struct sim_world {
    struct loop *loop;     /* (borrowed) and its clock */
    struct chance *chance; /* (borrowed) tokens, nonces, challenges */
    struct trace *trace;   /* (borrowed) messages, states and warnings; never NULL */
    const volatile int
        *stop; /* (borrowed) non-zero ends waits for an answer with ST_CANCELLED; or NULL */
    const int64_t *seed; /* (borrowed) what the chance of a link begins with when it is made; NULL,
                            or negative: always the same */
};
static inline bool sim_world_is_stopped(const struct sim_world *world)
{
    return world->stop != NULL && *world->stop != 0;
}

/* --- verifiers.c: the keys that a server holds, by endpoint name ------------------------------ */
struct verifiers; /* opaque */
/* CHANCE is borrowed. */
struct verifiers *verifiers_new(struct chance *chance);
void verifiers_free(struct verifiers *verifiers);
/* Adds or replaces ENDPOINT, with a secure component of its own made from PROVISION (copied; of
 * asymmetric keys only the public half is kept, I-6). A status and a sentence when a key does not
 * fit its suite or is shared (PF-SC-3). */
MUST_USE enum status verifiers_add(struct verifiers *verifiers, const char *endpoint,
                                   const struct provision *provision, struct error *error);
MUST_USE enum status verifiers_add_keyring(struct verifiers *verifiers,
                                           const struct keyring *keyring, struct error *error);
/* NULL when nothing is held of ENDPOINT; borrowed until it is replaced. */
const struct verifier *verifiers_find(const struct verifiers *verifiers, const char *endpoint);

/* --- oracle.c ----------------------------------------------------------------------------------
 */
/* Knows CATALOGUE, and judges AuthData of ENDPOINT by VERIFIERS; all borrowed. VERIFIERS may be
 * NULL: every judgement is JUDGEMENT_UNKNOWN. Free it with oracle_free. */
struct oracle *oracle_new(const struct catalogue *catalogue, const struct verifiers *verifiers,
                          const char *endpoint);
void oracle_free(struct oracle *oracle);

/* PROVISION (borrowed) has the octets of the claimed keys, CHANCE (borrowed) is for trying them:
 * what does not fit its own key is tried with the others (PF-SC-3). */
void oracle_try(struct oracle *oracle, const struct provision *provision, struct chance *chance);

/* --- trial.c ----------------------------------------------------------------------------------
 */
struct trial {
    const struct provision *provision; /* (borrowed) what is claimed, with the octets of its keys */
    struct chance *chance;             /* (borrowed) */
    struct secure_request request;     /* with its own key it does not fit */
    struct bytes auth_data;
};
/* Whether it fits a key of another set; PROBLEM says which. */
bool trial_finds(const struct trial *trial, struct error *problem);

/* --- sim_device.c ------------------------------------------------------------------------------
 */
struct recorder;
struct sim_device_config {
    struct sim_world world;
    struct recorder *recorder;     /* (borrowed) writes down what servers do; NULL: nobody does */
    const struct profile *profile; /* (borrowed) */
    const char *uri;               /* (borrowed) server to use as the first; NULL: the profile's */
    bool gives_up;                 /* as device_config has it */
    const struct place *places;    /* (borrowed) where servers are instead of where they say */
    size_t place_count;
    struct state *state;    /* (borrowed) of the last run, emptied; NULL: there is none */
    const char *state_file; /* (borrowed) where it is kept; NULL: it ends with the device */
    const struct device_defect *defect; /* (borrowed) that it is to have, or NULL */
    /* Told of each `component provision`, the trusted act of I-23, so that who verifies can learn
     * of it; may be NULL. Unless it is ST_OK, that is what becomes of the stimulus, with ERROR. */
    enum status (*on_provision)(void *arg, unsigned instance, unsigned identity, struct bytes text,
                                struct error *error);
    void *arg; /* (borrowed) of on_provision */
};
/* The device, switched on but silent until STIMULUS_REGISTER. NULL with a sentence when its secure
 * component refuses the keys. What becomes of it is seen in the trace. */
struct device_actor *sim_device_new(const struct sim_device_config *config, struct error *error);
/* The first STIMULUS_REGISTER: what becomes of it is seen in the trace. */
void sim_device_wake(struct device_actor *device);
enum registration_state sim_device_registration(const struct device_actor *actor);
/* De-registers and lets the world move until that is over: ST_OK, or ST_TIMEOUT after LIMIT_MS. */
MUST_USE enum status sim_device_leave(struct device_actor *actor, int64_t limit_ms);

/* --- sim_server.c ------------------------------------------------------------------------------
 */
struct sim_server_config {
    struct sim_world world;
    const char *const *listen; /* (borrowed) coap://host[:port] or coaps://…; port 0: a free one */
    size_t listen_count;       /* at most LISTENS_MOST */
    unsigned id;               /* short server id, for who hears of events; 0: not known */
    bool bootstrap_only;       /* registers nobody, but bootstraps who asks, as it is told */
    const struct server_security *security; /* (borrowed) what coaps needs, or NULL */
    const struct catalogue *catalogue;      /* (borrowed) types of what comes back */
    const struct verifiers *verifiers;      /* (borrowed) may be NULL: nothing can be judged */
    const struct bootstrap_file *bootstrap; /* (borrowed) what a bootstrap server on the same
                                               addresses has for its clients; NULL: there is none */
    const struct server_defect *defect;     /* (borrowed) that it is to have, or NULL */
    int64_t awake_ms;     /* how long devices in queue mode listen after a message; 0: 93 s */
    int64_t patience_ms;  /* how long an operation waits for its client to be registered */
    const char *endpoint; /* (borrowed) whom `forget` is about; NULL: the only client */
    /* How many acknowledgements came so far that answer nothing; more of them: nobody waits for
     * the rest of a limit. NULL: as if there were none. */
    size_t (*refuted)(const void *arg);
    const void *arg; /* (borrowed) of it */
};
/* The server, listening. NULL with a sentence when it cannot. */
struct server_actor *sim_server_new(const struct sim_server_config *config, struct error *error);
/* The first of what it listens on, with the port that was found: "coap://127.0.0.1:5683",
 * "coaps://…"; borrowed. */
const char *sim_server_uri(const struct server_actor *actor);
/* The one at INDEX, in the order that was asked for; NULL past the last. */
const char *sim_server_uri_at(const struct server_actor *actor, size_t index);
/* The first registered client, ->next; NULL: none. */
const struct client *sim_server_clients(const struct server_actor *actor);
/* The registered client ENDPOINT, or NULL. */
const struct client *sim_server_client(const struct server_actor *actor, const char *endpoint);
/* Tells the listener once more what CLIENT, which is registered, has registered with. */
void sim_server_tell_again(struct server_actor *actor, const struct client *client);
/* Cancels what is observed of ENDPOINT, with LIMIT_MS for each answer; stops at the first that does
 * not come. */
void sim_server_cancel_all(struct server_actor *actor, const char *endpoint, int64_t limit_ms);

/* --- bootstrap_log.c ---------------------------------------------------------------------------
 */
/* Sets the calls of CONFIG, so that each step of a bootstrap is told to TRACE (borrowed): those
 * that fail as EVENT_WARNING, the others as EVENT_BOOTSTRAP. */
void bootstrap_log(struct bsserver_config *config, struct trace *trace);

/* --- sim_link.c --------------------------------------------------------------------------------
 */
/* A relay in front of the server at SERVER ("127.0.0.1:5683"); what happens by chance is the same
 * each time that it begins with the same seed. Free it by its ops. NULL with a sentence when there
 * is no socket. */
enum { LINK_SEED = 16 }; /* where nobody gives one */
struct link_port *sim_link_new(const struct sim_world *world, const char *server, bool is_secured,
                               struct error *error);
/* The same, for devices that find it at LISTEN. */
struct link_port *sim_link_listen(const struct sim_world *world, const char *listen,
                                  const char *server, bool is_secured, struct error *error);
/* Where a device finds the server behind LINK: "127.0.0.1:49152"; borrowed. */
const char *sim_link_address(const struct link_port *link);

#endif
