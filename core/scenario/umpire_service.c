/* SPDX-License-Identifier: Apache-2.0 */
/* GetAuthData as a server decides about it: arguments, challenge, when it takes AuthData, and what
 * it says of it (rules PF-ARG-1..4, 6 and PF-SRV-1..3, 6). */
#include "base/std.h"

#include "scenario/umpire_impl.h"

enum { STATUS_DATA_AVAIL = 1, STATUS_ERROR = 2, SHOWN_MOST = 80, ASKED_ON_MOST = 3 };

/* --- processes --------------------------------------------------------------------------- */
static void empty_process(struct umpire_process *process)
{
    value_release(&process->data);
    value_release(&process->identity_text);
}

static struct umpire_process *find_process(struct umpire *umpire, unsigned instance)
{
    for (size_t i = 0; i < umpire->process_count; i++)
        if (umpire->processes[i].instance == instance)
            return &umpire->processes[i];
    return NULL;
}

static struct umpire_process *process_of(struct umpire *umpire, unsigned instance)
{
    struct umpire_process *process = find_process(umpire, instance);
    if (process != NULL)
        return process;
    if (umpire->process_count == UMPIRE_PROCESSES_MOST)
        return NULL;
    process = &umpire->processes[umpire->process_count++];
    *process = (struct umpire_process){
        .instance = (uint16_t)instance, .data = value_none(), .identity_text = value_none()};
    return process;
}

void umpire_service_release(struct umpire *umpire)
{
    for (size_t i = 0; i < umpire->process_count; i++)
        empty_process(&umpire->processes[i]);
}

/* rule: PF-SRV-2. A new registration begins with no challenge used. */
void umpire_service_forget(struct umpire *umpire, unsigned server)
{
    size_t kept = 0;
    for (size_t i = 0; i < umpire->challenge_count; i++)
        if (umpire->challenges[i].server != server)
            umpire->challenges[kept++] = umpire->challenges[i];
    umpire->challenge_count = kept;
}

/* --- arguments --------------------------------------------------------------------------- */
static const struct oracle_argument *find_argument(const struct oracle_arguments *arguments,
                                                   unsigned digit)
{
    for (size_t i = 0; i < arguments->count; i++)
        if (arguments->items[i].digit == digit)
            return &arguments->items[i];
    return NULL;
}

static bool is_number(const struct oracle_argument *argument, unsigned wanted)
{
    int64_t number = 0;
    return argument != NULL && parse_decimal(bytes_of(argument->value), &number) &&
           number == wanted;
}

/* rules: I-3, I-8 */
static bool is_challenge(const struct oracle_argument *argument)
{
    int64_t number = 0;
    uint64_t bits = 0;
    return argument != NULL && (parse_decimal(bytes_of(argument->value), &number) ||
                                parse_hex_integer(bytes_of(argument->value), &bits));
}

static const char *shown(const struct oracle_argument *argument)
{
    return argument == NULL ? "nothing" : argument->value;
}

static void judge_arguments(struct umpire *umpire, const struct oracle_arguments *arguments)
{
    const struct operation *operation = umpire->operation;
    unsigned service =
        operation->kind == OPERATION_DECRYPT ? SERVICE_ENCRYPTION : SERVICE_AUTHENTICATION;
    const struct oracle_argument *key = find_argument(arguments, 3);
    if (!is_number(find_argument(arguments, 0), service))
        umpire_find(umpire, "PF-ARG-1", "argument 0 is \"%s\", but the service is %u",
                    shown(find_argument(arguments, 0)), service);
    if (!is_number(find_argument(arguments, 1), operation->identity))
        umpire_find(umpire, "PF-ARG-2", "argument 1 is \"%s\", but the identity is %u",
                    shown(find_argument(arguments, 1)), operation->identity);
    if (!is_challenge(find_argument(arguments, 2)))
        umpire_find(umpire, "PF-ARG-3", "argument 2 is \"%s\", and not an integer",
                    shown(find_argument(arguments, 2)));
    bool is_default = key == NULL && operation->key_index == 0;
    if (!is_default && !is_number(key, operation->key_index))
        umpire_find(umpire, "PF-ARG-4", "argument 3 is \"%s\", but the key is %u", shown(key),
                    operation->key_index);
}

/* rule: I-8. What the device wants beside 0 to 3 stands in its profile. */
static void judge_extra(struct umpire *umpire, const struct oracle_arguments *arguments)
{
    const char *text = umpire->operation->text;
    struct oracle_arguments wanted = {.count = 0};
    struct error problem;
    error_clear(&problem);
    if (text == NULL ||
        !umpire->oracle->ops->arguments(umpire->oracle, umpire->operation->path.id[1],
                                        bytes_of(text), false, &wanted, &problem))
        return;
    for (size_t i = 0; i < wanted.count; i++) {
        const struct oracle_argument *seen = find_argument(arguments, wanted.items[i].digit);
        if (seen == NULL || strcmp(seen->value, wanted.items[i].value) != 0)
            umpire_find(umpire, "PF-ARG-6",
                        "argument %u is \"%s\", but the server was told to send \"%s\"",
                        wanted.items[i].digit, shown(seen), wanted.items[i].value);
    }
}

static bool is_lenient(const struct umpire *umpire)
{
    for (const char *const *need = umpire->claims->needs; need != NULL && *need != NULL; need++)
        if (strcmp(*need, "lenient-arguments") == 0)
            return true;
    return false;
}

static bool read_arguments(struct umpire *umpire, const struct actor_event *event,
                           struct oracle_arguments *out)
{
    struct error problem;
    struct bytes payload = event->request->payload;
    error_clear(&problem);
    if (umpire->oracle->ops->arguments(umpire->oracle, event->path.id[1], payload,
                                       is_lenient(umpire), out, &problem))
        return true;
    umpire_find(umpire, "PF-ARG-6",
                "the argument list \"%.*s\" breaks the grammar of Execute: %.120s",
                (int)(payload.len < SHOWN_MOST ? payload.len : SHOWN_MOST),
                payload.len == 0 ? "" : (const char *)payload.data, problem.text);
    return false;
}

/* Modulo 2^64, so that whatever is between two challenges has a distance. */
static bool read_challenge(const char *text, uint64_t *out)
{
    int64_t number = 0;
    if (parse_hex_integer(bytes_of(text), out))
        return true;
    bool is_good = parse_decimal(bytes_of(text), &number);
    *out = (uint64_t)number;
    return is_good;
}

/* The server's AGO-th challenge before now, from 1; NULL: there is none. */
static const char *earlier_challenge(const struct umpire *umpire, unsigned server, unsigned ago)
{
    for (size_t i = umpire->challenge_count; i > 0; i--)
        if (umpire->challenges[i - 1].server == server && --ago == 0)
            return umpire->challenges[i - 1].text;
    return NULL;
}

/* rule: PF-SRV-2. Of random values three in a row do not follow each other at one distance. */
static void judge_count(struct umpire *umpire, unsigned server, const char *challenge)
{
    const char *second = earlier_challenge(umpire, server, 1);
    const char *first = earlier_challenge(umpire, server, 2);
    uint64_t a = 0;
    uint64_t b = 0;
    uint64_t c = 0;
    if (first == NULL || !read_challenge(first, &a) || !read_challenge(second, &b) ||
        !read_challenge(challenge, &c) || c - b != b - a || a == b)
        return;
    umpire_find(umpire, "PF-SRV-2",
                "the server counts its challenges: %s, %s, %s; a challenge is a random value",
                first, second, challenge);
}

/* rule: PF-SRV-2 */
static void judge_challenge(struct umpire *umpire, unsigned server, const char *challenge)
{
    for (size_t i = 0; i < umpire->challenge_count; i++)
        if (umpire->challenges[i].server == server &&
            strcmp(umpire->challenges[i].text, challenge) == 0)
            umpire_find(umpire, "PF-SRV-2",
                        "the server uses challenge %s for the second time in this registration",
                        challenge);
    judge_count(umpire, server, challenge);
    if (umpire->challenge_count == UMPIRE_CHALLENGES_MOST)
        return;
    struct umpire_challenge *added = &umpire->challenges[umpire->challenge_count++];
    added->server = server;
    snprintf(added->text, sizeof added->text, "%s", challenge);
}

/* --- execute ----------------------------------------------------------------------------- */
/* GetAuthData of the instance that the step under way is about. */
static bool is_of_step(const struct umpire *umpire, const struct actor_event *event)
{
    return umpire_is_service(umpire) && umpire->step->server == event->server &&
           path_equal(path_cut(event->path, 2), umpire->operation->path);
}

static void judge_execute(struct umpire *umpire, const struct actor_event *event, bool is_dictated)
{
    struct oracle_arguments arguments = {.count = 0};
    bool is_step = is_of_step(umpire, event);
    bool is_read = !is_dictated && read_arguments(umpire, event, &arguments);
    bool is_accepted = event->outcome->code == CODE_CHANGED;
    if (is_read && is_step) {
        judge_arguments(umpire, &arguments);
        judge_extra(umpire, &arguments);
    }
    if (is_step)
        umpire->has_arrived = true;
    struct umpire_process *process = process_of(umpire, event->path.id[1]);
    umpire_order_forget(umpire);
    if (!is_accepted || process == NULL)
        return;
    empty_process(process);
    *process = (struct umpire_process){.instance = event->path.id[1],
                                       .server = event->server,
                                       .is_chosen = !is_dictated,
                                       .is_of_step = is_step,
                                       .data = value_none(),
                                       .identity_text = value_none()};
    const struct oracle_argument *challenge = find_argument(&arguments, 2);
    if (!is_read || challenge == NULL)
        return;
    snprintf(process->challenge, sizeof process->challenge, "%s", challenge->value);
    judge_challenge(umpire, event->server, challenge->value);
}

/* --- reads ------------------------------------------------------------------------------- */
/* A request that asks for PATH, and not for the AuthStatus that tells of it. */
static bool asks_alone(const struct actor_event *event, struct path instance)
{
    struct path data = path_child(instance, AUTH_DATA);
    struct path status = path_child(instance, AUTH_STATUS);
    const struct records *paths = event->request->values;
    if (event->method == CODE_GET)
        return path_covers(data, event->path);
    bool asks = false;
    for (size_t i = 0; paths != NULL && i < paths->count; i++) {
        asks = asks || path_covers(data, paths->items[i].path);
        if (path_covers(paths->items[i].path, status))
            return false;
    }
    return asks;
}

/* rule: PF-SRV-1. Who begins to observe AuthData is going to be told. */
static void judge_fetch(struct umpire *umpire, const struct actor_event *event)
{
    char path[PATH_TEXT];
    bool observes = event->request->observe == 0;
    for (size_t i = 0; i < umpire->process_count; i++) {
        const struct umpire_process *process = &umpire->processes[i];
        struct path instance = path_instance(PORTFOLIO, process->instance);
        bool is_theirs = process->is_chosen && process->server == event->server;
        if (is_theirs && !process->knows && !process->saw_error && !observes &&
            asks_alone(event, instance))
            umpire_find(umpire, "PF-SRV-1",
                        "the server takes AuthData of \"%s\" before it was told that there is any",
                        path_text(instance, path));
    }
}

/* rule: PF-SRV-3. Once more may be on its way while the server is told. */
static void judge_patience(struct umpire *umpire, const struct actor_event *event)
{
    struct umpire_process *process = find_process(umpire, event->path.id[1]);
    struct path status = path_child(path_cut(event->path, 2), AUTH_STATUS);
    if (process == NULL || !process->is_of_step || !process->saw_error ||
        !path_covers(event->path, status) || ++process->asked_on < ASKED_ON_MOST)
        return;
    umpire_find(umpire, "PF-SRV-3",
                "AuthStatus was 2 (ERROR), but the server goes on waiting for AuthData");
}

/* What a server asks for by itself, the device can give it. The format of the step is that of
 * AuthData; in which one a server looks at Identity is its own affair. */
static void judge_read(struct umpire *umpire, const struct actor_event *event)
{
    static const uint8_t blames[] = {0x80, 0x82, 0x85, 0x86, 0x8F}; /* 4.00 .02 .05 .06 .15 */
    char path[PATH_TEXT];
    const struct operation *operation = umpire->operation;
    bool fetches = path_covers(path_child(operation->path, AUTH_DATA), event->path);
    if (fetches && operation->format >= 0 && event->request->accept >= 0 &&
        event->request->accept != operation->format)
        umpire_find(umpire, "PF-SRV-5", "the server asks for format %d, but the step for format %d",
                    event->request->accept, operation->format);
    for (size_t i = 0; i < COUNT_OF(blames); i++)
        if (event->outcome->code == blames[i])
            umpire_find(umpire, "LWM2M-READ",
                        "the server asks GET \"%s\" in a way that the device must refuse: %u.%02u",
                        path_text(event->path, path), blames[i] >> 5, blames[i] & 31u);
}

void umpire_service_request(struct umpire *umpire, const struct actor_event *event,
                            bool is_dictated)
{
    bool is_portfolio = event->path.depth == 3 && event->path.id[0] == PORTFOLIO;
    bool is_read = event->method == CODE_GET || event->method == CODE_FETCH;
    if (is_portfolio && event->method == CODE_POST && event->path.id[2] == GET_AUTH_DATA)
        judge_execute(umpire, event, is_dictated);
    if (umpire->has_link)
        return;
    if (is_read && !is_dictated)
        judge_fetch(umpire, event);
    if (event->method == CODE_GET && event->path.depth >= 2 && is_of_step(umpire, event)) {
        judge_read(umpire, event);
        judge_patience(umpire, event);
    }
}

/* --- what the server was told ------------------------------------------------------------ */
static void take_status(struct umpire_process *process, const struct outcome *sent)
{
    struct path status = path_resource(PORTFOLIO, process->instance, AUTH_STATUS);
    const struct record *record = records_find(&sent->values, status);
    if (record == NULL || record->value.type != VALUE_INTEGER)
        return;
    process->knows = process->knows || record->value.integer == STATUS_DATA_AVAIL;
    process->saw_error = process->saw_error || record->value.integer == STATUS_ERROR;
}

static void take_data(struct umpire_process *process, const struct outcome *sent)
{
    struct path path = path_resource(PORTFOLIO, process->instance, AUTH_DATA);
    struct value data;
    if (process->has_data || !outcome_value(sent, path, false, &data))
        return;
    if (data.type != VALUE_OPAQUE || value_bytes(&data).len == 0) {
        value_release(&data);
        return;
    }
    process->data = data;
    process->has_data = true;
    process->knows = true;
}

static void take_identity(struct umpire_process *process, const struct operation *operation,
                          const struct outcome *sent)
{
    struct path identities = path_resource(PORTFOLIO, process->instance, IDENTITY);
    const struct record *record =
        records_find(&sent->values, path_child(identities, operation->identity));
    if (record == NULL || record->value.type != VALUE_STRING)
        return;
    value_release(&process->identity_text);
    process->identity_text = value_copy(&record->value);
}

void umpire_service_values(struct umpire *umpire, unsigned server, const struct outcome *sent)
{
    for (size_t i = 0; i < umpire->process_count; i++) {
        struct umpire_process *process = &umpire->processes[i];
        if (!process->is_chosen || process->server != server)
            continue;
        take_status(process, sent);
        take_data(process, sent);
        if (process->is_of_step && umpire_is_service(umpire))
            take_identity(process, umpire->operation, sent);
    }
}

/* --- its verdict ------------------------------------------------------------------------- */
static enum judgement judge_as(const struct umpire *umpire, const struct umpire_process *process,
                               struct bytes text, struct buf *opened)
{
    const struct operation *operation = umpire->operation;
    struct error problem;
    struct oracle_claim claim = {
        .instance = process->instance,
        .service =
            operation->kind == OPERATION_DECRYPT ? SERVICE_ENCRYPTION : SERVICE_AUTHENTICATION,
        .identity = operation->identity,
        .key_index = operation->key_index,
        .challenge = bytes_of(process->challenge),
        .text = text,
    };
    error_clear(&problem);
    return umpire->oracle->ops->judge(umpire->oracle, &claim, value_bytes(&process->data), opened,
                                      &problem);
}

/* A server may look whether the identity that can be read is the one that was signed (PF-AUTH-2).
 */
static bool is_altered(const struct umpire *umpire, const struct umpire_process *process)
{
    struct buf opened;
    buf_init_secret(&opened, EXPLANATION_MOST);
    struct bytes text = process->identity_text.type == VALUE_STRING
                            ? value_bytes(&process->identity_text)
                            : bytes_of("");
    if (text.data == NULL)
        text = bytes_of("");
    bool is_read = process->identity_text.type == VALUE_STRING;
    bool altered = is_read && judge_as(umpire, process, text, &opened) == JUDGEMENT_MISMATCH;
    buf_release(&opened);
    return altered;
}

/* Of a ciphertext: what the server found in it. */
static bool is_same_data(const struct outcome *outcome, const struct buf *opened)
{
    for (size_t i = 0; i < outcome->values.count; i++) {
        const struct value *value = &outcome->values.items[i].value;
        bool is_text = value->type == VALUE_STRING || value->type == VALUE_OPAQUE;
        if (is_text && !bytes_equal(value_bytes(value), buf_bytes(opened)))
            return false;
    }
    return true;
}

/* rule: PF-SRV-6 */
static void judge_verdict(struct umpire *umpire, const struct umpire_process *process,
                          const struct outcome *outcome)
{
    struct buf opened;
    buf_init_secret(&opened, EXPLANATION_MOST);
    bool is_signature = umpire->operation->kind == OPERATION_AUTHENTICATE;
    enum judgement truth = judge_as(umpire, process, (struct bytes){NULL, 0}, &opened);
    enum judgement said = outcome->judgement;
    bool is_told =
        truth != JUDGEMENT_UNKNOWN && (said == JUDGEMENT_GENUINE || said == JUDGEMENT_MISMATCH);
    bool is_excused = is_signature && truth == JUDGEMENT_GENUINE && said == JUDGEMENT_MISMATCH &&
                      is_altered(umpire, process);
    if (said == JUDGEMENT_NONE && truth == JUDGEMENT_GENUINE)
        umpire_find(umpire, "PF-SRV-6", "AuthData went to the server, but it has not judged it%s%s",
                    outcome->problem[0] == '\0' ? "" : ": ", outcome->problem);
    else if (is_told && truth != said && !is_excused)
        umpire_find(umpire, "PF-SRV-6", "the server says %s, but the %s %s", judgement_name(said),
                    is_signature ? "signature" : "ciphertext",
                    truth == JUDGEMENT_GENUINE ? "is genuine" : "does not fit");
    else if (!is_signature && said == JUDGEMENT_GENUINE && !is_same_data(outcome, &opened))
        umpire_find(umpire, "PF-SRV-6", "the server says that other data was encrypted than was");
    buf_release(&opened);
}

/* rule: PF-SRV-3 */
static void judge_error(struct umpire *umpire, enum status status, const struct outcome *outcome)
{
    bool takes =
        outcome->judgement == JUDGEMENT_GENUINE || outcome->judgement == JUDGEMENT_MISMATCH;
    if (status == ST_OK && takes)
        umpire_find(umpire, "PF-SRV-3",
                    "AuthStatus was 2 (ERROR), but the server takes AuthData for valid and says %s",
                    judgement_name(outcome->judgement));
    else if (status == ST_TIMEOUT)
        umpire_find(umpire, "PF-SRV-3",
                    "AuthStatus was 2 (ERROR), but the server goes on waiting for AuthData");
}

void umpire_service_done(struct umpire *umpire, enum status status, const struct outcome *outcome)
{
    const struct umpire_process *process = find_process(umpire, umpire->operation->path.id[1]);
    bool is_ours = process != NULL && process->is_of_step;
    bool judges =
        outcome->judgement == JUDGEMENT_GENUINE || outcome->judgement == JUDGEMENT_MISMATCH;
    if (is_ours && process->has_data && status == ST_OK)
        judge_verdict(umpire, process, outcome);
    else if (is_ours && process->saw_error)
        judge_error(umpire, status, outcome);
    else if (status == ST_OK && judges && !umpire->has_arrived)
        umpire_find(umpire, "PF-SRV-6", "the server says %s, but it has not started GetAuthData",
                    judgement_name(outcome->judgement));
    else if (status == ST_OK && judges)
        umpire_find(umpire, "PF-SRV-6", "the server says %s of AuthData that never went to it",
                    judgement_name(outcome->judgement));
    bool was_tried = status == ST_OK || status == ST_TIMEOUT; /* what drives the server could */
    if (was_tried && !umpire->has_arrived && process != NULL && process->is_chosen &&
        process->saw_error)
        umpire_find(umpire, "PF-SRV-3",
                    "after AuthStatus 2 (ERROR) the server does not start GetAuthData again");
}
