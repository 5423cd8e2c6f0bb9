/* SPDX-License-Identifier: Apache-2.0 */
/* Processes of our own that answer one request at a time, each as a piece of octets. */
#ifndef CLI_WORKERS_H
#define CLI_WORKERS_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/status.h"

enum { WORKERS_MOST = 64 };

struct worker {
    pid_t pid;
    int to, from; /* -1: it is gone */
    bool busy;
    bool failed; /* ended in another way than it should */
    size_t task; /* of the request that it is busy with */
};
struct workers {
    struct worker *items; /* (owned) */
    size_t count;
    pid_t parent; /* who started them */
};

/* What a worker does: reads requests from IN and writes answers to OUT until IN is at its end. */
typedef void worker_body(void *arg, int in, int out);

/* Starts COUNT of them, in process groups of their own: what the terminal sends comes to us alone.
 * To be called while nothing is open that two processes cannot share. As many as can be started
 * are; end them with workers_end. When this process dies they end at once, whatever they do. */
void workers_start(struct workers *out, size_t count, worker_body *body, void *arg);
/* Gives REQUEST to one that has nothing to do; false: there is none. */
MUST_USE bool workers_give(struct workers *workers, size_t task, struct bytes request);
bool workers_are_busy(const struct workers *workers);
/* Waits until one has answered. ST_OK: the task is *OUT_TASK, the answer in OUT; ST_UNREACHABLE:
 * the one that was busy with *OUT_TASK ended without an answer; ST_TIMEOUT, ST_CANCELLED: not yet,
 * and there may have been a signal. */
MUST_USE enum status workers_wait(struct workers *workers, size_t *out_task, struct buf *out);
/* Sends SIGNAL to all. */
void workers_signal(const struct workers *workers, int signal);
/* Lets all come to their end, and waits for it; false when one of them failed. */
MUST_USE bool workers_end(struct workers *workers);

/* A piece of octets through a pipe, whole, whatever signals come. False: the other end is gone. */
MUST_USE bool piece_write(int fd, struct bytes piece);
MUST_USE bool piece_read(int fd, struct buf *out);
/* The same, but a signal ends the wait for it: false, too. */
MUST_USE bool piece_await(int fd, struct buf *out);

#endif
