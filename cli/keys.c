/* SPDX-License-Identifier: Apache-2.0 */
/* Loads keyrings, and tells those who give a profile what to give. */
#include "base/std.h"

#include "base/json.h"
#include "cli/keys.h"
#include "cli/output.h"
#include "model/secret.h"

enum { TEXT_MOST = 4 << 20 };

static bool has_member(struct bytes text, const char *name)
{
    struct error_list errors;
    error_list_init(&errors);
    struct json_doc *doc = json_parse(text, NULL, &errors);
    bool found = doc != NULL && json_member(json_root(doc), name) != NULL;
    json_doc_free(doc);
    error_list_release(&errors);
    return found;
}

bool keys_are(struct bytes text)
{
    return has_member(text, "keyring") || has_member(text, "endpoints");
}

static bool is_profile(const char *path)
{
    struct buf text;
    buf_init_secret(&text, TEXT_MOST);
    bool result = file_read(path, &text, NULL, NULL) == ST_OK && !keys_are(buf_bytes(&text)) &&
                  has_member(buf_bytes(&text), "endpoint");
    buf_release(&text);
    return result;
}

struct server_security *security_load(const char *path)
{
    struct error_list errors;
    error_list_init(&errors);
    struct server_security *security = server_security_load(path, &errors);
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
