/* SPDX-License-Identifier: Apache-2.0 */
/* What the codecs share among themselves. */
#ifndef CODEC_CODEC_IMPL_H
#define CODEC_CODEC_IMPL_H

#include "codec/codec.h"

/* How the resource at a path stands in a content. */
enum codec_shape { SHAPE_SINGLE, SHAPE_MULTIPLE };

/* ST_LIMIT with a sentence when TEXT is longer than PAYLOAD_MOST. */
MUST_USE enum status codec_check_size(struct bytes text, struct error *error);
/* The type of the values at PATH. VALUE_NONE when nothing is known of it, or when it is executable
 * and so has none: whatever stands there is then passed on, and the caller of the codec decides.
 * ST_INVALID with a sentence when SHAPE is not that of the resource. TYPES may be NULL. */
MUST_USE enum status codec_type_of(const struct codec_types *types, struct path path,
                                   enum codec_shape shape, enum value_type *out,
                                   struct error *error);
/* The one value that RECORDS say BASE has, borrowed; NULL when they say anything else. */
const struct value *codec_only_value(const struct records *records, struct path base);
/* For a format of one value: checks that TEXT can be a content of BASE, and tells its type. */
MUST_USE enum status codec_check_single(struct bytes text, struct path base,
                                        const struct codec_types *types, enum value_type *out,
                                        struct error *error);
/* `object:instance`, two decimal ids 0..65535. */
MUST_USE bool codec_read_link(struct bytes text, struct value *out);
enum { CODEC_LINK_TEXT = 12 };
/* The same written; returns TEXT. */
const char *codec_link_text(struct objlink link, char text[CODEC_LINK_TEXT]);
/* Makes VALUE, as a format that has numbers only tells it, a value of TYPE: integers become times
 * and floats, whole floats become integers and times as long as every integer has a float of its
 * own (to 2^53). True when it is of TYPE then; anything is of VALUE_NONE. */
MUST_USE bool codec_convert(enum value_type type, struct value *value);
/* The IEEE 754 bits of NUMBER in 4 octets when these hold it exactly, else in 8; returns which. */
unsigned codec_float_bits(double number, uint64_t *out);
/* Takes VALUE over; ST_LIMIT with a sentence when OUT is full. */
MUST_USE enum status codec_add(struct records *out, struct path path, struct value value,
                               struct error *error);
/* What a content without anything in it says: BASE is empty, which a value cannot be. */
MUST_USE enum status codec_add_empty(struct path base, const struct codec_types *types,
                                     struct records *out, struct error *error);
/* Places ERROR at the octet of TEXT where RD, a cursor over the whole of it, stands. */
void codec_place(struct error *error, const struct rd *rd, struct bytes text);

#endif
