/* SPDX-License-Identifier: Apache-2.0 */
/* The stages that a scenario can be played on: who plays the device, and who the server. */
#ifndef DRIVERS_STAGES_H
#define DRIVERS_STAGES_H

#include "drivers/adapter.h"
#include "drivers/house.h"
#include "drivers/manual.h"

/* --- sim_stage.c ------------------------------------------------------------------------------ */
/* Both ends built in, on free loopback ports; the device registers as soon as it is set up. */
struct stage *sim_stage_new(const struct house_config *config);

/* --- external_stage.c ------------------------------------------------------------------------- */
struct external_stage_config {
    struct house_config house; /* `stands` is set here */
    const char *profile;       /* (borrowed) what is claimed of the device, for every scenario */
    const char *security;      /* (borrowed) what the server has for secured links, or NULL */
    const char *const *listen; /* (borrowed) where it listens, at most LISTENS_MOST */
    size_t listen_count;
    bool has_link;               /* what comes by UDP passes a relay, for scenarios to impair */
    int64_t wait_ms;             /* how long the device may take to register */
    struct adapter *adapter;     /* (owned) of DEVICE, or NULL: it needs none */
    struct device_actor *device; /* (owned) who stimulates it, or NULL: nobody */
    /* How long DEVICE has waited for a person, which is nobody's time; NULL: it does not. */
    int64_t (*waited_ms)(const struct device_actor *device);
};
/* Somebody else's device: it registers with our server and is left registered and unobserved. The
 * texts must outlive the stage. */
struct stage *external_stage_new(const struct external_stage_config *config);
/* Makes the server listen, which else the first scenario does. ST_UNREACHABLE with a sentence when
 * it cannot, ST_INVALID when the profile is not valid. */
MUST_USE enum status external_stage_listen(struct stage *stage, struct error *error);
/* Where it listens, as sim_server_uri_at has it; NULL past the last. */
const char *external_stage_uri(const struct stage *stage, size_t index);

/* --- foreign_stage.c ---------------------------------------------------------------------------
 */
struct foreign_stage_config {
    struct house_config house;       /* `stands` is set here */
    const char *uri;                 /* (borrowed) of the server under test, a valid one */
    struct adapter *adapter;         /* (owned) who makes it act, or NULL: */
    const struct person *person;     /* (borrowed) who does */
    const struct progress *progress; /* (borrowed) what it is asked for, or NULL */
};
/* Somebody else's server: our device registers there as soon as it is set up, and says goodbye at
 * the end. Setting up is ST_UNSUPPORTED for what one server that stands already cannot be, and
 * ST_UNREACHABLE when the adapter fails. */
struct stage *foreign_stage_new(const struct foreign_stage_config *config);
/* ST_UNSUPPORTED with a sentence when the profile of SETTING does not go with the address of the
 * server; what else is wrong with SETTING is told when it is played. */
MUST_USE enum status foreign_stage_fits(struct stage *stage, const struct setting *setting,
                                        struct error *error);

#endif
