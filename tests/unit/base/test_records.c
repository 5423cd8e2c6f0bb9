/* SPDX-License-Identifier: Apache-2.0 */
/* Record lists. */
#include "base/std.h"

#include "base/value.h"
#include "tests/unit/base/wiped.h"
#include "tests/unit/unit.h"

static void add(struct records *records, struct path path, struct value value)
{
    ck_assert(records_add(records, path, value));
}

START_TEST(a_new_list_is_empty)
{
    struct records records;
    records_init(&records);
    ck_assert_uint_eq(records.count, 0);
    ck_assert_uint_eq(records.limit, RECORDS_MOST);
    ck_assert_ptr_null(records_find(&records, path_root()));
    records_release(&records);
    records_release(&records);
}
END_TEST

START_TEST(records_keep_their_order)
{
    struct records records;
    records_init(&records);
    for (unsigned i = 0; i < 100; i++)
        add(&records, path_resource(16, 0, 99 - i), value_integer(i));
    for (unsigned i = 0; i < 100; i++) {
        ck_assert(path_equal(records.items[i].path, path_resource(16, 0, 99 - i)));
        ck_assert_int_eq(records.items[i].value.integer, i);
    }
    records_release(&records);
}
END_TEST

START_TEST(a_full_list_refuses_and_takes_the_value_over)
{
    struct records records;
    records_init(&records);
    for (unsigned i = 0; i < RECORDS_MOST; i++)
        add(&records, path_resource(16, 0, i), value_string("x"));
    struct value late = value_string("late");
    uintptr_t address = (uintptr_t)late.octets.data;
    wiped_forget();
    ck_assert(!records_add(&records, path_object(1), late));
    ck_assert(wiped(address, 4));
    ck_assert_uint_eq(records.count, RECORDS_MOST);
    records_release(&records);
}
END_TEST

START_TEST(a_smaller_limit_holds_too)
{
    struct records records;
    records_init(&records);
    records.limit = 1;
    add(&records, path_object(1), value_none());
    ck_assert(!records_add(&records, path_object(2), value_none()));
    records_release(&records);
}
END_TEST

START_TEST(release_and_clear_zero_the_values)
{
    struct records records;
    records_init(&records);
    add(&records, path_resource(16, 0, 2), value_string("authdata"));
    uintptr_t address = (uintptr_t)records.items[0].value.octets.data;
    wiped_forget();
    records_clear(&records);
    ck_assert(wiped(address, 8));
    ck_assert_uint_eq(records.count, 0);
    add(&records, path_resource(16, 0, 2), value_string("again"));
    address = (uintptr_t)records.items[0].value.octets.data;
    wiped_forget();
    records_release(&records);
    ck_assert(wiped(address, 5));
}
END_TEST

START_TEST(find_wants_the_exact_path)
{
    struct records records;
    records_init(&records);
    add(&records, path_resource(16, 0, 0), value_none());
    add(&records, path_child(path_resource(16, 0, 0), 1), value_string("Acme"));
    const struct record *found = records_find(&records, path_child(path_resource(16, 0, 0), 1));
    ck_assert_ptr_eq(found, &records.items[1]);
    ck_assert_ptr_eq(records_find(&records, path_resource(16, 0, 0)), &records.items[0]);
    ck_assert_ptr_null(records_find(&records, path_instance(16, 0)));
    ck_assert_ptr_null(records_find(&records, path_child(path_resource(16, 0, 0), 0)));
    records_release(&records);
}
END_TEST

START_TEST(a_copy_is_deep_and_keeps_the_limit)
{
    struct records records;
    struct records copy;
    records_init(&records);
    records.limit = 3;
    records_copy(&records, &copy);
    ck_assert_uint_eq(copy.count, 0);
    records_release(&copy);
    add(&records, path_resource(16, 0, 0), value_string("Acme"));
    add(&records, path_resource(16, 0, 3), value_integer(1));
    records_copy(&records, &copy);
    ck_assert(records_equal(&records, &copy));
    ck_assert_uint_eq(copy.limit, 3);
    records_release(&records);
    ck_assert(bytes_is(value_bytes(&copy.items[0].value), "Acme"));
    add(&copy, path_object(1), value_none());
    ck_assert(!records_add(&copy, path_object(2), value_none()));
    records_release(&copy);
}
END_TEST

START_TEST(equality_ignores_the_order_but_counts_duplicates)
{
    struct records a;
    struct records b;
    records_init(&a);
    records_init(&b);
    ck_assert(records_equal(&a, &b));
    add(&a, path_object(1), value_integer(1));
    ck_assert(!records_equal(&a, &b));
    add(&a, path_object(1), value_integer(2));
    add(&a, path_object(1), value_integer(1));
    add(&a, path_object(2), value_string("x"));
    add(&b, path_object(2), value_string("x"));
    add(&b, path_object(1), value_integer(2));
    add(&b, path_object(1), value_integer(1));
    add(&b, path_object(1), value_integer(1));
    ck_assert(records_equal(&a, &b));
    b.items[3].value.integer = 2;
    ck_assert(!records_equal(&a, &b));
    b.items[3].value.integer = 1;
    b.items[3].path = path_object(3);
    ck_assert(!records_equal(&a, &b));
    records_release(&a);
    records_release(&b);
}
END_TEST

START_TEST(full_lists_in_opposite_order_are_equal)
{
    struct records a;
    struct records b;
    records_init(&a);
    records_init(&b);
    for (unsigned i = 0; i < RECORDS_MOST; i++) {
        add(&a, path_resource(16, i, 0), value_integer(i));
        unsigned opposite = RECORDS_MOST - 1 - i;
        add(&b, path_resource(16, opposite, 0), value_integer(opposite));
    }
    for (unsigned round = 0; round < 20; round++)
        ck_assert(records_equal(&a, &b));
    ck_assert(path_equal(b.items[0].path, path_resource(16, RECORDS_MOST - 1, 0)));
    records_release(&a);
    records_release(&b);
}
END_TEST

START_TEST(the_text_has_a_line_per_record)
{
    struct records records;
    struct buf out;
    records_init(&records);
    buf_init(&out, 1000);
    records_format(&records, &out);
    ck_assert_str_eq(buf_text(&out), "");
    add(&records, path_child(path_resource(16, 0, 0), 1), value_string("Acme"));
    add(&records, path_resource(16, 0, 2), value_none());
    add(&records, path_resource(16, 0, 3), value_integer(1));
    records_format(&records, &out);
    ck_assert_str_eq(buf_text(&out), "/16/0/0/1 \"Acme\"\n/16/0/2 (empty)\n/16/0/3 1\n");
    buf_release(&out);
    records_release(&records);
}
END_TEST

UNIT_MAIN("records", a_new_list_is_empty, records_keep_their_order,
          a_full_list_refuses_and_takes_the_value_over, a_smaller_limit_holds_too,
          release_and_clear_zero_the_values, find_wants_the_exact_path,
          a_copy_is_deep_and_keeps_the_limit, equality_ignores_the_order_but_counts_duplicates,
          full_lists_in_opposite_order_are_equal, the_text_has_a_line_per_record)
