/* SPDX-License-Identifier: Apache-2.0 */
/* How a call that depends on its environment reports failure, and the text for people.
 *
 * Three kinds of failure never share a type. What the protocol answers is data (a CoAP
 * code in a message). What the environment does to us (a file that is not there, a peer
 * that is gone, input that does not parse) is an `enum status`, which must be looked at.
 * Our own bugs are asserts. The text for a person travels beside the status in a
 * `struct error`, whose buffers are fixed: a message never allocates. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include "base/std.h"

enum status {
    ST_OK = 0,
    ST_INVALID,     /* the input does not parse or is not allowed */
    ST_LIMIT,       /* a size, count or depth limit was passed */
    ST_NOT_FOUND,   /* a file, name or key is not there */
    ST_UNSUPPORTED, /* this build or peer cannot do it */
    ST_IO,          /* reading or writing failed: see errno at that time */
    ST_UNREACHABLE, /* the peer does not answer or refuses the transport */
    ST_TIMEOUT,     /* our own limit passed */
    ST_REFUSED,     /* the peer answered, and said no */
    ST_CANCELLED    /* the caller or a signal ended it */
};

/* A static, lower-case phrase for a status, such as "not found". */
const char *status_text(enum status status);

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };

/* One message: where, and a sentence in lower case without a full stop. */
struct error {
    enum severity severity;
    char subject[256]; /* file name as the user gave it, or empty */
    unsigned line;     /* from 1; 0: no position */
    unsigned column;   /* in octets from 1; 0: no column */
    char pointer[160]; /* JSON pointer, or empty */
    char text[400];    /* what failed, the subject in quotes, what to do about it */
};

/* Empties ERROR. */
void error_clear(struct error *error);

/* Sets the sentence and keeps the place; ERROR may be NULL (nobody is interested). */
void error_set(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

/* Sets the place; SUBJECT may be NULL (kept as it is). */
void error_place(struct error *error, const char *subject, unsigned line, unsigned column);

struct buf;
/* Appends `file:line:col: error: sentence (at /json/pointer)` without a newline;
 * parts that are not there are left out. */
void error_format(const struct error *error, struct buf *out);

/* Errors of a whole file, in the order found; bounded, so that garbage cannot fill memory. */
struct error_list {
    struct error *items; /* (owned) */
    size_t count;
    size_t capacity;
    size_t dropped; /* found after the list was full */
    size_t errors;  /* of severity error, the dropped ones included */
};

enum { ERROR_LIST_MOST = 100 };

void error_list_init(struct error_list *list);
void error_list_release(struct error_list *list);
/* Adds a copy of ERROR. */
void error_list_add(struct error_list *list, const struct error *error);
/* Puts the entries from FROM on into the order of their places; those of one place stay so, and
 * none passes one of another subject. */
void error_list_sort(struct error_list *list, size_t from);

#endif
