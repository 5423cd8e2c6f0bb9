/* SPDX-License-Identifier: Apache-2.0 */
/* TLS sessions where there are none: this build's libcoap came without a TLS library. */
#include "base/std.h"

#include "net/coap_impl.h"

void coap_tls_suite(void *tls, char out[SUITE_TEXT])
{
    UNUSED(tls);
    out[0] = '\0';
}

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
