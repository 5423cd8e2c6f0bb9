/* SPDX-License-Identifier: Apache-2.0 */
/* What outlives a restart: values, instances, attributes and who has no keys, kept soon after they
 * change. */
#include "base/std.h"

#include "device/device_impl.h"

enum {
    SETTLE_MS = 200, /* several changes are kept at once */
    AGAIN_MS = 60000 /* after which a file that cannot be written is tried again */
};

struct persistence {
    struct device *device; /* (borrowed) */
    struct state state;    /* as it was kept last */
    struct timer timer;    /* runs while something is not kept yet */
    struct model_watcher watcher;
};

struct persistence *persistence_new(struct device *device)
{
    struct state *given = device->config.state;
    if (device->config.profile->state == NULL)
        return NULL;
    struct persistence *persistence = xalloc(sizeof *persistence);
    persistence->device = device;
    state_init(&persistence->state);
    if (given != NULL) {
        persistence->state = *given;
        state_init(given);
    }
    return persistence;
}

void persistence_free(struct persistence *persistence)
{
    if (persistence == NULL)
        return;
    state_release(&persistence->state);
    free(persistence);
}

/* --- keeping ---------------------------------------------------------------------------- */

static bool write_file(struct persistence *persistence)
{
    const struct device_config *config = &persistence->device->config;
    struct error error;
    error_clear(&error);
    if (config->state_file == NULL ||
        state_write(&persistence->state, config->profile, config->state_file, &error) == ST_OK)
        return true;
    trace_say(config->trace, EVENT_ERROR, "device", "%s", error.text);
    return false;
}

static void keep(void *arg)
{
    struct persistence *persistence = arg;
    struct device *device = persistence->device;
    timer_stop(&persistence->timer);
    state_release(&persistence->state);
    state_take(&persistence->state, device->config.profile, device->model);
    reporting_keep(device->reporting, &persistence->state);
    portfolio_keep(device->portfolio, &persistence->state);
    if (!write_file(persistence))
        timer_start(&persistence->timer, device->config.clock, AGAIN_MS, keep, persistence);
}

void persistence_touch(struct persistence *persistence)
{
    if (persistence == NULL || timer_running(&persistence->timer))
        return;
    timer_start(&persistence->timer, persistence->device->config.clock, SETTLE_MS, keep,
                persistence);
}

/* What the device finds out for itself is found out again. */
static void changed(void *arg, enum model_change change, struct path path)
{
    struct persistence *persistence = arg;
    const struct resource_def *def =
        catalogue_resource(model_catalogue(persistence->device->model), path);
    enum { ACCESS_CONTROL = 2 };
    if (change != MODEL_CHANGED || path.id[0] <= ACCESS_CONTROL || (def->ops & OP_WRITE) != 0)
        persistence_touch(persistence);
}

/* --- coming back ------------------------------------------------------------------------ */

void persistence_restore(const struct persistence *persistence)
{
    if (persistence == NULL)
        return;
    struct device *device = persistence->device;
    if (state_apply(&persistence->state, device->model) != ST_OK)
        trace_say(device->config.trace, EVENT_WARNING, "device",
                  "a part of the state does not fit the profile any more, and is left out");
}

bool persistence_lacks_keys(const struct persistence *persistence, struct path instance)
{
    return persistence != NULL && state_lacks_keys(&persistence->state, instance);
}

/* Attributes of what, or of whom, is not there any more are forgotten. */
static void restore_attribute(const struct device *device, const struct state_attribute *attribute)
{
    struct segments query;
    segments_init(&query);
    if (segments_split(&query, '&', bytes_of(attribute->text)) &&
        model_has(device->model, attribute->path) &&
        registration_of(device, attribute->ssid) != NULL)
        reporting_write_attributes(device->reporting, attribute->ssid, attribute->path, &query);
    segments_release(&query);
}

void persistence_follow(struct persistence *persistence)
{
    if (persistence == NULL)
        return;
    for (size_t i = 0; i < persistence->state.attribute_count; i++)
        restore_attribute(persistence->device, &persistence->state.attributes[i]);
    timer_stop(&persistence->timer);
    persistence->watcher = (struct model_watcher){.changed = changed, .arg = persistence};
    model_watch(persistence->device->model, &persistence->watcher);
}

void persistence_leave(struct persistence *persistence)
{
    if (persistence == NULL)
        return;
    if (timer_running(&persistence->timer))
        keep(persistence);
    timer_stop(&persistence->timer);
    model_unwatch(persistence->device->model, &persistence->watcher);
}
