/* SPDX-License-Identifier: Apache-2.0 */
/* How the program speaks to people, and whether it was heard. */
#include "base/std.h"

#include <signal.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/output.h"

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

int output_end(int status)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return status;
    if (errno == EPIPE)
        return status == EXIT_PASSED ? 128 + SIGPIPE : status;
    complain("cannot write the results: %s", strerror(errno));
    return status == EXIT_PASSED ? EXIT_FILE : status;
}
