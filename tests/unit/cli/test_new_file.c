/* SPDX-License-Identifier: Apache-2.0 */
/* Files with keys: the owner's alone, whole, and never over another one by accident. */
#include "tests/unit/cli/folder.h"

#include "cli/new_file.h"

struct place {
    struct folder folder;
    char *path; /* (owned) of "new" */
    struct new_file file;
    struct error error;
};

static void place_open(struct place *place)
{
    folder_make(&place->folder);
    place->path = folder_path(&place->folder, "new");
    error_clear(&place->error);
}

static void place_close(struct place *place)
{
    new_file_release(&place->file);
    free(place->path);
    folder_remove(&place->folder);
}

static bool write_new(struct place *place, bool force)
{
    return new_file_write(&place->file, place->path, bytes_of("secret"), force, &place->error);
}

static void expect_content(const struct place *place, const char *wanted)
{
    char *text = folder_read(&place->folder, "new");
    ck_assert_str_eq(text, wanted);
    free(text);
}

START_TEST(only_the_owner_can_read_it)
{
    struct place place;
    struct stat info;
    place_open(&place);
    mode_t mask = umask(0);
    ck_assert(write_new(&place, false));
    ck_assert_int_ne(access(place.path, F_OK), 0);
    ck_assert(new_file_publish(&place.file, &place.error));
    umask(mask);
    ck_assert_int_eq(stat(place.path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0600);
    expect_content(&place, "secret");
    place_close(&place);
}
END_TEST

START_TEST(an_older_file_stays)
{
    struct place place;
    place_open(&place);
    folder_write(&place.folder, "new", "old");
    ck_assert(!write_new(&place, false));
    ck_assert_ptr_nonnull(strstr(place.error.text, "--force"));
    expect_content(&place, "old");
    place_close(&place);
}
END_TEST

START_TEST(a_file_that_came_meanwhile_stays)
{
    struct place place;
    place_open(&place);
    ck_assert(write_new(&place, false));
    folder_write(&place.folder, "new", "faster");
    ck_assert(!new_file_publish(&place.file, &place.error));
    expect_content(&place, "faster");
    place_close(&place);
}
END_TEST

START_TEST(force_replaces_an_older_file)
{
    struct place place;
    place_open(&place);
    folder_write(&place.folder, "new", "old");
    ck_assert(write_new(&place, true));
    ck_assert(new_file_publish(&place.file, &place.error));
    expect_content(&place, "secret");
    place_close(&place);
}
END_TEST

START_TEST(force_does_not_replace_a_device_or_a_link)
{
    struct place place;
    place_open(&place);
    ck_assert_int_eq(symlink("/dev/null", place.path), 0);
    ck_assert(!write_new(&place, true));
    ck_assert_ptr_nonnull(strstr(place.error.text, "no regular file"));
    place_close(&place);
}
END_TEST

START_TEST(what_is_not_published_is_gone)
{
    struct place place;
    place_open(&place);
    ck_assert(write_new(&place, false));
    char *temporary = xstrdup(place.file.draft.temporary);
    ck_assert_int_eq(access(temporary, F_OK), 0);
    new_file_release(&place.file);
    ck_assert_int_ne(access(temporary, F_OK), 0);
    free(temporary);
    place_close(&place);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_told)
{
    struct new_file file;
    struct error error;
    error_clear(&error);
    ck_assert(!new_file_write(&file, "/nowhere/at/all", bytes_of("x"), false, &error));
    ck_assert_str_eq(error.text, "cannot write \"/nowhere/at/all\": No such file or directory");
    new_file_release(&file);
}
END_TEST

UNIT_MAIN("new_file", only_the_owner_can_read_it, an_older_file_stays,
          a_file_that_came_meanwhile_stays, force_replaces_an_older_file,
          force_does_not_replace_a_device_or_a_link, what_is_not_published_is_gone,
          a_folder_that_is_not_there_is_told)
