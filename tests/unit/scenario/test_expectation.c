/* SPDX-License-Identifier: Apache-2.0 */
/* What an action without `=>` must bring. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

static const struct row {
    const char *line;
    uint8_t low, high;
} rows[] = {
    {"read /16", 0x45, 0x45},
    {"write /16/0", 0x44, 0x44},
    {"update /16/0 0/1=\"a\"", 0x44, 0x44},
    {"execute /3/0/4", 0x44, 0x44},
    {"create /16", 0x41, 0x41},
    {"delete /16/0", 0x42, 0x42},
    {"discover /16", 0x45, 0x45},
    {"observe /16", 0x45, 0x45},
    {"cancel /16", 0x45, 0x45},
    {"attributes /16 pmin=1", 0x44, 0x44},
    {"raw GET /16", 0x40, 0x5F},
    {"repeat", 0x40, 0x5F},
    {"expect notify /16", 0x45, 0x45},
};

START_TEST(each_action_implies_its_success)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[200];
        snprintf(text, sizeof text, HEADER "%s\n", rows[i].line);
        struct scenario *scenario = checked(text);
        const struct expectation *expectation = &scenario->steps[0].expectation;
        ck_assert_uint_eq(expectation->code_count, 1);
        ck_assert_uint_eq(expectation->codes[0].low, rows[i].low);
        ck_assert_uint_eq(expectation->codes[0].high, rows[i].high);
        scenario_free(scenario);
    }
}
END_TEST

START_TEST(a_cancel_by_reset_is_not_answered)
{
    struct scenario *scenario = checked(HEADER "cancel /16 by reset\n");
    ck_assert_uint_eq(scenario->steps[0].expectation.code_count, 0);
    scenario_free(scenario);
}
END_TEST

START_TEST(services_must_prove_genuine)
{
    struct scenario *scenario = checked(HEADER "covers PF-AUTH-1\nauthenticate /16/0 identity=0\n");
    const struct expectation *expectation = &scenario->steps[0].expectation;
    ck_assert(expectation->has_judgement);
    ck_assert_int_eq(expectation->judgement, JUDGEMENT_GENUINE);
    ck_assert_uint_eq(expectation->code_count, 0);
    scenario_free(scenario);
}
END_TEST

START_TEST(released_ones_are_empty)
{
    struct expectation expectation;
    expectation_init(&expectation, NULL);
    expectation.link_text = xstrdup("<>");
    expectation.data = value_string("x");
    expectation_release(&expectation);
    ck_assert_ptr_null(expectation.link_text);
    ck_assert_int_eq(expectation.data.type, VALUE_NONE);
    expectation_release(&expectation);
}
END_TEST

UNIT_MAIN("expectation", each_action_implies_its_success, a_cancel_by_reset_is_not_answered,
          services_must_prove_genuine, released_ones_are_empty)
