/* SPDX-License-Identifier: Apache-2.0 */
/* The device as a whole: who may speak to it, a restart, and what its owner does. */
#include "tests/unit/unit.h"

#include "device/device_impl.h"
#include "tests/fake/fake_world.h"

enum { NO_FORMAT = -1, TEXT = 0, TLV = 11542 };

static struct world *start(void)
{
    struct world *world = world_new(NULL);
    world_register(world);
    return world;
}

static const char *value_at(struct world *world, const char *uri)
{
    world_ask(world, CODE_GET, uri)->accept = TEXT;
    return world_send(world) == CODE_CONTENT ? world_text(world) : "(none)";
}

/* --- who may speak -------------------------------------------------------------------- */

static void keep_code(void *arg, enum status status, const struct message *response)
{
    uint8_t *code = arg;
    *code = status == ST_OK ? response->code : 0;
}

/* A request that overtakes the answer to the registration. */
START_TEST(refuses_requests_before_it_is_registered)
{
    struct world *world = world_new(NULL);
    uint8_t code = 0;
    fake_net_delay(world->net, 10);
    device_register(world->device);
    world_run(world, 10); /* the server has heard, its answer is on its way */
    fake_net_delay(world->net, 1);
    struct message *request = world_ask(world, CODE_GET, "/3/0/0");
    ck_assert_int_eq(
        endpoint_request(world->server_end, world->peer, request, keep_code, &code, NULL), ST_OK);
    world_run(world, 5);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_PENDING);
    ck_assert_int_eq(code, CODE_FORBIDDEN);
    world_free(world);
}
END_TEST

START_TEST(refuses_requests_after_it_left)
{
    struct world *world = start();
    world->deregister_code = CODE_NOT_FOUND;
    fake_net_delay(world->net, 10);
    ck_assert_int_eq(world_do(world, CODE_GET, "/3/0/0", NO_FORMAT, NULL), CODE_CONTENT);
    device_deregister(world->device);
    ck_assert_int_eq(world_do(world, CODE_GET, "/3/0/0", NO_FORMAT, NULL), CODE_FORBIDDEN);
    world_free(world);
}
END_TEST

START_TEST(refuses_requests_of_strangers)
{
    struct world *world = world_new(NULL);
    struct endpoint *open = fake_endpoint_new(world->net, "coap://device");
    struct endpoint *stranger = fake_endpoint_new(world->net, NULL);
    struct device *device = device_new(&(struct device_config){.profile = world->profile,
                                                               .clock = world->clock,
                                                               .endpoint = open,
                                                               .component = world->component});
    struct peer *peer = NULL;
    uint8_t code = 1;
    device_register(device);
    world_run(world, 0);
    ck_assert_int_eq(endpoint_connect(stranger, "coap://device", NULL, &peer, NULL), ST_OK);
    struct message *request = world_ask(world, CODE_GET, "/3/0/0");
    ck_assert_int_eq(endpoint_request(stranger, peer, request, keep_code, &code, NULL), ST_OK);
    world_run(world, 0);
    ck_assert_int_eq(code, CODE_FORBIDDEN);
    device_free(device);
    endpoint_free(open);
    endpoint_free(stranger);
    world_free(world);
}
END_TEST

/* --- restart -------------------------------------------------------------------------- */

START_TEST(loses_everything_volatile_in_a_restart)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0/0/1", TEXT, "written"), CODE_CHANGED);
    ck_assert_int_eq(world_do(world, CODE_POST, "/16", NO_FORMAT, NULL), CODE_CREATED);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0?pmin=5", NO_FORMAT, NULL), CODE_CHANGED);
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/1", NO_FORMAT, "0='0',1='3',2='1',3='0'"),
                     CODE_CHANGED);
    world_ask(world, CODE_GET, "/16/0/3")->observe = 0;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    world_forget(world);
    unsigned answers = world->answers;
    device_restart(world->device);
    world_run(world, 20000);
    ck_assert_uint_eq(world->answers, answers);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?"), 1);
    ck_assert_uint_eq(world_count(&world->heard, "DELETE"), 0);
    ck_assert_str_eq(value_at(world, "/16/0/0/1"), "Acme Motors");
    ck_assert_str_eq(value_at(world, "/16/0/3"), "0");
    ck_assert_str_eq(value_at(world, "/16/2/3"), "(none)");
    world_ask(world, CODE_GET, "/16/0")->accept = 40;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_ptr_null(strstr(world_text(world), "pmin"));
    world_free(world);
}
END_TEST

START_TEST(loses_auth_data_in_a_restart)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/1", NO_FORMAT, "0='0',1='3',2='1',3='0'"),
                     CODE_CHANGED);
    world_run(world, 20);
    ck_assert_str_eq(value_at(world, "/16/0/3"), "1");
    device_restart(world->device);
    world_run(world, 0);
    ck_assert_str_eq(value_at(world, "/16/0/3"), "0");
    ck_assert_str_eq(value_at(world, "/16/0/2/0"), "(none)");
    world_free(world);
}
END_TEST

START_TEST(restarts_in_every_state_of_its_registration)
{
    struct world *world = world_new(NULL);
    device_restart(world->device);
    world_run(world, 0);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    fake_net_delay(world->net, 10);
    device_update(world->device);
    world_run(world, 5);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_UPDATING);
    device_restart(world->device);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_PENDING);
    device_restart(world->device);
    world_run(world, 100);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    world_free(world);
}
END_TEST

/* --- what the owner sets -------------------------------------------------------------- */

START_TEST(sets_what_servers_cannot_write)
{
    struct world *world = start();
    struct error error;
    ck_assert_int_eq(device_set(world->device, path_resource(3, 0, 0), value_string("New"), &error),
                     ST_OK);
    ck_assert_str_eq(value_at(world, "/3/0/0"), "New");
    ck_assert_int_eq(device_set(world->device, path_resource(3, 0, 18), value_string("hw"), &error),
                     ST_OK);
    ck_assert_str_eq(value_at(world, "/3/0/18"), "hw");
    struct path identity = path_child(path_resource(16, 0, 0), 3);
    ck_assert_int_eq(device_set(world->device, identity, value_string("2.0"), &error), ST_OK);
    ck_assert_str_eq(value_at(world, "/16/0/0/3"), "2.0");
    world_free(world);
}
END_TEST

START_TEST(tells_observers_of_what_is_set)
{
    struct world *world = start();
    struct error error;
    world_ask(world, CODE_GET, "/3/0/0")->observe = 0;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_int_eq(device_set(world->device, path_resource(3, 0, 0), value_string("New"), &error),
                     ST_OK);
    world_run(world, 1000);
    ck_assert_str_eq(world_text(world), "New");
    world_free(world);
}
END_TEST

START_TEST(explains_why_it_cannot_set_something)
{
    struct world *world = start();
    const struct {
        const char *path;
        enum status status;
        const char *text;
    } cases[] = {
        {"/3/0/77", ST_INVALID,
         "cannot set \"/3/0/77\": the object has no readable resource there"},
        {"/3", ST_INVALID, "cannot set \"/3\": the object has no readable resource there"},
        {"/3/0/4", ST_INVALID, "cannot set \"/3/0/4\": the object has no readable resource there"},
        {"/9999/0/4", ST_INVALID,
         "cannot set \"/9999/0/4\": the object has no readable resource there"},
        {"/16/0/3", ST_INVALID, "cannot set \"/16/0/3\": only GetAuthData brings AuthStatus about"},
        {"/16/0/2/0", ST_INVALID,
         "cannot set \"/16/0/2/0\": only GetAuthData brings AuthData about"},
        {"/16/0/0", ST_INVALID,
         "cannot set \"/16/0/0\": Identity is a multiple resource, name one "
         "of its instances"},
        {"/3/0/0/0", ST_INVALID,
         "cannot set \"/3/0/0/0\": Manufacturer is a single resource, which "
         "has no instances"},
        {"/16/9/0/0", ST_NOT_FOUND,
         "cannot set \"/16/9/0/0\": the device has no such object instance"},
        {"/3/0/9", ST_INVALID, "cannot set \"/3/0/9\": it is of type integer, not string"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct path path;
        struct error error;
        error_clear(&error);
        ck_assert(path_parse(bytes_of(cases[i].path), &path));
        ck_assert_int_eq(device_set(world->device, path, value_string("x"), &error),
                         cases[i].status);
        ck_assert_str_eq(error.text, cases[i].text);
    }
    world_free(world);
}
END_TEST

START_TEST(provisions_an_identity_anew)
{
    struct world *world = start();
    struct error error;
    ck_assert_int_eq(
        device_provision(world->device, path_child(path_resource(16, 0, 0), 3), &error), ST_OK);
    ck_assert_uint_eq(world->secure.provisioned, 1);
    ck_assert_int_eq(
        device_provision(world->device, path_child(path_resource(16, 0, 0), 9), &error),
        ST_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(error.text, "\"/16/0/0/9\""));
    ck_assert_int_eq(device_provision(world->device, path_resource(3, 0, 0), &error), ST_NOT_FOUND);
    world->secure.result = SECURE_NO_SERVICE;
    ck_assert_int_eq(
        device_provision(world->device, path_child(path_resource(16, 0, 0), 3), &error),
        ST_INVALID);
    world_free(world);
}
END_TEST

/* --- life ----------------------------------------------------------------------------- */

START_TEST(is_freed_in_the_middle_of_anything)
{
    struct world *world = start();
    fake_net_delay(world->net, 10);
    world_ask(world, CODE_GET, "/16/0")->observe = 0;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/1", NO_FORMAT, "0='0',1='3',2='1',3='0'"),
                     CODE_CHANGED);
    ck_assert_int_eq(world_do(world, CODE_POST, "/3/0/4", NO_FORMAT, NULL), CODE_CHANGED);
    device_update(world->device);
    world_free(world);
    device_free(NULL);
}
END_TEST

START_TEST(shows_what_it_holds)
{
    struct world *world = start();
    ck_assert(model_has(device_model(world->device), path_resource(16, 0, 1)));
    ck_assert_str_eq(registration_state_name(device_registration(world->device)), "alive");
    world_free(world);
}
END_TEST

UNIT_MAIN("device", refuses_requests_before_it_is_registered, refuses_requests_after_it_left,
          refuses_requests_of_strangers, loses_everything_volatile_in_a_restart,
          loses_auth_data_in_a_restart, restarts_in_every_state_of_its_registration,
          sets_what_servers_cannot_write, tells_observers_of_what_is_set,
          explains_why_it_cannot_set_something, provisions_an_identity_anew,
          is_freed_in_the_middle_of_anything, shows_what_it_holds)
