/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials of an account: their parts, the URI that they belong to, and what object 0 says. */
#include "base/std.h"

#include "model/credentials_impl.h"
#include "model/pem.h"

enum { SECURITY_OBJECT = 0, URI = 0, MODE = 2, MATCHING_TYPE = 13, SNI = 14 };

#define PART(MODE, MEMBER, RESOURCE, KIND, FIELD)                                                  \
    {                                                                                              \
        CREDENTIALS_##MODE, MEMBER, RESOURCE, CREDENTIAL_##KIND,                                   \
            offsetof(struct credentials, FIELD)                                                    \
    }

static const struct credential_part parts[] = {
    PART(PSK, "identity", 3, IDENTITY, identity),
    PART(PSK, "key", 5, PSK_KEY, key),
    PART(RPK, "public_key", 3, PUBLIC_KEY, public_key),
    PART(RPK, "server_public_key", 4, PUBLIC_KEY, peer_public_key),
    PART(RPK, "key", 5, PRIVATE_KEY, key),
    PART(X509, "certificate", 3, CERTIFICATE, certificate),
    PART(X509, "trust", 4, CERTIFICATE, trust),
    PART(X509, "key", 5, PRIVATE_KEY, key),
};

static const char *const mode_names[] = {
    [CREDENTIALS_PSK] = "psk",
    [CREDENTIALS_RPK] = "rpk",
    [CREDENTIALS_X509] = "x509",
    [CREDENTIALS_NONE] = "none",
};

const struct credential_part *credential_part_at(size_t index)
{
    return index < COUNT_OF(parts) ? &parts[index] : NULL;
}

struct buf *credential_buf(struct credentials *credentials, const struct credential_part *part)
{
    return (struct buf *)((char *)credentials + part->offset);
}

const char *credential_mode_name(enum credential_mode mode)
{
    return mode_names[mode];
}

bool credential_mode_named(struct bytes name, enum credential_mode *out)
{
    for (size_t i = 0; i < COUNT_OF(mode_names); i++)
        if (bytes_is(name, mode_names[i])) {
            *out = (enum credential_mode)i;
            return true;
        }
    return false;
}

/* --- the whole ------------------------------------------------------------------------------- */

void credentials_init(struct credentials *credentials)
{
    *credentials = (struct credentials){.mode = CREDENTIALS_NONE};
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        buf_init_secret(credential_buf(credentials, &parts[i]), CREDENTIAL_MOST);
}

void credentials_release(struct credentials *credentials)
{
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        buf_release(credential_buf(credentials, &parts[i]));
    free(credentials->server_name);
    credentials_init(credentials);
}

/* --- URIs of accounts ------------------------------------------------------------------------ */

/* What follows a host: nothing, a slash, or a colon and a port. */
static bool port_fits(struct bytes rest, int64_t least)
{
    int64_t port = 1;
    if (rest.len > 0 && rest.data[rest.len - 1] == '/')
        rest.len--;
    if (rest.len == 0)
        return true;
    return rest.data[0] == ':' &&
           parse_decimal((struct bytes){rest.data + 1, rest.len - 1}, &port) && port >= least &&
           port <= 65535;
}

/* Takes the host off REST; empty when there is none. */
static struct bytes take_host(struct bytes *rest)
{
    bool bracket = rest->len > 0 && rest->data[0] == '[';
    const char *stop = bracket ? "]" : ":/?#@ []";
    size_t len = bracket;
    while (len < rest->len && memchr(stop, rest->data[len], strlen(stop)) == NULL)
        len++;
    struct bytes host = {rest->data + bracket, len - bracket};
    if ((bracket && len == rest->len) || !utf8_plain(host))
        host.len = 0;
    size_t used = len + (bracket && len < rest->len);
    *rest = (struct bytes){rest->data + used, rest->len - used};
    return host;
}

static bool take_scheme(struct bytes text, struct account_uri *out, size_t *out_len)
{
    static const struct {
        const char *text;
        bool secure, tcp;
    } schemes[] = {
        {"coap://", false, false},
        {"coaps://", true, false},
        {"coap+tcp://", false, true},
        {"coaps+tcp://", true, true},
    };
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        size_t len = strlen(schemes[i].text);
        if (text.len < len || memcmp(text.data, schemes[i].text, len) != 0)
            continue;
        *out = (struct account_uri){schemes[i].secure, schemes[i].tcp, {NULL, 0}};
        *out_len = len;
        return true;
    }
    return false;
}

static bool parse_uri(struct bytes text, int64_t least_port, struct account_uri *out)
{
    size_t len = 0;
    if (!take_scheme(text, out, &len))
        return false;
    struct bytes rest = {text.data + len, text.len - len};
    out->host = take_host(&rest);
    return out->host.len > 0 && port_fits(rest, least_port);
}

bool account_uri_parse(struct bytes text, struct account_uri *out)
{
    return parse_uri(text, 1, out);
}

bool account_uri_parse_listen(struct bytes text, struct account_uri *out)
{
    return parse_uri(text, 0, out);
}

/* --- what object 0 says ------------------------------------------------------------------------
 */

enum status credential_read(enum credential_kind kind, struct bytes octets, struct buf *out,
                            struct error *error)
{
    static const enum pem_kind pem_kinds[] = {
        [CREDENTIAL_PRIVATE_KEY] = PEM_PRIVATE_KEY,
        [CREDENTIAL_PUBLIC_KEY] = PEM_PUBLIC_KEY,
        [CREDENTIAL_CERTIFICATE] = PEM_CERTIFICATE,
    };
    bool identity = kind == CREDENTIAL_IDENTITY;
    if (!identity && kind != CREDENTIAL_PSK_KEY)
        return pem_read(pem_kinds[kind], octets, out, error);
    size_t most = identity ? PSK_IDENTITY_MOST : PSK_KEY_MOST;
    if (octets.len >= 1 && octets.len <= most) {
        buf_put(out, octets);
        return ST_OK;
    }
    error_set(error, "%s has %zu octets, but 1 to %zu are possible",
              identity ? "identity" : "pre-shared key", octets.len, most);
    return ST_INVALID;
}

static const struct value *resource(const struct model *model, unsigned instance, unsigned id)
{
    return model_value(model, path_resource(SECURITY_OBJECT, instance, id));
}

static enum status check_kind(const struct model *model, unsigned instance,
                              const struct account_uri *uri, enum credential_mode mode,
                              struct error *error)
{
    const struct value *match = resource(model, instance, MATCHING_TYPE);
    if (mode > CREDENTIALS_NONE) {
        error_set(error, "security mode %u of \"/0/%u\" is not supported", (unsigned)mode,
                  instance);
        return ST_UNSUPPORTED;
    }
    if (match != NULL && match->integer != 0) {
        error_set(error, "matching type %" PRId64 " of \"/0/%u\" is not supported", match->integer,
                  instance);
        return ST_UNSUPPORTED;
    }
    if (uri->secure == (mode != CREDENTIALS_NONE))
        return ST_OK;
    error_set(error, "uri of \"/0/%u\" does not fit security mode \"%s\"", instance,
              mode_names[mode]);
    return ST_INVALID;
}

static enum status read_parts(const struct model *model, unsigned instance, struct credentials *out,
                              struct error *error)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < COUNT_OF(parts) && status == ST_OK; i++) {
        if (parts[i].mode != out->mode)
            continue;
        const struct value *value = resource(model, instance, parts[i].resource);
        struct bytes octets = value == NULL ? (struct bytes){NULL, 0} : value_bytes(value);
        struct error reason;
        error_clear(&reason);
        status = credential_read(parts[i].kind, octets, credential_buf(out, &parts[i]), &reason);
        if (status != ST_OK)
            error_set(error, "\"/0/%u/%u\": %s", instance, (unsigned)parts[i].resource,
                      reason.text);
    }
    return status;
}

static enum status read_account(const struct model *model, unsigned instance,
                                struct credentials *out, struct error *error)
{
    const struct value *text = resource(model, instance, URI);
    const struct value *mode = resource(model, instance, MODE);
    const struct value *name = resource(model, instance, SNI);
    struct account_uri uri;
    if (!model_has(model, path_instance(SECURITY_OBJECT, instance))) {
        error_set(error, "\"/0/%u\" is not there", instance);
        return ST_NOT_FOUND;
    }
    if (text == NULL || mode == NULL || !account_uri_parse(value_bytes(text), &uri)) {
        error_set(error, "\"/0/%u\" has no uri that can be used, or no security mode", instance);
        return ST_INVALID;
    }
    enum credential_mode which = (enum credential_mode)mode->integer;
    enum status status = check_kind(model, instance, &uri, which, error);
    if (status != ST_OK)
        return status;
    out->mode = which;
    struct bytes server = name == NULL ? uri.host : value_bytes(name);
    if (server.len == 0 || memchr(server.data, '\0', server.len) != NULL) {
        error_set(error, "server name of \"/0/%u\" is empty or has a NUL in it", instance);
        return ST_INVALID;
    }
    if (which == CREDENTIALS_X509)
        out->server_name = text_copy(server);
    return read_parts(model, instance, out, error);
}

enum status credentials_of_account(const struct model *model, unsigned instance,
                                   struct credentials *out, struct error *error)
{
    credentials_init(out);
    enum status status = read_account(model, instance, out, error);
    if (status != ST_OK)
        credentials_release(out);
    return status;
}
