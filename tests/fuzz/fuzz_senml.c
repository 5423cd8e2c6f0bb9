/* SPDX-License-Identifier: Apache-2.0 */
/* links: codec base */
/* The SenML family: octet 0 chooses the format, octet 1 the depth of the base path, octet 2 its
 * resource, the rest is the content. */
#include "base/std.h"

#include "codec/senml.h"
#include "tests/fuzz/fuzz.h"

/* As in fuzz_tlv.c: the id of a resource says what it is, from 64 on it is unknown. */
static bool describe(const void *arg, struct path path, struct codec_type *out)
{
    UNUSED(arg);
    unsigned id = path.id[2];
    *out = (struct codec_type){(enum value_type)(id & 7), (id & 8) != 0};
    return id < 64;
}

static const struct codec_types types = {describe, NULL};

static bool write_content(const struct codec *codec, const struct records *records,
                          struct path base, struct buf *out)
{
    buf_init(out, 8 * (size_t)PAYLOAD_MOST);
    enum status status = codec->encode(records, base, out);
    assert(status == ST_OK);
    return out->len <= PAYLOAD_MOST;
}

/* What was understood can be written; that reads back, and is then written the same. Where nothing
 * is known of a resource, a whole float may come back as an integer. */
static void round_trip(const struct codec *codec, const struct records *records, struct path base,
                       bool is_known)
{
    struct buf first;
    struct buf second;
    struct records again;
    records_init(&again);
    if (write_content(codec, records, base, &first)) {
        enum status status = codec->decode(buf_bytes(&first), base, &types, &again, NULL);
        assert(status == ST_OK && (!is_known || records_equal(records, &again)));
        write_content(codec, &again, base, &second);
        assert(bytes_equal(buf_bytes(&first), buf_bytes(&second)));
        buf_release(&second);
    }
    buf_release(&first);
    records_release(&again);
}

static void read_content(const struct codec *codec, struct path base, struct bytes text)
{
    struct records records;
    struct error error;
    bool is_known = true;
    records_init(&records);
    error_clear(&error);
    enum status status = codec->decode(text, base, &types, &records, &error);
    assert((status == ST_OK) == (error.text[0] == '\0'));
    for (size_t i = 0; status == ST_OK && i < records.count; i++) {
        struct path path = records.items[i].path;
        assert(path_covers(base, path));
        is_known = is_known && path.depth >= 3 && path.id[2] < 64 && (path.id[2] & 7) != VALUE_NONE;
    }
    if (status == ST_OK)
        round_trip(codec, &records, base, is_known);
    records_release(&records);
}

static void read_paths(const struct codec *codec, struct bytes text)
{
    struct records records;
    struct records again;
    struct buf octets;
    records_init(&records);
    records_init(&again);
    buf_init(&octets, 8 * (size_t)PAYLOAD_MOST);
    if (codec->decode_paths(text, &records, NULL) == ST_OK) {
        enum status status = codec->encode_paths(&records, &octets);
        assert(status == ST_OK);
        if (octets.len <= PAYLOAD_MOST) {
            status = codec->decode_paths(buf_bytes(&octets), &again, NULL);
            assert(status == ST_OK && records_equal(&records, &again));
        }
    }
    buf_release(&octets);
    records_release(&again);
    records_release(&records);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int formats[] = {FORMAT_SENML_JSON, FORMAT_SENML_CBOR, FORMAT_JSON};
    if (size < 3)
        return 0;
    const struct codec *codec = codec_find(formats[data[0] % COUNT_OF(formats)]);
    struct path base = path_child(path_resource(100, 0, data[2]), 1);
    struct bytes text = {data + 3, size - 3};
    read_content(codec, path_cut(base, data[1] % 5u), text);
    if (codec->decode_paths != NULL)
        read_paths(codec, text);
    return 0;
}
