/* SPDX-License-Identifier: Apache-2.0 */
/* Content formats: one table of rows, each turning records into octets and back.
 *
 * A codec knows octets, paths and values, nothing of CoAP or of the model; a callback tells the
 * type of a path. Every decoder limits size, count and depth and refuses trailing octets. */
#ifndef CODEC_CODEC_H
#define CODEC_CODEC_H

#include "base/status.h"
#include "base/value.h"

/* CoAP Content-Format numbers (LwM2M TS 1.0, 6.4). */
enum {
    FORMAT_NONE = -1, /* no option */
    FORMAT_TEXT = 0,
    FORMAT_LINK = 40,
    FORMAT_OPAQUE = 42,
    FORMAT_CBOR = 60,
    FORMAT_SENML_JSON = 110,
    FORMAT_SENML_CBOR = 112,
    FORMAT_TLV = 11542,
    FORMAT_JSON = 11543 /* of LwM2M 1.0 */
};

/* What the resource at a path is. */
struct codec_type {
    enum value_type type; /* VALUE_NONE: executable */
    bool multiple;
};

/* Tells the type of the resource at PATH (depth 3 or 4, then its resource is meant); false when
 * nothing is known of it: its values then come as the type that the format itself tells,
 * VALUE_OPAQUE when it tells none, and the caller decides. */
struct codec_types {
    bool (*describe)(const void *arg, struct path path, struct codec_type *out);
    const void *arg; /* (borrowed) */
};

/* Bits of struct codec.versions: bit n stands for LwM2M 1.n. */
enum { CODEC_1_0 = 1 << 0, CODEC_1_1 = 1 << 1 };

struct codec {
    int format;        /* Content-Format */
    const char *name;  /* (borrowed) as in `as tlv` and "formats": "text", "senml-cbor", … */
    bool hierarchical; /* several values, or none, can be carried; the others carry one */
    /* The LwM2M versions that have the format: a client of any other neither sends nor takes it. */
    unsigned versions;
    /* Appends the content: RECORDS all lie at or below BASE, the path of the request (of the object
     * for Create). ST_UNSUPPORTED when this format cannot carry them (4.06). */
    enum status (*encode)(const struct records *records, struct path base, struct buf *out);
    /* Appends to OUT what TEXT says about BASE. ST_INVALID or ST_LIMIT with a sentence otherwise;
     * OUT then holds nothing to be used. */
    enum status (*decode)(struct bytes text, struct path base, const struct codec_types *types,
                          struct records *out, struct error *error);
    /* The body of a Read- or Observe-Composite (LwM2M TS 1.1, 6.3): the paths of RECORDS, whose
     * values are left aside. NULL when the format has no such list. Errors as above. */
    enum status (*encode_paths)(const struct records *records, struct buf *out);
    /* Appends a record of VALUE_NONE for each path of any depth, the root included; none is there
     * twice, but one may lie below another. */
    enum status (*decode_paths)(struct bytes text, struct records *out, struct error *error);
};

/* NULL when the format is not one of the table. Pre-IANA numbers 1541..1544 find their rows. */
const struct codec *codec_find(int format);
const struct codec *codec_named(struct bytes name);
const struct codec *codec_at(size_t index); /* NULL past the end */

enum { PAYLOAD_MOST = 65536 }; /* octets of one content, both ways */

#endif
