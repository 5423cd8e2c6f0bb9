/* SPDX-License-Identifier: Apache-2.0 */
/* An endpoint around another one. Peers and exchanges are those of the inner endpoint. */
#include "base/std.h"

#include "net/filter.h"

/* A request under way that went through the filter. */
struct passed {
    struct filter *filter;     /* (borrowed) */
    struct peer *peer;         /* (borrowed) */
    struct message request;    /* as its user gave it */
    endpoint_response *answer; /* of the user */
    void *arg;                 /* (borrowed) of ANSWER */
    struct exchange *exchange; /* (borrowed) */
    struct passed *next;       /* (owned) */
};

/* A notification under way: in the inner endpoint, or kept back and to be acknowledged. */
struct notice {
    struct filter *filter;       /* (borrowed) */
    endpoint_notified *notified; /* of the user */
    void *arg;                   /* (borrowed) of NOTIFIED */
    struct timer timer;          /* kept back: runs until it is acknowledged */
    struct notice *next;         /* (owned) */
};

struct filter {
    struct endpoint base;             /* first: what users see */
    struct endpoint *inner;           /* (owned) */
    const struct filter_hooks *hooks; /* (borrowed) */
    void *arg;                        /* (borrowed) of the hooks */
    struct clock *clock;              /* (borrowed) */
    struct passed *passed;            /* (owned) */
    struct notice *notices;           /* (owned) */
};

static struct filter *own(struct endpoint *endpoint)
{
    return (struct filter *)endpoint;
}

/* What users set in their endpoint is meant for the one that works. */
static void hand_down(struct filter *filter)
{
    filter->inner->trace = filter->base.trace;
    filter->inner->side = filter->base.side;
}

/* --- what comes in -------------------------------------------------------------------------- */

void filter_ask(struct endpoint *endpoint, struct peer *peer, const struct message *request,
                struct message *response)
{
    if (endpoint->on_request != NULL)
        endpoint->on_request(endpoint->user, peer, request, response);
}

static void on_request(void *user, struct peer *peer, const struct message *request,
                       struct message *response)
{
    struct filter *filter = user;
    const struct filter_hooks *hooks = filter->hooks;
    struct message seen;
    message_copy(request, &seen);
    if (hooks->request == NULL || !hooks->request(filter->arg, peer, &seen, response))
        filter_ask(&filter->base, peer, &seen, response);
    if (hooks->response != NULL)
        hooks->response(filter->arg, peer, &seen, response);
    message_release(&seen);
}

static void on_peer_gone(void *user, struct peer *peer)
{
    const struct filter *filter = user;
    if (filter->base.on_peer_gone != NULL)
        filter->base.on_peer_gone(filter->base.user, peer);
}

/* --- requests that go out ------------------------------------------------------------------- */

static void drop_passed(struct passed **at)
{
    struct passed *passed = *at;
    *at = passed->next;
    message_release(&passed->request);
    free(passed);
}

static struct passed **find_passed(struct filter *filter, const struct exchange *exchange)
{
    struct passed **at = &filter->passed;
    while (*at != NULL && (*at)->exchange != exchange)
        at = &(*at)->next;
    return at;
}

static bool is_last(const struct passed *passed, enum status status, const struct message *response)
{
    return status != ST_OK || passed->request.observe != 0 || !code_is_success(response->code) ||
           response->observe < 0;
}

static void unlink_passed(struct passed *passed)
{
    struct passed **at = &passed->filter->passed;
    while (*at != passed)
        at = &(*at)->next;
    *at = passed->next;
}

static bool pass_answer(const struct passed *passed, struct message *response)
{
    const struct filter *filter = passed->filter;
    return filter->hooks->answered == NULL ||
           filter->hooks->answered(filter->arg, passed->peer, &passed->request, response);
}

/* The user may cancel, and so free, an observation in its call; what is over is over before. */
static void on_answer(void *arg, enum status status, const struct message *response)
{
    struct passed *passed = arg;
    endpoint_response *answer = passed->answer;
    void *user = passed->arg;
    struct message seen;
    bool last = is_last(passed, status, response);
    message_init(&seen);
    if (status == ST_OK) {
        message_release(&seen);
        message_copy(response, &seen);
    }
    bool passes = status != ST_OK || pass_answer(passed, &seen) || last;
    if (last) {
        unlink_passed(passed);
        message_release(&passed->request);
        free(passed);
    }
    if (passes && answer != NULL)
        answer(user, status, status == ST_OK ? &seen : NULL);
    message_release(&seen);
}

static enum status filter_request(struct endpoint *endpoint, struct peer *peer,
                                  const struct message *request, endpoint_response *response,
                                  void *arg, struct exchange **out)
{
    struct filter *filter = own(endpoint);
    struct passed *passed = xalloc(sizeof *passed);
    struct message sent;
    hand_down(filter);
    *passed = (struct passed){.filter = filter, .peer = peer, .answer = response, .arg = arg};
    message_copy(request, &passed->request);
    message_copy(request, &sent);
    if (filter->hooks->asking != NULL)
        filter->hooks->asking(filter->arg, peer, &sent); /* may ask something itself */
    passed->next = filter->passed;
    filter->passed = passed;
    enum status status =
        endpoint_request(filter->inner, peer, &sent, on_answer, passed, &passed->exchange);
    message_release(&sent);
    if (status != ST_OK)
        drop_passed(&filter->passed);
    else if (out != NULL)
        *out = passed->exchange;
    return status;
}

static void filter_cancel(struct endpoint *endpoint, struct exchange *exchange)
{
    struct filter *filter = own(endpoint);
    struct passed **at = find_passed(filter, exchange);
    endpoint_cancel(filter->inner, exchange);
    if (*at != NULL)
        drop_passed(at);
}

/* --- notifications that go out -------------------------------------------------------------- */

static void end_notice(struct notice *notice, enum notify_outcome outcome)
{
    struct notice **at = &notice->filter->notices;
    endpoint_notified *notified = notice->notified;
    void *arg = notice->arg;
    while (*at != notice)
        at = &(*at)->next;
    *at = notice->next;
    free(notice);
    if (notified != NULL)
        notified(arg, outcome);
}

static void on_notified(void *arg, enum notify_outcome outcome)
{
    struct notice *notice = arg;
    const struct filter *filter = notice->filter;
    if (filter->hooks->notified != NULL)
        outcome = filter->hooks->notified(filter->arg, outcome);
    end_notice(notice, outcome);
}

static void acknowledge(void *arg)
{
    end_notice(arg, NOTIFY_ACKNOWLEDGED);
}

static struct notice *begin_notice(struct filter *filter, endpoint_notified *notified, void *arg)
{
    struct notice *notice = xalloc(sizeof *notice);
    *notice = (struct notice){
        .filter = filter, .notified = notified, .arg = arg, .next = filter->notices};
    filter->notices = notice;
    return notice;
}

static enum status pass_notification(struct filter *filter, struct peer *peer,
                                     const struct message *sent, endpoint_notified *notified,
                                     void *arg)
{
    if (!sent->confirmable)
        return endpoint_notify(filter->inner, peer, sent, notified, arg);
    struct notice *notice = begin_notice(filter, notified, arg);
    enum status status = endpoint_notify(filter->inner, peer, sent, on_notified, notice);
    if (status != ST_OK) {
        notice->notified = NULL;
        end_notice(notice, NOTIFY_TIMEOUT);
    }
    return status;
}

static void keep_back(struct filter *filter, endpoint_notified *notified, void *arg)
{
    struct notice *notice = begin_notice(filter, notified, arg);
    timer_start(&notice->timer, filter->clock, 0, acknowledge, notice);
}

static enum status filter_notify(struct endpoint *endpoint, struct peer *peer,
                                 const struct message *notification, endpoint_notified *notified,
                                 void *arg)
{
    struct filter *filter = own(endpoint);
    struct message sent;
    enum status status = ST_OK;
    hand_down(filter);
    message_copy(notification, &sent);
    if (filter->hooks->notifying == NULL || filter->hooks->notifying(filter->arg, peer, &sent))
        status = pass_notification(filter, peer, &sent, notified, arg);
    else if (notification->confirmable)
        keep_back(filter, notified, arg);
    message_release(&sent);
    return status;
}

/* --- the rest ------------------------------------------------------------------------------- */

static enum status filter_connect(struct endpoint *endpoint, const struct remote *remote,
                                  struct peer **out, struct error *error)
{
    struct filter *filter = own(endpoint);
    struct remote opened = *remote;
    hand_down(filter);
    if (filter->hooks->opening != NULL)
        filter->hooks->opening(filter->arg, &opened);
    return endpoint_open(filter->inner, &opened, out, error);
}

static void filter_disconnect(struct endpoint *endpoint, struct peer *peer)
{
    struct filter *filter = own(endpoint);
    for (struct passed **at = &filter->passed; *at != NULL;)
        if ((*at)->peer == peer)
            drop_passed(at);
        else
            at = &(*at)->next;
    endpoint_disconnect(filter->inner, peer);
}

static void filter_set_deaf(struct endpoint *endpoint, bool deaf)
{
    endpoint_set_deaf(own(endpoint)->inner, deaf);
}

static void filter_hold(struct endpoint *endpoint, bool holds, int64_t ms)
{
    struct endpoint *inner = own(endpoint)->inner;
    if (inner->ops->hold != NULL)
        inner->ops->hold(inner, holds, ms);
}

static void filter_forget_bodies(struct endpoint *endpoint, const char *path)
{
    endpoint_forget_bodies(own(endpoint)->inner, path);
}

static void filter_free(struct endpoint *endpoint)
{
    struct filter *filter = own(endpoint);
    endpoint_free(filter->inner);
    while (filter->passed != NULL)
        drop_passed(&filter->passed);
    while (filter->notices != NULL) {
        struct notice *notice = filter->notices;
        filter->notices = notice->next;
        timer_stop(&notice->timer);
        free(notice);
    }
    free(filter);
}

struct endpoint *filter_new(struct endpoint *inner, const struct filter_hooks *hooks, void *arg,
                            struct clock *clock)
{
    static const struct endpoint_ops ops = {
        .connect = filter_connect,
        .disconnect = filter_disconnect,
        .request = filter_request,
        .cancel = filter_cancel,
        .notify = filter_notify,
        .set_deaf = filter_set_deaf,
        .hold = filter_hold,
        .forget_bodies = filter_forget_bodies,
        .free = filter_free,
    };
    struct filter *filter = xalloc(sizeof *filter);
    filter->base.ops = &ops;
    filter->base.side = inner->side;
    filter->base.trace = inner->trace;
    memcpy(filter->base.local, inner->local, sizeof filter->base.local);
    filter->base.local_count = inner->local_count;
    filter->inner = inner;
    filter->hooks = hooks;
    filter->arg = arg;
    filter->clock = clock;
    inner->on_request = on_request;
    inner->on_peer_gone = on_peer_gone;
    inner->user = filter;
    return &filter->base;
}
