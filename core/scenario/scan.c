/* SPDX-License-Identifier: Apache-2.0 */
/* A reading cursor over a piece of a line in which every `$name` was replaced, and which still
 * knows where in the file each octet stands. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

enum { EXPANDED_MOST = 65536 };

/* Each octet stands at FROM; STEP is 1 when they stand there one by one, 0 when they replace a
 * name.
 */
static void put(struct scan *scan, struct bytes octets, size_t from, size_t step)
{
    size_t before = scan->text.len;
    buf_put(&scan->text, octets);
    if (scan->text.len + 1 > scan->from_capacity) {
        scan->from_capacity = 2 * (scan->text.len + 1);
        scan->from = xgrow(scan->from, scan->from_capacity, sizeof *scan->from);
    }
    for (size_t i = before; i < scan->text.len; i++)
        scan->from[i] = from + (i - before) * step;
}

static size_t name_length(struct bytes piece, size_t at)
{
    size_t len = 0;
    while (at + len < piece.len && lex_is_name((struct bytes){piece.data + at, len + 1}))
        len++;
    return len;
}

/* Replaces the name behind the `$` at AT; a saved one stays as it stands. */
static size_t expand(struct scan *scan, const struct names *names, struct bytes piece, size_t at)
{
    size_t offset = (size_t)(piece.data - scan->source->text.data) + at;
    struct bytes name = {piece.data + at + 1, name_length(piece, at + 1)};
    const struct name *known = names_find(names, name);
    if (known != NULL && known->value != NULL) {
        put(scan, bytes_of(known->value), offset, 0);
    } else if (known != NULL) {
        put(scan, (struct bytes){piece.data + at, name.len + 1}, offset, 1);
    } else {
        if (!scan->failed && name.len == 0)
            source_error(scan->source, piece.data + at,
                         "'$' stands without a name; write \\$ inside a text for the character");
        else if (!scan->failed && bytes_is(name, "pf"))
            source_error(scan->source, piece.data + at,
                         "name \"$pf\" is not set: the profile has no Portfolio instance; give one "
                         "by --set pf=/16/0");
        else if (!scan->failed)
            source_error(scan->source, piece.data + at,
                         "name \"$%.*s\" is not set here; set it by 'let' or --set",
                         lex_shown(name), (const char *)name.data);
        scan->failed = true;
    }
    return at + 1 + name.len;
}

/* Octets from AT on that stand for themselves, escapes among them. */
static size_t plain_length(struct bytes piece, size_t at)
{
    size_t end = at;
    while (end < piece.len && piece.data[end] != '$')
        end += piece.data[end] == '\\' && end + 1 < piece.len ? 2 : 1;
    return end - at;
}

/* The backslash that continues a line is a blank, and so is the end of the line behind it. */
static void drop_continuations(struct buf *text)
{
    for (size_t i = 0; i + 1 < text->len; i++)
        if (text->data[i] == '\\' && (text->data[i + 1] == '\r' || text->data[i + 1] == '\n'))
            text->data[i] = ' ';
    for (size_t i = 0; i < text->len; i++)
        if (text->data[i] == '\r' || text->data[i] == '\n')
            text->data[i] = ' ';
}

void scan_init(struct scan *scan, const struct source *source, const struct names *names,
               struct bytes piece)
{
    *scan = (struct scan){.source = source};
    buf_init(&scan->text, EXPANDED_MOST);
    size_t start = (size_t)(piece.data - source->text.data);
    put(scan, (struct bytes){NULL, 0}, 0, 0);
    for (size_t at = 0; at < piece.len;) {
        size_t plain = plain_length(piece, at);
        put(scan, (struct bytes){piece.data + at, plain}, start + at, 1);
        at = plain > 0 ? at + plain : expand(scan, names, piece, at);
    }
    scan->from[scan->text.len] = start + piece.len;
    drop_continuations(&scan->text);
    if (scan->text.bad)
        scan_error(scan, 0, "this is too long with its names replaced; at most %d octets fit",
                   EXPANDED_MOST);
}

void scan_release(struct scan *scan)
{
    buf_release(&scan->text);
    free(scan->from);
    scan->from = NULL;
}

static const uint8_t *place(const struct scan *scan, size_t at)
{
    size_t known = at < scan->text.len ? at : scan->text.len;
    return scan->source->text.data + scan->from[known];
}

void scan_error(struct scan *scan, size_t at, const char *format, ...)
{
    if (scan->failed)
        return;
    char text[800];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    source_error(scan->source, place(scan, at), "%s", text);
    scan->failed = true;
}

const uint8_t *scan_place(const struct scan *scan)
{
    return place(scan, scan->at);
}

int scan_peek(const struct scan *scan)
{
    return scan->failed || scan->at >= scan->text.len ? -1 : scan->text.data[scan->at];
}

void scan_blanks(struct scan *scan)
{
    while (lex_is_blank(scan_peek(scan)))
        scan->at++;
}

bool scan_more(struct scan *scan)
{
    scan_blanks(scan);
    return scan_peek(scan) >= 0;
}

bool scan_symbol(struct scan *scan, const char *symbol)
{
    size_t len = strlen(symbol);
    if (!scan_more(scan) || scan->text.len - scan->at < len ||
        memcmp(scan->text.data + scan->at, symbol, len) != 0)
        return false;
    scan->at += len;
    return true;
}

static bool goes_on(int c)
{
    return c == '-' || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
}

bool scan_keyword(struct scan *scan, const char *word)
{
    size_t before = scan->at;
    if (scan_symbol(scan, word) && !goes_on(scan_peek(scan)))
        return true;
    scan->at = before;
    return false;
}

/* Moves over the quoted text at the cursor. */
static void skip_quoted(struct scan *scan)
{
    size_t start = scan->at++;
    while (scan_peek(scan) >= 0 && scan_peek(scan) != '"')
        scan->at += scan_peek(scan) == '\\' && scan->at + 1 < scan->text.len ? 2 : 1;
    if (scan_peek(scan) < 0)
        scan_error(scan, start, "this text does not end; put a quotation mark behind it");
    else
        scan->at++;
}

static struct bytes taken(const struct scan *scan, size_t start)
{
    if (scan->failed)
        return (struct bytes){NULL, 0};
    return (struct bytes){scan->text.data + start, scan->at - start};
}

struct bytes scan_token(struct scan *scan, const char *stops)
{
    scan_blanks(scan);
    size_t start = scan->at;
    for (int c = scan_peek(scan); c >= 0 && !lex_is_blank(c) && (c == 0 || !strchr(stops, c));
         c = scan_peek(scan)) {
        if (c == '"')
            skip_quoted(scan);
        else
            scan->at++;
    }
    return taken(scan, start);
}

char *scan_saved(struct scan *scan, const char *stops)
{
    struct bytes token = scan_token(scan, stops);
    return token.len == 0 ? NULL : bytes_text((struct bytes){token.data + 1, token.len - 1});
}

struct bytes scan_rest(struct scan *scan)
{
    scan_blanks(scan);
    size_t start = scan->at;
    size_t end = scan->text.len;
    while (end > start && lex_is_blank(scan->text.data[end - 1]))
        end--;
    scan->at = scan->text.len;
    if (scan->failed)
        return (struct bytes){NULL, 0};
    return (struct bytes){scan->text.data + start, end - start};
}

void scan_end(struct scan *scan, const char *usage)
{
    if (scan_more(scan))
        scan_error(scan, scan->at, "this does not belong here; write: %s", usage);
}

bool scan_id(struct scan *scan, unsigned *out)
{
    scan_blanks(scan);
    size_t start = scan->at;
    int64_t id = 0;
    while (scan_peek(scan) >= '0' && scan_peek(scan) <= '9')
        scan->at++;
    if (!parse_decimal(taken(scan, start), &id) || id > ID_MOST) {
        scan_error(scan, start, "here should be a whole number from 0 to %d", ID_MOST);
        return false;
    }
    *out = (unsigned)id;
    return true;
}

struct bytes scan_group(struct scan *scan)
{
    size_t start = scan->at;
    if (!scan_symbol(scan, "(")) {
        scan_error(scan, start, "here should be '('");
        return (struct bytes){NULL, 0};
    }
    start = scan->at;
    size_t depth = 1;
    while (scan_peek(scan) >= 0 && depth > 0) {
        int c = scan_peek(scan);
        depth = c == '(' ? depth + 1 : c == ')' ? depth - 1 : depth;
        if (c == '"')
            skip_quoted(scan);
        else
            scan->at++;
    }
    if (depth > 0)
        scan_error(scan, start - 1, "'(' is not closed; add ')'");
    struct bytes inner = taken(scan, start);
    return inner.len > 0 ? (struct bytes){inner.data, inner.len - 1} : inner;
}
