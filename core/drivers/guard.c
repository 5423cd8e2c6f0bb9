/* SPDX-License-Identifier: Apache-2.0 */
/* A shell that reads until we are gone, and then ends the group that it is in. It is a program of
 * its own, so that nothing of our memory lives on in it. */
#include "base/std.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drivers/guard.h"

enum { NUMBER = 24, STANDARD = 3, DESCRIPTORS_MOST = 4096 };

static const char script[] = "trap '' TERM HUP INT QUIT; read -r nothing; sleep \"$2\"; "
                             "kill -s TERM -- \"-$1\"; sleep \"$2\"; kill -s KILL -- \"-$1\"";

static void become(int line, const char *group, const char *patience)
{
    int null = open("/dev/null", O_WRONLY);
    long most = sysconf(_SC_OPEN_MAX);
    if (dup2(line, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
        dup2(null, STDERR_FILENO) < 0)
        _exit(127);
    for (int fd = STANDARD; fd < DESCRIPTORS_MOST && fd < most; fd++)
        close(fd);
    execl("/bin/sh", "sh", "-c", script, "guard", group, patience, (char *)NULL);
    _exit(127);
}

bool guard_start(struct guard *guard, pid_t group, int patience_ms)
{
    char number[NUMBER], patience[NUMBER];
    int ends[2];
    snprintf(number, sizeof number, "%ld", (long)group);
    snprintf(patience, sizeof patience, "%d.%03d", patience_ms / 1000, patience_ms % 1000);
    if (pipe(ends) != 0)
        return false;
    guard->line = ends[1];
    fcntl(guard->line, F_SETFD, FD_CLOEXEC);
    guard->pid = fork();
    if (guard->pid == 0) {
        setpgid(0, group);
        become(ends[0], number, patience);
    }
    close(ends[0]);
    if (guard->pid > 0)
        setpgid(guard->pid, group); /* whoever comes first */
    else
        close(guard->line);
    return guard->pid > 0;
}

void guard_dismiss(struct guard *guard)
{
    kill(guard->pid, SIGKILL);
    waitpid(guard->pid, NULL, 0);
    close(guard->line);
}
