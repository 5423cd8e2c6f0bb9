/* SPDX-License-Identifier: Apache-2.0 */
/* Carries the adapter protocol between stdin, stdout and our server. */
#include "base/std.h"

#include <unistd.h>

#include "cli/adapt.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/version.h"
#include "drivers/adapter.h"

enum { TURN_MS = 1000 };

static void say(void *arg, struct bytes line)
{
    UNUSED(arg);
    fwrite(line.data, 1, line.len, stdout);
    fputc('\n', stdout);
    output_check();
}

/* The next line, or NULL at the end: of stdin, or of our time. */
static const struct buf *next_line(const struct world *world, struct input *input, struct buf *line)
{
    while (!world_is_stopped(world)) {
        if (input_line(input, line))
            return line;
        if (input_over(input))
            return NULL;
        loop_turn(world->loop, TURN_MS);
    }
    return NULL;
}

int adapt(struct world *world, struct server_actor *server, struct error *error)
{
    const struct adapter_host_config config = {.server = server,
                                               .catalogue = catalogue_builtin(),
                                               .name = "lwm2m-portfolio",
                                               .version = LWM2M_PORTFOLIO_VERSION,
                                               .say = say};
    struct adapter_host *host = adapter_host_new(&config);
    struct input input;
    struct buf line;
    int status = EXIT_PASSED;
    input_init(&input, world->loop, STDIN_FILENO, COPROCESS_LINE_MOST);
    buf_init_secret(&line, COPROCESS_LINE_MOST + 1);
    while (status == EXIT_PASSED && next_line(world, &input, &line) != NULL) {
        if (line.bad) {
            error_set(error, "a line of stdin is longer than %d octets", COPROCESS_LINE_MOST);
            status = EXIT_FILE;
        } else {
            adapter_host_line(host, buf_bytes(&line));
        }
    }
    buf_release(&line);
    input_release(&input);
    adapter_host_free(host);
    return status;
}
