/* SPDX-License-Identifier: Apache-2.0 */
/* Command `check`: profiles, a server's files and scenarios, with all their errors at once. */
#include <cjson/cJSON.h>

#include "base/std.h"

#include <sys/stat.h>

#include "cli/check.h"
#include "cli/command.h"
#include "cli/json_print.h"
#include "cli/keys.h"
#include "cli/output.h"
#include "cli/pairs.h"
#include "cli/world.h"
#include "drivers/stages.h"
#include "model/secret.h"

enum { TEXT_MOST = 4 << 20 };

struct check_options {
    struct common common;
    const char *profile; /* (borrowed) */
    const char *schema;  /* (borrowed) */
    struct texts set;
};

static const struct option options[] = {
    {"profile", 'p', OPTION_TEXT, offsetof(struct check_options, profile), "PROFILE",
     "check scenarios against this device, not the one that they name", COMPLETE_PROFILES},
    {"set", '\0', OPTION_TEXTS, offsetof(struct check_options, set), "NAME=VALUE",
     "what $NAME stands for in the scenarios", COMPLETE_NOTHING},
    {"schema", '\0', OPTION_TEXT, offsetof(struct check_options, schema), "KIND",
     "print the JSON Schema of profile, keyring, security or bootstrap files, for editors",
     COMPLETE_NOTHING},
    OPTION_JSON("print one JSON document"),
    OPTIONS_COMMON,
    OPTIONS_END,
};

/* What stays the same from file to file. */
struct inspection {
    const struct check_options *given; /* (borrowed) */
    struct bindings bindings;          /* (owned) */
    struct profiles profiles;          /* (owned) */
    struct world world;
    struct stage *stage; /* (owned) */
    cJSON *array;        /* (borrowed) NULL: text for people */
    bool failed;
};

/* --- what came out -------------------------------------------------------------------------- */

static void add_error(cJSON *array, const struct error *error)
{
    struct error masked = mask_error(error);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "severity",
                            error->severity == SEVERITY_ERROR ? "error" : "warning");
    if (error->subject[0] != '\0')
        json_text(object, "file", bytes_of(error->subject));
    if (error->line > 0)
        cJSON_AddNumberToObject(object, "line", error->line);
    if (error->column > 0)
        cJSON_AddNumberToObject(object, "column", error->column);
    if (error->pointer[0] != '\0')
        json_text(object, "pointer", bytes_of(masked.pointer));
    json_text(object, "text", bytes_of(masked.text));
    cJSON_AddItemToArray(array, object);
}

static void add_file(const struct inspection *inspection, const char *name, const char *kind,
                     bool good, const struct error_list *errors)
{
    cJSON *object = cJSON_CreateObject();
    json_text(object, "file", bytes_of(name));
    cJSON_AddStringToObject(object, "kind", kind);
    cJSON_AddBoolToObject(object, "valid", good);
    cJSON *array = cJSON_AddArrayToObject(object, "errors");
    for (size_t i = 0; i < errors->count; i++)
        add_error(array, &errors->items[i]);
    cJSON_AddItemToArray(inspection->array, object);
}

static void tell(struct inspection *inspection, const char *name, const char *kind, bool good,
                 const struct error_list *errors, struct bytes text)
{
    inspection->failed = inspection->failed || !good;
    if (inspection->array != NULL) {
        add_file(inspection, name, kind, good, errors);
        return;
    }
    errors_print(errors, name, text);
    if (good && !inspection->given->common.quiet)
        printf("%s: valid %s\n", name, kind);
}

/* --- scenarios ------------------------------------------------------------------------------ */

static void check_scenario(struct inspection *inspection, struct scenario_file *file)
{
    struct error_list errors;
    error_list_init(&errors);
    bool good = scenario_file_read(file, &errors);
    if (file->scenario != NULL && inspection->given->profile != NULL)
        scenario_set_profile(file->scenario, inspection->given->profile);
    if (file->scenario != NULL)
        good = scenario_fits(file, inspection->stage, &inspection->profiles, &inspection->bindings,
                             &errors) &&
               good;
    error_list_sort(&errors, 0);
    tell(inspection, file->name, "scenario", good, &errors, buf_bytes(&file->text));
    error_list_release(&errors);
}

static void check_scenarios(struct inspection *inspection, const char *operand)
{
    struct scenario_files files = {.items = NULL};
    bool good =
        operand == NULL ? scenario_files_add_shipped(&files) : scenario_files_add(&files, operand);
    inspection->failed = inspection->failed || !good;
    for (size_t i = 0; good && i < files.count; i++)
        check_scenario(inspection, &files.items[i]);
    scenario_files_release(&files);
}

/* --- profiles, and what a server is given --------------------------------------------------- */

static bool is_good_profile(const char *path, struct error_list *errors)
{
    struct profile *loaded = pairs_of_profile(profile_load(path, errors), path, errors);
    pairs_warn_profile(loaded, path, errors);
    profile_free(loaded);
    return loaded != NULL;
}

static bool is_good_keyring(const char *path, struct error_list *errors)
{
    struct keyring *loaded = keyring_load(path, errors);
    keyring_free(loaded);
    return loaded != NULL;
}

static bool is_good_security(const char *path, struct error_list *errors)
{
    struct server_security *loaded =
        pairs_of_security(server_security_load(path, errors), path, errors);
    pairs_warn_security(loaded, path, errors);
    server_security_free(loaded);
    return loaded != NULL;
}

static bool is_good_bootstrap(const char *path, struct error_list *errors)
{
    struct bootstrap_file *loaded = bootstrap_file_load(path, errors);
    bootstrap_file_free(loaded);
    return loaded != NULL;
}

static bool is_good_definitions(const char *path, struct error_list *errors)
{
    struct catalogue *loaded = catalogue_load(path, errors);
    catalogue_free(loaded);
    return loaded != NULL;
}

static bool is_good_state(const char *path, struct error_list *errors)
{
    struct error error;
    error_clear(&error);
    error_set(&error, "this is the state of a device, which is checked when the device starts; "
                      "check its profile");
    error_place(&error, path, 0, 0);
    error_list_add(errors, &error);
    return false;
}

static void check_json(struct inspection *inspection, const char *path, struct bytes text,
                       enum file_kind kind)
{
    static bool (*const checks[])(const char *path, struct error_list *errors) = {
        [FILE_UNKNOWN] = is_good_profile,         [FILE_PROFILE] = is_good_profile,
        [FILE_KEYRING] = is_good_keyring,         [FILE_SECURITY] = is_good_security,
        [FILE_BOOTSTRAP] = is_good_bootstrap,     [FILE_STATE] = is_good_state,
        [FILE_DEFINITIONS] = is_good_definitions,
    };
    struct error_list errors;
    error_list_init(&errors);
    bool good = checks[kind](path, &errors);
    tell(inspection, path, file_kind_name(kind), good, &errors, text);
    error_list_release(&errors);
}

/* A state may lie beside its profile: it is looked at only when it was NAMED. */
static void check_json_file(struct inspection *inspection, const char *path, bool named)
{
    struct buf text;
    struct error error;
    error_clear(&error);
    buf_init_secret(&text, TEXT_MOST);
    if (file_read(path, &text, NULL, &error) == ST_OK) {
        enum file_kind kind = file_kind_of(buf_bytes(&text));
        if (named || kind != FILE_STATE)
            check_json(inspection, path, buf_bytes(&text), kind);
    } else {
        complain("%s", error.text);
        inspection->failed = true;
    }
    buf_release(&text);
}

/* --- operands ------------------------------------------------------------------------------- */

static bool ends_in(const char *text, const char *suffix)
{
    size_t len = strlen(text);
    size_t end = strlen(suffix);
    return len >= end && strcmp(text + len - end, suffix) == 0;
}

static void check_folder(struct inspection *inspection, const char *folder)
{
    struct names_list paths = {.items = NULL};
    data_collect(folder, ".json", &paths);
    data_collect(folder, ".security", &paths);
    data_collect(folder, ".bootstrap", &paths);
    for (size_t i = 0; i < paths.count; i++)
        check_json_file(inspection, paths.items[i], false);
    size_t before = paths.count;
    data_collect(folder, ".scenario", &paths);
    for (size_t i = before; i < paths.count; i++)
        check_scenarios(inspection, paths.items[i]);
    if (paths.count == 0) {
        complain("folder \"%s\" holds neither profiles (.json) nor scenarios (.scenario)", folder);
        inspection->failed = true;
    }
    names_list_release(&paths);
}

static void check_operand(struct inspection *inspection, const char *operand)
{
    struct stat info;
    bool is_there = stat(operand, &info) == 0;
    char *shipped = is_there ? NULL : data_shipped_path(DATA_PROFILES, operand);
    if (is_there && S_ISDIR(info.st_mode))
        check_folder(inspection, operand);
    else if (shipped != NULL)
        check_json_file(inspection, shipped, true);
    else if (is_there && !ends_in(operand, ".scenario"))
        check_json_file(inspection, operand, true);
    else
        check_scenarios(inspection, operand);
    free(shipped);
}

static void check_shipped(struct inspection *inspection)
{
    struct names_list names;
    data_names(DATA_PROFILES, &names);
    for (size_t i = 0; i < names.count; i++)
        check_operand(inspection, names.items[i]);
    names_list_release(&names);
    check_scenarios(inspection, NULL);
}

/* --- the command ---------------------------------------------------------------------------- */

static void inspect(struct inspection *inspection, const struct texts *operands)
{
    const struct house_config config = {
        .world = inspection->world.sim,
        .load = profiles_load,
        .load_security = profiles_load_security,
        .arg = &inspection->profiles,
    };
    cJSON *document = json_new();
    inspection->stage = sim_stage_new(&config);
    if (inspection->given->common.json)
        inspection->array = cJSON_AddArrayToObject(document, "files");
    for (size_t i = 0; i < operands->count; i++)
        check_operand(inspection, operands->items[i]);
    if (operands->count == 0)
        check_shipped(inspection);
    inspection->stage->ops->free(inspection->stage);
    if (inspection->given->common.json)
        json_print(document);
    else
        cJSON_Delete(document);
}

static int print_schema(const struct command *command, const char *kind)
{
    struct buf text;
    buf_init(&text, TEXT_MOST);
    bool is_known = file_schema(kind, &text);
    if (is_known)
        puts(buf_text(&text));
    buf_release(&text);
    if (is_known)
        return EXIT_PASSED;
    return usage_error(command,
                       "--schema takes profile, keyring, security or bootstrap, not \"%s\"", kind);
}

static int run(const struct invocation *invocation)
{
    struct inspection inspection = {.given = invocation->options};
    const struct events_config events = {.out = stderr, .problems = stderr};
    size_t wrong = 0;
    int status = EXIT_FILE;
    if (inspection.given->schema != NULL)
        return print_schema(invocation->command, inspection.given->schema);
    profiles_init(&inspection.profiles);
    if (!bindings_read(&inspection.given->set, &inspection.bindings, &wrong)) {
        status = usage_error(invocation->command, "--set takes NAME=VALUE, not \"%s\"",
                             inspection.given->set.items[wrong]);
    } else if (world_start(&inspection.world, &events)) {
        inspect(&inspection, &invocation->operands);
        status = world_end(&inspection.world, inspection.failed ? EXIT_FILE : EXIT_PASSED);
    }
    bindings_release(&inspection.bindings);
    profiles_release(&inspection.profiles);
    return status;
}

const struct command command_check = {
    .name = "check",
    .summary = "validate profiles, files of a server and scenarios; print all errors at once",
    .operands = "[FILE|FOLDER|-]...",
    .operand = COMPLETE_SCENARIOS,
    .examples = {"lwm2m-portfolio check my-device.json my.scenario",
                 "lwm2m-portfolio check scenarios --json"},
    .details =
        "What ends in .scenario, or - for standard input, is a scenario; another file is a\n"
        "profile, a keyring, or the security or bootstrap file of a server, whatever is in\n"
        "it. Without operands all that is shipped is checked. The exit status is 0 when all\n"
        "are valid (there may be warnings), else 3.\n",
    .options = options,
    .size = sizeof(struct check_options),
    .run = run,
};
