/* SPDX-License-Identifier: Apache-2.0 */
/* The stage for somebody else's server: what can be played there, and what becomes of our device.
 * The server is ours; its adapter is a script of the shell that cannot do anything. */
#include "base/std.h"

#include <signal.h>

#include "drivers/stages.h"
#include "tests/unit/drivers/scene.h"

#define ADAPTER                                                                                    \
    "read -r line; echo '{\"id\":1,\"protocol\":1,\"name\":\"fake\",\"can\":[]}'; read -r line"

static struct scene scene;
static struct server_actor *server;
static struct stage *stage;
static struct cast cast;
static struct error error;

static const struct {
    const char *name;
    const char *text;
} profiles[] = {
    {"scene", SCENE_PROFILE("")},
    {"psk", "{ \"endpoint\": \"psk\", \"servers\": [ { \"ssid\": 1, \"uri\": "
            "\"coaps://127.0.0.1:9\", \"security\": { \"mode\": \"psk\", \"identity\": \"dev\","
            "\"key\": \"hex:000102030405060708090a0b0c0d0e0f\" } } ],"
            "\"objects\": { \"3\": { \"0\": {} } } }"},
    {"tcp", "{ \"endpoint\": \"tcp\", \"lwm2m\": \"1.1\", \"servers\": [ { \"ssid\": 1, \"uri\": "
            "\"coap+tcp://127.0.0.1:9\", \"security\": { \"mode\": \"none\" } } ],"
            "\"objects\": { \"3\": { \"0\": {} } } }"},
    {"two", "{ \"endpoint\": \"two\", \"servers\": [ { \"ssid\": 1, \"uri\": "
            "\"coap://127.0.0.1:9\", \"security\": { \"mode\": \"none\" } }, { \"ssid\": 2, "
            "\"uri\": \"coap://127.0.0.1:10\", \"security\": { \"mode\": \"none\" } } ],"
            "\"objects\": { \"3\": { \"0\": {} } } }"},
};

static struct profile *load(void *arg, const char *name, uint8_t out_sha256[32],
                            struct error_list *errors)
{
    size_t i = 0;
    UNUSED(arg);
    memset(out_sha256, 1, 32);
    while (i + 1 < COUNT_OF(profiles) && strcmp(profiles[i].name, name) != 0)
        i++;
    return profile_parse(bytes_of(profiles[i].text), name, ".", errors);
}

static void open_stage(const char *command)
{
    signal(SIGPIPE, SIG_IGN);
    scene_open(&scene);
    error_clear(&error);
    server = scene_server(&scene, 0);
    struct adapter *adapter = adapter_new(
        &(struct adapter_config){.world = scene.world, .command = command, .tool = "t"});
    stage = foreign_stage_new(&(struct foreign_stage_config){
        .house = {.world = scene.world, .load = load},
        .uri = sim_server_uri(server),
        .adapter = adapter,
    });
}

static void close_stage(void)
{
    stage->ops->free(stage);
    server->ops->free(server);
    scene_close(&scene);
}

static struct scene heard; /* what the cast says is not what the server under test says */

static enum status set_up(const struct setting *setting)
{
    heard.heard_count = 0;
    error_clear(&error);
    return stage->ops->set_up(stage, setting, scene_listener(&heard), &cast, &error);
}

/* The stage turns until the cast tells that. */
static const struct heard *hears(enum actor_event_kind kind)
{
    int64_t give_up_at = stage->ops->now(stage) + 5000;
    while (scene_find(&heard, kind) == NULL && stage->ops->now(stage) < give_up_at)
        stage->ops->turn(stage, 100);
    const struct heard *found = scene_find(&heard, kind);
    ck_assert_msg(found != NULL, "event %d did not come", (int)kind);
    return found;
}

static void says(const char *part)
{
    ck_assert_msg(strstr(error.text, part) != NULL, "no \"%s\" in \"%s\"", part, error.text);
}

START_TEST(our_device_registers_there_and_says_goodbye)
{
    open_stage(ADAPTER);
    ck_assert_msg(set_up(&(struct setting){.profile = "scene"}) == ST_OK, "%s", error.text);
    ck_assert_uint_eq(cast.server_count, 1);
    ck_assert_uint_eq(cast.servers[0].id, 1);
    ck_assert_ptr_null(cast.servers[0].link);
    ck_assert_str_eq(scene_await(&scene, ACTOR_REGISTERED)->endpoint, "scene");
    stage->ops->strike(stage);
    ck_assert_ptr_nonnull(scene_find(&scene, ACTOR_DEREGISTERED));
    close_stage();
}
END_TEST

static char peer[64]; /* whom the device speaks to */

static void note_peer(void *arg, const struct event *event)
{
    UNUSED(arg);
    if (event_is_message(event) && strcmp(event->side, "device") == 0)
        snprintf(peer, sizeof peer, "%s", event->peer);
}

START_TEST(the_path_there_can_be_impaired)
{
    struct trace_listener ear = {.hear = note_peer};
    open_stage(ADAPTER);
    ck_assert_int_eq(set_up(&(struct setting){.profile = "scene", .has_link = true}), ST_OK);
    ck_assert_ptr_nonnull(cast.servers[0].link);
    trace_listen(&scene.trace, &ear);
    scene_await_alive(&scene, cast.device);
    ck_assert_str_eq(peer, sim_link_address(cast.servers[0].link));
    trace_unlisten(&scene.trace, &ear);
    close_stage();
}
END_TEST

START_TEST(the_device_tells_of_registrations_when_nobody_else_does)
{
    open_stage(ADAPTER);
    ck_assert_int_eq(set_up(&(struct setting){.profile = "scene"}), ST_OK);
    ck_assert(cast.servers[0].actor->ops->tells(cast.servers[0].actor, ACTOR_REGISTERED));
    ck_assert(!cast.servers[0].actor->ops->tells(cast.servers[0].actor, ACTOR_NOTIFIED));
    const struct heard *registered = hears(ACTOR_REGISTERED);
    ck_assert_str_eq(registered->endpoint, "scene");
    ck_assert_str_eq(registered->lifetime, "300");
    ck_assert_ptr_nonnull(strstr(registered->links, "</16/1>"));
    scene_do(cast.device, STIMULUS_UPDATE, path_root());
    ck_assert(!hears(ACTOR_UPDATED)->has_list);
    close_stage();
}
END_TEST

START_TEST(one_server_that_stands_is_not_all_servers)
{
    const struct setting_server another = {.id = 7, .scheme = "coap"};
    open_stage(ADAPTER);
    ck_assert_int_eq(set_up(&(struct setting){.profile = "two"}), ST_UNSUPPORTED);
    says("has 2 servers, and there is one under test");
    ck_assert_int_eq(
        set_up(&(struct setting){.profile = "scene", .servers = &another, .server_count = 1}),
        ST_UNSUPPORTED);
    says("needs a bootstrap server");
    ck_assert_int_eq(set_up(&(struct setting){.profile = "psk"}), ST_UNSUPPORTED);
    says("profile \"psk\" has keys for its server, which \"coap://127.0.0.1:");
    enum status status = set_up(&(struct setting){.profile = "tcp"});
    ck_assert_msg(status == ST_UNSUPPORTED, "%s", error.text);
    says("profile \"tcp\" goes by TCP");
    close_stage();
}
END_TEST

START_TEST(an_adapter_that_fails_makes_the_server_unreachable)
{
    open_stage("exit 9");
    ck_assert_int_eq(set_up(&(struct setting){.profile = "scene"}), ST_UNREACHABLE);
    says("it ended with status 9");
    ck_assert_ptr_null(scene_find(&scene, ACTOR_REGISTERED));
    close_stage();
}
END_TEST

START_TEST(a_server_that_never_answers_is_tried_once)
{
    const struct setting setting = {.profile = "scene"};
    open_stage(ADAPTER);
    ck_assert_int_eq(set_up(&(struct setting){.profile = "scene", .has_link = true}), ST_OK);
    stage->ops->give_up(stage, "the link lost all");
    ck_assert_int_eq(set_up(&setting), ST_OK); /* it may have been the link */
    stage->ops->give_up(stage, "nobody listens there");
    stage->ops->strike(stage);
    ck_assert_int_eq(set_up(&setting), ST_UNREACHABLE);
    ck_assert_str_eq(error.text, "nobody listens there");
    ck_assert_int_eq(set_up(&(struct setting){.profile = "two"}), ST_UNSUPPORTED);
    close_stage();
}
END_TEST

START_TEST(one_that_has_answered_is_tried_again)
{
    const struct setting setting = {.profile = "scene"};
    open_stage(ADAPTER);
    ck_assert_int_eq(set_up(&setting), ST_OK);
    hears(ACTOR_REGISTERED);
    stage->ops->strike(stage);
    ck_assert_int_eq(set_up(&setting), ST_OK);
    stage->ops->give_up(stage, "it was restarted at that moment");
    stage->ops->strike(stage);
    ck_assert_int_eq(set_up(&setting), ST_OK);
    close_stage();
}
END_TEST

START_TEST(profiles_go_with_the_address_or_not)
{
    open_stage(ADAPTER);
    ck_assert_int_eq(foreign_stage_fits(stage, &(struct setting){.profile = "scene"}, &error),
                     ST_OK);
    ck_assert_int_eq(foreign_stage_fits(stage, &(struct setting){.profile = "psk"}, &error),
                     ST_UNSUPPORTED);
    says("profile \"psk\" has keys for its server, which \"coap://127.0.0.1:");
    close_stage();
}
END_TEST

START_TEST(shows_the_messages_of_the_device)
{
    struct buf text;
    open_stage(ADAPTER);
    ck_assert_int_eq(set_up(&(struct setting){.profile = "scene"}), ST_OK);
    scene_await_alive(&scene, cast.device);
    buf_init(&text, 4096);
    stage->ops->messages(stage, &text);
    ck_assert_ptr_nonnull(strstr(buf_text(&text), "device -> server  CON"));
    ck_assert_ptr_nonnull(strstr(buf_text(&text), "server -> device  ACK"));
    buf_release(&text);
    ck_assert_int_ge(stage->ops->now(stage), 0);
    close_stage();
}
END_TEST

UNIT_MAIN("foreign_stage", a_server_that_never_answers_is_tried_once,
          one_that_has_answered_is_tried_again, profiles_go_with_the_address_or_not,
          our_device_registers_there_and_says_goodbye, the_path_there_can_be_impaired,
          the_device_tells_of_registrations_when_nobody_else_does,
          one_server_that_stands_is_not_all_servers,
          an_adapter_that_fails_makes_the_server_unreachable, shows_the_messages_of_the_device)
