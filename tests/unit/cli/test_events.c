/* SPDX-License-Identifier: Apache-2.0 */
/* Events as lines and as JSON, and who hears which. */
#include "tests/unit/cli/folder.h"

#include "cli/events.h"

/* 2026-11-24T03:04:05.006Z, as `date -u -d @1795489445` says */
#define UTC_MS INT64_C(1795489445006)

static struct event request(void)
{
    struct event event = event_of(EVENT_REQUEST, "device");
    event.utc_ms = UTC_MS;
    event.incoming = true;
    event.peer = "127.0.0.1:5683";
    event.type = "CON";
    event.message_id = 7;
    event.token = bytes_of("\x0a\x0b");
    event.code = "PUT";
    event.path = "/16/0/0/3";
    event.format = 0;
    event.accept = 110;
    event.payload = bytes_of("2.0");
    return event;
}

static struct event state(const char *path)
{
    struct event event = event_of(EVENT_STATE, "device");
    event.utc_ms = UTC_MS;
    event.path = path;
    event.from = "IDLE";
    event.to = "DATA_AVAIL";
    event.text = "process delivers";
    return event;
}

START_TEST(a_line_begins_with_the_time_of_the_day)
{
    struct buf line;
    buf_init(&line, 1000);
    struct event event = request();
    event_put(&event, false, &line);
    ck_assert_str_eq(
        buf_text(&line),
        "03:04:05.006  server -> device  CON [7] PUT /16/0/0/3 accept=110 format=0  2.0\n");
    buf_clear(&line);
    event = state("/16/0/3");
    event_put(&event, false, &line);
    ck_assert_str_eq(buf_text(&line),
                     "03:04:05.006  /16/0/3: IDLE -> DATA_AVAIL (process delivers)\n");
    buf_clear(&line);
    event = event_of(EVENT_WARNING, "device");
    event.text = "a\nb\x1b";
    event_put(&event, false, &line);
    ck_assert_str_eq(buf_text(&line), "00:00:00.000  warning: a?b?\n");
    buf_release(&line);
}
END_TEST

START_TEST(json_has_a_version_and_every_field)
{
    struct buf line;
    buf_init(&line, 2000);
    struct event event = request();
    event_put_json(&event, false, &line);
    ck_assert_str_eq(
        buf_text(&line),
        "{\"version\":1,\"event\":\"request\",\"utc_ms\":1795489445006,\"side\":\"device\","
        "\"peer\":\"127.0.0.1:5683\",\"direction\":\"in\",\"type\":\"CON\",\"message_id\":7,"
        "\"token\":\"0a0b\",\"code\":\"PUT\",\"format\":0,\"accept\":110,\"payload_len\":3,"
        "\"payload_hex\":\"322e30\",\"payload_text\":\"2.0\",\"path\":\"/16/0/0/3\"}\n");
    buf_release(&line);
}
END_TEST

START_TEST(redaction_leaves_the_length_of_a_payload)
{
    struct buf line;
    buf_init(&line, 2000);
    struct event event = request();
    event_put_json(&event, true, &line);
    event_put(&event, true, &line);
    ck_assert_ptr_null(strstr(buf_text(&line), "2.0"));
    ck_assert_ptr_null(strstr(buf_text(&line), "322e30"));
    ck_assert_ptr_nonnull(strstr(buf_text(&line), "\"payload_len\":3"));
    ck_assert_ptr_nonnull(strstr(buf_text(&line), "(3 octets)"));
    buf_release(&line);
}
END_TEST

START_TEST(a_step_of_a_bootstrap_has_its_code)
{
    struct buf line;
    buf_init(&line, 2000);
    struct event event = event_of(EVENT_BOOTSTRAP, "server");
    event.path = "/1/0";
    event.code = "2.04";
    event.text = "done";
    event_put_json(&event, false, &line);
    ck_assert_ptr_nonnull(strstr(buf_text(&line), "\"event\":\"bootstrap\""));
    ck_assert_ptr_nonnull(
        strstr(buf_text(&line), "\"code\":\"2.04\",\"path\":\"/1/0\",\"text\":\"done\""));
    buf_release(&line);
}
END_TEST

START_TEST(json_stays_utf8_whatever_came)
{
    struct buf line;
    buf_init(&line, 2000);
    struct event event = request();
    event.query = "ep=\xff\xc3\xa4\"";
    event.payload = (struct bytes){(const uint8_t *)"\x00\xff", 2};
    event_put_json(&event, false, &line);
    ck_assert(utf8_valid(buf_bytes(&line)));
    ck_assert_ptr_nonnull(strstr(buf_text(&line), "\"query\":\"ep=\xef\xbf\xbd\xc3\xa4\\\"\""));
    ck_assert_ptr_nonnull(strstr(buf_text(&line), "\"payload_hex\":\"00ff\""));
    ck_assert_ptr_null(strstr(buf_text(&line), "payload_text"));
    buf_release(&line);
}
END_TEST

/* --- who hears what --------------------------------------------------------------------------- */

struct stand {
    struct folder folder;
    struct clock *clock;
    struct trace trace;
    FILE *out, *problems;
};

static void stand_open(struct stand *stand)
{
    folder_make(&stand->folder);
    char *out = folder_path(&stand->folder, "out");
    char *problems = folder_path(&stand->folder, "problems");
    stand->out = fopen(out, "w");
    stand->problems = fopen(problems, "w");
    stand->clock = clock_new_virtual(UTC_MS);
    trace_init(&stand->trace, stand->clock);
    free(out);
    free(problems);
}

static void stand_close(struct stand *stand)
{
    fclose(stand->out);
    fclose(stand->problems);
    clock_free(stand->clock);
    folder_remove(&stand->folder);
}

/* One event of each class. */
static void emit_all(struct stand *stand)
{
    struct event message = request();
    struct event status = state("/16/0/3");
    struct event registration = state("/rd");
    trace_emit(&stand->trace, &message);
    trace_emit(&stand->trace, &status);
    trace_emit(&stand->trace, &registration);
    trace_say(&stand->trace, EVENT_ERROR, "device", "an error");
}

static size_t lines_of(const struct stand *stand, const char *name)
{
    size_t count = 0;
    char *text = folder_read(&stand->folder, name);
    for (const char *at = text; *at != '\0'; at++)
        count += *at == '\n' ? 1 : 0;
    free(text);
    return count;
}

START_TEST(each_detail_shows_more)
{
    static const struct {
        enum events_detail detail;
        size_t out, problems;
    } rows[] = {{EVENTS_NONE, 0, 0},
                {EVENTS_PROBLEMS, 0, 1},
                {EVENTS_NORMAL, 1, 1},
                {EVENTS_MESSAGES, 2, 1},
                {EVENTS_ALL, 3, 1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stand stand;
        struct events events;
        stand_open(&stand);
        const struct events_config config = {
            .out = stand.out, .problems = stand.problems, .detail = rows[i].detail};
        ck_assert(events_start(&events, &config, &stand.trace, NULL));
        emit_all(&stand);
        ck_assert(events_end(&events, NULL));
        ck_assert_uint_eq(lines_of(&stand, "out"), rows[i].out);
        ck_assert_uint_eq(lines_of(&stand, "problems"), rows[i].problems);
        stand_close(&stand);
    }
}
END_TEST

START_TEST(json_is_one_stream)
{
    struct stand stand;
    struct events events;
    stand_open(&stand);
    const struct events_config config = {
        .out = stand.out, .problems = stand.problems, .detail = EVENTS_ALL, .json = true};
    ck_assert(events_start(&events, &config, &stand.trace, NULL));
    emit_all(&stand);
    ck_assert(events_end(&events, NULL));
    ck_assert_uint_eq(lines_of(&stand, "out"), 4);
    ck_assert_uint_eq(lines_of(&stand, "problems"), 0);
    stand_close(&stand);
}
END_TEST

START_TEST(the_trace_file_has_every_message)
{
    struct stand stand;
    struct events events;
    stand_open(&stand);
    char *path = folder_path(&stand.folder, "trace");
    const struct events_config config = {
        .out = stand.out, .problems = stand.problems, .detail = EVENTS_NONE, .file = path};
    ck_assert(events_start(&events, &config, &stand.trace, NULL));
    emit_all(&stand);
    ck_assert(events_end(&events, NULL));
    ck_assert_uint_eq(lines_of(&stand, "trace"), 1);
    free(path);
    stand_close(&stand);
}
END_TEST

START_TEST(a_trace_file_that_cannot_be_written_is_told)
{
    struct stand stand;
    struct events events;
    struct error error;
    error_clear(&error);
    stand_open(&stand);
    struct events_config config = {
        .out = stand.out, .problems = stand.problems, .file = "/nowhere/at/all"};
    ck_assert(!events_start(&events, &config, &stand.trace, &error));
    ck_assert_str_eq(error.text,
                     "cannot write trace \"/nowhere/at/all\": No such file or directory");
    config.file = "/dev/full";
    ck_assert(events_start(&events, &config, &stand.trace, &error));
    emit_all(&stand);
    ck_assert(!events_end(&events, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "not whole"));
    stand_close(&stand);
}
END_TEST

UNIT_MAIN("events", a_step_of_a_bootstrap_has_its_code, a_line_begins_with_the_time_of_the_day,
          json_has_a_version_and_every_field, redaction_leaves_the_length_of_a_payload,
          json_stays_utf8_whatever_came, each_detail_shows_more, json_is_one_stream,
          the_trace_file_has_every_message, a_trace_file_that_cannot_be_written_is_told)
