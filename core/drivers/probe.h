/* SPDX-License-Identifier: Apache-2.0 */
/* What a stage asks somebody else's device for itself, between the steps and between scenarios. */
#ifndef DRIVERS_PROBE_H
#define DRIVERS_PROBE_H

#include "drivers/house.h"

/* Who is asked about what is claimed of it, and by which server. */
struct probe {
    const struct house *house;   /* (borrowed) */
    struct server_actor *server; /* (borrowed) */
};

/* Reads PATH; OUT is initialised here. TIDIES: also when the run was interrupted. Each of these
 * waits 15 s for an answer, at most, and gives the status of the server. */
MUST_USE enum status probe_read(const struct probe *probe, struct path path, bool tidies,
                                struct outcome *out);
/* Reads AuthData, which takes away what was left there; of a device without services, what every
 * one answers somehow. */
MUST_USE enum status probe_empty(const struct probe *probe, bool tidies);
/* Asks for what every device answers somehow, and nothing changes by: a scenario may be under way.
 * A Reset, or an answer that makes no sense, is none that is silent. */
bool probe_is_silent(const struct probe *probe);
/* rule: I-11. A READ that finds nothing need not lead out of the ERROR that a scenario left. What a
 * new request brings, and its READ, lead back to IDLE (PF-STATE-1, PF-STATE-4). */
void probe_leave_error(const struct probe *probe);

#endif
