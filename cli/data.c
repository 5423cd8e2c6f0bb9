/* SPDX-License-Identifier: Apache-2.0 */
/* Finds what is shipped with the program, in a build tree or installed. */
#include "base/std.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/data.h"
#include "cli/options.h"
#include "cli/pairs.h"
#include "model/secret.h"
#include "secure/secure.h"

enum { PATH_ROOM = 4096, DEPTH_MOST = 8, FILES_MOST = 10000, PROFILE_MOST = 4 << 20 };

static const struct {
    const char *folder, *suffix, *what, *topic;
} kinds[] = {
    [DATA_PROFILES] = {"profiles", ".json", "profile", "profiles"},
    [DATA_SCENARIOS] = {"scenarios", ".scenario", "scenario", "scenarios"},
};

static char *join_end(const char *path, const char *end)
{
    size_t room = strlen(path) + strlen(end) + 1;
    char *out = xarray(room, 1);
    snprintf(out, room, "%s%s", path, end);
    return out;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static char *join(const char *folder, const char *name, const char *suffix)
{
    size_t room = strlen(folder) + strlen(name) + strlen(suffix) + 2;
    char *path = xarray(room, 1);
    snprintf(path, room, "%s/%s%s", folder, name, suffix);
    return path;
}

/* --- the folder ----------------------------------------------------------------------------- */

static bool holds_profiles(const char *folder)
{
    char *inside = join(folder, kinds[DATA_PROFILES].folder, "");
    bool holds = is_folder(inside);
    free(inside);
    return holds;
}

char *data_find(const char *given, const char *executable)
{
    /* A build tree with the program in build/ or in a folder of build/; an installation. */
    static const char *const places[] = {"..", "../..", "../share/lwm2m-portfolio"};
    if (given != NULL && given[0] != '\0')
        return xstrdup(given);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        char *folder = join(executable, places[i], "");
        char *found = holds_profiles(folder) ? realpath(folder, NULL) : NULL;
        free(folder);
        if (found != NULL)
            return found;
    }
    return NULL;
}

/* Where this program is. */
static void find_executable(char out[PATH_ROOM])
{
    ssize_t len = readlink("/proc/self/exe", out, PATH_ROOM - 1);
    out[len < 0 ? 0 : len] = '\0';
    char *slash = strrchr(out, '/');
    if (slash != NULL)
        *slash = '\0';
}

char *data_folder(void)
{
    char executable[PATH_ROOM];
    find_executable(executable);
    return data_find(getenv("LWM2M_PORTFOLIO_DATA"), executable);
}

char *data_program(const char *name)
{
    static const char *const places[] = {"", "/../libexec/lwm2m-portfolio"};
    char executable[PATH_ROOM];
    find_executable(executable);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        char *folder = join_end(executable, places[i]);
        char *program = join(folder, name, "");
        free(folder);
        if (access(program, X_OK) == 0)
            return program;
        free(program);
    }
    return NULL;
}

/* The folder of one kind, or NULL. */
static char *kind_folder(enum data_kind kind)
{
    char *data = data_folder();
    char *folder = data == NULL ? NULL : join(data, kinds[kind].folder, "");
    free(data);
    return folder;
}

/* --- lists ---------------------------------------------------------------------------------- */

static void add(struct names_list *names, char *name)
{
    names->items = xgrow(names->items, names->count + 1, sizeof *names->items);
    names->items[names->count++] = name;
}

void names_list_add(struct names_list *names, const char *name)
{
    add(names, xstrdup(name));
}

void names_list_release(struct names_list *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    free(names->items);
    *names = (struct names_list){.items = NULL};
}

/* What numbers at X and Y mean to the order; 0 when they are the same, or there are none. */
static int compare_numbers(const char *x, const char *y)
{
    size_t x_len = strspn(x, "0123456789");
    size_t y_len = strspn(y, "0123456789");
    if (x_len == 0 || y_len == 0)
        return 0;
    return x_len != y_len ? (x_len < y_len ? -1 : 1) : memcmp(x, y, x_len);
}

/* 20 comes before 100, as a person would have it. */
static int compare_names(const void *a, const void *b)
{
    const char *x = *(char *const *)a;
    const char *y = *(char *const *)b;
    int order = 0;
    while (order == 0 && *x != '\0' && *x == *y) {
        order = compare_numbers(x, y);
        x++;
        y++;
    }
    if (order == 0)
        order = compare_numbers(x, y);
    return order != 0 ? order : strcmp(x, y);
}

static bool ends_in(const char *name, const char *suffix)
{
    size_t len = strlen(name);
    size_t end = strlen(suffix);
    return len > end && strcmp(name + len - end, suffix) == 0;
}

static void walk(const char *folder, const char *suffix, unsigned depth, struct names_list *out)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    while (entries != NULL && out->count < FILES_MOST && (entry = readdir(entries)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        char *path = join(folder, entry->d_name, "");
        bool goes_down = is_folder(path);
        if (goes_down && depth < DEPTH_MOST)
            walk(path, suffix, depth + 1, out);
        if (!goes_down && ends_in(entry->d_name, suffix))
            add(out, path);
        else
            free(path);
    }
    if (entries != NULL)
        closedir(entries);
}

void data_collect(const char *folder, const char *suffix, struct names_list *out)
{
    size_t before = out->count;
    walk(folder, suffix, 0, out);
    if (out->count > before)
        qsort(out->items + before, out->count - before, sizeof *out->items, compare_names);
}

void data_names(enum data_kind kind, struct names_list *out)
{
    *out = (struct names_list){.items = NULL};
    char *folder = kind_folder(kind);
    if (folder == NULL)
        return;
    size_t prefix = strlen(folder) + 1;
    size_t suffix = strlen(kinds[kind].suffix);
    data_collect(folder, kinds[kind].suffix, out);
    for (size_t i = 0; i < out->count; i++) {
        char *name = out->items[i];
        size_t len = strlen(name) - prefix - suffix;
        memmove(name, name + prefix, len);
        name[len] = '\0';
    }
    free(folder);
}

/* --- one ------------------------------------------------------------------------------------ */

char *data_shipped_path(enum data_kind kind, const char *name)
{
    char *folder = kind_folder(kind);
    if (folder == NULL)
        return NULL;
    char *path = join(folder, name, kinds[kind].suffix);
    if (access(path, F_OK) != 0) {
        free(path);
        path = NULL;
    }
    free(folder);
    return path;
}

/* A folder of shipped ones is no name; scenarios of it can be chosen. */
static void hint_at_group(enum data_kind kind, const char *name, const struct names_list *names,
                          struct buf *hint)
{
    size_t len = strcspn(name, "/");
    bool is_word = name[len] == '\0' || name[len + 1] == '\0';
    for (size_t i = 0; i < names->count && is_word && kind == DATA_SCENARIOS; i++)
        if (strncmp(names->items[i], name, len) == 0 && names->items[i][len] == '/') {
            buf_printf(hint, ", but some below it (run -f \"^%.*s/\")", (int)len, name);
            return;
        }
}

static void report_missing(enum data_kind kind, const char *name, struct error *error)
{
    struct names_list names;
    struct suggestion suggestion;
    struct buf hint;
    buf_init(&hint, 200);
    data_names(kind, &names);
    suggestion_init(&suggestion, name);
    for (size_t i = 0; i < names.count; i++)
        suggestion_consider(&suggestion, names.items[i]);
    hint_at_group(kind, name, &names, &hint);
    if (hint.len == 0)
        suggestion_put(&suggestion, &hint);
    if (names.count == 0)
        error_set(error,
                  "no file \"%s\", and no shipped %ss are found; set LWM2M_PORTFOLIO_DATA to the "
                  "folder that holds %s/",
                  name, kinds[kind].what, kinds[kind].folder);
    else
        error_set(error, "no file and no shipped %s \"%s\"%s; see \"lwm2m-portfolio list %s\"",
                  kinds[kind].what, name, buf_text(&hint), kinds[kind].topic);
    names_list_release(&names);
    buf_release(&hint);
}

char *data_path(enum data_kind kind, const char *name, struct error *error)
{
    /* A folder cannot be a profile; `vehicle/` in the working directory must not hide one. */
    bool is_file = access(name, F_OK) == 0 && (kind != DATA_PROFILES || !is_folder(name));
    char *path = is_file ? xstrdup(name) : data_shipped_path(kind, name);
    if (path == NULL)
        report_missing(kind, name, error);
    return path;
}

static const enum lwm2m_version versions[] = {LWM2M_1_0, LWM2M_1_1};

/* The version behind the `@` at the end of NAME, which is cut there; NULL: there is none. */
static const enum lwm2m_version *take_version(char *name)
{
    char *mark = strrchr(name, '@');
    if (mark == NULL || access(name, F_OK) == 0)
        return NULL;
    for (size_t i = 0; i < COUNT_OF(versions); i++)
        if (strcmp(mark + 1, lwm2m_version_name(versions[i])) == 0) {
            *mark = '\0';
            return &versions[i];
        }
    return NULL;
}

static struct profile *parse(const char *path, struct bytes text, const enum lwm2m_version *version,
                             uint8_t *out_sha256, struct error_list *errors)
{
    struct profile *profile = version == NULL ? profile_of_file(text, path, errors)
                                              : profile_of_version(text, path, *version, errors);
    profile = pairs_of_profile(profile, path, errors);
    if (profile != NULL && out_sha256 != NULL && secure_sha256(text, out_sha256) != ST_OK)
        memset(out_sha256, 0, 32);
    return profile;
}

struct profile *data_profile(const char *name, uint8_t out_sha256[32], struct error_list *errors)
{
    struct error error;
    struct buf text;
    struct profile *profile = NULL;
    error_clear(&error);
    buf_init_secret(&text, PROFILE_MOST);
    char *file = xstrdup(name);
    const enum lwm2m_version *version = take_version(file);
    char *path = data_path(DATA_PROFILES, file, &error);
    if (path == NULL || file_read(path, &text, NULL, &error) != ST_OK)
        error_list_add(errors, &error);
    else
        profile = parse(path, buf_bytes(&text), version, out_sha256, errors);
    buf_release(&text);
    free(path);
    free(file);
    return profile;
}

char *data_security_path(const char *profile)
{
    static const char from[] = ".json";
    static const char to[] = ".security";
    struct error error;
    error_clear(&error);
    char *file = xstrdup(profile);
    take_version(file);
    char *path = data_path(DATA_PROFILES, file, &error);
    free(file);
    if (path == NULL)
        return NULL;
    if (ends_in(path, from))
        path[strlen(path) - strlen(from)] = '\0';
    char *beside = join_end(path, to);
    free(path);
    if (access(beside, F_OK) == 0)
        return beside;
    free(beside);
    return NULL;
}
