/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody else's device may do otherwise than ours, where the specification leaves it open:
 * each is named, and is no broken rule. */
#include "base/std.h"

#include "base/coap.h"
#include "base/portfolio.h"
#include "scenario/accept_impl.h"

enum { STATUS_DATA_AVAIL = 1, STATUS_ERROR = 2, POLL_MS = 100 };

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

/* --- what the device holds --------------------------------------------------------------- */

static enum status read_path(const struct deviation *deviation, struct path path,
                             struct outcome *outcome)
{
    struct server_actor *server = deviation->acceptance->server;
    struct operation operation;
    struct error error;
    operation_init(&operation, OPERATION_READ);
    operation.path = path;
    error_clear(&error);
    enum status status =
        server->ops->perform(server, deviation->acceptance->endpoint, &operation, outcome, &error);
    operation_release(&operation);
    return status;
}

/* AuthStatus of the instance that the step is about, or -1. */
static int64_t read_status(const struct deviation *deviation)
{
    struct outcome outcome;
    int64_t status = -1;
    struct path path = path_resource(PORTFOLIO, deviation->step->path.id[1], AUTH_STATUS);
    outcome_init(&outcome);
    if (read_path(deviation, path, &outcome) == ST_OK && outcome.values.count == 1 &&
        outcome.values.items[0].value.type == VALUE_INTEGER)
        status = outcome.values.items[0].value.integer;
    outcome_release(&outcome);
    return status;
}

/* --- I-2: resource instances of AuthData -------------------------------------------------- */

bool outcome_is_spread(const struct outcome *outcome)
{
    for (size_t i = 0; outcome->decoded && i < outcome->values.count; i++) {
        const struct path *path = &outcome->values.items[i].path;
        if (path->depth == 4 && path_is_portfolio(*path, AUTH_DATA) && path->id[3] != 0)
            return true;
    }
    return false;
}

/* One resource instance of AuthData is asked for, and is not all of it. */
static bool is_one_instance(const struct deviation *deviation)
{
    return is_at(deviation, AUTH_DATA) && deviation->step->path.depth == 4 &&
           (deviation->outcome->code == CODE_NOT_FOUND || deviation->outcome->code == CODE_CONTENT);
}

static bool is_elsewhere(const struct deviation *deviation)
{
    struct outcome outcome;
    bool is_spread = deviation->acceptance->is_spread;
    if (is_spread || deviation->outcome->code != CODE_NOT_FOUND)
        return is_spread;
    outcome_init(&outcome);
    is_spread = read_path(deviation, path_cut(deviation->step->path, 3), &outcome) == ST_OK &&
                outcome_is_spread(&outcome);
    outcome_release(&outcome);
    return is_spread;
}

/* --- I-11: AuthData while there is none -------------------------------------------------- */

static bool is_not_found(const struct deviation *deviation)
{
    return is_at(deviation, AUTH_DATA) && deviation->outcome->code == CODE_NOT_FOUND;
}

static bool is_missing_data(const struct deviation *deviation)
{
    bool reads =
        is_operation(deviation, OPERATION_READ) || is_operation(deviation, OPERATION_CANCEL) ||
        (is_operation(deviation, OPERATION_RAW) && deviation->step->operation.method == CODE_GET);
    return reads && wants_empty(deviation) && is_not_found(deviation);
}

static bool is_missing_to_observers(const struct deviation *deviation)
{
    return is_operation(deviation, OPERATION_OBSERVE) && wants_empty(deviation) &&
           is_not_found(deviation);
}

static bool is_missing_to_others(const struct deviation *deviation)
{
    bool asks = is_operation(deviation, OPERATION_ATTRIBUTES) ||
                is_operation(deviation, OPERATION_DISCOVER);
    return asks && is_not_found(deviation);
}

static bool has_no_data(const struct deviation *deviation)
{
    return read_status(deviation) != STATUS_DATA_AVAIL;
}

static bool is_hollow(const struct record *record)
{
    return path_is_portfolio(record->path, AUTH_DATA) && record->value.type == VALUE_OPAQUE &&
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
        compare_outcome(deviation->acceptance->comparer, deviation->step, &without).result ==
        COMPARISON_MET;
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
        compare_outcome(deviation->acceptance->comparer, deviation->step, &as_wanted).result ==
        COMPARISON_MET;
    outcome_release(&as_wanted);
    return fits;
}

/* --- PF-DM-4: formats that a device need not have ------------------------------------------ */

/* JSON of LwM2M 1.0 may be missing; from 1.1 on all that can hold several values, and CBOR (LwM2M
 * Core 1.1, 7.4). */
static bool is_optional(const struct deviation *deviation, int format)
{
    static const char *const names[] = {"json", "tlv", "cbor", "senml-json", "senml-cbor"};
    const struct oracle *oracle = deviation->acceptance->comparer->oracle;
    for (size_t i = 0; i < (deviation->acceptance->is_1_0 ? 1 : COUNT_OF(names)); i++)
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
           (is_usual ? !deviation->acceptance->is_1_0 : is_optional(deviation, format));
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
    const struct oracle *oracle = deviation->acceptance->comparer->oracle;
    const struct operation *operation = &deviation->step->operation;
    struct oracle_arguments arguments;
    struct error problem;
    error_clear(&problem);
    if (!takes_arguments(deviation) || operation->text == NULL)
        return false;
    return oracle->ops->arguments(oracle, operation->path.id[1], bytes_of(operation->text), true,
                                  &arguments, &problem);
}

static bool shows_error(const struct deviation *deviation)
{
    const struct acceptance *acceptance = deviation->acceptance;
    struct stage *stage = acceptance->stage;
    int64_t until = stage->ops->now(stage) + acceptance->error_ms;
    int64_t status = read_status(deviation);
    while (status == 0 && stage->ops->now(stage) < until) {
        stage->ops->turn(stage, POLL_MS);
        status = read_status(deviation);
    }
    return status == STATUS_ERROR;
}

/* --- LWM2M-EXECUTE: arguments where there are none ---------------------------------------- */

/* What a resource has no use for it need not read. */
static bool ignores_arguments(const struct deviation *deviation)
{
    const struct oracle *oracle = deviation->acceptance->comparer->oracle;
    const struct step *step = deviation->step;
    struct oracle_resource resource;
    bool executes = is_operation(deviation, OPERATION_EXECUTE) ||
                    (is_operation(deviation, OPERATION_RAW) && step->operation.method == CODE_POST);
    return executes && step->path.depth == 3 && step->path.id[0] != PORTFOLIO &&
           accepts(deviation, CODE_BAD_REQUEST) && deviation->outcome->code == CODE_CHANGED &&
           oracle->ops->resource(oracle, step->path, &resource) && resource.executable;
}

/* --- I-9: an Identity instance that was taken away ----------------------------------------- */

static bool is_integer(const struct value *value, int64_t integer)
{
    return value->type == VALUE_INTEGER && value->integer == integer;
}

/* AuthStatus should be ERROR, and says that there is data. */
static bool is_data_for_error(const struct deviation *deviation)
{
    const struct expectation *expectation = &deviation->step->expectation;
    const struct records *values = &deviation->outcome->values;
    return is_at(deviation, AUTH_STATUS) && expectation->wanted_count == 1 &&
           expectation->wanted[0].count == 1 &&
           is_integer(&expectation->wanted[0].matches[0].value, STATUS_ERROR) &&
           values->count == 1 && is_integer(&values->items[0].value, STATUS_DATA_AVAIL);
}

/* GetAuthData as the last step before said it, of the same instance; NULL: none did. */
static const struct step *last_request(const struct deviation *deviation)
{
    const struct path path = path_resource(PORTFOLIO, deviation->step->path.id[1], GET_AUTH_DATA);
    const struct step *step = deviation->step;
    while (step > deviation->acceptance->scenario->steps) {
        step--;
        if (step->verb->kind == STEP_OPERATION && step->operation.kind == OPERATION_EXECUTE &&
            path_equal(step->path, path))
            return step->operation.text == NULL ? NULL : step;
    }
    return NULL;
}

/* What ARGUMENTS ask for of INSTANCE; false when they do not say it in numbers. */
static bool claim_of(const struct oracle_arguments *arguments, unsigned instance,
                     struct oracle_claim *out)
{
    int64_t numbers[4] = {-1, -1, -1, 0};
    *out = (struct oracle_claim){.instance = instance};
    for (size_t i = 0; i < arguments->count; i++) {
        const struct oracle_argument *argument = &arguments->items[i];
        if (argument->digit == 2)
            out->challenge = bytes_of(argument->value);
        else if (argument->digit < COUNT_OF(numbers) &&
                 !parse_decimal(bytes_of(argument->value), &numbers[argument->digit]))
            return false;
    }
    out->service =
        numbers[0] == SERVICE_AUTHENTICATION ? SERVICE_AUTHENTICATION : SERVICE_ENCRYPTION;
    out->identity = (unsigned)numbers[1];
    out->key_index = (unsigned)numbers[3];
    return numbers[0] == SERVICE_AUTHENTICATION && out->challenge.len > 0 && numbers[1] >= 0 &&
           numbers[1] <= ID_MOST && numbers[3] >= 0 && numbers[3] <= ID_MOST;
}

static bool is_gone(const struct deviation *deviation, unsigned identity)
{
    struct outcome outcome;
    const struct path resource = path_resource(PORTFOLIO, deviation->step->path.id[1], IDENTITY);
    outcome_init(&outcome);
    bool gone = read_path(deviation, path_child(resource, (uint16_t)identity), &outcome) == ST_OK &&
                outcome.code == CODE_NOT_FOUND;
    outcome_release(&outcome);
    return gone;
}

static bool is_genuine(const struct deviation *deviation, const struct oracle_claim *claim)
{
    const struct oracle *oracle = deviation->acceptance->comparer->oracle;
    const struct path path = path_resource(PORTFOLIO, deviation->step->path.id[1], AUTH_DATA);
    struct outcome outcome;
    struct value data;
    struct buf opened;
    struct error problem;
    bool genuine = false;
    outcome_init(&outcome);
    error_clear(&problem);
    buf_init_secret(&opened, IDENTITY_LEN_MOST);
    if (read_path(deviation, path, &outcome) == ST_OK &&
        outcome_value(&outcome, path, false, &data)) {
        genuine = data.type == VALUE_OPAQUE &&
                  oracle->ops->judge(oracle, claim, value_bytes(&data), &opened, &problem) ==
                      JUDGEMENT_GENUINE;
        value_release(&data);
    }
    buf_release(&opened);
    outcome_release(&outcome);
    return genuine;
}

/* "Hash(Identity) is the data provisioned in the Secure Component" (5.2.2.1): that has it still. */
static bool signs_what_is_gone(const struct deviation *deviation)
{
    const struct oracle *oracle = deviation->acceptance->comparer->oracle;
    const struct step *request = last_request(deviation);
    struct oracle_arguments arguments;
    struct oracle_claim claim;
    struct error problem;
    error_clear(&problem);
    if (request == NULL ||
        !oracle->ops->arguments(oracle, request->path.id[1], bytes_of(request->operation.text),
                                true, &arguments, &problem))
        return false;
    return claim_of(&arguments, request->path.id[1], &claim) &&
           oracle->ops->holds(oracle, &claim) && is_gone(deviation, claim.identity) &&
           is_genuine(deviation, &claim);
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

/* --- all of them ------------------------------------------------------------------------- */

static const struct {
    bool (*is)(const struct deviation *deviation);
    bool (*proves)(const struct deviation *deviation); /* asks the device; NULL: no need to */
    enum comparison result;
    const char *id, *text;
} rows[] = {
    {is_missing_data, NULL, COMPARISON_MET, "I-11", "4.04 for AuthData that is not there"},
    {is_missing_to_observers, NULL, COMPARISON_ELSE, "I-11",
     "AuthData that is not there cannot be observed"},
    {is_missing_to_others, has_no_data, COMPARISON_ELSE, "I-11",
     "AuthData that is not there has no attributes"},
    {is_empty_data, NULL, COMPARISON_MET, "I-11", "AuthData without octets is none"},
    {is_one_instance, is_elsewhere, COMPARISON_ELSE, "I-2",
     "AuthData is not in resource instance 0 alone"},
    {is_late_refusal, shows_error, COMPARISON_ELSE, "I-9", "2.04, then ERROR instead of 4.00"},
    {is_data_for_error, signs_what_is_gone, COMPARISON_MET, "I-9",
     "the provisioned hash is signed, though its Identity instance was taken away"},
    {is_printed_form, NULL, COMPARISON_LENIENT, "I-13",
     "the form of appendix B.2 is accepted beside that of the grammar"},
    {ignores_arguments, NULL, COMPARISON_MET, "LWM2M-EXECUTE",
     "arguments of a resource that takes none are ignored"},
    {refuses_empty_create, NULL, COMPARISON_ELSE, "I-17", "Create must bring an Identity"},
    {keeps_identity, NULL, COMPARISON_ELSE, "I-20", "Identity cannot be written"},
    {is_other_format, NULL, COMPARISON_MET, "PF-DM-4",
     "without Accept the content format is the device's choice"},
    {lacks_format, NULL, COMPARISON_ELSE, "PF-DM-4",
     "the device does not have this content format"},
    {lacks_composite, NULL, COMPARISON_ELSE, "PF-DM-7",
     "the device does not have composite operations"},
    {creates_instance, NULL, COMPARISON_ELSE, "PF-DM-8",
     "a Write creates the resource instance that is not there"},
    {accept_fewer_links, NULL, COMPARISON_MET, "PF-DM-9",
     "Discover leaves out dim of an object, or AuthData that is not there"},
    {accept_omitted_links, NULL, COMPARISON_LENIENT, "I-16",
     "a service without AuthData or AuthStatus"},
};

void accept_outcome(const struct acceptance *acceptance, const struct step *step,
                    const struct outcome *outcome, struct finding *finding)
{
    const struct deviation deviation = {acceptance, step, outcome};
    size_t i = 0;
    while (i < COUNT_OF(rows) &&
           !(rows[i].is(&deviation) && (rows[i].proves == NULL || rows[i].proves(&deviation))))
        i++;
    if (i == COUNT_OF(rows))
        return;
    *finding = finding_of(rows[i].result, "accepted by %s: %s", rows[i].id, rows[i].text);
    finding->accepted = rows[i].id;
    /* Refused before, it changed nothing; else something may be left otherwise than found. */
    if (acceptance->in_cleanup && rows[i].result == COMPARISON_ELSE)
        finding->result = acceptance->was_refused ? COMPARISON_MET : COMPARISON_LENIENT;
}
