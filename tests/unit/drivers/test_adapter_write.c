/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the adapter protocol as they go out, octet for octet as the manual has them. */
#include "base/std.h"

#include <math.h>

#include "drivers/adapter_impl.h"
#include "tests/unit/unit.h"

static struct buf line;

static void begin(void)
{
    buf_init(&line, 4096);
    say_begin(&line);
}

static void is(const char *wanted)
{
    say_end(&line);
    ck_assert_str_eq(buf_text(&line), wanted);
    buf_release(&line);
}

static void value_is(struct value value, const char *wanted)
{
    begin();
    say_value(&line, &value);
    value_release(&value);
    is(wanted);
}

START_TEST(writes_members)
{
    begin();
    say_number(&line, "id", 7);
    say_word(&line, "do", "read");
    say_word(&line, "nothing", NULL);
    say_path(&line, "path", path_resource(16, 0, 2));
    say_flag(&line, "ok", true);
    say_format(&line, 11542);
    say_format(&line, -1);
    say_list(&line, "can");
    say_item(&line, "a");
    say_item(&line, "b");
    say_list_end(&line);
    is("{\"id\":7,\"do\":\"read\",\"path\":\"/16/0/"
       "2\",\"ok\":true,\"format\":\"tlv\",\"can\":[\"a\","
       "\"b\"]}");
}
END_TEST

START_TEST(writes_each_type)
{
    value_is(value_string("a \"b\"\n"), "{\"type\":\"string\",\"value\":\"a \\\"b\\\"\\u000a\"}");
    value_is(value_integer(-42), "{\"type\":\"integer\",\"value\":-42}");
    value_is(value_integer(9007199254740993),
             "{\"type\":\"integer\",\"value\":\"9007199254740993\"}");
    value_is(value_time(1700000000), "{\"type\":\"time\",\"value\":1700000000}");
    value_is(value_float(0.5), "{\"type\":\"float\",\"value\":0.5}");
    value_is(value_float(INFINITY), "{\"type\":\"float\",\"value\":\"inf\"}");
    value_is(value_boolean(false), "{\"type\":\"boolean\",\"value\":false}");
    value_is(value_octets(VALUE_OPAQUE, bytes_of("\x01\xff")),
             "{\"type\":\"opaque\",\"value\":\"01ff\"}");
    value_is(value_link(16, 1), "{\"type\":\"objlink\",\"value\":\"16:1\"}");
    value_is(value_none(), "{}");
    value_is(value_octets(VALUE_STRING, bytes_of("\xff")),
             "{\"type\":\"opaque\",\"value\":\"ff\"}"); /* JSON is UTF-8 */
}
END_TEST

static void operation_is(struct operation *operation, const char *arguments, const char *wanted)
{
    begin();
    say_operation(&line, operation, bytes_of(arguments));
    operation_release(operation);
    is(wanted);
}

START_TEST(writes_operations)
{
    struct operation operation;
    operation_init(&operation, OPERATION_READ);
    operation.path = path_instance(16, 0);
    operation.format = 110;
    operation_is(&operation, "", "{\"do\":\"read\",\"path\":\"/16/0\",\"format\":\"senml-json\"}");
    operation_init(&operation, OPERATION_EXECUTE);
    operation.path = path_resource(16, 0, 1);
    operation.text = xstrdup("0=1");
    operation_is(&operation, "0='1'",
                 "{\"do\":\"execute\",\"path\":\"/16/0/1\",\"arguments\":\"0='1'\"}");
    operation_init(&operation, OPERATION_ATTRIBUTES);
    operation.path = path_resource(16, 0, 3);
    operation.text = xstrdup("pmin=1");
    operation_is(&operation, "",
                 "{\"do\":\"attributes\",\"path\":\"/16/0/3\",\"attributes\":\"pmin=1\"}");
    operation_init(&operation, OPERATION_CANCEL);
    operation.path = path_resource(16, 0, 3);
    operation.by_reset = true;
    operation_is(&operation, "", "{\"do\":\"cancel\",\"path\":\"/16/0/3\",\"by\":\"reset\"}");
    operation_init(&operation, OPERATION_AUTHENTICATE);
    operation.path = path_instance(16, 0);
    operation.identity = 2;
    operation.key_index = 1;
    operation.text = xstrdup("4='x'");
    operation_is(&operation, "",
                 "{\"do\":\"authenticate\",\"path\":\"/16/0\",\"identity\":2,\"key\":1,"
                 "\"extra\":\"4='x'\"}");
}
END_TEST

START_TEST(writes_operations_with_values)
{
    struct operation operation;
    operation_init(&operation, OPERATION_CREATE);
    operation.path = path_object(16);
    ck_assert(records_add(&operation.values, path_resource(16, ID_NONE, 3), value_integer(0)));
    operation_is(&operation, "",
                 "{\"do\":\"create\",\"path\":\"/16\",\"values\":[{\"path\":\"/16/*/3\",\"type\":"
                 "\"integer\",\"value\":0}]}");
    operation_init(&operation, OPERATION_READ_COMPOSITE);
    ck_assert(records_add(&operation.values, path_resource(16, 0, 3), value_none()));
    ck_assert(records_add(&operation.values, path_root(), value_none()));
    operation_is(&operation, "", "{\"do\":\"read-composite\",\"paths\":[\"/16/0/3\",\"/\"]}");
    operation_init(&operation, OPERATION_WRITE_COMPOSITE);
    ck_assert(records_add(&operation.values, path_resource(1, 0, 1), value_integer(60)));
    operation_is(&operation, "",
                 "{\"do\":\"write-composite\",\"values\":[{\"path\":\"/1/0/1\",\"type\":"
                 "\"integer\",\"value\":60}]}");
}
END_TEST

START_TEST(writes_outcomes)
{
    struct outcome outcome;
    outcome_init(&outcome);
    outcome.code = 0x45;
    outcome.format = 40;
    buf_puts(&outcome.payload, "</16/0>");
    begin();
    say_outcome(&line, &outcome);
    is("{\"code\":\"2.05\",\"format\":\"link\",\"links\":\"</16/0>\"}");
    outcome_release(&outcome);
    outcome_init(&outcome);
    outcome.code = 0x41;
    outcome.has_location = true;
    outcome.location = path_instance(16, 3);
    begin();
    say_outcome(&line, &outcome);
    is("{\"code\":\"2.01\",\"location\":\"/16/3\"}");
    outcome.has_location = false;
    outcome.code = 0;
    outcome.judgement = JUDGEMENT_MISMATCH;
    begin();
    say_outcome(&line, &outcome);
    say_data(&line, bytes_of("A"));
    is("{\"ok\":true,\"judgement\":\"wrong\",\"data\":\"41\"}");
    outcome_release(&outcome);
}
END_TEST

START_TEST(writes_events)
{
    struct actor_event event = {.kind = ACTOR_REGISTERED,
                                .endpoint = "car",
                                .has_list = true,
                                .links = "</16/0>",
                                .lifetime = "300",
                                .binding = "U",
                                .has_binding = true,
                                .version = "1.1"};
    begin();
    ck_assert(say_event(&line, &event));
    is("{\"event\":\"registered\",\"endpoint\":\"car\",\"links\":\"</16/0>\",\"lifetime\":300,"
       "\"binding\":\"U\",\"binding-given\":true,\"queue\":false,\"version\":\"1.1\"}");
    struct outcome outcome;
    outcome_init(&outcome);
    outcome.code = 0x45;
    outcome.decoded = records_add(&outcome.values, path_resource(16, 0, 3), value_integer(1));
    event = (struct actor_event){.kind = ACTOR_NOTIFIED,
                                 .endpoint = "car",
                                 .path = path_resource(16, 0, 3),
                                 .outcome = &outcome};
    begin();
    ck_assert(say_event(&line, &event));
    is("{\"event\":\"notify\",\"endpoint\":\"car\",\"path\":\"/16/0/3\",\"code\":\"2.05\","
       "\"values\":[{\"path\":\"/16/0/3\",\"type\":\"integer\",\"value\":1}]}");
    outcome_release(&outcome);
    event = (struct actor_event){.kind = ACTOR_FAILED, .endpoint = "car"};
    begin();
    ck_assert(!say_event(&line, &event));
    buf_release(&line);
}
END_TEST

UNIT_MAIN("adapter_write", writes_members, writes_each_type, writes_operations,
          writes_operations_with_values, writes_outcomes, writes_events)
