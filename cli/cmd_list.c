/* SPDX-License-Identifier: Apache-2.0 */
/* Command `list`: what is shipped, what is known, what covers what. */
#include <cjson/cJSON.h>

#include "base/std.h"

#include "base/json.h"
#include "base/provision.h"
#include "cli/data.h"
#include "cli/defects.h"
#include "cli/json_print.h"
#include "cli/list.h"
#include "cli/output.h"
#include "cli/scenarios.h"
#include "cli/selection.h"
#include "codec/codec.h"
#include "device/device.h"
#include "model/secret.h"

static const struct option options[] = {
    {"tags", '\0', OPTION_FLAG, offsetof(struct list_options, tags), NULL,
     "scenarios: show their tags", COMPLETE_NOTHING},
    {"coverage", '\0', OPTION_FLAG, offsetof(struct list_options, coverage), NULL,
     "rules: which shipped scenarios cover each; fails when one is not covered", COMPLETE_NOTHING},
    {"man", '\0', OPTION_FLAG, offsetof(struct list_options, man), NULL,
     "rules: print the manual page lwm2m-portfolio-rules(7)", COMPLETE_NOTHING},
    OPTION_JSON("print one JSON document"),
    OPTIONS_COMMON,
    OPTIONS_END,
};

/* --- output --------------------------------------------------------------------------------- */

struct list_output list_begin(const struct list_options *given, const char *topic)
{
    struct list_output output = {.options = given};
    if (given->common.json) {
        output.document = json_new();
        output.array = cJSON_AddArrayToObject(output.document, topic);
    }
    return output;
}

cJSON *list_object(struct list_output *output)
{
    if (output->array == NULL)
        return NULL;
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToArray(output->array, object);
    return object;
}

cJSON *list_item(struct list_output *output, const char *name)
{
    if (output->array == NULL && output->options->common.quiet)
        printf("%s\n", name);
    return list_object(output);
}

int list_end(struct list_output *output)
{
    if (output->document != NULL)
        json_print(output->document);
    return EXIT_PASSED;
}

/* --- profiles and scenarios ----------------------------------------------------------------- */

/* The "description" of a profile; the caller frees it. */
static char *describe_profile(const char *name)
{
    struct error_list errors;
    struct buf text;
    char *description = NULL;
    error_list_init(&errors);
    buf_init_secret(&text, 1 << 20);
    char *path = data_shipped_path(DATA_PROFILES, name);
    struct json_doc *doc = NULL;
    if (path != NULL && file_read(path, &text, NULL, NULL) == ST_OK)
        doc = json_parse(buf_bytes(&text), path, &errors);
    const struct json *member = doc == NULL ? NULL : json_member(json_root(doc), "description");
    if (member != NULL && member->kind == JSON_STRING) {
        description = xalloc(member->text.len + 1);
        memcpy(description, member->text.data, member->text.len);
    }
    json_doc_free(doc);
    free(path);
    buf_release(&text);
    error_list_release(&errors);
    return description == NULL ? xstrdup("") : description;
}

static int list_profiles(const struct list_options *given)
{
    struct names_list names;
    struct list_output output = list_begin(given, "profiles");
    data_names(DATA_PROFILES, &names);
    for (size_t i = 0; i < names.count; i++) {
        cJSON *object = list_item(&output, names.items[i]);
        char *description = describe_profile(names.items[i]);
        if (object != NULL) {
            cJSON_AddStringToObject(object, "name", names.items[i]);
            cJSON_AddStringToObject(object, "description", description);
        } else if (!given->common.quiet) {
            printf("%s\n", names.items[i]);
            paragraph_print(description, 4);
        }
        free(description);
    }
    names_list_release(&names);
    return list_end(&output);
}

static void print_scenario(const struct scenario_file *file, bool with_tags)
{
    printf("%-40s %s", file->name, scenario_title(file->scenario));
    const char *const *tag = scenario_tags(file->scenario);
    if (with_tags && *tag != NULL)
        for (printf("  ["); *tag != NULL; tag++)
            printf("%s%s", *tag, tag[1] == NULL ? "]" : " ");
    printf("\n");
}

void list_put_scenario(cJSON *object, const struct scenario_file *file)
{
    cJSON_AddStringToObject(object, "name", file->name);
    json_text(object, "title", bytes_of(scenario_title(file->scenario)));
    cJSON_AddStringToObject(object, "profile", scenario_profile(file->scenario));
    cJSON *tags = cJSON_AddArrayToObject(object, "tags");
    for (const char *const *tag = scenario_tags(file->scenario); *tag != NULL; tag++)
        cJSON_AddItemToArray(tags, cJSON_CreateString(*tag));
}

static int list_scenarios(const struct list_options *given)
{
    struct scenario_files files = {.items = NULL};
    if (!scenario_files_add_shipped(&files) || !scenario_files_parse(&files) ||
        selection_apply(&files, given->wanted, NULL, NULL) != ST_OK) {
        scenario_files_release(&files);
        return EXIT_FILE;
    }
    if (files.count == 0) {
        complain(
            "no shipped scenario has the tags \"%s\"; \"lwm2m-portfolio list scenarios --tags\" "
            "shows them",
            given->wanted);
        scenario_files_release(&files);
        return EXIT_NOTHING;
    }
    struct list_output output = list_begin(given, "scenarios");
    for (size_t i = 0; i < files.count; i++) {
        cJSON *object = list_item(&output, files.items[i].name);
        if (object != NULL)
            list_put_scenario(object, &files.items[i]);
        else if (!given->common.quiet)
            print_scenario(&files.items[i], given->tags);
    }
    scenario_files_release(&files);
    return list_end(&output);
}

/* --- suites, formats, states ---------------------------------------------------------------- */

static void add_suite(cJSON *object, const struct suite_info *suite)
{
    cJSON_AddStringToObject(object, "name", suite->name);
    cJSON_AddStringToObject(object, "service", service_name(suite->service));
    cJSON_AddNumberToObject(object, "key_len", (double)suite->key_len);
    if (suite->public_len > 0)
        cJSON_AddNumberToObject(object, "public_key_len", (double)suite->public_len);
    cJSON_AddBoolToObject(object, "integrity", suite->integrity);
}

static void print_suite(const struct suite_info *suite)
{
    printf("%-22s %-15s key of %zu octets", suite->name, service_name(suite->service),
           suite->key_len);
    if (suite->public_len > 0)
        printf(", public key of %zu", suite->public_len);
    printf("%s\n", suite->integrity ? "" : ", no integrity: a changed ciphertext may go unnoticed");
}

static int list_suites(const struct list_options *given)
{
    struct list_output output = list_begin(given, "suites");
    for (size_t i = 0; suite_at(i) != NULL; i++) {
        cJSON *object = list_item(&output, suite_at(i)->name);
        if (object != NULL)
            add_suite(object, suite_at(i));
        else if (!given->common.quiet)
            print_suite(suite_at(i));
    }
    return list_end(&output);
}

static int list_formats(const struct list_options *given)
{
    struct list_output output = list_begin(given, "formats");
    for (size_t i = 0; codec_at(i) != NULL; i++) {
        const struct codec *codec = codec_at(i);
        cJSON *object = list_item(&output, codec->name);
        if (object != NULL) {
            cJSON_AddStringToObject(object, "name", codec->name);
            cJSON_AddNumberToObject(object, "content_format", codec->format);
            cJSON_AddBoolToObject(object, "hierarchical", codec->hierarchical);
        } else if (!given->common.quiet) {
            printf("%-10s %5d  %s\n", codec->name, codec->format,
                   codec->hierarchical ? "any number of values" : "one value");
        }
    }
    return list_end(&output);
}

static int list_states(const struct list_options *given)
{
    static const struct {
        const char *name;
        void (*print)(struct buf *out);
    } tables[] = {{"bootstrap", bootstrap_print},
                  {"portfolio", portfolio_print},
                  {"registration", registration_print}};
    struct list_output output = list_begin(given, "states");
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        struct buf text;
        buf_init(&text, 1 << 20);
        tables[i].print(&text);
        cJSON *item = list_item(&output, tables[i].name);
        if (item != NULL) {
            cJSON_AddStringToObject(item, "name", tables[i].name);
            json_text(item, "text", buf_bytes(&text));
        } else if (!given->common.quiet) {
            printf("%s%s", i == 0 ? "" : "\n", buf_text(&text));
        }
        buf_release(&text);
    }
    return list_end(&output);
}

/* --- the command ---------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int (*print)(const struct list_options *options);
} topics[] = {
    {"profiles", list_profiles}, {"scenarios", list_scenarios},
    {"rules", list_rules},       {"interpretations", list_interpretations},
    {"suites", list_suites},     {"states", list_states},
    {"formats", list_formats},   {"defects", list_defects},
};

static int run(const struct invocation *invocation)
{
    const struct texts *operands = &invocation->operands;
    struct list_options *given = invocation->options;
    struct suggestion suggestion;
    if (operands->count == 2 && strcmp(operands->items[0], "scenarios") == 0)
        given->wanted = operands->items[1];
    else if (operands->count != 1)
        return usage_error(invocation->command, "name one topic: profiles, scenarios, rules, "
                                                "interpretations, suites, states, formats or "
                                                "defects");
    suggestion_init(&suggestion, operands->items[0]);
    for (size_t i = 0; i < COUNT_OF(topics); i++) {
        if (strcmp(topics[i].name, operands->items[0]) == 0)
            return topics[i].print(given);
        suggestion_consider(&suggestion, topics[i].name);
    }
    if (suggestion.best != NULL)
        return usage_error(invocation->command, "there is no topic \"%s\" (did you mean \"%s\"?)",
                           operands->items[0], suggestion.best);
    return usage_error(invocation->command, "there is no topic \"%s\"", operands->items[0]);
}

const struct command command_list = {
    .name = "list",
    .summary = "what is shipped and known: profiles, scenarios, rules and more",
    .operands = "profiles|scenarios [TAGS]|rules|interpretations|suites|states|formats|defects",
    .operand = COMPLETE_TOPICS,
    .examples = {"lwm2m-portfolio list scenarios --tags ets",
                 "lwm2m-portfolio list rules --coverage"},
    .details =
        "TAGS are those of \"run --tags\": only scenarios that fit are listed.\n"
        "With -q only the names are printed, a line each; with -v nothing is cut short.\n"
        "\"lwm2m-portfolio show NAME\" prints one profile, scenario, rule or interpretation.\n",
    .options = options,
    .size = sizeof(struct list_options),
    .run = run,
};
