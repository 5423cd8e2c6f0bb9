/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are whole or not there, whatever goes wrong. */
#include "tests/unit/cli/folder.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/file.h"

enum { OWNER_ONLY = 0600 };

struct setting {
    struct folder folder;
    char *place; /* (owned) of "file" */
    struct draft draft;
};

static void begin(struct setting *setting)
{
    folder_make(&setting->folder);
    setting->place = folder_path(&setting->folder, "file");
    setting->draft = (struct draft){.fd = -1};
}

static void end(struct setting *setting)
{
    draft_release(&setting->draft);
    free(setting->place);
    folder_remove(&setting->folder);
}

static bool put(struct setting *setting, const char *text)
{
    return draft_open(&setting->draft, setting->place, OWNER_ONLY) &&
           draft_write(&setting->draft, bytes_of(text)) && draft_publish(&setting->draft);
}

static void expect_content(const struct setting *setting, const char *name, const char *wanted)
{
    char *text = folder_read(&setting->folder, name);
    ck_assert_str_eq(text, wanted);
    free(text);
}

/* What a folder that has nothing left in it can be. */
static void expect_empty(struct setting *setting)
{
    ck_assert_int_eq(rmdir(setting->folder.path), 0);
    ck_assert_int_eq(mkdir(setting->folder.path, 0700), 0);
}

START_TEST(replaces_what_was_there)
{
    struct setting setting;
    begin(&setting);
    ck_assert(put(&setting, "first and longer"));
    draft_release(&setting.draft);
    ck_assert(put(&setting, "second"));
    expect_content(&setting, "file", "second");
    end(&setting);
}
END_TEST

START_TEST(has_its_mode_less_the_umask)
{
    struct setting setting;
    struct stat info;
    begin(&setting);
    mode_t mask = umask(027);
    ck_assert(draft_open(&setting.draft, setting.place, 0666));
    umask(mask);
    ck_assert(draft_write(&setting.draft, bytes_of("x")));
    ck_assert(draft_publish(&setting.draft));
    ck_assert_int_eq(stat(setting.place, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0640);
    end(&setting);
}
END_TEST

START_TEST(what_was_not_published_is_gone)
{
    struct setting setting;
    begin(&setting);
    ck_assert(draft_open(&setting.draft, setting.place, OWNER_ONLY));
    draft_release(&setting.draft);
    expect_empty(&setting);
    ck_assert(draft_open(&setting.draft, setting.place, OWNER_ONLY));
    ck_assert(draft_write(&setting.draft, bytes_of("x")));
    draft_release(&setting.draft);
    expect_empty(&setting);
    draft_release(&setting.draft); /* twice does no harm */
    end(&setting);
}
END_TEST

START_TEST(two_drafts_of_one_place_do_not_meet)
{
    struct setting setting;
    struct draft other;
    begin(&setting);
    ck_assert(draft_open(&setting.draft, setting.place, OWNER_ONLY));
    ck_assert(draft_open(&other, setting.place, OWNER_ONLY));
    ck_assert(draft_write(&other, bytes_of("other")) && draft_publish(&other));
    draft_release(&other);
    expect_content(&setting, "file", "other");
    ck_assert(draft_write(&setting.draft, bytes_of("mine")) && draft_publish(&setting.draft));
    expect_content(&setting, "file", "mine");
    end(&setting);
}
END_TEST

/* A name that somebody laid out is not written through. */
START_TEST(does_not_follow_a_link_in_the_way)
{
    struct setting setting;
    char name[40];
    begin(&setting);
    folder_write(&setting.folder, "victim", "precious");
    char *victim = folder_path(&setting.folder, "victim");
    snprintf(name, sizeof name, "file.%ld-0.tmp", (long)getpid());
    char *in_the_way = folder_path(&setting.folder, name);
    ck_assert_int_eq(symlink(victim, in_the_way), 0);
    ck_assert(put(&setting, "new"));
    expect_content(&setting, "victim", "precious");
    expect_content(&setting, "file", "new");
    free(in_the_way);
    free(victim);
    end(&setting);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_told)
{
    struct draft draft;
    ck_assert(!draft_open(&draft, "/nowhere/file", OWNER_ONLY));
    draft_release(&draft);
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(a_full_disk_leaves_what_was_there)
{
    struct setting setting;
    struct rlimit none = {.rlim_cur = 4, .rlim_max = 4};
    begin(&setting);
    ck_assert(put(&setting, "old"));
    draft_release(&setting.draft);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert(draft_open(&setting.draft, setting.place, OWNER_ONLY));
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    ck_assert(!draft_write(&setting.draft, bytes_of("much longer")));
    draft_release(&setting.draft);
    ck_assert_int_eq(errno, EFBIG);
    expect_content(&setting, "file", "old");
    end(&setting);
}
END_TEST

START_TEST(a_place_that_became_a_folder_is_told)
{
    struct setting setting;
    begin(&setting);
    ck_assert(draft_open(&setting.draft, setting.place, OWNER_ONLY));
    ck_assert(draft_write(&setting.draft, bytes_of("x")));
    folder_add(&setting.folder, "file");
    ck_assert(!draft_publish(&setting.draft));
    ck_assert_int_eq(errno, EISDIR);
    end(&setting);
}
END_TEST

static bool leave(const char *path, const char *text)
{
    struct destination destination;
    bool good =
        destination_open(&destination, path) && destination_write(&destination, bytes_of(text));
    destination_release(&destination);
    return good;
}

START_TEST(a_destination_is_replaced_once_all_is_there)
{
    struct setting setting;
    struct destination destination;
    begin(&setting);
    ck_assert(leave(setting.place, "first and longer"));
    ck_assert(destination_open(&destination, setting.place));
    expect_content(&setting, "file", "first and longer");
    ck_assert(destination_write(&destination, bytes_of("second")));
    destination_release(&destination);
    expect_content(&setting, "file", "second");
    ck_assert(destination_open(&destination, setting.place));
    destination_release(&destination);
    expect_content(&setting, "file", "second");
    end(&setting);
}
END_TEST

START_TEST(a_destination_may_be_a_link_to_a_file)
{
    struct setting setting;
    struct stat about;
    begin(&setting);
    folder_write(&setting.folder, "target", "old");
    ck_assert_int_eq(symlink("target", setting.place), 0);
    ck_assert(leave(setting.place, "new"));
    ck_assert_int_eq(lstat(setting.place, &about), 0);
    ck_assert(S_ISLNK(about.st_mode));
    expect_content(&setting, "target", "new");
    end(&setting);
}
END_TEST

/* As with /dev/stdout: whoever opened it is writing there, too. */
START_TEST(a_destination_in_dev_is_written_in_place)
{
    struct setting setting;
    char name[40];
    begin(&setting);
    int fd = open(setting.place, O_RDWR | O_CREAT, OWNER_ONLY);
    ck_assert(write_octets(fd, bytes_of("before, ")));
    snprintf(name, sizeof name, "/dev/fd/%d", fd);
    ck_assert(leave(name, "after"));
    close(fd);
    expect_content(&setting, "file", "before, after");
    end(&setting);
}
END_TEST

START_TEST(a_destination_in_shared_memory_is_a_file)
{
    char place[64];
    snprintf(place, sizeof place, "/dev/shm/lwm2m-portfolio-test.%ld", (long)getpid());
    if (access("/dev/shm", W_OK) != 0)
        return;
    ck_assert(leave(place, "first and longer"));
    ck_assert(leave(place, "second"));
    int fd = open(place, O_RDONLY);
    char found[32] = "";
    ck_assert_int_eq(read(fd, found, sizeof found - 1), 6);
    ck_assert_str_eq(found, "second");
    close(fd);
    unlink(place);
}
END_TEST

START_TEST(a_destination_that_cannot_be_written_is_told)
{
    ck_assert(!leave("/nowhere/file", "x"));
    ck_assert_int_eq(errno, ENOENT);
    ck_assert(!leave("/", "x"));
    ck_assert_int_eq(errno, EISDIR);
    if (access("/dev/full", W_OK) == 0) {
        ck_assert(!leave("/dev/full", "x"));
        ck_assert_int_eq(errno, ENOSPC);
    }
}
END_TEST

START_TEST(writes_to_a_descriptor_or_tells_why_not)
{
    int ends[2];
    char text[8] = "";
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert(write_octets(ends[1], bytes_of("whole")));
    ck_assert_int_eq(read(ends[0], text, sizeof text), 5);
    ck_assert_str_eq(text, "whole");
    ck_assert(!write_octets(ends[0], bytes_of("x"))); /* the end for reading */
    ck_assert_int_eq(errno, EBADF);
    ck_assert(write_octets(ends[0], bytes_of("")));
    close(ends[0]);
    close(ends[1]);
}
END_TEST

START_TEST(a_file_name_has_a_folder)
{
    static const struct {
        const char *path, *folder;
    } rows[] = {{"file", "."}, {"/file", "/"}, {"a/file", "a"}, {"/a/b/file", "/a/b"}, {"", "."}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *folder = folder_of(rows[i].path);
        ck_assert_str_eq(folder, rows[i].folder);
        free(folder);
    }
}
END_TEST

UNIT_MAIN("file", replaces_what_was_there, has_its_mode_less_the_umask,
          what_was_not_published_is_gone, two_drafts_of_one_place_do_not_meet,
          does_not_follow_a_link_in_the_way, a_folder_that_is_not_there_is_told,
          a_full_disk_leaves_what_was_there, a_place_that_became_a_folder_is_told,
          a_destination_is_replaced_once_all_is_there, a_destination_may_be_a_link_to_a_file,
          a_destination_in_dev_is_written_in_place, a_destination_in_shared_memory_is_a_file,
          a_destination_that_cannot_be_written_is_told, writes_to_a_descriptor_or_tells_why_not,
          a_file_name_has_a_folder)
