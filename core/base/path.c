/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of the data model: building, comparing, and their text. */
#include "base/std.h"

#include "base/portfolio.h"

struct path path_root(void)
{
    return (struct path){.depth = 0};
}

struct path path_object(unsigned object)
{
    return path_child(path_root(), object);
}

struct path path_instance(unsigned object, unsigned instance)
{
    return path_child(path_object(object), instance);
}

struct path path_resource(unsigned object, unsigned instance, unsigned resource)
{
    return path_child(path_instance(object, instance), resource);
}

struct path path_child(struct path parent, unsigned id)
{
    assert(parent.depth < PATH_MOST && id <= ID_NONE);
    parent.id[parent.depth++] = (uint16_t)id;
    return parent;
}

struct path path_parent(struct path path)
{
    assert(path.depth > 0);
    return path_cut(path, path.depth - 1u);
}

struct path path_cut(struct path path, unsigned depth)
{
    while (path.depth > depth)
        path.id[--path.depth] = 0;
    return path;
}

bool path_equal(struct path a, struct path b)
{
    return path_compare(a, b) == 0;
}

bool path_is_portfolio(struct path path, unsigned resource)
{
    return path.depth >= 3 && path.id[0] == PORTFOLIO && path.id[2] == resource;
}

bool path_covers(struct path outer, struct path inner)
{
    return outer.depth <= inner.depth && path_equal(outer, path_cut(inner, outer.depth));
}

int path_compare(struct path a, struct path b)
{
    for (unsigned i = 0; i < a.depth && i < b.depth; i++)
        if (a.id[i] != b.id[i])
            return a.id[i] < b.id[i] ? -1 : 1;
    return (a.depth > b.depth) - (a.depth < b.depth);
}

/* The octets up to the next slash or the end. */
static struct bytes take_segment(struct rd *rd)
{
    struct bytes segment = {rd->at, 0};
    while (rd_left(rd) > 0 && rd_peek(rd) != '/') {
        rd_u8(rd);
        segment.len++;
    }
    return segment;
}

bool path_parse(struct bytes text, struct path *out)
{
    struct path path = path_root();
    struct rd rd;
    rd_init(&rd, text);
    if (!bytes_is(text, "/")) {
        do {
            int64_t id = 0;
            if (rd_u8(&rd) != '/' || path.depth == PATH_MOST)
                return false;
            if (!parse_decimal(take_segment(&rd), &id) || id < 0 || id > ID_MOST)
                return false;
            path = path_child(path, (unsigned)id);
        } while (rd_left(&rd) > 0);
    }
    *out = path;
    return true;
}

const char *path_text(struct path path, char text[PATH_TEXT])
{
    size_t len = 0;
    for (unsigned i = 0; i < path.depth; i++)
        len += (size_t)snprintf(text + len, PATH_TEXT - len, "/%u", (unsigned)path.id[i]);
    if (len == 0)
        snprintf(text, PATH_TEXT, "/");
    return text;
}
