/* SPDX-License-Identifier: Apache-2.0 */
/* An event stream is cut into events, wherever its pieces end. */
#include "base/std.h"

#include "adapters/leshan.h"
#include "tests/unit/unit.h"

static struct leshan_stream stream;
static struct buf out;

static void hear(void *arg, struct bytes name, struct bytes data)
{
    ck_assert_ptr_eq(arg, &out);
    leshan_event(name, data, &out);
}

static void start(void)
{
    leshan_stream_init(&stream, hear, &out);
    buf_init(&out, 4096);
}

static void end(void)
{
    leshan_stream_release(&stream);
    buf_release(&out);
}

#define SEND_LINE "{\"event\":\"send\",\"endpoint\":\"e\"}\n"

START_TEST(takes_events_in_pieces)
{
    /* As Jetty writes it, with the blank line that keeps the connection alive. */
    const char *text = "event: SEND\r\ndata: {\"ep\":\"e\"}\r\n\r\n\r\n\nevent:SEND\ndata:{\"ep\":"
                       "\ndata:\"e\"}\n\n: a comment\r\rid: 3\rdata\revent: SEND\rdata: {\"ep\":"
                       "\"e\"}\r\r";
    for (size_t piece = 1; piece <= strlen(text); piece++) {
        start();
        for (size_t at = 0; at < strlen(text); at += piece) {
            size_t left = strlen(text) - at;
            struct bytes octets = {(const uint8_t *)text + at, left < piece ? left : piece};
            ck_assert(leshan_stream_take(&stream, octets));
        }
        ck_assert_str_eq(buf_text(&out), SEND_LINE SEND_LINE SEND_LINE);
        end();
    }
}
END_TEST

START_TEST(says_nothing_of_an_event_that_is_not_over)
{
    start();
    ck_assert(leshan_stream_take(&stream, bytes_of("event: SEND\ndata: {\"ep\":\"e\"}\n")));
    ck_assert_uint_eq(out.len, 0);
    end();
}
END_TEST

START_TEST(forgets_the_name_with_its_event)
{
    start();
    ck_assert(leshan_stream_take(&stream, bytes_of("event: SEND\n\ndata: {\"ep\":\"e\"}\n\n")));
    ck_assert_uint_eq(out.len, 0);
    end();
}
END_TEST

/* What it would have told is missed. */
START_TEST(fails_at_a_line_that_is_too_long)
{
    start();
    char *line = xalloc(ADAPTER_LINE_MOST + 100);
    memset(line, 'a', ADAPTER_LINE_MOST + 99);
    memcpy(line, "data:", 5);
    ck_assert(leshan_stream_take(&stream, bytes_of("event: SEND\n")));
    ck_assert(!leshan_stream_take(&stream, bytes_of(line)));
    ck_assert(!leshan_stream_take(&stream, bytes_of("\n\nevent: SEND\ndata: {\"ep\":\"e\"}\n\n")));
    ck_assert_uint_eq(out.len, 0);
    free(line);
    end();
}
END_TEST

START_TEST(fails_at_an_event_of_too_many_lines)
{
    start();
    char line[1024] = "data:";
    memset(line + 5, 'a', sizeof line - 7);
    line[sizeof line - 2] = '\n';
    for (int i = 0; i < ADAPTER_LINE_MOST / 1024; i++)
        ck_assert(leshan_stream_take(&stream, bytes_of(line)));
    bool good = true;
    for (int i = 0; i < 10; i++)
        good = leshan_stream_take(&stream, bytes_of(line)) && good;
    ck_assert(!good);
    ck_assert(!leshan_stream_take(&stream, bytes_of("\n")));
    ck_assert_uint_eq(out.len, 0);
    end();
}
END_TEST

UNIT_MAIN("leshan_stream", takes_events_in_pieces, says_nothing_of_an_event_that_is_not_over,
          forgets_the_name_with_its_event, fails_at_a_line_that_is_too_long,
          fails_at_an_event_of_too_many_lines)
