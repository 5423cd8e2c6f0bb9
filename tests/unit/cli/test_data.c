/* SPDX-License-Identifier: Apache-2.0 */
/* Shipped profiles and scenarios are found in a build tree and after an installation. */
#include "tests/unit/cli/folder.h"

#include "cli/data.h"

/* A folder with some data in it; LWM2M_PORTFOLIO_DATA points to it. */
static void make_data(struct folder *folder)
{
    folder_make(folder);
    folder_add(folder, "profiles");
    folder_add(folder, "scenarios");
    folder_add(folder, "scenarios/portfolio");
    folder_write(folder, "profiles/car.json", "{\"endpoint\": \"car\"}");
    folder_write(folder, "profiles/bike.json", "{");
    folder_write(folder, "profiles/README", "no profile");
    folder_write(folder, "scenarios/b.scenario", "");
    folder_write(folder, "scenarios/portfolio/a.scenario", "");
    folder_write(folder, "scenarios/portfolio/.hidden.scenario", "");
    ck_assert_int_eq(setenv("LWM2M_PORTFOLIO_DATA", folder->path, 1), 0);
}

static void expect_found(const char *executable, const char *wanted)
{
    char *found = data_find(NULL, executable);
    char *real = realpath(wanted, NULL);
    ck_assert_ptr_nonnull(found);
    ck_assert_str_eq(found, real);
    free(found);
    free(real);
}

START_TEST(finds_the_data_of_a_build_tree)
{
    struct folder folder;
    folder_make(&folder);
    folder_add(&folder, "profiles");
    folder_add(&folder, "build");
    folder_add(&folder, "build/asan");
    char *build = folder_path(&folder, "build");
    char *deeper = folder_path(&folder, "build/asan");
    expect_found(build, folder.path);
    expect_found(deeper, folder.path);
    free(build);
    free(deeper);
    folder_remove(&folder);
}
END_TEST

START_TEST(finds_the_data_of_an_installation)
{
    struct folder folder;
    folder_make(&folder);
    folder_add(&folder, "bin");
    folder_add(&folder, "share");
    folder_add(&folder, "share/lwm2m-portfolio");
    folder_add(&folder, "share/lwm2m-portfolio/profiles");
    char *executable = folder_path(&folder, "bin");
    char *wanted = folder_path(&folder, "share/lwm2m-portfolio");
    expect_found(executable, wanted);
    free(executable);
    free(wanted);
    folder_remove(&folder);
}
END_TEST

START_TEST(what_the_environment_says_counts)
{
    char *found = data_find("/somewhere", "/nowhere");
    ck_assert_str_eq(found, "/somewhere");
    free(found);
    ck_assert_ptr_null(data_find("", "/nowhere/at/all"));
    ck_assert_ptr_null(data_find(NULL, "/nowhere/at/all"));
}
END_TEST

START_TEST(names_come_without_folder_and_suffix_in_order)
{
    struct folder folder;
    struct names_list names;
    make_data(&folder);
    data_names(DATA_PROFILES, &names);
    ck_assert_uint_eq(names.count, 2);
    ck_assert_str_eq(names.items[0], "bike");
    ck_assert_str_eq(names.items[1], "car");
    names_list_release(&names);
    data_names(DATA_SCENARIOS, &names);
    ck_assert_uint_eq(names.count, 2);
    ck_assert_str_eq(names.items[0], "b");
    ck_assert_str_eq(names.items[1], "portfolio/a");
    names_list_release(&names);
    folder_remove(&folder);
}
END_TEST

START_TEST(numbers_in_names_are_in_the_order_of_their_values)
{
    static const char *const wanted[] = {"1-b",   "20-a", "20.1-a", "100-a",
                                         "100-b", "1630", "a-7",    "a-10"};
    struct folder folder;
    struct names_list names;
    make_data(&folder);
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        char name[60];
        snprintf(name, sizeof name, "profiles/%s.json", wanted[(i * 3 + 5) % COUNT_OF(wanted)]);
        folder_write(&folder, name, "{}");
    }
    data_names(DATA_PROFILES, &names);
    ck_assert_uint_eq(names.count, COUNT_OF(wanted) + 2);
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        ck_assert_str_eq(names.items[i], wanted[i]);
    names_list_release(&names);
    folder_remove(&folder);
}
END_TEST

START_TEST(a_path_comes_before_a_shipped_name)
{
    struct folder folder;
    struct error error;
    make_data(&folder);
    error_clear(&error);
    char *own = folder_path(&folder, "profiles/README");
    char *path = data_path(DATA_PROFILES, own, &error);
    ck_assert_str_eq(path, own);
    free(path);
    free(own);
    own = folder_path(&folder, "scenarios/portfolio/a.scenario");
    path = data_path(DATA_SCENARIOS, "portfolio/a", &error);
    ck_assert_str_eq(path, own);
    free(path);
    free(own);
    folder_remove(&folder);
}
END_TEST

START_TEST(a_folder_does_not_hide_a_profile)
{
    struct folder folder;
    struct error error;
    make_data(&folder);
    folder_add(&folder, "car");
    error_clear(&error);
    ck_assert_int_eq(chdir(folder.path), 0);
    char *path = data_path(DATA_PROFILES, "car", &error);
    ck_assert_ptr_nonnull(path);
    ck_assert_ptr_nonnull(strstr(path, "profiles/car.json"));
    free(path);
    ck_assert_int_eq(chdir("/"), 0);
    folder_remove(&folder);
}
END_TEST

START_TEST(the_security_file_of_a_profile_stands_beside_it)
{
    struct folder folder;
    make_data(&folder);
    folder_write(&folder, "profiles/car.security", "{}");
    char *wanted = folder_path(&folder, "profiles/car.security");
    char *own = folder_path(&folder, "profiles/car.json");
    char *found = data_security_path("car");
    ck_assert_str_eq(found, wanted);
    free(found);
    found = data_security_path(own);
    ck_assert_str_eq(found, wanted);
    free(found);
    found = data_security_path("car@1.1");
    ck_assert_str_eq(found, wanted);
    free(found);
    ck_assert_ptr_null(data_security_path("bike"));
    ck_assert_ptr_null(data_security_path("nobody"));
    free(own);
    free(wanted);
    folder_remove(&folder);
}
END_TEST

START_TEST(says_what_a_missing_name_may_have_meant)
{
    struct folder folder;
    struct error error;
    make_data(&folder);
    error_clear(&error);
    ck_assert_ptr_null(data_path(DATA_PROFILES, "bikr", &error));
    ck_assert_str_eq(error.text,
                     "no file and no shipped profile \"bikr\" (did you mean \"bike\"?); "
                     "see \"lwm2m-portfolio list profiles\"");
    ck_assert_int_eq(setenv("LWM2M_PORTFOLIO_DATA", "/nowhere/at/all", 1), 0);
    ck_assert_ptr_null(data_path(DATA_PROFILES, "bike", &error));
    ck_assert_ptr_nonnull(strstr(error.text, "set LWM2M_PORTFOLIO_DATA"));
    folder_remove(&folder);
}
END_TEST

START_TEST(names_what_is_below_a_folder_of_scenarios)
{
    struct folder folder;
    struct error error;
    make_data(&folder);
    error_clear(&error);
    ck_assert_ptr_null(data_path(DATA_SCENARIOS, "portfolio", &error));
    ck_assert_str_eq(error.text,
                     "no file and no shipped scenario \"portfolio\", but some below it "
                     "(run -f \"^portfolio/\"); see \"lwm2m-portfolio list scenarios\"");
    ck_assert_ptr_null(data_path(DATA_SCENARIOS, "portfolio/", &error));
    ck_assert_ptr_nonnull(strstr(error.text, "(run -f \"^portfolio/\")"));
    ck_assert_ptr_null(data_path(DATA_SCENARIOS, "port", &error));
    ck_assert_ptr_null(strstr(error.text, "run -f"));
    folder_remove(&folder);
}
END_TEST

START_TEST(a_profile_comes_with_the_hash_of_its_file)
{
    /* printf '{"endpoint": "car"}' | sha256sum */
    static const uint8_t wanted[] = {0x12, 0x8b, 0xe1, 0xf0};
    struct folder folder;
    struct error_list errors;
    uint8_t hash[32];
    make_data(&folder);
    error_list_init(&errors);
    struct profile *profile = data_profile("car", hash, &errors);
    ck_assert_ptr_nonnull(profile);
    ck_assert_str_eq(profile->endpoint, "car");
    ck_assert_mem_eq(hash, wanted, sizeof wanted);
    profile_free(profile);
    error_list_release(&errors);
    folder_remove(&folder);
}
END_TEST

START_TEST(a_broken_or_missing_profile_gives_its_errors)
{
    struct folder folder;
    struct error_list errors;
    make_data(&folder);
    error_list_init(&errors);
    ck_assert_ptr_null(data_profile("bike", NULL, &errors));
    ck_assert(errors.errors > 0);
    ck_assert_uint_eq(errors.items[0].line, 1);
    error_list_release(&errors);
    ck_assert_ptr_null(data_profile("plane", NULL, &errors));
    ck_assert(errors.errors > 0);
    error_list_release(&errors);
    folder_remove(&folder);
}
END_TEST

static enum lwm2m_version version_of(const char *name)
{
    struct error_list errors;
    error_list_init(&errors);
    struct profile *profile = data_profile(name, NULL, &errors);
    ck_assert_msg(profile != NULL, "%s: %s", name, errors.items[0].text);
    enum lwm2m_version version = profile->version;
    profile_free(profile);
    error_list_release(&errors);
    return version;
}

START_TEST(a_name_may_say_the_version)
{
    struct folder folder;
    struct error_list errors;
    make_data(&folder);
    folder_write(&folder, "profiles/odd@1.1.json", "{\"endpoint\": \"odd\", \"lwm2m\": \"1.0\"}");
    folder_write(&folder, "profiles/new.json", "{\"endpoint\": \"new\", \"lwm2m\": \"1.1\"}");
    char *file = folder_path(&folder, "profiles/odd@1.1.json");
    ck_assert_int_eq(version_of("car"), LWM2M_1_0);
    ck_assert_int_eq(version_of("car@1.0"), LWM2M_1_0);
    ck_assert_int_eq(version_of("car@1.1"), LWM2M_1_1);
    ck_assert_int_eq(version_of("new@1.0"), LWM2M_1_0);
    ck_assert_int_eq(version_of(file), LWM2M_1_0);
    error_list_init(&errors);
    ck_assert_ptr_null(data_profile("car@3", NULL, &errors));
    ck_assert_ptr_nonnull(strstr(errors.items[0].text, "\"car@3\""));
    error_list_release(&errors);
    free(file);
    folder_remove(&folder);
}
END_TEST

START_TEST(a_program_stands_beside_this_one_or_nowhere)
{
    char *found = data_program("test_data");
    ck_assert_ptr_nonnull(found);
    ck_assert_ptr_nonnull(strstr(found, "/test_data"));
    free(found);
    ck_assert_ptr_null(data_program("no-such-program"));
}
END_TEST

UNIT_MAIN("data", a_program_stands_beside_this_one_or_nowhere, a_name_may_say_the_version,
          finds_the_data_of_a_build_tree, finds_the_data_of_an_installation,
          what_the_environment_says_counts, names_come_without_folder_and_suffix_in_order,
          numbers_in_names_are_in_the_order_of_their_values, a_path_comes_before_a_shipped_name,
          a_folder_does_not_hide_a_profile, the_security_file_of_a_profile_stands_beside_it,
          says_what_a_missing_name_may_have_meant, names_what_is_below_a_folder_of_scenarios,
          a_profile_comes_with_the_hash_of_its_file, a_broken_or_missing_profile_gives_its_errors)
