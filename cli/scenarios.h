/* SPDX-License-Identifier: Apache-2.0 */
/* The scenario files that a command is about: read, and parsed with all errors at once. */
#ifndef CLI_SCENARIOS_H
#define CLI_SCENARIOS_H

#include <sys/types.h>

#include "base/buf.h"
#include "scenario/scenario.h"

#define STDIN_NAME "stdin" /* of the file that `-` means */

struct scenario_file {
    char *name;   /* (owned) for people and reports */
    char *folder; /* (owned) where the files that it names are, or NULL: here */
    dev_t device; /* with the inode: which file it is; 0: none */
    ino_t inode;
    struct buf text;           /* (owned) */
    struct scenario *scenario; /* (owned) NULL: not parsed yet, or it does not parse */
};
struct scenario_files {
    struct scenario_file *items; /* (owned) */
    size_t count;
};

void scenario_files_release(struct scenario_files *files);
/* Adds what OPERAND means: a file, all files of a folder, `-` for stdin, a shipped scenario. False
 * when it is nothing of that or cannot be read: said on stderr. */
MUST_USE bool scenario_files_add(struct scenario_files *files, const char *operand);
/* Adds all shipped scenarios; false when they are not found, said on stderr. */
MUST_USE bool scenario_files_add_shipped(struct scenario_files *files);
/* Reads as much of one as can be understood, for scenario_fits and not to be run; false when ERRORS
 * got an error. Its scenario is NULL then when there is nothing to go on with. */
MUST_USE bool scenario_file_read(struct scenario_file *file, struct error_list *errors);
/* Parses all; false when one does not parse, its errors on stderr. */
MUST_USE bool scenario_files_parse(struct scenario_files *files);

#endif
