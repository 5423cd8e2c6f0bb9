/* SPDX-License-Identifier: Apache-2.0 */
/* Several servers in the order and with the delays that they were given, and what a failure does
 * to those behind (resources 13 to 20 of the Server object). */
#include "tests/unit/unit.h"

#include "device/bootstrap_impl.h"
#include "tests/unit/device/servers.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND };

/* Servers 101 and 102 with resources A and B in their Server object instances; MORE: members. */
#define ORDERED(MORE, A, B)                                                                        \
    "{\"endpoint\": \"e\", \"lwm2m\": \"1.1\", \"lifetime\": 86400," MORE " \"servers\": ["        \
    " {\"ssid\": 101, \"uri\": \"coap://server\"}, {\"ssid\": 102, \"uri\": \"coap://other\"}],"   \
    " \"objects\": {\"1\": {\"0\": {" A "}, \"1\": {" B "}}}}"

struct scene {
    struct world *world;
    struct other other;
};

static struct scene *start(const char *profile)
{
    struct scene *scene = xalloc(sizeof *scene);
    scene->world = world_new(profile);
    other_open(&scene->other, scene->world, "coap://other");
    return scene;
}

static void finish(struct scene *scene)
{
    servers_end(&scene->other);
    free(scene);
}

static void is(const struct scene *scene, enum registration_state first,
               enum registration_state second)
{
    ck_assert_int_eq(world_registration(scene->world, 101), first);
    ck_assert_int_eq(world_registration(scene->world, 102), second);
}

static void run(const struct scene *scene, int64_t ms)
{
    world_run(scene->world, ms);
}

static void after(const struct scene *scene, int64_t ms, enum registration_state first,
                  enum registration_state second)
{
    run(scene, ms);
    is(scene, first, second);
}

START_TEST(registers_in_the_order_of_priority)
{
    struct scene *scene = start(ORDERED("", "\"13\": 7", "\"13\": 2"));
    fake_net_delay(scene->world->net, 100);
    device_register(scene->world->device);
    is(scene, REGISTRATION_HELD, REGISTRATION_HELD);
    after(scene, 100, REGISTRATION_HELD, REGISTRATION_PENDING);
    run(scene, 100);
    after(scene, 100, REGISTRATION_PENDING, REGISTRATION_ALIVE);
    after(scene, 200, REGISTRATION_ALIVE, REGISTRATION_ALIVE);
    finish(scene);
}
END_TEST

START_TEST(does_not_keep_those_without_a_place_waiting)
{
    struct scene *scene = start(ORDERED("", "\"13\": 1", ""));
    scene->world->register_code = CODE_INTERNAL_ERROR;
    device_register(scene->world->device);
    after(scene, 0, REGISTRATION_WAITING, REGISTRATION_ALIVE);
    finish(scene);
}
END_TEST

START_TEST(waits_its_initial_delay_after_the_one_before)
{
    struct scene *scene = start(ORDERED("", "\"13\": 1, \"14\": 5", "\"13\": 2, \"14\": 10"));
    device_register(scene->world->device);
    after(scene, 5 * SECOND - 1, REGISTRATION_HELD, REGISTRATION_HELD);
    after(scene, 1, REGISTRATION_ALIVE, REGISTRATION_HELD);
    after(scene, 10 * SECOND - 1, REGISTRATION_ALIVE, REGISTRATION_HELD);
    after(scene, 1, REGISTRATION_ALIVE, REGISTRATION_ALIVE);
    finish(scene);
}
END_TEST

START_TEST(has_its_delay_only_until_it_was_registered_once)
{
    struct scene *scene = start(ORDERED("", "\"14\": 5", ""));
    device_register(scene->world->device);
    after(scene, 0, REGISTRATION_HELD, REGISTRATION_ALIVE);
    after(scene, 5 * SECOND, REGISTRATION_ALIVE, REGISTRATION_ALIVE);
    device_deregister(scene->world->device);
    after(scene, 0, REGISTRATION_OFF, REGISTRATION_OFF);
    device_register(scene->world->device);
    after(scene, 0, REGISTRATION_ALIVE, REGISTRATION_ALIVE);
    finish(scene);
}
END_TEST

START_TEST(goes_on_to_the_next_when_one_has_failed)
{
    struct scene *scene = start(ORDERED("", "\"13\": 1, \"17\": 2, \"18\": 10", "\"13\": 2"));
    fake_endpoint_silence(scene->world->server_end, true);
    device_register(scene->world->device);
    after(scene, 62 * SECOND, REGISTRATION_WAITING,
          REGISTRATION_HELD); /* the first of two attempts */
    after(scene, 10 * SECOND + 62 * SECOND, REGISTRATION_WAITING, REGISTRATION_ALIVE);
    fake_endpoint_silence(scene->world->server_end, false);
    after(scene, INT64_C(86400) * SECOND, REGISTRATION_ALIVE, REGISTRATION_ALIVE);
    finish(scene);
}
END_TEST

START_TEST(counts_sequences_before_it_says_that_one_has_failed)
{
    struct scene *scene =
        start(ORDERED("", "\"13\": 1, \"17\": 1, \"19\": 100, \"20\": 3", "\"13\": 2"));
    fake_endpoint_silence(scene->world->server_end, true);
    device_register(scene->world->device);
    run(scene, (62 + 100 + 62 + 100 + 61) * SECOND);
    ck_assert_int_eq(world_registration(scene->world, 102), REGISTRATION_HELD);
    run(scene, SECOND);
    ck_assert_int_eq(world_registration(scene->world, 102), REGISTRATION_ALIVE);
    finish(scene);
}
END_TEST

START_TEST(goes_on_at_once_when_one_refuses)
{
    struct scene *scene = start(ORDERED("", "\"13\": 1", "\"13\": 2"));
    scene->world->register_code = CODE_FORBIDDEN;
    device_register(scene->world->device);
    after(scene, 0, REGISTRATION_WAITING, REGISTRATION_ALIVE);
    finish(scene);
}
END_TEST

START_TEST(blocks_the_next_ones_when_told_so)
{
    struct scene *scene = start(ORDERED("", "\"13\": 1, \"15\": true, \"18\": 60", "\"13\": 2"));
    scene->world->register_code = CODE_FORBIDDEN;
    device_register(scene->world->device);
    after(scene, 0, REGISTRATION_WAITING, REGISTRATION_HELD);
    after(scene, 59 * SECOND, REGISTRATION_WAITING, REGISTRATION_HELD);
    scene->world->register_code = 0;
    after(scene, SECOND, REGISTRATION_ALIVE, REGISTRATION_ALIVE);
    finish(scene);
}
END_TEST

START_TEST(gives_up_waiting_when_told_to_leave)
{
    struct scene *scene = start(ORDERED("", "\"13\": 1, \"15\": true", "\"13\": 2"));
    scene->world->register_code = CODE_FORBIDDEN;
    device_register(scene->world->device);
    after(scene, 0, REGISTRATION_WAITING, REGISTRATION_HELD);
    device_deregister(scene->world->device);
    after(scene, 0, REGISTRATION_OFF, REGISTRATION_OFF);
    after(scene, 60 * MINUTE, REGISTRATION_OFF, REGISTRATION_OFF);
    finish(scene);
}
END_TEST

/* --- bootstrap on failure ------------------------------------------------------------- */

#define BOOTSTRAP "\"bootstrap\": {\"uri\": \"coap://boot\", \"hold_off\": 3},"

struct lost {
    struct scene *scene;
    struct other boot;
};

/* Both servers refuse; A and B as above. */
static struct lost *start_lost(const char *profile)
{
    struct lost *lost = xalloc(sizeof *lost);
    lost->scene = start(profile);
    other_open(&lost->boot, lost->scene->world, "coap://boot");
    lost->scene->world->register_code = CODE_FORBIDDEN;
    lost->scene->other.code = CODE_FORBIDDEN;
    return lost;
}

static void finish_lost(struct lost *lost)
{
    device_free(lost->scene->world->device);
    lost->scene->world->device = NULL;
    buf_release(&lost->boot.heard);
    message_release(&lost->boot.answer);
    endpoint_free(lost->boot.end);
    finish(lost->scene);
    free(lost);
}

static unsigned asked(struct lost *lost)
{
    return world_count(&lost->boot.heard, "POST /bs");
}

START_TEST(asks_for_a_bootstrap_when_nobody_wants_it)
{
    struct lost *lost = start_lost(ORDERED(BOOTSTRAP, "", ""));
    device_register(lost->scene->world->device);
    run(lost->scene, 3 * SECOND - 1);
    ck_assert_uint_eq(asked(lost), 0);
    ck_assert_uint_eq(world_count(&lost->scene->world->events,
                                  "warning no server can be registered with; asking"),
                      1);
    run(lost->scene, 1);
    ck_assert_uint_eq(asked(lost), 1);
    finish_lost(lost);
}
END_TEST

START_TEST(asks_for_none_while_one_server_has_it)
{
    struct lost *lost = start_lost(ORDERED(BOOTSTRAP, "", ""));
    lost->scene->other.code = 0;
    device_register(lost->scene->world->device);
    after(lost->scene, 10 * MINUTE, REGISTRATION_WAITING, REGISTRATION_ALIVE);
    ck_assert_uint_eq(asked(lost), 0);
    finish_lost(lost);
}
END_TEST

START_TEST(asks_for_none_before_it_has_tried_often_enough)
{
    struct lost *lost = start_lost(ORDERED(BOOTSTRAP, "\"17\": 2, \"18\": 10", ""));
    fake_endpoint_silence(lost->scene->world->server_end, true);
    device_register(lost->scene->world->device);
    run(lost->scene, (62 + 10 + 61) * SECOND);
    ck_assert_uint_eq(asked(lost), 0);
    run(lost->scene, (1 + 3) * SECOND);
    ck_assert_uint_eq(asked(lost), 1);
    finish_lost(lost);
}
END_TEST

START_TEST(asks_for_none_unless_an_account_says_so)
{
    static const struct {
        const char *profile;
        unsigned asked;
    } cases[] = {
        {ORDERED(BOOTSTRAP, "\"16\": false", "\"16\": false"), 0},
        {ORDERED(BOOTSTRAP, "\"16\": false", "\"16\": true"), 1},
        {ORDERED(BOOTSTRAP, "\"16\": false", ""), 1},
        {ORDERED("", "", ""), 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct lost *lost = start_lost(cases[i].profile);
        device_register(lost->scene->world->device);
        run(lost->scene, 10 * SECOND);
        ck_assert_uint_eq(asked(lost), cases[i].asked);
        finish_lost(lost);
    }
}
END_TEST

START_TEST(counts_those_that_are_blocked_as_lost)
{
    struct lost *lost = start_lost(ORDERED(BOOTSTRAP, "\"13\": 1, \"15\": true", "\"13\": 2"));
    device_register(lost->scene->world->device);
    after(lost->scene, 10 * SECOND, REGISTRATION_WAITING, REGISTRATION_HELD);
    ck_assert_uint_eq(asked(lost), 1);
    finish_lost(lost);
}
END_TEST

START_TEST(asks_no_more_when_a_server_takes_it_after_all)
{
    struct lost *lost = start_lost(ORDERED(BOOTSTRAP, "\"18\": 20", "\"18\": 20"));
    lost->boot.code = CODE_INTERNAL_ERROR;
    device_register(lost->scene->world->device);
    run(lost->scene, 19 * SECOND);
    ck_assert_uint_ge(asked(lost), 2);
    lost->scene->other.code = 0;
    after(lost->scene, SECOND, REGISTRATION_WAITING, REGISTRATION_ALIVE);
    buf_clear(&lost->boot.heard);
    run(lost->scene, 60 * MINUTE);
    ck_assert_uint_eq(asked(lost), 0);
    finish_lost(lost);
}
END_TEST

/* The server that accepted the request is heard no more, long after another took the device. */
START_TEST(asks_no_more_when_a_bootstrap_fails_that_nobody_needs_any_more)
{
    struct lost *lost = start_lost(ORDERED(BOOTSTRAP, "\"18\": 20", "\"18\": 20"));
    device_register(lost->scene->world->device);
    run(lost->scene, 4 * SECOND);
    ck_assert_uint_eq(asked(lost), 1);
    lost->scene->other.code = 0;
    after(lost->scene, 20 * SECOND, REGISTRATION_WAITING, REGISTRATION_ALIVE);
    ck_assert_int_eq(bootstrap_state(lost->scene->world->device->bootstrap), BOOTSTRAP_OPEN);
    run(lost->scene, 60 * MINUTE);
    ck_assert_uint_eq(asked(lost), 1);
    ck_assert_int_eq(bootstrap_state(lost->scene->world->device->bootstrap), BOOTSTRAP_OFF);
    finish_lost(lost);
}
END_TEST

UNIT_MAIN("registration order", registers_in_the_order_of_priority,
          does_not_keep_those_without_a_place_waiting, waits_its_initial_delay_after_the_one_before,
          has_its_delay_only_until_it_was_registered_once, goes_on_to_the_next_when_one_has_failed,
          counts_sequences_before_it_says_that_one_has_failed, goes_on_at_once_when_one_refuses,
          blocks_the_next_ones_when_told_so, gives_up_waiting_when_told_to_leave,
          asks_for_a_bootstrap_when_nobody_wants_it, asks_for_none_while_one_server_has_it,
          asks_for_none_before_it_has_tried_often_enough, asks_for_none_unless_an_account_says_so,
          counts_those_that_are_blocked_as_lost, asks_no_more_when_a_server_takes_it_after_all,
          asks_no_more_when_a_bootstrap_fails_that_nobody_needs_any_more)
