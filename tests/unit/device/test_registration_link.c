/* SPDX-License-Identifier: Apache-2.0 */
/* The session of a registration and what goes over it, when nothing can be sent any more. */
#include "tests/unit/unit.h"

#include "tests/unit/device/servers.h"

enum { SECOND = 1000 };

#define SLEEPY TWO_SERVERS("\"queue_mode\": true,", "", "\"23\": false")

static enum status send_nothing(struct endpoint *endpoint, struct peer *peer,
                                const struct message *request, endpoint_response *response,
                                void *arg, struct exchange **out)
{
    UNUSED(endpoint);
    UNUSED(peer);
    UNUSED(request);
    UNUSED(response);
    UNUSED(arg);
    UNUSED(out);
    return ST_UNREACHABLE;
}

/* Nothing that the device asks leaves it. */
static void cut_off(struct world *world, struct endpoint_ops *ops)
{
    *ops = *world->device_end->ops;
    ops->request = send_nothing;
    world->device_end->ops = ops;
}

START_TEST(drops_what_it_wanted_to_tell_when_it_cannot_wake_up)
{
    struct other other;
    struct world *world = servers_start(SLEEPY, &other);
    struct endpoint_ops ops;
    world_ask(world, CODE_GET, "/3/0/9")->observe = 0;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    world_run(world, 93 * SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ASLEEP);
    cut_off(world, &ops);
    world_set_battery(world, 40);
    world_run(world, 0);
    ck_assert_int_eq(world_registration(world, 101), REGISTRATION_WAITING);
    ck_assert_int_eq(world_registration(world, 102), REGISTRATION_ASLEEP);
    ck_assert_uint_eq(world_count(&world->events, "error cannot reach the server at"), 1);
    servers_end(&other);
}
END_TEST

START_TEST(says_so_when_it_cannot_wake_up_to_send)
{
    struct other other;
    struct world *world = servers_start(SLEEPY, &other);
    struct endpoint_ops ops;
    struct records paths;
    struct error error;
    records_init(&paths);
    ck_assert(records_add(&paths, path_resource(3, 0, 9), value_none()));
    world_run(world, 93 * SECOND);
    cut_off(world, &ops);
    ck_assert_int_eq(device_send(world->device, &paths, &error), ST_UNREACHABLE);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_WAITING);
    records_release(&paths);
    servers_end(&other);
}
END_TEST

static void hear(void *arg, const struct event *event)
{
    if (event->kind == EVENT_STATE)
        buf_printf(arg, "%s: %s\n", event->text, event->to);
}

START_TEST(names_the_server_when_there_are_several)
{
    struct other other;
    struct world *world = servers_start(SLEEPY, &other);
    struct buf told;
    buf_init(&told, 1000);
    struct trace_listener ear = {.hear = hear, .arg = &told};
    trace_listen(&world->trace, &ear);
    device_deregister(world->device);
    world_run(world, 0);
    ck_assert_uint_eq(world_count(&told, "registration with server 101: off\n"), 1);
    ck_assert_uint_eq(world_count(&told, "registration with server 102: off\n"), 1);
    trace_unlisten(&world->trace, &ear);
    buf_release(&told);
    servers_end(&other);
}
END_TEST

UNIT_MAIN("registration link", drops_what_it_wanted_to_tell_when_it_cannot_wake_up,
          says_so_when_it_cannot_wake_up_to_send, names_the_server_when_there_are_several)
