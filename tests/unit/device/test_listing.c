/* SPDX-License-Identifier: Apache-2.0 */
/* Link lists: Discover in every depth, with dim and attributes. */
#include "tests/unit/unit.h"

#include "device/device_impl.h"
#include "tests/fake/fake_world.h"

enum { NO_FORMAT = -1, LINKS = 40, TLV = 11542 };

static struct world *start_with(const char *profile)
{
    struct world *world = world_new(profile);
    world_register(world);
    return world;
}

static const char *discover(struct world *world, const char *uri)
{
    world_ask(world, CODE_GET, uri)->accept = LINKS;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_int_eq(world->answer.format, LINKS);
    return world_text(world);
}

static void attach(struct world *world, const char *uri)
{
    ck_assert_int_eq(world_do(world, CODE_PUT, uri, NO_FORMAT, NULL), CODE_CHANGED);
}

START_TEST(lists_object_instances_and_resources)
{
    struct world *world = start_with(NULL);
    ck_assert_str_eq(discover(world, "/16"),
                     "</16>,"
                     "</16/0>,</16/0/0>;dim=3,</16/0/1>,</16/0/2>;dim=0,</16/0/3>,"
                     "</16/1>,</16/1/0>;dim=1,</16/1/1>,</16/1/2>;dim=0,</16/1/3>");
    ck_assert_str_eq(discover(world, "/16/0"),
                     "</16/0>,</16/0/0>;dim=3,</16/0/1>,</16/0/2>;dim=0,</16/0/3>");
    ck_assert_str_eq(discover(world, "/16/0/0"), "</16/0/0>;dim=3");
    ck_assert_str_eq(discover(world, "/16/0/1"), "</16/0/1>");
    ck_assert_str_eq(discover(world, "/1/0"),
                     "</1/0>,</1/0/0>,</1/0/1>,</1/0/2>,</1/0/3>,</1/0/4>,</1/0/5>,</1/0/6>,"
                     "</1/0/7>,</1/0/8>");
    world_free(world);
}
END_TEST

START_TEST(lists_only_the_resources_that_exist)
{
    struct world *world =
        start_with("{\"endpoint\": \"e\", \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"
                   " \"objects\": {\"16\": {\"0\": {\"0\": {\"0\": \"a\"}}}},"
                   " \"secure_component\": {\"instances\": {\"16/0\": {\"omit\": [3],"
                   "  \"encryption\": {\"keys\": {\"0\": \"hex:000102030405060708090a0b0c0d0e0f\"}}"
                   " }}}}");
    ck_assert_str_eq(discover(world, "/16/0"), "</16/0>,</16/0/0>;dim=1,</16/0/1>,</16/0/2>;dim=0");
    world_free(world);
}
END_TEST

START_TEST(shows_attributes_where_they_are_attached_and_inherited_ones_on_the_target)
{
    struct world *world = start_with(NULL);
    attach(world, "/3/0?pmin=10&pmax=200");
    attach(world, "/3/0/9?lt=1&gt=60&st=1");
    ck_assert_ptr_nonnull(strstr(discover(world, "/3"), "</3>,</3/0>;pmin=10;pmax=200,</3/0/0>,"));
    ck_assert_ptr_nonnull(strstr(world_text(world), "</3/0/7>;dim=2,</3/0/9>;gt=60;lt=1;st=1,"));
    ck_assert_str_eq(discover(world, "/3/0/9"), "</3/0/9>;pmin=10;pmax=200;gt=60;lt=1;st=1");
    ck_assert_str_eq(discover(world, "/3/0/7"), "</3/0/7>;dim=2;pmin=10;pmax=200");
    attach(world, "/3/0?pmin&pmax");
    ck_assert_str_eq(discover(world, "/3/0/7"), "</3/0/7>;dim=2");
    world_free(world);
}
END_TEST

START_TEST(shows_the_version_of_an_object)
{
    struct world *world = start_with(
        "{\"endpoint\": \"e\", \"servers\": [{\"ssid\": 7, \"uri\": \"coap://server\"}],"
        " \"definitions\": {\"30000\": {\"name\": \"Own\", \"version\": \"1.1\", \"multiple\": "
        "true,"
        "   \"resources\": {\"0\": {\"name\": \"A\", \"ops\": \"R\", \"type\": \"integer\"}}}},"
        " \"objects\": {\"30000\": {\"2\": {\"0\": 1}}}}");
    ck_assert_str_eq(discover(world, "/30000"), "</30000>;ver=\"1.1\",</30000/2>,</30000/2/0>");
    world_free(world);
}
END_TEST

/* ETS 1630 steps 1 and 3, ETS 1635 step 3 */
START_TEST(follows_create_and_delete)
{
    struct world *world = start_with(NULL);
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/16", TLV,
                                  "0507830041"
                                  "0178"),
                     CODE_CREATED);
    ck_assert_ptr_nonnull(strstr(discover(world, "/16"), "</16/7>,</16/7/0>;dim=1"));
    ck_assert_int_eq(world_do(world, CODE_DELETE, "/16/0", NO_FORMAT, NULL), CODE_DELETED);
    ck_assert_int_eq(world_do(world, CODE_DELETE, "/16/1", NO_FORMAT, NULL), CODE_DELETED);
    ck_assert_int_eq(world_do(world, CODE_DELETE, "/16/7", NO_FORMAT, NULL), CODE_DELETED);
    ck_assert_str_eq(discover(world, "/16"), "</16>");
    world_free(world);
}
END_TEST

START_TEST(refuses_a_list_that_has_no_room)
{
    struct world *world = start_with(NULL);
    struct links links;
    links_init(&links);
    while (links_add(&links, path_root()) != NULL)
        continue;
    ck_assert(!listing_objects(world->device, LWM2M_1_0, &links));
    ck_assert(!listing_discover(registration_account(world->device->registrations), path_object(16),
                                &links));
    links_release(&links);
    world_free(world);
}
END_TEST

#define LATER                                                                                      \
    "{\"endpoint\": \"e\", \"lwm2m\": \"1.1\","                                                    \
    " \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"                                   \
    " \"objects\": {\"3\": {\"0\": {\"0\": \"Acme\", \"11\": {\"0\": 0}}}}}"

/* ETS 261, in LwM2M 1.1. */
START_TEST(lists_the_instances_of_a_resource_that_is_the_target)
{
    struct world *world = start_with(LATER);
    ck_assert_str_eq(discover(world, "/3/0/11"), "</3/0/11>;dim=1,</3/0/11/0>");
    attach(world, "/3?pmin=10&pmax=200");
    attach(world, "/3/0?pmax=320");
    attach(world, "/3/0/11/0?pmax=100&epmin=1&epmax=20");
    ck_assert_str_eq(discover(world, "/3/0/11"), "</3/0/11>;dim=1;pmin=10;pmax=320,"
                                                 "</3/0/11/0>;pmax=100;epmin=1;epmax=20");
    ck_assert_str_eq(discover(world, "/3/0/0"), "</3/0/0>;pmin=10;pmax=320");
    ck_assert_ptr_null(strstr(discover(world, "/3/0"), "/3/0/11/0"));
    world_free(world);
}
END_TEST

/* LwM2M TS 1.0, 5.3 */
START_TEST(does_not_quote_the_version_of_an_object_in_1_1)
{
    struct world *world = start_with(LATER);
    ck_assert_ptr_nonnull(strstr(discover(world, "/3"), "</3>;ver=1.1,</3/0>,"));
    world_free(world);
}
END_TEST

UNIT_MAIN("listing", lists_the_instances_of_a_resource_that_is_the_target,
          does_not_quote_the_version_of_an_object_in_1_1, lists_object_instances_and_resources,
          lists_only_the_resources_that_exist,
          shows_attributes_where_they_are_attached_and_inherited_ones_on_the_target,
          shows_the_version_of_an_object, follows_create_and_delete,
          refuses_a_list_that_has_no_room)
