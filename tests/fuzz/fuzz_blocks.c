/* SPDX-License-Identifier: Apache-2.0 */
/* links: net base */
/* Block transfers: octet 0 chooses who is there, octet 1 the block sizes (low and high 4 bits), the
 * rest are packets of 10 octets, as struct step reads them. Either the answering half meets any
 * requests, or the asking half any answers, or the two meet each other. */
#include "base/std.h"

#include "net/bodies.h"
#include "net/transfer.h"
#include "tests/fuzz/fuzz.h"

enum { PAYLOAD_LEN_MOST = 1100, PACKETS_MOST = 3 * BODY_MOST / 16 };

/* One packet. */
struct step {
    unsigned choice;  /* method or code, path, who; what happens after it */
    unsigned options; /* bit 0 Block1, bit 1 Block2, bit 2 sensitive, bits 4 to 7 the tag */
    uint32_t block1;
    uint32_t block2;
    size_t len;        /* of its payload */
    size_t answer_len; /* of the body that answers it */
};

static struct step take_step(struct rd *rd)
{
    struct step step = {.choice = rd_u8(rd), .options = rd_u8(rd)};
    step.block1 = (uint32_t)rd_be(rd, 2);
    step.block2 = (uint32_t)rd_be(rd, 2);
    step.len = (size_t)rd_be(rd, 2) % (PAYLOAD_LEN_MOST + 1);
    step.answer_len = (size_t)rd_be(rd, 2) * 2 % (BODY_MOST + 100);
    return step;
}

static void fill(struct buf *out, size_t len, unsigned seed)
{
    for (size_t i = 0; i < len; i++)
        buf_put_u8(out, (unsigned)(i / 16 + seed) & 0xff);
}

struct world {
    struct clock *clock;
    struct chance chance;
    struct bodies *bodies;
    unsigned asked;
    size_t answer_len;
    struct buf seen; /* the body of the last request */
};

static void ask(void *arg, const struct message *request, struct message *response)
{
    struct world *world = arg;
    world->asked++;
    response->code = CODE_CONTENT;
    fill(&response->payload, world->answer_len, world->asked);
    buf_clear(&world->seen);
    buf_put(&world->seen, buf_bytes(&request->payload));
}

static void world_init(struct world *world, unsigned szx)
{
    *world = (struct world){.clock = clock_new_virtual(0)};
    chance_init_seed(&world->chance, 1);
    world->bodies = bodies_new(world->clock, &world->chance, szx);
    buf_init(&world->seen, BODY_MOST);
}

static void world_release(struct world *world)
{
    buf_release(&world->seen);
    bodies_free(world->bodies);
    clock_free(world->clock);
}

/* What leaves is one block, and says the truth about itself. */
static void check_block(const struct packet *packet)
{
    const struct block *block = &packet->block2;
    size_t len = packet->message.payload.len;
    assert(!block->more || (block->present && packet->etag.len > 0));
    assert(len <= block_size(block->present ? block->szx : SZX_MOST));
    assert(!block->more || len == block_size(block->szx));
}

static void answer(struct world *world, const char *peer, struct packet *request,
                   struct packet *response)
{
    struct body_request who = {peer, ask, world};
    unsigned asked = world->asked;
    packet_init(response);
    response->message.code = CODE_INTERNAL_ERROR;
    bodies_answer(world->bodies, &who, request, response);
    assert(world->asked <= asked + 1 && world->seen.len <= BODY_MOST);
    check_block(response);
}

static void set_blocks(const struct step *step, struct packet *packet)
{
    if ((step->options & 1) == 0 || !block_decode(step->block1, &packet->block1))
        packet->block1 = (struct block){.present = false};
    if ((step->options & 2) == 0 || !block_decode(step->block2, &packet->block2))
        packet->block2 = (struct block){.present = false};
    fill(&packet->message.payload, step->len, 0);
}

static void meet_requests(struct rd *rd, unsigned szx)
{
    static const uint8_t methods[] = {CODE_GET, CODE_PUT, CODE_POST, CODE_FETCH};
    static const char peers[2];
    struct world world;
    world_init(&world, szx);
    for (struct step step = take_step(rd); !rd->bad; step = take_step(rd)) {
        struct packet request, response;
        packet_init(&request);
        request.message.code = methods[step.choice & 3];
        request.message.sensitive = (step.options & 4) != 0;
        if (!segments_add(&request.message.path, bytes_of((step.choice & 4) != 0 ? "1" : "16")))
            abort();
        set_blocks(&step, &request);
        world.answer_len = step.answer_len;
        answer(&world, &peers[step.choice >> 3 & 1], &request, &response);
        if ((step.choice & 0x10) != 0)
            clock_advance(world.clock, BODY_LIFETIME_MS / 2);
        if ((step.choice & 0x20) != 0)
            bodies_forget(world.bodies, &request.message.path);
        if ((step.choice & 0x40) != 0)
            bodies_forget_peer(world.bodies, &peers[0]);
        packet_release(&request);
        packet_release(&response);
    }
    world_release(&world);
}

static struct message request_of(unsigned choice, size_t len)
{
    struct message request;
    message_init(&request);
    request.code = (choice & 0x10) != 0 ? CODE_GET : CODE_PUT;
    request.observe = (choice & 0x20) != 0 ? 0 : -1;
    fill(&request.payload, len, 7);
    return request;
}

static void meet_answers(struct rd *rd, unsigned szx)
{
    static const uint8_t codes[] = {CODE_CONTENT,    CODE_CONTENT,   CODE_CONTINUE, CODE_CHANGED,
                                    CODE_INCOMPLETE, CODE_TOO_LARGE, CODE_NOT_FOUND};
    struct step step = take_step(rd);
    struct message request = request_of(step.choice, step.answer_len);
    struct transfer transfer;
    transfer_init(&transfer, &request, szx);
    message_release(&request);
    enum transfer_step next = TRANSFER_SEND;
    for (step = take_step(rd); !rd->bad && next == TRANSFER_SEND; step = take_step(rd)) {
        struct packet packet, response;
        packet_init(&packet);
        packet_init(&response);
        transfer_next(&transfer, &packet);
        assert(packet.message.payload.len <= block_size(szx));
        response.message.code = codes[step.choice % COUNT_OF(codes)];
        response.message.observe = (step.choice & 0x80) != 0 ? 5 : -1;
        response.etag = (struct etag){{(uint8_t)(step.options >> 4)}, 1};
        set_blocks(&step, &response);
        next = transfer_take(&transfer, &response);
        assert(transfer.answer.payload.len <= BODY_MOST);
        packet_release(&packet);
        packet_release(&response);
    }
    transfer_release(&transfer);
}

/* Whatever the lengths and block sizes, each end gets the whole body of the other. */
static void meet_each_other(struct rd *rd, unsigned szx, unsigned other_szx)
{
    static const char peer;
    struct step step = take_step(rd);
    struct message request = request_of(step.choice, step.len * 16 % (BODY_MOST + 1));
    struct transfer transfer;
    struct world world;
    world_init(&world, other_szx);
    world.answer_len = step.answer_len % (BODY_MOST + 1);
    transfer_init(&transfer, &request, szx);
    enum transfer_step next = TRANSFER_SEND;
    for (unsigned i = 0; next == TRANSFER_SEND; i++) {
        struct packet packet, response;
        assert(i < PACKETS_MOST);
        packet_init(&packet);
        transfer_next(&transfer, &packet);
        answer(&world, &peer, &packet, &response);
        next = transfer_take(&transfer, &response);
        packet_release(&packet);
        packet_release(&response);
    }
    assert(next == TRANSFER_DONE && world.asked == 1);
    assert(bytes_equal(buf_bytes(&world.seen), buf_bytes(&request.payload)));
    assert(transfer.answer.code == CODE_CONTENT);
    assert(transfer.answer.payload.len == world.answer_len);
    message_release(&request);
    transfer_release(&transfer);
    world_release(&world);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rd rd;
    rd_init(&rd, (struct bytes){data, size});
    unsigned who = rd_u8(&rd);
    unsigned sizes = rd_u8(&rd);
    unsigned szx = (sizes & 15) % (SZX_MOST + 1u);
    if (rd.bad)
        return 0;
    if (who % 3 == 0)
        meet_requests(&rd, szx);
    else if (who % 3 == 1)
        meet_answers(&rd, szx);
    else
        meet_each_other(&rd, szx, (sizes >> 4) % (SZX_MOST + 1u));
    return 0;
}
