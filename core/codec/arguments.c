/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of Execute: `0='0',1='3'`, and the readable form of the same. */
#include "base/std.h"

#include "codec/arguments.h"
#include "codec/codec_impl.h"

struct scan {
    struct bytes text;
    struct rd rd;
    bool readable;
    struct error *error; /* (borrowed) */
};

/* What may stand between the apostrophes (LwM2M TS 1.0, 5.4.5). */
static bool is_value_octet(int c)
{
    return c > ' ' && c <= '~' && c != '"' && c != '\'' && c != '\\';
}

static bool is_bare_octet(int c)
{
    return is_value_octet(c) && c != ',';
}

/* At the octet where the cursor stands. */
static enum status refuse(struct scan *scan, enum status status)
{
    codec_place(scan->error, &scan->rd, scan->text);
    return status;
}

static void skip_blanks(struct scan *scan)
{
    while (scan->readable && (rd_peek(&scan->rd) == ' ' || rd_peek(&scan->rd) == '\t'))
        rd_u8(&scan->rd);
}

static struct bytes take_while(struct rd *rd, bool (*belongs)(int c))
{
    struct bytes taken = {rd->at, 0};
    while (belongs(rd_peek(rd))) {
        rd_u8(rd);
        taken.len++;
    }
    return taken;
}

static enum status read_value(struct scan *scan, struct argument *argument)
{
    unsigned digit = argument->digit;
    bool quoted = rd_peek(&scan->rd) == '\'';
    if (!quoted && !scan->readable) {
        error_set(scan->error, "value of argument '%u' is not in apostrophes; write %u='...'",
                  digit, digit);
        return refuse(scan, ST_INVALID);
    }
    if (quoted)
        rd_u8(&scan->rd);
    argument->has_value = true;
    argument->value = take_while(&scan->rd, quoted ? is_value_octet : is_bare_octet);
    if (argument->value.len > ARGUMENT_LEN_MOST) {
        error_set(scan->error, "value of argument '%u' is too long; at most %d octets can be sent",
                  digit, ARGUMENT_LEN_MOST);
        return refuse(scan, ST_LIMIT);
    }
    int next = rd_peek(&scan->rd);
    if (quoted && next == '\'') {
        rd_u8(&scan->rd);
        return ST_OK;
    }
    if (!quoted && argument->value.len > 0)
        return ST_OK;
    if (quoted && next >= 0)
        error_set(scan->error,
                  "value of argument '%u' has the octet 0x%02x, which no value can "
                  "have; leave it out",
                  digit, (unsigned)next);
    else if (quoted)
        error_set(scan->error, "value of argument '%u' does not end; put an apostrophe behind it",
                  digit);
    else
        error_set(scan->error, "value of argument '%u' is missing; write %u='' for an empty one",
                  digit, digit);
    return refuse(scan, ST_INVALID);
}

static enum status read_argument(struct scan *scan, struct arguments *out)
{
    skip_blanks(scan);
    int digit = rd_peek(&scan->rd);
    if (digit < '0' || digit > '9') {
        error_set(scan->error, "argument list has no digit where an argument should begin; write "
                               "0='...',1='...'");
        return refuse(scan, ST_INVALID);
    }
    if (out->count == ARGUMENTS_MOST) {
        error_set(scan->error, "argument list is too long; at most %d can be sent", ARGUMENTS_MOST);
        return refuse(scan, ST_LIMIT);
    }
    struct argument *argument = &out->items[out->count++];
    *argument = (struct argument){.digit = (uint8_t)(rd_u8(&scan->rd) - '0')};
    skip_blanks(scan);
    if (rd_peek(&scan->rd) != '=')
        return ST_OK;
    rd_u8(&scan->rd);
    skip_blanks(scan);
    enum status status = read_value(scan, argument);
    skip_blanks(scan);
    return status;
}

enum status arguments_decode(struct bytes text, enum argument_form form, struct arguments *out,
                             struct error *error)
{
    struct scan scan = {.text = text, .readable = form == ARGUMENTS_READABLE, .error = error};
    rd_init(&scan.rd, text);
    out->count = 0;
    enum status status = codec_check_size(text, error);
    skip_blanks(&scan);
    bool more = rd_left(&scan.rd) > 0;
    while (status == ST_OK && more) {
        status = read_argument(&scan, out);
        more = rd_peek(&scan.rd) == ',';
        if (more)
            rd_u8(&scan.rd);
    }
    if (status != ST_OK || rd_left(&scan.rd) == 0)
        return status;
    error_set(error,
              "argument '%u' is followed by something else than a comma; write 0='...',1='...'",
              out->items[out->count - 1].digit);
    return refuse(&scan, ST_INVALID);
}

static bool can_be_written(const struct argument *argument)
{
    if (argument->digit > 9 || argument->value.len > ARGUMENT_LEN_MOST)
        return false;
    for (size_t i = 0; i < argument->value.len; i++)
        if (!is_value_octet(argument->value.data[i]))
            return false;
    return true;
}

void arguments_encode(const struct arguments *arguments, struct buf *out)
{
    for (size_t i = 0; i < arguments->count; i++) {
        const struct argument *argument = &arguments->items[i];
        out->bad = out->bad || !can_be_written(argument);
        buf_printf(out, "%s%u", i == 0 ? "" : ",", (unsigned)argument->digit);
        if (!argument->has_value)
            continue;
        buf_puts(out, "='");
        buf_put(out, argument->value);
        buf_puts(out, "'");
    }
}

const struct argument *arguments_find(const struct arguments *arguments, unsigned digit,
                                      size_t *out_count)
{
    const struct argument *found = NULL;
    *out_count = 0;
    for (size_t i = 0; i < arguments->count; i++) {
        if (arguments->items[i].digit != digit)
            continue;
        if (found == NULL)
            found = &arguments->items[i];
        ++*out_count;
    }
    return found;
}
