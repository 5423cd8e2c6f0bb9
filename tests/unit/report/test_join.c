/* SPDX-License-Identifier: Apache-2.0 */
/* What reports say together, and which of them is missing. */
#include "base/std.h"

#include "report/read.h"
#include "tests/unit/unit.h"

static struct report report_of(const char *options, unsigned shard, unsigned shards)
{
    return (struct report){.info = {.tool = "tool 1",
                                    .device = "built-in",
                                    .server = "built-in",
                                    .options = options,
                                    .scenario_count = 3,
                                    .shard = shard,
                                    .shards = shards,
                                    .started_utc = 1000 - (int64_t)shard}};
}

START_TEST(parts_are_told_once)
{
    struct report reports[] = {report_of("strict; car, a; van, b", 1, 2),
                               report_of("strict; van; van, b; car", 2, 2), report_of("", 0, 0)};
    struct joined joined;
    reports[1].info.tool = "tool 2";
    reports_join(reports, COUNT_OF(reports), &joined);
    ck_assert_str_eq(joined.info.tool, "tool 1; tool 2");
    ck_assert_str_eq(joined.info.device, "built-in");
    ck_assert_str_eq(joined.info.server, "built-in");
    ck_assert_str_eq(joined.info.options, "strict; car, a; van, b; van; car");
    ck_assert_uint_eq(joined.info.scenario_count, 9);
    ck_assert_int_eq(joined.info.started_utc, 998);
    ck_assert_uint_eq(joined.info.shard, 0);
    joined_release(&joined);
}
END_TEST

START_TEST(nothing_joins_to_nothing)
{
    struct joined joined;
    reports_join(NULL, 0, &joined);
    ck_assert_str_eq(joined.info.options, "");
    joined_release(&joined);
}
END_TEST

START_TEST(missing_shards_are_found)
{
    static const struct {
        unsigned shards[4][2];
        size_t missing;
        const char *text;
    } rows[] = {
        {{{0, 0}, {0, 0}, {0, 0}, {0, 0}}, 0, ""},
        {{{1, 2}, {2, 2}, {0, 0}, {0, 0}}, 0, ""},
        {{{1, 1}, {0, 0}, {0, 0}, {0, 0}}, 0, ""},
        {{{1, 2}, {0, 0}, {0, 0}, {0, 0}}, 1, "2/2"},
        {{{0, 0}, {3, 5}, {1, 5}, {0, 0}}, 3, "2/5, 4/5, 5/5"},
        {{{22, 22}, {1, 22}, {0, 0}, {0, 0}},
         20,
         "2/22, 3/22, 4/22, 5/22, 6/22, 7/22, 8/22, 9/22, 10/22, 11/22, 12/22, 13/22, 14/22, "
         "15/22, 16/22, 17/22, 18/22, 19/22, 20/22, 21/22"},
        {{{22, 22}, {0, 0}, {0, 0}, {0, 0}},
         21,
         "1/22, 2/22, 3/22, 4/22, 5/22, 6/22, 7/22, 8/22, 9/22, 10/22, 11/22, 12/22, 13/22, "
         "14/22, 15/22, 16/22, 17/22, 18/22, 19/22, 20/22 and 1 more"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct report reports[4];
        struct buf text;
        buf_init(&text, 1000);
        for (size_t k = 0; k < 4; k++)
            reports[k] = report_of("", rows[i].shards[k][0], rows[i].shards[k][1]);
        ck_assert_uint_eq(reports_put_missing(reports, 4, &text), rows[i].missing);
        ck_assert_str_eq(buf_text(&text), rows[i].text);
        buf_release(&text);
    }
}
END_TEST

START_TEST(what_is_of_no_one_run_does_not_fit)
{
    static const char *const names[] = {"a.json", "b.json", "c.json"};
    static const struct {
        unsigned shards[3][2];
        const char *selections[3];
        const char *said; /* NULL: they fit */
    } rows[] = {
        {{{1, 3}, {2, 3}, {3, 3}}, {"x", "x", "x"}, NULL},
        {{{1, 3}, {2, 3}, {3, 3}}, {"x", NULL, "x"}, NULL},
        {{{0, 0}, {0, 0}, {0, 0}}, {"x", "y", "x"}, NULL},
        {{{0, 0}, {1, 2}, {0, 0}}, {"x", "y", "x"}, NULL},
        {{{1, 3}, {2, 3}, {3, 3}},
         {"x", "x", "y"},
         "\"c.json\" is a shard of another run than \"a.json\""},
        {{{1, 3}, {2, 3}, {3, 3}}, {"x", NULL, "y"}, "of another run than \"a.json\""},
        {{{1, 3}, {0, 0}, {2, 2}}, {"x", "x", "x"}, "of another run than \"a.json\""},
        {{{1, 3}, {2, 3}, {2, 3}},
         {"x", "x", "x"},
         "\"b.json\" and \"c.json\" are both of shard 2/3"},
        {{{1, 1}, {1, 1}, {0, 0}}, {NULL, NULL, NULL}, "are both of shard 1/1"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct report reports[3];
        struct error error;
        error_clear(&error);
        for (size_t k = 0; k < 3; k++) {
            reports[k] = report_of("", rows[i].shards[k][0], rows[i].shards[k][1]);
            reports[k].info.selection = rows[i].selections[k];
        }
        bool fits = reports_fit(reports, names, 3, &error) == ST_OK;
        ck_assert_msg(fits == (rows[i].said == NULL), "%zu: %s", i, error.text);
        ck_assert_msg(fits || strstr(error.text, rows[i].said) != NULL, "%s", error.text);
    }
}
END_TEST

START_TEST(how_it_was_played_is_told_when_all_tell_the_same)
{
    struct report reports[] = {report_of("", 0, 0), report_of("", 0, 0)};
    struct joined joined;
    reports[0].info.manner = (struct run_manner){.is_known = true, .retries = 1, .set = "a"};
    reports[1].info.manner = reports[0].info.manner;
    reports_join(reports, 2, &joined);
    ck_assert(joined.info.manner.is_known);
    ck_assert_str_eq(joined.info.manner.set, "a");
    joined_release(&joined);
    reports[1].info.manner.retries = 2;
    reports_join(reports, 2, &joined);
    ck_assert(!joined.info.manner.is_known);
    joined_release(&joined);
    reports[1].info.manner = (struct run_manner){.is_known = false};
    reports_join(reports, 2, &joined);
    ck_assert(!joined.info.manner.is_known);
    joined_release(&joined);
}
END_TEST

UNIT_MAIN("join", parts_are_told_once, nothing_joins_to_nothing, missing_shards_are_found,
          what_is_of_no_one_run_does_not_fit, how_it_was_played_is_told_when_all_tell_the_same)
