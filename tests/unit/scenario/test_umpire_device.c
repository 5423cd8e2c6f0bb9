/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of the device, whatever a scenario asks. */
#include "base/std.h"

#include "tests/unit/scenario/umpired.h"

static struct fake_event *registers(int64_t at, const char *links)
{
    struct fake_event *event = fake_stage_event(&script.fake, at, ACTOR_UPDATED, "/");
    event->event.server = 1;
    event->event.has_list = true;
    event->event.links = links;
    return event;
}

static struct fake_event *strays(int64_t at, bool again)
{
    struct fake_event *event = fake_stage_event(&script.fake, at, ACTOR_STRAY, "/");
    event->event.again = again;
    return event;
}

START_TEST(a_status_is_0_1_or_2)
{
    for (int status = -1; status <= 3; status++) {
        setup();
        reads(1, "/16/0/3", value_integer(status));
        play(HEADER "wait 10ms\n");
        if (status >= 0 && status <= 2)
            expect_no_finding();
        else
            expect_finding("PF-OBJ-5", "for AuthStatus \"/16/0/3\", not 0, 1 or 2");
        teardown();
    }
    setup();
    reads(1, "/16/0/3", value_string("0"));
    play(HEADER "wait 10ms\n");
    expect_finding("PF-OBJ-5", "the device shows \"0\" for AuthStatus");
    teardown();
}
END_TEST

START_TEST(a_status_that_is_notified_or_sent_is_looked_at_too)
{
    setup();
    fake_stage_notify(&script.fake, 1, "/16/0/3", value_integer(7));
    play(HEADER "wait 10ms\n");
    expect_finding("PF-OBJ-5", "shows 7 for AuthStatus");
    teardown();

    setup();
    struct fake_event *event = fake_stage_event(&script.fake, 1, ACTOR_SENT, "/");
    fake_content(&event->outcome, "/16/0/3", value_integer(7));
    play(HEADER "wait 10ms\n");
    expect_finding("PF-OBJ-5", "shows 7 for AuthStatus");
    teardown();
}
END_TEST

START_TEST(what_the_server_was_answered_is_enough)
{
    setup();
    answers("/16/0/3", value_integer(9));
    play(HEADER "read /16/0/3\n");
    expect_finding("PF-OBJ-5", "shows 9 for AuthStatus");
    teardown();
}
END_TEST

START_TEST(data_stands_beside_the_status_of_before_the_reset)
{
    for (int status = 0; status <= 2; status++) {
        setup();
        struct fake_event *event = reads(1, "/16/0/2/0", value_octets(VALUE_OPAQUE, bytes_of("x")));
        fake_content(&event->outcome, "/16/0/3", value_integer(status));
        fake_content(&event->outcome, "/16/1/3", value_integer(0));
        play(HEADER "wait 10ms\n");
        if (status == 1)
            expect_no_finding();
        else
            expect_finding("PF-STATE-2", "shows AuthData of \"/16/0\" beside AuthStatus");
        teardown();
    }
}
END_TEST

START_TEST(get_auth_data_has_no_value)
{
    setup();
    reads(1, "/16/0/1", value_integer(0));
    play(HEADER "wait 10ms\n");
    expect_finding("PF-OBJ-3", "the device shows a value of \"/16/0/1\"");
    teardown();
}
END_TEST

START_TEST(object_16_is_version_1_0)
{
    static const char *const good[] = {"</1/0>,</16/0>", "</3>;ver=2.0,</16/0>;ver=1.0",
                                       "</16/0>;ver=\"1.0\",</161/0>;ver=2.0", ""};
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        setup();
        registers(1, good[i]);
        play(HEADER "wait 10ms\n");
        expect_no_finding();
        teardown();
    }
    setup();
    registers(1, "</1/0>,</16>;ver=2.0,</16/0>");
    play(HEADER "wait 10ms\n");
    expect_finding("PF-OBJ-1", "registers \"</16>;ver=2.0\"");
    teardown();
}
END_TEST

START_TEST(what_nobody_waits_for_is_found)
{
    setup();
    strays(1, false);
    play(HEADER "wait 10ms\n");
    expect_finding("LWM2M-CANCEL", "is not observed any more");
    teardown();
}
END_TEST

START_TEST(a_token_that_nobody_gave_is_told_as_that)
{
    setup();
    strays(1, false)->event.never_given = true;
    play(HEADER "wait 10ms\n");
    expect_finding("LWM2M-NOTIFY", "a token that no request had");
    teardown();

    setup();
    struct fake_event *answer = strays(1, false);
    answer->event.never_given = true;
    answer->event.is_answer = true;
    play(HEADER "wait 10ms\n");
    expect_finding("COAP-REQUEST", "answers with a token that no request had");
    teardown();
}
END_TEST

START_TEST(one_notification_is_reset_on_purpose_and_none_after_it)
{
    setup();
    fake_stage_answer(&script.fake, 205);
    strays(15, false);
    play(HEADER "cancel /16/0/3 by reset\nwait 10ms\n");
    expect_no_finding();
    teardown();

    setup();
    fake_stage_answer(&script.fake, 205);
    strays(15, false);
    strays(16, true);
    play(HEADER "cancel /16/0/3 by reset\nwait 10ms\n");
    expect_finding("LWM2M-CANCEL", "goes on to notify after a Reset");
    teardown();
}
END_TEST

START_TEST(a_server_that_forgot_or_gave_up_is_to_blame_itself)
{
    setup();
    strays(5, false);
    play(HEADER "server forget\nwait 10ms\n");
    expect_no_finding();
    teardown();

    setup();
    fake_stage_fail(&script.fake, ST_TIMEOUT, "too late");
    strays(15, false);
    play(HEADER "raw GET /3 => none\nwait 10ms\n");
    expect_no_finding();
    teardown();
}
END_TEST

START_TEST(a_key_that_came_out_is_found)
{
    setup();
    fake_stage_event(&script.fake, 1, ACTOR_LEAKED, "/")->event.text = "an info of the device";
    play(HEADER "wait 10ms\n");
    expect_finding("PF-SC-6", "octets of a key are in an info of the device");
    teardown();
}
END_TEST

/* The answer to Observe of "/16/0/3", or what is notified of it. */
static void looks(struct outcome *outcome, int format, int sequence)
{
    outcome->format = format;
    outcome->observe = sequence;
}

static struct fake_event *notifies(int64_t at, int format, int sequence)
{
    struct fake_event *event = fake_stage_event(&script.fake, at, ACTOR_NOTIFIED, "/16/0/3");
    event->outcome.code = 0x45;
    event->event.server = 1;
    fake_content(&event->outcome, "/16/0/3", value_integer(0));
    looks(&event->outcome, format, sequence);
    return event;
}

static void observe(int format, int sequence)
{
    looks(fake_stage_value(&script.fake, "/16/0/3", value_integer(0)), format, sequence);
}

/* rule: I-22 */
static void notifies_data(bool is_unconfirmed, const char *path, const char *octets)
{
    struct fake_event *event = fake_stage_event(&script.fake, 15, ACTOR_NOTIFIED, "/16/0");
    event->outcome.code = 0x45;
    event->outcome.unconfirmed = is_unconfirmed;
    event->event.server = 1;
    fake_content(&event->outcome, path, value_octets(VALUE_OPAQUE, bytes_of(octets)));
}

START_TEST(auth_data_is_notified_confirmable)
{
    setup();
    notifies_data(false, "/16/0/2/0", "data");
    play(HEADER "wait 20ms\n");
    expect_no_finding();
    teardown();

    setup();
    notifies_data(true, "/16/0/0/0", "other");
    play(HEADER "wait 20ms\n");
    expect_no_finding();
    teardown();

    setup();
    notifies_data(true, "/16/0/2/0", "");
    play(HEADER "wait 20ms\n");
    expect_no_finding();
    teardown();

    setup();
    notifies_data(true, "/16/0/2/0", "data");
    play(HEADER "wait 20ms\n");
    expect_finding("PF-STATE-11", "AuthData \"/16/0/2/0\" without asking for an acknowledgement");
    teardown();
}
END_TEST

START_TEST(a_notification_has_the_format_of_the_observation)
{
    setup();
    observe(0, 5);
    notifies(15, 0, 6);
    notifies(16, -1, 7); /* nobody knows */
    play(HEADER "observe /16/0/3\nwait 20ms\n");
    expect_no_finding();
    teardown();

    setup();
    observe(0, 5);
    notifies(15, 11542, 6);
    play(HEADER "observe /16/0/3\nwait 20ms\n");
    expect_finding("LWM2M-NOTIFY", "of \"/16/0/3\" in format 11542, and was observed in 0");
    teardown();
}
END_TEST

START_TEST(a_notification_has_a_number_of_its_own)
{
    setup();
    observe(0, 5);
    notifies(15, 0, 7);
    notifies(16, 0, 7);
    play(HEADER "observe /16/0/3\nwait 20ms\n");
    expect_finding("LWM2M-NOTIFY", "of \"/16/0/3\" with Observe 7 again");
    teardown();

    setup();
    observe(0, 0); /* as on streams, which need none */
    notifies(15, 0, 0)->outcome.ordered = true;
    notifies(16, 0, 0)->outcome.ordered = true;
    play(HEADER "observe /16/0/3\nwait 20ms\n");
    expect_no_finding();
    teardown();
}
END_TEST

/* Two notifications of what was answered with Observe FIRST. */
static void number(int first, int second, int third)
{
    setup();
    observe(0, first);
    notifies(15, 0, second);
    notifies(16, 0, third);
    play(HEADER "observe /16/0/3\nwait 20ms\n");
}

START_TEST(the_numbers_of_notifications_rise)
{
    number(0xfffffe, 0xffffff, 1); /* of 24 bits, and one that was skipped */
    expect_no_finding();
    teardown();

    number(5, 0x7fffff, 0x800006);
    expect_no_finding();
    teardown();

    number(5, 7, 6); /* what a network turned round */
    expect_no_finding();
    teardown();

    number(7, 6, 5);
    expect_finding("LWM2M-NOTIFY", "of \"/16/0/3\" with Observe 6 after 7");
    teardown();

    number(5, 7, 4);
    expect_finding("LWM2M-NOTIFY", "of \"/16/0/3\" with Observe 4 after 7");
    teardown();

    number(5, 0x800005, 0x800006); /* too far ahead to be newer */
    expect_finding("LWM2M-NOTIFY", "with Observe 8388613 after 5");
    teardown();
}
END_TEST

START_TEST(a_number_is_forgotten_after_a_while)
{
    setup();
    observe(0, 5);
    notifies(15, 0, 7);
    notifies(128016, 0, 2);
    play(HEADER "timeout 300s\nobserve /16/0/3\nwait 130s\n");
    expect_no_finding();
    teardown();

    setup();
    observe(0, 5);
    notifies(15, 0, 7);
    notifies(128014, 0, 2);
    play(HEADER "timeout 300s\nobserve /16/0/3\nwait 130s\n");
    expect_finding("LWM2M-NOTIFY", "with Observe 2 after 7");
    teardown();
}
END_TEST

START_TEST(what_is_observed_twice_or_no_more_is_not_compared)
{
    setup();
    observe(0, 5);
    observe(11542, 6);
    notifies(25, 0, 6);
    play(HEADER "observe /16/0/3\nobserve /16/0/3\nwait 30ms\n");
    expect_no_finding();
    teardown();

    setup();
    observe(0, 5);
    observe(0, 6);
    notifies(25, 0, 6);
    play(HEADER "observe /16/0/3\nobserve /16/0/3 again\nwait 30ms\n");
    expect_finding("LWM2M-NOTIFY", "of \"/16/0/3\" with Observe 6 again");
    teardown();

    setup();
    observe(0, 5);
    looks(fake_stage_value(&script.fake, "/16/0/3", value_integer(0)), 0, -1);
    notifies(25, 11542, 5);
    play(HEADER "observe /16/0/3\ncancel /16/0/3\nwait 30ms\n");
    expect_no_finding();
    teardown();

    setup();
    observe(0, 5);
    struct fake_event *event = fake_stage_event(&script.fake, 15, ACTOR_REGISTERED, "/");
    event->event.server = 1;
    notifies(16, 11542, 5);
    play(HEADER "observe /16/0/3\nwait 30ms\n");
    expect_no_finding();
    teardown();
}
END_TEST

/* "/16/0/2" comes in SenML JSON, or in what FORMAT says, as TEXT. */
static void comes_as(int format, const char *json)
{
    setup();
    struct outcome *outcome =
        fake_stage_value(&script.fake, "/16/0/2/0", value_octets(VALUE_OPAQUE, bytes_of("data")));
    outcome->format = format;
    buf_puts(&outcome->payload, json);
    play(HEADER "read /16/0/2\n");
}

START_TEST(octets_in_senml_json_are_base64url)
{
    comes_as(110, "[{\"bn\":\"/16/0/2/\",\"n\":\"0\",\"vd\":\"-_Bk\"},"
                  "{\"n\":\"1\",\"vs\":\"\\\"vd\\\":\\\"a+b==\"}]");
    expect_no_finding();
    teardown();
    comes_as(11543, "{\"vd\":\"ZGF0YQ==\"}"); /* nothing of that format */
    expect_no_finding();
    teardown();
    comes_as(110, "[{\"n\":\"0\",\"vd\" : \"ZGF0YQ==\"}]");
    expect_finding("PF-DM-4", "writes octets in SenML JSON as \"ZGF0YQ==\"");
    teardown();
    comes_as(110, "[{\"n\":\"0\",\"vd\":\"-_Bk\"},{\"vd\":\"+/Bk\"}]");
    expect_finding("PF-DM-4", "as \"+/Bk\": they are base64url without padding");
    teardown();
    comes_as(110, "[{\"vd\"");
    expect_no_finding();
    teardown();
}
END_TEST

START_TEST(single_resources_have_no_dim)
{
    setup();
    discovers("</16/0>,</16/0/0>;dim=4,</16/0/1>,</16/0/2>;pmin=1;dim=0,</16/0/3>;pmin=3,</161/0/"
              "3>;dim=1");
    play(HEADER "discover /16/0\n");
    expect_no_finding();
    teardown();

    setup();
    discovers("</16/0>,</16/0/3>;pmin=3;dim=1");
    play(HEADER "discover /16/0\n");
    expect_finding("PF-DM-9", "shows a dim for a single resource: \"</16/0/3>;pmin=3;dim=1\"");
    teardown();
}
END_TEST

UNIT_MAIN("umpire_device", a_status_is_0_1_or_2, a_status_that_is_notified_or_sent_is_looked_at_too,
          what_the_server_was_answered_is_enough, data_stands_beside_the_status_of_before_the_reset,
          get_auth_data_has_no_value, object_16_is_version_1_0, what_nobody_waits_for_is_found,
          a_token_that_nobody_gave_is_told_as_that,
          one_notification_is_reset_on_purpose_and_none_after_it,
          a_server_that_forgot_or_gave_up_is_to_blame_itself, a_key_that_came_out_is_found,
          auth_data_is_notified_confirmable, a_notification_has_the_format_of_the_observation,
          a_notification_has_a_number_of_its_own, the_numbers_of_notifications_rise,
          a_number_is_forgotten_after_a_while, what_is_observed_twice_or_no_more_is_not_compared,
          octets_in_senml_json_are_base64url, single_resources_have_no_dim)
