/* SPDX-License-Identifier: Apache-2.0 */
/* What Bootstrap-Discover tells: objects and instances, and which server an account is of
 * (LwM2M TS 1.1, 6.1.7.3). */
#include "base/std.h"

#include "device/bootstrap_impl.h"

enum { SECURITY = 0, SERVER = 1 };
enum { SECURITY_URI = 0, SECURITY_BOOTSTRAP = 1, SECURITY_SSID = 10, SERVER_SSID = 0 };

static bool add_ssid(const struct model *model, struct path instance, struct link *link)
{
    char text[24];
    unsigned resource = instance.id[0] == SECURITY ? SECURITY_SSID : SERVER_SSID;
    const struct value *ssid = model_value(model, path_child(instance, resource));
    if (ssid == NULL)
        return true;
    snprintf(text, sizeof text, "%" PRId64, ssid->integer);
    return link_add_attribute(link, "ssid", text, false);
}

/* A URI that is no text of a link is left out. */
static bool add_uri(const struct model *model, struct path instance, struct link *link)
{
    char text[LINK_TEXT_MOST + 1] = "";
    const struct value *uri = model_value(model, path_child(instance, SECURITY_URI));
    struct bytes octets = uri != NULL ? value_bytes(uri) : bytes_of("");
    if (octets.len == 0 || octets.len > LINK_TEXT_MOST || !utf8_plain(octets))
        return true;
    memcpy(text, octets.data, octets.len);
    return link_add_attribute(link, "uri", text, true);
}

/* The account of the bootstrap server itself has no short id to tell. */
static bool describe(const struct model *model, enum lwm2m_version version, struct path instance,
                     struct link *link)
{
    if (instance.id[0] == SERVER)
        return add_ssid(model, instance, link);
    if (instance.id[0] != SECURITY)
        return true;
    const struct value *bootstrap = model_value(model, path_child(instance, SECURITY_BOOTSTRAP));
    bool is_account = bootstrap == NULL || !bootstrap->boolean;
    return (!is_account || add_ssid(model, instance, link)) &&
           (version == LWM2M_1_0 || add_uri(model, instance, link));
}

static bool add_object(const struct model *model, enum lwm2m_version version, unsigned object,
                       struct links *out)
{
    const struct object_def *def = catalogue_object(model_catalogue(model), object);
    bool versioned = strcmp(def->version, "1.0") != 0;
    size_t count = 0;
    uint16_t *instances = model_ids(model, path_object(object), &count);
    bool good = true;
    if (count == 0 || versioned) {
        struct link *link = links_add(out, path_object(object));
        good = link != NULL &&
               (!versioned || link_add_attribute(link, "ver", def->version, version == LWM2M_1_0));
    }
    for (size_t i = 0; good && i < count; i++) {
        struct path path = path_instance(object, instances[i]);
        struct link *link = links_add(out, path);
        good = link != NULL && describe(model, version, path, link);
    }
    free(instances);
    return good;
}

static bool add_objects(const struct model *model, enum lwm2m_version version, struct path path,
                        struct links *out)
{
    if (path.depth > 0)
        return add_object(model, version, path.id[0], out);
    size_t count = 0;
    uint16_t *objects = model_ids(model, path, &count);
    bool good = true;
    for (size_t i = 0; good && i < count; i++)
        good = add_object(model, version, objects[i], out);
    free(objects);
    return good;
}

bool bootstrap_discover(const struct model *model, enum lwm2m_version version, struct path path,
                        struct buf *out)
{
    struct links links;
    links_init(&links);
    bool good = add_objects(model, version, path, &links);
    const char *name = lwm2m_version_name(version);
    if (version == LWM2M_1_0)
        buf_printf(out, "lwm2m=\"%s\"", name);
    else
        buf_printf(out, "</>;lwm2m=%s", name);
    buf_puts(out, links.count > 0 ? "," : "");
    links_encode(&links, out);
    links_release(&links);
    return good && !out->bad;
}
