/* SPDX-License-Identifier: Apache-2.0 */
/* Lines on stdin, each performed and answered while the world goes on: the console of `device` and
 * `server`. */
#ifndef CLI_DIALOG_H
#define CLI_DIALOG_H

#include "cli/input.h"
#include "cli/world.h"
#include "scenario/scenario.h"

struct dialog;
/* A word of the command's own, at the beginning of a line. */
struct dialog_word {
    const char *word; /* (borrowed) */
    const char *help; /* (borrowed) "clients", "use ENDPOINT" and what it does */
    /* REST is what stands behind the word; an ANSWER of lines, or a status and a sentence. */
    enum status (*act)(struct dialog *dialog, struct bytes rest, struct buf *answer,
                       struct error *error);
};

struct dialog_config {
    struct world *world;             /* (borrowed) */
    const struct dialog_word *words; /* (borrowed) ends with a row without a word */
    const char *help;                /* (borrowed) what else can be typed, whole lines */
    void (*before)(void *arg);       /* a line goes to the console; may be NULL */
    bool json;
    bool redact;
    bool quiet; /* answers only: what was read from a pipe is not repeated */
    void *arg;  /* (borrowed) for those who act, and of BEFORE */
};

struct dialog {
    struct dialog_config config;
    struct console *console; /* (borrowed) may be exchanged while a word acts */
    struct input input;      /* (owned) */
    bool is_terminal;
    bool is_left;    /* `quit` */
    unsigned line;   /* number of the line at hand */
    int exit_status; /* what the lines came to so far: the worst of EXIT_FAILED, _PEER, _FILE */
};

/* CONSOLE is borrowed. */
void dialog_start(struct dialog *dialog, const struct dialog_config *config,
                  struct console *console);
void dialog_end(struct dialog *dialog);
/* Performs a line if there is one, else lets the world move. False when there is nothing more to
 * come: the end of stdin, `quit`, or a signal. */
bool dialog_turn(struct dialog *dialog);
/* The same when stdin is over and lines do not matter any more. */
bool dialog_is_left(const struct dialog *dialog);

#endif
