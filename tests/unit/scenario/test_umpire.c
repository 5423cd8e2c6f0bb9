/* SPDX-License-Identifier: Apache-2.0 */
/* Registrations, notifications and what servers ask by themselves, as the umpire sees them. */
#include "base/std.h"

#include "tests/unit/scenario/umpired.h"

static struct fake_event *tells(int64_t at, const char *path, struct value value)
{
    struct fake_event *event = fake_stage_event(&script.fake, at, ACTOR_TOLD, path);
    event->outcome.code = 0x45;
    fake_content(&event->outcome, path, value);
    return event;
}

START_TEST(a_registration_is_accepted_with_a_location)
{
    setup();
    replies(1, POST, "/rd", 0x41)->event.location = "/rd/1";
    replies(2, POST, "/rd/1", 0x44);
    replies(3, DELETE, "/rd/1", 0x42);
    play(HEADER "wait 10ms\n");
    expect_no_finding();
    teardown();
}
END_TEST

START_TEST(a_registration_that_is_refused_or_has_no_location_is_found)
{
    setup();
    replies(1, POST, "/rd", 0x41);
    play(HEADER "wait 10ms\n");
    expect_finding("PF-SRV-4", "accepts the registration without telling its location");
    teardown();

    setup();
    replies(1, POST, "/rd", 0x80);
    play(HEADER "wait 10ms\n");
    expect_finding("PF-SRV-4", "the server answers the registration 4.00, not 2.01");
    teardown();
}
END_TEST

START_TEST(an_update_may_fail_after_the_end_only)
{
    setup();
    replies(1, POST, "/rd", 0x41)->event.location = "/rd/1";
    replies(2, POST, "/rd/1", 0x84);
    play(HEADER "wait 10ms\n");
    expect_finding("PF-SRV-4", "answers an update of a registration that is in force 4.04");
    teardown();

    setup();
    replies(1, POST, "/rd", 0x41)->event.location = "/rd/1";
    fake_stage_event(&script.fake, 2, ACTOR_EXPIRED, "/");
    replies(3, POST, "/rd/1", 0x84);
    play(HEADER "wait 10ms\n");
    expect_no_finding();
    teardown();

    setup();
    replies(0, POST, "/rd", 0x41)->event.location = "/rd/1";
    replies(3, POST, "/rd/1", 0x84);
    play(HEADER "server forget\nwait 10ms\n");
    expect_no_finding();
    teardown();

    setup(); /* it forgets before its answer has arrived */
    fake_stage_event(&script.fake, 1, ACTOR_REGISTERED, "/");
    replies(5, POST, "/rd", 0x41)->event.location = "/rd/1";
    replies(6, POST, "/rd/1", 0x84);
    play(HEADER "expect register\nserver forget\nwait 10ms\n");
    expect_no_finding();
    teardown();

    setup(); /* what it accepts after that is in force */
    fake_stage_event(&script.fake, 1, ACTOR_REGISTERED, "/");
    replies(5, POST, "/rd", 0x41)->event.location = "/rd/1";
    fake_stage_event(&script.fake, 6, ACTOR_REGISTERED, "/");
    replies(7, POST, "/rd", 0x41)->event.location = "/rd/2";
    replies(8, POST, "/rd/2", 0x84);
    play(HEADER "expect register\nserver forget\nwait 10ms\n");
    expect_finding("PF-SRV-4", "answers an update of a registration that is in force 4.04");
    teardown();
}
END_TEST

START_TEST(a_deregistration_is_answered)
{
    setup();
    replies(1, POST, "/rd", 0x41)->event.location = "/rd/1";
    replies(2, DELETE, "/rd/1", 0xA0);
    play(HEADER "wait 10ms\n");
    expect_finding("LWM2M-DEREGISTER", "answers a de-registration 5.00, not 2.02");
    teardown();
}
END_TEST

START_TEST(a_send_is_answered)
{
    setup();
    replies(1, POST, "/dp", 0x44);
    play(HEADER "wait 10ms\n");
    expect_no_finding();
    teardown();

    setup();
    replies(1, POST, "/dp", 0x85);
    play(HEADER "wait 10ms\n");
    expect_finding("LWM2M-SEND", "the server answers a Send 4.05, not 2.04");
    teardown();
}
END_TEST

START_TEST(a_repetition_is_not_seen_again)
{
    setup();
    reads(5, "/3/0/0", value_string("Acme"));
    answers("/3/0/0", value_string("Acme"));
    reads(15, "/3/0/0", value_string("Acme"));
    fake_stage_value(&script.fake, "/3/0/0", value_string("Acme"))->same = true;
    play(HEADER "read /3/0/0 => 2.05\nrepeat => 2.05 same\n");
    expect_finding("COAP-DUPLICATE", "repeats GET \"/3/0/0\" as a request of its own");
    teardown();
}
END_TEST

START_TEST(an_instance_that_was_not_registered_is_left_alone)
{
    setup();
    reads(5, "/16/0/3", value_integer(0)); /* registered */
    reads(6, "/16/1/3", value_integer(0));
    play(HEADER "wait 10ms\n");
    expect_finding("PF-SRV-4",
                   "asks GET \"/16/1/3\" by itself, an instance that was not registered");
    teardown();
}
END_TEST

START_TEST(what_a_step_has_named_or_created_may_be_asked_for)
{
    setup();
    struct fake_event *create = arrives(5, POST, "/16");
    create->outcome.code = 0x41;
    create->outcome.has_location = true;
    create->outcome.location = path_instance(16, 4);
    arrives(15, GET, "/16/5/3")->outcome.code = 0x84;
    reads(22, "/16/4/3", value_integer(0));
    reads(23, "/16/5/3", value_integer(0));
    fake_stage_answer(&script.fake, 201);
    fake_stage_answer(&script.fake, 404);
    play(HEADER "create /16\nread /16/5/3 => 4.04\nwait 10ms\n");
    expect_no_finding();
    teardown();
}
END_TEST

START_TEST(a_bootstrap_server_knows_no_registration)
{
    setup();
    reads(6, "/16/1/3", value_integer(0))->request.is_bootstrap = true;
    play(HEADER "wait 10ms\n");
    expect_no_finding();
    teardown();
}
END_TEST

START_TEST(a_notification_is_taken_as_it_came)
{
    setup();
    tells(1, "/16/0/3", value_integer(0));
    tells(2, "/16/0/3", value_integer(1));
    fake_stage_notify(&script.fake, 3, "/16/0/3", value_integer(1)); /* the other one is lost */
    fake_stage_notify(&script.fake, 4, "/3/0/0", value_string("of nobody"));
    play(HEADER "wait 10ms\n");
    expect_no_finding();
    teardown();

    setup();
    tells(1, "/16/0/3", value_integer(0));
    fake_stage_notify(&script.fake, 3, "/16/0/3", value_integer(1));
    play(HEADER "wait 10ms\n");
    expect_finding("PF-SRV-5",
                   "takes other values from a notification of \"/16/0/3\" than it brought");
    teardown();

    setup();
    tells(1, "/3/0/13", value_time(5));
    fake_stage_notify(&script.fake, 3, "/3/0/13", value_integer(6));
    play(HEADER "wait 10ms\n");
    expect_finding("LWM2M-NOTIFY", "\"/3/0/13\"");
    teardown();
}
END_TEST

/* Of one that was pushed out nothing is known. */
START_TEST(too_many_notifications_leave_the_question_open)
{
    setup();
    struct fake_event *told = tells(1, "/16/0/3", value_integer(1));
    told->repeats = 200;
    fake_stage_notify(&script.fake, 3, "/16/0/3", value_integer(2));
    play(HEADER "wait 10ms\n");
    expect_no_finding();
    teardown();

    setup();
    told = tells(1, "/16/0/3", value_integer(1));
    told->repeats = 100;
    fake_stage_notify(&script.fake, 3, "/16/0/3", value_integer(2));
    play(HEADER "wait 10ms\n");
    expect_finding("PF-SRV-5", "\"/16/0/3\"");
    teardown();
}
END_TEST

START_TEST(a_server_that_does_not_tell_the_values_is_not_asked)
{
    setup();
    tells(1, "/16/0/3", value_integer(1));
    fake_stage_event(&script.fake, 3, ACTOR_NOTIFIED, "/16/0/3")->outcome.code = 0x45;
    play(HEADER "wait 10ms\n");
    expect_no_finding();
    teardown();
}
END_TEST

START_TEST(a_finding_warns_about_a_third_party_where_the_text_is_weak)
{
    setup();
    script.options.third_party_server = true;
    executes(5, "0='0',1='0',2='7',3='0'");
    reads(6, "/16/0/2", value_none());
    snprintf(fake_stage_answer(&script.fake, 205)->problem, 100, "nothing there");
    play(HEADER "covers PF-AUTH-1\nauthenticate $pf identity=0 => error\nwait 1ms\n");
    expect_verdict(VERDICT_WARN, ST_OK);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "line 4: authenticate /16/0: the server "
                                                         "takes AuthData of \"/16/0\" before"));
    teardown();
}
END_TEST

START_TEST(a_finding_does_not_stop_a_scenario)
{
    setup();
    reads(5, "/16/1/3", value_integer(0));
    fake_stage_answer(&script.fake, 205);
    play(HEADER "wait 10ms\nread /3 => 2.05\n");
    ck_assert_ptr_nonnull(strstr(script_log(&script), "10 read /3\n"));
    ck_assert_int_eq(verdict_at(0), VERDICT_FAIL);
    teardown();
}
END_TEST

UNIT_MAIN("umpire", a_registration_is_accepted_with_a_location,
          a_registration_that_is_refused_or_has_no_location_is_found,
          an_update_may_fail_after_the_end_only, a_deregistration_is_answered, a_send_is_answered,
          a_repetition_is_not_seen_again, an_instance_that_was_not_registered_is_left_alone,
          what_a_step_has_named_or_created_may_be_asked_for,
          a_bootstrap_server_knows_no_registration, a_notification_is_taken_as_it_came,
          too_many_notifications_leave_the_question_open,
          a_server_that_does_not_tell_the_values_is_not_asked,
          a_finding_warns_about_a_third_party_where_the_text_is_weak,
          a_finding_does_not_stop_a_scenario)
