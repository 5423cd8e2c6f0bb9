/* SPDX-License-Identifier: Apache-2.0 */
/* A scripted stage for engine tests. */
#include "base/std.h"

#include "tests/fake/fake_oracle.h"
#include "tests/fake/fake_stage.h"

enum { LOG_MOST = 100000 };

static struct path path_of(const char *text)
{
    struct path path;
    bool ok = path_parse(bytes_of(text), &path);
    assert(ok);
    UNUSED(ok);
    return path;
}

static void note(struct fake_stage *fake, const char *what, struct path path)
{
    char text[PATH_TEXT];
    buf_printf(&fake->log, "%" PRId64 " %s", fake->now, what);
    if (path.depth > 0)
        buf_printf(&fake->log, " %s", path_text(path, text));
    buf_puts(&fake->log, "\n");
}

/* Moves to UNTIL; what happens on the way is heard at its own instant. */
static void advance(struct fake_stage *fake, int64_t until)
{
    while (fake->event_next < fake->event_count && fake->events[fake->event_next].at <= until) {
        struct fake_event *next = &fake->events[fake->event_next++];
        fake->now = next->at > fake->now ? next->at : fake->now;
        next->event.outcome = &next->outcome;
        next->event.request = next->has_request ? &next->request : NULL;
        for (size_t i = 0; i <= next->repeats; i++)
            fake->listener.hear(fake->listener.arg, &next->event);
    }
    fake->now = until > fake->now ? until : fake->now;
    fake->stop = fake->stop_at >= 0 && fake->now >= fake->stop_at;
}

/* --- the server -------------------------------------------------------------------------- */
/* What is for the first server is said without its name. */
static void note_at(const struct fake_server *server, const char *what, struct path path)
{
    char text[60];
    if (server->id == BOOTSTRAP_SERVER)
        snprintf(text, sizeof text, "at bootstrap %s", what);
    else
        snprintf(text, sizeof text, "at %u %s", server->id, what);
    note(server->stage, server->id == 1 ? what : text, path);
}

static void log_operation(const struct fake_server *server, const struct operation *operation)
{
    struct fake_stage *fake = server->stage;
    note_at(server, operation_name(operation->kind), operation->path);
    fake->log.len--; /* the line goes on */
    if (operation->text != NULL)
        buf_printf(&fake->log, " %s%s", operation->verbatim ? "verbatim " : "", operation->text);
    if (operation->uri != NULL)
        buf_printf(&fake->log, " %u %s", operation->method, operation->uri);
    for (size_t i = 0; i < operation->values.count; i++) {
        char text[PATH_TEXT];
        const struct record *record = &operation->values.items[i];
        buf_printf(&fake->log, " %s=", path_text(record->path, text));
        value_format(&record->value, &fake->log);
    }
    buf_puts(&fake->log, "\n");
}

static enum status perform(struct server_actor *server, const char *endpoint,
                           const struct operation *operation, struct outcome *out,
                           struct error *error)
{
    struct fake_stage *fake = ((struct fake_server *)server)->stage;
    UNUSED(endpoint);
    log_operation((struct fake_server *)server, operation);
    if (fake->answered == fake->answer_count) {
        int64_t limit = operation->limit_ms > 0 ? operation->limit_ms : 1000;
        advance(fake, fake->now + limit);
        snprintf(out->problem, sizeof out->problem, "no answer within %" PRId64 " ms", limit);
        return ST_TIMEOUT;
    }
    const struct fake_answer *answer = &fake->answers[fake->answered++];
    advance(fake, fake->now + fake->perform_ms);
    outcome_release(out);
    outcome_copy(&answer->outcome, out);
    if (answer->error != NULL)
        error_set(error, "%s", answer->error);
    return answer->status;
}

static enum status control(struct server_actor *server, enum server_control what,
                           struct error *error)
{
    struct fake_stage *fake = ((struct fake_server *)server)->stage;
    static const char *const names[] = {
        [SERVER_FORGET] = "server forget",
        [SERVER_RESTART] = "server restart",
        [SERVER_SILENCE] = "server silence",
    };
    note_at((struct fake_server *)server, names[what], path_root());
    if (fake->control_status != ST_OK)
        error_set(error, "the server does not obey");
    return fake->control_status;
}

/* --- the device -------------------------------------------------------------------------- */
static enum status stimulate(struct device_actor *device, const struct stimulus *stimulus,
                             struct buf *answer, struct error *error)
{
    static const char *const names[] = {
        [STIMULUS_REGISTER] = "register",
        [STIMULUS_UPDATE] = "update",
        [STIMULUS_DEREGISTER] = "deregister",
        [STIMULUS_RESTART] = "restart",
        [STIMULUS_SET] = "set",
        [STIMULUS_SHOW] = "show",
        [STIMULUS_SEND] = "send",
        [STIMULUS_HOLD] = "hold",
        [STIMULUS_RELEASE] = "release",
        [STIMULUS_COMPONENT_DELAY] = "delay",
        [STIMULUS_COMPONENT_FAIL_NEXT] = "fail next",
        [STIMULUS_COMPONENT_FAIL] = "fail",
        [STIMULUS_COMPONENT_HANG] = "hang",
        [STIMULUS_COMPONENT_FORGE] = "forge",
        [STIMULUS_COMPONENT_OK] = "ok",
        [STIMULUS_COMPONENT_PROVISION] = "provision",
    };
    struct fake_stage *fake =
        (struct fake_stage *)((char *)device - offsetof(struct fake_stage, device));
    note(fake, names[stimulus->kind], stimulus->path);
    fake->log.len--;
    if (stimulus->value.type != VALUE_NONE) {
        buf_puts(&fake->log, "=");
        value_format(&stimulus->value, &fake->log);
    }
    for (size_t i = 0; i < stimulus->paths.count; i++) {
        char text[PATH_TEXT];
        buf_printf(&fake->log, " %s", path_text(stimulus->paths.items[i].path, text));
    }
    if (stimulus->duration_ms > 0)
        buf_printf(&fake->log, " %" PRId64, stimulus->duration_ms);
    buf_puts(&fake->log, "\n");
    if (fake->stimulus_status != ST_OK)
        error_set(error, "the device does not obey");
    else
        buf_printf(answer, "%s done\n", names[stimulus->kind]);
    return fake->stimulus_status;
}

/* --- the stage ----------------------------------------------------------------------------- */
static struct fake_stage *self_of(struct stage *stage)
{
    return (struct fake_stage *)stage;
}

static enum status look_up(struct stage *stage, const struct setting *setting,
                           const struct claims **out_claims, const struct oracle **out_oracle,
                           struct error_list *errors)
{
    struct fake_stage *fake = self_of(stage);
    struct error error;
    note(fake, "look up", path_root());
    *out_claims = &fake->claims;
    *out_oracle = fake_oracle();
    if (fake->look_up_status == ST_OK)
        return ST_OK;
    error_clear(&error);
    error_set(&error, "no profile is called \"%s\"", setting->profile);
    error_list_add(errors, &error);
    return fake->look_up_status;
}

/* --- the link ---------------------------------------------------------------------------- */
static enum status impair(struct link_port *link, const struct impairment *impairment,
                          struct error *error)
{
    struct fake_stage *fake =
        (struct fake_stage *)((char *)link - offsetof(struct fake_stage, link));
    note(fake, "link", path_root());
    fake->log.len--; /* the line goes on */
    buf_printf(&fake->log, " action %d sender %d message %d count %u rate %u delay %" PRId64 "\n",
               (int)impairment->action, (int)impairment->sender, (int)impairment->message,
               impairment->count, impairment->per_thousand, impairment->delay_ms);
    if (fake->link_status != ST_OK)
        error_set(error, "the link does not obey");
    return fake->link_status;
}

static bool take_answer(struct link_port *link, struct buf *out)
{
    struct fake_stage *fake =
        (struct fake_stage *)((char *)link - offsetof(struct fake_stage, link));
    bool is_there = fake->datagram != NULL && parse_hex(bytes_of(fake->datagram), out);
    fake->datagram = NULL;
    return is_there;
}

static void add_to_cast(struct cast *cast, struct fake_server *server)
{
    cast->servers[cast->server_count++] =
        (struct cast_server){.id = server->id, .actor = &server->actor};
}

static enum status set_up(struct stage *stage, const struct setting *setting,
                          struct actor_listener listener, struct cast *out, struct error *error)
{
    struct fake_stage *fake = self_of(stage);
    note(fake, "set up", path_root());
    if (fake->set_up_status != ST_OK) {
        error_set(error, "nobody is there");
        return fake->set_up_status;
    }
    fake->listener = listener;
    *out = (struct cast){.device = fake->no_device ? NULL : &fake->device};
    for (size_t i = 0; i < fake->claims.server_count; i++)
        add_to_cast(out, &fake->servers[i]);
    out->servers[0].link = fake->no_link || !setting->has_link ? NULL : &fake->link;
    if (fake->claims.has_bootstrap)
        add_to_cast(out, &fake->servers[2]);
    advance(fake, fake->now);
    return ST_OK;
}

static void strike(struct stage *stage)
{
    note(self_of(stage), "strike", path_root());
}

static const char *left(const struct stage *stage)
{
    const char *text = ((const struct fake_stage *)stage)->left;
    return text == NULL ? "" : text;
}

static void turn(struct stage *stage, int64_t ms)
{
    struct fake_stage *fake = self_of(stage);
    int64_t until = fake->now + ms;
    if (fake->stalls_ms > 0) {
        fake->now += fake->stalls_ms;
        fake->stalls_ms = 0;
        return;
    }
    if (fake->event_next < fake->event_count && fake->events[fake->event_next].at < until)
        until = fake->events[fake->event_next].at;
    advance(fake, until);
}

static int64_t now(const struct stage *stage)
{
    return ((const struct fake_stage *)stage)->now;
}

static void pace(struct stage *stage, int64_t real_ms)
{
    self_of(stage)->paced_ms = real_ms;
}

static const char *lost_pace(const struct stage *stage)
{
    const struct fake_stage *fake = (const struct fake_stage *)stage;
    return fake->stuck_at >= 0 && fake->now >= fake->stuck_at ? "time stands still" : NULL;
}

static void messages(const struct stage *stage, struct buf *out)
{
    UNUSED(stage);
    buf_puts(out, "server -> device GET\ndevice -> server 2.05\n");
}

static bool tells(const struct server_actor *actor, enum actor_event_kind kind)
{
    const struct fake_server *server = (const struct fake_server *)actor;
    return kind != ACTOR_NOTIFIED || !server->stage->untold_notices;
}

void fake_stage_init(struct fake_stage *fake)
{
    static const struct server_actor_ops server_ops = {
        .perform = perform, .control = control, .tells = tells};
    static const struct device_actor_ops device_ops = {.stimulate = stimulate};
    static const struct link_ops link_ops = {.impair = impair, .take_answer = take_answer};
    static const struct stage_ops stage_ops = {.look_up = look_up,
                                               .set_up = set_up,
                                               .strike = strike,
                                               .left = left,
                                               .turn = turn,
                                               .now = now,
                                               .pace = pace,
                                               .lost_pace = lost_pace,
                                               .messages = messages};
    static const uint16_t servers[] = {1, 2};
    *fake = (struct fake_stage){.stage = {&stage_ops},
                                .device = {.ops = &device_ops},
                                .link = {&link_ops},
                                .perform_ms = 10,
                                .stop_at = -1,
                                .stuck_at = -1};
    for (unsigned i = 0; i < COUNT_OF(fake->servers); i++)
        fake->servers[i] = (struct fake_server){
            .actor = {.ops = &server_ops}, .stage = fake, .id = i < 2 ? i + 1 : BOOTSTRAP_SERVER};
    fake->claims = (struct claims){.profile = "fake",
                                   .is_plain = true,
                                   .endpoint = "dev",
                                   .portfolio = path_instance(16, 0),
                                   .has_portfolio = true,
                                   .key = 1,
                                   .authentication = true,
                                   .encryption = true,
                                   .servers = servers,
                                   .server_count = 1};
    memset(fake->claims.profile_sha256, 0xAB, sizeof fake->claims.profile_sha256);
    buf_init(&fake->log, LOG_MOST);
    struct fake_event *registered = fake_stage_event(fake, 0, ACTOR_REGISTERED, "/");
    registered->event.has_list = true;
    registered->event.links = "</1/0>,</3/0>,</16/0>";
    registered->event.lifetime = "300";
}

void fake_stage_release(struct fake_stage *fake)
{
    for (size_t i = 0; i < fake->answer_count; i++)
        outcome_release(&fake->answers[i].outcome);
    for (size_t i = 0; i < fake->event_count; i++)
        outcome_release(&fake->events[i].outcome);
    buf_release(&fake->log);
}

/* --- the script ------------------------------------------------------------------------------ */
static struct fake_answer *add_answer(struct fake_stage *fake)
{
    assert(fake->answer_count < FAKE_ANSWERS_MOST);
    struct fake_answer *answer = &fake->answers[fake->answer_count++];
    outcome_init(&answer->outcome);
    return answer;
}

struct outcome *fake_stage_answer(struct fake_stage *fake, unsigned code)
{
    struct fake_answer *answer = add_answer(fake);
    answer->outcome.code = (uint8_t)((code / 100) << 5 | code % 100);
    return &answer->outcome;
}

void fake_content(struct outcome *outcome, const char *path, struct value value)
{
    outcome->decoded = records_add(&outcome->values, path_of(path), value);
}

struct outcome *fake_stage_value(struct fake_stage *fake, const char *path, struct value value)
{
    struct outcome *outcome = fake_stage_answer(fake, 205);
    fake_content(outcome, path, value);
    return outcome;
}

void fake_stage_fail(struct fake_stage *fake, enum status status, const char *error)
{
    struct fake_answer *answer = add_answer(fake);
    answer->status = status;
    answer->error = error;
}

struct fake_event *fake_stage_event(struct fake_stage *fake, int64_t at, enum actor_event_kind kind,
                                    const char *path)
{
    assert(fake->event_count < FAKE_EVENTS_MOST);
    struct fake_event *event = &fake->events[fake->event_count++];
    event->at = at;
    event->event =
        (struct actor_event){.kind = kind, .server = 1, .endpoint = "dev", .path = path_of(path)};
    outcome_init(&event->outcome);
    return event;
}

struct fake_event *fake_stage_request(struct fake_stage *fake, int64_t at, uint8_t method,
                                      const char *path)
{
    struct fake_event *event = fake_stage_event(fake, at, ACTOR_REQUESTED, path);
    bool changes = method == 2 || method == 3;
    event->event.method = method;
    event->has_request = true;
    event->request = (struct request_seen){.format = -1, .accept = -1, .observe = -1, .query = ""};
    event->outcome.code = changes ? 0x44 : 0x45;
    return event;
}

void fake_stage_notify(struct fake_stage *fake, int64_t at, const char *path, struct value value)
{
    struct fake_event *event = fake_stage_event(fake, at, ACTOR_NOTIFIED, path);
    event->outcome.code = 0x45;
    fake_content(&event->outcome, path, value);
}
