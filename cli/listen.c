/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a server can listen where it is told to. */
#include "base/std.h"

#include "cli/listen.h"
#include "cli/output.h"
#include "drivers/sim.h"

int listen_check(const struct command *command, const struct texts *listen, bool has_keys)
{
    if (listen->count > LISTENS_MOST)
        return usage_error(command, "more than %d addresses to listen on", LISTENS_MOST);
    for (size_t i = 0; i < listen->count; i++) {
        const char *uri = listen->items[i];
        struct account_uri parts;
        if (!account_uri_parse_listen(bytes_of(uri), &parts))
            return usage_error(command,
                               "\"%s\" is no address to listen on; write coap://host[:port], or "
                               "coaps://, coap+tcp://, coaps+tcp://",
                               uri);
        if (parts.secure && !has_keys)
            return usage_error(command, "\"%s\" needs keys; give a file with --security", uri);
    }
    return EXIT_PASSED;
}
