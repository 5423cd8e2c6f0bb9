/* SPDX-License-Identifier: Apache-2.0 */
/* What the reports share; for core/report only. */
#ifndef REPORT_REPORT_IMPL_H
#define REPORT_REPORT_IMPL_H

#include "base/file.h"

#include "report/report.h"

/* --- text.c ------------------------------------------------------------------------------------
 */
/* Appends TEXT so that every report can carry it and no terminal acts on it: what is no UTF-8, or a
 * control character other than newline and tab, becomes U+FFFD. */
void text_clean(struct bytes text, struct buf *out);
/* Appends `2026-11-24T03:21:49`, in UTC. */
void text_utc(int64_t utc_ms, struct buf *out);
/* Appends `1.234`, seconds. */
void text_seconds(int64_t ms, struct buf *out);
/* Inconclusive or not applicable: reports call it skipped. */
bool verdict_is_skip(enum verdict verdict);
/* Failed or in error. */
bool verdict_is_failure(enum verdict verdict);

/* --- file.c ------------------------------------------------------------------------------------
 */
enum { REPORT_MOST = 64 << 20 }; /* octets of a report */
enum { REPORT_VERSION = 1 };     /* of the schema of JSON reports */

/* ST_IO with a sentence when PATH cannot be written; nothing is to be released then. */
MUST_USE enum status report_file_open(struct destination *file, const char *path,
                                      struct error *error);
/* Writes all of CONTENT and ends the file; ST_IO with a sentence, and no file, otherwise. */
MUST_USE enum status report_file_finish(struct destination *file, const struct buf *content,
                                        struct error *error);

#endif
