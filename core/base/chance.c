/* SPDX-License-Identifier: Apache-2.0 */
/* Chance: from the system for secrets, from a seed for repeatable runs. */
#include "base/std.h"

#include <sys/random.h>

#include "base/clock.h"

/* SplitMix64, which its authors recommend for spreading one seed over a larger state. */
static uint64_t split_mix(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = *state;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

static uint64_t rotate(uint64_t value, unsigned by)
{
    return (value << by) | (value >> (64 - by));
}

/* xoroshiro128+ with the constants of 2018 (24, 16, 37). */
static uint64_t seeded_next(struct chance *chance)
{
    uint64_t first = chance->state[0];
    uint64_t second = chance->state[1];
    uint64_t result = first + second;
    second ^= first;
    chance->state[0] = rotate(first, 24) ^ second ^ (second << 16);
    chance->state[1] = rotate(second, 37);
    return result;
}

static void system_bytes(uint8_t *out, size_t len)
{
    while (len > 0) {
        ssize_t got = getrandom(out, len, 0);
        if (got < 0 && errno != EINTR) {
            /* A key or challenge that is not random is worse than no program. */
            fprintf(stderr, "the system gives no random octets: %s\n", strerror(errno));
            abort();
        }
        if (got > 0) {
            out += got;
            len -= (size_t)got;
        }
    }
}

void chance_init_system(struct chance *chance)
{
    memset(chance, 0, sizeof *chance);
}

void chance_init_seed(struct chance *chance, uint64_t seed)
{
    chance->seeded = true;
    chance->state[0] = split_mix(&seed);
    chance->state[1] = split_mix(&seed);
}

void chance_bytes(struct chance *chance, void *out, size_t len)
{
    uint8_t *octets = out;
    if (!chance->seeded) {
        system_bytes(octets, len);
        return;
    }
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++) {
        word = i % 8 == 0 ? seeded_next(chance) : word >> 8;
        octets[i] = (uint8_t)word;
    }
}

uint64_t chance_u64(struct chance *chance)
{
    if (chance->seeded)
        return seeded_next(chance);
    uint64_t word = 0;
    system_bytes((uint8_t *)&word, sizeof word);
    return word;
}
