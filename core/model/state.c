/* SPDX-License-Identifier: Apache-2.0 */
/* Takes the state of a device: the differences of its model from its profile, and applies them. */
#include "base/std.h"

#include "model/model_impl.h"
#include "model/state.h"

enum { ACCESS_CONTROL_OBJECT = 2, PORTFOLIO_OBJECT = 16, AUTH_DATA = 2, AUTH_STATUS = 3 };

void state_init(struct state *state)
{
    *state = (struct state){.gone = NULL};
    records_init(&state->values);
}

void state_release(struct state *state)
{
    records_release(&state->values);
    for (size_t i = 0; i < state->attribute_count; i++)
        free(state->attributes[i].text);
    free(state->attributes);
    free(state->gone);
    free(state->unprovisioned);
    state_init(state);
}

bool state_add_attribute(struct state *state, unsigned ssid, struct path path, struct bytes text)
{
    if (state->attribute_count == STATE_ATTRIBUTES_MOST || text.len > STATE_TEXT_MOST)
        return false;
    size_t count = state->attribute_count + 1;
    state->attributes = xgrow(state->attributes, count, sizeof *state->attributes);
    char *copy = xalloc(text.len + 1);
    if (text.len > 0)
        memcpy(copy, text.data, text.len);
    state->attributes[count - 1] = (struct state_attribute){(uint16_t)ssid, path, copy};
    state->attribute_count = count;
    return true;
}

void state_add_unprovisioned(struct state *state, struct path instance)
{
    size_t count = state->unprovisioned_count + 1;
    state->unprovisioned = xgrow(state->unprovisioned, count, sizeof *state->unprovisioned);
    state->unprovisioned[state->unprovisioned_count++] = instance;
}

bool state_lacks_keys(const struct state *state, struct path instance)
{
    for (size_t i = 0; i < state->unprovisioned_count; i++)
        if (path_equal(state->unprovisioned[i], instance))
            return true;
    return false;
}

/* --- taking ----------------------------------------------------------------------------------- */

struct taking {
    struct state *state;     /* (borrowed) */
    const struct tree *then; /* (borrowed) of the profile */
    const struct tree *now;  /* (borrowed) of the model */
    const struct catalogue *catalogue;
};

static bool is_service(struct path path, unsigned resource)
{
    return path.id[0] == PORTFOLIO_OBJECT && path.depth >= 3 && path.id[2] == resource;
}

/* Whether servers or a bootstrap could have made the cell what it is. */
static bool keeps(const struct taking *taking, const struct record *cell)
{
    struct path instance = path_cut(cell->path, 2);
    bool created = !tree_has(taking->then, instance);
    if (cell->path.depth < 2 || (is_service(cell->path, AUTH_DATA) && cell->path.depth == 4))
        return false;
    if (cell->path.depth == 2)
        return created;
    const struct resource_def *def = catalogue_resource(taking->catalogue, cell->path);
    bool settable = (def->ops & OP_WRITE) != 0 || cell->path.id[0] <= ACCESS_CONTROL_OBJECT;
    return (created || settable) &&
           (cell->value.type == VALUE_NONE || resource_def_fits(def, &cell->value, "", NULL));
}

static void take_cell(struct taking *taking, const struct record *cell)
{
    if (!keeps(taking, cell))
        return;
    bool status = is_service(cell->path, AUTH_STATUS) && cell->value.type != VALUE_NONE;
    struct value value = status ? value_integer(0) : value_copy(&cell->value);
    bool fits = records_add(&taking->state->values, cell->path, value);
    assert(fits); /* a model has no more cells than a list takes */
    UNUSED(fits);
}

static void take_gone(struct state *state, struct path path)
{
    if (state->gone_count > 0 && path_covers(state->gone[state->gone_count - 1], path))
        return;
    state->gone = xgrow(state->gone, state->gone_count + 1, sizeof *state->gone);
    state->gone[state->gone_count++] = path;
}

static void compare(struct taking *taking)
{
    const struct tree *then = taking->then;
    const struct tree *now = taking->now;
    for (size_t old = 0, new = 0; old < then->count || new < now->count;) {
        int order = tree_order(then, old, then->count, now, new);
        if (order < 0)
            take_gone(taking->state, then->cells[old].path);
        else if (order > 0 || !value_equal(&then->cells[old].value, &now->cells[new].value))
            take_cell(taking, &now->cells[new]);
        old += order <= 0;
        new += order >= 0;
    }
}

void state_take(struct state *state, const struct profile *profile, const struct model *model)
{
    struct model *then = profile_model(profile);
    struct taking taking = {state, &then->tree, &model->tree, profile->catalogue};
    compare(&taking);
    model_free(then);
}

/* --- applying --------------------------------------------------------------------------------- */

static enum status apply_record(struct model *model, const struct record *record)
{
    if (record->value.type != VALUE_NONE)
        return model_put(model, record->path, value_copy(&record->value));
    if (record->path.depth == 2)
        model_add_instance(model, record->path.id[0], record->path.id[1]);
    else
        model_add_resource(model, record->path);
    return model_has(model, record->path) ? ST_OK : ST_INVALID;
}

enum status state_apply(const struct state *state, struct model *model)
{
    enum status status = ST_OK;
    model_begin(model);
    for (size_t i = 0; i < state->gone_count; i++)
        model_remove(model, state->gone[i], false);
    for (size_t i = 0; i < state->values.count; i++) {
        enum status one = apply_record(model, &state->values.items[i]);
        status = status == ST_OK ? one : status;
    }
    model_end(model);
    return status;
}
