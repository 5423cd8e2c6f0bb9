/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of a run: sinks for a person, TAP 14, JUnit, JSON and GitHub. What they say of a check is
 * the same text in each. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "scenario/sink.h"

/* File reports are written beside PATH first and renamed when they are whole; what is no regular
 * file (a pipe, /dev/stdout) is written to in place. Each call gives NULL with a sentence when that
 * is not possible, so that it shows before the run; later failures come from sink_ops.end. */
struct sink *tap_sink_new(const char *path, struct error *error);
/* As Jenkins, GitLab and GitHub read it: one testsuite with one testcase for each scenario. */
struct sink *junit_sink_new(const char *path, struct error *error);
/* One document whose member "version" tells its schema. */
struct sink *json_sink_new(const char *path, struct error *error);

/* Appends the whole explanation of RESULT, clean and without a newline at its end: what its checks
 * say; its reason where none of them came to its verdict, but for a skip, which shows it anyway;
 * what was wrong before one that is flaky; nothing for a plain pass. */
void result_explain(const struct result *result, struct buf *out);

enum human_detail {
    HUMAN_QUIET,  /* what did not pass, and the summary */
    HUMAN_NORMAL, /* a line for each scenario */
    HUMAN_VERBOSE /* and one for each check */
};
struct human_options {
    FILE *out; /* (borrowed) */
    bool colour;
    enum human_detail detail;
};
/* The last line that it writes is `N passed, N failed`, with `, N skipped` when there are any;
 * errors count as failed, inconclusive and not applicable ones as skipped. */
struct sink *human_sink_new(const struct human_options *options);

struct github_options {
    FILE *out;        /* (borrowed) */
    const char *root; /* (borrowed) top folder of the repository, or NULL: paths stay as they are */
    const char *here; /* (borrowed) present folder, or NULL */
};
/* For each check that did not pass (or each result, when none tells why) a line that GitHub Actions
 * shows beside the line of the scenario: an error, a warning, or a notice for what is inconclusive.
 */
struct sink *github_sink_new(const struct github_options *options);

#endif
