/* SPDX-License-Identifier: Apache-2.0 */
/* The house: what it has of a setting, when it looks a profile up again, and what it hears. */
#include "base/std.h"

#include "drivers/house.h"
#include "secure/secure.h"
#include "tests/unit/drivers/scene.h"

static struct scene scene;
static struct house house;
static unsigned loads;

static struct profile *load(void *arg, const char *name, uint8_t out_sha256[32],
                            struct error_list *errors)
{
    UNUSED(arg);
    loads++;
    memset(out_sha256, 7, 32);
    return profile_parse(bytes_of(strcmp(name, "scene") == 0 ? SCENE_PROFILE("") : "{"), name, ".",
                         errors);
}

static void open_house(const char *side)
{
    scene_open(&scene);
    loads = 0;
    house_init(&house, &(struct house_config){.world = scene.world, .load = load, .side = side});
}

static void close_house(void)
{
    house_release(&house);
    scene_close(&scene);
}

static enum status settle(const char *name, struct error *error)
{
    const struct setting setting = {.profile = name};
    error_clear(error);
    return house_settle(&house, &setting, error);
}

static void say(const char *side, enum event_kind kind, const char *peer, const char *text)
{
    struct event event = event_of(kind, side);
    event.code = "GET";
    event.path = "/16";
    event.peer = peer;
    event.text = text;
    trace_emit(&scene.trace, &event);
}

START_TEST(loads_a_profile_once)
{
    struct error error;
    open_house(NULL);
    ck_assert_int_eq(settle("scene", &error), ST_OK);
    ck_assert_int_eq(settle("scene", &error), ST_OK);
    ck_assert_uint_eq(loads, 1);
    ck_assert(house_has(&house, &(struct setting){.profile = "scene"}));
    ck_assert(!house_has(&house, &(struct setting){.profile = "other"}));
    ck_assert(!house_has(&house, &(struct setting){.profile = "scene", .security = "x.security"}));
    ck_assert_uint_eq(house.claims.profile_sha256[0], 7);
    close_house();
}
END_TEST

START_TEST(says_the_first_error_of_a_profile_and_keeps_nothing)
{
    struct error error;
    open_house(NULL);
    ck_assert_int_eq(settle("scene", &error), ST_OK);
    ck_assert_int_eq(settle("broken", &error), ST_INVALID);
    ck_assert_str_ne(error.text, "");
    ck_assert(!house_has(&house, &(struct setting){.profile = "scene"}));
    ck_assert_ptr_null(house.profile);
    close_house();
}
END_TEST

/* Whether the signature of "1.4.2" fits. */
static enum secure_result verify(void)
{
    static const uint8_t challenge[] = {2, 0x34, 0x51, 0x78};
    static const uint8_t signature[] = {0xc6, 0x7a, 0x58, 0x90, 0x16, 0x57, 0x58, 0x46,
                                        0x23, 0x4a, 0x53, 0xce, 0x0e, 0xf3, 0x6c, 0xb0};
    const struct secure_request request = {.service = SERVICE_AUTHENTICATION,
                                           .instance = 1,
                                           .identity = 3,
                                           .key_index = 4,
                                           .challenge = {challenge, sizeof challenge}};
    return secure_verify(verifiers_find(house.verifiers, "scene")->secure, &request,
                         (struct bytes){signature, sizeof signature});
}

START_TEST(verifies_afresh_for_each_scenario)
{
    struct error error;
    open_house(NULL);
    ck_assert_int_eq(settle("scene", &error), ST_OK);
    ck_assert_int_eq(verify(), SECURE_OK);
    struct secure *secure = verifiers_find(house.verifiers, "scene")->secure;
    ck_assert_int_eq(secure_provision(secure, 1, 3, bytes_of("2.0")), SECURE_OK);
    ck_assert_int_eq(verify(), SECURE_REJECTED);
    ck_assert_int_eq(settle("scene", &error), ST_OK);
    ck_assert_int_eq(verify(), SECURE_OK);
    close_house();
}
END_TEST

START_TEST(keeps_the_last_messages_of_one_side)
{
    struct buf text;
    struct error error;
    open_house("device");
    ck_assert_int_eq(settle("scene", &error), ST_OK);
    house_open(&house, scene_listener(&scene));
    say("server", EVENT_REQUEST, NULL, NULL);
    for (size_t i = 0; i < HOUSE_MESSAGES_MOST + 3; i++)
        say("device", EVENT_REQUEST, NULL, NULL);
    buf_init(&text, 4096);
    house_messages(&house, &text);
    size_t lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.data[i] == '\n' ? 1 : 0;
    ck_assert_uint_eq(lines, HOUSE_MESSAGES_MOST);
    ck_assert_ptr_null(strstr(buf_text(&text), "server ->"));
    house_open(&house, scene_listener(&scene));
    buf_clear(&text);
    house_messages(&house, &text);
    ck_assert_uint_eq(text.len, 0);
    buf_release(&text);
    close_house();
}
END_TEST

START_TEST(tells_what_fails_while_somebody_stands_on_the_stage)
{
    struct error error;
    open_house(NULL);
    ck_assert_int_eq(settle("scene", &error), ST_OK);
    say("device", EVENT_ERROR, NULL, "nobody hears this");
    house_open(&house, scene_listener(&scene));
    house_place(&house, 4, "127.0.0.1:5683");
    say("device", EVENT_SECURED, "127.0.0.1:5683", NULL);
    say("server", EVENT_WARNING, NULL, "unusual");
    ck_assert_uint_eq(scene.heard_count, 2);
    ck_assert_int_eq(scene.heard[0].kind, ACTOR_SECURED);
    ck_assert_int_eq(scene.heard[1].kind, ACTOR_FAILED);
    house_close(&house);
    say("device", EVENT_ERROR, NULL, "nor this");
    ck_assert_uint_eq(scene.heard_count, 2);
    close_house();
}
END_TEST

static void reset(const char *side, const char *token)
{
    struct event event = event_of(EVENT_RESET, side);
    event.token = bytes_of(token);
    trace_emit(&scene.trace, &event);
}

START_TEST(tells_of_what_the_server_does_not_wait_for)
{
    struct error error;
    open_house(NULL);
    ck_assert_int_eq(settle("scene", &error), ST_OK);
    house_open(&house, scene_listener(&scene));
    reset("device", "d");
    ck_assert_uint_eq(scene.heard_count, 0);
    reset("server", "a");
    reset("server", "b");
    ck_assert_uint_eq(scene.heard_count, 2);
    ck_assert_int_eq(scene.heard[0].kind, ACTOR_STRAY);
    /* The Reset for the first one may still be under way. */
    reset("server", "a");
    ck_assert_uint_eq(scene.heard_count, 2);
    house.strays[0].first_at -= 1000;
    reset("server", "a");
    reset("server", "b");
    ck_assert_uint_eq(scene.heard_count, 3);
    close_house();
}
END_TEST

static bool heard_never_given(const char *token)
{
    bool is_unknown = false;
    size_t before = scene.heard_count;
    reset("server", token);
    for (size_t i = before; i < scene.heard_count; i++)
        is_unknown = scene.heard[i].never_given;
    return is_unknown;
}

START_TEST(knows_which_tokens_the_server_gave)
{
    struct error error;
    struct event request = event_of(EVENT_REQUEST, "server");
    open_house(NULL);
    ck_assert_int_eq(settle("scene", &error), ST_OK);
    house_open(&house, scene_listener(&scene));
    ck_assert(!heard_never_given("x")); /* it gave none: nobody knows of any */
    request.token = bytes_of("a");
    trace_emit(&scene.trace, &request);
    ck_assert(!heard_never_given("a"));
    ck_assert_str_eq(house_instead(&house), "");
    ck_assert(heard_never_given("b"));
    ck_assert_ptr_nonnull(strstr(house_instead(&house), "a token that the server never gave"));
    for (size_t i = 0; i < MISFITS_GIVEN_MOST; i++)
        trace_emit(&scene.trace, &request);
    ck_assert(!heard_never_given("c")); /* more than can be kept */
    close_house();
}
END_TEST

START_TEST(tells_of_keys_that_come_out_and_does_not_show_them)
{
    static const char key[] = "000102030405060708090a0b0c0d0e0f";
    struct error error;
    struct buf text;
    buf_init(&text, 4096);
    open_house("device");
    ck_assert_int_eq(settle("scene", &error), ST_OK);
    house_open(&house, scene_listener(&scene));
    say("device", EVENT_INFO, NULL, "nothing secret");
    ck_assert_uint_eq(scene.heard_count, 0);
    say("device", EVENT_INFO, NULL, key);
    ck_assert_uint_eq(scene.heard_count, 1);
    ck_assert_int_eq(scene.heard[0].kind, ACTOR_LEAKED);
    struct event event = event_of(EVENT_RESPONSE, "device");
    event.code = "2.05";
    event.payload = bytes_of(key);
    trace_emit(&scene.trace, &event);
    ck_assert_uint_eq(scene.heard_count, 2);
    house_messages(&house, &text);
    ck_assert_ptr_nonnull(strstr(buf_text(&text), "2.05"));
    ck_assert_ptr_null(strstr(buf_text(&text), key));
    event.secret = true; /* object 0 is written so, by right */
    trace_emit(&scene.trace, &event);
    ck_assert_uint_eq(scene.heard_count, 2);
    buf_release(&text);
    close_house();
}
END_TEST

UNIT_MAIN("house", loads_a_profile_once, says_the_first_error_of_a_profile_and_keeps_nothing,
          verifies_afresh_for_each_scenario, keeps_the_last_messages_of_one_side,
          tells_what_fails_while_somebody_stands_on_the_stage,
          tells_of_what_the_server_does_not_wait_for, knows_which_tokens_the_server_gave,
          tells_of_keys_that_come_out_and_does_not_show_them)
