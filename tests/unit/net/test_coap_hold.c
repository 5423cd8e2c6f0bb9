/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that are kept back, and come by themselves. */
#include "base/std.h"

#include "tests/unit/net/coap_world.h"

static struct world world;

static void pass(int64_t ms)
{
    int64_t until = clock_now(world.clock) + ms;
    while (clock_now(world.clock) < until)
        loop_turn(world.loop, until - clock_now(world.clock));
}

START_TEST(an_answer_comes_later_by_itself)
{
    struct result result;
    struct message request = request_of(CODE_GET, "/16/0/2");
    world_init(&world, 0, 0);
    register_device(&world);
    world.device.body_len = 40;
    ck_assert(endpoint_hold(world.device.endpoint, true, 60));
    int64_t before = clock_now(world.clock);
    send_request(&world.server, &request, &result);
    pass(20);
    ck_assert_uint_eq(world.device.asked, 1);
    ck_assert_uint_eq(result.calls, 0);
    wait_for(&world, &result.calls, 1);
    ck_assert_int_ge(clock_now(world.clock) - before, 60);
    ck_assert_int_eq(result.status, ST_OK);
    check_body(&result.message, 40, '2' + 1);
    message_release(&result.message);
    world_release(&world);
}
END_TEST

START_TEST(what_is_held_goes_in_its_order_when_it_is_let_go)
{
    struct result results[3];
    static const char *const paths[] = {"/1/0/a", "/1/0/b", "/1/0/c"};
    world_init(&world, 64, 0); /* in blocks, too: what follows the first one is not held then */
    register_device(&world);
    world.device.body_len = 40;
    ck_assert(endpoint_hold(world.device.endpoint, true, 0));
    for (unsigned i = 0; i < COUNT_OF(paths); i++) {
        struct message request = request_of(CODE_GET, paths[i]);
        send_request(&world.server, &request, &results[i]);
    }
    pass(50);
    ck_assert_uint_eq(results[0].calls + results[1].calls + results[2].calls, 0);
    ck_assert(endpoint_hold(world.device.endpoint, false, 0));
    for (unsigned i = 0; i < COUNT_OF(paths); i++) {
        wait_for(&world, &results[i].calls, 1);
        check_body(&results[i].message, 40, (unsigned)paths[i][5] + i + 1);
        message_release(&results[i].message);
    }
    ck_assert_uint_eq(world.device.asked, 3);
    world_release(&world);
}
END_TEST

/* A request that comes again is acknowledged again, and not done again. */
START_TEST(a_repeated_request_is_held_once)
{
    struct result results[2];
    world_init(&world, 0, 0);
    register_device(&world);
    world.device.body_len = 4;
    ck_assert(endpoint_hold(world.device.endpoint, true, 0));
    for (unsigned i = 0; i < COUNT_OF(results); i++) {
        struct message request = request_of(CODE_GET, "/1/0/a");
        request.message_id = 4711;
        request.token_len = 2;
        send_request(&world.server, &request, &results[i]);
        pass(20);
    }
    ck_assert_uint_eq(world.device.asked, 1);
    ck_assert(endpoint_hold(world.device.endpoint, false, 0));
    wait_for(&world, &results[0].calls, 1);
    message_release(&results[0].message);
    world_release(&world);
}
END_TEST

START_TEST(what_is_held_ends_with_its_session)
{
    struct result result;
    struct message request = request_of(CODE_GET, "/1/0/a");
    world_init(&world, 0, 0);
    register_device(&world);
    ck_assert(endpoint_hold(world.device.endpoint, true, 30));
    send_request(&world.server, &request, &result);
    pass(10);
    ck_assert_uint_eq(world.device.asked, 1);
    endpoint_disconnect(world.device.endpoint, world.device.peer);
    world.device.peer = NULL;
    pass(60);
    ck_assert_uint_eq(result.calls, 0);
    world_release(&world);
}
END_TEST

UNIT_MAIN("coap hold", an_answer_comes_later_by_itself,
          what_is_held_goes_in_its_order_when_it_is_let_go, a_repeated_request_is_held_once,
          what_is_held_ends_with_its_session)
