/* SPDX-License-Identifier: Apache-2.0 */
/* What a server of others withholds, makes up or does by itself is not held against our device;
 * what our device does not do is. */
#include "base/std.h"

#include "tests/unit/scenario/foreign.h"

/* The server tells of it. */
static void reports(int64_t at, int value)
{
    fake_stage_notify(&script.fake, at, "/16/0/3", value_integer(value));
}

START_TEST(a_notification_that_is_withheld_is_the_servers)
{
    setup_foreign();
    observes(1, 0);
    tells(100, 1);
    play(OBSERVED "expect notify $pf/3 1 within 1s\n");
    expect_excuse("the server, or what drives it, does not tell of it");
    teardown();

    setup_foreign(); /* the one before it is told */
    observes(1, 0);
    tells(100, 1);
    tells(110, 0);
    reports(120, 0);
    play(OBSERVED "expect notify $pf/3 1 within 1s\n");
    expect_excuse("the server, or what drives it, tells something else");
    teardown();

    setup(); /* ours has no excuse */
    observes(1, 0);
    tells(100, 1);
    play(OBSERVED "expect notify $pf/3 1 within 1s\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

START_TEST(what_the_device_does_wrong_is_its_own)
{
    setup_foreign(); /* it says nothing */
    observes(1, 0);
    play(OBSERVED "expect notify $pf/3 1 within 1s\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();

    setup_foreign(); /* it says something else, though the right thing follows */
    observes(1, 0);
    tells(100, 2);
    reports(110, 2);
    tells(120, 1);
    reports(130, 1);
    play(OBSERVED "expect notify $pf/3 1 within 1s\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();

    setup_foreign(); /* what was met before is over */
    observes(1, 0);
    tells(100, 1);
    reports(110, 1);
    play(OBSERVED "expect notify $pf/3 1 within 1s\nexpect notify $pf/3 1 within 1s\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

START_TEST(a_notification_that_is_made_up_is_the_servers)
{
    setup_foreign(); /* told twice, before the next one leaves */
    observes(1, 0);
    tells(90, 1);
    reports(100, 1);
    reports(101, 1);
    tells(500, 0);
    reports(501, 0);
    play(OBSERVED "expect notify $pf/3 1 within 1s\nexpect notify $pf/3 0 within 1s\n");
    expect_excuse("tells of something that the device has not done");
    teardown();

    setup_foreign();
    observes(1, 0);
    reports(100, 1);
    play(OBSERVED "expect no notify $pf/3 within 1s\n");
    expect_excuse("tells of something that the device has not done");
    teardown();

    setup_foreign();
    observes(1, 0);
    tells(90, 1);
    reports(100, 1);
    play(OBSERVED "expect no notify $pf/3 within 1s\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

START_TEST(a_registration_that_is_not_told_of_is_the_servers)
{
    setup_foreign();
    script.fake.event_count = 0;
    replies(1, POST, "/rd", 0x41)->event.location = "/rd/1";
    play(HEADER "expect register within 1s\n");
    expect_excuse("the device was accepted like that");
    teardown();

    setup_foreign();
    replies(20, POST, "/rd/1", 0x44);
    play(HEADER "expect register\nexpect update within 1s\n");
    expect_excuse("does not tell of it");
    teardown();

    setup_foreign(); /* it was refused */
    replies(20, DELETE, "/rd/1", 0x80);
    play(HEADER "expect register\nexpect deregister within 1s\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

START_TEST(a_send_that_is_not_told_of_is_the_servers)
{
    setup_foreign();
    struct fake_event *event = fake_stage_event(&script.fake, 20, ACTOR_POSTED, "/");
    fake_content(&event->outcome, "/3/0/0", value_string("Acme"));
    play(HEADER "expect register\nexpect send /3/0/0 \"Acme\" within 1s\n");
    expect_excuse("does not tell of it");
    teardown();
}
END_TEST

UNIT_MAIN("run_seen", a_notification_that_is_withheld_is_the_servers,
          what_the_device_does_wrong_is_its_own, a_notification_that_is_made_up_is_the_servers,
          a_registration_that_is_not_told_of_is_the_servers,
          a_send_that_is_not_told_of_is_the_servers)
