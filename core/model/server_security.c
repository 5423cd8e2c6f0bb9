/* SPDX-License-Identifier: Apache-2.0 */
/* A server's half of security: reads the file of `--security`. */
#include "base/std.h"

#include "model/credentials_impl.h"

/* Reads a member, which may be missing. */
static void load_member(const struct source *source, const struct json *root, const char *name,
                        enum credential_kind kind, struct buf *out)
{
    const struct json *member = get_member(root, name);
    buf_init_secret(out, CREDENTIAL_MOST);
    if (member != NULL && !credential_load(source, member, kind, out))
        buf_clear(out);
}

static void load_clients(const struct source *source, const struct json *root,
                         struct server_security *out)
{
    const struct json *list = get_member(root, "psk");
    const struct json *client = get_first(list, JSON_OBJECT);
    out->psk = xarray(get_count(list) + 1, sizeof *out->psk);
    for (; client != NULL; client = client->next) {
        struct psk_client *into = &out->psk[out->psk_count++];
        into->identity = text_copy(client->name);
        buf_init_secret(&into->key, PSK_KEY_MOST);
        if (client->name.len > PSK_IDENTITY_MOST)
            json_error(source->errors, source->subject, client, true,
                       "identity has %zu octets, but 1 to %d are possible", client->name.len,
                       PSK_IDENTITY_MOST);
        if (!credential_load(source, client, CREDENTIAL_PSK_KEY, &into->key))
            buf_clear(&into->key);
    }
}

static void load_public_keys(const struct source *source, const struct json *root,
                             struct server_security *out)
{
    const struct json *list = get_member(root, "client_public_keys");
    const struct json *key = get_first(list, JSON_ARRAY);
    if (list != NULL && list->kind == JSON_ARRAY && list->count == 0)
        source_warn(source, list, "there is no client, so no client with a raw public key gets in");
    out->client_public_keys = xarray(get_count(list) + 1, sizeof *out->client_public_keys);
    for (; key != NULL; key = key->next) {
        struct buf *into = &out->client_public_keys[out->client_public_key_count++];
        buf_init_secret(into, CREDENTIAL_MOST);
        if (!credential_load(source, key, CREDENTIAL_PUBLIC_KEY, into))
            buf_clear(into);
    }
}

static void place_key(const struct json *key, struct server_security *out)
{
    out->key_line = key == NULL ? 0 : key->line;
    out->key_column = key == NULL ? 0 : key->column;
}

/* What belongs together: each mode wants all that it needs. */
static void check_modes(const struct source *source, const struct json *root)
{
    static const struct {
        const char *member, *needed;
    } rows[] = {
        {"public_key", "key"},
        {"public_key", "client_public_keys"},
        {"client_public_keys", "public_key"},
        {"certificate", "key"},
        {"certificate", "trust"},
        {"trust", "certificate"},
    };
    bool any = get_count(get_member(root, "psk")) > 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct json *member = get_member(root, rows[i].member);
        any = any || member != NULL;
        if (member != NULL && get_member(root, rows[i].needed) == NULL)
            json_error(source->errors, source->subject, member, true, "\"%s\" needs \"%s\"; add it",
                       rows[i].member, rows[i].needed);
    }
    if (!any)
        json_error(source->errors, source->subject, root, false,
                   "there is neither \"psk\" nor \"public_key\" nor \"certificate\"; add one");
}

struct server_security *server_security_parse(struct bytes text, const char *subject,
                                              const char *folder, struct error_list *errors)
{
    struct document document;
    if (!document_open(&document, text, &(struct source){subject, folder, errors}))
        return NULL;
    struct server_security *out = xalloc(sizeof *out);
    const struct source *source = &document.source;
    const struct json *root = document.root;
    shape_check(source, &server_security_shape, root);
    load_clients(source, root, out);
    load_public_keys(source, root, out);
    place_key(get_member(root, "key"), out);
    load_member(source, root, "key", CREDENTIAL_PRIVATE_KEY, &out->key);
    load_member(source, root, "public_key", CREDENTIAL_PUBLIC_KEY, &out->public_key);
    load_member(source, root, "certificate", CREDENTIAL_CERTIFICATE, &out->certificate);
    load_member(source, root, "trust", CREDENTIAL_CERTIFICATE, &out->trust);
    check_modes(source, root);
    if (document_close(&document))
        return out;
    server_security_free(out);
    return NULL;
}

static void add_psk(struct server_security *out, const struct credentials *from)
{
    if (from->mode != CREDENTIALS_PSK)
        return;
    struct psk_client *into = &out->psk[out->psk_count++];
    into->identity = text_copy(buf_bytes(&from->identity));
    buf_init_secret(&into->key, PSK_KEY_MOST);
    buf_put(&into->key, buf_bytes(&from->key));
}

struct server_security *server_security_of_profile(const struct profile *profile)
{
    struct server_security *out = xalloc(sizeof *out);
    out->psk = xarray(profile->server_count + 2, sizeof *out->psk);
    for (size_t i = 0; i < profile->server_count; i++)
        add_psk(out, &profile->servers[i].security);
    if (profile->bootstrap != NULL)
        add_psk(out, &profile->bootstrap->security);
    return out;
}

struct server_security *server_security_load(const char *path, struct error_list *errors)
{
    struct server_security *security = NULL;
    struct document_file file;
    if (document_file_read(&file, path, errors))
        security = server_security_parse(buf_bytes(&file.text), path, file.folder, errors);
    document_file_release(&file);
    return security;
}

void server_security_free(struct server_security *security)
{
    if (security == NULL)
        return;
    for (size_t i = 0; i < security->psk_count; i++) {
        free(security->psk[i].identity);
        buf_release(&security->psk[i].key);
    }
    for (size_t i = 0; i < security->client_public_key_count; i++)
        buf_release(&security->client_public_keys[i]);
    free(security->psk);
    free(security->client_public_keys);
    buf_release(&security->key);
    buf_release(&security->public_key);
    buf_release(&security->certificate);
    buf_release(&security->trust);
    free(security);
}

const struct buf *server_security_psk(const struct server_security *security, struct bytes identity)
{
    for (size_t i = 0; i < security->psk_count; i++)
        if (bytes_is(identity, security->psk[i].identity))
            return &security->psk[i].key;
    return NULL;
}
