/* SPDX-License-Identifier: Apache-2.0 */
/* The format of one CBOR item: a value of the model and back. */
#include "base/std.h"

#include "codec/cbor.h"
#include "codec/cbor_impl.h"
#include "codec/codec_impl.h"

enum status cbor_encode(const struct records *records, struct path base, struct buf *out)
{
    const struct value *value = codec_only_value(records, base);
    if (value == NULL || (value->type == VALUE_STRING && !utf8_valid(value_bytes(value))))
        return ST_UNSUPPORTED;
    cbor_put_value(out, value);
    return out->bad ? ST_LIMIT : ST_OK;
}

/* --- dates ------------------------------------------------------------------------------- */

/* COUNT digits and then one octet of AFTER, unless that is empty. */
static int take_number(struct rd *rd, unsigned count, const char *after)
{
    int number = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned c = rd_u8(rd);
        if (c < '0' || c > '9')
            rd_fail(rd);
        number = number * 10 + (int)(c - '0');
    }
    if (after[0] != '\0') {
        unsigned c = rd_u8(rd);
        if (c == '\0' || strchr(after, (int)c) == NULL)
            rd_fail(rd);
    }
    return rd->bad ? 0 : number;
}

/* `Z`, or what the clock was ahead of it, in seconds. */
static int take_offset(struct rd *rd)
{
    unsigned c = rd_u8(rd);
    if (c == 'Z' || c == 'z')
        return 0;
    if (c != '+' && c != '-')
        rd_fail(rd);
    int hours = take_number(rd, 2, ":");
    int minutes = take_number(rd, 2, "");
    if (hours > 23 || minutes > 59)
        rd_fail(rd);
    int seconds = hours * 3600 + minutes * 60;
    return c == '-' ? -seconds : seconds;
}

/* RFC 3339 `1985-04-12T23:20:50Z`, a fraction of the second being zeros only. */
static bool read_date(struct bytes text, int64_t *out)
{
    struct rd rd;
    struct tm tm = {0};
    rd_init(&rd, text);
    tm.tm_year = take_number(&rd, 4, "-") - 1900;
    tm.tm_mon = take_number(&rd, 2, "-") - 1;
    tm.tm_mday = take_number(&rd, 2, "Tt");
    tm.tm_hour = take_number(&rd, 2, ":");
    tm.tm_min = take_number(&rd, 2, ":");
    tm.tm_sec = take_number(&rd, 2, "");
    if (rd_peek(&rd) == '.') {
        rd_u8(&rd);
        for (bool any = false; !any || rd_peek(&rd) == '0'; any = true)
            if (rd_u8(&rd) != '0')
                rd_fail(&rd);
    }
    int offset = take_offset(&rd);
    if (rd.bad || rd_left(&rd) > 0 || tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 59)
        return false;
    struct tm asked = tm;
    *out = (int64_t)timegm(&tm) - offset;
    /* It moves days that the month does not have into the next. */
    return tm.tm_mon == asked.tm_mon && tm.tm_mday == asked.tm_mday;
}

/* --- values ------------------------------------------------------------------------------ */

static bool read_time(const struct token *token, struct value *out)
{
    int64_t seconds = 0;
    if (token->tag == TAG_DATE) {
        bool good = token->kind == TOKEN_TEXT && read_date(token->text, &seconds);
        *out = value_time(seconds);
        return good;
    }
    *out =
        token->kind == TOKEN_INTEGER ? value_integer(token->integer) : value_float(token->number);
    return (token->kind == TOKEN_INTEGER || token->kind == TOKEN_NUMBER) &&
           codec_convert(VALUE_TIME, out);
}

/* The value of a token as it is in CBOR; false when it is none. */
static bool read_plain(const struct token *token, struct value *out)
{
    if (token->kind == TOKEN_INTEGER)
        *out = value_integer(token->integer);
    else if (token->kind == TOKEN_NUMBER)
        *out = value_float(token->number);
    else if (token->kind == TOKEN_BOOLEAN)
        *out = value_boolean(token->integer != 0);
    else if (token->kind == TOKEN_TEXT)
        *out = value_octets(VALUE_STRING, token->text);
    else if (token->kind == TOKEN_OCTETS)
        *out = value_octets(VALUE_OPAQUE, token->text);
    return out->type != VALUE_NONE;
}

/* OUT is to be released in any case. */
static bool read_value(enum value_type type, const struct token *token, struct value *out)
{
    *out = value_none();
    if (token->tag != TAG_NONE)
        return read_time(token, out) && codec_convert(type, out);
    if (type == VALUE_OBJLINK)
        return token->kind == TOKEN_TEXT && codec_read_link(token->text, out);
    return read_plain(token, out) && codec_convert(type, out);
}

enum status cbor_decode(struct bytes text, struct path base, const struct codec_types *types,
                        struct records *out, struct error *error)
{
    static const char *const wanted[] = {
        [VALUE_NONE] = "a number, a boolean, a text or octets",
        [VALUE_STRING] = "a text",
        [VALUE_INTEGER] = "an integer of at most 64 bits",
        [VALUE_FLOAT] = "a number",
        [VALUE_BOOLEAN] = "true or false",
        [VALUE_OPAQUE] = "octets",
        [VALUE_TIME] = "whole seconds since 1970 or a date",
        [VALUE_OBJLINK] = "a text of two decimal ids with a colon between them",
    };
    enum value_type type = VALUE_NONE;
    enum status status = codec_check_single(text, base, types, &type, error);
    if (status != ST_OK)
        return status;
    struct cbor_reader reader;
    struct token token;
    struct value value = value_none();
    cbor_reader_init(&reader, text);
    status = cbor_next(&reader, &token, error);
    bool is_value = status == ST_OK && read_value(type, &token, &value);
    if (is_value)
        status = cbor_next(&reader, &token, error);
    cbor_reader_release(&reader);
    if (status == ST_OK && is_value)
        return codec_add(out, base, value, error);
    value_release(&value);
    if (status != ST_OK)
        return status;
    char place[PATH_TEXT];
    error_set(error, "content is no value of '%s'; it must be %s", path_text(base, place),
              wanted[type]);
    return ST_INVALID;
}
