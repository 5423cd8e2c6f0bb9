/* SPDX-License-Identifier: Apache-2.0 */
/* TLS sessions where there are none: this build's libcoap came without a TLS library. */
#include "base/std.h"

#include "net/coap_impl.h"

void coap_tls_suite(void *tls, char out[SUITE_TEXT])
{
    UNUSED(tls);
    out[0] = '\0';
}
