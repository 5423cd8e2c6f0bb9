/* SPDX-License-Identifier: Apache-2.0 */
/* The server account: which server it is, what its Server object instance says, and the messages of
 * the client registration interface (LwM2M TS 1.0, 5.3). */
#include "base/std.h"

#include "device/device_impl.h"

enum { SECURITY = 0, SERVER = 1 };
enum { SECURITY_URI = 0, SECURITY_BOOTSTRAP = 1, SECURITY_SSID = 10 }; /* of object 0 */
enum { INSTANCES_MOST = 64 };                                          /* of objects 0 and 1 */

/* --- the account ---------------------------------------------------------------------- */

/* The Security object instance of the server with the short id SSID. */
static bool find_security(const struct model *model, unsigned ssid, uint16_t *out)
{
    uint16_t ids[INSTANCES_MOST];
    size_t count = model_children(model, path_object(SECURITY), ids, INSTANCES_MOST);
    for (size_t i = 0; i < count && i < INSTANCES_MOST; i++) {
        const struct value *bootstrap =
            model_value(model, path_resource(SECURITY, ids[i], SECURITY_BOOTSTRAP));
        const struct value *value =
            model_value(model, path_resource(SECURITY, ids[i], SECURITY_SSID));
        *out = ids[i];
        if (value != NULL && value->integer == ssid && (bootstrap == NULL || !bootstrap->boolean))
            return true;
    }
    return false;
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
    if (value != NULL)
        account->address = profile_connect(device->config.profile, account->uri);
}

bool account_security(const struct account *account, uint16_t *out)
{
    return find_security(account->device->model, account->ssid, out);
}

unsigned account_first(const struct device *device)
{
    const struct profile *profile = device->config.profile;
    return profile->server_count == 0 ? 0 : profile->servers[0].ssid;
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

int64_t account_lifetime(const struct account *account)
{
    return account_integer(account, ACCOUNT_LIFETIME, account->device->config.profile->lifetime);
}

/* --- parts of messages ---------------------------------------------------------------- */

static bool add_query(struct message *request, const char *name, struct bytes value)
{
    struct buf item;
    buf_init(&item, SEGMENT_LEN_MOST);
    buf_printf(&item, "%s=", name);
    buf_put(&item, value);
    bool good = !item.bad && segments_add(&request->query, buf_bytes(&item));
    buf_release(&item);
    return good;
}

static bool add_lifetime(const struct account *account, struct message *request)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, account_lifetime(account));
    return add_query(request, "lt", bytes_of(text));
}

static struct bytes binding(const struct account *account)
{
    const struct value *value =
        model_value(account->device->model, account_resource(account, ACCOUNT_BINDING));
    return value != NULL ? value_bytes(value) : bytes_of("U");
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
    bool good = segments_add(&out->path, bytes_of("rd")) &&
                add_query(out, "ep", bytes_of(account->device->config.profile->endpoint)) &&
                add_lifetime(account, out) &&
                add_query(out, "lwm2m", bytes_of(lwm2m_version_name(account->version)));
    /* "U" is what a server assumes by itself. */
    if (good && !bytes_is(binding(account), "U"))
        good = add_query(out, "b", binding(account));
    return good && add_objects(account, out);
}

bool account_update(const struct account *account, unsigned wanted, struct message *out)
{
    bool good = true;
    out->code = CODE_POST;
    if ((wanted & WANT_LIFETIME) != 0)
        good = add_lifetime(account, out);
    if (good && (wanted & WANT_BINDING) != 0)
        good = add_query(out, "b", binding(account));
    if (good && (wanted & WANT_OBJECTS) != 0)
        good = add_objects(account, out);
    return good;
}
