/* SPDX-License-Identifier: Apache-2.0 */
/* A server of others that acts by itself, or not as told, is to blame for what follows. */
#include "base/std.h"

#include "tests/unit/scenario/foreign.h"

/* What a server does beside the steps leaves the device in another state than they count on. */
START_TEST(a_server_that_acts_by_itself_is_to_blame_for_what_follows)
{
    static const struct {
        uint8_t method;
        const char *path;
        int observe;
        bool matters;
    } rows[] = {
        {POST, "/16/0/1", -1, true},  {PUT, "/16/0/0/0", -1, true}, {GET, "/16/0/2", -1, true},
        {GET, "/16/0/3", 0, true},    {GET, "/16/0/3", -1, false},  {GET, "/3/0", -1, false},
        {DELETE, "/16/0", -1, false}, /* refused */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        setup_foreign();
        struct fake_event *event = arrives(20, rows[i].method, rows[i].path);
        event->request.observe = rows[i].observe;
        if (strcmp(rows[i].path, "/16/0/2") == 0)
            fake_content(&event->outcome, "/16/0/2/0",
                         value_octets(VALUE_OPAQUE, bytes_of("data")));
        if (rows[i].method == DELETE)
            event->outcome.code = 0x85;
        play(HEADER "expect register\nwait 50ms\nexpect notify $pf/3 1 within 1s\n");
        ck_assert_msg(script.result.verdict ==
                          (rows[i].matters ? VERDICT_INCONCLUSIVE : VERDICT_FAIL),
                      "%s: %s", rows[i].path, script_reason(&script));
        ck_assert(!rows[i].matters ||
                  strstr(script_reason(&script), "by itself; that is not the device's fault"));
        teardown();
    }
}
END_TEST

START_TEST(a_server_that_does_not_do_as_told_is_to_blame_for_what_follows)
{
    setup_foreign();
    answers("/16/0/3", value_integer(0)); /* nothing came to the device */
    play(OBSERVED "expect notify $pf/3 1 within 1s\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_uint_eq(script.result.check_count, 4);
    ck_assert_int_eq(verdict_at(3), VERDICT_INCONCLUSIVE);
    ck_assert_ptr_nonnull(strstr(buf_text(&script.result.checks[3].text),
                                 "did not do what it was asked for: observe \"/16/0/3\""));
    teardown();

    setup_foreign();
    observes(1, 0);
    fake_stage_event(&script.fake, 20, ACTOR_RESET, "/");
    play(OBSERVED "wait 50ms\nexpect notify $pf/3 1 within 1s\n");
    expect_excuse("the server answered a message of the device by Reset");
    teardown();
}
END_TEST

START_TEST(a_server_that_refuses_what_it_must_take_is_to_blame_for_what_follows)
{
    static const struct {
        const char *target, *step;
        uint8_t code;
    } rows[] = {
        {"/rd/1", "expect update within 1s", 0x84},
        {"/dp", "expect send /3/0/0 within 1s", 0x85},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[200];
        setup_foreign();
        struct fake_event *accepted = fake_stage_event(&script.fake, 1, ACTOR_REPLIED, "/");
        accepted->event.method = POST;
        accepted->event.text = "/rd";
        accepted->event.location = "/rd/1";
        accepted->outcome.code = 0x41;
        struct fake_event *refused = fake_stage_event(&script.fake, 20, ACTOR_REPLIED, "/");
        refused->event.method = POST;
        refused->event.text = rows[i].target;
        refused->outcome.code = rows[i].code;
        snprintf(text, sizeof text, HEADER "expect register\nwait 50ms\n%s\n", rows[i].step);
        play(text);
        expect_verdict(VERDICT_FAIL, ST_OK); /* by the rule that the server broke */
        ck_assert_int_eq(verdict_at(script.result.check_count - 1), VERDICT_INCONCLUSIVE);
        ck_assert_ptr_nonnull(
            strstr(buf_text(&script.result.checks[script.result.check_count - 1].text),
                   "in a way that breaks a rule"));
        teardown();
    }
}
END_TEST

START_TEST(a_cancellation_has_the_token_of_the_observation)
{
    setup_foreign();
    observes(1, 0);
    observes(15, 1)->request.cancels_nothing = true;
    tells(100, 1);
    fake_stage_notify(&script.fake, 110, "/16/0/3", value_integer(1));
    play(OBSERVED "cancel $pf/3 => 2.05\nexpect no notify $pf/3 within 1s\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_ptr_nonnull(
        strstr(script_reason(&script), "with a token by which nothing is observed"));
    ck_assert_int_eq(verdict_at(script.result.check_count - 1), VERDICT_INCONCLUSIVE);
    teardown();
}
END_TEST

/* Whose a notification is cannot be told then: its format and number say nothing. */
START_TEST(a_server_may_observe_by_itself)
{
    setup_foreign();
    struct fake_event *own = reads(1, "/16/0/3", value_integer(0));
    own->request.observe = 0;
    own->outcome.observe = 1;
    own->outcome.format = 0;
    struct fake_event *dictated = observes(8, 0);
    dictated->outcome.format = 11542;
    struct fake_event *told = fake_stage_event(&script.fake, 20, ACTOR_TOLD, "/16/0/3");
    told->outcome.code = 0x45;
    told->outcome.format = 0;
    told->outcome.observe = 2;
    play(HEADER "expect register\nwait 5ms\nobserve $pf/3 => 2.05\nwait 50ms\n");
    expect_no_finding();
    teardown();

    setup_foreign(); /* a look at what is there, beside that of the step */
    reads(5, "/16/0/3", value_integer(0));
    reads(6, "/16/0/3", value_integer(0));
    answers("/16/0/3", value_integer(0));
    play(HEADER "read $pf/3 => 2.05 0\n");
    expect_no_finding();
    teardown();
}
END_TEST

/* What the server took by itself is not there for the step. */
START_TEST(a_server_that_fetches_before_the_step_is_to_blame)
{
    setup_foreign();
    fake_content(&arrives(5, GET, "/16/0/2")->outcome, "/16/0/2/0",
                 value_octets(VALUE_OPAQUE, bytes_of("data")));
    arrives(6, GET, "/16/0/2");
    fake_stage_answer(&script.fake, 205)->decoded = true;
    play(HEADER "covers PF-AUTH-1\nread $pf/2 => 2.05 length(4) [PF-AUTH-1]\n");
    expect_excuse("the server asked GET \"/16/0/2\" by itself");
    teardown();
}
END_TEST

START_TEST(what_is_asked_for_once_comes_once)
{
    setup_foreign();
    executes(1, "0='0',1='0',2='7'");
    executes(2, "0='0',1='0',2='7'");
    fake_stage_answer(&script.fake, 204);
    play(HEADER "execute $pf/1 0=0,1=0,2=7\n");
    expect_finding("LWM2M-EXECUTE", "the server sends POST \"/16/0/1\" twice");
    teardown();
}
END_TEST

UNIT_MAIN("umpire_meddling", a_server_that_fetches_before_the_step_is_to_blame,
          a_server_may_observe_by_itself,
          a_server_that_refuses_what_it_must_take_is_to_blame_for_what_follows,
          a_cancellation_has_the_token_of_the_observation,
          a_server_that_acts_by_itself_is_to_blame_for_what_follows,
          a_server_that_does_not_do_as_told_is_to_blame_for_what_follows,
          what_is_asked_for_once_comes_once)
