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

static bool is_watched_by(const struct watched *watched, const struct message *notification)
{
    return watched->token_len == notification->token_len &&
           memcmp(watched->token, notification->token, watched->token_len) == 0;
}

static size_t known_watched(const struct seeded *seeded)
{
    return seeded->watched_count < WATCHED_MOST ? seeded->watched_count : WATCHED_MOST;
}

size_t seeded_times_watched(const struct seeded *seeded, const struct message *notification)
{
    size_t times = 0;
    for (size_t i = 0; i < known_watched(seeded); i++)
        times += is_watched_by(&seeded->watched[i], notification) ? 1 : 0;
    return times;
}

struct path seeded_target(const struct seeded *seeded, const struct message *notification)
{
    for (size_t i = 0; i < known_watched(seeded); i++)
        if (is_watched_by(&seeded->watched[i], notification))
            return seeded->watched[i].path;
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

/* NEWS with another number; the endpoint is the filter, which must let it pass. */
static void send_news(struct seeded *seeded, struct peer *peer, const struct message *news,
                      int observe)
{
    struct message sent;
    message_copy(news, &sent);
    sent.observe = observe;
    seeded->recall.extra++;
    seeded->recall.is_told = true;
    enum status status = endpoint_notify(seeded->endpoint, peer, &sent, NULL, NULL);
    UNUSED(status);
    seeded->recall.is_told = false;
    message_release(&sent);
}

static void keep_news(struct recall *recall, const struct peer *peer, const struct message *news)
{
    message_copy(news, &recall->news);
    recall->peer = peer;
    recall->has_news = true;
    recall->is_due = false;
}

/* What was deferred takes the place of NOTIFICATION, which goes ahead of it. */
static void swap_news(struct seeded *seeded, struct peer *peer, struct message *notification)
{
    int observe = notification->observe;
    send_news(seeded, peer, notification, observe);
    message_release(notification);
    message_copy(&seeded->recall.news, notification);
    notification->observe = observe + 1;
    seeded_recall_release(seeded);
}

bool seeded_recall(struct seeded *seeded, struct peer *peer, struct path target,
                   struct message *notification)
{
    const struct device_defect *defect = seeded->defect;
    struct recall *recall = &seeded->recall;
    if (notification->observe < 0 || recall->is_told)
        return true;
    int observe = notification->observe + recall->extra;
    if (recall->is_due && recall->peer == peer)
        send_news(seeded, peer, &recall->news, observe++);
    for (size_t i = 1; defect->doubles && i < seeded_times_watched(seeded, notification); i++)
        send_news(seeded, peer, notification, observe++);
    notification->observe = observe;
    bool defers = defect->defers != NULL && defect->defers(target);
    if (defect->defers != NULL && !defers && recall->has_news && recall->peer == peer)
        swap_news(seeded, peer, notification);
    if (!defers && (defect->recalls == NULL || !defect->recalls(target)))
        return true;
    seeded_recall_release(seeded);
    keep_news(recall, peer, notification);
    return !defers;
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
