/* SPDX-License-Identifier: Apache-2.0 */
/* The stage with both ends built in: claims and oracle of a profile, a cast for each scenario, and
 * the last messages between them. */
#include "base/std.h"

#include "codec/codec.h"
#include "drivers/sim.h"

enum { PORTFOLIO = 16, MESSAGES_MOST = 8, NEEDS_MOST = 16, FORMATS_MOST = 16, ADDRESS_TEXT = 64 };

struct sim_stage {
    struct stage stage; /* first: what users see */
    struct sim_stage_config config;
    char *name;                     /* (owned) profile that is looked up, or NULL */
    char *security_path;            /* (owned) and the setting's file, or NULL */
    struct setting_server *servers; /* (owned) and the setting's servers */
    size_t server_count;
    struct profile *profile;          /* (owned) and all below belong to it */
    struct server_security *security; /* (owned) its keys, the server's half */
    struct verifiers *verifiers;      /* (owned) */
    struct oracle *oracle;            /* (owned) */
    struct claims claims;
    const char *needs[NEEDS_MOST + 1];     /* (borrowed) */
    const char *formats[FORMATS_MOST + 1]; /* (borrowed) */
    uint16_t accounts[SERVERS_MOST];       /* of the profile, then those of the setting */
    struct cast cast;                      /* (owned) its actors; empty while nothing is set up */
    bool has_link;                         /* the setting asks for it */
    struct place places[SERVERS_MOST];
    char addresses[SERVERS_MOST][ADDRESS_TEXT];
    struct actor_listener listener; /* who is told what the ends say of themselves */
    struct trace_listener ear;
    char *messages[MESSAGES_MOST]; /* (owned) newest last; NULL: not so many yet */
    int64_t started_at;
};

/* --- what both ends say --------------------------------------------------------------------------
 */

static void keep_message(struct sim_stage *self, const struct event *event)
{
    struct buf line;
    buf_init(&line, 2048);
    int64_t ms = clock_now(loop_clock(self->config.world.loop)) - self->started_at;
    buf_printf(&line, "%3" PRId64 ".%03" PRId64 " s  ", ms / 1000, ms % 1000);
    event_put_message(event, self->config.redact, &line);
    buf_puts(&line, "\n");
    free(self->messages[0]);
    memmove(self->messages, self->messages + 1, (MESSAGES_MOST - 1) * sizeof self->messages[0]);
    self->messages[MESSAGES_MOST - 1] = xstrdup(buf_text(&line));
    buf_release(&line);
}

/* Whose address NAME is. */
static unsigned server_at(const struct sim_stage *self, const char *name)
{
    size_t i = 0;
    while (i < self->cast.server_count && (name == NULL || strcmp(name, self->addresses[i]) != 0))
        i++;
    return i < self->cast.server_count ? self->places[i].ssid : ID_NONE;
}

static void hear(void *arg, const struct event *event)
{
    struct sim_stage *self = arg;
    bool is_device = strcmp(event->side, "device") == 0;
    bool is_failure = event->kind == EVENT_ERROR || event->kind == EVENT_WARNING;
    bool is_secured = event->kind == EVENT_SECURED && is_device;
    if (event_is_message(event) && !is_device)
        keep_message(self, event);
    if (self->listener.hear == NULL || (!is_failure && !is_secured))
        return;
    const struct actor_event told = {.kind = is_secured ? ACTOR_SECURED : ACTOR_FAILED,
                                     .endpoint = self->profile->endpoint,
                                     .server = server_at(self, event->peer),
                                     .text = is_secured ? event->suite : event->text};
    self->listener.hear(self->listener.arg, &told);
}

static void forget_messages(struct sim_stage *self)
{
    for (size_t i = 0; i < MESSAGES_MOST; i++) {
        free(self->messages[i]);
        self->messages[i] = NULL;
    }
}

static void put_messages(const struct stage *stage, struct buf *out)
{
    const struct sim_stage *self = (const struct sim_stage *)stage;
    for (size_t i = 0; i < MESSAGES_MOST; i++)
        if (self->messages[i] != NULL)
            buf_puts(out, self->messages[i]);
}

/* --- claims --------------------------------------------------------------------------------------
 */

static bool has_services(const struct profile *profile, unsigned instance)
{
    const struct provision_instance *provision = provision_find(&profile->provision, instance);
    if (provision == NULL)
        return false;
    return provision->service[SERVICE_AUTHENTICATION].suite != SUITE_NONE ||
           provision->service[SERVICE_ENCRYPTION].suite != SUITE_NONE;
}

/* $pf: the first instance that has services, else the first; how many there are in *OUT_COUNT. */
static bool find_portfolio(const struct profile *profile, struct path *out, size_t *out_count)
{
    struct model *model = profile_model(profile);
    uint16_t instances[256];
    size_t count = model_children(model, path_object(PORTFOLIO), instances, COUNT_OF(instances));
    model_free(model);
    *out_count = count;
    size_t chosen = 0;
    count = count < COUNT_OF(instances) ? count : COUNT_OF(instances);
    while (chosen < count && !has_services(profile, instances[chosen]))
        chosen++;
    if (count > 0)
        *out = path_instance(PORTFOLIO, instances[chosen < count ? chosen : 0]);
    return count > 0;
}

static void claim_services(const struct profile *profile, struct claims *claims)
{
    unsigned instance = claims->portfolio.id[1];
    const struct profile_portfolio *portfolio = profile_portfolio(profile, instance);
    const struct provision_instance *provision = provision_find(&profile->provision, instance);
    claims->gsma = portfolio != NULL && portfolio->gsma;
    if (provision == NULL)
        return;
    const struct provision_service *authentication = &provision->service[SERVICE_AUTHENTICATION];
    claims->authentication = authentication->suite != SUITE_NONE;
    claims->encryption = provision->service[SERVICE_ENCRYPTION].suite != SUITE_NONE;
    if (authentication->key_count > 0)
        claims->key = authentication->keys[0].index;
}

/* How the link of the first account is protected. */
static enum credential_mode mode_of(const struct profile *profile)
{
    return profile->server_count > 0 ? profile->servers[0].security.mode : CREDENTIALS_NONE;
}

/* Words for `needs` beside the services and gsma. */
static void claim_needs(struct sim_stage *self, size_t portfolio_count)
{
    const struct profile *profile = self->profile;
    enum credential_mode mode = mode_of(profile);
    const struct {
        const char *word;
        bool met;
    } words[] = {
        {"composite", profile->version != LWM2M_1_0},
        {"resource-instances", true}, /* are addressed one by one, also for 1.0 servers */
        {"two-instances", portfolio_count >= 2},
        {"lenient-arguments", profile->lenient_arguments},
        {"strict-arguments", !profile->lenient_arguments},
        {"strict-create", profile->strict_create},
        {"read-only", profile->read_only_count > 0},
        {"psk", mode == CREDENTIALS_PSK},
        {"rpk", mode == CREDENTIALS_RPK},
        {"x509", mode == CREDENTIALS_X509},
    };
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (words[i].met)
            self->needs[count++] = words[i].word;
    self->needs[count] = NULL;
    self->claims.needs = self->needs;
}

static void claim_formats(struct sim_stage *self)
{
    unsigned version = self->profile->version == LWM2M_1_0 ? CODEC_1_0 : CODEC_1_1;
    size_t count = 0;
    for (size_t i = 0; codec_at(i) != NULL && count < FORMATS_MOST; i++)
        if ((codec_at(i)->versions & version) != 0)
            self->formats[count++] = codec_at(i)->name;
    self->formats[count] = NULL;
    self->claims.formats = self->formats;
}

static void claim_server(struct sim_stage *self, uint16_t id)
{
    for (size_t i = 0; i < self->claims.server_count; i++)
        if (self->accounts[i] == id)
            return;
    if (self->claims.server_count < SERVERS_MOST - 1) /* the last is for the bootstrap server */
        self->accounts[self->claims.server_count++] = id;
}

static void claim_servers(struct sim_stage *self)
{
    const struct profile *profile = self->profile;
    for (size_t i = 0; i < profile->server_count; i++)
        claim_server(self, profile->servers[i].ssid);
    for (size_t i = 0; i < self->server_count; i++)
        claim_server(self, self->servers[i].id);
    self->claims.servers = self->accounts;
    self->claims.has_bootstrap = profile->bootstrap != NULL;
}

static void claim(struct sim_stage *self)
{
    size_t portfolio_count = 0;
    self->claims.profile = self->name;
    self->claims.endpoint = self->profile->endpoint;
    self->claims.loses_nothing = clock_is_virtual(loop_clock(self->config.world.loop));
    self->claims.extra_arguments = self->profile->extra_arguments;
    self->claims.has_portfolio =
        find_portfolio(self->profile, &self->claims.portfolio, &portfolio_count);
    if (self->claims.has_portfolio)
        claim_services(self->profile, &self->claims);
    claim_needs(self, portfolio_count);
    claim_formats(self);
    claim_servers(self);
}

/* --- a profile
 * ------------------------------------------------------------------------------------ */

static void strike(struct stage *stage)
{
    struct sim_stage *self = (struct sim_stage *)stage;
    struct cast *cast = &self->cast;
    self->listener = (struct actor_listener){.hear = NULL};
    if (cast->device != NULL)
        cast->device->ops->free(cast->device);
    for (size_t i = 0; i < cast->server_count; i++)
        cast->servers[i].actor->ops->free(cast->servers[i].actor);
    for (size_t i = 0; i < cast->server_count; i++)
        if (cast->servers[i].link != NULL)
            cast->servers[i].link->ops->free(cast->servers[i].link);
    *cast = (struct cast){.device = NULL};
}

static void drop_profile(struct sim_stage *self)
{
    strike(&self->stage);
    oracle_free(self->oracle);
    verifiers_free(self->verifiers);
    server_security_free(self->security);
    profile_free(self->profile);
    free(self->name);
    free(self->security_path);
    free(self->servers);
    self->oracle = NULL;
    self->verifiers = NULL;
    self->security = NULL;
    self->profile = NULL;
    self->name = NULL;
    self->security_path = NULL;
    self->servers = NULL;
    self->server_count = 0;
    self->claims = (struct claims){0};
}

/* The server's half of the keys: from a file, or as the profile's account mirrors them. */
static enum status take_security(struct sim_stage *self, const struct setting *setting,
                                 struct error_list *errors)
{
    size_t before = errors->errors;
    if (self->config.load_security != NULL)
        self->security = self->config.load_security(self->config.arg, setting, errors);
    if (errors->errors > before)
        return ST_INVALID;
    if (self->security == NULL && mode_of(self->profile) > CREDENTIALS_PSK &&
        mode_of(self->profile) != CREDENTIALS_NONE) {
        struct error error;
        error_clear(&error);
        error_set(&error,
                  "profile \"%s\" has no pre-shared key, so it does not say what its server has; "
                  "write: security \"FILE\"",
                  setting->profile);
        error_list_add(errors, &error);
        return ST_INVALID;
    }
    if (self->security == NULL)
        self->security = server_security_of_profile(self->profile);
    return ST_OK;
}

static enum status take_setting(struct sim_stage *self, const struct setting *setting,
                                struct error_list *errors)
{
    struct error error;
    error_clear(&error);
    self->profile =
        self->config.load(self->config.arg, setting->profile, self->claims.profile_sha256, errors);
    if (self->profile == NULL)
        return ST_INVALID;
    self->name = xstrdup(setting->profile);
    self->security_path = xstrdup(setting->security);
    self->servers = xarray(setting->server_count + 1, sizeof *self->servers);
    for (; self->server_count < setting->server_count; self->server_count++)
        self->servers[self->server_count] = setting->servers[self->server_count];
    self->verifiers = verifiers_new(self->config.world.chance);
    if (verifiers_add(self->verifiers, self->profile->endpoint, &self->profile->provision,
                      &error) != ST_OK) {
        error_list_add(errors, &error);
        return ST_INVALID;
    }
    self->oracle = oracle_new(self->profile->catalogue, self->verifiers, self->profile->endpoint);
    claim(self);
    return take_security(self, setting, errors);
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Schemes are the parser's own strings. */
static bool is_set(const struct sim_stage *self, const struct setting *setting)
{
    bool same = same_text(self->name, setting->profile) &&
                same_text(self->security_path, setting->security) &&
                self->server_count == setting->server_count;
    for (size_t i = 0; i < setting->server_count && same; i++)
        same = self->servers[i].id == setting->servers[i].id &&
               same_text(self->servers[i].scheme, setting->servers[i].scheme);
    return same;
}

static enum status look_up(struct stage *stage, const struct setting *setting,
                           const struct claims **out_claims, const struct oracle **out_oracle,
                           struct error_list *errors)
{
    struct sim_stage *self = (struct sim_stage *)stage;
    if (!is_set(self, setting)) {
        drop_profile(self);
        enum status status = take_setting(self, setting, errors);
        if (status != ST_OK) {
            drop_profile(self);
            return status;
        }
    }
    *out_claims = &self->claims;
    *out_oracle = self->oracle;
    return ST_OK;
}

/* --- the cast
 * ------------------------------------------------------------------------------------- */

/* rule: I-23. The trusted act reaches both ends: who verifies learns the new hash. */
static void on_provision(void *arg, unsigned instance, unsigned identity, struct bytes text)
{
    const struct sim_stage *self = arg;
    const struct verifier *verifier = verifiers_find(self->verifiers, self->profile->endpoint);
    enum secure_result result = secure_provision(verifier->secure, instance, identity, text);
    if (result != SECURE_OK)
        trace_say(self->config.world.trace, EVENT_WARNING, "server",
                  "identity %u of \"/16/%u\" is not provisioned at the server: %s", identity,
                  instance, secure_result_text(result));
}

/* How server ID is reached: as its account says, or the setting. */
static const char *scheme_of(const struct sim_stage *self, unsigned id)
{
    static const char *const schemes[2][2] = {{"coap", "coap+tcp"}, {"coaps", "coaps+tcp"}};
    const struct profile *profile = self->profile;
    const char *uri = id == BOOTSTRAP_SERVER ? profile->bootstrap->uri : NULL;
    struct account_uri parts;
    for (size_t i = 0; i < profile->server_count && uri == NULL; i++)
        if (profile->servers[i].ssid == id)
            uri = profile->servers[i].uri;
    if (uri != NULL && account_uri_parse(bytes_of(uri), &parts))
        return schemes[parts.secure][parts.tcp];
    for (size_t i = 0; i < self->server_count; i++)
        if (self->servers[i].id == id)
            return self->servers[i].scheme;
    return schemes[0][0];
}

static struct server_actor *make_server(const struct sim_stage *self, unsigned id, const char *uri,
                                        struct error *error)
{
    struct sim_server_config config = {
        .world = self->config.world,
        .listen = &uri,
        .listen_count = 1,
        .id = id,
        .bootstrap_only = id == BOOTSTRAP_SERVER,
        .security = self->security,
        .catalogue = self->profile->catalogue,
        .verifiers = self->verifiers,
        .awake_ms = self->profile->awake_ms,
    };
    return sim_server_new(&config, error);
}

/* What goes over TCP cannot be impaired. */
static bool may_have_link(const char *scheme)
{
    return strstr(scheme, "+tcp") == NULL;
}

static enum status start_server(struct sim_stage *self, unsigned id, struct error *error)
{
    size_t place = self->cast.server_count;
    const char *scheme = scheme_of(self, id);
    char uri[32];
    snprintf(uri, sizeof uri, "%s://127.0.0.1:0", scheme);
    struct server_actor *server = make_server(self, id, uri, error);
    if (server == NULL)
        return ST_UNREACHABLE;
    struct cast_server *cast = &self->cast.servers[self->cast.server_count++];
    *cast = (struct cast_server){.id = id, .actor = server};
    const char *address = strstr(sim_server_uri(server), "://") + strlen("://");
    if (self->has_link && may_have_link(scheme)) {
        bool is_secured = strcmp(scheme, "coaps") == 0;
        cast->link = sim_link_new(&self->config.world, address, is_secured, error);
        if (cast->link == NULL)
            return ST_IO;
        address = sim_link_address(cast->link);
    }
    snprintf(self->addresses[place], ADDRESS_TEXT, "%s", address);
    self->places[place] = (struct place){.ssid = id, .address = self->addresses[place]};
    return ST_OK;
}

static enum status start_servers(struct sim_stage *self, struct error *error)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < self->claims.server_count && status == ST_OK; i++)
        status = start_server(self, self->claims.servers[i], error);
    if (status == ST_OK && self->claims.has_bootstrap)
        status = start_server(self, BOOTSTRAP_SERVER, error);
    return status;
}

static enum status start_device(struct sim_stage *self, struct error *error)
{
    struct sim_device_config config = {
        .world = self->config.world,
        .profile = self->profile,
        .places = self->places,
        .place_count = self->cast.server_count,
        .on_provision = on_provision,
        .arg = self,
    };
    self->cast.device = sim_device_new(&config, error);
    return self->cast.device == NULL ? ST_INVALID : ST_OK;
}

static void begin(struct sim_stage *self, struct actor_listener listener)
{
    const struct stimulus wake = {.kind = STIMULUS_REGISTER};
    struct device_actor *device = self->cast.device;
    struct buf answer;
    buf_init(&answer, 256);
    for (size_t i = 0; i < self->cast.server_count; i++)
        self->cast.servers[i].actor->listener = listener;
    device->listener = listener;
    self->listener = listener;
    forget_messages(self);
    self->started_at = clock_now(loop_clock(self->config.world.loop));
    device->ops->stimulate(device, &wake, &answer, NULL);
    buf_release(&answer);
}

/* The first error of a profile, for who wants only one. */
static enum status find_setting(struct sim_stage *self, const struct setting *setting,
                                struct error *error)
{
    const struct claims *claims = NULL;
    const struct oracle *oracle = NULL;
    struct error_list errors;
    error_list_init(&errors);
    enum status status = look_up(&self->stage, setting, &claims, &oracle, &errors);
    for (size_t i = errors.count; status != ST_OK && i > 0; i--)
        if (errors.items[i - 1].severity == SEVERITY_ERROR)
            *error = errors.items[i - 1];
    error_list_release(&errors);
    return status;
}

static enum status set_up(struct stage *stage, const struct setting *setting,
                          struct actor_listener listener, struct cast *out, struct error *error)
{
    struct sim_stage *self = (struct sim_stage *)stage;
    strike(stage);
    enum status status = find_setting(self, setting, error);
    if (status == ST_OK) /* afresh: the last scenario may have provisioned something */
        status = verifiers_add(self->verifiers, self->profile->endpoint, &self->profile->provision,
                               error);
    if (status == ST_OK)
        self->has_link = setting->has_link;
    if (status == ST_OK)
        status = start_servers(self, error);
    if (status == ST_OK)
        status = start_device(self, error);
    if (status != ST_OK) {
        strike(stage);
        return status;
    }
    begin(self, listener);
    *out = self->cast;
    return ST_OK;
}

/* --- life --------------------------------------------------------------------------------------
 */

static void turn(struct stage *stage, int64_t ms)
{
    loop_turn(((struct sim_stage *)stage)->config.world.loop, ms);
}

static int64_t now(const struct stage *stage)
{
    return clock_now(loop_clock(((const struct sim_stage *)stage)->config.world.loop));
}

static void sim_stage_free(struct stage *stage)
{
    struct sim_stage *self = (struct sim_stage *)stage;
    drop_profile(self);
    forget_messages(self);
    trace_unlisten(self->config.world.trace, &self->ear);
    free(self);
}

static const struct stage_ops ops = {
    .look_up = look_up,
    .set_up = set_up,
    .strike = strike,
    .turn = turn,
    .now = now,
    .messages = put_messages,
    .free = sim_stage_free,
};

struct stage *sim_stage_new(const struct sim_stage_config *config)
{
    struct sim_stage *self = xalloc(sizeof *self);
    self->stage.ops = &ops;
    self->config = *config;
    self->ear = (struct trace_listener){.hear = hear, .arg = self};
    trace_listen(config->world.trace, &self->ear);
    return &self->stage;
}
