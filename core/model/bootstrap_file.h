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
    const struct catalogue *catalogue; /* (owned) by which the values are typed */
};

/* The entry of ENDPOINT, else that of "*", else NULL; borrowed. */
const struct bootstrap_client *bootstrap_file_find(const struct bootstrap_file *file,
                                                   const char *endpoint);

#endif
