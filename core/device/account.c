/* SPDX-License-Identifier: Apache-2.0 */
/* The server account: which server it is, what its Server object instance says, and the messages of
 * the client registration interface (LwM2M TS 1.0, 5.3). */
#include "base/std.h"

#include "device/device_impl.h"

enum { SECURITY = 0, SERVER = 1 };
enum { SECURITY_URI = 0, SECURITY_BOOTSTRAP = 1, SECURITY_SSID = 10 }; /* of object 0 */
enum { INSTANCES_MOST = 64 };                                          /* of objects 0 and 1 */

/* --- the account ---------------------------------------------------------------------- */

/* The bootstrap server's has no use for a short id. */
static bool is_of(const struct model *model, unsigned instance, unsigned ssid)
{
    const struct value *bootstrap =
        model_value(model, path_resource(SECURITY, instance, SECURITY_BOOTSTRAP));
    const struct value *value =
        model_value(model, path_resource(SECURITY, instance, SECURITY_SSID));
    if (bootstrap != NULL && bootstrap->boolean)
        return ssid == 0;
    return ssid != 0 && value != NULL && value->integer == ssid;
}

/* The Security object instance of the server with the short id SSID. */
static bool find_security(const struct model *model, unsigned ssid, uint16_t *out)
{
    uint16_t ids[INSTANCES_MOST];
    size_t count = model_children(model, path_object(SECURITY), ids, INSTANCES_MOST);
    for (size_t i = 0; i < count && i < INSTANCES_MOST; i++) {
        *out = ids[i];
        if (is_of(model, ids[i], ssid))
            return true;
    }
    return false;
}

/* Where the owner says that the server of SSID is to be found. */
static const char *place_of(const struct device *device, unsigned ssid)
{
    for (size_t i = 0; i < device->config.place_count; i++)
        if (device->config.places[i].ssid == ssid)
            return device->config.places[i].address;
    return NULL;
}

void account_init(struct account *account, const struct device *device, unsigned ssid,
                  const char *uri)
{
    uint16_t instance = 0;
    const struct value *value = NULL;
    *account = (struct account){
        .device = device, .ssid = ssid, .version = device->config.profile->version};
    if (uri == NULL && find_security(device->model, ssid, &instance))
        value = model_value(device->model, path_resource(SECURITY, instance, SECURITY_URI));
    struct bytes text = value != NULL ? value_bytes(value) : bytes_of(uri != NULL ? uri : "");
    if (text.len > 0 && text.len < sizeof account->uri)
        memcpy(account->uri, text.data, text.len);
    account->address = place_of(device, ssid);
    if (account->address == NULL)
        account->address = profile_connect(device->config.profile, account->uri);
}

bool account_security(const struct account *account, uint16_t *out)
{
    return find_security(account->device->model, account->ssid, out);
}

bool account_exists(const struct device *device, unsigned ssid)
{
    uint16_t instance = 0;
    return find_security(device->model, ssid, &instance);
}

struct path account_resource(const struct account *account, unsigned resource)
{
    uint16_t ids[INSTANCES_MOST] = {0};
    const struct model *model = account->device->model;
    size_t count = model_children(model, path_object(SERVER), ids, INSTANCES_MOST);
    for (size_t i = 0; i < count && i < INSTANCES_MOST; i++) {
        const struct value *ssid =
            model_value(model, path_resource(SERVER, ids[i], ACCOUNT_SHORT_ID));
        if (ssid != NULL && ssid->integer == account->ssid)
            return path_resource(SERVER, ids[i], resource);
    }
    return path_resource(SERVER, ids[0], resource);
}

int64_t account_integer(const struct account *account, unsigned resource, int64_t otherwise)
{
    const struct value *value =
        model_value(account->device->model, account_resource(account, resource));
    return value != NULL ? value->integer : otherwise;
}

bool account_boolean(const struct account *account, unsigned resource, bool otherwise)
{
    const struct value *value =
        model_value(account->device->model, account_resource(account, resource));
    return value != NULL ? value->boolean : otherwise;
}

int64_t account_lifetime(const struct account *account)
{
    return account_integer(account, ACCOUNT_LIFETIME, account->device->config.profile->lifetime);
}

/* --- when to try again ---------------------------------------------------------------- */

/* Seconds: in LwM2M 1.0, which does not say. */
enum { RETRY_FIRST = 2, RETRY_MOST = 60 };
/* Where the Server object does not say (LwM2M TS 1.1, table 6.2.1.1-1). */
enum {
    RETRY_COUNT = 5,
    RETRY_TIMER = 60,
    SEQUENCE_DELAY = 86400, /* seconds */
    SEQUENCE_COUNT = 1,
    DOUBLINGS_MOST = 30
};

static int64_t doubled(int64_t seconds, int64_t times)
{
    int64_t factor = INT64_C(1) << (times < DOUBLINGS_MOST ? times : DOUBLINGS_MOST);
    return seconds > ACCOUNT_SECONDS_MOST / factor ? ACCOUNT_SECONDS_MOST : seconds * factor;
}

/* A sequence of attempts is followed by a longer pause; its greatest value, in whatever width it
 * was meant, is the end (LwM2M TS 1.1, 6.2.1.1). */
int64_t account_pause(const struct account *account, int64_t failures)
{
    if (account->device->config.profile->version == LWM2M_1_0) {
        int64_t pause = doubled(RETRY_FIRST, failures);
        return pause < RETRY_MOST ? pause : RETRY_MOST;
    }
    int64_t count = account_integer(account, ACCOUNT_RETRY_COUNT, RETRY_COUNT);
    int64_t attempt = count > 0 ? failures % count : 0;
    if (attempt < count - 1)
        return doubled(account_integer(account, ACCOUNT_RETRY_TIMER, RETRY_TIMER), attempt);
    int64_t pause = account_integer(account, ACCOUNT_SEQUENCE_DELAY, SEQUENCE_DELAY);
    return pause >= UINT32_MAX ? -1 : pause;
}

int64_t account_attempts(const struct account *account)
{
    int64_t count = account_integer(account, ACCOUNT_RETRY_COUNT, RETRY_COUNT);
    int64_t sequences = account_integer(account, ACCOUNT_SEQUENCE_COUNT, SEQUENCE_COUNT);
    count = count > 0 ? count : 1;
    sequences = sequences > 0 ? sequences : 1;
    return sequences > INT64_MAX / count ? INT64_MAX : count * sequences;
}

/* --- parts of messages ---------------------------------------------------------------- */

static bool add_lifetime(const struct account *account, struct message *request)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, account_lifetime(account));
    return segments_add_query(&request->query, "lt", bytes_of(text));
}

static bool goes_by_tcp(const struct account *account)
{
    struct account_uri uri = {0};
    return account_uri_parse(bytes_of(account->uri), &uri) && uri.tcp;
}

/* Whoever was led to another address than the account's may be on another transport, too. */
static struct bytes binding(const struct account *account)
{
    const struct value *value =
        model_value(account->device->model, account_resource(account, ACCOUNT_BINDING));
    struct bytes modes = value != NULL ? value_bytes(value) : bytes_of("U");
    bool is_missing =
        goes_by_tcp(account) && (modes.len == 0 || memchr(modes.data, 'T', modes.len) == NULL);
    return is_missing ? bytes_of("T") : modes;
}

/* The first mode of MODES with queue mode: "UQS" of "US". */
static bool add_queued(struct bytes modes, struct message *request)
{
    char text[16];
    int rest = modes.len > 1 ? (int)modes.len - 1 : 0;
    snprintf(text, sizeof text, "%cQ%.*s", modes.len > 0 ? modes.data[0] : 'U', rest,
             rest > 0 ? (const char *)modes.data + 1 : "");
    return segments_add_query(&request->query, "b", bytes_of(text));
}

/* "U" is what a server assumes by itself, unless it was told another one. Queue mode is a flag
 * beside it, and in LwM2M 1.0, which a device can be brought back to, a letter of it. */
static bool add_binding(const struct account *account, bool was_told, struct message *request)
{
    const struct profile *profile = account->device->config.profile;
    struct bytes modes = binding(account);
    bool told = true;
    if (profile->queue_mode && account->version < profile->version)
        told = add_queued(modes, request);
    else if (was_told || !bytes_is(modes, "U"))
        told = segments_add_query(&request->query, "b", modes);
    if (profile->queue_mode && account->version > LWM2M_1_0)
        told = told && segments_add(&request->query, bytes_of("Q"));
    return told;
}

static bool add_objects(const struct account *account, struct message *request)
{
    struct links links;
    links_init(&links);
    bool good = listing_objects(account->device, account->version, &links);
    links_encode(&links, &request->payload);
    request->format = FORMAT_LINK;
    links_release(&links);
    return good && !request->payload.bad;
}

/* --- the messages --------------------------------------------------------------------- */

bool account_register(const struct account *account, struct message *out)
{
    out->code = CODE_POST;
    bool good =
        segments_add(&out->path, bytes_of("rd")) &&
        segments_add_query(&out->query, "ep",
                           bytes_of(account->device->config.profile->endpoint)) &&
        add_lifetime(account, out) &&
        segments_add_query(&out->query, "lwm2m", bytes_of(lwm2m_version_name(account->version)));
    return good && add_binding(account, false, out) && add_objects(account, out);
}

bool account_update(const struct account *account, unsigned wanted, struct message *out)
{
    bool good = true;
    out->code = CODE_POST;
    if ((wanted & WANT_LIFETIME) != 0)
        good = add_lifetime(account, out);
    if (good && (wanted & WANT_BINDING) != 0)
        good = add_binding(account, true, out);
    if (good && (wanted & WANT_OBJECTS) != 0)
        good = add_objects(account, out);
    return good;
}
