/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in LwM2M server: registry of clients, all operations towards them, what they report. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "base/clock.h"
#include "base/operation.h"
#include "base/trace.h"
#include "codec/corelink.h"
#include "model/model.h"
#include "net/endpoint.h"
#include "secure/secure.h"
#include "server/service_ops.h"

struct server; /* opaque */

/* A registered client; owned by the server, valid until it leaves. */
struct client {
    char *endpoint;                    /* (owned) */
    char id[24];                       /* location is /rd/ID */
    int64_t lifetime;                  /* seconds */
    bool has_lifetime;                 /* the last Register or Update said it (`lt`) */
    char *version;                     /* (owned) `lwm2m` */
    bool is_1_1;                       /* VERSION is 1.1 */
    char *binding;                     /* (owned) `b`, "U" by default */
    bool has_binding;                  /* the last Register or Update said it */
    bool queues;                       /* queue mode: `Q`, or the Q of a binding of 1.0 */
    struct links objects;              /* the object list as given, without the root link */
    struct peer *peer;                 /* (borrowed) */
    int64_t registered_at, updated_at; /* clock_now() */
    struct client *next;               /* (borrowed) */
};

enum client_change {
    CLIENT_REGISTERED, /* a new registration, or one that replaces another of the same name */
    CLIENT_UPDATED,
    CLIENT_DEREGISTERED,
    CLIENT_EXPIRED /* its lifetime passed, or it was forgotten on request */
};

/* What verifies signatures and opens ciphertexts of one endpoint. */
struct verifier {
    const struct provision
        *provision;        /* (borrowed) suites and octet rules, for choosing challenges */
    struct secure *secure; /* (borrowed) */
};

struct server_config {
    struct clock *clock;               /* (borrowed) */
    struct chance *chance;             /* (borrowed) challenges, locations */
    struct trace *trace;               /* (borrowed) may be NULL */
    struct endpoint *endpoint;         /* (borrowed) listening; the server sets its handlers */
    const struct catalogue *catalogue; /* (borrowed) types of what comes back */
    int64_t awake_ms; /* how long clients in queue mode listen after their last message; 0: 93 s */
    const struct service_ops *service; /* (borrowed) NULL: the right ones */
    /* The keys of ENDPOINT, or NULL when none are held; borrowed from the caller. */
    const struct verifier *(*verifier)(void *arg, const char *endpoint);
    /* OBJECTS_CHANGED: the Update brought an object list. CLIENT is still valid in the call. */
    void (*on_client)(void *arg, const struct client *client, enum client_change change,
                      bool objects_changed);
    /* A notification on the observed PATH; of a composite observation PATHS are its records of
     * VALUE_NONE, else NULL. */
    void (*on_notification)(void *arg, const struct client *client, struct path path,
                            const struct records *paths, const struct outcome *outcome);
    /* A Send of what CLIENT has registered; its values are in OUTCOME. May be NULL. */
    void (*on_sent)(void *arg, const struct client *client, const struct outcome *outcome);
    void *arg; /* (borrowed) of the calls */
};

struct server *server_new(const struct server_config *config);
void server_free(struct server *server);

const struct client *server_clients(const struct server *server); /* first, ->next; NULL: none */
/* By endpoint name; NULL name: the only or first client. */
const struct client *server_client(const struct server *server, const char *endpoint);

/* STATUS other than ST_OK: no answer came, OUTCOME->problem says why. Borrowed for the call. */
typedef void server_done(void *arg, enum status status, const struct outcome *outcome);
/* Performs OPERATION (copied where needed) towards the client named ENDPOINT; DONE is called once,
 * never from inside. ST_NOT_FOUND when it is not registered, ST_INVALID with a sentence when the
 * operation makes no sense (cancel without an observation, repeat without a request). */
MUST_USE enum status server_perform(struct server *server, const char *endpoint,
                                    const struct operation *operation, server_done *done, void *arg,
                                    struct error *error);
/* Forgets a client as if its lifetime had passed: its next Update gets 4.04. */
MUST_USE enum status server_forget(struct server *server, const char *endpoint);
/* An observation of the client that stands, by its path, or by the paths of a composite one (then
 * *OUT_PATHS is not NULL; borrowed until it ends); false when there is none. */
bool server_observation(const struct server *server, const char *endpoint, struct path *out,
                        const struct records **out_paths);
/* Loses everything, as after a crash: clients, observations, running operations (no DONE). */
void server_restart(struct server *server);

/* Appends the arguments of an Execute as they go over the wire: READABLE is the form that people
 * write (I-13). Challenges in hex become decimal (I-3), unless KEEP_HEX says that their characters
 * are signed. ST_INVALID with a sentence when they are no arguments. */
MUST_USE enum status server_arguments(struct bytes readable, bool keep_hex, struct buf *out,
                                      struct error *error);

/* Whether AUTH_DATA fits what REQUEST says of service, identity, key and challenge; what an opened
 * ciphertext held is appended to OUT_DATA (NULL for a signature is fine). */
enum judgement server_judge(const struct verifier *verifier, const struct secure_request *request,
                            struct bytes auth_data, struct buf *out_data);

#endif
