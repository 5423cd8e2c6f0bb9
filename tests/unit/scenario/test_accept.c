/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody else's device may do otherwise, and what stays a broken rule. */
#include "base/std.h"

#include "tests/unit/scenario/played.h"

static void hollow(struct outcome *outcome, const char *path)
{
    fake_content(outcome, path, value_octets(VALUE_OPAQUE, bytes_of("")));
}

START_TEST(auth_data_that_is_not_there_may_be_404)
{
    setup_theirs();
    fake_stage_answer(&script.fake, 404);
    fake_stage_answer(&script.fake, 205);
    play(HEADER "read $pf/2 => 2.05 empty\nread /3\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    is_accepted(0, "accepted by I-11");
    ck_assert_uint_eq(script.result.check_count, 2);
    teardown();
    setup(); /* ours may not */
    fake_stage_answer(&script.fake, 404);
    play(HEADER "read $pf/2 => 2.05 empty\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

START_TEST(then_it_cannot_be_observed)
{
    setup_theirs();
    fake_stage_answer(&script.fake, 404);
    play(HEADER "observe $pf/2 => 2.05 empty\nread /3\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "accepted by I-11"));
    ck_assert_ptr_null(strstr(script_log(&script), "read /3"));
    teardown();
}
END_TEST

START_TEST(auth_data_without_octets_is_none)
{
    setup_theirs();
    hollow(fake_stage_answer(&script.fake, 205), "/16/0/2/0");
    hollow(fake_stage_answer(&script.fake, 205), "/16/0/2/0");
    struct outcome *wide = fake_stage_value(&script.fake, "/16/0/3", value_integer(0));
    hollow(wide, "/16/0/2/0");
    play(HEADER
         "read $pf/2 => 2.05 empty\nread $pf/2/0 => 4.04\nread $pf => 2.05 has {3=0} without 2\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    is_accepted(0, "I-11");
    is_accepted(1, "I-11");
    is_accepted(2, "I-11");
    teardown();
}
END_TEST

START_TEST(old_auth_data_is_not)
{
    setup_theirs();
    fake_stage_value(&script.fake, "/16/0/2/0", value_octets(VALUE_OPAQUE, bytes_of("old")));
    play(HEADER "read $pf/2 => 2.05 empty\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

START_TEST(a_refusal_may_come_as_error)
{
    setup_theirs();
    fake_stage_answer(&script.fake, 204);
    fake_stage_value(&script.fake, "/16/0/3", value_integer(0));
    fake_stage_value(&script.fake, "/16/0/3", value_integer(2));
    play(HEADER "covers PF-ARG-7\nexecute $pf/1 \"0='0'\" => 4.00 [PF-ARG-7]\nread /3\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "accepted by I-9"));
    teardown();
    setup_theirs(); /* but not as a result */
    fake_stage_answer(&script.fake, 204);
    fake_stage_value(&script.fake, "/16/0/3", value_integer(1));
    play(HEADER "covers PF-ARG-7\nexecute $pf/1 \"0='0'\" => 4.00 [PF-ARG-7]\n");
    expect_verdict(VERDICT_WARN, ST_OK);
    teardown();
}
END_TEST

START_TEST(nothing_but_an_identity_may_be_asked_of_a_create)
{
    setup_theirs();
    fake_stage_answer(&script.fake, 400);
    play(HEADER "create /16/5 => 2.01\nread /3\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "accepted by I-17"));
    teardown();
    setup_theirs();
    fake_stage_answer(&script.fake, 400);
    play(HEADER "create /16/5 0/0=\"x\" => 2.01\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

START_TEST(identities_may_be_fixed)
{
    setup_theirs();
    fake_stage_answer(&script.fake, 405);
    fake_stage_answer(&script.fake, 405);
    play(HEADER "write $pf/0/0 \"x\"\nread /3\ncleanup\nwrite $pf/0/0 \"y\"\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "accepted by I-20"));
    teardown();
    setup_theirs(); /* what cannot be put back is told */
    fake_stage_answer(&script.fake, 205);
    fake_stage_answer(&script.fake, 405);
    play(HEADER "read /3\ncleanup\nwrite $pf/0/0 \"y\"\n");
    expect_verdict(VERDICT_WARN, ST_OK);
    teardown();
    setup_theirs(); /* AuthStatus is another matter */
    fake_stage_answer(&script.fake, 405);
    play(HEADER "update $pf 3=1 => 2.04\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

/* rule: PF-DM-4 */
START_TEST(a_format_may_be_missing)
{
    static const char *const of_1_0[] = {"text", "opaque", "tlv", "json", NULL};
    setup_theirs();
    fake_stage_answer(&script.fake, 406);
    play(HEADER "read $pf/2 as json => 2.05 empty\nread /3\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "accepted by PF-DM-4"));
    teardown();
    setup_theirs();
    fake_stage_answer(&script.fake, 415);
    play(HEADER "raw PUT $pf/0 format=json payload \"{\" => 4.00\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    teardown();
    setup_theirs(); /* nothing was changed, and so nothing is put back */
    fake_stage_answer(&script.fake, 406);
    fake_stage_answer(&script.fake, 415);
    play(HEADER "read $pf/0 as json => 2.05 any save all\ncleanup\nwrite $pf/0 $all\n"
                "write $pf/0 0=\"x\" as json\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    teardown();
    setup_theirs(); /* TLV from LwM2M 1.1 on */
    fake_stage_answer(&script.fake, 406);
    play(HEADER "read $pf/2 as tlv => 2.05 empty\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    teardown();
    setup_theirs(); /* nor text ever */
    fake_stage_answer(&script.fake, 406);
    play(HEADER "read $pf/2 as text => 2.05 empty\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    setup_theirs(); /* but not in 1.0 */
    script.fake.claims.formats = of_1_0;
    fake_stage_answer(&script.fake, 406);
    play(HEADER "read $pf/2 as tlv => 2.05 empty\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    setup_theirs(); /* nor may another code say so */
    fake_stage_answer(&script.fake, 405);
    play(HEADER "read $pf/2 as json => 2.05 empty\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    setup(); /* ours has it */
    fake_stage_answer(&script.fake, 406);
    play(HEADER "read $pf/2 as json => 2.05 empty\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

/* Of an answer that came later the acknowledgement is all that comes again. */
START_TEST(a_repetition_may_be_acknowledged_only)
{
    setup_theirs();
    fake_stage_answer(&script.fake, 204)->is_separate = true;
    fake_stage_fail(&script.fake, ST_TIMEOUT, "no answer within 30 s");
    play(HEADER "execute $pf/1 0=0,1=0,2=1 => 2.04\nrepeat => 2.04 same\n");
    expect_verdict(VERDICT_INCONCLUSIVE, ST_OK);
    teardown();
    setup();
    fake_stage_answer(&script.fake, 204);
    fake_stage_fail(&script.fake, ST_TIMEOUT, "no answer within 30 s");
    play(HEADER "execute $pf/1 0=0,1=0,2=1 => 2.04\nrepeat => 2.04 same\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

/* rule: PF-DM-7. LwM2M 1.1 leaves composite operations open. */
START_TEST(composite_operations_may_be_missing)
{
    static const char *const steps[] = {
        "read-composite $pf/0 => 2.05\n",
        "observe-composite $pf/0 => 2.05\n",
        "raw FETCH / format=112 payload hex:00 => 4.00\n",
    };
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        char text[200];
        snprintf(text, sizeof text, "%s%s", HEADER, steps[i]);
        setup_theirs();
        fake_stage_answer(&script.fake, 405);
        play(text);
        expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
        ck_assert_ptr_nonnull(strstr(script_reason(&script), "accepted by PF-DM-7"));
        teardown();
    }
    setup_theirs();
    fake_stage_answer(&script.fake, 500);
    play(HEADER "read-composite $pf/0 => 2.05\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

/* rule: PF-DM-8 */
START_TEST(a_write_may_create_a_resource_instance)
{
    setup_theirs();
    fake_stage_answer(&script.fake, 204);
    play(HEADER "write $pf/0/6 \"x\" => 4.04\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "accepted by PF-DM-8"));
    teardown();
    setup();
    fake_stage_answer(&script.fake, 204);
    play(HEADER "write $pf/0/6 \"x\" => 4.04\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

/* rule: I-11. What cancels is answered like a read. */
START_TEST(nor_is_it_there_for_who_cancels)
{
    setup_theirs();
    fake_stage_answer(&script.fake, 205);
    fake_stage_answer(&script.fake, 404);
    fake_stage_answer(&script.fake, 404);
    play(HEADER "observe $pf/2 => 2.05\ncancel $pf/2 => 2.05 empty\n"
                "raw GET $pf/2 => 2.05 empty\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    is_accepted(1, "accepted by I-11");
    is_accepted(2, "accepted by I-11");
    teardown();
    setup(); /* ours may not */
    fake_stage_answer(&script.fake, 205);
    fake_stage_answer(&script.fake, 404);
    play(HEADER "observe $pf/2 => 2.05\ncancel $pf/2 => 2.05 empty\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    setup_theirs(); /* Identity is there, though it be empty */
    fake_stage_answer(&script.fake, 205);
    fake_stage_answer(&script.fake, 404);
    play(HEADER "observe $pf/0 => 2.05\ncancel $pf/0 => 2.05 empty\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

START_TEST(nor_has_it_attributes)
{
    setup_theirs();
    fake_stage_answer(&script.fake, 404);
    fake_stage_value(&script.fake, "/16/0/3", value_integer(0));
    play(HEADER "attributes $pf/2 pmin=1 => 2.04\nread /3\n");
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "accepted by I-11"));
    teardown();
    setup_theirs(); /* while there is data it has */
    fake_stage_answer(&script.fake, 404);
    fake_stage_value(&script.fake, "/16/0/3", value_integer(1));
    play(HEADER "attributes $pf/2 pmin=1 => 2.04\nread /3\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    setup_theirs(); /* and AuthStatus always has */
    fake_stage_answer(&script.fake, 404);
    play(HEADER "attributes $pf/3 pmin=1 => 2.04\nread /3\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

static struct value signature(void)
{
    return value_octets(VALUE_OPAQUE, bytes_of("sig /16/0 identity=0 key=0 challenge=7"));
}

#define ONE_INSTANCE "read $pf/2/0 => 2.05 genuine(identity=0, challenge=7, key=0)\nread /3\n"

/* rule: I-2 */
START_TEST(auth_data_may_have_another_resource_instance)
{
    setup_theirs();
    fake_stage_answer(&script.fake, 404);
    fake_stage_value(&script.fake, "/16/0/2/5", signature());
    play(HEADER ONE_INSTANCE);
    expect_verdict(VERDICT_NOT_APPLICABLE, ST_OK);
    ck_assert_ptr_nonnull(strstr(script_reason(&script), "accepted by I-2"));
    ck_assert_ptr_null(strstr(script_log(&script), "read /3\n"));
    teardown();
    setup_theirs(); /* but not none, when it is asked for */
    fake_stage_answer(&script.fake, 404);
    fake_stage_answer(&script.fake, 205);
    play(HEADER ONE_INSTANCE);
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    setup_theirs(); /* nor be hidden where it is */
    fake_stage_answer(&script.fake, 404);
    fake_stage_value(&script.fake, "/16/0/2/0", signature());
    play(HEADER ONE_INSTANCE);
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    setup(); /* ours has 0 */
    fake_stage_answer(&script.fake, 404);
    play(HEADER ONE_INSTANCE);
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

#define REMOVED                                                                                    \
    HEADER "covers PF-ARG-2\n"                                                                     \
           "execute $pf/1 \"0='0',1='0',2='7',3='0'\" => 2.04\n"                                   \
           "read $pf/3 => 2.05 2 [PF-ARG-2]\nread /3\n"

/* From Execute to AuthStatus 1; what of Identity is there then, and AuthData. */
static void sign_removed(unsigned identity_code, const char *data)
{
    fake_stage_answer(&script.fake, 204);
    fake_stage_value(&script.fake, "/16/0/3", value_integer(1));
    fake_stage_answer(&script.fake, identity_code);
    fake_stage_value(&script.fake, "/16/0/2/0", value_octets(VALUE_OPAQUE, bytes_of(data)));
    fake_stage_answer(&script.fake, 205);
}

/* rule: I-9. The hash is provisioned, whatever became of the text (5.2.2.1). */
START_TEST(what_is_provisioned_may_be_signed_without_its_identity)
{
    static const char good[] = "sig /16/0 identity=0 key=0 challenge=7";
    setup_theirs();
    sign_removed(404, good);
    play(REMOVED);
    expect_verdict(VERDICT_PASS, ST_OK);
    is_accepted(1, "accepted by I-9");
    ck_assert_ptr_nonnull(strstr(script_log(&script), "read /3\n"));
    teardown();
    setup_theirs(); /* but nothing else */
    sign_removed(404, "sig /16/0 identity=1 key=0 challenge=7");
    play(REMOVED);
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    setup_theirs(); /* and not where it is there, so that ERROR has another reason */
    sign_removed(205, good);
    play(REMOVED);
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    setup(); /* ours shows ERROR */
    sign_removed(404, good);
    play(REMOVED);
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

/* rule: LWM2M-EXECUTE */
START_TEST(arguments_that_nobody_needs_may_be_ignored)
{
    setup_theirs();
    fake_stage_answer(&script.fake, 204);
    play(HEADER "raw POST /1/0/8 format=text payload \"0='\" => 4.00\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    is_accepted(0, "accepted by LWM2M-EXECUTE");
    teardown();
    setup_theirs(); /* GetAuthData needs them */
    fake_stage_answer(&script.fake, 204);
    play(HEADER "covers PF-ARG-6\nraw POST $pf/1 format=text payload \"0='\" => 4.00 [PF-ARG-6]\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
    setup(); /* ours reads them */
    fake_stage_answer(&script.fake, 204);
    play(HEADER "raw POST /1/0/8 format=text payload \"0='\" => 4.00\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    teardown();
}
END_TEST

UNIT_MAIN("accept", nor_is_it_there_for_who_cancels, nor_has_it_attributes,
          auth_data_may_have_another_resource_instance,
          what_is_provisioned_may_be_signed_without_its_identity,
          arguments_that_nobody_needs_may_be_ignored, auth_data_that_is_not_there_may_be_404,
          then_it_cannot_be_observed, auth_data_without_octets_is_none, old_auth_data_is_not,
          a_refusal_may_come_as_error, nothing_but_an_identity_may_be_asked_of_a_create,
          identities_may_be_fixed, a_format_may_be_missing, a_repetition_may_be_acknowledged_only,
          composite_operations_may_be_missing, a_write_may_create_a_resource_instance)
