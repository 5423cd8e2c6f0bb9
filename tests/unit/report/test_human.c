/* SPDX-License-Identifier: Apache-2.0 */
/* What a person reads, at each level of detail. */
#include "base/std.h"

#include "tests/unit/report/sample.h"

static void compare(struct human_options options, size_t count, const char *golden)
{
    struct error error;
    const char *folder = sample_folder();
    const char *place = sample_place(folder, "report");
    options.out = fopen(place, "w");
    ck_assert_ptr_nonnull(options.out);
    struct sink *sink = human_sink_new(&options);
    ck_assert_int_eq(sample_run(sink, count, &error), ST_OK);
    sink->ops->free(sink);
    fclose(options.out);
    sample_compare(place, golden);
    sample_remove(folder, "report");
}

START_TEST(writes_a_line_for_each_scenario)
{
    compare((struct human_options){.detail = HUMAN_NORMAL}, COUNT_OF(SAMPLES),
            "tests/golden/report/run.txt");
}
END_TEST

START_TEST(quiet_leaves_out_what_passed)
{
    compare((struct human_options){.detail = HUMAN_QUIET}, COUNT_OF(SAMPLES),
            "tests/golden/report/quiet.txt");
}
END_TEST

START_TEST(verbose_has_a_line_for_each_check)
{
    compare((struct human_options){.detail = HUMAN_VERBOSE}, COUNT_OF(SAMPLES),
            "tests/golden/report/verbose.txt");
}
END_TEST

START_TEST(colours_the_verdict_when_asked)
{
    compare((struct human_options){.detail = HUMAN_NORMAL, .colour = true}, 1,
            "tests/golden/report/colour.txt");
}
END_TEST

START_TEST(a_full_disk_is_an_error)
{
    struct error error;
    struct human_options options = {.out = fopen("/dev/full", "w")};
    if (options.out == NULL)
        return;
    struct sink *sink = human_sink_new(&options);
    error_clear(&error);
    ck_assert_int_eq(sample_run(sink, 1, &error), ST_IO);
    ck_assert_str_eq(error.text, "cannot write the results: No space left on device");
    sink->ops->free(sink);
    fclose(options.out);
}
END_TEST

START_TEST(says_first_that_a_defect_was_seeded)
{
    struct human_options options = {.out = tmpfile(), .detail = HUMAN_QUIET};
    char line[80] = "";
    ck_assert_ptr_nonnull(options.out);
    struct sink *sink = human_sink_new(&options);
    sink->ops->begin(sink, &(struct run_info){.defects = "device defect error-stays"});
    rewind(options.out);
    ck_assert_ptr_nonnull(fgets(line, sizeof line, options.out));
    ck_assert_str_eq(line, "device defect error-stays\n");
    sink->ops->free(sink);
    fclose(options.out);
}
END_TEST

UNIT_MAIN("human", writes_a_line_for_each_scenario, quiet_leaves_out_what_passed,
          verbose_has_a_line_for_each_check, colours_the_verdict_when_asked,
          a_full_disk_is_an_error, says_first_that_a_defect_was_seeded)
