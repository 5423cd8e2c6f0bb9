/* SPDX-License-Identifier: Apache-2.0 */
/* One scenario in several content formats. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

static struct scenario *in_format(const char *text, const char *format)
{
    struct fake_stage fake;
    struct error_list errors;
    struct scenario *scenario = parsed(text);
    error_list_init(&errors);
    fake_stage_init(&fake);
    scenario_set_format(scenario, format);
    ck_assert_int_eq(scenario_check(scenario, &fake.claims, fake_oracle(), NULL, 0, &errors),
                     ST_OK);
    fake_stage_release(&fake);
    error_list_release(&errors);
    return scenario;
}

START_TEST(the_header_lists_formats)
{
    struct scenario *scenario = parsed("title \"T\"\nprofile fake\nformats tlv text\nread /16\n");
    ck_assert_str_eq(scenario_formats(scenario)[0], "tlv");
    ck_assert_str_eq(scenario_formats(scenario)[1], "text");
    ck_assert_ptr_null(scenario_formats(scenario)[2]);
    scenario_free(scenario);
    scenario = parsed(HEADER "read /16\n");
    ck_assert_ptr_null(scenario_formats(scenario)[0]);
    scenario_free(scenario);
}
END_TEST

START_TEST(operations_with_content_have_the_format)
{
    static const struct {
        const char *line;
        int format;
    } rows[] = {
        {"read /16", 11542},
        {"read /16 as text", 0},
        {"observe /16/0", 11542},
        {"cancel /16/0", 11542},
        {"write /16/0/0 1=\"a\"", 11542},
        {"update /16/0/0 1=\"a\"", 11542},
        {"create /16/3 0/0=\"a\"", 11542},
        {"create /16/3", -1},
        {"create /16 0/0=\"a\"", -1},
        {"discover /16", -1},
        {"execute /16/0/1", -1},
        {"raw GET /16", -1},
        {"covers PF-AUTH-1\nauthenticate /16/0 identity=0", 11542},
        {"covers PF-ENC-1\ndecrypt /16/0 identity=0", 11542},
        {"read-composite /16", -1}, /* has no list of paths */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[200];
        snprintf(text, sizeof text, HEADER "%s\n", rows[i].line);
        struct scenario *scenario = in_format(text, "tlv");
        ck_assert_msg(scenario->steps[0].operation.format == rows[i].format, "%s", rows[i].line);
        scenario_set_format(scenario, NULL);
        scenario_free(scenario);
    }
}
END_TEST

START_TEST(unknown_formats_are_found)
{
    struct fake_stage fake;
    struct error_list errors;
    struct scenario *scenario = parsed("title \"T\"\nprofile fake\nformats tlv tvl\nread /16\n");
    error_list_init(&errors);
    fake_stage_init(&fake);
    ck_assert_int_eq(scenario_check(scenario, &fake.claims, fake_oracle(), NULL, 0, &errors),
                     ST_INVALID);
    ck_assert_str_eq(error_shown(&errors), "f:3:1: error: format \"tvl\" is not known; write a "
                                           "name such as tlv, or a number");
    scenario_free(scenario);
    fake_stage_release(&fake);
    error_list_release(&errors);
}
END_TEST

START_TEST(results_tell_the_format)
{
    struct script script;
    script_open(&script);
    fake_stage_value(&script.fake, "/16/0/3", value_integer(0));
    script.scenario = parsed(HEADER "read /16/0/3 => 2.05 0\n");
    scenario_set_format(script.scenario, "tlv");
    scenario_run(script.scenario, &script.fake.stage, &script.options, &script.result,
                 &script.status);
    ck_assert_str_eq(script.result.title, "T (tlv)");
    ck_assert_int_eq(script.result.verdict, VERDICT_PASS);
    ck_assert_str_eq(scenario_title(script.scenario), "T");
    script_close(&script);
}
END_TEST

START_TEST(a_format_that_the_device_lacks_is_not_applicable)
{
    static const char *const formats[] = {"text", "tlv", NULL};
    struct script script;
    script_open(&script);
    script.fake.claims.formats = formats;
    script.scenario = parsed(HEADER "read /16/0/3 => 2.05 0\n");
    scenario_set_format(script.scenario, "opaque");
    scenario_run(script.scenario, &script.fake.stage, &script.options, &script.result,
                 &script.status);
    ck_assert_int_eq(script.result.verdict, VERDICT_NOT_APPLICABLE);
    ck_assert_str_eq(script_reason(&script), "profile \"fake\" does not have format \"opaque\"");
    script_close(&script);
}
END_TEST

UNIT_MAIN("formats", the_header_lists_formats, operations_with_content_have_the_format,
          unknown_formats_are_found, results_tell_the_format,
          a_format_that_the_device_lacks_is_not_applicable)
