/* SPDX-License-Identifier: Apache-2.0 */
/* One device: its parts put together, who may speak to it, and what its owner does to it. */
#include "base/std.h"

#include "base/portfolio.h"
#include "device/bootstrap_impl.h"

/* --- the endpoint's calls ------------------------------------------------------------- */

/* Nothing but the server of a registration that is in force may manage the device, and nothing but
 * the one that it asked may bootstrap it; the port cannot ignore a request, so others hear 4.03
 * (LwM2M TS 1.0, 5.3). */
static void on_request(void *user, struct peer *peer, const struct message *request,
                       struct message *response)
{
    struct device *device = user;
    if (peer == bootstrap_peer(device->bootstrap)) {
        bootstrap_handle(device->bootstrap, request, response);
        return;
    }
    struct registration *asker = registration_with(device, peer);
    if (asker == NULL) {
        response->code = CODE_FORBIDDEN;
        return;
    }
    registration_stay(asker);
    management_handle(device, asker, request, response);
}

static void on_peer_gone(void *user, struct peer *peer)
{
    struct device *device = user;
    bootstrap_peer_gone(device->bootstrap, peer);
    registrations_peer_gone(device, peer);
}

/* --- life ----------------------------------------------------------------------------- */

static void make_parts(struct device *device)
{
    device->model = profile_model(device->config.profile);
    persistence_restore(device->persistence);
    device->reporting = reporting_new(device);
    device->portfolio = portfolio_new(device);
    device->bootstrap = bootstrap_new(device);
    registrations_load(device);
    persistence_follow(device->persistence);
}

/* Registrations go first, because they void the observations of their sessions. */
static void free_parts(struct device *device)
{
    persistence_leave(device->persistence);
    bootstrap_free(device->bootstrap);
    device->bootstrap = NULL;
    registrations_free(device);
    portfolio_free(device->portfolio);
    reporting_free(device->reporting);
    model_free(device->model);
}

struct device *device_new(const struct device_config *config)
{
    struct device *device = xalloc(sizeof *device);
    struct endpoint *endpoint = config->endpoint;
    device->config = *config;
    device->persistence = persistence_new(device);
    make_parts(device);
    endpoint->on_request = on_request;
    endpoint->on_peer_gone = on_peer_gone;
    endpoint->user = device;
    endpoint->trace = config->trace;
    endpoint->side = "device";
    return device;
}

void device_free(struct device *device)
{
    if (device == NULL)
        return;
    timer_stop(&device->restart);
    free_parts(device);
    persistence_free(device->persistence);
    device->config.endpoint->on_request = NULL;
    device->config.endpoint->on_peer_gone = NULL;
    free(device);
}

void device_register(struct device *device)
{
    if (device->registrations == NULL)
        bootstrap_start(device->bootstrap);
    registrations_begin(device);
}

void device_update(struct device *device)
{
    for (struct registration *at = device->registrations; at != NULL; at = registration_next(at))
        registration_update(at);
}

void device_deregister(struct device *device)
{
    bootstrap_happen(device->bootstrap, BOOTSTRAP_STOP);
    registrations_happen(device, REGISTRATION_STOP);
}

/* rule: I-21 */
void device_restart(struct device *device)
{
    timer_stop(&device->restart);
    trace_say(device->config.trace, EVENT_INFO, "device", "the device restarts");
    free_parts(device);
    device->config.gives_up = false;
    make_parts(device);
    device_register(device);
}

enum registration_state device_registration(const struct device *device)
{
    return registrations_state(device);
}

const char *registration_state_name(enum registration_state state)
{
    static const char *const names[REGISTRATION_STATES] = {
        [REGISTRATION_OFF] = "off",           [REGISTRATION_PENDING] = "pending",
        [REGISTRATION_ALIVE] = "alive",       [REGISTRATION_UPDATING] = "updating",
        [REGISTRATION_WAITING] = "waiting",   [REGISTRATION_LEAVING] = "leaving",
        [REGISTRATION_DISABLED] = "disabled", [REGISTRATION_ASLEEP] = "asleep",
        [REGISTRATION_HELD] = "held",
    };
    return names[state];
}

const struct model *device_model(const struct device *device)
{
    return device->model;
}

/* --- what the owner sets -------------------------------------------------------------- */

static enum status check_settable(const struct device *device, struct path path,
                                  struct error *error)
{
    char name[PATH_TEXT];
    path_text(path, name);
    const struct resource_def *def = catalogue_resource(model_catalogue(device->model), path);
    if (def == NULL || (def->ops & OP_READ) == 0) {
        error_set(error, "cannot set \"%s\": the object has no readable resource there", name);
        return ST_INVALID;
    }
    if (path.id[0] == PORTFOLIO && (path.id[2] == AUTH_DATA || path.id[2] == AUTH_STATUS)) {
        error_set(error, "cannot set \"%s\": only GetAuthData brings %s about", name, def->name);
        return ST_INVALID;
    }
    if (path.depth != (def->multiple ? 4 : 3)) {
        error_set(error, "cannot set \"%s\": %s is a %s resource, %s", name, def->name,
                  def->multiple ? "multiple" : "single",
                  def->multiple ? "name one of its instances" : "which has no instances");
        return ST_INVALID;
    }
    if (model_has(device->model, path_cut(path, 2)))
        return ST_OK;
    error_set(error, "cannot set \"%s\": the device has no such object instance", name);
    return ST_NOT_FOUND;
}

enum status device_set(struct device *device, struct path path, struct value value,
                       struct error *error)
{
    char name[PATH_TEXT];
    enum value_type given = value.type;
    enum status status = check_settable(device, path, error);
    if (status != ST_OK) {
        value_release(&value);
        return status;
    }
    status = model_put(device->model, path, value);
    if (status == ST_INVALID)
        error_set(error, "cannot set \"%s\": it is of type %s, not %s", path_text(path, name),
                  value_type_name(catalogue_resource(model_catalogue(device->model), path)->type),
                  value_type_name(given));
    else if (status != ST_OK)
        error_set(error, "cannot set \"%s\": %s", path_text(path, name), status_text(status));
    return status;
}

/* rule: I-23 */
enum status device_provision(struct device *device, struct path identity, struct error *error)
{
    char name[PATH_TEXT];
    path_text(identity, name);
    bool is_identity =
        identity.depth == 4 && identity.id[0] == PORTFOLIO && identity.id[2] == IDENTITY;
    const struct value *value = is_identity ? model_value(device->model, identity) : NULL;
    if (value == NULL) {
        error_set(error,
                  "cannot provision \"%s\": the device has no such Identity; it looks like "
                  "\"/16/0/0/3\"",
                  name);
        return ST_NOT_FOUND;
    }
    enum secure_result result = component_provision(device->config.component, identity.id[1],
                                                    identity.id[3], value_bytes(value));
    if (result == SECURE_OK) {
        portfolio_provisioned(device->portfolio, identity.id[1]);
        return ST_OK;
    }
    error_set(error, "cannot provision \"%s\": %s", name, secure_result_text(result));
    return ST_INVALID;
}

/* --- content -------------------------------------------------------------------------- */

static bool describe(const void *arg, struct path path, struct codec_type *out)
{
    const struct resource_def *def = catalogue_resource(arg, path);
    if (def == NULL)
        return false;
    *out = (struct codec_type){def->type, def->multiple};
    return true;
}

struct codec_types device_types(const struct device *device)
{
    return (struct codec_types){describe, model_catalogue(device->model)};
}

const struct codec *device_codec(const struct account *asker, int format)
{
    const struct codec *codec = codec_find(format);
    bool is_ours = codec != NULL && (codec->versions & 1u << asker->version) != 0;
    return is_ours ? codec : NULL;
}

const struct codec *device_request_codec(const struct account *asker, const struct message *request,
                                         struct message *response)
{
    struct error error;
    error_clear(&error);
    const struct codec *codec = device_codec(asker, request->format);
    if (request->format == FORMAT_NONE) {
        error_set(&error, "the request does not tell the format of its content");
        device_answer(response, CODE_BAD_REQUEST, &error);
        return NULL;
    }
    if (codec == NULL)
        device_answer(response, CODE_UNSUPPORTED_FORMAT, NULL);
    return codec;
}

bool device_decode(const struct account *asker, const struct message *request, struct path path,
                   struct records *records, struct message *response)
{
    struct error error;
    error_clear(&error);
    struct codec_types types = device_types(asker->device);
    const struct codec *codec = device_request_codec(asker, request, response);
    if (codec == NULL)
        return false;
    if (codec->decode(buf_bytes(&request->payload), path, &types, records, &error) == ST_OK)
        return true;
    device_answer(response, CODE_BAD_REQUEST, &error);
    return false;
}

static enum status encode_as(const struct account *asker, int format, const struct records *records,
                             struct path path, struct message *response)
{
    const struct codec *codec = device_codec(asker, format);
    buf_clear(&response->payload);
    response->format = format;
    return codec == NULL ? ST_UNSUPPORTED : codec->encode(records, path, &response->payload);
}

/* The first format that can carry the content: those of the profile, then text for one value; for
 * several SenML CBOR, or TLV where LwM2M 1.0 has no SenML (LwM2M TS 1.0, 6.4). */
static enum status encode_preferred(const struct account *asker, const struct records *records,
                                    struct path path, struct message *response)
{
    const struct profile *profile = asker->device->config.profile;
    static const int otherwise[] = {FORMAT_TEXT, FORMAT_SENML_CBOR, FORMAT_TLV};
    enum status status = ST_UNSUPPORTED;
    for (size_t i = 0; status == ST_UNSUPPORTED && i < profile->format_count; i++)
        status = encode_as(asker, profile->formats[i], records, path, response);
    for (size_t i = 0; status == ST_UNSUPPORTED && i < COUNT_OF(otherwise); i++)
        status = encode_as(asker, otherwise[i], records, path, response);
    return status;
}

void device_encode(const struct account *asker, const struct records *records, struct path base,
                   int accept, struct message *response)
{
    enum status status = accept == FORMAT_NONE ? encode_preferred(asker, records, base, response)
                                               : encode_as(asker, accept, records, base, response);
    response->code = CODE_CONTENT;
    response->sensitive = portfolio_carried(records);
    if (status == ST_OK)
        return;
    response->code = status == ST_UNSUPPORTED ? CODE_NOT_ACCEPTABLE : CODE_INTERNAL_ERROR;
    response->format = FORMAT_NONE;
    response->sensitive = false;
    buf_clear(&response->payload);
}

void device_content(const struct account *asker, struct path path, int accept,
                    struct records *records, struct message *response)
{
    const struct device *device = asker->device;
    response->code = device_code(model_read(device->model, path, records), CODE_CONTENT);
    if (response->code == CODE_CONTENT && path.depth > 1 &&
        !access_allows(device, asker->ssid, path, RIGHT_READ))
        response->code = CODE_UNAUTHORIZED;
    if (response->code != CODE_CONTENT) {
        records_clear(records);
        return;
    }
    access_filter(device, asker->ssid, records);
    if (path.depth > 1 || records->count > 0 || records_add(records, path, value_none()))
        device_encode(asker, records, path, accept, response);
}

void device_answer(struct message *response, uint8_t code, const struct error *error)
{
    response->code = code;
    if (!code_is_success(code) && error != NULL)
        buf_puts(&response->payload, error->text);
}

uint8_t device_code(enum model_result result, uint8_t success)
{
    switch (result) {
    case MODEL_OK:
        return success;
    case MODEL_NOT_FOUND:
        return CODE_NOT_FOUND;
    case MODEL_NOT_ALLOWED:
        return CODE_METHOD_NOT_ALLOWED;
    case MODEL_BAD_REQUEST:
        return CODE_BAD_REQUEST;
    }
    return CODE_INTERNAL_ERROR;
}
