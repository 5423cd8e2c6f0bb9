/* SPDX-License-Identifier: Apache-2.0 */
/* Two servers that observe, set attributes, read and are sent to: each has its own, and what the
 * Portfolio object yields is shared (rules I-15 and I-22). */
#include "tests/unit/unit.h"

#include "tests/unit/device/servers.h"

enum { SECOND = 1000 };

#define EQUAL    TWO_SERVERS("", "", "\"23\": false")
#define READER   TWO_SERVERS("", ", \"access\": \"R\"", "\"23\": false")
#define STRANGER TWO_SERVERS("", ", \"access\": \"W\"", "\"23\": false")

static const char authenticate[] = "0='0',1='0',2='1',3='0'";

static struct path auth_data(void)
{
    return path_resource(16, 0, 2);
}

static int64_t auth_status(const struct world *world)
{
    return model_value(device_model(world->device), path_resource(16, 0, 3))->integer;
}

static size_t auth_data_count(const struct world *world)
{
    return model_children(device_model(world->device), auth_data(), NULL, 0);
}

/* What the first server is notified of is counted in *COUNT, what is not empty in it in *FULL. */
struct count {
    unsigned all, full;
};

static void heard(void *arg, enum status status, const struct message *response)
{
    struct count *count = arg;
    count->all += status == ST_OK && response->observe >= 0;
    count->full += status == ST_OK && response->payload.len > 3;
}

static void observe_first(struct world *world, const char *uri, struct count *count)
{
    world_ask(world, CODE_GET, uri)->observe = 0;
    ck_assert_int_eq(
        endpoint_request(world->server_end, world->peer, &world->request, heard, count, NULL),
        ST_OK);
    world_run(world, 0);
    ck_assert_uint_eq(count->all, 1);
}

static void observe_second(struct other *other, const char *uri)
{
    world_ask(other->world, CODE_GET, uri)->observe = 0;
    ck_assert_int_eq(other_send(other), CODE_CONTENT);
    ck_assert_uint_eq(other->notifications, 1);
}

/* ETS 951 */
START_TEST(shows_each_server_its_own_attributes)
{
    struct other other;
    struct world *world = servers_start(EQUAL, &other);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/3/0?pmin=2&pmax=10", -1, NULL), CODE_CHANGED);
    ck_assert_int_eq(other_do(&other, CODE_PUT, "/3/0?pmin=15&pmax=50", -1, NULL), CODE_CHANGED);
    world_ask(world, CODE_GET, "/3/0")->accept = FORMAT_LINK;
    ck_assert_int_eq(world_send(world), CODE_CONTENT);
    ck_assert_ptr_nonnull(strstr(world_text(world), "</3/0>;pmin=2;pmax=10,"));
    world_ask(world, CODE_GET, "/3/0")->accept = FORMAT_LINK;
    ck_assert_int_eq(other_send(&other), CODE_CONTENT);
    ck_assert_ptr_nonnull(strstr(other_text(&other), "</3/0>;pmin=15;pmax=50,"));
    servers_end(&other);
}
END_TEST

START_TEST(notifies_each_server_in_its_own_time)
{
    struct other other;
    struct count count = {0};
    struct world *world = servers_start(EQUAL, &other);
    ck_assert_int_eq(other_do(&other, CODE_PUT, "/3/0/9?pmin=5", -1, NULL), CODE_CHANGED);
    observe_first(world, "/3/0/9", &count);
    observe_second(&other, "/3/0/9");
    world_set_battery(world, 49);
    world_run(world, SECOND);
    ck_assert_uint_eq(count.all, 2);
    ck_assert_uint_eq(other.notifications, 1);
    world_run(world, 4 * SECOND);
    ck_assert_uint_eq(other.notifications, 2);
    servers_end(&other);
}
END_TEST

START_TEST(one_server_that_is_silent_does_not_hold_up_the_other)
{
    struct other other;
    struct world *world = servers_start(EQUAL, &other);
    struct count count = {0};
    observe_first(world, "/3/0/9", &count);
    observe_second(&other, "/3/0/9");
    fake_endpoint_silence(world->server_end, true);
    for (int64_t i = 0; i < 10; i++) {
        world_set_battery(world, i);
        world_run(world, SECOND);
    }
    ck_assert_uint_eq(count.all, 1);
    ck_assert_uint_eq(other.notifications, 11);
    servers_end(&other);
}
END_TEST

START_TEST(a_new_registration_with_one_leaves_the_observations_of_the_other)
{
    struct other other;
    struct count count = {0};
    struct world *world = servers_start(EQUAL, &other);
    observe_first(world, "/3/0/9", &count);
    observe_second(&other, "/3/0/9");
    registration_happen(registration_of(world->device, 101), REGISTRATION_START);
    world_run(world, 0);
    world_set_battery(world, 1);
    world_run(world, 0);
    ck_assert_uint_eq(count.all, 1);
    ck_assert_uint_eq(other.notifications, 2);
    servers_end(&other);
}
END_TEST

/* rule: I-15, whoever asked for it */
START_TEST(the_result_is_there_for_whoever_may_read_it)
{
    struct other other;
    struct world *world = servers_start(READER, &other);
    ck_assert_int_eq(other_do(&other, CODE_POST, "/16/0/1", 0, authenticate), CODE_UNAUTHORIZED);
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/1", 0, authenticate), CODE_CHANGED);
    world_run(world, 100);
    ck_assert_int_eq(auth_status(world), 1);
    ck_assert_int_eq(other_do(&other, CODE_GET, "/16/0/2", -1, NULL), CODE_CONTENT);
    ck_assert_uint_gt(other.answer.payload.len, 3);
    ck_assert_int_eq(auth_status(world), 0);
    ck_assert_uint_eq(auth_data_count(world), 0);
    ck_assert_int_eq(world_do(world, CODE_GET, "/16/0/2/0", -1, NULL), CODE_NOT_FOUND);
    servers_end(&other);
}
END_TEST

START_TEST(who_may_not_read_it_does_not_consume_it)
{
    struct other other;
    struct world *world = servers_start(STRANGER, &other);
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/1", 0, authenticate), CODE_CHANGED);
    world_run(world, 100);
    ck_assert_int_eq(other_do(&other, CODE_GET, "/16/0/2", -1, NULL), CODE_UNAUTHORIZED);
    ck_assert_int_eq(other_do(&other, CODE_GET, "/16", -1, NULL), CODE_CONTENT);
    ck_assert_int_eq(auth_status(world), 1);
    ck_assert_uint_eq(auth_data_count(world), 1);
    servers_end(&other);
}
END_TEST

/* rule: I-22, the same snapshot for all that are due */
START_TEST(both_observers_get_the_same_result)
{
    struct other other;
    struct count count = {0};
    struct world *world = servers_start(READER, &other);
    observe_first(world, "/16/0/2", &count);
    observe_second(&other, "/16/0/2");
    ck_assert_int_eq(world_do(world, CODE_POST, "/16/0/1", 0, authenticate), CODE_CHANGED);
    world_run(world, SECOND);
    ck_assert_uint_eq(count.full, 1);
    ck_assert_uint_eq(other.notifications, 2);
    ck_assert_uint_gt(other.answer.payload.len, 3);
    ck_assert_int_eq(auth_status(world), 0);
    ck_assert_uint_eq(auth_data_count(world), 0);
    servers_end(&other);
}
END_TEST

START_TEST(an_observer_that_loses_its_right_hears_that_it_ended)
{
    struct other other;
    struct world *world = servers_start(READER, &other);
    struct model *model = world->device->model;
    observe_second(&other, "/3/0/9");
    for (unsigned id = 0; model_has(model, path_instance(2, id)); id++)
        if (model_value(model, path_resource(2, id, 0))->integer == 3 &&
            model_value(model, path_resource(2, id, 1))->integer == 0)
            ck_assert_int_eq(model_put(model, path_child(path_resource(2, id, 2), 102),
                                       value_integer(RIGHT_WRITE)),
                             ST_OK);
    world_set_battery(world, 1);
    world_run(world, 0);
    ck_assert_int_eq(other.answer.code, CODE_UNAUTHORIZED);
    ck_assert_uint_eq(other.notifications, 1);
    servers_end(&other);
}
END_TEST

static enum status send_battery(struct world *world, struct error *error)
{
    struct records paths;
    records_init(&paths);
    ck_assert(records_add(&paths, path_resource(3, 0, 9), value_none()));
    enum status status = device_send(world->device, &paths, error);
    records_release(&paths);
    world_run(world, 0);
    return status;
}

START_TEST(sends_to_who_may_read_and_has_not_muted_it)
{
    struct other other;
    struct error error;
    struct world *world = servers_start(EQUAL, &other);
    ck_assert_int_eq(send_battery(world, &error), ST_OK);
    ck_assert_uint_eq(world_count(&world->heard, "POST /dp"), 1);
    ck_assert_uint_eq(world_count(&other.heard, "POST /dp"), 1);
    ck_assert_int_eq(world_do(world, CODE_PUT, "/1/0/23", 0, "1"), CODE_CHANGED);
    ck_assert_int_eq(send_battery(world, &error), ST_OK);
    ck_assert_uint_eq(world_count(&world->heard, "POST /dp"), 1);
    ck_assert_uint_eq(world_count(&other.heard, "POST /dp"), 2);
    ck_assert_int_eq(other_do(&other, CODE_PUT, "/1/1/23", 0, "1"), CODE_CHANGED);
    ck_assert_int_eq(send_battery(world, &error), ST_REFUSED);
    ck_assert_str_eq(error.text, "cannot send: the server has muted it; \"/1/0/23\" must be false");
    servers_end(&other);
    world = servers_start(STRANGER, &other);
    ck_assert_int_eq(send_battery(world, &error), ST_OK);
    ck_assert_uint_eq(world_count(&world->heard, "POST /dp"), 1);
    ck_assert_uint_eq(world_count(&other.heard, "POST /dp"), 0);
    servers_end(&other);
}
END_TEST

START_TEST(a_composite_shows_and_writes_what_its_server_may)
{
    static const char paths[] = "[{\"n\":\"/3/0/0\"},{\"n\":\"/16/0/0\"},{\"n\":\"/1\"}]";
    static const char values[] = "[{\"n\":\"/16/0/0/0\",\"vs\":\"b\"},{\"n\":\"/1/1/1\",\"v\":70}]";
    struct other other;
    struct world *world = servers_start(READER, &other);
    struct message *request = world_ask(world, CODE_FETCH, "");
    request->format = FORMAT_SENML_JSON;
    request->accept = FORMAT_SENML_JSON;
    buf_puts(&request->payload, paths);
    ck_assert_int_eq(other_send(&other), CODE_CONTENT);
    ck_assert_ptr_nonnull(strstr(other_text(&other), "Acme"));
    ck_assert_ptr_nonnull(strstr(other_text(&other), "/1/1/"));
    ck_assert_ptr_null(strstr(other_text(&other), "/1/0/"));
    ck_assert_int_eq(other_do(&other, CODE_IPATCH, "", FORMAT_SENML_JSON, values),
                     CODE_UNAUTHORIZED);
    ck_assert_int_eq(model_value(device_model(world->device), path_resource(1, 1, 1))->integer,
                     300);
    servers_end(&other);
}
END_TEST

UNIT_MAIN("reporting servers", shows_each_server_its_own_attributes,
          notifies_each_server_in_its_own_time,
          one_server_that_is_silent_does_not_hold_up_the_other,
          a_new_registration_with_one_leaves_the_observations_of_the_other,
          the_result_is_there_for_whoever_may_read_it, who_may_not_read_it_does_not_consume_it,
          both_observers_get_the_same_result, an_observer_that_loses_its_right_hears_that_it_ended,
          sends_to_who_may_read_and_has_not_muted_it,
          a_composite_shows_and_writes_what_its_server_may)
