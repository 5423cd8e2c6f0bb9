/* SPDX-License-Identifier: Apache-2.0 */
/* Where results go: lines or JSON on stdout, and the reports that options ask for. */
#ifndef CLI_SINKS_H
#define CLI_SINKS_H

#include "cli/options.h"
#include "scenario/sink.h"

struct sinks_options {
    const char *junit, *tap, *json; /* (borrowed) files, or NULL */
    bool annotations;
};
/* Rows for the tables of commands whose options have them as member REPORTS. */
/* clang-format off */
#define OPTIONS_REPORTS(STRUCT)                                                                    \
    {"report-junit", '\0', OPTION_TEXT, offsetof(STRUCT, reports.junit), "FILE",                   \
     "write a JUnit report", COMPLETE_FILES},                                                      \
    {"report-tap", '\0', OPTION_TEXT, offsetof(STRUCT, reports.tap), "FILE",                       \
     "write a TAP 14 report", COMPLETE_FILES},                                                     \
    {"report-json", '\0', OPTION_TEXT, offsetof(STRUCT, reports.json), "FILE",                     \
     "write a JSON report", COMPLETE_FILES},                                                       \
    {"annotations", '\0', OPTION_FLAG, offsetof(STRUCT, reports.annotations), NULL,                \
     "print annotations for GitHub Actions, too", COMPLETE_NOTHING}
/* clang-format on */

enum { SINKS_MOST = 5 };
struct sinks {
    struct sink *items[SINKS_MOST]; /* (owned) */
    size_t count;
};

/* Why what is asked for cannot be written: two would be one file or mix on stdout. NULL: it can. */
MUST_USE const char *sinks_clash(const struct sinks_options *given, const struct common *common);
/* False, and said, when a file cannot be written. Release OUT with sinks_free whatever comes back.
 */
MUST_USE bool sinks_open(struct sinks *out, const struct sinks_options *given,
                         const struct common *common);
void sinks_begin(const struct sinks *sinks, const struct run_info *info);
void sinks_result(const struct sinks *sinks, const struct result *result);
/* False when a report could not be written; said unless IS_HURRIED. */
MUST_USE bool sinks_end(const struct sinks *sinks, const struct run_summary *summary,
                        bool is_hurried);
void sinks_free(struct sinks *sinks);

#endif
