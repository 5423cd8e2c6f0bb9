/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that a server holds: per endpoint a secure component of its own, which verifies and
 * opens. */
#include "base/std.h"

#include "drivers/sim.h"

struct entry {
    char *endpoint;             /* (owned) */
    struct provision provision; /* the server's half */
    struct secure *secure;      /* (owned) */
    struct verifier verifier;   /* a view of the two */
    struct entry *next;         /* (owned) */
};

struct verifiers {
    struct chance *chance; /* (borrowed) */
    struct entry *entries; /* (owned) */
};

struct verifiers *verifiers_new(struct chance *chance)
{
    struct verifiers *verifiers = xalloc(sizeof *verifiers);
    verifiers->chance = chance;
    return verifiers;
}

static void entry_free(struct entry *entry)
{
    secure_free(entry->secure);
    provision_release(&entry->provision);
    free(entry->endpoint);
    free(entry);
}

void verifiers_free(struct verifiers *verifiers)
{
    if (verifiers == NULL)
        return;
    while (verifiers->entries != NULL) {
        struct entry *entry = verifiers->entries;
        verifiers->entries = entry->next;
        entry_free(entry);
    }
    free(verifiers);
}

/* Puts the public half in the place of a private key. */
static enum status make_public(enum suite suite, struct provision_key *key)
{
    struct buf octets;
    buf_init_secret(&octets, KEY_MOST);
    enum status status = secure_public_key(suite, (struct bytes){key->octets, key->len}, &octets);
    if (status == ST_OK) {
        wipe(key->octets, sizeof key->octets);
        memcpy(key->octets, octets.data, octets.len);
        key->len = octets.len;
        key->is_public = true;
    }
    buf_release(&octets);
    return status;
}

/* rule: I-6. What a server needs of a service: it verifies with public keys where there are any. */
static enum status halve(struct provision_service *service, struct error *error)
{
    const struct suite_info *info = suite_info(service->suite);
    if (info == NULL || info->public_len == 0)
        return ST_OK;
    for (size_t i = 0; i < service->key_count; i++) {
        struct provision_key *key = &service->keys[i];
        enum status status = key->is_public ? ST_OK : make_public(service->suite, key);
        if (status == ST_OK)
            continue;
        error_set(error, "key %u is no private key of suite \"%s\"; give it %zu octets", key->index,
                  info->name, info->key_len);
        return ST_INVALID;
    }
    return ST_OK;
}

static enum status halve_all(struct provision *provision, struct error *error)
{
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < provision->count; i++)
        for (size_t k = 0; status == ST_OK && k < SERVICE_COUNT; k++)
            status = halve(&provision->instances[i].service[k], error);
    return status;
}

/* rule: PF-SC-6. The engine holds the keys; what stays beside it tells which ones there are. */
static void forget_octets(struct provision *provision)
{
    for (size_t i = 0; i < provision->count * SERVICE_COUNT; i++) {
        struct provision_service *service =
            &provision->instances[i / SERVICE_COUNT].service[i % SERVICE_COUNT];
        for (size_t k = 0; k < service->key_count; k++) {
            wipe(service->keys[k].octets, sizeof service->keys[k].octets);
            service->keys[k].len = 0;
        }
    }
}

static void remove_entry(struct verifiers *verifiers, const char *endpoint)
{
    struct entry **at = &verifiers->entries;
    while (*at != NULL && strcmp((*at)->endpoint, endpoint) != 0)
        at = &(*at)->next;
    struct entry *entry = *at;
    if (entry == NULL)
        return;
    *at = entry->next;
    entry_free(entry);
}

enum status verifiers_add(struct verifiers *verifiers, const char *endpoint,
                          const struct provision *provision, struct error *error)
{
    struct entry *entry = xalloc(sizeof *entry);
    entry->endpoint = xstrdup(endpoint);
    provision_copy(provision, &entry->provision);
    enum status status = halve_all(&entry->provision, error);
    if (status == ST_OK)
        entry->secure = secure_psa_new(&entry->provision, verifiers->chance, error);
    if (entry->secure == NULL) {
        entry_free(entry);
        return ST_INVALID;
    }
    forget_octets(&entry->provision);
    entry->verifier = (struct verifier){&entry->provision, entry->secure};
    remove_entry(verifiers, endpoint);
    entry->next = verifiers->entries;
    verifiers->entries = entry;
    return ST_OK;
}

enum status verifiers_add_keyring(struct verifiers *verifiers, const struct keyring *keyring,
                                  struct error *error)
{
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < keyring->count; i++)
        status = verifiers_add(verifiers, keyring->entries[i].endpoint,
                               &keyring->entries[i].provision, error);
    return status;
}

const struct verifier *verifiers_find(const struct verifiers *verifiers, const char *endpoint)
{
    const struct entry *entry = verifiers == NULL ? NULL : verifiers->entries;
    while (entry != NULL && strcmp(entry->endpoint, endpoint) != 0)
        entry = entry->next;
    return entry == NULL ? NULL : &entry->verifier;
}
