/* SPDX-License-Identifier: Apache-2.0 */
/* Lines, words and places of a scenario file. */
#include "base/std.h"

#include "base/excerpt.h"
#include "scenario/scenario_impl.h"

void source_locate(const struct source *source, const uint8_t *at, unsigned *out_line,
                   unsigned *out_column)
{
    *out_line = source->first_line;
    *out_column = 1;
    for (const uint8_t *c = source->text.data; c < at; c++) {
        ++*out_column;
        if (*c == '\n') {
            ++*out_line;
            *out_column = 1;
        }
    }
}

void source_error(const struct source *source, const uint8_t *at, const char *format, ...)
{
    struct error error;
    char text[2 * sizeof error.text]; /* error_set cuts between characters */
    va_list values;
    va_start(values, format);
    int len = vsnprintf(text, sizeof text, format, values);
    va_end(values);
    error_clear(&error);
    error_set(&error, "%s", len < 0 ? "" : text);
    unsigned line = 0;
    unsigned column = 0;
    if (at != NULL)
        source_locate(source, at, &line, &column);
    error_place(&error, source->file, line, column);
    error_list_add(source->errors, &error);
}

void source_show(const struct source *source, const uint8_t *at, struct buf *out)
{
    unsigned line = 0;
    unsigned column = 0;
    source_locate(source, at, &line, &column);
    excerpt_put(source->text, line - source->first_line + 1, column, out);
}

int lex_shown(struct bytes text)
{
    enum { SHOWN_MOST = 60 };
    size_t len = text.len < SHOWN_MOST ? text.len : SHOWN_MOST;
    while (len < text.len && len > 0 && (text.data[len] & 0xC0) == 0x80)
        len--;
    return (int)len;
}

bool lex_is_blank(int c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_name_octet(int c, bool first)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (!first && c >= '0' && c <= '9');
}

bool lex_is_name(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_name_octet(text.data[i], i == 0))
            return false;
    return text.len > 0;
}

/* Octets of a backslash, an optional carriage return and a newline at AT, or 0. */
static size_t continuation(struct bytes text, size_t at)
{
    if (text.data[at] != '\\')
        return 0;
    size_t next = at + 1;
    if (next < text.len && text.data[next] == '\r')
        next++;
    return next < text.len && text.data[next] == '\n' ? next + 1 - at : 0;
}

bool lex_line(struct bytes *rest, struct bytes *out)
{
    if (rest->len == 0)
        return false;
    size_t end = 0;
    while (end < rest->len && rest->data[end] != '\n') {
        size_t skipped = continuation(*rest, end);
        end += skipped > 0 ? skipped : 1;
    }
    *out = (struct bytes){rest->data, end};
    size_t used = end < rest->len ? end + 1 : end;
    *rest = (struct bytes){rest->data + used, rest->len - used};
    return true;
}

static size_t skip_blanks(struct bytes line, size_t at)
{
    while (at < line.len) {
        size_t skipped = continuation(line, at);
        if (skipped == 0 && !lex_is_blank(line.data[at]))
            break;
        at += skipped > 0 ? skipped : 1;
    }
    return at;
}

/* Behind the quoted text that begins at AT; 0 when it does not end on its physical line. */
static size_t skip_quoted(struct bytes line, size_t at)
{
    for (at++; at < line.len && continuation(line, at) == 0; at++) {
        if (line.data[at] == '"')
            return at + 1;
        if (line.data[at] == '\\')
            at++;
    }
    return 0;
}

/* Behind the word that begins at AT; 0 (reported) when it does not end. */
static size_t skip_word(const struct source *source, struct bytes line, size_t at)
{
    size_t opened = at;
    size_t depth = 0;
    bool is_list = line.data[at] == '[';
    while (at < line.len && (depth > 0 || is_list || skip_blanks(line, at) == at)) {
        uint8_t c = line.data[at];
        if (c == '"') {
            size_t past = skip_quoted(line, at);
            if (past == 0) {
                source_error(source, line.data + at,
                             "this text does not end; put a quotation mark behind it");
                return 0;
            }
            at = past;
            continue;
        }
        if (c == '(' || c == '{') {
            opened = depth == 0 ? at : opened;
            depth++;
        } else if ((c == ')' || c == '}') && depth > 0) {
            depth--;
        }
        at++;
        if (is_list && c == ']')
            return at;
    }
    if (depth == 0 && !is_list)
        return at;
    source_error(source, line.data + opened, "'%c' is not closed on this line; add '%c'",
                 line.data[opened],
                 is_list                    ? ']'
                 : line.data[opened] == '(' ? ')'
                                            : '}');
    return 0;
}

bool lex_words(const struct source *source, struct bytes line, struct words *out)
{
    out->count = 0;
    for (size_t at = skip_blanks(line, 0); at < line.len && line.data[at] != '#';
         at = skip_blanks(line, at)) {
        if (out->count == WORDS_MOST) {
            source_error(source, line.data + at, "the line has more than %d words; split it",
                         WORDS_MOST);
            return false;
        }
        size_t past = skip_word(source, line, at);
        if (past == 0)
            return false;
        out->items[out->count++] = (struct bytes){line.data + at, past - at};
        at = past;
    }
    return true;
}

struct bytes words_span(const struct words *words, size_t first, size_t past)
{
    if (first >= past) {
        struct bytes before = words->items[first - 1];
        return (struct bytes){before.data + before.len, 0};
    }
    const uint8_t *start = words->items[first].data;
    struct bytes last = words->items[past - 1];
    return (struct bytes){start, (size_t)(last.data + last.len - start)};
}
