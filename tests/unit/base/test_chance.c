/* SPDX-License-Identifier: Apache-2.0 */
/* Chance: the published outputs of the generators, repeatability, and the system's octets. */
#include "base/std.h"

#include "base/clock.h"
#include "tests/unit/unit.h"

START_TEST(spreads_a_seed_by_splitmix64)
{
    /* the first two published outputs of SplitMix64 for this seed */
    struct chance chance;
    chance_init_seed(&chance, 1234567);
    ck_assert(chance.seeded);
    ck_assert_uint_eq(chance.state[0], UINT64_C(6457827717110365317));
    ck_assert_uint_eq(chance.state[1], UINT64_C(3203168211198807973));
}
END_TEST

START_TEST(goes_on_as_xoroshiro128_plus)
{
    /* outputs of the authors' reference program for the state 1, 2 */
    static const uint64_t outputs[] = {
        3,
        412333834243,
        2360170716294286339,
        UINT64_C(9295852285959843169),
        2797080929874688578,
        6019711933173041966,
        3076529664176959358,
        3521761819100106140,
        7493067640054542992,
        920801338098114767,
    };
    struct chance chance = {.seeded = true, .state = {1, 2}};
    for (size_t i = 0; i < COUNT_OF(outputs); i++)
        ck_assert_uint_eq(chance_u64(&chance), outputs[i]);
}
END_TEST

START_TEST(gives_octets_little_endian)
{
    /* 3, then 412333834243 = 0x6001030003, by the same reference */
    static const uint8_t octets[] = {3, 0, 0, 0, 0, 0, 0, 0, 3, 0, 3, 1, 0x60};
    struct chance chance = {.seeded = true, .state = {1, 2}};
    uint8_t out[sizeof octets + 1];
    memset(out, 0xaa, sizeof out);
    chance_bytes(&chance, out, sizeof octets);
    ck_assert_mem_eq(out, octets, sizeof octets);
    ck_assert_uint_eq(out[sizeof octets], 0xaa);
}
END_TEST

START_TEST(repeats_for_the_same_seed)
{
    struct chance a, b, c;
    chance_init_seed(&a, 42);
    chance_init_seed(&b, 42);
    chance_init_seed(&c, 43);
    for (int i = 0; i < 100; i++) {
        uint64_t word = chance_u64(&a);
        ck_assert_uint_eq(word, chance_u64(&b));
        ck_assert_uint_ne(word, chance_u64(&c));
    }
}
END_TEST

START_TEST(works_from_the_seed_zero)
{
    struct chance chance;
    chance_init_seed(&chance, 0);
    ck_assert_uint_ne(chance_u64(&chance), chance_u64(&chance));
}
END_TEST

START_TEST(takes_different_octets_from_the_system)
{
    struct chance chance;
    uint8_t first[32] = {0};
    uint8_t second[32] = {0};
    chance_init_system(&chance);
    ck_assert(!chance.seeded);
    chance_bytes(&chance, first, sizeof first);
    chance_bytes(&chance, second, sizeof second);
    ck_assert_mem_ne(first, second, sizeof first);
    ck_assert_uint_ne(chance_u64(&chance), chance_u64(&chance));
}
END_TEST

START_TEST(fills_more_than_the_system_gives_at_once)
{
    /* getrandom(2) may give less than asked for from 256 octets on */
    enum { LEN = 100000 };
    struct chance chance;
    uint8_t *out = xalloc(LEN);
    size_t zeros = 0;
    chance_init_system(&chance);
    chance_bytes(&chance, out, LEN);
    for (size_t i = 0; i < LEN; i++)
        zeros += out[i] == 0;
    ck_assert_uint_lt(zeros, LEN / 64);
    free(out);
}
END_TEST

START_TEST(writes_nothing_for_no_octets)
{
    struct chance chance;
    uint8_t out = 0x55;
    chance_init_system(&chance);
    chance_bytes(&chance, &out, 0);
    chance_init_seed(&chance, 1);
    chance_bytes(&chance, &out, 0);
    ck_assert_uint_eq(out, 0x55);
}
END_TEST

UNIT_MAIN("chance", spreads_a_seed_by_splitmix64, goes_on_as_xoroshiro128_plus,
          gives_octets_little_endian, repeats_for_the_same_seed, works_from_the_seed_zero,
          takes_different_octets_from_the_system, fills_more_than_the_system_gives_at_once,
          writes_nothing_for_no_octets)
