/* SPDX-License-Identifier: Apache-2.0 */
/* Annotations for GitHub, compared with golden ones; and their paths. */
#include "base/std.h"

#include "tests/unit/report/sample.h"

static char *annotate(const struct github_options *where, const struct sample *samples,
                      size_t count)
{
    char *text = NULL;
    size_t len = 0;
    struct github_options options = *where;
    const struct run_info info = {.tool = "t"};
    const struct run_summary summary = {.duration_ms = 1};
    struct error error;
    error_clear(&error);
    options.out = open_memstream(&text, &len);
    struct sink *sink = github_sink_new(&options);
    sink->ops->begin(sink, &info);
    for (size_t i = 0; i < count; i++)
        sample_result(sink, &samples[i]);
    ck_assert_int_eq(sink->ops->end(sink, &summary, &error), ST_OK);
    sink->ops->free(sink);
    fclose(options.out);
    return text;
}

START_TEST(says_what_is_wrong_in_a_line_each)
{
    struct buf golden;
    char *text = annotate(&(struct github_options){.out = NULL}, SAMPLES, COUNT_OF(SAMPLES));
    sample_read("tests/golden/report/github.txt", &golden);
    ck_assert_str_eq(text, buf_text(&golden));
    buf_release(&golden);
    free(text);
}
END_TEST

START_TEST(paths_begin_at_the_top_of_the_repository)
{
    static const struct {
        const char *root, *here, *file, *shown;
    } rows[] = {
        {NULL, NULL, "a/b.scenario", "a/b.scenario"},
        {NULL, NULL, "./b.scenario", "b.scenario"},
        {NULL, "/w/r", "b.scenario", "b.scenario"},
        {"/w/r", "/w/r", "b.scenario", "b.scenario"},
        {"/w/r", "/w/r/sub", "b.scenario", "sub/b.scenario"},
        {"/w/r/", "/w/r/sub/", "./b.scenario", "sub/b.scenario"},
        {"/w/r", "/w/other", "b.scenario", "b.scenario"},
        {"/w/r", "/w/other", "/w/r/x/b.scenario", "x/b.scenario"},
        {"/w/r", "/w/r", "/w/rx/b.scenario", "/w/rx/b.scenario"},
        {"", "relative", "b.scenario", "b.scenario"},
        {"/", "/", "a:b,c%.scenario", "a%3Ab%2Cc%25.scenario"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct github_options where = {.root = rows[i].root, .here = rows[i].here};
        const struct sample sample = {rows[i].file, "T", "r", VERDICT_FAIL, "x\r\n%:,",
                                      NULL,         -1,  1,   false,        NULL};
        char wanted[200];
        snprintf(wanted, sizeof wanted,
                 "::error file=%s,line=7,title=fail%%3A T [PF-STATE-2]::x\xEF\xBF\xBD%%0A%%25:,\n",
                 rows[i].shown);
        char *text = annotate(&where, &sample, 1);
        ck_assert_str_eq(text, wanted);
        free(text);
    }
}
END_TEST

START_TEST(the_line_is_that_of_the_reason)
{
    static const struct {
        const char *reason, *line;
    } rows[] = {{"line 12: wait: too long", ",line=12,"},
                {"line x: no", ",line=1,"},
                {"line 3", ",line=1,"},
                {"line -3: no", ",line=1,"},
                {"line 99999999999: no", ",line=1,"},
                {"line ", ",line=1,"},
                {"line :", ",line=1,"},
                {"", ",line=1,"},
                {"nobody came", ",line=1,"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct sample sample = {"f", "T", rows[i].reason, VERDICT_ERROR, "", NULL,
                                      -1,  1,   false,          NULL};
        char *text = annotate(&(struct github_options){.out = NULL}, &sample, 1);
        ck_assert_msg(strstr(text, rows[i].line) != NULL, "%zu: %s", i, text);
        free(text);
    }
}
END_TEST

START_TEST(what_cannot_be_written_is_told)
{
    FILE *full = fopen("/dev/full", "w");
    const struct run_summary summary = {.duration_ms = 1};
    struct error error;
    error_clear(&error);
    ck_assert_ptr_nonnull(full);
    struct sink *sink = github_sink_new(&(struct github_options){.out = full});
    sample_result(sink, &SAMPLES[3]);
    ck_assert_int_eq(sink->ops->end(sink, &summary, &error), ST_IO);
    ck_assert_ptr_nonnull(strstr(error.text, "annotations"));
    sink->ops->free(sink);
    fclose(full);
}
END_TEST

UNIT_MAIN("github", says_what_is_wrong_in_a_line_each, paths_begin_at_the_top_of_the_repository,
          the_line_is_that_of_the_reason, what_cannot_be_written_is_told)
