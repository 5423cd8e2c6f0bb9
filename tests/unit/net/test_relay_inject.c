/* SPDX-License-Identifier: Apache-2.0 */
/* Datagrams that a relay makes up, and who gets what answers them. */
#include "base/std.h"

#include "tests/unit/net/relay_world.h"

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

UNIT_MAIN("relay_inject", a_made_up_datagram_is_answered_to_nobody_else,
          a_separate_answer_is_acknowledged, what_was_heard_of_one_end_is_not_of_another,
          a_stranger_comes_from_another_address)
