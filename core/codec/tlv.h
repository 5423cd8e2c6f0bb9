/* SPDX-License-Identifier: Apache-2.0 */
/* OMA TLV (LwM2M TS 1.0, 6.4): object instance > multiple resource > resource instance.
 *
 * A multiple resource is always a Multiple Resource TLV, with one instance or none too; object
 * instances have a TLV of their own only when BASE names no instance. */
#ifndef CODEC_TLV_H
#define CODEC_TLV_H

#include "codec/codec.h"

/* Records of one instance, and of one resource, must stand together. Records of the instance
 * ID_NONE (a Create that leaves the choice to the device) are written without an object instance.
 * ST_UNSUPPORTED for the root; ST_INVALID for a list that is no content of BASE: two records with
 * one path, scattered groups, a value at an instance; ST_LIMIT when OUT has no room. */
enum status tlv_encode(const struct records *records, struct path base, struct buf *out);
/* Without octets it says that BASE is empty: one VALUE_NONE record for an object, an instance or a
 * multiple resource. Resources that stand directly below an object get the instance ID_NONE. A
 * resource or a resource instance may come with or without the Multiple Resource TLV around it. */
enum status tlv_decode(struct bytes text, struct path base, const struct codec_types *types,
                       struct records *out, struct error *error);

#endif
