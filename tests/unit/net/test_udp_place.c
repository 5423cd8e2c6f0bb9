/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of datagrams: what is read comes back. */
#include "base/std.h"

#include "net/udp_place.h"
#include "tests/unit/unit.h"

START_TEST(addresses_come_back)
{
    static const char *const texts[] = {"127.0.0.1:5683", "[::1]:5684", "0.0.0.0:0", "[::]:65535"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct udp_place place;
        char text[80];
        ck_assert(udp_place_parse(texts[i], &place));
        udp_place_text(&place, text, sizeof text);
        ck_assert_str_eq(text, texts[i]);
    }
}
END_TEST

START_TEST(others_are_refused)
{
    static const char *const texts[] = {"",      "5683",          "127.0.0.1",
                                        ":5683", "host:5683",     "127.0.0.1:5683:",
                                        "[::1]", "127.0.0.1:http"};
    struct udp_place place;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        ck_assert_msg(!udp_place_parse(texts[i], &place), "%s", texts[i]);
}
END_TEST

UNIT_MAIN("udp place", addresses_come_back, others_are_refused)
