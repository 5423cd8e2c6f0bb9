/* SPDX-License-Identifier: Apache-2.0 */
/* Several server accounts: each has a registration of its own. */
#include "tests/unit/unit.h"

#include "tests/unit/device/servers.h"

enum { SECOND = 1000, HOUR = 3600 * SECOND };

#define PLAIN  TWO_SERVERS("", "", "\"4\": {}, \"5\": 600, \"23\": false")
#define SLEEPY TWO_SERVERS("\"queue_mode\": true,", "", "\"4\": {}, \"23\": false")

static enum registration_state state_of(const struct world *world, unsigned ssid)
{
    return world_registration(world, ssid);
}

/* ETS 950 */
START_TEST(registers_with_each_server)
{
    struct other other;
    struct world *world = servers_start(PLAIN, &other);
    ck_assert_uint_eq(fake_endpoint_peers(world->device_end), 2);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    ck_assert_int_eq(state_of(world, 103), REGISTRATION_OFF);
    device_update(world->device);
    world_run(world, 0);
    ck_assert_str_eq(buf_text(&world->heard), "POST /rd/1\n");
    ck_assert_str_eq(buf_text(&other.heard), "POST /rd/2\n");
    device_deregister(world->device);
    world_run(world, 0);
    ck_assert_str_eq(buf_text(&other.heard), "POST /rd/2\nDELETE /rd/2\n");
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_OFF);
    ck_assert_uint_eq(fake_endpoint_peers(world->device_end), 0);
    servers_end(&other);
}
END_TEST

START_TEST(goes_on_with_one_when_the_other_cannot_be_reached)
{
    struct world *world = world_new(PLAIN);
    struct other other;
    other_open(&other, world, "coap://elsewhere");
    device_register(world->device);
    world_run(world, 0);
    ck_assert_int_eq(state_of(world, 101), REGISTRATION_ALIVE);
    ck_assert_int_eq(state_of(world, 102), REGISTRATION_WAITING);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    ck_assert_int_eq(world_do(world, CODE_GET, "/3/0/9", -1, NULL), CODE_CONTENT);
    servers_end(&other);
}
END_TEST

START_TEST(tells_a_lifetime_to_its_own_server_and_objects_to_both)
{
    struct other other;
    struct world *world = servers_start(PLAIN, &other);
    ck_assert_int_eq(other_do(&other, CODE_PUT, "/1/1/1", 0, "60"), CODE_CHANGED);
    world_run(world, 0);
    ck_assert_str_eq(buf_text(&world->heard), "");
    ck_assert_str_eq(buf_text(&other.heard), "POST /rd/2\n");
    ck_assert_int_eq(world_do(world, CODE_POST, "/16", -1, NULL), CODE_CREATED);
    world_run(world, 0);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd/1 </>"), 1);
    ck_assert_str_eq(buf_text(&other.heard), "POST /rd/2\nPOST /rd/2\n");
    servers_end(&other);
}
END_TEST

START_TEST(is_disabled_for_one_and_triggered_by_one)
{
    struct other other;
    struct world *world = servers_start(PLAIN, &other);
    ck_assert_int_eq(other_do(&other, CODE_POST, "/1/1/8", -1, NULL), CODE_CHANGED);
    world_run(world, 0);
    ck_assert_str_eq(buf_text(&other.heard), "POST /rd/2\n");
    ck_assert_int_eq(other_do(&other, CODE_POST, "/1/1/4", -1, NULL), CODE_CHANGED);
    world_run(world, 0);
    ck_assert_int_eq(state_of(world, 102), REGISTRATION_DISABLED);
    ck_assert_int_eq(state_of(world, 101), REGISTRATION_ALIVE);
    ck_assert_str_eq(buf_text(&world->heard), "");
    world_run(world, 600 * SECOND);
    ck_assert_int_eq(state_of(world, 102), REGISTRATION_ALIVE);
    servers_end(&other);
}
END_TEST

START_TEST(loses_one_session_only)
{
    struct other other;
    struct world *world = servers_start(PLAIN, &other);
    struct peer *second = registration_peer(registration_of(world->device, 102));
    fake_endpoint_lose(world->device_end, second);
    ck_assert_int_eq(state_of(world, 102), REGISTRATION_WAITING);
    ck_assert_int_eq(state_of(world, 101), REGISTRATION_ALIVE);
    world_run(world, 61 * SECOND);
    ck_assert_int_eq(state_of(world, 102), REGISTRATION_ALIVE);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?"), 0);
    servers_end(&other);
}
END_TEST

START_TEST(listens_while_one_registration_is_awake)
{
    struct other other;
    struct world *world = servers_start(SLEEPY, &other);
    world_run(world, 90 * SECOND);
    ck_assert_int_eq(other_do(&other, CODE_GET, "/3/0/9", -1, NULL), CODE_CONTENT);
    world_run(world, 3 * SECOND);
    ck_assert_int_eq(state_of(world, 101), REGISTRATION_ASLEEP);
    ck_assert_int_eq(state_of(world, 102), REGISTRATION_ALIVE);
    ck_assert(!world->device_end->deaf);
    ck_assert_int_eq(other_do(&other, CODE_GET, "/3/0/9", -1, NULL), CODE_CONTENT);
    world_run(world, 93 * SECOND);
    ck_assert_int_eq(state_of(world, 102), REGISTRATION_ASLEEP);
    ck_assert(world->device_end->deaf);
    device_deregister(world->device);
    ck_assert(!world->device_end->deaf);
    servers_end(&other);
}
END_TEST

START_TEST(follows_the_accounts_of_the_model)
{
    struct other other;
    struct world *world = servers_start(PLAIN, &other);
    struct model *model = world->device->model;
    struct registration *first = registration_of(world->device, 101);
    model_remove(model, path_instance(1, 1), false);
    registrations_load(world->device);
    ck_assert_ptr_null(registration_of(world->device, 102));
    ck_assert_ptr_eq(registration_of(world->device, 101), first);
    ck_assert_int_eq(state_of(world, 101), REGISTRATION_ALIVE);
    ck_assert_uint_eq(fake_endpoint_peers(world->device_end), 1);
    ck_assert_int_eq(model_put(model, path_resource(1, 7, 0), value_integer(102)), ST_OK);
    registrations_load(world->device);
    ck_assert_int_eq(state_of(world, 102), REGISTRATION_OFF);
    ck_assert_ptr_nonnull(registration_of(world->device, 102));
    ck_assert_int_eq(state_of(world, 101), REGISTRATION_ALIVE);
    servers_end(&other);
}
END_TEST

/* A server that deletes its own account counts as deregistered. */
START_TEST(loses_the_account_that_its_server_deletes)
{
    struct other other;
    struct world *world = servers_start(PLAIN, &other);
    ck_assert_int_eq(other_do(&other, CODE_DELETE, "/1/0", -1, NULL), CODE_UNAUTHORIZED);
    ck_assert_int_eq(other_do(&other, CODE_DELETE, "/1/1", -1, NULL), CODE_DELETED);
    world_run(world, 0);
    ck_assert_ptr_null(registration_of(world->device, 102));
    ck_assert_uint_eq(fake_endpoint_peers(world->device_end), 1);
    ck_assert_str_eq(buf_text(&other.heard), "");
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd/1 </>"), 1);
    ck_assert_int_eq(world_do(world, CODE_DELETE, "/1/0", -1, NULL), CODE_METHOD_NOT_ALLOWED);
    servers_end(&other);
}
END_TEST

START_TEST(has_one_registration_for_a_server_that_object_1_has_twice)
{
    struct other other;
    struct world *world = servers_start(PLAIN, &other);
    struct model *model = world->device->model;
    ck_assert_int_eq(model_put(model, path_resource(1, 7, 0), value_integer(102)), ST_OK);
    registrations_load(world->device);
    struct registration *at = world->device->registrations;
    ck_assert_ptr_null(registration_next(registration_next(at)));
    ck_assert_int_eq(state_of(world, 102), REGISTRATION_ALIVE);
    servers_end(&other);
}
END_TEST

START_TEST(has_no_registration_when_only_a_bootstrap_server_is_known)
{
    struct world *world =
        world_new("{\"endpoint\": \"e\", \"bootstrap\": {\"uri\": \"coap://boot\"}}");
    ck_assert_ptr_null(world->device->registrations);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_OFF);
    world_free(world);
}
END_TEST

START_TEST(keeps_the_attributes_of_each_server_over_a_restart)
{
    struct other other;
    struct world *world =
        servers_start(TWO_SERVERS("\"state\": \"kept.json\",", "", "\"4\": {}"), &other);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/3/0?pmin=2", -1, NULL), CODE_CHANGED);
    ck_assert_int_eq(other_do(&other, CODE_PUT, "/3/0?pmin=15", -1, NULL), CODE_CHANGED);
    device_restart(world->device);
    world_run(world, 0);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/3/0?pmax=10", -1, NULL), CODE_CHANGED);
    world_ask(world, CODE_GET, "/3/0")->accept = FORMAT_LINK;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_ptr_nonnull(strstr(world_text(world), "</3/0>;pmin=2;pmax=10,"));
    world_ask(world, CODE_GET, "/3/0")->accept = FORMAT_LINK;
    ck_assert_int_eq(other_send(&other), CODE_CONTENT);
    ck_assert_ptr_nonnull(strstr(other_text(&other), "</3/0>;pmin=15,"));
    servers_end(&other);
}
END_TEST

UNIT_MAIN("registrations", registers_with_each_server,
          goes_on_with_one_when_the_other_cannot_be_reached,
          tells_a_lifetime_to_its_own_server_and_objects_to_both,
          is_disabled_for_one_and_triggered_by_one, loses_one_session_only,
          listens_while_one_registration_is_awake, follows_the_accounts_of_the_model,
          loses_the_account_that_its_server_deletes,
          has_one_registration_for_a_server_that_object_1_has_twice,
          has_no_registration_when_only_a_bootstrap_server_is_known,
          keeps_the_attributes_of_each_server_over_a_restart)
