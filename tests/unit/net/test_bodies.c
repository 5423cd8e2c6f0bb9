/* SPDX-License-Identifier: Apache-2.0 */
/* The answering half of block transfers, packet by packet. */
#include "base/std.h"

#include "net/bodies.h"
#include "tests/unit/unit.h"

static const char one, other; /* peers are names only */

struct world {
    struct clock *clock;
    struct chance chance;
    struct bodies *bodies;
    unsigned asked;
    struct message seen; /* the last request */
    size_t answer_len;
    bool is_sensitive;
    struct packet response; /* the last */
};

static void ask(void *arg, const struct message *request, struct message *response)
{
    struct world *world = arg;
    world->asked++;
    message_release(&world->seen);
    message_copy(request, &world->seen);
    response->code = CODE_CONTENT;
    response->format = 42;
    response->sensitive = world->is_sensitive;
    for (size_t i = 0; i < world->answer_len; i++)
        buf_put_u8(&response->payload, (unsigned)(i / 16 + world->asked * 100) & 0xff);
}

static void world_init(struct world *world, unsigned szx)
{
    memset(world, 0, sizeof *world);
    world->clock = clock_new_virtual(0);
    chance_init_seed(&world->chance, 1);
    world->bodies = bodies_new(world->clock, &world->chance, szx);
    message_init(&world->seen);
    packet_init(&world->response);
}

static void world_release(struct world *world)
{
    message_release(&world->seen);
    packet_release(&world->response);
    bodies_free(world->bodies);
    clock_free(world->clock);
}

static struct packet packet_of(unsigned code, const char *path, size_t len)
{
    struct packet packet;
    packet_init(&packet);
    packet.message.code = (uint8_t)code;
    ck_assert(segments_split(&packet.message.path, '/', bytes_of(path)));
    for (size_t i = 0; i < len; i++)
        buf_put_u8(&packet.message.payload, (unsigned)i & 0xff);
    return packet;
}

/* Answers REQUEST, which is released; the code of the response. */
static unsigned give(struct world *world, const char *peer, struct packet request)
{
    struct body_request who = {peer, ask, world};
    packet_release(&world->response);
    packet_init(&world->response);
    bodies_answer(world->bodies, &who, &request, &world->response);
    packet_release(&request);
    return world->response.message.code;
}

static unsigned put_block(struct world *world, const char *peer, uint32_t option, size_t len)
{
    struct packet request = packet_of(CODE_PUT, "/16/0", len);
    ck_assert(block_decode(option, &request.block1));
    return give(world, peer, request);
}

static unsigned get_block(struct world *world, const char *peer, const char *path, uint32_t option)
{
    struct packet request = packet_of(CODE_GET, path, 0);
    ck_assert(block_decode(option, &request.block2));
    return give(world, peer, request);
}

static unsigned get(struct world *world, const char *peer, const char *path)
{
    return give(world, peer, packet_of(CODE_GET, path, 0));
}

/* ---- bodies that come ---- */

START_TEST(the_blocks_of_a_request_are_put_together)
{
    struct world world;
    world_init(&world, SZX_MOST);
    ck_assert_uint_eq(put_block(&world, &one, 0x08, 16), CODE_CONTINUE);
    ck_assert_uint_eq(block_encode(&world.response.block1), 0x08);
    ck_assert_uint_eq(put_block(&world, &one, 0x18, 16), CODE_CONTINUE);
    ck_assert_uint_eq(world.asked, 0);
    ck_assert_uint_eq(put_block(&world, &one, 0x20, 3), CODE_CONTENT);
    ck_assert_uint_eq(block_encode(&world.response.block1), 0x20);
    ck_assert_uint_eq(world.asked, 1);
    ck_assert_uint_eq(world.seen.payload.len, 35);
    ck_assert_uint_eq(world.seen.payload.data[34], 2);
    ck_assert_uint_eq(put_block(&world, &one, 0x20, 3), CODE_INCOMPLETE);
    world_release(&world);
}
END_TEST

START_TEST(one_block_is_a_body_too)
{
    struct world world;
    world_init(&world, SZX_MOST);
    ck_assert_uint_eq(put_block(&world, &one, 0x00, 5), CODE_CONTENT);
    ck_assert_uint_eq(world.seen.payload.len, 5);
    ck_assert(world.response.block1.present);
    world_release(&world);
}
END_TEST

START_TEST(smaller_blocks_are_asked_for_and_understood)
{
    struct world world;
    world_init(&world, 1);
    ck_assert_uint_eq(put_block(&world, &one, 0x0a, 64), CODE_CONTINUE);
    ck_assert_uint_eq(block_encode(&world.response.block1), 0x09);
    ck_assert_uint_eq(put_block(&world, &one, 0x21, 10), CODE_CONTENT);
    ck_assert_uint_eq(world.seen.payload.len, 74);
    world_release(&world);
}
END_TEST

START_TEST(blocks_that_do_not_fit_are_refused)
{
    struct world world;
    world_init(&world, SZX_MOST);
    ck_assert_uint_eq(put_block(&world, &one, 0x18, 16), CODE_INCOMPLETE);
    ck_assert_uint_eq(put_block(&world, &one, 0x08, 16), CODE_CONTINUE);
    ck_assert_uint_eq(put_block(&world, &one, 0x28, 16), CODE_INCOMPLETE);
    ck_assert_uint_eq(put_block(&world, &other, 0x18, 16), CODE_INCOMPLETE);
    ck_assert_uint_eq(put_block(&world, &one, 0x18, 15), CODE_BAD_REQUEST);
    ck_assert_uint_eq(put_block(&world, &one, 0x10, 17), CODE_BAD_REQUEST);
    ck_assert_uint_eq(put_block(&world, &one, 0x00, 17), CODE_BAD_REQUEST);
    ck_assert_uint_eq(put_block(&world, &one, 0x18, 16), CODE_CONTINUE);
    ck_assert_uint_eq(put_block(&world, &one, 0x08, 16), CODE_CONTINUE);
    ck_assert_uint_eq(put_block(&world, &one, 0x10, 1), CODE_CONTENT);
    ck_assert_uint_eq(world.seen.payload.len, 17);
    ck_assert_uint_eq(world.asked, 1);
    world_release(&world);
}
END_TEST

/* RFC 7959 2.9.2 */
START_TEST(blocks_of_another_format_are_refused)
{
    struct world world;
    world_init(&world, SZX_MOST);
    ck_assert_uint_eq(put_block(&world, &one, 0x08, 16), CODE_CONTINUE);
    struct packet request = packet_of(CODE_PUT, "/16/0", 1);
    ck_assert(block_decode(0x10, &request.block1));
    request.message.format = 11542;
    ck_assert_uint_eq(give(&world, &one, request), CODE_INCOMPLETE);
    ck_assert_uint_eq(world.asked, 0);
    ck_assert_uint_eq(put_block(&world, &one, 0x10, 1), CODE_CONTENT);
    ck_assert_uint_eq(world.seen.payload.len, 17);
    world_release(&world);
}
END_TEST

START_TEST(a_body_that_is_too_long_is_refused)
{
    struct world world;
    world_init(&world, SZX_MOST);
    for (uint32_t i = 0; i < 64; i++)
        ck_assert_uint_eq(put_block(&world, &one, i << 4 | 0xe, 1024), CODE_CONTINUE);
    ck_assert_uint_eq(put_block(&world, &one, 64 << 4 | 0x6, 1), CODE_TOO_LARGE);
    ck_assert_uint_eq(world.response.size1, BODY_MOST);
    ck_assert_uint_eq(put_block(&world, &one, 63 << 4 | 0x6, 1), CODE_INCOMPLETE);
    for (uint32_t i = 0; i < 63; i++)
        put_block(&world, &other, i << 4 | 0xe, 1024);
    ck_assert_uint_eq(put_block(&world, &other, 63 << 4 | 0x6, 1024), CODE_CONTENT);
    ck_assert_uint_eq(world.seen.payload.len, BODY_MOST);
    struct packet request = packet_of(CODE_PUT, "/16/0", 16);
    ck_assert(block_decode(0x08, &request.block1));
    request.size1 = BODY_MOST + 1;
    ck_assert_uint_eq(give(&world, &one, request), CODE_TOO_LARGE);
    ck_assert_uint_eq(world.asked, 1);
    world_release(&world);
}
END_TEST

START_TEST(a_body_of_which_nothing_more_comes_is_dropped)
{
    struct world world;
    world_init(&world, SZX_MOST);
    put_block(&world, &one, 0x08, 16);
    clock_advance(world.clock, BODY_LIFETIME_MS - 1);
    ck_assert_uint_eq(put_block(&world, &one, 0x18, 16), CODE_CONTINUE);
    clock_advance(world.clock, BODY_LIFETIME_MS);
    ck_assert_uint_eq(put_block(&world, &one, 0x20, 1), CODE_INCOMPLETE);
    ck_assert_int_eq(clock_next(world.clock), -1);
    world_release(&world);
}
END_TEST

START_TEST(the_least_used_body_gives_way)
{
    struct world world;
    static const char peers[BODIES_MOST + 1];
    world_init(&world, SZX_MOST);
    for (unsigned i = 0; i < BODIES_MOST; i++)
        ck_assert_uint_eq(put_block(&world, &peers[i], 0x08, 16), CODE_CONTINUE);
    ck_assert_uint_eq(put_block(&world, &peers[0], 0x18, 16), CODE_CONTINUE);
    ck_assert_uint_eq(put_block(&world, &peers[BODIES_MOST], 0x08, 16), CODE_CONTINUE);
    ck_assert_uint_eq(put_block(&world, &peers[0], 0x20, 16), CODE_CONTENT);
    ck_assert_uint_eq(put_block(&world, &peers[1], 0x10, 16), CODE_INCOMPLETE);
    ck_assert_uint_eq(put_block(&world, &peers[2], 0x10, 16), CODE_CONTENT);
    world_release(&world);
}
END_TEST

START_TEST(kept_octets_are_limited_in_all)
{
    struct world world;
    static const char peers[80];
    world_init(&world, SZX_MOST);
    world.answer_len = BODY_MOST;
    for (unsigned i = 0; i < COUNT_OF(peers); i++)
        get(&world, &peers[i], "/1");
    ck_assert_uint_eq(get_block(&world, &peers[0], "/1", 0x16), CODE_INCOMPLETE);
    ck_assert_uint_eq(get_block(&world, &peers[COUNT_OF(peers) - 64], "/1", 0x16), CODE_CONTENT);
    world_release(&world);
}
END_TEST

START_TEST(collected_octets_are_limited_in_all)
{
    struct world world;
    static const char peers[80];
    world_init(&world, SZX_MOST);
    for (uint32_t num = 0; num < 63; num++)
        for (unsigned i = 0; i < COUNT_OF(peers); i++)
            put_block(&world, &peers[i], num << 4 | 0xe, 1024);
    unsigned whole = 0;
    for (unsigned i = 0; i < COUNT_OF(peers); i++)
        whole += put_block(&world, &peers[i], 63 << 4 | 0x6, 1) == CODE_CONTENT;
    ck_assert_uint_le(whole, BODIES_OCTETS_MOST / (63 * 1024));
    ck_assert_uint_ge(whole, 1);
    ck_assert_uint_eq(whole, world.asked);
    world_release(&world);
}
END_TEST

/* ---- bodies that leave ---- */

START_TEST(an_answer_leaves_in_blocks_of_one_call)
{
    struct world world;
    world_init(&world, SZX_MOST);
    world.answer_len = 2500;
    ck_assert_uint_eq(get(&world, &one, "/1"), CODE_CONTENT);
    ck_assert_uint_eq(block_encode(&world.response.block2), 0x0e);
    ck_assert_uint_eq(world.response.message.payload.len, 1024);
    struct etag etag = world.response.etag;
    ck_assert_uint_gt(etag.len, 0);
    ck_assert_uint_eq(get_block(&world, &one, "/1", 0x16), CODE_CONTENT);
    ck_assert_uint_eq(block_encode(&world.response.block2), 0x1e);
    ck_assert(etag_equal(&world.response.etag, &etag));
    ck_assert_int_eq(world.response.message.format, 42);
    ck_assert_uint_eq(get_block(&world, &one, "/1", 0x26), CODE_CONTENT);
    ck_assert_uint_eq(block_encode(&world.response.block2), 0x26);
    ck_assert_uint_eq(world.response.message.payload.len, 452);
    ck_assert_uint_eq(world.response.message.payload.data[0], (2048 / 16 + 100) & 0xff);
    ck_assert_uint_eq(world.asked, 1);
    ck_assert_uint_eq(get_block(&world, &one, "/1", 0x26), CODE_INCOMPLETE);
    ck_assert_uint_eq(world.asked, 1);
    world_release(&world);
}
END_TEST

START_TEST(the_client_chooses_smaller_blocks_at_any_time)
{
    struct world world;
    world_init(&world, 4);
    world.answer_len = 300;
    ck_assert_uint_eq(get_block(&world, &one, "/1", 0x06), CODE_CONTENT);
    ck_assert_uint_eq(block_encode(&world.response.block2), 0x0c); /* ours is 256 */
    ck_assert_uint_eq(get_block(&world, &one, "/1", 0x00), CODE_CONTENT);
    ck_assert_uint_eq(world.response.message.payload.len, 16);
    ck_assert_uint_eq(get_block(&world, &one, "/1", 0x10), CODE_CONTENT);
    ck_assert_uint_eq(block_encode(&world.response.block2), 0x18);
    ck_assert_uint_eq(get_block(&world, &one, "/1", 0x11), CODE_CONTENT); /* octets 32 to 63 */
    ck_assert_uint_eq(block_encode(&world.response.block2), 0x19);
    ck_assert_uint_eq(world.response.message.payload.data[0], 202);
    ck_assert_uint_eq(get_block(&world, &one, "/1", 0x16), CODE_BAD_REQUEST);
    world_release(&world);
}
END_TEST

START_TEST(a_block_at_the_very_end_is_none)
{
    struct world world;
    world_init(&world, SZX_MOST);
    world.answer_len = 2048;
    ck_assert_uint_eq(get(&world, &one, "/1"), CODE_CONTENT);
    ck_assert_uint_eq(get_block(&world, &one, "/1", 0x26), CODE_BAD_REQUEST);
    ck_assert_uint_eq(get_block(&world, &one, "/1", 0x16), CODE_CONTENT);
    ck_assert_uint_eq(world.response.message.payload.len, 1024);
    ck_assert(!world.response.block2.more);
    world_release(&world);
}
END_TEST

START_TEST(a_short_answer_is_one_block)
{
    struct world world;
    world_init(&world, SZX_MOST);
    world.answer_len = 16;
    ck_assert_uint_eq(get(&world, &one, "/1"), CODE_CONTENT);
    ck_assert(!world.response.block2.present);
    ck_assert_uint_eq(get_block(&world, &one, "/1", 0x00), CODE_CONTENT);
    ck_assert_uint_eq(block_encode(&world.response.block2), 0x00);
    ck_assert(world.response.block2.present);
    ck_assert_uint_eq(world.response.etag.len, 0);
    world_release(&world);
}
END_TEST

START_TEST(a_new_read_replaces_what_was_kept_of_the_same_only)
{
    struct world world;
    world_init(&world, SZX_MOST);
    world.answer_len = 1100;
    get(&world, &one, "/1");
    struct etag first = world.response.etag;
    get(&world, &one, "/2");
    get(&world, &other, "/1");
    get(&world, &one, "/1");
    ck_assert(!etag_equal(&world.response.etag, &first));
    get_block(&world, &one, "/2", 0x16);
    ck_assert_uint_eq(world.response.message.payload.data[0], (1024 / 16 + 200) & 0xff);
    get_block(&world, &other, "/1", 0x16);
    ck_assert_uint_eq(world.response.message.payload.data[0], (1024 / 16 + 300) & 0xff);
    get_block(&world, &one, "/1", 0x16);
    ck_assert_uint_eq(world.response.message.payload.data[0], (1024 / 16 + 400) & 0xff);
    world_release(&world);
}
END_TEST

/* Two observations of one path: the rest of each news is fetched by the same path. */
START_TEST(the_same_answer_again_has_the_same_tag)
{
    struct world world;
    struct packet news[3];
    world_init(&world, SZX_MOST);
    for (unsigned i = 0; i < COUNT_OF(news); i++) {
        news[i] = packet_of(CODE_CONTENT, "/16/0/2", i < 2 ? 1100 : 1101);
        bodies_cut_notification(world.bodies, &one, SZX_MOST, &news[i]);
    }
    ck_assert(etag_equal(&news[0].etag, &news[1].etag));
    ck_assert(!etag_equal(&news[1].etag, &news[2].etag));
    for (unsigned i = 0; i < COUNT_OF(news); i++)
        packet_release(&news[i]);
    world_release(&world);
}
END_TEST

START_TEST(a_long_request_may_have_a_long_answer)
{
    struct world world;
    world_init(&world, 0);
    world.answer_len = 20;
    put_block(&world, &one, 0x08, 16);
    ck_assert_uint_eq(put_block(&world, &one, 0x10, 1), CODE_CONTENT);
    ck_assert_uint_eq(block_encode(&world.response.block1), 0x10);
    ck_assert_uint_eq(block_encode(&world.response.block2), 0x08);
    struct packet request = packet_of(CODE_PUT, "/16/0", 0);
    ck_assert(block_decode(0x10, &request.block2));
    ck_assert_uint_eq(give(&world, &one, request), CODE_CONTENT);
    ck_assert_uint_eq(world.response.message.payload.len, 4);
    ck_assert_uint_eq(world.asked, 1);
    world_release(&world);
}
END_TEST

START_TEST(an_answer_beyond_the_limit_is_our_error)
{
    struct world world;
    world_init(&world, SZX_MOST);
    world.answer_len = BODY_MOST + 1;
    ck_assert_uint_eq(get(&world, &one, "/1"), CODE_INTERNAL_ERROR);
    ck_assert(!world.response.block2.present);
    ck_assert_uint_lt(world.response.message.payload.len, 100);
    world_release(&world);
}
END_TEST

START_TEST(the_rest_of_a_notification_can_be_fetched)
{
    struct world world;
    world_init(&world, 2);
    struct packet news = packet_of(CODE_CONTENT, "/16/0/2", 70);
    news.message.sensitive = true;
    bodies_cut_notification(world.bodies, &one, SZX_MOST, &news);
    ck_assert_uint_eq(block_encode(&news.block2), 0x0a);
    ck_assert_uint_eq(news.message.payload.len, 64);
    ck_assert_uint_eq(get_block(&world, &one, "/16/0/2", 0x12), CODE_CONTENT);
    ck_assert(etag_equal(&world.response.etag, &news.etag));
    ck_assert(world.response.message.sensitive);
    ck_assert_uint_eq(world.response.message.payload.len, 6);
    ck_assert_uint_eq(world.asked, 0);
    packet_release(&news);
    news = packet_of(CODE_CONTENT, "/16/0/2", 64);
    bodies_cut_notification(world.bodies, &one, SZX_MOST, &news);
    ck_assert(!news.block2.present);
    bodies_cut_notification(world.bodies, &one, 1, &news); /* its observer wants less */
    ck_assert_uint_eq(block_encode(&news.block2), 0x09);
    ck_assert_uint_eq(news.message.payload.len, 32);
    packet_release(&news);
    world_release(&world);
}
END_TEST

START_TEST(sensitive_answers_at_below_and_above_a_path_are_forgotten)
{
    static const struct {
        const char *path;
        bool sensitive;
        bool forgotten;
    } rows[] = {
        {"/16/0", true, true},     {"/16/0/2", true, true}, {"/16", true, true},
        {"/16/0/3", false, false}, {"/16/1", true, false},  {"/16/01", true, false},
        {"/3", true, false},
    };
    struct world world;
    world_init(&world, SZX_MOST);
    world.answer_len = 1100;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        world.is_sensitive = rows[i].sensitive;
        get(&world, &one, rows[i].path);
    }
    put_block(&world, &one, 0x08, 16); /* a request under way for the same path stays */
    struct packet path = packet_of(CODE_GET, "/16/0", 0);
    bodies_forget(world.bodies, &path.message.path);
    packet_release(&path);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ck_assert_uint_eq(get_block(&world, &one, rows[i].path, 0x16),
                          rows[i].forgotten ? CODE_INCOMPLETE : CODE_CONTENT);
    ck_assert_uint_eq(put_block(&world, &one, 0x10, 1), CODE_CONTENT);
    world_release(&world);
}
END_TEST

START_TEST(what_a_peer_left_is_forgotten_with_it)
{
    struct world world;
    world_init(&world, SZX_MOST);
    world.answer_len = 1100;
    get(&world, &one, "/1");
    get(&world, &other, "/1");
    put_block(&world, &one, 0x08, 16);
    bodies_forget_peer(world.bodies, &one);
    ck_assert_uint_eq(get_block(&world, &one, "/1", 0x16), CODE_INCOMPLETE);
    ck_assert_uint_eq(put_block(&world, &one, 0x10, 1), CODE_INCOMPLETE);
    ck_assert_uint_eq(get_block(&world, &other, "/1", 0x16), CODE_CONTENT);
    world_release(&world);
    bodies_free(NULL);
}
END_TEST

UNIT_MAIN("bodies", the_blocks_of_a_request_are_put_together, one_block_is_a_body_too,
          smaller_blocks_are_asked_for_and_understood, blocks_that_do_not_fit_are_refused,
          blocks_of_another_format_are_refused, a_body_that_is_too_long_is_refused,
          a_body_of_which_nothing_more_comes_is_dropped, the_least_used_body_gives_way,
          kept_octets_are_limited_in_all, collected_octets_are_limited_in_all,
          an_answer_leaves_in_blocks_of_one_call, the_client_chooses_smaller_blocks_at_any_time,
          a_block_at_the_very_end_is_none, a_short_answer_is_one_block,
          a_new_read_replaces_what_was_kept_of_the_same_only,
          the_same_answer_again_has_the_same_tag, a_long_request_may_have_a_long_answer,
          an_answer_beyond_the_limit_is_our_error, the_rest_of_a_notification_can_be_fetched,
          sensitive_answers_at_below_and_above_a_path_are_forgotten,
          what_a_peer_left_is_forgotten_with_it)
