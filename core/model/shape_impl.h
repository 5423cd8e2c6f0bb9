/* SPDX-License-Identifier: Apache-2.0 */
/* The form of a JSON file as a table, from which both the validator and the JSON Schema for editors
 * are made; and getters that are blind to what the validator has reported already. */
#ifndef MODEL_SHAPE_IMPL_H
#define MODEL_SHAPE_IMPL_H

#include "base/json.h"
#include "base/value.h"

enum shape_kind {
    SHAPE_TEXT,     /* a string of MIN..MAX octets, without control characters */
    SHAPE_SECRET,   /* a string that says where octets come from (model/secret.h) */
    SHAPE_CHOICE,   /* one of CHOICES */
    SHAPE_INTEGER,  /* MIN..MAX */
    SHAPE_BOOLEAN,  /* true or false */
    SHAPE_DURATION, /* "20ms" */
    SHAPE_PATH,     /* "/16/0/0/1", of MIN..MAX ids */
    SHAPE_INSTANCE, /* "16/1" */
    SHAPE_SCALAR,   /* a string, number or boolean, as the definition of the resource asks for */
    SHAPE_OBJECT,   /* the members that FIELDS tell */
    SHAPE_MAP,      /* members with names of the kind KEYS, each with the shape ITEM */
    SHAPE_LIST,     /* elements with the shape ITEM */
    SHAPE_EITHER    /* ITEM when it is an object, else OTHER */
};

enum key_kind {
    KEYS_ID,       /* "22" */
    KEYS_INSTANCE, /* "16/1" */
    KEYS_PATH,     /* "/16/1/0/3" */
    KEYS_ENDPOINT  /* any name */
};

struct field;
struct shape {
    enum shape_kind kind;
    int64_t min, max;
    const char *const *choices; /* (borrowed) up to NULL */
    enum key_kind keys;
    const struct shape *item;   /* (borrowed) */
    const struct shape *other;  /* (borrowed) */
    const struct field *fields; /* (borrowed) */
    size_t count;
};

struct field {
    const char *name; /* (borrowed) */
    bool required;
    const struct shape *shape; /* (borrowed) */
    const char *text;          /* (borrowed) what it is for, shown by editors */
};

/* A file that is being read. */
struct source {
    const char *subject;       /* (borrowed) its name in messages */
    const char *folder;        /* (borrowed) where `file:` keys are looked for */
    struct error_list *errors; /* (borrowed) */
};

/* Adds every departure of VALUE from SHAPE. */
void shape_check(const struct source *source, const struct shape *shape, const struct json *value);
/* Appends the JSON Schema (2020-12) of SHAPE without a newline at the end. */
void shape_schema(const struct shape *shape, const char *title, struct buf *out);

/* A warning with the place and pointer of VALUE. */
void source_warn(const struct source *source, const struct json *value, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* A name or text of the file as it may stand in a message: one line, and not too long. */
enum { LABEL = 64 };
const char *label_of(struct bytes text, char label[LABEL]);

/* The member, or NULL when OBJECT is none or has none; OBJECT may be NULL. */
const struct json *get_member(const struct json *object, const char *name);
/* The first member or element; NULL when VALUE is NULL or of another kind. */
const struct json *get_first(const struct json *value, enum json_kind kind);
/* How many members or elements; VALUE may be NULL. */
size_t get_count(const struct json *value);
/* What a member says, or FALLBACK when it is not there or does not have that shape. */
struct bytes get_text(const struct json *object, const char *name, const char *fallback);
char *get_string(const struct json *object, const char *name, const char *fallback); /* a copy */
int64_t get_integer(const struct json *object, const char *name, int64_t fallback);
bool get_flag(const struct json *object, const char *name, bool fallback);
int64_t get_duration(const struct json *object, const char *name, int64_t fallback_ms);
char *text_copy(struct bytes text); /* (owned) as a C string; NULL when TEXT has no data */
/* The id that a member is named by. */
MUST_USE bool parse_id(struct bytes text, uint16_t *out);
/* `16/1` */
MUST_USE bool parse_instance(struct bytes text, struct path *out);

#endif
