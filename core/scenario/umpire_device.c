/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of the device side in whatever it sends: the type and range of AuthStatus, data
 * and status beside each other, versions, silence after the end of an observation, keys. */
#include "base/std.h"

#include "scenario/umpire_impl.h"

enum { STATUS_MOST = 2, DATA_AVAIL = 1 };

static bool is_resource(struct path path, unsigned resource)
{
    return path.depth >= 3 && path.id[0] == PORTFOLIO && path.id[2] == resource;
}

static bool has_value(const struct record *record)
{
    return record->value.type != VALUE_NONE;
}

/* rule: I-11. A device may show no octets where ours shows nothing. */
static bool has_octets(const struct record *record)
{
    return record->value.type != VALUE_OPAQUE || value_bytes(&record->value).len > 0;
}

/* rule: PF-OBJ-5 */
static void judge_status(struct umpire *umpire, const struct record *record)
{
    char path[PATH_TEXT];
    const struct value *value = &record->value;
    bool is_good = value->type == VALUE_INTEGER && value->integer >= 0 &&
                   value->integer <= STATUS_MOST && record->path.depth == 3;
    if (is_good)
        return;
    struct buf text;
    buf_init(&text, 200);
    value_format(value, &text);
    umpire_find(umpire, "PF-OBJ-5", "the device shows %.60s for AuthStatus \"%s\", not 0, 1 or 2",
                buf_text(&text), path_text(record->path, path));
    buf_release(&text);
}

/* rule: PF-STATE-2. A content is a snapshot, taken before what it carries resets the state (I-10).
 */
static void judge_snapshot(struct umpire *umpire, const struct records *records,
                           const struct record *data)
{
    struct path path = path_resource(PORTFOLIO, data->path.id[1], AUTH_STATUS);
    const struct record *status = records_find(records, path);
    if (status == NULL || status->value.type != VALUE_INTEGER ||
        status->value.integer == DATA_AVAIL)
        return;
    umpire_find(umpire, "PF-STATE-2",
                "the device shows AuthData of \"/16/%u\" beside AuthStatus %" PRId64,
                (unsigned)data->path.id[1], status->value.integer);
}

void umpire_device_values(struct umpire *umpire, const struct outcome *outcome)
{
    char path[PATH_TEXT];
    const struct records *records = &outcome->values;
    for (size_t i = 0; i < records->count; i++) {
        const struct record *record = &records->items[i];
        if (!has_value(record))
            continue;
        if (is_resource(record->path, AUTH_STATUS))
            judge_status(umpire, record);
        if (is_resource(record->path, AUTH_DATA) && has_octets(record))
            judge_snapshot(umpire, records, record);
        if (is_resource(record->path, GET_AUTH_DATA))
            umpire_find(umpire, "PF-OBJ-3", "the device shows a value of \"%s\", which has none",
                        path_text(record->path, path));
    }
}

/* The text behind `ver=` of a link, to the next attribute; NULL: it has none. */
static const char *version_of(const char *link, const char *end)
{
    static const char name[] = ";ver=";
    for (const char *at = link; at + sizeof name - 1 <= end; at++)
        if (strncmp(at, name, sizeof name - 1) == 0)
            return at + sizeof name - 1;
    return NULL;
}

static bool is_1_0(const char *version)
{
    return strncmp(version, "1.0", 3) == 0 || strncmp(version, "\"1.0\"", 5) == 0;
}

/* rule: PF-OBJ-1. No attribute of these links holds a comma in any version of the standard. */
void umpire_device_links(struct umpire *umpire, const char *links)
{
    const char *link = links;
    while (link != NULL && *link != '\0') {
        const char *end = link + strcspn(link, ",");
        bool is_portfolio = strncmp(link, "</16>", 5) == 0 || strncmp(link, "</16/", 5) == 0;
        const char *version = is_portfolio ? version_of(link, end) : NULL;
        if (version != NULL && !is_1_0(version))
            umpire_find(umpire, "PF-OBJ-1",
                        "the device registers \"%.*s\": object 16 is version 1.0",
                        (int)(end - link), link);
        link = *end == ',' ? end + 1 : end;
    }
}

/* What the end of an observation excuses: the notification that a Reset is the answer to; whatever
 * a server does not know any more that forgot its clients; answers that came too late. */
void umpire_device_step(struct umpire *umpire, const struct step *step)
{
    if (step->verb->kind == STEP_LINK || step->verb->kind == STEP_CONTROL)
        umpire->excuses_strays = true;
    if (step->verb->kind == STEP_OPERATION && step->operation.kind != OPERATION_REPEAT &&
        step->operation.by_reset)
        umpire->strays_due++;
}

void umpire_device_stray(struct umpire *umpire, bool again)
{
    if (umpire->excuses_strays)
        return;
    if (again)
        umpire_find(umpire, "LWM2M-CANCEL", "the device goes on to notify after a Reset");
    else if (umpire->strays_due > 0)
        umpire->strays_due--;
    else
        umpire_find(umpire, "LWM2M-CANCEL",
                    "the device notifies of something that is not observed any more");
}

void umpire_device_leak(struct umpire *umpire, const char *where)
{
    umpire_find(umpire, "PF-SC-6", "octets of a key are in %s", where);
}
