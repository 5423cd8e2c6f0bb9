/* SPDX-License-Identifier: Apache-2.0 */
/* The table of formats, and what must hold for each of its rows: what was written reads back as the
 * same records in the same order, and is then written in the same octets. */
#include "base/std.h"

#include <math.h>

#include "base/clock.h"
#include "tests/unit/codec/helpers.h"

static const struct {
    int format;
    const char *name;
    bool hierarchical;
    unsigned versions;
    bool has_paths;
} rows[] = {
    {0, "text", false, CODEC_1_0 | CODEC_1_1, false},
    {42, "opaque", false, CODEC_1_0 | CODEC_1_1, false},
    {60, "cbor", false, CODEC_1_1, false},
    {110, "senml-json", true, CODEC_1_1, true},
    {112, "senml-cbor", true, CODEC_1_1, true},
    {11542, "tlv", true, CODEC_1_0 | CODEC_1_1, false},
    {11543, "json", true, CODEC_1_0, false},
};

START_TEST(formats_are_found_by_number_and_name)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct codec *codec = codec_find(rows[i].format);
        ck_assert_ptr_eq(codec_named(bytes_of(rows[i].name)), codec);
        ck_assert_str_eq(codec->name, rows[i].name);
        ck_assert(codec->hierarchical == rows[i].hierarchical);
        ck_assert_uint_eq(codec->versions, rows[i].versions);
        ck_assert((codec->encode_paths != NULL) == rows[i].has_paths);
        ck_assert((codec->decode_paths != NULL) == rows[i].has_paths);
    }
    ck_assert_ptr_null(codec_at(COUNT_OF(rows)));
    ck_assert_ptr_null(codec_at(SIZE_MAX));
    ck_assert_ptr_null(codec_find(FORMAT_NONE));
    ck_assert_ptr_null(codec_find(FORMAT_LINK));
    ck_assert_ptr_null(codec_find(11544));
    ck_assert_ptr_null(codec_named(bytes_of("TLV")));
    ck_assert_ptr_null(codec_named(bytes_of("")));
}
END_TEST

START_TEST(former_numbers_are_understood)
{
    ck_assert_ptr_eq(codec_find(1541), codec_find(FORMAT_TEXT));
    ck_assert_ptr_eq(codec_find(1542), codec_find(FORMAT_TLV));
    ck_assert_ptr_eq(codec_find(1543), codec_find(FORMAT_JSON));
    ck_assert_ptr_eq(codec_find(1544), codec_find(FORMAT_OPAQUE));
}
END_TEST

/* --- random contents ----------------------------------------------------------------------- */

static unsigned below(struct chance *chance, unsigned limit)
{
    return (unsigned)(chance_u64(chance) % limit);
}

/* Lengths on both sides of each form, short ones most of the time. */
static struct value random_octets(struct chance *chance, enum value_type type)
{
    static const size_t lengths[] = {0, 1, 7, 8, 255, 256, 300};
    uint8_t octets[300];
    size_t len =
        below(chance, 8) == 0 ? lengths[below(chance, COUNT_OF(lengths))] : below(chance, 20);
    chance_bytes(chance, octets, len);
    for (size_t i = 0; type == VALUE_STRING && i < len; i++)
        octets[i] &= 0x7F;
    return value_octets(type, (struct bytes){octets, len});
}

static int64_t random_integer(struct chance *chance)
{
    uint64_t bits = chance_u64(chance) >> below(chance, 64);
    int64_t integer = 0;
    memcpy(&integer, &bits, sizeof integer);
    return below(chance, 2) == 0 || integer == INT64_MIN ? integer : -integer;
}

static double random_float(struct chance *chance)
{
    double number = NAN;
    if (below(chance, 2) == 0)
        return (double)random_integer(chance) / 64;
    while (!isfinite(number))
        chance_bytes(chance, &number, sizeof number);
    return number;
}

static struct value random_value(struct chance *chance, enum value_type type)
{
    switch (type) {
    case VALUE_NONE:
        return value_none();
    case VALUE_STRING:
    case VALUE_OPAQUE:
        return random_octets(chance, type);
    case VALUE_INTEGER:
        return value_integer(random_integer(chance));
    case VALUE_TIME:
        return value_time(random_integer(chance));
    case VALUE_FLOAT:
        return value_float(random_float(chance));
    case VALUE_BOOLEAN:
        return value_boolean(below(chance, 2) == 1);
    case VALUE_OBJLINK:
        return value_link((uint16_t)below(chance, 65536), (uint16_t)below(chance, 65536));
    }
    return value_none();
}

static void must_add(struct records *records, struct path path, struct value value)
{
    ck_assert(records_add(records, path, value));
}

/* A multiple resource with none to three instances, from wherever ids are. */
static void add_instances(struct chance *chance, struct path resource, enum value_type type,
                          struct records *out)
{
    unsigned count = below(chance, 4);
    unsigned id = below(chance, 3) == 0 ? 250 + below(chance, 10) : below(chance, 3);
    if (count == 0)
        must_add(out, resource, value_none());
    for (unsigned i = 0; i < count; i++, id += 1 + below(chance, 3))
        must_add(out, path_child(resource, id), random_value(chance, type));
}

/* Any of the resources of object 100 that have values, in the order of the table. */
static void add_resources(struct chance *chance, struct path instance, struct records *out)
{
    size_t before = out->count;
    for (size_t i = 0; i < COUNT_OF(known_types); i++) {
        if (known_types[i].object != 100 || known_types[i].type.type == VALUE_NONE ||
            below(chance, 3) != 0)
            continue;
        struct path resource = path_child(instance, known_types[i].resource);
        if (known_types[i].type.multiple)
            add_instances(chance, resource, known_types[i].type.type, out);
        else
            must_add(out, resource, random_value(chance, known_types[i].type.type));
    }
    if (out->count == before)
        must_add(out, instance, value_none());
}

static struct path add_object(struct chance *chance, struct records *out)
{
    struct path object = path_object(100);
    unsigned count = below(chance, 4);
    if (count == 0)
        must_add(out, object, value_none());
    for (unsigned i = 0, id = below(chance, 300); i < count; i++, id += 1 + below(chance, 200))
        add_resources(chance, path_child(object, id), out);
    return object;
}

/* One resource, or one instance of it. */
static struct path add_single(struct chance *chance, struct records *out)
{
    unsigned type = 1 + below(chance, VALUE_OBJLINK);
    struct path path = path_resource(100, below(chance, 3), type);
    if (below(chance, 2) == 0)
        path = path_child(path_resource(100, 0, 10 + type), below(chance, 300));
    must_add(out, path, random_value(chance, (enum value_type)type));
    return path;
}

/* Fills OUT with a content and returns the path that it is one of. */
static struct path random_content(struct chance *chance, struct records *out)
{
    struct path path = path_instance(100, below(chance, 2) == 0 ? 0 : 400);
    switch (below(chance, 5)) {
    case 0:
        return add_object(chance, out);
    case 1:
        add_resources(chance, path, out);
        return path;
    case 2:
        add_resources(chance, path_instance(100, ID_NONE), out);
        if (out->items[0].value.type == VALUE_NONE && out->items[0].path.depth == 2)
            out->items[0].path = path_object(100); /* the same content */
        return path_object(100);
    case 3:
        path = path_child(path, 11 + below(chance, VALUE_OBJLINK));
        add_instances(chance, path, (enum value_type)(path.id[2] - 10), out);
        return path;
    default:
        return add_single(chance, out);
    }
}

/* True when the format has items for what is empty, and for an instance that has no id yet. */
static bool has_items(const struct codec *codec)
{
    return codec->format == FORMAT_TLV;
}

static bool is_unnamed(const struct records *records)
{
    return records->count > 0 && records->items[0].path.depth >= 2 &&
           records->items[0].path.id[1] == ID_NONE;
}

/* What a format without items for it says of a content: what is empty in it is left out, until
 * nothing is left but that BASE itself is. */
static void copy_carried(const struct codec *codec, const struct records *records, struct path base,
                         struct records *out)
{
    records_init(out);
    for (size_t i = 0; i < records->count; i++)
        if (has_items(codec) || records->items[i].value.type != VALUE_NONE)
            must_add(out, records->items[i].path, value_copy(&records->items[i].value));
    if (out->count == 0 && base.depth > 0)
        must_add(out, base, value_none());
}

static void check_same(const struct records *have, const struct records *wanted, const char *what)
{
    ck_assert_msg(have->count == wanted->count, "%s", what);
    for (size_t i = 0; i < have->count; i++) {
        ck_assert_msg(path_equal(have->items[i].path, wanted->items[i].path), "%s", what);
        ck_assert_msg(value_equal(&have->items[i].value, &wanted->items[i].value), "%s", what);
    }
}

/* True when the format can carry the content. */
static bool check_round_trip(const struct codec *codec, const struct records *records,
                             struct path base)
{
    struct buf first;
    struct buf second;
    struct records wanted;
    struct records again;
    struct error error;
    buf_init(&first, PAYLOAD_MOST);
    buf_init(&second, PAYLOAD_MOST);
    copy_carried(codec, records, base, &wanted);
    records_init(&again);
    error_clear(&error);
    enum status status = codec->encode(records, base, &first);
    bool may_refuse = !codec->hierarchical || (!has_items(codec) && is_unnamed(records));
    ck_assert(status == ST_OK || (status == ST_UNSUPPORTED && may_refuse));
    if (status == ST_OK) {
        enum status back = codec->decode(buf_bytes(&first), base, &test_types, &again, &error);
        ck_assert_msg(back == ST_OK, "%s: %s", codec->name, error.text);
        check_same(&again, &wanted, codec->name);
        ck_assert_int_eq(codec->encode(&again, base, &second), ST_OK);
        ck_assert(bytes_equal(buf_bytes(&first), buf_bytes(&second)));
    }
    records_release(&again);
    records_release(&wanted);
    buf_release(&first);
    buf_release(&second);
    return status == ST_OK;
}

START_TEST(what_is_written_reads_back_and_is_written_the_same)
{
    enum { ROUNDS = 3000, CARRIED_LEAST = ROUNDS / 100 };
    for (size_t i = 0; codec_at(i) != NULL; i++) {
        struct chance chance;
        unsigned carried = 0;
        chance_init_seed(&chance, 20200616 + i);
        for (unsigned round = 0; round < ROUNDS; round++) {
            struct records records;
            records_init(&records);
            struct path base = random_content(&chance, &records);
            carried += check_round_trip(codec_at(i), &records, base) ? 1 : 0;
            records_release(&records);
        }
        ck_assert_msg(carried > CARRIED_LEAST, "%s: %u", codec_at(i)->name, carried);
    }
}
END_TEST

/* The contents of composite operations: values of many instances below the root, and lists of any
 * paths. */
START_TEST(contents_of_the_root_and_lists_of_paths_read_back)
{
    struct chance chance;
    chance_init_seed(&chance, 308);
    for (unsigned round = 0; round < 2000; round++) {
        for (size_t i = 0; codec_at(i) != NULL; i++) {
            const struct codec *codec = codec_at(i);
            if (codec->encode_paths == NULL)
                continue;
            struct records records;
            struct records again;
            struct buf octets;
            records_init(&records);
            records_init(&again);
            buf_init(&octets, PAYLOAD_MOST);
            random_content(&chance, &records);
            if (!is_unnamed(&records)) {
                ck_assert(check_round_trip(codec, &records, path_root()));
                for (size_t k = 0; k < records.count; k++)
                    value_release(&records.items[k].value);
                ck_assert_int_eq(codec->encode_paths(&records, &octets), ST_OK);
                ck_assert_int_eq(codec->decode_paths(buf_bytes(&octets), &again, NULL), ST_OK);
                check_same(&again, &records, codec->name);
            }
            records_release(&again);
            records_release(&records);
            buf_release(&octets);
        }
    }
}
END_TEST

static void check_damaged(const struct codec *codec, struct chance *chance)
{
    struct records records;
    struct buf octets;
    struct error error;
    records_init(&records);
    buf_init(&octets, PAYLOAD_MOST);
    error_clear(&error);
    struct path base = random_content(chance, &records);
    enum status status = codec->encode(&records, base, &octets);
    ck_assert(status == ST_OK || status == ST_UNSUPPORTED);
    records_clear(&records);
    if (octets.len > 0 && below(chance, 2) == 0)
        octets.len = below(chance, (unsigned)octets.len);
    else if (octets.len > 0)
        octets.data[below(chance, (unsigned)octets.len)] ^= (uint8_t)(1u << below(chance, 8));
    status = codec->decode(buf_bytes(&octets), base, &test_types, &records, &error);
    ck_assert(status == ST_OK || status == ST_INVALID || status == ST_LIMIT);
    ck_assert((status == ST_OK) == (error.text[0] == '\0'));
    records_release(&records);
    buf_release(&octets);
}

/* Every cut and every flipped bit of a content is either refused with a sentence or understood;
 * nothing else can happen. */
START_TEST(damaged_contents_are_refused_with_a_sentence_or_understood)
{
    struct chance chance;
    chance_init_seed(&chance, 1630);
    for (size_t i = 0; codec_at(i) != NULL; i++)
        for (unsigned round = 0; round < 3000; round++)
            check_damaged(codec_at(i), &chance);
}
END_TEST

UNIT_MAIN("codec", formats_are_found_by_number_and_name, former_numbers_are_understood,
          what_is_written_reads_back_and_is_written_the_same,
          contents_of_the_root_and_lists_of_paths_read_back,
          damaged_contents_are_refused_with_a_sentence_or_understood)
