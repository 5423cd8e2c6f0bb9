/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a request arrives as the step under way dictated it, and whether the server says of its
 * answer what the device has said. */
#include "base/std.h"

#include "scenario/umpire_impl.h"

enum { FORMAT_LINKS = 40, SHOWN_MOST = 80 };

/* What an operation looks like on the wire; method 0: it need not, or cannot, be told. */
struct look {
    uint8_t method;
    int observe;  /* -1: without the option */
    bool has_sum; /* it carries values, or paths */
};

static struct look look_of(enum operation_kind kind)
{
    static const struct look looks[] = {
        [OPERATION_READ] = {CODE_GET, -1, false},
        [OPERATION_WRITE] = {CODE_PUT, -1, true},
        [OPERATION_UPDATE] = {CODE_POST, -1, true},
        [OPERATION_EXECUTE] = {CODE_POST, -1, false},
        [OPERATION_CREATE] = {CODE_POST, -1, true},
        [OPERATION_DELETE] = {CODE_DELETE, -1, false},
        [OPERATION_DISCOVER] = {CODE_GET, -1, false},
        [OPERATION_OBSERVE] = {CODE_GET, 0, false},
        [OPERATION_CANCEL] = {CODE_GET, 1, false},
        [OPERATION_ATTRIBUTES] = {CODE_PUT, -1, false},
        [OPERATION_READ_COMPOSITE] = {CODE_FETCH, -1, true},
        [OPERATION_WRITE_COMPOSITE] = {CODE_IPATCH, -1, true},
        [OPERATION_OBSERVE_COMPOSITE] = {CODE_FETCH, 0, true},
        [OPERATION_CANCEL_COMPOSITE] = {CODE_FETCH, 1, true},
        [OPERATION_RAW] = {0, -1, false},
        [OPERATION_REPEAT] = {0, -1, false},
        [OPERATION_AUTHENTICATE] = {0, -1, false},
        [OPERATION_DECRYPT] = {0, -1, false},
        [OPERATION_FINISH] = {0, -1, false},
    };
    FOR_EACH_OPERATION(looks);
    return looks[kind];
}

bool umpire_is_verbatim(const struct operation *operation)
{
    return operation->kind == OPERATION_RAW || operation->kind == OPERATION_REPEAT;
}

static struct path target_of(const struct operation *operation)
{
    return operation->kind == OPERATION_CREATE ? path_cut(operation->path, 1) : operation->path;
}

bool umpire_is_dictated(const struct umpire *umpire, const struct actor_event *event)
{
    const struct operation *operation = umpire->operation;
    if (operation == NULL || umpire->step->server != event->server)
        return false;
    if (umpire_is_verbatim(operation))
        return true;
    return event->method == look_of(operation->kind).method &&
           path_equal(event->path, target_of(operation));
}

/* --- its parts --------------------------------------------------------------------------- */
/* The rule that a wrong format breaks: of the Portfolio's values one of its own. */
static const char *format_rule(const struct operation *operation)
{
    bool is_read =
        look_of(operation->kind).method == CODE_GET && operation->kind != OPERATION_DISCOVER;
    bool is_portfolio = operation->path.depth > 0 && operation->path.id[0] == PORTFOLIO;
    return is_read && is_portfolio ? "PF-SRV-5" : umpire_implied(operation->kind);
}

enum { FORMAT_TEXT = 32 };

static const char *format_text(int format, char out[FORMAT_TEXT])
{
    snprintf(out, FORMAT_TEXT, "format %d", format);
    return format < 0 ? "no format" : out;
}

static void compare_formats(struct umpire *umpire, const struct request_seen *request)
{
    const struct operation *operation = umpire->operation;
    enum operation_kind kind = operation->kind;
    char text[FORMAT_TEXT];
    bool reads = look_of(kind).method == CODE_GET || look_of(kind).method == CODE_FETCH;
    int wanted = kind == OPERATION_DISCOVER ? FORMAT_LINKS : operation->format;
    if (reads && wanted >= 0 && request->accept != wanted)
        umpire_find(umpire, format_rule(operation),
                    "the server asks for %s, but the step for format %d",
                    format_text(request->accept, text), wanted);
    if (!reads && look_of(kind).has_sum && operation->format >= 0 &&
        request->format != operation->format)
        umpire_find(umpire, umpire_implied(kind),
                    "the server sends %s, but the step asks for format %d",
                    format_text(request->format, text), operation->format);
}

/* Where the step leaves the format open, the server asks for one that the device has. */
static void judge_choice(struct umpire *umpire, const struct actor_event *event)
{
    const struct operation *operation = umpire->operation;
    const struct request_seen *request = event->request;
    uint8_t code = event->outcome->code;
    if (!umpire->trusts || operation->format >= 0)
        return;
    if (code == CODE_NOT_ACCEPTABLE && request->accept >= 0)
        umpire_find(umpire, format_rule(operation),
                    "the server asks for format %d, which the device does not have",
                    request->accept);
    if (code == CODE_UNSUPPORTED_FORMAT && request->format >= 0)
        umpire_find(umpire, umpire_implied(operation->kind),
                    "the server sends format %d, which the device does not have", request->format);
}

/* A step may ask for what no device of the object model decodes. */
static bool can_decode(const struct umpire *umpire, const struct records *values)
{
    struct oracle_resource resource;
    for (size_t i = 0; i < values->count; i++) {
        const struct record *record = &values->items[i];
        if (record->value.type != VALUE_NONE &&
            (!umpire->oracle->ops->resource(umpire->oracle, record->path, &resource) ||
             resource.type != record->value.type))
            return false;
    }
    return true;
}

static bool is_content_refused(const struct actor_event *event)
{
    return event->request->payload.len > 0 && event->request->values == NULL &&
           (event->outcome->code == CODE_BAD_REQUEST ||
            event->outcome->code == CODE_UNSUPPORTED_FORMAT);
}

static void find_content(struct umpire *umpire, const struct actor_event *event, const char *rule)
{
    char path[PATH_TEXT];
    umpire_find(umpire, rule,
                "the server sends content to \"%s\" that does not decode as format %d",
                path_text(event->path, path), event->request->format);
}

static void judge_content(struct umpire *umpire, const struct actor_event *event)
{
    const struct operation *operation = umpire->operation;
    if (look_of(operation->kind).has_sum && is_content_refused(event) &&
        can_decode(umpire, &operation->values))
        find_content(umpire, event, umpire_implied(operation->kind));
}

/* A create whose instance the device chooses has paths that nobody knows before. */
static void compare_values(struct umpire *umpire, const struct actor_event *event)
{
    const struct operation *operation = umpire->operation;
    bool is_open = operation->kind == OPERATION_CREATE && operation->path.depth < 2;
    bool is_success = event->outcome->code >> 5 == 2;
    const struct records *values = event->request->values;
    if (!look_of(operation->kind).has_sum || is_open || !is_success || values == NULL)
        return;
    bool is_list = event->method == CODE_FETCH;
    if (is_list ? records_equal(values, &operation->values)
                : umpire_same_values(values, &operation->values))
        return;
    umpire_find(umpire, umpire_implied(operation->kind),
                "the %s that the server sends are not those of the step",
                is_list ? "paths" : "values");
}

static bool has_item(const char *list, const char *item, size_t len)
{
    while (*list != '\0') {
        size_t next = strcspn(list, "&");
        if (next == len && memcmp(list, item, len) == 0)
            return true;
        list += next + (list[next] == '&');
    }
    return false;
}

static bool has_items(const char *list, const char *items)
{
    while (*items != '\0') {
        size_t len = strcspn(items, "&");
        if (!has_item(list, items, len))
            return false;
        items += len + (items[len] == '&');
    }
    return true;
}

static void compare_attributes(struct umpire *umpire, const struct request_seen *request)
{
    const struct operation *operation = umpire->operation;
    const char *wanted = operation->text == NULL ? "" : operation->text;
    if (operation->kind != OPERATION_ATTRIBUTES ||
        (has_items(request->query, wanted) && has_items(wanted, request->query)))
        return;
    umpire_find(umpire, "LWM2M-ATTRIBUTES",
                "the server writes the attributes \"%.80s\", but the step \"%.80s\"",
                request->query, wanted);
}

/* --- arguments --------------------------------------------------------------------------- */
/* The rule of the argument DIGIT of GetAuthData. */
static const char *argument_rule(unsigned digit)
{
    static const char *const ids[] = {"PF-ARG-1", "PF-ARG-2", "PF-ARG-3", "PF-ARG-4"};
    return digit < COUNT_OF(ids) ? ids[digit] : "PF-ARG-6";
}

static void compare_argument(struct umpire *umpire, bool is_portfolio,
                             const struct oracle_argument *seen,
                             const struct oracle_argument *wanted)
{
    const struct oracle_argument *one = wanted != NULL ? wanted : seen;
    const char *is = seen == NULL ? "nothing" : seen->value;
    if (seen != NULL && wanted != NULL && seen->digit == wanted->digit &&
        strcmp(seen->value, wanted->value) == 0)
        return;
    umpire_find(umpire, is_portfolio ? argument_rule(one->digit) : "LWM2M-EXECUTE",
                "argument %u is \"%s\", but the step says \"%s\"", one->digit, is,
                wanted == NULL ? "nothing" : wanted->value);
}

/* Their order means nothing, but that of those with one digit. */
static void sort_arguments(struct oracle_arguments *arguments)
{
    for (size_t i = 1; i < arguments->count; i++)
        for (size_t k = i; k > 0 && arguments->items[k - 1].digit > arguments->items[k].digit;
             k--) {
            struct oracle_argument later = arguments->items[k - 1];
            arguments->items[k - 1] = arguments->items[k];
            arguments->items[k] = later;
        }
}

static void compare_lists(struct umpire *umpire, const struct actor_event *event,
                          struct oracle_arguments *wanted, struct oracle_arguments *seen)
{
    bool is_portfolio = event->path.id[0] == PORTFOLIO && event->path.id[2] == GET_AUTH_DATA;
    sort_arguments(wanted);
    sort_arguments(seen);
    for (size_t i = 0; i < wanted->count || i < seen->count; i++)
        compare_argument(umpire, is_portfolio, i < seen->count ? &seen->items[i] : NULL,
                         i < wanted->count ? &wanted->items[i] : NULL);
}

/* What a step dictates in octets need not be a list. */
static void compare_arguments(struct umpire *umpire, const struct actor_event *event)
{
    const struct operation *operation = umpire->operation;
    const struct oracle_ops *oracle = umpire->oracle->ops;
    struct oracle_arguments wanted, seen;
    struct error problem;
    unsigned instance = event->path.id[1];
    struct bytes payload = event->request->payload;
    struct bytes text = bytes_of(operation->text == NULL ? "" : operation->text);
    if (operation->kind != OPERATION_EXECUTE || (operation->verbatim && bytes_equal(text, payload)))
        return;
    error_clear(&problem);
    bool is_list =
        oracle->arguments(umpire->oracle, instance, text, !operation->verbatim, &wanted, &problem);
    if (!is_list && !operation->verbatim)
        return;
    error_clear(&problem);
    bool is_seen = oracle->arguments(umpire->oracle, instance, payload, false, &seen, &problem);
    int len = (int)(payload.len < SHOWN_MOST ? payload.len : SHOWN_MOST);
    const char *shown = payload.data == NULL ? "" : (const char *)payload.data;
    if (!is_list)
        umpire_find(umpire, "PF-ARG-6",
                    "the server sends the arguments \"%.*s\", and not those "
                    "of the step",
                    len, shown);
    else if (!is_seen)
        umpire_find(umpire, "PF-ARG-6",
                    "the argument list \"%.*s\" breaks the grammar of Execute: %.120s", len, shown,
                    problem.text);
    else
        compare_lists(umpire, event, &wanted, &seen);
}

/* RFC 7641 3.6. */
static void judge_token(struct umpire *umpire, const struct actor_event *event)
{
    char path[PATH_TEXT];
    if (event->request->cancels_nothing)
        umpire_find(umpire, "LWM2M-CANCEL",
                    "the server cancels the observation of \"%s\" with a token by which nothing is "
                    "observed: it has to be that of the Observe",
                    path_text(event->path, path));
}

void umpire_compare(struct umpire *umpire, const struct actor_event *event)
{
    const struct operation *operation = umpire->operation;
    if (umpire_is_verbatim(operation))
        return;
    int observe = look_of(operation->kind).observe;
    if (event->request->observe != observe)
        umpire_find(umpire, umpire_implied(operation->kind),
                    "the server sends Observe %d, but this operation has %d (-1: none)",
                    event->request->observe, observe);
    compare_formats(umpire, event->request);
    judge_choice(umpire, event);
    judge_token(umpire, event);
    compare_values(umpire, event);
    judge_content(umpire, event);
    compare_attributes(umpire, event->request);
    compare_arguments(umpire, event);
}

/* --- what every request must be ---------------------------------------------------------- */
static bool is_execute(const struct umpire *umpire, const struct actor_event *event)
{
    struct oracle_resource resource;
    return event->method == CODE_POST && event->path.depth == 3 &&
           umpire->oracle->ops->resource(umpire->oracle, event->path, &resource) &&
           resource.executable;
}

/* The operation that a request with content is. */
static enum operation_kind kind_of(const struct actor_event *event)
{
    if (event->method == CODE_FETCH)
        return OPERATION_READ_COMPOSITE;
    if (event->method == CODE_IPATCH)
        return OPERATION_WRITE_COMPOSITE;
    if (event->method == CODE_PUT)
        return OPERATION_WRITE;
    return event->path.depth < 2 ? OPERATION_CREATE : OPERATION_UPDATE;
}

void umpire_judge_form(struct umpire *umpire, const struct actor_event *event, bool is_dictated)
{
    const struct request_seen *request = event->request;
    char path[PATH_TEXT];
    path_text(event->path, path);
    bool executes = is_execute(umpire, event);
    if (is_dictated && umpire_is_verbatim(umpire->operation))
        return;
    if (executes && request->payload.len > 0 && request->format > 0)
        umpire_find(umpire, "LWM2M-EXECUTE",
                    "the server sends arguments to \"%s\" as format %d; they are text (0)", path,
                    request->format);
    if (request->observe > 1)
        umpire_find(umpire, "LWM2M-OBSERVE",
                    "the server sends Observe %d to \"%s\", which is neither 0 nor 1",
                    request->observe, path);
    if (!is_dictated && !executes && is_content_refused(event))
        find_content(umpire, event, umpire_implied(kind_of(event)));
}

/* --- what the server makes of the answer ------------------------------------------------- */
static bool has_values(const struct records *records)
{
    for (size_t i = 0; i < records->count; i++)
        if (records->items[i].value.type != VALUE_NONE)
            return true;
    return false;
}

static void find_difference(struct umpire *umpire, const char *rule, const struct records *taken)
{
    struct buf text;
    buf_init(&text, EXPLANATION_MOST);
    umpire_put_difference(taken, &umpire->answer.values, &text);
    umpire_find(umpire, rule, "the server takes other values than the device has answered: %.200s",
                buf_text(&text));
    buf_release(&text);
}

/* rule: PF-SRV-5 */
static void compare_content(struct umpire *umpire, const struct outcome *outcome)
{
    const struct operation *operation = umpire->operation;
    const struct outcome *answer = &umpire->answer;
    bool is_portfolio = has_values(&answer->values);
    for (size_t i = 0; i < answer->values.count; i++)
        is_portfolio = is_portfolio && answer->values.items[i].path.id[0] == PORTFOLIO;
    const char *rule = is_portfolio ? "PF-SRV-5" : umpire_implied(operation->kind);
    if (!answer->decoded)
        return;
    if (outcome->decoded && !umpire_same_values(&outcome->values, &answer->values))
        find_difference(umpire, rule, &outcome->values);
    else if (!outcome->decoded && (outcome->untold & UNTOLD_VALUES) == 0 &&
             outcome->problem[0] != '\0' && has_values(&answer->values))
        umpire_find(umpire, rule, "the server cannot read what the device has answered: %.150s",
                    outcome->problem);
}

void umpire_compare_answer(struct umpire *umpire, const struct outcome *outcome)
{
    const struct operation *operation = umpire->operation;
    const struct outcome *answer = &umpire->answer;
    char path[PATH_TEXT];
    if (umpire_is_verbatim(operation) || look_of(operation->kind).method == 0)
        return;
    if (!umpire->has_arrived) {
        umpire_find(umpire, umpire_implied(operation->kind),
                    "the server says that it is done, but no %s %s came to the device%s%s",
                    method_name(look_of(operation->kind).method),
                    path_text(target_of(operation), path),
                    umpire->other[0] == '\0' ? "" : "; what came is ", umpire->other);
        umpire_note_omission(umpire);
    } else if (outcome->code != answer->code) {
        umpire_find(umpire, umpire_implied(operation->kind),
                    "the server says %u.%02u, but the device has answered %u.%02u",
                    outcome->code >> 5, outcome->code & 31u, answer->code >> 5, answer->code & 31u);
    } else {
        compare_content(umpire, outcome);
    }
}
