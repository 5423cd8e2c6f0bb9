/* SPDX-License-Identifier: Apache-2.0 */
/* Contents as the scenario language writes them: what is sent, and what is expected. */
#include "base/std.h"

#include <math.h>

#include "base/portfolio.h"
#include "drivers/recorder_impl.h"

enum {
    SECURITY = 0,
    OSCORE = 21,
    EXPECTED_MOST = 256, /* values that one step can name */
    SURE_MS = 200        /* what takes less may be over when a replay looks */
};

/* --- contents ---------------------------------------------------------------------------- */

static bool describe(const void *arg, struct path path, struct codec_type *out)
{
    const struct resource_def *def = catalogue_resource(arg, path);
    if (def == NULL)
        return false;
    *out = (struct codec_type){.type = def->type, .multiple = def->multiple};
    return true;
}

static const struct catalogue *catalogue_of_recorder(const struct recorder *recorder)
{
    return recorder->config.profile->catalogue;
}

bool content_decode(const struct recorder *recorder, const struct message *message,
                    struct path base, struct content *out)
{
    const struct codec *codec = codec_find(message->format);
    struct codec_types types = {.describe = describe, .arg = catalogue_of_recorder(recorder)};
    struct error error;
    error_clear(&error);
    *out = (struct content){.base = base};
    records_init(&out->values);
    return codec != NULL &&
           codec->decode(buf_bytes(&message->payload), base, &types, &out->values, &error) == ST_OK;
}

void content_release(struct content *content)
{
    records_release(&content->values);
}

/* --- words and literals --------------------------------------------------------------------- */

bool record_is_word(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] <= ' ' || text.data[i] > '~' ||
            strchr("\"'(){}[]#$\\", text.data[i]) != NULL)
            return false;
    return text.len > 0;
}

/* One character, LEN octets of it; what would be read as something else is escaped. */
static void put_character(struct bytes text, size_t len, struct buf *out)
{
    uint8_t c = text.data[0];
    if (c == '"' || c == '\\' || c == '$')
        buf_printf(out, "\\%c", c);
    else if (c == '\n')
        buf_puts(out, "\\n");
    else if (len == 0 || !utf8_plain((struct bytes){text.data, len}))
        for (size_t i = 0; i < (len == 0 ? 1 : len); i++)
            buf_printf(out, "\\x%02x", text.data[i]);
    else
        buf_put(out, (struct bytes){text.data, len});
}

void record_quoted(struct bytes text, struct buf *out)
{
    buf_puts(out, "\"");
    while (text.len > 0) {
        size_t len = utf8_first(text);
        put_character(text, len, out);
        len = len == 0 ? 1 : len;
        text = (struct bytes){text.data + len, text.len - len};
    }
    buf_puts(out, "\"");
}

void record_octets(struct bytes octets, struct buf *out)
{
    if (octets.len > 0 && utf8_plain(octets)) {
        record_quoted(octets, out);
        return;
    }
    buf_puts(out, "hex:");
    buf_put_hex(out, octets);
}

void record_literal(const struct value *value, struct buf *out)
{
    switch (value->type) {
    case VALUE_STRING:
        record_quoted(value_bytes(value), out);
        break;
    case VALUE_OPAQUE:
        buf_puts(out, "hex:");
        buf_put_hex(out, value_bytes(value));
        break;
    case VALUE_NONE:
    case VALUE_INTEGER:
    case VALUE_FLOAT:
    case VALUE_BOOLEAN:
    case VALUE_TIME:
    case VALUE_OBJLINK:
        value_format(value, out);
        break;
    }
}

void record_format(int format, struct buf *out)
{
    const struct codec *codec = codec_find(format);
    if (format == FORMAT_LINK)
        buf_puts(out, "link");
    else if (codec != NULL && codec->format == format)
        buf_puts(out, codec->name);
    else
        buf_printf(out, "%d", format);
}

/* PATH as ids below BASE, or whole. */
static void put_ids(struct path base, struct path path, struct buf *out)
{
    char text[PATH_TEXT];
    if (base.depth == 0) {
        buf_puts(out, path_text(path, text));
        return;
    }
    for (unsigned i = base.depth; i < path.depth; i++)
        buf_printf(out, "%s%u", i == base.depth ? "" : "/", (unsigned)path.id[i]);
}

/* --- what is expected ------------------------------------------------------------------------ */

static void put_claim(struct recorder *recorder, struct path base, struct path path,
                      struct buf *out)
{
    const struct process *process = recorder_process(recorder, path.id[1]);
    if (process == NULL || !process->is_known) {
        buf_puts(out, "any");
        return;
    }
    bool is_signature = process->service == SERVICE_AUTHENTICATION;
    buf_printf(out, "%s(identity=%u, challenge=%s, key=%u",
               is_signature ? "signature" : "ciphertext", process->identity, process->challenge,
               process->key);
    if (base.depth < 2)
        buf_printf(out, ", instance=16/%u", (unsigned)path.id[1]);
    if (!is_signature && process->data.type == VALUE_STRING) {
        buf_puts(out, ", data=");
        record_quoted(value_bytes(&process->data), out);
    }
    buf_puts(out, ")");
    recorder->says_signature = recorder->says_signature || is_signature;
    recorder->says_ciphertext = recorder->says_ciphertext || !is_signature;
}

/* While a process of a quick component runs, a replay may find it over. */
static bool is_fleeting(struct recorder *recorder, const struct record *record)
{
    struct path path = record->path;
    bool is_status = path.depth == 3 && path.id[0] == PORTFOLIO && path.id[2] == AUTH_STATUS;
    const struct process *process = is_status ? recorder_process(recorder, path.id[1]) : NULL;
    return process != NULL && process->is_running && record->value.integer == 0 &&
           recorder->config.profile->latency_ms < SURE_MS;
}

static void put_item(struct recorder *recorder, struct path base, const struct record *record,
                     struct buf *out)
{
    const struct value *value = &record->value;
    bool has_no_literal = value->type == VALUE_FLOAT && !isfinite(value->number);
    if (path_is_portfolio(record->path, AUTH_DATA))
        put_claim(recorder, base, record->path, out);
    else if (value->type == VALUE_TIME || has_no_literal || record->path.id[0] == SECURITY)
        buf_puts(out, "any");
    else if (is_fleeting(recorder, record))
        buf_puts(out, "0..2");
    else
        record_literal(value, out);
}

/* AuthData is judged as a whole, so that one of its instances speaks for all; and what lies
 * elsewhere has nothing to say. */
static bool is_said(const struct content *content, size_t index)
{
    struct path path = content->values.items[index].path;
    for (size_t i = 0; i < index && path_is_portfolio(path, AUTH_DATA); i++)
        if (path_equal(path_cut(content->values.items[i].path, 3), path_cut(path, 3)))
            return true;
    return content->values.items[index].value.type == VALUE_NONE ||
           !path_covers(content->base, path);
}

static size_t count_values(const struct content *content)
{
    size_t count = 0;
    for (size_t i = 0; i < content->values.count; i++)
        count += !is_said(content, i);
    return count;
}

static void put_set(struct recorder *recorder, const struct content *content, struct buf *out)
{
    size_t count = 0;
    buf_puts(out, "{");
    for (size_t i = 0; i < content->values.count && count < EXPECTED_MOST; i++) {
        const struct record *record = &content->values.items[i];
        struct path path = record->path;
        if (is_said(content, i))
            continue;
        if (path_is_portfolio(path, AUTH_DATA) && content->base.depth < 3)
            path = path_cut(path, 3);
        buf_puts(out, count == 0 ? "" : ", ");
        put_ids(content->base, path, out);
        buf_puts(out, "=");
        put_item(recorder, content->base, record, out);
        count++;
    }
    buf_puts(out, "}");
}

void record_expected(struct recorder *recorder, const struct content *content, struct buf *out)
{
    size_t count = count_values(content);
    bool is_single = count == 1 && !content->is_part && content->base.depth >= 3 &&
                     content->values.items[0].path.depth <= 4 &&
                     (path_equal(content->values.items[0].path, content->base) ||
                      (content->base.depth == 3 && path_is_portfolio(content->base, AUTH_DATA)));
    if (count == 0) {
        buf_puts(out, "empty");
    } else if (is_single) {
        put_item(recorder, content->base, &content->values.items[0], out);
    } else {
        if (count > EXPECTED_MOST || content->is_part)
            buf_puts(out, "has ");
        put_set(recorder, content, out);
    }
}

/* --- what is written ---------------------------------------------------------------------------
 */

/* Keys of a link, and of OSCORE (LwM2M TS 1.1, E.1; OMA object 21). */
static bool is_secret(const struct record *record)
{
    struct path path = record->path;
    if (path.depth < 3 || record->value.type != VALUE_OPAQUE ||
        value_bytes(&record->value).len == 0)
        return false;
    return (path.id[0] == SECURITY && (path.id[2] == 5 || path.id[2] == 8 || path.id[2] == 9)) ||
           path.id[0] == OSCORE;
}

bool content_has_secret(const struct content *content)
{
    for (size_t i = 0; i < content->values.count; i++)
        if (is_secret(&content->values.items[i]))
            return true;
    return false;
}

/* Whether the object's definition takes it as the language writes it. */
static bool is_plain(const struct recorder *recorder, const struct record *record)
{
    const struct resource_def *def =
        catalogue_resource(catalogue_of_recorder(recorder), record->path);
    const struct value *value = &record->value;
    return def != NULL && def->type != VALUE_NONE && def->type == value->type &&
           record->path.depth == (def->multiple ? 4 : 3) &&
           (value->type != VALUE_FLOAT || isfinite(value->number));
}

static void put_written(struct recorder *recorder, const struct record *record, struct buf *out)
{
    if (is_secret(record))
        buf_printf(out, "$secret_%u", ++recorder->secrets);
    else
        record_literal(&record->value, out);
}

/* No value at all: an instance, an object or a multiple resource becomes empty. */
static bool is_nothing(const struct recorder *recorder, const struct content *content)
{
    const struct resource_def *def =
        catalogue_resource(catalogue_of_recorder(recorder), content->base);
    for (size_t i = 0; i < content->values.count; i++)
        if (content->values.items[i].value.type != VALUE_NONE)
            return false;
    return content->base.depth < 3 || (content->base.depth == 3 && def != NULL && def->multiple);
}

bool record_written(struct recorder *recorder, const struct content *content, struct buf *out)
{
    const struct records *values = &content->values;
    if (is_nothing(recorder, content))
        return true;
    for (size_t i = 0; i < values->count; i++)
        if (!is_plain(recorder, &values->items[i]))
            return false;
    buf_puts(out, " ");
    if (values->count == 1 && content->base.depth >= 3 &&
        path_equal(values->items[0].path, content->base)) {
        put_written(recorder, &values->items[0], out);
        return true;
    }
    for (size_t i = 0; i < values->count; i++) {
        buf_puts(out, i == 0 ? "" : ", ");
        put_ids(content->base, values->items[i].path, out);
        buf_puts(out, "=");
        put_written(recorder, &values->items[i], out);
    }
    return values->count > 0;
}
