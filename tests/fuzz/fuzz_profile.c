/* SPDX-License-Identifier: Apache-2.0 */
/* links: model base */
/* Profiles and what a server is given (keyrings, security and bootstrap files): the input is read
 * as each of them. */
#include "base/std.h"

#include "model/bootstrap_file.h"
#include "model/profile.h"
#include "tests/fuzz/fuzz.h"

/* Keys in files and variables are out of the fuzzer's reach, escaped or not. */
static bool reaches_out(struct bytes text)
{
    static const char *const words[] = {"file:", "env:", "\\u"};
    for (size_t w = 0; w < COUNT_OF(words); w++) {
        size_t len = strlen(words[w]);
        for (size_t i = 0; i + len <= text.len; i++)
            if (memcmp(text.data + i, words[w], len) == 0)
                return true;
    }
    return false;
}

/* All that a profile says is in its model, and can be read. */
static void check_model(const struct profile *profile)
{
    struct model *model = profile_model(profile);
    struct records records;
    records_init(&records);
    enum model_result result = model_read(model, path_root(), &records);
    assert(result == MODEL_OK);
    for (size_t i = 0; i < profile->content.count; i++)
        assert(model_has(model, profile->content.items[i].path));
    records_release(&records);
    for (size_t i = 0; i < profile->server_count; i++) {
        struct credentials credentials;
        enum status status =
            credentials_of_account(model, profile->servers[i].instance, &credentials, NULL);
        assert(status == ST_OK && credentials.mode == profile->servers[i].security.mode);
        credentials_release(&credentials);
    }
    model_free(model);
}

/* The profile with its own keys in it again is the same profile. */
static void check_written(struct bytes text, const struct profile *profile)
{
    struct buf out;
    struct error_list errors;
    error_list_init(&errors);
    buf_init_secret(&out, 4 * text.len + 1024);
    enum status status = profile_write(text, &profile->provision, &out, NULL);
    assert(status == ST_OK);
    struct profile *again = profile_parse(buf_bytes(&out), "again", "/nowhere", &errors);
    assert(again != NULL && records_equal(&again->content, &profile->content));
    profile_free(again);
    buf_release(&out);
    error_list_release(&errors);
}

static void check_keyring(const struct keyring *keyring)
{
    for (size_t i = 0; i < keyring->count; i++) {
        struct buf out;
        struct error_list errors;
        error_list_init(&errors);
        buf_init_secret(&out, 1 << 24);
        keyring_write(keyring->entries[i].endpoint, &keyring->entries[i].provision, &out);
        struct keyring *again = keyring_parse(buf_bytes(&out), "again", "/nowhere", &errors);
        assert(again != NULL && again->count == 1);
        assert(again->entries[0].provision.count == keyring->entries[i].provision.count);
        keyring_free(again);
        buf_release(&out);
        error_list_release(&errors);
    }
}

/* Whatever is written lies where the write goes. */
static void check_bootstrap(const struct bootstrap_file *file)
{
    for (size_t i = 0; i < file->count; i++)
        for (size_t k = 0; k < file->clients[i].count; k++) {
            const struct operation *operation = &file->clients[i].operations[k];
            assert(operation->kind == OPERATION_WRITE || operation->values.count == 0);
            for (size_t v = 0; v < operation->values.count; v++)
                assert(path_covers(operation->path, operation->values.items[v].path));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = {data, size};
    struct error_list errors;
    if (reaches_out(text))
        return 0;
    error_list_init(&errors);
    struct profile *profile = profile_parse(text, "profile", "/nowhere", &errors);
    assert((profile == NULL) == (errors.errors > 0));
    if (profile != NULL) {
        check_model(profile);
        check_written(text, profile);
    }
    profile_free(profile);
    error_list_release(&errors);
    struct keyring *keyring = keyring_parse(text, "keyring", "/nowhere", &errors);
    assert((keyring == NULL) == (errors.errors > 0));
    if (keyring != NULL)
        check_keyring(keyring);
    keyring_free(keyring);
    error_list_release(&errors);
    struct server_security *security = server_security_parse(text, "security", "/nowhere", &errors);
    assert((security == NULL) == (errors.errors > 0));
    server_security_free(security);
    error_list_release(&errors);
    struct bootstrap_file *file = bootstrap_file_parse(text, "bootstrap", "/nowhere", &errors);
    assert((file == NULL) == (errors.errors > 0));
    if (file != NULL)
        check_bootstrap(file);
    bootstrap_file_free(file);
    error_list_release(&errors);
    return 0;
}
