/* SPDX-License-Identifier: Apache-2.0 */
/* The data model of a device: what is there, reading it, and what the device itself changes. */
#include "base/std.h"

#include "model/model_impl.h"

struct model *model_new(const struct catalogue *catalogue)
{
    struct model *model = xalloc(sizeof *model);
    model->catalogue = catalogue;
    return model;
}

void model_free(struct model *model)
{
    if (model == NULL)
        return;
    tree_release(&model->tree);
    free(model->protected_paths);
    free(model->changes);
    free(model);
}

const struct catalogue *model_catalogue(const struct model *model)
{
    return model->catalogue;
}

bool model_has(const struct model *model, struct path path)
{
    return path.depth == 0 || tree_has(&model->tree, path);
}

size_t model_children(const struct model *model, struct path path, uint16_t *out, size_t most)
{
    size_t place = 0;
    size_t count = 0;
    tree_find(&model->tree, path, &place);
    size_t end = tree_end(&model->tree, path, place);
    for (; place < end; place++) {
        struct path below = model->tree.cells[place].path;
        if (below.depth != path.depth + 1)
            continue;
        if (count < most)
            out[count] = below.id[path.depth];
        count++;
    }
    return count;
}

uint16_t *model_ids(const struct model *model, struct path path, size_t *out_count)
{
    *out_count = model_children(model, path, NULL, 0);
    uint16_t *ids = *out_count == 0 ? NULL : xarray(*out_count, sizeof *ids);
    model_children(model, path, ids, *out_count);
    return ids;
}

const struct value *model_value(const struct model *model, struct path path)
{
    size_t place = 0;
    if (!tree_find(&model->tree, path, &place))
        return NULL;
    const struct value *value = &model->tree.cells[place].value;
    return value->type == VALUE_NONE ? NULL : value;
}

/* --- reading ---------------------------------------------------------------------------- */

/* An executable resource says 4.05, and so does an instance of a single one (LwM2M TS 1.0, 5.4). */
static enum model_result check_readable(const struct model *model, struct path path)
{
    if (path.depth >= 3 && model_has(model, path_cut(path, 3))) {
        const struct resource_def *def = catalogue_resource(model->catalogue, path);
        if ((def->ops & OP_READ) == 0 || (path.depth == 4 && !def->multiple))
            return MODEL_NOT_ALLOWED;
    }
    return model_has(model, path) ? MODEL_OK : MODEL_NOT_FOUND;
}

enum model_result model_read(const struct model *model, struct path path, struct records *out)
{
    enum model_result result = check_readable(model, path);
    if (result != MODEL_OK)
        return result;
    bool fits = tree_read(&model->tree, path, model->catalogue, out);
    return fits ? MODEL_OK : MODEL_BAD_REQUEST;
}

/* --- what the device itself does ---------------------------------------------------------- */

static void add_cell(struct model *model, struct path path)
{
    if (!model_has(model, path))
        tree_put(&model->tree, path, value_none());
}

void model_support(struct model *model, unsigned object)
{
    if (catalogue_object(model->catalogue, object) != NULL)
        add_cell(model, path_object(object));
}

void model_add_instance(struct model *model, unsigned object, unsigned instance)
{
    const struct object_def *def = catalogue_object(model->catalogue, object);
    struct path path = path_instance(object, instance);
    if (def == NULL || model_has(model, path))
        return;
    model_begin(model);
    add_cell(model, path_object(object));
    add_cell(model, path);
    for (size_t i = 0; i < def->count; i++)
        if (def->resources[i].mandatory && (def->resources[i].ops & OP_EXECUTE) != 0)
            add_cell(model, path_child(path, def->resources[i].id));
    model_note(model, MODEL_CREATED, path);
    model_end(model);
}

void model_add_resource(struct model *model, struct path resource)
{
    const struct resource_def *def = catalogue_resource(model->catalogue, resource);
    if (def == NULL || resource.depth != 3 || !model_has(model, path_parent(resource)))
        return;
    bool valueless = def->multiple || (def->ops & OP_EXECUTE) != 0;
    if (!valueless || model_has(model, resource))
        return;
    model_begin(model);
    add_cell(model, resource);
    model_note(model, MODEL_CHANGED, resource);
    model_end(model);
}

static enum status check_put(const struct model *model, struct path path, enum value_type type)
{
    const struct resource_def *def = catalogue_resource(model->catalogue, path);
    if (def == NULL || def->type == VALUE_NONE || def->type != type)
        return ST_INVALID;
    if (path.depth != (def->multiple ? 4 : 3))
        return ST_INVALID;
    bool full = model->tree.count + PATH_MOST > MODEL_CELLS_MOST;
    return full && !model_has(model, path) ? ST_LIMIT : ST_OK;
}

enum status model_put(struct model *model, struct path path, struct value value)
{
    enum status status = check_put(model, path, value.type);
    const struct value *old = status == ST_OK ? model_value(model, path) : NULL;
    if (status != ST_OK || (old != NULL && value_equal(old, &value))) {
        value_release(&value);
        return status;
    }
    model_begin(model);
    model_add_instance(model, path.id[0], path.id[1]);
    add_cell(model, path_cut(path, 3));
    tree_put(&model->tree, path, value);
    model_note(model, MODEL_CHANGED, path);
    model_end(model);
    return ST_OK;
}

static void remove_instance(struct model *model, struct path instance)
{
    struct tree nothing = {0};
    if (model_has(model, instance))
        model_swap(model, instance, &nothing);
}

void model_remove(struct model *model, struct path path, bool keep)
{
    size_t from = 0;
    if (path.depth == 2)
        remove_instance(model, path);
    if (path.depth < 3 || !tree_find(&model->tree, path, &from))
        return;
    size_t end = tree_end(&model->tree, path, from);
    if (keep && path.depth == 3)
        from++;
    model_begin(model);
    for (size_t i = from; i < end; i++)
        model_note(model, MODEL_CHANGED, model->tree.cells[i].path);
    tree_cut(&model->tree, from, end);
    model_end(model);
}

void model_protect(struct model *model, struct path path)
{
    size_t count = model->protected_count + 1;
    model->protected_paths = xgrow(model->protected_paths, count, sizeof *model->protected_paths);
    model->protected_paths[model->protected_count] = path;
    model->protected_count = count;
}

/* --- replacing an instance ------------------------------------------------------------- */

/* Walks both states side by side and notes what came, went or became another. */
static void note_differences(struct model *model, struct path instance, const struct tree *draft)
{
    const struct tree *tree = &model->tree;
    size_t old = 0;
    tree_find(tree, instance, &old);
    size_t end = tree_end(tree, instance, old);
    for (size_t new = 0; old < end || new < draft->count;) {
        int order = tree_order(tree, old, end, draft, new);
        const struct record *cell = order <= 0 ? &tree->cells[old] : &draft->cells[new];
        if (order != 0 || !value_equal(&cell->value, &draft->cells[new].value))
            model_note(model, MODEL_CHANGED, cell->path);
        old += order <= 0;
        new += order >= 0;
    }
}

/* An instance that comes later under the same id is another one. */
static void unprotect(struct model *model, struct path instance)
{
    size_t kept = 0;
    for (size_t i = 0; i < model->protected_count; i++)
        if (!path_covers(instance, model->protected_paths[i]))
            model->protected_paths[kept++] = model->protected_paths[i];
    model->protected_count = kept;
}

void model_swap(struct model *model, struct path instance, struct tree *draft)
{
    model_begin(model);
    if (draft->count == 0) {
        model_note(model, MODEL_DELETED, instance);
        unprotect(model, instance);
    } else if (!model_has(model, instance)) {
        model_note(model, MODEL_CREATED, instance);
    } else {
        note_differences(model, instance, draft);
    }
    tree_swap(&model->tree, instance, draft);
    model_end(model);
}
