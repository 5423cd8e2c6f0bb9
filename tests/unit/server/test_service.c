/* SPDX-License-Identifier: Apache-2.0 */
/* Authenticate and decrypt, as the server does them by itself. */
#include "base/std.h"

#include "tests/fake/fake_client.h"
#include "tests/unit/unit.h"

static struct fake_client *ready(const char *const *statuses)
{
    struct fake_client *client = fake_client_new();
    fake_client_register(client);
    buf_clear(&client->log);
    fake_client_answer(client, CODE_CHANGED, -1, "");
    for (; *statuses != NULL; statuses++)
        fake_client_answer(client, CODE_CONTENT, FORMAT_TEXT, *statuses);
    return client;
}

static void authenticate(struct fake_client *client, enum operation_kind kind)
{
    struct operation operation = fake_operation(kind, "/16/0");
    operation.identity = 2;
    operation.key_index = 1;
    operation.limit_ms = 3000;
    fake_client_perform(client, &operation);
}

START_TEST(polls_until_data_is_there_and_judges_it)
{
    static const char *const statuses[] = {"0", "0", "1", NULL};
    struct fake_client *client = ready(statuses);
    fake_client_answer(client, CODE_CONTENT, FORMAT_TLV, "\x84\x02\x42\x05xy");
    authenticate(client, OPERATION_AUTHENTICATE);
    ck_assert_uint_eq(client->asked, 5);
    ck_assert_int_eq(client->outcome.judgement, JUDGEMENT_MISMATCH);
    ck_assert_str_eq(client->outcome.problem, "AuthData does not fit key, identity and challenge");
    ck_assert_uint_eq(client->outcome.values.count, 1);
    fake_client_free(client);
}
END_TEST

START_TEST(sends_a_fresh_eight_octet_challenge_each_time)
{
    struct fake_client *client = fake_client_new();
    char seen[2][64];
    fake_client_register(client);
    fake_client_answer(client, CODE_METHOD_NOT_ALLOWED, -1, ""); /* the Execute is all we want */
    for (int i = 0; i < 2; i++) {
        authenticate(client, OPERATION_AUTHENTICATE);
        snprintf(seen[i], sizeof seen[i], "%.*s", (int)client->request.payload.len,
                 (const char *)client->request.payload.data);
        struct bytes head = {client->request.payload.data, 12};
        ck_assert(bytes_is(head, "0='0',1='2',"));
        int64_t challenge = 0;
        const char *value = strstr(seen[i], ",2='") + 4;
        ck_assert(
            parse_decimal((struct bytes){(const uint8_t *)value, strcspn(value, "'")}, &challenge));
        ck_assert_int_ge(challenge, INT64_C(1) << 56);
        ck_assert_ptr_nonnull(strstr(seen[i], ",3='1'"));
    }
    ck_assert_str_ne(seen[0], seen[1]);
    fake_client_free(client);
}
END_TEST

START_TEST(takes_an_error_for_what_it_is)
{
    static const char *const statuses[] = {"0", "2", NULL};
    struct fake_client *client = ready(statuses);
    authenticate(client, OPERATION_AUTHENTICATE);
    ck_assert_uint_eq(client->asked, 3); /* AuthData is not even read (PF-SRV-3) */
    ck_assert_int_eq(client->outcome.judgement, JUDGEMENT_NONE);
    ck_assert_str_eq(client->outcome.problem,
                     "AuthStatus is 2 (ERROR): the device could not do it");
    fake_client_free(client);
}
END_TEST

START_TEST(gives_up_when_the_limit_passes)
{
    static const char *const statuses[] = {"0", NULL};
    struct fake_client *client = ready(statuses);
    int64_t start = clock_now(client->clock);
    authenticate(client, OPERATION_DECRYPT);
    ck_assert_int_ge(clock_now(client->clock) - start, 3000);
    ck_assert_int_le(clock_now(client->clock) - start, 5000);
    ck_assert_str_eq(client->outcome.problem,
                     "AuthStatus stayed 0 (IDLE) for the whole time limit");
    fake_client_free(client);
}
END_TEST

START_TEST(stops_when_the_execute_is_refused)
{
    struct fake_client *client = fake_client_new();
    fake_client_register(client);
    fake_client_answer(client, CODE_METHOD_NOT_ALLOWED, -1, "");
    authenticate(client, OPERATION_AUTHENTICATE);
    ck_assert_uint_eq(client->asked, 1);
    ck_assert_int_eq(client->outcome.code, CODE_METHOD_NOT_ALLOWED);
    ck_assert_str_eq(client->outcome.problem, "GetAuthData was refused");
    fake_client_free(client);
}
END_TEST

START_TEST(says_so_when_it_holds_no_keys)
{
    static const char *const statuses[] = {"1", NULL};
    struct fake_client *client = ready(statuses);
    fake_client_answer(client, CODE_CONTENT, FORMAT_TLV, "\x84\x02\x42\x05xy");
    provision_release(&client->provision);
    provision_init(&client->provision);
    authenticate(client, OPERATION_AUTHENTICATE);
    ck_assert_int_eq(client->outcome.judgement, JUDGEMENT_UNKNOWN);
    ck_assert(strstr(client->outcome.problem, "--keys") != NULL);
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

START_TEST(ends_once_whenever_the_client_leaves)
{
    static const char *const statuses[] = {"0", NULL};
    for (int64_t ms = 0; ms < 400; ms += 20) {
        struct fake_client *client = ready(statuses);
        struct operation operation = fake_operation(OPERATION_AUTHENTICATE, "/16/0");
        int cancelled = 0;
        ck_assert_int_eq(
            server_perform(client->server, "dev", &operation, count_done, &cancelled, NULL), ST_OK);
        fake_client_run(client, ms);
        ck_assert_int_eq(server_forget(client->server, "dev"), ST_OK);
        fake_client_run(client, 5000);
        ck_assert_int_eq(cancelled, 1);
        operation_release(&operation);
        fake_client_free(client);
    }
}
END_TEST

START_TEST(needs_a_portfolio_instance)
{
    struct fake_client *client = fake_client_new();
    fake_client_register(client);
    struct error error;
    struct operation operation = fake_operation(OPERATION_AUTHENTICATE, "/16/0/3");
    error_clear(&error);
    ck_assert_int_eq(server_perform(client->server, "dev", &operation, count_done, NULL, &error),
                     ST_INVALID);
    ck_assert_str_eq(error.text, "authenticate needs a Portfolio instance such as \"/16/0\"");
    operation_release(&operation);
    fake_client_free(client);
}
END_TEST

UNIT_MAIN("service", polls_until_data_is_there_and_judges_it,
          sends_a_fresh_eight_octet_challenge_each_time, takes_an_error_for_what_it_is,
          gives_up_when_the_limit_passes, stops_when_the_execute_is_refused,
          says_so_when_it_holds_no_keys, ends_once_whenever_the_client_leaves,
          needs_a_portfolio_instance)
