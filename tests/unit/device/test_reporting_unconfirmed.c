/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications that need not be confirmed, and those that must be all the same. */
#include "tests/unit/device/composites.h"

enum { LATENCY = 20, DAY_MS = 24 * 3600 * 1000 };

static struct heard *start_unconfirmed(void)
{
    return heard_new(PROFILE_1_1("\"notify\": \"non-confirmable\", ", ""));
}

START_TEST(every_tenth_is_confirmable)
{
    struct heard *heard = start_unconfirmed();
    struct observer level;
    struct buf expected;
    buf_init(&expected, 4096);
    observe_as(&level, heard, "level", "/3/0/9", FORMAT_TEXT);
    ck_assert_heard(heard, "0 level 2.05 50\n");
    for (int i = 1; i <= 20; i++) {
        set_integer(heard, "/3/0/9", i);
        world_run(heard->world, 0);
        buf_printf(&expected, "0 level 2.05 %d%s\n", i, i % 10 == 0 ? "" : " NON");
    }
    ck_assert_heard(heard, buf_text(&expected));
    buf_release(&expected);
    heard_free(heard);
}
END_TEST

/* RFC 7641 section 4.5 */
START_TEST(the_first_after_a_day_is_confirmable)
{
    struct heard *heard = start_unconfirmed();
    struct observer level;
    observe_as(&level, heard, "level", "/3/0/9", FORMAT_TEXT);
    world_run(heard->world, DAY_MS - 1);
    set_integer(heard, "/3/0/9", 1);
    world_run(heard->world, 0);
    ck_assert_heard(heard, "0 level 2.05 50\n86399999 level 2.05 1 NON\n");
    world_run(heard->world, 1);
    set_integer(heard, "/3/0/9", 2);
    world_run(heard->world, 0);
    set_integer(heard, "/3/0/9", 3);
    world_run(heard->world, 0);
    ck_assert_heard(heard, "1 level 2.05 2\n1 level 2.05 3 NON\n");
    heard_free(heard);
}
END_TEST

/* rule: I-22. What follows AuthData must not overtake it, lest it be taken for old. */
START_TEST(auth_data_is_always_confirmable_and_what_follows_until_it_is_confirmed)
{
    struct heard *heard = start_unconfirmed();
    struct observer data;
    struct observer status;
    struct observer level;
    observe_as(&data, heard, "data", "/16/0/2", FORMAT_TLV);
    observe_as(&status, heard, "status", "/16/0/3", FORMAT_TEXT);
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    world_run(heard->world, LATENCY);
    ck_assert_heard(heard, "0 data 2.05 /16/0/2=(empty)\n0 status 2.05 0\n"
                           "20 status 2.05 1 NON\n20 data 2.05 /16/0/2/0=" EXAMPLE_SIGNATURE "\n"
                           "20 status 2.05 0\n");
    observe_as(&level, heard, "level", "/3/0/9", FORMAT_TEXT);
    set_integer(heard, "/3/0/9", 1);
    world_run(heard->world, 0);
    ck_assert_heard(heard, "0 level 2.05 50\n0 level 2.05 1 NON\n");
    heard_free(heard);
}
END_TEST

START_TEST(the_end_of_an_observation_is_confirmable)
{
    struct heard *heard = start_unconfirmed();
    struct observer instance;
    observe_as(&instance, heard, "instance", "/16/0/0/3", FORMAT_TEXT);
    ck_assert_int_eq(world_do(heard->world, CODE_DELETE, "/16/0", FORMAT_NONE, NULL), CODE_DELETED);
    world_run(heard->world, 10);
    ck_assert_heard(heard, "0 instance 2.05 1.4\n0 instance 4.04 (ended)\n");
    heard_free(heard);
}
END_TEST

/* Nobody waits for an answer to it. */
START_TEST(what_is_lost_is_not_repeated)
{
    struct heard *heard = start_unconfirmed();
    struct observer level;
    observe_as(&level, heard, "level", "/3/0/9", FORMAT_TEXT);
    for (int i = 1; i <= 9; i++) {
        fake_net_drop(heard->world->net, 1);
        set_integer(heard, "/3/0/9", i);
        world_run(heard->world, 0);
    }
    ck_assert_heard(heard, "0 level 2.05 50\n");
    set_integer(heard, "/3/0/9", 10);
    world_run(heard->world, 0);
    ck_assert_heard(heard, "0 level 2.05 10\n");
    heard_free(heard);
}
END_TEST

UNIT_MAIN("reporting unconfirmed", every_tenth_is_confirmable, the_first_after_a_day_is_confirmable,
          auth_data_is_always_confirmable_and_what_follows_until_it_is_confirmed,
          the_end_of_an_observation_is_confirmable, what_is_lost_is_not_repeated)
