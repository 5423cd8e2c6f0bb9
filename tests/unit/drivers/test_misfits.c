/* SPDX-License-Identifier: Apache-2.0 */
/* What comes from the device that a server asks, and answers none of its requests. */
#include "base/std.h"

#include "drivers/misfits.h"
#include "tests/unit/unit.h"

#define DEVICE "127.0.0.1:40000"

static struct misfits misfits;

static void hear(struct event event, const char *peer, const char *token)
{
    event.peer = peer;
    event.token = bytes_of(token);
    misfits_hear(&misfits, &event, false);
}

static void ask(int message_id, const char *token)
{
    struct event event = event_of(EVENT_REQUEST, "server");
    event.message_id = message_id;
    hear(event, DEVICE, token);
}

static struct event answer(const char *type, int message_id)
{
    struct event event = event_of(EVENT_RESPONSE, "server");
    event.incoming = true;
    event.type = type;
    event.message_id = message_id;
    event.code = "2.05";
    return event;
}

static void begin(void)
{
    misfits = (struct misfits){.given_count = 0};
}

START_TEST(an_acknowledgement_has_id_and_token_of_its_request)
{
    begin();
    ask(7, "\x0a");
    ask(8, "\x0b");
    hear(answer("ACK", 8), DEVICE, "\x0b");
    hear(answer("ACK", 7), DEVICE, "\x0a"); /* a late one */
    ck_assert_uint_eq(misfits.count, 0);
    hear(answer("ACK", 8), DEVICE, "\x0a"); /* of the one before */
    ck_assert_uint_eq(misfits.count, 1);
    ck_assert_uint_eq(misfits.refuted, 1);
    ck_assert_str_eq(misfits.text, "its answer 2.05 has another token: 0a, and the request 0b");
    hear(answer("ACK", 8), DEVICE, "");
    ck_assert_str_eq(misfits.text, "its answer 2.05 has another token: none, and the request 0b");
    hear(answer("ACK", 9), DEVICE, "\x0c");
    ck_assert_str_eq(misfits.text, "its answer 2.05 has another token: 0c, which no request had");
    ck_assert_uint_eq(misfits.count, 3);
    ck_assert_uint_eq(misfits.refuted, 2);
}
END_TEST

START_TEST(a_message_of_its_own_has_some_token_of_ours)
{
    begin();
    ask(7, "\x0a");
    ask(8, "\x0b");
    hear(answer("CON", 1), DEVICE, "\x0a");
    ck_assert_uint_eq(misfits.count, 0);
    struct event notification = answer("CON", 2);
    notification.observe = 3;
    hear(notification, DEVICE, "\x0c"); /* of whoever asked for it before */
    ck_assert_uint_eq(misfits.count, 0);
    hear(answer("NON", 3), DEVICE, "\x0c");
    ck_assert_uint_eq(misfits.count, 1);
    ck_assert_uint_eq(misfits.refuted, 0); /* the right one may follow */
    ck_assert(misfits_never_given(&misfits, bytes_of("\x0c")));
    ck_assert(!misfits_never_given(&misfits, bytes_of("\x0a")));
}
END_TEST

START_TEST(octets_are_shown_in_part_or_not_at_all)
{
    struct event event = event_of(EVENT_MALFORMED, "server");
    event.incoming = true;
    event.type = "ACK";
    event.message_id = 7;
    event.text = "it is bad";
    event.payload = bytes_of("abcdefghijklmnopq");
    begin();
    ask(7, "\x0a");
    hear(event, DEVICE, "");
    ck_assert_str_eq(misfits.text, "what came is no valid CoAP message: it is bad "
                                   "(hex:6162636465666768696a6b6c6d6e6f70... of 17 octets)");
    ck_assert_uint_eq(misfits.refuted, 1);
    event.peer = DEVICE;
    misfits_hear(&misfits, &event, true);
    ck_assert_str_eq(misfits.text, "what came is no valid CoAP message: it is bad (17 octets)");
    event.message_id = 8;
    hear(event, DEVICE, "");
    ck_assert_uint_eq(misfits.count, 3);
    ck_assert_uint_eq(misfits.refuted, 2);
}
END_TEST

START_TEST(what_others_send_is_not_the_devices)
{
    struct event event = event_of(EVENT_MALFORMED, "server");
    event.incoming = true;
    begin();
    hear(event, DEVICE, ""); /* nobody was asked */
    ask(7, "\x0a");
    hear(event, "127.0.0.1:40001", "");
    hear(answer("ACK", 7), "127.0.0.1:40001", "\x0b");
    ck_assert_uint_eq(misfits.count, 0);
}
END_TEST

START_TEST(of_more_than_can_be_kept_nobody_knows)
{
    begin();
    ck_assert(!misfits_never_given(&misfits, bytes_of("x")));
    for (int i = 0; i <= MISFITS_GIVEN_MOST; i++)
        ask(i, "\x0a");
    ck_assert(!misfits_never_given(&misfits, bytes_of("x")));
    hear(answer("NON", 3), DEVICE, "\x0c");
    hear(answer("ACK", 0), DEVICE, "\x0c"); /* that id is forgotten */
    ck_assert_uint_eq(misfits.count, 0);
    hear(answer("ACK", MISFITS_GIVEN_MOST), DEVICE, "\x0c");
    ck_assert_uint_eq(misfits.count, 1);
}
END_TEST

UNIT_MAIN("misfits", an_acknowledgement_has_id_and_token_of_its_request,
          a_message_of_its_own_has_some_token_of_ours, octets_are_shown_in_part_or_not_at_all,
          what_others_send_is_not_the_devices, of_more_than_can_be_kept_nobody_knows)
