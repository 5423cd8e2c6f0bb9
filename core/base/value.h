/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of the data model: paths, typed values, records.
 *
 * A record list is the one intermediate form between the model and every content format,
 * and between an operation of a scenario and what it compares. */
#ifndef BASE_VALUE_H
#define BASE_VALUE_H

#include "base/buf.h"

enum value_type {
    VALUE_NONE, /* no value: see struct record */
    VALUE_STRING,
    VALUE_INTEGER,
    VALUE_FLOAT,
    VALUE_BOOLEAN,
    VALUE_OPAQUE,
    VALUE_TIME, /* seconds since 1970, in .integer */
    VALUE_OBJLINK
};

const char *value_type_name(enum value_type type); /* "string", "integer", … */

struct objlink {
    uint16_t object;   /* 65535: null */
    uint16_t instance; /* 65535: the object itself, or null */
};

/* A typed value. String and opaque own their octets (counted, NUL allowed, len 0 has data
 * NULL); they are zeroed on release, since any of them may be an identity or AuthData. */
struct value {
    enum value_type type;
    union {
        int64_t integer; /* integer, time */
        double number;
        bool boolean;
        struct objlink link;
        struct {
            uint8_t *data; /* (owned) */
            size_t len;
        } octets; /* string, opaque */
    };
};

struct value value_none(void);
struct value value_integer(int64_t integer);
struct value value_time(int64_t seconds);
struct value value_float(double number);
struct value value_boolean(bool boolean);
struct value value_link(uint16_t object, uint16_t instance);
struct value value_octets(enum value_type type, struct bytes octets); /* copies */
struct value value_string(const char *text);                          /* copies */
struct value value_copy(const struct value *value);
struct bytes value_bytes(const struct value *value); /* string or opaque; borrowed */
void value_release(struct value *value);             /* zeroes, then VALUE_NONE */
/* Same type and same content; floats compare by value (-0 is 0), NaN equals NaN. */
bool value_equal(const struct value *a, const struct value *b);
/* A total order in which equal means value_equal; for sorting. */
int value_compare(const struct value *a, const struct value *b);
/* For people: text quoted and escaped, opaque as `hex:…`, link as `16:1`, time in seconds,
 * VALUE_NONE as `(empty)`. Opaque longer than 64 octets is cut and its length told. Integers,
 * times, booleans and links are as JSON and LwM2M have them too. */
void value_format(const struct value *value, struct buf *out);

/* Ids are 0..65534; 65535 is reserved. */
enum { ID_MOST = 65534, ID_NONE = 65535, PATH_MOST = 4 };

/* `/`, `/o`, `/o/i`, `/o/i/r`, `/o/i/r/ri` */
struct path {
    uint16_t id[PATH_MOST];
    uint8_t depth; /* 0..4 */
};

struct path path_root(void);
struct path path_object(unsigned object);
struct path path_instance(unsigned object, unsigned instance);
struct path path_resource(unsigned object, unsigned instance, unsigned resource);
struct path path_child(struct path parent, unsigned id); /* parent's depth must be below 4 */
struct path path_parent(struct path path);               /* depth must be above 0 */
struct path path_cut(struct path path, unsigned depth);  /* at most DEPTH ids kept */
bool path_equal(struct path a, struct path b);
/* True when INNER equals OUTER or lies below it. */
bool path_covers(struct path outer, struct path inner);
int path_compare(struct path a, struct path b); /* order by ids, outer before inner */
/* Strict: `/` or `/n/n/n/n`, decimal ids 0..65534, no trailing slash. */
MUST_USE bool path_parse(struct bytes text, struct path *out);
enum { PATH_TEXT = 32 };
/* Writes `/16/0/2` and returns TEXT. */
const char *path_text(struct path path, char text[PATH_TEXT]);

/* One entry of a content.
 * With a value: PATH is a resource (single) or a resource instance (multiple).
 * VALUE_NONE: something that is there and empty: a multiple resource without instances
 * (depth 3), an object instance without resources (2), an object without instances (1). */
struct record {
    struct path path;
    struct value value; /* (owned) */
};

/* A list of records in the order of the content. */
struct records {
    struct record *items; /* (owned) */
    size_t count;
    size_t capacity;
    size_t limit;
};

enum { RECORDS_MOST = 4096 };

void records_init(struct records *records); /* limit RECORDS_MOST */
void records_release(struct records *records);
void records_clear(struct records *records);
/* Takes the value over in any case; false when the list is full. */
MUST_USE bool records_add(struct records *records, struct path path, struct value value);
void records_copy(const struct records *from, struct records *out); /* OUT is initialised here */
/* The record with exactly this path, or NULL; borrowed until the list changes. */
const struct record *records_find(const struct records *records, struct path path);
/* Same records with the same values, in any order. */
bool records_equal(const struct records *a, const struct records *b);
/* One line per record for people: `/16/0/0/1 "Acme"`. */
void records_format(const struct records *records, struct buf *out);

#endif
