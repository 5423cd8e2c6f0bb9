/* SPDX-License-Identifier: Apache-2.0 */
/* Bootstrap-Discover: its first link, and what it tells of accounts. */
#include "tests/unit/unit.h"

#include "device/bootstrap_impl.h"
#include "tests/fake/fake_bootstrap.h"

static const char PROFILE[] =
    "{\"endpoint\": \"e\", \"lwm2m\": \"%s\", \"bootstrap\": {\"uri\": \"coap://bs\"},"
    " \"servers\": [{\"ssid\": 101, \"uri\": \"coap://a\"}], \"objects\": {\"16\": {}}}";

static void assert_discovers(const char *version, const char *path, const char *expected)
{
    char profile[512];
    struct path target;
    struct buf out;
    snprintf(profile, sizeof profile, PROFILE, version);
    struct world *world = world_new(profile);
    buf_init(&out, BODY_MOST);
    ck_assert(path_parse(bytes_of(path), &target));
    ck_assert(bootstrap_discover(world->device->model, world->profile->version, target, &out));
    ck_assert_str_eq(buf_text(&out), expected);
    buf_release(&out);
    world_free(world);
}

START_TEST(tells_version_accounts_and_uris)
{
    assert_discovers("1.1", "/",
                     "</>;lwm2m=1.1,</0>;ver=1.1,</0/0>;ssid=101;uri=\"coap://a\","
                     "</0/1>;uri=\"coap://bs\",</1>;ver=1.1,</1/0>;ssid=101,</3>;ver=1.1,</3/0>,"
                     "</16>");
}
END_TEST

START_TEST(tells_them_as_lwm2m_1_0_does)
{
    assert_discovers("1.0", "/",
                     "lwm2m=\"1.0\",</0/0>;ssid=101,</0/1>,</1/0>;ssid=101,</3/0>,</16>");
}
END_TEST

START_TEST(tells_of_one_object_alone)
{
    assert_discovers("1.0", "/1", "lwm2m=\"1.0\",</1/0>;ssid=101");
    assert_discovers("1.1", "/16", "</>;lwm2m=1.1,</16>");
}
END_TEST

UNIT_MAIN("bootstrap discover", tells_version_accounts_and_uris, tells_them_as_lwm2m_1_0_does,
          tells_of_one_object_alone)
