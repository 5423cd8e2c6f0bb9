/* SPDX-License-Identifier: Apache-2.0 */
/* What steps save: a value to compare with, and what stood below it to be written back. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

void saved_release(struct saved *saved)
{
    for (size_t i = 0; i < saved->count; i++) {
        free(saved->items[i].name);
        value_release(&saved->items[i].value);
        records_release(&saved->items[i].set);
    }
    free(saved->items);
    *saved = (struct saved){0};
}

/* An empty one of that name, which replaces another. */
static struct saved_value *saved_slot(struct saved *saved, struct bytes name)
{
    for (size_t i = 0; i < saved->count; i++) {
        if (!bytes_is(name, saved->items[i].name))
            continue;
        value_release(&saved->items[i].value);
        records_clear(&saved->items[i].set);
        return &saved->items[i];
    }
    saved->items = xgrow(saved->items, saved->count + 1, sizeof *saved->items);
    struct saved_value *slot = &saved->items[saved->count++];
    *slot = (struct saved_value){.name = bytes_text(name), .value = value_none()};
    records_init(&slot->set);
    return slot;
}

/* False when the list is full. */
static bool add_copy(struct records *records, struct path path, const struct value *value)
{
    return records_add(records, path, value_copy(value));
}

void saved_keep(struct saved *saved, struct bytes name, const struct outcome *outcome,
                struct path path, bool whole)
{
    struct value value = value_none();
    bool fits = true;
    if (name.len == 0 || (!outcome_value(outcome, path, whole, &value) && !outcome->decoded))
        return;
    struct saved_value *slot = saved_slot(saved, name);
    slot->value = value;
    slot->path = path;
    for (size_t i = 0; i < outcome->values.count && fits; i++)
        if (path_covers(path, outcome->values.items[i].path))
            fits = add_copy(&slot->set, outcome->values.items[i].path,
                            &outcome->values.items[i].value);
}

const struct saved_value *saved_entry(const struct saved *saved, const char *name)
{
    for (size_t i = 0; i < saved->count; i++)
        if (strcmp(saved->items[i].name, name) == 0)
            return &saved->items[i];
    return NULL;
}

const struct value *saved_find(const struct saved *saved, const char *name)
{
    const struct saved_value *found = saved_entry(saved, name);
    return found != NULL && found->value.type != VALUE_NONE ? &found->value : NULL;
}

/* What stood below the place that was read, as a whole. */
static bool is_set(const struct saved_value *found)
{
    for (size_t i = 0; i < found->set.count; i++)
        if (found->set.items[i].path.depth > found->path.depth)
            return true;
    return found->value.type == VALUE_NONE;
}

/* Puts the set below TARGET; false when it came from a place of another depth. */
static bool fill_set(const struct saved_value *found, struct path target, struct records *out)
{
    bool fits = found->path.depth == target.depth;
    if (fits)
        records_clear(out);
    for (size_t i = 0; i < found->set.count && fits; i++) {
        struct path path = found->set.items[i].path;
        memcpy(path.id, target.id, target.depth * sizeof path.id[0]);
        fits = add_copy(out, path, &found->set.items[i].value);
    }
    return fits;
}

bool operation_fill(const struct step *step, const struct saved *saved, struct operation *out)
{
    *out = step->operation;
    records_copy(&step->operation.values, &out->values);
    if (step->sends == NULL)
        return true;
    const struct path target = step->operation.path;
    const struct saved_value *found = saved_entry(saved, step->sends);
    if (found == NULL)
        return false;
    if (found->value.type == VALUE_NONE || (is_set(found) && found->path.depth == target.depth))
        return fill_set(found, target, &out->values);
    out->values.items[0].value = value_copy(&found->value);
    return true;
}

bool saved_is(const struct saved_value *saved, const struct outcome *outcome, size_t count)
{
    size_t values = 0;
    bool same = true;
    for (size_t i = 0; i < saved->set.count && same; i++) {
        const struct record *record = &saved->set.items[i];
        if (record->value.type == VALUE_NONE)
            continue;
        const struct record *now = records_find(&outcome->values, record->path);
        same = now != NULL && value_equal(&now->value, &record->value);
        values++;
    }
    return same && values == count;
}
