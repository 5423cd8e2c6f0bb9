/* SPDX-License-Identifier: Apache-2.0 */
/* links: fake device secure model codec net base */
/* Requests to a registered device of LwM2M 1.0, then to one of 1.1, one after the other, each as
 * request.h has it; octet 0 also holds Observe (bits 3 and 4: 0 or 1 when there is one) and how
 * much time passes after it (bits 5 and 6). */
#include "base/std.h"

#include "codec/codec.h"
#include "codec/corelink.h"
#include "device/device_impl.h"
#include "tests/fake/fake_world.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/request.h"

enum { REQUESTS_MOST = 24, INPUT_MOST = 8192, PORTFOLIO = 16, AUTH_DATA = 2, AUTH_STATUS = 3 };

static const int64_t pauses_ms[] = {0, 25, 6000, 100000};

/* The first answer to a request; notifications that follow are not looked at. */
struct first {
    bool is_there;
    struct message message;
};

struct run {
    struct world *world; /* (owned) */
    struct first answers[REQUESTS_MOST];
    size_t count;
};

static void keep_first(void *arg, enum status status, const struct message *response)
{
    struct first *first = arg;
    if (first->is_there || status != ST_OK)
        return;
    first->is_there = true;
    message_copy(response, &first->message);
}

/* PF-STATE-2: AuthData is there exactly while AuthStatus says so. */
static void check_state(const struct model *model)
{
    uint16_t instances[64];
    size_t count = model_children(model, path_object(PORTFOLIO), instances, COUNT_OF(instances));
    for (size_t i = 0; i < count && i < COUNT_OF(instances); i++) {
        const struct value *status =
            model_value(model, path_resource(PORTFOLIO, instances[i], AUTH_STATUS));
        size_t data =
            model_children(model, path_resource(PORTFOLIO, instances[i], AUTH_DATA), NULL, 0);
        assert(status != NULL && status->integer >= 0 && status->integer <= 2);
        assert((status->integer == 1) == (data > 0));
    }
}

static struct path path_of(const struct message *request)
{
    struct path path;
    struct buf text;
    buf_init(&text, BODY_MOST);
    segments_join(&request->path, '/', &text);
    if (request->path.count == 0)
        buf_puts(&text, "/");
    bool is_path = path_parse(buf_bytes(&text), &path);
    assert(is_path);
    buf_release(&text);
    return path;
}

/* What is said to be content can be read as such, by whoever knows what DEVICE has. */
static void check_content(const struct device *device, const struct message *answer,
                          const struct message *request)
{
    struct codec_types types = device_types(device);
    struct records records;
    struct links links;
    records_init(&records);
    links_init(&links);
    const struct codec *codec = codec_find(answer->format);
    enum status status = ST_OK;
    if (answer->format == FORMAT_LINK)
        status = links_decode(buf_bytes(&answer->payload), &links, NULL);
    else
        status =
            codec->decode(buf_bytes(&answer->payload), path_of(request), &types, &records, NULL);
    assert(status == ST_OK);
    records_release(&records);
    links_release(&links);
}

static void everything(const struct world *world, struct records *out)
{
    records_init(out);
    enum model_result result = model_read(device_model(world->device), path_root(), out);
    assert(result == MODEL_OK);
}

/* A sensible answer; no refusal changes anything. */
static void check_answer(const struct world *world, const struct first *first,
                         const struct records *before, const struct records *after)
{
    uint8_t code = first->message.code;
    if (!first->is_there)
        return;
    assert(code_is_success(code) || code >> 5 == 4 || code == CODE_NOT_IMPLEMENTED);
    if (!code_is_success(code))
        assert(records_equal(before, after));
    if (code == CODE_CONTENT)
        check_content(world->device, &first->message, &world->request);
}

static void send(struct run *run)
{
    struct world *world = run->world;
    struct first *first = &run->answers[run->count++];
    struct records before;
    struct records after;
    everything(world, &before);
    enum status status =
        endpoint_request(world->server_end, world->peer, &world->request, keep_first, first, NULL);
    assert(status == ST_OK);
    world_run(world, 0);
    everything(world, &after);
    check_answer(world, first, &before, &after);
    check_state(device_model(world->device));
    records_release(&before);
    records_release(&after);
}

/* One request out of RD; false when it is cut off. */
static bool step(struct run *run, struct rd *rd)
{
    struct world *world = run->world;
    struct message *request = &world->request;
    unsigned how = 0;
    message_release(request);
    if (!read_request(rd, &how, request)) {
        message_init(request);
        return false;
    }
    request->observe = (how & 8) != 0 ? (int)(how >> 4 & 1) : -1;
    request->token_len = 1;
    request->token[0] = (uint8_t)(request->path.count & 3);
    if (world->peer != NULL)
        send(run);
    world_run(world, pauses_ms[how >> 5 & 3]);
    check_state(device_model(world->device));
    return true;
}

static void play(struct bytes input, const char *profile)
{
    struct run run = {.world = world_new(profile)};
    struct rd rd;
    world_register(run.world);
    rd_init(&rd, input);
    while (run.count < REQUESTS_MOST && rd_left(&rd) > 0)
        if (!step(&run, &rd))
            break;
    world_free(run.world);
    for (size_t i = 0; i < run.count; i++)
        if (run.answers[i].is_there)
            message_release(&run.answers[i].message);
}

/* The usual device, but of LwM2M 1.1; owned by the caller. */
static char *later_profile(void)
{
    char *profile = xstrdup(WORLD_PROFILE);
    char *version = strstr(profile, "\"1.0\"");
    assert(version != NULL);
    version[3] = '1';
    return profile;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_MOST)
        return 0;
    char *profile = later_profile();
    play((struct bytes){data, size}, NULL);
    play((struct bytes){data, size}, profile);
    free(profile);
    return 0;
}
