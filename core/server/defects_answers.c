/* SPDX-License-Identifier: Apache-2.0 */
/* Defects of what a server makes of answers and notifications, and of what it answers itself. */
#include "base/std.h"

#include "server/defects_impl.h"

/* --- what it takes from contents ------------------------------------------------------------ */

/* Removes each record for which OTHER says so of one that stands before it. */
static void remove_if(struct records *records,
                      bool (*other)(const struct record *before, const struct record *record))
{
    size_t kept = 0;
    for (size_t i = 0; i < records->count; i++) {
        bool goes = false;
        for (size_t k = 0; !goes && k < kept; k++)
            goes = other(&records->items[k], &records->items[i]);
        if (goes)
            value_release(&records->items[i].value);
        else
            records->items[kept++] = records->items[i];
    }
    records->count = kept;
}

static bool is_another_instance(const struct record *before, const struct record *record)
{
    return before->path.depth == 4 && record->path.depth == 4 &&
           path_equal(path_cut(before->path, 3), path_cut(record->path, 3));
}

static bool is_another_resource(const struct record *before, const struct record *record)
{
    return path_equal(path_cut(before->path, 2), path_cut(record->path, 2));
}

static void keep_first_instance(struct path path, bool is_news, struct records *records)
{
    UNUSED(path);
    UNUSED(is_news);
    remove_if(records, is_another_instance);
}

static void keep_first_resource(struct path path, bool is_news, struct records *records)
{
    UNUSED(is_news);
    if (path.depth == 2)
        remove_if(records, is_another_resource);
}

static void lose_news(struct path path, bool is_news, struct records *records)
{
    UNUSED(path);
    if (is_news && records->count > 1)
        value_release(&records->items[--records->count].value);
}

/* A text loses its last octet. */
static void cut_texts(struct path path, bool is_news, struct records *records)
{
    UNUSED(path);
    UNUSED(is_news);
    for (size_t i = 0; i < records->count; i++) {
        struct value *value = &records->items[i].value;
        if (value->type == VALUE_STRING && value->octets.len > 1 &&
            records->items[i].path.id[0] != 16)
            value->octets.len--;
    }
}

static void count_wrongly(struct path path, bool is_news, struct records *records)
{
    UNUSED(path);
    for (size_t i = 0; is_news && i < records->count; i++)
        if (records->items[i].value.type == VALUE_INTEGER && records->items[i].path.id[0] == 16)
            records->items[i].value.integer ^= 1;
}

/* --- what it says of answers ---------------------------------------------------------------- */

static bool lose_notifications(bool is_news, const struct message *request,
                               struct message *response)
{
    UNUSED(request);
    UNUSED(response);
    return !is_news;
}

static void say_done(unsigned method, unsigned depth, uint8_t code, const struct message *request,
                     struct message *response)
{
    if (request->code == method && request_raw_path(request).depth >= depth &&
        !code_is_success(response->code))
        response->code = code;
}

static bool say_executed(bool is_news, const struct message *request, struct message *response)
{
    UNUSED(is_news);
    if (request_raw_path(request).depth == 3)
        say_done(CODE_POST, 3, CODE_CHANGED, request, response);
    return true;
}

static bool say_deleted(bool is_news, const struct message *request, struct message *response)
{
    UNUSED(is_news);
    say_done(CODE_DELETE, 1, CODE_DELETED, request, response);
    return true;
}

static bool say_found(bool is_news, const struct message *request, struct message *response)
{
    UNUSED(is_news);
    if (request->observe < 0)
        say_done(CODE_GET, 1, CODE_CONTENT, request, response);
    return true;
}

/* --- what it takes from a registration ------------------------------------------------------- */

static int64_t keep_for_a_year(int64_t lifetime)
{
    UNUSED(lifetime);
    return INT64_C(365) * 24 * 3600 * 1000;
}

/* Without the flag `Q`, or that of a binding of 1.0, so that nothing is ever held. */
static void lose_queue_mode(struct message *request)
{
    struct segments kept;
    segments_init(&kept);
    for (size_t i = 0; i < request->query.count; i++) {
        struct bytes item = segments_at(&request->query, i);
        if (bytes_is(item, "b=UQ"))
            item = bytes_of("b=U");
        if (!bytes_is(item, "Q") && !segments_add(&kept, item))
            break;
    }
    segments_release(&request->query);
    request->query = kept;
}

/* --- what it answers ------------------------------------------------------------------------ */

static bool is_at(const struct message *request, unsigned method, const char *root, size_t depth)
{
    return request->code == method && request->path.count == depth &&
           bytes_is(segments_at(&request->path, 0), root);
}

static void keep_location(const struct message *request, struct message *response)
{
    if (!is_at(request, CODE_POST, "rd", 1))
        return;
    segments_release(&response->location);
    segments_init(&response->location);
}

static void refuse_update(const struct message *request, struct message *response)
{
    if (is_at(request, CODE_POST, "rd", 2))
        response->code = CODE_NOT_FOUND;
}

static void serve_old_locations(const struct message *request, struct message *response)
{
    if (is_at(request, CODE_POST, "rd", 2) && response->code == CODE_NOT_FOUND)
        response->code = CODE_CHANGED;
}

static void refuse_deregister(const struct message *request, struct message *response)
{
    if (is_at(request, CODE_DELETE, "rd", 2))
        response->code = CODE_NOT_FOUND;
}

static void refuse_send(const struct message *request, struct message *response)
{
    if (is_at(request, CODE_POST, "dp", 1))
        response->code = CODE_METHOD_NOT_ALLOWED;
}

static void refuse_bootstrap(const struct message *request, struct message *response)
{
    if (is_at(request, CODE_POST, "bs", 1))
        response->code = CODE_BAD_REQUEST;
}

/* --- the rows ------------------------------------------------------------------------------- */

/* clang-format off */
const struct server_defect defects_answers[] = {
    {.info = {"instances-dropped", "PF-SRV-5", "takes the first instance of a multiple resource only"},
     .content = keep_first_instance},
    {.info = {"resources-dropped", "PF-SRV-5", "takes the first resource of an object instance only"},
     .content = keep_first_resource},
    {.info = {"news-dropped", "PF-SRV-5", "leaves out the last value of a notification"},
     .content = lose_news},
    {.info = {"news-misread", "PF-SRV-5", "takes the wrong AuthStatus from notifications"},
     .content = count_wrongly},
    {.info = {"texts-cut", "LWM2M-READ", "drops the last octet of texts"},
     .content = cut_texts},
    {.info = {"notifications-lost", "LWM2M-NOTIFY", "ignores notifications"},
     .answered = lose_notifications},
    {.info = {"execute-always-done", "LWM2M-EXECUTE", "says 2.04 of what the device refuses to execute"},
     .answered = say_executed},
    {.info = {"delete-always-done", "LWM2M-DELETE", "says 2.02 of what the device refuses to delete"},
     .answered = say_deleted},
    {.info = {"read-always-done", "LWM2M-READ", "says 2.05 of what the device refuses to read"},
     .answered = say_found},
    {.info = {"location-missing", "PF-SRV-4", "accepts a registration without telling its location"},
     .response = keep_location},
    {.info = {"lifetime-ignored", "LWM2M-REGISTER", "keeps registrations beyond their lifetime"},
     .keeps = keep_for_a_year},
    {.info = {"queue-mode-ignored", "LWM2M-REGISTER", "takes a client in queue mode for one that always listens"},
     .request = lose_queue_mode},
    {.info = {"update-refused", "PF-SRV-4", "answers 4.04 to an update of a registration that is in force"},
     .response = refuse_update},
    {.info = {"old-location-served", "LWM2M-UPDATE", "answers 2.04 to an update of a registration that is over"},
     .response = serve_old_locations},
    {.info = {"deregister-refused", "LWM2M-DEREGISTER", "answers 4.04 to a de-registration"},
     .response = refuse_deregister},
    {.info = {"send-refused", "LWM2M-SEND", "answers 4.05 to a Send that it has taken"},
     .response = refuse_send},
    {.info = {"bootstrap-refused", "LWM2M-BOOTSTRAP", "answers 4.00 to whoever asks for a bootstrap"},
     .response = refuse_bootstrap},
    {.info = {NULL, NULL, NULL}},
};
