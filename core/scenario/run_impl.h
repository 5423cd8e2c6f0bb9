/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario that is being played; for run*.c only. */
#ifndef SCENARIO_RUN_IMPL_H
#define SCENARIO_RUN_IMPL_H

#include "scenario/explain_impl.h"
#include "scenario/umpire.h"

struct run {
    struct scenario *scenario;         /* (borrowed) */
    struct stage *stage;               /* (borrowed) */
    const struct run_options *options; /* (borrowed) */
    const struct claims *claims;       /* (borrowed) */
    struct cast cast;
    struct comparer comparer;
    struct saved saved;
    struct events events;
    struct events seen;     /* what our own device did, as a server of others should tell it */
    struct link_port *link; /* (borrowed) that `raw octets` went over */
    struct outcome answer;  /* to it, while it is under way */
    struct buf datagrams;   /* both, as lines for people */
    struct umpire *umpire;  /* (owned) */
    struct result *result;  /* (borrowed) */
    int64_t deadline;
    int64_t delay_ms;   /* that a step told the secure component to take; 0: none */
    int64_t busy_until; /* so long it cannot have ended, and steps count on that; 0: they do not */
    bool has_waited;    /* the step before was `wait` */
    bool in_cleanup, is_undone;
    bool is_piggybacked;        /* the answer to the last request, and that can be repeated */
    bool is_controlled;         /* a step did something to the server by other means than LwM2M */
    bool is_provoked;           /* a step made the device or the registration move by other means */
    bool is_spread;             /* AuthData came in another resource instance than 0 (I-2) */
    const struct step *unheard; /* (borrowed) silence has met it, and nothing came since; or NULL */
    enum status status;
};

/* What a step came to, before it is judged. */
struct performed {
    struct finding finding;
    struct buf actual;
    bool is_silent;     /* what was expected has not come */
    bool is_heard;      /* something came */
    bool fits;          /* what our own device answered does, whatever its server says of it */
    const char *excuse; /* (borrowed) why it is not our own device's fault, or NULL */
    bool is_seen;       /* by the umpire: what the step itself expects is another matter */
};

/* Whom STEP is for; NULL, and said in FINDING, when this cast has nobody for that. */
const struct cast_server *run_server_of(const struct run *run, const struct step *step,
                                        struct finding *finding);
/* Waits for what LOOK finds: within the step's time, and a last look for what came in time. */
const void *run_await(struct run *run, const struct step *step,
                      const void *(*look)(struct run *run, const struct step *step));

/* What HEARD, for which STEP waited, comes to. */
struct finding run_compare_heard(const struct run *run, const struct step *step,
                                 const struct heard *heard);

/* --- run_left.c ------------------------------------------------------------------------ */
/* The stage was struck: what stays changed at somebody else's end is a check that warns. */
void run_tell_left(struct run *run);

/* --- run_seen.c ------------------------------------------------------------------------ */
/* EVENT came. */
void run_see(struct run *run, const struct actor_event *event);
/* STEP waited for what a server of others tells, and took HEARD, or NULL: whether our own device
 * did what PERFORMED says that it did not. */
void run_look_at_device(struct run *run, const struct step *step, const struct heard *heard,
                        struct performed *performed);
/* What is broken is not the device's fault, if it has an excuse, or the server has meddled. */
void run_excuse_device(const struct run *run, struct performed *performed);

/* --- run_control.c --------------------------------------------------------------------- */
/* Registrations that SERVER, or EVERY_SERVER, has seen so far are not the ones to come. */
void run_skip_registrations(struct run *run, int server);
void run_control(struct run *run, const struct step *step, struct performed *performed);
void run_stimulus(struct run *run, const struct step *step, struct performed *performed);

/* --- run_time.c ------------------------------------------------------------------------ */
/* What the scenario may take, by its options, or as it says itself. */
int64_t run_usual_limit(const struct run *run);
/* The scenario may take LIMIT_MS from now on. */
void run_limit(struct run *run, int64_t limit_ms);
/* MS times the patience of the run. */
int64_t run_with_patience(const struct run *run, int64_t ms);
/* How long `within` MS is for what is to come: somebody else's device has the latency that it
 * claims of its secure component, beside it. */
int64_t run_awaited_time(const struct run *run, int64_t ms);
/* How long `wait` MS is, which gives others time; and `component delay` MS, which patience lets
 * grow up to its limit. */
int64_t run_waiting_time(const struct run *run, int64_t ms);
int64_t run_delay_time(const struct run *run, int64_t ms);
/* STEP, which began at STARTED_AT, came to PERFORMED: a server of others may have taken longer than
 * the process that STEP was to come before; and who waited for a process may have been too early.
 */
void run_look_for_haste(struct run *run, const struct step *step, int64_t started_at,
                        struct performed *performed);
/* Why the stage's time proves nothing any more, or NULL. */
const char *run_lost_pace(const struct run *run);

/* --- run_absence.c --------------------------------------------------------------------- */
/* What is broken may be nobody's fault, since who should have done it is not there. */
void run_look_for_absence(struct run *run, struct performed *performed);
/* STEP came to PERFORMED: what silence has met proves nothing until something comes. */
void run_note_silence(struct run *run, const struct step *step, const struct performed *performed);
/* Whether silence is the last that there was, of an end that is gone, as OUT says. The step that it
 * has met has no verdict then. */
MUST_USE bool run_ends_in_absence(struct run *run, struct performed *out);

/* Appends LEAD and the failure WHY, as events have it, but not what is planned next; nothing for
 * NULL. */
void run_put_failure(const char *lead, const char *why, struct buf *out);

/* --- run_accept.c ---------------------------------------------------------------------- */
/* OUTCOME came to STEP from somebody else's device: FINDING is what the rules leave open of what is
 * broken, and names what is met otherwise than ours would meet it. */
void run_accept(struct run *run, const struct step *step, const struct outcome *outcome,
                struct finding *finding);

/* --- run_progress.c -------------------------------------------------------------------- */
/* For whoever wants to know what is under way: the scenario begins, STEP is next, it is over. */
void run_tell_begin(const struct run *run);
void run_tell_step(const struct run *run, const struct step *step);
void run_tell_end(const struct run *run);

/* --- run_link.c ------------------------------------------------------------------------ */
void run_link(struct run *run, const struct step *step, struct performed *performed);

#endif
