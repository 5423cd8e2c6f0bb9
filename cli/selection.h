/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the scenarios are to be run. */
#ifndef CLI_SELECTION_H
#define CLI_SELECTION_H

#include "cli/scenarios.h"

/* True when TAGS (NULL-terminated) fit WANTED, a list such as `smoke,reporting,!slow`: one of the
 * plain ones is there, if there are any, and none of those behind `!`. */
bool tags_fit(const char *const *tags, const char *wanted);
/* Drops the files that do not fit TAGS or whose name and title do not match FILTER, an extended
 * regular expression; either may be NULL. ST_INVALID with a sentence when FILTER is none. */
MUST_USE enum status selection_apply(struct scenario_files *files, const char *tags,
                                     const char *filter, struct error *error);

#endif
