/* SPDX-License-Identifier: Apache-2.0 */
/* Defects of device management on object 16: writes, formats, Create, Delete, missing things, and
 * operations on several paths. */
#include "base/std.h"

#include "base/portfolio.h"
#include "device/defects_impl.h"

static bool is_portfolio(const struct message *request, struct path *out)
{
    return seeded_path(request, out) && out->depth > 0 && out->id[0] == PORTFOLIO;
}

static bool is_write(const struct message *request)
{
    return (request->code == CODE_PUT || request->code == CODE_POST) &&
           request->format != FORMAT_NONE;
}

/* --- writes ----------------------------------------------------------------------------------- */

static bool is_identities(struct path path)
{
    return path.depth == 2 || (path.depth == 3 && path.id[2] == IDENTITY);
}

static bool update_replaces(const struct passing *passing)
{
    struct path path;
    struct message *request = passing->request;
    if (is_write(request) && request->code == CODE_POST && is_portfolio(request, &path) &&
        is_identities(path))
        request->code = CODE_PUT;
    return false;
}

static bool replace_updates(const struct passing *passing)
{
    struct path path;
    struct message *request = passing->request;
    if (is_write(request) && request->code == CODE_PUT && is_portfolio(request, &path) &&
        is_identities(path))
        request->code = CODE_POST;
    return false;
}

/* Takes REQUEST, with content for PATH, for one of the resource that it is an instance of. */
static void widen(const struct seeded *seeded, struct message *request, struct path path)
{
    const struct codec *codec = codec_find(request->format);
    const struct codec *tlv = codec_find(FORMAT_TLV);
    struct codec_types types = device_types(seeded->device);
    struct records records;
    struct buf content;
    char text[PATH_TEXT];
    records_init(&records);
    buf_init_secret(&content, PAYLOAD_MOST);
    if (codec != NULL &&
        codec->decode(buf_bytes(&request->payload), path, &types, &records, NULL) == ST_OK &&
        tlv->encode(&records, path_parent(path), &content) == ST_OK) {
        segments_release(&request->path);
        segments_init(&request->path);
        if (segments_split(&request->path, '/', bytes_of(path_text(path_parent(path), text)))) {
            request->format = FORMAT_TLV;
            buf_clear(&request->payload);
            buf_put(&request->payload, buf_bytes(&content));
        }
    }
    buf_release(&content);
    records_release(&records);
}

static bool single_write_replaces_all(const struct passing *passing)
{
    struct path path;
    struct message *request = passing->request;
    bool is_single = is_write(request) && request->code == CODE_PUT &&
                     is_portfolio(request, &path) && path.depth == 4 && path.id[2] == IDENTITY;
    if (is_single && model_has(device_model(passing->seeded->device), path))
        widen(passing->seeded, request, path);
    return false;
}

static bool no_single_instances(const struct passing *passing)
{
    struct path path;
    return is_portfolio(passing->request, &path) && path.depth == 4 &&
           seeded_answer(passing, CODE_METHOD_NOT_ALLOWED);
}

static bool writes_nothing(const struct passing *passing)
{
    struct path path;
    return is_write(passing->request) && is_portfolio(passing->request, &path) && path.depth == 3 &&
           path.id[2] == IDENTITY && seeded_answer(passing, CODE_CHANGED);
}

/* --- formats ---------------------------------------------------------------------------------- */

static bool ignore_accept(const struct passing *passing)
{
    if (passing->request->accept != FORMAT_LINK)
        passing->request->accept = FORMAT_NONE;
    return false;
}

static bool ignore_unknown_accept(const struct passing *passing)
{
    struct message *request = passing->request;
    if (request->accept != FORMAT_LINK && request->accept != FORMAT_NONE &&
        codec_find(request->accept) == NULL)
        request->accept = FORMAT_NONE;
    return false;
}

static bool guess_unknown_format(const struct passing *passing)
{
    struct message *request = passing->request;
    if (request->format != FORMAT_NONE && codec_find(request->format) == NULL)
        request->format = FORMAT_TEXT;
    return false;
}

static void swallow_malformed(const struct passing *passing)
{
    if (is_write(passing->request) && passing->response->code == CODE_BAD_REQUEST) {
        passing->response->code = CODE_CHANGED;
        buf_clear(&passing->response->payload);
    }
}

/* What is refused has left something behind. */
static void write_garbage(const struct passing *passing)
{
    struct path path;
    if (!is_write(passing->request) || passing->response->code != CODE_BAD_REQUEST ||
        !is_portfolio(passing->request, &path) || path.depth < 2)
        return;
    path = path_child(path_resource(PORTFOLIO, path.id[1], IDENTITY), 0);
    if (device_set(passing->seeded->device, path, value_string("garbage"), NULL) != ST_OK)
        return;
}

/* --- what is missing ---------------------------------------------------------------------------
 */

static void missing_is_empty(const struct passing *passing)
{
    struct path path;
    if (passing->request->code != CODE_GET || passing->response->code != CODE_NOT_FOUND ||
        !is_portfolio(passing->request, &path))
        return;
    passing->response->code = CODE_CONTENT;
    passing->response->format = FORMAT_TLV;
}

static void missing_is_refused(const struct passing *passing)
{
    if (passing->response->code == CODE_NOT_FOUND)
        passing->response->code = CODE_BAD_REQUEST;
}

/* --- Create and Delete -------------------------------------------------------------------------
 */

static void accept_id_in_use(const struct passing *passing)
{
    struct path path;
    if (passing->request->code == CODE_POST && is_portfolio(passing->request, &path) &&
        path.depth == 1 && passing->response->code == CODE_BAD_REQUEST)
        passing->response->code = CODE_CREATED;
}

static void tell_no_location(const struct passing *passing)
{
    if (passing->response->code != CODE_CREATED)
        return;
    segments_release(&passing->response->location);
    segments_init(&passing->response->location);
}

static void answer_changed(const struct passing *passing)
{
    if (passing->response->code == CODE_CREATED || passing->response->code == CODE_DELETED)
        passing->response->code = CODE_CHANGED;
}

/* The Objlink to what was deleted is there again. */
static void keep_link(const struct passing *passing)
{
    struct path path;
    struct path link = path_child(path_resource(3, 0, 22), 0);
    bool is_gone = passing->request->code == CODE_DELETE &&
                   passing->response->code == CODE_DELETED &&
                   seeded_path(passing->request, &path) && path.id[0] == 16;
    if (!is_gone)
        return;
    struct value value = {.type = VALUE_OBJLINK, .link = {16, path.id[1]}};
    if (device_set(passing->seeded->device, link, value, NULL) != ST_OK)
        passing->response->code = CODE_INTERNAL_ERROR;
}

static bool delete_nothing(const struct passing *passing)
{
    struct path path;
    return passing->request->code == CODE_DELETE && is_portfolio(passing->request, &path) &&
           model_has(device_model(passing->seeded->device), path) &&
           seeded_answer(passing, CODE_DELETED);
}

static bool delete_too_much(const struct passing *passing)
{
    struct path path;
    return passing->request->code == CODE_DELETE && is_portfolio(passing->request, &path) &&
           path.depth != 2 && seeded_answer(passing, CODE_DELETED);
}

static size_t count_instances(const struct seeded *seeded)
{
    return model_children(device_model(seeded->device), path_object(PORTFOLIO), NULL, 0);
}

static void tell_no_list(struct message *request)
{
    buf_clear(&request->payload);
    request->format = FORMAT_NONE;
}

/* Keeps the object list to itself when there are MORE, or fewer, instances than it told last. */
static void keep_list_back(struct seeded *seeded, struct message *request, bool more)
{
    size_t count = count_instances(seeded);
    if (request->format != FORMAT_LINK)
        return;
    if (seeded->told && (more ? count > seeded->times : count < seeded->times))
        tell_no_list(request);
    seeded->told = true;
    seeded->times = count;
}

static void keep_created_back(struct seeded *seeded, struct message *request)
{
    keep_list_back(seeded, request, true);
}

static void keep_deleted_back(struct seeded *seeded, struct message *request)
{
    keep_list_back(seeded, request, false);
}

/* --- several paths -----------------------------------------------------------------------------
 */

static bool is_elsewhere(const struct record *record)
{
    return record->path.depth == 0 || record->path.id[0] != PORTFOLIO;
}

static void read_no_portfolio(const struct carried *carried)
{
    if (carried->base.depth == 0)
        seeded_sift(carried->records, is_elsewhere);
}

/* Writes what it can of a request that it refuses. */
static void write_half(const struct passing *passing)
{
    const struct seeded *seeded = passing->seeded;
    const struct message *request = passing->request;
    const struct codec *codec = codec_find(request->format);
    struct codec_types types = device_types(seeded->device);
    struct records records;
    if (request->code != CODE_IPATCH || code_is_success(passing->response->code) || codec == NULL)
        return;
    records_init(&records);
    if (codec->decode(buf_bytes(&request->payload), path_root(), &types, &records, NULL) == ST_OK)
        for (size_t i = 0; i < records.count; i++) {
            struct value value = value_copy(&records.items[i].value);
            if (device_set(seeded->device, records.items[i].path, value, NULL) != ST_OK)
                continue;
        }
    records_release(&records);
}

/* clang-format off */
const struct device_defect defects_management[] = {
    {{"created-not-told", "PF-DM-1", "does not update its registration when an instance was created"},
     .asking = keep_created_back},
    {{"id-in-use-accepted", "PF-DM-1", "answers 2.01 to a Create of an instance that is there"},
     .response = accept_id_in_use},
    {{"created-without-location", "PF-DM-1", "does not tell the location of what was created"},
     .response = tell_no_location},
    {{"deleted-not-told", "PF-DM-2", "does not update its registration when an instance was deleted"},
     .asking = keep_deleted_back},
    {{"link-outlives-instance", "PF-DM-2", "keeps the link to an instance that was deleted"},
     .response = keep_link},
    {{"delete-does-nothing", "PF-DM-2", "answers 2.02 to a Delete, and keeps the instance"},
     .request = delete_nothing},
    {{"delete-of-all-accepted", "LWM2M-DELETE", "answers 2.02 to a Delete of the object, or of a resource"},
     .request = delete_too_much},
    {{"create-is-changed", "PF-DM-2", "answers 2.04 to Create and Delete"},
     .response = answer_changed},
    {{"update-replaces", "PF-DM-3", "replaces all Identity instances by those of a partial update"},
     .request = update_replaces},
    {{"replace-updates", "PF-DM-3", "keeps Identity instances that a replacing write does not have"},
     .request = replace_updates},
    {{"writes-nothing", "PF-DM-3", "answers 2.04 to a write of Identity, and keeps the old values"},
     .request = writes_nothing},
    {{"accept-ignored", "PF-DM-4", "answers in its own format whatever Accept says"},
     .request = ignore_accept},
    {{"unknown-accept-ignored", "PF-DM-4", "answers in its own format when it does not know the one asked for"},
     .request = ignore_unknown_accept},
    {{"unknown-format-guessed", "PF-DM-4", "takes a content of unknown format for text"},
     .request = guess_unknown_format},
    {{"malformed-swallowed", "PF-DM-4", "answers 2.04 to a malformed content"},
     .response = swallow_malformed},
    {{"malformed-half-written", "PF-DM-4", "changes an Identity by a content that it refuses"},
     .response = write_garbage},
    {{"missing-is-empty", "PF-DM-5", "answers a read of what is not there with an empty content"},
     .response = missing_is_empty},
    {{"missing-is-refused", "PF-DM-5", "answers 4.00 instead of 4.04"},
     .response = missing_is_refused},
    {{"composite-lacks-portfolio", "PF-DM-7", "leaves object 16 out of a read of several paths"},
     .content = read_no_portfolio},
    {{"composite-half-written", "PF-DM-7", "writes a part of a write to several paths that it refuses"},
     .response = write_half},
    {{"single-write-replaces-all", "PF-DM-8", "lets a write to one Identity instance replace all of them"},
     .request = single_write_replaces_all},
    {{"no-single-instances", "PF-DM-8", "answers 4.05 to what is meant for one resource instance"},
     .request = no_single_instances},
    {.info = {.name = NULL}},
};
/* clang-format on */
