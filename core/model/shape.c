/* SPDX-License-Identifier: Apache-2.0 */
/* Checks JSON against a table of its form, and finds all that is wrong at once. */
#include "base/std.h"

#include "model/shape_impl.h"

/* --- getters ------------------------------------------------------------------------------ */

const struct json *get_member(const struct json *object, const char *name)
{
    return object == NULL ? NULL : json_member(object, name);
}

const struct json *get_first(const struct json *value, enum json_kind kind)
{
    return value != NULL && value->kind == kind ? value->first : NULL;
}

size_t get_count(const struct json *value)
{
    return value == NULL ? 0 : value->count;
}

struct bytes get_text(const struct json *object, const char *name, const char *fallback)
{
    const struct json *member = get_member(object, name);
    if (member != NULL && member->kind == JSON_STRING)
        return member->text;
    return fallback == NULL ? (struct bytes){NULL, 0} : bytes_of(fallback);
}

char *text_copy(struct bytes text)
{
    if (text.data == NULL)
        return NULL;
    char *copy = xalloc(text.len + 1);
    memcpy(copy, text.data, text.len);
    return copy;
}

char *get_string(const struct json *object, const char *name, const char *fallback)
{
    return text_copy(get_text(object, name, fallback));
}

int64_t get_integer(const struct json *object, const char *name, int64_t fallback)
{
    const struct json *member = get_member(object, name);
    return member != NULL && member->kind == JSON_INTEGER ? member->integer : fallback;
}

bool get_flag(const struct json *object, const char *name, bool fallback)
{
    const struct json *member = get_member(object, name);
    return member != NULL && member->kind == JSON_BOOLEAN ? member->integer != 0 : fallback;
}

int64_t get_duration(const struct json *object, const char *name, int64_t fallback_ms)
{
    int64_t ms = fallback_ms;
    return parse_duration(get_text(object, name, NULL), &ms) ? ms : fallback_ms;
}

bool parse_id(struct bytes text, uint16_t *out)
{
    int64_t id = 0;
    if (!parse_decimal(text, &id) || id < 0 || id > ID_MOST)
        return false;
    *out = (uint16_t)id;
    return true;
}

bool parse_instance(struct bytes text, struct path *out)
{
    enum { LONGEST = 11 };
    uint8_t absolute[1 + LONGEST] = {'/'};
    if (text.len == 0 || text.len > LONGEST)
        return false;
    memcpy(absolute + 1, text.data, text.len);
    struct path path;
    if (!path_parse((struct bytes){absolute, text.len + 1}, &path) || path.depth != 2)
        return false;
    *out = path;
    return true;
}

/* --- messages ------------------------------------------------------------------------------ */

const char *label_of(struct bytes text, char label[LABEL])
{
    size_t len = text.len < LABEL ? text.len : LABEL - 1;
    while (len < text.len && len > 0 && (text.data[len] & 0xC0) == 0x80)
        len--;
    for (size_t i = 0; i < len; i++) {
        bool control = text.data[i] < ' ' || text.data[i] == 0x7F;
        label[i] = control ? '?' : (char)text.data[i];
    }
    label[len] = '\0';
    return label;
}

void source_warn(const struct source *source, const struct json *value, const char *format, ...)
{
    struct error_list one;
    struct error error;
    char text[sizeof error.text];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    error_list_init(&one);
    json_error(&one, source->subject, value, false, "%s", text);
    error = one.items[0];
    error.severity = SEVERITY_WARNING;
    error_list_release(&one);
    error_list_add(source->errors, &error);
}

/* What VALUE is called: its own name, or that of the list it stands in. */
static const char *name_of(const struct json *value, char label[LABEL])
{
    while (value->parent != NULL && value->parent->kind == JSON_ARRAY)
        value = value->parent;
    return value->parent == NULL ? "content" : label_of(value->name, label);
}

static void put_choices(const struct shape *shape, struct buf *out)
{
    for (size_t i = 0; shape->choices[i] != NULL; i++)
        buf_printf(out, "%s\"%s\"", i == 0 ? "" : ", ", shape->choices[i]);
}

/* Paths of any depth are shown by a whole one, the others by how deep they may lie. */
static void put_path_phrase(const struct shape *shape, struct buf *out)
{
    const char *root = shape->min == 0 ? "\"/\" or " : "";
    int64_t least = shape->min == 0 ? 1 : shape->min;
    if (shape->max == PATH_MOST)
        buf_puts(out, "a path such as \"/16/0/0/1\"");
    else if (least == shape->max)
        buf_printf(out, "%sa path of %" PRId64 " %s", root, least, least == 1 ? "id" : "ids");
    else
        buf_printf(out, "%sa path of %" PRId64 " to %" PRId64 " ids", root, least, shape->max);
}

/* "an object", "one of "a", "b"", as in: "x" must be … */
static void put_phrase(const struct shape *shape, struct buf *out)
{
    switch (shape->kind) {
    case SHAPE_TEXT:
        buf_printf(out, "a string of %" PRId64 " to %" PRId64 " octets without control characters",
                   shape->min, shape->max);
        break;
    case SHAPE_SECRET:
        buf_puts(out, "a string such as \"hex:00ff\" or \"file:name\"");
        break;
    case SHAPE_CHOICE:
        buf_puts(out, "one of ");
        put_choices(shape, out);
        break;
    case SHAPE_INTEGER:
        if (shape->min == shape->max)
            buf_printf(out, "%" PRId64, shape->min);
        else
            buf_printf(out, "an integer from %" PRId64 " to %" PRId64, shape->min, shape->max);
        break;
    case SHAPE_BOOLEAN:
        buf_puts(out, "true or false");
        break;
    case SHAPE_DURATION:
        buf_puts(out, "a duration such as \"20ms\", \"1.5s\" or \"2m\"");
        break;
    case SHAPE_PATH:
        put_path_phrase(shape, out);
        break;
    case SHAPE_INSTANCE:
        buf_puts(out, "an object instance such as \"3/0\"");
        break;
    case SHAPE_SCALAR:
        buf_puts(out, "a string, a number, true or false");
        break;
    case SHAPE_OBJECT:
    case SHAPE_MAP:
        buf_puts(out, "an object");
        break;
    case SHAPE_LIST:
        buf_printf(out, "a list of at most %" PRId64 " elements", shape->max);
        break;
    case SHAPE_EITHER:
        put_phrase(shape->other, out);
        buf_puts(out, ", or ");
        put_phrase(shape->item, out);
        break;
    }
}

static void complain(const struct source *source, const struct shape *shape,
                     const struct json *value)
{
    char label[LABEL];
    struct buf phrase;
    buf_init(&phrase, sizeof(struct error));
    put_phrase(shape, &phrase);
    json_error(source->errors, source->subject, value, false, "\"%s\" must be %s",
               name_of(value, label), buf_text(&phrase));
    buf_release(&phrase);
}

/* --- the nearest name ----------------------------------------------------------------------- */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours that make B of A. */
static size_t edit_distance(struct bytes a, struct bytes b)
{
    size_t rows[3][LABEL + 1];
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *above2 = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            bool same = a.data[i - 1] == b.data[j - 1];
            row[j] = smaller(smaller(above[j], row[j - 1]) + 1, above[j - 1] + !same);
            bool swapped =
                i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1];
            if (swapped)
                row[j] = smaller(row[j], above2[j - 2] + 1);
        }
    }
    return rows[a.len % 3][b.len];
}

/* The known name that NAME was meant to be, or NULL. */
static const char *nearest(const struct shape *shape, struct bytes name)
{
    const char *best = NULL;
    size_t best_distance = name.len / 3 + 1;
    if (name.len > LABEL)
        return NULL;
    for (size_t i = 0; i < shape->count; i++) {
        struct bytes known = bytes_of(shape->fields[i].name);
        if (known.len > LABEL)
            continue;
        size_t distance = edit_distance(name, known);
        if (distance <= best_distance && (best == NULL || distance < best_distance)) {
            best = shape->fields[i].name;
            best_distance = distance;
        }
    }
    return best;
}

/* --- objects, maps and lists ------------------------------------------------------------------ */

static void report_unknown(const struct source *source, const struct shape *shape,
                           const struct json *member)
{
    char label[LABEL];
    const char *meant = nearest(shape, member->name);
    struct buf text;
    buf_init(&text, sizeof(struct error));
    if (meant != NULL) {
        buf_printf(&text, "did you mean \"%s\"?", meant);
    } else {
        buf_puts(&text, "known here:");
        for (size_t i = 0; i < shape->count; i++)
            buf_printf(&text, "%s \"%s\"", i == 0 ? "" : ",", shape->fields[i].name);
    }
    json_error(source->errors, source->subject, member, true, "unknown key \"%s\"; %s",
               label_of(member->name, label), buf_text(&text));
    buf_release(&text);
}

static const struct field *find_field(const struct shape *shape, struct bytes name)
{
    for (size_t i = 0; i < shape->count; i++)
        if (bytes_is(name, shape->fields[i].name))
            return &shape->fields[i];
    return NULL;
}

static void check_object(const struct source *source, const struct shape *shape,
                         const struct json *object)
{
    for (const struct json *member = object->first; member != NULL; member = member->next) {
        const struct field *field = find_field(shape, member->name);
        if (field == NULL)
            report_unknown(source, shape, member);
        else
            shape_check(source, field->shape, member);
    }
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        if (field->required && json_member(object, field->name) == NULL)
            json_error(source->errors, source->subject, object, false,
                       "\"%s\" is missing; add it here", field->name);
    }
}

static bool key_fits(enum key_kind keys, struct bytes name)
{
    uint16_t id = 0;
    struct path path;
    switch (keys) {
    case KEYS_ID:
        return parse_id(name, &id);
    case KEYS_INSTANCE:
        return parse_instance(name, &path);
    case KEYS_PATH:
        return path_parse(name, &path) && path.depth > 0;
    case KEYS_ENDPOINT:
        return name.len > 0 && memchr(name.data, '\0', name.len) == NULL;
    }
    return false;
}

static const char *key_phrase(enum key_kind keys)
{
    switch (keys) {
    case KEYS_ID:
        return "a number from 0 to 65534";
    case KEYS_INSTANCE:
        return "an object instance such as \"16/0\"";
    case KEYS_PATH:
        return "a path such as \"/16/0/0/1\"";
    case KEYS_ENDPOINT:
        return "an endpoint name";
    }
    return "";
}

static void check_map(const struct source *source, const struct shape *shape,
                      const struct json *map)
{
    char label[LABEL];
    for (const struct json *member = map->first; member != NULL; member = member->next) {
        if (key_fits(shape->keys, member->name))
            shape_check(source, shape->item, member);
        else
            json_error(source->errors, source->subject, member, true, "key \"%s\" must be %s",
                       label_of(member->name, label), key_phrase(shape->keys));
    }
}

static bool text_fits(const struct shape *shape, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < ' ' || text.data[i] == 0x7F)
            return false;
    return (int64_t)text.len >= shape->min && (int64_t)text.len <= shape->max;
}

static bool chosen(const struct shape *shape, struct bytes text)
{
    for (size_t i = 0; shape->choices[i] != NULL; i++)
        if (bytes_is(text, shape->choices[i]))
            return true;
    return false;
}

static bool string_fits(const struct shape *shape, struct bytes text)
{
    struct path path;
    int64_t ms = 0;
    if (shape->kind == SHAPE_TEXT)
        return text_fits(shape, text);
    if (shape->kind == SHAPE_CHOICE)
        return chosen(shape, text);
    if (shape->kind == SHAPE_DURATION)
        return parse_duration(text, &ms);
    if (shape->kind == SHAPE_PATH)
        return path_parse(text, &path) && path.depth >= shape->min && path.depth <= shape->max;
    if (shape->kind == SHAPE_INSTANCE)
        return parse_instance(text, &path);
    return shape->kind == SHAPE_SECRET || shape->kind == SHAPE_SCALAR;
}

/* Whether a value that holds no others fits. */
static bool plain_fits(const struct shape *shape, const struct json *value)
{
    switch (value->kind) {
    case JSON_STRING:
        return string_fits(shape, value->text);
    case JSON_INTEGER:
        if (shape->kind == SHAPE_INTEGER)
            return value->integer >= shape->min && value->integer <= shape->max;
        return shape->kind == SHAPE_SCALAR;
    case JSON_NUMBER:
        return shape->kind == SHAPE_SCALAR;
    case JSON_BOOLEAN:
        return shape->kind == SHAPE_BOOLEAN || shape->kind == SHAPE_SCALAR;
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT:
    case JSON_ARRAY_END:
    case JSON_OBJECT_END:
    case JSON_KEY:
    case JSON_END:
        return false;
    }
    return false;
}

void shape_check(const struct source *source, const struct shape *shape, const struct json *value)
{
    bool object = value->kind == JSON_OBJECT;
    if (shape->kind == SHAPE_EITHER && object) {
        shape_check(source, shape->item, value);
    } else if (shape->kind == SHAPE_EITHER && plain_fits(shape->other, value)) {
        return;
    } else if (shape->kind == SHAPE_OBJECT && object) {
        check_object(source, shape, value);
    } else if (shape->kind == SHAPE_MAP && object) {
        check_map(source, shape, value);
    } else if (shape->kind == SHAPE_LIST && value->kind == JSON_ARRAY &&
               (int64_t)value->count <= shape->max) {
        for (const struct json *element = value->first; element != NULL; element = element->next)
            shape_check(source, shape->item, element);
    } else if (!plain_fits(shape, value)) {
        complain(source, shape, value);
    }
}
