/* SPDX-License-Identifier: Apache-2.0 */
/* What Leshan answers and reports, as lines of the adapter protocol; the texts are those that
 * Leshan 2.0.0-M15 wrote. */
#include "base/std.h"

#include "adapters/leshan.h"
#include "tests/unit/unit.h"

static struct buf out;

static void expect_reply(const char *members, long status, const char *body, const char *line)
{
    char text[400];
    struct error error;
    struct adapter_request request;
    snprintf(text, sizeof text, "{\"id\":5,\"endpoint\":\"e\",%s}", members);
    ck_assert_int_eq(adapter_request_read(bytes_of(text), &request, &error), ST_OK);
    buf_init(&out, 4096);
    leshan_reply(&request, status, bytes_of(body), &out);
    ck_assert_str_eq(buf_text(&out), line);
    buf_release(&out);
    adapter_request_release(&request);
}

START_TEST(tells_codes_values_links_and_places)
{
    expect_reply("\"do\":\"read\",\"path\":\"/16/0/3\"", 200,
                 "{\"status\":\"CONTENT(205)\",\"valid\":true,\"success\":true,\"failure\":false,"
                 "\"content\":{\"id\":3,\"type\":\"INTEGER\",\"kind\":\"singleResource\","
                 "\"value\":\"0\"}}",
                 "{\"id\":5,\"code\":\"2.05\",\"values\":[{\"path\":\"/16/0/3\",\"type\":"
                 "\"integer\",\"value\":0}]}\n");
    expect_reply("\"do\":\"read\",\"path\":\"/16/9\"", 200,
                 "{\"status\":\"NOT_FOUND(404)\",\"valid\":true,\"success\":false,\"failure\":true,"
                 "\"errormessage\":\"\"}",
                 "{\"id\":5,\"code\":\"4.04\"}\n");
    expect_reply("\"do\":\"create\",\"path\":\"/16/3\"", 200,
                 "{\"status\":\"CREATED(201)\",\"success\":true,\"location\":\"16/3\"}",
                 "{\"id\":5,\"code\":\"2.01\",\"location\":\"/16/3\"}\n");
    expect_reply("\"do\":\"discover\",\"path\":\"/16/0\"", 200,
                 "{\"status\":\"CONTENT(205)\",\"objectLinks\":[{\"url\":\"/16/0\",\"attributes\":"
                 "{}},{\"url\":\"/16/0/0\",\"attributes\":{\"dim\":\"4\",\"obs\":null}}]}",
                 "{\"id\":5,\"code\":\"2.05\",\"links\":\"</16/0>,</16/0/0>;dim=4;obs\"}\n");
    expect_reply("\"do\":\"write\",\"path\":\"/16/0/0\"", 200,
                 "{\"status\":\"BAD_REQUEST(400)\",\"errormessage\":\"why\"}",
                 "{\"id\":5,\"code\":\"4.00\",\"text\":\"why\"}\n");
}
END_TEST

START_TEST(tells_what_composites_hold)
{
    expect_reply(
        "\"do\":\"read-composite\",\"paths\":[\"/3/0/0\",\"/9\"]", 200,
        "{\"status\":\"CONTENT(205)\",\"content\":{\"/3/0/0\":{\"id\":0,\"type\":\"STRING\","
        "\"kind\":\"singleResource\",\"value\":\"Acme\"},\"/9\":null}}",
        "{\"id\":5,\"code\":\"2.05\",\"values\":[{\"path\":\"/3/0/0\",\"type\":\"string\","
        "\"value\":\"Acme\"}]}\n");
}
END_TEST

START_TEST(tells_why_nothing_came)
{
    const char *read = "\"do\":\"read\",\"path\":\"/3\"";
    expect_reply(read, 504, "Request timeout",
                 "{\"id\":5,\"error\":\"timeout\",\"text\":\"Leshan answers with HTTP status 504: "
                 "Request timeout\"}\n");
    expect_reply(read, 400, "No registered client with id 'e'",
                 "{\"id\":5,\"error\":\"unreachable\",\"text\":\"Leshan answers with HTTP status "
                 "400: No registered client with id 'e'\"}\n");
    expect_reply(
        read, 400, "Invalid request: no",
        "{\"id\":5,\"error\":\"unsupported\",\"text\":\"Leshan answers with HTTP status 400: "
        "Invalid request: no\"}\n");
    expect_reply("\"do\":\"attributes\",\"path\":\"/3\"", 500, "Unexpected exception: no",
                 "{\"id\":5,\"error\":\"unsupported\",\"text\":\"Leshan answers with HTTP status "
                 "500: Unexpected exception: no\"}\n");
    expect_reply(read, 500, "a\nb",
                 "{\"id\":5,\"error\":\"failed\",\"text\":\"Leshan answers with HTTP status 500: "
                 "a?b\"}\n");
}
END_TEST

START_TEST(knows_what_comes_later)
{
    struct adapter_request request;
    struct error error;
    const char *late = "{\"ep\":\"e\",\"requestId\":\"3f\",\"delayed\":true,\"response\":"
                       "{\"status\":\"CHANGED(204)\"}}";
    buf_init(&out, 4096);
    ck_assert(leshan_ticket(bytes_of("{\"requestId\":\"3f\",\"delayed\":true}"), &out));
    ck_assert_str_eq(buf_text(&out), "3f");
    buf_clear(&out);
    ck_assert(!leshan_ticket(bytes_of("{\"requestId\":\"3f\",\"delayed\":false}"), &out));
    ck_assert(!leshan_ticket(bytes_of("{\"delayed\":true}"), &out));
    ck_assert(!leshan_ticket(bytes_of("{\"status\":\"CHANGED(204)\"}"), &out));
    ck_assert(!leshan_ticket(bytes_of("<html>"), &out));
    ck_assert_int_eq(adapter_request_read(bytes_of("{\"id\":5,\"do\":\"delete\",\"endpoint\":\"e\","
                                                   "\"path\":\"/3\"}"),
                                          &request, &error),
                     ST_OK);
    leshan_late_reply(&request, bytes_of(late), &out);
    leshan_late_reply(&request, bytes_of("{\"requestId\":\"3f\"}"), &out);
    ck_assert_str_eq(buf_text(&out), "{\"id\":5,\"code\":\"2.04\"}\n{\"id\":5,\"error\":\"failed\","
                                     "\"text\":\"Leshan's answer cannot be understood\"}\n");
    adapter_request_release(&request);
    buf_release(&out);
}
END_TEST

START_TEST(tells_that_a_cancel_by_reset_is_on_its_way)
{
    expect_reply("\"do\":\"cancel\",\"path\":\"/16/0/3\",\"by\":\"reset\"", 200, "",
                 "{\"id\":5,\"ok\":true}\n");
}
END_TEST

START_TEST(does_not_trust_what_it_hears)
{
    static const char *const bodies[] = {
        "",
        "<html>",
        "[]",
        "{}",
        "{\"status\":\"CONTENT\"}",
        "{\"status\":\"CONTENT(2x5)\"}",
        "{\"status\":\"CONTENT(205) \"}",
        "{\"status\":205}",
        "{\"status\":\"CONTENT(205)\",\"content\":[]}",
    };
    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        expect_reply("\"do\":\"read\",\"path\":\"/3\"", 200, bodies[i],
                     "{\"id\":5,\"error\":\"failed\",\"text\":\"Leshan's answer cannot be "
                     "understood\"}\n");
}
END_TEST

static void expect_event(const char *name, const char *data, const char *line)
{
    buf_init(&out, 4096);
    leshan_event(bytes_of(name), bytes_of(data), &out);
    ck_assert_str_eq(buf_text(&out), line);
    buf_release(&out);
}

#define ROOT "{\"url\":\"/\",\"attributes\":{\"rt\":\"\\\"oma.lwm2m\\\"\"}}"
#define REGISTRATION                                                                               \
    "{\"endpoint\":\"urn:dev:a\",\"registrationId\":\"x\",\"lwM2mVersion\":\"1.1\",\"lifetime\":"  \
    "300,\"bindingMode\":\"U\",\"queuemode\":false,\"objectLinks\":[" ROOT ",{\"url\":\"/1\","     \
    "\"attributes\":{\"ver\":\"1.1\"}}]}"
#define TERMS "\"queue\":false,\"version\":\"1.1\"}\n"
#define REGISTERED                                                                                 \
    "\"endpoint\":\"urn:dev:a\",\"links\":\"</"                                                    \
    "1>;ver=1.1\",\"lifetime\":300,\"binding\":\"U\"," TERMS

START_TEST(reports_registrations)
{
    expect_event("REGISTRATION", REGISTRATION, "{\"event\":\"registered\"," REGISTERED);
    expect_event(
        "UPDATED", "{\"registration\":" REGISTRATION ",\"update\":{}}",
        "{\"event\":\"updated\",\"endpoint\":\"urn:dev:a\",\"binding\":\"U\",\"binding-given\":"
        "false," TERMS);
    expect_event("UPDATED",
                 "{\"registration\":" REGISTRATION
                 ",\"update\":{\"lifetime\":9,\"objectLinks\":[]}}",
                 "{\"event\":\"updated\",\"endpoint\":\"urn:dev:a\",\"links\":\"\",\"lifetime\":9,"
                 "\"binding\":\"U\",\"binding-given\":false," TERMS);
    expect_event("DEREGISTRATION", REGISTRATION, "{\"event\":\"deregistered\"," REGISTERED);
    expect_event("COAPLOG", "{}", "");
    buf_init(&out, 4096);
    ck_assert(leshan_registrations(bytes_of("[" REGISTRATION "]"), &out));
    ck_assert_str_eq(buf_text(&out), "{\"event\":\"registered\"," REGISTERED);
    ck_assert(!leshan_registrations(bytes_of("{}"), &out));
    ck_assert(!leshan_registrations(bytes_of("<html>"), &out));
    buf_release(&out);
}
END_TEST

START_TEST(reports_notifications_and_sends)
{
    const char *node =
        "{\"id\":3,\"type\":\"INTEGER\",\"kind\":\"singleResource\",\"value\":\"1\"}";
    const char *values =
        "\"code\":\"2.05\",\"values\":[{\"path\":\"/16/0/3\",\"type\":\"integer\",\"value\":1}]}\n";
    char data[400], line[400];
    snprintf(data, sizeof data, "{\"ep\":\"e\",\"kind\":\"single\",\"res\":\"/16/0/3\",\"val\":%s}",
             node);
    snprintf(line, sizeof line, "{\"event\":\"notify\",\"endpoint\":\"e\",\"path\":\"/16/0/3\",%s",
             values);
    expect_event("NOTIFICATION", data, line);
    snprintf(data, sizeof data,
             "{\"ep\":\"e\",\"kind\":\"composite\",\"val\":{\"/16/0/3\":%s},\"paths\":[\"/16/0/3\","
             "\"/9\"]}",
             node);
    snprintf(line, sizeof line,
             "{\"event\":\"notify\",\"endpoint\":\"e\",\"paths\":[\"/16/0/3\",\"/9\"],%s", values);
    expect_event("NOTIFICATION", data, line);
    expect_event("NOTIFICATION", "{\"ep\":\"e\",\"res\":\"/16/0/3\",\"val\":null}",
                 "{\"event\":\"notify\",\"endpoint\":\"e\",\"path\":\"/16/0/3\"}\n");
    snprintf(data, sizeof data, "{\"ep\":\"e\",\"val\":{\"/16/0/3\":%s}}", node);
    snprintf(line, sizeof line, "{\"event\":\"send\",\"endpoint\":\"e\",%s", values);
    expect_event("SEND", data, line);
}
END_TEST

START_TEST(says_when_an_event_is_garbled)
{
    const char *line = "{\"event\":\"log\",\"text\":\"an event of Leshan cannot be understood\"}\n";
    expect_event("REGISTRATION", "{", line);
    expect_event("REGISTRATION", "[]", line);
    expect_event("UPDATED", "{}", line);
    expect_event("NOTIFICATION", "{\"ep\":\"e\",\"res\":\"x\",\"val\":{}}", line);
    expect_event("SEND", "{\"ep\":\"e\",\"val\":{\"x\":{}}}", line);
}
END_TEST

UNIT_MAIN("leshan_reply", tells_codes_values_links_and_places, tells_what_composites_hold,
          tells_why_nothing_came, knows_what_comes_later,
          tells_that_a_cancel_by_reset_is_on_its_way, does_not_trust_what_it_hears,
          reports_registrations, reports_notifications_and_sends, says_when_an_event_is_garbled)
