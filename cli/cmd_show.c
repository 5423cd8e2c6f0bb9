/* SPDX-License-Identifier: Apache-2.0 */
/* Command `show`: one rule or interpretation, one shipped profile or scenario. */
#include <cjson/cJSON.h>

#include "base/std.h"

#include "cli/data.h"
#include "cli/list.h"
#include "cli/output.h"
#include "cli/scenarios.h"
#include "model/secret.h"

struct show_options {
    struct common common;
};

static const struct option options[] = {OPTIONS_COMMON, OPTIONS_END};

static bool show_rule(const char *name)
{
    const struct rule *rule = rule_find(bytes_of(name));
    if (rule == NULL)
        return false;
    struct buf sides;
    buf_init(&sides, 64);
    rule_sides_put(rule, &sides);
    printf("%s\n\n", rule->id);
    paragraph_print(rule->text, 4);
    printf("\n    section   %s\n    strength  %s (%c)\n    binds     %s\n",
           rule->section[0] == '\0' ? "-" : rule->section, rule_strength_name(rule->strength),
           rule_strength_letter(rule->strength), buf_text(&sides));
    if (rule->excuse != NULL)
        printf("    no scenario covers it: %s\n", rule->excuse);
    buf_release(&sides);
    return true;
}

static bool show_interpretation(const char *name)
{
    const struct interpretation *interpretation;
    for (size_t i = 0; (interpretation = interpretation_at(i)) != NULL; i++) {
        if (strcmp(interpretation->id, name) != 0)
            continue;
        printf("%s\n\n    The problem:\n", interpretation->id);
        paragraph_print(interpretation->problem, 4);
        printf("\n    The decision:\n");
        paragraph_print(interpretation->decision, 4);
        if (interpretation->option != NULL)
            printf("\n    Set by \"%s\" of a profile.\n", interpretation->option);
        return true;
    }
    return false;
}

/* Verbatim: the keys of shipped profiles are public test keys and say so. */
static bool show_file(enum data_kind kind, const char *name)
{
    struct error error;
    struct buf text;
    char *path = data_shipped_path(kind, name);
    error_clear(&error);
    buf_init_secret(&text, 4 << 20);
    bool found = path != NULL && file_read(path, &text, NULL, &error) == ST_OK;
    if (found)
        fwrite(text.data, 1, text.len, stdout);
    buf_release(&text);
    free(path);
    return found;
}

static void consider_names(struct suggestion *suggestion, const struct names_list *names)
{
    for (size_t i = 0; i < names->count; i++)
        suggestion_consider(suggestion, names->items[i]);
}

static void report_unknown(const char *name)
{
    struct suggestion suggestion;
    struct names_list profiles;
    struct names_list scenarios;
    struct buf hint;
    buf_init(&hint, 200);
    data_names(DATA_PROFILES, &profiles);
    data_names(DATA_SCENARIOS, &scenarios);
    suggestion_init(&suggestion, name);
    for (size_t i = 0; rule_at(i) != NULL; i++)
        suggestion_consider(&suggestion, rule_at(i)->id);
    for (size_t i = 0; interpretation_at(i) != NULL; i++)
        suggestion_consider(&suggestion, interpretation_at(i)->id);
    consider_names(&suggestion, &profiles);
    consider_names(&suggestion, &scenarios);
    suggestion_put(&suggestion, &hint);
    complain("no rule, interpretation, shipped profile or scenario is called \"%s\"%s", name,
             buf_text(&hint));
    names_list_release(&profiles);
    names_list_release(&scenarios);
    buf_release(&hint);
}

static int run(const struct invocation *invocation)
{
    const struct texts *operands = &invocation->operands;
    if (operands->count != 1)
        return usage_error(invocation->command, "name one rule, interpretation, profile or "
                                                "scenario");
    const char *name = operands->items[0];
    if (show_rule(name) || show_interpretation(name) || show_file(DATA_PROFILES, name) ||
        show_file(DATA_SCENARIOS, name))
        return EXIT_PASSED;
    report_unknown(name);
    return EXIT_NOTHING;
}

const struct command command_show = {
    .name = "show",
    .summary = "print one shipped profile or scenario, a rule or an interpretation",
    .operands = "NAME",
    .operand = COMPLETE_NAMES,
    .examples = {"lwm2m-portfolio show vehicle >my-device.json", "lwm2m-portfolio show PF-STATE-4"},
    .options = options,
    .size = sizeof(struct show_options),
    .run = run,
};
