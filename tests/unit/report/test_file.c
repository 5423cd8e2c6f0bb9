/* SPDX-License-Identifier: Apache-2.0 */
/* Report files: whole or not there, whatever goes wrong. */
#include "base/std.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "report/report_impl.h"
#include "tests/unit/report/sample.h"

static struct error error;

static enum status write_report(const char *path, const char *text)
{
    struct destination file;
    struct buf content;
    error_clear(&error);
    sample_put(&content, text);
    enum status status = report_file_open(&file, path, &error);
    if (status == ST_OK)
        status = report_file_finish(&file, &content, &error);
    destination_release(&file);
    buf_release(&content);
    return status;
}

static void expect_text(const char *path, const char *expected)
{
    struct buf text;
    sample_read(path, &text);
    ck_assert_str_eq(buf_text(&text), expected);
    buf_release(&text);
}

START_TEST(replaces_a_former_report)
{
    const char *folder = sample_folder();
    const char *place = sample_place(folder, "report");
    ck_assert_int_eq(write_report(place, "first and longer"), ST_OK);
    ck_assert_int_eq(write_report(place, "second"), ST_OK);
    expect_text(place, "second");
    sample_remove(folder, "report");
}
END_TEST

START_TEST(leaves_the_former_report_until_the_new_one_is_whole)
{
    const char *folder = sample_folder();
    const char *place = sample_place(folder, "report");
    struct destination file;
    ck_assert_int_eq(write_report(place, "first"), ST_OK);
    ck_assert_int_eq(report_file_open(&file, place, &error), ST_OK);
    destination_release(&file);
    expect_text(place, "first");
    sample_remove(folder, "report");
}
END_TEST

START_TEST(two_reports_may_be_on_their_way_to_one_place)
{
    const char *folder = sample_folder();
    const char *place = sample_place(folder, "report");
    struct destination file;
    ck_assert_int_eq(report_file_open(&file, place, &error), ST_OK);
    ck_assert_int_eq(write_report(place, "other"), ST_OK);
    destination_release(&file);
    sample_remove(folder, "report");
}
END_TEST

START_TEST(follows_a_symbolic_link)
{
    const char *folder = sample_folder();
    char target[128], link[128];
    struct stat about;
    snprintf(target, sizeof target, "%s/target", folder);
    snprintf(link, sizeof link, "%s/link", folder);
    ck_assert_int_eq(write_report(target, "first"), ST_OK);
    ck_assert_int_eq(symlink(target, link), 0);
    ck_assert_int_eq(write_report(link, "second"), ST_OK);
    ck_assert_int_eq(lstat(link, &about), 0);
    ck_assert(S_ISLNK(about.st_mode));
    expect_text(target, "second");
    unlink(link);
    sample_remove(folder, "target");
}
END_TEST

START_TEST(a_folder_that_is_not_there_shows_before_the_run)
{
    ck_assert_int_eq(write_report("/nowhere/report.xml", "x"), ST_IO);
    ck_assert_str_eq(error.text, "cannot write report \"/nowhere/report.xml\": No such file or "
                                 "directory; name a place that can be written");
    ck_assert_ptr_null(tap_sink_new("/nowhere/report.tap", &error));
    ck_assert_ptr_null(junit_sink_new("/nowhere/report.xml", &error));
    ck_assert_ptr_null(json_sink_new("/nowhere/report.json", &error));
}
END_TEST

START_TEST(a_folder_is_no_place_for_a_report)
{
    const char *folder = sample_folder();
    ck_assert_int_eq(write_report(folder, "x"), ST_IO);
    sample_remove(folder, NULL);
}
END_TEST

/* The device on which every write fails. For root, one of our own in FOLDER: a wrong program would
 * replace the one in /dev. NULL where that cannot be made. */
static const char *full_device(const char *folder)
{
    enum { MEMORY = 1, FULL = 7 };
    if (geteuid() != 0)
        return "/dev/full";
    const char *place = sample_place(folder, "full");
    return mknod(place, S_IFCHR | 0600, makedev(MEMORY, FULL)) == 0 ? place : NULL;
}

START_TEST(a_full_disk_is_an_error_that_names_the_file)
{
    char sentence[256];
    const char *folder = sample_folder();
    const char *place = full_device(folder);
    if (place != NULL && access(place, W_OK) == 0) {
        snprintf(sentence, sizeof sentence,
                 "cannot write report \"%s\": No space left on device; "
                 "name a place that can be written",
                 place);
        ck_assert_int_eq(write_report(place, "x"), ST_IO);
        ck_assert_str_eq(error.text, sentence);
    }
    sample_remove(folder, place != NULL && geteuid() == 0 ? "full" : NULL);
}
END_TEST

START_TEST(what_is_no_regular_file_is_written_in_place)
{
    char octets[8];
    struct stat about;
    const char *folder = sample_folder();
    const char *place = sample_place(folder, "pipe");
    ck_assert_int_eq(mkfifo(place, 0600), 0);
    int reader = open(place, O_RDONLY | O_NONBLOCK);
    ck_assert_int_eq(write_report(place, "x"), ST_OK);
    ck_assert_int_eq(read(reader, octets, sizeof octets), 1);
    ck_assert_int_eq(stat(place, &about), 0);
    ck_assert(S_ISFIFO(about.st_mode));
    close(reader);
    sample_remove(folder, "pipe");
}
END_TEST

START_TEST(a_report_that_is_too_large_is_not_written)
{
    const char *folder = sample_folder();
    const char *place = sample_place(folder, "report");
    struct destination file;
    struct buf content;
    buf_init(&content, 1);
    buf_puts(&content, "too long");
    ck_assert_int_eq(report_file_open(&file, place, &error), ST_OK);
    ck_assert_int_eq(report_file_finish(&file, &content, &error), ST_IO);
    destination_release(&file);
    buf_release(&content);
    sample_remove(folder, NULL);
}
END_TEST

UNIT_MAIN("file", replaces_a_former_report, leaves_the_former_report_until_the_new_one_is_whole,
          two_reports_may_be_on_their_way_to_one_place, follows_a_symbolic_link,
          a_folder_that_is_not_there_shows_before_the_run, a_folder_is_no_place_for_a_report,
          a_full_disk_is_an_error_that_names_the_file, what_is_no_regular_file_is_written_in_place,
          a_report_that_is_too_large_is_not_written)
