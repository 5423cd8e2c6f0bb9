/* SPDX-License-Identifier: Apache-2.0 */
/* A notification gets back the names of the request that it answers. */
#include "base/std.h"

#include "net/observers.h"
#include "tests/unit/unit.h"

static struct message asked(int observe, unsigned token, const char *path)
{
    struct message message;
    message_init(&message);
    message.code = CODE_GET;
    message.observe = observe;
    message.token_len = 2;
    message.token[0] = (uint8_t)(token >> 8);
    message.token[1] = (uint8_t)token;
    message.accept = 110;
    ck_assert(segments_split(&message.path, '/', bytes_of(path)));
    ck_assert(segments_split(&message.query, '&', bytes_of("q")));
    return message;
}

static void note(struct observers *observers, int observe, unsigned token, bool accepted)
{
    struct message message = asked(observe, token, "/16/0/2");
    observers_note(observers, &message, token & 1, accepted);
    message_release(&message);
}

static bool is_known(const struct observers *observers, unsigned token)
{
    struct message notification = asked(5, token, "/");
    notification.accept = -1;
    segments_release(&notification.query);
    unsigned szx = observers_complete(observers, &notification);
    bool known =
        notification.accept == 110 && notification.path.count == 3 && notification.query.count == 1;
    ck_assert(known || notification.path.count + notification.query.count == 0);
    ck_assert_uint_eq(szx, known ? token & 1 : SZX_MOST);
    message_release(&notification);
    return known;
}

START_TEST(an_accepted_observation_is_known_until_it_is_cancelled)
{
    struct observers observers = {0};
    note(&observers, 0, 1, true);
    note(&observers, 0, 2, false);
    note(&observers, -1, 3, true);
    ck_assert(is_known(&observers, 1));
    ck_assert(!is_known(&observers, 2));
    ck_assert(!is_known(&observers, 3));
    note(&observers, 1, 1, true);
    ck_assert(!is_known(&observers, 1));
    observers_release(&observers);
}
END_TEST

START_TEST(one_token_is_one_observation_and_the_oldest_gives_way)
{
    struct observers observers = {0};
    note(&observers, 0, 1, true);
    note(&observers, 0, 1, true);
    ck_assert_uint_eq(observers.count, 1);
    for (unsigned i = 2; i <= OBSERVERS_MOST + 1; i++)
        note(&observers, 0, i, true);
    ck_assert_uint_eq(observers.count, OBSERVERS_MOST);
    ck_assert(!is_known(&observers, 1));
    ck_assert(is_known(&observers, 2));
    observers_release(&observers);
    ck_assert_uint_eq(observers.count, 0);
}
END_TEST

UNIT_MAIN("observers", an_accepted_observation_is_known_until_it_is_cancelled,
          one_token_is_one_observation_and_the_oldest_gives_way)
