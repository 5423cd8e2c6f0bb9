/* SPDX-License-Identifier: Apache-2.0 */
/* Registration: Disable, and every cell of the table. */
#include "tests/unit/unit.h"

#include "device/device_impl.h"
#include "tests/fake/fake_world.h"

enum { SECOND = 1000 };

static struct world *start(void)
{
    struct world *world = world_new(NULL);
    world_register(world);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    return world;
}

static const char *heard(struct world *world)
{
    return buf_text(&world->heard);
}

/* --- Disable -------------------------------------------------------------------------- */

START_TEST(stays_away_while_it_is_disabled)
{
    struct world *world = start();
    ck_assert_int_eq(world_do(world, CODE_POST, "/1/0/4", -1, NULL), CODE_CHANGED);
    ck_assert_uint_eq(world->heard_before_answer, 0);
    ck_assert_str_eq(heard(world), "DELETE /rd/1\n");
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_DISABLED);
    ck_assert_uint_eq(world_count(&world->events, "deregistered /rd/1"), 1);
    world_run(world, 599 * SECOND);
    ck_assert_str_eq(heard(world), "DELETE /rd/1\n");
    world_run(world, SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?"), 1);
    world_free(world);
}
END_TEST

START_TEST(is_disabled_for_a_day_unless_told_otherwise)
{
    struct world *world =
        world_new("{\"endpoint\": \"e\", \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"
                  " \"objects\": {\"1\": {\"0\": {\"4\": {}}}}}");
    world_register(world);
    ck_assert_int_eq(world_do(world, CODE_POST, "/1/0/4", -1, NULL), CODE_CHANGED);
    world_run(world, 0);
    world_run(world, 86400 * SECOND - 1);
    ck_assert_str_eq(heard(world), "DELETE /rd/1\n");
    world_run(world, 1);
    ck_assert_uint_eq(world_count(&world->heard, "POST /rd?"), 1);
    world_free(world);
}
END_TEST

START_TEST(is_disabled_even_if_the_server_does_not_answer)
{
    struct world *world = start();
    registration_happen(world->device->registrations, REGISTRATION_DISABLE);
    fake_endpoint_silence(world->server_end, true);
    world_run(world, 100 * SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_DISABLED);
    fake_endpoint_silence(world->server_end, false);
    world_run(world, 500 * SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_ALIVE);
    world_free(world);
}
END_TEST

/* --- the table ------------------------------------------------------------------------ */

/* Brings a new device into STATE by what really leads there. */
static struct world *reach(enum registration_state state)
{
    struct world *world = world_new(NULL);
    fake_net_delay(world->net, 10);
    if (state == REGISTRATION_OFF)
        return world;
    if (state == REGISTRATION_HELD) {
        registration_happen(world->device->registrations, REGISTRATION_HOLD);
        return world;
    }
    world->register_code = state == REGISTRATION_WAITING ? CODE_FORBIDDEN : 0;
    device_register(world->device);
    if (state == REGISTRATION_PENDING)
        return world;
    world_run(world, SECOND);
    if (state == REGISTRATION_UPDATING)
        device_update(world->device);
    if (state == REGISTRATION_LEAVING)
        device_deregister(world->device);
    if (state == REGISTRATION_DISABLED)
        registration_happen(world->device->registrations, REGISTRATION_DISABLE);
    if (state == REGISTRATION_ASLEEP)
        registration_happen(world->device->registrations, REGISTRATION_QUIET);
    world_run(world, 0);
    return world;
}

/* What follows in each cell: the next state, and R, U or D when a Register, an Update or a
 * De-register is sent. */
/* clang-format off */
static const char *const expected[REGISTRATION_STATES][REGISTRATION_EVENTS] = {
    [REGISTRATION_OFF] =
        {"pending R", "off", "off", "off", "off", "off", "off", "off", "off", "off", "off",
         "held"},
    [REGISTRATION_PENDING] =
        {"pending", "off", "pending", "alive", "waiting", "pending R", "waiting",
         "pending R", "pending", "pending", "pending", "pending"},
    [REGISTRATION_ALIVE] =
        {"pending R", "leaving D", "updating U", "alive", "alive", "alive", "waiting", "pending R",
         "disabled D", "asleep", "alive", "alive"},
    [REGISTRATION_UPDATING] =
        {"pending R", "leaving D", "pending R", "alive", "pending R", "updating", "waiting",
         "pending R", "disabled D", "updating", "updating", "updating"},
    [REGISTRATION_WAITING] =
        {"pending R", "off", "pending R", "waiting", "waiting", "waiting", "waiting", "waiting",
         "waiting", "waiting", "waiting", "waiting"},
    [REGISTRATION_LEAVING] =
        {"pending R", "leaving", "leaving", "off", "off", "leaving", "off", "off", "leaving",
         "leaving", "leaving", "leaving"},
    [REGISTRATION_DISABLED] =
        {"pending R", "off", "pending R", "disabled", "disabled", "disabled", "disabled",
         "disabled", "disabled", "disabled", "disabled", "disabled"},
    [REGISTRATION_ASLEEP] =
        {"pending R", "leaving D", "updating U", "asleep", "asleep", "asleep", "waiting", "pending R",
         "disabled D", "asleep", "updating U", "asleep"},
    [REGISTRATION_HELD] =
        {"pending R", "off", "pending R", "held", "held", "held", "held", "held", "held", "held",
         "held", "held"},
};
/* clang-format on */

/* The state and what was sent, as in the table above. */
static const char *outcome(struct world *world, char text[32])
{
    static const char *const requests[][2] = {
        {"POST /rd\n", " R"}, {"POST /rd/1\n", " U"}, {"DELETE /rd/1\n", " D"}};
    snprintf(text, 32, "%s", registration_state_name(device_registration(world->device)));
    for (size_t i = 0; i < COUNT_OF(requests); i++)
        if (strcmp(buf_text(&world->sent), requests[i][0]) == 0)
            snprintf(text + strlen(text), 32 - strlen(text), "%s", requests[i][1]);
    return text;
}

START_TEST(takes_every_step_of_the_table)
{
    for (unsigned state = 0; state < REGISTRATION_STATES; state++)
        for (unsigned event = 0; event < REGISTRATION_EVENTS; event++) {
            struct world *world = reach((enum registration_state)state);
            char text[32];
            ck_assert_uint_eq(device_registration(world->device), state);
            world_forget(world);
            registration_happen(world->device->registrations, (enum registration_event)event);
            ck_assert_msg(strcmp(outcome(world, text), expected[state][event]) == 0,
                          "state %u event %u leads to %s", state, event, text);
            world_free(world);
        }
}
END_TEST

START_TEST(prints_its_table)
{
    struct buf text;
    buf_init(&text, 10000);
    registration_print(&text);
    ck_assert_uint_eq(world_count(&text, "  alive     timer         updating  send Update\n"), 1);
    ck_assert_uint_eq(world_count(&text, "  updating  refused       pending   send Register\n"), 1);
    ck_assert_uint_eq(world_count(&text, "  "), 48);
    buf_release(&text);
}
END_TEST

UNIT_MAIN("registration table", stays_away_while_it_is_disabled,
          is_disabled_for_a_day_unless_told_otherwise,
          is_disabled_even_if_the_server_does_not_answer, takes_every_step_of_the_table,
          prints_its_table)
