/* SPDX-License-Identifier: Apache-2.0 */
/* links: fake device secure model codec net base */
/* Requests of a bootstrap server to a device of LwM2M 1.1, then to one of 1.0, one after the other,
 * each as request.h has it; octet 0 also holds how much time passes after it (bits 5 and 6) and
 * whether the session is lost then (bit 7). */
#include "base/std.h"

#include "codec/codec.h"
#include "device/bootstrap_impl.h"
#include "tests/fake/fake_bootstrap.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/request.h"

enum { REQUESTS_MOST = 24, INPUT_MOST = 8192, OBJECTS = 3, BEYOND = 8 };

static const int64_t pauses_ms[] = {0, 1000, 100000, 250000};

/* All that objects 0 to 7 and 16 hold. */
static void everything(const struct model *model, struct records *out)
{
    records_init(out);
    for (unsigned object = 0; object <= BEYOND; object++) {
        struct path path = path_object(object < BEYOND ? object : 16);
        if (model_has(model, path) && model_read_all(model, path, out) != MODEL_OK)
            abort();
    }
}

static enum bootstrap_state state_of(const struct factory *factory)
{
    return bootstrap_state(factory->world->device->bootstrap);
}

/* PF-STATE-2, and that whoever finished left accounts that can be used. */
static void check_result(const struct model *model)
{
    uint16_t instances[64];
    struct error error;
    error_clear(&error);
    assert(model_check_accounts(model, &error) == MODEL_OK);
    size_t count = model_children(model, path_object(16), instances, COUNT_OF(instances));
    for (size_t i = 0; i < count && i < COUNT_OF(instances); i++) {
        const struct value *status = model_value(model, path_resource(16, instances[i], OBJECTS));
        assert(status != NULL && status->integer == 0);
    }
}

static void check_answer(const struct message *answer)
{
    struct links links;
    uint8_t code = answer->code;
    assert(code == 0 || code_is_success(code) || code >> 5 == 4);
    if (answer->format != FORMAT_LINK || answer->payload.len == 0 || answer->payload.data[0] != '<')
        return;
    links_init(&links);
    if (links_decode(buf_bytes(&answer->payload), &links, NULL) != ST_OK)
        abort();
    links_release(&links);
}

/* Nothing but a Finish changes what the device is. */
static void send(struct factory *factory, struct message *request)
{
    struct records before;
    struct records after;
    enum bootstrap_state state = state_of(factory);
    everything(factory_model(factory), &before);
    factory_send(factory, request);
    check_answer(&factory->answer);
    everything(factory_model(factory), &after);
    if (state != BOOTSTRAP_DONE && state_of(factory) == BOOTSTRAP_DONE)
        check_result(factory_model(factory));
    else
        assert(records_equal(&before, &after));
    records_release(&before);
    records_release(&after);
}

/* One request out of RD; false when it is cut off. */
static bool step(struct factory *factory, struct rd *rd)
{
    struct message request;
    unsigned how = 0;
    if (!read_request(rd, &how, &request))
        return false;
    send(factory, &request);
    world_run(factory->world, pauses_ms[how >> 5 & 3]);
    struct peer *peer = bootstrap_peer(factory->world->device->bootstrap);
    if ((how & 128) != 0 && peer != NULL)
        fake_endpoint_lose(factory->world->device_end, peer);
    return true;
}

static void play(struct bytes input, const char *profile)
{
    struct factory *factory = factory_new(profile);
    struct rd rd;
    factory_open(factory);
    rd_init(&rd, input);
    for (int i = 0; i < REQUESTS_MOST && rd_left(&rd) > 0; i++)
        if (!step(factory, &rd))
            break;
    factory_free(factory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_MOST)
        return 0;
    char *older = xstrdup(FACTORY_PROFILE);
    char *version = strstr(older, "\"1.1\"");
    assert(version != NULL);
    version[3] = '0';
    play((struct bytes){data, size}, NULL);
    play((struct bytes){data, size}, older);
    free(older);
    return 0;
}
