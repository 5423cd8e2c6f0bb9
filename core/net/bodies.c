/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies under way: requests of which blocks are missing, answers of which blocks are due. */
#include "base/std.h"

#include "net/bodies.h"

/* In one direction. The key is the peer with the message's code, path, query and Accept; an
 * answer is kept under code 0, whatever the method was. */
struct body {
    struct body *next;      /* (owned) used after this one */
    const void *peer;       /* (borrowed) a name only */
    struct message message; /* key, format, payload; an answer's code in ANSWER_CODE */
    uint8_t answer_code;
    struct etag etag;
    size_t reached;     /* where in the answer the farthest block began that has left */
    int64_t reached_at; /* clock_now() of that */
    int64_t used;       /* clock_now() of the last block */
};

struct bodies {
    struct clock *clock;   /* (borrowed) */
    struct chance *chance; /* (borrowed) */
    unsigned szx;
    struct body *first; /* (owned) the least recently used */
    size_t count;
    size_t octets;
    struct timer expiry; /* of the first */
};

struct bodies *bodies_new(struct clock *clock, struct chance *chance, unsigned szx)
{
    struct bodies *bodies = xalloc(sizeof *bodies);
    bodies->clock = clock;
    bodies->chance = chance;
    bodies->szx = szx;
    return bodies;
}

static struct body *unlink_body(struct bodies *bodies, struct body **place)
{
    struct body *body = *place;
    *place = body->next;
    body->next = NULL;
    bodies->count--;
    bodies->octets -= body->message.payload.len;
    return body;
}

static void body_free(struct body *body)
{
    message_release(&body->message);
    free(body);
}

static void drop(struct bodies *bodies, struct body **place)
{
    body_free(unlink_body(bodies, place));
}

void bodies_free(struct bodies *bodies)
{
    if (bodies == NULL)
        return;
    timer_stop(&bodies->expiry);
    while (bodies->first != NULL)
        drop(bodies, &bodies->first);
    free(bodies);
}

static void expire(void *arg)
{
    struct bodies *bodies = arg;
    int64_t now = clock_now(bodies->clock);
    while (bodies->first != NULL && bodies->first->used + BODY_LIFETIME_MS <= now)
        drop(bodies, &bodies->first);
    if (bodies->first != NULL)
        timer_start(&bodies->expiry, bodies->clock, bodies->first->used + BODY_LIFETIME_MS - now,
                    expire, bodies);
}

static void append(struct bodies *bodies, struct body *body)
{
    struct body **end = &bodies->first;
    while (*end != NULL)
        end = &(*end)->next;
    *end = body;
    body->used = clock_now(bodies->clock);
    bodies->count++;
    bodies->octets += body->message.payload.len;
    if (!timer_running(&bodies->expiry))
        timer_start(&bodies->expiry, bodies->clock, BODY_LIFETIME_MS, expire, bodies);
}

static struct body **find(struct bodies *bodies, const void *peer, unsigned code,
                          const struct message *like)
{
    struct body **at = &bodies->first;
    for (; *at != NULL; at = &(*at)->next) {
        const struct message *key = &(*at)->message;
        if ((*at)->peer == peer && key->code == code && key->accept == like->accept &&
            segments_equal(&key->path, &like->path) && segments_equal(&key->query, &like->query))
            break;
    }
    return at;
}

/* Drops the oldest ones while another body, of LEN octets, would be too many. */
static void make_room(struct bodies *bodies, size_t len)
{
    while (bodies->first != NULL &&
           (bodies->count >= BODIES_MOST || bodies->octets + len > BODIES_OCTETS_MOST))
        drop(bodies, &bodies->first);
}

/* A new last body with the key of LIKE; takes the place of one with that key. */
static struct body *add(struct bodies *bodies, const void *peer, unsigned code,
                        const struct message *like, struct bytes payload)
{
    struct body **same = find(bodies, peer, code, like);
    if (*same != NULL)
        drop(bodies, same);
    make_room(bodies, payload.len);
    struct body *body = xalloc(sizeof *body);
    body->peer = peer;
    message_init(&body->message);
    body->message.code = (uint8_t)code;
    body->message.accept = like->accept;
    body->message.format = like->format;
    body->message.sensitive = like->sensitive;
    segments_copy(&like->path, &body->message.path);
    segments_copy(&like->query, &body->message.query);
    buf_put(&body->message.payload, payload);
    append(bodies, body);
    return body;
}

static void refuse(struct packet *response, unsigned code, const char *text)
{
    response->message.code = (uint8_t)code;
    buf_clear(&response->message.payload);
    buf_puts(&response->message.payload, text);
}

/* ---- a request that comes in blocks ---- */

static bool is_sound(const struct packet *request, struct packet *response)
{
    const struct block *block = &request->block1;
    size_t len = request->message.payload.len;
    if (block_offset(block) + len > BODY_MOST || request->size1 > BODY_MOST) {
        refuse(response, CODE_TOO_LARGE, "a body may have 65536 octets");
        response->size1 = BODY_MOST;
        return false;
    }
    size_t size = block_size(block->szx);
    if (len > size || (block->more && len != size)) {
        refuse(response, CODE_BAD_REQUEST, "the length of the block is not the one it names");
        return false;
    }
    return true;
}

static void confirm(const struct bodies *bodies, const struct packet *request, bool more,
                    struct packet *response)
{
    response->block1 = request->block1;
    response->block1.more = more;
    if (response->block1.szx > bodies->szx)
        response->block1.szx = (uint8_t)bodies->szx;
}

/* True when the body is whole and in REQUEST; else RESPONSE says how to go on. */
static bool collect(struct bodies *bodies, const void *peer, struct packet *request,
                    struct packet *response)
{
    struct message *message = &request->message;
    const struct block *block = &request->block1;
    if (!is_sound(request, response))
        return false;
    if (block->num == 0 && !block->more)
        return true;
    if (block->num == 0)
        add(bodies, peer, message->code, message, (struct bytes){NULL, 0});
    struct body **place = find(bodies, peer, message->code, message);
    if (*place == NULL || (*place)->message.format != message->format ||
        (*place)->message.payload.len != block_offset(block)) {
        refuse(response, CODE_INCOMPLETE,
               "the blocks before are missing or of another format; "
               "begin again with block 0");
        return false;
    }
    struct body *body = unlink_body(bodies, place);
    buf_put(&body->message.payload, buf_bytes(&message->payload));
    if (block->more) {
        make_room(bodies, body->message.payload.len);
        append(bodies, body);
        response->message.code = CODE_CONTINUE;
        confirm(bodies, request, true, response);
        return false;
    }
    struct buf last = message->payload;
    message->payload = body->message.payload;
    body->message.payload = last;
    body_free(body);
    return true;
}

/* ---- an answer that leaves in blocks ---- */

/* The tag of what is kept under the key of LIKE when ANSWER is the same, so that whoever fetches
 * that goes on with this; else a new one. */
static struct etag etag_of(struct bodies *bodies, const void *peer, const struct message *like,
                           const struct message *answer)
{
    const struct body *kept = *find(bodies, peer, CODE_EMPTY, like);
    if (kept != NULL && kept->answer_code == answer->code &&
        kept->message.format == answer->format &&
        bytes_equal(buf_bytes(&kept->message.payload), buf_bytes(&answer->payload)))
        return kept->etag;
    struct etag etag = {.len = sizeof etag.octets};
    chance_bytes(bodies->chance, etag.octets, sizeof etag.octets);
    return etag;
}

/* Keeps a copy of the answer's body and leaves its first block. LIKE has the key. */
static void cut(struct bodies *bodies, const void *peer, const struct message *like, unsigned szx,
                struct packet *answer)
{
    struct buf *payload = &answer->message.payload;
    answer->etag = etag_of(bodies, peer, like, &answer->message);
    struct body *body = add(bodies, peer, CODE_EMPTY, like, buf_bytes(payload));
    body->answer_code = answer->message.code;
    body->message.format = answer->message.format;
    body->message.sensitive = answer->message.sensitive;
    body->etag = answer->etag;
    body->reached_at = body->used;
    answer->block2 = block_at(0, szx, payload->len);
    buf_clear(payload);
    buf_put(payload, block_slice(&answer->block2, buf_bytes(&body->message.payload)));
}

static unsigned answer_szx(const struct bodies *bodies, const struct packet *request)
{
    bool smaller = request->block2.present && request->block2.szx < bodies->szx;
    return smaller ? request->block2.szx : bodies->szx;
}

/* A block after the first, from what was kept; the last one ends that. */
static void continue_answer(struct bodies *bodies, const void *peer, const struct packet *request,
                            struct packet *response)
{
    struct body **place = find(bodies, peer, CODE_EMPTY, &request->message);
    if (*place == NULL) {
        refuse(response, CODE_INCOMPLETE, "nothing is kept of that body; begin again with block 0");
        return;
    }
    size_t len = (*place)->message.payload.len;
    size_t offset = block_offset(&request->block2);
    if (offset >= len) {
        refuse(response, CODE_BAD_REQUEST, "the block lies behind the end of the body");
        return;
    }
    struct body *body = unlink_body(bodies, place);
    if (offset > body->reached) {
        body->reached = offset;
        body->reached_at = clock_now(bodies->clock);
    }
    response->message.code = body->answer_code;
    response->message.format = body->message.format;
    response->message.sensitive = body->message.sensitive;
    response->etag = body->etag;
    response->block2 = block_at(offset, answer_szx(bodies, request), len);
    buf_clear(&response->message.payload);
    buf_put(&response->message.payload,
            block_slice(&response->block2, buf_bytes(&body->message.payload)));
    if (response->block2.more)
        append(bodies, body);
    else
        body_free(body);
}

void bodies_answer(struct bodies *bodies, const struct body_request *who, struct packet *request,
                   struct packet *response)
{
    if (request->block1.present && !collect(bodies, who->peer, request, response))
        return;
    if (request->block2.present && request->block2.num > 0) {
        continue_answer(bodies, who->peer, request, response);
        return;
    }
    who->ask(who->arg, &request->message, &response->message);
    if (response->message.payload.bad)
        refuse(response, CODE_INTERNAL_ERROR, "the answer is longer than 65536 octets");
    unsigned szx = answer_szx(bodies, request);
    size_t len = response->message.payload.len;
    if (len > block_size(szx))
        cut(bodies, who->peer, &request->message, szx, response);
    else if (request->block2.present)
        response->block2 = block_at(0, szx, len);
    if (request->block1.present)
        confirm(bodies, request, false, response);
}

void bodies_cut_notification(struct bodies *bodies, const void *peer, unsigned szx,
                             struct packet *notification)
{
    unsigned smaller = szx < bodies->szx ? szx : bodies->szx;
    if (notification->message.payload.len > block_size(smaller))
        cut(bodies, peer, &notification->message, smaller, notification);
}

int64_t bodies_reached_at(struct bodies *bodies, const void *peer, const struct message *like)
{
    const struct body *body = *find(bodies, peer, CODE_EMPTY, like);
    return body == NULL ? INT64_MIN : body->reached_at;
}

/* ---- forgetting ---- */

void bodies_forget(struct bodies *bodies, const struct segments *path)
{
    struct body **at = &bodies->first;
    while (*at != NULL) {
        const struct message *message = &(*at)->message;
        if (message->sensitive && message->code == CODE_EMPTY &&
            segments_related(&message->path, path))
            drop(bodies, at);
        else
            at = &(*at)->next;
    }
}

void bodies_forget_peer(struct bodies *bodies, const void *peer)
{
    struct body **at = &bodies->first;
    while (*at != NULL) {
        if ((*at)->peer == peer)
            drop(bodies, at);
        else
            at = &(*at)->next;
    }
}
