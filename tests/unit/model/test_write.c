/* SPDX-License-Identifier: Apache-2.0 */
/* Writes of servers: what is allowed, and that it happens whole or not at all. */
#include "base/std.h"

#include "tests/unit/model/fixture.h"

static enum model_result write_to(struct fixture *fixture, const char *target,
                                  enum model_write_mode mode)
{
    error_clear(&fixture->error);
    enum model_result checked =
        model_check_write(fixture->model, at(target), mode, &fixture->records, &fixture->error);
    enum model_result result =
        model_write(fixture->model, at(target), mode, &fixture->records, &fixture->error);
    ck_assert_int_eq(checked, result);
    ck_assert_int_eq(result == MODEL_OK, fixture->error.text[0] == '\0');
    records_clear(&fixture->records);
    return result;
}

/* The model as text, whole. */
static void snapshot(const struct model *model, struct buf *out)
{
    struct records records;
    records_init(&records);
    buf_init(out, 1 << 20);
    ck_assert_int_eq(model_read(model, path_root(), &records), MODEL_OK);
    records_format(&records, out);
    records_release(&records);
}

/* Writes what was given; it must be refused so, change nothing and wake nobody. */
static void assert_refused_write(struct fixture *fixture, const char *target,
                                 enum model_write_mode mode, enum model_result expected)
{
    struct buf before;
    struct buf after;
    snapshot(fixture->model, &before);
    ck_assert_int_eq(write_to(fixture, target, mode), expected);
    snapshot(fixture->model, &after);
    ck_assert_str_eq(buf_text(&before), buf_text(&after));
    ck_assert_uint_eq(fixture->woken, 0);
    buf_release(&before);
    buf_release(&after);
}

/* PF-DM-3 */
START_TEST(replaces_the_whole_set_of_resource_instances)
{
    struct fixture fixture;
    begin(&fixture);
    give(&fixture, "/16/0/0/1", value_string("Other"));
    give(&fixture, "/16/0/0/7", value_string("new"));
    ck_assert_int_eq(write_to(&fixture, "/16/0/0", MODEL_REPLACE), MODEL_OK);
    assert_reads(fixture.model, "/16/0/0", "/16/0/0/1 \"Other\"\n/16/0/0/7 \"new\"\n");
    ck_assert_uint_eq(fixture.woken, 3);
    end(&fixture);
}
END_TEST

START_TEST(adds_and_overwrites_in_a_partial_update)
{
    struct fixture fixture;
    begin(&fixture);
    give(&fixture, "/16/0/0/1", value_string("Other"));
    give(&fixture, "/16/0/0/7", value_string("new"));
    ck_assert_int_eq(write_to(&fixture, "/16/0/0", MODEL_UPDATE), MODEL_OK);
    assert_reads(fixture.model, "/16/0/0",
                 "/16/0/0/0 \"HOST4711\"\n/16/0/0/1 \"Other\"\n/16/0/0/7 \"new\"\n");
    ck_assert_uint_eq(fixture.woken, 2);
    end(&fixture);
}
END_TEST

/* PF-DM-8 */
START_TEST(touches_only_the_resource_instance_that_is_written)
{
    struct fixture fixture;
    begin(&fixture);
    give(&fixture, "/16/0/0/1", value_string("test"));
    ck_assert_int_eq(write_to(&fixture, "/16/0/0/1", MODEL_REPLACE), MODEL_OK);
    assert_reads(fixture.model, "/16/0/0", "/16/0/0/0 \"HOST4711\"\n/16/0/0/1 \"test\"\n");
    ck_assert_uint_eq(fixture.woken, 1);
    end(&fixture);
}
END_TEST

START_TEST(empties_a_multiple_resource)
{
    struct fixture fixture;
    begin(&fixture);
    give(&fixture, "/16/0/0", value_none());
    ck_assert_int_eq(write_to(&fixture, "/16/0/0", MODEL_UPDATE), MODEL_OK);
    ck_assert_uint_eq(fixture.woken, 0);
    give(&fixture, "/16/0/0", value_none());
    ck_assert_int_eq(write_to(&fixture, "/16/0/0", MODEL_REPLACE), MODEL_OK);
    assert_reads(fixture.model, "/16/0/0", "/16/0/0 (empty)\n");
    end(&fixture);
}
END_TEST

START_TEST(writes_a_single_resource)
{
    struct fixture fixture;
    begin(&fixture);
    give(&fixture, "/1/0/1", value_integer(60));
    ck_assert_int_eq(write_to(&fixture, "/1/0/1", MODEL_REPLACE), MODEL_OK);
    assert_reads(fixture.model, "/1/0/1", "/1/0/1 60\n");
    give(&fixture, "/1/0/1", value_integer(60));
    ck_assert_int_eq(write_to(&fixture, "/1/0/1", MODEL_REPLACE), MODEL_OK);
    ck_assert_uint_eq(fixture.woken, 1);
    end(&fixture);
}
END_TEST

START_TEST(updates_an_instance_and_leaves_the_rest)
{
    struct fixture fixture;
    begin(&fixture);
    give(&fixture, "/1/0/1", value_integer(61));
    give(&fixture, "/1/0/6", value_boolean(true));
    give(&fixture, "/1/0/3", value_integer(10));
    ck_assert_int_eq(write_to(&fixture, "/1/0", MODEL_UPDATE), MODEL_OK);
    assert_reads(fixture.model, "/1/0",
                 "/1/0/0 1\n/1/0/1 61\n/1/0/2 5\n/1/0/3 10\n/1/0/6 true\n/1/0/7 \"U\"\n");
    end(&fixture);
}
END_TEST

START_TEST(replaces_an_instance_but_not_what_is_read_only_or_executable)
{
    struct fixture fixture;
    begin(&fixture);
    give(&fixture, "/1/0/1", value_integer(61));
    give(&fixture, "/1/0/6", value_boolean(true));
    give(&fixture, "/1/0/7", value_string("UQ"));
    ck_assert_int_eq(write_to(&fixture, "/1/0", MODEL_REPLACE), MODEL_OK);
    assert_reads(fixture.model, "/1/0", "/1/0/0 1\n/1/0/1 61\n/1/0/6 true\n/1/0/7 \"UQ\"\n");
    ck_assert(model_has(fixture.model, at("/1/0/8")));
    give(&fixture, "/16/0/0/0", value_string("only"));
    ck_assert_int_eq(write_to(&fixture, "/16/0", MODEL_REPLACE), MODEL_OK);
    assert_reads(fixture.model, "/16/0", "/16/0/0/0 \"only\"\n/16/0/3 0\n");
    ck_assert(model_has(fixture.model, at("/16/0/1")));
    ck_assert(model_has(fixture.model, at("/16/0/2")));
    end(&fixture);
}
END_TEST

START_TEST(ignores_unknown_resources_in_an_instance_write)
{
    struct fixture fixture;
    begin(&fixture);
    give(&fixture, "/1/0/77", value_octets(VALUE_OPAQUE, bytes_of("?")));
    give(&fixture, "/1/0/1", value_integer(61));
    ck_assert_int_eq(write_to(&fixture, "/1/0", MODEL_UPDATE), MODEL_OK);
    ck_assert(!model_has(fixture.model, at("/1/0/77")));
    assert_reads(fixture.model, "/1/0/1", "/1/0/1 61\n");
    end(&fixture);
}
END_TEST

START_TEST(takes_an_empty_instance_write_for_no_change)
{
    struct fixture fixture;
    begin(&fixture);
    give(&fixture, "/16/0", value_none());
    ck_assert_int_eq(write_to(&fixture, "/16/0", MODEL_UPDATE), MODEL_OK);
    ck_assert_int_eq(write_to(&fixture, "/16/0", MODEL_UPDATE), MODEL_OK);
    ck_assert_uint_eq(fixture.woken, 0);
    end(&fixture);
}
END_TEST

START_TEST(refuses_targets_that_are_not_there)
{
    static const char *const targets[] = {"/16/9",     "/16/0/9", "/16/1/2",
                                          "/16/0/0/9", "/99/0",   "/3/0/15"};
    struct fixture fixture;
    begin(&fixture);
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        add(&fixture.records, at(targets[i]), value_string("x"));
        assert_refused_write(&fixture, targets[i], MODEL_REPLACE, MODEL_NOT_FOUND);
    }
    end(&fixture);
}
END_TEST

/* PF-OBJ-3, PF-OBJ-4, PF-OBJ-5; the root and objects are no place for a write. */
START_TEST(refuses_targets_that_cannot_be_written)
{
    static const char *const targets[] = {"/",         "/16",     "/16/0/1",   "/16/0/2",
                                          "/16/0/2/0", "/16/0/3", "/16/0/3/0", "/1/0/0"};
    struct fixture fixture;
    begin(&fixture);
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        add(&fixture.records, at(targets[i]), value_integer(1));
        assert_refused_write(&fixture, targets[i], MODEL_REPLACE, MODEL_NOT_ALLOWED);
        add(&fixture.records, at(targets[i]), value_integer(1));
        assert_refused_write(&fixture, targets[i], MODEL_UPDATE, MODEL_NOT_ALLOWED);
    }
    end(&fixture);
}
END_TEST

START_TEST(fails_a_whole_instance_write_for_one_resource_that_cannot_be_written)
{
    struct fixture fixture;
    begin(&fixture);
    give(&fixture, "/16/0/0/0", value_string("changed"));
    give(&fixture, "/16/0/3", value_integer(1));
    assert_refused_write(&fixture, "/16/0", MODEL_UPDATE, MODEL_NOT_ALLOWED);
    give(&fixture, "/1/0/1", value_integer(1));
    give(&fixture, "/1/0/8", value_none());
    assert_refused_write(&fixture, "/1/0", MODEL_UPDATE, MODEL_NOT_ALLOWED);
    end(&fixture);
}
END_TEST

START_TEST(fails_a_whole_write_for_one_bad_value)
{
    struct fixture fixture;
    begin(&fixture);
    give(&fixture, "/1/0/1", value_integer(61));
    give(&fixture, "/1/0/7", value_integer(1));
    assert_refused_write(&fixture, "/1/0", MODEL_UPDATE, MODEL_BAD_REQUEST);
    ck_assert_str_eq(fixture.error.text,
                     "value of \"/1/0/7\" has the type integer, but string is needed");
    give(&fixture, "/16/0/0/0", value_string("good"));
    give(&fixture, "/16/0/0/1",
         value_octets(VALUE_STRING, (struct bytes){(const uint8_t *)"\xC0\x80", 2}));
    assert_refused_write(&fixture, "/16/0/0", MODEL_REPLACE, MODEL_BAD_REQUEST);
    give(&fixture, "/16/0/0/0", value_string("good"));
    give(&fixture, "/16/0/0/0", value_string("twice"));
    assert_refused_write(&fixture, "/16/0/0", MODEL_UPDATE, MODEL_BAD_REQUEST);
    end(&fixture);
}
END_TEST

START_TEST(refuses_contents_of_the_wrong_form)
{
    struct fixture fixture;
    begin(&fixture);
    give(&fixture, "/16/0/0", value_string("one value for a multiple resource"));
    assert_refused_write(&fixture, "/16/0/0", MODEL_REPLACE, MODEL_BAD_REQUEST);
    give(&fixture, "/1/0/1/0", value_integer(5));
    assert_refused_write(&fixture, "/1/0/1", MODEL_REPLACE, MODEL_BAD_REQUEST);
    give(&fixture, "/1/0/1", value_none());
    assert_refused_write(&fixture, "/1/0/1", MODEL_REPLACE, MODEL_BAD_REQUEST);
    give(&fixture, "/16/0/0/1", value_none());
    assert_refused_write(&fixture, "/16/0/0/1", MODEL_REPLACE, MODEL_BAD_REQUEST);
    give(&fixture, "/16/0/0/0", value_string("of another instance"));
    assert_refused_write(&fixture, "/16/0/0/1", MODEL_REPLACE, MODEL_BAD_REQUEST);
    give(&fixture, "/16/1/0/0", value_string("elsewhere"));
    assert_refused_write(&fixture, "/16/0", MODEL_UPDATE, MODEL_BAD_REQUEST);
    assert_refused_write(&fixture, "/16/0/0", MODEL_REPLACE, MODEL_BAD_REQUEST);
    assert_refused_write(&fixture, "/1/0/1", MODEL_REPLACE, MODEL_BAD_REQUEST);
    end(&fixture);
}
END_TEST

START_TEST(refuses_an_instance_replacement_that_lacks_something_mandatory)
{
    struct fixture fixture;
    begin(&fixture);
    give(&fixture, "/1/0/1", value_integer(61));
    give(&fixture, "/1/0/6", value_boolean(true));
    assert_refused_write(&fixture, "/1/0", MODEL_REPLACE, MODEL_BAD_REQUEST);
    ck_assert_str_eq(fixture.error.text, "mandatory resource \"/1/0/7\" (Binding) is missing");
    assert_refused_write(&fixture, "/16/0", MODEL_REPLACE, MODEL_BAD_REQUEST);
    end(&fixture);
}
END_TEST

START_TEST(checks_ranges_and_lengths)
{
    struct fixture fixture;
    char uri[257];
    memset(uri, 'a', 256);
    uri[256] = '\0';
    begin(&fixture);
    put(fixture.model, "/2/0/2/1", value_integer(15));
    put(fixture.model, "/5/0/1", value_string(""));
    fixture.woken = 0;
    give(&fixture, "/2/0/2/1", value_integer(32));
    assert_refused_write(&fixture, "/2/0/2", MODEL_UPDATE, MODEL_BAD_REQUEST);
    ck_assert_str_eq(fixture.error.text, "value of \"/2/0/2/1\" is not in the range 0..31");
    give(&fixture, "/2/0/2/1", value_integer(-1));
    assert_refused_write(&fixture, "/2/0/2", MODEL_UPDATE, MODEL_BAD_REQUEST);
    give(&fixture, "/5/0/1", value_string(uri));
    assert_refused_write(&fixture, "/5/0/1", MODEL_REPLACE, MODEL_BAD_REQUEST);
    give(&fixture, "/5/0/1", value_string(uri + 1));
    ck_assert_int_eq(write_to(&fixture, "/5/0/1", MODEL_REPLACE), MODEL_OK);
    give(&fixture, "/2/0/2/1", value_integer(31));
    ck_assert_int_eq(write_to(&fixture, "/2/0/2", MODEL_UPDATE), MODEL_OK);
    end(&fixture);
}
END_TEST

START_TEST(refuses_links_that_lead_nowhere)
{
    static const struct resource_def resources[] = {
        {0, "Link", OP_READ | OP_WRITE, false, false, VALUE_OBJLINK, 1, 0}};
    static const struct object_def object = {
        100, "Test", "urn:oma:lwm2m:x:100", "1.0", false, false, resources, 1};
    static const struct object_def *const list[] = {&object};
    static const struct catalogue catalogue = {list, 1};
    struct fixture fixture;
    begin(&fixture);
    model_free(fixture.model);
    fixture.model = model_new(&catalogue);
    put(fixture.model, "/100/0/0", value_link(ID_NONE, ID_NONE));
    give(&fixture, "/100/0/0", value_link(100, 1));
    assert_refused_write(&fixture, "/100/0/0", MODEL_REPLACE, MODEL_BAD_REQUEST);
    give(&fixture, "/100/0/0", value_link(100, 0));
    ck_assert_int_eq(write_to(&fixture, "/100/0/0", MODEL_REPLACE), MODEL_OK);
    end(&fixture);
}
END_TEST

/* I-20 */
START_TEST(refuses_every_write_that_touches_a_protected_identity)
{
    struct fixture fixture;
    begin(&fixture);
    model_protect(fixture.model, at("/16/0/0/1"));
    give(&fixture, "/16/0/0/1", value_string("x"));
    assert_refused_write(&fixture, "/16/0/0/1", MODEL_REPLACE, MODEL_NOT_ALLOWED);
    give(&fixture, "/16/0/0/1", value_string("x"));
    assert_refused_write(&fixture, "/16/0/0", MODEL_UPDATE, MODEL_NOT_ALLOWED);
    give(&fixture, "/16/0/0/0", value_string("x"));
    assert_refused_write(&fixture, "/16/0/0", MODEL_REPLACE, MODEL_NOT_ALLOWED);
    give(&fixture, "/16/0/0/0", value_string("x"));
    assert_refused_write(&fixture, "/16/0", MODEL_REPLACE, MODEL_NOT_ALLOWED);
    give(&fixture, "/16/0/0/0", value_string("fine"));
    ck_assert_int_eq(write_to(&fixture, "/16/0/0", MODEL_UPDATE), MODEL_OK);
    give(&fixture, "/16/1/0/1", value_string("fine"));
    ck_assert_int_eq(write_to(&fixture, "/16/1/0", MODEL_REPLACE), MODEL_OK);
    put(fixture.model, "/16/0/0/1", value_string("by the device itself"));
    end(&fixture);
}
END_TEST

START_TEST(ends_protection_with_the_instance)
{
    struct fixture fixture;
    uint16_t instance = 0;
    begin(&fixture);
    model_protect(fixture.model, at("/16/0/0"));
    model_protect(fixture.model, at("/16/1/0/0"));
    give(&fixture, "/16/0/0/0", value_string("x"));
    assert_refused_write(&fixture, "/16/0/0/0", MODEL_REPLACE, MODEL_NOT_ALLOWED);
    ck_assert_int_eq(model_delete(fixture.model, 16, 0), MODEL_OK);
    give(&fixture, "/16/1/0/0", value_string("of the other one it lasts"));
    ck_assert_int_eq(write_to(&fixture, "/16/1/0/0", MODEL_REPLACE), MODEL_NOT_ALLOWED);
    give(&fixture, "/16/0/0/0", value_string("x"));
    ck_assert_int_eq(
        model_create(fixture.model, 16, &fixture.records, false, &instance, &fixture.error),
        MODEL_OK);
    records_clear(&fixture.records);
    give(&fixture, "/16/0/0/0", value_string("y"));
    ck_assert_int_eq(write_to(&fixture, "/16/0/0/0", MODEL_REPLACE), MODEL_OK);
    end(&fixture);
}
END_TEST

START_TEST(refuses_to_grow_without_bound)
{
    struct fixture fixture;
    begin(&fixture);
    for (unsigned i = 0; i < RECORDS_MOST; i++)
        add(&fixture.records, path_child(at("/16/0/0"), i), value_string("x"));
    assert_refused_write(&fixture, "/16/0/0", MODEL_REPLACE, MODEL_BAD_REQUEST);
    end(&fixture);
}
END_TEST

START_TEST(refuses_more_text_than_can_be_held)
{
    enum { LEN = 65536, MOST = (1 << 20) / LEN };
    static uint8_t octets[LEN];
    struct fixture fixture;
    struct bytes text = {octets, LEN};
    memset(octets, 'x', LEN);
    begin(&fixture);
    for (unsigned i = 0; i < 2 * (MOST - 1); i++) { /* the second round overwrites */
        add(&fixture.records, path_child(at("/16/1/0"), i % (MOST - 1)),
            value_octets(VALUE_STRING, text));
        ck_assert_int_eq(write_to(&fixture, "/16/1/0", MODEL_UPDATE), MODEL_OK);
    }
    add(&fixture.records, path_child(at("/16/1/0"), MOST), value_octets(VALUE_STRING, text));
    ck_assert_int_eq(write_to(&fixture, "/16/1/0", MODEL_UPDATE), MODEL_BAD_REQUEST);
    ck_assert_str_eq(fixture.error.text, "more than 1048576 octets of text cannot be held");
    add(&fixture.records, path_child(at("/16/1/0"), 0), value_string("less"));
    ck_assert_int_eq(write_to(&fixture, "/16/1/0", MODEL_REPLACE), MODEL_OK);
    end(&fixture);
}
END_TEST

/* Whatever is given, a write either happens whole or changes nothing and wakes nobody. */
START_TEST(never_leaves_a_write_half_done)
{
    static const char *const paths[] = {"/1/0/0", "/1/0/1",  "/1/0/6",   "/1/0/7",
                                        "/1/0/8", "/1/0/99", "/1/0/1/0", "/16/0/0/0"};
    static const char *const targets[] = {"/1/0", "/1/0/1", "/16/0/0"};
    uint32_t state = 1;
    for (unsigned round = 0; round < 2000; round++) {
        struct fixture fixture;
        struct buf before;
        struct buf after;
        begin(&fixture);
        for (unsigned i = 0; i < 4; i++) {
            state = state * 1103515245u + 12345u;
            const char *path = paths[(state >> 16) % COUNT_OF(paths)];
            bool text = (state >> 20 & 1) != 0;
            add(&fixture.records, at(path), text ? value_string("x") : value_integer(round));
        }
        snapshot(fixture.model, &before);
        enum model_result result =
            write_to(&fixture, targets[round % COUNT_OF(targets)], (round & 1) != 0);
        snapshot(fixture.model, &after);
        if (result != MODEL_OK) {
            ck_assert_str_eq(buf_text(&before), buf_text(&after));
            ck_assert_uint_eq(fixture.woken, 0);
        }
        buf_release(&before);
        buf_release(&after);
        end(&fixture);
    }
}
END_TEST

UNIT_MAIN("write", refuses_more_text_than_can_be_held, replaces_the_whole_set_of_resource_instances,
          adds_and_overwrites_in_a_partial_update,
          touches_only_the_resource_instance_that_is_written, empties_a_multiple_resource,
          writes_a_single_resource, updates_an_instance_and_leaves_the_rest,
          replaces_an_instance_but_not_what_is_read_only_or_executable,
          ignores_unknown_resources_in_an_instance_write,
          takes_an_empty_instance_write_for_no_change, refuses_targets_that_are_not_there,
          refuses_targets_that_cannot_be_written,
          fails_a_whole_instance_write_for_one_resource_that_cannot_be_written,
          fails_a_whole_write_for_one_bad_value, refuses_contents_of_the_wrong_form,
          refuses_an_instance_replacement_that_lacks_something_mandatory, checks_ranges_and_lengths,
          refuses_links_that_lead_nowhere, refuses_every_write_that_touches_a_protected_identity,
          ends_protection_with_the_instance, refuses_to_grow_without_bound,
          never_leaves_a_write_half_done)
