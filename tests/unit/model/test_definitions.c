/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that a profile declares beside the built-in ones. */
#include "base/std.h"

#include "model/profile_impl.h"
#include "tests/unit/model/support.h"

static const char profile_text[] =
    "{ \"endpoint\": \"a\","
    "  \"definitions\": {"
    "    \"33001\": { \"name\": \"Later\", \"urn\": \"urn:oma:lwm2m:x:33001:2.0\","
    "               \"version\": \"2.0\", \"mandatory\": true, \"resources\": {} },"
    "    \"10\": { \"name\": \"Early\", \"multiple\": true, \"resources\": {"
    "      \"5\": { \"name\": \"Go\", \"ops\": \"E\", \"mandatory\": true },"
    "      \"1\": { \"name\": \"Level\", \"ops\": \"RW\", \"type\": \"integer\", \"min\": -5, "
    "\"max\": 5 },"
    "      \"3\": { \"name\": \"Text\", \"ops\": \"W\", \"type\": \"string\", \"max\": 3 },"
    "      \"4\": { \"name\": \"Bits\", \"ops\": \"R\", \"type\": \"opaque\", \"multiple\": true },"
    "      \"2\": { \"name\": \"Hidden\", \"ops\": \"\", \"type\": \"time\", \"min\": 7 } } } },"
    "  \"objects\": { \"10\": { \"3\": { \"1\": -5, \"3\": \"abc\", \"4\": { \"0\": \"hex:00\" } } "
    "} } }";

START_TEST(puts_them_in_order_among_the_built_in_ones)
{
    struct profile *profile = good_profile(profile_text);
    const struct catalogue *catalogue = profile->catalogue;
    ck_assert_uint_eq(catalogue->count, catalogue_of(LWM2M_1_0)->count + 2);
    for (size_t i = 1; i < catalogue->count; i++)
        ck_assert(catalogue->objects[i - 1]->id < catalogue->objects[i]->id);
    ck_assert_ptr_eq(catalogue_object(catalogue, 16), catalogue_object(catalogue_builtin(), 16));
    profile_free(profile);
}
END_TEST

START_TEST(takes_over_all_that_is_said)
{
    struct profile *profile = good_profile(profile_text);
    const struct object_def *early = catalogue_object(profile->catalogue, 10);
    const struct object_def *later = catalogue_object(profile->catalogue, 33001);
    ck_assert_str_eq(early->name, "Early");
    ck_assert_str_eq(early->urn, "urn:oma:lwm2m:x:10");
    ck_assert_str_eq(early->version, "1.0");
    ck_assert(early->multiple && !early->mandatory);
    ck_assert_str_eq(later->urn, "urn:oma:lwm2m:x:33001:2.0");
    ck_assert_str_eq(later->version, "2.0");
    ck_assert(later->mandatory && !later->multiple);
    ck_assert_uint_eq(later->count, 0);
    static const struct resource_def expected[] = {
        {1, "Level", OP_READ | OP_WRITE, false, false, VALUE_INTEGER, -5, 5},
        {2, "Hidden", 0, false, false, VALUE_TIME, 7, INT64_MAX},
        {3, "Text", OP_WRITE, false, false, VALUE_STRING, INT64_MIN, 3},
        {4, "Bits", OP_READ, true, false, VALUE_OPAQUE, 1, 0},
        {5, "Go", OP_EXECUTE, false, true, VALUE_NONE, 1, 0},
    };
    ck_assert_uint_eq(early->count, COUNT_OF(expected));
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        const struct resource_def *def = &early->resources[i];
        ck_assert_uint_eq(def->id, expected[i].id);
        ck_assert_str_eq(def->name, expected[i].name);
        ck_assert_uint_eq(def->ops, expected[i].ops);
        ck_assert_int_eq(def->multiple, expected[i].multiple);
        ck_assert_int_eq(def->mandatory, expected[i].mandatory);
        ck_assert_int_eq(def->type, expected[i].type);
        ck_assert_int_eq(def->min, expected[i].min);
        ck_assert_int_eq(def->max, expected[i].max);
    }
    profile_free(profile);
}
END_TEST

START_TEST(makes_models_that_obey_them)
{
    struct profile *profile = good_profile(profile_text);
    struct model *model = profile_model(profile);
    struct records records;
    records_init(&records);
    assert_reads(model, "/10", "/10/3/1 -5\n/10/3/4/0 hex:00\n");
    ck_assert(model_has(model, at("/10/3/5")));
    add(&records, at("/10/3/1"), value_integer(6));
    ck_assert_int_eq(model_write(model, at("/10/3/1"), MODEL_REPLACE, &records, NULL),
                     MODEL_BAD_REQUEST);
    records_release(&records);
    model_free(model);
    profile_free(profile);
}
END_TEST

START_TEST(says_which_side_of_an_open_range_was_left)
{
    struct error error;
    struct profile *profile = good_profile(profile_text);
    const struct catalogue *catalogue = profile->catalogue;
    struct value early = value_time(6);
    struct value lengthy = value_string("abcd");
    ck_assert(!resource_def_fits(catalogue_resource(catalogue, at("/10/0/2")), &early, "/10/0/2",
                                 &error));
    ck_assert_str_eq(error.text, "value of \"/10/0/2\" is below 7");
    ck_assert(!resource_def_fits(catalogue_resource(catalogue, at("/10/0/3")), &lengthy, "/10/0/3",
                                 &error));
    ck_assert_str_eq(error.text, "length in octets of \"/10/0/3\" is above 3");
    value_release(&lengthy);
    profile_free(profile);
}
END_TEST

START_TEST(is_the_built_in_catalogue_when_nothing_is_declared)
{
    struct error_list errors;
    error_list_init(&errors);
    struct source source = {"p", ".", &errors};
    struct catalogue *catalogue = definitions_load(&source, catalogue_builtin(), NULL);
    ck_assert_uint_eq(catalogue->count, catalogue_builtin()->count);
    catalogue_free(catalogue);
    catalogue_free(NULL);
    error_list_release(&errors);
}
END_TEST

UNIT_MAIN("definitions", puts_them_in_order_among_the_built_in_ones, takes_over_all_that_is_said,
          makes_models_that_obey_them, says_which_side_of_an_open_range_was_left,
          is_the_built_in_catalogue_when_nothing_is_declared)
