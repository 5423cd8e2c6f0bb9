/* SPDX-License-Identifier: Apache-2.0 */
/* links: report scenario base */
/* JSON reports: the input is the file. */
#include "base/std.h"

#include "report/read.h"
#include "tests/fuzz/fuzz.h"

enum { TEXT_MOST = 1 << 22 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct report report;
    struct joined joined;
    const char *name = "report";
    struct error error;
    struct buf text;
    error_clear(&error);
    buf_init(&text, TEXT_MOST);
    enum status status = report_read((struct bytes){data, size}, &report, &error);
    assert((status == ST_OK) == (error.text[0] == '\0'));
    for (size_t i = 0; status == ST_OK && i < report.count; i++)
        result_explain(&report.results[i], &text);
    reports_join(&report, status == ST_OK ? 1 : 0, &joined);
    if (status == ST_OK && reports_fit(&report, &name, 1, &error) == ST_OK) {
        size_t missing = reports_put_missing(&report, 1, &text);
        assert(missing == (report.info.shards == 0 ? 0 : report.info.shards - 1));
    }
    joined_release(&joined);
    report_release(&report);
    buf_release(&text);
    return 0;
}
