/* SPDX-License-Identifier: Apache-2.0 */
/* Finds, reads and parses scenario files. */
#include "base/std.h"

#include <sys/stat.h>

#include "cli/data.h"
#include "cli/output.h"
#include "cli/scenarios.h"
#include "model/secret.h"

enum { TEXT_MOST = 1 << 20 };

static const char suffix[] = ".scenario";

void scenario_files_release(struct scenario_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        scenario_free(files->items[i].scenario);
        buf_release(&files->items[i].text);
        free(files->items[i].name);
        free(files->items[i].folder);
    }
    free(files->items);
    *files = (struct scenario_files){.items = NULL};
}

static struct scenario_file *add(struct scenario_files *files, const char *name)
{
    files->items = xgrow(files->items, files->count + 1, sizeof *files->items);
    struct scenario_file *file = &files->items[files->count++];
    *file = (struct scenario_file){.name = xstrdup(name)};
    buf_init(&file->text, TEXT_MOST);
    return file;
}

/* Whether FILES have the file at PATH; a pipe is never the same. INFO is its status. */
static bool has_file(const struct scenario_files *files, const char *path, struct stat *info)
{
    bool found = false;
    bool is_file = stat(path, info) == 0 && S_ISREG(info->st_mode);
    for (size_t i = 0; is_file && i < files->count; i++)
        found = found ||
                (files->items[i].device == info->st_dev && files->items[i].inode == info->st_ino);
    return found;
}

/* One that is there already, as of a folder that is named with it, is played once. */
static bool add_file(struct scenario_files *files, const char *path, const char *name)
{
    struct error error;
    struct stat info = {.st_ino = 0};
    error_clear(&error);
    if (has_file(files, path, &info))
        return true;
    struct scenario_file *file = add(files, name);
    file->device = info.st_dev;
    file->inode = info.st_ino;
    const char *slash = strrchr(path, '/');
    if (slash != NULL) {
        file->folder = xstrdup(path);
        file->folder[slash - path] = '\0';
    }
    if (file_read(path, &file->text, NULL, &error) == ST_OK)
        return true;
    complain("%s", error.text);
    return false;
}

static bool add_stdin(struct scenario_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->items[i].name, STDIN_NAME) == 0) {
            complain("\"-\" is named twice, but standard input can be read once");
            return false;
        }
    struct scenario_file *file = add(files, STDIN_NAME);
    uint8_t part[4096];
    size_t len;
    while (!file->text.bad && (len = fread(part, 1, sizeof part, stdin)) > 0)
        buf_put(&file->text, (struct bytes){part, len});
    if (!file->text.bad && ferror(stdin) == 0)
        return true;
    complain("cannot read stdin: %s", file->text.bad ? "it is too large" : strerror(errno));
    return false;
}

/* One that holds nothing is said so, and that is all. */
static bool add_folder(struct scenario_files *files, const char *folder)
{
    struct names_list paths = {.items = NULL};
    bool good = true;
    data_collect(folder, suffix, &paths);
    for (size_t i = 0; i < paths.count; i++)
        good = add_file(files, paths.items[i], paths.items[i]) && good;
    if (paths.count == 0)
        complain("folder \"%s\" holds no file that ends in \"%s\"", folder, suffix);
    names_list_release(&paths);
    return good;
}

bool scenario_files_add(struct scenario_files *files, const char *operand)
{
    struct error error;
    struct stat info;
    error_clear(&error);
    if (strcmp(operand, "-") == 0)
        return add_stdin(files);
    char *path = data_path(DATA_SCENARIOS, operand, &error);
    bool good = path != NULL;
    if (!good)
        complain("%s", error.text);
    else if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        good = add_folder(files, path);
    else
        good = add_file(files, path, operand);
    free(path);
    return good;
}

bool scenario_files_add_shipped(struct scenario_files *files)
{
    struct names_list names;
    bool good = true;
    data_names(DATA_SCENARIOS, &names);
    for (size_t i = 0; i < names.count; i++) {
        char *path = data_shipped_path(DATA_SCENARIOS, names.items[i]);
        good = path != NULL && add_file(files, path, names.items[i]) && good;
        free(path);
    }
    if (names.count == 0)
        complain("no shipped scenarios are found; set LWM2M_PORTFOLIO_DATA to the folder that "
                 "holds scenarios/");
    good = good && names.count > 0;
    names_list_release(&names);
    return good;
}

/* `security` of a scenario is relative to its folder. */
static void place_security(struct scenario_file *file)
{
    const char *name = scenario_security(file->scenario);
    if (name == NULL || name[0] == '/' || file->folder == NULL)
        return;
    size_t room = strlen(file->folder) + strlen(name) + 2;
    char *path = xarray(room, 1);
    snprintf(path, room, "%s/%s", file->folder, name);
    scenario_set_security(file->scenario, path);
    free(path);
}

static bool parse_file(struct scenario_file *file, struct error_list *errors)
{
    file->scenario = scenario_parse(buf_bytes(&file->text), file->name, errors);
    if (file->scenario == NULL)
        return false;
    place_security(file);
    return true;
}

bool scenario_file_read(struct scenario_file *file, struct error_list *errors)
{
    size_t before = errors->errors;
    file->scenario = scenario_read(buf_bytes(&file->text), file->name, errors);
    if (file->scenario != NULL)
        place_security(file);
    return errors->errors == before;
}

bool scenario_files_parse(struct scenario_files *files)
{
    bool good = true;
    for (size_t i = 0; i < files->count; i++) {
        struct scenario_file *file = &files->items[i];
        struct error_list errors;
        error_list_init(&errors);
        good = parse_file(file, &errors) && good;
        errors_print(&errors, file->name, buf_bytes(&file->text));
        error_list_release(&errors);
    }
    return good;
}
