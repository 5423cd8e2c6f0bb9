/* SPDX-License-Identifier: Apache-2.0 */
/* What servers change: write, create and delete, each prepared aside, checked, and then put in
 * place as a whole (LwM2M TS 1.0, 5.4.3, 5.4.6 and 5.4.7; of several instances: TS 1.1, 6.3.9). */
#include "base/std.h"

#include "model/model_impl.h"

/* --- values ------------------------------------------------------------------------------- */

static bool in_range(const struct resource_def *def, const struct value *value)
{
    bool counted = value->type == VALUE_STRING || value->type == VALUE_OPAQUE;
    bool whole = value->type == VALUE_INTEGER || value->type == VALUE_TIME;
    if (def->min > def->max || (!counted && !whole))
        return true;
    int64_t number = counted ? (int64_t)value->octets.len : value->integer;
    return number >= def->min && number <= def->max;
}

static void report_range(const struct resource_def *def, const struct value *value,
                         const char *name, struct error *error)
{
    bool counted = value->type == VALUE_STRING || value->type == VALUE_OPAQUE;
    const char *what = counted ? "length in octets" : "value";
    if (def->min == INT64_MIN)
        error_set(error, "%s of \"%s\" is above %" PRId64, what, name, def->max);
    else if (def->max == INT64_MAX)
        error_set(error, "%s of \"%s\" is below %" PRId64, what, name, def->min);
    else
        error_set(error, "%s of \"%s\" is not in the range %" PRId64 "..%" PRId64, what, name,
                  def->min, def->max);
}

bool resource_def_fits(const struct resource_def *def, const struct value *value, const char *name,
                       struct error *error)
{
    if (value->type != def->type) {
        error_set(error, "value of \"%s\" has the type %s, but %s is needed", name,
                  value_type_name(value->type), value_type_name(def->type));
        return false;
    }
    if (!in_range(def, value)) {
        report_range(def, value, name, error);
        return false;
    }
    if (value->type == VALUE_STRING && !utf8_valid(value_bytes(value))) {
        error_set(error, "value of \"%s\" is not UTF-8 text", name);
        return false;
    }
    return true;
}

static enum model_result check_value(const struct model *model, const struct resource_def *def,
                                     const struct record *record, struct error *error)
{
    char name[PATH_TEXT];
    path_text(record->path, name);
    if (record->path.depth != (def->multiple ? 4 : 3)) {
        error_set(error, "\"%s\" is no place for a value: the resource is %s", name,
                  def->multiple ? "a multiple one" : "a single one");
        return MODEL_BAD_REQUEST;
    }
    if (!resource_def_fits(def, &record->value, name, error))
        return MODEL_BAD_REQUEST;
    if (def->type == VALUE_OBJLINK && !tree_link_leads(&model->tree, record->value.link)) {
        error_set(error, "link \"%s\" leads to nothing that is there", name);
        return MODEL_BAD_REQUEST;
    }
    return MODEL_OK;
}

/* --- a new state of one instance ----------------------------------------------------------- */

struct draft {
    const struct model *model; /* (borrowed) */
    const struct object_def *def;
    struct path instance;
    struct tree tree;    /* (owned) */
    struct tree seen;    /* (owned) paths that were given; a path twice is an error */
    struct error *error; /* (borrowed) or NULL */
};

static void draft_release(struct draft *draft)
{
    tree_release(&draft->tree);
    tree_release(&draft->seen);
}

static void draft_put(struct draft *draft, struct path path, struct value value)
{
    struct path resource = path_cut(path, 3);
    size_t place = 0;
    if (!tree_find(&draft->tree, resource, &place))
        tree_put(&draft->tree, resource, value_none());
    tree_put(&draft->tree, path, value);
}

/* Takes one record over; RECORD's path is in the draft's instance and DEF its resource's. */
static enum model_result draft_take(struct draft *draft, const struct resource_def *def,
                                    const struct record *record)
{
    char name[PATH_TEXT];
    size_t place = 0;
    if (tree_find(&draft->seen, record->path, &place)) {
        error_set(draft->error, "\"%s\" is given twice", path_text(record->path, name));
        return MODEL_BAD_REQUEST;
    }
    tree_put(&draft->seen, record->path, value_none());
    bool empty = record->value.type == VALUE_NONE && record->path.depth == 3 && def->multiple;
    if (empty) {
        if (!tree_find(&draft->tree, record->path, &place))
            tree_put(&draft->tree, record->path, value_none());
        return MODEL_OK;
    }
    enum model_result result = check_value(draft->model, def, record, draft->error);
    if (result == MODEL_OK)
        draft_put(draft, record->path, value_copy(&record->value));
    return result;
}

static size_t octets_of(const struct tree *tree, size_t from, size_t end)
{
    size_t octets = 0;
    for (size_t i = from; i < end; i++) {
        const struct value *value = &tree->cells[i].value;
        if (value->type == VALUE_STRING || value->type == VALUE_OPAQUE)
            octets += value->octets.len;
    }
    return octets;
}

/* Bounds what servers can make the device hold, once all of COUNT drafts are in place. */
static enum model_result check_size(const struct draft *drafts, size_t count)
{
    const struct tree *tree = &drafts->model->tree;
    size_t cells = tree->count;
    size_t octets = octets_of(tree, 0, tree->count);
    for (size_t i = 0; i < count; i++) {
        const struct tree *new = &drafts[i].tree;
        size_t from = 0;
        tree_find(tree, drafts[i].instance, &from);
        size_t end = tree_end(tree, drafts[i].instance, from);
        cells = cells - (end - from) + new->count;
        octets = octets - octets_of(tree, from, end) + octets_of(new, 0, new->count);
    }
    if (cells <= MODEL_CELLS_MOST && octets <= MODEL_OCTETS_MOST)
        return MODEL_OK;
    if (cells > MODEL_CELLS_MOST)
        error_set(drafts->error, "more than %d values cannot be held", MODEL_CELLS_MOST);
    else
        error_set(drafts->error, "more than %d octets of text cannot be held", MODEL_OCTETS_MOST);
    return MODEL_BAD_REQUEST;
}

/* --- write --------------------------------------------------------------------------------- */

static bool writable(const struct resource_def *def)
{
    return (def->ops & OP_WRITE) != 0;
}

static enum model_result refuse(struct error *error, struct path path)
{
    char name[PATH_TEXT];
    error_set(error, "\"%s\" cannot be written", path_text(path, name));
    return MODEL_NOT_ALLOWED;
}

static enum model_result check_target(const struct model *model, struct path target,
                                      struct error *error)
{
    char name[PATH_TEXT];
    if (target.depth < 2)
        return refuse(error, target);
    if (target.depth >= 3 && model_has(model, path_cut(target, 3))) {
        const struct resource_def *def = catalogue_resource(model->catalogue, target);
        if (!writable(def) || (target.depth == 4 && !def->multiple))
            return refuse(error, target);
    }
    if (model_has(model, target))
        return MODEL_OK;
    error_set(error, "\"%s\" is not there", path_text(target, name));
    return MODEL_NOT_FOUND;
}

/* rule: I-20. A replacement touches everything below its target, named or not. */
static enum model_result check_protection(const struct model *model, struct path target,
                                          enum model_write_mode mode, const struct records *records,
                                          struct error *error)
{
    for (size_t p = 0; p < model->protected_count; p++) {
        struct path path = model->protected_paths[p];
        if (path_covers(path, target) || (mode == MODEL_REPLACE && path_covers(target, path)))
            return refuse(error, path);
        for (size_t i = 0; i < records->count; i++)
            if (path_covers(path, records->items[i].path))
                return refuse(error, path);
    }
    return MODEL_OK;
}

/* A replacement starts from what servers cannot write. */
static void clear_target(struct draft *draft, struct path target)
{
    for (size_t i = 0; i < draft->def->count; i++) {
        const struct resource_def *def = &draft->def->resources[i];
        struct path path = path_child(draft->instance, def->id);
        if (writable(def) && path_covers(target, path))
            tree_remove(&draft->tree, path);
    }
}

static enum model_result write_record(struct draft *draft, struct path target,
                                      const struct record *record)
{
    char name[PATH_TEXT];
    if (!path_covers(target, record->path)) {
        error_set(draft->error, "\"%s\" does not belong to the target of the request",
                  path_text(record->path, name));
        return MODEL_BAD_REQUEST;
    }
    if (record->path.depth == 2)
        return MODEL_OK;
    const struct resource_def *def = object_def_resource(draft->def, record->path.id[2]);
    if (def == NULL)
        return MODEL_OK;
    return writable(def) ? draft_take(draft, def, record) : refuse(draft->error, record->path);
}

/* What must be there after the write: the target, and in an instance what is mandatory. */
static enum model_result check_complete(const struct draft *draft, struct path target)
{
    char name[PATH_TEXT];
    size_t place = 0;
    if (target.depth > 2 && draft->seen.count == 0) {
        error_set(draft->error, "there is no value for \"%s\"", path_text(target, name));
        return MODEL_BAD_REQUEST;
    }
    for (size_t i = 0; target.depth == 2 && i < draft->def->count; i++) {
        const struct resource_def *def = &draft->def->resources[i];
        struct path path = path_child(draft->instance, def->id);
        if (def->mandatory && writable(def) && !tree_find(&draft->tree, path, &place)) {
            error_set(draft->error, "mandatory resource \"%s\" (%s) is missing",
                      path_text(path, name), def->name);
            return MODEL_BAD_REQUEST;
        }
    }
    return MODEL_OK;
}

static enum model_result write_draft(struct draft *draft, struct path target,
                                     enum model_write_mode mode, const struct records *records)
{
    enum model_result result = MODEL_OK;
    tree_copy(&draft->model->tree, draft->instance, &draft->tree);
    if (mode == MODEL_REPLACE)
        clear_target(draft, target);
    for (size_t i = 0; i < records->count && result == MODEL_OK; i++)
        result = write_record(draft, target, &records->items[i]);
    if (result == MODEL_OK)
        result = check_complete(draft, target);
    return result == MODEL_OK ? check_size(draft, 1) : result;
}

/* Prepares the state after the write in DRAFT, which the caller releases. */
static enum model_result prepare_write(struct draft *draft, struct path target,
                                       enum model_write_mode mode, const struct records *records)
{
    enum model_result result = check_target(draft->model, target, draft->error);
    if (result == MODEL_OK)
        result = check_protection(draft->model, target, mode, records, draft->error);
    if (result != MODEL_OK)
        return result;
    draft->def = catalogue_object(draft->model->catalogue, target.id[0]);
    draft->instance = path_cut(target, 2);
    return write_draft(draft, target, mode, records);
}

enum model_result model_check_write(const struct model *model, struct path target,
                                    enum model_write_mode mode, const struct records *records,
                                    struct error *error)
{
    struct draft draft = {.model = model, .error = error};
    enum model_result result = prepare_write(&draft, target, mode, records);
    draft_release(&draft);
    return result;
}

enum model_result model_write(struct model *model, struct path target, enum model_write_mode mode,
                              const struct records *records, struct error *error)
{
    struct draft draft = {.model = model, .error = error};
    enum model_result result = prepare_write(&draft, target, mode, records);
    if (result == MODEL_OK)
        model_swap(model, draft.instance, &draft.tree);
    draft_release(&draft);
    return result;
}

/* --- write of several instances ------------------------------------------------------------- */

/* The draft of the instance of PATH, new when there is none yet; the last one is the likely one. */
static struct draft *find_draft(const struct model *model, struct draft *drafts, size_t *count,
                                struct path path, struct error *error)
{
    struct path instance = path_cut(path, 2);
    for (size_t i = *count; i > 0; i--)
        if (path_equal(drafts[i - 1].instance, instance))
            return &drafts[i - 1];
    struct draft *draft = &drafts[(*count)++];
    *draft = (struct draft){.model = model, .instance = instance, .error = error};
    draft->def = catalogue_object(model->catalogue, path.id[0]);
    tree_copy(&model->tree, instance, &draft->tree);
    return draft;
}

/* What one record writes must be there, but for the resource instance itself. */
static enum model_result check_part(const struct model *model, struct path path,
                                    struct error *error)
{
    static const struct records nothing;
    char name[PATH_TEXT];
    if (path.depth < 3) {
        error_set(error, "\"%s\" is no place for a value", path_text(path, name));
        return MODEL_BAD_REQUEST;
    }
    enum model_result result = check_target(model, path_cut(path, 3), error);
    if (result != MODEL_OK)
        return result;
    if (path.depth == 4 && !catalogue_resource(model->catalogue, path)->multiple)
        return refuse(error, path);
    return check_protection(model, path, MODEL_UPDATE, &nothing, error);
}

enum model_result model_write_all(struct model *model, const struct records *records,
                                  struct error *error)
{
    struct draft *drafts = xarray(records->count + 1, sizeof *drafts);
    size_t count = 0;
    enum model_result result = MODEL_OK;
    for (size_t i = 0; i < records->count && result == MODEL_OK; i++) {
        const struct record *record = &records->items[i];
        result = check_part(model, record->path, error);
        if (result != MODEL_OK)
            break;
        struct draft *draft = find_draft(model, drafts, &count, record->path, error);
        result = draft_take(draft, object_def_resource(draft->def, record->path.id[2]), record);
    }
    if (result == MODEL_OK && count > 0)
        result = check_size(drafts, count);
    model_begin(model);
    for (size_t i = 0; i < count; i++) {
        if (result == MODEL_OK)
            model_swap(model, drafts[i].instance, &drafts[i].tree);
        draft_release(&drafts[i]);
    }
    model_end(model);
    free(drafts);
    return result;
}

/* --- create and delete ---------------------------------------------------------------------- */

static unsigned lowest_free(const struct model *model, unsigned object)
{
    unsigned instance = 0;
    while (instance < ID_NONE && model_has(model, path_instance(object, instance)))
        instance++;
    return instance;
}

/* The instance id that RECORDS name, ID_NONE when they leave it open. */
static enum model_result named_instance(unsigned object, const struct records *records,
                                        unsigned *out_instance, struct error *error)
{
    struct path common = path_object(object);
    for (size_t i = 0; i < records->count; i++) {
        struct path path = path_cut(records->items[i].path, 2);
        if (common.depth == 1 && path.depth == 2 && path.id[0] == object)
            common = path;
        if (!path_covers(path, common)) {
            error_set(error, "the content of a create request must be that of one instance");
            return MODEL_BAD_REQUEST;
        }
    }
    *out_instance = common.depth == 2 ? common.id[1] : (unsigned)ID_NONE;
    return MODEL_OK;
}

static enum model_result choose_instance(struct draft *draft, unsigned object,
                                         const struct records *records)
{
    unsigned instance = ID_NONE;
    enum model_result result = named_instance(object, records, &instance, draft->error);
    if (result != MODEL_OK)
        return result;
    if (instance == ID_NONE)
        instance = lowest_free(draft->model, object);
    char name[PATH_TEXT];
    draft->instance = path_instance(object, instance);
    bool allowed = instance <= (draft->def->multiple ? (unsigned)ID_MOST : 0);
    if (allowed && !model_has(draft->model, draft->instance))
        return MODEL_OK;
    error_set(draft->error, "instance id of \"%s\" %s", path_text(draft->instance, name),
              allowed ? "is in use" : "is not possible");
    return MODEL_BAD_REQUEST;
}

/* rule: I-17. Executables and empty multiple resources are there without having been given. */
static bool may_be_empty(const struct resource_def *def, bool strict)
{
    return (def->ops & OP_EXECUTE) != 0 || (def->multiple && !(strict && writable(def)));
}

/* Adds the mandatory resources that need no value, and finds those that were to be given. */
static enum model_result create_rest(struct draft *draft, bool strict)
{
    char name[PATH_TEXT];
    for (size_t i = 0; i < draft->def->count; i++) {
        const struct resource_def *def = &draft->def->resources[i];
        struct path path = path_child(draft->instance, def->id);
        size_t place = 0;
        bool given = tree_find(&draft->tree, path, &place);
        bool empty = !given || (def->multiple && tree_end(&draft->tree, path, place) == place + 1);
        if (!def->mandatory || !empty)
            continue;
        if (may_be_empty(def, strict)) {
            tree_put(&draft->tree, path, value_none());
        } else if (writable(def)) {
            error_set(draft->error, "mandatory resource \"%s\" (%s) is missing",
                      path_text(path, name), def->name);
            return MODEL_BAD_REQUEST;
        }
    }
    return MODEL_OK;
}

static enum model_result create_record(struct draft *draft, const struct record *record)
{
    if (record->path.depth < 3)
        return MODEL_OK;
    const struct resource_def *def = object_def_resource(draft->def, record->path.id[2]);
    if (def == NULL || !writable(def))
        return MODEL_OK;
    struct record placed = *record;
    placed.path.id[1] = draft->instance.id[1];
    return draft_take(draft, def, &placed);
}

static enum model_result prepare_create(struct draft *draft, unsigned object,
                                        const struct records *records, bool strict)
{
    char name[PATH_TEXT];
    if (!model_has(draft->model, path_object(object))) {
        error_set(draft->error, "object \"/%u\" is not supported", object);
        return MODEL_NOT_FOUND;
    }
    draft->def = catalogue_object(draft->model->catalogue, object);
    if (!draft->def->multiple && model_has(draft->model, path_instance(object, 0))) {
        error_set(draft->error, "object \"%s\" has a single instance",
                  path_text(path_object(object), name));
        return MODEL_NOT_ALLOWED;
    }
    enum model_result result = choose_instance(draft, object, records);
    if (result != MODEL_OK)
        return result;
    tree_put(&draft->tree, draft->instance, value_none());
    for (size_t i = 0; i < records->count && result == MODEL_OK; i++)
        result = create_record(draft, &records->items[i]);
    if (result == MODEL_OK)
        result = create_rest(draft, strict);
    return result == MODEL_OK ? check_size(draft, 1) : result;
}

enum model_result model_create(struct model *model, unsigned object, const struct records *records,
                               bool strict, uint16_t *out_instance, struct error *error)
{
    struct draft draft = {.model = model, .error = error};
    enum model_result result = prepare_create(&draft, object, records, strict);
    if (result == MODEL_OK) {
        *out_instance = draft.instance.id[1];
        model_swap(model, draft.instance, &draft.tree);
    }
    draft_release(&draft);
    return result;
}

enum model_result model_delete(struct model *model, unsigned object, unsigned instance)
{
    struct path path = path_instance(object, instance);
    if (!model_has(model, path))
        return MODEL_NOT_FOUND;
    const struct object_def *def = catalogue_object(model->catalogue, object);
    if (def->mandatory && model_children(model, path_object(object), NULL, 0) == 1)
        return MODEL_NOT_ALLOWED;
    model_remove(model, path, false);
    return MODEL_OK;
}
