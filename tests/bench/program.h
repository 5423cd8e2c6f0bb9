/* SPDX-License-Identifier: Apache-2.0 */
/* The built program as a device in a process of its own. */
#ifndef BENCH_PROGRAM_H
#define BENCH_PROGRAM_H

#include <sys/types.h>

#include "tests/bench/bare.h"

struct program {
    struct loop *loop; /* (borrowed) */
    pid_t pid;
    int ready; /* the end of --ready-fd that is read here */
    bool is_ready;
    bool is_over; /* it closed that descriptor, or ended */
};

/* Starts the device of the program BINARY against SERVER. False when that cannot be. */
MUST_USE bool program_start(struct program *program, struct loop *loop, const char *binary,
                            const char *server);
/* Turns the loop until it says that it is registered; false when it ends before, or says nothing
 * for seconds. */
MUST_USE bool program_await(struct program *program);
/* The most memory it ever had (VmHWM), in KiB; 0 when the system does not tell. */
long program_peak_kib(const struct program *program);
/* Asks it to end and turns the loop until it has: true when that went well. It is killed when it
 * takes seconds. */
MUST_USE bool program_stop(struct program *program);

#endif
