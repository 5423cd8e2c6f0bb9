/* SPDX-License-Identifier: Apache-2.0 */
/* Literals of the scenario language, turned into typed values. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

enum { LITERAL_MOST = 65536 };

/* `\xHH`; the cursor stands at the x. */
static void scan_hex_escape(struct scan *scan, size_t start, struct buf *out)
{
    struct bytes digits = {scan->text.data + scan->at + 1, 2};
    if (scan->text.len - scan->at <= 2 || !parse_hex(digits, out))
        scan_error(scan, start, "\\x wants two hex digits, as in \\x0a");
    scan->at += 2;
}

/* Behind the backslash at the cursor. */
static void scan_escape(struct scan *scan, struct buf *out)
{
    size_t start = scan->at++;
    int c = scan_peek(scan);
    if (c == '"' || c == '\\' || c == '$') {
        buf_put_u8(out, (unsigned)c);
    } else if (c == 'n') {
        buf_put_u8(out, '\n');
    } else if (c == 'x') {
        scan_hex_escape(scan, start, out);
    } else {
        scan_error(scan, start, "this escape is not known; use \\\" \\\\ \\n \\$ or \\xHH");
    }
    scan->at++;
}

bool scan_quoted(struct scan *scan, struct buf *out)
{
    scan_blanks(scan);
    size_t start = scan->at;
    if (scan_peek(scan) != '"') {
        scan_error(scan, start, "here should be a text in quotation marks");
        return false;
    }
    scan->at++;
    for (int c = scan_peek(scan); c >= 0 && c != '"'; c = scan_peek(scan)) {
        if (c == '\\') {
            scan_escape(scan, out);
        } else {
            buf_put_u8(out, (unsigned)c);
            scan->at++;
        }
    }
    if (scan_peek(scan) < 0)
        scan_error(scan, start, "this text does not end; put a quotation mark behind it");
    else if (out->bad)
        scan_error(scan, start, "this text is too long");
    scan->at++;
    return !scan->failed;
}

static bool has_prefix(struct bytes token, const char *prefix, struct bytes *out_rest)
{
    size_t len = strlen(prefix);
    if (token.len < len || memcmp(token.data, prefix, len) != 0)
        return false;
    *out_rest = (struct bytes){token.data + len, token.len - len};
    return true;
}

static bool parse_octets(struct bytes token, struct value *out)
{
    struct bytes digits;
    struct buf octets;
    buf_init(&octets, LITERAL_MOST);
    bool ok = (has_prefix(token, "hex:", &digits) && parse_hex(digits, &octets)) ||
              (has_prefix(token, "base64:", &digits) && parse_base64(digits, &octets));
    if (ok)
        *out = value_octets(VALUE_OPAQUE, buf_bytes(&octets));
    buf_release(&octets);
    return ok;
}

static bool parse_link(struct bytes token, struct value *out)
{
    const uint8_t *colon = token.len == 0 ? NULL : memchr(token.data, ':', token.len);
    if (colon == NULL)
        return false;
    int64_t object = 0;
    int64_t instance = 0;
    size_t len = (size_t)(colon - token.data);
    if (!parse_decimal((struct bytes){token.data, len}, &object) ||
        !parse_decimal((struct bytes){colon + 1, token.len - len - 1}, &instance) || object < 0 ||
        object > ID_NONE || instance < 0 || instance > ID_NONE)
        return false;
    *out = value_link((uint16_t)object, (uint16_t)instance);
    return true;
}

static bool parse_boolean(struct bytes token, struct value *out)
{
    *out = value_boolean(bytes_is(token, "true"));
    return bytes_is(token, "true") || bytes_is(token, "false");
}

static bool parse_integer(struct bytes token, enum value_type type, struct value *out)
{
    int64_t integer = 0;
    if (!parse_decimal(token, &integer))
        return false;
    *out = type == VALUE_TIME ? value_time(integer) : value_integer(integer);
    return true;
}

static bool parse_float(struct bytes token, struct value *out)
{
    double number = 0;
    if (!parse_number(token, &number))
        return false;
    *out = value_float(number);
    return true;
}

/* TOKEN as a value of TYPE; texts have been read already. */
static bool parse_as(struct bytes token, enum value_type type, struct value *out)
{
    switch (type) {
    case VALUE_NONE:
        return parse_boolean(token, out) || parse_octets(token, out) ||
               parse_integer(token, VALUE_INTEGER, out) || parse_float(token, out) ||
               parse_link(token, out);
    case VALUE_STRING:
        return false;
    case VALUE_INTEGER:
    case VALUE_TIME:
        return parse_integer(token, type, out);
    case VALUE_FLOAT:
        return parse_float(token, out);
    case VALUE_BOOLEAN:
        return parse_boolean(token, out);
    case VALUE_OPAQUE:
        return parse_octets(token, out);
    case VALUE_OBJLINK:
        return parse_link(token, out);
    }
    return false;
}

static const char *example_of(enum value_type type)
{
    static const char *const examples[] = {
        [VALUE_NONE] = "\"text\", 42, true, hex:0a or 16:1",
        [VALUE_STRING] = "\"text\"",
        [VALUE_INTEGER] = "42",
        [VALUE_FLOAT] = "1.5",
        [VALUE_BOOLEAN] = "true or false",
        [VALUE_OPAQUE] = "hex:0a0b or base64:Cgs=",
        [VALUE_TIME] = "seconds since 1970",
        [VALUE_OBJLINK] = "16:1",
    };
    return examples[type];
}

bool literal_of(struct scan *scan, size_t start, struct bytes token, enum value_type type,
                struct value *out)
{
    struct value value = value_none();
    if (parse_as(token, type, &value)) {
        *out = value;
        return true;
    }
    if (token.len == 0)
        scan_error(scan, start, "a value is missing; write %s", example_of(type));
    scan_error(scan, start, "\"%.*s\" is no %s; write %s", lex_shown(token),
               (const char *)token.data, type == VALUE_NONE ? "value" : value_type_name(type),
               example_of(type));
    return false;
}

static bool quoted_literal(struct scan *scan, enum value_type type, struct value *out)
{
    struct buf text;
    size_t start = scan->at;
    buf_init(&text, LITERAL_MOST);
    bool ok = scan_quoted(scan, &text);
    if (ok && type != VALUE_STRING && type != VALUE_NONE) {
        scan_error(scan, start, "this text is no %s; write %s", value_type_name(type),
                   example_of(type));
        ok = false;
    }
    if (ok)
        *out = value_octets(VALUE_STRING, buf_bytes(&text));
    buf_release(&text);
    return ok;
}

bool scan_literal(struct scan *scan, enum value_type type, bool lenient, const char *stops,
                  struct value *out)
{
    scan_blanks(scan);
    size_t start = scan->at;
    if (scan_peek(scan) == '"')
        return quoted_literal(scan, lenient ? VALUE_NONE : type, out);
    struct bytes token = scan_token(scan, stops);
    if (scan->failed)
        return false;
    struct value value = value_none();
    if (lenient && parse_as(token, type, &value)) {
        *out = value;
        return true;
    }
    return literal_of(scan, start, token, lenient ? VALUE_NONE : type, out);
}

bool scan_ids(struct scan *scan, struct path base, struct path *out)
{
    unsigned id = 0;
    if (base.depth == 0)
        scan_symbol(scan, "/");
    size_t start = scan->at;
    struct path path = base;
    do {
        if (!scan_id(scan, &id))
            return false;
        if (path.depth == PATH_MOST) {
            scan_error(scan, start, "these ids lead deeper than a resource instance");
            return false;
        }
        path = path_child(path, id);
    } while (scan_symbol(scan, "/"));
    *out = path;
    return true;
}
