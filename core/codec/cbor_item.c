/* SPDX-License-Identifier: Apache-2.0 */
/* CBOR data items: tokens on top of libcbor's stateless decoder, and the few heads we write. */
#include <cbor.h>

#include "base/std.h"

#include "codec/cbor_impl.h"
#include "codec/codec_impl.h"

/* --- one head, as libcbor tells it ------------------------------------------------------- */

enum item_kind {
    ITEM_UNSIGNED,
    ITEM_NEGATIVE, /* the argument is what is written: -1 minus the number */
    ITEM_OCTETS,
    ITEM_TEXT,
    ITEM_ENDLESS_OCTETS,
    ITEM_ENDLESS_TEXT,
    ITEM_ARRAY,
    ITEM_ENDLESS_ARRAY,
    ITEM_MAP,
    ITEM_ENDLESS_MAP,
    ITEM_TAG,
    ITEM_FLOAT,
    ITEM_NULL, /* and undefined */
    ITEM_BOOLEAN,
    ITEM_BREAK
};

struct item {
    enum item_kind kind;
    uint64_t argument;
    double number;
    struct bytes content;
};

static void take(void *item, enum item_kind kind, uint64_t argument)
{
    *(struct item *)item = (struct item){.kind = kind, .argument = argument};
}

static void take_content(void *item, enum item_kind kind, struct bytes content)
{
    *(struct item *)item = (struct item){.kind = kind, .content = content};
}

/* libcbor has a callback for each width; a row makes one of them. */
#define ARGUMENT_CALLBACK(NAME, TYPE, KIND)                                                        \
    static void NAME(void *item, TYPE argument)                                                    \
    {                                                                                              \
        take(item, KIND, argument);                                                                \
    }
#define FLOAT_CALLBACK(NAME, TYPE)                                                                 \
    static void NAME(void *item, TYPE number)                                                      \
    {                                                                                              \
        *(struct item *)item = (struct item){.kind = ITEM_FLOAT, .number = (double)number};        \
    }
#define PLAIN_CALLBACK(NAME, KIND)                                                                 \
    static void NAME(void *item)                                                                   \
    {                                                                                              \
        take(item, KIND, 0);                                                                       \
    }
#define STRING_CALLBACK(NAME, KIND)                                                                \
    static void NAME(void *item, cbor_data data, size_t len)                                       \
    {                                                                                              \
        take_content(item, KIND, (struct bytes){data, len});                                       \
    }

ARGUMENT_CALLBACK(on_uint8, uint8_t, ITEM_UNSIGNED)
ARGUMENT_CALLBACK(on_uint16, uint16_t, ITEM_UNSIGNED)
ARGUMENT_CALLBACK(on_uint32, uint32_t, ITEM_UNSIGNED)
ARGUMENT_CALLBACK(on_uint64, uint64_t, ITEM_UNSIGNED)
ARGUMENT_CALLBACK(on_negint8, uint8_t, ITEM_NEGATIVE)
ARGUMENT_CALLBACK(on_negint16, uint16_t, ITEM_NEGATIVE)
ARGUMENT_CALLBACK(on_negint32, uint32_t, ITEM_NEGATIVE)
ARGUMENT_CALLBACK(on_negint64, uint64_t, ITEM_NEGATIVE)
ARGUMENT_CALLBACK(on_array, size_t, ITEM_ARRAY)
ARGUMENT_CALLBACK(on_map, size_t, ITEM_MAP)
ARGUMENT_CALLBACK(on_tag, uint64_t, ITEM_TAG)
ARGUMENT_CALLBACK(on_boolean, bool, ITEM_BOOLEAN)
FLOAT_CALLBACK(on_float, float)
FLOAT_CALLBACK(on_double, double)
PLAIN_CALLBACK(on_endless_octets, ITEM_ENDLESS_OCTETS)
PLAIN_CALLBACK(on_endless_text, ITEM_ENDLESS_TEXT)
PLAIN_CALLBACK(on_endless_array, ITEM_ENDLESS_ARRAY)
PLAIN_CALLBACK(on_endless_map, ITEM_ENDLESS_MAP)
PLAIN_CALLBACK(on_null, ITEM_NULL)
PLAIN_CALLBACK(on_break, ITEM_BREAK)
STRING_CALLBACK(on_octets, ITEM_OCTETS)
STRING_CALLBACK(on_text, ITEM_TEXT)

static const struct cbor_callbacks callbacks = {
    .uint8 = on_uint8,
    .uint16 = on_uint16,
    .uint32 = on_uint32,
    .uint64 = on_uint64,
    .negint8 = on_negint8,
    .negint16 = on_negint16,
    .negint32 = on_negint32,
    .negint64 = on_negint64,
    .byte_string_start = on_endless_octets,
    .byte_string = on_octets,
    .string = on_text,
    .string_start = on_endless_text,
    .indef_array_start = on_endless_array,
    .array_start = on_array,
    .indef_map_start = on_endless_map,
    .map_start = on_map,
    .tag = on_tag,
    .float2 = on_float,
    .float4 = on_float,
    .float8 = on_double,
    .undefined = on_null,
    .null = on_null,
    .boolean = on_boolean,
    .indef_break = on_break,
};

/* --- reading ----------------------------------------------------------------------------- */

void cbor_reader_init(struct cbor_reader *reader, struct bytes text)
{
    *reader = (struct cbor_reader){.text = text};
    rd_init(&reader->rd, text);
    buf_init_secret(&reader->chunks, text.len);
}

void cbor_reader_release(struct cbor_reader *reader)
{
    buf_release(&reader->chunks);
}

static enum status fail(const struct cbor_reader *reader, struct error *error, enum status status,
                        const char *sentence)
{
    error_set(error, "%s", sentence);
    codec_place(error, &reader->rd, reader->text);
    return status;
}

static enum status invalid(const struct cbor_reader *reader, struct error *error,
                           const char *sentence)
{
    return fail(reader, error, ST_INVALID, sentence);
}

static enum status take_item(struct cbor_reader *reader, struct item *out, struct error *error)
{
    *out = (struct item){.kind = ITEM_BREAK};
    struct cbor_decoder_result result =
        cbor_stream_decode(reader->rd.at, rd_left(&reader->rd), &callbacks, out);
    if (result.status == CBOR_DECODER_NEDATA)
        return invalid(reader, error, "content ends in the middle of a cbor item");
    if (result.status == CBOR_DECODER_ERROR)
        return invalid(reader, error, "octet that begins no cbor item");
    if (out->kind == ITEM_TEXT && !utf8_valid(out->content))
        return invalid(reader, error, "not utf-8 in a text of cbor");
    rd_take(&reader->rd, result.read);
    return ST_OK;
}

/* The pieces of a string up to its end, which must all be of KIND. */
static enum status join_chunks(struct cbor_reader *reader, enum item_kind kind, struct token *out,
                               struct error *error)
{
    struct item piece;
    enum status status = ST_OK;
    while ((status = take_item(reader, &piece, error)) == ST_OK && piece.kind == kind)
        buf_put(&reader->chunks, piece.content);
    if (status != ST_OK)
        return status;
    if (piece.kind != ITEM_BREAK)
        return invalid(reader, error, "something else among the pieces of a cbor string");
    out->text = buf_bytes(&reader->chunks);
    return ST_OK;
}

static void set_integer(const struct item *item, struct token *out)
{
    bool negative = item->kind == ITEM_NEGATIVE;
    uint64_t argument = item->argument;
    if (argument <= INT64_MAX) {
        out->kind = TOKEN_INTEGER;
        out->integer = negative ? -1 - (int64_t)argument : (int64_t)argument;
        out->number = (double)out->integer;
        return;
    }
    out->kind = TOKEN_NUMBER;
    out->number = !negative                ? (double)argument
                  : argument == UINT64_MAX ? -0x1p64
                                           : -(double)(argument + 1);
}

static bool is_integer(const struct item *item)
{
    return (item->kind == ITEM_UNSIGNED || item->kind == ITEM_NEGATIVE) &&
           item->argument <= INT64_MAX;
}

/* What follows tag 4: an array of an exponent of ten and a mantissa (RFC 8949 section 3.4.4). It
 * is made a text, because reading that rounds only once. */
static enum status read_decimal(struct cbor_reader *reader, struct token *out, struct error *error)
{
    struct item items[3];
    struct token parts[2] = {{.kind = TOKEN_NUMBER}, {.kind = TOKEN_NUMBER}};
    char text[64];
    for (size_t i = 0; i < COUNT_OF(items); i++) {
        enum status status = take_item(reader, &items[i], error);
        if (status != ST_OK)
            return status;
    }
    if (items[0].kind != ITEM_ARRAY || items[0].argument != COUNT_OF(parts) ||
        !is_integer(&items[1]) || !is_integer(&items[2]))
        return invalid(reader, error, "a decimal fraction is an array of two integers");
    set_integer(&items[1], &parts[0]);
    set_integer(&items[2], &parts[1]);
    snprintf(text, sizeof text, "%" PRId64 "e%" PRId64, parts[1].integer, parts[0].integer);
    out->kind = TOKEN_NUMBER;
    if (parse_number(bytes_of(text), &out->number))
        return ST_OK;
    return fail(reader, error, ST_LIMIT, "the decimal fraction is too large");
}

static enum status open_level(struct cbor_reader *reader, const struct item *item,
                              struct token *out, struct error *error)
{
    bool is_map = item->kind == ITEM_MAP || item->kind == ITEM_ENDLESS_MAP;
    bool is_endless = item->kind == ITEM_ENDLESS_ARRAY || item->kind == ITEM_ENDLESS_MAP;
    if (reader->depth == CBOR_DEPTH_MOST)
        return fail(reader, error, ST_LIMIT, "cbor is nested too deep");
    /* Every item takes an octet at least. */
    if (item->argument > rd_left(&reader->rd) / (is_map ? 2 : 1))
        return invalid(reader, error, "content has fewer cbor items than it says");
    reader->levels[reader->depth++] =
        (struct cbor_level){is_map, is_endless, item->argument * (is_map ? 2 : 1)};
    out->kind = is_map ? TOKEN_MAP : TOKEN_ARRAY;
    return ST_OK;
}

static void close_level(struct cbor_reader *reader, struct token *out)
{
    reader->depth--;
    out->kind = reader->levels[reader->depth].is_map ? TOKEN_MAP_END : TOKEN_ARRAY_END;
    reader->is_over = reader->depth == 0;
}

static enum status read_value(struct cbor_reader *reader, const struct item *item,
                              struct token *out, struct error *error)
{
    switch (item->kind) {
    case ITEM_UNSIGNED:
    case ITEM_NEGATIVE:
        set_integer(item, out);
        return ST_OK;
    case ITEM_OCTETS:
    case ITEM_TEXT:
        out->kind = item->kind == ITEM_TEXT ? TOKEN_TEXT : TOKEN_OCTETS;
        out->text = item->content;
        return ST_OK;
    case ITEM_ENDLESS_OCTETS:
        out->kind = TOKEN_OCTETS;
        return join_chunks(reader, ITEM_OCTETS, out, error);
    case ITEM_ENDLESS_TEXT:
        out->kind = TOKEN_TEXT;
        return join_chunks(reader, ITEM_TEXT, out, error);
    case ITEM_ARRAY:
    case ITEM_ENDLESS_ARRAY:
    case ITEM_MAP:
    case ITEM_ENDLESS_MAP:
        return open_level(reader, item, out, error);
    case ITEM_FLOAT:
        out->kind = TOKEN_NUMBER;
        out->number = item->number;
        return ST_OK;
    case ITEM_NULL:
        out->kind = TOKEN_NULL;
        return ST_OK;
    case ITEM_BOOLEAN:
        out->kind = TOKEN_BOOLEAN;
        out->integer = item->argument != 0;
        return ST_OK;
    case ITEM_TAG: /* both have been seen to */
    case ITEM_BREAK:
        break;
    }
    return invalid(reader, error, "the end of a cbor item where none can end");
}

static enum status read_key(struct cbor_reader *reader, const struct item *item, struct token *out,
                            struct error *error)
{
    bool is_text = item->kind == ITEM_TEXT || item->kind == ITEM_ENDLESS_TEXT;
    if (!is_text && !is_integer(item))
        return invalid(reader, error, "a key of a cbor map must be a text or a 64-bit integer");
    enum status status = read_value(reader, item, out, error);
    out->kind = TOKEN_KEY;
    out->numbered = !is_text;
    return status;
}

static enum status read_tagged(struct cbor_reader *reader, uint64_t tag, struct token *out,
                               struct error *error)
{
    enum { POSITIVE_BIGNUM = 2, NEGATIVE_BIGNUM = 3, DECIMAL_FRACTION = 4 };
    struct item item;
    if (tag == POSITIVE_BIGNUM || tag == NEGATIVE_BIGNUM)
        return invalid(reader, error, "bignums are not understood; send at most 64 bits");
    if (tag == DECIMAL_FRACTION)
        return read_decimal(reader, out, error);
    if (tag != TAG_DATE && tag != TAG_SECONDS)
        return invalid(reader, error, "a cbor tag that is not understood; leave it out");
    out->tag = (int)tag;
    enum status status = take_item(reader, &item, error);
    if (status != ST_OK)
        return status;
    if (item.kind == ITEM_TAG || item.kind == ITEM_BREAK)
        return invalid(reader, error, "no value after a cbor tag");
    return read_value(reader, &item, out, error);
}

static enum status read_end(struct cbor_reader *reader, struct token *out, struct error *error)
{
    out->kind = TOKEN_END;
    if (rd_left(&reader->rd) == 0)
        return ST_OK;
    return invalid(reader, error, "octets after the end of the cbor item; remove them");
}

/* An item within LEVEL, or the outermost one when there is none. */
static enum status read_item(struct cbor_reader *reader, struct cbor_level *level,
                             struct token *out, struct error *error)
{
    struct item item;
    enum status status = take_item(reader, &item, error);
    if (status != ST_OK)
        return status;
    bool is_key = level != NULL && level->is_map && level->left % 2 == 0;
    if (item.kind == ITEM_BREAK && level != NULL && level->is_endless &&
        (is_key || !level->is_map)) {
        close_level(reader, out);
        return ST_OK;
    }
    if (level != NULL)
        level->left += level->is_endless ? UINT64_C(1) : UINT64_MAX; /* one more, or one fewer */
    status = is_key                  ? read_key(reader, &item, out, error)
             : item.kind == ITEM_TAG ? read_tagged(reader, item.argument, out, error)
                                     : read_value(reader, &item, out, error);
    reader->is_over = reader->depth == 0;
    return status;
}

enum status cbor_next(struct cbor_reader *reader, struct token *out, struct error *error)
{
    struct cbor_level *level = reader->depth > 0 ? &reader->levels[reader->depth - 1] : NULL;
    *out = (struct token){.tag = TAG_NONE};
    buf_clear(&reader->chunks);
    if (reader->is_over)
        return read_end(reader, out, error);
    if (level == NULL || level->is_endless || level->left > 0)
        return read_item(reader, level, out, error);
    close_level(reader, out);
    return ST_OK;
}

/* --- writing ----------------------------------------------------------------------------- */

/* The three highest bits of the first octet (RFC 8949 section 3.1). */
enum major {
    MAJOR_UNSIGNED,
    MAJOR_NEGATIVE,
    MAJOR_OCTETS,
    MAJOR_TEXT,
    MAJOR_ARRAY,
    MAJOR_MAP,
    MAJOR_SIMPLE = 7
};

enum { SIMPLE_FALSE = 20, SIMPLE_TRUE = 21, MAJOR_SHIFT = 5, ARGUMENT_IN_HEAD_MOST = 23 };

/* The additional information that says how wide an argument of up to 8 octets is. */
static unsigned width_mark(unsigned width)
{
    return width == 1 ? 24 : width == 2 ? 25 : width == 4 ? 26 : 27;
}

/* The shortest head. */
static void put_head(struct buf *out, enum major major, uint64_t argument)
{
    unsigned first = (unsigned)major << MAJOR_SHIFT;
    if (argument <= ARGUMENT_IN_HEAD_MOST) {
        buf_put_u8(out, first | (unsigned)argument);
        return;
    }
    unsigned width = argument <= UINT8_MAX ? 1 : argument <= UINT16_MAX ? 2 : 8;
    if (width == 8 && argument <= UINT32_MAX)
        width = 4;
    buf_put_u8(out, first | width_mark(width));
    buf_put_be(out, argument, width);
}

void cbor_put_array(struct buf *out, size_t count)
{
    put_head(out, MAJOR_ARRAY, count);
}

void cbor_put_map(struct buf *out, size_t count)
{
    put_head(out, MAJOR_MAP, count);
}

void cbor_put_integer(struct buf *out, int64_t integer)
{
    put_head(out, integer < 0 ? MAJOR_NEGATIVE : MAJOR_UNSIGNED,
             (uint64_t)(integer < 0 ? -1 - integer : integer));
}

static void put_string(struct buf *out, enum major major, struct bytes content)
{
    put_head(out, major, content.len);
    buf_put(out, content);
}

void cbor_put_text(struct buf *out, struct bytes text)
{
    put_string(out, MAJOR_TEXT, text);
}

static void put_float(struct buf *out, double number)
{
    uint64_t bits = 0;
    unsigned width = codec_float_bits(number, &bits);
    buf_put_u8(out, (unsigned)MAJOR_SIMPLE << MAJOR_SHIFT | width_mark(width));
    buf_put_be(out, bits, width);
}

void cbor_put_value(struct buf *out, const struct value *value)
{
    char link[CODEC_LINK_TEXT];
    switch (value->type) {
    case VALUE_NONE:
        break;
    case VALUE_STRING:
        put_string(out, MAJOR_TEXT, value_bytes(value));
        break;
    case VALUE_OPAQUE:
        put_string(out, MAJOR_OCTETS, value_bytes(value));
        break;
    case VALUE_INTEGER:
    case VALUE_TIME:
        cbor_put_integer(out, value->integer);
        break;
    case VALUE_FLOAT:
        put_float(out, value->number);
        break;
    case VALUE_BOOLEAN:
        put_head(out, MAJOR_SIMPLE, value->boolean ? SIMPLE_TRUE : SIMPLE_FALSE);
        break;
    case VALUE_OBJLINK:
        cbor_put_text(out, bytes_of(codec_link_text(value->link, link)));
        break;
    }
}
