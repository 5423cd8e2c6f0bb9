/* SPDX-License-Identifier: Apache-2.0 */
/* Reports that earlier runs wrote, and the rounds of theirs that failed. */
#ifndef CLI_REPORTS_H
#define CLI_REPORTS_H

#include "cli/options.h"
#include "cli/rounds.h"
#include "report/read.h"

struct reports {
    struct report *items; /* (owned) */
    const char **names;   /* (owned) the array; the texts are borrowed */
    size_t count;
};
/* Reads the files NAMES; false, and said, when one is no report. Release OUT whatever comes back.
 */
MUST_USE bool reports_load(const struct texts *names, struct reports *out);
void reports_release(struct reports *reports);

bool reports_have_failed(const struct report *report);
/* Keeps those of FILES that failed in REPORT, and lets each be played with the profile that it had
 * there. */
void reports_keep_failed(const struct report *report, struct scenario_files *files);
/* Adds the files that failed in REPORT; false, and said, when one is not there. */
MUST_USE bool reports_add_failed(const struct report *report, struct scenario_files *files);
/* Appends what failed in REPORT and with what it was played, for a digest. */
void reports_put_failed(const struct report *report, struct buf *out);
/* The rounds of FILES that failed in REPORT, as they were there but for what PLAN says: another
 * format, a seed that is not negative, profiles that are fixed. */
void reports_make_rounds(const struct report *report, const struct scenario_files *files,
                         const struct rounds_plan *plan, struct rounds *out);

#endif
