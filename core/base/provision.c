/* SPDX-License-Identifier: Apache-2.0 */
/* Provisioning as data: the suites, the octets of a challenge, keys and hashes by instance. */
#include "base/std.h"

#include "base/provision.h"

static const char *const service_symbols[] = {
    [SERVICE_AUTHENTICATION] = "SRV_AUTHENT",
    [SERVICE_ENCRYPTION] = "SRV_ENCRYPT",
};

bool service_symbol_named(struct bytes name, enum service *out)
{
    for (size_t i = 0; i < COUNT_OF(service_symbols); i++) {
        if (bytes_is(name, service_symbols[i])) {
            *out = (enum service)i;
            return true;
        }
    }
    return false;
}

const char *service_name(enum service service)
{
    return service == SERVICE_AUTHENTICATION ? "authentication" : "encryption";
}

static const char *const challenge_rule_names[] = {
    [CHALLENGE_MINIMAL] = "minimal",
    [CHALLENGE_INT64] = "int64",
    [CHALLENGE_TEXT] = "text",
};

const char *challenge_rule_name(enum challenge_rule rule)
{
    return challenge_rule_names[rule];
}

bool challenge_rule_named(struct bytes name, enum challenge_rule *out)
{
    for (size_t i = 0; i < COUNT_OF(challenge_rule_names); i++)
        if (bytes_is(name, challenge_rule_names[i])) {
            *out = (enum challenge_rule)i;
            return true;
        }
    return false;
}

/* A negative number has its sign bit set, so that it takes all eight octets. */
static unsigned minimal_width(uint64_t value)
{
    unsigned width = 1;
    while (width < 8 && value >> (8 * width) != 0)
        width++;
    return width;
}

/* rule: I-3, I-4 */
bool challenge_octets(enum challenge_rule rule, struct bytes text, struct buf *out)
{
    uint64_t value = 0;
    int64_t decimal = 0;
    if (parse_decimal(text, &decimal))
        value = (uint64_t)decimal;
    else if (!parse_hex_integer(text, &value))
        return false;
    switch (rule) {
    case CHALLENGE_MINIMAL:
        buf_put_be(out, value, minimal_width(value));
        break;
    case CHALLENGE_INT64:
        buf_put_be(out, value, 8);
        break;
    case CHALLENGE_TEXT:
        buf_put(out, text);
        break;
    }
    return !out->bad;
}

/* rule: I-6, I-7. The overhead of CCM and GCM is nonce and tag, of CBC the IV and a whole
 * block of padding. */
static const struct suite_info suites[] = {
    {SUITE_SHA256_AES128_CMAC, "sha256+aes128-cmac", SERVICE_AUTHENTICATION, 16, 0, 32, 16, true},
    {SUITE_SHA256_AES256_CMAC, "sha256+aes256-cmac", SERVICE_AUTHENTICATION, 32, 0, 32, 16, true},
    {SUITE_SHA256_HMAC_SHA256, "sha256+hmac-sha256", SERVICE_AUTHENTICATION, 32, 0, 32, 32, true},
    {SUITE_SHA384_HMAC_SHA384, "sha384+hmac-sha384", SERVICE_AUTHENTICATION, 48, 0, 48, 48, true},
    {SUITE_SHA256_ECDSA_P256, "sha256+ecdsa-p256", SERVICE_AUTHENTICATION, 32, 65, 32, 64, true},
    {SUITE_AES128_CCM, "aes128-ccm", SERVICE_ENCRYPTION, 16, 0, 0, 28, true},
    {SUITE_AES128_GCM, "aes128-gcm", SERVICE_ENCRYPTION, 16, 0, 0, 28, true},
    {SUITE_AES256_GCM, "aes256-gcm", SERVICE_ENCRYPTION, 32, 0, 0, 28, true},
    {SUITE_AES256_CCM, "aes256-ccm", SERVICE_ENCRYPTION, 32, 0, 0, 28, true},
    {SUITE_AES128_CBC, "aes128-cbc", SERVICE_ENCRYPTION, 16, 0, 0, 32, false},
    {SUITE_AES256_CBC, "aes256-cbc", SERVICE_ENCRYPTION, 32, 0, 0, 32, false},
};

const struct suite_info *suite_info(enum suite suite)
{
    for (size_t i = 0; i < COUNT_OF(suites); i++)
        if (suites[i].suite == suite)
            return &suites[i];
    return NULL;
}

const struct suite_info *suite_named(struct bytes name)
{
    for (size_t i = 0; i < COUNT_OF(suites); i++)
        if (bytes_is(name, suites[i].name))
            return &suites[i];
    return NULL;
}

const struct suite_info *suite_at(size_t index)
{
    return index < COUNT_OF(suites) ? &suites[index] : NULL;
}

void provision_init(struct provision *provision)
{
    *provision = (struct provision){0};
}

static void free_secret(void *data, size_t len)
{
    wipe(data, len);
    free(data);
}

static void release_service(struct provision_service *service)
{
    for (size_t i = 0; i < service->hash_count; i++)
        free_secret(service->hashes[i].text, service->hashes[i].text_len);
    free_secret(service->hashes, service->hash_count * sizeof *service->hashes);
    free_secret(service->keys, service->key_count * sizeof *service->keys);
    *service = (struct provision_service){.suite = SUITE_NONE};
}

void provision_release(struct provision *provision)
{
    for (size_t i = 0; i < provision->count; i++)
        for (size_t s = 0; s < SERVICE_COUNT; s++)
            release_service(&provision->instances[i].service[s]);
    free(provision->instances);
    provision_init(provision);
}

static void copy_service(struct provision_service *service)
{
    service->keys = xmemdup(service->keys, service->key_count * sizeof *service->keys);
    service->hashes = xmemdup(service->hashes, service->hash_count * sizeof *service->hashes);
    for (size_t i = 0; i < service->hash_count; i++) {
        struct provision_hash *hash = &service->hashes[i];
        hash->text = xmemdup(hash->text, hash->text_len);
    }
}

void provision_copy(const struct provision *from, struct provision *out)
{
    out->count = from->count;
    out->instances = xmemdup(from->instances, from->count * sizeof *from->instances);
    for (size_t i = 0; i < out->count; i++)
        for (size_t s = 0; s < SERVICE_COUNT; s++)
            copy_service(&out->instances[i].service[s]);
}

struct provision_instance *provision_find(const struct provision *provision, unsigned instance)
{
    for (size_t i = 0; i < provision->count; i++)
        if (provision->instances[i].instance == instance)
            return &provision->instances[i];
    return NULL;
}

struct provision_instance *provision_add(struct provision *provision, unsigned instance)
{
    assert(instance <= UINT16_MAX);
    size_t count = provision->count + 1;
    provision->instances = xgrow(provision->instances, count, sizeof *provision->instances);
    struct provision_instance *added = &provision->instances[provision->count];
    *added = (struct provision_instance){.instance = (uint16_t)instance};
    provision->count = count;
    return added;
}

const struct provision_key *provision_key(const struct provision_service *service, unsigned index)
{
    for (size_t i = 0; i < service->key_count; i++)
        if (service->keys[i].index == index)
            return &service->keys[i];
    return NULL;
}

/* A copy of an array with a zeroed item more; the old one is zeroed, as realloc would not. */
static void *grow_secret(void *old, size_t count, size_t size)
{
    uint8_t *grown = xarray(count + 1, size);
    if (count > 0)
        memcpy(grown, old, count * size);
    free_secret(old, count * size);
    return grown;
}

struct provision_key *provision_add_key(struct provision_service *service, unsigned index,
                                        struct bytes octets)
{
    assert(index <= UINT16_MAX);
    if (octets.len > KEY_MOST || service->key_count == KEYS_MOST)
        return NULL;
    service->keys = grow_secret(service->keys, service->key_count, sizeof *service->keys);
    struct provision_key *key = &service->keys[service->key_count++];
    key->index = (uint16_t)index;
    key->len = octets.len;
    if (octets.len > 0)
        memcpy(key->octets, octets.data, octets.len);
    return key;
}

struct provision_hash *provision_add_hash(struct provision_service *service, unsigned identity)
{
    assert(identity <= UINT16_MAX);
    if (service->hash_count == IDENTITIES_MOST)
        return NULL;
    service->hashes = grow_secret(service->hashes, service->hash_count, sizeof *service->hashes);
    struct provision_hash *hash = &service->hashes[service->hash_count++];
    hash->identity = (uint16_t)identity;
    return hash;
}

struct placed_key {
    const struct provision_key *key; /* (borrowed) */
    size_t place;
};

static int compare_placed(const void *a, const void *b)
{
    const struct placed_key *x = a;
    const struct placed_key *y = b;
    if (x->key->len != y->key->len)
        return x->key->len < y->key->len ? -1 : 1;
    int order = memcmp(x->key->octets, y->key->octets, x->key->len);
    return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

/* All keys in the order of the provision; returns their number. OUT may be NULL. */
static size_t list_keys(const struct provision *provision, struct placed_key *out)
{
    size_t count = 0;
    for (size_t i = 0; i < provision->count * SERVICE_COUNT; i++) {
        const struct provision_instance *instance = &provision->instances[i / SERVICE_COUNT];
        const struct provision_service *service = &instance->service[i % SERVICE_COUNT];
        for (size_t k = 0; k < service->key_count; k++, count++)
            if (out != NULL)
                out[count] = (struct placed_key){&service->keys[k], count};
    }
    return count;
}

static bool same_octets(const struct provision_key *a, const struct provision_key *b)
{
    return bytes_equal((struct bytes){a->octets, a->len}, (struct bytes){b->octets, b->len});
}

/* rule: PF-SC-3 */
bool provision_shared_key(const struct provision *provision, const struct provision_key **out_first,
                          const struct provision_key **out_second)
{
    size_t count = list_keys(provision, NULL);
    struct placed_key *keys = xarray(count, sizeof *keys);
    list_keys(provision, keys);
    qsort(keys, count, sizeof *keys, compare_placed);
    size_t earliest = SIZE_MAX;
    for (size_t i = 1; i < count; i++) {
        if (keys[i].place > earliest || !same_octets(keys[i - 1].key, keys[i].key))
            continue;
        earliest = keys[i].place;
        *out_first = keys[i - 1].key;
        *out_second = keys[i].key;
    }
    free(keys);
    return earliest != SIZE_MAX;
}
