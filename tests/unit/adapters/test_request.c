/* SPDX-License-Identifier: Apache-2.0 */
/* The adapter's side of the adapter protocol: what the tool may ask, and what it is told. */
#include "base/std.h"

#include "adapters/request.h"
#include "tests/unit/unit.h"

static struct adapter_request request;
static struct error error;

static enum status read_text(const char *line)
{
    error_clear(&error);
    return adapter_request_read(bytes_of(line), &request, &error);
}

static void expect_refused(const char *line, int64_t id, const char *text)
{
    ck_assert_int_eq(read_text(line), ST_INVALID);
    ck_assert_int_eq(request.id, id);
    ck_assert_msg(strstr(error.text, text) != NULL, "%s", error.text);
    adapter_request_release(&request);
}

START_TEST(reads_an_operation)
{
    ck_assert_int_eq(read_text("{\"id\":7,\"deadline\":2500,\"do\":\"execute\",\"endpoint\":\"e\","
                               "\"path\":\"/16/0/1\",\"arguments\":\"0='0'\",\"later\":{}}"),
                     ST_OK);
    ck_assert_int_eq(request.id, 7);
    ck_assert_int_eq(request.deadline_ms, 2500);
    ck_assert(request.is_operation);
    ck_assert_int_eq(request.operation.kind, OPERATION_EXECUTE);
    ck_assert(path_equal(request.operation.path, path_resource(16, 0, 1)));
    ck_assert_str_eq(request.operation.text, "0='0'");
    ck_assert_uint_eq(request.format.len, 0);
    adapter_request_release(&request);
}
END_TEST

START_TEST(reads_values_of_every_type)
{
    ck_assert_int_eq(
        read_text(
            "{\"id\":1,\"do\":\"write\",\"endpoint\":\"e\",\"path\":\"/9/0\",\"format\":\"tlv\","
            "\"values\":[{\"path\":\"/9/0/0\",\"type\":\"string\",\"value\":\"a\"},"
            "{\"path\":\"/9/0/1\",\"type\":\"integer\",\"value\":\"9007199254740993\"},"
            "{\"path\":\"/9/0/2\",\"type\":\"unsigned\",\"value\":3},"
            "{\"path\":\"/9/0/3\",\"type\":\"float\",\"value\":1},"
            "{\"path\":\"/9/0/4\",\"type\":\"boolean\",\"value\":true},"
            "{\"path\":\"/9/0/5\",\"type\":\"opaque\",\"value\":\"00fF\"},"
            "{\"path\":\"/9/0/6\",\"type\":\"time\",\"value\":5},"
            "{\"path\":\"/9/0/7\",\"type\":\"objlink\",\"value\":\"16:65535\"},"
            "{\"path\":\"/9/0/8\"}]}"),
        ST_OK);
    const struct record *items = request.operation.values.items;
    ck_assert_uint_eq(request.operation.values.count, 9);
    ck_assert(bytes_is(value_bytes(&items[0].value), "a"));
    ck_assert_int_eq(items[1].value.integer, INT64_C(9007199254740993));
    ck_assert_int_eq(items[2].value.integer, 3);
    ck_assert(items[3].value.type == VALUE_FLOAT && items[3].value.number == 1);
    ck_assert(items[4].value.boolean);
    ck_assert_uint_eq(value_bytes(&items[5].value).len, 2);
    ck_assert_int_eq(items[6].value.type, VALUE_TIME);
    ck_assert_int_eq(items[7].value.link.instance, 65535);
    ck_assert_int_eq(items[8].value.type, VALUE_NONE);
    ck_assert(bytes_is(request.format, "tlv"));
    adapter_request_release(&request);
}
END_TEST

START_TEST(reads_the_paths_of_a_composite)
{
    ck_assert_int_eq(read_text("{\"id\":1,\"do\":\"read-composite\",\"endpoint\":\"e\","
                               "\"paths\":[\"/16/0/0\",\"/3\"]}"),
                     ST_OK);
    ck_assert_uint_eq(request.operation.values.count, 2);
    ck_assert(path_equal(request.operation.values.items[1].path, path_object(3)));
    adapter_request_release(&request);
}
END_TEST

START_TEST(leaves_other_verbs_to_the_caller)
{
    ck_assert_int_eq(read_text("{\"id\":0,\"do\":\"hello\",\"protocol\":1}"), ST_OK);
    ck_assert_str_eq(request.verb, "hello");
    ck_assert(!request.is_operation);
    adapter_request_release(&request);
    ck_assert_int_eq(read_text("{\"id\":0,\"do\":\"authenticate\"}"), ST_OK);
    ck_assert(!request.is_operation);
    adapter_request_release(&request);
}
END_TEST

START_TEST(says_what_is_wrong)
{
    expect_refused("", -1, "");
    expect_refused("[]", -1, "\"id\"");
    expect_refused("{\"do\":\"read\"}", -1, "\"id\"");
    expect_refused("{\"id\":4}", 4, "\"do\"");
    expect_refused("{\"id\":4,\"do\":\"a verb that is longer than any\"}", 4, "\"do\"");
    expect_refused("{\"id\":4,\"do\":\"read\",\"path\":\"/3\"}", 4, "\"endpoint\"");
    expect_refused("{\"id\":4,\"do\":\"read\",\"endpoint\":\"e\",\"path\":\"3\"}", 4, "\"path\"");
    expect_refused("{\"id\":4,\"do\":\"observe-composite\",\"endpoint\":\"e\",\"paths\":[3]}", 4,
                   "\"paths\"");
    expect_refused("{\"id\":4,\"do\":\"write\",\"endpoint\":\"e\",\"path\":\"/3\",\"values\":{}}",
                   4, "\"values\"");
}
END_TEST

START_TEST(refuses_a_value_that_is_not_of_its_type)
{
    const char *const values[] = {
        "\"type\":\"string\",\"value\":1",
        "\"type\":\"integer\",\"value\":1.5",
        "\"type\":\"integer\",\"value\":\"x\"",
        "\"type\":\"float\",\"value\":\"1\"",
        "\"type\":\"boolean\",\"value\":1",
        "\"type\":\"opaque\",\"value\":\"0\"",
        "\"type\":\"objlink\",\"value\":\"16\"",
        "\"type\":\"objlink\",\"value\":\"16:65536\"",
        "\"type\":\"objlink\",\"value\":\":1\"",
        "\"type\":\"none\",\"value\":1",
        "\"value\":1",
    };
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        char line[200];
        snprintf(line, sizeof line,
                 "{\"id\":1,\"do\":\"write\",\"endpoint\":\"e\",\"path\":\"/3\",\"values\":[{"
                 "\"path\":\"/3/0/0\",%s}]}",
                 values[i]);
        expect_refused(line, 1, "does not fit");
    }
}
END_TEST

START_TEST(writes_values_that_every_reader_keeps)
{
    struct records values;
    struct buf out;
    records_init(&values);
    buf_init(&out, 4096);
    const uint8_t octets[] = {0x00, 0xab};
    ck_assert(records_add(&values, path_resource(9, 0, 0), value_string("a\"b")));
    ck_assert(records_add(&values, path_resource(9, 0, 1), value_integer(INT64_MIN)));
    ck_assert(records_add(&values, path_resource(9, 0, 2), value_integer(-3)));
    ck_assert(records_add(&values, path_resource(9, 0, 3), value_float(0.5)));
    ck_assert(records_add(&values, path_resource(9, 0, 4), value_boolean(false)));
    ck_assert(records_add(&values, path_resource(9, 0, 5),
                          value_octets(VALUE_OPAQUE, (struct bytes){octets, sizeof octets})));
    ck_assert(records_add(&values, path_resource(9, 0, 6), value_link(16, 1)));
    ck_assert(records_add(&values, path_resource(9, 0, 7), value_none()));
    adapter_put_values(&out, &values);
    ck_assert_str_eq(
        buf_text(&out),
        "[{\"path\":\"/9/0/0\",\"type\":\"string\",\"value\":\"a\\\"b\"},"
        "{\"path\":\"/9/0/1\",\"type\":\"integer\",\"value\":\"-9223372036854775808\"},"
        "{\"path\":\"/9/0/2\",\"type\":\"integer\",\"value\":-3},"
        "{\"path\":\"/9/0/3\",\"type\":\"float\",\"value\":0.5},"
        "{\"path\":\"/9/0/4\",\"type\":\"boolean\",\"value\":false},"
        "{\"path\":\"/9/0/5\",\"type\":\"opaque\",\"value\":\"00ab\"},"
        "{\"path\":\"/9/0/6\",\"type\":\"objlink\",\"value\":\"16:1\"},{\"path\":\"/9/0/7\"}]");
    buf_clear(&out);
    adapter_put_error(&out, 5, "failed", bytes_of("no"));
    ck_assert_str_eq(buf_text(&out), "{\"id\":5,\"error\":\"failed\",\"text\":\"no\"}\n");
    buf_release(&out);
    records_release(&values);
}
END_TEST

UNIT_MAIN("request", reads_an_operation, reads_values_of_every_type, reads_the_paths_of_a_composite,
          leaves_other_verbs_to_the_caller, says_what_is_wrong,
          refuses_a_value_that_is_not_of_its_type, writes_values_that_every_reader_keeps)
