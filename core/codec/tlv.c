/* SPDX-License-Identifier: Apache-2.0 */
/* OMA TLV: records to nested type-length-value items and back. */
#include "base/std.h"

#include "codec/codec_impl.h"
#include "codec/tlv.h"

/* The two highest bits of the first octet. */
enum tlv_kind { KIND_INSTANCE, KIND_RESOURCE_INSTANCE, KIND_MULTIPLE, KIND_RESOURCE };

enum {
    KIND_SHIFT = 6,
    WIDE_ID = 0x20,      /* the id has 16 bits instead of 8 */
    WIDTH_SHIFT = 3,     /* two bits: how many octets the length has */
    SHORT_LEN_MOST = 7,  /* a length up to here stands in the first octet itself */
    LEN_MOST = 0xFFFFFF, /* three octets */
    LEVEL_MOST = 3       /* depth of the path that the resource instances hang from */
};

static const char *kind_name(enum tlv_kind kind)
{
    static const char *const names[] = {
        [KIND_INSTANCE] = "an object instance",
        [KIND_RESOURCE_INSTANCE] = "a resource instance",
        [KIND_MULTIPLE] = "a multiple resource",
        [KIND_RESOURCE] = "a resource",
    };
    return names[kind];
}

/* The depth of the path that an item hangs from. */
static unsigned level_of(enum tlv_kind kind)
{
    static const unsigned levels[] = {
        [KIND_INSTANCE] = 1,
        [KIND_RESOURCE_INSTANCE] = 3,
        [KIND_MULTIPLE] = 2,
        [KIND_RESOURCE] = 2,
    };
    return levels[kind];
}

/* True when one of ITEMS from FIRST to before END, all below one parent of depth LEVEL, has this
 * id there. */
static bool has_id(const struct record *items, size_t first, size_t end, unsigned level,
                   unsigned id)
{
    for (size_t i = first; i < end; i++)
        if (items[i].path.id[level] == id)
            return true;
    return false;
}

/* --- writing ---------------------------------------------------------------------------- */

static void put_header(struct buf *out, enum tlv_kind kind, unsigned id, size_t len)
{
    unsigned id_width = id > UINT8_MAX ? 2 : 1;
    unsigned len_width = len <= SHORT_LEN_MOST ? 0
                         : len <= UINT8_MAX    ? 1
                         : len <= UINT16_MAX   ? 2
                                               : 3;
    unsigned first = (unsigned)kind << KIND_SHIFT | len_width << WIDTH_SHIFT;
    first |= (id_width == 2 ? WIDE_ID : 0u) | (len_width == 0 ? (unsigned)len : 0u);
    uint64_t header = (uint64_t)first << 8 * id_width | id;
    if (len_width > 0)
        header = header << 8 * len_width | len;
    out->bad = out->bad || len > LEN_MOST;
    buf_put_be(out, header, 1 + id_width + len_width);
}

/* A value of fixed size as it stands in a content: the lowest WIDTH octets of BITS. */
struct scalar {
    uint64_t bits;
    unsigned width;
};

static struct scalar integer_scalar(int64_t integer)
{
    unsigned width = 1;
    while (width < 8 &&
           (integer < -(INT64_C(1) << (8 * width - 1)) || integer >= INT64_C(1) << (8 * width - 1)))
        width *= 2;
    return (struct scalar){(uint64_t)integer, width};
}

static void put_scalar(struct buf *out, enum tlv_kind kind, unsigned id, struct scalar scalar)
{
    put_header(out, kind, id, scalar.width);
    buf_put_be(out, scalar.bits, scalar.width);
}

static void put_octets(struct buf *out, enum tlv_kind kind, unsigned id, struct bytes octets)
{
    put_header(out, kind, id, octets.len);
    buf_put(out, octets);
}

static void put_value(struct buf *out, enum tlv_kind kind, unsigned id, const struct value *value)
{
    struct scalar scalar = {0, 0};
    switch (value->type) {
    case VALUE_NONE:
        break;
    case VALUE_STRING:
    case VALUE_OPAQUE:
        put_octets(out, kind, id, value_bytes(value));
        return;
    case VALUE_INTEGER:
    case VALUE_TIME:
        scalar = integer_scalar(value->integer);
        break;
    case VALUE_FLOAT:
        scalar.width = codec_float_bits(value->number, &scalar.bits);
        break;
    case VALUE_BOOLEAN:
        scalar = (struct scalar){value->boolean ? 1 : 0, 1};
        break;
    case VALUE_OBJLINK:
        scalar = (struct scalar){(uint64_t)value->link.object << 16 | value->link.instance, 4};
        break;
    }
    put_scalar(out, kind, id, scalar);
}

/* Neighbouring records. */
struct span {
    const struct record *items; /* (borrowed) */
    size_t count;
};

static enum status put_level(struct span span, unsigned level, struct buf *out);

/* An item that holds others: its length stands first, so its content is written aside. */
static enum status put_container(struct span span, unsigned level, struct buf *out)
{
    enum tlv_kind kind = level == 1 ? KIND_INSTANCE : KIND_MULTIPLE;
    bool empty = span.items[0].path.depth == level + 1;
    struct buf content;
    buf_init_secret(&content, out->limit);
    enum status status = empty ? ST_OK : put_level(span, level + 1, &content);
    out->bad = out->bad || content.bad;
    if (status == ST_OK)
        put_octets(out, kind, span.items[0].path.id[level], buf_bytes(&content));
    buf_release(&content);
    return status;
}

/* One item: all records with the same id at LEVEL. */
static enum status put_item(struct span span, unsigned level, struct buf *out)
{
    const struct record *first = &span.items[0];
    bool ends_here = first->path.depth == level + 1;
    bool has_value = first->value.type != VALUE_NONE;
    if (first->path.id[level] == ID_NONE || (ends_here && span.count > 1))
        return ST_INVALID;
    if (!ends_here || !has_value)
        return level == LEVEL_MOST ? ST_INVALID : put_container(span, level, out);
    if (level == 1)
        return ST_INVALID;
    put_value(out, level == 2 ? KIND_RESOURCE : KIND_RESOURCE_INSTANCE, first->path.id[level],
              &first->value);
    return ST_OK;
}

/* Writes records that are all below one path of depth LEVEL. Calls itself through put_item with a
 * higher level, so three deep at most. */
static enum status put_level(struct span span, unsigned level, struct buf *out)
{
    enum status status = ST_OK;
    for (size_t i = 0, end = 0; i < span.count && status == ST_OK; i = end) {
        if (span.items[i].path.depth <= level)
            return ST_INVALID;
        unsigned id = span.items[i].path.id[level];
        if (has_id(span.items, 0, i, level, id))
            return ST_INVALID;
        for (end = i + 1; end < span.count && span.items[end].path.id[level] == id;)
            end++;
        status = put_item((struct span){span.items + i, end - i}, level, out);
    }
    return status;
}

enum status tlv_encode(const struct records *records, struct path base, struct buf *out)
{
    struct span span = {records->items, records->count};
    if (base.depth == 0)
        return ST_UNSUPPORTED;
    if (base.depth == 1 && span.count > 0 && span.items[0].path.depth > 1 &&
        span.items[0].path.id[1] == ID_NONE)
        base = path_child(base, ID_NONE);
    for (size_t i = 0; i < span.count; i++)
        if (!path_covers(base, span.items[i].path))
            return ST_INVALID;
    bool empty_base = base.depth < 3 && span.count == 1 && span.items[0].value.type == VALUE_NONE &&
                      path_equal(span.items[0].path, base);
    enum status status = ST_OK;
    if (!empty_base)
        status = put_level(span, base.depth < 3 ? base.depth : base.depth - 1u, out);
    return status == ST_OK && out->bad ? ST_LIMIT : status;
}

/* --- reading ---------------------------------------------------------------------------- */

struct walk {
    struct path base;
    const struct codec_types *types; /* (borrowed) */
    struct records *out;             /* (borrowed) */
    struct error *error;             /* (borrowed) */
};

struct item {
    enum tlv_kind kind;
    unsigned id;
    struct bytes content;
};

static struct item take_item(struct rd *rd)
{
    unsigned first = rd_u8(rd);
    unsigned len_width = first >> WIDTH_SHIFT & 3;
    struct item item = {.kind = (enum tlv_kind)(first >> KIND_SHIFT)};
    item.id = (unsigned)rd_be(rd, (first & WIDE_ID) != 0 ? 2 : 1);
    size_t len = len_width == 0 ? (first & SHORT_LEN_MOST) : (size_t)rd_be(rd, len_width);
    item.content = rd_take(rd, len);
    return item;
}

static bool read_integer(struct bytes octets, int64_t *out)
{
    struct rd rd;
    rd_init(&rd, octets);
    if (octets.len != 1 && octets.len != 2 && octets.len != 4 && octets.len != 8)
        return false;
    uint64_t sign = UINT64_C(1) << (8 * octets.len - 1);
    uint64_t extended = (rd_be(&rd, (unsigned)octets.len) ^ sign) - sign;
    memcpy(out, &extended, sizeof *out);
    return true;
}

static bool read_float(struct bytes octets, double *out)
{
    struct rd rd;
    rd_init(&rd, octets);
    if (octets.len == sizeof(float)) {
        uint32_t bits = (uint32_t)rd_be(&rd, sizeof bits);
        float narrow = 0;
        memcpy(&narrow, &bits, sizeof narrow);
        *out = (double)narrow;
    } else if (octets.len == sizeof(double)) {
        uint64_t bits = rd_be(&rd, sizeof bits);
        memcpy(out, &bits, sizeof *out);
    }
    return octets.len == sizeof(float) || octets.len == sizeof(double);
}

static bool read_boolean(struct bytes octets, bool *out)
{
    *out = octets.len == 1 && octets.data[0] == 1;
    return octets.len == 1 && octets.data[0] <= 1;
}

static bool read_link(struct bytes octets, struct objlink *out)
{
    struct rd rd;
    rd_init(&rd, octets);
    out->object = (uint16_t)rd_be(&rd, 2);
    out->instance = (uint16_t)rd_be(&rd, 2);
    return !rd.bad && rd_left(&rd) == 0;
}

static bool read_value(enum value_type type, struct bytes octets, struct value *out)
{
    *out = (struct value){.type = type};
    switch (type) {
    case VALUE_NONE:
    case VALUE_OPAQUE:
        *out = value_octets(VALUE_OPAQUE, octets);
        return true;
    case VALUE_STRING:
        if (!utf8_valid(octets))
            return false;
        *out = value_octets(VALUE_STRING, octets);
        return true;
    case VALUE_INTEGER:
    case VALUE_TIME:
        return read_integer(octets, &out->integer);
    case VALUE_FLOAT:
        return read_float(octets, &out->number);
    case VALUE_BOOLEAN:
        return read_boolean(octets, &out->boolean);
    case VALUE_OBJLINK:
        return read_link(octets, &out->link);
    }
    return false;
}

/* PROBLEM is the middle of the sentence, between "content" and the path. */
static enum status refuse(struct walk *walk, struct path path, const char *problem)
{
    char text[PATH_TEXT];
    error_set(walk->error, "content %s '%s'", problem, path_text(path, text));
    return ST_INVALID;
}

static enum status add_value(struct walk *walk, const struct item *item, struct path path)
{
    static const char *const wanted[] = {
        [VALUE_NONE] = "any number of octets",   [VALUE_STRING] = "UTF-8",
        [VALUE_INTEGER] = "1, 2, 4 or 8 octets", [VALUE_FLOAT] = "4 or 8 octets",
        [VALUE_BOOLEAN] = "one octet, 0 or 1",   [VALUE_OPAQUE] = "any number of octets",
        [VALUE_TIME] = "1, 2, 4 or 8 octets",    [VALUE_OBJLINK] = "4 octets",
    };
    enum codec_shape shape = item->kind == KIND_RESOURCE ? SHAPE_SINGLE : SHAPE_MULTIPLE;
    enum value_type type = VALUE_NONE;
    enum status status = codec_type_of(walk->types, path, shape, &type, walk->error);
    if (status != ST_OK)
        return status;
    struct value value;
    if (!read_value(type, item->content, &value)) {
        char text[PATH_TEXT];
        error_set(walk->error, "content has %zu octets that are no %s for '%s'; it must be %s",
                  item->content.len, value_type_name(type), path_text(path, text), wanted[type]);
        return ST_INVALID;
    }
    return codec_add(walk->out, path, value, walk->error);
}

static enum status read_level(struct walk *walk, struct bytes text, struct path parent);

static enum status read_item(struct walk *walk, const struct item *item, struct path path)
{
    bool leaf = item->kind == KIND_RESOURCE || item->kind == KIND_RESOURCE_INSTANCE;
    bool ends_here = leaf || item->content.len == 0;
    if (!path_covers(walk->base, path) && (ends_here || !path_covers(path, walk->base)))
        return refuse(walk, path, "contradicts the path of the request with");
    if (leaf)
        return add_value(walk, item, path);
    if (item->kind == KIND_MULTIPLE) {
        enum value_type type = VALUE_NONE;
        enum status status = codec_type_of(walk->types, path, SHAPE_MULTIPLE, &type, walk->error);
        if (status != ST_OK)
            return status;
    }
    if (ends_here)
        return codec_add(walk->out, path, value_none(), walk->error);
    return read_level(walk, item->content, path);
}

/* Reads the items below PARENT. Calls itself through read_item with a deeper parent, so three deep
 * at most. */
static enum status read_level(struct walk *walk, struct bytes text, struct path parent)
{
    size_t start = walk->out->count;
    struct rd rd;
    rd_init(&rd, text);
    while (rd_left(&rd) > 0) {
        struct item item = take_item(&rd);
        if (rd.bad)
            return refuse(walk, parent, "ends in the middle of an item of");
        if (level_of(item.kind) != parent.depth) {
            char place[PATH_TEXT];
            error_set(walk->error, "content has %s item directly below '%s'", kind_name(item.kind),
                      path_text(parent, place));
            return ST_INVALID;
        }
        struct path path = path_child(parent, item.id);
        if (item.id == ID_NONE)
            return refuse(walk, path, "has the reserved id 65535 in");
        if (has_id(walk->out->items, start, walk->out->count, parent.depth, item.id))
            return refuse(walk, path, "repeats");
        enum status status = read_item(walk, &item, path);
        if (status != ST_OK)
            return status;
    }
    return ST_OK;
}

/* The path that the items of the highest level hang from: it depends on the first of them, because
 * a Create may leave the instance out, and the Multiple Resource around a resource instance may be
 * missing. False when such an item cannot stand there. */
static bool find_top(struct path base, enum tlv_kind kind, struct path *out)
{
    unsigned level = level_of(kind);
    bool unnamed = base.depth == 1 && level == 2;
    *out = unnamed ? path_child(base, ID_NONE) : path_cut(base, level);
    return unnamed || (level <= base.depth && (level >= 2 || base.depth == 1));
}

enum status tlv_decode(struct bytes text, struct path base, const struct codec_types *types,
                       struct records *out, struct error *error)
{
    struct walk walk = {base, types, out, error};
    enum status status = codec_check_size(text, error);
    if (status != ST_OK)
        return status;
    if (base.depth == 0)
        return refuse(&walk, base, "in tlv cannot be for");
    if (text.len == 0)
        return codec_add_empty(base, types, out, error);
    struct path top;
    enum tlv_kind kind = (enum tlv_kind)(text.data[0] >> KIND_SHIFT);
    if (find_top(base, kind, &top))
        return read_level(&walk, text, top);
    char place[PATH_TEXT];
    error_set(error, "content for '%s' begins with %s item, which has no place there",
              path_text(base, place), kind_name(kind));
    return ST_INVALID;
}
