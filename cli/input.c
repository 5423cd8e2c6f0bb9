/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what is there when the loop says so, and cuts it into lines. */
#include "base/std.h"

#include <unistd.h>

#include "cli/input.h"

enum { PART = 4096 };

static void unwatch(struct input *input)
{
    if (input->watched)
        loop_unwatch(input->loop, input->fd);
    input->watched = false;
}

/* A terminal that belongs to another job cannot be read now; that is not its end, but asking again
 * and again would be a busy loop. */
static void readable(void *arg, int fd)
{
    struct input *input = arg;
    uint8_t part[PART];
    ssize_t len = read(fd, part, sizeof part);
    if (len > 0) {
        buf_put(&input->text, (struct bytes){part, (size_t)len});
        if (input->text.len > input->most)
            unwatch(input); /* until lines are taken */
    } else if (len == 0 || (errno != EINTR && errno != EAGAIN)) {
        input->over = len == 0 || errno != EIO;
        unwatch(input);
    }
}

static void watch(struct input *input)
{
    if (!input->watched && !input->over && input->text.len <= input->most)
        input->watched = loop_watch(input->loop, input->fd, readable, input) == ST_OK;
}

void input_init(struct input *input, struct loop *loop, int fd, size_t most)
{
    *input = (struct input){.loop = loop, .fd = fd, .most = most};
    buf_init(&input->text, most + PART);
    watch(input);
}

void input_release(struct input *input)
{
    unwatch(input);
    buf_release(&input->text);
}

static void drop_front(struct buf *buf, size_t len)
{
    buf->len -= len;
    memmove(buf->data, buf->data + len, buf->len);
}

/* The length of the next line with its newline; 0: it is not whole yet. */
static size_t line_length(const struct input *input)
{
    const struct buf *text = &input->text;
    const uint8_t *newline = text->len == 0 ? NULL : memchr(text->data, '\n', text->len);
    if (newline != NULL)
        return (size_t)(newline - text->data) + 1;
    return input->over || text->len > input->most ? text->len : 0;
}

bool input_line(struct input *input, struct buf *out)
{
    buf_clear(out);
    size_t len = line_length(input);
    if (len == 0)
        return false;
    bool whole = input->text.data[len - 1] == '\n';
    bool skipped = input->skipping;
    struct bytes line = {input->text.data, len - (whole ? 1 : 0)};
    if (line.len > 0 && line.data[line.len - 1] == '\r')
        line.len--;
    buf_put(out, line);
    out->bad = out->bad || (!whole && !input->over);
    drop_front(&input->text, len);
    input->skipping = !whole && !input->over;
    watch(input);
    return skipped ? input_line(input, out) : true;
}

bool input_over(const struct input *input)
{
    return input->over && input->text.len == 0;
}
