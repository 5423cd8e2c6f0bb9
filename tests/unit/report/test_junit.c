/* SPDX-License-Identifier: Apache-2.0 */
/* JUnit reports, compared with golden ones and judged by xmllint where it is there: against what
 * Jenkins' schema allows, and for the text of a failure, which must come back as it was. */
#include "base/std.h"

#include "tests/unit/report/sample.h"

static const char *const schema[] = {
    "xmllint", "xmllint --noout --dtdvalid tests/golden/report/junit.dtd \"$file\" && "
               "test \"$(xmllint --xpath 'string(//failure)' \"$file\")\" = "
               "\"$(cat tests/golden/report/failure.txt)\""};

START_TEST(writes_a_suite_for_each_scenario)
{
    sample_report(junit_sink_new, COUNT_OF(SAMPLES), "tests/golden/report/run.xml", schema);
}
END_TEST

START_TEST(an_empty_run_is_a_document_too)
{
    static const char *const wellformed[] = {
        "xmllint", "xmllint --noout --dtdvalid tests/golden/report/junit.dtd \"$file\""};
    sample_report(junit_sink_new, 0, "tests/golden/report/empty.xml", wellformed);
}
END_TEST

UNIT_MAIN("junit", writes_a_suite_for_each_scenario, an_empty_run_is_a_document_too)
