/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts of a profile: "servers" and "bootstrap", and objects 0 and 1 that come of them. */
#include "base/std.h"

#include "model/profile_impl.h"
#include "tests/unit/model/keys.h"
#include "tests/unit/model/support.h"

static void assert_object(const struct profile *profile, const char *path, const char *expected)
{
    struct records below;
    records_init(&below);
    for (size_t i = 0; i < profile->content.count; i++)
        if (path_covers(at(path), profile->content.items[i].path))
            add(&below, profile->content.items[i].path,
                value_copy(&profile->content.items[i].value));
    assert_records(&below, expected);
    records_release(&below);
}

START_TEST(takes_over_what_each_account_says)
{
    struct profile *profile = good_profile(
        "{ \"endpoint\": \"a\", \"lifetime\": 60, \"servers\": ["
        "  { \"ssid\": 7, \"uri\": \"coap://a\", \"connect\": \"127.0.0.1\", \"lifetime\": 20,"
        "    \"access\": \"RC\" },"
        "  { \"ssid\": 9, \"uri\": \"coap://b\", \"security\": { \"mode\": \"none\" } } ] }");
    ck_assert_uint_eq(profile->server_count, 2);
    const struct profile_server *server = profile->servers;
    ck_assert_uint_eq(server[0].ssid, 7);
    ck_assert_uint_eq(server[1].instance, 1);
    ck_assert_int_eq(server[0].lifetime, 20);
    ck_assert_int_eq(server[1].lifetime, 60);
    ck_assert_uint_eq(server[0].rights, RIGHT_READ | RIGHT_CREATE);
    ck_assert_uint_eq(server[1].rights, 31);
    ck_assert_int_eq(server[0].security.mode, CREDENTIALS_NONE);
    ck_assert_ptr_null(profile->bootstrap);
    assert_object(profile, "/1/0/1", "/1/0/1 20\n");
    assert_object(profile, "/1/1/1", "/1/1/1 60\n");
    ck_assert_str_eq(profile_connect(profile, "coap://a:5683/"), "127.0.0.1");
    ck_assert_str_eq(profile_connect(profile, "coaps+tcp://a"), "127.0.0.1");
    ck_assert_ptr_null(profile_connect(profile, "coap://b"));
    ck_assert_ptr_null(profile_connect(profile, "coap://c"));
    ck_assert_ptr_null(profile_connect(profile, "c"));
    profile_free(profile);
}
END_TEST

START_TEST(puts_a_pre_shared_key_into_object_0)
{
    struct profile *profile = good_profile(
        "{ \"endpoint\": \"a\", \"servers\": [ { \"ssid\": 1, \"uri\": \"coaps://a\", "
        "  \"security\": { \"mode\": \"psk\", \"identity\": \"ab\", \"key\": \"hex:0102\" } } ] }");
    assert_object(profile, "/0",
                  "/0/0/0 \"coaps://a\"\n/0/0/1 false\n/0/0/2 0\n/0/0/3 hex:6162\n/0/0/4 hex:\n"
                  "/0/0/5 hex:0102\n/0/0/10 1\n");
    profile_free(profile);
}
END_TEST

static struct profile *certificates(const char *version, const char *name)
{
    struct buf text;
    buf_init(&text, 4096);
    buf_printf(&text,
               "{ \"endpoint\": \"a\", \"lwm2m\": \"%s\", \"servers\": [ { \"ssid\": 1, "
               "\"uri\": \"coaps://a\", \"security\": { \"mode\": \"x509\", %s"
               "\"key\": \"hex:3003020101\", \"certificate\": \"hex:3003020102\", "
               "\"trust\": \"hex:3003020103\" } } ] }",
               version, name);
    struct profile *profile = good_profile(buf_text(&text));
    buf_release(&text);
    return profile;
}

START_TEST(puts_certificates_into_object_0)
{
    static const char first[] =
        "/0/0/0 \"coaps://a\"\n/0/0/1 false\n/0/0/2 2\n/0/0/3 hex:3003020102\n"
        "/0/0/4 hex:3003020103\n/0/0/5 hex:3003020101\n/0/0/10 1\n";
    static const struct {
        const char *version, *name, *server_name, *rest;
    } cases[] = {
        {"1.0", "", "a", ""},
        {"1.1", "", "a", "/0/0/15 2\n"},
        {"1.1", "\"server_name\": \"b\", ", "b", "/0/0/14 \"b\"\n/0/0/15 2\n"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char expected[512];
        struct profile *profile = certificates(cases[i].version, cases[i].name);
        snprintf(expected, sizeof expected, "%s%s", first, cases[i].rest);
        ck_assert_str_eq(profile->servers[0].security.server_name, cases[i].server_name);
        assert_object(profile, "/0", expected);
        profile_free(profile);
    }
}
END_TEST

/* What object 0 says is what the profile said, and the device goes by object 0. */
START_TEST(gives_back_the_same_credentials_from_object_0)
{
    struct profile *profile = certificates("1.1", "\"server_name\": \"b\", ");
    struct model *model = profile_model(profile);
    struct credentials found;
    ck_assert_int_eq(credentials_of_account(model, 0, &found, NULL), ST_OK);
    const struct credentials *said = &profile->servers[0].security;
    ck_assert_int_eq(found.mode, said->mode);
    ck_assert_str_eq(found.server_name, said->server_name);
    ck_assert(bytes_equal(buf_bytes(&found.key), buf_bytes(&said->key)));
    ck_assert(bytes_equal(buf_bytes(&found.trust), buf_bytes(&said->trust)));
    credentials_release(&found);
    ck_assert_int_eq(read_result(model, "/0/0/5"), MODEL_NOT_ALLOWED);
    assert_reads(model, "/0/0", "/0/0 (empty)\n");
    model_free(model);
    profile_free(profile);
}
END_TEST

START_TEST(makes_the_bootstrap_account_behind_the_servers)
{
    static const struct {
        const char *servers;
        unsigned instance;
    } cases[] = {
        {"", 1},
        {"\"servers\": [],", 1},
        {"\"servers\": [ { \"ssid\": 1, \"uri\": \"coap://a\" } ],", 1},
        {"\"servers\": [ { \"ssid\": 1, \"uri\": \"coap://a\" },"
         "{ \"ssid\": 2, \"uri\": \"coap://b\" } ],",
         2},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[512];
        char path[PATH_TEXT];
        char expected[256];
        snprintf(text, sizeof text,
                 "{ \"endpoint\": \"a\", %s \"bootstrap\": { \"uri\": \"coap://bs\","
                 " \"hold_off\": 5, \"connect\": \"::1\" } }",
                 cases[i].servers);
        struct profile *profile = good_profile(text);
        unsigned at = cases[i].instance;
        ck_assert_uint_eq(profile->bootstrap->instance, at);
        ck_assert_uint_eq(profile->bootstrap->ssid, 0);
        snprintf(expected, sizeof expected,
                 "/0/%u/0 \"coap://bs\"\n/0/%u/1 true\n/0/%u/2 3\n/0/%u/3 hex:\n/0/%u/4 hex:\n"
                 "/0/%u/5 hex:\n/0/%u/11 5\n",
                 at, at, at, at, at, at, at);
        assert_object(profile, path_text(path_instance(0, at), path), expected);
        ck_assert_str_eq(profile_connect(profile, "coap://bs"), "::1");
        profile_free(profile);
    }
}
END_TEST

START_TEST(supports_the_server_object_before_the_bootstrap)
{
    struct profile *profile =
        good_profile("{ \"endpoint\": \"a\", \"bootstrap\": { \"uri\": \"coap://bs\" } }");
    struct model *model = profile_model(profile);
    ck_assert_uint_eq(profile->server_count, 0);
    ck_assert(model_has(model, at("/1")));
    ck_assert_uint_eq(model_children(model, at("/1"), NULL, 0), 0);
    model_free(model);
    profile_free(profile);
}
END_TEST

START_TEST(tells_the_bindings_of_the_accounts)
{
    static const struct {
        const char *rest, *account, *device;
    } cases[] = {
        {"\"lwm2m\": \"1.1\", \"servers\": [ { \"ssid\": 1, \"uri\": \"coap://a\" } ]", "U", "U"},
        {"\"lwm2m\": \"1.1\", \"queue_mode\": true", "U", "U"},
        {"\"lwm2m\": \"1.0\", \"queue_mode\": { \"awake\": \"5s\" }", "UQ", "UQ"},
        {"\"lwm2m\": \"1.0\", \"queue_mode\": false", "U", "U"},
        {"\"lwm2m\": \"1.1\", \"servers\": [ { \"ssid\": 1, \"uri\": \"coap+tcp://a\" } ]", "T",
         "T"},
        {"\"lwm2m\": \"1.1\", \"servers\": [ { \"ssid\": 1, \"uri\": \"coap+tcp://a\" } ],"
         "\"bootstrap\": { \"uri\": \"coap://a\" }",
         "T", "UT"},
        {"\"lwm2m\": \"1.1\", \"servers\": [ { \"ssid\": 1, \"uri\": \"coap+tcp://a\" } ],"
         "\"objects\": { \"1\": { \"0\": { \"7\": \"U\" } }, \"3\": { \"0\": { \"16\": \"UT\" } } "
         "}",
         "U", "UT"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[512];
        snprintf(text, sizeof text, "{ \"endpoint\": \"a\", %s }", cases[i].rest);
        struct profile *profile = good_profile(text);
        const struct record *account = records_find(&profile->content, at("/1/0/7"));
        const struct record *device = records_find(&profile->content, at("/3/0/16"));
        ck_assert_msg(bytes_is(value_bytes(&account->value), cases[i].account), "case %zu", i);
        ck_assert_msg(bytes_is(value_bytes(&device->value), cases[i].device), "case %zu", i);
        profile_free(profile);
    }
}
END_TEST

START_TEST(takes_the_retry_resources_from_the_objects_of_1_1)
{
    struct profile *profile = good_profile(
        "{ \"endpoint\": \"a\", \"lwm2m\": \"1.1\", \"objects\": { \"1\": { \"0\": {"
        "  \"13\": 1, \"15\": true, \"17\": 3, \"19\": 9223372036854775807, \"23\": false } } } }");
    struct model *model = profile_model(profile);
    ck_assert_int_eq(model_value(model, at("/1/0/17"))->integer, 3);
    ck_assert_int_eq(read_result(model, "/1/0/17"), MODEL_NOT_ALLOWED);
    assert_reads(model, "/1/0/23", "/1/0/23 false\n");
    model_free(model);
    profile_free(profile);
    assert_refused("{ \"endpoint\": \"a\", \"objects\": { \"1\": { \"0\": { \"17\": 3 } } } }",
                   "p:1:47: error: object 1 (LWM2M Server) has no resource \"17\" "
                   "(at /objects/1/0/17)");
}
END_TEST

UNIT_MAIN("profile_accounts", takes_over_what_each_account_says,
          puts_a_pre_shared_key_into_object_0, puts_certificates_into_object_0,
          gives_back_the_same_credentials_from_object_0,
          makes_the_bootstrap_account_behind_the_servers,
          supports_the_server_object_before_the_bootstrap, tells_the_bindings_of_the_accounts,
          takes_the_retry_resources_from_the_objects_of_1_1)
