/* SPDX-License-Identifier: Apache-2.0 */
/* Command `provision`: a new profile with keys of its own, and the server's half of it. */
#include "base/std.h"

#include <unistd.h>

#include "base/portfolio.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/data.h"
#include "cli/new_file.h"
#include "cli/output.h"
#include "model/secret.h"
#include "secure/secure.h"

enum { TEXT_MOST = 4 << 20 };

struct provision_options {
    struct common common;
    const char *profile, *out, *keys_out; /* (borrowed) */
    bool force;
};

static const struct option options[] = {
    {"profile", 'p', OPTION_TEXT, offsetof(struct provision_options, profile), "PROFILE",
     "the profile to begin with: a file, or a shipped one", COMPLETE_PROFILES},
    {"output", 'o', OPTION_TEXT, offsetof(struct provision_options, out), "NEW.json",
     "where the new profile goes", COMPLETE_FILES},
    {"keys-out", 'k', OPTION_TEXT, offsetof(struct provision_options, keys_out), "FILE",
     "where the server's half goes (default: NEW.keys.json)", COMPLETE_FILES},
    {"force", '\0', OPTION_FLAG, offsetof(struct provision_options, force), NULL,
     "replace files that are there already", COMPLETE_NOTHING},
    OPTIONS_COMMON,
    OPTIONS_END,
};

/* Both halves of what is provisioned: a secret key here may be a public one there. */
struct halves {
    struct provision device, server;
};

/* --- keys and hashes ------------------------------------------------------------------------ */

static void set_octets(struct provision_key *key, struct bytes octets)
{
    wipe(key->octets, sizeof key->octets);
    memcpy(key->octets, octets.data, octets.len);
    key->len = octets.len;
}

static bool renew_key(const struct suite_info *suite, struct chance *chance,
                      struct provision_key *device, struct provision_key *server)
{
    struct buf secret;
    struct buf other;
    buf_init_secret(&secret, KEY_MOST);
    buf_init_secret(&other, KEY_MOST);
    bool good = secure_generate_key(suite->suite, chance, &secret, &other) == ST_OK;
    if (good) {
        set_octets(device, buf_bytes(&secret));
        set_octets(server, buf_bytes(&other));
        server->is_public = suite->public_len > 0;
    }
    buf_release(&secret);
    buf_release(&other);
    return good;
}

/* Of the text that the profile gives to the identity now; a hash without such a text stays. */
static bool renew_hash(const struct profile *profile, const struct suite_info *suite,
                       unsigned instance, struct provision_hash *hash)
{
    const struct record *record =
        records_find(&profile->content,
                     path_child(path_resource(PORTFOLIO, instance, IDENTITY), hash->identity));
    if (record == NULL || record->value.type != VALUE_STRING)
        return hash->len > 0;
    struct buf octets;
    buf_init(&octets, HASH_MOST);
    bool good = secure_hash_identity(suite->suite, value_bytes(&record->value), &octets) == ST_OK;
    if (good)
        memcpy(hash->octets, octets.data, octets.len);
    hash->len = octets.len;
    buf_release(&octets);
    return good;
}

static bool renew_service(const struct profile *profile, struct chance *chance,
                          struct halves *halves, size_t at)
{
    struct provision_instance *instance = &halves->device.instances[at / SERVICE_COUNT];
    struct provision_service *device = &instance->service[at % SERVICE_COUNT];
    struct provision_service *server =
        &halves->server.instances[at / SERVICE_COUNT].service[at % SERVICE_COUNT];
    const struct suite_info *suite = suite_info(device->suite);
    bool good = true;
    for (size_t i = 0; i < device->key_count; i++)
        good = renew_key(suite, chance, &device->keys[i], &server->keys[i]) && good;
    for (size_t i = 0; i < device->hash_count; i++) {
        good = renew_hash(profile, suite, instance->instance, &device->hashes[i]) && good;
        memcpy(server->hashes[i].octets, device->hashes[i].octets, HASH_MOST);
        server->hashes[i].len = device->hashes[i].len;
    }
    return good;
}

static bool renew(const struct profile *profile, struct halves *out)
{
    struct chance chance;
    bool good = true;
    chance_init_system(&chance);
    provision_copy(&profile->provision, &out->device);
    provision_copy(&profile->provision, &out->server);
    for (size_t i = 0; i < out->device.count * SERVICE_COUNT; i++)
        good = renew_service(profile, &chance, out, i) && good;
    return good;
}

/* --- text ----------------------------------------------------------------------------------- */

/* Where VALUE stands in TEXT. */
static size_t offset_of(struct bytes text, const struct json *value)
{
    size_t at = 0;
    for (unsigned line = 1; line < value->line; at++)
        line += text.data[at] == '\n' ? 1 : 0;
    return at + value->column - 1;
}

/* Copies the template; what it says about itself, that its keys are public, is not true of the new
 * one. */
static void put_template(struct bytes text, struct buf *out)
{
    struct error_list errors;
    error_list_init(&errors);
    struct json_doc *doc = json_parse(text, NULL, &errors);
    const struct json *member = doc == NULL ? NULL : json_member(json_root(doc), "description");
    size_t end = 0;
    if (member != NULL && member->kind == JSON_STRING) {
        size_t start = offset_of(text, member);
        for (end = start + 1; text.data[end] != '"'; end++)
            end += text.data[end] == '\\' ? 1 : 0;
        buf_put(out, (struct bytes){text.data, start + 1});
        buf_puts(out, "Provisioned by lwm2m-portfolio. The keys in it are secret.");
    }
    buf_put(out, (struct bytes){text.data + end, text.len - end});
    json_doc_free(doc);
    error_list_release(&errors);
}

/* --- files ---------------------------------------------------------------------------------- */

/* `NEW.json` gives `NEW.keys.json`; the caller frees it. */
static char *keys_path(const struct provision_options *given)
{
    if (given->keys_out != NULL)
        return xstrdup(given->keys_out);
    size_t len = strlen(given->out);
    if (len > 5 && strcmp(given->out + len - 5, ".json") == 0)
        len -= 5;
    char *path = xarray(len + sizeof ".keys.json", 1);
    snprintf(path, len + sizeof ".keys.json", "%.*s.keys.json", (int)len, given->out);
    return path;
}

static int publish(struct new_file *profile, struct new_file *keys)
{
    struct error error;
    error_clear(&error);
    bool good = new_file_publish(keys, &error);
    if (good && !new_file_publish(profile, &error)) {
        good = false;
        unlink(keys->path);
    }
    if (good)
        printf("wrote %s, the profile of the device\nwrote %s, the keys for its server\n",
               profile->path, keys->path);
    else
        complain("%s", error.text);
    return good ? EXIT_PASSED : EXIT_FILE;
}

static int write_files(const struct provision_options *given, struct bytes profile,
                       struct bytes keys)
{
    struct new_file profile_file = {.path = NULL};
    struct new_file keys_file = {.path = NULL};
    struct error error;
    int status = EXIT_FILE;
    char *path = keys_path(given);
    error_clear(&error);
    if (new_file_write(&profile_file, given->out, profile, given->force, &error) &&
        new_file_write(&keys_file, path, keys, given->force, &error))
        status = publish(&profile_file, &keys_file);
    else
        complain("%s", error.text);
    new_file_release(&profile_file);
    new_file_release(&keys_file);
    free(path);
    return status;
}

static int write_halves(const struct provision_options *given, struct bytes template_text,
                        const struct profile *profile, const struct halves *halves)
{
    struct buf text;
    struct buf new_profile;
    struct buf keyring;
    struct error error;
    int status = EXIT_FILE;
    error_clear(&error);
    buf_init_secret(&text, TEXT_MOST);
    buf_init_secret(&new_profile, TEXT_MOST);
    buf_init_secret(&keyring, TEXT_MOST);
    put_template(template_text, &text);
    keyring_write(profile->endpoint, &halves->server, &keyring);
    if (profile_write(buf_bytes(&text), &halves->device, &new_profile, &error) == ST_OK)
        status = write_files(given, buf_bytes(&new_profile), buf_bytes(&keyring));
    else
        complain("%s", error.text);
    buf_release(&text);
    buf_release(&new_profile);
    buf_release(&keyring);
    return status;
}

/* What secures the links is not made anew: its other half is where the server has it. */
static bool has_link_keys(const struct profile *profile)
{
    bool has = profile->bootstrap != NULL && profile->bootstrap->security.mode != CREDENTIALS_NONE;
    for (size_t i = 0; i < profile->server_count; i++)
        has = has || profile->servers[i].security.mode != CREDENTIALS_NONE;
    return has;
}

/* --- the command ---------------------------------------------------------------------------- */

static int provision(const struct provision_options *given, struct bytes text,
                     const struct profile *profile)
{
    struct halves halves;
    int status = EXIT_FAILED;
    if (profile->provision.count == 0) {
        complain("profile \"%s\" offers no service, so there is nothing to provision",
                 given->profile);
        return EXIT_NOTHING;
    }
    if (renew(profile, &halves))
        status = write_halves(given, text, profile, &halves);
    else
        complain("keys or hashes could not be made");
    if (status == EXIT_PASSED && has_link_keys(profile))
        printf("kept the keys of the links, which are those of profile \"%s\": put others into %s, "
               "and into the security file of each server\n",
               given->profile, given->out);
    provision_release(&halves.device);
    provision_release(&halves.server);
    return status;
}

static int load_and_provision(const struct provision_options *given)
{
    struct error_list errors;
    struct error error;
    struct buf text;
    int status = EXIT_FILE;
    error_clear(&error);
    error_list_init(&errors);
    buf_init_secret(&text, TEXT_MOST);
    char *path = data_path(DATA_PROFILES, given->profile, &error);
    struct profile *profile = NULL;
    if (path != NULL)
        profile = data_profile(path, NULL, &errors);
    errors_print(&errors, NULL, (struct bytes){NULL, 0});
    if (path == NULL || (profile != NULL && file_read(path, &text, NULL, &error) != ST_OK))
        complain("%s", error.text);
    else if (profile != NULL)
        status = provision(given, buf_bytes(&text), profile);
    profile_free(profile);
    free(path);
    buf_release(&text);
    error_list_release(&errors);
    return status;
}

static int run(const struct invocation *invocation)
{
    const struct provision_options *given = invocation->options;
    if (given->profile == NULL || given->out == NULL)
        return usage_error(invocation->command, "give --profile and --output");
    if (given->keys_out != NULL && strcmp(given->keys_out, given->out) == 0)
        return usage_error(invocation->command, "profile and keys cannot go to the same file");
    return load_and_provision(given);
}

const struct command command_provision = {
    .name = "provision",
    .summary = "write a new profile with fresh keys, and the server's half of it",
    .operands = "",
    .examples = {"lwm2m-portfolio provision -p vehicle -o my-device.json",
                 "lwm2m-portfolio provision -p my-device.json -o unit-7.json --keys-out "
                 "unit-7.server.json"},
    .details =
        "Every key of the template's secure component is made anew, and every hash that is\n"
        "given in it is computed from the identity that it belongs to. Only the owner can\n"
        "read the two files. \"server --keys\", \"verify --keys\" and \"open --keys\" take the\n"
        "second one.\n",
    .options = options,
    .size = sizeof(struct provision_options),
    .run = run,
};
