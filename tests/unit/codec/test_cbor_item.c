/* SPDX-License-Identifier: Apache-2.0 */
/* CBOR items as tokens: the examples of RFC 8949 appendix A, each read by python3-cbor2 as well
 * (`cbor2.loads(bytes.fromhex(...))`), what is refused, and the heads that are written. */
#include "base/std.h"

#include <math.h>

#include "codec/cbor_impl.h"
#include "tests/unit/codec/helpers.h"

static void put_value(struct value value, struct buf *out)
{
    value_format(&value, out);
    value_release(&value);
}

/* Appends the token as a person writes it. */
static void put_token(const struct token *token, struct buf *out)
{
    static const char *const marks[] = {
        [TOKEN_END] = ".",    [TOKEN_NULL] = "null", [TOKEN_ARRAY] = "[", [TOKEN_ARRAY_END] = "]",
        [TOKEN_MAP] = "{",    [TOKEN_MAP_END] = "}", [TOKEN_KEY] = "=",   [TOKEN_BOOLEAN] = "",
        [TOKEN_INTEGER] = "", [TOKEN_NUMBER] = "~",  [TOKEN_TEXT] = "",   [TOKEN_OCTETS] = "",
    };
    if (token->tag != TAG_NONE)
        buf_printf(out, "tag%d ", token->tag);
    buf_puts(out, marks[token->kind]);
    if (token->kind == TOKEN_BOOLEAN)
        put_value(value_boolean(token->integer != 0), out);
    else if (token->kind == TOKEN_INTEGER || (token->kind == TOKEN_KEY && token->numbered))
        put_value(value_integer(token->integer), out);
    else if (token->kind == TOKEN_NUMBER)
        put_value(value_float(token->number), out);
    else if (token->kind == TOKEN_TEXT || token->kind == TOKEN_KEY)
        put_value(value_octets(VALUE_STRING, token->text), out);
    else if (token->kind == TOKEN_OCTETS)
        put_value(value_octets(VALUE_OPAQUE, token->text), out);
    if (token->kind != TOKEN_END)
        buf_puts(out, " ");
}

/* All tokens of TEXT into OUT, up to its end or the first that is refused. */
static enum status read_tokens(struct bytes text, struct buf *out, struct error *error)
{
    struct cbor_reader reader;
    struct token token = {.kind = TOKEN_NULL};
    enum status status = ST_OK;
    cbor_reader_init(&reader, text);
    while (status == ST_OK && token.kind != TOKEN_END) {
        status = cbor_next(&reader, &token, error);
        if (status == ST_OK)
            put_token(&token, out);
    }
    cbor_reader_release(&reader);
    return status;
}

static void check_tokens(const char *hex, const char *wanted)
{
    struct buf octets = octets_of(hex);
    struct buf tokens;
    struct error error;
    buf_init(&tokens, PAYLOAD_MOST);
    error_clear(&error);
    enum status status = read_tokens(buf_bytes(&octets), &tokens, &error);
    ck_assert_msg(status == ST_OK, "%s: %s", hex, error.text);
    ck_assert_msg(strcmp(buf_text(&tokens), wanted) == 0, "%s: %s", hex, buf_text(&tokens));
    buf_release(&tokens);
    buf_release(&octets);
}

static void check_refused_octets(struct bytes text, enum status wanted, const char *fragment,
                                 unsigned column)
{
    struct buf tokens;
    struct error error;
    buf_init(&tokens, PAYLOAD_MOST);
    error_clear(&error);
    ck_assert_msg(read_tokens(text, &tokens, &error) == wanted, "%s: %s", fragment, error.text);
    ck_assert_msg(strstr(error.text, fragment) != NULL, "%s: %s", fragment, error.text);
    ck_assert_msg(error.column == column, "%s: octet %u", fragment, error.column);
    buf_clear(&tokens);
    ck_assert_int_eq(read_tokens(text, &tokens, NULL), wanted);
    buf_release(&tokens);
}

START_TEST(numbers_of_the_standard_are_read)
{
    static const char *const goldens[][2] = {
        {"00", "0 ."},
        {"01", "1 ."},
        {"0a", "10 ."},
        {"17", "23 ."},
        {"1818", "24 ."},
        {"1819", "25 ."},
        {"1864", "100 ."},
        {"1903e8", "1000 ."},
        {"1a000f4240", "1000000 ."},
        {"1b000000e8d4a51000", "1000000000000 ."},
        {"1bffffffffffffffff", "~1.8446744073709552e+19 ."},
        {"3bffffffffffffffff", "~-1.8446744073709552e+19 ."},
        {"20", "-1 ."},
        {"29", "-10 ."},
        {"3863", "-100 ."},
        {"3903e7", "-1000 ."},
        {"f90000", "~0 ."},
        {"f98000", "~-0 ."},
        {"f93c00", "~1 ."},
        {"fb3ff199999999999a", "~1.1 ."},
        {"f93e00", "~1.5 ."},
        {"f97bff", "~65504 ."},
        {"fa47c35000", "~100000 ."},
        {"fa7f7fffff", "~3.4028234663852886e+38 ."},
        {"fb7e37e43c8800759c", "~1e+300 ."},
        {"f90001", "~5.9604644775390625e-08 ."},
        {"f90400", "~6.103515625e-05 ."},
        {"f9c400", "~-4 ."},
        {"fbc010666666666666", "~-4.1 ."},
        {"f97c00", "~inf ."},
        {"f97e00", "~nan ."},
        {"f9fc00", "~-inf ."},
        {"fa7f800000", "~inf ."},
        {"fa7fc00000", "~nan ."},
        {"faff800000", "~-inf ."},
        {"fb7ff0000000000000", "~inf ."},
        {"fb7ff8000000000000", "~nan ."},
        {"fbfff0000000000000", "~-inf ."},
    };
    for (size_t i = 0; i < COUNT_OF(goldens); i++)
        check_tokens(goldens[i][0], goldens[i][1]);
}
END_TEST

START_TEST(strings_and_simple_values_of_the_standard_are_read)
{
    static const char *const goldens[][2] = {
        {"f4", "false ."},
        {"f5", "true ."},
        {"f6", "null ."},
        {"f7", "null ."},
        {"40", "hex: ."},
        {"4401020304", "hex:01020304 ."},
        {"60", "\"\" ."},
        {"6161", "\"a\" ."},
        {"6449455446", "\"IETF\" ."},
        {"62225c", "\"\\\"\\\\\" ."},
        {"62c3bc", "\"\xC3\xBC\" ."},
        {"63e6b0b4", "\"\xE6\xB0\xB4\" ."},
        {"64f0908591", "\"\xF0\x90\x85\x91\" ."},
        {"5f42010243030405ff", "hex:0102030405 ."},
        {"7f657374726561646d696e67ff", "\"streaming\" ."},
        {"5fff", "hex: ."},
        {"7fff", "\"\" ."},
        {"c074323031332d30332d32315432303a30343a30305a", "tag0 \"2013-03-21T20:04:00Z\" ."},
        {"c11a514b67b0", "tag1 1363896240 ."},
        {"c1fb41d452d9ec200000", "tag1 ~1363896240.5 ."},
    };
    for (size_t i = 0; i < COUNT_OF(goldens); i++)
        check_tokens(goldens[i][0], goldens[i][1]);
}
END_TEST

START_TEST(arrays_and_maps_of_the_standard_are_read)
{
    static const char *const goldens[][2] = {
        {"80", "[ ] ."},
        {"83010203", "[ 1 2 3 ] ."},
        {"8301820203820405", "[ 1 [ 2 3 ] [ 4 5 ] ] ."},
        {"a0", "{ } ."},
        {"a201020304", "{ =1 2 =3 4 } ."},
        {"a26161016162820203", "{ =\"a\" 1 =\"b\" [ 2 3 ] } ."},
        {"826161a161626163", "[ \"a\" { =\"b\" \"c\" } ] ."},
        {"a56161614161626142616361436164614461656145",
         "{ =\"a\" \"A\" =\"b\" \"B\" =\"c\" \"C\" =\"d\" \"D\" =\"e\" \"E\" } ."},
        {"9fff", "[ ] ."},
        {"9f018202039f0405ffff", "[ 1 [ 2 3 ] [ 4 5 ] ] ."},
        {"9f01820203820405ff", "[ 1 [ 2 3 ] [ 4 5 ] ] ."},
        {"83018202039f0405ff", "[ 1 [ 2 3 ] [ 4 5 ] ] ."},
        {"83019f0203ff820405", "[ 1 [ 2 3 ] [ 4 5 ] ] ."},
        {"bf61610161629f0203ffff", "{ =\"a\" 1 =\"b\" [ 2 3 ] } ."},
        {"826161bf61626163ff", "[ \"a\" { =\"b\" \"c\" } ] ."},
        {"bf6346756ef563416d7421ff", "{ =\"Fun\" true =\"Amt\" -2 } ."},
        {"bfff", "{ } ."},
        {"bf7f6161ff7f61626163ffff", "{ =\"a\" \"bc\" } ."},
        {"98190102030405060708090a0b0c0d0e0f101112131415161718181819",
         "[ 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 ] ."},
        {"9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff",
         "[ 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 ] ."},
    };
    for (size_t i = 0; i < COUNT_OF(goldens); i++)
        check_tokens(goldens[i][0], goldens[i][1]);
}
END_TEST

START_TEST(integers_are_exact_to_the_last_of_64_bits)
{
    check_tokens("1b7fffffffffffffff", "9223372036854775807 .");
    check_tokens("1b8000000000000000", "~9.223372036854776e+18 .");
    check_tokens("3b7fffffffffffffff", "-9223372036854775808 .");
    check_tokens("3b8000000000000000", "~-9.223372036854776e+18 .");
    check_tokens("1b0020000000000001", "9007199254740993 .");
    check_tokens("1800", "0 ."); /* longer than it must be */
    check_tokens("1b0000000000000000", "0 .");
}
END_TEST

START_TEST(decimal_fractions_are_numbers)
{
    check_tokens("c48221196ab3", "~273.15 .");
    check_tokens("c4820005", "~5 .");
    check_tokens("c4822020", "~-0.1 .");
    check_tokens("81c4822001", "[ ~0.1 ] .");
    check_tokens("c4823903e701", "~0 .");
}
END_TEST

static const struct {
    const char *hex, *fragment;
    unsigned column;
    enum status status;
} refusals[] = {
    {"", "ends in the middle of a cbor item", 1, ST_INVALID},
    {"18", "ends in the middle", 1, ST_INVALID},
    {"8201", "fewer cbor items than it says", 2, ST_INVALID},
    {"9f01", "ends in the middle", 3, ST_INVALID},
    {"6261", "ends in the middle", 1, ST_INVALID},
    {"7f6161", "ends in the middle", 4, ST_INVALID},
    {"0000", "octets after the end", 2, ST_INVALID},
    {"80ff", "octets after the end", 2, ST_INVALID},
    {"1c", "octet that begins no cbor item", 1, ST_INVALID},
    {"1f", "begins no cbor item", 1, ST_INVALID},
    {"5c", "begins no cbor item", 1, ST_INVALID},
    {"dc", "begins no cbor item", 1, ST_INVALID},
    {"df00", "begins no cbor item", 1, ST_INVALID},
    {"e0", "begins no cbor item", 1, ST_INVALID},
    {"f0", "begins no cbor item", 1, ST_INVALID},
    {"f818", "begins no cbor item", 1, ST_INVALID},
    {"f8ff", "begins no cbor item", 1, ST_INVALID},
    {"fc", "begins no cbor item", 1, ST_INVALID},
    {"ff", "end of a cbor item where none can end", 2, ST_INVALID},
    {"81ff", "end of a cbor item where none can end", 3, ST_INVALID},
    {"a100ff", "end of a cbor item where none can end", 4, ST_INVALID},
    {"a10001ff", "octets after the end", 4, ST_INVALID},
    {"bf00ff", "end of a cbor item where none can end", 4, ST_INVALID},
    {"a201ff", "fewer", 2, ST_INVALID},
    {"7f4161ff", "among the pieces of a cbor string", 4, ST_INVALID},
    {"5f6161ff", "among the pieces", 4, ST_INVALID},
    {"7f7fffff", "among the pieces", 3, ST_INVALID},
    {"7f01ff", "among the pieces", 3, ST_INVALID},
    {"62c328", "not utf-8 in a text", 1, ST_INVALID},
    {"7f61c361bcff", "not utf-8 in a text", 2, ST_INVALID},
    {"a18001", "a key of a cbor map must be", 3, ST_INVALID},
    {"a1f501", "a key of a cbor map", 3, ST_INVALID},
    {"a1416101", "a key of a cbor map", 4, ST_INVALID},
    {"a1c10001", "a key of a cbor map", 3, ST_INVALID},
    {"a11bffffffffffffffff01", "a key of a cbor map", 11, ST_INVALID},
    {"c249010000000000000000", "bignums are not understood", 2, ST_INVALID},
    {"c349010000000000000000", "bignums are not understood", 2, ST_INVALID},
    {"c5822003", "a cbor tag that is not understood", 2, ST_INVALID},
    {"d9d9f700", "a cbor tag that is not understood", 4, ST_INVALID},
    {"c1c100", "no value after a cbor tag", 3, ST_INVALID},
    {"c1", "ends in the middle", 2, ST_INVALID},
    {"9fc1ff", "no value after a cbor tag", 4, ST_INVALID},
    {"c401", "ends in the middle", 3, ST_INVALID},
    {"c4010203", "array of two integers", 5, ST_INVALID},
    {"c483010203", "array of two integers", 5, ST_INVALID},
    {"c4820061", "ends in the middle", 4, ST_INVALID},
    {"c482006161", "array of two integers", 6, ST_INVALID},
    {"c4821bffffffffffffffff01", "array of two integers", 13, ST_INVALID},
    {"c48200c249010000000000000000", "array of two integers", 5, ST_INVALID},
    {"c4821903e801", "the decimal fraction is too large", 7, ST_LIMIT},
    {"9a000100", "ends in the middle", 1, ST_INVALID},
    {"9a0001000000", "fewer cbor items", 6, ST_INVALID},
    {"9bffffffffffffffff", "fewer cbor items", 10, ST_INVALID},
    {"bbffffffffffffffff", "fewer cbor items", 10, ST_INVALID},
    {"bb800000000000000000", "fewer cbor items", 10, ST_INVALID},
    {"5bffffffffffffffff00", "ends in the middle", 1, ST_INVALID},
    {"7bffffffffffffffff00", "ends in the middle", 1, ST_INVALID},
};

START_TEST(what_is_no_cbor_is_refused_with_its_octet)
{
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct buf octets = octets_of(refusals[i].hex);
        check_refused_octets(buf_bytes(&octets), refusals[i].status, refusals[i].fragment,
                             refusals[i].column);
        buf_release(&octets);
    }
}
END_TEST

START_TEST(every_cut_of_an_item_is_refused)
{
    struct buf octets =
        octets_of("9fa2207f6161ff02fb3ff199999999999af4bf00c48221196ab3ff8201c11a514b67b0ff");
    struct buf tokens;
    buf_init(&tokens, PAYLOAD_MOST);
    ck_assert_int_eq(read_tokens(buf_bytes(&octets), &tokens, NULL), ST_OK);
    for (size_t len = 0; len < octets.len; len++) {
        buf_clear(&tokens);
        ck_assert_int_eq(read_tokens((struct bytes){octets.data, len}, &tokens, NULL), ST_INVALID);
    }
    buf_release(&tokens);
    buf_release(&octets);
}
END_TEST

START_TEST(depth_is_limited)
{
    uint8_t octets[CBOR_DEPTH_MOST + 2];
    struct buf tokens;
    buf_init(&tokens, PAYLOAD_MOST);
    memset(octets, 0x81, sizeof octets);
    octets[CBOR_DEPTH_MOST] = 0;
    ck_assert_int_eq(read_tokens((struct bytes){octets, CBOR_DEPTH_MOST + 1}, &tokens, NULL),
                     ST_OK);
    octets[CBOR_DEPTH_MOST] = 0x81;
    octets[CBOR_DEPTH_MOST + 1] = 0;
    check_refused_octets((struct bytes){octets, sizeof octets}, ST_LIMIT, "nested too deep",
                         CBOR_DEPTH_MOST + 2);
    buf_release(&tokens);
}
END_TEST

/* cbor2.dumps(...) of each; floats with the width that holds them, of 4 or 8 octets. */
START_TEST(heads_and_values_are_written_as_short_as_they_can_be)
{
    static const struct {
        int64_t integer;
        const char *hex;
    } goldens[] = {
        {0, "00"},
        {23, "17"},
        {24, "1818"},
        {255, "18ff"},
        {256, "190100"},
        {65535, "19ffff"},
        {65536, "1a00010000"},
        {4294967295, "1affffffff"},
        {4294967296, "1b0000000100000000"},
        {INT64_MAX, "1b7fffffffffffffff"},
        {-1, "20"},
        {-24, "37"},
        {-25, "3818"},
        {-256, "38ff"},
        {-257, "390100"},
        {INT64_MIN, "3b7fffffffffffffff"},
    };
    struct buf out;
    buf_init(&out, 1000);
    for (size_t i = 0; i < COUNT_OF(goldens); i++) {
        buf_clear(&out);
        cbor_put_integer(&out, goldens[i].integer);
        check_octets(&out, goldens[i].hex, goldens[i].hex);
    }
    buf_clear(&out);
    cbor_put_array(&out, 25);
    cbor_put_map(&out, 2);
    cbor_put_text(&out, bytes_of("IETF"));
    check_octets(&out, "9819a26449455446", "heads");
    buf_release(&out);
}
END_TEST

UNIT_MAIN("cbor_item", numbers_of_the_standard_are_read,
          strings_and_simple_values_of_the_standard_are_read,
          arrays_and_maps_of_the_standard_are_read, integers_are_exact_to_the_last_of_64_bits,
          decimal_fractions_are_numbers, what_is_no_cbor_is_refused_with_its_octet,
          every_cut_of_an_item_is_refused, depth_is_limited,
          heads_and_values_are_written_as_short_as_they_can_be)
