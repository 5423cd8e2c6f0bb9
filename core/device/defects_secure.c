/* SPDX-License-Identifier: Apache-2.0 */
/* Defects of what is signed and encrypted: wrong key, hash, challenge, order or result. */
#include "base/std.h"

#include "base/portfolio.h"
#include "device/defects_impl.h"

/* --- what the component is asked ------------------------------------------------------------- */

static bool signs(const struct secure_request *request)
{
    return request->service == SERVICE_AUTHENTICATION;
}

static void ignore_service(const struct inquiry *inquiry)
{
    inquiry->request->service = SERVICE_AUTHENTICATION;
}

static void ignore_identity(const struct inquiry *inquiry)
{
    inquiry->request->identity = 0;
}

static void ignore_key(const struct inquiry *inquiry)
{
    inquiry->request->key_index = 0;
}

static void ignore_challenge(const struct inquiry *inquiry)
{
    buf_put_u8(inquiry->data, 1);
    inquiry->request->challenge = buf_bytes(inquiry->data);
}

static void swap_identity_and_key(const struct inquiry *inquiry)
{
    uint16_t identity = inquiry->request->identity;
    inquiry->request->identity = inquiry->request->key_index;
    inquiry->request->key_index = identity;
}

static void leave_challenge_out(const struct inquiry *inquiry)
{
    inquiry->request->challenge.len = 0;
}

static void put_reversed(struct bytes octets, struct buf *out)
{
    for (size_t i = octets.len; i > 0; i--)
        buf_put_u8(out, octets.data[i - 1]);
}

static void reverse_challenge(const struct inquiry *inquiry)
{
    put_reversed(inquiry->request->challenge, inquiry->data);
    inquiry->request->challenge = buf_bytes(inquiry->data);
}

static void cut_challenge(const struct inquiry *inquiry)
{
    struct bytes challenge = inquiry->request->challenge;
    if (challenge.len > 4)
        inquiry->request->challenge = (struct bytes){challenge.data + challenge.len - 4, 4};
}

static void empty_zero(const struct inquiry *inquiry)
{
    struct bytes challenge = inquiry->request->challenge;
    if (challenge.len == 1 && challenge.data[0] == 0)
        inquiry->request->challenge.len = 0;
}

static void cut_key(const struct inquiry *inquiry)
{
    inquiry->request->key_index &= 0xff;
}

static void pad_challenge(const struct inquiry *inquiry)
{
    for (size_t i = inquiry->request->challenge.len; i < 8; i++)
        buf_put_u8(inquiry->data, 0);
    buf_put(inquiry->data, inquiry->request->challenge);
    inquiry->request->challenge = buf_bytes(inquiry->data);
}

static void encrypt_challenge_first(const struct inquiry *inquiry)
{
    struct bytes challenge = inquiry->request->challenge;
    if (signs(inquiry->request))
        return;
    inquiry->request->challenge = inquiry->request->data;
    inquiry->request->data = challenge;
}

static void encrypt_without_challenge(const struct inquiry *inquiry)
{
    if (!signs(inquiry->request))
        leave_challenge_out(inquiry);
}

static void encrypt_terminator(const struct inquiry *inquiry)
{
    if (signs(inquiry->request))
        return;
    buf_put(inquiry->data, inquiry->request->data);
    buf_put_u8(inquiry->data, 0);
    inquiry->request->data = buf_bytes(inquiry->data);
}

static const struct value *identity_of(const struct seeded *seeded, unsigned instance,
                                       unsigned identity)
{
    struct path path = path_resource(PORTFOLIO, instance, IDENTITY);
    return model_value(device_model(seeded->device), path_child(path, identity));
}

/* What the identity is when the component is done, and not when it was asked. */
static void encrypt_latest(const struct inquiry *inquiry)
{
    const struct value *value =
        identity_of(inquiry->seeded, inquiry->request->instance, inquiry->request->identity);
    if (signs(inquiry->request) || value == NULL)
        return;
    buf_put(inquiry->data, value_bytes(value));
    inquiry->request->data = buf_bytes(inquiry->data);
}

static void encrypt_first_identity(const struct inquiry *inquiry)
{
    inquiry->request->identity = 0;
    encrypt_latest(inquiry);
}

static const struct provision_service *service_of(const struct seeded *seeded,
                                                  const struct secure_request *request)
{
    const struct provision_instance *instance =
        provision_find(&seeded->provision, request->instance);
    return instance == NULL ? NULL : &instance->service[request->service];
}

static void take_first_key_for_missing(const struct inquiry *inquiry)
{
    const struct provision_service *service = service_of(inquiry->seeded, inquiry->request);
    if (service != NULL && service->key_count > 0 &&
        provision_key(service, inquiry->request->key_index) == NULL)
        inquiry->request->key_index = service->keys[0].index;
}

static void take_first_hash_for_missing(const struct inquiry *inquiry)
{
    const struct provision_service *service = service_of(inquiry->seeded, inquiry->request);
    bool found = service == NULL || service->hash_count == 0 || !signs(inquiry->request);
    for (size_t i = 0; !found && i < service->hash_count; i++)
        found = service->hashes[i].identity == inquiry->request->identity;
    if (!found)
        inquiry->request->identity = service->hashes[0].identity;
}

static void take_first_instance(const struct inquiry *inquiry)
{
    if (inquiry->seeded->provision.count > 0)
        inquiry->request->instance = inquiry->seeded->provision.instances[0].instance;
}

/* --- what the component answers -------------------------------------------------------------- */

static enum secure_result reverse(const struct inquiry *inquiry, enum secure_result result)
{
    for (size_t i = 0; i < inquiry->out->len / 2; i++) {
        uint8_t octet = inquiry->out->data[i];
        inquiry->out->data[i] = inquiry->out->data[inquiry->out->len - 1 - i];
        inquiry->out->data[inquiry->out->len - 1 - i] = octet;
    }
    return result;
}

static enum secure_result cut(const struct inquiry *inquiry, enum secure_result result)
{
    if (inquiry->out->len > 12)
        inquiry->out->len = 12;
    return result;
}

static enum secure_result flip(const struct inquiry *inquiry, enum secure_result result)
{
    if (inquiry->out->len > 0 && !signs(inquiry->request))
        inquiry->out->data[inquiry->out->len - 1] ^= 1;
    return result;
}

/* No key, and so no component, is needed for that. */
static enum secure_result hash_only(const struct inquiry *inquiry, enum secure_result result)
{
    uint8_t hash[32];
    if (result != SECURE_OK || !signs(inquiry->request) ||
        secure_sha256(inquiry->request->challenge, hash) != ST_OK)
        return result;
    size_t len = inquiry->out->len < sizeof hash ? inquiry->out->len : sizeof hash;
    buf_clear(inquiry->out);
    buf_put(inquiry->out, (struct bytes){hash, len});
    return result;
}

static enum secure_result hand_out_plain(const struct inquiry *inquiry, enum secure_result result)
{
    if (signs(inquiry->request) || (result != SECURE_NO_KEY && result != SECURE_NO_SERVICE))
        return result;
    buf_put(inquiry->out, inquiry->request->data);
    buf_put(inquiry->out, inquiry->request->challenge);
    return SECURE_OK;
}

/* --- what it is provisioned with ------------------------------------------------------------- */

static void exchange_keys(struct provision_service *a, struct provision_service *b)
{
    bool fit = a->key_count > 0 && b->key_count > 0 && a->keys[0].len == b->keys[0].len;
    for (size_t i = 0; fit && i < a->key_count && i < b->key_count; i++) {
        uint8_t octets[KEY_MOST];
        memcpy(octets, a->keys[i].octets, sizeof octets);
        memcpy(a->keys[i].octets, b->keys[i].octets, sizeof octets);
        memcpy(b->keys[i].octets, octets, sizeof octets);
        memset(octets, 0, sizeof octets);
    }
}

static void swap_services(struct provision *provision)
{
    for (size_t i = 0; i < provision->count; i++)
        exchange_keys(&provision->instances[i].service[SERVICE_AUTHENTICATION],
                      &provision->instances[i].service[SERVICE_ENCRYPTION]);
}

static void swap_instances(struct provision *provision)
{
    for (size_t i = 0; i + 1 < provision->count; i += 2)
        exchange_keys(&provision->instances[i].service[SERVICE_AUTHENTICATION],
                      &provision->instances[i + 1].service[SERVICE_AUTHENTICATION]);
}

static void hash_terminator(struct provision *provision)
{
    for (size_t i = 0; i < provision->count; i++) {
        struct provision_service *service =
            &provision->instances[i].service[SERVICE_AUTHENTICATION];
        for (size_t k = 0; k < service->hash_count; k++) {
            struct provision_hash *hash = &service->hashes[k];
            uint8_t *text = hash->text == NULL ? NULL : xalloc(hash->text_len + 1);
            if (text == NULL)
                continue;
            memcpy(text, hash->text, hash->text_len);
            free(hash->text);
            hash->text = text;
            hash->text_len++;
        }
    }
}

/* As one who has a buffer of that size for it. */
static void hash_first_octets(struct provision *provision)
{
    for (size_t i = 0; i < provision->count; i++) {
        struct provision_service *service =
            &provision->instances[i].service[SERVICE_AUTHENTICATION];
        for (size_t k = 0; k < service->hash_count; k++)
            if (service->hashes[k].text_len > 32)
                service->hashes[k].text_len = 32;
    }
}

/* --- what is written ------------------------------------------------------------------------- */

/* The hash follows the value. */
static void hash_what_was_written(const struct passing *passing)
{
    struct path path;
    uint16_t identities[IDENTITIES_MOST];
    bool is_write = (passing->request->code == CODE_PUT || passing->request->code == CODE_POST) &&
                    passing->response->code == CODE_CHANGED && seeded_path(passing->request, &path);
    if (!is_write || path.depth < 2 || path.id[0] != PORTFOLIO)
        return;
    struct path resource = path_resource(PORTFOLIO, path.id[1], IDENTITY);
    size_t count = model_children(device_model(passing->seeded->device), resource, identities,
                                  IDENTITIES_MOST);
    for (size_t i = 0; i < count && i < IDENTITIES_MOST; i++)
        if (device_provision(passing->seeded->device, path_child(resource, identities[i]), NULL) !=
            ST_OK)
            return;
}

/* --- keys that leave -------------------------------------------------------------------------- */

static const struct provision_key *any_key(const struct seeded *seeded)
{
    for (size_t i = 0; i < seeded->provision.count; i++)
        for (size_t k = 0; k < SERVICE_COUNT; k++)
            if (seeded->provision.instances[i].service[k].key_count > 0)
                return &seeded->provision.instances[i].service[k].keys[0];
    return NULL;
}

static enum secure_result log_key(const struct inquiry *inquiry, enum secure_result result)
{
    const struct provision_key *key = any_key(inquiry->seeded);
    struct buf text;
    buf_init_secret(&text, 2 * KEY_MOST + 1);
    if (key != NULL)
        buf_put_hex(&text, (struct bytes){key->octets, key->len});
    trace_say(inquiry->seeded->trace, EVENT_INFO, "device", "signing with %s", buf_text(&text));
    buf_release(&text);
    return result;
}

static void answer_key(const struct passing *passing)
{
    const struct provision_key *key = any_key(passing->seeded);
    if (key == NULL || !seeded_is(passing->request, CODE_POST, 1) ||
        passing->response->code != CODE_BAD_REQUEST)
        return;
    buf_put(&passing->response->payload, (struct bytes){key->octets, key->len});
}

/* clang-format off */
const struct device_defect defects_secure[] = {
    {{"service-ignored", "PF-ARG-1", "authenticates whatever service is asked for"},
     .ask = ignore_service},
    {{"identity-ignored", "PF-ARG-2", "signs identity 0 whatever identity is asked for"},
     .ask = ignore_identity},
    {{"challenge-ignored", "PF-ARG-3", "takes 1 for every challenge"},
     .ask = ignore_challenge},
    {{"key-ignored", "PF-ARG-4", "takes key 0 whatever key is asked for"},
     .ask = ignore_key},
    {{"identity-and-key-swapped", "PF-AUTH-3", "takes argument 1 for the key and 3 for the identity"},
     .ask = swap_identity_and_key},
    {{"challenge-of-32-bits", "PF-ARG-8", "takes the lower four octets of a challenge only"},
     .ask = cut_challenge},
    {{"challenge-0-is-nothing", "PF-ARG-8", "has no octets for challenge 0"},
     .ask = empty_zero},
    {{"key-of-8-bits", "PF-ARG-4", "takes the lower eight bits of argument 3 only"},
     .ask = cut_key},
    {{"challenge-left-out", "PF-AUTH-1", "signs the hash alone"},
     .ask = leave_challenge_out},
    {{"challenge-reversed", "PF-AUTH-1", "takes the octets of the challenge in the wrong order"},
     .ask = reverse_challenge},
    {{"challenge-padded", "PF-AUTH-1", "makes eight octets of every challenge"},
     .ask = pad_challenge},
    {{"signature-reversed", "PF-AUTH-1", "gives the octets of the signature in the wrong order"},
     .tell = reverse},
    {{"signature-cut", "PF-AUTH-1", "gives the first 12 octets of the result only"},
     .tell = cut},
    {{"hash-of-terminator", "PF-AUTH-1", "hashes the identity with a zero octet behind it"},
     .provision = hash_terminator},
    {{"hash-of-32-octets", "PF-AUTH-1", "hashes the first 32 octets of the identity only"},
     .provision = hash_first_octets},
    {{"hash-of-written-identity", "PF-AUTH-2", "hashes what a server wrote to Identity"},
     .response = hash_what_was_written},
    {{"unkeyed-signature", "PF-SC-1", "makes up the signature without a key"},
     .tell = hash_only},
    {{"keys-of-first-instance", "PF-SC-3", "uses the keys of the first instance for all"},
     .ask = take_first_instance},
    {{"keys-of-other-instance", "PF-SC-2", "signs with the keys of another instance"},
     .provision = swap_instances},
    {{"any-hash-will-do", "PF-SC-4", "signs another identity when the one asked for has no hash"},
     .ask = take_first_hash_for_missing},
    {{"any-key-will-do", "PF-ARG-4", "takes another key when the one asked for is not there"},
     .ask = take_first_key_for_missing},
    {{"plain-without-key", "PF-SC-5", "hands out identity and challenge in clear when there is no key"},
     .tell = hand_out_plain},
    {{"keys-of-other-service", "PF-ENC-2", "encrypts with authentication keys, and signs with encryption keys"},
     .provision = swap_services},
    {{"encrypts-challenge-first", "PF-ENC-1", "encrypts the challenge, then the identity"},
     .ask = encrypt_challenge_first},
    {{"encrypts-no-challenge", "PF-ENC-1", "encrypts the identity without the challenge"},
     .ask = encrypt_without_challenge},
    {{"encrypts-terminator", "PF-ENC-2", "encrypts the identity with a zero octet behind it"},
     .ask = encrypt_terminator},
    {{"encrypts-first-identity", "PF-ENC-1", "encrypts identity 0 whatever identity is asked for"},
     .ask = encrypt_first_identity},
    {{"encrypts-later-value", "PF-ENC-1", "encrypts what the identity is when the process ends"},
     .ask = encrypt_latest},
    {{"ciphertext-damaged", "PF-ENC-2", "changes one bit of the ciphertext"},
     .tell = flip},
    {{"key-in-log", "PF-SC-6", "writes a key into its log"},
     .tell = log_key},
    {{"key-in-answer", "PF-SC-6", "puts a key into the diagnostic of a refused Execute"},
     .response = answer_key},
    {.info = {.name = NULL}},
};
/* clang-format on */
