/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that others wrote: whether they are UTF-8, and what of them a terminal may be shown. */
#include "base/std.h"

#include "base/buf.h"

/* One row of the table of well-formed sequences, Unicode 15 table 3-7. */
struct utf8_row {
    uint8_t first_low, first_high;
    uint8_t second_low, second_high;
    uint8_t len;
};

static const struct utf8_row *utf8_row_of(uint8_t first)
{
    static const struct utf8_row rows[] = {
        {0x00, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (first >= rows[i].first_low && first <= rows[i].first_high)
            return &rows[i];
    return NULL;
}

size_t utf8_first(struct bytes text)
{
    const struct utf8_row *row = text.len > 0 ? utf8_row_of(text.data[0]) : NULL;
    if (row == NULL || row->len > text.len)
        return 0;
    for (size_t k = 1; k < row->len; k++) {
        uint8_t low = k == 1 ? row->second_low : 0x80;
        uint8_t high = k == 1 ? row->second_high : 0xBF;
        if (text.data[k] < low || text.data[k] > high)
            return 0;
    }
    return row->len;
}

static struct bytes skip(struct bytes text, size_t len)
{
    return (struct bytes){text.data + len, text.len - len};
}

bool utf8_valid(struct bytes text)
{
    while (text.len > 0) {
        size_t len = utf8_first(text);
        if (len == 0)
            return false;
        text = skip(text, len);
    }
    return true;
}

/* C0, DEL and C1; terminals obey the last ones too, U+009B as ESC [. */
static bool is_control(const uint8_t *character)
{
    return character[0] < 0x20 || character[0] == 0x7F ||
           (character[0] == 0xC2 && character[1] < 0xA0);
}

bool utf8_plain(struct bytes text)
{
    while (text.len > 0) {
        size_t len = utf8_first(text);
        if (len == 0 || is_control(text.data))
            return false;
        text = skip(text, len);
    }
    return true;
}

void buf_put_plain(struct buf *buf, struct bytes text)
{
    while (text.len > 0) {
        size_t len = utf8_first(text);
        bool shown = len > 0 && !is_control(text.data);
        buf_put(buf, shown ? (struct bytes){text.data, len} : bytes_of("?"));
        text = skip(text, len > 0 ? len : 1);
    }
}
