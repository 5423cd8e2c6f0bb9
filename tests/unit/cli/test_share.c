/* SPDX-License-Identifier: Apache-2.0 */
/* Shares are disjoint and whole; what is no share and no seed is refused. */
#include "tests/unit/unit.h"

#include "cli/share.h"

START_TEST(shares_are_read)
{
    static const char *const wrong[] = {
        "",    "/",    "1",    "1/",   "/2",   "0/2", "3/2",   "1/0",     "a/2",
        "1/b", "1/2/", "1/ 2", "+1/2", "-1/2", "1:2", "01x/2", "1/10001", "99999999999999999999/2"};
    struct share share;
    ck_assert(share_parse("2/5", &share));
    ck_assert_uint_eq(share.number, 2);
    ck_assert_uint_eq(share.count, 5);
    ck_assert(share_parse("10000/10000", &share));
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        ck_assert_msg(!share_parse(wrong[i], &share), "%s", wrong[i]);
}
END_TEST

static struct scenario_files files_of(size_t count)
{
    struct scenario_files files = {.items = xarray(count + 1, sizeof *files.items), .count = count};
    for (size_t i = 0; i < count; i++) {
        char name[24];
        snprintf(name, sizeof name, "%zu", i);
        files.items[i].name = xstrdup(name);
    }
    return files;
}

START_TEST(each_file_is_in_one_share)
{
    for (size_t count = 0; count < 9; count++) {
        unsigned seen[9] = {0};
        for (unsigned number = 1; number <= 3; number++) {
            struct scenario_files files = files_of(count);
            share_apply(&(struct share){number, 3}, &files);
            ck_assert_uint_le(files.count, count / 3 + 1);
            ck_assert_uint_ge(files.count, count / 3);
            for (size_t i = 0; i < files.count; i++)
                seen[files.items[i].name[0] - '0']++;
            scenario_files_release(&files);
        }
        for (size_t i = 0; i < count; i++)
            ck_assert_uint_eq(seen[i], 1);
    }
}
END_TEST

START_TEST(no_share_is_everything)
{
    struct scenario_files files = files_of(4);
    share_apply(&(struct share){0, 0}, &files);
    ck_assert_uint_eq(files.count, 4);
    scenario_files_release(&files);
}
END_TEST

START_TEST(seeds_are_read_or_drawn)
{
    static const char *const wrong[] = {"", "x", "-1", "4294967296", "1 ", "Random", "0x10"};
    struct chance chance;
    int64_t seed = 0;
    chance_init_seed(&chance, 1);
    ck_assert(seed_parse("0", &chance, &seed));
    ck_assert_int_eq(seed, 0);
    ck_assert(seed_parse("4294967295", &chance, &seed));
    ck_assert_int_eq(seed, SEED_MOST);
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        ck_assert_msg(!seed_parse(wrong[i], &chance, &seed), "%s", wrong[i]);
    int64_t other = 0;
    ck_assert(seed_parse("random", &chance, &seed));
    ck_assert(seed_parse("random", &chance, &other));
    ck_assert_int_ge(seed, 0);
    ck_assert_int_le(seed, SEED_MOST);
    ck_assert_int_ne(seed, other);
}
END_TEST

UNIT_MAIN("share", shares_are_read, each_file_is_in_one_share, no_share_is_everything,
          seeds_are_read_or_drawn)
