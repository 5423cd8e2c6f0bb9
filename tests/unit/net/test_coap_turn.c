/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications and the bodies before them: who notifies waits, and who observes keeps what comes
 * too early. The other end is a socket; the clock is virtual. */
#include "base/std.h"

#include "tests/unit/net/raw_peer.h"

enum {
    SPAN_MS = 225, /* MAX_TRANSMIT_SPAN of coap_world.h's times */
    LONG = 150,    /* three blocks of 64 octets */
    WAITING_MOST = 64
};

static const char register_hex[] = "41010001aa605231360130";

struct notifier {
    struct world world; /* its server's side notifies */
    struct raw raw;
};

static void notifier_init(struct notifier *notifier)
{
    struct world *world = &notifier->world;
    memset(notifier, 0, sizeof *notifier);
    world->clock = clock_new_virtual(0);
    world->loop = loop_new(world->clock);
    chance_init_seed(&world->chance, 42);
    side_init(world, &world->server, "coap://127.0.0.1:0", 64);
    world->server.body_len = 3;
    raw_open(&notifier->raw, world->server.endpoint);
}

static void notifier_release(struct notifier *notifier)
{
    close(notifier->raw.fd);
    world_release(&notifier->world);
}

/* An empty message of TYPE ("60" acknowledges, "70" refuses) for what came. */
static void raw_reply(struct raw *raw, const char *type)
{
    char hex[16];
    snprintf(hex, sizeof hex, "%s00%02x%02x", type, raw->got[2], raw->got[3]);
    raw_say(raw, hex);
}

static void observe(struct notifier *notifier, struct raw *raw, const char *hex)
{
    raw_send(&notifier->world, raw, hex);
    expect_answer(raw, CODE_CONTENT);
}

static struct message news_of(unsigned number, size_t len)
{
    struct message news;
    message_init(&news);
    news.code = CODE_CONTENT;
    news.token_len = 1;
    news.token[0] = 0xaa;
    news.observe = (int)number;
    fill(&news.payload, len, number);
    return news;
}

static void notify_one(struct notifier *notifier, struct message news)
{
    struct side *side = &notifier->world.server;
    ck_assert_int_eq(
        endpoint_notify(side->endpoint, side->peer, &news, on_notified, &notifier->world), ST_OK);
    message_release(&news);
}

static void notify(struct notifier *notifier, unsigned number, size_t len)
{
    notify_one(notifier, news_of(number, len));
}

/* A confirmable notification with NUMBER, after its ETag if it is in blocks, came and is
 * acknowledged. */
static void expect_news(struct notifier *notifier, struct raw *raw, unsigned number, int64_t ms)
{
    ck_assert_msg(raw_hear(&notifier->world, raw, ms), "no notification %u", number);
    expect_answer(raw, CODE_CONTENT);
    ck_assert_uint_eq(raw->got[0], 0x41);
    size_t at = raw->got[5] == 0x48 ? 14 : 5;
    ck_assert_uint_eq(raw->got[at] & 0x0f, 1);
    ck_assert_uint_eq(raw->got[at + 1], number);
    raw_reply(raw, "60");
}

static void expect_silence(struct notifier *notifier, struct raw *raw, int64_t ms)
{
    ck_assert(!raw_hear(&notifier->world, raw, ms));
}

/* Block NUMBER of the body that was notified last. */
static void fetch(struct notifier *notifier, unsigned message_id, unsigned number)
{
    char hex[40];
    snprintf(hex, sizeof hex, "4101%04xbbb231360130c1%x2", message_id, number);
    raw_send(&notifier->world, &notifier->raw, hex);
    expect_answer(&notifier->raw, CODE_CONTENT);
    ck_assert_uint_eq(notifier->raw.got[0], 0x61);
}

/* The two blocks behind the first of a LONG one. */
static void fetch_rest(struct notifier *notifier, unsigned message_id)
{
    fetch(notifier, message_id, 1);
    fetch(notifier, message_id + 1, 2);
}

/* The socket observes. */
static void notifier_init_observed(struct notifier *notifier)
{
    notifier_init(notifier);
    observe(notifier, &notifier->raw, register_hex);
}

/* The socket observes, and has the first block of notification 2. */
static void notifier_init_begun(struct notifier *notifier)
{
    notifier_init_observed(notifier);
    notify(notifier, 2, LONG);
    expect_news(notifier, &notifier->raw, 2, 50);
}

START_TEST(the_next_notification_waits_for_the_body_before)
{
    struct notifier n;
    notifier_init_begun(&n);
    notify(&n, 3, LONG);
    notify(&n, 4, 3);
    expect_silence(&n, &n.raw, 50);
    fetch(&n, 2, 1);
    expect_silence(&n, &n.raw, 50);
    ck_assert_uint_eq(n.world.notified, 1);
    fetch(&n, 3, 2);
    ck_assert_uint_eq(n.raw.got_len, 4 + 1 + 9 + 3 + 1 + LONG - 128);
    expect_news(&n, &n.raw, 3, 50);
    expect_silence(&n, &n.raw, 50);
    fetch_rest(&n, 4);
    expect_news(&n, &n.raw, 4, 50);
    wait_for(&n.world, &n.world.notified, 3);
    ck_assert_int_eq(n.world.outcome, NOTIFY_ACKNOWLEDGED);
    notifier_release(&n);
}
END_TEST

START_TEST(a_block_that_was_lost_is_the_same_when_the_next_notification_has_gone)
{
    struct notifier n;
    struct raw lost;
    notifier_init_begun(&n);
    notify(&n, 3, LONG);
    fetch_rest(&n, 2);
    lost = n.raw;
    expect_news(&n, &n.raw, 3, 50);
    fetch(&n, 3, 2);
    ck_assert_uint_eq(n.raw.got_len, lost.got_len);
    ck_assert_mem_eq(n.raw.got, lost.got, lost.got_len);
    notifier_release(&n);
}
END_TEST

START_TEST(who_never_fetches_is_waited_for_some_time)
{
    struct notifier n;
    notifier_init_begun(&n);
    notify(&n, 3, LONG);
    expect_silence(&n, &n.raw, SPAN_MS - 60);
    expect_news(&n, &n.raw, 3, 120);
    notify(&n, 4, 3);
    expect_silence(&n, &n.raw, SPAN_MS - 60);
    fetch(&n, 2, 1); /* it goes on, and has the time anew */
    expect_silence(&n, &n.raw, SPAN_MS - 60);
    fetch(&n, 3, 1); /* the same again is no way on */
    expect_news(&n, &n.raw, 4, 120);
    notifier_release(&n);
}
END_TEST

START_TEST(the_answer_to_a_read_is_waited_for_too)
{
    struct notifier n;
    notifier_init_observed(&n);
    n.world.server.body_len = LONG;
    raw_send(&n.world, &n.raw, "41010002bbb231360130");
    notify(&n, 2, 3);
    expect_silence(&n, &n.raw, 50);
    fetch_rest(&n, 3);
    expect_news(&n, &n.raw, 2, 50);
    notifier_release(&n);
}
END_TEST

START_TEST(observers_do_not_wait_for_each_other)
{
    struct notifier n;
    struct raw other;
    notifier_init_begun(&n);
    notify(&n, 3, LONG);
    raw_open(&other, n.world.server.endpoint);
    observe(&n, &other, register_hex);
    notify(&n, 4, LONG);
    expect_news(&n, &other, 4, 50);
    expect_silence(&n, &n.raw, 20);
    observe(&n, &n.raw, "41010009cc605231360131"); /* of another path */
    struct message news = news_of(5, LONG);
    news.token[0] = 0xcc;
    notify_one(&n, news);
    expect_news(&n, &n.raw, 5, 20);
    fetch_rest(&n, 2);
    expect_news(&n, &n.raw, 3, 50);
    close(other.fd);
    notifier_release(&n);
}
END_TEST

START_TEST(nothing_is_left_of_an_observation_that_was_cancelled)
{
    struct notifier n;
    notifier_init_begun(&n);
    notify(&n, 3, LONG);
    notify(&n, 4, 3);
    observe(&n, &n.raw, "41010002aa61015231360130");
    wait_for(&n.world, &n.world.notified, 3);
    ck_assert_int_eq(n.world.outcome, NOTIFY_ACKNOWLEDGED);
    expect_silence(&n, &n.raw, 2 * SPAN_MS);
    notifier_release(&n);
}
END_TEST

START_TEST(a_reset_is_for_what_waits_too)
{
    struct notifier n;
    notifier_init_observed(&n);
    notify(&n, 2, LONG);
    ck_assert(raw_hear(&n.world, &n.raw, 50));
    notify(&n, 3, LONG);
    raw_reply(&n.raw, "70");
    wait_for(&n.world, &n.world.notified, 2);
    ck_assert_int_eq(n.world.outcome, NOTIFY_RESET);
    expect_silence(&n, &n.raw, 2 * SPAN_MS);
    notifier_release(&n);
}
END_TEST

START_TEST(a_peer_that_is_dropped_hears_nothing_more)
{
    struct notifier n;
    notifier_init_begun(&n);
    wait_for(&n.world, &n.world.notified, 1);
    notify(&n, 3, LONG);
    endpoint_disconnect(n.world.server.endpoint, n.world.server.peer);
    expect_silence(&n, &n.raw, 2 * SPAN_MS);
    ck_assert_uint_eq(n.world.notified, 1);
    notifier_release(&n);
}
END_TEST

START_TEST(when_too_many_wait_the_oldest_goes)
{
    struct notifier n;
    notifier_init_begun(&n);
    for (unsigned i = 0; i < WAITING_MOST; i++)
        notify(&n, 3 + i, 3);
    expect_silence(&n, &n.raw, 50);
    notify(&n, 100, 3);
    expect_news(&n, &n.raw, 3, 50);
    expect_silence(&n, &n.raw, 50);
    fetch_rest(&n, 2);
    for (unsigned i = 1; i < WAITING_MOST; i++)
        expect_news(&n, &n.raw, 3 + i, 50);
    expect_news(&n, &n.raw, 100, 50);
    notifier_release(&n);
}
END_TEST

START_TEST(too_many_octets_do_not_wait_either)
{
    enum { FIT = 1048576 / BODY_MOST };
    struct notifier n;
    notifier_init_begun(&n);
    for (unsigned i = 0; i < FIT; i++)
        notify(&n, 3 + i, BODY_MOST);
    expect_silence(&n, &n.raw, 20);
    notify(&n, 100, 3);
    expect_news(&n, &n.raw, 3, 20);
    notifier_release(&n);
}
END_TEST

/* rule: I-10 */
START_TEST(what_is_sensitive_is_forgotten_while_it_waits)
{
    struct notifier n;
    notifier_init_observed(&n);
    for (unsigned i = 2; i < 5; i++) {
        struct message news = news_of(i, i < 4 ? LONG : 3);
        news.sensitive = i < 4;
        notify_one(&n, news);
    }
    expect_news(&n, &n.raw, 2, 50);
    endpoint_forget_bodies(n.world.server.endpoint, "/16/0");
    expect_news(&n, &n.raw, 4, 50);
    wait_for(&n.world, &n.world.notified, 3);
    ck_assert_int_eq(n.world.outcome, NOTIFY_ACKNOWLEDGED);
    notifier_release(&n);
}
END_TEST

/* ---- who observes ---- */

struct heard {
    unsigned calls;
    struct {
        int observe;
        size_t len;
    } all[RESULTS_MOST];
};

static void on_news(void *arg, enum status status, const struct message *response)
{
    struct heard *heard = arg;
    ck_assert_int_eq(status, ST_OK);
    ck_assert_uint_lt(heard->calls, RESULTS_MOST);
    heard->all[heard->calls].observe = response->observe;
    heard->all[heard->calls++].len = response->payload.len;
}

/* A content with HEAD (type, code and message id) and TOKEN, REST behind them. */
static void raw_content(struct raw *raw, const char *head, const uint8_t *token, const char *rest)
{
    struct buf hex;
    buf_init(&hex, 256);
    buf_puts(&hex, head);
    for (size_t i = 0; i < 8; i++)
        buf_printf(&hex, "%02x", token[i]);
    buf_puts(&hex, rest);
    raw_say(raw, buf_text(&hex));
    buf_release(&hex);
}

/* What the socket got was a request; an acknowledgement with its id and token, REST behind it. */
static void raw_answer(struct raw *raw, const char *rest)
{
    char head[16];
    snprintf(head, sizeof head, "6845%02x%02x", raw->got[2], raw->got[3]);
    raw_content(raw, head, raw->got + 4, rest);
}

/* A confirmable notification by TOKEN; its acknowledgement is heard. */
static void raw_notify(struct notifier *notifier, const uint8_t *token, unsigned message_id,
                       const char *rest)
{
    char head[16];
    snprintf(head, sizeof head, "4845%04x", message_id);
    raw_content(&notifier->raw, head, token, rest);
}

/* Takes what came in from the socket until a request is there, which may be none. */
static bool hear_request(struct notifier *notifier)
{
    while (raw_hear(&notifier->world, &notifier->raw, 50))
        if (notifier->raw.got[1] == CODE_GET)
            return true;
    return false;
}

/* The server's side observes the socket by TOKEN, and is answered. */
static void observe_raw(struct notifier *n, const char *answer, struct heard *heard,
                        uint8_t token[8])
{
    struct side *side = &n->world.server;
    struct message request = request_of(CODE_GET, "/16/0");
    raw_send(&n->world, &n->raw, "41010001aab231360130");
    request.observe = 0;
    memset(heard, 0, sizeof *heard);
    ck_assert_int_eq(endpoint_request(side->endpoint, side->peer, &request, on_news, heard, NULL),
                     ST_OK);
    message_release(&request);
    ck_assert(hear_request(n));
    memcpy(token, n->raw.got + 4, 8);
    raw_answer(&n->raw, answer);
}

START_TEST(a_notification_that_comes_too_early_is_taken_later)
{
    static const struct {
        const char *block; /* what comes after the first one */
        unsigned calls;    /* until the notification that came too early */
    } rows[] = {
        {"4101d10610ff41", 3}, /* the rest of the same */
        {"4102d10610ff41", 2}, /* of another body */
        {"d10a10ff41", 2},     /* and one that does not say */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct notifier n;
        struct heard heard;
        uint8_t token[8];
        notifier_init(&n);
        observe_raw(&n, "6104ff61", &heard, token);
        wait_for(&n.world, &heard.calls, 1);
        raw_notify(&n, token, 0x1001, "41012105d10408ff30313233343536373839616263646566");
        ck_assert(hear_request(&n));
        struct raw asked = n.raw;
        raw_notify(&n, token, 0x1002, "6106ff7a");
        ck_assert(!hear_request(&n));
        ck_assert_uint_eq(heard.calls, 1);
        raw_answer(&asked, rows[i].block);
        settle(&n.world, 50);
        ck_assert_uint_eq(heard.calls, rows[i].calls);
        ck_assert_int_eq(heard.all[1].observe, rows[i].calls == 3 ? 5 : 6);
        ck_assert_uint_eq(heard.all[1].len, rows[i].calls == 3 ? 17 : 1);
        ck_assert_int_eq(heard.all[heard.calls - 1].observe, 6);
        raw_notify(&n, token, 0x1003, "6107ff7a");
        wait_for(&n.world, &heard.calls, rows[i].calls + 1);
        ck_assert_int_eq(heard.all[heard.calls - 1].observe, 7);
        notifier_release(&n);
    }
}
END_TEST

START_TEST(a_notification_may_come_while_the_first_answer_is_fetched)
{
    enum { SENT = 9, NEWS_MOST = 8 };
    struct notifier n;
    struct heard heard;
    uint8_t token[8];
    notifier_init(&n);
    observe_raw(&n, "41012104d10408ff30313233343536373839616263646566", &heard, token);
    ck_assert(hear_request(&n));
    struct raw asked = n.raw;
    for (unsigned i = 0; i < SENT; i++) {
        char rest[16];
        snprintf(rest, sizeof rest, "61%02xff7a", 5 + i);
        raw_notify(&n, token, 0x1001 + i, rest);
        ck_assert(!hear_request(&n));
    }
    raw_answer(&asked, "4101d10610ff41");
    settle(&n.world, 50);
    ck_assert_uint_eq(heard.calls, 1 + NEWS_MOST);
    ck_assert_int_eq(heard.all[0].observe, 4);
    ck_assert_uint_eq(heard.all[0].len, 17);
    for (unsigned i = 0; i < NEWS_MOST; i++)
        ck_assert_int_eq(heard.all[1 + i].observe, (int)(6 + i)); /* the first was too many */
    notifier_release(&n);
}
END_TEST

UNIT_MAIN("coap turn", the_next_notification_waits_for_the_body_before,
          a_block_that_was_lost_is_the_same_when_the_next_notification_has_gone,
          who_never_fetches_is_waited_for_some_time, the_answer_to_a_read_is_waited_for_too,
          observers_do_not_wait_for_each_other,
          nothing_is_left_of_an_observation_that_was_cancelled, a_reset_is_for_what_waits_too,
          a_peer_that_is_dropped_hears_nothing_more, when_too_many_wait_the_oldest_goes,
          too_many_octets_do_not_wait_either, what_is_sensitive_is_forgotten_while_it_waits,
          a_notification_that_comes_too_early_is_taken_later,
          a_notification_may_come_while_the_first_answer_is_fetched)
