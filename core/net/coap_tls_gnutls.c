/* SPDX-License-Identifier: Apache-2.0 */
/* What GnuTLS tells of a session. */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/std.h"

#include "net/coap_impl.h"

void coap_tls_suite(void *tls, char out[SUITE_TEXT])
{
    gnutls_session_t session = tls;
    const char *protocol = gnutls_protocol_get_name(gnutls_protocol_get_version(session));
    const char *name = gnutls_ciphersuite_get(session);
    snprintf(out, SUITE_TEXT, "%s %s", protocol == NULL ? "" : protocol,
             name == NULL ? "(unknown)" : name);
}

bool coap_tls_has_certificates(void)
{
    return true;
}

/* The other end's certificate; *OUT is to be freed when it is there. */
static bool take_certificate(gnutls_session_t session, gnutls_x509_crt_t *out)
{
    unsigned count = 0;
    const gnutls_datum_t *list = gnutls_certificate_get_peers(session, &count);
    bool is_x509 = gnutls_certificate_type_get2(session, GNUTLS_CTYPE_PEERS) == GNUTLS_CRT_X509;
    if (list == NULL || count == 0 || !is_x509 || gnutls_x509_crt_init(out) < 0)
        return false;
    if (gnutls_x509_crt_import(*out, &list[0], GNUTLS_X509_FMT_DER) == 0)
        return true;
    gnutls_x509_crt_deinit(*out);
    return false;
}

/* The other end's raw public key as it came; data NULL: it has another kind of name. */
static struct bytes raw_key(gnutls_session_t session)
{
    unsigned count = 0;
    const gnutls_datum_t *list = gnutls_certificate_get_peers(session, &count);
    bool is_raw = gnutls_certificate_type_get2(session, GNUTLS_CTYPE_PEERS) == GNUTLS_CRT_RAWPK;
    if (list == NULL || count == 0 || !is_raw)
        return (struct bytes){NULL, 0};
    return (struct bytes){list[0].data, list[0].size};
}

static bool put_hash(struct bytes key, char out[IDENTITY_TEXT])
{
    uint8_t hash[32];
    size_t size = sizeof hash;
    gnutls_datum_t octets = {NULL, (unsigned)key.len};
    memcpy(&octets.data, &key.data, sizeof octets.data);
    if (gnutls_fingerprint(GNUTLS_DIG_SHA256, &octets, hash, &size) < 0)
        return false;
    int at = snprintf(out, IDENTITY_TEXT, "sha256:");
    for (size_t i = 0; i < sizeof hash; i++)
        at += snprintf(out + at, IDENTITY_TEXT - (size_t)at, "%02x", hash[i]);
    return true;
}

bool coap_tls_identity(void *tls, char out[IDENTITY_TEXT])
{
    gnutls_x509_crt_t certificate;
    struct bytes raw = raw_key(tls);
    if (raw.data != NULL)
        return put_hash(raw, out);
    size_t size = IDENTITY_TEXT;
    if (!take_certificate(tls, &certificate))
        return false;
    bool found = gnutls_x509_crt_get_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, out,
                                               &size) == 0;
    gnutls_x509_crt_deinit(certificate);
    return found;
}

/* --- the certificate of a client ---------------------------------------------------------------
 */

const char *coap_tls_judge(void *tls, const struct server_keys *keys, int *out_alert)
{
    unsigned status = GNUTLS_CERT_INVALID;
    struct bytes raw = raw_key(tls);
    *out_alert = GNUTLS_A_BAD_CERTIFICATE;
    if (raw.data != NULL)
        return keys->knows != NULL && keys->knows(keys->arg, raw)
                   ? NULL
                   : "nobody is known by its raw public key";
    if (gnutls_certificate_verify_peers2(tls, &status) == 0 && status == 0)
        return NULL;
    if ((status & GNUTLS_CERT_SIGNER_NOT_FOUND) == 0)
        return "its certificate is not valid";
    *out_alert = GNUTLS_A_UNKNOWN_CA;
    return "its certificate does not lead to a trust anchor";
}

/* --- the certificate of a server ---------------------------------------------------------------
 */

enum { WATCH = 65280 }; /* number of a TLS extension for private use (RFC 8447) */

struct watch {
    gnutls_session_t session; /* (borrowed) */
    struct tls_watch *shown;  /* (borrowed) NULL: nobody wants to know any more */
};

static struct watch *watch_of(gnutls_session_t session)
{
    gnutls_ext_priv_data_t data = NULL;
    return gnutls_ext_get_data(session, WATCH, &data) == 0 ? data : NULL;
}

/* The names that it is for, the first ones of them. */
static void describe_name(gnutls_session_t session, struct tls_watch *shown)
{
    gnutls_x509_crt_t certificate;
    char name[128] = "";
    size_t size = sizeof name - 1;
    if (!take_certificate(session, &certificate))
        return;
    if (gnutls_x509_crt_get_subject_alt_name(certificate, 0, name, &size, NULL) < 0) {
        size = sizeof name;
        gnutls_x509_crt_get_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size);
    }
    gnutls_x509_crt_deinit(certificate);
    struct buf text;
    buf_init(&text, 1024);
    buf_put_plain(&text, bytes_of(name));
    snprintf(shown->problem, sizeof shown->problem,
             "certificate is for \"%.80s\", not for \"%.80s\"", buf_text(&text),
             shown->server_name);
    buf_release(&text);
}

static const struct flaw {
    unsigned status;
    gnutls_alert_description_t alert;
    const char *text; /* NULL: its names */
} flaws[] = {
    {GNUTLS_CERT_EXPIRED, GNUTLS_A_CERTIFICATE_EXPIRED, "certificate is expired"},
    {GNUTLS_CERT_NOT_ACTIVATED, GNUTLS_A_BAD_CERTIFICATE, "certificate is not valid yet"},
    {GNUTLS_CERT_SIGNER_NOT_FOUND, GNUTLS_A_UNKNOWN_CA,
     "certificate does not lead to a trust anchor of the account"},
    {GNUTLS_CERT_UNEXPECTED_OWNER, GNUTLS_A_BAD_CERTIFICATE, NULL},
    {~0U, GNUTLS_A_BAD_CERTIFICATE, "certificate is not valid"},
};

static int refuse(gnutls_session_t session, struct tls_watch *shown, const struct flaw *flaw)
{
    if (flaw->text == NULL)
        describe_name(session, shown);
    else
        snprintf(shown->problem, PROBLEM_TEXT, "%s", flaw->text);
    gnutls_alert_send(session, GNUTLS_AL_FATAL, flaw->alert);
    return GNUTLS_E_CERTIFICATE_ERROR;
}

static int verify_raw(gnutls_session_t session, struct tls_watch *shown)
{
    static const struct flaw flaw = {0, GNUTLS_A_BAD_CERTIFICATE,
                                     "public key of the server is not that of the account"};
    struct bytes key = raw_key(session);
    if (key.data != NULL && bytes_equal(key, buf_bytes(&shown->public_key)))
        return 0;
    return refuse(session, shown, &flaw);
}

static int verify_client(gnutls_session_t session, struct tls_watch *shown)
{
    int alert = 0;
    const char *problem = coap_tls_judge(session, shown->keys, &alert);
    if (!coap_tls_identity(session, shown->identity))
        shown->identity[0] = '\0';
    if (problem == NULL)
        return 0;
    const struct flaw flaw = {0, (gnutls_alert_description_t)alert, problem};
    return refuse(session, shown, &flaw);
}

/* Trust, time and every name of it, as RFC 6125 has them; instead of libcoap's own check. */
static int verify(gnutls_session_t session)
{
    const struct watch *watch = watch_of(session);
    unsigned status = GNUTLS_CERT_INVALID;
    if (watch == NULL || watch->shown == NULL)
        return GNUTLS_E_CERTIFICATE_ERROR;
    if (watch->shown->keys != NULL)
        return verify_client(session, watch->shown);
    if (watch->shown->public_key.len > 0)
        return verify_raw(session, watch->shown);
    const char *name = watch->shown->server_name;
    bool is_x509 = gnutls_certificate_type_get2(session, GNUTLS_CTYPE_PEERS) == GNUTLS_CRT_X509;
    if (is_x509 && gnutls_certificate_verify_peers3(session, name, &status) == 0 && status == 0)
        return 0;
    const struct flaw *flaw = flaws;
    while ((flaw->status & status) == 0)
        flaw++;
    return refuse(session, watch->shown, flaw);
}

/* --- alerts ------------------------------------------------------------------------------------
 * libcoap takes its session away before it tells that it ended. The data of an extension that is
 * never sent see the session a last time. */

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
    if (watch->shown != NULL && watch->shown->problem[0] == '\0' && number > 0)
        snprintf(watch->shown->problem, PROBLEM_TEXT, "alert %d (%s) from the other end", number,
                 name == NULL ? "unknown" : name);
    free(watch);
}

void coap_tls_watch(void *tls, struct tls_watch *shown)
{
    if (tls == NULL)
        return;
    gnutls_session_set_verify_function(tls, verify); /* refuses what is not watched */
    if (gnutls_session_ext_register(tls, "watch", WATCH, GNUTLS_EXT_TLS, take_nothing, send_nothing,
                                    session_ends, NULL, NULL, GNUTLS_EXT_FLAG_CLIENT_HELLO) < 0)
        return;
    struct watch *watch = xalloc(sizeof *watch);
    *watch = (struct watch){tls, shown};
    gnutls_ext_set_data(tls, WATCH, watch);
}

void coap_tls_unwatch(void *tls)
{
    struct watch *watch = tls == NULL ? NULL : watch_of(tls);
    if (watch != NULL)
        watch->shown = NULL;
}
