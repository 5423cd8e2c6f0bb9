/* SPDX-License-Identifier: Apache-2.0 */
/* The event log: stamps events and hands them to whoever listens. */
#include "base/std.h"

#include "base/trace.h"

enum { PAYLOAD_SHOWN = 96 };

static const char *const kind_names[] = {
    [EVENT_REQUEST] = "request",
    [EVENT_RESPONSE] = "response",
    [EVENT_NOTIFICATION] = "notification",
    [EVENT_RESET] = "reset",
    [EVENT_MALFORMED] = "malformed",
    [EVENT_SECURED] = "secured",
    [EVENT_UNSECURED] = "unsecured",
    [EVENT_REGISTERED] = "registered",
    [EVENT_UPDATED] = "updated",
    [EVENT_DEREGISTERED] = "deregistered",
    [EVENT_BOOTSTRAP] = "bootstrap",
    [EVENT_STATE] = "state",
    [EVENT_WARNING] = "warning",
    [EVENT_ERROR] = "error",
    [EVENT_INFO] = "info",
};

const char *event_kind_name(enum event_kind kind)
{
    assert((size_t)kind < COUNT_OF(kind_names));
    return kind_names[kind];
}

struct event event_of(enum event_kind kind, const char *side)
{
    return (struct event){
        .kind = kind, .side = side, .message_id = -1, .format = -1, .accept = -1, .observe = -1};
}

bool event_is_message(const struct event *event)
{
    return event->kind == EVENT_REQUEST || event->kind == EVENT_RESPONSE ||
           event->kind == EVENT_NOTIFICATION || event->kind == EVENT_RESET ||
           event->kind == EVENT_MALFORMED;
}

static void put_payload(struct bytes payload, bool is_text, struct buf *out)
{
    struct bytes shown = payload;
    if (shown.len > PAYLOAD_SHOWN)
        shown.len = PAYLOAD_SHOWN;
    if (is_text && utf8_plain(payload)) {
        while (!utf8_valid(shown))
            shown.len--;
        buf_put(out, shown);
    } else {
        buf_puts(out, "hex:");
        buf_put_hex(out, shown);
    }
    if (shown.len < payload.len)
        buf_printf(out, "... (%zu octets)", payload.len);
}

/* A Reset has no code, and neither has a message that was never answered. */
static void put_code(const struct event *event, struct buf *out)
{
    bool is_reset = event->type != NULL && strcmp(event->type, "RST") == 0;
    if (event->kind == EVENT_MALFORMED)
        buf_printf(out, " malformed: %s", event->text == NULL ? "" : event->text);
    else if (event->kind != EVENT_RESET)
        buf_printf(out, " %s", event->code == NULL ? "" : event->code);
    else if (!is_reset)
        buf_puts(out, " given up");
}

static void put_options(const struct event *event, struct buf *out)
{
    if (event->path != NULL)
        buf_puts(out, " ");
    buf_put_plain(out, bytes_of(event->path)); /* the peer's choice, as the query is */
    if (event->query != NULL)
        buf_puts(out, "?");
    buf_put_plain(out, bytes_of(event->query));
    if (event->observe >= 0)
        buf_printf(out, " observe=%d", event->observe);
    if (event->accept >= 0)
        buf_printf(out, " accept=%d", event->accept);
    if (event->format >= 0)
        buf_printf(out, " format=%d", event->format);
}

void event_put_message(const struct event *event, bool redact, struct buf *out)
{
    bool to_device = (strcmp(event->side, "device") == 0) == event->incoming;
    buf_printf(out, "%s  %s", to_device ? "server -> device" : "device -> server",
               event->type == NULL ? "" : event->type);
    if (event->message_id >= 0)
        buf_printf(out, " [%d]", event->message_id);
    put_code(event, out);
    put_options(event, out);
    if (event->payload.len == 0)
        return;
    buf_puts(out, "  ");
    if (redact || event->secret)
        buf_printf(out, "(%zu octets)", event->payload.len);
    else
        put_payload(event->payload, event->kind != EVENT_MALFORMED, out);
}

void trace_init(struct trace *trace, const struct clock *clock)
{
    *trace = (struct trace){.clock = clock};
}

void trace_listen(struct trace *trace, struct trace_listener *listener)
{
    struct trace_listener **end = &trace->listeners;
    while (*end != NULL) {
        assert(*end != listener);
        end = &(*end)->next;
    }
    listener->next = NULL;
    *end = listener;
}

void trace_unlisten(struct trace *trace, struct trace_listener *listener)
{
    struct trace_listener **at = &trace->listeners;
    while (*at != NULL && *at != listener)
        at = &(*at)->next;
    if (*at == NULL)
        return;
    *at = listener->next;
    listener->next = NULL;
}

void trace_emit(struct trace *trace, struct event *event)
{
    if (trace == NULL || trace->listeners == NULL)
        return;
    event->utc_ms = clock_utc(trace->clock);
    struct trace_listener *next;
    for (struct trace_listener *at = trace->listeners; at != NULL; at = next) {
        next = at->next; /* a listener may leave while it hears */
        at->hear(at->arg, event);
    }
}

void trace_say(struct trace *trace, enum event_kind kind, const char *side, const char *format, ...)
{
    if (trace == NULL || trace->listeners == NULL)
        return;
    struct error sentence;
    char text[2 * sizeof sentence.text]; /* error_set cuts it between characters */
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    error_clear(&sentence);
    error_set(&sentence, "%s", text);
    struct event event = event_of(kind, side);
    event.text = sentence.text;
    trace_emit(trace, &event);
}
