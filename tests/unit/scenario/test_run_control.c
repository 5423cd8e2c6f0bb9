/* SPDX-License-Identifier: Apache-2.0 */
/* What steps have done to a device: how long its secure component is told to take. */
#include "base/std.h"

#include "tests/unit/scenario/played.h"

static void play_delay(bool is_foreign, double patience, const char *ms)
{
    char text[200];
    setup();
    script.options.third_party_server = is_foreign;
    script.options.patience = patience;
    script.fake.claims.limit_ms = 5000;
    snprintf(text, sizeof text, HEADER "component delay %sms\n", ms);
    play(text);
}

START_TEST(patience_stretches_a_delay_that_a_server_of_theirs_is_to_be_in_time_for)
{
    static const struct {
        bool is_foreign;
        double patience;
        const char *ms, *told;
    } rows[] = {
        {true, 4, "100", " 400\n"},   {false, 4, "100", " 100\n"},   {true, 0, "100", " 100\n"},
        {true, 4, "2000", " 5000\n"}, {true, 4, "7000", " 28000\n"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        play_delay(rows[i].is_foreign, rows[i].patience, rows[i].ms);
        ck_assert_ptr_nonnull(strstr(script_log(&script), "delay"));
        ck_assert_msg(strstr(script_log(&script), rows[i].told) != NULL, "%s: %s", rows[i].told,
                      script_log(&script));
        teardown();
    }
}
END_TEST

UNIT_MAIN("run_control", patience_stretches_a_delay_that_a_server_of_theirs_is_to_be_in_time_for)
