/* SPDX-License-Identifier: Apache-2.0 */
/* What a step dictates arrives as it was dictated, or the umpire says what is wrong. */
#include "base/std.h"

#include "tests/unit/scenario/umpired.h"

START_TEST(what_arrives_as_dictated_is_fine)
{
    setup();
    struct fake_event *read = reads(5, "/16/0/3", value_integer(0));
    read->request.accept = 11542;
    answers("/16/0/3", value_integer(0));
    executes(15, "1='3',0='0'"); /* in another order */
    fake_stage_answer(&script.fake, 204);
    play(HEADER "read $pf/3 as tlv => 2.05 0\nexecute $pf/1 0='0',1='3'\n");
    expect_no_finding();
    teardown();
}
END_TEST

START_TEST(another_format_than_the_steps_is_the_servers)
{
    setup();
    struct fake_event *read = reads(5, "/16/0/3", value_integer(0));
    read->request.accept = 0;
    answers("/16/0/3", value_integer(0));
    play(HEADER "read $pf/3 as tlv => 2.05 0\n");
    expect_finding("PF-SRV-5", "the server asks for format 0, but the step for format 11542");
    teardown();
}
END_TEST

/* A format that the step leaves to the server is one that the device has. */
START_TEST(a_format_that_the_device_lacks_is_the_servers)
{
    static const struct {
        const char *step, *path, *rule, *reason;
        uint8_t method, code;
    } rows[] = {
        {"covers PF-OBJ-5\nread $pf/3 => 2.05 0 [PF-OBJ-5]", "/16/0/3", "PF-SRV-5",
         "the server asks for format 11543, which the device does not have", GET, 0x86},
        {"covers PF-OBJ-8\nread /3/0/0 => 2.05 \"Acme\" [PF-OBJ-8]", "/3/0/0", "LWM2M-READ",
         "the server asks for format 11543, which the device does not have", GET, 0x86},
        {"covers PF-DM-3\nwrite $pf/0/1 \"a\" => 2.04 [PF-DM-3]", "/16/0/0/1", "LWM2M-WRITE",
         "the server sends format 11543, which the device does not have", PUT, 0x8F},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[200];
        setup();
        script.options.third_party_server = true;
        struct fake_event *event = arrives(5, rows[i].method, rows[i].path);
        event->outcome.code = rows[i].code;
        event->request.accept = event->request.format = 11543;
        fake_stage_answer(&script.fake, rows[i].code == 0x86 ? 406 : 415);
        snprintf(text, sizeof text, HEADER "%s\n", rows[i].step);
        play(text);
        expect_verdict(VERDICT_FAIL, ST_OK);
        ck_assert_uint_eq(script.result.check_count, 2);
        ck_assert_str_eq(script.result.checks[0].rule->id, rows[i].rule);
        ck_assert_msg(strstr(script_reason(&script), rows[i].reason) != NULL, "%s",
                      script_reason(&script));
        ck_assert_int_eq(verdict_at(1), VERDICT_INCONCLUSIVE); /* the device's own rule */
        teardown();
    }
}
END_TEST

START_TEST(a_discover_asks_for_links)
{
    setup();
    reads(5, "/16/0", value_none());
    buf_puts(&fake_stage_answer(&script.fake, 205)->payload, "</16/0>");
    play(HEADER "discover $pf => 2.05\n");
    expect_finding("LWM2M-DISCOVER", "asks for no format, but the step for format 40");
    teardown();
}
END_TEST

START_TEST(a_read_that_observes_is_no_read)
{
    setup();
    reads(5, "/3/0/0", value_string("Acme"))->request.observe = 0;
    answers("/3/0/0", value_string("Acme"));
    play(HEADER "read /3/0/0 => 2.05 \"Acme\"\n");
    expect_finding("LWM2M-READ", "the server sends Observe 0");
    teardown();
}
END_TEST

START_TEST(values_that_are_written_are_those_of_the_step)
{
    setup();
    struct records values;
    records_init(&values);
    ck_assert(records_add(&values, path_child(path_resource(16, 0, 0), 1), value_string("b")));
    struct fake_event *write = arrives(5, PUT, "/16/0/0/1");
    write->request.format = 0;
    write->request.values = &values;
    fake_stage_answer(&script.fake, 204);
    play(HEADER "write $pf/0/1 \"a\"\n");
    expect_finding("LWM2M-WRITE", "the values that the server sends are not those of the step");
    records_release(&values);
    teardown();
}
END_TEST

START_TEST(paths_of_a_composite_are_those_of_the_step)
{
    setup();
    struct records paths;
    records_init(&paths);
    ck_assert(records_add(&paths, path_resource(3, 0, 0), value_none()));
    struct fake_event *fetch = arrives(5, FETCH, "/");
    fetch->request.values = &paths;
    fake_content(&fetch->outcome, "/3/0/0", value_string("Acme"));
    answers("/3/0/0", value_string("Acme"));
    play(HEADER "read-composite /3/0/0 /16/0/3 => 2.05\n");
    expect_finding("LWM2M-READ-COMPOSITE", "the paths that the server sends");
    records_release(&paths);
    teardown();
}
END_TEST

START_TEST(attributes_may_come_in_any_order)
{
    setup();
    arrives(5, PUT, "/16/0/3")->request.query = "pmax=5&pmin=1";
    fake_stage_answer(&script.fake, 204);
    play(HEADER "attributes $pf/3 pmin=1&pmax=5\n");
    expect_no_finding();
    teardown();

    setup();
    arrives(5, PUT, "/16/0/3")->request.query = "pmin=1&pmax=50";
    fake_stage_answer(&script.fake, 204);
    play(HEADER "attributes $pf/3 pmin=1&pmax=5\n");
    expect_finding("LWM2M-ATTRIBUTES", "\"pmin=1&pmax=50\", but the step \"pmin=1&pmax=5\"");
    teardown();
}
END_TEST

START_TEST(arguments_break_the_rule_of_their_digit)
{
    static const struct {
        const char *sent, *rule, *reason;
    } rows[] = {
        {"0='1',1='3'", "PF-ARG-1", "argument 0 is \"1\", but the step says \"0\""},
        {"0='0',1='4'", "PF-ARG-2", "argument 1 is \"4\""},
        {"0='0'", "PF-ARG-2", "argument 1 is \"nothing\""},
        {"0='0',1='3',2='9'", "PF-ARG-3", "argument 2 is \"9\", but the step says \"nothing\""},
        {"0='0',1='3',3='9'", "PF-ARG-4", "argument 3"},
        {"0=0,1=3", "PF-ARG-6", "\"0=0,1=3\" breaks the grammar of Execute: a quote is missing"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        setup();
        executes(5, rows[i].sent);
        fake_stage_answer(&script.fake, 204);
        play(HEADER "execute $pf/1 0='0',1='3'\n");
        expect_finding(rows[i].rule, rows[i].reason);
        teardown();
    }
}
END_TEST

START_TEST(octets_and_raw_requests_are_the_scenarios)
{
    setup();
    executes(5, "garbage");
    fake_stage_answer(&script.fake, 204);
    arrives(15, GET, "/16/9/2")->request.accept = 77;
    fake_stage_answer(&script.fake, 205);
    play(HEADER "execute $pf/1 \"garbage\"\nraw GET /16/0/2 accept=77 => 2.05\n");
    expect_no_finding();
    teardown();
}
END_TEST

/* A list may come in another order and with other quotes; what is none comes as it is. */
START_TEST(octets_of_a_step_arrive)
{
    static const struct {
        const char *step, *sent, *reason;
    } rows[] = {
        {"\"0='0',1='0',4='x'\"", "0='0',4='x',1='0'", NULL},
        {"\"0='0',1='0',4='x'\"", "0='0',1='0'", "argument 4 is \"nothing\", but the step says"},
        {"\"0=SRV\"", "0=SRV", NULL},
        {"\"0=SRV\"", "0='0'", "sends the arguments \"0='0'\", and not those of the step"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[200];
        setup();
        executes(5, rows[i].sent);
        fake_stage_answer(&script.fake, 204);
        snprintf(text, sizeof text, HEADER "execute $pf/1 %s\n", rows[i].step);
        play(text);
        if (rows[i].reason == NULL)
            expect_no_finding();
        else
            expect_finding("PF-ARG-6", rows[i].reason);
        teardown();
    }
}
END_TEST

START_TEST(a_request_that_never_came_was_not_made)
{
    setup();
    reads(5, "/16/0/0", value_string("x"));
    answers("/3/0/0", value_string("Acme"));
    play(HEADER "read /3/0/0 => 2.05 \"Acme\"\n");
    expect_finding("LWM2M-READ", "the server says that it is done, but no GET /3/0/0 came to the "
                                 "device; what came is GET /16/0/0");
    teardown();
}
END_TEST

START_TEST(what_the_server_makes_of_it_is_not_the_devices)
{
    setup();
    reads(5, "/16/0/3", value_integer(1));
    answers("/16/0/3", value_string("1"));
    play(HEADER "read $pf/3 => 2.05\n");
    expect_finding("PF-SRV-5", "/16/0/3 is \"1\", not 1");
    for (size_t i = 0; i < script.result.check_count; i++)
        ck_assert_str_ne(script.result.checks[i].rule->id, "PF-OBJ-5");
    teardown();
}
END_TEST

START_TEST(what_the_server_says_is_what_the_device_said)
{
    setup();
    fake_content(&reads(5, "/16/0/0", value_none())->outcome, "/16/0/0/2", value_string("b"));
    answers("/16/0/0/1", value_string("a"));
    play(HEADER "read $pf/0 => 2.05\n");
    expect_finding("PF-SRV-5", "the server takes other values than the device has answered: "
                               "/16/0/0/2 is nothing, not \"b\"");
    teardown();

    setup();
    reads(5, "/16/0/3", value_integer(1));
    snprintf(fake_stage_answer(&script.fake, 205)->problem, 100, "no such format");
    play(HEADER "read $pf/3 => 2.05\n");
    expect_finding("PF-SRV-5", "cannot read what the device has answered: no such format");
    teardown();

    setup(); /* its text is about something else, and so is that it has no values */
    reads(5, "/16/0/3", value_integer(1));
    struct outcome *silent = fake_stage_answer(&script.fake, 205);
    silent->untold = UNTOLD_VALUES;
    snprintf(silent->problem, 100, "done");
    play(HEADER "read $pf/3 => 2.05\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();

    setup();
    arrives(5, GET, "/3/0/0")->outcome.code = 0x84;
    fake_stage_answer(&script.fake, 205);
    play(HEADER "read /3/0/0 => 2.05\n");
    expect_finding("LWM2M-READ", "the server says 2.05, but the device has answered 4.04");
    teardown();
}
END_TEST

START_TEST(every_request_has_a_form)
{
    setup();
    struct fake_event *execute = executes(5, "0='0'");
    execute->request.format = 42;
    fake_stage_answer(&script.fake, 204);
    play(HEADER "execute $pf/1 0='0'\n");
    expect_finding("LWM2M-EXECUTE", "sends arguments to \"/16/0/1\" as format 42; they are text");
    teardown();

    setup();
    reads(5, "/16/0/3", value_integer(0))->request.observe = 7;
    play(HEADER "wait 10ms\n");
    expect_finding("LWM2M-OBSERVE", "sends Observe 7 to \"/16/0/3\"");
    teardown();
}
END_TEST

START_TEST(content_that_a_server_thought_of_decodes)
{
    static const struct {
        uint8_t method;
        const char *path, *rule;
    } rows[] = {
        {PUT, "/16/0/0/1", "LWM2M-WRITE"},      {POST, "/16/0", "LWM2M-UPDATE-VALUES"},
        {POST, "/16", "LWM2M-CREATE"},          {FETCH, "/", "LWM2M-READ-COMPOSITE"},
        {IPATCH, "/", "LWM2M-WRITE-COMPOSITE"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        setup();
        struct fake_event *write = arrives(5, rows[i].method, rows[i].path);
        write->request.format = 11542;
        write->request.payload = bytes_of("\xff");
        write->outcome.code = 0x80;
        play(HEADER "wait 10ms\n");
        expect_finding(rows[i].rule, "that does not decode as format 11542");
        teardown();
    }
}
END_TEST

/* A text for AuthStatus is refused of whoever sends it. */
START_TEST(content_of_a_step_decodes_if_its_values_can)
{
    static const struct {
        const char *path, *step;
        bool found;
    } rows[] = {
        {"/16/0/0/1", "write $pf/0/1 \"a\" => 2.04 | 4.00\n", true},
        {"/16/0/3", "write $pf/3 \"a\" => 4.00 | 2.04\n", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[200];
        setup();
        struct fake_event *write = arrives(5, PUT, rows[i].path);
        write->request.format = 11543;
        write->request.payload = bytes_of("{}");
        write->outcome.code = 0x80;
        fake_stage_answer(&script.fake, 400);
        snprintf(text, sizeof text, HEADER "%s", rows[i].step);
        play(text);
        if (rows[i].found)
            expect_finding("LWM2M-WRITE", "that does not decode as format 11543");
        else
            expect_no_finding();
        teardown();
    }
}
END_TEST

START_TEST(what_is_empty_need_not_be_said)
{
    setup();
    reads(5, "/16/0/2", value_none());
    fake_stage_answer(&script.fake, 205)->decoded = true;
    play(HEADER "read $pf/2 => 2.05\n");
    expect_no_finding();
    teardown();
}
END_TEST

START_TEST(a_bad_link_may_change_everything)
{
    setup();
    reads(15, "/16/0/3", value_integer(0))->request.accept = 3;
    answers("/16/0/3", value_integer(1));
    play(HEADER "link corrupt next\nread $pf/3 as tlv => 2.05 1\n");
    expect_no_finding();
    teardown();
}
END_TEST

START_TEST(another_servers_request_is_not_the_steps)
{
    setup();
    script.fake.claims.server_count = 2;
    reads(5, "/16/0/3", value_integer(0))->event.server = 2;
    answers("/16/0/3", value_integer(0));
    play(HEADER "read $pf/3 => 2.05 0\n");
    expect_finding("LWM2M-READ", "no GET /16/0/3 came");
    teardown();
}
END_TEST

UNIT_MAIN("umpire_request", content_of_a_step_decodes_if_its_values_can, octets_of_a_step_arrive,
          a_format_that_the_device_lacks_is_the_servers,
          what_the_server_makes_of_it_is_not_the_devices, what_arrives_as_dictated_is_fine,
          another_format_than_the_steps_is_the_servers, a_discover_asks_for_links,
          a_read_that_observes_is_no_read, values_that_are_written_are_those_of_the_step,
          paths_of_a_composite_are_those_of_the_step, attributes_may_come_in_any_order,
          arguments_break_the_rule_of_their_digit, octets_and_raw_requests_are_the_scenarios,
          a_request_that_never_came_was_not_made, what_the_server_says_is_what_the_device_said,
          every_request_has_a_form, content_that_a_server_thought_of_decodes,
          what_is_empty_need_not_be_said, a_bad_link_may_change_everything,
          another_servers_request_is_not_the_steps)
