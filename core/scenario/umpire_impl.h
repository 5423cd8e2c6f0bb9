/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the umpire share; for core/scenario only.
 *
 * umpire.c hears, keeps and hands out; umpire_request.c compares what arrives with what a step
 * dictates; umpire_meddling.c remembers where that was something else; umpire_service.c follows
 * GetAuthData from its challenge to the server's verdict; umpire_device.c looks at the other side.
 */
#ifndef SCENARIO_UMPIRE_IMPL_H
#define SCENARIO_UMPIRE_IMPL_H

#include "base/coap.h"
#include "base/portfolio.h"
#include "scenario/umpire.h"

enum {
    UMPIRE_FINDINGS_MOST = 16,
    UMPIRE_PROCESSES_MOST = 32,
    UMPIRE_CHALLENGES_MOST = 256,
    UMPIRE_NEWS_MOST = 128, /* a device stores no more than 64 for a server */
    UMPIRE_NAMED_MOST = 64,
    UMPIRE_OBSERVATIONS_MOST = 64,
    UMPIRE_PULSES_MOST = 32
};

/* GetAuthData of one instance, from its acceptance on. */
struct umpire_process {
    uint16_t instance;
    unsigned server;            /* that began it */
    bool is_chosen;             /* the server decided about it, and no step */
    bool is_of_step;            /* it was begun for the service that is under way */
    bool knows;                 /* the server was told that data is there, or got some */
    bool saw_error;             /* it was told ERROR */
    unsigned asked_on;          /* and has asked for AuthStatus so often since */
    bool has_data;              /* DATA went to the server */
    struct value data;          /* (owned) AuthData, instances joined */
    struct value identity_text; /* (owned) of the identity, when the server read it meanwhile */
    char challenge[ORACLE_ARGUMENT_TEXT];
};

struct umpire_challenge {
    unsigned server;
    char text[ORACLE_ARGUMENT_TEXT];
};

struct umpire_registration {
    unsigned server;
    bool is_alive;
    bool is_under_way; /* the server has told of it, and the device does not know its answer yet */
    bool is_void;      /* meanwhile a step made the server forget it */
    char *links;       /* (owned) the last object list, or NULL */
};

/* A notification that left the device. */
struct umpire_news {
    unsigned server;
    struct path path;
    struct records paths;  /* (owned) */
    struct records values; /* (owned) */
};

/* What a step observes, as its first answer and the notifications after that have it. */
struct umpire_observation {
    unsigned server;
    struct path path;
    struct records paths; /* (owned) of a composite one */
    int format;           /* -1: nobody knows */
    int newest, before;   /* Observe numbers of the last messages in order; -1: nobody knows */
    int64_t newest_at;    /* when NEWEST came */
    bool is_doubled; /* it is observed more than once: whose a notification is cannot be told */
};

/* What was told of AuthStatus of an instance since its AuthData has left. */
struct umpire_pulse {
    uint16_t instance;
    bool has_begun; /* 1 */
    bool was_reset; /* and then 0 */
};

struct umpire {
    const struct claims *claims;                    /* (borrowed) */
    const struct oracle *oracle;                    /* (borrowed) */
    struct stage *stage;                            /* (borrowed) */
    const struct step *step;                        /* (borrowed) under way; NULL: none yet */
    const struct operation *operation;              /* (borrowed) that it asked for; NULL: none */
    const struct rule *found[UMPIRE_FINDINGS_MOST]; /* (borrowed) broken in this step */
    size_t found_count;
    bool has_arrived;      /* a request that fits OPERATION did */
    struct outcome answer; /* (owned) what the device said to it */
    char other[80];        /* the last request that came instead, or empty */
    char meddling[160];    /* what the server did otherwise than it was asked for, or empty */
    bool has_link;         /* the path was impaired: what arrives need not be what was sent */
    bool sees;             /* the device side tells what arrives */
    bool trusts;           /* the device is ours, the server somebody else's */
    struct umpire_process processes[UMPIRE_PROCESSES_MOST];
    size_t process_count;
    struct umpire_challenge challenges[UMPIRE_CHALLENGES_MOST];
    size_t challenge_count;
    struct umpire_registration registrations[SERVERS_MOST];
    size_t registration_count;
    struct umpire_news news[UMPIRE_NEWS_MOST]; /* the oldest goes first */
    size_t news_count;
    bool has_lost_news; /* there were more: what the server says may be of one of those */
    struct umpire_observation observations[UMPIRE_OBSERVATIONS_MOST]; /* the oldest goes first */
    size_t observation_count;
    struct umpire_pulse pulses[UMPIRE_PULSES_MOST];
    size_t pulse_count;
    uint16_t named[UMPIRE_NAMED_MOST]; /* Portfolio instances that steps have spoken of */
    size_t named_count;
    bool has_registered; /* the device did, once */
    bool excuses_strays; /* what the server does not wait for may come without anybody's fault */
    size_t strays_due;   /* notifications that are going to be answered by Reset on purpose */
    struct umpire_finding findings[UMPIRE_FINDINGS_MOST];
    size_t finding_count;
};

/* --- umpire.c ------------------------------------------------------------------------------ */
/* Adds a finding; one for each rule of a step is enough. */
void umpire_find(struct umpire *umpire, const char *rule, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* The rule that the operation under way implies. */
const char *umpire_implied(enum operation_kind kind);
/* The operation under way is one in which the server decides by itself. */
bool umpire_is_service(const struct umpire *umpire);
/* The first of them that are not the same: `/16/0/3 is "0", not 0`; nothing when all are. */
void umpire_put_difference(const struct records *taken, const struct records *sent,
                           struct buf *out);
/* The device has registered instance INSTANCE of the object with SERVER, or nobody knows. */
bool umpire_is_registered(const struct umpire *umpire, unsigned server, unsigned instance);

/* --- umpire_request.c ---------------------------------------------------------------------- */
/* EVENT is the request that the step under way asked for. */
bool umpire_is_dictated(const struct umpire *umpire, const struct actor_event *event);
/* A step of this kind dictates whole messages, or their octets. */
bool umpire_is_verbatim(const struct operation *operation);
/* It is: does it say what the step does? */
void umpire_compare(struct umpire *umpire, const struct actor_event *event);
/* Whatever a server asks, and whoever has thought of it, has a form. */
void umpire_judge_form(struct umpire *umpire, const struct actor_event *event, bool is_dictated);
/* Compares what the server says with what the device has answered. */
void umpire_compare_answer(struct umpire *umpire, const struct outcome *outcome);

/* --- umpire_meddling.c --------------------------------------------------------------------- */
/* EVENT is a request that no step asked for, or that came for its step already. */
void umpire_note_extra(struct umpire *umpire, const struct actor_event *event);
/* EVENT is that of its step; FINDINGS: how many there were before they were compared. */
void umpire_note_difference(struct umpire *umpire, const struct actor_event *event,
                            size_t findings);
/* The server has answered EVENT, a request of the device, as it must not. */
void umpire_note_refusal(struct umpire *umpire, const struct actor_event *event);
/* The server has answered a message of the device by Reset. */
void umpire_note_reset(struct umpire *umpire);
/* The server says that it has done what the step asked for, and has not. */
void umpire_note_omission(struct umpire *umpire);

/* --- umpire_service.c ---------------------------------------------------------------------- */
void umpire_service_request(struct umpire *umpire, const struct actor_event *event,
                            bool is_dictated);
/* What was sent to SERVER holds these values. */
void umpire_service_values(struct umpire *umpire, unsigned server, const struct outcome *sent);
void umpire_service_done(struct umpire *umpire, enum status status, const struct outcome *outcome);
void umpire_service_forget(struct umpire *umpire, unsigned server); /* it registers anew */
void umpire_service_release(struct umpire *umpire);

/* --- umpire_device.c ----------------------------------------------------------------------- */
void umpire_device_values(struct umpire *umpire, const struct outcome *outcome);
void umpire_device_links(struct umpire *umpire, const char *links); /* NULL: none came */
void umpire_device_step(struct umpire *umpire, const struct step *step);
/* The operation under way has ended with OUTCOME: what is observed since, and what it discovered.
 */
void umpire_device_done(struct umpire *umpire, const struct outcome *outcome);
/* A foreign server observes by itself, perhaps what a step observes, too: whose a notification is
 * cannot be told any more. */
void umpire_device_shared(struct umpire *umpire, const struct actor_event *event);
void umpire_device_notified(struct umpire *umpire, const struct actor_event *event);
/* SERVER knows nothing of former observations. */
void umpire_device_forget(struct umpire *umpire, unsigned server);
void umpire_device_release(struct umpire *umpire);
/* EVENT is an answer or a notification that nobody waits for. */
void umpire_device_stray(struct umpire *umpire, const struct actor_event *event);
void umpire_device_leak(struct umpire *umpire, const char *where);

/* --- umpire_order.c ------------------------------------------------------------------------ */
void umpire_order_told(struct umpire *umpire, const struct outcome *outcome); /* a notification */
/* The device has given these values away, in whatever message. */
void umpire_order_left(struct umpire *umpire, const struct records *values);
/* Something else than AuthData's leaving may make AuthStatus 0. */
void umpire_order_forget(struct umpire *umpire);

#endif
