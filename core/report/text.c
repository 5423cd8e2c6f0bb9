/* SPDX-License-Identifier: Apache-2.0 */
/* What all reports say in the same words: explanations, times, kinds of verdicts. */
#include "base/std.h"

#include "report/report_impl.h"

/* No control character but newline and tab, and nothing that XML 1.0 has no place for. */
static bool is_harmless(struct bytes character)
{
    const uint8_t *octets = character.data;
    if (octets[0] == '\n' || octets[0] == '\t')
        return true;
    bool is_none =
        character.len == 3 && octets[0] == 0xEF && octets[1] == 0xBF && octets[2] >= 0xBE;
    return utf8_plain(character) && !is_none;
}

void text_clean(struct bytes text, struct buf *out)
{
    while (text.len > 0) {
        size_t len = utf8_first(text);
        struct bytes next = {text.data, len};
        buf_put(out, len > 0 && is_harmless(next) ? next : bytes_of("\xEF\xBF\xBD"));
        len = len > 0 ? len : 1;
        text = (struct bytes){text.data + len, text.len - len};
    }
}

/* One text without newlines at its end, a blank line after the one before. */
static void add_text(struct bytes text, struct buf *out)
{
    while (text.len > 0 && text.data[text.len - 1] == '\n')
        text.len--;
    if (text.len > 0 && out->len > 0)
        buf_puts(out, "\n\n");
    text_clean(text, out);
}

/* What other attempts came to. */
static void add_attempts(const struct result *result, struct buf *out)
{
    struct buf line;
    buf_init(&line, out->limit);
    if (result->is_flaky)
        buf_put(&line, buf_bytes(&result->reason));
    else if (result->attempts > 1 && verdict_is_failure(result->verdict))
        buf_printf(&line, "none of %u attempts passed; this is the first", result->attempts);
    add_text(buf_bytes(&line), out);
    add_text(buf_bytes(&result->earlier), out);
    buf_release(&line);
}

/* A scenario that was cut off has a verdict that none of its checks has. */
static bool is_told_by_checks(const struct result *result)
{
    for (size_t i = 0; i < result->check_count; i++)
        if (result->checks[i].text.len > 0 && result->checks[i].verdict == result->verdict)
            return true;
    return false;
}

void result_explain(const struct result *result, struct buf *out)
{
    struct buf text;
    buf_init(&text, out->limit);
    for (size_t i = 0; i < result->check_count; i++)
        if (result->checks[i].text.len > 0)
            add_text(buf_bytes(&result->checks[i].text), &text);
    if (!is_told_by_checks(result) && !verdict_is_skip(result->verdict) &&
        result->verdict != VERDICT_PASS && !result->is_flaky)
        add_text(buf_bytes(&result->reason), &text);
    add_attempts(result, &text);
    buf_put(out, buf_bytes(&text));
    buf_release(&text);
}

void text_utc(int64_t utc_ms, struct buf *out)
{
    time_t seconds = (time_t)(utc_ms / 1000);
    struct tm parts;
    char text[40];
    if (gmtime_r(&seconds, &parts) != NULL &&
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts) > 0)
        buf_puts(out, text);
}

void text_seconds(int64_t ms, struct buf *out)
{
    buf_printf(out, "%" PRId64 ".%03" PRId64, ms / 1000, ms % 1000);
}

bool verdict_is_skip(enum verdict verdict)
{
    return verdict == VERDICT_INCONCLUSIVE || verdict == VERDICT_NOT_APPLICABLE;
}

bool verdict_is_failure(enum verdict verdict)
{
    return verdict == VERDICT_FAIL || verdict == VERDICT_ERROR;
}
