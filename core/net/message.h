/* SPDX-License-Identifier: Apache-2.0 */
/* A CoAP message in our own types: what the device and the server reason about. */
#ifndef NET_MESSAGE_H
#define NET_MESSAGE_H

#include "base/buf.h"
#include "base/coap.h"

enum { CODE_TEXT = 8 };

/* "GET", "2.05"; returns TEXT. */
const char *code_text(unsigned code, char text[CODE_TEXT]);
/* Phrase for people: "Content", "Bad Request"; "" when unknown. */
const char *code_phrase(unsigned code);
static inline bool code_is_request(unsigned code)
{
    return code >= 1 && code < 32;
}
static inline bool code_is_success(unsigned code)
{
    return (code >> 5) == 2;
}

/* Path segments or query items: counted strings, at most 16 of at most 255 octets. */
enum { SEGMENTS_MOST = 16, SEGMENT_LEN_MOST = 255 };

struct segments {
    struct buf text; /* (owned) all segments, one after the other */
    uint16_t end[SEGMENTS_MOST];
    size_t count;
};
void segments_init(struct segments *segments);
void segments_release(struct segments *segments);
void segments_copy(const struct segments *from, struct segments *out); /* OUT is initialised here */
MUST_USE bool segments_add(struct segments *segments, struct bytes segment);
struct bytes segments_at(const struct segments *segments, size_t index); /* borrowed */
bool segments_equal(const struct segments *a, const struct segments *b);
/* One of them is, or begins with, the other. */
bool segments_related(const struct segments *a, const struct segments *b);
/* Appends `/a/b` or, with SEPARATOR '&', `a&b`; nothing when there are no segments. */
void segments_join(const struct segments *segments, char separator, struct buf *out);
/* Splits `/a/b` (or `a&b`) and adds each part; `/` and the empty text have none; false when a
 * limit is passed. */
MUST_USE bool segments_split(struct segments *segments, char separator, struct bytes text);
/* Adds the query item `NAME=VALUE`; false when a limit is passed. */
MUST_USE bool segments_add_query(struct segments *query, const char *name, struct bytes value);
/* The value of `NAME=…` among query items: true and the view, or false; a flag `NAME` gives an
 * empty view whose data is NULL. */
bool segments_query(const struct segments *query, const char *name, struct bytes *out);

enum { BODY_MOST = 65536 }; /* octets of a body, however many blocks it takes */

struct message {
    uint8_t code;
    bool confirmable;
    bool is_separate; /* a response: it came by itself, after the acknowledgement */
    int message_id;   /* -1: to be chosen by the endpoint */
    uint8_t token[8];
    uint8_t token_len;        /* requests: 0 means to be chosen */
    struct segments path;     /* Uri-Path of a request */
    struct segments query;    /* Uri-Query of a request */
    struct segments location; /* Location-Path of a response */
    int format;               /* Content-Format, -1: none */
    int accept;               /* Accept, -1: none */
    int observe;              /* Observe, -1: none */
    struct buf payload;       /* whole body: block transfers are the endpoint's business */
    bool sensitive;           /* carries AuthData: copies are zeroed, see endpoint_forget_bodies */
};

void message_init(struct message *message);    /* confirmable, everything else absent */
void message_release(struct message *message); /* zeroes the payload */
void message_copy(const struct message *from, struct message *out); /* OUT is initialised here */

#endif
