/* SPDX-License-Identifier: Apache-2.0 */
/* The server's half of profiles: reading and writing keyrings. */
#include "base/std.h"

#include "model/profile_impl.h"

enum { PORTFOLIO_OBJECT = 16 };

static void load_instances(const struct source *source, const struct json *entries,
                           struct provision *out)
{
    const struct json *entry = get_first(entries, JSON_OBJECT);
    for (; entry != NULL; entry = entry->next) {
        struct path path;
        if (!parse_instance(entry->name, &path))
            continue;
        if (path.id[0] == PORTFOLIO_OBJECT)
            provision_load(source, entry, path, NULL, out);
        else
            json_error(source->errors, source->subject, entry, true,
                       "\"%u/%u\" is no Portfolio instance; use \"16/...\"", (unsigned)path.id[0],
                       (unsigned)path.id[1]);
    }
}

struct keyring *keyring_parse(struct bytes text, const char *subject, const char *folder,
                              struct error_list *errors)
{
    struct document document;
    if (!document_open(&document, text, &(struct source){subject, folder, errors}))
        return NULL;
    struct keyring *keyring = xalloc(sizeof *keyring);
    shape_check(&document.source, &keyring_shape, document.root);
    const struct json *endpoints = get_member(document.root, "endpoints");
    const struct json *entry = get_first(endpoints, JSON_OBJECT);
    keyring->entries = xarray(get_count(endpoints) + 1, sizeof *keyring->entries);
    for (; entry != NULL; entry = entry->next) {
        struct keyring_entry *out = &keyring->entries[keyring->count++];
        out->endpoint = text_copy(entry->name);
        provision_init(&out->provision);
        load_instances(&document.source, entry, &out->provision);
    }
    if (document_close(&document))
        return keyring;
    keyring_free(keyring);
    return NULL;
}

struct keyring *keyring_load(const char *path, struct error_list *errors)
{
    struct keyring *keyring = NULL;
    struct document_file file;
    if (document_file_read(&file, path, errors))
        keyring = keyring_parse(buf_bytes(&file.text), path, file.folder, errors);
    document_file_release(&file);
    return keyring;
}

void keyring_free(struct keyring *keyring)
{
    if (keyring == NULL)
        return;
    for (size_t i = 0; i < keyring->count; i++) {
        provision_release(&keyring->entries[i].provision);
        free(keyring->entries[i].endpoint);
    }
    free(keyring->entries);
    free(keyring);
}

const struct provision *keyring_find(const struct keyring *keyring, const char *endpoint)
{
    for (size_t i = 0; i < keyring->count; i++)
        if (strcmp(keyring->entries[i].endpoint, endpoint) == 0)
            return &keyring->entries[i].provision;
    return NULL;
}

/* --- writing -------------------------------------------------------------------------------- */

static void put_octets(struct buf *out, bool first, unsigned id, struct bytes octets)
{
    buf_printf(out, "%s\n            \"%u\": \"hex:", first ? "" : ",", id);
    buf_put_hex(out, octets);
    buf_puts(out, "\"");
}

static void put_service(struct buf *out, enum service which,
                        const struct provision_service *service)
{
    buf_printf(out, ",\n        \"%s\": {\n          \"suite\": \"%s\",\n          \"keys\": {",
               service_name(which), suite_info(service->suite)->name);
    for (size_t i = 0; i < service->key_count; i++)
        put_octets(out, i == 0, service->keys[i].index,
                   (struct bytes){service->keys[i].octets, service->keys[i].len});
    buf_puts(out, "\n          }");
    bool first = true;
    for (size_t i = 0; i < service->hash_count; i++) {
        const struct provision_hash *hash = &service->hashes[i];
        if (hash->len == 0)
            continue;
        buf_puts(out, first ? ",\n          \"hashes\": {" : "");
        put_octets(out, first, hash->identity, (struct bytes){hash->octets, hash->len});
        first = false;
    }
    buf_puts(out, first ? "\n        }" : "\n          }\n        }");
}

void keyring_write(const char *endpoint, const struct provision *provision, struct buf *out)
{
    buf_puts(out, "{\n  \"keyring\": 1,\n  \"endpoints\": {\n    ");
    json_put_text(out, bytes_of(endpoint));
    buf_puts(out, ": {");
    for (size_t i = 0; i < provision->count; i++) {
        const struct provision_instance *instance = &provision->instances[i];
        buf_printf(out, "%s\n      \"%u/%u\": {\n        \"challenge_octets\": \"%s\"",
                   i == 0 ? "" : ",", PORTFOLIO_OBJECT, (unsigned)instance->instance,
                   challenge_rule_name(instance->challenge_rule));
        for (size_t s = 0; s < SERVICE_COUNT; s++)
            if (instance->service[s].suite != SUITE_NONE)
                put_service(out, (enum service)s, &instance->service[s]);
        buf_puts(out, "\n      }");
    }
    buf_puts(out, "\n    }\n  }\n}\n");
}
