/* SPDX-License-Identifier: Apache-2.0 */
/* What a bootstrap server has for its clients, as data: the file of `server --bootstrap`. */
#ifndef MODEL_BOOTSTRAP_FILE_H
#define MODEL_BOOTSTRAP_FILE_H

#include "base/operation.h"
#include "base/status.h"
#include "model/model.h"

/* What one client gets, in order. */
struct bootstrap_client {
    char *endpoint;               /* (owned) "*": whoever is not named */
    struct operation *operations; /* (owned) write, delete, discover, read */
    size_t count;
    bool goes_on; /* after an answer that is an error; else the bootstrap ends there */
    bool finish;  /* Bootstrap-Finish follows the last one */
};

struct bootstrap_file {
    struct bootstrap_client *clients; /* (owned) */
    size_t count;
    struct catalogue *catalogue; /* (owned) by which the values are typed */
};

/* Parses TEXT; SUBJECT names it in messages, FOLDER is where `file:` is looked for. NULL when
 * ERRORS got an error (warnings may be there either way); else owned by the caller. */
struct bootstrap_file *bootstrap_file_parse(struct bytes text, const char *subject,
                                            const char *folder, struct error_list *errors);
struct bootstrap_file *bootstrap_file_load(const char *path, struct error_list *errors);
void bootstrap_file_free(struct bootstrap_file *file); /* zeroes all values */

/* The entry of ENDPOINT, else that of "*", else NULL; borrowed. */
const struct bootstrap_client *bootstrap_file_find(const struct bootstrap_file *file,
                                                   const char *endpoint);

/* Whether its operations write a secret key (`/0/x/5`) into an account that is secured. */
bool bootstrap_client_has_keys(const struct bootstrap_client *client);

#endif
