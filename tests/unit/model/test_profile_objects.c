/* SPDX-License-Identifier: Apache-2.0 */
/* The initial values of a device: what "objects" says, and what "servers" adds. */
#include "base/std.h"

#include "tests/unit/model/support.h"

static void assert_content(const char *text, const char *expected)
{
    struct profile *profile = good_profile(text);
    assert_records(&profile->content, expected);
    profile_free(profile);
}

static const char device_defaults[] = "/3/0/4 (empty)\n/3/0/11/0 0\n/3/0/16 \"U\"\n";

START_TEST(makes_the_two_objects_of_the_account)
{
    char expected[1024];
    snprintf(expected, sizeof expected,
             "/0/0/0 \"coap://a\"\n/0/0/1 false\n/0/0/2 3\n/0/0/3 hex:\n/0/0/4 hex:\n"
             "/0/0/5 hex:\n/0/0/10 1\n"
             "/1/0/0 1\n/1/0/1 60\n/1/0/6 false\n/1/0/7 \"U\"\n/1/0/8 (empty)\n%s",
             device_defaults);
    assert_content("{ \"endpoint\": \"a\", \"lifetime\": 60, \"servers\": ["
                   "  { \"ssid\": 1, \"uri\": \"coap://a\" } ] }",
                   expected);
}
END_TEST

START_TEST(lets_the_server_object_of_the_profile_win)
{
    assert_content(
        "{ \"endpoint\": \"a\", \"objects\": { \"1\": { \"0\": {"
        "  \"0\": 1, \"1\": 30, \"2\": 5, \"4\": {}, \"6\": true, \"7\": \"UQ\" } } } }",
        "/0/0/0 \"coap://127.0.0.1:5683\"\n/0/0/1 false\n/0/0/2 3\n/0/0/3 hex:\n/0/0/4 hex:\n"
        "/0/0/5 hex:\n/0/0/10 1\n"
        "/1/0/0 1\n/1/0/1 30\n/1/0/2 5\n/1/0/4 (empty)\n/1/0/6 true\n/1/0/7 \"UQ\"\n"
        "/1/0/8 (empty)\n/3/0/4 (empty)\n/3/0/11/0 0\n/3/0/16 \"U\"\n");
}
END_TEST

START_TEST(reads_values_of_every_type)
{
    assert_content(
        "{ \"endpoint\": \"a\", \"servers\": [], \"objects\": {"
        "  \"3\": { \"0\": { \"0\": \"caf\\u00e9\", \"6\": { \"7\": 1, \"0\": 2 }, \"13\": "
        "1592265600,"
        "           \"11\": { \"1\": 8 }, \"22\": { \"0\": \"65535:65535\", \"1\": \"3:0\","
        "           \"2\": \"3:65535\" } } },"
        "  \"6\": { \"0\": { \"0\": 52, \"1\": -13.5, \"4\": \"base64:AP8=\", \"5\": 0 } },"
        "  \"16\": { \"2\": { \"0\": {} }, \"10\": { \"0\": { \"0\": \"\" } } } } }",
        "/3/0/0 \"caf\xC3\xA9\"\n/3/0/4 (empty)\n/3/0/6/0 2\n/3/0/6/7 1\n/3/0/11/1 8\n"
        "/3/0/13 1592265600\n/3/0/16 \"U\"\n/3/0/22/0 65535:65535\n/3/0/22/1 3:0\n"
        "/3/0/22/2 3:65535\n/6/0/0 52\n/6/0/1 -13.5\n/6/0/4 hex:00ff\n/6/0/5 0\n"
        "/16/2/0 (empty)\n/16/10/0/0 \"\"\n");
}
END_TEST

START_TEST(keeps_integers_exact)
{
    assert_content("{ \"endpoint\": \"a\", \"servers\": [], \"objects\": { \"3\": { \"0\": {"
                   "  \"10\": 9007199254740993, \"21\": -9223372036854775808 } } } }",
                   "/3/0/4 (empty)\n/3/0/10 9007199254740993\n/3/0/11/0 0\n/3/0/16 \"U\"\n"
                   "/3/0/21 -9223372036854775808\n");
}
END_TEST

START_TEST(supports_objects_without_instances)
{
    struct profile *profile = good_profile(
        "{ \"endpoint\": \"a\", \"servers\": [], \"objects\": { \"16\": {}, \"5\": {} } }");
    struct model *model = profile_model(profile);
    ck_assert_uint_eq(profile->supported_count, 2);
    assert_records(&profile->content, device_defaults);
    ck_assert(model_has(model, at("/5")) && model_has(model, at("/16")));
    ck_assert_uint_eq(model_children(model, at("/16"), NULL, 0), 0);
    model_free(model);
    profile_free(profile);
}
END_TEST

START_TEST(limits_the_objects_without_instances)
{
    struct buf text;
    struct error_list errors;
    buf_init(&text, 1 << 20);
    error_list_init(&errors);
    buf_puts(&text, "{ \"endpoint\": \"a\", \"definitions\": {");
    for (unsigned i = 0; i < 65; i++)
        buf_printf(&text, "%s\"%u\": { \"name\": \"x\", \"resources\": {} }", i == 0 ? "" : ",",
                   1000 + i);
    buf_puts(&text, "}, \"objects\": {");
    for (unsigned i = 0; i < 65; i++)
        buf_printf(&text, "%s\"%u\": {}", i == 0 ? "" : ",", 1000 + i);
    buf_puts(&text, "} }");
    ck_assert_ptr_null(profile_parse(buf_bytes(&text), "p", ".", &errors));
    ck_assert_uint_eq(errors.count, 1);
    ck_assert_str_eq(errors.items[0].text,
                     "more than 64 objects without instances; leave some out");
    error_list_release(&errors);
    buf_release(&text);
}
END_TEST

/* The model that is made has what the records say and nothing else. */
START_TEST(makes_a_model_with_the_same_content)
{
    struct profile *profile = good_profile(
        "{ \"endpoint\": \"a\", \"servers\": [], \"objects\": { \"3\": { \"0\": { \"5\": {} } },"
        "  \"16\": { \"0\": { \"0\": {} } } } }");
    struct model *model = profile_model(profile);
    uint16_t ids[8];
    ck_assert_uint_eq(model_children(model, at("/3/0"), ids, 8), 4);
    ck_assert_uint_eq(ids[0], 4);
    ck_assert_uint_eq(ids[1], 5);
    ck_assert_uint_eq(model_children(model, at("/16/0"), ids, 8), 1);
    assert_reads(model, "/16/0/0", "/16/0/0 (empty)\n");
    model_free(model);
    profile_free(profile);
}
END_TEST

UNIT_MAIN("profile_objects", makes_the_two_objects_of_the_account,
          lets_the_server_object_of_the_profile_win, reads_values_of_every_type,
          keeps_integers_exact, supports_objects_without_instances,
          limits_the_objects_without_instances, makes_a_model_with_the_same_content)
