/* SPDX-License-Identifier: Apache-2.0 */
/* Short ways to let the device side see requests while a scenario is played, and to ask what the
 * umpire has found. */
#ifndef TESTS_UMPIRED_H
#define TESTS_UMPIRED_H

#include "base/coap.h"
#include "tests/unit/scenario/played.h"

enum {
    GET = CODE_GET,
    POST = CODE_POST,
    PUT = CODE_PUT,
    DELETE = CODE_DELETE,
    FETCH = CODE_FETCH,
    IPATCH = CODE_IPATCH
};

static inline struct fake_event *arrives(int64_t at, uint8_t method, const char *path)
{
    return fake_stage_request(&script.fake, at, method, path);
}

/* An Execute of /16/0/1 with this payload. */
static inline struct fake_event *executes(int64_t at, const char *arguments)
{
    struct fake_event *event = arrives(at, POST, "/16/0/1");
    event->request.format = 0;
    event->request.payload = bytes_of(arguments);
    return event;
}

/* A read that the device answers with VALUE (taken over) at PATH. */
static inline struct fake_event *reads(int64_t at, const char *path, struct value value)
{
    struct fake_event *event = arrives(at, GET, path);
    fake_content(&event->outcome, path, value);
    return event;
}

/* The server is answered 2.05 with this value. */
static inline void answers(const char *path, struct value value)
{
    fake_stage_value(&script.fake, path, value);
}

/* The server has answered a METHOD of the device to TARGET by CODE. */
static inline struct fake_event *replies(int64_t at, uint8_t method, const char *target,
                                         uint8_t code)
{
    struct fake_event *event = fake_stage_event(&script.fake, at, ACTOR_REPLIED, "/");
    event->event.method = method;
    event->event.text = target;
    event->outcome.code = code;
    return event;
}

/* The umpire's only finding is this one, and the scenario fails by it. */
static inline void expect_finding(const char *rule, const char *reason)
{
    size_t found = 0;
    for (size_t i = 0; i < script.result.check_count; i++) {
        struct check *check = &script.result.checks[i];
        const char *text = buf_text(&check->text);
        if (check->verdict == VERDICT_PASS)
            continue;
        found++;
        ck_assert_str_eq(check->rule == NULL ? "(none)" : check->rule->id, rule);
        ck_assert_msg(strstr(text, reason) != NULL, "%s", text);
        ck_assert_msg(strstr(text, "expected") == NULL, "%s", text);
    }
    ck_assert_uint_eq(found, 1);
    expect_verdict(VERDICT_FAIL, ST_OK);
}

static inline void expect_no_finding(void)
{
    expect_verdict(VERDICT_PASS, ST_OK);
}

#endif
