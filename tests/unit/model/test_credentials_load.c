/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates of profiles; the messages are in tests/golden/errors/profile-accounts. */
#include "base/std.h"

#include <sys/stat.h>
#include <unistd.h>

#include "model/credentials_impl.h"
#include "tests/unit/model/keys.h"
#include "tests/unit/model/support.h"

/* Loads the text as "security"; *out_warnings counts what is no error. */
static void load_text(const char *text, struct credentials *out, size_t *out_errors,
                      size_t *out_warnings)
{
    struct error_list errors;
    error_list_init(&errors);
    struct json_doc *doc = json_parse(bytes_of(text), "s", &errors);
    ck_assert_ptr_nonnull(doc);
    struct source source = {"s", NULL, &errors};
    credentials_load(&source, json_root(doc), out);
    *out_errors = errors.errors;
    *out_warnings = errors.count - errors.errors;
    json_doc_free(doc);
    error_list_release(&errors);
}

START_TEST(is_mode_none_when_nothing_is_said)
{
    struct credentials credentials;
    credentials_load(NULL, NULL, &credentials);
    ck_assert_int_eq(credentials.mode, CREDENTIALS_NONE);
    credentials_release(&credentials);
}
END_TEST

START_TEST(names_its_modes_as_profiles_do)
{
    static const char *const names[] = {"psk", "rpk", "x509", "none"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        enum credential_mode mode;
        ck_assert(credential_mode_named(bytes_of(names[i]), &mode));
        ck_assert_uint_eq(mode, i);
        ck_assert_str_eq(credential_mode_name(mode), names[i]);
    }
}
END_TEST

static void write_file(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(path, mode), 0);
}

START_TEST(warns_of_private_keys_that_everybody_can_read)
{
    static const struct {
        mode_t mode;
        size_t warnings;
    } cases[] = {{0600, 0}, {0644, 1}};
    char folder[] = "/tmp/credentials-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    char private_path[64];
    char public_path[64];
    snprintf(private_path, sizeof private_path, "%s/key", folder);
    snprintf(public_path, sizeof public_path, "%s/pub", folder);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[512];
        struct credentials credentials;
        size_t errors;
        size_t warnings;
        write_file(private_path, EC_PARAMETERS EC_KEY, cases[i].mode);
        write_file(public_path, PUBLIC_KEY, 0644);
        snprintf(text, sizeof text,
                 "{ \"mode\": \"rpk\", \"key\": \"file:%s\", \"public_key\": \"file:%s\","
                 "  \"server_public_key\": \"file:%s\" }",
                 private_path, public_path, public_path);
        load_text(text, &credentials, &errors, &warnings);
        ck_assert_uint_eq(errors, 0);
        ck_assert_uint_eq(warnings, cases[i].warnings);
        ck_assert_uint_eq(credentials.key.len, 121);
        ck_assert_uint_eq(credentials.public_key.len, 91);
        credentials_release(&credentials);
    }
    ck_assert_int_eq(unlink(private_path), 0);
    ck_assert_int_eq(unlink(public_path), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(keeps_nothing_of_what_does_not_fit)
{
    struct credentials credentials;
    size_t errors;
    size_t warnings;
    load_text("{ \"mode\": \"rpk\", \"key\": \"text:secret\", \"public_key\": 5,"
              "  \"server_public_key\": \"hex:3003020100\" }",
              &credentials, &errors, &warnings);
    ck_assert_uint_eq(errors, 1);
    ck_assert_uint_eq(credentials.key.len, 0);
    ck_assert_uint_eq(credentials.public_key.len, 0);
    ck_assert_uint_eq(credentials.peer_public_key.len, 5);
    credentials_release(&credentials);
}
END_TEST

UNIT_MAIN("credentials_load", is_mode_none_when_nothing_is_said, names_its_modes_as_profiles_do,
          warns_of_private_keys_that_everybody_can_read, keeps_nothing_of_what_does_not_fit)
