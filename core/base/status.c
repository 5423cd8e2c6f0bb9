/* SPDX-License-Identifier: Apache-2.0 */
/* Status phrases, messages for people and bounded lists of them. */
#include "base/std.h"

#include "base/buf.h"
#include "base/status.h"

const char *status_text(enum status status)
{
    static const char *const texts[] = {
        [ST_OK] = "ok",
        [ST_INVALID] = "invalid",
        [ST_LIMIT] = "limit passed",
        [ST_NOT_FOUND] = "not found",
        [ST_UNSUPPORTED] = "not supported",
        [ST_IO] = "input or output failed",
        [ST_UNREACHABLE] = "unreachable",
        [ST_TIMEOUT] = "timed out",
        [ST_REFUSED] = "refused",
        [ST_CANCELLED] = "cancelled",
    };
    return (size_t)status < COUNT_OF(texts) ? texts[status] : "unknown status";
}

void error_clear(struct error *error)
{
    *error = (struct error){.severity = SEVERITY_ERROR};
}

/* A message goes into JSON and XML reports, so it must not end inside a UTF-8 character. */
static void drop_split_character(char *text, size_t len)
{
    size_t start = len;
    while (start > 0 && ((uint8_t)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0 && (uint8_t)text[start - 1] >= 0xC0)
        start--;
    if (!utf8_valid((struct bytes){(const uint8_t *)text + start, len - start}))
        text[start] = '\0';
}

void error_set(struct error *error, const char *format, ...)
{
    if (error == NULL)
        return;
    /* Formatted aside, because the old sentence may be one of the values. */
    char text[sizeof error->text];
    va_list values;
    va_start(values, format);
    int len = vsnprintf(text, sizeof text, format, values);
    va_end(values);
    if (len < 0)
        text[0] = '\0';
    else if ((size_t)len >= sizeof text)
        drop_split_character(text, sizeof text - 1);
    memcpy(error->text, text, strlen(text) + 1);
}

void error_place(struct error *error, const char *subject, unsigned line, unsigned column)
{
    if (error == NULL)
        return;
    if (subject != NULL) {
        size_t len = strnlen(subject, sizeof error->subject);
        bool whole = len < sizeof error->subject;
        len = whole ? len : sizeof error->subject - 1;
        memmove(error->subject, subject, len);
        error->subject[len] = '\0';
        if (!whole)
            drop_split_character(error->subject, len);
    }
    error->line = line;
    error->column = column;
}

void error_format(const struct error *error, struct buf *out)
{
    if (error->subject[0] != '\0')
        buf_printf(out, "%s:", error->subject);
    if (error->line != 0)
        buf_printf(out, "%u:", error->line);
    if (error->line != 0 && error->column != 0)
        buf_printf(out, "%u:", error->column);
    if (error->subject[0] != '\0' || error->line != 0)
        buf_puts(out, " ");
    buf_puts(out, error->severity == SEVERITY_WARNING ? "warning: " : "error: ");
    buf_puts(out, error->text);
    if (error->pointer[0] != '\0')
        buf_printf(out, " (at %s)", error->pointer);
}

void error_list_init(struct error_list *list)
{
    *list = (struct error_list){0};
}

void error_list_release(struct error_list *list)
{
    free(list->items);
    error_list_init(list);
}

void error_list_add(struct error_list *list, const struct error *error)
{
    if (error->severity == SEVERITY_ERROR)
        list->errors++;
    if (list->count == ERROR_LIST_MOST) {
        list->dropped++;
        return;
    }
    if (list->count == list->capacity) {
        size_t wanted = list->capacity == 0 ? 4 : list->capacity * 2;
        list->capacity = wanted < ERROR_LIST_MOST ? wanted : ERROR_LIST_MOST;
        list->items = xgrow(list->items, list->capacity, sizeof *list->items);
    }
    list->items[list->count++] = *error;
}

static bool belongs_before(const struct error *a, const struct error *b)
{
    if (strcmp(a->subject, b->subject) != 0)
        return true;
    return a->line < b->line || (a->line == b->line && a->column <= b->column);
}

void error_list_sort(struct error_list *list, size_t from)
{
    for (size_t i = from + 1; i < list->count; i++) {
        struct error moved = list->items[i];
        size_t place = i;
        for (; place > from && !belongs_before(&list->items[place - 1], &moved); place--)
            list->items[place] = list->items[place - 1];
        list->items[place] = moved;
    }
}
