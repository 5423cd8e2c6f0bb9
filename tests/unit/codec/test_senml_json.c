/* SPDX-License-Identifier: Apache-2.0 */
/* SenML JSON and the JSON of LwM2M 1.0: the examples of the standard, each type, numbers. Base64
 * comes from python3 (`base64.urlsafe_b64encode(...).rstrip(b"=")`, `base64.b64encode`). */
#include "base/std.h"

#include <float.h>
#include <math.h>

#include "tests/unit/codec/senml_helpers.h"

enum { SENML = FORMAT_SENML_JSON, JSON = FORMAT_JSON };

START_TEST(the_device_object_of_the_standard_is_senml)
{
    check_json_both_ways(
        SENML, "/3/0",
        "[{'bn':'/3/0/','n':'0','vs':'Open Mobile Alliance'},"
        "{'n':'1','vs':'Lightweight M2M Client'},{'n':'2','vs':'345000123'},"
        "{'n':'3','vs':'1.0'},{'n':'6/0','v':1},{'n':'6/1','v':5},{'n':'7/0','v':3800},"
        "{'n':'7/1','v':5000},{'n':'8/0','v':125},{'n':'8/1','v':900},{'n':'9','v':100},"
        "{'n':'10','v':15},{'n':'11/0','v':0},{'n':'13','v':1367491215},{'n':'14','vs':'+02:00'},"
        "{'n':'16','vs':'U'}]",
        DEVICE_RECORDS);
    check_json_both_ways(SENML, "/3/0/0", "[{'bn':'/3/0/0','vs':'Open Mobile Alliance'}]",
                         "/3/0/0 \"Open Mobile Alliance\"\n");
    check_json_both_ways(SENML, "/3/0/11", "[{'bn':'/3/0/11/','n':'0','v':0}]", "/3/0/11/0 0\n");
    check_json_both_ways(SENML, "/3/0/11/0", "[{'bn':'/3/0/11/0','v':0}]", "/3/0/11/0 0\n");
    check_json_both_ways(SENML, "/65/0",
                         "[{'bn':'/65/0/','n':'0/0','vlo':'66:0'},{'n':'0/1','vlo':'66:1'},"
                         "{'n':'1','vs':'8613800755500'},{'n':'2','v':1}]",
                         "/65/0/0/0 66:0\n/65/0/0/1 66:1\n/65/0/1 \"8613800755500\"\n/65/0/2 1\n");
}
END_TEST

START_TEST(the_device_object_of_the_standard_is_json_of_1_0)
{
    check_json_both_ways(
        JSON, "/3/0",
        "{'bn':'/3/0/','e':[{'n':'0','sv':'Open Mobile Alliance'},"
        "{'n':'1','sv':'Lightweight M2M Client'},{'n':'2','sv':'345000123'},"
        "{'n':'3','sv':'1.0'},{'n':'6/0','v':1},{'n':'6/1','v':5},{'n':'7/0','v':3800},"
        "{'n':'7/1','v':5000},{'n':'8/0','v':125},{'n':'8/1','v':900},{'n':'9','v':100},"
        "{'n':'10','v':15},{'n':'11/0','v':0},{'n':'13','v':1367491215},{'n':'14','sv':'+02:00'},"
        "{'n':'16','sv':'U'}]}",
        DEVICE_RECORDS);
    check_json_both_ways(JSON, "/3/0/0", "{'bn':'/3/0/0','e':[{'sv':'Open Mobile Alliance'}]}",
                         "/3/0/0 \"Open Mobile Alliance\"\n");
    check_json_both_ways(JSON, "/65/0",
                         "{'bn':'/65/0/','e':[{'n':'0/0','ov':'66:0'},{'n':'0/1','ov':'66:1'},"
                         "{'n':'1','sv':'8613800755500'},{'n':'2','v':1}]}",
                         "/65/0/0/0 66:0\n/65/0/0/1 66:1\n/65/0/1 \"8613800755500\"\n/65/0/2 1\n");
}
END_TEST

START_TEST(each_type_has_its_field)
{
    check_json_both_ways(
        SENML, "/100/0",
        "[{'bn':'/100/0/','n':'1','vs':'M\xC3\xBCll'},{'n':'2','v':-9007199254740993},"
        "{'n':'3','v':1.1},{'n':'4','vb':true},{'n':'5','vd':'-_-_AQ'},{'n':'6','v':1363896240},"
        "{'n':'7','vlo':'16:1'}]",
        "/100/0/1 \"M\xC3\xBCll\"\n/100/0/2 -9007199254740993\n/100/0/3 1.1\n/100/0/4 true\n"
        "/100/0/5 hex:fbffbf01\n/100/0/6 1363896240\n/100/0/7 16:1\n");
    check_json_both_ways(
        JSON, "/100/0",
        "{'bn':'/100/0/','e':[{'n':'1','sv':'M\xC3\xBCll'},{'n':'2','v':-9007199254740993},"
        "{'n':'3','v':1.1},{'n':'4','bv':true},{'n':'5','sv':'+/+/AQ=='},"
        "{'n':'6','v':1363896240},{'n':'7','ov':'16:1'}]}",
        "/100/0/1 \"M\xC3\xBCll\"\n/100/0/2 -9007199254740993\n/100/0/3 1.1\n/100/0/4 true\n"
        "/100/0/5 hex:fbffbf01\n/100/0/6 1363896240\n/100/0/7 16:1\n");
}
END_TEST

START_TEST(octets_are_read_with_either_alphabet_and_padding)
{
    static const char *const texts[][2] = {
        {"-_-_AQ", "hex:fbffbf01"},
        {"-_-_AQ==", "hex:fbffbf01"},
        {"+/+/AQ==", "hex:fbffbf01"},
        {"+/+/AQ", "hex:fbffbf01"},
        {"", "hex:"},
        {"Zg", "hex:66"},
        {"Zg==", "hex:66"},
        {"Zm8", "hex:666f"},
        {"Zm8=", "hex:666f"},
        {"Zm9v", "hex:666f6f"},
    };
    static const char *const refused[] = {
        "Z", "Zh", "Zg=", "Z===", "====", "Zm9vZ", "Zm 9v", "Zm9*"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        char senml[100];
        char json[100];
        char wanted[100];
        snprintf(senml, sizeof senml, "[{'n':'/100/0/5','vd':'%s'}]", texts[i][0]);
        snprintf(json, sizeof json, "{'e':[{'n':'/100/0/5','sv':'%s'}]}", texts[i][0]);
        snprintf(wanted, sizeof wanted, "/100/0/5 %s\n", texts[i][1]);
        check_json(SENML, "/100/0/5", senml, wanted);
        check_json(JSON, "/100/0/5", json, wanted);
    }
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        char senml[100];
        char json[100];
        snprintf(senml, sizeof senml, "[{'n':'/100/0/5','vd':'%s'}]", refused[i]);
        snprintf(json, sizeof json, "{'e':[{'n':'/100/0/5','sv':'%s'}]}", refused[i]);
        check_json_refused(SENML, "/100/0/5", senml, "'vd' in a record; it must be octets");
        check_json_refused(JSON, "/100/0/5", json, "of type string for '/100/0/5'; it must be oct");
    }
}
END_TEST

START_TEST(numbers_of_any_kind_are_taken_where_they_fit)
{
    check_json(SENML, "/100/0/2", "[{'n':'/100/0/2','v':9223372036854775807}]",
               "/100/0/2 9223372036854775807\n");
    check_json(SENML, "/100/0/2", "[{'n':'/100/0/2','v':-9223372036854775808}]",
               "/100/0/2 -9223372036854775808\n");
    check_json(SENML, "/100/0/2", "[{'n':'/100/0/2','v':5.0}]", "/100/0/2 5\n");
    check_json(SENML, "/100/0/2", "[{'n':'/100/0/2','v':-1e3}]", "/100/0/2 -1000\n");
    check_json(SENML, "/100/0/2", "[{'n':'/100/0/2','v':9007199254740992.0}]",
               "/100/0/2 9007199254740992\n");
    check_json(SENML, "/100/0/6", "[{'n':'/100/0/6','v':1.363896240e9}]", "/100/0/6 1363896240\n");
    check_json(SENML, "/100/0/3", "[{'n':'/100/0/3','v':5}]", "/100/0/3 5\n");
    check_json(SENML, "/100/0/3", "[{'n':'/100/0/3','v':18446744073709551616}]",
               "/100/0/3 1.8446744073709552e+19\n");
    check_json_refused(SENML, "/100/0/2", "[{'n':'/100/0/2','v':9223372036854775808}]",
                       "of type float for '/100/0/2'; it must be an integer of at most 64 bits");
    check_json_refused(SENML, "/100/0/2", "[{'n':'/100/0/2','v':9007199254740994.0}]",
                       "it must be an integer");
    check_json_refused(SENML, "/100/0/2", "[{'n':'/100/0/2','v':1.5}]", "it must be an integer");
    check_json_refused(SENML, "/100/0/6", "[{'n':'/100/0/6','v':1.5}]", "it must be whole seconds");
}
END_TEST

static void check_float(double number, const char *text)
{
    struct records records;
    struct buf out;
    struct path path = path_of("/100/0/3");
    char wanted[100];
    records_init(&records);
    buf_init(&out, 1000);
    ck_assert(records_add(&records, path, value_float(number)));
    ck_assert_int_eq(senml_json_encode(&records, path, &out), ST_OK);
    snprintf(wanted, sizeof wanted, "[{\"bn\":\"/100/0/3\",\"v\":%s}]", text);
    ck_assert_str_eq(buf_text(&out), wanted);
    records_clear(&records);
    ck_assert_int_eq(senml_json_decode(buf_bytes(&out), path, &test_types, &records, NULL), ST_OK);
    double again = records.items[0].value.number;
    ck_assert_msg(memcmp(&again, &number, sizeof number) == 0, "%s", text);
    records_release(&records);
    buf_release(&out);
}

/* The digits are those of python3 (`repr`). */
START_TEST(floats_have_the_fewest_digits_that_read_back_as_the_same)
{
    static const struct {
        double number;
        const char *text;
    } goldens[] = {
        {0, "0"},
        {-0.0, "-0.0"},
        {1, "1"},
        {-100, "-100"},
        {0.1, "0.1"},
        {1.5, "1.5"},
        {100000, "100000"},
        {0.0001, "0.0001"},
        {-2.5e-5, "-2.5e-5"},
        {1e-7, "1e-7"},
        {1e15, "1000000000000000"},
        {1e16, "1e16"},
        {1e21, "1e21"},
        {1e300, "1e300"},
        {123456789012345680.0, "1.2345678901234568e17"},
        {9007199254740993.0, "9007199254740992"},
        {0.30000000000000004, "0.30000000000000004"},
        {4.9406564584124654e-324, "5e-324"},
        {DBL_MAX, "1.7976931348623157e308"},
        {-DBL_MAX, "-1.7976931348623157e308"},
        {DBL_MIN, "2.2250738585072014e-308"},
    };
    for (size_t i = 0; i < COUNT_OF(goldens); i++)
        check_float(goldens[i].number, goldens[i].text);
}
END_TEST

START_TEST(texts_are_escaped_as_json_wants_it)
{
    struct records records;
    struct buf out;
    struct path path = path_of("/100/0/1");
    records_init(&records);
    buf_init(&out, 1000);
    ck_assert(
        records_add(&records, path,
                    value_octets(VALUE_STRING,
                                 (struct bytes){(const uint8_t *)"\0\x1f\n\"\\/\x7f\xC3\xBC", 9})));
    ck_assert_int_eq(senml_json_encode(&records, path, &out), ST_OK);
    ck_assert_str_eq(buf_text(&out), "[{\"bn\":\"/100/0/1\",\"vs\":"
                                     "\"\\u0000\\u001f\\u000a\\\"\\\\/\x7f\xC3\xBC\"}]");
    struct records again;
    records_init(&again);
    ck_assert_int_eq(senml_json_decode(buf_bytes(&out), path, &test_types, &again, NULL), ST_OK);
    ck_assert(records_equal(&records, &again));
    records_release(&again);
    records_release(&records);
    buf_release(&out);
}
END_TEST

START_TEST(names_of_1_0_may_be_relative_to_the_request)
{
    check_json(JSON, "/3/0", "{'e':[{'n':'9','v':1},{'n':'11/0','v':0}]}",
               "/3/0/9 1\n/3/0/11/0 0\n");
    check_json(JSON, "/3", "{'e':[{'n':'0/9','v':1}]}", "/3/0/9 1\n");
    check_json(JSON, "/3/0/11", "{'e':[{'n':'0','v':1}]}", "/3/0/11/0 1\n");
    check_json(JSON, "/3/0/9", "{'e':[{'v':1}]}", "/3/0/9 1\n");
    check_json(JSON, "/3/0/9", "{'e':[{'n':'','v':1}]}", "/3/0/9 1\n");
    check_json(JSON, "/3/0", "{'e':[{'n':'/3/0/9','v':1}]}", "/3/0/9 1\n");
    check_json(JSON, "/3/0", "{'bn':'/','e':[{'n':'3/0/9','v':1}]}", "/3/0/9 1\n");
    check_json_refused(JSON, "/3/0", "{'bn':'','e':[{'n':'9','v':1}]}", "make no path together");
    check_json_refused(SENML, "/3/0", "[{'n':'9','v':1}]", "make no path together");
}
END_TEST

START_TEST(the_base_of_1_0_may_follow_the_records)
{
    check_json(JSON, "/3/0", "{'e':[{'n':'9','v':1}],'bt':25462634,'bn':'/3/0/'}", "/3/0/9 1\n");
    check_json(JSON, "/3/0", "{'e':[{'n':'9','v':1,'t':-5}],'bn':'/3/0/','x':[{}]}", "/3/0/9 1\n");
}
END_TEST

START_TEST(what_is_no_object_of_1_0_is_refused)
{
    static const char *const refusals[][2] = {
        {"", "found the end of the text"},
        {"[]", "not an object with the records in \"e\""},
        {"1", "not an object"},
        {"{}", "no records in \"e\""},
        {"{'bn':'/3/0/'}", "no records in \"e\""},
        {"{'e':{}}", "not an array of records"},
        {"{'e':[],'e':[]}", "\"e\" twice"},
        {"{'e':[]}x", "expected the end of the text"},
        {"{'e':[]", "end of the text"},
        {"{'bn':1,'e':[]}", "'bn' in a record; it must be the text of a path"},
        {"{'bn':'/3/0/','bn':'/3/0/','e':[]}", "a field twice"},
        {"{'e':[1]}", "something else among the records"},
        {"{'e':[{'n':'9','v':1,'e':[]}]}", "'e' in a record; it must be left out"},
        {"{'e':[{'n':'9','v':1}],'x_':1}", "must be understood"},
        {"{'e':[{'n':'9','v':1,'sv':'1'}]}", "two values in one record"},
        {"{'e':[{'n':'9','sv':'1'}]}", "of type string for '/3/0/9'; it must be an integer"},
        {"{'e':[{'n':'9','bv':true}]}", "of type boolean for '/3/0/9'"},
        {"{'e':[{'n':'9','ov':'16'}]}", "two decimal ids with a colon"},
        {"{'bn':'/4/0/','e':[{'n':'9','v':1}]}",
         "contradicts the path of the request with '/4/0/9'"},
    };
    for (size_t i = 0; i < COUNT_OF(refusals); i++)
        check_json_refused(JSON, "/3/0", refusals[i][0], refusals[i][1]);
    check_json_refused(JSON, "/", "{'e':[]}", "cannot be for several objects");
}
END_TEST

UNIT_MAIN("senml_json", the_device_object_of_the_standard_is_senml,
          the_device_object_of_the_standard_is_json_of_1_0, each_type_has_its_field,
          octets_are_read_with_either_alphabet_and_padding,
          numbers_of_any_kind_are_taken_where_they_fit,
          floats_have_the_fewest_digits_that_read_back_as_the_same,
          texts_are_escaped_as_json_wants_it, names_of_1_0_may_be_relative_to_the_request,
          the_base_of_1_0_may_follow_the_records, what_is_no_object_of_1_0_is_refused)
