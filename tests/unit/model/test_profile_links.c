/* SPDX-License-Identifier: Apache-2.0 */
/* Dedication, links and the GSMA layout (PF-OBJ-7, PF-GSMA-1 to 3). */
#include "base/std.h"

#include "tests/unit/model/support.h"

/* A profile with LINKS in /3/0/22, IDENTITIES in /16/0/0 and REST in the entry of 16/0. */
static const char *compose(const char *links, const char *identities, const char *rest)
{
    static char text[1024];
    snprintf(text, sizeof text,
             "{ \"endpoint\": \"a\",\n\"objects\": { \"3\": { \"0\": { \"22\": %s } },\n"
             "\"16\": { \"0\": { \"0\": %s }, \"1\": { \"0\": {} } } },\n"
             "\"secure_component\": { \"instances\": { \"16/0\": { %s \"encryption\": { \"keys\":"
             " { \"0\": \"text:0123456789abcdef\" } } } } } }",
             links, identities, rest);
    return text;
}

START_TEST(accepts_several_links_of_one_object_instance_to_one_target)
{
    struct profile *profile =
        good_profile(compose("{ \"0\": \"16:0\", \"1\": \"16:0\", \"2\": \"16:1\" }", "{}",
                             "\"dedicated_to\": \"3/0\","));
    ck_assert(profile_portfolio(profile, 0)->has_dedicated);
    ck_assert(!profile_portfolio(profile, 0)->gsma);
    profile_free(profile);
}
END_TEST

START_TEST(accepts_the_gsma_layout_with_and_without_a_host_device_id)
{
    static const char layout[] = "{ \"1\": \"Acme\", \"2\": \"Roadster\", \"3\": \"1.4.2\" }";
    static const char with_id[] =
        "{ \"0\": \"Host4711\", \"1\": \"A C\", \"2\": \"R-1\", \"3\": \"1.4.2\" }";
    profile_free(good_profile(compose("{ \"0\": \"16:0\" }", layout, "\"gsma\": true,")));
    profile_free(good_profile(compose("{ \"7\": \"16:0\" }", with_id, "\"gsma\": true,")));
}
END_TEST

START_TEST(misses_the_link_from_the_device_object)
{
    assert_refused(compose("{ \"0\": \"16:1\" }", "{ \"1\": \"a\", \"2\": \"b\", \"3\": \"c\" }",
                           "\"gsma\": true,"),
                   "p:3:14: error: instance claims \"gsma\", but \"/3/0/22\" does not link to "
                   "\"16:0\" (at /objects/16/0)");
}
END_TEST

START_TEST(refuses_a_host_device_id_that_is_not_alphanumeric)
{
    static const char *const ids[] = {"", "HOST 1", "HOST-1", "H\\u00d6ST", "HOST_1"};
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        char identities[128];
        snprintf(identities, sizeof identities,
                 "{ \"0\": \"%s\", \"1\": \"a\", \"2\": \"b\", \"3\": \"c\" }", ids[i]);
        assert_refused(compose("{ \"0\": \"16:0\" }", identities, "\"gsma\": true,"),
                       "p:3:28: error: instance claims \"gsma\", but the host device id is not "
                       "alphanumeric (at /objects/16/0/0/0)");
    }
}
END_TEST

START_TEST(refuses_a_link_against_the_dedication)
{
    assert_refused(compose("{ \"0\": \"16:0\" }", "{}", "\"dedicated_to\": \"1/0\","),
                   "p:2:41: error: link to \"16:0\", which is dedicated to \"1/0\" "
                   "(at /objects/3/0/22/0)");
}
END_TEST

START_TEST(leaves_links_to_other_objects_alone)
{
    profile_free(
        good_profile("{ \"endpoint\": \"a\","
                     "  \"definitions\": { \"33000\": { \"name\": \"O\", \"resources\": {"
                     "    \"0\": { \"name\": \"L\", \"ops\": \"R\", \"type\": \"objlink\" } } } },"
                     "  \"objects\": { \"33000\": { \"0\": { \"0\": \"1:0\" } },"
                     "               \"3\": { \"0\": { \"22\": { \"0\": \"1:0\" } } } } }"));
}
END_TEST

UNIT_MAIN("profile_links", accepts_several_links_of_one_object_instance_to_one_target,
          accepts_the_gsma_layout_with_and_without_a_host_device_id,
          misses_the_link_from_the_device_object, refuses_a_host_device_id_that_is_not_alphanumeric,
          refuses_a_link_against_the_dedication, leaves_links_to_other_objects_alone)
