/* SPDX-License-Identifier: Apache-2.0 */
/* How the program speaks to people, and whether it was heard. */
#include "base/std.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/signals.h"

void output_start(void)
{
    int fd = 0;
    while (fd >= 0 && fd <= STDERR_FILENO)
        fd = open("/dev/null", O_RDONLY);
    if (fd > STDERR_FILENO)
        close(fd);
}

void complain(const char *format, ...)
{
    va_list values;
    fputs("lwm2m-portfolio: ", stderr);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputc('\n', stderr);
}

bool output_has_colour(FILE *file)
{
    const char *refused = getenv("NO_COLOR");
    return (refused == NULL || refused[0] == '\0') && isatty(fileno(file)) == 1;
}

/* True when what reads stdout has gone, as `head` does. */
static bool is_abandoned(void)
{
    struct pollfd polled = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return ferror(stdout) != 0 && poll(&polled, 1, 0) == 1 && (polled.revents & POLLERR) != 0;
}

void output_check(void)
{
    fflush(stdout);
    if (is_abandoned())
        signals_raise(SIGPIPE);
}

int output_end(int status)
{
    bool good = fflush(stdout) == 0 && ferror(stdout) == 0;
    int reason = errno;
    if (good)
        return status;
    if (is_abandoned())
        return status == EXIT_PASSED ? 128 + SIGPIPE : status;
    if (status != EXIT_FILE)
        complain("cannot write the results: %s", strerror(reason));
    return status == EXIT_PASSED ? EXIT_FILE : status;
}
