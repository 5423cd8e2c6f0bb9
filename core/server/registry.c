/* SPDX-License-Identifier: Apache-2.0 */
/* The registration interface as a server answers it: Register, Update, De-register, lifetimes. */
#define uthash_malloc(size)     xalloc(size)
#define uthash_free(data, size) free(data)
#include <uthash.h>

#include "base/std.h"

#include "server/bsserver_impl.h"

enum { LIFETIME_DEFAULT = 86400, CLIENTS_MOST = 16384 };
static const int64_t LIFETIME_MOST = (int64_t)UINT32_MAX;

/* --- who is registered -------------------------------------------------------------------- */

/* A client's place; tables of both kinds, because a test registers thousands. */
struct row {
    struct client_entry entry; /* first: what the rest of the server sees */
    UT_hash_handle by_endpoint;
    UT_hash_handle by_id;
};

struct registry {
    struct row *by_endpoint; /* (owned) the first that registered */
    struct row *by_id;       /* (owned) the same */
    unsigned counter;        /* makes locations unique */
};

struct registry *registry_new(void)
{
    return xalloc(sizeof(struct registry));
}

void registry_free(struct registry *registry)
{
    free(registry);
}

const struct client *registry_first(const struct registry *registry)
{
    return registry->by_endpoint == NULL ? NULL : &registry->by_endpoint->entry.client;
}

static struct client_entry *entry_of(struct row *row)
{
    return row == NULL ? NULL : &row->entry;
}

static struct client_entry *find_endpoint(const struct server *server, struct bytes endpoint)
{
    struct row *row = NULL;
    HASH_FIND(by_endpoint, server->registry->by_endpoint, endpoint.data, endpoint.len, row);
    return entry_of(row);
}

struct client_entry *registry_find(const struct server *server, const char *endpoint)
{
    return endpoint == NULL ? entry_of(server->registry->by_endpoint)
                            : find_endpoint(server, bytes_of(endpoint));
}

static struct client_entry *find_id(const struct server *server, struct bytes id)
{
    struct row *row = NULL;
    HASH_FIND(by_id, server->registry->by_id, id.data, id.len, row);
    return entry_of(row);
}

struct client_entry *registry_find_peer(const struct server *server, const struct peer *peer)
{
    struct row *row = server->registry->by_endpoint;
    while (row != NULL && row->entry.client.peer != peer)
        row = row->by_endpoint.next;
    return entry_of(row);
}

/* Puts a client whose name and location are set at the end. */
static void entry_link(struct server *server, struct row *row)
{
    struct registry *registry = server->registry;
    struct client *client = &row->entry.client;
    HASH_ADD_KEYPTR(by_endpoint, registry->by_endpoint, client->endpoint, strlen(client->endpoint),
                    row);
    HASH_ADD_KEYPTR(by_id, registry->by_id, client->id, strlen(client->id), row);
    struct row *former = row->by_endpoint.prev;
    if (former != NULL)
        former->entry.client.next = client;
}

static void entry_unlink(struct server *server, struct client_entry *entry)
{
    struct registry *registry = server->registry;
    struct row *row = (struct row *)entry;
    struct row *former = row->by_endpoint.prev;
    if (former != NULL)
        former->entry.client.next = entry->client.next;
    HASH_DELETE(by_endpoint, registry->by_endpoint, row);
    HASH_DELETE(by_id, registry->by_id, row);
}

/* --- who leaves --------------------------------------------------------------------------- */

static void drop(struct client_entry *entry, bool tell)
{
    operate_drop(entry, tell);
    service_drop(entry, tell);
}

/* After entry_unlink and drop. */
static void entry_free(struct client_entry *entry)
{
    timer_stop(&entry->expiry);
    timer_stop(&entry->waking);
    links_release(&entry->client.objects);
    free(entry->identity);
    free(entry->client.endpoint);
    free(entry->client.version);
    free(entry->client.binding);
    if (entry->has_last)
        message_release(&entry->last);
    if (entry->has_answer)
        message_release(&entry->last_answer);
    free(entry);
}

static void tell(const struct server *server, const struct client_entry *entry,
                 enum client_change change, bool objects_changed)
{
    if (server->config.on_client != NULL)
        server->config.on_client(server->config.arg, &entry->client, change, objects_changed);
}

void registry_remove(struct server *server, struct client_entry *entry, enum client_change change)
{
    entry_unlink(server, entry);
    drop(entry, true);
    tell(server, entry, change, false);
    caller_let_go(server, server->bsserver, entry->client.peer);
    entry_free(entry);
}

void registry_clear(struct server *server)
{
    struct client_entry *entry;
    while ((entry = registry_find(server, NULL)) != NULL) {
        entry_unlink(server, entry);
        drop(entry, false);
        caller_let_go(server, server->bsserver, entry->client.peer);
        entry_free(entry);
    }
}

/* The session is over for ENTRY: what ran on it ends, and cannot begin again there. */
static void leave_peer(struct client_entry *entry)
{
    entry->client.peer = NULL;
    if (entry->client.queues)
        operate_leave(entry); /* what a sleeping client is to get waits for the next session */
    else
        drop(entry, true);
}

void registry_peer_gone(struct server *server, struct peer *peer)
{
    struct client_entry *entry;
    while ((entry = registry_find_peer(server, peer)) != NULL)
        leave_peer(entry);
}

static void expire(void *arg)
{
    struct client_entry *entry = arg;
    registry_remove(entry->server, entry, CLIENT_EXPIRED);
}

static void restart_lifetime(struct client_entry *entry)
{
    const struct server_config *config = &entry->server->config;
    const struct service_ops *ops = config->service == NULL ? &service_standard : config->service;
    entry->client.updated_at = clock_now(config->clock);
    timer_start(&entry->expiry, config->clock, ops->keeps(ops, entry->client.lifetime), expire,
                entry);
}

/* --- what they say ------------------------------------------------------------------------ */

static char *text_of(struct bytes view)
{
    char *text = xarray(view.len + 1, 1);
    if (view.len > 0)
        memcpy(text, view.data, view.len);
    return text;
}

/* What the query of a Register or an Update says; views borrow from the request. */
struct terms {
    struct bytes endpoint, version, binding;
    bool has_endpoint, has_version, has_binding, has_lifetime, has_queue;
    int64_t lifetime;
};

static bool is_1_1(const struct terms *terms)
{
    return terms->has_version && bytes_is(terms->version, "1.1");
}

static bool read_terms(const struct peer *peer, const struct message *request, struct terms *out)
{
    *out = (struct terms){.lifetime = LIFETIME_DEFAULT};
    out->has_endpoint = segments_query(&request->query, "ep", &out->endpoint);
    out->endpoint = caller_name(peer, request);
    out->has_version = segments_query(&request->query, "lwm2m", &out->version);
    out->has_binding = segments_query(&request->query, "b", &out->binding);
    struct bytes flag;
    out->has_queue = segments_query(&request->query, "Q", &flag);
    struct bytes lifetime;
    out->has_lifetime = segments_query(&request->query, "lt", &lifetime);
    if (!out->has_lifetime)
        return true;
    return parse_decimal(lifetime, &out->lifetime) && out->lifetime > 0 &&
           out->lifetime <= LIFETIME_MOST;
}

/* The object list without the root link, which describes the device and no object. */
static bool read_objects(const struct message *request, struct links *out)
{
    struct links all;
    links_init(&all);
    bool ok = links_decode(buf_bytes(&request->payload), &all, NULL) == ST_OK;
    for (size_t i = 0; ok && i < all.count; i++) {
        struct link *from = &all.items[i];
        if (!from->has_path || from->path.depth == 0)
            continue;
        struct link *link = links_add(out, from->path);
        for (size_t k = 0; link != NULL && ok && k < from->attribute_count; k++)
            ok = link_add_attribute(link, from->attributes[k].name, from->attributes[k].value,
                                    from->attributes[k].quoted);
        ok = ok && link != NULL;
    }
    links_release(&all);
    return ok;
}

static void replace_text(char **place, struct bytes text)
{
    free(*place);
    *place = text_of(text);
}

/* Queue mode is part of the binding in 1.0 ("UQ"), and a flag of its own from 1.1 on
 * (TS 1.1, 6.2.1). Such a client is in it until it registers anew: no Update can say that it is
 * not, and many leave the flag out, which is none of the parameters that TS 1.1, 6.2.2 has for it.
 */
static void take_binding(struct client *client, const struct terms *terms)
{
    client->has_binding = terms->has_binding;
    if (terms->has_binding)
        replace_text(&client->binding, terms->binding);
    if (client->is_1_1)
        client->queues = client->queues || terms->has_queue;
    else
        client->queues = strchr(client->binding, 'Q') != NULL;
}

/* The new client, at the end of the list. */
static struct client_entry *entry_new(struct server *server, const struct terms *terms,
                                      struct links objects)
{
    struct row *row = xalloc(sizeof *row);
    struct client_entry *entry = &row->entry;
    entry->server = server;
    entry->client.endpoint = text_of(terms->endpoint);
    entry->client.version = text_of(terms->has_version ? terms->version : bytes_of("1.0"));
    entry->client.is_1_1 = is_1_1(terms);
    entry->client.binding = text_of(bytes_of("U"));
    take_binding(&entry->client, terms);
    entry->client.lifetime = terms->lifetime;
    entry->client.has_lifetime = terms->has_lifetime;
    entry->client.objects = objects;
    entry->client.registered_at = clock_now(server->config.clock);
    entry->message_id = (uint16_t)chance_u64(server->config.chance);
    snprintf(entry->client.id, sizeof entry->client.id, "%x%08x", ++server->registry->counter,
             (unsigned)(chance_u64(server->config.chance) & UINT32_MAX));
    entry_link(server, row);
    return entry;
}

/* The content of a Register or Update, if there is any, must be a list of links. */
static bool is_no_list(const struct message *request)
{
    return request->payload.len > 0 && request->format != FORMAT_LINK;
}

/* 0, or the code that refuses a Register. A name may be left to the link from 1.1 on. */
static uint8_t judge_register(const struct server *server, const struct message *request,
                              const struct terms *terms)
{
    if (is_no_list(request))
        return CODE_UNSUPPORTED_FORMAT;
    if (!caller_name_is_valid(terms->endpoint) || (!terms->has_endpoint && !is_1_1(terms)))
        return CODE_BAD_REQUEST;
    if (terms->has_version && !bytes_is(terms->version, "1.0") && !is_1_1(terms))
        return CODE_PRECONDITION_FAILED;
    bool is_full = HASH_CNT(by_endpoint, server->registry->by_endpoint) >= CLIENTS_MOST;
    return is_full ? CODE_UNAVAILABLE : 0;
}

static void add_location(const struct client *client, struct message *response)
{
    bool fits = segments_add(&response->location, bytes_of("rd")) &&
                segments_add(&response->location, bytes_of(client->id));
    response->code = fits ? CODE_CREATED : CODE_INTERNAL_ERROR;
}

/* A new Register voids what the former registration had (B.5), without an expiry. */
static void replace_former(struct server *server, struct bytes endpoint, const struct peer *peer)
{
    struct client_entry *former = find_endpoint(server, endpoint);
    if (former == NULL)
        return;
    entry_unlink(server, former);
    drop(former, true);
    if (former->client.peer != peer)
        caller_let_go(server, server->bsserver, former->client.peer);
    entry_free(former);
}

/* Whether PEER may act for ENTRY: nobody takes a registration over by a link of another security,
 * which would get what the client trusts its own link with. Warns when not. */
static bool speaks_for(const struct client_entry *entry, const struct peer *peer)
{
    bool does = caller_is(peer, entry->identity);
    if (!does)
        caller_refuse(entry->server->config.trace, peer, entry->client.endpoint, entry->identity);
    return does;
}

static void do_register(struct server *server, struct peer *peer, const struct message *request,
                        struct message *response)
{
    struct terms terms;
    response->code = CODE_BAD_REQUEST;
    if (!read_terms(peer, request, &terms))
        return;
    uint8_t refusal = judge_register(server, request, &terms);
    const struct client_entry *former = find_endpoint(server, terms.endpoint);
    if (refusal == 0 && former != NULL && !speaks_for(former, peer))
        refusal = CODE_FORBIDDEN;
    if (refusal != 0) {
        response->code = refusal;
        return;
    }
    struct links objects;
    links_init(&objects);
    if (!read_objects(request, &objects)) {
        links_release(&objects);
        return;
    }
    replace_former(server, terms.endpoint, peer);
    struct client_entry *entry = entry_new(server, &terms, objects);
    entry->client.peer = peer;
    entry->identity = caller_identity(peer);
    add_location(&entry->client, response);
    restart_lifetime(entry);
    queue_heard(entry);
    tell(server, entry, CLIENT_REGISTERED, true);
}

static void do_update(struct server *server, struct client_entry *entry, struct peer *peer,
                      const struct message *request, struct message *response)
{
    struct terms terms;
    struct links objects;
    links_init(&objects);
    bool has_list = request->payload.len > 0;
    response->code = is_no_list(request) ? CODE_UNSUPPORTED_FORMAT : CODE_BAD_REQUEST;
    if (is_no_list(request) || !read_terms(peer, request, &terms) ||
        (has_list && !read_objects(request, &objects))) {
        links_release(&objects);
        return;
    }
    entry->client.has_lifetime = terms.has_lifetime;
    if (terms.has_lifetime)
        entry->client.lifetime = terms.lifetime;
    take_binding(&entry->client, &terms);
    if (has_list) {
        links_release(&entry->client.objects);
        entry->client.objects = objects;
    }
    if (entry->client.peer != peer) {
        struct peer *former = entry->client.peer;
        leave_peer(entry);
        entry->client.peer = peer;
        caller_let_go(server, server->bsserver, former);
    }
    restart_lifetime(entry);
    queue_heard(entry);
    response->code = CODE_CHANGED;
    tell(server, entry, CLIENT_UPDATED, has_list);
}

/* /rd/ID */
static void handle_location(struct server *server, struct peer *peer, const struct message *request,
                            struct message *response)
{
    struct client_entry *entry = find_id(server, segments_at(&request->path, 1));
    if (entry == NULL) {
        response->code = CODE_NOT_FOUND;
    } else if (!speaks_for(entry, peer)) {
        response->code = CODE_FORBIDDEN;
    } else if (request->code == CODE_POST || request->code == CODE_PUT) {
        do_update(server, entry, peer, request, response);
    } else if (request->code == CODE_DELETE) {
        response->code = CODE_DELETED;
        registry_remove(server, entry, CLIENT_DEREGISTERED);
    } else {
        response->code = CODE_METHOD_NOT_ALLOWED;
    }
}

void registry_request(struct server *server, struct peer *peer, const struct message *request,
                      struct message *response)
{
    size_t depth = request->path.count;
    bool is_rd = depth >= 1 && bytes_is(segments_at(&request->path, 0), "rd");
    if (is_rd && depth == 1 && request->code == CODE_POST)
        do_register(server, peer, request, response);
    else if (is_rd && depth == 1)
        response->code = CODE_METHOD_NOT_ALLOWED;
    else if (is_rd && depth == 2)
        handle_location(server, peer, request, response);
    else
        response->code = CODE_NOT_FOUND;
}
