/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses of `--listen`, for the commands that have a server. */
#ifndef CLI_LISTEN_H
#define CLI_LISTEN_H

#include "cli/command.h"

/* EXIT_PASSED, or what was said to be wrong with them. HAS_KEYS: a secured one can be served. */
int listen_check(const struct command *command, const struct texts *listen, bool has_keys);

#endif
