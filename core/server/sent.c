/* SPDX-License-Identifier: Apache-2.0 */
/* What clients send without being asked: the Send operation (LwM2M TS 1.1, information reporting).
 */
#include "base/std.h"

#include "server/server_impl.h"

/* Whether each value lies in an instance that CLIENT registered. */
static bool is_registered(const struct client *client, const struct records *values)
{
    for (size_t i = 0; i < values->count; i++)
        if (links_find(&client->objects, path_cut(values->items[i].path, 2)) == NULL)
            return false;
    return true;
}

static uint8_t take(const struct server *server, const struct client *client,
                    const struct message *request, struct outcome *out)
{
    if (request->format != FORMAT_SENML_JSON && request->format != FORMAT_SENML_CBOR)
        return CODE_UNSUPPORTED_FORMAT;
    request_content(server->config.catalogue, request, out);
    if (!out->decoded)
        return CODE_BAD_REQUEST;
    return is_registered(client, &out->values) ? CODE_CHANGED : CODE_NOT_FOUND;
}

void sent_request(struct server *server, const struct peer *peer, const struct message *request,
                  struct message *response)
{
    struct client_entry *entry = registry_find_peer(server, peer);
    response->code = CODE_NOT_FOUND;
    if (entry == NULL || !entry->client.is_1_1)
        return;
    response->code = CODE_METHOD_NOT_ALLOWED;
    if (request->code != CODE_POST)
        return;
    queue_heard(entry);
    struct outcome outcome;
    outcome_init(&outcome);
    response->code = take(server, &entry->client, request, &outcome);
    if (response->code == CODE_CHANGED && server->config.on_sent != NULL)
        server->config.on_sent(server->config.arg, &entry->client, &outcome);
    outcome_release(&outcome);
}
