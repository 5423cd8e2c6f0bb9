/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody else's device may leave out of the answer to Discover. */
#include "base/std.h"

#include "tests/unit/scenario/played.h"

START_TEST(discover_may_show_less)
{
    setup_theirs();
    discovers("</16/0/0>;dim=1");
    play(HEADER "discover $pf => 2.05 links exactly(</16/0/0>;dim=1,</16/0/2>)\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    is_accepted(0, "PF-DM-9");
    teardown();
    setup_theirs();
    discovers("</16/0/0>");
    play(HEADER "discover /16 => 2.05 links(</16/0/0>;dim=1)\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    teardown();
    setup_theirs(); /* of an instance dim is asked for */
    discovers("</16/0/0>");
    play(HEADER "discover $pf => 2.05 links(</16/0/0>;dim=1)\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    setup_theirs();
    discovers("</16/0/0>");
    play(HEADER "discover $pf => 2.05 links(</16/0/0>,</16/0/3>)\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

/* rule: I-16 */
START_TEST(a_service_may_lack_a_resource)
{
    static const char all[] =
        "discover $pf => 2.05 links exactly(</16/0/0>,</16/0/1>,</16/0/2>,</16/0/3>)\n";
    char text[200];
    snprintf(text, sizeof text, "%s%s", HEADER, all);
    setup_theirs();
    script.fake.claims.is_partial = true;
    discovers("</16/0/0>,</16/0/1>,</16/0/2>");
    play(text);
    expect_verdict(VERDICT_WARN, ST_OK);
    ck_assert_ptr_nonnull(strstr(buf_text(&script.result.checks[0].text), "accepted by I-16"));
    teardown();
    setup_theirs(); /* but must not have another one */
    script.fake.claims.is_partial = true;
    discovers("</16/0/0>,</16/0/1>,</16/0/2>,</16/0/4>");
    play(text);
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    setup_theirs(); /* nor be without GetAuthData */
    script.fake.claims.is_partial = true;
    discovers("</16/0/0>,</16/0/2>,</16/0/3>");
    play(text);
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    setup_theirs(); /* nor be without what its owner claims */
    discovers("</16/0/0>,</16/0/1>,</16/0/2>");
    play(text);
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    setup(); /* ours has all */
    discovers("</16/0/0>,</16/0/1>,</16/0/2>");
    play(text);
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

UNIT_MAIN("accept_links", discover_may_show_less, a_service_may_lack_a_resource)
