/* SPDX-License-Identifier: Apache-2.0 */
/* Writes of several instances as one step: Write-Composite. */
#include "base/std.h"

#include "model/model_impl.h"
#include "tests/unit/model/fixture.h"

static enum model_result write_all(struct fixture *fixture)
{
    error_clear(&fixture->error);
    return model_write_all(fixture->model, &fixture->records, &fixture->error);
}

/* What the whole model says, as text. */
static void snapshot(const struct model *model, struct buf *out)
{
    struct records records;
    records_init(&records);
    buf_init(out, 1 << 16);
    ck_assert_int_eq(model_read(model, path_root(), &records), MODEL_OK);
    records_format(&records, out);
    records_release(&records);
}

struct steps {
    struct model_watcher watcher;
    unsigned changes, settled;
};

static void count_change(void *arg, enum model_change change, struct path path)
{
    UNUSED(path);
    ck_assert_int_eq(change, MODEL_CHANGED);
    ((struct steps *)arg)->changes++;
}

static void count_step(void *arg)
{
    ((struct steps *)arg)->settled++;
}

START_TEST(writes_several_objects_in_one_step)
{
    struct fixture fixture;
    struct steps steps = {.watcher = {.changed = count_change, .settled = count_step}};
    begin(&fixture);
    steps.watcher.arg = &steps;
    model_watch(fixture.model, &steps.watcher);
    give(&fixture, "/1/0/1", value_integer(60));
    give(&fixture, "/16/1/0/0", value_string("other"));
    give(&fixture, "/3/0/14", value_string("+02:00"));
    give(&fixture, "/1/0/2", value_integer(7));
    give(&fixture, "/16/0/0/9", value_string("new"));
    ck_assert_int_eq(write_all(&fixture), MODEL_OK);
    ck_assert_uint_eq(steps.changes, 5);
    ck_assert_uint_eq(steps.settled, 1);
    assert_reads(fixture.model, "/1/0/1", "/1/0/1 60\n");
    assert_reads(fixture.model, "/1/0/2", "/1/0/2 7\n");
    assert_reads(fixture.model, "/3/0/14", "/3/0/14 \"+02:00\"\n");
    assert_reads(fixture.model, "/16/1/0", "/16/1/0/0 \"other\"\n");
    assert_reads(fixture.model, "/16/0/0",
                 "/16/0/0/0 \"HOST4711\"\n/16/0/0/1 \"Acme Motors\"\n/16/0/0/9 \"new\"\n");
    model_unwatch(fixture.model, &steps.watcher);
    end(&fixture);
}
END_TEST

START_TEST(takes_nothing_for_no_change)
{
    struct fixture fixture;
    begin(&fixture);
    ck_assert_int_eq(write_all(&fixture), MODEL_OK);
    ck_assert_uint_eq(fixture.woken, 0);
    end(&fixture);
}
END_TEST

static void assert_all_or_nothing(const char *path, struct value value, enum model_result expected,
                                  const char *message)
{
    struct fixture fixture;
    struct buf before;
    struct buf after;
    begin(&fixture);
    model_protect(fixture.model, at("/16/0/0/1"));
    snapshot(fixture.model, &before);
    give(&fixture, "/1/0/1", value_integer(60));
    give(&fixture, "/16/1/0/0", value_string("other"));
    give(&fixture, path, value);
    ck_assert_msg(write_all(&fixture) == expected, "%s", path);
    ck_assert_str_eq(fixture.error.text, message);
    snapshot(fixture.model, &after);
    ck_assert_str_eq(buf_text(&after), buf_text(&before));
    ck_assert_uint_eq(fixture.woken, 0);
    buf_release(&after);
    buf_release(&before);
    end(&fixture);
}

START_TEST(writes_all_or_nothing)
{
    assert_all_or_nothing("/5/0/1", value_string("x"), MODEL_NOT_FOUND, "\"/5/0/1\" is not there");
    assert_all_or_nothing("/16/7/0/0", value_string("x"), MODEL_NOT_FOUND,
                          "\"/16/7/0\" is not there");
    assert_all_or_nothing("/3/0/15", value_string("x"), MODEL_NOT_FOUND,
                          "\"/3/0/15\" is not there");
    assert_all_or_nothing("/3/0/0", value_string("x"), MODEL_NOT_ALLOWED,
                          "\"/3/0/0\" cannot be written");
    assert_all_or_nothing("/16/0/1", value_string("x"), MODEL_NOT_ALLOWED,
                          "\"/16/0/1\" cannot be written");
    assert_all_or_nothing("/3/0/14/0", value_string("x"), MODEL_NOT_ALLOWED,
                          "\"/3/0/14/0\" cannot be written");
    assert_all_or_nothing("/16/0/0/1", value_string("x"), MODEL_NOT_ALLOWED,
                          "\"/16/0/0/1\" cannot be written");
    assert_all_or_nothing("/1/0", value_none(), MODEL_BAD_REQUEST,
                          "\"/1/0\" is no place for a value");
    assert_all_or_nothing("/", value_none(), MODEL_BAD_REQUEST, "\"/\" is no place for a value");
    assert_all_or_nothing("/3/0/14", value_integer(1), MODEL_BAD_REQUEST,
                          "value of \"/3/0/14\" has the type integer, but string is needed");
    assert_all_or_nothing("/16/0/0/0", value_none(), MODEL_BAD_REQUEST,
                          "value of \"/16/0/0/0\" has the type none, but string is needed");
    assert_all_or_nothing("/16/0/0", value_string("x"), MODEL_BAD_REQUEST,
                          "\"/16/0/0\" is no place for a value: the resource is a multiple one");
    assert_all_or_nothing("/1/0/1", value_integer(70), MODEL_BAD_REQUEST,
                          "\"/1/0/1\" is given twice");
    assert_all_or_nothing("/1/0/2", value_integer(-1), MODEL_BAD_REQUEST,
                          "value of \"/1/0/2\" is not in the range 0..4294967295");
}
END_TEST

START_TEST(counts_what_all_instances_need_together)
{
    struct fixture fixture;
    begin(&fixture);
    for (unsigned i = 0; fixture.model->tree.count < MODEL_CELLS_MOST - 3; i++) {
        char path[PATH_TEXT];
        put(fixture.model, path_text(path_child(path_resource(16, 0, 0), 100 + i), path),
            value_string("x"));
    }
    for (unsigned i = 0; i < 2; i++) {
        give(&fixture, i == 0 ? "/16/0/0/9" : "/16/0/0/10", value_string("x"));
        give(&fixture, i == 0 ? "/16/1/0/9" : "/16/1/0/10", value_string("x"));
    }
    ck_assert_int_eq(write_all(&fixture), MODEL_BAD_REQUEST);
    ck_assert_str_eq(fixture.error.text, "more than 4096 values cannot be held");
    records_clear(&fixture.records);
    give(&fixture, "/16/0/0/9", value_string("x"));
    give(&fixture, "/16/1/0/9", value_string("x"));
    give(&fixture, "/16/1/0/10", value_string("x"));
    ck_assert_int_eq(write_all(&fixture), MODEL_OK);
    end(&fixture);
}
END_TEST

UNIT_MAIN("write_all", writes_several_objects_in_one_step, takes_nothing_for_no_change,
          writes_all_or_nothing, counts_what_all_instances_need_together)
