/* SPDX-License-Identifier: Apache-2.0 */
/* Events as JSON objects. */
#include <cjson/cJSON.h>

#include "base/std.h"

#include "cli/events.h"
#include "cli/json_print.h"

static void add_text(cJSON *object, const char *name, const char *text)
{
    if (text != NULL && text[0] != '\0')
        json_text(object, name, bytes_of(text));
}

/* Fields of the log that are -1 when they are not there. */
static void add_number(cJSON *object, const char *name, int number)
{
    if (number >= 0)
        cJSON_AddNumberToObject(object, name, number);
}

static void add_payload(cJSON *object, struct bytes payload, bool redact)
{
    if (payload.len == 0)
        return;
    cJSON_AddNumberToObject(object, "payload_len", (double)payload.len);
    if (redact)
        return;
    json_hex(object, "payload_hex", payload);
    if (utf8_plain(payload))
        json_text(object, "payload_text", payload);
}

static void add_message(cJSON *object, const struct event *event, bool redact)
{
    cJSON_AddStringToObject(object, "direction", event->incoming ? "in" : "out");
    add_text(object, "type", event->type);
    add_number(object, "message_id", event->message_id);
    if (event->token.len > 0)
        json_hex(object, "token", event->token);
    add_text(object, "code", event->code);
    add_text(object, "query", event->query);
    add_number(object, "format", event->format);
    add_number(object, "accept", event->accept);
    add_number(object, "observe", event->observe);
    add_payload(object, event->payload, redact || event->secret);
}

void event_put_json(const struct event *event, bool redact, struct buf *out)
{
    cJSON *object = json_new();
    add_text(object, "event", event_kind_name(event->kind));
    cJSON_AddNumberToObject(object, "utc_ms", (double)event->utc_ms);
    add_text(object, "side", event->side);
    add_text(object, "peer", event->peer);
    if (event_is_message(event))
        add_message(object, event, redact);
    else
        add_text(object, "code", event->code);
    add_text(object, "path", event->path);
    add_text(object, "from", event->from);
    add_text(object, "to", event->to);
    add_text(object, "suite", event->suite);
    add_text(object, "identity", redact ? NULL : event->identity);
    add_text(object, "text", event->text);
    json_put(object, out);
}
