/* SPDX-License-Identifier: Apache-2.0 */
/* One bootstrap: what the server writes, deletes and asks, on a copy of the model
 * (LwM2M TS 1.1, 6.1.7). */
#include "base/std.h"

#include "base/portfolio.h"
#include "device/bootstrap_impl.h"

enum { SECURITY = 0, SERVER = 1, ACCESS_CONTROL = 2, DEVICE = 3 };
enum { SECURITY_BOOTSTRAP = 1, LAST_BOOTSTRAPPED = 12 };
enum { SECOND_MS = 1000 };

/* BEFORE is the model as it was when the session began, without what was deleted: an instance that
 * is deleted and written again is another one. */
struct bootstrap_session {
    struct device *device;         /* (borrowed) */
    const struct account *account; /* (borrowed) of the bootstrap server */
    struct model *before;          /* (owned) */
    struct model *after;           /* (owned) */
    struct path *deleted;          /* (owned) instances that were there */
    size_t deleted_count;
};

/* A request under way. */
struct task {
    struct bootstrap_session *session;
    const struct message *request;
    struct message *response;
    struct path path;
    bool finished;
};

struct bootstrap_session *bootstrap_session_new(struct device *device,
                                                const struct account *account)
{
    struct bootstrap_session *session = xalloc(sizeof *session);
    session->device = device;
    session->account = account;
    session->before = model_copy(device->model);
    session->after = model_copy(device->model);
    return session;
}

void bootstrap_session_free(struct bootstrap_session *session)
{
    if (session == NULL)
        return;
    model_free(session->before);
    model_free(session->after);
    free(session->deleted);
    free(session);
}

static void refuse(struct task *task, uint8_t code, const char *format, ...) PRINTF_LIKE(3, 4);
static void refuse(struct task *task, uint8_t code, const char *format, ...)
{
    va_list values;
    char text[160];
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    task->response->code = code;
    buf_puts(&task->response->payload, text);
}

/* --- Bootstrap-Write -------------------------------------------------------------------------- */

/* What the process behind object 16 alone brings about. */
static bool is_service(struct path path)
{
    return path.id[0] == PORTFOLIO && path.depth > 2 && path.id[2] >= GET_AUTH_DATA &&
           path.id[2] <= AUTH_STATUS;
}

static bool has_service(struct task *task, const struct records *records)
{
    for (size_t i = 0; i < records->count; i++)
        if (is_service(records->items[i].path)) {
            refuse(task, CODE_BAD_REQUEST, "nobody can write AuthData and AuthStatus");
            return true;
        }
    return false;
}

static void provide(struct task *task)
{
    struct records records;
    struct error error;
    records_init(&records);
    error_clear(&error);
    if (device_decode(task->session->account, task->request, task->path, &records,
                      task->response) &&
        !has_service(task, &records)) {
        enum model_result result =
            model_provide(task->session->after, task->path, &records, &error);
        device_answer(task->response, device_code(result, CODE_CHANGED), &error);
    }
    records_release(&records);
}

/* --- Bootstrap-Delete ------------------------------------------------------------------------- */

/* The way back to the bootstrap server, and what a device is not without. */
static bool stays(const struct bootstrap_session *session, struct path instance)
{
    const struct value *bootstrap =
        model_value(session->after, path_resource(SECURITY, instance.id[1], SECURITY_BOOTSTRAP));
    return instance.id[0] == DEVICE ||
           (instance.id[0] == SECURITY && bootstrap != NULL && bootstrap->boolean);
}

static void note_deleted(struct bootstrap_session *session, struct path instance)
{
    size_t count = session->deleted_count + 1;
    session->deleted = xgrow(session->deleted, count, sizeof *session->deleted);
    session->deleted[session->deleted_count++] = instance;
}

static void remove_instance(struct bootstrap_session *session, struct path instance)
{
    if (model_has(session->before, instance)) {
        note_deleted(session, instance);
        model_remove(session->before, instance, false);
    }
    model_remove(session->after, instance, false);
}

static void remove_instances(struct bootstrap_session *session, struct path object)
{
    size_t count = 0;
    uint16_t *ids = model_ids(session->after, object, &count);
    for (size_t i = 0; i < count; i++)
        if (!stays(session, path_child(object, ids[i])))
            remove_instance(session, path_child(object, ids[i]));
    free(ids);
}

static void remove_all(struct bootstrap_session *session)
{
    size_t count = 0;
    uint16_t *ids = model_ids(session->after, path_root(), &count);
    for (size_t i = 0; i < count; i++)
        remove_instances(session, path_object(ids[i]));
    free(ids);
}

static void delete_target(struct task *task)
{
    struct bootstrap_session *session = task->session;
    char name[PATH_TEXT];
    path_text(task->path, name);
    if (!model_has(session->after, task->path))
        refuse(task, CODE_BAD_REQUEST, "\"%s\" is not there", name);
    else if (task->path.depth == 2 && stays(session, task->path))
        refuse(task, CODE_BAD_REQUEST, "\"%s\" has to stay", name);
    else {
        task->response->code = CODE_DELETED;
        if (task->path.depth == 0)
            remove_all(session);
        else if (task->path.depth == 1)
            remove_instances(session, task->path);
        else
            remove_instance(session, task->path);
    }
}

/* --- Bootstrap-Discover and Bootstrap-Read ---------------------------------------------------- */

static void discover(struct task *task)
{
    enum lwm2m_version version = task->session->account->version;
    if (!model_has(task->session->after, task->path)) {
        task->response->code = CODE_NOT_FOUND;
        return;
    }
    if (!bootstrap_discover(task->session->after, version, task->path, &task->response->payload))
        return;
    task->response->format = FORMAT_LINK;
    task->response->code = CODE_CONTENT;
}

/* LwM2M 1.0 has none. Of the accounts, nobody reads the half with the keys. */
static void read_target(struct task *task)
{
    const struct account *account = task->session->account;
    unsigned object = task->path.id[0];
    struct records records;
    if (account->version == LWM2M_1_0 || (object != SERVER && object != ACCESS_CONTROL)) {
        task->response->code = CODE_METHOD_NOT_ALLOWED;
        return;
    }
    records_init(&records);
    enum model_result result = model_read_all(task->session->after, task->path, &records);
    task->response->code = device_code(result, CODE_CONTENT);
    if (result == MODEL_OK)
        device_encode(account, &records, task->path, task->request->accept, task->response);
    records_release(&records);
}

/* --- Bootstrap-Finish ------------------------------------------------------------------------- */

static void finish(struct task *task)
{
    struct error error;
    error_clear(&error);
    task->finished = model_check_accounts(task->session->after, &error) == MODEL_OK;
    device_answer(task->response, task->finished ? CODE_CHANGED : CODE_NOT_ACCEPTABLE, &error);
    if (!task->finished)
        trace_say(task->session->device->config.trace, EVENT_WARNING, "device",
                  "what the bootstrap server wrote cannot be used: %s", error.text);
}

/* --- which operation it is -------------------------------------------------------------------- */

/* Depths of a path, as a set. */
enum { ROOT = 1 << 0, OBJECT = 1 << 1, INSTANCE = 1 << 2, RESOURCE = 1 << 3, DEEPEST = 1 << 4 };

struct route {
    uint8_t method;
    bool links; /* a GET that wants links */
    unsigned depths;
    void (*serve)(struct task *task);
};

/* What is in none of the rows is answered 4.05. */
static const struct route routes[] = {
    {CODE_PUT, false, OBJECT | INSTANCE | RESOURCE | DEEPEST, provide},
    {CODE_DELETE, false, ROOT | OBJECT | INSTANCE, delete_target},
    {CODE_GET, true, ROOT | OBJECT, discover},
    {CODE_GET, false, OBJECT | INSTANCE, read_target},
};

static bool is_finish(const struct message *request)
{
    return request->code == CODE_POST && request->path.count == 1 &&
           bytes_is(segments_at(&request->path, 0), "bs");
}

static bool read_path(const struct message *request, struct path *out)
{
    struct buf text;
    buf_init(&text, PATH_TEXT);
    segments_join(&request->path, '/', &text);
    *out = path_root();
    bool good = request->path.count == 0 || (!text.bad && path_parse(buf_bytes(&text), out));
    buf_release(&text);
    return good;
}

static void serve(struct task *task)
{
    bool links = task->request->code == CODE_GET && task->request->accept == FORMAT_LINK;
    if (!read_path(task->request, &task->path)) {
        refuse(task, CODE_BAD_REQUEST, "the path names nothing that can be there");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(routes); i++)
        if (routes[i].method == task->request->code && routes[i].links == links &&
            (routes[i].depths & 1u << task->path.depth) != 0) {
            routes[i].serve(task);
            return;
        }
    task->response->code = CODE_METHOD_NOT_ALLOWED;
}

bool bootstrap_session_handle(struct bootstrap_session *session, const struct message *request,
                              struct message *response)
{
    struct task task = {.session = session, .request = request, .response = response};
    if (is_finish(request))
        finish(&task);
    else
        serve(&task);
    return task.finished;
}

/* --- making it true --------------------------------------------------------------------------- */

static bool is_written(const struct bootstrap_session *session, struct path instance)
{
    struct records before;
    struct records after;
    records_init(&before);
    records_init(&after);
    bool known = model_read_all(session->before, instance, &before) == MODEL_OK &&
                 model_read_all(session->after, instance, &after) == MODEL_OK;
    bool written = known && !records_equal(&before, &after);
    records_release(&before);
    records_release(&after);
    return written;
}

/* Registered servers went on meanwhile. What one of them has deleted is gone, but for an account or
 * a right that was written: that comes back whole. What both made is what the bootstrap says. */
static void settle_instance(struct bootstrap_session *session, struct path instance)
{
    bool was = model_has(session->before, instance);
    bool is = model_has(session->device->model, instance);
    if (!was && is)
        note_deleted(session, instance);
    if (!was || is)
        return;
    if (instance.id[0] > ACCESS_CONTROL || !is_written(session, instance))
        model_remove(session->after, instance, false);
    model_remove(session->before, instance, false);
}

static void settle(struct bootstrap_session *session)
{
    size_t count = 0;
    uint16_t *objects = model_ids(session->after, path_root(), &count);
    for (size_t i = 0; i < count; i++) {
        struct path object = path_object(objects[i]);
        size_t instances = 0;
        uint16_t *ids = model_ids(session->after, object, &instances);
        for (size_t j = 0; j < instances; j++)
            settle_instance(session, path_child(object, ids[j]));
        free(ids);
    }
    free(objects);
}

static void remove_deleted(struct bootstrap_session *session)
{
    struct model *model = session->device->model;
    model_begin(model);
    for (size_t i = 0; i < session->deleted_count; i++)
        model_remove(model, session->deleted[i], false);
    model_end(model);
}

/* What was not written again leaves nothing behind. */
static void forget_deleted(struct bootstrap_session *session)
{
    for (size_t i = 0; i < session->deleted_count; i++)
        if (!model_has(session->after, session->deleted[i]))
            management_forget(session->device, session->deleted[i]);
}

/* A Portfolio instance that comes of it gets its services, as one that a server creates does. */
static void add_portfolios(struct bootstrap_session *session)
{
    size_t count = 0;
    uint16_t *ids = model_ids(session->device->model, path_object(PORTFOLIO), &count);
    for (size_t i = 0; i < count; i++)
        portfolio_add(session->device->portfolio, ids[i]);
    free(ids);
}

static enum status tell_when(struct device *device)
{
    uint16_t ids[64];
    enum status status = ST_OK;
    size_t count = model_children(device->model, path_object(SERVER), ids, COUNT_OF(ids));
    for (size_t i = 0; i < count && i < COUNT_OF(ids); i++) {
        struct path path = path_resource(SERVER, ids[i], LAST_BOOTSTRAPPED);
        int64_t now = clock_utc(device->config.clock) / SECOND_MS;
        if (catalogue_resource(model_catalogue(device->model), path) != NULL && status == ST_OK)
            status = model_put(device->model, path, value_time(now));
    }
    return status;
}

/* Two steps, because of an instance that is deleted and written again both is told. */
void bootstrap_session_apply(struct bootstrap_session *session)
{
    struct device *device = session->device;
    settle(session);
    remove_deleted(session);
    model_begin(device->model);
    enum status status = model_merge(device->model, session->before, session->after);
    add_portfolios(session);
    forget_deleted(session);
    if (status == ST_OK)
        status = tell_when(device);
    model_end(device->model);
    if (status != ST_OK)
        trace_say(device->config.trace, EVENT_ERROR, "device",
                  "a part of what the bootstrap server wrote has no room: %s", status_text(status));
}
