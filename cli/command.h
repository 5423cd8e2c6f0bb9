/* SPDX-License-Identifier: Apache-2.0 */
/* What a command of the program is, and how the program can end. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/options.h"

/* Exit status; 128 and the number of a signal beside these. */
enum exit_status {
    EXIT_PASSED = 0,       /* warnings and "not applicable" included */
    EXIT_FAILED = 1,       /* a check or an operation failed */
    EXIT_USAGE = 2,        /* the command line makes no sense */
    EXIT_FILE = 3,         /* a file cannot be read or written, does not parse, is not valid */
    EXIT_PEER = 4,         /* the peer could not be reached, or the time ran out */
    EXIT_NOTHING = 5,      /* nothing was selected */
    EXIT_INCONCLUSIVE = 6, /* nothing failed, but something could not be judged */
    EXIT_BUG = 70          /* an assertion of ours does not hold */
};

/* A row of the table in main.c. */
struct command {
    const char *name;             /* (borrowed) */
    const char *summary;          /* (borrowed) one line */
    const char *operands;         /* (borrowed) "[FILE]...", or "" */
    enum completion operand;      /* what the shell offers for operands */
    const char *examples[2];      /* (borrowed) whole command lines */
    const char *details;          /* (borrowed) paragraphs below the options, or NULL */
    const struct option *options; /* (borrowed) ends with a row without a name */
    size_t size;                  /* of its options as a struct that begins with struct common */
    int (*run)(const struct invocation *invocation); /* gives an exit status */
};

/* The table; ends with NULL. */
extern const struct command *const commands[];

extern const struct command command_check, command_completion, command_device, command_list,
    command_open, command_provision, command_report, command_run, command_server, command_show,
    command_verify;

#endif
