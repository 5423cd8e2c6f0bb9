/* SPDX-License-Identifier: Apache-2.0 */
/* The in-memory network keeps the port's promises, so that tests on it mean something. */
#include "base/std.h"

#include "tests/fake/fake_endpoint.h"
#include "tests/unit/unit.h"

struct world {
    struct clock *clock;
    struct fake_net *net;
    struct endpoint *device;
    struct endpoint *server;
    struct peer *to_server;
    struct peer *to_device; /* as the server learnt it */
    unsigned asked;
    unsigned answered;
    enum status status;
    int code;
    char body[32];
    unsigned notified;
    enum notify_outcome outcome;
    struct exchange *exchange;
    bool leaves;
};

static void on_request(void *user, struct peer *peer, const struct message *request,
                       struct message *response)
{
    struct world *world = user;
    world->asked++;
    world->to_device = peer;
    response->code = CODE_CONTENT;
    response->observe = request->observe;
    buf_printf(&response->payload, "answer %u", world->asked);
    if (world->leaves)
        endpoint_disconnect(world->server, peer);
}

static void on_response(void *arg, enum status status, const struct message *response)
{
    struct world *world = arg;
    world->answered++;
    world->status = status;
    world->code = response != NULL ? response->code : 0;
    world->body[0] = '\0';
    if (response != NULL)
        snprintf(world->body, sizeof world->body, "%.*s", (int)response->payload.len,
                 (const char *)response->payload.data);
}

static void on_notified(void *arg, enum notify_outcome outcome)
{
    struct world *world = arg;
    world->notified++;
    world->outcome = outcome;
}

static void world_init(struct world *world)
{
    memset(world, 0, sizeof *world);
    world->clock = clock_new_virtual(0);
    world->net = fake_net_new(world->clock);
    world->device = fake_endpoint_new(world->net, NULL);
    world->server = fake_endpoint_new(world->net, "coap://server");
    world->server->on_request = on_request;
    world->server->user = world;
    ck_assert_int_eq(
        endpoint_connect(world->device, "coap://server", NULL, &world->to_server, NULL), ST_OK);
}

static void world_release(struct world *world)
{
    endpoint_free(world->device);
    endpoint_free(world->server);
    fake_net_free(world->net);
    clock_free(world->clock);
}

static void ask(struct world *world, int message_id, int observe, bool confirmable)
{
    struct message request;
    message_init(&request);
    request.code = CODE_GET;
    request.confirmable = confirmable;
    request.message_id = message_id;
    request.observe = observe;
    request.token_len = 1;
    request.token[0] = 7;
    ck_assert(segments_add(&request.path, bytes_of("rd")));
    ck_assert_int_eq(endpoint_request(world->device, world->to_server, &request, on_response, world,
                                      &world->exchange),
                     ST_OK);
    message_release(&request);
}

static void notify(struct world *world, bool confirmable)
{
    struct message notification;
    message_init(&notification);
    notification.code = CODE_CONTENT;
    notification.confirmable = confirmable;
    notification.observe = 2;
    notification.token_len = 1;
    notification.token[0] = 7;
    buf_puts(&notification.payload, "news");
    ck_assert_int_eq(endpoint_notify(world->server, world->to_device, &notification,
                                     confirmable ? on_notified : NULL, world),
                     ST_OK);
    message_release(&notification);
}

START_TEST(a_request_is_answered_after_both_delays)
{
    struct world world;
    world_init(&world);
    fake_net_delay(world.net, 100);
    ask(&world, -1, -1, true);
    clock_advance(world.clock, 199);
    ck_assert_uint_eq(world.answered, 0);
    clock_advance(world.clock, 1);
    ck_assert_uint_eq(world.answered, 1);
    ck_assert_int_eq(world.status, ST_OK);
    ck_assert_str_eq(world.body, "answer 1");
    world_release(&world);
}
END_TEST

START_TEST(a_lost_request_or_answer_is_made_good)
{
    for (unsigned lost = 1; lost <= 3; lost++) {
        struct world world;
        world_init(&world);
        fake_net_delay(world.net, lost == 2 ? 0 : 10);
        ask(&world, -1, -1, true);
        fake_net_drop(world.net, lost);
        clock_advance(world.clock, FAKE_GIVE_UP_MS - 1);
        ck_assert_uint_eq(world.answered, 1);
        ck_assert_uint_eq(world.asked, 1);
        ck_assert_str_eq(world.body, "answer 1");
        world_release(&world);
    }
}
END_TEST

START_TEST(a_duplicate_is_answered_the_same_without_asking)
{
    struct world world;
    world_init(&world);
    ask(&world, 5, -1, true);
    clock_advance(world.clock, 1);
    ask(&world, 5, -1, true);
    clock_advance(world.clock, 1);
    ck_assert_uint_eq(world.asked, 1);
    ck_assert_uint_eq(world.answered, 2);
    ck_assert_str_eq(world.body, "answer 1");
    world_release(&world);
}
END_TEST

START_TEST(silence_ends_in_a_timeout)
{
    struct world world;
    world_init(&world);
    fake_endpoint_silence(world.server, true);
    ask(&world, -1, -1, true);
    clock_advance(world.clock, FAKE_GIVE_UP_MS);
    ck_assert_uint_eq(world.answered, 1);
    ck_assert_int_eq(world.status, ST_TIMEOUT);
    ck_assert_uint_eq(fake_net_sent(world.net), 1 + FAKE_RETRANSMITS);
    ask(&world, -1, -1, false);
    clock_advance(world.clock, FAKE_GIVE_UP_MS);
    ck_assert_uint_eq(world.answered, 2);
    world_release(&world);
}
END_TEST

START_TEST(nobody_at_the_address_is_unreachable)
{
    struct world world;
    world_init(&world);
    ck_assert_int_eq(endpoint_connect(world.device, "coap://nowhere", NULL, &world.to_server, NULL),
                     ST_OK);
    ask(&world, -1, -1, true);
    clock_advance(world.clock, 1);
    ck_assert_int_eq(world.status, ST_UNREACHABLE);
    world_release(&world);
}
END_TEST

START_TEST(notifications_reach_the_observer_until_it_cancels)
{
    struct world world;
    world_init(&world);
    ask(&world, -1, 0, true);
    clock_advance(world.clock, 1);
    notify(&world, true);
    notify(&world, false);
    clock_advance(world.clock, 1);
    ck_assert_uint_eq(world.answered, 3);
    ck_assert_str_eq(world.body, "news");
    ck_assert_uint_eq(world.notified, 1);
    ck_assert_int_eq(world.outcome, NOTIFY_ACKNOWLEDGED);
    endpoint_cancel(world.device, world.exchange);
    notify(&world, true);
    notify(&world, false);
    clock_advance(world.clock, 1);
    ck_assert_uint_eq(world.answered, 3);
    ck_assert_uint_eq(world.notified, 2);
    ck_assert_int_eq(world.outcome, NOTIFY_RESET);
    fake_endpoint_silence(world.device, true);
    notify(&world, true);
    clock_advance(world.clock, FAKE_GIVE_UP_MS);
    ck_assert_uint_eq(world.notified, 3);
    ck_assert_int_eq(world.outcome, NOTIFY_TIMEOUT);
    world_release(&world);
}
END_TEST

START_TEST(a_peer_dropped_while_it_is_served_still_gets_its_answer)
{
    struct world world;
    world_init(&world);
    world.leaves = true;
    ask(&world, -1, -1, true);
    clock_advance(world.clock, 1);
    ck_assert_uint_eq(world.answered, 1);
    ck_assert_uint_eq(fake_endpoint_peers(world.server), 0);
    world_release(&world);
}
END_TEST

UNIT_MAIN("fake_endpoint", a_request_is_answered_after_both_delays,
          a_lost_request_or_answer_is_made_good, a_duplicate_is_answered_the_same_without_asking,
          silence_ends_in_a_timeout, nobody_at_the_address_is_unreachable,
          notifications_reach_the_observer_until_it_cancels,
          a_peer_dropped_while_it_is_served_still_gets_its_answer)
