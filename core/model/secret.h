/* SPDX-License-Identifier: Apache-2.0 */
/* Octets that a text points to, in profiles and on command lines: keys, hashes, AuthData. */
#ifndef MODEL_SECRET_H
#define MODEL_SECRET_H

#include "base/buf.h"
#include "base/status.h"

enum { SECRET_MOST = 65536 }; /* octets */

/* Appends the octets that TEXT means: `hex:…`, `base64:…`, `text:…`, `file:PATH` (relative to
 * FOLDER; NULL: to the working directory) or `env:NAME`. What a file or variable holds is itself
 * `hex:` or `base64:` text (blanks around it are dropped) or else the raw octets. OUT should be a
 * secret buffer. *out_exposed, which may be NULL, tells that everybody can read the file.
 * ST_INVALID, ST_NOT_FOUND, ST_IO or ST_LIMIT with a sentence in which no secret stands. */
MUST_USE enum status secret_read(struct bytes text, const char *folder, struct buf *out,
                                 bool *out_exposed, struct error *error);

/* Appends the content of the file at PATH, at most the limit of OUT; ST_NOT_FOUND, ST_IO or
 * ST_LIMIT with a sentence. *out_exposed may be NULL. */
MUST_USE enum status file_read(const char *path, struct buf *out, bool *out_exposed,
                               struct error *error);

#endif
