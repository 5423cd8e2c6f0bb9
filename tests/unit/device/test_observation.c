/* SPDX-License-Identifier: Apache-2.0 */
/* Observations of several paths, their periods, and when changes are looked at. */
#include "tests/unit/device/composites.h"

enum { LATENCY = 20 };

#define NAMES " /16/0/0/0=\"HOST\" /16/0/0/3=\"1.4\""

static void prepare_observe(struct observer *observer, struct heard *heard, const char *body,
                            int option)
{
    observer_ask(observer, heard, "all", "/");
    observer->observes = option == 0;
    prepare(heard, CODE_FETCH, FORMAT_SENML_JSON, body);
    heard->world->request.observe = option;
}

static void observe_composite(struct observer *observer, struct heard *heard, const char *body)
{
    prepare_observe(observer, heard, body, 0);
    observer_send(observer, &heard->world->request);
}

static void attach(struct heard *heard, const char *uri)
{
    ck_assert_int_eq(world_do(heard->world, CODE_PUT, uri, FORMAT_NONE, NULL), CODE_CHANGED);
}

/* --- Observe-Composite -------------------------------------------------------------------- */

START_TEST(notifies_all_paths_when_one_changes)
{
    struct heard *heard = start();
    struct observer all;
    observe_composite(&all, heard, "[{\"n\":\"/3/0/9\"},{\"n\":\"/3/0/16\"}]");
    ck_assert_heard(heard, "0 all 2.05 /3/0/9=50 /3/0/16=\"U\"\n");
    set_integer(heard, "/3/0/9", 49);
    world_run(heard->world, 10);
    ck_assert_heard(heard, "0 all 2.05 /3/0/9=49 /3/0/16=\"U\"\n");
    set_integer(heard, "/3/0/11/0", 1);
    world_run(heard->world, 1000);
    ck_assert_heard(heard, "");
    heard_free(heard);
}
END_TEST

/* ETS 304 */
START_TEST(keeps_the_periods_of_its_paths)
{
    struct heard *heard = start();
    struct observer all;
    attach(heard, "/1/0/1?pmin=30&pmax=45");
    attach(heard, "/3/0/9?pmin=2&pmax=100");
    observe_composite(&all, heard, "[{\"n\":\"/1/0/1\"},{\"n\":\"/3/0/9\"},{\"n\":\"/3/0/16\"}]");
    ck_assert_heard(heard, "0 all 2.05 /1/0/1=86400 /3/0/9=50 /3/0/16=\"U\"\n");
    world_run(heard->world, 45000);
    ck_assert_heard(heard, "45000 all 2.05 /1/0/1=86400 /3/0/9=50 /3/0/16=\"U\"\n");
    set_integer(heard, "/3/0/9", 49);
    world_run(heard->world, 30000);
    ck_assert_heard(heard, "30000 all 2.05 /1/0/1=86400 /3/0/9=49 /3/0/16=\"U\"\n");
    heard_free(heard);
}
END_TEST

START_TEST(the_longest_pmin_wins_over_a_shorter_pmax)
{
    struct heard *heard = start();
    struct observer all;
    attach(heard, "/3/0/9?pmin=30");
    attach(heard, "/3/0/16?pmax=5");
    observe_composite(&all, heard, "[{\"n\":\"/3/0/9\"},{\"n\":\"/3/0/16\"}]");
    world_run(heard->world, 30000);
    ck_assert_heard(heard, "0 all 2.05 /3/0/9=50 /3/0/16=\"U\"\n"
                           "30000 all 2.05 /3/0/9=50 /3/0/16=\"U\"\n");
    heard_free(heard);
}
END_TEST

START_TEST(looks_at_the_conditions_of_each_path)
{
    struct heard *heard = start();
    struct observer all;
    attach(heard, "/3/0/9?st=10");
    observe_composite(&all, heard, "[{\"n\":\"/3/0/9\"},{\"n\":\"/3/0/11/0\"}]");
    ck_assert_heard(heard, "0 all 2.05 /3/0/9=50 /3/0/11/0=0\n");
    set_integer(heard, "/3/0/9", 45);
    world_run(heard->world, 10);
    ck_assert_heard(heard, "");
    set_integer(heard, "/3/0/11/0", 3);
    world_run(heard->world, 10);
    ck_assert_heard(heard, "0 all 2.05 /3/0/9=45 /3/0/11/0=3\n");
    set_integer(heard, "/3/0/9", 36);
    world_run(heard->world, 10);
    ck_assert_heard(heard, "");
    set_integer(heard, "/3/0/9", 35);
    world_run(heard->world, 10);
    ck_assert_heard(heard, "0 all 2.05 /3/0/9=35 /3/0/11/0=3\n");
    heard_free(heard);
}
END_TEST

/* ETS 308 */
START_TEST(observes_what_is_not_there_yet)
{
    struct heard *heard = start();
    struct observer all;
    observe_composite(&all, heard, "[{\"n\":\"/16/0/0\"},{\"n\":\"/16/1\"}]");
    ck_assert_heard(heard, "0 all 2.05 /16/0/0/0=\"HOST\" /16/0/0/3=\"1.4\"\n");
    ck_assert_int_eq(create_instance(heard, 1), CODE_CREATED);
    world_run(heard->world, 10);
    ck_assert_heard(heard, "0 all 2.05 /16/0/0/0=\"HOST\" /16/0/0/3=\"1.4\" /16/1/0/0=\"a\""
                           " /16/1/3=0\n");
    ck_assert_int_eq(world_do(heard->world, CODE_DELETE, "/16/1", FORMAT_NONE, NULL), CODE_DELETED);
    world_run(heard->world, 10);
    ck_assert_heard(heard, "0 all 2.05 /16/0/0/0=\"HOST\" /16/0/0/3=\"1.4\"\n");
    heard_free(heard);
}
END_TEST

/* ETS 308 and 309 with the periods of their printing */
START_TEST(tells_of_what_is_created_and_deleted_within_the_periods)
{
    struct heard *heard = start();
    struct observer all;
    attach(heard, "/16/0?pmin=30&pmax=45");
    observe_composite(&all, heard, "[{\"n\":\"/16/0/0\"},{\"n\":\"/16/1/0\"}]");
    world_run(heard->world, 45000);
    ck_assert_heard(heard, "0 all 2.05" NAMES "\n45000 all 2.05" NAMES "\n");
    ck_assert_int_eq(create_instance(heard, 1), CODE_CREATED);
    world_run(heard->world, 29999);
    ck_assert_heard(heard, "");
    world_run(heard->world, 45001);
    ck_assert_heard(heard, "1 all 2.05" NAMES " /16/1/0/0=\"a\"\n"
                           "45001 all 2.05" NAMES " /16/1/0/0=\"a\"\n");
    ck_assert_int_eq(world_do(heard->world, CODE_DELETE, "/16/1", FORMAT_NONE, NULL), CODE_DELETED);
    world_run(heard->world, 30000);
    ck_assert_heard(heard, "30000 all 2.05" NAMES "\n");
    heard_free(heard);
}
END_TEST

/* ETS 310 */
START_TEST(attributes_that_come_later_hold_at_once)
{
    struct heard *heard = start();
    struct observer all;
    observe_composite(&all, heard, "[{\"n\":\"/1/0/1\"},{\"n\":\"/3/0/9\"}]");
    attach(heard, "/3?pmax=5");
    world_run(heard->world, 10000);
    ck_assert_heard(heard, "0 all 2.05 /1/0/1=86400 /3/0/9=50\n"
                           "5000 all 2.05 /1/0/1=86400 /3/0/9=50\n"
                           "10000 all 2.05 /1/0/1=86400 /3/0/9=50\n");
    heard_free(heard);
}
END_TEST

/* ETS 305 */
START_TEST(ends_by_observe_1_with_the_same_token)
{
    struct heard *heard = start();
    struct message *request = &heard->world->request;
    struct observer all;
    for (int option = 0; option <= 1; option++) {
        struct observer cancel;
        struct observer *asker = option == 0 ? &all : &cancel;
        prepare_observe(asker, heard, "[{\"n\":\"/3/0/9\"}]", option);
        request->token_len = 2;
        memcpy(request->token, "ab", 2);
        if (option == 1)
            observer_forget(&all);
        observer_send(asker, request);
    }
    set_integer(heard, "/3/0/9", 49);
    world_run(heard->world, 1000);
    ck_assert_heard(heard, "0 all 2.05 /3/0/9=50\n0 all 2.05 /3/0/9=50\n");
    heard_free(heard);
}
END_TEST

/* rule: PF-STATE-5, PF-STATE-11, I-22 */
START_TEST(a_notification_with_auth_data_consumes_it)
{
    struct heard *heard = start();
    struct observer all;
    observe_composite(&all, heard, "[{\"n\":\"/16/0/2\"},{\"n\":\"/16/0/3\"}]");
    ck_assert_heard(heard, "0 all 2.05 /16/0/3=0\n");
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    world_run(heard->world, LATENCY);
    ck_assert_heard(heard, "20 all 2.05 /16/0/2/0=" EXAMPLE_SIGNATURE " /16/0/3=1\n"
                           "20 all 2.05 /16/0/3=0\n");
    ck_assert(!has_data(heard, 0));
    world_run(heard->world, 100000);
    ck_assert_heard(heard, "");
    heard_free(heard);
}
END_TEST

/* rule: I-22 */
START_TEST(emptied_auth_data_alone_is_not_told)
{
    struct heard *heard = start();
    struct observer all;
    attach(heard, "/16/0/2?pmin=5");
    observe_composite(&all, heard, "[{\"n\":\"/16/0/2\"}]");
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    world_run(heard->world, LATENCY);
    ck_assert_int_eq(get(heard, "/16/0/2"), CODE_CONTENT);
    ck_assert(!has_data(heard, 0));
    world_run(heard->world, 100000);
    ck_assert_heard(heard, "0 all 2.05\n");
    heard_free(heard);
}
END_TEST

START_TEST(the_security_object_brings_no_notification)
{
    struct heard *heard = start();
    struct observer all;
    observe_composite(&all, heard, "[{\"n\":\"/\"}]");
    ck_assert_uint_eq(all.notifications, 1);
    ck_assert_int_eq(model_put(heard->world->device->model, path_resource(0, 0, 0),
                               value_string("coap://other")),
                     ST_OK);
    world_run(heard->world, 1000);
    ck_assert_uint_eq(all.notifications, 1);
    set_integer(heard, "/3/0/9", 49);
    world_run(heard->world, 1000);
    ck_assert_uint_eq(all.notifications, 2);
    heard_free(heard);
}
END_TEST

/* --- evaluation periods ------------------------------------------------------------------- */

START_TEST(a_change_inside_epmin_is_looked_at_when_it_ends)
{
    struct heard *heard = start();
    struct observer level;
    attach(heard, "/3/0/9?epmin=10&lt=20");
    observe_as(&level, heard, "level", "/3/0/9", FORMAT_TEXT);
    set_integer(heard, "/3/0/9", 10);
    world_run(heard->world, 5000);
    set_integer(heard, "/3/0/9", 30);
    world_run(heard->world, 10000);
    ck_assert_heard(heard, "0 level 2.05 50\n");
    set_integer(heard, "/3/0/9", 10);
    world_run(heard->world, 4999);
    ck_assert_heard(heard, "");
    world_run(heard->world, 1);
    ck_assert_heard(heard, "1 level 2.05 10\n");
    heard_free(heard);
}
END_TEST

START_TEST(what_a_notification_told_is_not_looked_at_again)
{
    struct heard *heard = start();
    struct observer level;
    attach(heard, "/3/0/9?epmin=10&pmax=4");
    observe_as(&level, heard, "level", "/3/0/9", FORMAT_TEXT);
    set_integer(heard, "/3/0/9", 10);
    world_run(heard->world, 4000);
    ck_assert_heard(heard, "0 level 2.05 50\n4000 level 2.05 10\n");
    attach(heard, "/3/0/9?pmax");
    world_run(heard->world, 100000);
    ck_assert_heard(heard, "");
    heard_free(heard);
}
END_TEST

UNIT_MAIN("observation", notifies_all_paths_when_one_changes, keeps_the_periods_of_its_paths,
          the_longest_pmin_wins_over_a_shorter_pmax, looks_at_the_conditions_of_each_path,
          observes_what_is_not_there_yet, tells_of_what_is_created_and_deleted_within_the_periods,
          attributes_that_come_later_hold_at_once, ends_by_observe_1_with_the_same_token,
          a_notification_with_auth_data_consumes_it, emptied_auth_data_alone_is_not_told,
          the_security_object_brings_no_notification,
          a_change_inside_epmin_is_looked_at_when_it_ends,
          what_a_notification_told_is_not_looked_at_again)
