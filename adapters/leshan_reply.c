/* SPDX-License-Identifier: Apache-2.0 */
/* What Leshan's REST interface answered and what its event stream tells, as lines of the adapter
 * protocol. */
#include "base/std.h"

#include "adapters/leshan.h"

enum { HTTP_OK = 200, HTTP_BAD_REQUEST = 400, HTTP_NOT_FOUND = 404 };
enum { HTTP_SERVER_ERROR = 500, HTTP_GATEWAY_TIMEOUT = 504 };
enum { TEXT_MOST = 180, CODE_DIGITS = 3 };

static struct bytes text_of(const struct json *object, const char *name)
{
    const struct json *member = json_member(object, name);
    return member != NULL && member->kind == JSON_STRING ? member->text : (struct bytes){0};
}

static struct bytes cut(struct bytes text)
{
    return (struct bytes){text.data, text.len < TEXT_MOST ? text.len : TEXT_MOST};
}

/* The three digits in `CONTENT(205)`; NULL when there are none. */
static const uint8_t *code_digits(struct bytes status)
{
    const uint8_t *at = status.len > 0 ? memchr(status.data, '(', status.len) : NULL;
    if (at == NULL || (size_t)(status.data + status.len - at) != CODE_DIGITS + 2)
        return NULL;
    for (size_t i = 1; i <= CODE_DIGITS; i++)
        if (!isdigit(at[i]))
            return NULL;
    return at + 1;
}

/* `"NAME":"TEXT"` behind a comma, with TEXT that may not be UTF-8. */
static void put_text(struct buf *out, const char *name, struct bytes text)
{
    struct buf plain;
    buf_init(&plain, ADAPTER_LINE_MOST);
    if (utf8_valid(text))
        buf_put(&plain, text);
    else
        buf_put_plain(&plain, text);
    buf_puts(out, ",");
    adapter_put_member(out, name, buf_bytes(&plain));
    buf_release(&plain);
}

/* `</16/0>;ver=1.0,…` (RFC 6690) out of Leshan's list; of a registration without the link that
 * tells where its objects are, and is none. */
static void put_links(struct buf *out, const struct json *links, bool objects_only)
{
    struct buf text;
    buf_init(&text, ADAPTER_LINE_MOST);
    for (const struct json *link = links->first; link != NULL; link = link->next) {
        struct bytes url = text_of(link, "url");
        if (objects_only && bytes_is(url, "/"))
            continue;
        buf_puts(&text, text.len > 0 ? ",<" : "<");
        buf_put(&text, url);
        buf_puts(&text, ">");
        const struct json *attributes = json_member(link, "attributes");
        const struct json *one = attributes != NULL ? attributes->first : NULL;
        for (; one != NULL; one = one->next) {
            buf_puts(&text, ";");
            buf_put(&text, one->name);
            if (one->kind == JSON_STRING) {
                buf_puts(&text, "=");
                buf_put(&text, one->text);
            }
        }
    }
    put_text(out, "links", buf_bytes(&text));
    buf_release(&text);
}

/* Composite answers are maps from paths to nodes; a path that has nothing is null. */
static bool read_map(const struct json *map, struct records *out)
{
    for (const struct json *one = map->first; one != NULL; one = one->next) {
        struct path path;
        if (!path_parse(one->name, &path) ||
            (one->kind != JSON_NULL && !leshan_node_read(one, path, out)))
            return false;
    }
    return true;
}

/* Appends `,"values":[…]`; false when CONTENT, which may be NULL, is not what Leshan would write.
 */
static bool put_content(const struct json *content, bool composite, struct path at, struct buf *out)
{
    if (content == NULL || content->kind == JSON_NULL)
        return true;
    struct records values;
    records_init(&values);
    bool good = composite ? read_map(content, &values) : leshan_node_read(content, at, &values);
    if (good) {
        buf_puts(out, ",\"values\":");
        adapter_put_values(out, &values);
    }
    records_release(&values);
    return good;
}

static bool put_outcome(const struct adapter_request *request, const struct json *root,
                        struct buf *out)
{
    const struct operation *operation = &request->operation;
    const uint8_t *digits = code_digits(text_of(root, "status"));
    if (digits == NULL)
        return false;
    buf_printf(out, "{\"id\":%" PRId64 ",\"code\":\"%c.%c%c\"", request->id, digits[0], digits[1],
               digits[2]);
    const struct json *links = json_member(root, "objectLinks");
    if (links != NULL && links->kind == JSON_ARRAY)
        put_links(out, links, false);
    struct bytes location = text_of(root, "location");
    if (location.len > 0) {
        buf_printf(out, ",\"location\":\"%s", location.data[0] == '/' ? "" : "/");
        buf_put_plain(out, location);
        buf_puts(out, "\"");
    }
    struct bytes text = text_of(root, "errormessage");
    if (text.len > 0)
        put_text(out, "text", cut(text));
    bool good = put_content(json_member(root, "content"), operation_is_composite(operation->kind),
                            operation->path, out);
    buf_puts(out, "}\n");
    return good;
}

static void put_answer(const struct adapter_request *request, const struct json *root,
                       struct buf *out)
{
    struct buf line;
    buf_init(&line, ADAPTER_LINE_MOST);
    if (root != NULL && put_outcome(request, root, &line) && !line.bad)
        buf_put(out, buf_bytes(&line));
    else
        adapter_put_error(out, request->id, "failed",
                          bytes_of("Leshan's answer cannot be understood"));
    buf_release(&line);
}

static struct json_doc *parse(struct bytes text)
{
    struct error_list errors;
    error_list_init(&errors);
    struct json_doc *doc = json_parse(text, "Leshan's answer", &errors);
    error_list_release(&errors);
    return doc;
}

static void put_success(const struct adapter_request *request, struct bytes body, struct buf *out)
{
    struct json_doc *doc = parse(body);
    put_answer(request, doc != NULL ? json_root(doc) : NULL, out);
    json_doc_free(doc);
}

bool leshan_ticket(struct bytes body, struct buf *out)
{
    struct json_doc *doc = parse(body);
    const struct json *delayed = doc != NULL ? json_member(json_root(doc), "delayed") : NULL;
    bool has_one = delayed != NULL && delayed->kind == JSON_BOOLEAN && delayed->integer != 0;
    if (has_one)
        buf_put(out, text_of(json_root(doc), "requestId"));
    json_doc_free(doc);
    return has_one && out->len > 0 && !out->bad;
}

void leshan_late_reply(const struct adapter_request *request, struct bytes data, struct buf *out)
{
    struct json_doc *doc = parse(data);
    put_answer(request, doc != NULL ? json_member(json_root(doc), "response") : NULL, out);
    json_doc_free(doc);
}

static bool begins(struct bytes text, const char *with)
{
    size_t len = strlen(with);
    return text.len >= len && bytes_is((struct bytes){text.data, len}, with);
}

/* Web pages come from somebody in between. */
static const char *why_of(const struct adapter_request *request, long status, struct bytes body)
{
    bool is_attributes = request->operation.kind == OPERATION_ATTRIBUTES;
    if (begins(body, "<"))
        return "failed";
    if (status == HTTP_GATEWAY_TIMEOUT)
        return "timeout";
    if (begins(body, "No registered client") || begins(body, "no registered client"))
        return "unreachable";
    if (status == HTTP_BAD_REQUEST || (status == HTTP_SERVER_ERROR && is_attributes))
        return "unsupported"; /* it does not say such a thing to a device */
    return status == HTTP_NOT_FOUND ? "invalid" : "failed";
}

void leshan_reply(const struct adapter_request *request, long status, struct bytes body,
                  struct buf *out)
{
    bool is_page = begins(body, "<");
    if (status == HTTP_OK && request->operation.by_reset && !is_page) {
        buf_printf(out, "{\"id\":%" PRId64 ",\"ok\":true}\n", request->id);
        return;
    }
    if (status == HTTP_OK) {
        put_success(request, body, out);
        return;
    }
    struct buf text;
    buf_init(&text, ADAPTER_LINE_MOST);
    buf_printf(&text, "Leshan answers with HTTP status %ld: ", status);
    buf_put_plain(&text, is_page ? bytes_of("a web page") : cut(body));
    adapter_put_error(out, request->id, why_of(request, status, body), buf_bytes(&text));
    buf_release(&text);
}

static void put_list(const struct json *json, struct buf *out)
{
    const struct json *links = json != NULL ? json_member(json, "objectLinks") : NULL;
    if (links != NULL && links->kind == JSON_ARRAY)
        put_links(out, links, true);
}

static void put_lifetime(const struct json *json, struct buf *out)
{
    const struct json *lifetime = json != NULL ? json_member(json, "lifetime") : NULL;
    if (lifetime != NULL && lifetime->kind == JSON_INTEGER)
        buf_printf(out, ",\"lifetime\":%" PRId64, lifetime->integer);
}

/* What JSON, the registration, is now; list and lifetime are those that came along with TOLD. */
static bool put_registration(const char *event, const struct json *json, const struct json *told,
                             struct buf *out)
{
    if (json == NULL)
        return false;
    const struct json *queue = json_member(json, "queuemode");
    buf_printf(out, "{\"event\":\"%s\"", event);
    put_text(out, "endpoint", text_of(json, "endpoint"));
    put_list(told, out);
    put_lifetime(told, out);
    put_text(out, "binding", text_of(json, "bindingMode"));
    if (told != json) /* Leshan does not tell whether an Update had one */
        buf_puts(out, ",\"binding-given\":false");
    if (queue != NULL && queue->kind == JSON_BOOLEAN)
        buf_printf(out, ",\"queue\":%s", queue->integer != 0 ? "true" : "false");
    put_text(out, "version", text_of(json, "lwM2mVersion"));
    buf_puts(out, "}\n");
    return true;
}

bool leshan_registrations(struct bytes body, struct buf *out)
{
    struct error_list errors;
    error_list_init(&errors);
    struct json_doc *doc = json_parse(body, "Leshan's answer", &errors);
    bool good = doc != NULL && json_root(doc)->kind == JSON_ARRAY;
    for (const struct json *one = good ? json_root(doc)->first : NULL; one != NULL; one = one->next)
        good = put_registration("registered", one, one, out) && good;
    json_doc_free(doc);
    error_list_release(&errors);
    return good;
}

/* "notify" or "send": values of one path or of several. */
static bool put_report(const char *event, const struct json *json, struct buf *out)
{
    const struct json *paths = json_member(json, "paths");
    struct bytes res = text_of(json, "res");
    struct path at = path_root();
    buf_printf(out, "{\"event\":\"%s\"", event);
    put_text(out, "endpoint", text_of(json, "ep"));
    if (res.len > 0) {
        if (!path_parse(res, &at))
            return false;
        put_text(out, "path", res);
    }
    if (paths != NULL) {
        buf_puts(out, ",\"paths\":[");
        for (const struct json *one = paths->first; one != NULL; one = one->next) {
            buf_puts(out, one->index > 0 ? "," : "");
            json_put_text(out, one->text);
        }
        buf_puts(out, "]");
    }
    const struct json *content = json_member(json, "val");
    if (content != NULL && content->kind != JSON_NULL) /* of others Leshan does not tell the code */
        buf_puts(out, ",\"code\":\"2.05\"");
    bool good = put_content(content, res.len == 0, at, out);
    buf_puts(out, "}\n");
    return good;
}

static bool put_event(struct bytes name, const struct json *root, struct buf *out)
{
    if (bytes_is(name, "REGISTRATION"))
        return put_registration("registered", root, root, out);
    if (bytes_is(name, "UPDATED"))
        return put_registration("updated", json_member(root, "registration"),
                                json_member(root, "update"), out);
    if (bytes_is(name, "DEREGISTRATION"))
        return put_registration("deregistered", root, root, out);
    if (bytes_is(name, "NOTIFICATION"))
        return put_report("notify", root, out);
    if (bytes_is(name, "SEND"))
        return put_report("send", root, out);
    return true;
}

void leshan_event(struct bytes name, struct bytes data, struct buf *out)
{
    struct error_list errors;
    error_list_init(&errors);
    struct json_doc *doc = json_parse(data, "Leshan's event", &errors);
    struct buf line;
    buf_init(&line, ADAPTER_LINE_MOST);
    if (doc != NULL && json_root(doc)->kind == JSON_OBJECT &&
        put_event(name, json_root(doc), &line) && !line.bad) {
        buf_put(out, buf_bytes(&line));
    } else {
        buf_puts(out, "{\"event\":\"log\"");
        put_text(out, "text", bytes_of("an event of Leshan cannot be understood"));
        buf_puts(out, "}\n");
    }
    buf_release(&line);
    json_doc_free(doc);
    error_list_release(&errors);
}
