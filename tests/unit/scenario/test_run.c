/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios are played: order, verdicts, stimuli, saved values. */
#include "base/std.h"

#include "tests/unit/scenario/played.h"

/* --- order and result ------------------------------------------------------------------ */
START_TEST(steps_are_played_in_order_between_set_up_and_strike)
{
    setup();
    fake_stage_value(&script.fake, "/16/0/3", value_integer(0));
    fake_stage_answer(&script.fake, 204);
    play(HEADER "expect register\nread $pf/3 => 2.05 0\nexecute $pf/1 0=0\nwait 1s\n"
                "component fail next\ndevice set $pf/0/0 \"x\"\ncomponent delay 20ms\n"
                "server forget\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    ck_assert_str_eq(script_log(&script), "0 look up\n"
                                          "0 set up\n"
                                          "0 read /16/0/3\n"
                                          "10 execute /16/0/1 0=0\n"
                                          "1020 fail next\n"
                                          "1020 set /16/0/0/0=\"x\"\n"
                                          "1020 delay 20\n"
                                          "1020 server forget\n"
                                          "1020 strike\n");
    teardown();
}
END_TEST

START_TEST(the_result_tells_what_was_played)
{
    setup();
    fake_stage_answer(&script.fake, 205);
    play(HEADER "tags a b\nread /16\nwait 1s\nexpect register\n");
    ck_assert_str_eq(script.result.file, "f");
    ck_assert_str_eq(script.result.title, "T");
    ck_assert_str_eq(script.result.profile, "fake");
    ck_assert_str_eq(script.result.tags[1], "b");
    ck_assert_int_eq(script.result.duration_ms, 1010);
    ck_assert_uint_eq(script.result.profile_sha256[31], 0xAB);
    ck_assert_uint_eq(script.result.reason.len, 0);
    ck_assert_uint_eq(script.result.check_count, 2);
    ck_assert_str_eq(script.result.checks[0].rule->id, "LWM2M-READ");
    ck_assert_uint_eq(script.result.checks[0].line, 4);
    ck_assert_uint_eq(script.result.checks[0].text.len, 0);
    ck_assert_str_eq(script.result.checks[1].rule->id, "LWM2M-REGISTER");
    ck_assert_uint_eq(script.result.checks[1].line, 6);
    teardown();
}
END_TEST

START_TEST(a_failure_is_explained)
{
    setup();
    fake_stage_answer(&script.fake, 404);
    play(HEADER "covers PF-ARG-1 PF-ARG-2\nread $pf/3 => 2.05 0   [PF-ARG-1 PF-ARG-2]\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_uint_eq(script.result.check_count, 2);
    ck_assert_str_eq(script_reason(&script), "line 4: read /16/0/3: expected 2.05 0, got 4.04");
    ck_assert_str_eq(buf_text(&script.result.checks[0].text),
                     "f:4:15: fail: read /16/0/3\n"
                     "    read $pf/3 => 2.05 0   [PF-ARG-1 PF-ARG-2]\n"
                     "                  ^\n"
                     "  expected  2.05 0\n"
                     "  actual    4.04\n"
                     "  rule      PF-ARG-1 (5.2.1, table 2, T): Argument 0, Service: Integer 0..1; "
                     "0 authenticates, 1 encrypts.\n"
                     "  messages  server -> device GET\n"
                     "            device -> server 2.05\n");
    ck_assert_ptr_nonnull(strstr(buf_text(&script.result.checks[1].text), "  rule      PF-ARG-2"));
    teardown();
}
END_TEST

/* --- what stops ------------------------------------------------------------------------ */
START_TEST(must_stops_and_should_goes_on)
{
    setup();
    fake_stage_answer(&script.fake, 404);
    fake_stage_answer(&script.fake, 404);
    fake_stage_answer(&script.fake, 205);
    play(HEADER "should read /16\nread /16\nread /3\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_uint_eq(script.result.check_count, 2);
    ck_assert_str_eq(script_reason(&script), "line 3: read /16: expected 2.05, got 4.04");
    teardown();
}
END_TEST

START_TEST(rules_of_ours_and_of_the_appendix_do_not_stop)
{
    setup();
    for (int i = 0; i < 3; i++)
        fake_stage_answer(&script.fake, 404);
    play(HEADER "covers PF-STATE-7 PF-STATE-8 PF-STATE-1\nread /16 [PF-STATE-8]\n"
                "read /16 [PF-STATE-7]\nread /16 [PF-STATE-7 PF-STATE-1]\nread /16\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_uint_eq(script.result.check_count, 4);
    teardown();
}
END_TEST

START_TEST(a_third_party_is_warned_where_the_text_is_weak)
{
    setup();
    script.options.third_party_device = true;
    fake_stage_answer(&script.fake, 404);
    fake_stage_answer(&script.fake, 205);
    play(HEADER "covers PF-STATE-8\nread /16 [PF-STATE-8]\nread /16\n");
    expect_verdict(VERDICT_WARN, ST_OK);
    ck_assert_int_eq(verdict_at(0), VERDICT_WARN);
    ck_assert_int_eq(verdict_at(1), VERDICT_PASS);
    ck_assert_ptr_nonnull(strstr(buf_text(&script.result.checks[0].text), ": warn: read /16"));
    teardown();
}
END_TEST

START_TEST(strict_takes_a_warning_for_a_failure)
{
    setup();
    script.options.third_party_device = true;
    script.options.strict = true;
    fake_stage_answer(&script.fake, 404);
    play(HEADER "covers PF-STATE-8\nread /16 [PF-STATE-8]\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

/* --- before the first step ------------------------------------------------------------- */
START_TEST(unmet_needs_make_it_not_applicable)
{
    setup();
    script.fake.claims.encryption = false;
    play(HEADER "needs authentication encryption\nread /16\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_str_eq(script_reason(&script),
                     "needs \"encryption\", which profile \"fake\" does not claim");
    ck_assert_str_eq(script_log(&script), "0 look up\n");
    teardown();
}
END_TEST

START_TEST(an_unknown_profile_is_an_error)
{
    setup();
    script.fake.look_up_status = ST_NOT_FOUND;
    play(HEADER "read /16\n");
    expect_verdict(VERDICT_ERROR, ST_NOT_FOUND);
    ck_assert_str_eq(script_reason(&script), "error: no profile is called \"fake\"");
    teardown();
}
END_TEST

START_TEST(one_that_does_not_fit_a_chosen_profile_is_not_applicable)
{
    setup();
    script.options.profile_is_chosen = true;
    play(HEADER "read /99\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_str_eq(script_reason(&script),
                     "does not fit profile \"fake\": line 3: object 99 is not known; declare it "
                     "in the profile");
    teardown();
}
END_TEST

START_TEST(a_scenario_that_does_not_fit_is_an_error)
{
    setup();
    play(HEADER "read /99\n");
    expect_verdict(VERDICT_ERROR, ST_INVALID);
    ck_assert_str_eq(script_reason(&script),
                     "f:3:6: error: object 99 is not known; declare it in the profile");
    ck_assert_str_eq(script_log(&script), "0 look up\n");
    teardown();
}
END_TEST

START_TEST(bindings_reach_the_steps)
{
    const struct binding binding = {"pf", "/16/4"};
    setup();
    script.options.bindings = &binding;
    script.options.binding_count = 1;
    fake_stage_answer(&script.fake, 205);
    play(HEADER "read $pf\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    ck_assert_ptr_nonnull(strstr(script_log(&script), "0 read /16/4\n"));
    teardown();
}
END_TEST

START_TEST(a_stage_that_cannot_be_set_up_is_an_error)
{
    setup();
    script.fake.set_up_status = ST_UNREACHABLE;
    play(HEADER "read /16\ncleanup\nread /3\n");
    expect_verdict(VERDICT_ERROR, ST_UNREACHABLE);
    ck_assert_str_eq(script_reason(&script), "nobody is there");
    ck_assert_uint_eq(script.result.check_count, 0);
    ck_assert_str_eq(script_log(&script), "0 look up\n0 set up\n0 strike\n");
    teardown();
}
END_TEST

START_TEST(a_stage_that_is_none_for_it_is_not_applicable)
{
    setup();
    script.fake.set_up_status = ST_UNSUPPORTED;
    play(HEADER "read /16\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_str_eq(script_reason(&script), "nobody is there");
    teardown();
}
END_TEST

/* --- answers that do not come ---------------------------------------------------------- */
START_TEST(silence_is_a_failure)
{
    static const enum status statuses[] = {ST_TIMEOUT, ST_UNREACHABLE, ST_NOT_FOUND, ST_CANCELLED};
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        setup();
        fake_stage_fail(&script.fake, statuses[i], "nothing came");
        play(HEADER "read /16\nread /16\n");
        expect_verdict(VERDICT_FAIL, ST_OK);
        ck_assert_uint_eq(script.result.check_count, 1);
        ck_assert_str_eq(script_reason(&script),
                         "line 3: read /16: expected 2.05, got no answer: nothing came");
        teardown();
    }
}
END_TEST

START_TEST(silence_can_be_asked_for)
{
    setup();
    fake_stage_fail(&script.fake, ST_TIMEOUT, NULL);
    fake_stage_answer(&script.fake, 205);
    play(HEADER "read /16 => none\nread /16 => none\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_int_eq(verdict_at(0), VERDICT_PASS);
    ck_assert_int_eq(verdict_at(1), VERDICT_FAIL);
    teardown();
}
END_TEST

START_TEST(what_the_server_cannot_do_is_inconclusive)
{
    setup();
    fake_stage_fail(&script.fake, ST_UNSUPPORTED, "this server cannot repeat");
    fake_stage_answer(&script.fake, 205);
    play(HEADER "read /16\nread /16\n");
    expect_verdict(VERDICT_INCONCLUSIVE, ST_OK);
    ck_assert_uint_eq(script.result.check_count, 2);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "this server cannot repeat"));
    teardown();
}
END_TEST

START_TEST(what_follows_an_undone_change_proves_nothing_unless_it_is_met)
{
    setup();
    fake_stage_fail(&script.fake, ST_UNSUPPORTED, "this server cannot write");
    fake_stage_answer(&script.fake, 404);
    fake_stage_answer(&script.fake, 205);
    play(HEADER "write /16/0/0/0 \"x\"\nread /16\nread /16\n");
    expect_verdict(VERDICT_INCONCLUSIVE, ST_OK);
    ck_assert_int_eq(verdict_at(0), VERDICT_INCONCLUSIVE);
    ck_assert_int_eq(verdict_at(1), VERDICT_INCONCLUSIVE);
    ck_assert_ptr_nonnull(strstr(buf_text(&script.result.checks[1].text),
                                 "a step before it should have done could not be done"));
    ck_assert_int_eq(verdict_at(2), VERDICT_PASS);
    teardown();
}
END_TEST

START_TEST(what_only_looks_leaves_nothing_undone)
{
    setup();
    fake_stage_fail(&script.fake, ST_UNSUPPORTED, "this server cannot discover");
    fake_stage_answer(&script.fake, 404);
    play(HEADER "discover /16\nread /16\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

START_TEST(an_actor_that_is_gone_is_an_error_of_its_own)
{
    setup();
    fake_stage_fail(&script.fake, ST_IO, "adapter \"x\" is not there any more");
    fake_stage_answer(&script.fake, 205);
    play(HEADER "read /16\nread /16\n");
    expect_verdict(VERDICT_ERROR, ST_UNREACHABLE);
    ck_assert_uint_eq(script.result.check_count, 1);
    teardown();
}
END_TEST

START_TEST(what_a_driver_does_not_tell_of_is_inconclusive)
{
    setup();
    script.fake.untold_notices = true;
    play(HEADER "expect register\nexpect notify /16/0/3\nexpect no notify /16/0/3 within 1s\n");
    expect_verdict(VERDICT_INCONCLUSIVE, ST_OK);
    ck_assert_int_eq(verdict_at(0), VERDICT_PASS);
    ck_assert_int_eq(verdict_at(1), VERDICT_INCONCLUSIVE);
    ck_assert_int_eq(verdict_at(2), VERDICT_INCONCLUSIVE);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "does not tell of this"));
    teardown();
}
END_TEST

START_TEST(a_step_that_makes_no_sense_is_an_error_and_stops)
{
    setup();
    fake_stage_fail(&script.fake, ST_INVALID, "nothing to cancel");
    fake_stage_answer(&script.fake, 205);
    play(HEADER "should cancel /16\nread /16\n");
    expect_verdict(VERDICT_ERROR, ST_OK);
    ck_assert_uint_eq(script.result.check_count, 1);
    ck_assert_str_eq(script_reason(&script),
                     "line 3: cancel /16: expected 2.05: nothing to cancel");
    teardown();
}
END_TEST

/* --- stimuli --------------------------------------------------------------------------- */
START_TEST(without_a_device_of_ours_a_stimulus_is_inconclusive)
{
    setup();
    script.fake.no_device = true;
    fake_stage_answer(&script.fake, 205);
    play(HEADER "device restart\nread /16\ncleanup\nread /3\n");
    expect_verdict(VERDICT_INCONCLUSIVE, ST_OK);
    ck_assert_str_eq(script_reason(&script),
                     "line 3: device restart: the device is not ours, so nobody can do this to it; "
                     "give --device-adapter");
    ck_assert_ptr_null(strstr(script_log(&script), "read /16"));
    ck_assert_ptr_nonnull(strstr(script_log(&script), "read /3"));
    ck_assert_ptr_null(script.result.checks[0].rule);
    teardown();
}
END_TEST

START_TEST(a_stimulus_that_should_be_may_be_left_out)
{
    setup();
    script.fake.no_device = true;
    fake_stage_answer(&script.fake, 205);
    play(HEADER "should device restart\nread /16\n");
    expect_verdict(VERDICT_INCONCLUSIVE, ST_OK);
    ck_assert_ptr_nonnull(strstr(script_log(&script), "read /16"));
    teardown();
}
END_TEST

START_TEST(requests_are_seen_by_our_device_only)
{
    setup();
    script.fake.no_device = true;
    fake_stage_answer(&script.fake, 205);
    play(HEADER "expect request GET /16\nexpect no request GET /16 within 1s\nread /16\n");
    expect_verdict(VERDICT_INCONCLUSIVE, ST_OK);
    ck_assert_uint_eq(script.result.check_count, 3);
    ck_assert_ptr_nonnull(strstr(script_log(&script), "0 read /16"));
    teardown();
}
END_TEST

START_TEST(a_device_that_is_muted_sends_nothing)
{
    setup();
    script.fake.stimulus_status = ST_REFUSED;
    play(HEADER "device send /3/0\nexpect no send /3/0 within 1s\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();
}
END_TEST

START_TEST(a_stimulus_that_is_refused_is_an_error)
{
    setup();
    script.fake.stimulus_status = ST_REFUSED;
    play(HEADER "component ok\nread /16\n");
    expect_verdict(VERDICT_ERROR, ST_UNREACHABLE); /* it breaks no rule */
    ck_assert_str_eq(script_reason(&script), "line 3: component ok: the device does not obey");
    teardown();
    setup();
    script.fake.control_status = ST_UNSUPPORTED;
    play(HEADER "server forget\nread /16\n");
    expect_verdict(VERDICT_INCONCLUSIVE, ST_OK);
    ck_assert_str_eq(script_reason(&script), "line 3: server forget: the server does not obey");
    teardown();
}
END_TEST

/* --- saved values ---------------------------------------------------------------------- */
START_TEST(saved_values_can_be_compared_and_written)
{
    setup();
    fake_stage_value(&script.fake, "/16/0/2/0", value_octets(VALUE_OPAQUE, bytes_of("ab")));
    fake_stage_value(&script.fake, "/16/0/2/0", value_octets(VALUE_OPAQUE, bytes_of("ab")));
    fake_stage_value(&script.fake, "/16/0/0/0", value_string("x"));
    fake_stage_answer(&script.fake, 204);
    play(HEADER "read $pf/2 => 2.05 length(2) save a\nread $pf/2 => 2.05 $a\n"
                "read $pf/0/0 => 2.05 any save id\nwrite $pf/0/1 $id\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    ck_assert_ptr_nonnull(strstr(script_log(&script), "write /16/0/0/1 /16/0/0/1=\"x\"\n"));
    teardown();
}
END_TEST

START_TEST(what_must_have_changed_is_compared_with_what_was_saved)
{
    setup();
    fake_stage_notify(&script.fake, 0, "/16/0/3", value_integer(1));
    fake_stage_value(&script.fake, "/16/0/3", value_integer(1));
    play(HEADER "expect notify $pf/3 any save s\nread $pf/3 => 2.05 not $s\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_str_eq(script_reason(&script), "line 4: read /16/0/3: expected 2.05 not $s, got 2.05 "
                                             "1: it must not be that");
    teardown();
}
END_TEST

START_TEST(without_a_saved_value_nothing_is_written)
{
    setup();
    fake_stage_answer(&script.fake, 404);
    play(HEADER "should read $pf/0/0 => 2.05 any save id\nwrite $pf/0/1 $id\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_int_eq(verdict_at(1), VERDICT_INCONCLUSIVE);
    ck_assert_ptr_null(strstr(script_log(&script), "write"));
    teardown();
}
END_TEST

START_TEST(raw_answers_are_saved_whole)
{
    setup();
    buf_puts(&fake_stage_answer(&script.fake, 205)->payload, "abc");
    buf_puts(&fake_stage_answer(&script.fake, 205)->payload, "abc");
    play(HEADER "raw GET /x => 2.05 any save a\nraw GET /x => 2.05 $a\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();
}
END_TEST

/* What is broken is what the step is about, and that a request is answered at all. */
START_TEST(what_answers_nothing_is_no_silence)
{
    setup();
    script.options.third_party_device = true;
    fake_stage_answer(&script.fake, 0)->misanswered = true;
    script.fake.answers[0].status = ST_TIMEOUT;
    script.fake.answers[0].error = "its answer has another token";
    play(HEADER "read /16/0/3\nread /16/0/3\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_uint_eq(script.result.check_count, 2);
    ck_assert_str_eq(script.result.checks[0].rule->id, "LWM2M-READ");
    ck_assert_str_eq(script.result.checks[1].rule->id, "COAP-REQUEST");
    ck_assert_str_eq(script_reason(&script), "line 3: read /16/0/3: expected 2.05, got no answer "
                                             "that fits: its answer has another token");
    teardown();

    setup();
    script.options.third_party_device = true;
    fake_stage_answer(&script.fake, 205);
    fake_stage_answer(&script.fake, 0)->misanswered = true;
    script.fake.answers[1].status = ST_REFUSED;
    play(HEADER "read /16/0/3\nrepeat\nraw GET /3 => none [COAP-REQUEST]\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();

    setup();
    fake_stage_answer(&script.fake, 0)->misanswered = true;
    script.fake.answers[0].status = ST_TIMEOUT;
    play(HEADER "raw GET /3 => none [COAP-REQUEST]\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_uint_eq(script.result.check_count, 1);
    teardown();
}
END_TEST

START_TEST(silence_to_a_repetition_is_judged_by_the_last_request)
{
    static const struct {
        const char *request;
        bool is_separate;
        enum verdict verdict;
    } rows[] = {
        {"read /16", false, VERDICT_FAIL},
        {"read /16", true, VERDICT_INCONCLUSIVE},
        {"raw GET /16 => 2.05", false, VERDICT_FAIL},
        {"raw GET /16 non => 2.05", false, VERDICT_INCONCLUSIVE}, /* RFC 7252 4.3 */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[200];
        setup();
        script.options.third_party_device = true;
        fake_stage_answer(&script.fake, 205)->is_separate = rows[i].is_separate;
        snprintf(text, sizeof text, HEADER "%s\nrepeat => 2.05 same\n", rows[i].request);
        play(text);
        expect_verdict(rows[i].verdict, ST_OK);
        teardown();
    }
}
END_TEST

UNIT_MAIN("run", steps_are_played_in_order_between_set_up_and_strike,
          the_result_tells_what_was_played, a_failure_is_explained, must_stops_and_should_goes_on,
          rules_of_ours_and_of_the_appendix_do_not_stop,
          a_third_party_is_warned_where_the_text_is_weak, strict_takes_a_warning_for_a_failure,
          unmet_needs_make_it_not_applicable, an_unknown_profile_is_an_error,
          one_that_does_not_fit_a_chosen_profile_is_not_applicable,
          a_scenario_that_does_not_fit_is_an_error, bindings_reach_the_steps,
          a_stage_that_cannot_be_set_up_is_an_error, a_stage_that_is_none_for_it_is_not_applicable,
          what_follows_an_undone_change_proves_nothing_unless_it_is_met,
          what_only_looks_leaves_nothing_undone, an_actor_that_is_gone_is_an_error_of_its_own,
          what_a_driver_does_not_tell_of_is_inconclusive, silence_is_a_failure,
          silence_can_be_asked_for, what_the_server_cannot_do_is_inconclusive,
          a_step_that_makes_no_sense_is_an_error_and_stops,
          without_a_device_of_ours_a_stimulus_is_inconclusive,
          a_stimulus_that_should_be_may_be_left_out, requests_are_seen_by_our_device_only,
          a_device_that_is_muted_sends_nothing, a_stimulus_that_is_refused_is_an_error,
          saved_values_can_be_compared_and_written,
          what_must_have_changed_is_compared_with_what_was_saved,
          without_a_saved_value_nothing_is_written, raw_answers_are_saved_whole,
          what_answers_nothing_is_no_silence, silence_to_a_repetition_is_judged_by_the_last_request)
