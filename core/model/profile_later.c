/* SPDX-License-Identifier: Apache-2.0 */
/* What profiles may say by their form, but the program cannot do yet. */
#include "base/std.h"

#include "model/profile_impl.h"

/* Whoever makes one of these work takes its row away. PATH is that of a JSON value, `*` being any
 * element. */
struct row {
    const char *path;
};
static const struct row rows[] = {
    {"/servers/1"},
    {"/servers/*/access"},
    {"/servers/*/lifetime"},
    {"/bootstrap"},
};

static void refuse(const struct loading *loading, const struct json *value)
{
    char name[LABEL];
    bool element = value->parent->kind == JSON_ARRAY;
    const char *what = label_of(element ? value->parent->name : value->name, name);
    COMPLAIN(loading, value, !element, "%s\"%s\" is not supported by this version; leave it out",
             element ? "another of " : "", what);
}

/* Finds what PATH means below VALUE. */
static void walk(const struct loading *loading, const struct json *value, const char *path)
{
    if (*path == '\0') {
        refuse(loading, value);
        return;
    }
    size_t len = strcspn(path + 1, "/");
    struct bytes segment = {(const uint8_t *)path + 1, len};
    bool holds = value->kind == JSON_OBJECT || value->kind == JSON_ARRAY;
    for (const struct json *below = holds ? value->first : NULL; below != NULL;
         below = below->next) {
        int64_t index = -1;
        bool meant = value->kind == JSON_OBJECT
                         ? bytes_equal(below->name, segment)
                         : bytes_is(segment, "*") ||
                               (parse_decimal(segment, &index) && index == (int64_t)below->index);
        if (meant)
            walk(loading, below, path + 1 + len);
    }
}

void later_refuse(const struct loading *loading)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        walk(loading, loading->root, rows[i].path);
}
