/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a scenario can be played here at all: what it needs, what it would change on somebody
 * else's device, and what its ends cannot do. */
#include "base/std.h"

#include "base/coap.h"
#include "base/portfolio.h"
#include "scenario/explain_impl.h"
#include "scenario/theirs_impl.h"

unsigned step_line(const struct scenario *scenario, const struct step *step)
{
    unsigned line = 0;
    unsigned column = 0;
    source_locate(&scenario->source, step->line.data, &line, &column);
    return line;
}

/* --- what is claimed ------------------------------------------------------------------- */

/* A device of another LwM2M version, as behind '@', has the same values. */
static bool is_own(const char *profile, const char *written_for)
{
    size_t len = strcspn(profile, "@");
    return len == strcspn(written_for, "@") && memcmp(profile, written_for, len) == 0;
}

static bool needs_own_profile(const struct scenario *scenario, struct error *reason)
{
    bool needs = false;
    for (size_t i = 0; i < scenario->needs.count; i++)
        needs = needs || strcmp(scenario->needs.items[i], "own-profile") == 0;
    const char *own = scenario_own_profile(scenario);
    if (!needs || is_own(scenario->profile, own))
        return false;
    error_set(reason, "is about the values of profile \"%.100s\"", own);
    return true;
}

/* It says $idN of an Identity instance that nobody claims. */
static bool is_claimed_identity(const struct claims *claims, struct bytes number)
{
    int64_t id = 0;
    bool found = !parse_decimal(number, &id);
    for (size_t i = 0; i < claims->identity_count && !found; i++)
        found = claims->identities[i].path.id[3] == (uint16_t)id;
    return found;
}

static bool lacks_identity_in(struct bytes line, const struct claims *claims, struct bytes *out)
{
    static const char mark[] = "$id";
    const size_t skip = sizeof mark - 1;
    for (size_t i = 0; i + skip < line.len; i++) {
        size_t len = 0;
        if (memcmp(line.data + i, mark, skip) != 0)
            continue;
        while (i + skip + len < line.len && line.data[i + skip + len] >= '0' &&
               line.data[i + skip + len] <= '9')
            len++;
        *out = (struct bytes){line.data + i + skip, len};
        if (len > 0 && !is_claimed_identity(claims, *out))
            return true;
    }
    return false;
}

static bool lacks_identity(const struct scenario *scenario, const struct claims *claims,
                           struct error *reason)
{
    for (size_t i = 0; i < scenario->step_count; i++) {
        struct bytes id;
        if (!lacks_identity_in(scenario->steps[i].line, claims, &id))
            continue;
        error_set(reason,
                  "is about Identity instance %.*s, which profile \"%.100s\" does not claim",
                  (int)(id.len < 5 ? id.len : 5), (const char *)id.data, scenario->profile);
        return true;
    }
    return false;
}

/* A path behind `needs` that the device does not have. */
static const char *path_unmet(const struct claims *claims, const struct text_list *needs)
{
    struct path path;
    for (size_t i = 0; i < needs->count; i++)
        if (needs->items[i][0] == '/' && path_parse(bytes_of(needs->items[i]), &path) &&
            !claims_have_path(claims, path))
            return needs->items[i];
    return NULL;
}

static bool lacks_need(const struct scenario *scenario, const struct claims *claims,
                       struct error *reason)
{
    const char *need = claims_unmet(claims, &scenario->needs);
    if (need == NULL)
        need = path_unmet(claims, &scenario->needs);
    if (need != NULL && strcmp(need, "fresh-device") == 0)
        error_set(reason, "needs a device that begins anew with each scenario");
    else if (need != NULL)
        error_set(reason, "needs \"%.100s\", which profile \"%.100s\" does not claim", need,
                  scenario->profile);
    return need != NULL;
}

/* The scenario is played in a format that the LwM2M version of its device does not know. */
static bool lacks_format(const struct scenario *scenario, const struct claims *claims,
                         struct error *reason)
{
    if (scenario->format == NULL || !claims_lack_format(claims, scenario->format))
        return false;
    error_set(reason, "profile \"%.100s\" does not have format \"%.100s\"", scenario->profile,
              scenario->format);
    return true;
}

static bool loses_too_much(const struct scenario *scenario, const struct claims *claims,
                           struct error *reason)
{
    if (!claims->loses_nothing || !scenario_loses(scenario))
        return false;
    error_set(reason, "loses messages, which are sent again by real time only");
    return true;
}

static bool needs_plain_text(const struct scenario *scenario, const struct claims *claims,
                             struct error *reason)
{
    if (claims->is_plain || !scenario_is_plain_only(scenario))
        return false;
    error_set(reason, "reads or makes up single messages, which is only possible over UDP in plain "
                      "text");
    return true;
}

/* Of a server that stands already, another one is not to be had. */
static bool is_elsewhere(const struct step *step, const struct claims *claims)
{
    char own[8];
    snprintf(own, sizeof own, "%u", claims->server_count > 0 ? claims->servers[0] : 0U);
    return step->at.len > 0 && !bytes_is(step->at, own);
}

static bool brings_servers(const struct scenario *scenario, const struct claims *claims,
                           struct error *reason)
{
    if (!claims->stands)
        return false;
    if (scenario->security != NULL)
        error_set(reason, "has keys of its own for the link; this server keeps those it has");
    else if (scenario->server_count > 0)
        error_set(reason, "brings servers of its own; here is one, which stands already");
    for (size_t i = 0; i < scenario->step_count && reason->text[0] == '\0'; i++)
        if (is_elsewhere(&scenario->steps[i], claims))
            error_set(reason, "line %u is for another server; here is one, which stands already",
                      step_line(scenario, &scenario->steps[i]));
    return reason->text[0] != '\0';
}

bool scenario_suits(const struct scenario *scenario, const struct claims *claims,
                    struct error *reason)
{
    error_clear(reason);
    return !lacks_need(scenario, claims, reason) && !needs_own_profile(scenario, reason) &&
           !needs_plain_text(scenario, claims, reason) &&
           !lacks_identity(scenario, claims, reason) && !loses_too_much(scenario, claims, reason) &&
           !lacks_format(scenario, claims, reason) && !brings_servers(scenario, claims, reason);
}

/* --- what is changed ------------------------------------------------------------------- */

/* GetAuthData changes what it is there to change, and nothing that somebody set. */
static bool is_get_auth_data(struct path path)
{
    return path.depth == 3 && path_is_portfolio(path, GET_AUTH_DATA);
}

static bool raw_changes(const struct operation *operation, struct path path)
{
    if (operation->method == CODE_GET || operation->method == CODE_FETCH)
        return false;
    return operation->method != CODE_POST || !is_get_auth_data(path);
}

/* A request for the device; what its path is is not looked at. */
static bool octets_change(const struct impairment *injection)
{
    struct bytes octets = value_bytes(&injection->octets);
    unsigned code = octets.len < 2 ? 0 : octets.data[1];
    bool is_request = code > 0 && code < 32;
    return injection->sender == LINK_FROM_SERVER && is_request && code != CODE_GET &&
           code != CODE_FETCH;
}

/* Attributes are this server's own, as observations are: nobody else sees them, and what a scenario
 * leaves of them is undone after it. */
static bool step_changes(const struct step *step)
{
    if (step_injects(step))
        return octets_change(&step->impairment);
    if (step->verb->kind != STEP_OPERATION)
        return false;
    switch (step->operation.kind) {
    case OPERATION_WRITE:
    case OPERATION_UPDATE:
    case OPERATION_CREATE:
    case OPERATION_DELETE:
    case OPERATION_WRITE_COMPOSITE:
        return true;
    case OPERATION_EXECUTE:
        return !is_get_auth_data(step->path);
    case OPERATION_RAW:
        return raw_changes(&step->operation, step->path);
    case OPERATION_READ:
    case OPERATION_DISCOVER:
    case OPERATION_OBSERVE:
    case OPERATION_CANCEL:
    case OPERATION_ATTRIBUTES:
    case OPERATION_READ_COMPOSITE:
    case OPERATION_OBSERVE_COMPOSITE:
    case OPERATION_CANCEL_COMPOSITE:
    case OPERATION_REPEAT:
    case OPERATION_AUTHENTICATE:
    case OPERATION_DECRYPT:
    case OPERATION_FINISH:
        return false;
    }
    return false;
}

static bool changes(const struct scenario *scenario, struct error *reason)
{
    size_t i = 0;
    while (i < scenario->step_count && !step_changes(&scenario->steps[i]))
        i++;
    if (i == scenario->step_count)
        return false;
    struct buf name;
    buf_init(&name, 400);
    step_name(&scenario->steps[i], &name);
    error_set(reason, "would change the device (line %u: %.150s); --allow-writes lets it",
              step_line(scenario, &scenario->steps[i]), buf_text(&name));
    buf_release(&name);
    return true;
}

/* --- what is judged -------------------------------------------------------------------- */

static bool misses_key(const struct oracle *oracle, const struct oracle_claim *claim,
                       const struct scenario *scenario, const struct step *step,
                       struct error *reason)
{
    if (oracle->ops->holds(oracle, claim))
        return false;
    error_set(
        reason,
        "line %u is about identity %u and key %u for %s, of which profile \"%.100s\" does not "
        "claim both",
        step_line(scenario, step), claim->identity, claim->key_index, service_name(claim->service),
        scenario->profile);
    return true;
}

/* A signature of a text that the step names needs no provisioned hash. */
static struct oracle_claim claim_of(const struct match *match)
{
    struct oracle_claim claim = match->claim;
    if (match->name != NULL || match->value.type != VALUE_NONE)
        claim.text = bytes_of("");
    return claim;
}

static bool misses_one(const struct oracle *oracle, const struct wanted *wanted,
                       const struct scenario *scenario, const struct step *step,
                       struct error *reason)
{
    bool misses = false;
    for (size_t i = 0; i < wanted->count && !misses; i++) {
        const struct oracle_claim claim = claim_of(&wanted->matches[i]);
        misses = wanted->matches[i].kind == MATCH_GENUINE &&
                 misses_key(oracle, &claim, scenario, step, reason);
    }
    return misses;
}

static bool expects_unclaimed(const struct scenario *scenario, const struct step *step,
                              const struct oracle *oracle, struct error *reason)
{
    const struct expectation *expectation = &step->expectation;
    bool misses = false;
    for (size_t i = 0; i < expectation->wanted_count && !misses; i++)
        misses = misses_one(oracle, &expectation->wanted[i], scenario, step, reason);
    return misses;
}

static bool asks_unclaimed(const struct scenario *scenario, const struct step *step,
                           const struct oracle *oracle, struct error *reason)
{
    const struct operation *operation = &step->operation;
    bool is_operation = step->verb->kind == STEP_OPERATION;
    bool signs = is_operation && operation->kind == OPERATION_AUTHENTICATE;
    bool seals = is_operation && operation->kind == OPERATION_DECRYPT;
    const struct oracle_claim claim = {
        .instance = operation->path.id[1],
        .service = signs ? SERVICE_AUTHENTICATION : SERVICE_ENCRYPTION,
        .identity = operation->identity,
        .key_index = operation->key_index,
    };
    return (signs || seals) && misses_key(oracle, &claim, scenario, step, reason);
}

static bool is_claimed(const struct scenario *scenario, const struct oracle *oracle,
                       struct error *reason)
{
    for (size_t i = 0; i < scenario->step_count; i++) {
        const struct step *step = &scenario->steps[i];
        if (asks_unclaimed(scenario, step, oracle, reason) ||
            expects_unclaimed(scenario, step, oracle, reason))
            return false;
    }
    return true;
}

/* Somebody else's device does not notice that its server sees it elsewhere, so that it would be
 * lost to all scenarios that follow. */
static bool moves_device(const struct scenario *scenario, struct error *reason)
{
    for (size_t i = 0; i < scenario->step_count; i++) {
        const struct step *step = &scenario->steps[i];
        if (step->verb->kind != STEP_LINK || step->verb->what != LINK_REBIND)
            continue;
        error_set(reason,
                  "line %u gives the device another address, which it may not notice for long",
                  step_line(scenario, step));
        return true;
    }
    return false;
}

static bool has_tag(const struct scenario *scenario, const char *tag)
{
    bool has = false;
    for (size_t i = 0; i < scenario->tags.count; i++)
        has = has || strcmp(scenario->tags.items[i], tag) == 0;
    return has;
}

/* A device that the scenario was not written for, be it ours; of another LwM2M version, too. A
 * recording was made of a device that had all that it is about, so that one without is another
 * device, which a replay is to find out. */
static bool is_for_others(const struct scenario *scenario, const struct run_options *options)
{
    if (has_tag(scenario, "recorded"))
        return false;
    return options->third_party_device ||
           (options->profile_is_chosen &&
            strcmp(scenario->profile, scenario_own_profile(scenario)) != 0);
}

bool scenario_is_out_of_reach(const struct scenario *scenario, const struct run_options *options,
                              const struct claims *claims, const struct oracle *oracle,
                              struct error *reason)
{
    error_clear(reason);
    if (options->third_party_device &&
        (moves_device(scenario, reason) || (!options->allow_writes && changes(scenario, reason))))
        return true;
    if (is_for_others(scenario, options) && scenario_finds_lack(scenario, claims, oracle, reason))
        return true;
    return options->third_party_device && !is_claimed(scenario, oracle, reason);
}

/* --- who is there ---------------------------------------------------------------------- */

bool step_looks_inside(const struct step *step)
{
    unsigned what = step->verb->what;
    return (what == EXPECT_REQUEST && step->server != BOOTSTRAP_SERVER) || what == EXPECT_SECURED ||
           what == EXPECT_FAILURE;
}

bool status_is_absence(enum status status, const struct run_options *options,
                       const struct step *step)
{
    bool is_gone = status == ST_UNREACHABLE || status == ST_NOT_FOUND;
    return options->third_party_device && is_gone &&
           !expectation_accepts_silence(&step->expectation);
}

bool scenario_is_for_another(const struct scenario *scenario, const struct run_options *options,
                             const struct error_list *errors, struct error *out_reason)
{
    error_clear(out_reason);
    error_set(out_reason, "does not fit profile \"%.100s\": line %u: %.200s", scenario->profile,
              errors->items[0].line, errors->items[0].text);
    return options->profile_is_chosen;
}
