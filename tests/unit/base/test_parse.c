/* SPDX-License-Identifier: Apache-2.0 */
/* Strict conversions: what is accepted, what is refused, and that refusal leaves no trace. */
#include "base/std.h"

#include <math.h>

#include "base/buf.h"
#include "tests/unit/unit.h"

START_TEST(decimals_cover_all_of_int64)
{
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {
        {"0", 0},
        {"7", 7},
        {"-1", -1},
        {"10", 10},
        {"36983160", 36983160},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775807", -INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        int64_t value = 99;
        ck_assert_msg(parse_decimal(bytes_of(good[i].text), &value), "%s", good[i].text);
        ck_assert_int_eq(value, good[i].value);
    }
}
END_TEST

START_TEST(decimals_are_strict)
{
    static const char *const bad[] = {
        "",
        "-",
        "+1",
        "-0",
        "00",
        "01",
        "-01",
        " 1",
        "1 ",
        "1\n",
        "1.0",
        "1e3",
        "--1",
        "0x1",
        "1-",
        "abc",
        "1\xB2",
        "9223372036854775808",
        "-9223372036854775809",
        "9223372036854775810",
        "18446744073709551616",
        "92233720368547758070",
        "99999999999999999999999999999999999999",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        int64_t value = 99;
        ck_assert_msg(!parse_decimal(bytes_of(bad[i]), &value), "%s", bad[i]);
        ck_assert_int_eq(value, 99);
    }
    int64_t value = 99;
    ck_assert(!parse_decimal((struct bytes){NULL, 0}, &value));
    ck_assert(!parse_decimal((struct bytes){(const uint8_t *)"1\0", 2}, &value));
}
END_TEST

START_TEST(hex_integers_take_one_to_sixteen_digits)
{
    static const struct {
        const char *text;
        uint64_t value;
    } good[] = {
        {"0x0", 0},
        {"0x2345178", 36983160},
        {"0xAbCdEf", 0xABCDEF},
        {"0x0000000000000001", 1},
        {"0x8000000000000000", 0x8000000000000000},
        {"0xffffffffffffffff", UINT64_MAX},
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        uint64_t value = 99;
        ck_assert_msg(parse_hex_integer(bytes_of(good[i].text), &value), "%s", good[i].text);
        ck_assert_uint_eq(value, good[i].value);
    }
    static const char *const bad[] = {
        "",   "0", "0x", "x1", "1x1", "0X1", "0xg", "0x1 ", "-0x1", "0x-1", "0x00000000000000000",
        "12",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        uint64_t value = 99;
        ck_assert_msg(!parse_hex_integer(bytes_of(bad[i]), &value), "%s", bad[i]);
        ck_assert_uint_eq(value, 99);
    }
}
END_TEST

START_TEST(hex_of_either_case_is_appended)
{
    struct buf out;
    buf_init(&out, 100);
    buf_puts(&out, "<");
    ck_assert(parse_hex(bytes_of("00aAfF10"), &out));
    ck_assert(parse_hex(bytes_of(""), &out));
    ck_assert(bytes_equal(buf_bytes(&out), (struct bytes){(const uint8_t *)"<\0\xAA\xFF\x10", 5}));
    buf_release(&out);
}
END_TEST

START_TEST(bad_hex_leaves_the_buffer_alone)
{
    static const char *const bad[] = {"0", "001", "0g", "g0", "0x00", "00 11", "aa:bb", "00\n0"};
    struct buf out;
    buf_init(&out, 100);
    buf_puts(&out, "<");
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ck_assert_msg(!parse_hex(bytes_of(bad[i]), &out), "%s", bad[i]);
        ck_assert_str_eq(buf_text(&out), "<");
        ck_assert(!out.bad);
    }
    buf_release(&out);
}
END_TEST

/* RFC 4648 section 10. */
START_TEST(base64_is_appended)
{
    static const char *const vectors[][2] = {
        {"", ""},
        {"Zg==", "f"},
        {"Zm8=", "fo"},
        {"Zm9v", "foo"},
        {"Zm9vYg==", "foob"},
        {"Zm9vYmE=", "fooba"},
        {"Zm9vYmFy", "foobar"},
        {"+/+/", "\xFB\xFF\xBF"},
    };
    struct buf out;
    buf_init(&out, 100);
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        buf_clear(&out);
        buf_puts(&out, "<");
        ck_assert_msg(parse_base64(bytes_of(vectors[i][0]), &out), "%s", vectors[i][0]);
        ck_assert_str_eq(buf_text(&out) + 1, vectors[i][1]);
        ck_assert_uint_eq(out.len, strlen(vectors[i][1]) + 1);
    }
    buf_release(&out);
}
END_TEST

START_TEST(base64_gives_back_every_octet)
{
    struct buf octets;
    struct buf text;
    struct buf back;
    buf_init(&octets, 1000);
    buf_init(&text, 1000);
    buf_init(&back, 1000);
    for (unsigned i = 0; i < 300; i++) {
        buf_put_u8(&octets, i * 7 + 1);
        buf_clear(&text);
        buf_clear(&back);
        buf_put_base64(&text, buf_bytes(&octets));
        ck_assert(parse_base64(buf_bytes(&text), &back));
        ck_assert(bytes_equal(buf_bytes(&octets), buf_bytes(&back)));
    }
    buf_release(&octets);
    buf_release(&text);
    buf_release(&back);
}
END_TEST

START_TEST(base64_with_wrong_padding_or_pad_bits_is_refused)
{
    static const char *const bad[] = {
        "Z",    "Zg",   "Zg=",  "Zm8",    "====",     "=",        "Z===", "Zm9v====", "Zg==Zg==",
        "Zm=v", "Zg=v", "=Zg=", "Zm9v\n", "Zm 9",     "Zm9-",     "Zm9_", "Zm9\x80",  "Zh==",
        "Zv==", "Z/==", "Zm9=", "Zm+=",   "Zm9vYh==", "Zm9vYmF=", "A===", "Zm9vZg=a",
    };
    struct buf out;
    buf_init(&out, 100);
    buf_puts(&out, "<");
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ck_assert_msg(!parse_base64(bytes_of(bad[i]), &out), "%s", bad[i]);
        ck_assert_str_eq(buf_text(&out), "<");
        ck_assert(!out.bad);
    }
    buf_release(&out);
}
END_TEST

START_TEST(what_does_not_fit_makes_the_buffer_bad_and_keeps_it)
{
    struct buf out;
    buf_init(&out, 3);
    buf_puts(&out, "<");
    ck_assert(!parse_hex(bytes_of("001122"), &out));
    ck_assert(out.bad);
    ck_assert_str_eq(buf_text(&out), "<");
    ck_assert(!parse_hex(bytes_of("00"), &out));
    buf_clear(&out);
    buf_puts(&out, "<");
    ck_assert(!parse_base64(bytes_of("Zm9v"), &out));
    ck_assert(out.bad);
    ck_assert_str_eq(buf_text(&out), "<");
    ck_assert(!parse_base64(bytes_of("Zg=="), &out));
    buf_clear(&out);
    ck_assert(parse_base64(bytes_of("Zm9v"), &out));
    buf_clear(&out);
    ck_assert(parse_hex(bytes_of("001122"), &out));
    buf_release(&out);
}
END_TEST

START_TEST(numbers_are_those_of_json)
{
    static const struct {
        const char *text;
        double value;
    } good[] = {
        {"0", 0.0},
        {"-0", 0.0},
        {"1", 1.0},
        {"-12.5", -12.5},
        {"0.125", 0.125},
        {"1e3", 1000},
        {"1E+3", 1000.0},
        {"25e-1", 2.5},
        {"1.5e2", 150.0},
        {"0e0", 0.0},
        {"1e-400", 0.0},
        {"0.1", 0.1},
        {"1.7976931348623157e308", 1.7976931348623157e308},
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        double value = 99;
        ck_assert_msg(parse_number(bytes_of(good[i].text), &value), "%s", good[i].text);
        ck_assert_double_eq(value, good[i].value);
    }
    static const char *const bad[] = {
        "",    "-",         "+1",   ".5",    "1.",     "1.e3",  "1e",    "1e+",
        "01",  "-01",       "00.5", " 1",    "1 ",     "0x10",  "nan",   "NaN",
        "inf", "-Infinity", "1,5",  "1e309", "-1e309", "1.5.2", "1e2.5",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        double value = 99;
        ck_assert_msg(!parse_number(bytes_of(bad[i]), &value), "%s", bad[i]);
        ck_assert_double_eq(value, 99);
    }
}
END_TEST

START_TEST(a_number_written_out_in_full_fits_but_not_more)
{
    char text[401];
    double value = 0;
    snprintf(text, sizeof text, "%f", -1.7976931348623157e308);
    ck_assert(parse_number(bytes_of(text), &value));
    ck_assert_double_eq(value, -1.7976931348623157e308);
    memset(text, '1', 400);
    text[1] = '.';
    ck_assert(parse_number((struct bytes){(const uint8_t *)text, 399}, &value));
    ck_assert(!parse_number((struct bytes){(const uint8_t *)text, 400}, &value));
}
END_TEST

START_TEST(durations_take_four_units_and_fractions)
{
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {
        {"0ms", 0},
        {"20ms", 20},
        {"1.5s", 1500},
        {"2m", 120000},
        {"1h", 3600000},
        {"0.001s", 1},
        {"0.0s", 0},
        {"1.0ms", 1},
        {"0.25h", 900000},
        {"0.5m", 30000},
        {"0.000001h", -1},
        {"0.000005h", 18},
        {"720h", 2592000000},
        {"2592000000ms", 2592000000},
        {"2592000s", 2592000000},
        {"43200m", 2592000000},
        {"719.999999999h", -1},
        {"0.123000000s", 123},
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        int64_t ms = -1;
        bool whole = good[i].ms >= 0;
        ck_assert_msg(parse_duration(bytes_of(good[i].text), &ms) == whole, "%s", good[i].text);
        ck_assert_int_eq(ms, good[i].ms);
    }
}
END_TEST

START_TEST(durations_are_strict)
{
    static const char *const bad[] = {
        "",
        "5",
        "s",
        "ms",
        ".5s",
        "1.s",
        "-1s",
        "+1s",
        "1 s",
        " 1s",
        "1s ",
        "1S",
        "1d",
        "1sec",
        "01s",
        "1.5.5s",
        "1e3s",
        "1s1s",
        "0x1s",
        "1.5",
        "0.5ms",
        "1.0005s",
        "0.1234567890s",
        "720.001h",
        "721h",
        "2592000001ms",
        "2592000.001s",
        "9223372036854775807h",
        "99999999999999999999s",
        "2592000000h",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        int64_t ms = 77;
        ck_assert_msg(!parse_duration(bytes_of(bad[i]), &ms), "%s", bad[i]);
        ck_assert_int_eq(ms, 77);
    }
    int64_t ms = 77;
    ck_assert(!parse_duration((struct bytes){NULL, 0}, &ms));
}
END_TEST

UNIT_MAIN("parse", decimals_cover_all_of_int64, decimals_are_strict,
          hex_integers_take_one_to_sixteen_digits, hex_of_either_case_is_appended,
          bad_hex_leaves_the_buffer_alone, base64_is_appended, base64_gives_back_every_octet,
          base64_with_wrong_padding_or_pad_bits_is_refused,
          what_does_not_fit_makes_the_buffer_bad_and_keeps_it, numbers_are_those_of_json,
          a_number_written_out_in_full_fits_but_not_more, durations_take_four_units_and_fractions,
          durations_are_strict)
