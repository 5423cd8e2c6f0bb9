/* SPDX-License-Identifier: Apache-2.0 */
/* The libcoap endpoint and a peer that sends octets: what a stranger may do to it. */
#include "base/std.h"

#include "tests/unit/net/raw_peer.h"

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
        "60010004b161",     /* ACK that carries a request */
        "70010005b161",     /* RST that carries one */
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

START_TEST(a_datagram_that_libcoap_cuts_off_is_too_large)
{
    enum { CUT = 1472, HEAD = 7 }; /* PUT /a, payload marker */
    struct world world;
    struct raw raw;
    struct buf hex;
    world_init(&world, 0, 0);
    raw_open(&raw, world.server.endpoint);
    for (size_t size = CUT - 1; size <= CUT + 1; size++) {
        buf_init(&hex, 2 * CUT + 2);
        buf_printf(&hex, "4003%04xb161ff", (unsigned)size);
        for (size_t i = HEAD; i < size; i++)
            buf_puts(&hex, "7a");
        raw_send(&world, &raw, buf_text(&hex));
        expect_answer(&raw, size < CUT ? CODE_CONTENT : CODE_TOO_LARGE);
        buf_release(&hex);
    }
    ck_assert_uint_eq(world.server.asked, 1);
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

/* Waits for a datagram. */
static void raw_receive(struct world *world, struct raw *raw)
{
    raw_hear(world, raw, PATIENCE_MS);
    ck_assert_uint_ge(raw->got_len, 4);
}

/* A client of octets registers, and the server asks it for /3 with token `t`. */
static void ask_raw(struct world *world, struct raw *raw, struct result *result, int observe)
{
    raw_open(raw, world->server.endpoint);
    raw_send(world, raw, "40020001b27264");
    ck_assert_ptr_nonnull(world->server.peer);
    struct message request = request_of(CODE_GET, "/3");
    request.token_len = 1;
    request.token[0] = 't';
    request.message_id = 0x0102;
    request.observe = observe;
    send_request(&world->server, &request, result);
    raw_receive(world, raw);
    static const uint8_t wanted[] = {0x41, 0x01, 0x01, 0x02, 't', 0xb1, '3'};
    ck_assert_uint_eq(raw->got_len, sizeof wanted + (size_t)(observe + 1)); /* 0 has no octets */
    if (observe < 0)
        ck_assert_mem_eq(raw->got, wanted, sizeof wanted);
}

START_TEST(a_reset_is_a_refusal)
{
    struct world world;
    struct raw raw;
    struct result result;
    world_init(&world, 0, 0);
    ask_raw(&world, &raw, &result, -1);
    raw_send(&world, &raw, "70000102");
    wait_for(&world, &result.calls, 1);
    ck_assert_int_eq(result.status, ST_REFUSED);
    close(raw.fd);
    world_release(&world);
}
END_TEST

START_TEST(a_separate_response_is_acknowledged_and_taken)
{
    struct world world;
    struct raw raw;
    struct result result;
    world_init(&world, 0, 0);
    ask_raw(&world, &raw, &result, -1);
    raw_send(&world, &raw, "60000102");
    ck_assert_uint_eq(result.calls, 0);
    raw_send(&world, &raw, "4145777774ff6f6b");
    wait_for(&world, &result.calls, 1);
    ck_assert_int_eq(result.status, ST_OK);
    ck_assert(bytes_is(buf_bytes(&result.message.payload), "ok"));
    static const uint8_t acknowledgement[] = {0x60, 0x00, 0x77, 0x77};
    ck_assert_uint_eq(raw.got_len, sizeof acknowledgement);
    ck_assert_mem_eq(raw.got, acknowledgement, sizeof acknowledgement);
    message_release(&result.message);
    close(raw.fd);
    world_release(&world);
}
END_TEST

/* RFC 7641 4.1: the answer has no Observe option, and has what was read after the end. */
START_TEST(a_notification_is_no_answer_to_its_end)
{
    struct world world;
    struct raw raw;
    struct result result;
    world_init(&world, 0, 0);
    ask_raw(&world, &raw, &result, 1);
    raw_send(&world, &raw, "41450008746102ff32");
    static const uint8_t acknowledgement[] = {0x60, 0x00, 0x00, 0x08};
    ck_assert_uint_eq(raw.got_len, sizeof acknowledgement);
    ck_assert_mem_eq(raw.got, acknowledgement, sizeof acknowledgement);
    ck_assert_uint_eq(result.calls, 0);
    raw_send(&world, &raw, "6145010274ff6f6b");
    wait_for(&world, &result.calls, 1);
    ck_assert(bytes_is(buf_bytes(&result.message.payload), "ok"));
    message_release(&result.message);
    close(raw.fd);
    world_release(&world);
}
END_TEST

/* What keeps a request apart from its repetition is a request, too, and may be answered later. */
START_TEST(a_separate_response_to_a_spacer_is_acknowledged)
{
    struct world world;
    struct raw raw;
    struct result results[2];
    char hex[40];
    world_init(&world, 0, 0);
    ask_raw(&world, &raw, &results[0], -1);
    raw_send(&world, &raw, "6145010274ff6f6b");
    wait_for(&world, &results[0].calls, 1);
    struct message again = request_of(CODE_GET, "/3");
    again.token_len = 1;
    again.token[0] = 't';
    again.message_id = 0x0102;
    send_request(&world.server, &again, &results[1]);
    raw_receive(&world, &raw);
    ck_assert_uint_eq(raw.got[0], 0x48);
    const uint8_t *spacer = raw.got + 4;
    int at = snprintf(hex, sizeof hex, "48827778");
    for (size_t i = 0; i < 8; i++)
        at += snprintf(hex + at, sizeof hex - (size_t)at, "%02x", spacer[i]);
    char empty[16];
    snprintf(empty, sizeof empty, "6000%02x%02x", raw.got[2], raw.got[3]);
    raw_send(&world, &raw, empty);
    raw_send(&world, &raw, hex);
    static const uint8_t acknowledgement[] = {0x60, 0x00, 0x77, 0x78};
    ck_assert_uint_eq(raw.got_len, sizeof acknowledgement);
    ck_assert_mem_eq(raw.got, acknowledgement, sizeof acknowledgement);
    message_release(&results[0].message);
    close(raw.fd);
    world_release(&world);
}
END_TEST

START_TEST(answers_with_wrong_options_or_tokens_are_not_taken)
{
    struct world world;
    struct raw raw;
    struct result result;
    world_init(&world, 0, 0);
    ask_raw(&world, &raw, &result, -1);
    raw_send(&world, &raw, "5145000978ff6f6b"); /* token x */
    ck_assert_uint_eq(raw.got[0] >> 4 & 3, 3);
    ck_assert_uint_eq(result.calls, 0);
    raw_send(&world, &raw, "6145010274d10a07"); /* Block2 with the reserved size */
    wait_for(&world, &result.calls, 1);
    ck_assert_int_eq(result.status, ST_INVALID);
    close(raw.fd);
    world_release(&world);
}
END_TEST

/* RFC 7252 4.7 lets more than one be under way; who ignores one need not ignore the next. */
START_TEST(a_request_that_is_ignored_does_not_hold_up_the_next_ones)
{
    enum { STALE_MS = 1000 };
    struct world world;
    struct raw raw;
    struct result ignored, result;
    world_init(&world, 0, 0);
    ask_raw(&world, &raw, &ignored, -1);
    settle(&world, STALE_MS + 50);
    struct message request = request_of(CODE_GET, "/4");
    request.token_len = 1;
    request.token[0] = 'u';
    request.message_id = 0x0203;
    send_request(&world.server, &request, &result);
    int64_t end = clock_now(world.clock) + 500; /* before the first one is given up */
    while (clock_now(world.clock) < end && !(raw_hear(&world, &raw, 50) && raw.got[3] == 0x03))
        continue;
    ck_assert_uint_eq(raw.got[3], 0x03);
    raw_send(&world, &raw, "6145020375ff6f6b");
    wait_for(&world, &result.calls, 1);
    ck_assert_int_eq(result.status, ST_OK);
    ck_assert_uint_eq(ignored.calls, 0);
    message_release(&result.message);
    close(raw.fd);
    world_release(&world);
}
END_TEST

START_TEST(a_notification_nobody_waits_for_is_reset)
{
    static const uint8_t reset[] = {0x70, 0x00, 0x00, 0x09};
    struct world world;
    struct raw raw;
    struct result result;
    world_init(&world, 0, 0);
    ask_raw(&world, &raw, &result, 0);
    raw_send(&world, &raw,
             "614501027461"
             "01ff31");
    wait_for(&world, &result.calls, 1);
    raw_send(&world, &raw,
             "5145000874"
             "6102ff32");
    wait_for(&world, &result.calls, 2);
    ck_assert_int_eq(result.message.observe, 2);
    ck_assert_uint_eq(raw.got_len, 0);
    raw_send(&world, &raw,
             "5145000978"
             "6103ff33"); /* token x */
    ck_assert_uint_eq(raw.got_len, sizeof reset);
    ck_assert_mem_eq(raw.got, reset, sizeof reset);
    raw_send(&world, &raw, "5184000a74"); /* 4.04 ends it */
    wait_for(&world, &result.calls, 3);
    ck_assert_uint_eq(result.message.code, CODE_NOT_FOUND);
    raw_send(&world, &raw,
             "5145000974"
             "6104ff34");
    ck_assert_mem_eq(raw.got, reset, sizeof reset);
    ck_assert_uint_eq(result.calls, 3);
    message_release(&result.message);
    close(raw.fd);
    world_release(&world);
}
END_TEST

START_TEST(a_notification_that_comes_again_is_taken_once)
{
    static const char *const news[] = {"41450008746102ff32", "41450009746103ff33",
                                       "41450008746102ff32", "5145000a746104ff34",
                                       "5145000a746104ff34", "4145000b746105ff35"};
    static const unsigned calls[] = {2, 3, 3, 4, 4, 5};
    struct world world;
    struct raw raw;
    struct result result;
    world_init(&world, 0, 0);
    ask_raw(&world, &raw, &result, 0);
    raw_send(&world, &raw, "61450102746101ff31");
    for (size_t i = 0; i < COUNT_OF(news); i++) {
        bool is_confirmable = news[i][0] == '4';
        raw_send(&world, &raw, news[i]);
        ck_assert_uint_eq(raw.got_len, is_confirmable ? 4 : 0);
        ck_assert(!is_confirmable || raw.got[0] == 0x60); /* acknowledged each time */
        ck_assert_uint_eq(result.calls, calls[i]);
    }
    message_release(&result.message);
    close(raw.fd);
    world_release(&world);
}
END_TEST

START_TEST(a_notification_with_wrong_options_is_reset_and_ends_the_observation)
{
    static const uint8_t reset[] = {0x70, 0x00, 0x00, 0x08};
    struct world world;
    struct raw raw;
    struct result result;
    world_init(&world, 0, 0);
    ask_raw(&world, &raw, &result, 0);
    raw_send(&world, &raw,
             "614501027461"
             "01ff31");
    wait_for(&world, &result.calls, 1);
    raw_send(&world, &raw,
             "4145000874"
             "6102d10407"); /* Block2 with the reserved size */
    ck_assert_uint_eq(raw.got_len, sizeof reset);
    ck_assert_mem_eq(raw.got, reset, sizeof reset);
    wait_for(&world, &result.calls, 2);
    ck_assert_int_eq(result.status, ST_INVALID);
    raw_send(&world, &raw,
             "4145000974"
             "6103ff33"); /* another, so that libcoap forgets the one before */
    raw_send(&world, &raw,
             "4145000874"
             "6102d10407");
    ck_assert_mem_eq(raw.got, reset, sizeof reset);
    ck_assert_uint_eq(result.calls, 2);
    close(raw.fd);
    world_release(&world);
}
END_TEST

/* RFC 7959 2.6 */
START_TEST(notifications_have_blocks_no_larger_than_their_observer_asked_for)
{
    struct world world;
    struct raw raw;
    world_init(&world, 0, 0);
    raw_open(&raw, world.server.endpoint);
    raw_send(&world, &raw,
             "410100017460"
             "5133c102"); /* Observe, /3, blocks of 64 */
    expect_answer(&raw, CODE_CONTENT);
    struct message news;
    message_init(&news);
    news.code = CODE_CONTENT;
    news.token_len = 1;
    news.token[0] = 't';
    news.observe = 2;
    fill(&news.payload, 65, 0); /* a tag of 8 octets, the sequence number, Block2 */
    enum { HEAD = 4 + 1, OPTIONS = 9 + 2 + 3 };
    ck_assert_int_eq(
        endpoint_notify(world.server.endpoint, world.server.peer, &news, on_notified, &world),
        ST_OK);
    message_release(&news);
    raw_receive(&world, &raw);
    ck_assert_uint_eq(raw.got_len, HEAD + OPTIONS + 1 + 64);
    close(raw.fd);
    world_release(&world);
}
END_TEST

START_TEST(silent_strangers_give_way_and_a_registered_peer_stays)
{
    enum { STRANGERS = 1100 };
    struct world world;
    struct result result;
    world_init(&world, 0, 0);
    register_device(&world);
    struct peer *registered = world.server.peer;
    for (unsigned i = 0; i < STRANGERS; i++) {
        struct raw raw;
        raw_open_at(&raw, world.server.endpoint, INADDR_LOOPBACK + 1 + i);
        unsigned asked = world.server.asked;
        ck_assert_int_eq(send(raw.fd, "\x50\x01\x00\x01", 4, 0), 4);
        wait_for(&world, &world.server.asked, asked + 1);
        close(raw.fd);
    }
    ck_assert_uint_eq(world.server.gone, STRANGERS - 1024);
    world.server.peer = registered;
    ask(&world, &world.server, CODE_GET, "/3", &result);
    ck_assert_int_eq(result.status, ST_OK);
    message_release(&result.message);
    world_release(&world);
}
END_TEST

START_TEST(forgotten_bodies_are_not_continued)
{
    struct world world;
    struct raw raw;
    world_init(&world, 0, 0);
    world.server.body_len = 3000;
    world.server.is_sensitive = true;
    raw_open(&raw, world.server.endpoint);
    raw_send(&world, &raw,
             "40010001b23136"
             "0130");
    expect_answer(&raw, CODE_CONTENT);
    raw_send(&world, &raw,
             "40010002b23136"
             "0130c116");
    expect_answer(&raw, CODE_CONTENT);
    endpoint_forget_bodies(world.server.endpoint, "/16/0");
    raw_send(&world, &raw,
             "40010003b23136"
             "0130c126");
    expect_answer(&raw, CODE_INCOMPLETE);
    raw_send(&world, &raw,
             "40010002b23136"
             "0130c116"); /* a duplicate still gets its answer */
    expect_answer(&raw, CODE_CONTENT);
    ck_assert_uint_gt(raw.got_len, 1024);
    close(raw.fd);
    world_release(&world);
}
END_TEST

UNIT_MAIN("coap_raw", octets_that_are_no_request_change_nothing,
          options_are_refused_as_the_standard_says, a_datagram_that_libcoap_cuts_off_is_too_large,
          a_repeated_datagram_gets_the_same_octets, a_reset_is_a_refusal,
          a_separate_response_is_acknowledged_and_taken, a_notification_is_no_answer_to_its_end,
          a_separate_response_to_a_spacer_is_acknowledged,
          answers_with_wrong_options_or_tokens_are_not_taken,
          a_request_that_is_ignored_does_not_hold_up_the_next_ones,
          a_notification_nobody_waits_for_is_reset, a_notification_that_comes_again_is_taken_once,
          a_notification_with_wrong_options_is_reset_and_ends_the_observation,
          notifications_have_blocks_no_larger_than_their_observer_asked_for,
          silent_strangers_give_way_and_a_registered_peer_stays, forgotten_bodies_are_not_continued)
