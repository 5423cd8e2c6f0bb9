/* SPDX-License-Identifier: Apache-2.0 */
/* Queue mode: when the device listens, and what wakes it. */
#include "tests/unit/unit.h"

#include "device/device_impl.h"
#include "tests/fake/fake_world.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

#define SLEEPER(VERSION, QUEUE, LIFETIME) SLEEPER_THAT(VERSION, QUEUE, LIFETIME, "")
#define SLEEPER_THAT(VERSION, QUEUE, LIFETIME, SERVER)                                             \
    "{\"endpoint\": \"e\", \"lwm2m\": \"" VERSION "\", \"queue_mode\": " QUEUE                     \
    ", \"lifetime\": " LIFETIME ", \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"      \
    " \"objects\": {\"1\": {\"0\": {\"23\": false" SERVER "}}, \"3\": {\"0\": {\"9\": 50}},"       \
    " \"16\": {\"0\": {\"0\": {\"0\": \"a\"}}}}}"

static struct world *start(const char *profile)
{
    struct world *world = world_new(profile);
    world_register(world);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    return world;
}

/* A device that has just fallen asleep. */
static struct world *asleep(void)
{
    struct world *world = start(SLEEPER("1.1", "true", "86400"));
    world_run(world, 93 * SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ASLEEP);
    world_forget(world);
    return world;
}

static void heard(void *arg, enum status status, const struct message *response)
{
    unsigned *notifications = arg;
    *notifications += status == ST_OK && response->observe >= 0;
}

/* Observes the battery; what comes is counted in *NOTIFICATIONS, the first answer included. */
static void observe_battery(struct world *world, unsigned *notifications)
{
    world_ask(world, CODE_GET, "/3/0/9")->observe = 0;
    ck_assert_int_eq(endpoint_request(world->server_end, world->peer, &world->request, heard,
                                      notifications, NULL),
                     ST_OK);
    world_run(world, 0);
    ck_assert_uint_eq(*notifications, 1);
}

START_TEST(tells_that_it_sleeps_by_a_flag)
{
    struct world *world = world_new(SLEEPER("1.1", "true", "300"));
    device_register(world->device);
    world_run(world, 0);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?ep=e&lt=300&lwm2m=1.1&Q </>;"), 1);
    world_free(world);
}
END_TEST

START_TEST(tells_it_by_the_binding_to_an_older_server)
{
    struct world *world = world_new(SLEEPER("1.1", "true", "300"));
    world->register_code = CODE_PRECONDITION_FAILED;
    device_register(world->device);
    world_run(world, 0);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?ep=e&lt=300&lwm2m=1.0&b=UQ </1>;"), 1);
    world_free(world);
    world = world_new("{\"endpoint\": \"e\", \"lwm2m\": \"1.0\", \"queue_mode\": true,"
                      " \"lifetime\": 300, \"servers\": [{\"ssid\": 1, \"uri\": "
                      "\"coap://server\"}]}");
    device_register(world->device);
    world_run(world, 0);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?ep=e&lt=300&lwm2m=1.0&b=UQ </1/0>"), 1);
    world_free(world);
}
END_TEST

/* What the server writes to /1/0/7 is told with the queue mode that is still there. */
START_TEST(tells_it_again_with_another_binding)
{
    struct world *world = start(SLEEPER("1.1", "true", "300"));
    ck_assert_int_eq(world_do(world, CODE_PUT, "/1/0/7", 0, "US"), CODE_CHANGED);
    world_run(world, 0);
    ck_assert_str_eq(buf_text(&world->heard), "POST /rd/1?b=US&Q\n");
    world_forget(world);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/1/0/7", 0, "U"), CODE_CHANGED);
    world_run(world, 0);
    ck_assert_str_eq(buf_text(&world->heard), "POST /rd/1?b=U&Q\n");
    world_free(world);
}
END_TEST

START_TEST(tells_it_again_in_the_way_of_an_older_server)
{
    struct world *world = world_new(SLEEPER("1.1", "true", "300"));
    world->register_code = CODE_PRECONDITION_FAILED;
    fake_net_delay(world->net, 10);
    device_register(world->device);
    world_run(world, 20);
    world->register_code = 0;
    world_run(world, SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    world_forget(world);
    static const struct {
        const char *binding, *heard;
    } rows[] = {{"US", "b=UQS"}, {"S", "b=SQ"}, {"U", "b=UQ"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char line[40];
        ck_assert_int_eq(world_do(world, CODE_PUT, "/1/0/7", 0, rows[i].binding), CODE_CHANGED);
        world_run(world, SECOND);
        snprintf(line, sizeof line, "POST /rd/1?%s\n", rows[i].heard);
        ck_assert_str_eq(buf_text(&world->heard), line);
        world_forget(world);
    }
    world_free(world);
}
END_TEST

START_TEST(listens_as_long_as_messages_come)
{
    struct world *world = start(SLEEPER("1.1", "true", "86400"));
    for (int i = 0; i < 10; i++) {
        world_run(world, 90 * SECOND);
        ck_assert_int_eq(world_do(world, CODE_GET, "/3/0/9", -1, NULL), CODE_CONTENT);
    }
    world_run(world, 93 * SECOND - 1);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    world_run(world, 1);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ASLEEP);
    world_free(world);
}
END_TEST

START_TEST(is_awake_for_the_time_of_its_profile)
{
    struct world *world = start(SLEEPER("1.1", "{\"awake\": \"5s\"}", "86400"));
    world_run(world, 5 * SECOND - 1);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    world_run(world, 1);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ASLEEP);
    world_free(world);
}
END_TEST

START_TEST(never_sleeps_without_queue_mode)
{
    struct world *world = start(SLEEPER("1.1", "false", "86400"));
    world_run(world, 12 * HOUR);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    world_free(world);
}
END_TEST

START_TEST(hears_nothing_while_it_sleeps)
{
    struct world *world = asleep();
    ck_assert_int_eq(world_do(world, CODE_GET, "/3/0/9", -1, NULL), 0);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ASLEEP);
    ck_assert_str_eq(buf_text(&world->heard), "");
    world_free(world);
}
END_TEST

START_TEST(wakes_with_an_update_before_the_lifetime_ends)
{
    struct world *world = asleep();
    world_run(world, (86400 - 93 - 93) * SECOND - 1);
    ck_assert_str_eq(buf_text(&world->heard), "");
    world_run(world, 1);
    ck_assert_str_eq(buf_text(&world->heard), "POST /rd/1\n");
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    ck_assert_int_eq(world_do(world, CODE_GET, "/3/0/9", -1, NULL), CODE_CONTENT);
    world_free(world);
}
END_TEST

START_TEST(wakes_with_an_update_when_it_has_something_to_notify)
{
    unsigned notifications = 0;
    struct world *world = start(SLEEPER("1.1", "true", "86400"));
    observe_battery(world, &notifications);
    world_run(world, 93 * SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ASLEEP);
    world_set_battery(world, 49);
    world_run(world, 0);
    ck_assert_str_eq(buf_text(&world->heard), "POST /rd/1\n");
    ck_assert_uint_eq(notifications, 2);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    world_run(world, 93 * SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ASLEEP);
    world_free(world);
}
END_TEST

START_TEST(wakes_with_an_update_when_it_has_something_to_send)
{
    struct world *world = asleep();
    struct records paths;
    struct error error;
    records_init(&paths);
    ck_assert(records_add(&paths, path_resource(3, 0, 9), value_none()));
    ck_assert_int_eq(device_send(world->device, &paths, &error), ST_OK);
    world_run(world, 0);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd/1\n"), 1);
    ck_assert_uint_eq(world_count(&world->heard, "POST /dp"), 1);
    records_release(&paths);
    world_free(world);
}
END_TEST

START_TEST(tells_what_changed_at_once)
{
    struct world *world = asleep();
    struct error error;
    ck_assert_int_eq(device_set(world->device, path_resource(1, 0, 1), value_integer(600), &error),
                     ST_OK);
    world_run(world, 0);
    ck_assert_str_eq(buf_text(&world->heard), "POST /rd/1?lt=600\n");
    world_free(world);
}
END_TEST

START_TEST(goes_on_listening_until_a_notification_is_acknowledged)
{
    unsigned notifications = 0;
    struct world *world = start(SLEEPER("1.1", "{\"awake\": \"5s\"}", "86400"));
    observe_battery(world, &notifications);
    fake_net_delay(world->net, 4 * SECOND);
    world_set_battery(world, 49);
    world_run(world, 7 * SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    world_run(world, 60 * SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ASLEEP);
    world_set_battery(world, 48);
    world_run(world, 60 * SECOND);
    ck_assert_uint_ge(notifications, 3);
    world_free(world);
}
END_TEST

START_TEST(survives_a_day)
{
    unsigned notifications = 0;
    struct world *world = start(SLEEPER("1.1", "true", "3600"));
    observe_battery(world, &notifications);
    for (int64_t hour = 0; hour < 24; hour++) {
        world_run(world, 40 * MINUTE);
        ck_assert_int_eq(device_registration(world->device), REGISTRATION_ASLEEP);
        world_set_battery(world, hour);
        world_run(world, 20 * MINUTE);
    }
    ck_assert_uint_eq(notifications, 25);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?"), 0);
    ck_assert_uint_eq(world_count(&world->events, "error"), 0);
    world_free(world);
}
END_TEST

/* A day on which the server loses its memory at six, is away from noon to two, and from then on
 * each wake-up loses a message: the device is registered in the evening, and was never loud. */
START_TEST(survives_a_bad_day)
{
    unsigned notifications = 0;
    /* It tries again every quarter of an hour; without that the standard lets it wait for a day. */
    struct world *world = start(SLEEPER_THAT("1.1", "true", "3600", ", \"19\": 900, \"20\": 100"));
    observe_battery(world, &notifications);
    for (int64_t hour = 0; hour < 24; hour++) {
        world->update_code = hour == 6 ? CODE_NOT_FOUND : 0;
        fake_endpoint_silence(world->server_end, hour == 12 || hour == 13);
        if (hour > 13)
            fake_net_drop(world->net, 1);
        world_set_battery(world, hour);
        world_run(world, 30 * SECOND);
        world->update_code = 0;
        world_run(world, HOUR - 30 * SECOND);
    }
    /* The observation ended with the registration at six, when the Update that was refused and a
     * notification had left together; the server did not renew it. */
    ck_assert_uint_eq(notifications, 1 + 7);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?"), 2);
    ck_assert_int_eq(world_do(world, CODE_GET, "/3/0/9", -1, NULL), 0);
    device_update(world->device);
    world_run(world, 0);
    ck_assert_int_eq(world_do(world, CODE_GET, "/3/0/9", -1, NULL), CODE_CONTENT);
    ck_assert_str_eq(world_text(world), "23");
    ck_assert_uint_lt(fake_net_sent(world->net), 400);
    world_free(world);
}
END_TEST

START_TEST(leaves_and_restarts_from_its_sleep)
{
    struct world *world = asleep();
    device_restart(world->device);
    world_run(world, 0);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    world_run(world, 93 * SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ASLEEP);
    device_deregister(world->device);
    world_run(world, 0);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_OFF);
    world_run(world, HOUR);
    ck_assert_uint_eq(world_count(&world->heard, "DELETE /rd/1\n"), 1);
    world_free(world);
}
END_TEST

UNIT_MAIN("registration queue", tells_that_it_sleeps_by_a_flag,
          tells_it_by_the_binding_to_an_older_server, tells_it_again_with_another_binding,
          tells_it_again_in_the_way_of_an_older_server, listens_as_long_as_messages_come,
          is_awake_for_the_time_of_its_profile, never_sleeps_without_queue_mode,
          hears_nothing_while_it_sleeps, wakes_with_an_update_before_the_lifetime_ends,
          wakes_with_an_update_when_it_has_something_to_notify,
          wakes_with_an_update_when_it_has_something_to_send, tells_what_changed_at_once,
          goes_on_listening_until_a_notification_is_acknowledged, survives_a_day,
          survives_a_bad_day, leaves_and_restarts_from_its_sleep)
