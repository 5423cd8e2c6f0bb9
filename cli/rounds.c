/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a round of each format that a scenario is to be played in. */
#include "base/std.h"

#include "cli/rounds.h"

static bool has_format(struct stage *stage, const struct setting *setting, const char *format)
{
    const struct claims *claims = NULL;
    const struct oracle *oracle = NULL;
    struct error_list errors;
    error_list_init(&errors);
    bool found = false;
    if (stage->ops->look_up(stage, setting, &claims, &oracle, &errors) == ST_OK)
        for (size_t i = 0; claims->formats != NULL && claims->formats[i] != NULL; i++)
            found = found || strcmp(claims->formats[i], format) == 0;
    error_list_release(&errors);
    return found;
}

/* The profile of SETTING, or as a device of the version that has FORMAT; the caller frees it. */
static char *profile_with(struct stage *stage, struct setting setting, const char *format)
{
    static const char *const versions[] = {"@1.0", "@1.1"};
    const char *profile = setting.profile;
    if (has_format(stage, &setting, format))
        return xstrdup(profile);
    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        size_t room = strlen(profile) + strlen(versions[i]) + 1;
        char *other = xarray(room, 1);
        snprintf(other, room, "%s%s", profile, versions[i]);
        setting.profile = other;
        if (has_format(stage, &setting, format))
            return other;
        free(other);
    }
    return xstrdup(profile);
}

static void add(struct rounds *rounds, const struct scenario_file *file, const char *format,
                struct stage *stage)
{
    struct setting setting = scenario_setting(file->scenario);
    bool varies = stage != NULL && format != NULL;
    rounds->items = xgrow(rounds->items, rounds->count + 1, sizeof *rounds->items);
    rounds->items[rounds->count++] = (struct round){
        .file = file,
        .format = format,
        .profile = varies ? profile_with(stage, setting, format) : xstrdup(setting.profile),
    };
}

void rounds_make(struct rounds *out, const struct scenario_files *files, const char *format,
                 bool fixed, struct stage *stage)
{
    *out = (struct rounds){.items = NULL};
    for (size_t i = 0; i < files->count; i++) {
        const struct scenario_file *file = &files->items[i];
        const char *const *formats = scenario_formats(file->scenario);
        if (format != NULL || formats[0] == NULL)
            add(out, file, format, fixed ? NULL : stage);
        for (; format == NULL && *formats != NULL; formats++)
            add(out, file, *formats, fixed ? NULL : stage);
    }
}

void rounds_release(struct rounds *rounds)
{
    for (size_t i = 0; i < rounds->count; i++)
        free(rounds->items[i].profile);
    free(rounds->items);
    *rounds = (struct rounds){.items = NULL};
}

void round_prepare(const struct round *round)
{
    scenario_set_profile(round->file->scenario, round->profile);
    scenario_set_format(round->file->scenario, round->format);
}
