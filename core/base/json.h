/* SPDX-License-Identifier: Apache-2.0 */
/* Reads JSON (RFC 8259) strictly: tokens with positions, and a document made of them.
 *
 * Integers are exact over 64 bits, strings are counted (a NUL inside is kept), depth and
 * number of nodes are limited, duplicate keys are found, trailing text is refused. Memory
 * that held strings is zeroed on release, because a profile holds keys. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/status.h"

enum json_kind {
    JSON_NULL,
    JSON_BOOLEAN,
    JSON_INTEGER, /* no fraction, no exponent, fits in 64 bits */
    JSON_NUMBER,  /* any other number */
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
    JSON_ARRAY_END,  /* token only */
    JSON_OBJECT_END, /* token only */
    JSON_KEY,        /* token only: the name of the member that follows */
    JSON_END         /* token only: the text is over */
};

struct json_token {
    enum json_kind kind;
    unsigned line;     /* from 1 */
    unsigned column;   /* octets from 1 */
    int64_t integer;   /* JSON_INTEGER; JSON_BOOLEAN as 0 or 1 */
    double number;     /* JSON_NUMBER and JSON_INTEGER */
    struct bytes text; /* JSON_STRING, JSON_KEY: decoded UTF-8, borrowed until the next call */
};

enum { JSON_DEPTH_MOST = 32, JSON_NODES_MOST = 65536 };

/* A pull reader; its fields are private. */
struct json_reader {
    struct rd rd;
    unsigned line;
    const uint8_t *line_start; /* (borrowed) */
    uint8_t stack[JSON_DEPTH_MOST];
    unsigned depth;
    unsigned expect;
    struct buf text; /* (owned) */
};

/* TEXT must outlive the reader. */
void json_reader_init(struct json_reader *reader, struct bytes text);
void json_reader_release(struct json_reader *reader);
/* The next token; ST_INVALID or ST_LIMIT with a message and a place otherwise, and the same
 * again when asked again. ERROR may be NULL. No part of a value gets into a message. */
MUST_USE enum status json_next(struct json_reader *reader, struct json_token *out,
                               struct error *error);

/* A value of a document, borrowed from it. */
struct json {
    enum json_kind kind;
    unsigned line;
    unsigned column;
    int64_t integer;
    double number;
    struct bytes text;  /* JSON_STRING */
    struct bytes name;  /* the member's name when the parent is an object */
    unsigned name_line; /* where the name stands */
    unsigned name_column;
    const struct json *parent; /* (borrowed) NULL for the root */
    const struct json *first;  /* (borrowed) first member or element */
    const struct json *next;   /* (borrowed) next sibling */
    size_t count;              /* members or elements */
    size_t index;              /* own place in the parent */
};

/* Appends TEXT, which is UTF-8, as a JSON string with its quotes; control characters are escaped.
 */
void json_put_text(struct buf *out, struct bytes text);

struct json_doc; /* opaque */

/* Parses the whole of TEXT (copied). Every duplicate key is added to ERRORS and fails the
 * parse, after the first syntax error the rest is not looked at. SUBJECT is the file name for
 * messages. NULL when errors were added; else the caller owns the result. */
struct json_doc *json_parse(struct bytes text, const char *subject, struct error_list *errors);
void json_doc_free(struct json_doc *doc);
const struct json *json_root(const struct json_doc *doc);
/* The member called NAME of an object, or NULL. */
const struct json *json_member(const struct json *object, const char *name);
/* Appends the JSON pointer (RFC 6901) of a value. */
void json_pointer(const struct json *value, struct buf *out);
/* Adds an error with the place and pointer of VALUE (of its name when AT_NAME). */
void json_error(struct error_list *errors, const char *subject, const struct json *value,
                bool at_name, const char *format, ...) PRINTF_LIKE(5, 6);

#endif
