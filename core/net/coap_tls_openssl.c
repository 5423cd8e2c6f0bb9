/* SPDX-License-Identifier: Apache-2.0 */
/* What OpenSSL tells of a session. */
#include <openssl/ssl.h>

#include "base/std.h"

#include "net/coap_impl.h"

void coap_tls_suite(void *tls, char out[SUITE_TEXT])
{
    const SSL *ssl = tls;
    const char *name = SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl));
    snprintf(out, SUITE_TEXT, "%s %s", SSL_get_version(ssl), name == NULL ? "(unknown)" : name);
}

/* libcoap has the only place for data of a session, so alerts are not seen. */
bool coap_tls_has_certificates(void)
{
    return false;
}

bool coap_tls_identity(void *tls, char out[IDENTITY_TEXT])
{
    UNUSED(tls);
    UNUSED(out);
    return false;
}

void coap_tls_watch(void *tls, struct tls_watch *watch)
{
    UNUSED(tls);
    UNUSED(watch);
}

void coap_tls_unwatch(void *tls)
{
    UNUSED(tls);
}
