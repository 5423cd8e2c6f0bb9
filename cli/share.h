/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that several options of `run` are made of: a share of the scenarios, and a seed. */
#ifndef CLI_SHARE_H
#define CLI_SHARE_H

#include "base/clock.h"
#include "cli/scenarios.h"

static const int64_t SEED_MOST = UINT32_MAX;

struct share {
    unsigned number; /* from 1 */
    unsigned count;  /* 0: it is everything */
};
/* Reads "2/5"; false when TEXT is no such share. */
MUST_USE bool share_parse(const char *text, struct share *out);
/* Keeps what belongs to SHARE: each COUNTth file, so that every one is in exactly one share of the
 * same list. Nothing may be left. */
void share_apply(const struct share *share, struct scenario_files *files);

/* Reads a number up to SEED_MOST, or "random", which CHANCE draws; false when TEXT is neither. */
MUST_USE bool seed_parse(const char *text, struct chance *chance, int64_t *out);

#endif
