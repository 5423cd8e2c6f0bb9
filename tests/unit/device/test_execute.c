/* SPDX-License-Identifier: Apache-2.0 */
/* What executable resources do, each after its answer. */
#include "tests/unit/unit.h"

#include "device/device_impl.h"
#include "tests/fake/fake_world.h"

enum { NO_FORMAT = -1, TEXT = 0 };

static struct world *start(void)
{
    struct world *world = world_new(NULL);
    world_register(world);
    return world;
}

static uint8_t execute(struct world *world, const char *uri, const char *arguments)
{
    return world_do(world, CODE_POST, uri, NO_FORMAT, arguments);
}

static const char *value_at(struct world *world, const char *uri)
{
    world_ask(world, CODE_GET, uri)->accept = TEXT;
    return world_send(world) == CODE_CONTENT ? world_text(world) : "(none)";
}

/* ETS 241 */
START_TEST(reboots_after_the_answer)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0/0/1", TEXT, "written"), CODE_CHANGED);
    fake_net_delay(world->net, 10);
    ck_assert_int_eq(execute(world, "/3/0/4", NULL), CODE_CHANGED);
    world_run(world, 100);
    ck_assert_str_eq(buf_text(&world->heard), "POST /rd?ep=urn:imei:490154203237518&lt=300"
                                              "&lwm2m=1.0 </1/0>,</3/0>,</7/0>,</16/0>,</16/1>\n");
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    ck_assert_str_eq(value_at(world, "/16/0/0/1"), "Acme Motors");
    world_free(world);
}
END_TEST

START_TEST(goes_back_to_the_profile_with_a_factory_reset)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_POST, "/16", NO_FORMAT, NULL), CODE_CREATED);
    ck_assert_int_eq(execute(world, "/3/0/5", NULL), CODE_CHANGED);
    world_run(world, 100);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    ck_assert_str_eq(value_at(world, "/16/2/3"), "(none)");
    world_free(world);
}
END_TEST

START_TEST(resets_the_error_codes)
{
    struct world *world = start();
    ck_assert_str_eq(value_at(world, "/3/0/11/1"), "5");
    ck_assert_int_eq(execute(world, "/3/0/12", NULL), CODE_CHANGED);
    ck_assert_str_eq(value_at(world, "/3/0/11/0"), "0");
    ck_assert_str_eq(value_at(world, "/3/0/11/1"), "(none)");
    world_free(world);
}
END_TEST

/* ETS 104, 103 */
START_TEST(triggers_an_update_or_leaves)
{
    struct world *world = start();
    ck_assert_int_eq(execute(world, "/1/0/8", NULL), CODE_CHANGED);
    world_run(world, 0);
    ck_assert_str_eq(buf_text(&world->heard), "POST /rd/1\n");
    ck_assert_int_eq(execute(world, "/1/0/4", NULL), CODE_CHANGED);
    world_run(world, 0);
    ck_assert_str_eq(buf_text(&world->heard), "POST /rd/1\nDELETE /rd/1\n");
    world_free(world);
}
END_TEST

START_TEST(does_not_pretend_to_execute_what_it_cannot)
{
    struct world *world = start();
    ck_assert_int_eq(execute(world, "/7/0/6", NULL), CODE_NOT_IMPLEMENTED);
    ck_assert_int_eq(execute(world, "/7/0/7", NULL), CODE_NOT_FOUND);
    ck_assert_int_eq(execute(world, "/3/0/0", NULL), CODE_METHOD_NOT_ALLOWED);
    world_free(world);
}
END_TEST

START_TEST(wants_well_formed_arguments)
{
    struct world *world = start();
    ck_assert_int_eq(execute(world, "/3/0/4", "0='1',2"), CODE_CHANGED);
    world_run(world, 100);
    world_forget(world);
    ck_assert_int_eq(execute(world, "/3/0/4", "reboot"), CODE_BAD_REQUEST);
    ck_assert_int_eq(execute(world, "/1/0/4", "0='1',"), CODE_BAD_REQUEST);
    ck_assert_int_eq(execute(world, "/1/0/8", "0 = '1'"), CODE_BAD_REQUEST);
    world_run(world, 1000);
    ck_assert_str_eq(buf_text(&world->heard), "");
    world_free(world);
}
END_TEST

UNIT_MAIN("execute", reboots_after_the_answer, goes_back_to_the_profile_with_a_factory_reset,
          resets_the_error_codes, triggers_an_update_or_leaves,
          does_not_pretend_to_execute_what_it_cannot, wants_well_formed_arguments)
