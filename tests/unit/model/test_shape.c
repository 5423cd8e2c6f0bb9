/* SPDX-License-Identifier: Apache-2.0 */
/* The table-driven validator and its getters. */
#include "base/std.h"

#include "model/shape_impl.h"
#include "tests/unit/model/support.h"

static const char *const colours[] = {"red", "green", NULL};
static const struct shape number = {.kind = SHAPE_INTEGER, .min = 1, .max = 9};
static const struct shape colour = {.kind = SHAPE_CHOICE, .choices = colours};
static const struct shape duration = {.kind = SHAPE_DURATION};
static const struct shape text = {.kind = SHAPE_TEXT, .min = 1, .max = 4};
static const struct shape path = {.kind = SHAPE_PATH, .min = 2, .max = 3};
static const struct shape numbers = {.kind = SHAPE_LIST, .max = 2, .item = &number};
static const struct shape by_id = {.kind = SHAPE_MAP, .keys = KEYS_ID, .item = &number};
static const struct shape either = {.kind = SHAPE_EITHER, .item = &by_id, .other = &colour};
static const struct field fields[] = {
    {"number", true, &number, ""}, {"colour", false, &colour, ""}, {"delay", false, &duration, ""},
    {"text", false, &text, ""},    {"path", false, &path, ""},     {"numbers", false, &numbers, ""},
    {"by_id", false, &by_id, ""},  {"either", false, &either, ""},
};
static const struct shape whole = {
    .kind = SHAPE_OBJECT, .fields = fields, .count = COUNT_OF(fields)};

/* Checks TEXT; its errors, one a line without place, must be EXPECTED. */
static void assert_checked(const char *json, const char *expected)
{
    struct error_list errors;
    struct buf found;
    error_list_init(&errors);
    buf_init(&found, 1 << 16);
    struct json_doc *doc = json_parse(bytes_of(json), "f", &errors);
    ck_assert_ptr_nonnull(doc);
    struct source source = {"f", ".", &errors};
    shape_check(&source, &whole, json_root(doc));
    for (size_t i = 0; i < errors.count; i++)
        buf_printf(&found, "%s\n", errors.items[i].text);
    ck_assert_str_eq(buf_text(&found), expected);
    buf_release(&found);
    json_doc_free(doc);
    error_list_release(&errors);
}

START_TEST(accepts_what_fits)
{
    assert_checked("{ \"number\": 1 }", "");
    assert_checked("{ \"number\": 9, \"colour\": \"red\", \"delay\": \"20ms\", \"text\": \"abcd\","
                   "  \"path\": \"/16/0/0\", \"numbers\": [ 1, 2 ], \"by_id\": { \"65534\": 3 },"
                   "  \"either\": { \"0\": 1 } }",
                   "");
    assert_checked("{ \"number\": 1, \"either\": \"green\" }", "");
}
END_TEST

START_TEST(finds_the_name_that_was_meant)
{
    assert_checked("{ \"nmuber\": 1 }", "unknown key \"nmuber\"; did you mean \"number\"?\n"
                                        "\"number\" is missing; add it here\n");
    assert_checked("{ \"number\": 1, \"color\": \"red\", \"delays\": 1, \"Text\": 1 }",
                   "unknown key \"color\"; did you mean \"colour\"?\n"
                   "unknown key \"delays\"; did you mean \"delay\"?\n"
                   "unknown key \"Text\"; did you mean \"text\"?\n");
}
END_TEST

START_TEST(lists_the_names_when_none_is_near)
{
    assert_checked("{ \"number\": 1, \"zzzzzzzzz\": 1 }",
                   "unknown key \"zzzzzzzzz\"; known here: \"number\", \"colour\", \"delay\", "
                   "\"text\", \"path\", \"numbers\", \"by_id\", \"either\"\n");
}
END_TEST

START_TEST(says_what_is_needed_instead)
{
    assert_checked("{ \"number\": 10 }", "\"number\" must be an integer from 1 to 9\n");
    assert_checked("{ \"number\": 1.5 }", "\"number\" must be an integer from 1 to 9\n");
    assert_checked("{ \"number\": 1, \"colour\": \"blue\" }",
                   "\"colour\" must be one of \"red\", \"green\"\n");
    assert_checked("{ \"number\": 1, \"delay\": \"20\" }",
                   "\"delay\" must be a duration such as \"20ms\", \"1.5s\" or \"2m\"\n");
    assert_checked("{ \"number\": 1, \"text\": \"abcde\" }",
                   "\"text\" must be a string of 1 to 4 octets without control characters\n");
    assert_checked("{ \"number\": 1, \"text\": \"a\\u0000\" }",
                   "\"text\" must be a string of 1 to 4 octets without control characters\n");
    assert_checked("{ \"number\": 1, \"path\": \"/16\" }",
                   "\"path\" must be a path of 2 to 3 ids\n");
    assert_checked("{ \"number\": 1, \"numbers\": [ 1, 2, 3 ] }",
                   "\"numbers\" must be a list of at most 2 elements\n");
    assert_checked("{ \"number\": 1, \"numbers\": [ 1, [ 2 ] ] }",
                   "\"numbers\" must be an integer from 1 to 9\n");
    assert_checked("{ \"number\": 1, \"by_id\": [] }", "\"by_id\" must be an object\n");
    assert_checked("{ \"number\": 1, \"either\": 5 }",
                   "\"either\" must be one of \"red\", \"green\", or an object\n");
    assert_checked("7", "\"content\" must be an object\n");
}
END_TEST

START_TEST(checks_the_names_of_maps)
{
    assert_checked("{ \"number\": 1, \"by_id\": { \"01\": 1, \"65535\": 1, \"\": 1, \"5\": 0 } }",
                   "key \"01\" must be a number from 0 to 65534\n"
                   "key \"65535\" must be a number from 0 to 65534\n"
                   "key \"\" must be a number from 0 to 65534\n"
                   "\"5\" must be an integer from 1 to 9\n");
}
END_TEST

START_TEST(shows_names_on_one_line_and_not_too_long)
{
    char label[LABEL];
    ck_assert_str_eq(label_of(bytes_of("a\nb"), label), "a?b");
    const char *lengthy = "0123456789012345678901234567890123456789012345678901234567890123456789";
    ck_assert_uint_eq(strlen(label_of(bytes_of(lengthy), label)), LABEL - 1);
    char umlauts[129];
    for (size_t i = 0; i < 128; i += 2)
        memcpy(umlauts + i, "\xC3\xA4", 2);
    umlauts[128] = '\0';
    label_of(bytes_of(umlauts), label);
    ck_assert(utf8_valid(bytes_of(label)));
}
END_TEST

START_TEST(getters_fall_back_for_what_is_not_there_or_of_another_kind)
{
    struct error_list errors;
    error_list_init(&errors);
    struct json_doc *doc =
        json_parse(bytes_of("{ \"n\": 5, \"b\": true, \"t\": \"x\", \"d\": \"2s\", \"l\": [ 1 ] }"),
                   "f", &errors);
    const struct json *root = json_root(doc);
    ck_assert_int_eq(get_integer(root, "n", 7), 5);
    ck_assert_int_eq(get_integer(root, "t", 7), 7);
    ck_assert_int_eq(get_integer(NULL, "n", 7), 7);
    ck_assert(get_flag(root, "b", false));
    ck_assert(!get_flag(root, "n", false));
    ck_assert_int_eq(get_duration(root, "d", 1), 2000);
    ck_assert_int_eq(get_duration(root, "t", 1), 1);
    ck_assert(bytes_is(get_text(root, "t", NULL), "x"));
    ck_assert_ptr_null(get_text(root, "n", NULL).data);
    ck_assert(bytes_is(get_text(root, "zz", "y"), "y"));
    ck_assert_ptr_nonnull(get_first(get_member(root, "l"), JSON_ARRAY));
    ck_assert_ptr_null(get_first(get_member(root, "l"), JSON_OBJECT));
    ck_assert_ptr_null(get_first(NULL, JSON_OBJECT));
    char *copy = get_string(root, "t", NULL);
    ck_assert_str_eq(copy, "x");
    free(copy);
    json_doc_free(doc);
    error_list_release(&errors);
}
END_TEST

START_TEST(parses_ids_and_instances_strictly)
{
    static const char *const bad[] = {"",      "/16/0",    "16",           "16/",  "16/0/0",
                                      "016/0", "16/65535", "65534/65534x", "16 /0"};
    struct path instance;
    uint16_t id = 0;
    ck_assert(parse_id(bytes_of("65534"), &id) && id == 65534);
    ck_assert(!parse_id(bytes_of("65535"), &id) && !parse_id(bytes_of("-0"), &id));
    ck_assert(parse_instance(bytes_of("65534/65534"), &instance));
    ck_assert(parse_instance(bytes_of("16/1"), &instance));
    ck_assert(path_equal(instance, path_instance(16, 1)));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        ck_assert_msg(!parse_instance(bytes_of(bad[i]), &instance), "%s", bad[i]);
}
END_TEST

UNIT_MAIN("shape", accepts_what_fits, finds_the_name_that_was_meant,
          lists_the_names_when_none_is_near, says_what_is_needed_instead, checks_the_names_of_maps,
          shows_names_on_one_line_and_not_too_long,
          getters_fall_back_for_what_is_not_there_or_of_another_kind,
          parses_ids_and_instances_strictly)
