/* SPDX-License-Identifier: Apache-2.0 */
/* A device that was never bootstrapped, or not rightly, and the server that a test plays for it:
 * coap://bs on the network of a world. */
#ifndef TESTS_FAKE_BOOTSTRAP_H
#define TESTS_FAKE_BOOTSTRAP_H

#include "tests/fake/fake_world.h"

struct factory {
    struct world *world;   /* (owned) */
    struct endpoint *end;  /* (owned) of the bootstrap server */
    struct peer *peer;     /* (borrowed) from whom it heard last; NULL: gone */
    uint8_t code;          /* what it answers to a Bootstrap-Request; 0: 2.04 */
    bool plain;            /* refuses a request with a preferred format: 4.15 */
    struct buf heard;      /* a line for each request of the device: "POST /bs?ep=…" */
    struct message answer; /* to the last request of the server */
    bool answered;
};

/* PROFILE is JSON text; NULL: FACTORY_PROFILE, which knows coap://bs alone, of LwM2M 1.1. */
struct factory *factory_new(const char *profile);
void factory_free(struct factory *factory);
extern const char FACTORY_PROFILE[];
/* Switches the device on and lets it ask for its bootstrap. */
void factory_open(struct factory *factory);
/* A request of the server with CONTENT as text (SenML JSON for FORMAT 110), or NULL; returns the
 * code of the answer, 0: there was none. */
uint8_t factory_do(struct factory *factory, uint8_t method, const char *uri, int format,
                   const char *content);
/* The same for a request that is otherwise ready: METHOD, URI, ACCEPT. */
uint8_t factory_get(struct factory *factory, const char *uri, int accept);
uint8_t factory_send(struct factory *factory, struct message *request);
/* The payload of the last answer as text. */
const char *factory_text(struct factory *factory);
/* Writes a whole account of coap://server, short id 1. */
void factory_write_account(struct factory *factory);
/* The model of the device. */
const struct model *factory_model(const struct factory *factory);

#endif
