/* SPDX-License-Identifier: Apache-2.0 */
/* Shares of a list of scenarios, and seeds. */
#include "base/std.h"

#include "cli/share.h"

static bool read_count(struct bytes text, unsigned *out)
{
    int64_t number = 0;
    bool good = parse_decimal(text, &number) && number >= 1 && number <= SHARDS_MOST;
    *out = good ? (unsigned)number : 0;
    return good;
}

bool share_parse(const char *text, struct share *out)
{
    size_t len = strcspn(text, "/");
    return text[len] == '/' &&
           read_count((struct bytes){(const uint8_t *)text, len}, &out->number) &&
           read_count(bytes_of(text + len + 1), &out->count) && out->number <= out->count;
}

void share_apply(const struct share *share, struct scenario_files *files)
{
    struct scenario_files others = {.items = xarray(files->count + 1, sizeof *others.items)};
    size_t kept = 0;
    for (size_t i = 0; i < files->count; i++)
        if (share->count == 0 || i % share->count == share->number - 1)
            files->items[kept++] = files->items[i];
        else
            others.items[others.count++] = files->items[i];
    files->count = kept;
    scenario_files_release(&others);
}

bool seed_parse(const char *text, struct chance *chance, int64_t *out)
{
    bool draws = strcmp(text, "random") == 0;
    if (draws)
        *out = (int64_t)(chance_u64(chance) & UINT32_MAX);
    return draws || (parse_decimal(bytes_of(text), out) && *out >= 0 && *out <= SEED_MOST);
}
