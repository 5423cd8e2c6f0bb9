/* SPDX-License-Identifier: Apache-2.0 */
/* What came and what was expected, in words for people; for core/scenario only. */
#ifndef SCENARIO_EXPLAIN_IMPL_H
#define SCENARIO_EXPLAIN_IMPL_H

#include "scenario/scenario_impl.h"

/* Code, then what came, as an expectation about PATH would be written. */
void outcome_explain(const struct outcome *outcome, struct path path, struct buf *out);
void heard_explain(const struct heard *heard, struct buf *out);
/* What STEP asks for, as it stands in the file or as it is implied. */
void wanted_explain(const struct step *step, struct buf *out);
/* `read /16/0/2` */
void step_name(const struct step *step, struct buf *out);
struct explanation {
    const struct source *source;   /* (borrowed) */
    const struct step *step;       /* (borrowed) */
    const struct finding *finding; /* (borrowed) */
    const struct rule *rule;       /* (borrowed) or NULL */
    bool is_seen;                  /* beside what STEP expects, which is left out */
    enum verdict verdict;
    struct bytes actual;
    struct bytes messages; /* lines, or none */
};
void explain(const struct explanation *explanation, struct buf *out);
/* The same in one line; LINE is that of the step. */
void summarize(const struct explanation *explanation, unsigned line, struct buf *out);

#endif
