/* SPDX-License-Identifier: Apache-2.0 */
/* Reads "servers" and "bootstrap", and makes objects 0 and 1 of them (LwM2M TS 1.1, E.1, E.2). */
#include "base/std.h"

#include "model/credentials_impl.h"

enum { SECURITY_OBJECT = 0, SERVER_OBJECT = 1 };
enum { TRUST_ANCHOR = 2 }; /* resource 15 of object 0: what resource 4 of it is */

static const char DEFAULT_SERVER[] = "coap://127.0.0.1:5683";

/* --- one account ------------------------------------------------------------------------------ */

static void check_uri(const struct loading *loading, const struct json *uri,
                      enum credential_mode mode)
{
    char label[LABEL];
    struct account_uri parts;
    bool later = loading->profile->version > LWM2M_1_0;
    const char *text = label_of(uri->text, label);
    if (!account_uri_parse(uri->text, &parts))
        COMPLAIN(loading, uri, false,
                 "uri \"%s\" must be like \"coap://host:port\"; there are \"coap\", \"coaps\", "
                 "\"coap+tcp\" and \"coaps+tcp\"",
                 text);
    else if (parts.secure && mode == CREDENTIALS_NONE)
        COMPLAIN(loading, uri, false,
                 "uri \"%s\" needs \"security\" with mode \"psk\", \"rpk\" or \"x509\"", text);
    else if (!parts.secure && mode != CREDENTIALS_NONE)
        COMPLAIN(loading, uri, false,
                 "uri \"%s\" is without security, but its mode is \"%s\"; use \"coaps%s\"", text,
                 credential_mode_name(mode), text + strlen("coap"));
    else if (parts.tcp && !later)
        COMPLAIN(loading, uri, false, "uri \"%s\" is over TCP, which needs lwm2m \"1.1\"", text);
}

/* A name that the server has beside the host of its URI is resource 14 of object 0. */
static void complete_name(const struct loading *loading, const struct json *security,
                          struct profile_server *out)
{
    struct account_uri uri;
    if (out->security.mode != CREDENTIALS_X509)
        return;
    if (out->security.server_name == NULL && account_uri_parse(bytes_of(out->uri), &uri))
        out->security.server_name = text_copy(uri.host);
    if (get_member(security, "server_name") != NULL && loading->profile->version == LWM2M_1_0)
        COMPLAIN(
            loading, get_member(security, "server_name"), true,
            "\"server_name\" needs lwm2m \"1.1\"; or put the name into \"uri\" and the address "
            "into \"connect\"");
}

/* Whether the mode is known; another one was reported, and says nothing of the URI. */
static bool mode_known(const struct json *security)
{
    enum credential_mode mode;
    const struct json *member = get_member(security, "mode");
    return member == NULL ||
           (member->kind == JSON_STRING && credential_mode_named(member->text, &mode));
}

static void load_account(const struct loading *loading, const struct json *json,
                         struct profile_server *out)
{
    const struct json *uri = get_member(json, "uri");
    const struct json *security = get_member(json, "security");
    out->uri = get_string(json, "uri", "");
    out->connect = get_string(json, "connect", NULL);
    out->line = json->line;
    credentials_load(&loading->source, security, &out->security);
    complete_name(loading, security, out);
    if (uri != NULL && uri->kind == JSON_STRING && mode_known(security))
        check_uri(loading, uri, out->security.mode);
}

/* --- servers ---------------------------------------------------------------------------------- */

static void check_ssid(const struct loading *loading, const struct json *server,
                       const struct profile_server *out)
{
    for (const struct profile_server *other = loading->profile->servers; other < out; other++)
        if (other->ssid == out->ssid)
            COMPLAIN(loading, get_member(server, "ssid"), false,
                     "short server id %u is that of the server at line %u too; choose another",
                     (unsigned)out->ssid, other->line);
}

static void load_server(struct loading *loading, const struct json *server)
{
    struct profile *profile = loading->profile;
    int64_t ssid = get_integer(server, "ssid", 0);
    struct profile_server *out = &profile->servers[profile->server_count];
    load_account(loading, server, out);
    out->instance = (uint16_t)profile->server_count;
    out->ssid = ssid < 1 || ssid > ID_MOST ? 0 : (uint16_t)ssid;
    out->lifetime = get_integer(server, "lifetime", profile->lifetime);
    if (out == profile->servers && get_member(server, "lifetime") != NULL)
        profile->says_lifetime = true;
    out->rights = access_rights(loading, server);
    profile->server_count++;
    if (out->ssid > 0)
        check_ssid(loading, server, out);
}

static void load_bootstrap(struct loading *loading, const struct json *bootstrap)
{
    enum { FIRST_INSTANCE = 1 }; /* 0 is where the first server comes to be written */
    struct profile *profile = loading->profile;
    if (bootstrap == NULL || bootstrap->kind != JSON_OBJECT)
        return;
    profile->bootstrap = xalloc(sizeof *profile->bootstrap);
    load_account(loading, bootstrap, profile->bootstrap);
    profile->bootstrap->instance =
        profile->server_count > FIRST_INSTANCE ? (uint16_t)profile->server_count : FIRST_INSTANCE;
}

/* A profile that says nothing of servers registers where our own one listens. */
static void add_default(struct profile *profile)
{
    struct profile_server *out = &profile->servers[0];
    out->ssid = 1;
    out->uri = xstrdup(DEFAULT_SERVER);
    out->lifetime = profile->lifetime;
    credentials_init(&out->security);
    profile->server_count = 1;
}

void accounts_load(struct loading *loading)
{
    struct profile *profile = loading->profile;
    const struct json *list = get_member(loading->root, "servers");
    const struct json *server = get_first(list, JSON_ARRAY);
    profile->servers = xarray(get_count(list) + 1, sizeof *profile->servers);
    for (; server != NULL; server = server->next)
        load_server(loading, server);
    load_bootstrap(loading, get_member(loading->root, "bootstrap"));
    if (list == NULL && profile->bootstrap == NULL)
        add_default(profile);
}

void accounts_free(struct profile *profile)
{
    for (size_t i = 0; i < profile->server_count; i++) {
        free(profile->servers[i].uri);
        free(profile->servers[i].connect);
        credentials_release(&profile->servers[i].security);
    }
    free(profile->servers);
    if (profile->bootstrap == NULL)
        return;
    free(profile->bootstrap->uri);
    free(profile->bootstrap->connect);
    credentials_release(&profile->bootstrap->security);
    free(profile->bootstrap);
}

static const char *connect_of(const struct profile_server *server, struct bytes host)
{
    struct account_uri uri;
    bool same = server != NULL && account_uri_parse(bytes_of(server->uri), &uri) &&
                bytes_equal(uri.host, host);
    return same ? server->connect : NULL;
}

const char *profile_connect(const struct profile *profile, const char *uri)
{
    struct account_uri parts;
    if (!account_uri_parse(bytes_of(uri), &parts))
        return NULL;
    const char *address = connect_of(profile->bootstrap, parts.host);
    for (size_t i = 0; i < profile->server_count && address == NULL; i++)
        address = connect_of(&profile->servers[i], parts.host);
    return address;
}

/* --- objects 0 and 1 -------------------------------------------------------------------------- */

static bool over_tcp(const struct profile_server *server)
{
    struct account_uri uri;
    return account_uri_parse(bytes_of(server->uri), &uri) && uri.tcp;
}

/* In LwM2M 1.0 the queue mode is a part of the binding, in 1.1 it is told beside it. */
static const char *udp_binding(const struct profile *profile)
{
    return profile->queue_mode && profile->version == LWM2M_1_0 ? "UQ" : "U";
}

const char *accounts_bindings(const struct profile *profile)
{
    bool tcp = false;
    bool udp = profile->server_count == 0 && profile->bootstrap == NULL;
    for (size_t i = 0; i < profile->server_count; i++) {
        tcp = tcp || over_tcp(&profile->servers[i]);
        udp = udp || !over_tcp(&profile->servers[i]);
    }
    if (profile->bootstrap != NULL) {
        tcp = tcp || over_tcp(profile->bootstrap);
        udp = udp || !over_tcp(profile->bootstrap);
    }
    return tcp && udp ? "UT" : tcp ? "T" : udp_binding(profile);
}

/* The Security object instance of an account; nothing of it stands in "objects". */
static void add_security(struct loading *loading, struct profile_server *server)
{
    struct path path = path_instance(SECURITY_OBJECT, server->instance);
    struct credentials *security = &server->security;
    struct account_uri uri;
    content_fill(loading, path_object(SECURITY_OBJECT), value_none());
    content_fill(loading, path, value_none());
    content_fill(loading, path_child(path, 0), value_string(server->uri));
    content_fill(loading, path_child(path, 1),
                 value_boolean(server == loading->profile->bootstrap));
    content_fill(loading, path_child(path, 2), value_integer(security->mode));
    for (size_t i = 0; credential_part_at(i) != NULL; i++) {
        const struct credential_part *part = credential_part_at(i);
        struct bytes octets = buf_bytes(credential_buf(security, part));
        if (part->mode == security->mode)
            content_fill(loading, path_child(path, part->resource),
                         value_octets(VALUE_OPAQUE, octets));
    }
    for (unsigned credential = 3; credential <= 5; credential++)
        content_fill(loading, path_child(path, credential),
                     value_octets(VALUE_OPAQUE, (struct bytes){NULL, 0}));
    if (security->mode != CREDENTIALS_X509 || loading->profile->version == LWM2M_1_0)
        return;
    if (account_uri_parse(bytes_of(server->uri), &uri) && security->server_name != NULL &&
        !bytes_is(uri.host, security->server_name))
        content_fill(loading, path_child(path, 14), value_string(security->server_name));
    content_fill(loading, path_child(path, 15), value_integer(TRUST_ANCHOR));
}

/* The Server object instance of one account; what "objects" says about it wins. */
static void add_server(struct loading *loading, struct profile_server *server)
{
    struct path path = path_instance(SERVER_OBJECT, server->instance);
    const char *binding = over_tcp(server) ? "T" : udp_binding(loading->profile);
    if (server == loading->profile->servers)
        loading->profile->says_binding = tree_has(&loading->content, path_child(path, 7));
    add_security(loading, server);
    content_fill(loading, path_resource(SECURITY_OBJECT, server->instance, 10),
                 value_integer(server->ssid));
    content_fill(loading, path_object(SERVER_OBJECT), value_none());
    content_fill(loading, path, value_none());
    content_fill(loading, path_child(path, 0), value_integer(server->ssid));
    content_fill(loading, path_child(path, 1), value_integer(server->lifetime));
    content_fill(loading, path_child(path, 6), value_boolean(false));
    content_fill(loading, path_child(path, 7), value_string(binding));
    content_fill(loading, path_child(path, 8), value_none());
}

static void check_server(const struct loading *loading, const struct profile_server *server)
{
    struct path path = path_resource(SERVER_OBJECT, server->instance, 0);
    size_t place = 0;
    if (!tree_find(&loading->content, path, &place))
        return;
    if (loading->content.cells[place].value.integer != server->ssid)
        COMPLAIN(loading, objects_find(loading, path), false,
                 "short server id of \"/1/%u\" is another one than %u of server %u",
                 (unsigned)server->instance, (unsigned)server->ssid, (unsigned)server->instance);
}

void accounts_add(struct loading *loading)
{
    struct profile *profile = loading->profile;
    for (size_t i = 0; i < profile->server_count; i++) {
        if (profile->servers[i].ssid == 0)
            continue;
        check_server(loading, &profile->servers[i]);
        add_server(loading, &profile->servers[i]);
    }
    if (profile->bootstrap == NULL)
        return;
    struct path path = path_instance(SECURITY_OBJECT, profile->bootstrap->instance);
    int64_t hold_off = get_integer(get_member(loading->root, "bootstrap"), "hold_off", 0);
    add_security(loading, profile->bootstrap);
    content_fill(loading, path_child(path, 11), value_integer(hold_off));
    content_fill(loading, path_object(SERVER_OBJECT), value_none());
}
