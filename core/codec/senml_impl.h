/* SPDX-License-Identifier: Apache-2.0 */
/* The record walk of the SenML family, and what a notation must offer for it. */
#ifndef CODEC_SENML_IMPL_H
#define CODEC_SENML_IMPL_H

#include "base/json.h"
#include "codec/cbor_impl.h"
#include "codec/codec.h"
#include "codec/token_impl.h"

/* What a field of a record is. */
enum senml_role {
    ROLE_NONE, /* ends a table */
    ROLE_BASE_NAME,
    ROLE_NAME,
    ROLE_TIME, /* and base time, update time: looked at, not kept */
    ROLE_VERSION,
    ROLE_UNIT, /* and base unit: looked at, not kept */
    ROLE_NUMBER,
    ROLE_STRING,
    ROLE_BOOLEAN,
    ROLE_OCTETS,
    ROLE_LINK,
    ROLE_SUM,     /* and base value, base sum: no value of LwM2M is made of them */
    ROLE_ENTRIES, /* where the records are, in a notation that encloses them */
    ROLE_COUNT
};

enum { SENML_NO_NUMBER = INT_MIN };

struct senml_label {
    const char *text; /* (borrowed) */
    int number;       /* in CBOR, or SENML_NO_NUMBER */
    enum senml_role role;
};

/* RFC 8428 table 4 and the `vlo` of LwM2M. */
extern const struct senml_label senml_labels[];

/* A field that is written: TEXT, or VALUE when it is not NULL. */
struct senml_field {
    const struct senml_label *label; /* (borrowed) */
    struct bytes text;
    const struct value *value; /* (borrowed) */
};

union senml_tokens {
    struct json_reader json;
    struct cbor_reader cbor;
};

struct senml_notation {
    const struct senml_label *labels; /* (borrowed) up to ROLE_NONE */
    bool is_binary;   /* labels are their numbers, octets are octets, any float can be written */
    bool is_enclosed; /* an object has the base fields and the records; names may be relative to the
                         request, octets are in a string (LwM2M 1.0) */
    void (*start)(union senml_tokens *tokens, struct bytes text);
    void (*stop)(union senml_tokens *tokens);
    enum status (*next)(union senml_tokens *tokens, struct token *out, struct error *error);
    /* What stands before COUNT records; BASE_NAME is for an object that encloses them. */
    void (*begin)(struct buf *out, size_t count, struct bytes base_name);
    void (*record)(struct buf *out, const struct senml_field *fields, size_t count, bool is_first);
    const char *end; /* (borrowed) what stands after them */
};

/* What a content is read for. */
struct senml_question {
    struct path base;
    const struct codec_types *types; /* (borrowed) or NULL */
    bool paths_only;                 /* records without values, each naming any path below BASE */
};

/* One of the records from START on whose path is there twice or, when it is about values, lies
 * below that of another; NULL when there is none. Borrowed from the list. */
const struct record *senml_find_overlap(const struct records *records, size_t start,
                                        bool paths_only);
/* The functions of the rows of the table; see struct codec and senml.h. */
MUST_USE enum status senml_write(const struct senml_notation *notation,
                                 const struct records *records, struct path base, struct buf *out);
MUST_USE enum status senml_write_paths(const struct senml_notation *notation,
                                       const struct records *records, struct buf *out);
MUST_USE enum status senml_read(const struct senml_notation *notation, struct bytes text,
                                const struct senml_question *question, struct records *out,
                                struct error *error);

#endif
