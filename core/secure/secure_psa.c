/* SPDX-License-Identifier: Apache-2.0 */
/* The engine of the secure component on PSA Crypto, and the only file that knows it.
 *
 * Mbed TLS 2.28 has 32 places for keys in all, so that a key is imported for one operation and
 * destroyed after it. Between operations its octets are held under a mask. */
#include <mbedtls/version.h>
#include <psa/crypto.h>

#include "base/std.h"

#include "secure/secure.h"

struct engine {
    struct secure secure;
    struct chance *chance;  /* (borrowed) */
    struct provision given; /* from the profile; key octets are masked, texts are hashed */
    struct provision anew;  /* hashes of component provision (I-23), which win */
    uint8_t mask[KEY_MOST];
};

/* Octets of a fixed place, so that PSA can write into it; zeroed by its user. */
struct room {
    uint8_t octets[AUTH_DATA_MOST];
    size_t len;
};

/* What a suite is to PSA. MACs and ECDSA have calls of one shape, so the table names them. */
struct algorithm {
    enum suite suite;
    psa_key_type_t key_type; /* of the secret or private key */
    psa_algorithm_t alg;
    psa_algorithm_t hash; /* authentication: of the identity */
    psa_status_t (*sign)(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *message,
                         size_t message_len, uint8_t *out, size_t size, size_t *out_len);
    psa_status_t (*verify)(mbedtls_svc_key_id_t key, psa_algorithm_t alg, const uint8_t *message,
                           size_t message_len, const uint8_t *signature, size_t signature_len);
    size_t nonce_len; /* encryption: nonce or IV, in front */
    psa_status_t (*seal)(mbedtls_svc_key_id_t key, psa_algorithm_t alg, struct bytes nonce,
                         struct bytes plain, struct room *out);
    psa_status_t (*open)(mbedtls_svc_key_id_t key, psa_algorithm_t alg, struct bytes nonce,
                         struct bytes sealed, struct room *out);
};

/* A tag, or one block. */
enum { BLOCK_LEN = 16, SEALED_LEAST = 16 };

static psa_status_t seal_aead(mbedtls_svc_key_id_t key, psa_algorithm_t alg, struct bytes nonce,
                              struct bytes plain, struct room *out)
{
    return psa_aead_encrypt(key, alg, nonce.data, nonce.len, NULL, 0, plain.data, plain.len,
                            out->octets, sizeof out->octets, &out->len);
}

static psa_status_t open_aead(mbedtls_svc_key_id_t key, psa_algorithm_t alg, struct bytes nonce,
                              struct bytes sealed, struct room *out)
{
    return psa_aead_decrypt(key, alg, nonce.data, nonce.len, NULL, 0, sealed.data, sealed.len,
                            out->octets, sizeof out->octets, &out->len);
}

/* The one-shot calls of PSA choose the IV themselves; ours comes from the chance handed down. */
static psa_status_t run_cipher(psa_cipher_operation_t *operation, struct bytes iv,
                               struct bytes input, struct room *out)
{
    size_t head = 0;
    size_t tail = 0;
    psa_status_t status = psa_cipher_set_iv(operation, iv.data, iv.len);
    if (status == PSA_SUCCESS)
        status = psa_cipher_update(operation, input.data, input.len, out->octets,
                                   sizeof out->octets, &head);
    if (status == PSA_SUCCESS)
        status = psa_cipher_finish(operation, out->octets + head, sizeof out->octets - head, &tail);
    psa_cipher_abort(operation);
    out->len = status == PSA_SUCCESS ? head + tail : head;
    return status;
}

static psa_status_t seal_cbc(mbedtls_svc_key_id_t key, psa_algorithm_t alg, struct bytes iv,
                             struct bytes plain, struct room *out)
{
    psa_cipher_operation_t operation = psa_cipher_operation_init();
    psa_status_t status = psa_cipher_encrypt_setup(&operation, key, alg);
    return status == PSA_SUCCESS ? run_cipher(&operation, iv, plain, out) : status;
}

static psa_status_t open_cbc(mbedtls_svc_key_id_t key, psa_algorithm_t alg, struct bytes iv,
                             struct bytes sealed, struct room *out)
{
    if (sealed.len % BLOCK_LEN != 0)
        return PSA_ERROR_INVALID_PADDING;
    psa_cipher_operation_t operation = psa_cipher_operation_init();
    psa_status_t status = psa_cipher_decrypt_setup(&operation, key, alg);
    return status == PSA_SUCCESS ? run_cipher(&operation, iv, sealed, out) : status;
}

#define MAC(SUITE, TYPE, ALG, HASH)                                                                \
    {                                                                                              \
        .suite = (SUITE), .key_type = (TYPE), .alg = (ALG), .hash = (HASH),                        \
        .sign = psa_mac_compute, .verify = psa_mac_verify                                          \
    }
#define AEAD(SUITE, ALG)                                                                           \
    {                                                                                              \
        .suite = (SUITE), .key_type = PSA_KEY_TYPE_AES, .alg = (ALG), .nonce_len = 12,             \
        .seal = seal_aead, .open = open_aead                                                       \
    }
#define CBC(SUITE)                                                                                 \
    {                                                                                              \
        .suite = (SUITE), .key_type = PSA_KEY_TYPE_AES, .alg = PSA_ALG_CBC_PKCS7,                  \
        .nonce_len = BLOCK_LEN, .seal = seal_cbc, .open = open_cbc                                 \
    }

/* rule: I-6, I-7. Deterministic ECDSA verifies as any other and makes seeded runs repeatable. */
static const struct algorithm algorithms[] = {
    MAC(SUITE_SHA256_AES128_CMAC, PSA_KEY_TYPE_AES, PSA_ALG_CMAC, PSA_ALG_SHA_256),
    MAC(SUITE_SHA256_AES256_CMAC, PSA_KEY_TYPE_AES, PSA_ALG_CMAC, PSA_ALG_SHA_256),
    MAC(SUITE_SHA256_HMAC_SHA256, PSA_KEY_TYPE_HMAC, PSA_ALG_HMAC(PSA_ALG_SHA_256),
        PSA_ALG_SHA_256),
    MAC(SUITE_SHA384_HMAC_SHA384, PSA_KEY_TYPE_HMAC, PSA_ALG_HMAC(PSA_ALG_SHA_384),
        PSA_ALG_SHA_384),
    {
        .suite = SUITE_SHA256_ECDSA_P256,
        .key_type = PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1),
        .alg = PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256),
        .hash = PSA_ALG_SHA_256,
        .sign = psa_sign_message,
        .verify = psa_verify_message,
    },
    AEAD(SUITE_AES128_CCM, PSA_ALG_CCM),
    AEAD(SUITE_AES128_GCM, PSA_ALG_GCM),
    AEAD(SUITE_AES256_GCM, PSA_ALG_GCM),
    AEAD(SUITE_AES256_CCM, PSA_ALG_CCM),
    CBC(SUITE_AES128_CBC),
    CBC(SUITE_AES256_CBC),
};

static const struct algorithm *algorithm_of(enum suite suite)
{
    for (size_t i = 0; i < COUNT_OF(algorithms); i++)
        if (algorithms[i].suite == suite)
            return &algorithms[i];
    return NULL;
}

/* Starting PSA again does nothing. */
static bool psa_starts(void)
{
    return psa_crypto_init() == PSA_SUCCESS;
}

static psa_status_t import_octets(const struct algorithm *algorithm, bool is_public,
                                  psa_key_usage_t usage, struct bytes octets,
                                  mbedtls_svc_key_id_t *out)
{
    psa_key_type_t type =
        is_public ? PSA_KEY_TYPE_PUBLIC_KEY_OF_KEY_PAIR(algorithm->key_type) : algorithm->key_type;
    psa_key_attributes_t attributes = psa_key_attributes_init();
    psa_set_key_type(&attributes, type);
    psa_set_key_algorithm(&attributes, algorithm->alg);
    psa_set_key_usage_flags(&attributes, usage);
    return psa_import_key(&attributes, octets.data, octets.len, out);
}

static void mask_key(const struct engine *engine, struct provision_key *key)
{
    for (size_t i = 0; i < KEY_MOST; i++)
        key->octets[i] ^= engine->mask[i];
}

static psa_status_t import_masked(const struct engine *engine, const struct algorithm *algorithm,
                                  const struct provision_key *masked, psa_key_usage_t usage,
                                  mbedtls_svc_key_id_t *out)
{
    struct provision_key key = *masked;
    mask_key(engine, &key);
    psa_status_t status =
        import_octets(algorithm, key.is_public, usage, (struct bytes){key.octets, key.len}, out);
    wipe(&key, sizeof key);
    return status;
}

static struct provision_service *find_service(const struct provision *provision, unsigned instance,
                                              enum service service)
{
    struct provision_instance *found = provision_find(provision, instance);
    return found != NULL ? &found->service[service] : NULL;
}

static struct provision_hash *find_hash(const struct provision *provision, unsigned instance,
                                        unsigned identity)
{
    struct provision_service *service = find_service(provision, instance, SERVICE_AUTHENTICATION);
    for (size_t i = 0; service != NULL && i < service->hash_count; i++)
        if (service->hashes[i].identity == identity)
            return &service->hashes[i];
    return NULL;
}

/* One use of one key. */
struct operation {
    const struct algorithm *algorithm; /* (borrowed) */
    mbedtls_svc_key_id_t key;          /* imported for this operation only */
    struct buf message;                /* what is signed or encrypted (I-5) */
};

static bool hash_text(psa_algorithm_t alg, struct bytes text, struct provision_hash *out);

/* rule: PF-AUTH-2. The provisioned hash; only who verifies may ask about another text. */
static bool take_hash(const struct engine *engine, const struct operation *operation,
                      const struct secure_request *request, bool verifies,
                      struct provision_hash *out)
{
    if (verifies && request->data.data != NULL)
        return hash_text(operation->algorithm->hash, request->data, out);
    const struct provision_hash *hash =
        find_hash(&engine->anew, request->instance, request->identity);
    if (hash == NULL)
        hash = find_hash(&engine->given, request->instance, request->identity);
    if (hash != NULL)
        *out = *hash;
    return hash != NULL;
}

/* rule: PF-AUTH-1, PF-ENC-1 */
static enum secure_result put_message(const struct engine *engine, struct operation *operation,
                                      const struct secure_request *request, bool verifies)
{
    struct buf *out = &operation->message;
    struct bytes head = request->data;
    struct provision_hash hash = {0};
    if (request->service == SERVICE_AUTHENTICATION) {
        if (!take_hash(engine, operation, request, verifies, &hash))
            return SECURE_NO_HASH;
        head = (struct bytes){hash.octets, hash.len};
    }
    buf_put(out, head);
    buf_put(out, request->challenge);
    wipe(hash.octets, sizeof hash.octets);
    return out->bad ? SECURE_FAILED : SECURE_OK;
}

static void operation_release(struct operation *operation)
{
    psa_destroy_key(operation->key); /* none is no error */
    buf_release(&operation->message);
}

/* The caller releases OPERATION whatever the result. */
static enum secure_result operation_init(struct operation *operation, const struct engine *engine,
                                         const struct secure_request *request,
                                         psa_key_usage_t usage)
{
    *operation = (struct operation){.key = PSA_KEY_ID_NULL};
    buf_init_secret(&operation->message, AUTH_DATA_MOST);
    const struct provision_service *service =
        find_service(&engine->given, request->instance, request->service);
    if (service == NULL || service->suite == SUITE_NONE)
        return SECURE_NO_SERVICE;
    operation->algorithm = algorithm_of(service->suite);
    enum secure_result result =
        put_message(engine, operation, request, usage == PSA_KEY_USAGE_VERIFY_MESSAGE);
    if (result != SECURE_OK)
        return result;
    const struct provision_key *key = provision_key(service, request->key_index);
    if (key == NULL || (key->is_public && usage == PSA_KEY_USAGE_SIGN_MESSAGE))
        return SECURE_NO_KEY;
    psa_status_t status = import_masked(engine, operation->algorithm, key, usage, &operation->key);
    return status == PSA_SUCCESS ? SECURE_OK : SECURE_FAILED;
}

static psa_status_t sign(const struct operation *operation, struct room *out)
{
    return operation->algorithm->sign(operation->key, operation->algorithm->alg,
                                      operation->message.data, operation->message.len, out->octets,
                                      sizeof out->octets, &out->len);
}

static psa_status_t seal(const struct operation *operation, struct bytes nonce, struct room *out)
{
    return operation->algorithm->seal(operation->key, operation->algorithm->alg, nonce,
                                      buf_bytes(&operation->message), out);
}

/* A whole result or none: OUT may have reached its limit. */
static enum secure_result deliver(struct bytes head, struct bytes body, struct buf *out)
{
    if (out->bad || head.len + body.len > out->limit - out->len)
        return SECURE_FAILED;
    buf_put(out, head);
    buf_put(out, body);
    return SECURE_OK;
}

static enum secure_result engine_compute(struct secure *secure,
                                         const struct secure_request *request, struct buf *out)
{
    struct engine *engine = (struct engine *)secure;
    bool signs = request->service == SERVICE_AUTHENTICATION;
    struct operation operation;
    enum secure_result result = operation_init(
        &operation, engine, request, signs ? PSA_KEY_USAGE_SIGN_MESSAGE : PSA_KEY_USAGE_ENCRYPT);
    if (result == SECURE_OK) {
        uint8_t octets[BLOCK_LEN];
        struct bytes nonce = {octets, operation.algorithm->nonce_len};
        struct room room = {.len = 0};
        chance_bytes(engine->chance, octets, nonce.len);
        psa_status_t status = signs ? sign(&operation, &room) : seal(&operation, nonce, &room);
        result = status == PSA_SUCCESS ? deliver(nonce, (struct bytes){room.octets, room.len}, out)
                                       : SECURE_FAILED;
        wipe(&room, sizeof room);
    }
    operation_release(&operation);
    return result;
}

static enum secure_result judged(psa_status_t status)
{
    if (status == PSA_SUCCESS)
        return SECURE_OK;
    bool rejected = status == PSA_ERROR_INVALID_SIGNATURE || status == PSA_ERROR_INVALID_PADDING;
    return rejected ? SECURE_REJECTED : SECURE_FAILED;
}

static enum secure_result engine_verify(struct secure *secure, const struct secure_request *request,
                                        struct bytes auth_data)
{
    struct operation operation;
    enum secure_result result =
        operation_init(&operation, (struct engine *)secure, request, PSA_KEY_USAGE_VERIFY_MESSAGE);
    if (result == SECURE_OK) {
        const struct algorithm *algorithm = operation.algorithm;
        result = judged(algorithm->verify(operation.key, algorithm->alg, operation.message.data,
                                          operation.message.len, auth_data.data, auth_data.len));
    }
    operation_release(&operation);
    return result;
}

/* Looks at the tail in the same time whether the padding was right or not, so that nobody
 * learns from CBC which of the two was wrong. */
static enum secure_result check_tail(const struct room *room, psa_status_t status,
                                     struct bytes challenge, size_t *out_len)
{
    bool whole = room->len >= challenge.len;
    size_t tail = whole ? room->len - challenge.len : 0;
    bool fits = bytes_equal_secret((struct bytes){room->octets + tail, challenge.len}, challenge);
    enum secure_result result = judged(status);
    *out_len = tail;
    return result == SECURE_OK && !(fits && whole) ? SECURE_REJECTED : result;
}

static enum secure_result open_sealed(const struct operation *operation, struct bytes challenge,
                                      struct bytes auth_data, struct buf *out)
{
    const struct algorithm *algorithm = operation->algorithm;
    size_t nonce_len = algorithm->nonce_len;
    if (auth_data.len < nonce_len + SEALED_LEAST || auth_data.len > AUTH_DATA_MOST)
        return SECURE_REJECTED;
    struct bytes nonce = {auth_data.data, nonce_len};
    struct bytes sealed = {auth_data.data + nonce_len, auth_data.len - nonce_len};
    struct room room = {.len = 0};
    psa_status_t status = algorithm->open(operation->key, algorithm->alg, nonce, sealed, &room);
    size_t data_len = 0;
    enum secure_result result = check_tail(&room, status, challenge, &data_len);
    if (result == SECURE_OK)
        result = deliver((struct bytes){room.octets, data_len}, (struct bytes){NULL, 0}, out);
    wipe(&room, sizeof room);
    return result;
}

/* rule: PF-ENC-2 */
static enum secure_result engine_open(struct secure *secure, const struct secure_request *request,
                                      struct bytes auth_data, struct buf *out)
{
    struct operation operation;
    enum secure_result result =
        operation_init(&operation, (struct engine *)secure, request, PSA_KEY_USAGE_DECRYPT);
    if (result == SECURE_OK)
        result = open_sealed(&operation, request->challenge, auth_data, out);
    operation_release(&operation);
    return result;
}

static bool hash_text(psa_algorithm_t alg, struct bytes text, struct provision_hash *out)
{
    return psa_hash_compute(alg, text.data, text.len, out->octets, sizeof out->octets, &out->len) ==
           PSA_SUCCESS;
}

/* rule: I-23 */
static enum secure_result engine_provision(struct secure *secure, unsigned instance,
                                           unsigned identity, struct bytes text)
{
    struct engine *engine = (struct engine *)secure;
    const struct provision_service *given =
        find_service(&engine->given, instance, SERVICE_AUTHENTICATION);
    if (given == NULL || given->suite == SUITE_NONE)
        return SECURE_NO_SERVICE;
    struct provision_hash computed = {0};
    if (!hash_text(algorithm_of(given->suite)->hash, text, &computed))
        return SECURE_FAILED;
    struct provision_hash *hash = find_hash(&engine->anew, instance, identity);
    if (hash == NULL) {
        if (provision_find(&engine->anew, instance) == NULL)
            provision_add(&engine->anew, instance);
        hash = provision_add_hash(find_service(&engine->anew, instance, SERVICE_AUTHENTICATION),
                                  identity);
    }
    if (hash == NULL)
        return SECURE_FAILED;
    memcpy(hash->octets, computed.octets, sizeof hash->octets);
    hash->len = computed.len;
    return SECURE_OK;
}

static void engine_free(struct secure *secure)
{
    struct engine *engine = (struct engine *)secure;
    provision_release(&engine->given);
    provision_release(&engine->anew);
    wipe(engine, sizeof *engine);
    free(engine);
}

static const struct secure_ops engine_ops = {
    .compute = engine_compute,
    .verify = engine_verify,
    .open = engine_open,
    .provision = engine_provision,
    .free = engine_free,
};

/* A private key can be too large, a public one no point of the curve. */
static bool key_is_valid(const struct algorithm *algorithm, const struct provision_key *key)
{
    mbedtls_svc_key_id_t id = PSA_KEY_ID_NULL;
    psa_status_t status =
        import_octets(algorithm, key->is_public, 0, (struct bytes){key->octets, key->len}, &id);
    psa_destroy_key(id);
    return status == PSA_SUCCESS;
}

/* Computes the hash unless it is given; the text is not needed afterwards. */
static bool settle_hash(const struct algorithm *algorithm, struct provision_hash *hash)
{
    struct bytes text = {hash->text, hash->text_len};
    bool settled = hash->len > 0 || hash_text(algorithm->hash, text, hash);
    wipe(hash->text, hash->text_len);
    free(hash->text);
    hash->text = NULL;
    hash->text_len = 0;
    return settled;
}

static bool settle_service(const struct engine *engine, struct provision_service *service,
                           struct error *error)
{
    const struct algorithm *algorithm = algorithm_of(service->suite);
    for (size_t i = 0; algorithm != NULL && i < service->key_count; i++) {
        struct provision_key *key = &service->keys[i];
        if (!key_is_valid(algorithm, key)) {
            error_place(error, NULL, key->line, key->column);
            error_set(error, "key %u is not one of suite \"%s\": generate another", key->index,
                      suite_info(service->suite)->name);
            return false;
        }
    }
    for (size_t i = 0; algorithm != NULL && i < service->hash_count; i++)
        if (!settle_hash(algorithm, &service->hashes[i])) {
            error_set(error, "identity %u cannot be hashed: the crypto library lacks suite \"%s\"",
                      service->hashes[i].identity, suite_info(service->suite)->name);
            return false;
        }
    for (size_t i = 0; i < service->key_count; i++)
        mask_key(engine, &service->keys[i]);
    return true;
}

static bool settle(struct engine *engine, struct error *error)
{
    for (size_t i = 0; i < engine->given.count * SERVICE_COUNT; i++) {
        struct provision_instance *instance = &engine->given.instances[i / SERVICE_COUNT];
        if (!settle_service(engine, &instance->service[i % SERVICE_COUNT], error))
            return false;
    }
    return true;
}

struct secure *secure_psa_new(const struct provision *provision, struct chance *chance,
                              struct error *error)
{
    if (!secure_check_provision(provision, error))
        return NULL;
    struct engine *engine = xalloc(sizeof *engine);
    *engine = (struct engine){.secure = {&engine_ops}, .chance = chance};
    provision_init(&engine->anew);
    provision_copy(provision, &engine->given);
    /* Not from CHANCE: a seed that somebody knows would give the mask away. */
    bool ready =
        psa_starts() && psa_generate_random(engine->mask, sizeof engine->mask) == PSA_SUCCESS;
    if (!ready)
        error_set(error, "the crypto library does not start: "
                         "see that the system gives random octets");
    if (ready && settle(engine, error))
        return &engine->secure;
    engine_free(&engine->secure);
    return NULL;
}

static enum status status_of(const struct buf *out)
{
    return out->bad ? ST_LIMIT : ST_OK;
}

enum status secure_sha256(struct bytes text, uint8_t out[32])
{
    size_t len = 0;
    bool done = psa_starts() && psa_hash_compute(PSA_ALG_SHA_256, text.data, text.len, out, 32,
                                                 &len) == PSA_SUCCESS;
    return done ? ST_OK : ST_UNSUPPORTED;
}

enum status secure_hash_identity(enum suite suite, struct bytes text, struct buf *out)
{
    const struct algorithm *algorithm = algorithm_of(suite);
    struct provision_hash hash = {0};
    if (algorithm == NULL || algorithm->hash == PSA_ALG_NONE || !psa_starts() ||
        !hash_text(algorithm->hash, text, &hash))
        return ST_UNSUPPORTED;
    buf_put(out, (struct bytes){hash.octets, hash.len});
    return status_of(out);
}

enum status secure_public_key(enum suite suite, struct bytes private_key, struct buf *out)
{
    const struct algorithm *algorithm = algorithm_of(suite);
    if (algorithm == NULL || suite_info(suite)->public_len == 0 || !psa_starts())
        return ST_UNSUPPORTED;
    uint8_t octets[KEY_MOST];
    size_t len = 0;
    mbedtls_svc_key_id_t id = PSA_KEY_ID_NULL;
    psa_status_t status = import_octets(algorithm, false, 0, private_key, &id);
    if (status == PSA_SUCCESS)
        status = psa_export_public_key(id, octets, sizeof octets, &len);
    psa_destroy_key(id);
    if (status != PSA_SUCCESS)
        return ST_INVALID;
    buf_put(out, (struct bytes){octets, len});
    return status_of(out);
}

/* Any octets are a symmetric key; as a private key of P-256 all but one in four thousand
 * million are, so a few tries are plenty. */
enum status secure_generate_key(enum suite suite, struct chance *chance, struct buf *out_device,
                                struct buf *out_server)
{
    enum { TRIES = 8 };
    assert(out_device->secret && out_server->secret);
    const struct suite_info *info = suite_info(suite);
    if (info == NULL)
        return ST_UNSUPPORTED;
    uint8_t octets[KEY_MOST];
    struct bytes key = {octets, info->key_len};
    enum status status = ST_INVALID;
    for (int i = 0; status == ST_INVALID && i < TRIES; i++) {
        chance_bytes(chance, octets, info->key_len);
        if (info->public_len == 0)
            buf_put(out_server, key);
        status = info->public_len == 0 ? status_of(out_server)
                                       : secure_public_key(suite, key, out_server);
    }
    if (status == ST_OK) {
        buf_put(out_device, key);
        status = status_of(out_device);
    }
    wipe(octets, sizeof octets);
    return status;
}

void secure_psa_version(struct buf *out)
{
    char version[18]; /* the length that the library asks for */
    mbedtls_version_get_string_full(version);
    buf_puts(out, version);
}
