/* SPDX-License-Identifier: Apache-2.0 */
/* links: codec base */
/* Text and opaque: octet 0 chooses the format, the type and the depth, the rest is the content. */
#include "base/std.h"

#include "codec/text.h"
#include "tests/fuzz/fuzz.h"

static bool describe(const void *arg, struct path path, struct codec_type *out)
{
    UNUSED(arg);
    *out = (struct codec_type){(enum value_type)(path.id[2] & 7), path.depth == 4};
    return true;
}

static const struct codec_types types = {describe, NULL};

static void round_trip(const struct codec *codec, const struct records *records, struct path base)
{
    struct buf octets;
    struct records again;
    buf_init(&octets, 4 * (size_t)PAYLOAD_MOST);
    records_init(&again);
    enum status status = codec->encode(records, base, &octets);
    assert(status == ST_OK);
    if (octets.len <= PAYLOAD_MOST) {
        status = codec->decode(buf_bytes(&octets), base, &types, &again, NULL);
        assert(status == ST_OK && records_equal(records, &again));
    }
    buf_release(&octets);
    records_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const struct codec *codec = codec_find((data[0] & 0x10) != 0 ? FORMAT_OPAQUE : FORMAT_TEXT);
    struct path base = path_resource(100, 0, data[0] & 7u);
    if ((data[0] & 8) != 0)
        base = path_child(base, 1);
    struct records records;
    struct error error;
    records_init(&records);
    error_clear(&error);
    enum status status =
        codec->decode((struct bytes){data + 1, size - 1}, base, &types, &records, &error);
    assert((status == ST_OK) == (error.text[0] == '\0'));
    /* What comes as it stood, because nothing is known of it, is written as opaque. */
    if (status == ST_OK && (data[0] & 7) != VALUE_NONE)
        round_trip(codec, &records, base);
    records_release(&records);
    return 0;
}
