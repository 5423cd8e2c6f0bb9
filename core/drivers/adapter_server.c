/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody else's server as an actor: what a scenario asks for goes to an adapter, and what the
 * adapter tells comes back. */
#include "base/std.h"

#include "drivers/adapter_impl.h"

enum { LIMIT_MS = 30000, CONTROL_MS = 10000, IDENTITY = 0 };

struct adapter_server {
    struct server_actor actor; /* first: what users see */
    struct adapter_server_config config;
};

/* --- what it tells --------------------------------------------------------------------------- */

struct told {
    struct bytes endpoint, links, binding, version;
    int64_t lifetime;
    struct outcome outcome;
    struct records paths;
};

static enum status read_flag(const struct json *event, const char *name, bool otherwise, bool *out,
                             struct error *error)
{
    const struct json *member = json_member(event, name);
    *out = otherwise;
    if (member == NULL || member->kind == JSON_NULL)
        return ST_OK;
    *out = member->integer != 0;
    if (member->kind == JSON_BOOLEAN)
        return ST_OK;
    error_set(error, "its \"%s\" is not true or false", name);
    return ST_INVALID;
}

static enum status read_terms(const struct json *event, struct told *told, struct actor_event *out,
                              struct error *error)
{
    told->lifetime = -1;
    enum status status = told_text(event, "links", &told->links, error);
    if (status == ST_OK)
        status = told_text(event, "binding", &told->binding, error);
    if (status == ST_OK)
        status = told_text(event, "version", &told->version, error);
    if (status == ST_OK)
        status = told_number(event, "lifetime", INT64_MAX, &told->lifetime, error);
    if (status == ST_OK)
        status =
            read_flag(event, "binding-given", told->binding.data != NULL, &out->has_binding, error);
    return status == ST_OK ? read_flag(event, "queue", false, &out->queues, error) : status;
}

static enum status read_report(const struct adapter_server *self, const struct json *event,
                               struct told *told, struct actor_event *out, struct error *error)
{
    enum status status = told_path(event, "path", &out->path, error);
    if (status == ST_OK)
        status = told_paths(event, &told->paths, error);
    if (status == ST_OK)
        status = told_outcome(event, self->config.catalogue, &told->outcome, error);
    told->outcome.untold = adapter_untold(self->config.adapter);
    out->outcome = &told->outcome;
    out->paths = told->paths.count > 0 ? &told->paths : NULL;
    return status;
}

static char *text_of(struct bytes bytes)
{
    if (bytes.data == NULL)
        return NULL;
    char *text = xalloc(bytes.len + 1);
    memcpy(text, bytes.data, bytes.len);
    return text;
}

static void tell(const struct adapter_server *self, const struct told *told,
                 struct actor_event *event)
{
    const struct actor_listener *listener = &self->actor.listener;
    char lifetime[24];
    char *links = text_of(told->links);
    char *binding = text_of(told->binding);
    char *version = text_of(told->version);
    snprintf(lifetime, sizeof lifetime, "%" PRId64, told->lifetime);
    event->server = self->config.id;
    event->endpoint = self->config.endpoint;
    event->has_list = links != NULL;
    event->links = links;
    event->lifetime = told->lifetime >= 0 ? lifetime : NULL;
    event->binding = binding;
    event->version = version;
    if (listener->hear != NULL)
        listener->hear(listener->arg, event);
    free(links);
    free(binding);
    free(version);
}

static enum status hear_known(const struct adapter_server *self, const struct json *message,
                              struct actor_event *event, struct error *error)
{
    struct told told = {.lifetime = -1};
    outcome_init(&told.outcome);
    records_init(&told.paths);
    bool is_report = event->kind == ACTOR_NOTIFIED || event->kind == ACTOR_SENT;
    enum status status = is_report ? read_report(self, message, &told, event, error)
                                   : read_terms(message, &told, event, error);
    if (status == ST_OK)
        tell(self, &told, event);
    outcome_release(&told.outcome);
    records_release(&told.paths);
    return status;
}

/* What a later version tells is nothing to us, and neither is what becomes of other devices. */
static enum status hear(void *arg, const struct json *message, struct error *error)
{
    const struct adapter_server *self = arg;
    struct actor_event event = {.kind = ACTOR_FAILED};
    struct bytes endpoint;
    if (!actor_event_named(json_member(message, "event")->text, &event.kind))
        return ST_OK;
    enum status status = told_text(message, "endpoint", &endpoint, error);
    if (status != ST_OK)
        return status;
    bool is_ours = endpoint.data == NULL || bytes_is(endpoint, self->config.endpoint);
    return is_ours ? hear_known(self, message, &event, error) : ST_OK;
}

/* --- what it is asked for --------------------------------------------------------------------- */

/* rule: I-13, I-3. The readable form becomes that of the wire. */
static enum status write_arguments(const struct adapter_server *self,
                                   const struct operation *operation, struct buf *out,
                                   struct error *error)
{
    struct bytes text = bytes_of(operation->text == NULL ? "" : operation->text);
    const struct provision_instance *instance =
        self->config.provision == NULL
            ? NULL
            : provision_find(self->config.provision, operation->path.id[1]);
    bool keeps_hex = instance != NULL && instance->challenge_rule == CHALLENGE_TEXT;
    if (operation->kind == OPERATION_EXECUTE && !operation->verbatim)
        return server_arguments(text, keeps_hex, out, error);
    buf_put(out, text);
    if (utf8_valid(text))
        return ST_OK;
    error_set(error, "arguments that are no UTF-8 cannot be said in the adapter protocol");
    return ST_UNSUPPORTED;
}

/* What it opened is the Identity that it was asked about. */
static void place_data(const struct operation *operation, struct outcome *out)
{
    struct path path = path_child(path_child(operation->path, IDENTITY), operation->identity);
    for (size_t i = 0; i < out->values.count; i++)
        if (out->values.items[i].path.depth == 0)
            out->values.items[i].path = path;
}

static enum status take_outcome(const struct adapter_server *self,
                                const struct operation *operation, const struct json *reply,
                                struct outcome *out, struct error *error)
{
    const char *word = operation_name(operation->kind);
    enum status status = ST_INVALID;
    if (operation->by_reset) /* what the device says to that is nothing */
        return adapter_done(self->config.adapter, reply, word, error);
    if (json_member(reply, "code") == NULL)
        error_set(error, "its answer to \"%s\" has neither \"code\" nor \"error\"", word);
    else
        status = told_outcome(reply, self->config.catalogue, out, error);
    out->untold = adapter_untold(self->config.adapter);
    if (status != ST_OK)
        return adapter_blame(self->config.adapter, error);
    if (operation->kind == OPERATION_DECRYPT && operation->path.depth == 2)
        place_data(operation, out);
    return ST_OK;
}

static enum status ask(const struct adapter_server *self, const struct operation *operation,
                       struct bytes arguments, struct outcome *out, struct error *error)
{
    struct buf line;
    const struct json *reply = NULL;
    int64_t limit_ms = operation->limit_ms > 0 ? operation->limit_ms : LIMIT_MS;
    buf_init_secret(&line, (size_t)2 * COPROCESS_LINE_MOST);
    adapter_begin(self->config.adapter, &line, limit_ms);
    say_word(&line, "endpoint", self->config.endpoint);
    say_operation(&line, operation, arguments);
    enum status status =
        adapter_ask(self->config.adapter, &line, limit_ms, operation->tidies, &reply, error);
    if (status == ST_OK)
        status = take_outcome(self, operation, reply, out, error);
    buf_release(&line);
    return status;
}

static enum status perform_known(const struct adapter_server *self,
                                 const struct operation *operation, struct outcome *out,
                                 struct error *error)
{
    const char *word = operation_name(operation->kind);
    enum operation_kind kind;
    struct buf arguments;
    if (!operation_named(bytes_of(word), &kind) || operation->again) {
        error_set(error,
                  "adapter \"%s\" cannot do \"%s\": messages as they are dictated are not in the "
                  "adapter protocol",
                  adapter_name(self->config.adapter), operation->again ? "observe again" : word);
        return ST_UNSUPPORTED;
    }
    if (!adapter_can(self->config.adapter, word))
        return adapter_cannot(self->config.adapter, word, error);
    buf_init(&arguments, COPROCESS_LINE_MOST);
    enum status status = write_arguments(self, operation, &arguments, error);
    if (status == ST_OK)
        status = ask(self, operation, buf_bytes(&arguments), out, error);
    buf_release(&arguments);
    return status;
}

/* The endpoint is the one that the scenario is played with. */
static enum status perform(struct server_actor *actor, const char *endpoint,
                           const struct operation *operation, struct outcome *out,
                           struct error *error)
{
    UNUSED(endpoint);
    enum status status = perform_known((struct adapter_server *)actor, operation, out, error);
    if (status != ST_OK)
        snprintf(out->problem, sizeof out->problem, "%.199s", error->text);
    return status;
}

static enum status control(struct server_actor *actor, enum server_control what,
                           struct error *error)
{
    const struct adapter_server *self = (struct adapter_server *)actor;
    const char *word = server_control_name(what);
    const struct json *reply = NULL;
    struct buf line;
    if (!adapter_can(self->config.adapter, word))
        return adapter_cannot(self->config.adapter, word, error);
    buf_init(&line, COPROCESS_LINE_MOST);
    adapter_begin(self->config.adapter, &line, CONTROL_MS);
    say_word(&line, "endpoint", self->config.endpoint);
    say_word(&line, "do", "control");
    say_word(&line, "what", word);
    enum status status = adapter_ask(self->config.adapter, &line, CONTROL_MS, false, &reply, error);
    if (status == ST_OK)
        status = adapter_done(self->config.adapter, reply, word, error);
    buf_release(&line);
    return status;
}

static bool tells(const struct server_actor *actor, enum actor_event_kind kind)
{
    const struct adapter_server *self = (const struct adapter_server *)actor;
    const char *word = actor_event_name(kind);
    bool is_seen = kind == ACTOR_REGISTERED || kind == ACTOR_UPDATED || kind == ACTOR_DEREGISTERED;
    return word == NULL || (is_seen && self->config.sees_registrations) ||
           adapter_can(self->config.adapter, word);
}

/* --- life ------------------------------------------------------------------------------------- */

static void adapter_server_free(struct server_actor *actor)
{
    struct adapter_server *self = (struct adapter_server *)actor;
    adapter_use(self->config.adapter, (struct adapter_user){.hear = NULL});
    free(self);
}

static const struct server_actor_ops ops = {
    .perform = perform, .control = control, .tells = tells, .free = adapter_server_free};

struct server_actor *adapter_server_new(const struct adapter_server_config *config)
{
    struct adapter_server *self = xalloc(sizeof *self);
    self->actor.ops = &ops;
    self->config = *config;
    adapter_use(config->adapter, (struct adapter_user){hear, self});
    return &self->actor;
}
