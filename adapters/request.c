/* SPDX-License-Identifier: Apache-2.0 */
/* The adapter's side of the adapter protocol: what the tool asks is read, what it hears is written.
 */
#include "base/std.h"

#include <math.h>

#include "adapters/request.h"

/* Greater integers would be rounded by readers that have doubles only. */
enum { EXACT_BITS = 53 };

static struct bytes text_of(const struct json *object, const char *name)
{
    const struct json *member = json_member(object, name);
    return member != NULL && member->kind == JSON_STRING ? member->text : (struct bytes){0};
}

static bool integer_of(const struct json *json, int64_t *out)
{
    if (json->kind == JSON_STRING)
        return parse_decimal(json->text, out);
    *out = json->integer;
    return json->kind == JSON_INTEGER;
}

static bool octets_of(const struct json *json, enum value_type type, struct value *out)
{
    if (json->kind != JSON_STRING)
        return false;
    struct buf octets;
    buf_init_secret(&octets, ADAPTER_LINE_MOST);
    bool good = type == VALUE_STRING || parse_hex(json->text, &octets);
    if (good)
        *out = value_octets(type, type == VALUE_STRING ? json->text : buf_bytes(&octets));
    buf_release(&octets);
    return good;
}

static bool link_of(const struct json *json, struct value *out)
{
    if (json->kind != JSON_STRING)
        return false;
    const uint8_t *colon = json->text.len > 0 ? memchr(json->text.data, ':', json->text.len) : NULL;
    if (colon == NULL)
        return false;
    struct bytes object = {json->text.data, (size_t)(colon - json->text.data)};
    struct bytes instance = {colon + 1, json->text.len - object.len - 1};
    int64_t ids[2];
    if (!parse_decimal(object, &ids[0]) || !parse_decimal(instance, &ids[1]) || ids[0] < 0 ||
        ids[0] > UINT16_MAX || ids[1] < 0 || ids[1] > UINT16_MAX)
        return false;
    *out = value_link((uint16_t)ids[0], (uint16_t)ids[1]);
    return true;
}

/* `*` stands for the instance whose id the device is to choose. */
static bool path_of(struct bytes text, struct path *out)
{
    char plain[PATH_TEXT];
    if (text.len == 0 || text.len >= sizeof plain)
        return false;
    memcpy(plain, text.data, text.len);
    char *star = memchr(plain, '*', text.len);
    if (star != NULL)
        *star = '0';
    if (!path_parse((struct bytes){(const uint8_t *)plain, text.len}, out))
        return false;
    if (star != NULL && out->depth > 1)
        out->id[1] = ID_NONE;
    return true;
}

static bool type_of(struct bytes name, enum value_type *out)
{
    if (bytes_is(name, "unsigned")) {
        *out = VALUE_INTEGER;
        return true;
    }
    for (enum value_type type = VALUE_STRING; type <= VALUE_OBJLINK; type++)
        if (bytes_is(name, value_type_name(type))) {
            *out = type;
            return true;
        }
    return false;
}

static bool value_of(const struct json *json, enum value_type type, struct value *out)
{
    switch (type) {
    case VALUE_STRING:
    case VALUE_OPAQUE:
        return octets_of(json, type, out);
    case VALUE_INTEGER:
    case VALUE_TIME:
        *out = type == VALUE_TIME ? value_time(0) : value_integer(0);
        return integer_of(json, &out->integer);
    case VALUE_FLOAT:
        *out = value_float(json->number);
        return json->kind == JSON_NUMBER || json->kind == JSON_INTEGER;
    case VALUE_BOOLEAN:
        *out = value_boolean(json->integer != 0);
        return json->kind == JSON_BOOLEAN;
    case VALUE_OBJLINK:
        return link_of(json, out);
    case VALUE_NONE:
        return false;
    }
    return false;
}

static enum status read_entry(const struct json *json, struct records *out, struct error *error)
{
    struct path path;
    struct value value = value_none();
    enum value_type type;
    const struct json *told = json_member(json, "value");
    if (!path_of(text_of(json, "path"), &path))
        error_set(error, "\"path\" of a value is not a path");
    else if (told != NULL &&
             (!type_of(text_of(json, "type"), &type) || !value_of(told, type, &value)))
        error_set(error, "\"value\" does not fit its \"type\"");
    else if (!records_add(out, path, value))
        error_set(error, "too many values");
    else
        return ST_OK;
    return ST_INVALID;
}

static enum status read_values(const struct json *root, struct records *out, struct error *error)
{
    const struct json *values = json_member(root, "values");
    if (values == NULL)
        return ST_OK;
    if (values->kind != JSON_ARRAY) {
        error_set(error, "\"values\" is not an array");
        return ST_INVALID;
    }
    enum status status = ST_OK;
    for (const struct json *one = values->first; one != NULL && status == ST_OK; one = one->next)
        status = read_entry(one, out, error);
    return status;
}

static enum status read_paths(const struct json *root, struct operation *operation,
                              struct error *error)
{
    const struct json *paths = json_member(root, "paths");
    if (paths == NULL) {
        if (operation_is_composite(operation->kind) ||
            path_of(text_of(root, "path"), &operation->path))
            return ST_OK;
        error_set(error, "\"path\" is not a path such as \"/16/0\"");
        return ST_INVALID;
    }
    for (const struct json *one = paths->first; one != NULL; one = one->next) {
        struct path path;
        if (one->kind != JSON_STRING || !path_parse(one->text, &path) ||
            !records_add(&operation->values, path, value_none())) {
            error_set(error, "\"paths\" holds what is not a path");
            return ST_INVALID;
        }
    }
    return ST_OK;
}

static enum status read_operation(const struct json *root, struct adapter_request *out,
                                  struct error *error)
{
    struct operation *operation = &out->operation;
    const char *name = operation->kind == OPERATION_EXECUTE ? "arguments" : "attributes";
    struct bytes text = text_of(root, name);
    operation->by_reset = bytes_is(text_of(root, "by"), "reset");
    if (text.len > 0) {
        operation->text = xalloc(text.len + 1);
        memcpy(operation->text, text.data, text.len);
    }
    if (out->endpoint.len == 0) {
        error_set(error, "\"endpoint\" is missing");
        return ST_INVALID;
    }
    enum status status = read_paths(root, operation, error);
    return status == ST_OK ? read_values(root, &operation->values, error) : status;
}

static enum status read_root(const struct json *root, struct adapter_request *out,
                             struct error *error)
{
    const struct json *id = json_member(root, "id");
    const struct json *deadline = json_member(root, "deadline");
    struct bytes verb = text_of(root, "do");
    if (id != NULL && id->kind == JSON_INTEGER && id->integer >= 0)
        out->id = id->integer;
    if (deadline != NULL && deadline->kind == JSON_INTEGER && deadline->integer > 0)
        out->deadline_ms = deadline->integer;
    if (out->id < 0 || verb.len == 0 || verb.len >= sizeof out->verb) {
        error_set(error, "a request has \"id\" (a number) and \"do\" (a verb)");
        return ST_INVALID;
    }
    memcpy(out->verb, verb.data, verb.len);
    out->endpoint = text_of(root, "endpoint");
    out->format = text_of(root, "format");
    const struct json *format = json_member(root, "format");
    if (format != NULL && format->kind == JSON_INTEGER)
        out->format = bytes_of("a number"); /* it has no name, so nobody knows it */
    for (enum operation_kind kind = OPERATION_READ; kind <= OPERATION_CANCEL_COMPOSITE; kind++)
        if (bytes_is(verb, operation_name(kind))) {
            out->operation.kind = kind;
            out->is_operation = true;
        }
    return out->is_operation ? read_operation(root, out, error) : ST_OK;
}

enum status adapter_request_read(struct bytes line, struct adapter_request *out,
                                 struct error *error)
{
    *out = (struct adapter_request){.id = -1};
    operation_init(&out->operation, OPERATION_READ);
    struct error_list errors;
    error_list_init(&errors);
    out->doc = json_parse(line, "the tool's line", &errors);
    enum status status = ST_INVALID;
    if (out->doc != NULL)
        status = read_root(json_root(out->doc), out, error);
    else if (errors.count > 0)
        *error = errors.items[0];
    error_list_release(&errors);
    return status;
}

void adapter_request_release(struct adapter_request *request)
{
    operation_release(&request->operation);
    json_doc_free(request->doc);
    request->doc = NULL;
}

void adapter_put_member(struct buf *out, const char *name, struct bytes text)
{
    buf_printf(out, "\"%s\":", name);
    json_put_text(out, text);
}

static void put_integer(struct buf *out, int64_t integer)
{
    bool exact = integer <= INT64_C(1) << EXACT_BITS && integer >= -(INT64_C(1) << EXACT_BITS);
    buf_printf(out, exact ? "%" PRId64 : "\"%" PRId64 "\"", integer);
}

static void put_value(struct buf *out, const struct value *value)
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
    case VALUE_TIME:
        put_integer(out, value->integer);
        return;
    case VALUE_FLOAT:
        /* JSON has no word for what is not finite. */
        buf_printf(out, isfinite(value->number) ? "%.17g" : "null", value->number);
        return;
    case VALUE_BOOLEAN:
        buf_puts(out, value->boolean ? "true" : "false");
        return;
    case VALUE_OBJLINK:
        buf_printf(out, "\"%u:%u\"", value->link.object, value->link.instance);
        return;
    case VALUE_NONE:
        return;
    }
}

void adapter_put_values(struct buf *out, const struct records *values)
{
    char text[PATH_TEXT];
    buf_puts(out, "[");
    for (size_t i = 0; i < values->count; i++) {
        const struct record *record = &values->items[i];
        buf_printf(out, "%s{\"path\":\"%s\"", i > 0 ? "," : "", path_text(record->path, text));
        if (record->value.type != VALUE_NONE) {
            buf_printf(out, ",\"type\":\"%s\",\"value\":", value_type_name(record->value.type));
            put_value(out, &record->value);
        }
        buf_puts(out, "}");
    }
    buf_puts(out, "]");
}

void adapter_put_error(struct buf *out, int64_t id, const char *why, struct bytes text)
{
    buf_printf(out, "{\"id\":%" PRId64 ",\"error\":\"%s\",", id, why);
    adapter_put_member(out, "text", text);
    buf_puts(out, "}\n");
}
