/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the bootstrap server share; for core/server only.
 *
 * bsserver.c answers requests for a bootstrap and performs operations; bsserver_file.c performs
 * those of the file, one after the other. */
#ifndef SERVER_BSSERVER_IMPL_H
#define SERVER_BSSERVER_IMPL_H

#include "server/bsserver.h"
#include "server/server_impl.h"

/* A session and what only we know of it. */
struct bs_entry {
    struct bs_session session; /* first: what users see */
    struct bsserver *bsserver; /* (borrowed) */
    char *identity;            /* (owned) that its link showed; NULL: it is in plain text */
    struct bs_run *runs;       /* (owned) */
    struct timer begin;        /* until the answer to its request has gone */
    struct timer silence;
    bool is_gone;                        /* its peer is */
    const struct bootstrap_client *plan; /* (borrowed) of the file, or NULL */
    size_t step;                         /* operations of it that are over */
};

struct bsserver {
    struct bsserver_config config;
    struct bs_session *sessions; /* (owned) each the first member of a bs_entry */
    size_t count;
};

/* --- bsserver.c, for server.c and registry.c ----------------------------------------------- */
/* Whether REQUEST is for the bootstrap interface. */
bool bsserver_is_for(const struct message *request);
void bsserver_request(struct bsserver *bsserver, struct peer *peer, const struct message *request,
                      struct message *response);
void bsserver_peer_gone(struct bsserver *bsserver, const struct peer *peer);
/* Whether a session needs PEER; BSSERVER may be NULL. */
bool bsserver_uses(const struct bsserver *bsserver, const struct peer *peer);

/* --- bsserver.c, for bsserver_file.c ------------------------------------------------------- */
MUST_USE enum status bs_perform(struct bs_entry *entry, const struct operation *operation,
                                struct delivery delivery, struct error *error);
/* Ends what runs, tells, and frees ENTRY. */
void bs_conclude(struct bs_entry *entry, enum bs_end end);

/* --- bsserver_file.c ------------------------------------------------------------------------ */
/* Performs the next operation of the plan. */
void bs_go_on(struct bs_entry *entry);

#endif
