/* SPDX-License-Identifier: Apache-2.0 */
/* What a step came to, before a rule is named by it; for core/scenario only. */
#ifndef SCENARIO_FINDING_IMPL_H
#define SCENARIO_FINDING_IMPL_H

#include "scenario/oracle.h"

struct step; /* scenario_impl.h */

enum comparison {
    COMPARISON_MET,
    COMPARISON_BROKEN,
    COMPARISON_UNKNOWN, /* it cannot be told */
    COMPARISON_ELSE,    /* what is left open was settled otherwise: nothing more can be said */
    COMPARISON_LENIENT, /* likewise, where a warning is asked for */
    COMPARISON_ERROR    /* the step could not be performed */
};
struct finding {
    enum comparison result;
    const uint8_t *at;    /* (borrowed) what is not met, in the source */
    char reason[300];     /* empty when expected and actual say it all */
    const char *also;     /* (borrowed) id of another rule that is broken, too, or NULL */
    const char *accepted; /* (borrowed) the interpretation by which it is no broken rule, or NULL */
    bool is_lost;         /* the actor itself is gone, and nothing will come of the scenario */
    bool is_undone;       /* nobody here can do what the step asks for */
};

/* finding.c: where there is nothing to compare. */
struct finding finding_of(enum comparison result, const char *format, ...) PRINTF_LIKE(2, 3);
/* The device, which IS_THEIRS, said nothing; WHY is a sentence. An answer that came by a message of
 * its own need not come again when its request is repeated, unlike one that came with the
 * acknowledgement, as the last answer DID (RFC 7252 4.2, 4.5). */
struct finding finding_of_silence(const struct step *step, bool is_theirs, bool did,
                                  const char *why);
/* What the device said answers nothing, as WHY says. */
struct finding finding_of_misanswer(const struct step *step, const char *why);
/* FORMAT for people: "tlv (11542)", "65000", "no format" for -1; returns TEXT. */
enum { FORMAT_NAME_MOST = 40 };
const char *format_name(const struct oracle *oracle, int format, char text[FORMAT_NAME_MOST]);
/* What STEP asks for by Accept, or -1. */
int step_accept(const struct step *step);
/* Says first where OUTCOME is in another format than STEP asked for. */
void finding_name_formats(struct finding *finding, const struct oracle *oracle,
                          const struct step *step, const struct outcome *outcome);
/* STATUS: how it went with the actor; WHY: its sentence. */
struct finding finding_of_status(enum status status, const char *why);
/* What is not met after a change that could not be made proves nothing; *IS_UNDONE remembers. */
void finding_follow(struct finding *finding, const struct step *step, bool *is_undone);
/* Who is asked has left, WHY: a sentence. */
struct finding finding_of_absence(const char *why);
/* The device said nothing, is not registered, or left while it was asked. */
bool status_is_silence(enum status status);

#endif
