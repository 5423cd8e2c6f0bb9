/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of notifications: first in, first out, and in their place by number. */
#include "tests/unit/unit.h"

#include "device/reporting_impl.h"

static struct notice *make(uint64_t number)
{
    struct notice *notice = xalloc(sizeof *notice);
    message_init(&notice->message);
    records_init(&notice->records);
    notice->number = number;
    return notice;
}

/* Empties NOTICES; their numbers, one digit each. */
static unsigned numbers(struct notices *notices)
{
    unsigned digits = 0;
    struct notice *notice;
    while ((notice = notices_pop(notices)) != NULL) {
        digits = digits * 10 + (unsigned)notice->number;
        notice_free(notice);
    }
    ck_assert_uint_eq(notices->count, 0);
    return digits;
}

START_TEST(keeps_their_order)
{
    struct notices one = {0};
    struct notices two = {0};
    notices_push(&one, make(1));
    notices_push(&two, make(2));
    notices_push(&two, make(3));
    notices_append(&one, &two);
    ck_assert_uint_eq(two.count, 0);
    notices_push(&one, make(4));
    ck_assert_uint_eq(one.count, 4);
    ck_assert_uint_eq(numbers(&one), 1234);
    ck_assert_ptr_null(notices_pop(&one));
}
END_TEST

START_TEST(puts_one_in_its_place)
{
    struct notices row = {0};
    static const uint64_t order[] = {5, 2, 9, 7, 1};
    for (size_t i = 0; i < COUNT_OF(order); i++)
        notices_insert(&row, make(order[i]));
    notices_push(&row, make(8));
    ck_assert_uint_eq(row.count, 6);
    ck_assert_uint_eq(numbers(&row), 125798);
}
END_TEST

START_TEST(gives_one_back)
{
    struct notices row = {0};
    struct notice *middle = make(2);
    notices_push(&row, make(1));
    notices_push(&row, middle);
    notices_push(&row, make(3));
    notices_remove(&row, middle);
    notice_free(middle);
    notices_push(&row, make(4));
    ck_assert_uint_eq(numbers(&row), 134);
}
END_TEST

UNIT_MAIN("notices", keeps_their_order, puts_one_in_its_place, gives_one_back)
