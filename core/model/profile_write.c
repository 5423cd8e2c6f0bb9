/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a profile anew: the template's own text with other keys and hashes in it. */
#include "base/std.h"

#include "model/profile_impl.h"

struct writing {
    struct bytes text;                 /* (borrowed) the template */
    size_t at;                         /* how much of it is written */
    const uint8_t *line_start;         /* (borrowed) of the line that was found last */
    unsigned line;                     /* its number */
    const struct provision *provision; /* (borrowed) */
    struct buf *out;                   /* (borrowed) */
    struct error *error;               /* (borrowed) */
    enum status status;
};

/* Where a value of the document stands in the text; values are asked for in their order. */
static size_t offset_of(struct writing *writing, const struct json *value)
{
    const uint8_t *end = writing->text.data + writing->text.len;
    for (; writing->line < value->line; writing->line++) {
        const uint8_t *newline =
            memchr(writing->line_start, '\n', (size_t)(end - writing->line_start));
        writing->line_start = newline == NULL ? end : newline + 1;
    }
    return (size_t)(writing->line_start - writing->text.data) + value->column - 1;
}

/* The offset after the closing quote of the string that begins at START. */
static size_t string_end(struct bytes text, size_t start)
{
    size_t end = start + 1;
    while (end < text.len && text.data[end] != '"')
        end += text.data[end] == '\\' ? 2 : 1;
    return end + 1;
}

static void replace(struct writing *writing, const struct json *value, struct bytes octets)
{
    size_t start = offset_of(writing, value);
    buf_put(writing->out, (struct bytes){writing->text.data + writing->at, start - writing->at});
    buf_puts(writing->out, "\"hex:");
    buf_put_hex(writing->out, octets);
    buf_puts(writing->out, "\"");
    writing->at = string_end(writing->text, start);
}

static void report_missing(struct writing *writing, const struct json *value, const char *what)
{
    char label[LABEL];
    error_set(writing->error, "there is no new %s \"%s\"; provision all that the profile names",
              what, label_of(value->name, label));
    error_place(writing->error, NULL, value->line, value->column);
    writing->status = ST_INVALID;
}

static void write_key(struct writing *writing, const struct provision_service *service,
                      const struct json *value)
{
    uint16_t index = 0;
    const struct provision_key *key =
        parse_id(value->name, &index) ? provision_key(service, index) : NULL;
    if (key == NULL)
        report_missing(writing, value, "key");
    else
        replace(writing, value, (struct bytes){key->octets, key->len});
}

static void write_hash(struct writing *writing, const struct provision_service *service,
                       const struct json *value)
{
    uint16_t identity = 0;
    if (parse_id(value->name, &identity))
        for (size_t i = 0; i < service->hash_count; i++)
            if (service->hashes[i].identity == identity && service->hashes[i].len > 0) {
                replace(writing, value,
                        (struct bytes){service->hashes[i].octets, service->hashes[i].len});
                return;
            }
    report_missing(writing, value, "hash");
}

/* The members stand in any order, and so are they written. */
static void write_service(struct writing *writing, const struct provision_service *service,
                          const struct json *json)
{
    const struct json *set = get_first(json, JSON_OBJECT);
    for (; set != NULL; set = set->next) {
        bool keys = bytes_is(set->name, "keys");
        bool hashes = bytes_is(set->name, "hashes");
        const struct json *value = get_first(set, JSON_OBJECT);
        for (; value != NULL && value->kind == JSON_STRING; value = value->next) {
            if (keys)
                write_key(writing, service, value);
            else if (hashes)
                write_hash(writing, service, value);
        }
    }
}

static void write_instance(struct writing *writing, const struct json *json)
{
    struct path path;
    const struct provision_instance *instance =
        parse_instance(json->name, &path) ? provision_find(writing->provision, path.id[1]) : NULL;
    const struct json *member = get_first(json, JSON_OBJECT);
    for (; member != NULL; member = member->next)
        for (size_t i = 0; i < SERVICE_COUNT; i++) {
            if (!bytes_is(member->name, service_name((enum service)i)))
                continue;
            if (instance == NULL)
                report_missing(writing, json, "instance");
            else
                write_service(writing, &instance->service[i], member);
        }
}

static void write_all(struct writing *writing, const struct json *root)
{
    const struct json *instances = get_member(get_member(root, "secure_component"), "instances");
    const struct json *instance = get_first(instances, JSON_OBJECT);
    for (; instance != NULL; instance = instance->next)
        write_instance(writing, instance);
    buf_put(writing->out,
            (struct bytes){writing->text.data + writing->at, writing->text.len - writing->at});
    if (writing->out->bad && writing->status == ST_OK) {
        error_set(writing->error, "profile has more than %zu octets", writing->out->limit);
        writing->status = ST_LIMIT;
    }
}

enum status profile_write(struct bytes template_text, const struct provision *provision,
                          struct buf *out, struct error *error)
{
    struct error_list errors;
    error_list_init(&errors);
    struct json_doc *doc = json_parse(template_text, NULL, &errors);
    struct writing writing = {
        .text = template_text,
        .line_start = template_text.data,
        .line = 1,
        .provision = provision,
        .out = out,
        .error = error,
    };
    if (doc != NULL) {
        write_all(&writing, json_root(doc));
    } else {
        writing.status = ST_INVALID;
        if (error != NULL)
            *error = errors.items[0];
    }
    json_doc_free(doc);
    error_list_release(&errors);
    return writing.status;
}
