/* SPDX-License-Identifier: Apache-2.0 */
/* The event log for those outside: lines for a person, a JSON object a line for a program, and a
 * file with every message. */
#ifndef CLI_EVENTS_H
#define CLI_EVENTS_H

#include "base/trace.h"
#include "cli/options.h"

enum events_detail {
    EVENTS_NONE,
    EVENTS_PROBLEMS, /* warnings and errors */
    EVENTS_NORMAL,   /* what became of registrations and of AuthStatus, too */
    EVENTS_MESSAGES, /* and every message */
    EVENTS_ALL
};

struct events_config {
    FILE *out;      /* (borrowed) what happens */
    FILE *problems; /* (borrowed) warnings and errors for people; JSON goes to OUT alone */
    enum events_detail detail;
    bool json;
    bool redact;      /* payloads are not shown */
    bool colour;      /* of OUT and PROBLEMS */
    const char *file; /* (borrowed) --trace, or NULL */
};

struct events {
    struct events_config config;
    struct trace *trace; /* (borrowed) */
    FILE *file;          /* (owned) or NULL */
    struct trace_listener ear;
};

/* False with a sentence when the file cannot be written; nothing is to be ended then. */
MUST_USE bool events_start(struct events *events, const struct events_config *config,
                           struct trace *trace, struct error *error);
/* False with a sentence when something could not be written to the file. */
MUST_USE bool events_end(struct events *events, struct error *error);

/* Appends EVENT as one line for people, with its newline. */
void event_put(const struct event *event, bool redact, struct buf *out);
/* Appends EVENT as one JSON object in a line. */
void event_put_json(const struct event *event, bool redact, struct buf *out);

#endif
