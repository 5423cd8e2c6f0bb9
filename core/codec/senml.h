/* SPDX-License-Identifier: Apache-2.0 */
/* The SenML family: SenML JSON, SenML CBOR (RFC 8428) and the JSON of LwM2M 1.0 (LwM2M
 * TS 1.0, 6.4).
 *
 * One record carries one value. Written: the base name is the path of the request in the first
 * record, names are relative to it; a content of the root, as composite operations have it, names
 * absolute paths instead. Read: any base name and name that make a path at or below that of the
 * request. Integers are exact over 64 bits; a whole number up to 2^53 may be written as a float.
 * Octets are base64url without padding in SenML JSON, base64 in a string in LwM2M 1.0; both read
 * both. Times and units are looked at and not kept; base values and sums are refused, and so is an
 * unknown field that ends in `_`; other unknown fields are passed over.
 *
 * No record can say that something is empty. What is empty within a content is left out, and a
 * content of nothing else has no records: reading that gives one VALUE_NONE record for an object,
 * an instance or a multiple resource, and none for the root. */
#ifndef CODEC_SENML_H
#define CODEC_SENML_H

#include "codec/codec.h"

/* ST_UNSUPPORTED for what no record can say: the instance ID_NONE (a Create that leaves the choice
 * to the device), a string that is not UTF-8, in JSON a float that is not finite, and in that
 * of 1.0 the root. ST_INVALID for a list that is no content of BASE: a value that is not at a
 * resource or resource instance below it, two at one path or one below the other. ST_LIMIT when OUT
 * has no room. */
enum status senml_json_encode(const struct records *records, struct path base, struct buf *out);
enum status senml_cbor_encode(const struct records *records, struct path base, struct buf *out);
enum status lwm2m_json_encode(const struct records *records, struct path base, struct buf *out);
/* Values of unknown type come as the type that their field tells. */
enum status senml_json_decode(struct bytes text, struct path base, const struct codec_types *types,
                              struct records *out, struct error *error);
enum status senml_cbor_decode(struct bytes text, struct path base, const struct codec_types *types,
                              struct records *out, struct error *error);
enum status lwm2m_json_decode(struct bytes text, struct path base, const struct codec_types *types,
                              struct records *out, struct error *error);
/* Records with names and without values (LwM2M TS 1.1, 6.3). */
enum status senml_json_encode_paths(const struct records *records, struct buf *out);
enum status senml_cbor_encode_paths(const struct records *records, struct buf *out);
enum status senml_json_decode_paths(struct bytes text, struct records *out, struct error *error);
enum status senml_cbor_decode_paths(struct bytes text, struct records *out, struct error *error);

#endif
