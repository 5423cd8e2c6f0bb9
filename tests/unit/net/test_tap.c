/* SPDX-License-Identifier: Apache-2.0 */
/* A tap hears requests with their answers and notifications, and changes nothing. */
#include "base/std.h"

#include "net/tap.h"
#include "tests/fake/fake_endpoint.h"
#include "tests/unit/unit.h"

struct bench {
    struct clock *clock;
    struct fake_net *net;
    struct endpoint *server, *device;
    struct peer *to_device;
    struct tap *tap;
    struct peer *asker; /* as the device knows the server */
    char heard[200];
    unsigned answered, notified, gone;
};

static void note(struct bench *bench, const char *what, const struct message *message)
{
    char code[CODE_TEXT];
    size_t len = strlen(bench->heard);
    snprintf(bench->heard + len, sizeof bench->heard - len, "%s %s;", what,
             code_text(message->code, code));
}

static void on_served(void *arg, const struct peer *peer, const struct message *request,
                      const struct message *response)
{
    ck_assert_str_ne(peer->name, "");
    note(arg, "request", request);
    note(arg, "answer", response);
}

static void on_notified(void *arg, const struct peer *peer, const struct message *notification)
{
    ck_assert_str_ne(peer->name, "");
    note(arg, "notification", notification);
}

static void on_asked(void *arg, const struct peer *peer, const struct message *request)
{
    ck_assert_str_ne(peer->name, "");
    note(arg, "own", request);
}

static void serve(void *user, struct peer *peer, const struct message *request,
                  struct message *response)
{
    struct bench *bench = user;
    bench->asker = peer;
    response->code = CODE_CONTENT;
    response->observe = request->observe;
}

static void lose(void *user, struct peer *peer)
{
    UNUSED(peer);
    ((struct bench *)user)->gone++;
}

static void on_answer(void *arg, enum status status, const struct message *response)
{
    UNUSED(response);
    ck_assert_int_eq(status, ST_OK);
    ((struct bench *)arg)->answered++;
}

static void on_outcome(void *arg, enum notify_outcome outcome)
{
    ck_assert_int_eq(outcome, NOTIFY_ACKNOWLEDGED);
    ((struct bench *)arg)->notified++;
}

static void turn(const struct bench *bench)
{
    struct loop *loop = loop_new(bench->clock);
    for (int i = 0; i < 20; i++)
        loop_turn(loop, 10);
    loop_free(loop);
}

static void open_bench(struct bench *bench)
{
    *bench = (struct bench){.clock = clock_new_virtual(0)};
    bench->net = fake_net_new(bench->clock);
    bench->device = fake_endpoint_new(bench->net, "coap://device");
    bench->server = fake_endpoint_new(bench->net, NULL);
    struct tap_listener listener = {on_served, on_notified, on_asked, bench};
    bench->tap = tap_new(bench->device, &listener);
    bench->device->on_request = serve;
    bench->device->on_peer_gone = lose;
    bench->device->user = bench;
    ck_assert_int_eq(
        endpoint_connect(bench->server, "coap://device", NULL, &bench->to_device, NULL), ST_OK);
}

static void ask(struct bench *bench)
{
    struct message request;
    message_init(&request);
    request.code = CODE_GET;
    request.observe = 0;
    ck_assert_int_eq(
        endpoint_request(bench->server, bench->to_device, &request, on_answer, bench, NULL), ST_OK);
    message_release(&request);
    turn(bench);
}

static void notify(struct bench *bench)
{
    struct message message;
    message_init(&message);
    message.code = CODE_CONTENT;
    ck_assert_int_eq(endpoint_notify(bench->device, bench->asker, &message, on_outcome, bench),
                     ST_OK);
    message_release(&message);
}

static void close_bench(struct bench *bench)
{
    endpoint_free(bench->server);
    endpoint_free(bench->device);
    fake_net_free(bench->net);
    clock_free(bench->clock);
}

START_TEST(hears_what_passes)
{
    struct bench bench;
    open_bench(&bench);
    ask(&bench);
    ck_assert_str_eq(bench.heard, ""); /* not open yet */
    tap_open(bench.tap);
    ask(&bench);
    ck_assert_str_eq(bench.heard, "request GET;answer 2.05;");
    ck_assert_uint_eq(bench.answered, 2);
    notify(&bench);
    ck_assert_str_eq(bench.heard, "request GET;answer 2.05;notification 2.05;");
    fake_endpoint_lose(bench.device, bench.asker);
    ck_assert_uint_eq(bench.gone, 1);
    tap_free(bench.tap);
    close_bench(&bench);
}
END_TEST

START_TEST(hears_what_its_user_asks)
{
    struct bench bench;
    struct message request;
    open_bench(&bench);
    tap_open(bench.tap);
    ask(&bench);
    bench.heard[0] = '\0';
    bench.server->on_request = serve;
    bench.server->user = &bench;
    message_init(&request);
    request.code = CODE_POST;
    ck_assert_int_eq(endpoint_request(bench.device, bench.asker, &request, on_answer, &bench, NULL),
                     ST_OK);
    ck_assert_str_eq(bench.heard, "own POST;");
    turn(&bench);
    ck_assert_uint_eq(bench.answered, 2);
    ck_assert_str_eq(bench.heard, "own POST;");
    message_release(&request);
    tap_free(bench.tap);
    close_bench(&bench);
}
END_TEST

START_TEST(leaves_the_endpoint_as_it_was)
{
    struct bench bench;
    open_bench(&bench);
    tap_open(bench.tap);
    tap_free(bench.tap);
    ask(&bench);
    ck_assert_str_eq(bench.heard, "");
    ck_assert_uint_eq(bench.answered, 1);
    ck_assert(bench.device->on_request == serve && bench.device->user == &bench);
    tap_free(NULL);
    close_bench(&bench);
}
END_TEST

START_TEST(lets_its_user_go_first)
{
    struct bench bench;
    open_bench(&bench);
    tap_open(bench.tap);
    bench.device->on_request = NULL;
    tap_free(bench.tap);
    ck_assert(bench.device->on_request == NULL);
    close_bench(&bench);
}
END_TEST

UNIT_MAIN("tap", hears_what_passes, hears_what_its_user_asks, leaves_the_endpoint_as_it_was,
          lets_its_user_go_first)
