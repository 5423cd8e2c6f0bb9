/* SPDX-License-Identifier: Apache-2.0 */
/* Paths: building, relations, order and grammar. */
#include "base/std.h"

#include "base/portfolio.h"
#include "tests/unit/unit.h"

static const char *text_of(struct path path)
{
    static char text[PATH_TEXT];
    return path_text(path, text);
}

START_TEST(each_depth_has_its_builder_and_text)
{
    ck_assert_str_eq(text_of(path_root()), "/");
    ck_assert_str_eq(text_of(path_object(16)), "/16");
    ck_assert_str_eq(text_of(path_instance(16, 0)), "/16/0");
    ck_assert_str_eq(text_of(path_resource(16, 0, 2)), "/16/0/2");
    ck_assert_str_eq(text_of(path_child(path_resource(16, 0, 2), 7)), "/16/0/2/7");
    ck_assert_uint_eq(path_root().depth, 0);
    ck_assert_uint_eq(path_resource(1, 2, 3).depth, 3);
}
END_TEST

START_TEST(the_longest_text_fits)
{
    struct path path = path_child(path_resource(ID_NONE, ID_NONE, ID_NONE), ID_NONE);
    ck_assert_str_eq(text_of(path), "/65535/65535/65535/65535");
}
END_TEST

START_TEST(parents_and_cuts_forget_the_rest)
{
    struct path path = path_child(path_resource(16, 1, 0), 3);
    ck_assert(path_equal(path_parent(path), path_resource(16, 1, 0)));
    ck_assert(path_equal(path_parent(path_object(16)), path_root()));
    ck_assert(path_equal(path_cut(path, 2), path_instance(16, 1)));
    ck_assert(path_equal(path_cut(path, 0), path_root()));
    ck_assert(path_equal(path_cut(path, 4), path));
    ck_assert(path_equal(path_cut(path_object(16), 3), path_object(16)));
    struct path cut = path_cut(path, 1);
    ck_assert(path_equal(path_child(cut, 0), path_instance(16, 0)));
}
END_TEST

START_TEST(equal_means_depth_and_ids)
{
    ck_assert(path_equal(path_root(), path_root()));
    ck_assert(!path_equal(path_root(), path_object(0)));
    ck_assert(!path_equal(path_instance(16, 0), path_resource(16, 0, 0)));
    ck_assert(!path_equal(path_instance(16, 0), path_instance(16, 1)));
    struct path dirty = path_object(16);
    dirty.id[3] = 9;
    ck_assert(path_equal(dirty, path_object(16)));
}
END_TEST

START_TEST(a_path_covers_itself_and_what_lies_below)
{
    struct path inner = path_child(path_resource(16, 0, 2), 0);
    for (unsigned depth = 0; depth <= PATH_MOST; depth++)
        ck_assert(path_covers(path_cut(inner, depth), inner));
    ck_assert(!path_covers(inner, path_resource(16, 0, 2)));
    ck_assert(!path_covers(path_instance(16, 1), inner));
    ck_assert(!path_covers(path_object(1), path_object(16)));
    ck_assert(!path_covers(path_object(0), path_root()));
}
END_TEST

START_TEST(a_resource_of_the_portfolio_object_includes_what_lies_below)
{
    ck_assert(path_is_portfolio(path_resource(16, 3, 2), AUTH_DATA));
    ck_assert(path_is_portfolio(path_child(path_resource(16, 3, 2), 1), AUTH_DATA));
    ck_assert(!path_is_portfolio(path_resource(16, 3, 3), AUTH_DATA));
    ck_assert(!path_is_portfolio(path_instance(16, 2), AUTH_DATA));
    ck_assert(!path_is_portfolio(path_resource(3, 0, 2), AUTH_DATA));
}
END_TEST

START_TEST(the_order_is_by_ids_with_outer_first)
{
    const struct path order[] = {
        path_root(),         path_object(0),         path_instance(0, 65534), path_object(3),
        path_instance(3, 0), path_resource(3, 0, 2), path_resource(3, 0, 10), path_instance(3, 1),
        path_object(16),
    };
    for (size_t a = 0; a < COUNT_OF(order); a++)
        for (size_t b = 0; b < COUNT_OF(order); b++) {
            int sign = path_compare(order[a], order[b]);
            ck_assert_int_eq((sign > 0) - (sign < 0), (a > b) - (a < b));
        }
}
END_TEST

START_TEST(parsing_gives_back_the_text)
{
    static const char *const good[] = {
        "/", "/0", "/16", "/16/0", "/16/0/2", "/16/0/2/7", "/65534/65534/65534/65534",
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct path path = path_object(9);
        ck_assert_msg(path_parse(bytes_of(good[i]), &path), "%s", good[i]);
        ck_assert_str_eq(text_of(path), good[i]);
    }
}
END_TEST

START_TEST(the_grammar_is_strict)
{
    static const char *const bad[] = {
        "",          "16",     "16/0",       "//",         "/16/",
        "/16//0",    "//16",   "/16/0/2/7/", "/1/2/3/4/5", "/65535",
        "/16/65535", "/65536", "/-1",        "/-0",        "/+1",
        "/01",       "/00",    "/1 ",        " /1",        "/1/ 2",
        "/a",        "/0x10",  "/1.0",       "/16/0?x",    "/18446744073709551616",
        "/1\n",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct path path = path_object(9);
        ck_assert_msg(!path_parse(bytes_of(bad[i]), &path), "%s", bad[i]);
        ck_assert(path_equal(path, path_object(9)));
    }
    struct path path = path_object(9);
    ck_assert(!path_parse((struct bytes){NULL, 0}, &path));
    ck_assert(!path_parse((struct bytes){(const uint8_t *)"/1\0", 3}, &path));
}
END_TEST

UNIT_MAIN("path", each_depth_has_its_builder_and_text, the_longest_text_fits,
          parents_and_cuts_forget_the_rest, equal_means_depth_and_ids,
          a_path_covers_itself_and_what_lies_below,
          a_resource_of_the_portfolio_object_includes_what_lies_below,
          the_order_is_by_ids_with_outer_first, parsing_gives_back_the_text, the_grammar_is_strict)
