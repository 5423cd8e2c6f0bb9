/* SPDX-License-Identifier: Apache-2.0 */
/* Typed values. */
#include "base/std.h"

#include <math.h>

#include "base/value.h"
#include "tests/unit/base/wiped.h"
#include "tests/unit/unit.h"

#define OCTETS(TEXT) ((struct bytes){(const uint8_t *)(TEXT), sizeof(TEXT) - 1})

/* Formats and releases VALUE; the text lives until the next call. */
static const char *shown(struct value value)
{
    static char text[1000];
    struct buf out;
    buf_init(&out, sizeof text - 1);
    value_format(&value, &out);
    ck_assert(!out.bad);
    snprintf(text, sizeof text, "%s", buf_text(&out));
    buf_release(&out);
    value_release(&value);
    return text;
}

START_TEST(types_have_names)
{
    ck_assert_str_eq(value_type_name(VALUE_NONE), "none");
    ck_assert_str_eq(value_type_name(VALUE_STRING), "string");
    ck_assert_str_eq(value_type_name(VALUE_INTEGER), "integer");
    ck_assert_str_eq(value_type_name(VALUE_FLOAT), "float");
    ck_assert_str_eq(value_type_name(VALUE_BOOLEAN), "boolean");
    ck_assert_str_eq(value_type_name(VALUE_OPAQUE), "opaque");
    ck_assert_str_eq(value_type_name(VALUE_TIME), "time");
    ck_assert_str_eq(value_type_name(VALUE_OBJLINK), "objlink");
}
END_TEST

START_TEST(makers_set_type_and_content)
{
    ck_assert_int_eq(value_none().type, VALUE_NONE);
    ck_assert_int_eq(value_integer(INT64_MIN).integer, INT64_MIN);
    ck_assert_int_eq(value_time(5).type, VALUE_TIME);
    ck_assert_int_eq(value_time(5).integer, 5);
    ck_assert_double_eq(value_float(1.5).number, 1.5);
    ck_assert(value_boolean(true).boolean);
    ck_assert_int_eq(value_link(16, 1).type, VALUE_OBJLINK);
    ck_assert_uint_eq(value_link(16, 1).link.object, 16);
    ck_assert_uint_eq(value_link(16, 1).link.instance, 1);
}
END_TEST

START_TEST(octets_are_copied_with_their_nuls)
{
    char source[] = "a\0b";
    struct value value = value_octets(VALUE_OPAQUE, (struct bytes){(uint8_t *)source, 3});
    source[0] = 'x';
    ck_assert(bytes_equal(value_bytes(&value), OCTETS("a\0b")));
    struct value copy = value_copy(&value);
    ck_assert_ptr_ne(copy.octets.data, value.octets.data);
    value_release(&value);
    ck_assert(bytes_equal(value_bytes(&copy), OCTETS("a\0b")));
    ck_assert_int_eq(copy.type, VALUE_OPAQUE);
    value_release(&copy);
}
END_TEST

START_TEST(empty_octets_have_no_memory)
{
    struct value value = value_string("");
    ck_assert_ptr_null(value.octets.data);
    ck_assert_uint_eq(value_bytes(&value).len, 0);
    struct value copy = value_copy(&value);
    ck_assert(value_equal(&value, &copy));
    value_release(&value);
    value_release(&copy);
}
END_TEST

START_TEST(copies_of_plain_values_are_equal)
{
    const struct value values[] = {value_none(),       value_integer(-7),   value_time(7),
                                   value_float(-0.25), value_boolean(true), value_link(3, 0)};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct value copy = value_copy(&values[i]);
        ck_assert(value_equal(&copy, &values[i]));
    }
}
END_TEST

START_TEST(release_zeroes_and_empties)
{
    struct value value = value_string("secret identity");
    uintptr_t address = (uintptr_t)value.octets.data;
    wiped_forget();
    value_release(&value);
    ck_assert(wiped(address, strlen("secret identity")));
    ck_assert_int_eq(value.type, VALUE_NONE);
    value_release(&value);
    value = value_integer(42);
    value_release(&value);
    ck_assert_int_eq(value.type, VALUE_NONE);
    ck_assert_int_eq(value.integer, 0);
}
END_TEST

START_TEST(the_order_is_total_and_equal_only_to_itself)
{
    struct value order[] = {
        value_none(),
        value_string(""),
        value_string("a"),
        value_string("ab"),
        value_string("b"),
        value_octets(VALUE_STRING, OCTETS("b\0")),
        value_integer(INT64_MIN),
        value_integer(-1),
        value_integer(INT64_MAX),
        value_float(-INFINITY),
        value_float(0.0),
        value_float(0.1),
        value_float(INFINITY),
        value_float(NAN),
        value_boolean(false),
        value_boolean(true),
        value_octets(VALUE_OPAQUE, OCTETS("")),
        value_octets(VALUE_OPAQUE, OCTETS("\x7F")),
        value_octets(VALUE_OPAQUE, OCTETS("\x80")),
        value_time(-1),
        value_time(1),
        value_link(3, 1),
        value_link(16, 0),
        value_link(16, 1),
    };
    for (size_t a = 0; a < COUNT_OF(order); a++)
        for (size_t b = 0; b < COUNT_OF(order); b++) {
            int sign = value_compare(&order[a], &order[b]);
            ck_assert_msg((sign > 0) - (sign < 0) == (a > b) - (a < b), "%zu %zu", a, b);
            ck_assert(value_equal(&order[a], &order[b]) == (a == b));
        }
    for (size_t i = 0; i < COUNT_OF(order); i++)
        value_release(&order[i]);
}
END_TEST

START_TEST(negative_zero_equals_zero)
{
    struct value a = value_float(-0.0);
    struct value b = value_float(0.0);
    ck_assert(value_equal(&a, &b));
}
END_TEST

START_TEST(text_is_quoted_and_harmless)
{
    ck_assert_str_eq(shown(value_string("Acme")), "\"Acme\"");
    ck_assert_str_eq(shown(value_string("")), "\"\"");
    ck_assert_str_eq(shown(value_string("say \"hi\" \\o/")), "\"say \\\"hi\\\" \\\\o/\"");
    ck_assert_str_eq(shown(value_string("a\nb\x1B[2J\x7F")), "\"a\\nb\\u001b[2J\\u007f\"");
    ck_assert_str_eq(shown(value_octets(VALUE_STRING, OCTETS("a\0b"))), "\"a\\u0000b\"");
    ck_assert_str_eq(shown(value_string("caf\xC3\xA9 \xE2\x82\xAC")),
                     "\"caf\xC3\xA9 \xE2\x82\xAC\"");
    ck_assert_str_eq(shown(value_string("\xC2\x9B"
                                        "2J\xC2\xA0")),
                     "\"\\u009b2J\xC2\xA0\"");
    ck_assert_str_eq(shown(value_string("bad\xC3")), "\"bad\\xc3\"");
}
END_TEST

START_TEST(long_opaque_is_cut_and_its_length_told)
{
    uint8_t octets[65];
    memset(octets, 0xAB, sizeof octets);
    char expected[200] = "hex:";
    for (size_t i = 0; i < 64; i++)
        memcpy(expected + 4 + 2 * i, "ab", 3);
    ck_assert_str_eq(shown(value_octets(VALUE_OPAQUE, (struct bytes){octets, 64})), expected);
    memcpy(expected + 4 + 128, "... (65 octets)", sizeof "... (65 octets)");
    ck_assert_str_eq(shown(value_octets(VALUE_OPAQUE, (struct bytes){octets, 65})), expected);
    ck_assert_str_eq(shown(value_octets(VALUE_OPAQUE, OCTETS(""))), "hex:");
}
END_TEST

START_TEST(other_types_read_as_people_write_them)
{
    ck_assert_str_eq(shown(value_none()), "(empty)");
    ck_assert_str_eq(shown(value_integer(INT64_MIN)), "-9223372036854775808");
    ck_assert_str_eq(shown(value_time(1367491215)), "1367491215");
    ck_assert_str_eq(shown(value_boolean(true)), "true");
    ck_assert_str_eq(shown(value_boolean(false)), "false");
    ck_assert_str_eq(shown(value_link(16, 1)), "16:1");
    ck_assert_str_eq(shown(value_link(65535, 65535)), "65535:65535");
}
END_TEST

START_TEST(floats_show_the_fewest_digits_that_read_back)
{
    ck_assert_str_eq(shown(value_float(0.1)), "0.1");
    ck_assert_str_eq(shown(value_float(-2.5)), "-2.5");
    ck_assert_str_eq(shown(value_float(1e300)), "1e+300");
    ck_assert_str_eq(shown(value_float(NAN)), "nan");
    ck_assert_str_eq(shown(value_float(-INFINITY)), "-inf");
    static const double hard[] = {1.0 / 3, 0.1 + 0.2, 5e-324, 1.7976931348623157e308,
                                  2.2250738585072014e-308};
    for (size_t i = 0; i < COUNT_OF(hard); i++)
        ck_assert_double_eq(strtod(shown(value_float(hard[i])), NULL), hard[i]);
}
END_TEST

UNIT_MAIN("value", types_have_names, makers_set_type_and_content, octets_are_copied_with_their_nuls,
          empty_octets_have_no_memory, copies_of_plain_values_are_equal, release_zeroes_and_empties,
          the_order_is_total_and_equal_only_to_itself, negative_zero_equals_zero,
          text_is_quoted_and_harmless, long_opaque_is_cut_and_its_length_told,
          other_types_read_as_people_write_them, floats_show_the_fewest_digits_that_read_back)
