/* SPDX-License-Identifier: Apache-2.0 */
/* What the other end of the adapter protocol says, right and wrong. */
#include "base/std.h"

#include <math.h>

#include "drivers/adapter_impl.h"
#include "model/model.h"
#include "tests/unit/unit.h"

static struct json_doc *doc;
static struct error error;

static const struct json *parse(const char *text)
{
    struct error_list errors;
    error_list_init(&errors);
    error_clear(&error);
    doc = json_parse(bytes_of(text), "", &errors);
    ck_assert_msg(doc != NULL, "%s", text);
    error_list_release(&errors);
    return json_root(doc);
}

static void done(void)
{
    json_doc_free(doc);
    doc = NULL;
}

static void says(const char *part)
{
    ck_assert_msg(strstr(error.text, part) != NULL, "no \"%s\" in \"%s\"", part, error.text);
}

static void value_is(const char *text, struct path path, struct value wanted)
{
    struct value value;
    enum status status = told_value(parse(text), catalogue_builtin(), path, &value, &error);
    ck_assert_msg(status == ST_OK, "%s: %s", text, error.text);
    ck_assert_msg(value_equal(&value, &wanted), "%s", text);
    value_release(&value);
    value_release(&wanted);
    done();
}

START_TEST(reads_each_type)
{
    struct path path = path_root();
    value_is("{\"type\":\"string\",\"value\":\"a\\u0000b\"}", path,
             value_octets(VALUE_STRING, (struct bytes){(const uint8_t *)"a\0b", 3}));
    value_is("{\"type\":\"integer\",\"value\":-1}", path, value_integer(-1));
    value_is("{\"type\":\"unsigned\",\"value\":\"9007199254740993\"}", path,
             value_integer(9007199254740993));
    value_is("{\"type\":\"time\",\"value\":5}", path, value_time(5));
    value_is("{\"type\":\"float\",\"value\":5}", path, value_float(5));
    value_is("{\"type\":\"float\",\"value\":\"-inf\"}", path, value_float(-INFINITY));
    value_is("{\"type\":\"boolean\",\"value\":true}", path, value_boolean(true));
    value_is("{\"type\":\"opaque\",\"value\":\"0aFF\"}", path,
             value_octets(VALUE_OPAQUE, bytes_of("\x0a\xff")));
    value_is("{\"type\":\"opaque\",\"value\":\"\"}", path,
             value_octets(VALUE_OPAQUE, bytes_of("")));
    value_is("{\"type\":\"objlink\",\"value\":\"16:65535\"}", path, value_link(16, 65535));
    value_is("{\"value\":null}", path, value_none());
    value_is("{}", path, value_none());
}
END_TEST

START_TEST(a_type_that_is_not_told_is_that_of_the_model)
{
    value_is("{\"value\":\"01\"}", path_child(path_resource(16, 0, 2), 0),
             value_octets(VALUE_OPAQUE, bytes_of("\x01")));
    value_is("{\"value\":\"01\"}", path_child(path_resource(16, 0, 0), 0), value_string("01"));
    value_is("{\"value\":1}", path_resource(16, 0, 3), value_integer(1));
    value_is("{\"value\":1}", path_resource(60000, 0, 3), value_integer(1)); /* by its look */
    value_is("{\"value\":1.5}", path_resource(60000, 0, 3), value_float(1.5));
    value_is("{\"value\":true}", path_resource(60000, 0, 3), value_boolean(true));
}
END_TEST

static void refuses_value(const char *text)
{
    struct value value;
    ck_assert_msg(told_value(parse(text), NULL, path_root(), &value, &error) == ST_INVALID, "%s",
                  text);
    ck_assert_str_ne(error.text, "");
    done();
}

START_TEST(refuses_values_of_another_type)
{
    refuses_value("{\"type\":\"string\",\"value\":1}");
    refuses_value("{\"type\":\"integer\",\"value\":1.5}");
    refuses_value("{\"type\":\"integer\",\"value\":\"x\"}");
    refuses_value("{\"type\":\"float\",\"value\":\"1\"}");
    refuses_value("{\"type\":\"boolean\",\"value\":1}");
    refuses_value("{\"type\":\"opaque\",\"value\":\"0\"}");
    refuses_value("{\"type\":\"opaque\",\"value\":[]}");
    refuses_value("{\"type\":\"objlink\",\"value\":\"16\"}");
    refuses_value("{\"type\":\"objlink\",\"value\":\"16:65536\"}");
    refuses_value("{\"type\":\"objlink\",\"value\":\"\"}");
    refuses_value("{\"type\":\"word\",\"value\":\"16\"}");
    refuses_value("{\"type\":3,\"value\":\"16\"}");
}
END_TEST

static enum status outcome(const char *text, struct outcome *out)
{
    outcome_init(out);
    return told_outcome(parse(text), catalogue_builtin(), out, &error);
}

START_TEST(reads_outcomes)
{
    struct outcome out;
    ck_assert_int_eq(outcome("{\"code\":\"2.05\",\"format\":\"tlv\",\"values\":[{\"path\":"
                             "\"/16/0/3\",\"value\":1}]}",
                             &out),
                     ST_OK);
    ck_assert_uint_eq(out.code, 0x45);
    ck_assert_int_eq(out.format, 11542);
    ck_assert(out.decoded);
    ck_assert_uint_eq(out.values.count, 1);
    outcome_release(&out);
    done();
    ck_assert_int_eq(outcome("{\"code\":\"2.05\",\"links\":\"</16>\",\"format\":40}", &out), ST_OK);
    ck_assert(!out.decoded);
    ck_assert_str_eq(buf_text(&out.payload), "</16>");
    outcome_release(&out);
    done();
    ck_assert_int_eq(outcome("{\"code\":\"2.01\",\"location\":\"/16/3\",\"text\":\"made\"}", &out),
                     ST_OK);
    ck_assert(out.has_location && path_equal(out.location, path_instance(16, 3)));
    ck_assert_str_eq(out.problem, "made");
    outcome_release(&out);
    done();
    ck_assert_int_eq(outcome("{\"code\":\"5.03\",\"judgement\":\"unknown\"}", &out), ST_OK);
    ck_assert_uint_eq(out.code, 0xa3);
    ck_assert_int_eq(out.judgement, JUDGEMENT_UNKNOWN);
    ck_assert_str_ne(out.problem, "");
    outcome_release(&out);
    done();
    ck_assert_int_eq(outcome("{\"code\":\"2.05\",\"judgement\":\"genuine\",\"data\":\"41\"}", &out),
                     ST_OK);
    ck_assert_int_eq(out.judgement, JUDGEMENT_GENUINE);
    ck_assert(out.decoded && bytes_is(value_bytes(&out.values.items[0].value), "A"));
    outcome_release(&out);
    done();
}
END_TEST

START_TEST(refuses_outcomes_that_make_no_sense)
{
    static const char *const rows[] = {
        "{\"code\":205}",
        "{\"code\":\"205\"}",
        "{\"code\":\"2.32\"}",
        "{\"code\":\"1.00\"}",
        "{\"code\":\"2.0x\"}",
        "{\"code\":\"2.05\",\"format\":\"xml\"}",
        "{\"code\":\"2.05\",\"format\":-1}",
        "{\"code\":\"2.05\",\"values\":{}}",
        "{\"code\":\"2.05\",\"values\":[1]}",
        "{\"code\":\"2.05\",\"values\":[{\"value\":1}]}",
        "{\"code\":\"2.05\",\"values\":[{\"path\":\"16\",\"value\":1}]}",
        "{\"code\":\"2.05\",\"values\":[{\"path\":\"/16/0/3\",\"value\":\"x\"}]}",
        "{\"code\":\"2.05\",\"links\":[]}",
        "{\"code\":\"2.05\",\"location\":3}",
        "{\"code\":\"2.05\",\"location\":\"/16/99999999999999999999999999999999999\"}",
        "{\"code\":\"2.05\",\"judgement\":\"good\"}",
        "{\"code\":\"2.05\",\"data\":\"xx\"}",
        "{\"code\":\"2.05\",\"text\":5}",
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct outcome out;
        ck_assert_msg(outcome(rows[i], &out) == ST_INVALID, "%s", rows[i]);
        ck_assert_msg(strncmp(error.text, "its ", 4) == 0, "%s", error.text);
        outcome_release(&out);
        done();
    }
}
END_TEST

START_TEST(takes_no_more_values_than_there_is_room_for)
{
    struct buf text;
    struct outcome out;
    buf_init(&text, 1 << 20);
    buf_puts(&text, "{\"values\":[");
    for (int i = 0; i <= RECORDS_MOST; i++)
        buf_printf(&text, "%s{\"path\":\"/16/%d\"}", i == 0 ? "" : ",", i);
    buf_puts(&text, "]}");
    ck_assert_int_eq(outcome(buf_text(&text), &out), ST_LIMIT);
    says("more than 4096 values");
    outcome_release(&out);
    done();
    buf_release(&text);
}
END_TEST

static enum status operation(enum operation_kind kind, const char *text, struct operation *out)
{
    operation_init(out, kind);
    return told_operation(parse(text), catalogue_builtin(), out, &error);
}

START_TEST(reads_operations)
{
    struct operation out;
    ck_assert_int_eq(
        operation(OPERATION_EXECUTE, "{\"path\":\"/16/0/1\",\"arguments\":\"0='0'\"}", &out),
        ST_OK);
    ck_assert_str_eq(out.text, "0='0'");
    ck_assert(out.verbatim);
    operation_release(&out);
    done();
    ck_assert_int_eq(operation(OPERATION_CREATE,
                               "{\"path\":\"/16\",\"values\":[{\"path\":\"/16/*/0/1\",\"value\":"
                               "\"x\"}]}",
                               &out),
                     ST_OK);
    ck_assert_uint_eq(out.values.items[0].path.id[1], ID_NONE);
    operation_release(&out);
    done();
    ck_assert_int_eq(
        operation(OPERATION_DECRYPT, "{\"path\":\"/16/0\",\"identity\":3,\"key\":2}", &out), ST_OK);
    ck_assert_uint_eq(out.identity, 3);
    ck_assert_uint_eq(out.key_index, 2);
    operation_release(&out);
    done();
    ck_assert_int_eq(operation(OPERATION_CANCEL, "{\"path\":\"/16/0\",\"by\":\"reset\"}", &out),
                     ST_OK);
    ck_assert(out.by_reset);
    operation_release(&out);
    done();
    ck_assert_int_eq(operation(OPERATION_READ_COMPOSITE, "{\"paths\":[\"/16/0/3\",\"/3\"]}", &out),
                     ST_OK);
    ck_assert_uint_eq(out.values.count, 2);
    operation_release(&out);
    done();
}
END_TEST

START_TEST(refuses_operations_that_make_no_sense)
{
    static const struct {
        enum operation_kind kind;
        const char *text;
    } rows[] = {
        {OPERATION_READ, "{}"},
        {OPERATION_READ, "{\"path\":\"/*\"}"},
        {OPERATION_READ, "{\"path\":\"/16/0/*\"}"},
        {OPERATION_READ, "{\"path\":\"/16/1*/0\"}"},
        {OPERATION_READ, "{\"path\":\"/16/*1\"}"},
        {OPERATION_READ, "{\"path\":16}"},
        {OPERATION_READ, "{\"path\":\"/16/0\",\"format\":\"paper\"}"},
        {OPERATION_READ_COMPOSITE, "{\"paths\":\"/16\"}"},
        {OPERATION_READ_COMPOSITE, "{\"paths\":[16]}"},
        {OPERATION_EXECUTE, "{\"path\":\"/16/0/1\",\"arguments\":\"a\\u0000\"}"},
        {OPERATION_EXECUTE, "{\"path\":\"/16/0/1\",\"arguments\":1}"},
        {OPERATION_ATTRIBUTES, "{\"path\":\"/16/0/1\",\"attributes\":[]}"},
        {OPERATION_AUTHENTICATE, "{\"path\":\"/16/0\",\"identity\":65535}"},
        {OPERATION_AUTHENTICATE, "{\"path\":\"/16/0\",\"key\":-1}"},
        {OPERATION_AUTHENTICATE, "{\"path\":\"/16/0\",\"extra\":1}"},
        {OPERATION_CANCEL, "{\"path\":\"/16/0\",\"by\":1}"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct operation out;
        ck_assert_msg(operation(rows[i].kind, rows[i].text, &out) == ST_INVALID, "%s",
                      rows[i].text);
        ck_assert_str_ne(error.text, "");
        operation_release(&out);
        done();
    }
}
END_TEST

START_TEST(knows_the_words_of_the_protocol)
{
    enum operation_kind kind = OPERATION_FINISH;
    enum server_control what = SERVER_FORGET;
    enum actor_event_kind event = ACTOR_FAILED;
    ck_assert(operation_named(bytes_of("write-composite"), &kind));
    ck_assert_int_eq(kind, OPERATION_WRITE_COMPOSITE);
    ck_assert(!operation_named(bytes_of("raw"), &kind));
    ck_assert(!operation_named(bytes_of("repeat"), &kind));
    ck_assert(server_control_named(bytes_of("silence"), &what));
    ck_assert_int_eq(what, SERVER_SILENCE);
    ck_assert(!server_control_named(bytes_of("explode"), &what));
    ck_assert(actor_event_named(bytes_of("send"), &event));
    ck_assert_int_eq(event, ACTOR_SENT);
    ck_assert(!actor_event_named(bytes_of("asked"), &event));
    ck_assert_ptr_null(actor_event_name(ACTOR_FAILED));
}
END_TEST

START_TEST(what_one_end_writes_the_other_reads)
{
    static const enum operation_kind kinds[] = {OPERATION_WRITE, OPERATION_UPDATE, OPERATION_CREATE,
                                                OPERATION_WRITE_COMPOSITE};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct operation out, back;
        struct buf line;
        operation_init(&out, kinds[i]);
        out.path = operation_is_composite(kinds[i]) ? path_root() : path_instance(16, 1);
        ck_assert(records_add(&out.values, path_child(path_resource(16, 1, 0), 2),
                              value_string("\xc3\xa4\"")));
        ck_assert(records_add(&out.values, path_resource(16, 1, 9), value_float(0.1)));
        ck_assert(records_add(&out.values, path_resource(16, 1, 10), value_integer(INT64_MIN)));
        ck_assert(records_add(&out.values, path_resource(16, 1, 11), value_none()));
        buf_init(&line, 4096);
        say_begin(&line);
        say_operation(&line, &out, bytes_of(""));
        say_end(&line);
        ck_assert_int_eq(operation(kinds[i], buf_text(&line), &back), ST_OK);
        ck_assert(path_equal(out.path, back.path));
        ck_assert(records_equal(&out.values, &back.values));
        operation_release(&out);
        operation_release(&back);
        buf_release(&line);
        done();
    }
}
END_TEST

UNIT_MAIN("adapter_read", reads_each_type, a_type_that_is_not_told_is_that_of_the_model,
          refuses_values_of_another_type, reads_outcomes, refuses_outcomes_that_make_no_sense,
          takes_no_more_values_than_there_is_room_for, reads_operations,
          refuses_operations_that_make_no_sense, knows_the_words_of_the_protocol,
          what_one_end_writes_the_other_reads)
