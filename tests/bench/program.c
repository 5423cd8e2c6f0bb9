/* SPDX-License-Identifier: Apache-2.0 */
/* Starting, watching and ending the built program. */
#include "base/std.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/program.h"

enum { READY_FD = 9, LIMIT_MS = 10000, TURN_MS = 2 };

static void on_ready(void *arg, int fd)
{
    struct program *program = arg;
    char line[32];
    if (read(fd, line, sizeof line) > 0)
        program->is_ready = true;
    else
        program->is_over = true;
}

/* In the child; does not return. */
static _Noreturn void become(const char *binary, const char *server, int ready_fd)
{
    int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    dup2(ready_fd, READY_FD);
    execl(binary, binary, "device", "-q", "-p", "vehicle", "--ready-fd", "9", "-s", server,
          (char *)NULL);
    _exit(EXIT_FAILURE);
}

bool program_start(struct program *program, struct loop *loop, const char *binary,
                   const char *server)
{
    int ends[2];
    *program = (struct program){.loop = loop};
    if (pipe(ends) != 0)
        return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    program->ready = ends[0];
    program->pid = fork();
    if (program->pid == 0)
        become(binary, server, ends[1]);
    close(ends[1]);
    return program->pid > 0 && loop_watch(loop, program->ready, on_ready, program) == ST_OK;
}

bool program_await(struct program *program)
{
    struct clock *clock = loop_clock(program->loop);
    int64_t give_up_at = clock_now(clock) + LIMIT_MS;
    while (!program->is_ready && !program->is_over && clock_now(clock) < give_up_at)
        loop_turn(program->loop, LIMIT_MS);
    loop_unwatch(program->loop, program->ready);
    close(program->ready);
    return program->is_ready;
}

long program_peak_kib(const struct program *program)
{
    char line[128];
    long peak = 0;
    snprintf(line, sizeof line, "/proc/%ld/status", (long)program->pid);
    FILE *file = fopen(line, "r");
    if (file == NULL)
        return 0;
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            peak = strtol(line + 6, NULL, 10);
    fclose(file);
    return peak;
}

bool program_stop(struct program *program)
{
    struct clock *clock = loop_clock(program->loop);
    int64_t kill_at = clock_now(clock) + LIMIT_MS;
    int status = 0;
    kill(program->pid, SIGTERM);
    while (waitpid(program->pid, &status, WNOHANG) == 0) {
        loop_turn(program->loop, TURN_MS);
        if (clock_now(clock) >= kill_at)
            kill(program->pid, SIGKILL);
    }
    return WIFEXITED(status);
}
