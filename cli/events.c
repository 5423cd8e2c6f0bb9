/* SPDX-License-Identifier: Apache-2.0 */
/* Events as lines: who they are for decides which, and how they look. */
#include "base/std.h"

#include "cli/events.h"
#include "cli/output.h"

enum { LINE_MOST = 1 << 20 };

/* --- lines for people ----------------------------------------------------------------------- */

/* A step in the table of the registration. */
static bool is_registration(const struct event *event)
{
    return event->kind == EVENT_STATE && event->path != NULL && strcmp(event->path, "/rd") == 0;
}

static void put_state(const struct event *event, struct buf *out)
{
    const char *what = is_registration(event) ? "registration" : event->path;
    buf_printf(out, "%s: %s -> %s", what == NULL ? "state" : what, event->from, event->to);
    if (!is_registration(event) && event->text != NULL)
        buf_printf(out, " (%s)", event->text);
}

/* A server's failed handshake; a device's comes with an error that tells more. */
static bool is_refusal(const struct event *event)
{
    return event->kind == EVENT_UNSECURED && strcmp(event->side, "server") == 0;
}

static void put_sentence(const struct event *event, struct buf *out)
{
    if (event->kind == EVENT_WARNING || event->kind == EVENT_ERROR || is_refusal(event))
        buf_printf(out, "%s: ", event_kind_name(is_refusal(event) ? EVENT_WARNING : event->kind));
    buf_puts(out, event->text != NULL ? event->text : event_kind_name(event->kind));
}

void event_put(const struct event *event, bool redact, struct buf *out)
{
    time_t seconds = (time_t)(event->utc_ms / 1000);
    struct tm parts;
    struct buf words;
    buf_init(&words, LINE_MOST);
    gmtime_r(&seconds, &parts);
    buf_printf(out, "%02d:%02d:%02d.%03d  ", parts.tm_hour, parts.tm_min, parts.tm_sec,
               (int)(event->utc_ms % 1000));
    if (event_is_message(event))
        event_put_message(event, redact, &words);
    else if (event->kind == EVENT_STATE)
        put_state(event, &words);
    else
        put_sentence(event, &words);
    buf_put_plain(out, buf_bytes(&words));
    buf_puts(out, "\n");
    buf_release(&words);
}

/* --- who hears what ------------------------------------------------------------------------- */

static bool is_problem(const struct event *event)
{
    return event->kind == EVENT_WARNING || event->kind == EVENT_ERROR || is_refusal(event);
}

/* The least detail at which an event of this kind is shown. */
static enum events_detail detail_of(const struct event *event)
{
    if (is_problem(event))
        return EVENTS_PROBLEMS;
    if (event_is_message(event))
        return EVENTS_MESSAGES;
    bool is_detail = is_registration(event) || event->kind == EVENT_UNSECURED; /* errors tell it */
    return is_detail ? EVENTS_ALL : EVENTS_NORMAL;
}

static int colour_of(const struct event *event)
{
    enum { RED = 31, GREEN = 32, YELLOW = 33, GREY = 90 };
    if (event_is_message(event))
        return GREY;
    if (is_problem(event))
        return event->kind == EVENT_ERROR ? RED : YELLOW;
    return event->kind == EVENT_REGISTERED ? GREEN : 0;
}

static void write_line(const struct events *events, const struct event *event, struct buf *line)
{
    const struct events_config *config = &events->config;
    FILE *file = is_problem(event) && !config->json ? config->problems : config->out;
    int colour = config->colour && !config->json ? colour_of(event) : 0;
    if (colour > 0)
        fprintf(file, "\033[%dm%.*s\033[0m\n", colour, (int)(line->len - 1), buf_text(line));
    else
        fputs(buf_text(line), file);
    fflush(file);
    output_check();
}

static void hear(void *arg, const struct event *event)
{
    const struct events *events = arg;
    struct buf line;
    buf_init(&line, LINE_MOST);
    if (events->file != NULL && event_is_message(event)) {
        event_put_json(event, events->config.redact, &line);
        fputs(buf_text(&line), events->file);
        fflush(events->file);
        buf_clear(&line);
    }
    if (events->config.detail >= detail_of(event)) {
        if (events->config.json)
            event_put_json(event, events->config.redact, &line);
        else
            event_put(event, events->config.redact, &line);
        write_line(events, event, &line);
    }
    buf_release(&line);
}

bool events_start(struct events *events, const struct events_config *config, struct trace *trace,
                  struct error *error)
{
    *events = (struct events){.config = *config, .trace = trace};
    if (config->file != NULL) {
        events->file = fopen(config->file, "we");
        if (events->file == NULL) {
            error_set(error, "cannot write trace \"%s\": %s", config->file, strerror(errno));
            return false;
        }
    }
    events->ear = (struct trace_listener){.hear = hear, .arg = events};
    trace_listen(trace, &events->ear);
    return true;
}

bool events_end(struct events *events, struct error *error)
{
    trace_unlisten(events->trace, &events->ear);
    if (events->file == NULL)
        return true;
    bool failed = ferror(events->file) != 0;
    failed = fclose(events->file) != 0 || failed;
    events->file = NULL;
    if (failed)
        error_set(error, "trace \"%s\" is not whole: it could not be written", events->config.file);
    return !failed;
}
