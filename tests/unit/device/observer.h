/* SPDX-License-Identifier: Apache-2.0 */
/* What the server hears, as a log with times: for tests of what a device answers and notifies. */
#ifndef TESTS_UNIT_DEVICE_OBSERVER_H
#define TESTS_UNIT_DEVICE_OBSERVER_H

#include "tests/unit/unit.h"

#include "device/device_impl.h"
#include "tests/fake/fake_world.h"

/* No default periods; a Portfolio instance with all, one with Identity only, some numbers. */
static const char OBSERVER_PROFILE[] =
    "{\"endpoint\": \"ep\", \"lifetime\": 86400,"
    " \"servers\": [{\"ssid\": 1, \"uri\": \"coap://server\"}],"
    " \"objects\": {"
    "  \"3\": {\"0\": {\"7\": {\"0\": 10, \"1\": 20}, \"9\": 50}},"
    "  \"6\": {\"0\": {\"0\": 1.5, \"1\": 2.5, \"5\": 1700000000}},"
    "  \"16\": {\"0\": {\"0\": {\"0\": \"HOST\", \"1\": \"Acme\", \"3\": \"1.4\"}},"
    "         \"1\": {\"0\": {\"0\": \"plain\"}}}},"
    " \"secure_component\": {\"latency\": \"20ms\", \"limit\": \"5s\", \"instances\": {"
    "  \"16/0\": {\"authentication\": {\"hashes\": \"from-identity\","
    "    \"keys\": {\"0\": \"hex:2b7e151628aed2a6abf7158809cf4f3c\"}},"
    "   \"encryption\": {\"keys\": {\"0\": \"hex:000102030405060708090a0b0c0d0e0f\"}}}}}}";

/* GetAuthData of the specification's example, and what the fake component makes of it. */
#define EXAMPLE           "0='0',1='3',2='36983160',3='0'"
#define EXAMPLE_SIGNATURE "sig(/16/0 identity=3 key=0 round=0 challenge=02345178)"

struct heard {
    struct world *world;
    int64_t began;   /* clock_now() from which the times in the log count */
    struct buf text; /* a line for each answer and notification: `20 status 2.05 1`, with ` NON`
                      * when that is not confirmable */
};

/* One question of the server and what comes of it. */
struct observer {
    struct heard *heard;
    char name[16]; /* in the log */
    struct path path;
    struct exchange *exchange; /* NULL when over */
    bool observes;
    int sequence; /* the last one; each must be higher */
    unsigned notifications;
};

static inline struct heard *heard_new(const char *profile)
{
    struct heard *heard = xalloc(sizeof *heard);
    heard->world = world_new(profile != NULL ? profile : OBSERVER_PROFILE);
    buf_init(&heard->text, 1 << 20);
    world_register(heard->world);
    heard->began = clock_now(heard->world->clock);
    return heard;
}

static inline void heard_free(struct heard *heard)
{
    world_free(heard->world);
    buf_release(&heard->text);
    free(heard);
}

/* Asserts what was heard since the last call; the times count anew from now on. */
#define ck_assert_heard(HEARD, TEXT)                                                               \
    do {                                                                                           \
        ck_assert_str_eq(buf_text(&(HEARD)->text), TEXT);                                          \
        buf_clear(&(HEARD)->text);                                                                 \
        (HEARD)->began = clock_now((HEARD)->world->clock);                                         \
    } while (0)

static inline void log_value(const struct value *value, struct buf *out)
{
    if (value->type == VALUE_OPAQUE)
        buf_put(out, value_bytes(value));
    else
        value_format(value, out);
}

/* Text as it is; other formats as ` /16/0/3=1` for each value. */
static inline void log_payload(const struct observer *observer, const struct message *message)
{
    struct buf *out = &observer->heard->text;
    const struct device *device = observer->heard->world->device;
    const struct codec *codec = codec_find(message->format);
    struct codec_types types = device_types(device);
    struct records records;
    char path[PATH_TEXT];
    if (codec == NULL || message->format == FORMAT_TEXT || message->format == FORMAT_OPAQUE) {
        buf_puts(out, message->payload.len > 0 ? " " : "");
        buf_put(out, buf_bytes(&message->payload));
        return;
    }
    records_init(&records);
    ck_assert_int_eq(
        codec->decode(buf_bytes(&message->payload), observer->path, &types, &records, NULL), ST_OK);
    for (size_t i = 0; i < records.count; i++) {
        buf_printf(out, " %s=", path_text(records.items[i].path, path));
        log_value(&records.items[i].value, out);
    }
    records_release(&records);
}

static inline void observer_heard(void *arg, enum status status, const struct message *response)
{
    struct observer *observer = arg;
    struct heard *heard = observer->heard;
    char code[CODE_TEXT];
    buf_printf(&heard->text, "%" PRId64 " %s", clock_now(heard->world->clock) - heard->began,
               observer->name);
    bool lasts = observer->observes && status == ST_OK && response->observe >= 0;
    if (!lasts)
        observer->exchange = NULL;
    if (status == ST_OK) {
        buf_printf(&heard->text, " %s", code_text(response->code, code));
        if (code_is_success(response->code))
            log_payload(observer, response);
        if (!response->confirmable)
            buf_puts(&heard->text, " NON");
        if (observer->observes && !lasts)
            buf_puts(&heard->text, " (ended)");
    } else {
        buf_printf(&heard->text, " %s", status_text(status));
    }
    buf_puts(&heard->text, "\n");
    if (!lasts)
        return;
    ck_assert_int_gt(response->observe, observer->sequence);
    ck_assert_int_le(response->observe, 0xFFFFFF);
    observer->sequence = response->observe;
    observer->notifications++;
}

/* Sends world->request for OBSERVER and runs what comes of it at once. */
static inline void observer_send(struct observer *observer, const struct message *request)
{
    struct world *world = observer->heard->world;
    ck_assert_int_eq(endpoint_request(world->server_end, world->peer, request, observer_heard,
                                      observer, &observer->exchange),
                     ST_OK);
    world_run(world, 0);
}

static inline void observer_ask(struct observer *observer, struct heard *heard, const char *name,
                                const char *uri)
{
    *observer = (struct observer){.heard = heard, .sequence = -1};
    snprintf(observer->name, sizeof observer->name, "%s", name);
    ck_assert(path_parse(bytes_of(uri), &observer->path));
    world_ask(heard->world, CODE_GET, uri);
}

/* GET; FORMAT as Accept, -1: none. */
static inline void read_as(struct observer *observer, struct heard *heard, const char *name,
                           const char *uri, int format)
{
    observer_ask(observer, heard, name, uri);
    heard->world->request.accept = format;
    observer_send(observer, &heard->world->request);
}

/* GET with Observe=0. */
static inline void observe_as(struct observer *observer, struct heard *heard, const char *name,
                              const char *uri, int format)
{
    observer_ask(observer, heard, name, uri);
    observer->observes = true;
    heard->world->request.accept = format;
    heard->world->request.observe = 0;
    observer_send(observer, &heard->world->request);
}

static inline void observe(struct observer *observer, struct heard *heard, const char *name,
                           const char *uri)
{
    observe_as(observer, heard, name, uri, FORMAT_NONE);
}

/* The server forgets the observation: its next notification is answered with Reset. */
static inline void observer_forget(struct observer *observer)
{
    endpoint_cancel(observer->heard->world->server_end, observer->exchange);
    observer->exchange = NULL;
}

/* GetAuthData, without waiting for what comes of it; a CoAP code. */
static inline uint8_t get_auth_data(struct heard *heard, const char *arguments)
{
    return world_do(heard->world, CODE_POST, "/16/0/1", FORMAT_NONE, arguments);
}

static inline int64_t status_of(const struct heard *heard, unsigned instance)
{
    const struct value *value =
        model_value(device_model(heard->world->device), path_resource(16, instance, 3));
    return value == NULL ? -1 : value->integer;
}

static inline bool has_data(const struct heard *heard, unsigned instance)
{
    return model_children(device_model(heard->world->device), path_resource(16, instance, 2), NULL,
                          0) > 0;
}

/* The device's owner sets an integer. */
static inline void set_integer(struct heard *heard, const char *path, int64_t number)
{
    struct path target;
    struct error error;
    ck_assert(path_parse(bytes_of(path), &target));
    ck_assert_int_eq(device_set(heard->world->device, target, value_integer(number), &error),
                     ST_OK);
}

/* GET in the preferred format; a CoAP code. */
static inline uint8_t get(struct heard *heard, const char *uri)
{
    return world_do(heard->world, CODE_GET, uri, FORMAT_NONE, NULL);
}

/* Creates the Portfolio instance ID (0 to 255) with Identity 0 "a"; a CoAP code. */
static inline uint8_t create_instance(struct heard *heard, unsigned id)
{
    char hex[32];
    snprintf(hex, sizeof hex, "05%02x8300410061", id);
    return world_do_hex(heard->world, CODE_POST, "/16", FORMAT_TLV, hex);
}

/* What ARGUMENTS bring about, read as text. */
static inline void expect_data(struct heard *heard, const char *arguments, const char *data)
{
    ck_assert_int_eq(get_auth_data(heard, arguments), CODE_CHANGED);
    world_run(heard->world, 20);
    world_ask(heard->world, CODE_GET, "/16/0/2/0")->accept = FORMAT_OPAQUE;
    ck_assert_int_eq(world_send(heard->world), CODE_CONTENT);
    ck_assert_str_eq(world_text(heard->world), data);
}

#endif
