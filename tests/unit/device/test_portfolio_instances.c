/* SPDX-License-Identifier: Apache-2.0 */
/* Portfolio instances that come and go, a device that restarts, and resources that are left out. */
#include "tests/unit/device/observer.h"

enum { IDLE = 0, DATA_AVAIL = 1, ERROR = 2, GONE = -1 };
enum { LATENCY = 20, LIMIT = 5000 };

static void accept_it(struct heard *heard)
{
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
}

static void deliver(struct heard *heard)
{
    accept_it(heard);
    world_run(heard->world, LATENCY);
}

static void delete_it(struct heard *heard)
{
    ck_assert_int_eq(world_do(heard->world, CODE_DELETE, "/16/0", FORMAT_NONE, NULL), CODE_DELETED);
}

static void restart(struct heard *heard)
{
    device_restart(heard->world->device);
    world_run(heard->world, 0);
}

/* rule: I-19 */
START_TEST(a_created_instance_has_the_services_but_no_keys)
{
    struct heard *heard = heard_new(NULL);
    struct world *world = heard->world;
    ck_assert_int_eq(create_instance(heard, 5), CODE_CREATED);
    world_ask(world, CODE_GET, "/16/5")->accept = FORMAT_LINK;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_str_eq(world_text(world),
                     "</16/5>,</16/5/0>;dim=1,</16/5/1>,</16/5/2>;dim=0,</16/5/3>");
    ck_assert_int_eq(status_of(heard, 5), IDLE);
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/5/1", -1, "0='0',1='0',2='1'"), CODE_CHANGED);
    ck_assert_int_eq(status_of(heard, 5), ERROR);
    ck_assert_uint_eq(world->secure.computed, 0);
    heard_free(heard);
}
END_TEST

/* What the component holds for the former instance is not for the one that a server makes. */
START_TEST(an_instance_that_comes_again_has_no_keys_until_it_is_provisioned)
{
    struct heard *heard = heard_new(NULL);
    struct error error;
    struct path identity = path_child(path_resource(16, 0, 0), 0);
    delete_it(heard);
    ck_assert_int_eq(create_instance(heard, 0), CODE_CREATED);
    ck_assert_int_eq(get_auth_data(heard, "0='0',1='0',2='1'"), CODE_CHANGED);
    ck_assert_int_eq(status_of(heard, 0), ERROR);
    ck_assert_int_eq(device_provision(heard->world->device, identity, &error), ST_OK);
    ck_assert_int_eq(get_auth_data(heard, "0='0',1='0',2='1'"), CODE_CHANGED);
    world_run(heard->world, LATENCY);
    ck_assert_int_eq(status_of(heard, 0), DATA_AVAIL);
    heard_free(heard);
}
END_TEST

/* Then it offers the services all the same; its status cannot be seen. */
START_TEST(an_instance_for_whose_status_there_is_no_room_is_created_without)
{
    struct heard *heard = heard_new(NULL);
    struct error error;
    enum status status = ST_OK;
    for (unsigned i = 2; status == ST_OK; i++)
        status = device_set(heard->world->device, path_child(path_resource(3, 0, 7), i),
                            value_integer(1), &error);
    ck_assert_int_eq(status, ST_LIMIT);
    ck_assert_int_eq(create_instance(heard, 5), CODE_CREATED);
    ck_assert_int_eq(status_of(heard, 5), GONE);
    ck_assert_uint_eq(world_count(&heard->world->events,
                                  "warning \"/16/5\" has no AuthStatus: the model is full"),
                      1);
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    world_run(heard->world, LATENCY);
    ck_assert_int_eq(status_of(heard, 0), ERROR); /* no room for AuthData either */
    heard_free(heard);
}
END_TEST

START_TEST(a_device_without_services_creates_instances_without_them)
{
    struct heard *heard =
        heard_new("{\"endpoint\": \"e\", \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"
                  " \"objects\": {\"16\": {\"0\": {\"0\": {\"0\": \"a\"}}}}}");
    struct world *world = heard->world;
    ck_assert_int_eq(create_instance(heard, 5), CODE_CREATED);
    world_ask(world, CODE_GET, "/16/5")->accept = FORMAT_LINK;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_str_eq(world_text(world), "</16/5>,</16/5/0>;dim=1");
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/5/1", -1, EXAMPLE), CODE_NOT_FOUND);
    heard_free(heard);
}
END_TEST

START_TEST(the_first_instance_of_a_device_that_has_none_gets_the_services)
{
    struct heard *heard =
        heard_new("{\"endpoint\": \"e\", \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"
                  " \"objects\": {\"16\": {}}}");
    ck_assert_int_eq(create_instance(heard, 5), CODE_CREATED);
    ck_assert_int_eq(status_of(heard, 5), IDLE);
    heard_free(heard);
}
END_TEST

/* rule: PF-DM-2 */
START_TEST(a_deleted_instance_takes_its_process_along)
{
    struct heard *heard = heard_new(NULL);
    struct world *world = heard->world;
    accept_it(heard);
    delete_it(heard);
    world_run(world, LIMIT);
    ck_assert_uint_eq(world->secure.computed, 0);
    ck_assert_int_eq(get(heard, "/16/0/2"), CODE_NOT_FOUND);
    ck_assert_int_eq(get(heard, "/16/0"), CODE_NOT_FOUND);
    ck_assert_int_eq(create_instance(heard, 0), CODE_CREATED);
    ck_assert_int_eq(status_of(heard, 0), IDLE);
    ck_assert(!has_data(heard, 0));
    heard_free(heard);
}
END_TEST

/* rule: I-21 */
START_TEST(a_restart_ends_the_process_and_loses_the_data)
{
    struct heard *heard = heard_new(NULL);
    accept_it(heard);
    restart(heard);
    world_run(heard->world, LIMIT);
    ck_assert_uint_eq(heard->world->secure.computed, 0);
    ck_assert_int_eq(status_of(heard, 0), IDLE);
    deliver(heard);
    ck_assert_int_eq(status_of(heard, 0), DATA_AVAIL);
    restart(heard);
    ck_assert_int_eq(status_of(heard, 0), IDLE);
    ck_assert(!has_data(heard, 0));
    heard_free(heard);
}
END_TEST

/* rule: I-16 */
static struct heard *heard_without(const char *omitted)
{
    char profile[1024];
    snprintf(profile, sizeof profile,
             "{\"endpoint\": \"e\", \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"
             " \"objects\": {\"16\": {\"0\": {\"0\": {\"3\": \"1.4\"}}}},"
             " \"secure_component\": {\"latency\": \"20ms\", \"instances\": {\"16/0\": {"
             "  \"omit\": [%s], \"authentication\": {\"hashes\": \"from-identity\","
             "  \"keys\": {\"0\": \"hex:2b7e151628aed2a6abf7158809cf4f3c\"}}}}}}",
             omitted);
    return heard_new(profile);
}

START_TEST(an_instance_without_status_still_delivers_once)
{
    struct heard *heard = heard_without("3");
    deliver(heard);
    ck_assert_int_eq(status_of(heard, 0), GONE);
    ck_assert(has_data(heard, 0));
    ck_assert_int_eq(get(heard, "/16/0/2"), CODE_CONTENT);
    ck_assert(!has_data(heard, 0));
    ck_assert_int_eq(get(heard, "/16/0/3"), CODE_NOT_FOUND);
    heard_free(heard);
}
END_TEST

START_TEST(an_instance_without_auth_data_has_no_place_for_a_result)
{
    struct heard *heard = heard_without("2");
    deliver(heard);
    ck_assert_int_eq(status_of(heard, 0), ERROR);
    ck_assert_int_eq(get(heard, "/16/0/2"), CODE_NOT_FOUND);
    heard_free(heard);
}
END_TEST

START_TEST(an_instance_without_get_auth_data_cannot_be_executed)
{
    struct heard *heard = heard_without("1");
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_NOT_FOUND);
    ck_assert_int_eq(portfolio_execute(heard->world->device->portfolio, 9, bytes_of(EXAMPLE)),
                     CODE_NOT_FOUND);
    heard_free(heard);
}
END_TEST

UNIT_MAIN("portfolio_instances", a_created_instance_has_the_services_but_no_keys,
          an_instance_that_comes_again_has_no_keys_until_it_is_provisioned,
          an_instance_for_whose_status_there_is_no_room_is_created_without,
          a_device_without_services_creates_instances_without_them,
          the_first_instance_of_a_device_that_has_none_gets_the_services,
          a_deleted_instance_takes_its_process_along, a_restart_ends_the_process_and_loses_the_data,
          an_instance_without_status_still_delivers_once,
          an_instance_without_auth_data_has_no_place_for_a_result,
          an_instance_without_get_auth_data_cannot_be_executed)
