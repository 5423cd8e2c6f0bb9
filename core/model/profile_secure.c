/* SPDX-License-Identifier: Apache-2.0 */
/* Reads "secure_component" and the entries of a keyring: suites, keys, hashes (PF-SC-2 to 5). */
#include "base/std.h"

#include "model/profile_impl.h"
#include "model/secret.h"

enum { PORTFOLIO_OBJECT = 16, IDENTITY = 0, GET_AUTH_DATA = 1, AUTH_DATA = 2, AUTH_STATUS = 3 };

/* One service of one instance while it is being read. */
struct reading {
    const struct source *source;    /* (borrowed) */
    const struct provision *all;    /* (borrowed) what was read before */
    const struct suite_info *suite; /* (borrowed) NULL: unknown */
    struct provision_service *out;  /* (borrowed) */
    struct path instance;
    bool server_half;
};

/* --- suites -------------------------------------------------------------------------------- */

static void report_suite(const struct source *source, const struct json *json, enum service service)
{
    char label[LABEL];
    struct buf known;
    buf_init(&known, sizeof(struct error));
    for (size_t i = 0; suite_at(i) != NULL; i++)
        if (suite_at(i)->service == service)
            buf_printf(&known, "%s \"%s\"", known.len == 0 ? "" : ",", suite_at(i)->name);
    json_error(source->errors, source->subject, json, false,
               "unknown suite \"%s\" for %s; known:%s", label_of(json->text, label),
               service_name(service), buf_text(&known));
    buf_release(&known);
}

static const struct suite_info *load_suite(const struct source *source, const struct json *service,
                                           enum service which)
{
    static const char *const defaults[] = {"sha256+aes128-cmac", "aes128-ccm"};
    const struct json *member = get_member(service, "suite");
    const struct suite_info *info = suite_named(get_text(service, "suite", defaults[which]));
    if (info != NULL && info->service == which)
        return info;
    if (member != NULL && member->kind == JSON_STRING)
        report_suite(source, member, which);
    return NULL;
}

/* --- keys ---------------------------------------------------------------------------------- */

/* rule: PF-SC-3. Looks for the same octets among the keys that were read before. */
static bool report_shared(const struct reading *reading, const struct json *json,
                          struct bytes octets)
{
    for (size_t i = 0; i < reading->all->count * SERVICE_COUNT; i++) {
        const struct provision_instance *instance = &reading->all->instances[i / SERVICE_COUNT];
        const struct provision_service *service = &instance->service[i % SERVICE_COUNT];
        for (size_t k = 0; k < service->key_count; k++) {
            const struct provision_key *key = &service->keys[k];
            if (!bytes_equal_secret(octets, (struct bytes){key->octets, key->len}))
                continue;
            json_error(reading->source->errors, reading->source->subject, json, false,
                       "key octets are those of the %s key %u of \"16/%u\" at line %u too; every "
                       "key set must have its own",
                       service_name((enum service)(i % SERVICE_COUNT)), (unsigned)key->index,
                       (unsigned)instance->instance, key->line);
            return true;
        }
    }
    return false;
}

static bool length_fits(const struct reading *reading, const struct json *json, size_t len)
{
    const struct suite_info *suite = reading->suite;
    if (suite == NULL)
        return len <= KEY_MOST;
    bool is_public = reading->server_half && suite->public_len > 0;
    size_t wanted = is_public ? suite->public_len : suite->key_len;
    if (len == wanted)
        return true;
    json_error(reading->source->errors, reading->source->subject, json, false,
               "%s has %zu octets, but suite \"%s\" needs %zu", is_public ? "public key" : "key",
               len, suite->name, wanted);
    return false;
}

static void add_key(const struct reading *reading, const struct json *json, unsigned index,
                    struct bytes octets)
{
    if (!length_fits(reading, json, octets.len) || report_shared(reading, json, octets))
        return;
    struct provision_key *key = provision_add_key(reading->out, index, octets);
    if (key == NULL) {
        json_error(reading->source->errors, reading->source->subject, json, false,
                   "more than %d keys; leave some out", KEYS_MOST);
        return;
    }
    key->line = json->line;
    key->column = json->column;
    key->is_public =
        reading->server_half && reading->suite != NULL && reading->suite->public_len > 0;
}

static void load_keys(const struct reading *reading, const struct json *keys)
{
    if (keys != NULL && keys->kind == JSON_OBJECT && keys->count == 0)
        json_error(reading->source->errors, reading->source->subject, keys, false,
                   "key set is empty; a service needs at least one key");
    for (const struct json *key = get_first(keys, JSON_OBJECT); key != NULL; key = key->next) {
        uint16_t index = 0;
        struct buf octets;
        buf_init_secret(&octets, SECRET_MOST);
        if (parse_id(key->name, &index) && octets_load(reading->source, key, "key", true, &octets))
            add_key(reading, key, index, buf_bytes(&octets));
        buf_release(&octets);
    }
}

/* --- hashes -------------------------------------------------------------------------------- */

static struct provision_hash *add_hash(const struct reading *reading, const struct json *json,
                                       unsigned identity)
{
    struct provision_hash *hash = provision_add_hash(reading->out, identity);
    if (hash == NULL)
        json_error(reading->source->errors, reading->source->subject, json, false,
                   "more than %d hashes; leave some out", IDENTITIES_MOST);
    return hash;
}

/* rule: I-23. The profile's own text is hashed, whatever is written later. */
static void hash_identities(const struct reading *reading, const struct json *json,
                            const struct tree *content)
{
    struct path identities = path_child(reading->instance, IDENTITY);
    size_t place = 0;
    tree_find(content, identities, &place);
    size_t end = tree_end(content, identities, place);
    for (; place < end; place++) {
        const struct record *cell = &content->cells[place];
        if (cell->path.depth != 4)
            continue;
        struct bytes text = value_bytes(&cell->value);
        if (text.len > IDENTITY_LEN_MOST) {
            json_error(reading->source->errors, reading->source->subject, json, false,
                       "identity %u has more than %d octets", (unsigned)cell->path.id[3],
                       IDENTITY_LEN_MOST);
            continue;
        }
        struct provision_hash *hash = add_hash(reading, json, cell->path.id[3]);
        if (hash == NULL)
            return;
        hash->text = xmemdup(text.data, text.len);
        hash->text_len = text.len;
    }
    if (reading->out->hash_count == 0)
        json_error(reading->source->errors, reading->source->subject, json, false,
                   "no hash can be made, because \"16/%u\" has no identity",
                   (unsigned)reading->instance.id[1]);
}

static void take_hash(const struct reading *reading, const struct json *json, unsigned identity)
{
    struct buf octets;
    buf_init_secret(&octets, SECRET_MOST);
    size_t wanted = reading->suite == NULL ? 0 : reading->suite->hash_len;
    bool good = octets_load(reading->source, json, "hash", true, &octets);
    if (good && wanted > 0 && octets.len != wanted) {
        json_error(reading->source->errors, reading->source->subject, json, false,
                   "hash has %zu octets, but suite \"%s\" needs %zu", octets.len,
                   reading->suite->name, wanted);
    } else if (good && octets.len > 0 && octets.len <= HASH_MOST) {
        struct provision_hash *hash = add_hash(reading, json, identity);
        if (hash != NULL) {
            hash->len = octets.len;
            memcpy(hash->octets, octets.data, octets.len);
        }
    }
    buf_release(&octets);
}

static void warn_missing_identity(const struct reading *reading, const struct json *json,
                                  const struct tree *content, unsigned identity)
{
    struct path path = path_child(path_child(reading->instance, IDENTITY), identity);
    if (content != NULL && !tree_has(content, path))
        source_warn(reading->source, json, "there is no identity %u that the hash could be of",
                    identity);
}

static void load_hashes(const struct reading *reading, const struct json *hashes,
                        const struct tree *content)
{
    if (hashes == NULL)
        return;
    if (hashes->kind == JSON_STRING && content != NULL && bytes_is(hashes->text, "from-identity"))
        hash_identities(reading, hashes, content);
    if (hashes->kind == JSON_OBJECT && hashes->count == 0 && content != NULL)
        json_error(reading->source->errors, reading->source->subject, hashes, false,
                   "set of hashes is empty; authentication needs at least one");
    for (const struct json *hash = get_first(hashes, JSON_OBJECT); hash != NULL;
         hash = hash->next) {
        uint16_t identity = 0;
        if (!parse_id(hash->name, &identity))
            continue;
        warn_missing_identity(reading, hash, content, identity);
        take_hash(reading, hash, identity);
    }
}

/* --- instances ------------------------------------------------------------------------------ */

void provision_load(const struct source *source, const struct json *entry, struct path path,
                    const struct tree *content, struct provision *out)
{
    struct provision_instance *instance = provision_add(out, path.id[1]);
    instance->challenge_rule = CHALLENGE_MINIMAL;
    if (!challenge_rule_named(get_text(entry, "challenge_octets", NULL), &instance->challenge_rule))
        instance->challenge_rule = CHALLENGE_MINIMAL;
    for (size_t i = 0; i < SERVICE_COUNT; i++) {
        enum service which = (enum service)i;
        const struct json *service = get_member(entry, service_name(which));
        if (service == NULL || service->kind != JSON_OBJECT)
            continue;
        struct reading reading = {
            .source = source,
            .all = out,
            .suite = load_suite(source, service, which),
            .out = &instance->service[i],
            .instance = path,
            .server_half = content == NULL,
        };
        reading.out->suite = reading.suite == NULL ? SUITE_NONE : reading.suite->suite;
        load_keys(&reading, get_member(service, "keys"));
        if (which == SERVICE_AUTHENTICATION)
            load_hashes(&reading, get_member(service, "hashes"), content);
    }
}

static bool omitted(const struct json *entry, unsigned resource)
{
    const struct json *id = get_first(get_member(entry, "omit"), JSON_ARRAY);
    for (; id != NULL; id = id->next)
        if (id->kind == JSON_INTEGER && id->integer == resource)
            return true;
    return false;
}

/* rule: PF-OBJ-9, I-16 */
static void add_services(struct loading *loading, const struct json *entry, struct path instance)
{
    static const unsigned resources[] = {GET_AUTH_DATA, AUTH_DATA, AUTH_STATUS};
    for (size_t i = 0; i < COUNT_OF(resources); i++) {
        bool valued = resources[i] == AUTH_STATUS;
        if (!omitted(entry, resources[i]))
            content_put(loading, entry, path_child(instance, resources[i]),
                        valued ? value_integer(0) : value_none());
    }
}

static void load_dedication(const struct loading *loading, const struct json *entry,
                            struct profile_portfolio *out)
{
    const struct json *member = get_member(entry, "dedicated_to");
    out->has_dedicated = parse_instance(get_text(entry, "dedicated_to", NULL), &out->dedicated_to);
    if (out->has_dedicated && !tree_has(&loading->content, out->dedicated_to))
        COMPLAIN(loading, member, false, "instance \"%u/%u\" is not among the objects",
                 (unsigned)out->dedicated_to.id[0], (unsigned)out->dedicated_to.id[1]);
}

static void load_entry(struct loading *loading, const struct json *entry,
                       enum challenge_rule fallback)
{
    struct path path;
    struct profile *profile = loading->profile;
    if (!parse_instance(entry->name, &path))
        return;
    if (path.id[0] != PORTFOLIO_OBJECT || !tree_has(&loading->content, path)) {
        COMPLAIN(loading, entry, true, "\"%u/%u\" is no Portfolio instance among the objects",
                 (unsigned)path.id[0], (unsigned)path.id[1]);
        return;
    }
    add_services(loading, entry, path);
    struct profile_portfolio *portfolio = &profile->portfolios[profile->portfolio_count++];
    portfolio->instance = path.id[1];
    portfolio->gsma = get_flag(entry, "gsma", false);
    load_dedication(loading, entry, portfolio);
    provision_load(&loading->source, entry, path, &loading->content, &profile->provision);
    struct provision_instance *added = provision_find(&profile->provision, path.id[1]);
    if (get_member(entry, "challenge_octets") == NULL)
        added->challenge_rule = fallback;
    if (get_member(entry, "authentication") == NULL && get_member(entry, "encryption") == NULL)
        source_warn(&loading->source, entry, "instance \"16/%u\" offers no service",
                    (unsigned)path.id[1]);
}

void secure_load(struct loading *loading)
{
    struct profile *profile = loading->profile;
    const struct json *component = get_member(loading->root, "secure_component");
    const struct json *instances = get_member(component, "instances");
    enum challenge_rule fallback = CHALLENGE_MINIMAL;
    if (!challenge_rule_named(get_text(loading->root, "challenge_octets", NULL), &fallback))
        fallback = CHALLENGE_MINIMAL;
    profile->latency_ms = get_duration(component, "latency", 0);
    profile->limit_ms = get_duration(component, "limit", 5000);
    if (profile->latency_ms > profile->limit_ms && component != NULL)
        source_warn(&loading->source, component,
                    "latency is above the limit, so that every request will fail");
    const struct json *entry = get_first(instances, JSON_OBJECT);
    profile->portfolios = xarray(get_count(instances) + 1, sizeof *profile->portfolios);
    for (; entry != NULL; entry = entry->next)
        load_entry(loading, entry, fallback);
}
