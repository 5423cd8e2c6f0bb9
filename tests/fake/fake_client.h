/* SPDX-License-Identifier: Apache-2.0 */
/* A scripted device on the in-memory network, so that the built-in server can be tested without
 * ours. */
#ifndef TESTS_FAKE_CLIENT_H
#define TESTS_FAKE_CLIENT_H

#include "codec/codec.h"
#include "server/server.h"
#include "tests/fake/fake_endpoint.h"
#include "tests/fake/fake_secure.h"

struct fake_client {
    struct clock *clock;         /* (owned) virtual */
    struct fake_net *net;        /* (owned) */
    struct endpoint *device_end; /* (owned) */
    struct endpoint *server_end; /* (owned) */
    struct chance chance;
    struct fake_secure secure;
    struct provision provision;
    struct verifier verifier;
    struct server *server;  /* (owned) */
    struct peer *to_server; /* (borrowed) from the device's end */
    struct peer *to_device; /* (borrowed) as the device knows who asks */

    /* What the device answers to the next requests, in turn; the last one stays. */
    struct {
        uint8_t code;
        int format, observe;
        const char *payload;  /* (borrowed) text */
        const char *location; /* (borrowed) "/16/1" or NULL */
    } script[8];
    size_t scripted, asked;
    struct message request; /* the last request that the device got */

    struct message answer; /* to the device's own last request */
    enum status answer_status;

    unsigned done; /* calls of the server's done, the last one's results */
    enum status status;
    struct outcome outcome;

    struct buf log; /* a line for each call of on_client and on_notification */
};

struct fake_client *fake_client_new(void);
/* With a server that takes clients in queue mode for awake that long; 0: its default. */
struct fake_client *fake_client_new_awake(int64_t awake_ms);
void fake_client_free(struct fake_client *client);
void fake_client_run(struct fake_client *client, int64_t ms);
/* The next answer of the device. */
void fake_client_answer(struct fake_client *client, uint8_t code, int format, const char *payload);
/* A request of the device: METHOD, URI such as "/rd?ep=a", link-format PAYLOAD or NULL; returns the
 * code of the answer. */
uint8_t fake_client_ask(struct fake_client *client, uint8_t method, const char *uri,
                        const char *payload);
/* The same with another FORMAT of the payload. */
uint8_t fake_client_ask_as(struct fake_client *client, uint8_t method, const char *uri, int format,
                           const char *payload);
/* Registers as "dev" with objects 3 and 16, in LwM2M 1.0. */
void fake_client_register(struct fake_client *client);
/* The same with TERMS in the query: "lwm2m=1.1&Q". */
void fake_client_register_as(struct fake_client *client, const char *terms);
/* Performs OPERATION towards "dev", runs until it is over, releases it; the result is in OUTCOME.
 */
void fake_client_perform(struct fake_client *client, struct operation *operation);
/* A server_done that notes its end in DONE, STATUS and OUTCOME of ARG, a fake_client. */
void fake_client_done(void *arg, enum status status, const struct outcome *outcome);
/* A notification for the last request that the device got, if that was an Observe; then runs for a
 * while. TEXT in FORMAT (-1, "": none). */
void fake_client_notify(struct fake_client *client, uint8_t code, int sequence, int format,
                        const char *text);
struct operation fake_operation(enum operation_kind kind, const char *path);
/* The path of the last request with its query, as "GET /16/0/3?a". */
const char *fake_client_request(struct fake_client *client);

#endif
