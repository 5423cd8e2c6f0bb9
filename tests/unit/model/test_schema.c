/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON Schema that editors get. */
#include "base/std.h"

#include "model/shape_impl.h"
#include "tests/unit/model/support.h"

static const char *const choices[] = {"a", "b", NULL};
static const struct shape choice = {.kind = SHAPE_CHOICE, .choices = choices};
static const struct shape number = {.kind = SHAPE_INTEGER, .min = 1, .max = 9};
static const struct shape list = {.kind = SHAPE_LIST, .max = 2, .item = &number};
static const struct shape map = {.kind = SHAPE_MAP, .keys = KEYS_INSTANCE, .item = &number};
static const struct shape either = {.kind = SHAPE_EITHER, .item = &map, .other = &choice};
static const struct field fields[] = {
    {"one", true, &list, "a \"list\""},
    {"two", false, &either, "one of two"},
};
static const struct shape whole = {
    .kind = SHAPE_OBJECT, .fields = fields, .count = COUNT_OF(fields)};

START_TEST(writes_every_part_of_a_shape)
{
    struct buf out;
    buf_init(&out, 1 << 16);
    shape_schema(&whole, "Test", &out);
    ck_assert_str_eq(
        buf_text(&out),
        "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"Test\","
        "\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
        "\"one\":{\"description\":\"a \\\"list\\\"\",\"type\":\"array\",\"maxItems\":2,"
        "\"items\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":9}},"
        "\"two\":{\"description\":\"one of two\",\"anyOf\":[{\"enum\":[\"a\",\"b\"]},"
        "{\"type\":\"object\",\"additionalProperties\":false,\"patternProperties\":{"
        "\"^(0|[1-9][0-9]{0,4})/(0|[1-9][0-9]{0,4})$\":"
        "{\"type\":\"integer\",\"minimum\":1,\"maximum\":9}}}]}},\"required\":[\"one\"]}");
    buf_release(&out);
}
END_TEST

START_TEST(describes_each_kind_of_file_in_sound_json)
{
    static const struct {
        const char *kind, *member, *inner; /* a member, and one of it when that is an object */
    } rows[] = {
        {"profile", "endpoint", NULL},  {"profile", "secure_component", "latency"},
        {"keyring", "endpoints", NULL}, {"security", "client_public_keys", NULL},
        {"bootstrap", "clients", NULL},
    };
    struct buf out;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct error_list errors;
        error_list_init(&errors);
        buf_clear(&out);
        ck_assert(file_schema(rows[i].kind, &out));
        ck_assert(!out.bad);
        struct json_doc *doc = json_parse(buf_bytes(&out), "schema", &errors);
        ck_assert_ptr_nonnull(doc);
        const struct json *member =
            json_member(json_member(json_root(doc), "properties"), rows[i].member);
        ck_assert_ptr_nonnull(member);
        if (rows[i].inner != NULL)
            ck_assert_ptr_nonnull(json_member(json_member(member, "properties"), rows[i].inner));
        json_doc_free(doc);
        error_list_release(&errors);
    }
    ck_assert_ptr_nonnull(strstr(buf_text(&out), "\"^(/|(/(0|[1-9][0-9]{0,4}))+)$\"")); /* "/" */
    buf_clear(&out);
    ck_assert(!file_schema("state", &out));
    ck_assert_uint_eq(out.len, 0);
    buf_release(&out);
}
END_TEST

UNIT_MAIN("schema", writes_every_part_of_a_shape, describes_each_kind_of_file_in_sound_json)
