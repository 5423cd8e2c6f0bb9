/* SPDX-License-Identifier: Apache-2.0 */
/* Content formats: one table of rows, each turning records into octets and back.
 *
 * A codec knows octets, paths and values, nothing of CoAP or of the model; a callback tells the
 * type of a path. Every decoder limits size, count and depth and refuses trailing octets. */
#ifndef CODEC_CODEC_H
#define CODEC_CODEC_H

#include "base/status.h"
#include "base/value.h"

/* CoAP Content-Format numbers (lwm2m-facts B.3). */
enum {
    FORMAT_NONE = -1, /* no option */
    FORMAT_TEXT = 0,
    FORMAT_LINK = 40,
    FORMAT_OPAQUE = 42,
    FORMAT_TLV = 11542
};

/* What the resource at a path is. */
struct codec_type {
    enum value_type type; /* VALUE_NONE: executable */
    bool multiple;
};

/* Tells the type of the resource at PATH (depth 3 or 4, then its resource is meant); false when
 * nothing is known of it: its values then come as VALUE_OPAQUE, and the caller decides. */
struct codec_types {
    bool (*describe)(const void *arg, struct path path, struct codec_type *out);
    const void *arg; /* (borrowed) */
};

struct codec {
    int format;        /* Content-Format */
    const char *name;  /* (borrowed) as in `as tlv` and "formats": "text", "opaque", "tlv" */
    bool hierarchical; /* several values, or none, can be carried; text and opaque carry one */
    /* Appends the content: RECORDS all lie at or below BASE, the path of the request (of the object
     * for Create). ST_UNSUPPORTED when this format cannot carry them (4.06). */
    enum status (*encode)(const struct records *records, struct path base, struct buf *out);
    /* Appends to OUT what TEXT says about BASE. ST_INVALID or ST_LIMIT with a sentence otherwise;
     * OUT then holds nothing to be used. */
    enum status (*decode)(struct bytes text, struct path base, const struct codec_types *types,
                          struct records *out, struct error *error);
};

/* NULL when the format is not one of the table. Pre-IANA numbers 1541..1544 find their rows. */
const struct codec *codec_find(int format);
const struct codec *codec_named(struct bytes name);
const struct codec *codec_at(size_t index); /* NULL past the end */

enum { PAYLOAD_MOST = 65536 }; /* octets of one content, both ways */

#endif
