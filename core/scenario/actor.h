/* SPDX-License-Identifier: Apache-2.0 */
/* The ports through which a scenario moves the world: a device side, a server side, and the stage
 * that sets both up. Our own device and server, an adapter process or a person implement them. */
#ifndef SCENARIO_ACTOR_H
#define SCENARIO_ACTOR_H

#include "base/operation.h"
#include "base/status.h"
#include "scenario/link.h"

/* Servers are known by their short ids, which begin at 1. */
enum { BOOTSTRAP_SERVER = 0, SERVERS_MOST = 32 };

/* What an actor reports while time passes; borrowed for the call. */
enum actor_event_kind {
    ACTOR_REGISTERED,   /* server side saw a Register */
    ACTOR_UPDATED,      /* … an Update */
    ACTOR_DEREGISTERED, /* … a De-register */
    ACTOR_EXPIRED,      /* … a lifetime pass */
    ACTOR_NOTIFIED,     /* … a notification on PATH with OUTCOME */
    ACTOR_SENT,         /* … a Send with OUTCOME */
    ACTOR_ASKED,        /* the bootstrap server saw a request for a bootstrap */
    ACTOR_REQUESTED,    /* device side answered a request on PATH: METHOD, REQUEST, OUTCOME */
    ACTOR_TOLD,         /* … sent a notification of PATH or PATHS: OUTCOME */
    ACTOR_POSTED,       /* … makes a Send: OUTCOME, of which the code is not known yet */
    ACTOR_REPLIED,      /* … heard the answer to a request of its own: METHOD on TEXT, OUTCOME; a
                           Register or Update: what it told as below, LOCATION that it was given */
    ACTOR_SECURED,      /* … the end of a handshake: TEXT is the protocol and cipher suite */
    ACTOR_RESET,        /* … had a Reset for what it has sent */
    ACTOR_STRAY,        /* server side answered by Reset what it does not wait for: AGAIN */
    ACTOR_LEAKED,       /* either side: octets of a key came out: TEXT says where */
    ACTOR_FAILED        /* either side says an error or a warning: TEXT */
};
/* What the device side saw of a request, beside its path and method. All that there is of the
 * Security object is that it was asked for. */
struct request_seen {
    int format, accept, observe;  /* -1: none */
    const char *query;            /* (borrowed) "pmin=1&pmax=10", "" for none */
    struct bytes payload;         /* borrowed */
    const struct records *values; /* (borrowed) that it brings; of a composite read the paths, as
                                     VALUE_NONE; NULL: it brings none, or they do not decode */
    bool is_bootstrap;            /* it came from the bootstrap server */
    bool cancels_nothing;         /* Observe 1 with a token by which nothing was observed */
};
struct actor_event {
    enum actor_event_kind kind;
    unsigned server;      /* that saw it, or that the device side has to do with */
    const char *endpoint; /* (borrowed) */
    struct path path;
    const struct records *paths; /* (borrowed) of a composite observation, VALUE_NONE; or NULL */
    uint8_t method;              /* ACTOR_REQUESTED, _REPLIED: CoAP method code */
    const struct request_seen *request; /* (borrowed) ACTOR_REQUESTED; NULL: nothing is known */
    const char *location;               /* (borrowed) ACTOR_REPLIED: "/rd/5a", or NULL */
    bool has_list;                      /* ACTOR_REGISTERED, _UPDATED: an object list came along */
    const char *links;                  /* (borrowed) that list as text, or NULL */
    const char *lifetime;               /* (borrowed) `lt` when it came along, or NULL */
    const char *text;                   /* (borrowed) ACTOR_SECURED, _FAILED, _REPLIED; else NULL */
    const char *binding, *version;      /* (borrowed) of the registration; NULL: nobody knows */
    bool has_binding;                   /* ACTOR_REGISTERED, _UPDATED: `b` came along */
    bool queues;                        /* it is one in queue mode */
    bool again;       /* ACTOR_STRAY: the device goes on though it had a Reset for it long ago */
    bool never_given; /* ACTOR_STRAY: no request had its token */
    bool is_answer;   /* ACTOR_STRAY: it came without Observe */
    const struct outcome *outcome; /* (borrowed) */
};
/* What a server that hides nothing tells of TOLD, which the device side has seen: a notification or
 * a Send that left, a Register, Update or De-register that was accepted. False: nothing. */
MUST_USE bool actor_event_mirrored(const struct actor_event *told, enum actor_event_kind *out);
struct actor_listener {
    void (*hear)(void *arg, const struct actor_event *event);
    void *arg; /* (borrowed) */
};

/* --- server side ----------------------------------------------------------------------- */
enum server_control {
    SERVER_FORGET,  /* drops the registration as if its lifetime had passed */
    SERVER_RESTART, /* loses everything and comes back at the same address */
    SERVER_SILENCE  /* hears and says nothing until its restart */
};
struct server_actor;
struct server_actor_ops {
    /* Performs OPERATION towards ENDPOINT (NULL: the only client) and waits for its end; OUT is
     * initialised by the caller. ST_OK whenever the device answered, whatever it said; ST_TIMEOUT,
     * ST_UNREACHABLE: it did not, OUT->problem says why; ST_UNSUPPORTED: this actor cannot; ST_IO:
     * the actor itself is gone or makes no sense, so that nothing is proved. */
    enum status (*perform)(struct server_actor *actor, const char *endpoint,
                           const struct operation *operation, struct outcome *out,
                           struct error *error);
    enum status (*control)(struct server_actor *actor, enum server_control what,
                           struct error *error);
    /* Whether it tells of events of this kind; NULL: of every kind. */
    bool (*tells)(const struct server_actor *actor, enum actor_event_kind kind);
    void (*free)(struct server_actor *actor);
};
struct server_actor {
    const struct server_actor_ops *ops; /* (borrowed) */
    struct actor_listener listener;     /* set by the user */
};

/* --- device side ----------------------------------------------------------------------- */
enum stimulus_kind {
    STIMULUS_REGISTER,
    STIMULUS_UPDATE,
    STIMULUS_DEREGISTER,
    STIMULUS_RESTART,
    STIMULUS_SET,             /* PATH, VALUE */
    STIMULUS_SHOW,            /* what the device holds at PATH or below, as text */
    STIMULUS_SEND,            /* what the device holds at PATHS, without being asked */
    STIMULUS_HOLD,            /* answers come DURATION_MS later; 0: when they are let go */
    STIMULUS_RELEASE,         /* what was held goes, and the next ones come at once */
    STIMULUS_COMPONENT_DELAY, /* DURATION_MS */
    STIMULUS_COMPONENT_FAIL_NEXT,
    STIMULUS_COMPONENT_FAIL,
    STIMULUS_COMPONENT_HANG,
    STIMULUS_COMPONENT_FORGE, /* results of the right length that do not fit */
    STIMULUS_COMPONENT_OK,
    STIMULUS_COMPONENT_PROVISION /* PATH */
};
struct stimulus {
    enum stimulus_kind kind;
    struct path path;
    struct value value;   /* (owned) typed */
    struct records paths; /* (owned) of VALUE_NONE */
    int64_t duration_ms;
};
struct device_actor;
struct device_actor_ops {
    /* Does it at once; ANSWER gets one line for a person (`show`: several), newline included. */
    enum status (*stimulate)(struct device_actor *actor, const struct stimulus *stimulus,
                             struct buf *answer, struct error *error);
    /* The same device in the cast of another scenario is another one: this ends it. */
    void (*free)(struct device_actor *actor);
};
struct device_actor {
    const struct device_actor_ops *ops; /* (borrowed) */
    struct actor_listener listener;     /* set by the user */
};

/* --- the stage ------------------------------------------------------------------------- */
/* What is claimed of the device in a scenario: by the profile, or by --expect. */
struct claims {
    const char *profile;   /* (borrowed) its name */
    const char *endpoint;  /* (borrowed) $ep */
    struct path portfolio; /* $pf: the first Portfolio instance that has services, else the first */
    bool has_portfolio;
    uint16_t key; /* $key: the first key index of its authentication set, else of the other */
    uint16_t encryption_key; /* $encryption_key: likewise */
    uint16_t
        identity; /* $identity: the first Identity instance that can be signed, else the first */
    uint16_t identity2;             /* $identity2: the next one that can be signed, or ID_NONE */
    uint16_t key2, encryption_key2; /* $key2, $encryption_key2: likewise */
    uint16_t long_identity; /* $long_identity: of those with more than 32 octets that can be signed
                               the longest, or ID_NONE */
    struct path other;      /* $other: the next Portfolio instance with all of a service; or / */
    uint16_t other_service, other_identity, other_key; /* $other_service and so on: as of $pf */
    const char *registered; /* (borrowed) $registered: terms of `expect register`, or NULL */
    struct path spare;      /* $spare: a Portfolio instance that is not there */
    const struct record *identities; /* (borrowed) $id0, $id1, ...: the values of $pf/0 */
    size_t identity_count;           /* $dim */
    struct path link;                /* $link: what points to $pf in the Device object, or / */
    const struct records *content;   /* (borrowed) all that it has at first; NULL: nobody knows */
    bool authentication, encryption, gsma; /* of $pf */
    bool is_partial;              /* it has services, but not all of their resources (I-16) */
    const struct path *read_only; /* (borrowed) Identity instances that refuse writes (I-20) */
    size_t read_only_count;
    bool is_muted;    /* Send is not allowed: */
    struct path mute; /* its Mute Send is true or not there */
    const char *const
        *needs; /* (borrowed) NULL-terminated further capabilities: "resource-instances" */
    const char *const *formats;  /* (borrowed) NULL-terminated names of content formats that it has;
                                    NULL: nobody knows */
    const char *extra_arguments; /* (borrowed) `4='x'` or NULL */
    const uint16_t *servers;     /* (borrowed) those that the device may have accounts with */
    size_t server_count;         /* the first is meant when a step names none */
    bool has_bootstrap;          /* there is a bootstrap server, too */
    bool is_plain;               /* the first server is reached by UDP in plain text, */
    bool is_over_tcp;            /* or by TCP, with TLS or without */
    int64_t latency_ms;          /* that the secure component takes, */
    int64_t limit_ms;            /* and after which a process counts as failed; 0: nobody knows */
    bool loses_nothing;          /* time is virtual: nothing that is lost would be sent again */
    bool stands;                 /* the server stands already: it takes no keys of a scenario */
    uint8_t profile_sha256[32];
};

struct oracle;
struct cast_server {
    unsigned id;                /* or BOOTSTRAP_SERVER */
    struct server_actor *actor; /* (borrowed) */
    struct link_port *link;     /* (borrowed) from the device to it; NULL: not ours to impair */
};
struct cast {
    struct device_actor *device; /* (borrowed) NULL: not ours to stimulate */
    bool hides_inside;           /* what the device sees by itself is not told */
    struct cast_server servers[SERVERS_MOST];
    size_t server_count;
};
/* A server that the device comes to know by a bootstrap only. */
struct setting_server {
    uint16_t id;
    const char *scheme; /* (borrowed) "coap", "coaps", … */
};
/* What a scenario is played with. */
struct setting {
    const char *profile;                  /* (borrowed) its name */
    const struct setting_server *servers; /* (borrowed) beside those of the profile */
    size_t server_count;
    const char *security; /* (borrowed) path of the file with what the server has and knows; NULL:
                             what belongs to the profile */
    bool has_link;        /* the paths to the servers are going to be impaired */
};
/* What is under way, for whoever asks a person to do something. */
struct progress {
    const char *file, *title; /* (borrowed) of the scenario; NULL: none is */
    unsigned round;           /* how many were played, this one included */
    unsigned line;            /* of the step */
};
struct stage;
struct stage_ops {
    /* The claims and the oracle of SETTING without starting anything; borrowed until the next call
     * for another one. Every error of its files goes to ERRORS. */
    enum status (*look_up)(struct stage *stage, const struct setting *setting,
                           const struct claims **out_claims, const struct oracle **out_oracle,
                           struct error_list *errors);
    /* Starts all ends for SETTING and hands them out; events flow from here to LISTENER. Nothing
     * has happened between them before the first turn. ST_UNSUPPORTED with a sentence: this stage
     * is none for SETTING. */
    enum status (*set_up)(struct stage *stage, const struct setting *setting,
                          struct actor_listener listener, struct cast *out, struct error *error);
    /* Whether the end that is somebody else's does not answer any more, as OUT_WHY says. NULL: both
     * are ours. */
    bool (*is_gone)(struct stage *stage, struct error *out_why);
    /* The server, which is somebody else's, has never answered, as WHY says: nobody wants to wait
     * for it in each scenario. NULL: it is ours. */
    void (*give_up)(struct stage *stage, const char *why);
    /* Ends both. */
    void (*strike)(struct stage *stage);
    /* After that: what stays changed at an end that is somebody else's, as paths for people; empty:
     * nothing. NULL: both are ours. */
    const char *(*left)(const struct stage *stage);
    /* Lets the world move for at most MS (until something happened). */
    void (*turn)(struct stage *stage, int64_t ms);
    int64_t (*now)(const struct stage *stage); /* milliseconds, monotonic */
    /* What is played from now on may take at most REAL_MS by the machine's clock, too. NULL: that
     * is the clock of the stage. */
    void (*pace)(struct stage *stage, int64_t real_ms);
    /* Why the stage's time proves nothing any more since then; NULL: it goes as it should. */
    const char *(*lost_pace)(const struct stage *stage);
    /* The last messages between both ends, newest last, as lines of text. */
    void (*messages)(const struct stage *stage, struct buf *out);
    void (*free)(struct stage *stage);
};
struct stage {
    const struct stage_ops *ops; /* (borrowed) */
};

#endif
