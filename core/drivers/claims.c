/* SPDX-License-Identifier: Apache-2.0 */
/* What a profile claims of its device, for scenarios to go by. */
#include "base/std.h"

#include "base/portfolio.h"
#include "codec/codec.h"
#include "drivers/house_impl.h"

enum { SERVER_OBJECT = 1, ACCESS_OBJECT = 2, OSCORE_OBJECT = 21, SPARE = 7, MUTE_SEND = 23 };
enum { IDENTITY_USUAL = 32 }; /* octets */

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

/* The values of Identity, which stand together in the content of a profile. */
static void claim_identities(const struct profile *profile, struct claims *claims)
{
    const struct path identity = path_child(claims->portfolio, IDENTITY);
    const struct records *content = &profile->content;
    for (size_t i = 0; i < content->count; i++) {
        const struct record *record = &content->items[i];
        if (record->path.depth != PATH_MOST || !path_covers(identity, record->path))
            continue;
        if (claims->identity_count++ == 0)
            claims->identities = record;
    }
    if (claims->identity_count > 0)
        claims->identity = claims->identities[0].path.id[3];
}

static struct path link_to(const struct profile *profile, struct path target)
{
    static const struct path links = {{3, 0, 22}, 3};
    for (size_t i = 0; i < profile->content.count; i++) {
        const struct record *record = &profile->content.items[i];
        bool is_link = record->value.type == VALUE_OBJLINK && path_covers(links, record->path);
        if (is_link && record->value.link.object == target.id[0] &&
            record->value.link.instance == target.id[1])
            return record->path;
    }
    return path_root();
}

/* Far enough from those that are there for a device that chooses ids by itself. */
static struct path spare_instance(const struct profile *profile)
{
    unsigned highest = 0;
    for (size_t i = 0; i < profile->content.count; i++) {
        const struct path *path = &profile->content.items[i].path;
        if (path->depth > 1 && path->id[0] == PORTFOLIO && path->id[1] > highest)
            highest = path->id[1];
    }
    return path_instance(PORTFOLIO, highest < ID_MOST - SPARE ? highest + SPARE : SPARE);
}

/* rule: I-16. GetAuthData without AuthData or AuthStatus; of what says nothing of them, all is
 * there. */
static bool is_partial(const struct profile *profile, struct path portfolio)
{
    bool has[4] = {false};
    for (size_t i = 0; i < profile->content.count; i++) {
        const struct path *path = &profile->content.items[i].path;
        if (path->depth == 3 && path_covers(portfolio, *path) && path->id[2] < COUNT_OF(has))
            has[path->id[2]] = true;
    }
    return (has[1] || has[2] || has[3]) && !(has[1] && has[2] && has[3]);
}

static void claim_services(const struct profile *profile, struct claims *claims)
{
    unsigned instance = claims->portfolio.id[1];
    const struct profile_portfolio *portfolio = profile_portfolio(profile, instance);
    const struct provision_instance *provision = provision_find(&profile->provision, instance);
    claims->is_partial = is_partial(profile, claims->portfolio);
    claims->gsma = portfolio != NULL && portfolio->gsma;
    if (provision == NULL)
        return;
    const struct provision_service *authentication = &provision->service[SERVICE_AUTHENTICATION];
    claims->authentication = authentication->suite != SUITE_NONE;
    claims->encryption = provision->service[SERVICE_ENCRYPTION].suite != SUITE_NONE;
    const struct provision_service *encryption = &provision->service[SERVICE_ENCRYPTION];
    if (authentication->key_count > 0)
        claims->key = authentication->keys[0].index;
    if (authentication->key_count > 1)
        claims->key2 = authentication->keys[1].index;
    if (encryption->key_count > 0)
        claims->encryption_key = encryption->keys[0].index;
    if (encryption->key_count > 1)
        claims->encryption_key2 = encryption->keys[1].index;
    if (authentication->key_count == 0)
        claims->key = claims->encryption_key;
    if (authentication->hash_count > 0)
        claims->identity = authentication->hashes[0].identity;
    if (authentication->hash_count > 1)
        claims->identity2 = authentication->hashes[1].identity;
}

/* That of the content, which a hash may have been made of. */
static size_t identity_length(const struct claims *claims, uint16_t identity)
{
    for (size_t i = 0; i < claims->identity_count; i++)
        if (claims->identities[i].path.id[3] == identity)
            return value_bytes(&claims->identities[i].value).len;
    return 0;
}

static void claim_long_identity(const struct profile *profile, struct claims *claims)
{
    const struct provision_instance *provision =
        provision_find(&profile->provision, claims->portfolio.id[1]);
    size_t longest = IDENTITY_USUAL;
    if (provision == NULL)
        return;
    const struct provision_service *service = &provision->service[SERVICE_AUTHENTICATION];
    for (size_t i = 0; i < service->hash_count; i++) {
        size_t length = identity_length(claims, service->hashes[i].identity);
        if (length <= longest)
            continue;
        longest = length;
        claims->long_identity = service->hashes[i].identity;
    }
}

/* SERVICE of INSTANCE has whatever a request needs that comes to something. */
static bool is_usable(const struct provision_instance *instance, enum service service)
{
    const struct provision_service *provision = &instance->service[service];
    return provision->suite != SUITE_NONE && provision->key_count > 0 &&
           (service == SERVICE_ENCRYPTION || provision->hash_count > 0);
}

/* The first Identity instance of INSTANCE; false: it has none. */
static bool find_identity(const struct profile *profile, unsigned instance, uint16_t *out)
{
    const struct path identity = path_resource(PORTFOLIO, instance, IDENTITY);
    for (size_t i = 0; i < profile->content.count; i++) {
        const struct path *path = &profile->content.items[i].path;
        *out = path->id[3];
        if (path->depth == PATH_MOST && path_covers(identity, *path))
            return true;
    }
    return false;
}

static bool claim_as_other(const struct profile *profile, const struct provision_instance *instance,
                           struct claims *claims)
{
    const struct path path = path_instance(PORTFOLIO, instance->instance);
    uint16_t identity = 0;
    bool signs = is_usable(instance, SERVICE_AUTHENTICATION);
    if (path_equal(path, claims->portfolio) || is_partial(profile, path) ||
        !find_identity(profile, instance->instance, &identity) ||
        (!signs && !is_usable(instance, SERVICE_ENCRYPTION)))
        return false;
    enum service service = signs ? SERVICE_AUTHENTICATION : SERVICE_ENCRYPTION;
    claims->other = path;
    claims->other_service = (uint16_t)service;
    claims->other_key = instance->service[service].keys[0].index;
    claims->other_identity = signs ? instance->service[service].hashes[0].identity : identity;
    return true;
}

static void claim_other(const struct profile *profile, struct claims *claims)
{
    const struct provision *provision = &profile->provision;
    for (size_t i = 0; i < provision->count; i++)
        if (claim_as_other(profile, &provision->instances[i], claims))
            return;
}

/* How the link of the first account is protected. */
enum credential_mode house_mode(const struct profile *profile)
{
    return profile->server_count > 0 ? profile->servers[0].security.mode : CREDENTIALS_NONE;
}

/* The address of the first account. */
static bool has_address(const struct profile *profile, struct account_uri *out)
{
    return profile->server_count > 0 && account_uri_parse(bytes_of(profile->servers[0].uri), out);
}

static bool is_plain(const struct profile *profile)
{
    struct account_uri parts;
    return has_address(profile, &parts) && !parts.secure && !parts.tcp;
}

static bool is_over_tcp(const struct profile *profile)
{
    struct account_uri parts;
    return has_address(profile, &parts) && parts.tcp;
}

/* Words for `needs` beside the services and gsma. */
static void claim_needs(struct house *self, size_t portfolio_count)
{
    const struct profile *profile = self->profile;
    enum credential_mode mode = house_mode(profile);
    const struct {
        const char *word;
        bool met;
    } words[] = {
        {"composite", profile->version != LWM2M_1_0},
        {"resource-instances", true}, /* are addressed one by one, also for 1.0 servers */
        {"two-instances", portfolio_count >= 2},
        {"other-service", self->claims.other.depth > 0},
        {"two-identities", self->claims.identity2 != ID_NONE},
        {"long-identity", self->claims.long_identity != ID_NONE},
        {"two-keys", self->claims.key2 != ID_NONE},
        {"two-encryption-keys", self->claims.encryption_key2 != ID_NONE},
        {"one-auth-data", profile->auth_data_instances <= 1},
        {"queue-mode", profile->queue_mode},
        {"tcp", is_over_tcp(profile)},
        {"udp", !is_over_tcp(profile)},
        {"bootstrap", profile->bootstrap != NULL},
        {"bootstrap-only", profile->bootstrap != NULL && profile->server_count == 0},
        {"one-server", profile->server_count == 1},
        {"lenient-arguments", profile->lenient_arguments},
        {"strict-arguments", !profile->lenient_arguments},
        {"strict-create", profile->strict_create},
        {"lenient-create", !profile->strict_create},
        {"read-only", profile->read_only_count > 0},
        {"auth-data-instances", profile->auth_data_instances > 1},
        {"fresh-device", !self->config.lasts},
        {"no-services", !self->claims.authentication && !self->claims.encryption},
        {"linked", self->claims.link.depth > 0},
        {"nosec", mode == CREDENTIALS_NONE},
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

/* What the profile says of the binding, which else is a default of ours. */
static void put_binding(const struct profile *profile, struct buf *out)
{
    const struct path binding = path_resource(SERVER_OBJECT, profile->servers[0].instance, 7);
    for (size_t i = 0; i < profile->content.count && profile->says_binding; i++) {
        const struct record *record = &profile->content.items[i];
        if (path_equal(record->path, binding) && record->value.type == VALUE_STRING)
            buf_printf(out, " b=%.*s", (int)value_bytes(&record->value).len,
                       (const char *)value_bytes(&record->value).data);
    }
}

/* Whether a server is told of it: accounts are the server's own affair, and keys nobody's. */
static bool is_listed(struct path path)
{
    return path.depth == 2 && path.id[0] > ACCESS_OBJECT && path.id[0] != OSCORE_OBJECT;
}

static void put_links(const struct profile *profile, struct buf *out)
{
    struct path last = path_root();
    const char *before = " links(";
    for (size_t i = 0; i < profile->content.count; i++) {
        const struct path *path = &profile->content.items[i].path;
        const struct path instance = path_cut(*path, 2);
        char text[PATH_TEXT];
        if (path->depth < 2 || !is_listed(instance) || path_equal(instance, last))
            continue;
        buf_printf(out, "%s<%s>", before, path_text(instance, text));
        before = ", ";
        last = instance;
    }
    buf_puts(out, last.depth > 0 ? ")" : "");
}

/* Mute Send is true when it is not there (LwM2M TS 1.1, E.2). */
static void claim_send(struct house *self)
{
    const struct profile *profile = self->profile;
    unsigned instance = profile->server_count > 0 ? profile->servers[0].instance : 0;
    self->claims.mute = path_resource(SERVER_OBJECT, instance, MUTE_SEND);
    const struct record *mute = records_find(&profile->content, self->claims.mute);
    self->claims.is_muted =
        mute == NULL || mute->value.type != VALUE_BOOLEAN || mute->value.boolean;
}

/* What the first server is told by Register, as far as the profile says so. */
static void claim_registration(struct house *self)
{
    const struct profile *profile = self->profile;
    struct buf terms;
    buf_init(&terms, sizeof self->registered - 1);
    buf_printf(&terms, "lwm2m=%s", lwm2m_version_name(profile->version));
    if (profile->server_count > 0 && profile->says_lifetime)
        buf_printf(&terms, " lt=%" PRId64, profile->servers[0].lifetime);
    if (profile->server_count > 0)
        put_binding(profile, &terms);
    if (profile->queue_mode && profile->version != LWM2M_1_0)
        buf_puts(&terms, " queue");
    put_links(profile, &terms);
    if (!terms.bad) {
        snprintf(self->registered, sizeof self->registered, "%s", buf_text(&terms));
        self->claims.registered = self->registered;
    }
    buf_release(&terms);
}

static void claim_formats(struct house *self)
{
    unsigned version = self->profile->version == LWM2M_1_0 ? CODEC_1_0 : CODEC_1_1;
    size_t count = 0;
    for (size_t i = 0; codec_at(i) != NULL && count < HOUSE_FORMATS_MOST; i++)
        if ((codec_at(i)->versions & version) != 0)
            self->formats[count++] = codec_at(i)->name;
    self->formats[count] = NULL;
    self->claims.formats = self->formats;
}

static void claim_server(struct house *self, uint16_t id)
{
    for (size_t i = 0; i < self->claims.server_count; i++)
        if (self->accounts[i] == id)
            return;
    if (self->claims.server_count < SERVERS_MOST - 1) /* the last is for the bootstrap server */
        self->accounts[self->claims.server_count++] = id;
}

/* Its id is that of the first account. */
static void claim_one_server(struct house *self)
{
    const struct profile *profile = self->profile;
    self->accounts[0] = profile->server_count > 0 ? profile->servers[0].ssid : 1;
    self->claims.servers = self->accounts;
    self->claims.server_count = 1;
}

static void claim_servers(struct house *self)
{
    const struct profile *profile = self->profile;
    for (size_t i = 0; i < profile->server_count; i++)
        claim_server(self, profile->servers[i].ssid);
    for (size_t i = 0; i < self->server_count; i++)
        claim_server(self, self->servers[i].id);
    self->claims.servers = self->accounts;
    self->claims.has_bootstrap = profile->bootstrap != NULL;
}

void house_claim(struct house *self)
{
    size_t portfolio_count = 0;
    self->claims.profile = self->name;
    self->claims.identity2 = ID_NONE;
    self->claims.key2 = ID_NONE;
    self->claims.encryption_key2 = ID_NONE;
    self->claims.long_identity = ID_NONE;
    self->claims.endpoint = self->profile->endpoint;
    self->claims.is_plain = is_plain(self->profile);
    self->claims.is_over_tcp = is_over_tcp(self->profile);
    self->claims.read_only = self->profile->read_only;
    self->claims.read_only_count = self->profile->read_only_count;
    self->claims.loses_nothing = clock_is_virtual(loop_clock(self->config.world.loop));
    self->claims.latency_ms = self->profile->latency_ms;
    self->claims.limit_ms = self->profile->limit_ms;
    self->claims.extra_arguments = self->profile->extra_arguments;
    self->claims.has_portfolio =
        find_portfolio(self->profile, &self->claims.portfolio, &portfolio_count);
    self->claims.content = &self->profile->content;
    self->claims.spare = spare_instance(self->profile);
    if (self->claims.has_portfolio) {
        claim_identities(self->profile, &self->claims);
        self->claims.link = link_to(self->profile, self->claims.portfolio);
        claim_services(self->profile, &self->claims);
        claim_long_identity(self->profile, &self->claims);
        claim_other(self->profile, &self->claims);
    }
    claim_needs(self, portfolio_count);
    claim_registration(self);
    claim_send(self);
    claim_formats(self);
    self->claims.stands = self->config.stands;
    if (self->config.stands)
        claim_one_server(self);
    else
        claim_servers(self);
}
