/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON token reader: strict RFC 8259, one token a call, without recursion. */
#include "base/std.h"

#include "base/json.h"

/* What may stand next; kept in json_reader.expect. */
enum expect {
    EXPECT_VALUE,
    EXPECT_FIRST_VALUE, /* or the end of an empty array */
    EXPECT_KEY,
    EXPECT_FIRST_KEY, /* or the end of an empty object */
    EXPECT_COLON,
    EXPECT_COMMA, /* or the end of the array or object */
    EXPECT_NOTHING
};

void json_reader_init(struct json_reader *reader, struct bytes text)
{
    memset(reader, 0, sizeof *reader);
    rd_init(&reader->rd, text);
    reader->line = 1;
    reader->line_start = reader->rd.at;
    reader->expect = EXPECT_VALUE;
    /* No escape is shorter than what it stands for, so a decoded string always fits. */
    buf_init_secret(&reader->text, text.len);
}

void json_reader_release(struct json_reader *reader)
{
    buf_release(&reader->text);
}

/* 0 outside of every array and object. */
static int container(const struct json_reader *reader)
{
    return reader->depth > 0 ? reader->stack[reader->depth - 1] : 0;
}

static unsigned column(const struct json_reader *reader)
{
    return (unsigned)(reader->rd.at - reader->line_start) + 1;
}

/* Fails at the cursor. No octet of a value goes into a message: it may belong to a key. */
static enum status fail(const struct json_reader *reader, struct error *error, enum status status,
                        const char *sentence)
{
    error_set(error, "%s", sentence);
    error_place(error, NULL, reader->line, column(reader));
    return status;
}

static enum status invalid(const struct json_reader *reader, struct error *error,
                           const char *sentence)
{
    return fail(reader, error, ST_INVALID, sentence);
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Mistakes that are known by what the wrong place begins with. */
static const struct {
    const char *begins;
    const char *sentence;
} mistakes[] = {
    {"\xef\xbb\xbf", "byte order mark in the text; save the file as utf-8 without one"},
    {"\xff\xfe", "the text is utf-16; save the file as utf-8"},
    {"\xfe\xff", "the text is utf-16; save the file as utf-8"},
    {"/", "comments are not allowed in json; remove it"},
    {"#", "comments are not allowed in json; remove it"},
    {"'", "single quotes are not allowed in json; use double quotes"},
    {"+", "a number must not begin with \"+\"; remove it"},
    {".", "a number must not begin with \".\"; write a digit before it"},
};

static const char *known_mistake(const struct rd *rd)
{
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        size_t len = strlen(mistakes[i].begins);
        if (rd_left(rd) >= len && memcmp(rd->at, mistakes[i].begins, len) == 0)
            return mistakes[i].sentence;
    }
    return NULL;
}

/* Fails because WANTED does not stand at the cursor. */
static enum status unexpected(const struct json_reader *reader, struct error *error,
                              const char *wanted)
{
    int c = rd_peek(&reader->rd);
    if (c < 0)
        error_set(error, "expected %s, found the end of the text", wanted);
    else if (c == '"')
        error_set(error, "expected %s, found a string", wanted);
    else if (c > ' ' && c < 0x7f && !is_letter(c) && !is_digit(c))
        error_set(error, "expected %s, found \"%c\"", wanted, c);
    else
        error_set(error, "expected %s here", wanted);
    error_place(error, NULL, reader->line, column(reader));
    return ST_INVALID;
}

static bool is_after_comma(const struct json_reader *reader)
{
    return reader->expect == EXPECT_KEY ||
           (reader->expect == EXPECT_VALUE && container(reader) == '[');
}

/* The same where a token begins, where some mistakes are known. */
static enum status unexpected_token(const struct json_reader *reader, struct error *error,
                                    const char *wanted)
{
    int c = rd_peek(&reader->rd);
    const char *mistake = known_mistake(&reader->rd);
    if (mistake != NULL)
        return invalid(reader, error, mistake);
    if ((c == ']' || c == '}') && is_after_comma(reader))
        return invalid(reader, error, "nothing follows the last comma; remove it");
    return unexpected(reader, error, wanted);
}

static void skip_blanks(struct json_reader *reader)
{
    for (;;) {
        int c = rd_peek(&reader->rd);
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            return;
        rd_u8(&reader->rd);
        if (c == '\n') {
            reader->line++;
            reader->line_start = reader->rd.at;
        }
    }
}

static bool skip_digits(struct rd *rd)
{
    const uint8_t *start = rd->at;
    while (is_digit(rd_peek(rd)))
        rd_u8(rd);
    return rd->at != start;
}

static enum status convert_number(struct json_reader *reader, struct bytes text, bool whole,
                                  struct json_token *out, struct error *error)
{
    out->kind = JSON_INTEGER;
    if (whole && bytes_is(text, "-0"))
        return ST_OK;
    if (whole && parse_decimal(text, &out->integer)) {
        out->number = (double)out->integer;
        return ST_OK;
    }
    out->kind = JSON_NUMBER;
    if (parse_number(text, &out->number))
        return ST_OK;
    reader->rd.at = text.data;
    return fail(reader, error, ST_LIMIT,
                "the number is too large or too long; write a smaller one");
}

/* RFC 8259 section 6. */
static enum status read_number(struct json_reader *reader, struct json_token *out,
                               struct error *error)
{
    struct rd *rd = &reader->rd;
    const uint8_t *start = rd->at;
    bool whole = true;
    if (rd_peek(rd) == '-')
        rd_u8(rd);
    if (rd_peek(rd) == '0') {
        rd_u8(rd);
        if (is_digit(rd_peek(rd)))
            return invalid(reader, error, "a number begins with 0; remove the leading zeros");
    } else if (!skip_digits(rd)) {
        return unexpected(reader, error, "a digit after \"-\"");
    }
    if (rd_peek(rd) == '.') {
        whole = false;
        rd_u8(rd);
        if (!skip_digits(rd))
            return unexpected(reader, error, "a digit after the decimal point");
    }
    if (rd_peek(rd) == 'e' || rd_peek(rd) == 'E') {
        whole = false;
        rd_u8(rd);
        if (rd_peek(rd) == '+' || rd_peek(rd) == '-')
            rd_u8(rd);
        if (!skip_digits(rd))
            return unexpected(reader, error, "a digit in the exponent");
    }
    struct bytes text = {start, (size_t)(rd->at - start)};
    return convert_number(reader, text, whole, out, error);
}

static const struct {
    const char *text;
    enum json_kind kind;
    int64_t integer;
} words[] = {{"null", JSON_NULL, 0}, {"true", JSON_BOOLEAN, 1}, {"false", JSON_BOOLEAN, 0}};

static enum status read_word(struct json_reader *reader, struct json_token *out,
                             struct error *error)
{
    struct rd *rd = &reader->rd;
    const uint8_t *start = rd->at;
    while (is_letter(rd_peek(rd)) || is_digit(rd_peek(rd)))
        rd_u8(rd);
    struct bytes word = {start, (size_t)(rd->at - start)};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (bytes_is(word, words[i].text)) {
            out->kind = words[i].kind;
            out->integer = words[i].integer;
            return ST_OK;
        }
    }
    rd->at = start;
    return invalid(reader, error,
                   "unknown word; put text in double quotes, and write true, false and null so");
}

static bool read_hex4(struct rd *rd, uint32_t *out)
{
    uint64_t value = 0;
    if (rd_left(rd) < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        int c = (int)rd_u8(rd);
        if (is_digit(c))
            value = value * 16 + (uint64_t)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            value = value * 16 + (uint64_t)((c | 0x20) - 'a' + 10);
        else
            return false;
    }
    *out = (uint32_t)value;
    return true;
}

/* After `\u`: one code point, which may take a second escape (RFC 8259 section 7). */
static bool read_code_point(struct rd *rd, uint32_t *out)
{
    uint32_t low = 0;
    if (!read_hex4(rd, out))
        return false;
    if (*out < 0xd800 || *out > 0xdfff)
        return true;
    if (*out > 0xdbff || rd_left(rd) < 6 || rd_u8(rd) != '\\' || rd_u8(rd) != 'u' ||
        !read_hex4(rd, &low) || low < 0xdc00 || low > 0xdfff)
        return false;
    *out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

static void put_utf8(struct buf *out, uint32_t point)
{
    static const uint8_t leads[] = {0, 0xc0, 0xe0, 0xf0};
    unsigned more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    buf_put_u8(out, leads[more] | (point >> (6 * more)));
    while (more-- > 0)
        buf_put_u8(out, 0x80 | ((point >> (6 * more)) & 0x3f));
}

static enum status read_escape(struct json_reader *reader, struct error *error)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    struct rd *rd = &reader->rd;
    const uint8_t *start = rd->at;
    uint32_t point = 0;
    rd_u8(rd);
    int c = rd_peek(rd);
    const char *letter = c > 0 ? strchr(letters, c) : NULL;
    if (letter != NULL) {
        rd_u8(rd);
        buf_put_u8(&reader->text, (uint8_t)meanings[letter - letters]);
        return ST_OK;
    }
    if (c == 'u') {
        rd_u8(rd);
        if (read_code_point(rd, &point)) {
            put_utf8(&reader->text, point);
            return ST_OK;
        }
    }
    rd->at = start;
    return invalid(reader, error,
                   c == 'u' ? "\\u needs four hex digits, and surrogates come in pairs"
                            : "unknown escape; a backslash itself is written as \\\\");
}

/* Octets of a string that stand for themselves and need no further look. */
static void copy_plain(struct json_reader *reader)
{
    const uint8_t *at = reader->rd.at;
    while (at < reader->rd.end && *at >= ' ' && *at < 0x80 && *at != '"' && *at != '\\')
        at++;
    buf_put(&reader->text, rd_take(&reader->rd, (size_t)(at - reader->rd.at)));
}

/* One character of more than one octet. */
static enum status copy_wide(struct json_reader *reader, struct error *error)
{
    struct rd *rd = &reader->rd;
    size_t len = utf8_first((struct bytes){rd->at, rd_left(rd)});
    if (len == 0)
        return invalid(reader, error, "not utf-8 in a string; save the file as utf-8");
    buf_put(&reader->text, rd_take(rd, len));
    return ST_OK;
}

static enum status read_string(struct json_reader *reader, struct error *error)
{
    struct rd *rd = &reader->rd;
    const uint8_t *start = rd->at;
    rd_u8(rd);
    for (;;) {
        copy_plain(reader);
        int c = rd_peek(rd);
        enum status status = ST_OK;
        if (c == '"') {
            rd_u8(rd);
            return ST_OK;
        }
        if (c < 0) {
            rd->at = start;
            return invalid(reader, error, "the string does not end; close it with a double quote");
        }
        if (c < ' ')
            return invalid(reader, error, "control character in a string; write it as an escape");
        status = c == '\\' ? read_escape(reader, error) : copy_wide(reader, error);
        if (status != ST_OK)
            return status;
    }
}

static enum status open_container(struct json_reader *reader, int c, struct json_token *out,
                                  struct error *error)
{
    if (reader->depth == JSON_DEPTH_MOST) {
        error_set(error, "nested deeper than %d levels", JSON_DEPTH_MOST);
        error_place(error, NULL, reader->line, column(reader));
        return ST_LIMIT;
    }
    rd_u8(&reader->rd);
    reader->stack[reader->depth++] = (uint8_t)c;
    reader->expect = c == '{' ? EXPECT_FIRST_KEY : EXPECT_FIRST_VALUE;
    out->kind = c == '{' ? JSON_OBJECT : JSON_ARRAY;
    return ST_OK;
}

static void end_value(struct json_reader *reader)
{
    reader->expect = reader->depth > 0 ? EXPECT_COMMA : EXPECT_NOTHING;
}

static void close_container(struct json_reader *reader, struct json_token *out)
{
    rd_u8(&reader->rd);
    out->kind = container(reader) == '{' ? JSON_OBJECT_END : JSON_ARRAY_END;
    reader->depth--;
    end_value(reader);
}

static enum status read_scalar(struct json_reader *reader, int c, struct json_token *out,
                               struct error *error)
{
    if (c == '"') {
        out->kind = JSON_STRING;
        return read_string(reader, error);
    }
    if (c == '-' || is_digit(c))
        return read_number(reader, out, error);
    if (is_letter(c))
        return read_word(reader, out, error);
    return unexpected_token(reader, error, "a value");
}

static enum status read_value(struct json_reader *reader, int c, struct json_token *out,
                              struct error *error)
{
    if (c == '{' || c == '[')
        return open_container(reader, c, out, error);
    enum status status = read_scalar(reader, c, out, error);
    if (status == ST_OK)
        end_value(reader);
    return status;
}

static enum status read_key(struct json_reader *reader, int c, struct json_token *out,
                            struct error *error)
{
    if (c != '"')
        return unexpected_token(reader, error, "a name in double quotes");
    enum status status = read_string(reader, error);
    out->kind = JSON_KEY;
    if (status == ST_OK)
        reader->expect = EXPECT_COLON;
    return status;
}

/* The comma or colon before the next token. */
static enum status pass_separator(struct json_reader *reader, struct error *error)
{
    int c = rd_peek(&reader->rd);
    if (reader->expect == EXPECT_COLON) {
        if (c != ':')
            return unexpected_token(reader, error, "\":\" after a name");
        reader->expect = EXPECT_VALUE;
    } else if (reader->expect == EXPECT_COMMA && c == ',') {
        reader->expect = container(reader) == '{' ? EXPECT_KEY : EXPECT_VALUE;
    } else {
        return ST_OK;
    }
    rd_u8(&reader->rd);
    skip_blanks(reader);
    return ST_OK;
}

static bool may_close(const struct json_reader *reader, int c)
{
    bool complete = reader->expect == EXPECT_FIRST_VALUE || reader->expect == EXPECT_FIRST_KEY ||
                    reader->expect == EXPECT_COMMA;
    return complete && c == (container(reader) == '{' ? '}' : ']');
}

static enum status read_token(struct json_reader *reader, struct json_token *out,
                              struct error *error)
{
    int c = rd_peek(&reader->rd);
    if (may_close(reader, c)) {
        close_container(reader, out);
        return ST_OK;
    }
    switch ((enum expect)reader->expect) {
    case EXPECT_VALUE:
    case EXPECT_FIRST_VALUE:
        return read_value(reader, c, out, error);
    case EXPECT_KEY:
    case EXPECT_FIRST_KEY:
        return read_key(reader, c, out, error);
    case EXPECT_NOTHING:
        out->kind = JSON_END;
        return c < 0 ? ST_OK : unexpected_token(reader, error, "the end of the text");
    case EXPECT_COLON: /* pass_separator has passed it */
    case EXPECT_COMMA:
        break;
    }
    return unexpected_token(reader, error,
                            container(reader) == '{' ? "\",\" or \"}\"" : "\",\" or \"]\"");
}

enum status json_next(struct json_reader *reader, struct json_token *out, struct error *error)
{
    memset(out, 0, sizeof *out);
    /* Not kept for reuse: zeroing the room of one long string at every token adds up. */
    buf_release(&reader->text);
    skip_blanks(reader);
    enum status status = pass_separator(reader, error);
    if (status != ST_OK)
        return status;
    const uint8_t *start = reader->rd.at;
    out->line = reader->line;
    out->column = column(reader);
    status = read_token(reader, out, error);
    if (status != ST_OK)
        reader->rd.at = start; /* so that whoever asks again gets the same answer */
    out->text = buf_bytes(&reader->text);
    return status;
}

void json_put_text(struct buf *out, struct bytes text)
{
    buf_puts(out, "\"");
    for (size_t i = 0; i < text.len; i++) {
        unsigned c = text.data[i];
        if (c == '"' || c == '\\')
            buf_puts(out, "\\");
        if (c < ' ')
            buf_printf(out, "\\u%04x", c);
        else
            buf_put_u8(out, c);
    }
    buf_puts(out, "\"");
}
