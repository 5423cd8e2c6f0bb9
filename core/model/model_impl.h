/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the model share: the tree of cells, and the inside of a model. */
#ifndef MODEL_MODEL_IMPL_H
#define MODEL_MODEL_IMPL_H

#include "model/model.h"

/* Everything that is there has a cell: an object, an instance, a resource, a resource instance;
 * those without a value of their own hold VALUE_NONE. Cells are in the order of path_compare, so
 * that whatever lies below a path follows its cell, and a subtree is a range. */
struct tree {
    struct record *cells; /* (owned) */
    size_t count;
    size_t capacity;
};

/* So many things can be in one model; a read of all of it still fits in a list of records. */
enum { MODEL_CELLS_MOST = RECORDS_MOST };
/* And so many octets of strings and opaques can be there after a write or create of a server. */
enum { MODEL_OCTETS_MOST = 1 << 20 };

void tree_release(struct tree *tree); /* zeroes the values */
/* True when PATH has a cell; *out_place tells where it is, or would be. */
bool tree_find(const struct tree *tree, struct path path, size_t *out_place);
bool tree_has(const struct tree *tree, struct path path);
/* True when LINK is null or its target has a cell. */
bool tree_link_leads(const struct tree *tree, struct objlink link);
/* The place after the last cell at or below PATH, FROM being the first one. */
size_t tree_end(const struct tree *tree, struct path path, size_t from);
/* The order of the cells of A at FROM, before END, and of B at PLACE; what has run out comes last.
 */
int tree_order(const struct tree *a, size_t from, size_t end, const struct tree *b, size_t place);
/* Appends the values at or below PATH, of an object instance by instance because an empty one is to
 * be seen too, or that there are none. Only what CATALOGUE lets be read; NULL: all. False: OUT is
 * full. */
MUST_USE bool tree_read(const struct tree *tree, struct path path,
                        const struct catalogue *catalogue, struct records *out);
/* Sets the value of a cell that is there, or adds the cell; takes VALUE over. */
void tree_put(struct tree *tree, struct path path, struct value value);
/* Removes the cells FROM up to END. */
void tree_cut(struct tree *tree, size_t from, size_t end);
/* Removes the cells at and below PATH. */
void tree_remove(struct tree *tree, struct path path);
/* Deep copies of the cells at and below PATH; OUT is initialised here. */
void tree_copy(const struct tree *tree, struct path path, struct tree *out);
/* Puts the cells of WITH in the place of those at and below PATH; WITH is empty afterwards. */
void tree_swap(struct tree *tree, struct path path, struct tree *with);

/* Type, range and UTF-8 of a value; NAME is its path for the message. */
bool resource_def_fits(const struct resource_def *def, const struct value *value, const char *name,
                       struct error *error);

struct change {
    enum model_change kind;
    struct path path;
};

struct model {
    const struct catalogue *catalogue; /* (borrowed) */
    struct tree tree;
    struct path *protected_paths; /* (owned) */
    size_t protected_count;
    struct model_watcher *watchers; /* (borrowed) in the order of model_watch */
    struct model_watcher *upcoming; /* (borrowed) whom a delivery under way calls next */
    struct change *changes;         /* (owned) of the step under way */
    size_t change_count;
    size_t change_capacity;
    unsigned depth; /* of model_begin */
    bool delivering;
};

/* Remembers a change of the step under way; what lies in a created instance is not told again. */
void model_note(struct model *model, enum model_change kind, struct path path);
/* Puts DRAFT in the place of the instance (or of nothing; an empty DRAFT deletes it), as one step.
 * DRAFT is empty afterwards. */
void model_swap(struct model *model, struct path instance, struct tree *draft);

#endif
