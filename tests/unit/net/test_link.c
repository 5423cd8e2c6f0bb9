/* SPDX-License-Identifier: Apache-2.0 */
/* An endpoint and a peer that sends octets by TCP: signals (RFC 8323 5), and what a stranger may do
 * to it. */
#include "base/std.h"

#include "tests/unit/net/coap_world.h"

/* Our capabilities, which every connection begins with. */
#define CSM "40e122048020"

struct caller {
    int fd;
    struct buf got; /* all that came */
    bool is_closed; /* by the other end */
};

static void call(const struct endpoint *to, struct caller *caller)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port =
                                 htons((uint16_t)strtoul(strrchr(to->local[0], ':') + 1, NULL, 10)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    memset(caller, 0, sizeof *caller);
    buf_init(&caller->got, 1 << 20);
    caller->fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(caller->fd, (struct sockaddr *)&at, sizeof at), 0);
}

static void hear_out(struct world *world, struct caller *caller, int64_t ms)
{
    int64_t end = clock_now(world->clock) + ms;
    while (!caller->is_closed && clock_now(world->clock) < end) {
        uint8_t octets[4096];
        loop_turn(world->loop, 2);
        ssize_t got = recv(caller->fd, octets, sizeof octets, MSG_DONTWAIT);
        if (got > 0)
            buf_put(&caller->got, (struct bytes){octets, (size_t)got});
        caller->is_closed = got == 0 || (got < 0 && errno != EAGAIN);
    }
}

static void tell(const struct caller *caller, const char *hex)
{
    struct buf octets;
    buf_init(&octets, 1 << 16);
    ck_assert(parse_hex(bytes_of(hex), &octets));
    ck_assert_int_eq(send(caller->fd, octets.data, octets.len, MSG_NOSIGNAL), (ssize_t)octets.len);
    buf_release(&octets);
}

/* All that has come is HEX. */
static void expect(struct world *world, struct caller *caller, const char *hex)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    for (unsigned i = 0; i < 100 && caller->got.len < strlen(hex) / 2; i++)
        hear_out(world, caller, 20);
    buf_put_hex(&text, buf_bytes(&caller->got));
    ck_assert_str_eq(buf_text(&text), hex);
    buf_release(&text);
    buf_clear(&caller->got);
}

static void hang_up(struct caller *caller)
{
    buf_release(&caller->got);
    close(caller->fd);
}

static void open_server(struct world *world)
{
    world_start(world);
    side_init(world, &world->device, NULL, 0);
    side_init(world, &world->server, "coap+tcp://127.0.0.1:0", 0);
}

START_TEST(capabilities_come_first_and_a_request_is_answered)
{
    struct world world;
    struct caller caller;
    open_server(&world);
    call(world.server.endpoint, &caller);
    expect(&world, &caller, CSM);
    world.server.body_len = 1;
    tell(&caller, "00e1"
                  "2101aab133"); /* GET /3 with the token aa */
    /* 2.05 with Content-Format 11542 and one octet: '3' + 1 */
    expect(&world, &caller, "5145aac22d16ff34");
    hang_up(&caller);
    wait_for(&world, &world.server.gone, 1);
    world_release(&world);
}
END_TEST

START_TEST(octets_may_come_one_by_one_and_messages_together)
{
    static const char request[] = "00e12101aab1332101bbb134";
    struct world world;
    struct caller caller;
    open_server(&world);
    call(world.server.endpoint, &caller);
    for (size_t i = 0; i < strlen(request); i += 2) {
        char octet[3] = {request[i], request[i + 1], '\0'};
        tell(&caller, octet);
        settle(&world, 6);
    }
    expect(&world, &caller,
           CSM "3145aac22d16"
               "3145bbc22d16");
    ck_assert_uint_eq(world.server.asked, 2);
    tell(&caller, "2101aab1332101bbb134");
    expect(&world, &caller,
           "3145aac22d16"
           "3145bbc22d16");
    hang_up(&caller);
    world_release(&world);
}
END_TEST

START_TEST(a_ping_is_answered_and_an_empty_message_is_not)
{
    struct world world;
    struct caller caller;
    open_server(&world);
    call(world.server.endpoint, &caller);
    tell(&caller, "00e1"
                  "0000"
                  "01e242");
    expect(&world, &caller, CSM "01e342");
    tell(&caller, "01e342" /* a Pong that nobody waits for */
                  "014507" /* a response that nobody waits for */
                  "00e7"   /* a signal that nobody knows */
                  "01e243");
    expect(&world, &caller, "01e343");
    hang_up(&caller);
    world_release(&world);
}
END_TEST

START_TEST(whoever_breaks_the_rules_is_told_and_left)
{
    static const char *const bad[] = {
        "2101aab133",                       /* a request before the capabilities */
        "00e11101aaff",                     /* a payload marker without payload */
        "00e10f",                           /* a reserved token length */
        "00e1f0ffffffff",                   /* four gigabytes */
        "00e110e110",                       /* a critical option of a signal that nobody knows */
        "474554202f20485454502f312e310d0a", /* another protocol */
        "160301020001000001",               /* TLS */
    };
    struct world world;
    open_server(&world);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct caller caller;
        call(world.server.endpoint, &caller);
        tell(&caller, bad[i]);
        hear_out(&world, &caller, PATIENCE_MS);
        ck_assert_msg(caller.is_closed, "%s", bad[i]);
        ck_assert_uint_ge(caller.got.len, 9);
        ck_assert_uint_eq(caller.got.data[8], 0xe5); /* behind the capabilities, and its length */
        hang_up(&caller);
    }
    ck_assert_uint_eq(world.server.asked, 0);
    ck_assert_uint_eq(world.server.gone, 0);
    world_release(&world);
}
END_TEST

START_TEST(a_release_or_an_abort_ends_it)
{
    static const char *const ends[] = {"00e4", "00e5", "30e5ff6e6f"};
    struct world world;
    open_server(&world);
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct caller caller;
        call(world.server.endpoint, &caller);
        tell(&caller, "00e12101aab133");
        tell(&caller, ends[i]);
        hear_out(&world, &caller, PATIENCE_MS);
        ck_assert(caller.is_closed);
        wait_for(&world, &world.server.gone, 1 + (unsigned)i);
        hang_up(&caller);
    }
    world_release(&world);
}
END_TEST

START_TEST(who_takes_little_gets_little)
{
    struct world world;
    struct caller caller;
    open_server(&world);
    world.server.body_len = 200;
    call(world.server.endpoint, &caller);
    tell(&caller, "20e12180" /* Max-Message-Size 128 */
                  "2101aab133");
    hear_out(&world, &caller, 100);
    /* CSM, then 2.05 with an entity tag, Content-Format, Block2 0/1/64 and 64 octets */
    ck_assert_uint_gt(caller.got.len, 6 + 64);
    ck_assert_uint_le(caller.got.len, 6 + 128);
    hang_up(&caller);
    /* Not even the smallest block has room: nothing can be said. */
    call(world.server.endpoint, &caller);
    tell(&caller, "20e12110"
                  "2101aab133");
    hear_out(&world, &caller, PATIENCE_MS);
    ck_assert(caller.is_closed);
    hang_up(&caller);
    world_release(&world);
}
END_TEST

START_TEST(who_does_not_read_is_left_with_what_it_asked_for)
{
    struct world world;
    struct caller caller;
    open_server(&world);
    world.server.body_len = 1000;
    call(world.server.endpoint, &caller);
    tell(&caller, "00e1");
    int64_t end = clock_now(world.clock) + PATIENCE_MS;
    while (world.server.gone == 0 && clock_now(world.clock) < end) {
        static const uint8_t get[] = {0x21, 0x01, 0xaa, 0xb1, 0x33};
        for (unsigned i = 0; i < 1000; i++)
            if (send(caller.fd, get, sizeof get, MSG_NOSIGNAL | MSG_DONTWAIT) < (int)sizeof get)
                break;
        loop_turn(world.loop, 1);
    }
    ck_assert_uint_eq(world.server.gone, 1);
    hang_up(&caller);
    world_release(&world);
}
END_TEST

/* A server of octets. */
static void listen_raw(int *out_fd, char uri[LISTEN_TEXT])
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    *out_fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(*out_fd, (struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(listen(*out_fd, 1), 0);
    ck_assert_int_eq(getsockname(*out_fd, (struct sockaddr *)&at, &len), 0);
    snprintf(uri, LISTEN_TEXT, "coap+tcp://127.0.0.1:%u", ntohs(at.sin_port));
}

/* A device that is about to connect to SERVER, which is known by LISTENER. */
static void begin_with_server(struct world *world, struct caller *server, int *out_listener)
{
    char uri[LISTEN_TEXT];
    world_start(world);
    side_init(world, &world->device, NULL, 0);
    listen_raw(out_listener, uri);
    memset(server, 0, sizeof *server);
    buf_init(&server->got, 1 << 16);
    ck_assert_int_eq(endpoint_connect(world->device.endpoint, uri, NULL, &world->device.peer, NULL),
                     ST_OK);
}

START_TEST(a_server_may_ask_before_it_tells_what_it_can)
{
    struct world world;
    struct caller server;
    int listener = -1;
    begin_with_server(&world, &server, &listener);
    settle(&world, 20);
    server.fd = accept(listener, NULL, NULL);
    /* It is told what is wrong, and the device goes on living. */
    tell(&server, "2101aab133");
    hear_out(&world, &server, PATIENCE_MS);
    ck_assert(server.is_closed);
    wait_for(&world, &world.device.gone, 1);
    ck_assert_uint_eq(world.device.asked, 0);
    hang_up(&server);
    close(listener);
    world_release(&world);
}
END_TEST

START_TEST(a_server_that_answers_nonsense_ends_the_request)
{
    struct world world;
    struct caller server;
    struct result result;
    int listener = -1;
    begin_with_server(&world, &server, &listener);
    struct message request = request_of(CODE_GET, "/3");
    request.token_len = 1;
    request.token[0] = 0x77;
    send_request(&world.device, &request, &result);
    settle(&world, 20);
    server.fd = accept(listener, NULL, NULL);
    expect(&world, &server, CSM "210177b133");
    tell(&server, "00e1"
                  "314577d10a07"); /* Block2 with the reserved size */
    wait_for(&world, &result.calls, 1);
    ck_assert_int_eq(result.status, ST_INVALID);
    hang_up(&server);
    close(listener);
    world_release(&world);
}
END_TEST

UNIT_MAIN("link", capabilities_come_first_and_a_request_is_answered,
          octets_may_come_one_by_one_and_messages_together,
          a_ping_is_answered_and_an_empty_message_is_not, whoever_breaks_the_rules_is_told_and_left,
          a_release_or_an_abort_ends_it, who_takes_little_gets_little,
          who_does_not_read_is_left_with_what_it_asked_for,
          a_server_may_ask_before_it_tells_what_it_can,
          a_server_that_answers_nonsense_ends_the_request)
