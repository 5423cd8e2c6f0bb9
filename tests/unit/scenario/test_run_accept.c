/* SPDX-License-Identifier: Apache-2.0 */
/* What was seen before, and what is notified, counts when a device of others does otherwise. */
#include "base/std.h"

#include "tests/unit/scenario/played.h"

#define SIGNATURE    "sig /16/0 identity=0 key=0 challenge=7"
#define WHOLE        "read $pf/2 => 2.05 genuine(identity=0, challenge=7, key=0)\n"
#define ONE_INSTANCE "read $pf/2/0 => 2.05 genuine(identity=0, challenge=7, key=0)\nread /3\n"
#define REMOVED                                                                                    \
    HEADER "covers PF-ARG-2\nexecute $pf/1 \"0='0',1='0',2='7',3='0'\" => 2.04\n"                  \
           "expect notify $pf/3 2 within 1s [PF-ARG-2]\n"

static void answer_parts(const char *first, const char *second)
{
    struct outcome *outcome =
        fake_stage_value(&script.fake, "/16/0/2/0", value_octets(VALUE_OPAQUE, bytes_of(first)));
    if (second != NULL)
        fake_content(outcome, "/16/0/2/1", value_octets(VALUE_OPAQUE, bytes_of(second)));
}

START_TEST(auth_data_may_have_several_resource_instances)
{
    setup_theirs();
    answer_parts("sig /16/0 identity=0 ", "key=0 challenge=7");
    answer_parts("sig /16/0 identity=0 ", NULL);
    play(HEADER WHOLE ONE_INSTANCE);
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "accepted by I-2"));
    teardown();
    setup_theirs(); /* one that has one has all in it */
    answer_parts(SIGNATURE, NULL);
    answer_parts("sig /16/0 identity=0 ", NULL);
    play(HEADER WHOLE ONE_INSTANCE);
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

/* rule: I-9 */
START_TEST(a_notification_may_tell_of_what_is_accepted)
{
    setup_theirs();
    fake_stage_answer(&script.fake, 204);
    fake_stage_notify(&script.fake, 50, "/16/0/3", value_integer(1));
    fake_stage_answer(&script.fake, 404);
    fake_stage_value(&script.fake, "/16/0/2/0", value_octets(VALUE_OPAQUE, bytes_of(SIGNATURE)));
    play(REMOVED);
    expect_verdict(VERDICT_PASS, ST_OK);
    is_accepted(1, "accepted by I-9");
    teardown();
    setup_theirs(); /* what should not come is not looked at */
    fake_stage_notify(&script.fake, 50, "/16/0/2/0", value_octets(VALUE_OPAQUE, bytes_of("")));
    play(HEADER "expect no notify $pf/2/0 within 1s\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    setup(); /* ours shows ERROR */
    fake_stage_answer(&script.fake, 204);
    fake_stage_notify(&script.fake, 50, "/16/0/3", value_integer(1));
    play(REMOVED);
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

UNIT_MAIN("run_accept", auth_data_may_have_several_resource_instances,
          a_notification_may_tell_of_what_is_accepted)
