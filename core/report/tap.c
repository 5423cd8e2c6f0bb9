/* SPDX-License-Identifier: Apache-2.0 */
/* Test Anything Protocol, version 14. */
#include "base/std.h"

#include "report/report_impl.h"

struct tap_sink {
    struct sink sink; /* first: what users see */
    struct destination file;
    struct buf content;
    size_t planned;
    size_t count;
};

/* One line of clean text; in a DESCRIPTION # and \ are escaped, because # begins a directive. */
static void put_line(struct bytes text, bool description, struct buf *out)
{
    struct buf clean;
    buf_init(&clean, out->limit);
    text_clean(text, &clean);
    for (size_t i = 0; i < clean.len; i++) {
        uint8_t octet = clean.data[i];
        if (description && (octet == '#' || octet == '\\'))
            buf_puts(out, "\\");
        buf_put_u8(out, octet == '\n' ? ' ' : octet);
    }
    buf_release(&clean);
}

/* `KEY: "TEXT"` of a YAML block, in double quotes, which are escaped. */
static void put_member(const char *key, const char *text, struct buf *out)
{
    struct buf clean;
    buf_init(&clean, out->limit);
    text_clean(bytes_of(text), &clean);
    buf_printf(out, "  %s: \"", key);
    for (size_t i = 0; i < clean.len; i++) {
        uint8_t octet = clean.data[i];
        if (octet == '"' || octet == '\\')
            buf_puts(out, "\\");
        buf_put_u8(out, octet == '\n' || octet == '\t' ? ' ' : octet);
    }
    buf_puts(out, "\"\n");
    buf_release(&clean);
}

/* `KEY: |` and TEXT, which ends without a newline, each line indented, empty ones too: older
 * readers of TAP want it so. */
static void put_block(const char *key, struct bytes text, struct buf *out)
{
    if (text.len == 0)
        return;
    buf_printf(out, "  %s: %s\n    ", key, text.data[0] == ' ' ? "|2" : "|");
    for (size_t i = 0; i < text.len; i++) {
        buf_put_u8(out, text.data[i]);
        if (text.data[i] == '\n')
            buf_puts(out, "    ");
    }
    buf_puts(out, "\n");
}

static void put_sha256(const char *key, const uint8_t sha256[32], struct buf *out)
{
    buf_printf(out, "  %s: ", key);
    buf_put_hex(out, (struct bytes){sha256, 32});
    buf_puts(out, "\n");
}

static void begin(struct sink *sink, const struct run_info *info)
{
    struct tap_sink *self = (struct tap_sink *)sink;
    struct buf *out = &self->content;
    self->planned = info->scenario_count;
    buf_puts(out, "TAP version 14\n# ");
    put_line(bytes_of(info->tool), false, out);
    buf_puts(out, "\n# device: ");
    put_line(bytes_of(info->device), false, out);
    buf_puts(out, "\n# server: ");
    put_line(bytes_of(info->server), false, out);
    buf_puts(out, "\n# options: ");
    put_line(bytes_of(info->options), false, out);
    buf_puts(out, "\n# started: ");
    text_utc(info->started_utc, out);
    buf_printf(out, "Z\n1..%zu\n", info->scenario_count);
}

/* With what it was played, and how often. */
static void put_playing(const struct result *result, struct buf *out)
{
    if (result->format != NULL)
        put_member("format", result->format, out);
    if (result->seed >= 0)
        buf_printf(out, "  seed: %" PRId64 "\n", result->seed);
    if (result->attempts > 1)
        buf_printf(out, "  attempts: %u\n", result->attempts);
}

static void put_diagnosis(const struct result *result, struct buf *out)
{
    struct buf text;
    buf_init(&text, out->limit);
    result_explain(result, &text);
    buf_puts(out, "  ---\n");
    put_member("file", result->file, out);
    put_sha256("scenario_sha256", result->scenario_sha256, out);
    put_member("profile", result->profile, out);
    put_sha256("profile_sha256", result->profile_sha256, out);
    buf_printf(out, "  verdict: %s\n  duration_ms: %" PRId64 "\n", verdict_name(result->verdict),
               result->duration_ms);
    put_playing(result, out);
    put_block("message", buf_bytes(&text), out);
    buf_puts(out, "  ...\n");
    buf_release(&text);
}

static void put_result(struct sink *sink, const struct result *result)
{
    struct tap_sink *self = (struct tap_sink *)sink;
    struct buf *out = &self->content;
    buf_printf(out, "%s %zu - ", verdict_is_failure(result->verdict) ? "not ok" : "ok",
               ++self->count);
    put_line(bytes_of(result->title), true, out);
    if (verdict_is_skip(result->verdict)) {
        buf_printf(out, " # SKIP %s", verdict_name(result->verdict));
        buf_puts(out, result->reason.len > 0 ? ": " : "");
        put_line(buf_bytes(&result->reason), false, out);
    }
    buf_puts(out, "\n");
    put_diagnosis(result, out);
}

static enum status end(struct sink *sink, const struct run_summary *summary, struct error *error)
{
    struct tap_sink *self = (struct tap_sink *)sink;
    UNUSED(summary);
    if (self->count < self->planned)
        buf_printf(&self->content, "Bail out! the run ended after %zu of %zu scenarios\n",
                   self->count, self->planned);
    return report_file_finish(&self->file, &self->content, error);
}

static void sink_free(struct sink *sink)
{
    struct tap_sink *self = (struct tap_sink *)sink;
    destination_release(&self->file);
    buf_release(&self->content);
    free(self);
}

struct sink *tap_sink_new(const char *path, struct error *error)
{
    static const struct sink_ops ops = {begin, put_result, end, sink_free};
    struct destination file;
    if (report_file_open(&file, path, error) != ST_OK)
        return NULL;
    struct tap_sink *self = xalloc(sizeof *self);
    self->sink.ops = &ops;
    self->file = file;
    buf_init(&self->content, REPORT_MOST);
    return &self->sink;
}
