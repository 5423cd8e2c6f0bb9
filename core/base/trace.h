/* SPDX-License-Identifier: Apache-2.0 */
/* The event log: what happened, as data, for whoever listens (a terminal, a JSON stream, a file,
 * the last messages under a failed check). Nothing below cli prints. */
#ifndef BASE_TRACE_H
#define BASE_TRACE_H

#include "base/clock.h"
#include "base/value.h"

enum event_kind {
    EVENT_REQUEST,      /* a CoAP request went out or came in */
    EVENT_RESPONSE,     /* its answer */
    EVENT_NOTIFICATION, /* a response to an observation */
    EVENT_RESET,        /* an empty Reset or a message given up by the transport */
    EVENT_MALFORMED,    /* octets came that are no CoAP message: PAYLOAD, TEXT says why */
    EVENT_SECURED,      /* the handshake of a session is over: SUITE, IDENTITY */
    EVENT_UNSECURED,    /* it failed, though somebody was there: nothing was said */
    EVENT_REGISTERED,
    EVENT_UPDATED,
    EVENT_DEREGISTERED,
    EVENT_BOOTSTRAP, /* a step that a bootstrap server leads a client: PATH, CODE of the answer */
    EVENT_STATE,     /* AuthStatus or a registration state changed */
    EVENT_WARNING,   /* something unusual that does not stop anything */
    EVENT_ERROR,     /* something failed; TEXT says what to do */
    EVENT_INFO
};
const char *event_kind_name(enum event_kind kind); /* "request", … as in the JSON stream */

/* Everything in it is borrowed for the time of the call. Strings may be NULL. */
struct event {
    enum event_kind kind;
    int64_t utc_ms;   /* set by trace_emit */
    const char *side; /* (borrowed) "device" or "server": whose log this is */
    bool incoming;    /* messages: direction as seen from SIDE */
    const char *peer; /* (borrowed) address of the other end */
    const char *type; /* (borrowed) "CON", "NON", "ACK", "RST" */
    int message_id;   /* -1: unknown */
    struct bytes token;
    const char *code;  /* (borrowed) "POST", "2.05" */
    const char *path;  /* (borrowed) "/16/0/1" or "/rd/1" */
    const char *query; /* (borrowed) "ep=…&lt=300" */
    int format;        /* Content-Format, -1: none */
    int accept;        /* Accept, -1: none */
    int observe;       /* Observe option, -1: none */
    struct bytes payload;
    unsigned server;      /* EVENT_REGISTERED, _UPDATED, _DEREGISTERED of a device: its short id */
    bool secret;          /* there are keys in it: of the payload, only the length is ever shown */
    const char *from;     /* (borrowed) EVENT_STATE: the former state */
    const char *to;       /* (borrowed) EVENT_STATE: the new state */
    const char *suite;    /* (borrowed) EVENT_SECURED: protocol and cipher suite */
    const char *identity; /* (borrowed) EVENT_SECURED: that the client showed */
    const char *text;     /* (borrowed) a sentence for people */
};

/* An event of KIND with the rest empty (message_id, format, accept, observe are -1). */
struct event event_of(enum event_kind kind, const char *side);

/* True for what went over the wire. */
bool event_is_message(const struct event *event);
/* Appends a message as one line for people, without a newline and without anything that acts on a
 * terminal: `server -> device  CON [7] POST /16/0/1 format=0  0='0'`. Long payloads are cut; REDACT
 * tells their length alone, which is all that is told of a secret one. */
void event_put_message(const struct event *event, bool redact, struct buf *out);

/* A listener; embedded by its owner. */
struct trace_listener {
    void (*hear)(void *arg, const struct event *event);
    void *arg;                   /* (borrowed) */
    struct trace_listener *next; /* (borrowed) */
};

/* Where events go; one for each device, server or run. */
struct trace {
    const struct clock *clock;        /* (borrowed) */
    struct trace_listener *listeners; /* (borrowed) */
};

void trace_init(struct trace *trace, const struct clock *clock);
/* LISTENER hears after those that listen already; it may unlisten itself while it hears. */
void trace_listen(struct trace *trace, struct trace_listener *listener);
void trace_unlisten(struct trace *trace, struct trace_listener *listener);
/* Stamps and delivers; TRACE may be NULL (nobody listens). */
void trace_emit(struct trace *trace, struct event *event);
/* EVENT_INFO, _WARNING or _ERROR with a sentence. */
void trace_say(struct trace *trace, enum event_kind kind, const char *side, const char *format, ...)
    PRINTF_LIKE(4, 5);

#endif
