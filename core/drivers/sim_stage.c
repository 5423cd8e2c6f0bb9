/* SPDX-License-Identifier: Apache-2.0 */
/* The stage with both ends built in: a cast for each scenario, on loopback. */
#include "base/std.h"

#include "drivers/stages.h"

struct sim_stage {
    struct stage stage; /* first: what users see */
    struct house house;
    struct cast cast; /* (owned) its actors; empty while nothing is set up */
    bool has_link;    /* the setting asks for it */
};

static void strike(struct stage *stage)
{
    struct sim_stage *self = (struct sim_stage *)stage;
    struct cast *cast = &self->cast;
    house_close(&self->house);
    if (cast->device != NULL)
        cast->device->ops->free(cast->device);
    for (size_t i = 0; i < cast->server_count; i++)
        cast->servers[i].actor->ops->free(cast->servers[i].actor);
    for (size_t i = 0; i < cast->server_count; i++)
        if (cast->servers[i].link != NULL)
            cast->servers[i].link->ops->free(cast->servers[i].link);
    *cast = (struct cast){.device = NULL};
}

/* A cast stands on what the house has, so it leaves before that goes. */
static enum status look_up(struct stage *stage, const struct setting *setting,
                           const struct claims **out_claims, const struct oracle **out_oracle,
                           struct error_list *errors)
{
    struct sim_stage *self = (struct sim_stage *)stage;
    if (!house_has(&self->house, setting))
        strike(stage);
    return house_look_up(&self->house, setting, out_claims, out_oracle, errors);
}

/* --- the cast ------------------------------------------------------------------------------- */

/* rule: I-23. The trusted act reaches both ends: who verifies learns the new hash. */
static enum status on_provision(void *arg, unsigned instance, unsigned identity, struct bytes text,
                                struct error *error)
{
    const struct sim_stage *self = arg;
    const struct verifier *verifier =
        verifiers_find(self->house.verifiers, self->house.profile->endpoint);
    enum secure_result result = secure_provision(verifier->secure, instance, identity, text);
    if (result == SECURE_OK)
        return ST_OK;
    error_set(error, "identity %u of \"/16/%u\" is not provisioned at the server: %s", identity,
              instance, secure_result_text(result));
    return ST_INVALID;
}

/* How server ID is reached: as its account says, or the setting. */
static const char *scheme_of(const struct sim_stage *self, unsigned id)
{
    static const char *const schemes[2][2] = {{"coap", "coap+tcp"}, {"coaps", "coaps+tcp"}};
    const struct profile *profile = self->house.profile;
    const char *uri = id == BOOTSTRAP_SERVER ? profile->bootstrap->uri : NULL;
    struct account_uri parts;
    for (size_t i = 0; i < profile->server_count && uri == NULL; i++)
        if (profile->servers[i].ssid == id)
            uri = profile->servers[i].uri;
    if (uri != NULL && account_uri_parse(bytes_of(uri), &parts))
        return schemes[parts.secure][parts.tcp];
    for (size_t i = 0; i < self->house.server_count; i++)
        if (self->house.servers[i].id == id)
            return self->house.servers[i].scheme;
    return schemes[0][0];
}

static struct server_actor *make_server(const struct sim_stage *self, unsigned id, const char *uri,
                                        struct error *error)
{
    struct sim_server_config config = {
        .world = self->house.config.world,
        .listen = &uri,
        .listen_count = 1,
        .id = id,
        .bootstrap_only = id == BOOTSTRAP_SERVER,
        .defect = self->house.config.server_defect,
        .security = self->house.security,
        .catalogue = self->house.profile->catalogue,
        .verifiers = self->house.verifiers,
        .awake_ms = self->house.profile->awake_ms,
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
        cast->link = sim_link_new(&self->house.config.world, address, is_secured, error);
        if (cast->link == NULL)
            return ST_IO;
        address = sim_link_address(cast->link);
    }
    house_place(&self->house, id, address);
    return ST_OK;
}

static enum status start_servers(struct sim_stage *self, struct error *error)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < self->house.claims.server_count && status == ST_OK; i++)
        status = start_server(self, self->house.claims.servers[i], error);
    if (status == ST_OK && self->house.claims.has_bootstrap)
        status = start_server(self, BOOTSTRAP_SERVER, error);
    return status;
}

static enum status start_device(struct sim_stage *self, struct error *error)
{
    struct sim_device_config config = {
        .world = self->house.config.world,
        .profile = self->house.profile,
        .places = self->house.places,
        .place_count = self->house.place_count,
        .defect = self->house.config.device_defect,
        .on_provision = on_provision,
        .arg = self,
    };
    self->cast.device = sim_device_new(&config, error);
    return self->cast.device == NULL ? ST_INVALID : ST_OK;
}

static void begin(struct sim_stage *self, struct actor_listener listener)
{
    struct device_actor *device = self->cast.device;
    for (size_t i = 0; i < self->cast.server_count; i++)
        self->cast.servers[i].actor->listener = listener;
    device->listener = listener;
    house_open(&self->house, listener);
    sim_device_wake(device);
}

static enum status set_up(struct stage *stage, const struct setting *setting,
                          struct actor_listener listener, struct cast *out, struct error *error)
{
    struct sim_stage *self = (struct sim_stage *)stage;
    strike(stage);
    enum status status = house_settle(&self->house, setting, error);
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

/* --- life ----------------------------------------------------------------------------------- */

static void turn(struct stage *stage, int64_t ms)
{
    house_turn(&((struct sim_stage *)stage)->house, ms);
}

static int64_t now(const struct stage *stage)
{
    return house_now(&((const struct sim_stage *)stage)->house);
}

static void put_messages(const struct stage *stage, struct buf *out)
{
    house_messages(&((const struct sim_stage *)stage)->house, out);
}

static void sim_stage_free(struct stage *stage)
{
    struct sim_stage *self = (struct sim_stage *)stage;
    strike(stage);
    house_release(&self->house);
    free(self);
}

static void pace(struct stage *stage, int64_t real_ms)
{
    house_pace(&((struct sim_stage *)stage)->house, real_ms);
}

static const char *lost_pace(const struct stage *stage)
{
    return house_lost_pace(&((const struct sim_stage *)stage)->house);
}

static const struct stage_ops ops = {
    .look_up = look_up,
    .set_up = set_up,
    .strike = strike,
    .turn = turn,
    .now = now,
    .pace = pace,
    .lost_pace = lost_pace,
    .messages = put_messages,
    .free = sim_stage_free,
};

struct stage *sim_stage_new(const struct house_config *config)
{
    struct sim_stage *self = xalloc(sizeof *self);
    self->stage.ops = &ops;
    house_init(&self->house, config);
    return &self->stage;
}
