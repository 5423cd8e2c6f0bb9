/* SPDX-License-Identifier: Apache-2.0 */
/* What passes a filter can be seen and changed, and without hooks nothing changes. */
#include "base/std.h"

#include "net/filter.h"
#include "tests/fake/fake_endpoint.h"
#include "tests/unit/unit.h"

struct world {
    struct clock *clock;
    struct fake_net *net;
    struct filter_hooks hooks; /* of both ends */
    struct endpoint *device;
    struct endpoint *server;
    struct peer *to_server;
    struct peer *to_device; /* as the server learnt it */
    char asked[64];         /* what the server was asked */
    uint8_t token[8];       /* of what it was asked last, where a hook notes it */
    uint8_t token_len;
    unsigned answers;
    enum status status;
    char answer[64];
    struct exchange *exchange;
    bool cancels;   /* the observation at its next notification */
    bool has_asked; /* a question of the hook's own */
    unsigned notified;
    enum notify_outcome outcome;
};

static void copy_text(const struct message *message, char *out, size_t size)
{
    snprintf(out, size, "%.*s", (int)message->payload.len, (const char *)message->payload.data);
}

static void on_request(void *user, struct peer *peer, const struct message *request,
                       struct message *response)
{
    struct world *world = user;
    world->to_device = peer;
    copy_text(request, world->asked, sizeof world->asked);
    response->code = CODE_CONTENT;
    response->observe = request->observe == 0 ? 1 : -1;
    buf_puts(&response->payload, "answer");
}

static void on_response(void *arg, enum status status, const struct message *response)
{
    struct world *world = arg;
    world->answers++;
    world->status = status;
    if (response != NULL)
        copy_text(response, world->answer, sizeof world->answer);
    if (world->cancels && world->answers > 1)
        endpoint_cancel(world->device, world->exchange);
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
    world->device =
        filter_new(fake_endpoint_new(world->net, NULL), &world->hooks, world, world->clock);
    world->server = filter_new(fake_endpoint_new(world->net, "coap://server"), &world->hooks, world,
                               world->clock);
    world->server->on_request = on_request;
    world->server->user = world;
    world->device->user = world;
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

static void ask(struct world *world, int observe)
{
    struct message request;
    message_init(&request);
    request.code = CODE_GET;
    request.observe = observe;
    buf_puts(&request.payload, "question");
    ck_assert_int_eq(endpoint_request(world->device, world->to_server, &request, on_response, world,
                                      &world->exchange),
                     ST_OK);
    message_release(&request);
    clock_advance(world->clock, 10);
}

static void note_token(void *arg, struct peer *peer, const struct message *request,
                       struct message *response)
{
    struct world *world = arg;
    UNUSED(peer);
    UNUSED(response);
    memcpy(world->token, request->token, sizeof world->token);
    world->token_len = request->token_len;
}

static void notify(struct world *world, bool confirmable)
{
    struct message notification;
    message_init(&notification);
    notification.code = CODE_CONTENT;
    notification.observe = 2;
    notification.confirmable = confirmable;
    memcpy(notification.token, world->token, sizeof world->token);
    notification.token_len = world->token_len;
    buf_puts(&notification.payload, "news");
    ck_assert_int_eq(
        endpoint_notify(world->server, world->to_device, &notification, on_notified, world), ST_OK);
    message_release(&notification);
    clock_advance(world->clock, 10);
}

START_TEST(without_hooks_everything_passes)
{
    struct world world;
    world_init(&world);
    ck_assert_str_eq(world.server->local[0], "coap://server");
    ask(&world, -1);
    ck_assert_str_eq(world.asked, "question");
    ck_assert_str_eq(world.answer, "answer");
    ck_assert_uint_eq(world.answers, 1);
    world_release(&world);
}
END_TEST

static bool refuse(void *arg, struct peer *peer, struct message *request, struct message *response)
{
    UNUSED(arg);
    UNUSED(peer);
    UNUSED(request);
    response->code = CODE_FORBIDDEN;
    buf_puts(&response->payload, "no");
    return true;
}

START_TEST(a_hook_answers_in_place_of_the_user)
{
    struct world world;
    world_init(&world);
    world.hooks.request = refuse;
    ask(&world, -1);
    ck_assert_str_eq(world.asked, "");
    ck_assert_str_eq(world.answer, "no");
    world_release(&world);
}
END_TEST

static void add(struct message *message, const char *text)
{
    buf_puts(&message->payload, text);
}

static bool add_to_request(void *arg, struct peer *peer, struct message *request,
                           struct message *response)
{
    UNUSED(arg);
    UNUSED(peer);
    UNUSED(response);
    add(request, " 2");
    return false;
}

static void add_to_response(void *arg, struct peer *peer, const struct message *request,
                            struct message *response)
{
    UNUSED(arg);
    UNUSED(peer);
    ck_assert_uint_eq(request->payload.len, strlen("question 1 2"));
    add(response, " 3");
}

static void add_to_asking(void *arg, struct peer *peer, struct message *request)
{
    UNUSED(arg);
    UNUSED(peer);
    add(request, " 1");
}

static void ask_before(void *arg, struct peer *peer, struct message *request)
{
    struct world *world = arg;
    if (world->has_asked)
        return;
    world->has_asked = true;
    ck_assert_int_eq(endpoint_request(world->device, peer, request, on_response, world, NULL),
                     ST_OK);
}

START_TEST(a_hook_may_ask_something_itself)
{
    struct world world;
    world_init(&world);
    world.hooks.asking = ask_before;
    ask(&world, -1);
    ck_assert_uint_eq(world.answers, 2);
    world_release(&world);
}
END_TEST

static bool add_to_answered(void *arg, struct peer *peer, const struct message *request,
                            struct message *response)
{
    const struct world *world = arg;
    ck_assert_ptr_eq(peer, world->to_server);
    ck_assert_uint_eq(request->payload.len, strlen("question"));
    add(response, " 4");
    return true;
}

START_TEST(the_trace_of_the_inner_endpoint_stays)
{
    struct clock *clock = clock_new_virtual(0);
    struct fake_net *net = fake_net_new(clock);
    struct trace trace;
    const struct filter_hooks hooks = {.request = NULL};
    trace_init(&trace, clock);
    struct endpoint *inner = fake_endpoint_new(net, NULL);
    inner->trace = &trace;
    inner->side = "server";
    struct endpoint *filter = filter_new(inner, &hooks, NULL, clock);
    struct peer *peer = NULL;
    ck_assert_int_eq(endpoint_connect(filter, "coap://nobody", NULL, &peer, NULL), ST_OK);
    ck_assert_ptr_eq(inner->trace, &trace);
    ck_assert_str_eq(inner->side, "server");
    endpoint_free(filter);
    fake_net_free(net);
    clock_free(clock);
}
END_TEST

START_TEST(hooks_change_what_passes_on_its_way)
{
    struct world world;
    world_init(&world);
    world.hooks = (struct filter_hooks){.request = add_to_request,
                                        .response = add_to_response,
                                        .asking = add_to_asking,
                                        .answered = add_to_answered};
    ask(&world, -1);
    ck_assert_str_eq(world.asked, "question 1 2");
    ck_assert_str_eq(world.answer, "answer 3 4");
    world_release(&world);
}
END_TEST

START_TEST(an_observation_goes_on_until_it_is_cancelled)
{
    struct world world;
    world_init(&world);
    world.hooks.response = note_token;
    ask(&world, 0);
    notify(&world, true);
    ck_assert_uint_eq(world.answers, 2);
    ck_assert_str_eq(world.answer, "news");
    ck_assert_int_eq(world.outcome, NOTIFY_ACKNOWLEDGED);
    world.cancels = true;
    notify(&world, true);
    ck_assert_uint_eq(world.answers, 3);
    notify(&world, true);
    ck_assert_uint_eq(world.answers, 3);
    ck_assert_int_eq(world.outcome, NOTIFY_RESET);
    ck_assert_uint_eq(world.notified, 3);
    world_release(&world);
}
END_TEST

static bool keep_back(void *arg, struct peer *peer, struct message *notification)
{
    UNUSED(arg);
    UNUSED(peer);
    UNUSED(notification);
    return false;
}

START_TEST(who_sent_what_is_kept_back_believes_that_it_arrived)
{
    struct world world;
    world_init(&world);
    world.hooks.response = note_token;
    ask(&world, 0);
    world.hooks.notifying = keep_back;
    notify(&world, true);
    ck_assert_uint_eq(world.answers, 1);
    ck_assert_uint_eq(world.notified, 1);
    ck_assert_int_eq(world.outcome, NOTIFY_ACKNOWLEDGED);
    notify(&world, false);
    ck_assert_uint_eq(world.notified, 1);
    world_release(&world);
}
END_TEST

static enum notify_outcome always_acknowledged(void *arg, enum notify_outcome outcome)
{
    UNUSED(arg);
    UNUSED(outcome);
    return NOTIFY_ACKNOWLEDGED;
}

START_TEST(the_outcome_of_a_notification_can_be_another)
{
    struct world world;
    world_init(&world);
    world.hooks = (struct filter_hooks){.response = note_token, .notified = always_acknowledged};
    ask(&world, 0);
    endpoint_cancel(world.device, world.exchange);
    notify(&world, true);
    ck_assert_int_eq(world.outcome, NOTIFY_ACKNOWLEDGED);
    world_release(&world);
}
END_TEST

START_TEST(what_is_under_way_ends_with_its_session)
{
    struct world world;
    world_init(&world);
    endpoint_set_deaf(world.server, true);
    ask(&world, -1);
    endpoint_disconnect(world.device, world.to_server);
    clock_advance(world.clock, 200000);
    ck_assert_uint_eq(world.answers, 0);
    world_release(&world);
}
END_TEST

START_TEST(deafness_reaches_the_end_that_hears)
{
    struct world world;
    world_init(&world);
    endpoint_set_deaf(world.server, true);
    ask(&world, -1);
    ck_assert_uint_eq(world.answers, 0);
    endpoint_set_deaf(world.server, false);
    clock_advance(world.clock, 10000);
    ck_assert_uint_eq(world.answers, 1);
    ck_assert_str_eq(world.answer, "answer");
    world_release(&world);
}
END_TEST

START_TEST(silence_is_told_as_it_is)
{
    struct world world;
    world_init(&world);
    endpoint_set_deaf(world.server, true);
    ask(&world, -1);
    clock_advance(world.clock, 200000);
    ck_assert_uint_eq(world.answers, 1);
    ck_assert_int_eq(world.status, ST_TIMEOUT);
    world_release(&world);
}
END_TEST

static void redirect(void *arg, struct remote *remote)
{
    UNUSED(arg);
    remote->uri = "coap://nobody";
}

START_TEST(a_session_can_be_opened_to_somebody_else)
{
    struct world world;
    world_init(&world);
    world.hooks.opening = redirect;
    ck_assert_int_eq(endpoint_connect(world.device, "coap://server", NULL, &world.to_server, NULL),
                     ST_OK);
    ask(&world, -1);
    clock_advance(world.clock, 200000);
    ck_assert_int_eq(world.status, ST_UNREACHABLE);
    ck_assert_str_eq(world.asked, "");
    world_release(&world);
}
END_TEST

UNIT_MAIN("net/filter", without_hooks_everything_passes, a_hook_answers_in_place_of_the_user,
          the_trace_of_the_inner_endpoint_stays, hooks_change_what_passes_on_its_way,
          a_hook_may_ask_something_itself, an_observation_goes_on_until_it_is_cancelled,
          who_sent_what_is_kept_back_believes_that_it_arrived,
          the_outcome_of_a_notification_can_be_another, what_is_under_way_ends_with_its_session,
          deafness_reaches_the_end_that_hears, silence_is_told_as_it_is,
          a_session_can_be_opened_to_somebody_else)
