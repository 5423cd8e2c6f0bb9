/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the keys and certificates that profiles and security files point to. */
#include "base/std.h"

#include "model/credentials_impl.h"
#include "model/secret.h"

bool octets_load(const struct source *source, const struct json *json, const char *what,
                 bool secret, struct buf *out)
{
    struct error error;
    bool exposed = false;
    error_clear(&error);
    if (json->kind != JSON_STRING)
        return false;
    if (secret_read(json->text, source->folder, out, &exposed, &error) != ST_OK) {
        json_error(source->errors, source->subject, json, false, "%s cannot be had: %s", what,
                   error.text);
        return false;
    }
    if (exposed && secret)
        source_warn(source, json, "everybody can read the file; take that right away");
    return true;
}

bool credential_load(const struct source *source, const struct json *json,
                     enum credential_kind kind, struct buf *out)
{
    static const char *const names[] = {
        [CREDENTIAL_IDENTITY] = "identity",       [CREDENTIAL_PSK_KEY] = "pre-shared key",
        [CREDENTIAL_PRIVATE_KEY] = "private key", [CREDENTIAL_PUBLIC_KEY] = "public key",
        [CREDENTIAL_CERTIFICATE] = "certificate",
    };
    struct error error;
    struct buf octets;
    bool secret = kind == CREDENTIAL_PSK_KEY || kind == CREDENTIAL_PRIVATE_KEY;
    error_clear(&error);
    buf_init_secret(&octets, CREDENTIAL_MOST);
    bool good = octets_load(source, json, names[kind], secret, &octets);
    if (good && credential_read(kind, buf_bytes(&octets), out, &error) != ST_OK) {
        json_error(source->errors, source->subject, json, false, "%s", error.text);
        good = false;
    }
    buf_release(&octets);
    return good;
}

/* An identity stands there itself; all else may be elsewhere. */
static void load_part(const struct source *source, const struct json *json,
                      const struct credential_part *part, struct credentials *out)
{
    struct buf *into = credential_buf(out, part);
    if (json->kind != JSON_STRING)
        return;
    if (part->kind == CREDENTIAL_IDENTITY)
        buf_put(into, json->text);
    else if (!credential_load(source, json, part->kind, into))
        buf_clear(into);
}

static void check_members(const struct source *source, const struct json *security,
                          enum credential_mode mode)
{
    const struct json *member = get_first(security, JSON_OBJECT);
    for (; member != NULL; member = member->next) {
        char label[LABEL];
        bool known = false;
        bool fits = mode == CREDENTIALS_X509 && bytes_is(member->name, "server_name");
        for (size_t i = 0; credential_part_at(i) != NULL; i++) {
            const struct credential_part *part = credential_part_at(i);
            bool same = bytes_is(member->name, part->member);
            known = known || same;
            fits = fits || (same && part->mode == mode);
        }
        if ((known || bytes_is(member->name, "server_name")) && !fits)
            json_error(source->errors, source->subject, member, true,
                       "\"%s\" does not belong to security mode \"%s\"; leave it out",
                       label_of(member->name, label), credential_mode_name(mode));
    }
}

void credentials_load(const struct source *source, const struct json *security,
                      struct credentials *out)
{
    credentials_init(out);
    if (security == NULL || security->kind != JSON_OBJECT ||
        !credential_mode_named(get_text(security, "mode", NULL), &out->mode))
        return;
    for (size_t i = 0; credential_part_at(i) != NULL; i++) {
        const struct credential_part *part = credential_part_at(i);
        const struct json *member = get_member(security, part->member);
        if (part->mode != out->mode)
            continue;
        if (member != NULL && bytes_is(member->name, "key")) {
            out->key_line = member->line;
            out->key_column = member->column;
        }
        if (member != NULL)
            load_part(source, member, part, out);
        else
            json_error(source->errors, source->subject, security, false,
                       "security mode \"%s\" needs \"%s\"; add it here",
                       credential_mode_name(out->mode), part->member);
    }
    check_members(source, security, out->mode);
    if (out->mode == CREDENTIALS_X509)
        out->server_name = get_string(security, "server_name", NULL);
}
