/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of blocks, by the examples of RFC 7959 section 3. */
#include "base/std.h"

#include "net/packet.h"
#include "tests/unit/unit.h"

START_TEST(block_options_are_those_of_the_standard)
{
    static const struct {
        uint32_t value;
        uint32_t num;
        bool more;
        unsigned size;
    } rows[] = {
        {0x0b, 0, true, 128},  {0x1b, 1, true, 128},
        {0x23, 2, false, 128},                       /* figure 2 */
        {0x0a, 0, true, 64},   {0x52, 5, false, 64}, /* figure 3 */
        {0x00, 0, false, 16},  {0xfffffe, 0xfffff, true, 1024},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct block block;
        ck_assert(block_decode(rows[i].value, &block));
        ck_assert(block.present);
        ck_assert_uint_eq(block.num, rows[i].num);
        ck_assert(block.more == rows[i].more);
        ck_assert_uint_eq(block_size(block.szx), rows[i].size);
        ck_assert_uint_eq(block_encode(&block), rows[i].value);
        ck_assert_uint_eq(block_offset(&block), (size_t)rows[i].num * rows[i].size);
    }
    struct block block;
    ck_assert(!block_decode(0x07, &block));
}
END_TEST

START_TEST(a_size_names_the_largest_block_that_is_not_larger)
{
    ck_assert_uint_eq(szx_of_size(1), 0);
    ck_assert_uint_eq(szx_of_size(16), 0);
    ck_assert_uint_eq(szx_of_size(31), 0);
    ck_assert_uint_eq(szx_of_size(32), 1);
    ck_assert_uint_eq(szx_of_size(1024), 6);
    ck_assert_uint_eq(szx_of_size(5000), 6);
}
END_TEST

START_TEST(a_body_falls_into_blocks)
{
    struct bytes body = bytes_of("0123456789abcdef0123456789abcdef-");
    struct block first = block_at(0, 0, body.len);
    struct block last = block_at(32, 0, body.len);
    ck_assert(first.more && !last.more);
    ck_assert_uint_eq(last.num, 2);
    ck_assert_uint_eq(block_slice(&first, body).len, 16);
    ck_assert(bytes_is(block_slice(&last, body), "-"));
    ck_assert(!block_at(16, 0, 32).more);
}
END_TEST

START_TEST(entity_tags_compare_by_length_and_octets)
{
    struct etag a = {{1, 2}, 2};
    struct etag b = {{1, 2, 3}, 3};
    struct etag none = {{0}, 0};
    ck_assert(etag_equal(&a, &a));
    ck_assert(!etag_equal(&a, &b));
    ck_assert(!etag_equal(&a, &none));
    ck_assert(etag_equal(&none, &none));
}
END_TEST

UNIT_MAIN("packet", block_options_are_those_of_the_standard,
          a_size_names_the_largest_block_that_is_not_larger, a_body_falls_into_blocks,
          entity_tags_compare_by_length_and_octets)
