/* SPDX-License-Identifier: Apache-2.0 */
/* A seeded defect at work: what stands in for the server's decisions and around its endpoint. */
#include "base/std.h"

#include "server/defects_impl.h"

/* --- the table ------------------------------------------------------------------------------ */

static const struct server_defect *const themes[] = {defects_service, defects_asking,
                                                     defects_answers};

const struct server_defect *server_defect_at(size_t index)
{
    for (size_t i = 0; i < COUNT_OF(themes); i++)
        for (const struct server_defect *row = themes[i]; row->info.name != NULL; row++)
            if (index-- == 0)
                return row;
    return NULL;
}

const struct server_defect *server_defect_named(struct bytes name)
{
    const struct server_defect *row;
    size_t i = 0;
    while ((row = server_defect_at(i)) != NULL && !bytes_is(name, row->info.name))
        i++;
    return row;
}

const struct defect *server_defect_info(const struct server_defect *defect)
{
    return &defect->info;
}

/* --- what it decides ------------------------------------------------------------------------ */

static const struct server_defect *row_of(const struct service_ops *ops)
{
    return ((const struct seeded_server *)ops)->defect;
}

static void choose_challenge(const struct service_ops *ops, struct chance *chance,
                             char text[SERVICE_CHALLENGE_TEXT])
{
    struct seeded_server *seeded = ((const struct seeded_server *)ops)->self;
    service_standard.challenge(ops, chance, text);
    if (seeded->defect->challenge != NULL)
        seeded->defect->challenge(seeded, text);
}

static void put_arguments(const struct service_ops *ops, const struct service_ask *ask,
                          struct buf *out)
{
    const struct server_defect *defect = row_of(ops);
    struct service_ask asked = *ask;
    if (defect->ask != NULL)
        defect->ask(&asked);
    if (defect->arguments != NULL)
        defect->arguments(&asked, out);
    else
        service_standard.arguments(ops, &asked, out);
}

static enum service_course choose_course(const struct service_ops *ops, int64_t status)
{
    const struct server_defect *defect = row_of(ops);
    enum service_course right = service_standard.course(ops, status);
    return defect->course == NULL ? right : defect->course(status, right);
}

static enum judgement give_verdict(const struct service_ops *ops, enum judgement truth,
                                   struct buf *opened)
{
    const struct server_defect *defect = row_of(ops);
    return defect->verdict == NULL ? truth : defect->verdict(truth, opened);
}

static int64_t keep(const struct service_ops *ops, int64_t lifetime)
{
    const struct server_defect *defect = row_of(ops);
    return defect->keeps == NULL ? service_standard.keeps(ops, lifetime) : defect->keeps(lifetime);
}

const struct service_ops *seeded_server_service(const struct seeded_server *seeded)
{
    return &seeded->ops;
}

/* --- contents ------------------------------------------------------------------------------- */

static bool describe(const void *arg, struct path path, struct codec_type *out)
{
    const struct resource_def *def = catalogue_resource(arg, path);
    if (def == NULL)
        return false;
    *out = (struct codec_type){.type = def->type, .multiple = def->multiple};
    return true;
}

/* What is to be changed about a content: either of the two. */
struct change {
    void (*content)(struct path path, bool is_news, struct records *records);
    bool is_news;
    void (*values)(const struct message *request, struct path path, struct records *records);
};

static void apply(const struct change *change, struct path path, const struct message *request,
                  struct records *records)
{
    if (change->content != NULL)
        change->content(path, change->is_news, records);
    else
        change->values(request, path, records);
}

/* Puts changed values, or paths when IS_LIST, into MESSAGE. What cannot be read stays as it is. */
static void change_payload(const struct seeded_server *seeded, const struct change *change,
                           struct path base, bool is_list, struct message *message)
{
    const struct codec *codec = codec_find(message->format);
    struct codec_types types = {describe, seeded->catalogue};
    struct bytes content = buf_bytes(&message->payload);
    struct records records;
    struct buf changed;
    if (codec == NULL || (is_list && codec->decode_paths == NULL))
        return;
    records_init(&records);
    buf_init_secret(&changed, message->payload.limit);
    enum status status = is_list ? codec->decode_paths(content, &records, NULL)
                                 : codec->decode(content, base, &types, &records, NULL);
    if (status == ST_OK) {
        apply(change, base, message, &records);
        status = is_list ? codec->encode_paths(&records, &changed)
                         : codec->encode(&records, base, &changed);
    }
    if (status == ST_OK) {
        buf_clear(&message->payload);
        buf_put(&message->payload, buf_bytes(&changed));
    }
    buf_release(&changed);
    records_release(&records);
}

/* --- what it asks and understands ----------------------------------------------------------- */

static void on_asking(void *arg, struct peer *peer, struct message *request)
{
    struct seeded_server *seeded = arg;
    const struct server_defect *defect = seeded->defect;
    const struct change change = {.values = defect->values};
    struct path path = request_raw_path(request);
    bool is_execute =
        request->code == CODE_POST && path.depth == 3 && request->format == FORMAT_TEXT;
    if (defect->values != NULL && request->payload.len > 0 && !is_execute)
        change_payload(seeded, &change, path, request->code == CODE_FETCH, request);
    if (defect->asking != NULL)
        defect->asking(seeded, peer, request);
    seeded->message_id = request->message_id;
}

/* All but the first answer to an observation are notifications. */
static bool is_news(struct seeded_server *seeded, const struct message *request)
{
    size_t known = seeded->seen_count < SEEN_MOST ? seeded->seen_count : SEEN_MOST;
    if (request->observe != 0 || request->token_len != sizeof seeded->seen[0])
        return false;
    for (size_t i = 0; i < known; i++)
        if (memcmp(seeded->seen[i], request->token, sizeof seeded->seen[i]) == 0)
            return true;
    memcpy(seeded->seen[seeded->seen_count++ % SEEN_MOST], request->token, sizeof seeded->seen[0]);
    return false;
}

static bool on_answered(void *arg, struct peer *peer, const struct message *request,
                        struct message *response)
{
    struct seeded_server *seeded = arg;
    const struct server_defect *defect = seeded->defect;
    const struct change change = {.content = defect->content, .is_news = is_news(seeded, request)};
    UNUSED(peer);
    if (defect->content != NULL && response->code == CODE_CONTENT &&
        response->format != FORMAT_LINK)
        change_payload(seeded, &change, request_raw_path(request), false, response);
    return defect->answered == NULL || defect->answered(change.is_news, request, response);
}

static bool on_request(void *arg, struct peer *peer, struct message *request,
                       struct message *response)
{
    struct seeded_server *seeded = arg;
    UNUSED(peer);
    UNUSED(response);
    if (seeded->defect->request != NULL)
        seeded->defect->request(request);
    return false;
}

static void on_response(void *arg, struct peer *peer, const struct message *request,
                        struct message *response)
{
    struct seeded_server *seeded = arg;
    UNUSED(peer);
    if (seeded->defect->response != NULL)
        seeded->defect->response(request, response);
}

struct endpoint *seeded_server_endpoint(struct seeded_server *seeded, struct endpoint *endpoint)
{
    static const struct filter_hooks hooks = {
        .request = on_request,
        .response = on_response,
        .asking = on_asking,
        .answered = on_answered,
    };
    seeded->endpoint =
        endpoint == NULL ? NULL : filter_new(endpoint, &hooks, seeded, seeded->clock);
    return seeded->endpoint;
}

/* --- life ----------------------------------------------------------------------------------- */

struct seeded_server *seeded_server_new(const struct server_defect *defect,
                                        const struct catalogue *catalogue, struct clock *clock)
{
    struct seeded_server *seeded = xalloc(sizeof *seeded);
    seeded->ops = (struct service_ops){.challenge = choose_challenge,
                                       .arguments = put_arguments,
                                       .course = choose_course,
                                       .verdict = give_verdict,
                                       .keeps = keep};
    seeded->self = seeded;
    seeded->defect = defect;
    seeded->catalogue = catalogue;
    seeded->clock = clock;
    return seeded;
}

void seeded_server_free(struct seeded_server *seeded)
{
    free(seeded);
}
