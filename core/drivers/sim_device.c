/* SPDX-License-Identifier: Apache-2.0 */
/* The device side played by our own device: its parts put together, and stimuli as calls. */
#include "base/std.h"

#include "drivers/recorder.h"
#include "drivers/watch.h"
#include "net/coap.h"

enum { ANSWER_MS = 500 };

struct sim_device {
    struct device_actor actor; /* first: what users see */
    struct sim_device_config config;
    char *uri;                   /* (owned) or NULL */
    struct seeded *seeded;       /* (owned) NULL: it has no defect */
    struct endpoint *endpoint;   /* (owned) */
    struct component *component; /* (owned) */
    struct device *device;       /* (owned) */
    struct watch *watch;         /* (owned) tells what the device sees and says */
};

/* --- stimuli: each does it at once and answers with a line ---------------------------------------
 */

typedef enum status act(struct sim_device *self, const struct stimulus *stimulus,
                        struct buf *answer, struct error *error);

static enum status do_register(struct sim_device *self, const struct stimulus *stimulus,
                               struct buf *answer, struct error *error)
{
    UNUSED(stimulus);
    UNUSED(error);
    device_register(self->device);
    buf_puts(answer, "registering\n");
    return ST_OK;
}

static enum status do_update(struct sim_device *self, const struct stimulus *stimulus,
                             struct buf *answer, struct error *error)
{
    UNUSED(stimulus);
    /* While it is pending the server may know of it already: the Update follows the answer. */
    enum registration_state state = device_registration(self->device);
    if (state != REGISTRATION_PENDING && state != REGISTRATION_ALIVE &&
        state != REGISTRATION_UPDATING && state != REGISTRATION_ASLEEP) {
        error_set(error, "nothing to update: the device is not registered (it is %s)",
                  registration_state_name(state));
        return ST_INVALID;
    }
    device_update(self->device);
    buf_puts(answer, "updating the registration\n");
    return ST_OK;
}

static enum status do_deregister(struct sim_device *self, const struct stimulus *stimulus,
                                 struct buf *answer, struct error *error)
{
    UNUSED(stimulus);
    UNUSED(error);
    device_deregister(self->device);
    buf_puts(answer, "deregistering\n");
    return ST_OK;
}

static enum status do_restart(struct sim_device *self, const struct stimulus *stimulus,
                              struct buf *answer, struct error *error)
{
    UNUSED(stimulus);
    UNUSED(error);
    device_restart(self->device);
    buf_puts(answer, "restarted, registering\n");
    return ST_OK;
}

static enum status do_set(struct sim_device *self, const struct stimulus *stimulus,
                          struct buf *answer, struct error *error)
{
    char path[PATH_TEXT];
    enum status status =
        device_set(self->device, stimulus->path, value_copy(&stimulus->value), error);
    if (status != ST_OK)
        return status;
    buf_printf(answer, "%s is ", path_text(stimulus->path, path));
    value_format(&stimulus->value, answer);
    buf_puts(answer, "\n");
    return ST_OK;
}

/* Keys stay out: object 0 has no readable resources. */
static void show_everything(const struct model *model, struct records *out)
{
    uint16_t objects[64];
    size_t count = model_children(model, path_root(), objects, COUNT_OF(objects));
    for (size_t i = 0; i < count && i < COUNT_OF(objects); i++)
        if (objects[i] != 0 && model_read(model, path_object(objects[i]), out) != MODEL_OK)
            return;
}

static enum status do_show(struct sim_device *self, const struct stimulus *stimulus,
                           struct buf *answer, struct error *error)
{
    const struct model *model = device_model(self->device);
    enum model_result result = MODEL_OK;
    struct records records;
    records_init(&records);
    if (stimulus->path.depth == 0)
        show_everything(model, &records);
    else
        result = model_read(model, stimulus->path, &records);
    char path[PATH_TEXT];
    if (result == MODEL_OK)
        records_format(&records, answer);
    else
        error_set(error, "cannot show \"%s\": %s", path_text(stimulus->path, path),
                  result == MODEL_NOT_FOUND ? "the device has no such thing"
                                            : "it has no value to read");
    records_release(&records);
    return result == MODEL_OK ? ST_OK : ST_NOT_FOUND;
}

/* The server may have told of a registration whose answer is still under way to the device. */
static void await_registration(const struct sim_device *self)
{
    struct clock *clock = loop_clock(self->config.world.loop);
    int64_t give_up_at = clock_now(clock) + ANSWER_MS;
    while (device_registration(self->device) == REGISTRATION_PENDING &&
           clock_now(clock) < give_up_at)
        loop_turn(self->config.world.loop, give_up_at - clock_now(clock));
}

static enum status do_send(struct sim_device *self, const struct stimulus *stimulus,
                           struct buf *answer, struct error *error)
{
    await_registration(self);
    enum status status = device_send(self->device, &stimulus->paths, error);
    if (status == ST_OK)
        buf_puts(answer, "sending\n");
    return status;
}

static enum status do_hold(struct sim_device *self, const struct stimulus *stimulus,
                           struct buf *answer, struct error *error)
{
    bool holds = stimulus->kind == STIMULUS_HOLD;
    if (!endpoint_hold(self->endpoint, holds, stimulus->duration_ms)) {
        error_set(error, "this device cannot hold its answers");
        return ST_UNSUPPORTED;
    }
    if (holds && stimulus->duration_ms > 0)
        buf_printf(answer, "answers come %" PRId64 " ms later\n", stimulus->duration_ms);
    else
        buf_puts(answer, holds ? "answers are held\n" : "answers come at once\n");
    return ST_OK;
}

static enum status do_delay(struct sim_device *self, const struct stimulus *stimulus,
                            struct buf *answer, struct error *error)
{
    UNUSED(error);
    component_set_latency(self->component, stimulus->duration_ms);
    buf_printf(answer, "the secure component takes %" PRId64 " ms\n", stimulus->duration_ms);
    return ST_OK;
}

static enum status do_fail_next(struct sim_device *self, const struct stimulus *stimulus,
                                struct buf *answer, struct error *error)
{
    UNUSED(stimulus);
    UNUSED(error);
    component_fail_next(self->component);
    buf_puts(answer, "the next process of the secure component fails\n");
    return ST_OK;
}

static enum status do_mode(struct sim_device *self, const struct stimulus *stimulus,
                           struct buf *answer, struct error *error)
{
    UNUSED(error);
    static const struct {
        enum stimulus_kind kind;
        enum component_mode mode;
        const char *does; /* (borrowed) */
    } modes[] = {
        {STIMULUS_COMPONENT_OK, COMPONENT_OK, "works"},
        {STIMULUS_COMPONENT_FAIL, COMPONENT_FAIL, "fails"},
        {STIMULUS_COMPONENT_HANG, COMPONENT_HANG, "hangs"},
        {STIMULUS_COMPONENT_FORGE, COMPONENT_FORGE, "forges"},
    };
    size_t i = 0;
    while (modes[i].kind != stimulus->kind)
        i++;
    component_set_mode(self->component, modes[i].mode);
    buf_printf(answer, "the secure component %s\n", modes[i].does);
    return ST_OK;
}

/* rule: I-23 */
static enum status do_provision(struct sim_device *self, const struct stimulus *stimulus,
                                struct buf *answer, struct error *error)
{
    char text[PATH_TEXT];
    struct path path = stimulus->path;
    enum status status = device_provision(self->device, path, error);
    if (status != ST_OK)
        return status;
    const struct value *value = model_value(device_model(self->device), path);
    if (self->config.on_provision != NULL)
        status = self->config.on_provision(self->config.arg, path.id[1], path.id[3],
                                           value_bytes(value), error);
    if (status != ST_OK)
        return status;
    buf_printf(answer, "%s is provisioned anew\n", path_text(path, text));
    return ST_OK;
}

static enum status stimulate(struct device_actor *actor, const struct stimulus *stimulus,
                             struct buf *answer, struct error *error)
{
    static act *const acts[] = {
        [STIMULUS_REGISTER] = do_register,
        [STIMULUS_UPDATE] = do_update,
        [STIMULUS_DEREGISTER] = do_deregister,
        [STIMULUS_RESTART] = do_restart,
        [STIMULUS_SET] = do_set,
        [STIMULUS_SHOW] = do_show,
        [STIMULUS_SEND] = do_send,
        [STIMULUS_HOLD] = do_hold,
        [STIMULUS_RELEASE] = do_hold,
        [STIMULUS_COMPONENT_DELAY] = do_delay,
        [STIMULUS_COMPONENT_FAIL_NEXT] = do_fail_next,
        [STIMULUS_COMPONENT_FAIL] = do_mode,
        [STIMULUS_COMPONENT_HANG] = do_mode,
        [STIMULUS_COMPONENT_FORGE] = do_mode,
        [STIMULUS_COMPONENT_OK] = do_mode,
        [STIMULUS_COMPONENT_PROVISION] = do_provision,
    };
    struct sim_device *self = (struct sim_device *)actor;
    size_t place = recorder_place(self->config.recorder);
    enum status status = acts[stimulus->kind](self, stimulus, answer, error);
    if (status == ST_OK)
        recorder_stimulated(self->config.recorder, place, stimulus);
    return status;
}

/* --- life --------------------------------------------------------------------------------------
 */

static void sim_device_free(struct device_actor *actor)
{
    struct sim_device *self = (struct sim_device *)actor;
    recorder_detach(self->config.recorder);
    device_free(self->device);
    component_free(self->component);
    watch_free(self->watch);
    endpoint_free(self->endpoint);
    seeded_free(self->seeded);
    free(self->uri);
    free(self);
}

static const struct device_actor_ops ops = {.stimulate = stimulate, .free = sim_device_free};

static struct seeded *make_seeded(const struct sim_device_config *config)
{
    if (config->defect == NULL)
        return NULL;
    return seeded_new(config->defect, config->profile, loop_clock(config->world.loop),
                      config->world.trace);
}

static bool make_component(struct sim_device *self, struct error *error)
{
    const struct profile *profile = self->config.profile;
    const struct provision *provision =
        self->seeded == NULL ? &profile->provision : seeded_provision(self->seeded);
    struct secure *secure = secure_psa_new(provision, self->config.world.chance, error);
    if (secure == NULL)
        return false;
    if (self->seeded != NULL)
        secure = seeded_secure(self->seeded, secure);
    self->component = component_new(secure, loop_clock(self->config.world.loop),
                                    profile->latency_ms, profile->limit_ms);
    return true;
}

static struct watch *make_watch(const struct sim_device *self)
{
    struct watch_config config = {
        .endpoint = self->endpoint,
        .trace = self->config.world.trace,
        .profile = self->config.profile,
        .places = self->config.places,
        .place_count = self->config.place_count,
        .listener = &self->actor.listener,
    };
    return watch_new(&config);
}

/* Watch and recorder stand nearest to the wire: what a defect makes of a message is seen as it
 * leaves. */
static bool make_endpoint(struct sim_device *self, struct error *error)
{
    const struct sim_world *world = &self->config.world;
    struct coap_endpoint_config config = {.loop = world->loop,
                                          .chance = world->chance,
                                          .forgets =
                                              self->seeded != NULL && seeded_forgets(self->seeded)};
    self->endpoint = coap_endpoint_new(&config, error);
    if (self->endpoint == NULL)
        return false;
    self->watch = make_watch(self);
    if (self->config.recorder != NULL)
        self->endpoint = recorder_endpoint(self->config.recorder, self->endpoint);
    if (self->seeded != NULL)
        self->endpoint = seeded_endpoint(self->seeded, self->endpoint);
    return true;
}

static void make_device(struct sim_device *self)
{
    struct device_config config = {
        .profile = self->config.profile,
        .clock = loop_clock(self->config.world.loop),
        .trace = self->config.world.trace,
        .endpoint = self->endpoint,
        .component = self->component,
        .portfolio = self->seeded == NULL ? NULL : seeded_portfolio(self->seeded),
        .uri = self->uri,
        .gives_up = self->config.gives_up,
        .places = self->config.places,
        .place_count = self->config.place_count,
        .state = self->config.state,
        .state_file = self->config.state_file,
    };
    self->device = device_new(&config);
    if (self->seeded != NULL)
        seeded_attach(self->seeded, self->device);
}

struct device_actor *sim_device_new(const struct sim_device_config *config, struct error *error)
{
    struct sim_device *self = xalloc(sizeof *self);
    self->actor.ops = &ops;
    self->config = *config;
    self->uri = xstrdup(config->uri);
    self->seeded = make_seeded(config);
    if (!make_component(self, error) || !make_endpoint(self, error)) {
        sim_device_free(&self->actor);
        return NULL;
    }
    make_device(self);
    watch_open(self->watch);
    if (config->recorder != NULL)
        recorder_attach(config->recorder, self->device);
    return &self->actor;
}

void sim_device_wake(struct device_actor *device)
{
    const struct stimulus wake = {.kind = STIMULUS_REGISTER};
    struct buf answer;
    buf_init(&answer, 256);
    device->ops->stimulate(device, &wake, &answer, NULL);
    buf_release(&answer);
}

enum registration_state sim_device_registration(const struct device_actor *actor)
{
    return device_registration(((const struct sim_device *)actor)->device);
}

enum status sim_device_leave(struct device_actor *actor, int64_t limit_ms)
{
    struct sim_device *self = (struct sim_device *)actor;
    struct clock *clock = loop_clock(self->config.world.loop);
    int64_t give_up_at = clock_now(clock) + limit_ms;
    device_deregister(self->device);
    while (device_registration(self->device) != REGISTRATION_OFF) {
        int64_t left = give_up_at - clock_now(clock);
        if (left <= 0)
            return ST_TIMEOUT;
        loop_turn(self->config.world.loop, left);
    }
    return ST_OK;
}
