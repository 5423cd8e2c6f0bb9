/* SPDX-License-Identifier: Apache-2.0 */
/* What a device lacks that a scenario was not written for: with --expect, and with -p. */
#include "base/std.h"

#include "tests/unit/scenario/standing.h"

/* What ours was not written for: -p. */
static void setup_chosen(void)
{
    setup_content();
    script.options.third_party_device = false;
    script.fake.claims.stands = false;
    script.options.profile_is_chosen = true;
}

/* STEPS by -p for "other", which SETTLE knows more of; REASON: why not, or NULL. */
static void chosen_of(void (*settle)(struct claims *claims), const char *steps, const char *reason)
{
    char text[1000];
    snprintf(text, sizeof text, HEADER "%s", steps);
    setup_chosen();
    settle(&script.fake.claims);
    script.scenario = parsed(text);
    scenario_set_profile(script.scenario, "other");
    scenario_run(script.scenario, &script.fake.stage, &script.options, &script.result,
                 &script.status);
    if (reason != NULL) {
        expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
        ck_assert_str_eq(script_reason(&script), reason);
    } else {
        ck_assert_msg(strstr(script_log(&script), "set up") != NULL, "%s", script_reason(&script));
    }
    teardown_content();
}

static void settle_nothing(struct claims *claims)
{
    UNUSED(claims);
}

static void chosen(const char *steps, const char *reason)
{
    chosen_of(settle_nothing, steps, reason);
}

START_TEST(a_path_that_is_not_claimed_is_not_asked_for)
{
    setup_content();
    play(HEADER "read /3/0/0\nread /6/0/0\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_str_eq(script_reason(&script),
                     "line 4 is about /6/0/0, which profile \"fake\" does not claim");
    teardown_content();
    setup_content(); /* what must fail, services, and what a scenario makes */
    play(HEADER "read /6/0/0 => 4.04\nread $pf/3\n");
    ck_assert_ptr_nonnull(strstr(script_log(&script), "set up"));
    teardown_content();
    setup_content();
    script.options.allow_writes = true;
    play(HEADER "create /16/5\nread /16/5\n");
    ck_assert_ptr_nonnull(strstr(script_log(&script), "set up"));
    teardown_content();
}
END_TEST

/* A device may look for what is meant before it refuses what is wrong with it. */
START_TEST(nor_do_octets_ask_for_it)
{
    setup_content();
    play(HEADER "raw octets from server hex:41017f0071b136013001ff => reset\n"); /* "/6/0/\xff" */
    ck_assert_ptr_nonnull(strstr(script_log(&script), "set up"));                /* about nothing */
    teardown_content();
    setup_content();
    play(HEADER "raw octets from server hex:41017f0071b136013003313233d001 => 4.02\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_str_eq(script_reason(&script),
                     "line 3 is about /6/0/123, which profile \"fake\" does not claim");
    teardown_content();
    setup_content();
    play(HEADER "raw octets from server hex:41017f0071b13301300130d001 => 4.02\n"); /* /3/0/0 */
    ck_assert_ptr_nonnull(strstr(script_log(&script), "set up"));
    teardown_content();
    setup_content();
    play(HEADER "raw octets from stranger hex:41017f0071b136013003313233 => 4.02\n");
    ck_assert_ptr_nonnull(strstr(script_log(&script), "set up"));
    teardown_content();
}
END_TEST

START_TEST(a_chosen_profile_has_what_steps_are_about)
{
    chosen("read /3/0/0\nread /3/1/0\n",
           "line 4 is about /3/1/0, which profile \"other\" does not claim");
    chosen("raw GET /3/1/0 => 2.05\n",
           "line 3 is about /3/1/0, which profile \"other\" does not claim");
    chosen("device set /3/1/0 \"x\"\n",
           "line 3 is about /3/1/0, which profile \"other\" does not claim");
    chosen("create /6/0\n", "line 3 is about /6, which profile \"other\" does not claim");
    chosen("write /3/1/0 \"x\" => 4.05\n",
           "line 3 is about /3/1/0, which profile \"other\" does not claim");
    chosen("read /3/1/0 => 4.04\n", NULL); /* absence is what is tested */
    chosen("read /3/1/0 => 4.xx\n", NULL);
    chosen("raw GET /0 => 4.01\n", NULL);
    chosen("create /16/5 0/0=\"x\"\nread /16/5/0\n", NULL);
    chosen("raw POST /16 payload \"x\" => 2.01\nread /16/5/0\n", NULL);
    chosen("raw PUT /16/0 payload \"x\" => 2.04\nread /16/0/0/8\n", NULL);
    chosen("raw GET /16 => 2.05\nread /16/5/0\n",
           "line 4 is about /16/5/0, which profile \"other\" does not claim");
    setup_chosen(); /* its own profile is its author's business */
    play(HEADER "read /3/1/0\n");
    ck_assert_ptr_nonnull(strstr(script_log(&script), "set up"));
    teardown_content();
}
END_TEST

START_TEST(a_recording_is_never_excused)
{
    chosen("tags slow\nread /3/1/0\n",
           "line 4 is about /3/1/0, which profile \"other\" does not claim");
    chosen("tags slow recorded\nread /3/1/0\n", NULL);
}
END_TEST

START_TEST(a_path_may_be_needed)
{
    chosen("needs /3/0/0\nread /3\n", NULL);
    chosen("needs /3/1/0\nread /3\n", "needs \"/3/1/0\", which profile \"other\" does not claim");
}
END_TEST

static void settle_hasty(struct claims *claims)
{
    claims->limit_ms = 500;
}

START_TEST(a_component_is_not_slower_than_its_device_allows)
{
    chosen_of(settle_hasty, "component delay 499ms\ncomponent delay 500ms\n",
              "line 4 makes the secure component take 500 ms, and profile \"other\" gives it 500");
    chosen_of(settle_hasty, "component delay 499ms\n", NULL);
    chosen("component delay 500ms\n", NULL);
}
END_TEST

static void settle_read_only(struct claims *claims)
{
    static const struct path paths[] = {{{16, 0, 0, 1}, 4}};
    claims->read_only = paths;
    claims->read_only_count = COUNT_OF(paths);
}

/* rule: I-20 */
START_TEST(what_is_read_only_is_not_written)
{
    static const char *const refused[] = {"write $pf/0 0=\"x\"", "write $pf/0/1 \"x\"",
                                          "update $pf/0 1=\"x\"", "update $pf 0/1=\"x\"",
                                          "raw PUT $pf/0 payload \"x\" => 2.04"};
    static const char *const taken[] = {"write $pf/0/1 \"x\" => 4.05",
                                        "write $pf/0/1 \"x\" => 2.04|4.05", "update $pf/0 0=\"x\"",
                                        "read $pf/0/1", "device set $pf/0/1 \"x\""};
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        char steps[200];
        snprintf(steps, sizeof steps, "%s\n", refused[i]);
        chosen_of(settle_read_only, steps,
                  "line 3 writes /16/0/0/1, which profile \"other\" has as read-only");
        chosen(steps, NULL);
    }
    for (size_t i = 0; i < COUNT_OF(taken); i++) {
        char steps[200];
        snprintf(steps, sizeof steps, "%s\n", taken[i]);
        chosen_of(settle_read_only, steps, NULL);
    }
}
END_TEST

static void settle_newer(struct claims *claims)
{
    static const char *const formats[] = {"text", "tlv", "senml-cbor", NULL};
    claims->formats = formats;
}

/* rule: PF-DM-4 */
START_TEST(a_format_of_another_version_is_not_asked_for)
{
    chosen_of(settle_newer, "read /3 as json\n",
              "line 3 is in format \"json\", which profile \"other\" does not have");
    chosen_of(settle_newer, "read /3 as json => 4.06\n", NULL);
    chosen_of(settle_newer, "read /3 as tlv\nread /3\n", NULL);
    chosen("read /3 as json\n", NULL);
}
END_TEST

static void settle_muted(struct claims *claims)
{
    claims->is_muted = true;
    claims->mute = (struct path){{1, 0, 23}, 3};
}

START_TEST(a_muted_device_sends_nothing)
{
    chosen_of(settle_muted, "expect send /3\n",
              "line 3 expects a Send, which profile \"other\" mutes: its /1/0/23 is not false");
    chosen_of(settle_muted, "expect no send /3 within 10ms\n", NULL);
    chosen("expect send /3 within 10ms\n", NULL);
}
END_TEST

static void settle_tcp(struct claims *claims)
{
    claims->is_over_tcp = true;
}

START_TEST(a_connection_loses_and_repeats_nothing)
{
    static const struct {
        const char *step, *what;
    } rows[] = {{"link delay 10ms", "impairs the path"},
                {"repeat", "sends a message again"},
                {"cancel /3 by reset", "cancels by Reset"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char steps[200];
        char reason[200];
        snprintf(steps, sizeof steps, "read /3\n%s\n", rows[i].step);
        snprintf(reason, sizeof reason, "line 4 %s, which is only possible over UDP", rows[i].what);
        chosen_of(settle_tcp, steps, reason);
        chosen(steps, NULL);
    }
    chosen_of(settle_tcp, "cancel /3\n", NULL);
}
END_TEST

static void settle_bootstrap(struct claims *claims)
{
    claims->has_bootstrap = true;
}

/* Its accounts and rights come with it, and what it writes is there afterwards. */
START_TEST(a_bootstrap_brings_what_is_not_there)
{
    chosen_of(settle_bootstrap,
              "at bootstrap delete /1\nat bootstrap write /1/0 1=60\nat bootstrap read /1\n"
              "at bootstrap write /3/0/13 60\nread /3/0/13\n",
              NULL);
    chosen_of(settle_bootstrap, "at bootstrap delete /6\n", NULL);
    chosen_of(settle_bootstrap, "at bootstrap write /6/0 0=1.5\n",
              "line 3 is about /6, which profile \"other\" does not claim");
    chosen_of(settle_bootstrap, "at bootstrap read /6\n",
              "line 3 is about /6, which profile \"other\" does not claim");
}
END_TEST

START_TEST(of_several_paths_each_is_there)
{
    chosen("read-composite /3/0/0 /3/0/13 => 2.05 {/3/0/13=any}\n",
           "line 3 is about /3/0/13, which profile \"other\" does not claim");
    chosen("observe-composite /3/0/0 /3/0/13 => 2.05 {/3/0/13=any}\n",
           "line 3 is about /3/0/13, which profile \"other\" does not claim");
    chosen("write-composite /3/0/13=60, /6/0/0=1.5\n",
           "line 3 is about /6/0/0, which profile \"other\" does not claim");
    chosen("write-composite /3/0/13=60, /6/0/0=1.5 => 4.04\n", NULL);
    chosen("read-composite /3/0/0 /3/0/13 => 2.05 {/3/0/0=any}\n", NULL);
    chosen("write-composite /3/0/13=60\n", NULL);
}
END_TEST

START_TEST(an_identity_or_service_that_is_not_claimed_is_not_asked_for)
{
    setup_content();
    play(HEADER "read $pf/0/1\nread $pf/0/8\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_str_eq(script_reason(&script),
                     "line 4 is about /16/0/0/8, which profile \"fake\" does not claim");
    teardown_content();
    setup_content();
    script.fake.claims.authentication = false;
    script.fake.claims.encryption = false;
    play(HEADER "read $pf/3\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_str_eq(script_reason(&script),
                     "line 3 is about /16/0/3, which profile \"fake\" does not claim");
    teardown_content();
    setup_content(); /* what it writes, it may read */
    script.options.allow_writes = true;
    play(HEADER "write $pf/0 8=\"x\"\nread $pf/0/8\n");
    ck_assert_ptr_nonnull(strstr(script_log(&script), "set up"));
    teardown_content();
}
END_TEST

/* rule: I-16 */
START_TEST(a_resource_that_a_service_is_without_is_not_asked_for)
{
    setup_content();
    ck_assert(records_add(&content, (struct path){{16, 0, 1}, 3}, value_none()));
    ck_assert(records_add(&content, (struct path){{16, 0, 2}, 3}, value_none()));
    play(HEADER "discover $pf\nread $pf/2\nread $pf/3\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_str_eq(script_reason(&script),
                     "line 5 is about /16/0/3, which profile \"fake\" does not claim");
    teardown_content();
}
END_TEST

static void settle_extra(struct claims *claims)
{
    claims->extra_arguments = "4='x',5='y'";
}

/* rule: I-8. What is written as octets is not changed on its way. */
START_TEST(arguments_that_are_demanded_are_not_left_out)
{
    static const struct {
        const char *step, *reason;
    } rows[] = {
        {"execute $pf/1 \"0='0',4='z'\" => 2.04\n", "5"},
        {"execute $pf/1 \"0='0'\" => 2.04\n", "4"},
        {"execute $pf/1 \"0='0',4='',5=''\" => 2.04\n", NULL},
        {"execute $pf/1 \"0='0'\" => 4.00\n", NULL},
        {"execute $pf/1 0=0 => 2.04\n", NULL}, /* here they are sent along */
        {"raw POST $pf/1 format=text payload \"0='0'\" => 2.04\n", "4"},
        {"raw POST $pf/1 format=text payload \"garbage\" => 2.04\n", NULL},
        {"raw octets from server hex:41027f4171b231360130013110ff303d273027 => 2.04\n", "4"},
        {"raw octets from server hex:41027f4171b231360130013110ff303d273027 => 4.00\n", NULL},
        {"raw octets from server hex:41017f4171b2313601300132 => 2.04 | 2.05\n", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[300], reason[120];
        snprintf(text, sizeof text, "%s", rows[i].step);
        snprintf(reason, sizeof reason,
                 "line 3 leaves out argument %s, which profile \"other\" demands (I-8)",
                 rows[i].reason == NULL ? "" : rows[i].reason);
        chosen_of(settle_extra, text, rows[i].reason == NULL ? NULL : reason);
        chosen_of(settle_nothing, text, NULL);
    }
}
END_TEST

UNIT_MAIN("lacks", a_path_that_is_not_claimed_is_not_asked_for, nor_do_octets_ask_for_it,
          a_chosen_profile_has_what_steps_are_about, a_recording_is_never_excused,
          a_path_may_be_needed, a_component_is_not_slower_than_its_device_allows,
          what_is_read_only_is_not_written, a_format_of_another_version_is_not_asked_for,
          a_muted_device_sends_nothing, a_connection_loses_and_repeats_nothing,
          a_bootstrap_brings_what_is_not_there, of_several_paths_each_is_there,
          an_identity_or_service_that_is_not_claimed_is_not_asked_for,
          a_resource_that_a_service_is_without_is_not_asked_for,
          arguments_that_are_demanded_are_not_left_out)
