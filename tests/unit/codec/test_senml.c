/* SPDX-License-Identifier: Apache-2.0 */
/* The record walk of the SenML family, told in JSON: names, times, what is refused, what is empty,
 * lists of paths. The other notations have programs of their own. */
#include "base/std.h"

#include "base/json.h"
#include "tests/unit/codec/senml_helpers.h"

enum { SENML = FORMAT_SENML_JSON, CBOR = FORMAT_SENML_CBOR, JSON = FORMAT_JSON };

START_TEST(any_division_of_a_path_into_base_name_and_name_is_read)
{
    const char *path = "/100/0/2";
    for (size_t i = 0; i <= strlen(path); i++) {
        char text[200];
        snprintf(text, sizeof text, "[{'v':7,'n':'%s','bn':'%.*s'}]", path + i, (int)i, path);
        check_json(SENML, "/100/0/2", text, "/100/0/2 7\n");
        check_json(SENML, "/100/0", text, "/100/0/2 7\n");
        check_json(SENML, "/100", text, "/100/0/2 7\n");
        check_json(SENML, "/", text, "/100/0/2 7\n");
    }
    check_json(SENML, "/100/0/2", "[{'bn':'/100/0/2','v':7}]", "/100/0/2 7\n");
    check_json(SENML, "/100/0/2", "[{'n':'/100/0/2','v':7}]", "/100/0/2 7\n");
}
END_TEST

START_TEST(a_base_name_holds_until_the_next)
{
    check_json(
        SENML, "/",
        "[{'n':'/100/0/1','vs':'a'},{'v':1,'n':'2','bn':'/100/0/'},{'n':'4','vb':false},"
        "{'bn':'/16/1/0/','n':'0','vs':'b'},{'n':'1','vs':'c'},{'bn':'','n':'/1/0/1','v':9}]",
        "/100/0/1 \"a\"\n/100/0/2 1\n/100/0/4 false\n/16/1/0/0 \"b\"\n/16/1/0/1 \"c\"\n"
        "/1/0/1 9\n");
}
END_TEST

START_TEST(times_and_units_are_looked_at_and_not_kept)
{
    check_json(SENML, "/3/0",
               "[{'bn':'/3/0/','bt':1.276020076001e+09,'bu':'A','bver':10,'n':'9','u':'%EL','v':5,"
               "'t':-5,'ut':60.5},{'n':'10','v':1,'t':0}]",
               "/3/0/9 5\n/3/0/10 1\n");
    check_json_refused(SENML, "/3/0", "[{'n':'/3/0/9','v':5,'t':'now'}]",
                       "'t' in a record; it must");
    check_json_refused(SENML, "/3/0", "[{'n':'/3/0/9','v':5,'t':1e13}]", "a number of seconds");
    check_json_refused(SENML, "/3/0", "[{'n':'/3/0/9','v':5,'bt':null}]", "a number of seconds");
    check_json_refused(SENML, "/3/0", "[{'n':'/3/0/9','v':5,'ut':[1]}]", "a number of seconds");
    check_json_refused(SENML, "/3/0", "[{'n':'/3/0/9','v':5,'u':1}]", "'u' in a record; it must");
    check_json_refused(SENML, "/3/0", "[{'n':'/3/0/9','v':5,'bver':11}]", "must be at most 10");
    check_json_refused(SENML, "/3/0", "[{'n':'/3/0/9','v':5,'bver':0}]", "must be at most 10");
    check_json_refused(SENML, "/3/0", "[{'n':'/3/0/9','v':5,'bver':'10'}]", "must be at most 10");
}
END_TEST

START_TEST(unknown_fields_are_passed_over_unless_they_must_be_understood)
{
    check_json(SENML, "/3/0",
               "[{'x':{'n':'/4','v':[1,{'v':2}]},'n':'/3/0/9','':null,'v':5,'_x':[[],{}]}]",
               "/3/0/9 5\n");
    check_json_refused(SENML, "/3/0", "[{'n':'/3/0/9','v':5,'x_':1}]", "must be understood");
    check_json_refused(SENML, "/3/0", "[{'n':'/3/0/9','v':5,'_':1}]", "must be understood");
}
END_TEST

START_TEST(contents_that_are_no_records_are_refused)
{
    static const char *const refusals[][2] = {
        {"", "found the end of the text"},
        {"{}", "not an array of records"},
        {"1", "not an array of records"},
        {"[1]", "something else among the records"},
        {"[[]]", "something else among the records"},
        {"[{}]", "make no path together"},
        {"[{'n':'/3/0/9'}]", "has no value for '/3/0/9'"},
        {"[{'bn':'/3/0/9'}]", "has no value for '/3/0/9'"},
        {"[{'n':'/3/0/9','v':null}]", "'v' in a record; it must be a number"},
        {"[{'n':'/3/0/9','v':'1'}]", "'v' in a record"},
        {"[{'n':'/3/0/9','v':true}]", "'v' in a record"},
        {"[{'n':'/3/0/9','v':[1]}]", "'v' in a record"},
        {"[{'n':'/3/0/0','vs':1}]", "'vs' in a record; it must be a text"},
        {"[{'n':'/3/0/0','vb':1}]", "'vb' in a record; it must be true or false"},
        {"[{'n':'/3/0/0','vb':'true'}]", "'vb' in a record"},
        {"[{'n':'/3/0/0','vd':1}]", "'vd' in a record"},
        {"[{'n':'/3/0/0','vlo':'16'}]", "'vlo' in a record; it must be a text of two decimal ids"},
        {"[{'n':'/3/0/0','vlo':1}]", "'vlo' in a record"},
        {"[{'n':9,'v':1}]", "'n' in a record; it must be the text"},
        {"[{'bn':9,'v':1}]", "'bn' in a record; it must be the text"},
        {"[{'n':'/3/0/9/0000000000000000000000000','v':1}]", "'n' in a record"},
        {"[{'n':'/3/0/9\\u0000','v':1}]", "'n' in a record"},
        {"[{'bn':'/3/0/000000000000000000','n':'000000000000000000/9','v':1}]", "make no path"},
        {"[{'n':'/3/0/9/','v':1}]", "make no path together"},
        {"[{'n':'3/0/9','v':1}]", "make no path together"},
        {"[{'n':'//3/0/9','v':1}]", "make no path together"},
        {"[{'n':'/3/0/09','v':1}]", "make no path together"},
        {"[{'n':'/3/0/65535','v':1}]", "make no path together"},
        {"[{'n':'/3/0/9/0/0','v':1}]", "make no path together"},
        {"[{'n':'/3/0/x','v':1}]", "make no path together"},
        {"[{'bn':'urn:dev:ow:10e2073a01080063','v':1}]", "make no path together"},
        {"[{'n':'/3/1/9','v':1}]", "contradicts the path of the request with '/3/1/9'"},
        {"[{'n':'/3','v':1}]", "contradicts the path of the request with '/3'"},
        {"[{'n':'/3/0','v':1}]", "has a value for what is no resource: '/3/0'"},
        {"[{'n':'/3/0/9/0','v':1}]", "'/3/0/9' as a multiple resource; it is a single one"},
        {"[{'n':'/3/0/11','v':1}]", "'/3/0/11' as a single resource; it is a multiple one"},
        {"[{'n':'/3/0/9','vs':'1'}]", "a value of type string for '/3/0/9'; it must be an integer"},
        {"[{'n':'/3/0/0','v':1}]", "a value of type integer for '/3/0/0'; it must be a string"},
        {"[{'n':'/3/0/22/0','vs':'16:1'}]", "of type string for '/3/0/22/0'; it must be a link"},
        {"[{'n':'/3/0/9','v':1,'v':1}]", "a field twice in one record"},
        {"[{'n':'/3/0/9','n':'/3/0/9','v':1}]", "a field twice in one record"},
        {"[{'n':'/3/0/9','v':1,'vs':'1'}]", "two values in one record"},
        {"[{'n':'/3/0/9','v':1},{'n':'/3/0/9','v':1}]", "repeats '/3/0/9'"},
        {"[{'n':'/3/0/9','v':1},{'n':'/3/0/10','v':1},{'bn':'/3/0/','n':'9','v':1}]", "repeats"},
        {"[{'n':'/3/0/99/1','v':1},{'n':'/3/0/99','v':1}]", "repeats '/3/0/99/1'"},
        {"[{'n':'/3/0/9','s':1}]", "'s' in a record; it must be left out"},
        {"[{'n':'/3/0/9','v':1,'bv':1}]", "'bv' in a record; it must be left out"},
        {"[{'n':'/3/0/9','v':1,'bs':1}]", "'bs' in a record; it must be left out"},
        {"[{'n':'/3/0/9','v':1}]x", "expected the end of the text"},
        {"[{'n':'/3/0/9','v':1}", "end of the text"},
        {"[{'n':'/3/0/9','v':1},]", "last comma"},
    };
    for (size_t i = 0; i < COUNT_OF(refusals); i++)
        check_json_refused(SENML, "/3/0", refusals[i][0], refusals[i][1]);
}
END_TEST

START_TEST(values_of_unknown_resources_have_the_type_of_their_field)
{
    check_json(SENML, "/9",
               "[{'bn':'/9/0/','n':'1','v':1},{'n':'2','v':1.5},{'n':'3','vs':'a'},"
               "{'n':'4','vb':true},{'n':'5','vd':'AA'},{'n':'6/0','vlo':'1:2'}]",
               "/9/0/1 1\n/9/0/2 1.5\n/9/0/3 \"a\"\n/9/0/4 true\n/9/0/5 hex:00\n/9/0/6/0 1:2\n");
    check_json(SENML, "/100/0", "[{'n':'/100/0/20','vs':'executable'}]",
               "/100/0/20 \"executable\"\n");
    check_json(JSON, "/9", "{'bn':'/9/0/','e':[{'n':'3','sv':'AA=='}]}", "/9/0/3 \"AA==\"\n");
}
END_TEST

START_TEST(no_records_say_that_something_is_empty)
{
    static const int formats[] = {SENML, CBOR, JSON};
    static const char *const texts[] = {"[]", "\x80", "{'e':[]}"};
    static const char *const bases[] = {"/16", "/16/0", "/16/0/0"};
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        struct buf text = json_of(texts[i]);
        for (size_t k = 0; k < COUNT_OF(bases); k++) {
            char wanted[100];
            snprintf(wanted, sizeof wanted, "%s (empty)\n", bases[k]);
            check_content(codec_find(formats[i]), bases[k], buf_bytes(&text), wanted);
        }
        check_refused(codec_find(formats[i]), buf_bytes(&text), path_of("/16/0/3"), ST_INVALID,
                      "'/16/0/3' as a multiple resource; it is a single one");
        check_refused(codec_find(formats[i]), buf_bytes(&text), path_of("/16/0/0/1"), ST_INVALID,
                      "is empty and so has no value for '/16/0/0/1'");
        check_refused(codec_find(formats[i]), buf_bytes(&text), path_of("/9/0/1"), ST_INVALID,
                      "is empty and so has no value for '/9/0/1'");
        buf_release(&text);
    }
    check_json(SENML, "/", "[]", "");
}
END_TEST

/* --- lists of paths ------------------------------------------------------------------------- */

static void check_paths(int format, struct bytes text, const char *wanted)
{
    const struct codec *codec = codec_find(format);
    struct records records;
    struct error error;
    records_init(&records);
    error_clear(&error);
    enum status status = codec->decode_paths(text, &records, &error);
    ck_assert_msg(status == ST_OK, "%s: %s", wanted, error.text);
    check_records(&records, wanted, codec->name);
    records_release(&records);
}

static void check_paths_refused(const char *text, const char *fragment)
{
    struct buf json = json_of(text);
    struct records records;
    struct error error;
    records_init(&records);
    error_clear(&error);
    ck_assert_int_eq(senml_json_decode_paths(buf_bytes(&json), &records, &error), ST_INVALID);
    ck_assert_msg(strstr(error.text, fragment) != NULL, "%s: %s", fragment, error.text);
    records_release(&records);
    buf_release(&json);
}

static void check_paths_written(int format, const struct records *records, struct bytes wanted)
{
    struct buf out;
    buf_init(&out, PAYLOAD_MOST);
    ck_assert_int_eq(codec_find(format)->encode_paths(records, &out), ST_OK);
    ck_assert_msg(bytes_equal(buf_bytes(&out), wanted), "%s", buf_text(&out));
    buf_release(&out);
}

/* `cbor2.dumps([{0: "/3/0/0"}, {0: "/1/0/1"}, {0: "/16"}, {0: "/"}])` */
START_TEST(the_paths_of_a_composite_are_records_without_values)
{
    const char *wanted = "/3/0/0 (empty)\n/1/0/1 (empty)\n/16 (empty)\n/ (empty)\n";
    struct buf json = json_of("[{'n':'/3/0/0'},{'n':'/1/0/1'},{'n':'/16'},{'n':'/'}]");
    struct buf cbor = octets_of("84a100662f332f302f30a100662f312f302f31a100632f3136a100612f");
    struct records records;
    records_init(&records);
    check_paths(SENML, buf_bytes(&json), wanted);
    check_paths(CBOR, buf_bytes(&cbor), wanted);
    ck_assert_int_eq(senml_json_decode_paths(buf_bytes(&json), &records, NULL), ST_OK);
    check_paths_written(SENML, &records, buf_bytes(&json));
    check_paths_written(CBOR, &records, buf_bytes(&cbor));
    records_clear(&records);
    check_paths_written(SENML, &records, bytes_of("[]"));
    check_paths_written(CBOR, &records, bytes_of("\x80"));
    records_release(&records);
    buf_release(&json);
    buf_release(&cbor);
}
END_TEST

START_TEST(paths_may_have_base_names_and_lie_within_each_other)
{
    struct buf json =
        json_of("[{'bn':'/3/0/','n':'0'},{'n':'9','t':-5,'u':'%'},{'bn':'/3'},{'bn':'/','n':'1'},"
                "{'n':''}]");
    check_paths(SENML, buf_bytes(&json),
                "/3/0/0 (empty)\n/3/0/9 (empty)\n/3 (empty)\n/1 (empty)\n/ (empty)\n");
    check_paths(SENML, bytes_of("[]"), "");
    buf_release(&json);
}
END_TEST

START_TEST(what_is_no_list_of_paths_is_refused)
{
    check_paths_refused("[{'n':'/3/0/0','vs':'a'}]", "has a value beside the path '/3/0/0'");
    check_paths_refused("[{'n':'/3/0/0'},{'n':'/3/0/0'}]", "repeats '/3/0/0'");
    check_paths_refused("[{}]", "make no path together");
    check_paths_refused("[{'bn':'/3/0/'},{'n':'0'}]", "make no path together");
    check_paths_refused("[{'n':'/3/0/'}]", "make no path together");
    check_paths_refused("['/3/0']", "something else among the records");
    check_paths_refused("", "found the end of the text");
    struct records records;
    struct buf out;
    records_init(&records);
    buf_init(&out, 20);
    ck_assert(records_add(&records, path_of("/3/0/0"), value_none()));
    ck_assert_int_eq(senml_json_encode_paths(&records, &out), ST_OK);
    ck_assert_int_eq(senml_json_encode_paths(&records, &out), ST_LIMIT);
    ck_assert(records_add(&records, path_of("/3/0/0"), value_none()));
    ck_assert_int_eq(senml_cbor_encode_paths(&records, &out), ST_INVALID);
    records_release(&records);
    buf_release(&out);
}
END_TEST

/* --- limits --------------------------------------------------------------------------------- */

START_TEST(depth_of_what_is_passed_over_is_limited)
{
    struct buf json;
    buf_init(&json, 1000);
    buf_puts(&json, "[{\"x\":");
    for (int i = 0; i < JSON_DEPTH_MOST; i++)
        buf_puts(&json, "[");
    check_refused(codec_find(SENML), buf_bytes(&json), path_of("/3/0"), ST_LIMIT, "nested deeper");
    buf_clear(&json);
    buf_puts(&json, "\x81\xa1\x61x");
    for (int i = 0; i < 20; i++)
        buf_puts(&json, "\x81");
    check_refused(codec_find(CBOR), buf_bytes(&json), path_of("/3/0"), ST_LIMIT, "too deep");
    buf_release(&json);
}
END_TEST

START_TEST(sizes_and_counts_are_limited)
{
    uint8_t *octets = xalloc(PAYLOAD_MOST + 1);
    memset(octets, ' ', PAYLOAD_MOST + 1);
    check_refused(codec_find(SENML), (struct bytes){octets, PAYLOAD_MOST + 1}, path_of("/3/0"),
                  ST_LIMIT, "send at most 65536");
    check_refused(codec_find(CBOR), (struct bytes){octets, PAYLOAD_MOST + 1}, path_of("/3/0"),
                  ST_LIMIT, "send at most 65536");
    struct records records;
    struct error error;
    struct buf json = json_of("[{'bn':'/3/0/','n':'9','v':1},{'n':'10','v':1}]");
    records_init(&records);
    error_clear(&error);
    records.limit = 1;
    ck_assert_int_eq(
        senml_json_decode(buf_bytes(&json), path_of("/3/0"), &test_types, &records, &error),
        ST_LIMIT);
    ck_assert_str_eq(error.text, "content has more than 1 values; send fewer");
    records_release(&records);
    buf_release(&json);
    free(octets);
}
END_TEST

/* 4096 records, each named once; sorted, so that looking for twins takes no time. */
START_TEST(many_records_are_read)
{
    struct buf cbor;
    struct records records;
    buf_init(&cbor, PAYLOAD_MOST);
    records_init(&records);
    buf_puts(&cbor, "\x99");
    buf_put_be(&cbor, RECORDS_MOST, 2);
    for (unsigned i = 0; i < RECORDS_MOST; i++) {
        char name[PATH_TEXT];
        snprintf(name, sizeof name, "%u", RECORDS_MOST - i);
        buf_puts(&cbor, i == 0 ? "\xA3\x21\x68/16/0/0/" : "\xA2");
        buf_put_be(&cbor, 0x0060 + strlen(name), 2);
        buf_puts(&cbor, name);
        buf_puts(&cbor, "\x03\x60");
    }
    ck_assert(!cbor.bad);
    ck_assert_int_eq(
        senml_cbor_decode(buf_bytes(&cbor), path_of("/16/0/0"), &test_types, &records, NULL),
        ST_OK);
    ck_assert_uint_eq(records.count, RECORDS_MOST);
    records_release(&records);
    buf_release(&cbor);
}
END_TEST

UNIT_MAIN("senml", any_division_of_a_path_into_base_name_and_name_is_read,
          a_base_name_holds_until_the_next, times_and_units_are_looked_at_and_not_kept,
          unknown_fields_are_passed_over_unless_they_must_be_understood,
          contents_that_are_no_records_are_refused,
          values_of_unknown_resources_have_the_type_of_their_field,
          no_records_say_that_something_is_empty,
          the_paths_of_a_composite_are_records_without_values,
          paths_may_have_base_names_and_lie_within_each_other, what_is_no_list_of_paths_is_refused,
          depth_of_what_is_passed_over_is_limited, sizes_and_counts_are_limited,
          many_records_are_read)
