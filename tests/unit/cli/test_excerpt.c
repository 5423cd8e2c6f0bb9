/* SPDX-License-Identifier: Apache-2.0 */
/* Errors never show a key. */
#include "tests/unit/unit.h"

#include "cli/output.h"

static void expect_masked(const char *text, const char *wanted)
{
    char *masked = mask_secrets(bytes_of(text));
    ck_assert_str_eq(masked, wanted);
    free(masked);
}

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

UNIT_MAIN("excerpt", octets_become_stars, all_that_stands_under_keys_becomes_stars,
          a_key_where_a_name_should_be_is_masked_too, text_that_does_not_parse_is_masked_too)
