/* SPDX-License-Identifier: Apache-2.0 */
/* SenML CBOR: the examples of LwM2M and of RFC 8428 in the octets of python3-cbor2
 * (`cbor2.dumps([{-2: "/3/0/", 0: "0", 3: "Open Mobile Alliance"}, ...])`). */
#include "base/std.h"

#include <math.h>

#include "tests/unit/codec/senml_helpers.h"

enum { CBOR = FORMAT_SENML_CBOR };

static void check_hex_both_ways(const char *base, const char *hex, const char *wanted)
{
    struct buf octets = octets_of(hex);
    check_both_ways(CBOR, base, buf_bytes(&octets), wanted);
    buf_release(&octets);
}

static void check_hex(const char *base, const char *hex, const char *wanted)
{
    struct buf octets = octets_of(hex);
    check_content(codec_find(CBOR), base, buf_bytes(&octets), wanted);
    buf_release(&octets);
}

static void check_hex_refused(const char *base, const char *hex, const char *fragment)
{
    struct buf octets = octets_of(hex);
    check_refused(codec_find(CBOR), buf_bytes(&octets), path_of(base), ST_INVALID, fragment);
    buf_release(&octets);
}

START_TEST(the_device_object_of_the_standard)
{
    check_hex_both_ways(
        "/3/0",
        "90a321652f332f302f00613003744f70656e204d6f62696c6520416c6c69616e6365a2006131037"
        "64c69676874776569676874204d324d20436c69656e74a20061320369333435303030313233a200"
        "61330363312e30a20063362f300201a20063362f310205a20063372f3002190ed8a20063372f310"
        "2191388a20063382f3002187da20063382f3102190384a2006139021864a200623130020fa20064"
        "31312f300200a200623133021a5182428fa20062313403662b30323a3030a200623136036155",
        DEVICE_RECORDS);
    check_hex_both_ways("/3/0/0",
                        "81a221662f332f302f3003744f70656e204d6f62696c6520416c6c69616e6365",
                        "/3/0/0 \"Open Mobile Alliance\"\n");
    check_hex_both_ways("/3/0/11", "81a321682f332f302f31312f0061300200", "/3/0/11/0 0\n");
    check_hex_both_ways("/65/0",
                        "84a321662f36352f302f0063302f3063766c6f6436363a30a20063302f3163766c6f643636"
                        "3a31a2006131036d38363133383030373535353030a20061320201",
                        "/65/0/0/0 66:0\n/65/0/0/1 66:1\n/65/0/1 \"8613800755500\"\n/65/0/2 1\n");
}
END_TEST

START_TEST(each_type_has_its_field)
{
    check_hex_both_ways("/100/0",
                        "87a321672f3130302f302f006131036161a2006132023b0020000000000000a200613302"
                        "fb3ff199999999999aa200613404f5a2006135084300ff3ea2006136021a514b67b0a200"
                        "613763766c6f6431363a31",
                        "/100/0/1 \"a\"\n/100/0/2 -9007199254740993\n/100/0/3 1.1\n/100/0/4 true\n"
                        "/100/0/5 hex:00ff3e\n/100/0/6 1363896240\n/100/0/7 16:1\n");
}
END_TEST

START_TEST(lengths_may_be_definite_or_not)
{
    check_hex("/100/0", "9fbf217f642f313030632f302fff0061320207ffff", "/100/0/2 7\n");
    check_hex("/100/0/2", "81a200682f3130302f302f3202fb4014000000000000", "/100/0/2 5\n");
    check_hex("/100/0/3", "81a200682f3130302f302f3302c48221196ab3", "/100/0/3 273.15\n");
    check_hex("/3/0/11", "9fff", "/3/0/11 (empty)\n");
}
END_TEST

START_TEST(unknown_fields_are_passed_over_unless_they_must_be_understood)
{
    check_hex("/100/0", "81a621672f3130302f302f006132020161788201a10281031864f66179a1617a4131",
              "/100/0/2 1\n");
    check_hex_refused("/100/0", "81a300682f3130302f302f32020162785f01", "must be understood");
    /* The labels of JSON are unknown here. */
    check_hex_refused("/100/0", "81a2616e682f3130302f302f32617601", "make no path together");
}
END_TEST

START_TEST(fields_of_another_kind_are_refused)
{
    check_hex_refused("/100/0", "81a200682f3130302f302f3602c105", "tag has no place in senml");
    check_hex_refused("/100/0", "81a200682f3130302f302f3508644150382d",
                      "'vd' in a record; it must");
    check_hex_refused("/100/0", "81a200682f3130302f302f3763766c6f05", "'vlo' in a record; it must");
    check_hex_refused("/100/0", "81a200682f3130302f302f3202c249400000000000000000", "bignums");
    check_hex_refused("/100/0", "82a200682f3130302f302f320201a200682f3130302f302f320201",
                      "repeats '/100/0/2'");
    check_hex_refused("/3/0", "", "middle of a cbor item");
    check_hex_refused("/3/0", "8000", "octets after the end");
    check_hex_refused("/3/0", "a0", "not an array of records");
    check_hex_refused("/3/0", "8101", "something else among the records");
}
END_TEST

/* The example of RFC 8428 section 6: well formed, but its names are no paths. */
START_TEST(the_example_of_the_rfc_names_no_resource)
{
    check_hex_refused(
        "/3/0",
        "87a721781b75726e3a6465763a6f773a3130653230373361303130383030363a22fb41d303a15b0010622361"
        "4120050067766f6c7461676501615602fb405e066666666666a3006763757272656e74062402fb3ff3333333"
        "333333a3006763757272656e74062302fb3ff4cccccccccccda3006763757272656e74062202fb3ff6666666"
        "666666a3006763757272656e74062102fb3ff8000000000000a3006763757272656e74062002fb3ff9999999"
        "99999aa2006763757272656e7402fb3ffb333333333333",
        "make no path together");
}
END_TEST

START_TEST(floats_need_not_be_finite)
{
    static const double numbers[] = {INFINITY, -INFINITY, (double)NAN};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        struct records records;
        struct records again;
        struct buf out;
        struct path path = path_of("/100/0/3");
        records_init(&records);
        records_init(&again);
        buf_init(&out, 100);
        ck_assert(records_add(&records, path, value_float(numbers[i])));
        ck_assert_int_eq(senml_cbor_encode(&records, path, &out), ST_OK);
        ck_assert_int_eq(senml_cbor_decode(buf_bytes(&out), path, &test_types, &again, NULL),
                         ST_OK);
        ck_assert(records_equal(&records, &again));
        records_release(&again);
        records_release(&records);
        buf_release(&out);
    }
}
END_TEST

UNIT_MAIN("senml_cbor", the_device_object_of_the_standard, each_type_has_its_field,
          lengths_may_be_definite_or_not,
          unknown_fields_are_passed_over_unless_they_must_be_understood,
          fields_of_another_kind_are_refused, the_example_of_the_rfc_names_no_resource,
          floats_need_not_be_finite)
