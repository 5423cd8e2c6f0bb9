/* SPDX-License-Identifier: Apache-2.0 */
/* Object 16: what the cells of its state table do, and what moves an instance in it. */
#include "base/std.h"

#include "base/portfolio.h"
#include "codec/arguments.h"
#include "device/device_impl.h"
#include "device/portfolio_impl.h"

/* One instance of object 16 and the process behind it. */
struct process {
    struct portfolio *portfolio; /* (borrowed) */
    uint16_t instance;
    enum portfolio_status status; /* what /16/x/3 shows, where the instance has it (I-16) */
    unsigned job;                 /* of the secure component; 0: none */
    bool provisioned;     /* what the component holds under this id is meant for it (I-19) */
    struct timer failure; /* runs when a process fails that the component never got */
    const char *problem;  /* (borrowed) why it will */
    struct process *next; /* (owned) */
};

struct portfolio {
    struct device *device;     /* (borrowed) */
    struct process *processes; /* (owned) one for each instance, in no order */
    struct model_watcher watcher;
    const struct portfolio_ops *ops; /* (borrowed) */
    bool serves; /* instances that a server creates get 1, 2 and 3, as those of the profile have */
};

/* What an event brings along. */
struct occasion {
    const struct secure_request *request; /* (borrowed) GetAuthData accepted */
    struct bytes auth_data;               /* the process delivers */
    const char *reason;                   /* (borrowed) it fails; may be NULL */
};

static struct path resource_of(const struct process *process, unsigned resource)
{
    return path_resource(PORTFOLIO, process->instance, resource);
}

static struct model *model_of(const struct process *process)
{
    return process->portfolio->device->model;
}

/* --- actions ----------------------------------------------------------------------------- */

static void process_done(void *arg, enum secure_result result, struct bytes auth_data);
static void process_failed(void *arg);

static bool empty(struct process *process, const struct occasion *occasion)
{
    UNUSED(occasion);
    model_remove(model_of(process), resource_of(process, AUTH_DATA), true);
    return true;
}

static void stop(struct process *process)
{
    component_cancel(process->portfolio->device->config.component, process->job);
    process->job = 0;
    timer_stop(&process->failure);
}

/* rule: I-10, what is under way in blocks goes too. */
static bool drop(struct process *process, const struct occasion *occasion)
{
    char instance[PATH_TEXT];
    path_text(path_instance(PORTFOLIO, process->instance), instance);
    stop(process);
    endpoint_forget_bodies(process->portfolio->device->config.endpoint, instance);
    return empty(process, occasion);
}

/* Asks the secure component; NULL, or why it could not be asked. */
static const char *ask(struct process *process, const struct secure_request *given)
{
    struct secure_request request = *given;
    struct path path = path_child(resource_of(process, IDENTITY), request.identity);
    const struct value *identity = model_value(model_of(process), path);
    if (!process->provisioned)
        return "the instance was created by a server and has no keys; provision it";
    if (identity == NULL)
        return "the instance has no such identity";
    if (request.service == SERVICE_ENCRYPTION)
        request.data = value_bytes(identity);
    process->job = component_start(process->portfolio->device->config.component, &request,
                                   process_done, process);
    return process->job != 0 ? NULL : "the secure component takes no more work";
}

/* rule: PF-STATE-10, PF-ENC-1. What the component cannot be asked for fails after the answer, as
 * what it refuses does (I-9). */
static bool start(struct process *process, const struct occasion *occasion)
{
    drop(process, occasion);
    process->problem = ask(process, occasion->request);
    if (process->problem != NULL)
        timer_start(&process->failure, process->portfolio->device->config.clock, 0, process_failed,
                    process);
    return true;
}

/* rule: I-2. All but the last instance are of one length. */
static bool fill(struct process *process, const struct occasion *occasion)
{
    struct path path = resource_of(process, AUTH_DATA);
    struct bytes rest = occasion->auth_data;
    size_t most = process->portfolio->device->config.profile->auth_data_instances;
    size_t part = (rest.len + most - 1) / most;
    bool is_good = model_has(model_of(process), path);
    for (unsigned i = 0; is_good && (i == 0 || rest.len > 0); i++) {
        struct bytes next = {rest.data, rest.len < part ? rest.len : part};
        is_good = model_put(model_of(process), path_child(path, i),
                            value_octets(VALUE_OPAQUE, next)) == ST_OK;
        rest = (struct bytes){rest.data + next.len, rest.len - next.len};
    }
    return is_good;
}

/* Gives false when the process fails after all. */
static bool act(struct process *process, enum portfolio_action action,
                const struct occasion *occasion)
{
    static bool (*const acts[PORTFOLIO_ACTIONS])(struct process *, const struct occasion *) = {
        [START] = start, [FILL] = fill, [EMPTY] = empty, [DROP] = drop};
    return acts[action] == NULL || acts[action](process, occasion);
}

/* --- moving in the table ----------------------------------------------------------------- */

static void trace_status(const struct process *process, enum portfolio_status next,
                         const char *reason)
{
    char path[PATH_TEXT];
    struct event event = event_of(EVENT_STATE, "device");
    event.path = path_text(resource_of(process, AUTH_STATUS), path);
    event.from = portfolio_status_name(process->status);
    event.to = portfolio_status_name(next);
    event.text = reason;
    trace_emit(process->portfolio->device->config.trace, &event);
}

static void change_status(struct process *process, enum portfolio_status next, const char *reason)
{
    struct path path = resource_of(process, AUTH_STATUS);
    bool shown = model_has(model_of(process), path);
    if (shown && next != process->status)
        trace_status(process, next, reason);
    process->status = next;
    if (!shown)
        return;
    enum status status = model_put(model_of(process), path, value_integer(next));
    assert(status == ST_OK); /* it is there, and an integer */
    UNUSED(status);
}

/* Everything that an event changes is one step for whoever watches (I-22). */
static void happen(struct process *process, enum portfolio_event event,
                   const struct occasion *occasion)
{
    const struct portfolio_ops *ops = process->portfolio->ops;
    struct portfolio_cell cell = ops->cell(ops, event, process->status);
    struct model *model = model_of(process);
    if (cell.action == NOTHING && cell.next == process->status)
        return;
    model_begin(model);
    bool good = act(process, cell.action, occasion);
    change_status(process, good ? cell.next : ERROR, occasion->reason);
    model_end(model);
}

static const struct occasion nothing_special;

static void process_done(void *arg, enum secure_result result, struct bytes auth_data)
{
    struct process *process = arg;
    struct occasion occasion = {.auth_data = auth_data};
    process->job = 0;
    if (result != SECURE_OK)
        occasion.reason = secure_result_text(result);
    happen(process, result == SECURE_OK ? DELIVERED : FAILED, &occasion);
}

static void process_failed(void *arg)
{
    struct process *process = arg;
    happen(process, FAILED, &(struct occasion){.reason = process->problem});
}

static struct process **find(struct portfolio *portfolio, unsigned instance)
{
    struct process **at = &portfolio->processes;
    while (*at != NULL && (*at)->instance != instance)
        at = &(*at)->next;
    return at;
}

/* --- the arguments of GetAuthData -------------------------------------------------------- */

/* What a server asks for, when its arguments make sense. */
struct demand {
    struct secure_request request;
    struct buf challenge; /* the octets */
};

static const char *const argument_names[] = {"service", "identity instance id", "challenge",
                                             "key index"};

static bool given_once(const struct arguments *arguments, struct error *error)
{
    for (unsigned digit = 0; digit <= 9; digit++) {
        size_t count = 0;
        arguments_find(arguments, digit, &count);
        if (count > 1) {
            error_set(error, "argument '%u' is given %zu times; give it once", digit, count);
            return false;
        }
    }
    return true;
}

static bool take(const struct arguments *arguments, unsigned digit, struct bytes *out,
                 struct error *error)
{
    size_t count = 0;
    const struct argument *argument = arguments_find(arguments, digit, &count);
    if (argument != NULL && argument->has_value) {
        *out = argument->value;
        return true;
    }
    error_set(error, "argument '%u' (%s) %s; give it a value", digit, argument_names[digit],
              argument == NULL ? "is missing" : "has no value");
    return false;
}

/* rule: I-3 */
static bool take_number(const struct arguments *arguments, unsigned digit, int64_t most,
                        int64_t *out, struct error *error)
{
    struct bytes text;
    if (!take(arguments, digit, &text, error))
        return false;
    if (parse_decimal(text, out) && *out >= 0 && *out <= most)
        return true;
    error_set(error, "argument '%u' (%s) is \"%.*s\"; give a decimal number from 0 to %" PRId64,
              digit, argument_names[digit], (int)text.len, (const char *)text.data, most);
    return false;
}

/* rule: PF-ARG-1, I-13 */
static bool take_service(const struct arguments *arguments, bool lenient, enum service *out,
                         struct error *error)
{
    struct bytes text;
    int64_t number = 0;
    if (!take(arguments, 0, &text, error))
        return false;
    if (lenient && service_symbol_named(text, out))
        return true;
    if (!take_number(arguments, 0, SERVICE_COUNT - 1, &number, error))
        return false;
    *out = (enum service)number;
    return true;
}

static bool take_id(const struct arguments *arguments, unsigned digit, uint16_t *out,
                    struct error *error)
{
    int64_t number = 0;
    bool good = take_number(arguments, digit, ID_MOST, &number, error);
    *out = (uint16_t)number;
    return good;
}

/* rule: PF-ARG-8, I-4 */
static bool take_challenge(const struct arguments *arguments, enum challenge_rule rule,
                           struct demand *out, struct error *error)
{
    struct bytes text;
    if (!take(arguments, 2, &text, error))
        return false;
    if (challenge_octets(rule, text, &out->challenge)) {
        out->request.challenge = buf_bytes(&out->challenge);
        return true;
    }
    error_set(error,
              "argument '2' (challenge) is \"%.*s\"; give a decimal number of 64 bits, or "
              "0x and up to 16 hex digits",
              (int)text.len, (const char *)text.data);
    return false;
}

/* rule: PF-ARG-4, I-8: key 0 unless another is given. */
static bool take_key(const struct arguments *arguments, struct demand *out, struct error *error)
{
    size_t count = 0;
    out->request.key_index = 0;
    return arguments_find(arguments, 3, &count) == NULL ||
           take_id(arguments, 3, &out->request.key_index, error);
}

/* rule: PF-ARG-5, PF-ARG-6, PF-ARG-7. Arguments 4 to 9 are nothing to us. */
static bool understand(const struct process *process, struct bytes text, struct demand *out,
                       struct error *error)
{
    const struct profile *profile = process->portfolio->device->config.profile;
    const struct provision_instance *provision =
        provision_find(&profile->provision, process->instance);
    enum challenge_rule rule = provision == NULL ? CHALLENGE_MINIMAL : provision->challenge_rule;
    bool lenient = profile->lenient_arguments;
    struct arguments arguments;
    out->request.instance = process->instance;
    return arguments_decode(text, lenient ? ARGUMENTS_READABLE : ARGUMENTS_STRICT, &arguments,
                            error) == ST_OK &&
           given_once(&arguments, error) &&
           take_service(&arguments, lenient, &out->request.service, error) &&
           take_id(&arguments, 1, &out->request.identity, error) &&
           take_challenge(&arguments, rule, out, error) && take_key(&arguments, out, error);
}

/* rule: I-9, PF-STATE-8 */
uint8_t portfolio_execute(struct portfolio *portfolio, unsigned instance, struct bytes arguments)
{
    struct process *process = *find(portfolio, instance);
    if (process == NULL)
        return CODE_NOT_FOUND;
    struct error error;
    struct demand demand = {0};
    error_clear(&error);
    buf_init(&demand.challenge, CHALLENGE_LEN_MOST);
    bool good = understand(process, arguments, &demand, &error);
    if (!good)
        trace_say(portfolio->device->config.trace, EVENT_WARNING, "device",
                  "GetAuthData of \"/16/%u\" refused: %s", instance, error.text);
    struct occasion occasion = {.request = &demand.request};
    happen(process, good ? ACCEPTED : REFUSED, &occasion);
    buf_release(&demand.challenge);
    return good ? CODE_CHANGED : CODE_BAD_REQUEST;
}

/* --- what leaves ------------------------------------------------------------------------- */

static bool is_auth_value(const struct record *record)
{
    return path_is_portfolio(record->path, AUTH_DATA) && record->value.type != VALUE_NONE;
}

bool portfolio_carried(const struct records *records)
{
    for (size_t i = 0; i < records->count; i++)
        if (is_auth_value(&records->items[i]))
            return true;
    return false;
}

static void happen_at(struct portfolio *portfolio, unsigned instance, enum portfolio_event event)
{
    struct process *process = *find(portfolio, instance);
    if (process != NULL)
        happen(process, event, &nothing_special);
}

/* rule: I-10, I-11. Only the first of several values, or of several observers, finds the data. */
void portfolio_leaves(struct portfolio *portfolio, enum portfolio_way way, struct path target,
                      const struct records *records)
{
    const struct portfolio_ops *ops = portfolio->ops;
    bool carried = portfolio_carried(records);
    model_begin(portfolio->device->model);
    for (size_t i = 0; i < records->count; i++)
        if (is_auth_value(&records->items[i]))
            happen_at(portfolio, records->items[i].path.id[1],
                      ops->leaving(ops, way, target, true));
    if (!carried && target.depth >= 2 && target.id[0] == PORTFOLIO)
        happen_at(portfolio, target.id[1], ops->leaving(ops, way, target, false));
    model_end(portfolio->device->model);
}

/* --- instances --------------------------------------------------------------------------- */

static struct process *add(struct portfolio *portfolio, unsigned instance)
{
    struct process *process = xalloc(sizeof *process);
    process->portfolio = portfolio;
    process->instance = (uint16_t)instance;
    process->next = portfolio->processes;
    portfolio->processes = process;
    return process;
}

/* rule: PF-OBJ-9, I-19 */
void portfolio_add(struct portfolio *portfolio, unsigned instance)
{
    struct model *model = portfolio->device->model;
    if (*find(portfolio, instance) != NULL)
        return;
    struct process *process = add(portfolio, instance);
    if (!portfolio->serves)
        return;
    model_add_resource(model, resource_of(process, GET_AUTH_DATA));
    model_add_resource(model, resource_of(process, AUTH_DATA));
    if (model_put(model, resource_of(process, AUTH_STATUS), value_integer(IDLE)) != ST_OK)
        trace_say(portfolio->device->config.trace, EVENT_WARNING, "device",
                  "\"/16/%u\" has no AuthStatus: the model is full", instance);
}

void portfolio_provisioned(struct portfolio *portfolio, unsigned instance)
{
    struct process *process = *find(portfolio, instance);
    if (process == NULL || process->provisioned)
        return;
    process->provisioned = true;
    persistence_touch(portfolio->device->persistence);
}

void portfolio_keep(const struct portfolio *portfolio, struct state *state)
{
    for (const struct process *at = portfolio->processes; at != NULL; at = at->next)
        if (!at->provisioned)
            state_add_unprovisioned(state, path_instance(PORTFOLIO, at->instance));
}

static void forget(struct portfolio *portfolio, unsigned instance)
{
    struct process **at = find(portfolio, instance);
    struct process *process = *at;
    if (process == NULL)
        return;
    happen(process, DELETED, &nothing_special);
    *at = process->next;
    free(process);
}

static void changed(void *arg, enum model_change change, struct path path)
{
    struct portfolio *portfolio = arg;
    if (path.id[0] != PORTFOLIO)
        return;
    if (change == MODEL_DELETED)
        forget(portfolio, path.id[1]);
    else if (change == MODEL_CHANGED && path.id[2] == IDENTITY)
        happen_at(portfolio, path.id[1], IDENTITY_WRITTEN);
}

struct portfolio *portfolio_new(struct device *device)
{
    struct portfolio *portfolio = xalloc(sizeof *portfolio);
    struct path object = path_object(PORTFOLIO);
    size_t count = 0;
    uint16_t *instances = model_ids(device->model, object, &count);
    portfolio->device = device;
    portfolio->ops =
        device->config.portfolio == NULL ? &portfolio_standard : device->config.portfolio;
    portfolio->serves = count == 0;
    for (size_t i = 0; i < count; i++) {
        struct path service = path_resource(PORTFOLIO, instances[i], GET_AUTH_DATA);
        portfolio->serves = portfolio->serves || model_has(device->model, service);
        struct process *process = add(portfolio, instances[i]);
        process->provisioned =
            !persistence_lacks_keys(device->persistence, path_instance(PORTFOLIO, instances[i]));
        happen(process, RESTARTED, &nothing_special);
    }
    free(instances);
    portfolio->watcher = (struct model_watcher){.changed = changed, .arg = portfolio};
    model_watch(device->model, &portfolio->watcher);
    return portfolio;
}

void portfolio_free(struct portfolio *portfolio)
{
    if (portfolio == NULL)
        return;
    model_unwatch(portfolio->device->model, &portfolio->watcher);
    while (portfolio->processes != NULL) {
        struct process *process = portfolio->processes;
        portfolio->processes = process->next;
        stop(process);
        free(process);
    }
    free(portfolio);
}
