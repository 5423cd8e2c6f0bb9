/* SPDX-License-Identifier: Apache-2.0 */
/* The run as a person reads it: a line for each scenario, explanations, a summary. */
#include "base/std.h"

#include "report/report_impl.h"

struct human_sink {
    struct sink sink; /* first: what users see */
    struct human_options options;
};

enum { LINE_MOST = 1 << 20, SGR_RED = 31, SGR_GREEN = 32, SGR_YELLOW = 33, SGR_CYAN = 36 };

/* How a verdict looks: a short word in a colour. */
static const struct {
    const char *word;
    int colour;
} looks[VERDICTS] = {
    [VERDICT_PASS] = {"pass", SGR_GREEN},
    [VERDICT_WARN] = {"warn", SGR_YELLOW},
    [VERDICT_FAIL] = {"FAIL", SGR_RED},
    [VERDICT_INCONCLUSIVE] = {"skip", SGR_CYAN},
    [VERDICT_NOT_APPLICABLE] = {"skip", SGR_CYAN},
    [VERDICT_ERROR] = {"ERROR", SGR_RED},
};

static void put_word(const struct human_sink *self, const char *word, int colour)
{
    if (self->options.colour)
        fprintf(self->options.out, "\033[%dm%-5s\033[0m", colour, word);
    else
        fprintf(self->options.out, "%-5s", word);
}

static void put_verdict(const struct human_sink *self, enum verdict verdict)
{
    put_word(self, looks[verdict].word, looks[verdict].colour);
}

/* TEXT in one line, clean. */
static void put_line(const struct human_sink *self, struct bytes text)
{
    struct buf clean;
    buf_init(&clean, LINE_MOST);
    text_clean(text, &clean);
    for (size_t i = 0; i < clean.len; i++)
        fputc(clean.data[i] == '\n' ? ' ' : clean.data[i], self->options.out);
    buf_release(&clean);
}

static void put_checks(const struct human_sink *self, const struct result *result)
{
    for (size_t i = 0; i < result->check_count; i++) {
        const struct check *check = &result->checks[i];
        fputs("  ", self->options.out);
        put_verdict(self, check->verdict);
        fprintf(self->options.out, " line %u%s%s\n", check->line, check->rule == NULL ? "" : "  ",
                check->rule == NULL ? "" : check->rule->id);
    }
}

static void put_explanation(const struct human_sink *self, const struct result *result)
{
    struct buf text;
    buf_init(&text, REPORT_MOST);
    result_explain(result, &text);
    if (text.len > 0)
        fprintf(self->options.out, "%s\n\n", buf_text(&text));
    buf_release(&text);
}

/* What a scenario found out that proved nothing else. */
static void put_warnings(const struct human_sink *self, const struct result *result)
{
    for (size_t i = 0; i < result->check_count; i++) {
        const struct check *check = &result->checks[i];
        struct buf text;
        if (check->verdict != VERDICT_WARN)
            continue;
        buf_init(&text, REPORT_MOST);
        text_clean(buf_bytes(&check->text), &text);
        fprintf(self->options.out, "%s\n", buf_text(&text));
        buf_release(&text);
    }
}

static void begin(struct sink *sink, const struct run_info *info)
{
    struct human_sink *self = (struct human_sink *)sink;
    if (info->defects != NULL) {
        put_line(self, bytes_of(info->defects));
        fputc('\n', self->options.out);
    }
    if (self->options.detail != HUMAN_VERBOSE)
        return;
    const char *const parts[] = {info->tool,   ", device: ",  info->device, ", server: ",
                                 info->server, ", options: ", info->options};
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        put_line(self, bytes_of(parts[i]));
    fputc('\n', self->options.out);
}

static void put_result(struct sink *sink, const struct result *result)
{
    struct human_sink *self = (struct human_sink *)sink;
    FILE *out = self->options.out;
    bool is_skip = verdict_is_skip(result->verdict);
    if (self->options.detail == HUMAN_QUIET && result->verdict == VERDICT_PASS)
        return;
    if (result->is_flaky && !verdict_is_failure(result->verdict))
        put_word(self, "flaky", SGR_YELLOW);
    else
        put_verdict(self, result->verdict);
    fputc(' ', out);
    put_line(self, bytes_of(result->file));
    fputs("  ", out);
    put_line(self, bytes_of(result->title));
    fprintf(out, "  %" PRId64 ".%02" PRId64 " s", result->duration_ms / 1000,
            result->duration_ms % 1000 / 10);
    if (result->seed >= 0 && (verdict_is_failure(result->verdict) || result->is_flaky))
        fprintf(out, "  (--seed=%" PRId64 ")", result->seed);
    if (is_skip) {
        fprintf(out, "  (%s: ", verdict_name(result->verdict));
        put_line(self, buf_bytes(&result->reason));
        fputc(')', out);
    }
    fputc('\n', out);
    if (self->options.detail == HUMAN_VERBOSE)
        put_checks(self, result);
    if (!is_skip || self->options.detail == HUMAN_VERBOSE)
        put_explanation(self, result);
    else
        put_warnings(self, result);
    fflush(out);
}

/* What the last line does not tell apart. */
static void put_details(FILE *out, const struct run_summary *summary)
{
    static const struct {
        enum verdict verdict;
        const char *what;
    } rows[] = {{VERDICT_WARN, "passed with warnings"},
                {VERDICT_ERROR, "could not be run"},
                {VERDICT_INCONCLUSIVE, "inconclusive"},
                {VERDICT_NOT_APPLICABLE, "not applicable"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (summary->count[rows[i].verdict] > 0)
            fprintf(out, "%zu %s, ", summary->count[rows[i].verdict], rows[i].what);
    if (summary->flaky > 0)
        fprintf(out, "%zu flaky, ", summary->flaky);
    fprintf(out, "%" PRId64 ".%02" PRId64 " s in all\n", summary->duration_ms / 1000,
            summary->duration_ms % 1000 / 10);
}

static enum status end(struct sink *sink, const struct run_summary *summary, struct error *error)
{
    struct human_sink *self = (struct human_sink *)sink;
    FILE *out = self->options.out;
    const size_t *count = summary->count;
    size_t skipped = count[VERDICT_INCONCLUSIVE] + count[VERDICT_NOT_APPLICABLE];
    put_details(out, summary);
    fprintf(out, "%zu passed, %zu failed", count[VERDICT_PASS] + count[VERDICT_WARN],
            count[VERDICT_FAIL] + count[VERDICT_ERROR]);
    if (skipped > 0)
        fprintf(out, ", %zu skipped", skipped);
    fputc('\n', out);
    if (fflush(out) == 0 && ferror(out) == 0)
        return ST_OK;
    error_set(error, "cannot write the results: %s", strerror(errno));
    return ST_IO;
}

static void sink_free(struct sink *sink)
{
    free(sink);
}

struct sink *human_sink_new(const struct human_options *options)
{
    static const struct sink_ops ops = {begin, put_result, end, sink_free};
    struct human_sink *self = xalloc(sizeof *self);
    self->sink.ops = &ops;
    self->options = *options;
    return &self->sink;
}
