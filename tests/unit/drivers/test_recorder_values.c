/* SPDX-License-Identifier: Apache-2.0 */
/* Literals of a record: read back they are the same. */
#include "base/std.h"

#include "drivers/recorder_impl.h"
#include "tests/unit/unit.h"

static const char *literal(struct value value)
{
    static char text[256];
    struct buf out;
    buf_init(&out, sizeof text - 1);
    record_literal(&value, &out);
    snprintf(text, sizeof text, "%s", buf_text(&out));
    buf_release(&out);
    value_release(&value);
    return text;
}

static const char *payload(struct bytes octets)
{
    static char text[256];
    struct buf out;
    buf_init(&out, sizeof text - 1);
    record_octets(octets, &out);
    snprintf(text, sizeof text, "%s", buf_text(&out));
    buf_release(&out);
    return text;
}

START_TEST(writes_each_type)
{
    static const uint8_t long_one[70] = {0xAA};
    ck_assert_str_eq(literal(value_integer(-9007199254740993)), "-9007199254740993");
    ck_assert_str_eq(literal(value_float(0.1)), "0.1");
    ck_assert_str_eq(literal(value_boolean(true)), "true");
    ck_assert_str_eq(literal(value_link(16, 1)), "16:1");
    ck_assert_str_eq(literal(value_octets(VALUE_OPAQUE, (struct bytes){NULL, 0})), "hex:");
    ck_assert_uint_eq(
        strlen(literal(value_octets(VALUE_OPAQUE, (struct bytes){long_one, sizeof long_one}))),
        4 + 2 * sizeof long_one); /* not cut, as for people */
}
END_TEST

START_TEST(escapes_texts)
{
    ck_assert_str_eq(literal(value_string("\"\\$\n")), "\"\\\"\\\\\\$\\n\"");
    ck_assert_str_eq(literal(value_string("\xc3\xbc\t\xc2\x85\x7f")),
                     "\"\xc3\xbc\\x09\\xc2\\x85\\x7f\"");
    ck_assert_str_eq(
        literal(value_octets(VALUE_STRING, (struct bytes){(const uint8_t *)"a\0\xff", 3})),
        "\"a\\x00\\xff\"");
    ck_assert_str_eq(payload(bytes_of("0='1'")), "\"0='1'\"");
    ck_assert_str_eq(payload((struct bytes){(const uint8_t *)"\0", 1}), "hex:00");
}
END_TEST

START_TEST(knows_words)
{
    ck_assert(record_is_word(bytes_of("/16/0?a=b&c")));
    ck_assert(!record_is_word(bytes_of("")));
    ck_assert(!record_is_word(bytes_of("a b")));
    ck_assert(!record_is_word(bytes_of("a$b")));
    ck_assert(!record_is_word(bytes_of("a\"b")));
    ck_assert(!record_is_word(bytes_of("\xc3\xbc")));
}
END_TEST

UNIT_MAIN("recorder_values", writes_each_type, escapes_texts, knows_words)
