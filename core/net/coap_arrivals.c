/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that shake hands by DTLS: libcoap tells nobody of those that fail. */
#include <coap3/coap.h>

#include "base/std.h"

#include "net/coap_impl.h"

struct coap_arrival {
    coap_session_t *session; /* (borrowed) */
    const void *tls;         /* (borrowed) its TLS session when it was looked at; or NULL */
    struct tls_watch watch;
    int64_t started_at; /* clock_now() */
    struct coap_arrival *next;
};

void coap_arrival_begin(struct coap_endpoint *endpoint, coap_session_t *session)
{
    if (coap_session_get_proto(session) != COAP_PROTO_DTLS || !coap_tls_has_certificates())
        return;
    struct coap_arrival *arrival = xalloc(sizeof *arrival);
    arrival->session = session;
    arrival->watch.keys = endpoint->keys;
    arrival->started_at = clock_now(endpoint->clock);
    arrival->next = endpoint->arrivals;
    endpoint->arrivals = arrival;
}

static void arrival_free(struct coap_arrival *arrival)
{
    if (arrival->tls != NULL)
        coap_tls_unwatch(coap_session_get_tls(arrival->session, NULL));
    free(arrival);
}

/* A client that came with a pre-shared key is known by its session. */
static void describe_psk(struct coap_arrival *arrival)
{
    const coap_bin_const_t *identity = coap_session_get_psk_identity(arrival->session);
    if (arrival->watch.identity[0] != '\0' || identity == NULL || identity->length == 0)
        return;
    coap_put_identity((struct bytes){identity->s, identity->length}, arrival->watch.identity);
    if (coap_session_get_psk_key(arrival->session) == NULL && arrival->watch.problem[0] == '\0')
        snprintf(arrival->watch.problem, PROBLEM_TEXT, "nobody is known by the identity");
}

static void tell(const struct coap_endpoint *endpoint, struct coap_arrival *arrival)
{
    enum { A_MOMENT_MS = 1000 };
    struct tls_watch *watch = &arrival->watch;
    int64_t passed = clock_now(endpoint->clock) - arrival->started_at;
    char name[LINK_NAME];
    coap_session_name(arrival->session, name);
    describe_psk(arrival);
    if (watch->problem[0] == '\0' && passed < A_MOMENT_MS)
        snprintf(watch->problem, PROBLEM_TEXT,
                 "it has no certificate, or no cipher suite in common with this server");
    else if (watch->problem[0] == '\0')
        snprintf(watch->problem, PROBLEM_TEXT,
                 "handshake not completed within %g s: wrong key or no answer",
                 (double)(passed / 100) / 10);
    coap_tell_unsecured(&endpoint->base, name, watch->identity, watch->problem);
}

/* Whether it is over, be it good or bad. */
static bool look_at(const struct coap_endpoint *endpoint, struct coap_arrival *arrival)
{
    void *tls = coap_session_get_tls(arrival->session, NULL);
    if (coap_session_get_state(arrival->session) == COAP_SESSION_STATE_ESTABLISHED ||
        coap_session_get_app_data(arrival->session) != NULL)
        return true;
    if (arrival->tls == NULL && tls != NULL)
        coap_tls_watch(tls, &arrival->watch);
    if (arrival->tls == NULL || arrival->tls == tls) {
        arrival->tls = tls;
        return false;
    }
    arrival->tls = NULL;
    tell(endpoint, arrival);
    return true;
}

void coap_arrivals_look(struct coap_endpoint *endpoint)
{
    struct coap_arrival **place = &endpoint->arrivals;
    while (*place != NULL) {
        struct coap_arrival *arrival = *place;
        if (look_at(endpoint, arrival)) {
            *place = arrival->next;
            arrival_free(arrival);
        } else {
            place = &arrival->next;
        }
    }
}

bool coap_arrivals_go_on(const struct coap_endpoint *endpoint)
{
    const struct coap_arrival *at = endpoint->arrivals;
    while (at != NULL && coap_session_get_state(at->session) != COAP_SESSION_STATE_HANDSHAKE)
        at = at->next;
    return at != NULL;
}

void coap_arrival_end(struct coap_endpoint *endpoint, const coap_session_t *session)
{
    struct coap_arrival **place = &endpoint->arrivals;
    while (*place != NULL && (*place)->session != session)
        place = &(*place)->next;
    struct coap_arrival *arrival = *place;
    if (arrival == NULL)
        return;
    look_at(endpoint, arrival);
    *place = arrival->next;
    arrival_free(arrival);
}

void coap_arrivals_free(struct coap_endpoint *endpoint)
{
    while (endpoint->arrivals != NULL)
        coap_arrival_end(endpoint, endpoint->arrivals->session);
}
