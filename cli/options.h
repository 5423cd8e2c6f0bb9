/* SPDX-License-Identifier: Apache-2.0 */
/* Options of a command as a table: parsing, help and shell completion are made from it. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/buf.h"

/* What the shell offers for a value. */
enum completion {
    COMPLETE_NOTHING,
    COMPLETE_FILES,
    COMPLETE_PROFILES,  /* files too */
    COMPLETE_SCENARIOS, /* files too */
    COMPLETE_SUITES,
    COMPLETE_DEFECTS,
    COMPLETE_TOPICS, /* of list */
    COMPLETE_NAMES,  /* of show */
    COMPLETE_CHALLENGE_RULES,
    COMPLETE_SHELLS,
    COMPLETE_REPORTS /* "merge", and files */
};
enum { COMPLETIONS = 11 };

/* The member of the options struct that a row fills; zero means that the option was not given. */
enum option_kind {
    OPTION_FLAG,      /* bool */
    OPTION_COUNT,     /* int: how often */
    OPTION_TEXT,      /* const char *, borrowed from the invocation; the last one counts */
    OPTION_TEXTS,     /* struct texts: each time one more */
    OPTION_DURATION,  /* int64_t, milliseconds above 0 */
    OPTION_FACTOR,    /* double above 0 */
    OPTION_ID,        /* uint16_t, 0..65534 */
    OPTION_NUMBER,    /* int above 0 */
    OPTION_DESCRIPTOR /* the same, of a file */
};

struct option {
    const char *name; /* (borrowed) long name */
    char letter;      /* or '\0' */
    enum option_kind kind;
    size_t offset;
    const char *value; /* (borrowed) what it is called in the help; NULL for FLAG and COUNT */
    const char *help;  /* (borrowed) */
    enum completion completion;
};

enum { TEXTS_MOST = 1000 };
struct texts {
    const char **items; /* (owned) the array; the texts are borrowed */
    size_t count;
};

/* What every options struct begins with. */
struct common {
    int verbose;
    bool quiet;
    bool json;
    bool redact;
    const char *trace; /* (borrowed) */
};

/* Rows for the tables of commands. */
/* clang-format off */
#define OPTIONS_COMMON                                                                             \
    {"verbose", 'v', OPTION_COUNT, offsetof(struct common, verbose), NULL,                         \
     "say more", COMPLETE_NOTHING},                                                                \
    {"quiet", 'q', OPTION_FLAG, offsetof(struct common, quiet), NULL,                              \
     "say only what matters", COMPLETE_NOTHING}
#define OPTION_JSON(HELP)                                                                          \
    {"json", '\0', OPTION_FLAG, offsetof(struct common, json), NULL, HELP, COMPLETE_NOTHING}
#define OPTION_TRACE                                                                               \
    {"trace", '\0', OPTION_TEXT, offsetof(struct common, trace), "FILE",                           \
     "write every message to FILE, a JSON object a line", COMPLETE_FILES}
#define OPTION_REDACT                                                                              \
    {"redact", '\0', OPTION_FLAG, offsetof(struct common, redact), NULL,                           \
     "hide identities: texts of the device and payloads", COMPLETE_NOTHING}
#define OPTIONS_END {NULL, '\0', OPTION_FLAG, 0, NULL, NULL, COMPLETE_NOTHING}
/* clang-format on */

struct command;
/* A command line, read. */
struct invocation {
    const struct command *command; /* (borrowed) */
    void *options;                 /* (owned) the command's own struct */
    struct texts operands;
    char **values; /* (owned) what the options point to */
    size_t value_count;
};

enum options_result {
    OPTIONS_RUN,
    OPTIONS_HELP, /* help was asked for, and printed on stdout */
    OPTIONS_WRONG /* said on stderr */
};
/* Reads ARGUMENTS, the words behind the command's name (a NULL at their end). Release OUT whatever
 * comes back. */
MUST_USE enum options_result options_parse(const struct command *command,
                                           const char *const *arguments, struct invocation *out);
void invocation_release(struct invocation *invocation);
/* Says on stderr what is wrong with the command line, with a hint; gives EXIT_USAGE. */
int usage_error(const struct command *command, const char *format, ...) PRINTF_LIKE(2, 3);

/* Finds the candidate that a mistyped word may have meant. */
struct suggestion {
    const char *word; /* (borrowed) */
    const char *best; /* (borrowed) NULL: nothing is near */
    size_t distance;
};
void suggestion_init(struct suggestion *suggestion, const char *word);
/* CANDIDATE must live as long as the result is looked at. */
void suggestion_consider(struct suggestion *suggestion, const char *candidate);
/* Appends ` (did you mean "x"?)` when something is near. */
void suggestion_put(const struct suggestion *suggestion, struct buf *out);

#endif
