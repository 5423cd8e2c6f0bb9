/* SPDX-License-Identifier: Apache-2.0 */
/* The table of the form of profiles: sound, and of one mind with the vocabulary below it. */
#include "base/std.h"

#include "model/profile_impl.h"
#include "tests/unit/model/support.h"

/* Every row has what its kind needs, every name is there once. */
static void assert_sound(const struct shape *shape, unsigned depth)
{
    ck_assert_uint_lt(depth, JSON_DEPTH_MOST);
    bool holder =
        shape->kind == SHAPE_MAP || shape->kind == SHAPE_LIST || shape->kind == SHAPE_EITHER;
    ck_assert(!holder || shape->item != NULL);
    ck_assert(shape->kind != SHAPE_EITHER || shape->other != NULL);
    ck_assert(shape->kind != SHAPE_CHOICE || shape->choices != NULL);
    ck_assert(shape->kind != SHAPE_INTEGER || shape->min <= shape->max);
    if (shape->item != NULL)
        assert_sound(shape->item, depth + 1);
    for (size_t i = 0; i < shape->count; i++) {
        ck_assert_uint_gt(strlen(shape->fields[i].text), 0);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(shape->fields[i].name, shape->fields[j].name);
        assert_sound(shape->fields[i].shape, depth + 1);
    }
}

START_TEST(has_sound_tables)
{
    assert_sound(&profile_shape, 0);
    assert_sound(&keyring_shape, 0);
    assert_sound(&server_security_shape, 0);
    assert_sound(&state_shape, 0);
}
END_TEST

/* The table and base/provision.c say the same. */
START_TEST(offers_the_octet_rules_that_there_are)
{
    const struct shape *shape = NULL;
    for (size_t i = 0; i < profile_shape.count; i++)
        if (strcmp(profile_shape.fields[i].name, "challenge_octets") == 0)
            shape = profile_shape.fields[i].shape;
    ck_assert_ptr_nonnull(shape);
    size_t count = 0;
    for (; shape->choices[count] != NULL; count++) {
        enum challenge_rule rule = CHALLENGE_MINIMAL;
        ck_assert(challenge_rule_named(bytes_of(shape->choices[count]), &rule));
        ck_assert_str_eq(challenge_rule_name(rule), shape->choices[count]);
    }
    ck_assert_uint_eq(count, 3);
}
END_TEST

START_TEST(knows_the_formats_by_name)
{
    ck_assert_int_eq(format_named(bytes_of("text"))->format, 0);
    ck_assert_int_eq(format_named(bytes_of("opaque"))->format, 42);
    ck_assert_int_eq(format_named(bytes_of("tlv"))->format, 11542);
    ck_assert_int_eq(format_named(bytes_of("json"))->last, LWM2M_1_0);
    ck_assert_int_eq(format_named(bytes_of("cbor"))->first, LWM2M_1_1);
    ck_assert_int_eq(format_named(bytes_of("senml-json"))->format, 110);
    ck_assert_int_eq(format_named(bytes_of("senml-cbor"))->format, 112);
    ck_assert_ptr_null(format_named(bytes_of("link")));
    ck_assert_ptr_null(format_named(bytes_of("")));
}
END_TEST

UNIT_MAIN("profile_shape", has_sound_tables, offers_the_octet_rules_that_there_are,
          knows_the_formats_by_name)
