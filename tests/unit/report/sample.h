/* SPDX-License-Identifier: Apache-2.0 */
/* A run with one scenario of each verdict and texts that no format likes, and how a report of it is
 * compared with a golden one. */
#ifndef TESTS_UNIT_REPORT_SAMPLE_H
#define TESTS_UNIT_REPORT_SAMPLE_H

#include <unistd.h>

#include "report/report.h"
#include "tests/unit/unit.h"

static const char *const SAMPLE_TAGS[] = {"smoke", "a&b", NULL};

static const struct rule SAMPLE_RULE = {
    .id = "PF-STATE-2", .section = "5.2.1", .strength = RULE_MUST, .text = "a rule"};

/* Text of a failed check: markup, quotes, a caret line, octets that are no UTF-8, control
 * characters, a terminal escape. */
static const char SAMPLE_TEXT[] = "scenarios/auth/host.pfs:7:1: fail: wrong <status> & \"value\"\n"
                                  "    read $pf/2 => 2.05 ]]>\n"
                                  "    ^\n"
                                  "  expected 1\n"
                                  "  actual   \xFF\x01\x1B[31m\xC3\xA9\xEF\xBF\xBE\n"
                                  "\n"
                                  "  rule PF-STATE-2 (5.2.1)\n";

struct sample {
    const char *file, *title, *reason;
    enum verdict verdict;
    const char *text; /* of its second check */
    const char *format;
    int64_t seed;
    unsigned attempts;
    bool is_flaky;
    const char *earlier;
};
static const struct sample SAMPLES[] = {
    {"scenarios/auth/host.pfs", "Host device \"authentication\" #1", "", VERDICT_PASS, "", "tlv",
     16, 1, false, NULL},
    {"scenarios/auth/warn.pfs", "Told < late", "a warning", VERDICT_WARN,
     "told after 2.1 s, expected within 2 s\n", NULL, -1, 0, false, NULL},
    {"scenarios/auth/once.pfs", "Now and then",
     "flaky: it passed at attempt 2, but not at the first", VERDICT_WARN, "", "json", 17, 2, true,
     "the first time <nothing> came"},
    {"./fail.pfs", "Wrong \\ state", "line 7: wrong <status> & \"value\"", VERDICT_FAIL,
     SAMPLE_TEXT, NULL, 4294967295, 1, false, NULL},
    {"/opt/x/open.pfs", "No stimulus", "no device to stimulate", VERDICT_INCONCLUSIVE, "", NULL, -1,
     0, false, NULL},
    {"\"a\"\\enc", "Encryption", "needs encryption", VERDICT_NOT_APPLICABLE, "", NULL, -1, 0, false,
     NULL},
    {"scenarios/down.pfs", "Nobody there", "the peer did not answer", VERDICT_ERROR, "", NULL, 0, 3,
     false, NULL},
};

static inline void sample_put(struct buf *buf, const char *text)
{
    buf_init(buf, 4096);
    buf_puts(buf, text);
}

static inline void sample_result(struct sink *sink, const struct sample *sample)
{
    struct check checks[2] = {{.verdict = VERDICT_PASS, .line = 3},
                              {.rule = &SAMPLE_RULE, .verdict = sample->verdict, .line = 7}};
    struct result result = {.file = sample->file,
                            .title = sample->title,
                            .profile = "vehicle",
                            .tags = SAMPLE_TAGS,
                            .verdict = sample->verdict,
                            .checks = checks,
                            .check_count = 2,
                            .started_utc = 1592265600123,
                            .duration_ms = 1234,
                            .format = sample->format,
                            .seed = sample->seed,
                            .attempts = sample->attempts,
                            .is_flaky = sample->is_flaky};
    memset(result.scenario_sha256, 0x5C, sizeof result.scenario_sha256);
    memset(result.profile_sha256, 0x0F, sizeof result.profile_sha256);
    sample_put(&result.reason, sample->reason);
    sample_put(&result.earlier, sample->earlier == NULL ? "" : sample->earlier);
    sample_put(&checks[0].text, "");
    sample_put(&checks[1].text, sample->text);
    sink->ops->result(sink, &result);
    buf_release(&result.reason);
    buf_release(&result.earlier);
    buf_release(&checks[0].text);
    buf_release(&checks[1].text);
}

/* Feeds the first COUNT samples of a run that was to have all, and ends it. */
static inline enum status sample_run(struct sink *sink, size_t count, struct error *error)
{
    struct run_info info = {.tool = "lwm2m-portfolio 0.1.0",
                            .device = "built-in",
                            .server = "built-in",
                            .options = "challenge_octets=minimal & strict",
                            .scenario_count = COUNT_OF(SAMPLES),
                            .shard = 2,
                            .shards = 5,
                            .selection = "0a0b",
                            .manner = {.is_known = true,
                                       .is_external = true,
                                       .is_foreign = true,
                                       .strict = true,
                                       .virtual_time = true,
                                       .allow_writes = true,
                                       .patience = 2.5,
                                       .retries = 2,
                                       .timeout_ms = 1500,
                                       .security = "a \"file\"",
                                       .device_defect = "deaf",
                                       .server_defect = "blind",
                                       .set = "a b"},
                            .started_utc = 1592265600000};
    struct run_summary summary = {.duration_ms = 61005};
    sink->ops->begin(sink, &info);
    for (size_t i = 0; i < count; i++) {
        sample_result(sink, &SAMPLES[i]);
        summary.count[SAMPLES[i].verdict]++;
        summary.flaky += SAMPLES[i].is_flaky ? 1 : 0;
    }
    return sink->ops->end(sink, &summary, error);
}

/* A folder of its own for each test. */
static inline const char *sample_folder(void)
{
    static char folder[64];
    snprintf(folder, sizeof folder, "/tmp/portfolio-report-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    return folder;
}

static inline const char *sample_place(const char *folder, const char *name)
{
    static char place[128];
    snprintf(place, sizeof place, "%s/%s", folder, name);
    return place;
}

static inline void sample_read(const char *path, struct buf *out)
{
    char part[4096];
    buf_init(out, 1 << 20);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s: %s", path, strerror(errno));
    for (size_t len = 0; (len = fread(part, 1, sizeof part, file)) > 0;)
        buf_put(out, (struct bytes){(const uint8_t *)part, len});
    fclose(file);
}

static inline void sample_compare(const char *path, const char *golden)
{
    struct buf actual, expected;
    sample_read(path, &actual);
    sample_read(golden, &expected);
    ck_assert_str_eq(buf_text(&actual), buf_text(&expected));
    buf_release(&actual);
    buf_release(&expected);
}

static inline void sample_remove(const char *folder, const char *name)
{
    if (name != NULL)
        ck_assert_int_eq(unlink(sample_place(folder, name)), 0);
    ck_assert_int_eq(rmdir(folder), 0); /* nothing else is left */
}

/* Runs COMMAND on the file called by %s when TOOL is there; it must succeed. */
static inline void sample_judge(const char *tool, const char *command, const char *path)
{
    char line[512];
    snprintf(line, sizeof line, "command -v %s >/dev/null 2>&1", tool);
    if (system(line) != 0)
        return;
    snprintf(line, sizeof line, "file='%s'; %s", path, command);
    ck_assert_msg(system(line) == 0, "%s does not accept the report", tool);
}

/* Writes the report with MAKE, compares it with GOLDEN, and leaves no other file. */
static inline void sample_report(struct sink *(*make)(const char *path, struct error *error),
                                 size_t count, const char *golden, const char *const judge[2])
{
    struct error error;
    const char *folder = sample_folder();
    const char *place = sample_place(folder, "report");
    error_clear(&error);
    struct sink *sink = make(place, &error);
    ck_assert_msg(sink != NULL, "%s", error.text);
    ck_assert_int_eq(access(place, F_OK), -1); /* not before it is whole */
    ck_assert_msg(sample_run(sink, count, &error) == ST_OK, "%s", error.text);
    sink->ops->free(sink);
    if (judge != NULL)
        sample_judge(judge[0], judge[1], place);
    sample_compare(place, golden);
    sample_remove(folder, "report");
}

#endif
