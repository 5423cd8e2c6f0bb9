/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 at its boundaries, and what a terminal is not shown. */
#include "base/std.h"

#include "base/buf.h"
#include "tests/unit/unit.h"

/* The boundaries of table 3-7 of the Unicode standard (RFC 3629 section 4). */
START_TEST(well_formed_utf8_is_accepted)
{
    static const char *const good[] = {
        "",
        "plain",
        "\x7F",
        "\xC2\x80",
        "\xDF\xBF",
        "\xE0\xA0\x80",
        "\xEC\xBF\xBF",
        "\xED\x9F\xBF",
        "\xEE\x80\x80",
        "\xEF\xBF\xBF",
        "\xF0\x90\x80\x80",
        "\xF3\xBF\xBF\xBF",
        "\xF4\x8F\xBF\xBF",
        "a\xC3\xA9z\xE2\x82\xAC\xF0\x9F\x9A\x97",
    };
    for (size_t i = 0; i < COUNT_OF(good); i++)
        ck_assert_msg(utf8_valid(bytes_of(good[i])), "%zu", i);
    ck_assert(utf8_valid((struct bytes){(const uint8_t *)"a\0b", 3}));
    ck_assert(utf8_valid((struct bytes){NULL, 0}));
}
END_TEST

START_TEST(malformed_utf8_is_refused)
{
    static const char *const bad[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC1\xBF",
        "\xC2",
        "\xC2\x7F",
        "\xC2\xC0",
        "\xE0\x9F\xBF",
        "\xE0\xA0",
        "\xE1\x80",
        "\xE1\x80\x7F",
        "\xE1\x7F\x80",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xF0\x8F\xBF\xBF",
        "\xF0\x90\x80",
        "\xF1\x80\x80\xC0",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xFE",
        "\xFF",
        "ok\xE2\x82",
        "\xE2\x82\xAC\x80",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        ck_assert_msg(!utf8_valid(bytes_of(bad[i])), "%zu", i);
}
END_TEST

/* Counts what a three-octet prefix allows against the number of code points it must cover. */
START_TEST(exactly_the_code_points_outside_the_surrogates_are_valid)
{
    uint8_t octets[3];
    unsigned valid = 0;
    for (unsigned i = 0xE00000; i <= 0xEFFFFF; i++) {
        octets[0] = (uint8_t)(i >> 16);
        octets[1] = (uint8_t)(i >> 8);
        octets[2] = (uint8_t)i;
        valid += utf8_valid((struct bytes){octets, 3}) ? 1 : 0;
    }
    ck_assert_uint_eq(valid, 0x10000 - 0x800 - 0x800);
}
END_TEST

START_TEST(the_first_character_has_its_length)
{
    static const struct {
        const char *text;
        size_t len;
    } rows[] = {{"", 0},
                {"ab", 1},
                {"\xC3\xA9z", 2},
                {"\xE2\x82\xACz", 3},
                {"\xE2\x82", 0},
                {"\x80", 0},
                {"\xF0\x9F\x9A\x97\xFF", 4},
                {"\xC3", 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ck_assert_uint_eq(utf8_first(bytes_of(rows[i].text)), rows[i].len);
}
END_TEST

START_TEST(what_a_terminal_obeys_is_not_plain)
{
    static const struct {
        const char *text;
        const char *shown;
    } rows[] = {
        {"a\xC3\xA9 ~\xC2\xA0", "a\xC3\xA9 ~\xC2\xA0"}, /* no-break space */
        {"\x1B[2J", "?[2J"},
        {"a\nb\tc\rd", "a?b?c?d"},
        {"\x7F", "?"},
        {"\xC2\x80\xC2\x9B", "??"}, /* C1 */
        {"\x9B", "?"},
        {"\xE2\x82", "??"},
        {"\xE2\x82z", "??z"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf out;
        buf_init(&out, 100);
        buf_put_plain(&out, bytes_of(rows[i].text));
        ck_assert_str_eq(buf_text(&out), rows[i].shown);
        ck_assert(utf8_plain(buf_bytes(&out)));
        ck_assert(utf8_plain(bytes_of(rows[i].text)) == (i == 0));
        buf_release(&out);
    }
    ck_assert(utf8_plain((struct bytes){NULL, 0}));
    ck_assert(!utf8_plain((struct bytes){(const uint8_t *)"a\0b", 3}));
}
END_TEST

UNIT_MAIN("utf8", well_formed_utf8_is_accepted, malformed_utf8_is_refused,
          exactly_the_code_points_outside_the_surrogates_are_valid,
          the_first_character_has_its_length, what_a_terminal_obeys_is_not_plain)
