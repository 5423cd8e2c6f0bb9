/* SPDX-License-Identifier: Apache-2.0 */
/* links: codec base */
/* Link lists: the input is the list. */
#include "base/std.h"

#include "codec/corelink.h"
#include "tests/fuzz/fuzz.h"

enum { TEXT_MOST = 1 << 20 };

static void round_trip(const struct links *links)
{
    struct buf first;
    struct buf second;
    struct links again;
    buf_init(&first, TEXT_MOST);
    buf_init(&second, TEXT_MOST);
    links_init(&again);
    links_encode(links, &first);
    assert(!first.bad);
    enum status status = links_decode(buf_bytes(&first), &again, NULL);
    assert(status == ST_OK && again.count == links->count);
    links_encode(&again, &second);
    assert(bytes_equal(buf_bytes(&first), buf_bytes(&second)));
    buf_release(&first);
    buf_release(&second);
    links_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct links links;
    struct error error;
    links_init(&links);
    error_clear(&error);
    enum status status = links_decode((struct bytes){data, size}, &links, &error);
    assert((status == ST_OK) == (error.text[0] == '\0'));
    for (size_t i = 0; i < links.count; i++) {
        const struct link *link = &links.items[i];
        assert(!link->has_path || links_find(&links, link->path) != NULL);
    }
    if (status == ST_OK)
        round_trip(&links);
    links_release(&links);
    return 0;
}
