/* SPDX-License-Identifier: Apache-2.0 */
/* Octets: a view, a bounded writing buffer and a reading cursor; and the only allocator.
 *
 * Both cursors are sticky: writing past the limit or reading past the end sets `bad`,
 * yields zeros and changes nothing more, so a codec reads like the schema of its format
 * and checks once, at the end. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/std.h"

/* A counted view of octets; may hold NULs; never owned. */
struct bytes {
    const uint8_t *data; /* (borrowed) */
    size_t len;
};

/* The octets of a C string without its terminator. */
struct bytes bytes_of(const char *text);
bool bytes_equal(struct bytes a, struct bytes b);
/* Compares in a time that depends on the lengths only; for secrets and signatures. */
bool bytes_equal_secret(struct bytes a, struct bytes b);
/* True when VIEW is exactly the characters of TEXT. */
bool bytes_is(struct bytes view, const char *text);

/* Memory: each call either succeeds or ends the program in one place, because nothing
 * that comes over the wire or from a file can ask for an unbounded amount. */
void *xalloc(size_t size);                         /* zeroed */
void *xarray(size_t count, size_t size);           /* zeroed, overflow checked */
void *xgrow(void *old, size_t count, size_t size); /* like realloc, not zeroed */
char *xstrdup(const char *text);                   /* NULL gives NULL */
void *xmemdup(const void *data, size_t len);       /* len 0 gives NULL */
/* Overwrites with zeros in a way that the compiler keeps. */
void wipe(void *data, size_t len);

/* A growing buffer with a limit given at its creation. */
struct buf {
    uint8_t *data; /* (owned) */
    size_t len;
    size_t capacity;
    size_t limit;
    bool bad;    /* something did not fit; sticky */
    bool secret; /* zeroed whenever memory is given back */
};

void buf_init(struct buf *buf, size_t limit);
void buf_init_secret(struct buf *buf, size_t limit);
void buf_release(struct buf *buf); /* contents only; secret ones are zeroed first */
void buf_clear(struct buf *buf);   /* empty again, limit and secrecy kept, not bad */
/* Each of these appends the whole or, when that passes the limit, nothing. */
void buf_put(struct buf *buf, struct bytes bytes);
void buf_put_u8(struct buf *buf, unsigned value);
/* Big-endian, the lowest WIDTH octets (1..8) of VALUE. */
void buf_put_be(struct buf *buf, uint64_t value, unsigned width);
void buf_puts(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Lower-case hex digits of BYTES. */
void buf_put_hex(struct buf *buf, struct bytes bytes);
/* RFC 4648 base64 with padding. */
void buf_put_base64(struct buf *buf, struct bytes bytes);
struct bytes buf_bytes(const struct buf *buf); /* borrowed until the next write */
/* The content as a C string; the terminator is not counted; borrowed until the next
 * write. A bad buffer gives what had fitted. */
const char *buf_text(struct buf *buf);

/* A reading cursor over a view. */
struct rd {
    const uint8_t *at;  /* (borrowed) */
    const uint8_t *end; /* (borrowed) */
    bool bad;           /* something was read past the end; sticky */
};

void rd_init(struct rd *rd, struct bytes bytes);
size_t rd_left(const struct rd *rd); /* 0 when bad, so that loops end */
unsigned rd_u8(struct rd *rd);
uint64_t rd_be(struct rd *rd, unsigned width); /* WIDTH octets, 1..8; else bad */
struct bytes rd_take(struct rd *rd, size_t len);
int rd_peek(const struct rd *rd); /* next octet, -1 at the end or when bad */
void rd_fail(struct rd *rd);      /* marks the input as malformed */

/* Strict conversions of whole views; false leaves *out alone (a buffer that is too small turns
 * bad and keeps its content).
 * Decimal: optional minus, no plus, no blanks, no leading zeros beside "0" itself, no "-0". */
MUST_USE bool parse_decimal(struct bytes text, int64_t *out);
/* `0x` and 1 to 16 hex digits; the 64 bits are returned as they are. */
MUST_USE bool parse_hex_integer(struct bytes text, uint64_t *out);
/* An even number of hex digits, either case, appended to OUT. */
MUST_USE bool parse_hex(struct bytes text, struct buf *out);
/* RFC 4648 base64 with correct padding and zero pad bits, appended to OUT. */
MUST_USE bool parse_base64(struct bytes text, struct buf *out);
/* A number as JSON writes it (RFC 8259 section 6), under 400 characters; finite. */
MUST_USE bool parse_number(struct bytes text, double *out);
/* `20ms`, `1.5s`, `2m`, `1h`, in milliseconds; 0 to 30 days; a bare number is refused, and so is
 * what is not a whole number of milliseconds. */
MUST_USE bool parse_duration(struct bytes text, int64_t *out_ms);

/* Text that others wrote.
 * The octets of the well-formed UTF-8 character that TEXT begins with, 1 to 4; 0 when it does not:
 * no surrogates, no overlong forms. */
size_t utf8_first(struct bytes text);
bool utf8_valid(struct bytes text); /* nothing but such characters */
/* Nothing but such characters, and no control character (C0, DEL, C1), which a terminal obeys. */
bool utf8_plain(struct bytes text);
/* Appends TEXT with `?` for each character or octet that utf8_plain does not allow. */
void buf_put_plain(struct buf *buf, struct bytes text);

#endif
