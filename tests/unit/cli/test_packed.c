/* SPDX-License-Identifier: Apache-2.0 */
/* Results and rounds travel whole, or not at all. */
#include "tests/unit/unit.h"

#include "cli/packed.h"

static void make_result(struct result *out)
{
    *out = (struct result){.title = "T (tlv)",
                           .profile = "vehicle@1.1",
                           .verdict = VERDICT_FAIL,
                           .started_utc = 1700000000123,
                           .duration_ms = 4500,
                           .scenario_sha256 = {1, 2, 3},
                           .profile_sha256 = {[31] = 9},
                           .attempts = 3,
                           .is_flaky = true};
    buf_init(&out->earlier, 100);
    buf_puts(&out->earlier, "at first\nno");
    buf_init(&out->reason, 100);
    buf_puts(&out->reason, "line 3: no");
    out->checks = xarray(3, sizeof *out->checks);
    out->check_count = 3;
    for (size_t i = 0; i < out->check_count; i++) {
        buf_init(&out->checks[i].text, 100);
        out->checks[i].line = (unsigned)i + 3;
    }
    out->checks[0].rule = rule_find(bytes_of("PF-OBJ-5"));
    out->checks[1].rule = rule_find(bytes_of("LWM2M-READ"));
    out->checks[1].verdict = VERDICT_FAIL;
    buf_put(&out->checks[1].text, (struct bytes){(const uint8_t *)"a\0b\n", 4});
    out->checks[2].verdict = VERDICT_ERROR;
}

static void free_result(struct result *result)
{
    for (size_t i = 0; i < result->check_count; i++)
        buf_release(&result->checks[i].text);
    free(result->checks);
    buf_release(&result->reason);
    buf_release(&result->earlier);
}

START_TEST(a_result_comes_back_as_it_was)
{
    struct result result;
    struct packed_result back;
    struct buf packed;
    buf_init(&packed, PACKED_MOST);
    make_result(&result);
    result_pack(&result, ST_TIMEOUT, &packed);
    ck_assert(result_unpack(buf_bytes(&packed), &back));
    ck_assert_int_eq(back.status, ST_TIMEOUT);
    ck_assert_str_eq(back.result.title, "T (tlv)");
    ck_assert_str_eq(back.result.profile, "vehicle@1.1");
    ck_assert_int_eq(back.result.verdict, VERDICT_FAIL);
    ck_assert_str_eq(buf_text(&back.result.reason), "line 3: no");
    ck_assert_int_eq(back.result.started_utc, 1700000000123);
    ck_assert_int_eq(back.result.duration_ms, 4500);
    ck_assert_mem_eq(back.result.scenario_sha256, result.scenario_sha256, 32);
    ck_assert_mem_eq(back.result.profile_sha256, result.profile_sha256, 32);
    ck_assert_uint_eq(back.result.attempts, 3);
    ck_assert(back.result.is_flaky);
    ck_assert_str_eq(buf_text(&back.result.earlier), "at first\nno");
    ck_assert_uint_eq(back.result.check_count, 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_ptr_eq(back.result.checks[i].rule, result.checks[i].rule);
        ck_assert_int_eq(back.result.checks[i].verdict, result.checks[i].verdict);
        ck_assert_uint_eq(back.result.checks[i].line, i + 3);
        ck_assert(
            bytes_equal(buf_bytes(&back.result.checks[i].text), buf_bytes(&result.checks[i].text)));
    }
    packed_result_release(&back);
    free_result(&result);
    buf_release(&packed);
}
END_TEST

START_TEST(a_result_that_is_cut_anywhere_is_none)
{
    struct result result;
    struct buf packed;
    buf_init(&packed, PACKED_MOST);
    make_result(&result);
    result_pack(&result, ST_OK, &packed);
    for (size_t len = 0; len < packed.len; len++) {
        struct packed_result back;
        ck_assert_msg(!result_unpack((struct bytes){packed.data, len}, &back), "%zu", len);
        packed_result_release(&back);
    }
    struct packed_result back;
    buf_puts(&packed, "x");
    ck_assert(!result_unpack(buf_bytes(&packed), &back));
    packed_result_release(&back);
    free_result(&result);
    buf_release(&packed);
}
END_TEST

START_TEST(a_round_comes_back_as_it_was)
{
    char format[2][4] = {"tlv", ""};
    char profile[] = "car";
    char *const formats[] = {NULL, format[0], format[1]};
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        const struct packed_round round = {42, formats[i], profile, -(int64_t)i};
        struct packed_round back;
        struct buf packed;
        buf_init(&packed, PACKED_MOST);
        round_pack(&round, &packed);
        ck_assert(round_unpack(buf_bytes(&packed), &back));
        ck_assert_uint_eq(back.file, 42);
        ck_assert_pstr_eq(back.format, formats[i]);
        ck_assert_str_eq(back.profile, "car");
        ck_assert_int_eq(back.seed, -(int64_t)i);
        packed_round_release(&back);
        ck_assert(!round_unpack((struct bytes){packed.data, packed.len - 1}, &back));
        packed_round_release(&back);
        buf_release(&packed);
    }
}
END_TEST

UNIT_MAIN("packed", a_result_comes_back_as_it_was, a_result_that_is_cut_anywhere_is_none,
          a_round_comes_back_as_it_was)
