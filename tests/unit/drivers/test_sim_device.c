/* SPDX-License-Identifier: Apache-2.0 */
/* The device actor: each stimulus, what it answers, what it reports, and how it leaves. */
#include "base/std.h"

#include "net/message.h"
#include "tests/unit/drivers/scene.h"

static struct scene scene;
static struct server_actor *server;
static struct device_actor *device;

static const struct path IDENTITY = {{16, 1, 0, 3}, 4};

static void open_device(void)
{
    scene_open(&scene);
    server = scene_server(&scene, 0);
    device = scene_device(&scene, sim_server_uri(server));
}

static void close_device(void)
{
    device->ops->free(device);
    server->ops->free(server);
    scene_close(&scene);
}

static void open_registered(void)
{
    open_device();
    ck_assert_str_eq(scene_do(device, STIMULUS_REGISTER, path_root()), "registering\n");
    scene_await(&scene, ACTOR_REGISTERED);
}

static const char *do_timed(enum stimulus_kind kind, int64_t duration_ms)
{
    struct stimulus stimulus = {.kind = kind, .duration_ms = duration_ms};
    return scene_stimulate(device, &stimulus);
}

static const char *set(struct path path, struct value value)
{
    struct stimulus stimulus = {.kind = STIMULUS_SET, .path = path, .value = value};
    const char *answer = scene_stimulate(device, &stimulus);
    value_release(&stimulus.value);
    return answer;
}

/* How an authentication of identity 3 with key 4 ends. */
static enum judgement authenticate(void)
{
    struct operation operation;
    struct outcome outcome;
    operation_init(&operation, OPERATION_AUTHENTICATE);
    operation.path = path_instance(16, 1);
    operation.identity = 3;
    operation.key_index = 4;
    operation.limit_ms = 3000;
    ck_assert_int_eq(scene_perform(server, &operation, &outcome), ST_OK);
    enum judgement judgement = outcome.judgement;
    outcome_release(&outcome);
    return judgement;
}

START_TEST(is_silent_until_it_is_told_to_register)
{
    open_device();
    ck_assert_int_eq(sim_device_registration(device), REGISTRATION_OFF);
    loop_turn(scene.loop, 20);
    ck_assert_uint_eq(scene.heard_count, 0);
    ck_assert_str_eq(scene_do(device, STIMULUS_UPDATE, path_root()),
                     "error: nothing to update: the device is not registered (it is off)");
    close_device();
}
END_TEST

START_TEST(reports_the_requests_that_it_sees)
{
    open_registered();
    struct outcome outcome;
    ck_assert_int_eq(scene_ask(server, OPERATION_READ, path_instance(3, 0), &outcome), ST_OK);
    const struct heard *heard = scene_find(&scene, ACTOR_REQUESTED);
    ck_assert_ptr_nonnull(heard);
    ck_assert_str_eq(heard->endpoint, "scene");
    ck_assert_uint_eq(heard->method, CODE_GET);
    ck_assert(path_equal(heard->path, path_instance(3, 0)));
    outcome_release(&outcome);
    close_device();
}
END_TEST

START_TEST(sets_a_value_and_shows_it)
{
    open_device();
    ck_assert_str_eq(set(IDENTITY, value_string("2.0")), "/16/1/0/3 is \"2.0\"\n");
    ck_assert_str_eq(scene_do(device, STIMULUS_SHOW, IDENTITY), "/16/1/0/3 \"2.0\"\n");
    ck_assert_str_eq(scene_do(device, STIMULUS_SHOW, path_resource(16, 1, 0)),
                     "/16/1/0/0 \"HOST4711\"\n/16/1/0/1 \"Acme\"\n/16/1/0/2 \"Roadster\"\n"
                     "/16/1/0/3 \"2.0\"\n");
    close_device();
}
END_TEST

START_TEST(shows_everything_but_security)
{
    open_device();
    const char *all = scene_do(device, STIMULUS_SHOW, path_root());
    ck_assert_ptr_nonnull(strstr(all, "/3/0/0 \"Acme\"\n"));
    ck_assert_ptr_nonnull(strstr(all, "/16/1/3 0\n"));
    ck_assert_int_ne(strncmp(all, "/0/", 3), 0);
    ck_assert_ptr_null(strstr(all, "\n/0/"));
    close_device();
}
END_TEST

START_TEST(tells_what_it_cannot_show_or_set)
{
    open_device();
    ck_assert_str_eq(scene_do(device, STIMULUS_SHOW, path_instance(16, 9)),
                     "error: cannot show \"/16/9\": the device has no such thing");
    ck_assert_str_eq(scene_do(device, STIMULUS_SHOW, path_resource(16, 1, 1)),
                     "error: cannot show \"/16/1/1\": it has no value to read");
    ck_assert_ptr_nonnull(strstr(set(IDENTITY, value_integer(1)), "error: cannot set"));
    close_device();
}
END_TEST

START_TEST(updates_and_deregisters_when_told)
{
    open_registered();
    ck_assert_str_eq(scene_do(device, STIMULUS_UPDATE, path_root()), "updating the registration\n");
    scene_await(&scene, ACTOR_UPDATED);
    ck_assert_str_eq(scene_do(device, STIMULUS_DEREGISTER, path_root()), "deregistering\n");
    scene_await(&scene, ACTOR_DEREGISTERED);
    close_device();
}
END_TEST

START_TEST(restarts_with_the_values_of_its_profile)
{
    open_registered();
    scene.heard_count = 0;
    set(IDENTITY, value_string("2.0"));
    ck_assert_str_eq(scene_do(device, STIMULUS_RESTART, path_root()), "restarted, registering\n");
    scene_await(&scene, ACTOR_REGISTERED);
    ck_assert_str_eq(scene_do(device, STIMULUS_SHOW, IDENTITY), "/16/1/0/3 \"1.4.2\"\n");
    close_device();
}
END_TEST

START_TEST(it_holds_its_answers)
{
    struct outcome outcome;
    open_registered();
    ck_assert_str_eq(do_timed(STIMULUS_HOLD, 30), "answers come 30 ms later\n");
    int64_t before = clock_now(scene.clock);
    ck_assert_int_eq(scene_ask(server, OPERATION_READ, IDENTITY, &outcome), ST_OK);
    ck_assert_int_ge(clock_now(scene.clock) - before, 30);
    ck_assert_uint_eq(outcome.code, CODE_CONTENT);
    outcome_release(&outcome);
    ck_assert_str_eq(do_timed(STIMULUS_HOLD, 0), "answers are held\n");
    ck_assert_str_eq(do_timed(STIMULUS_RELEASE, 0), "answers come at once\n");
    ck_assert_int_eq(scene_ask(server, OPERATION_READ, IDENTITY, &outcome), ST_OK);
    outcome_release(&outcome);
    close_device();
}
END_TEST

START_TEST(its_component_fails_hangs_and_works)
{
    open_registered();
    ck_assert_str_eq(do_timed(STIMULUS_COMPONENT_FAIL, 0), "the secure component fails\n");
    ck_assert_int_eq(authenticate(), JUDGEMENT_NONE);
    ck_assert_str_eq(do_timed(STIMULUS_COMPONENT_OK, 0), "the secure component works\n");
    ck_assert_int_eq(authenticate(), JUDGEMENT_GENUINE);
    ck_assert_str_eq(do_timed(STIMULUS_COMPONENT_FAIL_NEXT, 0),
                     "the next process of the secure component fails\n");
    ck_assert_int_eq(authenticate(), JUDGEMENT_NONE);
    ck_assert_int_eq(authenticate(), JUDGEMENT_GENUINE);
    ck_assert_str_eq(do_timed(STIMULUS_COMPONENT_HANG, 0), "the secure component hangs\n");
    ck_assert_str_eq(do_timed(STIMULUS_COMPONENT_FORGE, 0), "the secure component forges\n");
    ck_assert_int_eq(authenticate(), JUDGEMENT_MISMATCH);
    do_timed(STIMULUS_COMPONENT_OK, 0);
    ck_assert_str_eq(do_timed(STIMULUS_COMPONENT_DELAY, 30), "the secure component takes 30 ms\n");
    int64_t before = clock_now(scene.clock);
    ck_assert_int_eq(authenticate(), JUDGEMENT_GENUINE);
    ck_assert_int_ge(clock_now(scene.clock) - before, 30);
    close_device();
}
END_TEST

struct provisioned {
    unsigned calls, instance, identity;
    char text[16];
};

static enum status on_provision(void *arg, unsigned instance, unsigned identity, struct bytes text,
                                struct error *error)
{
    struct provisioned *told = arg;
    told->calls++;
    told->instance = instance;
    told->identity = identity;
    snprintf(told->text, sizeof told->text, "%.*s", (int)text.len, (const char *)text.data);
    error_set(error, "nobody is told");
    return told->calls == 1 ? ST_OK : ST_UNSUPPORTED;
}

START_TEST(tells_whoever_verifies_that_it_was_provisioned)
{
    open_device();
    struct provisioned told = {0};
    struct sim_device_config config = {.world = scene.world,
                                       .profile = scene.profile,
                                       .uri = sim_server_uri(server),
                                       .on_provision = on_provision,
                                       .arg = &told};
    device->ops->free(device);
    device = sim_device_new(&config, NULL);
    set(IDENTITY, value_string("2.0"));
    ck_assert_str_eq(scene_do(device, STIMULUS_COMPONENT_PROVISION, IDENTITY),
                     "/16/1/0/3 is provisioned anew\n");
    ck_assert_uint_eq(told.calls, 1);
    ck_assert_uint_eq(told.instance, 1);
    ck_assert_uint_eq(told.identity, 3);
    ck_assert_str_eq(told.text, "2.0");
    ck_assert_ptr_nonnull(
        strstr(scene_do(device, STIMULUS_COMPONENT_PROVISION, path_resource(16, 1, 0)), "error: "));
    ck_assert_uint_eq(told.calls, 1);
    ck_assert_str_eq(scene_do(device, STIMULUS_COMPONENT_PROVISION, IDENTITY),
                     "error: nobody is told");
    close_device();
}
END_TEST

START_TEST(leaves_by_deregistering)
{
    open_registered();
    ck_assert_int_eq(sim_device_leave(device, 2000), ST_OK);
    ck_assert_int_eq(sim_device_registration(device), REGISTRATION_OFF);
    ck_assert_ptr_nonnull(scene_find(&scene, ACTOR_DEREGISTERED));
    close_device();
}
END_TEST

START_TEST(leaves_at_once_when_it_is_not_registered)
{
    open_device();
    ck_assert_int_eq(sim_device_leave(device, 0), ST_OK);
    close_device();
}
END_TEST

START_TEST(leaving_has_a_limit)
{
    open_registered();
    ck_assert_int_eq(sim_device_leave(device, 0), ST_TIMEOUT);
    close_device();
}
END_TEST

START_TEST(refuses_keys_that_its_component_refuses)
{
    open_device();
    struct provision_service *service =
        &scene.profile->provision.instances[0].service[SERVICE_AUTHENTICATION];
    struct sim_device_config config = {.world = scene.world, .profile = scene.profile};
    struct error error;
    error_clear(&error);
    service->keys[0].len = 15;
    ck_assert_ptr_null(sim_device_new(&config, &error));
    ck_assert_str_ne(error.text, "");
    close_device();
}
END_TEST

static const char *send(struct path path)
{
    struct stimulus stimulus = {.kind = STIMULUS_SEND};
    records_init(&stimulus.paths);
    ck_assert(records_add(&stimulus.paths, path, value_none()));
    const char *answer = scene_stimulate(device, &stimulus);
    records_release(&stimulus.paths);
    return answer;
}

START_TEST(sends_what_it_is_told_to)
{
    scene_open_with(&scene, "profiles/vehicle-1.1.json");
    server = scene_server(&scene, 0);
    device = scene_device(&scene, sim_server_uri(server));
    ck_assert_str_eq(send(path_resource(16, 0, 3)),
                     "error: cannot send: the device is not registered; wait until it is");
    scene_do(device, STIMULUS_REGISTER, path_root());
    scene_await_alive(&scene, device);
    ck_assert_str_eq(send(path_resource(16, 0, 3)), "sending\n");
    scene_await(&scene, ACTOR_SENT);
    close_device();
}
END_TEST

UNIT_MAIN("sim_device", sends_what_it_is_told_to, is_silent_until_it_is_told_to_register,
          reports_the_requests_that_it_sees, sets_a_value_and_shows_it,
          shows_everything_but_security, tells_what_it_cannot_show_or_set,
          updates_and_deregisters_when_told, restarts_with_the_values_of_its_profile,
          it_holds_its_answers, its_component_fails_hangs_and_works,
          tells_whoever_verifies_that_it_was_provisioned, leaves_by_deregistering,
          leaves_at_once_when_it_is_not_registered, leaving_has_a_limit,
          refuses_keys_that_its_component_refuses)
