/* SPDX-License-Identifier: Apache-2.0 */
/* The information reporting interface: observations, when they are due, and what goes out in which
 * order (LwM2M TS 1.0, 5.5, rule I-22). */
#include "base/std.h"

#include "base/portfolio.h"
#include "device/reporting_impl.h"

enum {
    OBSERVATIONS_MOST = 64, /* of a server */
    QUEUE_MOST = 256,
    UNDER_WAY_MOST = 1024, /* notifications that a server has not acknowledged yet */
    SEQUENCE_MASK = 0xFFFFFF
};

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

void reporting_sweep(struct reporting *reporting)
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
              "observation of \"%s\" ends: %s", observation_name(observation, path), why);
}

static void conclude(struct notice *notice, enum notify_outcome outcome)
{
    if (outcome == NOTIFY_RESET)
        end(notice->observation, "a notification was answered with Reset");
    if (outcome == NOTIFY_TIMEOUT)
        end(notice->observation, "a notification was not acknowledged");
    observation_settle(notice->observation);
    notice_free(notice);
}

/* RFC 7641 sections 3.6 and 4.5: a Reset ends the observation, and so does no answer, unless the
 * account wants to hear later what it missed (resource 6 of object 1). */
static void notified(void *arg, enum notify_outcome outcome)
{
    struct notice *notice = arg;
    struct audience *audience = notice->observation->audience;
    struct reporting *reporting = notice->observation->reporting;
    bool was_full = audience->under_way >= UNDER_WAY_MOST;
    registration_stay(notice->observation->registration);
    notices_remove(&audience->sent, notice);
    if (outcome == NOTIFY_TIMEOUT)
        registration_doubt(notice->observation->registration);
    if (outcome == NOTIFY_TIMEOUT && reporting_wants(notice))
        reporting_miss(reporting, notice);
    else
        conclude(notice, outcome);
    if (audience->back)
        reporting_try(reporting, audience);
    reporting_sweep(reporting);
    if (was_full)
        reporting_report(reporting);
}

/* rule: I-22. The profile may want notifications that are not confirmable; what must arrive is, and
 * so is every tenth and the first after a day, to find out whether anybody listens
 * (RFC 7641 section 4.5). None may overtake one that waits for its turn or is repeated: the client
 * would take that for old and drop it, AuthData and all. */
static bool must_confirm(const struct reporting *reporting, const struct notice *notice)
{
    enum { UNCONFIRMED_MOST = 9, DAY_MS = 24 * 3600 * 1000 };
    const struct observation *observation = notice->observation;
    return !reporting->device->config.profile->non_confirmable || notice->last ||
           notice->message.sensitive || notice->again || observation->audience->sent.count > 0 ||
           observation->unconfirmed >= UNCONFIRMED_MOST ||
           now_of(reporting) - observation->confirmed_ms >= DAY_MS;
}

static void send_notice(struct reporting *reporting, struct notice *notice)
{
    struct observation *observation = notice->observation;
    bool confirmable = must_confirm(reporting, notice);
    notice->message.confirmable = confirmable;
    observation->unconfirmed = confirmable ? 0 : observation->unconfirmed + 1;
    observation->confirmed_ms = confirmable ? now_of(reporting) : observation->confirmed_ms;
    if (!notice->last)
        notice->message.observe = next_sequence(reporting);
    bool wanted = notice->last || !observation->over;
    enum status status = ST_CANCELLED;
    if (wanted)
        status = endpoint_notify(reporting->device->config.endpoint, observation->peer,
                                 &notice->message, notified, notice);
    if (status == ST_UNREACHABLE && reporting_wants(notice)) {
        reporting_miss(reporting, notice);
        return;
    }
    if (status != ST_OK)
        end(observation, "a notification could not be sent");
    if (status == ST_OK && confirmable) {
        notices_push(&observation->audience->sent, notice);
        return;
    }
    observation_settle(observation);
    notice_free(notice);
}

static bool has_notices(const struct reporting *reporting, const struct registration *registration)
{
    for (const struct notice *at = reporting->queue.first; at != NULL; at = at->next)
        if (at->observation->registration == registration)
            return true;
    return false;
}

/* Whoever wakes in vain has lost its session, and nothing is left in the queue for it. */
static void flush(void *arg)
{
    struct reporting *reporting = arg;
    struct registration *at = reporting->device->registrations;
    struct notice *notice;
    for (; at != NULL; at = registration_next(at))
        if (has_notices(reporting, at))
            registration_wake(at);
    while ((notice = notices_pop(&reporting->queue)) != NULL)
        send_notice(reporting, notice);
    reporting_sweep(reporting);
}

void reporting_enqueue(struct reporting *reporting, struct notices *notices)
{
    notices_append(&reporting->queue, notices);
    if (reporting->queue.count > QUEUE_MOST)
        flush(reporting);
    else if (reporting->queue.count > 0 && !timer_running(&reporting->flush))
        timer_start(&reporting->flush, reporting->device->config.clock, 0, flush, reporting);
}

/* Observations of a former session, or while the registration is not in force, wait. */
static bool may_send(const struct observation *observation)
{
    const struct peer *peer = registration_peer(observation->registration);
    return !observation->over && !observation->audience->away && peer != NULL &&
           observation->peer == peer;
}

/* What cannot be sent may be stored. */
static bool may_store(const struct observation *observation)
{
    return !observation->over && !observation->held && !may_send(observation) &&
           observation_stores(observation);
}

/* --- reporting --------------------------------------------------------------------------- */

/* Who does not acknowledge is not told more: what is owed waits, and is told as it is then. */
static bool is_full(const struct observation *observation)
{
    return observation->audience->under_way >= UNDER_WAY_MOST;
}

static bool is_due(const struct observation *observation, int64_t now)
{
    bool possible = may_send(observation) || may_store(observation);
    return possible && observation->owed && !is_full(observation) &&
           (observation_is_gone(observation) ||
            now >= observation->told_ms + observation_periods(observation).pmin);
}

/* NULL when there is nothing to tell: an AuthData that is not there, or one that must not be stored
 * (I-10); that is told as it is when the server is there again. What cannot be read any more
 * ends the observation, and its client hears so (RFC 7641 section 4.2). */
static struct notice *draft(struct observation *observation)
{
    struct notice *notice = xalloc(sizeof *notice);
    struct message *message = &notice->message;
    message_init(message);
    records_init(&notice->records);
    observation_content(observation, &notice->records, message);
    observation->held = message->sensitive && !may_send(observation);
    if (observation->held) {
        notice_free(notice);
        return NULL;
    }
    observation_told(observation);
    notice->last = message->code != CODE_CONTENT;
    if (notice->last && observation_is_auth_data(observation) &&
        !observation_is_gone(observation)) {
        notice_free(notice);
        return NULL;
    }
    notice->observation = observation;
    notice->number = ++observation->reporting->drafts;
    memcpy(message->token, observation->token, sizeof message->token);
    message->token_len = observation->token_len;
    if (notice->last)
        end(observation, "it cannot be read any more");
    observation_leave(observation);
    return notice;
}

/* rule: I-22, PF-STATE-5, PF-STATE-11. All that is due has the same snapshot; what carries AuthData
 * goes last, and its reset is one step, whose notifications follow. */
void reporting_report(struct reporting *reporting)
{
    struct notices plain = {0};
    struct notices with_data = {0};
    struct device *device = reporting->device;
    int64_t now = now_of(reporting);
    for (struct observation *at = reporting->observations; at != NULL; at = at->next) {
        bool here = may_send(at);
        struct notice *notice = is_due(at, now) ? draft(at) : NULL;
        if (notice != NULL && here)
            notices_push(notice->message.sensitive ? &with_data : &plain, notice);
        else if (notice != NULL)
            reporting_store(reporting, notice);
    }
    model_begin(device->model);
    for (struct notice *at = with_data.first; at != NULL; at = at->next)
        portfolio_leaves(device->portfolio, PORTFOLIO_NOTIFY, observation_target(at->observation),
                         &at->records);
    notices_append(&plain, &with_data);
    reporting_enqueue(reporting, &plain);
    reporting_schedule(reporting);
    model_end(device->model);
}

static void wake(void *arg)
{
    struct reporting *reporting = arg;
    int64_t now = now_of(reporting);
    for (struct observation *at = reporting->observations; at != NULL; at = at->next) {
        int64_t pmax = observation_periods(at).pmax;
        at->owed = at->owed || (may_send(at) && pmax > 0 && now >= at->told_ms + pmax);
        observation_evaluate(at);
    }
    reporting_report(reporting);
}

/* INT64_MAX: never by itself. That a value did not change is nothing to store. */
static int64_t due_of(const struct observation *observation)
{
    struct periods periods = observation_periods(observation);
    int64_t due = INT64_MAX;
    bool here = may_send(observation);
    if ((!here && !may_store(observation)) || is_full(observation))
        return due;
    if (observation->owed)
        return observation->told_ms + periods.pmin;
    if (here && periods.pmax > 0)
        due = observation->told_ms + periods.pmax;
    int64_t evaluation = observation->evaluated_ms + periods.epmin;
    return observation_is_touched(observation) && evaluation < due ? evaluation : due;
}

void reporting_schedule(struct reporting *reporting)
{
    int64_t next = INT64_MAX;
    for (struct observation *at = reporting->observations; at != NULL; at = at->next) {
        int64_t due = due_of(at);
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
    return path_is_portfolio(path, AUTH_DATA) && model_has(model, path_cut(path, 3)) &&
           model_children(model, path_cut(path, 3), NULL, 0) == 0;
}

static void forget_attributes(struct reporting *reporting, struct path path)
{
    for (struct audience *at = reporting->audiences; at != NULL; at = at->next)
        attributes_forget(&at->attributes, path);
}

static void changed(void *arg, enum model_change change, struct path path)
{
    struct reporting *reporting = arg;
    const struct model *model = reporting->device->model;
    bool emptied = was_emptied(model, path);
    if (change == MODEL_DELETED || is_gone(model, path))
        forget_attributes(reporting, path);
    for (struct observation *at = reporting->observations; at != NULL; at = at->next) {
        if (!emptied)
            observation_touch(at, path);
        else if (observation_is_auth_data(at) && observation_concerns(at, path))
            at->owed = false;
    }
}

static void settled(void *arg)
{
    struct reporting *reporting = arg;
    for (struct observation *at = reporting->observations; at != NULL; at = at->next) {
        observation_evaluate(at);
        at->held = false;
    }
    reporting_report(reporting);
}

/* --- what a server asks for -------------------------------------------------------------- */

static struct observation *find(const struct reporting *reporting, const struct registration *asker,
                                const struct message *request)
{
    const struct peer *peer = registration_peer(asker);
    struct observation *at = reporting->observations;
    for (; at != NULL; at = at->next)
        if (!at->over && at->peer == peer && at->token_len == request->token_len &&
            memcmp(at->token, request->token, at->token_len) == 0)
            break;
    return at;
}

static size_t count_lasting(const struct reporting *reporting, const struct registration *asker)
{
    size_t count = 0;
    for (const struct observation *at = reporting->observations; at != NULL; at = at->next)
        count += at->over || at->registration != asker ? 0 : 1;
    return count;
}

static struct audience *join(struct reporting *reporting, unsigned ssid)
{
    bool evaluates = reporting->device->config.profile->version >= LWM2M_1_1;
    return audience_join(&reporting->audiences, ssid, evaluates);
}

static void add(struct reporting *reporting, struct observation *observation)
{
    struct observation **last = &reporting->observations;
    while (*last != NULL)
        last = &(*last)->next;
    *last = observation;
}

void reporting_cancel(struct reporting *reporting, struct registration *asker,
                      const struct message *request)
{
    struct observation *former = find(reporting, asker, request);
    if (former != NULL)
        former->over = true;
    reporting_sweep(reporting);
}

void reporting_observe(struct reporting *reporting, struct registration *asker,
                       const struct message *request, const struct records *paths,
                       struct message *response)
{
    reporting_cancel(reporting, asker, request);
    if (count_lasting(reporting, asker) == OBSERVATIONS_MOST) {
        trace_say(reporting->device->config.trace, EVENT_WARNING, "device",
                  "observation refused: there are %d already; cancel some", OBSERVATIONS_MOST);
        return;
    }
    struct audience *audience = join(reporting, registration_account(asker)->ssid);
    struct observation *observation = observation_new(asker, audience, request, paths);
    observation->reporting = reporting;
    observation->format = response->format;
    add(reporting, observation);
    response->observe = next_sequence(reporting);
    reporting_schedule(reporting);
}

uint8_t reporting_write_attributes(struct reporting *reporting, unsigned ssid, struct path path,
                                   const struct segments *query)
{
    struct attributes *attributes = &join(reporting, ssid)->attributes;
    const struct catalogue *catalogue = model_catalogue(reporting->device->model);
    const struct resource_def *def = catalogue_resource(catalogue, path);
    if (def != NULL && (def->ops & OP_READ) == 0)
        return CODE_METHOD_NOT_ALLOWED;
    enum status status = attributes_write(attributes, path, is_numeric(def), query);
    if (status != ST_OK)
        return status == ST_LIMIT ? CODE_INTERNAL_ERROR : CODE_BAD_REQUEST;
    persistence_touch(reporting->device->persistence);
    reporting_schedule(reporting);
    return CODE_CHANGED;
}

void reporting_describe(const struct reporting *reporting, unsigned ssid, struct path path,
                        bool inherited, struct link *link)
{
    const struct audience *audience = audience_of(reporting->audiences, ssid);
    if (audience == NULL)
        return;
    struct attribute_set set = inherited ? attributes_effective(&audience->attributes, path)
                                         : attributes_attached(&audience->attributes, path);
    bool fits = true;
    for (size_t i = 0; fits && i < ATTRIBUTE_COUNT; i++)
        if (set.has[i])
            fits = link_add_attribute(link, attribute_name((enum attribute)i), set.text[i], false);
}

bool reporting_awaits(const struct reporting *reporting, const struct registration *registration)
{
    unsigned ssid = registration_account(registration)->ssid;
    struct audience *audience = audience_of(reporting->audiences, ssid);
    return audience != NULL && audience->under_way > 0;
}

void reporting_keep(const struct reporting *reporting, struct state *state)
{
    for (const struct audience *at = reporting->audiences; at != NULL; at = at->next)
        attributes_keep(&at->attributes, at->ssid, state);
}

/* --- life -------------------------------------------------------------------------------- */

struct reporting *reporting_new(struct device *device)
{
    struct reporting *reporting = xalloc(sizeof *reporting);
    reporting->device = device;
    reporting->watcher =
        (struct model_watcher){.changed = changed, .settled = settled, .arg = reporting};
    model_watch(device->model, &reporting->watcher);
    return reporting;
}

void reporting_part(struct reporting *reporting, unsigned ssid)
{
    audience_part(&reporting->audiences, ssid);
}

void reporting_free(struct reporting *reporting)
{
    if (reporting == NULL)
        return;
    assert(reporting->observations == NULL); /* registrations end before, with all of theirs */
    model_unwatch(reporting->device->model, &reporting->watcher);
    timer_stop(&reporting->wake);
    while (reporting->audiences != NULL)
        audience_part(&reporting->audiences, reporting->audiences->ssid);
    free(reporting);
}
