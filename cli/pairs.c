/* SPDX-License-Identifier: Apache-2.0 */
/* Finds private keys in profiles and security files that are not those of what stands beside them.
 */
#include "base/std.h"

#include "cli/pairs.h"
#include "secure/pair.h"

/* What is checked, and where the key stands. */
struct place {
    const char *path; /* (borrowed) */
    unsigned line, column;
    struct error_list *errors; /* (borrowed) */
};

static bool fits(const struct place *place, const struct buf *key, const struct buf *shown,
                 const char *what)
{
    struct error error;
    if (key->len == 0 || shown->len == 0 ||
        pair_check(buf_bytes(key), buf_bytes(shown)) != PAIR_DIFFERS)
        return true;
    error_clear(&error);
    error_place(&error, place->path, place->line, place->column);
    error_set(&error, "private key is not that of the %s; give the two that belong together", what);
    error_list_add(place->errors, &error);
    return false;
}

static bool credentials_fit(const struct credentials *credentials, const char *path,
                            struct error_list *errors)
{
    const struct place place = {path, credentials->key_line, credentials->key_column, errors};
    bool good = fits(&place, &credentials->key, &credentials->public_key, "public key");
    return fits(&place, &credentials->key, &credentials->certificate, "certificate") && good;
}

struct profile *pairs_of_profile(struct profile *profile, const char *path,
                                 struct error_list *errors)
{
    bool good = true;
    for (size_t i = 0; profile != NULL && i < profile->server_count; i++)
        good = credentials_fit(&profile->servers[i].security, path, errors) && good;
    if (profile != NULL && profile->bootstrap != NULL)
        good = credentials_fit(&profile->bootstrap->security, path, errors) && good;
    if (good)
        return profile;
    profile_free(profile);
    return NULL;
}

struct server_security *pairs_of_security(struct server_security *security, const char *path,
                                          struct error_list *errors)
{
    if (security == NULL)
        return NULL;
    const struct place place = {path, security->key_line, security->key_column, errors};
    bool good = fits(&place, &security->key, &security->public_key, "public key");
    good = fits(&place, &security->key, &security->certificate, "certificate") && good;
    if (good)
        return security;
    server_security_free(security);
    return NULL;
}

/* --- certificates whose time is over -------------------------------------------------------- */

static void warn(const struct buf *certificate, const char *path, struct error_list *errors)
{
    struct error error;
    if (certificate->len == 0 || !certificate_is_expired(buf_bytes(certificate)))
        return;
    error_clear(&error);
    error.severity = SEVERITY_WARNING;
    error_place(&error, path, 0, 0);
    error_set(&error,
              "the certificate is expired, and the other end will refuse it; get a new one");
    error_list_add(errors, &error);
}

void pairs_warn_profile(const struct profile *profile, const char *path, struct error_list *errors)
{
    for (size_t i = 0; profile != NULL && i < profile->server_count; i++)
        warn(&profile->servers[i].security.certificate, path, errors);
    if (profile != NULL && profile->bootstrap != NULL)
        warn(&profile->bootstrap->security.certificate, path, errors);
}

void pairs_warn_security(const struct server_security *security, const char *path,
                         struct error_list *errors)
{
    if (security != NULL)
        warn(&security->certificate, path, errors);
}
