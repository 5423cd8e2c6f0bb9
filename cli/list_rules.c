/* SPDX-License-Identifier: Apache-2.0 */
/* The rule catalogue and the interpretations: as lists, as a manual page, and what covers them. */
#include <cjson/cJSON.h>

#include "base/std.h"

#include "cli/list.h"
#include "cli/output.h"
#include "cli/scenarios.h"
#include "cli/version.h"

const char *rule_strength_name(enum rule_strength strength)
{
    static const char *const names[] = {
        [RULE_MUST] = "must",   [RULE_TABLE] = "table",         [RULE_APPENDIX] = "appendix",
        [RULE_LWM2M] = "LwM2M", [RULE_INTERPRETATION] = "ours",
    };
    return names[strength];
}

void rule_sides_put(const struct rule *rule, struct buf *out)
{
    static const struct {
        unsigned side;
        const char *name;
    } sides[] = {{SIDE_DEVICE, "device"}, {SIDE_SERVER, "server"}, {SIDE_COMPONENT, "component"}};
    const char *separator = "";
    for (size_t i = 0; i < COUNT_OF(sides); i++) {
        if ((rule->sides & sides[i].side) == 0)
            continue;
        buf_printf(out, "%s%s", separator, sides[i].name);
        separator = ", ";
    }
}

/* The columns that a UTF-8 text of LEN octets takes, roughly. */
static unsigned columns_of(const char *text, size_t len)
{
    unsigned columns = 0;
    for (size_t i = 0; i < len; i++)
        columns += ((uint8_t)text[i] & 0xC0) == 0x80 ? 0 : 1;
    return columns;
}

void paragraph_print(const char *text, unsigned indent)
{
    enum { WIDTH = 78 };
    unsigned column = 0; /* 0: at the beginning of a line */
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        unsigned columns = columns_of(text, len);
        bool fits = column > 0 && column + 1 + columns <= WIDTH;
        if (!fits) {
            printf("%s%*s", column > 0 ? "\n" : "", (int)indent, "");
            column = indent;
        } else {
            printf(" ");
            column++;
        }
        printf("%.*s", (int)len, text);
        column += columns;
        text += len + strspn(text + len, " ");
    }
    printf("\n");
}

/* --- plain lists ---------------------------------------------------------------------------- */

static void print_rule(const struct rule *rule)
{
    struct buf sides;
    buf_init(&sides, 64);
    rule_sides_put(rule, &sides);
    printf("%s  %s%s%s, %s\n", rule->id, rule->section, rule->section[0] == '\0' ? "" : ", ",
           rule_strength_name(rule->strength), buf_text(&sides));
    paragraph_print(rule->text, 4);
    buf_release(&sides);
}

static void add_rule(cJSON *object, const struct rule *rule)
{
    struct buf sides;
    buf_init(&sides, 64);
    rule_sides_put(rule, &sides);
    cJSON_AddStringToObject(object, "id", rule->id);
    cJSON_AddStringToObject(object, "section", rule->section);
    cJSON_AddStringToObject(object, "strength", rule_strength_name(rule->strength));
    cJSON_AddStringToObject(object, "sides", buf_text(&sides));
    cJSON_AddStringToObject(object, "text", rule->text);
    if (rule->excuse != NULL)
        cJSON_AddStringToObject(object, "not_covered_because", rule->excuse);
    buf_release(&sides);
}

int list_rules(const struct list_options *options)
{
    if (options->coverage)
        return list_rules_coverage(options);
    if (options->man)
        return list_rules_manual();
    struct list_output output = list_begin(options, "rules");
    for (size_t i = 0; rule_at(i) != NULL; i++) {
        cJSON *object = list_item(&output, rule_at(i)->id);
        if (object != NULL)
            add_rule(object, rule_at(i));
        else if (!options->common.quiet)
            print_rule(rule_at(i));
    }
    return list_end(&output);
}

static void print_interpretation(const struct interpretation *interpretation)
{
    printf("%s  %s\n", interpretation->id, interpretation->problem);
    paragraph_print(interpretation->decision, 4);
    if (interpretation->option != NULL)
        printf("    (set by \"%s\" of a profile)\n", interpretation->option);
}

static void add_interpretation(cJSON *object, const struct interpretation *interpretation)
{
    cJSON_AddStringToObject(object, "id", interpretation->id);
    cJSON_AddStringToObject(object, "problem", interpretation->problem);
    cJSON_AddStringToObject(object, "decision", interpretation->decision);
    if (interpretation->option != NULL)
        cJSON_AddStringToObject(object, "option", interpretation->option);
}

int list_interpretations(const struct list_options *options)
{
    struct list_output output = list_begin(options, "interpretations");
    const struct interpretation *interpretation;
    for (size_t i = 0; (interpretation = interpretation_at(i)) != NULL; i++) {
        cJSON *object = list_item(&output, interpretation->id);
        if (object != NULL)
            add_interpretation(object, interpretation);
        else if (!options->common.quiet)
            print_interpretation(interpretation);
    }
    return list_end(&output);
}

/* --- the manual page ------------------------------------------------------------------------ */

/* TEXT as lines of mdoc: nothing in it is a macro or an escape, and a sentence begins a line. */
static void print_mdoc(const char *text)
{
    bool at_start = true;
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        if (at_start && (*text == '.' || *text == '\''))
            printf("\\&");
        for (size_t i = 0; i < len; i++) {
            putchar(text[i]);
            if (text[i] == '\\')
                putchar('e');
        }
        at_start = len > 0 && text[len - 1] == '.';
        text += len + strspn(text + len, " ");
        putchar(at_start || *text == '\0' ? '\n' : ' ');
    }
}

static void print_rules_mdoc(void)
{
    printf(".Sh RULES\n.Bl -tag -width Ds\n");
    for (size_t i = 0; rule_at(i) != NULL; i++) {
        const struct rule *rule = rule_at(i);
        struct buf sides;
        buf_init(&sides, 64);
        rule_sides_put(rule, &sides);
        printf(".It Sy %s\n", rule->id);
        print_mdoc(rule->text);
        printf(".br\n(%s%s%s; %s)\n", rule->section, rule->section[0] == '\0' ? "" : "; ",
               rule_strength_name(rule->strength), buf_text(&sides));
        if (rule->excuse != NULL) {
            printf(".br\nNo scenario covers it: ");
            print_mdoc(rule->excuse);
        }
        buf_release(&sides);
    }
    printf(".El\n");
}

static void print_interpretations_mdoc(void)
{
    const struct interpretation *interpretation;
    printf(".Sh INTERPRETATIONS\n"
           "Where the specification is silent or contradicts itself, this is how it was settled.\n"
           ".Bl -tag -width Ds\n");
    for (size_t i = 0; (interpretation = interpretation_at(i)) != NULL; i++) {
        printf(".It Sy %s\nThe problem: ", interpretation->id);
        print_mdoc(interpretation->problem);
        printf(".Pp\n");
        print_mdoc(interpretation->decision);
        if (interpretation->option != NULL)
            printf(".br\nSet by\n.Li %s\nof a profile.\n", interpretation->option);
    }
    printf(".El\n");
}

int list_rules_manual(void)
{
    printf(".\\\" SPDX-License-Identifier: Apache-2.0\n"
           ".\\\" Made by \"lwm2m-portfolio list rules --man\" from the catalogue.\n"
           ".Dd %s\n.Dt LWM2M-PORTFOLIO-RULES 7\n.Os lwm2m-portfolio %s\n"
           ".Sh NAME\n.Nm lwm2m-portfolio-rules\n"
           ".Nd rules of the OMA Portfolio object and how its ambiguities were settled\n"
           ".Sh DESCRIPTION\n"
           "These are the rules that the scenarios of\n.Xr lwm2m-portfolio 1\ncheck.\n"
           "Behind each stand the section of OMA-TS-LWM2M_PortfolioObj-V1_0_1 that it comes from,\n"
           "its strength, and whom it binds.\n"
           ".Pp\n"
           "A rule of strength\n.Em must\nis a MUST of the specification,\n.Em table\n"
           "a cell of its tables,\n.Em appendix\ncomes from appendix B,\n.Em LwM2M\n"
           "is behaviour of LwM2M or CoAP without which the object cannot be used, and\n.Em ours\n"
           "was settled by us.\n",
           LWM2M_PORTFOLIO_DATE, LWM2M_PORTFOLIO_VERSION);
    print_rules_mdoc();
    print_interpretations_mdoc();
    printf(".Sh EXAMPLES\n"
           "Print a rule, and see that a shipped scenario proves each:\n"
           ".\\\" example: exit 0\n"
           ".Bd -literal -offset indent\n"
           "$ lwm2m-portfolio show PF-STATE-4\n"
           "$ lwm2m-portfolio list rules --coverage\n"
           ".Ed\n");
    printf(".Sh SEE ALSO\n.Xr lwm2m-portfolio 1 ,\n.Xr lwm2m-portfolio-profile 5 ,\n"
           ".Xr lwm2m-portfolio-scenario 5\n");
    return EXIT_PASSED;
}

/* --- coverage ------------------------------------------------------------------------------- */

static bool covers(const struct scenario *scenario, const struct rule *rule)
{
    for (const struct rule *const *at = scenario_rules(scenario); *at != NULL; at++)
        if (*at == rule)
            return true;
    return false;
}

struct coverage {
    const struct scenario_files *files; /* (borrowed) */
    struct list_output output;
    size_t covered, excused, missing;
};

/* A rule that nearly all scenarios touch needs no line of all their names. */
static size_t names_most(const struct coverage *coverage)
{
    enum { NAMES_MOST = 3 };
    return coverage->output.options->common.verbose > 0 ? SIZE_MAX : NAMES_MOST;
}

static void print_coverage(const struct coverage *coverage, const struct rule *rule, size_t count)
{
    size_t most = names_most(coverage);
    size_t named = 0;
    printf("%-20s %3zu ", rule->id, count);
    if (count == 0)
        printf(" %s%s", rule->excuse == NULL ? "NOT COVERED" : "excused: ",
               rule->excuse == NULL ? "" : rule->excuse);
    for (size_t i = 0; i < coverage->files->count && named < most; i++) {
        if (!covers(coverage->files->items[i].scenario, rule))
            continue;
        printf(" %s", coverage->files->items[i].name);
        named++;
    }
    printf("%s\n", named < count ? " ..." : "");
}

static void add_coverage(cJSON *object, const struct coverage *coverage, const struct rule *rule)
{
    cJSON_AddStringToObject(object, "id", rule->id);
    if (rule->excuse != NULL)
        cJSON_AddStringToObject(object, "not_covered_because", rule->excuse);
    cJSON *names = cJSON_AddArrayToObject(object, "scenarios");
    for (size_t i = 0; i < coverage->files->count; i++)
        if (covers(coverage->files->items[i].scenario, rule))
            cJSON_AddItemToArray(names, cJSON_CreateString(coverage->files->items[i].name));
}

static void cover_rule(struct coverage *coverage, const struct rule *rule)
{
    size_t count = 0;
    for (size_t i = 0; i < coverage->files->count; i++)
        count += covers(coverage->files->items[i].scenario, rule) ? 1 : 0;
    if (count > 0)
        coverage->covered++;
    else if (rule->excuse != NULL)
        coverage->excused++;
    else
        coverage->missing++;
    cJSON *object = list_object(&coverage->output);
    if (object != NULL)
        add_coverage(object, coverage, rule);
    else if (!coverage->output.options->common.quiet || (count == 0 && rule->excuse == NULL))
        print_coverage(coverage, rule, count);
}

static int print_matrix(const struct scenario_files *files, const struct list_options *options)
{
    struct coverage coverage = {.files = files, .output = list_begin(options, "coverage")};
    for (size_t i = 0; rule_at(i) != NULL; i++)
        cover_rule(&coverage, rule_at(i));
    list_end(&coverage.output);
    if (!options->common.json)
        printf("%zu rules are covered, %zu have an excuse, %zu are not covered\n", coverage.covered,
               coverage.excused, coverage.missing);
    return coverage.missing == 0 ? EXIT_PASSED : EXIT_FAILED;
}

int list_rules_coverage(const struct list_options *options)
{
    struct scenario_files files = {.items = NULL};
    int status = EXIT_FILE;
    if (scenario_files_add_shipped(&files) && scenario_files_parse(&files))
        status = print_matrix(&files, options);
    scenario_files_release(&files);
    return status;
}
