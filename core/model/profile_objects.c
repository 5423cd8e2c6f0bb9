/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the initial values of a device from "servers" and "objects", by the object definitions. */
#include "base/std.h"

#include "model/profile_impl.h"
#include "model/secret.h"

enum { SECURITY_OBJECT = 0, DEVICE_OBJECT = 3, PORTFOLIO_OBJECT = 16 };

/* Where a value or thing of "objects" goes, and what defines it. */
struct spot {
    struct loading *loading;        /* (borrowed) */
    const struct resource_def *def; /* (borrowed) */
    struct path path;
};

void content_put(struct loading *loading, const struct json *json, struct path path,
                 struct value value)
{
    if (loading->content.count < MODEL_CELLS_MOST) {
        tree_put(&loading->content, path, value);
        return;
    }
    value_release(&value);
    if (!loading->full)
        COMPLAIN(loading, json, false, "more than %d values; leave some out", MODEL_CELLS_MOST);
    loading->full = true;
}

/* --- values -------------------------------------------------------------------------------- */

static bool parse_link(struct bytes text, struct value *out)
{
    const uint8_t *colon = text.len == 0 ? NULL : memchr(text.data, ':', text.len);
    if (colon == NULL)
        return false;
    size_t len = (size_t)(colon - text.data);
    int64_t object = 0;
    int64_t instance = 0;
    if (!parse_decimal((struct bytes){text.data, len}, &object) ||
        !parse_decimal((struct bytes){colon + 1, text.len - len - 1}, &instance))
        return false;
    if (object < 0 || object > ID_NONE || instance < 0 || instance > ID_NONE)
        return false;
    *out = value_link((uint16_t)object, (uint16_t)instance);
    return true;
}

static bool parse_opaque(const char *folder, const struct json *json, struct value *out,
                         struct error *error)
{
    struct buf octets;
    buf_init_secret(&octets, SECRET_MOST);
    bool good = secret_read(json->text, folder, &octets, NULL, error) == ST_OK;
    if (good)
        *out = value_octets(VALUE_OPAQUE, buf_bytes(&octets));
    buf_release(&octets);
    return good;
}

/* What the definition asks for, as a phrase for the message. */
static const char *needed(enum value_type type)
{
    static const char *const phrases[] = {
        [VALUE_NONE] = "no value",
        [VALUE_STRING] = "a string",
        [VALUE_INTEGER] = "an integer",
        [VALUE_FLOAT] = "a number",
        [VALUE_BOOLEAN] = "true or false",
        [VALUE_OPAQUE] = "octets such as \"hex:00ff\", \"base64:AP8=\" or \"text:abc\"",
        [VALUE_TIME] = "seconds since 1970",
        [VALUE_OBJLINK] = "a link such as \"16:1\"",
    };
    return phrases[type];
}

bool value_of_json(const char *folder, enum value_type type, const struct json *json,
                   struct value *out, struct error *reason)
{
    bool text = json->kind == JSON_STRING;
    switch (type) {
    case VALUE_NONE:
        return false;
    case VALUE_STRING:
        *out = text ? value_octets(VALUE_STRING, json->text) : value_none();
        return text;
    case VALUE_INTEGER:
        *out = value_integer(json->integer);
        return json->kind == JSON_INTEGER;
    case VALUE_TIME:
        *out = value_time(json->integer);
        return json->kind == JSON_INTEGER;
    case VALUE_FLOAT:
        *out = value_float(json->number);
        return json->kind == JSON_INTEGER || json->kind == JSON_NUMBER;
    case VALUE_BOOLEAN:
        *out = value_boolean(json->integer != 0);
        return json->kind == JSON_BOOLEAN;
    case VALUE_OPAQUE:
        return text && parse_opaque(folder, json, out, reason);
    case VALUE_OBJLINK:
        return text && parse_link(json->text, out);
    }
    return false;
}

bool value_load(const struct source *source, const struct resource_def *def, struct path path,
                const struct json *json, struct value *out)
{
    char name[PATH_TEXT];
    struct error error;
    error_clear(&error);
    path_text(path, name);
    *out = value_none();
    if (json->kind == JSON_OBJECT || json->kind == JSON_ARRAY || json->kind == JSON_NULL)
        return false;
    if (!value_of_json(source->folder, def->type, json, out, &error)) {
        bool reason = error.text[0] != '\0';
        json_error(source->errors, source->subject, json, false, "value of \"%s\" (%s) %s%s", name,
                   def->name, reason ? "cannot be had: " : "must be ",
                   reason ? error.text : needed(def->type));
        return false;
    }
    if (resource_def_fits(def, out, name, &error))
        return true;
    json_error(source->errors, source->subject, json, false, "%s", error.text);
    value_release(out);
    return false;
}

static void load_value(const struct spot *spot, const struct json *json)
{
    struct value value;
    if (value_load(&spot->loading->source, spot->def, spot->path, json, &value))
        content_put(spot->loading, json, spot->path, value);
}

/* --- objects, instances, resources ---------------------------------------------------------- */

static void load_multiple(const struct spot *spot, const struct json *json)
{
    if (json->kind != JSON_OBJECT) {
        COMPLAIN(spot->loading, json, false,
                 "resource %u (%s) is a multiple one; give its values by id: { \"0\": ... }",
                 (unsigned)spot->def->id, spot->def->name);
        return;
    }
    content_put(spot->loading, json, spot->path, value_none());
    for (const struct json *member = json->first; member != NULL; member = member->next) {
        uint16_t id = 0;
        struct spot below = *spot;
        if (!parse_id(member->name, &id))
            continue;
        below.path = path_child(spot->path, id);
        load_value(&below, member);
    }
}

static void load_executable(const struct spot *spot, const struct json *json)
{
    if (json->kind == JSON_OBJECT && json->count == 0)
        content_put(spot->loading, json, spot->path, value_none());
    else
        COMPLAIN(spot->loading, json, false,
                 "resource %u (%s) is executable; say {} to have it, or leave it out",
                 (unsigned)spot->def->id, spot->def->name);
}

static void load_single(const struct spot *spot, const struct json *json)
{
    if (json->kind == JSON_OBJECT)
        COMPLAIN(spot->loading, json, false,
                 "resource %u (%s) is a single one; give its value instead of an object",
                 (unsigned)spot->def->id, spot->def->name);
    else
        load_value(spot, json);
}

static void load_resource(struct loading *loading, const struct object_def *object,
                          struct path instance, const struct json *json)
{
    char label[LABEL];
    uint16_t id = 0;
    if (!parse_id(json->name, &id))
        return;
    struct spot spot = {loading, object_def_resource(object, id), path_child(instance, id)};
    if (spot.def == NULL)
        COMPLAIN(loading, json, true, "object %u (%s) has no resource \"%s\"", (unsigned)object->id,
                 object->name, label_of(json->name, label));
    else if (object->id == PORTFOLIO_OBJECT && id > 0)
        COMPLAIN(loading, json, true,
                 "resource %u (%s) is the device's own; leave it out, or see \"omit\"",
                 (unsigned)id, spot.def->name);
    else if ((spot.def->ops & OP_EXECUTE) != 0)
        load_executable(&spot, json);
    else if (spot.def->multiple)
        load_multiple(&spot, json);
    else
        load_single(&spot, json);
}

static void add_executables(struct loading *loading, const struct object_def *object,
                            struct path instance, const struct json *json)
{
    for (size_t i = 0; i < object->count; i++)
        if (object->resources[i].mandatory && (object->resources[i].ops & OP_EXECUTE) != 0)
            content_put(loading, json, path_child(instance, object->resources[i].id), value_none());
}

static void load_instance(struct loading *loading, const struct object_def *object,
                          const struct json *json)
{
    uint16_t id = 0;
    if (!parse_id(json->name, &id))
        return;
    if (!object->multiple && id != 0) {
        COMPLAIN(loading, json, true, "object %u (%s) has a single instance; its id is 0",
                 (unsigned)object->id, object->name);
        return;
    }
    struct path path = path_instance(object->id, id);
    content_put(loading, json, path, value_none());
    add_executables(loading, object, path, json);
    const struct json *resource = get_first(json, JSON_OBJECT);
    for (; resource != NULL; resource = resource->next)
        load_resource(loading, object, path, resource);
}

static void load_object(struct loading *loading, const struct json *json)
{
    uint16_t id = 0;
    if (!parse_id(json->name, &id))
        return;
    const struct object_def *object = catalogue_object(loading->profile->catalogue, id);
    if (object == NULL) {
        COMPLAIN(loading, json, true, "object %u is unknown; declare it in \"definitions\"",
                 (unsigned)id);
        return;
    }
    if (id == SECURITY_OBJECT) {
        COMPLAIN(loading, json, true, "object 0 is made from \"servers\"; leave it out");
        return;
    }
    content_put(loading, json, path_object(id), value_none());
    const struct json *instance = get_first(json, JSON_OBJECT);
    for (; instance != NULL; instance = instance->next)
        load_instance(loading, object, instance);
}

/* --- what the profile leaves to us ------------------------------------------------------------ */

void content_fill(struct loading *loading, struct path path, struct value value)
{
    if (tree_has(&loading->content, path))
        value_release(&value);
    else
        content_put(loading, loading->root, path, value);
}

/* The Device object is mandatory, and so are three of its resources. */
static void add_device(struct loading *loading)
{
    struct path device = path_instance(DEVICE_OBJECT, 0);
    struct path errors = path_child(device, 11);
    content_fill(loading, path_object(DEVICE_OBJECT), value_none());
    content_fill(loading, device, value_none());
    content_fill(loading, path_child(device, 4), value_none());
    if (!tree_has(&loading->content, errors))
        content_fill(loading, path_child(errors, 0), value_integer(0));
    content_fill(loading, errors, value_none());
    content_fill(loading, path_child(device, 16),
                 value_string(accounts_bindings(loading->profile)));
}

/* --- what is missing ------------------------------------------------------------------------ */

/* Something stands there, whether it could be loaded or not. */
static bool named(const struct loading *loading, struct path path)
{
    return objects_find(loading, path) != objects_find(loading, path_parent(path));
}

static void check_instance(const struct loading *loading, const struct object_def *object,
                           struct path instance)
{
    char name[PATH_TEXT];
    for (size_t i = 0; i < object->count; i++) {
        const struct resource_def *def = &object->resources[i];
        struct path path = path_child(instance, def->id);
        bool needs_value = def->mandatory && (def->ops & OP_READ) != 0;
        if (needs_value && !tree_has(&loading->content, path) && !named(loading, path))
            COMPLAIN(loading, objects_find(loading, path), false,
                     "mandatory resource \"%s\" (%s) is missing; %s", path_text(path, name),
                     def->name, def->multiple ? "add it, {} for one without values" : "add it");
    }
}

static void check_mandatory(const struct loading *loading)
{
    const struct tree *content = &loading->content;
    for (size_t i = 0; i < content->count; i++) {
        struct path path = content->cells[i].path;
        if (path.depth == 2)
            check_instance(loading, catalogue_object(loading->profile->catalogue, path.id[0]),
                           path);
    }
}

const struct json *objects_find(const struct loading *loading, struct path path)
{
    const struct json *found = get_member(loading->root, "objects");
    if (found == NULL)
        return loading->root;
    for (unsigned depth = 0; depth < path.depth; depth++) {
        char id[8];
        snprintf(id, sizeof id, "%u", (unsigned)path.id[depth]);
        const struct json *below = get_member(found, id);
        if (below == NULL)
            break;
        found = below;
    }
    return found;
}

void objects_load(struct loading *loading)
{
    const struct json *object = get_first(get_member(loading->root, "objects"), JSON_OBJECT);
    for (; object != NULL; object = object->next)
        load_object(loading, object);
    accounts_add(loading);
    add_device(loading);
    check_mandatory(loading);
    access_add(loading);
}
