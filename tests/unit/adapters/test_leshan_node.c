/* SPDX-License-Identifier: Apache-2.0 */
/* The nodes of Leshan's REST interface; the texts are what Leshan 2.0.0-M15 wrote and took. */
#include "base/std.h"

#include "adapters/leshan.h"
#include "tests/unit/unit.h"

static struct records values;

static bool read_node(const char *text, const char *at)
{
    struct path path;
    struct error_list errors;
    error_list_init(&errors);
    records_init(&values);
    struct json_doc *doc = json_parse(bytes_of(text), "node", &errors);
    ck_assert_ptr_nonnull(doc);
    ck_assert(path_parse(bytes_of(at), &path));
    bool good = leshan_node_read(json_root(doc), path, &values);
    json_doc_free(doc);
    error_list_release(&errors);
    return good;
}

static void expect_node(const char *text, const char *at, const char *records)
{
    struct buf out;
    buf_init(&out, 4096);
    ck_assert_msg(read_node(text, at), "%s", text);
    records_format(&values, &out);
    ck_assert_str_eq(buf_text(&out), records);
    records_release(&values);
    buf_release(&out);
}

START_TEST(reads_every_level)
{
    const char *resource = "{\"id\":0,\"type\":\"STRING\",\"kind\":\"multiResource\","
                           "\"values\":{\"0\":\"a\",\"2\":\"b\"}}";
    char instance[400], object[500], root[600];
    snprintf(instance, sizeof instance,
             "{\"kind\":\"instance\",\"id\":1,\"resources\":[%s,{\"id\":3,\"type\":\"INTEGER\","
             "\"kind\":\"singleResource\",\"value\":\"-7\"}]}",
             resource);
    snprintf(object, sizeof object, "{\"kind\":\"obj\",\"id\":16,\"instances\":[%s]}", instance);
    expect_node(resource, "/16/0/0", "/16/0/0/0 \"a\"\n/16/0/0/2 \"b\"\n");
    expect_node(instance, "/16/1", "/16/1/0/0 \"a\"\n/16/1/0/2 \"b\"\n/16/1/3 -7\n");
    snprintf(root, sizeof root, "{\"kind\":\"root\",\"objects\":[%s]}", object);
    expect_node(root, "/", "/16/1/0/0 \"a\"\n/16/1/0/2 \"b\"\n/16/1/3 -7\n");
    expect_node("{\"kind\":\"root\",\"objects\":[]}", "/", "");
    expect_node(object, "/16", "/16/1/0/0 \"a\"\n/16/1/0/2 \"b\"\n/16/1/3 -7\n");
    expect_node("{\"id\":2,\"kind\":\"resourceInstance\",\"type\":\"STRING\",\"value\":\"b\"}",
                "/16/0/0/2", "/16/0/0/2 \"b\"\n");
}
END_TEST

START_TEST(reads_what_is_there_and_empty)
{
    expect_node("{\"id\":2,\"type\":\"OPAQUE\",\"kind\":\"multiResource\",\"values\":{}}",
                "/16/0/2", "/16/0/2 (empty)\n");
    expect_node("{\"kind\":\"obj\",\"id\":16,\"instances\":[]}", "/16", "/16 (empty)\n");
    expect_node("{\"kind\":\"instance\",\"id\":0,\"resources\":[]}", "/16/0", "/16/0 (empty)\n");
}
END_TEST

START_TEST(reads_every_type)
{
    static const struct {
        const char *type, *value, *records;
    } rows[] = {
        {"STRING", "\"x\"", "/9/0/1 \"x\"\n"},
        {"INTEGER", "\"9007199254740993\"", "/9/0/1 9007199254740993\n"},
        {"INTEGER", "12", "/9/0/1 12\n"},
        {"UNSIGNED_INTEGER", "\"4\"", "/9/0/1 4\n"},
        {"FLOAT", "\"1.5\"", "/9/0/1 1.5\n"},
        {"FLOAT", "\"1.0E-5\"", "/9/0/1 1e-05\n"},
        {"BOOLEAN", "true", "/9/0/1 true\n"},
        {"OPAQUE", "\"00ff\"", "/9/0/1 hex:00ff\n"},
        {"TIME", "1700000000000", "/9/0/1 1700000000\n"},
        {"OBJLNK", "{\"objectId\":16,\"objectInstanceId\":1}", "/9/0/1 16:1\n"},
        {"CORELINK", "\"</3>\"", "/9/0/1 \"</3>\"\n"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[200];
        snprintf(text, sizeof text,
                 "{\"id\":1,\"kind\":\"singleResource\",\"type\":\"%s\",\"value\":%s}",
                 rows[i].type, rows[i].value);
        expect_node(text, "/9/0/1", rows[i].records);
    }
}
END_TEST

START_TEST(refuses_what_leshan_would_not_write)
{
    static const struct {
        const char *text, *at;
    } rows[] = {
        {"{}", "/16/0/0"},
        {"[]", "/16/0/0"},
        {"{\"id\":1,\"type\":\"STRING\",\"value\":\"a\"}", "/16/0"},
        {"{\"id\":1,\"type\":\"HEX\",\"value\":\"a\"}", "/16/0/0"},
        {"{\"id\":1,\"type\":\"STRING\",\"value\":7}", "/16/0/0"},
        {"{\"id\":1,\"type\":\"INTEGER\",\"value\":\"18446744073709551615\"}", "/16/0/0"},
        {"{\"id\":1,\"type\":\"FLOAT\",\"value\":\"NaN\"}", "/16/0/0"},
        {"{\"id\":1,\"type\":\"OPAQUE\",\"value\":\"0\"}", "/16/0/0"},
        {"{\"id\":1,\"type\":\"OBJLNK\",\"value\":\"16:1\"}", "/16/0/0"},
        {"{\"id\":1,\"type\":\"OBJLNK\",\"value\":{\"objectId\":-1,\"objectInstanceId\":1}}",
         "/16/0/0"},
        {"{\"id\":1,\"type\":\"STRING\",\"values\":{\"x\":\"a\"}}", "/16/0/0"},
        {"{\"id\":1,\"type\":\"STRING\",\"values\":{\"65535\":\"a\"}}", "/16/0/0"},
        {"{\"id\":1,\"type\":\"STRING\",\"values\":{\"1\":\"a\"}}", "/16/0/0/1"},
        {"{\"kind\":\"instance\",\"resources\":{}}", "/16/0"},
        {"{\"kind\":\"instance\",\"resources\":[{\"type\":\"STRING\",\"value\":\"a\"}]}", "/16/0"},
        {"{\"kind\":\"instance\",\"resources\":[{\"id\":70000,\"type\":\"STRING\",\"value\":\"a\"}]"
         "}",
         "/16/0"},
        {"{\"kind\":\"instance\",\"resources\":[]}", "/16/0/0"},
        {"{\"kind\":\"obj\",\"instances\":[{\"id\":0}]}", "/16"},
        {"{\"kind\":\"obj\",\"instances\":[]}", "/16/0"},
        {"{\"kind\":\"root\",\"objects\":[]}", "/16"},
        {"{\"kind\":\"root\"}", "/"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ck_assert_msg(!read_node(rows[i].text, rows[i].at), "%s", rows[i].text);
        records_release(&values);
    }
}
END_TEST

static void add(struct path path, struct value value)
{
    ck_assert(records_add(&values, path, value));
}

static void expect_written(const char *target, const char *text)
{
    struct path path;
    struct buf out;
    buf_init(&out, 4096);
    ck_assert(path_parse(bytes_of(target), &path));
    ck_assert_int_eq(leshan_node_write(&values, path, &out), text != NULL);
    if (text != NULL)
        ck_assert_str_eq(buf_text(&out), text);
    buf_release(&out);
    records_release(&values);
    records_init(&values);
}

START_TEST(writes_every_level)
{
    records_init(&values);
    add(path_resource(3, 0, 14), value_string("+02"));
    expect_written("/3/0/14", "{\"id\":14,\"kind\":\"singleResource\",\"type\":\"STRING\","
                              "\"value\":\"+02\"}");
    add(path_child(path_resource(16, 0, 0), 7), value_string("x"));
    expect_written("/16/0/0/7", "{\"id\":7,\"kind\":\"resourceInstance\",\"type\":\"STRING\","
                                "\"value\":\"x\"}");
    add(path_child(path_resource(16, 0, 0), 7), value_string("x"));
    add(path_child(path_resource(16, 0, 0), 8), value_string("y"));
    expect_written("/16/0/0", "{\"id\":0,\"kind\":\"multiResource\",\"type\":\"STRING\","
                              "\"values\":{\"7\":\"x\",\"8\":\"y\"}}");
    add(path_resource(16, 0, 0), value_none());
    expect_written("/16/0/0", "{\"id\":0,\"kind\":\"multiResource\",\"type\":\"STRING\","
                              "\"values\":{}}");
}
END_TEST

START_TEST(writes_instances_with_and_without_an_id)
{
    const char *resources = "[{\"id\":0,\"kind\":\"multiResource\",\"type\":\"STRING\","
                            "\"values\":{\"0\":\"a\"}},{\"id\":3,\"kind\":\"singleResource\","
                            "\"type\":\"INTEGER\",\"value\":\"1\"}]";
    char text[300];
    records_init(&values);
    add(path_child(path_resource(16, 2, 0), 0), value_string("a"));
    add(path_resource(16, 2, 3), value_integer(1));
    snprintf(text, sizeof text, "{\"kind\":\"instance\",\"id\":2,\"resources\":%s}", resources);
    expect_written("/16/2", text);
    add(path_child(path_resource(16, 0, 0), 0), value_string("a"));
    add(path_resource(16, 0, 3), value_integer(1));
    snprintf(text, sizeof text, "{\"kind\":\"instance\",\"resources\":%s}", resources);
    expect_written("/16", text);
    add(path_instance(16, 2), value_none());
    expect_written("/16/2", "{\"kind\":\"instance\",\"id\":2,\"resources\":[]}");
}
END_TEST

START_TEST(writes_every_type)
{
    const uint8_t octets[] = {0x00, 0xff};
    records_init(&values);
    add(path_resource(9, 0, 1), value_float(0.5));
    add(path_resource(9, 0, 2), value_boolean(true));
    add(path_resource(9, 0, 3), value_octets(VALUE_OPAQUE, (struct bytes){octets, sizeof octets}));
    add(path_resource(9, 0, 4), value_time(5));
    add(path_resource(9, 0, 6), value_time(0));
    add(path_resource(9, 0, 5), value_link(16, 1));
    expect_written("/9/0",
                   "{\"kind\":\"instance\",\"id\":0,\"resources\":["
                   "{\"id\":1,\"kind\":\"singleResource\",\"type\":\"FLOAT\",\"value\":\"0.5\"},"
                   "{\"id\":2,\"kind\":\"singleResource\",\"type\":\"BOOLEAN\",\"value\":true},"
                   "{\"id\":3,\"kind\":\"singleResource\",\"type\":\"OPAQUE\",\"value\":\"00ff\"},"
                   "{\"id\":4,\"kind\":\"singleResource\",\"type\":\"TIME\",\"value\":5000},"
                   "{\"id\":6,\"kind\":\"singleResource\",\"type\":\"TIME\",\"value\":0},"
                   "{\"id\":5,\"kind\":\"singleResource\",\"type\":\"OBJLNK\",\"value\":"
                   "{\"objectId\":16,\"objectInstanceId\":1}}]}");
}
END_TEST

START_TEST(writes_nothing_that_does_not_fit)
{
    records_init(&values);
    expect_written("/16/0/0", NULL);
    expect_written("/", NULL);
    add(path_resource(3, 0, 14), value_string("+02"));
    expect_written("/16", NULL);
    add(path_resource(3, 0, 14), value_string("+02"));
    add(path_resource(3, 0, 14), value_string("+02"));
    expect_written("/3/0/14", NULL);
}
END_TEST

UNIT_MAIN("leshan_node", reads_every_level, reads_what_is_there_and_empty, reads_every_type,
          refuses_what_leshan_would_not_write, writes_every_level,
          writes_instances_with_and_without_an_id, writes_every_type,
          writes_nothing_that_does_not_fit)
