/* SPDX-License-Identifier: Apache-2.0 */
/* Between the adapter protocol and the REST interface of Leshan's demo server; no I/O here.
 *
 * That interface speaks of nodes (object, instance, resource) as JSON of its own, in which integers
 * and floats are strings, times milliseconds and opaque values hex. */
#ifndef ADAPTERS_LESHAN_H
#define ADAPTERS_LESHAN_H

#include "adapters/request.h"

/* Appends what the node JSON at path AT holds. False when it is no node that Leshan would write. */
MUST_USE bool leshan_node_read(const struct json *node, struct path at, struct records *out);
/* Appends the node for TARGET out of RECORDS. A depth of 1 means an instance without an id. False
 * when they do not fit together. */
MUST_USE bool leshan_node_write(const struct records *records, struct path target, struct buf *out);

/* A call of the REST interface. */
struct leshan_call {
    const char *method;  /* (borrowed) */
    const char *content; /* (borrowed) type of the body, NULL: no body */
    struct buf target;   /* (owned) path and query below the address of the server */
    struct buf body;     /* (owned) */
};
void leshan_call_init(struct leshan_call *call);
void leshan_call_release(struct leshan_call *call);
/* The call that does the operation of REQUEST; ST_INVALID or ST_UNSUPPORTED with a sentence
 * otherwise. */
MUST_USE enum status leshan_call_build(const struct adapter_request *request,
                                       struct leshan_call *out, struct error *error);

/* Appends the line that tells the tool what came of REQUEST: Leshan's HTTP STATUS and BODY. */
void leshan_reply(const struct adapter_request *request, long status, struct bytes body,
                  struct buf *out);
/* While a client in queue mode sleeps, the demo server answers with a ticket, and with the rest by
 * an event, called LESHAN_DELAYED, that has the same ticket. Appends the ticket of BODY or of an
 * event's data; false when there is none. */
#define LESHAN_DELAYED "REQUEST_RESPONSE"
MUST_USE bool leshan_ticket(struct bytes body, struct buf *out);
/* Appends the line that tells the tool what came of REQUEST later: the DATA of that event. */
void leshan_late_reply(const struct adapter_request *request, struct bytes data, struct buf *out);
/* Appends the line for an event of the stream, or nothing when the tool does not care for it. */
void leshan_event(struct bytes name, struct bytes data, struct buf *out);
/* Appends a "registered" line for each registration of the list that Leshan gives. False when it is
 * no such list. */
MUST_USE bool leshan_registrations(struct bytes body, struct buf *out);

/* What has come of an event stream (server-sent events), cut into events. */
struct leshan_stream {
    struct buf line; /* (owned) */
    struct buf name; /* (owned) */
    struct buf data; /* (owned) */
    bool skip;       /* the line feed of CR LF */
    bool bad;        /* a line or an event did not fit; sticky */
    void (*hear)(void *arg, struct bytes name, struct bytes data);
    void *arg; /* (borrowed) of HEAR */
};
/* HEAR is called for each event when it is complete. */
void leshan_stream_init(struct leshan_stream *stream,
                        void (*hear)(void *arg, struct bytes name, struct bytes data), void *arg);
void leshan_stream_release(struct leshan_stream *stream);
/* False when a line or an event is longer than a line of the adapter protocol: what comes then is
 * left aside. */
MUST_USE bool leshan_stream_take(struct leshan_stream *stream, struct bytes octets);

#endif
