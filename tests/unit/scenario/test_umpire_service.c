/* SPDX-License-Identifier: Apache-2.0 */
/* GetAuthData as the server decides about it: each of its rules broken once, and kept. */
#include "base/std.h"

#include "tests/unit/scenario/umpired.h"

#define GOOD         "0='0',1='0',2='7',3='0'"
#define SIGNATURE    "sig /16/0 identity=0 key=0 challenge=7"
#define CIPHERTEXT   "enc /16/0 key=0 challenge=7 data=secret"
#define SIGNED       HEADER "covers PF-AUTH-1\n"
#define OPENED       HEADER "covers PF-ENC-1\n"
#define AUTHENTICATE SIGNED "authenticate $pf identity=0 => genuine\n"

static struct value octets(const char *text)
{
    return value_octets(VALUE_OPAQUE, bytes_of(text));
}

static struct outcome *says(enum judgement judgement)
{
    struct outcome *outcome = fake_stage_answer(&script.fake, 205);
    outcome->judgement = judgement;
    return outcome;
}

/* The usual way from Execute to AuthData. */
static void serve(const char *arguments, const char *data)
{
    executes(1, arguments);
    reads(2, "/16/0/3", value_integer(0));
    reads(3, "/16/0/3", value_integer(1));
    reads(4, "/16/0/2", octets(data));
}

START_TEST(the_usual_way_is_fine)
{
    setup();
    serve(GOOD, SIGNATURE);
    says(JUDGEMENT_GENUINE);
    play(AUTHENTICATE);
    expect_no_finding();
    teardown();
}
END_TEST

START_TEST(arguments_are_those_of_the_operation)
{
    static const struct {
        const char *sent, *rule, *reason;
    } rows[] = {
        {"0='1',1='0',2='7',3='0'", "PF-ARG-1", "argument 0 is \"1\", but the service is 0"},
        {"0='0',1='2',2='7',3='0'", "PF-ARG-2", "argument 1 is \"2\", but the identity is 0"},
        {"0='0',2='7',3='0'", "PF-ARG-2", "argument 1 is \"nothing\""},
        {"0='0',1='0',2='seven',3='0'", "PF-ARG-3", "argument 2 is \"seven\", and not an integer"},
        {"0='0',1='0',2='7',3='4'", "PF-ARG-4", "argument 3 is \"4\", but the key is 0"},
        {"0=SRV_AUTHENT,1=0,2=7", "PF-ARG-6", "breaks the grammar of Execute: a quote is missing"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        setup();
        executes(1, rows[i].sent)->outcome.code = 0x80;
        fake_stage_answer(&script.fake, 400);
        play(SIGNED "authenticate $pf identity=0 => error\n");
        expect_finding(rows[i].rule, rows[i].reason);
        teardown();
    }
}
END_TEST

static enum verdict verdict_on(const char *rule)
{
    enum verdict worst = VERDICT_PASS;
    for (size_t i = 0; i < script.result.check_count; i++)
        if (strcmp(script.result.checks[i].rule->id, rule) == 0)
            worst = verdict_worse(worst, script.result.checks[i].verdict);
    return worst;
}

/* rule: what the server kept is not broken by what the device did, or by another argument. */
START_TEST(a_server_is_blamed_for_what_it_decided_only)
{
    setup();
    serve(GOOD, "forged");
    says(JUDGEMENT_MISMATCH);
    play(HEADER "covers PF-ARG-1 PF-SRV-6\n"
                "authenticate $pf identity=0 => genuine [PF-ARG-1 PF-SRV-6]\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_int_eq(verdict_on("PF-ARG-1"), VERDICT_PASS);
    ck_assert_int_eq(verdict_on("PF-SRV-6"), VERDICT_PASS);
    ck_assert_int_eq(verdict_on("PF-AUTH-1"), VERDICT_FAIL);
    teardown();

    setup();
    executes(1, "0='1',1='0',2='7',3='0'")->outcome.code = 0x80;
    fake_stage_answer(&script.fake, 400);
    play(HEADER "covers PF-ARG-1 PF-ARG-2\n"
                "authenticate $pf identity=0 => genuine [PF-ARG-1 PF-ARG-2]\n");
    ck_assert_int_eq(verdict_on("PF-ARG-1"), VERDICT_FAIL);
    ck_assert_int_eq(verdict_on("PF-ARG-2"), VERDICT_PASS);
    teardown();
}
END_TEST

/* rule: I-8 */
START_TEST(what_the_device_wants_beside_is_sent_along)
{
    setup();
    script.fake.claims.extra_arguments = "4='x'";
    serve(GOOD ",4='x'", SIGNATURE);
    says(JUDGEMENT_GENUINE);
    play(AUTHENTICATE);
    expect_no_finding();
    teardown();
    for (int i = 0; i < 2; i++) {
        setup();
        script.fake.claims.extra_arguments = "4='x'";
        serve(i == 0 ? GOOD : GOOD ",4='y'", SIGNATURE);
        says(JUDGEMENT_GENUINE);
        play(AUTHENTICATE);
        expect_finding("PF-ARG-6", i == 0 ? "argument 4 is \"nothing\", but the server was told to "
                                            "send \"x\""
                                          : "argument 4 is \"y\", but");
        teardown();
    }
}
END_TEST

/* What was found tells why a check of another rule of the server is not met. */
START_TEST(a_server_breaks_one_rule_by_one_slip)
{
    setup();
    script.options.third_party_server = true;
    executes(1, "0='1',1='0',2='7',3='0'")->outcome.code = 0x80;
    fake_stage_answer(&script.fake, 400);
    play(HEADER "covers PF-SRV-4\nauthenticate $pf identity=0 => genuine [PF-SRV-4]\n");
    ck_assert_int_eq(verdict_on("PF-ARG-1"), VERDICT_FAIL);
    ck_assert_int_eq(verdict_on("PF-SRV-4"), VERDICT_INCONCLUSIVE);
    teardown();
}
END_TEST

START_TEST(the_key_index_may_be_left_out_when_it_is_0)
{
    setup();
    serve("0='0',1='0',2='7'", SIGNATURE);
    says(JUDGEMENT_GENUINE);
    play(AUTHENTICATE);
    expect_no_finding();
    teardown();
}
END_TEST

START_TEST(authdata_is_taken_when_it_is_known_to_be_there)
{
    setup();
    executes(1, GOOD);
    reads(4, "/16/0/2", octets(SIGNATURE));
    says(JUDGEMENT_GENUINE);
    play(AUTHENTICATE);
    expect_finding("PF-SRV-1", "takes AuthData of \"/16/0\" before it was told that there is any");
    teardown();
}
END_TEST

START_TEST(a_notification_or_the_instance_tells_of_it_too)
{
    setup();
    executes(1, GOOD);
    struct fake_event *told = fake_stage_event(&script.fake, 2, ACTOR_TOLD, "/16/0/3");
    fake_content(&told->outcome, "/16/0/3", value_integer(1));
    reads(4, "/16/0/2", octets(SIGNATURE));
    says(JUDGEMENT_GENUINE);
    play(AUTHENTICATE);
    expect_no_finding();
    teardown();

    setup();
    executes(1, GOOD);
    struct fake_event *read = reads(4, "/16/0", value_none());
    fake_content(&read->outcome, "/16/0/2/0", octets(SIGNATURE));
    says(JUDGEMENT_GENUINE);
    play(AUTHENTICATE);
    expect_no_finding();
    teardown();
}
END_TEST

START_TEST(a_challenge_is_used_once_in_a_registration)
{
    setup();
    serve(GOOD, SIGNATURE);
    says(JUDGEMENT_GENUINE);
    executes(11, GOOD);
    reads(13, "/16/0/3", value_integer(1));
    reads(14, "/16/0/2", octets(SIGNATURE));
    says(JUDGEMENT_GENUINE);
    play(AUTHENTICATE "authenticate $pf identity=0 => genuine\n");
    expect_finding("PF-SRV-2", "uses challenge 7 for the second time in this registration");
    teardown();

    setup();
    serve(GOOD, SIGNATURE);
    says(JUDGEMENT_GENUINE);
    fake_stage_event(&script.fake, 10, ACTOR_REGISTERED, "/");
    executes(11, GOOD);
    reads(13, "/16/0/3", value_integer(1));
    reads(14, "/16/0/2", octets(SIGNATURE));
    says(JUDGEMENT_GENUINE);
    play(AUTHENTICATE "authenticate $pf identity=0 => genuine\n");
    expect_no_finding();
    teardown();
}
END_TEST

/* One process after the other, with these arguments. */
static void ask_thrice(const char *first, const char *second, const char *third)
{
    const char *const all[] = {first, second, third};
    setup();
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        executes(10 * (int64_t)i + 1, all[i]);
        reads(10 * (int64_t)i + 2, "/16/0/3", value_integer(2));
        says(JUDGEMENT_NONE);
    }
    play(SIGNED "authenticate $pf identity=0 => error\nauthenticate $pf identity=0 => error\n"
                "authenticate $pf identity=0 => error\n");
}
#define CHALLENGE(TEXT) "0='0',1='0',2='" TEXT "',3='0'"

START_TEST(challenges_are_not_counted)
{
    ask_thrice(CHALLENGE("1000"), CHALLENGE("1001"), CHALLENGE("1003"));
    expect_no_finding();
    teardown();
    ask_thrice(CHALLENGE("1000"), CHALLENGE("1001"), CHALLENGE("1002"));
    expect_finding("PF-SRV-2", "counts its challenges: 1000, 1001, 1002; a challenge is a random");
    teardown();
    ask_thrice(CHALLENGE("0x10"), CHALLENGE("0xc"), CHALLENGE("8"));
    expect_finding("PF-SRV-2", "counts its challenges: 0x10, 0xc, 8;");
    teardown();
}
END_TEST

START_TEST(what_steps_dictate_is_not_the_servers)
{
    setup();
    executes(1, GOOD);
    fake_stage_answer(&script.fake, 204);
    executes(11, GOOD);
    fake_stage_answer(&script.fake, 204);
    reads(21, "/16/0/2", octets(SIGNATURE));
    answers("/16/0/2", octets(SIGNATURE));
    play(HEADER "execute $pf/1 " GOOD "\nexecute $pf/1 " GOOD "\nread $pf/2 => 2.05\n");
    expect_no_finding();
    teardown();
}
END_TEST

START_TEST(an_error_is_no_signature)
{
    setup();
    executes(1, GOOD);
    reads(3, "/16/0/3", value_integer(2));
    says(JUDGEMENT_GENUINE);
    play(AUTHENTICATE);
    expect_finding("PF-SRV-3", "AuthStatus was 2 (ERROR), but the server takes AuthData for valid");
    teardown();

    setup();
    executes(1, GOOD);
    reads(3, "/16/0/3", value_integer(2));
    says(JUDGEMENT_NONE);
    executes(11, "0='0',1='0',2='8',3='0'");
    reads(12, "/16/0/3", value_integer(1));
    reads(13, "/16/0/2", octets("sig /16/0 identity=0 key=0 challenge=8"));
    says(JUDGEMENT_GENUINE);
    play(SIGNED "authenticate $pf identity=0 => error\nauthenticate $pf identity=0 => genuine\n");
    expect_no_finding();
    teardown();
}
END_TEST

START_TEST(after_an_error_nothing_is_to_be_waited_for)
{
    setup();
    executes(1, GOOD);
    for (int i = 3; i < 7; i++)
        reads(i, "/16/0/3", value_integer(2));
    says(JUDGEMENT_NONE);
    play(SIGNED "authenticate $pf identity=0 => error\n");
    expect_finding("PF-SRV-3", "AuthStatus was 2 (ERROR), but the server goes on waiting");
    teardown();
}
END_TEST

START_TEST(after_an_error_the_server_can_start_again)
{
    setup();
    executes(1, GOOD);
    reads(3, "/16/0/3", value_integer(2));
    says(JUDGEMENT_NONE);
    says(JUDGEMENT_NONE);
    play(SIGNED "authenticate $pf identity=0 => error\nauthenticate $pf identity=0 => error\n");
    expect_finding("PF-SRV-3", "after AuthStatus 2 (ERROR) the server does not start GetAuthData");
    teardown();
}
END_TEST

/* What drives it cannot ask it for that. */
START_TEST(a_server_that_was_not_asked_starts_nothing)
{
    setup();
    executes(1, GOOD);
    reads(3, "/16/0/3", value_integer(2));
    says(JUDGEMENT_NONE);
    fake_stage_fail(&script.fake, ST_UNSUPPORTED, "it cannot decrypt");
    play(HEADER "covers PF-AUTH-1 PF-ENC-1\nauthenticate $pf identity=0 => error\n"
                "decrypt $pf identity=0 => error\n");
    expect_verdict(VERDICT_INCONCLUSIVE, ST_OK);
    ck_assert_uint_eq(script.result.check_count, 2);
    teardown();
}
END_TEST

START_TEST(the_verdict_is_the_right_one)
{
    setup();
    serve(GOOD, "forged");
    says(JUDGEMENT_GENUINE);
    play(AUTHENTICATE);
    expect_finding("PF-SRV-6", "the server says genuine, but the signature does not fit");
    teardown();

    setup();
    serve(GOOD, SIGNATURE);
    says(JUDGEMENT_MISMATCH);
    play(SIGNED "authenticate $pf identity=0 => mismatch\n");
    expect_finding("PF-SRV-6", "the server says mismatch, but the signature is genuine");
    teardown();

    setup();
    serve(GOOD, SIGNATURE);
    snprintf(says(JUDGEMENT_NONE)->problem, 100, "AuthData holds no octets");
    play(SIGNED "authenticate $pf identity=0 => error\n");
    expect_finding("PF-SRV-6", "it has not judged it: AuthData holds no octets");
    teardown();

    setup();
    executes(1, GOOD);
    says(JUDGEMENT_GENUINE);
    play(AUTHENTICATE);
    expect_finding("PF-SRV-6", "says genuine of AuthData that never went to it");
    teardown();

    setup(); /* nothing at all came to the device */
    script.options.third_party_server = true;
    says(JUDGEMENT_GENUINE);
    script.options.strict = true;
    play(AUTHENTICATE);
    ck_assert_int_eq(verdict_on("PF-SRV-6"), VERDICT_FAIL);
    ck_assert_int_eq(verdict_on("PF-AUTH-1"), VERDICT_INCONCLUSIVE);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "it has not started GetAuthData"));
    teardown();
}
END_TEST

/* What a server of others makes of AuthData, or says of an answer, breaks no rule of our device. */
START_TEST(a_server_of_others_breaks_no_rule_of_our_device)
{
    setup();
    script.options.third_party_server = true;
    serve(GOOD, SIGNATURE);
    says(JUDGEMENT_GENUINE); /* it does not compare with what can be read */
    play(HEADER "covers PF-AUTH-2\nauthenticate $pf identity=0 => mismatch [PF-AUTH-2]\n");
    expect_verdict(VERDICT_WARN, ST_OK);
    ck_assert_int_eq(verdict_on("PF-AUTH-2"), VERDICT_PASS);
    ck_assert_int_eq(verdict_on("PF-SRV-6"), VERDICT_WARN);
    teardown();

    setup();
    script.options.third_party_server = true;
    reads(1, "/16/0/3", value_integer(0));
    fake_content(fake_stage_answer(&script.fake, 205), "/16/0/3", value_integer(1));
    play(HEADER "covers PF-STATE-1\nread $pf/3 => 2.05 0 [PF-STATE-1]\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_int_eq(verdict_on("PF-STATE-1"), VERDICT_PASS);
    teardown();

    setup(); /* but what our device itself answers */
    script.options.third_party_server = true;
    reads(1, "/16/0/3", value_integer(1));
    fake_content(fake_stage_answer(&script.fake, 205), "/16/0/3", value_integer(1));
    play(HEADER "covers PF-STATE-1\nread $pf/3 => 2.05 0 [PF-STATE-1]\n");
    ck_assert_int_eq(verdict_on("PF-STATE-1"), VERDICT_FAIL);
    teardown();
}
END_TEST

#define SLOWLY                                                                                     \
    HEADER "covers PF-STATE-1\ncomponent delay 300ms\nexecute $pf/1 0=0,1=0,2=7,3=0 => 2.04\n"
#define EARLIER "read $pf/3 => 2.05 0 [PF-STATE-1]\n"

/* A server under test, or who drives it, takes MS for each operation. */
static void play_slow(int64_t ms, double patience, const char *text)
{
    setup();
    script.options.third_party_server = true;
    script.options.patience = patience;
    script.fake.perform_ms = ms;
    executes(1, GOOD);
    reads(200, "/16/0/3", value_integer(1));
    fake_stage_answer(&script.fake, 204);
    fake_content(fake_stage_answer(&script.fake, 205), "/16/0/3", value_integer(1));
    play(text);
}

START_TEST(a_slow_server_of_theirs_breaks_no_rule_of_the_device)
{
    play_slow(160, 0, SLOWLY EARLIER);
    expect_verdict(VERDICT_INCONCLUSIVE, ST_OK);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "the server took so long"));
    teardown();
    play_slow(160, 4, SLOWLY EARLIER "wait 100ms\n"); /* so it is in time, and patient */
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    play_slow(160, 0, SLOWLY "wait 10ms\n" EARLIER); /* which does not count on it */
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

START_TEST(an_identity_that_was_altered_may_be_found_out)
{
    setup();
    serve(GOOD, SIGNATURE);
    fake_content(&reads(5, "/16/0/0", value_none())->outcome, "/16/0/0/0", value_string("clone"));
    says(JUDGEMENT_MISMATCH);
    play(SIGNED "authenticate $pf identity=0 => mismatch\n");
    expect_no_finding();
    teardown();
}
END_TEST

START_TEST(a_ciphertext_opens_to_what_is_in_it)
{
    setup();
    serve("0='1',1='0',2='7',3='0'", CIPHERTEXT);
    fake_content(says(JUDGEMENT_GENUINE), "/16/0/0/0", value_string("secret"));
    play(OPENED "decrypt $pf identity=0 => genuine\n");
    expect_no_finding();
    teardown();

    setup();
    serve("0='1',1='0',2='7',3='0'", CIPHERTEXT);
    fake_content(says(JUDGEMENT_GENUINE), "/16/0/0/0", value_string("public"));
    play(OPENED "decrypt $pf identity=0 => genuine\n");
    expect_finding("PF-SRV-6", "says that other data was encrypted than was");
    teardown();
}
END_TEST

START_TEST(reads_of_its_own_are_in_the_format_asked_for)
{
    setup();
    executes(1, GOOD);
    reads(3, "/16/0/3", value_integer(1))->request.accept = 0; /* a single value */
    reads(4, "/16/0/2", octets(SIGNATURE))->request.accept = 110;
    says(JUDGEMENT_GENUINE);
    script.scenario = parsed(AUTHENTICATE);
    scenario_set_format(script.scenario, "tlv");
    scenario_run(script.scenario, &script.fake.stage, &script.options, &script.result,
                 &script.status);
    expect_finding("PF-SRV-5", "asks for format 110, but the step for format 11542");
    teardown();

    setup(); /* which is that of AuthData alone */
    executes(1, GOOD);
    reads(2, "/16/0/0", value_string("WVX"))->request.accept = 11542;
    reads(3, "/16/0/3", value_integer(1));
    reads(4, "/16/0/2", octets(SIGNATURE))->request.accept = 11543;
    says(JUDGEMENT_GENUINE);
    script.scenario = parsed(AUTHENTICATE);
    scenario_set_format(script.scenario, "json");
    scenario_run(script.scenario, &script.fake.stage, &script.options, &script.result,
                 &script.status);
    expect_no_finding();
    teardown();

    setup();
    executes(1, GOOD);
    arrives(2, GET, "/16/0/3")->outcome.code = 0x86;
    says(JUDGEMENT_NONE);
    play(SIGNED "authenticate $pf identity=0 => error\n");
    expect_finding("LWM2M-READ", "asks GET \"/16/0/3\" in a way that the device must refuse: 4.06");
    teardown();
}
END_TEST

UNIT_MAIN("umpire_service", a_server_that_was_not_asked_starts_nothing,
          what_the_device_wants_beside_is_sent_along, a_server_breaks_one_rule_by_one_slip,
          the_usual_way_is_fine, arguments_are_those_of_the_operation,
          a_server_is_blamed_for_what_it_decided_only, the_key_index_may_be_left_out_when_it_is_0,
          authdata_is_taken_when_it_is_known_to_be_there,
          a_notification_or_the_instance_tells_of_it_too,
          a_challenge_is_used_once_in_a_registration, challenges_are_not_counted,
          what_steps_dictate_is_not_the_servers, an_error_is_no_signature,
          after_an_error_nothing_is_to_be_waited_for, after_an_error_the_server_can_start_again,
          the_verdict_is_the_right_one, a_server_of_others_breaks_no_rule_of_our_device,
          a_slow_server_of_theirs_breaks_no_rule_of_the_device,
          an_identity_that_was_altered_may_be_found_out, a_ciphertext_opens_to_what_is_in_it,
          reads_of_its_own_are_in_the_format_asked_for)
