/* SPDX-License-Identifier: Apache-2.0 */
/* A token of nested values: what the readers of JSON and of CBOR tell alike. */
#ifndef CODEC_TOKEN_IMPL_H
#define CODEC_TOKEN_IMPL_H

#include "base/buf.h"

enum token_kind {
    TOKEN_END, /* of the whole content; nothing follows it */
    TOKEN_NULL,
    TOKEN_BOOLEAN,
    TOKEN_INTEGER, /* whole, within 64 bits and a sign */
    TOKEN_NUMBER,  /* any other */
    TOKEN_TEXT,
    TOKEN_OCTETS,
    TOKEN_ARRAY,
    TOKEN_ARRAY_END,
    TOKEN_MAP,
    TOKEN_MAP_END,
    TOKEN_KEY /* of the member that follows */
};

enum { TAG_DATE = 0, TAG_SECONDS = 1, TAG_NONE = -1 };

struct token {
    enum token_kind kind;
    int tag;           /* the meaning that CBOR gives to a value, or TAG_NONE */
    int64_t integer;   /* INTEGER; BOOLEAN as 0 or 1; KEY when it is a number */
    double number;     /* NUMBER and INTEGER */
    bool numbered;     /* KEY: it is a number */
    struct bytes text; /* TEXT and KEY, in UTF-8; OCTETS; borrowed until the next token */
};

#endif
