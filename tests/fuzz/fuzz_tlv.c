/* SPDX-License-Identifier: Apache-2.0 */
/* links: codec base */
/* TLV: octet 0 chooses the depth of the base path, octet 1 its resource, the rest is the content.
 */
#include "base/std.h"

#include "codec/tlv.h"
#include "tests/fuzz/fuzz.h"

/* The id of a resource says what it is: three bits of type, one bit for multiple, and everything
 * from 64 on is unknown. */
static bool describe(const void *arg, struct path path, struct codec_type *out)
{
    UNUSED(arg);
    unsigned id = path.id[2];
    *out = (struct codec_type){(enum value_type)(id & 7), (id & 8) != 0};
    return id < 64;
}

static const struct codec_types types = {describe, NULL};

static struct path choose_base(uint8_t depth, uint8_t resource)
{
    struct path path = path_child(path_resource(100, 0, resource), 1);
    return path_cut(path, depth % 5u);
}

/* What was understood can be written, reads back as the same, and is then written the same. */
static void round_trip(const struct records *records, struct path base)
{
    struct buf first;
    struct buf second;
    struct records again;
    buf_init(&first, 4 * (size_t)PAYLOAD_MOST);
    buf_init(&second, 4 * (size_t)PAYLOAD_MOST);
    records_init(&again);
    enum status status = tlv_encode(records, base, &first);
    assert(status == ST_OK);
    if (first.len <= PAYLOAD_MOST) {
        status = tlv_decode(buf_bytes(&first), base, &types, &again, NULL);
        assert(status == ST_OK && records_equal(records, &again));
        status = tlv_encode(&again, base, &second);
        assert(status == ST_OK && bytes_equal(buf_bytes(&first), buf_bytes(&second)));
    }
    buf_release(&first);
    buf_release(&second);
    records_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct path base = choose_base(data[0], data[1]);
    struct records records;
    struct error error;
    records_init(&records);
    error_clear(&error);
    enum status status =
        tlv_decode((struct bytes){data + 2, size - 2}, base, &types, &records, &error);
    assert((status == ST_OK) == (error.text[0] == '\0'));
    for (size_t i = 0; status == ST_OK && i < records.count; i++)
        assert(path_covers(base, records.items[i].path));
    if (status == ST_OK)
        round_trip(&records, base);
    records_release(&records);
    return 0;
}
