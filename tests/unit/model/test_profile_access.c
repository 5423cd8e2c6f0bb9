/* SPDX-License-Identifier: Apache-2.0 */
/* Object 2 of a device with several servers. */
#include "base/std.h"

#include "tests/unit/model/support.h"

#define SERVERS                                                                                    \
    "\"endpoint\": \"a\", \"servers\": [ { \"ssid\": 101, \"uri\": \"coap://a\" },"                \
    "  { \"ssid\": 102, \"uri\": \"coap://b\", \"access\": \"REC\" } ]"

static void assert_access(const char *text, const char *expected)
{
    struct records found;
    struct profile *profile = good_profile(text);
    records_init(&found);
    for (size_t i = 0; i < profile->content.count; i++)
        if (profile->content.items[i].path.id[0] == 2)
            add(&found, profile->content.items[i].path,
                value_copy(&profile->content.items[i].value));
    assert_records(&found, expected);
    records_release(&found);
    profile_free(profile);
}

START_TEST(gives_each_server_its_rights_to_each_instance)
{
    assert_access("{ " SERVERS " }",
                  "/2/0/0 1\n/2/0/1 0\n/2/0/2/101 15\n/2/0/3 101\n"
                  "/2/1/0 1\n/2/1/1 1\n/2/1/2/102 15\n/2/1/3 102\n"
                  "/2/2/0 3\n/2/2/1 0\n/2/2/2/101 15\n/2/2/2/102 5\n/2/2/3 101\n");
}
END_TEST

START_TEST(says_who_creates_instances_at_the_object)
{
    assert_access("{ " SERVERS ", \"objects\": { \"16\": { \"4\": { \"0\": {} } }, \"5\": {} } }",
                  "/2/0/0 1\n/2/0/1 0\n/2/0/2/101 15\n/2/0/3 101\n"
                  "/2/1/0 1\n/2/1/1 1\n/2/1/2/102 15\n/2/1/3 102\n"
                  "/2/2/0 3\n/2/2/1 0\n/2/2/2/101 15\n/2/2/2/102 5\n/2/2/3 101\n"
                  "/2/3/0 16\n/2/3/1 65535\n/2/3/2/101 16\n/2/3/2/102 16\n/2/3/3 65535\n"
                  "/2/4/0 16\n/2/4/1 4\n/2/4/2/101 15\n/2/4/2/102 5\n/2/4/3 101\n");
}
END_TEST

START_TEST(leaves_object_2_to_a_profile_that_has_it)
{
    assert_access("{ " SERVERS ", \"objects\": { \"2\": {} } }", "");
    assert_access("{ " SERVERS ", \"objects\": { \"2\": { \"0\": { \"0\": 3, \"1\": 0,"
                  "  \"2\": { \"0\": 1 }, \"3\": 101 } } } }",
                  "/2/0/0 3\n/2/0/1 0\n/2/0/2/0 1\n/2/0/3 101\n");
}
END_TEST

START_TEST(makes_none_for_one_server)
{
    assert_access("{ \"endpoint\": \"a\" }", "");
    assert_access("{ \"endpoint\": \"a\", \"bootstrap\": { \"uri\": \"coap://a\" } }", "");
}
END_TEST

UNIT_MAIN("profile_access", gives_each_server_its_rights_to_each_instance,
          says_who_creates_instances_at_the_object, leaves_object_2_to_a_profile_that_has_it,
          makes_none_for_one_server)
