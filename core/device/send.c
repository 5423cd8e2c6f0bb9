/* SPDX-License-Identifier: Apache-2.0 */
/* Send: values that the device tells the server without being asked (LwM2M TS 1.1, 6.4). */
#include "base/std.h"

#include "device/device_impl.h"

static void answered(void *arg, enum status status, const struct message *response)
{
    struct device *device = arg;
    char code[CODE_TEXT];
    registration_stay(device->registration);
    if (status != ST_OK)
        trace_say(device->config.trace, EVENT_WARNING, "device",
                  "the server did not answer what was sent: %s", status_text(status));
    else if (!code_is_success(response->code))
        trace_say(device->config.trace, EVENT_WARNING, "device",
                  "the server did not take what was sent: %s %s", code_text(response->code, code),
                  code_phrase(response->code));
}

/* True or absent means that the server wants no Send (resource 23 of object 1). */
static bool is_muted(const struct device *device, struct path *out)
{
    *out = account_resource(registration_account(device->registration), ACCOUNT_MUTE_SEND);
    const struct value *mute = model_value(device->model, *out);
    return mute == NULL || mute->boolean;
}

static enum status check_allowed(const struct device *device, struct error *error)
{
    char name[PATH_TEXT];
    struct path mute;
    if (device->config.profile->version == LWM2M_1_0) {
        error_set(error, "cannot send: LwM2M 1.0 has no Send; use a profile with lwm2m \"1.1\"");
        return ST_UNSUPPORTED;
    }
    if (registration_peer(device->registration) == NULL) {
        error_set(error, "cannot send: the device is not registered; wait until it is");
        return ST_INVALID;
    }
    if (device_version(device) == LWM2M_1_0) {
        error_set(error, "cannot send: the server speaks LwM2M 1.0, which has no Send");
        return ST_UNSUPPORTED;
    }
    if (!is_muted(device, &mute))
        return ST_OK;
    error_set(error, "cannot send: the server has muted it; \"%s\" must be false",
              path_text(mute, name));
    return ST_INVALID;
}

static bool has_values(const struct records *records)
{
    for (size_t i = 0; i < records->count; i++)
        if (records->items[i].value.type != VALUE_NONE)
            return true;
    return false;
}

static enum status post(struct device *device, struct message *request, struct error *error)
{
    request->code = CODE_POST;
    registration_wake(device->registration);
    enum status status = ST_LIMIT;
    if (segments_add(&request->path, bytes_of("dp")))
        status = endpoint_request(device->config.endpoint, registration_peer(device->registration),
                                  request, answered, device, NULL);
    if (status != ST_OK)
        error_set(error, "cannot send: %s", status_text(status));
    return status;
}

/* rule: PF-DM-7, I-10: what is sent is not read, so AuthData stays. */
enum status device_send(struct device *device, const struct records *paths, struct error *error)
{
    enum status status = check_allowed(device, error);
    if (status != ST_OK)
        return status;
    struct records records;
    struct message request;
    records_init(&records);
    message_init(&request);
    composite_content(device, paths, FORMAT_NONE, &records, &request);
    if (!has_values(&records)) {
        error_set(error, "cannot send: there is nothing to read at these paths");
        status = ST_NOT_FOUND;
    } else if (request.code != CODE_CONTENT) {
        error_set(error, "cannot send: no format of the profile carries these values");
        status = ST_UNSUPPORTED;
    } else {
        status = post(device, &request, error);
    }
    records_release(&records);
    message_release(&request);
    return status;
}
