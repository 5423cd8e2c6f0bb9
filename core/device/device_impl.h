/* SPDX-License-Identifier: Apache-2.0 */
/* What the four interfaces of a device share; for core/device only.
 *
 * A request: device.c resolves path and sender → management.c (device management) or reporting.c
 * (observation, attributes) → model → records → portfolio.c sees what leaves → codec → response. */
#ifndef DEVICE_DEVICE_IMPL_H
#define DEVICE_DEVICE_IMPL_H

#include "codec/codec.h"
#include "codec/corelink.h"
#include "device/device.h"

struct registration; /* registration.c: one server account */
struct reporting;    /* reporting.c: observations and attributes */
struct portfolio;    /* portfolio.c: the processes behind object 16 */

struct device {
    struct device_config config;
    struct model *model;               /* (owned) */
    struct registration *registration; /* (owned) */
    struct reporting *reporting;       /* (owned) */
    struct portfolio *portfolio;       /* (owned) */
};

/* codec_types over the device's catalogue. */
struct codec_types device_types(const struct device *device);
/* Reads PATH, encodes it for ACCEPT (or by preference when -1) into RESPONSE: payload, format, code
 * 2.05 or the right 4.xx. The records that were encoded are left in RECORDS (initialised by the
 * caller). Changes nothing: whoever lets the response go calls portfolio_leaves. */
void device_content(struct device *device, struct path path, int accept, struct records *records,
                    struct message *response);

/* --- registration.c: client registration interface ------------------------------------- */
struct registration *registration_new(struct device *device);
void registration_free(struct registration *registration);
void registration_start(struct registration *registration);
void registration_update(struct registration *registration);
void registration_stop(struct registration *registration); /* De-register */
void registration_restart(struct registration *registration);
/* Execute of /1/x/4; the answer to it leaves first. */
void registration_disable(struct registration *registration);
enum registration_state registration_state(const struct registration *registration);
/* The session with the server, NULL when there is none; requests of other peers are refused. */
struct peer *registration_peer(const struct registration *registration);
void registration_peer_gone(struct registration *registration, struct peer *peer);

/* --- management.c: device management interface ------------------------------------------ */
/* Answers a request that came from the registered server. */
void management_handle(struct device *device, struct peer *peer, const struct message *request,
                       struct message *response);

/* --- reporting.c: information reporting interface --------------------------------------- */
struct reporting *reporting_new(struct device *device);
void reporting_free(struct reporting *reporting);
/* A Read with Observe=0 or 1 has been answered with 2.05 in RESPONSE; adds, renews or removes the
 * observation (peer, token) of PATH and sets the Observe option. RECORDS is what RESPONSE carries.
 */
void reporting_observe(struct reporting *reporting, struct peer *peer,
                       const struct message *request, struct path path, struct message *response);
/* Write-Attributes: QUERY of a PUT without content; a CoAP code. */
uint8_t reporting_write_attributes(struct reporting *reporting, struct path path,
                                   const struct segments *query);
/* Adds the attributes attached to PATH (with INHERITED: and those it inherits) to LINK. */
void reporting_describe(const struct reporting *reporting, struct path path, bool inherited,
                        struct link *link);
/* A new registration or a restart voids all observations; attributes stay unless ATTRIBUTES. */
void reporting_clear(struct reporting *reporting, bool attributes);

/* --- portfolio.c: object 16 --------------------------------------------------------------- */
struct portfolio *portfolio_new(struct device *device);
void portfolio_free(struct portfolio *portfolio);
/* Execute of /16/x/1: a CoAP code (rules I-8, I-9, part 2). */
uint8_t portfolio_execute(struct portfolio *portfolio, unsigned instance, struct bytes arguments);
/* Tells whether RECORDS carry AuthData values: the message is then sensitive and confirmable. */
bool portfolio_carried(const struct records *records);
/* A READ of TARGET that carries RECORDS has been answered, or (NOTIFY) a notification sent; the one
 * place where data that leaves resets the state (I-10, I-11). */
enum portfolio_way { PORTFOLIO_READ, PORTFOLIO_NOTIFY };
void portfolio_leaves(struct portfolio *portfolio, enum portfolio_way way, struct path target,
                      const struct records *records);
/* The instance is deleted, or (ID_NONE) the device restarts: processes dropped, data zeroed (I-21).
 */
void portfolio_drop(struct portfolio *portfolio, unsigned instance);

#endif
