/* SPDX-License-Identifier: Apache-2.0 */
/* What the device side tells of requests, notifications and answers: contents decoded, no keys. */
#include "base/std.h"

#include "net/message.h"
#include "tests/unit/drivers/scene.h"

static struct scene scene;
static struct server_actor *server;
static struct device_actor *device;
static struct buf told;

static void put_records(const struct records *records)
{
    char path[PATH_TEXT];
    for (size_t i = 0; records != NULL && i < records->count; i++) {
        buf_printf(&told, " %s=", path_text(records->items[i].path, path));
        value_format(&records->items[i].value, &told);
    }
}

static void put_request(const struct request_seen *request)
{
    buf_printf(&told, " format=%d accept=%d observe=%d", request->format, request->accept,
               request->observe);
    if (request->query[0] != '\0')
        buf_printf(&told, " ?%s", request->query);
    if (request->payload.len > 0)
        buf_printf(&told, " payload=%zu", request->payload.len);
    put_records(request->values);
    if (request->cancels_nothing)
        buf_puts(&told, " cancels nothing");
}

/* A line for each event of the device side. */
static void hear(void *arg, const struct actor_event *event)
{
    char path[PATH_TEXT];
    UNUSED(arg);
    bool is_ours =
        event->kind == ACTOR_REQUESTED || event->kind == ACTOR_TOLD || event->kind == ACTOR_REPLIED;
    if (!is_ours)
        return;
    ck_assert_str_eq(event->endpoint, "scene");
    ck_assert_uint_eq(event->server, 1);
    if (event->kind == ACTOR_REPLIED) {
        bool is_new = strcmp(event->text, "/rd") == 0;
        buf_printf(&told, "replied %u %s: %u", event->method, is_new ? "/rd" : "/rd/*",
                   event->outcome->code);
        if (is_new)
            buf_printf(
                &told, " %s %s %s lt=%s b=%s lwm2m=%s%s", event->location == NULL ? "-" : "located",
                event->has_list ? "with" : "without", event->links == NULL ? "-" : event->links,
                event->lifetime, event->has_binding ? event->binding : "-", event->version,
                event->queues ? " Q" : "");
    } else if (event->kind == ACTOR_TOLD) {
        buf_printf(&told, "told %s:", path_text(event->path, path));
        put_records(event->paths);
        put_records(&event->outcome->values);
    } else {
        buf_printf(&told, "requested %u %s", event->method, path_text(event->path, path));
        put_request(event->request);
        buf_printf(&told, ": %u", event->outcome->code);
        put_records(&event->outcome->values);
    }
    buf_puts(&told, "\n");
}

static void setup(void)
{
    scene_open(&scene);
    buf_init(&told, 65536);
    server = scene_server(&scene, 0);
    device = scene_device(&scene, sim_server_uri(server));
    scene_do(device, STIMULUS_REGISTER, path_root());
    device->listener = (struct actor_listener){hear, NULL};
    scene_await(&scene, ACTOR_REGISTERED);
    scene_do(device, STIMULUS_UPDATE, path_root());
    scene_await(&scene, ACTOR_UPDATED);
    loop_turn(scene.loop, 50);
}

static void teardown(void)
{
    device->ops->free(device);
    server->ops->free(server);
    buf_release(&told);
    scene_close(&scene);
}

static void perform(struct operation *operation)
{
    struct outcome outcome;
    buf_clear(&told);
    ck_assert_int_eq(scene_perform(server, operation, &outcome), ST_OK);
    outcome_release(&outcome);
}

static void ask(enum operation_kind kind, struct path path)
{
    struct operation operation;
    operation_init(&operation, kind);
    operation.path = path;
    perform(&operation);
}

START_TEST(tells_what_servers_answer)
{
    setup();
    ck_assert_msg(strstr(buf_text(&told), "replied 2 /rd: 65 located with </1/0>,") != NULL, "%s",
                  buf_text(&told));
    ck_assert_ptr_nonnull(strstr(buf_text(&told), "</16/1> lt=300 b=- lwm2m=1.0\n"));
    ck_assert_ptr_nonnull(strstr(buf_text(&told), "replied 2 /rd/*: 68\n"));
    teardown();
}
END_TEST

START_TEST(tells_a_read_with_its_answer)
{
    setup();
    ask(OPERATION_READ, path_resource(16, 1, 3));
    ck_assert_str_eq(buf_text(&told),
                     "requested 1 /16/1/3 format=-1 accept=-1 observe=-1: 69 /16/1/3=0\n");
    teardown();
}
END_TEST

START_TEST(tells_what_is_written_and_executed)
{
    setup();
    struct operation operation;
    operation_init(&operation, OPERATION_WRITE);
    operation.path = path_child(path_resource(16, 1, 0), 1);
    ck_assert(records_add(&operation.values, operation.path, value_string("New")));
    perform(&operation);
    ck_assert_str_eq(buf_text(&told), "requested 3 /16/1/0/1 format=0 accept=-1 observe=-1 "
                                      "payload=3 /16/1/0/1=\"New\": 68\n");
    operation_init(&operation, OPERATION_EXECUTE);
    operation.path = path_resource(16, 1, 1);
    operation.text = xstrdup("0='9'");
    perform(&operation);
    ck_assert_str_eq(buf_text(&told),
                     "requested 2 /16/1/1 format=0 accept=-1 observe=-1 payload=5: 128\n");
    operation_init(&operation, OPERATION_ATTRIBUTES);
    operation.path = path_resource(16, 1, 3);
    operation.text = xstrdup("pmin=1");
    perform(&operation);
    ck_assert_str_eq(buf_text(&told),
                     "requested 3 /16/1/3 format=-1 accept=-1 observe=-1 ?pmin=1: 68\n");
    teardown();
}
END_TEST

START_TEST(tells_what_notifications_bring)
{
    setup();
    ask(OPERATION_OBSERVE, path_resource(16, 1, 0));
    buf_clear(&told);
    struct stimulus stimulus = {.kind = STIMULUS_SET,
                                .path = path_child(path_resource(16, 1, 0), 3),
                                .value = value_string("2.0")};
    scene_stimulate(device, &stimulus);
    value_release(&stimulus.value);
    scene_await(&scene, ACTOR_NOTIFIED);
    ck_assert_str_eq(buf_text(&told), "told /16/1/0: /16/1/0/0=\"HOST4711\" /16/1/0/1=\"Acme\" "
                                      "/16/1/0/2=\"Roadster\" /16/1/0/3=\"2.0\"\n");
    teardown();
}
END_TEST

START_TEST(knows_the_token_of_an_observation)
{
    setup();
    ask(OPERATION_OBSERVE, path_resource(16, 1, 3));
    ask(OPERATION_CANCEL, path_resource(16, 1, 3));
    ck_assert_ptr_null(strstr(buf_text(&told), "cancels nothing"));
    struct operation operation;
    operation_init(&operation, OPERATION_RAW);
    operation.method = CODE_GET;
    operation.uri = xstrdup("/16/1/3");
    operation.observe = 1;
    perform(&operation);
    ck_assert_ptr_nonnull(strstr(buf_text(&told), "observe=1 cancels nothing"));
    teardown();
}
END_TEST

/* rule: PF-SC-6 */
START_TEST(says_no_more_than_the_path_of_the_security_object)
{
    setup();
    struct operation operation;
    operation_init(&operation, OPERATION_WRITE);
    operation.path = path_resource(0, 0, 5);
    ck_assert(records_add(&operation.values, operation.path,
                          value_octets(VALUE_OPAQUE, bytes_of("a secret key"))));
    perform(&operation);
    ck_assert_msg(strncmp(buf_text(&told), "requested 3 /0/0/5 format=42 ", 29) == 0, "%s",
                  buf_text(&told));
    ck_assert_ptr_null(strstr(buf_text(&told), "payload"));
    ck_assert_ptr_null(strstr(buf_text(&told), "secret"));
    teardown();
}
END_TEST

struct posts {
    unsigned count;
    int format;
    size_t values;
    bool answered;
};

static void hear_post(void *arg, const struct actor_event *event)
{
    struct posts *posts = arg;
    if (event->kind == ACTOR_POSTED) {
        ck_assert(!posts->answered);
        posts->count++;
        posts->format = event->outcome->format;
        posts->values = event->outcome->values.count;
    } else if (event->kind == ACTOR_REPLIED && strcmp(event->text, "/dp") == 0) {
        posts->answered = true;
    }
}

START_TEST(tells_of_a_send_before_it_is_answered)
{
    struct posts posts = {.format = -1};
    scene_open_with(&scene, "profiles/vehicle-1.1.json");
    buf_init(&told, 0);
    server = scene_server(&scene, 0);
    device = scene_device(&scene, sim_server_uri(server));
    scene_do(device, STIMULUS_REGISTER, path_root());
    scene_await_alive(&scene, device);
    device->listener = (struct actor_listener){hear_post, &posts};
    struct stimulus stimulus = {.kind = STIMULUS_SEND};
    records_init(&stimulus.paths);
    ck_assert(records_add(&stimulus.paths, path_resource(16, 0, 3), value_none()));
    ck_assert_str_eq(scene_stimulate(device, &stimulus), "sending\n");
    records_release(&stimulus.paths);
    int64_t give_up_at = clock_now(scene.clock) + 5000;
    while (!posts.answered && clock_now(scene.clock) < give_up_at)
        loop_turn(scene.loop, 100);
    ck_assert(posts.answered);
    ck_assert_uint_eq(posts.count, 1);
    ck_assert_int_eq(posts.format, 112); /* SenML CBOR */
    ck_assert_uint_eq(posts.values, 1);
    teardown();
}
END_TEST

UNIT_MAIN("watch", knows_the_token_of_an_observation, tells_of_a_send_before_it_is_answered,
          tells_what_servers_answer, tells_a_read_with_its_answer,
          tells_what_is_written_and_executed, tells_what_notifications_bring,
          says_no_more_than_the_path_of_the_security_object)
