/* SPDX-License-Identifier: Apache-2.0 */
/* What a process started ends with it, whatever it ends by. */
#include "base/std.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drivers/guard.h"
#include "tests/unit/unit.h"

enum { PATIENCE_MS = 50, LIMIT_MS = 20000 };

/* A process in a group of its own that lives for ever, and whatever signal but SIGKILL comes. */
static pid_t start_group(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        signal(SIGTERM, SIG_IGN);
        for (;;)
            pause();
    }
    setpgid(pid, pid);
    return pid;
}

/* Both ends of LIFE are open in whoever lives. */
static bool is_over(int life)
{
    struct pollfd end = {.fd = life, .events = POLLIN};
    return poll(&end, 1, LIMIT_MS) == 1 && (end.revents & POLLHUP) != 0;
}

START_TEST(the_group_ends_with_whoever_started_it)
{
    int life[2];
    ck_assert_int_eq(pipe(life), 0);
    pid_t owner = fork();
    if (owner == 0) {
        struct guard guard;
        close(life[0]);
        if (!guard_start(&guard, start_group(), PATIENCE_MS))
            _exit(1);
        raise(SIGKILL);
    }
    close(life[1]);
    ck_assert_int_eq(waitpid(owner, NULL, 0), owner);
    ck_assert(is_over(life[0]));
    close(life[0]);
}
END_TEST

START_TEST(a_guard_that_is_dismissed_does_nothing)
{
    struct guard guard;
    pid_t group = start_group();
    ck_assert(guard_start(&guard, group, PATIENCE_MS));
    guard_dismiss(&guard);
    poll(NULL, 0, 4 * PATIENCE_MS);
    ck_assert_int_eq(waitpid(group, NULL, WNOHANG), 0);
    kill(-group, SIGKILL);
    ck_assert_int_eq(waitpid(group, NULL, 0), group);
}
END_TEST

UNIT_MAIN("guard", the_group_ends_with_whoever_started_it, a_guard_that_is_dismissed_does_nothing)
