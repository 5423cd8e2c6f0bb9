/* SPDX-License-Identifier: Apache-2.0 */
/* The stage for somebody else's device: our server waits for it, keeps its registration over all
 * scenarios, and leaves no observation behind. */
#include "base/std.h"

#include "codec/codec.h"
#include "drivers/probe.h"
#include "drivers/stages.h"
#include "drivers/undo.h"
#include "net/message.h"

enum { TIDY_MS = 15000, TURN_MS = 1000 };

struct external_stage {
    struct stage stage;               /* first: what users see */
    struct server_actor front;        /* what scenarios speak to: SERVER, and what is known here */
    struct device_actor front_device; /* likewise the device of CONFIG */
    struct house house;
    struct external_stage_config config;
    struct link_port *links[LISTENS_MOST]; /* (owned) in front of each address, or NULL */
    char uris[LISTENS_MOST][LISTEN_TEXT];  /* where devices find them */
    struct server_actor *server;           /* (owned) NULL: it does not listen yet */
    struct actor_listener listener;        /* of the scenario that is played */
    struct undo undo;                      /* what it has left at the device */
    bool has_come;                         /* it was registered once */
    bool is_lost;                          /* waited for in vain, and not heard of since */
    bool is_found_out;       /* what it answers was none, and a step has failed by it */
    char found[MISFIT_TEXT]; /* as this says; empty: what it is lost by is silence */
    bool is_impaired;        /* the path to it may be */
};

static struct external_stage *of_front(struct server_actor *front)
{
    return (struct external_stage *)((char *)front - offsetof(struct external_stage, front));
}

static struct external_stage *of_front_device(struct device_actor *front)
{
    return (struct external_stage *)((char *)front - offsetof(struct external_stage, front_device));
}

static const char *endpoint_of(const struct external_stage *self)
{
    return self->house.claims.endpoint;
}

/* --- the device --------------------------------------------------------------------------------
 */

static bool is_registered(const struct external_stage *self)
{
    return sim_server_client(self->server, endpoint_of(self)) != NULL;
}

static void hear(void *arg, const struct actor_event *event)
{
    struct external_stage *self = arg;
    if (strcmp(event->endpoint, endpoint_of(self)) != 0)
        return;
    self->has_come = true;
    self->is_lost = false;
    if (self->front.listener.hear != NULL)
        self->front.listener.hear(self->front.listener.arg, event);
}

static struct probe probe_of(const struct external_stage *self)
{
    return (struct probe){&self->house, self->server};
}

static bool is_silent(const struct external_stage *self)
{
    struct probe probe = probe_of(self);
    size_t before = self->house.misfits.count;
    return probe_is_silent(&probe) && self->house.misfits.count == before;
}

/* A probe came to STATUS; there were so many misfits BEFORE. What is no answer is for the steps of
 * a scenario to find, once; then the device is of use as long as it answers something else. */
static bool is_of_use(const struct external_stage *self, enum status status, size_t before)
{
    bool is_bad = status == ST_REFUSED || status == ST_INVALID ||
                  (status == ST_TIMEOUT && self->house.misfits.count > before);
    struct probe probe = probe_of(self);
    struct outcome outcome;
    if (status == ST_OK || !is_bad || !self->is_found_out)
        return status == ST_OK || is_bad;
    status = probe_read(&probe, path_resource(3, 0, 0), false, &outcome);
    outcome_release(&outcome);
    return status == ST_OK;
}

/* What libcoap does not take is seen in plain text only. */
static const char *unseen(const struct external_stage *self)
{
    const struct client *client = sim_server_client(self->server, endpoint_of(self));
    bool hides = client != NULL && client->peer != NULL && client->peer->security != NULL &&
                 !client->peer->is_stream;
    return hides ? "; octets that are no CoAP message would not be seen inside of DTLS" : "";
}

/* Why somebody who is registered may be silent. */
static const char *repose(const struct external_stage *self)
{
    const struct client *client = sim_server_client(self->server, endpoint_of(self));
    return client != NULL && client->queues
               ? ": it may sleep until its next Update (queue mode), maybe half its lifetime long"
               : "";
}

static void explain_silence(const struct external_stage *self, const char *what,
                            struct error *error)
{
    if (self->found[0] != '\0')
        error_set(error, "device \"%.100s\" %sno answer of it fits: %s", endpoint_of(self), what,
                  self->found);
    else
        error_set(error, "device \"%.100s\" %sdoes not answer any more%s%s%s", endpoint_of(self),
                  what, repose(self), house_instead(&self->house), unseen(self));
}

/* A device of another name that came instead is the likeliest reason. */
static void explain_absence(const struct external_stage *self, struct error *error)
{
    const struct client *other = sim_server_clients(self->server);
    const char *address = external_stage_uri(&self->stage, 0);
    double waited = (double)self->config.wait_ms / 1000;
    if (other != NULL)
        error_set(
            error,
            "device \"%.100s\" did not register at %.60s within %g s, but \"%.100s\" did; name "
            "that one with --endpoint",
            endpoint_of(self), address, waited, other->endpoint);
    else
        error_set(error, "device \"%.100s\" did not register at %.60s within %g s%s",
                  endpoint_of(self), address, waited,
                  self->has_come ? ", though it was registered before in this run"
                                 : "; start it, anew if an earlier server had it, and look whether "
                                   "it uses this address and these keys");
}

/* It is waited for once: when it stays away, nobody wants to wait for it in each scenario. */
static enum status await_device(struct external_stage *self, struct error *error)
{
    int64_t limit_ms = self->is_lost ? 0 : self->config.wait_ms;
    int64_t until = house_now(&self->house) + limit_ms;
    int64_t left = limit_ms;
    while (!is_registered(self) && left > 0 && !sim_world_is_stopped(&self->config.house.world)) {
        house_turn(&self->house, left < TURN_MS ? left : TURN_MS);
        left = until - house_now(&self->house);
    }
    self->has_come = self->has_come || is_registered(self);
    if (is_registered(self))
        return ST_OK;
    if (sim_world_is_stopped(&self->config.house.world)) {
        error_set(error, "stopped before device \"%.100s\" registered", endpoint_of(self));
        return ST_CANCELLED;
    }
    self->is_lost = true;
    explain_absence(self, error);
    return ST_UNREACHABLE;
}

static enum status find_device(struct external_stage *self, struct error *error)
{
    struct probe probe = probe_of(self);
    bool was_lost = self->is_lost && is_registered(self);
    size_t before = self->house.misfits.count;
    enum status status = was_lost ? ST_UNREACHABLE : await_device(self, error);
    if (status == ST_OK)
        status = probe_empty(&probe, false);
    if (status == ST_CANCELLED || error->text[0] != '\0')
        return status;
    if (is_of_use(self, status, before))
        return ST_OK;
    self->is_lost = true;
    explain_silence(self, "is registered, but ", error);
    return ST_UNREACHABLE;
}

static enum status lose(struct external_stage *self, struct error *error)
{
    self->is_lost = true;
    self->found[0] = '\0';
    explain_silence(self, "", error);
    return ST_UNREACHABLE;
}

/* Nobody knows of one that may sleep, nor of one behind a link that loses. */
static bool is_gone(struct stage *stage, struct error *out_why)
{
    struct external_stage *self = (struct external_stage *)stage;
    const struct client *client = sim_server_client(self->server, endpoint_of(self));
    if (client == NULL || client->queues || self->is_impaired || !is_silent(self))
        return false;
    return lose(self, out_why) != ST_OK;
}

/* --- the server that scenarios see -------------------------------------------------------------
 */

/* What a step leaves to the server is written in what the device has: LwM2M Core 1.1, 7.4 asks for
 * SenML or TLV only by a SHOULD. */
static enum status write_as_it_can(const struct external_stage *self, const char *endpoint,
                                   const struct operation *operation, struct outcome *out,
                                   struct error *error)
{
    static const int others[] = {FORMAT_TLV, FORMAT_SENML_JSON};
    enum status status = self->server->ops->perform(self->server, endpoint, operation, out, error);
    struct operation again = *operation; /* what it owns stays the step's */
    bool is_ours = operation->format < 0 && operation->kind != OPERATION_RAW;
    for (size_t i = 0;
         i < COUNT_OF(others) && is_ours && status == ST_OK && out->code == CODE_UNSUPPORTED_FORMAT;
         i++) {
        outcome_release(out);
        outcome_init(out);
        again.format = others[i];
        status = self->server->ops->perform(self->server, endpoint, &again, out, error);
    }
    return status;
}

/* What came since there were BEFORE misfits; a link that damages answers is not the device's. */
static void look_for_misfits(struct external_stage *self, enum status status, size_t before,
                             struct outcome *out, struct error *error)
{
    if (status == ST_TIMEOUT && self->house.misfits.count > before) {
        out->misanswered = !self->is_impaired;
        snprintf(out->problem, sizeof out->problem, "%s", self->house.misfits.text);
        error_set(error, "no answer of device \"%.60s\" fits: %s", endpoint_of(self), out->problem);
    }
    if (!out->misanswered)
        return;
    self->is_found_out = true;
    snprintf(self->found, sizeof self->found, "%.*s", MISFIT_TEXT - 1, out->problem);
}

/* A device that is gone is nothing that a rule could judge. */
static enum status perform(struct server_actor *actor, const char *endpoint,
                           const struct operation *operation, struct outcome *out,
                           struct error *error)
{
    struct external_stage *self = of_front(actor);
    if (!is_registered(self)) {
        error_set(error, "device \"%.100s\" has left: it is not registered any more",
                  endpoint_of(self));
        return ST_UNREACHABLE;
    }
    size_t before = self->house.misfits.count;
    enum status status = write_as_it_can(self, endpoint, operation, out, error);
    if (status == ST_OK || status == ST_TIMEOUT)
        undo_note(&self->undo, self->house.claims.content, operation, out);
    look_for_misfits(self, status, before, out, error);
    if (status != ST_TIMEOUT || out->misanswered || operation->tidies || self->is_impaired ||
        !is_silent(self))
        return status;
    return lose(self, error);
}

static enum status control(struct server_actor *actor, enum server_control what,
                           struct error *error)
{
    struct external_stage *self = of_front(actor);
    if (self->config.device != NULL)
        return self->server->ops->control(self->server, what, error);
    error_set(error, "nobody would make the device notice this; give --device-adapter");
    return ST_UNSUPPORTED;
}

/* rule: I-23. The trusted act reaches both ends: who verifies learns the new hash. */
static enum status provision(const struct external_stage *self, struct path path,
                             struct error *error)
{
    const struct verifier *verifier = verifiers_find(self->house.verifiers, endpoint_of(self));
    enum secure_result result = SECURE_FAILED;
    struct outcome outcome;
    struct probe probe = probe_of(self);
    enum status status = probe_read(&probe, path, false, &outcome);
    if (status == ST_OK && outcome.values.count == 1 &&
        outcome.values.items[0].value.type == VALUE_STRING)
        result = secure_provision(verifier->secure, path.id[1], path.id[3],
                                  value_bytes(&outcome.values.items[0].value));
    outcome_release(&outcome);
    if (result == SECURE_OK)
        return ST_OK;
    error_set(error, "the server does not know what identity is provisioned now: %s",
              status == ST_OK ? secure_result_text(result) : status_text(status));
    return status == ST_OK ? ST_UNSUPPORTED : status;
}

static enum status stimulate(struct device_actor *actor, const struct stimulus *stimulus,
                             struct buf *answer, struct error *error)
{
    struct external_stage *self = of_front_device(actor);
    struct device_actor *device = self->config.device;
    enum status status = device->ops->stimulate(device, stimulus, answer, error);
    if (status == ST_OK && stimulus->kind == STIMULUS_COMPONENT_PROVISION)
        status = provision(self, stimulus->path, error);
    return status;
}

static void leave_device_be(struct device_actor *actor)
{
    UNUSED(actor);
}

static const struct device_actor_ops front_device_ops = {.stimulate = stimulate,
                                                         .free = leave_device_be};

/* It outlives the scenarios. */
static void leave_be(struct server_actor *actor)
{
    UNUSED(actor);
}

static const struct server_actor_ops front_ops = {
    .perform = perform, .control = control, .free = leave_be};

/* --- the stage ---------------------------------------------------------------------------------
 */

static struct setting fixed_setting(const struct external_stage *self)
{
    return (struct setting){.profile = self->config.profile, .security = self->config.security};
}

/* What else is asked about is the profile that a scenario was written for, before anything is
 * played. */
static enum status look_up(struct stage *stage, const struct setting *setting,
                           const struct claims **out_claims, const struct oracle **out_oracle,
                           struct error_list *errors)
{
    struct external_stage *self = (struct external_stage *)stage;
    const struct setting fixed = fixed_setting(self);
    const struct setting other = {.profile = setting->profile};
    bool is_fixed = strcmp(setting->profile, fixed.profile) == 0;
    return house_look_up(&self->house, is_fixed ? &fixed : &other, out_claims, out_oracle, errors);
}

/* --- what stands in front of the server ----------------------------------------------------------
 */

static bool is_secured(const char *uri)
{
    return strncmp(uri, "coaps", strlen("coaps")) == 0;
}

/* A relay takes the place of what comes by UDP. */
static bool takes_link(const struct external_stage *self, size_t index)
{
    return self->config.has_link && strstr(self->config.listen[index], "+tcp") == NULL;
}

/* "HOST:PORT" of what is listened on, with the port of its scheme when it names none. */
static void put_place(const char *uri, char *out, size_t size)
{
    const char *host = strstr(uri, "://") + strlen("://");
    size_t len = strcspn(host, "/");
    const char *bracket = memchr(host, ']', len);
    bool has_port = memchr(bracket == NULL ? host : bracket, ':',
                           len - (bracket == NULL ? 0 : (size_t)(bracket - host))) != NULL;
    snprintf(out, size, "%.*s%s", (int)len, host,
             has_port          ? ""
             : is_secured(uri) ? ":5684"
                               : ":5683");
}

static enum status open_links(struct external_stage *self, struct error *error)
{
    for (size_t i = 0; i < self->config.listen_count; i++) {
        const char *uri = self->config.listen[i];
        char place[LISTEN_TEXT];
        if (!takes_link(self, i))
            continue;
        put_place(uri, place, sizeof place);
        const char *inner = strstr(sim_server_uri_at(self->server, i), "://") + strlen("://");
        self->links[i] =
            sim_link_listen(&self->config.house.world, place, inner, is_secured(uri), error);
        if (self->links[i] == NULL)
            return ST_UNREACHABLE;
        snprintf(self->uris[i], sizeof self->uris[i], "%s://%s", is_secured(uri) ? "coaps" : "coap",
                 sim_link_address(self->links[i]));
    }
    return ST_OK;
}

/* What scenarios impair: the way that the claimed device comes. */
static struct link_port *link_of(const struct external_stage *self)
{
    const struct profile *profile = self->house.profile;
    bool has_keys =
        profile->server_count > 0 && profile->servers[0].security.mode != CREDENTIALS_NONE;
    for (size_t i = 0; i < self->config.listen_count; i++)
        if (self->links[i] != NULL && is_secured(self->config.listen[i]) == has_keys)
            return self->links[i];
    return NULL;
}

static void heal(const struct external_stage *self)
{
    const struct impairment none = {.action = LINK_HEAL};
    for (size_t i = 0; i < self->config.listen_count; i++)
        if (self->links[i] != NULL &&
            self->links[i]->ops->impair(self->links[i], &none, NULL) != ST_OK)
            return; /* nothing to heal */
}

/* --- the stage, played -------------------------------------------------------------------------
 */

static void strike(struct stage *stage)
{
    struct external_stage *self = (struct external_stage *)stage;
    self->front.listener = (struct actor_listener){.hear = NULL};
    house_close(&self->house);
    heal(self);
    if (self->is_lost)
        undo_give_up(&self->undo);
    else if (self->server == NULL || !is_registered(self))
        undo_leave_written(&self->undo);
    if (self->server == NULL || self->is_lost || !is_registered(self))
        return;
    undo_all(&self->undo, self->server, endpoint_of(self), TIDY_MS);
    sim_server_cancel_all(self->server, endpoint_of(self), TIDY_MS);
    struct probe probe = probe_of(self);
    size_t before = self->house.misfits.count;
    self->is_lost = !is_of_use(self, probe_empty(&probe, true), before);
}

static const char *left(const struct stage *stage)
{
    return ((const struct external_stage *)stage)->undo.left;
}

static enum status settle(struct external_stage *self, struct error *error)
{
    const struct setting fixed = fixed_setting(self);
    return house_settle(&self->house, &fixed, error);
}

/* What a link damages is sent again, and comes whole some time. */
static size_t count_refuted(const void *arg)
{
    const struct external_stage *self = arg;
    return self->is_impaired ? 0 : self->house.misfits.refuted;
}

static enum status open_server(struct external_stage *self, struct error *error)
{
    const char *listen[LISTENS_MOST];
    for (size_t i = 0; i < self->config.listen_count; i++) {
        const char *inner =
            is_secured(self->config.listen[i]) ? "coaps://127.0.0.1:0" : "coap://127.0.0.1:0";
        listen[i] = takes_link(self, i) ? inner : self->config.listen[i];
    }
    const struct sim_server_config config = {
        .world = self->config.house.world,
        .listen = listen,
        .listen_count = self->config.listen_count,
        .id = self->house.claims.servers[0],
        .security = self->house.security,
        .catalogue = self->house.profile->catalogue,
        .verifiers = self->house.verifiers,
        .awake_ms = self->house.profile->awake_ms,
        .endpoint = endpoint_of(self),
        .defect = self->house.config.server_defect,
        .refuted = count_refuted,
        .arg = self,
    };
    self->server = sim_server_new(&config, error);
    if (self->server == NULL)
        return ST_UNREACHABLE;
    self->server->listener = (struct actor_listener){hear, self};
    return open_links(self, error);
}

enum status external_stage_listen(struct stage *stage, struct error *error)
{
    struct external_stage *self = (struct external_stage *)stage;
    enum status status = self->server != NULL ? ST_OK : settle(self, error);
    if (status == ST_OK && self->server == NULL)
        status = open_server(self, error);
    return status;
}

const char *external_stage_uri(const struct stage *stage, size_t index)
{
    const struct external_stage *self = (const struct external_stage *)stage;
    if (self->server == NULL || index >= self->config.listen_count)
        return NULL;
    return self->links[index] != NULL ? self->uris[index] : sim_server_uri_at(self->server, index);
}

static void begin(struct external_stage *self, struct actor_listener listener, struct cast *out)
{
    self->front.listener = listener;
    house_open(&self->house, listener);
    sim_server_tell_again(self->server, sim_server_client(self->server, endpoint_of(self)));
    *out = (struct cast){.hides_inside = true, .server_count = 1};
    if (self->config.device != NULL)
        out->device = &self->front_device;
    out->servers[0] = (struct cast_server){
        .id = self->house.claims.servers[0], .actor = &self->front, .link = link_of(self)};
    if (out->device != NULL)
        out->device->listener = listener;
}

static enum status start_adapter(const struct external_stage *self, struct error *error)
{
    if (self->config.adapter == NULL)
        return ST_OK;
    adapter_name_device(self->config.adapter, endpoint_of(self));
    enum status status = adapter_start(self->config.adapter, error);
    return status == ST_IO ? ST_UNREACHABLE : status;
}

static enum status set_up(struct stage *stage, const struct setting *setting,
                          struct actor_listener listener, struct cast *out, struct error *error)
{
    struct external_stage *self = (struct external_stage *)stage;
    self->is_impaired = setting->has_link;
    enum status status = external_stage_listen(stage, error);
    if (status == ST_OK)
        status = settle(self, error);
    if (status == ST_OK)
        status = start_adapter(self, error);
    if (status == ST_OK)
        status = find_device(self, error);
    const struct probe probe = probe_of(self);
    if (status == ST_OK)
        probe_leave_error(&probe);
    if (status == ST_OK)
        begin(self, listener, out);
    return status;
}

/* --- life --------------------------------------------------------------------------------------
 */

static void turn(struct stage *stage, int64_t ms)
{
    house_turn(&((struct external_stage *)stage)->house, ms);
}

static int64_t now(const struct stage *stage)
{
    const struct external_stage *self = (const struct external_stage *)stage;
    bool waits = self->config.waited_ms != NULL;
    return house_now(&self->house) - (waits ? self->config.waited_ms(self->config.device) : 0);
}

static void put_messages(const struct stage *stage, struct buf *out)
{
    house_messages(&((const struct external_stage *)stage)->house, out);
}

static void external_stage_free(struct stage *stage)
{
    struct external_stage *self = (struct external_stage *)stage;
    if (self->server != NULL)
        self->server->ops->free(self->server);
    for (size_t i = 0; i < LISTENS_MOST; i++)
        if (self->links[i] != NULL)
            self->links[i]->ops->free(self->links[i]);
    if (self->config.device != NULL)
        self->config.device->ops->free(self->config.device);
    adapter_free(self->config.adapter);
    undo_clear(&self->undo);
    house_release(&self->house);
    free(self);
}

static const struct stage_ops ops = {
    .look_up = look_up,
    .set_up = set_up,
    .is_gone = is_gone,
    .strike = strike,
    .left = left,
    .turn = turn,
    .now = now,
    .messages = put_messages,
    .free = external_stage_free,
};

struct stage *external_stage_new(const struct external_stage_config *config)
{
    struct external_stage *self = xalloc(sizeof *self);
    self->stage.ops = &ops;
    self->front.ops = &front_ops;
    self->front_device.ops = &front_device_ops;
    self->config = *config;
    self->config.house.stands = true;
    self->config.house.lasts = true;
    house_init(&self->house, &self->config.house);
    return &self->stage;
}
