/* SPDX-License-Identifier: Apache-2.0 */
/* Operations and stimuli of a step: operands into typed operations that the object model allows. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

enum value_type checker_type(const struct checker *checker, struct path path, bool *out_multiple)
{
    struct oracle_resource resource;
    *out_multiple = false;
    if (path.depth < 3 || !checker->oracle->ops->resource(checker->oracle, path, &resource))
        return VALUE_NONE;
    *out_multiple = resource.multiple;
    return resource.type;
}

static const char *verb_of(const struct operands *operands)
{
    return operands->step->verb->words;
}

/* --- paths ----------------------------------------------------------------------------- */
static bool read_path(struct operands *operands, struct path *out)
{
    struct scan *scan = &operands->scan;
    scan_blanks(scan);
    size_t start = scan->at;
    struct bytes token = scan_token(scan, "");
    if (scan->failed)
        return false;
    if (path_parse(token, out))
        return true;
    if (token.len == 0)
        scan_error(scan, start, "a path is missing; write: %s", operands->step->verb->usage);
    else if (token.data[0] == '$')
        scan_error(scan, start,
                   "\"%.*s\" was saved by a step; it can only be compared with or written",
                   lex_shown(token), (const char *)token.data);
    else
        scan_error(scan, start, "\"%.*s\" is no path; write /16/0 or $pf/3", lex_shown(token),
                   (const char *)token.data);
    return false;
}

/* How deep the target of each operation lies. */
static bool depth_fits(const struct step *step, unsigned depth)
{
    struct depths {
        uint8_t least, most;
    };
    static const struct depths depths[] = {
        [OPERATION_READ] = {1, 4},
        [OPERATION_WRITE] = {2, 4},
        [OPERATION_UPDATE] = {2, 3},
        [OPERATION_EXECUTE] = {3, 3},
        [OPERATION_CREATE] = {1, 2},
        [OPERATION_DELETE] = {2, 2},
        [OPERATION_DISCOVER] = {1, 3},
        [OPERATION_OBSERVE] = {1, 4},
        [OPERATION_CANCEL] = {1, 4},
        [OPERATION_ATTRIBUTES] = {1, 4},
        [OPERATION_READ_COMPOSITE] = {0, 4},
        [OPERATION_WRITE_COMPOSITE] = {3, 4},
        [OPERATION_OBSERVE_COMPOSITE] = {0, 4},
        [OPERATION_CANCEL_COMPOSITE] = {0, 4},
        [OPERATION_RAW] = {0, 4},
        [OPERATION_REPEAT] = {0, 4},
        [OPERATION_AUTHENTICATE] = {2, 2},
        [OPERATION_DECRYPT] = {2, 2},
        [OPERATION_FINISH] = {0, 0},
    };
    FOR_EACH_OPERATION(depths);
    static const struct depths of_bootstrap[] = {
        [OPERATION_READ] = {1, 2},     [OPERATION_WRITE] = {1, 4}, [OPERATION_DELETE] = {0, 2},
        [OPERATION_DISCOVER] = {0, 1}, [OPERATION_RAW] = {0, 4},   [OPERATION_FINISH] = {0, 0},
    };
    enum operation_kind kind = step->operation.kind;
    bool bootstrap = step->server == BOOTSTRAP_SERVER && kind < COUNT_OF(of_bootstrap);
    const struct depths *fit = bootstrap ? &of_bootstrap[kind] : &depths[kind];
    return depth >= fit->least && depth <= fit->most;
}

static bool operation_allowed(enum operation_kind kind, const struct oracle_resource *resource)
{
    switch (kind) {
    case OPERATION_READ:
    case OPERATION_OBSERVE:
        return resource->readable;
    case OPERATION_WRITE:
    case OPERATION_UPDATE:
    case OPERATION_WRITE_COMPOSITE:
        return resource->writable;
    case OPERATION_EXECUTE:
        return resource->executable;
    case OPERATION_CREATE:
    case OPERATION_DELETE:
    case OPERATION_DISCOVER:
    case OPERATION_CANCEL:
    case OPERATION_ATTRIBUTES:
    case OPERATION_READ_COMPOSITE: /* what cannot be read is left out */
    case OPERATION_OBSERVE_COMPOSITE:
    case OPERATION_CANCEL_COMPOSITE:
    case OPERATION_RAW:
    case OPERATION_REPEAT:
    case OPERATION_AUTHENTICATE:
    case OPERATION_DECRYPT:
    case OPERATION_FINISH:
        return true;
    }
    return true;
}

static void check_resource(struct operands *operands, size_t at, struct path path)
{
    char text[PATH_TEXT];
    struct oracle_resource resource;
    const struct oracle *oracle = operands->checker->oracle;
    enum operation_kind kind = operands->step->operation.kind;
    bool bootstrap = operands->step->server == BOOTSTRAP_SERVER;
    if (!oracle->ops->resource(oracle, path, &resource))
        scan_error(&operands->scan, at,
                   "\"%s\" is not in the object's definition; expect an error such as => 4.04",
                   path_text(path, text));
    else if (!bootstrap && !operation_allowed(kind, &resource))
        scan_error(&operands->scan, at,
                   "\"%s\" (%s) does not allow '%s'; expect the error, as in => 4.05",
                   path_text(path, text), resource.name, verb_of(operands));
    else if (path.depth == 4 && !resource.multiple)
        scan_error(&operands->scan, at,
                   "\"%s\" (%s) has no instances; leave the last id out or expect the error",
                   path_text(path, text), resource.name);
}

/* Whether the operation says nothing that a definition is needed for. */
static bool asks_only(enum operation_kind kind)
{
    return kind != OPERATION_WRITE && kind != OPERATION_UPDATE && kind != OPERATION_CREATE &&
           kind != OPERATION_WRITE_COMPOSITE;
}

static bool is_defined(const struct oracle *oracle, struct path path)
{
    bool multiple = false;
    struct oracle_resource resource;
    return path.depth == 0 || (oracle->ops->object(oracle, path.id[0], &multiple) &&
                               (path.depth < 3 || oracle->ops->resource(oracle, path, &resource)));
}

/* AT is where PATH stands. */
static void check_target(struct operands *operands, size_t at, struct path path)
{
    char text[PATH_TEXT];
    bool multiple = false;
    const struct oracle *oracle = operands->checker->oracle;
    if (operands->lenient || operands->scan.failed)
        return;
    if (!depth_fits(operands->step, path.depth))
        scan_error(&operands->scan, at, "\"%s\" is no target for '%s'; write: %s",
                   path_text(path, text), verb_of(operands), operands->step->verb->usage);
    else if (operands->checker->meets_strangers && asks_only(operands->step->operation.kind) &&
             !is_defined(oracle, path))
        return;
    else if (path.depth > 0 && !oracle->ops->object(oracle, path.id[0], &multiple))
        scan_error(&operands->scan, at, "object %u is not known; %s", (unsigned)path.id[0],
                   operands->checker->meets_strangers ? "its values need a file of --definitions"
                                                      : "declare it in the profile");
    else if (path.depth >= 3)
        check_resource(operands, at, path);
}

static bool read_target(struct operands *operands)
{
    struct step *step = operands->step;
    scan_blanks(&operands->scan);
    size_t start = operands->scan.at;
    if (!read_path(operands, &step->operation.path))
        return false;
    check_target(operands, start, step->operation.path);
    step->path = step->operation.path;
    return !operands->scan.failed;
}

/* Paths for one operation on all of them, as records without a value. */
static void read_paths(struct operands *operands, struct records *paths)
{
    struct scan *scan = &operands->scan;
    struct path path;
    do {
        scan_blanks(scan);
        size_t start = scan->at;
        if (!read_path(operands, &path))
            return;
        if (operands->step->verb->kind == STEP_OPERATION)
            check_target(operands, start, path);
        if (records_find(paths, path) != NULL)
            scan_error(scan, start, "this path stands here twice; leave one out");
        else if (!records_add(paths, path, value_none()))
            scan_error(scan, start, "more than %d paths in one step", RECORDS_MOST);
    } while (scan_more(scan) && scan_peek(scan) == '/');
}

/* --- formats --------------------------------------------------------------------------- */
void checker_format(const struct checker *checker, struct scan *scan, int *out)
{
    scan_blanks(scan);
    size_t start = scan->at;
    struct bytes name = scan_token(scan, "|");
    *out = scan->failed ? -1 : checker->oracle->ops->format(checker->oracle, name);
    if (*out < 0)
        scan_error(scan, start,
                   "format \"%.*s\" is not known; write a name such as tlv, or a number",
                   lex_shown(name), (const char *)name.data);
}

void checker_formats(const struct checker *checker, struct scan *scan, struct expectation *out)
{
    do {
        if (out->format_count == FORMATS_MOST) {
            scan_error(scan, scan->at, "more than %d formats", FORMATS_MOST);
            return;
        }
        checker_format(checker, scan, &out->formats[out->format_count++]);
    } while (scan_symbol(scan, "|"));
}

static void read_optional_format(struct operands *operands)
{
    struct scan *scan = &operands->scan;
    if (scan_keyword(scan, "as"))
        checker_format(operands->checker, scan, &operands->step->operation.format);
}

/* --- arguments ------------------------------------------------------------------------- */
static void read_arguments(struct operands *operands)
{
    struct operation *operation = &operands->step->operation;
    struct scan *scan = &operands->scan;
    struct buf text;
    if (!read_target(operands) || !scan_more(scan))
        return;
    buf_init(&text, 65536);
    operation->verbatim = scan_peek(scan) == '"';
    if (operation->verbatim && !scan_quoted(scan, &text)) {
        buf_release(&text);
        return;
    }
    if (!operation->verbatim) {
        buf_put(&text, scan_rest(scan));
        checker_add_arguments(operands->checker, operands->step->path, &text);
    }
    if (memchr(buf_text(&text), '\0', text.len) != NULL)
        scan_error(scan, scan->at, "a NUL cannot be sent here; use 'raw'");
    operation->text = xstrdup(buf_text(&text));
    buf_release(&text);
}

static void read_attributes(struct operands *operands)
{
    struct scan *scan = &operands->scan;
    if (!read_target(operands))
        return;
    size_t start = scan->at;
    struct bytes query = scan_token(scan, "");
    if (query.len == 0)
        scan_error(scan, start, "attributes are missing; write: %s", operands->step->verb->usage);
    else
        operands->step->operation.text = bytes_text(query);
}

/* `as FORMAT` or `by reset` */
static void read_cancelling(struct operands *operands)
{
    struct scan *scan = &operands->scan;
    read_optional_format(operands);
    if (!scan_keyword(scan, "by"))
        return;
    operands->step->operation.by_reset = scan_keyword(scan, "reset");
    if (!operands->step->operation.by_reset)
        scan_error(scan, scan->at, "here should be 'reset'; write: %s",
                   operands->step->verb->usage);
}

static void read_with_format(struct operands *operands)
{
    if (read_target(operands))
        read_optional_format(operands);
}

static void read_observe(struct operands *operands)
{
    read_with_format(operands);
    operands->step->operation.again = scan_keyword(&operands->scan, "again");
}

static void read_cancel(struct operands *operands)
{
    if (read_target(operands))
        read_cancelling(operands);
}

static void read_cancel_composite(struct operands *operands)
{
    read_paths(operands, &operands->step->operation.values);
    read_cancelling(operands);
}

/* `identity=0 key=0` */
static void read_service(struct operands *operands)
{
    struct operation *operation = &operands->step->operation;
    const struct claims *claims = operands->checker->claims;
    struct scan *scan = &operands->scan;
    bool has_identity = false;
    unsigned id = 0;
    if (!read_target(operands))
        return;
    if (operation->path.depth != 2 || operation->path.id[0] != 16)
        scan_error(scan, 0, "'%s' is for a Portfolio instance such as $pf", verb_of(operands));
    while (scan_more(scan)) {
        if (scan_symbol(scan, "identity=") && scan_id(scan, &id)) {
            operation->identity = (uint16_t)id;
            has_identity = true;
        } else if (scan_symbol(scan, "key=") && scan_id(scan, &id)) {
            operation->key_index = (uint16_t)id;
        } else {
            scan_error(scan, scan->at, "this does not belong here; write: %s",
                       operands->step->verb->usage);
        }
    }
    if (!has_identity)
        scan_error(scan, scan->at, "the identity is missing; write: %s",
                   operands->step->verb->usage);
    if (claims != NULL)
        operation->text = xstrdup(claims->extra_arguments);
}

/* --- each kind of step ----------------------------------------------------------------- */
static void read_with_values(struct operands *operands)
{
    if (!read_target(operands))
        return;
    read_values(operands);
    read_optional_format(operands);
}

static void read_paths_with_format(struct operands *operands)
{
    read_paths(operands, &operands->step->operation.values);
    read_optional_format(operands);
}

static void read_composite_values(struct operands *operands)
{
    size_t start = operands->scan.at;
    read_pairs(operands);
    const struct records *values = &operands->step->operation.values;
    for (size_t i = 0; i < values->count && !operands->lenient; i++)
        check_target(operands, start, values->items[i].path);
    read_optional_format(operands);
}

static void read_plain(struct operands *operands)
{
    read_target(operands);
}

static void read_nothing(struct operands *operands)
{
    UNUSED(operands);
}

static void read_repeat(struct operands *operands)
{
    operands->step->path = operands->checker->last;
}

/* Gives OPERATION the format of the whole scenario. Not every format can say that a new instance is
 * empty or that the device chooses its id, and only SenML has lists of paths. */
static void take_format(const struct checker *checker, struct operation *operation)
{
    static const bool with_content[] = {
        [OPERATION_READ] = true,    [OPERATION_WRITE] = true,   [OPERATION_UPDATE] = true,
        [OPERATION_OBSERVE] = true, [OPERATION_CANCEL] = true,  [OPERATION_AUTHENTICATE] = true,
        [OPERATION_DECRYPT] = true, [OPERATION_FINISH] = false,
    };
    FOR_EACH_OPERATION(with_content);
    const struct records *values = &operation->values;
    bool says_id = operation->path.depth == 2 && values->count > 0 &&
                   values->items[0].value.type != VALUE_NONE;
    bool fits = operation->kind == OPERATION_CREATE       ? says_id
                : operation_is_composite(operation->kind) ? checker->is_senml
                                                          : with_content[operation->kind];
    if (operation->format < 0 && fits)
        operation->format = checker->format;
}

static void read_operation(struct operands *operands)
{
    static void (*const readers[])(struct operands * operands) = {
        [OPERATION_READ] = read_with_format,
        [OPERATION_WRITE] = read_with_values,
        [OPERATION_UPDATE] = read_with_values,
        [OPERATION_EXECUTE] = read_arguments,
        [OPERATION_CREATE] = read_with_values,
        [OPERATION_DELETE] = read_plain,
        [OPERATION_DISCOVER] = read_plain,
        [OPERATION_OBSERVE] = read_observe,
        [OPERATION_CANCEL] = read_cancel,
        [OPERATION_ATTRIBUTES] = read_attributes,
        [OPERATION_READ_COMPOSITE] = read_paths_with_format,
        [OPERATION_WRITE_COMPOSITE] = read_composite_values,
        [OPERATION_OBSERVE_COMPOSITE] = read_paths_with_format,
        [OPERATION_CANCEL_COMPOSITE] = read_cancel_composite,
        [OPERATION_RAW] = read_raw,
        [OPERATION_REPEAT] = read_repeat,
        [OPERATION_AUTHENTICATE] = read_service,
        [OPERATION_DECRYPT] = read_service,
        [OPERATION_FINISH] = read_nothing,
    };
    FOR_EACH_OPERATION(readers);
    struct step *step = operands->step;
    readers[step->operation.kind](operands);
    take_format(operands->checker, &step->operation);
    operands->checker->last = step->path;
}

static void read_duration(struct operands *operands, int64_t *out)
{
    struct scan *scan = &operands->scan;
    scan_blanks(scan);
    size_t start = scan->at;
    struct bytes token = scan_token(scan, "");
    if (!parse_duration(token, out))
        scan_error(scan, start, "here should be a time with a unit, such as 300ms or 2s");
}

static void read_set(struct operands *operands)
{
    struct step *step = operands->step;
    bool multiple = false;
    size_t start = operands->scan.at;
    if (!read_path(operands, &step->stimulus.path))
        return;
    step->path = step->stimulus.path;
    enum value_type type = checker_type(operands->checker, step->path, &multiple);
    if (type == VALUE_NONE || step->path.depth != (multiple ? 4 : 3))
        scan_error(&operands->scan, start,
                   "only a resource or resource instance with a value can be set");
    scan_literal(&operands->scan, type, false, "", &step->stimulus.value);
}

static void read_stimulus(struct operands *operands)
{
    struct step *step = operands->step;
    switch (step->stimulus.kind) {
    case STIMULUS_SET:
        read_set(operands);
        break;
    case STIMULUS_COMPONENT_PROVISION:
        read_path(operands, &step->stimulus.path);
        break;
    case STIMULUS_SHOW:
        if (scan_more(&operands->scan))
            read_path(operands, &step->stimulus.path);
        break;
    case STIMULUS_SEND:
        read_paths(operands, &step->stimulus.paths);
        break;
    case STIMULUS_HOLD:
        if (!scan_more(&operands->scan))
            break;
        read_duration(operands, &step->stimulus.duration_ms);
        break;
    case STIMULUS_COMPONENT_DELAY:
        read_duration(operands, &step->stimulus.duration_ms);
        break;
    case STIMULUS_REGISTER:
    case STIMULUS_UPDATE:
    case STIMULUS_DEREGISTER:
    case STIMULUS_RESTART:
    case STIMULUS_RELEASE:
    case STIMULUS_COMPONENT_FAIL_NEXT:
    case STIMULUS_COMPONENT_FAIL:
    case STIMULUS_COMPONENT_HANG:
    case STIMULUS_COMPONENT_FORGE:
    case STIMULUS_COMPONENT_OK:
        break;
    }
}

/* A part of what an end says; it may be left out. */
static void read_part(struct operands *operands)
{
    struct scan *scan = &operands->scan;
    struct buf text;
    if (!scan_more(scan))
        return;
    buf_init(&text, 1000);
    if (scan_peek(scan) != '"')
        scan_error(scan, scan->at, "here should be a text; write: %s", operands->step->verb->usage);
    else if (scan_quoted(scan, &text))
        operands->step->text = bytes_text(buf_bytes(&text));
    buf_release(&text);
}

static void read_event(struct operands *operands)
{
    struct step *step = operands->step;
    if (step->verb->what == EXPECT_NOTIFY || step->verb->what == EXPECT_SEND) {
        read_path(operands, &step->path);
    } else if (step->verb->what == EXPECT_NOTIFY_COMPOSITE) {
        read_paths(operands, &operands->step->operation.values);
    } else if (step->verb->what == EXPECT_REQUEST && step->server != BOOTSTRAP_SERVER) {
        read_method(operands, &step->method);
        read_path(operands, &step->path);
    } else if (step->verb->what == EXPECT_SECURED || step->verb->what == EXPECT_FAILURE) {
        read_part(operands);
    }
    checker_event(operands->checker, step, &operands->scan);
}

static void read_operands(struct operands *operands)
{
    struct step *step = operands->step;
    switch (step->verb->kind) {
    case STEP_OPERATION:
        read_operation(operands);
        break;
    case STEP_STIMULUS:
        read_stimulus(operands);
        break;
    case STEP_LINK:
        read_link(operands);
        break;
    case STEP_EXPECT:
        read_event(operands);
        break;
    case STEP_WAIT:
        read_duration(operands, &step->within_ms);
        break;
    case STEP_CONTROL:
        break;
    }
}

void checker_step(struct checker *checker, struct step *step)
{
    struct operands operands = {.checker = checker, .step = step};
    step_uncheck(step);
    bool is_operation = step->verb->kind == STEP_OPERATION;
    operation_init(&step->operation,
                   is_operation ? (enum operation_kind)step->verb->what : OPERATION_READ);
    step->stimulus = (struct stimulus){.kind = step->verb->kind == STEP_STIMULUS
                                                   ? (enum stimulus_kind)step->verb->what
                                                   : STIMULUS_SHOW};
    records_init(&step->stimulus.paths);
    expectation_init(&step->expectation, step->line.data);
    step->path = path_root();
    step->checked = true;
    bool is_well_placed = checker_server(checker, step);
    operands.lenient = !is_well_placed || step_expects_error(step);
    scan_init(&operands.scan, checker->source, &checker->names, step->operands);
    read_operands(&operands);
    scan_end(&operands.scan, step->verb->usage);
    scan_release(&operands.scan);
    read_within(checker, step);
    checker_expected(checker, step);
    if (step->save.len > 0)
        names_set(&checker->names, step->save, NULL, false);
}
