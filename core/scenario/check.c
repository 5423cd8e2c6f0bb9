/* SPDX-License-Identifier: Apache-2.0 */
/* Fills a scenario with typed content for one profile: names, needs, every step. */
#include "base/std.h"

#include "scenario/explain_impl.h"
#include "scenario/theirs_impl.h"

/* TEXT as a literal of a scenario. */
static void put_literal(struct bytes text, struct buf *out)
{
    buf_puts(out, "\"");
    for (size_t i = 0; i < text.len; i++) {
        uint8_t octet = text.data[i];
        if (octet == '"' || octet == '\\' || octet == '$')
            buf_printf(out, "\\%c", octet);
        else if (octet < 0x20 || octet == 0x7F)
            buf_printf(out, "\\x%02x", octet);
        else
            buf_put(out, (struct bytes){&octet, 1});
    }
    buf_puts(out, "\"");
}

/* $id0, $id1, ...: what is claimed of Identity, each as a literal. */
static void name_identities(struct checker *checker, const struct claims *claims)
{
    struct buf text;
    buf_init(&text, EXPLANATION_MOST);
    for (size_t i = 0; i < claims->identity_count; i++) {
        char name[8];
        buf_clear(&text);
        put_literal(value_bytes(&claims->identities[i].value), &text);
        snprintf(name, sizeof name, "id%u", claims->identities[i].path.id[3]);
        if (!text.bad)
            names_set(&checker->names, bytes_of(name), buf_text(&text), false);
    }
    buf_release(&text);
}

static void name_number(struct checker *checker, const char *name, unsigned number)
{
    char text[8];
    snprintf(text, sizeof text, "%u", number);
    names_set(&checker->names, bytes_of(name), text, false);
}

static void name_other(struct checker *checker, const struct claims *claims)
{
    char text[PATH_TEXT];
    if (claims->other.depth == 0)
        return;
    names_set(&checker->names, bytes_of("other"), path_text(claims->other, text), false);
    name_number(checker, "other_service", claims->other_service);
    name_number(checker, "other_identity", claims->other_identity);
    name_number(checker, "other_key", claims->other_key);
}

/* What not every device has. */
static void name_second(struct checker *checker, const struct claims *claims)
{
    const struct {
        const char *name;
        uint16_t number;
    } names[] = {{"identity2", claims->identity2},
                 {"key2", claims->key2},
                 {"encryption_key2", claims->encryption_key2},
                 {"long_identity", claims->long_identity}};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (names[i].number != ID_NONE)
            name_number(checker, names[i].name, names[i].number);
    name_other(checker, claims);
    if (claims->registered != NULL)
        names_set(&checker->names, bytes_of("registered"), claims->registered, false);
}

void checker_init(struct checker *checker, const struct source *source, const struct claims *claims,
                  const struct oracle *oracle)
{
    char text[PATH_TEXT];
    *checker = (struct checker){.source = source, .claims = claims, .oracle = oracle, .format = -1};
    if (claims == NULL)
        return;
    if (claims->has_portfolio)
        names_set(&checker->names, bytes_of("pf"), path_text(claims->portfolio, text), false);
    if (claims->endpoint != NULL)
        names_set(&checker->names, bytes_of("ep"), claims->endpoint, false);
    names_set(&checker->names, bytes_of("spare"), path_text(claims->spare, text), false);
    names_set(&checker->names, bytes_of("link"), path_text(claims->link, text), false);
    snprintf(text, sizeof text, "%u:%u", claims->portfolio.id[0], claims->portfolio.id[1]);
    names_set(&checker->names, bytes_of("target"), text, false);
    name_number(checker, "dim", (unsigned)claims->identity_count);
    name_number(checker, "key", claims->key);
    name_number(checker, "service", claims->encryption && !claims->authentication ? 1 : 0);
    name_number(checker, "encryption_key", claims->encryption_key);
    name_number(checker, "identity", claims->identity);
    name_second(checker, claims);
    name_identities(checker, claims);
}

void checker_let(struct checker *checker, const struct let *let)
{
    struct scan scan;
    scan_init(&scan, checker->source, &checker->names, let->value);
    if (!scan.failed)
        names_set(&checker->names, let->name, buf_text(&scan.text), false);
    scan_release(&scan);
}

static bool claims_have(const struct claims *claims, const char *need)
{
    bool has_service = claims->authentication || claims->encryption;
    bool is_whole = !claims->is_partial;
    const struct {
        const char *word;
        bool met;
    } known[] = {{"own-profile", true}, /* is looked at with the scenario's name of it */
                 {"authentication", claims->authentication && is_whole},
                 {"encryption", claims->encryption && is_whole},
                 {"service", has_service && is_whole},
                 {"get-auth-data", has_service},
                 {"gsma", claims->gsma}};
    if (need[0] == '/') /* is looked at with what the device has */
        return true;
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (strcmp(known[i].word, need) == 0)
            return known[i].met;
    for (const char *const *word = claims->needs; word != NULL && *word != NULL; word++)
        if (strcmp(*word, need) == 0)
            return true;
    return false;
}

bool need_known(struct bytes word)
{
    /* What a stage may claim; a word beside these is a slip, which would hide its scenario. */
    static const char *const words[] = {
        "authentication",
        "encryption",
        "service",
        "get-auth-data",
        "gsma",
        "resource-instances",
        "two-instances",
        "other-service",
        "two-identities",
        "long-identity",
        "two-keys",
        "two-encryption-keys",
        "one-auth-data",
        "queue-mode",
        "tcp",
        "udp",
        "bootstrap",
        "bootstrap-only",
        "one-server",
        "lenient-arguments",
        "strict-arguments",
        "strict-create",
        "lenient-create",
        "read-only",
        "auth-data-instances",
        "no-services",
        "linked",
        "own-profile",
        "fresh-device",
        "composite",
        "nosec",
        "psk",
        "rpk",
        "x509",
    };
    struct path path;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (bytes_is(word, words[i]))
            return true;
    return path_parse(word, &path) && path.depth > 0;
}

const char *claims_unmet(const struct claims *claims, const struct text_list *needs)
{
    for (size_t i = 0; i < needs->count; i++)
        if (!claims_have(claims, needs->items[i]))
            return needs->items[i];
    return NULL;
}

static void bind(struct checker *checker, const struct binding *bindings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        names_set(&checker->names, bytes_of(bindings[i].name), bindings[i].value, true);
}

static int format_of(const struct oracle *oracle, const char *name)
{
    return name == NULL ? -1 : oracle->ops->format(oracle, bytes_of(name));
}

static void check_formats(const struct scenario *scenario, const struct oracle *oracle)
{
    for (size_t i = 0; i < scenario->formats.count; i++)
        if (format_of(oracle, scenario->formats.items[i]) < 0)
            source_error(&scenario->source, scenario->formats_at,
                         "format \"%.40s\" is not known; write a name such as tlv, or a number",
                         scenario->formats.items[i]);
}

enum status scenario_check(struct scenario *scenario, const struct claims *claims,
                           const struct oracle *oracle, const struct binding *bindings,
                           size_t binding_count, struct error_list *errors)
{
    size_t before = errors->errors;
    struct checker checker;
    /* A device that does not have what the scenario is about need not have its paths either. */
    struct error unfit;
    if (!scenario_suits(scenario, claims, &unfit))
        return ST_OK;
    scenario->source.errors = errors;
    checker_init(&checker, &scenario->source, claims, oracle);
    check_formats(scenario, oracle);
    checker.format = format_of(oracle, scenario->format);
    checker.is_senml =
        scenario->format != NULL && strncmp(scenario->format, "senml-", strlen("senml-")) == 0;
    bind(&checker, bindings, binding_count);
    for (size_t i = 0; i < scenario->let_count; i++)
        checker_let(&checker, &scenario->lets[i]);
    for (size_t i = 0; i < scenario->step_count; i++)
        checker_step(&checker, &scenario->steps[i]);
    names_release(&checker.names);
    scenario->source.errors = NULL;
    return errors->errors == before ? ST_OK : ST_INVALID;
}
