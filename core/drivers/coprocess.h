/* SPDX-License-Identifier: Apache-2.0 */
/* A program that runs beside us and is spoken to in lines: what an adapter is to the system. */
#ifndef DRIVERS_COPROCESS_H
#define DRIVERS_COPROCESS_H

#include "base/clock.h"

enum { COPROCESS_LINE_MOST = 1 << 20 }; /* octets of a line, its newline left out */

struct coprocess; /* opaque */

struct coprocess_config {
    struct loop *loop;   /* (borrowed) in real time: others do not wait for ours */
    const char *command; /* (borrowed) for /bin/sh */
    /* A line of its standard output. TOO_LONG: it was longer than allowed, LINE is its beginning.
     */
    void (*on_line)(void *arg, struct bytes line, bool too_long);
    /* A line of its standard error, cut where it is too long. */
    void (*on_log)(void *arg, struct bytes line);
    /* Nothing more will come. HOW says it: "it ended with status 3". */
    void (*on_end)(void *arg, const char *how);
    void *arg;       /* (borrowed) of all; none of them may free the coprocess */
    int patience_ms; /* with one that is asked to leave; 0: two seconds */
};

/* Starts it, in a process group of its own, so that what a terminal sends comes to us alone; of our
 * descriptors it has none. NULL with a sentence when there is no process or pipe. SIGPIPE must be
 * ignored. */
struct coprocess *coprocess_new(const struct coprocess_config *config, struct error *error);
/* Closes its standard input and waits for its end; when patience ends it is told by SIGTERM, and
 * after that time again by SIGKILL. What it started and left behind in its group goes the same way.
 * So does everything when we die without that. NULL is legal. */
void coprocess_free(struct coprocess *coprocess);

/* Sends LINE, without its newline; what it does not take at once waits for it. ST_LIMIT: it has not
 * read what waits for it, ST_UNREACHABLE: it does not read any more. */
MUST_USE enum status coprocess_say(struct coprocess *coprocess, struct bytes line);
/* False once it has closed its standard input, or has gone. */
bool coprocess_reads(const struct coprocess *coprocess);
/* Whether it has read all that it was told. */
bool coprocess_has_read(const struct coprocess *coprocess);

#endif
