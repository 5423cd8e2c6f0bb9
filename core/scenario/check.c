/* SPDX-License-Identifier: Apache-2.0 */
/* Fills a scenario with typed content for one profile: names, needs, every step. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

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
    snprintf(text, sizeof text, "%u", (unsigned)claims->key);
    names_set(&checker->names, bytes_of("key"), text, false);
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
    const struct {
        const char *word;
        bool met;
    } known[] = {{"authentication", claims->authentication},
                 {"encryption", claims->encryption},
                 {"gsma", claims->gsma}};
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
        "gsma",
        "resource-instances",
        "two-instances",
        "lenient-arguments",
        "strict-arguments",
        "strict-create",
        "read-only",
        "composite",
        "psk",
        "rpk",
        "x509",
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (bytes_is(word, words[i]))
            return true;
    return false;
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
