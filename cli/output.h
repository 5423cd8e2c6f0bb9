/* SPDX-License-Identifier: Apache-2.0 */
/* What the program says: results on stdout, diagnostics on stderr. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/buf.h"
#include "base/status.h"

/* Takes the standard descriptors that the caller left closed, so that no socket or file gets their
 * numbers: stdin is at its end then, and what is written fails. To be called before all else. */
void output_start(void);
/* A sentence on stderr, with the program's name in front. */
void complain(const char *format, ...) PRINTF_LIKE(1, 2);

/* True when FILE is a terminal and NO_COLOR is not set. */
bool output_has_colour(FILE *file);
/* Asks the program to leave when nobody reads its stdout any more. */
void output_check(void);
/* Flushes stdout. Gives STATUS, or what the program must end with when the results did not get
 * through; that is said on stderr unless the reader has just gone. */
int output_end(int status);

/* All of ERRORS on stderr, each with its source line and a caret. The source is TEXT for those
 * whose subject is SUBJECT, else the file that the subject names. SUBJECT may be NULL. */
void errors_print(const struct error_list *errors, const char *subject, struct bytes text);
/* A copy of the JSON text TEXT with a star for each octet of what could be a key: strings that
 * begin as key octets do, what stands under "keys", runs of hex or base64 digits. TEXT need not
 * parse. The caller frees it. */
char *mask_secrets(struct bytes text);
/* ERROR with stars for what could be a key in its sentence and its pointer, since both repeat names
 * of a file. */
struct error mask_error(const struct error *error);

#endif
