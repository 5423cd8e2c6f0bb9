/* SPDX-License-Identifier: Apache-2.0 */
/* The link of the built-in stage: a device behind it, and what is done to its messages. */
#include "base/std.h"

#include "tests/unit/drivers/scene.h"

static struct scene scene;
static struct server_actor *server;
static struct device_actor *device;
static struct link_port *link_of;

static void set_up(bool is_secured)
{
    struct error error;
    char uri[80];
    error_clear(&error);
    scene_open(&scene);
    server = scene_server(&scene, 0);
    link_of =
        sim_link_new(&scene.world, strstr(sim_server_uri(server), "://") + 3, is_secured, &error);
    ck_assert_msg(link_of != NULL, "%s", error.text);
    snprintf(uri, sizeof uri, "coap://%s", sim_link_address(link_of));
    device = scene_device(&scene, uri);
}

static void strike(void)
{
    device->ops->free(device);
    link_of->ops->free(link_of);
    server->ops->free(server);
    scene_close(&scene);
}

static enum status impair(struct impairment impairment)
{
    struct error error;
    error_clear(&error);
    enum status status = link_of->ops->impair(link_of, &impairment, &error);
    ck_assert_int_eq(status != ST_OK, error.text[0] != '\0');
    return status;
}

static void register_device(void)
{
    scene_do(device, STIMULUS_REGISTER, path_root());
    scene_await(&scene, ACTOR_REGISTERED);
}

static bool reads(void)
{
    struct outcome outcome;
    bool good = scene_ask(server, OPERATION_READ, path_resource(3, 0, 0), &outcome) == ST_OK &&
                outcome.code == 0x45;
    outcome_release(&outcome);
    return good;
}

START_TEST(a_device_registers_and_is_reached_through_it)
{
    set_up(false);
    register_device();
    ck_assert(reads());
    strike();
}
END_TEST

START_TEST(what_comes_twice_is_harmless)
{
    set_up(false);
    ck_assert_int_eq(impair((struct impairment){.action = LINK_DUPLICATE, .per_thousand = 1000}),
                     ST_OK);
    ck_assert_int_eq(impair((struct impairment){.action = LINK_REORDER, .per_thousand = 300}),
                     ST_OK);
    register_device();
    ck_assert(reads());
    strike();
}
END_TEST

START_TEST(what_is_lost_comes_again)
{
    set_up(false);
    ck_assert_int_eq(
        impair((struct impairment){
            .action = LINK_DROP, .sender = LINK_FROM_DEVICE, .message = LINK_REQUEST, .count = 1}),
        ST_OK);
    int64_t begin = clock_now(scene.clock);
    register_device();
    ck_assert_int_ge(clock_now(scene.clock) - begin, 1900);
    strike();
}
END_TEST

START_TEST(a_device_is_found_at_another_address)
{
    set_up(false);
    register_device();
    ck_assert_int_eq(impair((struct impairment){.action = LINK_REBIND}), ST_OK);
    scene_do(device, STIMULUS_UPDATE, path_root());
    scene_await(&scene, ACTOR_UPDATED);
    ck_assert(reads());
    strike();
}
END_TEST

START_TEST(a_delay_is_kept_until_all_is_well)
{
    set_up(false);
    register_device();
    ck_assert(reads());
    ck_assert_int_eq(impair((struct impairment){.action = LINK_DELAY, .delay_ms = 50}), ST_OK);
    int64_t begin = clock_now(scene.clock);
    ck_assert(reads());
    ck_assert_int_ge(clock_now(scene.clock) - begin, 100);
    ck_assert_int_eq(impair((struct impairment){.action = LINK_CORRUPT, .per_thousand = 1000}),
                     ST_OK);
    ck_assert_int_eq(impair((struct impairment){.action = LINK_HEAL}), ST_OK);
    ck_assert(reads());
    strike();
}
END_TEST

START_TEST(secured_messages_have_no_kind)
{
    set_up(true);
    ck_assert_int_eq(
        impair((struct impairment){.action = LINK_DROP, .count = 1, .message = LINK_ACK}),
        ST_UNSUPPORTED);
    ck_assert_int_eq(impair((struct impairment){.action = LINK_DROP, .count = 1}), ST_OK);
    strike();
}
END_TEST

START_TEST(nothing_is_lost_in_virtual_time)
{
    struct clock *clock = clock_new_virtual(0);
    struct loop *loop = loop_new(clock);
    struct sim_world world = {.loop = loop};
    struct error error;
    error_clear(&error);
    link_of = sim_link_new(&world, "127.0.0.1:5683", false, &error);
    ck_assert_msg(link_of != NULL, "%s", error.text);
    ck_assert_int_eq(impair((struct impairment){.action = LINK_DROP, .count = 1}), ST_UNSUPPORTED);
    ck_assert_int_eq(impair((struct impairment){.action = LINK_CORRUPT, .count = 1}),
                     ST_UNSUPPORTED);
    ck_assert_int_eq(impair((struct impairment){.action = LINK_DUPLICATE, .count = 1}), ST_OK);
    link_of->ops->free(link_of);
    loop_free(loop);
    clock_free(clock);
}
END_TEST

START_TEST(a_wrong_address_is_refused)
{
    struct error error;
    error_clear(&error);
    scene_open(&scene);
    ck_assert_ptr_null(sim_link_new(&scene.world, "nowhere", false, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "nowhere"));
    scene_close(&scene);
}
END_TEST

UNIT_MAIN("sim link", a_device_registers_and_is_reached_through_it, what_comes_twice_is_harmless,
          what_is_lost_comes_again, a_device_is_found_at_another_address,
          a_delay_is_kept_until_all_is_well, secured_messages_have_no_kind,
          nothing_is_lost_in_virtual_time, a_wrong_address_is_refused)
