/* SPDX-License-Identifier: Apache-2.0 */
/* A request that leaves in blocks, then an answer that comes in blocks. */
#include "base/std.h"

#include "net/transfer.h"

void transfer_init(struct transfer *transfer, const struct message *request, unsigned szx)
{
    memset(transfer, 0, sizeof *transfer);
    message_copy(request, &transfer->request);
    message_init(&transfer->answer);
    transfer->szx = szx;
    transfer->answer_szx = szx;
}

void transfer_release(struct transfer *transfer)
{
    message_release(&transfer->request);
    message_release(&transfer->answer);
}

static void forget_answer(struct transfer *transfer)
{
    int observe = transfer->answer.observe;
    bool confirmable = transfer->answer.confirmable;
    message_release(&transfer->answer);
    message_init(&transfer->answer);
    transfer->answer.observe = observe; /* a restart asks without Observe */
    transfer->answer.confirmable = confirmable;
}

void transfer_rewind(struct transfer *transfer)
{
    forget_answer(transfer);
    transfer->answer.observe = -1;
    transfer->is_collecting = false;
    transfer->restarts = 0;
}

static bool is_in_blocks(const struct transfer *transfer)
{
    return transfer->sent > 0 || transfer->request.payload.len > block_size(transfer->szx);
}

/* Reading twice does no harm; anything else must not be repeated on our own account. */
static bool is_repeatable(const struct transfer *transfer)
{
    return transfer->request.code == CODE_GET || transfer->request.code == CODE_FETCH;
}

static void copy_head(const struct message *request, struct message *out)
{
    out->code = request->code;
    out->confirmable = request->confirmable;
    out->accept = request->accept;
    out->format = request->format;
    segments_release(&out->path);
    segments_release(&out->query);
    segments_copy(&request->path, &out->path);
    segments_copy(&request->query, &out->query);
}

static void next_of_answer(const struct transfer *transfer, struct packet *out)
{
    size_t have = transfer->answer.payload.len;
    out->message.format = -1;
    out->block2 = block_at(have, transfer->answer_szx, have);
}

static void next_of_request(const struct transfer *transfer, struct packet *out)
{
    const struct message *request = &transfer->request;
    struct bytes body = buf_bytes(&request->payload);
    out->message.observe = request->observe;
    if (transfer->sent == 0) {
        out->message.message_id = request->message_id;
        out->message.token_len = request->token_len;
        memcpy(out->message.token, request->token, sizeof request->token);
    }
    if (is_repeatable(transfer) && transfer->answer_szx < SZX_MOST)
        out->block2 = block_at(0, transfer->answer_szx, 0);
    if (is_in_blocks(transfer)) {
        out->block1 = block_at(transfer->sent, transfer->szx, body.len);
        out->size1 = transfer->sent == 0 ? (uint32_t)body.len : 0;
        body = block_slice(&out->block1, body);
    }
    buf_put(&out->message.payload, body);
}

void transfer_next(const struct transfer *transfer, struct packet *out)
{
    copy_head(&transfer->request, &out->message);
    if (transfer->is_collecting)
        next_of_answer(transfer, out);
    else
        next_of_request(transfer, out);
}

/* ---- the answer ---- */

static enum transfer_step finish(struct transfer *transfer, const struct packet *packet)
{
    message_release(&transfer->answer);
    message_copy(&packet->message, &transfer->answer);
    return TRANSFER_DONE;
}

/* A message id that the user chose is for the first packet: again, it would be a duplicate. */
static enum transfer_step begin_again(struct transfer *transfer)
{
    transfer->request.message_id = -1;
    transfer->sent = 0;
    return TRANSFER_SEND;
}

static enum transfer_step restart_answer(struct transfer *transfer, enum transfer_step otherwise)
{
    if (!is_repeatable(transfer) || transfer->restarts == TRANSFER_RESTARTS_MOST)
        return otherwise;
    transfer->restarts++;
    forget_answer(transfer);
    return begin_again(transfer);
}

static void begin_answer(struct transfer *transfer, const struct packet *packet)
{
    int observe = packet->message.observe;
    bool confirmable = packet->message.confirmable;
    if (observe < 0 && transfer->is_collecting) {
        observe = transfer->answer.observe;
        confirmable = transfer->answer.confirmable;
    }
    message_release(&transfer->answer);
    message_copy(&packet->message, &transfer->answer);
    transfer->answer.observe = observe;
    transfer->answer.confirmable = confirmable;
    transfer->etag = packet->etag;
    transfer->is_collecting = true;
}

/* A block of an answer that is longer than one block. */
static enum transfer_step take_block2(struct transfer *transfer, const struct packet *packet)
{
    const struct block *block = &packet->block2;
    struct bytes octets = buf_bytes(&packet->message.payload);
    size_t have = transfer->is_collecting ? transfer->answer.payload.len : 0;
    size_t size = block_size(block->szx);
    if (octets.len > size || (block->more && octets.len != size))
        return TRANSFER_BROKEN;
    if (block_offset(block) != have || (have > 0 && !etag_equal(&packet->etag, &transfer->etag)))
        return restart_answer(transfer, TRANSFER_BROKEN);
    if (have == 0)
        begin_answer(transfer, packet);
    else
        buf_put(&transfer->answer.payload, octets);
    if (transfer->answer.payload.bad)
        return TRANSFER_LIMIT;
    if (block->szx < transfer->answer_szx)
        transfer->answer_szx = block->szx;
    return block->more ? TRANSFER_SEND : TRANSFER_DONE;
}

static enum transfer_step take_answer(struct transfer *transfer, const struct packet *packet)
{
    const struct block *block = &packet->block2;
    if (block->present && (block->num > 0 || block->more))
        return take_block2(transfer, packet);
    if (transfer->is_collecting && packet->message.code == CODE_INCOMPLETE) {
        if (restart_answer(transfer, TRANSFER_DONE) == TRANSFER_SEND)
            return TRANSFER_SEND;
    }
    int observe = transfer->is_collecting ? transfer->answer.observe : -1;
    bool confirmable = transfer->answer.confirmable;
    enum transfer_step step = finish(transfer, packet);
    if (observe >= 0 && transfer->answer.observe < 0) {
        transfer->answer.observe = observe;
        transfer->answer.confirmable = confirmable;
    }
    return step;
}

/* The answer to one block of the request: TRANSFER_DONE when it is the end of the matter. */
static enum transfer_step take_block1(struct transfer *transfer, const struct packet *packet)
{
    const struct block *block = &packet->block1;
    unsigned code = packet->message.code;
    size_t size = block_size(transfer->szx);
    bool is_last = transfer->sent + size >= transfer->request.payload.len;
    if (code == CODE_TOO_LARGE && block->present && block->szx < transfer->szx) {
        transfer->szx = block->szx;
        return begin_again(transfer);
    }
    if (code == CODE_INCOMPLETE && is_in_blocks(transfer) &&
        transfer->restarts < TRANSFER_RESTARTS_MOST) {
        transfer->restarts++;
        return begin_again(transfer);
    }
    if (code == CODE_CONTINUE && (is_last || !block->present))
        return TRANSFER_BROKEN;
    if (is_last || !block->present || !code_is_success(code))
        return TRANSFER_DONE;
    if (block->num != transfer->sent / size)
        return TRANSFER_BROKEN;
    transfer->sent += size;
    if (block->szx < transfer->szx)
        transfer->szx = block->szx;
    return TRANSFER_SEND;
}

enum transfer_step transfer_take(struct transfer *transfer, const struct packet *packet)
{
    if (!transfer->is_collecting) {
        enum transfer_step step = take_block1(transfer, packet);
        if (step != TRANSFER_DONE)
            return step;
    }
    return take_answer(transfer, packet);
}
