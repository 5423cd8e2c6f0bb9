/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP calls, and one stream that never ends, side by side; the only place that knows libcurl. */
#ifndef ADAPTERS_HTTP_H
#define ADAPTERS_HTTP_H

#include "base/buf.h"
#include "base/status.h"

struct http; /* opaque */

/* Calls go to BASE, such as "http://127.0.0.1:8080" (copied); NULL with a sentence when libcurl
 * cannot be had or BASE is no address of HTTP. A proxy is what the environment says, for loopback
 * none; a user's name and password are those of ~/.netrc; $CURL_CA_BUNDLE names other authorities.
 */
struct http *http_new(const char *base, struct error *error);
/* Ends all that is under way: each call is done with ST_CANCELLED. NULL is legal. */
void http_free(struct http *http);

struct http_request {
    const char *method;  /* (borrowed) */
    struct bytes target; /* path and query */
    const char *content; /* (borrowed) Content-Type of the body; NULL: no body */
    struct bytes body;
    int64_t timeout_ms;
};

/* What came of a call. */
struct http_answer {
    enum status result; /* ST_OK: an answer came; ST_TIMEOUT; ST_UNREACHABLE; ST_LIMIT: too long;
                           ST_CANCELLED */
    long status;        /* of HTTP */
    struct bytes body;
    const char *problem; /* (borrowed) a sentence, when there is no answer */
};

/* Calls DONE once, out of http_turn. What REQUEST points to is copied. */
void http_call(struct http *http, const struct http_request *request,
               void (*done)(void *arg, const struct http_answer *answer), void *arg);

/* Who listens to the stream. */
struct http_listener {
    void (*opened)(void *arg);                               /* it is an event stream */
    void (*heard)(void *arg, struct bytes octets);           /* some more of it */
    void (*ended)(void *arg, const struct http_answer *end); /* it is over, or never was */
    void *arg;                                               /* (borrowed) */
};
/* Opens the stream at TARGET; one at a time. */
void http_listen(struct http *http, const char *target, const struct http_listener *listener);
/* Ends the stream, if there is one, without a call. */
void http_hush(struct http *http);
/* Whether a call is under way. */
bool http_is_busy(const struct http *http);

/* Waits at most MOST_MS for what is under way or for FD (-1: none) to be readable, and goes on with
 * it. True when FD can be read or has hung up. */
bool http_turn(struct http *http, int fd, int most_ms);

#endif
