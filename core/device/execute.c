/* SPDX-License-Identifier: Apache-2.0 */
/* What executable resources do. */
#include "base/std.h"

#include "codec/arguments.h"
#include "device/bootstrap_impl.h"

/* --- the Server object (1) ------------------------------------------------------------ */

/* The registration of the account that the Server object instance of PATH belongs to, or NULL. */
static struct registration *registration_at(const struct device *device, struct path path)
{
    const struct value *ssid =
        model_value(device->model, path_child(path_parent(path), ACCOUNT_SHORT_ID));
    return ssid == NULL ? NULL : registration_of(device, (unsigned)ssid->integer);
}

static uint8_t disable(struct device *device, struct path path, struct bytes arguments)
{
    UNUSED(arguments);
    struct registration *registration = registration_at(device, path);
    if (registration == NULL)
        return CODE_METHOD_NOT_ALLOWED;
    registration_disable(registration);
    return CODE_CHANGED;
}

static uint8_t trigger_update(struct device *device, struct path path, struct bytes arguments)
{
    UNUSED(arguments);
    struct registration *registration = registration_at(device, path);
    if (registration == NULL)
        return CODE_METHOD_NOT_ALLOWED;
    registration_update(registration);
    return CODE_CHANGED;
}

/* A device without the account of a bootstrap server has nobody to ask. */
static uint8_t trigger_bootstrap(struct device *device, struct path path, struct bytes arguments)
{
    UNUSED(path);
    UNUSED(arguments);
    if (!bootstrap_possible(device->bootstrap))
        return CODE_METHOD_NOT_ALLOWED;
    bootstrap_triggered(device->bootstrap);
    return CODE_CHANGED;
}

/* --- the Device object (3) ------------------------------------------------------------ */

static void restart(void *arg)
{
    device_restart(arg);
}

/* Reboot and Factory Reset: a restart goes back to what the profile says anyway. */
static uint8_t reboot(struct device *device, struct path path, struct bytes arguments)
{
    UNUSED(path);
    UNUSED(arguments);
    timer_start(&device->restart, device->config.clock, 0, restart, device);
    return CODE_CHANGED;
}

/* Leaves one Error Code, 0: no error. */
static uint8_t reset_errors(struct device *device, struct path path, struct bytes arguments)
{
    UNUSED(arguments);
    enum { ERROR_CODE = 11 };
    struct path codes = path_child(path_parent(path), ERROR_CODE);
    model_begin(device->model);
    model_remove(device->model, codes, true);
    enum status status = model_put(device->model, path_child(codes, 0), value_integer(0));
    model_end(device->model);
    return status == ST_OK ? CODE_CHANGED : CODE_INTERNAL_ERROR;
}

/* --- the Portfolio object (16) -------------------------------------------------------- */

static uint8_t get_auth_data(struct device *device, struct path path, struct bytes arguments)
{
    return portfolio_execute(device->portfolio, path.id[1], arguments);
}

/* --- the table ------------------------------------------------------------------------ */

struct executable {
    uint16_t object, resource;
    bool reads_arguments; /* judges their grammar by itself */
    uint8_t (*run)(struct device *device, struct path path, struct bytes arguments);
};

static const struct executable executables[] = {
    {1, 4, false, disable},       {1, 8, false, trigger_update}, {1, 9, false, trigger_bootstrap},
    {3, 4, false, reboot},        {3, 5, false, reboot},         {3, 12, false, reset_errors},
    {16, 1, true, get_auth_data},
};

static const struct executable *find(struct path path)
{
    for (size_t i = 0; i < COUNT_OF(executables); i++)
        if (executables[i].object == path.id[0] && executables[i].resource == path.id[2])
            return &executables[i];
    return NULL;
}

static bool well_formed(struct bytes arguments)
{
    struct arguments parsed;
    return arguments_decode(arguments, ARGUMENTS_STRICT, &parsed, NULL) == ST_OK;
}

uint8_t execute_resource(struct device *device, struct path path, struct bytes arguments)
{
    const struct resource_def *def = catalogue_resource(model_catalogue(device->model), path);
    const struct executable *executable = find(path);
    if ((def->ops & OP_EXECUTE) == 0)
        return CODE_METHOD_NOT_ALLOWED;
    if (executable == NULL)
        return CODE_NOT_IMPLEMENTED;
    if (!executable->reads_arguments && !well_formed(arguments))
        return CODE_BAD_REQUEST;
    return executable->run(device, path, arguments);
}
