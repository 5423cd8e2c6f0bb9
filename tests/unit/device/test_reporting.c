/* SPDX-License-Identifier: Apache-2.0 */
/* Observations: what is notified, in which order (I-22), and how an observation ends. */
#include "tests/unit/device/observer.h"

enum { LATENCY = 20 };

#define DATA  " /16/0/2/0=" EXAMPLE_SIGNATURE
#define NAMES " /16/0/0/0=\"HOST\" /16/0/0/1=\"Acme\" /16/0/0/3=\"1.4\""

static void deliver(struct heard *heard)
{
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    world_run(heard->world, LATENCY);
}

static void write_name(struct heard *heard, const char *name)
{
    ck_assert_int_eq(world_do(heard->world, CODE_PUT, "/16/0/0/1", FORMAT_TEXT, name),
                     CODE_CHANGED);
}

static void attach(struct heard *heard, const char *uri)
{
    ck_assert_int_eq(world_do(heard->world, CODE_PUT, uri, FORMAT_NONE, NULL), CODE_CHANGED);
}

/* --- the order of I-22 ------------------------------------------------------------------- */

START_TEST(status_observers_see_the_pulse_around_the_data)
{
    struct heard *heard = heard_new(NULL);
    struct observer data;
    struct observer status;
    observe(&data, heard, "data", "/16/0/2");
    observe(&status, heard, "status", "/16/0/3");
    ck_assert_heard(heard, "0 data 2.05 /16/0/2=(empty)\n0 status 2.05 0\n");
    deliver(heard);
    ck_assert_heard(heard, "20 status 2.05 1\n20 data 2.05" DATA "\n20 status 2.05 0\n");
    ck_assert_int_eq(status_of(heard, 0), 0);
    ck_assert(!has_data(heard, 0));
    world_run(heard->world, 100000);
    ck_assert_heard(heard, "");
    heard_free(heard);
}
END_TEST

START_TEST(the_order_does_not_depend_on_who_observed_first)
{
    struct heard *heard = heard_new(NULL);
    struct observer data;
    struct observer status;
    observe(&status, heard, "status", "/16/0/3");
    observe(&data, heard, "data", "/16/0/2");
    deliver(heard);
    ck_assert_heard(heard, "0 status 2.05 0\n0 data 2.05 /16/0/2=(empty)\n"
                           "20 status 2.05 1\n20 data 2.05" DATA "\n20 status 2.05 0\n");
    heard_free(heard);
}
END_TEST

START_TEST(all_observers_of_the_data_get_the_same_snapshot)
{
    struct heard *heard = heard_new(NULL);
    struct observer first;
    struct observer second;
    struct observer instance;
    observe(&first, heard, "first", "/16/0/2");
    observe(&second, heard, "second", "/16/0/2");
    observe(&instance, heard, "instance", "/16/0");
    ck_assert_heard(heard, "0 first 2.05 /16/0/2=(empty)\n0 second 2.05 /16/0/2=(empty)\n"
                           "0 instance 2.05" NAMES " /16/0/3=0\n");
    deliver(heard);
    ck_assert_heard(heard, "20 first 2.05" DATA "\n20 second 2.05" DATA "\n"
                           "20 instance 2.05" NAMES DATA " /16/0/3=1\n"
                           "20 instance 2.05" NAMES " /16/0/3=0\n");
    heard_free(heard);
}
END_TEST

START_TEST(an_observed_instance_or_object_leads_to_no_chain)
{
    struct heard *heard = heard_new(NULL);
    struct observer instance;
    struct observer object;
    observe(&instance, heard, "instance", "/16/0");
    observe(&object, heard, "object", "/16");
    buf_clear(&heard->text);
    deliver(heard);
    world_run(heard->world, 100000);
    ck_assert_uint_eq(instance.notifications, 3);
    ck_assert_uint_eq(object.notifications, 3);
    ck_assert_uint_eq(world_count(&heard->text, "20 "), 4);
    ck_assert_int_eq(status_of(heard, 0), 0);
    heard_free(heard);
}
END_TEST

START_TEST(without_an_observer_of_the_data_it_stays)
{
    struct heard *heard = heard_new(NULL);
    struct observer status;
    observe(&status, heard, "status", "/16/0/3");
    deliver(heard);
    ck_assert(has_data(heard, 0));
    ck_assert_heard(heard, "0 status 2.05 0\n20 status 2.05 1\n");
    ck_assert_int_eq(get(heard, "/16/0/2"), CODE_CONTENT);
    ck_assert_heard(heard, "0 status 2.05 0\n");
    heard_free(heard);
}
END_TEST

START_TEST(emptying_alone_is_not_told_to_observers_of_the_data)
{
    struct heard *heard = heard_new(NULL);
    struct observer data;
    deliver(heard);
    observe(&data, heard, "data", "/16/0/2");
    ck_assert_heard(heard, "20 data 2.05" DATA "\n");
    world_run(heard->world, 100000);
    deliver(heard);
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    ck_assert_heard(heard, "100020 data 2.05" DATA "\n");
    heard_free(heard);
}
END_TEST

START_TEST(an_error_is_told_by_the_status_only)
{
    struct heard *heard = heard_new(NULL);
    struct observer data;
    struct observer status;
    observe(&data, heard, "data", "/16/0/2");
    observe(&status, heard, "status", "/16/0/3");
    buf_clear(&heard->text);
    component_fail_next(heard->world->component);
    deliver(heard);
    ck_assert_heard(heard, "20 status 2.05 2\n");
    deliver(heard);
    ck_assert_heard(heard,
                    "0 status 2.05 0\n20 status 2.05 1\n20 data 2.05" DATA "\n20 status 2.05 0\n");
    heard_free(heard);
}
END_TEST

/* rule: I-10 */
START_TEST(the_first_answer_to_observe_consumes_like_a_read)
{
    struct heard *heard = heard_new(NULL);
    struct observer status;
    struct observer instance;
    observe(&status, heard, "status", "/16/0/3");
    deliver(heard);
    observe(&instance, heard, "instance", "/16/0");
    ck_assert_heard(heard, "0 status 2.05 0\n20 status 2.05 1\n"
                           "20 instance 2.05" NAMES DATA " /16/0/3=1\n"
                           "20 status 2.05 0\n20 instance 2.05" NAMES " /16/0/3=0\n");
    heard_free(heard);
}
END_TEST

START_TEST(a_cancelling_observe_still_returns_and_consumes_the_value)
{
    struct heard *heard = heard_new(NULL);
    struct observer data;
    struct observer cancel;
    observer_ask(&data, heard, "data", "/16/0/2");
    data.observes = true;
    heard->world->request.observe = 0;
    heard->world->request.token_len = 2;
    memcpy(heard->world->request.token, "ab", 2);
    observer_send(&data, &heard->world->request);
    attach(heard, "/16/0/2?pmin=100");
    deliver(heard);
    ck_assert_heard(heard, "0 data 2.05 /16/0/2=(empty)\n");
    observer_forget(&data);
    observer_ask(&cancel, heard, "cancel", "/16/0/2");
    heard->world->request.observe = 1;
    heard->world->request.token_len = 2;
    memcpy(heard->world->request.token, "ab", 2);
    observer_send(&cancel, &heard->world->request);
    ck_assert_heard(heard, "0 cancel 2.05" DATA "\n");
    ck_assert(!has_data(heard, 0));
    deliver(heard);
    world_run(heard->world, 200000);
    ck_assert_heard(heard, "");
    ck_assert(has_data(heard, 0));
    heard_free(heard);
}
END_TEST

START_TEST(an_observed_resource_instance_of_auth_data_lasts_over_its_absence)
{
    struct heard *heard = heard_new(NULL);
    struct observer data;
    deliver(heard);
    observe_as(&data, heard, "data", "/16/0/2/0", FORMAT_OPAQUE);
    ck_assert_heard(heard, "20 data 2.05 " EXAMPLE_SIGNATURE "\n");
    attach(heard, "/16/0/2?pmax=50");
    world_run(heard->world, 120000);
    ck_assert_heard(heard, "");
    deliver(heard);
    ck_assert_heard(heard, "20 data 2.05 " EXAMPLE_SIGNATURE "\n");
    heard_free(heard);
}
END_TEST

/* --- pmin and I-22 ----------------------------------------------------------------------- */

START_TEST(pmin_may_hide_the_pulse)
{
    struct heard *heard = heard_new(NULL);
    struct observer data;
    struct observer status;
    attach(heard, "/16/0/3?pmin=5");
    observe(&data, heard, "data", "/16/0/2");
    observe(&status, heard, "status", "/16/0/3");
    buf_clear(&heard->text);
    deliver(heard);
    world_run(heard->world, 100000);
    ck_assert_heard(heard, "20 data 2.05" DATA "\n5000 status 2.05 0\n");
    heard_free(heard);
}
END_TEST

START_TEST(an_observer_of_data_that_is_held_back_gets_what_is_there_later)
{
    struct heard *heard = heard_new(NULL);
    struct observer data;
    attach(heard, "/16/0/2?pmin=5");
    observe(&data, heard, "data", "/16/0/2");
    deliver(heard);
    ck_assert_int_eq(get_auth_data(heard, "0='0',1='0',2='1'"), CODE_CHANGED);
    world_run(heard->world, 10000);
    ck_assert_heard(heard, "0 data 2.05 /16/0/2=(empty)\n"
                           "5000 data 2.05 /16/0/2/0=sig(/16/0 identity=0 key=0 round=0 "
                           "challenge=01)\n");
    heard_free(heard);
}
END_TEST

START_TEST(an_observer_of_data_that_somebody_read_meanwhile_gets_nothing)
{
    struct heard *heard = heard_new(NULL);
    struct observer data;
    attach(heard, "/16/0/2?pmin=5");
    observe(&data, heard, "data", "/16/0/2");
    deliver(heard);
    ck_assert_int_eq(get(heard, "/16/0/2"), CODE_CONTENT);
    world_run(heard->world, 10000);
    ck_assert_heard(heard, "0 data 2.05 /16/0/2=(empty)\n");
    deliver(heard);
    ck_assert_heard(heard, "20 data 2.05" DATA "\n");
    heard_free(heard);
}
END_TEST

START_TEST(a_forced_notification_without_a_value_changes_nothing)
{
    struct heard *heard = heard_new(NULL);
    struct observer data;
    attach(heard, "/16/0/2?pmax=5");
    observe(&data, heard, "data", "/16/0/2");
    component_fail_next(heard->world->component);
    deliver(heard);
    world_run(heard->world, 9980);
    ck_assert_heard(heard, "0 data 2.05 /16/0/2=(empty)\n5000 data 2.05 /16/0/2=(empty)\n"
                           "10000 data 2.05 /16/0/2=(empty)\n");
    ck_assert_int_eq(status_of(heard, 0), 2);
    heard_free(heard);
}
END_TEST

/* --- at every level ---------------------------------------------------------------------- */

START_TEST(a_written_identity_is_told_at_every_level)
{
    static const char *const uris[] = {"/16/0/0/1", "/16/0/0", "/16/0", "/16"};
    struct heard *heard = heard_new(NULL);
    struct observer observers[4];
    struct observer other;
    for (size_t i = 0; i < COUNT_OF(uris); i++)
        observe(&observers[i], heard, "x", uris[i]);
    observe(&other, heard, "other", "/16/0/0/3");
    write_name(heard, "New");
    for (size_t i = 0; i < COUNT_OF(uris); i++)
        ck_assert_uint_eq(observers[i].notifications, 2);
    ck_assert_uint_eq(other.notifications, 1);
    write_name(heard, "New");
    ck_assert_uint_eq(observers[0].notifications, 2);
    heard_free(heard);
}
END_TEST

START_TEST(the_answer_to_a_request_comes_before_what_it_brings_about)
{
    struct heard *heard = heard_new(NULL);
    struct observer name;
    struct observer write;
    observe(&name, heard, "name", "/16/0/0/1");
    observer_ask(&write, heard, "write", "/16/0/0/1");
    heard->world->request.code = CODE_PUT;
    heard->world->request.format = FORMAT_TEXT;
    buf_puts(&heard->world->request.payload, "New");
    observer_send(&write, &heard->world->request);
    ck_assert_heard(heard, "0 name 2.05 Acme\n0 write 2.04\n0 name 2.05 New\n");
    heard_free(heard);
}
END_TEST

START_TEST(notifications_have_the_format_of_the_first_answer)
{
    struct heard *heard = heard_new(NULL);
    struct observer text;
    struct observer tlv;
    observe_as(&text, heard, "text", "/16/0/0/1", FORMAT_TEXT);
    observe_as(&tlv, heard, "tlv", "/16/0/0/1", FORMAT_TLV);
    write_name(heard, "New");
    ck_assert_heard(heard, "0 text 2.05 Acme\n0 tlv 2.05 /16/0/0/1=\"Acme\"\n"
                           "0 text 2.05 New\n0 tlv 2.05 /16/0/0/1=\"New\"\n");
    heard_free(heard);
}
END_TEST

START_TEST(created_and_deleted_instances_are_told_to_observers_of_the_object)
{
    struct heard *heard = heard_new(NULL);
    struct observer object;
    observe(&object, heard, "object", "/16");
    buf_clear(&heard->text);
    ck_assert_int_eq(create_instance(heard, 2), CODE_CREATED);
    ck_assert_heard(heard, "0 object 2.05" NAMES " /16/0/3=0 /16/1/0/0=\"plain\" "
                           "/16/2/0/0=\"a\" /16/2/3=0\n");
    ck_assert_int_eq(world_do(heard->world, CODE_DELETE, "/16/0", FORMAT_NONE, NULL), CODE_DELETED);
    ck_assert_heard(heard, "0 object 2.05 /16/1/0/0=\"plain\" /16/2/0/0=\"a\" /16/2/3=0\n");
    heard_free(heard);
}
END_TEST

UNIT_MAIN("reporting", status_observers_see_the_pulse_around_the_data,
          the_order_does_not_depend_on_who_observed_first,
          all_observers_of_the_data_get_the_same_snapshot,
          an_observed_instance_or_object_leads_to_no_chain,
          without_an_observer_of_the_data_it_stays,
          emptying_alone_is_not_told_to_observers_of_the_data, an_error_is_told_by_the_status_only,
          the_first_answer_to_observe_consumes_like_a_read,
          a_cancelling_observe_still_returns_and_consumes_the_value,
          an_observed_resource_instance_of_auth_data_lasts_over_its_absence,
          pmin_may_hide_the_pulse, an_observer_of_data_that_is_held_back_gets_what_is_there_later,
          an_observer_of_data_that_somebody_read_meanwhile_gets_nothing,
          a_forced_notification_without_a_value_changes_nothing,
          a_written_identity_is_told_at_every_level,
          the_answer_to_a_request_comes_before_what_it_brings_about,
          notifications_have_the_format_of_the_first_answer,
          created_and_deleted_instances_are_told_to_observers_of_the_object)
