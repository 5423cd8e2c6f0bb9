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

START_TEST(reads_in_the_format_that_it_is_told)
{
    static const char *const statuses[] = {"1", NULL};
    static const struct {
        int told, asked;
    } rows[] = {
        {-1, -1},          {FORMAT_JSON, FORMAT_JSON}, {FORMAT_TLV, FORMAT_TLV},
        {FORMAT_TEXT, -1}, /* carries one value only */
        {9999, -1},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fake_client *client = ready(statuses);
        fake_client_answer(client, CODE_CONTENT, FORMAT_TLV, "\x84\x02\x42\x05xy");
        struct operation operation = fake_operation(OPERATION_AUTHENTICATE, "/16/0");
        operation.format = rows[i].told;
        fake_client_perform(client, &operation);
        ck_assert_str_eq(fake_client_request(client), "GET /16/0/2");
        ck_assert_int_eq(client->request.accept, rows[i].asked);
        fake_client_free(client);
    }
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

/* An AuthData of two instances, of which the later id comes first (I-2). */
static const char *split_in_two(const char *octets, char text[256])
{
    size_t half = strlen(octets) / 2;
    size_t rest = strlen(octets) - half;
    snprintf(text, 256, "\x88\x02%c\x48\x02%c%s\x48\x01%c%.*s", (int)(half + rest + 6), (int)rest,
             octets + half, (int)half, (int)half, octets);
    return text;
}

/* What the component would make of the challenge in the Execute that the device got. */
static void compute(struct fake_client *client, enum service service, struct buf *out)
{
    char payload[128];
    snprintf(payload, sizeof payload, "%.*s", (int)client->request.payload.len,
             (const char *)client->request.payload.data);
    const char *challenge = strstr(payload, ",2='") + 4;
    struct secure_request request = {
        .service = service,
        .identity = 2,
        .key_index = 1,
        .challenge = {(const uint8_t *)challenge, strcspn(challenge, "'")},
        .data = bytes_of("Acme Motors"),
    };
    buf_init(out, 256);
    fake_secure_expect(&client->secure, &request, out);
}

/* READ is what the Identity says that is asked for at the end; NULL: it cannot be read. */
static void finish_and_read(struct fake_client *client, enum operation_kind kind,
                            enum service service, const char *read)
{
    static const char *const statuses[] = {"1", NULL};
    char tlv[256];
    struct buf octets;
    struct operation operation = fake_operation(kind, "/16/0");
    provision_find(&client->provision, 0)->challenge_rule = CHALLENGE_TEXT;
    operation.identity = 2;
    operation.key_index = 1;
    fake_net_delay(client->net, 10);
    fake_client_answer(client, CODE_CHANGED, -1, "");
    fake_client_answer(client, CODE_CONTENT, FORMAT_TEXT, statuses[0]);
    ck_assert_int_eq(
        server_perform(client->server, "dev", &operation, fake_client_done, client, NULL), ST_OK);
    fake_client_run(client, 10);
    compute(client, service, &octets);
    fake_client_answer(client, CODE_CONTENT, FORMAT_TLV, split_in_two(buf_text(&octets), tlv));
    if (read != NULL)
        fake_client_answer(client, CODE_CONTENT, FORMAT_JSON, read);
    else
        fake_client_answer(client, CODE_NOT_FOUND, -1, "");
    fake_client_run(client, 1000);
    ck_assert_uint_eq(client->done, 1);
    buf_release(&octets);
    operation_release(&operation);
}

static void finish(struct fake_client *client, enum operation_kind kind, enum service service)
{
    finish_and_read(client, kind, service, NULL);
}

START_TEST(finds_a_signature_in_two_parts_genuine)
{
    struct fake_client *client = fake_client_new();
    fake_client_register(client);
    finish(client, OPERATION_AUTHENTICATE, SERVICE_AUTHENTICATION);
    ck_assert_int_eq(client->outcome.judgement, JUDGEMENT_GENUINE);
    ck_assert_str_eq(client->outcome.problem, "");
    ck_assert_uint_eq(client->outcome.values.count, 2);
    fake_client_free(client);
}
END_TEST

/* rule: PF-AUTH-2 */
START_TEST(finds_an_identity_altered_after_its_provisioning)
{
    static const struct {
        const char *read, *problem;
        enum judgement judgement;
    } cases[] = {
        {"{\"bn\":\"/16/0/0/\",\"e\":[{\"n\":\"2\",\"sv\":\"Acme Motors\"}]}", "",
         JUDGEMENT_GENUINE},
        {"{\"bn\":\"/16/0/0/\",\"e\":[{\"n\":\"2\",\"sv\":\"CLONE\"}]}",
         "the component is genuine, but the Identity that can be read is not the one that it was "
         "provisioned with",
         JUDGEMENT_MISMATCH},
        {"{\"bn\":\"/16/0/0/\",\"e\":[{\"n\":\"2\",\"sv\":\"\"}]}",
         "the component is genuine, but the Identity that can be read is not the one that it was "
         "provisioned with",
         JUDGEMENT_MISMATCH},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fake_client *client = fake_client_new();
        fake_client_register(client);
        client->secure.expected = "Acme Motors";
        finish_and_read(client, OPERATION_AUTHENTICATE, SERVICE_AUTHENTICATION, cases[i].read);
        ck_assert_int_eq(client->outcome.judgement, cases[i].judgement);
        ck_assert_str_eq(client->outcome.problem, cases[i].problem);
        ck_assert_uint_eq(client->outcome.values.count, 2);
        fake_client_free(client);
    }
}
END_TEST

START_TEST(opens_a_ciphertext_in_two_parts)
{
    struct fake_client *client = fake_client_new();
    fake_client_register(client);
    finish(client, OPERATION_DECRYPT, SERVICE_ENCRYPTION);
    ck_assert_int_eq(client->outcome.judgement, JUDGEMENT_GENUINE);
    const struct record *data =
        records_find(&client->outcome.values, path_child(path_resource(16, 0, 0), 2));
    ck_assert_uint_eq(client->outcome.values.count, 1);
    ck_assert_ptr_nonnull(data);
    ck_assert(bytes_is(value_bytes(&data->value), "Acme Motors"));
    fake_client_free(client);
}
END_TEST

/* rule: PF-SRV-3. Whatever the device answers instead, nothing is taken for valid. */
START_TEST(ends_with_what_the_device_answers_instead)
{
    static const struct {
        uint8_t code;
        int format;
        const char *payload;
        bool is_data;
        const char *problem;
    } cases[] = {
        {CODE_NOT_FOUND, -1, "", false, "AuthStatus cannot be read"},
        {CODE_CONTENT, FORMAT_TEXT, "x", false, "AuthStatus cannot be read"},
        {CODE_UNAUTHORIZED, -1, "", true, "AuthData was refused"},
        {CODE_CONTENT, FORMAT_TLV, "\x41", true, NULL},
        {CODE_CONTENT, FORMAT_TLV, "", true, "AuthData holds no octets"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fake_client *client = fake_client_new();
        fake_client_register(client);
        fake_client_answer(client, CODE_CHANGED, -1, "");
        if (cases[i].is_data)
            fake_client_answer(client, CODE_CONTENT, FORMAT_TEXT, "1");
        fake_client_answer(client, cases[i].code, cases[i].format, cases[i].payload);
        authenticate(client, OPERATION_AUTHENTICATE);
        ck_assert_int_eq(client->status, ST_OK);
        ck_assert_int_eq(client->outcome.code, cases[i].code);
        ck_assert_int_eq(client->outcome.judgement, JUDGEMENT_NONE);
        ck_assert_str_ne(client->outcome.problem, "");
        if (cases[i].problem != NULL)
            ck_assert_str_eq(client->outcome.problem, cases[i].problem);
        fake_client_free(client);
    }
}
END_TEST

START_TEST(tells_when_no_answer_comes_at_whatever_step)
{
    for (size_t step = 0; step < 3; step++) {
        static const char *const statuses[] = {"1", NULL};
        struct fake_client *client = ready(statuses);
        struct operation operation = fake_operation(OPERATION_AUTHENTICATE, "/16/0");
        ck_assert_int_eq(fake_client_ask(client, CODE_POST, "/rd?ep=dev&lt=600", "</16/0>"),
                         CODE_CREATED);
        fake_net_delay(client->net, 10);
        ck_assert_int_eq(
            server_perform(client->server, "dev", &operation, fake_client_done, client, NULL),
            ST_OK);
        while (client->asked < step)
            fake_client_run(client, 10);
        fake_client_run(client, 10); /* the answer is there, the next request on its way */
        fake_endpoint_silence(client->device_end, true);
        fake_client_run(client, 2 * FAKE_GIVE_UP_MS);
        ck_assert_uint_eq(client->done, 1);
        ck_assert_int_eq(client->status, ST_TIMEOUT);
        ck_assert_int_eq(client->outcome.judgement, JUDGEMENT_NONE);
        operation_release(&operation);
        fake_client_free(client);
    }
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

START_TEST(ends_without_a_word_when_the_server_restarts)
{
    static const char *const statuses[] = {"0", NULL};
    for (int64_t ms = 0; ms < 100; ms += 5) {
        struct fake_client *client = ready(statuses);
        struct operation operation = fake_operation(OPERATION_AUTHENTICATE, "/16/0");
        ck_assert_int_eq(
            server_perform(client->server, "dev", &operation, fake_client_done, client, NULL),
            ST_OK);
        fake_client_run(client, ms);
        server_restart(client->server);
        fake_client_run(client, 5000);
        ck_assert_uint_eq(client->done, 0);
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

UNIT_MAIN("service", reads_in_the_format_that_it_is_told, finds_a_signature_in_two_parts_genuine,
          finds_an_identity_altered_after_its_provisioning, opens_a_ciphertext_in_two_parts,
          ends_with_what_the_device_answers_instead, tells_when_no_answer_comes_at_whatever_step,
          ends_without_a_word_when_the_server_restarts, polls_until_data_is_there_and_judges_it,
          sends_a_fresh_eight_octet_challenge_each_time, takes_an_error_for_what_it_is,
          gives_up_when_the_limit_passes, stops_when_the_execute_is_refused,
          says_so_when_it_holds_no_keys, ends_once_whenever_the_client_leaves,
          needs_a_portfolio_instance)
