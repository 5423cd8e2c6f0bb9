/* SPDX-License-Identifier: Apache-2.0 */
/* What is in a model, how it reads, and what the device itself does to it. */
#include "base/std.h"

#include "tests/unit/model/support.h"

START_TEST(tells_what_is_there)
{
    struct model *model = small_model();
    static const char *const there[] = {"/",       "/16",     "/16/0",     "/16/0/0",
                                        "/16/0/1", "/16/0/2", "/16/0/0/1", "/3/0/4"};
    static const char *const absent[] = {"/1",        "/16/2",     "/16/1/1",
                                         "/16/0/0/2", "/16/0/2/0", "/16/0/9"};
    for (size_t i = 0; i < COUNT_OF(there); i++)
        ck_assert_msg(model_has(model, at(there[i])), "%s", there[i]);
    for (size_t i = 0; i < COUNT_OF(absent); i++)
        ck_assert_msg(!model_has(model, at(absent[i])), "%s", absent[i]);
    ck_assert_ptr_eq(model_catalogue(model), catalogue_builtin());
    model_free(model);
}
END_TEST

START_TEST(lists_children_in_ascending_order)
{
    struct model *model = small_model();
    uint16_t ids[4] = {9, 9, 9, 9};
    ck_assert_uint_eq(model_children(model, at("/"), ids, 4), 2);
    ck_assert_uint_eq(ids[0], 3);
    ck_assert_uint_eq(ids[1], 16);
    ck_assert_uint_eq(model_children(model, at("/16"), ids, 4), 2);
    ck_assert_uint_eq(model_children(model, at("/16/0"), ids, 4), 4);
    ck_assert_uint_eq(ids[3], 3);
    ck_assert_uint_eq(model_children(model, at("/16/0/0"), ids, 4), 2);
    ck_assert_uint_eq(ids[1], 1);
    ck_assert_uint_eq(model_children(model, at("/16/0/2"), ids, 4), 0);
    ck_assert_uint_eq(model_children(model, at("/16/7"), ids, 4), 0);
    model_free(model);
}
END_TEST

START_TEST(lists_children_as_an_array_of_their_number)
{
    struct model *model = small_model();
    size_t count = 9;
    uint16_t *ids = model_ids(model, at("/16/0"), &count);
    ck_assert_uint_eq(count, 4);
    ck_assert_uint_eq(ids[0], 0);
    ck_assert_uint_eq(ids[3], 3);
    free(ids);
    ck_assert_ptr_null(model_ids(model, at("/16/7"), &count));
    ck_assert_uint_eq(count, 0);
    model_free(model);
}
END_TEST

START_TEST(counts_children_beyond_the_room_it_has)
{
    struct model *model = small_model();
    uint16_t ids[2] = {9, 9};
    ck_assert_uint_eq(model_children(model, at("/16/0"), ids, 1), 4);
    ck_assert_uint_eq(ids[0], 0);
    ck_assert_uint_eq(ids[1], 9);
    model_free(model);
}
END_TEST

START_TEST(gives_values_of_resources_and_their_instances_only)
{
    struct model *model = small_model();
    ck_assert_int_eq(model_value(model, at("/16/0/3"))->integer, 0);
    ck_assert(bytes_is(value_bytes(model_value(model, at("/16/0/0/0"))), "HOST4711"));
    ck_assert_ptr_null(model_value(model, at("/16/0/0")));
    ck_assert_ptr_null(model_value(model, at("/16/0/1")));
    ck_assert_ptr_null(model_value(model, at("/16/0")));
    ck_assert_ptr_null(model_value(model, at("/16/0/0/7")));
    model_free(model);
}
END_TEST

START_TEST(reads_at_every_level)
{
    struct model *model = small_model();
    assert_reads(model, "/16/0/0/1", "/16/0/0/1 \"Acme Motors\"\n");
    assert_reads(model, "/16/0/0", "/16/0/0/0 \"HOST4711\"\n/16/0/0/1 \"Acme Motors\"\n");
    assert_reads(model, "/16/0/3", "/16/0/3 0\n");
    assert_reads(model, "/16/0", "/16/0/0/0 \"HOST4711\"\n/16/0/0/1 \"Acme Motors\"\n/16/0/3 0\n");
    assert_reads(model, "/16",
                 "/16/0/0/0 \"HOST4711\"\n/16/0/0/1 \"Acme Motors\"\n/16/0/3 0\n"
                 "/16/1/0/0 \"second\"\n");
    assert_reads(model, "/",
                 "/3/0/0 \"Acme\"\n/3/0/14 \"+01:00\"\n/3/0/22/0 16:0\n/16/0/0/0 \"HOST4711\"\n"
                 "/16/0/0/1 \"Acme Motors\"\n/16/0/3 0\n/16/1/0/0 \"second\"\n");
    model_free(model);
}
END_TEST

/* I-11: nothing in AuthData reads as nothing, and is left out of wider reads. */
START_TEST(reads_empty_things_as_empty)
{
    struct model *model = small_model();
    assert_reads(model, "/16/0/2", "/16/0/2 (empty)\n");
    model_add_instance(model, 16, 2);
    assert_reads(model, "/16/2", "/16/2 (empty)\n");
    model_remove(model, at("/16/0"), false);
    model_remove(model, at("/16/1"), false);
    assert_reads(model, "/16", "/16/2 (empty)\n");
    model_remove(model, at("/16/2"), false);
    assert_reads(model, "/16", "/16 (empty)\n");
    model_free(model);
}
END_TEST

START_TEST(refuses_reads_as_the_standard_says)
{
    struct model *model = small_model();
    ck_assert_int_eq(read_result(model, "/16/0/1"), MODEL_NOT_ALLOWED);
    ck_assert_int_eq(read_result(model, "/16/0/1/0"), MODEL_NOT_ALLOWED);
    ck_assert_int_eq(read_result(model, "/16/0/3/0"), MODEL_NOT_ALLOWED);
    ck_assert_int_eq(read_result(model, "/16/0/2/0"), MODEL_NOT_FOUND);
    ck_assert_int_eq(read_result(model, "/16/1/1"), MODEL_NOT_FOUND);
    ck_assert_int_eq(read_result(model, "/16/1/3/0"), MODEL_NOT_FOUND);
    ck_assert_int_eq(read_result(model, "/16/0/4"), MODEL_NOT_FOUND);
    ck_assert_int_eq(read_result(model, "/16/9"), MODEL_NOT_FOUND);
    ck_assert_int_eq(read_result(model, "/1"), MODEL_NOT_FOUND);
    model_free(model);
}
END_TEST

START_TEST(hides_what_is_write_only_or_for_bootstrap)
{
    struct model *model = model_new(catalogue_builtin());
    put(model, "/5/0/0", value_octets(VALUE_OPAQUE, bytes_of("package")));
    put(model, "/5/0/3", value_integer(0));
    put(model, "/0/0/0", value_string("coap://127.0.0.1"));
    assert_reads(model, "/5/0", "/5/0/3 0\n");
    ck_assert_int_eq(read_result(model, "/5/0/0"), MODEL_NOT_ALLOWED);
    assert_reads(model, "/0", "/0/0 (empty)\n");
    model_free(model);
}
END_TEST

START_TEST(appends_to_what_was_read_before)
{
    struct model *model = small_model();
    struct records records;
    records_init(&records);
    ck_assert_int_eq(model_read(model, at("/16/0/3"), &records), MODEL_OK);
    ck_assert_int_eq(model_read(model, at("/16/0/2"), &records), MODEL_OK);
    assert_records(&records, "/16/0/3 0\n/16/0/2 (empty)\n");
    records_release(&records);
    model_free(model);
}
END_TEST

START_TEST(refuses_to_read_more_than_a_list_holds)
{
    struct model *model = small_model();
    struct records records;
    records_init(&records);
    records.limit = 2;
    ck_assert_int_eq(model_read(model, at("/16"), &records), MODEL_BAD_REQUEST);
    records_release(&records);
    model_free(model);
}
END_TEST

START_TEST(puts_values_of_the_right_type_in_the_right_place_only)
{
    struct model *model = small_model();
    ck_assert_int_eq(model_put(model, at("/16/0/3"), value_string("1")), ST_INVALID);
    ck_assert_int_eq(model_put(model, at("/16/0/3/0"), value_integer(1)), ST_INVALID);
    ck_assert_int_eq(model_put(model, at("/16/0/0"), value_string("x")), ST_INVALID);
    ck_assert_int_eq(model_put(model, at("/16/0/1"), value_none()), ST_INVALID);
    ck_assert_int_eq(model_put(model, at("/16/0/4"), value_integer(1)), ST_INVALID);
    ck_assert_int_eq(model_put(model, at("/99/0/0"), value_integer(1)), ST_INVALID);
    ck_assert_int_eq(model_put(model, at("/16/0"), value_none()), ST_INVALID);
    ck_assert_int_eq(model_put(model, at("/3/0/13"), value_integer(1)), ST_INVALID);
    ck_assert_int_eq(model_value(model, at("/16/0/3"))->integer, 0);
    model_free(model);
}
END_TEST

START_TEST(puts_whatever_the_range_since_a_defect_may_want_it)
{
    struct model *model = small_model();
    put(model, "/16/0/3", value_integer(7));
    ck_assert_int_eq(model_value(model, at("/16/0/3"))->integer, 7);
    model_free(model);
}
END_TEST

START_TEST(adds_an_instance_with_its_mandatory_executables)
{
    struct model *model = model_new(catalogue_builtin());
    model_add_instance(model, 1, 0);
    model_add_instance(model, 1, 0);
    ck_assert(model_has(model, at("/1/0/8")));
    ck_assert(!model_has(model, at("/1/0/4")));
    model_add_resource(model, at("/1/0/4"));
    ck_assert(model_has(model, at("/1/0/4")));
    model_add_instance(model, 99, 0);
    ck_assert(!model_has(model, at("/99")));
    model_free(model);
}
END_TEST

START_TEST(adds_only_resources_that_need_no_value)
{
    struct model *model = small_model();
    model_add_resource(model, at("/3/0/1"));
    model_add_resource(model, at("/16/7/2"));
    model_add_resource(model, at("/16/0/2/0"));
    model_add_resource(model, at("/16/0/9"));
    ck_assert(!model_has(model, at("/3/0/1")));
    ck_assert(!model_has(model, at("/16/7")));
    ck_assert(!model_has(model, at("/16/0/2/0")));
    model_free(model);
}
END_TEST

START_TEST(supports_an_object_without_instances)
{
    struct model *model = model_new(catalogue_builtin());
    model_support(model, 16);
    model_support(model, 99);
    ck_assert(model_has(model, at("/16")));
    ck_assert(!model_has(model, at("/99")));
    assert_reads(model, "/16", "/16 (empty)\n");
    model_free(model);
}
END_TEST

START_TEST(removes_values_resources_and_instances)
{
    struct model *model = small_model();
    model_remove(model, at("/16/0/0/0"), false);
    assert_reads(model, "/16/0/0", "/16/0/0/1 \"Acme Motors\"\n");
    model_remove(model, at("/16/0/0"), true);
    assert_reads(model, "/16/0/0", "/16/0/0 (empty)\n");
    model_remove(model, at("/16/0/0"), false);
    ck_assert_int_eq(read_result(model, "/16/0/0"), MODEL_NOT_FOUND);
    model_remove(model, at("/16/0/0"), false);
    model_remove(model, at("/16/9"), false);
    model_remove(model, at("/16"), false);
    ck_assert(model_has(model, at("/16/1")));
    model_free(model);
}
END_TEST

START_TEST(is_full_at_its_limit)
{
    struct model *model = model_new(catalogue_builtin());
    enum status status = ST_OK;
    unsigned count = 0;
    while (status == ST_OK)
        status = model_put(model, path_child(path_resource(16, 0, 0), count++), value_string("x"));
    ck_assert_int_eq(status, ST_LIMIT);
    ck_assert_uint_gt(count, RECORDS_MOST - 16);
    put(model, "/16/0/0/0", value_string("another"));
    ck_assert_int_eq(read_result(model, "/"), MODEL_OK);
    model_free(model);
}
END_TEST

START_TEST(frees_nothing)
{
    model_free(NULL);
}
END_TEST

UNIT_MAIN("model", tells_what_is_there, lists_children_in_ascending_order,
          lists_children_as_an_array_of_their_number, counts_children_beyond_the_room_it_has,
          gives_values_of_resources_and_their_instances_only, reads_at_every_level,
          reads_empty_things_as_empty, refuses_reads_as_the_standard_says,
          hides_what_is_write_only_or_for_bootstrap, appends_to_what_was_read_before,
          refuses_to_read_more_than_a_list_holds,
          puts_values_of_the_right_type_in_the_right_place_only,
          puts_whatever_the_range_since_a_defect_may_want_it,
          adds_an_instance_with_its_mandatory_executables, adds_only_resources_that_need_no_value,
          supports_an_object_without_instances, removes_values_resources_and_instances,
          is_full_at_its_limit, frees_nothing)
