/* SPDX-License-Identifier: Apache-2.0 */
/* The conversation with an adapter: requests with an id, replies, events; and what is said when the
 * adapter is dead, slow, or makes no sense. */
#include "base/std.h"

#include "drivers/adapter_impl.h"

enum {
    HELLO_MS = 10000,
    GRACE_MS = 1000,
    TURN_MS = 1000,
    NEWS_MS = 500, /* from the end of its input to that of its output */
    CAN_MOST = 64,
    SHOWN = 60, /* octets of a line that a sentence repeats */
    SHOWN_LOG = 150,
    NAME_TEXT = 100
};

struct words {
    char items[CAN_MOST][ADAPTER_WORD];
    size_t count;
};

struct adapter {
    struct adapter_config config;
    const char *endpoint;      /* (borrowed) of the device, or NULL */
    char *command;             /* (owned) */
    struct coprocess *process; /* (owned) NULL: not started */
    struct adapter_user user;
    char name[NAME_TEXT];
    struct words can;
    unsigned untold;
    bool said_hello;          /* once */
    bool is_hopeless;         /* it could not even say hello, and never did */
    struct error failure;     /* why it is not asked any more; empty: it is */
    char last_log[SHOWN_LOG]; /* the last line of its standard error */
    int64_t last_id;
    struct json_doc *reply; /* (owned) to LAST_ID, or NULL */
};

const char *adapter_name(const struct adapter *self)
{
    return self->name;
}

void adapter_name_device(struct adapter *self, const char *endpoint)
{
    self->endpoint = endpoint;
}

static bool has_word(const struct words *words, const char *word)
{
    for (size_t i = 0; i < words->count; i++)
        if (strcmp(words->items[i], word) == 0)
            return true;
    return false;
}

bool adapter_can(const struct adapter *self, const char *word)
{
    return has_word(&self->can, word);
}

unsigned adapter_untold(const struct adapter *self)
{
    return self->untold;
}

void adapter_use(struct adapter *self, struct adapter_user user)
{
    self->user = user;
}

enum status adapter_cannot(const struct adapter *self, const char *word, struct error *error)
{
    error_set(error, "adapter \"%s\" cannot do \"%s\"", self->name, word);
    return ST_UNSUPPORTED;
}

/* --- what it says --------------------------------------------------------------------------- */

static bool has_failed(const struct adapter *self)
{
    return self->failure.text[0] != '\0';
}

/* What it did, or what is wrong with something of it. */
static void put_fault(const struct adapter *self, const char *what, struct error *out)
{
    bool is_of_it = strncmp(what, "its ", strlen("its ")) == 0;
    error_set(out, "adapter \"%s\"%s %.290s", self->name, is_of_it ? ":" : "", what);
}

bool adapter_has_failed(const struct adapter *self, struct error *out_why)
{
    *out_why = self->failure;
    return has_failed(self);
}

/* The first failure is the one that counts. */
static void fail(struct adapter *self, const char *what)
{
    if (!has_failed(self))
        put_fault(self, what, &self->failure);
}

enum status adapter_blame(struct adapter *self, struct error *error)
{
    struct error what = *error;
    fail(self, what.text);
    put_fault(self, what.text, error);
    return ST_IO;
}

enum status adapter_done(struct adapter *self, const struct json *reply, const char *word,
                         struct error *error)
{
    const struct json *member = json_member(reply, "ok");
    if (member != NULL && member->kind == JSON_BOOLEAN && member->integer != 0)
        return ST_OK;
    error_set(error, "its answer to \"%s\" has neither \"ok\" that is true nor \"error\"", word);
    return adapter_blame(self, error);
}

static void put_shown(struct bytes line, struct buf *out)
{
    bool is_cut = line.len > SHOWN;
    if (is_cut)
        line.len = SHOWN;
    buf_put_plain(out, line);
    if (is_cut)
        buf_puts(out, "...");
}

/* It said LINE, and that is wrong because of WHY. */
static void fail_by_line(struct adapter *self, struct bytes line, const char *why)
{
    struct buf text;
    buf_init(&text, sizeof self->failure.text);
    buf_printf(&text, "%.200s: ", why);
    put_shown(line, &text);
    fail(self, buf_text(&text));
    buf_release(&text);
}

static enum status hear_log(const struct adapter *self, const struct json *event,
                            struct error *error)
{
    struct bytes text;
    enum status status = told_text(event, "text", &text, error);
    if (status == ST_OK && text.len > 0)
        trace_say(self->config.world.trace, EVENT_INFO, "adapter", "%.*s",
                  (int)(text.len < 300 ? text.len : 300), (const char *)text.data);
    return status;
}

static enum status hear_event(const struct adapter *self, const struct json *event,
                              struct error *error)
{
    const struct json *name = json_member(event, "event");
    if (name->kind != JSON_STRING) {
        error_set(error, "its \"event\" is not a string");
        return ST_INVALID;
    }
    if (bytes_is(name->text, "log"))
        return hear_log(self, event, error);
    return self->user.hear == NULL ? ST_OK : self->user.hear(self->user.arg, event, error);
}

/* Takes DOC over. An answer that comes too late is nobody's any more. */
static enum status take_reply(struct adapter *self, struct json_doc *doc, struct error *error)
{
    const struct json *id = json_member(json_root(doc), "id");
    bool is_known =
        id != NULL && id->kind == JSON_INTEGER && id->integer > 0 && id->integer <= self->last_id;
    bool is_last = is_known && id->integer == self->last_id && self->reply == NULL;
    if (is_last)
        self->reply = doc;
    else
        json_doc_free(doc);
    if (is_known)
        return ST_OK;
    error_set(error, "answered what it was not asked: its \"id\" is none of ours");
    return ST_INVALID;
}

static enum status take_message(struct adapter *self, struct json_doc *doc, struct error *error)
{
    const struct json *root = json_root(doc);
    if (root->kind != JSON_OBJECT) {
        json_doc_free(doc);
        error_set(error, "said what is no object");
        return ST_INVALID;
    }
    if (json_member(root, "event") == NULL)
        return take_reply(self, doc, error);
    enum status status = hear_event(self, root, error);
    json_doc_free(doc);
    return status;
}

static void on_line(void *arg, struct bytes line, bool too_long)
{
    struct adapter *self = arg;
    struct error_list errors;
    struct error error;
    if (has_failed(self))
        return;
    if (too_long) {
        fail_by_line(self, line, "said a line of more than 1 MiB, which begins with");
        return;
    }
    error_list_init(&errors);
    error_clear(&error);
    struct json_doc *doc = json_parse(line, "", &errors);
    if (doc == NULL)
        fail_by_line(self, line, "said what is not a JSON object");
    else if (take_message(self, doc, &error) != ST_OK)
        fail_by_line(self, line, error.text);
    error_list_release(&errors);
}

static void on_log(void *arg, struct bytes line)
{
    struct adapter *self = arg;
    struct buf text;
    buf_init(&text, (size_t)4 * line.len + 1);
    buf_put_plain(&text, line);
    snprintf(self->last_log, sizeof self->last_log, "%s", buf_text(&text));
    trace_say(self->config.world.trace, EVENT_INFO, "adapter", "%.300s", buf_text(&text));
    buf_release(&text);
}

static void on_end(void *arg, const char *how)
{
    struct adapter *self = arg;
    char what[120 + SHOWN_LOG];
    snprintf(what, sizeof what, "is not there any more: %s%s%s", how,
             self->last_log[0] == '\0' ? "" : ", after it said: ", self->last_log);
    fail(self, what);
}

/* --- asking --------------------------------------------------------------------------------- */

void adapter_begin(struct adapter *self, struct buf *line, int64_t limit_ms)
{
    say_begin(line);
    say_number(line, "id", ++self->last_id);
    say_number(line, "deadline", limit_ms);
}

static enum status status_of_word(struct bytes word)
{
    static const struct {
        const char *word;
        enum status status;
    } rows[] = {
        {"unreachable", ST_UNREACHABLE}, {"timeout", ST_TIMEOUT}, {"unsupported", ST_UNSUPPORTED},
        {"invalid", ST_INVALID},         {"failed", ST_REFUSED},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (bytes_is(word, rows[i].word))
            return rows[i].status;
    return ST_OK;
}

/* An answer that says that it did not work. */
static enum status judge_reply(struct adapter *self, const struct json *reply, struct error *error)
{
    struct bytes word, text;
    enum status status = told_text(reply, "error", &word, error);
    if (status == ST_OK)
        status = told_text(reply, "text", &text, error);
    if (status != ST_OK)
        return adapter_blame(self, error);
    if (word.data == NULL)
        return ST_OK;
    status = status_of_word(word);
    if (status == ST_OK) {
        error_set(error, "its \"error\" is none of unreachable, timeout, unsupported, invalid, "
                         "failed");
        return adapter_blame(self, error);
    }
    struct buf sentence;
    buf_init(&sentence, sizeof error->text);
    buf_put_plain(&sentence, text.len > 0 && text.len < 250 ? text : word);
    error_set(error, "adapter \"%s\": %s", self->name, buf_text(&sentence));
    buf_release(&sentence);
    return status;
}

static bool is_stopped(const struct adapter *self, bool tidies)
{
    return !tidies && sim_world_is_stopped(&self->config.world);
}

/* False when there is no time left, or no adapter, or the user wants to leave. */
static bool move(const struct adapter *self, int64_t give_up_at, bool tidies)
{
    struct loop *loop = self->config.world.loop;
    int64_t left = give_up_at - clock_now(loop_clock(loop));
    if (left <= 0 || has_failed(self) || is_stopped(self, tidies))
        return false;
    loop_turn(loop, left < TURN_MS ? left : TURN_MS);
    return true;
}

static enum status send_line(struct adapter *self, struct buf *line)
{
    say_end(line);
    if (line->bad || line->len > COPROCESS_LINE_MOST)
        return ST_LIMIT;
    return coprocess_say(self->process, buf_bytes(line));
}

/* Whoever has stopped to read may still answer what it has read, or be about to end. */
static void await_news(struct adapter *self, int64_t give_up_at, bool tidies)
{
    int64_t soon = clock_now(loop_clock(self->config.world.loop)) + NEWS_MS;
    while (self->reply == NULL && move(self, soon < give_up_at ? soon : give_up_at, tidies))
        continue;
}

static void fail_by_silence(struct adapter *self, int64_t limit_ms)
{
    char what[120];
    double waited = (double)(limit_ms + GRACE_MS) / 1000;
    if (!coprocess_reads(self->process))
        snprintf(what, sizeof what, "does not read what it is told: it has closed its input");
    else if (!coprocess_has_read(self->process))
        snprintf(what, sizeof what, "did not read what it was told within %g s", waited);
    else
        snprintf(what, sizeof what, "did not answer within %g s", waited);
    fail(self, what);
}

static enum status await_reply(struct adapter *self, int64_t limit_ms, bool tidies,
                               struct error *error)
{
    int64_t give_up_at = clock_now(loop_clock(self->config.world.loop)) + limit_ms + GRACE_MS;
    while (self->reply == NULL && coprocess_reads(self->process) && move(self, give_up_at, tidies))
        continue;
    await_news(self, give_up_at, tidies);
    if (self->reply != NULL)
        return ST_OK;
    if (!has_failed(self) && is_stopped(self, tidies)) {
        error_set(error, "interrupted");
        return ST_CANCELLED;
    }
    fail_by_silence(self, limit_ms);
    error_set(error, "%s", self->failure.text);
    return ST_IO;
}

enum status adapter_ask(struct adapter *self, struct buf *line, int64_t limit_ms, bool tidies,
                        const struct json **out_reply, struct error *error)
{
    *out_reply = NULL;
    json_doc_free(self->reply);
    self->reply = NULL;
    enum status status = has_failed(self) ? ST_IO : send_line(self, line);
    if (status == ST_LIMIT && line->len > COPROCESS_LINE_MOST) {
        error_set(error, "it does not fit into a line of the adapter protocol");
        return ST_UNSUPPORTED;
    }
    if (status == ST_LIMIT)
        fail(self, "does not read what it is told");
    if (status == ST_OK || status == ST_UNREACHABLE)
        status = await_reply(self, limit_ms, tidies, error); /* the end of it may be under way */
    else
        error_set(error, "%s", self->failure.text);
    if (status == ST_CANCELLED)
        return status;
    if (status != ST_OK)
        return ST_IO;
    *out_reply = json_root(self->reply);
    return judge_reply(self, *out_reply, error);
}

/* --- hello ---------------------------------------------------------------------------------- */

static enum status learn_words(const struct json *reply, const char *name, struct words *out,
                               struct error *error)
{
    const struct json *list = json_member(reply, name);
    const struct json *item = list != NULL && list->kind == JSON_ARRAY ? list->first : NULL;
    out->count = 0;
    if (list == NULL || list->kind != JSON_ARRAY) {
        error_set(error, "its hello has no list \"%s\"", name);
        return ST_INVALID;
    }
    for (; item != NULL && out->count < CAN_MOST; item = item->next) {
        if (item->kind != JSON_STRING) {
            error_set(error, "its \"%s\" is not a list of strings", name);
            return ST_INVALID;
        }
        if (item->text.len == 0 || item->text.len >= ADAPTER_WORD)
            continue; /* a word that is none of ours */
        char *word = out->items[out->count++];
        memcpy(word, item->text.data, item->text.len);
        word[item->text.len] = '\0';
    }
    return ST_OK;
}

/* Without the list it tells all that there is. */
static enum status learn_tells(struct adapter *self, const struct json *reply, struct error *error)
{
    static const struct {
        const char *word;
        unsigned untold;
    } rows[] = {{"values", UNTOLD_VALUES},
                {"links", UNTOLD_LINKS},
                {"location", UNTOLD_LOCATION},
                {"data", UNTOLD_DATA}};
    struct words words;
    self->untold = 0;
    if (json_member(reply, "tells") == NULL)
        return ST_OK;
    enum status status = learn_words(reply, "tells", &words, error);
    for (size_t i = 0; i < COUNT_OF(rows) && status == ST_OK; i++)
        self->untold |= has_word(&words, rows[i].word) ? 0 : rows[i].untold;
    return status;
}

static void learn_name(struct adapter *self, const char *name, const char *version)
{
    struct buf text;
    buf_init(&text, sizeof self->name);
    buf_put_plain(&text, bytes_of(name));
    buf_puts(&text, version[0] == '\0' ? "" : " ");
    buf_put_plain(&text, bytes_of(version));
    snprintf(self->name, sizeof self->name, "%s", buf_text(&text));
    buf_release(&text);
}

static enum status learn(struct adapter *self, const struct json *reply, struct error *error)
{
    const struct json *protocol = json_member(reply, "protocol");
    char name[ADAPTER_WORD];
    char version[ADAPTER_WORD];
    if (protocol == NULL || protocol->kind != JSON_INTEGER) {
        error_set(error, "its hello has no \"protocol\" number");
        return ST_INVALID;
    }
    if (protocol->integer != ADAPTER_PROTOCOL) {
        error_set(error, "speaks version %" PRId64 " of the protocol; version %d is needed",
                  protocol->integer, ADAPTER_PROTOCOL);
        return ST_INVALID;
    }
    enum status status = told_word(reply, "name", name, error);
    if (status == ST_OK)
        status = told_word(reply, "version", version, error);
    if (status == ST_OK)
        status = learn_words(reply, "can", &self->can, error);
    if (status == ST_OK)
        status = learn_tells(self, reply, error);
    if (status == ST_OK && name[0] != '\0')
        learn_name(self, name, version);
    return status;
}

static enum status say_hello(struct adapter *self, struct error *error)
{
    struct buf line;
    const struct json *reply = NULL;
    buf_init(&line, COPROCESS_LINE_MOST);
    adapter_begin(self, &line, HELLO_MS);
    say_word(&line, "do", "hello");
    say_number(&line, "protocol", ADAPTER_PROTOCOL);
    say_word(&line, "tool", self->config.tool);
    say_word(&line, "role", self->config.role == ADAPTER_SERVER ? "server" : "device");
    say_word(&line, "endpoint", self->endpoint);
    enum status status = adapter_ask(self, &line, HELLO_MS, false, &reply, error);
    if (status == ST_OK && learn(self, reply, error) != ST_OK)
        status = adapter_blame(self, error);
    buf_release(&line);
    if (status != ST_OK && status != ST_CANCELLED && !has_failed(self))
        error_set(&self->failure, "%s", error->text); /* it said that it cannot */
    return status == ST_OK || status == ST_CANCELLED ? status : ST_IO;
}

/* --- life ----------------------------------------------------------------------------------- */

static void end(struct adapter *self)
{
    coprocess_free(self->process);
    json_doc_free(self->reply);
    self->process = NULL;
    self->reply = NULL;
}

static enum status begin(struct adapter *self, struct error *error)
{
    const struct coprocess_config config = {
        .loop = self->config.world.loop,
        .command = self->command,
        .on_line = on_line,
        .on_log = on_log,
        .on_end = on_end,
        .arg = self,
    };
    end(self);
    error_clear(&self->failure);
    self->last_log[0] = '\0';
    self->last_id = 0;
    self->process = coprocess_new(&config, &self->failure);
    enum status status = self->process == NULL ? ST_IO : say_hello(self, error);
    self->said_hello = self->said_hello || status == ST_OK;
    self->is_hopeless = status == ST_IO && !self->said_hello;
    return status;
}

enum status adapter_start(struct adapter *self, struct error *error)
{
    enum status status = ST_IO;
    if (self->process != NULL && !has_failed(self))
        return ST_OK;
    if (!self->is_hopeless)
        status = begin(self, error);
    if (status == ST_IO)
        error_set(error, "%s", self->failure.text);
    return status;
}

struct adapter *adapter_new(const struct adapter_config *config)
{
    struct adapter *self = xalloc(sizeof *self);
    self->config = *config;
    self->command = xstrdup(config->command);
    error_clear(&self->failure);
    const char *name = config->label != NULL ? config->label : config->command;
    bool is_long = strlen(name) > SHOWN;
    snprintf(self->name, sizeof self->name, "%.*s%s", SHOWN, name, is_long ? "..." : "");
    return self;
}

void adapter_free(struct adapter *self)
{
    if (self == NULL)
        return;
    end(self);
    free(self->command);
    free(self);
}
