/* SPDX-License-Identifier: Apache-2.0 */
/* Where a person is told what to do and asked what came of it; for manual.c. */
#ifndef DRIVERS_DESK_H
#define DRIVERS_DESK_H

#include "drivers/manual.h"

enum {
    DESK_TEXT_MOST = 1 << 16,
    DESK_WRONG_MOST = 20 /* lines of a task that are none of what is asked for */
};

/* A person, and how long it has been waited for. */
struct desk {
    struct manual_config config;
    unsigned step;       /* how many things it was asked for */
    unsigned round;      /* that it has been told of */
    int64_t waited_ms;   /* before the task under way */
    int64_t waits_since; /* -1: there is no task */
    int64_t give_up_at;  /* of the task under way, with all its questions */
    unsigned wrong;      /* lines of it */
};

void desk_init(struct desk *desk, const struct manual_config *config);
int64_t desk_waited_ms(const struct desk *desk);

void desk_show(const struct desk *desk, const char *text);
/* The first one of a scenario comes with its name. TASK ends with a newline; THEN: what to do when
 * it is done. */
void desk_show_task(struct desk *desk, const char *whom, const char *task, const char *then);

/* Between them is one task: its time is nobody's. */
void desk_begin(struct desk *desk);
void desk_end(struct desk *desk);
/* Lets the world move until there is a line, or IS_OVER (may be NULL) says that none is needed:
 * then ST_OK and an empty one. ST_UNSUPPORTED: the person skips it, or the task takes too long;
 * ST_IO: nobody answers any more; ST_CANCELLED. */
MUST_USE enum status desk_await(struct desk *desk, const bool *is_over, struct buf *out,
                                struct error *error);
/* Another line that is none of what is asked for: ST_IO when there are too many of them. */
MUST_USE enum status desk_count_wrong(struct desk *desk, struct error *error);
/* The place of what was typed among WORDS (NULL at their end), in capitals or not; it is asked
 * again until it is one. As desk_await and desk_count_wrong have it. */
MUST_USE enum status desk_ask(struct desk *desk, const char *question, const char *const *words,
                              size_t *out, struct error *error);

#endif
