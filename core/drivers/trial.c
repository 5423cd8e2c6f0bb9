/* SPDX-License-Identifier: Apache-2.0 */
/* AuthData that does not fit is tried with every other key that is claimed: key sets are dedicated,
 * so one that fits is in the wrong place (PF-SC-3). */
#include "base/std.h"

#include "drivers/sim.h"

/* One key in the place of those of the claimed set; asymmetric ones are not mixed up by accident.
 */
static bool makes_sense(const struct provision_service *claimed, const struct provision_key *key)
{
    const struct suite_info *info = suite_info(claimed->suite);
    return info != NULL && info->public_len == 0 && key->len == info->key_len;
}

static void copy_hashes(const struct provision_service *from, struct provision_service *out)
{
    for (size_t i = 0; i < from->hash_count; i++) {
        const struct provision_hash *hash = &from->hashes[i];
        struct provision_hash *copy = provision_add_hash(out, hash->identity);
        if (copy == NULL)
            return;
        memcpy(copy->octets, hash->octets, sizeof copy->octets);
        copy->len = hash->len;
        copy->text_len = hash->text_len;
        if (hash->text != NULL) {
            copy->text = xalloc(hash->text_len + 1);
            memcpy(copy->text, hash->text, hash->text_len);
        }
    }
}

/* The claimed service with KEY alone, under the index that is asked about. */
static void fill(const struct provision_instance *claimed, const struct secure_request *request,
                 const struct provision_key *key, struct provision *out)
{
    const struct provision_service *service = &claimed->service[request->service];
    provision_init(out);
    struct provision_instance *instance = provision_add(out, claimed->instance);
    instance->challenge_rule = claimed->challenge_rule;
    struct provision_service *trial = &instance->service[request->service];
    trial->suite = service->suite;
    copy_hashes(service, trial);
    if (provision_add_key(trial, request->key_index, (struct bytes){key->octets, key->len}) == NULL)
        trial->suite = SUITE_NONE;
}

static bool fits(const struct provision *provision, struct chance *chance,
                 const struct secure_request *request, struct bytes auth_data)
{
    struct error error;
    struct buf data;
    error_clear(&error);
    struct secure *secure = secure_psa_new(provision, chance, &error);
    if (secure == NULL)
        return false;
    const struct verifier verifier = {provision, secure};
    buf_init_secret(&data, AUTH_DATA_MOST);
    bool fits = server_judge(&verifier, request, auth_data, &data) == JUDGEMENT_GENUINE;
    buf_release(&data);
    secure_free(secure);
    return fits;
}

static bool try_key(const struct trial *trial, const struct provision_instance *claimed,
                    const struct provision_key *key)
{
    struct provision provision;
    fill(claimed, &trial->request, key, &provision);
    bool found = fits(&provision, trial->chance, &trial->request, trial->auth_data);
    provision_release(&provision);
    return found;
}

/* The sets are those of every service of every instance, but for the claimed one. */
static const struct provision_key *try_set(const struct trial *trial,
                                           const struct provision_instance *claimed,
                                           const struct provision_instance *instance,
                                           enum service service)
{
    const struct provision_service *set = &instance->service[service];
    bool is_claimed = instance == claimed && service == trial->request.service;
    for (size_t i = 0; i < set->key_count && !is_claimed; i++)
        if (makes_sense(&claimed->service[trial->request.service], &set->keys[i]) &&
            try_key(trial, claimed, &set->keys[i]))
            return &set->keys[i];
    return NULL;
}

bool trial_finds(const struct trial *trial, struct error *problem)
{
    const struct provision *provision = trial->provision;
    const struct provision_instance *claimed = provision_find(provision, trial->request.instance);
    for (size_t i = 0; claimed != NULL && i < provision->count * SERVICE_COUNT; i++) {
        const struct provision_instance *instance = &provision->instances[i / SERVICE_COUNT];
        const enum service service = (enum service)(i % SERVICE_COUNT);
        const struct provision_key *key = try_set(trial, claimed, instance, service);
        if (key == NULL)
            continue;
        error_set(problem, "it fits key %u for %s of \"/16/%u\", which is of another set",
                  key->index, service_name(service), instance->instance);
        return true;
    }
    return false;
}
