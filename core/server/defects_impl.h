/* SPDX-License-Identifier: Apache-2.0 */
/* A row of the table of defects, and what its calls get; for core/server only. */
#ifndef SERVER_DEFECTS_IMPL_H
#define SERVER_DEFECTS_IMPL_H

#include "net/filter.h"
#include "server/defects.h"
#include "server/server_impl.h"

/* What a row does not say is as it should be. */
struct server_defect {
    struct defect info; /* first */
    /* --- what it decides: TEXT, ASK are right, and may be changed */
    void (*challenge)(struct seeded_server *seeded, char text[SERVICE_CHALLENGE_TEXT]);
    void (*ask)(struct service_ask *ask);
    /* Appends the argument list in place of the right one. */
    void (*arguments)(const struct service_ask *ask, struct buf *out);
    enum service_course (*course)(int64_t status, enum service_course right);
    enum judgement (*verdict)(enum judgement truth, struct buf *opened);
    int64_t (*keeps)(int64_t lifetime);
    /* --- what it asks and understands: as filter_hooks has it */
    void (*asking)(struct seeded_server *seeded, struct peer *peer, struct message *request);
    bool (*answered)(bool is_news, const struct message *request, struct message *response);
    /* What it takes from an answer, or IS_NEWS from a notification, about PATH. */
    void (*content)(struct path path, bool is_news, struct records *records);
    /* What it writes or creates at PATH, or the paths of a composite. */
    void (*values)(const struct message *request, struct path path, struct records *records);
    /* --- a request of the client, and what it answers to it */
    void (*request)(struct message *request);
    void (*response)(const struct message *request, struct message *response);
};

/* One theme each; the last row has no name. */
extern const struct server_defect defects_service[], defects_asking[], defects_answers[];

enum { SEEN_MOST = 32 };

struct seeded_server {
    struct service_ops ops;                 /* first: what the server sees */
    struct seeded_server *self;             /* (borrowed) for calls that have OPS only */
    const struct server_defect *defect;     /* (borrowed) */
    const struct catalogue *catalogue;      /* (borrowed) */
    struct clock *clock;                    /* (borrowed) */
    struct endpoint *endpoint;              /* (borrowed) the filter */
    char challenge[SERVICE_CHALLENGE_TEXT]; /* for whoever keeps one */
    int message_id;                         /* of the last request */
    bool is_again;                          /* the request under way is one of the defect's own */
    uint8_t seen[SEEN_MOST][8];             /* tokens of the last observations that were answered */
    size_t seen_count;                      /* so many were */
};

#endif
