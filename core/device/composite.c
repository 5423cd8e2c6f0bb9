/* SPDX-License-Identifier: Apache-2.0 */
/* Composite operations: several paths read, observed or written by one request
 * (LwM2M TS 1.1, 6.3 and 6.4; LwM2M TS 1.1, 6.3). */
#include "base/std.h"

#include "device/device_impl.h"

enum { SECURITY = 0, PATHS_MOST = 256 };

/* --- what is asked for -------------------------------------------------------------------- */

/* The row of the request's format, when it can carry a composite; else the request is refused. */
static const struct codec *find_codec(const struct account *asker, const struct message *request,
                                      struct message *response)
{
    const struct codec *codec = device_request_codec(asker, request, response);
    if (codec == NULL || codec->decode_paths != NULL)
        return codec;
    device_answer(response, CODE_UNSUPPORTED_FORMAT, NULL);
    return NULL;
}

static bool is_below_another(const struct records *paths, size_t index)
{
    struct path path = paths->items[index].path;
    for (size_t i = 0; i < paths->count; i++)
        if (i != index && path_covers(paths->items[i].path, path))
            return true;
    return false;
}

/* Leaves out what another path has already, so that no value comes twice. */
static void keep_outermost(const struct records *paths, struct records *out)
{
    bool fits = true;
    for (size_t i = 0; fits && i < paths->count; i++)
        if (!is_below_another(paths, i))
            fits = records_add(out, paths->items[i].path, value_none());
}

/* Appends the paths of the request to OUT: true, or it has been refused. */
static bool take_paths(const struct account *asker, const struct message *request,
                       struct records *out, struct message *response)
{
    struct records given;
    struct error error;
    records_init(&given);
    error_clear(&error);
    const struct codec *codec = find_codec(asker, request, response);
    bool good = codec != NULL;
    if (good && codec->decode_paths(buf_bytes(&request->payload), &given, &error) != ST_OK)
        good = false;
    if (good && given.count > PATHS_MOST) {
        error_set(&error, "the request names %zu paths; name at most %d", given.count, PATHS_MOST);
        good = false;
    }
    if (good)
        keep_outermost(&given, out);
    else if (codec != NULL)
        device_answer(response, CODE_BAD_REQUEST, &error);
    records_release(&given);
    return good;
}

/* --- reading ------------------------------------------------------------------------------ */

/* What a path of depth 1 or more has, as far as servers may read it. */
static void gather(const struct model *model, struct path path, struct records *out)
{
    if (path.id[0] == SECURITY)
        return;
    enum model_result result = model_read(model, path, out);
    UNUSED(result); /* best effort: what cannot be read is left out */
}

static void gather_all(const struct model *model, struct records *out)
{
    size_t count = 0;
    uint16_t *objects = model_ids(model, path_root(), &count);
    for (size_t i = 0; i < count; i++)
        gather(model, path_object(objects[i]), out);
    free(objects);
}

void composite_content(const struct account *asker, const struct records *paths, int accept,
                       struct records *records, struct message *response)
{
    const struct model *model = asker->device->model;
    for (size_t i = 0; i < paths->count; i++) {
        if (paths->items[i].path.depth == 0)
            gather_all(model, records);
        else
            gather(model, paths->items[i].path, records);
    }
    access_filter(asker->device, asker->ssid, records);
    device_encode(asker, records, path_root(), accept, response);
}

/* rule: PF-DM-7, I-10. As with one path, the observation comes before the data leaves. */
void composite_read(struct device *device, struct registration *asker,
                    const struct message *request, struct message *response)
{
    const struct account *account = registration_account(asker);
    struct records paths;
    struct records records;
    records_init(&paths);
    records_init(&records);
    if (take_paths(account, request, &paths, response))
        composite_content(account, &paths, request->accept, &records, response);
    if (response->code == CODE_CONTENT) {
        if (request->observe == 0)
            reporting_observe(device->reporting, asker, request, &paths, response);
        portfolio_leaves(device->portfolio, PORTFOLIO_READ, path_root(), &records);
    }
    records_release(&paths);
    records_release(&records);
}

/* --- writing ------------------------------------------------------------------------------ */

/* ETS 221: nothing of object 0, whatever it is. */
static bool may_write(const struct account *asker, const struct records *records)
{
    const struct device *device = asker->device;
    for (size_t i = 0; i < records->count; i++) {
        struct path path = records->items[i].path;
        bool controlled = path.depth > 1 && model_has(device->model, path_cut(path, 2));
        if (path.id[0] == SECURITY ||
            (controlled && !access_allows(device, asker->ssid, path, RIGHT_WRITE)))
            return false;
    }
    return true;
}

/* rule: PF-DM-7 */
void composite_write(struct device *device, const struct account *asker,
                     const struct message *request, struct message *response)
{
    struct records records;
    struct error error;
    if (find_codec(asker, request, response) == NULL)
        return;
    records_init(&records);
    error_clear(&error);
    bool decoded = device_decode(asker, request, path_root(), &records, response);
    if (decoded && !may_write(asker, &records))
        device_answer(response, CODE_UNAUTHORIZED, NULL);
    else if (decoded)
        device_answer(response,
                      device_code(model_write_all(device->model, &records, &error), CODE_CHANGED),
                      &error);
    records_release(&records);
}
