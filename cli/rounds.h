/* SPDX-License-Identifier: Apache-2.0 */
/* How often a scenario is played, and as what device. */
#ifndef CLI_ROUNDS_H
#define CLI_ROUNDS_H

#include "cli/scenarios.h"

struct round {
    const struct scenario_file *file; /* (borrowed) */
    const char *format;               /* (borrowed) NULL: the two ends choose */
    char *profile;                    /* (owned) */
    unsigned repetition;              /* from 1; 0: it is played once */
    int64_t seed;                     /* what chance begins with; negative: the system's */
};
struct rounds {
    struct round *items; /* (owned) */
    size_t count;
};

struct rounds_plan {
    const char *format; /* (borrowed) the only one; NULL: each that a scenario asks for */
    bool is_fixed;      /* profiles stay as they are */
    unsigned repeat;    /* how often each is played; 0 counts as 1 */
    int64_t seed;       /* of the first of them, each has one more than the last, in 32 bits; or
                            negative */
};

/* One for each format, or more as PLAN says. A device whose version of LwM2M lacks the format is
 * played in the version that has it, where STAGE and PLAN let it be another. */
void rounds_make(struct rounds *out, const struct scenario_files *files,
                 const struct rounds_plan *plan, struct stage *stage);
/* Adds ROUND (its profile is copied) REPEAT times; each repetition has another seed. */
void rounds_add(struct rounds *rounds, const struct round *round, unsigned repeat);
void rounds_release(struct rounds *rounds);
/* Makes the scenario of ROUND ready to be played so. */
void round_prepare(const struct round *round);
/* What chance is to begin with at ATTEMPT (from 0) when the round has a seed: another for each
 * scenario (which SHA256 tells), format and attempt, so that no server is given a challenge twice.
 */
uint64_t round_chance(const struct round *round, const uint8_t sha256[32], unsigned attempt);
/* TITLE of the round's scenario, with the number of its repetition; the caller frees it. */
char *round_title(const struct round *round, const char *title);

#endif
