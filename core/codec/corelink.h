/* SPDX-License-Identifier: Apache-2.0 */
/* CoRE link format (RFC 6690): object lists of a registration, answers to Discover. */
#ifndef CODEC_CORELINK_H
#define CODEC_CORELINK_H

#include "base/status.h"
#include "base/value.h"

struct link_attribute {
    char *name;  /* (owned) */
    char *value; /* (owned) NULL: a flag; UTF-8, quotes removed */
    bool quoted; /* how it stood, and how it is written */
};

enum { LINKS_MOST = 1024, LINK_ATTRIBUTES_MOST = 16, LINK_TEXT_MOST = 256 };

struct link {
    char *target; /* (owned) the characters between < and > */
    bool
        has_path; /* the target is `/` or a path of ids; a trailing slash (ETS 1630) is tolerated */
    struct path path;
    struct link_attribute attributes[LINK_ATTRIBUTES_MOST];
    size_t attribute_count;
};

struct links {
    struct link *items; /* (owned) */
    size_t count;
    size_t capacity;
};

void links_init(struct links *links);
void links_release(struct links *links);
/* Adds a link to PATH; borrowed until the next addition; NULL when the list is full. */
struct link *links_add(struct links *links, struct path path);
/* VALUE may be NULL for a flag; false when the link has no room. */
MUST_USE bool link_add_attribute(struct link *link, const char *name, const char *value,
                                 bool quoted);
/* The value of an attribute ("" for a flag), or NULL; borrowed. */
const char *link_attribute(const struct link *link, const char *name);
const struct link *links_find(const struct links *links, struct path path);
void links_encode(const struct links *links, struct buf *out);
/* OUT is initialised by the caller and appended to. Empty text is an empty list. */
MUST_USE enum status links_decode(struct bytes text, struct links *out, struct error *error);

#endif
