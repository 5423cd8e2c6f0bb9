/* SPDX-License-Identifier: Apache-2.0 */
/* What several reports come to as one. */
#include "base/std.h"

#include "report/read.h"
#include "report/report_impl.h"

static const char SEPARATOR[] = "; ";

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

/* Whether a report before the one at INDEX is of as many shards. */
static bool was_looked_at(const struct report *reports, size_t index)
{
    bool found = false;
    for (size_t i = 0; i < index; i++)
        found = found || reports[i].info.shards == reports[index].info.shards;
    return found;
}

/* The first of SHARDS of which there are fewer reports than of another; 0: none. */
static unsigned find_missing(const struct report *reports, size_t count, unsigned shards)
{
    size_t *found = xarray((size_t)shards + 1, sizeof *found);
    size_t most = 0;
    unsigned missing = 1;
    for (size_t i = 0; i < count; i++)
        if (reports[i].info.shards == shards)
            found[reports[i].info.shard]++;
    for (unsigned shard = 1; shard <= shards; shard++)
        most = found[shard] > most ? found[shard] : most;
    while (missing <= shards && found[missing] == most)
        missing++;
    free(found);
    return missing > shards ? 0 : missing;
}

bool reports_lack_shard(const struct report *reports, size_t count, unsigned *out_shard,
                        unsigned *out_shards)
{
    *out_shard = 0;
    for (size_t i = 0; i < count && *out_shard == 0; i++) {
        *out_shards = reports[i].info.shards;
        if (*out_shards > 0 && !was_looked_at(reports, i))
            *out_shard = find_missing(reports, count, *out_shards);
    }
    return *out_shard > 0;
}
