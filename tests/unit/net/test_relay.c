/* SPDX-License-Identifier: Apache-2.0 */
/* The relay between two plain sockets, in virtual time: what is lost, late, doubled, overtaken or
 * damaged, and a device that changes its address. */
#include "base/std.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/relay.h"
#include "tests/unit/unit.h"

enum { WAIT_TURNS = 4, MANY = 1000, HANDFUL = 50 };

struct world {
    struct clock *clock;
    struct loop *loop;
    struct chance chance;
    struct relay *relay;
    int device;
    int server;
    struct sockaddr_in relay_at;
    struct sockaddr_in seen; /* where the last datagram at the server came from */
};

static int open_at_loopback(struct sockaddr_in *out)
{
    socklen_t len = sizeof *out;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    *out =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    ck_assert_int_eq(bind(fd, (struct sockaddr *)out, sizeof *out), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)out, &len), 0);
    return fd;
}

static void world_init(struct world *world)
{
    struct sockaddr_in at;
    char server[32];
    struct error error;
    error_clear(&error);
    *world = (struct world){.clock = clock_new_virtual(0)};
    world->loop = loop_new(world->clock);
    chance_init_seed(&world->chance, 16);
    world->server = open_at_loopback(&at);
    snprintf(server, sizeof server, "127.0.0.1:%u", ntohs(at.sin_port));
    const struct relay_config config = {world->loop, &world->chance, server, NULL};
    ck_assert_int_eq(relay_new(&config, &world->relay, &error), ST_OK);
    world->device = open_at_loopback(&at);
    world->relay_at = at;
    world->relay_at.sin_port =
        htons((uint16_t)strtoul(strrchr(relay_address(world->relay), ':') + 1, NULL, 10));
}

static void world_release(struct world *world)
{
    relay_free(world->relay);
    loop_free(world->loop);
    clock_free(world->clock);
    close(world->device);
    close(world->server);
}

/* Lets datagrams pass; no time does. */
static void turn(struct world *world)
{
    for (unsigned i = 0; i < WAIT_TURNS; i++)
        loop_turn(world->loop, 0);
}

static void send_octets(struct world *world, struct bytes octets)
{
    ck_assert_int_eq(sendto(world->device, octets.data, octets.len, 0,
                            (struct sockaddr *)&world->relay_at, sizeof world->relay_at),
                     (ssize_t)octets.len);
    turn(world);
}

static void send_up(struct world *world, const char *text)
{
    send_octets(world, bytes_of(text));
}

static void send_down(struct world *world, const char *text)
{
    ck_assert_int_eq(sendto(world->server, text, strlen(text), 0, (struct sockaddr *)&world->seen,
                            sizeof world->seen),
                     (ssize_t)strlen(text));
    turn(world);
}

/* What came to the server, blanks between datagrams. */
static const char *at_server(struct world *world)
{
    static char text[256];
    socklen_t len = sizeof world->seen;
    size_t at = 0;
    for (ssize_t got = 0; got >= 0 && at < sizeof text - 40;) {
        got = recvfrom(world->server, text + at, 32, 0, (struct sockaddr *)&world->seen, &len);
        at += got < 0 ? 0 : (size_t)got;
        if (got >= 0)
            text[at++] = ' ';
    }
    text[at > 0 ? at - 1 : 0] = '\0';
    return text;
}

static const char *at_device(struct world *world)
{
    static char text[32];
    ssize_t got = recv(world->device, text, sizeof text - 1, 0);
    text[got < 0 ? 0 : got] = '\0';
    return text;
}

START_TEST(what_is_not_impaired_passes_both_ways)
{
    struct world world;
    world_init(&world);
    send_up(&world, "hello");
    ck_assert_str_eq(at_server(&world), "hello");
    send_down(&world, "world");
    ck_assert_str_eq(at_device(&world), "world");
    send_up(&world, "");
    send_up(&world, "again");
    ck_assert_str_eq(at_server(&world), " again");
    world_release(&world);
}
END_TEST

START_TEST(devices_are_told_apart)
{
    struct world world;
    struct sockaddr_in at;
    world_init(&world);
    int first = world.device;
    send_up(&world, "first");
    at_server(&world);
    struct sockaddr_in seen = world.seen;
    world.device = open_at_loopback(&at);
    send_up(&world, "second");
    at_server(&world);
    ck_assert_int_ne(seen.sin_port, world.seen.sin_port);
    send_down(&world, "for the second");
    ck_assert_str_eq(at_device(&world), "for the second");
    close(world.device);
    world.device = first;
    ck_assert_str_eq(at_device(&world), "");
    world.seen = seen;
    send_down(&world, "for the first");
    ck_assert_str_eq(at_device(&world), "for the first");
    world_release(&world);
}
END_TEST

START_TEST(the_device_that_was_silent_longest_gives_way)
{
    struct world world;
    struct sockaddr_in at;
    int others[16];
    world_init(&world);
    int first = world.device;
    send_up(&world, "first");
    at_server(&world);
    struct sockaddr_in seen = world.seen;
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        others[i] = world.device = open_at_loopback(&at);
        send_up(&world, "x");
        ck_assert_str_eq(at_server(&world), "x");
    }
    struct sockaddr_in last = world.seen;
    world.device = first;
    world.seen = seen;
    send_down(&world, "too late");
    ck_assert_str_eq(at_device(&world), "");
    send_up(&world, "anew");
    ck_assert_str_eq(at_server(&world), "anew");
    world.device = others[COUNT_OF(others) - 1];
    world.seen = last;
    send_down(&world, "still here");
    ck_assert_str_eq(at_device(&world), "still here");
    world.device = first;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        close(others[i]);
    world_release(&world);
}
END_TEST

START_TEST(a_rate_is_kept_and_repeats_itself)
{
    size_t arrived[2] = {0, 0};
    for (size_t round = 0; round < COUNT_OF(arrived); round++) {
        struct world world;
        world_init(&world);
        relay_rate(world.relay, RELAY_TO_SERVER, RELAY_DROP, 300);
        for (unsigned i = 0; i < MANY; i++) {
            send_up(&world, "x");
            arrived[round] += strlen(at_server(&world));
        }
        ck_assert_uint_eq(relay_count(world.relay, RELAY_EITHER, RELAY_DROP),
                          MANY - arrived[round]);
        send_down(&world, "the other way is whole");
        ck_assert_str_eq(at_device(&world), "the other way is whole");
        relay_heal(world.relay);
        for (unsigned i = 0; i < HANDFUL; i++) {
            send_up(&world, "x");
            ck_assert_str_eq(at_server(&world), "x");
        }
        world_release(&world);
    }
    ck_assert_uint_eq(arrived[0], arrived[1]);
    ck_assert_uint_gt(arrived[0], 650);
    ck_assert_uint_lt(arrived[0], 750);
}
END_TEST

START_TEST(everything_can_be_lost)
{
    struct world world;
    world_init(&world);
    send_up(&world, "hello");
    at_server(&world);
    relay_rate(world.relay, RELAY_EITHER, RELAY_DROP, 1000);
    for (unsigned i = 0; i < HANDFUL; i++) {
        send_up(&world, "x");
        ck_assert_str_eq(at_server(&world), "");
        send_down(&world, "y");
        ck_assert_str_eq(at_device(&world), "");
    }
    ck_assert_uint_eq(relay_count(world.relay, RELAY_TO_DEVICE, RELAY_DROP), HANDFUL);
    world_release(&world);
}
END_TEST

START_TEST(the_next_ones_are_dropped)
{
    struct world world;
    world_init(&world);
    relay_next(world.relay, RELAY_TO_SERVER, RELAY_DROP, RELAY_ANY, 2);
    send_up(&world, "a");
    send_up(&world, "b");
    send_up(&world, "c");
    ck_assert_str_eq(at_server(&world), "c");
    relay_next(world.relay, RELAY_TO_DEVICE, RELAY_DROP, RELAY_ANY, 1);
    send_up(&world, "d");
    ck_assert_str_eq(at_server(&world), "d");
    send_down(&world, "e");
    send_down(&world, "f");
    ck_assert_str_eq(at_device(&world), "f");
    world_release(&world);
}
END_TEST

START_TEST(only_a_message_of_the_kind_is_dropped)
{
    static const struct {
        enum relay_kind kind;
        uint8_t octets[4]; /* RFC 7252 section 3 */
        bool is_dropped;
    } rows[] = {
        {RELAY_REQUEST, {0x40, 0x01, 0, 1}, true},   /* CON GET */
        {RELAY_REQUEST, {0x50, 0x03, 0, 1}, true},   /* NON PUT */
        {RELAY_REQUEST, {0x60, 0x45, 0, 1}, false},  /* ACK 2.05 */
        {RELAY_REQUEST, {0x40, 0x00, 0, 1}, false},  /* ping */
        {RELAY_REQUEST, {0x17, 0xfe, 0, 1}, false},  /* DTLS 1.2, application data */
        {RELAY_RESPONSE, {0x60, 0x45, 0, 1}, true},  /* ACK 2.05 */
        {RELAY_RESPONSE, {0x40, 0x45, 0, 1}, true},  /* CON 2.05, a notification */
        {RELAY_RESPONSE, {0x50, 0xa0, 0, 1}, true},  /* NON 5.00 */
        {RELAY_RESPONSE, {0x40, 0x01, 0, 1}, false}, /* CON GET */
        {RELAY_RESPONSE, {0x60, 0x00, 0, 1}, false}, /* empty ACK */
        {RELAY_ACK, {0x60, 0x00, 0, 1}, true},       /* empty ACK */
        {RELAY_ACK, {0x60, 0x45, 0, 1}, true},       /* ACK 2.05 */
        {RELAY_ACK, {0x70, 0x00, 0, 1}, false},      /* RST */
        {RELAY_ACK, {0x16, 0xfe, 0, 1}, false},      /* DTLS 1.2, handshake */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world world;
        world_init(&world);
        relay_next(world.relay, RELAY_EITHER, RELAY_DROP, rows[i].kind, 1);
        send_octets(&world, (struct bytes){rows[i].octets, 4});
        ck_assert_uint_eq(relay_count(world.relay, RELAY_TO_SERVER, RELAY_DROP),
                          rows[i].is_dropped);
        world_release(&world);
    }
}
END_TEST

START_TEST(a_duplicate_comes_twice)
{
    struct world world;
    world_init(&world);
    relay_next(world.relay, RELAY_TO_SERVER, RELAY_DUPLICATE, RELAY_ANY, 1);
    send_up(&world, "a");
    send_up(&world, "b");
    ck_assert_str_eq(at_server(&world), "a a b");
    world_release(&world);
}
END_TEST

START_TEST(a_delay_is_kept)
{
    struct world world;
    world_init(&world);
    relay_delay(world.relay, RELAY_TO_SERVER, 250);
    send_up(&world, "a");
    clock_advance(world.clock, 249);
    ck_assert_str_eq(at_server(&world), "");
    send_up(&world, "b");
    clock_advance(world.clock, 1);
    ck_assert_str_eq(at_server(&world), "a");
    send_down(&world, "at once");
    ck_assert_str_eq(at_device(&world), "at once");
    relay_heal(world.relay);
    send_up(&world, "c");
    ck_assert_str_eq(at_server(&world), "c");
    clock_advance(world.clock, 249);
    ck_assert_str_eq(at_server(&world), "b");
    world_release(&world);
}
END_TEST

START_TEST(the_next_one_overtakes)
{
    struct world world;
    world_init(&world);
    relay_next(world.relay, RELAY_TO_SERVER, RELAY_REORDER, RELAY_ANY, 1);
    send_up(&world, "a");
    ck_assert_str_eq(at_server(&world), "");
    send_up(&world, "b");
    send_up(&world, "c");
    ck_assert_str_eq(at_server(&world), "b a c");
    world_release(&world);
}
END_TEST

START_TEST(it_overtakes_with_a_delay_too)
{
    struct world world;
    world_init(&world);
    relay_delay(world.relay, RELAY_TO_SERVER, 1000);
    send_up(&world, "a");
    clock_advance(world.clock, 950);
    relay_next(world.relay, RELAY_TO_SERVER, RELAY_REORDER, RELAY_ANY, 1);
    send_up(&world, "b");
    clock_advance(world.clock, 20);
    send_up(&world, "c");
    clock_advance(world.clock, 100);
    ck_assert_str_eq(at_server(&world), "a");
    clock_advance(world.clock, 1000);
    ck_assert_str_eq(at_server(&world), "c b");
    world_release(&world);
}
END_TEST

START_TEST(nothing_waits_for_ever_to_be_overtaken)
{
    struct world world;
    world_init(&world);
    relay_rate(world.relay, RELAY_TO_SERVER, RELAY_REORDER, 1000);
    send_up(&world, "a");
    clock_advance(world.clock, 99);
    ck_assert_str_eq(at_server(&world), "");
    clock_advance(world.clock, 1);
    ck_assert_str_eq(at_server(&world), "a");
    send_up(&world, "b");
    send_up(&world, "c");
    ck_assert_str_eq(at_server(&world), "c b");
    world_release(&world);
}
END_TEST

START_TEST(one_bit_is_turned)
{
    struct world world;
    world_init(&world);
    for (unsigned i = 0; i < HANDFUL; i++) {
        unsigned turned = 0;
        relay_next(world.relay, RELAY_TO_SERVER, RELAY_CORRUPT, RELAY_ANY, 1);
        send_up(&world, "unharmed");
        const char *got = at_server(&world);
        for (size_t at = 0; at < strlen("unharmed"); at++)
            for (unsigned bit = 0; bit < 8; bit++)
                turned += ((unsigned)("unharmed"[at] ^ got[at]) >> bit) & 1;
        ck_assert_uint_eq(turned, 1);
    }
    relay_next(world.relay, RELAY_TO_SERVER, RELAY_CORRUPT, RELAY_ANY, 1);
    send_up(&world, "");
    send_up(&world, "unharmed");
    ck_assert_str_eq(at_server(&world), " unharmed");
    world_release(&world);
}
END_TEST

START_TEST(no_more_is_under_way_than_fits)
{
    struct world world;
    world_init(&world);
    relay_delay(world.relay, RELAY_TO_SERVER, 1000);
    for (unsigned i = 0; i < 300; i++)
        send_up(&world, "");
    clock_advance(world.clock, 1000);
    unsigned came = 0;
    char octet;
    while (recv(world.server, &octet, 1, 0) >= 0)
        came++;
    ck_assert_uint_eq(came, 256);
    world_release(&world);
}
END_TEST

START_TEST(a_device_comes_from_another_address)
{
    struct world world;
    world_init(&world);
    send_up(&world, "hello");
    at_server(&world);
    struct sockaddr_in old = world.seen;
    ck_assert_int_eq(relay_rebind(world.relay), ST_OK);
    send_up(&world, "here I am");
    ck_assert_str_eq(at_server(&world), "here I am");
    struct sockaddr_in new = world.seen;
    ck_assert_int_ne(old.sin_port, new.sin_port);
    world.seen = old;
    send_down(&world, "nobody is here");
    ck_assert_str_eq(at_device(&world), "");
    world.seen = new;
    send_down(&world, "found");
    ck_assert_str_eq(at_device(&world), "found");
    world_release(&world);
}
END_TEST

START_TEST(a_server_may_be_away)
{
    struct world world;
    struct sockaddr_in at;
    socklen_t len = sizeof at;
    world_init(&world);
    ck_assert_int_eq(getsockname(world.server, (struct sockaddr *)&at, &len), 0);
    close(world.server);
    for (unsigned i = 0; i < 3; i++)
        send_up(&world, "lost");
    world.server = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    ck_assert_int_eq(bind(world.server, (struct sockaddr *)&at, sizeof at), 0);
    send_up(&world, "back");
    ck_assert_str_eq(at_server(&world), "back");
    world_release(&world);
}
END_TEST

START_TEST(what_is_under_way_ends_with_the_relay)
{
    struct world world;
    world_init(&world);
    relay_delay(world.relay, RELAY_EITHER, 1000);
    send_up(&world, "a");
    send_up(&world, "b");
    world_release(&world); /* the clock has no timers left */
}
END_TEST

START_TEST(addresses_are_checked)
{
    static const char *const wrong[] = {"",          "127.0.0.1",      "localhost:5683", ":5683",
                                        "[::1:5683", "127.0.0.1:port", "[]:5683"};
    struct world world;
    world_init(&world);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct error error;
        struct relay *relay = NULL;
        const struct relay_config config = {world.loop, &world.chance, wrong[i], NULL};
        error_clear(&error);
        ck_assert_int_eq(relay_new(&config, &relay, &error), ST_INVALID);
        ck_assert_ptr_null(relay);
        ck_assert_ptr_nonnull(strstr(error.text, "not an address"));
    }
    struct relay *relay = NULL;
    const struct relay_config config = {world.loop, &world.chance, "[::1]:5683", NULL};
    ck_assert_int_eq(relay_new(&config, &relay, NULL), ST_OK);
    relay_free(relay);
    relay_free(NULL);
    world_release(&world);
}
END_TEST

/* CON GET, message id 0x7f00, token 0x71; and what may answer it. */
static const uint8_t question[] = {0x41, 0x01, 0x7f, 0x00, 0x71};

static void inject(struct world *world, enum relay_way way, bool is_stranger)
{
    struct bytes octets = {question, sizeof question};
    ck_assert_int_eq(relay_inject(world->relay, way, is_stranger, octets), ST_OK);
    turn(world);
}

/* The answer as hex; empty when there is none. */
static const char *answer(struct world *world)
{
    static char text[64];
    struct buf octets, hex;
    buf_init(&octets, 32);
    buf_init(&hex, sizeof text - 1);
    ck_assert_int_eq(relay_answer(world->relay, &octets), octets.len > 0);
    buf_put_hex(&hex, buf_bytes(&octets));
    snprintf(text, sizeof text, "%s", buf_text(&hex));
    buf_release(&octets);
    buf_release(&hex);
    return text;
}

static void answer_from(struct world *world, const uint8_t *octets, size_t len)
{
    send_octets(world, (struct bytes){octets, len});
}

START_TEST(a_made_up_datagram_is_answered_to_nobody_else)
{
    static const uint8_t reply[] = {0x61, 0x45, 0x7f, 0x00, 0x71};
    static const uint8_t other[] = {0x61, 0x45, 0x7f, 0x01, 0x71};
    struct world world;
    world_init(&world);
    ck_assert_int_eq(relay_inject(world.relay, RELAY_TO_DEVICE, false,
                                  (struct bytes){question, sizeof question}),
                     ST_NOT_FOUND); /* no device has spoken */
    send_up(&world, "hello");
    at_server(&world);
    inject(&world, RELAY_TO_DEVICE, false);
    ck_assert_mem_eq(at_device(&world), question, sizeof question);
    ck_assert_str_eq(answer(&world), "");
    answer_from(&world, other, sizeof other);
    ck_assert_uint_eq(strlen(at_server(&world)), sizeof other); /* of another one: it passes */
    answer_from(&world, reply, sizeof reply);
    ck_assert_str_eq(at_server(&world), "");
    ck_assert_str_eq(answer(&world), "61457f0071");
    ck_assert_str_eq(answer(&world), "");
    answer_from(&world, reply, sizeof reply);        /* it was answered already */
    ck_assert_uint_eq(strlen(at_server(&world)), 3); /* up to its NUL */
    world_release(&world);
}
END_TEST

START_TEST(a_separate_answer_is_acknowledged)
{
    static const uint8_t empty[] = {0x60, 0x00, 0x7f, 0x00};
    static const uint8_t separate[] = {0x41, 0x45, 0x12, 0x34, 0x71};
    static const uint8_t acknowledgement[] = {0x60, 0x00, 0x12, 0x34};
    static const char *const expected[] = {"4145123471",
                                           ""}; /* it is none for what is asked next */
    struct world world;
    world_init(&world);
    send_up(&world, "hello");
    at_server(&world);
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        inject(&world, RELAY_TO_DEVICE, false);
        at_device(&world);
        answer_from(&world, empty, sizeof empty);
        ck_assert_str_eq(answer(&world), "");
        answer_from(&world, separate, sizeof separate);
        ck_assert_str_eq(answer(&world), expected[i]);
        ck_assert_mem_eq(at_device(&world), acknowledgement, sizeof acknowledgement);
        ck_assert_str_eq(at_server(&world), "");
    }
    world_release(&world);
}
END_TEST

/* Each end counts the ids of its own messages. */
START_TEST(what_was_heard_of_one_end_is_not_of_another)
{
    static const uint8_t empty[] = {0x60, 0x00, 0x7f, 0x00};
    static const uint8_t separate[] = {0x41, 0x45, 0x12, 0x34, 0x71};
    struct world world;
    struct sockaddr_in at;
    world_init(&world);
    send_up(&world, "hello");
    at_server(&world);
    inject(&world, RELAY_TO_DEVICE, false);
    at_device(&world);
    answer_from(&world, empty, sizeof empty);
    answer_from(&world, separate, sizeof separate);
    ck_assert_str_eq(answer(&world), "4145123471");
    at_device(&world);
    send_down(&world, "AE\x12\x34q"); /* of the server, with that id */
    ck_assert_str_eq(at_device(&world), "AE\x12\x34q");
    int first = world.device;
    world.device = open_at_loopback(&at); /* and of another device */
    answer_from(&world, separate, sizeof separate);
    ck_assert_str_eq(at_server(&world), "AE\x12\x34q");
    ck_assert_str_eq(at_device(&world), "");
    close(world.device);
    world.device = first;
    answer_from(&world, separate, sizeof separate);
    ck_assert_str_eq(at_server(&world), "");
    world_release(&world);
}
END_TEST

START_TEST(a_stranger_comes_from_another_address)
{
    static const char reset[] = {0x70, 0x01, 0x7f, 0x00, 0};
    struct world world;
    world_init(&world);
    send_up(&world, "hello");
    at_server(&world);
    struct sockaddr_in seen = world.seen;
    inject(&world, RELAY_TO_SERVER, true);
    at_server(&world);
    ck_assert_int_ne(seen.sin_port, world.seen.sin_port);
    ck_assert_int_eq(
        sendto(world.server, reset, 4, 0, (struct sockaddr *)&world.seen, sizeof world.seen), 4);
    turn(&world);
    ck_assert_str_eq(answer(&world), "70017f00");
    inject(&world, RELAY_TO_SERVER, false); /* and the device from its own */
    at_server(&world);
    ck_assert_int_eq(seen.sin_port, world.seen.sin_port);
    world_release(&world);
}
END_TEST

UNIT_MAIN("relay", what_is_not_impaired_passes_both_ways, devices_are_told_apart,
          the_device_that_was_silent_longest_gives_way, a_rate_is_kept_and_repeats_itself,
          everything_can_be_lost, the_next_ones_are_dropped, only_a_message_of_the_kind_is_dropped,
          a_duplicate_comes_twice, a_delay_is_kept, the_next_one_overtakes,
          it_overtakes_with_a_delay_too, nothing_waits_for_ever_to_be_overtaken, one_bit_is_turned,
          no_more_is_under_way_than_fits, a_device_comes_from_another_address, a_server_may_be_away,
          what_is_under_way_ends_with_the_relay, addresses_are_checked,
          a_made_up_datagram_is_answered_to_nobody_else, a_separate_answer_is_acknowledged,
          what_was_heard_of_one_end_is_not_of_another, a_stranger_comes_from_another_address)
