/* SPDX-License-Identifier: Apache-2.0 */
/* Loads reports, and finds in one what is to be played again. */
#include "base/std.h"

#include "cli/output.h"
#include "cli/reports.h"
#include "model/secret.h"

enum { TEXT_MOST = 64 << 20 };

static bool load(const char *name, struct report *out)
{
    struct error error;
    struct buf text;
    buf_init(&text, TEXT_MOST);
    error_clear(&error);
    bool good = file_read(name, &text, NULL, &error) == ST_OK;
    if (!good)
        complain("%s", error.text);
    else if (report_read(buf_bytes(&text), out, &error) != ST_OK) {
        complain("\"%s\" cannot be read: %s", name, error.text);
        good = false;
    }
    buf_release(&text);
    return good;
}

bool reports_load(const struct texts *names, struct reports *out)
{
    bool good = true;
    *out = (struct reports){.items = xarray(names->count + 1, sizeof *out->items),
                            .names = xarray(names->count + 1, sizeof *out->names)};
    for (size_t i = 0; i < names->count; i++) {
        out->names[out->count] = names->items[i];
        good = load(names->items[i], &out->items[out->count++]) && good;
    }
    return good;
}

void reports_release(struct reports *reports)
{
    for (size_t i = 0; i < reports->count; i++)
        report_release(&reports->items[i]);
    free(reports->items);
    free(reports->names);
    *reports = (struct reports){.items = NULL};
}

/* --- what failed ---------------------------------------------------------------------------- */

static bool has_failed(const struct result *result)
{
    return result->verdict == VERDICT_FAIL || result->verdict == VERDICT_ERROR;
}

/* The first failure of the file called NAME, before the one at PAST. */
static const struct result *find_failed(const struct report *report, const char *name, size_t past)
{
    for (size_t i = 0; i < past; i++)
        if (has_failed(&report->results[i]) && strcmp(report->results[i].file, name) == 0)
            return &report->results[i];
    return NULL;
}

bool reports_have_failed(const struct report *report)
{
    bool found = false;
    for (size_t i = 0; i < report->count; i++)
        found = found || has_failed(&report->results[i]);
    return found;
}

void reports_keep_failed(const struct report *report, struct scenario_files *files)
{
    struct scenario_files others = {.items = xarray(files->count + 1, sizeof *others.items)};
    size_t kept = 0;
    for (size_t i = 0; i < files->count; i++) {
        const struct result *failed = find_failed(report, files->items[i].name, report->count);
        if (failed != NULL) {
            scenario_set_profile(files->items[i].scenario, failed->profile);
            files->items[kept++] = files->items[i];
        } else
            others.items[others.count++] = files->items[i];
    }
    files->count = kept;
    scenario_files_release(&others);
}

static bool add_file(struct scenario_files *files, const char *name)
{
    if (strcmp(name, STDIN_NAME) != 0)
        return scenario_files_add(files, name);
    complain("what failed came from standard input: give it again, with \"-\"");
    return false;
}

bool reports_add_failed(const struct report *report, struct scenario_files *files)
{
    bool good = true;
    for (size_t i = 0; i < report->count; i++) {
        const char *name = report->results[i].file;
        if (has_failed(&report->results[i]) && find_failed(report, name, i) == NULL)
            good = add_file(files, name) && good;
    }
    return good;
}

void reports_put_failed(const struct report *report, struct buf *out)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct result *result = &report->results[i];
        if (has_failed(result))
            buf_printf(out, "%s;%s;%s;%" PRId64 "\n", result->file, result->profile,
                       result->format == NULL ? "" : result->format, result->seed);
    }
}

static const struct scenario_file *find_file(const struct scenario_files *files, const char *name)
{
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->items[i].name, name) == 0)
            return &files->items[i];
    return NULL;
}

/* As one that was to be played before: repetitions that failed alike are one. */
static bool is_known(const struct rounds *rounds, const struct round *round)
{
    for (size_t i = 0; i < rounds->count; i++) {
        const struct round *known = &rounds->items[i];
        bool same_format = round->format == NULL || known->format == NULL
                               ? round->format == known->format
                               : strcmp(round->format, known->format) == 0;
        if (known->file == round->file && same_format && known->seed == round->seed &&
            strcmp(known->profile, round->profile) == 0)
            return true;
    }
    return false;
}

void reports_make_rounds(const struct report *report, const struct scenario_files *files,
                         const struct rounds_plan *plan, struct rounds *out)
{
    *out = (struct rounds){.items = NULL};
    for (size_t i = 0; i < report->count; i++) {
        const struct result *result = &report->results[i];
        const struct scenario_file *file = find_file(files, result->file);
        if (!has_failed(result) || file == NULL)
            continue;
        struct setting setting = scenario_setting(file->scenario);
        struct round round = {
            .file = file,
            .format = plan->format != NULL ? plan->format : result->format,
            .profile = xstrdup(plan->is_fixed ? setting.profile : result->profile),
            .seed = plan->seed >= 0 || result->seed < 0 ? plan->seed : result->seed,
        };
        if (!is_known(out, &round))
            rounds_add(out, &round, plan->repeat);
        free(round.profile);
    }
}
