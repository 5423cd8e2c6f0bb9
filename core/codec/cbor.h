/* SPDX-License-Identifier: Apache-2.0 */
/* CBOR as the format of one value: a single resource or a resource instance (LwM2M TS 1.0, 6.4).
 *
 * Integers, floats, booleans, texts and octet strings are those of CBOR (RFC 8949); links are texts
 * `object:instance`; times are integers, and on reading also a date (tag 0, without a fraction of
 * a second) or seconds (tag 1). */
#ifndef CODEC_CBOR_H
#define CODEC_CBOR_H

#include "codec/codec.h"

/* ST_UNSUPPORTED for anything but one value at BASE, or a string that is not UTF-8; ST_LIMIT when
 * OUT has no room. */
enum status cbor_encode(const struct records *records, struct path base, struct buf *out);
/* A whole float is taken for an integer, and an integer for a float. Values of unknown type come as
 * the type that they have in CBOR. */
enum status cbor_decode(struct bytes text, struct path base, const struct codec_types *types,
                        struct records *out, struct error *error);

#endif
