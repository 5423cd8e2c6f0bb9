/* SPDX-License-Identifier: Apache-2.0 */
/* Bootstrap as a server leads it: sessions begin with POST /bs, operations follow, and
 * Bootstrap-Finish ends them (LwM2M TS 1.1, 6.1.7). */
#include "base/std.h"

#include "server/bsserver_impl.h"

/* SILENCE_MS: EXCHANGE_LIFETIME, after which a client gives up (LwM2M TS 1.1, 6.1.7.7). */
enum { SESSIONS_MOST = 4096, SILENCE_MS = 247000 };

/* An operation under way. */
struct bs_run {
    struct bs_entry *entry; /* (borrowed) */
    struct path path;
    bool finishes;             /* a success ends the session */
    bool asks_to_observe;      /* a raw request with Observe=0 */
    struct exchange *exchange; /* (borrowed) */
    struct delivery delivery;
    struct bs_run *next; /* (borrowed) */
};

const char *bs_end_text(enum bs_end end)
{
    static const char *const texts[] = {
        [BS_FINISHED] = "finished",
        [BS_REPLACED] = "the client asked again",
        [BS_LOST] = "the client is gone",
        [BS_REFUSED] = "the client refused Bootstrap-Finish",
        [BS_SILENT] = "nothing happened for 247 s",
        [BS_CLOSED] = "ended without Bootstrap-Finish",
    };
    return texts[end];
}

/* --- sessions ----------------------------------------------------------------------------- */

static struct bs_entry *entry_of(struct bs_session *session)
{
    return (struct bs_entry *)session; /* the first member */
}

/* NULL name: the first. */
static struct bs_entry *find(const struct bsserver *bsserver, const char *endpoint)
{
    struct bs_session *at = bsserver->sessions;
    while (at != NULL && endpoint != NULL && strcmp(at->endpoint, endpoint) != 0)
        at = at->next;
    return entry_of(at);
}

static struct bs_entry *find_peer(const struct bsserver *bsserver, const struct peer *peer)
{
    struct bs_session *at = bsserver->sessions;
    while (at != NULL && at->peer != peer)
        at = at->next;
    return entry_of(at);
}

bool bsserver_uses(const struct bsserver *bsserver, const struct peer *peer)
{
    return bsserver != NULL && find_peer(bsserver, peer) != NULL;
}

const struct bs_session *bsserver_sessions(const struct bsserver *bsserver)
{
    return bsserver->sessions;
}

static void entry_link(struct bs_entry *entry)
{
    struct bs_session **end = &entry->bsserver->sessions;
    while (*end != NULL)
        end = &(*end)->next;
    *end = &entry->session;
    entry->bsserver->count++;
}

static void entry_unlink(struct bs_entry *entry)
{
    struct bs_session **at = &entry->bsserver->sessions;
    while (*at != &entry->session)
        at = &(*at)->next;
    *at = entry->session.next;
    entry->bsserver->count--;
}

static void entry_free(struct bs_entry *entry)
{
    timer_stop(&entry->begin);
    timer_stop(&entry->silence);
    free(entry->identity);
    free(entry->session.endpoint);
    free(entry);
}

/* --- operations --------------------------------------------------------------------------- */

static void run_unlink(struct bs_run *run)
{
    struct bs_run **at = &run->entry->runs;
    while (*at != run)
        at = &(*at)->next;
    *at = run->next;
}

static void deliver(struct delivery delivery, enum status status, const struct outcome *outcome)
{
    if (delivery.done != NULL)
        delivery.done(delivery.arg, status, outcome);
}

static void deliver_problem(struct delivery delivery, enum status status)
{
    struct outcome outcome;
    outcome_init(&outcome);
    snprintf(outcome.problem, sizeof outcome.problem, "no answer: %s", status_text(status));
    deliver(delivery, status, &outcome);
    outcome_release(&outcome);
}

/* Ends all that is under way; TELL: with ST_CANCELLED. */
static void drop_runs(struct bs_entry *entry, bool tell)
{
    while (entry->runs != NULL) {
        struct bs_run *run = entry->runs;
        struct delivery delivery = run->delivery;
        run_unlink(run);
        endpoint_cancel(entry->bsserver->config.endpoint, run->exchange);
        free(run);
        if (tell)
            deliver_problem(delivery, ST_CANCELLED);
    }
}

/* ENTRY is unlinked, so that nobody can begin anything more there. */
static void conclude_unlinked(struct bs_entry *entry, enum bs_end end)
{
    const struct bsserver_config *config = &entry->bsserver->config;
    drop_runs(entry, true);
    if (config->on_end != NULL)
        config->on_end(config->arg, &entry->session, end);
    if (!entry->is_gone)
        caller_let_go(entry->bsserver->config.server, entry->bsserver, entry->session.peer);
    entry_free(entry);
}

void bs_conclude(struct bs_entry *entry, enum bs_end end)
{
    entry_unlink(entry);
    conclude_unlinked(entry, end);
}

static void on_silence(void *arg)
{
    bs_conclude(arg, BS_SILENT);
}

static void restart_silence(struct bs_entry *entry)
{
    timer_start(&entry->silence, entry->bsserver->config.clock, SILENCE_MS, on_silence, entry);
}

/* Nothing is observed during a bootstrap: what a raw request began ends with its first answer. */
static void stop_observing(const struct bs_run *run, const struct message *response)
{
    if (run->asks_to_observe && code_is_success(response->code) && response->observe >= 0)
        endpoint_cancel(run->entry->bsserver->config.endpoint, run->exchange);
}

static void answered(struct bs_run *run, const struct message *response)
{
    struct bs_entry *entry = run->entry;
    struct delivery delivery = run->delivery;
    bool is_over = run->finishes && code_is_success(response->code);
    struct outcome outcome;
    outcome_init(&outcome);
    request_outcome(entry->bsserver->config.catalogue, run->path, response, &outcome);
    stop_observing(run, response);
    run_unlink(run);
    free(run);
    if (is_over)
        entry_unlink(entry);
    else
        restart_silence(entry);
    deliver(delivery, ST_OK, &outcome);
    outcome_release(&outcome);
    if (is_over)
        conclude_unlinked(entry, BS_FINISHED);
}

static void on_response(void *arg, enum status status, const struct message *response)
{
    struct bs_run *run = arg;
    if (status == ST_OK) {
        answered(run, response);
        return;
    }
    struct delivery delivery = run->delivery;
    run_unlink(run);
    free(run);
    deliver_problem(delivery, status);
}

static bool is_possible(enum operation_kind kind)
{
    return kind == OPERATION_WRITE || kind == OPERATION_DELETE || kind == OPERATION_DISCOVER ||
           kind == OPERATION_READ || kind == OPERATION_FINISH || kind == OPERATION_RAW;
}

static enum status build(const struct bs_entry *entry, const struct operation *operation,
                         struct message *message, struct error *error)
{
    int format = entry->session.format;
    const struct dialect dialect = {
        .catalogue = entry->bsserver->config.catalogue,
        .several = format == FORMAT_NONE ? FORMAT_TLV : format,
        .single = format,
    };
    if (is_possible(operation->kind))
        return request_build(&dialect, operation, message, error);
    error_set(error,
              "\"%s\" is no operation of a bootstrap; there are write, delete, discover, "
              "read and finish",
              operation_name(operation->kind));
    return ST_INVALID;
}

static enum status send(struct bs_entry *entry, const struct operation *operation,
                        const struct message *message, struct delivery delivery,
                        struct error *error)
{
    struct bs_run *run = xalloc(sizeof *run);
    bool is_raw = operation->kind == OPERATION_RAW;
    run->entry = entry;
    run->path = is_raw ? request_raw_path(message) : operation->path;
    run->finishes = message->code == CODE_POST && message->path.count == 1 &&
                    bytes_is(segments_at(&message->path, 0), "bs");
    run->asks_to_observe = message->observe == 0;
    run->delivery = delivery;
    run->next = entry->runs;
    entry->runs = run;
    enum status status = endpoint_request(entry->bsserver->config.endpoint, entry->session.peer,
                                          message, on_response, run, &run->exchange);
    if (status == ST_OK)
        return ST_OK;
    error_set(error, "cannot send to client \"%s\": %s", entry->session.endpoint,
              status_text(status));
    run_unlink(run);
    free(run);
    return status;
}

enum status bs_perform(struct bs_entry *entry, const struct operation *operation,
                       struct delivery delivery, struct error *error)
{
    struct message message;
    message_init(&message);
    enum status status = build(entry, operation, &message, error);
    if (status == ST_OK)
        status = send(entry, operation, &message, delivery, error);
    if (status == ST_OK)
        restart_silence(entry);
    message_release(&message);
    return status;
}

enum status bsserver_perform(struct bsserver *bsserver, const char *endpoint,
                             const struct operation *operation, server_done *done, void *arg,
                             struct error *error)
{
    struct bs_entry *entry = find(bsserver, endpoint);
    if (entry != NULL)
        return bs_perform(entry, operation, (struct delivery){done, arg}, error);
    if (endpoint == NULL)
        error_set(error, "no client has asked for a bootstrap, or it is over");
    else
        error_set(error, "client \"%s\" has not asked for a bootstrap, or it is over", endpoint);
    return ST_NOT_FOUND;
}

enum status bsserver_end(struct bsserver *bsserver, const char *endpoint)
{
    struct bs_entry *entry = find(bsserver, endpoint);
    if (entry == NULL)
        return ST_NOT_FOUND;
    bs_conclude(entry, BS_CLOSED);
    return ST_OK;
}

/* --- Bootstrap-Request ---------------------------------------------------------------------- */

/* The preferred format; false, and the code that refuses it, when it is none of ours. */
static bool read_format(const struct message *request, int *out, uint8_t *out_code)
{
    struct bytes text;
    int64_t number = 0;
    *out = FORMAT_NONE;
    if (!segments_query(&request->query, "pct", &text))
        return true;
    *out_code = CODE_BAD_REQUEST;
    if (!parse_decimal(text, &number))
        return false;
    *out_code = CODE_UNSUPPORTED_FORMAT;
    const struct codec *codec = number < 0 || number > UINT16_MAX ? NULL : codec_find((int)number);
    if (codec == NULL || !codec->hierarchical)
        return false;
    *out = codec->format;
    return true;
}

static void on_begin(void *arg)
{
    struct bs_entry *entry = arg;
    struct bsserver *bsserver = entry->bsserver;
    const struct bsserver_config *config = &bsserver->config;
    if (config->on_request != NULL)
        config->on_request(config->arg, &entry->session);
    /* Whoever was told may have ended it. */
    struct bs_session *at = bsserver->sessions;
    while (at != NULL && at != &entry->session)
        at = at->next;
    if (at != NULL && entry->plan != NULL)
        bs_go_on(entry);
}

/* The new session is there before the old ones go, so that its transport session stays. */
static void replace_former(struct bsserver *bsserver, struct bs_entry *entry)
{
    const struct bs_session *session = &entry->session;
    struct bs_session *next;
    for (struct bs_session *at = bsserver->sessions; at != session; at = next) {
        next = at->next;
        if (at->peer == session->peer || strcmp(at->endpoint, session->endpoint) == 0) {
            bs_conclude(entry_of(at), BS_REPLACED);
            next = bsserver->sessions; /* whoever was told may have ended others */
        }
    }
}

static void begin(struct bsserver *bsserver, struct peer *peer, char *endpoint, int format)
{
    const struct bsserver_config *config = &bsserver->config;
    struct bs_entry *entry = xalloc(sizeof *entry);
    entry->bsserver = bsserver;
    entry->session.endpoint = endpoint;
    entry->session.peer = peer;
    entry->identity = caller_identity(peer);
    entry->session.format = format;
    entry->session.began_at = clock_now(config->clock);
    entry->plan = config->file == NULL ? NULL : bootstrap_file_find(config->file, endpoint);
    entry_link(entry);
    timer_start(&entry->begin, config->clock, 0, on_begin, entry);
    restart_silence(entry);
    replace_former(bsserver, entry);
}

/* 0, or the code that refuses a client of that name. */
static uint8_t judge(const struct bsserver *bsserver, struct bytes name)
{
    if (!caller_name_is_valid(name))
        return CODE_BAD_REQUEST;
    return bsserver->count >= SESSIONS_MOST ? CODE_UNAVAILABLE : 0;
}

/* Whether the file has something for ENDPOINT that PEER may get. Keys are not handed out in plain
 * text, where anybody may call itself ENDPOINT (TS 1.1, 6.1.3 asks for a secured link). */
static bool is_served(const struct bsserver *bsserver, const struct peer *peer,
                      const char *endpoint)
{
    const struct bootstrap_file *file = bsserver->config.file;
    const struct bootstrap_client *plan = file == NULL ? NULL : bootstrap_file_find(file, endpoint);
    if (file == NULL)
        return true;
    if (plan == NULL)
        trace_say(bsserver->config.trace, EVENT_WARNING, "server",
                  "client \"%s\" asks for a bootstrap, but the file has nothing for it; add it, or "
                  "\"*\" for all",
                  endpoint);
    else if (peer->security == NULL && bootstrap_client_has_keys(plan))
        trace_say(bsserver->config.trace, EVENT_WARNING, "server",
                  "client \"%s\" asks for a bootstrap in plain text, but the file has keys for it; "
                  "let it come by coaps://",
                  endpoint);
    else
        return true;
    return false;
}

/* The code of the answer; ENDPOINT is kept when it is a success. */
static uint8_t take_client(struct bsserver *bsserver, struct peer *peer, char *endpoint, int format)
{
    const struct bs_entry *former = find(bsserver, endpoint);
    if (!is_served(bsserver, peer, endpoint))
        return CODE_BAD_REQUEST;
    if (former != NULL && !caller_is(peer, former->identity)) {
        caller_refuse(bsserver->config.trace, peer, endpoint, former->identity);
        return CODE_FORBIDDEN;
    }
    begin(bsserver, peer, endpoint, format);
    return CODE_CHANGED;
}

static uint8_t take_request(struct bsserver *bsserver, struct peer *peer,
                            const struct message *request)
{
    struct bytes name = caller_name(peer, request);
    uint8_t code = judge(bsserver, name);
    int format = FORMAT_NONE;
    if (code != 0 || !read_format(request, &format, &code))
        return code;
    char *endpoint = xalloc(name.len + 1);
    memcpy(endpoint, name.data, name.len);
    code = take_client(bsserver, peer, endpoint, format);
    if (code != CODE_CHANGED)
        free(endpoint);
    return code;
}

bool bsserver_is_for(const struct message *request)
{
    struct bytes first = request->path.count == 1 ? segments_at(&request->path, 0) : bytes_of("");
    return bytes_is(first, "bs") || bytes_is(first, "bspack");
}

void bsserver_request(struct bsserver *bsserver, struct peer *peer, const struct message *request,
                      struct message *response)
{
    bool is_request = bytes_is(segments_at(&request->path, 0), "bs");
    if (!is_request) /* LwM2M 1.2; its clients go on with /bs then */
        response->code = CODE_NOT_IMPLEMENTED;
    else if (request->code != CODE_POST)
        response->code = CODE_METHOD_NOT_ALLOWED;
    else
        response->code = take_request(bsserver, peer, request);
}

void bsserver_peer_gone(struct bsserver *bsserver, const struct peer *peer)
{
    struct bs_entry *entry;
    while ((entry = find_peer(bsserver, peer)) != NULL) {
        entry->is_gone = true;
        bs_conclude(entry, BS_LOST);
    }
}

/* --- life ----------------------------------------------------------------------------------- */

static void on_request(void *user, struct peer *peer, const struct message *request,
                       struct message *response)
{
    if (bsserver_is_for(request))
        bsserver_request(user, peer, request, response);
    else
        response->code = CODE_NOT_FOUND;
}

static void on_peer_gone(void *user, struct peer *peer)
{
    bsserver_peer_gone(user, peer);
}

struct bsserver *bsserver_new(const struct bsserver_config *config)
{
    struct bsserver *bsserver = xalloc(sizeof *bsserver);
    bsserver->config = *config;
    if (config->server != NULL) {
        config->server->bsserver = bsserver;
        return bsserver;
    }
    config->endpoint->user = bsserver;
    config->endpoint->on_request = on_request;
    config->endpoint->on_peer_gone = on_peer_gone;
    return bsserver;
}

void bsserver_free(struct bsserver *bsserver)
{
    if (bsserver == NULL)
        return;
    while (bsserver->sessions != NULL) {
        struct bs_entry *entry = entry_of(bsserver->sessions);
        entry_unlink(entry);
        drop_runs(entry, false);
        caller_let_go(bsserver->config.server, bsserver, entry->session.peer);
        entry_free(entry);
    }
    if (bsserver->config.server != NULL)
        bsserver->config.server->bsserver = NULL;
    free(bsserver);
}
