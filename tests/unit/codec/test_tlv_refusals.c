/* SPDX-License-Identifier: Apache-2.0 */
/* Contents in TLV that are refused, and with which sentence. */
#include "base/std.h"

#include "codec/tlv.h"
#include "tests/unit/codec/helpers.h"

static const struct codec tlv = {.format = FORMAT_TLV, .encode = tlv_encode, .decode = tlv_decode};

struct refusal {
    const char *base;
    const char *hex;
    const char *fragment;
};

static void check_refusals(const struct refusal *refusals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct buf octets = octets_of(refusals[i].hex);
        check_refused(&tlv, buf_bytes(&octets), path_of(refusals[i].base), ST_INVALID,
                      refusals[i].fragment);
        buf_release(&octets);
    }
}

START_TEST(a_content_that_ends_too_early_or_too_late_is_refused)
{
    static const struct refusal refusals[] = {
        {"/100/0", "C1", "ends in the middle of an item of '/100/0'"},
        {"/100/0", "E1 01", "ends in the middle"},
        {"/100/0", "C8 01", "ends in the middle"},
        {"/100/0", "D0 01 00", "ends in the middle"},
        {"/100/0", "D8 01 0000", "ends in the middle"},
        {"/100/0", "D8 01 FFFFFF 41", "ends in the middle"},
        {"/100/0", "C2 01 41", "ends in the middle"},
        {"/100/0", "C1 01 41 00", "ends in the middle"},
        {"/100/0/1", "C1 01 41 C1", "ends in the middle"},
        {"/16", "08 00 04 83 00 41 00", "ends in the middle of an item of '/16/0'"},
        {"/16", "05 00 84 00 41 00 41", "ends in the middle of an item of '/16/0'"},
        {"/16/0", "83 00 42 00 41", "ends in the middle of an item of '/16/0/0'"},
    };
    check_refusals(refusals, COUNT_OF(refusals));
}
END_TEST

START_TEST(values_that_their_type_cannot_have_are_refused)
{
    static const struct refusal refusals[] = {
        {"/100/0", "C0 02", "0 octets that are no integer for '/100/0/2'"},
        {"/100/0", "C3 02 000001", "it must be 1, 2, 4 or 8 octets"},
        {"/100/0", "C5 02 0000000001", "no integer"},
        {"/100/0", "C8 02 09 000000000000000001", "no integer"},
        {"/100/0", "C0 06", "no time"},
        {"/100/0", "C2 03 0000", "no float"},
        {"/100/0", "C0 04", "no boolean"},
        {"/100/0", "C1 04 02", "it must be one octet, 0 or 1"},
        {"/100/0", "C2 04 0001", "no boolean"},
        {"/100/0", "C3 07 001000", "it must be 4 octets"},
        {"/100/0", "C5 07 0010000100", "no objlink"},
        {"/100/0", "C1 01 FF", "it must be UTF-8"},
        {"/100/0", "C3 01 EDA080", "no string"},
        {"/16/0", "83 00 41 00 C3", "no string for '/16/0/0/0'"},
    };
    check_refusals(refusals, COUNT_OF(refusals));
}
END_TEST

START_TEST(items_at_the_wrong_level_are_refused)
{
    static const struct refusal refusals[] = {
        {"/16", "41 00 41", "'/16' begins with a resource instance item"},
        {"/16/0", "41 00 41", "'/16/0' begins with a resource instance item"},
        {"/16/0", "05 00 83 00 41 00 41", "'/16/0' begins with an object instance item"},
        {"/16/0/0", "05 00 83 00 41 00 41", "begins with an object instance item"},
        {"/16/0/0/0", "00 00", "begins with an object instance item"},
        {"/16", "02 00 00 01", "an object instance item directly below '/16/0'"},
        {"/16", "03 00 41 00 41", "a resource instance item directly below '/16/0'"},
        {"/16", "00 00 C1 03 00", "a resource item directly below '/16'"},
        {"/16", "C1 03 00 00 00", "an object instance item directly below"},
        {"/16/0", "83 00 C1 00 41", "a resource item directly below '/16/0/0'"},
        {"/16/0", "82 00 80 00", "a multiple resource item directly below '/16/0/0'"},
        {"/16/0/0", "41 00 41 80 00", "a multiple resource item directly below '/16/0/0'"},
        {"/16/0/0", "80 00 41 00 41", "a resource instance item directly below '/16/0'"},
        {"/", "00 00", "cannot be for '/'"},
        {"/", "", "cannot be for '/'"},
    };
    check_refusals(refusals, COUNT_OF(refusals));
}
END_TEST

START_TEST(ids_that_contradict_the_request_are_refused)
{
    static const struct refusal refusals[] = {
        {"/100/0/1", "C1 05 41", "contradicts the path of the request with '/100/0/5'"},
        {"/100/0/1", "C1 01 41 C1 05 41", "contradicts the path of the request with '/100/0/5'"},
        {"/16/0/0", "80 02", "with '/16/0/2'"},
        {"/16/0/0", "83 02 41 00 41", "with '/16/0/2'"},
        {"/16/0/0/1", "41 00 41", "with '/16/0/0/0'"},
        {"/16/0/0/1", "83 00 41 00 41", "with '/16/0/0/0'"},
        {"/16/0/0/1", "86 00 41 01 41 41 00 41", "with '/16/0/0/0'"},
        {"/16/0/0/1", "80 00", "with '/16/0/0'"},
        {"/16/0/0/1", "C1 00 41", "with '/16/0/0'"},
        {"/16/0", "E0 FFFF", "the reserved id 65535"},
        {"/16", "20 FFFF", "the reserved id 65535"},
    };
    check_refusals(refusals, COUNT_OF(refusals));
}
END_TEST

START_TEST(anything_that_comes_twice_is_refused)
{
    static const struct refusal refusals[] = {
        {"/100/0", "C1 01 41 C1 01 42", "repeats '/100/0/1'"},
        {"/100/0", "C1 01 41 C1 02 01 C1 01 42", "repeats '/100/0/1'"},
        {"/16/0", "83 00 41 00 41 83 00 41 01 42", "repeats '/16/0/0'"},
        {"/16/0", "86 00 41 00 41 41 00 42", "repeats '/16/0/0/0'"},
        {"/16/0/0", "41 00 41 41 00 42", "repeats '/16/0/0/0'"},
        {"/16", "00 00 00 00", "repeats '/16/0'"},
        {"/16", "05 00 83 00 41 00 41 03 00 C1 03 01", "repeats '/16/0'"},
        {"/16/0", "80 00 80 00", "repeats '/16/0/0'"},
    };
    check_refusals(refusals, COUNT_OF(refusals));
}
END_TEST

START_TEST(single_and_multiple_are_not_exchanged)
{
    static const struct refusal refusals[] = {
        {"/16/0", "C1 00 41", "'/16/0/0' as a single resource; it is a multiple one"},
        {"/16/0/0", "C1 00 41", "as a single resource"},
        {"/100/0", "83 01 41 00 41", "'/100/0/1' as a multiple resource; it is a single one"},
        {"/100/0", "80 01", "as a multiple resource"},
        {"/100/0/1", "41 00 41", "as a multiple resource"},
        {"/100/0/1/0", "41 00 41", "as a multiple resource"},
    };
    check_refusals(refusals, COUNT_OF(refusals));
}
END_TEST

START_TEST(nothing_is_no_value)
{
    static const struct refusal refusals[] = {
        {"/100/0/1", "", "it is a single one"},
        {"/16/0/0/1", "", "is empty and so has no value for '/16/0/0/1'"},
        {"/9/0/1", "", "is empty"},
        {"/16/0/1", "", "is empty"},
    };
    check_refusals(refusals, COUNT_OF(refusals));
}
END_TEST

UNIT_MAIN("tlv_refusals", a_content_that_ends_too_early_or_too_late_is_refused,
          values_that_their_type_cannot_have_are_refused, items_at_the_wrong_level_are_refused,
          ids_that_contradict_the_request_are_refused, anything_that_comes_twice_is_refused,
          single_and_multiple_are_not_exchanged, nothing_is_no_value)
