/* SPDX-License-Identifier: Apache-2.0 */
/* CoAP messages in our own types: codes, segments, copies. */
#include "base/std.h"

#include "net/message.h"

struct code_row {
    uint8_t code;
    const char *phrase;
};

/* RFC 7252 12.1.2, RFC 7959 6, RFC 8132 6. */
static const struct code_row phrases[] = {
    {CODE_CREATED, "Created"},
    {CODE_DELETED, "Deleted"},
    {COAP_CODE(2, 3), "Valid"},
    {CODE_CHANGED, "Changed"},
    {CODE_CONTENT, "Content"},
    {CODE_CONTINUE, "Continue"},
    {CODE_BAD_REQUEST, "Bad Request"},
    {CODE_UNAUTHORIZED, "Unauthorized"},
    {CODE_BAD_OPTION, "Bad Option"},
    {CODE_FORBIDDEN, "Forbidden"},
    {CODE_NOT_FOUND, "Not Found"},
    {CODE_METHOD_NOT_ALLOWED, "Method Not Allowed"},
    {CODE_NOT_ACCEPTABLE, "Not Acceptable"},
    {CODE_INCOMPLETE, "Request Entity Incomplete"},
    {COAP_CODE(4, 9), "Conflict"},
    {CODE_PRECONDITION_FAILED, "Precondition Failed"},
    {CODE_TOO_LARGE, "Request Entity Too Large"},
    {CODE_UNSUPPORTED_FORMAT, "Unsupported Content-Format"},
    {COAP_CODE(4, 22), "Unprocessable Entity"},
    {CODE_INTERNAL_ERROR, "Internal Server Error"},
    {CODE_NOT_IMPLEMENTED, "Not Implemented"},
    {COAP_CODE(5, 2), "Bad Gateway"},
    {CODE_UNAVAILABLE, "Service Unavailable"},
    {COAP_CODE(5, 4), "Gateway Timeout"},
    {COAP_CODE(5, 5), "Proxying Not Supported"},
};

static const char *const methods[] = {
    [CODE_GET] = "GET",       [CODE_POST] = "POST",   [CODE_PUT] = "PUT",
    [CODE_DELETE] = "DELETE", [CODE_FETCH] = "FETCH", [CODE_PATCH] = "PATCH",
    [CODE_IPATCH] = "iPATCH",
};

const char *code_text(unsigned code, char text[CODE_TEXT])
{
    if (code < COUNT_OF(methods) && methods[code] != NULL)
        snprintf(text, CODE_TEXT, "%s", methods[code]);
    else
        snprintf(text, CODE_TEXT, "%u.%02u", (code >> 5) & 7, code & 31);
    return text;
}

const char *code_phrase(unsigned code)
{
    for (size_t i = 0; i < COUNT_OF(phrases); i++)
        if (phrases[i].code == code)
            return phrases[i].phrase;
    return "";
}

void segments_init(struct segments *segments)
{
    memset(segments, 0, sizeof *segments);
    buf_init(&segments->text, (size_t)SEGMENTS_MOST * SEGMENT_LEN_MOST);
}

void segments_release(struct segments *segments)
{
    buf_release(&segments->text);
    segments->count = 0;
}

void segments_copy(const struct segments *from, struct segments *out)
{
    segments_init(out);
    if (from->count == 0)
        return;
    buf_put(&out->text, buf_bytes(&from->text));
    memcpy(out->end, from->end, sizeof out->end);
    out->count = from->count;
}

bool segments_add(struct segments *segments, struct bytes segment)
{
    if (segments->count == SEGMENTS_MOST || segment.len > SEGMENT_LEN_MOST)
        return false;
    buf_put(&segments->text, segment);
    segments->end[segments->count++] = (uint16_t)segments->text.len;
    return true;
}

bool segments_add_query(struct segments *query, const char *name, struct bytes value)
{
    struct buf item;
    buf_init(&item, SEGMENT_LEN_MOST);
    buf_printf(&item, "%s=", name);
    buf_put(&item, value);
    bool good = !item.bad && segments_add(query, buf_bytes(&item));
    buf_release(&item);
    return good;
}

struct bytes segments_at(const struct segments *segments, size_t index)
{
    assert(index < segments->count);
    size_t start = index > 0 ? segments->end[index - 1] : 0;
    size_t len = segments->end[index] - start;
    return (struct bytes){len > 0 ? segments->text.data + start : NULL, len};
}

bool segments_equal(const struct segments *a, const struct segments *b)
{
    return a->count == b->count && memcmp(a->end, b->end, a->count * sizeof a->end[0]) == 0 &&
           bytes_equal(buf_bytes(&a->text), buf_bytes(&b->text));
}

bool segments_related(const struct segments *a, const struct segments *b)
{
    size_t shared = a->count < b->count ? a->count : b->count;
    for (size_t i = 0; i < shared; i++)
        if (!bytes_equal(segments_at(a, i), segments_at(b, i)))
            return false;
    return true;
}

void segments_join(const struct segments *segments, char separator, struct buf *out)
{
    for (size_t i = 0; i < segments->count; i++) {
        if (separator == '/' || i > 0)
            buf_put_u8(out, (unsigned char)separator);
        buf_put(out, segments_at(segments, i));
    }
}

bool segments_split(struct segments *segments, char separator, struct bytes text)
{
    const uint8_t *at = text.data;
    size_t left = text.len;
    if (separator == '/' && left > 0 && *at == '/') {
        at++;
        left--;
    }
    while (left > 0) {
        const uint8_t *end = memchr(at, separator, left);
        size_t len = end != NULL ? (size_t)(end - at) : left;
        if (!segments_add(segments, (struct bytes){at, len}))
            return false;
        if (end == NULL)
            break;
        at += len + 1;
        left -= len + 1;
        if (left == 0)
            return segments_add(segments, (struct bytes){NULL, 0});
    }
    return true;
}

bool segments_query(const struct segments *query, const char *name, struct bytes *out)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < query->count; i++) {
        struct bytes item = segments_at(query, i);
        if (item.len < len || (len > 0 && memcmp(item.data, name, len) != 0))
            continue;
        if (item.len == len) {
            *out = (struct bytes){NULL, 0};
            return true;
        }
        if (item.data[len] == '=') {
            *out = (struct bytes){item.data + len + 1, item.len - len - 1};
            return true;
        }
    }
    return false;
}

void message_init(struct message *message)
{
    memset(message, 0, sizeof *message);
    message->confirmable = true;
    message->message_id = -1;
    segments_init(&message->path);
    segments_init(&message->query);
    segments_init(&message->location);
    message->format = -1;
    message->accept = -1;
    message->observe = -1;
    buf_init_secret(&message->payload, BODY_MOST);
}

void message_release(struct message *message)
{
    segments_release(&message->path);
    segments_release(&message->query);
    segments_release(&message->location);
    buf_release(&message->payload);
}

void message_copy(const struct message *from, struct message *out)
{
    *out = *from;
    segments_copy(&from->path, &out->path);
    segments_copy(&from->query, &out->query);
    segments_copy(&from->location, &out->location);
    buf_init_secret(&out->payload, from->payload.limit);
    buf_put(&out->payload, buf_bytes(&from->payload));
}
