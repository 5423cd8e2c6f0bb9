/* SPDX-License-Identifier: Apache-2.0 */
/* Plain text and opaque: the forms of LwM2M TS 1.0, 6.4, and what they cannot carry. */
#include "base/std.h"

#include <float.h>
#include <math.h>

#include "codec/text.h"
#include "tests/unit/codec/helpers.h"

static const struct codec text_codec = {
    .format = FORMAT_TEXT, .encode = text_encode, .decode = text_decode};
static const struct codec opaque_codec = {
    .format = FORMAT_OPAQUE, .encode = opaque_encode, .decode = opaque_decode};

static void check_decodes(const struct codec *codec, const char *base, struct bytes text,
                          const char *wanted)
{
    struct records records;
    struct error error;
    records_init(&records);
    error_clear(&error);
    enum status status = codec->decode(text, path_of(base), &test_types, &records, &error);
    ck_assert_msg(status == ST_OK, "%s: %s", wanted, error.text);
    check_records(&records, wanted, base);
    records_release(&records);
}

/* Encodes VALUE at BASE and gives the status; the text is compared when it could be written. */
static enum status check_encodes(const struct codec *codec, const char *base, struct value value,
                                 const char *wanted)
{
    struct records records;
    struct buf out;
    records_init(&records);
    buf_init(&out, PAYLOAD_MOST);
    ck_assert(records_add(&records, path_of(base), value));
    enum status status = codec->encode(&records, path_of(base), &out);
    if (status == ST_OK)
        ck_assert_str_eq(buf_text(&out), wanted);
    records_release(&records);
    buf_release(&out);
    return status;
}

START_TEST(each_type_has_its_text)
{
    static const struct {
        const char *base, *text, *records;
    } goldens[] = {
        {"/100/0/1", "HOST4711", "/100/0/1 \"HOST4711\"\n"},
        {"/100/0/1", "", "/100/0/1 \"\"\n"},
        {"/100/0/1", "M\xC3\xBCll", "/100/0/1 \"M\xC3\xBCll\"\n"},
        {"/100/0/2", "0", "/100/0/2 0\n"},
        {"/100/0/2", "-1", "/100/0/2 -1\n"},
        {"/100/0/2", "9223372036854775807", "/100/0/2 9223372036854775807\n"},
        {"/100/0/2", "-9223372036854775808", "/100/0/2 -9223372036854775808\n"},
        {"/100/0/3", "1.5", "/100/0/3 1.5\n"},
        {"/100/0/3", "-2e3", "/100/0/3 -2000\n"},
        {"/100/0/4", "0", "/100/0/4 false\n"},
        {"/100/0/4", "1", "/100/0/4 true\n"},
        /* RFC 4648 section 10 */
        {"/100/0/5", "", "/100/0/5 hex:\n"},
        {"/100/0/5", "Zg==", "/100/0/5 hex:66\n"},
        {"/100/0/5", "Zm9vYmE=", "/100/0/5 hex:666f6f6261\n"},
        {"/100/0/6", "1367491215", "/100/0/6 1367491215\n"},
        {"/100/0/7", "16:1", "/100/0/7 16:1\n"},
        {"/100/0/7", "0:0", "/100/0/7 0:0\n"},
        {"/100/0/7", "65535:65535", "/100/0/7 65535:65535\n"},
        {"/16/0/0/3", "1.4.2", "/16/0/0/3 \"1.4.2\"\n"},
        {"/9/0/1", "Zg==", "/9/0/1 hex:5a673d3d\n"},
        {"/9/0/1/2", "x", "/9/0/1/2 hex:78\n"},
        {"/16/0/1", "0='1'", "/16/0/1 hex:303d273127\n"},
    };
    for (size_t i = 0; i < COUNT_OF(goldens); i++)
        check_decodes(&text_codec, goldens[i].base, bytes_of(goldens[i].text), goldens[i].records);
}
END_TEST

START_TEST(each_type_is_written)
{
    uint8_t foob[] = {0x66, 0x6F, 0x6F, 0x62};
    struct bytes octets = {foob, sizeof foob};
    const struct codec *codec = &text_codec;
    ck_assert_int_eq(check_encodes(codec, "/16/0/0/1", value_string("Acme"), "Acme"), ST_OK);
    ck_assert_int_eq(check_encodes(codec, "/100/0/1", value_string(""), ""), ST_OK);
    ck_assert_int_eq(
        check_encodes(codec, "/100/0/2", value_integer(INT64_MIN), "-9223372036854775808"), ST_OK);
    ck_assert_int_eq(check_encodes(codec, "/100/0/4", value_boolean(true), "1"), ST_OK);
    ck_assert_int_eq(check_encodes(codec, "/100/0/4", value_boolean(false), "0"), ST_OK);
    ck_assert_int_eq(
        check_encodes(codec, "/100/0/5", value_octets(VALUE_OPAQUE, octets), "Zm9vYg=="), ST_OK);
    ck_assert_int_eq(check_encodes(codec, "/100/0/6", value_time(86400), "86400"), ST_OK);
    ck_assert_int_eq(check_encodes(codec, "/3/0/22/0", value_link(16, 1), "16:1"), ST_OK);
}
END_TEST

START_TEST(floats_are_plain_decimals)
{
    static const struct {
        double number;
        const char *text;
    } goldens[] = {
        {0, "0"},
        {1, "1"},
        {-100, "-100"},
        {0.1, "0.1"},
        {1.5, "1.5"},
        {1e-7, "0.0000001"},
        {123456789012345680.0, "123456789012345680"},
        {1e21, "1000000000000000000000"},
        {0.30000000000000004, "0.30000000000000004"},
    };
    for (size_t i = 0; i < COUNT_OF(goldens); i++)
        ck_assert_int_eq(
            check_encodes(&text_codec, "/100/0/3", value_float(goldens[i].number), goldens[i].text),
            ST_OK);
    ck_assert_int_eq(check_encodes(&text_codec, "/100/0/3", value_float(INFINITY), ""),
                     ST_UNSUPPORTED);
    ck_assert_int_eq(check_encodes(&text_codec, "/100/0/3", value_float(NAN), ""), ST_UNSUPPORTED);
}
END_TEST

START_TEST(the_smallest_and_the_largest_float_come_back)
{
    static const double numbers[] = {DBL_MAX, -DBL_MAX, DBL_MIN, 4.9406564584124654e-324};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        struct records records;
        struct buf out;
        records_init(&records);
        buf_init(&out, PAYLOAD_MOST);
        ck_assert(records_add(&records, path_of("/100/0/3"), value_float(numbers[i])));
        ck_assert_int_eq(text_encode(&records, path_of("/100/0/3"), &out), ST_OK);
        records_clear(&records);
        ck_assert_int_eq(
            text_decode(buf_bytes(&out), path_of("/100/0/3"), &test_types, &records, NULL), ST_OK);
        ck_assert(records.items[0].value.number == numbers[i]);
        records_release(&records);
        buf_release(&out);
    }
}
END_TEST

START_TEST(texts_that_are_no_value_are_refused)
{
    static const struct {
        const char *base, *text, *fragment;
    } refusals[] = {
        {"/100/0/1", "\xFF", "content is no value of '/100/0/1'; it must be UTF-8"},
        {"/100/0/2", "", "it must be a decimal integer"},
        {"/100/0/2", "+1", "a decimal integer"},
        {"/100/0/2", " 1", "a decimal integer"},
        {"/100/0/2", "1 ", "a decimal integer"},
        {"/100/0/2", "01", "a decimal integer"},
        {"/100/0/2", "0x10", "a decimal integer"},
        {"/100/0/2", "1.0", "a decimal integer"},
        {"/100/0/2", "9223372036854775808", "a decimal integer"},
        {"/100/0/3", "", "a decimal number"},
        {"/100/0/3", "1,5", "a decimal number"},
        {"/100/0/3", "nan", "a decimal number"},
        {"/100/0/3", "1e999", "a decimal number"},
        {"/100/0/4", "", "0 or 1"},
        {"/100/0/4", "true", "0 or 1"},
        {"/100/0/4", "2", "0 or 1"},
        {"/100/0/4", "01", "0 or 1"},
        {"/100/0/5", "Zm9vYg", "base64 with padding"},
        {"/100/0/5", "Zm9vYh==", "base64 with padding"},
        {"/100/0/5", "Zm9v_-==", "base64 with padding"},
        {"/100/0/6", "yesterday", "seconds since 1970"},
        {"/100/0/7", "", "two decimal ids"},
        {"/100/0/7", "16", "two decimal ids"},
        {"/100/0/7", "16:", "two decimal ids"},
        {"/100/0/7", ":1", "two decimal ids"},
        {"/100/0/7", "16:1:0", "two decimal ids"},
        {"/100/0/7", "65536:1", "two decimal ids"},
        {"/100/0/7", "16:-1", "two decimal ids"},
        {"/100/0/7", "-1:1", "two decimal ids"},
        {"/100/0/7", "16:65536", "two decimal ids"},
        {"/16/0/0", "Acme", "'/16/0/0' as a single resource; it is a multiple one"},
        {"/100/0/1/0", "Acme", "'/100/0/1' as a multiple resource; it is a single one"},
        {"/16/0", "Acme", "content for '/16/0' has no place for several values; use tlv"},
        {"/16", "Acme", "use tlv"},
        {"/", "", "use tlv"},
    };
    for (size_t i = 0; i < COUNT_OF(refusals); i++)
        check_refused(&text_codec, bytes_of(refusals[i].text), path_of(refusals[i].base),
                      ST_INVALID, refusals[i].fragment);
}
END_TEST

START_TEST(a_nul_ends_no_text)
{
    check_decodes(&text_codec, "/100/0/1", (struct bytes){(const uint8_t *)"a\0b", 3},
                  "/100/0/1 \"a\\u0000b\"\n");
    check_refused(&text_codec, (struct bytes){(const uint8_t *)"1\0", 2}, path_of("/100/0/2"),
                  ST_INVALID, "a decimal integer");
    check_refused(&text_codec, (struct bytes){(const uint8_t *)"1\0", 2}, path_of("/100/0/4"),
                  ST_INVALID, "0 or 1");
}
END_TEST

START_TEST(opaque_is_the_octets_themselves)
{
    uint8_t octets[] = {0x00, 0xFF, 0x3D};
    struct bytes view = {octets, sizeof octets};
    check_decodes(&opaque_codec, "/100/0/5", view, "/100/0/5 hex:00ff3d\n");
    check_decodes(&opaque_codec, "/16/0/2/0", view, "/16/0/2/0 hex:00ff3d\n");
    check_decodes(&opaque_codec, "/16/0/2/0", bytes_of(""), "/16/0/2/0 hex:\n");
    check_decodes(&opaque_codec, "/9/0/1", view, "/9/0/1 hex:00ff3d\n");
    ck_assert_int_eq(check_encodes(&opaque_codec, "/16/0/2/0",
                                   value_octets(VALUE_OPAQUE, bytes_of("abc")), "abc"),
                     ST_OK);
}
END_TEST

START_TEST(opaque_carries_no_other_type)
{
    check_refused(&opaque_codec, bytes_of("x"), path_of("/100/0/1"), ST_INVALID,
                  "the resource is of type string; use text or tlv");
    check_refused(&opaque_codec, bytes_of("1"), path_of("/16/0/3"), ST_INVALID, "type integer");
    check_refused(&opaque_codec, bytes_of("x"), path_of("/16/0/2"), ST_INVALID, "multiple one");
    check_refused(&opaque_codec, bytes_of("x"), path_of("/16/0"), ST_INVALID, "use tlv");
    ck_assert_int_eq(check_encodes(&opaque_codec, "/100/0/1", value_string("x"), ""),
                     ST_UNSUPPORTED);
    ck_assert_int_eq(check_encodes(&opaque_codec, "/100/0/2", value_integer(1), ""),
                     ST_UNSUPPORTED);
}
END_TEST

static void check_not_one_value(const struct codec *codec)
{
    struct records records;
    struct buf out;
    records_init(&records);
    buf_init(&out, 100);
    ck_assert_int_eq(codec->encode(&records, path_of("/16/0/2"), &out), ST_UNSUPPORTED);
    ck_assert(
        records_add(&records, path_of("/16/0/2/0"), value_octets(VALUE_OPAQUE, bytes_of("a"))));
    ck_assert_int_eq(codec->encode(&records, path_of("/16/0/2"), &out), ST_UNSUPPORTED);
    ck_assert_int_eq(codec->encode(&records, path_of("/16/0"), &out), ST_UNSUPPORTED);
    ck_assert(
        records_add(&records, path_of("/16/0/2/1"), value_octets(VALUE_OPAQUE, bytes_of("b"))));
    ck_assert_int_eq(codec->encode(&records, path_of("/16/0/2/0"), &out), ST_UNSUPPORTED);
    ck_assert_uint_eq(out.len, 0);
    ck_assert_int_eq(check_encodes(codec, "/16/0/2", value_none(), ""), ST_UNSUPPORTED);
    ck_assert_int_eq(check_encodes(codec, "/16/0", value_none(), ""), ST_UNSUPPORTED);
    records_release(&records);
    buf_release(&out);
}

START_TEST(anything_but_one_value_is_unsupported)
{
    check_not_one_value(&text_codec);
    check_not_one_value(&opaque_codec);
}
END_TEST

static void check_limits(const struct codec *codec, const char *base)
{
    uint8_t *octets = xalloc(PAYLOAD_MOST + 1);
    struct records records;
    struct buf out;
    memset(octets, 'A', PAYLOAD_MOST + 1);
    check_refused(codec, (struct bytes){octets, PAYLOAD_MOST + 1}, path_of(base), ST_LIMIT,
                  "send at most 65536");
    records_init(&records);
    ck_assert_int_eq(codec->decode((struct bytes){octets, PAYLOAD_MOST}, path_of(base), &test_types,
                                   &records, NULL),
                     ST_OK);
    buf_init(&out, 100);
    ck_assert_int_eq(codec->encode(&records, path_of(base), &out), ST_LIMIT);
    records.limit = records.count;
    ck_assert_int_eq(codec->decode(bytes_of("AAAA"), path_of(base), &test_types, &records, NULL),
                     ST_LIMIT);
    records_release(&records);
    buf_release(&out);
    free(octets);
}

START_TEST(sizes_and_counts_are_limited)
{
    check_limits(&text_codec, "/100/0/1");
    check_limits(&text_codec, "/100/0/5");
    check_limits(&opaque_codec, "/100/0/5");
}
END_TEST

UNIT_MAIN("text", each_type_has_its_text, each_type_is_written, floats_are_plain_decimals,
          the_smallest_and_the_largest_float_come_back, texts_that_are_no_value_are_refused,
          a_nul_ends_no_text, opaque_is_the_octets_themselves, opaque_carries_no_other_type,
          anything_but_one_value_is_unsupported, sizes_and_counts_are_limited)
