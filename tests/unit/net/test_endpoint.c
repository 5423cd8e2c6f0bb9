/* SPDX-License-Identifier: Apache-2.0 */
/* What the trace hears of a message. */
#include "base/std.h"

#include "net/endpoint.h"
#include "tests/unit/unit.h"

struct heard {
    unsigned events;
    enum event_kind kind;
    char line[200];
};

static const char *or_none(const char *text)
{
    return text != NULL ? text : "-";
}

static void hear(void *arg, const struct event *event)
{
    struct heard *heard = arg;
    heard->events++;
    heard->kind = event->kind;
    snprintf(heard->line, sizeof heard->line, "%s %s %s %s %d %s %s %s f%d o%d t%zu p%zu",
             event->side, event->incoming ? "<" : ">", event->peer, event->type, event->message_id,
             event->code, or_none(event->path), or_none(event->query), event->format,
             event->observe, event->token.len, event->payload.len);
}

START_TEST(a_message_is_told_with_all_its_parts)
{
    struct clock *clock = clock_new_virtual(0);
    struct trace trace;
    struct heard heard = {0};
    struct trace_listener listener = {hear, &heard, NULL};
    struct endpoint endpoint = {.trace = &trace, .side = "device"};
    struct peer peer = {.name = "127.0.0.1:5683"};
    struct message message;
    trace_init(&trace, clock);
    message_init(&message);
    message.code = CODE_GET;
    message.message_id = 7;
    message.token_len = 3;
    struct passage passage = {EVENT_REQUEST, true, "CON"};
    endpoint_trace(&endpoint, &peer, passage, &message); /* nobody listens */
    trace_listen(&trace, &listener);
    endpoint_trace(&endpoint, &peer, passage, &message);
    ck_assert_str_eq(heard.line, "device < 127.0.0.1:5683 CON 7 GET / - f-1 o-1 t3 p0");
    ck_assert(segments_split(&message.path, '/', bytes_of("/16/0")));
    ck_assert(segments_split(&message.query, '&', bytes_of("a&b=1")));
    message.observe = 0;
    endpoint_trace(&endpoint, &peer, passage, &message);
    ck_assert_str_eq(heard.line, "device < 127.0.0.1:5683 CON 7 GET /16/0 a&b=1 f-1 o0 t3 p0");
    message_release(&message);

    message_init(&message);
    message.code = CODE_CREATED;
    message.format = 0;
    ck_assert(segments_split(&message.location, '/', bytes_of("/rd/1")));
    buf_puts(&message.payload, "xy");
    endpoint_trace(&endpoint, &peer, (struct passage){EVENT_RESPONSE, false, "ACK"}, &message);
    ck_assert_int_eq(heard.kind, EVENT_RESPONSE);
    ck_assert_str_eq(heard.line, "device > 127.0.0.1:5683 ACK -1 2.01 /rd/1 - f0 o-1 t0 p2");
    message_release(&message);
    ck_assert_uint_eq(heard.events, 3);
    clock_free(clock);
}
END_TEST

/* One that came in has no path of its own; one that goes out may be about several. */
START_TEST(a_notification_is_told_with_what_it_is_about)
{
    struct clock *clock = clock_new_virtual(0);
    struct trace trace;
    struct heard heard = {0};
    struct trace_listener listener = {hear, &heard, NULL};
    struct endpoint endpoint = {.trace = &trace, .side = "server"};
    struct peer peer = {.name = "127.0.0.1:5683"};
    struct message request, news;
    trace_init(&trace, clock);
    trace_listen(&trace, &listener);
    message_init(&request);
    message_init(&news);
    request.code = CODE_GET;
    news.code = CODE_CONTENT;
    news.observe = 4;
    ck_assert(segments_split(&request.path, '/', bytes_of("/16/0/3")));
    endpoint_trace_news(&endpoint, &peer, "NON", &news, &request);
    ck_assert_int_eq(heard.kind, EVENT_NOTIFICATION);
    ck_assert_str_eq(heard.line, "server < 127.0.0.1:5683 NON -1 2.05 /16/0/3 - f-1 o4 t0 p0");
    message_release(&request);
    message_init(&request);
    request.code = CODE_FETCH;
    endpoint_trace_news(&endpoint, &peer, "CON", &news, &request);
    ck_assert_str_eq(heard.line, "server < 127.0.0.1:5683 CON -1 2.05 / - f-1 o4 t0 p0");
    endpoint_trace(&endpoint, &peer, (struct passage){EVENT_NOTIFICATION, false, "CON"}, &news);
    ck_assert_str_eq(heard.line, "server > 127.0.0.1:5683 CON -1 2.05 / - f-1 o4 t0 p0");
    message_release(&request);
    message_release(&news);
    clock_free(clock);
}
END_TEST

static void keep_secret(void *arg, const struct event *event)
{
    bool *secret = arg;
    *secret = event->secret;
}

START_TEST(what_is_written_to_the_security_object_is_secret)
{
    static const struct {
        const char *path;
        bool secret;
    } rows[] = {{"/0", true}, {"/0/1/5", true}, {"/1/0", false}, {"/", false}, {"/00", false}};
    struct clock *clock = clock_new_virtual(0);
    struct trace trace;
    struct endpoint endpoint = {.trace = &trace, .side = "device"};
    struct peer peer = {.name = "127.0.0.1:5683"};
    trace_init(&trace, clock);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool secret = !rows[i].secret;
        struct trace_listener listener = {keep_secret, &secret, NULL};
        struct message message;
        message_init(&message);
        message.code = CODE_PUT;
        ck_assert(segments_split(&message.path, '/', bytes_of(rows[i].path)));
        trace_listen(&trace, &listener);
        endpoint_trace(&endpoint, &peer, (struct passage){EVENT_REQUEST, true, "CON"}, &message);
        trace_unlisten(&trace, &listener);
        ck_assert_msg(secret == rows[i].secret, "%s", rows[i].path);
        message_release(&message);
    }
    clock_free(clock);
}
END_TEST

START_TEST(nothing_is_needed_to_free_no_endpoint)
{
    endpoint_free(NULL);
}
END_TEST

UNIT_MAIN("endpoint", a_notification_is_told_with_what_it_is_about,
          a_message_is_told_with_all_its_parts, what_is_written_to_the_security_object_is_secret,
          nothing_is_needed_to_free_no_endpoint)
