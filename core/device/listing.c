/* SPDX-License-Identifier: Apache-2.0 */
/* What there is, as links: the object list of a registration and the answer to Discover
 * (LwM2M TS 1.0, 5.3 and 5.4.2; TS 1.1, 6.3.2). */
#include "base/std.h"

#include "device/device_impl.h"

enum { SECURITY = 0 };

/* An object of version 1.0 needs none; in LwM2M 1.0 the value is quoted (LwM2M TS 1.0, 5.3). */
static bool add_version(const struct object_def *def, enum lwm2m_version version, struct link *link)
{
    return strcmp(def->version, "1.0") == 0 ||
           link_add_attribute(link, "ver", def->version, version == LWM2M_1_0);
}

/* Where the objects are, and in which formats all of them can be had. */
static bool add_root(struct links *out)
{
    struct link *link = links_add(out, path_root());
    return link != NULL && link_add_attribute(link, "rt", "oma.lwm2m", true) &&
           link_add_attribute(link, "ct", "110 112", true);
}

static bool add_object(const struct device *device, enum lwm2m_version version, unsigned object,
                       struct links *out)
{
    const struct object_def *def = catalogue_object(model_catalogue(device->model), object);
    size_t count = 0;
    uint16_t *instances = model_ids(device->model, path_object(object), &count);
    bool good = true;
    if (count == 0 || strcmp(def->version, "1.0") != 0) {
        struct link *link = links_add(out, path_object(object));
        good = link != NULL && add_version(def, version, link);
    }
    for (size_t i = 0; good && i < count; i++)
        good = links_add(out, path_instance(object, instances[i])) != NULL;
    free(instances);
    return good;
}

/* rule: PF-OBJ-1 */
bool listing_objects(const struct device *device, enum lwm2m_version version, struct links *out)
{
    size_t count = 0;
    uint16_t *objects = model_ids(device->model, path_root(), &count);
    bool good = version == LWM2M_1_0 || add_root(out);
    for (size_t i = 0; good && i < count; i++)
        good = objects[i] == SECURITY || add_object(device, version, objects[i], out);
    free(objects);
    return good;
}

/* What is there at PATH beside what Write-Attributes attached to it. */
static bool add_properties(const struct account *asker, struct path path, struct link *link)
{
    const struct device *device = asker->device;
    const struct catalogue *catalogue = model_catalogue(device->model);
    const struct resource_def *def = catalogue_resource(catalogue, path);
    if (path.depth == 1)
        return add_version(catalogue_object(catalogue, path.id[0]), asker->version, link);
    if (def == NULL || !def->multiple || path.depth != 3)
        return true;
    char dim[16];
    snprintf(dim, sizeof dim, "%zu", model_children(device->model, path, NULL, 0));
    return link_add_attribute(link, "dim", dim, false);
}

/* How deep Discover goes: to the resources, and from LwM2M 1.1 below a resource that is the target
 * (ETS 261). */
static bool is_deepest(const struct account *asker, struct path path, bool is_target)
{
    bool instances = is_target && asker->version >= LWM2M_1_1;
    return path.depth > 3 || (path.depth == 3 && !instances);
}

/* Adds PATH and what is below it. Calls itself with a deeper path, so four deep at most. */
static bool add_tree(const struct account *asker, struct path path, bool is_target,
                     struct links *out)
{
    const struct device *device = asker->device;
    struct link *link = links_add(out, path);
    bool good = link != NULL && add_properties(asker, path, link);
    if (!good || path.depth == 0)
        return false;
    reporting_describe(device->reporting, asker->ssid, path, is_target, link);
    if (is_deepest(asker, path, is_target))
        return true;
    size_t count = 0;
    uint16_t *ids = model_ids(device->model, path, &count);
    for (size_t i = 0; good && i < count; i++)
        good = add_tree(asker, path_child(path, ids[i]), false, out);
    free(ids);
    return good;
}

/* rule: PF-OBJ-6, PF-DM-9 */
bool listing_discover(const struct account *asker, struct path path, struct links *out)
{
    return add_tree(asker, path, true, out);
}
