/* SPDX-License-Identifier: Apache-2.0 */
/* Requests as dictated. (Their errors are golden files.) */
#include "base/std.h"

#include "tests/unit/scenario/script.h"

/* The only step below the header, checked; free the scenario. */
static const struct step *step_of(struct scenario **out, const char *line)
{
    char text[400];
    snprintf(text, sizeof text, HEADER "%s\n", line);
    *out = checked(text);
    ck_assert_uint_eq((*out)->step_count, 1);
    return &(*out)->steps[0];
}

START_TEST(raw_says_everything_itself)
{
    struct scenario *scenario;
    char text[PATH_TEXT];
    const struct step *step = step_of(
        &scenario,
        "raw PUT $pf/3?pmin=1&x format=tlv accept=42 observe=0 non at-once payload hex:0001ff");
    ck_assert_uint_eq(step->operation.method, 3);
    ck_assert_str_eq(step->operation.uri, "/16/0/3?pmin=1&x");
    ck_assert_str_eq(path_text(step->path, text), "/16/0/3");
    ck_assert_int_eq(step->operation.format, 11542);
    ck_assert_int_eq(step->operation.accept, 42);
    ck_assert_int_eq(step->operation.observe, 0);
    ck_assert(!step->operation.confirmable);
    ck_assert(step->operation.at_once);
    ck_assert_uint_eq(step->operation.payload.len, 3);
    scenario_free(scenario);
    step = step_of(&scenario, "raw iPATCH /rd/x payload \"a\\x00\"");
    ck_assert_uint_eq(step->operation.method, 7);
    ck_assert_uint_eq(step->path.depth, 0);
    ck_assert(step->operation.confirmable);
    ck_assert(!step->operation.at_once);
    ck_assert_int_eq(step->operation.accept, -1);
    ck_assert_int_eq(step->operation.observe, -1);
    ck_assert_uint_eq(step->operation.payload.len, 2);
    scenario_free(scenario);
}
END_TEST

START_TEST(methods_have_names)
{
    ck_assert_str_eq(method_name(1), "GET");
    ck_assert_str_eq(method_name(7), "iPATCH");
    ck_assert_str_eq(method_name(0), "?");
    ck_assert_str_eq(method_name(8), "?");
}
END_TEST

UNIT_MAIN("check_raw", raw_says_everything_itself, methods_have_names)
