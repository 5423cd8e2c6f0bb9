/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of each server, by its short id. */
#include "tests/unit/unit.h"

#include "device/reporting_impl.h"

START_TEST(finds_each_server_again)
{
    struct audience *audiences = NULL;
    struct audience *first = audience_join(&audiences, 101, true);
    struct audience *second = audience_join(&audiences, 102, false);
    ck_assert_ptr_ne(first, second);
    ck_assert(first->attributes.evaluates);
    ck_assert(!second->attributes.evaluates);
    ck_assert_ptr_eq(audience_join(&audiences, 101, true), first);
    ck_assert_ptr_eq(audience_of(audiences, 102), second);
    ck_assert_ptr_null(audience_of(audiences, 103));
    audience_part(&audiences, 101);
    audience_part(&audiences, 101);
    ck_assert_ptr_null(audience_of(audiences, 101));
    ck_assert_ptr_eq(audience_of(audiences, 102), second);
    audience_part(&audiences, 102);
    ck_assert_ptr_null(audiences);
}
END_TEST

UNIT_MAIN("audience", finds_each_server_again)
