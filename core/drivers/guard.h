/* SPDX-License-Identifier: Apache-2.0 */
/* Ends a group of processes when this process is gone, however that came: what we start must not
 * outlive us. */
#ifndef DRIVERS_GUARD_H
#define DRIVERS_GUARD_H

#include <sys/types.h>

#include "base/status.h"

struct guard {
    pid_t pid;
    int line; /* to it: that it ends is how it knows of our death */
};

/* Watches over the process group GROUP, which this process made, from within it, so that nobody
 * else gets its number. When we are gone, the group has PATIENCE_MS to end by itself; then comes
 * SIGTERM, and after that time again SIGKILL. False, with errno: there is no process or pipe. */
MUST_USE bool guard_start(struct guard *guard, pid_t group, int patience_ms);
/* Ends the guard, and nothing else. */
void guard_dismiss(struct guard *guard);

#endif
