/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of GetAuthData: PF-ARG-1 to PF-ARG-8, and what reaches the secure component. */
#include "tests/unit/device/observer.h"

enum { IDLE, DATA_AVAIL, ERROR };

START_TEST(well_formed_arguments_are_accepted)
{
    static const char *const good[] = {
        EXAMPLE,
        "3='0',2='36983160',1='3',0='0'", /* any order */
        "0='0',1='3',2='1'",              /* key 0 is the default */
        "0='1',1='0',2='1',3='65534'",
        "0='0',1='65534',2='1'",
        "0='0',1='3',2='0x2345178'",
        "0='0',1='3',2='0xFFFFffffFFFFffff'",
        "0='0',1='3',2='9223372036854775807'",
        "0='0',1='3',2='-9223372036854775808'",
        "0='0',1='3',2='0'",
        "4='a',0='0',5,1='3',9='',2='1',6='x=y,z'",
    };
    struct heard *heard = heard_new(NULL);
    for (size_t i = 0; i < COUNT_OF(good); i++)
        ck_assert_msg(get_auth_data(heard, good[i]) == CODE_CHANGED, "%s", good[i]);
    heard_free(heard);
}
END_TEST

static const char *const refused[] = {
    "",
    "0='0'",
    "1='3',2='1'",
    "0='0',2='1'",
    "0='0',1='3'",
    "0,1='3',2='1'",
    "0='0',1,2='1'",
    "0='0',1='3',2",
    "0='0',1='3',2='1',3",
    "0='2',1='3',2='1'",
    "0='-1',1='3',2='1'",
    "0='00',1='3',2='1'",
    "0='',1='3',2='1'",
    "0='0',1='65535',2='1'",
    "0='0',1='-1',2='1'",
    "0='0',1='0x3',2='1'",
    "0='0',1='three',2='1'",
    "0='0',1='',2='1'",
    "0='0',1='3',2=''",
    "0='0',1='3',2='1.5'",
    "0='0',1='3',2='0x'",
    "0='0',1='3',2='0x12345678901234567'",
    "0='0',1='3',2='2345178h'",
    "0='0',1='3',2='9223372036854775808'",
    "0='0',1='3',2='-9223372036854775809'",
    "0='0',1='3',2='1',3='65535'",
    "0='0',1='3',2='1',3='-1'",
    "0='0',1='3',2='1',3='0x0'",
    "0='0',1='3',2='1',0='0'",
    "0='0',1='3',2='1',2='1'",
    "0='0',1='3',2='1',3='0',3='0'",
    "0='0',1='3',2='1',7='a',7='a'",
    "0='0',1='3',2='1',",
    "0='0', 1='3',2='1'",
    "0=0,1=3,2=1",
    "0=SRV_AUTHENT,1=3,2=0x2345178,3=0",
    "0='SRV_AUTHENT',1='3',2='1'",
    "0='0',1='3',2='1',10='x'",
    "x",
};

/* Each is refused in every state, and nothing has changed (PF-STATE-8). */
START_TEST(other_arguments_are_refused_without_a_change)
{
    for (int state = IDLE; state <= ERROR; state++) {
        struct heard *heard = heard_new(NULL);
        struct world *world = heard->world;
        world->secure.result = state == ERROR ? SECURE_FAILED : SECURE_OK;
        if (state != IDLE)
            ck_assert_int_eq(get_auth_data(heard, EXAMPLE), CODE_CHANGED);
        world_run(world, 20);
        ck_assert_int_eq(status_of(heard, 0), state);
        unsigned computed = world->secure.computed;
        for (size_t i = 0; i < COUNT_OF(refused); i++) {
            ck_assert_msg(get_auth_data(heard, refused[i]) == CODE_BAD_REQUEST, "%s", refused[i]);
            ck_assert_int_eq(status_of(heard, 0), state);
            ck_assert_int_eq(has_data(heard, 0), state == DATA_AVAIL);
        }
        world_run(heard->world, 5000);
        ck_assert_uint_eq(heard->world->secure.computed, computed);
        heard_free(heard);
    }
}
END_TEST

START_TEST(a_refusal_says_why)
{
    struct heard *heard = heard_new(NULL);
    get_auth_data(heard, "0='0',1='3',2='1',0='1'");
    get_auth_data(heard, "0='0',1='3'");
    get_auth_data(heard, "0='0',1='99999',2='1'");
    get_auth_data(heard, "0='0',1='3',2='x'");
    ck_assert_str_eq(
        buf_text(&heard->world->events),
        "warning GetAuthData of \"/16/0\" refused: argument '0' is given 2 times; give it once\n"
        "warning GetAuthData of \"/16/0\" refused: argument '2' (challenge) is missing; give it a "
        "value\n"
        "warning GetAuthData of \"/16/0\" refused: argument '1' (identity instance id) is "
        "\"99999\"; give a decimal number from 0 to 65534\n"
        "warning GetAuthData of \"/16/0\" refused: argument '2' (challenge) is \"x\"; give a "
        "decimal number of 64 bits, or 0x and up to 16 hex digits\n");
    heard_free(heard);
}
END_TEST

/* The profile of observer.h with more keys at its beginning. */
static struct heard *heard_with(const char *keys)
{
    char profile[4096];
    snprintf(profile, sizeof profile, "{%s, %s", keys, OBSERVER_PROFILE + 1);
    return heard_new(profile);
}

/* rule: I-13 */
START_TEST(the_printed_form_is_accepted_where_the_profile_says_so)
{
    static const char *const good[] = {
        "0=SRV_AUTHENT, 1=3, 2=0x2345178, 3=0",
        "0=SRV_ENCRYPT,1=0,2=0x2345178",
        "0=0,1=3,2=1",
        "0='SRV_AUTHENT',1='3',2='1'",
        EXAMPLE,
    };
    static const char *const bad[] = {"0=SRV_OTHER,1=3,2=1", "0=2,1=3,2=1",
                                      "0=SRV_AUTHENT,1=0x3,2=1", "0=SRV_AUTHENT 1=3 2=1", ""};
    struct heard *heard = heard_with("\"lenient_arguments\": true");
    for (size_t i = 0; i < COUNT_OF(good); i++)
        ck_assert_msg(get_auth_data(heard, good[i]) == CODE_CHANGED, "%s", good[i]);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        ck_assert_msg(get_auth_data(heard, bad[i]) == CODE_BAD_REQUEST, "%s", bad[i]);
    heard_free(heard);
}
END_TEST

/* rule: PF-AUTH-3 */
START_TEST(each_argument_reaches_the_component)
{
    struct heard *heard = heard_new(NULL);
    expect_data(heard, EXAMPLE, EXAMPLE_SIGNATURE);
    expect_data(heard, "0='0',1='1',2='36983160'",
                "sig(/16/0 identity=1 key=0 round=0 challenge=02345178)");
    expect_data(heard, "0='0',1='3',2='36983160',3='7'",
                "sig(/16/0 identity=3 key=7 round=0 challenge=02345178)");
    expect_data(heard, "0='0',1='3',2='36983161',3='0'",
                "sig(/16/0 identity=3 key=0 round=0 challenge=02345179)");
    expect_data(heard, "0='1',1='1',2='65',3='2'", "enc(/16/0 key=2)AcmeA");
    heard_free(heard);
}
END_TEST

/* rule: I-4 */
START_TEST(the_challenge_becomes_octets_by_the_rule_of_the_instance)
{
    struct heard *heard = heard_with("\"challenge_octets\": \"minimal\"");
    expect_data(heard, "0='0',1='3',2='0x2345178'", EXAMPLE_SIGNATURE);
    expect_data(heard, "0='0',1='3',2='-1'",
                "sig(/16/0 identity=3 key=0 round=0 challenge=ffffffffffffffff)");
    heard_free(heard);
    heard = heard_with("\"challenge_octets\": \"int64\"");
    expect_data(heard, EXAMPLE, "sig(/16/0 identity=3 key=0 round=0 challenge=0000000002345178)");
    heard_free(heard);
    heard = heard_with("\"challenge_octets\": \"text\"");
    expect_data(heard, "0='0',1='3',2='0x2345178'",
                "sig(/16/0 identity=3 key=0 round=0 challenge=307832333435313738)");
    ck_assert_int_eq(get_auth_data(heard, "0='0',1='3',2='abc'"), CODE_BAD_REQUEST);
    heard_free(heard);
}
END_TEST

UNIT_MAIN("portfolio_arguments", well_formed_arguments_are_accepted,
          other_arguments_are_refused_without_a_change, a_refusal_says_why,
          the_printed_form_is_accepted_where_the_profile_says_so,
          each_argument_reaches_the_component,
          the_challenge_becomes_octets_by_the_rule_of_the_instance)
