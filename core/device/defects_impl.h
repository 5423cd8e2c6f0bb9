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

/* The secure component is asked. */
struct inquiry {
    struct seeded *seeded;          /* (borrowed) */
    struct secure_request *request; /* (borrowed) a copy; when it is told: what was asked for */
    struct buf *data;               /* (borrowed) for octets that REQUEST is to point to */
    struct buf *out;                /* (borrowed) the result */
};
/* A request that comes in, and its answer. */
struct passing {
    struct seeded *seeded;    /* (borrowed) */
    struct peer *peer;        /* (borrowed) */
    struct message *request;  /* (borrowed) */
    struct message *response; /* (borrowed) */
};

/* Values that leave. */
struct carried {
    struct seeded *seeded;   /* (borrowed) */
    struct path base;        /* what they are about */
    int format;              /* in which they leave */
    bool notified;           /* not as an answer */
    struct records *records; /* (borrowed) */
};

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
    void (*ask)(const struct inquiry *inquiry);
    /* OUT holds the result when RESULT is SECURE_OK. */
    enum secure_result (*tell)(const struct inquiry *inquiry, enum secure_result result);
    /* --- what is said: as filter_hooks has it */
    bool forgets; /* what came before: a repeated request is taken for another one */
    bool (*request)(const struct passing *passing);
    void (*response)(const struct passing *passing);
    void (*opening)(struct seeded *seeded, struct remote *remote);
    void (*asking)(struct seeded *seeded, struct message *request);
    bool (*notifying)(struct seeded *seeded, struct path target);
    /* The last notification about TARGET goes once more ahead of the next one, when GetAuthData was
     * accepted meanwhile. */
    bool (*recalls)(struct path target);
    /* A notification about TARGET waits until one that is not has left. */
    bool (*defers)(struct path target);
    bool doubles; /* who observes twice by one token is told twice */
    void (*notice)(struct message *notification); /* one that leaves */
    enum notify_outcome (*notified)(struct seeded *seeded, enum notify_outcome outcome);
    /* What an answer with values, a notification or a Send carries. */
    void (*content)(const struct carried *carried);

    /* The links of a Discover of OF, or of a registration (the root). */
    void (*links)(struct seeded *seeded, struct path of, struct links *links);
};

/* One theme each; the last row has no name. */
extern const struct device_defect defects_state[];
extern const struct device_defect defects_secure[];
extern const struct device_defect defects_arguments[];
extern const struct device_defect defects_object[];
extern const struct device_defect defects_management[];
extern const struct device_defect defects_interfaces[];

/* An observation that the device accepted. */
struct watched {
    uint8_t token[8];
    uint8_t token_len;
    struct path path;
};
enum { WATCHED_MOST = 32 };

/* What was notified, for whoever tells old news. */
struct recall {
    bool has_news;
    const struct peer *peer; /* (borrowed) only compared */
    struct message news;     /* (owned) when HAS_NEWS */
    bool is_due;             /* GetAuthData was accepted since */
    bool is_told;            /* NEWS is leaving */
    int extra; /* so many notifications were made up: the next ones count from there */
};

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
    size_t times;                         /* for whoever counts */
    bool told;                            /* … and has begun to */
    int last_id;                          /* of the message that came last */
    char uri[ACCOUNT_URI];                /* instead of the one that was asked for */
    struct path noted;                    /* where an attribute was attached, and its value */
    char note[16];
    struct value kept; /* (owned) AuthData that nobody has got; or VALUE_NONE */
    struct recall recall;
    bool running; /* GetAuthData was accepted, and the component is at work */
};

/* --- defects_tools.c: what several rows need ------------------------------------------------ */
/* The path of a request; false when it is none of ids. */
MUST_USE bool seeded_path(const struct message *message, struct path *out);
/* It is METHOD on RESOURCE of an instance of object 16, or, with DEPTH 4, on an instance of that.
 */
bool seeded_is(const struct message *request, unsigned method, unsigned resource);
/* Lets go of the records that KEEP does not want. */
void seeded_sift(struct records *records, bool (*keep)(const struct record *record));
/* Lets go of the links whose path HIDES wants hidden. */
void seeded_hide_links(struct links *links, bool (*hides)(struct path path));
/* An answer without anything but its code; true. */
bool seeded_answer(const struct passing *passing, uint8_t code);
/* Notes what an accepted observation is about, for what is notified later. */
void seeded_watch(struct seeded *seeded, const struct message *request);
/* Sends to PEER what is to go ahead of NOTIFICATION, and keeps that for the next time. False: it is
 * not to leave now. */
bool seeded_recall(struct seeded *seeded, struct peer *peer, struct path target,
                   struct message *notification);
void seeded_recall_accepted(struct seeded *seeded); /* GetAuthData was */
void seeded_recall_release(struct seeded *seeded);
/* How many times an observation with the token of NOTIFICATION was accepted. */
size_t seeded_times_watched(const struct seeded *seeded, const struct message *notification);
/* What NOTIFICATION is about: the root when it is a composite, or nobody knows. */
struct path seeded_target(const struct seeded *seeded, const struct message *notification);

#endif
