/* SPDX-License-Identifier: Apache-2.0 */
/* What outlives a restart of a device: how its model differs from its profile, and the attributes
 * that servers gave; as data, and as the file that "state" of the profile names. */
#ifndef MODEL_STATE_H
#define MODEL_STATE_H

#include "model/profile.h"

/* Attributes of one path for one server. */
struct state_attribute {
    uint16_t ssid;
    struct path path;
    char *text; /* (owned) as in the query of Write-Attributes: "pmin=5&pmax=10" */
};

enum { STATE_ATTRIBUTES_MOST = 1024, STATE_TEXT_MOST = 255 };

struct state {
    /* What is there and was not, or is another: resources that servers can write, all of objects 0
     * to 2 (the result of a bootstrap is there), and whole instances that the profile does not
     * have. VALUE_NONE for such an instance, and for resources without a value. */
    struct records values;
    struct path *gone; /* (owned) what the profile has and is no more, the outermost paths */
    size_t gone_count;
    struct state_attribute *attributes; /* (owned) */
    size_t attribute_count;
    struct path *unprovisioned; /* (owned) instances of object 16 that have no keys (I-19) */
    size_t unprovisioned_count;
};

void state_init(struct state *state);
void state_release(struct state *state); /* zeroes the values */
/* Fills .values and .gone of an empty state. What the device finds out for itself (AuthData and
 * AuthStatus, I-21; all else that servers can only read) is left out. */
void state_take(struct state *state, const struct profile *profile, const struct model *model);
/* False when there are STATE_ATTRIBUTES_MOST already or TEXT is longer than STATE_TEXT_MOST. */
MUST_USE bool state_add_attribute(struct state *state, unsigned ssid, struct path path,
                                  struct bytes text);
/* INSTANCE is one that the keys of the profile are not meant for. */
void state_add_unprovisioned(struct state *state, struct path instance);
/* Whether it is one of them. */
bool state_lacks_keys(const struct state *state, struct path instance);
/* Makes MODEL, new from the profile, what it was; attributes are the caller's. ST_INVALID or
 * ST_LIMIT when something did not fit, all else is done. */
MUST_USE enum status state_apply(const struct state *state, struct model *model);

/* Replaces the file at PATH as a whole, or leaves it as it was: ST_IO with a sentence. Nobody but
 * the owner can read it, since keys may stand in it. */
MUST_USE enum status state_write(const struct state *state, const struct profile *profile,
                                 const char *path, struct error *error);
/* Reads the file at PATH into an empty state. ST_NOT_FOUND without an entry in ERRORS when there is
 * none yet; else, when it cannot be read, is damaged or belongs to another profile, ST_INVALID,
 * ST_LIMIT or ST_IO with entries: the file stays as it is, and STATE empty. */
MUST_USE enum status state_load(struct state *state, const struct profile *profile,
                                const char *path, struct error_list *errors);

#endif
