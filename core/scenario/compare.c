/* SPDX-License-Identifier: Apache-2.0 */
/* Compares what came with what is expected. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

enum { CODE_SUCCESS_LOW = 0x40, CODE_SUCCESS_HIGH = 0x5F };

/* --- findings -------------------------------------------------------------------------- */
static struct finding met(void)
{
    return (struct finding){.result = COMPARISON_MET};
}

static struct finding broken(const uint8_t *at, const char *format, ...) PRINTF_LIKE(2, 3);
static struct finding broken(const uint8_t *at, const char *format, ...)
{
    struct finding finding = {.result = COMPARISON_BROKEN, .at = at};
    va_list values;
    va_start(values, format);
    vsnprintf(finding.reason, sizeof finding.reason, format, values);
    va_end(values);
    return finding;
}

static struct finding unknown(const uint8_t *at, const char *reason)
{
    struct finding finding = broken(at, "%s", reason);
    finding.result = COMPARISON_UNKNOWN;
    return finding;
}

/* --- what an outcome holds ------------------------------------------------------------- */
static struct finding untold(const uint8_t *at, const char *what)
{
    struct finding finding = broken(at, "who drives the server does not tell %s", what);
    finding.result = COMPARISON_UNKNOWN;
    return finding;
}

static bool holds(struct path path, const struct record *record)
{
    return record->value.type != VALUE_NONE && path_covers(path, record->path);
}

static size_t count_values(const struct outcome *outcome, struct path path)
{
    size_t count = 0;
    for (size_t i = 0; i < outcome->values.count; i++)
        count += holds(path, &outcome->values.items[i]);
    return count;
}

/* The record at or below PATH with the lowest path above AFTER (NULL: the lowest of all). */
static const struct record *next_record(const struct outcome *outcome, struct path path,
                                        const struct record *after)
{
    const struct record *best = NULL;
    for (size_t i = 0; i < outcome->values.count; i++) {
        const struct record *record = &outcome->values.items[i];
        if (!holds(path, record) || (after != NULL && path_compare(record->path, after->path) <= 0))
            continue;
        if (best == NULL || path_compare(record->path, best->path) < 0)
            best = record;
    }
    return best;
}

/* I-2: octets that are spread over instances are joined in ascending id. */
static bool join(const struct outcome *outcome, struct path path, struct value *out)
{
    struct buf octets;
    bool ok = true;
    buf_init_secret(&octets, outcome->payload.limit);
    for (const struct record *record = next_record(outcome, path, NULL); record != NULL && ok;
         record = next_record(outcome, path, record)) {
        ok = record->value.type == VALUE_OPAQUE;
        if (ok)
            buf_put(&octets, value_bytes(&record->value));
    }
    ok = ok && !octets.bad;
    if (ok)
        *out = value_octets(VALUE_OPAQUE, buf_bytes(&octets));
    buf_release(&octets);
    return ok;
}

bool outcome_value(const struct outcome *outcome, struct path path, bool whole, struct value *out)
{
    if (!outcome->decoded) {
        if (!whole || outcome->payload.len == 0)
            return false;
        *out = value_octets(VALUE_OPAQUE, buf_bytes(&outcome->payload));
        return true;
    }
    size_t count = count_values(outcome, path);
    if (count == 0)
        return false;
    if (count > 1)
        return join(outcome, path, out);
    *out = value_copy(&next_record(outcome, path, NULL)->value);
    return true;
}

/* --- one value ------------------------------------------------------------------------- */
/* What the functions below share for one comparison of a value. */
struct subject {
    const struct comparer *comparer;
    const struct outcome *outcome;
    const uint8_t *at;
    bool whole;         /* octets that are no content stand for the value */
    struct value value; /* of NONE when there is none */
    size_t count;
};

static bool has_octets(const struct value *value)
{
    return value->type == VALUE_STRING || value->type == VALUE_OPAQUE;
}

static bool same_content(const struct subject *subject, const struct value *wanted)
{
    const struct value *value = &subject->value;
    if (subject->whole && has_octets(value) && has_octets(wanted))
        return bytes_equal(value_bytes(value), value_bytes(wanted));
    return value_equal(value, wanted);
}

/* The data or the text that MATCH names; VALUE_NONE when it names none, NULL when it is unknown. */
static const struct value *wanted_octets(const struct subject *subject, const struct match *match)
{
    if (match->name == NULL)
        return &match->value;
    const struct value *saved = saved_find(subject->comparer->saved, match->name);
    return saved != NULL && has_octets(saved) ? saved : NULL;
}

/* DATA is what a ciphertext opened to. */
static struct finding compare_data(const struct subject *subject, const struct value *wanted,
                                   struct buf *data)
{
    if (wanted->type == VALUE_NONE || bytes_equal(buf_bytes(data), value_bytes(wanted)))
        return met();
    return broken(subject->at, "it opens to other data: \"%.*s\"",
                  (int)(data->len < 100 ? data->len : 100), buf_text(data));
}

/* What the oracle's judgement means for MATCH. */
static struct finding conclude(const struct subject *subject, const struct match *match,
                               enum judgement judgement, const struct error *problem)
{
    bool wants_fit = match->kind == MATCH_GENUINE;
    if (judgement == JUDGEMENT_UNKNOWN || judgement == JUDGEMENT_NONE)
        return unknown(subject->at, problem->text);
    if (wants_fit && judgement == JUDGEMENT_MISMATCH)
        return broken(subject->at, "%s", problem->text);
    if (!wants_fit && judgement == JUDGEMENT_GENUINE)
        return broken(subject->at, "it fits");
    return met();
}

/* What does not fit may tell why. */
static void look_closer(const struct subject *subject, const struct oracle_claim *claim,
                        struct finding *finding)
{
    const struct oracle *oracle = subject->comparer->oracle;
    struct error problem;
    error_clear(&problem);
    const char *rule = oracle->ops->suspect(oracle, claim, value_bytes(&subject->value), &problem);
    if (rule == NULL)
        return;
    *finding = broken(subject->at, "%s", problem.text);
    finding->also = rule;
}

static struct finding judge(const struct subject *subject, const struct match *match)
{
    const struct oracle *oracle = subject->comparer->oracle;
    const struct value *wanted = wanted_octets(subject, match);
    struct oracle_claim claim = match->claim;
    bool is_signature = claim.service == SERVICE_AUTHENTICATION;
    if (subject->value.type != VALUE_OPAQUE)
        return broken(subject->at, "there are no octets to judge");
    if (wanted == NULL)
        return unknown(subject->at, "no text was saved under that name");
    if (is_signature && wanted->type != VALUE_NONE)
        claim.text = value_bytes(wanted);
    struct error problem;
    struct buf data;
    error_clear(&problem);
    buf_init_secret(&data, IDENTITY_LEN_MOST);
    enum judgement judgement =
        oracle->ops->judge(oracle, &claim, value_bytes(&subject->value), &data, &problem);
    struct finding finding = conclude(subject, match, judgement, &problem);
    if (finding.result == COMPARISON_BROKEN && judgement == JUDGEMENT_MISMATCH)
        look_closer(subject, &claim, &finding);
    if (!is_signature && judgement == JUDGEMENT_GENUINE)
        finding = compare_data(subject, wanted, &data);
    buf_release(&data);
    return finding;
}

static struct finding fits_saved(const struct subject *subject, const struct match *match)
{
    const struct value *saved = saved_find(subject->comparer->saved, match->name);
    const struct saved_value *found = saved_entry(subject->comparer->saved, match->name);
    if (found != NULL && saved == NULL)
        return saved_is(found, subject->outcome, subject->count)
                   ? met()
                   : broken(subject->at, "it is not what was saved");
    if (saved == NULL)
        return unknown(subject->at, "nothing was saved under that name");
    return same_content(subject, saved) ? met() : broken(subject->at, "%s", "");
}

static bool in_range(const struct value *value, const struct match *match)
{
    return value->type == match->value.type && value_compare(value, &match->value) >= 0 &&
           value_compare(value, &match->high) <= 0;
}

static bool is_alphanumeric(struct bytes text)
{
    size_t i = 0;
    while (i < text.len && isalnum(text.data[i]))
        i++;
    return text.len > 0 && i == text.len;
}

static struct finding fits(const struct subject *subject, const struct match *match)
{
    const struct value *value = &subject->value;
    bool fine = false;
    switch (match->kind) {
    case MATCH_ANY:
        fine = subject->count > 0;
        break;
    case MATCH_EMPTY:
        fine = subject->count == 0;
        break;
    case MATCH_VALUE:
        fine = same_content(subject, &match->value);
        break;
    case MATCH_RANGE:
        fine = in_range(value, match);
        break;
    case MATCH_ALPHANUMERIC:
        fine = value->type == VALUE_STRING && is_alphanumeric(value_bytes(value));
        break;
    case MATCH_LENGTH:
        fine = has_octets(value) && value_bytes(value).len == match->length;
        break;
    case MATCH_SAVED:
        return fits_saved(subject, match);
    case MATCH_GENUINE:
    case MATCH_MISMATCH:
        return judge(subject, match);
    }
    return fine ? met() : broken(subject->at, "%s", "");
}

/* One alternative is enough; what cannot be told counts only when no other fits. */
static struct finding fits_one(const struct subject *subject, const struct wanted *wanted)
{
    struct finding last = met();
    struct finding open = met();
    for (size_t i = 0; i < wanted->count; i++) {
        last = fits(subject, &wanted->matches[i]);
        if (last.result == COMPARISON_MET)
            break;
        if (last.result == COMPARISON_UNKNOWN)
            open = last;
    }
    if (last.result != COMPARISON_MET && open.result == COMPARISON_UNKNOWN)
        return open;
    if (!wanted->negated || last.result == COMPARISON_UNKNOWN)
        return last;
    return last.result == COMPARISON_MET ? broken(subject->at, "it must not be that") : met();
}

bool step_takes_whole(const struct step *step)
{
    return step->verb->kind == STEP_OPERATION &&
           (step->operation.kind == OPERATION_RAW || step->operation.kind == OPERATION_REPEAT);
}

static struct finding compare_wanted(const struct comparer *comparer, const struct step *step,
                                     const struct outcome *outcome, const struct wanted *wanted)
{
    struct subject subject = {
        .comparer = comparer,
        .outcome = outcome,
        .at = step->expectation.value_at,
        .whole = step_takes_whole(step) && !outcome->decoded,
    };
    char text[PATH_TEXT];
    if (outcome_value(outcome, wanted->path, subject.whole, &subject.value))
        subject.count = 1;
    else
        subject.count = count_values(outcome, wanted->path);
    struct finding finding = fits_one(&subject, wanted);
    bool is_part = finding.result != COMPARISON_MET && step->expectation.wanted_count > 1;
    if (is_part) {
        struct finding whole = finding;
        snprintf(whole.reason, sizeof whole.reason, "at %s%s%.250s", path_text(wanted->path, text),
                 finding.reason[0] == '\0' ? "" : ": ", finding.reason);
        finding = whole;
    }
    value_release(&subject.value);
    return finding;
}

/* --- all values ------------------------------------------------------------------------ */
static bool is_wanted(const struct expectation *expectation, struct path path)
{
    for (size_t i = 0; i < expectation->wanted_count; i++)
        if (path_covers(expectation->wanted[i].path, path))
            return true;
    return false;
}

static struct finding compare_presence(const struct expectation *expectation,
                                       const struct outcome *outcome)
{
    char text[PATH_TEXT];
    for (size_t i = 0; i < expectation->absent_count; i++)
        if (count_values(outcome, expectation->absent[i]) > 0)
            return broken(expectation->value_at, "%s should not be there",
                          path_text(expectation->absent[i], text));
    for (size_t i = 0; expectation->exact && i < outcome->values.count; i++) {
        const struct record *record = &outcome->values.items[i];
        if (record->value.type != VALUE_NONE && !is_wanted(expectation, record->path))
            return broken(expectation->value_at, "%s should not be there",
                          path_text(record->path, text));
    }
    return met();
}

static struct finding compare_values(const struct comparer *comparer, const struct step *step,
                                     const struct outcome *outcome)
{
    const struct expectation *expectation = &step->expectation;
    if (!outcome->decoded && (outcome->untold & UNTOLD_VALUES) != 0)
        return untold(expectation->value_at, "values");
    if (!outcome->decoded && !step_takes_whole(step))
        return broken(expectation->value_at, "%s",
                      outcome->problem[0] != '\0' ? outcome->problem : "the answer has no content");
    for (size_t i = 0; i < expectation->wanted_count; i++) {
        struct finding finding = compare_wanted(comparer, step, outcome, &expectation->wanted[i]);
        if (finding.result != COMPARISON_MET)
            return finding;
    }
    if (!outcome->decoded && expectation->exact && outcome->payload.len > 0)
        return broken(expectation->value_at, "the answer has a payload");
    return compare_presence(expectation, outcome);
}

/* --- the rest of an outcome ------------------------------------------------------------ */
static bool code_fits(const struct expectation *expectation, uint8_t code)
{
    for (size_t i = 0; i < expectation->code_count; i++)
        if (code >= expectation->codes[i].low && code <= expectation->codes[i].high)
            return true;
    return expectation->code_count == 0;
}

static struct finding compare_opened(const struct comparer *comparer,
                                     const struct expectation *expectation,
                                     const struct outcome *outcome)
{
    const uint8_t *at = expectation->value_at;
    const struct value *wanted = &expectation->data;
    struct value data = value_none();
    if (!outcome->decoded && (outcome->untold & UNTOLD_DATA) != 0)
        return untold(at, "what was opened");
    if (expectation->data_name != NULL)
        wanted = saved_find(comparer->saved, expectation->data_name);
    if (wanted == NULL)
        return unknown(at, "nothing was saved under that name");
    bool fine = outcome_value(outcome, path_root(), false, &data) && value_equal(&data, wanted);
    value_release(&data);
    return fine ? met() : broken(at, "it opens to other data");
}

static void join_octets(const struct records *values, struct buf *out)
{
    for (size_t i = 0; i < values->count; i++)
        if (values->items[i].value.type == VALUE_OPAQUE)
            buf_put(out, value_bytes(&values->items[i].value));
}

/* rule: PF-SC-3. AuthData that the server takes for wrong may tell why. */
static void explain_refusal(const struct comparer *comparer, const struct step *step,
                            const struct outcome *outcome, struct finding *finding)
{
    const struct oracle *oracle = comparer->oracle;
    const struct operation *operation = &step->operation;
    bool is_signature = operation->kind == OPERATION_AUTHENTICATE;
    const struct oracle_claim claim = {
        .instance = operation->path.id[1],
        .service = is_signature ? SERVICE_AUTHENTICATION : SERVICE_ENCRYPTION,
        .identity = operation->identity,
        .key_index = operation->key_index,
        .challenge = bytes_of(outcome->challenge),
    };
    struct error problem;
    struct buf auth_data;
    *finding = broken(step->expectation.value_at, "%s", outcome->problem);
    if (outcome->judgement != JUDGEMENT_MISMATCH || outcome->challenge[0] == '\0')
        return;
    error_clear(&problem);
    buf_init_secret(&auth_data, IDENTITY_LEN_MOST + 256);
    join_octets(&outcome->values, &auth_data);
    const char *rule = oracle->ops->suspect(oracle, &claim, buf_bytes(&auth_data), &problem);
    if (rule != NULL) {
        *finding = broken(step->expectation.value_at, "%s; %s", outcome->problem, problem.text);
        finding->also = rule;
    }
    buf_release(&auth_data);
}

static struct finding compare_judgement(const struct comparer *comparer, const struct step *step,
                                        const struct outcome *outcome)
{
    const struct expectation *expectation = &step->expectation;
    const uint8_t *at = expectation->value_at;
    bool is_wanted_one = outcome->judgement == expectation->judgement;
    if (outcome->judgement == JUDGEMENT_UNKNOWN && !is_wanted_one)
        return unknown(at, outcome->problem);
    if (is_wanted_one == expectation->judgement_negated) {
        struct finding finding;
        explain_refusal(comparer, step, outcome, &finding);
        return finding;
    }
    return expectation->has_data ? compare_opened(comparer, expectation, outcome) : met();
}

static struct finding compare_links(const struct comparer *comparer,
                                    const struct expectation *expectation, struct bytes actual)
{
    struct error problem;
    error_clear(&problem);
    const struct oracle *oracle = comparer->oracle;
    if (oracle->ops->links(oracle, bytes_of(expectation->link_text), actual,
                           expectation->links == LINKS_EXACT, &problem))
        return met();
    return broken(expectation->value_at, "%s", problem.text);
}

static struct finding compare_location(const struct expectation *expectation,
                                       const struct outcome *outcome)
{
    char text[PATH_TEXT];
    if (outcome->has_location && path_equal(outcome->location, expectation->location))
        return met();
    if (!outcome->has_location && (outcome->untold & UNTOLD_LOCATION) != 0)
        return untold(expectation->code_at, "locations");
    return broken(expectation->code_at, "the location is %s",
                  outcome->has_location ? path_text(outcome->location, text) : "missing");
}

static bool format_fits(const struct expectation *expectation, int format)
{
    for (size_t i = 0; i < expectation->format_count; i++)
        if (expectation->formats[i] == format)
            return true;
    return expectation->format_count == 0;
}

/* What was asked for is named by whoever has the whole. */
static struct finding compare_format(const struct comparer *comparer, const struct step *step,
                                     int format)
{
    char text[FORMAT_NAME_MOST];
    int asked = step_accept(step);
    if (asked >= 0 && asked != format)
        return broken(step->expectation.value_at, "%s", "");
    return broken(step->expectation.value_at, "the content format is %s",
                  format_name(comparer->oracle, format, text));
}

static struct finding compare_content(const struct comparer *comparer, const struct step *step,
                                      const struct outcome *outcome)
{
    const struct expectation *expectation = &step->expectation;
    struct finding finding = met();
    bool lacks_links = outcome->payload.len == 0 && (outcome->untold & UNTOLD_LINKS) != 0;
    if (expectation->has_location)
        finding = compare_location(expectation, outcome);
    if (finding.result == COMPARISON_MET && !format_fits(expectation, outcome->format))
        finding = compare_format(comparer, step, outcome->format);
    if (finding.result == COMPARISON_MET && expectation->links != LINKS_NONE)
        finding = lacks_links ? untold(expectation->value_at, "links")
                              : compare_links(comparer, expectation, buf_bytes(&outcome->payload));
    if (finding.result == COMPARISON_MET && expectation->has_values)
        finding = compare_values(comparer, step, outcome);
    return finding;
}

static struct finding compare_whole(const struct comparer *comparer, const struct step *step,
                                    const struct outcome *outcome)
{
    const struct expectation *expectation = &step->expectation;
    if (!code_fits(expectation, outcome->code))
        return broken(expectation->code_at, "%s", outcome->problem);
    if (expectation->same && !outcome->same)
        return broken(expectation->value_at, "the answer has other octets than the first one");
    if (expectation->has_judgement)
        return compare_judgement(comparer, step, outcome);
    if (outcome->unobserved)
        return broken(expectation->code_at, "the answer does not say that it is observed");
    bool is_success = outcome->code >= CODE_SUCCESS_LOW && outcome->code <= CODE_SUCCESS_HIGH;
    return is_success ? compare_content(comparer, step, outcome) : met();
}

struct finding compare_outcome(const struct comparer *comparer, const struct step *step,
                               const struct outcome *outcome)
{
    struct finding finding = compare_whole(comparer, step, outcome);
    finding_name_formats(&finding, comparer->oracle, step, outcome);
    return finding;
}

static bool presence_fits(enum presence wanted, bool is_there)
{
    return wanted == PRESENCE_ANY || (wanted == PRESENCE_YES) == is_there;
}

static bool text_fits(const char *wanted, const char *actual)
{
    return wanted == NULL || (actual != NULL && strcmp(wanted, actual) == 0);
}

static struct finding compare_terms(const struct expectation *expectation,
                                    const struct terms *terms)
{
    const uint8_t *at = expectation->value_at;
    const char *unknown = "not known";
    if (!text_fits(expectation->binding, terms->binding))
        return broken(at, "the binding is %.100s", terms->binding ? terms->binding : unknown);
    if (!presence_fits(expectation->binds, terms->has_binding))
        return broken(at, "it has a binding");
    if (!text_fits(expectation->version, terms->version))
        return broken(at, "the version is %.100s", terms->version ? terms->version : unknown);
    if (!presence_fits(expectation->queue, terms->queues))
        return broken(at, terms->queues ? "it is in queue mode" : "it is not in queue mode");
    return met();
}

struct finding compare_registration(const struct comparer *comparer,
                                    const struct expectation *expectation,
                                    const struct registration_seen *seen)
{
    const uint8_t *at = expectation->value_at;
    if (!presence_fits(expectation->list, seen->has_list))
        return broken(at, seen->has_list ? "it has an object list" : "it has no object list");
    if (!presence_fits(expectation->lifetime, seen->lifetime != NULL))
        return broken(at, seen->lifetime != NULL ? "it has a lifetime" : "it has no lifetime");
    if (expectation->lifetime_text != NULL &&
        strcmp(expectation->lifetime_text, seen->lifetime) != 0)
        return broken(at, "the lifetime is %.100s", seen->lifetime);
    struct finding finding = compare_terms(expectation, &seen->terms);
    if (finding.result != COMPARISON_MET || expectation->links == LINKS_NONE)
        return finding;
    return compare_links(comparer, expectation, bytes_of(seen->links));
}

bool expectation_accepts_silence(const struct expectation *expectation)
{
    return expectation->code_count > 0 && code_fits(expectation, 0);
}
