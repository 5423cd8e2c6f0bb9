/* SPDX-License-Identifier: Apache-2.0 */
/* Operations as calls of Leshan's REST interface. */
#include "base/std.h"

#include "adapters/leshan.h"

enum { TARGET_LIMIT = 8192, NAME_LIMIT = 64, MS = 1000 };

void leshan_call_init(struct leshan_call *call)
{
    *call = (struct leshan_call){.method = "GET"};
    buf_init(&call->target, TARGET_LIMIT);
    buf_init_secret(&call->body, ADAPTER_LINE_MOST);
}

void leshan_call_release(struct leshan_call *call)
{
    buf_release(&call->target);
    buf_release(&call->body);
}

/* RFC 3986: what is neither unreserved nor in MORE is escaped. */
static void put_escaped(struct buf *out, struct bytes text, const char *more)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        bool plain = c > 0 && c < 0x80 &&
                     (isalnum(c) || strchr("-._~", c) != NULL || strchr(more, c) != NULL);
        buf_printf(out, plain ? "%c" : "%%%02X", c);
    }
}

/* `senml-json` is SENML_JSON there. */
static void put_format(struct buf *out, const char *name, struct bytes format)
{
    buf_printf(out, "&%s=", name);
    for (size_t i = 0; i < format.len; i++)
        buf_printf(out, "%c", format.data[i] == '-' ? '_' : toupper(format.data[i]));
}

static bool is_format(struct bytes format)
{
    for (size_t i = 0; i < format.len; i++)
        if (format.data[i] != '-' && !islower(format.data[i]))
            return false;
    return format.len < NAME_LIMIT;
}

/* Leshan waits by whole seconds; the tool's own limit comes a little later. */
static void put_query(const struct adapter_request *request, struct buf *out)
{
    enum operation_kind kind = request->operation.kind;
    int64_t seconds = request->deadline_ms / MS;
    buf_printf(out, "?timeout=%" PRId64, seconds > 0 ? seconds : 1);
    if (kind == OPERATION_UPDATE)
        buf_puts(out, "&replace=false");
    bool cancels = kind == OPERATION_CANCEL || kind == OPERATION_CANCEL_COMPOSITE;
    if (cancels && !request->operation.by_reset) /* else it answers what comes next with a Reset */
        buf_puts(out, "&active=true");
    bool composite = operation_is_composite(kind) && kind != OPERATION_CANCEL_COMPOSITE;
    struct bytes format = request->format;
    if (composite && format.len == 0)
        format = bytes_of("senml-cbor"); /* Leshan has no default of its own here */
    if (composite && kind != OPERATION_WRITE_COMPOSITE)
        put_format(out, "pathformat", format);
    if (format.len > 0)
        put_format(out, composite ? "nodeformat" : "format", format);
}

static void put_attributes(const struct operation *operation, struct buf *out)
{
    buf_puts(out, "?");
    if (operation->text != NULL)
        put_escaped(out, bytes_of(operation->text), "&=,");
}

static int by_path(const void *a, const void *b)
{
    return path_compare(((const struct record *)a)->path, ((const struct record *)b)->path);
}

/* In an order of their own: Leshan finds an observation by its paths as they stood, the protocol by
 * the set of them. */
static void put_paths(const struct records *paths, struct buf *out)
{
    char text[PATH_TEXT];
    struct records sorted;
    records_copy(paths, &sorted);
    if (sorted.count > 0)
        qsort(sorted.items, sorted.count, sizeof *sorted.items, by_path);
    buf_puts(out, "&paths=");
    for (size_t i = 0; i < sorted.count; i++)
        buf_printf(out, "%s%s", i > 0 ? "," : "", path_text(sorted.items[i].path, text));
    records_release(&sorted);
}

static bool put_composite_body(const struct records *values, struct buf *out)
{
    char text[PATH_TEXT];
    bool good = true;
    buf_puts(out, "{");
    for (size_t i = 0; i < values->count && good; i++) {
        struct records one = {.items = &values->items[i], .count = 1};
        buf_printf(out, "%s\"%s\":", i > 0 ? "," : "", path_text(one.items[0].path, text));
        good = one.items[0].value.type != VALUE_NONE &&
               leshan_node_write(&one, one.items[0].path, out);
    }
    buf_puts(out, "}");
    return good;
}

static bool put_body(const struct operation *operation, struct leshan_call *out)
{
    out->content = "application/json; charset=utf-8"; /* else Leshan takes that of its locale */
    if (operation->kind == OPERATION_WRITE_COMPOSITE)
        return put_composite_body(&operation->values, &out->body);
    bool nameless = operation->path.depth == 2 && operation->path.id[1] == ID_NONE;
    struct path target = path_cut(operation->path, nameless ? 1 : operation->path.depth);
    return leshan_node_write(&operation->values, target, &out->body);
}

struct shape {
    const char *method; /* (borrowed) */
    const char *suffix; /* (borrowed) behind the path, or instead of it for composites */
    bool values;        /* has a body of nodes */
};

static const struct shape shapes[] = {
    [OPERATION_READ] = {"GET", "", false},
    [OPERATION_WRITE] = {"PUT", "", true},
    [OPERATION_UPDATE] = {"PUT", "", true},
    [OPERATION_EXECUTE] = {"POST", "", false},
    [OPERATION_CREATE] = {"POST", "", true},
    [OPERATION_DELETE] = {"DELETE", "", false},
    [OPERATION_DISCOVER] = {"GET", "/discover", false},
    [OPERATION_OBSERVE] = {"POST", "/observe", false},
    [OPERATION_CANCEL] = {"DELETE", "/observe", false},
    [OPERATION_ATTRIBUTES] = {"PUT", "/attributes", false},
    [OPERATION_READ_COMPOSITE] = {"GET", "/composite", false},
    [OPERATION_WRITE_COMPOSITE] = {"PUT", "/composite", true},
    [OPERATION_OBSERVE_COMPOSITE] = {"POST", "/composite/observe", false},
    [OPERATION_CANCEL_COMPOSITE] = {"DELETE", "/composite/observe", false},
};

/* A Create is addressed to the object; which instance it is to be stands in the body. */
static void put_path(const struct operation *operation, struct buf *out)
{
    char text[PATH_TEXT];
    struct path path =
        operation->kind == OPERATION_CREATE ? path_cut(operation->path, 1) : operation->path;
    if (!operation_is_composite(operation->kind) && path.depth > 0)
        buf_puts(out, path_text(path, text));
    buf_puts(out, shapes[operation->kind].suffix);
}

static bool has_paths(enum operation_kind kind)
{
    return operation_is_composite(kind) && kind != OPERATION_WRITE_COMPOSITE;
}

static enum status check(const struct adapter_request *request, struct error *error)
{
    const struct operation *operation = &request->operation;
    if (memchr(request->endpoint.data, '/', request->endpoint.len) != NULL ||
        bytes_is(request->endpoint, ".") || bytes_is(request->endpoint, ".."))
        error_set(error, "Leshan's REST interface cannot name an endpoint with \"/\" in it, or of "
                         "dots only");
    else if (!is_format(request->format))
        error_set(error, "\"format\" is not the name of a content format");
    else if (operation->kind == OPERATION_EXECUTE && operation->path.depth != 3)
        error_set(error, "Leshan executes resources only");
    else if (!operation_is_composite(operation->kind) && operation->path.depth == 0)
        error_set(error, "Leshan's REST interface has no operation on the root");
    else
        return ST_OK;
    return ST_UNSUPPORTED;
}

enum status leshan_call_build(const struct adapter_request *request, struct leshan_call *out,
                              struct error *error)
{
    const struct operation *operation = &request->operation;
    const struct shape *shape = &shapes[operation->kind];
    if (check(request, error) != ST_OK)
        return ST_UNSUPPORTED;
    out->method = shape->method;
    buf_puts(&out->target, "/api/clients/");
    put_escaped(&out->target, request->endpoint, ":");
    put_path(operation, &out->target);
    if (operation->kind == OPERATION_ATTRIBUTES) /* Leshan takes every word of this query for one */
        put_attributes(operation, &out->target);
    else
        put_query(request, &out->target);
    if (has_paths(operation->kind))
        put_paths(&operation->values, &out->target);
    if (operation->kind == OPERATION_EXECUTE && operation->text != NULL) {
        out->content = "text/plain";
        buf_puts(&out->body, operation->text);
    }
    if (shape->values && !put_body(operation, out)) {
        error_set(error, "\"values\" do not fit \"path\"");
        return ST_INVALID;
    }
    if (!out->target.bad && !out->body.bad)
        return ST_OK;
    error_set(error, "the request is too long for Leshan's REST interface");
    return ST_INVALID;
}
