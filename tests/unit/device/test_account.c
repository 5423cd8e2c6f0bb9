/* SPDX-License-Identifier: Apache-2.0 */
/* The account: which server, which Server object instance, and what its messages say. */
#include "tests/unit/unit.h"

#include "device/device_impl.h"
#include "tests/fake/fake_world.h"

static const char two_accounts[] =
    "{\"endpoint\": \"e\", \"lifetime\": 50, \"servers\": ["
    "  {\"ssid\": 20, \"uri\": \"coap://server\", \"connect\": \"127.0.0.1\"},"
    "  {\"ssid\": 10, \"uri\": \"coap://other\"}],"
    " \"objects\": {\"1\": {\"0\": {\"1\": 60, \"5\": 7}, \"1\": {\"1\": 70}}}}";

/* The account with SSID of a device made from PROFILE. */
static struct account account_of(const struct world *world, unsigned ssid)
{
    struct account account;
    account_init(&account, world->device, ssid, NULL);
    return account;
}

START_TEST(knows_what_objects_and_profile_say_of_a_server)
{
    struct world *world = world_new(two_accounts);
    struct account account = account_of(world, 20);
    ck_assert_uint_eq(account.ssid, 20);
    ck_assert_str_eq(account.uri, "coap://server");
    ck_assert_str_eq(account.address, "127.0.0.1");
    ck_assert_int_eq(account_lifetime(&account), 60);
    ck_assert_int_eq(account_integer(&account, ACCOUNT_DISABLE_TIMEOUT, 1), 7);
    ck_assert_int_eq(account_integer(&account, 3, 44), 44);
    account = account_of(world, 10);
    ck_assert_str_eq(account.uri, "coap://other");
    ck_assert_ptr_null(account.address);
    ck_assert_int_eq(account_lifetime(&account), 70);
    world_free(world);
}
END_TEST

START_TEST(has_no_uri_when_object_0_does_not_know_the_server)
{
    struct world *world = world_new(two_accounts);
    struct account account = account_of(world, 5);
    ck_assert_str_eq(account.uri, "");
    ck_assert_ptr_null(account.address);
    world_free(world);
}
END_TEST

START_TEST(knows_the_bootstrap_server_by_the_id_of_none)
{
    struct world *world =
        world_new("{\"endpoint\": \"e\", \"bootstrap\": {\"uri\": \"coap://boot\"},"
                  " \"servers\": [{\"ssid\": 3, \"uri\": \"coap://server\"}]}");
    struct account account = account_of(world, 3);
    ck_assert_str_eq(account.uri, "coap://server");
    account = account_of(world, 0);
    ck_assert_str_eq(account.uri, "coap://boot");
    world_free(world);
}
END_TEST

START_TEST(finds_the_server_object_instance_by_its_short_id)
{
    struct world *world = world_new(two_accounts);
    struct account account = account_of(world, 20);
    struct error error;
    ck_assert(path_equal(account_resource(&account, 1), path_resource(1, 0, 1)));
    ck_assert_int_eq(device_set(world->device, path_resource(1, 0, 0), value_integer(10), &error),
                     ST_OK);
    ck_assert_int_eq(device_set(world->device, path_resource(1, 1, 0), value_integer(20), &error),
                     ST_OK);
    ck_assert(path_equal(account_resource(&account, 1), path_resource(1, 1, 1)));
    ck_assert_int_eq(account_lifetime(&account), 70);
    world_free(world);
}
END_TEST

START_TEST(prefers_the_server_that_it_is_told)
{
    struct world *world = world_new(two_accounts);
    struct account account;
    account_init(&account, world->device, 20, "coap://third");
    ck_assert_str_eq(account.uri, "coap://third");
    ck_assert_ptr_null(account.address);
    ck_assert_int_eq(account_lifetime(&account), 60);
    account_init(&account, world->device, 20, "coap://server:1234"); /* where "connect" says */
    ck_assert_str_eq(account.uri, "coap://server:1234");
    ck_assert_str_eq(account.address, "127.0.0.1");
    world_free(world);
}
END_TEST

START_TEST(finds_the_server_where_its_owner_says)
{
    struct world *world = world_new(two_accounts);
    const struct place places[] = {{10, "127.0.0.1:1010"}, {0, "127.0.0.1:1000"}};
    world->device->config.places = places;
    world->device->config.place_count = COUNT_OF(places);
    struct account account = account_of(world, 10);
    ck_assert_str_eq(account.uri, "coap://other");
    ck_assert_str_eq(account.address, "127.0.0.1:1010");
    account = account_of(world, 20);
    ck_assert_str_eq(account.address, "127.0.0.1");
    world_free(world);
}
END_TEST

static const char *query_of(const struct message *message, struct buf *out)
{
    buf_clear(out);
    segments_join(&message->query, '&', out);
    return buf_text(out);
}

START_TEST(says_only_what_is_wanted_in_an_update)
{
    struct world *world = world_new(two_accounts);
    struct account account = account_of(world, 20);
    struct buf query;
    const struct {
        unsigned wanted;
        const char *query;
        const char *payload;
        int format;
    } cases[] = {
        {0, "", "", -1},
        {WANT_REFRESH, "", "", -1},
        {WANT_LIFETIME, "lt=60", "", -1},
        {WANT_BINDING | WANT_REFRESH, "b=U", "", -1},
        {WANT_OBJECTS, "", "</1/0>,</1/1>,</2/0>,</2/1>,</2/2>,</3/0>", 40},
        {WANT_OBJECTS | WANT_LIFETIME | WANT_BINDING, "lt=60&b=U",
         "</1/0>,</1/1>,</2/0>,</2/1>,</2/2>,</3/0>", 40},
    };
    buf_init(&query, 1000);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct message message;
        message_init(&message);
        ck_assert(account_update(&account, cases[i].wanted, &message));
        ck_assert_int_eq(message.code, CODE_POST);
        ck_assert_str_eq(query_of(&message, &query), cases[i].query);
        ck_assert_str_eq(buf_text(&message.payload), cases[i].payload);
        ck_assert_int_eq(message.format, cases[i].format);
        message_release(&message);
    }
    buf_release(&query);
    world_free(world);
}
END_TEST

UNIT_MAIN("account", knows_what_objects_and_profile_say_of_a_server,
          has_no_uri_when_object_0_does_not_know_the_server,
          knows_the_bootstrap_server_by_the_id_of_none,
          finds_the_server_object_instance_by_its_short_id, prefers_the_server_that_it_is_told,
          finds_the_server_where_its_owner_says, says_only_what_is_wanted_in_an_update)
