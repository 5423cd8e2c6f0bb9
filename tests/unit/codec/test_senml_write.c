/* SPDX-License-Identifier: Apache-2.0 */
/* Writing for the SenML family: names, what is left out, and what no record can say. */
#include "base/std.h"

#include <math.h>

#include "tests/unit/codec/senml_helpers.h"

enum { SENML = FORMAT_SENML_JSON, CBOR = FORMAT_SENML_CBOR, JSON = FORMAT_JSON };

/* Writes what is in RECORDS, which are released. */
static enum status write_content(int format, const char *base, struct records *records,
                                 struct buf *out)
{
    buf_init(out, PAYLOAD_MOST);
    enum status status = codec_find(format)->encode(records, path_of(base), out);
    records_release(records);
    return status;
}

static void check_written(int format, const char *base, struct records *records, const char *wanted)
{
    struct buf out;
    struct buf text = json_of(wanted);
    ck_assert_int_eq(write_content(format, base, records, &out), ST_OK);
    ck_assert_msg(bytes_equal(buf_bytes(&out), buf_bytes(&text)), "%s", buf_text(&out));
    buf_release(&text);
    buf_release(&out);
}

/* Nothing is written then. */
static void check_not_written(int format, const char *base, struct records *records,
                              enum status wanted)
{
    struct buf out;
    ck_assert_int_eq(write_content(format, base, records, &out), wanted);
    ck_assert_uint_eq(out.len, 0);
    buf_release(&out);
}

static void add(struct records *records, const char *path, struct value value)
{
    ck_assert(records_add(records, path_of(path), value));
}

static struct records one(const char *path, struct value value)
{
    struct records records;
    records_init(&records);
    add(&records, path, value);
    return records;
}

static struct records two(const char *first, const char *second)
{
    struct records records = one(first, value_integer(1));
    add(&records, second, value_integer(2));
    return records;
}

START_TEST(names_are_relative_to_the_path_of_the_request)
{
    struct records records = two("/1/0/1", "/1/10/2");
    check_written(SENML, "/1", &records, "[{'bn':'/1/','n':'0/1','v':1},{'n':'10/2','v':2}]");
    records = two("/1/0/1", "/1/0/2");
    check_written(SENML, "/1/0", &records, "[{'bn':'/1/0/','n':'1','v':1},{'n':'2','v':2}]");
    records = two("/3/0/6/0", "/3/0/6/65534");
    check_written(SENML, "/3/0/6", &records,
                  "[{'bn':'/3/0/6/','n':'0','v':1},{'n':'65534','v':2}]");
    records = one("/3/0/6/0", value_integer(1));
    check_written(SENML, "/3/0/6/0", &records, "[{'bn':'/3/0/6/0','v':1}]");
    records = two("/1/0/1", "/1/10/2");
    check_written(JSON, "/1", &records, "{'bn':'/1/','e':[{'n':'0/1','v':1},{'n':'10/2','v':2}]}");
    records = one("/3/0/6/0", value_integer(1));
    check_written(JSON, "/3/0/6/0", &records, "{'bn':'/3/0/6/0','e':[{'v':1}]}");
}
END_TEST

/* ETS 230: a Write-Composite of the Server and the Portfolio object. In CBOR
 * `cbor2.dumps([{0: "/1/0/1", 2: 61}, {0: "/1/0/6", 4: True}, ...])`. */
START_TEST(names_of_several_objects_are_absolute)
{
    const char *wanted = "/1/0/1 61\n/1/0/6 true\n/16/0/0/0 \"aa\"\n/16/0/0/1 \"bb\"\n";
    struct buf cbor =
        octets_of("84a200662f312f302f3102183da200662f312f302f3604f5a200692f31362f302f302f3003626161"
                  "a200692f31362f302f302f3103626262");
    check_json_both_ways(SENML, "/",
                         "[{'n':'/1/0/1','v':61},{'n':'/1/0/6','vb':true},"
                         "{'n':'/16/0/0/0','vs':'aa'},{'n':'/16/0/0/1','vs':'bb'}]",
                         wanted);
    check_both_ways(CBOR, "/", buf_bytes(&cbor), wanted);
    buf_release(&cbor);
    struct records records = two("/1/0/1", "/3/0/9");
    check_not_written(JSON, "/", &records, ST_UNSUPPORTED);
}
END_TEST

START_TEST(what_is_empty_is_left_out)
{
    struct records records = one("/16/0/2", value_none());
    add(&records, "/16/0/3", value_integer(0));
    check_written(SENML, "/16/0", &records, "[{'bn':'/16/0/','n':'3','v':0}]");
    records = one("/16/0/2", value_none());
    check_written(SENML, "/16/0/2", &records, "[]");
    records = one("/16/0", value_none());
    check_written(SENML, "/16/0", &records, "[]");
    records = one("/16", value_none());
    check_written(SENML, "/16", &records, "[]");
    records = one("/16/0/2", value_none());
    check_written(CBOR, "/16/0/2", &records, "\x80");
    records = one("/16/0/2", value_none());
    check_written(JSON, "/16/0/2", &records, "{'bn':'/16/0/2/','e':[]}");
    records_init(&records);
    check_written(SENML, "/", &records, "[]");
    records_init(&records);
    check_written(SENML, "/16/0/2", &records, "[]");
}
END_TEST

START_TEST(what_no_record_can_say_is_unsupported)
{
    struct records records;
    records_init(&records);
    ck_assert(records_add(&records, path_resource(16, ID_NONE, 3), value_integer(1)));
    check_not_written(SENML, "/16", &records, ST_UNSUPPORTED);
    records_init(&records);
    ck_assert(records_add(&records, path_instance(16, ID_NONE), value_none()));
    check_not_written(CBOR, "/16", &records, ST_UNSUPPORTED);
    records = one("/100/0/1", value_string("\xFF"));
    check_not_written(SENML, "/100/0/1", &records, ST_UNSUPPORTED);
    records = one("/100/0/1", value_string("\xFF"));
    check_not_written(CBOR, "/100/0/1", &records, ST_UNSUPPORTED);
    records = one("/100/0/3", value_float((double)NAN));
    check_not_written(SENML, "/100/0/3", &records, ST_UNSUPPORTED);
    records = one("/100/0/3", value_float(INFINITY));
    check_not_written(JSON, "/100/0/3", &records, ST_UNSUPPORTED);
}
END_TEST

START_TEST(lists_that_are_no_content_are_invalid)
{
    static const int formats[] = {SENML, CBOR, JSON};
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        struct records records = one("/3/1/9", value_integer(1));
        check_not_written(formats[i], "/3/0", &records, ST_INVALID);
        records = one("/3/0", value_integer(1));
        check_not_written(formats[i], "/3", &records, ST_INVALID);
        records = two("/3/0/9", "/3/0/9");
        check_not_written(formats[i], "/3/0", &records, ST_INVALID);
        records = two("/3/0/9/1", "/3/0/9");
        check_not_written(formats[i], "/3/0", &records, ST_INVALID);
        records_init(&records);
        ck_assert(records_add(&records, path_resource(3, 0, ID_NONE), value_integer(1)));
        check_not_written(formats[i], "/3/0", &records, ST_INVALID);
    }
}
END_TEST

START_TEST(a_full_buffer_is_a_limit)
{
    static const int formats[] = {SENML, CBOR, JSON};
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        for (size_t limit = 0; limit < 20; limit++) {
            struct records records = one("/100/0/5", value_octets(VALUE_OPAQUE, bytes_of("abcd")));
            struct buf out;
            buf_init(&out, limit);
            enum status status =
                codec_find(formats[i])->encode(&records, path_of("/100/0/5"), &out);
            ck_assert_int_eq(status, formats[i] == CBOR && limit >= 18 ? ST_OK : ST_LIMIT);
            records_release(&records);
            buf_release(&out);
        }
    }
}
END_TEST

UNIT_MAIN("senml_write", names_are_relative_to_the_path_of_the_request,
          names_of_several_objects_are_absolute, what_is_empty_is_left_out,
          what_no_record_can_say_is_unsupported, lists_that_are_no_content_are_invalid,
          a_full_buffer_is_a_limit)
