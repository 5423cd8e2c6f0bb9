/* SPDX-License-Identifier: Apache-2.0 */
/* A request of a server and its answer as one step: an operation where the language has one that
 * says the same, else `raw` with the very octets. */
#include "base/std.h"

#include "base/portfolio.h"
#include "codec/arguments.h"
#include "drivers/recorder_impl.h"

enum { ACTION_WIDTH = 40 };

/* One exchange, and what is known of it. */
struct dialogue {
    struct recorder *recorder;      /* (borrowed) */
    const struct session *session;  /* (borrowed) */
    const struct message *request;  /* (borrowed) */
    const struct message *response; /* (borrowed) */
    struct path path;               /* of the data model */
    bool has_path;
    struct path base; /* what values of the answer stand relative to */
    bool has_values;  /* the answer's content is to be looked at */
    bool is_dictated; /* the step is `raw` */
    struct buf *out;  /* (borrowed) */
};

static bool is_bootstrap(const struct dialogue *dialogue)
{
    return dialogue->session->server == BOOTSTRAP_SERVER;
}

static bool is_refused(const struct dialogue *dialogue)
{
    return !code_is_success(dialogue->response->code);
}

static const struct resource_def *resource_of(const struct dialogue *dialogue)
{
    return catalogue_resource(dialogue->recorder->config.profile->catalogue, dialogue->path);
}

/* Each `put_` below appends an action and tells whether it says the same as the request; what it
 * wrote in vain is dropped by its caller. */

static void put_as(int format, struct buf *out)
{
    if (format < 0)
        return;
    buf_puts(out, " as ");
    record_format(format, out);
}

static void put_target(const struct dialogue *dialogue, const char *verb, struct path path)
{
    char text[PATH_TEXT];
    buf_printf(dialogue->out, "%s %s", verb, path_text(path, text));
}

/* A token that is known makes it one observation with the former one. */
static bool is_renewed(const struct dialogue *dialogue)
{
    const struct message *request = dialogue->request;
    const struct followed *former = recorder_watch(dialogue->recorder, dialogue->session->server,
                                                   request->token, request->token_len);
    return request->observe == 0 && former != NULL && path_equal(former->path, dialogue->path) &&
           former->paths.count == 0;
}

/* --- reading ---------------------------------------------------------------------------------- */

static bool is_watched(const struct dialogue *dialogue, struct path path,
                       const struct records *paths)
{
    return recorder_watch_of(dialogue->recorder, dialogue->session->server, path, paths) != NULL;
}

static bool put_get(struct dialogue *dialogue)
{
    const struct message *request = dialogue->request;
    bool is_discover = request->accept == FORMAT_LINK;
    bool observes = request->observe >= 0;
    if (request->query.count > 0 || request->payload.len > 0 || request->observe > 1 ||
        (observes && (is_discover || is_bootstrap(dialogue))))
        return false;
    /* What is not observed cannot be cancelled, which some servers ask for; nor what was deleted,
     * as the replay's server may have heard before. An absent resource instance may come back. */
    bool is_gone = dialogue->response->code == CODE_NOT_FOUND && dialogue->path.depth < 4;
    if (request->observe == 1 && (is_gone || !is_watched(dialogue, dialogue->path, NULL)))
        return false;
    if (is_discover) {
        put_target(dialogue, "discover", dialogue->path);
        return true;
    }
    put_target(dialogue,
               !observes               ? "read"
               : request->observe == 0 ? "observe"
                                       : "cancel",
               dialogue->path);
    put_as(request->accept, dialogue->out);
    if (is_renewed(dialogue))
        buf_puts(dialogue->out, " again");
    dialogue->has_values = true;
    return true;
}

/* What a composite operation is about, without what nothing can be said about. */
static bool decode_paths(const struct message *request, struct records *out)
{
    const struct codec *codec = codec_find(request->format);
    struct error error;
    error_clear(&error);
    return codec != NULL && codec->decode_paths != NULL &&
           codec->decode_paths(buf_bytes(&request->payload), out, &error) == ST_OK &&
           out->count > 0;
}

/* Whether a scenario takes PATH as one to read; a device leaves out of a composite answer what is
 * not there, whatever it was asked for. */
static bool is_readable(const struct dialogue *dialogue, struct path path)
{
    const struct catalogue *catalogue = dialogue->recorder->config.profile->catalogue;
    const struct resource_def *def = catalogue_resource(catalogue, path);
    if (path.depth == 0 || catalogue_object(catalogue, path.id[0]) == NULL)
        return false;
    return path.depth < 3 ||
           (def != NULL && (def->ops & OP_READ) != 0 && (path.depth == 3 || def->multiple));
}

static bool are_readable(const struct dialogue *dialogue, const struct records *paths)
{
    for (size_t i = 0; i < paths->count; i++)
        if (!is_readable(dialogue, paths->items[i].path))
            return false;
    return true;
}

static bool put_paths(struct dialogue *dialogue, const struct records *paths)
{
    static const char *const verbs[] = {"read-composite", "observe-composite", "cancel-composite"};
    const struct message *request = dialogue->request;
    char text[PATH_TEXT];
    if (request->observe == 1 && !is_watched(dialogue, path_root(), paths))
        return false;
    buf_puts(dialogue->out, verbs[request->observe + 1]);
    for (size_t i = 0; i < paths->count; i++)
        buf_printf(dialogue->out, " %s", path_text(paths->items[i].path, text));
    put_as(request->format, dialogue->out);
    dialogue->base = path_root();
    dialogue->has_values = true;
    return true;
}

static bool put_fetch(struct dialogue *dialogue)
{
    const struct message *request = dialogue->request;
    struct records paths;
    records_init(&paths);
    bool fits = dialogue->path.depth == 0 && request->query.count == 0 && request->observe <= 1 &&
                !is_bootstrap(dialogue) && !is_refused(dialogue) &&
                (request->accept < 0 || request->accept == request->format) &&
                decode_paths(request, &paths) && are_readable(dialogue, &paths) &&
                put_paths(dialogue, &paths);
    records_release(&paths);
    return fits;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* Whether the codec makes the same octets of CONTENT: an error may hang on each of them. */
static bool is_faithful(const struct dialogue *dialogue, const struct content *content)
{
    const struct message *request = dialogue->request;
    const struct codec *codec = codec_find(request->format);
    struct buf octets;
    if (!is_refused(dialogue) || content_has_secret(content))
        return true;
    buf_init_secret(&octets, PAYLOAD_MOST);
    bool same = codec->encode(&content->values, content->base, &octets) == ST_OK &&
                bytes_equal(buf_bytes(&octets), buf_bytes(&request->payload));
    buf_release(&octets);
    return same;
}

static bool put_content(struct dialogue *dialogue, struct content *content)
{
    if (!record_written(dialogue->recorder, content, dialogue->out))
        return false;
    put_as(dialogue->request->format, dialogue->out);
    return true;
}

static bool put_write(struct dialogue *dialogue, const char *verb)
{
    struct content content;
    bool good = content_decode(dialogue->recorder, dialogue->request, dialogue->path, &content) &&
                is_faithful(dialogue, &content);
    put_target(dialogue, verb, dialogue->path);
    good = good && put_content(dialogue, &content);
    content_release(&content);
    return good;
}

/* The instance stands in the content, or the device is to choose it: then the values stand relative
 * to an instance without an id. */
static bool put_create(struct dialogue *dialogue)
{
    struct content content;
    struct path target = dialogue->path;
    bool good = content_decode(dialogue->recorder, dialogue->request, dialogue->path, &content) &&
                is_faithful(dialogue, &content);
    const struct records *values = &content.values;
    if (good && values->count > 0 && values->items[0].path.depth > 1) {
        content.base = path_cut(values->items[0].path, 2);
        target = content.base.id[1] == ID_NONE ? target : content.base;
    }
    for (size_t i = 0; good && i < values->count; i++)
        good = path_covers(content.base, values->items[i].path);
    put_target(dialogue, "create", target);
    good = good && put_content(dialogue, &content);
    content_release(&content);
    return good;
}

static bool put_write_composite(struct dialogue *dialogue)
{
    struct content content;
    if (dialogue->path.depth > 0 || dialogue->request->query.count > 0 || is_bootstrap(dialogue))
        return false;
    bool good = content_decode(dialogue->recorder, dialogue->request, path_root(), &content) &&
                content.values.count > 0 && is_faithful(dialogue, &content);
    buf_puts(dialogue->out, "write-composite");
    good = good && put_content(dialogue, &content);
    content_release(&content);
    return good;
}

static bool put_attributes(const struct dialogue *dialogue)
{
    const struct message *request = dialogue->request;
    struct buf query;
    buf_init(&query, URI_MOST);
    segments_join(&request->query, '&', &query);
    bool good = request->payload.len == 0 && request->format < 0 && !is_bootstrap(dialogue) &&
                record_is_word(buf_bytes(&query));
    put_target(dialogue, "attributes", dialogue->path);
    buf_printf(dialogue->out, " %s", buf_text(&query));
    buf_release(&query);
    return good;
}

static bool put_put(struct dialogue *dialogue)
{
    return dialogue->request->query.count > 0 ? put_attributes(dialogue)
                                              : put_write(dialogue, "write");
}

/* --- what remains of POST, and DELETE --------------------------------------------------------- */

static bool put_execute(const struct dialogue *dialogue)
{
    struct bytes text = buf_bytes(&dialogue->request->payload);
    int format = text.len == 0 ? FORMAT_NONE : FORMAT_TEXT;
    put_target(dialogue, "execute", dialogue->path);
    if (text.len > 0) {
        buf_puts(dialogue->out, " ");
        record_quoted(text, dialogue->out);
    }
    bool has_nul = text.len > 0 && memchr(text.data, '\0', text.len) != NULL;
    return !has_nul && (dialogue->request->format == format || !is_refused(dialogue));
}

static bool put_post(struct dialogue *dialogue)
{
    if (dialogue->request->query.count > 0 || is_bootstrap(dialogue))
        return false;
    if (dialogue->path.depth == 1)
        return put_create(dialogue);
    const struct resource_def *def = resource_of(dialogue);
    bool is_executable = def == NULL || (def->ops & OP_EXECUTE) != 0;
    if (dialogue->path.depth == 3 && is_executable)
        return put_execute(dialogue);
    return dialogue->path.depth >= 2 && put_write(dialogue, "update");
}

static bool put_delete(struct dialogue *dialogue)
{
    const struct message *request = dialogue->request;
    put_target(dialogue, "delete", dialogue->path);
    return request->query.count == 0 && request->payload.len == 0;
}

static bool put_operation(struct dialogue *dialogue)
{
    static const struct {
        enum coap_code code;
        bool (*put)(struct dialogue *dialogue);
    } methods[] = {
        {CODE_GET, put_get},       {CODE_PUT, put_put},     {CODE_POST, put_post},
        {CODE_DELETE, put_delete}, {CODE_FETCH, put_fetch}, {CODE_IPATCH, put_write_composite},
    };
    const struct message *request = dialogue->request;
    bool is_finish = is_bootstrap(dialogue) && request->code == CODE_POST &&
                     request->path.count == 1 && request->payload.len == 0 &&
                     bytes_is(segments_at(&request->path, 0), "bs");
    if (is_finish) {
        buf_puts(dialogue->out, "finish");
        return true;
    }
    bool is_plain = dialogue->has_path && request->confirmable;
    for (size_t i = 0; i < COUNT_OF(methods) && is_plain; i++)
        if (methods[i].code == request->code)
            return methods[i].put(dialogue);
    return false;
}

/* --- what is expected ------------------------------------------------------------------------- */

static void expect_links(const struct dialogue *dialogue)
{
    struct bytes links = buf_bytes(&dialogue->response->payload);
    if (!utf8_plain(links) || (links.len > 0 && (memchr(links.data, '$', links.len) != NULL ||
                                                 memchr(links.data, '\\', links.len) != NULL)))
        return;
    buf_puts(dialogue->out, " links exactly(");
    buf_put(dialogue->out, links);
    buf_puts(dialogue->out, ")");
}

static void expect_values(const struct dialogue *dialogue)
{
    struct content content;
    if (content_decode(dialogue->recorder, dialogue->response, dialogue->base, &content)) {
        buf_puts(dialogue->out, " ");
        record_expected(dialogue->recorder, &content, dialogue->out);
    }
    content_release(&content);
}

static void put_expectation(const struct dialogue *dialogue)
{
    const struct message *response = dialogue->response;
    char code[CODE_TEXT];
    size_t len = dialogue->out->len;
    buf_printf(dialogue->out, "%*s => %s", len < ACTION_WIDTH ? (int)(ACTION_WIDTH - len) : 0, "",
               code_text(response->code, code));
    if (response->code == CODE_CREATED && response->location.count > 0 &&
        dialogue->request->code == CODE_POST) {
        buf_puts(dialogue->out, " ");
        segments_join(&response->location, '/', dialogue->out);
    }
    if (response->code != CODE_CONTENT)
        return;
    if (response->format == FORMAT_LINK)
        expect_links(dialogue);
    else if (dialogue->has_values)
        expect_values(dialogue);
    if (dialogue->has_values && dialogue->request->accept < 0 && response->format >= 0) {
        buf_puts(dialogue->out, " format ");
        record_format(response->format, dialogue->out);
    }
}

/* --- what it leads to ------------------------------------------------------------------------- */

static void watch(struct dialogue *dialogue)
{
    struct recorder *recorder = dialogue->recorder;
    const struct message *request = dialogue->request;
    bool is_composite = request->code == CODE_FETCH;
    struct records paths;
    records_init(&paths);
    if (is_composite && !decode_paths(request, &paths)) {
        records_release(&paths);
        return;
    }
    bool begins = request->observe == 0 && dialogue->response->observe >= 0;
    if (begins && is_composite && dialogue->is_dictated) {
        recorder_watch_end(recorder, recorder_watch(recorder, dialogue->session->server,
                                                    request->token, request->token_len));
        recorder_remark(recorder, "# What that observation tells is left out: a step that dictates "
                                  "it does not know its paths.");
    } else if (begins)
        recorder_watch_add(recorder, dialogue->session->server, request, dialogue->path, &paths);
    else if (request->observe == 1)
        recorder_watch_end(recorder, recorder_watch_of(recorder, dialogue->session->server,
                                                       dialogue->path, &paths));
    records_release(&paths);
}

static bool read_number(const struct arguments *arguments, unsigned digit, int64_t *out)
{
    size_t count = 0;
    const struct argument *argument = arguments_find(arguments, digit, &count);
    return argument != NULL && parse_decimal(argument->value, out) && *out >= 0 && *out <= ID_MOST;
}

static bool read_service(const struct arguments *arguments, enum service *out)
{
    size_t count = 0;
    const struct argument *argument = arguments_find(arguments, 0, &count);
    if (argument == NULL)
        return false;
    *out = bytes_is(argument->value, "0") ? SERVICE_AUTHENTICATION : SERVICE_ENCRYPTION;
    return bytes_is(argument->value, "0") || bytes_is(argument->value, "1") ||
           service_symbol_named(argument->value, out);
}

/* Takes over what GetAuthData asks for; false when nothing can be said about its result. */
static bool read_claim(struct process *process, const struct arguments *arguments)
{
    int64_t identity = 0;
    int64_t key = 0;
    int64_t decimal = 0;
    uint64_t bits = 0;
    size_t count = 0;
    const struct argument *challenge = arguments_find(arguments, 2, &count);
    bool good =
        read_service(arguments, &process->service) && read_number(arguments, 1, &identity) &&
        challenge != NULL && challenge->value.len < sizeof process->challenge &&
        (parse_decimal(challenge->value, &decimal) || parse_hex_integer(challenge->value, &bits));
    if (!good)
        return false;
    arguments_find(arguments, 3, &count);
    if (count > 0 && !read_number(arguments, 3, &key))
        return false;
    process->identity = (unsigned)identity;
    process->key = (unsigned)key;
    snprintf(process->challenge, sizeof process->challenge, "%.*s", (int)challenge->value.len,
             (const char *)challenge->value.data);
    return true;
}

/* GetAuthData was accepted: what comes of it can be computed. */
static void begin_process(const struct dialogue *dialogue)
{
    struct recorder *recorder = dialogue->recorder;
    struct process *process = recorder_process_begin(recorder, dialogue->path.id[1]);
    struct arguments arguments;
    struct error error;
    struct bytes text = buf_bytes(&dialogue->request->payload);
    error_clear(&error);
    if (process == NULL)
        return;
    bool is_read = arguments_decode(text, ARGUMENTS_STRICT, &arguments, &error) == ST_OK ||
                   arguments_decode(text, ARGUMENTS_READABLE, &arguments, &error) == ST_OK;
    process->is_known = is_read && read_claim(process, &arguments);
    if (!process->is_known)
        return;
    struct path identity =
        path_child(path_resource(PORTFOLIO, process->instance, 0), process->identity);
    const struct value *data = model_value(device_model(recorder->device), identity);
    value_release(&process->data);
    process->data = data == NULL ? value_none() : value_copy(data);
}

static void follow(struct dialogue *dialogue)
{
    const struct message *request = dialogue->request;
    struct path path = dialogue->path;
    bool is_get_auth_data = request->code == CODE_POST && dialogue->has_path && path.depth == 3 &&
                            path_is_portfolio(path, GET_AUTH_DATA);
    if (is_refused(dialogue) || is_bootstrap(dialogue))
        return;
    if (request->observe >= 0 && dialogue->has_path)
        watch(dialogue);
    if (is_get_auth_data)
        begin_process(dialogue);
    /* Reboot or Factory Reset. */
    bool is_reboot =
        request->code == CODE_POST && dialogue->has_path &&
        (path_equal(path, path_resource(3, 0, 4)) || path_equal(path, path_resource(3, 0, 5)));
    if (is_reboot)
        recorder_due(dialogue->recorder, ID_NONE);
    if (is_reboot)
        recorder_processes_end(dialogue->recorder, ID_NONE);
    if (request->code == CODE_DELETE && path.depth == 2 && path.id[0] == PORTFOLIO)
        recorder_processes_end(dialogue->recorder, path.id[1]);
}

/* --- the whole -------------------------------------------------------------------------------- */

static bool read_path(const struct message *request, struct path *out)
{
    struct buf text;
    buf_init(&text, URI_MOST);
    record_path(request, &text);
    bool good = !text.bad && path_parse(buf_bytes(&text), out);
    buf_release(&text);
    return good;
}

/* The step, or false when the language has none for it. */
static bool put_step(struct dialogue *dialogue)
{
    bool good = put_operation(dialogue) && !dialogue->out->bad;
    if (!good) {
        buf_clear(dialogue->out);
        dialogue->has_values = false;
        dialogue->is_dictated = true;
        good = record_dictated(dialogue->recorder, dialogue->request,
                               dialogue->has_path ? &dialogue->path : NULL, dialogue->out) &&
               !dialogue->out->bad;
    }
    if (good)
        put_expectation(dialogue);
    return good && !dialogue->out->bad;
}

void record_request(struct recorder *recorder, const struct session *session,
                    const struct message *request, const struct message *response)
{
    struct buf text, path;
    struct dialogue dialogue = {.recorder = recorder,
                                .session = session,
                                .request = request,
                                .response = response,
                                .out = &text};
    char code[CODE_TEXT];
    buf_init_secret(&text, STEP_MOST);
    dialogue.has_path = read_path(request, &dialogue.path);
    dialogue.base = dialogue.path;
    recorder->requests++;
    if (put_step(&dialogue)) {
        recorder_add(recorder, &(struct step_text){session->server, false, buf_bytes(&text)});
    } else {
        buf_clear(&text);
        buf_printf(&text, "# Left out, for a key may stand in it: %s ",
                   code_text(request->code, code));
        buf_init(&path, URI_MOST);
        record_path(request, &path);
        buf_put_plain(&text, buf_bytes(&path));
        buf_release(&path);
        recorder_remark(recorder, buf_text(&text));
    }
    follow(&dialogue);
    buf_release(&text);
}
