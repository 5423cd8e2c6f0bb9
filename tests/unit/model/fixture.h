/* SPDX-License-Identifier: Apache-2.0 */
/* A model that servers write to, and a watcher that must not be woken for nothing. */
#ifndef TESTS_UNIT_MODEL_FIXTURE_H
#define TESTS_UNIT_MODEL_FIXTURE_H

#include "tests/unit/model/support.h"

struct fixture {
    struct model *model; /* (owned) */
    struct model_watcher watcher;
    unsigned woken;
    struct records records;
    struct error error;
};

static inline void wake(void *arg, enum model_change change, struct path path)
{
    UNUSED(change);
    UNUSED(path);
    struct fixture *fixture = arg;
    fixture->woken++;
}

static inline void begin(struct fixture *fixture)
{
    *fixture = (struct fixture){.model = small_model()};
    fixture->watcher = (struct model_watcher){.changed = wake, .arg = fixture};
    put(fixture->model, "/1/0/0", value_integer(1));
    put(fixture->model, "/1/0/1", value_integer(300));
    put(fixture->model, "/1/0/2", value_integer(5));
    put(fixture->model, "/1/0/6", value_boolean(false));
    put(fixture->model, "/1/0/7", value_string("U"));
    model_watch(fixture->model, &fixture->watcher);
    records_init(&fixture->records);
}

static inline void end(struct fixture *fixture)
{
    records_release(&fixture->records);
    model_free(fixture->model);
}

static inline void give(struct fixture *fixture, const char *path, struct value value)
{
    add(&fixture->records, at(path), value);
}

#endif
