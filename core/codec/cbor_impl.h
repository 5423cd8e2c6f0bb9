/* SPDX-License-Identifier: Apache-2.0 */
/* CBOR data items (RFC 8949), read as tokens and written; what the two formats made of them share.
 */
#ifndef CODEC_CBOR_IMPL_H
#define CODEC_CBOR_IMPL_H

#include "base/status.h"
#include "base/value.h"
#include "codec/token_impl.h"

enum { CBOR_DEPTH_MOST = 16 };

/* An array or a map that is not over yet. */
struct cbor_level {
    bool is_map;
    bool is_endless; /* its end is marked instead of counted */
    uint64_t left;   /* items to come, or that have come when it is endless; even: a key is next */
};

/* A pull reader; its fields are private. */
struct cbor_reader {
    struct bytes text; /* (borrowed) */
    struct rd rd;
    struct cbor_level levels[CBOR_DEPTH_MOST];
    unsigned depth;
    bool is_over;
    struct buf chunks; /* (owned) a string that came in pieces */
};

/* TEXT must outlive the reader. */
void cbor_reader_init(struct cbor_reader *reader, struct bytes text);
void cbor_reader_release(struct cbor_reader *reader);
/* The next token of the one item that the text must be; ST_INVALID or ST_LIMIT with a sentence and
 * the octet otherwise. Lengths may be definite or not. Integers beyond 64 bits and a sign come as
 * TOKEN_NUMBER, as do decimal fractions (tag 4). Keys are texts or integers. Bignums and unknown
 * tags are refused. ERROR may be NULL. */
MUST_USE enum status cbor_next(struct cbor_reader *reader, struct token *out, struct error *error);

/* The heads of arrays and maps, counted. */
void cbor_put_array(struct buf *out, size_t count);
void cbor_put_map(struct buf *out, size_t count);
void cbor_put_integer(struct buf *out, int64_t integer);
void cbor_put_text(struct buf *out, struct bytes text);
/* Floats take 4 octets when these hold them exactly, else 8: not every peer reads 2. Times are
 * integers without a tag, links are texts. */
void cbor_put_value(struct buf *out, const struct value *value);

#endif
