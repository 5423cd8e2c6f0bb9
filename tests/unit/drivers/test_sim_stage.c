/* SPDX-License-Identifier: Apache-2.0 */
/* The stage: what it claims of a profile, the cast that it sets up, and what it remembers. */
#include "base/std.h"

#include "drivers/stages.h"
#include "net/message.h"
#include "tests/unit/drivers/scene.h"

static struct scene scene;
static struct stage *stage;
static unsigned loads;

static const struct {
    const char *name;
    const char *text;
} profiles[] = {
    {"scene", SCENE_PROFILE("")},
    {"other", SCENE_PROFILE(", \"lenient_arguments\": true, \"strict_create\": true,"
                            "\"extra_arguments\": \"4='x'\"")},
    {"plain", "{ \"endpoint\": \"plain\", \"objects\": { \"3\": { \"0\": {} },"
              "\"16\": { \"2\": { \"0\": { \"0\": \"x\" } } } } }"},
    {"psk", "{ \"endpoint\": \"psk\", \"handshake\": \"300ms\", \"servers\": [ { \"ssid\": 1,"
            "\"uri\": \"coaps://127.0.0.1:9\", \"security\": { \"mode\": \"psk\","
            "\"identity\": \"dev\", \"key\": \"hex:000102030405060708090a0b0c0d0e0f\" } } ],"
            "\"objects\": { \"3\": { \"0\": {} } } }"},
    {"x509", "{ \"endpoint\": \"x509\", \"servers\": [ { \"ssid\": 1,"
             "\"uri\": \"coaps://server.example.com:9\", \"connect\": \"127.0.0.1\","
             "\"security\": { \"mode\": \"x509\", \"key\": \"file:profiles/keys/client.key\","
             "\"certificate\": \"file:profiles/keys/client.pem\","
             "\"trust\": \"file:profiles/keys/ca.pem\" } } ],"
             "\"objects\": { \"3\": { \"0\": {} } } }"},
    {"bare", "{ \"endpoint\": \"bare\", \"objects\": { \"3\": { \"0\": {} } } }"},
};

static struct profile *load(void *arg, const char *name, uint8_t out_sha256[32],
                            struct error_list *errors)
{
    UNUSED(arg);
    loads++;
    for (size_t i = 0; i < COUNT_OF(profiles); i++) {
        if (strcmp(profiles[i].name, name) != 0)
            continue;
        memset(out_sha256, (int)i + 1, 32);
        return profile_parse(bytes_of(profiles[i].text), name, ".", errors);
    }
    struct error error;
    error_clear(&error);
    error_set(&error, "no profile is called \"%s\"", name);
    error_list_add(errors, &error);
    return NULL;
}

static struct server_security *load_security(void *arg, const struct setting *setting,
                                             struct error_list *errors)
{
    UNUSED(arg);
    return setting->security == NULL ? NULL : server_security_load(setting->security, errors);
}

static void open_stage_at(struct clock *clock)
{
    scene_open_at(&scene, clock);
    loads = 0;
    struct house_config config = {
        .world = scene.world, .load = load, .load_security = load_security};
    stage = sim_stage_new(&config);
}

static void open_stage(void)
{
    open_stage_at(clock_new_real());
}

static void close_stage(void)
{
    stage->ops->free(stage);
    scene_close(&scene);
}

static struct claims look_up(const char *name)
{
    const struct claims *claims = NULL;
    const struct oracle *oracle = NULL;
    struct error_list errors;
    error_list_init(&errors);
    struct setting setting = {.profile = name};
    enum status status = stage->ops->look_up(stage, &setting, &claims, &oracle, &errors);
    ck_assert_msg(status == ST_OK, "%s", errors.count > 0 ? errors.items[0].text : "");
    ck_assert_ptr_nonnull(oracle);
    error_list_release(&errors);
    return *claims;
}

static bool needs(const struct claims *claims, const char *word)
{
    for (size_t i = 0; claims->needs[i] != NULL; i++)
        if (strcmp(claims->needs[i], word) == 0)
            return true;
    return false;
}

static struct cast set_up(const char *name)
{
    struct cast cast = {0};
    struct error error;
    error_clear(&error);
    scene.heard_count = 0;
    struct setting setting = {.profile = name};
    enum status status = stage->ops->set_up(stage, &setting, scene_listener(&scene), &cast, &error);
    ck_assert_msg(status == ST_OK, "%s", error.text);
    scene_await(&scene, ACTOR_REGISTERED);
    return cast;
}

/* Whether the signature that the device gives for identity 3, key 4 and challenge 7 fits. */
static enum judgement sign_and_judge(const struct cast *cast)
{
    const struct claims *claims = NULL;
    const struct oracle *oracle = NULL;
    struct operation operation;
    struct outcome outcome;
    struct error problem;
    operation_init(&operation, OPERATION_EXECUTE);
    operation.path = path_resource(16, 1, 1);
    operation.text = xstrdup("0=SRV_AUTHENT,1=3,2=7,3=4");
    ck_assert_int_eq(scene_perform(cast->servers[0].actor, &operation, &outcome), ST_OK);
    ck_assert_uint_eq(outcome.code, CODE_CHANGED);
    outcome_release(&outcome);
    stage->ops->turn(stage, 50);
    ck_assert_int_eq(
        scene_ask(cast->servers[0].actor, OPERATION_READ, path_resource(16, 1, 2), &outcome),
        ST_OK);
    ck_assert_uint_eq(outcome.values.count, 1);
    struct setting setting = {.profile = "scene"};
    ck_assert_int_eq(stage->ops->look_up(stage, &setting, &claims, &oracle, NULL), ST_OK);
    struct oracle_claim claim = {
        .instance = 1, .identity = 3, .key_index = 4, .challenge = bytes_of("7")};
    enum judgement judgement = oracle->ops->judge(
        oracle, &claim, value_bytes(&outcome.values.items[0].value), NULL, &problem);
    outcome_release(&outcome);
    return judgement;
}

/* --- claims ------------------------------------------------------------------------------------
 */

START_TEST(claims_the_first_instance_that_has_services)
{
    open_stage();
    struct claims claims = look_up("scene");
    ck_assert_str_eq(claims.profile, "scene");
    ck_assert_str_eq(claims.endpoint, "scene");
    ck_assert(claims.has_portfolio);
    ck_assert(path_equal(claims.portfolio, path_instance(16, 1)));
    ck_assert(claims.authentication && claims.encryption && claims.gsma);
    ck_assert_uint_eq(claims.key, 4);
    ck_assert_uint_eq(claims.profile_sha256[31], 1);
    ck_assert_ptr_null(claims.extra_arguments);
    ck_assert(needs(&claims, "resource-instances") && needs(&claims, "two-instances"));
    ck_assert(needs(&claims, "strict-arguments") && !needs(&claims, "lenient-arguments"));
    ck_assert(!needs(&claims, "strict-create") && !needs(&claims, "read-only"));
    close_stage();
}
END_TEST

START_TEST(claims_what_the_profile_chooses)
{
    open_stage();
    struct claims claims = look_up("other");
    ck_assert_str_eq(claims.extra_arguments, "4='x'");
    ck_assert(needs(&claims, "lenient-arguments") && needs(&claims, "strict-create"));
    ck_assert(!needs(&claims, "strict-arguments"));
    close_stage();
}
END_TEST

START_TEST(claims_an_instance_without_services)
{
    open_stage();
    struct claims claims = look_up("plain");
    ck_assert(claims.has_portfolio);
    ck_assert(path_equal(claims.portfolio, path_instance(16, 2)));
    ck_assert(!claims.authentication && !claims.encryption && !claims.gsma);
    ck_assert_uint_eq(claims.key, 0);
    ck_assert(!needs(&claims, "two-instances"));
    claims = look_up("bare");
    ck_assert(!claims.has_portfolio);
    close_stage();
}
END_TEST

START_TEST(loads_a_profile_once)
{
    open_stage();
    look_up("scene");
    look_up("scene");
    ck_assert_uint_eq(loads, 1);
    look_up("other");
    look_up("scene");
    ck_assert_uint_eq(loads, 3);
    close_stage();
}
END_TEST

START_TEST(hands_the_errors_of_a_profile_on)
{
    open_stage();
    const struct claims *claims = NULL;
    const struct oracle *oracle = NULL;
    struct cast cast = {0};
    struct error_list errors;
    struct error error;
    struct setting setting = {.profile = "nobody"};
    error_list_init(&errors);
    error_clear(&error);
    ck_assert_int_eq(stage->ops->look_up(stage, &setting, &claims, &oracle, &errors), ST_INVALID);
    ck_assert_uint_eq(errors.count, 1);
    ck_assert_int_eq(stage->ops->set_up(stage, &setting, scene_listener(&scene), &cast, &error),
                     ST_INVALID);
    ck_assert_str_eq(error.text, "no profile is called \"nobody\"");
    ck_assert_uint_eq(cast.server_count, 0);
    error_list_release(&errors);
    close_stage();
}
END_TEST

/* --- the cast ----------------------------------------------------------------------------------
 */

START_TEST(sets_up_a_device_that_registers_and_can_be_read)
{
    open_stage();
    struct cast cast = set_up("scene");
    struct outcome outcome;
    ck_assert_int_eq(
        scene_ask(cast.servers[0].actor, OPERATION_READ, path_resource(3, 0, 0), &outcome), ST_OK);
    ck_assert_str_eq(buf_text(&outcome.payload), "Acme");
    outcome_release(&outcome);
    close_stage();
}
END_TEST

START_TEST(a_second_cast_is_another_device)
{
    open_stage();
    struct cast cast = set_up("scene");
    struct path path = {{16, 1, 0, 3}, 4};
    struct stimulus stimulus = {.kind = STIMULUS_SET, .path = path, .value = value_string("2.0")};
    scene_stimulate(cast.device, &stimulus);
    value_release(&stimulus.value);
    stage->ops->strike(stage);
    cast = set_up("scene");
    ck_assert_str_eq(scene_do(cast.device, STIMULUS_SHOW, path), "/16/1/0/3 \"1.4.2\"\n");
    ck_assert_uint_eq(loads, 1);
    close_stage();
}
END_TEST

START_TEST(judges_by_the_identity_that_was_provisioned_last)
{
    open_stage();
    struct cast cast = set_up("scene");
    struct path path = {{16, 1, 0, 3}, 4};
    struct stimulus stimulus = {.kind = STIMULUS_SET, .path = path, .value = value_string("2.0")};
    ck_assert_int_eq(sign_and_judge(&cast), JUDGEMENT_GENUINE);
    scene_stimulate(cast.device, &stimulus);
    value_release(&stimulus.value);
    ck_assert_int_eq(sign_and_judge(&cast), JUDGEMENT_GENUINE); /* PF-AUTH-2 */
    scene_do(cast.device, STIMULUS_COMPONENT_PROVISION, path);
    ck_assert_int_eq(sign_and_judge(&cast), JUDGEMENT_GENUINE);
    cast = set_up("scene");
    ck_assert_int_eq(sign_and_judge(&cast), JUDGEMENT_GENUINE);
    close_stage();
}
END_TEST

/* --- security ----------------------------------------------------------------------------------
 */

static void start_scene(const struct setting *setting)
{
    struct cast cast = {0};
    struct error error;
    error_clear(&error);
    scene.heard_count = 0;
    enum status status = stage->ops->set_up(stage, setting, scene_listener(&scene), &cast, &error);
    ck_assert_msg(status == ST_OK, "%s", error.text);
}

START_TEST(a_server_without_a_file_has_the_keys_of_the_profile)
{
    open_stage();
    struct setting setting = {.profile = "psk"};
    struct claims claims = look_up("psk");
    ck_assert(needs(&claims, "psk") && !needs(&claims, "x509"));
    start_scene(&setting);
    scene_await(&scene, ACTOR_SECURED);
    scene_await(&scene, ACTOR_REGISTERED);
    close_stage();
}
END_TEST

START_TEST(a_server_with_a_file_has_what_the_file_says)
{
    open_stage();
    struct setting setting = {.profile = "psk",
                              .security = "scenarios/security/psk-wrong-key.security"};
    start_scene(&setting);
    scene_await(&scene, ACTOR_FAILED);
    setting.profile = "x509";
    setting.security = "profiles/keys/server.security";
    start_scene(&setting);
    scene_await(&scene, ACTOR_REGISTERED);
    setting.security = "scenarios/security/x509-expired.security";
    start_scene(&setting);
    scene_await(&scene, ACTOR_FAILED);
    close_stage();
}
END_TEST

START_TEST(a_server_without_its_half_of_certificates_is_an_error)
{
    open_stage();
    const struct claims *claims = NULL;
    const struct oracle *oracle = NULL;
    struct setting setting = {.profile = "x509"};
    struct error_list errors;
    error_list_init(&errors);
    ck_assert_int_eq(stage->ops->look_up(stage, &setting, &claims, &oracle, &errors), ST_INVALID);
    ck_assert_uint_eq(errors.errors, 1);
    ck_assert_str_eq(errors.items[errors.count - 1].text,
                     "profile \"x509\" has no pre-shared key, so it does not say what its server "
                     "has; write: security \"FILE\"");
    error_list_release(&errors);
    error_list_init(&errors);
    setting.security = "nowhere.security";
    ck_assert_int_eq(stage->ops->look_up(stage, &setting, &claims, &oracle, &errors), ST_INVALID);
    ck_assert_uint_eq(errors.errors, 1);
    error_list_release(&errors);
    close_stage();
}
END_TEST

START_TEST(time_and_turns_are_those_of_the_loop)
{
    open_stage();
    int64_t before = stage->ops->now(stage);
    stage->ops->turn(stage, 10);
    ck_assert_int_ge(stage->ops->now(stage) - before, 10);
    close_stage();
}
END_TEST

/* --- messages ----------------------------------------------------------------------------------
 */

static const char *messages(void)
{
    static char text[8192];
    struct buf lines;
    buf_init(&lines, sizeof text - 1);
    stage->ops->messages(stage, &lines);
    snprintf(text, sizeof text, "%s", buf_text(&lines));
    buf_release(&lines);
    return text;
}

static void emit(struct event *event, const char *payload, size_t len)
{
    event->payload = (struct bytes){(const uint8_t *)payload, len};
    trace_emit(&scene.trace, event);
}

START_TEST(remembers_messages_as_the_server_sees_them)
{
    open_stage();
    struct event event = event_of(EVENT_REQUEST, "server");
    event.incoming = true;
    event.type = "CON";
    event.message_id = 17;
    event.code = "POST";
    event.path = "/rd";
    event.query = "ep=x&lt=300";
    event.format = 40;
    emit(&event, "</3/0>", 6);
    event = event_of(EVENT_NOTIFICATION, "server");
    event.type = "NON";
    event.code = "2.05";
    event.observe = 3;
    emit(&event, "\x01\x02", 2);
    event.side = "device";
    emit(&event, "not shown", 9);
    const char *lines = messages();
    ck_assert_ptr_nonnull(
        strstr(lines, " s  device -> server  CON [17] POST /rd?ep=x&lt=300 format=40  </3/0>\n"));
    ck_assert_ptr_nonnull(strstr(lines, " s  server -> device  NON 2.05 observe=3  hex:0102\n"));
    ck_assert_ptr_null(strstr(lines, "not shown"));
    close_stage();
}
END_TEST

START_TEST(remembers_the_last_messages_only_and_cuts_long_ones)
{
    open_stage();
    struct event event = event_of(EVENT_REQUEST, "server");
    char payload[200];
    memset(payload, 'a', sizeof payload);
    memcpy(payload + 95, "\xC3\xA9", 2); /* a character across the cut */
    event.code = "first";
    emit(&event, "", 0);
    event.code = "GET";
    for (int i = 0; i < 8; i++)
        emit(&event, payload, sizeof payload);
    const char *lines = messages();
    ck_assert_ptr_null(strstr(lines, "first"));
    ck_assert_ptr_nonnull(strstr(lines, "aaa... (200 octets)\n"));
    ck_assert_ptr_null(strstr(lines, "\xC3"));
    unsigned count = 0;
    for (const char *at = lines; (at = strchr(at, '\n')) != NULL; at++)
        count++;
    ck_assert_uint_eq(count, 8);
    close_stage();
}
END_TEST

START_TEST(a_new_cast_begins_without_messages)
{
    open_stage();
    struct event event = event_of(EVENT_REQUEST, "server");
    event.code = "former";
    emit(&event, "", 0);
    set_up("scene");
    ck_assert_ptr_null(strstr(messages(), "former"));
    ck_assert_ptr_nonnull(strstr(messages(), "POST /rd?"));
    close_stage();
}
END_TEST

static struct timer restless;

static void fire_again(void *arg)
{
    timer_start(&restless, loop_clock(scene.world.loop), 0, fire_again, arg);
}

START_TEST(time_that_stands_still_is_told_and_ends_every_wait)
{
    open_stage_at(clock_new_virtual(0));
    struct cast cast = set_up("scene");
    stage->ops->pace(stage, 60000);
    ck_assert_ptr_null(stage->ops->lost_pace(stage));
    fire_again(NULL);
    int64_t until = stage->ops->now(stage) + 5000;
    while (stage->ops->now(stage) < until)
        stage->ops->turn(stage, 1000);
    ck_assert_ptr_nonnull(strstr(stage->ops->lost_pace(stage), "virtual time stands still"));
    ck_assert_int_ne(sim_device_leave(cast.device, 1000), ST_REFUSED);
    timer_stop(&restless);
    stage->ops->pace(stage, 60000);
    ck_assert_ptr_null(stage->ops->lost_pace(stage));
    close_stage();
}
END_TEST

START_TEST(time_that_takes_too_long_is_told)
{
    open_stage_at(clock_new_virtual(0));
    set_up("scene");
    stage->ops->pace(stage, 1);
    fire_again(NULL);
    while (stage->ops->lost_pace(stage) == NULL)
        stage->ops->turn(stage, 1000);
    ck_assert_ptr_nonnull(strstr(stage->ops->lost_pace(stage), "by the machine's clock"));
    timer_stop(&restless);
    close_stage();
}
END_TEST

UNIT_MAIN("sim_stage", time_that_stands_still_is_told_and_ends_every_wait,
          time_that_takes_too_long_is_told, claims_the_first_instance_that_has_services,
          claims_what_the_profile_chooses, claims_an_instance_without_services,
          loads_a_profile_once, hands_the_errors_of_a_profile_on,
          sets_up_a_device_that_registers_and_can_be_read, a_second_cast_is_another_device,
          judges_by_the_identity_that_was_provisioned_last,
          a_server_without_a_file_has_the_keys_of_the_profile,
          a_server_with_a_file_has_what_the_file_says,
          a_server_without_its_half_of_certificates_is_an_error,
          time_and_turns_are_those_of_the_loop, remembers_messages_as_the_server_sees_them,
          remembers_the_last_messages_only_and_cuts_long_ones, a_new_cast_begins_without_messages)
