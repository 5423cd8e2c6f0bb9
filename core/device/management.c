/* SPDX-License-Identifier: Apache-2.0 */
/* The device management interface: which operation a request is, and doing it
 * (LwM2M TS 1.0, 5.4). */
#include "base/std.h"

#include "base/portfolio.h"
#include "device/device_impl.h"

enum { SECURITY = 0, SERVER = 1, DEVICE = 3, EXT_DEV_INFO = 22 };

/* A request under way. */
struct task {
    struct device *device;
    struct registration *registration; /* of the server that asks */
    const struct account *asker;
    const struct message *request;
    struct message *response;
    struct path path;
};

/* --- operations ----------------------------------------------------------------------- */

/* The observation comes before the data leaves: it must see the state that the answer shows. */
static void read_target(struct task *task)
{
    struct device *device = task->device;
    struct records records;
    struct records paths;
    records_init(&records);
    records_init(&paths);
    device_content(task->asker, task->path, task->request->accept, &records, task->response);
    if (!records_add(&paths, task->path, value_none()))
        task->response->code = CODE_INTERNAL_ERROR;
    if (task->response->code == CODE_CONTENT) {
        if (task->request->observe == 0)
            reporting_observe(device->reporting, task->registration, task->request, &paths,
                              task->response);
        portfolio_leaves(device->portfolio, PORTFOLIO_READ, task->path, &records);
    }
    records_release(&records);
    records_release(&paths);
}

static void read_composite(struct task *task)
{
    composite_read(task->device, task->registration, task->request, task->response);
}

static void write_composite(struct task *task)
{
    composite_write(task->device, task->asker, task->request, task->response);
}

static void discover(struct task *task)
{
    struct links links;
    links_init(&links);
    if (listing_discover(task->asker, task->path, &links)) {
        links_encode(&links, &task->response->payload);
        task->response->format = FORMAT_LINK;
        task->response->code = CODE_CONTENT;
    }
    links_release(&links);
}

static bool take_content(struct task *task, struct records *records)
{
    return device_decode(task->asker, task->request, task->path, records, task->response);
}

/* Whether there is such a target and servers may write it is told first, whatever the content. */
static bool check_target(struct task *task)
{
    struct records nothing;
    struct error error;
    records_init(&nothing);
    error_clear(&error);
    enum model_result result =
        model_check_write(task->device->model, task->path, MODEL_UPDATE, &nothing, &error);
    bool refused = result == MODEL_NOT_FOUND || result == MODEL_NOT_ALLOWED;
    if (refused)
        device_answer(task->response, device_code(result, CODE_CHANGED), &error);
    return !refused;
}

static void write_target(struct task *task, enum model_write_mode mode)
{
    struct records records;
    struct error error;
    records_init(&records);
    error_clear(&error);
    if (check_target(task) && take_content(task, &records))
        device_answer(
            task->response,
            device_code(model_write(task->device->model, task->path, mode, &records, &error),
                        CODE_CHANGED),
            &error);
    records_release(&records);
}

static void replace(struct task *task)
{
    write_target(task, MODEL_REPLACE);
}

static void update(struct task *task)
{
    write_target(task, MODEL_UPDATE);
}

/* A POST to a resource with a content other than text: a partial update, unless the resource is
 * executable; then the arguments are in the wrong format. */
static void update_resource(struct task *task)
{
    const struct resource_def *def =
        catalogue_resource(model_catalogue(task->device->model), task->path);
    if ((def->ops & OP_EXECUTE) != 0)
        device_answer(task->response, CODE_UNSUPPORTED_FORMAT, NULL);
    else
        update(task);
}

static void execute(struct task *task)
{
    task->response->code =
        execute_resource(task->device, task->path, buf_bytes(&task->request->payload));
}

static void write_attributes(struct task *task)
{
    bool is_empty = task->request->query.count == 0 || task->request->payload.len > 0;
    if (!model_has(task->device->model, task->path))
        task->response->code = CODE_NOT_FOUND;
    else if (is_empty)
        task->response->code = CODE_BAD_REQUEST;
    else
        task->response->code = reporting_write_attributes(
            task->device->reporting, task->asker->ssid, task->path, &task->request->query);
}

/* A path of ids has room for two more segments than it needs. */
static void add_location(struct message *response, struct path path)
{
    char id[8];
    for (unsigned i = 0; i < path.depth; i++) {
        snprintf(id, sizeof id, "%u", (unsigned)path.id[i]);
        if (!segments_add(&response->location, bytes_of(id)))
            response->code = CODE_INTERNAL_ERROR;
    }
}

/* A content that says nothing needs no format: the device chooses the id, all resources are empty.
 */
static bool says_nothing(const struct message *request)
{
    return request->format == FORMAT_NONE && request->payload.len == 0;
}

/* rule: PF-DM-1, I-17. What a Portfolio instance gets belongs to the same step, and so does who may
 * do what with it: an instance without that is of no use to anybody. */
static enum model_result create_instance(struct task *task, const struct records *records,
                                         uint16_t *out_instance, struct error *error)
{
    struct device *device = task->device;
    unsigned object = task->path.id[0];
    model_begin(device->model);
    enum model_result result = model_create(
        device->model, object, records, device->config.profile->strict_create, out_instance, error);
    struct path instance = path_child(task->path, *out_instance);
    if (result == MODEL_OK && !access_grant(device, task->asker->ssid, instance)) {
        model_remove(device->model, instance, false);
        error_set(error, "the device has no room for the access rights; delete an instance");
        result = MODEL_BAD_REQUEST;
    }
    if (result == MODEL_OK && object == PORTFOLIO)
        portfolio_add(device->portfolio, *out_instance);
    model_end(device->model);
    return result;
}

static void create(struct task *task)
{
    struct records records;
    struct error error;
    uint16_t instance = 0;
    records_init(&records);
    error_clear(&error);
    if (says_nothing(task->request) || take_content(task, &records)) {
        enum model_result result = create_instance(task, &records, &instance, &error);
        device_answer(task->response, device_code(result, CODE_CREATED), &error);
        if (result == MODEL_OK)
            add_location(task->response, path_child(task->path, instance));
    }
    records_release(&records);
}

/* rule: I-18 */
static void remove_links(struct model *model, unsigned portfolio)
{
    struct path list = path_resource(DEVICE, 0, EXT_DEV_INFO);
    size_t count = 0;
    uint16_t *ids = model_ids(model, list, &count);
    for (size_t i = 0; i < count; i++) {
        struct objlink link = model_value(model, path_child(list, ids[i]))->link;
        if (link.object == PORTFOLIO && link.instance == portfolio)
            model_remove(model, path_child(list, ids[i]), true);
    }
    free(ids);
}

void management_forget(struct device *device, struct path instance)
{
    if (instance.id[0] == PORTFOLIO)
        remove_links(device->model, instance.id[1]);
    access_revoke(device, instance);
}

/* rule: PF-DM-2. Process, observations and registration follow the model. */
static void delete_target(struct task *task)
{
    struct device *device = task->device;
    model_begin(device->model);
    enum model_result result = model_delete(device->model, task->path.id[0], task->path.id[1]);
    if (result == MODEL_OK)
        management_forget(device, task->path);
    /* Before others hear of it: nothing more is told the server that is gone. */
    if (result == MODEL_OK && task->path.id[0] == SERVER)
        registrations_load_soon(device);
    model_end(device->model);
    task->response->code = device_code(result, CODE_DELETED);
}

/* --- which operation it is ------------------------------------------------------------ */

/* What a request carries, or (GET) wants. */
enum content { NOTHING = 1, TEXT = 2, OTHER = 4, LINKS = 8 };
/* Depths of a path, as a set. */
enum {
    ROOT = 1 << 0,
    OBJECT = 1 << 1,
    INSTANCE = 1 << 2,
    RESOURCE = 1 << 3,
    RESOURCE_INSTANCE = 1 << 4
};
enum { ANYWHERE = OBJECT | INSTANCE | RESOURCE | RESOURCE_INSTANCE };

struct route {
    uint8_t method;
    unsigned depths;   /* set of depths */
    unsigned contents; /* set of enum content */
    unsigned right;    /* RIGHT_ bit that it takes; 0: none, or who serves it asks */
    void (*serve)(struct task *task);
};

/* What is in none of the rows is answered 4.05. A POST to a resource instance is in no table of
 * the standard; ETS 228 prints it for a write. */
static const struct route routes[] = {
    {CODE_GET, OBJECT | INSTANCE | RESOURCE, LINKS, 0, discover},
    {CODE_GET, ANYWHERE, NOTHING, 0, read_target},
    {CODE_PUT, INSTANCE | RESOURCE | RESOURCE_INSTANCE, TEXT | OTHER, RIGHT_WRITE, replace},
    {CODE_PUT, ANYWHERE, NOTHING, RIGHT_READ, write_attributes},
    {CODE_POST, OBJECT, NOTHING | TEXT | OTHER, RIGHT_CREATE, create},
    {CODE_POST, INSTANCE, NOTHING | TEXT | OTHER, RIGHT_WRITE, update},
    {CODE_POST, RESOURCE, NOTHING | TEXT, RIGHT_EXECUTE, execute},
    {CODE_POST, RESOURCE, OTHER, RIGHT_WRITE, update_resource},
    {CODE_POST, RESOURCE_INSTANCE, TEXT | OTHER, RIGHT_WRITE, update},
    {CODE_DELETE, INSTANCE, NOTHING | TEXT | OTHER, RIGHT_DELETE, delete_target},
    {CODE_FETCH, ROOT, NOTHING | TEXT | OTHER, 0, read_composite},
    {CODE_IPATCH, ROOT, NOTHING | TEXT | OTHER, 0, write_composite},
};

static enum content content_of(const struct message *request)
{
    if (request->code == CODE_GET)
        return request->accept == FORMAT_LINK ? LINKS : NOTHING;
    if (request->format == FORMAT_NONE)
        return NOTHING;
    const struct codec *codec = codec_find(request->format);
    return codec != NULL && codec->format == FORMAT_TEXT ? TEXT : OTHER;
}

/* Composite operations are what LwM2M 1.1 has on the root, and 1.0 has nothing there. */
static const struct route *find_route(const struct task *task)
{
    enum content content = content_of(task->request);
    if (task->path.depth == 0 && task->asker->version == LWM2M_1_0)
        return NULL;
    for (size_t i = 0; i < COUNT_OF(routes); i++)
        if (routes[i].method == task->request->code && (routes[i].contents & content) != 0 &&
            (routes[i].depths & 1u << task->path.depth) != 0)
            return &routes[i];
    return NULL;
}

/* Reads the Uri-Path: 0, or a CoAP code. A segment that is missing in the middle is a path error,
 * and whatever else is no id names nothing that is there. */
static uint8_t read_path(const struct segments *segments, struct path *out)
{
    *out = path_root();
    if (segments->count > PATH_MOST)
        return CODE_NOT_FOUND;
    for (size_t i = 0; i < segments->count; i++) {
        struct bytes segment = segments_at(segments, i);
        int64_t id = 0;
        if (segment.len == 0)
            return CODE_METHOD_NOT_ALLOWED;
        if (!parse_decimal(segment, &id) || id < 0 || id > ID_MOST)
            return CODE_NOT_FOUND;
        *out = path_child(*out, (unsigned)id);
    }
    return 0;
}

/* The code of a request that no operation needs to look at, else 0. */
static uint8_t refusal(const struct task *task, const struct route *route)
{
    if (task->path.depth > 0 && task->path.id[0] == SECURITY)
        return CODE_UNAUTHORIZED; /* ETS 221: whatever it is */
    if (!model_has(task->device->model, path_cut(task->path, 3)))
        return CODE_NOT_FOUND;
    if (route == NULL)
        return CODE_METHOD_NOT_ALLOWED;
    bool controlled = task->path.depth > 1 || route->right == RIGHT_CREATE;
    bool allowed =
        !controlled || access_allows(task->device, task->asker->ssid, task->path, route->right);
    return allowed ? 0 : CODE_UNAUTHORIZED;
}

void management_handle(struct device *device, struct registration *asker,
                       const struct message *request, struct message *response)
{
    struct task task = {device, asker, registration_account(asker), request, response, path_root()};
    if (request->observe == 1)
        reporting_cancel(device->reporting, asker, request);
    response->code = read_path(&request->path, &task.path);
    if (response->code != 0)
        return;
    const struct route *route = find_route(&task);
    response->code = refusal(&task, route);
    if (response->code != 0)
        return;
    response->code = CODE_INTERNAL_ERROR;
    route->serve(&task);
}
