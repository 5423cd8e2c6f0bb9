/* SPDX-License-Identifier: Apache-2.0 */
/* OMA TLV against the standards' own examples and against octets laid out by hand. */
#include "base/std.h"

#include <math.h>

#include "codec/tlv.h"
#include "tests/unit/codec/helpers.h"

static const struct codec tlv = {.format = FORMAT_TLV, .encode = tlv_encode, .decode = tlv_decode};

struct golden {
    const char *base;
    const char *hex;
    const char *records;
};

static void check_decodes(const struct golden *golden)
{
    struct buf octets = octets_of(golden->hex);
    struct records records;
    struct error error;
    records_init(&records);
    error_clear(&error);
    enum status status =
        tlv_decode(buf_bytes(&octets), path_of(golden->base), &test_types, &records, &error);
    ck_assert_msg(status == ST_OK, "%s: %s", golden->hex, error.text);
    check_records(&records, golden->records, golden->hex);
    records_release(&records);
    buf_release(&octets);
}

static void check_encodes(const struct golden *golden)
{
    struct buf octets = octets_of(golden->hex);
    struct buf written;
    struct records records;
    records_init(&records);
    buf_init(&written, PAYLOAD_MOST);
    ck_assert_int_eq(
        tlv_decode(buf_bytes(&octets), path_of(golden->base), &test_types, &records, NULL), ST_OK);
    ck_assert_int_eq(tlv_encode(&records, path_of(golden->base), &written), ST_OK);
    check_octets(&written, golden->hex, golden->records);
    records_release(&records);
    buf_release(&written);
    buf_release(&octets);
}

static void check_both_ways(const struct golden *goldens, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check_decodes(&goldens[i]);
        check_encodes(&goldens[i]);
    }
}

/* LwM2M 1.0 TS, section 6.4.3: the examples for Device (121 octets), Access Control, Server, and
 * the two objects with links. */
#define DEVICE_HEX                                                                                 \
    "C8 00 14 4F70656E204D6F62696C6520416C6C69616E6365 "                                           \
    "C8 01 16 4C69676874776569676874204D324D20436C69656E74 C8 02 09 333435303030313233 "           \
    "C3 03 312E30 86 06 41 00 01 41 01 05 88 07 08 42 00 0ED8 42 01 1388 "                         \
    "87 08 41 00 7D 42 01 0384 C1 09 64 C1 0A 0F 83 0B 41 00 00 C4 0D 5182428F "                   \
    "C6 0E 2B30323A3030 C1 10 55"
#define DEVICE_RECORDS                                                                             \
    "/3/0/0 \"Open Mobile Alliance\"\n"                                                            \
    "/3/0/1 \"Lightweight M2M Client\"\n"                                                          \
    "/3/0/2 \"345000123\"\n"                                                                       \
    "/3/0/3 \"1.0\"\n"                                                                             \
    "/3/0/6/0 1\n/3/0/6/1 5\n"                                                                     \
    "/3/0/7/0 3800\n/3/0/7/1 5000\n"                                                               \
    "/3/0/8/0 125\n/3/0/8/1 900\n"                                                                 \
    "/3/0/9 100\n/3/0/10 15\n/3/0/11/0 0\n/3/0/13 1367491215\n"                                    \
    "/3/0/14 \"+02:00\"\n/3/0/16 \"U\"\n"

START_TEST(the_examples_of_the_standard_hold_both_ways)
{
    static const struct golden goldens[] = {
        {"/3/0", DEVICE_HEX, DEVICE_RECORDS},
        {"/3", "08 00 79 " DEVICE_HEX, DEVICE_RECORDS},
        {"/2",
         "08 00 0E C1 00 01 C1 01 00 83 02 41 7F 07 C1 03 7F "
         "08 02 12 C1 00 03 C1 01 00 87 02 41 7F 07 61 0136 01 C1 03 7F",
         "/2/0/0 1\n/2/0/1 0\n/2/0/2/127 7\n/2/0/3 127\n"
         "/2/2/0 3\n/2/2/1 0\n/2/2/2/127 7\n/2/2/2/310 1\n/2/2/3 127\n"},
        {"/1", "08 00 0F C1 00 01 C4 01 00015180 C1 06 01 C1 07 55",
         "/1/0/0 1\n/1/0/1 86400\n/1/0/6 true\n/1/0/7 \"U\"\n"},
        {"/65/0",
         "88 00 0C 44 00 0042 0000 44 01 0042 0001 C8 01 0D 38363133383030373535353030 "
         "C4 02 12345678",
         "/65/0/0/0 66:0\n/65/0/0/1 66:1\n/65/0/1 \"8613800755500\"\n/65/0/2 305419896\n"},
        {"/66",
         "08 00 26 C8 00 0B 6D79536572766963652031 C8 01 0F 496E7465726E65742E31352E323334 "
         "C4 02 0043 0000 08 01 26 C8 00 0B 6D79536572766963652032 "
         "C8 01 0F 496E7465726E65742E31352E323335 C4 02 FFFF FFFF",
         "/66/0/0 \"myService 1\"\n/66/0/1 \"Internet.15.234\"\n/66/0/2 67:0\n"
         "/66/1/0 \"myService 2\"\n/66/1/1 \"Internet.15.235\"\n/66/1/2 65535:65535\n"},
    };
    check_both_ways(goldens, COUNT_OF(goldens));
}
END_TEST

/* ETS case 1630: 1630-SetOfValues with the length form corrected (ETS 1630). */
START_TEST(the_portfolio_of_ets_1630_holds_both_ways)
{
    static const struct golden goldens[] = {
        {"/16",
         "08 01 2E 88 00 2B 48 00 11 486F737420446576696365204944202332 "
         "48 01 14 486F737420446576696365204D6F64656C202332",
         "/16/1/0/0 \"Host Device ID #2\"\n/16/1/0/1 \"Host Device Model #2\"\n"},
    };
    check_both_ways(goldens, COUNT_OF(goldens));
}
END_TEST

START_TEST(each_type_is_written_in_its_shortest_form)
{
    static const struct golden goldens[] = {
        {"/100/0/2", "C1 02 00", "/100/0/2 0\n"},
        {"/100/0/2", "C1 02 7F", "/100/0/2 127\n"},
        {"/100/0/2", "C1 02 80", "/100/0/2 -128\n"},
        {"/100/0/2", "C2 02 0080", "/100/0/2 128\n"},
        {"/100/0/2", "C2 02 FF7F", "/100/0/2 -129\n"},
        {"/100/0/2", "C2 02 7FFF", "/100/0/2 32767\n"},
        {"/100/0/2", "C2 02 8000", "/100/0/2 -32768\n"},
        {"/100/0/2", "C4 02 00008000", "/100/0/2 32768\n"},
        {"/100/0/2", "C4 02 FFFF7FFF", "/100/0/2 -32769\n"},
        {"/100/0/2", "C4 02 7FFFFFFF", "/100/0/2 2147483647\n"},
        {"/100/0/2", "C4 02 80000000", "/100/0/2 -2147483648\n"},
        {"/100/0/2", "C8 02 08 0000000080000000", "/100/0/2 2147483648\n"},
        {"/100/0/2", "C8 02 08 FFFFFFFF7FFFFFFF", "/100/0/2 -2147483649\n"},
        {"/100/0/2", "C8 02 08 7FFFFFFFFFFFFFFF", "/100/0/2 9223372036854775807\n"},
        {"/100/0/2", "C8 02 08 8000000000000000", "/100/0/2 -9223372036854775808\n"},
        {"/100/0/6", "C4 06 5182428F", "/100/0/6 1367491215\n"},
        {"/100/0/6", "C1 06 FF", "/100/0/6 -1\n"},
        /* IEEE 754: exact in 32 bits or not */
        {"/100/0/3", "C4 03 3FC00000", "/100/0/3 1.5\n"},
        {"/100/0/3", "C4 03 C2C80000", "/100/0/3 -100\n"},
        {"/100/0/3", "C4 03 7F7FFFFF", "/100/0/3 3.4028234663852886e+38\n"},
        {"/100/0/3", "C4 03 7F800000", "/100/0/3 inf\n"},
        {"/100/0/3", "C8 03 08 3FB999999999999A", "/100/0/3 0.1\n"},
        {"/100/0/3", "C8 03 08 7FEFFFFFFFFFFFFF", "/100/0/3 1.7976931348623157e+308\n"},
        {"/100/0/4", "C1 04 00", "/100/0/4 false\n"},
        {"/100/0/4", "C1 04 01", "/100/0/4 true\n"},
        {"/100/0/5", "C0 05", "/100/0/5 hex:\n"},
        {"/100/0/5", "C2 05 00FF", "/100/0/5 hex:00ff\n"},
        {"/100/0/1", "C0 01", "/100/0/1 \"\"\n"},
        {"/100/0/1", "C3 01 61 00 62", "/100/0/1 \"a\\u0000b\"\n"},
        {"/100/0/7", "C4 07 0010 0001", "/100/0/7 16:1\n"},
        {"/100/0/7", "C4 07 0010 FFFF", "/100/0/7 16:65535\n"},
    };
    check_both_ways(goldens, COUNT_OF(goldens));
}
END_TEST

START_TEST(wide_ids_hold_both_ways)
{
    static const struct golden goldens[] = {
        {"/100", "20 0100", "/100/256 (empty)\n"},
        {"/100", "03 FF C1 02 01", "/100/255/2 1\n"},
        {"/100", "28 FFFE 08 E1 012E 01 C2 02 0100", "/100/65534/302 1\n/100/65534/2 256\n"},
        {"/100/0", "A7 0137 61 0100 41 41 FF 42", "/100/0/311/256 \"A\"\n/100/0/311/255 \"B\"\n"},
    };
    check_both_ways(goldens, COUNT_OF(goldens));
}
END_TEST

START_TEST(empty_things_hold_both_ways)
{
    static const struct golden goldens[] = {
        {"/16", "", "/16 (empty)\n"},
        {"/16", "00 00", "/16/0 (empty)\n"},
        {"/16", "02 00 80 00 00 01", "/16/0/0 (empty)\n/16/1 (empty)\n"},
        {"/16/0", "", "/16/0 (empty)\n"},
        {"/16/0", "80 00 80 02", "/16/0/0 (empty)\n/16/0/2 (empty)\n"},
        {"/16/0/0", "80 00", "/16/0/0 (empty)\n"},
    };
    check_both_ways(goldens, COUNT_OF(goldens));
}
END_TEST

START_TEST(a_multiple_resource_is_wrapped_with_one_instance_too)
{
    static const struct golden goldens[] = {
        {"/16/0/2", "84 02 42 00 ABCD", "/16/0/2/0 hex:abcd\n"},
        {"/16/0", "84 02 42 00 ABCD C1 03 01", "/16/0/2/0 hex:abcd\n/16/0/3 1\n"},
    };
    check_both_ways(goldens, COUNT_OF(goldens));
}
END_TEST

START_TEST(a_resource_instance_is_written_alone)
{
    static const struct golden goldens[] = {
        {"/16/0/2/7", "42 07 ABCD", "/16/0/2/7 hex:abcd\n"},
        {"/16/0/2/0", "40 00", "/16/0/2/0 hex:\n"},
    };
    check_both_ways(goldens, COUNT_OF(goldens));
}
END_TEST

START_TEST(create_may_leave_the_instance_out)
{
    static const struct golden goldens[] = {
        {"/16", "83 00 41 00 41", "/16/65535/0/0 \"A\"\n"},
        {"/1", "C1 00 01 C1 01 3C", "/1/65535/0 1\n/1/65535/1 60\n"},
    };
    check_both_ways(goldens, COUNT_OF(goldens));
}
END_TEST

START_TEST(unknown_and_executable_resources_come_as_octets)
{
    static const struct golden goldens[] = {
        {"/9/0", "C1 01 FF 83 02 41 05 00", "/9/0/1 hex:ff\n/9/0/2/5 hex:00\n"},
        {"/16/0", "C1 01 30", "/16/0/1 hex:30\n"},
        {"/16/0", "83 01 41 00 30", "/16/0/1/0 hex:30\n"},
    };
    check_both_ways(goldens, COUNT_OF(goldens));
    struct records records;
    struct buf octets = octets_of("C1 02 05");
    records_init(&records);
    ck_assert_int_eq(tlv_decode(buf_bytes(&octets), path_of("/100/0"), NULL, &records, NULL),
                     ST_OK);
    check_records(&records, "/100/0/2 hex:05\n", "no types at all");
    records_release(&records);
    buf_release(&octets);
}
END_TEST

START_TEST(longer_forms_than_needed_are_read)
{
    static const struct golden goldens[] = {
        {"/100/0/1", "C8 01 01 41", "/100/0/1 \"A\"\n"},
        {"/100/0/1", "D0 01 0001 41", "/100/0/1 \"A\"\n"},
        {"/100/0/1", "D8 01 000001 41", "/100/0/1 \"A\"\n"},
        {"/100/0/1", "CF 01 01 41", "/100/0/1 \"A\"\n"}, /* low bits count in the short form only */
        {"/100/0/1", "E1 0001 41", "/100/0/1 \"A\"\n"},
        {"/100/0/2", "C2 02 0001", "/100/0/2 1\n"},
        {"/100/0/2", "C4 02 FFFFFFFF", "/100/0/2 -1\n"},
        {"/100/0/2", "C8 02 08 FFFFFFFFFFFFFFFF", "/100/0/2 -1\n"},
        {"/100/0/3", "C8 03 08 3FF8000000000000", "/100/0/3 1.5\n"},
        {"/16", "08 00 00", "/16/0 (empty)\n"},
    };
    for (size_t i = 0; i < COUNT_OF(goldens); i++)
        check_decodes(&goldens[i]);
}
END_TEST

START_TEST(a_resource_is_read_with_and_without_its_wrapping)
{
    static const struct golden goldens[] = {
        {"/16/0/0", "86 00 41 00 41 41 01 42", "/16/0/0/0 \"A\"\n/16/0/0/1 \"B\"\n"},
        {"/16/0/0", "41 00 41 41 01 42", "/16/0/0/0 \"A\"\n/16/0/0/1 \"B\"\n"},
        {"/16/0/0", "", "/16/0/0 (empty)\n"},
        {"/16/0/0/1", "41 01 42", "/16/0/0/1 \"B\"\n"},
        {"/16/0/0/1", "83 00 41 01 42", "/16/0/0/1 \"B\"\n"},
        {"/9/0/0", "41 01 42", "/9/0/0/1 hex:42\n"},
    };
    for (size_t i = 0; i < COUNT_OF(goldens); i++)
        check_decodes(&goldens[i]);
}
END_TEST

START_TEST(a_nan_stays_a_nan)
{
    struct buf octets = octets_of("C4 03 7FC00000");
    struct buf written;
    struct records records;
    records_init(&records);
    buf_init(&written, 100);
    ck_assert_int_eq(
        tlv_decode(buf_bytes(&octets), path_of("/100/0/3"), &test_types, &records, NULL), ST_OK);
    ck_assert(isnan(records.items[0].value.number));
    ck_assert_int_eq(tlv_encode(&records, path_of("/100/0/3"), &written), ST_OK);
    check_octets(&written, "C8 03 08 7FF8000000000000", "64 bits");
    records_release(&records);
    buf_release(&written);
    buf_release(&octets);
}
END_TEST

/* --- limits ------------------------------------------------------------------------------ */

START_TEST(a_content_over_the_limit_is_refused)
{
    uint8_t *zeros = xalloc(PAYLOAD_MOST + 1);
    check_refused(&tlv, (struct bytes){zeros, PAYLOAD_MOST + 1}, path_of("/16"), ST_LIMIT,
                  "65537 octets is too long; send at most 65536");
    free(zeros);
}
END_TEST

/* The largest content that there can be: a length of 16 bits, an item that fills it. */
START_TEST(a_content_of_the_limit_is_read)
{
    struct buf octets = octets_of("D0 05 FFFC");
    struct records records;
    records_init(&records);
    while (octets.len < PAYLOAD_MOST)
        buf_put_u8(&octets, 'x');
    ck_assert(!octets.bad);
    ck_assert_int_eq(tlv_decode(buf_bytes(&octets), path_of("/100/0"), &test_types, &records, NULL),
                     ST_OK);
    ck_assert_uint_eq(records.items[0].value.octets.len, 65532);
    records_release(&records);
    buf_release(&octets);
}
END_TEST

static void put_instances(struct buf *out, unsigned from, unsigned to)
{
    for (unsigned id = from; id < to; id++) {
        buf_put_u8(out, 0x20);
        buf_put_be(out, id, 2);
    }
}

START_TEST(values_are_counted)
{
    struct buf octets = octets_of("");
    struct records records;
    records_init(&records);
    put_instances(&octets, 0, RECORDS_MOST);
    ck_assert_int_eq(tlv_decode(buf_bytes(&octets), path_of("/100"), NULL, &records, NULL), ST_OK);
    ck_assert_uint_eq(records.count, RECORDS_MOST);
    put_instances(&octets, RECORDS_MOST, RECORDS_MOST + 1);
    check_refused(&tlv, buf_bytes(&octets), path_of("/100"), ST_LIMIT, "more than 4096 values");
    records_release(&records);
    buf_release(&octets);
}
END_TEST

START_TEST(reading_appends_and_looks_for_repetitions_in_its_own_part_only)
{
    struct buf octets = octets_of("C1 02 05");
    struct records records;
    records_init(&records);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(
            tlv_decode(buf_bytes(&octets), path_of("/100/0"), &test_types, &records, NULL), ST_OK);
    check_records(&records, "/100/0/2 5\n/100/0/2 5\n", "twice");
    records_release(&records);
    buf_release(&octets);
}
END_TEST

/* A value of LEN octets at /100/0/5, in a buffer with room for it. */
static struct buf written_octets(size_t len, enum status wanted)
{
    struct records records;
    struct buf out;
    uint8_t *zeros = xalloc(len);
    records_init(&records);
    buf_init(&out, len + 5);
    ck_assert(records_add(&records, path_of("/100/0/5"),
                          value_octets(VALUE_OPAQUE, (struct bytes){zeros, len})));
    ck_assert_int_eq(tlv_encode(&records, path_of("/100/0"), &out), wanted);
    records_release(&records);
    free(zeros);
    return out;
}

START_TEST(each_length_form_begins_where_the_shorter_one_ends)
{
    static const struct {
        size_t len;
        const char *header;
    } forms[] = {
        {7, "C7 05"},
        {8, "C8 05 08"},
        {255, "C8 05 FF"},
        {256, "D0 05 0100"},
        {65535, "D0 05 FFFF"},
        {65536, "D8 05 010000"},
        {70000, "D8 05 011170"},
        {0xFFFFFF, "D8 05 FFFFFF"},
    };
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        struct buf out = written_octets(forms[i].len, ST_OK);
        struct buf header = {.data = out.data, .len = out.len - forms[i].len};
        check_octets(&header, forms[i].header, "header");
        buf_release(&out);
    }
    struct buf out = written_octets(0x1000000, ST_LIMIT);
    buf_release(&out);
}
END_TEST

START_TEST(a_buffer_without_room_is_a_limit)
{
    struct records records;
    records_init(&records);
    ck_assert(records_add(&records, path_of("/16/0/0/0"), value_string("Host")));
    ck_assert(records_add(&records, path_of("/16/0/3"), value_integer(1)));
    enum { NEEDED = 3 + (2 + 2 + 4) + 3 }; /* instance, identity, status */
    for (size_t limit = 0; limit <= NEEDED; limit++) {
        struct buf out;
        buf_init(&out, limit);
        ck_assert_int_eq(tlv_encode(&records, path_of("/16"), &out),
                         limit < NEEDED ? ST_LIMIT : ST_OK);
        buf_release(&out);
    }
    records_release(&records);
}
END_TEST

/* --- lists that are no content ------------------------------------------------------------ */

/* Encodes `path` (nothing there) and `path=` (an empty string) lists, separated by blanks. */
static enum status encode_list(const char *base, const char *list)
{
    struct records records;
    struct buf out;
    records_init(&records);
    buf_init(&out, PAYLOAD_MOST);
    while (*list != '\0') {
        size_t len = strcspn(list, "= ");
        struct path path;
        ck_assert(path_parse((struct bytes){(const uint8_t *)list, len}, &path));
        bool has_value = list[len] == '=';
        ck_assert(records_add(&records, path, has_value ? value_string("") : value_none()));
        list += len;
        list += strspn(list, "= ");
    }
    enum status status = tlv_encode(&records, path_of(base), &out);
    records_release(&records);
    buf_release(&out);
    return status;
}

START_TEST(lists_that_contradict_themselves_are_not_written)
{
    static const struct {
        const char *base;
        const char *list;
    } lists[] = {
        {"/16", "/16="},
        {"/16", "/16/0="},
        {"/16", "/16/0/0/0"},
        {"/16", "/16 /16/0"},
        {"/16", "/16/0 /16"},
        {"/16", "/16/0 /16/0/3="},
        {"/16", "/16/0/3= /16/0"},
        {"/16", "/16/0/3= /16/1/3= /16/0/1="},
        {"/16/0", "/16/0/3= /16/0/3="},
        {"/16/0", "/16/0/0/0= /16/0/3= /16/0/0/1="},
        {"/16/0", "/16/0/0/0= /16/0/0/0="},
        {"/16/0", "/16/0/0 /16/0/0/0="},
        {"/16/0", "/16/0/0/0= /16/0/0"},
        {"/16/0", "/16/1/3="},
        {"/16/0", "/16"},
        {"/16/0/0/0", "/16/0/0"},
        {"/16/0/0/0", "/16/0/0/1="},
    };
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        ck_assert_msg(encode_list(lists[i].base, lists[i].list) == ST_INVALID, "%s", lists[i].list);
    ck_assert_int_eq(encode_list("/", "/16/0/0/0="), ST_UNSUPPORTED);
    ck_assert_int_eq(encode_list("/16", "/16/0/0/0= /16/0/3="), ST_OK);
}
END_TEST

START_TEST(a_list_with_the_reserved_id_is_not_written)
{
    struct records records;
    struct buf out;
    records_init(&records);
    buf_init(&out, 100);
    ck_assert(records_add(&records, path_resource(16, 0, ID_NONE), value_integer(1)));
    ck_assert_int_eq(tlv_encode(&records, path_of("/16"), &out), ST_INVALID);
    records_clear(&records);
    ck_assert(records_add(&records, path_resource(16, 1, 3), value_integer(1)));
    ck_assert(records_add(&records, path_resource(16, ID_NONE, 3), value_integer(1)));
    ck_assert_int_eq(tlv_encode(&records, path_of("/16"), &out), ST_INVALID);
    records_release(&records);
    buf_release(&out);
}
END_TEST

START_TEST(an_empty_list_is_an_empty_content)
{
    struct records records;
    struct buf out;
    records_init(&records);
    buf_init(&out, 100);
    ck_assert_int_eq(tlv_encode(&records, path_of("/16"), &out), ST_OK);
    ck_assert_uint_eq(out.len, 0);
    ck_assert(records_add(&records, path_instance(16, ID_NONE), value_none()));
    ck_assert_int_eq(tlv_encode(&records, path_of("/16"), &out), ST_OK);
    ck_assert_uint_eq(out.len, 0);
    records_release(&records);
    buf_release(&out);
}
END_TEST

UNIT_MAIN("tlv", the_examples_of_the_standard_hold_both_ways,
          the_portfolio_of_ets_1630_holds_both_ways, each_type_is_written_in_its_shortest_form,
          wide_ids_hold_both_ways, empty_things_hold_both_ways,
          a_multiple_resource_is_wrapped_with_one_instance_too,
          a_resource_instance_is_written_alone, create_may_leave_the_instance_out,
          unknown_and_executable_resources_come_as_octets, longer_forms_than_needed_are_read,
          a_resource_is_read_with_and_without_its_wrapping, a_nan_stays_a_nan,
          a_content_over_the_limit_is_refused, a_content_of_the_limit_is_read, values_are_counted,
          reading_appends_and_looks_for_repetitions_in_its_own_part_only,
          each_length_form_begins_where_the_shorter_one_ends, a_buffer_without_room_is_a_limit,
          lists_that_contradict_themselves_are_not_written,
          a_list_with_the_reserved_id_is_not_written, an_empty_list_is_an_empty_content)
