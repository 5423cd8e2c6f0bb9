/* SPDX-License-Identifier: Apache-2.0 */
/* The server actor over loopback: what it reports, performs, waits for, forgets and loses. */
#include "base/std.h"

#include "net/message.h"
#include "tests/unit/drivers/scene.h"

static struct scene scene;
static struct server_actor *server;
static struct device_actor *device;

static void open_server(int64_t patience_ms)
{
    scene_open(&scene);
    server = scene_server(&scene, patience_ms);
    device = scene_device(&scene, sim_server_uri(server));
}

static void close_server(void)
{
    device->ops->free(device);
    server->ops->free(server);
    scene_close(&scene);
}

static void start_device(void)
{
    scene_do(device, STIMULUS_REGISTER, path_root());
}

static void open_registered(void)
{
    open_server(0);
    start_device();
    scene_await(&scene, ACTOR_REGISTERED);
}

START_TEST(tells_its_address_with_the_port_found)
{
    open_server(0);
    const char *uri = sim_server_uri(server);
    ck_assert_int_eq(strncmp(uri, "coap://127.0.0.1:", 17), 0);
    ck_assert_str_ne(uri, "coap://127.0.0.1:0");
    close_server();
}
END_TEST

START_TEST(refuses_an_address_that_is_taken)
{
    open_server(0);
    const char *taken = sim_server_uri(server);
    struct sim_server_config config = {.world = scene.world,
                                       .listen = &taken,
                                       .listen_count = 1,
                                       .catalogue = scene.profile->catalogue};
    struct error error;
    error_clear(&error);
    ck_assert_ptr_null(sim_server_new(&config, &error));
    ck_assert_str_ne(error.text, "");
    close_server();
}
END_TEST

START_TEST(reports_a_registration_with_its_list)
{
    open_registered();
    const struct heard *heard = scene_find(&scene, ACTOR_REGISTERED);
    ck_assert_str_eq(heard->endpoint, "scene");
    ck_assert(heard->has_list);
    ck_assert_ptr_nonnull(strstr(heard->links, "</16/1>"));
    ck_assert_str_eq(heard->lifetime, "300");
    ck_assert_str_eq(sim_server_clients(server)->endpoint, "scene");
    ck_assert_ptr_null(sim_server_clients(server)->next);
    close_server();
}
END_TEST

START_TEST(reports_an_update_without_what_it_does_not_say)
{
    open_registered();
    scene_do(device, STIMULUS_UPDATE, path_root());
    const struct heard *heard = scene_await(&scene, ACTOR_UPDATED);
    ck_assert(!heard->has_list);
    ck_assert_str_eq(heard->links, "-");
    ck_assert_str_eq(heard->lifetime, "-");
    close_server();
}
END_TEST

START_TEST(reads_from_a_registered_device)
{
    open_registered();
    struct outcome outcome;
    ck_assert_int_eq(scene_ask(server, OPERATION_READ, path_resource(3, 0, 0), &outcome), ST_OK);
    ck_assert_uint_eq(outcome.code, CODE_CONTENT);
    ck_assert(outcome.decoded);
    ck_assert_str_eq(buf_text(&outcome.payload), "Acme");
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(an_answer_that_refuses_is_an_answer)
{
    open_registered();
    struct outcome outcome;
    ck_assert_int_eq(scene_ask(server, OPERATION_READ, path_resource(16, 1, 1), &outcome), ST_OK);
    ck_assert_uint_eq(outcome.code, CODE_METHOD_NOT_ALLOWED);
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(authenticates_and_decrypts)
{
    open_registered();
    struct operation operation;
    struct outcome outcome;
    operation_init(&operation, OPERATION_AUTHENTICATE);
    operation.path = path_instance(16, 1);
    operation.identity = 3;
    operation.key_index = 5;
    ck_assert_int_eq(scene_perform(server, &operation, &outcome), ST_OK);
    ck_assert_int_eq(outcome.judgement, JUDGEMENT_GENUINE);
    outcome_release(&outcome);
    operation_init(&operation, OPERATION_DECRYPT);
    operation.path = path_instance(16, 1);
    operation.identity = 3;
    ck_assert_int_eq(scene_perform(server, &operation, &outcome), ST_OK);
    ck_assert_int_eq(outcome.judgement, JUDGEMENT_GENUINE);
    ck_assert_uint_eq(outcome.values.count, 1);
    ck_assert(bytes_is(value_bytes(&outcome.values.items[0].value), "1.4.2"));
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(reports_notifications_of_what_it_observes)
{
    open_registered();
    struct outcome outcome;
    struct path path = path_child(path_resource(16, 1, 0), 3);
    ck_assert_int_eq(scene_ask(server, OPERATION_OBSERVE, path, &outcome), ST_OK);
    ck_assert_int_ge(outcome.observe, 0);
    outcome_release(&outcome);
    struct stimulus stimulus = {.kind = STIMULUS_SET, .path = path, .value = value_string("2.0")};
    scene_stimulate(device, &stimulus);
    value_release(&stimulus.value);
    const struct heard *heard = scene_await(&scene, ACTOR_NOTIFIED);
    ck_assert(path_equal(heard->path, path));
    ck_assert_uint_eq(heard->code, CODE_CONTENT);
    close_server();
}
END_TEST

START_TEST(is_unreachable_without_a_client)
{
    open_server(0);
    struct outcome outcome;
    ck_assert_int_eq(scene_ask(server, OPERATION_READ, path_instance(3, 0), &outcome),
                     ST_UNREACHABLE);
    ck_assert_str_eq(outcome.problem, "no client is registered; start a device and wait for its "
                                      "registration");
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(waits_for_a_client_as_long_as_it_is_told)
{
    open_server(5000);
    struct outcome outcome;
    start_device();
    ck_assert_int_eq(scene_ask(server, OPERATION_READ, path_instance(3, 0), &outcome), ST_OK);
    ck_assert_uint_eq(outcome.code, CODE_CONTENT);
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(gives_up_when_the_device_is_silent)
{
    open_registered();
    struct operation operation;
    struct outcome outcome;
    device->ops->free(device); /* gone without a word */
    operation_init(&operation, OPERATION_AUTHENTICATE);
    operation.path = path_instance(16, 1);
    operation.limit_ms = 1;
    enum status status = scene_perform(server, &operation, &outcome);
    ck_assert(status == ST_TIMEOUT || status == ST_UNREACHABLE);
    ck_assert_str_ne(outcome.problem, "");
    outcome_release(&outcome);
    device = scene_device(&scene, sim_server_uri(server));
    close_server();
}
END_TEST

START_TEST(an_operation_that_was_given_up_may_end_later)
{
    open_registered();
    struct operation operation;
    struct outcome outcome;
    scene.stop = 1;
    operation_init(&operation, OPERATION_READ);
    operation.path = path_instance(3, 0);
    ck_assert_int_eq(scene_perform(server, &operation, &outcome), ST_CANCELLED);
    ck_assert_str_eq(outcome.problem, "interrupted");
    outcome_release(&outcome);
    operation.tidies = true;
    ck_assert_int_eq(scene_perform(server, &operation, &outcome), ST_OK);
    outcome_release(&outcome);
    scene.stop = 0;
    ck_assert_int_eq(scene_ask(server, OPERATION_READ, path_resource(3, 0, 0), &outcome), ST_OK);
    ck_assert_str_eq(buf_text(&outcome.payload), "Acme");
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(what_makes_no_sense_is_invalid)
{
    open_registered();
    struct outcome outcome;
    ck_assert_int_eq(scene_ask(server, OPERATION_REPEAT, path_root(), &outcome), ST_INVALID);
    ck_assert_str_ne(outcome.problem, "");
    outcome_release(&outcome);
    close_server();
}
END_TEST

START_TEST(a_forgotten_device_registers_anew)
{
    open_registered();
    struct error error;
    error_clear(&error);
    ck_assert_int_eq(server->ops->control(server, SERVER_FORGET, &error), ST_OK);
    ck_assert_ptr_nonnull(scene_find(&scene, ACTOR_EXPIRED));
    ck_assert_int_eq(server->ops->control(server, SERVER_FORGET, &error), ST_NOT_FOUND);
    ck_assert_str_eq(error.text, "nothing to forget: no client is registered");
    scene.heard_count = 0;
    scene_do(device, STIMULUS_UPDATE, path_root());
    scene_await(&scene, ACTOR_REGISTERED);
    close_server();
}
END_TEST

START_TEST(a_restarted_server_is_at_the_same_address_and_knows_nobody)
{
    open_registered();
    struct error error;
    struct outcome outcome;
    char uri[64];
    snprintf(uri, sizeof uri, "%s", sim_server_uri(server));
    error_clear(&error);
    ck_assert_int_eq(server->ops->control(server, SERVER_RESTART, &error), ST_OK);
    ck_assert_str_eq(sim_server_uri(server), uri);
    ck_assert_ptr_null(sim_server_clients(server));
    ck_assert_int_eq(scene_ask(server, OPERATION_READ, path_instance(3, 0), &outcome),
                     ST_UNREACHABLE);
    outcome_release(&outcome);
    scene.heard_count = 0;
    scene_do(device, STIMULUS_UPDATE, path_root());
    scene_await(&scene, ACTOR_REGISTERED);
    close_server();
}
END_TEST

UNIT_MAIN("sim_server", tells_its_address_with_the_port_found, refuses_an_address_that_is_taken,
          reports_a_registration_with_its_list, reports_an_update_without_what_it_does_not_say,
          reads_from_a_registered_device, an_answer_that_refuses_is_an_answer,
          authenticates_and_decrypts, reports_notifications_of_what_it_observes,
          is_unreachable_without_a_client, waits_for_a_client_as_long_as_it_is_told,
          gives_up_when_the_device_is_silent, an_operation_that_was_given_up_may_end_later,
          what_makes_no_sense_is_invalid, a_forgotten_device_registers_anew,
          a_restarted_server_is_at_the_same_address_and_knows_nobody)
