/* SPDX-License-Identifier: Apache-2.0 */
/* Turns the messages of a device into events: contents decoded, servers by their short ids. */
#include "base/std.h"

#include "codec/codec.h"
#include "drivers/watch.h"
#include "net/tap.h"

enum { OBSERVATIONS_MOST = 128, OWN_MOST = 16, TOKEN_MOST = 8, TARGET_TEXT = 64 };

struct token {
    uint8_t octets[TOKEN_MOST];
    size_t len;
};

/* What a server observes, as notifications do not say it. */
struct observation {
    const struct peer *peer; /* (borrowed) compared only */
    struct token token;
    struct path path;
    struct records paths; /* (owned) of a composite one */
};

/* A request of the device itself that was not answered yet. */
enum { TERM_TEXT = 24 };
struct own {
    struct token token;
    uint8_t method; /* 0: there is none */
    char target[TARGET_TEXT];
    char *links; /* (owned) its payload as text */
    /* What a Register or Update says of itself. */
    char lifetime[TERM_TEXT], binding[TERM_TEXT], version[TERM_TEXT]; /* empty: nothing */
    bool queues;
};

struct watch {
    struct watch_config config;
    struct tap *tap; /* (owned) */
    struct trace_listener ear;
    struct observation observations[OBSERVATIONS_MOST]; /* the oldest goes first */
    size_t observation_count;
    struct own own[OWN_MOST];
    size_t own_next;
    bool is_cut; /* the request under way comes in blocks, of which no single one is the whole */
};

/* --- whom it is from ---------------------------------------------------------------------------
 */

/* A place is known by its address; without one, there is nobody but the first account. */
static unsigned server_of(const struct watch *watch, const char *peer)
{
    const struct watch_config *config = &watch->config;
    for (size_t i = 0; i < config->place_count; i++)
        if (strcmp(config->places[i].address, peer) == 0)
            return config->places[i].ssid;
    if (config->place_count > 0)
        return ID_NONE;
    return config->profile->server_count > 0 ? config->profile->servers[0].ssid : BOOTSTRAP_SERVER;
}

static void tell(const struct watch *watch, const char *peer, struct actor_event *event)
{
    const struct actor_listener *listener = watch->config.listener;
    event->endpoint = watch->config.profile->endpoint;
    event->server = server_of(watch, peer);
    listener->hear(listener->arg, event);
}

static bool is_heard(const struct watch *watch)
{
    return watch->config.listener->hear != NULL;
}

/* --- contents ----------------------------------------------------------------------------------
 */

static bool describe(const void *arg, struct path path, struct codec_type *out)
{
    const struct resource_def *def = catalogue_resource(arg, path);
    if (def == NULL)
        return false;
    *out = (struct codec_type){.type = def->type, .multiple = def->multiple};
    return true;
}

static bool decode(const struct watch *watch, struct path path, const struct message *message,
                   struct records *out)
{
    struct codec_types types = {describe, watch->config.profile->catalogue};
    struct error error;
    const struct codec *codec = codec_find(message->format);
    struct bytes content = buf_bytes(&message->payload);
    if (codec == NULL)
        return false;
    bool is_list = message->code == CODE_FETCH;
    if (is_list && codec->decode_paths == NULL)
        return false;
    enum status status = is_list ? codec->decode_paths(content, out, &error)
                                 : codec->decode(content, path, &types, out, &error);
    if (status != ST_OK)
        records_clear(out);
    return status == ST_OK;
}

/* Whether REQUEST on PATH carries values or paths, and not the arguments of an Execute. */
static bool brings_content(const struct watch *watch, struct path path,
                           const struct message *request)
{
    const struct resource_def *def =
        path.depth == 3 ? catalogue_resource(watch->config.profile->catalogue, path) : NULL;
    bool is_execute = request->code == CODE_POST && def != NULL && (def->ops & OP_EXECUTE) != 0;
    return request->format != FORMAT_NONE && request->payload.len > 0 && !is_execute;
}

/* rule: PF-SC-6. Of the Security object nothing is handed on but that it was spoken of. */
static bool is_secret(struct path path)
{
    return path.depth > 0 && path.id[0] == 0;
}

static void take_answer(const struct watch *watch, struct path path, const struct message *answer,
                        struct outcome *out)
{
    outcome_init(out);
    out->code = answer->code;
    if (is_secret(path))
        return;
    out->format = answer->format;
    out->observe = answer->observe;
    buf_put(&out->payload, buf_bytes(&answer->payload));
    if (answer->code == CODE_CONTENT && answer->format != FORMAT_LINK)
        out->decoded = decode(watch, path, answer, &out->values);
    struct buf location;
    buf_init(&location, 64);
    segments_join(&answer->location, '/', &location);
    out->has_location =
        location.len > 0 && !location.bad && path_parse(buf_bytes(&location), &out->location);
    buf_release(&location);
}

/* --- observations ------------------------------------------------------------------------------
 */

static struct token token_of(const uint8_t *octets, size_t len)
{
    struct token token = {.len = len <= TOKEN_MOST ? len : TOKEN_MOST};
    if (len > 0)
        memcpy(token.octets, octets, token.len);
    return token;
}

static bool same_token(const struct token *a, const struct token *b)
{
    return a->len == b->len && memcmp(a->octets, b->octets, a->len) == 0;
}

static struct observation *find_observation(struct watch *watch, const struct peer *peer,
                                            const struct token *token)
{
    for (size_t i = watch->observation_count; i > 0; i--) {
        struct observation *at = &watch->observations[i - 1];
        if (at->peer == peer && same_token(&at->token, token))
            return at;
    }
    return NULL;
}

/* Whoever comes from another address has the token still. */
static bool is_token_known(const struct watch *watch, const struct message *request)
{
    struct token token = token_of(request->token, request->token_len);
    for (size_t i = 0; i < watch->observation_count; i++)
        if (same_token(&watch->observations[i].token, &token))
            return true;
    return false;
}

static void forget_oldest(struct watch *watch)
{
    records_release(&watch->observations[0].paths);
    watch->observation_count--;
    memmove(watch->observations, watch->observations + 1,
            watch->observation_count * sizeof watch->observations[0]);
}

/* PATHS: of a composite one, or NULL. */
static void note_observation(struct watch *watch, const struct peer *peer,
                             const struct message *request, struct path path,
                             const struct records *paths)
{
    struct token token = token_of(request->token, request->token_len);
    struct observation *at = find_observation(watch, peer, &token);
    if (at == NULL) {
        if (watch->observation_count == OBSERVATIONS_MOST)
            forget_oldest(watch);
        at = &watch->observations[watch->observation_count++];
        *at = (struct observation){.peer = peer, .token = token};
    } else {
        records_release(&at->paths);
    }
    at->path = path;
    records_init(&at->paths);
    if (paths != NULL)
        records_copy(paths, &at->paths);
}

static void on_notified(void *arg, const struct peer *peer, const struct message *notification)
{
    struct watch *watch = arg;
    struct token token = token_of(notification->token, notification->token_len);
    const struct observation *observation = find_observation(watch, peer, &token);
    if (observation == NULL || !is_heard(watch))
        return;
    struct outcome outcome;
    take_answer(watch, observation->path, notification, &outcome);
    outcome.unconfirmed = !notification->confirmable;
    outcome.ordered = peer->is_stream;
    struct actor_event event = {
        .kind = ACTOR_TOLD,
        .path = observation->path,
        .paths = observation->paths.count > 0 ? &observation->paths : NULL,
        .outcome = &outcome,
    };
    tell(watch, peer->name, &event);
    outcome_release(&outcome);
}

/* What becomes of a Send is told when the server has answered. */
static void on_asked(void *arg, const struct peer *peer, const struct message *request)
{
    struct watch *watch = arg;
    bool is_send = request->code == CODE_POST && request->path.count == 1 &&
                   bytes_is(segments_at(&request->path, 0), "dp");
    if (!is_send || !is_heard(watch))
        return;
    struct outcome outcome;
    outcome_init(&outcome);
    outcome.format = request->format;
    outcome.decoded = decode(watch, path_root(), request, &outcome.values);
    struct actor_event event = {.kind = ACTOR_POSTED, .path = path_root(), .outcome = &outcome};
    tell(watch, peer->name, &event);
    outcome_release(&outcome);
}

/* --- requests ----------------------------------------------------------------------------------
 */

static bool parse_target(const struct message *request, struct path *out)
{
    struct buf text;
    buf_init(&text, 2 * SEGMENT_LEN_MOST);
    segments_join(&request->path, '/', &text);
    if (text.len == 0)
        buf_puts(&text, "/");
    bool is_path = !text.bad && path_parse(buf_bytes(&text), out);
    buf_release(&text);
    return is_path;
}

static void tell_request(struct watch *watch, const struct peer *peer,
                         const struct message *request, const struct message *response,
                         struct path path)
{
    struct records values;
    struct outcome outcome;
    struct buf query;
    records_init(&values);
    buf_init(&query, 4096);
    segments_join(&request->query, '&', &query);
    struct request_seen seen = {.format = request->format,
                                .accept = request->accept,
                                .observe = request->observe,
                                .query = buf_text(&query),
                                .is_bootstrap = server_of(watch, peer->name) == BOOTSTRAP_SERVER,
                                .cancels_nothing =
                                    request->observe == 1 && !is_token_known(watch, request)};
    if (!is_secret(path))
        seen.payload = buf_bytes(&request->payload);
    if (!is_secret(path) && brings_content(watch, path, request) &&
        decode(watch, path, request, &values))
        seen.values = &values;
    take_answer(watch, path, response, &outcome);
    bool is_list = request->code == CODE_FETCH;
    if (request->observe == 0 && response->observe >= 0)
        note_observation(watch, peer, request, path, is_list ? &values : NULL);
    struct actor_event event = {.kind = ACTOR_REQUESTED,
                                .path = path,
                                .method = request->code,
                                .request = &seen,
                                .outcome = &outcome};
    tell(watch, peer->name, &event);
    outcome_release(&outcome);
    records_release(&values);
    buf_release(&query);
}

static void on_served(void *arg, const struct peer *peer, const struct message *request,
                      const struct message *response)
{
    struct path path;
    if (is_heard(arg) && parse_target(request, &path))
        tell_request(arg, peer, request, response, path);
}

/* --- what servers answer -----------------------------------------------------------------------
 */

static uint8_t code_of(const char *text)
{
    char name[CODE_TEXT];
    for (unsigned code = CODE_GET; code <= UINT8_MAX; code++)
        if (strcmp(code_text(code, name), text) == 0)
            return (uint8_t)code;
    return CODE_EMPTY;
}

/* `lt=300&b=U&lwm2m=1.1&Q` */
static void note_terms(struct own *own, const char *query)
{
    const struct {
        const char *name;
        char *out;
    } terms[] = {{"lt=", own->lifetime}, {"b=", own->binding}, {"lwm2m=", own->version}};
    for (const char *item = query; item != NULL && *item != '\0';) {
        size_t len = strcspn(item, "&");
        for (size_t i = 0; i < COUNT_OF(terms); i++) {
            size_t skip = strlen(terms[i].name);
            if (len > skip && strncmp(item, terms[i].name, skip) == 0)
                snprintf(terms[i].out, TERM_TEXT, "%.*s", (int)(len - skip), item + skip);
        }
        own->queues = own->queues || (len == 1 && *item == 'Q');
        item += item[len] == '&' ? len + 1 : len;
    }
}

static void note_own(struct watch *watch, const struct event *event)
{
    struct own *own = &watch->own[watch->own_next];
    watch->own_next = (watch->own_next + 1) % OWN_MOST;
    free(own->links);
    *own = (struct own){.token = token_of(event->token.data, event->token.len),
                        .method = code_of(event->code)};
    snprintf(own->target, sizeof own->target, "%s", event->path);
    struct buf links;
    buf_init(&links, BODY_MOST);
    buf_put(&links, event->payload);
    bool is_register = strcmp(event->path, "/rd") == 0;
    bool has_list = is_register || (strncmp(event->path, "/rd/", 4) == 0 && links.len > 0);
    if (has_list && !links.bad && utf8_plain(event->payload))
        own->links = xstrdup(buf_text(&links));
    buf_release(&links);
    note_terms(own, event->query);
    if (is_register && own->version[0] == '\0')
        snprintf(own->version, TERM_TEXT, "1.0");
}

static struct own *find_own(struct watch *watch, const struct event *event)
{
    struct token token = token_of(event->token.data, event->token.len);
    for (size_t i = 0; i < OWN_MOST; i++)
        if (watch->own[i].method != CODE_EMPTY && same_token(&watch->own[i].token, &token))
            return &watch->own[i];
    return NULL;
}

static const char *term_of(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

static void note_answer(struct watch *watch, const struct event *event)
{
    struct own *own = find_own(watch, event);
    uint8_t code = code_of(event->code);
    if (own == NULL)
        return;
    if (code == CODE_CONTINUE) {
        watch->is_cut = true;
        return;
    }
    struct outcome outcome;
    outcome_init(&outcome);
    outcome.code = code;
    struct actor_event told = {.kind = ACTOR_REPLIED,
                               .method = own->method,
                               .text = own->target,
                               .links = watch->is_cut ? NULL : own->links,
                               .lifetime = term_of(own->lifetime),
                               .binding = term_of(own->binding),
                               .version = term_of(own->version),
                               .has_binding = own->binding[0] != '\0',
                               .queues = own->queues,
                               .has_list = !watch->is_cut && own->links != NULL,
                               .location = event->path,
                               .outcome = &outcome};
    own->method = CODE_EMPTY;
    watch->is_cut = false;
    tell(watch, event->peer, &told);
    outcome_release(&outcome);
}

static void hear(void *arg, const struct event *event)
{
    bool is_ours = is_heard(arg) && strcmp(event->side, "device") == 0 && event->peer != NULL;
    if (is_ours && event->kind == EVENT_REQUEST && !event->incoming)
        note_own(arg, event);
    else if (is_ours && event->kind == EVENT_RESPONSE && event->incoming)
        note_answer(arg, event);
    else if (is_ours && event->kind == EVENT_RESET && event->incoming)
        tell(arg, event->peer, &(struct actor_event){.kind = ACTOR_RESET});
}

/* --- life --------------------------------------------------------------------------------------
 */

struct watch *watch_new(const struct watch_config *config)
{
    struct watch *watch = xalloc(sizeof *watch);
    const struct tap_listener listener = {on_served, on_notified, on_asked, watch};
    watch->config = *config;
    watch->tap = tap_new(config->endpoint, &listener);
    watch->ear = (struct trace_listener){.hear = hear, .arg = watch};
    trace_listen(config->trace, &watch->ear);
    return watch;
}

void watch_open(struct watch *watch)
{
    tap_open(watch->tap);
}

void watch_free(struct watch *watch)
{
    if (watch == NULL)
        return;
    trace_unlisten(watch->config.trace, &watch->ear);
    tap_free(watch->tap);
    while (watch->observation_count > 0)
        forget_oldest(watch);
    for (size_t i = 0; i < OWN_MOST; i++)
        free(watch->own[i].links);
    free(watch);
}
