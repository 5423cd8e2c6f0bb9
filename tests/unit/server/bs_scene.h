/* SPDX-License-Identifier: Apache-2.0 */
/* A bootstrap server and a scripted client, both on the in-memory network. */
#ifndef TESTS_UNIT_SERVER_BS_SCENE_H
#define TESTS_UNIT_SERVER_BS_SCENE_H

#include "server/bsserver.h"
#include "tests/fake/fake_client.h"
#include "tests/unit/unit.h"

struct bs_scene {
    struct fake_client *client;
    struct bsserver *bsserver; /* (owned) */
    uint8_t codes[16];         /* what the client answers, in turn; 0: 2.04 */
    size_t asked;
    size_t silent_at; /* that request gets no answer, nor does a later one; 0: none */
    struct buf wire;  /* a line for each request that the client got: "PUT /0/1 11542 HEX" */
    struct buf told;  /* a line for each call of the server */
    bool ends;        /* on_request ends the session */
};

static inline void bs_heard(void *user, struct peer *peer, const struct message *request,
                            struct message *response)
{
    struct bs_scene *scene = user;
    char code[CODE_TEXT];
    UNUSED(peer);
    buf_printf(&scene->wire, "%s ", code_text(request->code, code));
    segments_join(&request->path, '/', &scene->wire);
    if (request->path.count == 0)
        buf_puts(&scene->wire, "/");
    if (request->format >= 0)
        buf_printf(&scene->wire, " %d ", request->format);
    buf_put_hex(&scene->wire, buf_bytes(&request->payload));
    buf_puts(&scene->wire, "\n");
    uint8_t answer = scene->codes[scene->asked++];
    if (scene->asked == scene->silent_at)
        fake_endpoint_silence(scene->client->device_end, true);
    response->code = answer == 0 ? CODE_CHANGED : answer;
    if (request->code == CODE_GET && answer == 0) {
        response->code = CODE_CONTENT;
        response->format = request->accept == FORMAT_LINK ? FORMAT_LINK : FORMAT_TEXT;
        response->observe = request->observe == 0 ? 1 : -1;
        buf_puts(&response->payload, request->accept == FORMAT_LINK ? "</>;lwm2m=1.1" : "60");
    }
}

static inline void bs_on_request(void *arg, const struct bs_session *session)
{
    struct bs_scene *scene = arg;
    buf_printf(&scene->told, "request %s %d\n", session->endpoint, session->format);
    if (scene->ends)
        ck_assert_int_eq(bsserver_end(scene->bsserver, session->endpoint), ST_OK);
}

static inline void bs_on_step(void *arg, const struct bs_session *session,
                              const struct operation *operation, enum status status,
                              const struct outcome *outcome)
{
    struct bs_scene *scene = arg;
    char path[PATH_TEXT], code[CODE_TEXT];
    UNUSED(session);
    buf_printf(&scene->told, "%s %s %s %s\n", operation_name(operation->kind),
               path_text(operation->path, path), code_text(outcome->code, code),
               status == ST_OK ? outcome->problem : status_text(status));
}

static inline void bs_on_end(void *arg, const struct bs_session *session, enum bs_end end)
{
    struct bs_scene *scene = arg;
    buf_printf(&scene->told, "end %s: %s\n", session->endpoint, bs_end_text(end));
}

/* SHARED: beside a server of registrations on the same endpoint. */
static inline void bs_scene_init(struct bs_scene *scene, const struct bootstrap_file *file,
                                 bool shared)
{
    *scene = (struct bs_scene){.client = fake_client_new()};
    buf_init(&scene->wire, 65536);
    buf_init(&scene->told, 65536);
    if (!shared) {
        server_free(scene->client->server);
        scene->client->server = NULL;
    }
    const struct bsserver_config config = {
        .clock = scene->client->clock,
        .endpoint = scene->client->server_end,
        .server = scene->client->server,
        .catalogue = catalogue_builtin(),
        .file = file,
        .on_request = bs_on_request,
        .on_step = bs_on_step,
        .on_end = bs_on_end,
        .arg = scene,
    };
    scene->bsserver = bsserver_new(&config);
    scene->client->device_end->user = scene;
    scene->client->device_end->on_request = bs_heard;
}

static inline void bs_scene_release(struct bs_scene *scene)
{
    bsserver_free(scene->bsserver);
    fake_client_free(scene->client);
    buf_release(&scene->wire);
    buf_release(&scene->told);
}

/* POST /bs with QUERY; the code of the answer. */
static inline uint8_t bs_ask(struct bs_scene *scene, const char *query)
{
    char uri[128];
    snprintf(uri, sizeof uri, "/bs?%s", query);
    return fake_client_ask(scene->client, CODE_POST, uri, NULL);
}

/* What was told since the last call. */
#define BS_TOLD(SCENE, TEXT)                                                                       \
    do {                                                                                           \
        ck_assert_str_eq(buf_text(&(SCENE)->told), TEXT);                                          \
        buf_clear(&(SCENE)->told);                                                                 \
    } while (0)

/* Performs OPERATION, released here, towards the only client, and runs until its end. */
static inline void bs_do(struct bs_scene *scene, struct operation operation)
{
    unsigned before = scene->client->done;
    struct error error;
    error_clear(&error);
    ck_assert_int_eq(bsserver_perform(scene->bsserver, NULL, &operation, fake_client_done,
                                      scene->client, &error),
                     ST_OK);
    operation_release(&operation);
    ck_assert_uint_eq(scene->client->done, before);
    for (int i = 0; i < 1000 && scene->client->done == before; i++)
        fake_client_run(scene->client, 200);
    ck_assert_uint_eq(scene->client->done, before + 1);
}

#endif
