/* SPDX-License-Identifier: Apache-2.0 */
/* A whole device in virtual time: in-memory network, deterministic secure component, and a server
 * that answers registrations by script and asks what a test tells it to. */
#ifndef TESTS_FAKE_WORLD_H
#define TESTS_FAKE_WORLD_H

#include "device/device.h"
#include "tests/fake/fake_endpoint.h"
#include "tests/fake/fake_secure.h"

struct world {
    struct clock *clock;         /* (owned) */
    struct fake_net *net;        /* (owned) */
    struct endpoint *device_end; /* (owned) */
    struct endpoint *server_end; /* (owned) NULL: nobody listens */
    struct trace trace;
    struct trace_listener listener;
    struct profile *profile; /* (owned) */
    struct fake_secure secure;
    struct component *component; /* (owned) */
    struct device *device;       /* (owned) */

    struct peer *peer; /* (borrowed) from whom the server heard last */
    /* What the server answers; 0: 2.01 with the location /rd/1, 2.04 (to a Send too), 2.02. */
    uint8_t register_code, update_code, deregister_code;
    bool no_location;  /* a Register is accepted without telling a location */
    struct buf heard;  /* a line for each request of the device: "POST /rd?ep=… </1/0>,…" */
    struct buf sent;   /* a line for each request that leaves the device: "POST /rd" */
    struct buf events; /* a line for each event but messages: "state off -> pending", "error …" */

    struct message request;     /* of the server; what world_ask prepares and world_send sends */
    struct message answer;      /* to it */
    unsigned answers;           /* to all requests, notifications included */
    size_t heard_before_answer; /* octets of HEARD when the last answer came */
};

/* A device made from PROFILE (JSON text); NULL: WORLD_PROFILE. Its server is coap://server. */
struct world *world_new(const char *profile);
void world_free(struct world *world);
/* Of the device with the server SSID; off when there is no such account. */
enum registration_state world_registration(const struct world *world, unsigned ssid);
extern const char WORLD_PROFILE[];

void world_run(struct world *world, int64_t ms);
/* Registers and forgets what was heard so far. */
void world_register(struct world *world);
/* Empties heard, sent and events. */
void world_forget(struct world *world);
/* How many lines of BUF begin with TEXT. */
unsigned world_count(struct buf *buf, const char *text);

/* The device's owner sets /3/0/9, which WORLD_PROFILE has; observers are told when time goes on. */
void world_set_battery(struct world *world, int64_t percent);

/* Begins a request of the server: METHOD and URI such as "/16/0?pmin=1"; the rest is set by the
 * test in world->request. */
struct message *world_ask(struct world *world, uint8_t method, const char *uri);
/* Sends it, runs until the answer is there and returns its code; 0: there was none in 100 s. */
uint8_t world_send(struct world *world);
/* Both, for a request with content (text when FORMAT is 0; FORMAT -1: none). */
uint8_t world_do(struct world *world, uint8_t method, const char *uri, int format,
                 const char *text);
/* The same with octets given in hex. */
uint8_t world_do_hex(struct world *world, uint8_t method, const char *uri, int format,
                     const char *hex);
/* The payload of the answer as text, borrowed until the next one. */
const char *world_text(struct world *world);
/* Tells whether the payload is these octets. */
bool world_is_hex(struct world *world, const char *hex);

#endif
