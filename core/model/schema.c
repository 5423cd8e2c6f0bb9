/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the table of a JSON file's form as a JSON Schema, so that editors help and check. */
#include "base/std.h"

#include "model/shape_impl.h"

static void put_shape(const struct shape *shape, struct buf *out);

static const char *key_pattern(enum key_kind keys)
{
    switch (keys) {
    case KEYS_ID:
        return "^(0|[1-9][0-9]{0,4})$";
    case KEYS_INSTANCE:
        return "^(0|[1-9][0-9]{0,4})/(0|[1-9][0-9]{0,4})$";
    case KEYS_PATH:
        return "^(/(0|[1-9][0-9]{0,4}))+$";
    case KEYS_ENDPOINT:
        return "^.+$";
    }
    return "";
}

static void put_pattern(struct buf *out, const char *pattern)
{
    buf_puts(out, "\"type\":\"string\",\"pattern\":");
    json_put_text(out, bytes_of(pattern));
}

static void put_object(const struct shape *shape, struct buf *out)
{
    buf_puts(out, "\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        buf_puts(out, i == 0 ? "" : ",");
        json_put_text(out, bytes_of(field->name));
        buf_puts(out, ":{\"description\":");
        json_put_text(out, bytes_of(field->text));
        buf_puts(out, ",");
        put_shape(field->shape, out);
        buf_puts(out, "}");
    }
    buf_puts(out, "},\"required\":[");
    const char *comma = "";
    for (size_t i = 0; i < shape->count; i++) {
        if (!shape->fields[i].required)
            continue;
        buf_puts(out, comma);
        json_put_text(out, bytes_of(shape->fields[i].name));
        comma = ",";
    }
    buf_puts(out, "]");
}

static void put_map(const struct shape *shape, struct buf *out)
{
    buf_puts(out, "\"type\":\"object\",\"additionalProperties\":false,\"patternProperties\":{");
    json_put_text(out, bytes_of(key_pattern(shape->keys)));
    buf_puts(out, ":{");
    put_shape(shape->item, out);
    buf_puts(out, "}}");
}

static void put_enumeration(const struct shape *shape, struct buf *out)
{
    buf_puts(out, "\"enum\":[");
    for (size_t i = 0; shape->choices[i] != NULL; i++) {
        buf_puts(out, i == 0 ? "" : ",");
        json_put_text(out, bytes_of(shape->choices[i]));
    }
    buf_puts(out, "]");
}

/* The members of a schema, without the braces. */
static void put_shape(const struct shape *shape, struct buf *out)
{
    switch (shape->kind) {
    case SHAPE_TEXT:
        buf_printf(out, "\"type\":\"string\",\"minLength\":%d", shape->min > 0);
        break;
    case SHAPE_SECRET:
        put_pattern(out, "^(hex|base64|text|file|env):");
        break;
    case SHAPE_CHOICE:
        put_enumeration(shape, out);
        break;
    case SHAPE_INTEGER:
        buf_printf(out, "\"type\":\"integer\",\"minimum\":%" PRId64 ",\"maximum\":%" PRId64,
                   shape->min, shape->max);
        break;
    case SHAPE_BOOLEAN:
        buf_puts(out, "\"type\":\"boolean\"");
        break;
    case SHAPE_DURATION:
        put_pattern(out, "^[0-9]+([.][0-9]+)?(ms|s|m|h)$");
        break;
    case SHAPE_PATH:
        put_pattern(out, shape->min > 0 ? key_pattern(KEYS_PATH) : "^(/|(/(0|[1-9][0-9]{0,4}))+)$");
        break;
    case SHAPE_INSTANCE:
        put_pattern(out, key_pattern(KEYS_INSTANCE));
        break;
    case SHAPE_SCALAR:
        buf_puts(out, "\"type\":[\"string\",\"number\",\"boolean\"]");
        break;
    case SHAPE_OBJECT:
        put_object(shape, out);
        break;
    case SHAPE_MAP:
        put_map(shape, out);
        break;
    case SHAPE_LIST:
        buf_printf(out, "\"type\":\"array\",\"maxItems\":%" PRId64 ",\"items\":{", shape->max);
        put_shape(shape->item, out);
        buf_puts(out, "}");
        break;
    case SHAPE_EITHER:
        buf_puts(out, "\"anyOf\":[{");
        put_shape(shape->other, out);
        buf_puts(out, "},{");
        put_shape(shape->item, out);
        buf_puts(out, "}]");
        break;
    }
}

void shape_schema(const struct shape *shape, const char *title, struct buf *out)
{
    buf_puts(out, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":");
    json_put_text(out, bytes_of(title));
    buf_puts(out, ",");
    put_shape(shape, out);
    buf_puts(out, "}");
}
