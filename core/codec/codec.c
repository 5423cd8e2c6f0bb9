/* SPDX-License-Identifier: Apache-2.0 */
/* The table of content formats, and what its rows share. */
#include "base/std.h"

#include "codec/codec.h"
#include "codec/codec_impl.h"
#include "codec/text.h"
#include "codec/tlv.h"

static const struct codec codecs[] = {
    {FORMAT_TEXT, "text", false, text_encode, text_decode},
    {FORMAT_OPAQUE, "opaque", false, opaque_encode, opaque_decode},
    {FORMAT_TLV, "tlv", true, tlv_encode, tlv_decode},
};

/* Numbers in use before IANA gave out the real ones; 1543 was JSON. */
static const struct {
    int number;
    int format;
} former_numbers[] = {{1541, FORMAT_TEXT}, {1542, FORMAT_TLV}, {1544, FORMAT_OPAQUE}};

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

enum status codec_add(struct records *out, struct path path, struct value value,
                      struct error *error)
{
    if (records_add(out, path, value))
        return ST_OK;
    error_set(error, "content has more than %zu values; send fewer", out->limit);
    return ST_LIMIT;
}

void codec_place(struct error *error, const struct rd *rd, struct bytes text)
{
    error_place(error, NULL, 1, (unsigned)(text.len - rd_left(rd)) + 1);
}
