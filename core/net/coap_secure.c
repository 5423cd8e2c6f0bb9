/* SPDX-License-Identifier: Apache-2.0 */
/* Secured sessions: their keys, the limit of their handshake, and what becomes known of them. */
#include <coap3/coap.h>

#include "base/std.h"

#include "net/coap_impl.h"

enum { HANDSHAKE_MS = 10000 };

struct secured {
    struct peer_security shown;
    struct coap_peer *peer; /* (borrowed) */
    struct tls_watch watch;
    bool is_pending;    /* the handshake is under way */
    bool is_late;       /* and its limit has passed */
    int64_t started_at; /* clock_now() */
    struct timer limit;
};

enum status coap_secure_possible(struct transport transport, const char *uri, struct error *error)
{
    bool is_there = transport.is_stream ? tls_is_possible() : coap_dtls_is_supported() != 0;
    if (!transport.is_secure || is_there)
        return ST_OK;
    error_set(error, "cannot use \"%s\": this program was built without %s", uri,
              transport.is_stream ? "GnuTLS" : "DTLS");
    return ST_UNSUPPORTED;
}

enum status coap_secure_has(enum security_mode mode, struct error *error)
{
    if (mode == SECURITY_PSK || coap_tls_has_certificates())
        return ST_OK;
    error_set(error, "certificates cannot be used: this program was built without GnuTLS");
    return ST_UNSUPPORTED;
}

/* --- keys --------------------------------------------------------------------------------------
 */

static coap_bin_const_t binary(struct bytes bytes)
{
    return (coap_bin_const_t){bytes.len, bytes.data};
}

static coap_session_t *open_certified(struct coap_endpoint *endpoint, const coap_address_t *address,
                                      const struct security *security, coap_context_t **out_context)
{
    coap_context_t *context = coap_new_context(NULL);
    if (context == NULL || coap_context_begin(endpoint, context) != ST_OK) {
        coap_free_context(context);
        return NULL;
    }
    struct pem_set pems;
    coap_dtls_pki_t setup;
    if (security->mode == SECURITY_RPK)
        coap_pem_init_raw(&pems, security->public_key, security->key);
    else
        coap_pem_init(&pems, security->certificate, security->key, security->trust);
    coap_pem_setup(&pems, &setup);
    coap_session_t *session =
        coap_new_client_session_pki(context, NULL, address, COAP_PROTO_DTLS, &setup);
    coap_pem_release(&pems);
    if (session != NULL)
        *out_context = context;
    else
        coap_context_end(endpoint, context);
    return session;
}

coap_session_t *coap_secure_open(struct coap_endpoint *endpoint, const coap_address_t *address,
                                 const struct security *security, coap_context_t **out_context)
{
    if (security->mode != SECURITY_PSK)
        return open_certified(endpoint, address, security, out_context);
    coap_dtls_cpsk_t setup = {
        .version = COAP_DTLS_CPSK_SETUP_VERSION,
        .psk_info = {binary(security->identity), binary(security->key)},
    };
    return coap_new_client_session_psk2(endpoint->context, NULL, address, COAP_PROTO_DTLS, &setup);
}

static const coap_bin_const_t *find_key(coap_bin_const_t *identity, coap_session_t *session,
                                        void *arg)
{
    struct coap_endpoint *endpoint = arg;
    char name[LINK_NAME];
    struct bytes key =
        endpoint->keys->psk(endpoint->keys->arg, (struct bytes){identity->s, identity->length});
    *endpoint->found_key = binary(key);
    if (key.data != NULL)
        return endpoint->found_key;
    if (coap_tls_has_certificates())
        return NULL; /* the arrival is told of when it is over */
    char shown[IDENTITY_TEXT];
    coap_session_name(session, name);
    coap_put_identity((struct bytes){identity->s, identity->length}, shown);
    coap_tell_unsecured(&endpoint->base, name, shown, "nobody is known by the identity");
    return NULL;
}

static bool knows(void *arg, struct bytes der)
{
    const struct server_keys *keys = ((const struct coap_endpoint *)arg)->keys;
    return keys->knows != NULL && keys->knows(keys->arg, der);
}

/* libcoap has no opinion about raw public keys. */
static int check_client(const char *name, const uint8_t *der, size_t len, coap_session_t *session,
                        unsigned depth, int is_valid, void *arg)
{
    UNUSED(session);
    UNUSED(depth);
    if (name == NULL || strcmp(name, COAP_DTLS_RPK_CERT_CN) != 0)
        return is_valid && name != NULL;
    return knows(arg, (struct bytes){der, len});
}

static bool serve_certified(struct coap_endpoint *endpoint, coap_context_t *context, bool is_raw)
{
    const struct server_keys *keys = endpoint->keys;
    if (keys->certificate.len == 0 && keys->public_key.len == 0)
        return true;
    if (!coap_tls_has_certificates())
        return false;
    coap_dtls_pki_t setup;
    struct pem_set *pems = is_raw ? &endpoint->raw_pems : &endpoint->pems;
    if (is_raw)
        coap_pem_init_raw(pems, keys->public_key, keys->key);
    else
        coap_pem_init(pems, keys->certificate, keys->key, keys->trust);
    coap_pem_setup(pems, &setup);
    setup.validate_cn_call_back = check_client;
    setup.cn_call_back_arg = endpoint;
    return coap_context_set_pki(context, &setup) == 1;
}

static bool serve(struct coap_endpoint *endpoint, coap_context_t *context, bool is_raw)
{
    coap_dtls_spsk_t setup = {
        .version = COAP_DTLS_SPSK_SETUP_VERSION,
        .validate_id_call_back = find_key,
        .id_call_back_arg = endpoint,
    };
    return coap_context_set_psk2(context, &setup) == 1 &&
           serve_certified(endpoint, context, is_raw);
}

static coap_context_t *serve_beside(struct coap_endpoint *endpoint)
{
    if (endpoint->raw != NULL)
        return endpoint->raw;
    coap_context_t *context = coap_new_context(NULL);
    if (context == NULL || coap_context_begin(endpoint, context) != ST_OK) {
        coap_free_context(context);
        return NULL;
    }
    endpoint->raw = context;
    return serve(endpoint, context, true) ? context : NULL;
}

coap_context_t *coap_secure_serve(struct coap_endpoint *endpoint)
{
    const struct server_keys *keys = endpoint->keys;
    if (keys == NULL)
        return NULL;
    bool has_x509 = keys->certificate.len > 0;
    bool is_first = endpoint->found_key == NULL;
    if (!is_first)
        return has_x509 && keys->public_key.len > 0 ? serve_beside(endpoint) : endpoint->context;
    endpoint->found_key = xalloc(sizeof *endpoint->found_key);
    return serve(endpoint, endpoint->context, !has_x509) ? endpoint->context : NULL;
}

bool coap_secure_serve_streams(struct coap_endpoint *endpoint)
{
    if (endpoint->side != NULL || endpoint->keys == NULL)
        return endpoint->side != NULL;
    endpoint->side = tls_side_new(endpoint->keys);
    return endpoint->side != NULL;
}

static void *tls_of(const struct coap_peer *peer)
{
    if (peer->link == NULL)
        return coap_session_get_tls(peer->session, NULL);
    return peer->link->tls == NULL ? NULL : tls_session(peer->link->tls);
}

/* libcoap does not zero what it frees. */
static void zero_key(coap_session_t *session)
{
    const coap_bin_const_t *key = coap_session_get_psk_key(session);
    uint8_t *octets = NULL;
    if (key == NULL || key->s == NULL)
        return;
    memcpy(&octets, &key->s, sizeof octets);
    wipe(octets, key->length);
}

/* --- what becomes known ------------------------------------------------------------------------
 */

void coap_put_identity(struct bytes identity, char out[IDENTITY_TEXT])
{
    struct buf shown;
    buf_init(&shown, 1024);
    buf_put_plain(&shown, identity);
    snprintf(out, IDENTITY_TEXT, "%s", buf_text(&shown));
    buf_release(&shown);
}

static void tell(const struct secured *secured)
{
    struct endpoint *endpoint = &secured->peer->endpoint->base;
    struct error sentence;
    error_clear(&sentence);
    error_set(&sentence, "secured the session with %s: %s", secured->peer->base.name,
              secured->shown.suite);
    struct event event = event_of(EVENT_SECURED, endpoint->side);
    event.peer = secured->peer->base.name;
    event.suite = secured->shown.suite;
    event.identity = secured->shown.identity;
    event.text = sentence.text;
    trace_emit(endpoint->trace, &event);
}

/* libcoap gives a handshake up after as many repetitions as a message; the limit here counts. */
static void be_patient(const struct coap_peer *peer, bool is_patient)
{
    if (peer->link == NULL)
        coap_session_set_max_retransmit(
            peer->session, (uint16_t)(is_patient ? UINT16_MAX : peer->endpoint->max_retransmit));
}

static void end_handshake(struct secured *secured)
{
    if (!secured->is_pending)
        return;
    secured->is_pending = false;
    secured->peer->endpoint->handshakes--;
    timer_stop(&secured->limit);
    be_patient(secured->peer, false);
}

static void established(struct secured *secured)
{
    end_handshake(secured);
    coap_tls_suite(tls_of(secured->peer), secured->shown.suite);
    tell(secured);
}

static bool is_established(const struct coap_peer *peer)
{
    return peer->link != NULL
               ? peer->link->state == LINK_OPEN
               : coap_session_get_state(peer->session) == COAP_SESSION_STATE_ESTABLISHED;
}

void coap_secure_look(struct coap_endpoint *endpoint)
{
    for (struct coap_peer *at = endpoint->peers; at != NULL && endpoint->handshakes > 0;
         at = at->next)
        if (at->secured != NULL && at->secured->is_pending && is_established(at))
            established(at->secured);
}

/* --- how it ends -------------------------------------------------------------------------------
 */

static void describe(struct secured *secured)
{
    char *problem = secured->shown.problem;
    int64_t passed = clock_now(secured->peer->endpoint->clock) - secured->started_at;
    double seconds = (double)(passed / 100) / 10;
    if (secured->watch.problem[0] != '\0')
        snprintf(problem, PROBLEM_TEXT, "%s", secured->watch.problem);
    else if (secured->is_pending)
        snprintf(problem, PROBLEM_TEXT,
                 secured->is_late ? "handshake not completed within %g s: wrong key or no answer"
                                  : "the other end broke the handshake off after %g s: wrong key?",
                 seconds);
    else
        snprintf(problem, PROBLEM_TEXT, "the other end closed the secured session");
}

void coap_secure_closed(struct coap_peer *peer)
{
    describe(peer->secured);
    peer->secured->shown.is_refused = peer->secured->is_pending;
    end_handshake(peer->secured);
}

void coap_secure_unreachable(struct coap_peer *peer)
{
    coap_peer_ended(peer); /* has happened already when libcoap reports in this order */
    peer->secured->shown.is_refused = false;
    snprintf(peer->secured->shown.problem, PROBLEM_TEXT, "nobody listens there");
}

void coap_tell_unsecured(const struct endpoint *endpoint, const char *name, const char *identity,
                         const char *problem)
{
    struct error sentence;
    error_clear(&sentence);
    if (identity[0] != '\0')
        error_set(&sentence, "handshake with %s (\"%s\") failed: %s", name, identity, problem);
    else
        error_set(&sentence, "handshake with %s failed: %s", name, problem);
    struct event event = event_of(EVENT_UNSECURED, endpoint->side);
    event.peer = name;
    event.identity = identity[0] == '\0' ? NULL : identity;
    event.text = sentence.text;
    trace_emit(endpoint->trace, &event);
}

void coap_secure_refused(struct coap_endpoint *endpoint, struct link *link, const char *problem)
{
    const struct coap_peer *peer = link->user;
    char identity[IDENTITY_TEXT] = "";
    if (peer != NULL && peer->secured != NULL) {
        char *known = peer->secured->watch.problem; /* what a certificate is refused for */
        if (known[0] == '\0')
            snprintf(known, PROBLEM_TEXT, "%s", problem);
        return;
    }
    struct bytes psk = tls_psk_identity(link->tls);
    if (!coap_tls_identity(tls_session(link->tls), identity) && psk.data != NULL)
        coap_put_identity(psk, identity);
    coap_tell_unsecured(&endpoint->base, link->name, identity, problem);
}

/* Nothing that waits may go out when the handshake succeeds after all. */
static void limit_passed(void *arg)
{
    struct secured *secured = arg;
    struct coap_peer *peer = secured->peer;
    secured->is_late = true;
    coap_peer_ended(peer);
    if (peer->link != NULL)
        link_end(peer->link, true);
    else
        coap_session_disconnected(peer->session, COAP_NACK_NOT_DELIVERABLE);
}

/* --- life --------------------------------------------------------------------------------------
 */

static void begin_client(struct secured *secured, const struct security *security)
{
    struct coap_peer *peer = secured->peer;
    secured->is_pending = true;
    secured->started_at = clock_now(peer->endpoint->clock);
    int64_t limit = security->handshake_ms > 0 ? security->handshake_ms : HANDSHAKE_MS;
    peer->endpoint->handshakes++;
    be_patient(peer, true);
    coap_put_identity(security->identity, secured->shown.identity);
    timer_start(&secured->limit, peer->endpoint->clock, limit, limit_passed, secured);
    snprintf(secured->watch.server_name, sizeof secured->watch.server_name, "%s",
             security->server_name == NULL ? "" : security->server_name);
    buf_init(&secured->watch.public_key, 4096);
    if (security->mode == SECURITY_RPK)
        buf_put(&secured->watch.public_key, security->peer_public_key);
    coap_tls_watch(tls_of(peer), &secured->watch);
}

static struct bytes psk_identity(const struct coap_peer *peer)
{
    if (peer->link != NULL)
        return tls_psk_identity(peer->link->tls);
    const coap_bin_const_t *identity = coap_session_get_psk_identity(peer->session);
    return identity == NULL ? (struct bytes){NULL, 0}
                            : (struct bytes){identity->s, identity->length};
}

static void begin_server(struct secured *secured)
{
    struct bytes identity = psk_identity(secured->peer);
    char name[IDENTITY_TEXT] = "";
    if (coap_tls_identity(tls_of(secured->peer), name))
        coap_put_identity(bytes_of(name), secured->shown.identity);
    else if (identity.data != NULL)
        coap_put_identity(identity, secured->shown.identity);
    established(secured);
}

void coap_secure_begin(struct coap_peer *peer, const struct security *security)
{
    struct secured *secured = xalloc(sizeof *secured);
    secured->peer = peer;
    peer->secured = secured;
    peer->base.security = &secured->shown;
    if (security != NULL)
        begin_client(secured, security);
    else
        begin_server(secured);
}

void coap_secure_end(struct coap_peer *peer)
{
    if (peer->secured == NULL)
        return;
    end_handshake(peer->secured);
    if (peer->is_client)
        coap_tls_unwatch(tls_of(peer));
    buf_release(&peer->secured->watch.public_key);
    if (peer->link == NULL)
        zero_key(peer->session);
    free(peer->secured);
    peer->secured = NULL;
    peer->base.security = NULL;
}
