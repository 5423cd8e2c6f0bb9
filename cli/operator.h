/* SPDX-License-Identifier: Apache-2.0 */
/* The person at this program, who is asked on stderr and answers on stdin. */
#ifndef CLI_OPERATOR_H
#define CLI_OPERATOR_H

#include "cli/input.h"
#include "drivers/manual.h"

struct operator
{
    struct input input; /* (owned) */
    bool is_open;
    struct person person;     /* a view of it, for the drivers */
    struct progress progress; /* what it is asked for */
};
/* OPERATOR stays where it is until operator_release. */
void operator_init(struct operator* operator, struct loop * loop);
void operator_release(struct operator* operator); /* also of one that was never opened */

#endif
