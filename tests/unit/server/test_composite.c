/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on several paths at once. Octets are those of python3-cbor2. */
#include "base/std.h"

#include "tests/fake/fake_client.h"
#include "tests/unit/unit.h"

static struct fake_client *ready(void)
{
    struct fake_client *client = fake_client_new();
    fake_client_register_as(client, "lwm2m=1.1");
    buf_clear(&client->log);
    return client;
}

/* On /16/0/3 and /3/0/0. */
static struct operation on_both(enum operation_kind kind)
{
    struct operation operation = fake_operation(kind, "/");
    ck_assert(records_add(&operation.values, path_resource(16, 0, 3), value_none()));
    ck_assert(records_add(&operation.values, path_resource(3, 0, 0), value_none()));
    return operation;
}

static const char *payload_hex(struct fake_client *client)
{
    buf_clear(&client->log);
    buf_put_hex(&client->log, buf_bytes(&client->request.payload));
    return buf_text(&client->log);
}

static void notify(struct fake_client *client, int sequence, const char *text)
{
    fake_client_notify(client, CODE_CONTENT, sequence, FORMAT_SENML_JSON, text);
}

static void observe_both(struct fake_client *client)
{
    struct operation operation = on_both(OPERATION_OBSERVE_COMPOSITE);
    fake_client_answer(client, CODE_CONTENT, FORMAT_SENML_JSON, "[]");
    client->script[client->scripted - 1].observe = 1;
    fake_client_perform(client, &operation);
    ck_assert_int_eq(client->outcome.code, CODE_CONTENT);
}

START_TEST(reads_what_the_paths_of_a_list_hold)
{
    struct fake_client *client = ready();
    fake_client_answer(client, CODE_CONTENT, FORMAT_SENML_JSON,
                       "[{\"n\":\"/16/0/3\",\"v\":2},{\"n\":\"/3/0/0\",\"vs\":\"Acme\"}]");
    struct operation operation = on_both(OPERATION_READ_COMPOSITE);
    fake_client_perform(client, &operation);
    ck_assert_str_eq(fake_client_request(client), "FETCH ");
    ck_assert_int_eq(client->request.format, FORMAT_SENML_CBOR);
    ck_assert_int_eq(client->request.accept, FORMAT_NONE);
    ck_assert_str_eq(payload_hex(client), "82a100672f31362f302f33a100662f332f302f30");
    ck_assert(client->outcome.decoded);
    ck_assert_uint_eq(client->outcome.values.count, 2);
    ck_assert_ptr_nonnull(records_find(&client->outcome.values, path_resource(3, 0, 0)));
    fake_client_free(client);
}
END_TEST

START_TEST(asks_for_the_format_that_the_list_has)
{
    struct fake_client *client = ready();
    fake_client_answer(client, CODE_CONTENT, FORMAT_SENML_JSON, "[]");
    struct operation operation = on_both(OPERATION_READ_COMPOSITE);
    operation.format = FORMAT_SENML_JSON;
    fake_client_perform(client, &operation);
    ck_assert_int_eq(client->request.format, FORMAT_SENML_JSON);
    ck_assert_int_eq(client->request.accept, FORMAT_SENML_JSON);
    ck_assert_str_eq(payload_hex(client),
                     "5b7b226e223a222f31362f302f33227d2c7b226e223a222f332f302f30227d5d");
    ck_assert(client->outcome.decoded);
    ck_assert_uint_eq(client->outcome.values.count, 0);
    fake_client_free(client);
}
END_TEST

START_TEST(writes_values_of_several_objects)
{
    struct fake_client *client = ready();
    fake_client_answer(client, CODE_CHANGED, -1, "");
    struct operation operation = fake_operation(OPERATION_WRITE_COMPOSITE, "/");
    ck_assert(
        records_add(&operation.values, path_child(path_resource(16, 0, 0), 1), value_string("ab")));
    ck_assert(records_add(&operation.values, path_resource(3, 0, 14), value_string("+01")));
    fake_client_perform(client, &operation);
    ck_assert_str_eq(fake_client_request(client), "iPATCH ");
    ck_assert_int_eq(client->request.format, FORMAT_SENML_CBOR);
    ck_assert_str_eq(payload_hex(client),
                     "82a200692f31362f302f302f3103626162a200672f332f302f313403632b3031");
    fake_client_free(client);
}
END_TEST

START_TEST(reports_notifications_with_all_paths_until_it_is_cancelled)
{
    struct fake_client *client = ready();
    observe_both(client);
    ck_assert_int_eq(client->request.observe, 0);
    notify(client, 2, "[{\"n\":\"/16/0/3\",\"v\":1}]");
    ck_assert_str_eq(buf_text(&client->log), "notified / of /16/0/3,/3/0/0 1\n");
    struct message first;
    message_copy(&client->request, &first);

    struct operation operation = on_both(OPERATION_CANCEL_COMPOSITE);
    fake_client_answer(client, CODE_CONTENT, FORMAT_SENML_JSON, "[]");
    fake_client_perform(client, &operation);
    ck_assert_int_eq(client->request.code, CODE_FETCH);
    ck_assert_int_eq(client->request.observe, 1);
    ck_assert_int_eq(memcmp(client->request.token, first.token, sizeof first.token), 0);
    ck_assert(bytes_equal(buf_bytes(&client->request.payload), buf_bytes(&first.payload)));
    message_release(&first);
    buf_clear(&client->log);
    notify(client, 3, "[]");
    ck_assert_str_eq(buf_text(&client->log), "");
    fake_client_free(client);
}
END_TEST

START_TEST(keeps_observations_of_other_paths_apart)
{
    struct fake_client *client = ready();
    struct error error;
    observe_both(client);
    struct operation operation = fake_operation(OPERATION_CANCEL_COMPOSITE, "/");
    ck_assert(records_add(&operation.values, path_resource(3, 0, 0), value_none()));
    error_clear(&error);
    ck_assert_int_eq(server_perform(client->server, "dev", &operation, NULL, NULL, &error),
                     ST_INVALID);
    ck_assert_str_eq(error.text, "nothing to cancel: these paths are not observed as one");
    ck_assert(records_add(&operation.values, path_resource(16, 0, 3), value_none()));
    operation.by_reset = true; /* the order does not matter */
    fake_client_perform(client, &operation);
    ck_assert_int_eq(client->status, ST_OK);
    fake_client_free(client);
}
END_TEST

START_TEST(refuses_a_format_without_lists_of_paths)
{
    struct fake_client *client = ready();
    struct error error;
    struct operation operation = on_both(OPERATION_READ_COMPOSITE);
    operation.format = FORMAT_TLV;
    error_clear(&error);
    ck_assert_int_eq(server_perform(client->server, "dev", &operation, NULL, NULL, &error),
                     ST_INVALID);
    ck_assert_str_eq(error.text, "these paths cannot be sent as \"tlv\"; use `as senml-cbor`");
    operation.kind = OPERATION_WRITE_COMPOSITE;
    ck_assert_int_eq(server_perform(client->server, "dev", &operation, NULL, NULL, &error),
                     ST_INVALID);
    ck_assert_str_eq(error.text, "these values cannot be sent as \"tlv\"; use `as senml-cbor`");
    operation_release(&operation);
    fake_client_free(client);
}
END_TEST

UNIT_MAIN("composite", reads_what_the_paths_of_a_list_hold, asks_for_the_format_that_the_list_has,
          writes_values_of_several_objects,
          reports_notifications_with_all_paths_until_it_is_cancelled,
          keeps_observations_of_other_paths_apart, refuses_a_format_without_lists_of_paths)
