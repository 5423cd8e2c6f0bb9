/* SPDX-License-Identifier: Apache-2.0 */
/* What a device says by itself, as expectations: registrations, notifications, Sends; and what its
 * owner does to it. */
#include "base/std.h"

#include "base/portfolio.h"
#include "drivers/recorder_impl.h"

static void add_event(struct recorder *recorder, unsigned server, struct buf *text)
{
    if (!text->bad)
        recorder_add(recorder, &(struct step_text){server, true, buf_bytes(text)});
    buf_release(text);
}

/* --- registrations ---------------------------------------------------------------------------- */

/* `lt=300`, as far as it can stand in a line. */
static void put_term(const struct message *said, const char *name, struct buf *out)
{
    struct bytes value;
    if (segments_query(&said->query, name, &value) && record_is_word(value))
        buf_printf(out, " %s=%.*s", name, (int)value.len, (const char *)value.data);
}

/* The root with its formats is no object that a server could list. */
static struct bytes without_root(struct bytes links)
{
    static const char root[] = "</>";
    size_t at = sizeof root - 1;
    if (links.len < at || memcmp(links.data, root, at) != 0)
        return links;
    while (at < links.len && (links.data[at - 1] != ',' || links.data[at] != '<'))
        at++;
    return (struct bytes){links.data + at, links.len - at};
}

static void put_links(struct bytes links, struct buf *out)
{
    links = without_root(links);
    if (!utf8_plain(links) || memchr(links.data, '$', links.len) != NULL ||
        memchr(links.data, '\\', links.len) != NULL)
        return;
    buf_puts(out, " links exactly(");
    buf_put(out, links);
    buf_puts(out, ")");
}

static void put_terms(const struct message *said, bool is_update, struct buf *out)
{
    struct bytes value;
    buf_puts(out, " with");
    put_term(said, "lt", out);
    if (is_update && !segments_query(&said->query, "lt", &value))
        buf_puts(out, " no lt");
    put_term(said, "b", out);
    put_term(said, "lwm2m", out);
    if (segments_query(&said->query, "Q", &value))
        buf_puts(out, " queue");
    buf_puts(out, said->payload.len > 0 ? " list" : " no list");
    if (said->payload.len > 0)
        put_links(buf_bytes(&said->payload), out);
}

/* The server had forgotten the device, or it would not have registered anew; an Update found that
 * out, which is there already when the owner asked for it. */
static void forget(struct recorder *recorder, const struct session *session)
{
    static const char update[] = "device update";
    size_t count = recorder->step_count;
    bool is_asked = count > 0 && strcmp(recorder->steps[count - 1], update) == 0;
    recorder_add(recorder, &(struct step_text){session->server, false, bytes_of("server forget")});
    if (!is_asked) {
        recorder_add(recorder, &(struct step_text){ID_NONE, false, bytes_of(update)});
    } else if (recorder->step_count > count) {
        char *forgets = recorder->steps[recorder->step_count - 1];
        memmove(recorder->steps + count, recorder->steps + count - 1,
                (recorder->step_count - count) * sizeof *recorder->steps);
        recorder->steps[count - 1] = forgets;
    }
}

void record_registered(struct recorder *recorder, const struct session *session, bool is_update)
{
    struct known_server *server = recorder_server(recorder, session->server);
    struct buf text;
    if (!session->has_said || server == NULL)
        return;
    bool is_fresh = !is_update && server->has_registered;
    if (is_fresh && !server->is_due)
        forget(recorder, session);
    server->has_registered = true;
    server->is_due = false;
    buf_init(&text, STEP_MOST);
    buf_printf(&text, "expect %s", is_update ? "update" : is_fresh ? "fresh register" : "register");
    put_terms(&session->said, is_update, &text);
    add_event(recorder, session->server, &text);
}

static void keep(struct session *session, const struct message *request)
{
    if (session->has_said)
        message_release(&session->said);
    message_copy(request, &session->said);
    session->has_said = true;
}

/* --- contents that come by themselves --------------------------------------------------------- */

static void put_paths(const struct followed *watch, struct buf *out)
{
    char text[PATH_TEXT];
    if (watch->paths.count == 0) {
        buf_printf(out, " %s", path_text(watch->path, text));
        return;
    }
    buf_puts(out, " composite");
    for (size_t i = 0; i < watch->paths.count; i++)
        buf_printf(out, " %s", path_text(watch->paths.items[i].path, text));
}

void record_notified(struct recorder *recorder, const struct session *session,
                     const struct message *notification)
{
    struct followed *watch =
        recorder_watch(recorder, session->server, notification->token, notification->token_len);
    struct content content;
    struct buf text;
    char code[CODE_TEXT];
    if (watch == NULL)
        return;
    buf_init_secret(&text, STEP_MOST);
    buf_puts(&text, "expect notify");
    put_paths(watch, &text);
    buf_printf(&text, " => %s", code_text(notification->code, code));
    if (notification->code == CODE_CONTENT &&
        content_decode(recorder, notification, watch->path, &content)) {
        buf_puts(&text, " ");
        record_expected(recorder, &content, &text);
        content_release(&content);
    }
    /* It tells that a process is over, so that nobody has to wait for that. */
    if (watch->path.depth == 0 || watch->path.id[0] == PORTFOLIO)
        recorder->settle_ms = 0;
    add_event(recorder, session->server, &text);
    /* An error ends the observation (RFC 7641 4.2): a Reset of it cancels nothing. */
    if (notification->code != CODE_CONTENT)
        recorder_watch_end(recorder, watch);
}

/* The outermost path that all of RECORDS lie at or below; the root when there is none. */
static struct path common_path(const struct records *records)
{
    struct path path = records->count == 0 ? path_root() : records->items[0].path;
    for (size_t i = 1; i < records->count; i++)
        while (!path_covers(path, records->items[i].path))
            path = path_parent(path);
    return path;
}

static void record_sent(struct recorder *recorder, const struct session *session,
                        const struct message *request)
{
    struct content content;
    struct buf text;
    char name[PATH_TEXT];
    bool is_read = content_decode(recorder, request, path_root(), &content);
    content.base = common_path(&content.values);
    if (content.base.depth == 0 && content.values.count > 0) {
        content.base = path_cut(content.values.items[0].path, 1);
        content.is_part = true;
    }
    if (is_read && content.base.depth > 0) {
        buf_init_secret(&text, STEP_MOST);
        buf_printf(&text, "expect send %s => 2.05 ", path_text(content.base, name));
        record_expected(recorder, &content, &text);
        add_event(recorder, session->server, &text);
    }
    content_release(&content);
}

/* --- what the device asks --------------------------------------------------------------------- */

static bool is_at(const struct message *request, const char *segment)
{
    return request->path.count > 0 && bytes_is(segments_at(&request->path, 0), segment);
}

void record_said(struct recorder *recorder, struct session *session, const struct message *request)
{
    if (request->code != CODE_POST)
        return;
    if (is_at(request, "rd")) {
        keep(session, request);
    } else if (is_at(request, "bs")) {
        session->server = BOOTSTRAP_SERVER;
        recorder_due(recorder, ID_NONE);
        recorder_add(recorder,
                     &(struct step_text){BOOTSTRAP_SERVER, true, bytes_of("expect request")});
    } else if (is_at(request, "dp")) {
        record_sent(recorder, session, request);
    }
}

/* --- what the owner does ---------------------------------------------------------------------- */

static const char *const stimuli[] = {
    [STIMULUS_REGISTER] = "device register",
    [STIMULUS_UPDATE] = "device update",
    [STIMULUS_DEREGISTER] = "device deregister",
    [STIMULUS_RESTART] = "device restart",
    [STIMULUS_SET] = "device set",
    [STIMULUS_SHOW] = NULL,
    [STIMULUS_SEND] = "device send",
    [STIMULUS_HOLD] = "device hold response",
    [STIMULUS_RELEASE] = "device release",
    [STIMULUS_COMPONENT_DELAY] = "component delay",
    [STIMULUS_COMPONENT_FAIL_NEXT] = "component fail next",
    [STIMULUS_COMPONENT_FAIL] = "component fail",
    [STIMULUS_COMPONENT_HANG] = "component hang",
    [STIMULUS_COMPONENT_FORGE] = "component forge",
    [STIMULUS_COMPONENT_OK] = "component ok",
    [STIMULUS_COMPONENT_PROVISION] = "component provision",
};

void record_stimulus(const struct stimulus *stimulus, struct buf *out)
{
    char text[PATH_TEXT];
    if (stimuli[stimulus->kind] == NULL)
        return;
    buf_puts(out, stimuli[stimulus->kind]);
    if (stimulus->kind == STIMULUS_SET || stimulus->kind == STIMULUS_COMPONENT_PROVISION)
        buf_printf(out, " %s", path_text(stimulus->path, text));
    if (stimulus->kind == STIMULUS_SET) {
        buf_puts(out, " ");
        record_literal(&stimulus->value, out);
    }
    for (size_t i = 0; stimulus->kind == STIMULUS_SEND && i < stimulus->paths.count; i++)
        buf_printf(out, " %s", path_text(stimulus->paths.items[i].path, text));
    bool has_time = stimulus->kind == STIMULUS_COMPONENT_DELAY ||
                    (stimulus->kind == STIMULUS_HOLD && stimulus->duration_ms > 0);
    if (has_time)
        buf_printf(out, " %" PRId64 "ms", stimulus->duration_ms);
}
