/* SPDX-License-Identifier: Apache-2.0 */
/* Who is told of changes: the changes of a step are gathered and delivered when it is over. */
#include "base/std.h"

#include "model/model_impl.h"

void model_watch(struct model *model, struct model_watcher *watcher)
{
    struct model_watcher **end = &model->watchers;
    while (*end != NULL)
        end = &(*end)->next;
    watcher->next = NULL;
    *end = watcher;
}

void model_unwatch(struct model *model, struct model_watcher *watcher)
{
    struct model_watcher **link = &model->watchers;
    while (*link != NULL && *link != watcher)
        link = &(*link)->next;
    if (*link != NULL)
        *link = watcher->next;
    if (model->upcoming == watcher)
        model->upcoming = watcher->next;
}

/* Drops what was noted below an instance, and its creation; true when that was among them. */
static bool forget(struct model *model, struct path instance)
{
    bool was_created = false;
    size_t kept = 0;
    for (size_t i = 0; i < model->change_count; i++) {
        struct change change = model->changes[i];
        bool inside = path_covers(instance, change.path);
        was_created = was_created || (inside && change.kind == MODEL_CREATED);
        if (!inside || change.kind == MODEL_DELETED)
            model->changes[kept++] = change;
    }
    model->change_count = kept;
    return was_created;
}

static bool told_already(const struct model *model, enum model_change kind, struct path path)
{
    struct path instance = path_cut(path, 2);
    for (size_t i = 0; i < model->change_count; i++) {
        const struct change *change = &model->changes[i];
        if (change->kind == kind && path_equal(change->path, path))
            return true;
        if (change->kind == MODEL_CREATED && path_equal(change->path, instance))
            return true;
    }
    return false;
}

void model_note(struct model *model, enum model_change kind, struct path path)
{
    if (model->watchers == NULL)
        return;
    if (kind == MODEL_DELETED ? forget(model, path) : told_already(model, kind, path))
        return;
    if (model->change_count == model->change_capacity) {
        model->change_capacity = model->change_capacity == 0 ? 8 : model->change_capacity * 2;
        model->changes = xgrow(model->changes, model->change_capacity, sizeof *model->changes);
    }
    model->changes[model->change_count++] = (struct change){kind, path};
}

static void tell(struct model *model, const struct change *change)
{
    model->upcoming = model->watchers;
    while (model->upcoming != NULL) {
        struct model_watcher *watcher = model->upcoming;
        model->upcoming = watcher->next;
        if (change != NULL)
            watcher->changed(watcher->arg, change->kind, change->path);
        else if (watcher->settled != NULL)
            watcher->settled(watcher->arg);
    }
}

/* What a watcher changes meanwhile is told when all have heard of this step. */
static void deliver(struct model *model)
{
    model->delivering = true;
    while (model->change_count > 0) {
        struct change *changes = model->changes;
        size_t count = model->change_count;
        model->changes = NULL;
        model->change_count = model->change_capacity = 0;
        for (size_t i = 0; i < count; i++)
            tell(model, &changes[i]);
        tell(model, NULL);
        free(changes);
    }
    model->delivering = false;
}

void model_begin(struct model *model)
{
    model->depth++;
}

void model_end(struct model *model)
{
    assert(model->depth > 0);
    model->depth--;
    if (model->depth == 0 && !model->delivering)
        deliver(model);
}
