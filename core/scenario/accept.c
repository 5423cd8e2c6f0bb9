/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody else's device may do otherwise than ours, where the specification leaves it open:
 * each is named, and is no broken rule. */
#include "base/std.h"

#include "base/coap.h"
#include "base/portfolio.h"
#include "scenario/theirs_impl.h"

enum { STATUS_ERROR = 2, POLL_MS = 100 };

/* A step that was not met, and what came. */
struct deviation {
    const struct comparer *comparer; /* (borrowed) */
    const struct step *step;         /* (borrowed) */
    const struct outcome *outcome;   /* (borrowed) */
    bool is_partial;                 /* its owner claims a service without one of its resources */
    bool is_1_0;                     /* and LwM2M 1.0 */
};

/* --- what the step is about ------------------------------------------------------------ */

static bool accepts(const struct deviation *deviation, uint8_t code)
{
    const struct expectation *expectation = &deviation->step->expectation;
    for (size_t i = 0; i < expectation->code_count; i++)
        if (code >= expectation->codes[i].low && code <= expectation->codes[i].high)
            return true;
    return expectation->code_count == 0;
}

static bool is_operation(const struct deviation *deviation, enum operation_kind kind)
{
    return deviation->step->verb->kind == STEP_OPERATION && deviation->step->operation.kind == kind;
}

/* At RESOURCE of a Portfolio instance, or below. */
static bool is_at(const struct deviation *deviation, unsigned resource)
{
    const struct path *path = &deviation->step->path;
    return path->depth >= 3 && path->id[0] == PORTFOLIO && path->id[2] == resource;
}

static bool belongs_to(const struct deviation *deviation, const char *rule)
{
    for (size_t i = 0; i < deviation->step->rule_count; i++)
        if (strcmp(deviation->step->rules[i]->id, rule) == 0)
            return true;
    return false;
}

static bool wants_empty(const struct deviation *deviation)
{
    const struct expectation *expectation = &deviation->step->expectation;
    return expectation->has_values && expectation->exact && expectation->wanted_count == 0;
}

/* --- I-11: AuthData while there is none -------------------------------------------------- */

static bool is_missing_data(const struct deviation *deviation)
{
    return is_operation(deviation, OPERATION_READ) && is_at(deviation, AUTH_DATA) &&
           wants_empty(deviation) && deviation->outcome->code == CODE_NOT_FOUND;
}

static bool is_missing_to_observers(const struct deviation *deviation)
{
    return is_operation(deviation, OPERATION_OBSERVE) && is_at(deviation, AUTH_DATA) &&
           wants_empty(deviation) && deviation->outcome->code == CODE_NOT_FOUND;
}

static bool is_hollow(const struct record *record)
{
    return record->path.id[0] == PORTFOLIO && record->path.depth >= 3 &&
           record->path.id[2] == AUTH_DATA && record->value.type == VALUE_OPAQUE &&
           value_bytes(&record->value).len == 0;
}

/* Moves what is not hollow from FROM into OUT; how many were. */
static size_t drop_hollow(const struct records *from, struct records *out)
{
    size_t hollow = 0;
    records_init(out);
    for (size_t i = 0; i < from->count; i++) {
        const struct record *record = &from->items[i];
        bool stays =
            !is_hollow(record) && records_add(out, record->path, value_copy(&record->value));
        hollow += stays ? 0 : 1;
    }
    return hollow;
}

/* Octets of which there are none stand for nothing. */
static bool is_empty_data(const struct deviation *deviation)
{
    struct outcome without;
    struct records values;
    if (deviation->outcome->code != CODE_CONTENT || !deviation->outcome->decoded)
        return false;
    size_t hollow = drop_hollow(&deviation->outcome->values, &values);
    outcome_copy(deviation->outcome, &without);
    records_release(&without.values);
    without.values = values;
    bool fits =
        compare_outcome(deviation->comparer, deviation->step, &without).result == COMPARISON_MET;
    bool is_gone =
        values.count == 0 && is_at(deviation, AUTH_DATA) && accepts(deviation, CODE_NOT_FOUND);
    outcome_release(&without);
    return hollow > 0 && (fits || is_gone);
}

/* --- PF-DM-4: the format where none is asked for ------------------------------------------ */

static bool is_other_format(const struct deviation *deviation)
{
    const struct expectation *expectation = &deviation->step->expectation;
    struct outcome as_wanted;
    bool reads =
        is_operation(deviation, OPERATION_READ) || is_operation(deviation, OPERATION_OBSERVE);
    if (!reads || deviation->step->operation.format >= 0 || expectation->format_count == 0 ||
        deviation->outcome->code != CODE_CONTENT)
        return false;
    outcome_copy(deviation->outcome, &as_wanted);
    as_wanted.format = expectation->formats[0];
    bool fits =
        compare_outcome(deviation->comparer, deviation->step, &as_wanted).result == COMPARISON_MET;
    outcome_release(&as_wanted);
    return fits;
}

/* --- PF-DM-4: formats that a device need not have ------------------------------------------ */

/* JSON of LwM2M 1.0 may be missing; from 1.1 on all that can hold several values, and CBOR (LwM2M
 * Core 1.1, 7.4). */
static bool is_optional(const struct deviation *deviation, int format)
{
    static const char *const names[] = {"json", "tlv", "cbor", "senml-json", "senml-cbor"};
    const struct oracle *oracle = deviation->comparer->oracle;
    for (size_t i = 0; i < (deviation->is_1_0 ? 1 : COUNT_OF(names)); i++)
        if (format >= 0 && oracle->ops->format(oracle, bytes_of(names[i])) == format)
            return true;
    return false;
}

/* Where a step leaves it open, our server writes several values in TLV, and from 1.1 on in SenML
 * CBOR. */
static bool lacks_format(const struct deviation *deviation)
{
    const struct operation *operation = &deviation->step->operation;
    uint8_t code = deviation->outcome->code;
    bool is_dictated = is_operation(deviation, OPERATION_RAW);
    int format = is_dictated && code == CODE_NOT_ACCEPTABLE ? operation->accept : operation->format;
    bool is_usual = format < 0 && !is_dictated && code == CODE_UNSUPPORTED_FORMAT;
    return deviation->step->verb->kind == STEP_OPERATION &&
           (code == CODE_NOT_ACCEPTABLE || code == CODE_UNSUPPORTED_FORMAT) &&
           (is_usual ? !deviation->is_1_0 : is_optional(deviation, format));
}

/* --- PF-DM-7: operations that LwM2M 1.1 leaves open -------------------------------------- */

static bool lacks_composite(const struct deviation *deviation)
{
    unsigned method = deviation->step->operation.method;
    uint8_t code = deviation->outcome->code;
    bool is_dictated =
        is_operation(deviation, OPERATION_RAW) && (method == CODE_FETCH || method == CODE_IPATCH);
    bool is_composite = is_operation(deviation, OPERATION_READ_COMPOSITE) ||
                        is_operation(deviation, OPERATION_OBSERVE_COMPOSITE) ||
                        is_operation(deviation, OPERATION_WRITE_COMPOSITE) || is_dictated;
    return is_composite && (code == CODE_METHOD_NOT_ALLOWED || code == CODE_NOT_IMPLEMENTED);
}

/* --- I-9, I-13: arguments --------------------------------------------------------------- */

static bool takes_arguments(const struct deviation *deviation)
{
    return is_operation(deviation, OPERATION_EXECUTE) && is_at(deviation, GET_AUTH_DATA) &&
           accepts(deviation, CODE_BAD_REQUEST) && deviation->outcome->code == CODE_CHANGED;
}

static bool is_late_refusal(const struct deviation *deviation)
{
    return takes_arguments(deviation) &&
           (belongs_to(deviation, "PF-ARG-7") || belongs_to(deviation, "PF-ARG-8") ||
            belongs_to(deviation, "PF-STATE-8"));
}

static bool is_printed_form(const struct deviation *deviation)
{
    const struct oracle *oracle = deviation->comparer->oracle;
    const struct operation *operation = &deviation->step->operation;
    struct oracle_arguments arguments;
    struct error problem;
    error_clear(&problem);
    if (!takes_arguments(deviation) || operation->text == NULL)
        return false;
    return oracle->ops->arguments(oracle, operation->path.id[1], bytes_of(operation->text), true,
                                  &arguments, &problem);
}

/* --- I-17, I-20: what can be written ------------------------------------------------------ */

static bool brings_nothing(const struct records *values)
{
    for (size_t i = 0; i < values->count; i++)
        if (values->items[i].value.type != VALUE_NONE)
            return false;
    return true;
}

static bool refuses_empty_create(const struct deviation *deviation)
{
    return is_operation(deviation, OPERATION_CREATE) &&
           brings_nothing(&deviation->step->operation.values) && accepts(deviation, CODE_CREATED) &&
           deviation->outcome->code == CODE_BAD_REQUEST;
}

static bool keeps_identity(const struct deviation *deviation)
{
    bool writes = is_operation(deviation, OPERATION_WRITE) ||
                  is_operation(deviation, OPERATION_UPDATE) ||
                  is_operation(deviation, OPERATION_WRITE_COMPOSITE);
    bool at_identity =
        is_at(deviation, IDENTITY) || is_operation(deviation, OPERATION_WRITE_COMPOSITE);
    bool is_dictated = is_operation(deviation, OPERATION_RAW) && is_at(deviation, IDENTITY) &&
                       deviation->step->operation.method == CODE_PUT;
    bool is_meant = is_dictated || (writes && at_identity && accepts(deviation, CODE_CHANGED));
    return is_meant && deviation->outcome->code == CODE_METHOD_NOT_ALLOWED;
}

/* --- PF-DM-8: a resource instance that is not there ---------------------------------------- */

static bool creates_instance(const struct deviation *deviation)
{
    uint8_t code = deviation->outcome->code;
    return is_operation(deviation, OPERATION_WRITE) && is_at(deviation, IDENTITY) &&
           deviation->step->path.depth == 4 && accepts(deviation, CODE_NOT_FOUND) &&
           (code == CODE_CHANGED || code == CODE_CREATED);
}

/* --- PF-DM-9: what Discover shows --------------------------------------------------------- */

/* `</16/0/2>` of LINK, whatever attributes follow. */
static bool is_auth_data_link(struct bytes link)
{
    static const char begin[] = "</16/";
    static const char end[] = "/2>";
    size_t at = sizeof begin - 1;
    if (link.len < at || memcmp(link.data, begin, at) != 0)
        return false;
    while (at < link.len && link.data[at] >= '0' && link.data[at] <= '9')
        at++;
    return at + sizeof end - 1 <= link.len && memcmp(link.data + at, end, sizeof end - 1) == 0;
}

static void put_without_dim(struct bytes link, struct buf *out)
{
    static const char mark[] = ";dim=";
    for (size_t i = 0; i < link.len; i++) {
        size_t left = link.len - i;
        if (left >= sizeof mark - 1 && memcmp(link.data + i, mark, sizeof mark - 1) == 0)
            for (i += sizeof mark - 1; i < link.len && link.data[i] != ';';)
                i++;
        if (i < link.len)
            buf_put(out, (struct bytes){link.data + i, 1});
    }
}

/* The next of LINKS, which no attribute with a comma in it is among. */
static struct bytes next_link(struct bytes *links)
{
    while (links->len > 0 && (lex_is_blank(links->data[0]) || links->data[0] == ','))
        *links = (struct bytes){links->data + 1, links->len - 1};
    size_t len = 0;
    while (len < links->len && links->data[len] != ',')
        len++;
    const struct bytes link = {links->data, len};
    *links = (struct bytes){links->data + len, links->len - len};
    return link;
}

/* What is asked for, but for the links of AuthData and, of an object, `dim`. */
static void relax_links(const struct deviation *deviation, struct buf *out)
{
    struct bytes rest = bytes_of(deviation->step->expectation.link_text);
    bool is_object = deviation->step->path.depth == 1;
    for (struct bytes link = next_link(&rest); link.len > 0; link = next_link(&rest)) {
        if (is_auth_data_link(link))
            continue;
        buf_puts(out, out->len == 0 ? "" : ",");
        if (is_object)
            put_without_dim(link, out);
        else
            buf_put(out, link);
    }
}

static bool shows_less(const struct deviation *deviation)
{
    const struct expectation *expectation = &deviation->step->expectation;
    const struct oracle *oracle = deviation->comparer->oracle;
    struct error problem;
    struct buf links;
    if (!is_operation(deviation, OPERATION_DISCOVER) || expectation->links == LINKS_NONE ||
        deviation->step->path.id[0] != PORTFOLIO || deviation->outcome->code != CODE_CONTENT)
        return false;
    error_clear(&problem);
    buf_init(&links, EXPLANATION_MOST);
    relax_links(deviation, &links);
    bool fits = !links.bad && oracle->ops->links(oracle, buf_bytes(&links),
                                                 buf_bytes(&deviation->outcome->payload),
                                                 expectation->links == LINKS_EXACT, &problem);
    buf_release(&links);
    return fits;
}

/* --- I-16: a service without one of its resources ------------------------------------------ */

static bool holds(struct bytes answer, struct bytes text)
{
    for (size_t i = 0; text.len > 0 && i + text.len <= answer.len; i++)
        if (memcmp(answer.data + i, text.data, text.len) == 0)
            return true;
    return false;
}

/* The link of AuthData or AuthStatus, which ANSWER does not have. */
static bool is_left_out(struct bytes link, struct bytes answer)
{
    char text[PATH_TEXT];
    static const char digits[] = "0123456789";
    snprintf(text, sizeof text, "%.*s", (int)link.len, (const char *)link.data);
    size_t at = strncmp(text, "</16/", 5) == 0 ? 5 + strspn(text + 5, digits) : 0;
    bool is_resource = at > 5 && (strcmp(text + at, "/2>") == 0 || strcmp(text + at, "/3>") == 0);
    return is_resource && !holds(answer, bytes_of(text));
}

static bool omits_resources(const struct deviation *deviation)
{
    const struct expectation *expectation = &deviation->step->expectation;
    const struct oracle *oracle = deviation->comparer->oracle;
    struct bytes answer = buf_bytes(&deviation->outcome->payload);
    struct error problem;
    struct buf links;
    if (!deviation->is_partial || !is_operation(deviation, OPERATION_DISCOVER) ||
        expectation->links != LINKS_EXACT || deviation->step->path.id[0] != PORTFOLIO ||
        deviation->outcome->code != CODE_CONTENT)
        return false;
    error_clear(&problem);
    buf_init(&links, EXPLANATION_MOST);
    struct bytes rest = bytes_of(expectation->link_text);
    for (struct bytes link = next_link(&rest); link.len > 0; link = next_link(&rest)) {
        if (is_left_out(link, answer))
            continue;
        buf_puts(&links, links.len == 0 ? "" : ",");
        buf_put(&links, link);
    }
    bool fits = !links.bad && oracle->ops->links(oracle, buf_bytes(&links), answer, true, &problem);
    buf_release(&links);
    return fits;
}

/* --- all of them ------------------------------------------------------------------------- */

static const struct {
    bool (*is)(const struct deviation *deviation);
    enum comparison result;
    bool until_error; /* if the device shows ERROR then */
    const char *id, *text;
} rows[] = {
    {is_missing_data, COMPARISON_MET, false, "I-11", "4.04 for AuthData that is not there"},
    {is_missing_to_observers, COMPARISON_ELSE, false, "I-11",
     "AuthData that is not there cannot be observed"},
    {is_empty_data, COMPARISON_MET, false, "I-11", "AuthData without octets is none"},
    {is_late_refusal, COMPARISON_ELSE, true, "I-9", "2.04, then ERROR instead of 4.00"},
    {is_printed_form, COMPARISON_LENIENT, false, "I-13",
     "the form of appendix B.2 is accepted beside that of the grammar"},
    {refuses_empty_create, COMPARISON_ELSE, false, "I-17", "Create must bring an Identity"},
    {keeps_identity, COMPARISON_ELSE, false, "I-20", "Identity cannot be written"},
    {is_other_format, COMPARISON_MET, false, "PF-DM-4",
     "without Accept the content format is the device's choice"},
    {lacks_format, COMPARISON_ELSE, false, "PF-DM-4",
     "the device does not have this content format"},
    {lacks_composite, COMPARISON_ELSE, false, "PF-DM-7",
     "the device does not have composite operations"},
    {creates_instance, COMPARISON_ELSE, false, "PF-DM-8",
     "a Write creates the resource instance that is not there"},
    {shows_less, COMPARISON_MET, false, "PF-DM-9",
     "Discover leaves out dim of an object, or AuthData that is not there"},
    {omits_resources, COMPARISON_LENIENT, false, "I-16",
     "a service without AuthData or AuthStatus"},
};

/* AuthStatus of the instance of PATH, or -1. */
static int64_t read_status(struct server_actor *server, const char *endpoint, struct path path)
{
    struct operation operation;
    struct outcome outcome;
    struct error error;
    int64_t status = -1;
    operation_init(&operation, OPERATION_READ);
    operation.path = path_resource(PORTFOLIO, path.id[1], AUTH_STATUS);
    outcome_init(&outcome);
    error_clear(&error);
    if (server->ops->perform(server, endpoint, &operation, &outcome, &error) == ST_OK &&
        outcome.values.count == 1 && outcome.values.items[0].value.type == VALUE_INTEGER)
        status = outcome.values.items[0].value.integer;
    outcome_release(&outcome);
    operation_release(&operation);
    return status;
}

static bool shows_error(const struct acceptance *acceptance, const struct step *step)
{
    struct stage *stage = acceptance->stage;
    int64_t until = stage->ops->now(stage) + acceptance->error_ms;
    int64_t status = read_status(acceptance->server, acceptance->endpoint, step->path);
    while (status == 0 && stage->ops->now(stage) < until) {
        stage->ops->turn(stage, POLL_MS);
        status = read_status(acceptance->server, acceptance->endpoint, step->path);
    }
    return status == STATUS_ERROR;
}

void accept_outcome(const struct acceptance *acceptance, const struct step *step,
                    const struct outcome *outcome, struct finding *finding)
{
    const struct deviation deviation = {acceptance->comparer, step, outcome, acceptance->is_partial,
                                        acceptance->is_1_0};
    size_t i = 0;
    while (i < COUNT_OF(rows) && !rows[i].is(&deviation))
        i++;
    if (i == COUNT_OF(rows) || (rows[i].until_error && !shows_error(acceptance, step)))
        return;
    *finding = finding_of(rows[i].result, "accepted by %s: %s", rows[i].id, rows[i].text);
    finding->accepted = rows[i].id;
    /* Refused before, it changed nothing; else something may be left otherwise than found. */
    if (acceptance->in_cleanup && rows[i].result == COMPARISON_ELSE)
        finding->result = acceptance->was_refused ? COMPARISON_MET : COMPARISON_LENIENT;
}
