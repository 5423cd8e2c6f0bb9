/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that a profile declares, put beside the built-in ones into a catalogue of its own. */
#include "base/std.h"

#include "model/profile_impl.h"

/* A catalogue and all that it points to; the catalogue is its first member. */
struct declared {
    struct catalogue catalogue;
    const struct catalogue *builtin;
    const struct object_def **list;
    struct object_def *defs;
    struct resource_def *resources;
    size_t def_count;
    size_t resource_count; /* used so far */
    char *strings;
    size_t string_used;
};

enum { URN_MOST = 32, VERSION_MOST = 256 }; /* octets, terminator included */

/* Room for all texts, so that none moves while others are added. */
static void reserve(struct declared *declared, const struct json *definitions, size_t builtin)
{
    size_t objects = 0;
    size_t resources = 0;
    size_t octets = 0;
    for (const struct json *object = get_first(definitions, JSON_OBJECT); object != NULL;
         object = object->next) {
        objects++;
        octets += get_text(object, "name", "").len + get_text(object, "urn", "").len + 2;
        octets += URN_MOST + VERSION_MOST;
        const struct json *resource = get_first(get_member(object, "resources"), JSON_OBJECT);
        for (; resource != NULL; resource = resource->next) {
            resources++;
            octets += get_text(resource, "name", "").len + 1;
        }
    }
    declared->list = xarray(objects + builtin, sizeof(struct object_def *));
    declared->defs = xarray(objects + 1, sizeof *declared->defs);
    declared->resources = xarray(resources + 1, sizeof *declared->resources);
    declared->strings = xalloc(octets + 1);
}

static const char *keep(struct declared *declared, struct bytes text)
{
    char *kept = declared->strings + declared->string_used;
    if (text.len > 0)
        memcpy(kept, text.data, text.len);
    declared->string_used += text.len + 1;
    return kept;
}

static enum value_type type_named(struct bytes name)
{
    enum value_type type = VALUE_OBJLINK;
    while (type > VALUE_NONE && !bytes_is(name, value_type_name(type)))
        type--;
    return type;
}

static uint8_t operations_of(struct bytes text)
{
    uint8_t ops = 0;
    for (size_t i = 0; i < text.len; i++)
        ops |= text.data[i] == 'R' ? OP_READ : text.data[i] == 'W' ? OP_WRITE : OP_EXECUTE;
    return ops;
}

/* Reports an error at a member that is known to be wrong, or at what holds it. */
static void complain(const struct source *source, const struct json *object, const char *name,
                     const char *text)
{
    const struct json *member = get_member(object, name);
    json_error(source->errors, source->subject, member == NULL ? object : member, false, "%s",
               text);
}

static bool is_ranged(const struct json *json)
{
    return get_member(json, "min") != NULL || get_member(json, "max") != NULL;
}

static void check_resource(const struct source *source, const struct json *json,
                           const struct resource_def *def)
{
    bool executable = (def->ops & OP_EXECUTE) != 0;
    bool typed = get_member(json, "type") != NULL;
    if (executable && typed)
        complain(source, json, "type", "executable resource has no type; leave it out");
    if (executable && def->multiple)
        complain(source, json, "multiple", "executable resource cannot be a multiple one");
    if (!executable && !typed)
        complain(source, json, "type", "\"type\" is missing; add it here");
    if (is_ranged(json) && def->min > def->max)
        complain(source, json, "max", "\"max\" is below \"min\"");
}

static void load_resource(const struct source *source, const struct json *json,
                          struct declared *declared)
{
    struct resource_def *def = &declared->resources[declared->resource_count];
    if (!parse_id(json->name, &def->id))
        return;
    declared->resource_count++;
    def->name = keep(declared, get_text(json, "name", ""));
    def->ops = operations_of(get_text(json, "ops", ""));
    def->multiple = get_flag(json, "multiple", false);
    def->mandatory = get_flag(json, "mandatory", false);
    def->type = type_named(get_text(json, "type", ""));
    def->min = get_integer(json, "min", is_ranged(json) ? INT64_MIN : 1);
    def->max = get_integer(json, "max", is_ranged(json) ? INT64_MAX : 0);
    check_resource(source, json, def);
}

static int by_resource_id(const void *a, const void *b)
{
    return ((const struct resource_def *)a)->id - ((const struct resource_def *)b)->id;
}

static void load_object(const struct source *source, const struct json *json,
                        struct declared *declared)
{
    struct object_def *def = &declared->defs[declared->def_count];
    if (!parse_id(json->name, &def->id))
        return;
    if (catalogue_object(declared->builtin, def->id) != NULL) {
        json_error(source->errors, source->subject, json, true,
                   "object %u is built in; choose another id", (unsigned)def->id);
        return;
    }
    char urn[URN_MOST];
    snprintf(urn, sizeof urn, "urn:oma:lwm2m:x:%u", (unsigned)def->id);
    def->name = keep(declared, get_text(json, "name", ""));
    def->urn = keep(declared, get_text(json, "urn", urn));
    struct bytes version = get_text(json, "version", "1.0");
    def->version = keep(declared, version.len < VERSION_MOST ? version : bytes_of(""));
    def->multiple = get_flag(json, "multiple", false);
    def->mandatory = get_flag(json, "mandatory", false);
    struct resource_def *first = &declared->resources[declared->resource_count];
    const struct json *resource = get_first(get_member(json, "resources"), JSON_OBJECT);
    for (; resource != NULL; resource = resource->next)
        load_resource(source, resource, declared);
    def->resources = first;
    def->count = (size_t)(&declared->resources[declared->resource_count] - first);
    qsort(first, def->count, sizeof *first, by_resource_id);
    declared->list[declared->catalogue.count++] = def;
    declared->def_count++;
}

static int by_object_id(const void *a, const void *b)
{
    const struct object_def *const *x = a;
    const struct object_def *const *y = b;
    return (*x)->id - (*y)->id;
}

struct catalogue *definitions_load(const struct source *source, const struct catalogue *builtin,
                                   const struct json *definitions)
{
    struct declared *declared = xalloc(sizeof *declared);
    declared->builtin = builtin;
    reserve(declared, definitions, builtin->count);
    declared->catalogue.objects = declared->list;
    for (size_t i = 0; i < builtin->count; i++)
        declared->list[declared->catalogue.count++] = builtin->objects[i];
    const struct json *object = get_first(definitions, JSON_OBJECT);
    for (; object != NULL; object = object->next)
        load_object(source, object, declared);
    qsort(declared->list, declared->catalogue.count, sizeof(struct object_def *), by_object_id);
    return &declared->catalogue;
}

struct catalogue *catalogue_load(const char *path, struct error_list *errors)
{
    struct document_file file;
    struct document document;
    struct catalogue *catalogue = NULL;
    bool is_open = document_file_read(&file, path, errors) &&
                   document_open(&document, buf_bytes(&file.text),
                                 &(struct source){path, file.folder, errors});
    if (is_open) {
        const struct source *source = &document.source;
        const struct json *definitions = get_member(document.root, "definitions");
        if (definitions == NULL)
            json_error(errors, path, document.root, false,
                       "\"definitions\" is missing; give a file or a profile that has it");
        else
            shape_check(source, &definitions_shape, definitions);
        catalogue = definitions_load(source, catalogue_builtin(), definitions);
    }
    if (is_open && !document_close(&document)) {
        catalogue_free(catalogue);
        catalogue = NULL;
    }
    document_file_release(&file);
    return catalogue;
}

void catalogue_free(struct catalogue *catalogue)
{
    struct declared *declared = (struct declared *)catalogue;
    if (declared == NULL)
        return;
    free(declared->list);
    free(declared->defs);
    free(declared->resources);
    free(declared->strings);
    free(declared);
}
