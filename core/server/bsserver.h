/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in bootstrap server (LwM2M TS 1.1, 6.1): who asked for a bootstrap, and all operations
 * towards them. */
#ifndef SERVER_BSSERVER_H
#define SERVER_BSSERVER_H

#include "base/clock.h"
#include "base/operation.h"
#include "base/trace.h"
#include "model/bootstrap_file.h"
#include "model/model.h"
#include "net/endpoint.h"
#include "server/server.h"

struct bsserver; /* opaque */

/* The bootstrap of one client, from its request on; owned by the bootstrap server, valid until it
 * ends. */
struct bs_session {
    char *endpoint;          /* (owned) */
    struct peer *peer;       /* (borrowed) */
    int format;              /* of a codec, that it prefers (`pct`); -1: it did not say */
    int64_t began_at;        /* clock_now() */
    struct bs_session *next; /* (borrowed) */
};

enum bs_end {
    BS_FINISHED, /* the client answered Bootstrap-Finish with 2.xx */
    BS_REPLACED, /* it asked again, or another client did from its address */
    BS_LOST,     /* its transport session is gone, or it does not answer */
    BS_REFUSED,  /* it answered Bootstrap-Finish of the file with an error */
    BS_SILENT,   /* nothing happened for as long as a client waits, 247 s */
    BS_CLOSED    /* it was ended on our side, without Bootstrap-Finish */
};
const char *bs_end_text(enum bs_end end); /* "finished", "the client asked again", … */

struct bsserver_config {
    struct clock *clock;               /* (borrowed) */
    struct trace *trace;               /* (borrowed) may be NULL */
    struct endpoint *endpoint;         /* (borrowed) listening; its handlers are set, but with
                                          SERVER */
    struct server *server;             /* (borrowed) on the same ENDPOINT, which it has set up, and
                                          which hands over what is for /bs; NULL: none */
    const struct catalogue *catalogue; /* (borrowed) types of what comes back */
    /* What each client gets, without anybody performing it; NULL: nothing comes by itself, and
     * every client is known. A client that is not in it is refused by 4.00, and so is one in plain
     * text for which it has keys. */
    const struct bootstrap_file *file; /* (borrowed) */
    /* Each may be NULL, may perform operations, and must not end sessions, but for on_request. */
    /* A client asked for a bootstrap, and the answer has gone. */
    void (*on_request)(void *arg, const struct bs_session *session);
    /* An OPERATION of FILE is over; STATUS and OUTCOME as those of server_done. */
    void (*on_step)(void *arg, const struct bs_session *session, const struct operation *operation,
                    enum status status, const struct outcome *outcome);
    /* SESSION is invalid after the call. What was under way has ended with ST_CANCELLED. */
    void (*on_end)(void *arg, const struct bs_session *session, enum bs_end end);
    void *arg; /* (borrowed) of the calls */
};

struct bsserver *bsserver_new(const struct bsserver_config *config);
/* Before the server and the endpoint. Ends all sessions, and tells nobody. */
void bsserver_free(struct bsserver *bsserver);

const struct bs_session *bsserver_sessions(const struct bsserver *bsserver); /* first, ->next */

/* Performs OPERATION (write, delete, discover, read, finish, or raw; copied where needed) towards
 * the client named ENDPOINT (NULL: the only or first), which has asked for a bootstrap; DONE is
 * called once, never from inside. Values go in the format that the client prefers, else a single
 * one plain and several as TLV, unless the operation says a format. ST_NOT_FOUND when there is no
 * bootstrap of it, ST_INVALID with a sentence when the operation makes no sense. An answer that is
 * an error ends nothing. */
MUST_USE enum status bsserver_perform(struct bsserver *bsserver, const char *endpoint,
                                      const struct operation *operation, server_done *done,
                                      void *arg, struct error *error);
/* Ends a bootstrap without Bootstrap-Finish; the client hears nothing of it. ST_NOT_FOUND when
 * there is none. */
MUST_USE enum status bsserver_end(struct bsserver *bsserver, const char *endpoint);

#endif
