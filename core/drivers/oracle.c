/* SPDX-License-Identifier: Apache-2.0 */
/* The oracle of our own ends: object definitions, content formats, links, and AuthData judged by
 * the keys that a server holds. */
#include "base/std.h"

#include "codec/arguments.h"
#include "codec/codec.h"
#include "codec/corelink.h"
#include "drivers/sim.h"

struct sim_oracle {
    struct oracle oracle;              /* first: what users see */
    const struct catalogue *catalogue; /* (borrowed) */
    const struct verifiers *verifiers; /* (borrowed) */
    char *endpoint;                    /* (owned) */
    const struct provision *provision; /* (borrowed) with the octets of the keys, or NULL */
    struct chance *chance;             /* (borrowed) */
};

static const struct sim_oracle *self_of(const struct oracle *oracle)
{
    return (const struct sim_oracle *)oracle;
}

/* --- the data model ----------------------------------------------------------------------------
 */

static bool describe_object(const struct oracle *oracle, unsigned object, bool *out_multiple)
{
    const struct object_def *def = catalogue_object(self_of(oracle)->catalogue, object);
    if (def != NULL)
        *out_multiple = def->multiple;
    return def != NULL;
}

static bool describe_resource(const struct oracle *oracle, struct path path,
                              struct oracle_resource *out)
{
    const struct resource_def *def = catalogue_resource(self_of(oracle)->catalogue, path);
    if (def == NULL)
        return false;
    *out = (struct oracle_resource){
        .readable = (def->ops & OP_READ) != 0,
        .writable = (def->ops & OP_WRITE) != 0,
        .executable = (def->ops & OP_EXECUTE) != 0,
        .multiple = def->multiple,
        .type = def->type,
        .name = def->name,
    };
    return true;
}

static int find_format(const struct oracle *oracle, struct bytes name)
{
    UNUSED(oracle);
    const struct codec *codec = codec_named(name);
    int64_t number = FORMAT_NONE;
    if (codec != NULL)
        return codec->format;
    if (bytes_is(name, "link"))
        return FORMAT_LINK;
    return parse_decimal(name, &number) && number >= 0 && number <= UINT16_MAX ? (int)number
                                                                               : FORMAT_NONE;
}

/* --- AuthData ----------------------------------------------------------------------------------
 */

/* What is asked about, and what is held to answer it. */
struct question {
    const struct verifier *verifier;           /* (borrowed) */
    const struct provision_instance *instance; /* (borrowed) of the claim */
    struct secure_request request;
    struct bytes auth_data;
};

enum { TRIES_MOST = 256 }; /* about a second of the slowest suite */

/* Asks again with other identities and keys of the instance, so that the message can say which of
 * them fits (PF-AUTH-3); the identity counts for signatures only. */
static bool find_fit(const struct question *question, struct secure_request *out)
{
    const struct provision_service *service =
        &question->instance->service[question->request.service];
    bool is_signature = question->request.service == SERVICE_AUTHENTICATION;
    size_t tries = (is_signature ? service->hash_count : 1) * service->key_count;
    struct buf data;
    buf_init_secret(&data, AUTH_DATA_MOST);
    bool found = false;
    for (size_t i = 0; !found && i < tries && i < TRIES_MOST; i++) {
        *out = question->request;
        out->key_index = service->keys[i % service->key_count].index;
        if (is_signature)
            out->identity = service->hashes[i / service->key_count].identity;
        found =
            server_judge(question->verifier, out, question->auth_data, &data) == JUDGEMENT_GENUINE;
    }
    buf_release(&data);
    return found;
}

static void explain_mismatch(const struct question *question, struct error *problem)
{
    struct secure_request fit;
    bool is_signature = question->request.service == SERVICE_AUTHENTICATION;
    const char *what = is_signature ? "the signature does not fit identity, challenge and key"
                                    : "the ciphertext does not open to data and challenge";
    if (!find_fit(question, &fit))
        error_set(problem, "%s", what);
    else if (is_signature)
        error_set(problem, "%s; it fits identity %u and key %u", what, fit.identity, fit.key_index);
    else
        error_set(problem, "%s; it does so with key %u", what, fit.key_index);
}

static void explain_unknown(const struct question *question, struct error *problem)
{
    const struct secure_request *request = &question->request;
    const struct provision_service *service = &question->instance->service[request->service];
    if (provision_key(service, request->key_index) == NULL)
        error_set(problem, "no key %u is held for %s of \"/16/%u\"", request->key_index,
                  service_name(request->service), request->instance);
    else
        error_set(problem,
                  "nothing can be said of identity %u of \"/16/%u\": no hash of it is held",
                  request->identity, request->instance);
}

static enum judgement ask(const struct question *question, struct buf *out_data,
                          struct error *problem)
{
    enum judgement judgement =
        server_judge(question->verifier, &question->request, question->auth_data, out_data);
    if (judgement == JUDGEMENT_MISMATCH)
        explain_mismatch(question, problem);
    else if (judgement == JUDGEMENT_UNKNOWN)
        explain_unknown(question, problem);
    return judgement;
}

static bool has_hash(const struct provision_service *service, unsigned identity)
{
    for (size_t i = 0; i < service->hash_count; i++)
        if (service->hashes[i].identity == identity)
            return true;
    return false;
}

static bool holds(const struct oracle *oracle, const struct oracle_claim *claim)
{
    const struct sim_oracle *self = self_of(oracle);
    const struct verifier *verifier = verifiers_find(self->verifiers, self->endpoint);
    const struct provision_instance *instance =
        verifier == NULL ? NULL : provision_find(verifier->provision, claim->instance);
    if (instance == NULL || instance->service[claim->service].suite == SUITE_NONE)
        return false;
    const struct provision_service *service = &instance->service[claim->service];
    bool needs_hash = claim->service == SERVICE_AUTHENTICATION && claim->text.data == NULL;
    return provision_key(service, claim->key_index) != NULL &&
           (!needs_hash || has_hash(service, claim->identity));
}

static enum judgement judge(const struct oracle *oracle, const struct oracle_claim *claim,
                            struct bytes auth_data, struct buf *out_data, struct error *problem)
{
    const struct sim_oracle *self = self_of(oracle);
    struct question question = {
        .verifier = verifiers_find(self->verifiers, self->endpoint),
        .request = {.instance = claim->instance,
                    .service = claim->service,
                    .identity = claim->identity,
                    .key_index = claim->key_index,
                    .data = claim->text},
        .auth_data = auth_data,
    };
    if (question.verifier != NULL)
        question.instance = provision_find(question.verifier->provision, claim->instance);
    if (question.instance == NULL ||
        question.instance->service[claim->service].suite == SUITE_NONE) {
        error_set(problem, "no keys are held for %s of \"/16/%u\"", service_name(claim->service),
                  claim->instance);
        return JUDGEMENT_UNKNOWN;
    }
    struct buf challenge;
    buf_init(&challenge, CHALLENGE_LEN_MOST);
    enum judgement judgement = JUDGEMENT_UNKNOWN;
    if (challenge_octets(question.instance->challenge_rule, claim->challenge, &challenge)) {
        question.request.challenge = buf_bytes(&challenge);
        judgement = ask(&question, out_data, problem);
    } else {
        error_set(problem, "challenge \"%.*s\" is neither a decimal number nor 0x and hex digits",
                  (int)(claim->challenge.len < 40 ? claim->challenge.len : 40),
                  (const char *)claim->challenge.data);
    }
    buf_release(&challenge);
    return judgement;
}

/* --- arguments ---------------------------------------------------------------------------------
 */

static bool counts_characters(const struct oracle *oracle, unsigned instance)
{
    const struct sim_oracle *self = self_of(oracle);
    const struct verifier *verifier = verifiers_find(self->verifiers, self->endpoint);
    const struct provision_instance *provision =
        verifier == NULL ? NULL : provision_find(verifier->provision, instance);
    return provision != NULL && provision->challenge_rule == CHALLENGE_TEXT;
}

/* rules: I-3, I-13 */
static void normalize(const struct argument *argument, bool is_readable, bool keeps_hex,
                      struct oracle_argument *out)
{
    enum service service;
    uint64_t bits = 0;
    out->digit = argument->digit;
    if (is_readable && argument->digit == 0 && service_symbol_named(argument->value, &service))
        snprintf(out->value, sizeof out->value, "%d", (int)service);
    else if (!keeps_hex && argument->digit == 2 && parse_hex_integer(argument->value, &bits))
        snprintf(out->value, sizeof out->value, "%" PRId64, (int64_t)bits);
    else
        snprintf(out->value, sizeof out->value, "%.*s", (int)argument->value.len,
                 argument->value.len == 0 ? "" : (const char *)argument->value.data);
}

static bool read_arguments(const struct oracle *oracle, unsigned instance, struct bytes text,
                           bool is_readable, struct oracle_arguments *out, struct error *problem)
{
    struct arguments arguments;
    enum argument_form form = is_readable ? ARGUMENTS_READABLE : ARGUMENTS_STRICT;
    bool keeps_hex = counts_characters(oracle, instance);
    if (arguments_decode(text, form, &arguments, problem) != ST_OK)
        return false;
    out->count = arguments.count;
    for (size_t i = 0; i < arguments.count; i++)
        normalize(&arguments.items[i], is_readable, keeps_hex, &out->items[i]);
    return true;
}

/* rule: PF-SC-3 */
static const char *suspect(const struct oracle *oracle, const struct oracle_claim *claim,
                           struct bytes auth_data, struct error *problem)
{
    const struct sim_oracle *self = self_of(oracle);
    const struct provision_instance *instance =
        self->provision == NULL ? NULL : provision_find(self->provision, claim->instance);
    struct buf challenge;
    if (instance == NULL)
        return NULL;
    buf_init(&challenge, CHALLENGE_LEN_MOST);
    bool found = false;
    if (challenge_octets(instance->challenge_rule, claim->challenge, &challenge)) {
        const struct trial trial = {
            .provision = self->provision,
            .chance = self->chance,
            .request = {.instance = claim->instance,
                        .service = claim->service,
                        .identity = claim->identity,
                        .key_index = claim->key_index,
                        .challenge = buf_bytes(&challenge),
                        .data = claim->text},
            .auth_data = auth_data,
        };
        found = trial_finds(&trial, problem);
    }
    buf_release(&challenge);
    return found ? "PF-SC-3" : NULL;
}

/* --- links -------------------------------------------------------------------------------------
 */

static bool same_target(const struct link *a, const struct link *b)
{
    if (a->has_path && b->has_path)
        return path_equal(a->path, b->path); /* the parser has dropped a trailing slash */
    return strcmp(a->target, b->target) == 0;
}

static const struct link *find_target(const struct links *links, const struct link *wanted)
{
    for (size_t i = 0; i < links->count; i++)
        if (same_target(&links->items[i], wanted))
            return &links->items[i];
    return NULL;
}

static bool has_attributes(const struct link *actual, const struct link *expected,
                           struct error *problem)
{
    for (size_t i = 0; i < expected->attribute_count; i++) {
        const struct link_attribute *attribute = &expected->attributes[i];
        const char *wanted = attribute->value == NULL ? "" : attribute->value;
        const char *found = link_attribute(actual, attribute->name);
        if (found != NULL && strcmp(found, wanted) == 0)
            continue;
        if (found == NULL)
            error_set(problem, "link <%s> has no attribute \"%s\"", actual->target,
                      attribute->name);
        else
            error_set(problem, "link <%s> has %s=%s, not %s", actual->target, attribute->name,
                      found, wanted);
        return false;
    }
    return true;
}

/* Every link of EXPECTED is in ACTUAL. */
static bool has_links(const struct links *actual, const struct links *expected,
                      struct error *problem)
{
    for (size_t i = 0; i < expected->count; i++) {
        const struct link *found = find_target(actual, &expected->items[i]);
        if (found == NULL) {
            error_set(problem, "link <%s> is missing", expected->items[i].target);
            return false;
        }
        if (!has_attributes(found, &expected->items[i], problem))
            return false;
    }
    return true;
}

static bool has_no_other(const struct links *actual, const struct links *expected,
                         struct error *problem)
{
    for (size_t i = 0; i < actual->count; i++)
        if (find_target(expected, &actual->items[i]) == NULL) {
            error_set(problem, "link <%s> is not expected", actual->items[i].target);
            return false;
        }
    return true;
}

static bool compare_links(const struct oracle *oracle, struct bytes expected, struct bytes actual,
                          bool exact, struct error *problem)
{
    UNUSED(oracle);
    struct links wanted, found;
    struct error detail;
    bool fits = false;
    links_init(&wanted);
    links_init(&found);
    error_clear(&detail);
    if (links_decode(expected, &wanted, &detail) != ST_OK)
        error_set(problem, "the expected links do not parse: %s", detail.text);
    else if (links_decode(actual, &found, &detail) != ST_OK)
        error_set(problem, "the links do not parse: %s", detail.text);
    else
        fits = has_links(&found, &wanted, problem) &&
               (!exact || has_no_other(&found, &wanted, problem));
    links_release(&wanted);
    links_release(&found);
    return fits;
}

/* --- life --------------------------------------------------------------------------------------
 */

static const struct oracle_ops ops = {
    .object = describe_object,
    .resource = describe_resource,
    .holds = holds,
    .judge = judge,
    .suspect = suspect,
    .links = compare_links,
    .arguments = read_arguments,
    .format = find_format,
};

struct oracle *oracle_new(const struct catalogue *catalogue, const struct verifiers *verifiers,
                          const char *endpoint)
{
    struct sim_oracle *self = xalloc(sizeof *self);
    self->oracle.ops = &ops;
    self->catalogue = catalogue;
    self->verifiers = verifiers;
    self->endpoint = xstrdup(endpoint);
    return &self->oracle;
}

void oracle_try(struct oracle *oracle, const struct provision *provision, struct chance *chance)
{
    struct sim_oracle *self = (struct sim_oracle *)oracle;
    self->provision = provision;
    self->chance = chance;
}

void oracle_free(struct oracle *oracle)
{
    struct sim_oracle *self = (struct sim_oracle *)oracle;
    if (self == NULL)
        return;
    free(self->endpoint);
    free(self);
}
