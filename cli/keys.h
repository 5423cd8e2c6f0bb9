/* SPDX-License-Identifier: Apache-2.0 */
/* The server's half of profiles, as commands take it (`--keys`). */
#ifndef CLI_KEYS_H
#define CLI_KEYS_H

#include "model/profile.h"

/* The keyring at PATH; NULL when it is not valid, with all its errors on stderr. */
struct keyring *keys_load(const char *path);

/* The server's half of secured links at PATH (`--security`); likewise. */
struct server_security *security_load(const char *path);

/* True when TEXT is a keyring, or means to be one. */
bool keys_are(struct bytes text);

#endif
