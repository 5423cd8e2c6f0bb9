/* SPDX-License-Identifier: Apache-2.0 */
/* Registration: a server that has forgotten the session, as after a restart. */
#include "tests/unit/unit.h"

#include "tests/fake/fake_impl.h"
#include "tests/unit/device/servers.h"

enum { SECOND = 1000, PATIENCE = 21 };

#define PROFILE(URI, SECURITY)                                                                     \
    "{\"endpoint\": \"e\", \"lwm2m\": \"1.1\", \"lifetime\": 3600, \"servers\": ["                 \
    " {\"ssid\": 1, \"uri\": \"" URI "\"" SECURITY "}],"                                           \
    " \"objects\": {\"3\": {\"0\": {\"0\": \"Acme\", \"9\": 50}}}}"
#define PSK     ", \"security\": {\"mode\": \"psk\", \"identity\": \"me\", \"key\": \"text:secret\"}"
#define SECURED PROFILE("coaps://far", PSK)
#define STREAM  PROFILE("coap+tcp://far", "")
#define PLAIN   PROFILE("coap://far", "")

struct scene {
    struct world *world;
    struct other server;
    const char *uri;
};

static void start(struct scene *scene, const char *profile, const char *uri)
{
    scene->world = world_new(profile);
    scene->uri = uri;
    other_open(&scene->server, scene->world, uri);
    device_register(scene->world->device);
    world_run(scene->world, 0);
    ck_assert_int_eq(device_registration(scene->world->device), REGISTRATION_ALIVE);
    world_forget(scene->world);
    buf_clear(&scene->server.heard);
}

static void stop(struct scene *scene)
{
    servers_end(&scene->server);
}

static void stop_server(struct scene *scene)
{
    endpoint_free(scene->server.end);
    buf_release(&scene->server.heard);
    message_release(&scene->server.answer);
}

static void restart_server(struct scene *scene)
{
    stop_server(scene);
    other_open(&scene->server, scene->world, scene->uri);
}

static enum registration_state state(const struct scene *scene)
{
    return device_registration(scene->world->device);
}

static void lose(struct scene *scene)
{
    fake_endpoint_lose(scene->world->device_end, fake_endpoint_peer(scene->world->device_end, 0));
}

START_TEST(opens_a_new_secured_session_when_updates_go_unheard)
{
    struct scene scene;
    start(&scene, SECURED, "coaps://far");
    restart_server(&scene);
    device_update(scene.world->device);
    world_run(scene.world, PATIENCE * SECOND - 1);
    ck_assert_int_eq(state(&scene), REGISTRATION_UPDATING);
    ck_assert_uint_eq(scene.server.heard.len, 0);
    world_run(scene.world, 1);
    ck_assert_int_eq(state(&scene), REGISTRATION_ALIVE);
    ck_assert_str_eq(buf_text(&scene.server.heard), "POST /rd\n");
    ck_assert_uint_eq(world_count(&scene.world->events,
                                  "warning cannot reach the server at \"coaps://far\": no answer "
                                  "for 21 s; registering again on a new session"),
                      1);
    ck_assert_uint_eq(world_count(&scene.world->events, "error"), 0);
    ck_assert_uint_eq(fake_endpoint_peers(scene.world->device_end), 1);
    stop(&scene);
}
END_TEST

START_TEST(does_so_when_a_notification_goes_unheard)
{
    struct scene scene;
    start(&scene, SECURED, "coaps://far");
    world_ask(scene.world, CODE_GET, "/3/0/9")->observe = 0;
    ck_assert_int_eq(other_send(&scene.server), CODE_CONTENT);
    restart_server(&scene);
    world_set_battery(scene.world, 40);
    world_run(scene.world, FAKE_GIVE_UP_MS);
    ck_assert_int_eq(state(&scene), REGISTRATION_UPDATING);
    world_run(scene.world, PATIENCE * SECOND);
    ck_assert_int_eq(state(&scene), REGISTRATION_ALIVE);
    ck_assert_str_eq(buf_text(&scene.server.heard), "POST /rd\n");
    stop(&scene);
}
END_TEST

START_TEST(connects_anew_at_once_when_a_connection_is_lost)
{
    struct scene scene;
    start(&scene, STREAM, "coap+tcp://far");
    lose(&scene);
    ck_assert_int_eq(state(&scene), REGISTRATION_PENDING);
    world_run(scene.world, 0);
    ck_assert_int_eq(state(&scene), REGISTRATION_ALIVE);
    ck_assert_uint_eq(world_count(&scene.world->events,
                                  "warning lost the session with the server at "
                                  "\"coap+tcp://far\"; registering again on a new session"),
                      1);
    stop(&scene);
}
END_TEST

START_TEST(tries_a_connection_once_and_then_backs_off)
{
    struct scene scene;
    start(&scene, STREAM, "coap+tcp://far");
    stop_server(&scene);
    lose(&scene);
    world_run(scene.world, 0);
    ck_assert_int_eq(state(&scene), REGISTRATION_WAITING);
    ck_assert_uint_eq(world_count(&scene.world->events,
                                  "error cannot reach the server at \"coap+tcp://far\": nobody "
                                  "listens there; trying again in 60 s"),
                      1);
    other_open(&scene.server, scene.world, scene.uri);
    world_run(scene.world, 60 * SECOND);
    ck_assert_int_eq(state(&scene), REGISTRATION_ALIVE);
    stop(&scene);
}
END_TEST

START_TEST(does_not_fight_for_a_session)
{
    struct scene scene;
    start(&scene, STREAM, "coap+tcp://far");
    lose(&scene);
    world_run(scene.world, 59 * SECOND);
    lose(&scene);
    ck_assert_int_eq(state(&scene), REGISTRATION_WAITING);
    world_run(scene.world, 60 * SECOND);
    ck_assert_int_eq(state(&scene), REGISTRATION_ALIVE);
    lose(&scene);
    ck_assert_int_eq(state(&scene), REGISTRATION_PENDING);
    stop(&scene);
}
END_TEST

START_TEST(has_more_patience_without_a_session)
{
    struct scene scene;
    start(&scene, PLAIN, "coap://far");
    fake_endpoint_silence(scene.server.end, true);
    device_update(scene.world->device);
    world_run(scene.world, FAKE_GIVE_UP_MS - 1);
    ck_assert_int_eq(state(&scene), REGISTRATION_UPDATING);
    world_run(scene.world, 1);
    ck_assert_int_eq(state(&scene), REGISTRATION_WAITING);
    stop(&scene);
}
END_TEST

START_TEST(counts_a_session_that_never_worked_as_a_failure)
{
    struct scene scene;
    start(&scene, SECURED, "coaps://far");
    fake_endpoint_silence(scene.server.end, true);
    device_update(scene.world->device);
    world_run(scene.world, PATIENCE * SECOND);
    ck_assert_int_eq(state(&scene), REGISTRATION_PENDING);
    world_run(scene.world, FAKE_GIVE_UP_MS);
    ck_assert_int_eq(state(&scene), REGISTRATION_WAITING);
    ck_assert_uint_eq(world_count(&scene.world->events, "error"), 1);
    stop(&scene);
}
END_TEST

START_TEST(says_once_that_nobody_heard_it_leave)
{
    struct scene scene;
    start(&scene, SECURED, "coaps://far");
    restart_server(&scene);
    registration_happen(scene.world->device->registrations, REGISTRATION_DISABLE);
    world_run(scene.world, FAKE_GIVE_UP_MS);
    ck_assert_int_eq(state(&scene), REGISTRATION_DISABLED);
    ck_assert_uint_eq(world_count(&scene.world->events, "warning cannot reach the server"), 1);
    ck_assert_uint_eq(fake_endpoint_peers(scene.world->device_end), 0);
    stop(&scene);
}
END_TEST

/* The device's end of a session whose keys the other end refuses. */
static struct world *refuse(bool gives_up, bool restarts)
{
    struct world *world = world_new(SECURED);
    world->device->config.gives_up = gives_up;
    device_register(world->device);
    if (restarts)
        device_restart(world->device);
    struct fake_peer *peer = (struct fake_peer *)fake_endpoint_peer(world->device_end, 0);
    peer->security.is_refused = true;
    snprintf(peer->security.problem, sizeof peer->security.problem, "alert 40");
    world_run(world, 0);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_WAITING);
    return world;
}

START_TEST(says_that_it_does_not_try_again_what_is_hopeless)
{
    struct world *world = refuse(true, false);
    ck_assert_uint_eq(world_count(&world->events, "error cannot reach the server at "
                                                  "\"coaps://far\": alert 40; not trying again"),
                      1);
    world_run(world, 600 * SECOND);
    ck_assert_int_eq(device_registration(world->device), REGISTRATION_WAITING);
    ck_assert_uint_eq(world_count(&world->sent, "POST /rd"), 1);
    world_free(world);
}
END_TEST

START_TEST(tries_again_when_its_owner_goes_on)
{
    for (int i = 0; i < 2; i++) {
        struct world *world = refuse(i == 1, i == 1);
        ck_assert_uint_eq(world_count(&world->events, "error cannot reach the server at "
                                                      "\"coaps://far\": alert 40; trying again in "
                                                      "60 s"),
                          1);
        world_free(world);
    }
}
END_TEST

UNIT_MAIN("registration renewal", says_that_it_does_not_try_again_what_is_hopeless,
          tries_again_when_its_owner_goes_on, opens_a_new_secured_session_when_updates_go_unheard,
          does_so_when_a_notification_goes_unheard, connects_anew_at_once_when_a_connection_is_lost,
          tries_a_connection_once_and_then_backs_off, does_not_fight_for_a_session,
          has_more_patience_without_a_session, counts_a_session_that_never_worked_as_a_failure,
          says_once_that_nobody_heard_it_leave)
