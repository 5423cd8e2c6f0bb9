/* SPDX-License-Identifier: Apache-2.0 */
/* What profiles may say by their form, but the program cannot do yet. */
#include "base/std.h"

#include "model/profile_impl.h"

/* Whoever makes one of these work takes its row away. PATH is that of a JSON value, `*` being any
 * element; a value that begins with one of POSSIBLE is fine. */
struct row {
    const char *path, *possible[2];
};
static const struct row rows[] = {
    {"/servers/*/uri", {"coap:", "coaps:"}},
};

static bool begins(const struct json *value, const struct row *row)
{
    for (size_t i = 0; i < COUNT_OF(row->possible) && row->possible[i] != NULL; i++) {
        size_t len = strlen(row->possible[i]);
        if (value->kind == JSON_STRING && value->text.len >= len &&
            memcmp(value->text.data, row->possible[i], len) == 0)
            return true;
    }
    return false;
}

static void refuse_value(const struct loading *loading, const struct json *value,
                         const struct row *row)
{
    char name[LABEL];
    struct buf possible;
    buf_init(&possible, 128);
    for (size_t i = 0; i < COUNT_OF(row->possible) && row->possible[i] != NULL; i++)
        buf_printf(&possible, "%s\"%s\"", i > 0 ? " or " : "", row->possible[i]);
    COMPLAIN(loading, value, false, "this \"%s\" is not supported by this version; use %s",
             label_of(value->name, name), buf_text(&possible));
    buf_release(&possible);
}

static void refuse(const struct loading *loading, const struct json *value, const struct row *row)
{
    char name[LABEL];
    if (row->possible[0] == NULL)
        COMPLAIN(loading, value, true, "\"%s\" is not supported by this version; leave it out",
                 label_of(value->name, name));
    else if (!begins(value, row))
        refuse_value(loading, value, row);
}

/* Finds what PATH means below VALUE. */
static void walk(const struct loading *loading, const struct json *value, const char *path,
                 const struct row *row)
{
    if (*path == '\0') {
        refuse(loading, value, row);
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
            walk(loading, below, path + 1 + len, row);
    }
}

void later_refuse(const struct loading *loading)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        walk(loading, loading->root, rows[i].path, &rows[i]);
}
