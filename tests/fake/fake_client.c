/* SPDX-License-Identifier: Apache-2.0 */
/* A scripted device for tests of the built-in server. */
#include "base/std.h"

#include <check.h>

#include "tests/fake/fake_client.h"

enum { RUN_MS = 200, PATIENCE_MS = 300000 };

static void on_request(void *user, struct peer *peer, const struct message *request,
                       struct message *response)
{
    struct fake_client *client = user;
    client->to_device = peer;
    message_release(&client->request);
    message_copy(request, &client->request);
    size_t turn = client->asked < client->scripted ? client->asked : client->scripted - 1;
    client->asked++;
    if (client->scripted == 0) {
        response->code = CODE_NOT_FOUND;
        return;
    }
    response->code = client->script[turn].code;
    response->format = client->script[turn].format;
    response->observe = client->script[turn].observe;
    buf_puts(&response->payload, client->script[turn].payload);
    if (client->script[turn].location != NULL)
        ck_assert(
            segments_split(&response->location, '/', bytes_of(client->script[turn].location)));
}

static void on_peer_gone(void *user, struct peer *peer)
{
    UNUSED(user);
    UNUSED(peer);
}

static void on_client(void *arg, const struct client *who, enum client_change change,
                      bool objects_changed)
{
    static const char *const names[] = {"registered", "updated", "deregistered", "expired"};
    struct fake_client *client = arg;
    buf_printf(&client->log, "%s %s%s\n", names[change], who->endpoint,
               objects_changed ? " +objects" : "");
}

static void on_notification(void *arg, const struct client *who, struct path path,
                            const struct records *paths, const struct outcome *outcome)
{
    struct fake_client *client = arg;
    char text[PATH_TEXT];
    UNUSED(who);
    buf_printf(&client->log, "notified %s", path_text(path, text));
    for (size_t i = 0; paths != NULL && i < paths->count; i++)
        buf_printf(&client->log, "%s%s", i == 0 ? " of " : ",",
                   path_text(paths->items[i].path, text));
    buf_printf(&client->log, " %zu\n", outcome->values.count);
}

static void on_sent(void *arg, const struct client *who, const struct outcome *outcome)
{
    struct fake_client *client = arg;
    buf_printf(&client->log, "sent by %s\n", who->endpoint);
    records_format(&outcome->values, &client->log);
}

static const struct verifier *verifier(void *arg, const char *endpoint)
{
    struct fake_client *client = arg;
    return strcmp(endpoint, "dev") == 0 ? &client->verifier : NULL;
}

struct fake_client *fake_client_new(void)
{
    return fake_client_new_awake(0);
}

struct fake_client *fake_client_new_awake(int64_t awake_ms)
{
    struct fake_client *client = xalloc(sizeof *client);
    client->clock = clock_new_virtual(0);
    client->net = fake_net_new(client->clock);
    client->device_end = fake_endpoint_new(client->net, NULL);
    client->server_end = fake_endpoint_new(client->net, "coap://server");
    client->device_end->user = client;
    client->device_end->on_request = on_request;
    client->device_end->on_peer_gone = on_peer_gone;
    chance_init_seed(&client->chance, 7);
    provision_init(&client->provision);
    provision_add(&client->provision, 0);
    client->verifier.provision = &client->provision;
    client->verifier.secure = fake_secure_init(&client->secure);
    buf_init(&client->log, 65536);
    message_init(&client->request);
    message_init(&client->answer);
    outcome_init(&client->outcome);
    struct server_config config = {
        .clock = client->clock,
        .chance = &client->chance,
        .endpoint = client->server_end,
        .catalogue = catalogue_builtin(),
        .awake_ms = awake_ms,
        .verifier = verifier,
        .on_client = on_client,
        .on_notification = on_notification,
        .on_sent = on_sent,
        .arg = client,
    };
    client->server = server_new(&config);
    ck_assert_int_eq(
        endpoint_connect(client->device_end, "coap://server", NULL, &client->to_server, NULL),
        ST_OK);
    return client;
}

void fake_client_free(struct fake_client *client)
{
    server_free(client->server);
    endpoint_free(client->device_end);
    endpoint_free(client->server_end);
    fake_net_free(client->net);
    clock_free(client->clock);
    provision_release(&client->provision);
    buf_release(&client->log);
    message_release(&client->request);
    message_release(&client->answer);
    outcome_release(&client->outcome);
    free(client);
}

void fake_client_run(struct fake_client *client, int64_t ms)
{
    clock_advance(client->clock, ms);
}

void fake_client_answer(struct fake_client *client, uint8_t code, int format, const char *payload)
{
    ck_assert(client->scripted < COUNT_OF(client->script));
    size_t at = client->scripted++;
    client->script[at].code = code;
    client->script[at].format = format;
    client->script[at].observe = -1;
    client->script[at].payload = payload;
    client->script[at].location = NULL;
}

static void answered(void *arg, enum status status, const struct message *response)
{
    struct fake_client *client = arg;
    client->answer_status = status;
    message_release(&client->answer);
    message_init(&client->answer);
    if (response != NULL) {
        message_release(&client->answer);
        message_copy(response, &client->answer);
    }
}

uint8_t fake_client_ask(struct fake_client *client, uint8_t method, const char *uri,
                        const char *payload)
{
    return fake_client_ask_as(client, method, uri, FORMAT_LINK, payload);
}

uint8_t fake_client_ask_as(struct fake_client *client, uint8_t method, const char *uri, int format,
                           const char *payload)
{
    struct message message;
    struct exchange *exchange = NULL;
    const char *mark = strchr(uri, '?');
    size_t path_len = mark == NULL ? strlen(uri) : (size_t)(mark - uri);
    message_init(&message);
    message.code = method;
    ck_assert(segments_split(&message.path, '/', (struct bytes){(const uint8_t *)uri, path_len}));
    if (mark != NULL)
        ck_assert(segments_split(&message.query, '&', bytes_of(mark + 1)));
    if (payload != NULL) {
        message.format = format;
        buf_puts(&message.payload, payload);
    }
    message_release(&client->answer);
    message_init(&client->answer);
    ck_assert_int_eq(endpoint_request(client->device_end, client->to_server, &message, answered,
                                      client, &exchange),
                     ST_OK);
    message_release(&message);
    fake_client_run(client, RUN_MS);
    return client->answer.code;
}

void fake_client_register_as(struct fake_client *client, const char *terms)
{
    char uri[96];
    snprintf(uri, sizeof uri, "/rd?ep=dev&lt=60&%s", terms);
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, uri, "</>;rt=\"oma.lwm2m\",</3/0>,</16/0>"),
                     CODE_CREATED);
}

void fake_client_register(struct fake_client *client)
{
    fake_client_register_as(client, "lwm2m=1.0");
}

void fake_client_done(void *arg, enum status status, const struct outcome *outcome)
{
    struct fake_client *client = arg;
    client->done++;
    client->status = status;
    outcome_release(&client->outcome);
    outcome_copy(outcome, &client->outcome);
}

void fake_client_perform(struct fake_client *client, struct operation *operation)
{
    struct error error;
    error_clear(&error);
    unsigned before = client->done;
    ck_assert_int_eq(
        server_perform(client->server, "dev", operation, fake_client_done, client, &error), ST_OK);
    ck_assert_uint_eq(client->done, before);
    for (int64_t ms = 0; client->done == before && ms < PATIENCE_MS; ms += RUN_MS)
        fake_client_run(client, RUN_MS);
    ck_assert_uint_eq(client->done, before + 1);
    operation_release(operation);
}

void fake_client_notify(struct fake_client *client, uint8_t code, int sequence, int format,
                        const char *text)
{
    struct message message;
    message_init(&message);
    message.code = code;
    message.format = format;
    message.observe = sequence;
    message.token_len = client->request.token_len;
    memcpy(message.token, client->request.token, sizeof message.token);
    buf_puts(&message.payload, text);
    ck_assert_int_eq(endpoint_notify(client->device_end, client->to_device, &message, NULL, NULL),
                     ST_OK);
    message_release(&message);
    fake_client_run(client, 200);
}

struct operation fake_operation(enum operation_kind kind, const char *path)
{
    struct operation operation;
    operation_init(&operation, kind);
    ck_assert(path_parse(bytes_of(path), &operation.path));
    return operation;
}

const char *fake_client_request(struct fake_client *client)
{
    char code[CODE_TEXT];
    buf_clear(&client->log);
    buf_puts(&client->log, code_text(client->request.code, code));
    buf_puts(&client->log, " ");
    segments_join(&client->request.path, '/', &client->log);
    if (client->request.query.count > 0)
        buf_puts(&client->log, "?");
    segments_join(&client->request.query, '&', &client->log);
    return buf_text(&client->log);
}
