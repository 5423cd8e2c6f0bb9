/* SPDX-License-Identifier: Apache-2.0 */
/* What clients send by themselves. */
#include "base/std.h"

#include "tests/fake/fake_client.h"
#include "tests/unit/unit.h"

#define STATUS "[{\"n\":\"/16/0/3\",\"v\":1}]"

START_TEST(reports_what_a_client_sends)
{
    struct fake_client *client = fake_client_new();
    fake_client_register_as(client, "lwm2m=1.1");
    buf_clear(&client->log);
    ck_assert_int_eq(fake_client_ask_as(client, CODE_POST, "/dp", FORMAT_SENML_JSON,
                                        "[{\"n\":\"/16/0/3\",\"v\":1},"
                                        "{\"n\":\"/3/0/0\",\"vs\":\"Acme\"}]"),
                     CODE_CHANGED);
    ck_assert_str_eq(buf_text(&client->log), "sent by dev\n/16/0/3 1\n/3/0/0 \"Acme\"\n");
    fake_client_free(client);
}
END_TEST

START_TEST(refuses_what_it_cannot_take)
{
    static const struct {
        const char *uri;
        int format;
        const char *payload;
        uint8_t method, code;
    } rows[] = {
        {"/dp", FORMAT_SENML_JSON, STATUS, CODE_GET, CODE_METHOD_NOT_ALLOWED},
        {"/dp", FORMAT_TEXT, "1", CODE_POST, CODE_UNSUPPORTED_FORMAT},
        {"/dp", FORMAT_SENML_JSON, "[{\"n\":", CODE_POST, CODE_BAD_REQUEST},
        {"/dp", FORMAT_SENML_JSON, "[{\"n\":\"/16/0/3\",\"vs\":\"x\"}]", CODE_POST,
         CODE_BAD_REQUEST},
        {"/dp", FORMAT_SENML_JSON, "[{\"n\":\"/16/1/3\",\"v\":1}]", CODE_POST, CODE_NOT_FOUND},
        {"/dp/1", FORMAT_SENML_JSON, STATUS, CODE_POST, CODE_NOT_FOUND},
    };
    struct fake_client *client = fake_client_new();
    fake_client_register_as(client, "lwm2m=1.1");
    buf_clear(&client->log);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ck_assert_msg(fake_client_ask_as(client, rows[i].method, rows[i].uri, rows[i].format,
                                         rows[i].payload) == rows[i].code,
                      "row %zu", i);
    ck_assert_str_eq(buf_text(&client->log), "");
    fake_client_free(client);
}
END_TEST

START_TEST(knows_only_registered_clients_of_1_1)
{
    struct fake_client *client = fake_client_new();
    ck_assert_int_eq(fake_client_ask_as(client, CODE_POST, "/dp", FORMAT_SENML_JSON, STATUS),
                     CODE_NOT_FOUND);
    fake_client_register(client);
    ck_assert_int_eq(fake_client_ask_as(client, CODE_POST, "/dp", FORMAT_SENML_JSON, STATUS),
                     CODE_NOT_FOUND);
    fake_client_free(client);
}
END_TEST

UNIT_MAIN("sent", reports_what_a_client_sends, refuses_what_it_cannot_take,
          knows_only_registered_clients_of_1_1)
