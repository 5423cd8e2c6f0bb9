/* SPDX-License-Identifier: Apache-2.0 */
/* The stage for somebody else's device: who it waits for, what it keeps, what it leaves behind. */
#include "base/std.h"

#include "device/defects.h"
#include "drivers/stages.h"
#include "net/message.h"
#include "tests/unit/drivers/scene.h"

static struct scene scene;
static struct stage *stage;
static struct device_actor *device; /* theirs */

static struct profile *load(void *arg, const char *name, uint8_t out_sha256[32],
                            struct error_list *errors)
{
    UNUSED(arg);
    memset(out_sha256, 1, 32);
    return profile_parse(bytes_of(SCENE_PROFILE("")), name, ".", errors);
}

static bool has_link;
static bool is_virtual; /* time is */

static void open_stage(const char *endpoint, int64_t wait_ms)
{
    static const char *const listen[] = {"coap://127.0.0.1:0"};
    struct error error;
    error_clear(&error);
    scene_open_at(&scene, is_virtual ? clock_new_virtual(0) : clock_new_real());
    const struct external_stage_config config = {
        .house = {.world = scene.world, .load = load, .endpoint = endpoint},
        .profile = "scene",
        .listen = listen,
        .listen_count = 1,
        .has_link = has_link,
        .wait_ms = wait_ms,
    };
    stage = external_stage_new(&config);
    ck_assert_int_eq(external_stage_listen(stage, &error), ST_OK);
    device = NULL;
}

static void start_device(void)
{
    device = scene_device(&scene, external_stage_uri(stage, 0));
    device->listener.hear = NULL;
    scene_do(device, STIMULUS_REGISTER, path_root());
}

static void end_device(void)
{
    device->ops->free(device);
    device = NULL;
}

static void close_stage(void)
{
    if (device != NULL)
        end_device();
    stage->ops->free(stage);
    scene_close(&scene);
}

static enum status set_up(struct cast *out, struct error *error)
{
    const struct setting setting = {.profile = "scene"};
    error_clear(error);
    scene.heard_count = 0;
    return stage->ops->set_up(stage, &setting, scene_listener(&scene), out, error);
}

static struct cast set_up_well(void)
{
    struct cast cast = {0};
    struct error error;
    ck_assert_msg(set_up(&cast, &error) == ST_OK, "%s", error.text);
    return cast;
}

static uint8_t ask(const struct cast *cast, enum operation_kind kind, struct path path)
{
    struct outcome outcome;
    ck_assert_int_eq(scene_ask(cast->servers[0].actor, kind, path, &outcome), ST_OK);
    uint8_t code = outcome.code;
    outcome_release(&outcome);
    return code;
}

START_TEST(a_registration_that_is_alive_is_told_to_each_scenario)
{
    open_stage(NULL, 5000);
    start_device();
    struct cast cast = set_up_well();
    ck_assert_uint_eq(cast.server_count, 1);
    ck_assert_ptr_null(cast.device);
    ck_assert_uint_eq(cast.servers[0].id, 1);
    ck_assert_int_eq(scene_find(&scene, ACTOR_REGISTERED)->kind, ACTOR_REGISTERED);
    ck_assert_str_eq(scene.heard[0].lifetime, "300");
    ck_assert_ptr_nonnull(strstr(scene.heard[0].links, "</16/1>"));
    stage->ops->strike(stage);
    cast = set_up_well();
    ck_assert_ptr_nonnull(scene_find(&scene, ACTOR_REGISTERED));
    ck_assert_uint_eq(ask(&cast, OPERATION_READ, path_resource(3, 0, 0)), CODE_CONTENT);
    close_stage();
}
END_TEST

START_TEST(no_observation_outlives_its_scenario)
{
    open_stage(NULL, 5000);
    start_device();
    struct cast cast = set_up_well();
    ck_assert_uint_eq(ask(&cast, OPERATION_OBSERVE, path_resource(16, 1, 3)), CODE_CONTENT);
    ck_assert_uint_eq(ask(&cast, OPERATION_OBSERVE, path_instance(3, 0)), CODE_CONTENT);
    stage->ops->strike(stage);
    cast = set_up_well();
    struct stimulus set = {.kind = STIMULUS_SET, .path = path_resource(3, 0, 0)};
    set.value = value_string("Other");
    scene_stimulate(device, &set);
    value_release(&set.value);
    for (int i = 0; i < 5; i++)
        stage->ops->turn(stage, 20);
    ck_assert_ptr_null(scene_find(&scene, ACTOR_NOTIFIED));
    struct outcome outcome;
    struct operation operation;
    struct error error;
    operation_init(&operation, OPERATION_CANCEL);
    operation.path = path_resource(16, 1, 3);
    outcome_init(&outcome);
    error_clear(&error);
    ck_assert_int_ne(cast.servers[0].actor->ops->perform(cast.servers[0].actor, "scene", &operation,
                                                         &outcome, &error),
                     ST_OK);
    outcome_release(&outcome);
    operation_release(&operation);
    close_stage();
}
END_TEST

/* GetAuthData, and its result is there. */
static void fill_auth_data(const struct cast *cast)
{
    struct operation operation;
    struct outcome outcome;
    operation_init(&operation, OPERATION_EXECUTE);
    operation.path = path_resource(16, 1, 1);
    operation.text = xstrdup("0=0,1=3,2=7,3=4");
    ck_assert_int_eq(scene_perform(cast->servers[0].actor, &operation, &outcome), ST_OK);
    outcome_release(&outcome);
    stage->ops->turn(stage, 50);
}

static void auth_status_is(const struct cast *cast, int64_t wanted)
{
    struct outcome outcome;
    ck_assert_int_eq(
        scene_ask(cast->servers[0].actor, OPERATION_READ, path_resource(16, 1, 3), &outcome),
        ST_OK);
    ck_assert_uint_eq(outcome.values.count, 1);
    ck_assert_int_eq(outcome.values.items[0].value.integer, wanted);
    outcome_release(&outcome);
}

START_TEST(old_auth_data_is_gone_before_a_scenario_begins)
{
    open_stage(NULL, 5000);
    start_device();
    struct cast cast = set_up_well();
    fill_auth_data(&cast);
    stage->ops->strike(stage);
    cast = set_up_well();
    auth_status_is(&cast, 0);
    close_stage();
}
END_TEST

/* One that keeps it when AuthData is read (I-11). */
START_TEST(an_old_error_is_gone_before_a_scenario_begins)
{
    struct error error;
    error_clear(&error);
    open_stage(NULL, 5000);
    const struct sim_device_config config = {.world = scene.world,
                                             .profile = scene.profile,
                                             .uri = external_stage_uri(stage, 0),
                                             .defect =
                                                 device_defect_named(bytes_of("error-stays"))};
    device = sim_device_new(&config, &error);
    ck_assert_msg(device != NULL, "%s", error.text);
    scene_do(device, STIMULUS_REGISTER, path_root());
    struct cast cast = set_up_well();
    scene_do(device, STIMULUS_COMPONENT_FAIL_NEXT, path_root());
    fill_auth_data(&cast);
    auth_status_is(&cast, 2);
    stage->ops->strike(stage);
    cast = set_up_well();
    auth_status_is(&cast, 0);
    close_stage();
}
END_TEST

/* Whether it is there is asked for, and that takes nothing away. */
START_TEST(what_is_not_answered_leaves_auth_data_alone)
{
    struct stimulus hold = {.kind = STIMULUS_HOLD, .duration_ms = 300};
    struct operation operation;
    struct outcome outcome;
    open_stage(NULL, 5000);
    start_device();
    struct cast cast = set_up_well();
    fill_auth_data(&cast);
    scene_stimulate(device, &hold);
    operation_init(&operation, OPERATION_READ);
    operation.path = path_resource(3, 0, 1);
    operation.limit_ms = 50;
    ck_assert_int_eq(scene_perform(cast.servers[0].actor, &operation, &outcome), ST_TIMEOUT);
    outcome_release(&outcome);
    scene_do(device, STIMULUS_RELEASE, path_root());
    auth_status_is(&cast, 1);
    close_stage();
}
END_TEST

START_TEST(a_device_that_does_not_come_is_waited_for_once)
{
    struct cast cast;
    struct error error;
    open_stage(NULL, 200);
    int64_t before = clock_now(scene.clock);
    ck_assert_int_eq(set_up(&cast, &error), ST_UNREACHABLE);
    ck_assert_int_ge(clock_now(scene.clock) - before, 200);
    ck_assert_ptr_nonnull(strstr(error.text, "\"scene\" did not register at coap://127.0.0.1:"));
    stage->ops->strike(stage);
    before = clock_now(scene.clock);
    ck_assert_int_eq(set_up(&cast, &error), ST_UNREACHABLE);
    ck_assert_int_lt(clock_now(scene.clock) - before, 200);
    stage->ops->strike(stage);
    start_device();
    int64_t give_up_at = clock_now(scene.clock) + 5000;
    enum status status = ST_UNREACHABLE;
    while (status != ST_OK && clock_now(scene.clock) < give_up_at) {
        stage->ops->turn(stage, 10);
        status = set_up(&cast, &error);
    }
    ck_assert_msg(status == ST_OK, "%s", error.text);
    close_stage();
}
END_TEST

START_TEST(another_device_is_named)
{
    struct cast cast;
    struct error error;
    open_stage("its-name", 300);
    start_device();
    ck_assert_int_eq(set_up(&cast, &error), ST_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(error.text, "\"its-name\" did not register"));
    ck_assert_ptr_nonnull(strstr(error.text, "but \"scene\" did; name that one with --endpoint"));
    close_stage();
}
END_TEST

START_TEST(one_that_left_is_unreachable)
{
    struct cast cast;
    struct error error;
    open_stage(NULL, 300);
    start_device();
    cast = set_up_well();
    ck_assert_int_eq(sim_device_leave(device, 2000), ST_OK);
    struct operation operation;
    struct outcome outcome;
    operation_init(&operation, OPERATION_READ);
    operation.path = path_resource(3, 0, 0);
    outcome_init(&outcome);
    ck_assert_int_eq(cast.servers[0].actor->ops->perform(cast.servers[0].actor, "scene", &operation,
                                                         &outcome, &error),
                     ST_UNREACHABLE);
    outcome_release(&outcome);
    operation_release(&operation);
    stage->ops->strike(stage);
    error_clear(&error);
    ck_assert_int_eq(set_up(&cast, &error), ST_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(error.text, "though it was registered before in this run"));
    ck_assert_ptr_null(strstr(error.text, "start it"));
    close_stage();
}
END_TEST

START_TEST(one_that_does_not_answer_is_gone)
{
    struct error error;
    is_virtual = true;
    open_stage(NULL, 5000);
    start_device();
    set_up_well();
    ck_assert(!stage->ops->is_gone(stage, &error));
    end_device(); /* without a word */
    ck_assert(stage->ops->is_gone(stage, &error));
    ck_assert_str_eq(error.text, "device \"scene\" does not answer any more");
    close_stage();
    is_virtual = false;
}
END_TEST

START_TEST(what_one_that_is_gone_keeps_is_told)
{
    struct operation operation;
    struct outcome outcome;
    struct error error;
    is_virtual = true;
    open_stage(NULL, 5000);
    start_device();
    struct cast cast = set_up_well();
    operation_init(&operation, OPERATION_WRITE);
    operation.path = path_resource(1, 0, 1);
    ck_assert(records_add(&operation.values, operation.path, value_integer(250)));
    ck_assert_int_eq(scene_perform(cast.servers[0].actor, &operation, &outcome), ST_OK);
    ck_assert_uint_eq(outcome.code, CODE_CHANGED);
    outcome_release(&outcome);
    end_device(); /* without a word */
    ck_assert(stage->ops->is_gone(stage, &error));
    stage->ops->strike(stage);
    ck_assert_str_eq(stage->ops->left(stage), "/1/0/1");
    close_stage();
    is_virtual = false;
}
END_TEST

START_TEST(one_in_queue_mode_may_sleep)
{
    struct cast cast;
    struct error error;
    is_virtual = true;
    open_stage(NULL, 5000);
    scene.profile->version = LWM2M_1_1;
    scene.profile->queue_mode = true;
    scene.profile->awake_ms = 50;
    start_device();
    set_up_well();
    for (int i = 0; i < 10; i++)
        stage->ops->turn(stage, 20);
    stage->ops->strike(stage);
    ck_assert_int_eq(set_up(&cast, &error), ST_UNREACHABLE);
    ck_assert_str_eq(error.text, "device \"scene\" is registered, but does not answer any more: it "
                                 "may sleep until its next Update (queue mode), maybe half its "
                                 "lifetime long");
    close_stage();
    is_virtual = false;
}
END_TEST

START_TEST(what_nobody_makes_the_device_notice_is_not_done)
{
    struct error error;
    open_stage(NULL, 5000);
    start_device();
    struct cast cast = set_up_well();
    error_clear(&error);
    ck_assert_int_eq(
        cast.servers[0].actor->ops->control(cast.servers[0].actor, SERVER_FORGET, &error),
        ST_UNSUPPORTED);
    ck_assert_uint_eq(ask(&cast, OPERATION_READ, path_resource(3, 0, 0)), CODE_CONTENT);
    close_stage();
}
END_TEST

/* A relay stands where the device finds its server; it is well again for the next scenario. */
START_TEST(the_path_can_be_impaired)
{
    struct cast cast;
    struct error error;
    struct impairment ping = {.action = LINK_INJECT, .sender = LINK_FROM_SERVER};
    const struct impairment loss = {.action = LINK_DROP, .per_thousand = 1000};
    static const uint8_t octets[] = {0x41, 0x01, 0x7f, 0x00, 0x71};
    struct buf answer;
    has_link = true;
    open_stage(NULL, 5000);
    has_link = false;
    start_device();
    ck_assert_int_eq(set_up(&cast, &error), ST_OK);
    struct link_port *link = cast.servers[0].link;
    ck_assert_ptr_nonnull(link);
    ping.octets = value_octets(VALUE_OPAQUE, (struct bytes){octets, sizeof octets});
    ck_assert_int_eq(link->ops->impair(link, &ping, &error), ST_OK);
    value_release(&ping.octets);
    buf_init(&answer, 100);
    for (unsigned turns = 0; turns < 100 && !link->ops->take_answer(link, &answer); turns++)
        stage->ops->turn(stage, 10);
    ck_assert_uint_ge(answer.len, 5);
    ck_assert_uint_eq(answer.data[3], 0);
    buf_release(&answer);
    ck_assert_int_eq(link->ops->impair(link, &loss, &error), ST_OK);
    stage->ops->strike(stage);
    ck_assert_int_eq(set_up(&cast, &error), ST_OK);
    stage->ops->strike(stage);
    close_stage();
}
END_TEST

UNIT_MAIN("external_stage", one_that_does_not_answer_is_gone, one_in_queue_mode_may_sleep,
          what_one_that_is_gone_keeps_is_told,
          a_registration_that_is_alive_is_told_to_each_scenario,
          no_observation_outlives_its_scenario, old_auth_data_is_gone_before_a_scenario_begins,
          an_old_error_is_gone_before_a_scenario_begins,
          what_is_not_answered_leaves_auth_data_alone,
          a_device_that_does_not_come_is_waited_for_once, another_device_is_named,
          one_that_left_is_unreachable, what_nobody_makes_the_device_notice_is_not_done,
          the_path_can_be_impaired)
