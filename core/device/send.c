/* SPDX-License-Identifier: Apache-2.0 */
/* Send: values that the device tells its servers without being asked (LwM2M TS 1.1, 6.4). */
#include "base/std.h"

#include "device/device_impl.h"

static void answered(void *arg, enum status status, const struct message *response)
{
    struct registration *registration = arg;
    const struct account *account = registration_account(registration);
    struct trace *trace = account->device->config.trace;
    char code[CODE_TEXT];
    registration_stay(registration);
    if (status != ST_OK)
        trace_say(trace, EVENT_WARNING, "device",
                  "the server at \"%s\" did not answer what was sent: %s", account->uri,
                  status_text(status));
    else if (!code_is_success(response->code))
        trace_say(trace, EVENT_WARNING, "device",
                  "the server at \"%s\" did not take what was sent: %s %s", account->uri,
                  code_text(response->code, code), code_phrase(response->code));
}

/* True or absent means that the server wants no Send (resource 23 of object 1). */
static bool is_muted(const struct account *account, struct path *out)
{
    *out = account_resource(account, ACCOUNT_MUTE_SEND);
    const struct value *mute = model_value(account->device->model, *out);
    return mute == NULL || mute->boolean;
}

static enum status check_allowed(const struct registration *registration, struct error *error)
{
    const struct account *account = registration_account(registration);
    char name[PATH_TEXT];
    struct path mute;
    if (registration_peer(registration) == NULL) {
        error_set(error, "cannot send: the device is not registered; wait until it is");
        return ST_INVALID;
    }
    if (account->version == LWM2M_1_0) {
        error_set(error, "cannot send: the server speaks LwM2M 1.0, which has no Send");
        return ST_UNSUPPORTED;
    }
    if (!is_muted(account, &mute))
        return ST_OK;
    error_set(error, "cannot send: the server has muted it; \"%s\" must be false",
              path_text(mute, name));
    return ST_REFUSED;
}

static bool has_values(const struct records *records)
{
    for (size_t i = 0; i < records->count; i++)
        if (records->items[i].value.type != VALUE_NONE)
            return true;
    return false;
}

/* The session may be over when the device tries to wake up. */
static enum status post(struct registration *registration, struct message *request,
                        struct error *error)
{
    struct endpoint *endpoint = registration_account(registration)->device->config.endpoint;
    enum status status = ST_LIMIT;
    request->code = CODE_POST;
    registration_wake(registration);
    struct peer *peer = registration_peer(registration);
    if (peer == NULL)
        status = ST_UNREACHABLE;
    else if (segments_add(&request->path, bytes_of("dp")))
        status = endpoint_request(endpoint, peer, request, answered, registration, NULL);
    if (status != ST_OK)
        error_set(error, "cannot send: %s", status_text(status));
    return status;
}

/* rule: PF-DM-7, I-10: what is sent is not read, so AuthData stays. */
static enum status send_to(struct registration *registration, const struct records *paths,
                           struct error *error)
{
    enum status status = check_allowed(registration, error);
    if (status != ST_OK)
        return status;
    struct records records;
    struct message request;
    records_init(&records);
    message_init(&request);
    composite_content(registration_account(registration), paths, FORMAT_NONE, &records, &request);
    if (!has_values(&records)) {
        error_set(error, "cannot send: there is nothing to read at these paths");
        status = ST_NOT_FOUND;
    } else if (request.code != CODE_CONTENT) {
        error_set(error, "cannot send: no format of the profile carries these values");
        status = ST_UNSUPPORTED;
    } else {
        status = post(registration, &request, error);
    }
    records_release(&records);
    message_release(&request);
    return status;
}

/* Who does not get it is told of only when nobody does, and then the first one. */
enum status device_send(struct device *device, const struct records *paths, struct error *error)
{
    enum status first = ST_INVALID;
    bool any = false;
    if (device->config.profile->version == LWM2M_1_0) {
        error_set(error, "cannot send: LwM2M 1.0 has no Send; use a profile with lwm2m \"1.1\"");
        return ST_UNSUPPORTED;
    }
    error_set(error, "cannot send: the device has no server account");
    for (struct registration *at = device->registrations; at != NULL; at = registration_next(at)) {
        struct error reason;
        error_clear(&reason);
        enum status status = send_to(at, paths, &reason);
        any = any || status == ST_OK;
        if (status != ST_OK && at == device->registrations) {
            first = status;
            error_set(error, "%s", reason.text);
        }
    }
    return any ? ST_OK : first;
}
