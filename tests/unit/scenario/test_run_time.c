/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios are played in time: events, registrations, limits, cleanup. */
#include "base/std.h"

#include "tests/unit/scenario/played.h"

/* --- events and time ------------------------------------------------------------------- */
START_TEST(a_notification_in_time_is_taken)
{
    setup();
    fake_stage_notify(&script.fake, 1500, "/16/0/3", value_integer(1));
    fake_stage_notify(&script.fake, 1600, "/16/0/3", value_integer(0));
    play(HEADER "expect notify $pf/3 1 within 2s\nexpect notify $pf/3 0\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    ck_assert_int_eq(script.result.duration_ms, 1600);
    teardown();
}
END_TEST

START_TEST(a_late_notification_is_none)
{
    setup();
    fake_stage_notify(&script.fake, 2001, "/16/0/3", value_integer(1));
    play(HEADER "expect notify $pf/3 1\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_int_eq(script.result.duration_ms, 2000);
    ck_assert_str_eq(script_reason(&script),
                     "line 3: expect notify /16/0/3: expected notify /16/0/3 1, got nothing of "
                     "that kind came in time");
    teardown();
}
END_TEST

/* The machine was busy elsewhere when the time was up: what came in time counts. */
START_TEST(what_nobody_had_time_to_look_at_is_heard)
{
    setup();
    fake_stage_notify(&script.fake, 1900, "/16/0/3", value_integer(1));
    script.fake.stalls_ms = 5000;
    play(HEADER "expect notify $pf/3 1 within 2s\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();
}
END_TEST

START_TEST(patience_stretches_what_is_awaited_and_no_silence)
{
    setup();
    script.options.patience = 2.5;
    fake_stage_notify(&script.fake, 2400, "/16/0/3", value_integer(1));
    play(HEADER "expect notify $pf/3 1 within 1s\nwait 1s\nexpect no update within 2s\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    ck_assert_int_eq(script.result.duration_ms, 2400 + 1000 + 2000);
    teardown();
}
END_TEST

START_TEST(what_measures_is_not_stretched)
{
    for (int is_server = 0; is_server < 2; is_server++) {
        setup();
        script.options.patience = 3;
        script.options.third_party_server = is_server != 0;
        script.options.third_party_device = is_server == 0;
        script.fake.no_device = is_server == 0;
        script.fake.claims.latency_ms = 500;
        play(HEADER "wait exactly 1s\n");
        ck_assert_int_eq(script.result.duration_ms, 1000);
        teardown();
    }
    setup();
    script.options.patience = 3;
    script.options.third_party_server = true;
    play(HEADER "let gap = 2s\nwait exactly $gap\nwait $gap\n");
    ck_assert_int_eq(script.result.duration_ms, 2000 + 6000);
    teardown();
}
END_TEST

START_TEST(patience_without_end_waits_for_what_comes)
{
    setup();
    script.options.patience = 1e300;
    fake_stage_notify(&script.fake, 2400, "/16/0/3", value_integer(1));
    play(HEADER "expect notify $pf/3 1 within 1s\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();
}
END_TEST

START_TEST(the_next_notification_must_be_the_right_one)
{
    setup();
    fake_stage_notify(&script.fake, 10, "/16/0/3", value_integer(0));
    fake_stage_notify(&script.fake, 20, "/16/0/3", value_integer(1));
    play(HEADER "expect notify $pf/3 1\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_str_eq(script_reason(&script), "line 3: expect notify /16/0/3: expected notify "
                                             "/16/0/3 1, got notify /16/0/3 2.05 0");
    teardown();
}
END_TEST

START_TEST(a_notification_may_have_to_be_an_error)
{
    setup();
    fake_stage_event(&script.fake, 10, ACTOR_NOTIFIED, "/16/0/3")->outcome.code = 0x84;
    fake_stage_event(&script.fake, 20, ACTOR_NOTIFIED, "/16/0/3")->outcome.code = 0x84;
    play(HEADER "expect notify $pf/3 => 4.04\nexpect notify $pf/3\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_int_eq(verdict_at(0), VERDICT_PASS);
    ck_assert_int_eq(verdict_at(1), VERDICT_FAIL);
    teardown();
}
END_TEST

START_TEST(silence_takes_its_time)
{
    setup();
    fake_stage_notify(&script.fake, 500, "/16/0/2", value_integer(1));
    fake_stage_notify(&script.fake, 2001, "/16/0/3", value_integer(1));
    play(HEADER "expect no notify $pf/3 within 2s\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    ck_assert_int_eq(script.result.duration_ms, 2000);
    teardown();
}
END_TEST

START_TEST(silence_is_broken_at_once)
{
    setup();
    fake_stage_notify(&script.fake, 300, "/16/0/3", value_integer(1));
    play(HEADER "expect no notify $pf/3 within 2s\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_int_eq(script.result.duration_ms, 300);
    ck_assert_str_eq(script_reason(&script), "line 3: expect no notify /16/0/3: expected no notify "
                                             "/16/0/3, got notify /16/0/3 2.05 1");
    teardown();
}
END_TEST

START_TEST(silence_is_broken_by_what_came_before_and_nobody_took)
{
    setup();
    fake_stage_notify(&script.fake, 300, "/16/0/3", value_integer(1));
    play(HEADER "wait 1s\nexpect no notify $pf/3 within 2s\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_int_eq(script.result.duration_ms, 1000);
    teardown();
}
END_TEST

START_TEST(events_that_come_during_an_operation_are_kept)
{
    setup();
    fake_stage_notify(&script.fake, 5, "/16/0/3", value_integer(1));
    fake_stage_answer(&script.fake, 204);
    play(HEADER "execute $pf/1\nexpect notify $pf/3 1 within 1ms\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();
}
END_TEST

START_TEST(updates_deregistrations_and_requests_are_events)
{
    setup();
    struct fake_event *update = fake_stage_event(&script.fake, 100, ACTOR_UPDATED, "/");
    update->event.lifetime = "20";
    update->event.binding = "U";
    update->event.queues = true;
    fake_stage_event(&script.fake, 200, ACTOR_REQUESTED, "/16/0/1")->event.method = 2;
    fake_stage_event(&script.fake, 300, ACTOR_DEREGISTERED, "/");
    fake_stage_event(&script.fake, 350, ACTOR_EXPIRED, "/");
    play(HEADER "expect update with lt=20 no list b=U queue\nexpect request POST $pf/1\n"
                "expect deregister\nexpect expiry\nexpect no update within 100ms\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();
}
END_TEST

START_TEST(an_update_may_have_to_come_without_a_binding)
{
    setup();
    struct fake_event *update = fake_stage_event(&script.fake, 100, ACTOR_UPDATED, "/");
    update->event.binding = "U";
    update = fake_stage_event(&script.fake, 200, ACTOR_UPDATED, "/");
    update->event.binding = "U";
    update->event.has_binding = true;
    play(HEADER "expect update with b=U no b\nexpect update with no b\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_int_eq(verdict_at(0), VERDICT_PASS);
    ck_assert_str_eq(script_reason(&script), "line 4: expect update: expected update with no b, "
                                             "got update: it has a binding");
    teardown();
}
END_TEST

START_TEST(an_update_without_what_it_should_bring_fails)
{
    setup();
    fake_stage_event(&script.fake, 100, ACTOR_UPDATED, "/");
    play(HEADER "expect update with list\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_str_eq(script_reason(&script), "line 3: expect update: expected update with list, "
                                             "got update: it has no object list");
    teardown();
}
END_TEST

/* --- registration ---------------------------------------------------------------------- */
START_TEST(a_registration_that_is_alive_is_enough)
{
    setup();
    struct fake_event *update = fake_stage_event(&script.fake, 100, ACTOR_UPDATED, "/");
    update->event.version = "1.1";
    play(HEADER "wait 1s\nexpect register with links(</16/0>) lt=300 lwm2m=1.1\nexpect register\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();
}
END_TEST

START_TEST(a_registration_that_ended_is_not)
{
    setup();
    fake_stage_event(&script.fake, 10, ACTOR_EXPIRED, "/");
    play(HEADER "wait 1s\nexpect register\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_str_eq(script_reason(&script), "line 4: expect register: expected register, got no "
                                             "registration is alive");
    teardown();
}
END_TEST

START_TEST(a_fresh_registration_comes_after_the_known_one)
{
    setup();
    fake_stage_event(&script.fake, 500, ACTOR_REGISTERED, "/");
    play(HEADER "expect register\nexpect fresh register within 1s\n"
                "expect no register within 1s\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();
    setup();
    play(HEADER "expect register\nexpect fresh register within 1s\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

START_TEST(a_fresh_registration_comes_after_what_causes_it)
{
    static const char *const causes[] = {"device restart", "device register", "server forget",
                                         "server restart", "server silence"};
    for (size_t i = 0; i < COUNT_OF(causes); i++) {
        char text[300];
        setup();
        fake_stage_event(&script.fake, 700, ACTOR_REGISTERED, "/");
        snprintf(text, sizeof text, HEADER "%s\nexpect fresh register within 1s\n", causes[i]);
        play(text);
        expect_verdict(VERDICT_PASS, ST_OK);
        ck_assert_int_eq(script.result.duration_ms, 700);
        teardown();
    }
}
END_TEST

/* --- several servers ------------------------------------------------------------------------ */
static void hear_at(int64_t at, enum actor_event_kind kind, unsigned server)
{
    struct fake_event *event = fake_stage_event(&script.fake, at, kind, "/");
    event->event.server = server;
    event->event.lifetime = "60";
}

START_TEST(steps_go_to_the_server_that_they_name)
{
    setup();
    script.fake.claims.server_count = 2;
    script.fake.claims.has_bootstrap = true;
    for (int i = 0; i < 3; i++)
        fake_stage_answer(&script.fake, 205);
    play(HEADER "read /3\nat 2 read /3\nat bootstrap read /3\nat 2 server restart\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    ck_assert_str_eq(script_log(&script), "0 look up\n0 set up\n0 read /3\n10 at 2 read /3\n"
                                          "20 at bootstrap read /3\n30 at 2 server restart\n"
                                          "30 strike\n");
    teardown();
}
END_TEST

START_TEST(each_server_sees_its_own_events)
{
    setup();
    script.fake.claims.server_count = 2;
    hear_at(100, ACTOR_UPDATED, 2);
    hear_at(200, ACTOR_REGISTERED, 2);
    play(HEADER "at 2 expect no register within 50ms\nexpect no update within 100ms\n"
                "at 2 expect update within 1s\nat 2 expect register with lt=60 within 1s\n"
                "expect register with lt=300\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();
    setup();
    script.fake.claims.server_count = 2;
    play(HEADER "at 2 expect register within 1s\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_str_eq(script_reason(&script), "line 3: at 2 expect register: expected register, got "
                                             "no registration is alive");
    teardown();
    setup(); /* who was not content says why; the other end only hears of it */
    script.fake.claims.server_count = 2;
    fake_stage_event(&script.fake, 10, ACTOR_FAILED, "/")->event.text =
        "certificate is expired; trying again in 60 s";
    fake_stage_event(&script.fake, 20, ACTOR_FAILED, "/")->event.text = "alert 45";
    play(HEADER "at 2 expect register within 1s\n");
    ck_assert_str_eq(script_reason(&script),
                     "line 3: at 2 expect register: expected register, got no registration is "
                     "alive; what failed first: certificate is expired");
    teardown();
}
END_TEST

START_TEST(a_registration_that_nobody_had_time_to_look_at_is_heard)
{
    setup();
    script.fake.claims.server_count = 2;
    script.fake.stalls_ms = 5000;
    hear_at(1900, ACTOR_REGISTERED, 2);
    play(HEADER "at 2 expect register within 2s\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();
}
END_TEST

START_TEST(what_loses_messages_needs_real_time)
{
    static const char *const lines[] = {"link loss 30%", "link drop next"};
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        char text[300];
        setup();
        script.fake.claims.loses_nothing = true;
        snprintf(text, sizeof text, HEADER "%s\n", lines[i]);
        play(text);
        expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
        ck_assert_str_eq(script_reason(&script),
                         "loses messages, which are sent again by real time only");
        teardown();
    }
}
END_TEST

START_TEST(a_handshake_is_one_with_the_server_that_is_named)
{
    static const struct {
        const char *line;
        enum verdict verdict;
    } rows[] = {{"at 2 expect secured \"PSK\"", VERDICT_PASS},
                {"expect secured \"PSK\"", VERDICT_PASS},
                {"at 1 expect secured \"PSK\"", VERDICT_FAIL},
                {"at bootstrap expect secured", VERDICT_FAIL}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[300];
        setup();
        script.fake.claims.server_count = 2;
        script.fake.claims.has_bootstrap = true;
        hear_at(100, ACTOR_SECURED, 2);
        script.fake.events[script.fake.event_count - 1].event.text = "TLS_PSK";
        snprintf(text, sizeof text, HEADER "%s\n", rows[i].line);
        play(text);
        expect_verdict(rows[i].verdict, ST_OK);
        teardown();
    }
}
END_TEST

START_TEST(a_request_for_a_bootstrap_is_heard_by_its_server)
{
    setup();
    script.fake.claims.has_bootstrap = true;
    hear_at(100, ACTOR_ASKED, BOOTSTRAP_SERVER);
    play(HEADER "at bootstrap expect request within 1s\n"
                "at bootstrap expect no request within 1s\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();
}
END_TEST

START_TEST(without_a_cause_the_first_registration_is_fresh)
{
    setup();
    play(HEADER "expect fresh register within 1s\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();
}
END_TEST

/* --- cleanup and limits ---------------------------------------------------------------- */
START_TEST(cleanup_runs_after_a_failure)
{
    setup();
    fake_stage_answer(&script.fake, 404);
    fake_stage_answer(&script.fake, 404);
    fake_stage_answer(&script.fake, 202);
    play(HEADER "read /16\nread /3\ncleanup\ndelete /16/1\ndelete /16/2\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_str_eq(script_reason(&script), "line 3: read /16: expected 2.05, got 4.04");
    ck_assert_uint_eq(script.result.check_count, 3);
    ck_assert_int_eq(verdict_at(2), VERDICT_PASS);
    teardown();
}
END_TEST

START_TEST(a_cleanup_that_fails_is_a_failure)
{
    setup();
    fake_stage_answer(&script.fake, 205);
    fake_stage_answer(&script.fake, 404);
    play(HEADER "read /16\ncleanup\ndelete /16/1\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

START_TEST(the_time_of_a_scenario_is_limited)
{
    setup();
    script.options.timeout_ms = 1500;
    fake_stage_answer(&script.fake, 205);
    play(HEADER "expect notify $pf/3 1 within 5s\nread /16\ncleanup\nread /3\n");
    expect_verdict(VERDICT_ERROR, ST_TIMEOUT);
    ck_assert_str_eq(script_reason(&script),
                     "line 3: expect notify /16/0/3: the time limit passed before its end");
    ck_assert_str_eq(script_log(&script), "0 look up\n0 set up\n1500 read /3\n1510 strike\n");
    teardown();
}
END_TEST

START_TEST(a_scenario_may_name_its_time)
{
    setup();
    play("title \"x\"\nprofile fake\ntimeout 1500ms\nread /16\n");
    expect_verdict(VERDICT_ERROR, ST_TIMEOUT);
    ck_assert_int_eq(script.result.duration_ms, 1500);
    teardown();
    setup(); /* whoever plays it has the last word */
    script.options.timeout_ms = 700;
    play("title \"x\"\nprofile fake\ntimeout 1500ms\nread /16\n");
    ck_assert_int_eq(script.result.duration_ms, 700);
    teardown();
}
END_TEST

START_TEST(an_operation_ends_with_the_time_of_its_scenario)
{
    setup();
    script.options.timeout_ms = 1500;
    play(HEADER "read /16\n");
    expect_verdict(VERDICT_ERROR, ST_TIMEOUT);
    ck_assert_int_eq(script.result.duration_ms, 1500);
    teardown();
}
END_TEST

START_TEST(an_operation_has_a_time_of_its_own)
{
    setup();
    play(HEADER "should read /16 within 700ms\nread /16\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_int_eq(script.result.duration_ms, 700 + 30000);
    teardown();
}
END_TEST

START_TEST(a_scenario_has_a_minute_unless_told_otherwise)
{
    setup();
    play(HEADER "wait 2m\n");
    expect_verdict(VERDICT_ERROR, ST_TIMEOUT);
    ck_assert_int_eq(script.result.duration_ms, 60000);
    teardown();
}
END_TEST

START_TEST(cleanup_has_a_time_of_its_own)
{
    setup();
    script.options.timeout_ms = 1000;
    play(HEADER "wait 5s\ncleanup\nread /16\nwait 30s\n");
    expect_verdict(VERDICT_ERROR, ST_TIMEOUT);
    ck_assert_int_eq(script.result.duration_ms, 1000 + 15000);
    teardown();
}
END_TEST

START_TEST(a_signal_ends_it_after_cleanup)
{
    setup();
    script.fake.stop_at = 1200;
    fake_stage_answer(&script.fake, 205);
    play(HEADER "expect notify $pf/3 1 within 5s\nread /16\ncleanup\nread /3\n");
    expect_verdict(VERDICT_ERROR, ST_CANCELLED);
    ck_assert_str_eq(script_reason(&script),
                     "line 3: expect notify /16/0/3: stopped before its end");
    ck_assert_str_eq(script_log(&script), "0 look up\n0 set up\n2000 read /3\n2010 strike\n");
    ck_assert_uint_eq(script.result.check_count, 1);
    teardown();
}
END_TEST

START_TEST(a_flood_of_events_is_an_error)
{
    setup();
    fake_stage_event(&script.fake, 1, ACTOR_UPDATED, "/")->repeats = EVENTS_MOST;
    play(HEADER "wait 1s\n");
    expect_verdict(VERDICT_ERROR, ST_OK);
    ck_assert_str_eq(script_reason(&script),
                     "more events came than can be kept: is it an endless loop?");
    teardown();
}
END_TEST

START_TEST(time_that_stands_still_proves_nothing)
{
    setup();
    script.fake.stuck_at = 500;
    play(HEADER "timeout 7s\nexpect no notify $pf/3 within 1s\nread /3/0/0\n");
    expect_verdict(VERDICT_ERROR, ST_TIMEOUT);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "time stands still"));
    ck_assert_ptr_null(strstr(buf_text(&script.fake.log), "read"));
    teardown();
}
END_TEST

START_TEST(limits_hold_by_the_machines_clock_too)
{
    setup();
    play(HEADER "timeout 7s\nexpect register\n");
    ck_assert_int_eq(script.fake.paced_ms, 15000); /* of the cleanup, whatever it has to do */
    teardown();
}
END_TEST

UNIT_MAIN("run_time", what_measures_is_not_stretched, time_that_stands_still_proves_nothing,
          limits_hold_by_the_machines_clock_too, a_notification_in_time_is_taken,
          a_late_notification_is_none, what_nobody_had_time_to_look_at_is_heard,
          patience_stretches_what_is_awaited_and_no_silence,
          patience_without_end_waits_for_what_comes, the_next_notification_must_be_the_right_one,
          a_notification_may_have_to_be_an_error, silence_takes_its_time, silence_is_broken_at_once,
          silence_is_broken_by_what_came_before_and_nobody_took,
          events_that_come_during_an_operation_are_kept,
          updates_deregistrations_and_requests_are_events,
          an_update_may_have_to_come_without_a_binding,
          an_update_without_what_it_should_bring_fails, a_registration_that_is_alive_is_enough,
          a_registration_that_ended_is_not, a_fresh_registration_comes_after_the_known_one,
          a_fresh_registration_comes_after_what_causes_it, steps_go_to_the_server_that_they_name,
          each_server_sees_its_own_events, a_registration_that_nobody_had_time_to_look_at_is_heard,
          a_request_for_a_bootstrap_is_heard_by_its_server, what_loses_messages_needs_real_time,
          a_handshake_is_one_with_the_server_that_is_named,
          without_a_cause_the_first_registration_is_fresh, cleanup_runs_after_a_failure,
          a_cleanup_that_fails_is_a_failure, the_time_of_a_scenario_is_limited,
          a_scenario_may_name_its_time, an_operation_ends_with_the_time_of_its_scenario,
          an_operation_has_a_time_of_its_own, a_scenario_has_a_minute_unless_told_otherwise,
          cleanup_has_a_time_of_its_own, a_signal_ends_it_after_cleanup,
          a_flood_of_events_is_an_error)
