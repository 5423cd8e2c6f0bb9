/* SPDX-License-Identifier: Apache-2.0 */
/* A step that somebody else's device did not meet; for accept*.c only. */
#ifndef SCENARIO_ACCEPT_IMPL_H
#define SCENARIO_ACCEPT_IMPL_H

#include "scenario/theirs_impl.h"

struct deviation {
    const struct acceptance *acceptance; /* (borrowed) */
    const struct step *step;             /* (borrowed) */
    const struct outcome *outcome;       /* (borrowed) what came */
};

/* --- accept_links.c -------------------------------------------------------------------- */
/* rule: PF-DM-9. What came lacks but `dim` of an object, or AuthData, which may not be there. */
bool accept_fewer_links(const struct deviation *deviation);
/* rule: I-16. It lacks AuthData or AuthStatus, which its owner does not claim either. */
bool accept_omitted_links(const struct deviation *deviation);

#endif
