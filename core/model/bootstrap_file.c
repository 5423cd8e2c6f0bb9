/* SPDX-License-Identifier: Apache-2.0 */
/* What a bootstrap server has for its clients. */
#include "base/std.h"

#include "model/bootstrap_file.h"

const struct bootstrap_client *bootstrap_file_find(const struct bootstrap_file *file,
                                                   const char *endpoint)
{
    const struct bootstrap_client *any = NULL;
    for (size_t i = 0; i < file->count; i++) {
        const struct bootstrap_client *client = &file->clients[i];
        if (strcmp(client->endpoint, endpoint) == 0)
            return client;
        if (strcmp(client->endpoint, "*") == 0)
            any = client;
    }
    return any;
}
