/* SPDX-License-Identifier: Apache-2.0 */
/* Errors show their line and a caret, and never a key. */
#include "tests/unit/unit.h"

#include "cli/output.h"

static const char *excerpt(const char *text, unsigned line, unsigned column, struct buf *out)
{
    buf_clear(out);
    excerpt_put(bytes_of(text), line, column, out);
    return buf_text(out);
}

static void expect_masked(const char *text, const char *wanted)
{
    char *masked = mask_secrets(bytes_of(text));
    ck_assert_str_eq(masked, wanted);
    free(masked);
}

START_TEST(shows_the_line_with_a_caret)
{
    struct buf out;
    buf_init(&out, 1000);
    ck_assert_str_eq(excerpt("one\ntwo three\n", 2, 5, &out), "    two three\n        ^\n");
    ck_assert_str_eq(excerpt("one\ntwo", 2, 1, &out), "    two\n    ^\n");
    ck_assert_str_eq(excerpt("one\r\ntwo", 1, 4, &out), "    one\n       ^\n");
    ck_assert_str_eq(excerpt("one", 1, 0, &out), "    one\n");
    buf_release(&out);
}
END_TEST

START_TEST(the_caret_stands_below_its_character)
{
    struct buf out;
    buf_init(&out, 1000);
    ck_assert_str_eq(excerpt("\tx y", 1, 4, &out), "    \tx y\n    \t  ^\n");
    ck_assert_str_eq(excerpt("\xc3\xa4 b", 1, 4, &out), "    \xc3\xa4 b\n      ^\n");
    buf_release(&out);
}
END_TEST

START_TEST(a_place_outside_the_text_shows_nothing)
{
    struct buf out;
    buf_init(&out, 1000);
    ck_assert_str_eq(excerpt("one\n", 3, 1, &out), "");
    ck_assert_str_eq(excerpt("one\n", 1, 9, &out), "");
    ck_assert_str_eq(excerpt("", 1, 1, &out), "");
    excerpt_put((struct bytes){NULL, 0}, 2, 1, &out);
    ck_assert_uint_eq(out.len, 0);
    buf_release(&out);
}
END_TEST

START_TEST(a_line_does_not_act_on_a_terminal)
{
    struct buf out;
    buf_init(&out, 1000);
    ck_assert_str_eq(excerpt("a\x1b[2J\x7f", 1, 1, &out), "    a?[2J?\n    ^\n");
    ck_assert_str_eq(excerpt("a\xc2\x9b"
                             "2J\tb",
                             1, 1, &out),
                     "    a?2J\tb\n    ^\n");
    buf_release(&out);
}
END_TEST

START_TEST(a_long_line_is_cut_around_the_place)
{
    char text[2001];
    struct buf out;
    memset(text, '.', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    text[1499] = 'X';
    buf_init(&out, 10000);
    excerpt(text, 1, 1500, &out);
    ck_assert_uint_lt(out.len, 500);
    const char *shown = buf_text(&out);
    const char *second = strchr(shown, '\n') + 1;
    ck_assert_int_eq(strchr(shown, 'X') - shown, strchr(second, '^') - second);
    buf_release(&out);
}
END_TEST

START_TEST(octets_become_stars)
{
    expect_masked("{\"a\": \"hex:00ff\", \"b\": \"name\"}",
                  "{\"a\": \"********\", \"b\": \"name\"}");
    expect_masked("\"base64:AA==\" \"text:abc\"", "\"***********\" \"********\"");
    expect_masked("\"2b7e151628aed2a6abf7158809cf4f3c\"", "\"********************************\"");
    expect_masked("\"file:auth.key\" \"env:KEY\" \"16/1\"",
                  "\"file:auth.key\" \"env:KEY\" \"16/1\"");
}
END_TEST

START_TEST(all_that_stands_under_keys_becomes_stars)
{
    expect_masked("{\"keys\": {\"0\": \"abc\", \"1\": [\"d\"]}, \"x\": \"y\"}",
                  "{\"keys\": {\"0\": \"***\", \"1\": [\"*\"]}, \"x\": \"y\"}");
    expect_masked("\"keys\" :\n\"abc\", \"x\": \"y\"", "\"keys\" :\n\"***\", \"x\": \"y\"");
    expect_masked("{\"keys\": {\"0\": {\"a\": \"b\"}}} \"c\"",
                  "{\"keys\": {\"0\": {\"a\": \"*\"}}} \"c\"");
}
END_TEST

START_TEST(a_key_where_a_name_should_be_is_masked_too)
{
    struct error error;
    expect_masked(
        "{\"hex:2b7e\": 1, \"2b7e151628aed2a6abf7158809cf4f3c\": 1, \"secure_component\": 1}",
        "{\"hex:****\": 1, \"********************************\": 1, \"secure_component\": 1}");
    error_clear(&error);
    error_set(&error, "key \"%s\" of \"urn:imei:490154203237518\"; write base64:%s",
              "2b7e151628aed2a6abf7158809cf4f3c", "AAAA/+==");
    snprintf(error.pointer, sizeof error.pointer, "/keys/hex:2b7e151628aed2a6abf7158809cf4f3c");
    error = mask_error(&error);
    ck_assert_str_eq(error.text, "key \"********************************\" of "
                                 "\"urn:imei:490154203237518\"; write base64:********");
    ck_assert_str_eq(error.pointer, "/keys/hex:********************************");
}
END_TEST

START_TEST(text_that_does_not_parse_is_masked_too)
{
    expect_masked("{\"keys\": {\"0\": \"abc", "{\"keys\": {\"0\": \"***");
    expect_masked("\"hex:2b7e\n151628aed2a6abf7\", 1", "\"********\n****************\", 1");
    expect_masked("]]}} \"keys\": {\"0\": \"a\\\"b\"", "]]}} \"keys\": {\"0\": \"****\"");
    expect_masked("", "");
    expect_masked("\"", "\"");
    expect_masked("\"\\", "\"\\");
}
END_TEST

UNIT_MAIN("excerpt", shows_the_line_with_a_caret, the_caret_stands_below_its_character,
          a_place_outside_the_text_shows_nothing, a_line_does_not_act_on_a_terminal,
          a_long_line_is_cut_around_the_place, octets_become_stars,
          all_that_stands_under_keys_becomes_stars, a_key_where_a_name_should_be_is_masked_too,
          text_that_does_not_parse_is_masked_too)
