/* SPDX-License-Identifier: Apache-2.0 */
/* What every source file includes first: the C library, house macros, banned calls.
 *
 * The owner file of a third-party library includes that library's header before
 * this one, because a poisoned name in somebody else's header is an error too. */
#ifndef BASE_STD_H
#define BASE_STD_H

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h> /* before its unsafe calls are poisoned */

/* The caller must look at what the function returns. */
#define MUST_USE __attribute__((warn_unused_result))
/* Argument FMT is a printf format, its values begin at argument FIRST. */
#define PRINTF_LIKE(FMT, FIRST) __attribute__((format(printf, FMT, FIRST)))
#define COUNT_OF(ARRAY)         (sizeof(ARRAY) / sizeof((ARRAY)[0]))
#define UNUSED(NAME)            ((void)(NAME))

/* Unbounded, locale-bound or static-state calls; lint bans a few more by grep. */
#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol atoll atof gets
#pragma GCC poison localtime gmtime ctime asctime rand srand random srandom tmpnam

#endif
