/* SPDX-License-Identifier: Apache-2.0 */
/* Files with keys in them: for the owner's eyes, whole or not there, and never over another one by
 * accident. */
#ifndef CLI_NEW_FILE_H
#define CLI_NEW_FILE_H

#include "base/status.h"

#include "base/file.h"

struct new_file {
    const char *path; /* (borrowed) */
    struct draft draft;
    bool force; /* an older one goes */
};

/* Writes CONTENT beside PATH, mode 0600; false with a sentence, also when PATH is taken and FORCE
 * does not say that it may go. Release OUT whatever comes back. */
MUST_USE bool new_file_write(struct new_file *out, const char *path, struct bytes content,
                             bool force, struct error *error);
/* Gives it its name; false with a sentence. */
MUST_USE bool new_file_publish(struct new_file *file, struct error *error);
/* What was not published is gone. */
void new_file_release(struct new_file *file);

#endif
