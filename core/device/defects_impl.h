/* SPDX-License-Identifier: Apache-2.0 */
/* A row of the table of defects, and what its calls get; for core/device only. */
#ifndef DEVICE_DEFECTS_IMPL_H
#define DEVICE_DEFECTS_IMPL_H

#include "device/defects.h"
#include "device/portfolio_impl.h"
#include "net/filter.h"

/* Another cell of the state table. */
struct patch {
    enum portfolio_event event;
    enum portfolio_status from;
    struct portfolio_cell cell;
};
enum { PATCHES_MOST = 4 };

/* What a row does not say is as it should be. */
struct device_defect {
    struct defect info; /* first */
    /* --- the state table */
    struct patch patches[PATCHES_MOST];
    size_t patch_count;
    /* Which event it is instead; EVENT is what it should be. */
    enum portfolio_event (*leaving)(enum portfolio_event event, enum portfolio_way way,
                                    struct path target);
    /* --- the secure component */
    void (*provision)(struct provision *provision);
    /* REQUEST is a copy; DATA, initialised, keeps octets that it is to point to. */
    void (*ask)(struct seeded *seeded, struct secure_request *request, struct buf *data);
    /* OUT holds the result when RESULT is SECURE_OK. */
    enum secure_result (*tell)(struct seeded *seeded, const struct secure_request *request,
                               enum secure_result result, struct buf *out);
    /* --- what is said: as filter_hooks has it */
    bool (*request)(struct seeded *seeded, struct peer *peer, struct message *request,
                    struct message *response);
    void (*response)(struct seeded *seeded, const struct message *request,
                     struct message *response);
    void (*asking)(struct seeded *seeded, struct message *request);
    bool (*notifying)(struct seeded *seeded, struct message *notification);
    enum notify_outcome (*notified)(struct seeded *seeded, enum notify_outcome outcome);
    /* What an answer with values or a notification carries, of whatever format; FORMAT is its. */
    void (*content)(struct seeded *seeded, int format, struct records *records);
    /* The links of a registration (REQUEST is "/rd" …) or of a Discover. */
    void (*links)(struct seeded *seeded, const struct message *message, struct links *links);
};

/* One theme each; the last row has no name. */
extern const struct device_defect defects_state[];

/* An observation that the device accepted. */
struct watched {
    uint8_t token[8];
    uint8_t token_len;
    struct path path;
};
enum { WATCHED_MOST = 32 };

struct seeded {
    struct portfolio_ops ops;             /* first: what object 16 sees */
    const struct device_defect *defect;   /* (borrowed) */
    const struct profile *profile;        /* (borrowed) */
    struct clock *clock;                  /* (borrowed) */
    struct trace *trace;                  /* (borrowed) */
    struct device *device;                /* (borrowed) NULL: not attached yet */
    struct endpoint *endpoint;            /* (borrowed) the filter */
    struct provision provision;           /* (owned) */
    struct watched watched[WATCHED_MOST]; /* the last ones */
    size_t watched_count;                 /* so many were accepted */
    unsigned times;                       /* for whoever counts */
    bool running; /* GetAuthData was accepted, and the component is at work */
};

/* --- defects_tools.c: what several rows need ------------------------------------------------ */
/* The path of a request; false when it is none of ids. */
MUST_USE bool seeded_path(const struct message *message, struct path *out);
/* It is METHOD on RESOURCE of an instance of object 16, or, with DEPTH 4, on an instance of that.
 */
bool seeded_is(const struct message *request, unsigned method, unsigned resource);
/* Notes what an accepted observation is about, for what is notified later. */
void seeded_watch(struct seeded *seeded, const struct message *request);
/* What NOTIFICATION is about: the root when it is a composite, or nobody knows. */
struct path seeded_target(const struct seeded *seeded, const struct message *notification);

#endif
