/* SPDX-License-Identifier: Apache-2.0 */
/* Device management: Write, Create and Delete, which happen whole or not at all. */
#include "tests/unit/device/manager.h"

/* --- Write ---------------------------------------------------------------------------- */

START_TEST(writes_one_resource_instance_and_touches_no_other)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0/0/1", TEXT, "test"), CODE_CHANGED);
    ck_assert_str_eq(value_at(world, "/16/0/0/0"), "HOST4711");
    ck_assert_str_eq(value_at(world, "/16/0/0/1"), "test");
    ck_assert_str_eq(value_at(world, "/16/0/0/3"), "1.4.2");
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/0/3", TEXT, "1.5"), CODE_CHANGED);
    ck_assert_str_eq(value_at(world, "/16/0/0/3"), "1.5");
    ck_assert_int_eq(world_do_hex(world, CODE_PUT, "/16/0/0/3", TLV, "4303312e36"), CODE_CHANGED);
    ck_assert_str_eq(value_at(world, "/16/0/0/3"), "1.6");
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0/0/2", TEXT, "new"), CODE_NOT_FOUND);
    ck_assert_str_eq(value_at(world, "/16/0/0/2"), "(none)");
    world_free(world);
}
END_TEST

/* PF-DM-3; 88 00 0a is Identity with 10 octets: instance 1 "x", instance 7 "seven". */
START_TEST(replaces_all_identities_or_adds_to_them)
{
    struct world *world = start();
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/16/0/0", TLV,
                                  "88000a"
                                  "410178"
                                  "4507736576656e"),
                     CODE_CHANGED);
    ck_assert_str_eq(value_at(world, "/16/0/0/0"), "HOST4711");
    ck_assert_str_eq(value_at(world, "/16/0/0/1"), "x");
    ck_assert_str_eq(value_at(world, "/16/0/0/7"), "seven");
    ck_assert_int_eq(world_do_hex(world, CODE_PUT, "/16/0/0", TLV, "8300410579"), CODE_CHANGED);
    ck_assert_str_eq(value_at(world, "/16/0/0/0"), "(none)");
    ck_assert_str_eq(value_at(world, "/16/0/0/5"), "y");
    ck_assert_int_eq(world_do_hex(world, CODE_PUT, "/16/0/0", TLV, "8000"), CODE_CHANGED);
    ck_assert_int_eq(get(world, "/16/0/0"), CODE_CONTENT);
    ck_assert(world_is_hex(world, "8000"));
    world_free(world);
}
END_TEST

START_TEST(replaces_an_instance_but_keeps_what_servers_cannot_write)
{
    struct world *world = start();
    ck_assert_int_eq(world_do_hex(world, CODE_PUT, "/16/0", TLV, "8300410579"), CODE_CHANGED);
    ck_assert_int_eq(get(world, "/16/0"), CODE_CONTENT);
    ck_assert(world_is_hex(world, "8300410579c10300"));
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/1", NO_FORMAT, "0='0',1='5',2='1'"),
                     CODE_CHANGED);
    world_free(world);
}
END_TEST

/* ETS 226 */
START_TEST(updates_an_instance_partially)
{
    struct world *world = start();
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/1/0", TLV, "c1013dc10601"), CODE_CHANGED);
    ck_assert_str_eq(value_at(world, "/1/0/1"), "61");
    ck_assert_str_eq(value_at(world, "/1/0/6"), "1");
    ck_assert_str_eq(value_at(world, "/1/0/7"), "U");
    ck_assert_str_eq(buf_text(&world->heard), "POST /rd/1?lt=61\n");
    world_free(world);
}
END_TEST

START_TEST(changes_nothing_when_anything_is_wrong)
{
    struct world *world = start();
    /* lifetime 61, then the Short Server ID, which is read only */
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/1/0", TLV, "c1013dc10005"),
                     CODE_METHOD_NOT_ALLOWED);
    /* lifetime 61, then a boolean of two octets; cut off; trailing octet; repeated */
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/1/0", TLV, "c1013dc2060101"),
                     CODE_BAD_REQUEST);
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/1/0", TLV, "c1013dc106"), CODE_BAD_REQUEST);
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/1/0", TLV, "c1013dff"), CODE_BAD_REQUEST);
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/1/0", TLV, "c1013dc1013e"), CODE_BAD_REQUEST);
    /* the mandatory lifetime is missing in a replacement */
    ck_assert_int_eq(world_do_hex(world, CODE_PUT, "/1/0", TLV, "c10600c10755"), CODE_BAD_REQUEST);
    ck_assert_str_eq(value_at(world, "/1/0/1"), "300");
    ck_assert_str_eq(value_at(world, "/1/0/6"), "0");
    ck_assert_str_eq(buf_text(&world->heard), "");
    world_free(world);
}
END_TEST

START_TEST(tells_what_is_wrong_with_a_content)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_PUT, "/1/0/1", TEXT, "soon"), CODE_BAD_REQUEST);
    ck_assert_int_eq(world->answer.format, NO_FORMAT);
    ck_assert_ptr_nonnull(strstr(world_text(world), "decimal integer"));
    ck_assert_int_eq(world_do(world, CODE_PUT, "/1/0/0", TEXT, "123"), CODE_METHOD_NOT_ALLOWED);
    ck_assert_ptr_nonnull(strstr(world_text(world), "\"/1/0/0\" cannot be written"));
    world_free(world);
}
END_TEST

START_TEST(takes_known_formats_only)
{
    struct world *world = start();
    const int formats[] = {CBOR, 50, LINKS, 110, 112, 65535};
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        ck_assert_int_eq(world_do(world, CODE_PUT, "/1/0/1", formats[i], "20"),
                         CODE_UNSUPPORTED_FORMAT);
        ck_assert_int_eq(world_do(world, CODE_POST, "/16/0", formats[i], "20"),
                         CODE_UNSUPPORTED_FORMAT);
        ck_assert_int_eq(world_do(world, CODE_POST, "/16", formats[i], "20"),
                         CODE_UNSUPPORTED_FORMAT);
    }
    ck_assert_int_eq(world_do(world, CODE_POST, "/1/0", NO_FORMAT, "x"), CODE_BAD_REQUEST);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0", TEXT, "x"), CODE_BAD_REQUEST);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0/0", TEXT, "x"), CODE_BAD_REQUEST);
    ck_assert_int_eq(world_do_hex(world, CODE_PUT, "/1/0/1", OLD_TLV, "c1013d"), CODE_CHANGED);
    ck_assert_str_eq(value_at(world, "/1/0/1"), "61");
    ck_assert_int_eq(world_do(world, CODE_PUT, "/1/0/1", 11543, "{\"e\":[{\"v\":62}]}"),
                     CODE_CHANGED);
    ck_assert_str_eq(value_at(world, "/1/0/1"), "62");
    world_free(world);
}
END_TEST

/* PF-OBJ-3, PF-OBJ-4, PF-OBJ-5, ETS 256 */
START_TEST(does_not_let_servers_write_what_is_not_theirs)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_PUT, "/1/0/0", TEXT, "123"), CODE_METHOD_NOT_ALLOWED);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0/1", TEXT, "x"), CODE_METHOD_NOT_ALLOWED);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0/3", TEXT, "1"), CODE_METHOD_NOT_ALLOWED);
    ck_assert_int_eq(world_do_hex(world, CODE_PUT, "/16/0/2", TLV, "8302410001"),
                     CODE_METHOD_NOT_ALLOWED);
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/16/0", TLV, "c10301"),
                     CODE_METHOD_NOT_ALLOWED);
    ck_assert_int_eq(world_do_hex(world, CODE_PUT, "/16/0/2", TLV, "8800"),
                     CODE_METHOD_NOT_ALLOWED);
    ck_assert_int_eq(world_do_hex(world, CODE_PUT, "/16/0/2/0", TLV, "410001"),
                     CODE_METHOD_NOT_ALLOWED);
    ck_assert_str_eq(value_at(world, "/16/0/3"), "0");
    world_free(world);
}
END_TEST

START_TEST(protects_identities_that_the_profile_names)
{
    struct world *world =
        start_with("{\"endpoint\": \"e\", \"read_only\": [\"/16/0/0/0\"],"
                   " \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"
                   " \"objects\": {\"16\": {\"0\": {\"0\": {\"0\": \"a\", \"1\": \"b\"}}}}}");
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0/0/0", TEXT, "x"), CODE_METHOD_NOT_ALLOWED);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/16/0/0/1", TEXT, "x"), CODE_CHANGED);
    ck_assert_str_eq(value_at(world, "/16/0/0/0"), "a");
    world_free(world);
}
END_TEST

/* --- Create and Delete ---------------------------------------------------------------- */

/* ETS 1630: instance 1 in the standard, 2 here, since the profile has 0 and 1. */
#define ETS_1630                                                                                   \
    "08022e"                                                                                       \
    "88002b"                                                                                       \
    "480011486f737420446576696365204944202332"                                                     \
    "480114486f737420446576696365204d6f64656c202332"

static void check_location(const struct world *world, const char *expected)
{
    struct buf text;
    buf_init(&text, 100);
    segments_join(&world->answer.location, '/', &text);
    ck_assert_str_eq(buf_text(&text), expected);
    buf_release(&text);
}

START_TEST(creates_the_instance_that_is_named)
{
    struct world *world = start();
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/16", TLV, ETS_1630), CODE_CREATED);
    check_location(world, "/16/2");
    ck_assert_str_eq(value_at(world, "/16/2/0/0"), "Host Device ID #2");
    ck_assert_str_eq(value_at(world, "/16/2/0/1"), "Host Device Model #2");
    ck_assert_str_eq(value_at(world, "/16/2/3"), "0");
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/16", TLV, ETS_1630), CODE_BAD_REQUEST);
    ck_assert_uint_eq(world->answer.location.count, 0);
    world_free(world);
}
END_TEST

START_TEST(chooses_an_instance_when_none_is_named)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_DELETE, "/16/0", NO_FORMAT, NULL), CODE_DELETED);
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/16", TLV, "8300410579"), CODE_CREATED);
    check_location(world, "/16/0");
    ck_assert_str_eq(value_at(world, "/16/0/0/5"), "y");
    ck_assert_int_eq(world_do(world, CODE_POST, "/16", NO_FORMAT, NULL), CODE_CREATED);
    check_location(world, "/16/2");
    ck_assert_int_eq(get(world, "/16/2"), CODE_CONTENT);
    ck_assert_int_eq(world_do(world, CODE_POST, "/16", TLV, NULL), CODE_CREATED);
    check_location(world, "/16/3");
    world_free(world);
}
END_TEST

START_TEST(ignores_read_only_values_in_a_create)
{
    struct world *world = start();
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/16", TLV, "0805088300410579c10302"),
                     CODE_CREATED);
    ck_assert_str_eq(value_at(world, "/16/5/3"), "0");
    world_free(world);
}
END_TEST

START_TEST(creates_nothing_from_a_wrong_content)
{
    struct world *world = start();
    /* two instances at once; cut off; text; no format */
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/16", TLV, "03078000ff"), CODE_BAD_REQUEST);
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/16", TLV, "00070008"), CODE_BAD_REQUEST);
    ck_assert_int_eq(world_do(world, CODE_POST, "/16", TEXT, "x"), CODE_BAD_REQUEST);
    ck_assert_int_eq(world_do(world, CODE_POST, "/16", NO_FORMAT, "x"), CODE_BAD_REQUEST);
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/9", TLV, "0007"), CODE_NOT_FOUND);
    world_run(world, 1000);
    ck_assert_str_eq(buf_text(&world->heard), "");
    world_free(world);
}
END_TEST

START_TEST(wants_identities_in_a_create_when_the_profile_is_strict)
{
    struct world *world =
        start_with("{\"endpoint\": \"e\", \"strict_create\": true, \"objects\": {\"16\": {}},"
                   " \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}]}");
    ck_assert_int_eq(world_do(world, CODE_POST, "/16", NO_FORMAT, NULL), CODE_BAD_REQUEST);
    ck_assert_int_eq(world_do_hex(world, CODE_POST, "/16", TLV, "8300410579"), CODE_CREATED);
    world_free(world);
}
END_TEST

/* ETS 1635, I-18 */
START_TEST(deletes_an_instance_and_the_links_to_it)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_DELETE, "/16/0", NO_FORMAT, NULL), CODE_DELETED);
    ck_assert_int_eq(get(world, "/16/0"), CODE_NOT_FOUND);
    ck_assert_int_eq(get(world, "/16/0/0/0"), CODE_NOT_FOUND);
    ck_assert_int_eq(get(world, "/3/0/22"), CODE_CONTENT);
    ck_assert(world_is_hex(world, "8616440300100001"));
    ck_assert_int_eq(world_do(world, CODE_DELETE, "/16/0", NO_FORMAT, NULL), CODE_NOT_FOUND);
    ck_assert_int_eq(world_do(world, CODE_DELETE, "/16/1", NO_FORMAT, NULL), CODE_DELETED);
    ck_assert_int_eq(get(world, "/3/0/22"), CODE_CONTENT);
    ck_assert(world_is_hex(world, "8016"));
    ck_assert_int_eq(read_as(world, "/16", LINKS), CODE_CONTENT);
    ck_assert_str_eq(world_text(world), "</16>");
    world_free(world);
}
END_TEST

START_TEST(tells_observers_of_the_links_that_one_is_gone)
{
    struct world *world = start();
    world_ask(world, CODE_GET, "/3/0/22")->observe = 0;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    unsigned before = world->answers;
    ck_assert_int_eq(world_do(world, CODE_DELETE, "/16/0", NO_FORMAT, NULL), CODE_DELETED);
    world_run(world, 20000);
    ck_assert_uint_ge(world->answers, before + 2);
    ck_assert(world_is_hex(world, "8616440300100001"));
    world_free(world);
}
END_TEST

UNIT_MAIN("management changes", writes_one_resource_instance_and_touches_no_other,
          replaces_all_identities_or_adds_to_them,
          replaces_an_instance_but_keeps_what_servers_cannot_write, updates_an_instance_partially,
          changes_nothing_when_anything_is_wrong, tells_what_is_wrong_with_a_content,
          takes_known_formats_only, does_not_let_servers_write_what_is_not_theirs,
          protects_identities_that_the_profile_names, creates_the_instance_that_is_named,
          chooses_an_instance_when_none_is_named, ignores_read_only_values_in_a_create,
          creates_nothing_from_a_wrong_content,
          wants_identities_in_a_create_when_the_profile_is_strict,
          deletes_an_instance_and_the_links_to_it, tells_observers_of_the_links_that_one_is_gone)
