/* SPDX-License-Identifier: Apache-2.0 */
/* rule: I-22. AuthStatus 1, AuthData, AuthStatus 0: what else may have made it 0 is no finding. */
#include "base/std.h"

#include "tests/unit/scenario/umpired.h"

#define REASON "the device tells AuthStatus 0 before AuthData \"/16/0/2/0\""

static struct fake_event *tells(int64_t at, const char *path, struct value value)
{
    struct fake_event *event = fake_stage_event(&script.fake, at, ACTOR_NOTIFIED, "/16/0");
    event->outcome.code = 0x45;
    event->event.server = 1;
    fake_content(&event->outcome, path, value);
    return event;
}

static struct fake_event *tells_status(int64_t at, int64_t status)
{
    return tells(at, "/16/0/3", value_integer(status));
}

static struct fake_event *tells_data(int64_t at)
{
    return tells(at, "/16/0/2/0", value_octets(VALUE_OPAQUE, bytes_of("data")));
}

START_TEST(what_leaves_comes_before_its_reset)
{
    setup();
    tells_status(15, 1);
    tells_data(16);
    tells_status(17, 0);
    tells_status(18, 1);
    tells_data(19);
    play(HEADER "wait 30ms\n");
    expect_no_finding();
    teardown();

    setup();
    tells_status(15, 1);
    tells_status(16, 0);
    tells_data(17);
    play(HEADER "wait 30ms\n");
    expect_finding("PF-STATE-11", REASON);
    teardown();
}
END_TEST

/* A pulse that pmin hides, ERROR, and AuthData ahead of its status, which has a check of its own.
 */
START_TEST(what_was_not_told_is_not_out_of_order)
{
    setup();
    tells_data(15);
    tells_status(16, 1);
    tells_status(17, 2);
    tells_status(18, 0);
    tells_data(19);
    play(HEADER "wait 30ms\n");
    expect_no_finding();
    teardown();
}
END_TEST

/* A read by the server, another GetAuthData, another registration. */
START_TEST(other_ends_of_a_result_excuse_it)
{
    setup();
    tells_status(15, 1);
    answers("/16/0/2/0", value_octets(VALUE_OPAQUE, bytes_of("data")));
    tells_status(25, 0);
    tells_data(26);
    play(HEADER "wait 20ms\nread /16/0/2\nwait 20ms\n");
    expect_no_finding();
    teardown();

    for (int i = 0; i < 2; i++) {
        setup();
        arrives(10, GET, "/16/0/3"); /* the device side tells */
        tells_status(15, 1)->event.kind = ACTOR_TOLD;
        tells_status(16, 0)->event.kind = ACTOR_TOLD;
        if (i == 0)
            executes(18, "0='0',1='0',2='7'");
        tells_data(26)->event.kind = ACTOR_TOLD;
        play(HEADER "wait 40ms\n");
        if (i == 0)
            expect_no_finding();
        else
            expect_finding("PF-STATE-11", REASON);
        teardown();
    }

    setup();
    tells_status(15, 1);
    tells_status(16, 0);
    fake_stage_event(&script.fake, 17, ACTOR_REGISTERED, "/")->event.server = 1;
    tells_data(18);
    play(HEADER "wait 30ms\n");
    expect_no_finding();
    teardown();
}
END_TEST

/* The last block may be fetched after the status was told. */
START_TEST(what_may_have_come_in_blocks_is_not_judged)
{
    setup();
    tells_status(15, 1);
    tells_status(16, 0);
    struct fake_event *event = tells_data(17);
    for (int i = 0; i < 65; i++)
        buf_put_u8(&event->outcome.payload, 'x');
    play(HEADER "wait 30ms\n");
    expect_no_finding();
    teardown();
}
END_TEST

UNIT_MAIN("umpire_order", what_leaves_comes_before_its_reset, what_was_not_told_is_not_out_of_order,
          other_ends_of_a_result_excuse_it, what_may_have_come_in_blocks_is_not_judged)
