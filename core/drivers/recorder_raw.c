/* SPDX-License-Identifier: Apache-2.0 */
/* A request as `raw` with the very octets, where the language has no operation that says the same.
 */
#include "base/std.h"

#include "drivers/recorder_impl.h"

enum { SECURITY = 0, OSCORE = 21 };

void record_path(const struct message *request, struct buf *out)
{
    size_t before = out->len;
    segments_join(&request->path, '/', out);
    if (out->len == before)
        buf_puts(out, "/");
}

/* Whether what is written to the root can be read, and nothing of it is about the links. */
static bool is_harmless(const struct recorder *recorder, const struct message *request)
{
    struct content content;
    bool good = content_decode(recorder, request, path_root(), &content);
    for (size_t i = 0; i < content.values.count; i++) {
        const struct path *path = &content.values.items[i].path;
        good = good && path->depth > 0 && path->id[0] != SECURITY && path->id[0] != OSCORE;
    }
    content_release(&content);
    return good;
}

/* Keys are written to object 0 and, by SenML, to the root; what could not be read there may be
 * one. */
static bool may_be_secret(const struct recorder *recorder, const struct message *request,
                          const struct path *path)
{
    bool is_about_keys =
        path == NULL || path->depth == 0 || path->id[0] == SECURITY || path->id[0] == OSCORE;
    if (!is_about_keys || request->payload.len == 0 || request->code == CODE_FETCH)
        return false;
    return path == NULL || path->depth > 0 || !is_harmless(recorder, request);
}

static bool put_uri(const struct message *request, struct buf *out)
{
    struct buf uri;
    buf_init(&uri, URI_MOST);
    record_path(request, &uri);
    if (request->query.count > 0) {
        buf_puts(&uri, "?");
        segments_join(&request->query, '&', &uri);
    }
    bool good = record_is_word(buf_bytes(&uri));
    buf_put(out, buf_bytes(&uri));
    buf_release(&uri);
    return good;
}

bool record_dictated(const struct recorder *recorder, const struct message *request,
                     const struct path *path, struct buf *out)
{
    char code[CODE_TEXT];
    buf_printf(out, "raw %s ", code_text(request->code, code));
    if (!put_uri(request, out) || may_be_secret(recorder, request, path))
        return false;
    if (request->format >= 0)
        buf_printf(out, " format=%d", request->format);
    if (request->accept >= 0)
        buf_printf(out, " accept=%d", request->accept);
    if (request->observe >= 0)
        buf_printf(out, " observe=%d", request->observe);
    if (!request->confirmable)
        buf_puts(out, " non");
    if (request->payload.len > 0) {
        buf_puts(out, " payload ");
        record_octets(buf_bytes(&request->payload), out);
    }
    return true;
}
