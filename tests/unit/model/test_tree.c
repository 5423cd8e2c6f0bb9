/* SPDX-License-Identifier: Apache-2.0 */
/* The sorted cells of a model. */
#include "base/std.h"

#include "model/model_impl.h"
#include "tests/unit/model/support.h"

static void put_number(struct tree *tree, const char *path, int64_t number)
{
    tree_put(tree, at(path), value_integer(number));
}

static void assert_cells(const struct tree *tree, const char *expected)
{
    struct records view = {tree->cells, tree->count, tree->capacity, RECORDS_MOST};
    assert_records(&view, expected);
}

START_TEST(keeps_the_order_of_paths_whatever_the_order_of_puts)
{
    struct tree tree = {0};
    put_number(&tree, "/16/1", 5);
    put_number(&tree, "/3", 1);
    put_number(&tree, "/16/0/0/2", 4);
    put_number(&tree, "/16/0", 2);
    put_number(&tree, "/16/0/0", 3);
    assert_cells(&tree, "/3 1\n/16/0 2\n/16/0/0 3\n/16/0/0/2 4\n/16/1 5\n");
    tree_release(&tree);
}
END_TEST

START_TEST(puts_a_new_value_in_the_place_of_the_old)
{
    struct tree tree = {0};
    tree_put(&tree, at("/3/0/0"), value_string("old"));
    tree_put(&tree, at("/3/0/0"), value_string("new"));
    assert_cells(&tree, "/3/0/0 \"new\"\n");
    tree_release(&tree);
}
END_TEST

START_TEST(finds_a_subtree_as_a_range)
{
    struct tree tree = {0};
    size_t place = 0;
    put_number(&tree, "/3", 0);
    put_number(&tree, "/16/0", 1);
    put_number(&tree, "/16/0/0", 2);
    put_number(&tree, "/16/1", 3);
    ck_assert(tree_find(&tree, at("/16/0"), &place));
    ck_assert_uint_eq(place, 1);
    ck_assert_uint_eq(tree_end(&tree, at("/16/0"), place), 3);
    ck_assert(!tree_find(&tree, at("/16"), &place));
    ck_assert_uint_eq(place, 1);
    ck_assert_uint_eq(tree_end(&tree, at("/16"), place), 4);
    ck_assert(tree_has(&tree, at("/16/1")));
    ck_assert(!tree_has(&tree, at("/16/2")));
    tree_release(&tree);
}
END_TEST

START_TEST(removes_a_subtree_and_nothing_else)
{
    struct tree tree = {0};
    put_number(&tree, "/16/0", 1);
    put_number(&tree, "/16/0/0", 2);
    put_number(&tree, "/16/1", 3);
    tree_remove(&tree, at("/16/0"));
    tree_remove(&tree, at("/16/7"));
    assert_cells(&tree, "/16/1 3\n");
    tree_release(&tree);
}
END_TEST

START_TEST(copies_deeply)
{
    struct tree tree = {0};
    struct tree copy;
    tree_put(&tree, at("/16/0"), value_none());
    tree_put(&tree, at("/16/0/0/0"), value_string("kept"));
    tree_put(&tree, at("/16/1"), value_none());
    tree_copy(&tree, at("/16/0"), &copy);
    tree_release(&tree);
    assert_cells(&copy, "/16/0 (empty)\n/16/0/0/0 \"kept\"\n");
    tree_release(&copy);
}
END_TEST

START_TEST(swaps_a_subtree_for_a_larger_and_a_smaller_one)
{
    struct tree tree = {0};
    struct tree with = {0};
    put_number(&tree, "/3", 1);
    put_number(&tree, "/16/0", 2);
    put_number(&tree, "/17", 3);
    put_number(&with, "/16/0", 4);
    put_number(&with, "/16/0/0", 5);
    put_number(&with, "/16/0/3", 6);
    tree_swap(&tree, at("/16/0"), &with);
    ck_assert_uint_eq(with.count, 0);
    assert_cells(&tree, "/3 1\n/16/0 4\n/16/0/0 5\n/16/0/3 6\n/17 3\n");
    tree_swap(&tree, at("/16/0"), &with);
    assert_cells(&tree, "/3 1\n/17 3\n");
    tree_release(&tree);
}
END_TEST

START_TEST(knows_where_links_lead)
{
    struct tree tree = {0};
    put_number(&tree, "/16", 0);
    put_number(&tree, "/16/1", 0);
    ck_assert(tree_link_leads(&tree, (struct objlink){16, 1}));
    ck_assert(tree_link_leads(&tree, (struct objlink){16, ID_NONE}));
    ck_assert(tree_link_leads(&tree, (struct objlink){ID_NONE, ID_NONE}));
    ck_assert(!tree_link_leads(&tree, (struct objlink){16, 0}));
    ck_assert(!tree_link_leads(&tree, (struct objlink){17, ID_NONE}));
    ck_assert(!tree_link_leads(&tree, (struct objlink){ID_NONE, 0}));
    tree_release(&tree);
}
END_TEST

static void assert_read(const struct tree *tree, const char *path,
                        const struct catalogue *catalogue, const char *wanted)
{
    struct records records;
    records_init(&records);
    ck_assert(tree_read(tree, at(path), catalogue, &records));
    assert_records(&records, wanted);
    records_release(&records);
}

START_TEST(reads_values_and_what_is_empty)
{
    struct tree tree = {0};
    struct records full;
    static const char *const empty[] = {"/0", "/0/1", "/3", "/3/0", "/16", "/16/0", "/16/1", "/99"};
    for (size_t i = 0; i < COUNT_OF(empty); i++)
        tree_put(&tree, at(empty[i]), value_none());
    put_number(&tree, "/0/1/10", 5); /* no server may read the Security object */
    put_number(&tree, "/3/0/9", 50);
    put_number(&tree, "/16/1/3", 1);
    assert_read(&tree, "/3/0/9", NULL, "/3/0/9 50\n");
    assert_read(&tree, "/16", NULL, "/16/0 (empty)\n/16/1/3 1\n");
    assert_read(&tree, "/99", NULL, "/99 (empty)\n");
    assert_read(&tree, "/0", NULL, "/0/1/10 5\n");
    assert_read(&tree, "/0", catalogue_builtin(), "/0/1 (empty)\n");
    assert_read(&tree, "/", catalogue_builtin(), "/3/0/9 50\n/16/1/3 1\n");
    records_init(&full);
    full.limit = 1;
    ck_assert(!tree_read(&tree, at("/16"), NULL, &full));
    records_release(&full);
    tree_release(&tree);
}
END_TEST

START_TEST(orders_cells_and_what_has_run_out)
{
    struct tree a = {0};
    struct tree b = {0};
    tree_put(&a, path_object(3), value_none());
    tree_put(&b, path_object(3), value_none());
    tree_put(&b, path_object(4), value_none());
    ck_assert_int_eq(tree_order(&a, 0, a.count, &b, 0), 0);
    ck_assert_int_lt(tree_order(&a, 0, a.count, &b, 1), 0);
    ck_assert_int_gt(tree_order(&b, 1, b.count, &a, 0), 0);
    ck_assert_int_gt(tree_order(&a, 1, a.count, &b, 1), 0);
    ck_assert_int_lt(tree_order(&a, 0, a.count, &b, 2), 0);
    tree_release(&a);
    tree_release(&b);
}
END_TEST

UNIT_MAIN("tree", orders_cells_and_what_has_run_out, reads_values_and_what_is_empty,
          keeps_the_order_of_paths_whatever_the_order_of_puts,
          puts_a_new_value_in_the_place_of_the_old, finds_a_subtree_as_a_range,
          removes_a_subtree_and_nothing_else, copies_deeply,
          swaps_a_subtree_for_a_larger_and_a_smaller_one, knows_where_links_lead)
