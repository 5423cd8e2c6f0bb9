/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions in plain text and with a pre-shared key between two endpoints of ours. */
#include "base/std.h"

#include "net/coap.h"
#include "tests/bench/wire.h"

enum { ANSWER_MS = 5000 };

static const char identity[] = "bench";
static const char key[] = "sixteen octets!!";
static const char content[] = "WVX0123456789";
static const char *const listen_at[] = {"coap://127.0.0.1:0", "coaps://127.0.0.1:0"};
static const struct security security = {.mode = SECURITY_PSK,
                                         .identity = {(const uint8_t *)identity, 5},
                                         .key = {(const uint8_t *)key, 16}};

struct wire {
    struct loop *loop; /* (borrowed) */
    struct server_keys keys;
    struct endpoint *server; /* (owned) */
    struct endpoint *client; /* (owned) */
    struct peer *plain;      /* (borrowed) the client's sessions */
    struct peer *secured;    /* (borrowed) */
    bool is_over;
    bool is_answered;
};

static struct bytes find_key(void *arg, struct bytes who)
{
    UNUSED(arg);
    return bytes_is(who, identity) ? security.key : (struct bytes){NULL, 0};
}

static void answer(void *user, struct peer *peer, const struct message *request,
                   struct message *response)
{
    UNUSED(user);
    UNUSED(peer);
    UNUSED(request);
    response->code = CODE_CONTENT;
    response->format = 0;
    buf_puts(&response->payload, content);
}

static void take(void *arg, enum status status, const struct message *response)
{
    struct wire *wire = arg;
    wire->is_over = true;
    wire->is_answered = status == ST_OK && bytes_is(buf_bytes(&response->payload), content);
}

static bool ask(struct wire *wire, struct peer *peer)
{
    struct clock *clock = loop_clock(wire->loop);
    int64_t give_up_at = clock_now(clock) + ANSWER_MS;
    struct message request;
    message_init(&request);
    request.code = CODE_GET;
    wire->is_over = wire->is_answered = false;
    bool is_sent = segments_add(&request.path, bytes_of("16")) &&
                   endpoint_request(wire->client, peer, &request, take, wire, NULL) == ST_OK;
    message_release(&request);
    while (is_sent && !wire->is_over && clock_now(clock) < give_up_at)
        loop_turn(wire->loop, ANSWER_MS);
    return wire->is_answered;
}

static struct peer *open_session(struct wire *wire, bool secured)
{
    const struct remote remote = {.uri = wire->server->local[secured ? 1 : 0],
                                  .security = secured ? &security : NULL};
    struct error error;
    struct peer *peer = NULL;
    error_clear(&error);
    if (endpoint_open(wire->client, &remote, &peer, &error) == ST_OK)
        return peer;
    fprintf(stderr, "bench: %s\n", error.text);
    return NULL;
}

bool wire_ask(struct wire *wire, bool secured)
{
    return ask(wire, secured ? wire->secured : wire->plain);
}

bool wire_shake_hands(struct wire *wire)
{
    struct peer *peer = open_session(wire, true);
    bool is_answered = peer != NULL && ask(wire, peer);
    if (peer != NULL)
        endpoint_disconnect(wire->client, peer);
    return is_answered;
}

struct wire *wire_new(struct loop *loop, struct chance *chance)
{
    struct wire *wire = xalloc(sizeof *wire);
    struct error error;
    error_clear(&error);
    wire->loop = loop;
    wire->keys = (struct server_keys){.psk = find_key};
    struct coap_endpoint_config config = {.loop = loop, .chance = chance};
    wire->client = coap_endpoint_new(&config, &error);
    config.listen = listen_at;
    config.listen_count = COUNT_OF(listen_at);
    config.keys = &wire->keys;
    wire->server = coap_endpoint_new(&config, &error);
    if (wire->client == NULL || wire->server == NULL) {
        fprintf(stderr, "bench: %s\n", error.text);
        wire_free(wire);
        return NULL;
    }
    wire->server->on_request = answer;
    wire->plain = open_session(wire, false);
    wire->secured = open_session(wire, true);
    if (wire->plain != NULL && wire->secured != NULL)
        return wire;
    wire_free(wire);
    return NULL;
}

void wire_free(struct wire *wire)
{
    if (wire == NULL)
        return;
    endpoint_free(wire->client);
    endpoint_free(wire->server);
    free(wire);
}
