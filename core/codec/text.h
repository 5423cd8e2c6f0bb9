/* SPDX-License-Identifier: Apache-2.0 */
/* The two formats that carry exactly one value: plain text and opaque (LwM2M TS 1.0, 6.4).
 *
 * Both carry a single resource (base of depth 3) or a resource instance (depth 4). */
#ifndef CODEC_TEXT_H
#define CODEC_TEXT_H

#include "codec/codec.h"

/* Integers, times and floats in plain decimal, booleans `0` or `1`, opaque in base64 with padding,
 * links as `object:instance`. ST_UNSUPPORTED for anything but one value at BASE, or a float that
 * is not finite; ST_LIMIT when OUT has no room. */
enum status text_encode(const struct records *records, struct path base, struct buf *out);
/* Values of unknown type come as the octets that they are, not read as base64. */
enum status text_decode(struct bytes text, struct path base, const struct codec_types *types,
                        struct records *out, struct error *error);
/* The octets of one opaque value, nothing around them; ST_UNSUPPORTED for any other type. */
enum status opaque_encode(const struct records *records, struct path base, struct buf *out);
enum status opaque_decode(struct bytes text, struct path base, const struct codec_types *types,
                          struct records *out, struct error *error);

#endif
