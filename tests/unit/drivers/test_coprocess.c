/* SPDX-License-Identifier: Apache-2.0 */
/* A program beside us: its lines, its last words, and how it is brought to its end. */
#include "base/std.h"

#include <signal.h>
#include <unistd.h>

#include "drivers/coprocess.h"
#include "tests/unit/unit.h"

enum { LIMIT_MS = 10000, NOTED = 4096 };

static struct clock *watch;
static struct loop *loop;
static struct coprocess *process;
static char lines[NOTED];
static char logs[NOTED];
static char how[100];
static size_t too_long;

static void note(char *out, struct bytes line)
{
    size_t at = strlen(out);
    snprintf(out + at, NOTED - at, "%.*s|", (int)(line.len < 200 ? line.len : 200),
             line.data == NULL ? "" : (const char *)line.data);
}

static void on_line(void *arg, struct bytes line, bool is_too_long)
{
    UNUSED(arg);
    if (is_too_long)
        too_long = line.len;
    else
        note(lines, line);
}

static void on_log(void *arg, struct bytes line)
{
    UNUSED(arg);
    note(logs, line);
}

static void on_end(void *arg, const char *text)
{
    UNUSED(arg);
    snprintf(how, sizeof how, "%s", text);
}

static void start(const char *command)
{
    const struct coprocess_config config = {.loop = loop,
                                            .command = command,
                                            .on_line = on_line,
                                            .on_log = on_log,
                                            .on_end = on_end,
                                            .patience_ms = 20};
    struct error error;
    error_clear(&error);
    lines[0] = logs[0] = how[0] = '\0';
    too_long = 0;
    process = coprocess_new(&config, &error);
    ck_assert_msg(process != NULL, "%s", error.text);
}

static void open_with(const char *command)
{
    signal(SIGPIPE, SIG_IGN);
    watch = clock_new_real();
    loop = loop_new(watch);
    start(command);
}

static void shut(void)
{
    coprocess_free(process);
    loop_free(loop);
    clock_free(watch);
}

/* Turns until TEXT holds something that ends with LAST. */
static void await(const char *text, const char *last)
{
    int64_t give_up_at = clock_now(watch) + LIMIT_MS;
    while (strstr(text, last) == NULL && clock_now(watch) < give_up_at)
        loop_turn(loop, 100);
    ck_assert_msg(strstr(text, last) != NULL, "no \"%s\" in \"%s\"", last, text);
}

static enum status say(const char *line)
{
    return coprocess_say(process, bytes_of(line));
}

START_TEST(carries_lines_both_ways)
{
    open_with("while read -r line; do echo \"<$line>\"; done");
    ck_assert_int_eq(say("one"), ST_OK);
    ck_assert_int_eq(say(""), ST_OK);
    ck_assert_int_eq(say("three \\ four"), ST_OK);
    await(lines, "four>|");
    ck_assert_str_eq(lines, "<one>|<>|<three \\ four>|");
    shut();
}
END_TEST

START_TEST(cuts_lines_where_they_end)
{
    open_with("printf 'a\\r\\n\\nb'; printf 'c\\n'; printf 'no end'");
    await(how, "status 0");
    ck_assert_str_eq(lines, "a||bc|"); /* what has no end is none */
    shut();
}
END_TEST

START_TEST(tells_of_a_line_that_is_too_long_once)
{
    open_with("head -c 2500000 /dev/zero | tr '\\0' x; echo; echo next");
    await(lines, "next|");
    ck_assert_uint_eq(too_long, COPROCESS_LINE_MOST);
    ck_assert_str_eq(lines, "next|");
    shut();
}
END_TEST

START_TEST(hears_what_it_says_to_people)
{
    open_with("echo trouble >&2; exit 7");
    await(how, "status 7");
    ck_assert_str_eq(logs, "trouble|");
    ck_assert_str_eq(lines, "");
    shut();
}
END_TEST

START_TEST(tells_how_it_ended)
{
    open_with("kill -9 $$");
    await(how, "signal 9");
    shut();
    open_with("exec 1>&-; exec sleep 1000");
    await(how, "closed its standard output");
    shut();
    open_with("no-such-program-anywhere");
    await(how, "status 127");
    shut();
}
END_TEST

START_TEST(who_does_not_read_makes_us_refuse_and_not_wait)
{
    struct buf line;
    open_with("exec sleep 1000");
    buf_init(&line, COPROCESS_LINE_MOST);
    for (size_t i = 0; i < COPROCESS_LINE_MOST; i++)
        buf_put_u8(&line, 'x');
    enum status status = ST_OK;
    for (int i = 0; i < 4 && status == ST_OK; i++)
        status = coprocess_say(process, buf_bytes(&line));
    ck_assert_int_eq(status, ST_LIMIT);
    buf_release(&line);
    shut();
}
END_TEST

START_TEST(who_has_gone_cannot_be_told)
{
    open_with("exit 0");
    await(how, "status 0");
    ck_assert_int_eq(say("hello"), ST_UNREACHABLE);
    shut();
}
END_TEST

START_TEST(lets_it_leave_by_itself)
{
    char name[] = "/tmp/coprocess-XXXXXX";
    char command[100];
    int fd = mkstemp(name);
    ck_assert_int_ge(fd, 0);
    snprintf(command, sizeof command, "echo up; read -r line; echo bye >%s", name);
    open_with(command);
    await(lines, "up|");
    shut();
    char text[10] = "";
    FILE *file = fdopen(fd, "r");
    ck_assert_ptr_nonnull(fgets(text, sizeof text, file));
    ck_assert_str_eq(text, "bye\n");
    fclose(file);
    remove(name);
}
END_TEST

START_TEST(ends_what_does_not_want_to)
{
    open_with("trap '' TERM; echo up; while :; do sleep 1000; done");
    await(lines, "up|");
    int64_t started = clock_now(watch);
    coprocess_free(process);
    ck_assert_int_lt(clock_now(watch) - started, LIMIT_MS);
    loop_free(loop);
    clock_free(watch);
    coprocess_free(NULL);
}
END_TEST

/* A zombie that nobody has reaped yet is gone, too. */
static bool is_gone(int pid)
{
    char name[40];
    char state = 'Z';
    snprintf(name, sizeof name, "/proc/%d/stat", pid);
    FILE *file = fopen(name, "r");
    if (file == NULL)
        return true;
    int count = fscanf(file, "%*d (%*[^)]) %c", &state);
    fclose(file);
    return count != 1 || state == 'Z';
}

static void await_gone(int pid)
{
    int64_t give_up_at = clock_now(watch) + LIMIT_MS;
    while (!is_gone(pid) && clock_now(watch) < give_up_at)
        loop_turn(loop, 10);
    ck_assert_msg(is_gone(pid), "process %d is still there", pid);
}

START_TEST(ends_what_it_has_left_behind)
{
    open_with("sleep 1000 >/dev/null 2>&1 & echo $!; exit 4");
    await(how, "status 4");
    int polite = (int)strtol(lines, NULL, 10);
    ck_assert_int_gt(polite, 0);
    ck_assert(!is_gone(polite));
    coprocess_free(process);
    await_gone(polite);
    start("trap '' TERM; sleep 1000 >/dev/null 2>&1 & echo $!; exit 4");
    await(how, "status 4");
    int deaf = (int)strtol(lines, NULL, 10);
    ck_assert(!is_gone(deaf));
    coprocess_free(process);
    await_gone(deaf);
    process = NULL;
    shut();
}
END_TEST

START_TEST(last_words_have_an_end)
{
    open_with("yes 1>&2 & exit 3"); /* who was left behind goes on */
    await(how, "status 3");
    await(logs, "y|");
    shut();
}
END_TEST

START_TEST(tells_who_reads)
{
    open_with("read -r line; echo up; read -r line; exec <&-; echo deaf; exec sleep 1000");
    ck_assert(coprocess_has_read(process));
    ck_assert_int_eq(say("one"), ST_OK);
    await(lines, "up|");
    ck_assert(coprocess_has_read(process));
    ck_assert(coprocess_reads(process));
    ck_assert_int_eq(say("two"), ST_OK);
    await(lines, "deaf|");
    ck_assert(!coprocess_reads(process));
    ck_assert_int_eq(say("three"), ST_UNREACHABLE);
    ck_assert(!coprocess_reads(process));
    shut();
    open_with("exec sleep 1000");
    ck_assert_int_eq(say("one"), ST_OK);
    ck_assert(coprocess_reads(process));
    ck_assert(!coprocess_has_read(process));
    shut();
}
END_TEST

START_TEST(has_none_of_our_descriptors)
{
    FILE *ours = tmpfile();
    char command[100];
    ck_assert_ptr_nonnull(ours);
    snprintf(command, sizeof command, "[ -e /proc/self/fd/%d ] && echo open || echo closed",
             fileno(ours));
    open_with(command);
    await(lines, "|");
    ck_assert_str_eq(lines, "closed|");
    shut();
    fclose(ours);
}
END_TEST

UNIT_MAIN("coprocess", carries_lines_both_ways, cuts_lines_where_they_end,
          tells_of_a_line_that_is_too_long_once, hears_what_it_says_to_people, tells_how_it_ended,
          who_does_not_read_makes_us_refuse_and_not_wait, who_has_gone_cannot_be_told,
          lets_it_leave_by_itself, ends_what_does_not_want_to, ends_what_it_has_left_behind,
          last_words_have_an_end, tells_who_reads, has_none_of_our_descriptors)
