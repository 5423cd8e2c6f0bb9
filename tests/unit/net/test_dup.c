/* SPDX-License-Identifier: Apache-2.0 */
/* Duplicates: known for EXCHANGE_LIFETIME, by peer and message id, and not without end. */
#include "base/std.h"

#include "net/dup.h"
#include "tests/unit/unit.h"

static const char one, other; /* peers are names only */

struct world {
    struct clock *clock;
    struct dups *dups;
    const struct packet *answer;
};

static void world_init(struct world *world)
{
    world->clock = clock_new_virtual(0);
    world->dups = dups_new(world->clock);
    world->answer = NULL;
}

static void world_release(struct world *world)
{
    dups_free(world->dups);
    clock_free(world->clock);
}

static enum dup_state look(struct world *world, const char *peer, int message_id)
{
    return dups_look(world->dups, peer, message_id, &world->answer);
}

static void keep(struct world *world, const char *peer, int message_id, const char *text)
{
    struct packet packet;
    packet_init(&packet);
    packet.message.code = CODE_CONTENT;
    packet.block2 = block_at(0, 2, 1000);
    packet.etag = (struct etag){{9}, 1};
    buf_puts(&packet.message.payload, text);
    dups_keep(world->dups, peer, message_id, &packet);
    packet_release(&packet);
}

START_TEST(a_request_is_new_then_busy_then_answered)
{
    struct world world;
    world_init(&world);
    ck_assert_int_eq(look(&world, &one, 1), DUP_NEW);
    ck_assert_ptr_null(world.answer);
    ck_assert_int_eq(look(&world, &one, 1), DUP_BUSY);
    ck_assert_ptr_null(world.answer);
    keep(&world, &one, 1, "first");
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(look(&world, &one, 1), DUP_ANSWERED);
        ck_assert(bytes_is(buf_bytes(&world.answer->message.payload), "first"));
        ck_assert_uint_eq(world.answer->message.code, CODE_CONTENT);
        ck_assert(world.answer->block2.present && world.answer->etag.len == 1);
    }
    world_release(&world);
}
END_TEST

START_TEST(peers_and_ids_are_told_apart)
{
    struct world world;
    world_init(&world);
    ck_assert_int_eq(look(&world, &one, 1), DUP_NEW);
    ck_assert_int_eq(look(&world, &other, 1), DUP_NEW);
    ck_assert_int_eq(look(&world, &one, 2), DUP_NEW);
    keep(&world, &one, 1, "a");
    keep(&world, &other, 1, "b");
    look(&world, &other, 1);
    ck_assert(bytes_is(buf_bytes(&world.answer->message.payload), "b"));
    dups_forget_peer(world.dups, &other);
    ck_assert_int_eq(look(&world, &other, 1), DUP_NEW);
    ck_assert_int_eq(look(&world, &one, 1), DUP_ANSWERED);
    world_release(&world);
}
END_TEST

START_TEST(an_id_is_free_again_after_its_lifetime)
{
    struct world world;
    world_init(&world);
    look(&world, &one, 1);
    clock_advance(world.clock, 1000);
    look(&world, &one, 2);
    clock_advance(world.clock, EXCHANGE_LIFETIME_MS - 1001);
    ck_assert_int_eq(look(&world, &one, 1), DUP_BUSY);
    clock_advance(world.clock, 1);
    ck_assert_int_eq(look(&world, &one, 1), DUP_NEW);
    ck_assert_int_eq(look(&world, &one, 2), DUP_BUSY);
    clock_advance(world.clock, 1000);
    ck_assert_int_eq(look(&world, &one, 2), DUP_NEW);
    clock_advance(world.clock, 2 * EXCHANGE_LIFETIME_MS);
    ck_assert_int_eq(clock_next(world.clock), -1);
    world_release(&world);
}
END_TEST

START_TEST(the_oldest_gives_way_when_there_are_too_many)
{
    struct world world;
    world_init(&world);
    for (int id = 0; id <= DUPS_MOST; id++)
        ck_assert_int_eq(look(&world, &one, id), DUP_NEW);
    ck_assert_int_eq(look(&world, &one, 1), DUP_BUSY);
    ck_assert_int_eq(look(&world, &one, DUPS_MOST), DUP_BUSY);
    ck_assert_int_eq(look(&world, &one, 0), DUP_NEW);
    keep(&world, &one, 1, "gone meanwhile");
    world_release(&world);
    dups_free(NULL);
}
END_TEST

UNIT_MAIN("dup", a_request_is_new_then_busy_then_answered, peers_and_ids_are_told_apart,
          an_id_is_free_again_after_its_lifetime, the_oldest_gives_way_when_there_are_too_many)
