/* SPDX-License-Identifier: Apache-2.0 */
/* Writes down what servers do to a device as a scenario that plays it again: operations with their
 * formats and arguments, what was answered and told, and how long it took.
 *
 * It stands between the device and its endpoint, so that it sees whole bodies and no repetitions.
 * What is computed is named and not copied: AuthData becomes `signature(...)` or `ciphertext(...)`,
 * a time becomes `any`. Keys that a bootstrap server writes become names without a value. */
#ifndef DRIVERS_RECORDER_H
#define DRIVERS_RECORDER_H

#include "device/device.h"
#include "scenario/actor.h"

struct recorder_config {
    const struct profile *profile; /* (borrowed) */
    const char *name;              /* (borrowed) of the profile, as a scenario has it */
    struct clock *clock;           /* (borrowed) */
    struct trace *trace; /* (borrowed) where it hears of registrations and of AuthStatus */
    bool has_state;      /* the device begins with more than its profile says: the record says so */
    const char *defect;  /* (borrowed) of the device, or NULL: likewise */
};

enum { RECORD_MOST = 1 << 20, RECORDED_STEPS_MOST = 1900 };

struct recorder; /* opaque */
struct recorder *recorder_new(const struct recorder_config *config);
void recorder_free(struct recorder *recorder); /* NULL is legal; detached before */

/* For whoever puts a device together: the endpoint that it is to have, around INNER, which is owned
 * by the result and must not outlive the recorder. */
struct endpoint *recorder_endpoint(struct recorder *recorder, struct endpoint *inner);
/* DEVICE is recorded from here to recorder_detach, which must come before it is freed. */
void recorder_attach(struct recorder *recorder, const struct device *device);
void recorder_detach(struct recorder *recorder); /* NULL is legal */
/* The place of the next step; then, when the device did as it was told, STIMULUS is written there.
 * RECORDER may be NULL. */
size_t recorder_place(const struct recorder *recorder);
void recorder_stimulated(struct recorder *recorder, size_t place, const struct stimulus *stimulus);
/* What comes from here on is not part of it. RECORDER may be NULL. */
void recorder_stop(struct recorder *recorder);
/* How many servers' requests it has. */
size_t recorder_count(const struct recorder *recorder);
/* Appends the scenario. */
void recorder_put(const struct recorder *recorder, struct buf *out);

#endif
