/* SPDX-License-Identifier: Apache-2.0 */
/* Signals: the first asks the program to leave, the second makes it; a failed assertion of ours is
 * told from everything else. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include "base/clock.h"

/* For all commands: a reader that goes away is no signal but an error of writing; SIGABRT ends the
 * program with EXIT_BUG; a background job that reads from its terminal is not stopped. */
void signals_start(void);
/* For commands with a loop: from now on SIGINT, SIGTERM and SIGHUP set the number below and end the
 * turn of LOOP; the second one ends the program at once, unless it is the first that came twice. */
void signals_catch(struct loop *loop);
/* Undoes signals_catch before LOOP goes away. */
void signals_release(struct loop *loop);
/* 0, or the signal that asks the program to leave. */
const volatile int *signals_stop(void);
/* Asks the program to leave as SIGNAL would. */
void signals_raise(int signal);
/* 128 and the signal, or STATUS when there was none. */
int signals_exit_status(int status);

#endif
