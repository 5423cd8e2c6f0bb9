/* SPDX-License-Identifier: Apache-2.0 */
/* What a scenario sets up at somebody else's device and may not have taken away again: attributes,
 * instances, and what it wrote. */
#ifndef DRIVERS_UNDO_H
#define DRIVERS_UNDO_H

#include "scenario/actor.h"

enum { UNDO_MOST = 64, LEFT_TEXT = 400 };

struct undo_item {
    enum operation_kind kind; /* that undoes it: attributes or delete */
    struct path path;
    char *name; /* (owned) of the attribute, or NULL */
};

/* What is left to undo, oldest first. {0} is empty. */
struct undo {
    struct undo_item items[UNDO_MOST];
    size_t count;                   /* more than UNDO_MOST are not kept */
    struct path written[UNDO_MOST]; /* only the scenario's own cleanup can write it back */
    size_t written_count;           /* likewise */
    bool is_refused;                /* a part of that cleanup did not succeed */
    char left[LEFT_TEXT];           /* paths that stay changed; empty: none */
};

/* What came of OPERATION (code 0: no answer, so that it may have been done): something more is left
 * to undo, or something less. What the owner CLAIMS
 * to have (NULL: nobody knows) is not ours to delete, whatever the device says that it created. */
void undo_note(struct undo *undo, const struct records *claims, const struct operation *operation,
               const struct outcome *outcome);

/* Undoes it, newest first, and forgets it; each operation may take LIMIT_MS. What the device
 * refuses stays as it is, and LEFT names it. */
void undo_all(struct undo *undo, struct server_actor *server, const char *endpoint,
              int64_t limit_ms);

/* The device is gone: LEFT names all of it, and it is forgotten. */
void undo_give_up(struct undo *undo);

/* The device is away and may come back: LEFT names what was written, and that is forgotten. */
void undo_leave_written(struct undo *undo);

/* Forgets it. */
void undo_clear(struct undo *undo);

#endif
