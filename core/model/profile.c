/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles: reads a device from JSON, reports all that is wrong with it, and makes models of it. */
#include "base/std.h"

#include "model/profile_impl.h"

enum { DEFAULT_LIFETIME = 86400 }; /* seconds: that of the Server object */
enum { PORTFOLIO_OBJECT = 16, IDENTITY = 0 };

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
        bool possible =
            format != NULL && format->first <= profile->version && profile->version <= format->last;
        if (!possible)
            COMPLAIN(loading, item, false, "\"%s\" is no format of lwm2m %s; there are %s",
                     label_of(item->text, label), lwm2m_version_name(profile->version),
                     profile->version == LWM2M_1_0
                         ? "\"text\", \"opaque\", \"tlv\" and \"json\""
                         : "\"text\", \"opaque\", \"tlv\", \"cbor\", \"senml-json\" and "
                           "\"senml-cbor\"");
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

/* A file name of the profile is relative to the profile's folder; NULL without one. */
static char *path_in(const char *folder, struct bytes name)
{
    if (name.len == 0)
        return NULL;
    bool relative = folder != NULL && name.data[0] != '/';
    size_t room = (relative ? strlen(folder) + 1 : 0) + name.len + 1;
    char *path = xarray(room, 1);
    snprintf(path, room, "%s%s%.*s", relative ? folder : "", relative ? "/" : "", (int)name.len,
             (const char *)name.data);
    return path;
}

/* How the device keeps in touch with its servers. */
static void load_link(struct loading *loading)
{
    enum {
        AWAKE = 93000,
        HANDSHAKE = 10000
    }; /* ms: MAX_TRANSMIT_WAIT of CoAP (LwM2M TS 1.1, 6.5) */
    struct profile *profile = loading->profile;
    const struct json *queue = get_member(loading->root, "queue_mode");
    bool timed = queue != NULL && queue->kind == JSON_OBJECT;
    profile->queue_mode = timed || get_flag(loading->root, "queue_mode", false);
    profile->awake_ms = get_duration(timed ? queue : NULL, "awake", AWAKE);
    profile->handshake_ms = get_duration(loading->root, "handshake", HANDSHAKE);
    profile->non_confirmable = bytes_is(get_text(loading->root, "notify", ""), "non-confirmable");
    profile->state = path_in(loading->source.folder, get_text(loading->root, "state", NULL));
}

static void load_behaviour(struct loading *loading)
{
    struct profile *profile = loading->profile;
    const struct json *extra = get_member(loading->root, "extra_arguments");
    profile->lenient_arguments = get_flag(loading->root, "lenient_arguments", false);
    profile->strict_create = get_flag(loading->root, "strict_create", false);
    profile->auth_data_instances = (unsigned)get_integer(loading->root, "auth_data_instances", 1);
    profile->extra_arguments = get_string(loading->root, "extra_arguments", NULL);
    if (extra != NULL && extra->kind == JSON_STRING && !arguments_fit(extra->text))
        COMPLAIN(loading, extra, false,
                 "\"extra_arguments\" must be arguments 4 to 9, each once, such as \"4='a',5\"");
    load_read_only(loading);
    load_formats(loading);
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
    profile->name = xstrdup(loading->source.subject);
    profile->endpoint = get_string(root, "endpoint", "");
    profile->lifetime = get_integer(root, "lifetime", DEFAULT_LIFETIME);
    profile->says_lifetime = get_member(root, "lifetime") != NULL;
    profile->version = bytes_is(get_text(root, "lwm2m", "1.0"), "1.1") ? LWM2M_1_1 : LWM2M_1_0;
    if (loading->version != NULL)
        profile->version = *loading->version;
    profile->catalogue = definitions_load(&loading->source, catalogue_of(profile->version),
                                          get_member(root, "definitions"));
    load_link(loading);
    accounts_load(loading);
    objects_load(loading);
    secure_load(loading);
    links_check(loading);
    load_behaviour(loading);
    keep_content(loading);
}

static struct profile *parse(struct bytes text, const struct source *source,
                             const enum lwm2m_version *version)
{
    struct document document;
    if (!document_open(&document, text, source))
        return NULL;
    struct loading loading = {
        .source = *source,
        .root = document.root,
        .profile = xalloc(sizeof *loading.profile),
        .version = version,
    };
    load(&loading);
    if (document_close(&document))
        return loading.profile;
    profile_free(loading.profile);
    return NULL;
}

struct profile *profile_parse(struct bytes text, const char *subject, const char *folder,
                              struct error_list *errors)
{
    return parse(text, &(struct source){subject, folder, errors}, NULL);
}

static struct profile *parse_file(struct bytes text, const char *path,
                                  const enum lwm2m_version *version, struct error_list *errors)
{
    char *folder = folder_of(path);
    struct profile *profile = parse(text, &(struct source){path, folder, errors}, version);
    free(folder);
    return profile;
}

struct profile *profile_of_file(struct bytes text, const char *path, struct error_list *errors)
{
    return parse_file(text, path, NULL, errors);
}

struct profile *profile_of_version(struct bytes text, const char *path, enum lwm2m_version version,
                                   struct error_list *errors)
{
    return parse_file(text, path, &version, errors);
}

struct profile *profile_load(const char *path, struct error_list *errors)
{
    struct profile *profile = NULL;
    struct document_file file;
    if (document_file_read(&file, path, errors))
        profile = profile_parse(buf_bytes(&file.text), path, file.folder, errors);
    document_file_release(&file);
    return profile;
}

void profile_free(struct profile *profile)
{
    if (profile == NULL)
        return;
    accounts_free(profile);
    records_release(&profile->content);
    provision_release(&profile->provision);
    catalogue_free(profile->catalogue);
    free(profile->portfolios);
    free(profile->read_only);
    free(profile->extra_arguments);
    free(profile->state);
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
