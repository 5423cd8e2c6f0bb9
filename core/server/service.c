/* SPDX-License-Identifier: Apache-2.0 */
/* Authenticate and decrypt as a server does them: choose a challenge, execute GetAuthData, wait for
 * AuthStatus, take AuthData, judge it (appendix B.2; rules PF-SRV-1..6). */
#include "base/std.h"

#include "base/portfolio.h"
#include "server/server_impl.h"

enum { POLL_FIRST_MS = 10, POLL_MOST_MS = 500, LIMIT_MS = 15000 };

struct service_run {
    struct server *server;      /* (borrowed) */
    struct client_entry *entry; /* (borrowed) */
    enum service service;
    struct path path; /* the Portfolio instance */
    uint16_t identity, key_index;
    int format; /* that values are asked for in; -1: the server's choice */
    char challenge[SERVICE_CHALLENGE_TEXT]; /* as it goes over the wire */
    int64_t give_up_at;
    int64_t poll_ms;
    struct timer timer;
    bool accepted;          /* GetAuthData was: what comes now is the answer to it */
    bool has_data;          /* FETCHED is there: what comes later is not asked for */
    struct outcome fetched; /* AuthData, and what was made of it so far */
    struct delivery delivery;
    struct service_run *next; /* (borrowed) */
};

static const struct service_ops *ops_of(const struct service_run *run)
{
    const struct service_ops *ops = run->server->config.service;
    return ops == NULL ? &service_standard : ops;
}

static void unlink_run(struct service_run *run)
{
    struct service_run **at = &run->entry->services;
    while (*at != run)
        at = &(*at)->next;
    *at = run->next;
}

static void run_free(struct service_run *run)
{
    timer_stop(&run->timer);
    outcome_release(&run->fetched);
    free(run);
}

static void finish(struct service_run *run, enum status status, struct outcome *outcome)
{
    unlink_run(run);
    run->delivery.done(run->delivery.arg, status, outcome);
    run_free(run);
}

static void give_up(struct service_run *run, enum status status, const char *problem)
{
    struct outcome outcome;
    outcome_init(&outcome);
    snprintf(outcome.problem, sizeof outcome.problem, "%.199s", problem);
    finish(run, status, &outcome);
    outcome_release(&outcome);
}

/* Ends with the device's own answer, which is not what the service needs. */
static void end_with(struct service_run *run, const struct outcome *answer, const char *problem)
{
    struct outcome outcome;
    outcome_copy(answer, &outcome);
    snprintf(outcome.problem, sizeof outcome.problem, "%.199s", problem);
    snprintf(outcome.challenge, sizeof outcome.challenge, "%.31s", run->challenge);
    finish(run, ST_OK, &outcome);
    outcome_release(&outcome);
}

static enum status start_step(struct service_run *run, enum operation_kind kind, unsigned resource,
                              const char *arguments, server_done *done, struct error *error)
{
    struct operation operation;
    operation_init(&operation, kind);
    operation.path = path_child(run->path, resource);
    operation.text = xstrdup(arguments);
    operation.verbatim = true;
    operation.format = kind == OPERATION_READ ? run->format : -1;
    enum status status =
        operate(run->server, run->entry, &operation, (struct delivery){done, run}, error);
    operation_release(&operation);
    return status;
}

static void read_next(struct service_run *run, unsigned resource, server_done *done)
{
    struct error error;
    error_clear(&error);
    enum status status = start_step(run, OPERATION_READ, resource, NULL, done, &error);
    if (status != ST_OK)
        give_up(run, status, error.text);
}

/* AuthData may be split over several resource instances: joined in ascending id (I-2). */
static void join(const struct records *values, struct buf *out)
{
    int last = -1;
    for (size_t done = 0; done < values->count; done++) {
        const struct record *next = NULL;
        for (size_t i = 0; i < values->count; i++) {
            const struct record *record = &values->items[i];
            int id = record->path.depth == 4 ? record->path.id[3] : 0;
            if (record->value.type == VALUE_OPAQUE && id > last &&
                (next == NULL || id < next->path.id[3]))
                next = record;
        }
        if (next == NULL)
            return;
        last = next->path.depth == 4 ? next->path.id[3] : 0;
        buf_put(out, value_bytes(&next->value));
    }
}

/* TEXT: the identity that must have been signed; data NULL: the provisioned one. */
static enum judgement judge(const struct service_run *run, struct bytes text, struct buf *data)
{
    const struct server_config *config = &run->server->config;
    const struct verifier *verifier =
        config->verifier == NULL ? NULL
                                 : config->verifier(config->arg, run->entry->client.endpoint);
    const struct provision_instance *provision =
        verifier == NULL ? NULL : provision_find(verifier->provision, run->path.id[1]);
    if (provision == NULL)
        return JUDGEMENT_UNKNOWN;
    struct buf challenge, auth_data;
    buf_init(&challenge, 64);
    buf_init_secret(&auth_data, PAYLOAD_MOST);
    join(&run->fetched.values, &auth_data);
    enum judgement judgement = JUDGEMENT_NONE;
    if (auth_data.len > 0 &&
        challenge_octets(provision->challenge_rule, bytes_of(run->challenge), &challenge)) {
        struct secure_request request = {
            .instance = run->path.id[1],
            .service = run->service,
            .identity = run->identity,
            .key_index = run->key_index,
            .challenge = buf_bytes(&challenge),
            .data = text,
        };
        judgement = server_judge(verifier, &request, buf_bytes(&auth_data), data);
    }
    buf_release(&challenge);
    buf_release(&auth_data);
    return judgement;
}

static const char *judgement_problem(enum judgement judgement)
{
    static const char *const texts[] = {
        [JUDGEMENT_NONE] = "AuthData holds no octets",
        [JUDGEMENT_GENUINE] = "",
        [JUDGEMENT_MISMATCH] = "AuthData does not fit key, identity and challenge",
        [JUDGEMENT_UNKNOWN] = "no key, hash or suite is held to judge with; give them by --keys",
    };
    return texts[judgement];
}

static void conclude(struct service_run *run, const char *problem)
{
    struct outcome outcome;
    outcome_copy(&run->fetched, &outcome);
    snprintf(outcome.problem, sizeof outcome.problem, "%.199s", problem);
    finish(run, ST_OK, &outcome);
    outcome_release(&outcome);
}

/* rule: PF-AUTH-2. The signature is genuine; is what can be read what was signed? A device that
 * does not let it be read leaves the question open. */
static void got_identity(void *arg, enum status status, const struct outcome *answer)
{
    struct service_run *run = arg;
    struct path path = path_child(path_child(run->path, IDENTITY), run->identity);
    const struct record *record = records_find(&answer->values, path);
    bool is_read = status == ST_OK && record != NULL && record->value.type == VALUE_STRING;
    struct bytes text = is_read ? value_bytes(&record->value) : bytes_of("");
    if (text.data == NULL)
        text = bytes_of(""); /* emptied: not the provisioned one either */
    const struct service_ops *ops = ops_of(run);
    bool altered = is_read && ops->verdict(ops, judge(run, text, NULL), NULL) == JUDGEMENT_MISMATCH;
    if (altered)
        run->fetched.judgement = JUDGEMENT_MISMATCH;
    conclude(run, altered ? "the component is genuine, but the Identity that can be read is not "
                            "the one that it was provisioned with"
                          : "");
}

static void put_opened(struct service_run *run, const struct buf *data)
{
    struct path identity = path_child(path_child(run->path, IDENTITY), run->identity);
    records_clear(&run->fetched.values);
    run->fetched.decoded =
        records_add(&run->fetched.values, identity, value_octets(VALUE_STRING, buf_bytes(data)));
}

static void settle(struct service_run *run)
{
    struct buf data;
    buf_init_secret(&data, PAYLOAD_MOST);
    const struct service_ops *ops = ops_of(run);
    enum judgement judgement = ops->verdict(ops, judge(run, (struct bytes){NULL, 0}, &data), &data);
    run->fetched.judgement = judgement;
    if (judgement == JUDGEMENT_GENUINE && run->service == SERVICE_AUTHENTICATION) {
        read_next(run, IDENTITY, got_identity);
    } else {
        if (judgement == JUDGEMENT_GENUINE)
            put_opened(run, &data);
        conclude(run, judgement_problem(judgement));
    }
    buf_release(&data);
}

static bool is_auth_data(const struct service_run *run, const struct record *record)
{
    return record->value.type == VALUE_OPAQUE &&
           path_covers(path_child(run->path, AUTH_DATA), record->path);
}

/* Keeps ANSWER, and of its values those that are AuthData of the run. */
static void fetch(struct service_run *run, const struct outcome *answer)
{
    bool fits = true;
    run->has_data = true;
    outcome_release(&run->fetched);
    outcome_copy(answer, &run->fetched);
    records_clear(&run->fetched.values);
    for (size_t i = 0; fits && i < answer->values.count; i++) {
        const struct record *record = &answer->values.items[i];
        fits = !is_auth_data(run, record) ||
               records_add(&run->fetched.values, record->path, value_copy(&record->value));
    }
}

static bool carries_data(const struct service_run *run, const struct outcome *outcome)
{
    for (size_t i = 0; i < outcome->values.count; i++)
        if (is_auth_data(run, &outcome->values.items[i]))
            return true;
    return false;
}

/* A notification on the way takes AuthData away: it has come all the same. */
static void got_data(void *arg, enum status status, const struct outcome *answer)
{
    struct service_run *run = arg;
    if (run->has_data) {
        settle(run);
    } else if (status != ST_OK) {
        give_up(run, status, answer->problem);
    } else if (!answer->decoded) {
        end_with(run, answer,
                 answer->problem[0] == '\0' ? "AuthData was refused" : answer->problem);
    } else {
        fetch(run, answer);
        settle(run);
    }
}

void service_notified(const struct client_entry *entry, const struct outcome *outcome)
{
    for (struct service_run *run = entry->services; run != NULL; run = run->next)
        if (run->accepted && !run->has_data && carries_data(run, outcome))
            fetch(run, outcome);
}

static void got_status(void *arg, enum status status, const struct outcome *answer);

static void poll_status(void *arg)
{
    read_next(arg, AUTH_STATUS, got_status);
}

static void poll_later(struct service_run *run, const struct outcome *answer)
{
    struct clock *clock = run->server->config.clock;
    if (clock_now(clock) >= run->give_up_at) {
        end_with(run, answer, "AuthStatus stayed 0 (IDLE) for the whole time limit");
        return;
    }
    timer_start(&run->timer, clock, run->poll_ms, poll_status, run);
    run->poll_ms = run->poll_ms * 2 < POLL_MOST_MS ? run->poll_ms * 2 : POLL_MOST_MS;
}

static void follow(struct service_run *run, int64_t auth_status, const struct outcome *answer)
{
    const struct service_ops *ops = ops_of(run);
    switch (ops->course(ops, auth_status)) {
    case SERVICE_ASKS:
        poll_later(run, answer);
        break;
    case SERVICE_FETCHES:
        read_next(run, AUTH_DATA, got_data);
        break;
    case SERVICE_ENDS:
        end_with(run, answer, "AuthStatus is 2 (ERROR): the device could not do it");
        break;
    }
}

static void got_status(void *arg, enum status status, const struct outcome *answer)
{
    struct service_run *run = arg;
    const struct record *record = records_find(&answer->values, path_child(run->path, AUTH_STATUS));
    if (run->has_data)
        settle(run);
    else if (status != ST_OK)
        give_up(run, status, answer->problem);
    else if (record == NULL || record->value.type != VALUE_INTEGER)
        end_with(run, answer, "AuthStatus cannot be read");
    else
        follow(run, record->value.integer, answer);
}

/* AuthStatus is asked for at once, for a component that is fast. */
static void executed(void *arg, enum status status, const struct outcome *answer)
{
    struct service_run *run = arg;
    const struct service_ops *ops = ops_of(run);
    if (status != ST_OK) {
        give_up(run, status, answer->problem);
        return;
    }
    if (!code_is_success(answer->code)) {
        end_with(run, answer, "GetAuthData was refused");
        return;
    }
    run->accepted = true;
    if (ops->course(ops, STATUS_UNKNOWN) == SERVICE_FETCHES)
        read_next(run, AUTH_DATA, got_data);
    else
        poll_status(run);
}

/* AuthData and Identity have several values. */
static int format_of_several(int format)
{
    const struct codec *codec = codec_find(format);
    return codec != NULL && codec->hierarchical ? format : -1;
}

static enum status start_execute(struct service_run *run, const char *extra, struct error *error)
{
    const struct service_ops *ops = ops_of(run);
    struct buf arguments;
    buf_init(&arguments, SERVICE_ARGUMENTS_MOST);
    ops->challenge(ops, run->server->config.chance, run->challenge);
    const struct service_ask ask = {run->service, run->identity, run->key_index, run->challenge,
                                    extra};
    ops->arguments(ops, &ask, &arguments);
    enum status status =
        start_step(run, OPERATION_EXECUTE, GET_AUTH_DATA, buf_text(&arguments), executed, error);
    buf_release(&arguments);
    return status;
}

enum status service_start(struct server *server, struct client_entry *entry,
                          const struct operation *operation, struct delivery delivery,
                          struct error *error)
{
    if (operation->path.depth != 2) {
        error_set(error, "%s needs a Portfolio instance such as \"/16/0\"",
                  operation_name(operation->kind));
        return ST_INVALID;
    }
    struct service_run *run = xalloc(sizeof *run);
    outcome_init(&run->fetched);
    run->server = server;
    run->entry = entry;
    run->service =
        operation->kind == OPERATION_DECRYPT ? SERVICE_ENCRYPTION : SERVICE_AUTHENTICATION;
    run->path = operation->path;
    run->format = format_of_several(operation->format);
    run->identity = operation->identity;
    run->key_index = operation->key_index;
    int64_t limit = operation->limit_ms > 0 ? operation->limit_ms : LIMIT_MS;
    run->give_up_at = clock_now(server->config.clock) + limit;
    run->poll_ms = POLL_FIRST_MS;
    run->delivery = delivery;
    run->next = entry->services;
    entry->services = run;
    enum status status = start_execute(run, operation->text, error);
    if (status != ST_OK) {
        unlink_run(run);
        run_free(run);
    }
    return status;
}

/* What operate_drop has left waits for a timer, and nothing will call it. */
void service_drop(struct client_entry *entry, bool tell)
{
    while (entry->services != NULL) {
        struct service_run *run = entry->services;
        if (tell) {
            give_up(run, ST_CANCELLED, "the client left");
        } else {
            unlink_run(run);
            run_free(run);
        }
    }
}
