/* SPDX-License-Identifier: Apache-2.0 */
/* The bootstrap server that a test plays. */
#include "base/std.h"

#include "codec/codec.h"
#include "tests/fake/fake_bootstrap.h"

enum { LOG_MOST = 1 << 20, ANSWER_MS = 100 };

const char FACTORY_PROFILE[] =
    "{\"endpoint\": \"e\", \"lwm2m\": \"1.1\", \"lifetime\": 300,"
    " \"bootstrap\": {\"uri\": \"coap://bs\"},"
    " \"objects\": {\"1\": {}, \"3\": {\"0\": {\"0\": \"Acme\", \"14\": \"+01\","
    "   \"22\": {\"0\": \"16:0\"}}},"
    "  \"7\": {\"0\": {\"0\": 3}},"
    "  \"16\": {\"0\": {\"0\": {\"0\": \"HOST4711\", \"3\": \"1.4.2\"}}}},"
    " \"secure_component\": {\"latency\": \"20ms\", \"limit\": \"5s\", \"instances\": {"
    "  \"16/0\": {\"authentication\": {\"hashes\": \"from-identity\","
    "    \"keys\": {\"0\": \"hex:2b7e151628aed2a6abf7158809cf4f3c\"}}}}}}";

static void serve(void *user, struct peer *peer, const struct message *request,
                  struct message *response)
{
    struct factory *factory = user;
    char code[CODE_TEXT];
    struct bytes format;
    bool has_format = segments_query(&request->query, "pct", &format);
    factory->peer = peer;
    buf_printf(&factory->heard, "%s ", code_text(request->code, code));
    segments_join(&request->path, '/', &factory->heard);
    buf_puts(&factory->heard, "?");
    segments_join(&request->query, '&', &factory->heard);
    buf_puts(&factory->heard, "\n");
    response->code = factory->code != 0 ? factory->code : CODE_CHANGED;
    if (factory->plain && has_format)
        response->code = CODE_UNSUPPORTED_FORMAT;
}

static void peer_gone(void *user, struct peer *peer)
{
    struct factory *factory = user;
    if (factory->peer == peer)
        factory->peer = NULL;
}

struct factory *factory_new(const char *profile)
{
    struct factory *factory = xalloc(sizeof *factory);
    factory->world = world_new(profile != NULL ? profile : FACTORY_PROFILE);
    factory->end = fake_endpoint_new(factory->world->net, "coap://bs");
    factory->end->on_request = serve;
    factory->end->on_peer_gone = peer_gone;
    factory->end->user = factory;
    buf_init(&factory->heard, LOG_MOST);
    message_init(&factory->answer);
    return factory;
}

/* The endpoints of a network end before it does. */
void factory_free(struct factory *factory)
{
    if (factory == NULL)
        return;
    endpoint_free(factory->end);
    world_free(factory->world);
    buf_release(&factory->heard);
    message_release(&factory->answer);
    free(factory);
}

void factory_open(struct factory *factory)
{
    device_register(factory->world->device);
    world_run(factory->world, 0);
}

static void answered(void *arg, enum status status, const struct message *response)
{
    struct factory *factory = arg;
    factory->answered = true;
    message_release(&factory->answer);
    message_init(&factory->answer);
    if (status != ST_OK)
        return;
    message_release(&factory->answer);
    message_copy(response, &factory->answer);
}

uint8_t factory_send(struct factory *factory, struct message *request)
{
    factory->answered = false;
    factory->answer.code = 0;
    if (factory->peer != NULL &&
        endpoint_request(factory->end, factory->peer, request, answered, factory, NULL) == ST_OK)
        for (int i = 0; i < 10 && !factory->answered; i++)
            world_run(factory->world, i == 0 ? 0 : ANSWER_MS);
    message_release(request);
    return factory->answer.code;
}

static struct message request_to(uint8_t method, const char *uri)
{
    struct message request;
    message_init(&request);
    request.code = method;
    if (!segments_split(&request.path, '/', bytes_of(uri)))
        abort();
    return request;
}

uint8_t factory_do(struct factory *factory, uint8_t method, const char *uri, int format,
                   const char *content)
{
    struct message request = request_to(method, uri);
    request.format = format;
    buf_puts(&request.payload, content != NULL ? content : "");
    return factory_send(factory, &request);
}

uint8_t factory_get(struct factory *factory, const char *uri, int accept)
{
    struct message request = request_to(CODE_GET, uri);
    request.accept = accept;
    return factory_send(factory, &request);
}

const char *factory_text(struct factory *factory)
{
    return buf_text(&factory->answer.payload);
}

void factory_write_account(struct factory *factory)
{
    static const char security[] =
        "[{\"bn\":\"/0/0/\",\"n\":\"0\",\"vs\":\"coap://server\"},{\"n\":\"1\",\"vb\":false},"
        "{\"n\":\"2\",\"v\":3},{\"n\":\"10\",\"v\":1}]";
    static const char server[] = "[{\"bn\":\"/1/0/\",\"n\":\"0\",\"v\":1},{\"n\":\"1\",\"v\":600},"
                                 "{\"n\":\"6\",\"vb\":false},{\"n\":\"7\",\"vs\":\"U\"}]";
    if (factory_do(factory, CODE_PUT, "/0", FORMAT_SENML_JSON, security) != CODE_CHANGED ||
        factory_do(factory, CODE_PUT, "/1", FORMAT_SENML_JSON, server) != CODE_CHANGED)
        abort();
}

const struct model *factory_model(const struct factory *factory)
{
    return device_model(factory->world->device);
}
