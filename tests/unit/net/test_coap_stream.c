/* SPDX-License-Identifier: Apache-2.0 */
/* Two endpoints of ours over real TCP (RFC 8323), and peers that send octets. */
#include "base/std.h"

#include "tests/unit/net/coap_world.h"

START_TEST(a_registration_and_a_read_on_its_connection_go_through)
{
    struct world world;
    struct result result;
    world_init_by(&world, "coap+tcp", 0, 0);
    ck_assert_int_eq(strncmp(world.server.endpoint->local[0], "coap+tcp://127.0.0.1:", 21), 0);
    register_device(&world);
    ck_assert_int_eq(world.server.request.message_id, -1);
    ck_assert_uint_eq(world.server.request.query.count, 2);
    world.device.body_len = 5;
    ask(&world, &world.server, CODE_GET, "/16/0/3", &result);
    ck_assert_int_eq(result.status, ST_OK);
    ck_assert_uint_eq(result.message.code, CODE_CONTENT);
    ck_assert_int_eq(result.message.format, 11542);
    check_body(&result.message, 5, '3' + 1);
    message_release(&result.message);
    world_release(&world);
}
END_TEST

START_TEST(bodies_of_any_size_go_both_ways)
{
    static const size_t sizes[] = {0, 1, 512, 513, 1024, 1025, 5000, BODY_MOST};
    struct world world;
    struct result result;
    world_init_by(&world, "coap+tcp", 0, 0);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct message request = request_of(CODE_POST, "/16/7");
        fill(&request.payload, sizes[i], 3);
        request.format = 60;
        world.server.body_len = sizes[i];
        world.server.asked = 0;
        send_request(&world.device, &request, &result);
        wait_for(&world, &result.calls, 1);
        ck_assert_int_eq(result.status, ST_OK);
        check_body(&result.message, sizes[i], '7' + 1);
        check_body(&world.server.request, sizes[i], 3);
        message_release(&result.message);
    }
    world_release(&world);
}
END_TEST

START_TEST(many_requests_at_once_are_answered_each)
{
    enum { MANY = 50 };
    struct world world;
    struct result results[MANY];
    world_init_by(&world, "coap+tcp", 0, 0);
    world.server.body_len = 700;
    for (size_t i = 0; i < MANY; i++) {
        struct message request = request_of(CODE_GET, "/3");
        send_request(&world.device, &request, &results[i]);
    }
    for (size_t i = 0; i < MANY; i++) {
        wait_for(&world, &results[i].calls, 1);
        ck_assert_int_eq(results[i].status, ST_OK);
        message_release(&results[i].message);
    }
    world_release(&world);
}
END_TEST

static struct message notification_of(const struct side *device, int observe)
{
    struct message notification;
    message_init(&notification);
    notification.code = CODE_CONTENT;
    notification.token_len = device->request.token_len;
    memcpy(notification.token, device->request.token, sizeof notification.token);
    notification.observe = observe;
    notification.format = 60;
    return notification;
}

START_TEST(news_are_received_once_they_are_sent_and_end_by_asking)
{
    struct world world;
    struct result result, end;
    world_init_by(&world, "coap+tcp", 0, 0);
    register_device(&world);
    struct message observe = request_of(CODE_GET, "/16/0/3");
    observe.observe = 0;
    send_request(&world.server, &observe, &result);
    wait_for(&world, &result.calls, 1);
    for (unsigned i = 0; i < 3; i++) {
        struct message news = notification_of(&world.device, 2 + (int)i);
        fill(&news.payload, 10 + 3000 * i, i);
        ck_assert_int_eq(
            endpoint_notify(world.device.endpoint, world.device.peer, &news, on_notified, &world),
            ST_OK);
        message_release(&news);
        wait_for(&world, &result.calls, 2 + i);
        wait_for(&world, &world.notified, 1 + i);
        ck_assert_int_eq(world.outcome, NOTIFY_ACKNOWLEDGED);
        ck_assert_int_eq(result.message.observe, 2 + (int)i);
        check_body(&result.message, 10 + 3000 * i, i);
    }
    struct message cancel = request_of(CODE_GET, "/16/0/3");
    cancel.observe = 1;
    cancel.token_len = world.device.request.token_len;
    memcpy(cancel.token, world.device.request.token, sizeof cancel.token);
    send_request(&world.server, &cancel, &end);
    wait_for(&world, &end.calls, 1);
    ck_assert_int_eq(end.status, ST_OK);
    message_release(&end.message);
    message_release(&result.message);
    world_release(&world);
}
END_TEST

START_TEST(a_closed_port_is_unreachable)
{
    struct world world;
    struct result result;
    struct error error = {0};
    char uri[LISTEN_TEXT];
    world_init_by(&world, "coap+tcp", 0, 0);
    snprintf(uri, sizeof uri, "%s", world.server.endpoint->local[0]);
    endpoint_free(world.server.endpoint);
    world.server.endpoint = NULL;
    ck_assert_int_eq(endpoint_connect(world.device.endpoint, uri, NULL, &world.device.peer, &error),
                     ST_OK);
    ask(&world, &world.device, CODE_GET, "/", &result);
    ck_assert_int_eq(result.status, ST_UNREACHABLE);
    /* Nothing begins again by itself. */
    struct message again = request_of(CODE_GET, "/");
    send_request(&world.device, &again, &result);
    wait_for(&world, &result.calls, 1);
    ck_assert_int_eq(result.status, ST_UNREACHABLE);
    endpoint_disconnect(world.device.endpoint, world.device.peer);
    world_release(&world);
}
END_TEST

START_TEST(who_loses_its_connection_is_told)
{
    struct world world;
    struct result result;
    world_init_by(&world, "coap+tcp", 0, 0);
    register_device(&world);
    /* The client goes: the server is told. */
    ck_assert_ptr_nonnull(world.server.peer);
    endpoint_disconnect(world.device.endpoint, world.device.peer);
    wait_for(&world, &world.server.gone, 1);
    ck_assert_ptr_null(world.server.peer);
    /* The server goes: the client is told, and by its request when one is under way. */
    struct error error = {0};
    ck_assert_int_eq(endpoint_connect(world.device.endpoint, world.server.endpoint->local[0], NULL,
                                      &world.device.peer, &error),
                     ST_OK);
    register_device(&world);
    endpoint_free(world.server.endpoint);
    world.server.endpoint = NULL;
    ask(&world, &world.device, CODE_GET, "/", &result);
    ck_assert_int_eq(result.status, ST_UNREACHABLE);
    ck_assert_uint_eq(world.device.gone, 0);
    world_release(&world);
}
END_TEST

START_TEST(who_waits_for_nothing_is_told_that_the_server_went)
{
    struct world world;
    world_init_by(&world, "coap+tcp", 0, 0);
    register_device(&world);
    endpoint_free(world.server.endpoint);
    world.server.endpoint = NULL;
    wait_for(&world, &world.device.gone, 1);
    ck_assert_ptr_null(world.device.peer);
    world_release(&world);
}
END_TEST

START_TEST(a_peer_dropped_while_it_is_served_still_gets_its_answer)
{
    struct world world;
    struct result result;
    world_init_by(&world, "coap+tcp", 0, 0);
    world.server.leaves = true;
    ask(&world, &world.device, CODE_DELETE, "/rd/5a", &result);
    ck_assert_int_eq(result.status, ST_OK);
    message_release(&result.message);
    world_release(&world);
}
END_TEST

START_TEST(who_is_deaf_hears_nothing)
{
    struct world world;
    struct result result;
    world_init_by(&world, "coap+tcp", 0, 0);
    register_device(&world);
    world.device.endpoint->deaf = true;
    struct message request = request_of(CODE_GET, "/3");
    send_request(&world.server, &request, &result);
    settle(&world, 50);
    ck_assert_uint_eq(result.calls, 0);
    ck_assert_uint_eq(world.device.asked, 0);
    world_release(&world);
}
END_TEST

UNIT_MAIN("coap_stream", a_registration_and_a_read_on_its_connection_go_through,
          bodies_of_any_size_go_both_ways, many_requests_at_once_are_answered_each,
          news_are_received_once_they_are_sent_and_end_by_asking, a_closed_port_is_unreachable,
          who_loses_its_connection_is_told, who_waits_for_nothing_is_told_that_the_server_went,
          a_peer_dropped_while_it_is_served_still_gets_its_answer, who_is_deaf_hears_nothing)
