/* SPDX-License-Identifier: Apache-2.0 */
/* What the other end of the adapter protocol says, read into our vocabulary; it may be anything. */
#include "base/std.h"

#include <math.h>

#include "codec/codec.h"
#include "drivers/adapter_impl.h"
#include "net/message.h"

/* --- names ---------------------------------------------------------------------------------- */

/* Of the scenarios' operations these need nobody who knows CoAP. */
static bool is_of_protocol(enum operation_kind kind)
{
    return kind != OPERATION_RAW && kind != OPERATION_REPEAT && kind != OPERATION_FINISH;
}

bool operation_named(struct bytes name, enum operation_kind *out)
{
    for (enum operation_kind kind = OPERATION_READ; kind <= OPERATION_FINISH; kind++) {
        if (!is_of_protocol(kind) || !bytes_is(name, operation_name(kind)))
            continue;
        *out = kind;
        return true;
    }
    return false;
}

const char *server_control_name(enum server_control what)
{
    static const char *const names[] = {
        [SERVER_FORGET] = "forget", [SERVER_RESTART] = "restart", [SERVER_SILENCE] = "silence"};
    return names[what];
}

bool server_control_named(struct bytes name, enum server_control *out)
{
    for (enum server_control what = SERVER_FORGET; what <= SERVER_SILENCE; what++) {
        if (!bytes_is(name, server_control_name(what)))
            continue;
        *out = what;
        return true;
    }
    return false;
}

const char *actor_event_name(enum actor_event_kind kind)
{
    static const char *const names[ACTOR_FAILED + 1] = {
        [ACTOR_REGISTERED] = "registered",     [ACTOR_UPDATED] = "updated",
        [ACTOR_DEREGISTERED] = "deregistered", [ACTOR_EXPIRED] = "expired",
        [ACTOR_NOTIFIED] = "notify",           [ACTOR_SENT] = "send",
    };
    return names[kind];
}

bool actor_event_named(struct bytes name, enum actor_event_kind *out)
{
    for (enum actor_event_kind kind = ACTOR_REGISTERED; kind <= ACTOR_SENT; kind++) {
        if (!bytes_is(name, actor_event_name(kind)))
            continue;
        *out = kind;
        return true;
    }
    return false;
}

/* --- members -------------------------------------------------------------------------------- */

static enum status refuse(struct error *error, const char *name, const char *wanted)
{
    error_set(error, "its \"%s\" is not %s", name, wanted);
    return ST_INVALID;
}

enum status told_text(const struct json *object, const char *name, struct bytes *out,
                      struct error *error)
{
    const struct json *member = json_member(object, name);
    *out = (struct bytes){NULL, 0};
    if (member == NULL || member->kind == JSON_NULL)
        return ST_OK;
    if (member->kind != JSON_STRING)
        return refuse(error, name, "a string");
    *out = member->text.data == NULL ? bytes_of("") : member->text;
    return ST_OK;
}

enum status told_copy(const struct json *object, const char *name, char **out, struct error *error)
{
    struct bytes text;
    enum status status = told_text(object, name, &text, error);
    if (status != ST_OK || text.data == NULL)
        return status;
    if (memchr(text.data, '\0', text.len) != NULL)
        return refuse(error, name, "without NUL");
    free(*out);
    *out = xalloc(text.len + 1);
    memcpy(*out, text.data, text.len);
    return ST_OK;
}

enum status told_word(const struct json *object, const char *name, char out[ADAPTER_WORD],
                      struct error *error)
{
    struct bytes text;
    out[0] = '\0';
    enum status status = told_text(object, name, &text, error);
    if (status == ST_OK && text.data != NULL)
        snprintf(out, ADAPTER_WORD, "%.*s",
                 (int)(text.len < ADAPTER_WORD ? text.len : ADAPTER_WORD), (const char *)text.data);
    return status;
}

enum status told_number(const struct json *object, const char *name, int64_t most, int64_t *out,
                        struct error *error)
{
    const struct json *member = json_member(object, name);
    if (member == NULL || member->kind == JSON_NULL)
        return ST_OK;
    if (member->kind != JSON_INTEGER || member->integer < 0 || member->integer > most)
        return refuse(error, name, "a whole number that fits");
    *out = member->integer;
    return ST_OK;
}

/* The star in the place of an instance that the device is to choose; NULL: there is none. */
static char *find_star(char *path)
{
    char *second = path[0] == '\0' ? NULL : strchr(path + 1, '/');
    bool is_there = second != NULL && second[1] == '*' && (second[2] == '/' || second[2] == '\0');
    return is_there ? second + 1 : NULL;
}

static enum status parse_path(const struct json *member, const char *name, struct path *out,
                              struct error *error)
{
    char text[PATH_TEXT];
    const char *wanted = "a path such as \"/16/0/2\"";
    if (member->kind != JSON_STRING || member->text.len >= sizeof text)
        return refuse(error, name, wanted);
    if (member->text.len > 0)
        memcpy(text, member->text.data, member->text.len);
    text[member->text.len] = '\0';
    char *star = find_star(text);
    if (star != NULL)
        *star = '0';
    if (!path_parse((struct bytes){(const uint8_t *)text, member->text.len}, out))
        return refuse(error, name, wanted);
    if (star != NULL)
        out->id[1] = ID_NONE;
    return ST_OK;
}

enum status told_path(const struct json *object, const char *name, struct path *out,
                      struct error *error)
{
    const struct json *member = json_member(object, name);
    *out = path_root();
    return member == NULL ? ST_OK : parse_path(member, name, out, error);
}

enum status told_format(const struct json *object, int *out, struct error *error)
{
    const struct json *member = json_member(object, "format");
    *out = FORMAT_NONE;
    if (member == NULL || member->kind == JSON_NULL)
        return ST_OK;
    const struct codec *codec = member->kind == JSON_STRING ? codec_named(member->text) : NULL;
    bool is_number =
        member->kind == JSON_INTEGER && member->integer >= 0 && member->integer <= UINT16_MAX;
    if (codec != NULL)
        *out = codec->format;
    else if (member->kind == JSON_STRING && bytes_is(member->text, "link"))
        *out = FORMAT_LINK;
    else if (is_number)
        *out = (int)member->integer;
    else
        return refuse(error, "format", "a content format such as \"tlv\", or its number");
    return ST_OK;
}

/* --- values --------------------------------------------------------------------------------- */

static bool type_named(struct bytes name, enum value_type *out)
{
    for (enum value_type type = VALUE_STRING; type <= VALUE_OBJLINK; type++) {
        if (!bytes_is(name, value_type_name(type)))
            continue;
        *out = type;
        return true;
    }
    *out = VALUE_INTEGER;
    return bytes_is(name, "unsigned");
}

static enum value_type type_by_look(const struct json *value)
{
    if (value->kind == JSON_INTEGER)
        return VALUE_INTEGER;
    if (value->kind == JSON_NUMBER)
        return VALUE_FLOAT;
    return value->kind == JSON_BOOLEAN ? VALUE_BOOLEAN : VALUE_STRING;
}

static bool take_integer(const struct json *value, int64_t *out)
{
    *out = value->integer;
    return value->kind == JSON_INTEGER ||
           (value->kind == JSON_STRING && parse_decimal(value->text, out));
}

static bool take_float(const struct json *value, double *out)
{
    static const struct {
        const char *word;
        double number;
    } words[] = {{"nan", NAN}, {"inf", INFINITY}, {"-inf", -INFINITY}};
    *out = value->number;
    if (value->kind == JSON_NUMBER || value->kind == JSON_INTEGER)
        return true;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (value->kind != JSON_STRING || !bytes_is(value->text, words[i].word))
            continue;
        *out = words[i].number;
        return true;
    }
    return false;
}

static bool take_octets(const struct json *value, struct value *out)
{
    struct buf octets;
    buf_init_secret(&octets, COPROCESS_LINE_MOST);
    bool good = value->kind == JSON_STRING && parse_hex(value->text, &octets);
    if (good)
        *out = value_octets(VALUE_OPAQUE, buf_bytes(&octets));
    buf_release(&octets);
    return good;
}

static bool take_link(const struct json *value, struct value *out)
{
    int64_t object = 0;
    int64_t instance = 0;
    struct bytes text = value->text;
    const uint8_t *colon =
        value->kind != JSON_STRING || text.len == 0 ? NULL : memchr(text.data, ':', text.len);
    if (colon == NULL)
        return false;
    size_t len = (size_t)(colon - text.data);
    if (!parse_decimal((struct bytes){text.data, len}, &object) ||
        !parse_decimal((struct bytes){colon + 1, text.len - len - 1}, &instance))
        return false;
    *out = value_link((uint16_t)object, (uint16_t)instance);
    return object >= 0 && object <= ID_NONE && instance >= 0 && instance <= ID_NONE;
}

static bool take_value(const struct json *value, enum value_type type, struct value *out)
{
    int64_t integer = 0;
    double number = 0;
    switch (type) {
    case VALUE_NONE:
        *out = value_none();
        return true;
    case VALUE_STRING:
        if (value->kind == JSON_STRING)
            *out = value_octets(VALUE_STRING, value->text);
        return value->kind == JSON_STRING;
    case VALUE_INTEGER:
    case VALUE_TIME:
        if (!take_integer(value, &integer))
            return false;
        *out = type == VALUE_TIME ? value_time(integer) : value_integer(integer);
        return true;
    case VALUE_FLOAT:
        if (!take_float(value, &number))
            return false;
        *out = value_float(number);
        return true;
    case VALUE_BOOLEAN:
        *out = value_boolean(value->integer != 0);
        return value->kind == JSON_BOOLEAN;
    case VALUE_OPAQUE:
        return take_octets(value, out);
    case VALUE_OBJLINK:
        return take_link(value, out);
    }
    return false;
}

enum status told_value(const struct json *object, const struct catalogue *catalogue,
                       struct path path, struct value *out, struct error *error)
{
    const struct json *value = json_member(object, "value");
    struct bytes type_name;
    char text[PATH_TEXT];
    enum value_type type = VALUE_NONE;
    *out = value_none();
    enum status status = told_text(object, "type", &type_name, error);
    if (status != ST_OK || value == NULL || value->kind == JSON_NULL)
        return status;
    const struct resource_def *def =
        catalogue == NULL || path.depth < 3 ? NULL : catalogue_resource(catalogue, path);
    if (type_name.data != NULL && !type_named(type_name, &type))
        return refuse(error, "type", "a type of LwM2M");
    if (type_name.data == NULL)
        type = def != NULL && def->type != VALUE_NONE ? def->type : type_by_look(value);
    if (take_value(value, type, out))
        return ST_OK;
    error_set(error, "its value of \"%s\" is no %s", path_text(path, text), value_type_name(type));
    return ST_INVALID;
}

/* The list called NAME; NULL when it is not there. */
static enum status find_list(const struct json *object, const char *name, const struct json **out,
                             struct error *error)
{
    *out = json_member(object, name);
    if (*out != NULL && (*out)->kind == JSON_NULL)
        *out = NULL;
    return *out == NULL || (*out)->kind == JSON_ARRAY ? ST_OK : refuse(error, name, "a list");
}

static enum status add(struct records *out, struct path path, struct value value,
                       struct error *error)
{
    if (records_add(out, path, value))
        return ST_OK;
    error_set(error, "it has more than %d values", RECORDS_MOST);
    return ST_LIMIT;
}

enum status told_paths(const struct json *object, struct records *out, struct error *error)
{
    const struct json *list;
    enum status status = find_list(object, "paths", &list, error);
    const struct json *item = status == ST_OK && list != NULL ? list->first : NULL;
    for (; item != NULL && status == ST_OK; item = item->next) {
        struct path path;
        status = parse_path(item, "paths", &path, error);
        if (status == ST_OK)
            status = add(out, path, value_none(), error);
    }
    return status;
}

enum status told_values(const struct json *object, const struct catalogue *catalogue,
                        struct records *out, bool *out_is_there, struct error *error)
{
    const struct json *list;
    enum status status = find_list(object, "values", &list, error);
    const struct json *item = status == ST_OK && list != NULL ? list->first : NULL;
    *out_is_there = list != NULL;
    for (; item != NULL && status == ST_OK; item = item->next) {
        struct path path = path_root();
        struct value value = value_none();
        if (item->kind != JSON_OBJECT || json_member(item, "path") == NULL)
            return refuse(error, "values", "a list of objects with a path each");
        status = told_path(item, "path", &path, error);
        if (status == ST_OK)
            status = told_value(item, catalogue, path, &value, error);
        if (status == ST_OK)
            status = add(out, path, value, error);
    }
    return status;
}

/* --- what came of an operation --------------------------------------------------------------- */

/* "2.05" */
static enum status read_code(const struct json *reply, uint8_t *out, struct error *error)
{
    struct bytes text;
    enum status status = told_text(reply, "code", &text, error);
    if (status != ST_OK || text.data == NULL)
        return status;
    bool fits = text.len == 4 && text.data[1] == '.' && text.data[0] >= '2' &&
                text.data[0] <= '5' && text.data[2] >= '0' && text.data[2] <= '3' &&
                text.data[3] >= '0' && text.data[3] <= '9';
    unsigned detail = fits ? (text.data[2] - '0') * 10U + (text.data[3] - '0') : 0;
    if (!fits || detail > 31)
        return refuse(error, "code", "a CoAP response code such as \"2.05\"");
    *out = (uint8_t)((text.data[0] - '0') << 5 | detail);
    return ST_OK;
}

static enum status read_judgement(const struct json *reply, struct outcome *out,
                                  struct error *error)
{
    static const struct {
        const char *word;
        enum judgement judgement;
        const char *problem;
    } rows[] = {
        {"genuine", JUDGEMENT_GENUINE, ""},
        {"wrong", JUDGEMENT_MISMATCH, "the server takes it for wrong"},
        {"unknown", JUDGEMENT_UNKNOWN, "the server cannot judge it"},
    };
    struct bytes word;
    enum status status = told_text(reply, "judgement", &word, error);
    if (status != ST_OK || word.data == NULL)
        return status;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (!bytes_is(word, rows[i].word))
            continue;
        out->judgement = rows[i].judgement;
        snprintf(out->problem, sizeof out->problem, "%s", rows[i].problem);
        return ST_OK;
    }
    return refuse(error, "judgement", "one of genuine, wrong, unknown");
}

/* What a ciphertext was opened to is the Identity that was asked for. */
static enum status read_data(const struct json *reply, struct outcome *out, struct error *error)
{
    const struct json *data = json_member(reply, "data");
    struct value value = value_none();
    if (data == NULL || data->kind == JSON_NULL)
        return ST_OK;
    if (!take_octets(data, &value))
        return refuse(error, "data", "a text of hex digits");
    value.type = VALUE_STRING;
    records_clear(&out->values);
    out->decoded = true;
    return add(&out->values, path_root(), value, error);
}

static enum status read_links(const struct json *reply, struct outcome *out, struct error *error)
{
    struct bytes links;
    enum status status = told_text(reply, "links", &links, error);
    if (status != ST_OK || links.data == NULL)
        return status;
    out->format = FORMAT_LINK;
    buf_put(&out->payload, links);
    return out->payload.bad ? refuse(error, "links", "short enough") : ST_OK;
}

enum status told_outcome(const struct json *reply, const struct catalogue *catalogue,
                         struct outcome *out, struct error *error)
{
    struct bytes text = {NULL, 0};
    enum status status = read_code(reply, &out->code, error);
    if (status == ST_OK)
        status = told_format(reply, &out->format, error);
    if (status == ST_OK)
        status = told_values(reply, catalogue, &out->values, &out->decoded, error);
    if (status == ST_OK)
        status = read_links(reply, out, error);
    out->has_location = json_member(reply, "location") != NULL;
    if (status == ST_OK)
        status = told_path(reply, "location", &out->location, error);
    if (status == ST_OK)
        status = read_judgement(reply, out, error);
    if (status == ST_OK)
        status = read_data(reply, out, error);
    if (status == ST_OK)
        status = told_text(reply, "text", &text, error);
    if (status == ST_OK && text.len > 0)
        snprintf(out->problem, sizeof out->problem, "%.*s", (int)(text.len < 190 ? text.len : 190),
                 (const char *)text.data);
    return status;
}

/* --- operations ------------------------------------------------------------------------------ */

static enum status read_service(const struct json *request, struct operation *out,
                                struct error *error)
{
    int64_t identity = 0;
    int64_t key = 0;
    enum status status = told_number(request, "identity", ID_MOST, &identity, error);
    if (status == ST_OK)
        status = told_number(request, "key", ID_MOST, &key, error);
    out->identity = (uint16_t)identity;
    out->key_index = (uint16_t)key;
    return status == ST_OK ? told_copy(request, "extra", &out->text, error) : status;
}

static enum status read_target(const struct json *request, struct operation *out,
                               struct error *error)
{
    if (operation_is_composite(out->kind))
        return told_paths(request, &out->values, error);
    if (json_member(request, "path") == NULL)
        return refuse(error, "path", "there");
    return told_path(request, "path", &out->path, error);
}

enum status told_operation(const struct json *request, const struct catalogue *catalogue,
                           struct operation *out, struct error *error)
{
    bool has_values = false;
    char by[ADAPTER_WORD] = "";
    enum status status = read_target(request, out, error);
    if (status == ST_OK)
        status = told_format(request, &out->format, error);
    if (status == ST_OK)
        status = told_values(request, catalogue, &out->values, &has_values, error);
    if (status == ST_OK && out->kind == OPERATION_EXECUTE)
        status = told_copy(request, "arguments", &out->text, error);
    if (status == ST_OK && out->kind == OPERATION_ATTRIBUTES)
        status = told_copy(request, "attributes", &out->text, error);
    if (status == ST_OK && (out->kind == OPERATION_AUTHENTICATE || out->kind == OPERATION_DECRYPT))
        status = read_service(request, out, error);
    if (status == ST_OK)
        status = told_word(request, "by", by, error);
    out->verbatim = true;
    out->by_reset = status == ST_OK && strcmp(by, "reset") == 0;
    return status;
}
