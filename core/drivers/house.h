/* SPDX-License-Identifier: Apache-2.0 */
/* What every stage has of a setting, whoever stands on it: the profile and what it claims, the keys
 * of its server, the oracle, and the last messages. A stage holds one and adds its cast. */
#ifndef DRIVERS_HOUSE_H
#define DRIVERS_HOUSE_H

#include "drivers/leaks.h"
#include "drivers/misfits.h"
#include "drivers/sim.h"

enum {
    HOUSE_MESSAGES_MOST = 8,
    HOUSE_NEEDS_MOST = 32,
    HOUSE_FORMATS_MOST = 16,
    ADDRESS_TEXT = 64,
    REGISTERED_TEXT = 1024,
    HOUSE_STRAYS_MOST = 16
};

/* What a server answered by Reset: nothing with this token is waited for. */
struct stray {
    uint8_t token[8];
    uint8_t token_len;
    int64_t first_at; /* clock_now() */
};

struct house_config {
    struct sim_world world;
    /* Loads a profile by its name in a scenario, and the SHA-256 of its file; the house frees it.
     * NULL when ERRORS got an error. */
    struct profile *(*load)(void *arg, const char *name, uint8_t out_sha256[32],
                            struct error_list *errors);
    /* Loads what the server of SETTING has and knows; the house frees it. NULL without an error
     * when there is no such file, so that it can know no more than the profile's pre-shared keys.
     * May itself be NULL. */
    struct server_security *(*load_security)(void *arg, const struct setting *setting,
                                             struct error_list *errors);
    void *arg; /* (borrowed) of both */
    const char
        *side;   /* (borrowed) whose messages are kept, "server" (also when NULL) or "device" */
    bool redact; /* payloads are left out of the messages */
    const struct device_defect *device_defect; /* (borrowed) that our device is to have, or NULL */
    const struct server_defect
        *server_defect; /* (borrowed) that our servers are to have, or NULL */
    /* Of somebody else's device, NULL and false else: */
    const char *endpoint;          /* (borrowed) its name when it is not that of the profile */
    const struct keyring *keyring; /* (borrowed) keys to verify with instead of the profile's */
    bool stands; /* there is one server, which stands already with all that it has */
    bool lasts;  /* the device is the same one in all scenarios */
};

/* Stages read it; what is in it changes by the functions below only. */
struct house {
    struct house_config config;
    char *name;                     /* (owned) profile that is looked up, or NULL */
    char *security_path;            /* (owned) and the setting's file, or NULL */
    struct setting_server *servers; /* (owned) and the setting's servers */
    size_t server_count;
    struct profile *profile;          /* (owned) and all below belong to it */
    struct server_security *security; /* (owned) its keys, the server's half */
    struct verifiers *verifiers;      /* (owned) */
    struct oracle *oracle;            /* (owned) */
    struct leaks *leaks;              /* (owned) */
    struct claims claims;
    const char *needs[HOUSE_NEEDS_MOST + 1];     /* (borrowed) */
    char registered[REGISTERED_TEXT];            /* what is claimed of its registration */
    const char *formats[HOUSE_FORMATS_MOST + 1]; /* (borrowed) */
    uint16_t accounts[SERVERS_MOST];             /* of the profile, then those of the setting */
    struct place places[SERVERS_MOST];           /* where the servers stand */
    char addresses[SERVERS_MOST][ADDRESS_TEXT];
    size_t place_count;
    struct actor_listener listener; /* who is told what the ends say of themselves */
    struct trace_listener ear;
    char *messages[HOUSE_MESSAGES_MOST];    /* (owned) newest last; NULL: not so many yet */
    struct stray strays[HOUSE_STRAYS_MOST]; /* the last ones */
    size_t stray_count;                     /* so many there were */
    struct misfits misfits;                 /* in what came for the server */
    bool has_unknown;                       /* a token came that it never gave */
    bool is_answer;                         /* the last one that came was without Observe */
    int64_t started_at;
};

/* Listens to the trace from here on. Release it before the world that CONFIG names. */
void house_init(struct house *house, const struct house_config *config);
void house_release(struct house *house);

/* Whether SETTING is what is looked up; if not, the next call drops what stands there. */
bool house_has(const struct house *house, const struct setting *setting);
/* As stage_ops.look_up has it. What a cast has borrowed is gone when SETTING is another one: a
 * stage strikes its cast first. */
MUST_USE enum status house_look_up(struct house *house, const struct setting *setting,
                                   const struct claims **out_claims,
                                   const struct oracle **out_oracle, struct error_list *errors);
/* The same for a scenario that is about to be played, with verifiers as provisioned; the first
 * error of its files is ERROR's. */
MUST_USE enum status house_settle(struct house *house, const struct setting *setting,
                                  struct error *error);

/* From here to house_close LISTENER hears what fails and what is secured; messages are kept afresh
 * and their times count from now. */
void house_open(struct house *house, struct actor_listener listener);
/* Nobody stands on the stage any more. */
void house_close(struct house *house);
/* Server ID stands at ADDRESS ("127.0.0.1:5683", copied). At most SERVERS_MOST times. */
void house_place(struct house *house, unsigned id, const char *address);

/* The rest of stage_ops. */
void house_turn(const struct house *house, int64_t ms);
int64_t house_now(const struct house *house);
/* As a stage's pace and lost_pace. */
void house_pace(const struct house *house, int64_t real_ms);
const char *house_lost_pace(const struct house *house);
void house_messages(const struct house *house, struct buf *out);

/* What came instead of answers since house_open, to be appended to a sentence; else "". */
const char *house_instead(const struct house *house);

#endif
