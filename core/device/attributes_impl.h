/* SPDX-License-Identifier: Apache-2.0 */
/* The attributes that Write-Attributes attaches to paths, and how they are inherited; for
 * core/device only (LwM2M TS 1.0, 5.1.2). */
#ifndef DEVICE_ATTRIBUTES_IMPL_H
#define DEVICE_ATTRIBUTES_IMPL_H

#include "base/status.h"
#include "model/state.h"
#include "net/message.h"

/* Periods in seconds, then conditions on numbers. */
enum attribute {
    ATTRIBUTE_PMIN,
    ATTRIBUTE_PMAX,
    ATTRIBUTE_EPMIN, /* both of LwM2M 1.1 */
    ATTRIBUTE_EPMAX,
    ATTRIBUTE_GT,
    ATTRIBUTE_LT,
    ATTRIBUTE_ST
};
enum {
    ATTRIBUTE_COUNT = 7,
    ATTRIBUTE_TEXT = 24,        /* characters of a value, the terminator included */
    ATTRIBUTE_PATHS_MOST = 256, /* paths that can have some */
    PERIOD_MOST = 2147483647    /* seconds of a period */
};
const char *attribute_name(enum attribute attribute); /* "pmin", … */

struct attribute_set {
    bool has[ATTRIBUTE_COUNT];
    double number[ATTRIBUTE_COUNT];             /* periods: seconds, whole */
    char text[ATTRIBUTE_COUNT][ATTRIBUTE_TEXT]; /* as it was written */
};

struct attribute_entry {
    struct path path;
    struct attribute_set set;
};
struct attributes {
    struct attribute_entry *entries; /* (owned) */
    size_t count;
    bool evaluates; /* knows epmin and epmax */
};

void attributes_init(struct attributes *attributes, bool evaluates);
void attributes_release(struct attributes *attributes);
/* Attaches what QUERY says to PATH (depth 1 to 4); a name without a value detaches. All or nothing:
 * ST_INVALID when an item is unknown, given twice or malformed, when gt, lt or st is given and PATH
 * is not NUMERIC, or when they contradict each other there; ST_LIMIT when the table is full. */
MUST_USE enum status attributes_write(struct attributes *attributes, struct path path, bool numeric,
                                      const struct segments *query);
/* What is attached to PATH itself. */
struct attribute_set attributes_attached(const struct attributes *attributes, struct path path);
/* With what it inherits from the paths above; the lower one wins. */
struct attribute_set attributes_effective(const struct attributes *attributes, struct path path);
/* Whether NOW is to be told to whom BEFORE was told: any change is, unless gt, lt or st is set;
 * then a number must have crossed gt or lt, or moved by st. Both hold what is at one path and below
 * it, or, where it is not numeric, nothing. */
bool attribute_set_tells(const struct attribute_set *set, const struct records *before,
                         const struct records *now);
/* Adds them all to STATE, as those of the server SSID. */
void attributes_keep(const struct attributes *attributes, unsigned ssid, struct state *state);
/* Forgets what is attached at and below PATH; everything when it is the root. */
void attributes_forget(struct attributes *attributes, struct path path);

#endif
