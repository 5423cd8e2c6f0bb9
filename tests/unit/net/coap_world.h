/* SPDX-License-Identifier: Apache-2.0 */
/* Two libcoap endpoints in one process, over real UDP on the loopback interface. */
#ifndef TESTS_UNIT_NET_COAP_WORLD_H
#define TESTS_UNIT_NET_COAP_WORLD_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/coap.h"
#include "net/packet.h"
#include "tests/unit/unit.h"

enum { PATIENCE_MS = 5000, RESULTS_MOST = 64 };

/* What became of one request or notification. */
struct result {
    unsigned calls;
    enum status status;
    struct message message; /* the last one */
};

struct side {
    struct endpoint *endpoint;
    struct peer *peer; /* of the other side */
    unsigned asked;
    struct message request; /* the last one that came */
    size_t body_len;        /* of the answers that are given */
    int answer_code;
    bool is_sensitive;
    bool leaves;
    unsigned gone;
    unsigned packets_in; /* messages that the trace told of */
    unsigned packets_out;
    struct trace trace;
    struct trace_listener listener;
};

struct world {
    struct clock *clock;
    struct loop *loop;
    struct chance chance;
    struct side device;
    struct side server;
    unsigned notified;
    enum notify_outcome outcome;
};

static inline void fill(struct buf *buf, size_t len, unsigned seed)
{
    for (size_t i = 0; i < len; i++)
        buf_put_u8(buf, (unsigned)(i * 7 + i / 251 + seed) & 0xff);
}

/* The answer's body tells the path's last character and how often was asked. */
static inline void on_request(void *user, struct peer *peer, const struct message *request,
                              struct message *response)
{
    struct side *side = user;
    side->asked++;
    side->peer = peer;
    message_release(&side->request);
    message_copy(request, &side->request);
    response->code = (uint8_t)side->answer_code;
    response->format = 11542;
    response->observe = request->observe == 0 ? 1 : -1;
    response->sensitive = side->is_sensitive;
    unsigned last =
        request->path.text.len > 0 ? request->path.text.data[request->path.text.len - 1] : 0;
    fill(&response->payload, side->body_len, last + side->asked);
    if (side->answer_code == CODE_CREATED) {
        ck_assert(segments_add(&response->location, bytes_of("rd")));
        ck_assert(segments_add(&response->location, bytes_of("5a")));
    }
    if (side->leaves)
        endpoint_disconnect(side->endpoint, peer);
}

static inline void on_gone(void *user, struct peer *peer)
{
    struct side *side = user;
    side->gone++;
    if (side->peer == peer)
        side->peer = NULL;
}

static inline void on_response(void *arg, enum status status, const struct message *response)
{
    struct result *result = arg;
    result->calls++;
    result->status = status;
    message_release(&result->message);
    if (response != NULL)
        message_copy(response, &result->message);
    else
        message_init(&result->message);
}

static inline void on_notified(void *arg, enum notify_outcome outcome)
{
    struct world *world = arg;
    world->notified++;
    world->outcome = outcome;
}

static inline void hear(void *arg, const struct event *event)
{
    struct side *side = arg;
    if (event->kind > EVENT_RESET)
        return;
    if (event->incoming)
        side->packets_in++;
    else
        side->packets_out++;
}

/* What a server needs to serve new peers. */
struct listening {
    const char *const *uris; /* (borrowed) */
    size_t count;
    const struct server_keys *keys; /* (borrowed) or NULL */
};

static inline void side_start(struct world *world, struct side *side,
                              const struct listening *listening, unsigned block_size)
{
    struct coap_endpoint_config config = {
        .loop = world->loop,
        .chance = &world->chance,
        .listen = listening->uris,
        .listen_count = listening->count,
        .keys = listening->keys,
        .block_size = block_size,
        .ack_timeout_ms = 50,
        .max_retransmit = 2,
    };
    struct error error = {0};
    side->endpoint = coap_endpoint_new(&config, &error);
    ck_assert_msg(side->endpoint != NULL, "%s", error.text);
    side->endpoint->on_request = on_request;
    side->endpoint->on_peer_gone = on_gone;
    side->endpoint->user = side;
    side->endpoint->side = listening->count > 0 ? "server" : "device";
    trace_init(&side->trace, world->clock);
    side->listener = (struct trace_listener){hear, side, NULL};
    trace_listen(&side->trace, &side->listener);
    side->endpoint->trace = &side->trace;
    side->answer_code = CODE_CONTENT;
    message_init(&side->request);
}

static inline void side_init(struct world *world, struct side *side, const char *listen,
                             unsigned block_size)
{
    side_start(world, side, &(struct listening){&listen, listen != NULL, NULL}, block_size);
}

static inline void world_start(struct world *world)
{
    memset(world, 0, sizeof *world);
    world->clock = clock_new_real();
    world->loop = loop_new(world->clock);
    chance_init_seed(&world->chance, 42);
}

/* The server listens by SCHEME. */
static inline void world_init_by(struct world *world, const char *scheme, unsigned device_block,
                                 unsigned server_block)
{
    char listen[LISTEN_TEXT];
    struct error error = {0};
    snprintf(listen, sizeof listen, "%s://127.0.0.1:0", scheme);
    world_start(world);
    side_init(world, &world->device, NULL, device_block);
    side_init(world, &world->server, listen, server_block);
    ck_assert_int_eq(endpoint_connect(world->device.endpoint, world->server.endpoint->local[0],
                                      NULL, &world->device.peer, &error),
                     ST_OK);
}

static inline void world_init(struct world *world, unsigned device_block, unsigned server_block)
{
    world_init_by(world, "coap", device_block, server_block);
}

static inline void world_release(struct world *world)
{
    message_release(&world->device.request);
    message_release(&world->server.request);
    endpoint_free(world->device.endpoint);
    endpoint_free(world->server.endpoint);
    loop_free(world->loop);
    clock_free(world->clock);
}

static inline void wait_for(struct world *world, const unsigned *count, unsigned least)
{
    int64_t end = clock_now(world->clock) + PATIENCE_MS;
    while (*count < least && clock_now(world->clock) < end)
        loop_turn(world->loop, 10);
    ck_assert_uint_eq(*count, least);
}

/* Turns until nothing more happens for a moment. */
static inline void settle(struct world *world, int64_t ms)
{
    int64_t end = clock_now(world->clock) + ms;
    while (clock_now(world->clock) < end)
        loop_turn(world->loop, 5);
}

static inline struct message request_of(unsigned code, const char *path)
{
    struct message request;
    message_init(&request);
    request.code = (uint8_t)code;
    ck_assert(segments_split(&request.path, '/', bytes_of(path)));
    return request;
}

/* Sends REQUEST, which is released. */
static inline struct exchange *send_request(struct side *side, struct message *request,
                                            struct result *result)
{
    struct exchange *exchange = NULL;
    memset(result, 0, sizeof *result);
    message_init(&result->message);
    ck_assert_int_eq(
        endpoint_request(side->endpoint, side->peer, request, on_response, result, &exchange),
        ST_OK);
    message_release(request);
    return exchange;
}

/* A request of SIDE for PATH, until what came of it is known. */
static inline void ask(struct world *world, struct side *side, unsigned code, const char *path,
                       struct result *result)
{
    struct message request = request_of(code, path);
    send_request(side, &request, result);
    wait_for(world, &result->calls, 1);
}

static inline void check_body(const struct message *message, size_t len, unsigned seed)
{
    struct buf wanted;
    buf_init(&wanted, BODY_MOST);
    fill(&wanted, len, seed);
    ck_assert_uint_eq(message->payload.len, len);
    ck_assert(bytes_equal(buf_bytes(&message->payload), buf_bytes(&wanted)));
    buf_release(&wanted);
}

/* The device makes itself known, so that the server can ask it. */
static inline void register_device(struct world *world)
{
    struct result result;
    struct message request = request_of(CODE_POST, "/rd");
    ck_assert(segments_split(&request.query, '&', bytes_of("ep=test&lt=300")));
    request.format = 40;
    buf_puts(&request.payload, "</16/0>");
    world->server.answer_code = CODE_CREATED;
    send_request(&world->device, &request, &result);
    wait_for(world, &result.calls, 1);
    ck_assert_int_eq(result.status, ST_OK);
    ck_assert_uint_eq(result.message.code, CODE_CREATED);
    ck_assert_uint_eq(result.message.location.count, 2);
    message_release(&result.message);
    world->server.answer_code = CODE_CONTENT;
}

#endif
