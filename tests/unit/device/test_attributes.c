/* SPDX-License-Identifier: Apache-2.0 */
/* The attribute table by itself: what is accepted, inherited, and worth telling. */
#include "tests/unit/unit.h"

#include "device/attributes_impl.h"

static struct path at(const char *text)
{
    struct path path;
    ck_assert(path_parse(bytes_of(text), &path));
    return path;
}

static enum status attach(struct attributes *attributes, const char *path, bool numeric,
                          const char *query)
{
    struct segments segments;
    segments_init(&segments);
    ck_assert(segments_split(&segments, '&', bytes_of(query)));
    enum status status = attributes_write(attributes, at(path), numeric, &segments);
    segments_release(&segments);
    return status;
}

/* `pmin=1 gt=2.5` */
static const char *show(struct attribute_set set)
{
    static char text[200];
    text[0] = '\0';
    for (size_t i = 0; i < ATTRIBUTE_COUNT; i++)
        if (set.has[i])
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s=%s",
                     text[0] == '\0' ? "" : " ", attribute_name((enum attribute)i), set.text[i]);
    return text;
}

START_TEST(keeps_what_is_written_as_it_was_written)
{
    struct attributes attributes;
    attributes_init(&attributes, true);
    ck_assert_int_eq(attach(&attributes, "/3/0/9", true, "pmin=10&gt=6.50&lt=-1&st=0.5&pmax=60"),
                     ST_OK);
    struct attribute_set set = attributes_attached(&attributes, at("/3/0/9"));
    ck_assert_str_eq(show(set), "pmin=10 pmax=60 gt=6.50 lt=-1 st=0.5");
    ck_assert_double_eq(set.number[ATTRIBUTE_PMIN], 10);
    ck_assert_double_eq(set.number[ATTRIBUTE_GT], 6.5);
    ck_assert_double_eq(set.number[ATTRIBUTE_LT], -1);
    attributes_release(&attributes);
}
END_TEST

START_TEST(knows_evaluation_periods_only_where_the_version_has_them)
{
    struct attributes attributes;
    attributes_init(&attributes, true);
    ck_assert_int_eq(attach(&attributes, "/3/0/0", false, "epmax=20&epmin=1"), ST_OK);
    ck_assert_str_eq(show(attributes_attached(&attributes, at("/3/0/0"))), "epmin=1 epmax=20");
    ck_assert_int_eq(attach(&attributes, "/3/0/0", false, "epmin=0.5"), ST_INVALID);
    attributes_release(&attributes);
    attributes_init(&attributes, false);
    ck_assert_int_eq(attach(&attributes, "/3/0/0", false, "epmin=1"), ST_INVALID);
    ck_assert_int_eq(attach(&attributes, "/3/0/0", false, "epmax=1"), ST_INVALID);
    attributes_release(&attributes);
}
END_TEST

START_TEST(adds_to_what_is_attached_and_detaches_by_a_bare_name)
{
    struct attributes attributes;
    attributes_init(&attributes, true);
    ck_assert_int_eq(attach(&attributes, "/16/0", false, "pmin=1"), ST_OK);
    ck_assert_int_eq(attach(&attributes, "/16/0", false, "pmax=9"), ST_OK);
    ck_assert_str_eq(show(attributes_attached(&attributes, at("/16/0"))), "pmin=1 pmax=9");
    ck_assert_int_eq(attach(&attributes, "/16/0", false, "pmin"), ST_OK);
    ck_assert_str_eq(show(attributes_attached(&attributes, at("/16/0"))), "pmax=9");
    ck_assert_int_eq(attach(&attributes, "/16/0", false, "pmax"), ST_OK);
    ck_assert_uint_eq(attributes.count, 0);
    ck_assert_int_eq(attach(&attributes, "/16/0", false, "pmax"), ST_OK);
    ck_assert_uint_eq(attributes.count, 0);
    attributes_release(&attributes);
}
END_TEST

START_TEST(lower_paths_override_higher_ones)
{
    struct attributes attributes;
    attributes_init(&attributes, true);
    ck_assert_int_eq(attach(&attributes, "/3", false, "pmin=10&pmax=200"), ST_OK);
    ck_assert_int_eq(attach(&attributes, "/3/0", false, "pmax=320"), ST_OK);
    ck_assert_int_eq(attach(&attributes, "/3/0/7", true, "gt=5"), ST_OK);
    ck_assert_int_eq(attach(&attributes, "/3/0/7/0", true, "pmax=100"), ST_OK);
    ck_assert_str_eq(show(attributes_effective(&attributes, at("/3"))), "pmin=10 pmax=200");
    ck_assert_str_eq(show(attributes_effective(&attributes, at("/3/0/9"))), "pmin=10 pmax=320");
    ck_assert_str_eq(show(attributes_effective(&attributes, at("/3/0/7/0"))),
                     "pmin=10 pmax=100 gt=5");
    ck_assert_str_eq(show(attributes_attached(&attributes, at("/3/0/7/0"))), "pmax=100");
    ck_assert_str_eq(show(attributes_effective(&attributes, at("/16/0/3"))), "");
    attributes_release(&attributes);
}
END_TEST

START_TEST(refuses_what_it_does_not_know_and_changes_nothing_then)
{
    static const char *const bad[] = {
        "depth=1",         "PMIN=1",
        "pmin=",           "pmin=-1",
        "pmin=1.5",        "pmin=x",
        "pmin=1s",         "=1",
        "pmin=1&gt=",      "gt=abc",
        "gt=1e3",          "lt=1E3",
        "gt=.5",           "gt=5.",
        "st=-1",           "pmin=1=2",
        "pmin=2147483648", "pmin=1&pmin=2",
        "pmin&pmin",       "gt=inf",
        "gt=nan",          "gt=0x10",
        "pmax= 5",         "gt=123456789012345678901234", /* more than is kept */
    };
    struct attributes attributes;
    attributes_init(&attributes, true);
    ck_assert_int_eq(attach(&attributes, "/3/0/9", true, "pmin=7"), ST_OK);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        char query[80];
        snprintf(query, sizeof query, "pmax=99&%s", bad[i]);
        ck_assert_msg(attach(&attributes, "/3/0/9", true, query) == ST_INVALID, "%s", bad[i]);
        ck_assert_str_eq(show(attributes_attached(&attributes, at("/3/0/9"))), "pmin=7");
    }
    attributes_release(&attributes);
}
END_TEST

START_TEST(accepts_the_bounds)
{
    struct attributes attributes;
    attributes_init(&attributes, true);
    ck_assert_int_eq(attach(&attributes, "/3", false, "pmin=0&pmax=2147483647"), ST_OK);
    ck_assert_int_eq(attach(&attributes, "/3/0/9", true, "st=0&gt=0&lt=-0.1"), ST_OK);
    ck_assert_int_eq(attach(&attributes, "/3/0/7", true, "gt=12345678901234567890123"), ST_OK);
    attributes_release(&attributes);
}
END_TEST

START_TEST(conditions_belong_to_numbers)
{
    static const char *const conditions[] = {"gt=1", "lt=1", "st=1", "gt", "lt", "st"};
    struct attributes attributes;
    attributes_init(&attributes, true);
    for (size_t i = 0; i < COUNT_OF(conditions); i++)
        ck_assert_int_eq(attach(&attributes, "/16/0/0", false, conditions[i]), ST_INVALID);
    ck_assert_uint_eq(attributes.count, 0);
    attributes_release(&attributes);
}
END_TEST

START_TEST(borders_must_leave_room_for_the_step)
{
    struct attributes attributes;
    attributes_init(&attributes, true);
    ck_assert_int_eq(attach(&attributes, "/3/0/9", true, "gt=5&lt=5"), ST_INVALID);
    ck_assert_int_eq(attach(&attributes, "/3/0/9", true, "gt=5&lt=6"), ST_INVALID);
    ck_assert_int_eq(attach(&attributes, "/3/0/9", true, "gt=6&lt=1&st=2.5"), ST_INVALID);
    ck_assert_int_eq(attach(&attributes, "/3/0/9", true, "gt=6&lt=1&st=2.4"), ST_OK);
    ck_assert_int_eq(attach(&attributes, "/3/0/9", true, "st=9"), ST_INVALID);
    ck_assert_int_eq(attach(&attributes, "/3/0/9", true, "st=9&gt"), ST_OK);
    ck_assert_str_eq(show(attributes_attached(&attributes, at("/3/0/9"))), "lt=1 st=9");
    attributes_release(&attributes);
}
END_TEST

START_TEST(borders_agree_with_inherited_ones)
{
    struct attributes attributes;
    attributes_init(&attributes, true);
    ck_assert_int_eq(attach(&attributes, "/3/0/7", true, "gt=5"), ST_OK);
    ck_assert_int_eq(attach(&attributes, "/3/0/7/0", true, "lt=6"), ST_INVALID);
    ck_assert_int_eq(attach(&attributes, "/3/0/7/0", true, "lt=6&gt=7"), ST_OK);
    attributes_release(&attributes);
}
END_TEST

START_TEST(forgets_what_is_below_a_path)
{
    struct attributes attributes;
    attributes_init(&attributes, true);
    ck_assert_int_eq(attach(&attributes, "/16", false, "pmin=1"), ST_OK);
    ck_assert_int_eq(attach(&attributes, "/16/1", false, "pmin=2"), ST_OK);
    ck_assert_int_eq(attach(&attributes, "/16/1/0", false, "pmin=3"), ST_OK);
    ck_assert_int_eq(attach(&attributes, "/16/10", false, "pmin=4"), ST_OK);
    attributes_forget(&attributes, at("/16/1"));
    ck_assert_uint_eq(attributes.count, 2);
    ck_assert_str_eq(show(attributes_effective(&attributes, at("/16/1/0"))), "pmin=1");
    ck_assert_str_eq(show(attributes_effective(&attributes, at("/16/10"))), "pmin=4");
    attributes_forget(&attributes, path_root());
    ck_assert_uint_eq(attributes.count, 0);
    attributes_release(&attributes);
}
END_TEST

START_TEST(holds_so_many_paths_and_no_more)
{
    struct attributes attributes;
    char path[PATH_TEXT];
    attributes_init(&attributes, true);
    for (unsigned i = 0; i < ATTRIBUTE_PATHS_MOST; i++)
        ck_assert_int_eq(
            attach(&attributes, path_text(path_instance(16, i), path), false, "pmin=1"), ST_OK);
    ck_assert_int_eq(attach(&attributes, "/3", false, "pmin=1"), ST_LIMIT);
    ck_assert_int_eq(attach(&attributes, "/16/5", false, "pmin=2"), ST_OK);
    ck_assert_int_eq(attach(&attributes, "/16/5", false, "pmin"), ST_OK);
    ck_assert_int_eq(attach(&attributes, "/3", false, "pmin=1"), ST_OK);
    attributes_release(&attributes);
}
END_TEST

/* --- what is worth telling --------------------------------------------------------------- */

static bool tells(const char *query, double before, double now)
{
    struct attributes attributes;
    struct records told;
    struct records current;
    attributes_init(&attributes, true);
    records_init(&told);
    records_init(&current);
    ck_assert_int_eq(attach(&attributes, "/3303/0/5700", true, query), ST_OK);
    struct attribute_set set = attributes_effective(&attributes, at("/3303/0/5700"));
    ck_assert(records_add(&told, at("/3303/0/5700"), value_float(before)));
    ck_assert(records_add(&current, at("/3303/0/5700"), value_float(now)));
    bool result = attribute_set_tells(&set, &told, &current);
    records_release(&told);
    records_release(&current);
    attributes_release(&attributes);
    return result;
}

START_TEST(any_change_is_told_without_conditions)
{
    ck_assert(tells("pmin=1", 1, 1.1));
}
END_TEST

START_TEST(gt_is_crossed_in_both_directions)
{
    ck_assert(!tells("gt=10", 5, 10));
    ck_assert(tells("gt=10", 5, 10.5));
    ck_assert(!tells("gt=10", 11, 12));
    ck_assert(tells("gt=10", 11, 10));
    ck_assert(!tells("gt=10", 10, 3));
}
END_TEST

START_TEST(lt_is_crossed_in_both_directions)
{
    ck_assert(!tells("lt=-2", 5, -2));
    ck_assert(tells("lt=-2", 5, -2.5));
    ck_assert(!tells("lt=-2", -3, -4));
    ck_assert(tells("lt=-2", -3, -2));
}
END_TEST

START_TEST(st_is_reached_in_both_directions)
{
    ck_assert(!tells("st=2", 5, 6.9));
    ck_assert(tells("st=2", 5, 7));
    ck_assert(tells("st=2", 5, 3));
    ck_assert(!tells("st=2", 5, 3.1));
}
END_TEST

START_TEST(one_condition_that_is_met_is_enough)
{
    ck_assert(tells("st=2&gt=10&lt=0", 9, 10.5));
    ck_assert(tells("st=2&gt=10&lt=0", 0.5, -0.5));
    ck_assert(tells("st=2&gt=10&lt=0", 4, 6));
    ck_assert(!tells("st=2&gt=10&lt=0", 4, 5));
}
END_TEST

START_TEST(an_instance_that_came_or_went_is_told)
{
    struct attribute_set set = {.has = {[ATTRIBUTE_GT] = true}, .number = {[ATTRIBUTE_GT] = 100}};
    struct records one;
    struct records other;
    struct records both;
    struct records empty;
    records_init(&one);
    records_init(&other);
    records_init(&both);
    records_init(&empty);
    ck_assert(records_add(&one, at("/3/0/7/0"), value_integer(1)));
    ck_assert(records_add(&other, at("/3/0/7/1"), value_integer(1)));
    ck_assert(records_add(&both, at("/3/0/7/0"), value_integer(2)));
    ck_assert(records_add(&both, at("/3/0/7/1"), value_integer(1)));
    ck_assert(records_add(&empty, at("/3/0/7"), value_none()));
    ck_assert(attribute_set_tells(&set, &one, &both));
    ck_assert(attribute_set_tells(&set, &both, &one));
    ck_assert(attribute_set_tells(&set, &one, &other));
    ck_assert(attribute_set_tells(&set, &one, &empty));
    ck_assert(attribute_set_tells(&set, &empty, &one));
    ck_assert(!attribute_set_tells(&set, &both, &both));
    ck_assert(!attribute_set_tells(&set, &empty, &empty));
    records_release(&one);
    records_release(&other);
    records_release(&both);
    records_release(&empty);
}
END_TEST

UNIT_MAIN("attributes", knows_evaluation_periods_only_where_the_version_has_them,
          keeps_what_is_written_as_it_was_written,
          adds_to_what_is_attached_and_detaches_by_a_bare_name, lower_paths_override_higher_ones,
          refuses_what_it_does_not_know_and_changes_nothing_then, accepts_the_bounds,
          conditions_belong_to_numbers, borders_must_leave_room_for_the_step,
          borders_agree_with_inherited_ones, forgets_what_is_below_a_path,
          holds_so_many_paths_and_no_more, any_change_is_told_without_conditions,
          gt_is_crossed_in_both_directions, lt_is_crossed_in_both_directions,
          st_is_reached_in_both_directions, one_condition_that_is_met_is_enough,
          an_instance_that_came_or_went_is_told)
