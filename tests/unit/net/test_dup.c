/* SPDX-License-Identifier: Apache-2.0 */
/* Duplicates: known for EXCHANGE_LIFETIME, by peer and message id, and not without end. */
#include "base/std.h"

#include "net/dup.h"
#include "tests/unit/unit.h"

static const char one, other; /* peers are names only */

struct world {
    struct clock *clock;
    struct dups *dups;
};

static void world_init(struct world *world)
{
    world->clock = clock_new_virtual(0);
    world->dups = dups_new(world->clock);
}

static void world_release(struct world *world)
{
    dups_free(world->dups);
    clock_free(world->clock);
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

static bool is_known(const struct world *world, const char *peer, int message_id)
{
    return dups_find(world->dups, peer, message_id) != NULL;
}

START_TEST(a_request_is_known_with_its_answer)
{
    struct world world;
    world_init(&world);
    ck_assert(!is_known(&world, &one, 1));
    keep(&world, &one, 1, "first");
    for (unsigned i = 0; i < 3; i++) {
        const struct packet *answer = dups_find(world.dups, &one, 1);
        ck_assert(bytes_is(buf_bytes(&answer->message.payload), "first"));
        ck_assert_uint_eq(answer->message.code, CODE_CONTENT);
        ck_assert(answer->block2.present && answer->etag.len == 1);
    }
    world_release(&world);
}
END_TEST

START_TEST(peers_and_ids_are_told_apart)
{
    struct world world;
    world_init(&world);
    keep(&world, &one, 1, "a");
    ck_assert(!is_known(&world, &other, 1));
    ck_assert(!is_known(&world, &one, 2));
    keep(&world, &other, 1, "b");
    const struct packet *answer = dups_find(world.dups, &other, 1);
    ck_assert(bytes_is(buf_bytes(&answer->message.payload), "b"));
    dups_forget_peer(world.dups, &other);
    ck_assert(!is_known(&world, &other, 1));
    ck_assert(is_known(&world, &one, 1));
    world_release(&world);
}
END_TEST

START_TEST(an_id_is_free_again_after_its_lifetime)
{
    struct world world;
    world_init(&world);
    keep(&world, &one, 1, "");
    clock_advance(world.clock, 1000);
    keep(&world, &one, 2, "");
    clock_advance(world.clock, EXCHANGE_LIFETIME_MS - 1001);
    ck_assert(is_known(&world, &one, 1));
    clock_advance(world.clock, 1);
    ck_assert(!is_known(&world, &one, 1));
    ck_assert(is_known(&world, &one, 2));
    clock_advance(world.clock, 1000);
    ck_assert(!is_known(&world, &one, 2));
    ck_assert_int_eq(clock_next(world.clock), -1);
    world_release(&world);
}
END_TEST

START_TEST(the_oldest_gives_way_when_there_are_too_many)
{
    struct world world;
    world_init(&world);
    for (int id = 0; id <= DUPS_MOST; id++)
        keep(&world, &one, id, "");
    ck_assert(!is_known(&world, &one, 0));
    ck_assert(is_known(&world, &one, 1));
    ck_assert(is_known(&world, &one, DUPS_MOST));
    world_release(&world);
    dups_free(NULL);
}
END_TEST

START_TEST(no_memory_knows_nothing)
{
    struct packet packet;
    packet_init(&packet);
    dups_keep(NULL, &packet, 1, &packet);
    ck_assert_ptr_null(dups_find(NULL, &packet, 1));
    dups_forget_peer(NULL, &packet);
    packet_release(&packet);
}
END_TEST

UNIT_MAIN("dup", a_request_is_known_with_its_answer, peers_and_ids_are_told_apart,
          an_id_is_free_again_after_its_lifetime, the_oldest_gives_way_when_there_are_too_many,
          no_memory_knows_nothing)
