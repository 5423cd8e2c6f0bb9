/* SPDX-License-Identifier: Apache-2.0 */
/* Hides values in texts for people. */
#include "base/std.h"

#include "cli/redact.h"

static const char *const prefixes[] = {"hex:", "base64:"};

/* The length of the prefix of octets at AT, 0: none is there. */
static size_t prefix_at(struct bytes text, size_t at)
{
    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        size_t len = strlen(prefixes[i]);
        if (text.len - at >= len && memcmp(text.data + at, prefixes[i], len) == 0)
            return len;
    }
    return 0;
}

/* The offset behind the closing quote of the string that begins at START. */
static size_t string_end(struct bytes text, size_t start)
{
    size_t at = start + 1;
    while (at < text.len && text.data[at] != '"')
        at += text.data[at] == '\\' ? 2 : 1;
    return at < text.len ? at + 1 : text.len;
}

static size_t digits_end(struct bytes text, size_t at)
{
    while (at < text.len && (isalnum(text.data[at]) || memchr("+/=", text.data[at], 3) != NULL))
        at++;
    return at;
}

void redact_put(struct bytes text, struct buf *out)
{
    size_t at = 0;
    while (at < text.len) {
        size_t prefix = prefix_at(text, at);
        if (text.data[at] == '"') {
            buf_puts(out, "\"(redacted)\"");
            at = string_end(text, at);
        } else if (prefix > 0) {
            buf_put(out, (struct bytes){text.data + at, prefix});
            buf_puts(out, "(redacted)");
            at = digits_end(text, at + prefix);
        } else {
            buf_put_u8(out, text.data[at++]);
        }
    }
}

void redact_text(struct buf *text)
{
    struct buf shown;
    buf_init(&shown, text->limit);
    redact_put(buf_bytes(text), &shown);
    buf_clear(text);
    buf_put(text, buf_bytes(&shown));
    buf_release(&shown);
}
