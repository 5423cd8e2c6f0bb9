/* SPDX-License-Identifier: Apache-2.0 */
/* One observation, as reporting.c and observation.c share it; for core/device only. */
#ifndef DEVICE_REPORTING_IMPL_H
#define DEVICE_REPORTING_IMPL_H

#include "device/attributes_impl.h"
#include "device/device_impl.h"

/* A server that observes, or has attached attributes. */
struct audience {
    unsigned ssid;
    struct attributes attributes;
    size_t under_way;      /* notices in the queue or not acknowledged yet */
    size_t awaited;        /* of these: sent, and to be acknowledged */
    struct audience *next; /* (owned) */
};
/* NULL: SSID is not among them. */
struct audience *audience_of(struct audience *audiences, unsigned ssid);
/* The same, added when it was not there; EVALUATES as attributes_init has it. */
struct audience *audience_join(struct audience **audiences, unsigned ssid, bool evaluates);
void audience_part(struct audience **audiences, unsigned ssid); /* frees it, if it is there */

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
    bool over;                /* ended; only waits for the last word on what was sent */
    unsigned under_way;       /* notices in the queue or not acknowledged yet */
    unsigned unconfirmed;     /* notifications since the last confirmable one */
    int64_t confirmed_ms;     /* when that was; at first, when it was asked for */
    struct observation *next; /* (owned) */
};

/* Of the request of ASKER with Observe=0 that PATHS are read by. */
struct observation *observation_new(struct registration *asker, struct audience *audience,
                                    const struct message *request, const struct records *paths);
void observation_free(struct observation *observation);
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
