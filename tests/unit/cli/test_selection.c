/* SPDX-License-Identifier: Apache-2.0 */
/* Tags and names choose scenarios. */
#include "tests/unit/cli/folder.h"

#include "cli/selection.h"

#define TAGS(...) ((const char *const[]){__VA_ARGS__, NULL})

START_TEST(tags_are_wanted_or_refused)
{
    static const struct {
        const char *wanted;
        bool fits;
    } rows[] = {
        {"smoke", true},
        {"slow", true},
        {"other", false},
        {"other,slow", true},
        {"!slow", false},
        {"smoke,!slow", false},
        {"!other", true},
        {"smoke,!other", true},
        {"other,!other", false},
        {"", true},
        {",", true},
        {"smok", false},
        {"smoker", false},
        {"!", true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ck_assert_msg(tags_fit(TAGS("smoke", "slow"), rows[i].wanted) == rows[i].fits, "%s",
                      rows[i].wanted);
}
END_TEST

START_TEST(a_scenario_without_tags_fits_refusals_only)
{
    const char *const none[] = {NULL};
    ck_assert(tags_fit(none, "!slow"));
    ck_assert(!tags_fit(none, "slow"));
}
END_TEST

static void load(struct folder *folder, struct scenario_files *files)
{
    folder_make(folder);
    folder_write(folder, "one.scenario",
                 "title \"First\"\nprofile minimal\ncovers LWM2M-REGISTER\ntags smoke\n"
                 "expect register\n");
    folder_write(folder, "two.scenario",
                 "title \"Second\"\nprofile minimal\ncovers LWM2M-REGISTER\ntags slow\n"
                 "expect register\n");
    ck_assert(scenario_files_add(files, folder->path));
    ck_assert(scenario_files_parse(files));
    ck_assert_uint_eq(files->count, 2);
}

static void expect_selected(const char *tags, const char *filter, const char *title)
{
    struct folder folder;
    struct scenario_files files = {.items = NULL};
    load(&folder, &files);
    ck_assert_int_eq(selection_apply(&files, tags, filter, NULL), ST_OK);
    ck_assert_uint_eq(files.count, 1);
    ck_assert_str_eq(scenario_title(files.items[0].scenario), title);
    scenario_files_release(&files);
    folder_remove(&folder);
}

START_TEST(selects_by_tag_name_and_title)
{
    expect_selected("slow", NULL, "Second");
    expect_selected(NULL, "o[n]e", "First");
    expect_selected(NULL, "^Sec", "Second");
    expect_selected("smoke", "e", "First");
}
END_TEST

START_TEST(refuses_what_is_no_regular_expression)
{
    struct folder folder;
    struct error error;
    struct scenario_files files = {.items = NULL};
    load(&folder, &files);
    error_clear(&error);
    ck_assert_int_eq(selection_apply(&files, NULL, "(", &error), ST_INVALID);
    ck_assert_ptr_nonnull(strstr(error.text, "\"(\" is no regular expression"));
    scenario_files_release(&files);
    folder_remove(&folder);
}
END_TEST

UNIT_MAIN("selection", tags_are_wanted_or_refused, a_scenario_without_tags_fits_refusals_only,
          selects_by_tag_name_and_title, refuses_what_is_no_regular_expression)
