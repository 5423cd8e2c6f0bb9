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
