/* SPDX-License-Identifier: Apache-2.0 */
/* The model's side of a bootstrap: a copy that is written, and how it comes to be true. */
#include "base/std.h"

#include "model/bootstrap.h"
#include "model/model_impl.h"

enum { SERVER_OBJECT = 1, ACCESS_CONTROL_OBJECT = 2 };

/* --- copy and merge --------------------------------------------------------------------------- */

struct model *model_copy(const struct model *model)
{
    struct model *copy = model_new(model->catalogue);
    tree_copy(&model->tree, path_root(), &copy->tree);
    return copy;
}

/* What lies below something that is gone goes with it. */
static void remove_gone(struct model *model, const struct tree *before, const struct tree *after)
{
    struct path last = path_root();
    for (size_t old = 0, new = 0; old < before->count;) {
        int order = tree_order(before, old, before->count, after, new);
        struct path path = before->cells[old].path;
        if (order < 0 && path.depth > 1 && (last.depth == 0 || !path_covers(last, path))) {
            model_remove(model, path, false);
            last = path;
        }
        old += order <= 0;
        new += order >= 0;
    }
}

static enum status put_cell(struct model *model, const struct record *cell)
{
    if (cell->value.type != VALUE_NONE)
        return model_put(model, cell->path, value_copy(&cell->value));
    if (cell->path.depth == 1)
        model_support(model, cell->path.id[0]);
    else if (cell->path.depth == 2)
        model_add_instance(model, cell->path.id[0], cell->path.id[1]);
    else
        model_add_resource(model, cell->path);
    return ST_OK;
}

static enum status put_new(struct model *model, const struct tree *before, const struct tree *after)
{
    enum status status = ST_OK;
    for (size_t old = 0, new = 0; new < after->count;) {
        int order = tree_order(before, old, before->count, after, new);
        const struct record *cell = &after->cells[new];
        if (order > 0 || (order == 0 && !value_equal(&before->cells[old].value, &cell->value))) {
            enum status one = put_cell(model, cell);
            status = status == ST_OK ? one : status;
        }
        old += order <= 0;
        new += order >= 0;
    }
    return status;
}

enum status model_merge(struct model *model, const struct model *before, const struct model *after)
{
    model_begin(model);
    remove_gone(model, &before->tree, &after->tree);
    enum status status = put_new(model, &before->tree, &after->tree);
    model_end(model);
    return status;
}

/* --- read ------------------------------------------------------------------------------------- */

enum model_result model_read_all(const struct model *model, struct path path, struct records *out)
{
    if (!model_has(model, path))
        return MODEL_NOT_FOUND;
    return tree_read(&model->tree, path, NULL, out) ? MODEL_OK : MODEL_BAD_REQUEST;
}

/* --- write ------------------------------------------------------------------------------------ */

/* The object that is written, aside. */
struct provision_draft {
    const struct object_def *def;
    struct path target;
    struct tree tree;    /* (owned) */
    struct tree seen;    /* (owned) paths that were given: instances, and those of values */
    struct error *error; /* (borrowed) or NULL */
};

static enum model_result refuse(struct provision_draft *draft, struct path path, const char *why)
{
    char name[PATH_TEXT];
    error_set(draft->error, "\"%s\" %s", path_text(path, name), why);
    return MODEL_BAD_REQUEST;
}

/* Beyond the objects that are about servers, what they only read is the device's own. */
static bool is_replaced(const struct object_def *def, const struct resource_def *resource)
{
    return (resource->ops & OP_EXECUTE) == 0 &&
           (def->id <= ACCESS_CONTROL_OBJECT || (resource->ops & OP_WRITE) != 0);
}

static void clear_instance(struct provision_draft *draft, struct path instance)
{
    for (size_t i = 0; i < draft->def->count; i++)
        if (is_replaced(draft->def, &draft->def->resources[i]))
            tree_remove(&draft->tree, path_child(instance, draft->def->resources[i].id));
}

/* No content can say that an instance has executables. Of the Server object it has all, so that
 * Disable and the trigger of another bootstrap are there. */
static void add_instance(struct provision_draft *draft, struct path instance)
{
    tree_put(&draft->tree, instance, value_none());
    for (size_t i = 0; i < draft->def->count; i++) {
        const struct resource_def *def = &draft->def->resources[i];
        bool executable = (def->ops & OP_EXECUTE) != 0;
        bool has = executable ? def->mandatory || draft->def->id == SERVER_OBJECT
                              : def->mandatory && def->multiple;
        if (has && !tree_has(&draft->tree, path_child(instance, def->id)))
            tree_put(&draft->tree, path_child(instance, def->id), value_none());
    }
}

/* Makes room for what is written to INSTANCE, which may have been there, once. */
static enum model_result open_instance(struct provision_draft *draft, struct path instance)
{
    if (tree_has(&draft->seen, instance))
        return MODEL_OK;
    if (instance.id[1] > (draft->def->multiple ? ID_MOST : 0))
        return refuse(draft, instance, "is no possible instance of its object");
    tree_put(&draft->seen, instance, value_none());
    if (draft->target.depth < 3)
        clear_instance(draft, instance);
    add_instance(draft, instance);
    return MODEL_OK;
}

static enum model_result check_place(struct provision_draft *draft, const struct resource_def *def,
                                     const struct record *record)
{
    bool empty = record->value.type == VALUE_NONE;
    if ((def->ops & OP_EXECUTE) != 0)
        return refuse(draft, record->path, "is executable, and has no value");
    if (!empty && record->path.depth != (def->multiple ? 4 : 3))
        return refuse(draft, record->path,
                      def->multiple ? "is no place for a value: the resource is a multiple one"
                                    : "is no place for a value: the resource is a single one");
    if (empty && !(def->multiple && record->path.depth == 3))
        return refuse(draft, record->path, "is given no value");
    if (tree_has(&draft->seen, record->path))
        return refuse(draft, record->path, "is given twice");
    return MODEL_OK;
}

static enum model_result take_value(struct provision_draft *draft, const struct record *record)
{
    char name[PATH_TEXT];
    const struct resource_def *def = object_def_resource(draft->def, record->path.id[2]);
    if (def == NULL)
        return draft->target.depth < 3 ? MODEL_OK : refuse(draft, record->path, "is not known");
    enum model_result result = check_place(draft, def, record);
    if (result != MODEL_OK)
        return result;
    if (record->value.type != VALUE_NONE &&
        !resource_def_fits(def, &record->value, path_text(record->path, name), draft->error))
        return MODEL_BAD_REQUEST;
    struct path resource = path_cut(record->path, 3);
    tree_put(&draft->seen, record->path, value_none());
    if (!tree_has(&draft->tree, resource))
        tree_put(&draft->tree, resource, value_none());
    if (record->value.type != VALUE_NONE)
        tree_put(&draft->tree, record->path, value_copy(&record->value));
    return MODEL_OK;
}

static enum model_result take_record(struct provision_draft *draft, const struct record *record)
{
    if (!path_covers(draft->target, record->path))
        return refuse(draft, record->path, "does not belong to the target of the request");
    if (record->path.depth < 2)
        return MODEL_OK;
    if (record->path.id[1] == ID_NONE)
        return refuse(draft, draft->target, "is written without telling which instance");
    enum model_result result = open_instance(draft, path_cut(record->path, 2));
    if (result != MODEL_OK || record->path.depth < 3)
        return result;
    return take_value(draft, record);
}

static enum model_result write_draft(struct provision_draft *draft, const struct records *records)
{
    struct path target = draft->target;
    enum model_result result = MODEL_OK;
    if (draft->tree.count == 0)
        tree_put(&draft->tree, path_object(target.id[0]), value_none());
    if (target.depth == 3)
        tree_remove(&draft->tree, target);
    if (target.depth > 1)
        result = open_instance(draft, path_cut(target, 2));
    for (size_t i = 0; result == MODEL_OK && i < records->count; i++)
        result = take_record(draft, &records->items[i]);
    if (result == MODEL_OK && target.depth > 2 && draft->seen.count < 2)
        result = refuse(draft, target, "is given no value");
    return result;
}

static size_t octets_of(const struct tree *tree)
{
    size_t octets = 0;
    for (size_t i = 0; i < tree->count; i++) {
        const struct value *value = &tree->cells[i].value;
        if (value->type == VALUE_STRING || value->type == VALUE_OPAQUE)
            octets += value->octets.len;
    }
    return octets;
}

/* Bounds what a bootstrap can make the device hold. */
static enum model_result check_size(const struct model *copy, struct provision_draft *draft)
{
    struct path object = path_object(draft->target.id[0]);
    size_t from = 0;
    tree_find(&copy->tree, object, &from);
    size_t cells = copy->tree.count - (tree_end(&copy->tree, object, from) - from);
    if (cells + draft->tree.count > MODEL_CELLS_MOST)
        return refuse(draft, draft->target, "is given more values than can be held");
    if (octets_of(&copy->tree) + octets_of(&draft->tree) > MODEL_OCTETS_MOST)
        return refuse(draft, draft->target, "is given more octets of text than can be held");
    return MODEL_OK;
}

enum model_result model_provide(struct model *copy, struct path target,
                                const struct records *records, struct error *error)
{
    struct path object = path_object(target.id[0]);
    struct provision_draft draft = {.target = target, .error = error};
    assert(target.depth > 0 && copy->watchers == NULL);
    draft.def = catalogue_object(copy->catalogue, target.id[0]);
    if (draft.def == NULL || (!model_has(copy, object) && target.id[0] > ACCESS_CONTROL_OBJECT))
        return refuse(&draft, object, "is an object that the device does not have");
    tree_copy(&copy->tree, object, &draft.tree);
    enum model_result result = write_draft(&draft, records);
    if (result == MODEL_OK)
        result = check_size(copy, &draft);
    if (result == MODEL_OK)
        tree_swap(&copy->tree, object, &draft.tree);
    tree_release(&draft.tree);
    tree_release(&draft.seen);
    return result;
}
