/* SPDX-License-Identifier: Apache-2.0 */
/* From a request that came in to the answer that the user gives, whatever transport they take. */
#include "base/std.h"

#include "net/coap_impl.h"

/* Who asks, and the largest block that it takes. */
struct asking {
    struct coap_peer *peer; /* (borrowed) */
    unsigned szx;
};

static void ask_user(void *arg, const struct message *request, struct message *response)
{
    const struct asking *asking = arg;
    struct coap_peer *peer = asking->peer;
    struct endpoint *endpoint = &peer->endpoint->base;
    peer->is_known = true;
    if (request->observe == 0 || request->observe == 1)
        coap_turns_drop(peer, request, NOTIFY_ACKNOWLEDGED);
    if (endpoint->on_request != NULL)
        endpoint->on_request(endpoint->user, &peer->base, request, response);
    observers_note(&peer->observers, request, asking->szx,
                   code_is_success(response->code) && response->observe >= 0);
    /* Whoever was told that something exists here comes back to it. */
    if (response->code == CODE_CREATED && peer->is_known)
        coap_peer_hold(peer);
}

void coap_trace(const struct coap_peer *peer, bool incoming, const char *type,
                const struct message *message)
{
    struct passage passage = {code_is_request(message->code) ? EVENT_REQUEST : EVENT_RESPONSE,
                              incoming, type};
    endpoint_trace(&peer->endpoint->base, &peer->base, passage, message);
}

/* Who takes small messages only has asked for small blocks. */
static void ask_for_blocks(struct block *block, unsigned szx)
{
    if (!block->present && szx < SZX_MOST)
        *block = block_at(0, szx, 0);
    else if (block->present && block->num == 0 && block->szx > szx)
        block->szx = (uint8_t)szx;
}

void coap_serve(struct coap_peer *peer, struct packet *request, unsigned refused,
                struct packet *response)
{
    struct message *message = &response->message;
    message->code = refused != 0 ? (uint8_t)refused : CODE_INTERNAL_ERROR;
    if (peer->link != NULL)
        ask_for_blocks(&request->block2, coap_stream_szx(peer, coap_pdu_room(message)));
    struct asking asking = {peer, request->block2.present ? request->block2.szx : SZX_MOST};
    struct body_request who = {peer, ask_user, &asking};
    if (refused == 0)
        bodies_answer(peer->endpoint->bodies, &who, request, response);
    message->confirmable = false;
    message->message_id =
        request->message.confirmable ? request->message.message_id : coap_peer_message_id(peer);
    message->token_len = request->message.token_len;
    memcpy(message->token, request->message.token, sizeof message->token);
}
