/* SPDX-License-Identifier: Apache-2.0 */
/* The event log: stamping, order of listeners, leaving while listening. */
#include "base/std.h"

#include "base/trace.h"
#include "tests/unit/unit.h"

static struct clock *the_clock;
static struct trace trace;

/* A listener that writes its letter and what it heard. */
struct ear {
    struct trace_listener listener;
    char letter;
    bool leaves;
    struct event last;
    char text[600];
    struct buf *order;
};

static void hear(void *arg, const struct event *event)
{
    struct ear *ear = arg;
    ear->last = *event;
    snprintf(ear->text, sizeof ear->text, "%s", event->text == NULL ? "" : event->text);
    if (ear->order != NULL)
        buf_put_u8(ear->order, (uint8_t)ear->letter);
    if (ear->leaves)
        trace_unlisten(&trace, &ear->listener);
}

static void open_trace(void)
{
    the_clock = clock_new_virtual(1000);
    trace_init(&trace, the_clock);
}

static void attach(struct ear *ear, char letter, struct buf *order)
{
    *ear = (struct ear){.letter = letter, .order = order};
    ear->listener.hear = hear;
    ear->listener.arg = ear;
    trace_listen(&trace, &ear->listener);
}

static void emit(void)
{
    struct event event = event_of(EVENT_INFO, "device");
    trace_emit(&trace, &event);
}

START_TEST(names_every_kind)
{
    static const char *const names[] = {"request",   "response",     "notification", "reset",
                                        "malformed", "secured",      "unsecured",    "registered",
                                        "updated",   "deregistered", "bootstrap",    "state",
                                        "warning",   "error",        "info"};
    ck_assert_uint_eq(COUNT_OF(names), EVENT_INFO + 1);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        ck_assert_str_eq(event_kind_name((enum event_kind)i), names[i]);
}
END_TEST

START_TEST(a_new_event_is_empty)
{
    struct event event = event_of(EVENT_REQUEST, "server");
    ck_assert_int_eq(event.kind, EVENT_REQUEST);
    ck_assert_str_eq(event.side, "server");
    ck_assert_int_eq(event.message_id, -1);
    ck_assert_int_eq(event.format, -1);
    ck_assert_int_eq(event.accept, -1);
    ck_assert_int_eq(event.observe, -1);
    ck_assert(!event.incoming);
    ck_assert_ptr_null(event.peer);
    ck_assert_ptr_null(event.text);
    ck_assert_uint_eq(event.token.len, 0);
    ck_assert_uint_eq(event.payload.len, 0);
}
END_TEST

START_TEST(stamps_and_delivers)
{
    struct ear ear;
    open_trace();
    attach(&ear, 'a', NULL);
    clock_advance(the_clock, 234);
    struct event event = event_of(EVENT_RESPONSE, "device");
    event.code = "2.05";
    event.message_id = 77;
    trace_emit(&trace, &event);
    ck_assert_int_eq(event.utc_ms, 1234);
    ck_assert_int_eq(ear.last.utc_ms, 1234);
    ck_assert_int_eq(ear.last.kind, EVENT_RESPONSE);
    ck_assert_str_eq(ear.last.code, "2.05");
    ck_assert_int_eq(ear.last.message_id, 77);
    clock_free(the_clock);
}
END_TEST

START_TEST(listeners_hear_in_the_order_they_came)
{
    struct ear a, b, c;
    struct buf order;
    buf_init(&order, 100);
    open_trace();
    attach(&a, 'a', &order);
    attach(&b, 'b', &order);
    attach(&c, 'c', &order);
    emit();
    trace_unlisten(&trace, &b.listener);
    emit();
    trace_unlisten(&trace, &b.listener);
    trace_unlisten(&trace, &a.listener);
    trace_listen(&trace, &a.listener);
    emit();
    ck_assert_str_eq(buf_text(&order), "abcacca");
    buf_release(&order);
    clock_free(the_clock);
}
END_TEST

START_TEST(a_listener_may_leave_while_it_hears)
{
    struct ear a, b, c;
    struct buf order;
    buf_init(&order, 100);
    open_trace();
    attach(&a, 'a', &order);
    attach(&b, 'b', &order);
    attach(&c, 'c', &order);
    a.leaves = true;
    c.leaves = true;
    emit();
    emit();
    ck_assert_str_eq(buf_text(&order), "abcb");
    buf_release(&order);
    clock_free(the_clock);
}
END_TEST

START_TEST(says_a_sentence)
{
    struct ear ear;
    open_trace();
    attach(&ear, 'a', NULL);
    trace_say(&trace, EVENT_WARNING, "device", "no answer from \"%s\" for %d s", "coap://x", 5);
    ck_assert_int_eq(ear.last.kind, EVENT_WARNING);
    ck_assert_str_eq(ear.last.side, "device");
    ck_assert_str_eq(ear.text, "no answer from \"coap://x\" for 5 s");
    ck_assert_int_eq(ear.last.utc_ms, 1000);
    clock_free(the_clock);
}
END_TEST

START_TEST(cuts_an_endless_sentence_between_characters)
{
    struct ear ear;
    struct buf words;
    buf_init(&words, 5000);
    buf_puts(&words, "x");
    for (int i = 0; i < 1000; i++)
        buf_puts(&words, "\xc3\xa9");
    open_trace();
    attach(&ear, 'a', NULL);
    trace_say(&trace, EVENT_INFO, "device", "%s", buf_text(&words));
    ck_assert_uint_gt(strlen(ear.text), 300);
    ck_assert(utf8_valid(bytes_of(ear.text)));
    buf_release(&words);
    clock_free(the_clock);
}
END_TEST

START_TEST(nobody_has_to_listen)
{
    struct event event = event_of(EVENT_INFO, "device");
    trace_emit(NULL, &event);
    trace_say(NULL, EVENT_INFO, "device", "nobody hears this");
    open_trace();
    trace_emit(&trace, &event);
    trace_say(&trace, EVENT_INFO, "device", "nor this");
    clock_free(the_clock);
}
END_TEST

/* The example of the specification's appendix B.2 on the wire. */
static struct event get_auth_data(void)
{
    struct event event = event_of(EVENT_REQUEST, "device");
    event.incoming = true;
    event.type = "CON";
    event.message_id = 7;
    event.code = "POST";
    event.path = "/16/0/1";
    event.format = 0;
    event.payload = bytes_of("0='0',1='3',2='36983160',3='0'");
    return event;
}

START_TEST(a_message_is_a_line)
{
    struct buf line;
    buf_init(&line, 1000);
    struct event event = get_auth_data();
    event_put_message(&event, false, &line);
    ck_assert_str_eq(buf_text(&line), "server -> device  CON [7] POST /16/0/1 format=0  "
                                      "0='0',1='3',2='36983160',3='0'");
    buf_clear(&line);
    event.side = "server";
    event_put_message(&event, true, &line);
    ck_assert_str_eq(buf_text(&line),
                     "device -> server  CON [7] POST /16/0/1 format=0  (30 octets)");
    buf_release(&line);
}
END_TEST

START_TEST(a_message_has_its_options)
{
    struct buf line;
    buf_init(&line, 1000);
    struct event event = event_of(EVENT_REQUEST, "server");
    event.type = "CON";
    event.message_id = 3;
    event.code = "FETCH";
    event.path = "/";
    event.query = "a=b";
    event.observe = 0;
    event.accept = 110;
    event.format = 112;
    event_put_message(&event, false, &line);
    ck_assert_str_eq(buf_text(&line),
                     "server -> device  CON [3] FETCH /?a=b observe=0 accept=110 format=112");
    buf_release(&line);
}
END_TEST

START_TEST(octets_that_are_no_message_are_a_line)
{
    struct buf line;
    buf_init(&line, 1000);
    struct event event = event_of(EVENT_MALFORMED, "server");
    ck_assert(event_is_message(&event));
    event.incoming = true;
    event.text = "it is shorter than a header";
    event.payload = bytes_of("ab");
    event_put_message(&event, false, &line);
    ck_assert_str_eq(buf_text(&line),
                     "device -> server   malformed: it is shorter than a header  hex:6162");
    buf_clear(&line);
    event.type = "ACK";
    event.message_id = 4;
    event_put_message(&event, true, &line);
    ck_assert_str_eq(
        buf_text(&line),
        "device -> server  ACK [4] malformed: it is shorter than a header  (2 octets)");
    buf_release(&line);
}
END_TEST

START_TEST(of_a_secret_the_length_alone_is_told)
{
    struct buf line;
    buf_init(&line, 1000);
    struct event event = get_auth_data();
    event.path = "/0/1/5";
    event.secret = true;
    event_put_message(&event, false, &line);
    ck_assert_str_eq(buf_text(&line),
                     "server -> device  CON [7] POST /0/1/5 format=0  (30 octets)");
    buf_release(&line);
}
END_TEST

START_TEST(a_notification_is_a_line_with_its_number)
{
    struct buf line;
    buf_init(&line, 1000);
    struct event event = event_of(EVENT_NOTIFICATION, "device");
    ck_assert(event_is_message(&event));
    event.type = "NON";
    event.message_id = 0;
    event.code = "2.05";
    event.observe = 0;
    event_put_message(&event, false, &line);
    ck_assert_str_eq(buf_text(&line), "device -> server  NON [0] 2.05 observe=0");
    event.kind = EVENT_RESET;
    ck_assert(event_is_message(&event));
    event.kind = EVENT_STATE;
    ck_assert(!event_is_message(&event));
    buf_release(&line);
}
END_TEST

START_TEST(a_long_payload_is_cut)
{
    enum { SHOWN = 96 };
    struct buf line, payload;
    struct event event = event_of(EVENT_RESPONSE, "device");
    buf_init(&line, 1000);
    buf_init(&payload, 1000);
    for (unsigned i = 0; i < SHOWN; i++)
        buf_put_u8(&payload, 'x');
    for (unsigned more = 0; more < 2; more++) {
        event.payload = buf_bytes(&payload);
        event_put_message(&event, false, &line);
        ck_assert((strstr(buf_text(&line), "x... (97 octets)") != NULL) == (more > 0));
        buf_clear(&line);
        buf_put_u8(&payload, 'x');
    }
    buf_release(&line);
    buf_release(&payload);
}
END_TEST

START_TEST(a_message_does_not_act_on_a_terminal)
{
    struct buf line;
    buf_init(&line, 1000);
    struct event event = event_of(EVENT_RESPONSE, "device");
    event.path = "/rd/\x1b[2J";
    event.payload = bytes_of("\x1b[2J");
    event_put_message(&event, false, &line);
    ck_assert_ptr_null(memchr(line.data, 0x1b, line.len));
    ck_assert_ptr_nonnull(strstr(buf_text(&line), "hex:1b5b324a"));
    buf_clear(&line);
    event.path = "/\xC2\x9B"; /* C1 CSI */
    event.query = "\x9B";
    event.payload = bytes_of("\xC2\x9B");
    event_put_message(&event, false, &line);
    ck_assert_str_eq(buf_text(&line), "device -> server    /???  hex:c29b");
    buf_release(&line);
}
END_TEST

START_TEST(a_message_that_was_given_up_says_so)
{
    struct buf line;
    buf_init(&line, 1000);
    struct event event = event_of(EVENT_RESET, "device");
    event.type = "CON";
    event.message_id = 9;
    event_put_message(&event, false, &line);
    ck_assert_str_eq(buf_text(&line), "device -> server  CON [9] given up");
    buf_clear(&line);
    event.type = "RST";
    event_put_message(&event, false, &line);
    ck_assert_str_eq(buf_text(&line), "device -> server  RST [9]");
    buf_release(&line);
}
END_TEST

UNIT_MAIN("trace", names_every_kind, a_new_event_is_empty, stamps_and_delivers,
          listeners_hear_in_the_order_they_came, a_listener_may_leave_while_it_hears,
          says_a_sentence, cuts_an_endless_sentence_between_characters, nobody_has_to_listen,
          a_message_is_a_line, a_message_has_its_options, octets_that_are_no_message_are_a_line,
          of_a_secret_the_length_alone_is_told, a_notification_is_a_line_with_its_number,
          a_long_payload_is_cut, a_message_does_not_act_on_a_terminal,
          a_message_that_was_given_up_says_so)
