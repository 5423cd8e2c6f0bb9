/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario is checked for a profile: names, needs, all errors. */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

static struct fake_stage fake;
static struct error_list errors;

static void setup(void)
{
    fake_stage_init(&fake);
    error_list_init(&errors);
}

static void teardown(void)
{
    fake_stage_release(&fake);
    error_list_release(&errors);
}

static enum status check(struct scenario *scenario, const struct binding *bindings, size_t count)
{
    return scenario_check(scenario, &fake.claims, fake_oracle(), bindings, count, &errors);
}

static const char *path_of(const struct scenario *scenario, size_t step)
{
    static char text[PATH_TEXT];
    return path_text(scenario->steps[step].path, text);
}

START_TEST(names_come_from_the_claims)
{
    setup();
    struct scenario *scenario = parsed(HEADER "execute $pf/1 $ep,3=$key\n");
    ck_assert_int_eq(check(scenario, NULL, 0), ST_OK);
    ck_assert_str_eq(path_of(scenario, 0), "/16/0/1");
    ck_assert_str_eq(scenario->steps[0].operation.text, "dev,3=1");
    scenario_free(scenario);
    teardown();
}
END_TEST

START_TEST(another_instance_has_names_of_its_own)
{
    setup();
    struct scenario *scenario = parsed(HEADER "execute $other/1 0=0,1=$other_identity,2=1\n");
    ck_assert_int_eq(check(scenario, NULL, 0), ST_INVALID);
    scenario_free(scenario);
    teardown();

    setup();
    fake.claims.other = path_instance(16, 4);
    fake.claims.other_service = 1;
    fake.claims.other_identity = 5;
    fake.claims.other_key = 6;
    scenario = parsed(HEADER "execute $other/1 $other_service,$other_identity,$other_key\n");
    ck_assert_int_eq(check(scenario, NULL, 0), ST_OK);
    ck_assert_str_eq(path_of(scenario, 0), "/16/4/1");
    ck_assert_str_eq(scenario->steps[0].operation.text, "1,5,6");
    scenario_free(scenario);
    teardown();
}
END_TEST

START_TEST(let_may_use_and_replace_names)
{
    setup();
    struct scenario *scenario = parsed(HEADER "let id = $pf/0\nlet both = $id/0 # twice\n"
                                              "let pf = /3/0\nread $both\nread $pf/0\n");
    ck_assert_int_eq(check(scenario, NULL, 0), ST_OK);
    ck_assert_str_eq(path_of(scenario, 0), "/16/0/0/0");
    ck_assert_str_eq(path_of(scenario, 1), "/3/0/0");
    scenario_free(scenario);
    teardown();
}
END_TEST

START_TEST(bindings_win_over_let_and_claims)
{
    setup();
    const struct binding bindings[] = {{"pf", "/16/9"}, {"id", "3"}, {"unused", "x"}};
    struct scenario *scenario = parsed(HEADER "let id = 0\nread $pf/0/$id\n");
    ck_assert_int_eq(check(scenario, bindings, 3), ST_OK);
    ck_assert_str_eq(path_of(scenario, 0), "/16/9/0/3");
    scenario_free(scenario);
    teardown();
}
END_TEST

START_TEST(a_device_without_a_portfolio_has_no_pf)
{
    setup();
    fake.claims.has_portfolio = false;
    struct scenario *scenario = parsed(HEADER "read $pf/0\n");
    ck_assert_int_eq(check(scenario, NULL, 0), ST_INVALID);
    ck_assert_str_eq(errors.items[0].text, "name \"$pf\" is not set: the profile has no Portfolio "
                                           "instance; give one by --set pf=/16/0");
    scenario_free(scenario);
    teardown();
}
END_TEST

START_TEST(a_name_is_saved_before_it_is_used)
{
    setup();
    struct scenario *scenario = parsed(HEADER "read /16/0/2 => 2.05 not $tok\n"
                                              "read /16/0/2 => 2.05 any save tok\n"
                                              "read /16/0/2 => 2.05 not $tok\n");
    ck_assert_int_eq(check(scenario, NULL, 0), ST_INVALID);
    ck_assert_str_eq(error_shown(&errors),
                     "f:3:26: error: name \"$tok\" is not set here; set it by 'let' or --set");
    scenario_free(scenario);
    teardown();
}
END_TEST

START_TEST(a_saved_name_is_no_path)
{
    setup();
    struct scenario *scenario = parsed(HEADER "read /16/0/2 => 2.05 any save tok\nread $tok\n");
    ck_assert_int_eq(check(scenario, NULL, 0), ST_INVALID);
    ck_assert_str_eq(errors.items[0].text,
                     "\"$tok\" was saved by a step; it can only be compared with or written");
    scenario_free(scenario);
    teardown();
}
END_TEST

START_TEST(needs_are_met_by_claims)
{
    static const char *const words[] = {"resource-instances", NULL};
    struct text_list none = {0};
    char *list[] = {xstrdup("authentication"), xstrdup("resource-instances"), xstrdup("gsma"),
                    NULL};
    struct text_list needs = {list, 3};
    setup();
    ck_assert_ptr_null(claims_unmet(&fake.claims, &none));
    ck_assert_str_eq(claims_unmet(&fake.claims, &needs), "resource-instances");
    fake.claims.needs = words;
    ck_assert_str_eq(claims_unmet(&fake.claims, &needs), "gsma");
    fake.claims.gsma = true;
    ck_assert_ptr_null(claims_unmet(&fake.claims, &needs));
    fake.claims.authentication = false;
    ck_assert_str_eq(claims_unmet(&fake.claims, &needs), "authentication");
    for (size_t i = 0; i < 3; i++)
        free(list[i]);
    teardown();
}
END_TEST

START_TEST(a_scenario_that_does_not_apply_is_not_looked_at)
{
    setup();
    fake.claims.has_portfolio = false;
    fake.claims.encryption = false;
    struct scenario *scenario = parsed(HEADER "needs encryption\nread $pf/0\n");
    ck_assert_int_eq(check(scenario, NULL, 0), ST_OK);
    ck_assert_uint_eq(errors.count, 0);
    scenario_free(scenario);
    teardown();
}
END_TEST

START_TEST(it_can_be_checked_again_for_another_device)
{
    setup();
    struct scenario *scenario = parsed(HEADER "write $pf/0/0 \"a\" => 2.04\n");
    ck_assert_int_eq(check(scenario, NULL, 0), ST_OK);
    ck_assert_str_eq(path_of(scenario, 0), "/16/0/0/0");
    fake.claims.portfolio = path_instance(16, 5);
    ck_assert_int_eq(check(scenario, NULL, 0), ST_OK);
    ck_assert_str_eq(path_of(scenario, 0), "/16/5/0/0");
    scenario_free(scenario);
    teardown();
}
END_TEST

START_TEST(errors_of_every_step_are_reported)
{
    setup();
    struct scenario *scenario = parsed(HEADER "let a = $b\nread $a\nread /99\nwait soon\n");
    ck_assert_int_eq(check(scenario, NULL, 0), ST_INVALID);
    ck_assert_uint_eq(errors.count, 4);
    ck_assert_uint_eq(errors.items[3].line, 6);
    scenario_free(scenario);
    teardown();
}
END_TEST

UNIT_MAIN("check", names_come_from_the_claims, another_instance_has_names_of_its_own,
          let_may_use_and_replace_names, bindings_win_over_let_and_claims,
          a_device_without_a_portfolio_has_no_pf, a_name_is_saved_before_it_is_used,
          a_saved_name_is_no_path, needs_are_met_by_claims,
          a_scenario_that_does_not_apply_is_not_looked_at,
          it_can_be_checked_again_for_another_device, errors_of_every_step_are_reported)
