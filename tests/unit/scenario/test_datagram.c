/* SPDX-License-Identifier: Apache-2.0 */
/* The outline of a CoAP message. Octets after RFC 7252: figure 16 of appendix A, and options by
 * 3.1. */
#include "base/std.h"

#include "scenario/datagram.h"
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

UNIT_MAIN("datagram", options_come_with_their_numbers, deltas_and_lengths_may_be_extended,
          the_payload_begins_behind_its_marker, what_is_malformed_has_no_payload)
