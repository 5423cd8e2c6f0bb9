/* SPDX-License-Identifier: Apache-2.0 */
/* links: codec base */
/* Arguments of Execute: the input is read in both forms. */
#include "base/std.h"

#include "codec/arguments.h"
#include "tests/fuzz/fuzz.h"

enum { TEXT_MOST = 65536 };

/* The strict form is the only way to write a list, so it comes back octet by octet. */
static void round_trip(const struct arguments *arguments)
{
    struct buf first;
    struct buf second;
    struct arguments again;
    buf_init(&first, TEXT_MOST);
    buf_init(&second, TEXT_MOST);
    arguments_encode(arguments, &first);
    enum status status = arguments_decode(buf_bytes(&first), ARGUMENTS_STRICT, &again, NULL);
    assert(status == ST_OK && again.count == arguments->count);
    arguments_encode(&again, &second);
    assert(!second.bad && bytes_equal(buf_bytes(&first), buf_bytes(&second)));
    buf_release(&first);
    buf_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = {data, size};
    struct arguments strict;
    struct arguments readable;
    struct error error;
    error_clear(&error);
    enum status in_strict = arguments_decode(text, ARGUMENTS_STRICT, &strict, &error);
    assert((in_strict == ST_OK) == (error.text[0] == '\0'));
    if (in_strict == ST_OK) {
        struct buf out;
        buf_init(&out, TEXT_MOST);
        arguments_encode(&strict, &out);
        assert(!out.bad && bytes_equal(buf_bytes(&out), text));
        buf_release(&out);
    }
    error_clear(&error);
    enum status in_readable = arguments_decode(text, ARGUMENTS_READABLE, &readable, &error);
    assert((in_readable == ST_OK) == (error.text[0] == '\0'));
    assert(in_strict != ST_OK || in_readable == ST_OK);
    if (in_readable == ST_OK)
        round_trip(&readable);
    return 0;
}
