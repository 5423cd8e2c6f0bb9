/* SPDX-License-Identifier: Apache-2.0 */
/* Requests as dictated: method, URI, options and payload of `raw`. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "FETCH", "PATCH", "iPATCH"};

const char *method_name(uint8_t method)
{
    return method >= 1 && method <= COUNT_OF(methods) ? methods[method - 1] : "?";
}

static uint8_t method_named(struct bytes name)
{
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        if (bytes_is(name, methods[i]))
            return (uint8_t)(i + 1);
    return 0;
}

void read_method(struct operands *operands, uint8_t *out)
{
    struct scan *scan = &operands->scan;
    scan_blanks(scan);
    size_t start = scan->at;
    *out = method_named(scan_token(scan, ""));
    if (*out == 0)
        scan_error(scan, start,
                   "here should be GET, POST, PUT, DELETE, FETCH, PATCH or iPATCH; write: %s",
                   operands->step->verb->usage);
}

/* The path that a URI names, when it is one of the data model. */
static void read_uri(struct operands *operands)
{
    struct scan *scan = &operands->scan;
    scan_blanks(scan);
    size_t start = scan->at;
    struct bytes uri = scan_token(scan, "");
    if (uri.len == 0 || uri.data[0] != '/') {
        scan_error(scan, start, "here should be a URI such as /16/0/1; write: %s",
                   operands->step->verb->usage);
        return;
    }
    const uint8_t *mark = memchr(uri.data, '?', uri.len);
    struct bytes path = {uri.data, mark == NULL ? uri.len : (size_t)(mark - uri.data)};
    operands->step->operation.uri = bytes_text(uri);
    if (!path_parse(path, &operands->step->path))
        operands->step->path = path_root();
    operands->step->operation.path = operands->step->path;
}

static void read_payload(struct operands *operands)
{
    struct value value;
    if (!scan_literal(&operands->scan, VALUE_NONE, false, "", &value))
        return;
    if (value.type != VALUE_STRING && value.type != VALUE_OPAQUE)
        scan_error(&operands->scan, operands->scan.at,
                   "a payload is a text or octets: \"text\", hex:0a or base64:Cg==");
    else
        buf_put(&operands->step->operation.payload, value_bytes(&value));
    value_release(&value);
}

void read_raw(struct operands *operands)
{
    struct operation *operation = &operands->step->operation;
    struct scan *scan = &operands->scan;
    unsigned number = 0;
    read_method(operands, &operation->method);
    read_uri(operands);
    while (scan_more(scan)) {
        if (scan_symbol(scan, "format="))
            checker_format(operands->checker, scan, &operation->format);
        else if (scan_symbol(scan, "accept="))
            checker_format(operands->checker, scan, &operation->accept);
        else if (scan_symbol(scan, "observe=") && scan_id(scan, &number))
            operation->observe = (int)number;
        else if (scan_keyword(scan, "non"))
            operation->confirmable = false;
        else if (scan_keyword(scan, "at-once"))
            operation->at_once = true;
        else if (scan_keyword(scan, "payload"))
            read_payload(operands);
        else
            scan_error(scan, scan->at, "this does not belong here; write: %s",
                       operands->step->verb->usage);
    }
}
