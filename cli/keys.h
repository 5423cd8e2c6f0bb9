/* SPDX-License-Identifier: Apache-2.0 */
/* What commands take for a server: keyrings (`--keys`), security and bootstrap files. */
#ifndef CLI_KEYS_H
#define CLI_KEYS_H

#include "model/bootstrap_file.h"
#include "model/profile.h"

/* The keyring at PATH; NULL when it is not valid, with all its errors on stderr. */
struct keyring *keys_load(const char *path);

/* The server's half of secured links at PATH (`--security`); likewise. */
struct server_security *security_load(const char *path);

/* What a bootstrap server has for its clients, at PATH (`--bootstrap`); likewise. */
struct bootstrap_file *bootstrap_load(const char *path);

/* The objects that a server knows, with those of the file at PATH (`--definitions`); likewise. */
struct catalogue *definitions_open(const char *path);

/* What a JSON file is, or means to be. */
enum file_kind {
    FILE_UNKNOWN,
    FILE_PROFILE,
    FILE_KEYRING,
    FILE_SECURITY,
    FILE_BOOTSTRAP,
    FILE_DEFINITIONS,
    FILE_STATE
};
enum file_kind file_kind_of(struct bytes text);
const char *file_kind_name(
    enum file_kind kind); /* "keyring"; what is unknown counts as "profile" */

#endif
