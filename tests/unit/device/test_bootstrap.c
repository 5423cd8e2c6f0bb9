/* SPDX-License-Identifier: Apache-2.0 */
/* When there is a bootstrap: what leads to it, how it ends, and every cell of the table. */
#include "tests/unit/unit.h"

#include "device/bootstrap_impl.h"
#include "tests/fake/fake_bootstrap.h"

enum { SECOND = 1000, SILENCE = 247 * SECOND };

static enum bootstrap_state state_of(const struct factory *factory)
{
    return bootstrap_state(factory->world->device->bootstrap);
}

static const char *events(struct factory *factory)
{
    return buf_text(&factory->world->events);
}

static const char *heard(struct factory *factory)
{
    return buf_text(&factory->heard);
}

/* --- asking ----------------------------------------------------------------------------------- */

START_TEST(asks_when_it_knows_no_other_server)
{
    struct factory *factory = factory_new(NULL);
    factory_open(factory);
    ck_assert_str_eq(heard(factory), "POST /bs?ep=e&pct=112\n");
    ck_assert_str_eq(buf_text(&factory->world->heard), "");
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_OPEN);
    ck_assert_str_eq(events(factory), "state /bs off -> holding off\n"
                                      "state /bs holding off -> requesting\n"
                                      "state /bs requesting -> open\n");
    factory_free(factory);
}
END_TEST

START_TEST(waits_for_the_hold_off_time)
{
    struct factory *factory = factory_new(
        "{\"endpoint\": \"e\", \"bootstrap\": {\"uri\": \"coap://bs\", \"hold_off\": 20}}");
    factory_open(factory);
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_HOLDING);
    world_run(factory->world, 20 * SECOND - 1);
    ck_assert_str_eq(heard(factory), "");
    world_run(factory->world, 1);
    ck_assert_str_eq(heard(factory), "POST /bs?ep=e\n");
    factory_free(factory);
}
END_TEST

START_TEST(does_not_ask_when_it_knows_a_server)
{
    struct factory *factory =
        factory_new("{\"endpoint\": \"e\", \"bootstrap\": {\"uri\": \"coap://bs\"},"
                    " \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}]}");
    factory_open(factory);
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_OFF);
    ck_assert_int_eq(device_registration(factory->world->device), REGISTRATION_ALIVE);
    ck_assert_str_eq(heard(factory), "");
    factory_free(factory);
}
END_TEST

START_TEST(tells_the_format_that_the_profile_prefers)
{
    struct factory *factory =
        factory_new("{\"endpoint\": \"e\", \"lwm2m\": \"1.1\", \"formats\": [\"text\", \"tlv\"],"
                    " \"bootstrap\": {\"uri\": \"coap://bs\"}}");
    factory_open(factory);
    ck_assert_str_eq(heard(factory), "POST /bs?ep=e&pct=11542\n");
    factory_free(factory);
}
END_TEST

START_TEST(leaves_the_format_to_a_server_that_does_not_have_it)
{
    struct factory *factory = factory_new(NULL);
    factory->plain = true;
    factory_open(factory);
    ck_assert_str_eq(heard(factory), "POST /bs?ep=e&pct=112\nPOST /bs?ep=e\n");
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_OPEN);
    factory_free(factory);
}
END_TEST

START_TEST(asks_again_and_again)
{
    struct factory *factory = factory_new(NULL);
    static const int pauses[] = {2, 4, 8, 16, 32, 60, 60};
    factory->code = CODE_FORBIDDEN;
    factory_open(factory);
    ck_assert_ptr_nonnull(
        strstr(events(factory), "error the bootstrap server at \"coap://bs\" refused the request "
                                "of \"e\": 4.03 Forbidden; asking for a bootstrap again in 2 s\n"));
    for (size_t i = 0; i < COUNT_OF(pauses); i++) {
        buf_clear(&factory->heard);
        ck_assert_int_eq(state_of(factory), BOOTSTRAP_WAITING);
        world_run(factory->world, pauses[i] * SECOND - 1);
        ck_assert_str_eq(heard(factory), "");
        world_run(factory->world, 1);
        ck_assert_str_eq(heard(factory), "POST /bs?ep=e&pct=112\n");
    }
    factory_free(factory);
}
END_TEST

START_TEST(says_that_nobody_answers)
{
    struct factory *factory = factory_new(NULL);
    fake_endpoint_silence(factory->end, true);
    factory_open(factory);
    world_run(factory->world, 100 * SECOND);
    ck_assert_ptr_nonnull(strstr(events(factory), "error cannot reach the bootstrap server at "
                                                  "\"coap://bs\": no answer; "));
    factory_free(factory);
}
END_TEST

START_TEST(stays_off_without_a_bootstrap_server)
{
    struct factory *factory = factory_new("{\"endpoint\": \"e\", \"servers\": []}");
    ck_assert(!bootstrap_possible(factory->world->device->bootstrap));
    bootstrap_start(factory->world->device->bootstrap);
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_OFF);
    factory_free(factory);
}
END_TEST

/* --- how it ends ------------------------------------------------------------------------------ */

START_TEST(becomes_what_the_server_wrote)
{
    struct factory *factory = factory_new(NULL);
    factory_open(factory);
    factory_write_account(factory);
    ck_assert(!model_has(factory_model(factory), path_instance(1, 0)));
    ck_assert_int_eq(factory_do(factory, CODE_POST, "/bs", -1, NULL), CODE_CHANGED);
    ck_assert(model_has(factory_model(factory), path_instance(1, 0)));
    ck_assert_int_eq(model_value(factory_model(factory), path_resource(1, 0, 1))->integer, 600);
    ck_assert_int_eq(model_value(factory_model(factory), path_resource(1, 0, 12))->integer,
                     1700000000);
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_DONE);
    ck_assert_ptr_nonnull(
        strstr(events(factory), "info bootstrapped \"e\" by the server at \"coap://bs\"\n"));
    factory_free(factory);
}
END_TEST

START_TEST(registers_with_the_servers_that_it_was_given)
{
    struct factory *factory = factory_new(NULL);
    factory_open(factory);
    factory_write_account(factory);
    ck_assert_str_eq(buf_text(&factory->world->heard), "");
    ck_assert_int_eq(factory_do(factory, CODE_POST, "/bs", -1, NULL), CODE_CHANGED);
    world_run(factory->world, 0);
    ck_assert_uint_eq(world_count(&factory->world->heard, "POST /rd?ep=e&lt=600&lwm2m=1.1 "), 1);
    ck_assert_int_eq(world_registration(factory->world, 1), REGISTRATION_ALIVE);
    factory_free(factory);
}
END_TEST

/* ETS 5: a registered device, whose server triggers a bootstrap. */
static struct factory *registered(void)
{
    struct factory *factory = factory_new(
        "{\"endpoint\": \"e\", \"lwm2m\": \"1.1\", \"bootstrap\": {\"uri\": \"coap://bs\"},"
        " \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"
        " \"objects\": {\"1\": {\"0\": {\"9\": {}}}}}");
    factory_open(factory);
    ck_assert_int_eq(device_registration(factory->world->device), REGISTRATION_ALIVE);
    return factory;
}

START_TEST(asks_when_a_server_triggers_it)
{
    struct factory *factory = registered();
    ck_assert_int_eq(world_do(factory->world, CODE_POST, "/1/0/9", -1, NULL), CODE_CHANGED);
    world_run(factory->world, 0);
    ck_assert_str_eq(heard(factory), "POST /bs?ep=e&pct=112\n");
    ck_assert_int_eq(device_registration(factory->world->device), REGISTRATION_ALIVE);
    world_forget(factory->world);
    factory_write_account(factory);
    ck_assert_int_eq(factory_do(factory, CODE_POST, "/bs", -1, NULL), CODE_CHANGED);
    world_run(factory->world, 0);
    ck_assert_str_eq(buf_text(&factory->world->sent), "POST /rd\n");
    ck_assert_int_eq(device_registration(factory->world->device), REGISTRATION_ALIVE);
    factory_free(factory);
}
END_TEST

START_TEST(stays_registered_when_a_triggered_bootstrap_fails)
{
    struct factory *factory = registered();
    factory->code = CODE_FORBIDDEN;
    ck_assert_int_eq(world_do(factory->world, CODE_POST, "/1/0/9", -1, NULL), CODE_CHANGED);
    world_run(factory->world, 0);
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_OFF);
    ck_assert_ptr_nonnull(strstr(events(factory), "4.03 Forbidden; the device stays as it was\n"));
    ck_assert_int_eq(device_registration(factory->world->device), REGISTRATION_ALIVE);
    world_run(factory->world, 100 * SECOND);
    ck_assert_str_eq(heard(factory), "POST /bs?ep=e&pct=112\n");
    factory_free(factory);
}
END_TEST

START_TEST(cannot_be_triggered_without_a_bootstrap_server)
{
    struct factory *factory =
        factory_new("{\"endpoint\": \"e\", \"lwm2m\": \"1.1\","
                    " \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"
                    " \"objects\": {\"1\": {\"0\": {\"9\": {}}}}}");
    factory_open(factory);
    ck_assert_int_eq(world_do(factory->world, CODE_POST, "/1/0/9", -1, NULL),
                     CODE_METHOD_NOT_ALLOWED);
    factory_free(factory);
}
END_TEST

/* The server is another one from then on; what it was told before is void. */
START_TEST(goes_to_where_the_account_leads_now)
{
    struct factory *factory = registered();
    struct endpoint *other = fake_endpoint_new(factory->world->net, "coap://other");
    ck_assert_int_eq(world_do(factory->world, CODE_POST, "/1/0/9", -1, NULL), CODE_CHANGED);
    world_run(factory->world, 0);
    world_forget(factory->world);
    ck_assert_int_eq(factory_do(factory, CODE_PUT, "/0/0/0", 0, "coap://other"), CODE_CHANGED);
    ck_assert_int_eq(factory_do(factory, CODE_POST, "/bs", -1, NULL), CODE_CHANGED);
    world_run(factory->world, 0);
    ck_assert_str_eq(buf_text(&factory->world->heard), "");
    ck_assert_uint_eq(fake_endpoint_peers(other), 1);
    endpoint_free(other);
    factory_free(factory);
}
END_TEST

START_TEST(listens_while_it_is_bootstrapped)
{
    struct factory *factory = factory_new(
        "{\"endpoint\": \"e\", \"lwm2m\": \"1.1\", \"bootstrap\": {\"uri\": \"coap://bs\"},"
        " \"queue_mode\": {\"awake\": \"10s\"},"
        " \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"
        " \"objects\": {\"1\": {\"0\": {\"9\": {}}}}}");
    factory_open(factory);
    ck_assert_int_eq(world_do(factory->world, CODE_POST, "/1/0/9", -1, NULL), CODE_CHANGED);
    world_run(factory->world, 60 * SECOND);
    ck_assert_int_eq(device_registration(factory->world->device), REGISTRATION_ASLEEP);
    ck_assert_int_eq(factory_get(factory, "/", FORMAT_LINK), CODE_CONTENT);
    world_run(factory->world, SILENCE);
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_OFF);
    ck_assert(factory->world->device_end->deaf);
    factory_free(factory);
}
END_TEST

static void keep_code(void *arg, enum status status, const struct message *response)
{
    uint8_t *code = arg;
    *code = status == ST_OK ? response->code : 0;
}

/* The first answer is lost on its way. */
START_TEST(answers_a_finish_that_is_repeated)
{
    struct factory *factory = factory_new(NULL);
    struct message finish;
    uint8_t code = 0;
    factory_open(factory);
    factory_write_account(factory);
    fake_net_delay(factory->world->net, 10);
    message_init(&finish);
    finish.code = CODE_POST;
    ck_assert(segments_add(&finish.path, bytes_of("bs")));
    ck_assert_int_eq(endpoint_request(factory->end, factory->peer, &finish, keep_code, &code, NULL),
                     ST_OK);
    message_release(&finish);
    world_run(factory->world, 9);
    fake_net_drop(factory->world->net, 1);
    world_run(factory->world, SECOND);
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_DONE);
    ck_assert_int_eq(code, 0);
    world_run(factory->world, 5 * SECOND);
    ck_assert_int_eq(code, CODE_CHANGED);
    ck_assert_int_eq(factory_do(factory, CODE_PUT, "/1", 0, "x"), CODE_BAD_REQUEST);
    world_run(factory->world, 93 * SECOND);
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_OFF);
    ck_assert_ptr_null(bootstrap_peer(factory->world->device->bootstrap));
    factory_free(factory);
}
END_TEST

START_TEST(goes_on_after_a_finish_that_does_not_fit)
{
    struct factory *factory = factory_new(NULL);
    factory_open(factory);
    ck_assert_int_eq(factory_do(factory, CODE_POST, "/bs", -1, NULL), CODE_NOT_ACCEPTABLE);
    ck_assert_str_eq(factory_text(factory),
                     "there is no server to register with: \"/1\" has no instance");
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_OPEN);
    factory_write_account(factory);
    ck_assert_int_eq(factory_do(factory, CODE_POST, "/bs", -1, NULL), CODE_CHANGED);
    factory_free(factory);
}
END_TEST

/* ETS 9: a resource of an account alone is no account. */
START_TEST(refuses_to_finish_with_half_an_account)
{
    struct factory *factory = factory_new(NULL);
    factory_open(factory);
    ck_assert_int_eq(factory_do(factory, CODE_PUT, "/1/0/5", 0, "86400"), CODE_CHANGED);
    ck_assert_int_eq(factory_do(factory, CODE_POST, "/bs", -1, NULL), CODE_NOT_ACCEPTABLE);
    ck_assert_str_eq(factory_text(factory),
                     "mandatory resource \"/1/0/0\" (Short Server ID) is missing");
    factory_free(factory);
}
END_TEST

static void assert_untouched(struct factory *factory)
{
    ck_assert(!model_has(factory_model(factory), path_instance(0, 0)));
    ck_assert(!model_has(factory_model(factory), path_instance(1, 0)));
    ck_assert(model_has(factory_model(factory), path_instance(16, 0)));
    ck_assert_str_eq(buf_text(&factory->world->heard), "");
}

START_TEST(is_what_it_was_when_nothing_comes_for_long)
{
    struct factory *factory = factory_new(NULL);
    factory_open(factory);
    factory_write_account(factory);
    ck_assert_int_eq(factory_do(factory, CODE_DELETE, "/16", -1, NULL), CODE_DELETED);
    world_run(factory->world, SILENCE - 1);
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_OPEN);
    world_run(factory->world, 1);
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_WAITING);
    ck_assert_ptr_nonnull(
        strstr(events(factory), "did not finish: nothing came for 247 s; asking"));
    assert_untouched(factory);
    world_run(factory->world, 2 * SECOND);
    ck_assert_int_eq(factory_get(factory, "/1", FORMAT_LINK), CODE_CONTENT);
    ck_assert_str_eq(factory_text(factory), "</>;lwm2m=1.1,</1>;ver=1.1");
    factory_free(factory);
}
END_TEST

START_TEST(counts_the_time_from_the_last_request)
{
    struct factory *factory = factory_new(NULL);
    factory_open(factory);
    for (int i = 0; i < 5; i++) {
        world_run(factory->world, SILENCE - 1);
        ck_assert_int_eq(factory_get(factory, "/", FORMAT_LINK), CODE_CONTENT);
    }
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_OPEN);
    factory_free(factory);
}
END_TEST

START_TEST(is_what_it_was_when_the_session_is_lost)
{
    struct factory *factory = factory_new(NULL);
    struct peer *peer;
    factory_open(factory);
    factory_write_account(factory);
    peer = bootstrap_peer(factory->world->device->bootstrap);
    fake_endpoint_lose(factory->world->device_end, peer);
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_WAITING);
    assert_untouched(factory);
    factory_free(factory);
}
END_TEST

START_TEST(is_what_it_was_after_a_restart)
{
    struct factory *factory = factory_new(NULL);
    factory_open(factory);
    factory_write_account(factory);
    device_restart(factory->world->device);
    assert_untouched(factory);
    world_run(factory->world, 0);
    ck_assert_str_eq(heard(factory), "POST /bs?ep=e&pct=112\nPOST /bs?ep=e&pct=112\n");
    factory_free(factory);
}
END_TEST

/* With "state", the result outlives a restart, and what was under way does not. */
START_TEST(keeps_the_result_over_a_restart)
{
    struct factory *factory =
        factory_new("{\"endpoint\": \"e\", \"lwm2m\": \"1.1\", \"state\": \"s\","
                    " \"bootstrap\": {\"uri\": \"coap://bs\"}}");
    factory_open(factory);
    factory_write_account(factory);
    world_run(factory->world, 10 * SECOND);
    device_restart(factory->world->device);
    world_run(factory->world, 0);
    ck_assert(!model_has(factory_model(factory), path_instance(1, 0)));
    factory_write_account(factory);
    ck_assert_int_eq(factory_do(factory, CODE_POST, "/bs", -1, NULL), CODE_CHANGED);
    world_run(factory->world, SECOND);
    buf_clear(&factory->heard);
    device_restart(factory->world->device);
    world_run(factory->world, 0);
    ck_assert_str_eq(heard(factory), "");
    ck_assert_int_eq(device_registration(factory->world->device), REGISTRATION_ALIVE);
    ck_assert_int_eq(model_value(factory_model(factory), path_resource(1, 0, 1))->integer, 600);
    ck_assert(model_has(factory_model(factory), path_resource(1, 0, 9)));
    factory_free(factory);
}
END_TEST

START_TEST(stops_when_its_owner_says_so)
{
    struct factory *factory = factory_new(NULL);
    factory_open(factory);
    factory_write_account(factory);
    device_deregister(factory->world->device);
    ck_assert_int_eq(state_of(factory), BOOTSTRAP_OFF);
    assert_untouched(factory);
    factory_free(factory);
}
END_TEST

/* --- the account of the bootstrap server ------------------------------------------------------ */

START_TEST(lets_the_account_of_the_bootstrap_server_end)
{
    struct factory *factory = factory_new(NULL);
    factory_open(factory);
    factory_write_account(factory);
    ck_assert_int_eq(factory_do(factory, CODE_PUT, "/0/1/12", 0, "60"), CODE_CHANGED);
    ck_assert_int_eq(factory_do(factory, CODE_POST, "/bs", -1, NULL), CODE_CHANGED);
    world_run(factory->world, 59 * SECOND);
    ck_assert(bootstrap_possible(factory->world->device->bootstrap));
    world_run(factory->world, SECOND);
    ck_assert(!bootstrap_possible(factory->world->device->bootstrap));
    ck_assert(!model_has(factory_model(factory), path_instance(0, 1)));
    ck_assert(model_has(factory_model(factory), path_instance(0, 0)));
    factory_free(factory);
}
END_TEST

/* --- the table -------------------------------------------------------------------------------- */

/* Brings a new device into STATE by what really leads there. */
static struct factory *reach(enum bootstrap_state state)
{
    struct factory *factory = factory_new(NULL);
    fake_net_delay(factory->world->net, 10);
    if (state == BOOTSTRAP_OFF)
        return factory;
    factory->code = state == BOOTSTRAP_WAITING ? CODE_FORBIDDEN : 0;
    device_register(factory->world->device);
    if (state == BOOTSTRAP_HOLDING)
        return factory;
    world_run(factory->world, state == BOOTSTRAP_REQUESTING ? 0 : 20);
    if (state == BOOTSTRAP_DONE) {
        factory_write_account(factory);
        ck_assert_int_eq(factory_do(factory, CODE_POST, "/bs", -1, NULL), CODE_CHANGED);
    }
    return factory;
}

/* What follows in each cell: the next state, and B when a Bootstrap-Request is sent. */
/* clang-format off */
static const char *const expected[BOOTSTRAP_STATES][BOOTSTRAP_EVENTS] = {
    [BOOTSTRAP_OFF] =
        {"holding off", "requesting B", "off", "off", "off", "off", "off", "off", "off", "off"},
    [BOOTSTRAP_HOLDING] =
        {"holding off", "requesting B", "off", "requesting B", "holding off", "holding off",
         "holding off", "holding off", "holding off", "holding off"},
    [BOOTSTRAP_REQUESTING] =
        {"requesting", "requesting", "off", "requesting", "open", "waiting", "requesting B",
         "waiting", "waiting", "done"},
    [BOOTSTRAP_OPEN] =
        {"open", "open", "off", "waiting", "open", "open", "open", "open", "waiting", "done"},
    [BOOTSTRAP_WAITING] =
        {"waiting", "requesting B", "off", "requesting B", "waiting", "waiting", "waiting",
         "waiting", "waiting", "waiting"},
    [BOOTSTRAP_DONE] =
        {"holding off", "requesting B", "off", "off", "done", "done", "done", "done", "off",
         "done"},
};
/* clang-format on */

START_TEST(takes_every_step_of_the_table)
{
    for (unsigned state = 0; state < BOOTSTRAP_STATES; state++)
        for (unsigned event = 0; event < BOOTSTRAP_EVENTS; event++) {
            struct factory *factory = reach((enum bootstrap_state)state);
            char text[32];
            ck_assert_uint_eq(state_of(factory), state);
            world_forget(factory->world);
            bootstrap_happen(factory->world->device->bootstrap, (enum bootstrap_event)event);
            snprintf(text, sizeof text, "%s%s", bootstrap_state_name(state_of(factory)),
                     world_count(&factory->world->sent, "POST /bs") > 0 ? " B" : "");
            ck_assert_msg(strcmp(text, expected[state][event]) == 0,
                          "state %u event %u leads to %s", state, event, text);
            factory_free(factory);
        }
}
END_TEST

START_TEST(prints_its_table)
{
    struct buf text;
    buf_init(&text, 1 << 14);
    bootstrap_print(&text);
    ck_assert_ptr_nonnull(strstr(buf_text(&text), "bootstrap: state, event, next state, action"));
    ck_assert_ptr_nonnull(strstr(buf_text(&text), "  off         needed        holding off wait"));
    ck_assert_ptr_nonnull(strstr(buf_text(&text), "  open        finish        done        make"));
    buf_release(&text);
}
END_TEST

UNIT_MAIN("bootstrap", asks_when_it_knows_no_other_server, waits_for_the_hold_off_time,
          does_not_ask_when_it_knows_a_server, tells_the_format_that_the_profile_prefers,
          leaves_the_format_to_a_server_that_does_not_have_it, asks_again_and_again,
          says_that_nobody_answers, stays_off_without_a_bootstrap_server,
          becomes_what_the_server_wrote, registers_with_the_servers_that_it_was_given,
          asks_when_a_server_triggers_it, stays_registered_when_a_triggered_bootstrap_fails,
          cannot_be_triggered_without_a_bootstrap_server, goes_to_where_the_account_leads_now,
          listens_while_it_is_bootstrapped, answers_a_finish_that_is_repeated,
          goes_on_after_a_finish_that_does_not_fit, refuses_to_finish_with_half_an_account,
          is_what_it_was_when_nothing_comes_for_long, counts_the_time_from_the_last_request,
          is_what_it_was_when_the_session_is_lost, is_what_it_was_after_a_restart,
          keeps_the_result_over_a_restart, stops_when_its_owner_says_so,
          lets_the_account_of_the_bootstrap_server_end, takes_every_step_of_the_table,
          prints_its_table)
