/* SPDX-License-Identifier: Apache-2.0 */
/* The account of the bootstrap server ends some time after a bootstrap: resource 12 of object 0. */
#include "tests/unit/unit.h"

#include "device/bootstrap_impl.h"
#include "tests/fake/fake_bootstrap.h"

enum { SECOND = 1000 };

static enum bootstrap_state state_of(const struct factory *factory)
{
    return bootstrap_state(factory->world->device->bootstrap);
}

static bool has_account(const struct factory *factory)
{
    return bootstrap_possible(factory->world->device->bootstrap);
}

/* A device that was bootstrapped just now; its account ends in 60 s. */
static struct factory *start(const char *profile)
{
    struct factory *factory = factory_new(profile);
    factory_open(factory);
    factory_write_account(factory);
    ck_assert_int_eq(factory_do(factory, CODE_PUT, "/0/1/12", 0, "60"), CODE_CHANGED);
    ck_assert_int_eq(factory_do(factory, CODE_POST, "/bs", -1, NULL), CODE_CHANGED);
    ck_assert(has_account(factory));
    return factory;
}

/* After 58 s, it wants another bootstrap. */
static void want_another(struct factory *factory)
{
    world_run(factory->world, 58 * SECOND);
    device_deregister(factory->world->device);
    bootstrap_start(factory->world->device->bootstrap);
}

START_TEST(ends_after_a_restart_too)
{
    struct factory *factory = start("{\"endpoint\": \"e\", \"lwm2m\": \"1.1\", \"state\": \"s\","
                                    " \"bootstrap\": {\"uri\": \"coap://bs\"}}");
    world_run(factory->world, 30 * SECOND);
    device_restart(factory->world->device);
    world_run(factory->world, 59 * SECOND);
    ck_assert(has_account(factory));
    world_run(factory->world, SECOND);
    ck_assert(!has_account(factory));
    factory_free(factory);
}
END_TEST

START_TEST(ends_what_waits_for_its_server)
{
    struct factory *factory = start(NULL);
    factory->code = CODE_FORBIDDEN;
    want_another(factory);
    world_run(factory->world, SECOND);
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_WAITING);
    world_run(factory->world, SECOND);
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_OFF);
    world_forget(factory->world);
    world_run(factory->world, 600 * SECOND);
    ck_assert_str_eq(buf_text(&factory->world->events), "");
    factory_free(factory);
}
END_TEST

START_TEST(ends_while_its_server_is_asked)
{
    struct factory *factory = start(NULL);
    fake_endpoint_silence(factory->end, true);
    want_another(factory);
    world_run(factory->world, 2 * SECOND);
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_REQUESTING);
    ck_assert(!has_account(factory));
    world_run(factory->world, FAKE_GIVE_UP_MS);
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_OFF);
    factory_free(factory);
}
END_TEST

/* What the owner named instead of the account of the profile. */
START_TEST(registers_with_the_server_that_it_was_given_and_no_other)
{
    struct factory *factory =
        factory_new("{\"endpoint\": \"e\", \"bootstrap\": {\"uri\": \"coap://bs\"},"
                    " \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}]}");
    struct device *device = factory->world->device;
    device->config.uri = "coap://nobody";
    registrations_free(device);
    registrations_load(device);
    bootstrap_happen(device->bootstrap, BOOTSTRAP_TRIGGER);
    world_run(factory->world, 0);
    ck_assert_int_eq(factory_do(factory, CODE_POST, "/bs", -1, NULL), CODE_CHANGED);
    world_run(factory->world, SECOND);
    ck_assert_int_eq(device_registration(device), REGISTRATION_ALIVE);
    ck_assert_str_eq(registration_account(device->registrations)->uri, "coap://server");
    factory_free(factory);
}
END_TEST

UNIT_MAIN("bootstrap account", registers_with_the_server_that_it_was_given_and_no_other,
          ends_after_a_restart_too, ends_what_waits_for_its_server, ends_while_its_server_is_asked)
