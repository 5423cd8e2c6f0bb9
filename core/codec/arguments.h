/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of Execute: the exact grammar (LwM2M TS 1.0, 5.4.5), and the readable form of the
 * specification's appendix B.2 (rule I-13). */
#ifndef CODEC_ARGUMENTS_H
#define CODEC_ARGUMENTS_H

#include "base/status.h"
#include "base/value.h"

enum { ARGUMENTS_MOST = 32, ARGUMENT_LEN_MOST = 1024 };

struct argument {
    uint8_t digit;      /* 0..9 */
    bool has_value;     /* `0` has none, `0=''` has an empty one */
    struct bytes value; /* borrowed from the payload */
};

struct arguments {
    struct argument items[ARGUMENTS_MOST]; /* in the order given; a digit may come twice */
    size_t count;
};

enum argument_form {
    ARGUMENTS_STRICT,  /* `0='0',1='3'` exactly */
    ARGUMENTS_READABLE /* also blanks around items, missing quotes, `0=SRV_AUTHENT`: the value is
                        * the bare word */
};

/* TEXT must outlive OUT. ST_INVALID with column and sentence when it breaks the grammar. */
MUST_USE enum status arguments_decode(struct bytes text, enum argument_form form,
                                      struct arguments *out, struct error *error);
/* Appends the strict form; a value with an octet that the grammar excludes makes OUT bad. */
void arguments_encode(const struct arguments *arguments, struct buf *out);
/* The only argument with this digit, NULL when there is none; *out_count tells how many. */
const struct argument *arguments_find(const struct arguments *arguments, unsigned digit,
                                      size_t *out_count);

#endif
