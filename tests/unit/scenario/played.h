/* SPDX-License-Identifier: Apache-2.0 */
/* The one script of a test about playing. */
#ifndef TESTS_PLAYED_H
#define TESTS_PLAYED_H

#include "tests/unit/scenario/script.h"

static struct script script;

static inline void setup(void)
{
    script_open(&script);
}

static inline void play(const char *text)
{
    script_play(&script, text);
}

static inline void expect_verdict(enum verdict verdict, enum status status)
{
    ck_assert_msg(script.result.verdict == verdict, "%s: %s", verdict_name(script.result.verdict),
                  script_reason(&script));
    ck_assert_int_eq(script.status, status);
}

static inline void teardown(void)
{
    script_close(&script);
}

static inline enum verdict verdict_at(size_t check)
{
    ck_assert_uint_lt(check, script.result.check_count);
    return script.result.checks[check].verdict;
}

#endif
