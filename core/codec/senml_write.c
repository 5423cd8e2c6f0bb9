/* SPDX-License-Identifier: Apache-2.0 */
/* Writing for the SenML family: values with a path to the fields of records. */
#include "base/std.h"

#include <math.h>

#include "codec/senml_impl.h"

static const struct senml_label *label_for(const struct senml_notation *notation,
                                           enum senml_role role)
{
    const struct senml_label *label = notation->labels;
    while (label->role != role && label->role != ROLE_NONE)
        label++;
    return label;
}

static const struct senml_label *label_of(const struct senml_notation *notation,
                                          enum value_type type)
{
    static const enum senml_role roles[] = {
        [VALUE_NONE] = ROLE_NONE,    [VALUE_STRING] = ROLE_STRING,   [VALUE_INTEGER] = ROLE_NUMBER,
        [VALUE_FLOAT] = ROLE_NUMBER, [VALUE_BOOLEAN] = ROLE_BOOLEAN, [VALUE_OPAQUE] = ROLE_OCTETS,
        [VALUE_TIME] = ROLE_NUMBER,  [VALUE_OBJLINK] = ROLE_LINK,
    };
    return label_for(notation, roles[type]);
}

static enum status check_record(const struct senml_notation *notation, const struct record *record,
                                struct path base)
{
    const struct value *value = &record->value;
    if (!path_covers(base, record->path))
        return ST_INVALID;
    for (unsigned level = 0; level < record->path.depth; level++)
        if (record->path.id[level] == ID_NONE)
            return level == 1 ? ST_UNSUPPORTED : ST_INVALID;
    if (value->type != VALUE_NONE && record->path.depth < 3)
        return ST_INVALID;
    if (value->type == VALUE_STRING && !utf8_valid(value_bytes(value)))
        return ST_UNSUPPORTED;
    if (value->type == VALUE_FLOAT && !notation->is_binary && !isfinite(value->number))
        return ST_UNSUPPORTED;
    return ST_OK;
}

static enum status check_records(const struct senml_notation *notation,
                                 const struct records *records, struct path base)
{
    enum status status = ST_OK;
    if (notation->is_enclosed && base.depth == 0)
        return ST_UNSUPPORTED;
    for (size_t i = 0; i < records->count && status == ST_OK; i++)
        status = check_record(notation, &records->items[i], base);
    if (status == ST_OK && senml_find_overlap(records, 0, false) != NULL)
        return ST_INVALID;
    return status;
}

/* What the names of a content have in common. */
struct prefix {
    char text[PATH_TEXT + 1]; /* the base name */
    size_t len;               /* what it makes up of the text of a path */
};

/* The path of the request and a slash, unless FIRST is the value of that path itself. */
static struct prefix make_prefix(struct path base, const struct record *first)
{
    struct prefix prefix = {{'\0'}, 0};
    if (base.depth == 0)
        return prefix;
    path_text(base, prefix.text);
    prefix.len = strlen(prefix.text);
    if (first == NULL || !path_equal(first->path, base))
        prefix.text[prefix.len++] = '/';
    return prefix;
}

static void write_record(const struct senml_notation *notation, const struct record *record,
                         const struct prefix *prefix, bool is_first, struct buf *out)
{
    struct senml_field fields[3];
    char path[PATH_TEXT];
    struct buf octets;
    size_t count = 0;
    const char *name = path_text(record->path, path) + prefix->len;
    buf_init_secret(&octets, out->limit);
    if (is_first && !notation->is_enclosed && prefix->len > 0)
        fields[count++] =
            (struct senml_field){label_for(notation, ROLE_BASE_NAME), bytes_of(prefix->text), NULL};
    if (name[0] != '\0')
        fields[count++] =
            (struct senml_field){label_for(notation, ROLE_NAME), bytes_of(name), NULL};
    struct senml_field value = {label_of(notation, record->value.type), {NULL, 0}, &record->value};
    if (notation->is_enclosed && record->value.type == VALUE_OPAQUE) {
        buf_put_base64(&octets, value_bytes(&record->value));
        out->bad = out->bad || octets.bad;
        value.text = buf_bytes(&octets);
        value.value = NULL;
    }
    fields[count++] = value;
    notation->record(out, fields, count, is_first);
    buf_release(&octets);
}

enum status senml_write(const struct senml_notation *notation, const struct records *records,
                        struct path base, struct buf *out)
{
    const struct record *first = NULL;
    size_t count = 0;
    enum status status = check_records(notation, records, base);
    if (status != ST_OK)
        return status;
    for (size_t i = records->count; i-- > 0;) {
        if (records->items[i].value.type == VALUE_NONE)
            continue;
        first = &records->items[i];
        count++;
    }
    struct prefix prefix = make_prefix(base, first);
    notation->begin(out, count, bytes_of(prefix.text));
    for (size_t i = 0; i < records->count; i++)
        if (records->items[i].value.type != VALUE_NONE)
            write_record(notation, &records->items[i], &prefix, &records->items[i] == first, out);
    buf_puts(out, notation->end);
    return out->bad ? ST_LIMIT : ST_OK;
}

enum status senml_write_paths(const struct senml_notation *notation, const struct records *records,
                              struct buf *out)
{
    if (senml_find_overlap(records, 0, true) != NULL)
        return ST_INVALID;
    notation->begin(out, records->count, bytes_of(""));
    for (size_t i = 0; i < records->count; i++) {
        char path[PATH_TEXT];
        struct senml_field name = {label_for(notation, ROLE_NAME),
                                   bytes_of(path_text(records->items[i].path, path)), NULL};
        notation->record(out, &name, 1, i == 0);
    }
    buf_puts(out, notation->end);
    return out->bad ? ST_LIMIT : ST_OK;
}
