/* SPDX-License-Identifier: Apache-2.0 */
/* Who is told of changes, when, and how often. */
#include "base/std.h"

#include "tests/unit/model/support.h"

/* Writes down what it hears: `!/16/0/3`, `+/16/2`, `-/16/1`, and a dot at the end of each step. */
struct ear {
    struct model_watcher watcher;
    struct model *model;
    struct buf heard;
    struct path touch; /* depth 3: sets this integer once, when told of anything */
};

static void hear(void *arg, enum model_change change, struct path path)
{
    static const char marks[] = {
        [MODEL_CHANGED] = '!', [MODEL_CREATED] = '+', [MODEL_DELETED] = '-'};
    struct ear *ear = arg;
    char text[PATH_TEXT];
    buf_printf(&ear->heard, "%c%s ", marks[change], path_text(path, text));
    if (ear->touch.depth == 3) {
        struct path touch = ear->touch;
        ear->touch = path_root();
        ck_assert_int_eq(model_put(ear->model, touch, value_integer(2)), ST_OK);
    }
}

static void settle(void *arg)
{
    struct ear *ear = arg;
    buf_puts(&ear->heard, ". ");
}

static void ear_init(struct ear *ear, struct model *model)
{
    *ear = (struct ear){.model = model};
    ear->watcher = (struct model_watcher){.changed = hear, .settled = settle, .arg = ear};
    buf_init(&ear->heard, 4096);
    model_watch(model, &ear->watcher);
}

static void assert_heard(struct ear *ear, const char *expected)
{
    ck_assert_str_eq(buf_text(&ear->heard), expected);
    buf_clear(&ear->heard);
}

static void ear_release(struct ear *ear)
{
    model_unwatch(ear->model, &ear->watcher);
    buf_release(&ear->heard);
}

START_TEST(tells_each_change_once_and_then_that_the_step_is_over)
{
    struct model *model = small_model();
    struct ear ear;
    ear_init(&ear, model);
    put(model, "/16/0/3", value_integer(1));
    assert_heard(&ear, "!/16/0/3 . ");
    model_remove(model, at("/16/0/0"), true);
    assert_heard(&ear, "!/16/0/0/0 !/16/0/0/1 . ");
    model_remove(model, at("/16/0/1"), false);
    assert_heard(&ear, "!/16/0/1 . ");
    ear_release(&ear);
    model_free(model);
}
END_TEST

START_TEST(says_nothing_when_nothing_changed)
{
    struct model *model = small_model();
    struct ear ear;
    ear_init(&ear, model);
    put(model, "/16/0/3", value_integer(0));
    model_add_resource(model, at("/16/0/2"));
    model_add_instance(model, 16, 0);
    model_remove(model, at("/16/0/2"), true);
    model_remove(model, at("/16/9"), false);
    model_begin(model);
    model_end(model);
    assert_heard(&ear, "");
    ear_release(&ear);
    model_free(model);
}
END_TEST

/* PF-STATE-11: data and status change in one step. */
START_TEST(gathers_what_happens_between_begin_and_end)
{
    struct model *model = small_model();
    struct ear ear;
    ear_init(&ear, model);
    model_begin(model);
    put(model, "/16/0/2/0", value_octets(VALUE_OPAQUE, bytes_of("data")));
    model_begin(model);
    put(model, "/16/0/3", value_integer(1));
    model_end(model);
    put(model, "/16/0/3", value_integer(2));
    assert_heard(&ear, "");
    model_end(model);
    assert_heard(&ear, "!/16/0/2/0 !/16/0/3 . ");
    ear_release(&ear);
    model_free(model);
}
END_TEST

START_TEST(does_not_repeat_what_lies_in_a_created_or_deleted_instance)
{
    struct model *model = small_model();
    struct ear ear;
    ear_init(&ear, model);
    put(model, "/16/2/0/0", value_string("third"));
    assert_heard(&ear, "+/16/2 . ");
    model_begin(model);
    put(model, "/16/2/0/1", value_string("more"));
    model_remove(model, at("/16/2"), false);
    model_end(model);
    assert_heard(&ear, "-/16/2 . ");
    model_begin(model);
    put(model, "/16/2/0/0", value_string("back"));
    model_remove(model, at("/16/2"), false);
    model_end(model);
    assert_heard(&ear, "");
    model_begin(model);
    model_remove(model, at("/16/1"), false);
    put(model, "/16/1/0/0", value_string("another"));
    model_end(model);
    assert_heard(&ear, "-/16/1 +/16/1 . ");
    model_begin(model);
    put(model, "/16/0/3", value_integer(1));
    put(model, "/16/1/0/0", value_string("changed"));
    model_remove(model, at("/16/1"), false);
    model_end(model);
    assert_heard(&ear, "!/16/0/3 -/16/1 . ");
    ear_release(&ear);
    model_free(model);
}
END_TEST

START_TEST(tells_all_of_a_step_before_the_step_that_a_watcher_made)
{
    struct model *model = small_model();
    struct ear first;
    struct ear second;
    ear_init(&first, model);
    ear_init(&second, model);
    first.touch = at("/16/0/3");
    model_begin(model);
    put(model, "/3/0/0", value_string("Other"));
    put(model, "/3/0/14", value_string("+02:00"));
    model_end(model);
    assert_heard(&first, "!/3/0/0 !/3/0/14 . !/16/0/3 . ");
    assert_heard(&second, "!/3/0/0 !/3/0/14 . !/16/0/3 . ");
    ear_release(&first);
    ear_release(&second);
    model_free(model);
}
END_TEST

struct leaver {
    struct model_watcher watcher;
    struct model *model;
    struct model_watcher *also; /* leaves with it */
    unsigned calls;
};

static void leave(void *arg, enum model_change change, struct path path)
{
    UNUSED(change);
    UNUSED(path);
    struct leaver *leaver = arg;
    leaver->calls++;
    model_unwatch(leaver->model, &leaver->watcher);
    model_unwatch(leaver->model, leaver->also);
}

START_TEST(lets_watchers_leave_while_they_are_told)
{
    struct model *model = small_model();
    struct ear before;
    struct ear after;
    struct leaver leaver = {.model = model};
    leaver.watcher = (struct model_watcher){.changed = leave, .arg = &leaver};
    ear_init(&before, model);
    model_watch(model, &leaver.watcher);
    ear_init(&after, model);
    leaver.also = &after.watcher;
    put(model, "/16/0/3", value_integer(1));
    put(model, "/16/0/3", value_integer(2));
    ck_assert_uint_eq(leaver.calls, 1);
    assert_heard(&before, "!/16/0/3 . !/16/0/3 . ");
    assert_heard(&after, "");
    ear_release(&before);
    ear_release(&after);
    model_free(model);
}
END_TEST

UNIT_MAIN("watch", tells_each_change_once_and_then_that_the_step_is_over,
          says_nothing_when_nothing_changed, gathers_what_happens_between_begin_and_end,
          does_not_repeat_what_lies_in_a_created_or_deleted_instance,
          tells_all_of_a_step_before_the_step_that_a_watcher_made,
          lets_watchers_leave_while_they_are_told)
