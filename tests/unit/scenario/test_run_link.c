/* SPDX-License-Identifier: Apache-2.0 */
/* Datagrams as dictated, and what answers them. */
#include "base/std.h"

#include "tests/unit/scenario/played.h"

static void answered(const char *datagram, const char *expected, enum verdict verdict)
{
    char text[300];
    setup();
    script.fake.datagram = datagram;
    snprintf(text, sizeof text, HEADER "raw octets from server hex:40007f00%s\n", expected);
    play(text);
    expect_verdict(verdict, ST_OK);
    ck_assert_ptr_nonnull(strstr(script_log(&script), "link action 7 sender 2 "));
    teardown();
}

START_TEST(codes_are_compared)
{
    answered("60457f00", " => 2.05", VERDICT_PASS);
    answered("60457f00", " => 4.00 | 2.05", VERDICT_PASS);
    answered("60847f00", " => 2.05", VERDICT_FAIL);
    answered("60847f00", " => none within 1s", VERDICT_FAIL);
}
END_TEST

START_TEST(a_reset_is_one)
{
    answered("70007f00", " => reset", VERDICT_PASS);
    answered("70007f00", " => none", VERDICT_FAIL);
    answered("60457f00", " => reset", VERDICT_FAIL);
}
END_TEST

START_TEST(silence_is_an_answer)
{
    answered(NULL, " => none within 100ms", VERDICT_PASS);
    answered(NULL, " => reset", VERDICT_FAIL);
    answered(NULL, " => reset | none", VERDICT_PASS);
    answered("", " => none", VERDICT_PASS);
}
END_TEST

/* Nobody asks what comes. */
START_TEST(without_an_expectation_nobody_waits)
{
    setup();
    script.fake.datagram = "60847f00";
    play(HEADER "raw octets from server hex:40007f00\n");
    expect_verdict(VERDICT_PASS, ST_OK);
    ck_assert_int_eq(script.fake.now, 0);
    teardown();
}
END_TEST

START_TEST(a_failure_says_what_came)
{
    setup();
    script.fake.datagram = "70007f00";
    play(HEADER "raw octets from stranger hex:40007f00 => 4.04\n");
    expect_verdict(VERDICT_FAIL, ST_OK);
    ck_assert_str_eq(script_reason(&script), "line 3: raw octets: expected 4.04, got reset");
    teardown();
    setup(); /* and which datagrams these were, but for a payload, which may be secret */
    script.fake.datagram = "60457f00d1030aff736563726574";
    play(HEADER "raw octets from stranger hex:40007f00 => 4.04\n");
    const char *text = buf_text(&script.result.checks[0].text);
    ck_assert_ptr_nonnull(strstr(text, "as dictated    hex:40007f00\n"));
    ck_assert_msg(strstr(text, "hex:60457f00d1030aff and 6 octets of payload\n") != NULL, "%s",
                  text);
    teardown();
}
END_TEST

/* The code alone makes no answer. */
START_TEST(what_fits_nothing_is_no_answer)
{
    static const struct {
        const char *sent, *answer, *why;
    } rows[] = {
        {"41017f0071", "61457f0072", "it has another token"},
        {"41017f0071", "60457f00", "it has another token"},
        {"41017f0071", "61457f0071ff", "nothing follows its payload marker"},
        {"41017f0071", "61457f0071d0", "an option of it is malformed or cut off"},
        {"41017f0071", "61457f0071", NULL},
        {"41017f0071ff", "60457f00", NULL}, /* what was sent is no message: it has no token */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[300];
        setup();
        script.fake.datagram = rows[i].answer;
        snprintf(text, sizeof text, HEADER "raw octets from server hex:%s => 2.05\n", rows[i].sent);
        play(text);
        expect_verdict(rows[i].why == NULL ? VERDICT_PASS : VERDICT_FAIL, ST_OK);
        if (rows[i].why != NULL)
            ck_assert_ptr_nonnull(strstr(script_reason(&script), rows[i].why));
        teardown();
    }
}
END_TEST

UNIT_MAIN("run link", codes_are_compared, a_reset_is_one, silence_is_an_answer,
          without_an_expectation_nobody_waits, a_failure_says_what_came,
          what_fits_nothing_is_no_answer)
