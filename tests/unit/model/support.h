/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the model share: contents from a few words, profiles from a text. */
#ifndef TESTS_UNIT_MODEL_SUPPORT_H
#define TESTS_UNIT_MODEL_SUPPORT_H

#include "model/profile.h"
#include "tests/unit/unit.h"

static inline struct path at(const char *text)
{
    struct path path;
    ck_assert_msg(path_parse(bytes_of(text), &path), "%s", text);
    return path;
}

static inline void add(struct records *records, struct path path, struct value value)
{
    ck_assert(records_add(records, path, value));
}

/* Each line of EXPECTED is a record, as records_format writes it. */
static inline void assert_records(const struct records *records, const char *expected)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    records_format(records, &text);
    ck_assert_str_eq(buf_text(&text), expected);
    buf_release(&text);
}

static inline void assert_reads(const struct model *model, const char *path, const char *expected)
{
    struct records records;
    records_init(&records);
    ck_assert_int_eq(model_read(model, at(path), &records), MODEL_OK);
    assert_records(&records, expected);
    records_release(&records);
}

static inline enum model_result read_result(const struct model *model, const char *path)
{
    struct records records;
    records_init(&records);
    enum model_result result = model_read(model, at(path), &records);
    if (result != MODEL_OK)
        ck_assert_uint_eq(records.count, 0);
    records_release(&records);
    return result;
}

static inline void put(struct model *model, const char *path, struct value value)
{
    ck_assert_int_eq(model_put(model, at(path), value), ST_OK);
}

/* Objects 3 and 16 with two Portfolio instances, of which the second has no services. */
static inline struct model *small_model(void)
{
    struct model *model = model_new(catalogue_builtin());
    put(model, "/3/0/0", value_string("Acme"));
    put(model, "/3/0/14", value_string("+01:00"));
    put(model, "/3/0/22/0", value_link(16, 0));
    put(model, "/16/0/0/0", value_string("HOST4711"));
    put(model, "/16/0/0/1", value_string("Acme Motors"));
    model_add_resource(model, at("/16/0/1"));
    model_add_resource(model, at("/16/0/2"));
    put(model, "/16/0/3", value_integer(0));
    put(model, "/16/1/0/0", value_string("second"));
    return model;
}

/* The profile that TEXT is; it must be without errors. */
static inline struct profile *good_profile(const char *text)
{
    struct error_list errors;
    error_list_init(&errors);
    struct profile *profile = profile_parse(bytes_of(text), "test.json", "tests", &errors);
    ck_assert_msg(profile != NULL, "%s", errors.count > 0 ? errors.items[0].text : "?");
    ck_assert_uint_eq(errors.count, 0);
    error_list_release(&errors);
    return profile;
}

/* TEXT must be refused with MESSAGE as its only error. */
static inline void assert_refused(const char *text, const char *message)
{
    struct error_list errors;
    struct buf found;
    error_list_init(&errors);
    buf_init(&found, 1 << 20);
    ck_assert_ptr_null(profile_parse(bytes_of(text), "p", "tests", &errors));
    for (size_t i = 0; i < errors.count; i++) {
        buf_puts(&found, i == 0 ? "" : "\n");
        error_format(&errors.items[i], &found);
    }
    ck_assert_str_eq(buf_text(&found), message);
    buf_release(&found);
    error_list_release(&errors);
}

#endif
