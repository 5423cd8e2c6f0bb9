/* SPDX-License-Identifier: Apache-2.0 */
/* What is particular to ends that are not ours; for core/scenario only. */
#ifndef SCENARIO_THEIRS_IMPL_H
#define SCENARIO_THEIRS_IMPL_H

#include "scenario/scenario_impl.h"

/* --- applies.c: what keeps a scenario from being played ---------------------------------- */
/* False, with a sentence, when what is claimed is not what SCENARIO is about, or when the ends can
 * never do what it asks for. It need not be checked. */
bool scenario_suits(const struct scenario *scenario, const struct claims *claims,
                    struct error *reason);
/* ERRORS of scenario_check are no fault of it: the profile is the user's choice. */
bool scenario_is_for_another(const struct scenario *scenario, const struct run_options *options,
                             const struct error_list *errors, struct error *out_reason);
/* True, with a sentence, when SCENARIO, which was checked, is nothing for a device that it was not
 * written for: it is about what that does not have, or slows its component down too much. For
 * somebody else's device also when it would change something there without its owner's word, or
 * judges by a key or hash that is not claimed. */
bool scenario_is_out_of_reach(const struct scenario *scenario, const struct run_options *options,
                              const struct claims *claims, const struct oracle *oracle,
                              struct error *reason);
/* The line of SCENARIO's file that STEP begins on. */
unsigned step_line(const struct scenario *scenario, const struct step *step);
/* What STEP waits for is seen by the device only. */
bool step_looks_inside(const struct step *step);
/* Somebody else's device that is gone is nothing that a rule could judge, unless STEP asks for it.
 */
bool status_is_absence(enum status status, const struct run_options *options,
                       const struct step *step);

/* --- lacks.c: what a device lacks that a scenario was not written for --------------------- */
/* PATH or something below it is claimed; true as well when nobody knows what the device has. */
bool claims_have_path(const struct claims *claims, struct path path);
/* The LwM2M version that is claimed does not have FORMAT, which is a name such as "json". */
bool claims_lack_format(const struct claims *claims, const char *format);
/* True, with a sentence, when a step of SCENARIO, which was checked, cannot come out as it is
 * expected to: it is about what is not there, writes what is read-only, is in a format that is
 * unknown there, slows the secure component down too much, waits for a Send that is muted, or does
 * what TCP has no messages for. */
bool scenario_finds_lack(const struct scenario *scenario, const struct claims *claims,
                         const struct oracle *oracle, struct error *reason);

/* --- accept.c: what somebody else's device may do otherwise ------------------------------ */
struct acceptance {
    struct stage *stage;             /* (borrowed) */
    struct server_actor *server;     /* (borrowed) that asked */
    const char *endpoint;            /* (borrowed) whom */
    const struct scenario *scenario; /* (borrowed) whose steps are what was asked before */
    const struct comparer *comparer; /* (borrowed) */
    int64_t error_ms;                /* how long the device may take to show ERROR */
    bool is_partial;                 /* a service is claimed without one of its resources (I-16) */
    bool is_spread;                  /* outcome_is_spread of something that came before (I-2) */
    bool is_1_0;                     /* that LwM2M version is claimed */
    bool in_cleanup, was_refused;    /* the scenario ended because of another such choice */
};
/* Makes FINDING, which is a broken one of STEP, what the interpretations of the rules say of it;
 * leaves it alone when they say nothing. It may read from the device to find out. */
void accept_outcome(const struct acceptance *acceptance, const struct step *step,
                    const struct outcome *outcome, struct finding *finding);
/* It has AuthData in another resource instance than 0, be it beside that. */
bool outcome_is_spread(const struct outcome *outcome);

/* --- choices.c: what it chose where it may -------------------------------------------------- */
struct choices {
    const struct claims *claims; /* (borrowed) */
    const struct oracle *oracle; /* (borrowed) */
    const struct result *result; /* (borrowed) what it names already is not named again */
};
/* Names in FINDING, which is met, what OUTCOME has otherwise than ours would have it. */
void choices_name(const struct choices *choices, const struct step *step,
                  const struct outcome *outcome, struct finding *finding);

#endif
