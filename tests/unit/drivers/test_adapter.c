/* SPDX-License-Identifier: Apache-2.0 */
/* The conversation with an adapter: its hello, its answers, and each way in which it can go wrong.
 * The adapters are scripts of the shell. */
#include "base/std.h"

#include <signal.h>
#include <unistd.h>

#include "drivers/adapter_impl.h"
#include "tests/unit/drivers/scene.h"

#define HELLO                                                                                      \
    "read -r line; echo "                                                                          \
    "'{\"id\":1,\"protocol\":1,\"name\":\"fake\",\"version\":\"7\",\"can\":[\"read\",\"a word of " \
    "later\"]}'; "

static struct scene scene;
static struct adapter *adapter;
static struct error error;

static void open_adapter(const char *command)
{
    signal(SIGPIPE, SIG_IGN);
    scene_open(&scene);
    error_clear(&error);
    adapter = adapter_new(&(struct adapter_config){
        .world = scene.world, .command = command, .tool = "test", .role = ADAPTER_SERVER});
}

static void close_adapter(void)
{
    adapter_free(adapter);
    scene_close(&scene);
}

static void open_started(const char *command)
{
    open_adapter(command);
    enum status status = adapter_start(adapter, &error);
    ck_assert_msg(status == ST_OK, "%s", error.text);
}

/* Asks for `read`; OUT_REPLY may be NULL. */
static enum status ask(int64_t limit_ms, const struct json **out_reply)
{
    const struct json *reply = NULL;
    struct buf line;
    error_clear(&error);
    buf_init(&line, COPROCESS_LINE_MOST);
    adapter_begin(adapter, &line, limit_ms);
    say_word(&line, "do", "read");
    enum status status = adapter_ask(adapter, &line, limit_ms, false, &reply, &error);
    buf_release(&line);
    if (out_reply != NULL)
        *out_reply = reply;
    return status;
}

/* Its name comes once. */
static void says(const char *part)
{
    const char *name = strstr(error.text, "adapter \"");
    ck_assert_msg(name == NULL || strstr(name + 1, "adapter \"") == NULL, "%s", error.text);
    ck_assert_msg(strstr(error.text, part) != NULL, "no \"%s\" in \"%s\"", part, error.text);
}

START_TEST(learns_name_and_abilities)
{
    open_started(HELLO "read -r line");
    ck_assert_str_eq(adapter_name(adapter), "fake 7");
    ck_assert(adapter_can(adapter, "read"));
    ck_assert(!adapter_can(adapter, "write"));
    ck_assert_int_eq(adapter_start(adapter, &error), ST_OK); /* it runs */
    close_adapter();
}
END_TEST

/* Without a list it tells all that there is. */
START_TEST(learns_what_it_never_tells)
{
    open_started(HELLO "read -r line");
    ck_assert_uint_eq(adapter_untold(adapter), 0);
    close_adapter();
    open_started("read -r line; echo '{\"id\":1,\"protocol\":1,\"can\":[],\"tells\":"
                 "[\"links\",\"weather\",\"data\"]}'; read -r line");
    ck_assert_uint_eq(adapter_untold(adapter), UNTOLD_VALUES | UNTOLD_LOCATION);
    close_adapter();
}
END_TEST

START_TEST(tells_which_device_it_is_about)
{
    open_adapter("read -r line; case $line in *'\"endpoint\":\"car\"'*) echo "
                 "'{\"id\":1,\"protocol\":1,\"can\":[]}'; read -r line;; esac");
    adapter_name_device(adapter, "car");
    ck_assert_msg(adapter_start(adapter, &error) == ST_OK, "%s", error.text);
    close_adapter();
}
END_TEST

/* Who does not say hello as it should; `%` stands for the answer. */
static void refuse_hello(const char *answer, const char *part)
{
    char command[600];
    snprintf(command, sizeof command, "read -r line; echo '%s'; read -r line", answer);
    open_adapter(command);
    ck_assert_int_eq(adapter_start(adapter, &error), ST_IO);
    says(part);
    error_clear(&error);
    ck_assert_int_eq(adapter_start(adapter, &error), ST_IO); /* it is not tried again */
    says(part);
    close_adapter();
}

START_TEST(refuses_a_hello_that_is_none)
{
    refuse_hello("hello", "said what is not a JSON object: hello");
    refuse_hello("[1]", "said what is no object: [1]");
    refuse_hello("{\"id\":1,\"protocol\":2,\"can\":[]}", "speaks version 2 of the protocol");
    refuse_hello("{\"id\":1,\"protocol\":\"1\",\"can\":[]}", "no \"protocol\" number");
    refuse_hello("{\"id\":1,\"protocol\":1}", "\": its hello has no list \"can\"");
    refuse_hello("{\"id\":1,\"protocol\":1,\"can\":[3]}", "\"can\" is not a list of strings");
    refuse_hello("{\"id\":1,\"protocol\":1,\"name\":5,\"can\":[]}", "\"name\" is not a string");
    refuse_hello("{\"id\":1,\"protocol\":1,\"can\":[],\"tells\":{}}", "has no list \"tells\"");
    refuse_hello("{\"id\":9,\"protocol\":1,\"can\":[]}", "answered what it was not asked");
    refuse_hello("{\"id\":1,\"error\":\"unsupported\",\"text\":\"no devices\"}", ": no devices");
    refuse_hello("{\"event\":7}", "\"event\" is not a string");
}
END_TEST

START_TEST(tells_of_one_that_is_not_there)
{
    open_adapter("echo 'no licence' >&2; exit 3");
    ck_assert_int_eq(adapter_start(adapter, &error), ST_IO);
    says("ended with status 3, after it said: no licence");
    close_adapter();
}
END_TEST

START_TEST(gives_an_answer_and_what_is_wrong_in_it)
{
    const struct json *reply = NULL;
    open_started(HELLO "read -r line; echo '{\"id\":2,\"code\":\"2.05\",\"later\":[{}]}';"
                       "read -r line; echo '{\"id\":3,\"error\":\"timeout\",\"text\":\"asleep\"}';"
                       "read -r line; echo '{\"id\":4,\"error\":\"tired\"}'; read -r line");
    ck_assert_int_eq(ask(5000, &reply), ST_OK);
    ck_assert(bytes_is(json_member(reply, "code")->text, "2.05"));
    ck_assert_int_eq(ask(5000, NULL), ST_TIMEOUT);
    says("adapter \"fake 7\": asleep");
    ck_assert_int_eq(ask(5000, NULL), ST_IO);
    says("its \"error\" is none of");
    ck_assert_int_eq(ask(5000, NULL), ST_IO); /* it is not asked any more */
    says("its \"error\" is none of");
    close_adapter();
}
END_TEST

START_TEST(does_not_wait_for_the_slow)
{
    open_started(HELLO "read -r line; read -r line");
    ck_assert_int_eq(ask(10, NULL), ST_IO);
    says("did not answer within 1.01 s");
    close_adapter();
}
END_TEST

START_TEST(tells_of_one_that_does_not_read)
{
    open_started(HELLO "exec <&-; exec sleep 1000");
    int64_t started = clock_now(scene.clock);
    enum status status = ask(60000, NULL); /* its input may not be closed yet */
    if (status == ST_OK)
        status = ask(60000, NULL);
    ck_assert_int_eq(status, ST_IO);
    says("does not read what it is told: it has closed its input");
    ck_assert_int_lt(clock_now(scene.clock) - started, 10000);
    close_adapter();
    open_started(HELLO "exec sleep 1000");
    ck_assert_int_eq(ask(10, NULL), ST_IO);
    says("did not read what it was told within 1.01 s");
    close_adapter();
}
END_TEST

START_TEST(an_answer_that_comes_too_late_is_nobodys)
{
    open_started(HELLO "read -r line; read -r line; echo '{\"id\":2,\"ok\":true}';"
                       "echo '{\"id\":3,\"ok\":true}'; read -r line");
    scene.stop = 15; /* the first one is given up at once */
    ck_assert_int_eq(ask(5000, NULL), ST_CANCELLED);
    says("interrupted");
    scene.stop = 0;
    const struct json *reply = NULL;
    ck_assert_int_eq(ask(5000, &reply), ST_OK);
    ck_assert_int_eq(json_member(reply, "id")->integer, 3);
    close_adapter();
}
END_TEST

START_TEST(babble_names_what_was_said)
{
    open_started(HELLO "read -r line; printf 'what \\033[31m?\\n'; read -r line");
    ck_assert_int_eq(ask(5000, NULL), ST_IO);
    says("said what is not a JSON object: what ?[31m?");
    close_adapter();
    open_started(HELLO "read -r line; head -c 1100000 /dev/zero | tr '\\0' y; echo; read -r line");
    ck_assert_int_eq(ask(5000, NULL), ST_IO);
    says("a line of more than 1 MiB, which begins with: yyyyyy");
    close_adapter();
}
END_TEST

START_TEST(begins_anew_after_a_failure)
{
    char command[400];
    char name[] = "/tmp/adapter-XXXXXX";
    ck_assert_int_ge(mkstemp(name), 0);
    snprintf(command, sizeof command,
             "if [ -e %s ]; then rm %s; %s exit 5; else %s read -r line; fi", name, name, HELLO,
             HELLO);
    open_started(command);
    ck_assert_int_eq(ask(5000, NULL), ST_IO);
    says("ended with status 5");
    ck_assert_int_eq(adapter_start(adapter, &error), ST_OK);
    close_adapter();
}
END_TEST

/* Its server may have been away for a moment. */
START_TEST(one_that_has_said_hello_is_tried_again)
{
    char command[400];
    char name[] = "/tmp/adapter-XXXXXX";
    ck_assert_int_ge(mkstemp(name), 0);
    snprintf(command, sizeof command,
             "echo >>%s; case $(wc -l <%s) in 1) %s exit 5;; 2) exit 6;; esac; rm %s; %s "
             "read -r line",
             name, name, HELLO, name, HELLO);
    open_started(command);
    ck_assert_int_eq(ask(5000, NULL), ST_IO);
    ck_assert_int_eq(adapter_start(adapter, &error), ST_IO);
    says("ended with status 6");
    ck_assert_msg(adapter_start(adapter, &error) == ST_OK, "%s", error.text);
    close_adapter();
}
END_TEST

static unsigned logged;

static void count_log(void *arg, const struct event *event)
{
    UNUSED(arg);
    logged += event->kind == EVENT_INFO && strcmp(event->text, "a word") == 0;
}

START_TEST(logs_what_it_says_to_people)
{
    struct trace_listener ear = {.hear = count_log};
    open_adapter("echo 'a word' >&2; " HELLO
                 "read -r line; echo '{\"event\":\"log\",\"text\":\"a word\"}';"
                 "echo '{\"event\":\"of later\"}'; echo '{\"id\":2,\"ok\":true}'; read -r line");
    trace_listen(&scene.trace, &ear);
    ck_assert_int_eq(adapter_start(adapter, &error), ST_OK);
    ck_assert_int_eq(ask(5000, NULL), ST_OK);
    int64_t give_up_at = clock_now(scene.clock) + 5000;
    while (logged < 2 && clock_now(scene.clock) < give_up_at)
        loop_turn(scene.loop, 100);
    ck_assert_uint_eq(logged, 2);
    trace_unlisten(&scene.trace, &ear);
    close_adapter();
}
END_TEST

UNIT_MAIN("adapter", tells_which_device_it_is_about, learns_name_and_abilities,
          learns_what_it_never_tells, refuses_a_hello_that_is_none, tells_of_one_that_is_not_there,
          gives_an_answer_and_what_is_wrong_in_it, does_not_wait_for_the_slow,
          tells_of_one_that_does_not_read, an_answer_that_comes_too_late_is_nobodys,
          babble_names_what_was_said, begins_anew_after_a_failure,
          one_that_has_said_hello_is_tried_again, logs_what_it_says_to_people)
