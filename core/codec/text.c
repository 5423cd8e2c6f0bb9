/* SPDX-License-Identifier: Apache-2.0 */
/* The formats of one value: plain text and opaque. */
#include "base/std.h"

#include <math.h>

#include "codec/codec_impl.h"
#include "codec/text.h"

/* The fewest digits that read back as the same number, without an exponent. */
static void put_float(double number, struct buf *out)
{
    char text[32];
    int digits = 0;
    do {
        snprintf(text, sizeof text, "%.*e", digits, number);
    } while (strtod(text, NULL) != number && digits++ < 17);
    int exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
    int decimals = digits - exponent;
    buf_printf(out, "%.*f", decimals > 0 ? decimals : 0, number);
}

enum status text_encode(const struct records *records, struct path base, struct buf *out)
{
    const struct value *value = codec_only_value(records, base);
    if (value == NULL)
        return ST_UNSUPPORTED;
    switch (value->type) {
    case VALUE_NONE:
        return ST_UNSUPPORTED;
    case VALUE_STRING:
        buf_put(out, value_bytes(value));
        break;
    case VALUE_OPAQUE:
        buf_put_base64(out, value_bytes(value));
        break;
    case VALUE_INTEGER:
    case VALUE_TIME:
    case VALUE_OBJLINK:
        value_format(value, out);
        break;
    case VALUE_FLOAT:
        if (!isfinite(value->number))
            return ST_UNSUPPORTED;
        put_float(value->number, out);
        break;
    case VALUE_BOOLEAN:
        buf_puts(out, value->boolean ? "1" : "0");
        break;
    }
    return out->bad ? ST_LIMIT : ST_OK;
}

static bool read_base64(struct bytes text, struct value *out)
{
    struct buf octets;
    buf_init_secret(&octets, text.len);
    bool good = parse_base64(text, &octets);
    if (good)
        *out = value_octets(VALUE_OPAQUE, buf_bytes(&octets));
    buf_release(&octets);
    return good;
}

static bool read_value(enum value_type type, struct bytes text, struct value *out)
{
    *out = (struct value){.type = type};
    switch (type) {
    case VALUE_NONE:
        *out = value_octets(VALUE_OPAQUE, text);
        return true;
    case VALUE_STRING:
        if (!utf8_valid(text))
            return false;
        *out = value_octets(VALUE_STRING, text);
        return true;
    case VALUE_OPAQUE:
        return read_base64(text, out);
    case VALUE_INTEGER:
    case VALUE_TIME:
        return parse_decimal(text, &out->integer);
    case VALUE_FLOAT:
        return parse_number(text, &out->number);
    case VALUE_BOOLEAN:
        out->boolean = bytes_is(text, "1");
        return out->boolean || bytes_is(text, "0");
    case VALUE_OBJLINK:
        return codec_read_link(text, out);
    }
    return false;
}

enum status text_decode(struct bytes text, struct path base, const struct codec_types *types,
                        struct records *out, struct error *error)
{
    static const char *const wanted[] = {
        [VALUE_NONE] = "anything",
        [VALUE_STRING] = "UTF-8",
        [VALUE_INTEGER] = "a decimal integer",
        [VALUE_FLOAT] = "a decimal number",
        [VALUE_BOOLEAN] = "0 or 1",
        [VALUE_OPAQUE] = "base64 with padding",
        [VALUE_TIME] = "seconds since 1970 in decimal",
        [VALUE_OBJLINK] = "two decimal ids with a colon between them",
    };
    enum value_type type = VALUE_NONE;
    enum status status = codec_check_single(text, base, types, &type, error);
    if (status != ST_OK)
        return status;
    struct value value;
    if (!read_value(type, text, &value)) {
        char place[PATH_TEXT];
        error_set(error, "content is no value of '%s'; it must be %s", path_text(base, place),
                  wanted[type]);
        return ST_INVALID;
    }
    return codec_add(out, base, value, error);
}

enum status opaque_encode(const struct records *records, struct path base, struct buf *out)
{
    const struct value *value = codec_only_value(records, base);
    if (value == NULL || value->type != VALUE_OPAQUE)
        return ST_UNSUPPORTED;
    buf_put(out, value_bytes(value));
    return out->bad ? ST_LIMIT : ST_OK;
}

enum status opaque_decode(struct bytes text, struct path base, const struct codec_types *types,
                          struct records *out, struct error *error)
{
    enum value_type type = VALUE_NONE;
    enum status status = codec_check_single(text, base, types, &type, error);
    if (status != ST_OK)
        return status;
    if (type != VALUE_OPAQUE && type != VALUE_NONE) {
        char place[PATH_TEXT];
        error_set(error, "content for '%s' is opaque, the resource is of type %s; use text or tlv",
                  path_text(base, place), value_type_name(type));
        return ST_INVALID;
    }
    return codec_add(out, base, value_octets(VALUE_OPAQUE, text), error);
}
