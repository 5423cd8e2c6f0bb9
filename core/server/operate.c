/* SPDX-License-Identifier: Apache-2.0 */
/* One operation from request to outcome, and the observations that stay. */
#include "base/std.h"

#include "server/server_impl.h"

enum { REPEAT_MS = 1000 }; /* for a separate answer that may come again */

static void run_unlink(struct run *run)
{
    if (run->entry->released == run)
        run->entry->released = NULL;
    struct run **at = &run->entry->runs;
    while (*at != run)
        at = &(*at)->next;
    *at = run->next;
}

static void run_free(struct run *run)
{
    timer_stop(&run->later);
    if (run->exchange != NULL)
        endpoint_cancel(run->server->config.endpoint, run->exchange);
    queue_release(run);
    records_release(&run->paths);
    free(run);
}

/* Calls DONE for the only time; the callee may start other operations. */
static void finish(struct run *run, enum status status, const struct outcome *outcome)
{
    struct delivery delivery = run->delivery;
    run->delivery.done = NULL;
    if (delivery.done != NULL)
        delivery.done(delivery.arg, status, outcome);
}

static const char *why_none(enum status status)
{
    if (status == ST_REFUSED)
        return "a Reset came instead of an answer";
    if (status == ST_INVALID)
        return "options or blocks of the answer do not fit together";
    return status_text(status);
}

static void finish_without_answer(struct run *run, enum status status)
{
    struct outcome outcome;
    outcome_init(&outcome);
    if (status != ST_OK)
        snprintf(outcome.problem, sizeof outcome.problem, "no answer: %s", why_none(status));
    finish(run, status, &outcome);
    outcome_release(&outcome);
}

static bool same_answer(const struct message *a, const struct message *b)
{
    return a->code == b->code && a->format == b->format && a->observe == b->observe &&
           bytes_equal(buf_bytes(&a->payload), buf_bytes(&b->payload)) &&
           bytes_equal(buf_bytes(&a->location.text), buf_bytes(&b->location.text));
}

/* Keeps the first answer of a request, against which a repeated one is compared. */
static void remember(struct run *run, const struct message *response)
{
    struct client_entry *entry = run->entry;
    bool is_last = entry->has_last && memcmp(entry->last.token, run->token, sizeof run->token) == 0;
    if (!is_last || entry->has_answer)
        return;
    message_copy(response, &entry->last_answer);
    entry->has_answer = true;
}

static bool is_stream(const struct client_entry *entry)
{
    return entry->client.peer != NULL && entry->client.peer->is_stream;
}

static void notified(const struct run *run, const struct message *response)
{
    const struct server_config *config = &run->server->config;
    struct outcome outcome;
    outcome_init(&outcome);
    request_outcome(run->server->config.catalogue, run->path, response, &outcome);
    outcome.ordered = is_stream(run->entry);
    service_notified(run->entry, &outcome);
    if (config->on_notification != NULL)
        config->on_notification(config->arg, &run->entry->client, run->path,
                                run->paths.count == 0 ? NULL : &run->paths, &outcome);
    outcome_release(&outcome);
}

static bool observes(enum operation_kind kind)
{
    return kind == OPERATION_OBSERVE || kind == OPERATION_OBSERVE_COMPOSITE;
}

static void answered(struct run *run, const struct message *response)
{
    struct outcome outcome;
    outcome_init(&outcome);
    request_outcome(run->server->config.catalogue, run->path, response, &outcome);
    if (run->kind == OPERATION_REPEAT)
        outcome.same = run->entry->has_answer && same_answer(&run->entry->last_answer, response);
    remember(run, response);
    bool goes_on =
        run->asks_to_observe && code_is_success(response->code) && response->observe >= 0;
    /* What a repetition observes is observed already. */
    bool stays = goes_on && run->kind != OPERATION_REPEAT;
    outcome.unobserved = observes(run->kind) && code_is_success(response->code) && !goes_on;
    run->observed = stays;
    if (!goes_on)
        run->exchange = NULL; /* over: the endpoint forgets it by itself */
    if (!stays)
        run_unlink(run);
    finish(run, ST_OK, &outcome);
    if (!stays)
        run_free(run);
    outcome_release(&outcome);
}

/* Of an observation nobody waits for the end. */
static void report_end(const struct run *run, enum status status)
{
    char path[PATH_TEXT];
    trace_say(run->server->config.trace, EVENT_WARNING, "server",
              "observation of \"%s\" of client \"%s\" ends: a notification could not be taken: %s",
              path_text(run->path, path), run->entry->client.endpoint, status_text(status));
}

static void on_response(void *arg, enum status status, const struct message *response)
{
    struct run *run = arg;
    queue_ended(run, status);
    if (run->observed && status == ST_OK) {
        bool goes_on = code_is_success(response->code) && response->observe >= 0;
        if (!goes_on) {
            run_unlink(run);
            run->exchange = NULL;
        }
        notified(run, response);
        if (!goes_on)
            run_free(run);
        return;
    }
    if (status == ST_OK) {
        answered(run, response);
        return;
    }
    if (run->observed)
        report_end(run, status);
    run_unlink(run);
    run->exchange = NULL;
    finish_without_answer(run, status);
    run_free(run);
}

static struct run *run_new(struct server *server, struct client_entry *entry,
                           const struct operation *operation)
{
    struct run *run = xalloc(sizeof *run);
    run->server = server;
    run->entry = entry;
    run->kind = operation->kind;
    run->path = operation->path;
    if (operation->kind == OPERATION_OBSERVE_COMPOSITE)
        records_copy(&operation->values, &run->paths);
    else
        records_init(&run->paths);
    run->next = entry->runs;
    entry->runs = run;
    return run;
}

/* Makes MESSAGE the client's last request, so that it can be repeated octet for octet. */
static void keep_request(struct client_entry *entry, const struct message *message)
{
    if (entry->has_last)
        message_release(&entry->last);
    if (entry->has_answer)
        message_release(&entry->last_answer);
    entry->has_answer = false;
    message_copy(message, &entry->last);
    entry->has_last = true;
}

static enum status dispatch(struct run *run, const struct message *message)
{
    return endpoint_request(run->server->config.endpoint, run->entry->client.peer, message,
                            on_response, run, &run->exchange);
}

void operate_send_held(struct run *run)
{
    enum status status = dispatch(run, run->held);
    queue_release(run);
    if (status != ST_OK)
        on_response(run, status, NULL);
}

static enum status send_request(struct run *run, const struct message *message,
                                struct delivery delivery, struct error *error)
{
    memcpy(run->token, message->token, sizeof run->token);
    run->asks_to_observe = message->observe == 0;
    run->delivery = delivery;
    if (!run->at_once && queue_holds(run->entry)) {
        queue_hold(run, message);
        return ST_OK;
    }
    enum status status = dispatch(run, message);
    if (status == ST_OK)
        return ST_OK;
    error_set(error, "cannot send to client \"%s\": %s", run->entry->client.endpoint,
              status_text(status));
    run_unlink(run);
    run_free(run);
    return status;
}

/* The observation that OPERATION, which brings no values but those paths, cancels. */
static struct run *find_observation(const struct client_entry *entry,
                                    const struct operation *operation)
{
    for (struct run *run = entry->runs; run != NULL; run = run->next)
        if (run->observed && path_equal(run->path, operation->path) &&
            records_equal(&run->paths, &operation->values))
            return run;
    return NULL;
}

/* RFC 7641 3.3.1 and 4.1: the one of a token takes the place of the former one. */
static bool renews(const struct operation *operation)
{
    return operation->kind == OPERATION_OBSERVE && operation->again;
}

static bool is_cancel(const struct operation *operation)
{
    return operation->kind == OPERATION_CANCEL || operation->kind == OPERATION_CANCEL_COMPOSITE;
}

static void ended_quietly(void *arg)
{
    struct run *run = arg;
    run_unlink(run);
    finish_without_answer(run, ST_OK);
    run_free(run);
}

/* Forgets the observation, so that its next notification is answered by Reset. */
static void cancel_by_reset(struct run *observation, struct delivery delivery)
{
    struct server *server = observation->server;
    endpoint_cancel(server->config.endpoint, observation->exchange);
    observation->exchange = NULL;
    observation->observed = false;
    observation->delivery = delivery;
    timer_start(&observation->later, server->config.clock, 0, ended_quietly, observation);
}

/* RFC 7252 4.2: the duplicate is acknowledged, by the same message as before; an answer that came
 * after that, by itself, need not come again. What comes again is the one that is there. */
static void acknowledged_only(void *arg)
{
    struct run *run = arg;
    struct message answer;
    message_copy(&run->entry->last_answer, &answer);
    endpoint_cancel(run->server->config.endpoint, run->exchange);
    run->exchange = NULL;
    answered(run, &answer);
    message_release(&answer);
}

static enum status repeat(struct server *server, struct client_entry *entry,
                          const struct operation *operation, struct delivery delivery,
                          struct error *error)
{
    if (!entry->has_last) {
        error_set(error, "nothing to repeat: no request was sent to client \"%s\" yet",
                  entry->client.endpoint);
        return ST_INVALID;
    }
    if (is_stream(entry)) {
        error_set(error, "nothing is repeated by TCP: it has no duplicates");
        return ST_INVALID;
    }
    struct run *run = run_new(server, entry, operation);
    run->path = request_raw_path(&entry->last);
    enum status status = send_request(run, &entry->last, delivery, error);
    if (status == ST_OK && run->held == NULL && entry->has_answer && entry->last_answer.is_separate)
        timer_start(&run->later, server->config.clock, REPEAT_MS, acknowledged_only, run);
    return status;
}

/* An own message id and token, so that the request can be repeated and its observation cancelled.
 */
static void stamp(struct server *server, struct client_entry *entry, struct message *message,
                  const struct run *observation)
{
    message->message_id = ++entry->message_id;
    message->token_len = sizeof message->token;
    if (observation != NULL)
        memcpy(message->token, observation->token, sizeof message->token);
    else
        chance_bytes(server->config.chance, message->token, sizeof message->token);
}

/* What every client of its version must understand carries several values; a single one goes plain.
 */
static struct dialect dialect_of(const struct server *server, const struct client_entry *entry)
{
    const struct server_config *config = &server->config;
    return (struct dialect){
        .catalogue = config->catalogue,
        .verifier =
            config->verifier == NULL ? NULL : config->verifier(config->arg, entry->client.endpoint),
        .several = entry->client.is_1_1 ? FORMAT_SENML_CBOR : FORMAT_TLV,
        .single = FORMAT_NONE,
    };
}

/* Builds the request, keeps it for a repetition and gives it a run; RUN is NULL on failure. */
static struct run *prepare(struct server *server, struct client_entry *entry,
                           const struct operation *operation, struct message *message,
                           struct error *error)
{
    bool has_former = is_cancel(operation) || renews(operation);
    struct run *observation = has_former ? find_observation(entry, operation) : NULL;
    struct dialect dialect = dialect_of(server, entry);
    if (request_build(&dialect, operation, message, error) != ST_OK)
        return NULL;
    stamp(server, entry, message, observation);
    if (observation != NULL) {
        run_unlink(observation);
        run_free(observation); /* the answer comes with the same token */
    }
    keep_request(entry, message);
    struct run *run = run_new(server, entry, operation);
    run->at_once = operation->at_once && entry->client.peer != NULL;
    if (operation->kind == OPERATION_RAW)
        run->path = request_raw_path(message);
    return run;
}

static enum status send_new(struct server *server, struct client_entry *entry,
                            const struct operation *operation, struct delivery delivery,
                            struct error *error)
{
    struct message message;
    message_init(&message);
    struct run *run = prepare(server, entry, operation, &message, error);
    enum status status = run == NULL ? ST_INVALID : send_request(run, &message, delivery, error);
    message_release(&message);
    return status;
}

static enum status renew(struct server *server, struct client_entry *entry,
                         const struct operation *operation, struct delivery delivery,
                         struct error *error)
{
    char text[PATH_TEXT];
    if (find_observation(entry, operation) != NULL)
        return send_new(server, entry, operation, delivery, error);
    error_set(error, "nothing to observe again: \"%s\" is not observed",
              path_text(operation->path, text));
    return ST_INVALID;
}

/* Cancelling needs something to cancel. */
static enum status cancel(struct server *server, struct client_entry *entry,
                          const struct operation *operation, struct delivery delivery,
                          struct error *error)
{
    char text[PATH_TEXT];
    struct run *observation = find_observation(entry, operation);
    if (observation == NULL && operation->kind == OPERATION_CANCEL_COMPOSITE)
        error_set(error, "nothing to cancel: these paths are not observed as one");
    else if (observation == NULL)
        error_set(error, "nothing to cancel: \"%s\" is not observed",
                  path_text(operation->path, text));
    bool is_impossible = operation->by_reset && is_stream(entry);
    if (is_impossible)
        error_set(error, "TCP has no Reset; leave out \"by reset\"");
    if (observation == NULL || is_impossible)
        return ST_INVALID;
    if (!operation->by_reset)
        return send_new(server, entry, operation, delivery, error);
    cancel_by_reset(observation, delivery);
    return ST_OK;
}

enum status operate(struct server *server, struct client_entry *entry,
                    const struct operation *operation, struct delivery delivery,
                    struct error *error)
{
    if (entry->client.peer == NULL && !entry->client.queues) {
        error_set(error, "the session of client \"%s\" is gone; it must register or update first",
                  entry->client.endpoint);
        return ST_UNREACHABLE;
    }
    if (operation->kind == OPERATION_REPEAT)
        return repeat(server, entry, operation, delivery, error);
    if (renews(operation))
        return renew(server, entry, operation, delivery, error);
    if (is_cancel(operation))
        return cancel(server, entry, operation, delivery, error);
    return send_new(server, entry, operation, delivery, error);
}

void operate_drop(struct client_entry *entry, bool tell)
{
    while (entry->runs != NULL) {
        struct run *run = entry->runs;
        run_unlink(run);
        if (tell)
            finish_without_answer(run, ST_CANCELLED);
        run_free(run);
    }
}

void operate_leave(struct client_entry *entry)
{
    struct run *run = entry->runs;
    while (run != NULL) {
        struct run *next = run->next;
        if (run->held == NULL) {
            run_unlink(run);
            finish_without_answer(run, ST_CANCELLED);
            run_free(run);
            next = entry->runs; /* the callee may have begun and ended others */
        }
        run = next;
    }
}
