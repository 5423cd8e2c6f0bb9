/* SPDX-License-Identifier: Apache-2.0 */
/* What a write, update or create sends: one value, or pairs relative to its target. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

static void add_value(struct operands *operands, size_t at, struct path path, struct value value)
{
    if (!records_add(&operands->step->operation.values, path, value))
        scan_error(&operands->scan, at, "more than %d values in one step", RECORDS_MOST);
}

static void read_single(struct operands *operands)
{
    struct value value;
    bool multiple = false;
    struct path path = operands->step->path;
    size_t start = operands->scan.at;
    enum value_type type = checker_type(operands->checker, path, &multiple);
    bool is_saved = scan_peek(&operands->scan) == '$';
    if (!is_saved && !operands->lenient && (path.depth < 3 || (multiple && path.depth == 3))) {
        scan_error(&operands->scan, start, "a single value does not fit here; write ID=VALUE,...");
        return;
    }
    if (is_saved) {
        operands->step->sends = scan_saved(&operands->scan, "");
        add_value(operands, start, path, value_none());
    } else if (scan_literal(&operands->scan, type, operands->lenient, "", &value)) {
        add_value(operands, start, path, value);
    }
}

/* Pairs are relative to the target; those of a Create without an instance id to the new instance.
 */
static void read_pair(struct operands *operands)
{
    struct step *step = operands->step;
    struct scan *scan = &operands->scan;
    struct path base = step->path;
    struct path path;
    struct value value;
    bool multiple = false;
    scan_blanks(scan);
    size_t start = scan->at;
    if (step->operation.kind == OPERATION_CREATE && base.depth == 1)
        base = path_child(base, ID_NONE);
    if (!scan_ids(scan, base, &path))
        return;
    enum value_type type = checker_type(operands->checker, path, &multiple);
    if (!scan_symbol(scan, "=")) {
        scan_error(scan, scan->at, "here should be '=' and a value");
        return;
    }
    if (!operands->lenient && type == VALUE_NONE)
        scan_error(scan, start, "this is no resource with a value; look at the ids");
    else if (!operands->lenient && path.depth != (multiple ? 4 : 3))
        scan_error(scan, start,
                   multiple ? "this resource has instances; write ID/ID=VALUE"
                            : "this resource has no instances; write ID=VALUE");
    if (scan_literal(scan, type, operands->lenient, ",", &value))
        add_value(operands, start, path, value);
}

void read_pairs(struct operands *operands)
{
    do
        read_pair(operands);
    while (scan_symbol(&operands->scan, ","));
}

/* No values: what becomes empty must be able to. A Create without an id has nothing to say. */
static void read_nothing(struct operands *operands, size_t at)
{
    struct step *step = operands->step;
    bool multiple = false;
    enum value_type type = checker_type(operands->checker, step->path, &multiple);
    bool cannot = step->path.depth == 4 || (type != VALUE_NONE && !multiple);
    if (cannot || step->operation.kind == OPERATION_UPDATE)
        scan_error(&operands->scan, at, "values are missing; write: %s", step->verb->usage);
    else if (step->path.depth > 1)
        add_value(operands, at, step->path, value_none());
}

static bool at_pair(const struct scan *scan)
{
    size_t at = scan->at;
    while (at < scan->text.len && (isdigit(scan->text.data[at]) || scan->text.data[at] == '/'))
        at++;
    return at > scan->at && at < scan->text.len && scan->text.data[at] == '=';
}

void read_values(struct operands *operands)
{
    struct scan *scan = &operands->scan;
    scan_blanks(scan);
    size_t start = scan->at;
    bool any = scan_more(scan) && !scan_keyword(scan, "as");
    scan->at = start;
    if (any && at_pair(scan)) {
        read_pairs(operands);
    } else if (any) {
        read_single(operands);
    } else {
        read_nothing(operands, start);
    }
}

void read_within(struct checker *checker, struct step *step)
{
    struct scan scan;
    if (step->within_name.len == 0)
        return;
    scan_init(&scan, checker->source, &checker->names, step->within_name);
    if (!parse_duration(scan_token(&scan, ""), &step->within_ms))
        scan_error(&scan, 0, "\"%s\" is no time; write a number with a unit such as 300ms or 2s",
                   buf_text(&scan.text));
    scan_release(&scan);
}

/* --- arguments ------------------------------------------------------------------------- */
static bool has_argument(struct bytes text, uint8_t digit)
{
    for (size_t i = 0; i < text.len; i++) {
        bool begins = i == 0 || text.data[i - 1] == ',' || text.data[i - 1] == ' ';
        if (begins && text.data[i] == digit)
            return true;
    }
    return false;
}

/* A comma inside of quotes is part of a value. */
static struct bytes next_argument(struct bytes *rest)
{
    bool is_quoted = false;
    size_t len = 0;
    while (len < rest->len && (is_quoted || rest->data[len] != ','))
        is_quoted ^= rest->data[len++] == '\'';
    struct bytes argument = {rest->data, len};
    size_t skip = len < rest->len ? len + 1 : len;
    *rest = (struct bytes){rest->data + skip, rest->len - skip};
    return argument;
}

/* I-8: what a device demands beside 0..3 is sent along, unless the step gives it. */
void checker_add_arguments(const struct checker *checker, struct path path, struct buf *text)
{
    const struct claims *claims = checker->claims;
    bool is_service = path.depth == 3 && path.id[0] == 16 && path.id[2] == 1;
    if (claims == NULL || claims->extra_arguments == NULL || !is_service || text->len == 0)
        return;
    struct bytes rest = bytes_of(claims->extra_arguments);
    while (rest.len > 0) {
        struct bytes argument = next_argument(&rest);
        if (argument.len == 0 || has_argument(buf_bytes(text), argument.data[0]))
            continue;
        buf_puts(text, ",");
        buf_put(text, argument);
    }
}
