/* SPDX-License-Identifier: Apache-2.0 */
/* The adapter's end of the protocol: requests of a tool become operations of a server actor, what
 * it hears becomes events. */
#include "base/std.h"

#include "drivers/adapter_impl.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

struct adapter_host {
    struct adapter_host_config config;
};

static void send_out(const struct adapter_host *self, struct buf *line)
{
    say_end(line);
    self->config.say(self->config.arg, buf_bytes(line));
}

static void hear(void *arg, const struct actor_event *event)
{
    const struct adapter_host *self = arg;
    struct buf line;
    buf_init_secret(&line, COPROCESS_LINE_MOST);
    say_begin(&line);
    if (say_event(&line, event) && !line.bad)
        send_out(self, &line);
    buf_release(&line);
}

/* --- answers -------------------------------------------------------------------------------- */

static const char *word_of(enum status status)
{
    static const char *const words[] = {
        [ST_INVALID] = "invalid",         [ST_LIMIT] = "failed",   [ST_NOT_FOUND] = "unreachable",
        [ST_UNSUPPORTED] = "unsupported", [ST_IO] = "failed",      [ST_UNREACHABLE] = "unreachable",
        [ST_TIMEOUT] = "timeout",         [ST_REFUSED] = "failed", [ST_CANCELLED] = "failed",
    };
    return words[status];
}

static void say_error(struct buf *line, enum status status, const char *text)
{
    say_word(line, "error", word_of(status));
    say_word(line, "text", utf8_valid(bytes_of(text)) ? text : status_text(status));
}

static void say_hello(const struct adapter_host *self, struct buf *line)
{
    static const enum actor_event_kind events[] = {ACTOR_REGISTERED,   ACTOR_UPDATED,
                                                   ACTOR_DEREGISTERED, ACTOR_EXPIRED,
                                                   ACTOR_NOTIFIED,     ACTOR_SENT};
    enum operation_kind kind;
    say_number(line, "protocol", ADAPTER_PROTOCOL);
    say_word(line, "name", self->config.name);
    say_word(line, "version", self->config.version);
    say_list(line, "can");
    for (enum operation_kind each = OPERATION_READ; each <= OPERATION_FINISH; each++)
        if (operation_named(bytes_of(operation_name(each)), &kind))
            say_item(line, operation_name(each));
    for (enum server_control what = SERVER_FORGET; what <= SERVER_SILENCE; what++)
        say_item(line, server_control_name(what));
    for (size_t i = 0; i < COUNT_OF(events); i++)
        say_item(line, actor_event_name(events[i]));
    say_list_end(line);
}

static enum status hello(const struct adapter_host *self, const struct json *request,
                         struct buf *line, struct error *error)
{
    int64_t protocol = 0;
    char role[ADAPTER_WORD];
    enum status status = told_number(request, "protocol", INT32_MAX, &protocol, error);
    if (status == ST_OK)
        status = told_word(request, "role", role, error);
    if (status != ST_OK)
        return status;
    if (protocol != ADAPTER_PROTOCOL) {
        error_set(error, "version %" PRId64 " of the protocol is not known; this is version %d",
                  protocol, ADAPTER_PROTOCOL);
        return ST_INVALID;
    }
    if (strcmp(role, "server") != 0) {
        error_set(error, "this is an adapter of a server, not of a \"%s\"", role);
        return ST_UNSUPPORTED;
    }
    say_hello(self, line);
    return ST_OK;
}

static enum status control(const struct adapter_host *self, const struct json *request,
                           struct buf *line, struct error *error)
{
    struct server_actor *server = self->config.server;
    struct bytes word;
    enum server_control what;
    enum status status = told_text(request, "what", &word, error);
    if (status != ST_OK)
        return status;
    if (word.data == NULL || !server_control_named(word, &what)) {
        error_set(error, "there is no such control");
        return ST_UNSUPPORTED;
    }
    status = server->ops->control(server, what, error);
    if (status == ST_OK)
        say_flag(line, "ok", true);
    return status;
}

/* What was opened is octets, whatever type the Identity has. */
static void say_opened(struct buf *line, struct outcome *outcome)
{
    if (outcome->judgement == JUDGEMENT_GENUINE && outcome->values.count > 0)
        say_data(line, value_bytes(&outcome->values.items[0].value));
    outcome->decoded = false;
}

static enum status perform(const struct adapter_host *self, const char *endpoint,
                           const struct operation *operation, struct buf *line, struct error *error)
{
    struct server_actor *server = self->config.server;
    struct outcome outcome;
    outcome_init(&outcome);
    enum status status = server->ops->perform(server, endpoint, operation, &outcome, error);
    if (status == ST_OK && operation->kind == OPERATION_DECRYPT)
        say_opened(line, &outcome);
    if (status == ST_OK)
        say_outcome(line, &outcome);
    else if (error->text[0] == '\0')
        error_set(error, "%s", outcome.problem);
    outcome_release(&outcome);
    return status;
}

static enum status operate(const struct adapter_host *self, const struct json *request,
                           enum operation_kind kind, struct buf *line, struct error *error)
{
    struct operation operation;
    char *endpoint = NULL;
    operation_init(&operation, kind);
    enum status status = told_operation(request, self->config.catalogue, &operation, error);
    if (status == ST_OK)
        status = told_number(request, "deadline", DAY_MS, &operation.limit_ms, error);
    if (status == ST_OK)
        status = told_copy(request, "endpoint", &endpoint, error);
    if (status == ST_OK)
        status = perform(self, endpoint, &operation, line, error);
    free(endpoint);
    operation_release(&operation);
    return status;
}

static enum status obey(const struct adapter_host *self, const struct json *request,
                        struct buf *line, struct error *error)
{
    struct bytes verb;
    enum operation_kind kind;
    enum status status = told_text(request, "do", &verb, error);
    if (status != ST_OK)
        return status;
    if (bytes_is(verb, "hello"))
        return hello(self, request, line, error);
    if (bytes_is(verb, "control"))
        return control(self, request, line, error);
    if (operation_named(verb, &kind))
        return operate(self, request, kind, line, error);
    error_set(error, "there is no such verb");
    return ST_UNSUPPORTED;
}

static void answer(const struct adapter_host *self, const struct json *request)
{
    struct buf line;
    struct error error;
    int64_t id = 0;
    error_clear(&error);
    buf_init_secret(&line, COPROCESS_LINE_MOST);
    say_begin(&line);
    if (told_number(request, "id", INT64_MAX, &id, &error) != ST_OK)
        id = 0;
    say_number(&line, "id", id);
    enum status status = obey(self, request, &line, &error);
    if (status == ST_OK && line.bad) {
        status = ST_LIMIT;
        error_set(&error, "the answer does not fit into a line");
        say_begin(&line);
        say_number(&line, "id", id);
    }
    if (status != ST_OK)
        say_error(&line, status, error.text);
    send_out(self, &line);
    buf_release(&line);
}

void adapter_host_line(struct adapter_host *self, struct bytes text)
{
    struct error_list errors;
    error_list_init(&errors);
    struct json_doc *doc = json_parse(text, "", &errors);
    const struct json *root = doc == NULL ? NULL : json_root(doc);
    if (root != NULL && root->kind == JSON_OBJECT) {
        answer(self, root);
    } else {
        struct buf line;
        buf_init(&line, COPROCESS_LINE_MOST);
        say_begin(&line);
        say_number(&line, "id", 0);
        say_error(&line, ST_INVALID, "a request is a JSON object in one line");
        send_out(self, &line);
        buf_release(&line);
    }
    json_doc_free(doc);
    error_list_release(&errors);
}

struct adapter_host *adapter_host_new(const struct adapter_host_config *config)
{
    struct adapter_host *self = xalloc(sizeof *self);
    self->config = *config;
    config->server->listener = (struct actor_listener){hear, self};
    return self;
}

void adapter_host_free(struct adapter_host *self)
{
    if (self == NULL)
        return;
    self->config.server->listener = (struct actor_listener){.hear = NULL};
    free(self);
}
