/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody else's device chooses is named, and is no broken rule. */
#include "base/std.h"

#include "tests/unit/scenario/played.h"

START_TEST(where_no_format_is_asked_for_any_will_do)
{
    setup_theirs();
    fake_stage_value(&script.fake, "/16/0/3", value_integer(0))->format = 11542;
    fake_stage_value(&script.fake, "/16/0/3", value_integer(0))->format = 11542;
    fake_stage_value(&script.fake, "/16/0/3", value_integer(0))->format = 0;
    fake_stage_value(&script.fake, "/16/0/3", value_integer(0))->format = 11542;
    play(HEADER "read $pf/3 => 2.05 0\nread $pf/3 => 2.05 0\nread $pf/3 => 2.05 0\n"
                "read $pf/3 => 2.05 0 format text\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    is_accepted(0, "accepted by PF-DM-4: without Accept it answers in format 11542");
    ck_assert_uint_eq(script.result.checks[1].text.len, 0); /* it is named once */
    ck_assert_uint_eq(script.result.checks[2].text.len, 0);
    is_accepted(3, "accepted by PF-DM-4: without Accept the content format is the device's choice");
    teardown();
    setup_theirs(); /* once for a step with two rules, too */
    fake_stage_value(&script.fake, "/16/0/3", value_integer(0))->format = 11542;
    play(HEADER "covers PF-ARG-1 PF-ARG-2\nread $pf/3 => 2.05 0   [PF-ARG-1 PF-ARG-2]\n");
    is_accepted(0, "accepted by PF-DM-4");
    ck_assert_int_eq(verdict_at(1), VERDICT_PASS);
    ck_assert_uint_eq(script.result.checks[1].text.len, 0);
    teardown();
    setup_theirs(); /* of what is asked for it is no choice */
    fake_stage_value(&script.fake, "/16/0/3", value_integer(0))->format = 11542;
    play(HEADER "read $pf/3 as text => 2.05 0 format text\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    setup_theirs(); /* nor is another value */
    fake_stage_value(&script.fake, "/16/0/3", value_integer(1))->format = 11542;
    play(HEADER "read $pf/3 => 2.05 0 format text\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    setup(); /* ours is held to what is said of it */
    fake_stage_value(&script.fake, "/16/0/3", value_integer(0))->format = 11542;
    play(HEADER "read $pf/3 => 2.05 0 format text\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

START_TEST(auth_data_may_come_in_parts)
{
    setup_theirs();
    struct outcome *outcome =
        fake_stage_value(&script.fake, "/16/0/2/0", value_octets(VALUE_OPAQUE, bytes_of("a")));
    fake_content(outcome, "/16/0/2/1", value_octets(VALUE_OPAQUE, bytes_of("b")));
    play(HEADER "read $pf/2 => 2.05 any\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    is_accepted(0, "accepted by I-2: AuthData comes in several resource instances");
    teardown();
    setup_theirs();
    fake_stage_value(&script.fake, "/16/0/2/5", value_octets(VALUE_OPAQUE, bytes_of("a")));
    play(HEADER "read $pf/2 => 2.05 any\n");
    is_accepted(0, "accepted by I-2: AuthData comes in resource instance 5, where ours has 0");
    teardown();
    setup_theirs(); /* of several Portfolio instances each has its own */
    outcome =
        fake_stage_value(&script.fake, "/16/0/2/0", value_octets(VALUE_OPAQUE, bytes_of("a")));
    fake_content(outcome, "/16/1/2/0", value_octets(VALUE_OPAQUE, bytes_of("b")));
    play(HEADER "read /16 => 2.05 any\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    ck_assert_ptr_null(strstr(buf_text(&script.result.checks[0].text), "I-2"));
    teardown();
}
END_TEST

UNIT_MAIN("choices", where_no_format_is_asked_for_any_will_do, auth_data_may_come_in_parts)
