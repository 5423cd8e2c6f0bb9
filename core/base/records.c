/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of records: the content between the model and every format. */
#include "base/std.h"

#include "base/value.h"

void records_init(struct records *records)
{
    *records = (struct records){.limit = RECORDS_MOST};
}

void records_release(struct records *records)
{
    records_clear(records);
    free(records->items);
    records->items = NULL;
    records->capacity = 0;
}

void records_clear(struct records *records)
{
    for (size_t i = 0; i < records->count; i++)
        value_release(&records->items[i].value);
    records->count = 0;
}

bool records_add(struct records *records, struct path path, struct value value)
{
    if (records->count >= records->limit) {
        value_release(&value);
        return false;
    }
    if (records->count == records->capacity) {
        records->capacity = records->capacity == 0 ? 8 : records->capacity * 2;
        records->items = xgrow(records->items, records->capacity, sizeof *records->items);
    }
    records->items[records->count++] = (struct record){path, value};
    return true;
}

void records_copy(const struct records *from, struct records *out)
{
    *out = (struct records){.limit = from->limit};
    if (from->count == 0)
        return;
    out->items = xarray(from->count, sizeof *out->items);
    out->count = out->capacity = from->count;
    for (size_t i = 0; i < from->count; i++)
        out->items[i] = (struct record){from->items[i].path, value_copy(&from->items[i].value)};
}

const struct record *records_find(const struct records *records, struct path path)
{
    for (size_t i = 0; i < records->count; i++)
        if (path_equal(records->items[i].path, path))
            return &records->items[i];
    return NULL;
}

static int compare_records(const struct record *a, const struct record *b)
{
    int order = path_compare(a->path, b->path);
    return order != 0 ? order : value_compare(&a->value, &b->value);
}

static int compare_pointers(const void *a, const void *b)
{
    return compare_records(*(const struct record *const *)a, *(const struct record *const *)b);
}

/* The caller frees the array; the records stay where they are. */
static const struct record **sorted(const struct records *records)
{
    const struct record **order = xarray(records->count, sizeof(const struct record *));
    for (size_t i = 0; i < records->count; i++)
        order[i] = &records->items[i];
    qsort(order, records->count, sizeof(const struct record *), compare_pointers);
    return order;
}

bool records_equal(const struct records *a, const struct records *b)
{
    if (a->count != b->count)
        return false;
    const struct record **in_a = sorted(a);
    const struct record **in_b = sorted(b);
    bool equal = true;
    for (size_t i = 0; equal && i < a->count; i++)
        equal = compare_records(in_a[i], in_b[i]) == 0;
    free(in_a);
    free(in_b);
    return equal;
}

void records_format(const struct records *records, struct buf *out)
{
    char text[PATH_TEXT];
    for (size_t i = 0; i < records->count; i++) {
        buf_printf(out, "%s ", path_text(records->items[i].path, text));
        value_format(&records->items[i].value, out);
        buf_puts(out, "\n");
    }
}
