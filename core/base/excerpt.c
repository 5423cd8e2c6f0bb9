/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the place in a text that a message is about. */
#include "base/std.h"

#include "base/excerpt.h"

enum { LINE_MOST = 160 }; /* octets of a line that are shown */

static struct bytes find_line(struct bytes text, unsigned line)
{
    const uint8_t *at = text.data;
    const uint8_t *end = text.data + text.len;
    for (; line > 1 && at != NULL && at < end; line--) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at == NULL ? end : at + 1;
    }
    if (at == NULL || at >= end)
        return (struct bytes){NULL, 0};
    const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
    return (struct bytes){at, (size_t)((newline == NULL ? end : newline) - at)};
}

/* Nothing in a file may act on a terminal; tabs keep their place. */
static void put_clean(struct bytes text, struct buf *out)
{
    while (text.len > 0) {
        const uint8_t *tab = memchr(text.data, '\t', text.len);
        size_t len = tab == NULL ? text.len : (size_t)(tab - text.data);
        buf_put_plain(out, (struct bytes){text.data, len});
        buf_puts(out, tab == NULL ? "" : "\t");
        len += tab == NULL ? 0 : 1;
        text = (struct bytes){text.data + len, text.len - len};
    }
}

/* Blanks as wide as TEXT. */
static void put_blanks(struct bytes text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++)
        if ((text.data[i] & 0xC0) != 0x80)
            buf_puts(out, text.data[i] == '\t' ? "\t" : " ");
}

void excerpt_put(struct bytes text, unsigned line, unsigned column, struct buf *out)
{
    struct bytes source = find_line(text, line);
    if (source.len > 0 && source.data[source.len - 1] == '\r')
        source.len--;
    if (source.len == 0 || column > source.len + 1)
        return;
    size_t from = column > LINE_MOST * 3 / 4 ? column - LINE_MOST / 2 : 0;
    while (from > 0 && (source.data[from] & 0xC0) == 0x80)
        from--;
    struct bytes shown = {source.data + from, source.len - from};
    if (shown.len > LINE_MOST)
        shown.len = LINE_MOST;
    buf_puts(out, "    ");
    put_clean(shown, out);
    buf_puts(out, "\n");
    if (column == 0)
        return;
    buf_puts(out, "    ");
    put_blanks((struct bytes){shown.data, column - 1 - from}, out);
    buf_puts(out, "^\n");
}
