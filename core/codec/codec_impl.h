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
/* Takes VALUE over; ST_LIMIT with a sentence when OUT is full. */
MUST_USE enum status codec_add(struct records *out, struct path path, struct value value,
                               struct error *error);
/* Places ERROR at the octet of TEXT where RD, a cursor over the whole of it, stands. */
void codec_place(struct error *error, const struct rd *rd, struct bytes text);

#endif
