/* SPDX-License-Identifier: Apache-2.0 */
/* Whether accounts can be used as a bootstrap has left them. */
#include "base/std.h"

#include "model/bootstrap.h"
#include "tests/unit/model/support.h"

/* A bootstrap server, and two servers that are complete. */
static struct model *accounts(void)
{
    struct model *model = model_new(catalogue_of(LWM2M_1_1));
    put(model, "/0/9/0", value_string("coap://bs"));
    put(model, "/0/9/1", value_boolean(true));
    put(model, "/0/9/2", value_integer(3));
    for (unsigned i = 0; i < 2; i++) {
        struct path security = path_instance(0, i);
        struct path server = path_instance(1, i);
        const struct record cells[] = {
            {path_child(security, 0), value_string("coap://a")},
            {path_child(security, 1), value_boolean(false)},
            {path_child(security, 2), value_integer(3)},
            {path_child(security, 10), value_integer(101 + i)},
            {path_child(server, 0), value_integer(101 + i)},
            {path_child(server, 1), value_integer(300)},
            {path_child(server, 6), value_boolean(false)},
            {path_child(server, 7), value_string("U")},
        };
        for (size_t k = 0; k < COUNT_OF(cells); k++)
            ck_assert_int_eq(model_put(model, cells[k].path, cells[k].value), ST_OK);
    }
    return model;
}

/* Checks MODEL and ends it. */
static void assert_checked(struct model *model, const char *expected)
{
    struct error error;
    error_clear(&error);
    enum model_result result = model_check_accounts(model, &error);
    ck_assert_str_eq(error.text, expected);
    ck_assert_int_eq(result, expected[0] == '\0' ? MODEL_OK : MODEL_BAD_REQUEST);
    model_free(model);
}

START_TEST(agrees_with_accounts_that_are_whole)
{
    assert_checked(accounts(), "");
}
END_TEST

START_TEST(needs_a_server_to_register_with)
{
    struct model *model = accounts();
    model_remove(model, at("/0/0"), false);
    model_remove(model, at("/0/1"), false);
    model_remove(model, at("/1/0"), false);
    model_remove(model, at("/1/1"), false);
    assert_checked(model, "there is no server to register with: \"/1\" has no instance");
}
END_TEST

START_TEST(refuses_more_accounts_than_can_be_used)
{
    struct model *model = accounts();
    for (unsigned i = 2; i <= ACCOUNTS_MOST; i++)
        model_add_instance(model, 1, i);
    assert_checked(model, "there are more than 64 accounts");
}
END_TEST

START_TEST(needs_both_halves_of_an_account)
{
    struct model *model = accounts();
    model_remove(model, at("/1/1"), false);
    assert_checked(model, "no instance of \"/1\" belongs to the short server id 102 of \"/0/1\"");
    model = accounts();
    model_remove(model, at("/0/0"), false);
    assert_checked(model, "no instance of \"/0\" belongs to the short server id 101 of \"/1/0\"");
}
END_TEST

START_TEST(needs_all_that_is_mandatory)
{
    static const struct {
        const char *path, *text;
    } rows[] = {
        {"/0/0/0", "mandatory resource \"/0/0/0\" (LWM2M Server URI) is missing"},
        {"/0/1/2", "mandatory resource \"/0/1/2\" (Security Mode) is missing"},
        {"/0/9/0", "mandatory resource \"/0/9/0\" (LWM2M Server URI) is missing"},
        {"/1/0/7", "mandatory resource \"/1/0/7\" (Binding) is missing"},
        {"/0/0/10", "\"/0/0\" has no short server id"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct model *model = accounts();
        model_remove(model, at(rows[i].path), false);
        assert_checked(model, rows[i].text);
    }
}
END_TEST

START_TEST(refuses_a_short_id_that_is_used_twice)
{
    struct model *model = accounts();
    put(model, "/0/1/10", value_integer(101));
    assert_checked(model, "short server id 101 of \"/0/0\" is that of another instance too");
    model = accounts();
    put(model, "/1/3/0", value_integer(101));
    put(model, "/1/3/1", value_integer(60));
    put(model, "/1/3/6", value_boolean(true));
    put(model, "/1/3/7", value_string("U"));
    assert_checked(model, "short server id 101 of \"/1/0\" is that of another instance too");
}
END_TEST

START_TEST(needs_credentials_that_can_be_used)
{
    struct model *model = accounts();
    put(model, "/0/1/2", value_integer(0));
    assert_checked(model, "uri of \"/0/1\" does not fit security mode \"psk\"");
    model = accounts();
    put(model, "/0/1/2", value_integer(0));
    put(model, "/0/1/0", value_string("coaps://a"));
    assert_checked(model, "\"/0/1/3\": identity has 0 octets, but 1 to 128 are possible");
}
END_TEST

START_TEST(lets_one_bootstrap_server_be_there)
{
    struct model *model = accounts();
    put(model, "/0/1/1", value_boolean(true));
    model_remove(model, at("/1/1"), false);
    assert_checked(model, "there are 2 bootstrap servers, but one is possible");
    model = accounts();
    model_remove(model, at("/0/9"), false);
    assert_checked(model, "");
}
END_TEST

UNIT_MAIN("accounts", agrees_with_accounts_that_are_whole, needs_a_server_to_register_with,
          refuses_more_accounts_than_can_be_used, needs_both_halves_of_an_account,
          needs_all_that_is_mandatory, refuses_a_short_id_that_is_used_twice,
          needs_credentials_that_can_be_used, lets_one_bootstrap_server_be_there)
