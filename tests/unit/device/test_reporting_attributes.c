/* SPDX-License-Identifier: Apache-2.0 */
/* Write-Attributes and what they do: pmin and pmax in time, gt, lt and st, Discover. */
#include "tests/unit/device/observer.h"

static uint8_t attach(struct heard *heard, const char *uri)
{
    return world_do(heard->world, CODE_PUT, uri, FORMAT_NONE, NULL);
}

static void battery_after(struct heard *heard, int64_t ms, int64_t level)
{
    world_run(heard->world, ms);
    set_integer(heard, "/3/0/9", level);
    world_run(heard->world, 0);
}

/* --- pmin and pmax ------------------------------------------------------------------------- */

START_TEST(without_periods_every_change_is_told_at_once_and_nothing_else)
{
    struct heard *heard = heard_new(NULL);
    struct observer battery;
    observe(&battery, heard, "x", "/3/0/9");
    battery_after(heard, 0, 49);
    battery_after(heard, 10, 48);
    world_run(heard->world, 100000000);
    ck_assert_heard(heard, "0 x 2.05 50\n0 x 2.05 49\n10 x 2.05 48\n");
    heard_free(heard);
}
END_TEST

START_TEST(a_change_inside_pmin_is_told_when_pmin_ends)
{
    struct heard *heard = heard_new(NULL);
    struct observer battery;
    ck_assert_int_eq(attach(heard, "/3/0/9?pmin=5"), CODE_CHANGED);
    observe(&battery, heard, "x", "/3/0/9");
    battery_after(heard, 1000, 49);
    battery_after(heard, 1000, 48);
    world_run(heard->world, 20000);
    battery_after(heard, 0, 47);    /* pmin is long over */
    battery_after(heard, 4999, 46); /* and runs again */
    world_run(heard->world, 20000);
    ck_assert_heard(heard, "0 x 2.05 50\n5000 x 2.05 48\n22000 x 2.05 47\n27000 x 2.05 46\n");
    heard_free(heard);
}
END_TEST

START_TEST(what_is_told_when_pmin_ends_is_what_is_there_then)
{
    struct heard *heard = heard_new(NULL);
    struct observer battery;
    ck_assert_int_eq(attach(heard, "/3/0/9?pmin=5"), CODE_CHANGED);
    observe(&battery, heard, "x", "/3/0/9");
    battery_after(heard, 1000, 49);
    battery_after(heard, 1000, 50); /* back again, but it did change */
    world_run(heard->world, 20000);
    ck_assert_heard(heard, "0 x 2.05 50\n5000 x 2.05 50\n");
    heard_free(heard);
}
END_TEST

START_TEST(pmax_forces_a_notification_and_every_one_restarts_it)
{
    struct heard *heard = heard_new(NULL);
    struct observer battery;
    ck_assert_int_eq(attach(heard, "/3/0/9?pmax=10"), CODE_CHANGED);
    observe(&battery, heard, "x", "/3/0/9");
    world_run(heard->world, 9999);
    ck_assert_uint_eq(battery.notifications, 1);
    battery_after(heard, 3001, 49);
    world_run(heard->world, 20000);
    ck_assert_heard(heard, "0 x 2.05 50\n10000 x 2.05 50\n13000 x 2.05 49\n23000 x 2.05 49\n"
                           "33000 x 2.05 49\n");
    heard_free(heard);
}
END_TEST

/* ETS 301 */
START_TEST(pmin_and_pmax_work_together)
{
    struct heard *heard = heard_new(NULL);
    struct observer power;
    ck_assert_int_eq(attach(heard, "/3/0/7?pmin=5&pmax=15"), CODE_CHANGED);
    observe_as(&power, heard, "x", "/3/0/7/0", FORMAT_TEXT);
    world_run(heard->world, 2000);
    set_integer(heard, "/3/0/7/0", 11);
    world_run(heard->world, 20000);
    ck_assert_heard(heard, "0 x 2.05 10\n5000 x 2.05 11\n20000 x 2.05 11\n");
    heard_free(heard);
}
END_TEST

START_TEST(a_pmax_of_0_or_below_pmin_is_ignored)
{
    static const char *const uris[] = {"/3/0/9?pmax=0", "/3/0/9?pmin=10&pmax=9"};
    for (size_t i = 0; i < COUNT_OF(uris); i++) {
        struct heard *heard = heard_new(NULL);
        struct observer battery;
        ck_assert_int_eq(attach(heard, uris[i]), CODE_CHANGED);
        observe(&battery, heard, "x", "/3/0/9");
        world_run(heard->world, 1000000);
        ck_assert_heard(heard, "0 x 2.05 50\n");
        heard_free(heard);
    }
}
END_TEST

START_TEST(equal_periods_tell_at_a_steady_pace)
{
    struct heard *heard = heard_new(NULL);
    struct observer battery;
    ck_assert_int_eq(attach(heard, "/3?pmin=5&pmax=5"), CODE_CHANGED);
    observe(&battery, heard, "x", "/3/0/9");
    battery_after(heard, 1000, 49);
    world_run(heard->world, 10000);
    ck_assert_heard(heard, "0 x 2.05 50\n5000 x 2.05 49\n10000 x 2.05 49\n");
    heard_free(heard);
}
END_TEST

START_TEST(each_level_overrides_the_one_above)
{
    struct heard *heard = heard_new(NULL);
    struct observer both;
    struct observer first;
    ck_assert_int_eq(attach(heard, "/3?pmax=40"), CODE_CHANGED);
    ck_assert_int_eq(attach(heard, "/3/0?pmax=30"), CODE_CHANGED);
    ck_assert_int_eq(attach(heard, "/3/0/7?pmax=20"), CODE_CHANGED);
    ck_assert_int_eq(attach(heard, "/3/0/7/0?pmax=10"), CODE_CHANGED);
    observe(&both, heard, "both", "/3/0/7");
    observe_as(&first, heard, "first", "/3/0/7/0", FORMAT_TEXT);
    buf_clear(&heard->text);
    world_run(heard->world, 20000);
    ck_assert_heard(heard, "10000 first 2.05 10\n20000 both 2.05 /3/0/7/0=10 /3/0/7/1=20\n"
                           "20000 first 2.05 10\n");
    ck_assert_int_eq(attach(heard, "/3/0/7?pmax"), CODE_CHANGED);
    ck_assert_int_eq(attach(heard, "/3/0/7/0?pmax"), CODE_CHANGED);
    world_run(heard->world, 30000);
    ck_assert_heard(heard, "30000 both 2.05 /3/0/7/0=10 /3/0/7/1=20\n30000 first 2.05 10\n");
    heard_free(heard);
}
END_TEST

START_TEST(the_server_object_has_the_defaults)
{
    struct heard *heard = heard_new(WORLD_PROFILE); /* /1/0/2 is 1, /1/0/3 is 10 */
    struct observer battery;
    observe(&battery, heard, "x", "/3/0/9");
    battery_after(heard, 100, 79);
    world_run(heard->world, 11000);
    ck_assert_heard(heard, "0 x 2.05 80\n1000 x 2.05 79\n11000 x 2.05 79\n");
    ck_assert_int_eq(world_do(heard->world, CODE_PUT, "/1/0/3", FORMAT_TEXT, "3"), CODE_CHANGED);
    world_run(heard->world, 3000);
    ck_assert_heard(heard, "2900 x 2.05 79\n");
    ck_assert_int_eq(attach(heard, "/3/0/9?pmin=0&pmax=2"), CODE_CHANGED);
    battery_after(heard, 500, 78);
    world_run(heard->world, 2000);
    ck_assert_heard(heard, "500 x 2.05 78\n2500 x 2.05 78\n");
    heard_free(heard);
}
END_TEST

START_TEST(a_default_below_0_is_none)
{
    struct heard *heard = heard_new(WORLD_PROFILE);
    struct observer battery;
    set_integer(heard, "/1/0/2", -5);
    set_integer(heard, "/1/0/3", -5);
    observe(&battery, heard, "x", "/3/0/9");
    battery_after(heard, 1, 79);
    world_run(heard->world, 100000);
    ck_assert_heard(heard, "0 x 2.05 80\n1 x 2.05 79\n");
    heard_free(heard);
}
END_TEST

START_TEST(a_default_of_endless_length_holds_back)
{
    struct heard *heard = heard_new(WORLD_PROFILE);
    struct observer battery;
    set_integer(heard, "/1/0/2", INT64_MAX);
    observe(&battery, heard, "x", "/3/0/9");
    battery_after(heard, 1, 79);
    world_run(heard->world, 1000000);
    ck_assert_uint_eq(battery.notifications, 1);
    heard_free(heard);
}
END_TEST

START_TEST(attributes_that_are_written_meanwhile_hold_at_once)
{
    struct heard *heard = heard_new(NULL);
    struct observer battery;
    ck_assert_int_eq(attach(heard, "/3/0/9?pmin=60"), CODE_CHANGED);
    observe(&battery, heard, "x", "/3/0/9");
    battery_after(heard, 1000, 49);
    world_run(heard->world, 4000);
    ck_assert_int_eq(attach(heard, "/3/0/9?pmin=3"), CODE_CHANGED);
    ck_assert_heard(heard, "0 x 2.05 50\n5000 x 2.05 49\n");
    ck_assert_int_eq(attach(heard, "/3?pmax=5"), CODE_CHANGED);
    world_run(heard->world, 5000);
    ck_assert_heard(heard, "5000 x 2.05 49\n");
    heard_free(heard);
}
END_TEST

/* --- gt, lt, st ----------------------------------------------------------------------------- */

START_TEST(crossings_are_told_and_plain_changes_are_not)
{
    struct heard *heard = heard_new(NULL);
    struct observer battery;
    ck_assert_int_eq(attach(heard, "/3/0/9?gt=80&lt=20"), CODE_CHANGED);
    observe(&battery, heard, "x", "/3/0/9");
    static const int levels[] = {60, 80, 81, 99, 80, 50, 20, 19, 1, 20, 90, 10};
    for (size_t i = 0; i < COUNT_OF(levels); i++)
        battery_after(heard, 1000, levels[i]);
    ck_assert_heard(heard, "0 x 2.05 50\n3000 x 2.05 81\n5000 x 2.05 80\n8000 x 2.05 19\n"
                           "10000 x 2.05 20\n11000 x 2.05 90\n12000 x 2.05 10\n");
    heard_free(heard);
}
END_TEST

START_TEST(steps_count_from_what_was_told_last)
{
    struct heard *heard = heard_new(NULL);
    struct observer battery;
    ck_assert_int_eq(attach(heard, "/3/0/9?st=10"), CODE_CHANGED);
    observe(&battery, heard, "x", "/3/0/9");
    static const int levels[] = {45, 41, 40, 35, 31, 49, 50};
    for (size_t i = 0; i < COUNT_OF(levels); i++)
        battery_after(heard, 1000, levels[i]);
    ck_assert_heard(heard, "0 x 2.05 50\n3000 x 2.05 40\n7000 x 2.05 50\n");
    heard_free(heard);
}
END_TEST

START_TEST(pmax_still_forces_what_no_condition_asks_for)
{
    struct heard *heard = heard_new(NULL);
    struct observer battery;
    ck_assert_int_eq(attach(heard, "/3/0/9?gt=80&pmax=10"), CODE_CHANGED);
    observe(&battery, heard, "x", "/3/0/9");
    battery_after(heard, 1000, 60);
    world_run(heard->world, 9000);
    ck_assert_heard(heard, "0 x 2.05 50\n10000 x 2.05 60\n");
    heard_free(heard);
}
END_TEST

START_TEST(a_crossing_inside_pmin_is_told_when_it_ends_even_if_it_is_over)
{
    struct heard *heard = heard_new(NULL);
    struct observer battery;
    ck_assert_int_eq(attach(heard, "/3/0/9?gt=80&pmin=5"), CODE_CHANGED);
    observe(&battery, heard, "x", "/3/0/9");
    battery_after(heard, 1000, 90);
    battery_after(heard, 1000, 60);
    world_run(heard->world, 10000);
    ck_assert_heard(heard, "0 x 2.05 50\n5000 x 2.05 60\n");
    heard_free(heard);
}
END_TEST

START_TEST(conditions_hold_for_each_instance_of_a_multiple_resource)
{
    struct heard *heard = heard_new(NULL);
    struct observer power;
    ck_assert_int_eq(attach(heard, "/3/0/7?gt=15"), CODE_CHANGED);
    observe(&power, heard, "x", "/3/0/7");
    buf_clear(&heard->text);
    set_integer(heard, "/3/0/7/0", 12);
    set_integer(heard, "/3/0/7/1", 16);
    world_run(heard->world, 0);
    ck_assert_heard(heard, "");
    set_integer(heard, "/3/0/7/1", 14);
    world_run(heard->world, 0);
    ck_assert_heard(heard, "0 x 2.05 /3/0/7/0=12 /3/0/7/1=14\n");
    set_integer(heard, "/3/0/7/2", 1);
    world_run(heard->world, 0);
    ck_assert_heard(heard, "0 x 2.05 /3/0/7/0=12 /3/0/7/1=14 /3/0/7/2=1\n");
    heard_free(heard);
}
END_TEST

START_TEST(conditions_on_the_status_work_like_on_any_number)
{
    struct heard *heard = heard_new(NULL);
    struct observer status;
    ck_assert_int_eq(attach(heard, "/16/0/3?gt=1.5"), CODE_CHANGED);
    observe(&status, heard, "x", "/16/0/3");
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    world_run(heard->world, 20);
    component_fail_next(heard->world->component);
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    world_run(heard->world, 20);
    ck_assert_heard(heard, "0 x 2.05 0\n40 x 2.05 2\n");
    heard_free(heard);
}
END_TEST

START_TEST(conditions_of_a_resource_do_not_hold_for_its_instance)
{
    struct heard *heard = heard_new(NULL);
    struct observer device;
    ck_assert_int_eq(attach(heard, "/3/0/9?gt=80"), CODE_CHANGED);
    observe(&device, heard, "x", "/3/0");
    battery_after(heard, 0, 49);
    ck_assert_uint_eq(device.notifications, 2);
    heard_free(heard);
}
END_TEST

START_TEST(fractions_are_compared_as_such)
{
    struct heard *heard = heard_new(NULL);
    struct observer latitude;
    struct error error;
    ck_assert_int_eq(attach(heard, "/6/0/0?gt=1.75&lt=-1.75"), CODE_CHANGED);
    observe(&latitude, heard, "x", "/6/0/0");
    static const double values[] = {1.75, 1.76, 1.7, -1.75, -1.76};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        ck_assert_int_eq(device_set(heard->world->device, path_resource(6, 0, 0),
                                    value_float(values[i]), &error),
                         ST_OK);
        world_run(heard->world, 1);
    }
    ck_assert_heard(heard, "0 x 2.05 1.5\n1 x 2.05 1.76\n2 x 2.05 1.7\n4 x 2.05 -1.76\n");
    heard_free(heard);
}
END_TEST

/* --- codes and Discover ----------------------------------------------------------------------- */

START_TEST(attributes_are_refused_where_they_make_no_sense)
{
    static const struct {
        const char *uri;
        uint8_t code;
    } cases[] = {
        {"/16/0/1?pmin=1", CODE_METHOD_NOT_ALLOWED}, /* executable */
        {"/16/7?pmin=1", CODE_NOT_FOUND},
        {"/16/0/9?pmin=1", CODE_NOT_FOUND},
        {"/16/0/0/9?pmin=1", CODE_NOT_FOUND},
        {"/16/0/0?gt=1", CODE_BAD_REQUEST}, /* a string */
        {"/16/0?gt=1", CODE_BAD_REQUEST},   /* no resource */
        {"/16?st=1", CODE_BAD_REQUEST},
        {"/16/0/3?gt=1&lt=2", CODE_BAD_REQUEST},
        {"/16/0/3?pmin=-1", CODE_BAD_REQUEST},
        {"/16/0/3?color=red", CODE_BAD_REQUEST},
        {"/16/0/3?gt=1&lt=0.5", CODE_CHANGED},
        {"/16/0/2?pmin=1&pmax=2", CODE_CHANGED},
        {"/16/0/0/1?pmin=1", CODE_CHANGED},
        {"/16/0?pmin=1", CODE_CHANGED},
        {"/16?pmin=1", CODE_CHANGED},
        {"/6/0/5?gt=1", CODE_CHANGED}, /* a time */
    };
    struct heard *heard = heard_new(NULL);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        ck_assert_msg(attach(heard, cases[i].uri) == cases[i].code, "%s", cases[i].uri);
    heard_free(heard);
}
END_TEST

START_TEST(a_full_table_is_the_device_s_fault)
{
    struct heard *heard = heard_new(NULL);
    char uri[64];
    for (unsigned i = 0; i < 256; i++) {
        set_integer(heard, path_text(path_child(path_resource(3, 0, 7), i), uri), 1);
        snprintf(uri, sizeof uri, "/3/0/7/%u?pmin=1", i);
        ck_assert_int_eq(attach(heard, uri), CODE_CHANGED);
    }
    ck_assert_int_eq(attach(heard, "/3?pmin=1"), CODE_INTERNAL_ERROR);
    ck_assert_int_eq(attach(heard, "/3/0/7/9?pmin=2"), CODE_CHANGED);
    heard_free(heard);
}
END_TEST

/* ETS 261, as far as LwM2M 1.0 goes */
START_TEST(discover_shows_inherited_attributes_on_its_target_only)
{
    struct heard *heard = heard_new(NULL);
    struct world *world = heard->world;
    ck_assert_int_eq(attach(heard, "/16?pmin=10&pmax=200"), CODE_CHANGED);
    ck_assert_int_eq(attach(heard, "/16/0?pmax=320"), CODE_CHANGED);
    ck_assert_int_eq(attach(heard, "/16/0/3?gt=1.50&st=0.25"), CODE_CHANGED);
    world_ask(world, CODE_GET, "/16/0")->accept = FORMAT_LINK;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_str_eq(world_text(world), "</16/0>;pmin=10;pmax=320,</16/0/0>;dim=3,</16/0/1>,"
                                        "</16/0/2>;dim=0,</16/0/3>;gt=1.50;st=0.25");
    world_ask(world, CODE_GET, "/16/0/3")->accept = FORMAT_LINK;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_str_eq(world_text(world), "</16/0/3>;pmin=10;pmax=320;gt=1.50;st=0.25");
    heard_free(heard);
}
END_TEST

UNIT_MAIN("reporting_attributes", without_periods_every_change_is_told_at_once_and_nothing_else,
          a_change_inside_pmin_is_told_when_pmin_ends,
          what_is_told_when_pmin_ends_is_what_is_there_then,
          pmax_forces_a_notification_and_every_one_restarts_it, pmin_and_pmax_work_together,
          a_pmax_of_0_or_below_pmin_is_ignored, equal_periods_tell_at_a_steady_pace,
          each_level_overrides_the_one_above, the_server_object_has_the_defaults,
          a_default_below_0_is_none, a_default_of_endless_length_holds_back,
          attributes_that_are_written_meanwhile_hold_at_once,
          crossings_are_told_and_plain_changes_are_not, steps_count_from_what_was_told_last,
          pmax_still_forces_what_no_condition_asks_for,
          a_crossing_inside_pmin_is_told_when_it_ends_even_if_it_is_over,
          conditions_hold_for_each_instance_of_a_multiple_resource,
          conditions_on_the_status_work_like_on_any_number,
          conditions_of_a_resource_do_not_hold_for_its_instance, fractions_are_compared_as_such,
          attributes_are_refused_where_they_make_no_sense, a_full_table_is_the_device_s_fault,
          discover_shows_inherited_attributes_on_its_target_only)
