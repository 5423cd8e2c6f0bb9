/* SPDX-License-Identifier: Apache-2.0 */
/* The nodes of Leshan's REST interface: JSON from and to records. */
#include "base/std.h"

#include "adapters/leshan.h"

enum { MS = 1000, NUMBER_TEXT = 40 };

static const struct {
    const char *name; /* (borrowed) */
    enum value_type type;
} types[] = {
    {"STRING", VALUE_STRING}, {"INTEGER", VALUE_INTEGER}, {"UNSIGNED_INTEGER", VALUE_INTEGER},
    {"FLOAT", VALUE_FLOAT},   {"BOOLEAN", VALUE_BOOLEAN}, {"OPAQUE", VALUE_OPAQUE},
    {"TIME", VALUE_TIME},     {"OBJLNK", VALUE_OBJLINK},  {"CORELINK", VALUE_STRING},
};

static bool is_text(const struct json *json, const char *text)
{
    return json != NULL && json->kind == JSON_STRING && bytes_is(json->text, text);
}

static bool read_id(const struct json *json, unsigned *out)
{
    if (json == NULL || json->kind != JSON_INTEGER || json->integer < 0 || json->integer > ID_MOST)
        return false;
    *out = (unsigned)json->integer;
    return true;
}

static bool read_octets(const struct json *json, struct value *out)
{
    struct buf octets;
    buf_init_secret(&octets, ADAPTER_LINE_MOST);
    bool good = json->kind == JSON_STRING && parse_hex(json->text, &octets);
    if (good)
        *out = value_octets(VALUE_OPAQUE, buf_bytes(&octets));
    buf_release(&octets);
    return good;
}

static bool read_link(const struct json *json, struct value *out)
{
    const struct json *object = json_member(json, "objectId");
    const struct json *instance = json_member(json, "objectInstanceId");
    if (object == NULL || instance == NULL || object->kind != JSON_INTEGER ||
        instance->kind != JSON_INTEGER || object->integer < 0 || object->integer > UINT16_MAX ||
        instance->integer < 0 || instance->integer > UINT16_MAX)
        return false;
    *out = value_link((uint16_t)object->integer, (uint16_t)instance->integer);
    return true;
}

/* Numbers are strings in nodes; a plain number is understood too. */
static bool read_number(const struct json *json, enum value_type type, struct value *out)
{
    bool is_string = json->kind == JSON_STRING;
    if (type == VALUE_FLOAT) {
        *out = value_float(json->number);
        return is_string ? parse_number(json->text, &out->number)
                         : json->kind == JSON_INTEGER || json->kind == JSON_NUMBER;
    }
    *out = value_integer(json->integer);
    return is_string ? parse_decimal(json->text, &out->integer) : json->kind == JSON_INTEGER;
}

static bool read_value(const struct json *json, enum value_type type, struct value *out)
{
    switch (type) {
    case VALUE_STRING:
        *out = value_octets(VALUE_STRING, json->text);
        return json->kind == JSON_STRING;
    case VALUE_OPAQUE:
        return read_octets(json, out);
    case VALUE_INTEGER:
    case VALUE_FLOAT:
        return read_number(json, type, out);
    case VALUE_TIME:
        *out = value_time(json->integer / MS);
        return json->kind == JSON_INTEGER;
    case VALUE_BOOLEAN:
        *out = value_boolean(json->integer != 0);
        return json->kind == JSON_BOOLEAN;
    case VALUE_OBJLINK:
        return read_link(json, out);
    case VALUE_NONE:
        return false;
    }
    return false;
}

static bool add_value(const struct json *json, const struct json *type, struct path at,
                      struct records *out)
{
    struct value value = value_none();
    for (size_t i = 0; json != NULL && i < COUNT_OF(types); i++)
        if (is_text(type, types[i].name)) {
            if (read_value(json, types[i].type, &value))
                return records_add(out, at, value);
            break;
        }
    value_release(&value);
    return false;
}

static bool read_resource(const struct json *node, struct path at, struct records *out)
{
    const struct json *values = json_member(node, "values");
    const struct json *type = json_member(node, "type");
    if (values == NULL)
        return add_value(json_member(node, "value"), type, at, out);
    if (values->kind != JSON_OBJECT || at.depth != 3)
        return false;
    if (values->first == NULL)
        return records_add(out, at, value_none());
    for (const struct json *one = values->first; one != NULL; one = one->next) {
        int64_t id;
        if (!parse_decimal(one->name, &id) || id < 0 || id > ID_MOST ||
            !add_value(one, type, path_child(at, (unsigned)id), out))
            return false;
    }
    return true;
}

/* Each node of LIST by READ, at the path below AT that it has by its id. */
static bool read_list(const struct json *list, struct path at, struct records *out,
                      bool (*read)(const struct json *node, struct path at, struct records *out))
{
    if (list == NULL || list->kind != JSON_ARRAY)
        return false;
    if (list->first == NULL)
        return at.depth == 0 || records_add(out, at, value_none());
    for (const struct json *one = list->first; one != NULL; one = one->next) {
        unsigned id;
        if (!read_id(json_member(one, "id"), &id) || !read(one, path_child(at, id), out))
            return false;
    }
    return true;
}

static bool read_instance(const struct json *node, struct path at, struct records *out)
{
    return read_list(json_member(node, "resources"), at, out, read_resource);
}

static bool read_object(const struct json *node, struct path at, struct records *out)
{
    return read_list(json_member(node, "instances"), at, out, read_instance);
}

bool leshan_node_read(const struct json *node, struct path at, struct records *out)
{
    const struct json *kind = json_member(node, "kind");
    if (is_text(kind, "root"))
        return at.depth == 0 && read_list(json_member(node, "objects"), at, out, read_object);
    if (is_text(kind, "obj"))
        return at.depth == 1 && read_object(node, at, out);
    if (is_text(kind, "instance"))
        return at.depth == 2 && read_instance(node, at, out);
    return at.depth >= 3 && read_resource(node, at, out);
}

static const char *type_name(enum value_type type)
{
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (types[i].type == type)
            return types[i].name;
    return "STRING"; /* of what is empty the type does not matter */
}

static void write_value(const struct value *value, struct buf *out)
{
    switch (value->type) {
    case VALUE_STRING:
        json_put_text(out, value_bytes(value));
        return;
    case VALUE_OPAQUE:
        buf_puts(out, "\"");
        buf_put_hex(out, value_bytes(value));
        buf_puts(out, "\"");
        return;
    case VALUE_INTEGER:
        buf_printf(out, "\"%" PRId64 "\"", value->integer);
        return;
    case VALUE_FLOAT:
        buf_printf(out, "\"%.17g\"", value->number);
        return;
    case VALUE_TIME: /* milliseconds that do not fit are Leshan's to refuse */
        buf_printf(out, value->integer == 0 ? "0" : "%" PRId64 "000", value->integer);
        return;
    case VALUE_BOOLEAN:
        buf_puts(out, value->boolean ? "true" : "false");
        return;
    case VALUE_OBJLINK:
        buf_printf(out, "{\"objectId\":%u,\"objectInstanceId\":%u}", value->link.object,
                   value->link.instance);
        return;
    case VALUE_NONE:
        return;
    }
}

static void write_single(const struct record *record, struct buf *out)
{
    unsigned depth = record->path.depth;
    buf_printf(out,
               "{\"id\":%u,\"kind\":\"%s\",\"type\":\"%s\",\"value\":", record->path.id[depth - 1],
               depth == 3 ? "singleResource" : "resourceInstance", type_name(record->value.type));
    write_value(&record->value, out);
    buf_puts(out, "}");
}

/* The instances of one resource, which begin at AT; returns how many there are. */
static size_t write_multiple(const struct records *records, size_t at, struct buf *out)
{
    struct path resource = path_cut(records->items[at].path, 3);
    buf_printf(out, "{\"id\":%u,\"kind\":\"multiResource\",\"type\":\"%s\",\"values\":{",
               resource.id[2], type_name(records->items[at].value.type));
    size_t count = 0;
    for (; at + count < records->count; count++) {
        const struct record *record = &records->items[at + count];
        if (!path_covers(resource, record->path))
            break;
        if (record->path.depth < PATH_MOST)
            continue;
        buf_printf(out, "%s\"%u\":", count > 0 ? "," : "", record->path.id[3]);
        write_value(&record->value, out);
    }
    buf_puts(out, "}}");
    return count;
}

static size_t write_resource(const struct records *records, size_t at, struct buf *out)
{
    const struct record *record = &records->items[at];
    if (record->path.depth == 4 || record->value.type == VALUE_NONE)
        return write_multiple(records, at, out);
    write_single(record, out);
    return 1;
}

static void write_instance(const struct records *records, struct path target, struct buf *out)
{
    buf_puts(out, "{\"kind\":\"instance\",");
    if (target.depth == 2)
        buf_printf(out, "\"id\":%u,", target.id[1]);
    buf_puts(out, "\"resources\":[");
    size_t at = 0;
    while (at < records->count) {
        if (records->items[at].path.depth < 3) {
            at++; /* an instance that is empty */
            continue;
        }
        buf_puts(out, at > 0 ? "," : "");
        at += write_resource(records, at, out);
    }
    buf_puts(out, "]}");
}

bool leshan_node_write(const struct records *records, struct path target, struct buf *out)
{
    for (size_t i = 0; i < records->count; i++)
        if (!path_covers(target, records->items[i].path))
            return false;
    if (target.depth == 1 || target.depth == 2) {
        write_instance(records, target, out);
        return true;
    }
    if (target.depth < 3 || records->count == 0)
        return false;
    if (target.depth == 3)
        return write_resource(records, 0, out) == records->count;
    write_single(&records->items[0], out);
    return records->count == 1;
}
