/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in object definitions against the tables of the specifications. */
#include "base/std.h"

#include "model/model_impl.h"
#include "tests/unit/model/support.h"

START_TEST(knows_objects_0_to_7_and_16)
{
    static const unsigned ids[] = {0, 1, 2, 3, 4, 5, 6, 7, 16};
    const struct catalogue *catalogue = catalogue_of(LWM2M_1_0);
    ck_assert_uint_eq(catalogue->count, COUNT_OF(ids));
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        char urn[32];
        const struct object_def *def = catalogue_object(catalogue, ids[i]);
        ck_assert_ptr_nonnull(def);
        snprintf(urn, sizeof urn, "urn:oma:lwm2m:oma:%u", ids[i]);
        ck_assert_uint_eq(def->id, ids[i]);
        ck_assert_str_eq(def->urn, urn);
        ck_assert_str_eq(def->version, "1.0");
    }
    ck_assert_ptr_null(catalogue_object(catalogue, 8));
    ck_assert_ptr_null(catalogue_object(catalogue, 17));
    ck_assert_ptr_null(catalogue_object(catalogue, 65535));
}
END_TEST

/* The versions of the registry for LwM2M 1.1.1; those of 1.0 need no `ver`. */
START_TEST(gives_1_1_the_newer_versions_of_the_objects)
{
    static const struct {
        unsigned object;
        const char *version, *urn;
        unsigned last_1_0, last;
    } rows[] = {
        {0, "1.1", "urn:oma:lwm2m:oma:0:1.1", 12, 17},
        {1, "1.1", "urn:oma:lwm2m:oma:1:1.1", 8, 23},
        {2, "1.0", "urn:oma:lwm2m:oma:2", 3, 3},
        {3, "1.1", "urn:oma:lwm2m:oma:3:1.1", 22, 22},
        {4, "1.2", "urn:oma:lwm2m:oma:4:1.2", 10, 12},
        {5, "1.0", "urn:oma:lwm2m:oma:5", 9, 9},
        {6, "1.0", "urn:oma:lwm2m:oma:6", 6, 6},
        {7, "1.0", "urn:oma:lwm2m:oma:7", 8, 8},
        {16, "1.0", "urn:oma:lwm2m:oma:16", 3, 3},
    };
    ck_assert_ptr_eq(catalogue_builtin(), catalogue_of(LWM2M_1_1));
    ck_assert_uint_eq(catalogue_builtin()->count, COUNT_OF(rows));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct object_def *older = catalogue_object(catalogue_of(LWM2M_1_0), rows[i].object);
        const struct object_def *newer = catalogue_object(catalogue_of(LWM2M_1_1), rows[i].object);
        ck_assert_str_eq(newer->version, rows[i].version);
        ck_assert_str_eq(newer->urn, rows[i].urn);
        ck_assert_uint_eq(newer->resources[newer->count - 1].id, rows[i].last);
        ck_assert_uint_eq(older->resources[older->count - 1].id, rows[i].last_1_0);
        ck_assert_int_eq(newer->mandatory, older->mandatory);
        ck_assert_int_eq(newer->multiple, older->multiple);
        for (size_t r = 0; r < older->count; r++)
            ck_assert_ptr_eq(&older->resources[r], &newer->resources[r]);
    }
}
END_TEST

START_TEST(has_every_table_in_order_and_in_itself_sound)
{
    const struct catalogue *catalogue = catalogue_builtin();
    for (size_t o = 0; o < catalogue->count; o++) {
        const struct object_def *def = catalogue->objects[o];
        ck_assert(o == 0 || catalogue->objects[o - 1]->id < def->id);
        for (size_t r = 0; r < def->count; r++) {
            const struct resource_def *resource = &def->resources[r];
            bool executable = resource->ops == OP_EXECUTE;
            ck_assert(r == 0 || def->resources[r - 1].id < resource->id);
            ck_assert(executable || (resource->ops & OP_EXECUTE) == 0);
            ck_assert_int_eq(executable, resource->type == VALUE_NONE);
            ck_assert(!executable || !resource->multiple);
            ck_assert_ptr_eq(object_def_resource(def, resource->id), resource);
        }
    }
}
END_TEST

/* Table 1 of the Portfolio specification. */
START_TEST(defines_the_portfolio_object_as_table_1_does)
{
    static const struct resource_def table[] = {
        {0, "Identity", OP_READ | OP_WRITE, true, true, VALUE_STRING, 1, 0},
        {1, "GetAuthData", OP_EXECUTE, false, false, VALUE_NONE, 1, 0},
        {2, "AuthData", OP_READ, true, false, VALUE_OPAQUE, 1, 0},
        {3, "AuthStatus", OP_READ, false, false, VALUE_INTEGER, 0, 2},
    };
    const struct object_def *def = catalogue_object(catalogue_builtin(), 16);
    ck_assert_str_eq(def->name, "Portfolio");
    ck_assert(def->multiple && !def->mandatory);
    ck_assert_uint_eq(def->count, COUNT_OF(table));
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        const struct resource_def *found = &def->resources[i];
        ck_assert_uint_eq(found->id, table[i].id);
        ck_assert_str_eq(found->name, table[i].name);
        ck_assert_uint_eq(found->ops, table[i].ops);
        ck_assert_int_eq(found->multiple, table[i].multiple);
        ck_assert_int_eq(found->mandatory, table[i].mandatory);
        ck_assert_int_eq(found->type, table[i].type);
        ck_assert_int_eq(found->min, table[i].min);
        ck_assert_int_eq(found->max, table[i].max);
    }
}
END_TEST

START_TEST(has_the_link_to_the_portfolio_as_a_multiple_one)
{
    const struct resource_def *def =
        catalogue_resource(catalogue_builtin(), path_resource(3, 0, 22));
    ck_assert_str_eq(def->name, "ExtDevInfo");
    ck_assert_uint_eq(def->ops, OP_READ);
    ck_assert(def->multiple && !def->mandatory);
    ck_assert_int_eq(def->type, VALUE_OBJLINK);
}
END_TEST

/* What registration, reporting and Disable are built on (LwM2M 1.0, appendix E.2 and
 * E.4; 1.1.1 likewise). */
START_TEST(knows_the_server_and_device_resources)
{
    static const struct {
        const char *path;
        unsigned ops;
        enum value_type type;
        bool mandatory;
    } rows[] = {
        {"/1/0/0", OP_READ, VALUE_INTEGER, true},
        {"/1/0/1", OP_READ | OP_WRITE, VALUE_INTEGER, true},
        {"/1/0/2", OP_READ | OP_WRITE, VALUE_INTEGER, false},
        {"/1/0/3", OP_READ | OP_WRITE, VALUE_INTEGER, false},
        {"/1/0/4", OP_EXECUTE, VALUE_NONE, false},
        {"/1/0/5", OP_READ | OP_WRITE, VALUE_INTEGER, false},
        {"/1/0/6", OP_READ | OP_WRITE, VALUE_BOOLEAN, true},
        {"/1/0/7", OP_READ | OP_WRITE, VALUE_STRING, true},
        {"/1/0/8", OP_EXECUTE, VALUE_NONE, true},
        {"/3/0/4", OP_EXECUTE, VALUE_NONE, true},
        {"/3/0/11", OP_READ, VALUE_INTEGER, true},
        {"/3/0/13", OP_READ | OP_WRITE, VALUE_TIME, false},
        {"/3/0/16", OP_READ, VALUE_STRING, true},
        {"/0/0/0", 0, VALUE_STRING, true},
        {"/6/0/0", OP_READ, VALUE_FLOAT, true},
        {"/0/0/16", 0, VALUE_INTEGER, false},
        {"/0/0/17", 0, VALUE_OBJLINK, false},
        {"/1/0/9", OP_EXECUTE, VALUE_NONE, false},
        {"/1/0/11", OP_READ, VALUE_INTEGER, false},
        {"/1/0/12", OP_READ, VALUE_TIME, false},
        {"/1/0/13", 0, VALUE_INTEGER, false},
        {"/1/0/16", 0, VALUE_BOOLEAN, false},
        {"/1/0/20", 0, VALUE_INTEGER, false},
        {"/1/0/22", OP_READ | OP_WRITE, VALUE_STRING, false},
        {"/1/0/23", OP_READ | OP_WRITE, VALUE_BOOLEAN, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct resource_def *def = catalogue_resource(catalogue_builtin(), at(rows[i].path));
        ck_assert_msg(def != NULL, "%s", rows[i].path);
        ck_assert_msg(def->ops == rows[i].ops, "%s", rows[i].path);
        ck_assert_msg(def->type == rows[i].type, "%s", rows[i].path);
        ck_assert_msg(def->mandatory == rows[i].mandatory, "%s", rows[i].path);
    }
}
END_TEST

START_TEST(finds_no_resource_for_short_or_unknown_paths)
{
    const struct catalogue *catalogue = catalogue_builtin();
    ck_assert_ptr_null(catalogue_resource(catalogue, at("/16/0")));
    ck_assert_ptr_null(catalogue_resource(catalogue, at("/")));
    ck_assert_ptr_null(catalogue_resource(catalogue, at("/99/0/0")));
    ck_assert_ptr_null(catalogue_resource(catalogue, at("/5/0/4")));
    ck_assert_ptr_null(catalogue_resource(catalogue, at("/16/0/4")));
    ck_assert_ptr_nonnull(catalogue_resource(catalogue, at("/16/0/0/9")));
}
END_TEST

START_TEST(bounds_the_times_of_the_server_object)
{
    static const struct {
        unsigned resource;
        int64_t value;
        bool fits;
    } cases[] = {{1, 0, false},         {1, 1, true},   {1, -5, false}, {1, UINT32_MAX, true},
                 {1, INT64_MAX, false}, {2, 0, true},   {3, 0, true},   {5, 0, true},
                 {2, -1, false},        {3, -1, false}, {5, -1, false}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct resource_def *def =
            catalogue_resource(catalogue_builtin(), path_resource(1, 0, cases[i].resource));
        struct value value = value_integer(cases[i].value);
        ck_assert_msg(resource_def_fits(def, &value, "it", NULL) == cases[i].fits, "case %zu", i);
    }
}
END_TEST

/* Leshan's bootstrap server writes empty keys for SMS to every device. */
START_TEST(takes_keys_for_sms_that_are_none)
{
    const struct value none = value_octets(VALUE_OPAQUE, (struct bytes){NULL, 0});
    struct value long_key = value_octets(VALUE_OPAQUE, bytes_of("1234567"));
    for (unsigned resource = 7; resource <= 8; resource++)
        ck_assert(resource_def_fits(
            catalogue_resource(catalogue_builtin(), path_resource(0, 1, resource)), &none, "it",
            NULL));
    ck_assert(!resource_def_fits(catalogue_resource(catalogue_builtin(), path_resource(0, 1, 7)),
                                 &long_key, "it", NULL));
    value_release(&long_key);
}
END_TEST

UNIT_MAIN("objects", takes_keys_for_sms_that_are_none, bounds_the_times_of_the_server_object,
          knows_objects_0_to_7_and_16, gives_1_1_the_newer_versions_of_the_objects,
          has_every_table_in_order_and_in_itself_sound,
          defines_the_portfolio_object_as_table_1_does,
          has_the_link_to_the_portfolio_as_a_multiple_one, knows_the_server_and_device_resources,
          finds_no_resource_for_short_or_unknown_paths)
