/* SPDX-License-Identifier: Apache-2.0 */
/* A seeded defect: one deviation from one rule, by which is proven that the suite finds such. The
 * tables are device/defects.h and server/defects.h. */
#ifndef BASE_DEFECT_H
#define BASE_DEFECT_H

struct defect {
    const char *name; /* (borrowed) "read-keeps-status" */
    const char *rule; /* (borrowed) id of the rule that it breaks, by which it is to be found */
    const char
        *text; /* (borrowed) what the device or server does wrong: a clause without subject */
};

#endif
