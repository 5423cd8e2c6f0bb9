/* SPDX-License-Identifier: Apache-2.0 */
/* The cells of a model: a sorted array in which every subtree is a range. */
#include "base/std.h"

#include "model/model_impl.h"

void tree_release(struct tree *tree)
{
    tree_cut(tree, 0, tree->count);
    free(tree->cells);
    *tree = (struct tree){0};
}

bool tree_find(const struct tree *tree, struct path path, size_t *out_place)
{
    size_t low = 0;
    size_t high = tree->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (path_compare(tree->cells[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *out_place = low;
    return low < tree->count && path_equal(tree->cells[low].path, path);
}

bool tree_has(const struct tree *tree, struct path path)
{
    size_t place = 0;
    return tree_find(tree, path, &place);
}

bool tree_link_leads(const struct tree *tree, struct objlink link)
{
    if (link.object == ID_NONE)
        return link.instance == ID_NONE;
    struct path object = path_object(link.object);
    return tree_has(tree, link.instance == ID_NONE ? object : path_child(object, link.instance));
}

size_t tree_end(const struct tree *tree, struct path path, size_t from)
{
    while (from < tree->count && path_covers(path, tree->cells[from].path))
        from++;
    return from;
}

int tree_order(const struct tree *a, size_t from, size_t end, const struct tree *b, size_t place)
{
    if (from == end)
        return 1;
    if (place == b->count)
        return -1;
    return path_compare(a->cells[from].path, b->cells[place].path);
}

static void reserve(struct tree *tree, size_t count)
{
    if (count <= tree->capacity)
        return;
    tree->capacity = tree->count == 0 ? count : count + count / 2;
    tree->cells = xgrow(tree->cells, tree->capacity, sizeof *tree->cells);
}

/* Makes room for COUNT cells at PLACE. */
static void open_gap(struct tree *tree, size_t place, size_t count)
{
    reserve(tree, tree->count + count);
    memmove(tree->cells + place + count, tree->cells + place,
            (tree->count - place) * sizeof *tree->cells);
    tree->count += count;
}

void tree_put(struct tree *tree, struct path path, struct value value)
{
    size_t place = 0;
    if (tree_find(tree, path, &place))
        value_release(&tree->cells[place].value);
    else
        open_gap(tree, place, 1);
    tree->cells[place] = (struct record){path, value};
}

void tree_cut(struct tree *tree, size_t from, size_t end)
{
    if (from == end)
        return;
    for (size_t i = from; i < end; i++)
        value_release(&tree->cells[i].value);
    memmove(tree->cells + from, tree->cells + end, (tree->count - end) * sizeof *tree->cells);
    tree->count -= end - from;
}

void tree_remove(struct tree *tree, struct path path)
{
    size_t from = 0;
    if (tree_find(tree, path, &from))
        tree_cut(tree, from, tree_end(tree, path, from));
}

void tree_copy(const struct tree *tree, struct path path, struct tree *out)
{
    size_t from = 0;
    tree_find(tree, path, &from);
    size_t end = tree_end(tree, path, from);
    *out = (struct tree){0};
    reserve(out, end - from);
    for (size_t i = from; i < end; i++)
        out->cells[out->count++] =
            (struct record){tree->cells[i].path, value_copy(&tree->cells[i].value)};
}

void tree_swap(struct tree *tree, struct path path, struct tree *with)
{
    size_t from = 0;
    tree_find(tree, path, &from);
    tree_cut(tree, from, tree_end(tree, path, from));
    if (with->count > 0) {
        open_gap(tree, from, with->count);
        memcpy(tree->cells + from, with->cells, with->count * sizeof *with->cells);
        with->count = 0;
    }
    tree_release(with);
}

static bool is_readable(const struct record *cell, const struct catalogue *catalogue)
{
    if (cell->value.type == VALUE_NONE)
        return false;
    return catalogue == NULL || (catalogue_resource(catalogue, cell->path)->ops & OP_READ) != 0;
}

static bool read_subtree(const struct tree *tree, struct path path,
                         const struct catalogue *catalogue, struct records *out)
{
    size_t place = 0;
    size_t before = out->count;
    tree_find(tree, path, &place);
    size_t end = tree_end(tree, path, place);
    for (; place < end; place++) {
        const struct record *cell = &tree->cells[place];
        if (is_readable(cell, catalogue) && !records_add(out, cell->path, value_copy(&cell->value)))
            return false;
    }
    return out->count > before || path.depth == 0 || records_add(out, path, value_none());
}

bool tree_read(const struct tree *tree, struct path path, const struct catalogue *catalogue,
               struct records *out)
{
    size_t place = 0;
    if (path.depth != 1)
        return read_subtree(tree, path, catalogue, out);
    tree_find(tree, path, &place);
    size_t end = tree_end(tree, path, place);
    if (end - place == 1)
        return records_add(out, path, value_none());
    for (; place < end; place++) {
        struct path inner = tree->cells[place].path;
        if (inner.depth == 2 && !read_subtree(tree, inner, catalogue, out))
            return false;
    }
    return true;
}
