/* SPDX-License-Identifier: Apache-2.0 */
/* What GnuTLS tells of a session. */
#include <gnutls/gnutls.h>

#include "base/std.h"

#include "net/coap_impl.h"

enum { WATCH = 65280 }; /* number of a TLS extension for private use (RFC 8447) */

void coap_tls_suite(void *tls, char out[SUITE_TEXT])
{
    gnutls_session_t session = tls;
    const char *protocol = gnutls_protocol_get_name(gnutls_protocol_get_version(session));
    const char *name = gnutls_ciphersuite_get(session);
    snprintf(out, SUITE_TEXT, "%s %s", protocol == NULL ? "" : protocol,
             name == NULL ? "(unknown)" : name);
}

/* --- alerts ------------------------------------------------------------------------------------
 * libcoap takes its session away before it tells that it ended. The data of an extension that is
 * never sent see the session a last time. */

struct watch {
    gnutls_session_t session; /* (borrowed) */
    struct tls_alert *alert;  /* (borrowed) NULL: nobody wants to know any more */
};

static int send_nothing(gnutls_session_t session, gnutls_buffer_t data)
{
    UNUSED(session);
    UNUSED(data);
    return 0;
}

static int take_nothing(gnutls_session_t session, const unsigned char *data, size_t len)
{
    UNUSED(session);
    UNUSED(data);
    UNUSED(len);
    return 0;
}

static void session_ends(gnutls_ext_priv_data_t data)
{
    struct watch *watch = data;
    int number = gnutls_alert_get(watch->session);
    const char *name = gnutls_alert_get_name((gnutls_alert_description_t)number);
    if (watch->alert != NULL) {
        watch->alert->number = number;
        snprintf(watch->alert->name, sizeof watch->alert->name, "%s", name == NULL ? "" : name);
    }
    free(watch);
}

void coap_tls_watch(void *tls, struct tls_alert *alert)
{
    if (tls == NULL ||
        gnutls_session_ext_register(tls, "watch", WATCH, GNUTLS_EXT_TLS, take_nothing, send_nothing,
                                    session_ends, NULL, NULL, GNUTLS_EXT_FLAG_CLIENT_HELLO) < 0)
        return;
    struct watch *watch = xalloc(sizeof *watch);
    *watch = (struct watch){tls, alert};
    gnutls_ext_set_data(tls, WATCH, watch);
}

void coap_tls_unwatch(void *tls)
{
    gnutls_ext_priv_data_t data = NULL;
    if (tls != NULL && gnutls_ext_get_data(tls, WATCH, &data) == 0)
        ((struct watch *)data)->alert = NULL;
}
