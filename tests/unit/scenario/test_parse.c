/* SPDX-License-Identifier: Apache-2.0 */
/* Whole scenario files, and the golden messages of wrong ones. */
#include "base/std.h"

#include <glob.h>

#include "base/excerpt.h"
#include "tests/unit/scenario/script.h"

static void read_text(const char *path, struct buf *out)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    buf_init(out, 1 << 20);
    for (int c = fgetc(file); c != EOF; c = fgetc(file))
        buf_put_u8(out, (unsigned)c);
    fclose(file);
}

static void show_error(struct bytes text, const struct error *error, struct buf *out)
{
    error_format(error, out);
    buf_puts(out, "\n");
    excerpt_put(text, error->line, error->column, out);
}

/* All errors of a file, checked for the fake's claims, with their lines. */
static void show_errors(const char *path, struct buf *out)
{
    const char *name = strrchr(path, '/') + 1;
    struct fake_stage fake;
    struct error_list errors;
    struct buf text;
    error_list_init(&errors);
    fake_stage_init(&fake);
    read_text(path, &text);
    struct scenario *scenario = scenario_parse(buf_bytes(&text), name, &errors);
    if (scenario != NULL)
        ck_assert_int_eq(scenario_check(scenario, &fake.claims, fake_oracle(), NULL, 0, &errors),
                         ST_INVALID);
    for (size_t i = 0; i < errors.count; i++)
        show_error(buf_bytes(&text), &errors.items[i], out);
    scenario_free(scenario);
    fake_stage_release(&fake);
    buf_release(&text);
    error_list_release(&errors);
}

START_TEST(gives_the_messages_of_the_golden_files)
{
    glob_t found;
    ck_assert_int_eq(glob("tests/golden/errors/scenario-*.scenario", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char golden[256];
        struct buf expected;
        struct buf messages;
        int stem = (int)(strlen(found.gl_pathv[i]) - strlen(".scenario"));
        snprintf(golden, sizeof golden, "%.*s.txt", stem, found.gl_pathv[i]);
        read_text(golden, &expected);
        buf_init(&messages, 1 << 20);
        show_errors(found.gl_pathv[i], &messages);
        ck_assert_str_eq(buf_text(&messages), buf_text(&expected));
        buf_release(&messages);
        buf_release(&expected);
    }
    globfree(&found);
}
END_TEST

/* The only error of TEXT. */
static const char *refused(const char *text)
{
    struct error_list errors;
    error_list_init(&errors);
    ck_assert_ptr_null(scenario_parse(bytes_of(text), "f", &errors));
    const char *shown = error_shown(&errors);
    error_list_release(&errors);
    return shown;
}

START_TEST(the_header_is_read)
{
    struct scenario *scenario = parsed("# A comment.\n"
                                       "title \"Host \\\"device\\\"\"\n"
                                       "covers PF-STATE-1 PF-ARG-1\n"
                                       "covers PF-AUTH-1\n"
                                       "profile vehicle\n"
                                       "tags smoke fast\n"
                                       "needs authentication gsma\n"
                                       "let id = $pf/0\n"
                                       "\n"
                                       "read $pf/3 [PF-STATE-1]\n"
                                       "read $pf/2 [PF-ARG-1 PF-AUTH-1]\n"
                                       "read $pf/0 # no rule of ours\n");
    ck_assert_str_eq(scenario_title(scenario), "Host \"device\"");
    ck_assert_str_eq(scenario_profile(scenario), "vehicle");
    ck_assert_str_eq(scenario_tags(scenario)[0], "smoke");
    ck_assert_str_eq(scenario_tags(scenario)[1], "fast");
    ck_assert_ptr_null(scenario_tags(scenario)[2]);
    ck_assert_str_eq(scenario->needs.items[1], "gsma");
    ck_assert_uint_eq(scenario->let_count, 1);
    ck_assert(bytes_is(scenario->lets[0].value, "$pf/0"));
    ck_assert_uint_eq(scenario->step_count, 3);
    scenario_free(scenario);
}
END_TEST

START_TEST(the_setting_is_what_header_and_caller_say)
{
    struct scenario *scenario = parsed(HEADER "security \"keys/a.security\"\nread /16\n");
    struct setting setting = scenario_setting(scenario);
    ck_assert_str_eq(setting.profile, "fake");
    ck_assert_str_eq(setting.security, "keys/a.security");
    scenario_set_security(scenario, "/b");
    ck_assert_str_eq(scenario_setting(scenario).security, "/b");
    scenario_free(scenario);
    scenario = parsed(HEADER "read /16\n");
    ck_assert_ptr_null(scenario_security(scenario));
    scenario_free(scenario);
}
END_TEST

START_TEST(a_need_that_nobody_can_meet_is_a_slip)
{
    ck_assert_str_eq(refused(HEADER "needs gsma authentification\nread /16\n"),
                     "f:3:12: error: need \"authentification\" is not known; see "
                     "lwm2m-portfolio-scenario(5)");
}
END_TEST

START_TEST(a_file_without_tags_has_none)
{
    struct scenario *scenario = parsed(HEADER "read /16\n");
    ck_assert_ptr_nonnull(scenario_tags(scenario));
    ck_assert_ptr_null(scenario_tags(scenario)[0]);
    scenario_free(scenario);
}
END_TEST

START_TEST(another_profile_can_be_named_from_outside)
{
    struct scenario *scenario = parsed(HEADER "read /16\n");
    scenario_set_profile(scenario, "theirs");
    ck_assert_str_eq(scenario_profile(scenario), "theirs");
    scenario_free(scenario);
}
END_TEST

START_TEST(the_rules_of_all_checks_are_listed_once)
{
    struct scenario *scenario = parsed(HEADER "covers PF-STATE-1\n"
                                              "read /16 [PF-STATE-1]\n"
                                              "wait 1s\n"
                                              "read /16 [PF-STATE-1]\n"
                                              "read /16\n");
    const struct rule *const *rules = scenario_rules(scenario);
    ck_assert_str_eq(rules[0]->id, "PF-STATE-1");
    ck_assert_str_eq(rules[1]->id, "LWM2M-READ");
    ck_assert_ptr_null(rules[2]);
    scenario_free(scenario);
}
END_TEST

START_TEST(a_rule_line_belongs_to_the_next_check)
{
    struct scenario *scenario = parsed(HEADER "covers PF-STATE-1 PF-STATE-2 PF-ARG-1\n"
                                              "rule PF-STATE-1\n"
                                              "rule PF-STATE-2\n"
                                              "wait 1s\n"
                                              "read /16 [PF-ARG-1]\n"
                                              "read /16\n");
    ck_assert_uint_eq(scenario->steps[0].rule_count, 0);
    ck_assert_uint_eq(scenario->steps[1].rule_count, 3);
    ck_assert_str_eq(scenario->steps[1].rules[0]->id, "PF-ARG-1");
    ck_assert_str_eq(scenario->steps[1].rules[2]->id, "PF-STATE-2");
    ck_assert_str_eq(scenario->steps[2].rules[0]->id, "LWM2M-READ");
    scenario_free(scenario);
}
END_TEST

START_TEST(cleanup_begins_its_own_section)
{
    struct scenario *scenario = parsed(HEADER "read /16\ncleanup\nread /3\n");
    ck_assert_uint_eq(scenario->cleanup_at, 1);
    scenario_free(scenario);
    scenario = parsed(HEADER "read /16\n");
    ck_assert_uint_eq(scenario->cleanup_at, 1);
    scenario_free(scenario);
}
END_TEST

START_TEST(a_step_may_go_on_in_the_next_line)
{
    struct scenario *scenario = parsed(HEADER "read \\\r\n  /16 \\\n => 2.05 any\r\n");
    ck_assert_uint_eq(scenario->step_count, 1);
    ck_assert(bytes_is(scenario->steps[0].operands, "/16"));
    ck_assert(bytes_is(scenario->steps[0].expected, "2.05 any"));
    scenario_free(scenario);
}
END_TEST

START_TEST(covers_must_be_what_the_checks_use)
{
    ck_assert_str_eq(refused(HEADER "covers PF-STATE-1\nread /16\n"),
                     "f:3:1: error: 'covers' names \"PF-STATE-1\", but no check belongs to it; "
                     "leave it out or add a check");
    ck_assert_str_eq(refused(HEADER "covers PF-STATE-1\nread /16 [PF-STATE-1 PF-ARG-1]\n"),
                     "f:3:1: error: a check belongs to \"PF-ARG-1\", but 'covers' does not name "
                     "it; add it");
    ck_assert_str_eq(refused(HEADER "authenticate /16/0 identity=0\n"),
                     "f:1:1: error: a check belongs to \"PF-AUTH-1\", but 'covers' does not name "
                     "it; add it");
}
END_TEST

START_TEST(a_scenario_needs_a_title_a_profile_and_a_step)
{
    ck_assert_str_eq(refused("profile p\nread /16\n"),
                     "f:1:1: error: the scenario has no title; add: title \"TEXT\"");
    ck_assert_str_eq(refused("title \"T\"\nread /16\n"),
                     "f:1:1: error: the scenario has no profile; add: profile NAME");
    ck_assert_str_eq(refused(HEADER), "f:1:1: error: the scenario has no step; add one");
}
END_TEST

START_TEST(only_text_is_read)
{
    static const char nul[] = "title \"T\"\0";
    struct error_list errors;
    error_list_init(&errors);
    struct bytes text = {(const uint8_t *)nul, sizeof nul - 1};
    ck_assert_ptr_null(scenario_parse(text, "f", &errors));
    ck_assert_str_eq(error_shown(&errors), "f:1:10: error: the file is not UTF-8 text; convert it");
    error_list_release(&errors);
    ck_assert_str_eq(refused("title \"\xff\"\n"),
                     "f: error: the file is not UTF-8 text; convert it");
}
END_TEST

START_TEST(files_steps_and_names_have_a_most)
{
    struct error_list errors;
    struct buf text;
    error_list_init(&errors);
    buf_init(&text, 2 * SCENARIO_MOST);
    buf_puts(&text, HEADER);
    for (int i = 0; i <= LETS_MOST; i++)
        buf_printf(&text, "let n%d = 1\n", i);
    for (int i = 0; i <= STEPS_MOST; i++)
        buf_puts(&text, "wait 1s\n");
    ck_assert_ptr_null(scenario_parse(buf_bytes(&text), "f", &errors));
    ck_assert_uint_eq(errors.count, 2);
    ck_assert_str_eq(errors.items[0].text, "more than 200 names; split the scenario");
    ck_assert_str_eq(errors.items[1].text, "more than 2000 steps; split the scenario");
    error_list_release(&errors);
    while (text.len <= SCENARIO_MOST)
        buf_puts(&text, "# a long comment that is not needed by anybody at all\n");
    ck_assert_ptr_null(scenario_parse(buf_bytes(&text), "f", &errors));
    ck_assert_str_eq(error_shown(&errors),
                     "f: error: the file has more than 1048576 octets; split it");
    error_list_release(&errors);
    buf_release(&text);
}
END_TEST

START_TEST(all_errors_come_at_once)
{
    struct error_list errors;
    error_list_init(&errors);
    ck_assert_ptr_null(
        scenario_parse(bytes_of("titel \"T\"\nread /16 [X]\nwait\nwait 1s =>\n"), "f", &errors));
    ck_assert_uint_eq(errors.count, 3);
    ck_assert_uint_eq(errors.items[0].line, 1);
    ck_assert_uint_eq(errors.items[1].line, 2);
    ck_assert_uint_eq(errors.items[2].line, 4);
    error_list_release(&errors);
}
END_TEST

START_TEST(nothing_is_freed_twice)
{
    scenario_free(NULL);
}
END_TEST

UNIT_MAIN("parse", gives_the_messages_of_the_golden_files, the_header_is_read,
          the_setting_is_what_header_and_caller_say, a_need_that_nobody_can_meet_is_a_slip,
          a_file_without_tags_has_none, another_profile_can_be_named_from_outside,
          the_rules_of_all_checks_are_listed_once, a_rule_line_belongs_to_the_next_check,
          cleanup_begins_its_own_section, a_step_may_go_on_in_the_next_line,
          covers_must_be_what_the_checks_use, a_scenario_needs_a_title_a_profile_and_a_step,
          only_text_is_read, files_steps_and_names_have_a_most, all_errors_come_at_once,
          nothing_is_freed_twice)
