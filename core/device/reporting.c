/* SPDX-License-Identifier: Apache-2.0 */
/* The information reporting interface: observations, when they are due, and what goes out in which
 * order (LwM2M TS 1.0, 5.5, rule I-22). */
#include "base/std.h"

#include "device/attributes_impl.h"
#include "device/device_impl.h"

/* Of the Server object: the periods that hold where no attribute says otherwise. */
enum { DEFAULT_PMIN = 2, DEFAULT_PMAX = 3 };
enum {
    OBSERVATIONS_MOST = 64,
    QUEUE_MOST = 256,
    UNDER_WAY_MOST = 1024, /* notifications in all that nobody has acknowledged yet */
    SEQUENCE_MASK = 0xFFFFFF
};

struct observation {
    struct reporting *reporting; /* (borrowed) */
    struct peer *peer;           /* (borrowed) */
    uint8_t token[8];
    uint8_t token_len;
    struct path path;
    int format;               /* of the first answer; notifications must have the same */
    int64_t told_ms;          /* when the client was told last */
    struct records told;      /* numeric resources: what it was told */
    bool touched;             /* something changed in this step */
    bool owed;                /* a notification goes out as soon as pmin allows */
    bool over;                /* ended; only waits for the last word on what was sent */
    unsigned under_way;       /* notices in the queue or not acknowledged yet */
    struct observation *next; /* (owned) */
};

/* A notification with the content of the moment at which it was due. */
struct notice {
    struct observation *observation; /* (borrowed) */
    struct message message;
    struct records records; /* what MESSAGE carries */
    bool last;              /* tells the end of the observation, so it goes out after it */
    struct notice *next;    /* (owned) */
};
struct notices {
    struct notice *first; /* (owned) */
    struct notice *last;  /* (borrowed) */
    size_t count;
};

struct reporting {
    struct device *device; /* (borrowed) */
    struct attributes attributes;
    struct observation *observations; /* (owned) the oldest first */
    struct notices queue;
    struct timer flush; /* runs while something is queued */
    struct timer wake;  /* the next pmin or pmax that ends */
    size_t under_way;   /* of all observations */
    uint32_t sequence;  /* of the Observe option */
    struct model_watcher watcher;
};

static struct model *model_of(const struct observation *observation)
{
    return observation->reporting->device->model;
}

static int64_t now_of(const struct reporting *reporting)
{
    return clock_now(reporting->device->config.clock);
}

static int next_sequence(struct reporting *reporting)
{
    reporting->sequence = (reporting->sequence + 1) & SEQUENCE_MASK;
    return (int)reporting->sequence;
}

/* --- the queue: answers to requests leave before what they bring about ------------------- */

static void notice_free(struct notice *notice)
{
    message_release(&notice->message);
    records_release(&notice->records);
    free(notice);
}

static void push(struct notices *notices, struct notice *notice)
{
    if (notices->first == NULL)
        notices->first = notice;
    else
        notices->last->next = notice;
    notices->last = notice;
    notices->count++;
}

static struct notice *pop(struct notices *notices)
{
    struct notice *notice = notices->first;
    if (notice == NULL)
        return NULL;
    notices->first = notice->next;
    notice->next = NULL;
    notices->count--;
    return notice;
}

static void append(struct notices *notices, struct notices *more)
{
    struct notice *notice;
    while ((notice = pop(more)) != NULL)
        push(notices, notice);
}

static void leave(struct observation *observation)
{
    observation->under_way++;
    observation->reporting->under_way++;
}

static void settle(struct observation *observation)
{
    observation->under_way--;
    observation->reporting->under_way--;
}

static void observation_free(struct observation *observation)
{
    records_release(&observation->told);
    free(observation);
}

/* Frees the observations that are over and of which nothing is under way. */
static void sweep(struct reporting *reporting)
{
    struct observation **at = &reporting->observations;
    while (*at != NULL) {
        struct observation *observation = *at;
        if (!observation->over || observation->under_way > 0) {
            at = &observation->next;
            continue;
        }
        *at = observation->next;
        observation_free(observation);
    }
}

static void end(struct observation *observation, const char *why)
{
    char path[PATH_TEXT];
    if (observation->over)
        return;
    observation->over = true;
    trace_say(observation->reporting->device->config.trace, EVENT_INFO, "device",
              "observation of \"%s\" ends: %s", path_text(observation->path, path), why);
}

static void report(struct reporting *reporting);

/* RFC 7641 sections 3.6 and 4.5: a Reset, or no answer, ends the observation. */
static void notified(void *arg, enum notify_outcome outcome)
{
    struct observation *observation = arg;
    struct reporting *reporting = observation->reporting;
    bool was_full = reporting->under_way >= UNDER_WAY_MOST;
    settle(observation);
    if (outcome == NOTIFY_RESET)
        end(observation, "a notification was answered with Reset");
    if (outcome == NOTIFY_TIMEOUT)
        end(observation, "a notification was not acknowledged");
    sweep(reporting);
    if (was_full)
        report(reporting);
}

static void send_notice(struct reporting *reporting, struct notice *notice)
{
    struct observation *observation = notice->observation;
    bool wanted = notice->last || !observation->over;
    enum status status = ST_CANCELLED;
    if (wanted)
        status = endpoint_notify(reporting->device->config.endpoint, observation->peer,
                                 &notice->message, notified, observation);
    if (status == ST_OK)
        return;
    settle(observation);
    end(observation, "a notification could not be sent");
}

static void flush(void *arg)
{
    struct reporting *reporting = arg;
    struct notice *notice;
    while ((notice = pop(&reporting->queue)) != NULL) {
        send_notice(reporting, notice);
        notice_free(notice);
    }
    sweep(reporting);
}

static void enqueue(struct reporting *reporting, struct notices *notices)
{
    append(&reporting->queue, notices);
    if (reporting->queue.count > QUEUE_MOST)
        flush(reporting);
    else if (reporting->queue.count > 0 && !timer_running(&reporting->flush))
        timer_start(&reporting->flush, reporting->device->config.clock, 0, flush, reporting);
}

/* --- what an observation is about -------------------------------------------------------- */

/* The periods in milliseconds; no pmax: 0. */
struct periods {
    int64_t pmin, pmax;
};

static int64_t period(const struct device *device, const struct attribute_set *set,
                      enum attribute attribute, unsigned otherwise)
{
    int64_t seconds =
        set->has[attribute]
            ? (int64_t)set->number[attribute]
            : account_integer(registration_account(device->registration), otherwise, 0);
    if (seconds < 0)
        return 0;
    return 1000 * (seconds < PERIOD_MOST ? seconds : PERIOD_MOST);
}

/* A pmax of 0, or below pmin, is ignored. */
static struct periods periods_of(const struct observation *observation)
{
    const struct device *device = observation->reporting->device;
    struct attribute_set set =
        attributes_effective(&observation->reporting->attributes, observation->path);
    struct periods periods = {period(device, &set, ATTRIBUTE_PMIN, DEFAULT_PMIN),
                              period(device, &set, ATTRIBUTE_PMAX, DEFAULT_PMAX)};
    if (periods.pmax < periods.pmin)
        periods.pmax = 0;
    return periods;
}

static bool is_numeric(const struct resource_def *def)
{
    return def != NULL &&
           (def->type == VALUE_INTEGER || def->type == VALUE_FLOAT || def->type == VALUE_TIME);
}

/* The values at the path, when gt, lt and st can apply to them. */
static void read_numbers(const struct observation *observation, struct records *out)
{
    const struct catalogue *catalogue = model_catalogue(model_of(observation));
    records_clear(out);
    if (is_numeric(catalogue_resource(catalogue, observation->path)) &&
        model_read(model_of(observation), observation->path, out) != MODEL_OK)
        records_clear(out);
}

static void told_now(struct observation *observation)
{
    observation->told_ms = now_of(observation->reporting);
    observation->owed = false;
    read_numbers(observation, &observation->told);
}

/* AuthData that is consumed is not gone: what is attached to one of its instances, and who observes
 * it, lasts as long as the resource does. */
static bool is_gone(const struct model *model, struct path path)
{
    return !model_has(model, portfolio_auth_data(path) ? path_cut(path, 3) : path);
}

/* Observations of a former session, or while the registration is not in force, wait. */
static bool may_send(const struct observation *observation)
{
    const struct registration *registration = observation->reporting->device->registration;
    return !observation->over && observation->peer == registration_peer(registration);
}

static bool is_worth_telling(const struct observation *observation)
{
    struct attribute_set set =
        attributes_effective(&observation->reporting->attributes, observation->path);
    struct records now;
    records_init(&now);
    read_numbers(observation, &now);
    bool worth = attribute_set_tells(&set, &observation->told, &now);
    records_release(&now);
    return worth;
}

/* --- reporting --------------------------------------------------------------------------- */

/* Who does not acknowledge is not told more: what is owed waits, and is told as it is then. */
static bool is_due(const struct observation *observation, int64_t now)
{
    return may_send(observation) && observation->owed &&
           observation->reporting->under_way < UNDER_WAY_MOST &&
           (is_gone(model_of(observation), observation->path) ||
            now >= observation->told_ms + periods_of(observation).pmin);
}

/* NULL when there is nothing to tell: an AuthData that is not there. What cannot be read any more
 * ends the observation, and its client hears so (RFC 7641 section 4.2). */
static struct notice *draft(struct observation *observation)
{
    struct notice *notice = xalloc(sizeof *notice);
    struct message *message = &notice->message;
    message_init(message);
    records_init(&notice->records);
    device_content(observation->reporting->device, observation->path, observation->format,
                   &notice->records, message);
    told_now(observation);
    notice->last = message->code != CODE_CONTENT;
    if (notice->last && portfolio_auth_data(observation->path) &&
        !is_gone(model_of(observation), observation->path)) {
        notice_free(notice);
        return NULL;
    }
    notice->observation = observation;
    memcpy(message->token, observation->token, sizeof message->token);
    message->token_len = observation->token_len;
    if (notice->last)
        end(observation, "it cannot be read any more");
    else
        message->observe = next_sequence(observation->reporting);
    leave(observation);
    return notice;
}

/* Notes when an observation is due next; while too much is under way, the next acknowledgement is
 * what is waited for. */
static void schedule(struct reporting *reporting);

/* rule: I-22, PF-STATE-5, PF-STATE-11. All that is due has the same snapshot; what carries AuthData
 * goes last, and its reset is one step, whose notifications follow. */
static void report(struct reporting *reporting)
{
    struct notices plain = {0};
    struct notices with_data = {0};
    struct device *device = reporting->device;
    int64_t now = now_of(reporting);
    for (struct observation *at = reporting->observations; at != NULL; at = at->next) {
        struct notice *notice = is_due(at, now) ? draft(at) : NULL;
        if (notice != NULL)
            push(notice->message.sensitive ? &with_data : &plain, notice);
    }
    model_begin(device->model);
    for (struct notice *at = with_data.first; at != NULL; at = at->next)
        portfolio_leaves(device->portfolio, PORTFOLIO_NOTIFY, at->observation->path, &at->records);
    append(&plain, &with_data);
    enqueue(reporting, &plain);
    schedule(reporting);
    model_end(device->model);
}

static void wake(void *arg)
{
    struct reporting *reporting = arg;
    int64_t now = now_of(reporting);
    for (struct observation *at = reporting->observations; at != NULL; at = at->next) {
        int64_t pmax = periods_of(at).pmax;
        at->owed = at->owed || (pmax > 0 && now >= at->told_ms + pmax);
    }
    report(reporting);
}

static void schedule(struct reporting *reporting)
{
    int64_t next = INT64_MAX;
    bool is_full = reporting->under_way >= UNDER_WAY_MOST;
    for (struct observation *at = reporting->observations; at != NULL && !is_full; at = at->next) {
        struct periods periods = periods_of(at);
        int64_t due = INT64_MAX;
        if (may_send(at) && (at->owed || periods.pmax > 0))
            due = at->told_ms + (at->owed ? periods.pmin : periods.pmax);
        if (due < next)
            next = due;
    }
    if (next == INT64_MAX)
        timer_stop(&reporting->wake);
    else
        timer_start(&reporting->wake, reporting->device->config.clock, next - now_of(reporting),
                    wake, reporting);
}

/* --- changes of the model ---------------------------------------------------------------- */

/* rule: I-22. That AuthData was emptied is told by AuthStatus only; an observer of AuthData that
 * pmin held back has nothing to get any more. */
static bool was_emptied(const struct model *model, struct path path)
{
    return portfolio_auth_data(path) && model_has(model, path_cut(path, 3)) &&
           model_children(model, path_cut(path, 3), NULL, 0) == 0;
}

static void changed(void *arg, enum model_change change, struct path path)
{
    struct reporting *reporting = arg;
    const struct model *model = reporting->device->model;
    bool emptied = was_emptied(model, path);
    if (change == MODEL_DELETED || is_gone(model, path))
        attributes_forget(&reporting->attributes, path);
    for (struct observation *at = reporting->observations; at != NULL; at = at->next) {
        if (!path_covers(at->path, path) && !path_covers(path, at->path))
            continue;
        if (!emptied)
            at->touched = true;
        else if (portfolio_auth_data(at->path))
            at->owed = false;
    }
}

static void settled(void *arg)
{
    struct reporting *reporting = arg;
    for (struct observation *at = reporting->observations; at != NULL; at = at->next) {
        if (at->touched && !at->over)
            at->owed =
                at->owed || is_gone(reporting->device->model, at->path) || is_worth_telling(at);
        at->touched = false;
    }
    report(reporting);
}

/* --- what a server asks for -------------------------------------------------------------- */

static struct observation *find(const struct reporting *reporting, const struct peer *peer,
                                const struct message *request)
{
    struct observation *at = reporting->observations;
    for (; at != NULL; at = at->next)
        if (!at->over && at->peer == peer && at->token_len == request->token_len &&
            memcmp(at->token, request->token, at->token_len) == 0)
            break;
    return at;
}

static size_t count_lasting(const struct reporting *reporting)
{
    size_t count = 0;
    for (const struct observation *at = reporting->observations; at != NULL; at = at->next)
        count += at->over ? 0 : 1;
    return count;
}

static struct observation *add(struct reporting *reporting, struct peer *peer,
                               const struct message *request)
{
    struct observation *observation = xalloc(sizeof *observation);
    struct observation **last = &reporting->observations;
    while (*last != NULL)
        last = &(*last)->next;
    *last = observation;
    observation->reporting = reporting;
    observation->peer = peer;
    memcpy(observation->token, request->token, sizeof observation->token);
    observation->token_len = request->token_len;
    records_init(&observation->told);
    return observation;
}

void reporting_observe(struct reporting *reporting, struct peer *peer,
                       const struct message *request, struct path path, struct message *response)
{
    struct observation *former = find(reporting, peer, request);
    if (former != NULL)
        former->over = true;
    sweep(reporting);
    if (request->observe != 0)
        return;
    if (count_lasting(reporting) == OBSERVATIONS_MOST) {
        trace_say(reporting->device->config.trace, EVENT_WARNING, "device",
                  "observation refused: there are %d already; cancel some", OBSERVATIONS_MOST);
        return;
    }
    struct observation *observation = add(reporting, peer, request);
    observation->path = path;
    observation->format = response->format;
    told_now(observation);
    response->observe = next_sequence(reporting);
    schedule(reporting);
}

uint8_t reporting_write_attributes(struct reporting *reporting, struct path path,
                                   const struct segments *query)
{
    const struct catalogue *catalogue = model_catalogue(reporting->device->model);
    const struct resource_def *def = catalogue_resource(catalogue, path);
    if (def != NULL && (def->ops & OP_READ) == 0)
        return CODE_METHOD_NOT_ALLOWED;
    enum status status = attributes_write(&reporting->attributes, path, is_numeric(def), query);
    if (status != ST_OK)
        return status == ST_LIMIT ? CODE_INTERNAL_ERROR : CODE_BAD_REQUEST;
    schedule(reporting);
    return CODE_CHANGED;
}

void reporting_describe(const struct reporting *reporting, struct path path, bool inherited,
                        struct link *link)
{
    struct attribute_set set = inherited ? attributes_effective(&reporting->attributes, path)
                                         : attributes_attached(&reporting->attributes, path);
    bool fits = true;
    for (size_t i = 0; fits && i < ATTRIBUTE_COUNT; i++)
        if (set.has[i])
            fits = link_add_attribute(link, attribute_name((enum attribute)i), set.text[i], false);
}

/* --- life -------------------------------------------------------------------------------- */

struct reporting *reporting_new(struct device *device)
{
    struct reporting *reporting = xalloc(sizeof *reporting);
    reporting->device = device;
    attributes_init(&reporting->attributes, device->config.profile->version >= LWM2M_1_1);
    reporting->watcher =
        (struct model_watcher){.changed = changed, .settled = settled, .arg = reporting};
    model_watch(device->model, &reporting->watcher);
    return reporting;
}

void reporting_clear(struct reporting *reporting)
{
    struct notice *notice;
    while ((notice = pop(&reporting->queue)) != NULL) {
        settle(notice->observation);
        notice_free(notice);
    }
    for (struct observation *at = reporting->observations; at != NULL; at = at->next)
        at->over = true;
    sweep(reporting);
    timer_stop(&reporting->flush);
    timer_stop(&reporting->wake);
}

void reporting_forget(struct reporting *reporting)
{
    reporting_clear(reporting);
    for (struct observation *at = reporting->observations; at != NULL; at = at->next)
        at->under_way = 0;
    reporting->under_way = 0;
    sweep(reporting);
}

void reporting_free(struct reporting *reporting)
{
    if (reporting == NULL)
        return;
    model_unwatch(reporting->device->model, &reporting->watcher);
    reporting_forget(reporting);
    attributes_release(&reporting->attributes);
    free(reporting);
}
