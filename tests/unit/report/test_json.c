/* SPDX-License-Identifier: Apache-2.0 */
/* JSON reports, compared with golden ones and read back by our own strict reader, which is another
 * than the writer. */
#include "base/std.h"

#include "base/json.h"
#include "tests/unit/report/sample.h"

START_TEST(writes_one_document)
{
    sample_report(json_sink_new, COUNT_OF(SAMPLES), "tests/golden/report/run.json", NULL);
}
END_TEST

START_TEST(the_document_reads_back)
{
    struct buf text, failure;
    struct error_list errors;
    error_list_init(&errors);
    sample_read("tests/golden/report/run.json", &text);
    sample_read("tests/golden/report/failure.txt", &failure);
    struct json_doc *doc = json_parse(buf_bytes(&text), "run.json", &errors);
    ck_assert_ptr_nonnull(doc);
    ck_assert_int_eq(json_member(json_root(doc), "version")->integer, 1);
    ck_assert_int_eq(json_member(json_root(doc), "started_utc_ms")->integer, 1592265600000);
    const struct json *scenario = json_member(json_root(doc), "scenarios")->first->next->next->next;
    struct bytes expected = {failure.data, failure.len - 1}; /* the file ends with a newline */
    ck_assert(bytes_equal(json_member(scenario, "text")->text, expected));
    json_doc_free(doc);
    buf_release(&text);
    buf_release(&failure);
    error_list_release(&errors);
}
END_TEST

UNIT_MAIN("json", writes_one_document, the_document_reads_back)
