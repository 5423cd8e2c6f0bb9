/* SPDX-License-Identifier: Apache-2.0 */
/* Plays a scenario again that failed, and never lets a pass hide that. */
#ifndef CLI_ATTEMPTS_H
#define CLI_ATTEMPTS_H

#include "base/status.h"
#include "scenario/sink.h"

struct attempts {
    unsigned retries; /* at most so many attempts after the first */
    bool strict;      /* a warning is a failure */
    /* Plays attempt NUMBER (from 0) as scenario_run does. */
    void (*play)(void *arg, unsigned number, struct result *out, enum status *out_status);
    bool (*is_stopped)(void *arg); /* no more attempts */
    void *arg;                     /* (borrowed) of both */
};

/* Plays until an attempt passes, or gives the first one with the number of attempts that did not.
 * One that passes after others failed is flaky: a warning, and a failure when that is strict. What
 * is wrong with the scenario itself (ST_INVALID) is not tried again. */
void attempts_play(const struct attempts *attempts, struct result *out, enum status *out_status);

#endif
