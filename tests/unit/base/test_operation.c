/* SPDX-License-Identifier: Apache-2.0 */
/* Operations and outcomes: names, empty ones, copies. */
#include "base/std.h"

#include "base/operation.h"
#include "tests/unit/unit.h"

START_TEST(names_every_operation_and_judgement)
{
    for (int kind = OPERATION_READ; kind <= OPERATION_FINISH; kind++)
        ck_assert_ptr_nonnull(operation_name((enum operation_kind)kind));
    ck_assert_str_eq(operation_name(OPERATION_ATTRIBUTES), "attributes");
    ck_assert_str_eq(operation_name(OPERATION_FINISH), "finish");
    for (int judgement = JUDGEMENT_NONE; judgement <= JUDGEMENT_UNKNOWN; judgement++)
        ck_assert_ptr_nonnull(judgement_name((enum judgement)judgement));
    ck_assert_str_eq(judgement_name(JUDGEMENT_GENUINE), "genuine");
}
END_TEST

START_TEST(starts_without_options_and_confirmable)
{
    struct operation operation;
    operation_init(&operation, OPERATION_RAW);
    ck_assert_int_eq(operation.format, -1);
    ck_assert_int_eq(operation.accept, -1);
    ck_assert_int_eq(operation.observe, -1);
    ck_assert(operation.confirmable);
    operation.text = xstrdup("a");
    operation.uri = xstrdup("/b");
    operation_release(&operation);
    ck_assert_ptr_null(operation.text);
    ck_assert_ptr_null(operation.uri);
}
END_TEST

START_TEST(copies_an_outcome_deeply)
{
    struct outcome from, copy;
    outcome_init(&from);
    ck_assert_int_eq(from.format, -1);
    ck_assert_int_eq(from.observe, -1);
    from.code = 0x45;
    buf_puts(&from.payload, "octets");
    ck_assert(records_add(&from.values, path_resource(16, 0, 3), value_integer(1)));
    outcome_copy(&from, &copy);
    outcome_release(&from);
    ck_assert_int_eq(copy.code, 0x45);
    ck_assert(bytes_is(buf_bytes(&copy.payload), "octets"));
    ck_assert_uint_eq(copy.values.count, 1);
    ck_assert_int_eq(copy.values.items[0].value.integer, 1);
    outcome_release(&copy);
}
END_TEST

UNIT_MAIN("operation", names_every_operation_and_judgement, starts_without_options_and_confirmable,
          copies_an_outcome_deeply)
