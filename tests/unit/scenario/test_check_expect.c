/* SPDX-License-Identifier: Apache-2.0 */
/* Expectations are typed. (Their errors are golden files.) */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

static struct scenario *scenario;

/* The expectation of the last step of LINES; free SCENARIO. */
static const struct expectation *expected(const char *lines)
{
    char text[1000];
    snprintf(text, sizeof text, HEADER "%s\n", lines);
    scenario = checked(text);
    return &scenario->steps[scenario->step_count - 1].expectation;
}

static const char *path_shown(struct path path)
{
    static char text[PATH_TEXT];
    return path_text(path, text);
}

START_TEST(codes_may_be_alternatives_and_classes)
{
    const struct expectation *out = expected("read /16 => 2.05|4.04|5.xx|none");
    ck_assert_uint_eq(out->code_count, 4);
    ck_assert_uint_eq(out->codes[0].low, 0x45);
    ck_assert_uint_eq(out->codes[0].high, 0x45);
    ck_assert_uint_eq(out->codes[1].low, 0x84);
    ck_assert_uint_eq(out->codes[2].low, 0xA0);
    ck_assert_uint_eq(out->codes[2].high, 0xBF);
    ck_assert_uint_eq(out->codes[3].high, 0);
    ck_assert(!out->has_values);
    ck_assert_str_eq(out->text, "2.05|4.04|5.xx|none");
    scenario_free(scenario);
}
END_TEST

START_TEST(a_single_value_is_that_of_the_target)
{
    const struct expectation *out = expected("read $pf/3 => 2.05 1");
    ck_assert_uint_eq(out->wanted_count, 1);
    ck_assert_str_eq(path_shown(out->wanted[0].path), "/16/0/3");
    ck_assert_int_eq(out->wanted[0].matches[0].kind, MATCH_VALUE);
    ck_assert_int_eq(out->wanted[0].matches[0].value.integer, 1);
    ck_assert(!out->exact);
    scenario_free(scenario);
}
END_TEST

START_TEST(items_of_each_kind)
{
    const struct expectation *out =
        expected("read $pf/2 => 2.05 any save x\nread $pf/2 => 2.05 "
                 "hex:00|any|empty|length(16)|$x|signature(identity=3, challenge=0x2345178, key=2)"
                 "|mismatch(identity=0,challenge=-5,instance=/16/4)"
                 "|ciphertext(identity=1, challenge=7, data=\"a b\")");
    static const enum match_kind kinds[] = {MATCH_VALUE,    MATCH_ANY,    MATCH_EMPTY,
                                            MATCH_LENGTH,   MATCH_SAVED,  MATCH_GENUINE,
                                            MATCH_MISMATCH, MATCH_GENUINE};
    const struct match *matches = out->wanted[0].matches;
    ck_assert_uint_eq(out->wanted[0].count, COUNT_OF(kinds));
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        ck_assert_int_eq(matches[i].kind, kinds[i]);
    ck_assert_uint_eq(matches[3].length, 16);
    ck_assert_str_eq(matches[4].name, "x");
    ck_assert_uint_eq(matches[5].claim.identity, 3);
    ck_assert_uint_eq(matches[5].claim.key_index, 2);
    ck_assert_uint_eq(matches[5].claim.instance, 0);
    ck_assert(bytes_is(matches[5].claim.challenge, "0x2345178"));
    ck_assert_uint_eq(matches[6].claim.instance, 4);
    ck_assert(bytes_is(matches[6].claim.challenge, "-5"));
    ck_assert_int_eq(matches[7].claim.service, SERVICE_ENCRYPTION);
    ck_assert(bytes_is(value_bytes(&matches[7].value), "a b"));
    scenario_free(scenario);
}
END_TEST

START_TEST(ranges_have_the_type_of_the_resource)
{
    const struct expectation *out = expected("read $pf/3 => 2.05 0..2");
    ck_assert_int_eq(out->wanted[0].matches[0].kind, MATCH_RANGE);
    ck_assert_int_eq(out->wanted[0].matches[0].high.integer, 2);
    scenario_free(scenario);
    out = expected("read /6/0/0 => 2.05 -1.5..2.5");
    ck_assert_double_eq(out->wanted[0].matches[0].value.number, -1.5);
    scenario_free(scenario);
    out = expected("read /3/0/13 => 2.05 1..1");
    ck_assert_int_eq(out->wanted[0].matches[0].value.type, VALUE_TIME);
    scenario_free(scenario);
}
END_TEST

START_TEST(several_conditions_may_hold_for_one_value)
{
    const struct expectation *out =
        expected("read $pf/2 => 2.05 any save a\n"
                 "read $pf/2 => 2.05 length(16) not $a not hex:00|hex:01");
    ck_assert_uint_eq(out->wanted_count, 3);
    ck_assert(!out->wanted[0].negated);
    ck_assert(out->wanted[1].negated);
    ck_assert(out->wanted[2].negated);
    ck_assert_uint_eq(out->wanted[2].count, 2);
    scenario_free(scenario);
}
END_TEST

START_TEST(sets_are_exact_or_a_part)
{
    const struct expectation *out =
        expected("read $pf => 2.05 {0/0=\"a\", 0/1=not \"b\"|\"c\", 3=0..2, 2=any not hex:00}");
    ck_assert(out->exact);
    ck_assert_uint_eq(out->wanted_count, 5);
    ck_assert_str_eq(path_shown(out->wanted[1].path), "/16/0/0/1");
    ck_assert(out->wanted[1].negated);
    ck_assert_uint_eq(out->wanted[1].count, 2);
    ck_assert_str_eq(path_shown(out->wanted[3].path), "/16/0/2");
    ck_assert_str_eq(path_shown(out->wanted[4].path), "/16/0/2");
    ck_assert(out->wanted[4].negated);
    scenario_free(scenario);
    out = expected("read $pf => 2.05 has {3=1} without 2 0/7, 1");
    ck_assert(!out->exact);
    ck_assert_uint_eq(out->wanted_count, 1);
    ck_assert_uint_eq(out->absent_count, 3);
    ck_assert_str_eq(path_shown(out->absent[1]), "/16/0/0/7");
    scenario_free(scenario);
    out = expected("read $pf/0 => 2.05 without 0");
    ck_assert_uint_eq(out->absent_count, 1);
    scenario_free(scenario);
}
END_TEST

START_TEST(nothing_at_all_can_be_expected)
{
    static const char *const lines[] = {"read $pf/2 => 2.05 empty", "read $pf/2 => 2.05 {}",
                                        "read /16 => 2.05 empty"};
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        const struct expectation *out = expected(lines[i]);
        ck_assert(out->has_values);
        ck_assert(out->exact);
        ck_assert_uint_eq(out->wanted_count, 0);
        scenario_free(scenario);
    }
}
END_TEST

START_TEST(locations_formats_and_links)
{
    const struct expectation *out = expected("create /16 => 2.01 /16/1");
    ck_assert(out->has_location);
    ck_assert_str_eq(path_shown(out->location), "/16/1");
    scenario_free(scenario);
    out = expected("read $pf => 2.05 any format tlv");
    ck_assert_int_eq(out->formats[0], 11542);
    ck_assert(out->has_values);
    scenario_free(scenario);
    out = expected("read $pf => 2.05 format 0");
    ck_assert_int_eq(out->formats[0], 0);
    ck_assert(!out->has_values);
    scenario_free(scenario);
    out = expected("read $pf => 2.05 any format tlv|0");
    ck_assert_uint_eq(out->format_count, 2);
    ck_assert_int_eq(out->formats[0], 11542);
    ck_assert_int_eq(out->formats[1], 0);
    scenario_free(scenario);
    out = expected("discover /16 => 2.05 links(<$pf>,</16/0/0>;dim=4)");
    ck_assert_int_eq(out->links, LINKS_AMONG);
    ck_assert_str_eq(out->link_text, "</16/0>,</16/0/0>;dim=4");
    scenario_free(scenario);
    out = expected("discover /16 => 2.05 links exactly(</16>)");
    ck_assert_int_eq(out->links, LINKS_EXACT);
    scenario_free(scenario);
}
END_TEST

START_TEST(without_a_code_success_is_meant)
{
    const struct expectation *out = expected("read $pf/3 => 1");
    ck_assert_uint_eq(out->codes[0].low, 0x45);
    scenario_free(scenario);
    out = expected("read $pf/3\nrepeat => same");
    ck_assert(out->same);
    ck_assert_uint_eq(out->code_count, 0);
    scenario_free(scenario);
}
END_TEST

START_TEST(judgements_are_for_services)
{
    static const struct {
        const char *line;
        enum judgement judgement;
        bool negated, has_data;
    } rows[] = {
        {"decrypt $pf identity=0", JUDGEMENT_GENUINE, false, false},
        {"decrypt $pf identity=0 => genuine", JUDGEMENT_GENUINE, false, false},
        {"decrypt $pf identity=0 => genuine \"a\"", JUDGEMENT_GENUINE, false, true},
        {"decrypt $pf identity=0 => not genuine", JUDGEMENT_GENUINE, true, false},
        {"decrypt $pf identity=0 => mismatch", JUDGEMENT_MISMATCH, false, false},
        {"decrypt $pf identity=0 => unknown", JUDGEMENT_UNKNOWN, false, false},
        {"decrypt $pf identity=0 => 2.05 error", JUDGEMENT_NONE, false, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[300];
        snprintf(text, sizeof text, "covers PF-ENC-1\n%s", rows[i].line);
        const struct expectation *out = expected(text);
        ck_assert(out->has_judgement);
        ck_assert_int_eq(out->judgement, rows[i].judgement);
        ck_assert_int_eq(out->judgement_negated, rows[i].negated);
        ck_assert_int_eq(out->has_data, rows[i].has_data);
        scenario_free(scenario);
    }
    const struct expectation *out = expected("covers PF-ENC-1\ndecrypt $pf identity=0 => 4.00");
    ck_assert(!out->has_judgement);
    scenario_free(scenario);
}
END_TEST

START_TEST(notifications_bring_content)
{
    const struct expectation *out = expected("expect notify $pf/3 1 within 1s");
    ck_assert_uint_eq(out->codes[0].low, 0x45);
    ck_assert_uint_eq(out->wanted_count, 1);
    ck_assert_str_eq(out->text, "/16/0/3 1");
    scenario_free(scenario);
    out = expected("expect notify $pf/3");
    ck_assert_uint_eq(out->code_count, 1);
    ck_assert(!out->has_values);
    scenario_free(scenario);
    out = expected("expect notify $pf/3 => 4.04");
    ck_assert_uint_eq(out->code_count, 1);
    ck_assert_uint_eq(out->codes[0].low, 0x84);
    scenario_free(scenario);
    out = expected("expect notify /6/0/0 2.05");
    ck_assert_double_eq(out->wanted[0].matches[0].value.number, 2.05);
    scenario_free(scenario);
}
END_TEST

START_TEST(a_name_may_stand_for_a_time)
{
    const struct expectation *out = expected("let soon = 300ms\nexpect update within $soon");
    ck_assert_int_eq(out->queue, PRESENCE_ANY);
    ck_assert_int_eq(scenario->steps[0].within_ms, 300);
    scenario_free(scenario);
}
END_TEST

START_TEST(registrations_may_have_to_bring_things)
{
    const struct expectation *out = expected("expect update with list lt=20");
    ck_assert_int_eq(out->list, PRESENCE_YES);
    ck_assert_int_eq(out->lifetime, PRESENCE_YES);
    ck_assert_str_eq(out->lifetime_text, "20");
    scenario_free(scenario);
    out = expected("expect register with b=U lwm2m=1.1 queue");
    ck_assert_str_eq(out->binding, "U");
    ck_assert_str_eq(out->version, "1.1");
    ck_assert_int_eq(out->queue, PRESENCE_YES);
    scenario_free(scenario);
    out = expected("expect update with no list no lt");
    ck_assert_int_eq(out->list, PRESENCE_NO);
    ck_assert_int_eq(out->lifetime, PRESENCE_NO);
    scenario_free(scenario);
    out = expected("expect fresh register with links(</16/0>)");
    ck_assert_int_eq(out->links, LINKS_AMONG);
    scenario_free(scenario);
    out = expected("expect register");
    ck_assert_int_eq(out->list, PRESENCE_ANY);
    scenario_free(scenario);
}
END_TEST

START_TEST(alternatives_and_values_have_a_most)
{
    struct error_list errors;
    struct fake_stage fake;
    struct buf text;
    buf_init(&text, 100000);
    buf_puts(&text, HEADER "read $pf/3 => 2.05 0");
    for (int i = 0; i < MATCHES_MOST; i++)
        buf_puts(&text, "|1");
    buf_puts(&text, "\nread $pf => 2.05 {3=0");
    for (int i = 0; i < WANTED_MOST; i++)
        buf_puts(&text, ",3=1");
    buf_puts(&text, "}\nread $pf => 2.05 without 0");
    for (int i = 0; i < ABSENT_MOST; i++)
        buf_puts(&text, ",1");
    buf_puts(&text, "\nread $pf => 2.05");
    for (int i = 0; i < CODES_MOST; i++)
        buf_puts(&text, "|2.05");
    scenario = parsed(buf_text(&text));
    error_list_init(&errors);
    fake_stage_init(&fake);
    ck_assert_int_eq(scenario_check(scenario, &fake.claims, fake_oracle(), NULL, 0, &errors),
                     ST_INVALID);
    ck_assert_uint_eq(errors.count, 4);
    ck_assert_str_eq(errors.items[0].text, "more than 64 alternatives");
    ck_assert_str_eq(errors.items[1].text, "more than 256 values in one step");
    ck_assert_str_eq(errors.items[2].text, "more than 32 ids behind 'without'");
    ck_assert_str_eq(errors.items[3].text, "more than 8 codes; write a class such as 4.xx");
    scenario_free(scenario);
    fake_stage_release(&fake);
    error_list_release(&errors);
    buf_release(&text);
}
END_TEST

UNIT_MAIN("check_expect", codes_may_be_alternatives_and_classes,
          a_single_value_is_that_of_the_target, items_of_each_kind,
          ranges_have_the_type_of_the_resource, several_conditions_may_hold_for_one_value,
          sets_are_exact_or_a_part, nothing_at_all_can_be_expected, locations_formats_and_links,
          without_a_code_success_is_meant, judgements_are_for_services, notifications_bring_content,
          a_name_may_stand_for_a_time, registrations_may_have_to_bring_things,
          alternatives_and_values_have_a_most)
