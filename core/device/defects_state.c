/* SPDX-License-Identifier: Apache-2.0 */
/* Defects of the state machine: a transition that is missing, wrong or in the wrong order. */
#include "base/std.h"

#include "base/portfolio.h"
#include "base/portfolio.h"
#include "device/defects_impl.h"

enum { OTHERS_MOST = 32 };

/* --- which event it is ---------------------------------------------------------------------- */

static enum portfolio_event skip(enum portfolio_event event, bool skips)
{
    bool is_data = event == READ_DATA || event == NOTIFIED_DATA;
    return is_data && skips ? PASSED_BY : event;
}

static enum portfolio_event skip_instance_read(enum portfolio_event event, enum portfolio_way way,
                                               struct path target)
{
    return skip(event, way == PORTFOLIO_READ && target.depth == 2);
}

static enum portfolio_event skip_object_read(enum portfolio_event event, enum portfolio_way way,
                                             struct path target)
{
    return skip(event, way == PORTFOLIO_READ && target.depth == 1);
}

static enum portfolio_event skip_composite_read(enum portfolio_event event, enum portfolio_way way,
                                                struct path target)
{
    return skip(event, way == PORTFOLIO_READ && target.depth == 0);
}

static enum portfolio_event skip_single_read(enum portfolio_event event, enum portfolio_way way,
                                             struct path target)
{
    return skip(event, way == PORTFOLIO_READ && target.depth == 4);
}

static enum portfolio_event skip_object_notify(enum portfolio_event event, enum portfolio_way way,
                                               struct path target)
{
    return skip(event, way == PORTFOLIO_NOTIFY && target.depth == 1);
}

static enum portfolio_event skip_single_notify(enum portfolio_event event, enum portfolio_way way,
                                               struct path target)
{
    return skip(event, way == PORTFOLIO_NOTIFY && target.depth == 4);
}

static enum portfolio_event skip_wide_notify(enum portfolio_event event, enum portfolio_way way,
                                             struct path target)
{
    return skip(event, way == PORTFOLIO_NOTIFY && target.depth < 3);
}

/* --- old news ------------------------------------------------------------------------------- */

static bool is_status(struct path target)
{
    return target.depth == 3 && path_is_portfolio(target, AUTH_STATUS);
}

static bool is_data(struct path target)
{
    return target.depth == 3 && path_is_portfolio(target, AUTH_DATA);
}

/* GetAuthData is asked for: what is there by then is what observers get. */
static bool keep_data(const struct passing *passing)
{
    struct seeded *seeded = passing->seeded;
    struct path path;
    if (!seeded_is(passing->request, CODE_POST, GET_AUTH_DATA) ||
        !seeded_path(passing->request, &path))
        return false;
    struct path data = path_resource(PORTFOLIO, path.id[1], AUTH_DATA);
    const struct value *value = model_value(device_model(seeded->device), path_child(data, 0));
    if (value == NULL)
        return false;
    value_release(&seeded->kept);
    seeded->kept = value_copy(value);
    return false;
}

static void tell_kept_data(const struct carried *carried)
{
    struct seeded *seeded = carried->seeded;
    if (!carried->notified || !is_data(carried->base) || carried->records->count == 0 ||
        seeded->kept.type == VALUE_NONE)
        return;
    value_release(&carried->records->items[0].value);
    carried->records->items[0].value = seeded->kept;
    seeded->kept = value_none();
}

/* --- one buffer for all -------------------------------------------------------------------- */

/* Theirs is gone as if somebody had read it. */
static void reset_others(const struct passing *passing)
{
    struct device *device = passing->seeded->device;
    struct path path;
    uint16_t instances[OTHERS_MOST];
    if (!seeded_is(passing->request, CODE_POST, GET_AUTH_DATA) ||
        passing->response->code != CODE_CHANGED || !seeded_path(passing->request, &path))
        return;
    size_t count =
        model_children(device_model(device), path_object(PORTFOLIO), instances, OTHERS_MOST);
    for (size_t i = 0; i < count && i < OTHERS_MOST; i++) {
        struct path data = path_resource(PORTFOLIO, instances[i], AUTH_DATA);
        struct records records;
        records_init(&records);
        if (instances[i] != path.id[1] &&
            model_read(device_model(device), data, &records) == MODEL_OK)
            portfolio_leaves(device->portfolio, PORTFOLIO_READ, data, &records);
        records_release(&records);
    }
}

/* --- the rows ------------------------------------------------------------------------------- */

#define PATCHES(...)                                                                               \
    .patches = {__VA_ARGS__},                                                                      \
    .patch_count = sizeof((struct patch[]){__VA_ARGS__}) / sizeof(struct patch)

/* clang-format off */
const struct device_defect defects_state[] = {
    {{"execute-keeps-status", "PF-STATE-1",
      "shows DATA_AVAIL on while the next process runs"},
     PATCHES({ACCEPTED, DATA_AVAIL, {START, DATA_AVAIL}}, {DELIVERED, DATA_AVAIL, {FILL, DATA_AVAIL}},
             {FAILED, DATA_AVAIL, {EMPTY, ERROR}})},
    {{"execute-keeps-error", "PF-STATE-1",
      "shows the ERROR of the last process while the next one runs"},
     PATCHES({ACCEPTED, ERROR, {START, ERROR}}, {DELIVERED, ERROR, {FILL, DATA_AVAIL}},
             {FAILED, ERROR, {EMPTY, ERROR}})},
    {{"busy-is-error", "PF-STATE-1",
      "shows ERROR while a process runs"},
     PATCHES({ACCEPTED, IDLE, {START, ERROR}}, {DELIVERED, ERROR, {FILL, DATA_AVAIL}},
             {FAILED, ERROR, {EMPTY, ERROR}})},
    {{"data-without-status", "PF-STATE-2",
      "stays IDLE when AuthData is there"},
     PATCHES({DELIVERED, IDLE, {FILL, IDLE}})},
    {{"status-without-data", "PF-STATE-2",
      "shows DATA_AVAIL, and has no AuthData"},
     PATCHES({DELIVERED, IDLE, {NOTHING, DATA_AVAIL}})},
    {{"status-before-data", "PF-STATE-1",
      "shows DATA_AVAIL as soon as the process starts"},
     PATCHES({ACCEPTED, IDLE, {START, DATA_AVAIL}}, {DELIVERED, DATA_AVAIL, {FILL, DATA_AVAIL}},
             {FAILED, DATA_AVAIL, {EMPTY, ERROR}})},
    {{"error-is-idle", "PF-STATE-3",
      "goes back to IDLE when the process fails"},
     PATCHES({FAILED, IDLE, {EMPTY, IDLE}})},
    {{"error-is-data-avail", "PF-STATE-3",
      "shows DATA_AVAIL when the process fails"},
     PATCHES({FAILED, IDLE, {EMPTY, DATA_AVAIL}})},
    {{"read-keeps-status", "PF-STATE-4",
      "empties AuthData when it was read, and shows DATA_AVAIL on"},
     PATCHES({READ_DATA, DATA_AVAIL, {EMPTY, DATA_AVAIL}})},
    {{"read-resets-nothing", "PF-STATE-4",
      "lets AuthData be read again and again"},
     PATCHES({READ_DATA, DATA_AVAIL, {NOTHING, DATA_AVAIL}})},
    {{"read-shows-error", "PF-STATE-4",
      "shows ERROR when AuthData was read"},
     PATCHES({READ_DATA, DATA_AVAIL, {EMPTY, ERROR}})},
    {{"instance-read-resets-nothing", "PF-STATE-4",
      "does not reset when AuthData was read with its object instance"},
     .leaving = skip_instance_read},
    {{"object-read-resets-nothing", "PF-STATE-4",
      "does not reset when AuthData was read with the whole object"},
     .leaving = skip_object_read},
    {{"single-read-resets-nothing", "PF-STATE-4",
      "does not reset when one instance of AuthData was read"},
     .leaving = skip_single_read},
    {{"composite-read-resets-nothing", "PF-STATE-4",
      "does not reset when AuthData was read with other paths"},
     .leaving = skip_composite_read},
    {{"status-read-resets", "PF-STATE-4",
      "resets when something without AuthData was read"},
     PATCHES({PASSED_BY, DATA_AVAIL, {EMPTY, IDLE}})},
    {{"notify-resets-nothing", "PF-STATE-5",
      "does not reset when a notification carried AuthData"},
     PATCHES({NOTIFIED_DATA, DATA_AVAIL, {NOTHING, DATA_AVAIL}})},
    {{"wide-notify-resets-nothing", "PF-STATE-5",
      "does not reset when a notification of the object instance carried AuthData"},
     .leaving = skip_wide_notify},
    {{"object-notify-resets-nothing", "PF-STATE-5",
      "does not reset when a notification of the whole object carried AuthData"},
     .leaving = skip_object_notify},
    {{"single-notify-resets-nothing", "PF-STATE-5",
      "does not reset when a notification of one instance of AuthData carried it"},
     .leaving = skip_single_notify},
    {{"read-keeps-data", "PF-STATE-6",
      "goes back to IDLE when AuthData was read, and has it still"},
     PATCHES({READ_DATA, DATA_AVAIL, {NOTHING, IDLE}})},
    {{"notify-keeps-data", "PF-STATE-6",
      "goes back to IDLE when AuthData was notified, and has it still"},
     PATCHES({NOTIFIED_DATA, DATA_AVAIL, {NOTHING, IDLE}})},
    {{"refused-resets", "PF-STATE-8",
      "drops AuthData when GetAuthData is refused"},
     PATCHES({REFUSED, DATA_AVAIL, {EMPTY, IDLE}})},
    {{"refused-shows-error", "PF-STATE-8",
      "shows ERROR when GetAuthData is refused"},
     PATCHES({REFUSED, IDLE, {NOTHING, ERROR}}, {REFUSED, DATA_AVAIL, {EMPTY, ERROR}})},
    {{"refused-leaves-error", "PF-STATE-8",
      "goes from ERROR to IDLE when GetAuthData is refused"},
     PATCHES({REFUSED, ERROR, {NOTHING, IDLE}})},
    {{"refused-kills-process", "PF-STATE-8",
      "drops the process that runs when another GetAuthData is refused"},
     PATCHES({REFUSED, IDLE, {DROP, IDLE}})},
    {{"error-lost-in-passing", "PF-STATE-12",
      "leaves ERROR when anything of the instance is read"},
     PATCHES({PASSED_BY, ERROR, {EMPTY, IDLE}})},
    {{"error-stays", "PF-STATE-12",
      "keeps ERROR when AuthData itself is read"},
     PATCHES({READ_EMPTY, ERROR, {NOTHING, ERROR}})},
    {{"error-has-data", "PF-STATE-12",
      "has an AuthData instance after a process has failed"},
     PATCHES({FAILED, IDLE, {FILL, ERROR}})},
    {{"leaving-error-leaves-data", "PF-STATE-12",
      "has an AuthData instance after ERROR was left by a read"},
     PATCHES({READ_EMPTY, ERROR, {FILL, IDLE}})},
    {{"failure-invents-data", "PF-SC-7",
      "delivers AuthData and DATA_AVAIL when the secure component failed"},
     PATCHES({FAILED, IDLE, {FILL, DATA_AVAIL}})},
    {{"write-drops-data", "PF-STATE-2",
      "drops AuthData, and says IDLE, when an Identity is written"},
     PATCHES({IDENTITY_WRITTEN, DATA_AVAIL, {EMPTY, IDLE}})},
    {{"write-empties-data", "PF-STATE-2",
      "drops AuthData when an Identity is written, and shows DATA_AVAIL on"},
     PATCHES({IDENTITY_WRITTEN, DATA_AVAIL, {EMPTY, DATA_AVAIL}})},
    {{"old-status-told", "PF-STATE-1",
      "tells observers of the former AuthStatus once more when GetAuthData was accepted"},
     .recalls = is_status},
    {{"old-data-told", "PF-STATE-6",
      "tells observers of the former AuthData once more when GetAuthData was accepted"},
     .recalls = is_data},
    {{"reset-told-first", "PF-STATE-11",
      "tells AuthStatus 0 before the AuthData whose leaving makes it 0"},
     .defers = is_data},
    {{"held-back-data-is-old", "PF-STATE-6",
      "keeps AuthData that pmin holds back for its observers, whatever is requested meanwhile"},
     .request = keep_data, .content = tell_kept_data},
    {{"write-kills-process", "PF-STATE-2",
      "drops the process that runs when an Identity is written"},
     PATCHES({IDENTITY_WRITTEN, IDLE, {DROP, IDLE}})},
    {{"execute-resets-others", "PF-STATE-2",
      "drops AuthData of all other instances when GetAuthData of one is accepted"},
     .response = reset_others},
    {.info = {.name = NULL}},
};
/* clang-format on */
