/* SPDX-License-Identifier: Apache-2.0 */
/* Adapters: programs that move somebody else's server or device for us, by the protocol of
 * lwm2m-portfolio-adapter(7); and the other end of it, which lets our server be moved so. */
#ifndef DRIVERS_ADAPTER_H
#define DRIVERS_ADAPTER_H

#include "drivers/coprocess.h"
#include "drivers/sim.h"

/* --- adapter.c: the conversation ---------------------------------------------------------------
 */
enum adapter_role { ADAPTER_SERVER, ADAPTER_DEVICE }; /* whom it moves */
struct adapter_config {
    struct sim_world world;
    const char *command; /* (borrowed) for adapter_new: for /bin/sh */
    const char *label; /* (borrowed) what it is called until it says its name; NULL: the command */
    const char *tool;  /* (borrowed) "lwm2m-portfolio 0.1.0" */
    enum adapter_role role;
};
struct adapter; /* opaque */
/* Nothing is started yet. */
struct adapter *adapter_new(const struct adapter_config *config);
void adapter_free(struct adapter *adapter); /* ends it; NULL is legal */
/* The device that `hello` names from now on, (borrowed); NULL, as at first: none. */
void adapter_name_device(struct adapter *adapter, const char *endpoint);
/* Starts it and learns its name and what it can, unless it runs and makes sense. Whoever did not
 * say `hello` as it should is not started again: the same sentence comes back. ST_IO with a
 * sentence that names what it said. */
MUST_USE enum status adapter_start(struct adapter *adapter, struct error *error);
/* "leshan 1.0", or the command while that is not known; borrowed. */
const char *adapter_name(const struct adapter *adapter);
/* Whether it runs no more, or makes no sense, as OUT_WHY says. */
bool adapter_has_failed(const struct adapter *adapter, struct error *out_why);
/* Whether it said that it can WORD: an operation, a control, a stimulus, or an event that it tells.
 */
bool adapter_can(const struct adapter *adapter, const char *word);
/* UNTOLD_VALUES and so on: what its hello leaves out of "tells"; 0: it has no such list. */
unsigned adapter_untold(const struct adapter *adapter);

/* --- adapter_server.c: it is a server ------------------------------------------------------------
 */
struct adapter_server_config {
    struct adapter *adapter;           /* (borrowed) started before each use */
    unsigned id;                       /* short server id */
    const char *endpoint;              /* (borrowed) of the device; others are not heard */
    const struct catalogue *catalogue; /* (borrowed) types that are not told; may be NULL */
    const struct provision *provision; /* (borrowed) how challenges are written; may be NULL */
    bool sees_registrations; /* somebody else tells of those that the adapter does not tell of */
};
/* Of one adapter there may be one at a time, or one of the below. */
struct server_actor *adapter_server_new(const struct adapter_server_config *config);

/* --- adapter_device.c: it is a device ------------------------------------------------------------
 */
/* The stimuli of the device that ADAPTER (borrowed) moves. */
struct device_actor *adapter_device_new(struct adapter *adapter);

/* --- adapter_host.c: we are the adapter ----------------------------------------------------------
 */
struct adapter_host_config {
    struct server_actor *server;               /* (borrowed) whose listener the host becomes */
    const struct catalogue *catalogue;         /* (borrowed) */
    const char *name, *version;                /* (borrowed) of the program */
    void (*say)(void *arg, struct bytes line); /* a line for the tool, without its newline */
    void *arg;                                 /* (borrowed) of SAY */
};
struct adapter_host; /* opaque */
struct adapter_host *adapter_host_new(const struct adapter_host_config *config);
void adapter_host_free(struct adapter_host *host);
/* Does what LINE of the tool asks for, which may take a while, and answers it. */
void adapter_host_line(struct adapter_host *host, struct bytes line);

#endif
