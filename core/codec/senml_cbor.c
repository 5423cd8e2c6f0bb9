/* SPDX-License-Identifier: Apache-2.0 */
/* SenML CBOR: the notation of the record walk in CBOR items. */
#include "base/std.h"

#include "codec/senml.h"
#include "codec/senml_impl.h"

static void start(union senml_tokens *tokens, struct bytes text)
{
    cbor_reader_init(&tokens->cbor, text);
}

static void stop(union senml_tokens *tokens)
{
    cbor_reader_release(&tokens->cbor);
}

static enum status next(union senml_tokens *tokens, struct token *out, struct error *error)
{
    enum status status = cbor_next(&tokens->cbor, out, error);
    if (status != ST_OK || out->tag == TAG_NONE)
        return status;
    error_set(error, "a cbor tag has no place in senml; leave it out");
    return ST_INVALID;
}

static void begin(struct buf *out, size_t count, struct bytes base_name)
{
    UNUSED(base_name);
    cbor_put_array(out, count);
}

static void record(struct buf *out, const struct senml_field *fields, size_t count, bool is_first)
{
    UNUSED(is_first);
    cbor_put_map(out, count);
    for (size_t i = 0; i < count; i++) {
        const struct senml_label *label = fields[i].label;
        if (label->number == SENML_NO_NUMBER)
            cbor_put_text(out, bytes_of(label->text));
        else
            cbor_put_integer(out, label->number);
        if (fields[i].value == NULL)
            cbor_put_text(out, fields[i].text);
        else
            cbor_put_value(out, fields[i].value);
    }
}

static const struct senml_notation notation = {
    .labels = senml_labels,
    .is_binary = true,
    .start = start,
    .stop = stop,
    .next = next,
    .begin = begin,
    .record = record,
    .end = "",
};

enum status senml_cbor_encode(const struct records *records, struct path base, struct buf *out)
{
    return senml_write(&notation, records, base, out);
}

enum status senml_cbor_decode(struct bytes text, struct path base, const struct codec_types *types,
                              struct records *out, struct error *error)
{
    struct senml_question question = {.base = base, .types = types};
    return senml_read(&notation, text, &question, out, error);
}

enum status senml_cbor_encode_paths(const struct records *records, struct buf *out)
{
    return senml_write_paths(&notation, records, out);
}

enum status senml_cbor_decode_paths(struct bytes text, struct records *out, struct error *error)
{
    struct senml_question question = {.base = path_root(), .paths_only = true};
    return senml_read(&notation, text, &question, out, error);
}
