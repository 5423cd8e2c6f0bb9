/* SPDX-License-Identifier: Apache-2.0 */
/* The secure component as a device sees it: asynchronous, with latency, a time limit and faults
 * that a tester switches on (PF-SC-7). */
#ifndef SECURE_COMPONENT_H
#define SECURE_COMPONENT_H

#include "secure/secure.h"

struct component; /* opaque */

/* Jobs that run at once; a device has one per instance at most (I-14). */
enum { COMPONENT_JOBS_MOST = 1024 };

/* SECURE is (owned) by the result from then on; CLOCK is borrowed. A job that would take
 * longer than LIMIT_MS fails when they have passed. Milliseconds. */
struct component *component_new(struct secure *secure, struct clock *clock, int64_t latency_ms,
                                int64_t limit_ms);
void component_free(struct component *component); /* running jobs end without a call */

/* AUTH_DATA is borrowed for the call, empty unless RESULT is SECURE_OK, and zeroed after it. */
typedef void component_done(void *arg, enum secure_result result, struct bytes auth_data);

/* Starts a job with the latency and mode of this moment; REQUEST is copied (its data zeroed
 * afterwards). DONE is called exactly once, never from inside this call, unless the job is
 * cancelled; it may start and cancel jobs and free the component. Returns a number above 0 for
 * component_cancel; 0, and DONE is never called, when COMPONENT_JOBS_MOST jobs run. */
unsigned component_start(struct component *component, const struct secure_request *request,
                         component_done *done, void *arg);
/* Drops a job; one that is over or never was is no error. */
void component_cancel(struct component *component, unsigned job);
/* I-23: the trusted out-of-band act; done at once, whatever the mode. */
enum secure_result component_provision(struct component *component, unsigned instance,
                                       unsigned identity, struct bytes text);

enum component_mode {
    COMPONENT_OK,   /* every job is computed */
    COMPONENT_FAIL, /* every job fails after the latency */
    COMPONENT_HANG, /* no job ends before the limit, at which it fails */
    COMPONENT_FORGE /* the last octet of every result is another one: a counterfeit, by which a
                       server shows that it refuses what does not fit */
};
/* These three hold for jobs started afterwards. */
void component_set_mode(struct component *component, enum component_mode mode);
/* The next job started fails, then as before. */
void component_fail_next(struct component *component);
void component_set_latency(struct component *component, int64_t latency_ms);

#endif
