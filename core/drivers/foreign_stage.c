/* SPDX-License-Identifier: Apache-2.0 */
/* The stage for somebody else's server: our device registers there, and a driver makes the server
 * act. */
#include "base/std.h"

#include "drivers/adapter_impl.h"
#include "drivers/stages.h"
#include "drivers/witness.h"

enum { LEAVE_MS = 2000, PROBE_MS = 15000, TURN_MS = 100 };

struct foreign_stage {
    struct stage stage; /* first: what users see */
    struct house house;
    char *uri;                       /* (owned) */
    struct actor_listener listener;  /* of the scenario that is played */
    struct adapter *adapter;         /* (owned) NULL: a person moves the server */
    const struct person *person;     /* (borrowed) or NULL */
    const struct progress *progress; /* (borrowed) what it is asked for, or NULL */
    struct server_actor *manual;     /* (borrowed) of the cast, when a person moves it */
    int64_t waited_ms;               /* for that person, in casts before */
    bool has_link;                   /* what is played may lose all that there is */
    bool has_answered;               /* the server did, to some scenario */
    bool answers;                    /* it does since it is asked whether it is there */
    bool refuses;                    /* its last answer to a Register was an error */
    char *silence;                   /* (owned) why it never does; NULL: nobody gave it up */
    char *unheard;                   /* (owned) the profile that it did not answer */
    struct cast cast;                /* (owned) its actors; empty while nothing is set up */
};

/* It says goodbye, so that the next scenario finds a server that has forgotten its device. */
static void leave(const struct foreign_stage *self)
{
    struct device_actor *device = self->cast.device;
    bool is_there = sim_device_registration(device) != REGISTRATION_OFF;
    if (is_there && sim_device_leave(device, LEAVE_MS) != ST_OK)
        trace_say(self->house.config.world.trace, EVENT_INFO, "device",
                  "the server did not answer the De-register");
}

static void strike(struct stage *stage)
{
    struct foreign_stage *self = (struct foreign_stage *)stage;
    struct cast *cast = &self->cast;
    house_close(&self->house);
    if (self->manual != NULL)
        self->waited_ms += manual_server_waited_ms(self->manual);
    self->manual = NULL;
    if (cast->device != NULL) {
        cast->device->listener = (struct actor_listener){.hear = NULL};
        leave(self);
        cast->device->ops->free(cast->device);
    }
    for (size_t i = 0; i < cast->server_count; i++) {
        cast->servers[i].actor->ops->free(cast->servers[i].actor);
        if (cast->servers[i].link != NULL)
            cast->servers[i].link->ops->free(cast->servers[i].link);
    }
    *cast = (struct cast){.device = NULL};
}

static enum status look_up(struct stage *stage, const struct setting *setting,
                           const struct claims **out_claims, const struct oracle **out_oracle,
                           struct error_list *errors)
{
    struct foreign_stage *self = (struct foreign_stage *)stage;
    if (!house_has(&self->house, setting))
        strike(stage);
    return house_look_up(&self->house, setting, out_claims, out_oracle, errors);
}

/* --- what can be played with one server that stands already ------------------------------------
 */

static enum status check_link(const struct foreign_stage *self, struct error *error)
{
    const struct profile_server *server = &self->house.profile->servers[0];
    bool has_keys = server->security.mode != CREDENTIALS_NONE;
    struct account_uri given = {0};
    struct account_uri own = {0};
    bool is_uri = account_uri_parse(bytes_of(self->uri), &given) &&
                  account_uri_parse(bytes_of(server->uri), &own);
    const char *other = NULL;
    if (!is_uri || given.tcp != own.tcp)
        other = own.tcp ? "goes by TCP" : "goes by UDP";
    else if (given.secure != has_keys)
        other = has_keys ? "has keys for its server" : "has no keys for its server";
    if (other == NULL)
        return ST_OK;
    error_set(error, "profile \"%s\" %s, which \"%s\" does not fit", self->house.name, other,
              self->uri);
    return ST_UNSUPPORTED;
}

static enum status check_servers(const struct foreign_stage *self, const struct setting *setting,
                                 struct error *error)
{
    size_t accounts = self->house.profile->server_count;
    if (self->house.profile->bootstrap != NULL || setting->server_count > 0)
        error_set(error, "needs a bootstrap server, and the server under test is none");
    else if (accounts != 1)
        error_set(error, "has %zu servers, and there is one under test", accounts);
    else
        return check_link(self, error);
    return ST_UNSUPPORTED;
}

enum status foreign_stage_fits(struct stage *stage, const struct setting *setting,
                               struct error *error)
{
    const struct foreign_stage *self = (const struct foreign_stage *)stage;
    const struct claims *claims = NULL;
    const struct oracle *oracle = NULL;
    struct error_list errors;
    error_list_init(&errors);
    bool is_known = look_up(stage, setting, &claims, &oracle, &errors) == ST_OK;
    error_list_release(&errors);
    bool has_server = is_known && self->house.profile->server_count > 0;
    return has_server ? check_link(self, error) : ST_OK;
}

/* --- what the device tells ----------------------------------------------------------------------
 */

/* A driver that does not tell of registrations is told for by the device. */
static void hear_device(void *arg, const struct actor_event *event)
{
    struct foreign_stage *self = arg;
    enum actor_event_kind kind = ACTOR_REPLIED;
    self->has_answered = self->has_answered || event->kind == ACTOR_REPLIED;
    self->answers = self->answers || event->kind == ACTOR_REPLIED;
    if (event->kind == ACTOR_REPLIED && strcmp(event->text, "/rd") == 0)
        self->refuses = !actor_event_mirrored(event, &kind);
    self->listener.hear(self->listener.arg, event);
    if (self->manual != NULL)
        manual_server_hear(self->manual, event);
    if (event->kind != ACTOR_REPLIED || !actor_event_mirrored(event, &kind) ||
        (self->adapter != NULL && adapter_can(self->adapter, actor_event_name(kind))))
        return;
    struct actor_event seen = *event;
    seen.kind = kind;
    seen.outcome = NULL;
    seen.text = NULL;
    self->listener.hear(self->listener.arg, &seen);
}

/* --- a server that never answers ----------------------------------------------------------------
 */

static bool is_secured(const char *uri)
{
    return strncmp(uri, "coaps", strlen("coaps")) == 0;
}

/* A path that scenarios impair may be the reason; and what has answered once may come back. */
static void give_up(struct stage *stage, const char *why)
{
    struct foreign_stage *self = (struct foreign_stage *)stage;
    if (self->has_link || self->has_answered)
        return;
    free(self->silence);
    free(self->unheard);
    self->silence = xstrdup(why);
    self->unheard = xstrdup(self->house.name);
}

/* By a secured link, another profile may have the right keys. */
static enum status check_silence(const struct foreign_stage *self, struct error *error)
{
    bool is_hopeless = self->silence != NULL &&
                       (!is_secured(self->uri) || strcmp(self->unheard, self->house.name) == 0);
    if (!is_hopeless)
        return ST_OK;
    error_set(error, "%s", self->silence);
    return ST_UNREACHABLE;
}

/* --- a server that does not answer any more -----------------------------------------------------
 */

static bool is_registered(enum registration_state state)
{
    return state == REGISTRATION_ALIVE || state == REGISTRATION_UPDATING ||
           state == REGISTRATION_ASLEEP;
}

/* The server answers what the device says, or was about to say. */
static bool answers(struct foreign_stage *self)
{
    struct device_actor *device = self->cast.device;
    int64_t give_up_at = house_now(&self->house) + PROBE_MS;
    enum registration_state state = sim_device_registration(device);
    self->answers = false;
    while (!self->answers && (is_registered(state) || state == REGISTRATION_PENDING) &&
           house_now(&self->house) < give_up_at &&
           !sim_world_is_stopped(&self->house.config.world)) {
        house_turn(&self->house, TURN_MS);
        state = sim_device_registration(device);
    }
    return self->answers || sim_world_is_stopped(&self->house.config.world);
}

/* An Update is what every server answers, and be it by 4.04. Nobody knows of one behind a link that
 * loses, nor of one that the device has left, or that does not want it. */
static bool is_gone(struct stage *stage, struct error *out_why)
{
    const struct stimulus update = {.kind = STIMULUS_UPDATE};
    struct foreign_stage *self = (struct foreign_stage *)stage;
    struct device_actor *device = self->cast.device;
    if (self->adapter != NULL && adapter_has_failed(self->adapter, out_why))
        return true;
    enum registration_state state = sim_device_registration(device);
    bool is_known = is_registered(state) || state == REGISTRATION_PENDING ||
                    (state == REGISTRATION_WAITING && !self->refuses);
    if (self->has_link || !is_known)
        return false;
    struct buf answer;
    buf_init(&answer, 256);
    bool is_asked =
        is_registered(state) && device->ops->stimulate(device, &update, &answer, out_why) == ST_OK;
    buf_release(&answer);
    if (answers(self))
        return false;
    error_set(out_why, "the server at %s does not answer any more%s", self->uri,
              is_asked ? ": what the device sends is not acknowledged, be it an Update"
                       : ", and the device cannot register again");
    return true;
}

/* --- the cast -----------------------------------------------------------------------------------
 */

/* A relay stands in front of what has a numeric address and goes by UDP; without one, what asks for
 * it is inconclusive. */
static void start_link(struct foreign_stage *self, struct cast_server *server)
{
    struct error error;
    error_clear(&error);
    const char *address = strstr(self->uri, "://") + strlen("://");
    if (strstr(self->uri, "+tcp") == NULL)
        server->link =
            sim_link_new(&self->house.config.world, address, is_secured(self->uri), &error);
    if (server->link != NULL)
        house_place(&self->house, server->id, sim_link_address(server->link));
}

static struct server_actor *make_adapted(const struct foreign_stage *self, unsigned id)
{
    const struct adapter_server_config config = {
        .adapter = self->adapter,
        .id = id,
        .endpoint = self->house.profile->endpoint,
        .catalogue = self->house.profile->catalogue,
        .provision = &self->house.profile->provision,
        .sees_registrations = true,
    };
    return adapter_server_new(&config);
}

static struct server_actor *make_manual(const struct foreign_stage *self)
{
    const struct manual_config config = {
        .world = self->house.config.world,
        .person = self->person,
        .progress = self->progress,
        .endpoint = self->house.profile->endpoint,
        .provision = &self->house.profile->provision,
    };
    return manual_server_new(&config);
}

static void start_server(struct foreign_stage *self, bool has_link)
{
    struct cast_server *server = &self->cast.servers[self->cast.server_count++];
    server->id = self->house.claims.servers[0];
    if (self->adapter == NULL)
        self->manual = make_manual(self);
    server->actor =
        self->manual != NULL
            ? witness_new(self->manual, false)
            : witness_new(make_adapted(self, server->id),
                          adapter_can(self->adapter, actor_event_name(ACTOR_REGISTERED)));
    if (has_link)
        start_link(self, server);
    if (server->link == NULL)
        house_place(&self->house, server->id, strstr(self->uri, "://") + strlen("://"));
}

/* rule: I-23. Its operator could, but then its verdicts would be about another device next time. */
static enum status on_provision(void *arg, unsigned instance, unsigned identity, struct bytes text,
                                struct error *error)
{
    UNUSED(arg);
    UNUSED(text);
    error_set(error, "nobody would tell the server of the new hash of \"/16/%u/0/%u\"", instance,
              identity);
    return ST_UNSUPPORTED;
}

static enum status start_device(struct foreign_stage *self, struct error *error)
{
    bool has_link = self->cast.servers[0].link != NULL;
    struct sim_device_config config = {
        .world = self->house.config.world,
        .profile = self->house.profile,
        .uri = self->uri,
        .places = has_link ? self->house.places : NULL,
        .place_count = has_link ? self->house.place_count : 0,
        .defect = self->house.config.device_defect,
        .on_provision = on_provision,
    };
    self->cast.device = sim_device_new(&config, error);
    return self->cast.device == NULL ? ST_INVALID : ST_OK;
}

static void begin(struct foreign_stage *self, struct actor_listener listener)
{
    struct device_actor *device = self->cast.device;
    self->cast.servers[0].actor->listener = listener;
    self->listener = listener;
    witness_watch(self->cast.servers[0].actor, device, (struct actor_listener){hear_device, self});
    house_open(&self->house, listener);
    sim_device_wake(device);
}

static enum status set_up(struct stage *stage, const struct setting *setting,
                          struct actor_listener listener, struct cast *out, struct error *error)
{
    struct foreign_stage *self = (struct foreign_stage *)stage;
    strike(stage);
    enum status status = house_settle(&self->house, setting, error);
    if (status == ST_OK)
        status = check_servers(self, setting, error);
    if (status == ST_OK)
        status = check_silence(self, error);
    if (status == ST_OK && self->adapter != NULL) {
        status = adapter_start(self->adapter, error);
        status = status == ST_IO ? ST_UNREACHABLE : status;
    }
    self->has_link = setting->has_link;
    if (status == ST_OK) {
        start_server(self, setting->has_link);
        status = start_device(self, error);
    }
    if (status != ST_OK) {
        strike(stage);
        return status;
    }
    begin(self, listener);
    *out = self->cast;
    return ST_OK;
}

/* --- life ---------------------------------------------------------------------------------------
 */

static void turn(struct stage *stage, int64_t ms)
{
    house_turn(&((struct foreign_stage *)stage)->house, ms);
}

/* The time that a person takes is not the scenario's. */
static int64_t now(const struct stage *stage)
{
    const struct foreign_stage *self = (const struct foreign_stage *)stage;
    int64_t waited_ms =
        self->waited_ms + (self->manual == NULL ? 0 : manual_server_waited_ms(self->manual));
    return house_now(&self->house) - waited_ms;
}

static void put_messages(const struct stage *stage, struct buf *out)
{
    house_messages(&((const struct foreign_stage *)stage)->house, out);
}

static void foreign_stage_free(struct stage *stage)
{
    struct foreign_stage *self = (struct foreign_stage *)stage;
    strike(stage);
    adapter_free(self->adapter);
    house_release(&self->house);
    free(self->uri);
    free(self->silence);
    free(self->unheard);
    free(self);
}

static const struct stage_ops ops = {
    .look_up = look_up,
    .set_up = set_up,
    .is_gone = is_gone,
    .give_up = give_up,
    .strike = strike,
    .turn = turn,
    .now = now,
    .messages = put_messages,
    .free = foreign_stage_free,
};

struct stage *foreign_stage_new(const struct foreign_stage_config *config)
{
    struct foreign_stage *self = xalloc(sizeof *self);
    self->stage.ops = &ops;
    self->uri = xstrdup(config->uri);
    self->adapter = config->adapter;
    self->person = config->person;
    self->progress = config->progress;
    house_init(&self->house, &config->house);
    self->house.config.stands = true;
    self->house.config.side = "device";
    return &self->stage;
}
