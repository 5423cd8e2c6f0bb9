/* SPDX-License-Identifier: Apache-2.0 */
/* The state table of object 16: its words, and the seam at which another table can stand in for
 * it; for core/device only. */
#ifndef DEVICE_PORTFOLIO_IMPL_H
#define DEVICE_PORTFOLIO_IMPL_H

#include "device/device_impl.h"

/* The values of AuthStatus. While a process runs it is IDLE: there is no busy state. */
enum portfolio_status { IDLE, DATA_AVAIL, ERROR };
enum { STATUS_VALUES = 3 };
const char *portfolio_status_name(enum portfolio_status status); /* "DATA_AVAIL" */

enum portfolio_event {
    ACCEPTED,
    REFUSED,
    DELIVERED,
    FAILED,
    READ_DATA,
    NOTIFIED_DATA,
    READ_EMPTY,
    PASSED_BY,
    IDENTITY_WRITTEN,
    DELETED,
    RESTARTED
};
enum { PORTFOLIO_EVENTS = 11 };

enum portfolio_action {
    NEVER,   /* the event cannot come */
    NOTHING, /* no change */
    START,   /* drops AuthData and a running process, starts another */
    FILL,    /* AuthData */
    EMPTY,
    DROP /* AuthData and the process */
};
enum { PORTFOLIO_ACTIONS = 6 };

struct portfolio_cell {
    enum portfolio_action action;
    enum portfolio_status next;
};

struct portfolio_ops {
    /* What EVENT does to an instance whose status is FROM. */
    struct portfolio_cell (*cell)(const struct portfolio_ops *ops, enum portfolio_event event,
                                  enum portfolio_status from);
    /* Which event it is that an answer about TARGET, or a notification, leaves; CARRIES: a value of
     * AuthData goes with it. */
    enum portfolio_event (*leaving)(const struct portfolio_ops *ops, enum portfolio_way way,
                                    struct path target, bool carries);
};
/* As the standard, and what it leaves open as the rules, have it (part 2). */
extern const struct portfolio_ops portfolio_standard;

#endif
