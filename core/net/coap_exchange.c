/* SPDX-License-Identifier: Apache-2.0 */
/* Requests under way and observations: from a token to whoever waits for it. */
#include <coap3/coap.h>

#include "base/std.h"

#include "net/coap_impl.h"

enum {
    NEWS_MOST = 8,
    STALE_MS = 1000, /* a request without an answer for so long holds up no other */
    STALE_MOST = 7
};

/* A notification that came while an answer or notification before it was fetched. */
struct news {
    struct packet packet;
    struct news *next; /* (owned) */
};

struct exchange {
    struct coap_peer *peer; /* (borrowed) */
    struct exchange *next;  /* (borrowed) */
    endpoint_response *response;
    void *arg; /* (borrowed) */
    struct transfer transfer;
    bool is_observation; /* asked for with Observe 0 */
    bool is_established; /* and accepted: notifications come by the request's token */
    bool is_separate;    /* the answer did not come with the acknowledgement */
    bool is_waiting;     /* for the answer to the packet with this id and token: */
    int message_id;
    uint8_t token[8];
    uint8_t token_len;
    int64_t asked_at;    /* clock_now() when that was sent */
    enum status failure; /* why the limit was set to now */
    struct timer limit;
    struct news *news; /* (owned) the oldest first */
    struct timer turn; /* runs when the first of them is to be taken */
};

static void news_free(struct exchange *exchange)
{
    struct news *news = exchange->news;
    exchange->news = news->next;
    packet_release(&news->packet);
    free(news);
}

static void exchange_free(struct exchange *exchange)
{
    struct exchange **at = &exchange->peer->exchanges;
    while (*at != exchange)
        at = &(*at)->next;
    *at = exchange->next;
    timer_stop(&exchange->limit);
    timer_stop(&exchange->turn);
    while (exchange->news != NULL)
        news_free(exchange);
    transfer_release(&exchange->transfer);
    free(exchange);
}

static void fail(struct exchange *exchange, enum status status)
{
    endpoint_response *call = exchange->response;
    void *arg = exchange->arg;
    exchange_free(exchange);
    call(arg, status, NULL);
}

static void limit_passed(void *arg)
{
    struct exchange *exchange = arg;
    fail(exchange, exchange->failure);
}

static void fail_soon(struct exchange *exchange, enum status status)
{
    exchange->failure = status;
    exchange->is_waiting = false;
    timer_start(&exchange->limit, exchange->peer->endpoint->clock, 0, limit_passed, exchange);
}

/* Confirmable requests of one peer wait for each other in libcoap (NSTART 1, RFC 7252 4.7). */
static int64_t limit_ms(const struct exchange *exchange)
{
    int64_t limit = exchange->peer->endpoint->response_limit_ms;
    if (exchange->transfer.request.confirmable && exchange->peer->link == NULL)
        for (const struct exchange *at = exchange->peer->exchanges; at != NULL; at = at->next)
            limit += at->is_waiting ? exchange->peer->endpoint->transmit_wait_ms : 0;
    return limit;
}

static void choose_message_id(struct coap_peer *peer, struct message *message)
{
    bool is_repeated = message->message_id >= 0 && message->message_id == peer->last_message_id;
    if (is_repeated)
        coap_pdu_send_spacer(peer);
    if (message->message_id < 0)
        message->message_id = coap_peer_message_id(peer);
    else
        coap_peer_keep_apart(peer, message->message_id);
    peer->last_message_id = message->message_id;
}

static void choose_names(struct exchange *exchange, struct message *message)
{
    struct coap_peer *peer = exchange->peer;
    if (peer->link == NULL)
        choose_message_id(peer, message);
    else
        message->message_id = -1; /* streams have none */
    if (message->token_len == 0) {
        message->token_len = sizeof message->token;
        chance_bytes(peer->endpoint->chance, message->token, sizeof message->token);
    }
    exchange->message_id = message->message_id;
    exchange->token_len = message->token_len;
    memcpy(exchange->token, message->token, sizeof exchange->token);
}

/* Confirmable requests wait until the one before is acknowledged (NSTART, RFC 7252 4.7), which may
 * take a minute and more: a peer that ignores one would seem not to be there at all. */
static void let_pass(struct coap_peer *peer)
{
    unsigned stale = 0;
    if (peer->link != NULL)
        return;
    for (const struct exchange *at = peer->exchanges; at != NULL && stale < STALE_MOST;
         at = at->next)
        stale += at->is_waiting && at->transfer.request.confirmable &&
                 clock_now(peer->endpoint->clock) - at->asked_at >= STALE_MS;
    coap_session_set_nstart(peer->session, (uint16_t)(1 + stale));
}

/* Sends the packet that is due; when that cannot be, the exchange fails at the next turn. */
static void send_next(struct exchange *exchange)
{
    struct coap_peer *peer = exchange->peer;
    struct packet packet;
    packet_init(&packet);
    transfer_next(&exchange->transfer, &packet);
    let_pass(peer);
    choose_names(exchange, &packet.message);
    exchange->asked_at = clock_now(peer->endpoint->clock);
    struct passage passage = {EVENT_REQUEST, false, coap_peer_type(peer, &packet.message)};
    endpoint_trace(&peer->endpoint->base, &peer->base, passage, &packet.message);
    enum status status = coap_pdu_send(peer, &packet);
    packet_release(&packet);
    exchange->is_waiting = true;
    exchange->failure = ST_TIMEOUT;
    timer_start(&exchange->limit, peer->endpoint->clock, limit_ms(exchange), limit_passed,
                exchange);
    if (status != ST_OK)
        fail_soon(exchange, status);
}

enum status coap_exchange_request(struct endpoint *endpoint, struct peer *base,
                                  const struct message *request, endpoint_response *response,
                                  void *arg, struct exchange **out)
{
    struct coap_peer *peer = (struct coap_peer *)base;
    struct exchange *exchange = xalloc(sizeof *exchange);
    exchange->peer = peer;
    exchange->response = response;
    exchange->arg = arg;
    exchange->is_observation = request->observe == 0;
    unsigned szx = peer->link == NULL ? ((struct coap_endpoint *)endpoint)->szx
                                      : coap_stream_szx(peer, coap_pdu_room(request));
    transfer_init(&exchange->transfer, request, szx);
    struct exchange **end = &peer->exchanges;
    while (*end != NULL)
        end = &(*end)->next;
    *end = exchange;
    coap_peer_hold(peer);
    send_next(exchange);
    if (exchange->failure == ST_LIMIT) {
        exchange_free(exchange);
        return ST_LIMIT;
    }
    /* Notifications, and a later request that cancels, go by the first packet's token. */
    exchange->transfer.request.token_len = exchange->token_len;
    memcpy(exchange->transfer.request.token, exchange->token, sizeof exchange->token);
    if (out != NULL)
        *out = exchange;
    return ST_OK;
}

void coap_exchange_cancel(struct endpoint *endpoint, struct exchange *exchange)
{
    UNUSED(endpoint);
    exchange_free(exchange);
}

void coap_exchanges_drop(struct coap_peer *peer)
{
    while (peer->exchanges != NULL)
        exchange_free(peer->exchanges);
}

bool coap_exchange_fail(struct coap_peer *peer, int message_id, enum status status)
{
    for (struct exchange *at = peer->exchanges; at != NULL; at = at->next) {
        if (at->is_waiting && at->message_id == message_id) {
            fail_soon(at, status);
            return true;
        }
    }
    return false;
}

bool coap_exchanges_fail(struct coap_peer *peer, enum status status)
{
    bool any = false;
    for (struct exchange *at = peer->exchanges; at != NULL; at = at->next) {
        any = any || at->is_waiting || at->failure == status;
        if (at->is_waiting)
            fail_soon(at, status);
    }
    return any;
}

/* ---- answers ---- */

static bool has_token(const uint8_t *token, uint8_t len, const struct message *message)
{
    return len == message->token_len && memcmp(token, message->token, len) == 0;
}

static struct exchange *find_waiting(struct coap_peer *peer, const struct message *response)
{
    struct exchange *at = peer->exchanges;
    while (at != NULL && !(at->is_waiting && has_token(at->token, at->token_len, response)))
        at = at->next;
    return at;
}

/* It may come while the first answer is still fetched. */
static bool observes(const struct exchange *exchange)
{
    const struct transfer *transfer = &exchange->transfer;
    return exchange->is_established ||
           (exchange->is_observation && transfer->is_collecting && transfer->answer.observe >= 0);
}

static struct exchange *find_observation(struct coap_peer *peer, const struct message *response)
{
    struct exchange *at = peer->exchanges;
    while (at != NULL && !(observes(at) && has_token(at->transfer.request.token,
                                                     at->transfer.request.token_len, response)))
        at = at->next;
    return at;
}

static void take_news(void *arg);

/* Soon: what was under way is over. */
static void go_on(struct exchange *exchange)
{
    exchange->is_established = true;
    exchange->is_waiting = false;
    timer_stop(&exchange->limit);
    transfer_rewind(&exchange->transfer);
    if (exchange->news != NULL)
        timer_start(&exchange->turn, exchange->peer->endpoint->clock, 0, take_news, exchange);
}

/* Hands the whole answer up; the exchange is over unless it is an observation that goes on. */
static void deliver(struct exchange *exchange)
{
    endpoint_response *call = exchange->response;
    void *arg = exchange->arg;
    struct message answer = exchange->transfer.answer;
    message_init(&exchange->transfer.answer);
    answer.is_separate = exchange->is_separate;
    if (exchange->is_observation && code_is_success(answer.code) && answer.observe >= 0)
        go_on(exchange);
    else
        exchange_free(exchange);
    call(arg, ST_OK, &answer);
    message_release(&answer);
}

static void end_step(struct exchange *exchange, enum transfer_step step)
{
    switch (step) {
    case TRANSFER_SEND:
        send_next(exchange);
        break;
    case TRANSFER_DONE:
        deliver(exchange);
        break;
    case TRANSFER_LIMIT:
        fail(exchange, ST_LIMIT);
        break;
    case TRANSFER_BROKEN:
        fail(exchange, ST_INVALID);
        break;
    }
}

/* A body that is not to be had any more is given up for the news that took its place there. */
static void take(struct exchange *exchange, const struct packet *response)
{
    bool was_collecting = exchange->transfer.is_collecting;
    unsigned restarts = exchange->transfer.restarts;
    exchange->is_waiting = false;
    enum transfer_step step = transfer_take(&exchange->transfer, response);
    bool is_lost = step == TRANSFER_BROKEN || exchange->transfer.restarts > restarts ||
                   (step == TRANSFER_DONE && !code_is_success(exchange->transfer.answer.code));
    if (is_lost && was_collecting && exchange->news != NULL)
        go_on(exchange);
    else
        end_step(exchange, step);
}

static void take_news(void *arg)
{
    struct exchange *exchange = arg;
    struct packet packet = exchange->news->packet;
    packet_init(&exchange->news->packet);
    news_free(exchange);
    take(exchange, &packet);
    packet_release(&packet);
}

/* It is taken when the one before is whole, because that may carry AuthData, which cannot be had
 * again. When too many wait, the oldest goes (RFC 7641 1.3 lets any but the newest be skipped). */
static void keep_news(struct exchange *exchange, const struct packet *packet)
{
    size_t count = 0;
    struct news **end = &exchange->news;
    for (; *end != NULL; end = &(*end)->next)
        count++;
    struct news *news = xalloc(sizeof *news);
    news->packet = *packet;
    message_copy(&packet->message, &news->packet.message);
    *end = news;
    if (count == NEWS_MOST)
        news_free(exchange);
}

static void trace(struct coap_peer *peer, const char *type, const struct message *message)
{
    struct passage passage = {EVENT_RESPONSE, true, type};
    endpoint_trace(&peer->endpoint->base, &peer->base, passage, message);
}

/* A response that comes again is acknowledged, and not taken, again (RFC 7252 4.5). libcoap knows
 * the last confirmable one only. */
static bool was_heard(const struct coap_peer *peer, const struct message *response)
{
    if (response->message_id < 0)
        return false; /* streams repeat nothing */
    for (size_t i = 0; i < HEARD_MOST; i++)
        if (peer->heard[i] == response->message_id)
            return true;
    return false;
}

static void note_heard(struct coap_peer *peer, const struct message *response)
{
    peer->heard[peer->heard_next] = response->message_id;
    peer->heard_next = (peer->heard_next + 1) % HEARD_MOST;
}

/* Nobody waits for the answer to a spacer, but it is owed to a peer that answers later. */
static bool is_of_spacer(const struct coap_peer *peer, const struct message *message)
{
    return peer->has_spacer && message->token_len == sizeof peer->spacer &&
           memcmp(message->token, peer->spacer, sizeof peer->spacer) == 0;
}

/* The answer that ends an observation has no Observe option (RFC 7641 4.1): what has one was on its
 * way before. */
static bool crosses(const struct exchange *waiting, const struct message *message)
{
    return waiting != NULL && waiting->transfer.request.observe == 1 && message->observe >= 0;
}

bool coap_exchange_take(struct coap_peer *peer, const struct packet *response, const char *type,
                        bool is_valid)
{
    const struct message *message = &response->message;
    bool is_piggybacked = strcmp(type, "ACK") == 0;
    if (!is_piggybacked && (was_heard(peer, message) || is_of_spacer(peer, message))) {
        trace(peer, type, message);
        return true;
    }
    struct exchange *observation = is_piggybacked ? NULL : find_observation(peer, message);
    struct exchange *waiting = find_waiting(peer, message);
    if (!is_piggybacked && crosses(waiting, message)) {
        note_heard(peer, message);
        trace(peer, type, message);
        return true;
    }
    bool is_news = is_valid && observation != NULL && (message->observe >= 0 || waiting == NULL);
    bool is_expected = is_news || waiting != NULL;
    if (is_expected && !is_piggybacked)
        note_heard(peer, message);
    if (waiting != NULL)
        waiting->is_separate = !is_piggybacked;
    if (is_news)
        endpoint_trace_news(&peer->endpoint->base, &peer->base, type, message,
                            &observation->transfer.request);
    else
        trace(peer, type, message);
    if (is_news && (observation->transfer.is_collecting || observation->news != NULL)) {
        keep_news(observation, response);
    } else if (is_news) {
        transfer_rewind(&observation->transfer);
        take(observation, response);
    } else if (waiting != NULL && is_valid) {
        take(waiting, response);
    } else if (waiting != NULL || observation != NULL) {
        fail(waiting != NULL ? waiting : observation, ST_INVALID);
    }
    return is_expected || is_piggybacked;
}
