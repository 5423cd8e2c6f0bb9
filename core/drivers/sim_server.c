/* SPDX-License-Identifier: Apache-2.0 */
/* The server side played by our own server: operations that wait for their end, and its events. */
#include "base/std.h"

#include "drivers/sim.h"
#include "net/coap.h"
#include "server/bsserver.h"

/* A client may answer better when the request comes again (RFC 7252 4.2), 3 s later at most. */
enum { LIMIT_MS = 30000, GRACE_MS = 1000, REFUTED_MS = 5000 };

/* Somebody who waits for the end of an operation; stays behind when he gives up, because the server
 * still calls for it. */
struct wait {
    struct sim_server *server; /* (borrowed) */
    struct outcome *out;       /* (borrowed) NULL: nobody waits any more */
    enum status status;
    bool over;
    struct wait *next; /* (owned) */
};

struct sim_server {
    struct server_actor actor; /* first: what users see */
    struct sim_server_config config;
    char uris[LISTENS_MOST][LISTEN_TEXT]; /* that it listens on */
    struct server_keys keys;              /* for the endpoint */
    struct seeded_server *seeded;         /* (owned) NULL: it has no defect */
    struct endpoint *endpoint;            /* (owned) NULL: it could not come back after a restart */
    struct server *server;                /* (owned) same; NULL for a bootstrap server, too */
    struct bsserver *bsserver;            /* (owned) NULL unless it is one */
    struct wait *waits;                   /* (owned) */
};

/* --- events ------------------------------------------------------------------------------------
 */

static const struct verifier *find_verifier(void *arg, const char *endpoint)
{
    const struct sim_server *self = arg;
    return verifiers_find(self->config.verifiers, endpoint);
}

static void tell(const struct sim_server *self, struct actor_event event)
{
    const struct actor_listener *listener = &self->actor.listener;
    event.server = self->config.id;
    if (listener->hear != NULL)
        listener->hear(listener->arg, &event);
}

static void log_client(const struct sim_server *self, const struct client *client,
                       enum client_change change)
{
    static const struct {
        enum event_kind kind;
        const char *verb;
    } rows[] = {
        [CLIENT_REGISTERED] = {EVENT_REGISTERED, "registered"},
        [CLIENT_UPDATED] = {EVENT_UPDATED, "updated its registration"},
        [CLIENT_DEREGISTERED] = {EVENT_DEREGISTERED, "deregistered"},
        [CLIENT_EXPIRED] = {EVENT_DEREGISTERED, "is forgotten"},
    };
    struct error sentence;
    error_clear(&sentence);
    error_set(&sentence, "client \"%s\" %s", client->endpoint, rows[change].verb);
    struct event event = event_of(rows[change].kind, "server");
    event.peer = client->peer == NULL ? NULL : client->peer->name;
    event.text = sentence.text;
    trace_emit(self->config.world.trace, &event);
}

/* KIND with what CLIENT says of itself. */
static void tell_of_client(const struct sim_server *self, const struct client *client,
                           enum actor_event_kind kind, bool says_list, bool says_lifetime)
{
    char lifetime[24];
    struct buf links;
    buf_init(&links, BODY_MOST);
    links_encode(&client->objects, &links);
    snprintf(lifetime, sizeof lifetime, "%" PRId64, client->lifetime);
    struct actor_event event = {
        .kind = kind,
        .endpoint = client->endpoint,
        .has_list = says_list,
        .links = says_list ? buf_text(&links) : NULL,
        .lifetime = says_lifetime ? lifetime : NULL,
        .binding = client->binding,
        .has_binding = client->has_binding,
        .version = client->version,
        .queues = client->queues,
    };
    tell(self, event);
    buf_release(&links);
}

static void on_client(void *arg, const struct client *client, enum client_change change,
                      bool objects_changed)
{
    static const enum actor_event_kind kinds[] = {
        [CLIENT_REGISTERED] = ACTOR_REGISTERED,
        [CLIENT_UPDATED] = ACTOR_UPDATED,
        [CLIENT_DEREGISTERED] = ACTOR_DEREGISTERED,
        [CLIENT_EXPIRED] = ACTOR_EXPIRED,
    };
    const struct sim_server *self = arg;
    bool says_terms = change == CLIENT_REGISTERED || change == CLIENT_UPDATED;
    log_client(self, client, change);
    tell_of_client(self, client, kinds[change], objects_changed,
                   says_terms && client->has_lifetime);
}

static void on_notification(void *arg, const struct client *client, struct path path,
                            const struct records *paths, const struct outcome *outcome)
{
    struct actor_event event = {.kind = ACTOR_NOTIFIED,
                                .endpoint = client->endpoint,
                                .path = path,
                                .paths = paths,
                                .outcome = outcome};
    tell(arg, event);
}

static void on_sent(void *arg, const struct client *client, const struct outcome *outcome)
{
    struct actor_event event = {
        .kind = ACTOR_SENT, .endpoint = client->endpoint, .outcome = outcome};
    tell(arg, event);
}

static void on_bootstrap_request(void *arg, const struct bs_session *session)
{
    struct actor_event event = {.kind = ACTOR_ASKED, .endpoint = session->endpoint};
    tell(arg, event);
}

/* --- waiting ------------------------------------------------------------------------------------
 */

static void unlink_wait(struct wait *wait)
{
    struct wait **at = &wait->server->waits;
    while (*at != wait)
        at = &(*at)->next;
    *at = wait->next;
}

static void on_done(void *arg, enum status status, const struct outcome *outcome)
{
    struct wait *wait = arg;
    if (wait->out == NULL) {
        unlink_wait(wait);
        free(wait);
        return;
    }
    outcome_release(wait->out);
    outcome_copy(outcome, wait->out);
    wait->status = status;
    wait->over = true;
}

/* The server forgot its operations without a word: those that wait hear it from here. */
static void end_waits(struct sim_server *self)
{
    struct wait **at = &self->waits;
    while (*at != NULL) {
        struct wait *wait = *at;
        if (wait->out != NULL) {
            wait->status = ST_CANCELLED;
            wait->over = true;
            at = &wait->next;
        } else {
            *at = wait->next;
            free(wait);
        }
    }
}

/* A service ends by itself, with a better explanation, when its limit has passed. */
static int64_t limit_of(const struct operation *operation)
{
    bool is_service =
        operation->kind == OPERATION_AUTHENTICATE || operation->kind == OPERATION_DECRYPT;
    if (operation->limit_ms <= 0)
        return LIMIT_MS;
    return operation->limit_ms + (is_service ? GRACE_MS : 0);
}

static bool is_stopped(const struct sim_server *self, const struct operation *operation)
{
    return !operation->tidies && sim_world_is_stopped(&self->config.world);
}

/* Lets the world move once; false when there is no time left or the user wants to stop. */
static bool move(const struct sim_server *self, const struct operation *operation,
                 int64_t give_up_at)
{
    struct loop *loop = self->config.world.loop;
    int64_t left = give_up_at - clock_now(loop_clock(loop));
    if (left <= 0 || is_stopped(self, operation))
        return false;
    loop_turn(loop, left);
    return true;
}

static bool has_client(const struct sim_server *self, const char *endpoint)
{
    if (self->server != NULL)
        return server_client(self->server, endpoint) != NULL;
    return bsserver_sessions(self->bsserver) != NULL;
}

static void await_client(const struct sim_server *self, const char *endpoint,
                         const struct operation *operation)
{
    int64_t give_up_at = clock_now(loop_clock(self->config.world.loop)) + self->config.patience_ms;
    while (!has_client(self, endpoint) && move(self, operation, give_up_at))
        continue;
}

static size_t refuted(const struct sim_server *self)
{
    return self->config.refuted == NULL ? 0 : self->config.refuted(self->config.arg);
}

static enum status await_end(const struct sim_server *self, const struct operation *operation,
                             struct wait *wait)
{
    const struct clock *clock = loop_clock(self->config.world.loop);
    int64_t limit_ms = limit_of(operation);
    int64_t give_up_at = clock_now(clock) + limit_ms;
    size_t before = refuted(self);
    while (!wait->over && move(self, operation, give_up_at)) {
        if (refuted(self) == before)
            continue;
        before = SIZE_MAX; /* once */
        if (give_up_at > clock_now(clock) + REFUTED_MS)
            give_up_at = clock_now(clock) + REFUTED_MS;
    }
    if (wait->over)
        return wait->status;
    char *problem = wait->out->problem;
    if (is_stopped(self, operation)) {
        snprintf(problem, sizeof wait->out->problem, "interrupted");
        return ST_CANCELLED;
    }
    snprintf(problem, sizeof wait->out->problem, "no answer within %g s", (double)limit_ms / 1000);
    return ST_TIMEOUT;
}

/* --- operations
 * ----------------------------------------------------------------------------------- */

static struct wait *start_wait(struct sim_server *self, struct outcome *out)
{
    struct wait *wait = xalloc(sizeof *wait);
    wait->server = self;
    wait->out = out;
    wait->next = self->waits;
    self->waits = wait;
    return wait;
}

static void leave_wait(struct wait *wait, bool expected)
{
    if (expected && !wait->over) {
        wait->out = NULL;
        return;
    }
    unlink_wait(wait);
    free(wait);
}

static enum status perform_now(struct sim_server *self, const char *endpoint,
                               const struct operation *operation, struct outcome *out,
                               struct error *error)
{
    struct wait *wait = start_wait(self, out);
    enum status status =
        self->server != NULL
            ? server_perform(self->server, endpoint, operation, on_done, wait, error)
            : bsserver_perform(self->bsserver, endpoint, operation, on_done, wait, error);
    bool started = status == ST_OK;
    if (started) {
        status = await_end(self, operation, wait);
        out->misanswered = status == ST_REFUSED || status == ST_INVALID;
        if (status != ST_OK)
            error_set(error, "%s of client \"%s\": %s", operation_name(operation->kind),
                      endpoint == NULL ? "(the only one)" : endpoint,
                      out->problem[0] != '\0' ? out->problem : status_text(status));
    } else {
        snprintf(out->problem, sizeof out->problem, "%.199s", error->text);
    }
    leave_wait(wait, started);
    return status == ST_NOT_FOUND ? ST_UNREACHABLE : status;
}

static enum status perform(struct server_actor *actor, const char *endpoint,
                           const struct operation *operation, struct outcome *out,
                           struct error *error)
{
    struct sim_server *self = (struct sim_server *)actor;
    if (self->endpoint == NULL) {
        error_set(error, "the server at \"%s\" could not come back after its restart",
                  self->uris[0]);
        return ST_UNREACHABLE;
    }
    await_client(self, endpoint, operation);
    return perform_now(self, endpoint, operation, out, error);
}

/* --- life --------------------------------------------------------------------------------------
 */

static struct bytes find_psk(void *arg, struct bytes identity)
{
    const struct sim_server *self = arg;
    const struct buf *key = server_security_psk(self->config.security, identity);
    return key == NULL ? (struct bytes){NULL, 0} : buf_bytes(key);
}

static bool knows_key(void *arg, struct bytes der)
{
    const struct server_security *security = ((const struct sim_server *)arg)->config.security;
    for (size_t i = 0; i < security->client_public_key_count; i++)
        if (bytes_equal(der, buf_bytes(&security->client_public_keys[i])))
            return true;
    return false;
}

static void start_registrations(struct sim_server *self)
{
    struct server_config config = {
        .clock = loop_clock(self->config.world.loop),
        .chance = self->config.world.chance,
        .trace = self->config.world.trace,
        .endpoint = self->endpoint,
        .catalogue = self->config.catalogue,
        .awake_ms = self->config.awake_ms,
        .service = self->seeded == NULL ? NULL : seeded_server_service(self->seeded),
        .verifier = find_verifier,
        .on_client = on_client,
        .on_notification = on_notification,
        .on_sent = on_sent,
        .arg = self,
    };
    self->server = server_new(&config);
}

/* With a file it leads its clients by itself, else as it is told. */
static void start_bsserver(struct sim_server *self)
{
    struct bsserver_config config = {
        .clock = loop_clock(self->config.world.loop),
        .trace = self->config.world.trace,
        .endpoint = self->endpoint,
        .server = self->server,
        .catalogue = self->config.catalogue,
        .file = self->config.bootstrap,
        .on_request = on_bootstrap_request,
        .arg = self,
    };
    if (config.file != NULL) {
        config.catalogue = config.file->catalogue;
        bootstrap_log(&config, config.trace);
    }
    self->bsserver = bsserver_new(&config);
}

static enum status start(struct sim_server *self, const char *const *listen, struct error *error)
{
    const struct sim_world *world = &self->config.world;
    struct coap_endpoint_config endpoint = {.loop = world->loop,
                                            .chance = world->chance,
                                            .listen = listen,
                                            .listen_count = self->config.listen_count};
    self->keys = (struct server_keys){.psk = find_psk, .knows = knows_key, .arg = self};
    if (self->config.security != NULL) {
        self->keys.key = buf_bytes(&self->config.security->key);
        self->keys.public_key = buf_bytes(&self->config.security->public_key);
        self->keys.certificate = buf_bytes(&self->config.security->certificate);
        self->keys.trust = buf_bytes(&self->config.security->trust);
        endpoint.keys = &self->keys;
    }
    self->endpoint = coap_endpoint_new(&endpoint, error);
    if (self->endpoint == NULL)
        return ST_IO;
    self->endpoint->trace = world->trace;
    self->endpoint->side = "server";
    if (self->seeded != NULL)
        self->endpoint = seeded_server_endpoint(self->seeded, self->endpoint);
    if (!self->config.bootstrap_only)
        start_registrations(self);
    if (self->config.bootstrap_only || self->config.bootstrap != NULL)
        start_bsserver(self);
    memcpy(self->uris, self->endpoint->local, sizeof self->uris);
    return ST_OK;
}

static void end(struct sim_server *self)
{
    bsserver_free(self->bsserver);
    server_free(self->server);
    endpoint_free(self->endpoint);
    self->bsserver = NULL;
    self->server = NULL;
    self->endpoint = NULL;
    end_waits(self);
}

static enum status restart(struct sim_server *self, struct error *error)
{
    const char *listen[LISTENS_MOST] = {NULL};
    for (size_t i = 0; i < self->config.listen_count; i++)
        listen[i] = self->uris[i];
    end(self);
    return start(self, listen, error);
}

static enum status forget(struct sim_server *self, struct error *error)
{
    enum status status = ST_NOT_FOUND;
    if (self->server != NULL)
        status = server_forget(self->server, self->config.endpoint);
    else if (self->bsserver != NULL)
        status = bsserver_end(self->bsserver, NULL);
    if (status != ST_OK && self->config.bootstrap_only)
        error_set(error, "nothing to forget: no bootstrap is under way");
    else if (status != ST_OK)
        error_set(error, "nothing to forget: no client is registered");
    return status;
}

static enum status control(struct server_actor *actor, enum server_control what,
                           struct error *error)
{
    struct sim_server *self = (struct sim_server *)actor;
    switch (what) {
    case SERVER_FORGET:
        return forget(self, error);
    case SERVER_RESTART:
        return restart(self, error);
    case SERVER_SILENCE:
        if (self->endpoint != NULL)
            endpoint_set_deaf(self->endpoint, true);
        return ST_OK;
    }
    return ST_UNSUPPORTED;
}

static void sim_server_free(struct server_actor *actor)
{
    struct sim_server *self = (struct sim_server *)actor;
    end(self);
    assert(self->waits == NULL); /* freed while an operation waits */
    seeded_server_free(self->seeded);
    free(self);
}

static const struct server_actor_ops ops = {
    .perform = perform, .control = control, .free = sim_server_free};

struct server_actor *sim_server_new(const struct sim_server_config *config, struct error *error)
{
    struct sim_server *self = xalloc(sizeof *self);
    self->actor.ops = &ops;
    self->config = *config;
    self->config.listen = NULL; /* from now on the addresses that were found count */
    assert(config->listen_count > 0 && config->listen_count <= LISTENS_MOST);
    if (config->defect != NULL)
        self->seeded =
            seeded_server_new(config->defect, config->catalogue, loop_clock(config->world.loop));
    if (start(self, config->listen, error) == ST_OK)
        return &self->actor;
    seeded_server_free(self->seeded);
    free(self);
    return NULL;
}

const char *sim_server_uri(const struct server_actor *actor)
{
    return sim_server_uri_at(actor, 0);
}

const char *sim_server_uri_at(const struct server_actor *actor, size_t index)
{
    const struct sim_server *self = (const struct sim_server *)actor;
    return index < self->config.listen_count ? self->uris[index] : NULL;
}

const struct client *sim_server_clients(const struct server_actor *actor)
{
    const struct server *server = ((const struct sim_server *)actor)->server;
    return server == NULL ? NULL : server_clients(server);
}

const struct client *sim_server_client(const struct server_actor *actor, const char *endpoint)
{
    const struct server *server = ((const struct sim_server *)actor)->server;
    return server == NULL ? NULL : server_client(server, endpoint);
}

void sim_server_tell_again(struct server_actor *actor, const struct client *client)
{
    tell_of_client((const struct sim_server *)actor, client, ACTOR_REGISTERED, true, true);
}

static enum status cancel_one(struct server_actor *actor, const char *endpoint, struct path path,
                              const struct records *paths, int64_t limit_ms)
{
    struct operation operation;
    struct outcome outcome;
    struct error error;
    operation_init(&operation, paths != NULL ? OPERATION_CANCEL_COMPOSITE : OPERATION_CANCEL);
    operation.path = path;
    operation.limit_ms = limit_ms;
    operation.tidies = true;
    if (paths != NULL)
        records_copy(paths, &operation.values);
    outcome_init(&outcome);
    error_clear(&error);
    enum status status = perform(actor, endpoint, &operation, &outcome, &error);
    outcome_release(&outcome);
    operation_release(&operation);
    return status;
}

void sim_server_cancel_all(struct server_actor *actor, const char *endpoint, int64_t limit_ms)
{
    const struct sim_server *self = (const struct sim_server *)actor;
    const struct records *paths = NULL;
    struct path path;
    enum status status = ST_OK;
    while (status == ST_OK && self->server != NULL &&
           server_observation(self->server, endpoint, &path, &paths))
        status = cancel_one(actor, endpoint, path, paths, limit_ms);
}
