/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to clients in queue mode. */
#include "base/std.h"

#include "tests/fake/fake_client.h"
#include "tests/unit/unit.h"

enum { AWAKE_MS = 93000 };

static char location[64];

static struct fake_client *ready_awake(const char *terms, int64_t awake_ms)
{
    struct fake_client *client = fake_client_new_awake(awake_ms);
    struct buf text;
    char uri[96];
    snprintf(uri, sizeof uri, "/rd?ep=dev&lt=86400&%s", terms);
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, uri, "</3/0>,</16/0>"), CODE_CREATED);
    buf_init(&text, sizeof location - 1);
    segments_join(&client->answer.location, '/', &text);
    snprintf(location, sizeof location, "%s", buf_text(&text));
    buf_release(&text);
    fake_client_answer(client, CODE_CONTENT, FORMAT_TEXT, "0");
    return client;
}

static struct fake_client *ready(const char *terms)
{
    return ready_awake(terms, 0);
}

static void start(struct fake_client *client, struct operation *operation)
{
    struct error error;
    error_clear(&error);
    ck_assert_int_eq(
        server_perform(client->server, "dev", operation, fake_client_done, client, &error), ST_OK);
    operation_release(operation);
}

static void begin(struct fake_client *client, const char *path)
{
    struct operation operation = fake_operation(OPERATION_READ, path);
    start(client, &operation);
}

static void begin_at_once(struct fake_client *client, const char *path)
{
    struct operation operation = fake_operation(OPERATION_READ, path);
    operation.at_once = true;
    start(client, &operation);
}

static void wake(struct fake_client *client)
{
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, location, NULL), CODE_CHANGED);
}

START_TEST(asks_at_once_while_the_client_is_awake)
{
    struct fake_client *client = ready("lwm2m=1.1&Q");
    fake_client_run(client, AWAKE_MS - 1000);
    begin(client, "/16/0/3");
    fake_client_run(client, 200);
    ck_assert_uint_eq(client->asked, 1);
    ck_assert_uint_eq(client->done, 1);
    fake_client_run(client, AWAKE_MS - 1000); /* the answer was a message of its, too */
    begin(client, "/16/0/3");
    fake_client_run(client, 200);
    ck_assert_uint_eq(client->asked, 2);
    fake_client_free(client);
}
END_TEST

START_TEST(holds_requests_until_the_client_is_heard)
{
    static const char *const terms[] = {"lwm2m=1.1&Q", "lwm2m=1.0&b=UQ"};
    for (size_t i = 0; i < COUNT_OF(terms); i++) {
        struct fake_client *client = ready(terms[i]);
        fake_client_run(client, AWAKE_MS);
        begin(client, "/16/0/3");
        begin(client, "/16/0/0/1");
        fake_client_run(client, 3600000);
        ck_assert_uint_eq(client->asked, 0);
        ck_assert_uint_eq(client->done, 0);
        wake(client);
        fake_client_run(client, 1000);
        ck_assert_uint_eq(client->asked, 2);
        ck_assert_uint_eq(client->done, 2);
        ck_assert_str_eq(fake_client_request(client), "GET /16/0/0/1"); /* in order */
        fake_client_free(client);
    }
}
END_TEST

START_TEST(asks_at_once_when_told_to)
{
    struct fake_client *client = ready("lwm2m=1.1&Q");
    fake_client_run(client, AWAKE_MS);
    begin_at_once(client, "/16/0/0/1");
    fake_client_run(client, 100);
    ck_assert_uint_eq(client->asked, 1);
    ck_assert_str_eq(fake_client_request(client), "GET /16/0/0/1");
    fake_client_free(client);
}
END_TEST

START_TEST(can_take_clients_for_awake_for_another_time)
{
    struct fake_client *client = ready_awake("lwm2m=1.1&Q", 2000);
    begin(client, "/16/0/3");
    fake_client_run(client, 1900);
    ck_assert_uint_eq(client->asked, 1);
    fake_client_run(client, 200);
    begin(client, "/16/0/3");
    fake_client_run(client, 2000);
    ck_assert_uint_eq(client->asked, 1);
    fake_client_free(client);
}
END_TEST

START_TEST(never_holds_what_a_client_without_queue_mode_is_to_get)
{
    struct fake_client *client = ready("lwm2m=1.1");
    fake_client_run(client, 2 * AWAKE_MS);
    begin(client, "/16/0/3");
    fake_client_run(client, 200);
    ck_assert_uint_eq(client->asked, 1);
    fake_client_free(client);
}
END_TEST

START_TEST(a_send_wakes_too)
{
    struct fake_client *client = ready("lwm2m=1.1&Q");
    fake_client_run(client, AWAKE_MS);
    begin(client, "/16/0/3");
    ck_assert_int_eq(fake_client_ask_as(client, CODE_POST, "/dp", FORMAT_SENML_JSON,
                                        "[{\"n\":\"/16/0/3\",\"v\":1}]"),
                     CODE_CHANGED);
    fake_client_run(client, 1000);
    ck_assert_uint_eq(client->done, 1);
    fake_client_free(client);
}
END_TEST

START_TEST(what_is_held_ends_with_the_registration)
{
    struct fake_client *client = ready("lwm2m=1.1&Q");
    fake_client_run(client, AWAKE_MS);
    begin(client, "/16/0/3");
    ck_assert_int_eq(fake_client_ask(client, CODE_DELETE, location, NULL), CODE_DELETED);
    ck_assert_uint_eq(client->done, 1);
    ck_assert_int_eq(client->status, ST_CANCELLED);
    ck_assert_uint_eq(client->asked, 0);
    fake_client_free(client);
}
END_TEST

START_TEST(what_is_held_survives_another_address)
{
    struct fake_client *client = ready("lwm2m=1.1&Q");
    fake_client_run(client, AWAKE_MS);
    begin(client, "/16/0/3");
    ck_assert_int_eq(
        endpoint_connect(client->device_end, "coap://server", NULL, &client->to_server, NULL),
        ST_OK);
    wake(client);
    fake_client_run(client, 1000);
    ck_assert_uint_eq(client->asked, 1);
    ck_assert_int_eq(client->status, ST_OK);
    fake_client_free(client);
}
END_TEST

START_TEST(waits_when_the_server_forgets_all)
{
    struct fake_client *client = ready("lwm2m=1.1&Q");
    fake_client_run(client, AWAKE_MS);
    begin(client, "/16/0/3");
    server_restart(client->server);
    ck_assert_uint_eq(client->done, 0);
    fake_client_free(client);
}
END_TEST

UNIT_MAIN("queue", can_take_clients_for_awake_for_another_time,
          asks_at_once_while_the_client_is_awake, asks_at_once_when_told_to,
          holds_requests_until_the_client_is_heard,
          never_holds_what_a_client_without_queue_mode_is_to_get, a_send_wakes_too,
          what_is_held_ends_with_the_registration, what_is_held_survives_another_address,
          waits_when_the_server_forgets_all)
