/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks a person is told which scenario and step it is about. */
#include "base/std.h"

#include "tests/unit/scenario/played.h"

START_TEST(the_last_line_stays_and_the_scenario_does_not)
{
    struct progress progress = {.round = 4};
    setup();
    script.options.progress = &progress;
    fake_stage_answer(&script.fake, 205);
    play(HEADER "expect register\nread /3\n");
    ck_assert_uint_eq(progress.round, 5);
    ck_assert_uint_eq(progress.line, 4);
    ck_assert_ptr_null(progress.file);
    teardown();
}
END_TEST

UNIT_MAIN("run_progress", the_last_line_stays_and_the_scenario_does_not)
