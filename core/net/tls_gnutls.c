/* SPDX-License-Identifier: Apache-2.0 */
/* TLS by GnuTLS. */
#include <gnutls/gnutls.h>

#include "base/std.h"

#include "net/coap_impl.h"
#include "net/tls.h"

/* RFC 7925 4.2 and 4.4 ask for these suites, and for TLS 1.2. */
#define CIPHERS                                                                                    \
    "NONE:+VERS-TLS1.2:+COMP-NULL:+AES-128-CCM-8:+AES-128-GCM:+AES-256-GCM:+AES-128-CCM:"          \
    "+AES-128-CBC:+AEAD:+SHA256:+SIGN-ALL:+GROUP-ALL"
#define KX_PSK  ":+PSK:+ECDHE-PSK:+DHE-PSK"
#define KX_CERT ":+ECDHE-ECDSA:+ECDHE-RSA"

struct tls_side {
    const struct server_keys *keys; /* (borrowed) */
    gnutls_psk_server_credentials_t psk;
    gnutls_certificate_credentials_t certificate;
    char priorities[400];
};

struct tls {
    gnutls_session_t session;
    gnutls_psk_client_credentials_t psk;          /* (owned) a client's */
    gnutls_certificate_credentials_t certificate; /* (owned) likewise */
    const struct tls_side *side;                  /* (borrowed) NULL: a client */
    bool is_established;
    bool has_refused; /* and said why */
    bool is_flushing; /* GnuTLS keeps what it could not write */
    char problem[PROBLEM_TEXT];
};

bool tls_is_possible(void)
{
    return true;
}

/* ---- keys ---- */

static gnutls_datum_t datum_of(struct bytes octets)
{
    gnutls_datum_t datum = {NULL, (unsigned)octets.len};
    memcpy(&datum.data, &octets.data, sizeof datum.data);
    return datum;
}

/* Without the NUL that ends them. */
static gnutls_datum_t text_of(const struct buf *pem)
{
    return (gnutls_datum_t){pem->data, pem->len > 0 ? (unsigned)pem->len - 1 : 0};
}

static bool load_pems(gnutls_certificate_credentials_t credentials, const struct pem_set *pems)
{
    gnutls_datum_t certificate = text_of(&pems->certificate);
    gnutls_datum_t key = text_of(&pems->key);
    gnutls_datum_t trust = text_of(&pems->trust);
    if (pems->is_raw)
        return gnutls_certificate_set_rawpk_key_mem(credentials, &certificate, &key,
                                                    GNUTLS_X509_FMT_PEM, NULL, 0, NULL, 0, 0) >= 0;
    if (certificate.size > 0 && gnutls_certificate_set_x509_key_mem(credentials, &certificate, &key,
                                                                    GNUTLS_X509_FMT_PEM) < 0)
        return false;
    return trust.size == 0 ||
           gnutls_certificate_set_x509_trust_mem(credentials, &trust, GNUTLS_X509_FMT_PEM) > 0;
}

static bool load_x509(gnutls_certificate_credentials_t credentials, struct bytes certificate,
                      struct bytes key, struct bytes trust)
{
    struct pem_set pems;
    coap_pem_init(&pems, certificate, key, trust);
    bool is_good = load_pems(credentials, &pems);
    coap_pem_release(&pems);
    return is_good;
}

static bool load_raw(gnutls_certificate_credentials_t credentials, struct bytes public_key,
                     struct bytes key)
{
    struct pem_set pems;
    coap_pem_init_raw(&pems, public_key, key);
    bool is_good = load_pems(credentials, &pems);
    coap_pem_release(&pems);
    return is_good;
}

static void free_certificate(gnutls_certificate_credentials_t certificate)
{
    if (certificate != NULL)
        gnutls_certificate_free_credentials(certificate);
}

/* ---- what goes wrong ---- */

static void describe(struct tls *tls, const char *what, int alert, const char *way)
{
    const char *name = gnutls_alert_get_name((gnutls_alert_description_t)alert);
    snprintf(tls->problem, sizeof tls->problem, "%s%salert %d (%s) %s", what,
             what[0] == '\0' ? "" : "; ", alert, name == NULL ? "unknown" : name, way);
}

static const struct reason {
    int result;
    bool is_of_client; /* or of both */
    const char *text;
} reasons[] = {
    {GNUTLS_E_PREMATURE_TERMINATION, true,
     "the other end closed the connection during the handshake; is it a coaps+tcp:// server?"},
    {GNUTLS_E_PREMATURE_TERMINATION, false,
     "the other end closed the connection during the handshake"},
    {GNUTLS_E_PULL_ERROR, false, "the connection broke during the handshake"},
    {GNUTLS_E_PUSH_ERROR, false, "the connection broke during the handshake"},
    {GNUTLS_E_UNEXPECTED_PACKET_LENGTH, true,
     "the other end does not speak TLS; is it a coaps+tcp:// server?"},
    {GNUTLS_E_UNSUPPORTED_VERSION_PACKET, true,
     "the other end does not speak TLS; is it a coaps+tcp:// server?"},
    {GNUTLS_E_UNEXPECTED_PACKET, true,
     "the other end does not speak TLS; is it a coaps+tcp:// server?"},
    {GNUTLS_E_DECRYPTION_FAILED, false, "the keys of both ends differ"},
    {GNUTLS_E_NO_CIPHER_SUITES, false, "there is no cipher suite that both ends have"},
    {GNUTLS_E_NO_CERTIFICATE_FOUND, false, "the other end showed no certificate"},
};

static const char *reason_of(const struct tls *tls, int result)
{
    for (size_t i = 0; i < COUNT_OF(reasons); i++)
        if (reasons[i].result == result && (!reasons[i].is_of_client || tls->side == NULL))
            return reasons[i].text;
    return gnutls_strerror(result);
}

/* The alert goes out, unless the connection is gone or the other end has sent one. */
static void break_off(struct tls *tls, int result)
{
    int level = 0;
    int alert = result == GNUTLS_E_NO_CERTIFICATE_FOUND ? GNUTLS_A_HANDSHAKE_FAILURE
                                                        : gnutls_error_to_alert(result, &level);
    bool is_cut = result == GNUTLS_E_PREMATURE_TERMINATION || result == GNUTLS_E_PULL_ERROR ||
                  result == GNUTLS_E_PUSH_ERROR;
    int came = (int)gnutls_alert_get(tls->session); /* 0: none; RESULT may tell of it as another */
    if (result == GNUTLS_E_FATAL_ALERT_RECEIVED || came > 0) {
        describe(tls, "", came, "from the other end");
    } else if (is_cut || alert < 0) {
        snprintf(tls->problem, sizeof tls->problem, "%s", reason_of(tls, result));
    } else {
        gnutls_alert_send(tls->session, GNUTLS_AL_FATAL, (gnutls_alert_description_t)alert);
        describe(tls, reason_of(tls, result), alert, "sent");
    }
}

const char *tls_problem(const struct tls *tls)
{
    return tls->problem;
}

/* ---- a server's half ---- */

static int refuse(struct tls *tls, gnutls_alert_description_t alert, const char *what)
{
    describe(tls, what, (int)alert, "sent");
    tls->has_refused = true;
    gnutls_alert_send(tls->session, GNUTLS_AL_FATAL, alert);
    return GNUTLS_E_CERTIFICATE_ERROR;
}

static int find_key(gnutls_session_t session, const gnutls_datum_t *identity, gnutls_datum_t *key)
{
    struct tls *tls = gnutls_session_get_ptr(session);
    const struct server_keys *keys = tls->side->keys;
    struct bytes found = keys->psk(keys->arg, (struct bytes){identity->data, identity->size});
    if (found.data == NULL)
        return refuse(tls, GNUTLS_A_UNKNOWN_PSK_IDENTITY, "nobody is known by the identity");
    key->data = gnutls_malloc(found.len);
    key->size = (unsigned)found.len;
    if (key->data == NULL)
        return -1;
    memcpy(key->data, found.data, found.len);
    return 0;
}

static int verify_client(gnutls_session_t session)
{
    struct tls *tls = gnutls_session_get_ptr(session);
    int alert = 0;
    const char *problem = coap_tls_judge(session, tls->side->keys, &alert);
    return problem == NULL ? 0 : refuse(tls, (gnutls_alert_description_t)alert, problem);
}

static bool load_side(struct tls_side *side)
{
    const struct server_keys *keys = side->keys;
    bool has_x509 = keys->certificate.len > 0;
    bool has_raw = keys->public_key.len > 0;
    if (gnutls_psk_allocate_server_credentials(&side->psk) < 0 ||
        gnutls_certificate_allocate_credentials(&side->certificate) < 0)
        return false;
    gnutls_psk_set_server_credentials_function2(side->psk, find_key);
    gnutls_certificate_set_verify_function(side->certificate, verify_client);
    snprintf(side->priorities, sizeof side->priorities, "%s%s%s%s%s", CIPHERS, KX_PSK,
             has_x509 || has_raw ? KX_CERT : "", has_x509 ? ":+CTYPE-X509" : "",
             has_raw ? ":+CTYPE-SRV-RAWPK:+CTYPE-CLI-RAWPK" : "");
    return (!has_x509 || load_x509(side->certificate, keys->certificate, keys->key, keys->trust)) &&
           (!has_raw || load_raw(side->certificate, keys->public_key, keys->key));
}

struct tls_side *tls_side_new(const struct server_keys *keys)
{
    struct tls_side *side = xalloc(sizeof *side);
    side->keys = keys;
    if (load_side(side))
        return side;
    tls_side_free(side);
    return NULL;
}

void tls_side_free(struct tls_side *side)
{
    if (side == NULL)
        return;
    if (side->psk != NULL)
        gnutls_psk_free_server_credentials(side->psk);
    free_certificate(side->certificate);
    free(side);
}

/* ---- sessions ---- */

static struct tls *begin(int fd, unsigned flags, const char *priorities)
{
    struct tls *tls = xalloc(sizeof *tls);
    if (gnutls_init(&tls->session, flags | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL |
                                       GNUTLS_ENABLE_RAWPK | GNUTLS_NO_TICKETS) < 0) {
        free(tls);
        return NULL;
    }
    gnutls_session_set_ptr(tls->session, tls);
    gnutls_transport_set_int(tls->session, fd);
    gnutls_handshake_set_timeout(tls->session, 0); /* others have a limit for it */
    if (gnutls_priority_set_direct(tls->session, priorities, NULL) == 0)
        return tls;
    tls_free(tls);
    return NULL;
}

static bool load_psk(struct tls *tls, const struct security *security)
{
    gnutls_datum_t identity = datum_of(security->identity);
    gnutls_datum_t key = datum_of(security->key);
    return gnutls_psk_allocate_client_credentials(&tls->psk) == 0 &&
           gnutls_psk_set_client_credentials2(tls->psk, &identity, &key, GNUTLS_PSK_KEY_RAW) == 0 &&
           gnutls_credentials_set(tls->session, GNUTLS_CRD_PSK, tls->psk) == 0;
}

static bool load_client(struct tls *tls, const struct security *security)
{
    if (security->mode == SECURITY_PSK)
        return load_psk(tls, security);
    if (gnutls_certificate_allocate_credentials(&tls->certificate) < 0 ||
        gnutls_credentials_set(tls->session, GNUTLS_CRD_CERTIFICATE, tls->certificate) < 0)
        return false;
    return security->mode == SECURITY_RPK
               ? load_raw(tls->certificate, security->public_key, security->key)
               : load_x509(tls->certificate, security->certificate, security->key, security->trust);
}

struct tls *tls_new_client(int fd, const struct security *security)
{
    static const char *const priorities[] = {
        [SECURITY_PSK] = CIPHERS KX_PSK,
        [SECURITY_RPK] = CIPHERS KX_CERT ":+CTYPE-SRV-RAWPK:+CTYPE-CLI-RAWPK",
        [SECURITY_X509] = CIPHERS KX_CERT ":+CTYPE-X509",
    };
    struct tls *tls = begin(fd, GNUTLS_CLIENT, priorities[security->mode]);
    if (tls == NULL)
        return NULL;
    const char *name = security->server_name;
    if (!load_client(tls, security)) {
        tls_free(tls);
        return NULL;
    }
    /* Addresses have no place there (RFC 6066 3); GnuTLS leaves them out. */
    if (security->mode == SECURITY_X509 && name != NULL)
        gnutls_server_name_set(tls->session, GNUTLS_NAME_DNS, name, strlen(name));
    return tls;
}

struct tls *tls_new_server(int fd, struct tls_side *side)
{
    struct tls *tls = begin(fd, GNUTLS_SERVER, side->priorities);
    if (tls == NULL)
        return NULL;
    tls->side = side;
    if (gnutls_credentials_set(tls->session, GNUTLS_CRD_PSK, side->psk) < 0 ||
        gnutls_credentials_set(tls->session, GNUTLS_CRD_CERTIFICATE, side->certificate) < 0) {
        tls_free(tls);
        return NULL;
    }
    gnutls_certificate_server_set_request(tls->session, GNUTLS_CERT_REQUIRE);
    /* Whoever has a certificate is to show it, whoever issued it. */
    gnutls_certificate_send_x509_rdn_sequence(tls->session, 1);
    return tls;
}

void tls_free(struct tls *tls)
{
    if (tls == NULL)
        return;
    if (tls->is_established)
        gnutls_bye(tls->session, GNUTLS_SHUT_WR);
    gnutls_deinit(tls->session);
    if (tls->psk != NULL)
        gnutls_psk_free_client_credentials(tls->psk);
    free_certificate(tls->certificate);
    free(tls);
}

void *tls_session(struct tls *tls)
{
    return tls->session;
}

struct bytes tls_psk_identity(const struct tls *tls)
{
    gnutls_datum_t name = {NULL, 0};
    if (gnutls_psk_server_get_username2(tls->session, &name) < 0)
        return (struct bytes){NULL, 0};
    return (struct bytes){name.data, name.size};
}

/* ---- octets ---- */

static enum tls_step step_of(const struct tls *tls, ssize_t result)
{
    if (result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED)
        return gnutls_record_get_direction(tls->session) == 1 ? TLS_WANTS_WRITE : TLS_WANTS_READ;
    return TLS_ENDED;
}

enum tls_step tls_handshake(struct tls *tls)
{
    int result = gnutls_handshake(tls->session);
    while (result < 0 && result != GNUTLS_E_AGAIN && !gnutls_error_is_fatal(result))
        result = gnutls_handshake(tls->session); /* a warning, or a signal to the process */
    tls->is_established = result == 0;
    if (result == 0)
        return TLS_DONE;
    enum tls_step step = step_of(tls, result);
    if (step == TLS_ENDED && !tls->has_refused && result != GNUTLS_E_CERTIFICATE_ERROR)
        break_off(tls, result);
    return step;
}

enum tls_step tls_read(struct tls *tls, uint8_t *out, size_t size, size_t *out_len)
{
    ssize_t got = gnutls_record_recv(tls->session, out, size);
    *out_len = got > 0 ? (size_t)got : 0;
    if (got > 0)
        return TLS_DONE;
    enum tls_step step = step_of(tls, got);
    tls->is_established = tls->is_established && step != TLS_ENDED;
    return step;
}

bool tls_has_more(const struct tls *tls)
{
    return gnutls_record_check_pending(tls->session) > 0;
}

/* What GnuTLS has taken but not written is asked for with nothing new. */
enum tls_step tls_write(struct tls *tls, struct bytes octets, size_t *out_len)
{
    ssize_t sent = tls->is_flushing ? gnutls_record_send(tls->session, NULL, 0)
                                    : gnutls_record_send(tls->session, octets.data, octets.len);
    tls->is_flushing = sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED;
    *out_len = sent > 0 ? (size_t)sent : 0;
    if (sent >= 0)
        return TLS_DONE;
    tls->is_established = tls->is_established && tls->is_flushing;
    return tls->is_flushing ? TLS_WANTS_WRITE : TLS_ENDED;
}
