/* SPDX-License-Identifier: Apache-2.0 */
/* How operations go out: method, path, options, content. */
#include "base/std.h"

#include "tests/fake/fake_client.h"
#include "tests/unit/unit.h"

static struct fake_client *ready(void)
{
    struct fake_client *client = fake_client_new();
    fake_client_register(client);
    fake_client_answer(client, CODE_CHANGED, -1, "");
    return client;
}

static const char *payload_hex(struct fake_client *client)
{
    buf_clear(&client->log);
    buf_put_hex(&client->log, buf_bytes(&client->request.payload));
    return buf_text(&client->log);
}

static const char *payload_text(struct fake_client *client)
{
    buf_clear(&client->log);
    buf_put(&client->log, buf_bytes(&client->request.payload));
    return buf_text(&client->log);
}

START_TEST(sends_each_operation_with_its_method)
{
    static const struct {
        enum operation_kind kind;
        const char *path, *text, *request;
        int accept, observe;
    } cases[] = {
        {OPERATION_READ, "/16/0/3", NULL, "GET /16/0/3", -1, -1},
        {OPERATION_DISCOVER, "/16", NULL, "GET /16", FORMAT_LINK, -1},
        {OPERATION_OBSERVE, "/16/0/3", NULL, "GET /16/0/3", -1, 0},
        {OPERATION_ATTRIBUTES, "/16/0/3", "pmin=1&pmax", "PUT /16/0/3?pmin=1&pmax", -1, -1},
        {OPERATION_EXECUTE, "/16/0/1", NULL, "POST /16/0/1", -1, -1},
        {OPERATION_DELETE, "/16/0", NULL, "DELETE /16/0", -1, -1},
    };
    struct fake_client *client = ready();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct operation operation = fake_operation(cases[i].kind, cases[i].path);
        operation.text = xstrdup(cases[i].text);
        fake_client_perform(client, &operation);
        ck_assert_str_eq(fake_client_request(client), cases[i].request);
        ck_assert_int_eq(client->request.accept, cases[i].accept);
        ck_assert_int_eq(client->request.observe, cases[i].observe);
        ck_assert_uint_eq(client->request.payload.len, 0);
        ck_assert_int_eq(client->request.format, -1);
    }
    fake_client_free(client);
}
END_TEST

START_TEST(writes_a_single_value_plain_and_the_rest_as_tlv)
{
    struct fake_client *client = ready();
    struct operation operation = fake_operation(OPERATION_WRITE, "/16/0/0/2");
    ck_assert(records_add(&operation.values, operation.path, value_string("x")));
    fake_client_perform(client, &operation);
    ck_assert_str_eq(payload_text(client), "x");
    ck_assert_int_eq(client->request.format, FORMAT_TEXT);

    operation = fake_operation(OPERATION_WRITE, "/16/0/0");
    ck_assert(records_add(&operation.values, path_child(operation.path, 1), value_string("ab")));
    fake_client_perform(client, &operation);
    ck_assert_int_eq(client->request.format, FORMAT_TLV);
    ck_assert_str_eq(payload_hex(client), "840042016162"); /* 6.4.3: multiple 0, instance 1 */

    operation = fake_operation(OPERATION_UPDATE, "/16/0");
    ck_assert(
        records_add(&operation.values, path_child(path_resource(16, 0, 0), 1), value_string("ab")));
    fake_client_perform(client, &operation);
    ck_assert_int_eq(client->request.code, CODE_POST);
    ck_assert_str_eq(payload_hex(client), "840042016162");
    fake_client_free(client);
}
END_TEST

START_TEST(writes_to_a_client_of_1_1_as_senml_cbor)
{
    struct fake_client *client = fake_client_new();
    fake_client_register_as(client, "lwm2m=1.1");
    fake_client_answer(client, CODE_CHANGED, -1, "");
    struct operation operation = fake_operation(OPERATION_WRITE, "/16/0/0");
    ck_assert(records_add(&operation.values, path_child(operation.path, 1), value_string("ab")));
    fake_client_perform(client, &operation);
    ck_assert_int_eq(client->request.format, FORMAT_SENML_CBOR);
    ck_assert_str_eq(payload_hex(client), "81a321682f31362f302f302f00613103626162"); /* cbor2 */

    operation = fake_operation(OPERATION_CREATE, "/16/1");
    ck_assert(
        records_add(&operation.values, path_child(path_resource(16, 1, 0), 0), value_string("ab")));
    fake_client_perform(client, &operation);
    ck_assert_int_eq(client->request.format, FORMAT_SENML_CBOR);

    operation = fake_operation(OPERATION_CREATE, "/16/1"); /* empty: `[]` has no place for the id */
    ck_assert(records_add(&operation.values, operation.path, value_none()));
    fake_client_perform(client, &operation);
    ck_assert_int_eq(client->request.format, FORMAT_TLV);

    operation = fake_operation(OPERATION_WRITE, "/3/0/14");
    ck_assert(records_add(&operation.values, operation.path, value_string("+01")));
    fake_client_perform(client, &operation);
    ck_assert_int_eq(client->request.format, FORMAT_TEXT);

    operation = fake_operation(OPERATION_CREATE, "/16"); /* the new id cannot be said in SenML */
    ck_assert(records_add(&operation.values, path_child(path_resource(16, ID_NONE, 0), 0),
                          value_string("ab")));
    fake_client_perform(client, &operation);
    ck_assert_int_eq(client->request.format, FORMAT_TLV);
    fake_client_free(client);
}
END_TEST

START_TEST(creates_with_and_without_an_instance_id)
{
    struct fake_client *client = ready();
    struct operation operation = fake_operation(OPERATION_CREATE, "/16/1");
    ck_assert(
        records_add(&operation.values, path_child(path_resource(16, 1, 0), 0), value_string("ab")));
    fake_client_perform(client, &operation);
    ck_assert_str_eq(payload_hex(client), "0601840042006162");
    ck_assert_str_eq(fake_client_request(client), "POST /16");

    operation = fake_operation(OPERATION_CREATE, "/16");
    ck_assert(records_add(&operation.values, path_child(path_resource(16, ID_NONE, 0), 0),
                          value_string("ab")));
    fake_client_perform(client, &operation);
    ck_assert_str_eq(payload_hex(client), "840042006162");
    fake_client_free(client);
}
END_TEST

START_TEST(translates_readable_arguments_and_leaves_verbatim_ones)
{
    static const struct {
        const char *text, *wire;
        bool verbatim;
    } cases[] = {
        {"0=SRV_AUTHENT, 1=3, 2=0x2345178, 3=0", "0='0',1='3',2='36983160',3='0'", false},
        {"2=0xffffffffffffffff", "2='-1'", false},
        {"2=0x8000000000000000", "2='-9223372036854775808'", false},
        {"0=SRV_ENCRYPT,1=2,2=-5,4", "0='1',1='2',2='-5',4", false},
        {"0=1 , broken", "0=1 , broken", true},
    };
    struct fake_client *client = ready();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct operation operation = fake_operation(OPERATION_EXECUTE, "/16/0/1");
        operation.text = xstrdup(cases[i].text);
        operation.verbatim = cases[i].verbatim;
        fake_client_perform(client, &operation);
        ck_assert_str_eq(payload_text(client), cases[i].wire);
        ck_assert_int_eq(client->request.format, FORMAT_TEXT);
    }
    fake_client_free(client);
}
END_TEST

START_TEST(keeps_a_hex_challenge_where_its_characters_are_signed)
{
    struct fake_client *client = ready();
    client->provision.instances[0].challenge_rule = CHALLENGE_TEXT;
    struct operation operation = fake_operation(OPERATION_EXECUTE, "/16/0/1");
    operation.text = xstrdup("0=0,1=0,2=0x10");
    fake_client_perform(client, &operation);
    ck_assert_str_eq(payload_text(client), "0='0',1='0',2='0x10'");
    fake_client_free(client);
}
END_TEST

START_TEST(sends_a_raw_request_as_it_is_dictated)
{
    struct fake_client *client = ready();
    struct operation operation = fake_operation(OPERATION_RAW, "/");
    operation.method = CODE_PUT;
    operation.uri = xstrdup("/16/0/0?a=b&c");
    operation.format = 4711;
    operation.accept = 9;
    buf_put(&operation.payload, (struct bytes){(const uint8_t *)"\0\xff", 2});
    fake_client_perform(client, &operation);
    ck_assert_str_eq(fake_client_request(client), "PUT /16/0/0?a=b&c");
    ck_assert_int_eq(client->request.format, 4711);
    ck_assert_int_eq(client->request.accept, 9);
    ck_assert_str_eq(payload_hex(client), "00ff");
    fake_client_free(client);
}
END_TEST

START_TEST(refuses_values_that_the_format_cannot_carry)
{
    struct fake_client *client = ready();
    struct error error;
    struct operation operation = fake_operation(OPERATION_WRITE, "/16/0");
    operation.format = FORMAT_TEXT;
    ck_assert(
        records_add(&operation.values, path_child(path_resource(16, 0, 0), 0), value_string("a")));
    error_clear(&error);
    ck_assert_int_eq(server_perform(client->server, "dev", &operation, NULL, NULL, &error),
                     ST_INVALID);
    ck_assert_str_eq(error.text, "these values cannot be sent as \"text\"; use `as tlv`");
    operation.format = 4711;
    ck_assert_int_eq(server_perform(client->server, "dev", &operation, NULL, NULL, &error),
                     ST_INVALID);
    operation_release(&operation);
    fake_client_free(client);
}
END_TEST

UNIT_MAIN("request", sends_each_operation_with_its_method,
          writes_a_single_value_plain_and_the_rest_as_tlv, writes_to_a_client_of_1_1_as_senml_cbor,
          creates_with_and_without_an_instance_id,
          translates_readable_arguments_and_leaves_verbatim_ones,
          keeps_a_hex_challenge_where_its_characters_are_signed,
          sends_a_raw_request_as_it_is_dictated, refuses_values_that_the_format_cannot_carry)
