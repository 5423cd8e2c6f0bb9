/* SPDX-License-Identifier: Apache-2.0 */
/* The asking half of block transfers, packet by packet. */
#include "base/std.h"

#include "net/transfer.h"
#include "tests/unit/unit.h"

struct world {
    struct transfer transfer;
    struct packet next; /* what is to be sent */
};

static void look(struct world *world)
{
    packet_release(&world->next);
    packet_init(&world->next);
    transfer_next(&world->transfer, &world->next);
}

static void world_init(struct world *world, unsigned code, size_t len, unsigned szx)
{
    struct message request;
    message_init(&request);
    request.code = (uint8_t)code;
    request.message_id = 77;
    request.token_len = 1;
    request.token[0] = 0xaa;
    request.observe = code == CODE_GET ? 0 : -1;
    request.format = len > 0 ? 0 : -1;
    request.accept = 11542;
    ck_assert(segments_split(&request.path, '/', bytes_of("/16/0/2")));
    for (size_t i = 0; i < len; i++)
        buf_put_u8(&request.payload, (unsigned)(i / 16) & 0xff);
    transfer_init(&world->transfer, &request, szx);
    message_release(&request);
    packet_init(&world->next);
    look(world);
}

static void world_release(struct world *world)
{
    transfer_release(&world->transfer);
    packet_release(&world->next);
}

struct answer {
    unsigned code;
    int block1; /* option value, -1: none */
    int block2;
    size_t len;
    unsigned etag;
    int observe;
};

static enum transfer_step take(struct world *world, struct answer answer)
{
    struct packet packet;
    packet_init(&packet);
    packet.message.code = (uint8_t)answer.code;
    packet.message.observe = answer.observe;
    if (answer.block1 >= 0)
        ck_assert(block_decode((uint32_t)answer.block1, &packet.block1));
    if (answer.block2 >= 0)
        ck_assert(block_decode((uint32_t)answer.block2, &packet.block2));
    packet.etag = (struct etag){{(uint8_t)answer.etag}, answer.etag > 0};
    for (size_t i = 0; i < answer.len; i++)
        buf_put_u8(&packet.message.payload, answer.etag);
    enum transfer_step step = transfer_take(&world->transfer, &packet);
    packet_release(&packet);
    if (step == TRANSFER_SEND)
        look(world);
    return step;
}

static struct answer block1_answer(unsigned code, int block1)
{
    return (struct answer){code, block1, -1, 0, 0, -1};
}

static struct answer block2_answer(int block2, size_t len, unsigned etag)
{
    return (struct answer){CODE_CONTENT, -1, block2, len, etag, -1};
}

/* ---- the request ---- */

START_TEST(a_short_request_goes_whole_and_its_answer_ends_it)
{
    struct world world;
    world_init(&world, CODE_PUT, 16, 0);
    ck_assert(!world.next.block1.present && !world.next.block2.present);
    ck_assert_uint_eq(world.next.message.payload.len, 16);
    ck_assert_int_eq(world.next.message.message_id, 77);
    ck_assert_uint_eq(world.next.message.token_len, 1);
    ck_assert_int_eq(world.next.message.accept, 11542);
    ck_assert_uint_eq(world.next.size1, 0);
    ck_assert_int_eq(take(&world, block1_answer(CODE_CHANGED, -1)), TRANSFER_DONE);
    ck_assert_uint_eq(world.transfer.answer.code, CODE_CHANGED);
    world_release(&world);
}
END_TEST

START_TEST(a_long_request_goes_block_by_block)
{
    struct world world;
    world_init(&world, CODE_PUT, 40, 0);
    ck_assert_uint_eq(block_encode(&world.next.block1), 0x08);
    ck_assert_uint_eq(world.next.size1, 40);
    ck_assert_uint_eq(world.next.message.payload.len, 16);
    ck_assert_int_eq(take(&world, block1_answer(CODE_CONTINUE, 0x08)), TRANSFER_SEND);
    ck_assert_uint_eq(block_encode(&world.next.block1), 0x18);
    ck_assert_int_eq(world.next.message.message_id, -1);
    ck_assert_uint_eq(world.next.message.token_len, 0);
    ck_assert_uint_eq(world.next.size1, 0);
    ck_assert_uint_eq(world.next.message.payload.data[0], 1);
    ck_assert_int_eq(take(&world, block1_answer(CODE_CHANGED, 0x10)), TRANSFER_SEND); /* 2.04 too */
    ck_assert_uint_eq(block_encode(&world.next.block1), 0x20);
    ck_assert_uint_eq(world.next.message.payload.len, 8);
    ck_assert_int_eq(take(&world, block1_answer(CODE_CHANGED, 0x20)), TRANSFER_DONE);
    world_release(&world);
}
END_TEST

START_TEST(a_request_that_fills_its_last_block_ends_with_it)
{
    struct world world;
    world_init(&world, CODE_PUT, 32, 0);
    ck_assert_int_eq(take(&world, block1_answer(CODE_CONTINUE, 0x08)), TRANSFER_SEND);
    ck_assert_uint_eq(block_encode(&world.next.block1), 0x10);
    ck_assert_uint_eq(world.next.message.payload.len, 16);
    ck_assert_int_eq(take(&world, block1_answer(CODE_CHANGED, 0x10)), TRANSFER_DONE);
    world_release(&world);
}
END_TEST

START_TEST(the_peer_may_want_smaller_blocks)
{
    struct world world;
    world_init(&world, CODE_PUT, 200, 2);
    ck_assert_int_eq(take(&world, block1_answer(CODE_CONTINUE, 0x08)), TRANSFER_SEND);
    ck_assert_uint_eq(block_encode(&world.next.block1), 0x48); /* octets 64 to 79 */
    ck_assert_int_eq(take(&world, block1_answer(CODE_CONTINUE, 0x48)), TRANSFER_SEND);
    ck_assert_uint_eq(block_encode(&world.next.block1), 0x58);
    world_release(&world);

    world_init(&world, CODE_PUT, 60, 2); /* whole, and too large for the peer */
    ck_assert(!world.next.block1.present);
    ck_assert_int_eq(take(&world, block1_answer(CODE_TOO_LARGE, 0x01)), TRANSFER_SEND);
    ck_assert_uint_eq(block_encode(&world.next.block1), 0x09);
    ck_assert_int_eq(world.next.message.message_id, -1); /* 77 again would be a duplicate */
    ck_assert_int_eq(take(&world, block1_answer(CODE_TOO_LARGE, 0x01)), TRANSFER_DONE);
    ck_assert_uint_eq(world.transfer.answer.code, CODE_TOO_LARGE);
    world_release(&world);
}
END_TEST

START_TEST(an_error_in_between_is_the_answer)
{
    static const unsigned codes[] = {CODE_NOT_FOUND, CODE_TOO_LARGE, CODE_METHOD_NOT_ALLOWED};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        struct world world;
        world_init(&world, CODE_PUT, 40, 0);
        ck_assert_int_eq(take(&world, block1_answer(codes[i], i == 0 ? 0x08 : -1)), TRANSFER_DONE);
        ck_assert_uint_eq(world.transfer.answer.code, codes[i]);
        world_release(&world);
    }
}
END_TEST

START_TEST(a_peer_that_lost_blocks_gets_them_again_some_times)
{
    struct world world;
    world_init(&world, CODE_PUT, 40, 0);
    for (unsigned i = 0; i < TRANSFER_RESTARTS_MOST; i++) {
        ck_assert_int_eq(take(&world, block1_answer(CODE_CONTINUE, 0x08)), TRANSFER_SEND);
        ck_assert_int_eq(take(&world, block1_answer(CODE_INCOMPLETE, 0x18)), TRANSFER_SEND);
        ck_assert_uint_eq(block_encode(&world.next.block1), 0x08);
        ck_assert_int_eq(world.next.message.message_id, -1);
    }
    ck_assert_int_eq(take(&world, block1_answer(CODE_INCOMPLETE, 0x08)), TRANSFER_DONE);
    ck_assert_uint_eq(world.transfer.answer.code, CODE_INCOMPLETE);
    world_release(&world);
    world_init(&world, CODE_PUT, 10, 0); /* not in blocks: nothing to repeat */
    ck_assert_int_eq(take(&world, block1_answer(CODE_INCOMPLETE, -1)), TRANSFER_DONE);
    world_release(&world);
}
END_TEST

START_TEST(confirmations_that_do_not_fit_break_it)
{
    struct world world;
    world_init(&world, CODE_PUT, 40, 0);
    ck_assert_int_eq(take(&world, block1_answer(CODE_CONTINUE, 0x18)), TRANSFER_BROKEN);
    world_release(&world);
    world_init(&world, CODE_PUT, 40, 0);
    ck_assert_int_eq(take(&world, block1_answer(CODE_CONTINUE, -1)), TRANSFER_BROKEN);
    world_release(&world);
    world_init(&world, CODE_PUT, 10, 0);
    ck_assert_int_eq(take(&world, block1_answer(CODE_CONTINUE, 0x00)), TRANSFER_BROKEN);
    world_release(&world);
}
END_TEST

/* ---- the answer ---- */

START_TEST(a_long_answer_is_fetched_to_its_end)
{
    struct world world;
    world_init(&world, CODE_GET, 0, SZX_MOST);
    ck_assert(!world.next.block2.present);
    ck_assert_int_eq(world.next.message.observe, 0);
    struct answer first = block2_answer(0x0e, 1024, 1);
    first.observe = 5;
    ck_assert_int_eq(take(&world, first), TRANSFER_SEND);
    ck_assert_uint_eq(block_encode(&world.next.block2), 0x16);
    ck_assert_int_eq(world.next.message.observe, -1);
    ck_assert_int_eq(world.next.message.accept, 11542);
    ck_assert_uint_eq(world.next.message.path.count, 3);
    ck_assert_uint_eq(world.next.message.token_len, 0);
    ck_assert_int_eq(take(&world, block2_answer(0x1e, 1024, 1)), TRANSFER_SEND);
    ck_assert_int_eq(take(&world, block2_answer(0x26, 7, 1)), TRANSFER_DONE);
    ck_assert_uint_eq(world.transfer.answer.payload.len, 2055);
    ck_assert_int_eq(world.transfer.answer.observe, 5);
    world_release(&world);
}
END_TEST

START_TEST(small_blocks_are_asked_for_from_the_start)
{
    struct world world;
    world_init(&world, CODE_GET, 0, 1);
    ck_assert_uint_eq(block_encode(&world.next.block2), 0x01);
    ck_assert_int_eq(take(&world, block2_answer(0x08, 16, 1)), TRANSFER_SEND); /* smaller still */
    ck_assert_uint_eq(block_encode(&world.next.block2), 0x10);
    ck_assert_int_eq(take(&world, block2_answer(0x10, 0, 1)), TRANSFER_DONE);
    ck_assert_uint_eq(world.transfer.answer.payload.len, 16);
    world_release(&world);
}
END_TEST

START_TEST(an_answer_that_changes_is_begun_again_some_times)
{
    struct world world;
    world_init(&world, CODE_GET, 0, 0);
    ck_assert_int_eq(take(&world, block2_answer(0x08, 16, 1)), TRANSFER_SEND);
    ck_assert_int_eq(take(&world, block2_answer(0x18, 16, 2)), TRANSFER_SEND);
    ck_assert_uint_eq(block_encode(&world.next.block2), 0x00);
    ck_assert_int_eq(take(&world, block2_answer(0x08, 16, 2)), TRANSFER_SEND);
    struct answer lost = block2_answer(-1, 0, 0);
    lost.code = CODE_INCOMPLETE;
    ck_assert_int_eq(take(&world, lost), TRANSFER_SEND);
    ck_assert_int_eq(take(&world, block2_answer(0x08, 16, 3)), TRANSFER_SEND);
    ck_assert_int_eq(take(&world, block2_answer(0x10, 4, 3)), TRANSFER_DONE);
    ck_assert_uint_eq(world.transfer.answer.payload.len, 20);
    ck_assert_uint_eq(world.transfer.answer.payload.data[0], 3);
    world_release(&world);

    world_init(&world, CODE_GET, 0, 0);
    for (unsigned i = 0; i < TRANSFER_RESTARTS_MOST; i++) {
        ck_assert_int_eq(take(&world, block2_answer(0x08, 16, 1)), TRANSFER_SEND);
        ck_assert_int_eq(take(&world, block2_answer(0x18, 16, 2)), TRANSFER_SEND);
    }
    ck_assert_int_eq(take(&world, block2_answer(0x08, 16, 1)), TRANSFER_SEND);
    ck_assert_int_eq(take(&world, block2_answer(0x18, 16, 2)), TRANSFER_BROKEN);
    world_release(&world);
}
END_TEST

START_TEST(an_answer_that_does_not_begin_at_its_beginning_is_asked_for_anew)
{
    struct world world;
    world_init(&world, CODE_GET, 0, 0);
    ck_assert_int_eq(take(&world, block2_answer(0x18, 16, 1)), TRANSFER_SEND);
    ck_assert_int_eq(world.next.message.observe, 0);
    ck_assert_int_eq(world.next.message.message_id, -1);
    ck_assert_int_eq(take(&world, block2_answer(0x08, 16, 1)), TRANSFER_SEND);
    ck_assert_int_eq(take(&world, block2_answer(0x10, 1, 1)), TRANSFER_DONE);
    world_release(&world);
}
END_TEST

START_TEST(a_peer_that_always_begins_again_is_given_up)
{
    struct world world;
    world_init(&world, CODE_GET, 0, 0);
    enum transfer_step step = TRANSFER_SEND;
    unsigned packets = 0;
    for (; step == TRANSFER_SEND; packets++) {
        ck_assert_uint_lt(packets, 10);
        step = take(&world, block2_answer(0x08, 16, 1));
    }
    ck_assert_int_eq(step, TRANSFER_BROKEN);
    world_release(&world);
}
END_TEST

START_TEST(what_acts_is_not_repeated_for_its_answer)
{
    struct world world;
    world_init(&world, CODE_POST, 0, 0);
    ck_assert(!world.next.block2.present);
    ck_assert_int_eq(take(&world, block2_answer(0x08, 16, 1)), TRANSFER_SEND);
    ck_assert_uint_eq(world.next.message.payload.len, 0);
    ck_assert_int_eq(take(&world, block2_answer(0x18, 16, 2)), TRANSFER_BROKEN);
    world_release(&world);
}
END_TEST

START_TEST(blocks_of_a_wrong_length_or_place_break_it)
{
    struct world world;
    world_init(&world, CODE_POST, 0, 0);
    ck_assert_int_eq(take(&world, block2_answer(0x08, 15, 1)), TRANSFER_BROKEN);
    world_release(&world);
    world_init(&world, CODE_POST, 0, 0);
    ck_assert_int_eq(take(&world, block2_answer(0x18, 16, 1)), TRANSFER_BROKEN);
    world_release(&world);
    world_init(&world, CODE_POST, 0, 0);
    ck_assert_int_eq(take(&world, block2_answer(0x08, 16, 1)), TRANSFER_SEND);
    ck_assert_int_eq(take(&world, block2_answer(0x10, 17, 1)), TRANSFER_BROKEN);
    world_release(&world);
}
END_TEST

START_TEST(an_answer_without_end_is_cut_off)
{
    struct world world;
    world_init(&world, CODE_GET, 0, SZX_MOST);
    for (int i = 0; i < 64; i++)
        ck_assert_int_eq(take(&world, block2_answer(i << 4 | 0xe, 1024, 1)), TRANSFER_SEND);
    ck_assert_int_eq(take(&world, block2_answer(64 << 4 | 0x6, 1, 1)), TRANSFER_LIMIT);
    world_release(&world);
}
END_TEST

START_TEST(an_error_while_fetching_is_the_answer)
{
    struct world world;
    world_init(&world, CODE_GET, 0, 0);
    ck_assert_int_eq(take(&world, block2_answer(0x08, 16, 1)), TRANSFER_SEND);
    struct answer gone = block2_answer(-1, 0, 0);
    gone.code = CODE_NOT_FOUND;
    ck_assert_int_eq(take(&world, gone), TRANSFER_DONE);
    ck_assert_uint_eq(world.transfer.answer.code, CODE_NOT_FOUND);
    ck_assert_uint_eq(world.transfer.answer.payload.len, 0);
    world_release(&world);
}
END_TEST

START_TEST(each_notification_is_collected_anew)
{
    struct world world;
    world_init(&world, CODE_GET, 0, 0);
    struct answer first = block2_answer(-1, 3, 1);
    first.observe = 1;
    ck_assert_int_eq(take(&world, first), TRANSFER_DONE);
    struct answer news = block2_answer(0x08, 16, 2);
    news.observe = 2;
    transfer_rewind(&world.transfer);
    ck_assert_int_eq(take(&world, news), TRANSFER_SEND);
    news.observe = 3;
    news.etag = 4;
    transfer_rewind(&world.transfer); /* a newer one before the rest had come */
    ck_assert_int_eq(take(&world, news), TRANSFER_SEND);
    ck_assert_int_eq(take(&world, block2_answer(0x10, 1, 4)), TRANSFER_DONE);
    ck_assert_uint_eq(world.transfer.answer.payload.len, 17);
    ck_assert_int_eq(world.transfer.answer.observe, 3);
    world_release(&world);
}
END_TEST

UNIT_MAIN("transfer", a_short_request_goes_whole_and_its_answer_ends_it,
          a_long_request_goes_block_by_block, a_request_that_fills_its_last_block_ends_with_it,
          the_peer_may_want_smaller_blocks, an_error_in_between_is_the_answer,
          a_peer_that_lost_blocks_gets_them_again_some_times,
          confirmations_that_do_not_fit_break_it, a_long_answer_is_fetched_to_its_end,
          small_blocks_are_asked_for_from_the_start,
          an_answer_that_changes_is_begun_again_some_times,
          an_answer_that_does_not_begin_at_its_beginning_is_asked_for_anew,
          a_peer_that_always_begins_again_is_given_up, what_acts_is_not_repeated_for_its_answer,
          blocks_of_a_wrong_length_or_place_break_it, an_answer_without_end_is_cut_off,
          an_error_while_fetching_is_the_answer, each_notification_is_collected_anew)
