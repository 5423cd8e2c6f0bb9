/* SPDX-License-Identifier: Apache-2.0 */
/* What several reports come to as one. */
#include "base/std.h"

#include "report/read.h"
#include "report/report_impl.h"

static const char SEPARATOR[] = "; ";

enum { MISSING_TOLD = 20 };

/* Whether LIST, parts that the separator keeps apart, has PART. */
static bool has_part(struct buf *list, struct bytes part)
{
    const char *at = buf_text(list);
    for (const char *end; *at != '\0'; at = *end == '\0' ? end : end + strlen(SEPARATOR)) {
        end = strstr(at, SEPARATOR);
        end = end == NULL ? at + strlen(at) : end;
        if (bytes_equal((struct bytes){(const uint8_t *)at, (size_t)(end - at)}, part))
            return true;
    }
    return false;
}

static void add_parts(const char *text, struct buf *list)
{
    while (*text != '\0') {
        const char *end = strstr(text, SEPARATOR);
        struct bytes part = bytes_of(text);
        if (end != NULL)
            part.len = (size_t)(end - text);
        if (part.len > 0 && !has_part(list, part)) {
            buf_puts(list, list->len > 0 ? SEPARATOR : "");
            buf_put(list, part);
        }
        text += part.len + (end == NULL ? 0 : strlen(SEPARATOR));
    }
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_factor(double a, double b)
{
    return !(a < b) && !(a > b);
}

static bool same_manner(const struct run_manner *a, const struct run_manner *b)
{
    return a->is_external == b->is_external && a->is_foreign == b->is_foreign &&
           a->strict == b->strict && a->virtual_time == b->virtual_time &&
           a->allow_writes == b->allow_writes && same_factor(a->patience, b->patience) &&
           a->retries == b->retries && a->timeout_ms == b->timeout_ms &&
           same_text(a->security, b->security) && same_text(a->device_defect, b->device_defect) &&
           same_text(a->server_defect, b->server_defect) && same_text(a->set, b->set);
}

/* That of all, if it is one. */
static struct run_manner join_manners(const struct report *reports, size_t count)
{
    struct run_manner manner = {.is_known = false};
    if (count > 0)
        manner = reports[0].info.manner;
    for (size_t i = 1; i < count; i++)
        if (!reports[i].info.manner.is_known || !same_manner(&manner, &reports[i].info.manner))
            manner.is_known = false;
    return manner.is_known ? manner : (struct run_manner){.is_known = false};
}

void reports_join(const struct report *reports, size_t count, struct joined *out)
{
    struct buf *const lists[] = {&out->tool, &out->device, &out->server, &out->options};
    *out = (struct joined){.info = {.tool = NULL}};
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        buf_init(lists[i], REPORT_MOST);
    for (size_t i = 0; i < count; i++) {
        const struct run_info *info = &reports[i].info;
        add_parts(info->tool, &out->tool);
        add_parts(info->device, &out->device);
        add_parts(info->server, &out->server);
        add_parts(info->options, &out->options);
        out->info.scenario_count += info->scenario_count;
        if (i == 0 || info->started_utc < out->info.started_utc)
            out->info.started_utc = info->started_utc;
    }
    out->info.manner = join_manners(reports, count);
    out->info.tool = buf_text(&out->tool);
    out->info.device = buf_text(&out->device);
    out->info.server = buf_text(&out->server);
    out->info.options = buf_text(&out->options);
}

void joined_release(struct joined *joined)
{
    buf_release(&joined->tool);
    buf_release(&joined->device);
    buf_release(&joined->server);
    buf_release(&joined->options);
}

/* --- shards ---------------------------------------------------------------------------------- */

/* Whether A and B can be parts of one run. */
static bool are_of_one_run(const struct run_info *a, const struct run_info *b)
{
    bool can_tell = a->selection != NULL && b->selection != NULL;
    return a->shards == b->shards && (!can_tell || strcmp(a->selection, b->selection) == 0);
}

static bool fits_before(const struct report *reports, const char *const *names, size_t index,
                        struct error *error)
{
    const struct run_info *info = &reports[index].info;
    for (size_t i = 0; i < index; i++) {
        const struct run_info *other = &reports[i].info;
        if (other->shards == 0)
            continue;
        if (!are_of_one_run(other, info)) {
            error_set(error,
                      "\"%s\" is a shard of another run than \"%s\": what was selected, or how "
                      "it was played, is not the same; merge the shards of each run first",
                      names[index], names[i]);
            return false;
        }
        if (other->shard == info->shard) {
            error_set(error, "\"%s\" and \"%s\" are both of shard %u/%u; name one of them",
                      names[i], names[index], info->shard, info->shards);
            return false;
        }
    }
    return true;
}

enum status reports_fit(const struct report *reports, const char *const *names, size_t count,
                        struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (reports[i].info.shards > 0 && !fits_before(reports, names, i, error))
            return ST_INVALID;
    return ST_OK;
}

static void put_missing(const bool *found, unsigned shards, size_t *told, struct buf *out)
{
    for (unsigned shard = 1; shard <= shards; shard++) {
        if (found[shard])
            continue;
        if (*told < MISSING_TOLD)
            buf_printf(out, "%s%u/%u", *told == 0 ? "" : ", ", shard, shards);
        ++*told;
    }
    if (*told > MISSING_TOLD)
        buf_printf(out, " and %zu more", *told - MISSING_TOLD);
}

size_t reports_put_missing(const struct report *reports, size_t count, struct buf *out)
{
    unsigned shards = 0;
    size_t missing = 0;
    bool *found = xarray((size_t)SHARDS_MOST + 1, sizeof *found);
    for (size_t i = 0; i < count; i++) {
        shards = reports[i].info.shards > 0 ? reports[i].info.shards : shards;
        found[reports[i].info.shard] = true;
    }
    put_missing(found, shards, &missing, out);
    free(found);
    return missing;
}
