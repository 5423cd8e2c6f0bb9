/* SPDX-License-Identifier: Apache-2.0 */
/* TAP reports, compared with golden ones and read by Perl's TAP::Parser where it is there. */
#include "base/std.h"

#include "tests/unit/report/sample.h"

static const char *const parser[] = {
    "perl", "perl -MTAP::Parser -e 1 2>/dev/null || exit 0; "
            /* Older ones know no version 14, whose documents are those of 13 here. */
            "perl -MTAP::Parser -e 'local $/; my $t = <>; $t =~ s/^TAP version 14/TAP version 13/;"
            "my $p = TAP::Parser->new({tap => $t}); $p->run;"
            "exit 1 if $p->parse_errors || $p->tests_planned != 7 || $p->passed != 5 ||"
            " $p->failed != 2 || $p->skipped != 2;' \"$file\""};

START_TEST(writes_a_line_and_a_block_for_each_scenario)
{
    sample_report(tap_sink_new, COUNT_OF(SAMPLES), "tests/golden/report/run.tap", parser);
}
END_TEST

START_TEST(bails_out_of_a_run_that_ended_early)
{
    sample_report(tap_sink_new, 1, "tests/golden/report/early.tap", NULL);
}
END_TEST

UNIT_MAIN("tap", writes_a_line_and_a_block_for_each_scenario, bails_out_of_a_run_that_ended_early)
