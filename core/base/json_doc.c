/* SPDX-License-Identifier: Apache-2.0 */
/* A JSON document: values linked as a tree, made from the reader's tokens. */
#include "base/std.h"

#include "base/json.h"

/* Values live in blocks, because others point at them while more are added. */
enum { BLOCK_VALUES = 64 };
struct block {
    struct block *next; /* (owned) */
    size_t used;
    struct json values[BLOCK_VALUES];
};

struct json_doc {
    struct block *first; /* (owned) */
    struct block *last;  /* (borrowed) */
    size_t count;
    uint8_t *strings; /* (owned) all decoded names and texts, one after the other */
    size_t strings_size;
    size_t strings_used;
};

/* What the parser remembers of the containers that are still open. */
struct builder {
    struct json_doc *doc;
    struct json *open[JSON_DEPTH_MOST];
    struct json *last_child[JSON_DEPTH_MOST];
    size_t depth;
    struct bytes name; /* of the member that follows */
    unsigned name_line;
    unsigned name_column;
};

static struct json *new_value(struct json_doc *doc)
{
    if (doc->last == NULL || doc->last->used == BLOCK_VALUES) {
        struct block *block = xalloc(sizeof *block);
        if (doc->last == NULL)
            doc->first = block;
        else
            doc->last->next = block;
        doc->last = block;
    }
    doc->count++;
    return &doc->last->values[doc->last->used++];
}

/* Decoded strings are never longer than their text, so all of them fit in its length. */
static struct bytes keep(struct json_doc *doc, struct bytes text)
{
    struct bytes kept = {doc->strings + doc->strings_used, text.len};
    assert(text.len <= doc->strings_size - doc->strings_used);
    if (text.len > 0)
        memcpy(doc->strings + doc->strings_used, text.data, text.len);
    doc->strings_used += text.len;
    return kept;
}

static void attach(struct builder *builder, struct json *value)
{
    if (builder->depth == 0)
        return;
    struct json *parent = builder->open[builder->depth - 1];
    struct json **last = &builder->last_child[builder->depth - 1];
    if (*last == NULL)
        parent->first = value;
    else
        (*last)->next = value;
    *last = value;
    value->parent = parent;
    value->index = parent->count++;
}

static void add_value(struct builder *builder, const struct json_token *token)
{
    struct json *value = new_value(builder->doc);
    value->kind = token->kind;
    value->line = token->line;
    value->column = token->column;
    value->integer = token->integer;
    value->number = token->number;
    if (token->kind == JSON_STRING)
        value->text = keep(builder->doc, token->text);
    attach(builder, value);
    if (value->parent != NULL && value->parent->kind == JSON_OBJECT) {
        value->name = builder->name;
        value->name_line = builder->name_line;
        value->name_column = builder->name_column;
    }
    if (token->kind == JSON_ARRAY || token->kind == JSON_OBJECT) {
        builder->open[builder->depth] = value;
        builder->last_child[builder->depth] = NULL;
        builder->depth++;
    }
}

static enum status add_token(struct builder *builder, const struct json_token *token,
                             struct error *error)
{
    if (token->kind == JSON_ARRAY_END || token->kind == JSON_OBJECT_END) {
        assert(builder->depth > 0); /* the reader has seen its beginning */
        builder->depth--;
    } else if (token->kind == JSON_KEY) {
        builder->name = keep(builder->doc, token->text);
        builder->name_line = token->line;
        builder->name_column = token->column;
    } else if (builder->doc->count == JSON_NODES_MOST) {
        error_set(error, "more than %d values; split the file", JSON_NODES_MOST);
        error_place(error, NULL, token->line, token->column);
        return ST_LIMIT;
    } else {
        add_value(builder, token);
    }
    return ST_OK;
}

static enum status build(struct json_doc *doc, struct bytes text, struct error *error)
{
    struct builder builder = {.doc = doc};
    struct json_reader reader;
    struct json_token token;
    json_reader_init(&reader, text);
    enum status status = json_next(&reader, &token, error);
    while (status == ST_OK && token.kind != JSON_END) {
        status = add_token(&builder, &token, error);
        if (status == ST_OK)
            status = json_next(&reader, &token, error);
    }
    json_reader_release(&reader);
    return status;
}

struct duplicate {
    const struct json *member; /* (borrowed) */
    const struct json *first;  /* (borrowed) the first member of that name */
};

static int compare(uintptr_t a, uintptr_t b)
{
    return (a > b) - (a < b);
}

static int compare_names(struct bytes a, struct bytes b)
{
    if (a.len != b.len || a.len == 0)
        return compare(a.len, b.len);
    return memcmp(a.data, b.data, a.len);
}

static int by_object_and_name(const void *left, const void *right)
{
    const struct json *a = ((const struct duplicate *)left)->member;
    const struct json *b = ((const struct duplicate *)right)->member;
    int order = compare((uintptr_t)a->parent, (uintptr_t)b->parent);
    if (order == 0)
        order = compare_names(a->name, b->name);
    return order != 0 ? order : compare(a->index, b->index);
}

static int by_place(const void *left, const void *right)
{
    const struct json *a = ((const struct duplicate *)left)->member;
    const struct json *b = ((const struct duplicate *)right)->member;
    int order = compare(a->name_line, b->name_line);
    return order != 0 ? order : compare(a->name_column, b->name_column);
}

/* Every member of every object, .first not set. */
static size_t collect_members(const struct json_doc *doc, struct duplicate *out)
{
    size_t count = 0;
    for (const struct block *block = doc->first; block != NULL; block = block->next) {
        for (size_t i = 0; i < block->used; i++) {
            const struct json *value = &block->values[i];
            if (value->parent != NULL && value->parent->kind == JSON_OBJECT)
                out[count++].member = value;
        }
    }
    return count;
}

/* Keeps those of the sorted members that are not the first of their name. */
static size_t keep_duplicates(struct duplicate *members, size_t count)
{
    size_t kept = 0;
    const struct json *first = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct json *member = members[i].member;
        if (first != NULL && first->parent == member->parent &&
            bytes_equal(first->name, member->name))
            members[kept++] = (struct duplicate){member, first};
        else
            first = member;
    }
    return kept;
}

/* A copy for messages: plain, and cut between two characters when it is long. */
static const char *printable(struct bytes text, char *out, size_t size)
{
    static const char more[] = "...";
    struct buf plain;
    buf_init(&plain, text.len);
    buf_put_plain(&plain, text);
    size_t len = plain.len;
    bool cut = len >= size;
    if (cut) {
        len = size - sizeof more;
        while (len > 0 && (plain.data[len] & 0xc0) == 0x80)
            len--;
    }
    snprintf(out, size, "%.*s%s", (int)len, buf_text(&plain), cut ? more : "");
    buf_release(&plain);
    return out;
}

/* All objects at once by sorting, because a huge object must not take quadratic time; then in
 * the order of the text. */
static void report_duplicates(const struct json_doc *doc, const char *subject,
                              struct error_list *errors)
{
    struct duplicate *found = xarray(doc->count + 1, sizeof *found);
    size_t count = collect_members(doc, found);
    qsort(found, count, sizeof *found, by_object_and_name);
    count = keep_duplicates(found, count);
    qsort(found, count, sizeof *found, by_place);
    for (size_t i = 0; i < count; i++) {
        char name[64];
        json_error(errors, subject, found[i].member, true,
                   "duplicate key \"%s\" (first at line %u)",
                   printable(found[i].member->name, name, sizeof name), found[i].first->name_line);
    }
    free(found);
}

struct json_doc *json_parse(struct bytes text, const char *subject, struct error_list *errors)
{
    struct json_doc *doc = xalloc(sizeof *doc);
    struct error error;
    error_clear(&error);
    doc->strings_size = text.len;
    doc->strings = xarray(text.len + 1, 1);
    enum status status = build(doc, text, &error);
    size_t before = errors->errors;
    report_duplicates(doc, subject, errors);
    if (status != ST_OK) {
        error_place(&error, subject, error.line, error.column);
        error_list_add(errors, &error);
    }
    if (errors->errors == before)
        return doc;
    json_doc_free(doc);
    return NULL;
}

void json_doc_free(struct json_doc *doc)
{
    if (doc == NULL)
        return;
    struct block *next;
    for (struct block *block = doc->first; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    wipe(doc->strings, doc->strings_used);
    free(doc->strings);
    free(doc);
}

const struct json *json_root(const struct json_doc *doc)
{
    return &doc->first->values[0];
}

const struct json *json_member(const struct json *object, const char *name)
{
    if (object->kind != JSON_OBJECT)
        return NULL;
    const struct json *member = object->first;
    while (member != NULL && !bytes_is(member->name, name))
        member = member->next;
    return member;
}

/* RFC 6901 section 3: `~` and `/` are escaped. */
static void put_name(struct buf *out, struct bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] == '~')
            buf_puts(out, "~0");
        else if (name.data[i] == '/')
            buf_puts(out, "~1");
        else
            buf_put_u8(out, name.data[i]);
    }
}

void json_pointer(const struct json *value, struct buf *out)
{
    const struct json *chain[JSON_DEPTH_MOST] = {NULL};
    size_t depth = 0;
    for (; value->parent != NULL; value = value->parent)
        chain[depth++] = value;
    while (depth-- > 0) {
        buf_puts(out, "/");
        if (chain[depth]->parent->kind == JSON_OBJECT)
            put_name(out, chain[depth]->name);
        else
            buf_printf(out, "%zu", chain[depth]->index);
    }
}

void json_error(struct error_list *errors, const char *subject, const struct json *value,
                bool at_name, const char *format, ...)
{
    enum { POINTER_MOST = 1024 };
    char text[2 * sizeof errors->items->text]; /* error_set cuts it between characters */
    struct error error;
    struct buf pointer;
    error_clear(&error);
    error_place(&error, subject, at_name ? value->name_line : value->line,
                at_name ? value->name_column : value->column);
    buf_init(&pointer, POINTER_MOST);
    json_pointer(value, &pointer);
    printable(buf_bytes(&pointer), error.pointer, sizeof error.pointer);
    buf_release(&pointer);
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    error_set(&error, "%s", text);
    error_list_add(errors, &error);
}
