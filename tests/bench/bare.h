/* SPDX-License-Identifier: Apache-2.0 */
/* Two ends in as little libcoap as it takes: a server that devices register with and that asks
 * them, and a device that answers one path with the same octets each time. */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include "base/clock.h"

struct coap_session_t;

enum { QUESTION_DEPTH_MOST = 4, ANSWER_MOST = 1472 };

struct question {
    unsigned method;
    const char *path[QUESTION_DEPTH_MOST]; /* (borrowed) NULL behind the last segment */
    int accept;                            /* Accept, -1: none */
    int format;                            /* Content-Format, -1: none */
    struct bytes payload;
};

struct answer {
    unsigned code;
    uint8_t octets[ANSWER_MOST];
    size_t len;
};

struct asker; /* opaque */

/* Listens on a free port of the loopback address, and is turned by LOOP, which is borrowed as it is
 * by all of this; NULL when it cannot. */
struct asker *asker_new(struct loop *loop);
void asker_free(struct asker *asker);
const char *asker_uri(const struct asker *asker); /* borrowed */
uint16_t asker_port(const struct asker *asker);
/* Turns the loop until somebody registers who has not been returned yet: the session with it,
 * borrowed until asker_free. NULL after LIMIT_MS. */
struct coap_session_t *asker_await(struct asker *asker, int64_t limit_ms);
/* Sends a confirmable request and turns the loop until it is answered; borrowed until the next
 * question. NULL when there was no answer in seconds. */
const struct answer *asker_ask(struct asker *asker, struct coap_session_t *session,
                               const struct question *question);

struct bare_device; /* opaque */

/* Registers at PORT; answers GET /16/0/0 with CONTENT (copied) as TLV. NULL when it cannot. */
struct bare_device *bare_device_new(struct loop *loop, uint16_t port, struct bytes content);
void bare_device_free(struct bare_device *device);

#endif
