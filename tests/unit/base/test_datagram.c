/* SPDX-License-Identifier: Apache-2.0 */
/* The outline of a CoAP message. Octets after RFC 7252: figure 16 of appendix A, and options by
 * 3.1. */
#include "base/std.h"

#include "base/datagram.h"
#include "tests/unit/unit.h"

static struct bytes octets(const char *hex, struct buf *out)
{
    buf_init(out, 2000);
    for (const char *at = hex; at[0] != '\0'; at += 2) {
        char digits[3] = {at[0], at[1], '\0'};
        buf_put_u8(out, (uint8_t)strtoul(digits, NULL, 16));
    }
    return buf_bytes(out);
}

static void check_payload_at(const char *hex, size_t place)
{
    struct buf buf;
    ck_assert_uint_eq(datagram_payload_at(octets(hex, &buf)), place);
    buf_release(&buf);
}

START_TEST(options_come_with_their_numbers)
{
    struct buf buf;
    struct datagram datagram;
    struct bytes value;
    /* CON GET, token 20, Uri-Path "temperature" */
    datagram_begin(&datagram, octets("41017d3520bb74656d7065726174757265", &buf));
    ck_assert(datagram_next(&datagram, &value));
    ck_assert_uint_eq(datagram.number, 11);
    ck_assert(bytes_is(value, "temperature"));
    ck_assert(!datagram_next(&datagram, &value));
    ck_assert(datagram_is_whole(&datagram));
    buf_release(&buf);
}
END_TEST

START_TEST(deltas_and_lengths_may_be_extended)
{
    struct buf buf;
    struct datagram datagram;
    struct bytes value;
    /* Size1 (60 = 13 + 47) of one octet, then 329 (60 + 269 + 0) of thirteen (13 + 0) */
    datagram_begin(&datagram, octets("40010001d12f07ed0000000102030405060708090a0b0c0d", &buf));
    ck_assert(datagram_next(&datagram, &value));
    ck_assert_uint_eq(datagram.number, 60);
    ck_assert_uint_eq(value.len, 1);
    ck_assert(datagram_next(&datagram, &value));
    ck_assert_uint_eq(datagram.number, 60 + 269);
    ck_assert_uint_eq(value.len, 13);
    buf_release(&buf);
}
END_TEST

START_TEST(the_payload_begins_behind_its_marker)
{
    check_payload_at("60457d34ff32322e332043", 5);
    check_payload_at("61457d3520ff32322e33", 6);
    check_payload_at("4101000120b161ff6162", 8);
    check_payload_at("61457d3520", 5);
}
END_TEST

START_TEST(what_is_malformed_has_no_payload)
{
    check_payload_at("", 0);
    check_payload_at("4101", 2);
    check_payload_at("4801000101", 5);
    check_payload_at("40010001f0ff61", 7);
    check_payload_at("40010001d1", 5);
    check_payload_at("40010001b561", 6);
}
END_TEST

/* RFC 7252 3, 4.2, 4.3 and 12.1 say what a message must be. */
START_TEST(what_is_no_message_has_a_fault)
{
    static const struct {
        const char *hex, *fault;
    } rows[] = {
        {"", "it is shorter than a header"},
        {"604500", "it is shorter than a header"},
        {"80450001", "its version is not 1"},
        {"69450001010203040506070809", "its token is longer than 8 octets"},
        {"6245000101", "its token is cut off"},
        {"610000010a", "it is an empty message with something behind the header"},
        {"60ff0001", "its code is reserved"},
        {"60210001", "its code is reserved"},
        {"70450001", "it is a Reset that is not empty"},
        {"60010001", "it is an acknowledgement with a request in it"},
        {"604500010d", "an option of it is malformed or cut off"},
        {"60450001f1aa", "an option of it is malformed or cut off"},
        {"60450001c3aa", "an option of it is malformed or cut off"},
        {"60450001ff", "nothing follows its payload marker"},
        {"61450001aac0ff", "nothing follows its payload marker"},
        {"61450001aac0ff30", NULL},
        {"60000001", NULL},
        {"70000001", NULL},
        {"41017d3520bb74656d7065726174757265", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf buf;
        const char *fault = datagram_fault(octets(rows[i].hex, &buf));
        ck_assert_msg((fault == NULL) == (rows[i].fault == NULL) &&
                          (fault == NULL || strcmp(fault, rows[i].fault) == 0),
                      "%s: %s", rows[i].hex, fault == NULL ? "none" : fault);
        buf_release(&buf);
    }
}
END_TEST

START_TEST(a_token_is_there_when_it_is_whole)
{
    struct buf buf;
    ck_assert_uint_eq(datagram_token(octets("62450001aabb", &buf)).len, 2);
    ck_assert_uint_eq(datagram_token(buf_bytes(&buf)).data[1], 0xbb);
    buf_release(&buf);
    ck_assert_uint_eq(datagram_token(octets("62450001aa", &buf)).len, 0);
    buf_release(&buf);
    ck_assert_uint_eq(datagram_token(octets("6945000101020304050607080910", &buf)).len, 0);
    buf_release(&buf);
    ck_assert_uint_eq(datagram_token(octets("61", &buf)).len, 0);
    buf_release(&buf);
}
END_TEST

UNIT_MAIN("datagram", options_come_with_their_numbers, deltas_and_lengths_may_be_extended,
          the_payload_begins_behind_its_marker, what_is_malformed_has_no_payload,
          what_is_no_message_has_a_fault, a_token_is_there_when_it_is_whole)
