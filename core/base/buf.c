/* SPDX-License-Identifier: Apache-2.0 */
/* The only allocator, octet views, the bounded writing buffer and the reading cursor. */
#include "base/std.h"

#include "base/buf.h"

enum { BUF_FIRST_CAPACITY = 64 };

struct bytes bytes_of(const char *text)
{
    if (text == NULL)
        return (struct bytes){NULL, 0};
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool bytes_equal_secret(struct bytes a, struct bytes b)
{
    if (a.len != b.len)
        return false;
    /* volatile, so that no optimiser may leave the loop at the first difference */
    volatile uint8_t difference = 0;
    for (size_t i = 0; i < a.len; i++)
        difference = difference | (uint8_t)(a.data[i] ^ b.data[i]);
    return difference == 0;
}

bool bytes_is(struct bytes view, const char *text)
{
    return bytes_equal(view, bytes_of(text));
}

static _Noreturn void out_of_memory(void)
{
    fputs("out of memory\n", stderr);
    abort();
}

/* An empty piece of memory still has an address of its own. */
static size_t size_of_array(size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        out_of_memory();
    size_t total = count * size;
    return total == 0 ? 1 : total;
}

void *xalloc(size_t size)
{
    return xarray(1, size);
}

void *xarray(size_t count, size_t size)
{
    void *fresh = calloc(1, size_of_array(count, size));
    if (fresh == NULL)
        out_of_memory();
    return fresh;
}

void *xgrow(void *old, size_t count, size_t size)
{
    void *grown = realloc(old, size_of_array(count, size));
    if (grown == NULL)
        out_of_memory();
    return grown;
}

char *xstrdup(const char *text)
{
    return text == NULL ? NULL : xmemdup(text, strlen(text) + 1);
}

void *xmemdup(const void *data, size_t len)
{
    if (len == 0)
        return NULL;
    void *copy = xalloc(len);
    memcpy(copy, data, len);
    return copy;
}

void wipe(void *data, size_t len)
{
    if (len > 0)
        explicit_bzero(data, len);
}

void buf_init(struct buf *buf, size_t limit)
{
    *buf = (struct buf){.limit = limit};
}

void buf_init_secret(struct buf *buf, size_t limit)
{
    *buf = (struct buf){.limit = limit, .secret = true};
}

void buf_release(struct buf *buf)
{
    buf_clear(buf);
    free(buf->data);
    buf->data = NULL;
    buf->capacity = 0;
}

void buf_clear(struct buf *buf)
{
    if (buf->secret)
        wipe(buf->data, buf->capacity);
    buf->len = 0;
    buf->bad = false;
}

/* realloc may leave the old octets behind it, so secrets move by hand. */
static void set_capacity(struct buf *buf, size_t capacity)
{
    if (buf->secret) {
        uint8_t *fresh = xalloc(capacity);
        if (buf->len > 0)
            memcpy(fresh, buf->data, buf->len);
        wipe(buf->data, buf->capacity);
        free(buf->data);
        buf->data = fresh;
    } else {
        buf->data = xgrow(buf->data, capacity, 1);
    }
    buf->capacity = capacity;
}

/* LEN more octets at the end, to be filled by the caller; NULL when they do not fit.
 * There is always place for a terminator behind them. */
static uint8_t *extend(struct buf *buf, size_t len)
{
    if (buf->bad || len > buf->limit - buf->len) {
        buf->bad = true;
        return NULL;
    }
    size_t needed = buf->len + len + 1;
    if (needed > buf->capacity) {
        size_t capacity = buf->capacity == 0 ? BUF_FIRST_CAPACITY : buf->capacity;
        while (capacity < needed)
            capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
        set_capacity(buf, capacity);
    }
    uint8_t *at = buf->data + buf->len;
    buf->len += len;
    return at;
}

void buf_put(struct buf *buf, struct bytes bytes)
{
    uint8_t *at = extend(buf, bytes.len);
    if (at != NULL && bytes.len > 0)
        memcpy(at, bytes.data, bytes.len);
}

void buf_put_u8(struct buf *buf, unsigned value)
{
    buf_put_be(buf, value, 1);
}

void buf_put_be(struct buf *buf, uint64_t value, unsigned width)
{
    assert(width >= 1 && width <= 8);
    uint8_t *at = extend(buf, width);
    for (unsigned i = width; at != NULL && i-- > 0; value >>= 8)
        at[i] = (uint8_t)value;
}

void buf_puts(struct buf *buf, const char *text)
{
    buf_put(buf, bytes_of(text));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int len = vsnprintf(NULL, 0, format, values);
    va_end(values);
    if (len < 0)
        buf->bad = true;
    uint8_t *at = extend(buf, len < 0 ? 0 : (size_t)len);
    if (at == NULL)
        return;
    va_start(values, format);
    vsnprintf((char *)at, (size_t)len + 1, format, values);
    va_end(values);
}

void buf_put_hex(struct buf *buf, struct bytes bytes)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t *at = extend(buf, bytes.len * 2);
    for (size_t i = 0; at != NULL && i < bytes.len; i++) {
        *at++ = (uint8_t)digits[bytes.data[i] >> 4];
        *at++ = (uint8_t)digits[bytes.data[i] & 15];
    }
}

void buf_put_base64(struct buf *buf, struct bytes bytes)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t *at = extend(buf, (bytes.len + 2) / 3 * 4);
    for (size_t i = 0; at != NULL && i < bytes.len; i += 3) {
        size_t have = bytes.len - i < 3 ? bytes.len - i : 3;
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (k < have ? bytes.data[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            *at++ = (uint8_t)(k <= have ? alphabet[group >> (18 - 6 * k) & 63] : '=');
    }
}

struct bytes buf_bytes(const struct buf *buf)
{
    return (struct bytes){buf->data, buf->len};
}

const char *buf_text(struct buf *buf)
{
    if (buf->data == NULL)
        return "";
    buf->data[buf->len] = '\0';
    return (const char *)buf->data;
}

void rd_init(struct rd *rd, struct bytes bytes)
{
    static const uint8_t nothing[1] = {0};
    const uint8_t *start = bytes.len > 0 ? bytes.data : nothing;
    *rd = (struct rd){.at = start, .end = start + bytes.len};
}

size_t rd_left(const struct rd *rd)
{
    return rd->bad ? 0 : (size_t)(rd->end - rd->at);
}

unsigned rd_u8(struct rd *rd)
{
    return (unsigned)rd_be(rd, 1);
}

uint64_t rd_be(struct rd *rd, unsigned width)
{
    uint64_t value = 0;
    /* The width may come from the wire, so a wrong one is malformed input. */
    if (width < 1 || width > 8)
        rd_fail(rd);
    struct bytes taken = rd_take(rd, width);
    for (size_t i = 0; i < taken.len; i++)
        value = value << 8 | taken.data[i];
    return value;
}

struct bytes rd_take(struct rd *rd, size_t len)
{
    if (len > rd_left(rd))
        rd->bad = true;
    if (rd->bad)
        return (struct bytes){NULL, 0};
    struct bytes taken = {rd->at, len};
    rd->at += len;
    return taken;
}

int rd_peek(const struct rd *rd)
{
    return rd_left(rd) > 0 ? *rd->at : -1;
}

void rd_fail(struct rd *rd)
{
    rd->bad = true;
}
