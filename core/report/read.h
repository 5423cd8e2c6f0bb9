/* SPDX-License-Identifier: Apache-2.0 */
/* Reads JSON reports back, as json_sink_new writes them, and puts several together. */
#ifndef REPORT_READ_H
#define REPORT_READ_H

#include "report/report.h"

struct cJSON;

struct report {
    struct run_info info;   /* its texts are in the document */
    struct result *results; /* (owned) as they were told; texts are in the document */
    size_t count;
    struct cJSON *document; /* (owned) */
};

/* Reads TEXT (copied). ST_INVALID with a sentence when it is no report, or one that this version
 * cannot read. Release OUT whatever comes back. */
MUST_USE enum status report_read(struct bytes text, struct report *out, struct error *error);
void report_release(struct report *report);

/* What several reports say of themselves: the parts of each text, which "; " keeps apart, once, in
 * their order; the earliest start, the sum of plans, and how they were played when all tell the
 * same. The texts of the last are those of the reports. */
struct joined {
    struct run_info info; /* its texts are those below; it is of no shard */
    struct buf tool, device, server, options;
};
/* Release OUT with joined_release. */
void reports_join(const struct report *reports, size_t count, struct joined *out);
void joined_release(struct joined *joined);

/* ST_INVALID with a sentence when REPORTS, which are called NAMES, are no parts of one run: shards
 * of another selection, or two of one shard. What is no shard fits everything. */
MUST_USE enum status reports_fit(const struct report *reports, const char *const *names,
                                 size_t count, struct error *error);
/* Appends `2/5, 4/5`, the shards of REPORTS, which fit, that are missing; how many. */
size_t reports_put_missing(const struct report *reports, size_t count, struct buf *out);

#endif
