/* SPDX-License-Identifier: Apache-2.0 */
/* A device in virtual time with two servers: 101 is that of struct world, 102 is another one. */
#ifndef TESTS_DEVICE_SERVERS_H
#define TESTS_DEVICE_SERVERS_H

#include "device/device_impl.h"
#include "tests/fake/fake_world.h"
#include "tests/unit/unit.h"

/* ACCESS of 102, RESOURCES of both Server object instances. */
#define TWO_SERVERS(MORE, ACCESS, RESOURCES)                                                       \
    "{\"endpoint\": \"e\", \"lwm2m\": \"1.1\", \"lifetime\": 300," MORE " \"servers\": ["          \
    " {\"ssid\": 101, \"uri\": \"coap://server\"},"                                                \
    " {\"ssid\": 102, \"uri\": \"coap://other\"" ACCESS "}],"                                      \
    " \"objects\": {\"1\": {\"0\": {" RESOURCES "}, \"1\": {" RESOURCES "}},"                      \
    "  \"3\": {\"0\": {\"0\": \"Acme\", \"9\": 50, \"22\": {\"0\": \"16:0\"}}},"                   \
    "  \"16\": {\"0\": {\"0\": {\"0\": \"a\"}}}},"                                                 \
    " \"secure_component\": {\"latency\": \"20ms\", \"limit\": \"5s\", \"instances\": {"           \
    "  \"16/0\": {\"authentication\": {\"hashes\": \"from-identity\","                             \
    "   \"keys\": {\"0\": \"hex:2b7e151628aed2a6abf7158809cf4f3c\"}}}}}}"

/* The second server. */
struct other {
    struct world *world;  /* (borrowed) */
    struct endpoint *end; /* (owned) */
    struct peer *peer;    /* (borrowed) from whom it heard last */
    uint8_t code;         /* of all its answers; 0: 2.01, 2.04, 2.02 */
    struct buf heard;     /* a line for each request */
    struct message answer;
    unsigned answers;
    unsigned notifications; /* of those: with an Observe option */
};

static inline void other_serve(void *user, struct peer *peer, const struct message *request,
                               struct message *response)
{
    struct other *other = user;
    char code[CODE_TEXT];
    other->peer = peer;
    buf_printf(&other->heard, "%s ", code_text(request->code, code));
    segments_join(&request->path, '/', &other->heard);
    buf_puts(&other->heard, "\n");
    bool is_register = bytes_is(segments_at(&request->path, 0), "rd") && request->path.count == 1;
    response->code = request->code == CODE_DELETE ? CODE_DELETED
                     : is_register                ? CODE_CREATED
                                                  : CODE_CHANGED;
    if (other->code != 0)
        response->code = other->code;
    if (is_register && other->code == 0)
        ck_assert(segments_split(&response->location, '/', bytes_of("/rd/2")));
}

static inline void other_gone(void *user, struct peer *peer)
{
    struct other *other = user;
    if (other->peer == peer)
        other->peer = NULL;
}

static inline void other_open(struct other *other, struct world *world, const char *uri)
{
    *other = (struct other){.world = world, .end = fake_endpoint_new(world->net, uri)};
    buf_init(&other->heard, 1 << 20);
    message_init(&other->answer);
    other->end->on_request = other_serve;
    other->end->on_peer_gone = other_gone;
    other->end->user = other;
}

/* A registered device made from PROFILE. */
static inline struct world *servers_start(const char *profile, struct other *other)
{
    struct world *world = world_new(profile);
    other_open(other, world, "coap://other");
    device_register(world->device);
    for (int i = 0; i < 10 && world_registration(world, 102) != REGISTRATION_ALIVE; i++)
        world_run(world, 0);
    ck_assert_int_eq(world_registration(world, 101), REGISTRATION_ALIVE);
    ck_assert_int_eq(world_registration(world, 102), REGISTRATION_ALIVE);
    world_forget(world);
    buf_clear(&other->heard);
    return world;
}

static inline void servers_end(struct other *other)
{
    struct world *world = other->world;
    device_free(world->device);
    world->device = NULL;
    buf_release(&other->heard);
    message_release(&other->answer);
    endpoint_free(other->end);
    world_free(world);
}

static inline void other_answered(void *arg, enum status status, const struct message *response)
{
    struct other *other = arg;
    if (status != ST_OK)
        return;
    message_release(&other->answer);
    message_copy(response, &other->answer);
    other->answers++;
    other->notifications += response->observe >= 0;
}

/* What world_ask prepared, asked by the second server; the code of the answer. */
static inline uint8_t other_send(struct other *other)
{
    unsigned before = other->answers;
    ck_assert_int_eq(endpoint_request(other->end, other->peer, &other->world->request,
                                      other_answered, other, NULL),
                     ST_OK);
    for (int i = 0; i < 100 && other->answers == before; i++)
        world_run(other->world, i == 0 ? 0 : 100);
    return other->answers == before ? 0 : other->answer.code;
}

static inline uint8_t other_do(struct other *other, uint8_t method, const char *uri, int format,
                               const char *text)
{
    struct message *request = world_ask(other->world, method, uri);
    request->format = format;
    buf_puts(&request->payload, text != NULL ? text : "");
    return other_send(other);
}

static inline const char *other_text(struct other *other)
{
    return buf_text(&other->answer.payload);
}

#endif
