/* SPDX-License-Identifier: Apache-2.0 */
/* The record walk of the SenML family: fields to values with a path, whatever their notation. */
#include "base/std.h"

#include <math.h>

#include "codec/codec_impl.h"
#include "codec/senml_impl.h"

const struct senml_label senml_labels[] = {
    {"bn", -2, ROLE_BASE_NAME},
    {"bt", -3, ROLE_TIME},
    {"bu", -4, ROLE_UNIT},
    {"bv", -5, ROLE_SUM},
    {"bs", -6, ROLE_SUM},
    {"bver", -1, ROLE_VERSION},
    {"n", 0, ROLE_NAME},
    {"u", 1, ROLE_UNIT},
    {"v", 2, ROLE_NUMBER},
    {"vs", 3, ROLE_STRING},
    {"vb", 4, ROLE_BOOLEAN},
    {"vd", 8, ROLE_OCTETS},
    {"vlo", SENML_NO_NUMBER, ROLE_LINK},
    {"s", 5, ROLE_SUM},
    {"t", 6, ROLE_TIME},
    {"ut", 7, ROLE_TIME},
    {NULL, 0, ROLE_NONE},
};

static int compare_paths(const void *a, const void *b)
{
    const struct record *const *first = a;
    const struct record *const *second = b;
    return path_compare((*first)->path, (*second)->path);
}

const struct record *senml_find_overlap(const struct records *records, size_t start,
                                        bool paths_only)
{
    if (records->count == start)
        return NULL;
    const struct record **order = xarray(records->count - start, sizeof(const struct record *));
    const struct record *found = NULL;
    size_t count = 0;
    for (size_t i = start; i < records->count; i++)
        if (paths_only || records->items[i].value.type != VALUE_NONE)
            order[count++] = &records->items[i];
    qsort(order, count, sizeof(const struct record *), compare_paths);
    /* Whatever lies below a path follows it at once. */
    for (size_t i = 1; i < count && found == NULL; i++)
        if (paths_only ? path_equal(order[i - 1]->path, order[i]->path)
                       : path_covers(order[i - 1]->path, order[i]->path))
            found = order[i];
    free(order);
    return found;
}

/* --- reading: fields --------------------------------------------------------------------- */

struct walk {
    const struct senml_notation *notation; /* (borrowed) */
    const struct senml_question *question; /* (borrowed) */
    struct records *out;                   /* (borrowed) */
    struct error *error;                   /* (borrowed) */
    union senml_tokens tokens;
    struct token token; /* the one that is looked at */
    bool has_base_name;
    char base_name[PATH_TEXT];
};

/* A record as far as it has been read. */
struct entry {
    unsigned seen; /* bit n: row n of the labels */
    char name[PATH_TEXT];
    struct value value; /* (owned) of the type that its field tells */
};

static enum status next(struct walk *walk)
{
    return walk->notation->next(&walk->tokens, &walk->token, walk->error);
}

static enum status refuse(struct walk *walk, const char *sentence)
{
    error_set(walk->error, "%s", sentence);
    return ST_INVALID;
}

static bool is_number(const struct token *token)
{
    return token->kind == TOKEN_INTEGER || token->kind == TOKEN_NUMBER;
}

/* What is longer than any path, or has a NUL in it, makes none. */
static bool keep_text(const struct token *token, char out[PATH_TEXT])
{
    struct bytes text = token->text;
    if (token->kind != TOKEN_TEXT || text.len >= PATH_TEXT)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        out[i] = (char)text.data[i];
        if (out[i] == '\0')
            return false;
    }
    out[text.len] = '\0';
    return true;
}

static bool take_base_name(struct walk *walk, struct entry *entry)
{
    UNUSED(entry);
    walk->has_base_name = true;
    return keep_text(&walk->token, walk->base_name);
}

static bool take_name(struct walk *walk, struct entry *entry)
{
    return keep_text(&walk->token, entry->name);
}

/* Not kept, but looked at: seconds that no clock has are a mistake of the sender. */
static bool take_time(struct walk *walk, struct entry *entry)
{
    const double time_most = 1e12;
    UNUSED(entry);
    return is_number(&walk->token) && fabs(walk->token.number) <= time_most;
}

static bool take_version(struct walk *walk, struct entry *entry)
{
    enum { VERSION_MOST = 10 }; /* RFC 8428 */
    UNUSED(entry);
    return walk->token.kind == TOKEN_INTEGER && walk->token.integer > 0 &&
           walk->token.integer <= VERSION_MOST;
}

static bool take_unit(struct walk *walk, struct entry *entry)
{
    UNUSED(entry);
    return walk->token.kind == TOKEN_TEXT;
}

static bool take_number(struct walk *walk, struct entry *entry)
{
    const struct token *token = &walk->token;
    entry->value =
        token->kind == TOKEN_INTEGER ? value_integer(token->integer) : value_float(token->number);
    return is_number(token);
}

static bool take_string(struct walk *walk, struct entry *entry)
{
    if (walk->token.kind != TOKEN_TEXT)
        return false;
    entry->value = value_octets(VALUE_STRING, walk->token.text);
    return true;
}

static bool take_boolean(struct walk *walk, struct entry *entry)
{
    entry->value = value_boolean(walk->token.integer != 0);
    return walk->token.kind == TOKEN_BOOLEAN;
}

/* With the alphabet of URLs or the usual one, with padding or without (LwM2M TS 1.0, 6.4). */
static bool read_base64(struct bytes text, struct value *out)
{
    struct buf usual;
    struct buf octets;
    buf_init_secret(&usual, text.len + 2);
    buf_init_secret(&octets, text.len);
    bool is_padded = text.len > 0 && text.data[text.len - 1] == '=';
    for (size_t i = 0; i < text.len; i++)
        buf_put_u8(&usual, text.data[i] == '-' ? '+' : text.data[i] == '_' ? '/' : text.data[i]);
    while (!is_padded && usual.len % 4 != 0 && !usual.bad)
        buf_put_u8(&usual, '=');
    bool good = !usual.bad && parse_base64(buf_bytes(&usual), &octets);
    if (good)
        *out = value_octets(VALUE_OPAQUE, buf_bytes(&octets));
    buf_release(&usual);
    buf_release(&octets);
    return good;
}

static bool take_octets(struct walk *walk, struct entry *entry)
{
    if (walk->token.kind == TOKEN_TEXT && !walk->notation->is_binary)
        return read_base64(walk->token.text, &entry->value);
    if (walk->token.kind != TOKEN_OCTETS)
        return false;
    entry->value = value_octets(VALUE_OPAQUE, walk->token.text);
    return true;
}

static bool take_link(struct walk *walk, struct entry *entry)
{
    return walk->token.kind == TOKEN_TEXT && codec_read_link(walk->token.text, &entry->value);
}

static bool take_nothing(struct walk *walk, struct entry *entry)
{
    UNUSED(walk);
    UNUSED(entry);
    return false;
}

static const struct {
    bool (*take)(struct walk *walk,
                 struct entry *entry); /* false: the token is not what it must be */
    bool is_value;
    const char *wanted; /* what the token must be */
} fields[ROLE_COUNT] = {
    [ROLE_NONE] = {take_nothing, false, ""},
    [ROLE_BASE_NAME] = {take_base_name, false, "the text of a path or its beginning"},
    [ROLE_NAME] = {take_name, false, "the text of a path or its end"},
    [ROLE_TIME] = {take_time, false, "a number of seconds"},
    [ROLE_VERSION] = {take_version, false, "at most 10"},
    [ROLE_UNIT] = {take_unit, false, "a text"},
    [ROLE_NUMBER] = {take_number, true, "a number"},
    [ROLE_STRING] = {take_string, true, "a text"},
    [ROLE_BOOLEAN] = {take_boolean, true, "true or false"},
    [ROLE_OCTETS] = {take_octets, true, "octets, which json has as base64"},
    [ROLE_LINK] = {take_link, true, "a text of two decimal ids with a colon between them"},
    [ROLE_SUM] = {take_nothing, false, "left out, because lwm2m has no sums"},
    [ROLE_ENTRIES] = {take_nothing, false, "left out of a record"},
};

/* The row for the key that is looked at, or NULL. */
static const struct senml_label *find_label(const struct walk *walk)
{
    const struct token *key = &walk->token;
    bool is_binary = walk->notation->is_binary;
    for (const struct senml_label *at = walk->notation->labels; at->role != ROLE_NONE; at++) {
        bool has_number = is_binary && at->number != SENML_NO_NUMBER;
        if (key->numbered ? has_number && key->integer == at->number
                          : !has_number && bytes_is(key->text, at->text))
            return at;
    }
    return NULL;
}

/* Passes over the value of an unknown field; the readers limit its depth. */
static enum status skip_value(struct walk *walk)
{
    size_t depth = 0;
    for (;;) {
        enum status status = next(walk);
        if (status != ST_OK)
            return status;
        enum token_kind kind = walk->token.kind;
        depth += kind == TOKEN_ARRAY || kind == TOKEN_MAP ? 1 : 0;
        depth -= kind == TOKEN_ARRAY_END || kind == TOKEN_MAP_END ? 1 : 0;
        if (depth == 0)
            return ST_OK;
    }
}

/* RFC 8428 section 4.4. */
static enum status skip_unknown(struct walk *walk)
{
    struct bytes key = walk->token.text;
    if (!walk->token.numbered && key.len > 0 && key.data[key.len - 1] == '_')
        return refuse(walk, "content has a field that must be understood and is not known; leave "
                            "out what ends in '_'");
    return skip_value(walk);
}

/* The field whose key is looked at. */
static enum status read_field(struct walk *walk, struct entry *entry)
{
    const struct senml_label *label = find_label(walk);
    if (label == NULL)
        return skip_unknown(walk);
    unsigned bit = 1u << (label - walk->notation->labels);
    if ((entry->seen & bit) != 0)
        return refuse(walk, "content has a field twice in one record");
    entry->seen |= bit;
    if (fields[label->role].is_value && entry->value.type != VALUE_NONE)
        return refuse(walk, "content has two values in one record");
    enum status status = next(walk);
    if (status != ST_OK)
        return status;
    if (fields[label->role].take(walk, entry))
        return ST_OK;
    error_set(walk->error, "content has '%s' in a record; it must be %s", label->text,
              fields[label->role].wanted);
    return ST_INVALID;
}

/* --- reading: records -------------------------------------------------------------------- */

/* PROBLEM is the middle of the sentence, between "content" and the path. */
static enum status refuse_path(struct walk *walk, const char *problem, struct path path)
{
    char text[PATH_TEXT];
    error_set(walk->error, "content %s '%s'", problem, path_text(path, text));
    return ST_INVALID;
}

/* The base name and the name make the path. In LwM2M 1.0 the path of the request is the base
 * when there is no other. */
static enum status resolve(struct walk *walk, const struct entry *entry, struct path *out)
{
    char text[2 * PATH_TEXT + 1];
    char base[PATH_TEXT];
    const char *name = entry->name;
    bool is_relative = walk->notation->is_enclosed && !walk->has_base_name && name[0] != '/';
    if (is_relative)
        snprintf(text, sizeof text, "%s%s%s", path_text(walk->question->base, base),
                 name[0] == '\0' ? "" : "/", name);
    else
        snprintf(text, sizeof text, "%s%s", walk->base_name, name);
    if (!path_parse(bytes_of(text), out))
        return refuse(walk, "content has a base name and a name that make no path together");
    if (!path_covers(walk->question->base, *out))
        return refuse_path(walk, "contradicts the path of the request with", *out);
    return ST_OK;
}

/* Makes the value of ENTRY one of the type that the model has at PATH. */
static enum status convert(struct walk *walk, struct path path, struct value *value)
{
    static const char *const wanted[] = {
        [VALUE_NONE] = "anything",
        [VALUE_STRING] = "a string",
        [VALUE_INTEGER] = "an integer of at most 64 bits",
        [VALUE_FLOAT] = "a number",
        [VALUE_BOOLEAN] = "a boolean",
        [VALUE_OPAQUE] = "octets",
        [VALUE_TIME] = "whole seconds",
        [VALUE_OBJLINK] = "a link",
    };
    enum codec_shape shape = path.depth == 4 ? SHAPE_MULTIPLE : SHAPE_SINGLE;
    enum value_type type = VALUE_NONE;
    enum status status = codec_type_of(walk->question->types, path, shape, &type, walk->error);
    if (status != ST_OK)
        return status;
    struct value given = *value;
    if (walk->notation->is_enclosed && type == VALUE_OPAQUE && given.type == VALUE_STRING &&
        read_base64(value_bytes(&given), value))
        value_release(&given);
    if (codec_convert(type, value))
        return ST_OK;
    char text[PATH_TEXT];
    error_set(walk->error, "content has a value of type %s for '%s'; it must be %s",
              value_type_name(value->type), path_text(path, text), wanted[type]);
    return ST_INVALID;
}

/* Adds what ENTRY says, whose value then belongs to the list. */
static enum status take_entry(struct walk *walk, struct entry *entry)
{
    struct path path;
    bool has_value = entry->value.type != VALUE_NONE;
    enum status status = resolve(walk, entry, &path);
    if (status != ST_OK)
        return status;
    if (has_value == walk->question->paths_only)
        return refuse_path(walk, has_value ? "has a value beside the path" : "has no value for",
                           path);
    if (has_value && path.depth < 3)
        return refuse_path(walk, "has a value for what is no resource:", path);
    if (has_value)
        status = convert(walk, path, &entry->value);
    if (status != ST_OK)
        return status;
    struct value value = entry->value;
    entry->value = value_none();
    return codec_add(walk->out, path, value, walk->error);
}

static enum status read_record(struct walk *walk)
{
    struct entry entry = {0, {'\0'}, value_none()};
    enum status status = next(walk);
    while (status == ST_OK && walk->token.kind != TOKEN_MAP_END) {
        status = read_field(walk, &entry);
        if (status == ST_OK)
            status = next(walk);
    }
    if (status == ST_OK)
        status = take_entry(walk, &entry);
    value_release(&entry.value);
    return status;
}

/* The records of the array that is to be next. */
static enum status read_records(struct walk *walk)
{
    enum status status = next(walk);
    if (status == ST_OK && walk->token.kind != TOKEN_ARRAY)
        return refuse(walk, "content is not an array of records where it must be one");
    while (status == ST_OK && (status = next(walk)) == ST_OK && walk->token.kind != TOKEN_ARRAY_END)
        status = walk->token.kind == TOKEN_MAP
                     ? read_record(walk)
                     : refuse(walk, "content has something else among the records");
    return status;
}

/* The object around the records, in which the base fields may follow them: so they are read in a
 * first round, and the records in a second. */
static enum status read_enclosed(struct walk *walk, bool is_first)
{
    struct entry entry = {0, {'\0'}, value_none()};
    bool has_records = false;
    enum status status = next(walk);
    if (status == ST_OK && walk->token.kind != TOKEN_MAP)
        return refuse(walk, "content is not an object with the records in \"e\"");
    while (status == ST_OK && (status = next(walk)) == ST_OK && walk->token.kind != TOKEN_MAP_END) {
        const struct senml_label *label = find_label(walk);
        bool is_here = label != NULL && label->role == ROLE_ENTRIES;
        if (is_here && has_records)
            status = refuse(walk, "content has \"e\" twice");
        else if (is_here)
            status = is_first ? skip_value(walk) : read_records(walk);
        else
            status = is_first ? read_field(walk, &entry) : skip_value(walk);
        has_records = has_records || is_here;
    }
    value_release(&entry.value);
    return status == ST_OK && !has_records ? refuse(walk, "content has no records in \"e\"")
                                           : status;
}

static enum status read_all(struct walk *walk, struct bytes text)
{
    enum status status = ST_OK;
    walk->notation->start(&walk->tokens, text);
    if (walk->notation->is_enclosed) {
        status = read_enclosed(walk, true);
        walk->notation->stop(&walk->tokens);
        walk->notation->start(&walk->tokens, text);
        if (status == ST_OK)
            status = read_enclosed(walk, false);
    } else {
        status = read_records(walk);
    }
    if (status == ST_OK)
        status = next(walk); /* nothing may follow */
    walk->notation->stop(&walk->tokens);
    return status;
}

enum status senml_read(const struct senml_notation *notation, struct bytes text,
                       const struct senml_question *question, struct records *out,
                       struct error *error)
{
    struct walk walk = {.notation = notation, .question = question, .out = out, .error = error};
    size_t start = out->count;
    enum status status = codec_check_size(text, error);
    if (status != ST_OK)
        return status;
    if (notation->is_enclosed && question->base.depth == 0)
        return refuse(&walk, "content of lwm2m 1.0 cannot be for several objects");
    status = read_all(&walk, text);
    if (status != ST_OK)
        return status;
    if (out->count == start && question->base.depth > 0)
        return codec_add_empty(question->base, question->types, out, error);
    const struct record *twice = senml_find_overlap(out, start, question->paths_only);
    return twice == NULL ? ST_OK : refuse_path(&walk, "repeats", twice->path);
}
