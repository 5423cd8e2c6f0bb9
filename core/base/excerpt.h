/* SPDX-License-Identifier: Apache-2.0 */
/* The line of a text that a message is about, for people. */
#ifndef BASE_EXCERPT_H
#define BASE_EXCERPT_H

#include "base/buf.h"

/* Appends line LINE (from 1) of TEXT with a caret below COLUMN (octets from 1; 0: no caret), both
 * indented; long lines are cut, and nothing that a terminal obeys is left in. A place outside TEXT
 * appends nothing. */
void excerpt_put(struct bytes text, unsigned line, unsigned column, struct buf *out);

#endif
