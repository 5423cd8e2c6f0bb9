/* SPDX-License-Identifier: Apache-2.0 */
/* What a bootstrap server does to a model: on a copy first, then to the model as one step. */
#include "base/std.h"

#include "model/bootstrap.h"
#include "tests/unit/model/fixture.h"

static enum model_result provide(struct fixture *fixture, const char *target)
{
    error_clear(&fixture->error);
    enum model_result result =
        model_provide(fixture->model, at(target), &fixture->records, &fixture->error);
    records_clear(&fixture->records);
    return result;
}

/* A copy of the model of FIXTURE in its place. */
static void begin_copy(struct fixture *fixture)
{
    begin(fixture);
    struct model *copy = model_copy(fixture->model);
    model_free(fixture->model);
    fixture->model = copy;
}

static void assert_all(const struct model *model, const char *path, const char *expected)
{
    struct records records;
    records_init(&records);
    ck_assert_int_eq(model_read_all(model, at(path), &records), MODEL_OK);
    assert_records(&records, expected);
    records_release(&records);
}

/* --- write ------------------------------------------------------------------------------------ */

START_TEST(makes_what_is_missing)
{
    struct fixture fixture;
    begin_copy(&fixture);
    give(&fixture, "/0/3/0", value_string("coap://a"));
    give(&fixture, "/0/3/99", value_string("nobody knows it"));
    ck_assert_int_eq(provide(&fixture, "/0"), MODEL_OK);
    assert_all(fixture.model, "/0", "/0/3/0 \"coap://a\"\n");
    give(&fixture, "/2/0/2/1", value_integer(31));
    ck_assert_int_eq(provide(&fixture, "/2/0/2"), MODEL_OK);
    assert_all(fixture.model, "/2", "/2/0/2/1 31\n");
    end(&fixture);
}
END_TEST

START_TEST(gives_a_server_instance_all_that_can_be_executed)
{
    struct fixture fixture;
    begin_copy(&fixture);
    give(&fixture, "/1/5/0", value_integer(5));
    ck_assert_int_eq(provide(&fixture, "/1/5"), MODEL_OK);
    ck_assert(model_has(fixture.model, at("/1/5/4")));
    ck_assert(model_has(fixture.model, at("/1/5/8")));
    ck_assert(model_has(fixture.model, at("/1/5/9")));
    end(&fixture);
}
END_TEST

START_TEST(replaces_instances_that_are_written_and_no_others)
{
    struct fixture fixture;
    begin_copy(&fixture);
    give(&fixture, "/1/0/0", value_integer(7));
    give(&fixture, "/1/3/0", value_integer(8));
    ck_assert_int_eq(provide(&fixture, "/1"), MODEL_OK);
    assert_all(fixture.model, "/1", "/1/0/0 7\n/1/3/0 8\n");
    give(&fixture, "/1/3/1", value_integer(60));
    ck_assert_int_eq(provide(&fixture, "/1/3"), MODEL_OK);
    assert_all(fixture.model, "/1", "/1/0/0 7\n/1/3/1 60\n");
    give(&fixture, "/1/3/2", value_integer(1));
    ck_assert_int_eq(provide(&fixture, "/1/3/2"), MODEL_OK);
    assert_all(fixture.model, "/1/3", "/1/3/1 60\n/1/3/2 1\n");
    end(&fixture);
}
END_TEST

START_TEST(keeps_what_only_the_device_knows)
{
    struct fixture fixture;
    begin_copy(&fixture);
    put(fixture.model, "/3/0/0", value_string("Acme"));
    put(fixture.model, "/3/0/14", value_string("+01"));
    give(&fixture, "/3/0/15", value_string("Europe/Rome"));
    ck_assert_int_eq(provide(&fixture, "/3/0"), MODEL_OK);
    ck_assert_ptr_null(model_value(fixture.model, at("/3/0/14")));
    ck_assert_ptr_nonnull(model_value(fixture.model, at("/3/0/0")));
    end(&fixture);
}
END_TEST

START_TEST(replaces_a_multiple_resource_and_adds_to_it)
{
    struct fixture fixture;
    begin_copy(&fixture);
    give(&fixture, "/16/9/0/0", value_string("a"));
    give(&fixture, "/16/9/0/1", value_string("b"));
    ck_assert_int_eq(provide(&fixture, "/16/9/0"), MODEL_OK);
    give(&fixture, "/16/9/0/2", value_string("c"));
    ck_assert_int_eq(provide(&fixture, "/16/9/0/2"), MODEL_OK);
    assert_all(fixture.model, "/16/9", "/16/9/0/0 \"a\"\n/16/9/0/1 \"b\"\n/16/9/0/2 \"c\"\n");
    give(&fixture, "/16/9/0/5", value_string("d"));
    ck_assert_int_eq(provide(&fixture, "/16/9/0"), MODEL_OK);
    assert_all(fixture.model, "/16/9", "/16/9/0/5 \"d\"\n");
    give(&fixture, "/16/9/0", value_none());
    ck_assert_int_eq(provide(&fixture, "/16/9/0"), MODEL_OK);
    assert_all(fixture.model, "/16/9", "/16/9 (empty)\n");
    end(&fixture);
}
END_TEST

START_TEST(writes_all_or_nothing)
{
    static const struct {
        const char *target, *path, *text;
    } rows[] = {
        {"/1/0", "/1/0/1", "value of \"/1/0/1\" has the type string, but integer is needed"},
        {"/1/0", "/1/0/4", "\"/1/0/4\" is executable, and has no value"},
        {"/1/0", "/1/0/7/0", "\"/1/0/7/0\" is no place for a value: the resource is a single one"},
        {"/16/0", "/16/0/0", "\"/16/0/0\" is no place for a value: the resource is a multiple one"},
        {"/1/0", "/1/1/7", "\"/1/1/7\" does not belong to the target of the request"},
        {"/1/0", "/1/0/0", "\"/1/0/0\" is given twice"},
        {"/1/0/77", "/1/0/77", "\"/1/0/77\" is not known"},
        {"/4/0", "/4/0/0", "\"/4\" is an object that the device does not have"},
        {"/99/0", "/99/0/0", "\"/99\" is an object that the device does not have"},
        {"/3", "/3/1/0", "\"/3/1\" is no possible instance of its object"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fixture fixture;
        begin_copy(&fixture);
        if (strcmp(rows[i].target, "/1/0") == 0)
            give(&fixture, "/1/0/0", value_integer(9));
        give(&fixture, rows[i].path, value_string("x"));
        ck_assert_int_eq(provide(&fixture, rows[i].target), MODEL_BAD_REQUEST);
        ck_assert_str_eq(fixture.error.text, rows[i].text);
        assert_all(fixture.model, "/1",
                   "/1/0/0 1\n/1/0/1 300\n/1/0/2 5\n/1/0/6 false\n/1/0/7 \"U\"\n");
        end(&fixture);
    }
}
END_TEST

START_TEST(needs_a_value_for_a_resource)
{
    struct fixture fixture;
    begin_copy(&fixture);
    ck_assert_int_eq(provide(&fixture, "/1/0/1"), MODEL_BAD_REQUEST);
    ck_assert_str_eq(fixture.error.text, "\"/1/0/1\" is given no value");
    give(&fixture, "/1/0/1", value_none());
    ck_assert_int_eq(provide(&fixture, "/1/0"), MODEL_BAD_REQUEST);
    ck_assert_str_eq(fixture.error.text, "\"/1/0/1\" is given no value");
    add(&fixture.records, path_resource(1, ID_NONE, 1), value_integer(5));
    ck_assert_int_eq(provide(&fixture, "/1"), MODEL_BAD_REQUEST);
    ck_assert_str_eq(fixture.error.text, "\"/1\" is written without telling which instance");
    end(&fixture);
}
END_TEST

START_TEST(bounds_what_can_be_held)
{
    struct fixture fixture;
    begin_copy(&fixture);
    for (unsigned i = 0; i < RECORDS_MOST; i++)
        add(&fixture.records, path_child(at("/16/0/0"), i), value_string("x"));
    ck_assert_int_eq(provide(&fixture, "/16/0"), MODEL_BAD_REQUEST);
    ck_assert_str_eq(fixture.error.text, "\"/16/0\" is given more values than can be held");
    end(&fixture);
}
END_TEST

/* --- merge ------------------------------------------------------------------------------------ */

START_TEST(changes_what_was_changed_and_leaves_the_rest)
{
    struct fixture fixture;
    begin(&fixture);
    struct model *before = model_copy(fixture.model);
    struct model *after = model_copy(fixture.model);
    put(after, "/1/0/1", value_integer(60));
    put(after, "/16/7/0/0", value_string("new"));
    model_remove(after, at("/1/0/2"), false);
    put(fixture.model, "/1/0/6", value_boolean(true));
    put(fixture.model, "/1/0/2", value_integer(77));
    fixture.woken = 0;
    ck_assert_int_eq(model_merge(fixture.model, before, after), ST_OK);
    assert_all(fixture.model, "/1", "/1/0/0 1\n/1/0/1 60\n/1/0/6 true\n/1/0/7 \"U\"\n");
    assert_all(fixture.model, "/16/7", "/16/7/0/0 \"new\"\n");
    ck_assert_uint_eq(fixture.woken, 3);
    model_free(before);
    model_free(after);
    end(&fixture);
}
END_TEST

START_TEST(removes_what_is_gone)
{
    struct fixture fixture;
    begin(&fixture);
    struct model *before = model_copy(fixture.model);
    struct model *after = model_copy(fixture.model);
    model_remove(after, at("/1/0"), false);
    ck_assert_int_eq(model_merge(fixture.model, before, after), ST_OK);
    assert_all(fixture.model, "/1", "/1 (empty)\n");
    model_free(before);
    model_free(after);
    end(&fixture);
}
END_TEST

/* --- read ------------------------------------------------------------------------------------- */

START_TEST(reads_what_nobody_else_can)
{
    struct fixture fixture;
    struct records records;
    begin(&fixture);
    records_init(&records);
    put(fixture.model, "/0/0/5", value_octets(VALUE_OPAQUE, bytes_of("key")));
    assert_all(fixture.model, "/0/0", "/0/0/5 hex:6b6579\n");
    ck_assert_int_eq(model_read_all(fixture.model, at("/1/8"), &records), MODEL_NOT_FOUND);
    records_release(&records);
    end(&fixture);
}
END_TEST

UNIT_MAIN("bootstrap of a model", makes_what_is_missing,
          gives_a_server_instance_all_that_can_be_executed,
          replaces_instances_that_are_written_and_no_others, keeps_what_only_the_device_knows,
          replaces_a_multiple_resource_and_adds_to_it, writes_all_or_nothing,
          needs_a_value_for_a_resource, bounds_what_can_be_held,
          changes_what_was_changed_and_leaves_the_rest, removes_what_is_gone,
          reads_what_nobody_else_can)
