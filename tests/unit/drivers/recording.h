/* SPDX-License-Identifier: Apache-2.0 */
/* A recorder on a device and a server in virtual time, with the profile of the scene. */
#ifndef TESTS_UNIT_DRIVERS_RECORDING_H
#define TESTS_UNIT_DRIVERS_RECORDING_H

#include "drivers/recorder.h"
#include "tests/unit/drivers/scene.h"

struct recording {
    struct scene scene;
    struct server_actor *server; /* (owned) */
    struct device_actor *device; /* (owned) */
    struct recorder *recorder;   /* (owned) */
    char text[1 << 18];          /* what was recorded, as recording_text has it */
};

static inline void recording_pass(struct recording *recording, int64_t ms)
{
    struct scene *scene = &recording->scene;
    int64_t until = clock_now(scene->clock) + ms;
    while (clock_now(scene->clock) < until)
        loop_turn(scene->loop, until - clock_now(scene->clock));
}

static inline void recording_open(struct recording *recording)
{
    memset(recording, 0, sizeof *recording);
    scene_open_at(&recording->scene, clock_new_virtual(1000000));
    recording->server = scene_server(&recording->scene, 1000);
    const struct recorder_config config = {.profile = recording->scene.profile,
                                           .name = "scene",
                                           .clock = recording->scene.clock,
                                           .trace = &recording->scene.trace};
    recording->recorder = recorder_new(&config);
    struct sim_device_config device = {.world = recording->scene.world,
                                       .recorder = recording->recorder,
                                       .profile = recording->scene.profile,
                                       .uri = sim_server_uri(recording->server)};
    struct error error;
    error_clear(&error);
    recording->device = sim_device_new(&device, &error);
    ck_assert_msg(recording->device != NULL, "%s", error.text);
    recording->device->listener = scene_listener(&recording->scene);
    scene_do(recording->device, STIMULUS_REGISTER, path_root());
    scene_await(&recording->scene, ACTOR_REGISTERED);
    recording_pass(recording, 10);
}

static inline void recording_close(struct recording *recording)
{
    recording->device->ops->free(recording->device);
    recording->server->ops->free(recording->server);
    recorder_free(recording->recorder);
    scene_close(&recording->scene);
}

/* What the server does; gives the code of the answer. TEXT: arguments or attributes, or NULL. */
static inline uint8_t recording_ask(struct recording *recording, enum operation_kind kind,
                                    const char *path, const char *text)
{
    struct operation operation;
    struct outcome outcome;
    operation_init(&operation, kind);
    ck_assert(path_parse(bytes_of(path), &operation.path));
    operation.text = xstrdup(text);
    enum status status = scene_perform(recording->server, &operation, &outcome);
    ck_assert_int_eq(status, ST_OK);
    uint8_t code = outcome.code;
    outcome_release(&outcome);
    return code;
}

/* The same for a request as dictated. */
static inline uint8_t recording_raw(struct recording *recording, uint8_t method, const char *uri,
                                    int format, struct bytes payload)
{
    struct operation operation;
    struct outcome outcome;
    operation_init(&operation, OPERATION_RAW);
    operation.method = method;
    operation.uri = xstrdup(uri);
    operation.format = format;
    buf_put(&operation.payload, payload);
    ck_assert_int_eq(scene_perform(recording->server, &operation, &outcome), ST_OK);
    uint8_t code = outcome.code;
    outcome_release(&outcome);
    return code;
}

static inline const char *recording_text(struct recording *recording)
{
    struct buf text;
    buf_init(&text, sizeof recording->text - 1);
    recorder_put(recording->recorder, &text);
    ck_assert(!text.bad);
    snprintf(recording->text, sizeof recording->text, "%s", buf_text(&text));
    buf_release(&text);
    return recording->text;
}

/* Whether LINE is one of what was recorded. */
static inline void recording_has(struct recording *recording, const char *line)
{
    char wanted[1024];
    snprintf(wanted, sizeof wanted, "\n%s\n", line);
    const char *text = recording_text(recording);
    ck_assert_msg(strstr(text, wanted) != NULL, "no \"%s\" in: %s", line, text);
}

static inline void recording_lacks(struct recording *recording, const char *part)
{
    const char *text = recording_text(recording);
    ck_assert_msg(strstr(text, part) == NULL, "\"%s\" in: %s", part, text);
}

#endif
