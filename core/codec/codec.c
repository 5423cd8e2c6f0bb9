/* SPDX-License-Identifier: Apache-2.0 */
/* The table of content formats, and what its rows share. */
#include "base/std.h"

#include <float.h>
#include <math.h>

#include "codec/cbor.h"
#include "codec/codec.h"
#include "codec/codec_impl.h"
#include "codec/senml.h"
#include "codec/text.h"
#include "codec/tlv.h"

/* Up to here every whole number has a double of its own (2 to the 53rd). */
#define EXACT_MOST 9007199254740992.0

static const struct codec codecs[] = {
    {FORMAT_TEXT, "text", false, CODEC_1_0 | CODEC_1_1, text_encode, text_decode, NULL, NULL},
    {FORMAT_OPAQUE, "opaque", false, CODEC_1_0 | CODEC_1_1, opaque_encode, opaque_decode, NULL,
     NULL},
    {FORMAT_CBOR, "cbor", false, CODEC_1_1, cbor_encode, cbor_decode, NULL, NULL},
    {FORMAT_SENML_JSON, "senml-json", true, CODEC_1_1, senml_json_encode, senml_json_decode,
     senml_json_encode_paths, senml_json_decode_paths},
    {FORMAT_SENML_CBOR, "senml-cbor", true, CODEC_1_1, senml_cbor_encode, senml_cbor_decode,
     senml_cbor_encode_paths, senml_cbor_decode_paths},
    {FORMAT_TLV, "tlv", true, CODEC_1_0 | CODEC_1_1, tlv_encode, tlv_decode, NULL, NULL},
    {FORMAT_JSON, "json", true, CODEC_1_0, lwm2m_json_encode, lwm2m_json_decode, NULL, NULL},
};

/* Numbers in use before IANA gave out the real ones. */
static const struct {
    int number;
    int format;
} former_numbers[] = {
    {1541, FORMAT_TEXT}, {1542, FORMAT_TLV}, {1543, FORMAT_JSON}, {1544, FORMAT_OPAQUE}};

const struct codec *codec_at(size_t index)
{
    return index < COUNT_OF(codecs) ? &codecs[index] : NULL;
}

const struct codec *codec_find(int format)
{
    for (size_t i = 0; i < COUNT_OF(former_numbers); i++)
        if (former_numbers[i].number == format)
            format = former_numbers[i].format;
    for (size_t i = 0; i < COUNT_OF(codecs); i++)
        if (codecs[i].format == format)
            return &codecs[i];
    return NULL;
}

const struct codec *codec_named(struct bytes name)
{
    for (size_t i = 0; i < COUNT_OF(codecs); i++)
        if (bytes_is(name, codecs[i].name))
            return &codecs[i];
    return NULL;
}

enum status codec_check_size(struct bytes text, struct error *error)
{
    if (text.len <= PAYLOAD_MOST)
        return ST_OK;
    error_set(error, "content of %zu octets is too long; send at most %d", text.len, PAYLOAD_MOST);
    return ST_LIMIT;
}

enum status codec_type_of(const struct codec_types *types, struct path path, enum codec_shape shape,
                          enum value_type *out, struct error *error)
{
    struct codec_type type = {VALUE_NONE, false};
    bool known = types != NULL && types->describe(types->arg, path, &type);
    *out = known ? type.type : VALUE_NONE;
    bool multiple = shape == SHAPE_MULTIPLE;
    if (*out == VALUE_NONE || type.multiple == multiple)
        return ST_OK;
    char text[PATH_TEXT];
    error_set(error, "content has '%s' as a %s resource; it is a %s one",
              path_text(path_cut(path, 3), text), multiple ? "multiple" : "single",
              multiple ? "single" : "multiple");
    return ST_INVALID;
}

const struct value *codec_only_value(const struct records *records, struct path base)
{
    if (records->count != 1 || base.depth < 3 || !path_equal(records->items[0].path, base))
        return NULL;
    const struct value *value = &records->items[0].value;
    return value->type == VALUE_NONE ? NULL : value;
}

enum status codec_check_single(struct bytes text, struct path base, const struct codec_types *types,
                               enum value_type *out, struct error *error)
{
    enum status status = codec_check_size(text, error);
    if (status != ST_OK)
        return status;
    if (base.depth < 3) {
        char place[PATH_TEXT];
        error_set(error, "content for '%s' has no place for several values; use tlv",
                  path_text(base, place));
        return ST_INVALID;
    }
    return codec_type_of(types, base, base.depth == 4 ? SHAPE_MULTIPLE : SHAPE_SINGLE, out, error);
}

bool codec_read_link(struct bytes text, struct value *out)
{
    int64_t object = 0;
    int64_t instance = 0;
    size_t colon = 0;
    while (colon < text.len && text.data[colon] != ':')
        colon++;
    if (colon == text.len || !parse_decimal((struct bytes){text.data, colon}, &object) ||
        !parse_decimal((struct bytes){text.data + colon + 1, text.len - colon - 1}, &instance))
        return false;
    if (object < 0 || object > UINT16_MAX || instance < 0 || instance > UINT16_MAX)
        return false;
    *out = value_link((uint16_t)object, (uint16_t)instance);
    return true;
}

const char *codec_link_text(struct objlink link, char text[CODEC_LINK_TEXT])
{
    snprintf(text, CODEC_LINK_TEXT, "%u:%u", (unsigned)link.object, (unsigned)link.instance);
    return text;
}

bool codec_convert(enum value_type type, struct value *value)
{
    bool whole = type == VALUE_INTEGER || type == VALUE_TIME;
    if (value->type == VALUE_INTEGER && type == VALUE_TIME)
        *value = value_time(value->integer);
    else if (value->type == VALUE_INTEGER && type == VALUE_FLOAT)
        *value = value_float((double)value->integer);
    else if (value->type == VALUE_FLOAT && whole && fabs(value->number) <= EXACT_MOST &&
             trunc(value->number) == value->number)
        *value = (struct value){.type = type, .integer = (int64_t)value->number};
    return type == VALUE_NONE || value->type == type;
}

unsigned codec_float_bits(double number, uint64_t *out)
{
    bool is_narrow =
        isinf(number) || (fabs(number) <= (double)FLT_MAX && (double)(float)number == number);
    if (!is_narrow) {
        memcpy(out, &number, sizeof number);
        return sizeof number;
    }
    float narrow = (float)number;
    uint32_t bits = 0;
    memcpy(&bits, &narrow, sizeof bits);
    *out = bits;
    return sizeof bits;
}

enum status codec_add(struct records *out, struct path path, struct value value,
                      struct error *error)
{
    if (records_add(out, path, value))
        return ST_OK;
    error_set(error, "content has more than %zu values; send fewer", out->limit);
    return ST_LIMIT;
}

enum status codec_add_empty(struct path base, const struct codec_types *types, struct records *out,
                            struct error *error)
{
    enum value_type type = VALUE_NONE;
    enum status status = ST_OK;
    if (base.depth == 3)
        status = codec_type_of(types, base, SHAPE_MULTIPLE, &type, error);
    if (status != ST_OK)
        return status;
    if (base.depth < 3 || (base.depth == 3 && type != VALUE_NONE))
        return codec_add(out, base, value_none(), error);
    char text[PATH_TEXT];
    error_set(error, "content is empty and so has no value for '%s'", path_text(base, text));
    return ST_INVALID;
}

void codec_place(struct error *error, const struct rd *rd, struct bytes text)
{
    error_place(error, NULL, 1, (unsigned)(text.len - rd_left(rd)) + 1);
}
