/* SPDX-License-Identifier: Apache-2.0 */
/* What every stage has of a setting: its profile, claims and oracle, the keys of its server, and
 * the last messages. */
#include "base/std.h"

#include "drivers/house_impl.h"

enum { CROSSING_MS = 1000 };

/* --- what both ends say --------------------------------------------------------------------- */

static void keep_message(struct house *self, const struct event *event, bool redact)
{
    struct buf line;
    buf_init(&line, 2048);
    int64_t ms = house_now(self) - self->started_at;
    buf_printf(&line, "%3" PRId64 ".%03" PRId64 " s  ", ms / 1000, ms % 1000);
    event_put_message(event, self->config.redact || redact, &line);
    buf_puts(&line, "\n");
    free(self->messages[0]);
    memmove(self->messages, self->messages + 1,
            (HOUSE_MESSAGES_MOST - 1) * sizeof self->messages[0]);
    self->messages[HOUSE_MESSAGES_MOST - 1] = xstrdup(buf_text(&line));
    buf_release(&line);
}

/* Whose address NAME is. */
static unsigned server_at(const struct house *self, const char *name)
{
    size_t i = 0;
    while (i < self->place_count && (name == NULL || strcmp(name, self->addresses[i]) != 0))
        i++;
    return i < self->place_count ? self->places[i].ssid : ID_NONE;
}

/* Each message is told by both ends when both are ours: those of one are enough. */
static bool is_kept(const struct house *self, const struct event *event)
{
    return event_is_message(event) && strcmp(event->side, self->config.side) == 0;
}

static void tell(const struct house *self, struct actor_event event)
{
    event.endpoint = self->profile->endpoint;
    if (self->listener.hear != NULL)
        self->listener.hear(self->listener.arg, &event);
}

/* rule: PF-SC-6. What is written to object 0 has keys of the link in it, by right. */
static bool leaks(const struct house *self, const struct event *event)
{
    return self->leaks != NULL && !event->secret &&
           (leaks_in(self->leaks, event->payload) ||
            (event->text != NULL && leaks_in(self->leaks, bytes_of(event->text))));
}

static void tell_leak(const struct house *self, const struct event *event)
{
    char where[160];
    snprintf(where, sizeof where, "%s %s of the %s%s%.80s",
             strchr("aeiou", event_kind_name(event->kind)[0]) == NULL ? "a" : "an",
             event_kind_name(event->kind), event->side, event->path == NULL ? "" : " about ",
             event->path == NULL ? "" : event->path);
    tell(self, (struct actor_event){.kind = ACTOR_LEAKED, .text = where});
}

static struct stray *find_stray(struct house *self, struct bytes token)
{
    for (size_t i = 0; i < self->stray_count && i < HOUSE_STRAYS_MOST; i++)
        if (bytes_equal((struct bytes){self->strays[i].token, self->strays[i].token_len}, token))
            return &self->strays[i];
    return NULL;
}

static void keep_stray(struct stray *place, struct bytes token, int64_t now)
{
    *place = (struct stray){.token_len = (uint8_t)token.len, .first_at = now};
    if (token.len > 0)
        memcpy(place->token, token.data, token.len);
}

/* A Reset that is under way has not been heard yet, and says nothing about who goes on meanwhile.
 */
static void tell_stray(struct house *self, struct bytes token)
{
    const struct stray *known = find_stray(self, token);
    int64_t now = house_now(self);
    bool again = known != NULL && now - known->first_at >= CROSSING_MS;
    bool is_unknown = misfits_never_given(&self->misfits, token);
    if (token.len > sizeof self->strays[0].token || (known != NULL && !again))
        return;
    if (known == NULL)
        keep_stray(&self->strays[self->stray_count++ % HOUSE_STRAYS_MOST], token, now);
    tell(self, (struct actor_event){.kind = ACTOR_STRAY,
                                    .again = again,
                                    .never_given = is_unknown,
                                    .is_answer = self->is_answer});
}

const char *house_instead(const struct house *self)
{
    return self->has_unknown ? "; what came from it has a token that the server never gave" : "";
}

static void hear(void *arg, const struct event *event)
{
    struct house *self = arg;
    bool is_device = strcmp(event->side, "device") == 0;
    bool is_failure = event->kind == EVENT_ERROR || event->kind == EVENT_WARNING ||
                      (event->kind == EVENT_UNSECURED && !is_device);
    bool is_secured = event->kind == EVENT_SECURED && is_device;
    bool is_stray = event->kind == EVENT_RESET && !event->incoming && !is_device;
    bool is_leak = leaks(self, event);
    if (!is_device && event->incoming)
        self->is_answer = event->kind == EVENT_RESPONSE && event->observe < 0;
    if (!is_device)
        misfits_hear(&self->misfits, event, self->config.redact || is_leak);
    self->has_unknown =
        self->has_unknown || (is_stray && misfits_never_given(&self->misfits, event->token));
    if (is_kept(self, event))
        keep_message(self, event, is_leak);
    if (self->listener.hear == NULL)
        return;
    if (is_leak)
        tell_leak(self, event);
    if (is_stray)
        tell_stray(self, event->token);
    if (is_failure || is_secured)
        tell(self, (struct actor_event){.kind = is_secured ? ACTOR_SECURED : ACTOR_FAILED,
                                        .server = server_at(self, event->peer),
                                        .text = is_secured ? event->suite : event->text});
}

static void forget_messages(struct house *self)
{
    for (size_t i = 0; i < HOUSE_MESSAGES_MOST; i++) {
        free(self->messages[i]);
        self->messages[i] = NULL;
    }
}

void house_messages(const struct house *self, struct buf *out)
{
    for (size_t i = 0; i < HOUSE_MESSAGES_MOST; i++)
        if (self->messages[i] != NULL)
            buf_puts(out, self->messages[i]);
}

void house_open(struct house *self, struct actor_listener listener)
{
    self->listener = listener;
    self->stray_count = 0;
    self->has_unknown = false;
    forget_messages(self);
    self->started_at = house_now(self);
}

void house_close(struct house *self)
{
    self->listener = (struct actor_listener){.hear = NULL};
    self->place_count = 0;
}

void house_place(struct house *self, unsigned id, const char *address)
{
    size_t at = self->place_count++;
    snprintf(self->addresses[at], sizeof self->addresses[at], "%s", address);
    self->places[at] = (struct place){.ssid = id, .address = self->addresses[at]};
}

/* --- a setting ------------------------------------------------------------------------------ */

static void drop_setting(struct house *self)
{
    house_close(self);
    oracle_free(self->oracle);
    verifiers_free(self->verifiers);
    leaks_free(self->leaks);
    self->leaks = NULL;
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
static enum status take_security(struct house *self, const struct setting *setting,
                                 struct error_list *errors)
{
    size_t before = errors->errors;
    if (self->config.load_security != NULL)
        self->security = self->config.load_security(self->config.arg, setting, errors);
    if (errors->errors > before)
        return ST_INVALID;
    bool is_open = house_mode(self->profile) > CREDENTIALS_PSK &&
                   house_mode(self->profile) != CREDENTIALS_NONE && !self->config.stands;
    if (self->security == NULL && is_open) {
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

/* What was said of the device beside its profile. */
static enum status take_owner_words(struct house *self, struct error_list *errors)
{
    struct profile *profile = self->profile;
    const struct keyring *keyring = self->config.keyring;
    if (self->config.endpoint != NULL) {
        free(profile->endpoint);
        profile->endpoint = xstrdup(self->config.endpoint);
    }
    if (keyring == NULL)
        return ST_OK;
    const struct provision *provision = keyring_find(keyring, profile->endpoint);
    if (provision == NULL) {
        struct error error;
        error_clear(&error);
        error_set(&error, "the keyring holds nothing of device \"%.100s\"", profile->endpoint);
        error_list_add(errors, &error);
        return ST_INVALID;
    }
    provision_release(&profile->provision);
    provision_copy(provision, &profile->provision);
    return ST_OK;
}

static enum status take_setting(struct house *self, const struct setting *setting,
                                struct error_list *errors)
{
    struct error error;
    error_clear(&error);
    self->profile =
        self->config.load(self->config.arg, setting->profile, self->claims.profile_sha256, errors);
    if (self->profile == NULL)
        return ST_INVALID;
    if (take_owner_words(self, errors) != ST_OK)
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
    oracle_try(self->oracle, &self->profile->provision, self->config.world.chance);
    self->leaks = leaks_new(&self->profile->provision);
    house_claim(self);
    return take_security(self, setting, errors);
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Schemes are the parser's own strings. */
bool house_has(const struct house *self, const struct setting *setting)
{
    bool same = same_text(self->name, setting->profile) &&
                same_text(self->security_path, setting->security) &&
                self->server_count == setting->server_count;
    for (size_t i = 0; i < setting->server_count && same; i++)
        same = self->servers[i].id == setting->servers[i].id &&
               same_text(self->servers[i].scheme, setting->servers[i].scheme);
    return same;
}

enum status house_look_up(struct house *self, const struct setting *setting,
                          const struct claims **out_claims, const struct oracle **out_oracle,
                          struct error_list *errors)
{
    if (!house_has(self, setting)) {
        drop_setting(self);
        enum status status = take_setting(self, setting, errors);
        if (status != ST_OK) {
            drop_setting(self);
            return status;
        }
    }
    *out_claims = &self->claims;
    *out_oracle = self->oracle;
    return ST_OK;
}

/* Afresh: the last scenario may have provisioned something. */
static enum status renew_verifiers(struct house *self, struct error *error)
{
    return verifiers_add(self->verifiers, self->profile->endpoint, &self->profile->provision,
                         error);
}

enum status house_settle(struct house *self, const struct setting *setting, struct error *error)
{
    const struct claims *claims = NULL;
    const struct oracle *oracle = NULL;
    struct error_list errors;
    error_list_init(&errors);
    enum status status = house_look_up(self, setting, &claims, &oracle, &errors);
    for (size_t i = errors.count; status != ST_OK && i > 0; i--)
        if (errors.items[i - 1].severity == SEVERITY_ERROR)
            *error = errors.items[i - 1];
    error_list_release(&errors);
    return status == ST_OK ? renew_verifiers(self, error) : status;
}

/* --- life ----------------------------------------------------------------------------------- */

void house_turn(const struct house *self, int64_t ms)
{
    loop_turn(self->config.world.loop, ms);
}

int64_t house_now(const struct house *self)
{
    return clock_now(loop_clock(self->config.world.loop));
}

void house_pace(const struct house *self, int64_t real_ms)
{
    clock_pace_start(loop_clock(self->config.world.loop), real_ms);
}

const char *house_lost_pace(const struct house *self)
{
    switch (clock_pace(loop_clock(self->config.world.loop))) {
    case PACE_USUAL:
        break;
    case PACE_STUCK:
        return "virtual time stands still: events follow each other without end at one instant, "
               "as with a timer that is always due";
    case PACE_SLOW:
        return "the time limit passed by the machine's clock before its end; virtual time has to "
               "go through too many events";
    }
    return NULL;
}

void house_init(struct house *self, const struct house_config *config)
{
    *self = (struct house){.config = *config};
    if (self->config.side == NULL)
        self->config.side = "server";
    self->ear = (struct trace_listener){.hear = hear, .arg = self};
    trace_listen(config->world.trace, &self->ear);
}

void house_release(struct house *self)
{
    drop_setting(self);
    forget_messages(self);
    trace_unlisten(self->config.world.trace, &self->ear);
}
