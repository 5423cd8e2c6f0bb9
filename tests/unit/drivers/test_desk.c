/* SPDX-License-Identifier: Apache-2.0 */
/* How a person is asked: words, nonsense, time that passes, and nobody at all. In virtual time. */
#include "base/std.h"

#include "drivers/desk.h"
#include "tests/unit/drivers/screen.h"

static const char *const words[] = {"yes", "no", NULL};

static struct desk desk;
static struct error error;
static const char *typed; /* without end, or NULL: nothing is */
static int64_t pause_ms;  /* between two lines */
static int64_t next_at;
static enum status silence; /* what comes of nothing */

static enum status listen(void *arg, struct buf *out)
{
    UNUSED(arg);
    if (typed == NULL || clock_now(scene.clock) < next_at)
        return silence;
    next_at = clock_now(scene.clock) + pause_ms;
    buf_puts(out, typed);
    return ST_OK;
}

static const struct person person = {.show = show, .listen = listen};

static void open_desk(const char *line)
{
    screen_open();
    error_clear(&error);
    typed = line;
    pause_ms = next_at = 0;
    silence = ST_TIMEOUT;
    const struct manual_config config = {
        .world = scene.world, .person = &person, .endpoint = "scene"};
    desk_init(&desk, &config);
    desk_begin(&desk);
}

static void close_desk(void)
{
    desk_end(&desk);
    scene_close(&scene);
}

/* That, the word at PLACE, and a sentence with PART. */
static void comes_to(enum status wanted, size_t place, const char *part)
{
    size_t word = 0;
    enum status status = desk_ask(&desk, "    well?\n", words, &word, &error);
    ck_assert_int_eq(status, wanted);
    if (status == ST_OK)
        ck_assert_uint_eq(word, place);
    ck_assert_msg(strstr(error.text, part) != NULL, "no \"%s\" in \"%s\"", part, error.text);
}

START_TEST(words_are_known_in_capitals_too)
{
    open_desk("yes");
    comes_to(ST_OK, 0, "");
    typed = "NO";
    comes_to(ST_OK, 1, "");
    typed = "Skip";
    comes_to(ST_UNSUPPORTED, 0, "it was skipped");
    ck_assert_str_eq(shown, "    well?\n    well?\n    well?\n");
    close_desk();
}
END_TEST

START_TEST(nonsense_is_said_to_be_some_and_has_an_end)
{
    open_desk("\xffye");
    comes_to(ST_IO, 0, "20 lines were typed, and none is what was asked for");
    ck_assert_ptr_nonnull(strstr(shown, "ye\" is no answer to that\n    well?\n"));
    ck_assert_ptr_null(strchr(shown, '\xff'));
    shown[0] = '\0';
    typed = "a line that is much too long to be repeated here, be it for whom it may";
    comes_to(ST_IO, 0, "typed");
    ck_assert_ptr_nonnull(strstr(shown, "...\" is no answer"));
    close_desk();
}
END_TEST

START_TEST(all_questions_of_a_task_have_one_time_limit)
{
    open_desk("perhaps");
    pause_ms = MANUAL_PATIENCE_MS / 3;
    comes_to(ST_UNSUPPORTED, 0, "nobody did it within 600 s");
    ck_assert_int_ge(desk_waited_ms(&desk), MANUAL_PATIENCE_MS);
    ck_assert_int_lt(desk_waited_ms(&desk), MANUAL_PATIENCE_MS + 1000);
    desk_end(&desk);
    desk_begin(&desk); /* another task has its own */
    typed = "yes";
    comes_to(ST_OK, 0, "");
    close_desk();
}
END_TEST

START_TEST(nobody_is_waited_for_no_longer_than_somebody)
{
    open_desk(NULL);
    silence = ST_IO;
    comes_to(ST_IO, 0, "standard input is at its end");
    silence = ST_TIMEOUT;
    scene.stop = 15;
    comes_to(ST_CANCELLED, 0, "interrupted");
    close_desk();
}
END_TEST

START_TEST(what_is_over_needs_no_line)
{
    struct buf line;
    const bool is_over = true;
    open_desk(NULL);
    buf_init(&line, 100);
    ck_assert_int_eq(desk_await(&desk, &is_over, &line, &error), ST_OK);
    ck_assert_uint_eq(line.len, 0);
    buf_release(&line);
    close_desk();
}
END_TEST

START_TEST(a_task_tells_what_it_is_for)
{
    struct progress progress = {.file = "a.scenario", .title = "First", .round = 1, .line = 7};
    open_desk(NULL);
    desk.config.progress = &progress;
    desk_show_task(&desk, "device", "restart\n", "Enter");
    ck_assert_str_eq(shown, "a.scenario: First\n[1] line 7: the device does: restart\n"
                            "    Enter, or \"skip\"\n");
    shown[0] = '\0';
    progress.line = 8;
    desk_show_task(&desk, "device", "restart\n", "Enter");
    ck_assert_str_eq(shown, "[2] line 8: the device does: restart\n    Enter, or \"skip\"\n");
    shown[0] = '\0';
    progress.round = 2; /* the same once more */
    desk_show_task(&desk, "device", "restart\n", "Enter");
    ck_assert_ptr_nonnull(strstr(shown, "a.scenario: First\n[3] line 8: "));
    close_desk();
}
END_TEST

UNIT_MAIN("desk", a_task_tells_what_it_is_for, words_are_known_in_capitals_too,
          nonsense_is_said_to_be_some_and_has_an_end, all_questions_of_a_task_have_one_time_limit,
          nobody_is_waited_for_no_longer_than_somebody, what_is_over_needs_no_line)
