/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the adapter protocol, as both ends write them. */
#include "base/std.h"

#include <math.h>

#include "codec/codec.h"
#include "drivers/adapter_impl.h"
#include "net/message.h"

enum { EXACT_MOST = 53 }; /* bits of a number that every JSON reader keeps */

void say_begin(struct buf *line)
{
    buf_clear(line);
    buf_puts(line, "{");
}

void say_end(struct buf *line)
{
    buf_puts(line, "}");
}

static void separate(struct buf *line)
{
    uint8_t last = line->len > 0 ? line->data[line->len - 1] : '{';
    if (last != '{' && last != '[')
        buf_puts(line, ",");
}

static void name_member(struct buf *line, const char *name)
{
    separate(line);
    json_put_text(line, bytes_of(name));
    buf_puts(line, ":");
}

void say_text(struct buf *line, const char *name, struct bytes text)
{
    name_member(line, name);
    json_put_text(line, text);
}

void say_word(struct buf *line, const char *name, const char *word)
{
    if (word != NULL)
        say_text(line, name, bytes_of(word));
}

void say_number(struct buf *line, const char *name, int64_t number)
{
    name_member(line, name);
    buf_printf(line, "%" PRId64, number);
}

void say_flag(struct buf *line, const char *name, bool flag)
{
    name_member(line, name);
    buf_puts(line, flag ? "true" : "false");
}

/* `*` stands for the instance whose id the device is to choose. */
static void put_path(struct buf *line, struct path path)
{
    buf_puts(line, path.depth == 0 ? "\"/" : "\"");
    for (unsigned i = 0; i < path.depth; i++)
        if (path.id[i] == ID_NONE)
            buf_puts(line, "/*");
        else
            buf_printf(line, "/%u", (unsigned)path.id[i]);
    buf_puts(line, "\"");
}

void say_path(struct buf *line, const char *name, struct path path)
{
    name_member(line, name);
    put_path(line, path);
}

void say_paths(struct buf *line, const struct records *records)
{
    name_member(line, "paths");
    buf_puts(line, "[");
    for (size_t i = 0; i < records->count; i++) {
        separate(line);
        put_path(line, records->items[i].path);
    }
    buf_puts(line, "]");
}

/* --- values --------------------------------------------------------------------------------- */

static void put_integer(struct buf *line, int64_t integer)
{
    int64_t most = INT64_C(1) << EXACT_MOST;
    bool is_exact = integer >= -most && integer <= most;
    buf_printf(line, is_exact ? "%" PRId64 : "\"%" PRId64 "\"", integer);
}

/* JSON has no word for what is not finite. */
static void put_float(struct buf *line, double number)
{
    if (isfinite(number))
        buf_printf(line, "%.17g", number);
    else
        buf_puts(line, isnan(number) ? "\"nan\"" : number > 0 ? "\"inf\"" : "\"-inf\"");
}

static void put_hex(struct buf *line, struct bytes octets)
{
    buf_puts(line, "\"");
    buf_put_hex(line, octets);
    buf_puts(line, "\"");
}

void say_value(struct buf *line, const struct value *value)
{
    enum value_type type = value->type;
    if (type == VALUE_NONE)
        return;
    if (type == VALUE_STRING && !utf8_valid(value_bytes(value)))
        type = VALUE_OPAQUE;
    say_word(line, "type", value_type_name(type));
    name_member(line, "value");
    switch (type) {
    case VALUE_NONE:
        break;
    case VALUE_STRING:
        json_put_text(line, value_bytes(value));
        break;
    case VALUE_INTEGER:
    case VALUE_TIME:
        put_integer(line, value->integer);
        break;
    case VALUE_FLOAT:
        put_float(line, value->number);
        break;
    case VALUE_BOOLEAN:
        buf_puts(line, value->boolean ? "true" : "false");
        break;
    case VALUE_OPAQUE:
        put_hex(line, value_bytes(value));
        break;
    case VALUE_OBJLINK:
        buf_printf(line, "\"%u:%u\"", value->link.object, value->link.instance);
        break;
    }
}

void say_values(struct buf *line, const char *name, const struct records *records)
{
    name_member(line, name);
    buf_puts(line, "[");
    for (size_t i = 0; i < records->count; i++) {
        separate(line);
        buf_puts(line, "{");
        say_path(line, "path", records->items[i].path);
        say_value(line, &records->items[i].value);
        buf_puts(line, "}");
    }
    buf_puts(line, "]");
}

void say_format(struct buf *line, int format)
{
    const struct codec *codec = codec_find(format);
    if (codec != NULL)
        say_word(line, "format", codec->name);
    else if (format == FORMAT_LINK)
        say_word(line, "format", "link");
    else if (format != FORMAT_NONE)
        say_number(line, "format", format);
}

/* --- operations and what comes of them ------------------------------------------------------- */

static void say_service(struct buf *line, const struct operation *operation)
{
    say_number(line, "identity", operation->identity);
    say_number(line, "key", operation->key_index);
    say_word(line, "extra", operation->text);
}

void say_operation(struct buf *line, const struct operation *operation, struct bytes arguments)
{
    enum operation_kind kind = operation->kind;
    bool brings_values = kind == OPERATION_WRITE || kind == OPERATION_UPDATE ||
                         kind == OPERATION_CREATE || kind == OPERATION_WRITE_COMPOSITE;
    say_word(line, "do", operation_name(kind));
    if (!operation_is_composite(kind))
        say_path(line, "path", operation->path);
    else if (!brings_values)
        say_paths(line, &operation->values);
    say_format(line, operation->format);
    if (brings_values)
        say_values(line, "values", &operation->values);
    if (kind == OPERATION_EXECUTE && operation->text != NULL)
        say_text(line, "arguments", arguments);
    if (kind == OPERATION_ATTRIBUTES)
        say_word(line, "attributes", operation->text);
    if (kind == OPERATION_AUTHENTICATE || kind == OPERATION_DECRYPT)
        say_service(line, operation);
    if (operation->by_reset)
        say_word(line, "by", "reset");
}

static void say_judgement(struct buf *line, enum judgement judgement)
{
    static const char *const words[] = {[JUDGEMENT_NONE] = NULL,
                                        [JUDGEMENT_GENUINE] = "genuine",
                                        [JUDGEMENT_MISMATCH] = "wrong",
                                        [JUDGEMENT_UNKNOWN] = "unknown"};
    say_word(line, "judgement", words[judgement]);
}

void say_outcome(struct buf *line, const struct outcome *outcome)
{
    char code[CODE_TEXT];
    if (outcome->code != CODE_EMPTY)
        say_word(line, "code", code_text(outcome->code, code));
    else
        say_flag(line, "ok", true); /* a Reset has no answer */
    say_format(line, outcome->format);
    if (outcome->decoded)
        say_values(line, "values", &outcome->values);
    else if (outcome->format == FORMAT_LINK && utf8_valid(buf_bytes(&outcome->payload)))
        say_text(line, "links", buf_bytes(&outcome->payload));
    if (outcome->has_location)
        say_path(line, "location", outcome->location);
    say_judgement(line, outcome->judgement);
    if (outcome->problem[0] != '\0' && utf8_valid(bytes_of(outcome->problem)))
        say_word(line, "text", outcome->problem);
}

void say_list(struct buf *line, const char *name)
{
    name_member(line, name);
    buf_puts(line, "[");
}

void say_item(struct buf *line, const char *word)
{
    separate(line);
    json_put_text(line, bytes_of(word));
}

void say_list_end(struct buf *line)
{
    buf_puts(line, "]");
}

void say_data(struct buf *line, struct bytes data)
{
    name_member(line, "data");
    put_hex(line, data);
}

/* --- events ---------------------------------------------------------------------------------- */

static void say_registration(struct buf *line, const struct actor_event *event)
{
    int64_t lifetime = 0;
    if (event->has_list && event->links != NULL && utf8_valid(bytes_of(event->links)))
        say_word(line, "links", event->links);
    if (event->lifetime != NULL && parse_decimal(bytes_of(event->lifetime), &lifetime))
        say_number(line, "lifetime", lifetime);
    if (event->binding != NULL && utf8_valid(bytes_of(event->binding)))
        say_word(line, "binding", event->binding);
    say_flag(line, "binding-given", event->has_binding);
    say_flag(line, "queue", event->queues);
    if (event->version != NULL && utf8_valid(bytes_of(event->version)))
        say_word(line, "version", event->version);
}

static void say_report(struct buf *line, const struct actor_event *event)
{
    if (event->paths != NULL)
        say_paths(line, event->paths);
    else if (event->kind == ACTOR_NOTIFIED)
        say_path(line, "path", event->path);
    if (event->outcome != NULL)
        say_outcome(line, event->outcome);
}

bool say_event(struct buf *line, const struct actor_event *event)
{
    const char *name = actor_event_name(event->kind);
    if (name == NULL || event->endpoint == NULL || !utf8_valid(bytes_of(event->endpoint)))
        return false;
    say_word(line, "event", name);
    say_word(line, "endpoint", event->endpoint);
    if (event->kind == ACTOR_REGISTERED || event->kind == ACTOR_UPDATED)
        say_registration(line, event);
    else if (event->kind == ACTOR_NOTIFIED || event->kind == ACTOR_SENT)
        say_report(line, event);
    return true;
}
