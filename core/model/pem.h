/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates as files hold them: PEM (RFC 7468) or DER. */
#ifndef MODEL_PEM_H
#define MODEL_PEM_H

#include "base/buf.h"
#include "base/status.h"

enum pem_kind { PEM_PRIVATE_KEY, PEM_PUBLIC_KEY, PEM_CERTIFICATE };
const char *pem_kind_name(enum pem_kind kind); /* "private key", … */

/* Appends what TEXT holds: the DER of the one thing of that kind in it; but several certificates as
 * the PEM text that they are. Whatever else the text has is passed over. ST_INVALID or ST_LIMIT
 * with a sentence in which nothing of the content stands. */
MUST_USE enum status pem_read(enum pem_kind kind, struct bytes text, struct buf *out,
                              struct error *error);

#endif
