/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of command `run` share. */
#ifndef CLI_RUN_IMPL_H
#define CLI_RUN_IMPL_H

#include "cli/check.h"
#include "cli/command.h"
#include "cli/defects.h"
#include "cli/operator.h"
#include "cli/reports.h"
#include "cli/share.h"
#include "cli/sinks.h"
#include "cli/workers.h"
#include "cli/world.h"
#include "drivers/house.h"
#include "scenario/sink.h"

struct run_command {
    struct common common;
    const char *profile;       /* (borrowed) */
    const char *security;      /* (borrowed) */
    const char *device_defect; /* (borrowed) */
    const char *server_defect; /* (borrowed) */
    const char *tags, *filter; /* (borrowed) */
    const char *format;        /* (borrowed) */
    struct sinks_options reports;
    const char *shard, *seed;    /* (borrowed) */
    const char *rerun_failed;    /* (borrowed) */
    const char *server, *driver; /* (borrowed) of a server that is somebody else's, or NULL */
    struct texts set;
    /* of a device that is somebody else's */
    const char *device;                   /* (borrowed) "external", or NULL: built in */
    const char *expect, *keys, *endpoint; /* (borrowed) */
    const char *device_adapter;           /* (borrowed) */
    struct texts listen;
    int64_t wait_device_ms;
    int ready_fd;
    bool allow_writes;
    int64_t timeout_ms;
    double patience;
    int jobs, repeat;
    const char *retry_text; /* (borrowed) */
    uint16_t retry;
    bool list, strict, fail_fast, allow_inconclusive, virtual_time;
};

enum { PEER_TEXT = 400, RETRY_MOST = 100, DIGEST_TEXT = 65 };

struct session {
    struct run_command own;                    /* as given, and what a report adds */
    const struct run_command *given;           /* (borrowed) OWN */
    struct scenario_files files;               /* (owned) */
    struct bindings bindings;                  /* (owned) */
    struct profiles profiles;                  /* (owned) */
    struct keyring *keyring;                   /* (owned) of `--keys`, or NULL */
    struct rounds rounds;                      /* (owned) */
    const struct device_defect *device_defect; /* (borrowed) or NULL */
    const struct server_defect *server_defect; /* (borrowed) or NULL */
    struct workers workers;                    /* (owned) none: scenarios are played here */
    struct world world;
    struct stage *stage;      /* (owned) */
    char peer[PEER_TEXT];     /* who plays the server, if it is somebody else */
    struct operator operator; /* (owned) of a driver that is a person */
    struct sinks sinks;       /* (owned) */
    struct share share;
    char selection[DIGEST_TEXT]; /* digest of what is selected before it is shared out */
    struct reports again;        /* (owned) whose failures are to be played; or none */
    int64_t seed;                /* of the first rounds; negative: the system's chance */
    int64_t seed_now;            /* of the round that is played */
    struct run_summary summary;
    int64_t played_ms; /* the scenarios' own times together */
    bool failed;
    int error_status; /* what the first scenario that could not be played to its end asks for */
};

/* Starts the session's world and stage; false, and said, when that cannot be. */
MUST_USE bool run_open_world(struct session *session);
/* Starts the workers that the options ask for. To be called before there is a world. */
void run_hire(struct session *session);
/* Plays all rounds, here or by the workers, and tells the sinks what comes of each. */
void run_play(struct session *session);

/* --- run_manner.c ------------------------------------------------------------------------ */
/* How the session plays; NAMES (initialised) keeps those of `--set`. */
void run_put_manner(const struct session *session, struct buf *names, struct run_manner *out);
/* Takes over how the report that is played again was played, where options do not say otherwise,
 * and tells what they do: EXIT_PASSED, or what was said to be missing. */
int run_restore(const struct command *command, struct session *session);
/* Makes the digest of the files that are selected and of how they are played. */
void run_digest(struct session *session);

/* --- run_external.c ---------------------------------------------------------------------- */
bool run_is_external(const struct run_command *given);
/* EXIT_PASSED, or what was said to be wrong with the options about the device. */
int run_check_device(const struct command *command, const struct run_command *given);
/* Loads `--keys`, if given; false, and said, when that cannot be. */
MUST_USE bool run_load_keys(struct session *session);
/* The stage for an external device, with what HOUSE says of profiles. */
struct stage *run_external_stage(struct session *session, const struct house_config *house);
/* Lets that stage listen and says where: EXIT_PASSED, or what the run ends with. */
int run_listen(const struct session *session);

/* --- run_foreign.c ----------------------------------------------------------------------- */
bool run_is_foreign(const struct run_command *given);
/* EXIT_PASSED, or what was said to be wrong with the options about the server. */
int run_check_server(const struct command *command, const struct run_command *given);
/* The stage for a server that is somebody else's; NULL, and said, when there is none. */
struct stage *run_foreign_stage(struct session *session, const struct house_config *house);
/* EXIT_PASSED when some profile goes with the address of that server; else it was said that none
 * does. */
int run_check_link(const struct session *session);

#endif
