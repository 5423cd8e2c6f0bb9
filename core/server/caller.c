/* SPDX-License-Identifier: Apache-2.0 */
/* Who is at the other end of a transport session: its name, and whether it is the one it was. */
#include "base/std.h"

#include "server/bsserver_impl.h"

struct bytes caller_name(const struct peer *peer, const struct message *request)
{
    struct bytes name = {NULL, 0};
    if (!segments_query(&request->query, "ep", &name) && peer->security != NULL)
        name = bytes_of(peer->security->identity);
    return name;
}

bool caller_name_is_valid(struct bytes name)
{
    return name.len > 0 && utf8_valid(name) && memchr(name.data, '\0', name.len) == NULL;
}

char *caller_identity(const struct peer *peer)
{
    return peer->security == NULL ? NULL : xstrdup(peer->security->identity);
}

bool caller_is(const struct peer *peer, const char *identity)
{
    if (identity == NULL || peer->security == NULL)
        return identity == NULL && peer->security == NULL;
    return strcmp(identity, peer->security->identity) == 0;
}

static void put_link(const char *identity, struct buf *out)
{
    if (identity == NULL)
        buf_puts(out, "in plain text");
    else
        buf_printf(out, "secured as \"%s\"", identity);
}

void caller_refuse(struct trace *trace, const struct peer *peer, const char *endpoint,
                   const char *identity)
{
    struct buf text;
    buf_init(&text, 1024);
    buf_puts(&text, "its link is ");
    put_link(identity, &text);
    buf_puts(&text, ", this one is ");
    put_link(peer->security == NULL ? NULL : peer->security->identity, &text);
    trace_say(trace, EVENT_WARNING, "server",
              "refused %s, which claims to be client \"%s\": %s; if it may be, end the former "
              "first (`server forget`)",
              peer->name, endpoint, buf_text(&text));
    buf_release(&text);
}

void caller_let_go(const struct server *server, const struct bsserver *bsserver, struct peer *peer)
{
    struct endpoint *endpoint =
        server == NULL ? bsserver->config.endpoint : server->config.endpoint;
    bool is_used = bsserver_uses(bsserver, peer) ||
                   (server != NULL && registry_find_peer(server, peer) != NULL);
    if (peer != NULL && !is_used)
        endpoint_disconnect(endpoint, peer);
}
