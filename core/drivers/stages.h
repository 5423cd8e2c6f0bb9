/* SPDX-License-Identifier: Apache-2.0 */
/* The stages that a scenario can be played on: who plays the device, and who the server. */
#ifndef DRIVERS_STAGES_H
#define DRIVERS_STAGES_H

#include "drivers/house.h"

/* --- sim_stage.c ------------------------------------------------------------------------------ */
/* Both ends built in, on free loopback ports; the device registers as soon as it is set up. */
struct stage *sim_stage_new(const struct house_config *config);

#endif
