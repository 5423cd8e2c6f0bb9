/* SPDX-License-Identifier: Apache-2.0 */
/* The rule catalogue and the interpretations, as data: code, scenarios, defects, reports and the
 * manual refer to rules by id only. */
#ifndef SCENARIO_RULES_H
#define SCENARIO_RULES_H

#include "base/buf.h"
#include "base/operation.h"

enum rule_strength {
    RULE_MUST,          /* M: a MUST of the specification */
    RULE_TABLE,         /* T: a cell of its tables */
    RULE_APPENDIX,      /* A: from appendix B */
    RULE_LWM2M,         /* L: LwM2M or CoAP behaviour without which the object cannot be used */
    RULE_INTERPRETATION /* I: settled by us */
};
char rule_strength_letter(enum rule_strength strength);

enum { SIDE_DEVICE = 1, SIDE_SERVER = 2, SIDE_COMPONENT = 4 };

struct rule {
    const char *id;      /* (borrowed) "PF-STATE-1"; "LWM2M-READ" for what an operation implies */
    const char *section; /* (borrowed) "5.2.1", "B.2", "CoAP 4.5" */
    enum rule_strength strength;
    unsigned sides;     /* SIDE_ flags */
    const char *text;   /* (borrowed) the rule in our own words */
    const char *excuse; /* (borrowed) why no scenario covers it, or NULL: one must */
};
const struct rule *rule_at(size_t index); /* NULL past the end */
const struct rule *rule_find(struct bytes id);
/* What an `expect` step waits for. */
enum expect_kind {
    EXPECT_REGISTER,
    EXPECT_FRESH_REGISTER,
    EXPECT_UPDATE,
    EXPECT_DEREGISTER,
    EXPECT_EXPIRY,
    EXPECT_NOTIFY,
    EXPECT_NOTIFY_COMPOSITE,
    EXPECT_SEND,
    EXPECT_REQUEST,
    EXPECT_SECURED,
    EXPECT_FAILURE
};

/* The rule that a check of this kind implies when its step names none. */
const struct rule *rule_implied(enum operation_kind kind);
const struct rule *rule_implied_event(enum expect_kind kind);

struct interpretation {
    const char *id;       /* (borrowed) "I-4" */
    const char *problem;  /* (borrowed) what the text leaves open */
    const char *decision; /* (borrowed) what our device does */
    const char *option;   /* (borrowed) profile key that sets it, or NULL */
};
const struct interpretation *interpretation_at(size_t index);

#endif
