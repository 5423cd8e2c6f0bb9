/* SPDX-License-Identifier: Apache-2.0 */
/* How observations end: deletion, Reset, silence, Observe=1, registration, restart, and limits. */
#include "tests/unit/device/observer.h"

static void write_name(struct heard *heard, const char *name)
{
    ck_assert_int_eq(world_do(heard->world, CODE_PUT, "/16/0/0/1", FORMAT_TEXT, name),
                     CODE_CHANGED);
}

static void attach(struct heard *heard, const char *uri)
{
    ck_assert_int_eq(world_do(heard->world, CODE_PUT, uri, FORMAT_NONE, NULL), CODE_CHANGED);
}

/* rule: PF-DM-2 */
START_TEST(deleting_an_instance_ends_what_observes_it)
{
    struct heard *heard = heard_new(NULL);
    struct observer instance;
    struct observer status;
    struct observer data;
    struct observer other;
    observe(&instance, heard, "instance", "/16/0");
    observe(&status, heard, "status", "/16/0/3");
    observe(&data, heard, "data", "/16/0/2");
    observe(&other, heard, "other", "/16/1");
    attach(heard, "/16/0/3?pmin=100");
    buf_clear(&heard->text);
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    ck_assert_int_eq(world_do(heard->world, CODE_DELETE, "/16/0", FORMAT_NONE, NULL), CODE_DELETED);
    ck_assert_heard(heard, "0 instance 4.04 (ended)\n0 status 4.04 (ended)\n"
                           "0 data 4.04 (ended)\n");
    ck_assert_int_eq(create_instance(heard, 0), CODE_CREATED);
    world_run(heard->world, 200000);
    ck_assert_heard(heard, "");
    heard_free(heard);
}
END_TEST

START_TEST(an_instance_that_comes_again_has_no_attributes)
{
    struct heard *heard = heard_new(NULL);
    attach(heard, "/16/0/0?pmin=100");
    attach(heard, "/16?pmin=7");
    ck_assert_int_eq(world_do(heard->world, CODE_DELETE, "/16/0", FORMAT_NONE, NULL), CODE_DELETED);
    ck_assert_int_eq(create_instance(heard, 0), CODE_CREATED);
    world_ask(heard->world, CODE_GET, "/16/0/0")->accept = FORMAT_LINK;
    ck_assert_int_eq(world_send(heard->world), CODE_CONTENT);
    ck_assert_str_eq(world_text(heard->world), "</16/0/0>;dim=1;pmin=7");
    heard_free(heard);
}
END_TEST

START_TEST(a_resource_instance_that_comes_again_has_no_attributes)
{
    struct heard *heard = heard_new(NULL);
    struct observer name;
    attach(heard, "/16/0/0/1?pmin=100");
    ck_assert_int_eq(world_do_hex(heard->world, CODE_PUT, "/16/0/0", FORMAT_TLV, "8300410078"),
                     CODE_CHANGED);
    ck_assert_int_eq(world_do_hex(heard->world, CODE_PUT, "/16/0/0", FORMAT_TLV, "8300410178"),
                     CODE_CHANGED);
    observe(&name, heard, "name", "/16/0/0/1");
    write_name(heard, "y");
    ck_assert_heard(heard, "0 name 2.05 x\n0 name 2.05 y\n");
    heard_free(heard);
}
END_TEST

/* AuthData comes and goes all the time. */
START_TEST(consumed_auth_data_keeps_its_attributes)
{
    struct heard *heard = heard_new(NULL);
    struct observer data;
    expect_data(heard, EXAMPLE, EXAMPLE_SIGNATURE);
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    world_run(heard->world, 20);
    attach(heard, "/16/0/2/0?pmin=5");
    observe_as(&data, heard, "data", "/16/0/2/0", FORMAT_OPAQUE);
    buf_clear(&heard->text);
    heard->began = clock_now(heard->world->clock);
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    world_run(heard->world, 10000);
    ck_assert_heard(heard, "5000 data 2.05 " EXAMPLE_SIGNATURE "\n");
    heard_free(heard);
}
END_TEST

START_TEST(a_resource_instance_that_is_replaced_away_ends_its_observation)
{
    struct heard *heard = heard_new(NULL);
    struct observer name;
    struct observer names;
    observe(&name, heard, "name", "/16/0/0/1");
    observe(&names, heard, "names", "/16/0/0");
    buf_clear(&heard->text);
    ck_assert_int_eq(world_do_hex(heard->world, CODE_PUT, "/16/0/0", FORMAT_TLV, "8303410361"),
                     CODE_BAD_REQUEST);
    ck_assert_int_eq(world_do_hex(heard->world, CODE_PUT, "/16/0/0", FORMAT_TLV, "8300410361"),
                     CODE_CHANGED);
    ck_assert_heard(heard, "0 name 4.04 (ended)\n0 names 2.05 /16/0/0/3=\"a\"\n");
    heard_free(heard);
}
END_TEST

START_TEST(a_reset_ends_that_observation_only)
{
    struct heard *heard = heard_new(NULL);
    struct observer first;
    struct observer second;
    observe(&first, heard, "first", "/16/0/0/1");
    observe(&second, heard, "second", "/16/0/0/1");
    observer_forget(&first);
    write_name(heard, "a");
    unsigned sent = fake_net_sent(heard->world->net);
    write_name(heard, "b");
    ck_assert_uint_eq(fake_net_sent(heard->world->net), sent + 4);
    ck_assert_heard(heard, "0 first 2.05 Acme\n0 second 2.05 Acme\n0 second 2.05 a\n"
                           "0 second 2.05 b\n");
    ck_assert_uint_eq(world_count(&heard->world->events,
                                  "info observation of \"/16/0/0/1\" ends: a notification was "
                                  "answered with Reset"),
                      1);
    heard_free(heard);
}
END_TEST

START_TEST(two_resets_are_one_end)
{
    struct heard *heard = heard_new(NULL);
    struct observer battery;
    observe(&battery, heard, "battery", "/3/0/9");
    observer_forget(&battery);
    set_integer(heard, "/3/0/9", 49);
    set_integer(heard, "/3/0/9", 48);
    world_run(heard->world, 0);
    ck_assert_uint_eq(world_count(&heard->world->events, "info observation of"), 1);
    heard_free(heard);
}
END_TEST

static void change_again(void *arg)
{
    set_integer(arg, "/3/0/9", 48);
}

/* The change comes in the turn of the Reset, and before it. */
START_TEST(what_is_queued_when_an_observation_ends_is_not_sent)
{
    struct heard *heard = heard_new(NULL);
    struct world *world = heard->world;
    struct observer battery;
    struct timer timer = {0};
    observe(&battery, heard, "battery", "/3/0/9");
    observer_forget(&battery);
    fake_net_delay(world->net, 100);
    timer_start(&timer, world->clock, 200, change_again, heard);
    set_integer(heard, "/3/0/9", 49);
    world_run(world, 199);
    unsigned sent = fake_net_sent(world->net);
    world_run(world, 1000);
    ck_assert_uint_eq(fake_net_sent(world->net), sent);
    heard_free(heard);
}
END_TEST

static enum status notify_nobody(struct endpoint *endpoint, struct peer *peer,
                                 const struct message *notification, endpoint_notified *notified,
                                 void *arg)
{
    UNUSED(endpoint);
    UNUSED(peer);
    UNUSED(notification);
    UNUSED(notified);
    UNUSED(arg);
    return ST_LIMIT;
}

START_TEST(a_notification_that_cannot_be_sent_ends_the_observation)
{
    struct heard *heard = heard_new(NULL);
    struct world *world = heard->world;
    struct observer battery;
    const struct endpoint_ops *ops = world->device_end->ops;
    struct endpoint_ops broken = *ops;
    broken.notify = notify_nobody;
    observe(&battery, heard, "battery", "/3/0/9");
    world->device_end->ops = &broken;
    set_integer(heard, "/3/0/9", 49);
    world_run(world, 0);
    ck_assert_str_eq(buf_text(&world->events),
                     "info observation of \"/3/0/9\" ends: a notification could not be sent\n");
    world->device_end->ops = ops;
    set_integer(heard, "/3/0/9", 48);
    world_run(world, 1000);
    ck_assert_heard(heard, "0 battery 2.05 50\n");
    heard_free(heard);
}
END_TEST

START_TEST(observe_1_ends_that_observation_only)
{
    struct heard *heard = heard_new(NULL);
    struct observer first;
    struct observer second;
    struct observer cancel;
    observe(&second, heard, "second", "/16/0/0/1");
    for (int value = 0; value <= 1; value++) {
        struct observer *asker = value == 0 ? &first : &cancel;
        observer_ask(asker, heard, value == 0 ? "first" : "cancel", "/16/0/0/1");
        asker->observes = value == 0;
        heard->world->request.observe = value;
        heard->world->request.token_len = 8;
        memcpy(heard->world->request.token, "12345678", 8);
        if (value == 1)
            observer_forget(&first);
        observer_send(asker, &heard->world->request);
    }
    write_name(heard, "New");
    ck_assert_heard(heard, "0 second 2.05 Acme\n0 first 2.05 Acme\n0 cancel 2.05 Acme\n"
                           "0 second 2.05 New\n");
    heard_free(heard);
}
END_TEST

/* AuthData that was consumed is observed on, and not there to be read. */
START_TEST(observe_1_ends_the_observation_of_what_is_not_there)
{
    struct heard *heard = heard_new(NULL);
    struct observer data;
    expect_data(heard, EXAMPLE, EXAMPLE_SIGNATURE);
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    world_run(heard->world, 20);
    observer_ask(&data, heard, "data", "/16/0/2/0");
    data.observes = true;
    heard->world->request.accept = FORMAT_OPAQUE;
    heard->world->request.observe = 0;
    heard->world->request.token_len = 8;
    memcpy(heard->world->request.token, "12345678", 8);
    observer_send(&data, &heard->world->request);
    observer_forget(&data);
    heard->world->request.observe = 1;
    heard->world->request.message_id = -1;
    ck_assert_int_eq(world_send(heard->world), CODE_NOT_FOUND);
    buf_clear(&heard->text);
    world_forget(heard->world);
    ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
    world_run(heard->world, 10000);
    ck_assert_int_eq(status_of(heard, 0), 1);
    heard_free(heard);
}
END_TEST

START_TEST(cancelling_what_is_not_observed_is_a_read)
{
    struct heard *heard = heard_new(NULL);
    world_ask(heard->world, CODE_GET, "/16/0/0/1")->observe = 1;
    ck_assert_int_eq(world_send(heard->world), CODE_CONTENT);
    ck_assert_str_eq(world_text(heard->world), "Acme");
    ck_assert_int_eq(heard->world->answer.observe, -1);
    heard_free(heard);
}
END_TEST

START_TEST(asking_again_with_the_same_token_renews)
{
    static const char *const uris[] = {"/16/0/0/3", "/16/0/0/1"};
    struct heard *heard = heard_new(NULL);
    struct observer observers[2];
    for (size_t i = 0; i < 2; i++) {
        observer_ask(&observers[i], heard, i == 0 ? "former" : "renewed", uris[i]);
        observers[i].observes = true;
        heard->world->request.observe = 0;
        heard->world->request.token_len = 1;
        heard->world->request.token[0] = 7;
        if (i == 1)
            observer_forget(&observers[0]);
        observer_send(&observers[i], &heard->world->request);
    }
    write_name(heard, "New");
    ck_assert_int_eq(world_do(heard->world, CODE_PUT, "/16/0/0/3", FORMAT_TEXT, "9"), CODE_CHANGED);
    ck_assert_heard(heard, "0 former 2.05 1.4\n0 renewed 2.05 Acme\n0 renewed 2.05 New\n");
    heard_free(heard);
}
END_TEST

/* RFC 7641 section 4.5 */
START_TEST(a_notification_without_answer_ends_the_observation)
{
    struct heard *heard = heard_new(NULL);
    struct world *world = heard->world;
    struct observer battery;
    observe(&battery, heard, "battery", "/3/0/9");
    fake_endpoint_silence(world->server_end, true);
    set_integer(heard, "/3/0/9", 49);
    world_run(world, FAKE_GIVE_UP_MS + 1000);
    ck_assert_uint_eq(
        world_count(&world->events, "info observation of \"/3/0/9\" ends: a notification was not"),
        1);
    fake_endpoint_silence(world->server_end, false);
    set_integer(heard, "/3/0/9", 48);
    world_run(world, 1000);
    ck_assert_heard(heard, "0 battery 2.05 50\n");
    heard_free(heard);
}
END_TEST

START_TEST(a_lost_notification_is_repeated_until_it_is_acknowledged)
{
    struct heard *heard = heard_new(NULL);
    struct observer battery;
    observe(&battery, heard, "battery", "/3/0/9");
    fake_net_drop(heard->world->net, 1);
    set_integer(heard, "/3/0/9", 49);
    world_run(heard->world, FAKE_ACK_TIMEOUT_MS);
    set_integer(heard, "/3/0/9", 48);
    world_run(heard->world, 0);
    ck_assert_heard(heard, "0 battery 2.05 50\n2000 battery 2.05 49\n2000 battery 2.05 48\n");
    heard_free(heard);
}
END_TEST

/* --- registration ------------------------------------------------------------------------ */

START_TEST(nothing_is_notified_after_deregistration)
{
    struct heard *heard = heard_new(NULL);
    struct observer battery;
    observe(&battery, heard, "battery", "/3/0/9");
    device_deregister(heard->world->device);
    set_integer(heard, "/3/0/9", 49);
    world_run(heard->world, 1000);
    set_integer(heard, "/3/0/9", 48);
    world_run(heard->world, 1000);
    ck_assert_heard(heard, "0 battery 2.05 50\n");
    heard_free(heard);
}
END_TEST

START_TEST(a_new_registration_voids_observations_and_keeps_attributes)
{
    struct heard *heard = heard_new(NULL);
    struct observer battery;
    attach(heard, "/3/0/9?pmin=3");
    observe(&battery, heard, "battery", "/3/0/9");
    set_integer(heard, "/3/0/9", 49);
    world_register(heard->world);
    world_run(heard->world, 10000);
    set_integer(heard, "/3/0/9", 48);
    world_run(heard->world, 10000);
    ck_assert_heard(heard, "0 battery 2.05 50\n");
    world_ask(heard->world, CODE_GET, "/3/0/9")->accept = FORMAT_LINK;
    ck_assert_int_eq(world_send(heard->world), CODE_CONTENT);
    ck_assert_str_eq(world_text(heard->world), "</3/0/9>;pmin=3");
    heard_free(heard);
}
END_TEST

START_TEST(a_restart_voids_observations_and_attributes)
{
    struct heard *heard = heard_new(NULL);
    struct observer battery;
    attach(heard, "/3/0/9?pmin=3");
    observe(&battery, heard, "battery", "/3/0/9");
    set_integer(heard, "/3/0/9", 49);
    device_restart(heard->world->device);
    world_run(heard->world, 10000);
    set_integer(heard, "/3/0/9", 48);
    world_run(heard->world, 10000);
    ck_assert_heard(heard, "0 battery 2.05 50\n");
    world_ask(heard->world, CODE_GET, "/3/0/9")->accept = FORMAT_LINK;
    ck_assert_int_eq(world_send(heard->world), CODE_CONTENT);
    ck_assert_str_eq(world_text(heard->world), "</3/0/9>");
    heard_free(heard);
}
END_TEST

START_TEST(a_lost_session_takes_queue_and_notifications_along)
{
    struct heard *heard = heard_new(NULL);
    struct world *world = heard->world;
    struct observer battery;
    observe(&battery, heard, "battery", "/3/0/9");
    fake_endpoint_silence(world->server_end, true);
    set_integer(heard, "/3/0/9", 49); /* sent, not acknowledged */
    world_run(world, 1000);
    set_integer(heard, "/3/0/9", 48); /* queued */
    fake_endpoint_silence(world->server_end, false);
    fake_endpoint_lose(world->device_end, fake_endpoint_peer(world->device_end, 0));
    world_run(world, 10000);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    set_integer(heard, "/3/0/9", 47);
    world_run(world, 100000);
    ck_assert_heard(heard, "0 battery 2.05 50\n");
    heard_free(heard);
}
END_TEST

/* --- limits ------------------------------------------------------------------------------ */

START_TEST(there_are_so_many_observations_and_no_more)
{
    enum { MOST = 64 };
    struct heard *heard = heard_new(NULL);
    struct observer observers[MOST + 1];
    for (size_t i = 0; i <= MOST; i++)
        observe(&observers[i], heard, "x", "/3/0/9");
    ck_assert_ptr_nonnull(observers[MOST - 1].exchange);
    ck_assert_ptr_null(observers[MOST].exchange);
    ck_assert_ptr_nonnull(strstr(buf_text(&heard->text), "0 x 2.05 50 (ended)\n"));
    set_integer(heard, "/3/0/9", 49);
    world_run(heard->world, 0);
    ck_assert_uint_eq(world_count(&heard->text, "0 x 2.05 49"), MOST);
    heard_free(heard);
}
END_TEST

START_TEST(a_crowd_of_changes_in_one_turn_is_told_in_order)
{
    enum { CHANGES = 600 };
    struct heard *heard = heard_new(NULL);
    struct observer battery;
    observe(&battery, heard, "battery", "/3/0/9");
    for (int i = 0; i < CHANGES; i++)
        set_integer(heard, "/3/0/9", i % 100);
    world_run(heard->world, 0);
    ck_assert_uint_eq(battery.notifications, CHANGES + 1);
    heard_free(heard);
}
END_TEST

/* Nobody acknowledges, and the owner goes on: what is held back is told once, as it is then. */
START_TEST(who_acknowledges_nothing_is_not_told_without_end)
{
    enum { CHANGES = 3000, UNDER_WAY_MOST = 1024 };
    struct heard *heard = heard_new(NULL);
    struct world *world = heard->world;
    struct observer battery;
    observe(&battery, heard, "battery", "/3/0/9");
    fake_net_delay(world->net, 500);
    unsigned before = fake_net_sent(world->net);
    for (int i = 0; i < CHANGES; i++) {
        set_integer(heard, "/3/0/9", i % 100);
        world_run(world, 0);
    }
    ck_assert_uint_eq(fake_net_sent(world->net) - before, UNDER_WAY_MOST);
    set_integer(heard, "/3/0/9", 77);
    world_run(world, 10000);
    ck_assert_uint_eq(battery.notifications, 1 + UNDER_WAY_MOST + 1);
    const char *text = buf_text(&heard->text);
    ck_assert_ptr_nonnull(strstr(text, "battery 2.05 77\n"));
    heard_free(heard);
}
END_TEST

UNIT_MAIN(
    "reporting_ends", a_resource_instance_that_comes_again_has_no_attributes,
    consumed_auth_data_keeps_its_attributes, who_acknowledges_nothing_is_not_told_without_end,
    deleting_an_instance_ends_what_observes_it, an_instance_that_comes_again_has_no_attributes,
    a_resource_instance_that_is_replaced_away_ends_its_observation,
    a_reset_ends_that_observation_only, two_resets_are_one_end,
    what_is_queued_when_an_observation_ends_is_not_sent,
    a_notification_that_cannot_be_sent_ends_the_observation, observe_1_ends_that_observation_only,
    observe_1_ends_the_observation_of_what_is_not_there, cancelling_what_is_not_observed_is_a_read,
    asking_again_with_the_same_token_renews, a_notification_without_answer_ends_the_observation,
    a_lost_notification_is_repeated_until_it_is_acknowledged,
    nothing_is_notified_after_deregistration,
    a_new_registration_voids_observations_and_keeps_attributes,
    a_restart_voids_observations_and_attributes, a_lost_session_takes_queue_and_notifications_along,
    there_are_so_many_observations_and_no_more, a_crowd_of_changes_in_one_turn_is_told_in_order)
