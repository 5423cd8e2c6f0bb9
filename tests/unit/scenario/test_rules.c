/* SPDX-License-Identifier: Apache-2.0 */
/* The rule catalogue. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

START_TEST(every_rule_has_an_id_of_its_own_a_side_and_a_sentence)
{
    size_t count = 0;
    for (const struct rule *rule = rule_at(0); rule != NULL; rule = rule_at(++count)) {
        ck_assert_ptr_eq(rule_find(bytes_of(rule->id)), rule);
        ck_assert(begins(rule->id, "PF-") || begins(rule->id, "LWM2M-") ||
                  begins(rule->id, "COAP-"));
        ck_assert_uint_ne(rule->sides, 0);
        ck_assert_uint_ge(strlen(rule->text), 20);
        ck_assert_ptr_nonnull(rule->section);
    }
    ck_assert_uint_ge(count, 60);
    ck_assert_ptr_null(rule_at(count));
}
END_TEST

START_TEST(only_interpretations_have_no_section)
{
    for (size_t i = 0; rule_at(i) != NULL; i++)
        if (rule_at(i)->strength != RULE_INTERPRETATION)
            ck_assert_str_ne(rule_at(i)->section, "");
}
END_TEST

START_TEST(unknown_ids_are_not_found)
{
    ck_assert_ptr_null(rule_find(bytes_of("PF-STATE-99")));
    ck_assert_ptr_null(rule_find(bytes_of("PF-STATE-")));
    ck_assert_ptr_null(rule_find(bytes_of("")));
}
END_TEST

START_TEST(strengths_have_the_letters_of_the_design)
{
    ck_assert_int_eq(rule_strength_letter(RULE_MUST), 'M');
    ck_assert_int_eq(rule_strength_letter(RULE_TABLE), 'T');
    ck_assert_int_eq(rule_strength_letter(RULE_APPENDIX), 'A');
    ck_assert_int_eq(rule_strength_letter(RULE_LWM2M), 'L');
    ck_assert_int_eq(rule_strength_letter(RULE_INTERPRETATION), 'I');
}
END_TEST

START_TEST(every_operation_implies_a_rule)
{
    for (int kind = OPERATION_READ; kind <= OPERATION_DECRYPT; kind++)
        ck_assert_ptr_nonnull(rule_implied((enum operation_kind)kind));
    ck_assert_str_eq(rule_implied(OPERATION_UPDATE)->id, "LWM2M-UPDATE-VALUES");
    ck_assert_str_eq(rule_implied(OPERATION_REPEAT)->id, "COAP-DUPLICATE");
    ck_assert_str_eq(rule_implied(OPERATION_DECRYPT)->id, "PF-ENC-1");
}
END_TEST

START_TEST(every_event_implies_a_rule)
{
    for (int kind = EXPECT_REGISTER; kind <= EXPECT_REQUEST; kind++)
        ck_assert_ptr_nonnull(rule_implied_event((enum expect_kind)kind));
    ck_assert_str_eq(rule_implied_event(EXPECT_FRESH_REGISTER)->id, "LWM2M-REGISTER");
    ck_assert_str_eq(rule_implied_event(EXPECT_NOTIFY)->id, "LWM2M-NOTIFY");
}
END_TEST

UNIT_MAIN("rules", every_rule_has_an_id_of_its_own_a_side_and_a_sentence,
          only_interpretations_have_no_section, unknown_ids_are_not_found,
          strengths_have_the_letters_of_the_design, every_operation_implies_a_rule,
          every_event_implies_a_rule)
