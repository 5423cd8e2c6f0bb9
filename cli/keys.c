/* SPDX-License-Identifier: Apache-2.0 */
/* Loads what a server is given, and tells those who give a profile what to give. */
#include "base/std.h"

#include "base/json.h"
#include "cli/keys.h"
#include "cli/output.h"
#include "cli/pairs.h"
#include "model/secret.h"

enum { TEXT_MOST = 4 << 20 };

/* Members that only files of one kind have, the surest first. */
static const struct mark {
    const char *member;
    enum file_kind kind;
} marks[] = {
    {"gone", FILE_STATE},
    {"keyring", FILE_KEYRING},
    {"endpoints", FILE_KEYRING},
    {"endpoint", FILE_PROFILE},
    {"clients", FILE_BOOTSTRAP},
    {"security", FILE_SECURITY},
    {"client_public_keys", FILE_SECURITY},
    {"psk", FILE_SECURITY},
    {"trust", FILE_SECURITY},
    {"definitions", FILE_DEFINITIONS},
};

const char *file_kind_name(enum file_kind kind)
{
    static const char *const names[] = {
        [FILE_UNKNOWN] = "profile",
        [FILE_PROFILE] = "profile",
        [FILE_KEYRING] = "keyring",
        [FILE_SECURITY] = "security file",
        [FILE_BOOTSTRAP] = "bootstrap file",
        [FILE_STATE] = "state file",
        [FILE_DEFINITIONS] = "file of definitions",
    };
    return names[kind];
}

enum file_kind file_kind_of(struct bytes text)
{
    enum file_kind kind = FILE_UNKNOWN;
    struct error_list errors;
    error_list_init(&errors);
    struct json_doc *doc = json_parse(text, NULL, &errors);
    for (size_t i = 0; doc != NULL && i < COUNT_OF(marks) && kind == FILE_UNKNOWN; i++)
        if (json_member(json_root(doc), marks[i].member) != NULL)
            kind = marks[i].kind;
    json_doc_free(doc);
    error_list_release(&errors);
    return kind;
}

static bool is_profile(const char *path)
{
    struct buf text;
    buf_init_secret(&text, TEXT_MOST);
    bool result = file_read(path, &text, NULL, NULL) == ST_OK &&
                  file_kind_of(buf_bytes(&text)) == FILE_PROFILE;
    buf_release(&text);
    return result;
}

struct bootstrap_file *bootstrap_load(const char *path)
{
    struct error_list errors;
    error_list_init(&errors);
    struct bootstrap_file *file = bootstrap_file_load(path, &errors);
    errors_print(&errors, NULL, (struct bytes){NULL, 0});
    error_list_release(&errors);
    return file;
}

struct catalogue *definitions_open(const char *path)
{
    struct error_list errors;
    error_list_init(&errors);
    struct catalogue *catalogue = catalogue_load(path, &errors);
    errors_print(&errors, NULL, (struct bytes){NULL, 0});
    error_list_release(&errors);
    return catalogue;
}

struct server_security *security_load(const char *path)
{
    struct error_list errors;
    error_list_init(&errors);
    struct server_security *security =
        pairs_of_security(server_security_load(path, &errors), path, &errors);
    pairs_warn_security(security, path, &errors);
    errors_print(&errors, NULL, (struct bytes){NULL, 0});
    error_list_release(&errors);
    return security;
}

struct keyring *keys_load(const char *path)
{
    struct error_list errors;
    struct keyring *keyring = NULL;
    if (is_profile(path)) {
        complain("\"%s\" is a profile, the device's half; give the server's half of it, which "
                 "\"lwm2m-portfolio provision\" writes",
                 path);
        return NULL;
    }
    error_list_init(&errors);
    keyring = keyring_load(path, &errors);
    errors_print(&errors, NULL, (struct bytes){NULL, 0});
    error_list_release(&errors);
    return keyring;
}
