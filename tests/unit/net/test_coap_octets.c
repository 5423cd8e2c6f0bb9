/* SPDX-License-Identifier: Apache-2.0 */
/* Datagrams that are no message: whoever listens to the trace is told, libcoap tells nobody. */
#include "base/std.h"

#include "tests/unit/net/raw_peer.h"

static struct event seen; /* the last one */
static char fault[100], peer[64];
static unsigned told;

static void hear_malformed(void *arg, const struct event *event)
{
    UNUSED(arg);
    if (event->kind != EVENT_MALFORMED)
        return;
    seen = *event;
    snprintf(fault, sizeof fault, "%s", event->text);
    snprintf(peer, sizeof peer, "%s", event->peer);
    told++;
}

static struct trace_listener ear = {.hear = hear_malformed};

START_TEST(what_is_no_message_is_told_once)
{
    struct world world;
    struct raw raw;
    struct sockaddr_in here;
    socklen_t len = sizeof here;
    char port[16];
    world_init(&world, 0, 0);
    trace_listen(&world.server.trace, &ear);
    raw_open(&raw, world.server.endpoint);
    told = 0;
    raw_send(&world, &raw, "61451234aac0ff");
    ck_assert_uint_eq(told, 1);
    ck_assert_str_eq(fault, "nothing follows its payload marker");
    ck_assert_str_eq(seen.type, "ACK");
    ck_assert_int_eq(seen.message_id, 0x1234);
    ck_assert_uint_eq(seen.payload.len, 7);
    ck_assert(seen.incoming);
    ck_assert_int_eq(getsockname(raw.fd, (struct sockaddr *)&here, &len), 0);
    snprintf(port, sizeof port, ":%u", (unsigned)ntohs(here.sin_port));
    ck_assert_str_eq(strchr(peer, ':'), port);
    raw_send(&world, &raw, "40");
    ck_assert_uint_eq(told, 2);
    ck_assert_ptr_null(seen.type);
    ck_assert_int_eq(seen.message_id, -1);
    raw_send(&world, &raw, "40010001653031323334"); /* Observe of five octets */
    ck_assert_uint_eq(told, 3);
    ck_assert_str_eq(fault, "the length of an option is not that of its number");
    raw_send(&world, &raw, "60450002e1fcdc00"); /* 65001 */
    ck_assert_uint_eq(told, 4);
    ck_assert_str_eq(fault, "it has a critical option that nobody knows");
    close(raw.fd);
    world_release(&world);
}
END_TEST

START_TEST(messages_are_not_told_of)
{
    struct world world;
    struct raw raw;
    struct result result;
    world_init(&world, 0, 0);
    trace_listen(&world.server.trace, &ear);
    raw_open(&raw, world.server.endpoint);
    told = 0;
    raw_send(&world, &raw, "40010007b133");
    expect_answer(&raw, CODE_CONTENT);
    raw_send(&world, &raw, "60000001");
    raw_send(&world, &raw, "40000002");
    raw_send(&world, &raw, "40010003e1fcdc00"); /* answered 4.02 */
    expect_answer(&raw, CODE_BAD_OPTION);
    register_device(&world);
    world.device.body_len = 5000;
    ask(&world, &world.server, CODE_GET, "/16/0", &result);
    ck_assert_uint_eq(result.message.payload.len, 5000);
    message_release(&result.message);
    ck_assert_uint_eq(told, 0);
    close(raw.fd);
    world_release(&world);
}
END_TEST

START_TEST(who_is_deaf_hears_none)
{
    struct world world;
    struct raw raw;
    world_init(&world, 0, 0);
    trace_listen(&world.server.trace, &ear);
    raw_open(&raw, world.server.endpoint);
    told = 0;
    endpoint_set_deaf(world.server.endpoint, true);
    raw_send(&world, &raw, "40");
    ck_assert_uint_eq(told, 0);
    close(raw.fd);
    world_release(&world);
}
END_TEST

UNIT_MAIN("coap_octets", what_is_no_message_is_told_once, messages_are_not_told_of,
          who_is_deaf_hears_none)
