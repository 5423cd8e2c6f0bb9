/* SPDX-License-Identifier: Apache-2.0 */
/* What a device sends by itself, as a scenario waits for it. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

/* A Send of the status and of a name, at 50 ms. */
static void send_both(struct script *script)
{
    struct fake_event *event = fake_stage_event(&script->fake, 50, ACTOR_SENT, "/");
    event->outcome.code = 0x45;
    fake_content(&event->outcome, "/16/0/3", value_integer(1));
    fake_content(&event->outcome, "/3/0/0", value_string("Acme"));
}

START_TEST(a_send_is_awaited_by_what_it_brings)
{
    struct script script;
    script_open(&script);
    send_both(&script);
    script_play(&script, HEADER "expect no send /16/0/2 within 100ms\n"
                                "expect send $pf/3 1\n"
                                "expect no send / within 100ms\n");
    ck_assert_str_eq(script_reason(&script), "");
    ck_assert_str_eq(script.result.checks[1].rule->id, "LWM2M-SEND");
    script_close(&script);
}
END_TEST

START_TEST(a_send_can_be_looked_at_as_a_whole)
{
    struct script script;
    script_open(&script);
    send_both(&script);
    script_play(&script, HEADER "expect send / {/16/0/3=1, /3/0/0=\"Acme\"}\n");
    ck_assert_int_eq(script.result.verdict, VERDICT_PASS);
    script_close(&script);
}
END_TEST

START_TEST(shows_what_was_sent_instead)
{
    struct script script;
    script_open(&script);
    send_both(&script);
    script_play(&script, HEADER "expect send $pf/3 0 save it\n");
    ck_assert_str_eq(script_reason(&script),
                     "line 3: expect send /16/0/3: expected send /16/0/3 0, got send "
                     "{/16/0/3=1,/3/0/0=\"Acme\"}");
    script_close(&script);
}
END_TEST

START_TEST(the_device_is_told_what_to_send)
{
    struct script script;
    script_open(&script);
    script_play(&script, HEADER "device send $pf/3 /3/0\n");
    ck_assert_ptr_nonnull(strstr(script_log(&script), "0 send /16/0/3 /3/0\n"));
    script_close(&script);
}
END_TEST

UNIT_MAIN("sent", the_device_is_told_what_to_send, a_send_is_awaited_by_what_it_brings,
          a_send_can_be_looked_at_as_a_whole, shows_what_was_sent_instead)
