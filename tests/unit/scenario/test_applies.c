/* SPDX-License-Identifier: Apache-2.0 */
/* What keeps a scenario from being played: its needs, what is not claimed, what would change
 * somebody else's device. */
#include "base/std.h"

#include "tests/unit/scenario/standing.h"

static void not_applicable(const char *steps, const char *reason)
{
    setup_standing();
    char text[1000];
    snprintf(text, sizeof text, HEADER "%s", steps);
    play(text);
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_str_eq(script_reason(&script), reason);
    ck_assert_ptr_null(strstr(script_log(&script), "set up"));
    teardown();
}

static void is_played(const char *steps)
{
    char text[1000];
    snprintf(text, sizeof text, HEADER "%s", steps);
    play(text);
    ck_assert_ptr_nonnull(strstr(script_log(&script), "set up"));
    teardown();
}

START_TEST(what_is_not_claimed_is_not_applicable)
{
    not_applicable("needs gsma\nread /3\n",
                   "needs \"gsma\", which profile \"fake\" does not claim");
}
END_TEST

/* Inside of DTLS and TCP nobody sees or makes up single messages. */
START_TEST(single_messages_need_plain_text)
{
    static const char *const lines[] = {"raw octets from server hex:40007f00 => reset",
                                        "link drop next response"};
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        char text[300];
        setup();
        script.fake.claims.is_plain = false;
        snprintf(text, sizeof text, HEADER "%s\n", lines[i]);
        play(text);
        expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
        ck_assert_str_eq(script_reason(&script), "reads or makes up single messages, which is only "
                                                 "possible over UDP in plain text");
        teardown();
    }
    setup();
    script.fake.claims.is_plain = false;
    is_played("link drop next\n");
}
END_TEST

START_TEST(a_server_that_stands_takes_nothing_new)
{
    not_applicable("security \"x.security\"\nread /3\n",
                   "has keys of its own for the link; this server keeps those it has");
    not_applicable("servers 2\nread /3\n",
                   "brings servers of its own; here is one, which stands already");
    not_applicable("read /3\nat 2 read /3\n",
                   "line 4 is for another server; here is one, which stands already");
    not_applicable("at bootstrap expect request\n",
                   "line 3 is for another server; here is one, which stands already");
    setup_standing();
    is_played("at 1 read /3\n");
}
END_TEST

START_TEST(what_changes_somebody_elses_device_needs_leave)
{
    static const struct {
        const char *step, *name;
    } rows[] = {
        {"write $pf/0/0 \"x\"", "write /16/0/0/0"},
        {"update $pf/0 0=\"x\"", "update /16/0/0"},
        {"create /16/5", "create /16/5"},
        {"delete /16/0", "delete /16/0"},
        {"write $pf/3 1 => 4.05", "write /16/0/3"},
        {"execute /3/0/4", "execute /3/0/4"},
        {"raw PUT $pf/0/0 payload \"x\" => 4.xx", "raw /16/0/0/0"},
        {"raw POST $pf payload \"x\" => 4.xx", "raw /16/0"},
        {"raw DELETE $pf => 4.xx", "raw /16/0"},
        {"raw octets from server hex:41037f0071", "raw octets"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char steps[200];
        char reason[300];
        snprintf(steps, sizeof steps, "read /3\n%s\n", rows[i].step);
        snprintf(reason, sizeof reason,
                 "would change the device (line 4: %s); --allow-writes lets it", rows[i].name);
        not_applicable(steps, reason);
        setup_standing();
        script.options.allow_writes = true;
        is_played(steps);
        setup(); /* ours */
        is_played(steps);
    }
}
END_TEST

START_TEST(a_device_of_theirs_keeps_its_address)
{
    not_applicable("read /3\nlink rebind\n",
                   "line 4 gives the device another address, which it may "
                   "not notice for long");
    setup();
    is_played("link rebind\n");
}
END_TEST

START_TEST(what_serves_changes_nothing)
{
    setup_standing();
    is_played("execute $pf/1 0=0\n");
    setup_standing();
    is_played("raw POST $pf/1 payload \"x\" => 4.xx\n");
    setup_standing();
    is_played("raw octets from server hex:41017f0071\nraw octets from server hex:40\n"
              "raw octets from server hex:70007f00\nraw octets from stranger hex:41027f0071\n");
    setup_standing();
    is_played("attributes $pf/3 pmin=1\nobserve $pf/3\ncancel $pf/3\nraw GET /3\n");
}
END_TEST

START_TEST(what_no_key_is_claimed_for_is_not_judged)
{
    not_applicable("covers PF-AUTH-1\nread $pf/2 => 2.05 signature(identity=0, challenge=5, "
                   "key=50)   [PF-AUTH-1]\n",
                   "line 4 is about identity 0 and key 50 for authentication, of which profile "
                   "\"fake\" does not claim both");
    not_applicable("covers PF-ENC-1\nread $pf/2 => 2.05 ciphertext(identity=1, challenge=5, "
                   "key=51)   [PF-ENC-1]\n",
                   "line 4 is about identity 1 and key 51 for encryption, of which profile "
                   "\"fake\" does not claim both");
    not_applicable("covers PF-AUTH-1\nauthenticate $pf identity=1 key=60   [PF-AUTH-1]\n",
                   "line 4 is about identity 1 and key 60 for authentication, of which profile "
                   "\"fake\" does not claim both");
    not_applicable("covers PF-ENC-1\ndecrypt $pf identity=1 key=60   [PF-ENC-1]\n",
                   "line 4 is about identity 1 and key 60 for encryption, of which profile "
                   "\"fake\" does not claim both");
    setup_standing();
    is_played("covers PF-AUTH-1\nread $pf/2 => 2.05 signature(identity=0, challenge=5, key=49)   "
              "[PF-AUTH-1]\n");
    setup(); /* ours */
    is_played("covers PF-AUTH-1\nread $pf/2 => 2.05 signature(identity=0, challenge=5, key=50)   "
              "[PF-AUTH-1]\n");
}
END_TEST

START_TEST(the_claimed_value_of_an_identity_is_a_literal)
{
    setup_content();
    fake_stage_value(&script.fake, "/16/0/0/1", value_string("a\"$\n"));
    play(HEADER "read $pf/0/1 => 2.05 $id1\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown_content();
    setup_content();
    play(HEADER "read $pf/0/2 => 2.05 $id2\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_str_eq(script_reason(&script),
                     "is about Identity instance 2, which profile \"fake\" does not claim");
    teardown_content();
}
END_TEST

START_TEST(what_needs_a_fresh_device_says_so)
{
    setup();
    play(HEADER "needs fresh-device\nread /3\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_str_eq(script_reason(&script), "needs a device that begins anew with each scenario");
    teardown();
}
END_TEST

START_TEST(values_of_a_profile_are_for_that_profile)
{
    setup();
    script.scenario = parsed(HEADER "needs own-profile\nread /3\n");
    scenario_set_profile(script.scenario, "other");
    scenario_run(script.scenario, &script.fake.stage, &script.options, &script.result,
                 &script.status);
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_str_eq(script_reason(&script), "is about the values of profile \"fake\"");
    teardown();
    setup();
    script.scenario = parsed(HEADER "needs own-profile\nread /3\n");
    scenario_set_profile(script.scenario, "fake@1.1");
    scenario_run(script.scenario, &script.fake.stage, &script.options, &script.result,
                 &script.status);
    ck_assert_ptr_nonnull(strstr(script_log(&script), "set up"));
    teardown();
}
END_TEST

/* AuthData for challenge 5, by a key that is not the one asked for. */
static struct outcome *answers_by_another_set(void)
{
    struct buf data;
    buf_init(&data, 200);
    const struct oracle_claim other = {.key_index = 49, .challenge = bytes_of("5")};
    fake_auth_data(&other, &data);
    struct outcome *outcome =
        fake_stage_value(&script.fake, "/16/0/2/0", value_octets(VALUE_OPAQUE, buf_bytes(&data)));
    buf_release(&data);
    return outcome;
}

START_TEST(a_key_of_another_set_breaks_its_own_rule)
{
    setup_standing();
    answers_by_another_set();
    play(HEADER "covers PF-AUTH-1\n"
                "read $pf/2 => 2.05 signature(identity=0, challenge=5)   [PF-AUTH-1]\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_uint_eq(script.result.check_count, 2);
    ck_assert_str_eq(script.result.checks[0].rule->id, "PF-AUTH-1");
    ck_assert_str_eq(script.result.checks[1].rule->id, "PF-SC-3");
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "it fits another set"));
    teardown();
}
END_TEST

/* rule: PF-SC-3 */
START_TEST(so_it_does_when_the_server_judges)
{
    setup_standing();
    struct outcome *outcome = answers_by_another_set();
    outcome->judgement = JUDGEMENT_MISMATCH;
    snprintf(outcome->challenge, sizeof outcome->challenge, "5");
    play(HEADER "covers PF-AUTH-1\nauthenticate $pf identity=0 => genuine   [PF-AUTH-1]\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_uint_eq(script.result.check_count, 2);
    ck_assert_str_eq(script.result.checks[1].rule->id, "PF-SC-3");
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "it fits another set"));
    teardown();
}
END_TEST

START_TEST(a_slow_device_of_theirs_is_waited_for_longer)
{
    setup_standing();
    script.options.patience = 3;
    script.fake.no_device = true;
    play(HEADER "wait 1s\n");
    ck_assert_int_eq(script.result.duration_ms, 3000);
    teardown();
    setup_standing(); /* as slow as it claims to be */
    script.fake.claims.latency_ms = 500;
    script.fake.no_device = true;
    play(HEADER "wait 80ms\n");
    ck_assert_int_eq(script.result.duration_ms, 580);
    teardown();
    setup();
    script.options.patience = 3;
    play(HEADER "wait 1s\n");
    ck_assert_int_eq(script.result.duration_ms, 1000);
    teardown();
}
END_TEST

START_TEST(who_waited_for_a_process_is_told_what_would_help)
{
    setup_standing();
    script.fake.no_device = true;
    fake_content(fake_stage_answer(&script.fake, 205), "/16/0/3", value_integer(0));
    play(HEADER "covers PF-STATE-2\nwait 80ms\nread $pf/3 => 2.05 1 [PF-STATE-2]\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_ptr_nonnull(strstr(buf_text(&script.result.checks[0].text), "\"latency\""));
    teardown();
}
END_TEST

/* --- who has left ------------------------------------------------------------------------ */

START_TEST(a_device_of_theirs_that_left_is_no_failure_of_a_rule)
{
    setup_standing();
    fake_stage_fail(&script.fake, ST_UNREACHABLE, "it is gone");
    play(HEADER "read /3 => 2.05\n");
    expect_verdict(VERDICT_ERROR, ST_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "it is gone"));
    teardown();
    setup();
    fake_stage_fail(&script.fake, ST_UNREACHABLE, "it is gone");
    play(HEADER "read /3 => 2.05\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

START_TEST(nor_is_one_that_deregistered_by_itself)
{
    setup_standing();
    fake_stage_event(&script.fake, 100, ACTOR_DEREGISTERED, "/3");
    play(HEADER "expect register\nexpect notify $pf/3 1\n");
    expect_verdict(VERDICT_ERROR, ST_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "the device has left"));
    teardown();
    setup_standing();
    fake_stage_event(&script.fake, 100, ACTOR_EXPIRED, "/3");
    fake_stage_event(&script.fake, 150, ACTOR_STRAY, "/3"); /* it does not know that */
    play(HEADER "expect register\nexpect notify $pf/3 1\n");
    expect_verdict(VERDICT_ERROR, ST_UNREACHABLE);
    ck_assert_uint_eq(script.result.check_count, 2);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "the registration has expired"));
    teardown();
    setup_standing(); /* asked to */
    fake_stage_event(&script.fake, 100, ACTOR_DEREGISTERED, "/3");
    play(HEADER "expect register\ndevice deregister\nexpect notify $pf/3 1\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

UNIT_MAIN("applies", what_is_not_claimed_is_not_applicable, single_messages_need_plain_text,
          a_server_that_stands_takes_nothing_new, what_changes_somebody_elses_device_needs_leave,
          what_serves_changes_nothing, a_device_of_theirs_keeps_its_address,
          what_no_key_is_claimed_for_is_not_judged, a_key_of_another_set_breaks_its_own_rule,
          so_it_does_when_the_server_judges, the_claimed_value_of_an_identity_is_a_literal,
          what_needs_a_fresh_device_says_so, values_of_a_profile_are_for_that_profile,
          a_slow_device_of_theirs_is_waited_for_longer,
          who_waited_for_a_process_is_told_what_would_help,
          a_device_of_theirs_that_left_is_no_failure_of_a_rule,
          nor_is_one_that_deregistered_by_itself)
