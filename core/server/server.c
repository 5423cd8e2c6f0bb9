/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in server: its life, and which part performs an operation. */
#include "base/std.h"

#include "server/bsserver_impl.h"

static void on_request(void *user, struct peer *peer, const struct message *request,
                       struct message *response)
{
    const struct server *server = user;
    bool is_sent = request->path.count == 1 && bytes_is(segments_at(&request->path, 0), "dp");
    if (server->bsserver != NULL && bsserver_is_for(request))
        bsserver_request(server->bsserver, peer, request, response);
    else if (is_sent)
        sent_request(user, peer, request, response);
    else
        registry_request(user, peer, request, response);
}

static void on_peer_gone(void *user, struct peer *peer)
{
    const struct server *server = user;
    registry_peer_gone(user, peer);
    if (server->bsserver != NULL)
        bsserver_peer_gone(server->bsserver, peer);
}

struct server *server_new(const struct server_config *config)
{
    struct server *server = xalloc(sizeof *server);
    server->config = *config;
    server->registry = registry_new();
    config->endpoint->user = server;
    config->endpoint->on_request = on_request;
    config->endpoint->on_peer_gone = on_peer_gone;
    return server;
}

void server_free(struct server *server)
{
    if (server == NULL)
        return;
    server_restart(server);
    registry_free(server->registry);
    free(server);
}

const struct client *server_clients(const struct server *server)
{
    return registry_first(server->registry);
}

const struct client *server_client(const struct server *server, const char *endpoint)
{
    const struct client_entry *entry = registry_find(server, endpoint);
    return entry == NULL ? NULL : &entry->client;
}

/* The entry, or a sentence that says what to do. */
static struct client_entry *find_client(const struct server *server, const char *endpoint,
                                        struct error *error)
{
    struct client_entry *entry = registry_find(server, endpoint);
    if (entry == NULL && endpoint == NULL)
        error_set(error, "no client is registered; start a device and wait for its registration");
    else if (entry == NULL)
        error_set(error, "client \"%s\" is not registered; `clients` lists those that are",
                  endpoint);
    return entry;
}

enum status server_perform(struct server *server, const char *endpoint,
                           const struct operation *operation, server_done *done, void *arg,
                           struct error *error)
{
    struct client_entry *entry = find_client(server, endpoint, error);
    if (entry == NULL)
        return ST_NOT_FOUND;
    bool is_service =
        operation->kind == OPERATION_AUTHENTICATE || operation->kind == OPERATION_DECRYPT;
    struct delivery delivery = {done, arg};
    return is_service ? service_start(server, entry, operation, delivery, error)
                      : operate(server, entry, operation, delivery, error);
}

enum status server_forget(struct server *server, const char *endpoint)
{
    struct client_entry *entry = registry_find(server, endpoint);
    if (entry == NULL)
        return ST_NOT_FOUND;
    registry_remove(server, entry, CLIENT_EXPIRED);
    return ST_OK;
}

bool server_observation(const struct server *server, const char *endpoint, struct path *out,
                        const struct records **out_paths)
{
    const struct client_entry *entry = registry_find(server, endpoint);
    const struct run *run = entry == NULL ? NULL : entry->runs;
    while (run != NULL && !run->observed)
        run = run->next;
    if (run == NULL)
        return false;
    *out = run->path;
    *out_paths = run->paths.count > 0 ? &run->paths : NULL;
    return true;
}

void server_restart(struct server *server)
{
    registry_clear(server);
}

enum judgement server_judge(const struct verifier *verifier, const struct secure_request *request,
                            struct bytes auth_data, struct buf *out_data)
{
    enum secure_result result = request->service == SERVICE_AUTHENTICATION
                                    ? secure_verify(verifier->secure, request, auth_data)
                                    : secure_open(verifier->secure, request, auth_data, out_data);
    if (result == SECURE_OK)
        return JUDGEMENT_GENUINE;
    return result == SECURE_REJECTED ? JUDGEMENT_MISMATCH : JUDGEMENT_UNKNOWN;
}
