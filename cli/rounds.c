/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a round of each format that a scenario is to be played in. */
#include "base/std.h"

#include "cli/rounds.h"

/* Of the hash of Fowler, Noll and Vo with 64 bits, which spreads small differences. */
static const uint64_t FNV_PRIME = UINT64_C(0x100000001b3);

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

static void add(struct rounds *rounds, const struct round *round)
{
    rounds->items = xgrow(rounds->items, rounds->count + 1, sizeof *rounds->items);
    rounds->items[rounds->count] = *round;
    rounds->items[rounds->count++].profile = xstrdup(round->profile);
}

void rounds_add(struct rounds *rounds, const struct round *round, unsigned repeat)
{
    struct round next = *round;
    if (repeat < 2)
        add(rounds, round);
    for (unsigned i = 0; repeat > 1 && i < repeat; i++) {
        next.repetition = i + 1;
        next.seed = round->seed < 0 ? round->seed : (round->seed + (int64_t)i) & UINT32_MAX;
        add(rounds, &next);
    }
}

static void add_format(struct rounds *rounds, const struct scenario_file *file, const char *format,
                       const struct rounds_plan *plan, struct stage *stage)
{
    struct setting setting = scenario_setting(file->scenario);
    struct round round = {.file = file, .format = format, .seed = plan->seed};
    round.profile = plan->is_fixed || format == NULL ? xstrdup(setting.profile)
                                                     : profile_with(stage, setting, format);
    rounds_add(rounds, &round, plan->repeat);
    free(round.profile);
}

void rounds_make(struct rounds *out, const struct scenario_files *files,
                 const struct rounds_plan *plan, struct stage *stage)
{
    *out = (struct rounds){.items = NULL};
    for (size_t i = 0; i < files->count; i++) {
        const struct scenario_file *file = &files->items[i];
        const char *const *formats = scenario_formats(file->scenario);
        if (plan->format != NULL || formats[0] == NULL)
            add_format(out, file, plan->format, plan, stage);
        for (; plan->format == NULL && *formats != NULL; formats++)
            add_format(out, file, *formats, plan, stage);
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

uint64_t round_chance(const struct round *round, const uint8_t sha256[32], unsigned attempt)
{
    uint64_t mixed = (uint64_t)round->seed;
    struct bytes format = bytes_of(round->format == NULL ? "" : round->format);
    for (size_t i = 0; i < 32; i++)
        mixed = (mixed ^ sha256[i]) * FNV_PRIME;
    for (size_t i = 0; i < format.len; i++)
        mixed = (mixed ^ format.data[i]) * FNV_PRIME;
    return (mixed ^ attempt) * FNV_PRIME;
}

char *round_title(const struct round *round, const char *title)
{
    size_t room = strlen(title) + sizeof " (run 4294967295)";
    char *out = xarray(room, 1);
    if (round->repetition > 0)
        snprintf(out, room, "%s (run %u)", title, round->repetition);
    else
        snprintf(out, room, "%s", title);
    return out;
}
