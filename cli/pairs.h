/* SPDX-License-Identifier: Apache-2.0 */
/* Finds private keys in profiles and security files that are not those of what stands beside them.
 */
#ifndef CLI_PAIRS_H
#define CLI_PAIRS_H

#include "model/profile.h"

/* Takes PROFILE over and gives it back, or frees it and gives NULL when ERRORS got an error about a
 * pair. PATH names the file in it. NULL stays NULL. */
struct profile *pairs_of_profile(struct profile *profile, const char *path,
                                 struct error_list *errors);
/* Warns of certificates in it whose time is over; PROFILE may be NULL. */
void pairs_warn_profile(const struct profile *profile, const char *path, struct error_list *errors);
/* The same for a server's half. */
struct server_security *pairs_of_security(struct server_security *security, const char *path,
                                          struct error_list *errors);
void pairs_warn_security(const struct server_security *security, const char *path,
                         struct error_list *errors);

#endif
