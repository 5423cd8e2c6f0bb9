/* SPDX-License-Identifier: Apache-2.0 */
/* Takes away what scenarios left at somebody else's device: attributes and instances; and knows
 * what they wrote. */
#include "base/std.h"

#include "base/coap.h"
#include "drivers/undo.h"

static void drop(struct undo *undo, size_t at)
{
    free(undo->items[at].name);
    memmove(undo->items + at, undo->items + at + 1, (undo->count - at - 1) * sizeof undo->items[0]);
    undo->count--;
}

static void add(struct undo *undo, enum operation_kind kind, struct path path, char *name)
{
    if (undo->count == UNDO_MOST)
        free(name);
    else
        undo->items[undo->count++] = (struct undo_item){kind, path, name};
}

/* --- attributes -------------------------------------------------------------------------------
 */

static void drop_attribute(struct undo *undo, struct path path, const char *name)
{
    for (size_t i = undo->count; i > 0; i--) {
        const struct undo_item *item = &undo->items[i - 1];
        if (item->kind == OPERATION_ATTRIBUTES && path_equal(item->path, path) &&
            strcmp(item->name, name) == 0)
            drop(undo, i - 1);
    }
}

/* "pmin=1&pmax": each of them is set, or is no longer. */
static void note_attributes(struct undo *undo, struct path path, const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "&");
        size_t name_len = strcspn(text, "=&");
        char *name = xalloc(name_len + 1);
        memcpy(name, text, name_len);
        drop_attribute(undo, path, name);
        if (name_len < len)
            add(undo, OPERATION_ATTRIBUTES, path, name);
        else
            free(name);
        text += len + (text[len] == '&' ? 1 : 0);
    }
}

/* --- values -----------------------------------------------------------------------------------
 */

static void drop_written(struct undo *undo, struct path path)
{
    size_t kept = 0;
    for (size_t i = 0; i < undo->written_count; i++)
        if (!path_covers(path, undo->written[i]) && !path_covers(undo->written[i], path))
            undo->written[kept++] = undo->written[i];
    undo->written_count = kept;
}

static void add_written(struct undo *undo, struct path path)
{
    for (size_t i = 0; i < undo->written_count; i++)
        if (path_covers(undo->written[i], path))
            return;
    if (undo->written_count < UNDO_MOST)
        undo->written[undo->written_count++] = path;
}

/* What goes with an instance that is ours to delete is no value of the device's. */
static bool is_of_created(const struct undo *undo, struct path path)
{
    for (size_t i = 0; i < undo->count; i++)
        if (undo->items[i].kind == OPERATION_DELETE && path_covers(undo->items[i].path, path))
            return true;
    return false;
}

static bool writes(const struct operation *operation)
{
    return operation->kind == OPERATION_WRITE || operation->kind == OPERATION_UPDATE ||
           operation->kind == OPERATION_WRITE_COMPOSITE;
}

static void note_path(struct undo *undo, const struct operation *operation, struct path path)
{
    if (operation->tidies)
        drop_written(undo, path);
    else if (path.depth > 0 && !is_of_created(undo, path))
        add_written(undo, path);
}

static void note_written(struct undo *undo, const struct operation *operation, uint8_t code)
{
    bool may_be_done = code == CODE_CHANGED || (code == 0 && !operation->tidies);
    bool is_composite = operation->kind == OPERATION_WRITE_COMPOSITE;
    if (!writes(operation) || !may_be_done)
        return;
    for (size_t i = 0; is_composite && i < operation->values.count; i++)
        note_path(undo, operation, operation->values.items[i].path);
    if (!is_composite)
        note_path(undo, operation, operation->path);
}

/* --- what happens -----------------------------------------------------------------------------
 */

static void drop_below(struct undo *undo, struct path path)
{
    for (size_t i = undo->count; i > 0; i--)
        if (path_covers(path, undo->items[i - 1].path))
            drop(undo, i - 1);
}

static bool is_claimed(const struct records *claims, struct path instance)
{
    for (size_t i = 0; claims != NULL && i < claims->count; i++)
        if (path_covers(instance, claims->items[i].path))
            return true;
    return false;
}

/* The answer is the device's word, and may be wrong. */
static void note_created(struct undo *undo, const struct records *claims, struct path asked,
                         struct path created)
{
    bool fits =
        created.depth == 2 && (asked.depth == 0 || path_covers(path_cut(asked, 1), created));
    if (fits && !is_claimed(claims, created))
        add(undo, OPERATION_DELETE, created, NULL);
}

void undo_note(struct undo *undo, const struct records *claims, const struct operation *operation,
               const struct outcome *outcome)
{
    note_written(undo, operation, outcome->code);
    undo->is_refused = undo->is_refused ||
                       (operation->tidies && writes(operation) && outcome->code != CODE_CHANGED);
    if (operation->kind == OPERATION_ATTRIBUTES && outcome->code == CODE_CHANGED &&
        operation->text != NULL)
        note_attributes(undo, operation->path, operation->text);
    if (outcome->code == CODE_DELETED && operation->path.depth > 0)
        drop_below(undo, operation->path);
    if (outcome->code == CODE_CREATED && outcome->has_location)
        note_created(undo, claims, operation->path, outcome->location);
    else if (outcome->code == CODE_CREATED && operation->kind == OPERATION_CREATE)
        note_created(undo, claims, operation->path, operation->path);
}

/* --- what is left -----------------------------------------------------------------------------
 */

static void put_left(struct undo *undo, struct path path)
{
    char text[PATH_TEXT];
    size_t len = strlen(undo->left);
    path_text(path, text);
    if (strstr(undo->left, text) == NULL)
        snprintf(undo->left + len, sizeof undo->left - len, "%s%s", len > 0 ? ", " : "", text);
}

static void put_written(struct undo *undo)
{
    for (size_t i = 0; i < undo->written_count; i++)
        put_left(undo, undo->written[i]);
}

static enum status undo_one(const struct undo_item *item, struct server_actor *server,
                            const char *endpoint, int64_t limit_ms)
{
    struct operation operation;
    struct outcome outcome;
    struct error error;
    operation_init(&operation, item->kind);
    operation.path = item->path;
    operation.limit_ms = limit_ms;
    operation.tidies = true;
    if (item->name != NULL)
        operation.text = xstrdup(item->name);
    outcome_init(&outcome);
    error_clear(&error);
    enum status status = server->ops->perform(server, endpoint, &operation, &outcome, &error);
    outcome_release(&outcome);
    operation_release(&operation);
    return status;
}

void undo_all(struct undo *undo, struct server_actor *server, const char *endpoint,
              int64_t limit_ms)
{
    enum status status = ST_OK;
    undo->left[0] = '\0';
    while (undo->count > 0 && status == ST_OK) {
        status = undo_one(&undo->items[undo->count - 1], server, endpoint, limit_ms);
        if (status != ST_OK)
            put_left(undo, undo->items[undo->count - 1].path);
        drop(undo, undo->count - 1);
    }
    for (size_t i = 0; i < undo->count; i++)
        put_left(undo, undo->items[i].path);
    if (undo->is_refused || status != ST_OK)
        put_written(undo);
    undo_clear(undo);
}

void undo_leave_written(struct undo *undo)
{
    undo->left[0] = '\0';
    put_written(undo);
    undo->written_count = 0;
    undo->is_refused = false;
}

void undo_give_up(struct undo *undo)
{
    undo_leave_written(undo);
    for (size_t i = 0; i < undo->count; i++)
        put_left(undo, undo->items[i].path);
    undo_clear(undo);
}

void undo_clear(struct undo *undo)
{
    while (undo->count > 0)
        drop(undo, undo->count - 1);
    undo->written_count = 0;
    undo->is_refused = false;
}
