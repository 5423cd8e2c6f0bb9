/* SPDX-License-Identifier: Apache-2.0 */
/* SenML JSON and the JSON of LwM2M 1.0: two notations of the record walk in JSON. */
#include "base/std.h"

#include <math.h>

#include "codec/codec_impl.h"
#include "codec/senml.h"
#include "codec/senml_impl.h"

/* --- reading ----------------------------------------------------------------------------- */

static void start(union senml_tokens *tokens, struct bytes text)
{
    json_reader_init(&tokens->json, text);
}

static void stop(union senml_tokens *tokens)
{
    json_reader_release(&tokens->json);
}

static enum status next(union senml_tokens *tokens, struct token *out, struct error *error)
{
    static const enum token_kind kinds[] = {
        [JSON_NULL] = TOKEN_NULL,
        [JSON_BOOLEAN] = TOKEN_BOOLEAN,
        [JSON_INTEGER] = TOKEN_INTEGER,
        [JSON_NUMBER] = TOKEN_NUMBER,
        [JSON_STRING] = TOKEN_TEXT,
        [JSON_ARRAY] = TOKEN_ARRAY,
        [JSON_OBJECT] = TOKEN_MAP,
        [JSON_ARRAY_END] = TOKEN_ARRAY_END,
        [JSON_OBJECT_END] = TOKEN_MAP_END,
        [JSON_KEY] = TOKEN_KEY,
        [JSON_END] = TOKEN_END,
    };
    struct json_token token;
    enum status status = json_next(&tokens->json, &token, error);
    *out = (struct token){.kind = kinds[token.kind],
                          .tag = TAG_NONE,
                          .integer = token.integer,
                          .number = token.number,
                          .text = token.text};
    return status;
}

/* --- writing ----------------------------------------------------------------------------- */

/* The fewest digits that read back as the same number; with an exponent where it would need many
 * zeros instead. */
static void put_number(struct buf *out, double number)
{
    enum { ZEROS_MOST = 4, DIGITS_MOST = 16 };
    char text[32];
    int digits = 0;
    do {
        snprintf(text, sizeof text, "%.*e", digits, number);
    } while (strtod(text, NULL) != number && digits++ < DIGITS_MOST);
    char *mark = strchr(text, 'e');
    int exponent = (int)strtol(mark + 1, NULL, 10);
    if (number == 0)
        buf_puts(out, signbit(number) ? "-0.0" : "0"); /* "-0" would be an integer */
    else if (exponent < -ZEROS_MOST || exponent >= DIGITS_MOST)
        buf_printf(out, "%.*se%d", (int)(mark - text), text, exponent);
    else
        buf_printf(out, "%.*f", digits > exponent ? digits - exponent : 0, number);
}

/* RFC 4648 section 5, without padding. */
static void put_base64url(struct buf *out, struct bytes octets)
{
    size_t start = out->len;
    buf_put_base64(out, octets);
    while (out->len > start && out->data[out->len - 1] == '=')
        out->len--;
    for (size_t i = start; i < out->len; i++) {
        uint8_t c = out->data[i];
        out->data[i] = c == '+' ? '-' : c == '/' ? '_' : c;
    }
}

static void put_value(struct buf *out, const struct value *value)
{
    char link[CODEC_LINK_TEXT];
    switch (value->type) {
    case VALUE_NONE:
        break;
    case VALUE_STRING:
        json_put_text(out, value_bytes(value));
        break;
    case VALUE_OPAQUE:
        buf_puts(out, "\"");
        put_base64url(out, value_bytes(value));
        buf_puts(out, "\"");
        break;
    case VALUE_INTEGER:
    case VALUE_TIME:
    case VALUE_BOOLEAN:
        value_format(value, out);
        break;
    case VALUE_FLOAT:
        put_number(out, value->number);
        break;
    case VALUE_OBJLINK:
        json_put_text(out, bytes_of(codec_link_text(value->link, link)));
        break;
    }
}

static void record(struct buf *out, const struct senml_field *fields, size_t count, bool is_first)
{
    buf_puts(out, is_first ? "{" : ",{");
    for (size_t i = 0; i < count; i++) {
        buf_puts(out, i == 0 ? "" : ",");
        json_put_text(out, bytes_of(fields[i].label->text));
        buf_puts(out, ":");
        if (fields[i].value == NULL)
            json_put_text(out, fields[i].text);
        else
            put_value(out, fields[i].value);
    }
    buf_puts(out, "}");
}

static void begin(struct buf *out, size_t count, struct bytes base_name)
{
    UNUSED(count);
    UNUSED(base_name);
    buf_puts(out, "[");
}

static void begin_enclosed(struct buf *out, size_t count, struct bytes base_name)
{
    UNUSED(count);
    buf_puts(out, "{\"bn\":");
    json_put_text(out, base_name);
    buf_puts(out, ",\"e\":[");
}

/* --- SenML ------------------------------------------------------------------------------- */

static const struct senml_notation senml = {
    .labels = senml_labels,
    .start = start,
    .stop = stop,
    .next = next,
    .begin = begin,
    .record = record,
    .end = "]",
};

enum status senml_json_encode(const struct records *records, struct path base, struct buf *out)
{
    return senml_write(&senml, records, base, out);
}

enum status senml_json_decode(struct bytes text, struct path base, const struct codec_types *types,
                              struct records *out, struct error *error)
{
    struct senml_question question = {.base = base, .types = types};
    return senml_read(&senml, text, &question, out, error);
}

enum status senml_json_encode_paths(const struct records *records, struct buf *out)
{
    return senml_write_paths(&senml, records, out);
}

enum status senml_json_decode_paths(struct bytes text, struct records *out, struct error *error)
{
    struct senml_question question = {.base = path_root(), .paths_only = true};
    return senml_read(&senml, text, &question, out, error);
}

/* --- LwM2M 1.0 --------------------------------------------------------------------------- */

/* A string may be octets: which one, the model tells. */
static const struct senml_label lwm2m_labels[] = {
    {"bn", SENML_NO_NUMBER, ROLE_BASE_NAME}, {"bt", SENML_NO_NUMBER, ROLE_TIME},
    {"e", SENML_NO_NUMBER, ROLE_ENTRIES},    {"n", SENML_NO_NUMBER, ROLE_NAME},
    {"t", SENML_NO_NUMBER, ROLE_TIME},       {"v", SENML_NO_NUMBER, ROLE_NUMBER},
    {"sv", SENML_NO_NUMBER, ROLE_STRING},    {"bv", SENML_NO_NUMBER, ROLE_BOOLEAN},
    {"ov", SENML_NO_NUMBER, ROLE_LINK},      {"sv", SENML_NO_NUMBER, ROLE_OCTETS},
    {NULL, SENML_NO_NUMBER, ROLE_NONE},
};

static const struct senml_notation lwm2m = {
    .labels = lwm2m_labels,
    .is_enclosed = true,
    .start = start,
    .stop = stop,
    .next = next,
    .begin = begin_enclosed,
    .record = record,
    .end = "]}",
};

enum status lwm2m_json_encode(const struct records *records, struct path base, struct buf *out)
{
    return senml_write(&lwm2m, records, base, out);
}

enum status lwm2m_json_decode(struct bytes text, struct path base, const struct codec_types *types,
                              struct records *out, struct error *error)
{
    struct senml_question question = {.base = base, .types = types};
    return senml_read(&lwm2m, text, &question, out, error);
}
