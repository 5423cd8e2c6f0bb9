/* SPDX-License-Identifier: Apache-2.0 */
/* The relay between two plain sockets, in virtual time: what is lost, late, doubled, overtaken or
 * damaged, and a device that changes its address. */
#include "base/std.h"

#include "tests/unit/net/relay_world.h"

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

UNIT_MAIN("relay", what_is_not_impaired_passes_both_ways, devices_are_told_apart,
          the_device_that_was_silent_longest_gives_way, a_rate_is_kept_and_repeats_itself,
          everything_can_be_lost, the_next_ones_are_dropped, only_a_message_of_the_kind_is_dropped,
          a_duplicate_comes_twice, a_delay_is_kept, the_next_one_overtakes,
          it_overtakes_with_a_delay_too, nothing_waits_for_ever_to_be_overtaken, one_bit_is_turned,
          no_more_is_under_way_than_fits, a_device_comes_from_another_address, a_server_may_be_away,
          what_is_under_way_ends_with_the_relay, addresses_are_checked)
