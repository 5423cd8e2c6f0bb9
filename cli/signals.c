/* SPDX-License-Identifier: Apache-2.0 */
/* Signals into a number that everybody looks at, and into the event loop through a pipe. */
#include "base/std.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/signals.h"

static volatile sig_atomic_t stop;  /* what a handler may write to is static by nature */
static volatile sig_atomic_t since; /* when a handler set it, as now_ms */
static int wake[2] = {-1, -1};

static const int leaving[] = {SIGINT, SIGTERM, SIGHUP};

/* Only what a handler may call. */
static void write_all(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) < 0)
        return;
}

static void on_abort(int signal)
{
    UNUSED(signal);
    write_all(STDERR_FILENO, "lwm2m-portfolio: this is a bug of the program, not of what it was "
                             "given; please report it with the lines above\n");
    _exit(EXIT_BUG);
}

/* timeout(1) and others send a signal to the program and then to its group, which is meant once. */
enum { ECHO_MS = 300 };

/* Monotonic; what is more than fits is left out. */
static unsigned now_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned)now.tv_sec * 1000 + (unsigned)(now.tv_nsec / 1000000);
}

static void on_leave(int signal)
{
    int reason = errno;
    bool is_echo = signal == stop && now_ms() - (unsigned)since < ECHO_MS;
    if (stop != 0 && !is_echo)
        _exit(128 + signal);
    if (stop == 0)
        since = (sig_atomic_t)now_ms();
    stop = signal;
    write_all(wake[1], "!");
    errno = reason;
}

static void handle(int signal, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

/* `nohup` asks for that; what Ctrl-C does is never up to the shell. */
static bool must_stay_ignored(int signal)
{
    struct sigaction action;
    return signal == SIGHUP && sigaction(signal, NULL, &action) == 0 &&
           action.sa_handler == SIG_IGN;
}

void signals_start(void)
{
    handle(SIGPIPE, SIG_IGN);
    handle(SIGTTIN, SIG_IGN);
    handle(SIGABRT, on_abort);
}

static void drain(void *arg, int fd)
{
    char rest[16];
    UNUSED(arg);
    while (read(fd, rest, sizeof rest) > 0)
        continue;
}

void signals_catch(struct loop *loop)
{
    if (pipe(wake) != 0)
        return; /* then a signal is seen at the next turn only */
    for (size_t i = 0; i < COUNT_OF(wake); i++) {
        fcntl(wake[i], F_SETFL, O_NONBLOCK);
        fcntl(wake[i], F_SETFD, FD_CLOEXEC);
    }
    if (loop_watch(loop, wake[0], drain, NULL) != ST_OK)
        return;
    for (size_t i = 0; i < COUNT_OF(leaving); i++)
        if (!must_stay_ignored(leaving[i]))
            handle(leaving[i], on_leave);
}

void signals_release(struct loop *loop)
{
    loop_unwatch(loop, wake[0]);
    for (size_t i = 0; i < COUNT_OF(leaving); i++)
        if (!must_stay_ignored(leaving[i]))
            handle(leaving[i], SIG_DFL);
    for (size_t i = 0; i < COUNT_OF(wake); i++) {
        if (wake[i] >= 0)
            close(wake[i]);
        wake[i] = -1;
    }
}

const volatile int *signals_stop(void)
{
    return &stop;
}

void signals_raise(int signal)
{
    if (stop == 0)
        stop = signal;
}

int signals_exit_status(int status)
{
    return stop == 0 ? status : 128 + stop;
}
