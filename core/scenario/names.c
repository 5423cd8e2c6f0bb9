/* SPDX-License-Identifier: Apache-2.0 */
/* The names of a scenario and what they stand for. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

void names_release(struct names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        free(names->items[i].name);
        free(names->items[i].value);
    }
    free(names->items);
    *names = (struct names){0};
}

static struct name *find(const struct names *names, struct bytes name)
{
    for (size_t i = 0; i < names->count; i++)
        if (bytes_is(name, names->items[i].name))
            return &names->items[i];
    return NULL;
}

const struct name *names_find(const struct names *names, struct bytes name)
{
    return find(names, name);
}

char *bytes_text(struct bytes bytes)
{
    char *text = xalloc(bytes.len + 1);
    if (bytes.len > 0)
        memcpy(text, bytes.data, bytes.len);
    return text;
}

void names_set(struct names *names, struct bytes name, const char *value, bool fixed)
{
    struct name *entry = find(names, name);
    if (entry != NULL && entry->fixed)
        return;
    if (entry == NULL) {
        names->items = xgrow(names->items, names->count + 1, sizeof *names->items);
        entry = &names->items[names->count++];
        *entry = (struct name){.name = bytes_text(name)};
    }
    free(entry->value);
    entry->value = xstrdup(value);
    entry->fixed = fixed;
}
