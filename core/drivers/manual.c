/* SPDX-License-Identifier: Apache-2.0 */
/* Shows a person what a server or a device is to do, and finds out what came of it. */
#include "base/std.h"

#include "codec/codec.h"
#include "drivers/desk.h"
#include "net/message.h"

enum { TEXT_MOST = DESK_TEXT_MOST, IDENTITY = 0 };

struct manual_server {
    struct server_actor actor; /* first: what users see */
    struct desk desk;
    const struct operation *operation; /* (borrowed) that is under way, or NULL */
    bool has_arrived;
    struct outcome answer; /* (owned) what the device answered, once it has */
};

struct manual_device {
    struct device_actor actor; /* first: what users see */
    struct desk desk;
};

/* --- what is to be done ----------------------------------------------------------------------- */

static void put_records(const struct records *records, struct buf *out)
{
    struct buf text;
    buf_init(&text, TEXT_MOST);
    records_format(records, &text);
    const char *rest = buf_text(&text);
    while (*rest != '\0') {
        size_t len = strcspn(rest, "\n");
        buf_printf(out, "      %.*s\n", (int)(len < 500 ? len : 500), rest);
        rest += rest[len] == '\n' ? len + 1 : len;
    }
    buf_release(&text);
}

/* rule: I-13. Other servers want arguments as they go over the wire. */
static void put_arguments(const struct desk *desk, const struct operation *operation,
                          struct buf *out)
{
    struct buf wire;
    struct error error;
    const struct provision *provision = desk->config.provision;
    const struct provision_instance *instance =
        provision == NULL ? NULL : provision_find(provision, operation->path.id[1]);
    bool keeps_hex = instance != NULL && instance->challenge_rule == CHALLENGE_TEXT;
    error_clear(&error);
    buf_init(&wire, TEXT_MOST);
    if (operation->verbatim ||
        server_arguments(bytes_of(operation->text), keeps_hex, &wire, &error) != ST_OK) {
        buf_clear(&wire);
        buf_puts(&wire, operation->text);
    }
    buf_puts(out, " ");
    buf_put_plain(out, buf_bytes(&wire));
    buf_release(&wire);
}

static void put_target(const struct operation *operation, struct buf *out)
{
    char text[PATH_TEXT];
    bool is_list =
        operation_is_composite(operation->kind) && operation->kind != OPERATION_WRITE_COMPOSITE;
    if (!operation_is_composite(operation->kind))
        buf_printf(out, " %s", path_text(operation->path, text));
    for (size_t i = 0; is_list && i < operation->values.count; i++)
        buf_printf(out, " %s", path_text(operation->values.items[i].path, text));
}

static bool brings_values(enum operation_kind kind)
{
    return kind == OPERATION_WRITE || kind == OPERATION_UPDATE || kind == OPERATION_CREATE ||
           kind == OPERATION_WRITE_COMPOSITE;
}

/* A sole value stands in the line, several below it. */
static void put_values(const struct operation *operation, struct buf *out)
{
    const struct records *values = &operation->values;
    bool is_sole = values->count == 1 && path_equal(values->items[0].path, operation->path);
    bool has_any = brings_values(operation->kind);
    if (has_any && is_sole) {
        buf_puts(out, " ");
        value_format(&values->items[0].value, out);
    }
    buf_puts(out, "\n");
    if (has_any && !is_sole)
        put_records(values, out);
}

static void put_operation(const struct desk *desk, const struct operation *operation,
                          struct buf *out)
{
    enum operation_kind kind = operation->kind;
    const struct codec *codec = codec_find(operation->format);
    bool is_service = kind == OPERATION_AUTHENTICATE || kind == OPERATION_DECRYPT;
    buf_puts(out, operation_name(kind));
    put_target(operation, out);
    if (kind == OPERATION_EXECUTE && operation->text != NULL)
        put_arguments(desk, operation, out);
    if (kind == OPERATION_ATTRIBUTES && operation->text != NULL)
        buf_printf(out, " %s", operation->text);
    if (is_service)
        buf_printf(out, " identity=%u key=%u", operation->identity, operation->key_index);
    if (codec != NULL)
        buf_printf(out, " as %s", codec->name);
    if (operation->by_reset)
        buf_puts(out, " by Reset");
    put_values(operation, out);
}

static void show_operation(struct desk *desk, const struct operation *operation, const char *then)
{
    struct buf task;
    buf_init(&task, TEXT_MOST);
    put_operation(desk, operation, &task);
    desk_show_task(desk, "server", buf_text(&task), then);
    buf_release(&task);
}

/* --- what arrives -------------------------------------------------------------------------------
 */

/* Method and Observe option of what arrives of an operation; 0: more than one thing does, or none.
 */
struct arrival {
    uint8_t method;
    int observe;
};
static struct arrival arrival_of(enum operation_kind kind)
{
    static const struct arrival rows[] = {
        [OPERATION_READ] = {CODE_GET, -1},
        [OPERATION_WRITE] = {CODE_PUT, -1},
        [OPERATION_UPDATE] = {CODE_POST, -1},
        [OPERATION_EXECUTE] = {CODE_POST, -1},
        [OPERATION_CREATE] = {CODE_POST, -1},
        [OPERATION_DELETE] = {CODE_DELETE, -1},
        [OPERATION_DISCOVER] = {CODE_GET, -1},
        [OPERATION_OBSERVE] = {CODE_GET, 0},
        [OPERATION_CANCEL] = {CODE_GET, 1},
        [OPERATION_ATTRIBUTES] = {CODE_PUT, -1},
        [OPERATION_READ_COMPOSITE] = {CODE_FETCH, -1},
        [OPERATION_WRITE_COMPOSITE] = {CODE_IPATCH, -1},
        [OPERATION_OBSERVE_COMPOSITE] = {CODE_FETCH, 0},
        [OPERATION_CANCEL_COMPOSITE] = {CODE_FETCH, 1},
        [OPERATION_RAW] = {CODE_EMPTY, -1},
        [OPERATION_REPEAT] = {CODE_EMPTY, -1},
        [OPERATION_AUTHENTICATE] = {CODE_EMPTY, -1},
        [OPERATION_DECRYPT] = {CODE_EMPTY, -1},
        [OPERATION_FINISH] = {CODE_EMPTY, -1},
    };
    FOR_EACH_OPERATION(rows);
    return rows[kind];
}

static void show_other(const struct manual_server *self, const struct actor_event *event)
{
    char code[CODE_TEXT];
    char path[PATH_TEXT];
    struct buf text;
    buf_init(&text, 200);
    buf_printf(&text, "    (what came is %s %s)\n", code_text(event->method, code),
               path_text(event->path, path));
    desk_show(&self->desk, buf_text(&text));
    buf_release(&text);
}

void manual_server_hear(struct server_actor *actor, const struct actor_event *event)
{
    struct manual_server *self = (struct manual_server *)actor;
    const struct operation *operation = self->operation;
    if (operation == NULL || self->has_arrived || event->kind != ACTOR_REQUESTED ||
        event->outcome == NULL)
        return;
    struct arrival wanted = arrival_of(operation->kind);
    struct path path =
        operation->kind == OPERATION_CREATE ? path_cut(operation->path, 1) : operation->path;
    int observe = event->request == NULL ? -1 : event->request->observe;
    bool is_it = wanted.method == event->method && wanted.observe == observe &&
                 (operation_is_composite(operation->kind) || path_equal(path, event->path));
    if (is_it) {
        self->has_arrived = true;
        outcome_release(&self->answer);
        outcome_copy(event->outcome, &self->answer);
    } else if (wanted.method != CODE_EMPTY) {
        show_other(self, event);
    }
}

/* --- operations ------------------------------------------------------------------------------ */

/* The device's answer brings something that the server shows. */
static bool brings_content(const struct outcome *answer)
{
    return code_is_success(answer->code) &&
           (answer->values.count > 0 || (answer->format == FORMAT_LINK && answer->payload.len > 0));
}

static void show_content(const struct desk *desk, const struct outcome *answer)
{
    struct buf text;
    buf_init(&text, TEXT_MOST);
    buf_puts(&text, "    the device has answered:\n");
    if (answer->decoded) {
        put_records(&answer->values, &text);
    } else {
        buf_puts(&text, "      ");
        buf_put_plain(&text, buf_bytes(&answer->payload));
        buf_puts(&text, "\n");
    }
    desk_show(desk, buf_text(&text));
    buf_release(&text);
}

static enum status ask_content(struct manual_server *self, struct outcome *out, struct error *error)
{
    static const char *const words[] = {"yes", "y", "no", "n", NULL};
    enum { NO = 2 };
    size_t word = 0;
    show_content(&self->desk, out);
    enum status status = desk_ask(
        &self->desk, "    Is that what the server shows? yes, no or skip\n", words, &word, error);
    if (status != ST_OK || word < NO)
        return status;
    out->decoded = false;
    records_clear(&out->values);
    buf_clear(&out->payload);
    snprintf(out->problem, sizeof out->problem, "the server shows something else, says its user");
    return ST_OK;
}

/* Until it has arrived; a Reset arrives unseen. */
static enum status await_arrival(struct manual_server *self, struct error *error)
{
    struct buf line;
    enum status status = ST_OK;
    bool is_unseen = self->operation->by_reset;
    buf_init(&line, TEXT_MOST);
    while (status == ST_OK && !self->has_arrived) {
        status = desk_await(&self->desk, &self->has_arrived, &line, error);
        if (status != ST_OK || self->has_arrived || is_unseen)
            break;
        desk_show(&self->desk, "    nothing of that kind has come to the device yet\n");
        status = desk_count_wrong(&self->desk, error);
    }
    buf_release(&line);
    return status;
}

static enum status perform_seen(struct manual_server *self, struct outcome *out,
                                struct error *error)
{
    show_operation(&self->desk, self->operation,
                   self->operation->by_reset ? "Enter when it is done"
                                             : "it is done when it arrives at the device");
    enum status status = await_arrival(self, error);
    if (status != ST_OK || !self->has_arrived)
        return status;
    outcome_release(out);
    outcome_copy(&self->answer, out);
    return brings_content(out) ? ask_content(self, out, error) : ST_OK;
}

static enum status ask_opened(struct manual_server *self, struct outcome *out, struct error *error)
{
    const struct operation *operation = self->operation;
    struct path path = path_child(path_child(operation->path, IDENTITY), operation->identity);
    struct buf line;
    buf_init(&line, TEXT_MOST);
    desk_show(&self->desk, "    What is the identity that it opened?\n");
    enum status status = desk_await(&self->desk, NULL, &line, error);
    if (status == ST_OK)
        out->decoded =
            records_add(&out->values, path, value_octets(VALUE_STRING, buf_bytes(&line)));
    buf_release(&line);
    return status;
}

static enum status perform_service(struct manual_server *self, struct outcome *out,
                                   struct error *error)
{
    static const char *const words[] = {"genuine", "wrong", "unknown", NULL};
    static const struct {
        enum judgement judgement;
        const char *problem;
    } rows[] = {{JUDGEMENT_GENUINE, ""},
                {JUDGEMENT_MISMATCH, "the server takes it for wrong"},
                {JUDGEMENT_UNKNOWN, "the server cannot judge it"}};
    size_t word = 0;
    show_operation(&self->desk, self->operation, "then say what comes of it");
    enum status status =
        desk_ask(&self->desk, "    What does the server say? genuine, wrong, unknown or skip\n",
                 words, &word, error);
    if (status != ST_OK)
        return status;
    out->code = CODE_CONTENT;
    out->judgement = rows[word].judgement;
    snprintf(out->problem, sizeof out->problem, "%s", rows[word].problem);
    if (self->operation->kind == OPERATION_DECRYPT && out->judgement == JUDGEMENT_GENUINE)
        return ask_opened(self, out, error);
    return ST_OK;
}

static enum status perform(struct server_actor *actor, const char *endpoint,
                           const struct operation *operation, struct outcome *out,
                           struct error *error)
{
    struct manual_server *self = (struct manual_server *)actor;
    bool is_service =
        operation->kind == OPERATION_AUTHENTICATE || operation->kind == OPERATION_DECRYPT;
    UNUSED(endpoint);
    if (operation->again || (!is_service && arrival_of(operation->kind).method == CODE_EMPTY)) {
        error_set(error, "\"%s%s\" is nothing that a person can have a server do",
                  operation_name(operation->kind), operation->again ? " again" : "");
        return ST_UNSUPPORTED;
    }
    self->operation = operation;
    self->has_arrived = false;
    desk_begin(&self->desk);
    enum status status =
        is_service ? perform_service(self, out, error) : perform_seen(self, out, error);
    desk_end(&self->desk);
    self->operation = NULL;
    if (status != ST_OK)
        snprintf(out->problem, sizeof out->problem, "%.199s", error->text);
    return status;
}

static enum status wait_done(struct desk *desk, struct error *error)
{
    struct buf line;
    buf_init(&line, TEXT_MOST);
    desk_begin(desk);
    enum status status = desk_await(desk, NULL, &line, error);
    desk_end(desk);
    buf_release(&line);
    return status;
}

static enum status control(struct server_actor *actor, enum server_control what,
                           struct error *error)
{
    static const char *const tasks[] = {
        [SERVER_FORGET] = "forget its registration, as if its lifetime had passed\n",
        [SERVER_RESTART] = "lose everything and start again at the same address\n",
        [SERVER_SILENCE] = "be stopped, or not be reached any more\n",
    };
    struct manual_server *self = (struct manual_server *)actor;
    desk_show_task(&self->desk, "server", tasks[what], "Enter when it is done");
    return wait_done(&self->desk, error);
}

/* Registrations are seen by the device, which tells of them. */
static bool tells(const struct server_actor *actor, enum actor_event_kind kind)
{
    UNUSED(actor);
    return kind != ACTOR_NOTIFIED && kind != ACTOR_SENT && kind != ACTOR_EXPIRED;
}

static void manual_server_free(struct server_actor *actor)
{
    struct manual_server *self = (struct manual_server *)actor;
    outcome_release(&self->answer);
    free(self);
}

int64_t manual_server_waited_ms(const struct server_actor *actor)
{
    return desk_waited_ms(&((const struct manual_server *)actor)->desk);
}

struct server_actor *manual_server_new(const struct manual_config *config)
{
    static const struct server_actor_ops ops = {
        .perform = perform, .control = control, .tells = tells, .free = manual_server_free};
    struct manual_server *self = xalloc(sizeof *self);
    self->actor.ops = &ops;
    desk_init(&self->desk, config);
    outcome_init(&self->answer);
    return &self->actor;
}

/* --- a device --------------------------------------------------------------------------------- */

static void put_stimulus(const struct stimulus *stimulus, struct buf *out)
{
    static const char *const tasks[] = {
        [STIMULUS_REGISTER] = "register",
        [STIMULUS_UPDATE] = "send an Update",
        [STIMULUS_DEREGISTER] = "de-register",
        [STIMULUS_RESTART] = "restart",
        [STIMULUS_SET] = "change",
        [STIMULUS_SHOW] = "show what it holds",
        [STIMULUS_SEND] = "send (LwM2M Send) what it holds at",
        [STIMULUS_HOLD] = "answer what comes",
        [STIMULUS_RELEASE] = "send the answers that it holds back",
        [STIMULUS_COMPONENT_DELAY] = "let its secure component take",
        [STIMULUS_COMPONENT_FAIL_NEXT] = "let the next process of its secure component fail",
        [STIMULUS_COMPONENT_FAIL] = "let its secure component fail from now on",
        [STIMULUS_COMPONENT_HANG] = "let its secure component hang from now on",
        [STIMULUS_COMPONENT_FORGE] = "let its secure component give results that do not fit",
        [STIMULUS_COMPONENT_OK] = "let its secure component work again",
        [STIMULUS_COMPONENT_PROVISION] = "provision its secure component anew for",
    };
    static_assert(COUNT_OF(tasks) == STIMULUS_COMPONENT_PROVISION + 1, "a task for each stimulus");
    char path[PATH_TEXT];
    enum stimulus_kind kind = stimulus->kind;
    buf_puts(out, tasks[kind]);
    if (kind == STIMULUS_SET || kind == STIMULUS_COMPONENT_PROVISION)
        buf_printf(out, " %s", path_text(stimulus->path, path));
    if (kind == STIMULUS_SET) {
        buf_puts(out, " to ");
        value_format(&stimulus->value, out);
    }
    if (kind == STIMULUS_HOLD && stimulus->duration_ms > 0)
        buf_printf(out, " %" PRId64 " ms later", stimulus->duration_ms);
    if (kind == STIMULUS_HOLD && stimulus->duration_ms == 0)
        buf_puts(out, " only when it is told to");
    if (kind == STIMULUS_COMPONENT_DELAY)
        buf_printf(out, " %" PRId64 " ms", stimulus->duration_ms);
    for (size_t i = 0; kind == STIMULUS_SEND && i < stimulus->paths.count; i++)
        buf_printf(out, " %s", path_text(stimulus->paths.items[i].path, path));
    buf_puts(out, "\n");
}

static enum status stimulate(struct device_actor *actor, const struct stimulus *stimulus,
                             struct buf *answer, struct error *error)
{
    struct manual_device *self = (struct manual_device *)actor;
    struct buf task;
    UNUSED(answer);
    buf_init(&task, TEXT_MOST);
    put_stimulus(stimulus, &task);
    desk_show_task(&self->desk, "device", buf_text(&task), "Enter when it is done");
    buf_release(&task);
    return wait_done(&self->desk, error);
}

int64_t manual_device_waited_ms(const struct device_actor *actor)
{
    return desk_waited_ms(&((const struct manual_device *)actor)->desk);
}

static void manual_device_free(struct device_actor *actor)
{
    free(actor);
}

struct device_actor *manual_device_new(const struct manual_config *config)
{
    static const struct device_actor_ops ops = {.stimulate = stimulate, .free = manual_device_free};
    struct manual_device *self = xalloc(sizeof *self);
    self->actor.ops = &ops;
    desk_init(&self->desk, config);
    return &self->actor;
}
