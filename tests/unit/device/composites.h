/* SPDX-License-Identifier: Apache-2.0 */
/* Composite requests of a server to a device of LwM2M 1.1. */
#ifndef TESTS_UNIT_DEVICE_COMPOSITES_H
#define TESTS_UNIT_DEVICE_COMPOSITES_H

#include "tests/unit/device/observer.h"

/* A device of LwM2M 1.1 with one Portfolio instance; FIRST are members for the front, SERVER some
 * of the Server object. */
#define PROFILE_1_1(FIRST, SERVER)                                                                 \
    "{" FIRST "\"endpoint\": \"ep\", \"lwm2m\": \"1.1\", \"lifetime\": 86400,"                     \
    " \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"                                   \
    " \"objects\": {"                                                                              \
    "  \"1\": {\"0\": {" SERVER "\"6\": false}},"                                                  \
    "  \"3\": {\"0\": {\"9\": 50, \"11\": {\"0\": 0}, \"14\": \"+01\", \"16\": \"U\"}},"           \
    "  \"16\": {\"0\": {\"0\": {\"0\": \"HOST\", \"3\": \"1.4\"}}}},"                              \
    " \"secure_component\": {\"latency\": \"20ms\", \"limit\": \"5s\", \"instances\": {"           \
    "  \"16/0\": {\"authentication\": {\"hashes\": \"from-identity\","                             \
    "    \"keys\": {\"0\": \"hex:2b7e151628aed2a6abf7158809cf4f3c\"}}}}}}"
/* One that may send, in the first possible of FORMATS. */
#define SENDING_PROFILE(FORMATS) PROFILE_1_1("\"formats\": [" FORMATS "], ", "\"23\": false, ")

static inline struct heard *start(void)
{
    return heard_new(PROFILE_1_1("", ""));
}

/* A request to the root, for SenML JSON. */
static inline void prepare(struct heard *heard, uint8_t method, int format, const char *body)
{
    struct message *request = world_ask(heard->world, method, "/");
    request->format = format;
    request->accept = FORMAT_SENML_JSON;
    buf_puts(&request->payload, body);
}

#endif
