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

/* Somebody else's device, whose values may be written. */
static inline void setup_theirs(void)
{
    setup();
    script.options.third_party_device = true;
    script.options.allow_writes = true;
}

/* The answer to a Discover. */
static inline void discovers(const char *links)
{
    struct outcome *outcome = fake_stage_answer(&script.fake, 205);
    outcome->format = 40;
    buf_puts(&outcome->payload, links);
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

/* It passes, and names the interpretation. */
static inline void is_accepted(size_t check, const char *id)
{
    struct check *found = &script.result.checks[check];
    ck_assert_int_eq(verdict_at(check), VERDICT_PASS);
    ck_assert_msg(strstr(buf_text(&found->text), id) != NULL, "%s", buf_text(&found->text));
}

#endif
