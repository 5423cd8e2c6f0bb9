/* SPDX-License-Identifier: Apache-2.0 */
/* The server account: which server it is, what its Server object instance says, and the messages of
 * the client registration interface (LwM2M TS 1.0, 5.3). */
#include "base/std.h"

#include "device/device_impl.h"

enum { SERVER = 1, SHORT_ID = 0 };

/* --- the account ---------------------------------------------------------------------- */

/* Of several accounts the first is used; NULL: the profile has none. */
static const struct profile_server *account(const struct device *device)
{
    const struct profile *profile = device->config.profile;
    return profile->server_count == 0 ? NULL : &profile->servers[0];
}

const char *account_uri(const struct device *device)
{
    const struct profile_server *server = account(device);
    if (device->config.uri != NULL)
        return device->config.uri;
    return server == NULL ? NULL : server->uri;
}

const char *account_address(const struct device *device)
{
    const struct profile_server *server = account(device);
    return device->config.uri != NULL || server == NULL ? NULL : server->connect;
}

struct path account_resource(const struct device *device, unsigned resource)
{
    enum { INSTANCES_MOST = 16 };
    const struct profile_server *server = account(device);
    uint16_t ids[INSTANCES_MOST] = {0};
    size_t count = model_children(device->model, path_object(SERVER), ids, INSTANCES_MOST);
    for (size_t i = 0; server != NULL && i < count && i < INSTANCES_MOST; i++) {
        const struct value *ssid =
            model_value(device->model, path_resource(SERVER, ids[i], SHORT_ID));
        if (ssid != NULL && ssid->integer == server->ssid)
            return path_resource(SERVER, ids[i], resource);
    }
    return path_resource(SERVER, ids[0], resource);
}

int64_t account_integer(const struct device *device, unsigned resource, int64_t otherwise)
{
    const struct value *value = model_value(device->model, account_resource(device, resource));
    return value != NULL ? value->integer : otherwise;
}

int64_t account_lifetime(const struct device *device)
{
    return account_integer(device, ACCOUNT_LIFETIME, device->config.profile->lifetime);
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

static bool add_lifetime(const struct device *device, struct message *request)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, account_lifetime(device));
    return add_query(request, "lt", bytes_of(text));
}

static struct bytes binding(const struct device *device)
{
    const struct value *value =
        model_value(device->model, account_resource(device, ACCOUNT_BINDING));
    return value != NULL ? value_bytes(value) : bytes_of("U");
}

static bool add_objects(const struct device *device, struct message *request)
{
    struct links links;
    links_init(&links);
    bool good = listing_objects(device, &links);
    links_encode(&links, &request->payload);
    request->format = FORMAT_LINK;
    links_release(&links);
    return good && !request->payload.bad;
}

/* --- the messages --------------------------------------------------------------------- */

bool account_register(const struct device *device, struct message *out)
{
    const struct profile *profile = device->config.profile;
    out->code = CODE_POST;
    bool good = segments_add(&out->path, bytes_of("rd")) &&
                add_query(out, "ep", bytes_of(profile->endpoint)) && add_lifetime(device, out) &&
                add_query(out, "lwm2m", bytes_of(lwm2m_version_name(profile->version)));
    /* "U" is what a server assumes by itself. */
    if (good && !bytes_is(binding(device), "U"))
        good = add_query(out, "b", binding(device));
    return good && add_objects(device, out);
}

bool account_update(const struct device *device, unsigned wanted, struct message *out)
{
    bool good = true;
    out->code = CODE_POST;
    if ((wanted & WANT_LIFETIME) != 0)
        good = add_lifetime(device, out);
    if (good && (wanted & WANT_BINDING) != 0)
        good = add_query(out, "b", binding(device));
    if (good && (wanted & WANT_OBJECTS) != 0)
        good = add_objects(device, out);
    return good;
}
