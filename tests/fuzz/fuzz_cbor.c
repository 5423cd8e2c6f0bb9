/* SPDX-License-Identifier: Apache-2.0 */
/* links: codec base */
/* CBOR of one value: octet 0 chooses the type and the depth, the rest is the content. */
#include "base/std.h"

#include "codec/cbor.h"
#include "tests/fuzz/fuzz.h"

static bool describe(const void *arg, struct path path, struct codec_type *out)
{
    UNUSED(arg);
    *out = (struct codec_type){(enum value_type)(path.id[2] & 7), path.depth == 4};
    return true;
}

static const struct codec_types types = {describe, NULL};

/* What was understood can be written, reads back as the same, and is then written the same. */
static void round_trip(const struct records *records, struct path base)
{
    struct buf first;
    struct buf second;
    struct records again;
    buf_init(&first, 2 * (size_t)PAYLOAD_MOST);
    buf_init(&second, 2 * (size_t)PAYLOAD_MOST);
    records_init(&again);
    enum status status = cbor_encode(records, base, &first);
    assert(status == ST_OK);
    if (first.len <= PAYLOAD_MOST) {
        status = cbor_decode(buf_bytes(&first), base, &types, &again, NULL);
        assert(status == ST_OK && records_equal(records, &again));
        status = cbor_encode(&again, base, &second);
        assert(status == ST_OK && bytes_equal(buf_bytes(&first), buf_bytes(&second)));
    }
    buf_release(&first);
    buf_release(&second);
    records_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct path base = path_resource(100, 0, data[0] & 7u);
    if ((data[0] & 8) != 0)
        base = path_child(base, 1);
    struct records records;
    struct error error;
    records_init(&records);
    error_clear(&error);
    enum status status =
        cbor_decode((struct bytes){data + 1, size - 1}, base, &types, &records, &error);
    assert((status == ST_OK) == (error.text[0] == '\0'));
    /* What comes as the type that cbor tells is a value of that type for nobody; a time among them
     * is written as an integer. */
    if (status == ST_OK && (data[0] & 7) != VALUE_NONE)
        round_trip(&records, base);
    records_release(&records);
    return 0;
}
