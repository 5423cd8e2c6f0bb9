/* SPDX-License-Identifier: Apache-2.0 */
/* Operations until their end: answers decoded, observations kept and cancelled, repeats, bad days.
 */
#include "base/std.h"

#include "tests/fake/fake_client.h"
#include "tests/unit/unit.h"

static struct fake_client *ready(void)
{
    struct fake_client *client = fake_client_new();
    fake_client_register(client);
    buf_clear(&client->log);
    return client;
}

static void perform(struct fake_client *client, enum operation_kind kind, const char *path)
{
    struct operation operation = fake_operation(kind, path);
    fake_client_perform(client, &operation);
}

static void notify(struct fake_client *client, int sequence, const char *text)
{
    fake_client_notify(client, CODE_CONTENT, sequence, FORMAT_TEXT, text);
}

static void observe_status(struct fake_client *client)
{
    fake_client_answer(client, CODE_CONTENT, FORMAT_TEXT, "0");
    client->script[client->scripted - 1].observe = 1;
    perform(client, OPERATION_OBSERVE, "/16/0/3");
    ck_assert_int_eq(client->outcome.code, CODE_CONTENT);
}

START_TEST(decodes_an_answer_by_the_type_of_its_path)
{
    struct fake_client *client = ready();
    fake_client_answer(client, CODE_CONTENT, FORMAT_TEXT, "2");
    perform(client, OPERATION_READ, "/16/0/3");
    ck_assert(client->outcome.decoded);
    const struct record *record = records_find(&client->outcome.values, path_resource(16, 0, 3));
    ck_assert_ptr_nonnull(record);
    ck_assert_int_eq(record->value.type, VALUE_INTEGER);
    ck_assert_int_eq(record->value.integer, 2);
    fake_client_free(client);
}
END_TEST

START_TEST(says_why_an_answer_cannot_be_decoded)
{
    struct fake_client *client = ready();
    fake_client_answer(client, CODE_CONTENT, FORMAT_TEXT, "x");
    fake_client_answer(client, CODE_CONTENT, 4711, "x");
    perform(client, OPERATION_READ, "/16/0/3");
    ck_assert(!client->outcome.decoded);
    ck_assert_uint_eq(client->outcome.values.count, 0);
    ck_assert(strstr(client->outcome.problem, "the content does not decode") != NULL);
    perform(client, OPERATION_READ, "/16/0/3");
    ck_assert_str_eq(client->outcome.problem, "content format 4711 is not known");
    fake_client_free(client);
}
END_TEST

START_TEST(tells_the_location_of_a_created_instance)
{
    struct fake_client *client = ready();
    fake_client_answer(client, CODE_CREATED, -1, "");
    client->script[0].location = "/16/4";
    perform(client, OPERATION_CREATE, "/16/4");
    ck_assert(client->outcome.has_location);
    ck_assert(path_equal(client->outcome.location, path_instance(16, 4)));
    fake_client_free(client);
}
END_TEST

START_TEST(reports_notifications_until_observe_1_cancels_them)
{
    struct fake_client *client = ready();
    observe_status(client);
    notify(client, 2, "1");
    ck_assert_str_eq(buf_text(&client->log), "notified /16/0/3 1\n");
    uint8_t token[8];
    memcpy(token, client->request.token, sizeof token);
    perform(client, OPERATION_CANCEL, "/16/0/3");
    ck_assert_int_eq(client->request.observe, 1);
    ck_assert_mem_eq(client->request.token, token, sizeof token);
    buf_clear(&client->log);
    notify(client, 3, "2");
    ck_assert_str_eq(buf_text(&client->log), "");
    fake_client_free(client);
}
END_TEST

START_TEST(cancels_by_reset_of_the_next_notification)
{
    struct fake_client *client = ready();
    observe_status(client);
    struct operation operation = fake_operation(OPERATION_CANCEL, "/16/0/3");
    operation.by_reset = true;
    size_t asked = client->asked;
    fake_client_perform(client, &operation);
    ck_assert_int_eq(client->status, ST_OK);
    ck_assert_int_eq(client->outcome.code, 0);
    ck_assert_uint_eq(client->asked, asked);
    notify(client, 2, "1");
    ck_assert_str_eq(buf_text(&client->log), "");
    fake_client_free(client);
}
END_TEST

/* RFC 7641 4.1: one token, one observation. */
START_TEST(observes_again_by_the_same_token)
{
    struct fake_client *client = ready();
    observe_status(client);
    uint8_t token[8];
    memcpy(token, client->request.token, sizeof token);
    int message_id = client->request.message_id;
    struct operation operation = fake_operation(OPERATION_OBSERVE, "/16/0/3");
    operation.again = true;
    fake_client_answer(client, CODE_CONTENT, FORMAT_TEXT, "0");
    client->script[client->scripted - 1].observe = 2;
    fake_client_perform(client, &operation);
    ck_assert_int_eq(client->request.observe, 0);
    ck_assert_mem_eq(client->request.token, token, sizeof token);
    ck_assert_int_ne(client->request.message_id, message_id);
    notify(client, 3, "1");
    ck_assert_str_eq(buf_text(&client->log), "notified /16/0/3 1\n");
    perform(client, OPERATION_CANCEL, "/16/0/3");
    buf_clear(&client->log);
    notify(client, 4, "2");
    ck_assert_str_eq(buf_text(&client->log), "");
    fake_client_free(client);
}
END_TEST

START_TEST(ends_an_observation_that_the_device_ends)
{
    struct fake_client *client = ready();
    observe_status(client);
    fake_client_notify(client, CODE_NOT_FOUND, -1, -1, "");
    struct operation operation = fake_operation(OPERATION_CANCEL, "/16/0/3");
    ck_assert_int_eq(server_perform(client->server, "dev", &operation, NULL, NULL, NULL),
                     ST_INVALID);
    operation_release(&operation);
    fake_client_free(client);
}
END_TEST

START_TEST(repeats_the_last_request_octet_for_octet)
{
    struct fake_client *client = ready();
    fake_client_answer(client, CODE_CONTENT, FORMAT_TEXT, "1");
    perform(client, OPERATION_READ, "/16/0/3");
    perform(client, OPERATION_REPEAT, "/");
    ck_assert_uint_eq(client->asked, 1); /* the device's own duplicate detection answered */
    ck_assert_int_eq(client->outcome.code, CODE_CONTENT);
    ck_assert(client->outcome.same);
    fake_client_free(client);
}
END_TEST

/* The scripted device has no state, so what it is asked does not matter. */
static struct operation raw_observe(void)
{
    struct operation operation = fake_operation(OPERATION_RAW, "/");
    operation.method = CODE_GET;
    operation.uri = xstrdup("/16/0/3");
    operation.observe = 0;
    return operation;
}

START_TEST(keeps_what_a_raw_request_observes)
{
    struct fake_client *client = ready();
    fake_client_answer(client, CODE_CONTENT, FORMAT_TEXT, "0");
    client->script[0].observe = 1;
    struct operation operation = raw_observe();
    fake_client_perform(client, &operation);
    ck_assert_int_eq(client->outcome.observe, 1);
    notify(client, 2, "1");
    ck_assert_str_eq(buf_text(&client->log), "notified /16/0/3 1\n");
    perform(client, OPERATION_CANCEL, "/16/0/3");
    buf_clear(&client->log);
    notify(client, 3, "2");
    ck_assert_str_eq(buf_text(&client->log), "");
    fake_client_free(client);
}
END_TEST

START_TEST(observes_nothing_by_a_repetition)
{
    struct fake_client *client = ready();
    observe_status(client);
    perform(client, OPERATION_REPEAT, "/");
    ck_assert(client->outcome.same);
    notify(client, 2, "1");
    ck_assert_str_eq(buf_text(&client->log), "notified /16/0/3 1\n");
    struct operation operation = fake_operation(OPERATION_CANCEL, "/16/0/3");
    operation.by_reset = true;
    fake_client_perform(client, &operation);
    buf_clear(&client->log);
    notify(client, 3, "2");
    ck_assert_str_eq(buf_text(&client->log), "");
    fake_client_free(client);
}
END_TEST

START_TEST(neither_repeats_nor_resets_by_tcp)
{
    struct fake_client *client = ready();
    struct error error;
    observe_status(client);
    server_clients(client->server)->peer->is_stream = true;
    struct operation repeat = fake_operation(OPERATION_REPEAT, "/");
    error_clear(&error);
    ck_assert_int_eq(server_perform(client->server, "dev", &repeat, NULL, NULL, &error),
                     ST_INVALID);
    ck_assert_str_eq(error.text, "nothing is repeated by TCP: it has no duplicates");
    struct operation cancel = fake_operation(OPERATION_CANCEL, "/16/0/3");
    cancel.by_reset = true;
    ck_assert_int_eq(server_perform(client->server, "dev", &cancel, NULL, NULL, &error),
                     ST_INVALID);
    ck_assert_str_eq(error.text, "TCP has no Reset; leave out \"by reset\"");
    notify(client, 2, "1"); /* it is still observed */
    ck_assert_str_eq(buf_text(&client->log), "notified /16/0/3 1\n");
    operation_release(&repeat);
    operation_release(&cancel);
    fake_client_free(client);
}
END_TEST

START_TEST(refuses_what_makes_no_sense)
{
    struct fake_client *client = ready();
    struct error error;
    struct operation repeat = fake_operation(OPERATION_REPEAT, "/");
    error_clear(&error);
    ck_assert_int_eq(server_perform(client->server, "dev", &repeat, NULL, NULL, &error),
                     ST_INVALID);
    ck_assert_str_eq(error.text, "nothing to repeat: no request was sent to client \"dev\" yet");
    struct operation cancel = fake_operation(OPERATION_CANCEL, "/16/0/3");
    ck_assert_int_eq(server_perform(client->server, "dev", &cancel, NULL, NULL, &error),
                     ST_INVALID);
    ck_assert_str_eq(error.text, "nothing to cancel: \"/16/0/3\" is not observed");
    struct operation again = fake_operation(OPERATION_OBSERVE, "/16/0/3");
    again.again = true;
    ck_assert_int_eq(server_perform(client->server, "dev", &again, NULL, NULL, &error), ST_INVALID);
    ck_assert_str_eq(error.text, "nothing to observe again: \"/16/0/3\" is not observed");
    operation_release(&again);
    ck_assert_int_eq(server_perform(client->server, "other", &cancel, NULL, NULL, &error),
                     ST_NOT_FOUND);
    ck_assert_str_eq(error.text,
                     "client \"other\" is not registered; `clients` lists those that are");
    operation_release(&repeat);
    operation_release(&cancel);
    fake_client_free(client);
}
END_TEST

START_TEST(tells_that_no_answer_came)
{
    struct fake_client *client = ready();
    fake_endpoint_silence(client->device_end, true);
    perform(client, OPERATION_READ, "/16/0/3");
    ck_assert_int_ne(client->status, ST_OK);
    ck_assert_int_eq(client->outcome.code, 0);
    ck_assert(strstr(client->outcome.problem, "no answer") != NULL);
    fake_client_free(client);
}
END_TEST

static void count_done(void *arg, enum status status, const struct outcome *outcome)
{
    int *cancelled = arg;
    UNUSED(outcome);
    if (status == ST_CANCELLED)
        ++*cancelled;
}

START_TEST(ends_what_runs_when_the_client_leaves)
{
    struct fake_client *client = ready();
    int cancelled = 0;
    struct operation operation = fake_operation(OPERATION_READ, "/16/0/3");
    ck_assert_int_eq(
        server_perform(client->server, "dev", &operation, count_done, &cancelled, NULL), ST_OK);
    ck_assert_int_eq(server_forget(client->server, "dev"), ST_OK);
    ck_assert_int_eq(cancelled, 1);
    fake_client_run(client, 1000);
    ck_assert_int_eq(cancelled, 1);
    operation_release(&operation);
    fake_client_free(client);
}
END_TEST

/* Whoever hears of the end may begin anew at once; the session is not there any more. */
struct persistent {
    struct fake_client *client;
    unsigned ended, refused;
};

static void begin_again(void *arg, enum status status, const struct outcome *outcome)
{
    struct persistent *persistent = arg;
    struct operation operation = fake_operation(OPERATION_READ, "/16/0/3");
    UNUSED(outcome);
    ck_assert_int_eq(status, ST_CANCELLED);
    persistent->ended++;
    persistent->refused += server_perform(persistent->client->server, "dev", &operation,
                                          begin_again, arg, NULL) != ST_OK;
    operation_release(&operation);
}

START_TEST(ends_what_runs_when_the_session_is_lost)
{
    struct fake_client *client = ready();
    struct persistent persistent = {.client = client};
    observe_status(client);
    struct operation operation = fake_operation(OPERATION_READ, "/16/0/3");
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(
            server_perform(client->server, "dev", &operation, begin_again, &persistent, NULL),
            ST_OK);
    fake_endpoint_lose(client->server_end, server_client(client->server, "dev")->peer);
    ck_assert_uint_eq(persistent.ended, 2);
    ck_assert_uint_eq(persistent.refused, 2);
    operation_release(&operation);
    struct operation cancel = fake_operation(OPERATION_CANCEL, "/16/0/3");
    ck_assert_int_ne(server_perform(client->server, "dev", &cancel, NULL, NULL, NULL), ST_OK);
    operation_release(&cancel);
    fake_client_free(client);
}
END_TEST

START_TEST(says_nothing_more_after_a_restart)
{
    struct fake_client *client = ready();
    int cancelled = 0;
    struct operation operation = fake_operation(OPERATION_READ, "/16/0/3");
    ck_assert_int_eq(
        server_perform(client->server, "dev", &operation, count_done, &cancelled, NULL), ST_OK);
    server_restart(client->server);
    fake_client_run(client, 1000);
    ck_assert_int_eq(cancelled, 0);
    operation_release(&operation);
    fake_client_free(client);
}
END_TEST

UNIT_MAIN("operate", ends_what_runs_when_the_session_is_lost,
          decodes_an_answer_by_the_type_of_its_path, says_why_an_answer_cannot_be_decoded,
          tells_the_location_of_a_created_instance,
          reports_notifications_until_observe_1_cancels_them,
          cancels_by_reset_of_the_next_notification, neither_repeats_nor_resets_by_tcp,
          observes_again_by_the_same_token, ends_an_observation_that_the_device_ends,
          repeats_the_last_request_octet_for_octet, keeps_what_a_raw_request_observes,
          observes_nothing_by_a_repetition, refuses_what_makes_no_sense, tells_that_no_answer_came,
          ends_what_runs_when_the_client_leaves, says_nothing_more_after_a_restart)
