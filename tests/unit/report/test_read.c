/* SPDX-License-Identifier: Apache-2.0 */
/* JSON reports are read back as they were told, and nothing else is taken for one. */
#include "base/std.h"

#include "report/read.h"
#include "tests/unit/report/sample.h"

static const char golden[] = "tests/golden/report/run.json";

static enum status read_text(const char *text, struct report *out, struct error *error)
{
    error_clear(error);
    return report_read(bytes_of(text), out, error);
}

static void read_golden(struct report *out)
{
    struct buf text;
    struct error error;
    sample_read(golden, &text);
    ck_assert_msg(read_text(buf_text(&text), out, &error) == ST_OK, "%s", error.text);
    buf_release(&text);
}

/* A sink that is told what REPORT says writes what the first one wrote. */
static void compare(struct sink *(*make)(const char *path, struct error *error), const char *wanted)
{
    struct report report;
    struct error error;
    struct run_summary summary = {.duration_ms = 61005, .flaky = 1};
    const char *folder = sample_folder();
    read_golden(&report);
    error_clear(&error);
    struct sink *sink = make(sample_place(folder, "report"), &error);
    ck_assert_ptr_nonnull(sink);
    sink->ops->begin(sink, &report.info);
    for (size_t i = 0; i < report.count; i++) {
        sink->ops->result(sink, &report.results[i]);
        summary.count[report.results[i].verdict]++;
    }
    ck_assert_int_eq(sink->ops->end(sink, &summary, &error), ST_OK);
    sink->ops->free(sink);
    report_release(&report);
    sample_compare(sample_place(folder, "report"), wanted);
    sample_remove(folder, "report");
}

START_TEST(what_is_read_is_what_was_written)
{
    compare(json_sink_new, golden);
    compare(junit_sink_new, "tests/golden/report/run.xml");
    compare(tap_sink_new, "tests/golden/report/run.tap");
}
END_TEST

START_TEST(each_part_is_there)
{
    struct report report;
    read_golden(&report);
    ck_assert_uint_eq(report.count, COUNT_OF(SAMPLES));
    ck_assert_uint_eq(report.info.scenario_count, COUNT_OF(SAMPLES));
    ck_assert_uint_eq(report.info.shard, 2);
    ck_assert_uint_eq(report.info.shards, 5);
    ck_assert_str_eq(report.info.device, "built-in");
    const struct result *flaky = &report.results[2];
    ck_assert_str_eq(flaky->file, "scenarios/auth/once.pfs");
    ck_assert_str_eq(flaky->format, "json");
    ck_assert_int_eq(flaky->seed, 17);
    ck_assert_uint_eq(flaky->attempts, 2);
    ck_assert(flaky->is_flaky);
    ck_assert_uint_eq(flaky->check_count, 2);
    ck_assert_str_eq(flaky->checks[1].rule->id, "PF-STATE-2");
    ck_assert_ptr_null(flaky->checks[0].rule);
    ck_assert_str_eq(flaky->tags[1], "a&b");
    ck_assert_ptr_null(flaky->tags[2]);
    ck_assert_int_eq(report.results[1].seed, -1);
    ck_assert_ptr_null(report.results[1].format);
    ck_assert_uint_eq(flaky->scenario_sha256[31], 0x5C);
    report_release(&report);
}
END_TEST

/* The golden report with the first OLD made NEW. */
static enum status read_changed(const char *old, const char *new, struct error *error)
{
    struct report report;
    struct buf text;
    struct buf changed;
    sample_read(golden, &text);
    const char *at = strstr(buf_text(&text), old);
    ck_assert_msg(at != NULL, "%s", old);
    buf_init(&changed, 1 << 20);
    buf_put(&changed, (struct bytes){text.data, (size_t)(at - buf_text(&text))});
    buf_puts(&changed, new);
    buf_puts(&changed, at + strlen(old));
    enum status status = read_text(buf_text(&changed), &report, error);
    report_release(&report);
    buf_release(&text);
    buf_release(&changed);
    return status;
}

START_TEST(what_is_missing_or_wrong_is_named)
{
    static const struct {
        const char *old, *new, *said;
    } rows[] = {
        {"\"version\":\t1", "\"version\":\t2", "version 2; this program reads version 1"},
        {"\"version\":\t1", "\"versio\":\t1", "no report"},
        {"\"tool\"", "\"tol\"", "document 1 has no text \"tool\""},
        {"\"planned\":\t7", "\"planned\":\t-7", "no number \"planned\""},
        {"\"planned\":\t7", "\"planned\":\t1.5", "no number \"planned\""},
        {"\"planned\":\t7", "\"planned\":\t1e300", "no number \"planned\""},
        {"\"shard\":\t2", "\"shard\":\t6", "a wrong \"shard\""},
        {"\"shards\":\t5", "\"shards\":\t4000000000", "a wrong \"shard\""},
        {"\"patience\":\t2.5", "\"patience\":\t0", "a wrong \"patience\""},
        {"\"retry\":\t2", "\"retry\":\t-2", "no number \"retry\""},
        {"\"scenarios\":\t[", "\"scenario\":\t[", "no array \"scenarios\""},
        {"\"file\":\t\"scenarios/auth/host.pfs\"", "\"file\":\t3",
         "scenario 1 has no text \"file\""},
        {"\"verdict\":\t\"pass\"", "\"verdict\":\t\"good\"", "an unknown \"verdict\""},
        {"\"scenario_sha256\":\t\"5c", "\"scenario_sha256\":\t\"", "a wrong \"scenario_sha256\""},
        {"\"scenario_sha256\":\t\"5c", "\"scenario_sha256\":\t\"xx", "a wrong \"scenario_sha256\""},
        {"\"scenario_sha256\":\t\"5c", "\"scenario_sha256\":\t\"5c5c",
         "a wrong \"scenario_sha256\""},
        {"\"duration_ms\":\t1234", "\"duration_ms\":\t4294967296", "no number \"duration_ms\""},
        {"\"seed\":\t16", "\"seed\":\t4294967296", "no number \"seed\""},
        {"\"tags\":\t[\"smoke\"", "\"tags\":\t[null", "a wrong word in \"tags\""},
        {"\"rule\":\t\"PF-STATE-2\"", "\"rule\":\t\"PF-NONE-9\"", "unknown rule \"PF-NONE-9\""},
        {"\"line\":\t3", "\"lin\":\t3", "no number \"line\""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct error error;
        ck_assert_int_eq(read_changed(rows[i].old, rows[i].new, &error), ST_INVALID);
        ck_assert_msg(strstr(error.text, rows[i].said) != NULL, "%zu: %s", i, error.text);
    }
}
END_TEST

START_TEST(what_is_cut_anywhere_is_none)
{
    struct buf text;
    sample_read(golden, &text);
    for (size_t len = 0; len + 2 < text.len; len++) {
        struct report report;
        struct error error;
        error_clear(&error);
        ck_assert_int_eq(report_read((struct bytes){text.data, len}, &report, &error), ST_INVALID);
        ck_assert_str_ne(error.text, "");
        report_release(&report);
    }
    buf_release(&text);
}
END_TEST

START_TEST(what_is_no_report_is_none)
{
    static const char *const texts[] = {
        "",        "{}", "[]", "null", "1", "\"version\"", "TAP version 14", "{\"version\":\"1\"}",
        "[[[[[[[["};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct report report;
        struct error error;
        ck_assert_int_eq(read_text(texts[i], &report, &error), ST_INVALID);
        ck_assert_str_ne(error.text, "");
        report_release(&report);
    }
}
END_TEST

UNIT_MAIN("read", what_is_read_is_what_was_written, each_part_is_there,
          what_is_missing_or_wrong_is_named, what_is_cut_anywhere_is_none,
          what_is_no_report_is_none)
