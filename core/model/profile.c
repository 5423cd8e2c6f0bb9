/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles: reads a device from JSON, reports all that is wrong with it, and makes models of it. */
#include "base/std.h"

#include "model/profile_impl.h"
#include "model/secret.h"

enum { FILE_MOST = 1 << 20 };      /* octets of a profile or keyring */
enum { DEFAULT_LIFETIME = 86400 }; /* seconds: that of the Server object */
enum { PORTFOLIO_OBJECT = 16, IDENTITY = 0 };

static const char DEFAULT_SERVER[] = "coap://127.0.0.1:5683";

/* --- accounts ------------------------------------------------------------------------------- */

static bool starts_with(struct bytes text, const char *prefix)
{
    return text.len >= strlen(prefix) &&
           bytes_is((struct bytes){text.data, strlen(prefix)}, prefix);
}

/* What follows a host: nothing, a slash, or a colon and a port. */
static bool port_fits(struct bytes rest)
{
    int64_t port = 1;
    if (rest.len > 0 && rest.data[rest.len - 1] == '/')
        rest.len--;
    if (rest.len == 0)
        return true;
    return rest.data[0] == ':' &&
           parse_decimal((struct bytes){rest.data + 1, rest.len - 1}, &port) && port >= 1 &&
           port <= 65535;
}

/* The octets of the host that TEXT begins with, brackets included; 0 when there is none. */
static size_t host_len(struct bytes text)
{
    size_t len = 0;
    if (text.len > 0 && text.data[0] == '[') {
        while (len < text.len && text.data[len] != ']')
            len++;
        return len < text.len ? len + 1 : 0;
    }
    while (len < text.len && memchr(":/?#@ ", text.data[len], 6) == NULL)
        len++;
    return len;
}

/* `coap://host`, `coap://host:port`, `coap://[::1]:port` */
static bool uri_fits(struct bytes uri)
{
    size_t scheme = strlen("coap://");
    if (!starts_with(uri, "coap://"))
        return false;
    struct bytes rest = {uri.data + scheme, uri.len - scheme};
    size_t host = host_len(rest);
    return host > 0 && port_fits((struct bytes){rest.data + host, rest.len - host});
}

static void check_uri(const struct loading *loading, const struct json *uri)
{
    char label[LABEL];
    if (uri == NULL || uri->kind != JSON_STRING || uri_fits(uri->text))
        return;
    bool other = starts_with(uri->text, "coaps://") || starts_with(uri->text, "coap+tcp://") ||
                 starts_with(uri->text, "coaps+tcp://");
    COMPLAIN(loading, uri, false,
             other ? "uri \"%s\" is of a kind that is not supported by this "
                     "version; use \"coap://host:port\""
                   : "uri \"%s\" must be like \"coap://host:port\"",
             label_of(uri->text, label));
}

static void check_security(const struct loading *loading, const struct json *server)
{
    char label[LABEL];
    const struct json *mode = get_member(get_member(server, "security"), "mode");
    if (mode != NULL && mode->kind == JSON_STRING && !bytes_is(mode->text, "none"))
        COMPLAIN(loading, mode, false,
                 "security mode \"%s\" is not supported by this version; use \"none\"",
                 label_of(mode->text, label));
}

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
    check_uri(loading, get_member(server, "uri"));
    check_security(loading, server);
    if (ssid < 1 || ssid > ID_MOST)
        return;
    struct profile_server *out = &profile->servers[profile->server_count++];
    out->ssid = (uint16_t)ssid;
    out->uri = get_string(server, "uri", "");
    out->connect = get_string(server, "connect", NULL);
    out->line = server->line;
    check_ssid(loading, server, out);
}

/* A profile that says nothing of servers registers where our own one listens. */
static void load_servers(struct loading *loading)
{
    struct profile *profile = loading->profile;
    const struct json *list = get_member(loading->root, "servers");
    const struct json *server = get_first(list, JSON_ARRAY);
    profile->servers = xarray(get_count(list) + 1, sizeof *profile->servers);
    for (; server != NULL; server = server->next)
        load_server(loading, server);
    if (list == NULL) {
        profile->servers[0] = (struct profile_server){.ssid = 1, .uri = xstrdup(DEFAULT_SERVER)};
        profile->server_count = 1;
    }
}

/* --- behaviour ------------------------------------------------------------------------------ */

/* rule: I-20 */
static void load_read_only(struct loading *loading)
{
    struct profile *profile = loading->profile;
    const struct json *list = get_member(loading->root, "read_only");
    const struct json *item = get_first(list, JSON_ARRAY);
    profile->read_only = xarray(get_count(list) + 1, sizeof *profile->read_only);
    for (; item != NULL; item = item->next) {
        struct path path;
        char label[LABEL];
        if (item->kind != JSON_STRING || !path_parse(item->text, &path) || path.depth < 3)
            continue;
        bool identity = path.id[0] == PORTFOLIO_OBJECT && path.id[2] == IDENTITY;
        if (!identity || !tree_has(&loading->content, path))
            COMPLAIN(loading, item, false, "\"%s\" is no identity among the objects",
                     label_of(item->text, label));
        else
            profile->read_only[profile->read_only_count++] = path;
    }
}

static void load_formats(struct loading *loading)
{
    struct profile *profile = loading->profile;
    const struct json *item = get_first(get_member(loading->root, "formats"), JSON_ARRAY);
    for (; item != NULL; item = item->next) {
        char label[LABEL];
        if (item->kind != JSON_STRING || profile->format_count == COUNT_OF(profile->formats))
            continue;
        const struct format_name *format = format_named(item->text);
        if (format == NULL)
            COMPLAIN(loading, item, false,
                     "format \"%s\" is not supported by this version; known: \"tlv\", \"text\", "
                     "\"opaque\"",
                     label_of(item->text, label));
        else
            profile->formats[profile->format_count++] = format->format;
    }
}

/* The octets that may stand between the quotes (LwM2M TS 1.0, 5.4.5). */
static bool is_quotable(int c)
{
    return c >= 0x21 && c <= 0x7E && c != '"' && c != '\'' && c != '\\';
}

static bool take_argument(struct rd *rd, unsigned *seen)
{
    unsigned digit = rd_u8(rd) - '0';
    if (digit < 4 || digit > 9 || (*seen >> digit & 1u) != 0)
        return false;
    *seen |= 1u << digit;
    if (rd_peek(rd) != '=')
        return true;
    rd_u8(rd);
    if (rd_u8(rd) != '\'')
        return false;
    while (is_quotable(rd_peek(rd)))
        rd_u8(rd);
    return rd_u8(rd) == '\'';
}

/* rule: I-8. The grammar of Execute, for the digits that the specification leaves open. */
static bool arguments_fit(struct bytes text)
{
    struct rd rd;
    unsigned seen = 0;
    rd_init(&rd, text);
    if (!take_argument(&rd, &seen))
        return false;
    while (rd_left(&rd) > 0)
        if (rd_u8(&rd) != ',' || !take_argument(&rd, &seen))
            return false;
    return !rd.bad;
}

static void load_behaviour(struct loading *loading)
{
    struct profile *profile = loading->profile;
    const struct json *extra = get_member(loading->root, "extra_arguments");
    profile->lenient_arguments = get_flag(loading->root, "lenient_arguments", false);
    profile->strict_create = get_flag(loading->root, "strict_create", false);
    profile->extra_arguments = get_string(loading->root, "extra_arguments", NULL);
    if (extra != NULL && extra->kind == JSON_STRING && !arguments_fit(extra->text))
        COMPLAIN(loading, extra, false,
                 "\"extra_arguments\" must be arguments 4 to 9, each once, such as \"4='a',5\"");
    load_read_only(loading);
    load_formats(loading);
}

/* What later versions will do is refused now, because ignoring it would be a silent lie. */
static void refuse_later(const struct loading *loading)
{
    const struct json *version = get_member(loading->root, "lwm2m");
    const struct json *state = get_member(loading->root, "state");
    if (version != NULL && version->kind == JSON_STRING && bytes_is(version->text, "1.1"))
        COMPLAIN(loading, version, false,
                 "lwm2m 1.1 is not supported by this version; use \"1.0\"");
    if (state != NULL)
        COMPLAIN(loading, state, true, "\"state\" is not supported by this version; leave it out");
}

/* --- the whole -------------------------------------------------------------------------------- */

static bool says_nothing(const struct tree *content, size_t place)
{
    const struct record *cell = &content->cells[place];
    bool last = place + 1 == content->count;
    return cell->value.type == VALUE_NONE && !last &&
           path_covers(cell->path, content->cells[place + 1].path);
}

/* Moves the values into the profile; what merely holds others needs no record. */
static void keep_content(struct loading *loading)
{
    struct profile *profile = loading->profile;
    records_init(&profile->content);
    for (size_t i = 0; i < loading->content.count; i++) {
        struct record *cell = &loading->content.cells[i];
        if (says_nothing(&loading->content, i))
            continue;
        if (cell->path.depth > 1) {
            if (records_add(&profile->content, cell->path, cell->value))
                cell->value = value_none();
        } else if (profile->supported_count < COUNT_OF(profile->supported)) {
            profile->supported[profile->supported_count++] = cell->path.id[0];
        } else {
            COMPLAIN(loading, objects_find(loading, cell->path), true,
                     "more than %zu objects without instances; leave some out",
                     COUNT_OF(profile->supported));
        }
    }
    tree_release(&loading->content);
}

static void load(struct loading *loading)
{
    struct profile *profile = loading->profile;
    const struct json *root = loading->root;
    shape_check(&loading->source, &profile_shape, root);
    refuse_later(loading);
    profile->name = xstrdup(loading->source.subject);
    profile->endpoint = get_string(root, "endpoint", "");
    profile->lifetime = get_integer(root, "lifetime", DEFAULT_LIFETIME);
    profile->version = bytes_is(get_text(root, "lwm2m", "1.0"), "1.1") ? LWM2M_1_1 : LWM2M_1_0;
    profile->catalogue = definitions_load(&loading->source, catalogue_of(profile->version),
                                          get_member(root, "definitions"));
    load_servers(loading);
    objects_load(loading);
    secure_load(loading);
    links_check(loading);
    load_behaviour(loading);
    keep_content(loading);
}

struct profile *profile_parse(struct bytes text, const char *subject, const char *folder,
                              struct error_list *errors)
{
    size_t before = errors->errors;
    size_t first = errors->count;
    struct json_doc *doc = json_parse(text, subject, errors);
    if (doc == NULL)
        return NULL;
    struct loading loading = {
        .source = {subject, folder, errors},
        .root = json_root(doc),
        .profile = xalloc(sizeof *loading.profile),
    };
    load(&loading);
    errors_sort(errors, first);
    json_doc_free(doc);
    if (errors->errors == before)
        return loading.profile;
    profile_free(loading.profile);
    return NULL;
}

char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return xstrdup(".");
    size_t len = slash == path ? 1 : (size_t)(slash - path);
    return text_copy((struct bytes){(const uint8_t *)path, len});
}

bool json_file_read(const char *path, struct buf *out, struct error_list *errors)
{
    struct error error;
    error_clear(&error);
    buf_init_secret(out, FILE_MOST);
    if (file_read(path, out, NULL, &error) == ST_OK)
        return true;
    error_list_add(errors, &error);
    return false;
}

struct profile *profile_load(const char *path, struct error_list *errors)
{
    struct profile *profile = NULL;
    char *folder = folder_of(path);
    struct buf text;
    if (json_file_read(path, &text, errors))
        profile = profile_parse(buf_bytes(&text), path, folder, errors);
    buf_release(&text);
    free(folder);
    return profile;
}

void profile_free(struct profile *profile)
{
    if (profile == NULL)
        return;
    for (size_t i = 0; i < profile->server_count; i++) {
        free(profile->servers[i].uri);
        free(profile->servers[i].connect);
    }
    records_release(&profile->content);
    provision_release(&profile->provision);
    catalogue_free(profile->catalogue);
    free(profile->servers);
    free(profile->portfolios);
    free(profile->read_only);
    free(profile->extra_arguments);
    free(profile->endpoint);
    free(profile->name);
    free(profile);
}

const struct profile_portfolio *profile_portfolio(const struct profile *profile, unsigned instance)
{
    for (size_t i = 0; i < profile->portfolio_count; i++)
        if (profile->portfolios[i].instance == instance)
            return &profile->portfolios[i];
    return NULL;
}

struct model *profile_model(const struct profile *profile)
{
    struct model *model = model_new(profile->catalogue);
    for (size_t i = 0; i < profile->supported_count; i++)
        model_support(model, profile->supported[i]);
    for (size_t i = 0; i < profile->content.count; i++) {
        const struct record *record = &profile->content.items[i];
        for (unsigned depth = 1; depth < record->path.depth; depth++) {
            struct path around = path_cut(record->path, depth);
            if (!tree_has(&model->tree, around))
                tree_put(&model->tree, around, value_none());
        }
        tree_put(&model->tree, record->path, value_copy(&record->value));
    }
    for (size_t i = 0; i < profile->read_only_count; i++)
        model_protect(model, profile->read_only[i]);
    return model;
}
