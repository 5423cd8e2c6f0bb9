/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts an event stream into events (HTML Living Standard, 9.2.6): lines end with CR, LF or both, a
 * blank line ends an event. */
#include "base/std.h"

#include "adapters/leshan.h"

enum { NAME_LIMIT = 64 };

void leshan_stream_init(struct leshan_stream *stream,
                        void (*hear)(void *arg, struct bytes name, struct bytes data), void *arg)
{
    *stream = (struct leshan_stream){.hear = hear, .arg = arg};
    buf_init_secret(&stream->line, ADAPTER_LINE_MOST);
    buf_init(&stream->name, NAME_LIMIT);
    buf_init_secret(&stream->data, ADAPTER_LINE_MOST);
}

void leshan_stream_release(struct leshan_stream *stream)
{
    buf_release(&stream->line);
    buf_release(&stream->name);
    buf_release(&stream->data);
}

static void end_event(struct leshan_stream *stream)
{
    if (stream->data.len > 0)
        stream->hear(stream->arg, buf_bytes(&stream->name), buf_bytes(&stream->data));
    buf_clear(&stream->name);
    buf_clear(&stream->data);
}

/* True when LINE is the field NAME; its value, less one leading blank, is put to OUT. */
static bool take_field(struct bytes line, const char *name, struct buf *out)
{
    size_t len = strlen(name);
    if (line.len <= len || memcmp(line.data, name, len) != 0 || line.data[len] != ':')
        return false;
    size_t from = len + 1;
    if (from < line.len && line.data[from] == ' ')
        from++;
    if (out->len > 0)
        buf_puts(out, "\n");
    buf_put(out, (struct bytes){line.data + from, line.len - from});
    return true;
}

static void end_line(struct leshan_stream *stream)
{
    struct bytes line = buf_bytes(&stream->line);
    if (line.len == 0)
        end_event(stream);
    else if (!take_field(line, "event", &stream->name))
        (void)take_field(line, "data", &stream->data);
    buf_clear(&stream->line);
}

bool leshan_stream_take(struct leshan_stream *stream, struct bytes octets)
{
    for (size_t i = 0; i < octets.len && !stream->bad; i++) {
        uint8_t c = octets.data[i];
        bool is_rest = stream->skip && c == '\n';
        stream->skip = c == '\r';
        if (is_rest)
            continue;
        if (c == '\r' || c == '\n')
            end_line(stream);
        else
            buf_put_u8(&stream->line, c);
        stream->bad = stream->line.bad || stream->data.bad;
    }
    return !stream->bad;
}
