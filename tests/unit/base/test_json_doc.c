/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON document: the tree, duplicate keys, pointers, messages and limits. */
#include "base/std.h"

#include "base/json.h"
#include "tests/unit/unit.h"

static struct error_list errors;

static struct json_doc *parse_bytes(struct bytes text)
{
    error_list_init(&errors);
    return json_parse(text, "f.json", &errors);
}

static struct json_doc *parse(const char *text)
{
    struct json_doc *doc = parse_bytes(bytes_of(text));
    ck_assert_msg(doc != NULL, "%s", errors.count > 0 ? errors.items[0].text : "no message");
    ck_assert_uint_eq(errors.count, 0);
    return doc;
}

static void refuse(struct bytes text, size_t count)
{
    ck_assert_ptr_null(parse_bytes(text));
    ck_assert_uint_eq(errors.errors, count);
}

static void expect_error(size_t index, const char *line)
{
    struct buf out;
    buf_init(&out, 1000);
    error_format(&errors.items[index], &out);
    ck_assert_str_eq(buf_text(&out), line);
    buf_release(&out);
}

static void expect_pointer(const struct json *value, const char *pointer)
{
    struct buf out;
    buf_init(&out, 1000);
    json_pointer(value, &out);
    ck_assert_str_eq(buf_text(&out), pointer);
    buf_release(&out);
}

START_TEST(links_values_as_a_tree)
{
    struct json_doc *doc = parse("{\"a\": [10, \"x\", {}],\n \"b\": true}");
    const struct json *root = json_root(doc);
    ck_assert_int_eq(root->kind, JSON_OBJECT);
    ck_assert_uint_eq(root->count, 2);
    ck_assert_ptr_null(root->parent);
    ck_assert_ptr_null(root->next);

    const struct json *a = root->first;
    ck_assert(bytes_is(a->name, "a"));
    ck_assert_int_eq(a->kind, JSON_ARRAY);
    ck_assert_uint_eq(a->count, 3);
    ck_assert_ptr_eq(a->parent, root);
    ck_assert_int_eq(a->first->integer, 10);
    ck_assert_ptr_null(a->first->name.data);
    ck_assert(bytes_is(a->first->next->text, "x"));
    const struct json *last = a->first->next->next;
    ck_assert_uint_eq(last->index, 2);
    ck_assert_uint_eq(last->count, 0);
    ck_assert_ptr_null(last->first);
    ck_assert_ptr_null(last->next);

    const struct json *b = a->next;
    ck_assert_ptr_eq(b->parent, root);
    ck_assert_uint_eq(b->index, 1);
    ck_assert_int_eq(b->integer, 1);
    ck_assert_uint_eq(b->name_line, 2);
    ck_assert_uint_eq(b->name_column, 2);
    ck_assert_uint_eq(b->line, 2);
    ck_assert_uint_eq(b->column, 7);
    json_doc_free(doc);
}
END_TEST

/* RFC 8259 section 13 */
START_TEST(reads_the_example_of_the_standard)
{
    struct json_doc *doc =
        parse("{\"Image\": {\"Width\": 800, \"Height\": 600,"
              "\"Title\": \"View from 15th Floor\","
              "\"Thumbnail\": {\"Url\": \"http://www.example.com/image/481989943\","
              "\"Height\": 125, \"Width\": 100},"
              "\"Animated\" : false, \"IDs\": [116, 943, 234, 38793]}}");
    const struct json *image = json_member(json_root(doc), "Image");
    ck_assert_uint_eq(image->count, 6);
    ck_assert_int_eq(json_member(image, "Width")->integer, 800);
    ck_assert_int_eq(json_member(json_member(image, "Thumbnail"), "Width")->integer, 100);
    ck_assert_int_eq(json_member(image, "Animated")->integer, 0);
    ck_assert_int_eq(json_member(image, "IDs")->first->next->next->next->integer, 38793);
    json_doc_free(doc);
}
END_TEST

START_TEST(holds_a_scalar_alone)
{
    struct json_doc *doc = parse(" 2.5 ");
    ck_assert_int_eq(json_root(doc)->kind, JSON_NUMBER);
    ck_assert(json_root(doc)->number == 2.5);
    expect_pointer(json_root(doc), "");
    json_doc_free(doc);
}
END_TEST

START_TEST(finds_members_by_name)
{
    struct json_doc *doc = parse("{\"\": 0, \"a\": 1, \"ab\": 2, \"a\\u0000b\": 3, \"list\": [1]}");
    const struct json *root = json_root(doc);
    ck_assert_int_eq(json_member(root, "a")->integer, 1);
    ck_assert_int_eq(json_member(root, "ab")->integer, 2);
    ck_assert_int_eq(json_member(root, "")->integer, 0);
    ck_assert_ptr_null(json_member(root, "b"));
    ck_assert_ptr_null(json_member(json_member(root, "list"), "a"));
    ck_assert_ptr_null(json_member(json_member(root, "a"), "a"));
    json_doc_free(doc);
}
END_TEST

START_TEST(keeps_strings_after_the_text_is_gone)
{
    char text[] = "{\"name\": [\"one\", \"tw\\u00f6\", \"\"]}";
    struct json_doc *doc = parse(text);
    memset(text, 'x', sizeof text - 1);
    const struct json *list = json_member(json_root(doc), "name");
    ck_assert(bytes_is(list->first->text, "one"));
    ck_assert(bytes_is(list->first->next->text, "tw\xc3\xb6"));
    ck_assert_uint_eq(list->first->next->next->text.len, 0);
    json_doc_free(doc);
}
END_TEST

START_TEST(names_the_place_of_a_syntax_error)
{
    refuse(bytes_of("{\"a\": 1,\n \"b\" 2}"), 1);
    expect_error(0, "f.json:2:6: error: expected \":\" after a name here");
    error_list_release(&errors);
    refuse(bytes_of(""), 1);
    expect_error(0, "f.json:1:1: error: expected a value, found the end of the text");
    error_list_release(&errors);
    refuse(bytes_of("[1] 2"), 1);
    error_list_release(&errors);
}
END_TEST

START_TEST(reports_every_duplicate_key_in_the_order_of_the_text)
{
    refuse(bytes_of("{\"x\": 1,\n"
                    " \"o\": {\"y\": 1, \"z\": 2, \"y\": 3},\n"
                    " \"x\": 2,\n"
                    " \"l\": [{\"k\": 1}, {\"k\": 1, \"\\u006b\": 2}],\n"
                    " \"x\": 3}"),
           4);
    expect_error(0, "f.json:2:24: error: duplicate key \"y\" (first at line 2) (at /o/y)");
    expect_error(1, "f.json:3:2: error: duplicate key \"x\" (first at line 1) (at /x)");
    expect_error(2, "f.json:4:27: error: duplicate key \"k\" (first at line 4) (at /l/1/k)");
    expect_error(3, "f.json:5:2: error: duplicate key \"x\" (first at line 1) (at /x)");
    error_list_release(&errors);
}
END_TEST

START_TEST(reports_duplicates_before_a_syntax_error)
{
    refuse(bytes_of("{\"a\": 1, \"a\": 2,\n ?"), 2);
    expect_error(0, "f.json:1:10: error: duplicate key \"a\" (first at line 1) (at /a)");
    expect_error(1, "f.json:2:2: error: expected a name in double quotes, found \"?\"");
    error_list_release(&errors);
}
END_TEST

START_TEST(tells_keys_with_a_nul_apart)
{
    json_doc_free(parse("{\"a\\u0000b\": 1, \"a\\u0000c\": 2, \"a\": 3, \"\": 4}"));
    refuse(bytes_of("{\"a\\u0000b\": 1, \"a\\u0000b\": 2}"), 1);
    expect_error(0, "f.json:1:17: error: duplicate key \"a?b\" (first at line 1) (at /a?b)");
    error_list_release(&errors);
    refuse(bytes_of("{\"\xC2\x9B\": 1, \"\xC2\x9B\": 2}"), 1); /* C1 CSI */
    expect_error(0, "f.json:1:11: error: duplicate key \"?\" (first at line 1) (at /?)");
    error_list_release(&errors);
    refuse(bytes_of("{\"\": 1, \"\": 2}"), 1);
    expect_error(0, "f.json:1:9: error: duplicate key \"\" (first at line 1) (at /)");
    error_list_release(&errors);
}
END_TEST

START_TEST(cuts_long_keys_in_messages_between_characters)
{
    struct buf text;
    buf_init(&text, 10000);
    buf_puts(&text, "{");
    for (int twice = 0; twice < 2; twice++) {
        buf_puts(&text, twice ? ",\"a" : "\"a");
        for (int i = 0; i < 100; i++)
            buf_puts(&text, "\xc3\xa9");
        buf_puts(&text, "\":1");
    }
    buf_puts(&text, "}");
    refuse(buf_bytes(&text), 1);
    ck_assert(utf8_valid(bytes_of(errors.items[0].text)));
    ck_assert(utf8_valid(bytes_of(errors.items[0].pointer)));
    ck_assert_ptr_nonnull(strstr(errors.items[0].text, "\xc3\xa9...\" (first at line 1)"));
    ck_assert_uint_gt(strlen(errors.items[0].pointer), 150);
    error_list_release(&errors);
    buf_release(&text);
}
END_TEST

/* Names around the room that a message and a pointer have for them. */
START_TEST(cuts_keys_of_every_length)
{
    for (size_t len = 50; len < 200; len++) {
        char name[200] = "";
        struct buf text;
        memset(name, 'n', len);
        buf_init(&text, 1000);
        buf_printf(&text, "{\"%s\":1,\"%s\":2}", name, name);
        refuse(buf_bytes(&text), 1);
        const struct error *error = &errors.items[0];
        ck_assert_int_eq(strstr(error->text, "...\"") != NULL, len > 63);
        ck_assert_uint_eq(strlen(error->pointer), len + 1 < 160 ? len + 1 : 159);
        ck_assert_uint_eq(error->text[0], 'd');
        error_list_release(&errors);
        buf_release(&text);
    }
}
END_TEST

START_TEST(bounds_the_list_of_errors)
{
    struct buf text;
    buf_init(&text, 100000);
    buf_puts(&text, "{\"k\":0");
    for (int i = 0; i < 1000; i++)
        buf_puts(&text, ",\"k\":0");
    buf_puts(&text, "}");
    refuse(buf_bytes(&text), 1000);
    ck_assert_uint_eq(errors.count, ERROR_LIST_MOST);
    error_list_release(&errors);
    buf_release(&text);
}
END_TEST

/* An array of COUNT elements, which makes COUNT + 1 values. */
static void put_array(struct buf *text, size_t count)
{
    buf_init(text, 1000000);
    buf_puts(text, "[0");
    for (size_t i = 1; i < count; i++)
        buf_puts(text, ",0");
    buf_puts(text, "]");
}

START_TEST(limits_the_number_of_values)
{
    struct buf text;
    put_array(&text, JSON_NODES_MOST - 1);
    struct json_doc *doc = parse_bytes(buf_bytes(&text));
    ck_assert_ptr_nonnull(doc);
    ck_assert_uint_eq(json_root(doc)->count, JSON_NODES_MOST - 1);
    json_doc_free(doc);
    buf_release(&text);

    put_array(&text, JSON_NODES_MOST);
    refuse(buf_bytes(&text), 1);
    ck_assert_ptr_nonnull(strstr(errors.items[0].text, "more than 65536 values"));
    ck_assert_uint_eq(errors.items[0].column, 2 * JSON_NODES_MOST);
    error_list_release(&errors);
    buf_release(&text);
}
END_TEST

START_TEST(limits_the_depth)
{
    char text[2 * JSON_DEPTH_MOST + 1];
    memset(text, '[', sizeof text);
    refuse((struct bytes){(const uint8_t *)text, sizeof text}, 1);
    error_list_release(&errors);
    memset(text + JSON_DEPTH_MOST, ']', JSON_DEPTH_MOST);
    struct json_doc *doc = parse_bytes((struct bytes){(const uint8_t *)text, sizeof text - 1});
    ck_assert_ptr_nonnull(doc);
    json_doc_free(doc);
}
END_TEST

/* Looking at all pairs of 60000 keys would take minutes under a sanitizer. */
START_TEST(finds_one_duplicate_among_many_keys)
{
    struct buf text;
    buf_init(&text, 2000000);
    buf_puts(&text, "{\n");
    for (int i = 0; i < 60000; i++)
        buf_printf(&text, "\"k%d\":0,\n", i * 7919 % 60013);
    buf_printf(&text, "\"k%d\":0}", 7919);
    refuse(buf_bytes(&text), 1);
    expect_error(0, "f.json:60002:1: error: duplicate key \"k7919\" (first at line 3) (at /k7919)");
    error_list_release(&errors);
    buf_release(&text);
}
END_TEST

START_TEST(escapes_pointers)
{
    /* the members of RFC 6901 section 5 that need it */
    struct json_doc *doc = parse("{\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"m~n\": 8, "
                                 "\"~1\": [[{\"x y\": 1}]]}");
    const struct json *root = json_root(doc);
    expect_pointer(root, "");
    expect_pointer(json_member(root, "foo"), "/foo");
    expect_pointer(json_member(root, "foo")->first->next, "/foo/1");
    expect_pointer(json_member(root, ""), "/");
    expect_pointer(json_member(root, "a/b"), "/a~1b");
    expect_pointer(json_member(root, "m~n"), "/m~0n");
    expect_pointer(json_member(root, "~1")->first->first->first, "/~01/0/0/x y");
    json_doc_free(doc);
}
END_TEST

START_TEST(points_at_a_value_or_at_its_name)
{
    struct json_doc *doc = parse("{\n  \"port\":\n    70000}");
    const struct json *port = json_member(json_root(doc), "port");
    json_error(&errors, "f.json", port, false, "port %d is too large", 70000);
    json_error(&errors, "f.json", port, true, "unknown key \"%s\"", "port");
    json_error(&errors, NULL, json_root(doc), false, "empty");
    expect_error(0, "f.json:3:5: error: port 70000 is too large (at /port)");
    expect_error(1, "f.json:2:3: error: unknown key \"port\" (at /port)");
    expect_error(2, "1:1: error: empty");
    error_list_release(&errors);
    json_doc_free(doc);
}
END_TEST

START_TEST(keeps_control_characters_out_of_messages)
{
    struct json_doc *doc = parse("{\"a\\nb\\u007f\": 1}");
    json_error(&errors, "f.json", json_root(doc)->first, false, "no");
    ck_assert_str_eq(errors.items[0].pointer, "/a?b?");
    error_list_release(&errors);
    json_doc_free(doc);
}
END_TEST

START_TEST(leaves_older_errors_alone)
{
    struct error older;
    error_clear(&older);
    error_set(&older, "from before");
    error_list_init(&errors);
    error_list_add(&errors, &older);
    struct json_doc *doc = json_parse(bytes_of("[1]"), NULL, &errors);
    ck_assert_ptr_nonnull(doc);
    ck_assert_uint_eq(errors.count, 1);
    json_doc_free(doc);
    error_list_release(&errors);
}
END_TEST

START_TEST(frees_nothing)
{
    json_doc_free(NULL);
}
END_TEST

UNIT_MAIN("json_doc", links_values_as_a_tree, reads_the_example_of_the_standard,
          holds_a_scalar_alone, finds_members_by_name, keeps_strings_after_the_text_is_gone,
          names_the_place_of_a_syntax_error, reports_every_duplicate_key_in_the_order_of_the_text,
          reports_duplicates_before_a_syntax_error, tells_keys_with_a_nul_apart,
          cuts_long_keys_in_messages_between_characters, cuts_keys_of_every_length,
          bounds_the_list_of_errors, limits_the_number_of_values, limits_the_depth,
          finds_one_duplicate_among_many_keys, escapes_pointers, points_at_a_value_or_at_its_name,
          keeps_control_characters_out_of_messages, leaves_older_errors_alone, frees_nothing)
