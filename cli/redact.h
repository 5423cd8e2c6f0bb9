/* SPDX-License-Identifier: Apache-2.0 */
/* Hides what could be an identity in texts for people (--redact). */
#ifndef CLI_REDACT_H
#define CLI_REDACT_H

#include "base/buf.h"

/* Appends TEXT with the content of each quoted string and each run of octets (`hex:`, `base64:`)
 * replaced, since any of them may be an identity. */
void redact_put(struct bytes text, struct buf *out);
/* The same for what TEXT holds. */
void redact_text(struct buf *text);

#endif
