/* SPDX-License-Identifier: Apache-2.0 */
/* A stage whose cast follows a script, in virtual time: answers in the order in which operations
 * come, events at given instants, and a log of all that was asked. */
#ifndef TESTS_FAKE_STAGE_H
#define TESTS_FAKE_STAGE_H

#include "scenario/scenario.h"

enum { FAKE_ANSWERS_MOST = 64, FAKE_EVENTS_MOST = 64 };

struct fake_answer {
    enum status status;
    const char *error; /* (borrowed) sentence for a status other than ST_OK, or NULL */
    struct outcome outcome;
};
struct fake_event {
    int64_t at;
    struct actor_event event;
    struct outcome outcome; /* of a notification, or what the device answered */
    bool has_request;
    struct request_seen request;
    size_t repeats; /* how often it is heard beside the first time */
};

struct fake_stage;
struct fake_server {
    struct server_actor actor; /* first: what users see */
    struct fake_stage *stage;  /* (borrowed) */
    unsigned id;
};

struct fake_stage {
    struct stage stage;            /* first: what users see */
    struct fake_server servers[3]; /* 1, 2 and the bootstrap server */
    struct device_actor device;
    struct link_port link; /* to the first server */
    struct claims claims;  /* of profile "fake", endpoint "dev", $pf /16/0, both services, server 1;
                              with server_count 2 and has_bootstrap, all three are in the cast */
    struct actor_listener listener;
    int64_t now;
    int64_t perform_ms; /* how long each operation takes: 10 at first */
    bool no_device;
    bool no_link;        /* for a scenario that asks for one */
    bool untold_notices; /* the server's driver does not tell of notifications */
    enum status look_up_status, set_up_status, control_status, stimulus_status, link_status;
    const char *datagram; /* (borrowed) hex: what answers an injected one, once; NULL: nothing */
    int64_t stop_at;      /* STOP is set then; -1: never */
    int64_t stuck_at;     /* from then on its time is not what it should be; -1: never */
    int64_t paced_ms;     /* what was last said to be the limit by the machine's clock */
    int64_t stalls_ms;    /* the next turn takes so long, and what happens meanwhile waits */
    int stop;
    const char *left; /* (borrowed) changed at the end, or NULL: nothing */
    struct fake_answer answers[FAKE_ANSWERS_MOST];
    size_t answer_count, answered;
    struct fake_event events[FAKE_EVENTS_MOST];
    size_t event_count, event_next;
    struct buf log; /* a line a call: `0 read /16/0/3`, `10 at 2 read /3`, `30 strike` */
};

/* The device registers at the instant 0 with links </1/0>,</3/0>,</16/0> and lifetime 300. */
void fake_stage_init(struct fake_stage *fake);
void fake_stage_release(struct fake_stage *fake);

/* The next answer: CODE as 205; its outcome may be changed until it is given. Without an answer
 * left the device says nothing. */
struct outcome *fake_stage_answer(struct fake_stage *fake, unsigned code);
/* A 2.05 with VALUE (taken over) at the path with this text. */
struct outcome *fake_stage_value(struct fake_stage *fake, const char *path, struct value value);
/* An operation that does not end with an answer. */
void fake_stage_fail(struct fake_stage *fake, enum status status, const char *error);
/* In the order of time. */
struct fake_event *fake_stage_event(struct fake_stage *fake, int64_t at, enum actor_event_kind kind,
                                    const char *path);
/* A request that the device saw: answered 2.05, or 2.04 to a POST or PUT; the rest may be changed.
 */
struct fake_event *fake_stage_request(struct fake_stage *fake, int64_t at, uint8_t method,
                                      const char *path);
/* A notification of VALUE (taken over). */
void fake_stage_notify(struct fake_stage *fake, int64_t at, const char *path, struct value value);
/* Adds VALUE (taken over) to a content. */
void fake_content(struct outcome *outcome, const char *path, struct value value);

#endif
