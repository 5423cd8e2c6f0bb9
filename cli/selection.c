/* SPDX-License-Identifier: Apache-2.0 */
/* Selects scenarios by tags and names. */
#include "base/std.h"

#include <regex.h>

#include "cli/selection.h"

static bool has_tag(const char *const *tags, const char *name, size_t len)
{
    for (; *tags != NULL; tags++)
        if (strlen(*tags) == len && memcmp(*tags, name, len) == 0)
            return true;
    return false;
}

bool tags_fit(const char *const *tags, const char *wanted)
{
    bool asks = false;
    bool found = false;
    while (*wanted != '\0') {
        size_t len = strcspn(wanted, ",");
        bool is_refused = wanted[0] == '!';
        if (is_refused && has_tag(tags, wanted + 1, len - 1))
            return false;
        if (!is_refused && len > 0) {
            asks = true;
            found = found || has_tag(tags, wanted, len);
        }
        wanted += len + (wanted[len] == ',' ? 1 : 0);
    }
    return found || !asks;
}

static bool fits(const struct scenario_file *file, const char *tags, const regex_t *filter)
{
    if (tags != NULL && !tags_fit(scenario_tags(file->scenario), tags))
        return false;
    return filter == NULL || regexec(filter, file->name, 0, NULL, 0) == 0 ||
           regexec(filter, scenario_title(file->scenario), 0, NULL, 0) == 0;
}

static void keep_fitting(struct scenario_files *files, const char *tags, const regex_t *filter)
{
    struct scenario_files kept = {.items = xarray(files->count + 1, sizeof *kept.items)};
    struct scenario_files dropped = {.items = xarray(files->count + 1, sizeof *dropped.items)};
    for (size_t i = 0; i < files->count; i++) {
        struct scenario_files *list = fits(&files->items[i], tags, filter) ? &kept : &dropped;
        list->items[list->count++] = files->items[i];
    }
    free(files->items);
    *files = kept;
    scenario_files_release(&dropped);
}

enum status selection_apply(struct scenario_files *files, const char *tags, const char *filter,
                            struct error *error)
{
    regex_t compiled;
    if (filter == NULL) {
        keep_fitting(files, tags, NULL);
        return ST_OK;
    }
    int reason = regcomp(&compiled, filter, REG_EXTENDED | REG_NOSUB);
    if (reason != 0) {
        char text[120];
        regerror(reason, &compiled, text, sizeof text);
        error_set(error, "\"%s\" is no regular expression: %s", filter, text);
        return ST_INVALID;
    }
    keep_fitting(files, tags, &compiled);
    regfree(&compiled);
    return ST_OK;
}
