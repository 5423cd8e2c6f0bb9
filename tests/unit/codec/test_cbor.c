/* SPDX-License-Identifier: Apache-2.0 */
/* CBOR as the format of one value: golden octets of RFC 8949 appendix A and of python3-cbor2
 * (`cbor2.dumps(value, canonical=True)`), and what is refused. */
#include "base/std.h"

#include <math.h>

#include "codec/cbor.h"
#include "tests/unit/codec/helpers.h"

static void check_reads(const char *base, const char *hex, const char *wanted)
{
    struct buf octets = octets_of(hex);
    struct records records;
    struct error error;
    records_init(&records);
    error_clear(&error);
    enum status status =
        cbor_decode(buf_bytes(&octets), path_of(base), &test_types, &records, &error);
    ck_assert_msg(status == ST_OK, "%s: %s", hex, error.text);
    check_records(&records, wanted, hex);
    records_release(&records);
    buf_release(&octets);
}

static enum status check_writes(const char *base, struct value value, const char *hex)
{
    struct records records;
    struct buf out;
    records_init(&records);
    buf_init(&out, PAYLOAD_MOST);
    ck_assert(records_add(&records, path_of(base), value));
    enum status status = cbor_encode(&records, path_of(base), &out);
    check_octets(&out, hex, base);
    records_release(&records);
    buf_release(&out);
    return status;
}

START_TEST(each_type_is_read)
{
    static const char *const goldens[][3] = {
        {"/100/0/1", "6449455446", "/100/0/1 \"IETF\"\n"},
        {"/100/0/1", "7f657374726561646d696e67ff", "/100/0/1 \"streaming\"\n"},
        {"/100/0/1", "60", "/100/0/1 \"\"\n"},
        {"/100/0/1", "63610062", "/100/0/1 \"a\\u0000b\"\n"},
        {"/100/0/2", "00", "/100/0/2 0\n"},
        {"/100/0/2", "3903e7", "/100/0/2 -1000\n"},
        {"/100/0/2", "1b7fffffffffffffff", "/100/0/2 9223372036854775807\n"},
        {"/100/0/2", "3b7fffffffffffffff", "/100/0/2 -9223372036854775808\n"},
        {"/100/0/2", "fa47c35000", "/100/0/2 100000\n"},
        {"/100/0/2", "fb4340000000000000", "/100/0/2 9007199254740992\n"},
        {"/100/0/2", "c4820005", "/100/0/2 5\n"},
        {"/100/0/3", "f93e00", "/100/0/3 1.5\n"},
        {"/100/0/3", "fb3ff199999999999a", "/100/0/3 1.1\n"},
        {"/100/0/3", "05", "/100/0/3 5\n"},
        {"/100/0/3", "1bffffffffffffffff", "/100/0/3 1.8446744073709552e+19\n"},
        {"/100/0/3", "c48221196ab3", "/100/0/3 273.15\n"},
        {"/100/0/3", "f97e00", "/100/0/3 nan\n"},
        {"/100/0/4", "f4", "/100/0/4 false\n"},
        {"/100/0/4", "f5", "/100/0/4 true\n"},
        {"/100/0/5", "4401020304", "/100/0/5 hex:01020304\n"},
        {"/100/0/5", "5f42010243030405ff", "/100/0/5 hex:0102030405\n"},
        {"/100/0/5", "40", "/100/0/5 hex:\n"},
        {"/100/0/6", "1a514b67b0", "/100/0/6 1363896240\n"},
        {"/100/0/6", "c11a514b67b0", "/100/0/6 1363896240\n"},
        {"/100/0/6", "c1fb41d452d9ec000000", "/100/0/6 1363896240\n"},
        {"/100/0/6", "c074323031332d30332d32315432303a30343a30305a", "/100/0/6 1363896240\n"},
        {"/100/0/7", "6431363a31", "/100/0/7 16:1\n"},
        {"/100/0/7", "6b36353533353a3635353335", "/100/0/7 65535:65535\n"},
        {"/16/0/0/3", "65312e342e32", "/16/0/0/3 \"1.4.2\"\n"},
        {"/16/0/2/0", "4200ff", "/16/0/2/0 hex:00ff\n"},
    };
    for (size_t i = 0; i < COUNT_OF(goldens); i++)
        check_reads(goldens[i][0], goldens[i][1], goldens[i][2]);
}
END_TEST

START_TEST(values_of_unknown_resources_keep_the_type_of_cbor)
{
    check_reads("/9/0/1", "01", "/9/0/1 1\n");
    check_reads("/9/0/1", "f93e00", "/9/0/1 1.5\n");
    check_reads("/9/0/1", "f5", "/9/0/1 true\n");
    check_reads("/9/0/1", "6431363a31", "/9/0/1 \"16:1\"\n");
    check_reads("/9/0/1", "4161", "/9/0/1 hex:61\n");
    check_reads("/9/0/1/0", "c100", "/9/0/1/0 0\n");
}
END_TEST

/* ETS 211 and 212: Short Server ID, Notification Storing, Binding, periods. */
START_TEST(the_server_object_is_written_as_the_standard_tests_want_it)
{
    ck_assert_int_eq(check_writes("/1/0/0", value_integer(1), "01"), ST_OK);
    ck_assert_int_eq(check_writes("/1/0/6", value_boolean(false), "f4"), ST_OK);
    ck_assert_int_eq(check_writes("/1/0/7", value_string("U"), "6155"), ST_OK);
    check_reads("/1/0/1", "1903f2", "/1/0/1 1010\n");
    check_reads("/1/0/6", "f5", "/1/0/6 true\n");
}
END_TEST

START_TEST(each_type_is_written)
{
    static const uint8_t octets[] = {1, 2, 3, 4};
    struct bytes view = {octets, sizeof octets};
    ck_assert_int_eq(check_writes("/100/0/1", value_string("M\xC3\xBCll"), "654dc3bc6c6c"), ST_OK);
    ck_assert_int_eq(check_writes("/100/0/2", value_integer(-1000), "3903e7"), ST_OK);
    ck_assert_int_eq(check_writes("/100/0/3", value_float(100000), "fa47c35000"), ST_OK);
    ck_assert_int_eq(check_writes("/100/0/3", value_float(1.5), "fa3fc00000"), ST_OK);
    ck_assert_int_eq(check_writes("/100/0/3", value_float(-4.1), "fbc010666666666666"), ST_OK);
    ck_assert_int_eq(check_writes("/100/0/3", value_float(1e300), "fb7e37e43c8800759c"), ST_OK);
    ck_assert_int_eq(check_writes("/100/0/3", value_float(INFINITY), "fa7f800000"), ST_OK);
    ck_assert_int_eq(check_writes("/100/0/3", value_float(-INFINITY), "faff800000"), ST_OK);
    ck_assert_int_eq(check_writes("/100/0/3", value_float((double)NAN), "fb7ff8000000000000"),
                     ST_OK);
    ck_assert_int_eq(check_writes("/100/0/4", value_boolean(true), "f5"), ST_OK);
    ck_assert_int_eq(check_writes("/100/0/5", value_octets(VALUE_OPAQUE, view), "4401020304"),
                     ST_OK);
    ck_assert_int_eq(check_writes("/100/0/6", value_time(1363896240), "1a514b67b0"), ST_OK);
    ck_assert_int_eq(check_writes("/100/0/7", value_link(16, 1), "6431363a31"), ST_OK);
    ck_assert_int_eq(check_writes("/16/0/0/0", value_string("a"), "6161"), ST_OK);
}
END_TEST

/* What `date -u -d TEXT +%s` of GNU says. */
START_TEST(dates_are_seconds_since_1970)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } goldens[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1969-12-31T23:59:59Z", -1},
        {"2000-02-29T12:00:00Z", 951825600},
        {"2100-03-01T00:00:00Z", 4107542400},
        {"1985-04-12T23:20:50.00Z", 482196050},
        {"1996-12-19T16:39:57-08:00", 851042397},
        {"1937-01-01T12:00:27+00:20", -1041337173},
        {"2013-03-21t20:04:00z", 1363896240},
        {"9999-12-31T23:59:59Z", 253402300799},
    };
    for (size_t i = 0; i < COUNT_OF(goldens); i++) {
        struct buf text;
        struct records records;
        buf_init(&text, 100);
        records_init(&records);
        buf_puts(&text, "\xC0\x78");
        buf_put_u8(&text, (unsigned)strlen(goldens[i].text));
        buf_puts(&text, goldens[i].text);
        ck_assert_int_eq(
            cbor_decode(buf_bytes(&text), path_of("/100/0/6"), &test_types, &records, NULL), ST_OK);
        ck_assert_msg(records.items[0].value.integer == goldens[i].seconds, "%s", goldens[i].text);
        records_release(&records);
        buf_release(&text);
    }
}
END_TEST

START_TEST(texts_that_are_no_date_are_refused)
{
    static const char *const texts[] = {
        "",
        "2013",
        "2013-03-21",
        "2013-03-21T20:04Z",
        "2013-03-21 20:04:00Z",
        "2013-03-21T20:04:00",
        "2013-03-21T20:04:00z ",
        "2013-03-21T20:04:00+0100",
        "2013-03-21T20:04:00+24:00",
        "2013-03-21T20:04:00+01:60",
        "2013-03-21T20:04:00.Z",
        "2013-03-21T20:04:00.5Z",
        "2013-03-21T20:04:60Z",
        "2013-03-21T24:00:00Z",
        "2013-03-21T20:60:00Z",
        "2013-02-29T00:00:00Z",
        "2013-04-31T00:00:00Z",
        "2013-13-01T00:00:00Z",
        "2013-00-01T00:00:00Z",
        "2013-01-00T00:00:00Z",
        "+013-03-21T20:04:00Z",
        "13-03-21T20:04:00Z",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct buf text;
        buf_init(&text, 100);
        buf_puts(&text, "\xC0\x78");
        buf_put_u8(&text, (unsigned)strlen(texts[i]));
        buf_puts(&text, texts[i]);
        check_refused(codec_find(FORMAT_CBOR), buf_bytes(&text), path_of("/100/0/6"), ST_INVALID,
                      "whole seconds since 1970 or a date");
        buf_release(&text);
    }
}
END_TEST

START_TEST(items_that_are_no_value_are_refused)
{
    static const struct {
        const char *base, *hex, *fragment;
    } refusals[] = {
        {"/100/0/1", "00", "content is no value of '/100/0/1'; it must be a text"},
        {"/100/0/1", "4161", "a text"},
        {"/100/0/1", "f5", "a text"},
        {"/100/0/1", "f6", "a text"},
        {"/100/0/1", "80", "a text"},
        {"/100/0/1", "c06161", "a text"},
        {"/100/0/2", "6131", "an integer of at most 64 bits"},
        {"/100/0/2", "f5", "an integer"},
        {"/100/0/2", "f93e00", "an integer"},
        {"/100/0/2", "1b8000000000000000", "an integer"},
        {"/100/0/2", "3b8000000000000000", "an integer"},
        {"/100/0/2", "fb4340000000000001", "an integer"},
        {"/100/0/2", "f97e00", "an integer"},
        {"/100/0/2", "f97c00", "an integer"},
        {"/100/0/2", "c100", "an integer"},
        {"/100/0/2", "c249010000000000000000", "bignums are not understood"},
        {"/100/0/3", "63312e35", "a number"},
        {"/100/0/3", "f4", "a number"},
        {"/100/0/4", "00", "true or false"},
        {"/100/0/4", "01", "true or false"},
        {"/100/0/5", "6161", "it must be octets"},
        {"/100/0/5", "00", "it must be octets"},
        {"/100/0/6", "c1fb41d452d9ec200000", "whole seconds"},
        {"/100/0/6", "c000", "whole seconds"},
        {"/100/0/6", "c16161", "whole seconds"},
        {"/100/0/6", "c180", "whole seconds"},
        {"/100/0/6", "6161", "whole seconds"},
        {"/100/0/7", "00", "two decimal ids"},
        {"/100/0/7", "4431363a31", "two decimal ids"},
        {"/100/0/7", "623136", "two decimal ids"},
        {"/9/0/1", "f6", "a number, a boolean, a text or octets"},
        {"/9/0/1", "a0", "a number, a boolean"},
        {"/100/0/2", "", "ends in the middle of a cbor item"},
        {"/100/0/2", "0000", "octets after the end"},
        {"/16/0/0", "6161", "'/16/0/0' as a single resource; it is a multiple one"},
        {"/100/0/1/0", "6161", "'/100/0/1' as a multiple resource; it is a single one"},
        {"/16/0", "80", "no place for several values"},
        {"/", "80", "no place for several values"},
    };
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct buf octets = octets_of(refusals[i].hex);
        check_refused(codec_find(FORMAT_CBOR), buf_bytes(&octets), path_of(refusals[i].base),
                      ST_INVALID, refusals[i].fragment);
        buf_release(&octets);
    }
}
END_TEST

START_TEST(anything_but_one_value_is_unsupported)
{
    struct records records;
    struct buf out;
    records_init(&records);
    buf_init(&out, 100);
    ck_assert_int_eq(cbor_encode(&records, path_of("/16/0/2"), &out), ST_UNSUPPORTED);
    ck_assert(records_add(&records, path_of("/16/0/0/0"), value_string("a")));
    ck_assert_int_eq(cbor_encode(&records, path_of("/16/0/0"), &out), ST_UNSUPPORTED);
    ck_assert_int_eq(cbor_encode(&records, path_of("/16/0"), &out), ST_UNSUPPORTED);
    ck_assert_int_eq(check_writes("/16/0/2", value_none(), ""), ST_UNSUPPORTED);
    ck_assert_int_eq(check_writes("/100/0/1", value_string("\xFF"), ""), ST_UNSUPPORTED);
    ck_assert_uint_eq(out.len, 0);
    records_release(&records);
    buf_release(&out);
}
END_TEST

START_TEST(sizes_and_counts_are_limited)
{
    uint8_t *octets = xalloc(PAYLOAD_MOST + 1);
    struct bytes longest = {octets, PAYLOAD_MOST};
    struct records records;
    struct buf out;
    records_init(&records);
    buf_init(&out, 100);
    memcpy(octets, "\x59\xff\xfd", 3); /* 65533 octets follow */
    ck_assert_int_eq(cbor_decode(longest, path_of("/100/0/5"), &test_types, &records, NULL), ST_OK);
    ck_assert_int_eq(cbor_encode(&records, path_of("/100/0/5"), &out), ST_LIMIT);
    records.limit = records.count;
    ck_assert_int_eq(
        cbor_decode(bytes_of("\x41x"), path_of("/100/0/5"), &test_types, &records, NULL), ST_LIMIT);
    check_refused(codec_find(FORMAT_CBOR), (struct bytes){octets, PAYLOAD_MOST + 1},
                  path_of("/100/0/5"), ST_LIMIT, "send at most 65536");
    records_release(&records);
    buf_release(&out);
    free(octets);
}
END_TEST

UNIT_MAIN("cbor", each_type_is_read, values_of_unknown_resources_keep_the_type_of_cbor,
          the_server_object_is_written_as_the_standard_tests_want_it, each_type_is_written,
          dates_are_seconds_since_1970, texts_that_are_no_date_are_refused,
          items_that_are_no_value_are_refused, anything_but_one_value_is_unsupported,
          sizes_and_counts_are_limited)
