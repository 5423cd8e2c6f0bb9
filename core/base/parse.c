/* SPDX-License-Identifier: Apache-2.0 */
/* Strict conversions of whole texts: numbers, octets, durations. */
#include "base/std.h"

#include <math.h>

#include "base/buf.h"

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

bool parse_decimal(struct bytes text, int64_t *out)
{
    struct rd rd;
    rd_init(&rd, text);
    bool negative = rd_peek(&rd) == '-';
    if (negative)
        rd_u8(&rd);
    if (rd_left(&rd) == 0 || (rd_peek(&rd) == '0' && text.len > 1))
        return false;
    /* Summed up below zero, where one more value fits. */
    int64_t value = 0;
    while (is_digit(rd_peek(&rd))) {
        int digit = (int)rd_u8(&rd) - '0';
        if (value < (INT64_MIN + digit) / 10)
            return false;
        value = value * 10 - digit;
    }
    if (rd_left(&rd) > 0 || (!negative && value == INT64_MIN))
        return false;
    *out = negative ? value : -value;
    return true;
}

static int hex_value(unsigned c)
{
    if (c >= '0' && c <= '9')
        return (int)c - '0';
    if (c >= 'a' && c <= 'f')
        return (int)c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return (int)c - 'A' + 10;
    return -1;
}

bool parse_hex_integer(struct bytes text, uint64_t *out)
{
    if (text.len < 3 || text.len > 18 || text.data[0] != '0' || text.data[1] != 'x')
        return false;
    uint64_t value = 0;
    for (size_t i = 2; i < text.len; i++) {
        int digit = hex_value(text.data[i]);
        if (digit < 0)
            return false;
        value = value << 4 | (uint64_t)digit;
    }
    *out = value;
    return true;
}

/* Looked at before the first octet is written, so that a refused text leaves OUT alone. */
static bool has_room(struct buf *out, size_t len)
{
    if (len > out->limit - out->len)
        out->bad = true;
    return !out->bad;
}

bool parse_hex(struct bytes text, struct buf *out)
{
    if (text.len % 2 != 0)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (hex_value(text.data[i]) < 0)
            return false;
    if (!has_room(out, text.len / 2))
        return false;
    for (size_t i = 0; i < text.len; i += 2) {
        int high = hex_value(text.data[i]);
        int low = hex_value(text.data[i + 1]);
        buf_put_u8(out, (unsigned)(high << 4 | low));
    }
    return true;
}

static int base64_value(unsigned c)
{
    if (c >= 'A' && c <= 'Z')
        return (int)c - 'A';
    if (c >= 'a' && c <= 'z')
        return (int)c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return (int)c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The octets at the end that are padding, 0 to 2; -1 when the text is not base64. */
static int base64_padding(struct bytes text)
{
    if (text.len % 4 != 0)
        return -1;
    size_t digits = text.len;
    while (digits > 0 && text.len - digits < 2 && text.data[digits - 1] == '=')
        digits--;
    for (size_t i = 0; i < digits; i++)
        if (base64_value(text.data[i]) < 0)
            return -1;
    int padding = (int)(text.len - digits);
    unsigned unused = padding == 2 ? 15 : padding == 1 ? 3 : 0;
    if (digits > 0 && ((unsigned)base64_value(text.data[digits - 1]) & unused) != 0)
        return -1;
    return padding;
}

bool parse_base64(struct bytes text, struct buf *out)
{
    int padding = base64_padding(text);
    if (padding < 0 || !has_room(out, text.len / 4 * 3 - (size_t)padding))
        return false;
    uint32_t group = 0;
    for (size_t i = 0; i < text.len && text.data[i] != '='; i++) {
        group = group << 6 | (uint32_t)base64_value(text.data[i]);
        /* The n-th digit of four completes the octet n - 1, which starts above its rest. */
        if (i % 4 != 0)
            buf_put_u8(out, group >> (6 - i % 4 * 2) & 255);
    }
    return true;
}

static bool skip_digits(struct rd *rd)
{
    bool any = false;
    for (; is_digit(rd_peek(rd)); any = true)
        rd_u8(rd);
    return any;
}

/* The grammar of RFC 8259 section 6. */
static bool is_number(struct bytes text)
{
    struct rd rd;
    rd_init(&rd, text);
    if (rd_peek(&rd) == '-')
        rd_u8(&rd);
    if (rd_peek(&rd) == '0')
        rd_u8(&rd);
    else if (!skip_digits(&rd))
        return false;
    if (rd_peek(&rd) == '.') {
        rd_u8(&rd);
        if (!skip_digits(&rd))
            return false;
    }
    if (rd_peek(&rd) == 'e' || rd_peek(&rd) == 'E') {
        rd_u8(&rd);
        if (rd_peek(&rd) == '-' || rd_peek(&rd) == '+')
            rd_u8(&rd);
        if (!skip_digits(&rd))
            return false;
    }
    return rd_left(&rd) == 0;
}

bool parse_number(struct bytes text, double *out)
{
    /* Longer than the largest double written out in full. */
    char terminated[400];
    if (text.len >= sizeof terminated || !is_number(text))
        return false;
    memcpy(terminated, text.data, text.len);
    terminated[text.len] = '\0';
    double value = strtod(terminated, NULL);
    if (!isfinite(value))
        return false;
    *out = value;
    return true;
}

static int64_t unit_in_ms(struct bytes unit)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (bytes_is(unit, units[i].name))
            return units[i].ms;
    return 0;
}

bool parse_duration(struct bytes text, int64_t *out_ms)
{
    const int64_t most = INT64_C(30) * 24 * 3600 * 1000;
    const size_t fraction_digits_most = 9;
    struct rd rd;
    rd_init(&rd, text);
    skip_digits(&rd);
    int64_t whole = 0;
    if (!parse_decimal((struct bytes){text.data, text.len - rd_left(&rd)}, &whole) || whole > most)
        return false;
    int64_t fraction = 0;
    int64_t scale = 1;
    if (rd_peek(&rd) == '.') {
        rd_u8(&rd);
        size_t before = rd_left(&rd);
        for (; is_digit(rd_peek(&rd)) && before - rd_left(&rd) < fraction_digits_most; scale *= 10)
            fraction = fraction * 10 + ((int)rd_u8(&rd) - '0');
        if (scale == 1)
            return false;
    }
    int64_t unit = unit_in_ms(rd_take(&rd, rd_left(&rd)));
    if (unit == 0 || fraction * unit % scale != 0)
        return false;
    int64_t ms = whole * unit + fraction * unit / scale;
    if (ms > most)
        return false;
    *out_ms = ms;
    return true;
}
