/* SPDX-License-Identifier: Apache-2.0 */
/* A seeded defect at work: the decorators around endpoint, secure component and state table. */
#include "base/std.h"

#include "device/defects_impl.h"

/* --- the table ------------------------------------------------------------------------------ */

static const struct device_defect *const themes[] = {defects_state,      defects_secure,
                                                     defects_arguments,  defects_object,
                                                     defects_management, defects_interfaces};

const struct device_defect *device_defect_at(size_t index)
{
    for (size_t i = 0; i < COUNT_OF(themes); i++)
        for (const struct device_defect *row = themes[i]; row->info.name != NULL; row++)
            if (index-- == 0)
                return row;
    return NULL;
}

const struct device_defect *device_defect_named(struct bytes name)
{
    const struct device_defect *row;
    size_t i = 0;
    while ((row = device_defect_at(i)) != NULL && !bytes_is(name, row->info.name))
        i++;
    return row;
}

const struct defect *device_defect_info(const struct device_defect *defect)
{
    return &defect->info;
}

/* --- object 16 ------------------------------------------------------------------------------ */

static struct portfolio_cell cell(const struct portfolio_ops *ops, enum portfolio_event event,
                                  enum portfolio_status from)
{
    const struct device_defect *defect = ((const struct seeded *)ops)->defect;
    for (size_t i = 0; i < defect->patch_count; i++)
        if (defect->patches[i].event == event && defect->patches[i].from == from)
            return defect->patches[i].cell;
    return portfolio_standard.cell(ops, event, from);
}

static enum portfolio_event leaving(const struct portfolio_ops *ops, enum portfolio_way way,
                                    struct path target, bool carries)
{
    const struct device_defect *defect = ((const struct seeded *)ops)->defect;
    enum portfolio_event event = portfolio_standard.leaving(ops, way, target, carries);
    return defect->leaving == NULL ? event : defect->leaving(event, way, target);
}

const struct portfolio_ops *seeded_portfolio(const struct seeded *seeded)
{
    return &seeded->ops;
}

/* --- the secure component ------------------------------------------------------------------- */

struct seeded_secure {
    struct secure base;    /* first: what users see */
    struct secure *inner;  /* (owned) */
    struct seeded *seeded; /* (borrowed) */
};

static struct seeded_secure *own(struct secure *secure)
{
    return (struct seeded_secure *)secure;
}

/* Past the limits of the port: what a defect asks for is no concern of theirs. */
static enum secure_result compute(struct secure *secure, const struct secure_request *request,
                                  struct buf *out)
{
    const struct seeded_secure *self = own(secure);
    struct seeded *seeded = self->seeded;
    struct secure_request asked = *request;
    struct buf data;
    buf_init_secret(&data, AUTH_DATA_MOST);
    struct inquiry inquiry = {seeded, &asked, &data, out};
    seeded->running = false;
    if (seeded->defect->ask != NULL)
        seeded->defect->ask(&inquiry);
    enum secure_result result = self->inner->ops->compute(self->inner, &asked, out);
    asked = *request;
    if (seeded->defect->tell != NULL)
        result = seeded->defect->tell(&inquiry, result);
    buf_release(&data);
    return result;
}

static enum secure_result provision(struct secure *secure, unsigned instance, unsigned identity,
                                    struct bytes text)
{
    return secure_provision(own(secure)->inner, instance, identity, text);
}

static void free_secure(struct secure *secure)
{
    secure_free(own(secure)->inner);
    free(secure);
}

struct secure *seeded_secure(struct seeded *seeded, struct secure *secure)
{
    static const struct secure_ops ops = {
        .compute = compute, .provision = provision, .free = free_secure};
    if (secure == NULL)
        return NULL;
    struct seeded_secure *self = xalloc(sizeof *self);
    self->base.ops = &ops;
    self->inner = secure;
    self->seeded = seeded;
    return &self->base;
}

/* --- what is said --------------------------------------------------------------------------- */

/* Lets the row change the values that CARRIED's message carries. What cannot be read, or cannot be
 * said in the format, stays as it is. */
static void change_content(struct carried carried, struct message *message)
{
    const struct device_defect *defect = carried.seeded->defect;
    const struct codec *codec = codec_find(message->format);
    struct records records;
    struct buf changed;
    if (codec == NULL || defect->content == NULL || carried.seeded->device == NULL)
        return;
    struct codec_types types = device_types(carried.seeded->device);
    records_init(&records);
    buf_init_secret(&changed, message->payload.limit);
    carried.format = message->format;
    carried.records = &records;
    if (codec->decode(buf_bytes(&message->payload), carried.base, &types, &records, NULL) ==
        ST_OK) {
        defect->content(&carried);
        if (codec->encode(&records, carried.base, &changed) == ST_OK) {
            buf_clear(&message->payload);
            buf_put(&message->payload, buf_bytes(&changed));
        }
    }
    buf_release(&changed);
    records_release(&records);
}

static void change_links(struct seeded *seeded, struct path of, struct message *message)
{
    struct links links;
    if (seeded->defect->links == NULL)
        return;
    links_init(&links);
    if (links_decode(buf_bytes(&message->payload), &links, NULL) == ST_OK) {
        seeded->defect->links(seeded, of, &links);
        buf_clear(&message->payload);
        links_encode(&links, &message->payload);
    }
    links_release(&links);
}

static bool on_request(void *arg, struct peer *peer, struct message *request,
                       struct message *response)
{
    struct seeded *seeded = arg;
    struct passing passing = {seeded, peer, request, response};
    return seeded->defect->request != NULL && seeded->defect->request(&passing);
}

static void note(struct seeded *seeded, const struct message *request,
                 const struct message *response)
{
    bool is_accepted = seeded_is(request, CODE_POST, 1) && response->code == CODE_CHANGED;
    seeded->running = seeded->running || is_accepted;
    if (is_accepted)
        seeded_recall_accepted(seeded);
    if (request->observe == 0 && response->observe >= 0)
        seeded_watch(seeded, request);
}

/* REQUEST is what the user saw, and only looked at: the filter's own copy. */
static void on_response(void *arg, struct peer *peer, const struct message *request,
                        struct message *response)
{
    struct seeded *seeded = arg;
    struct message asked;
    struct path path = path_root();
    message_copy(request, &asked);
    note(seeded, request, response);
    struct passing passing = {seeded, peer, &asked, response};
    if (seeded->defect->response != NULL)
        seeded->defect->response(&passing);
    if (response->code == CODE_CONTENT && seeded_path(request, &path)) {
        struct carried carried = {.seeded = seeded, .base = path};
        if (response->format == FORMAT_LINK)
            change_links(seeded, path, response);
        else
            change_content(carried, response);
    }
    message_release(&asked);
}

static void on_opening(void *arg, struct remote *remote)
{
    struct seeded *seeded = arg;
    if (seeded->defect->opening != NULL)
        seeded->defect->opening(seeded, remote);
}

static void on_asking(void *arg, struct peer *peer, struct message *request)
{
    struct seeded *seeded = arg;
    struct carried carried = {.seeded = seeded};
    UNUSED(peer);
    if (request->format == FORMAT_LINK)
        change_links(seeded, path_root(), request);
    else
        change_content(carried, request);
    if (seeded->defect->asking != NULL)
        seeded->defect->asking(seeded, request);
}

static bool on_notifying(void *arg, struct peer *peer, struct message *notification)
{
    struct seeded *seeded = arg;
    struct path target = seeded_target(seeded, notification);
    struct carried carried = {.seeded = seeded, .base = target, .notified = true};
    if (notification->code == CODE_CONTENT)
        change_content(carried, notification);
    const struct device_defect *defect = seeded->defect;
    bool recalls = defect->recalls != NULL || defect->defers != NULL || defect->doubles;
    if (recalls && !seeded_recall(seeded, peer, target, notification))
        return false;
    if (seeded->defect->notice != NULL)
        seeded->defect->notice(notification);
    return seeded->defect->notifying == NULL || seeded->defect->notifying(seeded, target);
}

static enum notify_outcome on_notified(void *arg, enum notify_outcome outcome)
{
    struct seeded *seeded = arg;
    return seeded->defect->notified == NULL ? outcome : seeded->defect->notified(seeded, outcome);
}

struct endpoint *seeded_endpoint(struct seeded *seeded, struct endpoint *endpoint)
{
    static const struct filter_hooks hooks = {
        .request = on_request,
        .response = on_response,
        .opening = on_opening,
        .asking = on_asking,
        .notifying = on_notifying,
        .notified = on_notified,
    };
    seeded->endpoint =
        endpoint == NULL ? NULL : filter_new(endpoint, &hooks, seeded, seeded->clock);
    return seeded->endpoint;
}

/* --- life ----------------------------------------------------------------------------------- */

struct seeded *seeded_new(const struct device_defect *defect, const struct profile *profile,
                          struct clock *clock, struct trace *trace)
{
    struct seeded *seeded = xalloc(sizeof *seeded);
    seeded->ops = (struct portfolio_ops){.cell = cell, .leaving = leaving};
    seeded->defect = defect;
    seeded->profile = profile;
    seeded->clock = clock;
    seeded->trace = trace;
    seeded->kept = value_none();
    provision_copy(&profile->provision, &seeded->provision);
    if (defect->provision != NULL)
        defect->provision(&seeded->provision);
    return seeded;
}

void seeded_free(struct seeded *seeded)
{
    if (seeded == NULL)
        return;
    provision_release(&seeded->provision);
    seeded_recall_release(seeded);
    value_release(&seeded->kept);
    free(seeded);
}

const struct provision *seeded_provision(const struct seeded *seeded)
{
    return &seeded->provision;
}

bool seeded_forgets(const struct seeded *seeded)
{
    return seeded->defect->forgets;
}

void seeded_attach(struct seeded *seeded, struct device *device)
{
    seeded->device = device;
}
