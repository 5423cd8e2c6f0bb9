/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON token reader: what RFC 8259 allows, what it refuses, and where. */
#include "base/std.h"

#include <math.h>

#include "base/json.h"
#include "tests/unit/unit.h"

static struct json_reader reader;
static struct json_token token;
static struct error error;

static void start(struct bytes text)
{
    json_reader_init(&reader, text);
    error_clear(&error);
}

static void expect_kind(enum json_kind kind)
{
    ck_assert_msg(json_next(&reader, &token, &error) == ST_OK, "%s", error.text);
    ck_assert_int_eq(token.kind, kind);
}

static void expect_text(enum json_kind kind, const char *text)
{
    expect_kind(kind);
    ck_assert_uint_eq(token.text.len, strlen(text));
    ck_assert(bytes_is(token.text, text));
}

static void expect_end(void)
{
    expect_kind(JSON_END);
    json_reader_release(&reader);
}

/* Reads until the text is over or refused. */
static enum status read_bytes(struct bytes text)
{
    start(text);
    enum status status;
    do
        status = json_next(&reader, &token, &error);
    while (status == ST_OK && token.kind != JSON_END);
    json_reader_release(&reader);
    return status;
}

static void expect_refused(struct bytes text, unsigned line, unsigned column, const char *part)
{
    ck_assert_int_eq(read_bytes(text), ST_INVALID);
    ck_assert_msg(strstr(error.text, part) != NULL, "\"%s\" is not in \"%s\"", part, error.text);
    ck_assert_uint_eq(error.line, line);
    ck_assert_uint_eq(error.column, column);
}

struct refusal {
    const char *text;
    unsigned column;
    const char *part;
};

static void expect_all_refused(const struct refusal *refusals, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expect_refused(bytes_of(refusals[i].text), 1, refusals[i].column, refusals[i].part);
}

/* The only token of a text. */
static void expect_only(const char *text, enum json_kind kind)
{
    start(bytes_of(text));
    expect_kind(kind);
    struct json_token only = token;
    expect_end();
    token = only;
}

static void expect_string(const char *text, struct bytes decoded)
{
    start(bytes_of(text));
    expect_kind(JSON_STRING);
    ck_assert_uint_eq(token.text.len, decoded.len);
    ck_assert(bytes_equal(token.text, decoded));
    expect_end();
}

START_TEST(reads_every_kind_of_token)
{
    start(bytes_of("{\"a\":[null,true,false,-7,0.5,\"x\"],\"b\":{}}"));
    expect_kind(JSON_OBJECT);
    expect_text(JSON_KEY, "a");
    expect_kind(JSON_ARRAY);
    expect_kind(JSON_NULL);
    expect_kind(JSON_BOOLEAN);
    ck_assert_int_eq(token.integer, 1);
    expect_kind(JSON_BOOLEAN);
    ck_assert_int_eq(token.integer, 0);
    expect_kind(JSON_INTEGER);
    ck_assert_int_eq(token.integer, -7);
    ck_assert(fabs(token.number + 7) < 1e-9);
    expect_kind(JSON_NUMBER);
    ck_assert(fabs(token.number - 0.5) < 1e-9);
    expect_text(JSON_STRING, "x");
    expect_kind(JSON_ARRAY_END);
    expect_text(JSON_KEY, "b");
    expect_kind(JSON_OBJECT);
    expect_kind(JSON_OBJECT_END);
    expect_kind(JSON_OBJECT_END);
    expect_end();
}
END_TEST

START_TEST(gives_the_end_again_and_again)
{
    start(bytes_of("[] \n"));
    expect_kind(JSON_ARRAY);
    expect_kind(JSON_ARRAY_END);
    expect_kind(JSON_END);
    ck_assert_uint_eq(token.line, 2);
    ck_assert_uint_eq(token.column, 1);
    expect_end();
}
END_TEST

START_TEST(counts_lines_and_octets)
{
    start(bytes_of("{\r\n\t\"\xc3\xa9\" : 1,\n\n \"b\":\n[ 2 ]}"));
    expect_kind(JSON_OBJECT);
    ck_assert_uint_eq(token.line, 1);
    ck_assert_uint_eq(token.column, 1);
    expect_text(JSON_KEY, "\xc3\xa9");
    ck_assert_uint_eq(token.line, 2);
    ck_assert_uint_eq(token.column, 2);
    expect_kind(JSON_INTEGER);
    ck_assert_uint_eq(token.line, 2);
    ck_assert_uint_eq(token.column, 9);
    expect_text(JSON_KEY, "b");
    ck_assert_uint_eq(token.line, 4);
    ck_assert_uint_eq(token.column, 2);
    expect_kind(JSON_ARRAY);
    ck_assert_uint_eq(token.line, 5);
    ck_assert_uint_eq(token.column, 1);
    expect_kind(JSON_INTEGER);
    ck_assert_uint_eq(token.column, 3);
    expect_kind(JSON_ARRAY_END);
    ck_assert_uint_eq(token.column, 5);
    expect_kind(JSON_OBJECT_END);
    ck_assert_uint_eq(token.column, 6);
    expect_end();
}
END_TEST

START_TEST(decodes_escapes)
{
    expect_string("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", bytes_of("\"\\/\b\f\n\r\t"));
    /* U+00E9, U+20AC, U+0041 and the G clef U+1D11E of RFC 8259 section 7 */
    expect_string("\"\\u00e9\\u20AC\\u0041\"", bytes_of("\xc3\xa9\xe2\x82\xac"
                                                        "A"));
    expect_string("\"\\uD834\\uDD1E\"", bytes_of("\xf0\x9d\x84\x9e"));
    expect_string("\"\\uDBFF\\uDFFF\"", bytes_of("\xf4\x8f\xbf\xbf"));
    expect_string("\"\\u007f\\u0080\\u07ff\\u0800\\uffff\"",
                  bytes_of("\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf"));
}
END_TEST

START_TEST(keeps_a_nul_inside_a_string)
{
    static const uint8_t decoded[] = {'a', 0, 'b'};
    expect_string("\"a\\u0000b\"", (struct bytes){decoded, sizeof decoded});
}
END_TEST

START_TEST(reads_strings_of_any_length)
{
    struct buf text;
    buf_init(&text, 200000);
    buf_puts(&text, "[\"\",\"");
    for (int i = 0; i < 100000; i++)
        buf_puts(&text, "x");
    buf_puts(&text, "\",\"\"]");
    start(buf_bytes(&text));
    expect_kind(JSON_ARRAY);
    expect_text(JSON_STRING, "");
    expect_kind(JSON_STRING);
    ck_assert_uint_eq(token.text.len, 100000);
    expect_text(JSON_STRING, "");
    expect_kind(JSON_ARRAY_END);
    expect_end();
    buf_release(&text);
}
END_TEST

START_TEST(reads_a_text_that_ends_without_a_nul)
{
    static const uint8_t text[] = {'[', '1', '2', ']', '9'};
    start((struct bytes){text, 4});
    expect_kind(JSON_ARRAY);
    expect_kind(JSON_INTEGER);
    ck_assert_int_eq(token.integer, 12);
    expect_kind(JSON_ARRAY_END);
    expect_end();
}
END_TEST

START_TEST(reads_integers_exactly)
{
    expect_only("9007199254740993", JSON_INTEGER); /* no double holds this one */
    ck_assert_int_eq(token.integer, 9007199254740993);
    expect_only("9223372036854775807", JSON_INTEGER);
    ck_assert_int_eq(token.integer, INT64_MAX);
    expect_only("-9223372036854775808", JSON_INTEGER);
    ck_assert_int_eq(token.integer, INT64_MIN);
    expect_only("0", JSON_INTEGER);
    ck_assert_int_eq(token.integer, 0);
    expect_only("-0", JSON_INTEGER);
    ck_assert_int_eq(token.integer, 0);
}
END_TEST

START_TEST(makes_a_number_of_an_integer_beyond_64_bits)
{
    expect_only("9223372036854775808", JSON_NUMBER);
    ck_assert(fabs(token.number - 9223372036854775808.0) < 1);
    expect_only("-9223372036854775809", JSON_NUMBER);
    ck_assert(fabs(token.number + 9223372036854775808.0) < 1);
}
END_TEST

START_TEST(reads_fractions_and_exponents)
{
    static const struct {
        const char *text;
        double number;
    } cases[] = {{"1.0", 1},      {"-0.0", 0},    {"1e3", 1000},       {"1E+2", 100},
                 {"25e-2", 0.25}, {"0e0", 0},     {"-1.5e1", -15},     {"0.125", 0.125},
                 {"1e-400", 0},   {"10E0", 10.0}, {"1.7e308", 1.7e308}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        expect_only(cases[i].text, JSON_NUMBER);
        ck_assert_msg(!(token.number < cases[i].number) && !(token.number > cases[i].number), "%s",
                      cases[i].text);
    }
}
END_TEST

START_TEST(refuses_malformed_numbers)
{
    static const struct refusal refusals[] = {
        {"[01]", 3, "leading zeros"},
        {"-01", 3, "leading zeros"},
        {"-", 2, "a digit after \"-\", found the end"},
        {"[-]", 3, "a digit after \"-\", found \"]\""},
        {"-a", 2, "a digit after \"-\" here"},
        {"1.", 3, "a digit after the decimal point"},
        {"1.e1", 3, "a digit after the decimal point"},
        {"1e", 3, "a digit in the exponent"},
        {"1e+", 4, "a digit in the exponent"},
        {"+1", 1, "must not begin with \"+\""},
        {".5", 1, "must not begin with \".\""},
        {"[1 2]", 4, "expected \",\" or \"]\""},
        {"0x10", 2, "expected the end of the text"},
        {"NaN", 1, "unknown word"},
        {"-Infinity", 2, "a digit after \"-\""},
    };
    expect_all_refused(refusals, COUNT_OF(refusals));
}
END_TEST

START_TEST(refuses_numbers_beyond_a_double)
{
    ck_assert_int_eq(read_bytes(bytes_of("[ 1e999]")), ST_LIMIT);
    ck_assert_uint_eq(error.column, 3);
    ck_assert_int_eq(read_bytes(bytes_of("-1e309")), ST_LIMIT);
}
END_TEST

START_TEST(refuses_misplaced_structure)
{
    static const struct refusal refusals[] = {
        {"", 1, "expected a value, found the end of the text"},
        {"  ", 3, "expected a value, found the end of the text"},
        {"[", 2, "expected a value, found the end of the text"},
        {"{", 2, "a name in double quotes, found the end of the text"},
        {"[1,]", 4, "nothing follows the last comma"},
        {"{\"a\":1,}", 8, "nothing follows the last comma"},
        {"[,1]", 2, "expected a value, found \",\""},
        {"{,}", 2, "a name in double quotes, found \",\""},
        {"[1,,2]", 4, "expected a value, found \",\""},
        {"[1}", 3, "expected \",\" or \"]\", found \"}\""},
        {"{\"a\":1]", 7, "expected \",\" or \"}\", found \"]\""},
        {"{\"a\":}", 6, "expected a value, found \"}\""},
        {"{\"a\"}", 5, "expected \":\" after a name, found \"}\""},
        {"{\"a\" 1}", 6, "expected \":\" after a name"},
        {"{\"a\",1}", 5, "expected \":\" after a name, found \",\""},
        {"{1:2}", 2, "a name in double quotes"},
        {"{a:2}", 2, "a name in double quotes"},
        {"[\"a\" \"b\"]", 6, "expected \",\" or \"]\", found a string"},
        {"[\"a\":1]", 5, "expected \",\" or \"]\", found \":\""},
        {"[1", 3, "found the end of the text"},
        {"{\"a\":1", 7, "found the end of the text"},
        {"]", 1, "expected a value, found \"]\""},
        {"}", 1, "expected a value, found \"}\""},
        {"[]]", 3, "expected the end of the text, found \"]\""},
        {"1 2", 3, "expected the end of the text"},
        {"{} x", 4, "expected the end of the text"},
        {"1,", 2, "expected the end of the text, found \",\""},
    };
    expect_all_refused(refusals, COUNT_OF(refusals));
}
END_TEST

START_TEST(refuses_words_that_are_not_json)
{
    static const struct refusal refusals[] = {
        {"True", 1, "unknown word"},      {"[nul]", 2, "unknown word"},
        {"truefalse", 1, "unknown word"}, {"true1", 1, "unknown word"},
        {"undefined", 1, "unknown word"}, {"null null", 6, "expected the end of the text"},
        {"'a'", 1, "single quotes"},      {"{'a':1}", 2, "single quotes"},
        {"/* x */ 1", 1, "comments"},     {"[] // x", 4, "comments"},
        {"# x", 1, "comments"},           {"[1\f]", 3, "expected \",\" or \"]\""},
    };
    expect_all_refused(refusals, COUNT_OF(refusals));
}
END_TEST

START_TEST(refuses_malformed_strings)
{
    static const struct refusal refusals[] = {
        {"[\"abc", 2, "does not end"},         {"\"", 1, "does not end"},
        {"\"a\\\"", 1, "does not end"},        {"\"ab\ncd\"", 4, "control character"},
        {"\"\t\"", 2, "control character"},    {"\"a\x1f\"", 3, "control character"},
        {"\"a\\x\"", 3, "unknown escape"},     {"\"\\'\"", 2, "unknown escape"},
        {"\"\\", 2, "unknown escape"},         {"\"\\u12\"", 2, "four hex digits"},
        {"\"\\u12g4\"", 2, "four hex digits"}, {"\"\\u", 2, "four hex digits"},
    };
    expect_all_refused(refusals, COUNT_OF(refusals));
    static const uint8_t nul[] = {'"', 'a', 0, '"'};
    expect_refused((struct bytes){nul, sizeof nul}, 1, 3, "control character");
}
END_TEST

START_TEST(refuses_lone_surrogates)
{
    static const struct refusal refusals[] = {
        {"\"\\ud834\"", 2, "surrogates come in pairs"},
        {"\"\\udd1e\"", 2, "surrogates come in pairs"},
        {"\"x\\ud834y\"", 3, "surrogates come in pairs"},
        {"\"\\ud834\\n\"", 2, "surrogates come in pairs"},
        {"\"\\ud834\\u0041\"", 2, "surrogates come in pairs"},
        {"\"\\ud834\\ud834\"", 2, "surrogates come in pairs"},
        {"\"\\udd1e\\ud834\"", 2, "surrogates come in pairs"},
        {"\"\\ud834\\udd1", 2, "surrogates come in pairs"},
        {"\"\\ud834\\ue000\"", 2, "surrogates come in pairs"},
        {"\"\xed\xa0\x80\"", 2, "not utf-8"},
    };
    expect_all_refused(refusals, COUNT_OF(refusals));
}
END_TEST

START_TEST(refuses_invalid_utf8)
{
    static const struct refusal refusals[] = {
        {"\"a\x80\"", 3, "not utf-8"},
        {"\"\xc0\xaf\"", 2, "not utf-8"},
        {"\"\xc1\xbf\"", 2, "not utf-8"},
        {"\"\xe0\x80\x80\"", 2, "not utf-8"},
        {"\"\xf0\x8f\xbf\xbf\"", 2, "not utf-8"},
        {"\"\xf4\x90\x80\x80\"", 2, "not utf-8"},
        {"\"\xf5\x80\x80\x80\"", 2, "not utf-8"},
        {"\"\xff\"", 2, "not utf-8"},
        {"\"\xc3\"", 2, "not utf-8"},
        {"\"\xe2\x82", 2, "not utf-8"},
        {"\"\xc3\xa9\xc3\"", 4, "not utf-8"},
        {"\xc3\xa9", 1, "expected a value"},
    };
    expect_all_refused(refusals, COUNT_OF(refusals));
}
END_TEST

START_TEST(names_a_byte_order_mark)
{
    expect_refused(bytes_of("\xef\xbb\xbf{}"), 1, 1, "byte order mark");
    static const uint8_t utf16[] = {0xff, 0xfe, '{', 0, '}', 0};
    expect_refused((struct bytes){utf16, sizeof utf16}, 1, 1, "utf-16");
}
END_TEST

START_TEST(places_errors_on_later_lines)
{
    expect_refused(bytes_of("{\n  \"a\": 1,\n  \"b\" 2\n}\n"), 3, 7, "after a name");
    expect_refused(bytes_of("[\r\n\r\n x]"), 3, 2, "unknown word");
    expect_refused(bytes_of("[1]\n\n?"), 3, 1, "found \"?\"");
}
END_TEST

START_TEST(limits_the_depth)
{
    char text[2 * JSON_DEPTH_MOST + 3] = "";
    memset(text, '[', JSON_DEPTH_MOST);
    memset(text + JSON_DEPTH_MOST, ']', JSON_DEPTH_MOST);
    ck_assert_int_eq(read_bytes(bytes_of(text)), ST_OK);
    memset(text, '[', JSON_DEPTH_MOST + 1);
    memset(text + JSON_DEPTH_MOST + 1, ']', JSON_DEPTH_MOST + 1);
    ck_assert_int_eq(read_bytes(bytes_of(text)), ST_LIMIT);
    ck_assert_uint_eq(error.column, JSON_DEPTH_MOST + 1);
    ck_assert_ptr_nonnull(strstr(error.text, "deeper than 32"));
}
END_TEST

START_TEST(fails_the_same_way_when_asked_again)
{
    static const char *const texts[] = {"[1,]", "{\"a\" 1}", "[\"a\\ud800\"]",
                                        "[1.]", "\"abc",     "[nope]"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        start(bytes_of(texts[i]));
        while (json_next(&reader, &token, &error) == ST_OK)
            ck_assert_int_ne(token.kind, JSON_END);
        struct error first = error;
        error_clear(&error);
        ck_assert_int_eq(json_next(&reader, &token, &error), ST_INVALID);
        ck_assert_str_eq(error.text, first.text);
        ck_assert_uint_eq(error.line, first.line);
        ck_assert_uint_eq(error.column, first.column);
        json_reader_release(&reader);
    }
}
END_TEST

START_TEST(needs_nobody_who_listens_to_errors)
{
    start(bytes_of("[1"));
    expect_kind(JSON_ARRAY);
    expect_kind(JSON_INTEGER);
    ck_assert_int_eq(json_next(&reader, &token, NULL), ST_INVALID);
    json_reader_release(&reader);
}
END_TEST

/* A key that was pasted without quotes must not land in a log. */
START_TEST(keeps_values_out_of_messages)
{
    static const char *const texts[] = {"[c0ffee11]", "{\"k\":deadbeef}",     "[00112233]",
                                        "\"c0ffee",   "[\"\\u00zz c0ffee\"]", "[1 c0ffee]"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        ck_assert_int_eq(read_bytes(bytes_of(texts[i])), ST_INVALID);
        ck_assert_ptr_null(strstr(error.text, "c0"));
        ck_assert_ptr_null(strstr(error.text, "ff"));
        ck_assert_ptr_null(strstr(error.text, "dead"));
        ck_assert_ptr_null(strstr(error.text, "11"));
    }
}
END_TEST

START_TEST(writes_a_string_that_reads_back)
{
    static const char text[] = "a\"b\\c\n\0\x7f\xc3\xa9/";
    struct buf out;
    buf_init(&out, 100);
    json_put_text(&out, (struct bytes){(const uint8_t *)text, sizeof text - 1});
    ck_assert_str_eq(buf_text(&out), "\"a\\\"b\\\\c\\u000a\\u0000\x7f\xc3\xa9/\"");
    buf_release(&out);
}
END_TEST

UNIT_MAIN("json", writes_a_string_that_reads_back, reads_every_kind_of_token,
          gives_the_end_again_and_again, counts_lines_and_octets, decodes_escapes,
          keeps_a_nul_inside_a_string, reads_strings_of_any_length,
          reads_a_text_that_ends_without_a_nul, reads_integers_exactly,
          makes_a_number_of_an_integer_beyond_64_bits, reads_fractions_and_exponents,
          refuses_malformed_numbers, refuses_numbers_beyond_a_double, refuses_misplaced_structure,
          refuses_words_that_are_not_json, refuses_malformed_strings, refuses_lone_surrogates,
          refuses_invalid_utf8, names_a_byte_order_mark, places_errors_on_later_lines,
          limits_the_depth, fails_the_same_way_when_asked_again, needs_nobody_who_listens_to_errors,
          keeps_values_out_of_messages)
