/* SPDX-License-Identifier: Apache-2.0 */
/* Typed values: making, copying, comparing, releasing, and their text for people. */
#include "base/std.h"

#include <math.h>

#include "base/value.h"

enum { OPAQUE_SHOWN_MOST = 64 };

const char *value_type_name(enum value_type type)
{
    static const char *const names[] = {
        [VALUE_NONE] = "none",   [VALUE_STRING] = "string",   [VALUE_INTEGER] = "integer",
        [VALUE_FLOAT] = "float", [VALUE_BOOLEAN] = "boolean", [VALUE_OPAQUE] = "opaque",
        [VALUE_TIME] = "time",   [VALUE_OBJLINK] = "objlink",
    };
    return names[type];
}

struct value value_none(void)
{
    return (struct value){.type = VALUE_NONE};
}

struct value value_integer(int64_t integer)
{
    return (struct value){.type = VALUE_INTEGER, .integer = integer};
}

struct value value_time(int64_t seconds)
{
    return (struct value){.type = VALUE_TIME, .integer = seconds};
}

struct value value_float(double number)
{
    return (struct value){.type = VALUE_FLOAT, .number = number};
}

struct value value_boolean(bool boolean)
{
    return (struct value){.type = VALUE_BOOLEAN, .boolean = boolean};
}

struct value value_link(uint16_t object, uint16_t instance)
{
    return (struct value){.type = VALUE_OBJLINK, .link = {object, instance}};
}

static bool has_octets(enum value_type type)
{
    return type == VALUE_STRING || type == VALUE_OPAQUE;
}

struct value value_octets(enum value_type type, struct bytes octets)
{
    assert(has_octets(type));
    struct value value = {.type = type};
    value.octets.data = xmemdup(octets.data, octets.len);
    value.octets.len = octets.len;
    return value;
}

struct value value_string(const char *text)
{
    return value_octets(VALUE_STRING, bytes_of(text));
}

struct value value_copy(const struct value *value)
{
    return has_octets(value->type) ? value_octets(value->type, value_bytes(value)) : *value;
}

struct bytes value_bytes(const struct value *value)
{
    assert(has_octets(value->type));
    return (struct bytes){value->octets.data, value->octets.len};
}

void value_release(struct value *value)
{
    if (has_octets(value->type)) {
        wipe(value->octets.data, value->octets.len);
        free(value->octets.data);
    }
    wipe(value, sizeof *value);
}

/* NaN is one value, above all others, so that the order is total. */
static int compare_numbers(double a, double b)
{
    if (isnan(a) || isnan(b))
        return (isnan(a) ? 1 : 0) - (isnan(b) ? 1 : 0);
    return (a > b) - (a < b);
}

static int compare_octets(struct bytes a, struct bytes b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_links(struct objlink a, struct objlink b)
{
    if (a.object != b.object)
        return a.object < b.object ? -1 : 1;
    return (a.instance > b.instance) - (a.instance < b.instance);
}

int value_compare(const struct value *a, const struct value *b)
{
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    switch (a->type) {
    case VALUE_NONE:
        return 0;
    case VALUE_STRING:
    case VALUE_OPAQUE:
        return compare_octets(value_bytes(a), value_bytes(b));
    case VALUE_INTEGER:
    case VALUE_TIME:
        return (a->integer > b->integer) - (a->integer < b->integer);
    case VALUE_FLOAT:
        return compare_numbers(a->number, b->number);
    case VALUE_BOOLEAN:
        return a->boolean - b->boolean;
    case VALUE_OBJLINK:
        return compare_links(a->link, b->link);
    }
    return 0;
}

bool value_equal(const struct value *a, const struct value *b)
{
    return value_compare(a, b) == 0;
}

/* Nothing that a terminal would obey comes out: neither C0 nor C1 controls nor stray octets. */
static void put_quoted(struct bytes text, struct buf *out)
{
    bool readable = utf8_valid(text);
    buf_puts(out, "\"");
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        const char *escape = c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '\n' ? "\\n" : NULL;
        if (escape != NULL)
            buf_puts(out, escape);
        else if (c < 0x20 || c == 0x7F)
            buf_printf(out, "\\u%04x", c);
        else if (c >= 0x80 && !readable)
            buf_printf(out, "\\x%02x", c);
        else if (c == 0xC2 && text.data[i + 1] < 0xA0)
            buf_printf(out, "\\u%04x", text.data[++i]);
        else
            buf_put_u8(out, c);
    }
    buf_puts(out, "\"");
}

static void put_opaque(struct bytes octets, struct buf *out)
{
    bool cut = octets.len > OPAQUE_SHOWN_MOST;
    buf_puts(out, "hex:");
    buf_put_hex(out, (struct bytes){octets.data, cut ? OPAQUE_SHOWN_MOST : octets.len});
    if (cut)
        buf_printf(out, "... (%zu octets)", octets.len);
}

/* The fewest digits that read back as the same number. */
static void put_number(double number, struct buf *out)
{
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (compare_numbers(strtod(text, NULL), number) == 0)
            break;
    }
    buf_puts(out, text);
}

void value_format(const struct value *value, struct buf *out)
{
    switch (value->type) {
    case VALUE_NONE:
        buf_puts(out, "(empty)");
        break;
    case VALUE_STRING:
        put_quoted(value_bytes(value), out);
        break;
    case VALUE_OPAQUE:
        put_opaque(value_bytes(value), out);
        break;
    case VALUE_INTEGER:
    case VALUE_TIME:
        buf_printf(out, "%" PRId64, value->integer);
        break;
    case VALUE_FLOAT:
        put_number(value->number, out);
        break;
    case VALUE_BOOLEAN:
        buf_puts(out, value->boolean ? "true" : "false");
        break;
    case VALUE_OBJLINK:
        buf_printf(out, "%u:%u", (unsigned)value->link.object, (unsigned)value->link.instance);
        break;
    }
}
