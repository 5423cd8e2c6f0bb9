/* SPDX-License-Identifier: Apache-2.0 */
/* What the umpire hears and keeps: registrations, notifications, the step under way, findings. */
#include "base/std.h"

#include "scenario/umpire_impl.h"

/* --- findings ---------------------------------------------------------------------------- */
static bool was_found(const struct umpire *umpire, const struct rule *rule)
{
    for (size_t i = 0; i < umpire->found_count; i++)
        if (umpire->found[i] == rule)
            return true;
    return umpire->found_count == UMPIRE_FINDINGS_MOST;
}

void umpire_find(struct umpire *umpire, const char *id, const char *format, ...)
{
    const struct rule *rule = rule_find(bytes_of(id));
    assert(rule != NULL);
    if (was_found(umpire, rule) || umpire->finding_count == UMPIRE_FINDINGS_MOST)
        return;
    umpire->found[umpire->found_count++] = rule;
    struct umpire_finding *finding = &umpire->findings[umpire->finding_count++];
    finding->rule = rule;
    va_list values;
    va_start(values, format);
    vsnprintf(finding->reason, sizeof finding->reason, format, values);
    va_end(values);
}

bool umpire_take(struct umpire *umpire, struct umpire_finding *out)
{
    if (umpire->finding_count == 0)
        return false;
    *out = umpire->findings[0];
    umpire->finding_count--;
    memmove(umpire->findings, umpire->findings + 1,
            umpire->finding_count * sizeof umpire->findings[0]);
    return true;
}

/* The rules of what a server decides while it authenticates or decrypts. */
static bool is_decided(const struct rule *rule)
{
    static const char *const ids[] = {"PF-ARG-1", "PF-ARG-2", "PF-ARG-3", "PF-ARG-4", "PF-ARG-6",
                                      "PF-SRV-1", "PF-SRV-2", "PF-SRV-3", "PF-SRV-6"};
    for (size_t i = 0; i < COUNT_OF(ids); i++)
        if (strcmp(rule->id, ids[i]) == 0)
            return true;
    return false;
}

static bool is_verdict(const struct umpire *umpire)
{
    enum operation_kind kind = umpire->step->operation.kind;
    return umpire->step->verb->kind == STEP_OPERATION &&
           (kind == OPERATION_AUTHENTICATE || kind == OPERATION_DECRYPT);
}

enum comparison umpire_compared(const struct umpire *umpire, const struct rule *rule,
                                enum comparison result)
{
    bool looks_on = is_verdict(umpire) && umpire->sees && !umpire->has_link;
    if (result != COMPARISON_BROKEN || !looks_on || was_found(umpire, rule))
        return result;
    if (is_decided(rule))
        return COMPARISON_MET;
    bool is_explained = umpire->found_count > 0 && (rule->sides & SIDE_SERVER) != 0;
    return is_explained ? COMPARISON_UNKNOWN : result;
}

bool umpire_is_servers(const struct umpire *umpire, bool answer_fits)
{
    if (!umpire->trusts || umpire->has_link || umpire->step->verb->kind != STEP_OPERATION)
        return false;
    return is_verdict(umpire) || umpire_answer(umpire) == NULL || answer_fits;
}

bool umpire_has_arrived(const struct umpire *umpire)
{
    return umpire->has_arrived;
}

bool umpire_is_baseless(const struct umpire *umpire)
{
    return umpire->trusts && is_verdict(umpire) && !umpire->has_arrived;
}

const struct outcome *umpire_answer(const struct umpire *umpire)
{
    return umpire->has_arrived && umpire->answer.code != 0 ? &umpire->answer : NULL;
}

const struct rule *umpire_blamed(const struct umpire *umpire, bool is_servers)
{
    if (is_servers && umpire->found_count > 0)
        return NULL;
    return is_servers && is_verdict(umpire) ? rule_find(bytes_of("PF-SRV-6"))
                                            : rule_implied(umpire->step->operation.kind);
}

const char *umpire_implied(enum operation_kind kind)
{
    return rule_implied(kind)->id;
}

/* --- values ------------------------------------------------------------------------------ */
static bool same_value(const struct value *a, const struct value *b)
{
    bool are_numbers = (a->type == VALUE_INTEGER || a->type == VALUE_TIME) &&
                       (b->type == VALUE_INTEGER || b->type == VALUE_TIME);
    return are_numbers ? a->integer == b->integer : value_equal(a, b);
}

/* The first of PART that ALL has not, or has otherwise; NULL: there is none. */
static const struct record *find_other(const struct records *all, const struct records *part)
{
    for (size_t i = 0; i < part->count; i++) {
        const struct record *wanted = &part->items[i];
        const struct record *found =
            wanted->value.type == VALUE_NONE ? wanted : records_find(all, wanted->path);
        if (found == NULL || !same_value(&wanted->value, &found->value))
            return wanted;
    }
    return NULL;
}

static void put_value(const struct records *records, struct path path, struct buf *out)
{
    const struct record *record = records_find(records, path);
    if (record == NULL)
        buf_puts(out, "nothing");
    else
        value_format(&record->value, out);
}

void umpire_put_difference(const struct records *taken, const struct records *sent, struct buf *out)
{
    char text[PATH_TEXT];
    const struct record *other = find_other(taken, sent);
    if (other == NULL)
        other = find_other(sent, taken);
    if (other == NULL)
        return;
    struct path path = other->path; /* OTHER may be of either */
    buf_printf(out, "%s is ", path_text(path, text));
    put_value(taken, path, out);
    buf_puts(out, ", not ");
    put_value(sent, path, out);
}

bool umpire_same_values(const struct records *a, const struct records *b)
{
    return find_other(a, b) == NULL && find_other(b, a) == NULL;
}

/* --- registrations ----------------------------------------------------------------------- */
static struct umpire_registration *registration_of(struct umpire *umpire, unsigned server)
{
    for (size_t i = 0; i < umpire->registration_count; i++)
        if (umpire->registrations[i].server == server)
            return &umpire->registrations[i];
    if (umpire->registration_count == SERVERS_MOST)
        return NULL;
    struct umpire_registration *added = &umpire->registrations[umpire->registration_count++];
    *added = (struct umpire_registration){.server = server};
    return added;
}

static void end_registration(struct umpire *umpire, unsigned server)
{
    struct umpire_registration *registration = registration_of(umpire, server);
    if (registration == NULL)
        return;
    registration->is_alive = false;
    registration->is_void = registration->is_under_way;
}

static void take_links(struct umpire_registration *registration, const char *links)
{
    if (links == NULL)
        return;
    free(registration->links);
    registration->links = xstrdup(links);
}

bool umpire_is_registered(const struct umpire *umpire, unsigned server, unsigned instance)
{
    struct error problem;
    char link[32];
    snprintf(link, sizeof link, "</%d/%u>", PORTFOLIO, instance);
    for (size_t i = 0; i < umpire->registration_count; i++) {
        const struct umpire_registration *registration = &umpire->registrations[i];
        if (registration->server != server || registration->links == NULL)
            continue;
        return umpire->oracle->ops->links(umpire->oracle, bytes_of(link),
                                          bytes_of(registration->links), false, &problem);
    }
    return true;
}

static void hear_registered(struct umpire *umpire, const struct actor_event *event)
{
    struct umpire_registration *registration = registration_of(umpire, event->server);
    if (registration != NULL && event->has_list)
        take_links(registration, event->links);
    umpire_device_links(umpire, event->has_list ? event->links : NULL);
    if (event->kind == ACTOR_REGISTERED) {
        if (registration != NULL)
            registration->is_under_way = true;
        umpire->excuses_strays = umpire->excuses_strays || umpire->has_registered;
        umpire->has_registered = true;
        umpire_service_forget(umpire, event->server);
        umpire_device_forget(umpire, event->server);
    }
}

static const char *code_text(uint8_t code, char text[8])
{
    snprintf(text, 8, "%u.%02u", (code >> 5) & 7u, code & 31u);
    return text;
}

/* rule: PF-SRV-4 */
static void judge_register(struct umpire *umpire, const struct actor_event *event)
{
    struct umpire_registration *registration = registration_of(umpire, event->server);
    char code[8];
    if (registration == NULL)
        return;
    umpire_service_forget(umpire, event->server);
    bool is_accepted = event->outcome->code == CODE_CREATED;
    registration->is_alive = is_accepted && !registration->is_void;
    registration->is_under_way = false;
    registration->is_void = false;
    if (is_accepted)
        take_links(registration, event->links);
    if (!is_accepted)
        umpire_find(umpire, "PF-SRV-4", "the server answers the registration %s, not 2.01",
                    code_text(event->outcome->code, code));
    else if (event->location == NULL || event->location[0] == '\0')
        umpire_find(umpire, "PF-SRV-4",
                    "the server accepts the registration without telling its location");
}

/* rule: PF-SRV-4. After its end, nothing but a new Register helps, and that is right. */
static void judge_update(struct umpire *umpire, const struct actor_event *event)
{
    const struct umpire_registration *registration = registration_of(umpire, event->server);
    char code[8];
    if (registration == NULL || !registration->is_alive || event->outcome->code == CODE_CHANGED)
        return;
    umpire_find(umpire, "PF-SRV-4",
                "the server answers an update of a registration that is in force %s, not 2.04",
                code_text(event->outcome->code, code));
    end_registration(umpire, event->server);
}

static void judge_deregister(struct umpire *umpire, const struct actor_event *event)
{
    const struct umpire_registration *registration = registration_of(umpire, event->server);
    char code[8];
    if (registration != NULL && registration->is_alive && event->outcome->code != CODE_DELETED)
        umpire_find(umpire, "LWM2M-DEREGISTER", "the server answers a de-registration %s, not 2.02",
                    code_text(event->outcome->code, code));
    end_registration(umpire, event->server);
}

static void judge_send(struct umpire *umpire, const struct actor_event *event)
{
    char code[8];
    if (event->outcome->code != CODE_CHANGED)
        umpire_find(umpire, "LWM2M-SEND", "the server answers a Send %s, not 2.04",
                    code_text(event->outcome->code, code));
}

static void hear_replied(struct umpire *umpire, const struct actor_event *event)
{
    bool is_root = strcmp(event->text, "/rd") == 0;
    bool is_location = strncmp(event->text, "/rd/", 4) == 0;
    size_t findings = umpire->found_count;
    if (event->server == BOOTSTRAP_SERVER || umpire->has_link)
        return;
    if (is_root && event->method == CODE_POST)
        judge_register(umpire, event);
    else if (is_location && (event->method == CODE_POST || event->method == CODE_PUT))
        judge_update(umpire, event);
    else if (is_location && event->method == CODE_DELETE)
        judge_deregister(umpire, event);
    else if (strcmp(event->text, "/dp") == 0 && event->method == CODE_POST)
        judge_send(umpire, event);
    if (umpire->found_count > findings)
        umpire_note_refusal(umpire, event);
}

/* --- notifications ----------------------------------------------------------------------- */
static void release_news(struct umpire_news *news)
{
    records_release(&news->paths);
    records_release(&news->values);
}

static void hear_told(struct umpire *umpire, const struct actor_event *event)
{
    if (umpire->news_count == UMPIRE_NEWS_MOST) {
        release_news(&umpire->news[0]);
        umpire->news_count--;
        memmove(umpire->news, umpire->news + 1, umpire->news_count * sizeof umpire->news[0]);
        umpire->has_lost_news = true;
    }
    struct umpire_news *news = &umpire->news[umpire->news_count++];
    *news = (struct umpire_news){.server = event->server, .path = event->path};
    records_init(&news->paths);
    if (event->paths != NULL)
        records_copy(event->paths, &news->paths);
    records_copy(&event->outcome->values, &news->values);
    umpire_service_values(umpire, event->server, event->outcome);
}

static bool is_of(const struct umpire_news *news, const struct actor_event *event)
{
    struct records none;
    records_init(&none);
    const struct records *paths = event->paths == NULL ? &none : event->paths;
    return news->server == event->server && path_equal(news->path, event->path) &&
           records_equal(&news->paths, paths);
}

static bool is_of_portfolio(struct path path, const struct records *values)
{
    bool is_it = path.depth > 0 && path.id[0] == PORTFOLIO;
    for (size_t i = 0; !is_it && path.depth == 0 && i < values->count; i++)
        is_it = values->items[i].path.depth > 0 && values->items[i].path.id[0] == PORTFOLIO;
    return is_it;
}

/* rule: PF-SRV-5. What the server takes from a notification is what one of them said; which of them
 * come, and in what time, is not for sure. Who says nothing of the values is not asked. */
static void hear_notified(struct umpire *umpire, const struct actor_event *event)
{
    bool is_known = false;
    bool tells = (event->outcome->untold & UNTOLD_VALUES) == 0;
    bool says = event->outcome->decoded || (tells && event->outcome->problem[0] != '\0');
    char path[PATH_TEXT];
    for (size_t i = 0; i < umpire->news_count; i++) {
        if (!is_of(&umpire->news[i], event))
            continue;
        if (umpire_same_values(&umpire->news[i].values, &event->outcome->values))
            return;
        is_known = true;
    }
    if (!is_known || !says || umpire->has_link || umpire->has_lost_news)
        return;
    umpire_find(umpire,
                is_of_portfolio(event->path, &event->outcome->values) ? "PF-SRV-5" : "LWM2M-NOTIFY",
                "the server takes other values from a notification of \"%s\" than it brought",
                path_text(event->path, path));
}

/* --- requests ---------------------------------------------------------------------------- */
static bool is_named(const struct umpire *umpire, unsigned instance)
{
    for (size_t i = 0; i < umpire->named_count; i++)
        if (umpire->named[i] == instance)
            return true;
    return false;
}

static void name_instance(struct umpire *umpire, struct path path)
{
    if (path.depth < 2 || path.id[0] != PORTFOLIO || is_named(umpire, path.id[1]) ||
        umpire->named_count == UMPIRE_NAMED_MOST)
        return;
    umpire->named[umpire->named_count++] = path.id[1];
}

/* rule: PF-SRV-4 */
static void judge_instance(struct umpire *umpire, const struct actor_event *event)
{
    char path[PATH_TEXT];
    bool is_instance = event->path.depth >= 2 && event->path.id[0] == PORTFOLIO;
    if (is_instance && !is_named(umpire, event->path.id[1]) &&
        !umpire_is_registered(umpire, event->server, event->path.id[1]))
        umpire_find(umpire, "PF-SRV-4",
                    "the server asks %s \"%s\" by itself, an instance that was not registered",
                    method_name(event->method), path_text(event->path, path));
}

/* What a step asks for is asked for once; looking again is nobody's loss. */
static void judge_number(struct umpire *umpire, const struct actor_event *event)
{
    char path[PATH_TEXT];
    if (umpire->has_arrived && umpire->trusts && !umpire->has_link && event->method == CODE_POST &&
        !umpire_is_verbatim(umpire->operation))
        umpire_find(umpire, umpire_implied(umpire->operation->kind),
                    "the server sends %s \"%s\" twice, but the step asks for it once",
                    method_name(event->method), path_text(event->path, path));
}

static void hear_requested(struct umpire *umpire, const struct actor_event *event)
{
    char path[PATH_TEXT];
    if (event->request == NULL || event->outcome == NULL || event->request->is_bootstrap)
        return;
    umpire->sees = true;
    if (umpire->operation != NULL && umpire->operation->kind == OPERATION_REPEAT &&
        !umpire->has_link)
        umpire_find(umpire, "COAP-DUPLICATE",
                    "the server repeats %s \"%s\" as a request of its own: the device sees it anew",
                    method_name(event->method), path_text(event->path, path));
    bool is_dictated = umpire_is_dictated(umpire, event);
    bool is_extra = !is_dictated || (umpire->has_arrived && !umpire_is_service(umpire));
    size_t findings = umpire->found_count;
    if (is_extra)
        umpire_note_extra(umpire, event);
    if (event->outcome->has_location)
        name_instance(umpire, event->outcome->location);
    if (!is_dictated) {
        snprintf(umpire->other, sizeof umpire->other, "%s %s", method_name(event->method),
                 path_text(event->path, path));
        judge_instance(umpire, event);
    } else if (umpire->operation != NULL && !umpire_is_service(umpire)) {
        judge_number(umpire, event);
        umpire->has_arrived = true;
        outcome_release(&umpire->answer);
        outcome_copy(event->outcome, &umpire->answer);
        if (!umpire->has_link)
            umpire_compare(umpire, event);
        umpire_note_difference(umpire, event, findings);
    }
    if (is_extra)
        umpire_device_shared(umpire, event);
    umpire_device_values(umpire, event->outcome);
    if (!umpire->has_link)
        umpire_judge_form(umpire, event, is_dictated);
    umpire_service_request(umpire, event, is_dictated);
    umpire_service_values(umpire, event->server, event->outcome);
}

void umpire_hear(struct umpire *umpire, const struct actor_event *event)
{
    switch (event->kind) {
    case ACTOR_REGISTERED:
    case ACTOR_UPDATED:
        hear_registered(umpire, event);
        break;
    case ACTOR_EXPIRED: /* the server has dropped what it observed, and the device may not know */
        umpire->excuses_strays = true;
        end_registration(umpire, event->server);
        break;
    case ACTOR_REPLIED:
        hear_replied(umpire, event);
        break;
    case ACTOR_REQUESTED:
        hear_requested(umpire, event);
        break;
    case ACTOR_TOLD:
        hear_told(umpire, event);
        umpire_device_notified(umpire, event);
        umpire_device_values(umpire, event->outcome);
        break;
    case ACTOR_NOTIFIED:
        hear_notified(umpire, event);
        if (!umpire->sees)
            umpire_device_notified(umpire, event);
        if (!umpire->sees)
            umpire_device_values(umpire, event->outcome);
        break;
    case ACTOR_SENT:
        umpire_device_values(umpire, event->outcome);
        break;
    case ACTOR_RESET:
        umpire_note_reset(umpire);
        break;
    case ACTOR_STRAY:
        umpire_device_stray(umpire, event);
        break;
    case ACTOR_LEAKED:
        umpire_device_leak(umpire, event->text);
        break;
    case ACTOR_DEREGISTERED:
    case ACTOR_ASKED:
    case ACTOR_POSTED:
    case ACTOR_SECURED:
    case ACTOR_FAILED:
        break;
    }
}

/* --- steps ------------------------------------------------------------------------------- */
void umpire_step(struct umpire *umpire, const struct step *step)
{
    umpire->step = step;
    umpire->found_count = 0;
    for (size_t i = 0; i < umpire->finding_count; i++) /* between the steps */
        umpire->found[umpire->found_count++] = umpire->findings[i].rule;
    umpire->other[0] = '\0';
    if (step->verb->kind == STEP_LINK)
        umpire->has_link = true;
    umpire_device_step(umpire, step);
    if (step->verb->kind == STEP_CONTROL)
        end_registration(umpire, step->server);
    if (step->verb->kind == STEP_OPERATION)
        name_instance(umpire, step->path);
    for (size_t i = 0; i < step->operation.values.count; i++)
        name_instance(umpire, step->operation.values.items[i].path);
}

bool umpire_is_service(const struct umpire *umpire)
{
    return umpire->operation != NULL && (umpire->operation->kind == OPERATION_AUTHENTICATE ||
                                         umpire->operation->kind == OPERATION_DECRYPT);
}

void umpire_ask(struct umpire *umpire, const struct operation *operation)
{
    umpire->operation = operation;
    umpire->has_arrived = false;
    for (size_t i = 0; i < umpire->process_count; i++)
        umpire->processes[i].is_of_step = false;
}

void umpire_done(struct umpire *umpire, enum status status, const struct outcome *outcome)
{
    bool counts = umpire->sees && !umpire->has_link && umpire->step->server != BOOTSTRAP_SERVER;
    if (counts && umpire_is_service(umpire))
        umpire_service_done(umpire, status, outcome);
    else if (counts && status == ST_OK && outcome->code != 0)
        umpire_compare_answer(umpire, outcome);
    if (status != ST_OK)
        umpire->excuses_strays = true;
    else if (!umpire->sees) /* what its server makes of it is not the device's */
        umpire_device_values(umpire, outcome);
    if (status == ST_OK && umpire->operation != NULL)
        umpire_device_done(umpire, umpire->has_arrived ? &umpire->answer : outcome);
    umpire->operation = NULL;
}

/* --- life -------------------------------------------------------------------------------- */
struct umpire *umpire_new(const struct claims *claims, const struct oracle *oracle,
                          struct stage *stage)
{
    struct umpire *umpire = xalloc(sizeof *umpire);
    umpire->claims = claims;
    umpire->oracle = oracle;
    umpire->stage = stage;
    outcome_init(&umpire->answer);
    return umpire;
}

void umpire_trust(struct umpire *umpire)
{
    umpire->sees = true;
    umpire->trusts = true;
}

void umpire_free(struct umpire *umpire)
{
    if (umpire == NULL)
        return;
    umpire_service_release(umpire);
    umpire_device_release(umpire);
    outcome_release(&umpire->answer);
    for (size_t i = 0; i < umpire->registration_count; i++)
        free(umpire->registrations[i].links);
    for (size_t i = 0; i < umpire->news_count; i++)
        release_news(&umpire->news[i]);
    free(umpire);
}
