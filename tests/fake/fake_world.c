/* SPDX-License-Identifier: Apache-2.0 */
/* The device under test, its scripted server, and a log of what both did. */
#include "base/std.h"

#include "device/registration_impl.h"
#include "tests/fake/fake_world.h"

enum { LOG_MOST = 4 << 20 };

const char WORLD_PROFILE[] =
    "{\"endpoint\": \"urn:imei:490154203237518\", \"lwm2m\": \"1.0\", \"lifetime\": 300,"
    " \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"
    " \"objects\": {"
    "  \"1\": {\"0\": {\"2\": 1, \"3\": 10, \"4\": {}, \"5\": 600}},"
    "  \"3\": {\"0\": {\"0\": \"Acme\", \"1\": \"TCU-5\", \"5\": {}, \"7\": {\"0\": 3700, \"1\": "
    "12000},"
    "   \"9\": 80, \"11\": {\"0\": 2, \"1\": 5}, \"12\": {}, \"13\": 1700000000, \"14\": \"+01\","
    "   \"22\": {\"0\": \"16:0\", \"3\": \"16:1\"}}},"
    "  \"7\": {\"0\": {\"0\": 3}},"
    "  \"16\": {\"0\": {\"0\": {\"0\": \"HOST4711\", \"1\": \"Acme Motors\", \"3\": \"1.4.2\"}},"
    "         \"1\": {\"0\": {\"0\": \"second\"}}}},"
    " \"secure_component\": {\"latency\": \"20ms\", \"limit\": \"5s\", \"instances\": {"
    "  \"16/0\": {\"authentication\": {\"hashes\": \"from-identity\","
    "    \"keys\": {\"0\": \"hex:2b7e151628aed2a6abf7158809cf4f3c\"}},"
    "   \"encryption\": {\"keys\": {\"0\": \"hex:000102030405060708090a0b0c0d0e0f\"}}},"
    "  \"16/1\": {\"authentication\": {\"hashes\": \"from-identity\","
    "    \"keys\": {\"0\": \"hex:ff7e151628aed2a6abf7158809cf4f3c\"}}}}}}";

/* --- the server ---------------------------------------------------------------------------------
 */

static void serve(void *user, struct peer *peer, const struct message *request,
                  struct message *response)
{
    struct world *world = user;
    char code[CODE_TEXT];
    world->peer = peer;
    buf_puts(&world->heard, code_text(request->code, code));
    buf_puts(&world->heard, " ");
    segments_join(&request->path, '/', &world->heard);
    buf_puts(&world->heard, request->query.count > 0 ? "?" : "");
    segments_join(&request->query, '&', &world->heard);
    buf_puts(&world->heard, request->payload.len > 0 ? " " : "");
    buf_put(&world->heard, buf_bytes(&request->payload));
    buf_puts(&world->heard, "\n");
    bool is_register = request->code == CODE_POST && request->path.count == 1 &&
                       bytes_is(segments_at(&request->path, 0), "rd");
    if (is_register)
        response->code = world->register_code != 0 ? world->register_code : CODE_CREATED;
    else if (request->code == CODE_POST)
        response->code = world->update_code != 0 ? world->update_code : CODE_CHANGED;
    else
        response->code = world->deregister_code != 0 ? world->deregister_code : CODE_DELETED;
    if (is_register && code_is_success(response->code) && !world->no_location &&
        !segments_split(&response->location, '/', bytes_of("/rd/1")))
        abort();
}

static void peer_gone(void *user, struct peer *peer)
{
    struct world *world = user;
    if (world->peer == peer)
        world->peer = NULL;
}

static void answered(void *arg, enum status status, const struct message *response)
{
    struct world *world = arg;
    if (status != ST_OK)
        return;
    message_release(&world->answer);
    message_copy(response, &world->answer);
    world->answers++;
    world->heard_before_answer = world->heard.len;
}

/* --- the log ------------------------------------------------------------------------------------
 */

static void hear(void *arg, const struct event *event)
{
    struct world *world = arg;
    bool is_message = event->kind == EVENT_REQUEST || event->kind == EVENT_RESPONSE ||
                      event->kind == EVENT_NOTIFICATION || event->kind == EVENT_RESET;
    if (event->kind == EVENT_REQUEST && !event->incoming)
        buf_printf(&world->sent, "%s %s\n", event->code, event->path);
    if (is_message)
        return;
    buf_puts(&world->events, event_kind_name(event->kind));
    if (event->kind == EVENT_STATE)
        buf_printf(&world->events, " %s %s -> %s", event->path, event->from, event->to);
    else if (event->path != NULL)
        buf_printf(&world->events, " %s", event->path);
    if (event->kind != EVENT_STATE && event->text != NULL)
        buf_printf(&world->events, " %s", event->text);
    buf_puts(&world->events, "\n");
}

/* --- life
 * ----------------------------------------------------------------------------------------- */

static struct profile *parse(const char *text)
{
    struct error_list errors;
    error_list_init(&errors);
    struct profile *profile = profile_parse(bytes_of(text), "test", ".", &errors);
    for (size_t i = 0; i < errors.count; i++)
        fprintf(stderr, "%s: %s\n", errors.items[i].pointer, errors.items[i].text);
    error_list_release(&errors);
    if (profile == NULL)
        abort();
    return profile;
}

struct world *world_new(const char *profile)
{
    struct world *world = xalloc(sizeof *world);
    world->clock = clock_new_virtual(INT64_C(1700000000000));
    world->net = fake_net_new(world->clock);
    world->device_end = fake_endpoint_new(world->net, NULL);
    world->server_end = fake_endpoint_new(world->net, "coap://server");
    world->server_end->on_request = serve;
    world->server_end->on_peer_gone = peer_gone;
    world->server_end->user = world;
    buf_init(&world->heard, LOG_MOST);
    buf_init(&world->sent, LOG_MOST);
    buf_init(&world->events, LOG_MOST);
    message_init(&world->request);
    message_init(&world->answer);
    trace_init(&world->trace, world->clock);
    world->listener = (struct trace_listener){.hear = hear, .arg = world};
    trace_listen(&world->trace, &world->listener);
    world->profile = parse(profile != NULL ? profile : WORLD_PROFILE);
    world->component = component_new(fake_secure_init(&world->secure), world->clock,
                                     world->profile->latency_ms, world->profile->limit_ms);
    world->device = device_new(&(struct device_config){.profile = world->profile,
                                                       .clock = world->clock,
                                                       .trace = &world->trace,
                                                       .endpoint = world->device_end,
                                                       .component = world->component});
    return world;
}

void world_free(struct world *world)
{
    if (world == NULL)
        return;
    device_free(world->device);
    component_free(world->component);
    endpoint_free(world->device_end);
    endpoint_free(world->server_end);
    fake_net_free(world->net);
    clock_free(world->clock);
    profile_free(world->profile);
    message_release(&world->request);
    message_release(&world->answer);
    buf_release(&world->heard);
    buf_release(&world->sent);
    buf_release(&world->events);
    free(world);
}

void world_run(struct world *world, int64_t ms)
{
    clock_advance(world->clock, ms);
}

void world_set_battery(struct world *world, int64_t percent)
{
    struct error error;
    enum status status =
        device_set(world->device, path_resource(3, 0, 9), value_integer(percent), &error);
    assert(status == ST_OK);
    (void)status; /* the fuzzers link this file, and they have no Check */
}

void world_forget(struct world *world)
{
    buf_clear(&world->heard);
    buf_clear(&world->sent);
    buf_clear(&world->events);
}

void world_register(struct world *world)
{
    device_register(world->device);
    world_run(world, 0);
    world_forget(world);
}

unsigned world_count(struct buf *buf, const char *text)
{
    unsigned count = 0;
    const char *line = buf_text(buf);
    while (line != NULL && *line != '\0') {
        count += strncmp(line, text, strlen(text)) == 0;
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    return count;
}

/* --- requests of the server
 * ------------------------------------------------------------------------- */

struct message *world_ask(struct world *world, uint8_t method, const char *uri)
{
    const char *query = strchr(uri, '?');
    struct bytes path = {(const uint8_t *)uri, query != NULL ? (size_t)(query - uri) : strlen(uri)};
    message_release(&world->request);
    message_init(&world->request);
    world->request.code = method;
    if (!segments_split(&world->request.path, '/', path) ||
        (query != NULL && !segments_split(&world->request.query, '&', bytes_of(query + 1))))
        abort();
    return &world->request;
}

uint8_t world_send(struct world *world)
{
    unsigned before = world->answers;
    world->answer.code = 0;
    if (endpoint_request(world->server_end, world->peer, &world->request, answered, world, NULL) !=
        ST_OK)
        return 0;
    for (int i = 0; i < 1000 && world->answers == before; i++)
        world_run(world, i == 0 ? 0 : 100);
    return world->answer.code;
}

uint8_t world_do(struct world *world, uint8_t method, const char *uri, int format, const char *text)
{
    struct message *request = world_ask(world, method, uri);
    request->format = format;
    buf_puts(&request->payload, text != NULL ? text : "");
    return world_send(world);
}

uint8_t world_do_hex(struct world *world, uint8_t method, const char *uri, int format,
                     const char *hex)
{
    struct message *request = world_ask(world, method, uri);
    request->format = format;
    if (!parse_hex(bytes_of(hex), &request->payload))
        abort();
    return world_send(world);
}

const char *world_text(struct world *world)
{
    return buf_text(&world->answer.payload);
}

bool world_is_hex(struct world *world, const char *hex)
{
    struct buf octets;
    buf_init(&octets, BODY_MOST);
    bool good = parse_hex(bytes_of(hex), &octets);
    bool same = bytes_equal(buf_bytes(&octets), buf_bytes(&world->answer.payload));
    buf_release(&octets);
    return good && same;
}

enum registration_state world_registration(const struct world *world, unsigned ssid)
{
    const struct registration *registration = registration_of(world->device, ssid);
    return registration == NULL ? REGISTRATION_OFF : registration->state;
}
