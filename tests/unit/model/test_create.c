/* SPDX-License-Identifier: Apache-2.0 */
/* Create and delete by servers: what is allowed, and what is there afterwards. */
#include "base/std.h"

#include "tests/unit/model/fixture.h"

static enum model_result create(struct fixture *fixture, unsigned object, bool strict,
                                uint16_t *out_instance)
{
    error_clear(&fixture->error);
    enum model_result result = model_create(fixture->model, object, &fixture->records, strict,
                                            out_instance, &fixture->error);
    records_clear(&fixture->records);
    return result;
}

/* ETS 1630 */
START_TEST(creates_an_instance_under_the_id_that_is_named)
{
    struct fixture fixture;
    uint16_t instance = 0;
    begin(&fixture);
    give(&fixture, "/16/5/0/0", value_string("Host Device ID #2"));
    give(&fixture, "/16/5/0/1", value_string("Host Device Model #2"));
    ck_assert_int_eq(create(&fixture, 16, false, &instance), MODEL_OK);
    ck_assert_uint_eq(instance, 5);
    assert_reads(fixture.model, "/16/5",
                 "/16/5/0/0 \"Host Device ID #2\"\n/16/5/0/1 \"Host Device Model #2\"\n");
    ck_assert_uint_eq(fixture.woken, 1);
    end(&fixture);
}
END_TEST

START_TEST(chooses_the_lowest_free_id)
{
    struct fixture fixture;
    uint16_t instance = 0;
    begin(&fixture);
    add(&fixture.records, path_child(path_resource(16, ID_NONE, 0), 3), value_string("x"));
    ck_assert_int_eq(create(&fixture, 16, false, &instance), MODEL_OK);
    ck_assert_uint_eq(instance, 2);
    assert_reads(fixture.model, "/16/2", "/16/2/0/3 \"x\"\n");
    ck_assert_int_eq(model_delete(fixture.model, 16, 0), MODEL_OK);
    ck_assert_int_eq(create(&fixture, 16, false, &instance), MODEL_OK);
    ck_assert_uint_eq(instance, 0);
    end(&fixture);
}
END_TEST

/* I-17 */
START_TEST(creates_without_identities_unless_it_is_strict)
{
    struct fixture fixture;
    uint16_t instance = 0;
    begin(&fixture);
    ck_assert_int_eq(create(&fixture, 16, true, &instance), MODEL_BAD_REQUEST);
    give(&fixture, "/16/7/0", value_none());
    ck_assert_int_eq(create(&fixture, 16, true, &instance), MODEL_BAD_REQUEST);
    ck_assert_str_eq(fixture.error.text, "mandatory resource \"/16/7/0\" (Identity) is missing");
    ck_assert_uint_eq(fixture.woken, 0);
    give(&fixture, "/16/7/0", value_none());
    ck_assert_int_eq(create(&fixture, 16, false, &instance), MODEL_OK);
    assert_reads(fixture.model, "/16/7/0", "/16/7/0 (empty)\n");
    give(&fixture, "/16/8", value_none());
    ck_assert_int_eq(create(&fixture, 16, false, &instance), MODEL_OK);
    ck_assert_uint_eq(instance, 8);
    assert_reads(fixture.model, "/16/8/0", "/16/8/0 (empty)\n");
    end(&fixture);
}
END_TEST

START_TEST(ignores_read_only_and_unknown_values_in_a_create)
{
    struct fixture fixture;
    uint16_t instance = 0;
    begin(&fixture);
    give(&fixture, "/16/4/0/0", value_string("x"));
    give(&fixture, "/16/4/3", value_integer(1));
    give(&fixture, "/16/4/77", value_octets(VALUE_OPAQUE, bytes_of("?")));
    ck_assert_int_eq(create(&fixture, 16, false, &instance), MODEL_OK);
    assert_reads(fixture.model, "/16/4", "/16/4/0/0 \"x\"\n");
    ck_assert(!model_has(fixture.model, at("/16/4/3")));
    end(&fixture);
}
END_TEST

START_TEST(creates_with_mandatory_executables)
{
    struct fixture fixture;
    uint16_t instance = 0;
    begin(&fixture);
    give(&fixture, "/1/1/1", value_integer(60));
    give(&fixture, "/1/1/6", value_boolean(true));
    ck_assert_int_eq(create(&fixture, 1, false, &instance), MODEL_BAD_REQUEST);
    give(&fixture, "/1/1/1", value_integer(60));
    give(&fixture, "/1/1/6", value_boolean(true));
    give(&fixture, "/1/1/7", value_string("U"));
    ck_assert_int_eq(create(&fixture, 1, false, &instance), MODEL_OK);
    ck_assert(model_has(fixture.model, at("/1/1/8")));
    end(&fixture);
}
END_TEST

START_TEST(refuses_creates_that_cannot_be)
{
    struct fixture fixture;
    uint16_t instance = 77;
    begin(&fixture);
    give(&fixture, "/16/1/0/0", value_string("id in use"));
    ck_assert_int_eq(create(&fixture, 16, false, &instance), MODEL_BAD_REQUEST);
    ck_assert_str_eq(fixture.error.text, "instance id of \"/16/1\" is in use");
    give(&fixture, "/16/8/0/0", value_string("two"));
    give(&fixture, "/16/9/0/0", value_string("instances"));
    ck_assert_int_eq(create(&fixture, 16, false, &instance), MODEL_BAD_REQUEST);
    give(&fixture, "/3/0/0", value_string("another object"));
    ck_assert_int_eq(create(&fixture, 16, false, &instance), MODEL_BAD_REQUEST);
    give(&fixture, "/16/8/0/0", value_integer(8));
    ck_assert_int_eq(create(&fixture, 16, false, &instance), MODEL_BAD_REQUEST);
    ck_assert_int_eq(create(&fixture, 3, false, &instance), MODEL_NOT_ALLOWED);
    ck_assert_int_eq(create(&fixture, 6, false, &instance), MODEL_NOT_FOUND);
    ck_assert_int_eq(create(&fixture, 99, false, &instance), MODEL_NOT_FOUND);
    model_support(fixture.model, 7);
    give(&fixture, "/7/1/8", value_integer(1));
    ck_assert_int_eq(create(&fixture, 7, false, &instance), MODEL_BAD_REQUEST);
    ck_assert_uint_eq(fixture.woken, 0);
    ck_assert_uint_eq(instance, 77);
    ck_assert_uint_eq(model_children(fixture.model, at("/16"), NULL, 0), 2);
    end(&fixture);
}
END_TEST

/* ETS 1635 */
START_TEST(deletes_instances_and_keeps_the_object)
{
    struct fixture fixture;
    begin(&fixture);
    ck_assert_int_eq(model_delete(fixture.model, 16, 0), MODEL_OK);
    ck_assert_int_eq(model_delete(fixture.model, 16, 1), MODEL_OK);
    ck_assert_int_eq(model_delete(fixture.model, 16, 1), MODEL_NOT_FOUND);
    ck_assert_uint_eq(fixture.woken, 2);
    ck_assert(model_has(fixture.model, at("/16")));
    ck_assert_int_eq(read_result(fixture.model, "/16/0/0"), MODEL_NOT_FOUND);
    end(&fixture);
}
END_TEST

START_TEST(keeps_the_last_instance_of_a_mandatory_object)
{
    struct fixture fixture;
    begin(&fixture);
    ck_assert_int_eq(model_delete(fixture.model, 3, 0), MODEL_NOT_ALLOWED);
    ck_assert_int_eq(model_delete(fixture.model, 1, 0), MODEL_NOT_ALLOWED);
    model_add_instance(fixture.model, 1, 1);
    ck_assert_int_eq(model_delete(fixture.model, 1, 0), MODEL_OK);
    end(&fixture);
}
END_TEST

UNIT_MAIN("create", creates_an_instance_under_the_id_that_is_named, chooses_the_lowest_free_id,
          creates_without_identities_unless_it_is_strict,
          ignores_read_only_and_unknown_values_in_a_create, creates_with_mandatory_executables,
          refuses_creates_that_cannot_be, deletes_instances_and_keeps_the_object,
          keeps_the_last_instance_of_a_mandatory_object)
