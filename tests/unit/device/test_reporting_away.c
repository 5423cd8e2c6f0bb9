/* SPDX-License-Identifier: Apache-2.0 */
/* What a server hears later that was away (resource 6 of the Server object). */
#include "tests/unit/unit.h"

#include "device/reporting_impl.h"
#include "tests/unit/device/servers.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND };

#define STORING  TWO_SERVERS("", "", "\"4\": {}, \"5\": 600, \"6\": true, \"17\": 3, \"18\": 10")
#define DROPPING TWO_SERVERS("", "", "\"4\": {}, \"5\": 600, \"6\": false, \"17\": 3, \"18\": 10")

#define SLEEPING                                                                                   \
    TWO_SERVERS("\"queue_mode\": true,", "", "\"4\": {}, \"5\": 600, \"6\": true, \"18\": 10")

static const char authenticate[] = "0='0',1='0',2='1',3='0'";

/* What the first server heard of one observation. */
struct record_of {
    char values[1000]; /* payloads, a blank behind each */
    unsigned full;     /* of these: longer than a number */
    uint8_t last;      /* code */
};

static void heard(void *arg, enum status status, const struct message *response)
{
    struct record_of *record = arg;
    size_t len = strlen(record->values);
    if (status != ST_OK)
        return;
    record->last = response->code;
    record->full += response->payload.len > 3;
    if (response->payload.len <= 3)
        snprintf(record->values + len, sizeof record->values - len, "%.*s ",
                 (int)response->payload.len,
                 response->payload.len > 0 ? (const char *)response->payload.data : "");
}

static void observe(struct world *world, const char *uri, struct record_of *record)
{
    world_ask(world, CODE_GET, uri)->observe = 0;
    ck_assert_int_eq(
        endpoint_request(world->server_end, world->peer, &world->request, heard, record, NULL),
        ST_OK);
    world_run(world, 0);
    ck_assert_uint_eq(record->last, CODE_CONTENT);
}

static void set_battery(struct world *world, int64_t percent)
{
    world_set_battery(world, percent);
    world_run(world, SECOND);
}

static size_t observations_of(const struct world *world)
{
    size_t count = 0;
    const struct observation *at = world->device->reporting->observations;
    for (; at != NULL; at = at->next)
        count += !at->over;
    return count;
}

static enum registration_state state_of(const struct world *world)
{
    return world_registration(world, 101);
}

START_TEST(hears_everything_in_order_when_it_is_there_again)
{
    struct other other;
    struct record_of record = {0};
    struct world *world = servers_start(STORING, &other);
    observe(world, "/3/0/9", &record);
    fake_endpoint_silence(world->server_end, true);
    set_battery(world, 49);
    set_battery(world, 48);
    world_run(world, 60 * SECOND); /* the first one is given up, the second one almost */
    set_battery(world, 47);
    world_run(world, SECOND);
    ck_assert_str_eq(record.values, "50 ");
    ck_assert_uint_eq(observations_of(world), 1);
    fake_endpoint_silence(world->server_end, false);
    world_run(world, 30 * SECOND);
    ck_assert_int_eq(state_of(world), REGISTRATION_ALIVE);
    ck_assert_str_eq(record.values, "50 49 48 47 ");
    set_battery(world, 46);
    ck_assert_str_eq(record.values, "50 49 48 47 46 ");
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?"), 0);
    servers_end(&other);
}
END_TEST

START_TEST(hears_nothing_more_when_it_wants_nothing_stored)
{
    struct other other;
    struct record_of record = {0};
    struct world *world = servers_start(DROPPING, &other);
    observe(world, "/3/0/9", &record);
    fake_endpoint_silence(world->server_end, true);
    set_battery(world, 49);
    world_run(world, 62 * SECOND);
    ck_assert_uint_eq(observations_of(world), 0);
    fake_endpoint_silence(world->server_end, false);
    set_battery(world, 48);
    world_run(world, 2 * MINUTE);
    ck_assert_str_eq(record.values, "50 ");
    servers_end(&other);
}
END_TEST

START_TEST(does_not_hold_up_the_other_server)
{
    struct other other;
    struct world *world = servers_start(STORING, &other);
    struct record_of record = {0};
    observe(world, "/3/0/9", &record);
    world_ask(world, CODE_GET, "/3/0/9")->observe = 0;
    ck_assert_int_eq(other_send(&other), CODE_CONTENT);
    fake_endpoint_silence(world->server_end, true);
    set_battery(world, 49);
    world_run(world, MINUTE + 5 * SECOND);
    set_battery(world, 48);
    ck_assert_uint_eq(other.notifications, 3);
    ck_assert_str_eq(other_text(&other), "48");
    servers_end(&other);
}
END_TEST

/* After a loss of the session it is for the server to say what it still knows. */
START_TEST(is_asked_by_what_was_stored_whether_it_still_observes)
{
    struct other other;
    struct record_of record = {0};
    struct world *world = servers_start(STORING, &other);
    observe(world, "/3/0/9", &record);
    fake_endpoint_lose(world->device_end, registration_peer(registration_of(world->device, 101)));
    ck_assert_int_eq(state_of(world), REGISTRATION_WAITING);
    set_battery(world, 49);
    set_battery(world, 48);
    ck_assert_uint_eq(world->device->reporting->audiences->stored.count, 2);
    ck_assert_uint_eq(observations_of(world), 1);
    world_run(world, 10 * SECOND);
    ck_assert_int_eq(state_of(world), REGISTRATION_ALIVE);
    ck_assert_uint_eq(world_count(&world->events, "info observation of \"/3/0/9\" ends: a "
                                                  "notification was answered with Reset"),
                      1);
    ck_assert_uint_eq(observations_of(world), 0);
    ck_assert_uint_eq(world->device->reporting->audiences->under_way, 0);
    servers_end(&other);
}
END_TEST

START_TEST(is_kept_for_while_it_is_disabled)
{
    struct other other;
    struct record_of record = {0};
    struct world *world = servers_start(STORING, &other);
    observe(world, "/3/0/9", &record);
    ck_assert_int_eq(world_do(world, CODE_POST, "/1/0/4", -1, NULL), CODE_CHANGED);
    world_run(world, SECOND);
    ck_assert_int_eq(state_of(world), REGISTRATION_DISABLED);
    set_battery(world, 49);
    ck_assert_uint_eq(world->device->reporting->audiences->stored.count, 1);
    world_run(world, 10 * MINUTE);
    ck_assert_int_eq(state_of(world), REGISTRATION_ALIVE);
    ck_assert_uint_eq(world->device->reporting->audiences->stored.count, 0);
    servers_end(&other);
}
END_TEST

START_TEST(loses_the_oldest_when_there_are_too_many)
{
    struct other other;
    struct record_of record = {0};
    struct world *world = servers_start(STORING, &other);
    observe(world, "/3/0/9", &record);
    fake_endpoint_lose(world->device_end, registration_peer(registration_of(world->device, 101)));
    fake_endpoint_silence(world->server_end, true);
    for (int i = 0; i < STORED_MOST + 3; i++)
        set_battery(world, i);
    const struct audience *audience = world->device->reporting->audiences;
    ck_assert_uint_eq(audience->stored.count, STORED_MOST);
    ck_assert_uint_eq(audience->under_way, STORED_MOST);
    ck_assert_str_eq(buf_text(&audience->stored.first->message.payload), "3");
    ck_assert_uint_eq(world_count(&world->events, "warning server 101 is away"), 3);
    servers_end(&other);
}
END_TEST

START_TEST(ends_with_the_registration_that_its_owner_ends)
{
    struct other other;
    struct record_of record = {0};
    struct world *world = servers_start(STORING, &other);
    observe(world, "/3/0/9", &record);
    fake_endpoint_silence(world->server_end, true);
    set_battery(world, 49);
    world_run(world, 62 * SECOND);
    device_deregister(world->device);
    world_run(world, 2 * MINUTE);
    ck_assert_int_eq(state_of(world), REGISTRATION_OFF);
    ck_assert_uint_eq(observations_of(world), 0);
    ck_assert_uint_eq(world->device->reporting->audiences->stored.count, 0);
    servers_end(&other);
}
END_TEST

/* An endpoint whose notifications go nowhere. */
struct sink {
    struct endpoint_ops ops; /* first: found by the endpoint's */
    const struct endpoint_ops *real;
    enum status status; /* of the next notification */
    endpoint_notified *notified;
    void *arg;
    unsigned count;
};

static enum status swallow(struct endpoint *endpoint, struct peer *peer,
                           const struct message *notification, endpoint_notified *notified,
                           void *arg)
{
    struct sink *sink = (struct sink *)(uintptr_t)endpoint->ops;
    UNUSED(peer);
    ck_assert(notification->confirmable);
    sink->notified = notified;
    sink->arg = arg;
    sink->count++;
    enum status status = sink->status;
    sink->status = ST_OK;
    return status;
}

static void open_sink(struct sink *sink, struct endpoint *endpoint)
{
    *sink = (struct sink){.ops = *endpoint->ops, .real = endpoint->ops};
    sink->ops.notify = swallow;
    endpoint->ops = &sink->ops;
}

START_TEST(is_given_up_when_it_answers_all_but_notifications)
{
    struct other other;
    struct record_of record = {0};
    struct sink sink;
    struct world *world = servers_start(STORING, &other);
    observe(world, "/3/0/9", &record);
    open_sink(&sink, world->device_end);
    set_battery(world, 49);
    ck_assert_uint_eq(sink.count, 1);
    sink.notified(sink.arg, NOTIFY_TIMEOUT);
    ck_assert_uint_eq(observations_of(world), 1);
    world_run(world, SECOND);
    ck_assert_str_eq(buf_text(&world->heard), "POST /rd/1\n");
    ck_assert_uint_eq(sink.count, 2);
    sink.notified(sink.arg, NOTIFY_TIMEOUT);
    ck_assert_uint_eq(observations_of(world), 0);
    world_run(world, MINUTE);
    ck_assert_uint_eq(sink.count, 2);
    ck_assert_uint_eq(world->device->reporting->audiences->under_way, 0);
    world->device_end->ops = sink.real;
    servers_end(&other);
}
END_TEST

START_TEST(hears_what_could_not_be_sent)
{
    struct other other;
    struct record_of record = {0};
    struct sink sink;
    struct world *world = servers_start(STORING, &other);
    observe(world, "/3/0/9", &record);
    open_sink(&sink, world->device_end);
    sink.status = ST_UNREACHABLE;
    set_battery(world, 49);
    ck_assert_uint_eq(sink.count, 2);
    ck_assert_str_eq(buf_text(&world->heard), "POST /rd/1\n");
    sink.notified(sink.arg, NOTIFY_ACKNOWLEDGED);
    world->device_end->ops = sink.real;
    set_battery(world, 48);
    ck_assert_str_eq(record.values, "50 48 ");
    servers_end(&other);
}
END_TEST

/* What was sent before the server came back goes first. */
START_TEST(hears_what_is_under_way_before_what_is_stored)
{
    struct other other;
    struct record_of record = {0};
    struct sink sink;
    struct world *world = servers_start(STORING, &other);
    observe(world, "/3/0/9", &record);
    open_sink(&sink, world->device_end);
    set_battery(world, 49);
    void *first = sink.arg;
    set_battery(world, 48);
    void *second = sink.arg;
    ck_assert_uint_eq(sink.count, 2);
    sink.notified(first, NOTIFY_TIMEOUT);
    world_run(world, SECOND); /* the Update is answered */
    ck_assert_uint_eq(sink.count, 2);
    sink.notified(second, NOTIFY_ACKNOWLEDGED);
    world_run(world, SECOND);
    ck_assert_uint_eq(sink.count, 3);
    world->device_end->ops = sink.real;
    servers_end(&other);
}
END_TEST

/* rule: I-10, I-11 */
START_TEST(never_gets_stored_auth_data)
{
    struct other other;
    struct record_of record = {0};
    struct world *world = servers_start(STORING, &other);
    observe(world, "/16/0/2", &record);
    fake_endpoint_lose(world->device_end, registration_peer(registration_of(world->device, 101)));
    ck_assert_int_eq(other_do(&other, CODE_POST, "/16/0/1", 0, authenticate), CODE_CHANGED);
    world_run(world, SECOND);
    ck_assert_uint_eq(world->device->reporting->audiences->stored.count, 0);
    ck_assert_int_eq(model_value(device_model(world->device), path_resource(16, 0, 3))->integer, 1);
    ck_assert_uint_eq(model_children(device_model(world->device), path_resource(16, 0, 2), NULL, 0),
                      1);
    servers_end(&other);
}
END_TEST

START_TEST(may_not_hear_what_it_may_not_read_any_more)
{
    struct other other;
    struct record_of record = {0};
    struct world *world = servers_start(STORING, &other);
    struct model *model = world->device->model;
    observe(world, "/3/0/9", &record);
    fake_endpoint_silence(world->server_end, true);
    set_battery(world, 49);
    world_run(world, 61 * SECOND);
    for (unsigned id = 0; model_has(model, path_instance(2, id)); id++)
        if (model_value(model, path_resource(2, id, 0))->integer == 3 &&
            model_value(model, path_resource(2, id, 1))->integer == 0)
            ck_assert_int_eq(model_put(model, path_child(path_resource(2, id, 2), 101),
                                       value_integer(RIGHT_WRITE)),
                             ST_OK);
    fake_endpoint_silence(world->server_end, false);
    world_run(world, 30 * SECOND);
    ck_assert_str_eq(record.values, "50  ");
    ck_assert_int_eq(record.last, CODE_UNAUTHORIZED);
    servers_end(&other);
}
END_TEST

/* --- anything in any order ------------------------------------------------------------ */

static unsigned below(struct chance *chance, unsigned most)
{
    return (unsigned)(chance_u64(chance) % most);
}

static void lose(struct world *world, unsigned ssid)
{
    struct registration *registration = registration_of(world->device, ssid);
    struct peer *peer = registration == NULL ? NULL : registration_peer(registration);
    if (peer != NULL)
        fake_endpoint_lose(world->device_end, peer);
}

static void ask(struct world *world, struct endpoint *end, struct peer *peer,
                struct record_of *record)
{
    if (peer != NULL && endpoint_request(end, peer, &world->request, heard, record, NULL) != ST_OK)
        return;
    world_run(world, 0);
}

static void step(struct other *other, struct chance *chance, struct record_of *record)
{
    static const char *const observed[] = {"/3/0/9", "/16/0/2", "/16/0", "/3"};
    struct world *world = other->world;
    struct error error;
    bool first = below(chance, 2) == 0;
    struct endpoint *end = first ? world->server_end : other->end;
    struct peer *peer = first ? world->peer : other->peer;
    record->values[0] = '\0';
    switch (below(chance, 12)) {
    case 0:
    case 1:
        fake_endpoint_silence(end, below(chance, 2) == 0);
        break;
    case 2:
        lose(world, first ? 101 : 102);
        break;
    case 3:
        device_update(world->device);
        break;
    case 4:
        if (below(chance, 4) == 0)
            device_deregister(world->device);
        device_register(world->device);
        break;
    case 5:
        world_ask(world, CODE_POST, first ? "/1/0/4" : "/1/1/4");
        ask(world, end, peer, record);
        break;
    case 6:
    case 7:
        world_ask(world, CODE_GET, observed[below(chance, COUNT_OF(observed))])->observe = 0;
        ask(world, end, peer, record);
        break;
    case 8:
        buf_puts(&world_ask(world, CODE_POST, "/16/0/1")->payload, authenticate);
        ask(world, end, peer, record);
        break;
    case 9:
        ck_assert_int_eq(device_set(world->device, path_resource(1, first ? 0 : 1, 6),
                                    value_boolean(below(chance, 4) > 0), &error),
                         ST_OK);
        break;
    default:
        set_battery(world, below(chance, 100));
        break;
    }
    world_run(world, (int64_t)below(chance, 40) * SECOND);
}

/* Whatever has happened, the device is there in the end, and owes nothing. */
START_TEST(survives_anything_in_any_order)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct chance chance;
        struct record_of record = {0};
        struct other other;
        struct world *world = servers_start(seed % 2 == 0 ? STORING : SLEEPING, &other);
        chance_init_seed(&chance, seed);
        for (int i = 0; i < 300; i++)
            step(&other, &chance, &record);
        fake_endpoint_silence(world->server_end, false);
        fake_endpoint_silence(other.end, false);
        world_run(world, 30 * 60 * MINUTE);
        device_register(world->device);
        world_run(world, MINUTE);
        ck_assert_int_eq(world_registration(world, 101), REGISTRATION_ALIVE);
        ck_assert_int_eq(world_registration(world, 102), REGISTRATION_ALIVE);
        for (const struct audience *at = world->device->reporting->audiences; at != NULL;
             at = at->next)
            ck_assert_uint_eq(at->under_way + at->stored.count + at->sent.count, 0);
        servers_end(&other);
    }
}
END_TEST

UNIT_MAIN("reporting away", hears_everything_in_order_when_it_is_there_again,
          hears_nothing_more_when_it_wants_nothing_stored, does_not_hold_up_the_other_server,
          is_asked_by_what_was_stored_whether_it_still_observes, is_kept_for_while_it_is_disabled,
          loses_the_oldest_when_there_are_too_many, ends_with_the_registration_that_its_owner_ends,
          is_given_up_when_it_answers_all_but_notifications, hears_what_could_not_be_sent,
          hears_what_is_under_way_before_what_is_stored, never_gets_stored_auth_data,
          may_not_hear_what_it_may_not_read_any_more, survives_anything_in_any_order)
