/* SPDX-License-Identifier: Apache-2.0 */
/* The event log: stamps events and hands them to whoever listens. */
#include "base/std.h"

#include "base/trace.h"

static const char *const kind_names[] = {
    [EVENT_REQUEST] = "request",
    [EVENT_RESPONSE] = "response",
    [EVENT_NOTIFICATION] = "notification",
    [EVENT_RESET] = "reset",
    [EVENT_REGISTERED] = "registered",
    [EVENT_UPDATED] = "updated",
    [EVENT_DEREGISTERED] = "deregistered",
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
        .kind = kind, .side = side, .message_id = -1, .format = -1, .observe = -1};
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
