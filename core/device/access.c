/* SPDX-License-Identifier: Apache-2.0 */
/* Access control among several servers: what the instances of object 2 allow
 * (LwM2M TS 1.1, 8.1 and 8.2). */
#include "base/std.h"

#include "device/device_impl.h"

enum { SERVER = 1, ACCESS_CONTROL = 2 };
enum { OBJECT_ID = 0, INSTANCE_ID = 1, ACL = 2, OWNER = 3 }; /* of object 2 */
enum { DEFAULT_ENTRY = 0 };                                  /* of the list */
enum { ALL_BUT_CREATE = RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE | RIGHT_DELETE };

/* One server alone may do everything, whatever object 2 says. */
static bool is_controlled(const struct device *device)
{
    return model_children(device->model, path_object(SERVER), NULL, 0) > 1;
}

static int64_t integer_at(const struct model *model, struct path path, int64_t otherwise)
{
    const struct value *value = model_value(model, path);
    return value != NULL ? value->integer : otherwise;
}

/* The instance of object 2 for TARGET: an object instance, or an object, in which instances are
 * created. ID_NONE: there is none. */
static unsigned find_control(const struct model *model, struct path target)
{
    int64_t instance = target.depth > 1 ? target.id[1] : ID_NONE;
    size_t count = 0;
    uint16_t *ids = model_ids(model, path_object(ACCESS_CONTROL), &count);
    unsigned found = ID_NONE;
    for (size_t i = 0; i < count && found == ID_NONE; i++) {
        struct path control = path_instance(ACCESS_CONTROL, ids[i]);
        if (integer_at(model, path_child(control, OBJECT_ID), -1) == target.id[0] &&
            integer_at(model, path_child(control, INSTANCE_ID), -1) == instance)
            found = ids[i];
    }
    free(ids);
    return found;
}

static bool owns(const struct model *model, unsigned control, unsigned ssid)
{
    return integer_at(model, path_resource(ACCESS_CONTROL, control, OWNER), -1) == (int64_t)ssid;
}

/* What CONTROL gives the server: its own entry, else the default one; an owner without any list
 * has all but the right to create. */
static int64_t rights_of(const struct model *model, unsigned control, unsigned ssid)
{
    struct path list = path_resource(ACCESS_CONTROL, control, ACL);
    int64_t fallback = integer_at(model, path_child(list, DEFAULT_ENTRY), 0);
    if (owns(model, control, ssid) && model_children(model, list, NULL, 0) == 0)
        return ALL_BUT_CREATE;
    return integer_at(model, path_child(list, ssid), fallback);
}

bool access_allows(const struct device *device, unsigned ssid, struct path path, unsigned right)
{
    const struct model *model = device->model;
    if (right == 0 || !is_controlled(device))
        return true;
    if (path.id[0] == ACCESS_CONTROL)
        return right == RIGHT_READ ||
               (right == RIGHT_WRITE && path.depth > 1 && owns(model, path.id[1], ssid));
    unsigned control = find_control(model, path_cut(path, right == RIGHT_CREATE ? 1 : 2));
    return control != ID_NONE && (rights_of(model, control, ssid) & right) != 0;
}

void access_filter(const struct device *device, unsigned ssid, struct records *records)
{
    size_t kept = 0;
    for (size_t i = 0; i < records->count; i++) {
        struct record *record = &records->items[i];
        if (record->path.depth < 2 || access_allows(device, ssid, record->path, RIGHT_READ))
            records->items[kept++] = *record;
        else
            value_release(&record->value);
    }
    records->count = kept;
}

/* --- instances that come and go ----------------------------------------------------------- */

static unsigned free_instance(const struct model *model)
{
    unsigned id = 0;
    while (model_has(model, path_instance(ACCESS_CONTROL, id)))
        id++;
    return id;
}

bool access_grant(struct device *device, unsigned ssid, struct path instance)
{
    if (!is_controlled(device))
        return true;
    struct path control = path_instance(ACCESS_CONTROL, free_instance(device->model));
    const struct record cells[] = {
        {path_child(control, OBJECT_ID), value_integer(instance.id[0])},
        {path_child(control, INSTANCE_ID), value_integer(instance.id[1])},
        {path_child(path_child(control, ACL), ssid), value_integer(ALL_BUT_CREATE)},
        {path_child(control, OWNER), value_integer(ssid)},
    };
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < COUNT_OF(cells); i++)
        status = model_put(device->model, cells[i].path, cells[i].value);
    if (status != ST_OK)
        model_remove(device->model, control, false);
    return status == ST_OK;
}

void access_revoke(struct device *device, struct path instance)
{
    unsigned control = find_control(device->model, instance);
    if (control != ID_NONE)
        model_remove(device->model, path_instance(ACCESS_CONTROL, control), false);
}
