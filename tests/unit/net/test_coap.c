/* SPDX-License-Identifier: Apache-2.0 */
/* The libcoap endpoint over real UDP on the loopback interface: two ends in one process. */
#include "base/std.h"

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

static void fill(struct buf *buf, size_t len, unsigned seed)
{
    for (size_t i = 0; i < len; i++)
        buf_put_u8(buf, (unsigned)(i * 7 + i / 251 + seed) & 0xff);
}

/* The answer's body tells the path's last character and how often was asked. */
static void on_request(void *user, struct peer *peer, const struct message *request,
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

static void on_gone(void *user, struct peer *peer)
{
    struct side *side = user;
    side->gone++;
    if (side->peer == peer)
        side->peer = NULL;
}

static void on_response(void *arg, enum status status, const struct message *response)
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

static void on_notified(void *arg, enum notify_outcome outcome)
{
    struct world *world = arg;
    world->notified++;
    world->outcome = outcome;
}

static void hear(void *arg, const struct event *event)
{
    struct side *side = arg;
    if (event->kind > EVENT_RESET)
        return;
    if (event->incoming)
        side->packets_in++;
    else
        side->packets_out++;
}

static void side_init(struct world *world, struct side *side, const char *listen,
                      unsigned block_size)
{
    struct coap_endpoint_config config = {
        .loop = world->loop,
        .chance = &world->chance,
        .listen = listen,
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
    side->endpoint->side = listen != NULL ? "server" : "device";
    trace_init(&side->trace, world->clock);
    side->listener = (struct trace_listener){hear, side, NULL};
    trace_listen(&side->trace, &side->listener);
    side->endpoint->trace = &side->trace;
    side->answer_code = CODE_CONTENT;
    message_init(&side->request);
}

static void world_init(struct world *world, unsigned device_block, unsigned server_block)
{
    memset(world, 0, sizeof *world);
    world->clock = clock_new_real();
    world->loop = loop_new(world->clock);
    chance_init_seed(&world->chance, 42);
    side_init(world, &world->device, NULL, device_block);
    side_init(world, &world->server, "coap://127.0.0.1:0", server_block);
    char uri[80];
    snprintf(uri, sizeof uri, "coap://%s", world->server.endpoint->local);
    struct error error = {0};
    ck_assert_int_eq(
        endpoint_connect(world->device.endpoint, uri, NULL, &world->device.peer, &error), ST_OK);
}

static void world_release(struct world *world)
{
    message_release(&world->device.request);
    message_release(&world->server.request);
    endpoint_free(world->device.endpoint);
    endpoint_free(world->server.endpoint);
    loop_free(world->loop);
    clock_free(world->clock);
}

static void wait_for(struct world *world, const unsigned *count, unsigned least)
{
    int64_t end = clock_now(world->clock) + PATIENCE_MS;
    while (*count < least && clock_now(world->clock) < end)
        loop_turn(world->loop, 10);
    ck_assert_uint_eq(*count, least);
}

/* Turns until nothing more happens for a moment. */
static void settle(struct world *world, int64_t ms)
{
    int64_t end = clock_now(world->clock) + ms;
    while (clock_now(world->clock) < end)
        loop_turn(world->loop, 5);
}

static struct message request_of(unsigned code, const char *path)
{
    struct message request;
    message_init(&request);
    request.code = (uint8_t)code;
    ck_assert(segments_split(&request.path, '/', bytes_of(path)));
    return request;
}

/* Sends REQUEST, which is released. */
static struct exchange *send_request(struct side *side, struct message *request,
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

static void check_body(const struct message *message, size_t len, unsigned seed)
{
    struct buf wanted;
    buf_init(&wanted, BODY_MOST);
    fill(&wanted, len, seed);
    ck_assert_uint_eq(message->payload.len, len);
    ck_assert(bytes_equal(buf_bytes(&message->payload), buf_bytes(&wanted)));
    buf_release(&wanted);
}

/* The device makes itself known, so that the server can ask it. */
static void register_device(struct world *world)
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

START_TEST(a_registration_and_a_read_on_its_session_go_through)
{
    struct world world;
    world_init(&world, 0, 0);
    register_device(&world);
    const struct message *seen = &world.server.request;
    ck_assert_uint_eq(seen->code, CODE_POST);
    ck_assert_int_eq(seen->format, 40);
    ck_assert_uint_eq(seen->query.count, 2);
    struct bytes endpoint_name;
    ck_assert(segments_query(&seen->query, "ep", &endpoint_name));
    ck_assert(bytes_is(endpoint_name, "test"));
    ck_assert(bytes_is(buf_bytes(&seen->payload), "</16/0>"));

    struct result result;
    struct message request = request_of(CODE_GET, "/16/0/2");
    request.accept = 11542;
    world.device.body_len = 40;
    send_request(&world.server, &request, &result);
    wait_for(&world, &result.calls, 1);
    ck_assert_uint_eq(result.message.code, CODE_CONTENT);
    ck_assert_int_eq(result.message.format, 11542);
    check_body(&result.message, 40, '2' + 1);
    ck_assert_int_eq(world.device.request.accept, 11542);
    message_release(&result.message);
    world_release(&world);
}
END_TEST

START_TEST(every_method_reaches_the_other_end)
{
    static const unsigned codes[] = {CODE_GET,   CODE_POST,  CODE_PUT,   CODE_DELETE,
                                     CODE_FETCH, CODE_PATCH, CODE_IPATCH};
    struct world world;
    world_init(&world, 0, 0);
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        struct result result;
        struct message request = request_of(codes[i], i % 2 == 0 ? "/" : "/.well-known/core");
        request.confirmable = i != 2;
        send_request(&world.device, &request, &result);
        wait_for(&world, &result.calls, 1);
        ck_assert_int_eq(result.status, ST_OK);
        ck_assert_uint_eq(world.server.request.code, codes[i]);
        ck_assert_uint_eq(world.server.request.path.count, i % 2 == 0 ? 0 : 2);
        ck_assert(world.server.request.confirmable == (i != 2));
        message_release(&result.message);
    }
    world_release(&world);
}
END_TEST

START_TEST(bodies_of_any_size_go_both_ways_in_blocks_of_any_size)
{
    static const unsigned blocks[] = {16, 64, 512, 1024};
    static const size_t sizes[] = {0, 1, 15, 16, 17, 1024, 1025, 5000};
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        struct world world;
        world_init(&world, blocks[i], blocks[COUNT_OF(blocks) - 1 - i]);
        for (size_t j = 0; j < COUNT_OF(sizes); j++) {
            struct result result;
            struct message request = request_of(CODE_PUT, "/1/0/a");
            fill(&request.payload, sizes[j], 3);
            world.server.body_len = sizes[j];
            send_request(&world.device, &request, &result);
            wait_for(&world, &result.calls, 1);
            ck_assert_int_eq(result.status, ST_OK);
            check_body(&world.server.request, sizes[j], 3);
            check_body(&result.message, sizes[j], (unsigned)('a' + j + 1));
            ck_assert_uint_eq(world.server.asked, j + 1);
            message_release(&result.message);
        }
        world_release(&world);
    }
}
END_TEST

START_TEST(the_largest_body_arrives_and_a_larger_one_is_an_error)
{
    struct world world;
    world_init(&world, 0, 0);
    struct result result;
    struct message request = request_of(CODE_PUT, "/1/0/a");
    fill(&request.payload, BODY_MOST, 1);
    world.server.body_len = BODY_MOST + 1;
    send_request(&world.device, &request, &result);
    wait_for(&world, &result.calls, 1);
    check_body(&world.server.request, BODY_MOST, 1);
    ck_assert_uint_eq(result.message.code, CODE_INTERNAL_ERROR);
    message_release(&result.message);
    world_release(&world);
}
END_TEST

START_TEST(large_reads_of_several_paths_at_once_do_not_mix)
{
    struct world world;
    struct result results[4];
    static const char *const paths[] = {"/1/0/a", "/1/0/b", "/1/0/c", "/1/0/a"};
    world_init(&world, 64, 0);
    register_device(&world);
    world.device.body_len = 3000;
    for (unsigned i = 0; i < 3; i++) {
        struct message request = request_of(CODE_GET, paths[i]);
        send_request(&world.server, &request, &results[i]);
    }
    for (unsigned i = 0; i < 3; i++) {
        wait_for(&world, &results[i].calls, 1);
        ck_assert_int_eq(results[i].status, ST_OK);
        check_body(&results[i].message, 3000, (unsigned)paths[i][5] + i + 1);
        message_release(&results[i].message);
    }
    ck_assert_uint_eq(world.device.asked, 3);
    ck_assert_uint_lt(world.device.packets_in, 3 * 47 + 10);
    world_release(&world);
}
END_TEST

START_TEST(an_observation_is_notified_and_ends_by_cancel_and_reset)
{
    struct world world;
    struct result result;
    world_init(&world, 64, 64);
    register_device(&world);
    struct message request = request_of(CODE_GET, "/16/0/3");
    request.observe = 0;
    world.device.body_len = 1;
    struct exchange *observation = send_request(&world.server, &request, &result);
    wait_for(&world, &result.calls, 1);
    ck_assert_int_eq(result.message.observe, 1);
    for (unsigned i = 0; i < 4; i++) {
        struct message news;
        message_init(&news);
        news.code = CODE_CONTENT;
        news.token_len = world.device.request.token_len;
        memcpy(news.token, world.device.request.token, sizeof news.token);
        news.observe = (int)(2 + i);
        news.confirmable = i != 1;
        fill(&news.payload, i == 2 ? 1000 : 3, i);
        if (i == 3)
            endpoint_cancel(world.server.endpoint, observation);
        ck_assert_int_eq(
            endpoint_notify(world.device.endpoint, world.device.peer, &news, on_notified, &world),
            ST_OK);
        message_release(&news);
        if (i == 3)
            break;
        wait_for(&world, &result.calls, 2 + i);
        ck_assert_int_eq(result.status, ST_OK);
        ck_assert_int_eq(result.message.observe, (int)(2 + i));
        check_body(&result.message, i == 2 ? 1000 : 3, i);
        if (i == 0) {
            wait_for(&world, &world.notified, 1);
            ck_assert_int_eq(world.outcome, NOTIFY_ACKNOWLEDGED);
        }
    }
    wait_for(&world, &world.notified, 3);
    ck_assert_int_eq(world.outcome, NOTIFY_RESET);
    ck_assert_uint_eq(result.calls, 4);
    ck_assert_uint_eq(world.device.asked, 1);
    message_release(&result.message);
    world_release(&world);
}
END_TEST

START_TEST(an_observation_ends_by_asking_with_its_token)
{
    struct world world;
    struct result first, second;
    world_init(&world, 0, 0);
    register_device(&world);
    struct message request = request_of(CODE_GET, "/16/0/3");
    request.observe = 0;
    request.token_len = 2;
    memcpy(request.token, "ab", 2);
    struct exchange *observation = send_request(&world.server, &request, &first);
    wait_for(&world, &first.calls, 1);
    ck_assert_uint_eq(world.device.request.token_len, 2);
    ck_assert_mem_eq(world.device.request.token, "ab", 2);
    request = request_of(CODE_GET, "/16/0/3");
    request.observe = 1;
    request.token_len = 2;
    memcpy(request.token, "ab", 2);
    send_request(&world.server, &request, &second);
    wait_for(&world, &second.calls, 1);
    ck_assert_int_eq(second.message.observe, -1);
    ck_assert_int_eq(world.device.request.observe, 1);
    ck_assert_uint_eq(first.calls, 1);
    endpoint_cancel(world.server.endpoint, observation);
    message_release(&first.message);
    message_release(&second.message);
    world_release(&world);
}
END_TEST

START_TEST(a_repeated_request_is_done_once_and_answered_the_same)
{
    struct world world;
    struct result results[3];
    world_init(&world, 0, 0);
    register_device(&world);
    world.device.body_len = 9;
    for (unsigned i = 0; i < 3; i++) {
        struct message request = request_of(CODE_POST, "/16/0/1");
        request.message_id = 4711;
        request.token_len = 3;
        memcpy(request.token, "tok", 3);
        send_request(&world.server, &request, &results[i]);
        if (i > 0) /* the second goes out without waiting for the first answer */
            wait_for(&world, &results[i].calls, 1);
    }
    for (unsigned i = 0; i < 3; i++) {
        wait_for(&world, &results[i].calls, 1);
        ck_assert_int_eq(results[i].status, ST_OK);
        ck_assert_int_eq(results[i].message.message_id, 4711);
        check_body(&results[i].message, 9, '1' + 1);
        message_release(&results[i].message);
    }
    ck_assert_uint_eq(world.device.asked, 1);
    world_release(&world);
}
END_TEST

START_TEST(a_peer_that_does_not_answer_is_a_timeout)
{
    struct world world;
    struct result result;
    world_init(&world, 0, 0);
    int silent = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    ck_assert_int_eq(bind(silent, (struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(getsockname(silent, (struct sockaddr *)&at, &len), 0);
    char address[32];
    snprintf(address, sizeof address, "127.0.0.1:%u", ntohs(at.sin_port));
    ck_assert_int_eq(endpoint_connect(world.device.endpoint, "coap://name.invalid", address,
                                      &world.device.peer, NULL),
                     ST_OK);
    struct message request = request_of(CODE_POST, "/rd");
    send_request(&world.device, &request, &result);
    wait_for(&world, &result.calls, 1);
    ck_assert_int_eq(result.status, ST_TIMEOUT);
    unsigned datagrams = 0;
    char octets[64];
    while (recv(silent, octets, sizeof octets, MSG_DONTWAIT) > 0)
        datagrams++;
    ck_assert_uint_ge(datagrams, 2); /* libcoap's second comes after 1 s to 1.5 s */
    close(silent);
    world_release(&world);
}
END_TEST

START_TEST(a_closed_port_is_unreachable_and_nothing_is_sent_again)
{
    struct world world;
    struct result result;
    world_init(&world, 0, 0);
    char uri[80];
    snprintf(uri, sizeof uri, "coap://%s", world.server.endpoint->local);
    endpoint_free(world.server.endpoint);
    struct message request = request_of(CODE_POST, "/rd");
    send_request(&world.device, &request, &result);
    wait_for(&world, &result.calls, 1);
    ck_assert_int_eq(result.status, ST_UNREACHABLE);
    side_init(&world, &world.server, uri, 0);
    settle(&world, 300);
    ck_assert_uint_eq(world.server.asked, 0);
    request = request_of(CODE_POST, "/rd");
    send_request(&world.device, &request, &result);
    wait_for(&world, &result.calls, 1);
    ck_assert_int_eq(result.status, ST_OK);
    message_release(&result.message);
    world_release(&world);
}
END_TEST

START_TEST(a_peer_dropped_while_it_is_served_still_gets_its_answer)
{
    struct world world;
    struct result result;
    world_init(&world, 0, 0);
    register_device(&world);
    world.server.leaves = true;
    struct message request = request_of(CODE_DELETE, "/rd/5a");
    request.message_id = 99;
    send_request(&world.device, &request, &result);
    wait_for(&world, &result.calls, 1);
    ck_assert_int_eq(result.status, ST_OK);
    world.server.leaves = false;
    message_release(&result.message);

    request = request_of(CODE_DELETE, "/rd/5a");
    request.message_id = 99;
    send_request(&world.device, &request, &result);
    wait_for(&world, &result.calls, 1);
    ck_assert_uint_eq(world.server.asked, 2);
    message_release(&result.message);

    world.device.leaves = true;
    request = request_of(CODE_GET, "/3");
    send_request(&world.server, &request, &result);
    wait_for(&world, &result.calls, 1);
    ck_assert_int_eq(result.status, ST_OK);
    message_release(&result.message);
    world_release(&world);
}
END_TEST

START_TEST(cancelled_and_dropped_requests_call_nobody)
{
    struct world world;
    struct result first, second;
    world_init(&world, 0, 0);
    struct message request = request_of(CODE_GET, "/1");
    endpoint_cancel(world.device.endpoint, send_request(&world.device, &request, &first));
    request = request_of(CODE_GET, "/2");
    send_request(&world.device, &request, &second);
    endpoint_disconnect(world.device.endpoint, world.device.peer);
    settle(&world, 50);
    ck_assert_uint_eq(first.calls + second.calls, 0);
    world_release(&world);
}
END_TEST

START_TEST(requests_that_cannot_be_are_refused)
{
    struct world world;
    world_init(&world, 0, 0);
    struct error error = {0};
    struct peer *peer = NULL;
    struct endpoint *device = world.device.endpoint;
    ck_assert_int_eq(endpoint_connect(device, "http://x", NULL, &peer, &error), ST_INVALID);
    ck_assert_int_eq(endpoint_connect(device, "coap://", NULL, &peer, &error), ST_INVALID);
    ck_assert_int_eq(endpoint_connect(device, "coap://[::1", NULL, &peer, &error), ST_INVALID);
    ck_assert_int_eq(endpoint_connect(device, "coap://[::1]x", NULL, &peer, &error), ST_INVALID);
    ck_assert_int_eq(endpoint_connect(device, "coap://h:65536", NULL, &peer, &error), ST_INVALID);
    ck_assert_int_eq(endpoint_connect(device, "coap://h", "a:b", &peer, &error), ST_INVALID);
    ck_assert_int_eq(endpoint_connect(device, "coaps://h", NULL, &peer, &error), ST_UNSUPPORTED);
    ck_assert_int_eq(endpoint_connect(device, "coap://name.invalid", NULL, &peer, &error),
                     ST_NOT_FOUND);
    ck_assert_str_ne(error.text, "");
    struct coap_endpoint_config config = {.loop = world.loop, .chance = &world.chance};
    char uri[80];
    snprintf(uri, sizeof uri, "coap://%s", world.server.endpoint->local);
    config.listen = uri;
    ck_assert_ptr_null(coap_endpoint_new(&config, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "in use"));
    struct message request = request_of(CODE_GET, "/");
    for (unsigned i = 0; i < 6; i++) {
        uint8_t zeros[SEGMENT_LEN_MOST] = {0};
        ck_assert(segments_add(&request.query, (struct bytes){zeros, sizeof zeros}));
    }
    ck_assert_int_eq(endpoint_request(device, world.device.peer, &request, on_response, NULL, NULL),
                     ST_LIMIT);
    message_release(&request);
    world_release(&world);
}
END_TEST

/* ---- a peer of octets ---- */

struct raw {
    int fd;
    uint8_t got[2048];
    size_t got_len;
};

static void raw_open(struct raw *raw, const struct endpoint *to)
{
    memset(raw, 0, sizeof *raw);
    raw->fd = socket(AF_INET, SOCK_DGRAM, 0);
    const char *port = strchr(to->local, ':');
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)strtoul(port + 1, NULL, 10)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    ck_assert_int_eq(connect(raw->fd, (struct sockaddr *)&at, sizeof at), 0);
}

/* Sends the octets of HEX and waits a little for an answer. */
static void raw_send(struct world *world, struct raw *raw, const char *hex)
{
    struct buf octets;
    buf_init(&octets, 2048);
    ck_assert(parse_hex(bytes_of(hex), &octets));
    while (recv(raw->fd, raw->got, sizeof raw->got, MSG_DONTWAIT) > 0)
        ; /* answers to what was sent before */
    ck_assert_int_eq(send(raw->fd, octets.data, octets.len, 0), (ssize_t)octets.len);
    buf_release(&octets);
    raw->got_len = 0;
    for (unsigned i = 0; i < 10 && raw->got_len == 0; i++) {
        loop_turn(world->loop, 5);
        ssize_t got = recv(raw->fd, raw->got, sizeof raw->got, MSG_DONTWAIT);
        raw->got_len = got > 0 ? (size_t)got : 0;
    }
}

static void expect_answer(const struct raw *raw, unsigned code)
{
    ck_assert_uint_ge(raw->got_len, 4);
    ck_assert_uint_eq(raw->got[1], code);
}

START_TEST(octets_that_are_no_request_change_nothing)
{
    static const char *const bad[] = {
        "40",               /* too short */
        "00000000",         /* version 0 */
        "4f010001",         /* token length 15 */
        "48010001aa",       /* token cut off */
        "40010001ff",       /* payload marker without payload */
        "40010001b5616263", /* option cut off */
        "40010001f0",       /* option delta 15 */
        "41000001aa",       /* empty with a token */
        "40ff0001",         /* code 7.31 */
        "6045aaaa",         /* ACK nobody waits for */
        "70000001",         /* RST nobody caused */
        "404500012a",       /* response nobody waits for */
        "5045000361",       /* and a bad NON */
    };
    struct world world;
    struct raw raw;
    world_init(&world, 0, 0);
    raw_open(&raw, world.server.endpoint);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        raw_send(&world, &raw, bad[i]);
    ck_assert_uint_eq(world.server.asked, 0);
    raw_send(&world, &raw, "40010007b133");
    expect_answer(&raw, CODE_CONTENT);
    ck_assert_uint_eq(world.server.asked, 1);
    close(raw.fd);
    world_release(&world);
}
END_TEST

START_TEST(options_are_refused_as_the_standard_says)
{
    static const struct {
        const char *hex;
        unsigned code;
    } rows[] = {
        {"40010002e1fdfc00", CODE_BAD_OPTION},    /* unknown critical option 65289 */
        {"4001000311aa", CODE_BAD_OPTION},        /* If-Match */
        {"4001000450", CODE_BAD_OPTION},          /* If-None-Match */
        {"40010005d104280128", CODE_BAD_OPTION},  /* two Accept options */
        {"40010006d10a07", CODE_BAD_REQUEST},     /* Block2 with the reserved size */
        {"40010007d11661", COAP_CODE(5, 5)},      /* Proxy-Uri */
        {"40010008d10a16", CODE_INCOMPLETE},      /* Block2 number 1 of nothing */
        {"40030009d10e12", CODE_INCOMPLETE},      /* Block1 number 1 of nothing */
        {"4003000ad10e0aff61", CODE_BAD_REQUEST}, /* Block1 with more, and one octet */
    };
    struct world world;
    struct raw raw;
    world_init(&world, 0, 0);
    raw_open(&raw, world.server.endpoint);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        raw_send(&world, &raw, rows[i].hex);
        ck_assert_msg(raw.got_len >= 4 && raw.got[1] == rows[i].code, "%s: got %u of %zu octets",
                      rows[i].hex, raw.got[1], raw.got_len);
    }
    ck_assert_uint_eq(world.server.asked, 0);
    close(raw.fd);
    world_release(&world);
}
END_TEST

START_TEST(a_repeated_datagram_gets_the_same_octets)
{
    struct world world;
    struct raw raw;
    uint8_t first[2048];
    world_init(&world, 0, 0);
    world.server.body_len = 3000;
    world.server.is_sensitive = true;
    raw_open(&raw, world.server.endpoint);
    static const char *const requests[] = {"4401002001020304b161", "4401002101020304b161c116"};
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        raw_send(&world, &raw, requests[i]);
        size_t len = raw.got_len;
        ck_assert_uint_gt(len, 1024);
        memcpy(first, raw.got, len);
        for (unsigned again = 0; again < 2; again++) {
            raw_send(&world, &raw, requests[i]);
            ck_assert_uint_eq(raw.got_len, len);
            ck_assert_mem_eq(raw.got, first, len);
        }
        ck_assert_uint_eq(world.server.asked, 1);
    }
    raw_send(&world, &raw, "5401002201020304b161"); /* NON, twice: one answer */
    ck_assert_uint_gt(raw.got_len, 0);
    raw_send(&world, &raw, "5401002201020304b161");
    ck_assert_uint_eq(raw.got_len, 0);
    ck_assert_uint_eq(world.server.asked, 2);
    close(raw.fd);
    world_release(&world);
}
END_TEST

UNIT_MAIN("coap", a_registration_and_a_read_on_its_session_go_through,
          every_method_reaches_the_other_end, bodies_of_any_size_go_both_ways_in_blocks_of_any_size,
          the_largest_body_arrives_and_a_larger_one_is_an_error,
          large_reads_of_several_paths_at_once_do_not_mix,
          an_observation_is_notified_and_ends_by_cancel_and_reset,
          an_observation_ends_by_asking_with_its_token,
          a_repeated_request_is_done_once_and_answered_the_same,
          a_peer_that_does_not_answer_is_a_timeout,
          a_closed_port_is_unreachable_and_nothing_is_sent_again,
          a_peer_dropped_while_it_is_served_still_gets_its_answer,
          cancelled_and_dropped_requests_call_nobody, requests_that_cannot_be_are_refused,
          octets_that_are_no_request_change_nothing, options_are_refused_as_the_standard_says,
          a_repeated_datagram_gets_the_same_octets)
