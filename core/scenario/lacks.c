/* SPDX-License-Identifier: Apache-2.0 */
/* What a scenario asks for and a device lacks that it was not written for. */
#include "base/std.h"

#include "base/coap.h"
#include "base/datagram.h"
#include "base/portfolio.h"
#include "scenario/theirs_impl.h"

enum { SECURITY_OBJECT = 0, ACCESS_OBJECT = 2, OPTION_URI_PATH = 11 };

/* A step, and what it is held against. */
struct lacking {
    const struct scenario *scenario; /* (borrowed) */
    const struct claims *claims;     /* (borrowed) */
    const struct oracle *oracle;     /* (borrowed) */
    const struct step *step;         /* (borrowed) */
    unsigned line;                   /* where it stands */
};

static bool is_operation(const struct step *step)
{
    return step->verb->kind == STEP_OPERATION;
}

static bool accepts(const struct step *step, uint8_t code)
{
    for (size_t i = 0; i < step->expectation.code_count; i++)
        if (step->expectation.codes[i].low <= code && code <= step->expectation.codes[i].high)
            return true;
    return false;
}

/* --- what is there --------------------------------------------------------------------- */

/* The other resources of object 16 come with its services, not with the content. */
static bool is_of_service(struct path path)
{
    return path.id[0] == PORTFOLIO && path.depth > 2 && path.id[2] != IDENTITY;
}

static bool has_services(const struct claims *claims, struct path path)
{
    bool is_own = path.id[1] == claims->portfolio.id[1];
    return !is_own || claims->authentication || claims->encryption;
}

/* One that has services, but not that resource (I-16). */
static bool is_omitted(const struct claims *claims, struct path path)
{
    const struct path resource = path_cut(path, 3);
    bool has_others = false;
    for (size_t i = 0; i < claims->content->count; i++) {
        const struct path *at = &claims->content->items[i].path;
        if (path_covers(resource, *at))
            return false;
        has_others = has_others || (at->depth >= 3 && at->id[2] != IDENTITY &&
                                    path_covers(path_cut(path, 2), *at));
    }
    return has_others;
}

bool claims_have_path(const struct claims *claims, struct path path)
{
    const unsigned depth = is_of_service(path) ? 2 : path.depth;
    if (claims->content == NULL)
        return true;
    if (is_of_service(path) && (!has_services(claims, path) || is_omitted(claims, path)))
        return false;
    for (size_t i = 0; i < claims->content->count; i++)
        if (path_covers(path_cut(path, depth), claims->content->items[i].path))
            return true;
    return false;
}

/* --- what is asked for ------------------------------------------------------------------ */

static bool creates(const struct step *step)
{
    const struct operation *operation = &step->operation;
    bool is_dictated = operation->kind == OPERATION_RAW && operation->method == CODE_POST;
    return is_operation(step) &&
           (operation->kind == OPERATION_CREATE || (is_dictated && step->path.depth == 1));
}

static bool sets(const struct step *step)
{
    enum operation_kind kind = step->operation.kind;
    unsigned method = step->operation.method;
    bool is_dictated = kind == OPERATION_RAW && (method == CODE_PUT || method == CODE_POST);
    return is_operation(step) && step->path.depth < 4 &&
           (kind == OPERATION_WRITE || kind == OPERATION_UPDATE ||
            kind == OPERATION_WRITE_COMPOSITE || is_dictated);
}

/* What it made itself: by Create all that is below, by Write what has instances or is put there. */
static bool is_made_before(const struct lacking *lacking, struct path path)
{
    const struct path resource = path_cut(path, 3);
    for (const struct step *at = lacking->scenario->steps; at < lacking->step; at++)
        if ((creates(at) && path_covers(at->path, path)) ||
            (sets(at) && path_covers(at->path, resource)))
            return true;
    return false;
}

/* Accounts and rights are what a bootstrap brings; what it writes is there afterwards, and what it
 * deletes need not be there. */
static struct path bootstrap_subject(const struct step *step)
{
    enum operation_kind kind = step->operation.kind;
    if (step->path.id[0] <= ACCESS_OBJECT || kind == OPERATION_DELETE)
        return path_root();
    return kind == OPERATION_WRITE ? path_cut(step->path, 1) : step->path;
}

/* What must be there for STEP to come out as it is expected to; / for nothing. Another refusal than
 * 4.04 is expected of what is there, too; but object 0 is refused whether it is there or not. */
static struct path step_subject(const struct step *step)
{
    bool is_set = step->verb->kind == STEP_STIMULUS && step->stimulus.kind == STIMULUS_SET;
    bool is_hidden = step_expects_error(step) && step->path.id[0] == SECURITY_OBJECT;
    if ((!is_operation(step) && !is_set) || accepts(step, CODE_NOT_FOUND) || is_hidden)
        return path_root();
    if (is_operation(step) && step->server == BOOTSTRAP_SERVER)
        return bootstrap_subject(step);
    return creates(step) ? path_cut(step->path, 1) : step->path;
}

/* The Uri-Path of a request that is dictated octet by octet; false when it is none that leads to
 * the data model. */
static bool octets_path(struct bytes octets, struct path *out)
{
    struct datagram datagram;
    struct bytes value;
    int64_t id = 0;
    *out = path_root();
    if (octets.len == 0 || octets.data[0] >> 6 != 1)
        return false;
    datagram_begin(&datagram, octets);
    while (datagram_next(&datagram, &value)) {
        if (datagram.number != OPTION_URI_PATH)
            continue;
        if (!parse_decimal(value, &id) || id > UINT16_MAX || out->depth == PATH_MOST)
            return false;
        *out = path_child(*out, (uint16_t)id);
    }
    return datagram_is_whole(&datagram) && out->depth > 0;
}

/* A device may look for what is meant before it looks at what is wrong. */
static bool dictates_unclaimed(const struct lacking *lacking, struct path *out)
{
    const struct step *step = lacking->step;
    return step_injects(step) && step->impairment.sender == LINK_FROM_SERVER &&
           octets_path(value_bytes(&step->impairment.octets), out) &&
           !claims_have_path(lacking->claims, *out);
}

static bool is_there(const struct lacking *lacking, struct path path)
{
    return claims_have_path(lacking->claims, path) || is_made_before(lacking, path);
}

/* An answer to several paths has what is there of them, and the step wants more. */
static bool wants_absent(const struct lacking *lacking, struct path *out)
{
    const struct expectation *expectation = &lacking->step->expectation;
    for (size_t i = 0; i < expectation->wanted_count; i++) {
        *out = expectation->wanted[i].path;
        if (!expectation->wanted[i].negated && !is_there(lacking, *out))
            return true;
    }
    return false;
}

/* A composite write fails by any path that is not there. */
static bool writes_absent(const struct lacking *lacking, struct path *out)
{
    const struct records *values = &lacking->step->operation.values;
    for (size_t i = 0; i < values->count; i++) {
        *out = values->items[i].path;
        if (!is_there(lacking, path_cut(*out, 2)))
            return true;
    }
    return false;
}

static bool lacks_one_of_several(const struct lacking *lacking, struct path *out)
{
    const struct step *step = lacking->step;
    if (!is_operation(step) || !operation_is_composite(step->operation.kind) ||
        accepts(step, CODE_NOT_FOUND))
        return false;
    return step->operation.kind == OPERATION_WRITE_COMPOSITE ? writes_absent(lacking, out)
                                                             : wants_absent(lacking, out);
}

static bool finds_nothing(const struct lacking *lacking, struct error *reason)
{
    char text[PATH_TEXT];
    struct path path = step_subject(lacking->step);
    if ((path.depth == 0 || is_there(lacking, path)) && !dictates_unclaimed(lacking, &path) &&
        !lacks_one_of_several(lacking, &path))
        return false;
    error_set(reason, "line %u is about %s, which profile \"%.100s\" does not claim", lacking->line,
              path_text(path, text), lacking->scenario->profile);
    return true;
}

/* --- what is refused -------------------------------------------------------------------- */

/* rule: I-20. A replacement touches everything below its target, named or not. */
static bool writes(const struct step *step, struct path protected)
{
    const struct operation *operation = &step->operation;
    bool replaces = operation->kind == OPERATION_WRITE ||
                    (operation->kind == OPERATION_RAW && operation->method == CODE_PUT);
    bool updates =
        operation->kind == OPERATION_UPDATE || operation->kind == OPERATION_WRITE_COMPOSITE;
    if (!is_operation(step) || (!replaces && !updates))
        return false;
    bool touches = replaces && path_covers(step->path, protected);
    for (size_t i = 0; i < operation->values.count && !touches; i++)
        touches = path_covers(protected, operation->values.items[i].path);
    return touches || (step->path.depth > 0 && path_covers(protected, step->path));
}

static bool writes_read_only(const struct lacking *lacking, struct error *reason)
{
    const struct claims *claims = lacking->claims;
    const struct step *step = lacking->step;
    char text[PATH_TEXT];
    size_t i = 0;
    while (i < claims->read_only_count && !writes(step, claims->read_only[i]))
        i++;
    if (i == claims->read_only_count || accepts(step, CODE_METHOD_NOT_ALLOWED))
        return false;
    error_set(reason, "line %u writes %s, which profile \"%.100s\" has as read-only", lacking->line,
              path_text(claims->read_only[i], text), lacking->scenario->profile);
    return true;
}

bool claims_lack_format(const struct claims *claims, const char *format)
{
    if (claims->formats == NULL)
        return false;
    for (const char *const *name = claims->formats; *name != NULL; name++)
        if (strcmp(*name, format) == 0)
            return false;
    return true;
}

/* In a format that not every version of LwM2M has. */
static bool lacks_format(const struct lacking *lacking, struct error *reason)
{
    static const char *const by_version[] = {"json", "cbor", "senml-json", "senml-cbor"};
    const struct step *step = lacking->step;
    const struct operation *operation = &step->operation;
    bool is_refused = accepts(step, CODE_NOT_ACCEPTABLE) || accepts(step, CODE_UNSUPPORTED_FORMAT);
    if (!is_operation(step) || operation->format < 0 || operation->kind == OPERATION_RAW ||
        is_refused)
        return false;
    for (size_t i = 0; i < COUNT_OF(by_version); i++) {
        int format = lacking->oracle->ops->format(lacking->oracle, bytes_of(by_version[i]));
        if (format != operation->format || !claims_lack_format(lacking->claims, by_version[i]))
            continue;
        error_set(reason, "line %u is in format \"%s\", which profile \"%.100s\" does not have",
                  lacking->line, by_version[i], lacking->scenario->profile);
        return true;
    }
    return false;
}

/* --- I-8: arguments that are demanded ----------------------------------------------------- */

/* The argument list that STEP dictates to GetAuthData as it stands; false: it does not. */
static bool dictates_arguments(const struct step *step, struct bytes *out)
{
    const struct operation *operation = &step->operation;
    struct path path = step->path;
    if (step_injects(step)) {
        struct bytes octets = value_bytes(&step->impairment.octets);
        size_t at = datagram_payload_at(octets);
        bool is_post = octets_path(octets, &path) && octets.data[1] == CODE_POST;
        *out = (struct bytes){octets.data + at, octets.len - at};
        return is_post && path.depth == 3 && path_is_portfolio(path, GET_AUTH_DATA);
    }
    bool is_raw = operation->kind == OPERATION_RAW && operation->method == CODE_POST;
    bool is_verbatim = operation->kind == OPERATION_EXECUTE && operation->verbatim;
    *out = is_raw ? buf_bytes(&operation->payload) : bytes_of(operation->text);
    return is_operation(step) && (is_raw || is_verbatim) && path.depth == 3 &&
           path_is_portfolio(path, GET_AUTH_DATA);
}

static bool has_argument(const struct oracle_arguments *arguments, uint8_t digit)
{
    for (size_t i = 0; i < arguments->count; i++)
        if (arguments->items[i].digit == digit)
            return true;
    return false;
}

/* rule: I-8. What is dictated as it stands has not what this device demands beside 0 to 3. */
static bool leaves_out_demanded(const struct lacking *lacking, struct error *reason)
{
    const struct claims *claims = lacking->claims;
    const struct oracle *oracle = lacking->oracle;
    const struct step *step = lacking->step;
    struct oracle_arguments demanded, given;
    struct error problem;
    struct bytes text;
    error_clear(&problem);
    if (claims->extra_arguments == NULL || !accepts(step, CODE_CHANGED) ||
        !dictates_arguments(step, &text) ||
        !oracle->ops->arguments(oracle, 0, bytes_of(claims->extra_arguments), false, &demanded,
                                &problem) ||
        !oracle->ops->arguments(oracle, 0, text, false, &given, &problem))
        return false;
    for (size_t i = 0; i < demanded.count; i++) {
        if (has_argument(&given, demanded.items[i].digit))
            continue;
        error_set(reason, "line %u leaves out argument %u, which profile \"%.100s\" demands (I-8)",
                  lacking->line, demanded.items[i].digit, lacking->scenario->profile);
        return true;
    }
    return false;
}

/* --- what takes too long ------------------------------------------------------------------ */

/* It slows the secure component down, more than the device would wait for it. */
static bool outlasts(const struct lacking *lacking, struct error *reason)
{
    const struct step *step = lacking->step;
    int64_t limit_ms = lacking->claims->limit_ms;
    if (limit_ms == 0 || step->verb->kind != STEP_STIMULUS ||
        step->stimulus.kind != STIMULUS_COMPONENT_DELAY || step->stimulus.duration_ms < limit_ms)
        return false;
    error_set(reason,
              "line %u makes the secure component take %" PRId64
              " ms, and profile \"%.100s\" gives it %" PRId64,
              lacking->line, step->stimulus.duration_ms, lacking->scenario->profile, limit_ms);
    return true;
}

/* --- what cannot be done ----------------------------------------------------------------- */

static bool expects_muted(const struct lacking *lacking, struct error *reason)
{
    const struct step *step = lacking->step;
    bool expects = step->verb->kind == STEP_EXPECT && step->verb->what == EXPECT_SEND &&
                   (step->verb->flags & VERB_ABSENT) == 0;
    if (!expects || !lacking->claims->is_muted || is_made_before(lacking, lacking->claims->mute))
        return false;
    char text[PATH_TEXT];
    error_set(reason, "line %u expects a Send, which profile \"%.100s\" mutes: its %s is not false",
              lacking->line, lacking->scenario->profile, path_text(lacking->claims->mute, text));
    return true;
}

/* A connection has no messages that could be lost or come twice, and no Reset. */
static bool needs_datagrams(const struct lacking *lacking, struct error *reason)
{
    const struct step *step = lacking->step;
    const struct operation *operation = &step->operation;
    const char *what = NULL;
    if (step->verb->kind == STEP_LINK)
        what = "impairs the path";
    else if (is_operation(step) && operation->kind == OPERATION_REPEAT)
        what = "sends a message again";
    else if (is_operation(step) && operation->kind == OPERATION_CANCEL && operation->by_reset)
        what = "cancels by Reset";
    if (what == NULL || !lacking->claims->is_over_tcp)
        return false;
    error_set(reason, "line %u %s, which is only possible over UDP", lacking->line, what);
    return true;
}

bool scenario_finds_lack(const struct scenario *scenario, const struct claims *claims,
                         const struct oracle *oracle, struct error *reason)
{
    static bool (*const lacks[])(const struct lacking *lacking, struct error *reason) = {
        finds_nothing, writes_read_only, lacks_format,   leaves_out_demanded,
        outlasts,      expects_muted,    needs_datagrams};
    for (size_t i = 0; i < scenario->step_count; i++) {
        const struct step *step = &scenario->steps[i];
        const struct lacking lacking = {scenario, claims, oracle, step, step_line(scenario, step)};
        for (size_t j = 0; j < COUNT_OF(lacks); j++)
            if (lacks[j](&lacking, reason))
                return true;
    }
    return false;
}
