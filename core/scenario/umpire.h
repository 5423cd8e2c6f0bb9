/* SPDX-License-Identifier: Apache-2.0 */
/* Judges servers by what arrives at the device, and devices by what must hold of all that they
 * send: a passive look at every request, its answer and every notification, whatever the steps of a
 * scenario check by themselves.
 *
 * What a step dictates is never held for or against a server: path, order, challenge, arguments and
 * values are the scenario's then, and only whether they arrive as they were dictated is the
 * server's. In `authenticate` and `decrypt` all of that is the server's own. */
#ifndef SCENARIO_UMPIRE_H
#define SCENARIO_UMPIRE_H

#include "scenario/scenario_impl.h"

struct umpire; /* opaque */

struct umpire_finding {
    const struct rule *rule; /* (borrowed) that is broken */
    char reason[300];        /* a sentence about the server, or the device */
};

/* All are borrowed; STAGE for its clock. */
struct umpire *umpire_new(const struct claims *claims, const struct oracle *oracle,
                          struct stage *stage);
/* The device is ours: what it does not tell of has not come. Else that is known from its first
 * event on. */
void umpire_trust(struct umpire *umpire);
void umpire_free(struct umpire *umpire); /* zeroes what it has seen of AuthData; NULL is legal */

/* Every event of the actors, as it comes. */
void umpire_hear(struct umpire *umpire, const struct actor_event *event);
/* STEP (borrowed until the next one) is the one under way from now on. */
void umpire_step(struct umpire *umpire, const struct step *step);
/* It is going to have the server perform OPERATION (borrowed until umpire_done). */
void umpire_ask(struct umpire *umpire, const struct operation *operation);
/* That ended with STATUS; OUTCOME is what the server says came of it. */
void umpire_done(struct umpire *umpire, enum status status, const struct outcome *outcome);
/* What a check of RULE by the step under way, which came to RESULT, comes to: what the server
 * decided by itself is judged by what arrived and not by how the step ended. */
enum comparison umpire_compared(const struct umpire *umpire, const struct rule *rule,
                                enum comparison result);
/* Whether the step, which was not met, was broken by a server of others, or by what drives it, so
 * that no rule of our own device was: the device was not asked, or its ANSWER_FITS the step. A
 * verdict about AuthData is always the server's. */
MUST_USE bool umpire_is_servers(const struct umpire *umpire, bool answer_fits);
/* What the server did otherwise than the steps asked for, so that what comes of it is not the
 * device's fault: a sentence, or NULL. Known of our own device only. */
const char *umpire_meddling(const struct umpire *umpire);
/* The server says something of AuthData at the step under way without having started GetAuthData.
 */
bool umpire_is_baseless(const struct umpire *umpire);
/* A request of the step under way came to our own device. */
bool umpire_has_arrived(const struct umpire *umpire);
/* Same records that have a value, in any order; times count as integers. */
bool umpire_same_values(const struct records *a, const struct records *b);
/* What our own device answered to the operation of the step; NULL: it was not asked. */
const struct outcome *umpire_answer(const struct umpire *umpire);
/* Who broke a check that none of the rules of the step are about; NULL: it was found already. */
const struct rule *umpire_blamed(const struct umpire *umpire, bool is_servers);
/* Takes the next finding since the last one, in the order of time; false when there is none. */
MUST_USE bool umpire_take(struct umpire *umpire, struct umpire_finding *out);

#endif
