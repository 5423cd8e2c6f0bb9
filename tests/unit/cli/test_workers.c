/* SPDX-License-Identifier: Apache-2.0 */
/* Processes of our own: requests and answers, and what becomes of those that end. */
#include "tests/unit/unit.h"

#include <poll.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/workers.h"

enum { ANSWER_MOST = 1 << 22, LONG = 1 << 21 };

static int told = -1; /* where a worker tells that it has begun, and each request, too */

static void tell(void)
{
    if (told >= 0 && write(told, "!", 1) != 1)
        abort();
}

/* Answers with the request behind its name; some requests are special. */
static void echo(void *arg, int in, int out)
{
    struct buf request;
    struct buf answer;
    buf_init(&request, ANSWER_MOST);
    buf_init(&answer, ANSWER_MOST);
    signal(SIGTERM, SIG_DFL); /* Check's handler would end the test */
    tell();
    while (piece_read(in, &request)) {
        tell();
        buf_clear(&answer);
        buf_printf(&answer, "%s: ", (const char *)arg);
        buf_put(&answer, buf_bytes(&request));
        if (bytes_is(buf_bytes(&request), "die"))
            kill(getpid(), SIGKILL);
        if (bytes_is(buf_bytes(&request), "fail"))
            _exit(3);
        if (bytes_is(buf_bytes(&request), "sleep"))
            pause();
        for (volatile bool spins = bytes_is(buf_bytes(&request), "spin"); spins;)
            continue;
        if (!piece_write(out, buf_bytes(&answer)))
            break;
    }
    buf_release(&request);
    buf_release(&answer);
}

struct scene {
    char name[8];
    struct workers workers;
    struct buf answer;
    size_t task;
};

static void begin(struct scene *scene, size_t count)
{
    *scene = (struct scene){.name = "me"};
    buf_init(&scene->answer, ANSWER_MOST);
    signal(SIGPIPE, SIG_IGN);
    workers_start(&scene->workers, count, echo, scene->name);
    ck_assert_uint_eq(scene->workers.count, count);
}

static bool end(struct scene *scene)
{
    buf_release(&scene->answer);
    return workers_end(&scene->workers);
}

/* The next that is not a time-out. */
static enum status next(struct scene *scene)
{
    enum status status;
    do
        status = workers_wait(&scene->workers, &scene->task, &scene->answer);
    while (status == ST_TIMEOUT);
    return status;
}

START_TEST(a_request_is_answered)
{
    struct scene scene;
    begin(&scene, 1);
    ck_assert(!workers_are_busy(&scene.workers));
    ck_assert(workers_give(&scene.workers, 7, bytes_of("hello")));
    ck_assert(workers_are_busy(&scene.workers));
    ck_assert_int_eq(next(&scene), ST_OK);
    ck_assert_uint_eq(scene.task, 7);
    ck_assert_str_eq(buf_text(&scene.answer), "me: hello");
    ck_assert(!workers_are_busy(&scene.workers));
    ck_assert(end(&scene));
}
END_TEST

START_TEST(each_has_one_request_at_a_time)
{
    struct scene scene;
    bool answered[5] = {false};
    begin(&scene, 2);
    ck_assert(workers_give(&scene.workers, 0, bytes_of("a")));
    ck_assert(workers_give(&scene.workers, 1, bytes_of("b")));
    ck_assert(!workers_give(&scene.workers, 2, bytes_of("c")));
    for (size_t given = 2; workers_are_busy(&scene.workers);) {
        ck_assert_int_eq(next(&scene), ST_OK);
        answered[scene.task] = true;
        if (given < COUNT_OF(answered) && workers_give(&scene.workers, given, bytes_of("more")))
            given++;
    }
    for (size_t i = 0; i < COUNT_OF(answered); i++)
        ck_assert(answered[i]);
    ck_assert(end(&scene));
}
END_TEST

/* More than a pipe holds. */
START_TEST(long_pieces_come_whole)
{
    struct scene scene;
    begin(&scene, 1);
    char *text = xalloc(LONG + 1);
    memset(text, 'x', LONG);
    ck_assert(workers_give(&scene.workers, 0, bytes_of(text)));
    ck_assert_int_eq(next(&scene), ST_OK);
    ck_assert_uint_eq(scene.answer.len, LONG + 4);
    ck_assert_str_eq(buf_text(&scene.answer) + 4, text);
    ck_assert(workers_give(&scene.workers, 0, bytes_of("")));
    ck_assert_int_eq(next(&scene), ST_OK);
    ck_assert_str_eq(buf_text(&scene.answer), "me: ");
    free(text);
    ck_assert(end(&scene));
}
END_TEST

START_TEST(one_that_dies_is_told_and_the_others_go_on)
{
    static const char *const ways[] = {"die", "fail"};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct scene scene;
        begin(&scene, 2);
        ck_assert(workers_give(&scene.workers, 3, bytes_of(ways[i])));
        ck_assert_int_eq(next(&scene), ST_UNREACHABLE);
        ck_assert_uint_eq(scene.task, 3);
        ck_assert(workers_give(&scene.workers, 4, bytes_of("still here")));
        ck_assert(!workers_give(&scene.workers, 5, bytes_of("nobody left")));
        ck_assert_int_eq(next(&scene), ST_OK);
        ck_assert_uint_eq(scene.task, 4);
        ck_assert(!end(&scene));
    }
}
END_TEST

START_TEST(one_that_died_while_idle_gets_nothing)
{
    struct scene scene;
    begin(&scene, 1);
    ck_assert(workers_give(&scene.workers, 0, bytes_of("a")));
    ck_assert_int_eq(next(&scene), ST_OK);
    kill(scene.workers.items[0].pid, SIGKILL);
    siginfo_t ended;
    ck_assert_int_eq(waitid(P_PID, (id_t)scene.workers.items[0].pid, &ended, WEXITED | WNOWAIT), 0);
    ck_assert(!workers_give(&scene.workers, 1, bytes_of("b")));
    ck_assert(!workers_are_busy(&scene.workers));
    ck_assert(!end(&scene));
}
END_TEST

START_TEST(a_signal_reaches_them_and_waiting_has_a_limit)
{
    struct scene scene;
    begin(&scene, 1);
    ck_assert(workers_give(&scene.workers, 0, bytes_of("sleep")));
    ck_assert_int_eq(workers_wait(&scene.workers, &scene.task, &scene.answer), ST_TIMEOUT);
    ck_assert(workers_are_busy(&scene.workers));
    workers_signal(&scene.workers, SIGTERM);
    ck_assert_int_eq(next(&scene), ST_UNREACHABLE);
    ck_assert(!end(&scene));
}
END_TEST

START_TEST(a_piece_that_ends_early_is_none)
{
    int ends[2];
    struct buf piece;
    buf_init(&piece, 100);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "\0\0\0\5abc", 7), 7);
    close(ends[1]);
    ck_assert(!piece_read(ends[0], &piece));
    close(ends[0]);
    buf_release(&piece);
}
END_TEST

/* A parent of its own, which waits for its end. */
static void be_parent(const char *request, bool is_asked)
{
    struct workers workers;
    char name[] = "me";
    workers_start(&workers, 2, echo, name);
    for (size_t i = 0; is_asked && i < workers.count; i++)
        if (!workers_give(&workers, i, bytes_of(request)))
            abort();
    for (;;)
        pause();
}

/* COUNT octets come in time. */
static bool come(int fd, unsigned count)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    char octet;
    while (count > 0 && poll(&poll_fd, 1, 3000) == 1 && read(fd, &octet, 1) == 1)
        count--;
    return count == 0;
}

/* Who lives holds the other end of a pipe. */
START_TEST(none_outlives_its_parent)
{
    static const char *const requests[] = {"spin", "sleep", "idle"};
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        int alive[2];
        char octet;
        ck_assert_int_eq(pipe(alive), 0);
        told = alive[1];
        pid_t parent = fork();
        if (parent == 0)
            be_parent(requests[i], i < 2);
        close(alive[1]);
        told = -1;
        bool have_begun = come(alive[0], i < 2 ? 4 : 2);
        kill(parent, SIGKILL);
        waitpid(parent, NULL, 0);
        ck_assert_msg(have_begun, "\"%s\": they do not begin", requests[i]);
        struct pollfd end = {.fd = alive[0], .events = POLLIN};
        ck_assert_msg(poll(&end, 1, 3000) == 1, "\"%s\": somebody lives", requests[i]);
        ck_assert_int_eq(read(alive[0], &octet, 1), 0);
        close(alive[0]);
    }
}
END_TEST

/* --- signals --------------------------------------------------------------------------------- */
static volatile int rest_goes_to;

/* The rest of a piece comes while who reads it is in the handler. */
static void write_rest(int signal)
{
    UNUSED(signal);
    int fd = rest_goes_to;
    rest_goes_to = -1;
    if (fd >= 0 && write(fd, "\5abcde", 6) != 6)
        abort();
}

static void alarm_every_10_ms(void (*handler)(int signal))
{
    struct sigaction action = {.sa_handler = handler};
    struct itimerval every = {{0, 10000}, {0, 10000}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &every, NULL);
}

static void no_alarm(void)
{
    struct itimerval never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &never, NULL);
    signal(SIGALRM, SIG_DFL);
}

START_TEST(a_signal_does_not_cut_a_piece)
{
    int ends[2];
    struct buf piece;
    buf_init(&piece, 100);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "\0\0\0", 3), 3);
    rest_goes_to = ends[1];
    alarm_every_10_ms(write_rest);
    bool came = piece_read(ends[0], &piece);
    no_alarm();
    ck_assert(came);
    ck_assert_str_eq(buf_text(&piece), "abcde");
    close(ends[0]);
    close(ends[1]);
    buf_release(&piece);
}
END_TEST

START_TEST(a_signal_ends_the_wait_for_a_piece)
{
    int ends[2];
    struct buf piece;
    buf_init(&piece, 100);
    ck_assert_int_eq(pipe(ends), 0);
    rest_goes_to = -1;
    alarm_every_10_ms(write_rest);
    bool came = piece_await(ends[0], &piece);
    no_alarm();
    ck_assert(!came);
    close(ends[0]);
    close(ends[1]);
    buf_release(&piece);
}
END_TEST

UNIT_MAIN("workers", none_outlives_its_parent, a_request_is_answered,
          each_has_one_request_at_a_time, long_pieces_come_whole,
          one_that_dies_is_told_and_the_others_go_on, one_that_died_while_idle_gets_nothing,
          a_signal_reaches_them_and_waiting_has_a_limit, a_piece_that_ends_early_is_none,
          a_signal_does_not_cut_a_piece, a_signal_ends_the_wait_for_a_piece)
