/* SPDX-License-Identifier: Apache-2.0 */
/* What several defects of a device need. */
#include "base/std.h"

#include "device/defects_impl.h"

bool seeded_path(const struct message *message, struct path *out)
{
    struct buf text;
    buf_init(&text, SEGMENTS_MOST * (SEGMENT_LEN_MOST + 1));
    segments_join(&message->path, '/', &text);
    *out = path_root();
    bool good = text.len == 0 || path_parse(buf_bytes(&text), out);
    buf_release(&text);
    return good;
}

bool seeded_is(const struct message *request, unsigned method, unsigned resource)
{
    struct path path;
    return request->code == method && seeded_path(request, &path) && path.depth >= 3 &&
           path.id[0] == 16 && path.id[2] == resource;
}

void seeded_watch(struct seeded *seeded, const struct message *request)
{
    struct watched *watched = &seeded->watched[seeded->watched_count++ % WATCHED_MOST];
    memcpy(watched->token, request->token, sizeof watched->token);
    watched->token_len = request->token_len;
    if (!seeded_path(request, &watched->path))
        watched->path = path_root();
}

struct path seeded_target(const struct seeded *seeded, const struct message *notification)
{
    size_t known = seeded->watched_count < WATCHED_MOST ? seeded->watched_count : WATCHED_MOST;
    for (size_t i = 0; i < known; i++) {
        const struct watched *watched = &seeded->watched[i];
        if (watched->token_len == notification->token_len &&
            memcmp(watched->token, notification->token, watched->token_len) == 0)
            return watched->path;
    }
    return path_root();
}

void seeded_recall_release(struct seeded *seeded)
{
    if (seeded->recall.has_news)
        message_release(&seeded->recall.news);
    seeded->recall.has_news = false;
}

void seeded_recall_accepted(struct seeded *seeded)
{
    seeded->recall.is_due = seeded->recall.has_news;
}

static void send_old_news(struct seeded *seeded, struct peer *peer, int observe)
{
    struct message news = seeded->recall.news;
    seeded->recall.has_news = false;
    seeded->recall.is_due = false;
    seeded->recall.extra++;
    seeded->recall.is_told = true;
    news.observe = observe;
    enum status status = endpoint_notify(seeded->endpoint, peer, &news, NULL, NULL);
    UNUSED(status);
    seeded->recall.is_told = false;
    message_release(&news);
}

void seeded_recall(struct seeded *seeded, struct peer *peer, struct path target,
                   struct message *notification)
{
    struct recall *recall = &seeded->recall;
    if (notification->observe < 0 || recall->is_told)
        return;
    int observe = notification->observe + recall->extra;
    if (recall->is_due && recall->peer == peer)
        send_old_news(seeded, peer, observe++);
    notification->observe = observe;
    if (!seeded->defect->recalls(target))
        return;
    seeded_recall_release(seeded);
    message_copy(notification, &recall->news);
    recall->peer = peer;
    recall->has_news = true;
}

void seeded_sift(struct records *records, bool (*keep)(const struct record *record))
{
    size_t kept = 0;
    for (size_t i = 0; i < records->count; i++)
        if (keep(&records->items[i]))
            records->items[kept++] = records->items[i];
        else
            value_release(&records->items[i].value);
    records->count = kept;
}

static void copy_link(const struct link *link, struct links *out)
{
    struct link *copy = links_add(out, link->path);
    for (size_t i = 0; copy != NULL && i < link->attribute_count; i++) {
        const struct link_attribute *attribute = &link->attributes[i];
        if (!link_add_attribute(copy, attribute->name, attribute->value, attribute->quoted))
            return;
    }
}

/* The first link of a registration (`</>;rt="oma.lwm2m"`) is the root's. */
void seeded_hide_links(struct links *links, bool (*hides)(struct path path))
{
    struct links kept;
    links_init(&kept);
    for (size_t i = 0; i < links->count; i++)
        if (!links->items[i].has_path || !hides(links->items[i].path))
            copy_link(&links->items[i], &kept);
    links_release(links);
    *links = kept;
}

bool seeded_answer(const struct passing *passing, uint8_t code)
{
    passing->response->code = code;
    return true;
}
