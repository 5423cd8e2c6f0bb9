/* SPDX-License-Identifier: Apache-2.0 */
/* JSON files are opened, and closed with what was found in them in order. */
#include "tests/unit/cli/folder.h"

#include "model/profile_impl.h"

START_TEST(a_text_that_is_no_json_is_not_opened)
{
    struct document document;
    struct error_list errors;
    error_list_init(&errors);
    const struct source source = {"f", ".", &errors};
    ck_assert(!document_open(&document, bytes_of("{ \"a\": }"), &source));
    ck_assert_uint_eq(errors.errors, 1);
    ck_assert_str_eq(errors.items[0].subject, "f");
    error_list_release(&errors);
}
END_TEST

START_TEST(what_was_there_before_does_not_count)
{
    struct document document;
    struct error_list errors;
    struct error error;
    error_list_init(&errors);
    error_clear(&error);
    error_set(&error, "before");
    error_place(&error, "f", 9, 9);
    error_list_add(&errors, &error);
    const struct source source = {"f", ".", &errors};
    ck_assert(document_open(&document, bytes_of("{ \"a\":\n 1 }"), &source));
    ck_assert_int_eq(document.root->kind, JSON_OBJECT);
    source_warn(&document.source, document.root, "only a warning");
    ck_assert(document_close(&document));
    ck_assert_uint_eq(errors.count, 2);
    ck_assert_str_eq(errors.items[0].text, "before");
    error_list_release(&errors);
}
END_TEST

START_TEST(what_is_found_comes_in_order)
{
    struct document document;
    struct error_list errors;
    error_list_init(&errors);
    const struct source source = {"f", ".", &errors};
    ck_assert(document_open(&document, bytes_of("{ \"a\":\n 1 }"), &source));
    json_error(&errors, "f", get_member(document.root, "a"), false, "second");
    json_error(&errors, "f", document.root, false, "first");
    ck_assert(!document_close(&document));
    ck_assert_str_eq(errors.items[0].text, "first");
    ck_assert_str_eq(errors.items[1].text, "second");
    error_list_release(&errors);
}
END_TEST

START_TEST(a_file_comes_with_its_folder)
{
    struct folder folder;
    struct document_file file;
    struct error_list errors;
    folder_make(&folder);
    folder_write(&folder, "a.json", "{}");
    char *path = folder_path(&folder, "a.json");
    error_list_init(&errors);
    ck_assert(document_file_read(&file, path, &errors));
    ck_assert_str_eq(buf_text(&file.text), "{}");
    ck_assert_str_eq(file.folder, folder.path);
    document_file_release(&file);
    ck_assert(!document_file_read(&file, "/nowhere/a.json", &errors));
    ck_assert_uint_eq(errors.errors, 1);
    ck_assert_ptr_nonnull(strstr(errors.items[0].text, "\"/nowhere/a.json\""));
    document_file_release(&file);
    error_list_release(&errors);
    free(path);
    folder_remove(&folder);
}
END_TEST

UNIT_MAIN("document", a_text_that_is_no_json_is_not_opened, what_was_there_before_does_not_count,
          what_is_found_comes_in_order, a_file_comes_with_its_folder)
