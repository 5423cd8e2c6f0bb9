/* SPDX-License-Identifier: Apache-2.0 */
/* Whether what objects 0 and 1 say can be used: the consistency check at the end of a bootstrap
 * (LwM2M TS 1.1, 6.1.7.6). */
#include "base/std.h"

#include "model/bootstrap.h"
#include "model/credentials.h"

enum { SECURITY_OBJECT = 0, SERVER_OBJECT = 1 };
enum { SECURITY_BOOTSTRAP = 1, SECURITY_KEY_FIRST = 3, SECURITY_KEY_LAST = 5, SECURITY_SSID = 10 };
enum { SERVER_SSID = 0 };

/* The instances of one of the two objects. */
struct instances {
    uint16_t *ids; /* (owned) */
    size_t count;
};

static struct instances instances_of(const struct model *model, unsigned object)
{
    struct instances out = {0};
    out.ids = model_ids(model, path_object(object), &out.count);
    return out;
}

static bool is_bootstrap(const struct model *model, unsigned instance)
{
    const struct value *value =
        model_value(model, path_resource(SECURITY_OBJECT, instance, SECURITY_BOOTSTRAP));
    return value != NULL && value->boolean;
}

/* The short server id of an instance; 0: it has none. */
static int64_t ssid_of(const struct model *model, unsigned object, unsigned instance)
{
    unsigned resource = object == SECURITY_OBJECT ? SECURITY_SSID : SERVER_SSID;
    const struct value *value = model_value(model, path_resource(object, instance, resource));
    return value != NULL ? value->integer : 0;
}

/* How many instances of OBJECT belong to the server SSID. */
static size_t count_of(const struct model *model, unsigned object, int64_t ssid)
{
    struct instances all = instances_of(model, object);
    size_t count = 0;
    for (size_t i = 0; i < all.count; i++) {
        bool counts = object == SERVER_OBJECT || !is_bootstrap(model, all.ids[i]);
        count += counts && ssid_of(model, object, all.ids[i]) == ssid;
    }
    free(all.ids);
    return count;
}

/* Keys are needed as the security mode says, which credentials_of_account looks at. */
static bool is_needed(const struct resource_def *def, unsigned object)
{
    bool key =
        object == SECURITY_OBJECT && def->id >= SECURITY_KEY_FIRST && def->id <= SECURITY_KEY_LAST;
    return def->mandatory && def->type != VALUE_NONE && !key;
}

static bool check_complete(const struct model *model, struct path instance, struct error *error)
{
    char name[PATH_TEXT];
    const struct object_def *def = catalogue_object(model_catalogue(model), instance.id[0]);
    for (size_t i = 0; i < def->count; i++) {
        struct path path = path_child(instance, def->resources[i].id);
        if (!is_needed(&def->resources[i], instance.id[0]) || model_has(model, path))
            continue;
        error_set(error, "mandatory resource \"%s\" (%s) is missing", path_text(path, name),
                  def->resources[i].name);
        return false;
    }
    return true;
}

/* That the server of an instance has one of the other object, and is in no third one. */
static bool check_pair(const struct model *model, struct path instance, struct error *error)
{
    char name[PATH_TEXT];
    unsigned object = instance.id[0];
    unsigned other = object == SECURITY_OBJECT ? SERVER_OBJECT : SECURITY_OBJECT;
    int64_t ssid = ssid_of(model, object, instance.id[1]);
    path_text(instance, name);
    if (ssid == 0)
        error_set(error, "\"%s\" has no short server id", name);
    else if (count_of(model, object, ssid) > 1)
        error_set(error, "short server id %" PRId64 " of \"%s\" is that of another instance too",
                  ssid, name);
    else if (count_of(model, other, ssid) == 0)
        error_set(error,
                  "no instance of \"/%u\" belongs to the short server id %" PRId64 " of \"%s\"",
                  other, ssid, name);
    else
        return true;
    return false;
}

static bool check_security(const struct model *model, unsigned instance, struct error *error)
{
    struct path path = path_instance(SECURITY_OBJECT, instance);
    struct credentials credentials;
    if (!check_complete(model, path, error) ||
        (!is_bootstrap(model, instance) && !check_pair(model, path, error)) ||
        credentials_of_account(model, instance, &credentials, error) != ST_OK)
        return false;
    credentials_release(&credentials);
    return true;
}

static bool check_server(const struct model *model, unsigned instance, struct error *error)
{
    struct path path = path_instance(SERVER_OBJECT, instance);
    return check_complete(model, path, error) && check_pair(model, path, error);
}

static bool check_count(size_t security, size_t server, struct error *error)
{
    if (server == 0)
        error_set(error, "there is no server to register with: \"/1\" has no instance");
    else if (security > ACCOUNTS_MOST || server > ACCOUNTS_MOST)
        error_set(error, "there are more than %d accounts", ACCOUNTS_MOST);
    else
        return true;
    return false;
}

enum model_result model_check_accounts(const struct model *model, struct error *error)
{
    struct instances security = instances_of(model, SECURITY_OBJECT);
    struct instances server = instances_of(model, SERVER_OBJECT);
    size_t bootstraps = 0;
    bool good = check_count(security.count, server.count, error);
    for (size_t i = 0; good && i < security.count; i++) {
        bootstraps += is_bootstrap(model, security.ids[i]);
        good = check_security(model, security.ids[i], error);
    }
    for (size_t i = 0; good && i < server.count; i++)
        good = check_server(model, server.ids[i], error);
    if (good && bootstraps > 1) {
        error_set(error, "there are %zu bootstrap servers, but one is possible", bootstraps);
        good = false;
    }
    free(security.ids);
    free(server.ids);
    return good ? MODEL_OK : MODEL_BAD_REQUEST;
}
