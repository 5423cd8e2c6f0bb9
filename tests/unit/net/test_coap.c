/* SPDX-License-Identifier: Apache-2.0 */
/* The libcoap endpoint between two ends of ours. */
#include "base/std.h"

#include "tests/unit/net/coap_world.h"

START_TEST(a_registration_and_a_read_on_its_session_go_through)
{
    struct world world;
    world_init(&world, 0, 0);
    register_device(&world);
    const struct message *seen = &world.server.request;
    ck_assert_uint_eq(seen->code, CODE_POST);
    ck_assert_int_eq(seen->format, 40);
    ck_assert_uint_eq(seen->query.count, 2);
    struct bytes endpoint_name;
    ck_assert(segments_query(&seen->query, "ep", &endpoint_name));
    ck_assert(bytes_is(endpoint_name, "test"));
    ck_assert(bytes_is(buf_bytes(&seen->payload), "</16/0>"));

    struct result result;
    struct message request = request_of(CODE_GET, "/16/0/2");
    request.accept = 11542;
    world.device.body_len = 40;
    send_request(&world.server, &request, &result);
    wait_for(&world, &result.calls, 1);
    ck_assert_uint_eq(result.message.code, CODE_CONTENT);
    ck_assert_int_eq(result.message.format, 11542);
    check_body(&result.message, 40, '2' + 1);
    ck_assert_int_eq(world.device.request.accept, 11542);
    message_release(&result.message);
    world_release(&world);
}
END_TEST

START_TEST(every_method_reaches_the_other_end)
{
    static const unsigned codes[] = {CODE_GET,   CODE_POST,  CODE_PUT,   CODE_DELETE,
                                     CODE_FETCH, CODE_PATCH, CODE_IPATCH};
    struct world world;
    world_init(&world, 0, 0);
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        struct result result;
        struct message request = request_of(codes[i], i % 2 == 0 ? "/" : "/.well-known/core");
        request.confirmable = i != 2;
        if (codes[i] >= CODE_FETCH) { /* RFC 8132: their body has a format */
            request.format = 60;
            buf_puts(&request.payload, "\x80");
        }
        send_request(&world.device, &request, &result);
        wait_for(&world, &result.calls, 1);
        ck_assert_int_eq(result.status, ST_OK);
        ck_assert_uint_eq(world.server.request.code, codes[i]);
        ck_assert_uint_eq(world.server.request.path.count, i % 2 == 0 ? 0 : 2);
        ck_assert(world.server.request.confirmable == (i != 2));
        message_release(&result.message);
    }
    world_release(&world);
}
END_TEST

START_TEST(bodies_of_any_size_go_both_ways_in_blocks_of_any_size)
{
    static const unsigned blocks[] = {16, 64, 512, 1024};
    static const size_t sizes[] = {0, 1, 15, 16, 17, 1024, 1025, 5000};
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        struct world world;
        world_init(&world, blocks[i], blocks[COUNT_OF(blocks) - 1 - i]);
        for (size_t j = 0; j < COUNT_OF(sizes); j++) {
            struct result result;
            struct message request = request_of(CODE_PUT, "/1/0/a");
            fill(&request.payload, sizes[j], 3);
            world.server.body_len = sizes[j];
            send_request(&world.device, &request, &result);
            wait_for(&world, &result.calls, 1);
            ck_assert_int_eq(result.status, ST_OK);
            check_body(&world.server.request, sizes[j], 3);
            check_body(&result.message, sizes[j], (unsigned)('a' + j + 1));
            ck_assert_uint_eq(world.server.asked, j + 1);
            message_release(&result.message);
        }
        world_release(&world);
    }
}
END_TEST

START_TEST(the_largest_body_arrives_and_a_larger_one_is_an_error)
{
    struct world world;
    world_init(&world, 0, 0);
    struct result result;
    struct message request = request_of(CODE_PUT, "/1/0/a");
    fill(&request.payload, BODY_MOST, 1);
    world.server.body_len = BODY_MOST + 1;
    send_request(&world.device, &request, &result);
    wait_for(&world, &result.calls, 1);
    check_body(&world.server.request, BODY_MOST, 1);
    ck_assert_uint_eq(result.message.code, CODE_INTERNAL_ERROR);
    message_release(&result.message);
    world_release(&world);
}
END_TEST

START_TEST(large_reads_of_several_paths_at_once_do_not_mix)
{
    struct world world;
    struct result results[4];
    static const char *const paths[] = {"/1/0/a", "/1/0/b", "/1/0/c", "/1/0/a"};
    world_init(&world, 64, 0);
    register_device(&world);
    world.device.body_len = 3000;
    for (unsigned i = 0; i < 3; i++) {
        struct message request = request_of(CODE_GET, paths[i]);
        send_request(&world.server, &request, &results[i]);
    }
    for (unsigned i = 0; i < 3; i++) {
        wait_for(&world, &results[i].calls, 1);
        ck_assert_int_eq(results[i].status, ST_OK);
        check_body(&results[i].message, 3000, (unsigned)paths[i][5] + i + 1);
        message_release(&results[i].message);
    }
    ck_assert_uint_eq(world.device.asked, 3);
    ck_assert_uint_lt(world.device.packets_in, 3 * 47 + 10);
    world_release(&world);
}
END_TEST

START_TEST(an_observation_is_notified_and_ends_by_cancel_and_reset)
{
    struct world world;
    struct result result;
    world_init(&world, 64, 64);
    register_device(&world);
    struct message request = request_of(CODE_GET, "/16/0/3");
    request.observe = 0;
    world.device.body_len = 1;
    struct exchange *observation = send_request(&world.server, &request, &result);
    wait_for(&world, &result.calls, 1);
    ck_assert_int_eq(result.message.observe, 1);
    for (unsigned i = 0; i < 4; i++) {
        struct message news;
        message_init(&news);
        news.code = CODE_CONTENT;
        news.token_len = world.device.request.token_len;
        memcpy(news.token, world.device.request.token, sizeof news.token);
        news.observe = (int)(2 + i);
        news.confirmable = i != 1;
        fill(&news.payload, i == 2 ? 1000 : 3, i);
        if (i == 3)
            endpoint_cancel(world.server.endpoint, observation);
        ck_assert_int_eq(
            endpoint_notify(world.device.endpoint, world.device.peer, &news, on_notified, &world),
            ST_OK);
        message_release(&news);
        if (i == 3)
            break;
        wait_for(&world, &result.calls, 2 + i);
        ck_assert_int_eq(result.status, ST_OK);
        ck_assert_int_eq(result.message.observe, (int)(2 + i));
        check_body(&result.message, i == 2 ? 1000 : 3, i);
        if (i == 0) {
            wait_for(&world, &world.notified, 1);
            ck_assert_int_eq(world.outcome, NOTIFY_ACKNOWLEDGED);
        }
    }
    wait_for(&world, &world.notified, 3);
    ck_assert_int_eq(world.outcome, NOTIFY_RESET);
    ck_assert_uint_eq(result.calls, 4);
    ck_assert_uint_eq(world.device.asked, 1);
    message_release(&result.message);
    world_release(&world);
}
END_TEST

START_TEST(an_observation_ends_by_asking_with_its_token)
{
    struct world world;
    struct result first, second;
    world_init(&world, 0, 0);
    register_device(&world);
    struct message request = request_of(CODE_GET, "/16/0/3");
    request.observe = 0;
    request.token_len = 2;
    memcpy(request.token, "ab", 2);
    struct exchange *observation = send_request(&world.server, &request, &first);
    wait_for(&world, &first.calls, 1);
    ck_assert_uint_eq(world.device.request.token_len, 2);
    ck_assert_mem_eq(world.device.request.token, "ab", 2);
    request = request_of(CODE_GET, "/16/0/3");
    request.observe = 1;
    request.token_len = 2;
    memcpy(request.token, "ab", 2);
    send_request(&world.server, &request, &second);
    wait_for(&world, &second.calls, 1);
    ck_assert_int_eq(second.message.observe, -1);
    ck_assert_int_eq(world.device.request.observe, 1);
    ck_assert_uint_eq(first.calls, 1);
    endpoint_cancel(world.server.endpoint, observation);
    message_release(&first.message);
    message_release(&second.message);
    world_release(&world);
}
END_TEST

START_TEST(a_repeated_request_is_done_once_and_answered_the_same)
{
    struct world world;
    struct result results[3];
    world_init(&world, 0, 0);
    register_device(&world);
    world.device.body_len = 9;
    for (unsigned i = 0; i < 3; i++) {
        struct message request = request_of(CODE_POST, "/16/0/1");
        request.message_id = 4711;
        request.token_len = 3;
        memcpy(request.token, "tok", 3);
        send_request(&world.server, &request, &results[i]);
        if (i > 0) /* the second goes out without waiting for the first answer */
            wait_for(&world, &results[i].calls, 1);
    }
    for (unsigned i = 0; i < 3; i++) {
        wait_for(&world, &results[i].calls, 1);
        ck_assert_int_eq(results[i].status, ST_OK);
        ck_assert_int_eq(results[i].message.message_id, 4711);
        check_body(&results[i].message, 9, '1' + 1);
        message_release(&results[i].message);
    }
    ck_assert_uint_eq(world.device.asked, 1);
    world_release(&world);
}
END_TEST

START_TEST(chosen_message_ids_stay_away_from_given_ones)
{
    struct world world;
    struct result result;
    int given = -1;
    world_init(&world, 0, 0);
    for (unsigned i = 0; i < 10; i++) {
        struct message request = request_of(CODE_GET, "/1/0/a");
        request.message_id = i % 2 == 0 ? -1 : given + 1;
        send_request(&world.device, &request, &result);
        wait_for(&world, &result.calls, 1);
        ck_assert_uint_eq(world.server.asked, i + 1); /* else it was taken for a duplicate */
        given = i < 2 ? world.server.request.message_id : given + (int)(i % 2);
        message_release(&result.message);
    }
    world_release(&world);
}
END_TEST

START_TEST(a_peer_that_does_not_answer_is_a_timeout)
{
    struct world world;
    struct result result;
    world_init(&world, 0, 0);
    int silent = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    ck_assert_int_eq(bind(silent, (struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(getsockname(silent, (struct sockaddr *)&at, &len), 0);
    char address[32];
    snprintf(address, sizeof address, "127.0.0.1:%u", ntohs(at.sin_port));
    ck_assert_int_eq(endpoint_connect(world.device.endpoint, "coap://name.invalid", address,
                                      &world.device.peer, NULL),
                     ST_OK);
    ask(&world, &world.device, CODE_POST, "/rd", &result);
    ck_assert_int_eq(result.status, ST_TIMEOUT);
    unsigned datagrams = 0;
    char octets[64];
    while (recv(silent, octets, sizeof octets, MSG_DONTWAIT) > 0)
        datagrams++;
    ck_assert_uint_ge(datagrams, 2); /* libcoap's second comes after 1 s to 1.5 s */
    close(silent);
    world_release(&world);
}
END_TEST

START_TEST(who_is_deaf_neither_serves_nor_acknowledges_and_hears_what_is_repeated_later)
{
    struct world world;
    world_init(&world, 0, 0);
    register_device(&world);
    struct result result;
    struct message request = request_of(CODE_GET, "/3/0/9");
    world.device.endpoint->deaf = true;
    send_request(&world.server, &request, &result);
    settle(&world, 500);
    ck_assert_uint_eq(world.device.asked, 0);
    ck_assert_uint_eq(result.calls, 0);
    world.device.endpoint->deaf = false;
    wait_for(&world, &result.calls, 1);
    ck_assert_int_eq(result.status, ST_OK);
    ck_assert_uint_eq(world.device.asked, 1);
    message_release(&result.message);
    world_release(&world);
}
END_TEST

START_TEST(a_closed_port_is_unreachable_and_nothing_is_sent_again)
{
    struct world world;
    struct result result;
    world_init(&world, 0, 0);
    char uri[80];
    snprintf(uri, sizeof uri, "%s", world.server.endpoint->local[0]);
    endpoint_free(world.server.endpoint);
    ask(&world, &world.device, CODE_POST, "/rd", &result);
    ck_assert_int_eq(result.status, ST_UNREACHABLE);
    side_init(&world, &world.server, uri, 0);
    settle(&world, 300);
    ck_assert_uint_eq(world.server.asked, 0);
    ck_assert_uint_eq(world.device.packets_out, 2); /* sent, and given up once */
    ask(&world, &world.device, CODE_POST, "/rd", &result);
    ck_assert_int_eq(result.status, ST_OK);
    message_release(&result.message);
    world_release(&world);
}
END_TEST

START_TEST(a_peer_dropped_while_it_is_served_still_gets_its_answer)
{
    struct world world;
    struct result result;
    world_init(&world, 0, 0);
    register_device(&world);
    world.server.leaves = true;
    struct message request = request_of(CODE_DELETE, "/rd/5a");
    request.message_id = 99;
    send_request(&world.device, &request, &result);
    wait_for(&world, &result.calls, 1);
    ck_assert_int_eq(result.status, ST_OK);
    world.server.leaves = false;
    message_release(&result.message);

    request = request_of(CODE_DELETE, "/rd/5a");
    request.message_id = 99;
    send_request(&world.device, &request, &result);
    wait_for(&world, &result.calls, 1);
    ck_assert_uint_eq(world.server.asked, 2);
    message_release(&result.message);

    world.device.leaves = true;
    ask(&world, &world.server, CODE_GET, "/3", &result);
    ck_assert_int_eq(result.status, ST_OK);
    message_release(&result.message);
    world_release(&world);
}
END_TEST

/* Ends the session that it is called from. */
struct leaver {
    struct side *side;
    unsigned calls;
    enum status status;
    enum notify_outcome outcome;
};

static void leave_on_response(void *arg, enum status status, const struct message *response)
{
    struct leaver *leaver = arg;
    UNUSED(response);
    leaver->calls++;
    leaver->status = status;
    endpoint_disconnect(leaver->side->endpoint, leaver->side->peer);
}

static void leave_on_notified(void *arg, enum notify_outcome outcome)
{
    struct leaver *leaver = arg;
    leaver->calls++;
    leaver->outcome = outcome;
    endpoint_disconnect(leaver->side->endpoint, leaver->side->peer);
}

static void connect_again(struct world *world)
{
    char uri[80];
    snprintf(uri, sizeof uri, "%s", world->server.endpoint->local[0]);
    ck_assert_int_eq(endpoint_connect(world->device.endpoint, uri, NULL, &world->device.peer, NULL),
                     ST_OK);
}

START_TEST(a_session_may_be_ended_by_whoever_gets_an_answer)
{
    struct world world;
    struct result other;
    world_init(&world, 64, 64);
    world.server.body_len = 200;
    struct leaver leaver = {.side = &world.device};
    for (unsigned i = 1; i <= 3; i++) {
        struct message request = request_of(CODE_GET, "/1");
        request.observe = i == 2 ? 0 : -1; /* once with an observation */
        ck_assert_int_eq(endpoint_request(world.device.endpoint, world.device.peer, &request,
                                          leave_on_response, &leaver, NULL),
                         ST_OK);
        message_release(&request);
        request = request_of(CODE_GET, "/2");
        send_request(&world.device, &request, &other);
        if (i == 3) /* a failure is told outside of libcoap */
            endpoint_free(world.server.endpoint);
        wait_for(&world, &leaver.calls, i);
        ck_assert_int_eq(leaver.status, i < 3 ? ST_OK : ST_UNREACHABLE);
        unsigned calls = other.calls;
        settle(&world, 20);
        ck_assert_uint_eq(other.calls, calls);
        message_release(&other.message);
        if (i < 3)
            connect_again(&world);
    }
    message_release(&world.server.request);
    side_init(&world, &world.server, "coap://127.0.0.1:0", 0);
    connect_again(&world);
    world_release(&world);
}
END_TEST

START_TEST(a_session_may_be_ended_by_whoever_hears_what_became_of_news)
{
    struct world world;
    struct result result;
    world_init(&world, 0, 0);
    register_device(&world);
    struct leaver leaver = {.side = &world.device};
    struct message request = request_of(CODE_GET, "/16/0/3");
    request.observe = 0;
    send_request(&world.server, &request, &result);
    wait_for(&world, &result.calls, 1);
    struct message news;
    message_init(&news);
    news.code = CODE_CONTENT;
    news.token_len = world.device.request.token_len;
    memcpy(news.token, world.device.request.token, sizeof news.token);
    for (int i = 0; i < 2; i++) { /* the second one's outcome is of no interest any more */
        news.observe = 2 + i;
        ck_assert_int_eq(endpoint_notify(world.device.endpoint, world.device.peer, &news,
                                         leave_on_notified, &leaver),
                         ST_OK);
    }
    message_release(&news);
    wait_for(&world, &leaver.calls, 1);
    settle(&world, 50);
    ck_assert_uint_eq(leaver.calls, 1);
    message_release(&result.message);
    connect_again(&world);
    world_release(&world);
}
END_TEST

START_TEST(cancelled_and_dropped_requests_call_nobody)
{
    struct world world;
    struct result first, second;
    world_init(&world, 0, 0);
    struct message request = request_of(CODE_GET, "/1");
    endpoint_cancel(world.device.endpoint, send_request(&world.device, &request, &first));
    request = request_of(CODE_GET, "/2");
    send_request(&world.device, &request, &second);
    endpoint_disconnect(world.device.endpoint, world.device.peer);
    settle(&world, 50);
    ck_assert_uint_eq(first.calls + second.calls, 0);
    world_release(&world);
}
END_TEST

START_TEST(requests_that_cannot_be_are_refused)
{
    struct world world;
    world_init(&world, 0, 0);
    struct error error = {0};
    struct peer *peer = NULL;
    struct endpoint *device = world.device.endpoint;
    ck_assert_int_eq(endpoint_connect(device, "http://x", NULL, &peer, &error), ST_INVALID);
    ck_assert_int_eq(endpoint_connect(device, "coap://", NULL, &peer, &error), ST_INVALID);
    ck_assert_int_eq(endpoint_connect(device, "coap://[::1", NULL, &peer, &error), ST_INVALID);
    ck_assert_int_eq(endpoint_connect(device, "coap://[::1]x", NULL, &peer, &error), ST_INVALID);
    ck_assert_int_eq(endpoint_connect(device, "coap://h:65536", NULL, &peer, &error), ST_INVALID);
    ck_assert_int_eq(endpoint_connect(device, "coap://h", "a:b", &peer, &error), ST_INVALID);
    ck_assert_int_eq(endpoint_connect(device, "coaps://[::1]", NULL, &peer, &error), ST_INVALID);
    ck_assert_int_eq(endpoint_connect(device, "coap://name.invalid", NULL, &peer, &error),
                     ST_NOT_FOUND);
    ck_assert_str_ne(error.text, "");
    struct coap_endpoint_config config = {.loop = world.loop, .chance = &world.chance};
    const char *taken = world.server.endpoint->local[0];
    config.listen = &taken;
    config.listen_count = 1;
    ck_assert_ptr_null(coap_endpoint_new(&config, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "in use"));
    struct message request = request_of(CODE_GET, "/");
    for (unsigned i = 0; i < 6; i++) {
        uint8_t zeros[SEGMENT_LEN_MOST] = {0};
        ck_assert(segments_add(&request.query, (struct bytes){zeros, sizeof zeros}));
    }
    ck_assert_int_eq(endpoint_request(device, world.device.peer, &request, on_response, NULL, NULL),
                     ST_LIMIT);
    message_release(&request);
    world_release(&world);
}
END_TEST

START_TEST(an_endpoint_listens_in_several_places)
{
    static const char *const places[] = {"coap://127.0.0.1:0", "coap://127.0.0.2:0"};
    struct world world;
    struct result result;
    struct error error = {0};
    world_start(&world);
    side_init(&world, &world.device, NULL, 0);
    side_start(&world, &world.server, &(struct listening){places, COUNT_OF(places), NULL}, 0);
    ck_assert_uint_eq(world.server.endpoint->local_count, COUNT_OF(places));
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        const char *uri = world.server.endpoint->local[i];
        ck_assert_int_eq(strncmp(uri, places[i], strlen(places[i]) - 1), 0);
        ck_assert_str_ne(uri, places[i]);
        ck_assert_int_eq(
            endpoint_connect(world.device.endpoint, uri, NULL, &world.device.peer, &error), ST_OK);
        ask(&world, &world.device, CODE_GET, "/3", &result);
        ck_assert_int_eq(result.status, ST_OK);
        message_release(&result.message);
    }
    world_release(&world);
}
END_TEST

START_TEST(the_version_names_the_library)
{
    struct buf text;
    buf_init(&text, 300);
    coap_endpoint_version(&text);
    ck_assert_ptr_nonnull(strstr(buf_text(&text), "libcoap 4.3."));
    ck_assert_ptr_nonnull(strstr(buf_text(&text), ", TLS: "));
    buf_release(&text);
}
END_TEST

UNIT_MAIN("coap", chosen_message_ids_stay_away_from_given_ones,
          a_registration_and_a_read_on_its_session_go_through, every_method_reaches_the_other_end,
          bodies_of_any_size_go_both_ways_in_blocks_of_any_size,
          the_largest_body_arrives_and_a_larger_one_is_an_error,
          large_reads_of_several_paths_at_once_do_not_mix,
          an_observation_is_notified_and_ends_by_cancel_and_reset,
          an_observation_ends_by_asking_with_its_token,
          a_repeated_request_is_done_once_and_answered_the_same,
          a_peer_that_does_not_answer_is_a_timeout,
          who_is_deaf_neither_serves_nor_acknowledges_and_hears_what_is_repeated_later,
          a_closed_port_is_unreachable_and_nothing_is_sent_again,
          a_peer_dropped_while_it_is_served_still_gets_its_answer,
          a_session_may_be_ended_by_whoever_gets_an_answer,
          a_session_may_be_ended_by_whoever_hears_what_became_of_news,
          cancelled_and_dropped_requests_call_nobody, requests_that_cannot_be_are_refused,
          an_endpoint_listens_in_several_places, the_version_names_the_library)
