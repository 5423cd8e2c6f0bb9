/* SPDX-License-Identifier: Apache-2.0 */
/* Which credentials each security mode needs, and where they stand in a profile and in object 0. */
#ifndef MODEL_CREDENTIALS_IMPL_H
#define MODEL_CREDENTIALS_IMPL_H

#include "model/credentials.h"
#include "model/profile_impl.h"

enum credential_kind {
    CREDENTIAL_IDENTITY,
    CREDENTIAL_PSK_KEY,
    CREDENTIAL_PRIVATE_KEY,
    CREDENTIAL_PUBLIC_KEY,
    CREDENTIAL_CERTIFICATE
};

struct credential_part {
    enum credential_mode mode;
    const char *member; /* (borrowed) of "security" in a profile */
    uint16_t resource;  /* of the Security object */
    enum credential_kind kind;
    size_t offset; /* of the buf in struct credentials */
};
/* All that the modes need, and nothing that one can do without; NULL past the end. */
const struct credential_part *credential_part_at(size_t index);
struct buf *credential_buf(struct credentials *credentials, const struct credential_part *part);

/* "none", "psk", "rpk", "x509" */
const char *credential_mode_name(enum credential_mode mode);
MUST_USE bool credential_mode_named(struct bytes name, enum credential_mode *out);

/* Puts OCTETS into OUT as struct credentials wants them; ST_INVALID or ST_LIMIT with a sentence. */
MUST_USE enum status credential_read(enum credential_kind kind, struct bytes octets,
                                     struct buf *out, struct error *error);
/* Reads what JSON, a string, points to; false when that was reported. */
MUST_USE bool credential_load(const struct source *source, const struct json *json,
                              enum credential_kind kind, struct buf *out);
/* Reads "security" of an account, which may be NULL: mode none. OUT is initialised here; all that
 * is wrong is reported. */
void credentials_load(const struct source *source, const struct json *security,
                      struct credentials *out);

#endif
