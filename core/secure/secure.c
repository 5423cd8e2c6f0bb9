/* SPDX-License-Identifier: Apache-2.0 */
/* Dispatch of the secure port, the texts of its results, and what holds for every engine. */
#include "base/std.h"

#include "secure/secure.h"

const char *secure_result_text(enum secure_result result)
{
    static const char *const texts[] = {
        [SECURE_OK] = "ok",
        [SECURE_NO_SERVICE] = "the instance is not provisioned for this service",
        [SECURE_NO_HASH] = "no hash is provisioned for this identity",
        [SECURE_NO_KEY] = "the key set has no such key",
        [SECURE_REJECTED] = "the octets do not fit key, identity and challenge",
        [SECURE_FAILED] = "the secure component failed or timed out",
    };
    return (size_t)result < COUNT_OF(texts) ? texts[result] : "unknown result";
}

static bool within_limits(const struct secure_request *request)
{
    return request->challenge.len > 0 && request->challenge.len <= CHALLENGE_LEN_MOST &&
           request->data.len <= IDENTITY_LEN_MOST;
}

enum secure_result secure_compute(struct secure *secure, const struct secure_request *request,
                                  struct buf *out)
{
    return within_limits(request) ? secure->ops->compute(secure, request, out) : SECURE_FAILED;
}

enum secure_result secure_verify(struct secure *secure, const struct secure_request *request,
                                 struct bytes auth_data)
{
    assert(request->service == SERVICE_AUTHENTICATION);
    return within_limits(request) ? secure->ops->verify(secure, request, auth_data) : SECURE_FAILED;
}

enum secure_result secure_open(struct secure *secure, const struct secure_request *request,
                               struct bytes auth_data, struct buf *out)
{
    assert(request->service == SERVICE_ENCRYPTION);
    if (!within_limits(request))
        return SECURE_FAILED;
    return secure->ops->open(secure, request, auth_data, out);
}

enum secure_result secure_provision(struct secure *secure, unsigned instance, unsigned identity,
                                    struct bytes text)
{
    if (text.len > IDENTITY_LEN_MOST)
        return SECURE_FAILED;
    return secure->ops->provision(secure, instance, identity, text);
}

void secure_free(struct secure *secure)
{
    if (secure != NULL)
        secure->ops->free(secure);
}

/* One service of one instance, and its name for messages. */
struct place {
    const struct provision_service *service; /* (borrowed) */
    enum service kind;
    char text[40]; /* encryption on "/16/1" */
};

/* Place INDEX in the order of the provision; false past the end. */
static bool place_at(const struct provision *provision, size_t index, struct place *out)
{
    if (index >= provision->count * SERVICE_COUNT)
        return false;
    const struct provision_instance *instance = &provision->instances[index / SERVICE_COUNT];
    out->kind = index % SERVICE_COUNT == 0 ? SERVICE_AUTHENTICATION : SERVICE_ENCRYPTION;
    out->service = &instance->service[out->kind];
    snprintf(out->text, sizeof out->text, "%s on \"/16/%u\"", service_name(out->kind),
             instance->instance);
    return true;
}

static struct place place_of(const struct provision *provision, const struct provision_key *key)
{
    struct place place = {0};
    for (size_t i = 0; place_at(provision, i, &place); i++)
        for (size_t k = 0; k < place.service->key_count; k++)
            if (&place.service->keys[k] == key)
                return place;
    return place;
}

static bool keys_are_dedicated(const struct provision *provision, struct error *error)
{
    const struct provision_key *first = NULL;
    const struct provision_key *second = NULL;
    if (!provision_shared_key(provision, &first, &second))
        return true;
    error_place(error, NULL, second->line, second->column);
    error_set(error,
              "key %u for %s has the same octets as key %u for %s: "
              "give each key set keys of its own",
              second->index, place_of(provision, second).text, first->index,
              place_of(provision, first).text);
    return false;
}

static bool keys_fit(const struct place *place, const struct suite_info *info, struct error *error)
{
    for (size_t i = 0; i < place->service->key_count; i++) {
        const struct provision_key *key = &place->service->keys[i];
        size_t expected = key->is_public ? info->public_len : info->key_len;
        if (key->len == expected)
            continue;
        error_place(error, NULL, key->line, key->column);
        error_set(error, "%s %u for %s has %zu octets: suite \"%s\" takes %zu",
                  key->is_public ? "public key" : "key", key->index, place->text, key->len,
                  info->name, expected);
        return false;
    }
    return true;
}

static bool hashes_fit(const struct place *place, const struct suite_info *info,
                       struct error *error)
{
    for (size_t i = 0; i < place->service->hash_count; i++) {
        const struct provision_hash *hash = &place->service->hashes[i];
        if (hash->len == 0 || hash->len == info->hash_len)
            continue;
        error_set(error, "the hash of identity %u for %s has %zu octets: suite \"%s\" takes %zu",
                  hash->identity, place->text, hash->len, info->name, info->hash_len);
        return false;
    }
    return true;
}

static bool service_fits(const struct place *place, struct error *error)
{
    const struct suite_info *info = suite_info(place->service->suite);
    if (info == NULL)
        return true;
    if (info->service != place->kind) {
        error_set(error, "suite \"%s\" is not one for %s: choose one for %s", info->name,
                  place->text, service_name(place->kind));
        return false;
    }
    return keys_fit(place, info, error) && hashes_fit(place, info, error);
}

/* rule: PF-SC-3, I-6, I-7 */
bool secure_check_provision(const struct provision *provision, struct error *error)
{
    struct place place;
    for (size_t i = 0; place_at(provision, i, &place); i++)
        if (!service_fits(&place, error))
            return false;
    return keys_are_dedicated(provision, error);
}
