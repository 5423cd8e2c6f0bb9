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
    struct error error;
    struct buf text;
    unsigned shard;
    unsigned shards;
    error_clear(&error);
    buf_init(&text, TEXT_MOST);
    enum status status = report_read((struct bytes){data, size}, &report, &error);
    assert((status == ST_OK) == (error.text[0] == '\0'));
    for (size_t i = 0; status == ST_OK && i < report.count; i++)
        result_explain(&report.results[i], &text);
    reports_join(&report, status == ST_OK ? 1 : 0, &joined);
    bool lacks = reports_lack_shard(&report, status == ST_OK ? 1 : 0, &shard, &shards);
    assert(!lacks || shard <= shards);
    joined_release(&joined);
    report_release(&report);
    buf_release(&text);
    return 0;
}
