/* SPDX-License-Identifier: Apache-2.0 */
/* Octets from texts, files and variables, and the sentences when they cannot be had. */
#include "base/std.h"

#include <sys/stat.h>
#include <unistd.h>

#include "model/secret.h"
#include "tests/unit/model/support.h"

static char folder[32];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/secret-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void make_file(const char *name, const void *content, size_t len, mode_t mode)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(content, 1, len, file), len);
    fclose(file);
    ck_assert_int_eq(chmod(path, mode), 0);
}

static void drop_file(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert_int_eq(unlink(path), 0);
}

static void assert_octets(const char *text, const char *expected, size_t len)
{
    struct buf out;
    struct error error;
    buf_init_secret(&out, SECRET_MOST);
    error_clear(&error);
    ck_assert_int_eq(secret_read(bytes_of(text), folder, &out, NULL, &error), ST_OK);
    ck_assert(bytes_equal(buf_bytes(&out), (struct bytes){(const uint8_t *)expected, len}));
    ck_assert_str_eq(error.text, "");
    buf_release(&out);
}

static void assert_failure(const char *text, enum status status, const char *message)
{
    struct buf out;
    struct error error;
    buf_init_secret(&out, 64);
    error_clear(&error);
    ck_assert_int_eq(secret_read(bytes_of(text), folder, &out, NULL, &error), status);
    ck_assert_str_eq(error.text, message);
    buf_release(&out);
}

START_TEST(reads_hex_base64_and_text)
{
    assert_octets("hex:00fF10", "\x00\xFF\x10", 3);
    assert_octets("base64:AP8Q", "\x00\xFF\x10", 3);
    assert_octets("text:hex:00", "hex:00", 6);
    assert_octets("hex:", "", 0);
    assert_octets("text:", "", 0);
}
END_TEST

START_TEST(reads_files_as_text_or_as_raw_octets)
{
    make_folder();
    make_file("hex", " hex:00ff10\n", 12, 0600);
    make_file("base64", "base64:AP8Q\r\n", 13, 0600);
    make_file("raw", "\x00\xFF\x10\n", 4, 0600);
    assert_octets("file:hex", "\x00\xFF\x10", 3);
    assert_octets("file:base64", "\x00\xFF\x10", 3);
    assert_octets("file:raw", "\x00\xFF\x10\n", 4);
    drop_file("hex");
    drop_file("base64");
    drop_file("raw");
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(tells_that_everybody_can_read_a_file)
{
    struct buf out;
    bool exposed = false;
    make_folder();
    make_file("open", "x", 1, 0644);
    make_file("closed", "x", 1, 0640);
    buf_init_secret(&out, 64);
    ck_assert_int_eq(secret_read(bytes_of("file:open"), folder, &out, &exposed, NULL), ST_OK);
    ck_assert(exposed);
    ck_assert_int_eq(secret_read(bytes_of("file:closed"), folder, &out, &exposed, NULL), ST_OK);
    ck_assert(!exposed);
    ck_assert_int_eq(secret_read(bytes_of("hex:00"), folder, &out, &exposed, NULL), ST_OK);
    ck_assert(!exposed);
    buf_release(&out);
    drop_file("open");
    drop_file("closed");
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(takes_absolute_names_as_they_are)
{
    struct buf out;
    char text[64];
    make_folder();
    make_file("key", "text", 4, 0600);
    snprintf(text, sizeof text, "file:%s/key", folder);
    buf_init_secret(&out, 64);
    ck_assert_int_eq(secret_read(bytes_of(text), "/nowhere", &out, NULL, NULL), ST_OK);
    ck_assert_int_eq(secret_read(bytes_of(text), NULL, &out, NULL, NULL), ST_OK);
    ck_assert_str_eq(buf_text(&out), "texttext");
    buf_release(&out);
    drop_file("key");
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(reads_environment_variables)
{
    ck_assert_int_eq(setenv("LWM2M_PORTFOLIO_TEST_KEY", "hex:00ff", 1), 0);
    assert_octets("env:LWM2M_PORTFOLIO_TEST_KEY", "\x00\xFF", 2);
    ck_assert_int_eq(setenv("LWM2M_PORTFOLIO_TEST_KEY", "plain", 1), 0);
    assert_octets("env:LWM2M_PORTFOLIO_TEST_KEY", "plain", 5);
    ck_assert_int_eq(unsetenv("LWM2M_PORTFOLIO_TEST_KEY"), 0);
    assert_failure("env:LWM2M_PORTFOLIO_TEST_KEY", ST_NOT_FOUND,
                   "environment variable \"LWM2M_PORTFOLIO_TEST_KEY\" is not set");
}
END_TEST

START_TEST(refuses_what_it_cannot_read_without_showing_it)
{
    assert_failure("hex:0", ST_INVALID,
                   "what follows \"hex:\" is not an even number of hex digits");
    assert_failure("hex:0g", ST_INVALID,
                   "what follows \"hex:\" is not an even number of hex digits");
    assert_failure("base64:AP8", ST_INVALID, "what follows \"base64:\" is not base64 with padding");
    assert_failure(
        "secret", ST_INVALID,
        "octets must begin with \"hex:\", \"base64:\", \"text:\", \"file:\" or \"env:\"");
    assert_failure(
        "", ST_INVALID,
        "octets must begin with \"hex:\", \"base64:\", \"text:\", \"file:\" or \"env:\"");
    assert_failure("file:", ST_INVALID, "\"file:\" and \"env:\" need a name after the colon");
    assert_failure("file:/no/such/file", ST_NOT_FOUND,
                   "cannot open \"/no/such/file\": No such file or directory");
    assert_failure("file:/", ST_IO, "cannot read \"/\": Is a directory");
    assert_failure("text:0123456789012345678901234567890123456789012345678901234567890123456789",
                   ST_LIMIT, "more than 64 octets; make it shorter");
}
END_TEST

START_TEST(refuses_names_with_a_nul)
{
    struct buf out;
    struct bytes text = {(const uint8_t *)"file:/etc\0x", 11};
    buf_init_secret(&out, 64);
    ck_assert_int_eq(secret_read(text, NULL, &out, NULL, NULL), ST_INVALID);
    buf_release(&out);
}
END_TEST

START_TEST(limits_the_size_of_a_file)
{
    struct buf out;
    struct error error;
    static uint8_t content[SECRET_MOST + 1];
    make_folder();
    make_file("large", content, sizeof content, 0600);
    buf_init_secret(&out, 2 * (size_t)SECRET_MOST);
    ck_assert_int_eq(secret_read(bytes_of("file:large"), folder, &out, NULL, &error), ST_LIMIT);
    ck_assert_ptr_nonnull(strstr(error.text, "is too large: at most 65536 octets are read"));
    buf_release(&out);
    drop_file("large");
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

UNIT_MAIN("secret", reads_hex_base64_and_text, reads_files_as_text_or_as_raw_octets,
          tells_that_everybody_can_read_a_file, takes_absolute_names_as_they_are,
          reads_environment_variables, refuses_what_it_cannot_read_without_showing_it,
          refuses_names_with_a_nul, limits_the_size_of_a_file)
