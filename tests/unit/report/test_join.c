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

START_TEST(a_missing_shard_is_found)
{
    static const struct {
        unsigned shards[4][2];
        unsigned missing[2]; /* 0: none */
    } rows[] = {
        {{{0, 0}, {0, 0}, {0, 0}, {0, 0}}, {0, 0}},
        {{{1, 2}, {2, 2}, {0, 0}, {0, 0}}, {0, 0}},
        {{{1, 1}, {1, 1}, {0, 0}, {1, 1}}, {0, 0}},
        {{{2, 2}, {1, 2}, {2, 2}, {1, 2}}, {0, 0}},
        {{{1, 2}, {0, 0}, {0, 0}, {0, 0}}, {2, 2}},
        {{{3, 3}, {1, 3}, {0, 0}, {0, 0}}, {2, 3}},
        {{{1, 2}, {2, 2}, {2, 2}, {0, 0}}, {1, 2}},
        {{{1, 2}, {2, 2}, {2, 3}, {3, 3}}, {1, 3}},
        {{{10000, 10000}, {0, 0}, {0, 0}, {0, 0}}, {1, 10000}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct report reports[4];
        unsigned shard = 0;
        unsigned shards = 0;
        for (size_t k = 0; k < 4; k++)
            reports[k] = report_of("", rows[i].shards[k][0], rows[i].shards[k][1]);
        bool lacks = reports_lack_shard(reports, 4, &shard, &shards);
        ck_assert_msg(lacks == (rows[i].missing[0] > 0), "%zu", i);
        if (lacks) {
            ck_assert_uint_eq(shard, rows[i].missing[0]);
            ck_assert_uint_eq(shards, rows[i].missing[1]);
        }
    }
}
END_TEST

UNIT_MAIN("join", parts_are_told_once, nothing_joins_to_nothing, a_missing_shard_is_found)
