/* SPDX-License-Identifier: Apache-2.0 */
/* How often a scenario is played, and as what device. */
#ifndef CLI_ROUNDS_H
#define CLI_ROUNDS_H

#include "cli/scenarios.h"

struct round {
    const struct scenario_file *file; /* (borrowed) */
    const char *format;               /* (borrowed) NULL: the two ends choose */
    char *profile;                    /* (owned) */
};
struct rounds {
    struct round *items; /* (owned) */
    size_t count;
};

/* One for each format that a scenario asks for, or for FORMAT alone when it is not NULL. A device
 * whose version of LwM2M lacks the format is played in the version that has it, where STAGE can do
 * that and FIXED does not say that the profile is to stay as it is. */
void rounds_make(struct rounds *out, const struct scenario_files *files, const char *format,
                 bool fixed, struct stage *stage);
void rounds_release(struct rounds *rounds);
/* Makes the scenario of ROUND ready to be played so. */
void round_prepare(const struct round *round);

#endif
