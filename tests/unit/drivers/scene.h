/* SPDX-License-Identifier: Apache-2.0 */
/* What every test of the drivers stands on: a world on loopback, in real time unless a test chooses
 * another clock, a profile with published test keys, and an ear for what the actors report. */
#ifndef TESTS_UNIT_DRIVERS_SCENE_H
#define TESTS_UNIT_DRIVERS_SCENE_H

#include "drivers/sim.h"
#include "tests/unit/unit.h"

/* Authentication with the key of RFC 4493, encryption with that of RFC 3610; /16/1 has no services,
 * so that it is not what $pf means. */
#define SCENE_PROFILE(MORE)                                                                        \
    "{ \"endpoint\": \"scene\", \"lifetime\": 300,"                                                \
    "  \"servers\": [ { \"ssid\": 1, \"uri\": \"coap://127.0.0.1:9\","                             \
    "                   \"security\": { \"mode\": \"none\" } } ],"                                 \
    "  \"objects\": { \"3\": { \"0\": { \"0\": \"Acme\", \"22\": { \"0\": \"16:1\" } } },"         \
    "    \"16\": { \"0\": { \"0\": { \"7\": \"none\" } },"                                         \
    "              \"1\": { \"0\": { \"0\": \"HOST4711\", \"1\": \"Acme\", \"2\": \"Roadster\","   \
    "                               \"3\": \"1.4.2\" } } } },"                                     \
    "  \"secure_component\": { \"latency\": \"0ms\", \"limit\": \"5s\", \"instances\": {"          \
    "    \"16/1\": { \"gsma\": true,"                                                              \
    "      \"authentication\": { \"hashes\": \"from-identity\", \"keys\": {"                       \
    "        \"4\": \"hex:2b7e151628aed2a6abf7158809cf4f3c\","                                     \
    "        \"5\": \"hex:000102030405060708090a0b0c0d0e0f\" } },"                                 \
    "      \"encryption\": { \"keys\": {"                                                          \
    "        \"0\": \"hex:c0c1c2c3c4c5c6c7c8c9cacbcccdcecf\" } } } } }" MORE "}"

/* AES-128-CMAC (openssl mac) of SHA-256("1.4.2") and 02345178 with key 4, and of
 * SHA-256("HOST4711") and the same with key 5; the nonce 000102…0b, and AES-128-CCM
 * (python3-cryptography) of "1.4.2" and the same with the encryption key. */
#define SIGNATURE_1_4_2    "c67a589016575846234a53ce0ef36cb0"
#define SIGNATURE_HOST4711 "8026be2b9b9f81155f7bc79e22b04565"
#define CIPHERTEXT_1_4_2                                                                           \
    "000102030405060708090a0ba8759dfac2698355b4e3992c747d45221549f46f656284405b"

struct heard {
    enum actor_event_kind kind;
    char endpoint[32];
    struct path path;
    uint8_t method;
    bool has_list;
    char links[200];
    char lifetime[24];
    uint8_t code;
    bool never_given;
};

struct scene {
    struct clock *clock; /* (owned) */
    struct loop *loop;   /* (owned) */
    struct chance chance;
    struct trace trace;
    struct sim_world world;
    int stop;
    struct profile *profile;     /* (owned) */
    struct verifiers *verifiers; /* (owned) holds the profile's keys */
    struct heard heard[64];
    size_t heard_count;
};

static inline struct profile *scene_parse(const char *text)
{
    struct error_list errors;
    error_list_init(&errors);
    struct profile *profile = profile_parse(bytes_of(text), "scene.json", ".", &errors);
    ck_assert_msg(profile != NULL, "%u: %s", errors.count > 0 ? errors.items[0].line : 0,
                  errors.count > 0 ? errors.items[0].text : "");
    error_list_release(&errors);
    return profile;
}

/* Takes CLOCK over. */
static inline void scene_open_at(struct scene *scene, struct clock *clock)
{
    *scene = (struct scene){.clock = clock};
    scene->loop = loop_new(scene->clock);
    chance_init_seed(&scene->chance, 4711);
    trace_init(&scene->trace, scene->clock);
    scene->world = (struct sim_world){.loop = scene->loop,
                                      .chance = &scene->chance,
                                      .trace = &scene->trace,
                                      .stop = &scene->stop};
    scene->profile = scene_parse(SCENE_PROFILE(""));
    scene->verifiers = verifiers_new(&scene->chance);
    ck_assert_int_eq(verifiers_add(scene->verifiers, "scene", &scene->profile->provision, NULL),
                     ST_OK);
}

static inline void scene_open(struct scene *scene)
{
    scene_open_at(scene, clock_new_real());
}

/* The same with the profile of FILE. */
static inline void scene_open_with(struct scene *scene, const char *file)
{
    struct error_list errors;
    error_list_init(&errors);
    scene_open(scene);
    profile_free(scene->profile);
    scene->profile = profile_load(file, &errors);
    ck_assert_ptr_nonnull(scene->profile);
    error_list_release(&errors);
}

static inline void scene_close(struct scene *scene)
{
    verifiers_free(scene->verifiers);
    profile_free(scene->profile);
    loop_free(scene->loop);
    clock_free(scene->clock);
}

static inline void scene_hear(void *arg, const struct actor_event *event)
{
    struct scene *scene = arg;
    ck_assert_uint_lt(scene->heard_count, COUNT_OF(scene->heard));
    struct heard *heard = &scene->heard[scene->heard_count++];
    *heard = (struct heard){.kind = event->kind,
                            .path = event->path,
                            .method = event->method,
                            .has_list = event->has_list,
                            .never_given = event->never_given,
                            .code = event->outcome == NULL ? 0 : event->outcome->code};
    snprintf(heard->endpoint, sizeof heard->endpoint, "%s", event->endpoint);
    snprintf(heard->links, sizeof heard->links, "%s", event->links == NULL ? "-" : event->links);
    snprintf(heard->lifetime, sizeof heard->lifetime, "%s",
             event->lifetime == NULL ? "-" : event->lifetime);
}

static inline struct actor_listener scene_listener(struct scene *scene)
{
    return (struct actor_listener){scene_hear, scene};
}

static inline const struct heard *scene_find(const struct scene *scene, enum actor_event_kind kind)
{
    for (size_t i = 0; i < scene->heard_count; i++)
        if (scene->heard[i].kind == kind)
            return &scene->heard[i];
    return NULL;
}

/* Lets the world move until KIND is heard; fails when it is not in five seconds. */
static inline const struct heard *scene_await(struct scene *scene, enum actor_event_kind kind)
{
    int64_t give_up_at = clock_now(scene->clock) + 5000;
    while (scene_find(scene, kind) == NULL && clock_now(scene->clock) < give_up_at)
        loop_turn(scene->loop, 100);
    const struct heard *found = scene_find(scene, kind);
    ck_assert_msg(found != NULL, "event %d did not come", (int)kind);
    return found;
}

static inline struct server_actor *scene_server(struct scene *scene, int64_t patience_ms)
{
    const char *listen = "coap://127.0.0.1:0";
    struct sim_server_config config = {
        .world = scene->world,
        .listen = &listen,
        .listen_count = 1,
        .catalogue = scene->profile->catalogue,
        .verifiers = scene->verifiers,
        .patience_ms = patience_ms,
    };
    struct error error;
    error_clear(&error);
    struct server_actor *server = sim_server_new(&config, &error);
    ck_assert_msg(server != NULL, "%s", error.text);
    server->listener = scene_listener(scene);
    return server;
}

static inline struct device_actor *scene_device(struct scene *scene, const char *uri)
{
    struct sim_device_config config = {
        .world = scene->world, .profile = scene->profile, .uri = uri};
    struct error error;
    error_clear(&error);
    struct device_actor *device = sim_device_new(&config, &error);
    ck_assert_msg(device != NULL, "%s", error.text);
    device->listener = scene_listener(scene);
    return device;
}

/* Lets the world move until the device itself knows that it is registered. */
static inline void scene_await_alive(struct scene *scene, const struct device_actor *device)
{
    int64_t give_up_at = clock_now(scene->clock) + 5000;
    while (sim_device_registration(device) != REGISTRATION_ALIVE &&
           clock_now(scene->clock) < give_up_at)
        loop_turn(scene->loop, 100);
    ck_assert_int_eq(sim_device_registration(device), REGISTRATION_ALIVE);
}

/* The answer to a stimulus; borrowed until the next call. */
static inline const char *scene_stimulate(struct device_actor *device,
                                          const struct stimulus *stimulus)
{
    static char text[2048];
    struct buf answer;
    struct error error;
    buf_init(&answer, sizeof text - 1);
    error_clear(&error);
    enum status status = device->ops->stimulate(device, stimulus, &answer, &error);
    snprintf(text, sizeof text, "%s%s",
             status == ST_OK ? "" : "error: ", status == ST_OK ? buf_text(&answer) : error.text);
    buf_release(&answer);
    return text;
}

static inline const char *scene_do(struct device_actor *device, enum stimulus_kind kind,
                                   struct path path)
{
    struct stimulus stimulus = {.kind = kind, .path = path};
    return scene_stimulate(device, &stimulus);
}

/* Performs OPERATION, which is released; OUT is initialised here. */
static inline enum status scene_perform(struct server_actor *server, struct operation *operation,
                                        struct outcome *out)
{
    struct error error;
    error_clear(&error);
    outcome_init(out);
    enum status status = server->ops->perform(server, NULL, operation, out, &error);
    ck_assert_int_eq(status != ST_OK, error.text[0] != '\0');
    operation_release(operation);
    return status;
}

static inline enum status scene_ask(struct server_actor *server, enum operation_kind kind,
                                    struct path path, struct outcome *out)
{
    struct operation operation;
    operation_init(&operation, kind);
    operation.path = path;
    return scene_perform(server, &operation, out);
}

#endif
