/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a device's state: written whole or not at all, and not believed unless it is whole.
 */
#include "base/std.h"

#include <math.h>

#include "model/profile_impl.h"
#include "model/secret.h"
#include "model/state.h"

enum { FILE_MOST = 8 << 20 }; /* octets: all that a model holds, escaped */
enum { SECURITY_OBJECT = 0, SECRET_KEY = 5 };
enum { OWNER_ONLY = 0600 };

static const char CHECK[] = ",\n  \"check\": ";

/* --- digests ---------------------------------------------------------------------------------- */

/* FNV-1a: against accidents, not against anybody. */
static uint64_t digest(uint64_t sum, struct bytes octets)
{
    for (size_t i = 0; i < octets.len; i++)
        sum = (sum ^ octets.data[i]) * 0x100000001b3u;
    return sum;
}

enum { DIGEST_TEXT = 17 };

static void digest_text(uint64_t sum, char text[DIGEST_TEXT])
{
    snprintf(text, DIGEST_TEXT, "%016" PRIx64, sum);
}

static const uint64_t DIGEST_START = 0xcbf29ce484222325u;

/* All that a state is a difference from; secret keys have no part in it. */
static void digest_profile(const struct profile *profile, char out[DIGEST_TEXT])
{
    uint64_t sum = digest(DIGEST_START, bytes_of(profile->endpoint));
    sum = digest(sum, bytes_of(lwm2m_version_name(profile->version)));
    for (size_t i = 0; i < profile->content.count; i++) {
        const struct record *record = &profile->content.items[i];
        bool counted = record->value.type == VALUE_STRING || record->value.type == VALUE_OPAQUE;
        bool secret = record->path.id[0] == SECURITY_OBJECT && record->path.id[2] == SECRET_KEY;
        char path[PATH_TEXT];
        struct buf text;
        buf_init(&text, 64);
        sum = digest(sum, bytes_of(path_text(record->path, path)));
        if (!counted)
            value_format(&record->value, &text);
        if (!secret)
            sum = digest(sum, counted ? value_bytes(&record->value) : buf_bytes(&text));
        buf_release(&text);
    }
    digest_text(sum, out);
}

/* --- writing ---------------------------------------------------------------------------------- */

static void put_float(struct buf *out, double number)
{
    if (isnan(number))
        buf_puts(out, "\"nan\"");
    else if (isinf(number))
        buf_puts(out, number > 0 ? "\"inf\"" : "\"-inf\"");
    else
        buf_printf(out, "%.17g", number);
}

static void put_value(struct buf *out, const struct value *value)
{
    switch (value->type) {
    case VALUE_NONE:
        buf_puts(out, "{}");
        break;
    case VALUE_STRING:
        json_put_text(out, value_bytes(value));
        break;
    case VALUE_INTEGER:
    case VALUE_TIME:
    case VALUE_BOOLEAN:
        value_format(value, out);
        break;
    case VALUE_FLOAT:
        put_float(out, value->number);
        break;
    case VALUE_OPAQUE:
        buf_puts(out, "\"hex:");
        buf_put_hex(out, value_bytes(value));
        buf_puts(out, "\"");
        break;
    case VALUE_OBJLINK:
        buf_puts(out, "\"");
        value_format(value, out);
        buf_puts(out, "\"");
        break;
    }
}

static void put_paths(struct buf *out, const struct path *paths, size_t count)
{
    char path[PATH_TEXT];
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%s\n    \"%s\"", i == 0 ? "" : ",", path_text(paths[i], path));
}

static void put_lists(struct buf *out, const struct state *state)
{
    char path[PATH_TEXT];
    buf_puts(out, ",\n  \"gone\": [");
    put_paths(out, state->gone, state->gone_count);
    buf_puts(out, "\n  ],\n  \"unprovisioned\": [");
    put_paths(out, state->unprovisioned, state->unprovisioned_count);
    buf_puts(out, "\n  ],\n  \"values\": {");
    for (size_t i = 0; i < state->values.count; i++) {
        const struct record *record = &state->values.items[i];
        buf_printf(out, "%s\n    \"%s\": ", i == 0 ? "" : ",", path_text(record->path, path));
        put_value(out, &record->value);
    }
    buf_puts(out, "\n  },\n  \"attributes\": [");
    for (size_t i = 0; i < state->attribute_count; i++) {
        const struct state_attribute *attribute = &state->attributes[i];
        buf_printf(out, "%s\n    { \"server\": %u, \"path\": \"%s\", \"text\": ", i == 0 ? "" : ",",
                   (unsigned)attribute->ssid, path_text(attribute->path, path));
        json_put_text(out, bytes_of(attribute->text));
        buf_puts(out, " }");
    }
    buf_puts(out, "\n  ]");
}

static void put_state(struct buf *out, const struct state *state, const struct profile *profile)
{
    char sum[DIGEST_TEXT];
    digest_profile(profile, sum);
    buf_puts(out, "{\n  \"state\": 1,\n  \"endpoint\": ");
    json_put_text(out, bytes_of(profile->endpoint));
    buf_printf(out, ",\n  \"profile\": \"%s\"", sum);
    put_lists(out, state);
    digest_text(digest(DIGEST_START, buf_bytes(out)), sum);
    buf_printf(out, "%s\"%s\"\n}\n", CHECK, sum);
}

static enum status replace_file(const char *path, struct bytes text, struct error *error)
{
    struct draft draft;
    bool good =
        draft_open(&draft, path, OWNER_ONLY) && draft_write(&draft, text) && draft_publish(&draft);
    if (!good)
        error_set(error, "state cannot be written to \"%s\": %s; what was there is kept", path,
                  strerror(errno));
    draft_release(&draft);
    return good ? ST_OK : ST_IO;
}

enum status state_write(const struct state *state, const struct profile *profile, const char *path,
                        struct error *error)
{
    struct buf text;
    buf_init_secret(&text, FILE_MOST);
    put_state(&text, state, profile);
    enum status status = ST_LIMIT;
    if (text.bad)
        error_set(error, "state of \"%s\" has more than %zu octets", profile->endpoint, text.limit);
    else
        status = replace_file(path, buf_bytes(&text), error);
    buf_release(&text);
    return status;
}

/* --- reading ---------------------------------------------------------------------------------- */

struct reading {
    struct source source;
    struct bytes text; /* (borrowed) */
    const struct profile *profile;
    struct state *state; /* (borrowed) */
};

#define COMPLAIN_STATE(READING, VALUE, AT_NAME, ...)                                               \
    json_error((READING)->source.errors, (READING)->source.subject, VALUE, AT_NAME, __VA_ARGS__)

/* What stands before "check" has the sum that it tells. */
static bool is_whole(const struct reading *reading, const struct json *root)
{
    char sum[DIGEST_TEXT];
    const struct json *check = get_member(root, "check");
    if (check == NULL || check->kind != JSON_STRING || check->next != NULL)
        return false;
    size_t len = strlen(CHECK);
    size_t tail = check->text.len + strlen("\"\"\n}\n");
    if (reading->text.len < len + tail)
        return false;
    struct bytes before = {reading->text.data, reading->text.len - len - tail};
    if (memcmp(before.data + before.len, CHECK, len) != 0)
        return false;
    digest_text(digest(DIGEST_START, before), sum);
    return bytes_is(check->text, sum);
}

static bool belongs(const struct reading *reading, const struct json *root)
{
    char label[LABEL];
    char sum[DIGEST_TEXT];
    const struct json *endpoint = get_member(root, "endpoint");
    digest_profile(reading->profile, sum);
    if (!bytes_is(endpoint->text, reading->profile->endpoint))
        COMPLAIN_STATE(reading, endpoint, false, "state is that of \"%s\", not of \"%s\"",
                       label_of(endpoint->text, label), reading->profile->endpoint);
    else if (!bytes_is(get_text(root, "profile", ""), sum))
        COMPLAIN_STATE(reading, get_member(root, "profile"), false,
                       "state is that of another content of the profile");
    else
        return true;
    return false;
}

/* `{}` stands for an instance, a multiple resource or an executable one. */
static bool valueless_fits(const struct resource_def *def, struct path path)
{
    return path.depth == 2 || (path.depth == 3 && (def->multiple || (def->ops & OP_EXECUTE) != 0));
}

static bool is_hex(const struct json *json)
{
    static const char prefix[] = "hex:";
    return json->kind == JSON_STRING && json->text.len >= strlen(prefix) &&
           memcmp(json->text.data, prefix, strlen(prefix)) == 0;
}

static bool parse_float(const struct json *json, struct value *out)
{
    static const struct {
        const char *text;
        double number;
    } rows[] = {{"nan", NAN}, {"inf", INFINITY}, {"-inf", -INFINITY}};
    for (size_t i = 0; i < COUNT_OF(rows) && json->kind == JSON_STRING; i++)
        if (bytes_is(json->text, rows[i].text)) {
            *out = value_float(rows[i].number);
            return true;
        }
    return false;
}

static bool read_value(const struct resource_def *def, struct path path, const struct json *json,
                       struct value *out)
{
    char name[PATH_TEXT];
    *out = value_none();
    if (json->kind == JSON_OBJECT)
        return valueless_fits(def, path);
    if (def == NULL || path.depth != (def->multiple ? 4 : 3) ||
        (def->type == VALUE_OPAQUE && !is_hex(json)))
        return false;
    if (!(def->type == VALUE_FLOAT && parse_float(json, out)) &&
        !value_of_json(NULL, def->type, json, out, NULL))
        return false;
    return resource_def_fits(def, out, path_text(path, name), NULL);
}

static void load_values(struct reading *reading, const struct json *values)
{
    const struct json *member = get_first(values, JSON_OBJECT);
    for (; member != NULL; member = member->next) {
        struct path path;
        struct value value = value_none();
        if (!path_parse(member->name, &path))
            continue;
        const struct catalogue *catalogue = reading->profile->catalogue;
        const struct resource_def *def = catalogue_resource(catalogue, path);
        bool known = path.depth < 3 ? catalogue_object(catalogue, path.id[0]) != NULL : def != NULL;
        if (!known || !read_value(def, path, member, &value)) {
            char name[PATH_TEXT];
            COMPLAIN_STATE(reading, member, false, "value of \"%s\" is none that it can have",
                           path_text(path, name));
            value_release(&value);
        } else if (!records_add(&reading->state->values, path, value)) {
            COMPLAIN_STATE(reading, member, false, "more than %d values", RECORDS_MOST);
            return;
        }
    }
}

static struct path *load_paths(const struct json *list, size_t *out_count)
{
    struct path path;
    struct path *paths = xarray(get_count(list) + 1, sizeof *paths);
    const struct json *item = get_first(list, JSON_ARRAY);
    *out_count = 0;
    for (; item != NULL; item = item->next)
        if (item->kind == JSON_STRING && path_parse(item->text, &path))
            paths[(*out_count)++] = path;
    return paths;
}

static void load_lists(struct reading *reading, const struct json *root)
{
    struct path path;
    struct state *state = reading->state;
    state->gone = load_paths(get_member(root, "gone"), &state->gone_count);
    state->unprovisioned =
        load_paths(get_member(root, "unprovisioned"), &state->unprovisioned_count);
    const struct json *item = get_first(get_member(root, "attributes"), JSON_ARRAY);
    for (; item != NULL; item = item->next) {
        unsigned ssid = (unsigned)get_integer(item, "server", 0);
        bool good = path_parse(get_text(item, "path", ""), &path) &&
                    state_add_attribute(state, ssid, path, get_text(item, "text", ""));
        if (!good)
            COMPLAIN_STATE(reading, item, false, "attributes cannot be held");
    }
}

static void load(struct reading *reading)
{
    struct json_doc *doc =
        json_parse(reading->text, reading->source.subject, reading->source.errors);
    if (doc == NULL)
        return;
    const struct json *root = json_root(doc);
    size_t before = reading->source.errors->errors;
    if (!is_whole(reading, root)) {
        COMPLAIN_STATE(reading, root, false,
                       "what is in the file has not the sum that stands in it");
    } else {
        shape_check(&reading->source, &state_shape, root);
        if (reading->source.errors->errors == before && belongs(reading, root)) {
            load_values(reading, get_member(root, "values"));
            load_lists(reading, root);
        }
    }
    json_doc_free(doc);
}

/* What to do about it. */
static void advise(struct error_list *errors, const char *path)
{
    struct error error;
    error_clear(&error);
    error_place(&error, path, 0, 0);
    error_set(&error, "this state is not used, and is left as it is; take the file away to begin "
                      "with what the profile says");
    error_list_add(errors, &error);
}

enum status state_load(struct state *state, const struct profile *profile, const char *path,
                       struct error_list *errors)
{
    struct buf text;
    struct error error;
    size_t before = errors->errors;
    error_clear(&error);
    buf_init_secret(&text, FILE_MOST);
    enum status status = file_read(path, &text, NULL, &error);
    if (status == ST_OK) {
        struct reading reading = {{path, NULL, errors}, buf_bytes(&text), profile, state};
        load(&reading);
        status = errors->errors == before ? ST_OK : ST_INVALID;
    } else if (status != ST_NOT_FOUND) {
        error_list_add(errors, &error);
    }
    if (errors->errors > before) {
        state_release(state);
        advise(errors, path);
    }
    buf_release(&text);
    return status;
}
