/* SPDX-License-Identifier: Apache-2.0 */
/* A server of others whose device is ours and observed: what the device does, and the excuse that
 * the server's doing gives it. */
#ifndef TESTS_FOREIGN_H
#define TESTS_FOREIGN_H

#include "tests/unit/scenario/umpired.h"

#define OBSERVED HEADER "expect register\nobserve $pf/3 => 2.05\n"

static inline void setup_foreign(void)
{
    setup();
    script.options.third_party_server = true;
}

/* The device sends that notification. */
static inline void tells(int64_t at, int value)
{
    struct fake_event *event = fake_stage_event(&script.fake, at, ACTOR_TOLD, "/16/0/3");
    event->outcome.code = CODE_CONTENT;
    fake_content(&event->outcome, "/16/0/3", value_integer(value));
}

/* AuthStatus is asked for; OBSERVE: 0, or -1 for a read. */
static inline struct fake_event *observes(int64_t at, int observe)
{
    struct fake_event *event = reads(at, "/16/0/3", value_integer(0));
    event->request.observe = observe;
    event->outcome.observe = observe == 0 ? 1 : -1;
    answers("/16/0/3", value_integer(0));
    return event;
}

/* The only thing to say is that the server is to blame, by this text. */
static inline void expect_excuse(const char *why)
{
    expect_verdict(VERDICT_INCONCLUSIVE, ST_OK);
    ck_assert_msg(strstr(script_reason(&script), why) != NULL, "%s", script_reason(&script));
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "not the device's fault"));
}

#endif
