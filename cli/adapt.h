/* SPDX-License-Identifier: Apache-2.0 */
/* Our server moved by another program, in the adapter protocol on standard input and output. */
#ifndef CLI_ADAPT_H
#define CLI_ADAPT_H

#include "cli/world.h"

/* Answers the lines of stdin until its end or a signal. EXIT_PASSED, or EXIT_FILE with a sentence
 * when a line was too long to go on. */
int adapt(struct world *world, struct server_actor *server, struct error *error);

#endif
