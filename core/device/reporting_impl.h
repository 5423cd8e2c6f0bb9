/* SPDX-License-Identifier: Apache-2.0 */
/* One observation, as reporting.c and observation.c share it; for core/device only. */
#ifndef DEVICE_REPORTING_IMPL_H
#define DEVICE_REPORTING_IMPL_H

#include "device/attributes_impl.h"
#include "device/device_impl.h"

/* --- notices.c: notifications in a row --------------------------------------------------- */
/* A notification with the content of the moment at which it was due. */
struct notice {
    struct observation *observation; /* (borrowed) */
    uint64_t number;                 /* grows from one to the next */
    struct message message;
    struct records records; /* what MESSAGE carries */
    bool last;              /* tells the end of the observation, so it goes out after it */
    bool again;             /* was not acknowledged once */
    struct notice *next;    /* (owned) */
};
void notice_free(struct notice *notice);
struct notices {
    struct notice *first; /* (owned) */
    struct notice *last;  /* (borrowed) */
    size_t count;
};
void notices_push(struct notices *notices, struct notice *notice); /* takes it over */
struct notice *notices_pop(struct notices *notices); /* NULL: there is none; else the caller's */
void notices_append(struct notices *notices, struct notices *more); /* which is empty then */
/* Puts NOTICE in its place by number. */
void notices_insert(struct notices *notices, struct notice *notice);
/* Moves those for the server of REGISTRATION to OUT. */
void notices_split(struct notices *notices, const struct registration *registration,
                   struct notices *out);
/* Gives NOTICE back to the caller. */
void notices_remove(struct notices *notices, const struct notice *notice);

/* --- audience.c: what is kept of each server ----------------------------------------------- */
enum { STORED_MOST = 64 };
/* A server that observes, or has attached attributes. */
struct audience {
    unsigned ssid;
    struct attributes attributes;
    struct notices sent;   /* and to be acknowledged */
    struct notices stored; /* not delivered, for when the server is there again */
    size_t under_way;      /* notices in the queue, sent or stored */
    bool away;             /* did not acknowledge, or the session was lost; nothing is sent */
    bool back;             /* it answered since, but what was sent before is still under way */
    struct audience *next; /* (owned) */
};
/* NULL: SSID is not among them. */
struct audience *audience_of(struct audience *audiences, unsigned ssid);
/* The same, added when it was not there; EVALUATES as attributes_init has it. */
struct audience *audience_join(struct audience **audiences, unsigned ssid, bool evaluates);
void audience_part(struct audience **audiences, unsigned ssid); /* frees it, if it is there */
/* Keeps NOTICE until the server is there again; when there are too many, the oldest one goes, and
 * the answer is false. */
bool audience_store(struct audience *audience, struct notice *notice);
/* Frees what is in NOTICES, of which nothing is under way any more. */
void audience_drop(struct notices *notices);

/* --- reporting.c: what is due, and what goes out ------------------------------------------- */
struct reporting {
    struct device *device;            /* (borrowed) */
    struct audience *audiences;       /* (owned) servers that asked for something here */
    struct observation *observations; /* (owned) the oldest first */
    struct notices queue;
    struct timer flush; /* runs while something is queued */
    struct timer wake;  /* the next pmin or pmax that ends */
    uint32_t sequence;  /* of the Observe option */
    uint64_t drafts;    /* notices so far */
    struct model_watcher watcher;
};
/* Frees the observations that are over and of which nothing is under way. */
void reporting_sweep(struct reporting *reporting);
/* Sends NOTICES, soon: the answer to a request leaves before what it brings about. */
void reporting_enqueue(struct reporting *reporting, struct notices *notices);
/* Tells all that is due now. */
void reporting_report(struct reporting *reporting);
/* Notes when an observation is due next; while too much is under way, the next acknowledgement is
 * what is waited for. */
void reporting_schedule(struct reporting *reporting);

/* --- reporting_away.c: servers that are away ------------------------------------------------ */
/* Whether NOTICE may be kept until its server is there. AuthData never is: it would come out after
 * a new GetAuthData, or a reset (I-10). */
bool reporting_wants(const struct notice *notice);
/* Keeps NOTICE (taken over). */
void reporting_store(struct reporting *reporting, struct notice *notice);
/* The same for one that was sent in vain; an Update finds out whether the server is there. */
void reporting_miss(struct reporting *reporting, struct notice *notice);
/* The server is there again: sends what is stored, unless something that was sent is under way. */
void reporting_try(struct reporting *reporting, struct audience *audience);

/* --- observation.c -------------------------------------------------------------------------- */
/* What the observation knows of one of its paths. */
struct target {
    struct records told; /* numeric resources: what the client was told */
    bool touched;        /* something changed since the last evaluation */
};

struct observation {
    struct reporting *reporting;       /* (borrowed) */
    struct registration *registration; /* (borrowed) of the server that observes */
    struct audience *audience;         /* (borrowed) the same server */
    struct peer *peer;                 /* (borrowed) */
    uint8_t token[8];
    uint8_t token_len;
    bool composite;
    struct records paths;     /* one, unless it is composite */
    struct target *targets;   /* (owned) one for each path */
    int format;               /* of the first answer; notifications must have the same */
    int64_t told_ms;          /* when the client was told last */
    int64_t evaluated_ms;     /* when it was found out last whether there is something to tell */
    bool owed;                /* a notification goes out as soon as pmin allows */
    bool held;                /* but it carries what must not be stored, and the server is away */
    bool over;                /* ended; only waits for the last word on what was sent */
    unsigned under_way;       /* notices in the queue, sent or stored */
    unsigned unconfirmed;     /* notifications since the last confirmable one */
    int64_t confirmed_ms;     /* when that was; at first, when it was asked for */
    struct observation *next; /* (owned) */
};

/* Of the request of ASKER with Observe=0 that PATHS are read by. */
struct observation *observation_new(struct registration *asker, struct audience *audience,
                                    const struct message *request, const struct records *paths);
void observation_free(struct observation *observation);
/* What it is about; of several paths, the root. */
struct path observation_target(const struct observation *observation);
/* The path for people; the first one of several. */
const char *observation_name(const struct observation *observation, char name[PATH_TEXT]);
/* What it carries now, in its format: as device_content. */
void observation_content(const struct observation *observation, struct records *records,
                         struct message *message);

/* In milliseconds; no pmax: 0. Of several paths the longest pmin, the shortest pmax and the longest
 * epmin hold. An epmax asks nothing of a device that looks at every change. */
struct periods {
    int64_t pmin, pmax, epmin;
};
struct periods observation_periods(const struct observation *observation);

/* A notice of it begins, or ends, to be under way. */
void observation_leave(struct observation *observation);
void observation_settle(struct observation *observation);
/* Whether the account wants what is missed while its server is away (resource 6). */
bool observation_stores(const struct observation *observation);

/* What it was about is not there any more; never so for a composite, whose paths need not exist. */
bool observation_is_gone(const struct observation *observation);
/* It is about AuthData and nothing else. */
bool observation_is_auth_data(const struct observation *observation);
/* PATH is at, above or below what it is about. */
bool observation_concerns(const struct observation *observation, struct path path);
/* PATH came, changed or went. */
void observation_touch(struct observation *observation, struct path path);
bool observation_is_touched(const struct observation *observation);
/* Finds out, unless epmin forbids it yet, whether what changed is to be told; then it is owed. */
void observation_evaluate(struct observation *observation);
/* The client is being told what is there now. */
void observation_told(struct observation *observation);
/* AuthData that is consumed is not gone: what is attached to one of its instances, and who observes
 * it, lasts as long as the resource does. */
bool is_gone(const struct model *model, struct path path);
/* Of a resource whose values gt, lt and st can apply to. */
bool is_numeric(const struct resource_def *def);

#endif
